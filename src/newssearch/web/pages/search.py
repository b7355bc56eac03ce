"""The page of a search: its hits, facets, and articles over time."""

from __future__ import annotations

from newssearch.request import SearchOptions
from newssearch.web.options import QUERY, options_of
from newssearch.web.parameters import read_parameters

from .rendering import ShownPage, View, page_route

PAGE = 10
"""The number of hits of a page."""
PARAMETERS = (QUERY, *options_of(SearchOptions))


def search_page(view: View) -> ShownPage:
    """Return the page of a search."""
    values = read_parameters(PARAMETERS, view.links.given, ignore_others=True)
    query = str(values.pop("q", ""))
    index = view.context.archive.index()
    options = {**values, "timeout": view.limits.timeout, "stop": view.limits.stop}
    results = index.search(query, **options)  # type: ignore[arg-type]
    return ShownPage("search.html", {"results": results, "query": query})


ROUTES = (page_route("/", search_page, "search"),)
