"""The methods of an index that list stories, and which outlets ran them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from newssearch import arguments
from newssearch.errors import QueryError
from newssearch.query import Node, Query
from newssearch.request import MatchOptions, Request, request_of, takes_options
from newssearch.stopping import StopCheck

from .opened import OpenIndex

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from newssearch.corpus.coverage import Coverage
    from newssearch.corpus.stories import StoryList, StorySort


class ListingMethods(OpenIndex):
    """The methods that list stories, and which outlets ran them."""

    @takes_options(MatchOptions)
    def stories(
        self,
        query: str | Query | Node = "",
        request: Request | None = None,
        *,
        sort: StorySort = "size",
        limit: int | None = 10,
        offset: int = 0,
        min_outlets: int = 0,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[MatchOptions],
    ) -> StoryList:
        """Return the stories that the matching articles tell: texts that several articles have, whole, cut or edited.

        A story is listed if it has at least two articles in the index, and at least one that matches. Its numbers and dates
        are those of the articles that match; ``ListedStory.of`` is the number of all of its articles.

        ``sort`` is ``"size"``, by the number of articles; ``"outlets"``, by that of outlets; ``"newest"``, by the date of the
        first article, the latest first; or ``"spread"``, by the time from the first to the last article. With
        ``min_outlets``, only stories of that many outlets are listed. ``limit`` and ``offset`` choose the page.

        The options, as keyword arguments or in a :class:`Request`:
        """
        from newssearch.corpus.stories import (
            STORY_SORTS,
            StoriesRequest,
            StoryList,
        )  # a search needs none of it

        given = request_of("stories", MatchOptions, request, changes)
        numbers = {
            "offset": offset,
            "min_outlets": min_outlets,
            **({} if limit is None else {"limit": limit}),
        }
        numbers = {name: arguments.whole_number(name, value) for name, value in numbers.items()}
        for name, value in numbers.items():
            if value < 0:
                raise QueryError(f"{name} cannot be negative")
        if arguments.text("sort", sort) not in STORY_SORTS:
            raise QueryError(
                f"cannot sort stories by {sort!r}", suggestion=f"the choices are: {', '.join(STORY_SORTS)}"
            )
        given = given.replace(facets="outlet")  # so that the names of outlets in the archive count
        wanted = StoriesRequest(sort, **numbers)
        with self._asking(query, given, StopCheck(timeout, stop)) as (snapshot, parsed, asked):
            found = snapshot.stories(parsed.tree, asked, wanted)
            return StoryList(
                query=parsed.text,
                interpretation=str(parsed),
                sort=wanted.sort,
                min_outlets=wanted.min_outlets,
                limit=wanted.limit,
                offset=wanted.offset,
                stories=found.stories,
                total_stories=found.total_stories,
                story_articles=found.story_articles,
                total_articles=found.total_articles,
                commit=snapshot.commit,
                diagnostics=(*parsed.diagnostics, *found.diagnostics),
                undated=found.undated,
                imprecise=found.imprecise,
            )

    @takes_options(MatchOptions)
    def coverage(
        self,
        query: str | Query | Node = "",
        request: Request | None = None,
        *,
        story: str | None = None,
        outlets: str | Iterable[str] | None = None,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[MatchOptions],
    ) -> Coverage:
        """Return which outlets ran a story and when, and which of the given ``outlets`` did not.

        ``story`` is the id of an article, or the end of one; of a key, ``index.article(key="D3").id`` is the id. All articles of its story count
        that match the query and pass the filters. Without it, all articles that match count.

        The outlets that ran it come first, in order of time, each with the time since the first article of all; then
        come those of ``outlets`` that did not. Any name of an outlet will do, also those of the archive's configuration.

        >>> import newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     create = newssearch.Article.create
        ...     rain = create(title="Rain", text="It rained.", outlet="Echo", date="2024-07-25T10:00:00Z")
        ...     late = create(title="It rained", text="Rain fell.", outlet="Post", date="2024-07-25T14:30:00Z")
        ...     report = index.add([rain, late])
        ...     [(one.outlet, one.status, str(one.after)) for one in index.coverage("rain", outlets=["Post", "BBC"])]
        [('Echo', 'ran', '0.0 h'), ('Post', 'ran', '4.5 h'), ('BBC News', 'not in the index', '')]

        Raises :class:`ArticleNotFoundError`. The options, as keyword arguments or in a :class:`Request`:
        """
        from newssearch.corpus.coverage import Coverage, CoverageRequest  # a search needs none of it

        given = request_of("coverage", MatchOptions, request, changes)
        names = arguments.texts("outlets", outlets)
        if not all(map(str.strip, names)):
            raise QueryError("the name of an outlet is empty")
        if story is not None:
            arguments.text("story", story)
        given = given.replace(facets="outlet")  # so that the names of outlets in the archive count
        with self._asking(query, given, StopCheck(timeout, stop)) as (snapshot, parsed, asked):
            of = None if story is None else self._id_in(snapshot, story.partition("#")[0])
            found = snapshot.coverage(parsed.tree, asked, CoverageRequest(of, names))
            return Coverage(
                query=parsed.text,
                interpretation=str(parsed),
                story=None if of is None else snapshot.story(of)[0],
                outlets=found.outlets,
                commit=snapshot.commit,
                diagnostics=(*parsed.diagnostics, *found.diagnostics),
                undated=found.undated,
                imprecise=found.imprecise,
            )
