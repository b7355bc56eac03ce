"""The functions for the saved searches of an archive and their alerts."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from newssearch import arguments
from newssearch.archive import ALERTS, SEARCHES, ArchiveFolder, has_files_of_searches
from newssearch.config import CONFIG_FILE, searches_of
from newssearch.engines.address import store_at
from newssearch.errors import AlertError, ConfigError, IndexFolderError, NewssearchError, QueryError
from newssearch.index import Index, open_index
from newssearch.results import Results
from newssearch.system import atomic_files
from newssearch.system.fault_points import fault_point

from .batch import batch_files, entry_line
from .collection import SavedSearches
from .delivering import Deliverer, reason_of
from .outputs import Environment
from .reports import AlertReport
from .running import AlertRun, Show, failed_report, holding
from .saved import SavedSearch
from .state import AlertState, read_alert_state, state_file, write_alert_state


class AlertStatus(NamedTuple):
    """What is known of the alert of a saved search.

    ``origin`` is where the search is defined. ``last_run`` is the time of the last run that searched, in UTC, which
    reported ``reported`` articles; ``seen`` is the number of articles that were reported or counted as seen, ``waiting``
    the number of those that come with the next runs, ``owed`` the number of runs of which an output lacks the articles.
    """

    search: SavedSearch
    origin: str
    last_run: dt.datetime | None = None
    reported: int = 0
    seen: int = 0
    waiting: int = 0
    owed: int = 0

    def to_dict(self) -> dict[str, object]:
        """Return the status as JSON types."""
        values = self._asdict()
        last = self.last_run.strftime("%Y-%m-%dT%H:%M:%SZ") if self.last_run else None
        return {**values, "search": self.search.to_dict(), "last_run": last}


class Alerts:
    """The saved searches of the archive of an index, and their alerts. Methods that search take the open index."""

    def __init__(self, folder: str | Path) -> None:
        """Raises :class:`ConfigError` if the index is reached by a link beside which there are saved searches."""
        archive = store_at("folder", folder).archive
        _check_beside_link(archive)
        self._archive = archive.folder
        self.searches = SavedSearches(self._archive)
        self._states = self._archive / ALERTS
        self._environment = Environment(self._archive, os.environ)

    def check(self, index: Index, search: SavedSearch, timeout: float | None = None) -> Results:
        """Search once, and return the results without hits: their totals and notes.

        Raises :class:`~newssearch.QueryError` for a search that could only find nothing.
        """
        request = search.request.replace(limit=0, strict=True)
        if search.each_copy:
            request = request.replace(group=False)
        return index.search(search.query, request, timeout=timeout)

    def save(
        self,
        index: Index,
        search: SavedSearch,
        *,
        replace: bool,
        wait: float,
        timeout: float | None = None,
        plain: bool = False,
    ) -> tuple[Path, AlertReport | None]:
        """Save a search, and count what it finds already as seen, if it says so. See :meth:`AlertRun.save`."""
        running = AlertRun(index, self._archive, lambda report: None, wait=wait, timeout=timeout)
        return running.save(search, replace=replace, plain=plain)

    def status(self, name: str) -> AlertStatus:
        """Return what is known of the alert of a search."""
        search, origin = self.searches.get(name), self.searches.origin(name)
        state = read_alert_state(self._states, name)
        if state is None:
            return AlertStatus(search, origin.name)
        return AlertStatus(
            search,
            origin.name,
            state.time,
            state.reported,
            len(state.seen),
            state.waiting,
            len(state.batches),
        )

    def state(self, name: str) -> AlertState | None:
        """Return what the alert of a search remembers; None if it has had no run yet."""
        return read_alert_state(self._states, name)

    def remove(self, name: str, wait: float, *, plain: bool = False) -> None:
        """Remove a saved search, and all that its alert remembers.

        With ``plain``, raises :class:`~newssearch.SavedSearchError` for a search that has outputs.
        """
        origin = self.searches.origin(name)
        if plain:
            self.searches.check_plain(name)
        if origin.file is None or not self._states.is_dir():
            self.searches.remove(name)
            return
        with holding(self._states, name, wait):
            if plain:
                self.searches.check_plain(name)  # another process may have saved it meanwhile
            self.searches.remove(name)
            self._forget(name)  # not the lock: another run may wait for it

    def reset(self, name: str, *, start: str | None, wait: float) -> None:
        """Forget what an alert has seen and what its outputs are owed, so that its next run is a first one.

        ``start`` is what that run reports, instead of what the search says.
        """
        search = self.searches.get(name)
        if start is not None:
            replace(search, start=start)  # raises QueryError
        with holding(self._states, name, wait):
            try:
                before = read_alert_state(self._states, name)
            except AlertError:  # damaged: that is what a reset is for
                before = None
            state = AlertState(start=start or "")
            if before is not None:
                state = replace(state, identity=before.identity, run=before.run)
            write_alert_state(self._states, name, state)
            fault_point("alert: reset")
            for file in batch_files(self._states, name).values():
                atomic_files.remove_unused(file)

    def give_up(self, name: str, *, wait: float) -> int:
        """Forget what the outputs of an alert are owed and cannot get, after they were given what they can.

        Return the number of runs of which an output lacks articles now, for good.
        """
        self.searches.get(name)
        with holding(self._states, name, wait):
            search, state = self.searches.get(name), read_alert_state(self._states, name)
            if state is None or not state.batches:
                return 0
            return Deliverer(self._states, search, state, self._environment).give_up()

    def _forget(self, name: str) -> None:
        for file in (state_file(self._states, name), *batch_files(self._states, name).values()):
            with suppress(FileNotFoundError):
                file.unlink()
        atomic_files.sync_folder(self._states)

    def run(
        self,
        index: Index,
        names: tuple[str, ...],
        show: Show,
        *,
        dry_run: bool,
        rest: bool,
        wait: float,
        timeout: float | None,
    ) -> list[AlertReport]:
        """Run the alerts of the given searches, or of all, and return their reports.

        A search that cannot run does not keep the others from running. Raises errors of the index, and the BrokenPipeError of
        ``show`` if nobody reads what it shows: the next run delivers it.
        """
        running = AlertRun(index, self._archive, show, dry_run=dry_run, rest=rest, wait=wait, timeout=timeout)
        reports = []
        for name in self.searches.chosen(names):
            try:
                report = running.run(name)
            except (IndexFolderError, BrokenPipeError):
                raise
            except Exception as error:  # whatever is wrong with one search, the others go on
                placed = _placed_in_query(error)
                reason = str(placed) if placed is not None else self._environment.cleaned(reason_of(error))
                report = failed_report(name, reason, dry_run=dry_run)
                show(report)
            reports.append(report)
        return reports


def _check_beside_link(archive: ArchiveFolder) -> None:
    """Raise :class:`ConfigError` if saved searches are beside the link by which an index is reached, where none are read."""
    beside, folder = archive.beside_link, archive.folder
    if beside is None:
        return
    in_settings = archive.settings != folder and bool(searches_of(archive.settings)[0])
    if in_settings or has_files_of_searches(beside):
        states = f", what their alerts remember in {folder / ALERTS}" if (beside / ALERTS).is_dir() else ""
        raise ConfigError(
            f"{beside} has saved searches, but this index is reached by a link, and is in {folder}; saved searches"
            f" belong in {folder / CONFIG_FILE} or {folder / SEARCHES}{states}"
        )


def _placed_in_query(error: Exception) -> NewssearchError | None:
    """Return an error whose message says which part of the query it is about; None for an unexpected one."""
    if isinstance(error, QueryError) and error.query and error.end > error.start:
        return NewssearchError(f"{error} (at {error.query[error.start : error.end]!r})")
    return error if isinstance(error, NewssearchError) else None


def saved_searches(folder: str | Path = "index") -> tuple[SavedSearch, ...]:
    """Return the saved searches of the archive of an index, in the order of their names.

    They are in files in the folder ``searches/`` beside the index, and in tables of ``newssearch.toml``. Raises
    :class:`ConfigError` and :class:`QueryError` if one is wrong.
    """
    return tuple(Alerts(folder).searches.all())


def save_search(
    search: SavedSearch, folder: str | Path = "index", *, replace: bool = False, wait: float = 10.0
) -> Path:
    """Save a search in the archive of an index, and return its file. What it finds already counts as seen.

    Raises :class:`SavedSearchError` if there is one with that name, unless ``replace``, and :class:`QueryError` if it could
    only find nothing. If a run holds the alert for longer than ``wait`` seconds, raises :class:`AlertError`.
    """
    arguments.instance("search", search, SavedSearch, "a SavedSearch")
    arguments.flag("replace", replace)
    arguments.seconds("wait", wait)
    alerts = Alerts(folder)
    with open_index(folder) as index:
        alerts.check(index, search)
        file, _ = alerts.save(index, search, replace=replace, wait=wait)
    return file


def run_alerts(
    folder: str | Path = "index",
    names: str | Iterable[str] = (),
    *,
    dry_run: bool = False,
    rest: bool = False,
    wait: float = 10.0,
    timeout: float | None = None,
) -> tuple[AlertReport, ...]:
    """Run the alerts of saved searches, of all unless ``names`` are given, and return a report of each.

    New articles go to the outputs of the searches; what goes to standard output is printed as lines of JSON. With
    ``dry_run``, nothing is delivered and nothing is remembered. With ``rest``, articles beyond the limit of a search are
    reported, too. ``wait`` is how long another run of the same alert is waited for, ``timeout`` the time limit of each
    search, both in seconds. A search or an output that fails is in its report, and the others go on.

    >>> import newssearch, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with newssearch.create(f"{folder}/index") as index:
    ...         search = newssearch.SavedSearch(name="rain", query="rain", to="ndjson:rain.jsonl")
    ...         file = newssearch.save_search(search, f"{folder}/index")
    ...         report = index.add(newssearch.Article.create(title="Rain", text="It rained."))
    ...     first, second = (newssearch.run_alerts(f"{folder}/index")[0].new for _ in range(2))
    >>> first, second
    (1, 0)
    """
    chosen = arguments.texts("names", names)
    for name, flag in (("dry_run", dry_run), ("rest", rest)):
        arguments.flag(name, flag)
    arguments.seconds("wait", wait)
    if timeout is not None:
        arguments.seconds("timeout", timeout)
    alerts = Alerts(folder)
    with open_index(folder) as index:
        reports = alerts.run(
            index, chosen, _print_entries, dry_run=dry_run, rest=rest, wait=wait, timeout=timeout
        )
    return tuple(reports)


def _print_entries(report: AlertReport) -> None:
    """Print the entries of a report for standard output as lines of JSON."""
    import sys  # a program may have replaced its standard output

    if not report.shown:
        return
    for entry in report.entries:
        sys.stdout.write(entry_line(entry).decode())
    sys.stdout.flush()
