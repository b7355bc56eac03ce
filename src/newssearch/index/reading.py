"""The methods of an index that search it and read its articles."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from newssearch import arguments
from newssearch.article import Article
from newssearch.engines.protocol import Found, Snapshot
from newssearch.errors import ArticleNotFoundError
from newssearch.facets import FacetValues
from newssearch.fields import TAG, ArticleField, by_name
from newssearch.info import IndexInfo
from newssearch.query import Everything, Field, Node, Query
from newssearch.request import (
    HighlightOptions,
    MatchOptions,
    RankOptions,
    RelatedOptions,
    Request,
    ResolvedRequest,
    SearchOptions,
    request_of,
    resolve,
    takes_options,
    without_tag_facet,
)
from newssearch.results import Rank, Results
from newssearch.stopping import StopCheck
from newssearch.system.frozen import FrozenDict

from .opened import OpenIndex, TagReader
from .searching import Search, corrected_query, expanded_query, related_results

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from newssearch.snippet import Snippet
    from newssearch.story import Story


class ReadingMethods(OpenIndex):
    """The methods that search an index and read its articles."""

    @takes_options(SearchOptions)
    def search(
        self,
        query: str | Query | Node = "",
        request: Request | None = None,
        *,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[SearchOptions],
    ) -> Results:
        """Search for articles, and return one page of them, each with its best paragraph.

        The query is a string in the query language, or a tree of :mod:`newssearch.query`. AND, OR and NOT apply to an
        article as a whole, headline included. Options are keyword arguments, or the fields of a :class:`Request`; given
        both, the keyword arguments override the request. A filter takes one value or several, and passes articles that
        have at least one of them; filters never change scores. A date is a day, a moment, or a whole period
        (``"2024-07"``) in the outlet's calendar.

        Raises :class:`QueryError` for a query or an option that could only find nothing, such as an impossible date or
        an unknown facet, and TypeError for a value of a wrong type or an option that does not exist. The options:
        """
        started = time.perf_counter()
        given = request_of("search", SearchOptions, request, changes)
        check = StopCheck(timeout, stop)

        def read() -> Results:
            tags = self._tags_of_one_answer()
            with self._asking(query, given, check, tags) as (snapshot, parsed, asked):

                def corrected(words: Mapping[str, str]) -> Query:
                    own, thesaurus = snapshot.own_fields, self._thesaurus_for(query, given)
                    again = corrected_query(query, parsed, words, asked, own, thesaurus)
                    return self._with_tags(again, asked, tags)[0]

                facets = self._facets_with_tags(snapshot, asked, tags)
                of_engine = without_tag_facet(asked)
                search = Search(snapshot, of_engine, lambda: self._is_strict(asked), corrected, facets)
                return self._with_said(search.results(parsed, started), tags)

        return self._of_one_commit(read)

    def _facets_with_tags(
        self, snapshot: Snapshot, request: ResolvedRequest, tags: TagReader
    ) -> Callable[[Node, Found], Mapping[str, FacetValues]]:
        """Return a function that adds the facet of tags to those that the engine counts, if a request asks for it."""
        names = [facet.name for facet in request.asked_facets]
        if TAG not in names:
            return lambda _, found: found.facets
        from newssearch.tags.facet import tag_facet  # a search without it needs none of it
        from newssearch.tags.state import TagState  # the same

        state, facet = tags() or TagState(), request.asked_facets[names.index(TAG)]

        def with_tags(tree: Node, found: Found) -> Mapping[str, FacetValues]:
            counted = tag_facet(state, snapshot, tree, request, facet, found.total_articles)
            return FrozenDict((name, counted if name == TAG else found.facets[name]) for name in names)

        return with_tags

    def _is_strict(self, request: Request) -> bool:
        return self.config.strict if request.strict is None else request.strict

    @takes_options(RankOptions)
    def rank(
        self,
        query: str | Query | Node = "",
        request: Request | None = None,
        *,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[RankOptions],
    ) -> list[Rank]:
        """Return the addresses and scores of the hits that :meth:`search` would return, in the same order.

        This is for evaluations, and for programs that store the texts themselves. It takes a fraction of the time of a
        search, because it reads no stored text, counts no totals and marks no matches.

        >>> import newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     report = index.add([newssearch.Article.create(title="Rain", text="It rained on Baghdad.")])
        ...     [(rank.id, rank.paragraph) for rank in index.rank("baghdad")]
        [('rain-oxalj53i3irb', 1)]

        The options, as keyword arguments or in a :class:`Request`:
        """
        given = request_of("rank", RankOptions, request, changes)
        with self._asking(query, given, StopCheck(timeout, stop)) as (snapshot, parsed, asked):
            searched = expanded_query(snapshot, parsed, asked)
            return snapshot.rank(searched.query.tree, asked)

    def article(self, article_id: str | None = None, *, key: str | None = None) -> Article:
        """Return the article with the given id, or with the given ``key``, the id that its source gives it.

        The digest at the end of an id identifies the article, and is enough. ``ID#3`` stands for ``ID``. Raises
        :class:`ArticleNotFoundError`. Its ``candidates`` are the ids of the articles if there are several.
        """
        if key is not None:
            key = arguments.text("key", key)
            if article_id is None:
                return self._article_of_key(key)
            raise TypeError("Index.article() takes an id or a key, not both")
        wanted = arguments.text("article_id", article_id).partition("#")[0]
        with self._reading() as snapshot:
            if (article := snapshot.article(wanted)) is None:
                article = snapshot.article(self._id_in(snapshot, wanted))
            assert article is not None, "an article of the snapshot"
            return article

    def _article_of_key(self, key: str) -> Article:
        ids = self.find(Field("key", key)) if any(map(str.isalnum, key)) else []
        if len(ids) != 1:
            raise ArticleNotFoundError(key, ids, "key")
        return self.article(ids[0])

    def boilerplate(self, article_id: str) -> tuple[int, ...]:
        """Return the numbers of the paragraphs of an article that are boilerplate, ascending.

        Boilerplate is what the outlet prints under ten or more different articles, such as an invitation to its newsletter. It
        is found and counted like other paragraphs, but adds nothing to a score and makes no story. Which paragraphs
        are boilerplate depends on the other articles of the index, and can change with each commit. ``article_id``
        may be anything that :meth:`article` accepts. Raises :class:`ArticleNotFoundError`.
        """
        wanted = arguments.text("article_id", article_id).partition("#")[0]
        with self._reading() as snapshot:
            return snapshot.boilerplate_of(self._id_in(snapshot, wanted))

    @takes_options(HighlightOptions)
    def parse(
        self, query: str | Query | Node, request: Request | None = None, **changes: Unpack[HighlightOptions]
    ) -> Query:
        """Return how the index understands a query, without searching: its tree, and notes on parts that look odd.

        The query can name the own fields of the index, and gets the synonyms of the archive that it asks for. Raises
        :class:`QueryError`.

        >>> import newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     str(index.parse("rain (storm OR hail)"))
        '(rain AND (storm OR hail))'

        The options:
        """
        given = request_of("parse", HighlightOptions, request, changes)
        with self._asking(query, given) as (_, parsed, _asked):
            return parsed

    @takes_options(HighlightOptions)
    def highlights(
        self,
        article_id: str,
        query: str | Query | Node,
        request: Request | None = None,
        *,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[HighlightOptions],
    ) -> dict[int, Snippet]:
        """Return where a query matches in an article, whether the article as a whole matches or not.

        The result maps the number of each paragraph to its whole text with the matches, and 0 to the headline, as a
        :class:`Snippet`. What is highlighted is what :meth:`search` highlights: matches of words, phrases and operators
        that are not negated. ``article_id`` may be anything that :meth:`article` accepts. Raises
        :class:`ArticleNotFoundError` and :class:`QueryError`. The options:
        """
        from newssearch.highlight.snippets import (  # slow to import; nothing else here marks whole articles
            highlighted,
            highlighted_headline,
        )

        article = self.article(article_id)
        check = StopCheck(timeout, stop)
        given = request_of("highlights", HighlightOptions, request, changes)
        with self._asking(query, given, check) as (snapshot, parsed, _asked):
            added = snapshot.added_analyses
            marked = highlighted(article, article.paragraphs, parsed.tree, check, added)
            return {0: highlighted_headline(article, parsed.tree, check, added), **marked}

    def story(
        self,
        article_id: str,
        *,
        base: str | None = None,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Story:
        """Return the versions of the story that the given article tells, earliest first, each compared with the first.

        With ``base``, the id of a version, each is compared with that one. Both may be anything that :meth:`article` accepts. Raises
        :class:`ArticleNotFoundError`, also if ``base`` tells another story.
        """
        from newssearch.story import compare  # slow to import, and a search needs none of it

        check = StopCheck(timeout, stop)
        article = self.article(article_id)
        if base is not None:
            arguments.text("base", base)
        with self._reading() as snapshot:
            found = [snapshot.article(one) for one in check.during(snapshot.story(article.id))]
            added = snapshot.added_analyses
        versions = [version for version in found if version is not None] or [article]
        compared = versions[0]
        if base is not None:
            by_id = {version.id: version for version in versions}
            wanted = self.article(base).id
            if wanted not in by_id:
                raise ArticleNotFoundError(base, list(by_id))
            compared = by_id[wanted]
        return compare(versions, compared, check, added)

    @takes_options(RelatedOptions)
    def related(
        self,
        article_id: str,
        request: Request | None = None,
        *,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[RelatedOptions],
    ) -> Results:
        """Return articles on the subject of the given one, found by its forty most telling words, and nearest in date.

        Its own story is left out. The explanation of a hit lists the words that it shares, the most telling first.
        ``article_id`` may be anything that :meth:`article` accepts. Raises :class:`ArticleNotFoundError`. The options:
        """
        started = time.perf_counter()
        check = StopCheck(timeout, stop)
        article = self.article(article_id)
        asked = request_of("related", RelatedOptions, request, changes)
        now = asked.now or dt.datetime.now()
        resolved = resolve(asked, now, self._aliases(asked, ""), by_name(self.own_fields), check)
        tags = self._tags_of_one_answer()
        noted, resolved = self._with_tags(Query("", Everything()), resolved, tags)
        with self._opened() as opened:
            results = related_results(opened.snapshot, article, opened.resolved(resolved))
        diagnostics = (*noted.diagnostics, *results.diagnostics)
        results = self._with_said(replace(results, diagnostics=diagnostics), tags)
        return replace(results, took=time.perf_counter() - started)

    @takes_options(MatchOptions)
    def find(
        self,
        query: str | Query | Node = "",
        request: Request | None = None,
        *,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[MatchOptions],
    ) -> list[str]:
        """Return the ids of all articles that match the query and the options, sorted by id.

        The options, as keyword arguments or in a :class:`Request`:
        """
        given = request_of("find", MatchOptions, request, changes)
        with self._asking(query, given, StopCheck(timeout, stop)) as (snapshot, parsed, asked):
            return snapshot.ids_matching(parsed.tree, asked)

    @takes_options(MatchOptions)
    def count(
        self,
        query: str | Query | Node = "",
        request: Request | None = None,
        *,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[MatchOptions],
    ) -> int:
        """Return the number of articles that match: the ``total_articles`` of a search, but without ranking.

        The options, as keyword arguments or in a :class:`Request`:
        """
        given = request_of("count", MatchOptions, request, changes)
        with self._asking(query, given, StopCheck(timeout, stop)) as (snapshot, parsed, asked):
            return snapshot.count(parsed.tree, asked)

    @property
    def own_fields(self) -> tuple[ArticleField, ...]:
        """The own fields of the index, which its archive asked to keep, in alphabetical order."""
        with self._reading() as snapshot:
            return snapshot.own_fields

    # ---- all articles

    def __len__(self) -> int:
        """Return the number of articles."""
        with self._reading() as snapshot:
            return len(snapshot)

    def __bool__(self) -> bool:
        """Return True, even if the index has no articles."""
        return True

    def __contains__(self, item: object) -> bool:
        """Whether the index has an article with this id, or an article equal to this one."""
        if not isinstance(item, str | Article):
            return False
        with self._reading() as snapshot:
            found = snapshot.article(item if isinstance(item, str) else item.id)
        return found is not None and (isinstance(item, str) or item == found)

    def __iter__(self) -> Iterator[Article]:
        """Iterate over all articles in the order of their ids, reading one at a time.

        All articles come from the commit that was current at the start, even if the index is written to, refreshed or
        closed during the iteration.
        """
        reading = self._all_articles()
        next(reading)  # from here on the snapshot stays open
        return cast("Iterator[Article]", reading)

    def _all_articles(self) -> Iterator[Article | None]:
        with self._reading() as snapshot:
            yield None
            yield from snapshot.articles()

    def articles_of(self, path: str | Path) -> list[str]:
        """Return the ids of the articles that a file holds, or all files below a folder.

        First come those that were read from there, in the order of the files; then those whose other places are there.
        """
        from newssearch.updating import files, removal  # slow to import, and a search needs none of it

        name = files.name_of(arguments.path("path", path), self._store.archive.root)
        with self._reading() as snapshot:
            return removal.articles_in(snapshot, self._manifest(), str(path), name)

    def info(self) -> IndexInfo:
        """Return the statistics of the index: numbers of articles, paragraphs and words, and the values of fields."""
        with self._opened() as opened:
            contents, paths = opened.snapshot.contents(self.config.outlets), opened.snapshot.paths()
            commit, added = opened.snapshot.commit, opened.snapshot.added_analyses
        analysers, missing = _labels_of(added)
        return IndexInfo(
            folder=self.folder,
            contents=contents,
            files=len(paths),
            size=self._store.size,
            format=self._store.format,
            commit=commit,
            last_run=opened.last_run,
            analysers=analysers,
            missing_analysers=missing,
        )


def _labels_of(added: Mapping[str, str]) -> tuple[FrozenDict[str, str], tuple[str, ...]]:
    """Return the label of each added analyser of an index, by language, and the languages whose analyser is not installed."""
    if not added:
        return FrozenDict(), ()
    from newssearch.text.language_analysis import AddedName, is_installed  # few indexes have one

    names = {language: AddedName.parse(name) for language, name in added.items()}
    missing = tuple(language for language, name in names.items() if not is_installed(name))
    return FrozenDict((language, name.label) for language, name in names.items()), missing
