"""The methods of an index that show the words around the matches of a query."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from newssearch.query import Node, Query
from newssearch.request import MatchOptions, Request, request_of, takes_options
from newssearch.stopping import StopCheck

from .opened import OpenIndex, check_matches_paragraphs

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from newssearch.corpus.concordance import Concordance


class ContextMethods(OpenIndex):
    """The methods that show the words around the matches of a query."""

    @takes_options(MatchOptions)
    def kwic(
        self,
        query: str | Query | Node,
        request: Request | None = None,
        *,
        width: int = 10,
        sort: str = "relevance",
        limit: int | None = 50,
        offset: int = 0,
        sample: int | None = None,
        seed: int | None = None,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[MatchOptions],
    ) -> Concordance:
        """Return the occurrences of a query in paragraphs, each on a line with up to ``width`` words before and after it.

        ``sort`` is ``relevance``, the order of articles in a search without grouping; ``newest`` or ``oldest``; ``right``,
        the words after the match; or ``left``, the words before it: first the last one, then the one before that. Words are
        compared without case and accents. Lines with equal words are ordered by date, newest first. Within an article,
        lines are in reading order.

        ``limit`` and ``offset`` choose the page. ``sample`` draws this number of occurrences at random and sorts them;
        with the same ``seed``, every index with the same articles draws the same ones. To sort by words, the text of each
        line is read: of more than 20,000 lines, a random sample of this size is sorted, and ``Concordance.sample`` says so.
        The totals are always those of all occurrences.

        Raises :class:`QueryError` for a query without a unit that is searched in paragraphs, and for an option without
        effect.

        >>> import newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     report = index.add([newssearch.Article.create(title="Rain", text="Heavy rain fell on Baghdad.")])
        ...     [(line.left, line.match, line.right) for line in index.kwic("rain", width=2)]
        [('Heavy ', 'rain', ' fell on')]

        The options, as keyword arguments or in a :class:`Request`:
        """
        from newssearch.corpus.concordance import Concordance, LineOptions  # a search needs none of it

        given = request_of("kwic", MatchOptions, request, changes)
        wanted = LineOptions(width, sort, limit, offset, sample, seed)
        with self._asking(query, given, StopCheck(timeout, stop)) as (snapshot, parsed, asked):
            check_matches_paragraphs(parsed)
            found, commit = snapshot.concordance(parsed.tree, asked, wanted), snapshot.commit
        return Concordance(
            query=parsed.text,
            interpretation=str(parsed),
            lines=found.lines,
            total_occurrences=found.total_occurrences,
            total_paragraphs=found.total_paragraphs,
            total_articles=found.total_articles,
            without_lines=found.without_lines,
            sample=found.sample,
            seed=None if found.sample is None else wanted.seed or 0,
            sort=wanted.sort,
            width=wanted.width,
            limit=wanted.limit,
            offset=wanted.offset,
            commit=commit,
            diagnostics=(*parsed.diagnostics, *found.diagnostics),
            undated=found.undated,
            imprecise=found.imprecise,
        )
