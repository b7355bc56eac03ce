"""The parsers of dates in articles, and of periods in queries."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from newssearch.system.late_dataclass import dataclass
from newssearch.system.lazy_regex import Pattern

from .month_names import in_english
from .partial_dates import PartialDate

MAX_DATE_CHARS = 100
"""The largest number of characters of a date. A longer string is not parsed."""

_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

MONTHS = {
    **{name: number for number, name in enumerate(_MONTH_NAMES, start=1)},
    **{name[:3]: number for number, name in enumerate(_MONTH_NAMES, start=1)},
    "sept": 9,
}
"""The number of each month, from 1 to 12, by its English names in lower case, in full and abbreviated."""

LONE_YEARS = range(1400, 2200)
"""A number of four digits is a year by itself only in this range: printing began about 1440."""

ZONES = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "JST": 9, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
"""The offsets from UTC of named time zones, in hours: those of RFC 2822, and a few that newspapers use. A name that
stands for several zones (IST), or changes with the season (ET), is left out: a time with such a name is read without a
zone."""

_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s)?"
_MONTH_NAME = (
    r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|" + "|".join(_MONTH_NAMES) + r")\b\.?"
)
_DAY_NUMBER = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_TIME_OF_DAY = r"""
    (?:
        (?P<mark>T|,?\s(?:(?:at|[-–—|·])\s)?)
        (?P<hour>\d{1,2}) (?: :?(?P<minute>\d\d) (?: :?(?P<second>\d\d) (?:[.,](?P<fraction>\d+))? )? )?
        (?:\s?(?P<half>[ap])\.?m\b\.?)?
        (?:\s?(?P<zone>(?:UTC|GMT)?[-+−]\d\d?(?::?\d\d)?|[a-z]{1,5}))?
        (?:\s?\([^()]*\))?
    )?
"""


def _date_pattern(date: str) -> re.Pattern[str]:
    return re.compile(f"{date}(?:{_TIME_OF_DAY})", re.ASCII | re.IGNORECASE | re.VERBOSE)


@cache
def _date_patterns() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of dates. They are compiled at the first call, because that takes milliseconds."""
    return (
        _date_pattern(rf"{_YEAR}(?P<sign>[-/.])(?P<month>\d\d?)(?P=sign){_DAY_NUMBER}"),
        _date_pattern(rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)"),
        _date_pattern(r"(?P<first>\d\d?)(?P<sign>[-/.])(?P<second_number>\d\d?)(?P=sign)" + _YEAR),
        _date_pattern(rf"{_WEEKDAY}{_MONTH_NAME}\s{_DAY_NUMBER},?\s{_YEAR}"),
        _date_pattern(rf"{_WEEKDAY}{_DAY_NUMBER}[\s-](?:of\s)?{_MONTH_NAME},?[\s-]{_YEAR}"),
    )


_FOUR_DIGITS = Pattern(r"\d{4}")
_LETTER = Pattern(r"[^\W\d_年년]")
_MONTH_OR_YEAR = Pattern(
    r"""
      (?P<year>\d{4}) (?:[-/.](?P<month>\d\d?))? (?:Z|[+-]\d\d:\d\d)?
    | (?P<year_0>\d{4}) (?: -(?P<month_0>\d\d)-00 | (?P<month_00>\d\d)00 )
    | (?P<month_1>\d\d?) [-/.] (?P<year_1>\d{4})
    | (?P<name_2>[a-z]{3,9}) (?: \.?,?\s(?:of\s)? | [-/.] ) (?P<year_2>\d{4})
    | (?P<year_3>\d{4}) [\s/.-] (?P<name_3>[a-z]{3,9}) \.?
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
"""Matches a year, or a month with its year; a zone may follow, as in XML Schema, or zeros for the unknown parts."""


@dataclass(frozen=True, slots=True)
class Published:
    """A date of publication. ``ambiguous`` means that its day and month may have to be exchanged, as in 7/5/2024."""

    value: dt.date | dt.datetime | PartialDate
    ambiguous: bool = False


def parse_published(text: str, *, day_first: bool = False) -> Published | None:
    """Return the date of publication that a string states, with the time if it has one; None if it is no date.

    It reads ISO 8601, RFC 2822, dates with the name of the month in either order (in English and the languages of
    :mod:`.month_names`), and numbers. ``7/5/2024`` is read month first and marked as ambiguous, unless ``day_first`` is
    set or only one reading is a date. ``5.7.2024`` is always day first. Nothing is filled in: a year alone, and a month
    with its year, are a :class:`PartialDate`; a date whose year has two digits is no date. A time with a zone that is
    not in :data:`ZONES` is read without a zone.

    >>> parse_published("July 25, 2024")
    Published(value=datetime.date(2024, 7, 25), ambiguous=False)
    >>> parse_published("7-5-2024")
    Published(value=datetime.date(2024, 7, 5), ambiguous=True)
    >>> parse_published("7-5-2024", day_first=True)
    Published(value=datetime.date(2024, 5, 7), ambiguous=False)
    >>> parse_published("2024-07-25T12:00:00Z").value.isoformat()
    '2024-07-25T12:00:00+00:00'
    >>> parse_published("July 2024"), parse_published("2024").value
    (Published(value=PartialDate(2024, 7), ambiguous=False), PartialDate(2024))
    >>> parse_published("2024-02-30"), parse_published("25 July")
    (None, None)
    """
    if len(text) > MAX_DATE_CHARS or not _FOUR_DIGITS.search(text):
        return None
    text = " ".join(text.split())
    if (partial := _month_or_year(text)) is not None:
        return Published(partial)
    match = _match(text)
    if match is None and (translated := in_english(text)) is not None:
        match = _match(translated)
        partial = _month_or_year(translated)
        if partial is not None and (partial.month or not _LETTER.search(text)):  # not "Monday 2024"
            return Published(partial)
    return _by_dateutil(text, day_first) if match is None else _published(match.groupdict(), day_first)


def _match(text: str) -> re.Match[str] | None:
    return next((match for form in _date_patterns() if (match := form.fullmatch(text)) is not None), None)


def _published(parts: dict[str, str | None], day_first: bool) -> Published | None:
    """Return the date in the named groups of a date pattern's match, or None if there is no such day or time."""
    year = int(parts["year"] or 0)
    if parts.get("first"):
        first, second = int(parts["first"] or 0), int(parts["second_number"] or 0)
        days = [_date_or_none(year, first, second), _date_or_none(year, second, first)]
        dots = parts["sign"] == "."
        if day_first or dots:
            days.reverse()
        day = days[0] or days[1]
        ambiguous = not (day_first or dots) and None not in days and days[0] != days[1]
    else:
        name = parts["month"] or ""
        month = int(name) if name.isdigit() else MONTHS[name.lower()]
        day, ambiguous = _date_or_none(year, month, int(parts["day"] or 0)), False
    if day is None:
        return None
    if parts["hour"] is None:
        return Published(day, ambiguous)
    moment = _datetime_or_none(day, parts)
    return Published(moment, ambiguous) if moment is not None else None


def _month_or_year(text: str) -> PartialDate | None:
    """Return the month or the year that a text states, and nothing else; None if it states none.

    >>> [str(_month_or_year(text)) for text in ("Aug. 2024", "08/2024", "2024-08-00", "20240000", "2024", "1234")]
    ['2024-08', '2024-08', '2024-08', '2024', '2024', 'None']
    """
    match = _MONTH_OR_YEAR.fullmatch(text)
    if match is None:
        return None
    parts = {name.partition("_")[0]: part for name, part in match.groupdict().items() if part is not None}
    year, month = int(parts["year"]), int(parts.get("month", 0))
    if "name" in parts:
        month = MONTHS.get(parts["name"].lower(), 13)
    if month == 0 and (match["month"] or match["month_1"] or year not in LONE_YEARS):
        return None
    try:
        return PartialDate(year, month or None)
    except ValueError:  # no such month or year
        return None


def _date_or_none(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _datetime_or_none(day: dt.date, parts: dict[str, str | None]) -> dt.datetime | None:
    hour, half = int(parts["hour"] or 0), (parts["half"] or "").lower()
    if parts["minute"] is None and not half and (parts["mark"] or "").upper() != "T":
        return None  # "July 25, 2024 14": the number may mean anything
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    microsecond = int((parts["fraction"] or "")[:6].ljust(6, "0"))
    try:
        time = dt.time(hour, int(parts["minute"] or 0), int(parts["second"] or 0), microsecond)
        return _comparable(dt.datetime.combine(day, time, _zone(parts["zone"] or "")))
    except ValueError:
        return None


def _zone(name: str) -> dt.timezone | None:
    if not name:
        return None
    digits = "".join(char for char in name if char.isdigit())
    if not digits:
        hours = ZONES.get(name.upper())
        if hours is None and len(name) == 1:
            raise ValueError(f"not a zone: {name!r}")
        return None if hours is None else dt.timezone(dt.timedelta(hours=hours))
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    if minutes >= 60:
        raise ValueError(f"not a zone: {name!r}")
    offset = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(offset if "+" in name else -offset)


def _comparable(moment: dt.datetime) -> dt.datetime | None:
    """Return ``moment``, or None if it is outside the years 1 to 9999 in UTC, where it cannot be compared."""
    if moment.tzinfo is not None:
        try:
            moment.astimezone(dt.timezone.utc)
        except OverflowError:
            return None
    return moment


def _by_dateutil(text: str, day_first: bool) -> Published | None:
    """Return the date that python-dateutil reads in ``text``, or None if ``text`` is not a full date.

    dateutil takes missing parts from a default date. The text is therefore read with two defaults that share no part:
    an incomplete date gives two different days, and is refused. The days of the month of the two defaults are two weeks
    apart, so that the name of a weekday does not lead both to the same day.
    """
    from dateutil import parser  # slow to import, and seldom needed

    def zone(name: str | None, offset: int | None) -> dt.tzinfo | None:
        if offset is not None:
            return dt.timezone(dt.timedelta(seconds=offset))
        hours = ZONES.get((name or "").upper())
        return None if hours is None else dt.timezone(dt.timedelta(hours=hours))

    def read(default: dt.datetime, first: bool) -> dt.datetime | None:
        try:
            return parser.parse(text, default=default, dayfirst=first, tzinfos=zone)
        except Exception:  # on hostile strings, dateutil raises anything
            return None

    midnight = dt.datetime(2000, 1, 1)
    read_so = read(midnight, day_first)
    read_again = read(dt.datetime(2001, 2, 15, 13, 47, 29), day_first)
    if read_so is None or read_again is None or read_so.date() != read_again.date():
        return None
    if f"{read_so.year:04d}" not in text or _comparable(read_so) is None:
        return None  # a year of two digits, or beyond the calendar
    other = read(midnight, not day_first)
    ambiguous = not day_first and other is not None and other.date() != read_so.date()
    return Published(read_so if read_so.hour == read_again.hour else read_so.date(), ambiguous)


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
    - a month or a day with the name of its month, in English or a language of :mod:`.month_names`;
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
        bounds = _iso_period(text) or _named_period(" ".join(text.lower().split()))
        if bounds is None:
            day = (now or dt.datetime.now()).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
            bounds = _relative_period(" ".join(text.lower().split()), day)
    except (ValueError, OverflowError):  # no such month, day or hour; before the year 1
        return None
    return Period(*bounds, text) if bounds is not None else None


def is_relative_period(text: str) -> bool:
    """Whether the period that ``text`` names depends on the present: ``today``, ``last week``, ``-7d``.

    >>> is_relative_period("-7d"), is_relative_period("2024-07"), is_relative_period("rain")
    (True, False, False)
    """
    clocks = (dt.datetime(2001, 2, 3), dt.datetime(2024, 5, 6))
    first, other = (parse_period(text, clock) for clock in clocks)
    return first != other


def why_no_period(text: str) -> str:
    """Return why ``text`` names no period, if its form is that of a week; "" if that is not known.

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
    for asked in (text, in_english(text)):
        if asked is None:
            continue
        if (bounds := _iso_period(asked)) is not None:  # 2024年8月
            return bounds
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
