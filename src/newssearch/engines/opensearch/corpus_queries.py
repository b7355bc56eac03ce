"""The methods of an OpenSearch snapshot that count, compare and list the words and matches of a corpus."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from newssearch.engines.corpus_protocol import FoundLines
from newssearch.fields import by_name
from newssearch.query import Everything, Node
from newssearch.request import ResolvedRequest
from newssearch.stopping import StopCheck

from .client import JsonAnswer
from .evaluation import Evaluation
from .query_notes import notes_on
from .stored_articles import Opened, StoredArticles

if TYPE_CHECKING:
    from newssearch.corpus.concordance import LineOptions
    from newssearch.corpus.sample import FoundSample, SampleRequest
    from newssearch.corpus.tabulation import Tabulation, TabulationRequest
    from newssearch.corpus.words import (
        CollocateOptions,
        FoundCollocates,
        FoundKeywords,
        IndexWord,
        KeywordOptions,
    )

    from .word_table import CommitWords

_Words = TypeVar("_Words")


class ClusterCorpusQueries(StoredArticles):
    """The methods of a snapshot that count, compare and list: see :class:`newssearch.engines.corpus_protocol.CorpusSnapshot`."""

    @abstractmethod
    def _searcher(self, opened: Opened) -> Callable[[JsonAnswer, StopCheck], JsonAnswer]:
        """Return the function that searches the articles of an opened commit."""

    @abstractmethod
    def _evaluation(self, opened: Opened, tree: Node, request: ResolvedRequest) -> Evaluation:
        """Return the evaluation of a query on an opened commit."""

    def concordance(self, tree: Node, request: ResolvedRequest, wanted: LineOptions) -> FoundLines:
        """Return the page of lines that ``wanted`` asks for, with the counts of all occurrences."""
        from .concordance import LineReader  # a search needs none of it
        from .counted_lines import CountedLines  # the same

        asked = replace(
            request,
            sort="relevance",
            limit=None,
            offset=0,
            group=False,
            all_paragraphs=False,
            facets=(),
        )

        def work(opened: Opened) -> FoundLines:
            evaluation = self._evaluation(opened, tree, asked)
            found = evaluation.found()
            total = evaluation.count(found)
            kind = CountedLines if CountedLines.can_read(evaluation, wanted) else LineReader
            reader: CountedLines | LineReader = kind(self._searcher(opened), evaluation, found, wanted)
            return FoundLines(
                lines=reader.lines(),
                total_occurrences=reader.total,
                total_paragraphs=reader.paragraphs,
                total_articles=total,
                without_lines=total - reader.articles,
                sample=reader.sample,
                diagnostics=notes_on(evaluation, total).diagnostics,
                undated=evaluation.undated(found),
                imprecise=evaluation.imprecise(found),
            )

        return self._whole(work, request.check, is_long=True)

    def sample(self, tree: Node, request: ResolvedRequest, wanted: SampleRequest) -> FoundSample:
        """Return a random sample of the articles that match ``tree`` and pass the filters of ``request``."""
        from .sampling import drawn_sample  # a search needs none of it

        def work(opened: Opened) -> FoundSample:
            evaluation = self._evaluation(opened, tree, request)
            found = evaluation.found()
            drawn = drawn_sample(evaluation, found, by_name(self.own_fields), wanted)
            total = sum(stratum.articles for stratum in drawn.strata)
            return drawn._replace(
                diagnostics=notes_on(evaluation, total).diagnostics,
                undated=evaluation.undated(found),
                imprecise=evaluation.imprecise(found),
            )

        return self._whole(work, request.check, is_long=True)

    def collocates(self, tree: Node, request: ResolvedRequest, options: CollocateOptions) -> FoundCollocates:
        """Return the words near the matches of a query in the articles that pass the filters."""
        from .word_comparison import WordComparison  # a search needs none of it

        def work(opened: Opened) -> FoundCollocates:
            evaluation = self._evaluation(opened, tree, request)
            found = evaluation.found()
            comparison = WordComparison(
                self._searcher(opened), evaluation, lambda: self._word_table(opened, evaluation)
            )
            collocates = comparison.collocates(found, options)
            return replace(
                collocates,
                diagnostics=notes_on(evaluation, collocates.occurrences).diagnostics,
                undated=evaluation.undated(found),
                imprecise=evaluation.imprecise(found),
            )

        return self._whole(work, request.check, is_long=True)

    def keywords(
        self, tree: Node, against: Node | None, request: ResolvedRequest, options: KeywordOptions
    ) -> FoundKeywords:
        """Return the words that are relatively more frequent in the articles that match ``tree`` than in others."""
        from newssearch.corpus.words import of_second_query  # a search needs none of it

        from .word_comparison import WordComparison  # the same

        def work(opened: Opened) -> FoundKeywords:
            evaluation = self._evaluation(opened, tree, request)
            other = None if against is None else self._evaluation(opened, against, request)
            found = evaluation.found()
            comparison = WordComparison(
                self._searcher(opened), evaluation, lambda: self._word_table(opened, evaluation)
            )
            keywords = comparison.keywords(found, None if other is None else other.found(), options)
            notes = notes_on(evaluation, keywords.target.articles).diagnostics
            if other is not None:
                of_other = notes_on(other, keywords.reference.articles).diagnostics
                notes += tuple(map(of_second_query, of_other))
            return replace(
                keywords,
                diagnostics=notes,
                undated=evaluation.undated(found),
                imprecise=evaluation.imprecise(found),
            )

        return self._whole(work, request.check, is_long=True)

    def words(self, prefix: str, limit: int, check: StopCheck) -> tuple[IndexWord, ...]:
        """Return the words of paragraphs and headlines that begin with a folded prefix, the most frequent first."""
        return self._with_word_table(check, lambda table: table.words(prefix, limit))

    def completions(self, prefix: str, limit: int, check: StopCheck) -> tuple[str, ...]:
        """Return the folded words with a folded prefix, each in its most frequent spelling, the most frequent first."""
        return self._with_word_table(check, lambda table: table.completions(prefix, limit))

    def _with_word_table(self, check: StopCheck, view: Callable[[CommitWords], _Words]) -> _Words:
        def work(opened: Opened) -> _Words:
            evaluation = self._evaluation(opened, Everything(), ResolvedRequest(check=check))
            return view(self._word_table(opened, evaluation))

        return self._whole(work, check, is_long=True)

    def _word_table(self, opened: Opened, evaluation: Evaluation) -> CommitWords:
        """Return the numbers of all words of an opened commit."""
        from .occurrences import check_readable  # a search needs none of it
        from .word_table import WordTableMaker  # the same

        shared = self._shared_by_readers
        with shared.making_tables:
            kept = shared.table_maker
            if kept is None or kept[0] is not opened:
                everything = evaluation.found_everywhere()
                check_readable(self._searcher(opened), evaluation, everything, "count its words")
                whole = self._evaluation(opened, Everything(), ResolvedRequest())
                kept = shared.table_maker = opened, WordTableMaker(lambda: whole.texts(everything))
        return kept[1].table(evaluation.check)

    def tabulate(
        self, trees: Sequence[Node], request: ResolvedRequest, wanted: TabulationRequest
    ) -> Tabulation:
        """Return the counts of each tree, as a whole and in the cells that ``wanted`` asks for."""
        from .tabulating import tabulate_cells  # a search needs none of it

        def work(opened: Opened) -> Tabulation:
            evaluations = [self._evaluation(opened, tree, request) for tree in trees]
            return tabulate_cells(self._searcher(opened), evaluations, by_name(self.own_fields), wanted)

        return self._whole(work, request.check, is_long=True)
