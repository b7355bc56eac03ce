"""What a press review is asked for, checked before anything is searched: its format, its title, its groups, its texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Literal, NamedTuple, get_args

from newssearch import arguments
from newssearch.article import Date
from newssearch.errors import NewssearchError, QueryError
from newssearch.system.late_dataclass import dataclass
from newssearch.text.dates import parse_published
from newssearch.text.partial_dates import PartialDate

from .labels import REVIEW_LABELS, Labels

ReviewGrouping = Literal["day", "month", "outlet", "section", "story", "none"]
"""What the articles of a press review are grouped by."""
REVIEW_GROUPINGS: tuple[ReviewGrouping, ...] = get_args(ReviewGrouping)
USUAL_EXCERPT = 3
"""The number of paragraphs of an article that a press review has unless it is asked for others."""
ASKED_ARTICLES = 500
"""A press review of more articles is made only if its number of articles is given: nobody reads so many by mistake."""
MAX_ARTICLES = 10_000
"""The largest number of articles of a press review."""
MAX_TITLE, MAX_NOTE = 300, 20_000
"""The largest numbers of characters of a title and of a note."""


class ReviewFormat(NamedTuple):
    """A format of press reviews, with the endings of its files, the first of which is usual."""

    name: str
    endings: tuple[str, ...]


REVIEW_FORMATS: Mapping[str, ReviewFormat] = {
    one.name: one
    for one in (
        ReviewFormat("html", (".html", ".htm")),
        ReviewFormat("docx", (".docx",)),
        ReviewFormat("pdf", (".pdf",)),
        ReviewFormat("md", (".md", ".markdown")),
    )
}
"""All formats by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPlan:
    """What a press review is asked for.

    ``excerpt`` is the number of paragraphs of each article, None for all of them. ``date`` is None for the day of the
    commit, and ``limit`` None for all articles.
    """

    format: ReviewFormat
    labels: Labels
    title: str
    note: tuple[str, ...] = ()
    date: Date | None = None
    group_by: ReviewGrouping = "day"
    excerpt: int | None = USUAL_EXCERPT
    each_copy: bool = False
    marks: bool = True
    limit: int | None = None

    def check_total(self, total: int) -> None:
        """Raise :class:`~newssearch.NewssearchError` if the articles found are more than a review has unasked, or at all."""
        wanted = total if self.limit is None else min(self.limit, total)
        what = "articles" if self.each_copy else "stories"
        if self.limit is None and total > ASKED_ARTICLES:
            raise NewssearchError(
                f"the press review would have {total:,} {what}: limit it to the first (--limit {ASKED_ARTICLES},"
                f" limit={ASKED_ARTICLES} in Python), or give a larger limit to have more"
            )
        if wanted > MAX_ARTICLES:
            raise NewssearchError(f"a press review has at most {MAX_ARTICLES:,} {what}")


def review_plan(
    name: str | None,
    format_: str | None,
    *,
    title: str | None,
    note: str | None,
    date: str | Date | None,
    labels: str,
    group_by: str,
    excerpt: int | None,
    full: bool,
    each_copy: bool,
    marks: bool,
    limit: int | None,
    novel: bool,
) -> ReviewPlan:
    """Return the plan of a press review in a file of this name, or None for a stream.

    Raises :class:`QueryError` for an invalid value and for options that contradict each other, TypeError for a value of
    a wrong type.
    """
    arguments.choice("labels", labels, [*REVIEW_LABELS])
    words = REVIEW_LABELS[labels]
    arguments.choice("group_by", group_by, REVIEW_GROUPINGS)
    if arguments.flag("full", full) and excerpt is not None:
        raise QueryError("full contradicts excerpt: leave out one of them")
    if arguments.flag("each_copy", each_copy) and novel:
        raise QueryError("each_copy has no effect with novel, which finds no copies")
    if group_by == "story" and not each_copy:
        raise QueryError("group_by='story' has no effect without each_copy: each story has one article")
    paragraphs = USUAL_EXCERPT if excerpt is None else _number_from("excerpt", excerpt, 0)
    return ReviewPlan(
        format=_review_format(name, format_),
        labels=words,
        title=words.review if title is None else _line_of("title", title, MAX_TITLE),
        note=() if note is None else _note_paragraphs(note),
        date=_date_of(date),
        group_by=group_by,  # type: ignore[arg-type]
        excerpt=None if full else paragraphs,
        each_copy=each_copy,
        marks=arguments.flag("marks", marks),
        limit=None if limit is None else _number_from("limit", limit, 1),
    )


def _number_from(name: str, value: object, least: int) -> int:
    number = arguments.whole_number(name, value)
    if number < least:
        raise QueryError(f"{name} is at least {least}")
    return number


def _line_of(name: str, value: object, most: int) -> str:
    line = " ".join(arguments.text(name, value).split())
    if not line:
        raise QueryError(f"the {name} of a press review cannot be empty")
    if len(line) > most:
        raise QueryError(f"the {name} has more than {most:,} characters")
    return line


def _note_paragraphs(note: object) -> tuple[str, ...]:
    """Return the paragraphs of a note, which empty lines separate."""
    text = arguments.text("note", note).replace("\r\n", "\n")
    if len(text) > MAX_NOTE:
        raise QueryError(f"the note has more than {MAX_NOTE:,} characters")
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    if not any(paragraphs):
        raise QueryError("the note of a press review cannot be empty")
    return tuple(filter(None, paragraphs))


def _date_of(date: object) -> Date | None:
    if date is None or not isinstance(date, str):
        return arguments.instance(
            "date", date, (dt.date, PartialDate, type(None)), "a date, a string, or None"
        )
    published = parse_published(date)
    if published is None:
        raise QueryError(f"not a date: {date!r:.60}", suggestion="write 2024-07-25, 2024-07 or 2024")
    return published.value


def _review_format(name: str | None, format_: str | None) -> ReviewFormat:
    known = ", ".join(REVIEW_FORMATS)
    said = None if name is None else _format_by_ending(name)
    if format_ is None:
        if name is None:
            raise QueryError("a press review in a stream needs a format", suggestion=f"there are: {known}")
        if said is None:
            endings = ", ".join(end for one in REVIEW_FORMATS.values() for end in one.endings)
            raise QueryError(f"{name}: the name must end with the format, one of {endings}")
        return said
    chosen = REVIEW_FORMATS.get(arguments.text("format", format_).lower())
    if chosen is None:
        raise QueryError(f"there is no format {format_!r:.60}", suggestion=f"there are: {known}")
    if said is not None and said != chosen:
        raise QueryError(f"format {chosen.name} contradicts the name {name}: leave out one of them")
    return chosen


def _format_by_ending(name: str) -> ReviewFormat | None:
    return next((one for one in REVIEW_FORMATS.values() if name.lower().endswith(one.endings)), None)


class _Package(NamedTuple):
    """The package that a format needs: the name of its module, its own name, and what else to do without it."""

    module: str
    name: str
    instead: str = ""


_PACKAGES = {
    "docx": _Package("docx", "python-docx"),
    "pdf": _Package("typst", "typst", "; or print the review in HTML from a browser"),
}
"""The packages of formats. Their extras have the names of their modules."""


def check_installed(plan: ReviewPlan) -> None:
    """Raise :class:`~newssearch.NewssearchError` if the package that the format needs is not installed."""
    package = _PACKAGES.get(plan.format.name)
    if package is None or find_spec(package.module) is not None:
        return
    raise NewssearchError(
        f"press reviews in {plan.format.name.upper()} need the package {package.name}:"
        f" pip install 'newssearch[{package.module}]'{package.instead}"
    )
