"""The first page of an archive: what it holds, its latest articles, and queries to begin with."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from newssearch.article import Date
from newssearch.corpus.periods import Unit
from newssearch.facets import FacetValue
from newssearch.index import Index
from newssearch.info import IndexInfo
from newssearch.results import Hit
from newssearch.text.partial_dates import PartialDate

from .chips import field_label
from .rendering import ShownPage, View
from .timeline import timeline_of

LATEST = 6
"""The number of the latest articles that are listed."""
FIRST_VALUES = 12
"""The number of values of a field that are listed."""
MIN_EXAMPLE_CHARS = 4
"""The smallest number of characters of a word in an example."""
_LISTED_FIELDS = ("outlet", "source", "section", "lang")


class ExampleQuery(NamedTuple):
    """A query to begin with, what it finds, and its address."""

    query: str
    meaning: str
    address: str


def start_page(view: View) -> ShownPage:
    """Return the page of an archive for a reader who has asked nothing yet."""
    archive, links = view.context.archive, view.links
    index, info = archive.opened(), archive.info()
    contents = info.contents
    latest = archive.kept("latest", lambda index: tuple(index.search("", sort="newest", limit=LATEST)))

    def count_by(unit: Unit) -> Sequence[FacetValue]:
        def count(index: Index) -> Sequence[FacetValue]:
            return index.search("", limit=0, facets=[unit], strict=True).facets[unit]

        return archive.kept(("all articles", unit), count)

    timeline = None
    if len(index):
        timeline = timeline_of(
            links, count_by("month"), count_by, None, (None, None), contents.dates, dt.date.today()
        )
    values = {
        "info": info,
        "contents": contents,
        "first": _long_date(contents.first_date),
        "last": _long_date(contents.last_date),
        "latest": latest,
        "timeline": timeline,
        "fields": [
            (
                name,
                field_label(name),
                contents.by_field[name][:FIRST_VALUES],
                contents.by_field[name].total,
                sum(one.value is not None for one in contents.by_field[name][FIRST_VALUES:]),
            )
            for name in _LISTED_FIELDS
            if len(contents.by_field.get(name, ())) > 1
        ],
        "examples": _examples(view, info, latest),
    }
    return ShownPage("start.html", values)


def _long_date(date: Date | PartialDate | None) -> str:
    """Return a date as a newspaper writes it, such as ``25 July 2024``."""
    if date is None:
        return ""
    if isinstance(date, PartialDate):
        return str(date) if date.month is None else f"{date.first_day:%B} {date.year}"
    return f"{date.day} {date:%B} {date.year}"


def _examples(view: View, info: IndexInfo, latest: Sequence[Hit]) -> list[ExampleQuery]:
    """Return queries made of what the archive holds: words of its latest headline or text, its largest outlet, its last month."""
    contents, found = info.contents, []
    texts = [hit.title or "" for hit in latest] + [hit.text for hit in latest]
    first, second = _neighbours(texts)
    found.append((f"{first} {second}", "both words, anywhere in an article"))
    found.append((f'"{first} {second}"', "side by side"))
    found.append((f"{first} w/10 {second}", "at most ten words apart"))
    found.append((f"{first[:5]}*", "all words that begin so"))
    outlets = [one.value for one in contents.by_field.get("outlet", ()) if one.value is not None]
    if outlets:
        name = f'"{outlets[0]}"' if " " in outlets[0] else outlets[0]
        found.append((f"{first} outlet:{name}", "in one outlet"))
    if contents.last_date is not None:
        found.append((f"{first} date:{contents.last_date.isoformat()[:7]}", "in one month"))
    return [ExampleQuery(query, meaning, view.links.bare("/", q=query)) for query, meaning in found]


def _neighbours(texts: Iterable[str]) -> tuple[str, str]:
    """Return two words that stand side by side in a text, neither of them short; two of our own if there are none."""
    for text in texts:
        words = text.split()
        for first, second in itertools.pairwise(words):
            if all(word.isalpha() and len(word) >= MIN_EXAMPLE_CHARS for word in (first, second)):
                return first.lower(), second.lower()
    return "interest", "rates"
