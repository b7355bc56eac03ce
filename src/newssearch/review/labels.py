"""The words of a press review itself, in each language that it can be written in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from newssearch.article import Date
from newssearch.text.partial_dates import PartialDate


class Labels(NamedTuple):
    """The labels of a press review in one language, and how that language writes numbers and dates."""

    lang: str
    thousands: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    day: str
    month: str
    day_of_week: str
    period: str
    review: str
    contents: str
    search_summary: str
    date: str
    dates: str
    query: str
    all_articles: str
    interpretation: str
    limited_to: str
    articles: str
    stories: str
    listed: str
    listed_best: str
    listed_newest: str
    listed_oldest: str
    listed_added: str
    listed_id: str
    one_of_each_story: str
    outlets: str
    left_out: str
    without_date: str
    undated: str
    without_day: str
    archive: str
    in_archive: str
    of_outlets: str
    nothing: str
    by: str
    source: str
    also_in: str
    more_copies: str
    rights: str
    link: str
    id: str
    no_headline: str
    no_outlet: str
    no_section: str
    other_than: str
    or_: str
    since: str
    until: str
    on: str
    outlet: str
    byline: str
    located: str
    language: str
    section: str
    tag: str
    last_update: str
    novel: str
    literal: str
    names: str
    synonyms: str
    any_words: str
    notes: str
    paragraphs: str
    clauses: str
    order: str
    sort_relevance: str
    sort_newest: str
    sort_oldest: str
    sort_added: str
    sort_id: str
    commit: str
    digest: str
    ids: str
    clock: str
    versions: str

    def number(self, value: int) -> str:
        """Return a whole number with its thousands separated.

        >>> REVIEW_LABELS["en"].number(1203)
        '1,203'
        """
        return f"{value:,}".replace(",", self.thousands)

    def date_text(self, date: Date | None, *, weekday: bool = False) -> str:
        """Return a date in words, with the day of the week if that is wanted.

        >>> REVIEW_LABELS["en"].date_text(dt.date(2024, 7, 5), weekday=True), REVIEW_LABELS["en"].date_text(PartialDate(2024, 7))
        ('Friday, 5 July 2024', 'July 2024')
        """
        if date is None:
            return self.undated
        if isinstance(date, PartialDate):
            if date.month is None:
                return str(date.year)
            return self.month.format(month=self.months[date.month - 1], year=date.year)
        day = self.day.format(day=date.day, month=self.months[date.month - 1], year=date.year)
        return self.day_of_week.format(weekday=self.weekdays[date.weekday()], day=day) if weekday else day

    def moment_text(self, date: Date | None) -> str:
        """Return a date in words, with its time and its time zone if it has them.

        >>> REVIEW_LABELS["en"].moment_text(dt.datetime(2024, 7, 5, 14, 30, tzinfo=dt.timezone.utc))
        '5 July 2024, 14:30 UTC'
        """
        day = self.date_text(date)
        if not isinstance(date, dt.datetime):
            return day
        offset = f"{date:%z}"
        zone = (
            ""
            if not offset
            else " UTC"
            if offset in ("+0000", "-0000")
            else f" UTC{offset[:3]}:{offset[3:5]}"
        )
        return f"{day}, {date:%H:%M}{zone}"


ENGLISH = Labels(
    lang="en",
    thousands=",",
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ),
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    day="{day} {month} {year}",
    month="{month} {year}",
    day_of_week="{weekday}, {day}",
    period="{first} to {last}",
    review="Press review",
    contents="Contents",
    search_summary="Search summary",
    date="Date",
    dates="Period",
    query="Query",
    all_articles="all articles",
    interpretation="Understood as",
    limited_to="Limited to",
    articles="Articles found",
    stories="Stories",
    listed="In this review",
    listed_best="the {listed} best of {total}",
    listed_newest="the {listed} newest of {total}",
    listed_oldest="the {listed} oldest of {total}",
    listed_added="the {listed} of {total} that were added last",
    listed_id="the first {listed} of {total} by id",
    one_of_each_story="one article of each story",
    outlets="Outlets",
    left_out="Left out",
    without_date="Without a date",
    undated="undated",
    without_day="dated only by month or year",
    archive="Archive",
    in_archive="articles",
    of_outlets="outlets",
    nothing="The search found no articles.",
    by="By",
    source="Source",
    also_in="Also in",
    more_copies="and {number} more",
    rights="Rights",
    link="Link",
    id="Id",
    no_headline="Without a headline",
    no_outlet="Without an outlet",
    no_section="Without a section",
    other_than="other than",
    or_="or",
    since="from",
    until="up to",
    on="dates in",
    outlet="outlet",
    byline="byline",
    located="place",
    language="language",
    section="section",
    tag="tag",
    last_update="articles that came with the last update",
    novel="paragraphs that no earlier article has",
    literal="plain words without operators",
    names="names in all their spellings",
    synonyms="the archive's synonyms of its words",
    any_words="articles with any of the words",
    notes="Notes",
    paragraphs="Matching paragraphs",
    clauses="Articles with each part",
    order="Order",
    sort_relevance="the best first",
    sort_newest="the newest first",
    sort_oldest="the oldest first",
    sort_added="the last added first",
    sort_id="by id",
    commit="State of the archive",
    digest="Digest of its content",
    ids="SHA-256 of the ids found",
    clock="Relative dates count from",
    versions="Versions",
)  # fmt: skip

REVIEW_LABELS: Mapping[str, Labels] = {one.lang: one for one in (ENGLISH,)}
"""The labels of each language, by its tag."""
