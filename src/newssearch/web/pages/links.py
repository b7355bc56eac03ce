"""Addresses of pages. A view is its address: the same address shows the same view at the same commit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import quote, urlencode

from starlette.requests import Request

from newssearch.web.prefix import prefix_of

PAGING = ("page", "offset", "after")
"""The parameters that choose a page of results: a link that changes something else begins at the first page again."""


class Links:
    """The address of the current view, and the addresses of others that share its parameters."""

    def __init__(self, request: Request) -> None:
        self.prefix = prefix_of(request)
        self.path = request.url.path.removeprefix(self.prefix) or "/"
        self.given = tuple((name, value) for name, value in request.query_params.multi_items() if value)

    def values(self, name: str) -> list[str]:
        """Return the values of a parameter in the current address."""
        return [value for given, value in self.given if given == name]

    def bare(self, path: str, **parameters: object) -> str:
        """Return the address of a view with the given parameters alone. A list gives a parameter several times."""
        return self._address(path, _as_pairs(parameters.items()))

    def here(self, **changes: object) -> str:
        """Return the address of the current view with other values of some parameters; None or [] drops one."""
        return self._changed(self.path, (), changes)

    def to(self, path: str, *, drop: Collection[str] = (), **changes: object) -> str:
        """Return the address of a view with the parameters of the current one, without those in ``drop``, and changed.

        Parameters that choose a page are dropped.
        """
        return self._changed(path, drop, changes)

    def toggled(self, name: str, value: str) -> str:
        """Return the address of the current view with a value of a parameter added, or dropped if it has it."""
        values = self.values(name)
        changed = [one for one in values if one != value] if value in values else [*values, value]
        return self._changed(self.path, (), {name: changed})

    def _changed(self, path: str, drop: Collection[str], changes: Mapping[str, object]) -> str:
        left_out = {*drop, *changes, *PAGING}
        kept = [(name, value) for name, value in self.given if name not in left_out]
        return self._address(path, [*kept, *_as_pairs(changes.items())])

    def static(self, name: str) -> str:
        """Return the address of a file of the page: style, script, picture."""
        return f"{self.prefix}/static/{name}"

    def _address(self, path: str, pairs: Iterable[tuple[str, str]]) -> str:
        text = urlencode(list(pairs), quote_via=quote, safe="/:,.~*()!@", errors="replace")
        return f"{self.prefix}{path}{'?' if text else ''}{text}"


def article_path(article_id: str) -> str:
    """Return the path of the page of an article."""
    return f"/article/{quote(article_id, safe='')}"


def _as_pairs(items: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
    found = []
    for name, value in items:
        values = value if isinstance(value, (list, tuple)) else [value]
        found += [(name, str(one)) for one in values if one not in (None, "")]
    return found
