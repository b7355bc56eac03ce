"""The scores of articles: computed by OpenSearch closely enough to choose candidates, and here exactly.

:mod:`newssearch.engines.bm25f` has the formulas. The counts that they need are scores themselves (see :mod:`.mapping`): one
query adds up the matches of a leaf in the paragraphs of an article with weight, and those in its headline, as one number,
from which a script takes both apart. OpenSearch rounds scores to 24 bits, so that its order is not quite the exact one:
:class:`ArticleScores` computes the scores of the articles that may be on a page anew, from their texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise
from typing import Any, NamedTuple

from newssearch.engines import bm25f
from newssearch.highlight.matcher import AnalysedText, Match, find_matches
from newssearch.query import Leaf, LeafUse, Node, Phrase, Word
from newssearch.query.alternatives import alternatives_of
from newssearch.stopping import StopCheck
from newssearch.system.kept import cached_property
from newssearch.text.analysis import Analyser, analyser_named

from .article_queries import IN_LEAD, TEXT, TITLE, nested
from .documents import DocumentSource
from .leaf_queries import FINDS_NOTHING, ClusterQuery, LeafQuery, finding_any

TITLE_UNIT = 1 << 18
"""In the number that holds both counts of an article, one match in its headline counts as this number of matches."""
PARAGRAPH_TITLE_UNIT = 1 << 12
"""The same in the number that holds both counts of a paragraph.

A text with as many words as a unit may have as many matches. The scripts take the more favourable reading of the number then:
that all of them are in the text, or as many as possible in the headline. A score is never less than the true one.
"""
MANY_LEAVES = 3
"""For as many words or phrases, it is noted once which texts of an article have which words."""
MAX_DIVIDED_WORDS = 200_000
"""Articles with so many words in all are kept, divided into words, until it is known which of them need proximity."""
APPROXIMATE = 2e-5
"""The largest relative error of a score that OpenSearch computes."""


class Statistics(NamedTuple):
    """What the scores of a snapshot depend on: numbers of articles, paragraphs and words, and mean lengths in words."""

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
    """How rare a leaf is among articles and among paragraphs."""

    article_idf: float
    paragraph_idf: float


def light_words(scored: Sequence[LeafUse], analysis: str) -> frozenset[Leaf]:
    """Return the scored leaves that are function words in an analysis; none if all are that are not optional."""
    deciding = {one.leaf for one in scored if not one.optional}
    is_function_word = analyser_named(analysis).is_function_word
    found = frozenset(
        one.leaf for one in scored if isinstance(one.leaf, Word) and is_function_word(one.leaf.text)
    )
    return found - deciding if deciding <= found else found


# ---- computed by OpenSearch

_ARTICLE_SCRIPT = (
    "long s = Math.round(_score); long y = s / params.unit; long z = s - params.unit * y;"
    "double h = y > 0 ? y / (0.5 + 0.5 * doc['title_words'].value / params.title) : 0.0;"
    "if (s > 16777216L) { z += s / 8388608L; }"
    "double n = 0.45 + 0.55 * doc['counted_words'].value / params.mean;"
    "double w = z / n + 3.0 * h;"
    "if (doc['counted_words'].value >= params.unit) { w = Math.max(w, s / n); }"
    "double f = params.f.containsKey(doc['analysis'].value) ? params.low : 1.0;"
    "return params.weight * f * w / (2.0 + w);"
)
_PARAGRAPH_SCRIPT = (
    "long s = Math.round(_score); long y = s / params.unit; long x = s - params.unit * y;"
    "double n = 0.25 + 0.75 * Math.max(doc['paragraphs.words'].value / params.mean, 1.0);"
    "double t = 0.0; if (x > 0 && doc['paragraphs.weight'].value) { t = x / n; }"
    "if (y > 0) { t += 2.0 * y / (0.5 + 0.5 * doc['paragraphs.title_words'].value / params.title); }"
    "if (doc['paragraphs.words'].value >= params.unit) { t = Math.max(t, s / n); }"
    "double f = params.f.containsKey(doc['paragraphs.analysis'].value) ? params.low : 1.0;"
    "return params.weight * f * t / (1.2 + t);"
)


class ScoreQueries(NamedTuple):
    """Queries whose scores are parts of the score of an article: of the whole of it, and of one of its paragraphs."""

    of_article: list[ClusterQuery]
    of_paragraph: list[ClusterQuery]

    def best_paragraph(self) -> list[ClusterQuery]:
        """Return a query whose score is that of the best paragraph of an article; none if no leaf gives one a score."""
        return [nested(finding_any(self.of_paragraph), "max")] if self.of_paragraph else []


def in_region(
    query: LeafQuery, region: str | None, *, counted: bool = False
) -> tuple[ClusterQuery, ClusterQuery]:
    """Return queries for the paragraphs in whose text, and in whose headline, a leaf matches within a region."""
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
    """Return the queries whose scores add up to the score of an article without proximity, or to no less.

    ``queries`` has for each leaf what :func:`in_region` returns, counted.
    """
    low: dict[Leaf, dict[str, bool]] = {}
    for analysis in statistics.analyses:
        for leaf in light_words(scored, analysis):
            low.setdefault(leaf, {})[analysis] = True
    found: list[ClusterQuery] = []
    of_paragraph: list[ClusterQuery] = []
    for use in scored:
        text, title = queries[use]
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
            "f": low.get(use.leaf, {}), "low": bm25f.FUNCTION_WORD,
        }  # fmt: skip
        found.append(_scripted(both, _ARTICLE_SCRIPT, params))
        if not use.optional:
            both = finding_any([text, {"bool": {"must": [title], "boost": float(PARAGRAPH_TITLE_UNIT)}}])
            params = {
                "unit": PARAGRAPH_TITLE_UNIT, "mean": statistics.mean_words, "title": statistics.mean_title_words,
                "weight": bm25f.PARAGRAPH * use.boost * weights[use.leaf].paragraph_idf,
                "f": low.get(use.leaf, {}), "low": bm25f.FUNCTION_WORD,
            }  # fmt: skip
            of_paragraph.append(_scripted(both, _PARAGRAPH_SCRIPT, params))
    return ScoreQueries(found, of_paragraph)


def _scripted(query: ClusterQuery, script: str, params: dict[str, Any]) -> ClusterQuery:
    return {"script_score": {"query": query, "script": {"source": script, "params": params}}}


# ---- computed here


class ScoredParagraph(NamedTuple):
    """A paragraph of an article, by its number, with its score, and whether a leaf matches in it that is not optional."""

    number: int
    score: float
    matches: bool
    parts: tuple[float, ...]


class ScoredArticle(NamedTuple):
    """The scores of an article: as a whole, and of the paragraph that represents it.

    ``shown`` is the number of the paragraph that a hit shows, ``matching`` the number of matching ones. ``whole`` and
    ``best`` have a part for each leaf.
    """

    score: float
    proximity: float
    shown: int
    matching: int
    paragraphs: tuple[ScoredParagraph, ...]
    whole: tuple[float, ...]
    best: tuple[float, ...]


class WantedKeys(NamedTuple):
    """The terms and the keys of compounds of which a text that a leaf matches in has one; all of them together.

    Only leaves that are words side by side have such.
    """

    of_leaf: dict[Leaf, frozenset[str]]
    all: frozenset[str]


def wanted_keys(leaves: Sequence[Leaf], analyser: Analyser) -> WantedKeys:
    """Return the keys of some leaves in texts of one language."""
    found: dict[Leaf, frozenset[str]] = {}
    for leaf in leaves:
        if isinstance(leaf, Word) or (isinstance(leaf, Phrase) and not (leaf.names or leaf.within)):
            inside = leaf.inside if isinstance(leaf, Word) else ()
            wanted = alternatives_of(analyser, leaf.text, inside)
            others = [other.terms[0] if other.terms else other.key for other in wanted.others]
            found[leaf] = frozenset([*wanted.terms[:1], *others])
    return WantedKeys(found, frozenset().union(*found.values()))


class SearchedTexts:
    """The texts of an article, in which the leaves of a query are looked for. What was found is kept."""

    def __init__(self, texts: Sequence[AnalysedText], keys: WantedKeys) -> None:
        self._texts = texts
        self._keys = keys
        self._found: dict[Leaf, list[tuple[int, list[Match]]]] = {}

    def matches(self, leaf: Leaf) -> list[tuple[int, list[Match]]]:
        """Return the matches of a leaf in each text that may have one, with the index of the text."""
        if leaf not in self._found:
            self._found[leaf] = [(at, find_matches(leaf, self._texts[at])) for at in self._having(leaf)]
        return self._found[leaf]

    def _having(self, leaf: Leaf) -> Iterable[int]:
        keys = self._keys.of_leaf.get(leaf)
        if keys is None or len(self._keys.of_leaf) < MANY_LEAVES:
            return range(len(self._texts))
        return sorted({at for key in keys for at in self._places.get(key, ())})

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """The texts that have each of the keys."""
        places: dict[str, list[int]] = {}
        for at, text in enumerate(self._texts):
            for key in self._keys.all.intersection(chain(text.terms, text.all_compounds)):
                places.setdefault(key, []).append(at)
        return places


class ArticleScores:
    """Computes the scores of articles from their texts. ``scored`` are the leaves that add to scores.

    ``kept`` are the words that are left of patterns, see :attr:`.evaluation.Evaluation.kept`. With ``novel``, leaves match
    only in paragraphs that no earlier article has.
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
        self._keys: dict[str, WantedKeys] = {}
        self._divided: dict[str, SearchedTexts] = {}
        self._divided_words = 0

    def _searched(self, source: DocumentSource) -> SearchedTexts:
        analysis = source["analysis"]
        if analysis not in self._keys:
            leaves = [use.leaf for use in self._scored]
            self._keys[analysis] = wanted_keys(leaves, analyser_named(analysis))
        analyser = analyser_named(analysis)
        texts = [
            AnalysedText(text, analyser, self._check, self._kept[TEXT]) for text in source["texts"]["of"]
        ]
        return SearchedTexts(texts, self._keys[analysis])

    def _low_of(self, source: DocumentSource) -> frozenset[Leaf]:
        """Return the leaves that count less in an article, because they are function words in its language."""
        return self._low.get(source["analysis"]) or light_words(self._scored, source["analysis"])

    def of(self, source: DocumentSource) -> ScoredArticle:
        """Return the scores of an article without proximity, given its document, its texts and the numbers of its paragraphs."""
        analyser = analyser_named(source["analysis"])
        title = AnalysedText(source["header"].get("title") or "", analyser, self._check, self._kept[TITLE])
        texts = self._searched(source)
        if self._divided_words < MAX_DIVIDED_WORDS:
            self._divided[source["id"]] = texts
            self._divided_words += int(source["words"])
        held = source["paragraphs"]
        low = self._low_of(source)
        headline, whole = [], []
        counts = []
        for use in self._scored:
            in_title = len(find_matches(use.leaf, title))
            norm = (
                1 - bm25f.B_TITLE + bm25f.B_TITLE * source["title_words"] / self._statistics.mean_title_words
            )
            h = in_title / norm
            headline.append(h)
            here = [0] * len(held)
            if use.region != "title":
                for at, matches in texts.matches(use.leaf):
                    if (use.region is None or held[at]["lead"]) and (held[at]["novel"] or not self._novel):
                        here[at] = len(matches)
            counts.append(here)
            z = sum(count for count, one in zip(here, held, strict=True) if one["weight"])
            length = bm25f.B_ARTICLE * source["counted_words"] / self._statistics.mean_article_words
            w = z / (1 - bm25f.B_ARTICLE + length) + bm25f.TITLE_ARTICLE * h
            factor = use.boost * self._weights[use.leaf].article_idf
            whole.append(self._part(w, bm25f.K1_ARTICLE, factor, use.leaf in low))
        paragraphs = tuple(
            self._paragraph(one, [here[at] for here in counts], headline, low) for at, one in enumerate(held)
        )
        best, shown = _best(paragraphs, held, _stand_in(held, novel=self._novel))
        score = bm25f.ARTICLE * sum_in_order(whole) + bm25f.PARAGRAPH * best.score
        matching = sum(one.matches for one in paragraphs)
        return ScoredArticle(score, 0.0, shown, matching, paragraphs, tuple(whole), best.parts)

    def with_proximity(self, source: DocumentSource, scored: ScoredArticle) -> ScoredArticle:
        """Return the scores of an article with proximity, given those without."""
        texts = self._divided.get(source["id"]) or self._searched(source)
        near = self._proximity(source, texts, self._low_of(source))
        return scored._replace(score=scored.score + near, proximity=near)

    def _part(self, weight: float, k1: float, factor: float, is_low: bool) -> float:
        part = weight / (k1 + weight) * factor
        return part * bm25f.FUNCTION_WORD if is_low else part

    def _paragraph(
        self, one: DocumentSource, counts: Sequence[int], headline: Sequence[float], low: frozenset[Leaf]
    ) -> ScoredParagraph:
        parts = []
        for use, count, h in list(zip(self._scored, counts, headline, strict=True))[: self._deciding]:
            x = count if one["weight"] else 0
            t = x / (1 - bm25f.B + bm25f.B * max(one["words"] / self._statistics.mean_words, 1.0))
            t += bm25f.TITLE * h
            factor = use.boost * self._weights[use.leaf].paragraph_idf
            parts.append(self._part(t, bm25f.K1, factor, use.leaf in low))
        matches = any(counts[: self._deciding])
        return ScoredParagraph(one["number"], sum_in_order(parts), matches, tuple(parts))

    def _proximity(self, source: DocumentSource, texts: SearchedTexts, low: frozenset[Leaf]) -> float:
        """Return the part of the score that the nearness of neighbouring words of the query gives."""
        words = [
            use
            for use in self._scored
            if isinstance(use.leaf, Word) and use.region is None and not use.optional and use.leaf not in low
        ]
        pairs = {(a.leaf, b.leaf): (a, b) for a, b in pairwise(words) if a.leaf != b.leaf}
        chosen = [*pairs.values()][: bm25f.MAX_PAIRS]
        if not chosen:
            return 0.0
        length = source["counted_words"] / self._statistics.mean_article_words
        norm = 1 - bm25f.B + bm25f.B * length
        held = source["paragraphs"]
        total = 0.0
        for a, b in chosen:
            ordered = near_a = near_b = 0
            found = dict(texts.matches(b.leaf))
            for at, spans in texts.matches(a.leaf):
                others = found.get(at, ())
                if not spans or not others or not held[at]["weight"]:
                    continue
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
    paragraphs: Sequence[ScoredParagraph], held: Sequence[DocumentSource], stand_in: int
) -> tuple[ScoredParagraph, int]:
    """Return the paragraph that gives the score of an article, and the number of the one that a hit shows.

    The first is the matching one with the highest score of those with weight; without any, the first aside that matches.
    If only hidden ones match, or none, the one with the index ``stand_in`` stands in for them.
    """

    def sort_key(at: int) -> tuple[float, int]:
        one = held[at]
        score = -2.0 if one["hidden"] else paragraphs[at].score if one["weight"] else -1.0
        return score, -at

    matching = [at for at, one in enumerate(paragraphs) if one.matches]
    if not matching:
        return paragraphs[stand_in], paragraphs[stand_in].number
    best = max(matching, key=sort_key)
    return paragraphs[best], paragraphs[stand_in if held[best]["hidden"] else best].number


def _stand_in(held: Sequence[DocumentSource], *, novel: bool) -> int:
    """Return the index of the paragraph that represents an article without a matching paragraph to show.

    It is the first with weight. With ``novel``, it is the first novel one with weight, or else the first novel one that
    may be shown.
    """
    if novel:
        for without in ("weight", "hidden"):
            for at, one in enumerate(held):
                if one["novel"] and one[without] == (without == "weight"):
                    return at
    return next(at for at, one in enumerate(held) if one.get("stand_in"))


def sum_in_order(parts: Sequence[float]) -> float:
    """Return the sum of numbers, added in their order."""
    total = 0.0
    for part in parts:
        total += part
    return total
