"""The part of a snapshot in OpenSearch that counts, compares and lists the words and matches of a corpus."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from newssearch.engines.corpus_protocol import FoundLines
from newssearch.fields import by_name
from newssearch.query import Diagnostic, Node
from newssearch.request import ResolvedRequest
from newssearch.stopping import StopCheck

from .client import JsonAnswer
from .evaluation import Evaluation
from .stored_articles import Opened, StoredArticles

if TYPE_CHECKING:
    from newssearch.corpus.concordance import LineOptions
    from newssearch.corpus.sample import FoundSample, SampleRequest
    from newssearch.corpus.tabulation import Tabulation, TabulationRequest


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
            reader = LineReader(self._searcher(opened), evaluation, found, wanted)
            return FoundLines(
                lines=reader.lines(),
                total_occurrences=reader.total,
                total_paragraphs=reader.paragraphs,
                total_articles=total,
                without_lines=total - reader.articles,
                sample=reader.sample,
                diagnostics=_notes_on_query(evaluation),
                undated=evaluation.undated(found),
                imprecise=evaluation.imprecise(found),
            )

        return self._whole(work)

    def sample(self, tree: Node, request: ResolvedRequest, wanted: SampleRequest) -> FoundSample:
        """Return a random sample of the articles that match ``tree`` and pass the filters of ``request``."""
        from .sampling import drawn_sample  # a search needs none of it

        def work(opened: Opened) -> FoundSample:
            evaluation = self._evaluation(opened, tree, request)
            found = evaluation.found()
            drawn = drawn_sample(evaluation, found, by_name(self.own_fields), wanted)
            return drawn._replace(
                diagnostics=_notes_on_query(evaluation),
                undated=evaluation.undated(found),
                imprecise=evaluation.imprecise(found),
            )

        return self._whole(work)

    def tabulate(
        self, trees: Sequence[Node], request: ResolvedRequest, wanted: TabulationRequest
    ) -> Tabulation:
        """Return the counts of each tree, as a whole and in the cells that ``wanted`` asks for."""
        from .tabulating import tabulate_cells  # a search needs none of it

        def work(opened: Opened) -> Tabulation:
            evaluations = [self._evaluation(opened, tree, request) for tree in trees]
            return tabulate_cells(self._searcher(opened), evaluations, by_name(self.own_fields), wanted)

        return self._whole(work)


def _notes_on_query(evaluation: Evaluation) -> tuple[Diagnostic, ...]:
    """Return the notes on a query, each once."""
    return tuple(dict.fromkeys(evaluation.notes))
