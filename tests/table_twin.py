"""A simple and slow count of articles by values and periods, which looks at every article: the twin of tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import reference
import twin
from newssearch import Article
from newssearch.query import Everything, Node, side_by_side
from newssearch.text.analysis import analyser
from newssearch.text.sentences import sentence_starts

PERIODS = ("day", "week", "month", "quarter", "year")


class Numbers(NamedTuple):
    """What a query finds in some articles, and how large these are."""

    articles: int
    paragraphs: int
    sentences: int
    occurrences: int
    all_articles: int
    all_words: int


def numbers(found: Iterable[Article], allowed: Iterable[Article], tree: Node) -> Numbers:
    """Return the numbers of the matching articles ``found`` among all those that pass the filters."""
    articles = paragraphs = sentences = occurrences = 0
    for one in found:
        texts = {p.number: p.text for p in one.paragraphs}
        places = twin.occurrences(one, tree)
        articles += 1
        occurrences += len(places)
        paragraphs += len({number for number, _, _ in places})
        sentences += len({(number, sentence(texts[number], first, one.lang)) for number, first, _ in places})
    allowed = [*allowed]
    return Numbers(articles, paragraphs, sentences, occurrences, len(allowed), sum(map(words, allowed)))


def sentence(text: str, word: int, lang: str | None) -> int:
    """Return the number of the sentence in which a word of a text begins."""
    analysis = analyser(lang)
    start = analysis.tokens(text)[word].start
    return sum(begin <= start for begin in sentence_starts(text, analysis.name))


def words(article: Article) -> int:
    """Return the number of words of all paragraphs."""
    return sum(len(analyser(article.lang).tokens(p.text)) for p in article.paragraphs)


def has(article: Article, field: str, value: str | None) -> bool:
    """Whether an article is counted for a value of a field, or in a period; None stands for none."""
    if field in PERIODS:
        return reference.period(field, article.date) == value
    if field in reference.OWN:
        return own_has(article, field, value)
    held = getattr(article, field)
    return held is None if value is None else held is not None and reference.FILTERS[field](held, value)


def own_has(article: Article, field: str, value: str | None) -> bool:
    """Whether an article has a value of an own field."""
    held = reference.own_values(article, field)
    if value is None or not held:
        return value is None and not held
    if reference.OWN[field] == "date":
        return held[0].isoformat()[:7] == value  # type: ignore[no-any-return]
    if reference.OWN[field] == "number":
        return any(one == reference._number(value) for one in held)
    return any(reference._own_value_fits(field, one, value) for one in held)


def values(found: Sequence[Article], field: str) -> list[str | None]:
    """Return the values of a field among articles, in the order of a table; None, for none, comes last."""
    counted = dict(
        reference.own_facet(field, [*found]).items()
        if field in reference.OWN
        else reference.facet(field, [*found])
    )
    named = [value for value in counted if value is not None]
    in_time = field in PERIODS or reference.OWN.get(field) == "date"
    order: Callable[[str], tuple[object, ...]] = (
        (lambda value: (value,))
        if in_time
        else (lambda value: (-counted[value], reference._number(value)))
        if reference.OWN.get(field) == "number"
        else (lambda value: (-counted[value], value))
    )
    return [*sorted(named, key=order), *([None] if None in counted else [])]


def found_by(held: Iterable[Article], tree: Node, request: reference.Request) -> list[Article]:
    """Return the articles that match a query and pass the filters."""
    tree = side_by_side(tree)
    return [one for one in held if reference.matches(tree, one) and reference.passes(one, request)]


def allowed_by(held: Iterable[Article], request: reference.Request) -> list[Article]:
    """Return the articles that pass the filters."""
    return found_by(held, Everything(), request)
