"""Computes the scores of articles: approximately in OpenSearch, to choose candidates, and exactly here.

:mod:`newssearch.engines.bm25f` has the formulas. Their match counts are themselves scores (see :mod:`.mapping`). One
query adds up the matches of a leaf in the weighted paragraphs of an article and those in its headline as a single
packed number, which a script unpacks. OpenSearch rounds scores to 24 bits, so that its order is only approximately
right: :class:`ArticleScores` recomputes the scores of articles that may be on a page from their texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from newssearch.engines import bm25f
from newssearch.highlight.matcher import AnalysedText
from newssearch.query import Leaf, LeafUse, Node, Word, is_word
from newssearch.stopping import StopCheck
from newssearch.text.analysis import analyser_named

from .article_queries import IN_LEAD, TEXT, TITLE, nested
from .documents import DocumentSource
from .leaf_queries import FINDS_NOTHING, ClusterQuery, LeafQuery, finding_any
from .outline import OutlinedParagraph, paragraphs_of
from .text_matches import PreparedLeaves, TextMatches

TITLE_UNIT = 1 << 18
"""The value of one headline match in an article's packed count, where a match in a paragraph is 1."""
PARAGRAPH_TITLE_UNIT = 1 << 12
"""The value of one headline match in a paragraph's packed count.

A text with at least this number of words may have that many matches, which makes the packed count ambiguous. The
scripts then take the reading with the higher score: all matches in the text, or as many as possible in the headline.
The result is never less than the true score.
"""
MAX_DIVIDED_WORDS = 200_000
"""The number of words up to which the analysed texts of articles are kept until it is known which articles need proximity."""
APPROXIMATE = 2e-5
"""The largest relative error of a score computed by OpenSearch."""


class Statistics(NamedTuple):
    """The collection statistics that scores depend on: numbers of articles, paragraphs and words, and mean lengths in
    words.
    """

    articles: int
    paragraphs: int
    words: int
    mean_words: float
    mean_article_words: float
    mean_title_words: float
    analyses: tuple[str, ...]
    largest: int = 0
    """The number of words of the longest article."""


class LeafWeight(NamedTuple):
    """The inverse document frequencies of a leaf, among articles and among paragraphs."""

    article_idf: float
    paragraph_idf: float


def light_words(scored: Sequence[LeafUse], analysis: str) -> frozenset[Leaf]:
    """Return the scored leaves that are function words in an analysis; none if all leaves that are not optional are."""
    deciding = {one.leaf for one in scored if not one.optional}
    is_function_word = analyser_named(analysis).is_function_word
    found = frozenset(
        one.leaf for one in scored if isinstance(one.leaf, Word) and is_function_word(one.leaf.text)
    )
    return found - deciding if deciding <= found else found


def neighbouring_words(scored: Sequence[LeafUse], low: frozenset[Leaf]) -> list[tuple[LeafUse, LeafUse]]:
    """Return the pairs of adjacent words in a query whose proximity in an article raises its score."""
    words = [
        use
        for use in scored
        if is_word(use.leaf) and use.region is None and not use.optional and use.leaf not in low
    ]
    pairs = {(a.leaf, b.leaf): (a, b) for a, b in pairwise(words) if a.leaf != b.leaf}
    return [*pairs.values()][: bm25f.MAX_PAIRS]


# ---- computed by OpenSearch

# casts to known types halve the time: a dynamically typed script resolves each value's type for each document
_UNPACKED = (
    "long s = Math.round(_score); double unit = ((Number) params.get('unit')).doubleValue();"
    "double y = Math.floor(s / unit); double x = s - unit * y;"
    "ScriptDocValues.Longs words = (ScriptDocValues.Longs) doc.get('{words}'); double length = words.getValue();"
    "double h = 0.0; if (y > 0) {{"
    "  ScriptDocValues.Longs title = (ScriptDocValues.Longs) doc.get('{title}');"
    "  h = y / (0.5 + 0.5 * title.getValue() / ((Number) params.get('title')).doubleValue()); }}"
)
_FACTOR = (
    "double factor = ((Number) params.get('weight')).doubleValue();"
    "ScriptDocValues.Strings analysis = (ScriptDocValues.Strings) doc.get('{analysis}');"
    "if (((Map) params.get('f')).containsKey(analysis.getValue())) {{ factor *= ((Number) params.get('low')).doubleValue(); }}"
)
"""The factor of a leaf that is a function word in some languages of the index, but not in all."""
_PLAIN_FACTOR = "double factor = ((Number) params.get('weight')).doubleValue();"
_ARTICLE_SCORE = (
    "if (s > 16777216L) { x += s / 8388608L; }"
    "double n = 0.45 + 0.55 * length / ((Number) params.get('mean')).doubleValue();"
    "double w = x / n + 3.0 * h;"
    "if (length >= unit) { w = Math.max(w, s / n); }"
    "return factor * w / (2.0 + w);"
)
_PARAGRAPH_SCORE = (
    "double n = 0.25 + 0.75 * Math.max(length / ((Number) params.get('mean')).doubleValue(), 1.0);"
    "double t = 2.0 * h; if (x > 0) {"
    "  ScriptDocValues.Booleans weighs = (ScriptDocValues.Booleans) doc.get('paragraphs.weight');"
    "  if (weighs.getValue()) { t += x / n; } }"
    "if (length >= unit) { t = Math.max(t, s / n); }"
    "return factor * t / (1.2 + t);"
)
_OF_ARTICLE = {"words": "counted_words", "title": "title_words", "analysis": "analysis"}
_OF_PARAGRAPH = {
    "words": "paragraphs.words",
    "title": "paragraphs.title_words",
    "analysis": "paragraphs.analysis",
}


class ScoreQueries(NamedTuple):
    """Queries whose scores are parts of an article's score: those of the whole article, and those of one paragraph."""

    of_article: list[ClusterQuery]
    of_paragraph: list[ClusterQuery]

    def best_paragraph(self) -> list[ClusterQuery]:
        """Return a query whose score is that of an article's best paragraph; an empty list if no leaf scores paragraphs."""
        return [nested(finding_any(self.of_paragraph), "max")] if self.of_paragraph else []


def in_region(
    query: LeafQuery, region: str | None, *, counted: bool = False
) -> tuple[ClusterQuery, ClusterQuery]:
    """Return queries for the paragraphs in which a leaf matches within a region: first in the text, then in the headline."""
    made = query.counted if counted else query.matches
    text = FINDS_NOTHING if region == "title" else made(TEXT)
    if region == "hlead":
        text = {"bool": {"must": [text], "filter": [IN_LEAD]}}
    return text, made(TITLE)


def score_of(
    scored: Sequence[LeafUse],
    queries: Mapping[LeafUse, tuple[ClusterQuery, ClusterQuery]],
    weights: Mapping[Leaf, LeafWeight],
    statistics: Statistics,
) -> ScoreQueries:
    """Return queries whose scores add up to an upper bound of an article's score without proximity.

    ``queries`` has for each leaf the result of :func:`in_region`, counted.
    """
    low: dict[Leaf, dict[str, bool]] = {}
    for analysis in statistics.analyses:
        for leaf in light_words(scored, analysis):
            low.setdefault(leaf, {})[analysis] = True
    found: list[ClusterQuery] = []
    of_paragraph: list[ClusterQuery] = []
    for use in scored:
        text, title = queries[use]
        light = low.get(use.leaf, {})
        with_weight: ClusterQuery = {
            "bool": {"must": [text], "filter": [{"term": {"paragraphs.weight": True}}]}
        }
        both = finding_any([
            nested(with_weight, "sum"),
            {"bool": {"must": [nested(title, "max")], "boost": float(TITLE_UNIT)}},
        ])  # fmt: skip
        params: dict[str, Any] = {
            "unit": TITLE_UNIT, "mean": statistics.mean_article_words, "title": statistics.mean_title_words,
            "weight": bm25f.ARTICLE * use.boost * weights[use.leaf].article_idf,
        }  # fmt: skip
        found.append(_scripted(both, _OF_ARTICLE, _ARTICLE_SCORE, params, light, statistics))
        if not use.optional:
            both = finding_any([text, {"bool": {"must": [title], "boost": float(PARAGRAPH_TITLE_UNIT)}}])
            params = {
                "unit": PARAGRAPH_TITLE_UNIT, "mean": statistics.mean_words, "title": statistics.mean_title_words,
                "weight": bm25f.PARAGRAPH * use.boost * weights[use.leaf].paragraph_idf,
            }  # fmt: skip
            of_paragraph.append(_scripted(both, _OF_PARAGRAPH, _PARAGRAPH_SCORE, params, light, statistics))
    return ScoreQueries(found, of_paragraph)


def _scripted(
    query: ClusterQuery,
    fields: Mapping[str, str],
    score: str,
    params: dict[str, Any],
    light: Mapping[str, bool],
    statistics: Statistics,
) -> ClusterQuery:
    """Return a query with a scripted score. ``light`` are the analyses in which the leaf is a function word."""
    factor = _PLAIN_FACTOR
    if len(light) == len(statistics.analyses):
        params["weight"] *= bm25f.FUNCTION_WORD if light else 1.0
    elif light:
        factor = _FACTOR.format(**fields)
        params |= {"f": light, "low": bm25f.FUNCTION_WORD}
    source = _UNPACKED.format(**fields) + factor + score
    return {"script_score": {"query": query, "script": {"source": source, "params": params}}}


# ---- computed here


class ScoredParagraph(NamedTuple):
    """A paragraph by number, with its score, and whether a leaf that is not optional matches in it."""

    number: int
    score: float
    matches: bool
    parts: tuple[float, ...]


class ScoredArticle(NamedTuple):
    """The scores of an article, and of the paragraph that represents it.

    ``shown`` is the number of the paragraph that a hit shows, ``matching`` the number of matching paragraphs.
    ``whole`` and ``best`` have one part for each leaf.
    """

    score: float
    proximity: float
    shown: int
    matching: int
    paragraphs: tuple[ScoredParagraph, ...]
    whole: tuple[float, ...]
    best: tuple[float, ...]


class RankedHit(NamedTuple):
    """A result: the document of an article, the number of the paragraph to show, the score, and its parts."""

    source: DocumentSource
    paragraph: int
    score: float
    scored: ScoredArticle
    factor: float = 1.0
    """The factor by which nearness in date has multiplied the other parts of the score."""

    @property
    def proximity(self) -> float:
        """The part of the score from word proximity."""
        return self.scored.proximity


class ArticleScores:
    """Computes the scores of articles from their texts. ``scored`` are the leaves that contribute to scores.

    ``kept`` has the remaining words of patterns that were cut: see :attr:`.evaluation.Evaluation.kept`. With
    ``novel``, leaves match only in novel paragraphs.
    """

    def __init__(
        self,
        scored: Sequence[LeafUse],
        weights: Mapping[Leaf, LeafWeight],
        statistics: Statistics,
        kept: Mapping[str, Mapping[Node, frozenset[str]]],
        check: StopCheck,
        *,
        novel: bool = False,
    ) -> None:
        self._novel = novel
        self._kept = kept
        self._scored = list(scored)
        self._deciding = sum(not use.optional for use in scored)
        self._weights = weights
        self._statistics = statistics
        self._check = check
        self._low = {name: light_words(scored, name) for name in statistics.analyses}
        self._leaves: dict[str, PreparedLeaves] = {}
        self._divided: dict[str, TextMatches] = {}
        self._divided_words = 0

    def _matches_in(self, source: DocumentSource, texts: Sequence[str], field: str = TEXT) -> TextMatches:
        """Return texts of one field of an article, prepared for finding leaves."""
        analysis = source["analysis"]
        analyser = analyser_named(analysis)
        if analysis not in self._leaves:
            self._leaves[analysis] = PreparedLeaves((use.leaf for use in self._scored), analyser)

        def divide(text: str) -> AnalysedText:
            return AnalysedText(text, analyser, self._check, self._kept[field])

        return TextMatches(texts, divide, self._leaves[analysis])

    def _low_of(self, source: DocumentSource) -> frozenset[Leaf]:
        """Return the leaves with a lower weight in an article, because they are function words in its language."""
        return self._low.get(source["analysis"]) or light_words(self._scored, source["analysis"])

    def of(self, source: DocumentSource) -> ScoredArticle:
        """Return the scores of an article without proximity, from its document with texts and outline."""
        headline = self._matches_in(source, [source["header"].get("title") or ""], TITLE)
        texts = self._matches_in(source, source["texts"]["of"])
        if self._divided_words < MAX_DIVIDED_WORDS:
            self._divided[source["id"]] = texts
            self._divided_words += int(source["words"])
        held = paragraphs_of(source)
        low = self._low_of(source)
        norm = 1 - bm25f.B_TITLE + bm25f.B_TITLE * source["title_words"] / self._statistics.mean_title_words
        length = bm25f.B_ARTICLE * source["counted_words"] / self._statistics.mean_article_words
        in_title, whole = [], []
        counts: list[dict[int, int]] = []
        for use in self._scored:
            self._check()
            h = headline.counts(use.leaf).get(0, 0) / norm
            in_title.append(h)
            here: dict[int, int] = {}
            if use.region != "title":
                here = texts.counts(use.leaf)
                if use.region is not None or self._novel:
                    here = {
                        at: count
                        for at, count in here.items()
                        if (use.region is None or held[at].lead) and (held[at].novel or not self._novel)
                    }
            counts.append(here)
            z = sum([count for at, count in here.items() if held[at].weight])
            w = z / (1 - bm25f.B_ARTICLE + length) + bm25f.TITLE_ARTICLE * h
            factor = use.boost * self._weights[use.leaf].article_idf
            whole.append(self._part(w, bm25f.K1_ARTICLE, factor, use.leaf in low))
        blank = self._paragraph(held[0], [0] * len(counts), in_title, low)
        having = set[int]().union(*counts)
        paragraphs = tuple(
            self._paragraph(one, [here.get(at, 0) for here in counts], in_title, low)
            if at in having
            else ScoredParagraph(one.number, blank.score, matches=False, parts=blank.parts)
            for at, one in enumerate(held)
        )
        best, shown = _best(paragraphs, held, _stand_in(held, novel=self._novel))
        score = bm25f.ARTICLE * sum_in_order(whole) + bm25f.PARAGRAPH * best.score
        matching = sum(one.matches for one in paragraphs)
        return ScoredArticle(score, 0.0, shown, matching, paragraphs, tuple(whole), best.parts)

    def with_proximity(self, source: DocumentSource, scored: ScoredArticle) -> ScoredArticle:
        """Add the proximity part to the scores of an article."""
        texts = self._divided.get(source["id"]) or self._matches_in(source, source["texts"]["of"])
        near = self._proximity(source, texts, self._low_of(source))
        return scored._replace(score=scored.score + near, proximity=near)

    def _part(self, weight: float, k1: float, factor: float, is_low: bool) -> float:
        part = weight / (k1 + weight) * factor
        return part * bm25f.FUNCTION_WORD if is_low else part

    def _paragraph(
        self, one: OutlinedParagraph, counts: Sequence[int], headline: Sequence[float], low: frozenset[Leaf]
    ) -> ScoredParagraph:
        parts = []
        norm = 1 - bm25f.B + bm25f.B * max(one.words / self._statistics.mean_words, 1.0)
        for use, count, h in zip(self._scored[: self._deciding], counts, headline, strict=False):
            t = (count if one.weight else 0) / norm + bm25f.TITLE * h
            factor = use.boost * self._weights[use.leaf].paragraph_idf
            parts.append(self._part(t, bm25f.K1, factor, use.leaf in low))
        matches = any(counts[: self._deciding])
        return ScoredParagraph(one.number, sum_in_order(parts), matches, tuple(parts))

    def _proximity(self, source: DocumentSource, texts: TextMatches, low: frozenset[Leaf]) -> float:
        """Return the part of the score from the proximity of the query's adjacent words."""
        chosen = neighbouring_words(self._scored, low)
        if not chosen:
            return 0.0
        length = source["counted_words"] / self._statistics.mean_article_words
        norm = 1 - bm25f.B + bm25f.B * length
        held = paragraphs_of(source)
        total = 0.0
        for a, b in chosen:
            ordered = near_a = near_b = 0
            having_b = texts.counts(b.leaf)
            for at in texts.counts(a.leaf):
                if at not in having_b or not held[at].weight:
                    continue
                spans, others = texts.matches(a.leaf, at), texts.matches(b.leaf, at)
                starts, of_b = {start for start, _ in spans}, {start for start, _ in others}
                ordered += sum(end in of_b for _, end in spans)
                near_a += sum(_has_near(one, of_b) for one in starts)
                near_b += sum(_has_near(one, starts) for one in of_b)
            weights = (self._weights[a.leaf].article_idf, self._weights[b.leaf].article_idf)
            o, u = ordered / norm, min(near_a, near_b) / norm
            nearness = bm25f.ORDERED * o / (bm25f.K1 + o) + bm25f.NEAR * u / (bm25f.K1 + u)
            total += min(a.boost, b.boost) * max(weights) * nearness
        return total


def _has_near(start: int, others: set[int]) -> bool:
    return any(start + gap in others or start - gap in others for gap in range(1, bm25f.WINDOW))


def _best(
    paragraphs: Sequence[ScoredParagraph], held: Sequence[OutlinedParagraph], stand_in: int
) -> tuple[ScoredParagraph, int]:
    """Return the paragraph whose score counts for the article, and the number of the paragraph that a hit shows.

    The first is the matching weighted paragraph with the highest score, else the first matching aside. If no matching
    paragraph may be shown, the one with the index ``stand_in`` represents the article.
    """

    def sort_key(at: int) -> tuple[float, int]:
        one = held[at]
        score = -2.0 if one.hidden else paragraphs[at].score if one.weight else -1.0
        return score, -at

    matching = [at for at, one in enumerate(paragraphs) if one.matches]
    if not matching:
        return paragraphs[stand_in], paragraphs[stand_in].number
    best = max(matching, key=sort_key)
    return paragraphs[best], paragraphs[stand_in if held[best].hidden else best].number


def _stand_in(held: Sequence[OutlinedParagraph], *, novel: bool) -> int:
    """Return the index of the paragraph that represents an article without a matching paragraph to show.

    It is the first weighted paragraph. With ``novel``, it is the first weighted novel one, else the first novel one
    that may be shown.
    """
    if novel:
        some = [at for at, one in enumerate(held) if one.novel]
        for at in (*(at for at in some if held[at].weight), *(at for at in some if not held[at].hidden)):
            return at
    return next((at for at, one in enumerate(held) if one.weight), 0)


def sum_in_order(parts: Sequence[float]) -> float:
    """Return the sum of numbers, added from left to right, for reproducible rounding."""
    total = 0.0
    for part in parts:
        total += part
    return total
