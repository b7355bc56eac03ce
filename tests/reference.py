"""A simple and slow search without an index, which looks at every article.

It is the twin with which tests compare the engine. It shares the analyser with the engine, and nothing else.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import operator
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

import twin
from newssearch import Article, PartialDate
from newssearch.article import Date
from newssearch.lead import weightless_paragraphs
from newssearch.query import (
    And,
    AtLeast,
    Boost,
    Dated,
    Everything,
    Field,
    Node,
    Not,
    Or,
    Region,
    Undated,
    Within,
    side_by_side,
)
from ranking_twin import PROXIMITY_ARTICLES, Scorer, counts, weightless_of, words


@dataclass(frozen=True)
class Request:
    """The options of a search; ``since`` and ``until`` are moments without a time zone, ``until`` excluded."""

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    sort: str = "relevance"
    limit: int | None = 10
    offset: int = 0
    all_paragraphs: bool = False
    facets: Sequence[str] = ()


class Hit(NamedTuple):
    """A paragraph that the reference search found."""

    id: str
    paragraph: int
    score: float
    paragraphs: int
    matching: int


class Found(NamedTuple):
    """The result of the reference search."""

    hits: list[Hit]
    total_articles: int
    total_paragraphs: int
    facets: dict[str, list[tuple[str | None, int]]]
    ids: list[str]
    undated: int
    imprecise: int


def search(corpus: Iterable[Article], tree: Node, request: Request = Request()) -> Found:
    """Return the articles of ``corpus`` that a query and its options find."""
    articles, tree = list(corpus), side_by_side(tree)
    anytime = dataclasses.replace(request, since=None, until=None)
    chosen = [a for a in articles if matches(tree, a) and passes(a, request)]
    scorer = Scorer(articles, tree)
    score = scorer.paragraph if request.all_paragraphs else scorer.score
    wanted = [one for one in twin.positives(tree) if not one.optional]
    by_id = {a.id: a for a in chosen}
    hits: list[Hit] = []
    total_paragraphs = 0
    for a in chosen:
        texts = [
            p.number for p in a.paragraphs if any(counts(w.leaf, a, w.regions).get(p.number) for w in wanted)
        ]
        total_paragraphs += len(texts)
        shown = texts or [stand_in(a)]
        of_article = [Hit(a.id, number, score(a, number), len(a.paragraphs), len(texts)) for number in shown]
        if not request.all_paragraphs:
            weightless, headlines = weightless_of(a), weightless_paragraphs(a).headlines
            best = min(
                of_article,
                key=lambda hit: (
                    hit.paragraph in headlines,
                    hit.paragraph in weightless,
                    -hit.score,
                    hit.paragraph,
                ),
            )
            of_article = [best._replace(paragraph=stand_in(a)) if best.paragraph in headlines else best]
        hits += of_article
    hits.sort(key=lambda hit: order(hit, by_id[hit.id], request.sort))
    if request.sort == "relevance" and not request.all_paragraphs:
        near = [
            hit._replace(score=hit.score + scorer.proximity(by_id[hit.id]))
            for hit in hits[:PROXIMITY_ARTICLES]
        ]
        hits[:PROXIMITY_ARTICLES] = sorted(near, key=lambda hit: order(hit, by_id[hit.id], request.sort))
    end = None if request.limit is None else request.offset + request.limit
    return Found(
        hits[request.offset : end],
        len(chosen),
        total_paragraphs,
        {name: facet(name, chosen) for name in request.facets},
        sorted(a.id for a in chosen),
        sum(
            a.date is None and a not in chosen and matches(any_date(tree), a) and passes(a, anytime)
            for a in articles
        ),
        sum(
            isinstance(a.date, PartialDate)
            and a not in chosen
            and matches(tree, a, in_part=True)
            and passes(a, request, in_part=True)
            for a in articles
        ),
    )


def stand_in(article: Article) -> int:
    """Return the number of the paragraph that is shown if none matches; 0 if there is none."""
    weightless = weightless_of(article)
    return next(
        (p.number for p in article.paragraphs if p.number not in weightless), 1 if article.paragraphs else 0
    )


# ---- which articles


def matches(
    node: Node,
    article: Article,
    regions: tuple[str, ...] = (),
    *,
    in_part: bool = False,
    negated: bool = False,
) -> bool:
    """Whether a node of the query matches an article, of which only the given regions count.

    With ``in_part``, a month or a year that lies partly in the period of a condition is enough, unless that is negated.
    """
    how = {"in_part": in_part, "negated": negated}
    if isinstance(node, Not):
        return not matches(node.operand, article, regions, in_part=in_part, negated=not negated)
    if isinstance(node, And):
        return all(matches(operand, article, regions, **how) for operand in node.operands)
    if isinstance(node, Or):
        return any(matches(operand, article, regions, **how) for operand in node.operands)
    if isinstance(node, Boost):
        return matches(node.operand, article, regions, **how)
    if isinstance(node, Region):
        return matches(node.operand, article, (*regions, node.name), **how)
    if isinstance(node, AtLeast):
        return sum(counts(node.operand, article, regions).values()) >= node.count
    if isinstance(node, Field) and node.name in OWN:
        return any(_own_value_fits(node.name, value, node.value) for value in own_values(article, node.name))
    if isinstance(node, Within):
        return within(node, article)
    if isinstance(node, Field):
        value = article.id if node.name == "id" else getattr(article, node.name)
        return value is not None and FILTERS[node.name](value, node.value)
    if isinstance(node, Dated) and node.name == "added":
        assert article.added is not None, "an article of an index"
        return (node.start is None or node.start <= article.added) and (
            node.end is None or article.added < node.end
        )
    if isinstance(node, Dated):
        return dated(article, node.start, node.end, in_part=in_part and not negated)
    if isinstance(node, Undated):
        return article.date is None
    if isinstance(node, Everything):
        return "title" not in regions or words(article.title or "", article.lang) > 0
    return any(counts(node, article, regions).values())


OWN = {"theme": "value", "people": "words", "size": "number", "coded": "date"}
"""The own fields that the search knows, with their kinds."""


def own_values(article: Article, name: str) -> list[Any]:
    """Return the values of an own field."""
    value = article.extra.get(name)
    return [] if value is None else [*value] if isinstance(value, tuple) else [value]


def _own_value_fits(name: str, value: str, wanted: str) -> bool:
    return (_holds if OWN[name] == "words" else _same)(value, wanted)


def within(node: Within, article: Article) -> bool:
    """Whether the number or date of an own field lies in a range."""
    values = own_values(article, node.name)
    if not values or node.text == "none":
        return not values and node.text == "none"
    if OWN[node.name] == "date":
        dated_so = dataclasses.replace(article, date=values[0])
        return dated(dated_so, node.start, node.end)
    number = Fraction(values[0])
    for sign, compare in ((">=", operator.ge), (">", operator.gt), ("<=", operator.le), ("<", operator.lt)):
        if node.text.startswith(sign):
            return bool(compare(number, _number(node.text.removeprefix(sign))))
    low, dots, high = node.text.partition("..")
    if not dots:
        return number == _number(low)
    return (not low or _number(low) <= number) and (not high or number <= _number(high))


def _number(text: str) -> Fraction:
    return Fraction(int(text) if text.lstrip("-").isdigit() else float(text))


def own_facet(name: str, articles: list[Article]) -> dict[str | None, int]:
    """Return the values of an own field, as the search shows them, with the numbers of articles."""
    held = [value for article in articles for value in own_values(article, name)]
    if OWN[name] == "date":
        shown: list[Any] = sorted({value.isoformat()[:7] for value in held})
        counts = {
            value: sum(a.extra[name].isoformat()[:7] == value for a in articles if name in a.extra)  # type: ignore[union-attr]
            for value in shown
        }
    elif OWN[name] == "number":
        counts = {
            str(int(value) if value == int(value) and abs(value) < 10**100 else value): sum(
                value in own_values(a, name) for a in articles
            )
            for value in held
        }
    else:
        counts = {}
        for value in set(held):
            same = Counter(
                other
                for other in held
                if _own_value_fits(name, other, value) and _own_value_fits(name, value, other)
            )
            way = min(same, key=lambda spelling: (-same[spelling], spelling))
            counts[way] = sum(
                any(_own_value_fits(name, other, way) for other in own_values(a, name)) for a in articles
            )
    without = sum(name not in a.extra for a in articles)
    return {**counts, **({None: without} if without else {})}


def any_date(node: Node, negated: bool = False) -> Node:
    """Return the tree with its conditions on dates, except negated ones, replaced by one that always holds."""
    if isinstance(node, Dated) and node.name == "date" and not negated:
        return Everything()
    if isinstance(node, Not):
        return Not(any_date(node.operand, not negated))
    if isinstance(node, And | Or):
        return type(node)(tuple(any_date(operand, negated) for operand in node.operands))
    if isinstance(node, Boost):
        return any_date(node.operand, negated)
    return node


def dated(
    article: Article, start: dt.datetime | None, end: dt.datetime | None, *, in_part: bool = False
) -> bool:
    """Whether the date of an article is in a period; a bound with a time zone is a moment.

    A month or a year is in a period that contains all of it, or, with ``in_part``, a part of it.
    """
    date = article.date
    if date is None:
        return False
    if isinstance(date, PartialDate):
        first, after = instant(date.first_day), instant(date.last_day) + 86_400
        if in_part:
            return (start is None or instant(start) < after) and (end is None or first < instant(end))
        return (start is None or instant(start) <= first) and (end is None or after <= instant(end))

    def own(bound: dt.datetime) -> float:
        return instant(date) if bound.tzinfo is not None else instant(on_the_clock(date))

    return (start is None or instant(start) <= own(start)) and (end is None or own(end) < instant(end))


def passes(article: Article, request: Request, *, in_part: bool = False) -> bool:
    """Whether an article passes all filters."""
    for name, wanted in request.filters.items():
        value = getattr(article, name)
        if value is None or not any(FILTERS[name](value, one) for one in wanted):
            return False
    if request.since is None and request.until is None:
        return True
    return dated(article, request.since, request.until, in_part=in_part)


def name(value: str) -> str:
    """Return a name without the differences that filters ignore."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", value.casefold()) if not unicodedata.combining(c))
    return bare.removeprefix("www.")


def _same(value: str, wanted: str) -> bool:
    return name(value) == name(wanted)


def _variant(value: str, wanted: str) -> bool:
    tag, asked = (name(one).replace("_", "-") for one in (value, wanted))
    return f"{tag}-".startswith(f"{asked}-")


def _holds(value: str, wanted: str) -> bool:
    return f" {name(wanted)} " in f" {name(value)} "


FILTERS: dict[str, Callable[[str, str], bool]] = {
    "outlet": _same,
    "source": _same,
    "lang": _variant,
    "byline": _holds,
    "located": _holds,
    "section": _same,
    "id": lambda value, wanted: value == wanted,
}


# ---- in which order


def order(hit: Hit, article: Article, sort: str) -> tuple[object, ...]:
    """Return the sort key of a hit; articles without a date come after those with one."""
    undated = article.date is None
    moment = 0.0 if article.date is None else instant(article.date)
    if sort == "id":
        return (hit.id, hit.paragraph)
    if sort == "added":
        assert article.added is not None, "an article of an index"
        return (-article.added.timestamp(), -hit.score, hit.id, hit.paragraph)
    if sort == "relevance":
        return (-hit.score, undated, -moment, hit.id, hit.paragraph)
    return (undated, moment if sort == "oldest" else -moment, -hit.score, hit.id, hit.paragraph)


def on_the_clock(date: Date) -> dt.datetime:
    """Return a date, or the first day of a month or a year, as a moment of the outlet's clock, without a time zone."""
    if isinstance(date, PartialDate):
        date = date.first_day
    return (
        date.replace(tzinfo=None) if isinstance(date, dt.datetime) else dt.datetime.combine(date, dt.time())
    )


def instant(date: Date) -> float:
    """Return a date as a moment in universal time."""
    if isinstance(date, dt.datetime) and date.tzinfo is not None:
        return date.timestamp()
    return on_the_clock(date).replace(tzinfo=dt.timezone.utc).timestamp()


def period(facet: str, date: Date | None) -> str | None:
    """Return the day, week, month, quarter or year of a date; None if the date does not state it."""
    if date is None or facet == "year":
        return date.isoformat()[:4] if date else None
    if isinstance(date, PartialDate) and (date.month is None or facet in ("day", "week")):
        return None
    if facet == "quarter":
        return f"{date.isoformat()[:4]}-Q{(int(date.isoformat()[5:7]) + 2) // 3}"
    if facet == "week":
        assert isinstance(date, dt.date)
        return "{}-W{:02}".format(*date.isocalendar())
    return date.isoformat()[: {"month": 7, "day": 10}[facet]]


def facet(field: str, articles: list[Article]) -> list[tuple[str | None, int]]:
    """Return the values of a field with their numbers of articles, in the order of results."""
    if field in ("year", "quarter", "month", "week", "day"):
        periods = Counter(period(field, a.date) for a in articles)
        return sorted(periods.items(), key=lambda item: (item[0] is None, item[0] or ""))
    values = [getattr(a, field) for a in articles]
    if field == "lang":
        values = [value and name(value).replace("_", "-").split("-")[0] for value in values]
    finds = FILTERS[field]
    held = [value for value in values if value is not None]
    counts: dict[str | None, int] = {}
    for value in set(held):
        spellings = Counter(other for other in held if finds(other, value) and finds(value, other))
        shown = min(spellings, key=lambda way: (-spellings[way], way))
        counts[shown] = sum(finds(other, shown) for other in held)
    if len(held) < len(values):
        counts[None] = len(values) - len(held)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0] is None, item[0] or ""))
