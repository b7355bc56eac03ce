"""The columns of tables of hits: which there are, of which type, and how each is made of a hit and its article."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from newssearch.article import Article, Date
from newssearch.display.brief import quoted
from newssearch.errors import QueryError
from newssearch.extra import ExtraValue
from newssearch.fields import FIELD_NAMES, HIT_COLUMNS, HIT_FIELDS, ArticleField
from newssearch.notes import Note
from newssearch.snippet import Snippet
from newssearch.text.partial_dates import PartialDate

from .frames import FrameType

Marked = str | Snippet
"""A text with its matches marked in it, or a snippet whose highlights the format marks."""
Value = str | int | float | dt.date | list[str] | Snippet | None
"""The type of a value in an exported table; None if there is none."""


class Identified(Protocol):
    """An article by its id."""

    @property
    def id(self) -> str: ...


class ColumnSource(Protocol):
    """What the columns need of a :class:`~newssearch.Hit`, besides the attributes that are columns themselves."""

    @property
    def id(self) -> str: ...
    @property
    def date(self) -> Date | None: ...
    @property
    def extra(self) -> Mapping[str, ExtraValue]: ...
    @property
    def score(self) -> float: ...
    @property
    def address(self) -> str: ...
    @property
    def copies(self) -> Sequence[Identified]: ...
    @property
    def tags(self) -> Sequence[str]: ...
    @property
    def notes(self) -> Sequence[Note]: ...


class ExportedItem(NamedTuple):
    """A hit that is exported, its text as it is exported, and its article if a column needs that."""

    hit: ColumnSource
    text: Marked
    snippet: Marked
    article: Article | None


class ExportColumn(NamedTuple):
    """A column of an exported table. ``needs_article`` is whether its value is not in the hit."""

    name: str
    type: FrameType
    value: Callable[[ExportedItem], Value]
    meaning: str
    needs_article: bool = False


def calendar_day(date: Date | None) -> dt.date | None:
    """Return the day of a date in the outlet's calendar; None for a month, a year, or no date."""
    if date is None or isinstance(date, PartialDate):
        return None
    return date.date() if isinstance(date, dt.datetime) else date


def utc_of(date: Date | None) -> dt.datetime | None:
    """Return the moment of a date in UTC; None if it has no time, or no time zone."""
    if not isinstance(date, dt.datetime) or date.tzinfo is None:
        return None
    try:
        return date.astimezone(dt.timezone.utc)
    except OverflowError:  # of the year 1 or 9999
        return None


def precision_of(date: Date | None) -> str | None:
    """Return what a date states at the finest: ``moment`` (with a time), ``day``, ``month`` or ``year``; None without one."""
    if date is None:
        return None
    if isinstance(date, PartialDate):
        return date.precision
    return "moment" if isinstance(date, dt.datetime) else "day"


def zone_of(date: Date | None) -> str | None:
    """Return the time zone that a date states, as its difference to UTC: ``+02:00``; None if it states none."""
    if not isinstance(date, dt.datetime) or date.tzinfo is None:
        return None
    return "+00:00" if not date.utcoffset() else date.isoformat()[-6:]


def _of_hit(name: str) -> Callable[[ExportedItem], Value]:
    return lambda item: getattr(item.hit, name)


def _provenance_value(name: str) -> Callable[[ExportedItem], Value]:
    def value(item: ExportedItem) -> Value:
        assert item.article is not None, "the column needs the article"
        found = item.article.provenance.get(name)
        return None if found is None else str(found)

    return value


def _dateline(item: ExportedItem) -> Value:
    assert item.article is not None, "the column needs the article"
    return item.article.dateline


def date_text(date: Date | None) -> str | None:
    """Return a date as it is known, in the form of ISO 8601."""
    return None if date is None else date.isoformat()


def _date_text(item: ExportedItem) -> Value:
    return date_text(item.hit.date)


CATEGORIES = frozenset({"outlet", "source", "located", "lang", "section"})
"""The fields of which many articles have the same value."""

_COLUMNS = (
    ExportColumn("id", "text", _of_hit("id"), "the id of the article"),
    ExportColumn("paragraph", "whole", _of_hit("paragraph"), "the number of the paragraph; 0 for a headline without text"),
    ExportColumn("address", "text", lambda item: item.hit.address, "the id and the number of the paragraph, as `ID#3`"),
    ExportColumn("score", "number", lambda item: round(item.hit.score, 6), "the score of the hit"),
    ExportColumn("date", "day", lambda item: calendar_day(item.hit.date), "the day of publication by the outlet's calendar"),
    ExportColumn("date_text", "text", _date_text, "the date as it is known: a moment, a day, a month or a year (ISO 8601)"),
    ExportColumn("date_precision", "text", lambda item: precision_of(item.hit.date), "`moment`, `day`, `month` or `year`"),
    ExportColumn("moment", "moment", lambda item: utc_of(item.hit.date), "the moment of publication in UTC, if a time and its zone are known"),
    ExportColumn("zone", "text", lambda item: zone_of(item.hit.date), "the time zone that the date states, as `+02:00`"),
    *(ExportColumn(name, "category" if name in CATEGORIES else "text", _of_hit(name), f"the field `{name}` of the article") for name in HIT_FIELDS if name != "date"),
    ExportColumn("dateline", "text", _dateline, "the dateline as written", needs_article=True),
    ExportColumn("path", "text", _of_hit("path"), "the file that the article was read from"),
    ExportColumn("member", "text", _of_hit("member"), "the file or message inside that file"),
    ExportColumn("record", "whole", _of_hit("record"), "the number of the article in the file; 0 if that is a feed that no longer has it"),
    ExportColumn("added", "moment", _of_hit("added"), "when this version of the article came into the index, in UTC"),
    ExportColumn("paragraphs", "whole", _of_hit("paragraphs"), "the number of paragraphs of the article"),
    ExportColumn("matching", "whole", _of_hit("matching"), "the number of those that match"),
    ExportColumn("snippet", "text", lambda item: item.snippet, "the part of the paragraph with the matches"),
    ExportColumn("text", "text", lambda item: item.text, "the paragraph, or with `full` the whole article, paragraphs separated by empty lines"),
    ExportColumn("story", "text", _of_hit("story"), "the id of the earliest article of the story"),
    ExportColumn("copies", "texts", lambda item: [copy.id for copy in item.hit.copies], "the ids of other articles that tell the same story, at most a hundred"),
    ExportColumn("tags", "texts", lambda item: [*item.hit.tags], "the tags that people have given the article"),
    ExportColumn("notes", "texts", lambda item: [note.text for note in item.hit.notes], "the notes that people have written on the article"),
    ExportColumn("copies_total", "whole", _of_hit("copies_total"), "the number of these articles"),
    *(
        ExportColumn(f"{name}_provenance", "text", _provenance_value(name), f"how `{name}` is known: stated, inferred from something, or missing", needs_article=True)
        for name in FIELD_NAMES
    ),
)  # fmt: skip

COLUMNS: Mapping[str, ExportColumn] = {column.name: column for column in _COLUMNS}
"""All columns but those of own fields, by name."""

TYPED_DATES = ("date", "date_text", "date_precision", "moment")
"""What stands in place of ``date`` in formats with a type for days, unless columns are named."""
FRAME_COLUMNS = tuple(new for name in HIT_COLUMNS for new in (TYPED_DATES if name == "date" else (name,)))
"""The columns of a data frame of hits."""


def column_named(name: str, own: Sequence[ArticleField]) -> ExportColumn:
    """Return a column by its name; that of an own field by :func:`own_column_name`. Raises :class:`QueryError`."""
    if (found := COLUMNS.get(name)) is not None:
        return found
    field = next((one for one in own if own_column_name(one.name) == name), None)
    if field is not None:
        return own_column(field)
    from difflib import get_close_matches  # slow to import, and seldom needed

    known = [*COLUMNS, *(own_column_name(one.name) for one in own)]
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    raise QueryError(f"there is no column {quoted(name)}", suggestion=hint)


def own_type(values: Iterable[ExtraValue | None]) -> FrameType:
    """Return the type of a column of an own field that has these values: numbers, dates as text, or texts."""
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int | float) for value in known):
        return "number"
    return "text" if known and all(isinstance(value, dt.date) for value in known) else "texts"


def own_column_name(name: str) -> str:
    """Return the name of the column of an own field; one that has the name of another column is told apart from it.

    >>> own_column_name("theme"), own_column_name("moment")
    ('theme', 'extra.moment')
    """
    return f"extra.{name}" if name in COLUMNS else name


def own_column(field: ArticleField) -> ExportColumn:
    """Return the column of an own field."""
    name, column = field.name, own_column_name(field.name)
    if field.kind == "number":
        return ExportColumn(column, "number", lambda item: _own_number(item.hit.extra.get(name)), "own field")
    if field.kind == "date":
        return ExportColumn(column, "text", lambda item: _iso(item.hit.extra.get(name)), "own field")
    return ExportColumn(column, "texts", lambda item: _own_texts(item.hit.extra.get(name)), "own field")


def _own_number(value: ExtraValue | None) -> Value:
    return value if isinstance(value, int | float) else None


def _iso(value: ExtraValue | None) -> Value:
    return value.isoformat() if isinstance(value, dt.date) else None


def _own_texts(value: ExtraValue | None) -> Value:
    if value is None:
        return []
    return list(value) if isinstance(value, tuple) else [str(value)]


def date_column() -> ExportColumn:
    """Return the column ``date`` of formats without a type for days: the date as it is known."""
    return COLUMNS["date"]._replace(type="text", value=_date_text)


def row_of(columns: Iterable[ExportColumn], item: ExportedItem) -> list[Value]:
    """Return the values of an exported item in the given columns."""
    return [column.value(item) for column in columns]
