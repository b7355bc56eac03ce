"""The part of a snapshot that counts, compares and lists the words and matches of a corpus."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from newssearch.engines.corpus_protocol import FoundLines
from newssearch.engines.embedded.search.evaluator import QueryEvaluator
from newssearch.query import Diagnostic, Node, depth
from newssearch.request import ResolvedRequest
from newssearch.stopping import StopCheck

from .segments_reader import SegmentsReader

if TYPE_CHECKING:
    from newssearch.corpus.concordance import LineOptions
    from newssearch.corpus.coverage import CoverageRequest, FoundCoverage
    from newssearch.corpus.sample import FoundSample, SampleRequest
    from newssearch.corpus.stories import FoundStories, StoriesRequest
    from newssearch.corpus.tabulation import Tabulation, TabulationRequest
    from newssearch.corpus.words import (
        CollocateOptions,
        FoundCollocates,
        FoundKeywords,
        IndexWord,
        KeywordOptions,
    )


class CorpusQueries(SegmentsReader):
    """The methods of a snapshot that count, compare and list: see :class:`newssearch.engines.corpus_protocol.CorpusSnapshot`."""

    def concordance(self, tree: Node, request: ResolvedRequest, wanted: LineOptions) -> FoundLines:
        """Return the page of lines that ``wanted`` asks for, with the counts of all occurrences."""
        from .corpus.concordance import ConcordanceReader  # a search needs none of it

        with self._reading(tree):
            evaluator = QueryEvaluator(self._reader, tree, request.aliases, request.check)
            articles = evaluator.found(request)
            total = int(np.count_nonzero(articles))
            reader = ConcordanceReader(evaluator, articles, request, wanted)
            return FoundLines(
                lines=reader.lines(),
                total_occurrences=reader.total,
                total_paragraphs=reader.paragraphs,
                total_articles=total,
                without_lines=reader.without_lines,
                sample=reader.sample,
                diagnostics=_notes(evaluator, total),
                undated=evaluator.count_undated(request, articles),
                imprecise=evaluator.count_imprecise(request, articles),
            )

    def collocates(self, tree: Node, request: ResolvedRequest, options: CollocateOptions) -> FoundCollocates:
        """Return the words near the matches of a query in the articles that pass the filters."""
        from .corpus.collocates import CollocateFinder  # a search needs none of it

        with self._reading(tree):
            evaluator = QueryEvaluator(self._reader, tree, request.aliases, request.check)
            finder = CollocateFinder(evaluator, request, options)
            found = finder.found()
            return replace(
                found,
                diagnostics=tuple(_notes(evaluator, found.occurrences)),
                undated=evaluator.count_undated(request, finder.articles),
                imprecise=evaluator.count_imprecise(request, finder.articles),
            )

    def keywords(
        self, tree: Node, against: Node | None, request: ResolvedRequest, options: KeywordOptions
    ) -> FoundKeywords:
        """Return the words that are relatively more frequent in the articles that match ``tree`` than in others."""
        from newssearch.corpus.words import of_second_query  # a search needs none of it

        from .corpus.keywords import KeywordFinder  # the same

        with self._reading(tree):
            evaluator, *others = (
                QueryEvaluator(self._reader, node, request.aliases, request.check)
                for node in (tree, against)
                if node is not None
            )
            finder = KeywordFinder(evaluator, others[0] if others else None, request)
            found = finder.found(options)
            notes = _notes(evaluator, found.target.articles)
            for other in others:
                notes += map(of_second_query, _notes(other, found.reference.articles))
            return replace(
                found,
                diagnostics=tuple(notes),
                undated=evaluator.count_undated(request, finder.articles),
                imprecise=evaluator.count_imprecise(request, finder.articles),
            )

    def words(self, prefix: str, limit: int, check: StopCheck) -> tuple[IndexWord, ...]:
        """Return the words of paragraphs and headlines that begin with a folded prefix, the most frequent first."""
        from .corpus.word_list import (
            words_with_prefix,
        )  # a search needs none of it

        with self._reading():
            return words_with_prefix(self._reader, prefix, limit, check)

    def completions(self, prefix: str, limit: int, check: StopCheck) -> tuple[str, ...]:
        """Return the folded words with a folded prefix, each in its most frequent spelling, the most frequent first."""
        from .corpus.completions import completions  # a search needs none of it

        with self._reading():
            return completions(self._reader, prefix, limit, check)

    def tabulate(
        self, trees: Sequence[Node], request: ResolvedRequest, wanted: TabulationRequest
    ) -> Tabulation:
        """Return the counts of each tree, as a whole and in the cells that ``wanted`` asks for."""
        from .corpus import tabulating  # a search needs none of it

        with self._reading(max(trees, key=depth)):
            return tabulating.tabulate(self._reader, trees, request, wanted)

    def sample(self, tree: Node, request: ResolvedRequest, wanted: SampleRequest) -> FoundSample:
        """Return a random sample of the articles that match ``tree`` and pass the filters of ``request``."""
        from .corpus import sampling  # a search needs none of it

        with self._reading(tree):
            evaluator = QueryEvaluator(self._reader, tree, request.aliases, request.check)
            articles = evaluator.found(request)
            drawn = sampling.draw_sample(self._reader, articles, request, wanted)
            return drawn._replace(
                diagnostics=tuple(_notes(evaluator, int(np.count_nonzero(articles)))),
                undated=evaluator.count_undated(request, articles),
                imprecise=evaluator.count_imprecise(request, articles),
            )

    def stories(self, tree: Node, request: ResolvedRequest, wanted: StoriesRequest) -> FoundStories:
        """Return a page of the stories of which an article matches ``tree`` and passes the filters of ``request``."""
        from .corpus import story_list  # a search needs none of it

        with self._reading(tree):
            evaluator = QueryEvaluator(self._reader, tree, request.aliases, request.check)
            articles = evaluator.found(request)
            found = story_list.list_stories(self._reader, articles, request, wanted)
            return found._replace(
                diagnostics=tuple(_notes(evaluator, found.total_articles)),
                undated=evaluator.count_undated(request, articles),
                imprecise=evaluator.count_imprecise(request, articles),
            )

    def coverage(self, tree: Node, request: ResolvedRequest, wanted: CoverageRequest) -> FoundCoverage:
        """Return which outlets have articles that match ``tree`` and pass the filters, or those of a story among them."""
        from .corpus import story_coverage  # a search needs none of it

        with self._reading(tree):
            evaluator = QueryEvaluator(self._reader, tree, request.aliases, request.check)
            articles = evaluator.found(request)
            found = story_coverage.find_coverage(self._reader, articles, request, wanted)
            of = None if wanted.story is None else story_coverage.mask_of_story(self._reader, wanted.story)
            return found._replace(
                diagnostics=tuple(_notes(evaluator, int(np.count_nonzero(articles)))),
                undated=evaluator.count_undated(request, articles, of),
                imprecise=evaluator.count_imprecise(request, articles, of),
            )


def _notes(evaluator: QueryEvaluator, total: int) -> list[Diagnostic]:
    """Return the notes on the words of a query that finds ``total`` articles."""
    return without_repetitions([*evaluator.notes, *evaluator.suggester(total).unknown_words(evaluator.tree)])


def without_repetitions(notes: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the distinct diagnostics, in order. Diagnostics repeat when a clause is evaluated several times."""
    return list(dict.fromkeys(notes))
