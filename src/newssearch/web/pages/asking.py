"""What a view of a query asks the index for: the query, and the options that its address states."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from newssearch.display.brief import many
from newssearch.web.api.endpoints import ENDPOINTS
from newssearch.web.parameters import Parameter, read_parameters
from newssearch.web.pool import SearchLimits

from .links import SHARED_PARAMETERS, Links
from .rendering import View


class AskedOptions(NamedTuple):
    """The query of a view, and the values of its other parameters that are given."""

    query: str
    values: dict[str, Any]
    limits: SearchLimits

    def options(self, *dropped: str, **more: object) -> dict[str, Any]:
        """Return the keyword arguments of a method of the index: the values without those ``dropped``, and the limits."""
        kept = {name: value for name, value in self.values.items() if name not in dropped}
        return {**kept, **more, "timeout": self.limits.timeout, "stop": self.limits.stop}

    def value(self, name: str, default: Any) -> Any:
        """Return the value of a parameter, the default if it is not given."""
        return self.values.get(name, default)


def asked_of(view: View, parameters: Iterable[Parameter]) -> AskedOptions:
    """Return what the address of a view asks for. Parameters of other views are ignored.

    Raises :class:`~newssearch.web.parameters.ParameterError`.
    """
    values = read_parameters(parameters, view.links.given, ignore_others=True)
    query = str(values.pop("q", "")).strip()
    return AskedOptions(query, values, view.limits)


def endpoint_parameters(path: str) -> tuple[Parameter, ...]:
    """Return the parameters of an endpoint of the API, none of them required: a page without one asks for it."""
    endpoint = next(one for one in ENDPOINTS if one.path == path)
    kept = (one for one in endpoint.parameters if one.name != "format")
    return tuple(parameter._replace(required=False) for parameter in kept)


class RowExport(NamedTuple):
    """A link that exports rows: what it is called, and its address."""

    label: str
    address: str


def row_exports(
    links: Links, path: str, names: Iterable[str], total: int, what: tuple[str, str]
) -> list[RowExport]:
    """Return links to the rows that a view shows a page of, as CSV and JSON, from an endpoint of the API.

    The query, the filters and the parameters ``names`` of the current address are kept. ``total`` is the number of rows, and
    ``what`` they are, for one and for several. An answer of the API has a thousand at most; the links say so.
    """
    limit = next(one.most for one in endpoint_parameters(path) if one.name == "limit")
    kept = (*SHARED_PARAMETERS, *names)
    number = (
        f"the first {limit:,} {what[1]}"
        if total > limit
        else f"all {many(total, *what)}"
        if total != 1
        else what[0]
    )
    return [
        RowExport(f"{form.upper()} of {number}", links.picked(f"/api{path}", kept, limit=limit, format=form))
        for form in ("csv", "ndjson", "json")
    ]
