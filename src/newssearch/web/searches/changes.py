"""The changes to saved searches that a client may make: it saves and removes those that deliver nothing.

What an alert run writes, sends and executes is decided on the machine of the server alone. So no client can name an output,
nor change or remove a search that has one.
"""

from __future__ import annotations

import errno
import logging
import os
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from newssearch.alerts.api import Alerts
from newssearch.alerts.saved import SavedSearch, checked_name
from newssearch.errors import AlertError, ConfigError, QueryError, SavedSearchError
from newssearch.index import Index
from newssearch.web.parameters import MAX_SHOWN_CHARS
from newssearch.web.pool import SearchLimits
from newssearch.web.problems import ChangeRefusedError

from .addresses import MAX_LABEL

MAX_SEARCHES = 500
"""The largest number of saved searches of an archive to which clients add more."""
MAX_WAIT_FOR_ALERT = 2.0
"""The longest time in seconds for which an alert run that holds the search is waited for."""
_FULL = (errno.ENOSPC, errno.EDQUOT)
_log = logging.getLogger(__name__)


class SearchSaved(NamedTuple):
    """What came of saving a search: the number of articles that it finds, and whether they count as seen."""

    matching: int
    counted_as_seen: bool


def check_label(label: str) -> None:
    """Raise :class:`ChangeRefusedError` for a label that is too long, or more than a line of text."""
    if len(label) > MAX_LABEL:
        raise ChangeRefusedError(400, f"a label has at most {MAX_LABEL} characters", parameter="label")
    if not label.isprintable():
        raise ChangeRefusedError(
            400, "a label is one line of text, without control characters", parameter="label"
        )


def _check_query(query: str) -> None:
    """Raise :class:`ChangeRefusedError` for a query with characters that no file of a saved search can keep."""
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\t\n\r" for char in query):
        raise ChangeRefusedError(
            400,
            "a query is text without control characters and without halves of characters",
            parameter="query",
        )


def search_of_json(value: object) -> tuple[SavedSearch, bool]:
    """Return the saved search that a client states as JSON types, and whether it may take the place of another one.

    Raises :class:`ChangeRefusedError`, and :class:`~newssearch.QueryError` for a mistake in the query.
    """
    if not isinstance(value, Mapping):
        raise ChangeRefusedError(400, "a saved search is an object with name, query and settings")
    settings: dict[str, Any] = dict(value)
    if "to" in settings:
        raise ChangeRefusedError(
            403, "outputs cannot be set over HTTP", "`newssearch save --to` sets them", "to"
        )
    name, replace = settings.pop("name", ""), settings.pop("replace", False)
    if not isinstance(name, str) or not isinstance(replace, bool):
        wrong = "replace" if isinstance(name, str) else "name"
        raise ChangeRefusedError(
            400, f"{wrong} is {'true or false' if wrong == 'replace' else 'a text'}", parameter=wrong
        )
    try:
        search = SavedSearch.from_settings(checked_name(name), settings, "the saved search")
    except SavedSearchError as error:
        raise ChangeRefusedError(400, str(error), parameter="name") from None
    except ConfigError as error:
        raise ChangeRefusedError(400, str(error)) from None
    check_label(search.label)
    return search, replace


@contextmanager
def refusing_unwritable() -> Iterator[None]:
    """Raise an error of the file system as :class:`ChangeRefusedError`, without a path of this machine."""
    try:
        yield
    except OSError as error:
        _log.warning("the archive cannot be written: %s", error)
        reason = os.strerror(error.errno) if error.errno else "the file system refuses it"
        raise ChangeRefusedError(
            507 if error.errno in _FULL else 503, f"the folder of the archive cannot be written: {reason}"
        ) from error


@contextmanager
def _refusing_changes(name: str) -> Iterator[None]:
    """Raise what keeps a search from being changed as :class:`ChangeRefusedError`, without a path of this machine."""
    try:
        with refusing_unwritable():
            yield
    except SavedSearchError as error:
        raise ChangeRefusedError(409, str(error), parameter="name") from error
    except (ConfigError, AlertError) as error:
        _log.warning("%s", error)
        held = "another run" in str(error)
        reason = (
            "its alert is running"
            if held
            else f"its file or the state of its alert is not in order; `newssearch saved {name}` says more"
        )
        raise ChangeRefusedError(
            503 if held else 409, f"the search {name} cannot be changed: {reason}"
        ) from error


def save_for_client(
    index: Index, alerts: Alerts, search: SavedSearch, limits: SearchLimits, *, replace: bool
) -> SearchSaved:
    """Save a search without outputs, and count what it finds already as seen.

    Raises :class:`ChangeRefusedError`, :class:`~newssearch.QueryError` if it could only find nothing, and
    :class:`~newssearch.SearchStoppedError`.
    """
    _check_query(search.query)
    with _refusing_changes(search.name):
        origins = alerts.searches.found().origins
        if search.name in origins:
            _check_changeable(alerts, search.name)
            if not replace:
                shown = search.name[:MAX_SHOWN_CHARS]
                raise ChangeRefusedError(
                    409, f"there is a search {shown} already", "choose another name, or replace it", "name"
                )
        elif len(origins) >= MAX_SEARCHES:
            raise ChangeRefusedError(
                409, f"there are {len(origins):,} saved searches already", "remove some of them"
            )
        found = alerts.check(index, search, limits.timeout)
        wait = min(MAX_WAIT_FOR_ALERT, limits.timeout)
        _, report = alerts.save(index, search, replace=replace, wait=wait, timeout=limits.timeout, plain=True)
    return SearchSaved(found.total_articles, report is not None)


def remove_for_client(alerts: Alerts, name: str) -> None:
    """Remove a saved search without outputs, and what its alert remembers. Raises :class:`ChangeRefusedError`."""
    with _refusing_changes(name):
        if name not in alerts.searches.found().origins:
            raise ChangeRefusedError(404, "there is no saved search with this name")
        _check_changeable(alerts, name)
        alerts.remove(name, MAX_WAIT_FOR_ALERT, plain=True)


def _check_changeable(alerts: Alerts, name: str) -> None:
    try:
        alerts.searches.check_plain(name)
    except SavedSearchError as error:
        raise ChangeRefusedError(403, str(error), parameter="name") from None
    except QueryError:  # it may have outputs
        raise ChangeRefusedError(
            409, f"the search {name} is not in order: change it on the machine of the server"
        ) from None
