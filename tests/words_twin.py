"""A simple and slow count of words, collocates and keywords, which reads every text. The tests compare the engine with it.

It shares the analyser and the matching of leaves (:mod:`twin`) with the program, and none of its counting.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import twin
from newssearch import Article
from newssearch.query import Node
from newssearch.text.analysis import analyser
from newssearch.text.folding import fold, spelled, unelided
from newssearch.text.function_words import FUNCTION_WORDS


class Written(NamedTuple):
    """A word of a text: the counted word, its spelling, and whether it is a function word there."""

    word: str
    spelling: str
    functional: bool


class Words(NamedTuple):
    """Which words are listed."""

    min_count: int = 1
    min_articles: int = 1
    limit: int | None = None
    all_words: bool = False


def words(text: str, lang: str | None) -> list[Written]:
    """Return the words of a text."""
    of = analyser(lang)
    common = {fold(word) for word in FUNCTION_WORDS.get(of.name, ())}
    found = []
    for token in of.tokens(text):
        form = of.form(token.word)
        initials = form.split(".")
        if token.term in ("u.s", "w.h.o"):
            word = token.term
        elif len(initials) > 1 and all(len(one) == 1 and one.isalpha() for one in initials):
            word = "".join(initials)
        else:
            word = form
        spelling = unelided(spelled(token.word), form).lstrip("#")
        letters = spelling.split(".")
        if len(letters) > 1 and all(len(one) == 1 and one.isalpha() for one in letters):
            spelling += "."
        found.append(Written(word, spelling, word in common))
    return found


def paragraphs(article: Article, left_out: Collection[tuple[str, int]] = ()) -> dict[int, list[Written]]:
    """Return the words of each paragraph of an article, by its number."""
    return {
        one.number: words(one.text, article.lang)
        for one in article.paragraphs
        if (article.id, one.number) not in left_out
    }


def spellings(held: Iterable[Article], *, titles: bool = False) -> dict[str, str]:
    """Return the most frequent spelling of each word; of equally frequent ones, the first."""
    counted: dict[str, Counter[str]] = {}
    for article in held:
        texts = list(paragraphs(article).values())
        if titles:
            texts.append(words(article.title or "", article.lang))
        for written in (one for text in texts for one in text):
            counted.setdefault(written.word, Counter())[written.spelling] += 1
    return {word: min(of, key=lambda one: (-of[one], one)) for word, of in counted.items()}


def listed(word: str, inside: list[Written], wanted: Words, articles: int) -> bool:
    """Whether a word is listed that occurs as ``inside``, in ``articles`` articles."""
    if len(inside) < wanted.min_count or articles < wanted.min_articles:
        return False
    if wanted.all_words:
        return True
    return any(map(str.isalpha, word)) and sum(one.functional for one in inside) * 2 <= len(inside)


def in_order(
    rows: list[dict[str, object]], words_of: list[str], measure: str, limit: int | None
) -> list[dict[str, object]]:
    """Return rows in their order: by score, by count, by word."""
    order = sorted(
        range(len(rows)),
        key=lambda n: (-float(str(rows[n][measure])), -int(str(rows[n]["count"])), words_of[n]),
    )
    return [rows[n] for n in order[:limit]]


def collocates(
    held: Mapping[str, Article],
    found: Collection[str],
    tree: Node,
    span: tuple[int, int],
    measure: str,
    wanted: Words,
    shown: Mapping[str, str],
    left_out: Collection[tuple[str, int]] = (),
) -> list[dict[str, object]]:
    """Return the collocates of a query that finds the articles ``found`` among those that pass the filters, ``held``.

    ``shown`` has the spelling of each word, and ``left_out`` the paragraphs that do not count.
    """
    near: dict[str, list[tuple[str, str, Written]]] = {}  # the side, the article and the word
    total, matching, matched_words = Counter[str](), Counter[str](), 0
    occurrences = 0
    for name, article in held.items():
        texts = paragraphs(article, left_out)
        for text in texts.values():
            total.update(one.word for one in text)
        places = twin.occurrences(article, tree) if name in found else set()
        places = {place for place in places if place[0] in texts}
        occurrences += len(places)
        for number, text in texts.items():
            here = [(first, end) for paragraph, first, end in places if paragraph == number]
            inside = {at for first, end in here for at in range(first, end)}
            matched_words += len(inside)
            matching.update(text[at].word for at in inside)
            for at, written in enumerate(text):
                sides = [(at - end + 1, "right") for _, end in here if 0 < at - end + 1 <= span[1]]
                sides += [(first - at, "to the left") for first, _ in here if 0 < first - at <= span[0]]
                if sides and at not in inside:
                    near.setdefault(written.word, []).append((min(sides)[1], name, written))
    window = sum(map(len, near.values()))
    outside = sum(total.values()) - matched_words
    rows, of_rows = [], []
    for word, places_of in near.items():
        count, frequency = len(places_of), total[word]
        elsewhere = frequency - matching[word]
        expected = window * elsewhere / outside
        articles = len({name for _, name, _ in places_of})
        mi = round(math.log2(count / expected), 6)
        if not listed(word, [one for *_, one in places_of], wanted, articles) or mi <= 0:
            continue
        cells = (
            (count, window, elsewhere),
            (window - count, window, outside - elsewhere),
            (elsewhere - count, outside - window, elsewhere),
            (outside - window - elsewhere + count, outside - window, outside - elsewhere),
        )
        rows.append(
            {
                "word": shown[word],
                "count": count,
                "left": sum(side != "right" for side, *_ in places_of),
                "right": sum(side == "right" for side, *_ in places_of),
                "articles": articles,
                "frequency": frequency,
                "expected": round(expected, 6),
                "log_dice": round(14 + math.log2(2 * count / (occurrences + frequency)), 6),
                "mi": mi,
                "ll": round(2 * sum(o * math.log(o / (r * c / outside)) for o, r, c in cells if o), 6),
            }
        )
        of_rows.append(word)
    return in_order(rows, of_rows, {"logdice": "log_dice"}.get(measure, measure), wanted.limit)


def keywords(
    held: Mapping[str, Article],
    target: Collection[str],
    reference: Collection[str],
    measure: str,
    wanted: Words,
    left_out: Collection[tuple[str, int]] = (),
) -> list[dict[str, object]]:
    """Return the keywords of the articles ``target`` against those of ``reference``, as dictionaries."""
    inside: dict[str, list[tuple[str, Written]]] = {}
    others = Counter[str]()
    for name, article in held.items():
        for written in (one for text in paragraphs(article, left_out).values() for one in text):
            if name in target:
                inside.setdefault(written.word, []).append((name, written))
            elif name in reference:
                others[written.word] += 1
    size, other_size = sum(map(len, inside.values())), sum(others.values())
    shown = spellings(held.values())
    rows, of_rows = [], []
    for word, places in inside.items() if other_size else ():
        count, other = len(places), others[word]
        articles = len({name for name, _ in places})
        if not listed(word, [one for _, one in places], wanted, articles):
            continue
        expected, other_expected = (n * (count + other) / (size + other_size) for n in (size, other_size))
        ll = 2 * (
            count * math.log(count / expected) + (other * math.log(other / other_expected) if other else 0)
        )
        ratio = math.log2((count / size) / (max(other, 0.5) / other_size))
        if round(ratio, 6) <= 0 or (measure == "logratio" and round(ll, 6) < 15.13):
            continue
        rows.append(
            {
                "word": shown[word],
                "count": count,
                "articles": articles,
                "per_million": round(count * 1_000_000 / size, 6),
                "reference_count": other,
                "reference_per_million": round(other * 1_000_000 / other_size, 6),
                "ll": round(ll, 6),
                "log_ratio": round(ratio, 6),
            }
        )
        of_rows.append(word)
    return in_order(rows, of_rows, {"logratio": "log_ratio"}.get(measure, measure), wanted.limit)


def words_with_prefix(held: Mapping[str, Article], prefix: str, limit: int) -> list[dict[str, object]]:
    """Return the words with a prefix, with their numbers of articles and occurrences, the most frequent first."""
    articles: dict[str, set[str]] = {}
    counts, begun = Counter[str](), set[str]()
    for name, article in held.items():
        of = analyser(article.lang)
        for text in (article.title or "", *(one.text for one in article.paragraphs)):
            for written, token in zip(words(text, article.lang), of.tokens(text), strict=True):
                counts[written.word] += 1
                articles.setdefault(written.word, set()).add(name)
                if of.form(token.word).startswith(fold(prefix.strip())):
                    begun.add(written.word)
    shown = spellings(held.values(), titles=True)
    order = sorted(begun, key=lambda word: (-counts[word], word))
    return [
        {"word": shown[word], "articles": len(articles[word]), "occurrences": counts[word]}
        for word in order[:limit]
    ]
