"""What a press review says of the search that it shows: on its cover, and in the summary on its last page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from newssearch.article import Date
from newssearch.commit import Commit
from newssearch.corpus.methods import has_relative_dates
from newssearch.corpus.records import ArchiveRecord, SearchRecord
from newssearch.display import escape
from newssearch.fields import FILTER_FIELDS
from newssearch.results import Hit
from newssearch.text.partial_dates import PartialDate, from_iso

from .content import Fact, direction_mark
from .labels import Labels
from .plan import ReviewPlan

_PHRASES = {
    "since_run": "last_update", "novel": "novel", "literal": "literal", "names": "names", "synonyms": "synonyms",
}  # fmt: skip
"""The options that are on or off, each with the label that says what it does."""


class ReviewedSearch(NamedTuple):
    """The search of a press review: what its receipt says, the hits that the review lists, and how many there are."""

    record: SearchRecord
    archive: ArchiveRecord
    commit: Commit
    clock: dt.datetime
    versions: Mapping[str, str]
    sort: str
    hits: Sequence[Hit]
    total: int


def cover_facts(plan: ReviewPlan, search: ReviewedSearch) -> Iterator[Fact]:
    """Yield the lines of the cover."""
    labels, record = plan.labels, search.record
    yield Fact(labels.date, labels.date_text(plan.date or search.commit.time.date()))
    if period := _period_text(search.hits, labels):
        yield Fact(labels.dates, period)
    yield from _asked_facts(record, labels)
    yield Fact(labels.articles, labels.number(record.articles))
    if record.stories < record.articles:
        yield Fact(labels.stories, labels.number(record.stories))
    yield from _listed_facts(plan, search)
    outlets = {hit.outlet for hit in search.hits if hit.outlet}
    if outlets:
        yield Fact(labels.outlets, labels.number(len(outlets)))
    yield from _left_out_facts(record, labels)
    yield Fact(labels.archive, archive_text(search.archive, labels))


def summary_facts(plan: ReviewPlan, search: ReviewedSearch) -> Iterator[Fact]:
    """Yield the lines of the search summary: what a receipt of the search says, but for the time when it is made."""
    labels, record = plan.labels, search.record
    yield from _asked_facts(record, labels)
    for note in record.notes:
        yield Fact(labels.notes, escape.terminal(note))
    yield Fact(labels.order, str(getattr(labels, f"sort_{search.sort}")))
    if has_relative_dates(record):
        yield Fact(labels.clock, f"{search.clock:%Y-%m-%d %H:%M}")
    yield Fact(labels.articles, labels.number(record.articles))
    yield Fact(labels.stories, labels.number(record.stories))
    yield Fact(labels.paragraphs, labels.number(record.paragraphs))
    if len(record.clauses) > 1:
        for clause in record.clauses:
            yield Fact(
                labels.clauses,
                f"{escape.terminal(clause.text)}{direction_mark(clause.text)}: {labels.number(clause.articles)}",
                is_code=True,
            )
    yield from _listed_facts(plan, search)
    yield from _left_out_facts(record, labels)
    yield Fact(labels.archive, archive_text(search.archive, labels))
    commit = search.commit
    yield Fact(labels.commit, f"{labels.number(commit.number)}, {commit.time:%Y-%m-%d %H:%M:%S} UTC")
    yield Fact(labels.digest, commit.digest, is_code=True)
    yield Fact(labels.ids, record.ids, is_code=True)
    if record.tags:
        yield Fact(labels.tags_digest, record.tags, is_code=True)
    yield Fact(labels.versions, ", ".join(f"{name} {number}" for name, number in search.versions.items()))


def _asked_facts(record: SearchRecord, labels: Labels) -> Iterator[Fact]:
    if record.query.strip():
        yield Fact(labels.query, escape.terminal(record.query), is_code=True)
    else:
        yield Fact(labels.query, labels.all_articles)
    if record.interpretation not in ("", record.query, f"({record.query})"):
        yield Fact(labels.interpretation, escape.terminal(record.interpretation), is_code=True)
    if limits := "; ".join(_limits_of_search(record.options, labels)):
        yield Fact(labels.limited_to, escape.terminal(limits))


def _limits_of_search(options: Mapping[str, object], labels: Labels) -> Iterator[str]:
    """Yield the options of a search that limit what is found, as text."""
    names = {name: str(getattr(labels, "language" if name == "lang" else name)) for name in FILTER_FIELDS}
    for name, label in names.items():
        if values := options.get(name):
            yield f"{label} {_any_of(values, labels)}"
        if values := options.get(f"{name}_not"):
            yield f"{label} {labels.other_than} {_any_of(values, labels)}"
    for option, before in (("where", ""), ("where_not", f"{labels.other_than} ")):
        own = options.get(option)
        if isinstance(own, Mapping):
            yield from (f"{name} {before}{_any_of(values, labels)}" for name, values in own.items())
    for name in ("on", "since", "until"):
        if given := options.get(name):
            yield f"{getattr(labels, name)} {given}"
    for name, label in _PHRASES.items():
        if options.get(name):
            yield str(getattr(labels, label))
    if options.get("match") == "any":
        yield labels.any_words


def _any_of(values: object, labels: Labels) -> str:
    if isinstance(values, str) or not isinstance(values, Iterable):
        return str(values)
    return f" {labels.or_} ".join(map(str, values))


def _listed_facts(plan: ReviewPlan, search: ReviewedSearch) -> Iterator[Fact]:
    labels, listed = plan.labels, len(search.hits)
    if listed < search.total:
        best = str(getattr(labels, f"listed_{'best' if search.sort == 'relevance' else search.sort}"))
        yield Fact(
            labels.listed, best.format(listed=labels.number(listed), total=labels.number(search.total))
        )
    elif not plan.each_copy and search.record.stories < search.record.articles:
        yield Fact(labels.listed, labels.one_of_each_story)


def _left_out_facts(record: SearchRecord, labels: Labels) -> Iterator[Fact]:
    for count, why in ((record.undated, labels.without_date), (record.imprecise, labels.without_day)):
        if count:
            yield Fact(labels.left_out, f"{why}: {labels.number(count)}")


def _period_text(hits: Sequence[Hit], labels: Labels) -> str:
    """Return the first and the last date of the listed articles in words; "" if none of them has a date."""
    dates = [hit.date for hit in hits if hit.date is not None]
    if not dates:
        return ""
    undated = len(hits) - len(dates)
    # Of dates that begin or end on the same day, the least precise one: "July 2024", not "1 July 2024 to July 2024".
    first = min(dates, key=lambda date: (_begins_on(date), -_ends_on(date).toordinal()))
    last = max(dates, key=lambda date: (_ends_on(date), -_begins_on(date).toordinal()))
    begin, end = labels.date_text(first), labels.date_text(last)
    text = begin if begin == end else labels.period.format(first=begin, last=end)
    return f"{text} ({labels.undated}: {labels.number(undated)})" if undated else text


def _begins_on(date: Date) -> dt.date:
    if isinstance(date, PartialDate):
        return date.first_day
    return date.date() if isinstance(date, dt.datetime) else date


def _ends_on(date: Date) -> dt.date:
    return date.last_day if isinstance(date, PartialDate) else _begins_on(date)


def archive_text(archive: ArchiveRecord, labels: Labels) -> str:
    """Return the numbers of an archive, and its dates."""
    parts = [
        f"{labels.number(archive.articles)} {labels.one_article if archive.articles == 1 else labels.in_archive}",
        f"{labels.number(archive.outlets)} {labels.one_outlet if archive.outlets == 1 else labels.of_outlets}",
    ]
    if archive.first_date and archive.last_date:
        first, last = (labels.date_text(from_iso(one)) for one in (archive.first_date, archive.last_date))
        parts.append(first if first == last else labels.period.format(first=first, last=last))
    return ", ".join(parts)
