"""The options of the public API as parameters of an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from newssearch.fields import EXCLUSIONS, FILTERS
from newssearch.request import MATCH_MODES, OPTIONS, SORTS, Request

from .parameters import Kind, Parameter

MAX_PAGE = 1_000
"""The largest number of hits of one answer."""
MAX_OFFSET = 100_000
"""The largest number of hits that an answer skips: each of them has to be ranked."""

QUERY = Parameter("q", "text", "The query, in the query language. Without one, all articles match.")

_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(FILTERS, "filter"),
    **dict.fromkeys((f"{name}_not" for name in EXCLUSIONS), "filter"),
    **dict.fromkeys(("where", "where_not"), "where"),
    **dict.fromkeys(("since", "until", "on", "sort", "match"), "text"),
    **dict.fromkeys(("limit", "offset", "snippet"), "number"),
    "now": "moment",
    "facets": "facets",
}
_TEXTS: Mapping[str, str] = {
    "where": "Only articles with this value of an own field: `theme=economy`, `words=>500`. Of several values of one field, an"
    " article must have one.",
    "where_not": "Leave out articles with this value of an own field, given as in `where`.",
    "now": "The moment that relative dates count from; the clock of the server, unless given.",
    "literal": "Read the whole query as words, without operators.",
    "facets": "Count the matching articles by the values of a field: `outlet`, `outlet:20` for 20 values, `outlet:all`, or"
    " `outlet~fox` for those that contain a text.",
}
"""The descriptions of parameters that are written otherwise than in Python."""
_CHOICES: Mapping[str, Sequence[str]] = {"sort": SORTS, "match": MATCH_MODES}
_MOST = {"limit": MAX_PAGE, "offset": MAX_OFFSET, "snippet": 10_000}


def options_of(options: type) -> tuple[Parameter, ...]:
    """Return a parameter for each option of a TypedDict of :mod:`newssearch.request`, described as there."""
    return tuple(_parameter(name) for name in options.__annotations__)


def _parameter(name: str) -> Parameter:
    option = OPTIONS[name]
    most = _MOST.get(name, 0)
    bound = f" At most {most:,}." if most else ""
    text = _TEXTS.get(name) or option.metadata["text"].replace("``", "`").replace(":class:", "")
    text = f"{text}{bound}".replace("`Results.", "`").replace("; None for all", "")
    default = getattr(_DEFAULT, name)
    return Parameter(
        name,
        _KINDS.get(name, "flag"),
        text,
        default if isinstance(default, (bool, int, str)) else None,
        _CHOICES.get(name, ()),
        most=most,
    )


_DEFAULT = Request()


def may_depend_on_clock(values: Mapping[str, object]) -> bool:
    """Whether the answer to a request may differ at the same commit, because it may have dates that count from now.

    ``values`` are those of its parameters. Fields of a query and own fields count, whatever their values.
    """
    if values.get("since_run"):  # a run that brought nothing makes no commit
        return True
    if "now" in values:
        return False
    dates = [str(values[name]) for name in ("since", "until", "on") if name in values]
    return any(not text[:4].isdigit() for text in dates) or any(
        name in values and (name.startswith("where") or ":" in str(values[name]))
        for name in ("q", "against", "where", "where_not")
    )
