"""The scores of a simple and slow search, which looks at every article: see :mod:`reference`."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import twin
from newssearch import Article
from newssearch.lead import weightless_paragraphs
from newssearch.query import Node, Synonyms, Word
from newssearch.text.analysis import analyser

K1, B, B_TITLE, TITLE = 1.2, 0.75, 0.5, 2.0
K1_ARTICLE, B_ARTICLE, TITLE_ARTICLE = 2.0, 0.55, 3.0
ARTICLE, PARAGRAPH, FUNCTION_WORD = 0.8, 0.2, 0.25
ORDERED, NEAR, WINDOW, PROXIMITY_ARTICLES, MAX_PAIRS = 0.1, 0.05, 8, 50, 20


def weightless_of(article: Article) -> set[int]:
    """Return the numbers of the paragraphs that add nothing to a score: asides and repeated headlines."""
    found = weightless_paragraphs(article)
    return {*found.asides, *found.headlines}


@functools.lru_cache(maxsize=20_000)
def match_count(node: Node, text: str, lang: str | None) -> int:
    """Return the number of matches of a leaf in a text."""
    return len(twin.matches(node, text, lang))


def counts(node: Node, article: Article, regions: tuple[str, ...] = ()) -> dict[int, int]:
    """Return the number of matches of a leaf in each text of an article that belongs to all of the given regions."""
    return {
        number: match_count(node, text, article.lang)
        for number, text in twin.texts(article).items()
        if twin.allowed(article, number, regions)
    }


class Scorer:
    """The scores of articles and paragraphs: see ``newssearch/engines/bm25f.py``."""

    def __init__(self, articles: list[Article], tree: Node) -> None:
        def mean(values: list[int], number: int) -> float:
            return sum(values) / number if sum(values) else 1.0

        self.leaves = twin.positives(tree)
        paragraphs = [(p.text, a.lang) for a in articles for p in a.paragraphs]
        titles = [size for a in articles if (size := words(a.title or "", a.lang))]
        lengths = [words(*paragraph) for paragraph in paragraphs]
        self.mean_paragraph = mean(lengths, len(lengths))
        self.mean_article = mean([self.words(a) for a in articles], len(articles))
        self.mean_title = mean(titles, len(titles))
        self.paragraph_idf: dict[Node, float] = {}
        self.article_idf: dict[Node, float] = {}
        for leaf in {one.leaf for one in self.leaves}:
            df = sum(match_count(leaf, *paragraph) > 0 for paragraph in paragraphs)
            self.paragraph_idf[leaf] = idf(len(paragraphs), df)
            df = sum(sum(counts(leaf, a, ()).values()) > 0 for a in articles)
            self.article_idf[leaf] = idf(len(articles), df)

    def factor(self, leaf: twin.Positive, lang: str | None) -> float:
        """The boost of a leaf, lowered for a function word."""
        of_content = {one.leaf for one in self.content(lang)}
        function_word = isinstance(leaf.leaf, Word) and analyser(lang).is_function_word(leaf.leaf.text)
        return leaf.boost * (FUNCTION_WORD if function_word and leaf.leaf not in of_content else 1.0)

    def content(self, lang: str | None) -> list[twin.Positive]:
        """The leaves that are neither optional nor function words; if there are none, those that are not optional."""
        lists = analyser(lang).is_function_word
        deciding = [one for one in self.leaves if not one.optional]
        return [
            one for one in deciding if not (isinstance(one.leaf, Word) and lists(one.leaf.text))
        ] or deciding

    def headline(self, leaf: twin.Positive, article: Article) -> float:
        y = counts(leaf.leaf, article, leaf.regions)[twin.TITLE]
        m = words(article.title or "", article.lang)
        return y / (1 - B_TITLE + B_TITLE * m / self.mean_title)

    def paragraph(self, article: Article, number: int) -> float:
        """The score of a paragraph, to which optional leaves add nothing."""
        total = 0.0
        for leaf in (one for one in self.leaves if not one.optional):
            t = TITLE * self.headline(leaf, article)
            weightless = number in weightless_of(article)
            if not weightless and number and (x := counts(leaf.leaf, article, leaf.regions).get(number, 0)):
                n = words(article.paragraphs[number - 1].text, article.lang)
                t += x / (1 - B + B * max(n / self.mean_paragraph, 1.0))
            total += self.factor(leaf, article.lang) * self.paragraph_idf[leaf.leaf] * t / (K1 + t)
        return total

    def whole(self, article: Article) -> float:
        """The score of an article as a whole."""
        total = 0.0
        for leaf in self.leaves:
            z = sum(
                count
                for number, count in counts(leaf.leaf, article, leaf.regions).items()
                if number and number not in weightless_of(article)
            )
            w = z / (1 - B_ARTICLE + B_ARTICLE * self.length(article))
            w += TITLE_ARTICLE * self.headline(leaf, article)
            total += self.factor(leaf, article.lang) * self.article_idf[leaf.leaf] * w / (K1_ARTICLE + w)
        return total

    def length(self, article: Article) -> float:
        """The length of an article, divided by the mean length."""
        return self.words(article) / self.mean_article

    def words(self, article: Article) -> int:
        """The number of words of the paragraphs with weight."""
        weightless = weightless_of(article)
        return sum(words(p.text, article.lang) for p in article.paragraphs if p.number not in weightless)

    def score(self, article: Article, number: int) -> float:
        """The score of an article whose best paragraph has the given number, without proximity."""
        return ARTICLE * self.whole(article) + PARAGRAPH * self.paragraph(article, number)

    def proximity(self, article: Article) -> float:
        """What the nearness of neighbouring words of the query adds to the score of an article."""
        content = [one for one in self.content(article.lang) if _is_word(one.leaf) and not one.regions]
        pairs = {(a.leaf, b.leaf): (a, b) for a, b in pairwise(content) if a.leaf != b.leaf}
        norm = 1 - B + B * self.length(article)
        total = 0.0
        for a, b in [*pairs.values()][:MAX_PAIRS]:
            ordered = near_a = near_b = 0
            for paragraph in (p for p in article.paragraphs if p.number not in weightless_of(article)):
                spans, others = (twin.matches(one.leaf, paragraph.text, article.lang) for one in (a, b))
                ordered += sum(any(end == start for start, _ in others) for _, end in spans)
                of_a, of_b = {start for start, _ in spans}, {start for start, _ in others}
                near_a += sum(any(0 < abs(one - other) < WINDOW for other in of_b) for one in of_a)
                near_b += sum(any(0 < abs(one - other) < WINDOW for other in of_a) for one in of_b)
            o, u = ordered / norm, min(near_a, near_b) / norm
            weight = min(a.boost, b.boost) * max(self.article_idf[a.leaf], self.article_idf[b.leaf])
            total += weight * (ORDERED * o / (K1 + o) + NEAR * u / (K1 + u))
        return total


def _is_word(leaf: Node) -> bool:
    """Whether a leaf is a word, or a word with synonyms."""
    return isinstance(leaf.operands[0] if isinstance(leaf, Synonyms) else leaf, Word)


def words(text: str, lang: str | None) -> int:
    return len(analyser(lang).terms(text))


def idf(total: int, holding: int) -> float:
    return math.log1p((total - holding + 0.5) / (holding + 0.5))


def expansion(
    corpus: Iterable[Article], tree: Node, hits: Sequence[tuple[str, int, float]]
) -> list[tuple[str, float]]:
    """Return the words that the best paragraphs of the given hits have, with their weights.

    A hit has an id, the number of a paragraph, and a score. Words of negated parts of the query are not excluded.
    """
    articles = {a.id: a for a in corpus}
    terms_of = {
        a.id: {term for p in a.paragraphs for term in analyser(a.lang).terms(p.text)}
        for a in articles.values()
    }
    scorer = Scorer(list(articles.values()), tree)
    total = sum(score for *_, score in hits)
    size = 0.0
    probability: dict[str, float] = {}
    spellings: dict[str, Counter[str]] = {}
    for name, number, score in hits:
        own = analyser(articles[name].lang)
        size += score / total * sum(
            scorer.factor(one, articles[name].lang) for one in scorer.leaves if not one.optional
        )  # fmt: skip
        text = articles[name].paragraphs[number - 1].text
        for token in own.tokens(text):
            share = score / total / words(text, articles[name].lang)
            probability[token.term] = probability.get(token.term, 0.0) + share
            spellings.setdefault(token.term, Counter())[token.word.removesuffix("'s")] += 1
    found = {}
    for term, share in probability.items():
        df = sum(term in terms for terms in terms_of.values())
        banned = {"the", "of", "us", "de", "la"} & {spelling.lower() for spelling in spellings[term]}
        if 2 <= df <= max(len(articles) / 10, 5) and len(term) > 2 and not term[0].isdigit() and not banned:
            found[term] = share * idf(len(articles), df)
    weights: dict[str, float] = {}
    for term in sorted(found, key=lambda term: (-found[term], term)):
        text = min(spellings[term], key=lambda way: (-spellings[term][way], way))
        weights[text] = weights.get(text, 0.0) + found[term]
        if len(weights) == 50:
            break
    shares = [(text, 0.25 * size * weight / sum(weights.values())) for text, weight in weights.items()]
    return sorted(shares, key=lambda share: (-share[1], share[0]))
