"""One run of an alert: what is new is found, kept as a batch, and delivered to each output.

The order of what is written makes every article be reported at least once, wherever a run is killed:

1. The batch of entries, as a file. Until the next step, no output has it, and another run makes it again.
2. The state, with the entries as seen and the batch as owed to every output.
3. For each output: the batch, whole and on disk or in the receiver's hands; then the state, in which this output has got it.
4. The state without the batch, when all outputs have it; then its file is removed.

So an output gets a batch again only if a run is killed between the two halves of step 3, or if the output itself failed
and had taken it nevertheless. It gets the same bytes then, with the same ids of entries.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from newssearch.archive import ALERTS, STATE_LOCK_SUFFIX
from newssearch.display.brief import many
from newssearch.errors import AlertError
from newssearch.index import Index
from newssearch.system.fault_points import fault_point
from newssearch.system.file_lock import locked_file

from .batch import Batch, write_batch
from .collection import SavedSearches
from .delivering import Deliverer
from .finding import News, find_news, question
from .outputs import STDOUT, Environment
from .reports import AlertReport
from .saved import ALL, NOW, SavedSearch
from .state import AlertState, read_alert_state, write_alert_state

Show = Callable[[AlertReport], None]
_MODE_OF_STATES = 0o770
"""The permissions of a new folder of states, as far as the umask allows them: owner and group."""


def definition_of(search: SavedSearch) -> str:
    """Return a digest of a search as it is saved, without its outputs."""
    settings = {
        name: value
        for name, value in search.settings().items()
        if name not in ("to", "label", "limit", "from")
    }
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


@contextmanager
def holding(folder: Path, name: str, wait: float) -> Iterator[None]:
    """Hold the lock of an alert. Raises :class:`~newssearch.AlertError` if another run still holds it after ``wait`` seconds."""
    folder.mkdir(mode=_MODE_OF_STATES, exist_ok=True)
    with locked_file(folder / f"{name}{STATE_LOCK_SUFFIX}", wait) as taken:
        if not taken:
            raise AlertError(f"another run of the alert {name} has not ended after {wait:g} seconds")
        yield


class AlertRun:
    """Runs of the alerts of an archive on an index.

    ``archive`` is the folder of the archive, ``wait`` how long another run is waited for, in seconds, ``timeout`` the time
    limit of each search. ``show`` is called with the report of each search, when all outputs but standard output have what
    is new; it prints the entries.
    """

    def __init__(
        self,
        index: Index,
        archive: Path,
        show: Show,
        *,
        dry_run: bool = False,
        rest: bool = False,
        wait: float = 10.0,
        timeout: float | None = None,
        variables: Mapping[str, str] | None = None,
        clock: Callable[[], dt.datetime] = dt.datetime.now,
    ) -> None:
        self._index = index
        self._folder = archive / ALERTS
        self._searches = SavedSearches(archive)
        self._show = show
        self._dry_run = dry_run
        self._rest = rest
        self._wait = wait
        self._timeout = timeout
        self._environment = Environment(archive, os.environ if variables is None else variables)
        self._clock = clock

    def run(self, name: str) -> AlertReport:
        """Run the alert of the search with that name, as it is saved when no other run holds the alert any more.

        Raises :class:`~newssearch.AlertError`, QueryError and other errors of a search.
        """
        if self._dry_run:
            search = self._searches.get(name)
            state = read_alert_state(self._folder, name) or AlertState()
            news = self._news(search, state)
            report = self._report(search, state, news)
            self._show(report)
            return report
        with holding(self._folder, name, self._wait):
            if name not in self._searches.found().origins:
                return AlertReport(search=name, notes=("the search was removed before it could run",))
            search = self._searches.get(name)
            self._index.refresh()  # another run may have searched a newer commit meanwhile
            before = read_alert_state(self._folder, name) or AlertState()
            deliverer = Deliverer(self._folder, search, before, self._environment)
            deliverer.remove_orphans()
            news = self._news(search, deliverer.state)
            report = self._report(search, deliverer.state, news)
            if deliverer.dropped:
                lost = "what it was owed by an output that it no longer has is dropped"
                report = replace(report, warnings=(*report.warnings, lost))
            if news is not None:
                deliverer.state = self._kept(search, deliverer.state, news)
            return self._delivered(deliverer, report)

    def save(
        self, search: SavedSearch, *, replace: bool, plain: bool = False
    ) -> tuple[Path, AlertReport | None]:
        """Save a search, and make its first run if it begins now, unless it has had it: what is found already is no news.

        Nothing is saved if that run fails. Return the file, and the report of the run. ``plain`` is that of
        :meth:`SavedSearches.save`.
        """
        if search.start != NOW:
            return self._searches.save(search, replace=replace, plain=plain), None
        with holding(self._folder, search.name, self._wait):
            self._searches.check_free(search.name, replace=replace)
            before = read_alert_state(self._folder, search.name)
            if before is not None and (before.begun or before.start):
                return self._searches.save(search, replace=replace, plain=plain), None
            state = Deliverer(self._folder, search, before or AlertState(), self._environment).state
            news = self._news(search, state)
            assert news is not None, "a first run searches"
            file = self._searches.save(search, replace=replace, plain=plain)
            write_alert_state(self._folder, search.name, self._after(search, state, news))
            return file, self._report(search, state, news)

    # ---- searching

    def _news(self, search: SavedSearch, state: AlertState) -> News | None:
        """Return what is new to a search; None if nothing can be, because the index is as it was."""
        now, moment = self._clock(), _moment_of_run()
        if state.begun and not state.waiting and state.commit is not None:
            commit, asked = self._index.commit, question(self._index, search, now)
            is_same = commit.number == state.commit.number or not asked.depends_on_run
            if commit.digest == state.commit.digest and asked.asked == state.asked and is_same:
                return None
        limit = None if self._rest else search.limit
        edited = bool(state.definition) and state.definition != definition_of(search)
        return find_news(
            self._index, search, state, now, moment, limit=limit, timeout=self._timeout, edited=edited
        )

    def _after(self, search: SavedSearch, state: AlertState, news: News) -> AlertState:
        """Return the state after a search: all that was found new is seen, and owed to the outputs."""
        run = state.run + bool(news.entries)
        return replace(
            news.state,
            run=run,
            time=_moment_of_run(),
            commit=news.commit,
            asked=news.asked,
            definition=definition_of(search),
            reported=len(news.entries),
            later=news.later,
            batches=(*state.batches, run) if news.entries else state.batches,
        )

    def _kept(self, search: SavedSearch, state: AlertState, news: News) -> AlertState:
        """Write the batch of what is new, and the state that owes it to the outputs. Return that state."""
        after = self._after(search, state, news)
        if news.entries:
            time = dt.datetime.fromisoformat(str(news.entries[0]["first_seen"]).replace("Z", "+00:00"))
            batch = Batch(
                search.name, search.title, state.identity, after.run, time, news.waiting, tuple(news.entries)
            )
            write_batch(self._folder, batch)
            fault_point("alert: batch kept")
        write_alert_state(self._folder, search.name, after)
        fault_point("alert: found")
        return after

    def _report(self, search: SavedSearch, state: AlertState, news: News | None) -> AlertReport:
        first = not state.begun
        report = AlertReport(
            search=search.name,
            title=search.title,
            run=state.run,
            commit=self._index.commit,
            dry_run=self._dry_run,
            shown=STDOUT in search.outputs,
        )
        if news is None:
            return report
        return replace(
            report,
            run=state.run + bool(news.entries),
            commit=news.commit,
            first=first,
            searched=True,
            matching=news.matching,
            entries=news.entries,
            waiting=news.waiting,
            covered=news.covered,
            notes=tuple(self._notes(search, state, news)),
            warnings=tuple(_warnings(news)),
        )

    def _notes(self, search: SavedSearch, state: AlertState, news: News) -> Iterator[str]:
        if not state.begun:
            start = state.start or search.start
            old = news.matching - len(news.entries) - news.waiting - news.covered
            if start != ALL:
                what = (
                    "match and count as seen"
                    if start == NOW
                    else f"match, are not dated from {start} on, and count as seen"
                )
                yield f"first run: {many(old, 'article')} {what}"
        elif state.definition and state.definition != definition_of(search):
            yield "the search was changed since the last run; articles that it has reported are not reported again"
        if news.covered and news.entries:
            yield f"{many(news.covered, 'article')} not reported: copies or versions of what was reported"
        if news.waiting:
            yield f"{many(news.waiting, 'more new article')} wait{'s' if news.waiting == 1 else ''} for the next run; --rest reports all"

    # ---- delivering

    def _delivered(self, deliverer: Deliverer, report: AlertReport) -> AlertReport:
        """Deliver to each output what it is owed, standard output last, and show the report."""
        deliveries = deliverer.deliver()
        owed, failed = deliverer.owed_to_stdout()
        if owed:
            entries = tuple(entry for batch in owed for entry in batch.entries)
            repeated = sum(len(batch.entries) for batch in owed if batch.run != report.run or not report.new)
            report = replace(report, entries=entries, repeated=repeated)
        report = replace(report, deliveries=(*deliveries, *failed))
        self._show(report)
        if owed:
            fault_point("alert: delivered")
            deliverer.got(STDOUT, owed[-1].run)
        deliverer.remove_batches()
        return report


def _warnings(news: News) -> Iterator[str]:
    """Yield warnings: that entries lack tags, and that articles which waited are gone or are no longer found."""
    if news.without_tags:
        yield news.without_tags
    if news.gone:
        yield f"{many(news.gone, 'article')} that waited for this run {_is_are(news.gone)} not in the index any more"
    if news.dropped:
        what = f"{many(news.dropped, 'article')} that waited for this run"
        yield f"{what} {_is_are(news.dropped)} not found by the search as it is now, and not reported"


def _is_are(number: int) -> str:
    return "is" if number == 1 else "are"


def _moment_of_run() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)


def failed_report(name: str, reason: str, *, dry_run: bool) -> AlertReport:
    """Return the report of a search that could not run."""
    return AlertReport(search=name, error=reason, dry_run=dry_run)
