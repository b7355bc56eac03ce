"""The methods of an index that stream all hits of a query, and draw samples of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, cast

from newssearch import arguments
from newssearch.engines.protocol import HitAddress, Snapshot
from newssearch.errors import HitNotFoundError, QueryError
from newssearch.fields import TAG
from newssearch.query import Diagnostic, Node, Query
from newssearch.request import (
    HIT_CONTENTS,
    HitContent,
    MatchOptions,
    Request,
    ScanOptions,
    request_of,
    takes_options,
)
from newssearch.results import Hit
from newssearch.stopping import StopCheck

from .opened import OpenIndex
from .scanning import Scan
from .searching import expanded_query

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from newssearch.commit import Commit
    from newssearch.corpus.neighbours import Neighbours
    from newssearch.corpus.sample import Sample


MAX_NUMBER_DIGITS = 18
"""No paragraph has a number with more digits."""


class _Begun(NamedTuple):
    """What a :class:`Scan` knows from its beginning."""

    commit: Commit
    total: int
    position: int
    diagnostics: tuple[Diagnostic, ...]


class CarryingMethods(OpenIndex):
    """The methods that stream all hits of a query, and draw samples of them."""

    @takes_options(ScanOptions)
    def scan(
        self,
        query: str | Query | Node = "",
        request: Request | None = None,
        *,
        content: HitContent = "snippets",
        after: str | None = None,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[ScanOptions],
    ) -> Scan:
        """Return an iterator over all hits of a search: those that its pages would have, in the same order.

        The hits come from the commit that is current now, even if the index is written to, refreshed or closed during the
        iteration. A few hits are made at a time, so that little memory is needed for any number of them. The first ones
        come after the time of a search for one page.

        ``content`` is what hits have of their paragraphs: ``"snippets"``, the text and the snippet; ``"texts"``, the text
        alone; ``"fields"``, neither, but all fields of the article. Without snippets, hits have no ``variants`` either.

        ``after`` is the address of a hit (``ID#3``): the scan begins with the hit that follows it. If each article has
        only one hit, its id is enough, and the number of the paragraph does not matter. Raises
        :class:`HitNotFoundError` if it is not among the results, :class:`ArticleNotFoundError` if there is no such
        article.

        The time limit counts from the call to the last hit, the time between hits included.

        >>> import newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     days = [newssearch.Article.create(title=f"Day {n}", text="It rained.", url=f"u{n}") for n in (1, 2, 3)]
        ...     report = index.add(days)
        ...     with index.scan("rain", group=False, sort="id", content="fields") as scan:
        ...         print(scan.total, [hit.title for hit in scan])
        3 ['Day 1', 'Day 2', 'Day 3']

        The options, as keyword arguments or in a :class:`Request`:
        """
        given = request_of("scan", ScanOptions, request, changes)
        _check_content(content, given)
        if after is not None:
            arguments.text("after", after)
        hits = self._scanned(query, given, StopCheck(timeout, stop), content, after)
        begun = cast("_Begun", next(hits))  # from here on the snapshot stays open
        return Scan(cast("Generator[Hit, None, None]", hits), *begun)

    def _scanned(
        self,
        query: str | Query | Node,
        request: Request,
        check: StopCheck,
        content: HitContent,
        after: str | None,
    ) -> Generator[_Begun | Hit, None, None]:
        """Yield what is known when the scan has begun, then its hits."""
        tags = self._tags_of_one_answer()
        with self._asking(query, request, check, tags) as (snapshot, parsed, asked):
            address = None if after is None else self._hit_address(snapshot, after)
            searched = expanded_query(snapshot, parsed, asked)
            found = snapshot.scan(searched.query.tree, asked, content, address)
            state, notes = self._tags_shown(tags)
            diagnostics = (*parsed.diagnostics, *searched.notes, *notes)
            yield _Begun(snapshot.commit, found.total, found.start, diagnostics)
            yield from found.hits if state is None else map(state.shown, found.hits)

    @takes_options(ScanOptions)
    def neighbours(
        self,
        query: str | Query | Node,
        address: str,
        request: Request | None = None,
        *,
        content: HitContent = "snippets",
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[ScanOptions],
    ) -> Neighbours:
        """Return the hit of a search that has the given address (``ID#3``), its place, and the hits before and after it.

        If each article has only one hit, its id is enough, and the number of the paragraph does not matter. ``content``
        is as in :meth:`scan`. Raises :class:`HitNotFoundError` if the hit is not among the results, and
        :class:`ArticleNotFoundError` if there is no such article.

        The options, as keyword arguments or in a :class:`Request`:
        """
        given = request_of("neighbours", ScanOptions, request, changes)
        _check_content(content, given)
        arguments.text("address", address)
        tags = self._tags_of_one_answer()
        with self._asking(query, given, StopCheck(timeout, stop), tags) as (snapshot, parsed, asked):
            wanted = self._hit_address(snapshot, address)
            searched = expanded_query(snapshot, parsed, asked)
            found = snapshot.neighbours(searched.query.tree, asked, content, wanted)
            state, notes = self._tags_shown(tags)
            found = replace(found, diagnostics=(*parsed.diagnostics, *searched.notes, *notes))
            if state is None:
                return found
            hit, previous, following = (
                None if one is None else state.shown(one) for one in (found.hit, found.previous, found.next)
            )
            assert hit is not None, "the hit of the address"
            return replace(found, hit=hit, previous=previous, next=following)

    @takes_options(MatchOptions)
    def sample(
        self,
        query: str | Query | Node = "",
        request: Request | None = None,
        *,
        size: int = 100,
        seed: int = 0,
        by: str | None = None,
        equal: bool = False,
        texts: bool = True,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[MatchOptions],
    ) -> Sample:
        """Draw ``size`` articles at random from those that match: articles to read and to code.

        The same ``seed`` draws the same articles from each index with the same content, whatever its history: an article is
        drawn if the hash of the seed and its id is among the smallest (:func:`newssearch.corpus.sample.draw_of`). A
        larger sample with the same seed contains the smaller one, if it has no strata.

        ``by`` divides the articles into strata: by a field (``"outlet"``, an own field) or a unit of time (``"month"``, or
        ``"date"`` for the unit that suits).
        The sample has each stratum in proportion to its number of articles, or with ``equal`` the same number of each, as
        far as there are so many (:func:`newssearch.corpus.sample.allocated`). :class:`Stratum` has the weights by which
        an analysis accounts for that. Without ``texts``, no text is read.

        >>> import newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     days = [newssearch.Article.create(title=f"Day {n}", text="It rained.", url=f"u{n}") for n in range(9)]
        ...     report = index.add(days)
        ...     [one.title for one in index.sample("rain", size=3, seed=7)]
        ['Day 0', 'Day 5', 'Day 8']

        Raises :class:`QueryError` for a size below 1, an unknown field, and ``equal`` without ``by``. The options, as keyword
        arguments or in a :class:`Request`:
        """
        from newssearch.corpus.sample import Sample, SampleRequest  # a search needs none of it

        from .tables import DATE, CountedBy, NamedQuery  # the same

        given = request_of("sample", MatchOptions, request, changes)
        wanted = SampleRequest(
            arguments.whole_number("size", size),
            arguments.whole_number("seed", seed),
            None if by is None else arguments.text("by", by),
            arguments.flag("equal", equal),
            arguments.flag("texts", texts),
        )
        if wanted.size < 1:
            raise QueryError("the size of a sample is at least 1")
        by_date = by == DATE
        if by == TAG:  # a facet, but no engine has the groups
            raise QueryError("a sample has no strata by tag: an article may have several tags")
        if by is not None and not by_date:
            given = given.replace(facets=by)  # checked as the name of a facet, with the same names of outlets
        elif by is None and equal:
            raise QueryError("equal has no effect without by: it is about strata")
        with self._asking(query, given, StopCheck(timeout, stop)) as (snapshot, parsed, asked):
            if by_date:
                today = (given.now or dt.datetime.now()).date()
                counted = CountedBy(snapshot, [NamedQuery("", parsed)], asked, (), ("articles",), today)
                wanted = wanted._replace(by=counted.suitable_unit())
            found = snapshot.sample(parsed.tree, asked, wanted)
            return Sample(
                query=parsed.text,
                interpretation=str(parsed),
                seed=wanted.seed,
                size=wanted.size,
                by=wanted.by,
                equal=wanted.equal,
                total=sum(stratum.articles for stratum in found.strata),
                strata=found.strata,
                articles=found.articles,
                commit=snapshot.commit,
                diagnostics=(*parsed.diagnostics, *found.diagnostics),
                undated=found.undated,
                imprecise=found.imprecise,
                texts=wanted.texts,
                own_fields=tuple(row.name for row in snapshot.own_fields),
            )

    def _hit_address(self, snapshot: Snapshot, address: str) -> HitAddress:
        """Return an address, given as text. Raises ArticleNotFoundError and :class:`HitNotFoundError`."""
        wanted, mark, number = address.partition("#")
        found = self._id_in(snapshot, wanted)
        if mark and not (number.isascii() and number.isdigit() and len(number) <= MAX_NUMBER_DIGITS):
            raise HitNotFoundError(address)
        return HitAddress(found, int(number) if mark else None)


def _check_content(content: HitContent, request: Request) -> None:
    """Raise TypeError or ValueError for another content, and :class:`QueryError` for snippets that no hit has."""
    arguments.choice("content", content, HIT_CONTENTS)
    if content != "snippets" and "snippet" in request.changed():
        raise QueryError(f"snippet has no effect with content={content!r}")
