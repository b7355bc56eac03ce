"""The saved searches of an archive as a client may see them: never where they deliver, only by which kinds of output."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from newssearch.alerts.api import Alerts
from newssearch.alerts.collection import FoundSearches, SearchOrigin
from newssearch.alerts.saved import SavedSearch
from newssearch.alerts.state import AlertState
from newssearch.article import utc
from newssearch.errors import ConfigError, NewssearchError, QueryError
from newssearch.web.problems import ChangeRefusedError, SearchesUnreadableError


class ListedSearch(NamedTuple):
    """A saved search and its alert.

    ``origin`` names the file that defines it. ``search`` is None if that file is not in order; ``error`` says why. ``state``
    is what its alert remembers, None before its first run. ``changeable`` is whether a client may change and remove it.
    """

    name: str
    origin: str
    search: SavedSearch | None = None
    state: AlertState | None = None
    error: str = ""
    changeable: bool = False

    @property
    def title(self) -> str:
        """The label of the search; its name if it has none."""
        return self.search.title if self.search else self.name

    @property
    def outputs(self) -> tuple[str, ...]:
        """The kinds of the outputs, each once, such as ``mail``. Their targets may be secrets, or commands."""
        given = self.search.to if self.search else ()
        return tuple(dict.fromkeys(one.partition(":")[0] for one in given))

    @property
    def last_run(self) -> dt.datetime | None:
        """The time of the last run of the alert that searched, in UTC; saving counts, if found articles count as seen."""
        return self.state.time if self.state else None

    def to_dict(self) -> dict[str, Any]:
        """Return the search as JSON types. Its settings are those that ``newssearch saved --json`` prints, without outputs."""
        settings = self.search.settings() if self.search else {}
        settings.pop("to", None)
        state = self.state
        return {
            "name": self.name,
            "label": str(settings.pop("label", "")),
            "query": str(settings.pop("query", "")),
            "settings": settings,
            "outputs": list(self.outputs),
            "origin": self.origin,
            "changeable": self.changeable,
            "last_run": utc(state.time.replace(microsecond=0)) if state and state.time else None,
            "reported": state.reported if state else 0,
            "seen": len(state.seen) if state else 0,
            "waiting": state.waiting if state else 0,
            "owed": len(state.batches) if state else 0,
            "error": self.error,
        }


class SearchList(NamedTuple):
    """The saved searches of an archive, in the order of their names."""

    searches: tuple[ListedSearch, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the searches as JSON types."""
        return {"searches": [one.to_dict() for one in self.searches]}


def listed_searches(alerts: Alerts) -> Iterator[ListedSearch]:
    """Yield the saved searches of an archive, in the order of their names. One with a mistake says so.

    Raises :class:`SearchesUnreadableError` if the archive's configuration cannot be read.
    """
    found = _found_searches(alerts)
    for name, origin in found.origins.items():
        yield (
            ListedSearch(name, origin.name, error=found.mistakes[name])
            if name in found.mistakes
            else _read_listed(alerts, name, origin)
        )


def listed_search(alerts: Alerts, name: str) -> ListedSearch:
    """Return the saved search with that name. Raises :class:`ChangeRefusedError` if there is none."""
    found = _found_searches(alerts)
    if name not in found.origins:
        raise ChangeRefusedError(404, "there is no saved search with this name")
    if name in found.mistakes:
        return ListedSearch(name, found.origins[name].name, error=found.mistakes[name])
    return _read_listed(alerts, name, found.origins[name])


def _found_searches(alerts: Alerts) -> FoundSearches:
    try:
        return alerts.searches.found()
    except ConfigError as error:
        raise SearchesUnreadableError(str(error)) from error


def _read_listed(alerts: Alerts, name: str, origin: SearchOrigin) -> ListedSearch:
    try:
        search = alerts.searches.read(name, origin)
    except QueryError as error:
        return ListedSearch(name, origin.name, error=f"its query is not in order: {error}")
    except (NewssearchError, OSError):  # the message may have an output
        hint = f"`newssearch saved {name}` says why, on the machine of the server"
        return ListedSearch(name, origin.name, error=f"it is not in order; {hint}")
    plain = origin.file is not None and not search.to
    try:
        return ListedSearch(name, origin.name, search, alerts.state(name), changeable=plain)
    except (NewssearchError, OSError):  # the message has a path
        hint = f"`newssearch alert reset {name}` starts it over, on the machine of the server"
        return ListedSearch(
            name, origin.name, search, error=f"what its alert remembers is damaged; {hint}", changeable=plain
        )
