"""Feeds of saved searches, and of any search, as they are now. Feed readers ask again and again: what is new costs a search."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from newssearch.alerts.live_feed import LiveFeed, feed_identity
from newssearch.alerts.outputs.atom_xml import MEDIA_TYPE
from newssearch.index import Index
from newssearch.web.api.answers import answering_problems, entity_tag, is_known
from newssearch.web.archive import Archive
from newssearch.web.context import server_context
from newssearch.web.feed_paths import FEED_OF_SEARCH
from newssearch.web.parameters import ParameterError, read_parameters
from newssearch.web.pool import SearchLimits
from newssearch.web.problems import ChangeRefusedError
from newssearch.web.searches.addresses import SEARCH_PARAMETERS, saved_search, search_pairs
from newssearch.web.searches.listing import listed_search

from .links import Links, article_path

KEPT_FEED = "private, no-cache"
"""The instruction to keep a feed, and to ask each time whether it is still the same."""
FEED_PARAMETERS = tuple(one for one in SEARCH_PARAMETERS if one.name not in ("sort", "now", "since_run"))
"""The parameters of the feed of any search."""
_ANY_NAME = "search"
"""A name for the search of an address, which no reader sees: the title of its feed is the query."""


async def _answer_saved(request: Request) -> Response:
    def feed(archive: Archive, links: Links) -> LiveFeed:
        name, dot, suffix = request.path_params["file"].rpartition(".")
        if links.given:
            raise ParameterError(links.given[0][0], "is not known here")
        if not dot or suffix != "atom":
            raise ChangeRefusedError(404, "there is no feed at this address", "a feed is /feed/NAME.atom")
        listed = listed_search(archive.alerts(), name)
        if listed.search is None:
            raise ChangeRefusedError(409, listed.error)
        address = links.absolute(links.bare(f"/feed/{name}.atom"))
        page = links.absolute(links.of_pairs("/", search_pairs(listed.search)))
        return LiveFeed(
            listed.search, feed_identity(listed.state, address), address, page, _archive_page_of(links)
        )

    return await _answer_feed(request, feed)


async def _answer_search(request: Request) -> Response:
    def feed(archive: Archive, links: Links) -> LiveFeed:
        values = read_parameters(FEED_PARAMETERS, links.given)
        query = str(values.get("q", "")).strip()
        search = saved_search(_ANY_NAME, query or "Articles", values)
        address = links.absolute(links.here())
        page = links.absolute(links.of_pairs("/", search_pairs(search)))
        return LiveFeed(search, feed_identity(None, address), address, page, _archive_page_of(links))

    return await _answer_feed(request, feed)


def _archive_page_of(links: Links) -> Callable[[str], str]:
    return lambda article_id: links.absolute(links.bare(article_path(article_id)))


async def _answer_feed(request: Request, feed_of: Callable[[Archive, Links], LiveFeed]) -> Response:
    context, links = server_context(request), Links(request)

    def answer(limits: SearchLimits) -> Response:
        feed = feed_of(context.archive, links)

        def made(index: Index) -> Response:
            now = dt.datetime.now()
            tag = entity_tag(f"{context.archive.version(index)}-{feed.version(index, now)}", request, False)
            headers = {"ETag": tag, "Cache-Control": KEPT_FEED}
            if is_known(request, tag):
                return Response(status_code=304, headers=headers)
            content = feed.document(index, now, timeout=limits.timeout, stop=limits.stop)
            return Response(content, headers=headers, media_type=MEDIA_TYPE)

        return context.archive.at_one_commit(made)

    return await context.pool.run(request, answer)


ROUTES = (
    Route("/feed/{file}", answering_problems(_answer_saved), name="feed"),
    Route(FEED_OF_SEARCH, answering_problems(_answer_search), name="feed of a search"),
)
