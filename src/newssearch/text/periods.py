"""The parser of periods in queries, such as ``2024-07`` and ``last month``."""

from __future__ import annotations

import datetime as dt
import re

from newssearch.system.late_dataclass import dataclass
from newssearch.system.lazy_regex import Pattern

from .date_words import in_english
from .dates import MONTHS

_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s)?"


@dataclass(frozen=True, slots=True)
class Period:
    """The period of time that ``text`` names: from ``start`` up to ``end``, which is excluded.

    ``end`` is included if it is ``datetime.max``, because no moment follows it. Bounds without a time zone are dates
    and times on the outlet's calendar; bounds with a zone are compared in universal time.
    """

    start: dt.datetime
    end: dt.datetime
    text: str


_Bounds = tuple[dt.datetime, dt.datetime]
_PERIOD = Pattern(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d))?)?(Z|[+-]\d\d:?\d\d)?)?)?)?", re.ASCII
)
_WEEK = Pattern(r"(\d{4})-?w(\d\d)", re.ASCII | re.IGNORECASE)
_QUARTER = Pattern(r"(?:(\d{4})[- ]?q([1-4])|q([1-4])[- ]?(\d{4}))", re.ASCII | re.IGNORECASE)
_MONTH_AND_YEAR = Pattern(r"([a-z]{3,9})\.?,? (?:of )?(\d{4})|(\d{4}) ([a-z]{3,9})\.?", re.ASCII)
_DAY_AND_MONTH = Pattern(
    rf"{_WEEKDAY}(?:([a-z]{{3,9}})\.? (\d\d?)(?:st|nd|rd|th)?,?|(\d\d?)(?:st|nd|rd|th)? (?:of )?([a-z]{{3,9}})\.?,?) (\d{{4}})",
    re.ASCII,
)
_AGO = Pattern(r"(?:-|(?:last|past) )(\d{1,5}) ?(d|w|m|y|days?|weeks?|months?|years?)", re.ASCII)
_NAMED_PERIOD = Pattern(r"(this|last) (week|month|year)")


def parse_period(text: str, now: dt.datetime | None = None) -> Period | None:
    """Return the period that ``text`` names, or None if there is no such period.

    It may be:

    - in ISO form, a year, month, day, hour, minute or second; from hours on, a time zone may follow;
    - a month or a day with the name of its month, in English or a language of :mod:`.calendar_names`;
    - a quarter (``2016-Q1``), or a week in ISO form (``2024-W30``), from Monday to Sunday;
    - relative to ``now`` (by default, the present local time): ``today``, ``yesterday``, ``this`` or ``last`` ``week``,
      ``month`` or ``year`` (weeks begin on Monday); ``-7d`` or ``last 7 days`` (also w, m, y), which includes today.

    >>> period = parse_period("2024-02")
    >>> period.start.isoformat(), period.end.isoformat()
    ('2024-02-01T00:00:00', '2024-03-01T00:00:00')
    >>> parse_period("2024-02-30"), parse_period("7/25/2024")
    (None, None)
    >>> parse_period("last month", dt.datetime(2024, 3, 15)) == Period(
    ...     dt.datetime(2024, 2, 1), dt.datetime(2024, 3, 1), "last month")
    True
    """
    text = text.strip()
    try:
        words = " ".join(text.lower().split())
        day = (now or dt.datetime.now()).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        bounds = _iso_period(text) or _relative_period(words, day) or _named_period(words)
    except (ValueError, OverflowError):  # no such month, day or hour; before the year 1
        return None
    return Period(*bounds, text) if bounds is not None else None


def is_relative_period(text: str) -> bool:
    """Whether the period that ``text`` names depends on the present: ``today``, ``last week``, ``-7d``.

    >>> is_relative_period("-7d"), is_relative_period("-9000d"), is_relative_period("2024-07"), is_relative_period("2024d")
    (True, True, False, False)
    """
    clocks = (dt.datetime(2001, 2, 3), dt.datetime(2024, 5, 6))
    first, other = (parse_period(text, clock) for clock in clocks)
    return first != other


def why_no_period(text: str) -> str:
    """Return why ``text`` is no period, if it is written like a week; "" if the reason is unknown.

    >>> why_no_period("2016-W53"), why_no_period("2020-W53"), why_no_period("rain")
    ('2016 has the weeks 2016-W01 to 2016-W52', '', '')
    """
    match = _WEEK.fullmatch(text.strip())
    if match is None or int(match[1]) < 1:
        return ""
    weeks = dt.date(int(match[1]), 12, 28).isocalendar()[1]  # 28 December is in the last week (ISO 8601)
    if 1 <= int(match[2]) <= weeks:
        return ""
    return f"{match[1]} has the weeks {match[1]}-W01 to {match[1]}-W{weeks:02d}"


def parse_range(
    text: str, now: dt.datetime | None = None
) -> tuple[dt.datetime | None, dt.datetime | None] | None:
    """Return the start and the end of a period or a range, or None if ``text`` is neither. An open bound is None.

    The end is excluded. A range is ``A..B``, ``A..``, ``..B``, ``>=A``, ``>A``, ``<=A`` or ``<A``. A and B are whole
    periods: ``>2024`` begins with 2025.

    >>> parse_range("2024-07..2024-08") == (dt.datetime(2024, 7, 1), dt.datetime(2024, 9, 1))
    True
    >>> parse_range(">2024") == (dt.datetime(2025, 1, 1), None)
    True
    """
    text = text.strip()
    match = re.fullmatch(r"([<>]=?)(.*)", text, re.DOTALL)
    if match is not None:
        period = parse_period(match[2], now)
        if period is None:
            return None
        return {
            ">=": (period.start, None),
            ">": (period.end, None) if not is_last_moment(period.end) else None,
            "<=": (None, period.end),
            "<": (None, period.start),
        }[match[1]]
    first, dots, last = text.partition("..")
    if not dots:
        period = parse_period(text, now)
        return (period.start, period.end) if period is not None else None
    start = parse_period(first, now) if first.strip() else None
    end = parse_period(last, now) if last.strip() else None
    if (first.strip() and start is None) or (last.strip() and end is None) or (start is None and end is None):
        return None
    return start.start if start is not None else None, end.end if end is not None else None


def is_last_moment(moment: dt.datetime) -> bool:
    """Whether ``moment`` is ``datetime.max`` in any zone. Only this moment belongs to a period that ends with it."""
    return moment.replace(tzinfo=None) == dt.datetime.max


def is_empty(start: dt.datetime, end: dt.datetime) -> bool:
    """Whether a period has no moment. Either both bounds have a time zone, or neither has one."""
    return start > end or (start == end and not is_last_moment(end))


def why_no_range(start: dt.datetime | None, end: dt.datetime | None) -> str | None:
    """Return the reason why no date can lie between two bounds, as text for a message, or None if a date can."""
    if start is None or end is None:
        return None
    if (start.tzinfo is None) != (end.tzinfo is None):
        return "both ends of a range must have a time zone, or neither"
    return "the range ends before it begins" if is_empty(start, end) else None


def _iso_period(text: str) -> _Bounds | None:
    match = _PERIOD.fullmatch(text)
    if match is None:
        return None
    numbers = [int(number) for number in match.groups()[:6] if number is not None]
    year, month, day, hour, minute, second = (*numbers, *(0, 1, 1, 0, 0, 0)[len(numbers) :])
    start = dt.datetime(year, month, day, hour, minute, second)
    end = _period_end(start, len(numbers))
    if match[7]:
        zone = dt.datetime.strptime(match[7].replace(":", ""), "%z").tzinfo
        return start.replace(tzinfo=zone), end.replace(tzinfo=zone)
    return start, end


def _named_period(text: str) -> _Bounds | None:
    """Return the bounds of a week, a quarter, or a month or a day written with the month's name; None for other text."""
    if (match := _WEEK.fullmatch(text)) is not None:
        start = dt.datetime.fromisocalendar(int(match[1]), int(match[2]), 1)
        return start, _seven_days_later(start)
    if (match := _QUARTER.fullmatch(text)) is not None:
        start = dt.datetime(int(match[1] or match[4]), int(match[2] or match[3]) * 3 - 2, 1)
        return start, dt.datetime.max if start >= dt.datetime(9999, 10, 1) else _months_later(start, 3)
    if not any(char.isalpha() for char in text) or not any(char.isdigit() for char in text):
        return None
    for asked in (text, (in_english(text) or "").lower()):
        if (bounds := _iso_period(asked)) is not None and not (text.isascii() and asked.isdigit()):
            return bounds  # 2024年8月, and not 2024d
        if (match := _MONTH_AND_YEAR.fullmatch(asked)) is not None:
            month = MONTHS.get(match[1] or match[4])
            if month is not None:
                start = dt.datetime(int(match[2] or match[3]), month, 1)
                return start, _period_end(start, 2)
        if (match := _DAY_AND_MONTH.fullmatch(asked)) is not None:
            month = MONTHS.get(match[1] or match[4])
            if month is not None:
                start = dt.datetime(int(match[5]), month, int(match[2] or match[3]))
                return start, _period_end(start, 3)
    return None


def _period_end(start: dt.datetime, parts: int) -> dt.datetime:
    """Return the end of the period that begins at ``start``, or ``datetime.max`` if the calendar ends first.

    ``parts`` is the number of parts of a date that name the period: 1 for a year, 2 for a month, up to 6 for a second.
    """
    try:
        if parts == 1:
            return start.replace(year=start.year + 1)
        if parts == 2:
            return _months_later(start, 1)
        return start + dt.timedelta(**{("days", "hours", "minutes", "seconds")[parts - 3]: 1})
    except (OverflowError, ValueError):  # the last period of the calendar
        return dt.datetime.max


def _seven_days_later(start: dt.datetime) -> dt.datetime:
    try:
        return start + dt.timedelta(days=7)
    except OverflowError:  # the last week of the calendar
        return dt.datetime.max


def _relative_period(text: str, today: dt.datetime) -> _Bounds | None:
    tomorrow = _period_end(today, 3)
    if text == "today":
        return today, tomorrow
    if text == "yesterday":
        return today - dt.timedelta(days=1), today
    if (match := _AGO.fullmatch(text)) is not None:
        count, unit = int(match[1]), match[2][0]
        if unit in "dw":
            return today - dt.timedelta(days=count * (7 if unit == "w" else 1)), tomorrow
        return _months_later(today, -count * (12 if unit == "y" else 1)), tomorrow
    if (match := _NAMED_PERIOD.fullmatch(text)) is None:
        return None
    if match[2] == "week":
        begins = today - dt.timedelta(days=today.weekday())
        before = begins - dt.timedelta(days=7)
        after = begins + dt.timedelta(days=7)
    else:
        step = 1 if match[2] == "month" else 12
        begins = today.replace(day=1) if step == 1 else today.replace(month=1, day=1)
        before, after = _months_later(begins, -step), _months_later(begins, step)
    return (begins, after) if match[1] == "this" else (before, begins)


def _months_later(start: dt.datetime, count: int) -> dt.datetime:
    """Return the same day and time ``count`` months later, on the last day of that month if it is too short."""
    import calendar  # slow to import, and seldom needed

    months = start.year * 12 + start.month - 1 + count
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return start.replace(year=year, month=month + 1, day=min(start.day, last))
