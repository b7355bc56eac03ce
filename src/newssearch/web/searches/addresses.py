"""Saved searches as parameters of an address, and addresses as saved searches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from newssearch.alerts.counting import RECENT
from newssearch.alerts.saved import NAME, SavedSearch
from newssearch.filters import NoValue
from newssearch.query import parse
from newssearch.request import OrderOptions, Request
from newssearch.web.options import QUERY, options_of

SEARCH_PARAMETERS = (
    QUERY,
    *(one for one in options_of(OrderOptions) if one.name not in ("all_paragraphs", "expand")),
)
"""The parameters of an address that a saved search has."""
UNSAVED = ("all_paragraphs", "expand", "strict")
"""The parameters that say how a page lists what is found, which a saved search does not have."""
MAX_LABEL = 200
"""The largest number of characters of a label."""


def saved_search(name: str, label: str, values: Mapping[str, Any]) -> SavedSearch:
    """Return the saved search with the values of :data:`SEARCH_PARAMETERS` that are given.

    Raises :class:`~newssearch.SavedSearchError` for a name that is not allowed, and :class:`~newssearch.QueryError` for an
    option that a saved search does not have.
    """
    options = {one: value for one, value in values.items() if one not in ("q", "group")}
    return SavedSearch(
        name=name,
        query=str(values.get("q", "")),
        request=Request(**options),
        label=label,
        each_copy=values.get("group") is False,
    )


def suggested_name(label: str) -> str:
    """Return a name for a search that has this label, or this query; "" if no letter or digit of it can be in a name.

    >>> suggested_name('"Oil price" w/10 OPEC'), suggested_name("?")
    ('oil-price-w-10-opec', '')
    """
    from slugify import slugify  # slow to import, and only pages of searches need it

    made = slugify(label[:200], max_length=40, word_boundary=True)
    return made if NAME.fullmatch(made) else ""


def search_pairs(search: SavedSearch) -> list[tuple[str, str]]:
    """Return the names and values of the parameters of the address that shows what a saved search finds.

    >>> search_pairs(SavedSearch(name="a", query="rain", request=Request(outlet="The Echo", where={"pages": ">5"}, novel=True)))
    [('q', 'rain'), ('outlet', 'The Echo'), ('where', 'pages=>5'), ('novel', 'true')]
    """
    pairs = [("q", search.query)] if search.query.strip() else []
    for name, value in search.request.changed().items():
        if name != "snippet":
            pairs += _option_pairs(name, value)
    return [*pairs, *([("group", "false")] if search.each_copy else [])]


def _option_pairs(name: str, value: object) -> Iterable[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [(name, f"{key}={_parameter_text(one)}") for key, several in value.items() for one in several]
    if isinstance(value, bool):
        return [(name, "true" if value else "false")]
    return [(name, _parameter_text(one)) for one in (value if isinstance(value, tuple) else (value,))]


def _parameter_text(value: object) -> str:
    return str(value.value) if isinstance(value, NoValue) else str(value)


def recent_pairs(search: SavedSearch, interpretation: str) -> list[tuple[str, str]]:
    """Return the parameters of the address of those articles that came since the beginning of yesterday, newest first.

    ``interpretation`` is the query as it was understood, which holds without the options that say how to read it.
    """
    query, said = search.query.strip(), search.request
    options = {"literal", "names", "synonyms", "match"} & {*said.changed()}
    if options or (query and parse(query).diagnostics):
        query = interpretation
    pairs = [(name, value) for name, value in search_pairs(search) if name not in ("q", "sort", *options)]
    period = f"added:{RECENT}"
    return [("q", f"({query}) AND {period}" if query else period), *pairs, ("sort", "added")]
