"""The page of words: those near the matches of a query, or those that distinguish its articles from others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from newssearch.corpus.words import (
    COLLOCATE_MEASURES,
    DEFAULT_LIMIT,
    DEFAULT_MIN_COUNT,
    DEFAULT_SPAN,
    KEYWORD_MEASURES,
    Collocate,
    Collocates,
    Keyword,
    Keywords,
    collocates_summary,
    keywords_summary,
)
from newssearch.errors import QueryError
from newssearch.query import parse
from newssearch.web.parameters import Parameter

from .asking import AskedOptions, asked_of, endpoint_parameters, row_exports
from .chips import filter_chips_of, without_filters
from .remarks import remarks_of
from .rendering import ShownPage, View, page_route

COLLOCATES, KEYWORDS = "collocates", "keywords"
KINDS = ((COLLOCATES, "near the query"), (KEYWORDS, "typical of its articles"))
"""The two lists of words, and how the page names them."""
MEASURE_NAMES = {
    "logdice": "logDice",
    "mi": "mutual information",
    "ll": "log-likelihood",
    "logratio": "log ratio",
}
WORD_FORM = ("span", "measure", "min_count", "limit", "all_words", "against")
"""The parameters that the form of this view sets."""
WORD_ADDRESS = ("span", "measure", "min_count", "all_words", "against")
"""The parameters of the form that an export keeps."""
WORD_LIMITS = (25, 50, 100, 200, 500)
"""The numbers of words that the form offers."""
_SHOW = Parameter("show", "text", "Which words.", COLLOCATES, choices=(COLLOCATES, KEYWORDS))
PARAMETERS_OF_WORDS = (_SHOW, *endpoint_parameters(f"/{COLLOCATES}"), *endpoint_parameters(f"/{KEYWORDS}"))
_PLAIN_WORD = re.compile(r"[a-z]+(?<!^and)(?<!^or)(?<!^not)")


class WordRow(NamedTuple):
    """A row of the table: a word, its score, that score as a share of the highest, its numbers, and where it leads."""

    word: str
    score: str
    share: float
    numbers: tuple[str, ...]
    address: str


def words_page(view: View) -> ShownPage:
    """Return the page of words. Without a query, it says what the view is for."""
    shown = asked_of(view, (_SHOW,)).value("show", COLLOCATES)
    asked = asked_of(view, endpoint_parameters(f"/{shown}"))
    values = {"query": asked.query, "shown": shown, "kinds": KINDS, "found": None}
    if not asked.query:
        return ShownPage("words.html", values)
    links = view.links
    found = _listed_words(view, asked, shown)
    own = (
        _word_rows(found, found.measure, map(_collocate_numbers, found), _nearby(view, asked))
        if isinstance(found, Collocates)
        else _word_rows(found, found.measure, map(_keyword_numbers, found), _together(view, asked.query))
    )
    values |= {
        "found": found,
        "rows": own,
        "columns": ("near", "before", "after", "articles", "in all", "expected")
        if isinstance(found, Collocates)
        else ("count", "articles", "per million", "elsewhere", "per million there"),
        "summary": collocates_summary(found) if isinstance(found, Collocates) else keywords_summary(found),
        "measures": COLLOCATE_MEASURES if shown == COLLOCATES else KEYWORD_MEASURES,
        "measure_names": MEASURE_NAMES,
        "span": asked.value("span", DEFAULT_SPAN),
        "min_count": asked.value("min_count", DEFAULT_MIN_COUNT),
        "limit": asked.value("limit", DEFAULT_LIMIT),
        "limits": sorted({*WORD_LIMITS, asked.value("limit", DEFAULT_LIMIT)}),
        "all_words": asked.value("all_words", False),
        "against": asked.value("against", ""),
        "remarks": remarks_of(asked.query, found.diagnostics, links),
        "chips": filter_chips_of(links),
        "clear": without_filters(links),
        "kept": [(name, value) for name, value in links.given if name not in ("q", *WORD_FORM)],
        "exports": row_exports(links, f"/{shown}", WORD_ADDRESS, found.total, ("word", "words")),
    }
    return ShownPage("words.html", values)


def _listed_words(view: View, asked: AskedOptions, shown: str) -> Collocates | Keywords:
    index = view.context.archive.opened()
    if shown == COLLOCATES:
        return index.collocates(asked.query, **asked.options())
    return index.keywords(asked.query, **asked.options())


def _nearby(view: View, asked: AskedOptions) -> Callable[[str], str]:
    """Return a function that returns the address of the articles in which a word is near a match.

    A query of several parts that are joined by AND has no place in the text, so that nothing can be near it: then the word
    is required in the same article.
    """
    span = asked.value("span", DEFAULT_SPAN)
    try:
        parse(f"({asked.query}) w/{span} word")
    except QueryError:
        return _together(view, asked.query)
    query = in_parentheses(asked.query)
    return lambda word: view.links.shared("/", q=f"{query} w/{span} {as_operand(word)}")


def _together(view: View, query: str) -> Callable[[str], str]:
    """Return a function that returns the address of the articles of a query that have a word."""
    shown = in_parentheses(query)
    return lambda word: view.links.shared("/", q=f"{shown} {as_operand(word)}")


def in_parentheses(query: str) -> str:
    """Return a query as an operand of another one.

    >>> in_parentheses("rain"), in_parentheses("rain OR hail")
    ('rain', '(rain OR hail)')
    """
    return query if query.isalnum() else f"({query})"


def as_operand(word: str) -> str:
    """Return a word of the index as an operand of a query: in quotation marks unless it is plain.

    >>> as_operand("flood"), as_operand("U.S."), as_operand("or")
    ('flood', '"U.S."', '"or"')
    """
    return word if _PLAIN_WORD.fullmatch(word) else f'"{word}"'


def _word_rows(
    words: Sequence[Collocate | Keyword],
    measure: str,
    numbers: Iterable[tuple[str, ...]],
    address: Callable[[str], str],
) -> list[WordRow]:
    """Return the words with their scores, the given numbers of each, and its link."""
    names = {"logdice": "log_dice", "logratio": "log_ratio"}
    scores = [float(getattr(one, names.get(measure, measure))) for one in words]
    return [
        WordRow(one.word, f"{score:,.2f}", share, row, address(one.word))
        for one, score, share, row in zip(words, scores, _shares(scores), numbers, strict=True)
    ]


def _collocate_numbers(one: Collocate) -> tuple[str, ...]:
    counts = (one.count, one.left, one.right, one.articles, one.frequency)
    return (*(f"{count:,}" for count in counts), f"{one.expected:,.1f}")


def _keyword_numbers(one: Keyword) -> tuple[str, ...]:
    return (
        f"{one.count:,}",
        f"{one.articles:,}",
        f"{one.per_million:,.1f}",
        f"{one.reference_count:,}",
        f"{one.reference_per_million:,.1f}",
    )


def _shares(scores: list[float]) -> list[float]:
    """Return scores as percentages of the highest one, at least 0."""
    highest = max(scores, default=0.0)
    return [round(max(100 * score / highest, 0.0), 1) if highest > 0 else 0.0 for score in scores]


ROUTES = (page_route("/words", words_page, "words", PARAMETERS_OF_WORDS),)
