"""Addresses of pages. A view is its address: the same address shows the same view at the same commit."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from functools import lru_cache, partial
from urllib.parse import quote

from starlette.requests import Request

from newssearch.filters import NONE
from newssearch.request import MatchOptions
from newssearch.web.context import server_context
from newssearch.web.prefix import path_of, prefix_of
from newssearch.web.security.writing import form_token, why_read_only
from newssearch.web.static_files import static_path

PAGING = ("page", "offset", "after")
"""The parameters that choose a page of results: a link that changes something else begins at the first page again."""

VIEWS = (
    ("/", "Articles"),
    ("/context", "In context"),
    ("/words", "Words"),
    ("/stories", "Stories"),
    ("/compare", "Compare"),
)
"""The views of a query: the path of each, and its name."""
SHARED_PARAMETERS = ("q", *MatchOptions.__annotations__)
"""The parameters that all views of a query have: what is asked, and of which articles."""
MAX_KEPT_CHARS = 200
"""The largest number of characters of a name or value whose encoding is kept: a page has the same ones in many links."""
_COMPARE_PATH = "/compare"


class Links:
    """The address of the current view, and the addresses of others that share its parameters."""

    def __init__(self, request: Request) -> None:
        self.prefix = prefix_of(request)
        self.path = path_of(request.scope)
        access = server_context(request).access
        self.has_session = access.has_session(request)
        self.read_only = why_read_only(request, access)
        self._form_token = partial(form_token, request, access)
        self._origin = f"{request.url.scheme}://{request.url.netloc}"
        self.given = tuple((name, value) for name, value in request.query_params.multi_items() if value)

    @property
    def token(self) -> str:
        """The token that a form needs to change something."""
        return self._form_token(time.time())

    def values(self, name: str) -> list[str]:
        """Return the values of a parameter in the current address."""
        return [value for given, value in self.given if given == name]

    @property
    def address(self) -> str:
        """The address of the current view, without parameters that have no value."""
        return self._address(self.path, self.given)

    def value(self, name: str) -> str:
        """Return the first value of a parameter in the current address; "" if it has none."""
        return next(iter(self.values(name)), "")

    @property
    def query(self) -> str:
        """The query of the current address, the first of several; "" if it has none."""
        return self.value("q")

    def of_pairs(self, path: str, pairs: Iterable[tuple[str, str]]) -> str:
        """Return the address of a view with the given names and values of parameters alone."""
        return self._address(path, pairs)

    def with_pairs(self, pairs: Iterable[tuple[str, str]]) -> Links:
        """Return the links of the page of articles at the address with the given names and values of parameters."""
        other = copy(self)
        other.path, other.given = "/", tuple((name, value) for name, value in pairs if value)
        return other

    def asking(self, query: str) -> Links:
        """Return the links of the same view of another query, at its first page."""
        other = copy(self)
        kept = [(name, value) for name, value in self.given if name not in ("q", *PAGING)]
        other.given = (*_as_pairs([("q", query)]), *kept)
        return other

    def instead(self, query: str, changed: str) -> str:
        """Return the address of the current view with a changed query in the place of the given one, among all that it has."""
        queries = [changed if one.strip() == query.strip() else one for one in self.values("q")]
        return self.here(q=queries if changed in queries else changed)

    def bare(self, path: str, **parameters: object) -> str:
        """Return the address of a view with the given parameters alone. A list gives a parameter several times."""
        return self._address(path, _as_pairs(parameters.items()))

    def of_value(self, field: str, value: str | None, is_own: bool = False) -> str:
        """Return the address of the articles that have a value of a field; None stands for those that have none.

        A value that reads as this filter, ``(none)``, is found by the query.
        """
        if value == NONE.value:
            return self.bare("/", q=f'{field}:"{value}"')
        text = NONE.value if value is None else value
        return self.bare("/", where=f"{field}={text}") if is_own else self.bare("/", **{field: text})

    def here(self, **changes: object) -> str:
        """Return the address of the current view with other values of some parameters; None or [] drops one."""
        return self._changed(self.path, (), changes)

    def to(self, path: str, *, drop: Collection[str] = (), **changes: object) -> str:
        """Return the address of a view with the parameters of the current one, without those in ``drop``, and changed.

        Parameters that choose a page are dropped.
        """
        return self._changed(path, drop, changes)

    def shared(self, path: str, **changes: object) -> str:
        """Return the address of another view of the same query: with :data:`SHARED_PARAMETERS`, changed, and nothing else.

        Of several queries, which only the comparison has, the others take the first.
        """
        kept = [
            (name, value) for name, value in self.given if name in SHARED_PARAMETERS and name not in changes
        ]
        if path != _COMPARE_PATH:
            queries = [pair for pair in kept if pair[0] == "q"]
            kept = [pair for pair in kept if pair[0] != "q" or pair is queries[0]]
        return self._address(path, [*kept, *_as_pairs(changes.items())])

    @property
    def shared_parameters(self) -> str:
        """The end of all addresses that :meth:`shared` returns without changes, but for the comparison."""
        return self.shared("/")[len(self.prefix) + 1 :]

    @property
    def form_path(self) -> str:
        """The path of the view that a new query in the masthead leads to: the current view, if it is one of a query."""
        return self.path if self.path in dict(VIEWS) else "/"

    @property
    def form_values(self) -> list[tuple[str, str]]:
        """The parameters that stay when a new query is written in the masthead: all but the query and the page."""
        if self.path not in dict(VIEWS):
            return []
        return [(name, value) for name, value in self.given if name not in ("q", *PAGING)]

    def picked(self, path: str, names: Collection[str], **changes: object) -> str:
        """Return the address of another view with the given parameters of the current one alone, and changes."""
        kept = [(name, value) for name, value in self.given if name in names and name not in changes]
        return self._address(path, [*kept, *_as_pairs(changes.items())])

    def toggled(self, name: str, value: str) -> str:
        """Return the address of the current view with a value of a parameter added, or dropped if it has it."""
        values = self.values(name)
        changed = [one for one in values if one != value] if value in values else [*values, value]
        return self._changed(self.path, (), {name: changed})

    def without(self, name: str, value: str) -> str:
        """Return the address of the current view without a value of a parameter."""
        return self.here(**{name: [one for one in self.values(name) if one != value]})

    def _changed(self, path: str, drop: Collection[str], changes: Mapping[str, object]) -> str:
        left_out = {*drop, *changes, *PAGING}
        kept = [(name, value) for name, value in self.given if name not in left_out]
        return self._address(path, [*kept, *_as_pairs(changes.items())])

    def below(self, address: str) -> str:
        """Return an address of the application without the prefix, as forms state where to go then."""
        return address.removeprefix(self.prefix)

    def absolute(self, address: str) -> str:
        """Return an address of the application with the name of the server in front."""
        return f"{self._origin}{address}"

    def static(self, name: str) -> str:
        """Return the address of a file of the page: style, script, picture. It changes with the content of the file."""
        return self.prefix + static_path(name)

    def _address(self, path: str, pairs: Iterable[tuple[str, str]]) -> str:
        text = "&".join(f"{_percent_encoded(name)}={_percent_encoded(value)}" for name, value in pairs)
        return f"{self.prefix}{path}{'?' if text else ''}{text}"


def with_period(address: str, since: dt.date, until: dt.date) -> str:
    """Return an address that states no dates with a period."""
    return f"{address}{'&' if '?' in address else '?'}since={since.isoformat()}&until={until.isoformat()}"


def with_parameter(address: str, name: str, value: str) -> str:
    """Return an address of the application with one more parameter at its end."""
    return f"{address}{'&' if '?' in address else '?'}{_percent_encoded(name)}={_percent_encoded(value)}"


def _percent_encoded(text: str) -> str:
    return _kept_encoding(text) if len(text) <= MAX_KEPT_CHARS else _kept_encoding.__wrapped__(text)


@lru_cache(maxsize=4096)
def _kept_encoding(text: str) -> str:
    return quote(text, safe="/:,.~*()!@", errors="replace")


def article_path(article_id: str) -> str:
    """Return the path of the page of an article."""
    return f"/article/{quote(article_id, safe='')}"


def told_path(article_id: str) -> str:
    """Return the path of the page of the story that an article tells."""
    return f"/story/{quote(article_id, safe='')}"


def _as_pairs(items: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
    found = []
    for name, value in items:
        values = value if isinstance(value, (list, tuple)) else [value]
        found += [(name, str(one)) for one in values if one not in (None, "")]
    return found
