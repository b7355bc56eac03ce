"""The order of the articles of a press review, and the headings that they stand under."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from newssearch.article import Date
from newssearch.display import escape
from newssearch.hit_columns import calendar_day
from newssearch.results import Hit
from newssearch.text.partial_dates import PartialDate

from .content import ReviewEntry, ReviewGroup
from .labels import Labels
from .plan import ReviewGrouping


def grouped(
    hits: Iterable[Hit], group_by: ReviewGrouping, labels: Labels, *, oldest_first: bool = False
) -> tuple[ReviewGroup, ...]:
    """Return hits in groups, with the numbers that they have in the review.

    Days and months are in descending order, or ascending if ``oldest_first``; outlets and sections in alphabetical order;
    stories in the order of their first hits. A group without a value is the last one. Within a group, hits keep their order.
    """
    found: dict[str, list[Hit]] = {}
    headings: dict[str, str] = {}
    key_of = _GROUP_KEYS[group_by]
    for hit in hits:
        key, heading = key_of(hit, labels)
        found.setdefault(key, []).append(hit)
        headings.setdefault(key, heading)
    keys = _sorted_keys(list(found), group_by, oldest_first)
    groups: list[ReviewGroup] = []
    number = 0
    for key in keys:
        entries = []
        for hit in found[key]:
            number += 1
            entries.append(_entry_of_contents(number, hit, labels))
        groups.append(ReviewGroup(headings[key], tuple(entries)))
    return tuple(groups)


def _sorted_keys(keys: list[str], group_by: ReviewGrouping, oldest_first: bool) -> Sequence[str]:
    if group_by in ("story", "none"):
        return keys
    ordered = sorted(filter(None, keys), reverse=group_by in ("day", "month") and not oldest_first)
    return [*ordered, *([""] if "" in keys else [])]


def _entry_of_contents(number: int, hit: Hit, labels: Labels) -> ReviewEntry:
    title = escape.terminal(hit.title or "").strip() or labels.no_headline
    return ReviewEntry(number, hit, title, outlet_text(hit.outlet, labels), labels.date_text(hit.date))


def outlet_text(outlet: str | None, labels: Labels) -> str:
    """Return the name of an outlet on one line."""
    return escape.terminal(outlet or "").strip() or labels.no_outlet


def _by_day(hit: Hit, labels: Labels) -> tuple[str, str]:
    date: Date | None = hit.date if isinstance(hit.date, PartialDate) else calendar_day(hit.date)
    return _dated_group(date, labels.date_text(date, weekday=True), labels)


def _by_month(hit: Hit, labels: Labels) -> tuple[str, str]:
    date: Date | None = hit.date
    if date is not None and not isinstance(date, PartialDate):
        date = PartialDate(date.year, date.month)
    return _dated_group(date, labels.date_text(date), labels)


def _dated_group(date: Date | None, heading: str, labels: Labels) -> tuple[str, str]:
    return ("", labels.without_date) if date is None else (date.isoformat(), heading)


def _by_outlet(hit: Hit, labels: Labels) -> tuple[str, str]:
    return _folded_name(hit.outlet), outlet_text(hit.outlet, labels)


def _by_section(hit: Hit, labels: Labels) -> tuple[str, str]:
    return _folded_name(hit.section), escape.terminal(hit.section or "").strip() or labels.no_section


def _by_story(hit: Hit, labels: Labels) -> tuple[str, str]:
    return hit.story or hit.id, escape.terminal(hit.title or "").strip() or labels.no_headline


def _ungrouped(hit: Hit, labels: Labels) -> tuple[str, str]:
    return "", ""


def _folded_name(name: str | None) -> str:
    """Return a name by which names are sorted, and of which spellings that differ in case and accents are one."""
    apart = unicodedata.normalize("NFD", (name or "").strip().casefold())
    return "".join(char for char in apart if unicodedata.category(char) != "Mn")


_GROUP_KEYS: dict[ReviewGrouping, Callable[[Hit, Labels], tuple[str, str]]] = {
    "day": _by_day,
    "month": _by_month,
    "outlet": _by_outlet,
    "section": _by_section,
    "story": _by_story,
    "none": _ungrouped,
}
"""For each grouping, the function that returns the key of a hit's group, empty for none, and the group's heading."""
