"""The part of the snapshot protocol that counts, compares and lists the words and matches of a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from newssearch.query import Diagnostic, Node
from newssearch.request import ResolvedRequest
from newssearch.stopping import StopCheck
from newssearch.system.late_dataclass import dataclass

if TYPE_CHECKING:
    from newssearch.corpus.concordance import ConcordanceLine, LineOptions
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLines:
    """A page of the lines of a concordance, in order, and the counts of all occurrences.

    See :class:`~newssearch.Concordance`.
    """

    lines: tuple[ConcordanceLine, ...]
    total_occurrences: int
    total_paragraphs: int
    total_articles: int
    without_lines: int
    sample: int | None
    diagnostics: Sequence[Diagnostic]
    undated: int
    imprecise: int


class CorpusSnapshot(Protocol):
    """The methods of a snapshot for the analysis of a corpus."""

    def tabulate(
        self, trees: Sequence[Node], request: ResolvedRequest, wanted: TabulationRequest
    ) -> Tabulation:
        """Return the counts of each tree, as a whole and in the cells that ``wanted`` asks for.

        An article counts in the cells of all values by which a filter would find it. The values of a grouping are
        those of the articles that match one of the trees. They are ordered by the number of these articles, summed
        over the trees, then by value, numbers by size; the most frequent of several spellings is shown. Periods are
        ordered by time. With extents, the periods are those of all articles that pass the filters.
        """

    def concordance(self, tree: Node, request: ResolvedRequest, wanted: LineOptions) -> FoundLines:
        """Return the page of lines that ``wanted`` asks for: the occurrences of ``tree`` in paragraphs, each with its context.

        An occurrence is a match, in a paragraph of an article that the query finds, of a leaf that is neither negated nor
        optional; equal matches of several leaves are one. The context is that of
        :func:`newssearch.highlight.context.context_of`.

        A sample has the occurrences with the smallest :func:`~newssearch.corpus.sampling.sampling_keys` of the number of
        the article's id, the paragraph, the number of the first word in it, and that of the word after the last. It is
        drawn if there are more occurrences than ``wanted.sample``, or than
        :data:`~newssearch.corpus.concordance.MAX_LINES_SORTED_BY_WORDS` where lines are sorted by words. The counts are of
        all occurrences.

        Lines are in the order of their articles, then of paragraphs, of first words, and of last words. Articles are
        ordered as by :meth:`~newssearch.engines.protocol.Snapshot.search` without grouping, or by date, then id; those without a date are last. If lines are
        sorted by words, these come first, then the date, newest first, then the id.
        """

    def collocates(self, tree: Node, request: ResolvedRequest, options: CollocateOptions) -> FoundCollocates:
        """Return the words near the matches of a query in the articles that pass the filters.

        A match is an occurrence of a leaf that is not negated, in a paragraph of a matching article. A word in the
        windows of several matches counts once, for the nearest match; at equal distance, for the first. The words of
        matches are in no window. Words are those of :mod:`newssearch.text.counted_words`. Unless ``all_words``,
        numbers and words that are mostly function words in the language of their article are left out. The order is
        by score, then by count, then by word.
        """

    def keywords(
        self, tree: Node, against: Node | None, request: ResolvedRequest, options: KeywordOptions
    ) -> FoundKeywords:
        """Return the words that are relatively more frequent in the articles that match ``tree`` than in others.

        The others are the articles that match ``against``, or all, and that pass the filters without matching
        ``tree``. With ``novel``, only the words of novel paragraphs count. Order and exclusions are those of
        :meth:`collocates`; by log ratio, words without significant evidence are left out, too.
        """

    def words(self, prefix: str, limit: int, check: StopCheck) -> tuple[IndexWord, ...]:
        """Return the words of paragraphs and headlines that begin with a folded prefix, the most frequent first.

        Equally frequent ones are ordered by counted word: see :mod:`newssearch.text.counted_words`.
        """

    def completions(self, prefix: str, limit: int, check: StopCheck) -> tuple[str, ...]:
        """Return the folded words with a folded prefix, each in its most frequent spelling, the most frequent first."""

    def sample(self, tree: Node, request: ResolvedRequest, wanted: SampleRequest) -> FoundSample:
        """Return a random sample of the articles that match ``tree`` and pass the filters of ``request``.

        Each stratum contributes the articles with the smallest :func:`~newssearch.corpus.sample.draw_of`, as many as
        :func:`~newssearch.corpus.sample.allocated` assigns to it, in the order of their draws. A stratum consists of
        the articles whose whole values are equal to a filter: ``Jane Doe and John Roe`` is one byline. Strata are
        ordered by descending number of articles, then by value; periods by time. Articles without a value come last.
        """

    def stories(self, tree: Node, request: ResolvedRequest, wanted: StoriesRequest) -> FoundStories:
        """Return a page of the stories of at least two articles of which at least one matches ``tree`` and passes the
        filters.

        Ties are broken by the number of matching articles, then of all articles of the story, then by the newest
        first article, then by its id. See :class:`~newssearch.ListedStory`.
        """

    def coverage(self, tree: Node, request: ResolvedRequest, wanted: CoverageRequest) -> FoundCoverage:
        """Return the outlets with articles that match ``tree`` and pass the filters, or with articles of a story
        among them.

        Outlets are ordered by their first articles, as in :class:`~newssearch.ListedStory`, then by id. Requested
        outlets without articles follow. All names of an outlet count as one.
        """
