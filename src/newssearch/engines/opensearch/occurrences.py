"""Finds the occurrences of a query in the paragraphs of matching articles, by reading their texts.

An *occurrence* is a match, in a paragraph of a matching article, of a leaf that is neither negated nor optional.
Equal spans of several leaves are one occurrence. Headlines have none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from newssearch.errors import QueryError
from newssearch.highlight.matcher import AnalysedText, Match, find_matches
from newssearch.text.analysis import analyser_named
from newssearch.text.built_in_analyser import Analyser

from .article_queries import TEXT, nested
from .documents import DocumentSource
from .evaluation import Evaluation, SearchCall
from .leaf_queries import FINDS_NOTHING, ClusterQuery, finding_all
from .outline import paragraphs_of
from .scoring import in_region
from .text_matches import WantedKeys

MAX_READ = 1_000_000
"""The largest number of paragraphs whose matches or words are counted by reading them."""


class MatchingParagraph(NamedTuple):
    """A paragraph with occurrences: its number, its text, and their distinct spans, ascending."""

    number: int
    text: AnalysedText
    matches: list[Match]


def check_readable(search: SearchCall, evaluation: Evaluation, found: ClusterQuery, purpose: str) -> None:
    """Raise :class:`~newssearch.QueryError` if the articles that match ``found`` have too many paragraphs to be read."""
    if evaluation.statistics.paragraphs <= MAX_READ:
        return
    body = {
        "size": 0, "track_total_hits": True, "query": found, "aggs": {"paragraphs": {"sum": {"field": "count"}}},
    }  # fmt: skip
    number = int(search(body, evaluation.check)["aggregations"]["paragraphs"]["value"])
    if number > MAX_READ:
        raise QueryError(
            f"an index in OpenSearch reads at most {MAX_READ:,} paragraphs to {purpose}, and these articles have {number:,}",
            suggestion="search for more specific words, or give filters",
        )


class OccurrenceReader:
    """Finds the occurrences of an evaluation's query in documents, which must have header, texts and outline."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._check = evaluation.check
        self._uses = list(
            dict.fromkeys(
                (use.leaf, use.region)
                for use in evaluation.scored
                if not use.optional and use.region != "title"
            )
        )
        self._keys: dict[Analyser, WantedKeys | None] = {}

    def _keys_in(self, analyser: Analyser) -> WantedKeys | None:
        """Return the keys of which a text with an occurrence has at least one; None if a leaf, such as a pattern, has
        no such keys.
        """
        if analyser not in self._keys:
            leaves = {leaf for leaf, _ in self._uses}
            keys = WantedKeys(leaves, analyser)
            self._keys[analyser] = keys if keys.of_leaf.keys() == leaves else None
        return self._keys[analyser]

    def counted(self) -> ClusterQuery:
        """Return a query for the paragraphs with an occurrence, whose score is the number of occurrences.

        It finds nothing if OpenSearch cannot count the occurrences exactly.
        """
        if len(self._uses) != 1:  # spans of several leaves may be equal, and then are one occurrence
            return FINDS_NOTHING
        ((leaf, region),) = self._uses
        made = self._evaluation.leaf(leaf)
        return (
            self._evaluation.wanted(in_region(made, region, counted=True)[0])
            if made.is_count
            else FINDS_NOTHING
        )

    def articles(self, search: SearchCall, found: ClusterQuery, purpose: str) -> Iterator[DocumentSource]:
        """Yield the articles that match ``found`` and have an occurrence, in the order of their ids.

        Raises :class:`~newssearch.QueryError` if they have too many paragraphs.
        """
        text = self._evaluation.matching_paragraphs()
        if text is FINDS_NOTHING:
            return
        having = finding_all([found, nested(text)])
        check_readable(search, self._evaluation, having, purpose)
        yield from self._evaluation.texts(having)

    def paragraphs(self, source: DocumentSource) -> Iterator[MatchingParagraph]:
        """Yield the paragraphs of an article that have an occurrence, in order; only novel ones if the request asks
        for these.
        """
        analyser = analyser_named(source["analysis"])
        keys = self._keys_in(analyser)
        for text, one in zip(source["texts"]["of"], paragraphs_of(source), strict=False):
            asked = [leaf for leaf, region in self._uses if region is None or one.lead]
            if not asked or (self._evaluation.request.novel and not one.novel):
                continue
            if keys is not None and not keys.may_be_in(text):  # most texts of an article have none
                continue
            analysed = AnalysedText(text, analyser, self._check, self._evaluation.kept[TEXT])
            found = [find_matches(leaf, analysed) for leaf in asked]
            if any(found):
                matches = found[0] if len(found) == 1 else sorted({match for here in found for match in here})
                yield MatchingParagraph(one.number, analysed, matches)
