"""The parser of dates of publication, as articles, feeds, tables and web pages write them."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from newssearch.system.late_dataclass import dataclass
from newssearch.system.lazy_regex import Pattern

from .calendar_names import base_of, has_day_first
from .date_labels import says_published, says_updated
from .date_words import in_english, in_plain_numbers
from .other_calendars import BUDDHIST_YEARS, HIJRI_YEARS, of_iso_week, of_solar_hijri
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

LONE_YEARS = range(1500, 2200)
"""A number of four digits is a year by itself only in this range: the first newspapers are of 1605."""

LANGUAGES_OF_SOLAR_HIJRI = frozenset({"fa", "ps"})
"""The languages in whose numbers a year in :data:`HIJRI_YEARS` is of the Persian calendar."""

ZONES = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "MEZ": 1, "MESZ": 2, "SAST": 2, "MSK": 3, "EAT": 3, "PKT": 5, "WIB": 7, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
"""The offsets from UTC of named time zones, in hours: those of RFC 2822, and a few that newspapers use. A name that
stands for several zones (IST), or changes with the season (ET), is left out: a time with such a name is read without a
zone."""

_ENGLISH_WEEKDAY = r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
"""The English names of weekdays; ``Monde`` and ``Sunrise`` are none."""

_OPTIONAL_WEEKDAY = rf"(?:{_ENGLISH_WEEKDAY}\b\.?,?\s)?"
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
        _date_pattern(rf"{_OPTIONAL_WEEKDAY}{_MONTH_NAME}\s{_DAY_NUMBER},?\s{_YEAR}"),
        _date_pattern(rf"{_OPTIONAL_WEEKDAY}{_DAY_NUMBER}[\s-](?:of\s)?{_MONTH_NAME},?[\s-]{_YEAR}"),
    )


_TWO_DIGITS = Pattern(r"\d\d")
_DATE_DIGIT = Pattern(r"\d")
_LETTER_BESIDE_YEAR = Pattern(r"[^\W\d_年년]")
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
    """A date of publication.

    ``ambiguous`` means that its day and month may have to be exchanged, as in 7/5/2024. ``basis`` says what a date is
    inferred from that a text does not state in full: for example ``day first, as in de``; it is empty for all others.
    """

    value: dt.date | dt.datetime | PartialDate
    ambiguous: bool = False
    basis: str = ""


def parse_published(text: str, *, day_first: bool = False, lang: str | None = None) -> Published | None:
    """Return the date of publication that a string states, with the time if it has one; None if it is no date.

    It reads ISO 8601, RFC 2822, dates with the name of the month in any order, in the languages of
    :mod:`.calendar_names`, and numbers. ``7/5/2024`` is read day first if ``day_first`` is set, or if that is the order
    in ``lang``, a language tag; else month first and marked as ambiguous, unless only one reading is a date.
    ``5.7.2024`` is always day first, and what begins with the year has the month next. Nothing is filled in: a year
    alone, and a month with its year, are a :class:`PartialDate`; a time that cannot be read makes the text no date. A
    year has four digits, or two where RFC 2822 allows them, with a time, and in numbers of a language with the day first.
    A time with a zone that is not in :data:`ZONES` is read without a zone.

    Years of the Buddhist calendar and, in Persian, of the Solar Hijri calendar become Gregorian ones. Others of these
    numbers are no dates, because a year such as 1399 may be of either Hijri calendar.

    >>> parse_published("July 25, 2024").value, parse_published("25 de julio de 2024, 10.30h").value
    (datetime.date(2024, 7, 25), datetime.datetime(2024, 7, 25, 10, 30))
    >>> parse_published("7-5-2024")
    Published(value=datetime.date(2024, 7, 5), ambiguous=True, basis='')
    >>> parse_published("7-5-2024", day_first=True).value, parse_published("7-5-2024", lang="de")
    (datetime.date(2024, 5, 7), Published(value=datetime.date(2024, 5, 7), ambiguous=False, basis='day first, as in de'))
    >>> parse_published("2024-07-25T12:00:00Z").value.isoformat()
    '2024-07-25T12:00:00+00:00'
    >>> parse_published("July 2024").value, parse_published("2024").value
    (PartialDate(2024, 7), PartialDate(2024))
    >>> parse_published("2024-02-30"), parse_published("25 July")
    (None, None)
    """
    read = _without_label(text, day_first, lang)
    if read is not None or len(text) > MAX_DATE_CHARS:
        return read
    text = " ".join(in_plain_numbers(text).split())
    return _behind_label(text, day_first, lang) if _TWO_DIGITS.search(text) else None


def _without_label(text: str, day_first: bool, lang: str | None) -> Published | None:
    """Return the date that a string is, also in a rare form, but not behind a label."""
    read = parse_bare(text, day_first=day_first, lang=lang)
    if read is not None or len(text) > MAX_DATE_CHARS:
        return read
    text = " ".join(in_plain_numbers(text).split())
    if not _TWO_DIGITS.search(text):
        return None
    plain, order = _without_weekday(in_english(text, lang) or text)[0], _Order(day_first, lang)
    return _by_dateutil(plain, order)


def parse_bare(text: str, *, day_first: bool = False, lang: str | None = None) -> Published | None:
    """Return the date that a string is as :func:`parse_published` does, but neither behind a label nor in a rare form."""
    if len(text) > MAX_DATE_CHARS:
        return None
    text = in_plain_numbers(text)
    if not _TWO_DIGITS.search(text):
        return None
    text = " ".join(text.split())
    order = _Order(day_first, lang)
    if (week := _ISO_WEEK.fullmatch(text)) is not None:
        day = of_iso_week(*map(int, week.groups()))
        return Published(day) if day is not None else None
    if (partial := _month_or_year(text)) is not None:
        return _gregorian_month(partial)
    match = next((match for form in _date_patterns() if (match := form.fullmatch(text)) is not None), None)
    if match is not None:
        return _published(match.groupdict(), order)
    translated = in_english(text, lang)
    if translated is not None:
        partial = _month_or_year(translated)
        if partial is not None and (
            partial.month or not _LETTER_BESIDE_YEAR.search(text)
        ):  # not "Monday 2024"
            return _gregorian_month(partial)
    plain, order.weekdays = _without_weekday(translated or text)
    return _in_any_order(plain, order)


_ISO_WEEK = Pattern(r"(\d{4})-?W(\d\d)-?([1-7])", re.ASCII)


def _behind_label(text: str, day_first: bool, lang: str | None) -> Published | None:
    """Return the date behind a label such as ``Updated:`` or ``Published on``, or None."""
    words = text.split(" ")
    ends = [len(" ".join(words[:count])) for count in range(1, min(6, len(words)))]
    digit = _DATE_DIGIT.search(text)
    if digit is not None and digit.start() <= 12:
        ends.append(digit.start())  # 公開日:2020/11/3
    for end in ends:
        label = text[:end]
        if _DATE_DIGIT.search(label) is not None or not (says_published(label) or says_updated(label)):
            continue
        found = _without_label(text[end:].lstrip(" :："), day_first, lang)
        if found is not None and not (isinstance(found.value, PartialDate) and found.value.month is None):
            return found
    return None


class _Order:
    """The order of day and month in numbers: that which was asked for, else that of a language, else unknown."""

    def __init__(self, day_first: bool, lang: str | None) -> None:
        self.asked = day_first
        self.lang = lang
        self.day_first = day_first or (lang is not None and has_day_first(lang))
        self.basis = "" if day_first or not self.day_first else f"day first, as in {lang}"
        self.weekdays = set(range(7))
        """The weekdays on which the date may be."""


def _published(parts: dict[str, str | None], order: _Order) -> Published | None:
    """Return the date in the named groups of a date pattern's match, or None if there is no such day or time."""
    basis = ""
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == 2:
        year += 2000 if year < 50 else 1900  # RFC 2822
        basis = "a year of two digits" if parts.get("first") or parts["hour"] is None else ""
    if parts.get("first"):
        first, second = int(parts["first"] or 0), int(parts["second_number"] or 0)
        days = [_date_or_none(year, first, second), _date_or_none(year, second, first)]
        dots = "." in (parts["sign"] or "") or year in BUDDHIST_YEARS
        if order.day_first or dots:
            days.reverse()
        day = days[0] or days[1]
        ambiguous = None not in days and days[0] != days[1] and not dots and not order.asked
        if ambiguous:
            fitting = [one for one in days if one is not None and one.weekday() in order.weekdays]
            if len(fitting) == 1:
                ambiguous, day, basis = False, fitting[0], "the weekday beside it"
            elif order.basis:
                ambiguous, basis = False, order.basis
    else:
        name = (parts["month"] or "").lower()
        month = int(name) if name.isdigit() else MONTHS.get(name, 0)
        ambiguous = False
        if name.startswith("solar"):
            day, year = of_solar_hijri(year, int(name.removeprefix("solar")), int(parts["day"] or 0)), 0
            basis = _SOLAR_HIJRI
        else:
            day = _date_or_none(year, month, int(parts["day"] or 0))
    if day is not None and year in HIJRI_YEARS:
        if base_of(order.lang or "") not in LANGUAGES_OF_SOLAR_HIJRI:
            return None
        day, basis = of_solar_hijri(day.year, day.month, day.day), _SOLAR_HIJRI
    if day is not None and year in BUDDHIST_YEARS:
        day, basis = _date_or_none(day.year - 543, day.month, day.day), "a year of the Buddhist calendar"
    if day is None:
        return None
    if parts["hour"] is None:
        return Published(day, ambiguous, basis)
    moment = _datetime_or_none(day, parts)
    return Published(moment, ambiguous, basis) if moment is not None else None


_SOLAR_HIJRI = "a day of the Solar Hijri calendar"


def _gregorian_month(partial: PartialDate) -> Published | None:
    """Return a month or a year as a date of publication, or None if its year is of another calendar."""
    if partial.year in BUDDHIST_YEARS and partial.month:
        return Published(
            PartialDate(partial.year - 543, partial.month), basis="a year of the Buddhist calendar"
        )
    return Published(partial) if partial.year not in HIJRI_YEARS else None


_MONTH_IN_WORDS = (
    r"(?P<month>(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|"
    + "|".join(_MONTH_NAMES)
    + r"|solar\d\d?)\b)\.?"
)
_PART = r"[\s.,/–-]"


@cache
def _any_patterns() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of dates inside a text with a time, in any order of their parts, the surest first."""
    year, short = r"(?<!\d)(?P<year>\d{4})(?!\d)", r"['’]?(?P<year>\d\d)(?!\d)"
    day = r"(?<![\d:.])(?P<day>\d\d?)(?!\d)(?:st|nd|rd|th)?"
    return tuple(
        re.compile(pattern, re.ASCII | re.IGNORECASE)
        for pattern in (
            r"(?<!\d)(?P<year>\d{4})\s?(?P<sign>[-/.])\s?(?P<month>\d\d?)\s?(?P=sign)\s?(?P<day>\d\d?)(?!\d)\.?",
            r"(?<!\d)(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?=\D|\d{4}(?:\d\d)?(?!\d)|$)",
            r"(?<![\d:.])(?P<first>\d\d?)\s?(?P<sign>[-/.])\s?(?P<second_number>\d\d?)\s?(?P=sign)\s?(?P<year>\d{4})(?!\d)\.?",
            r"(?<![\d:.])(?P<first>\d\d?)(?P<sign>\.\s|[./])(?P<second_number>\d\d?)\s(?P<year>\d{4})(?!\d)\.?",
            rf"{_MONTH_IN_WORDS}[\s/-]*{day}[.,]?{_PART}*{year}",
            rf"{day}{_PART}*{_MONTH_IN_WORDS}{_PART}*{year}",
            rf"{year}{_PART}*{_MONTH_IN_WORDS}{_PART}*{day}\.?",
            rf"{year}{_PART}*{day}{_PART}*{_MONTH_IN_WORDS}",
            rf"{day}[\s-]{{1,3}}{_MONTH_IN_WORDS}[\s-]{{1,3}}{short}(?=,?\s\d\d?[:.]\d\d)",  # RFC 822, with a time
            rf"(?<![\w-])(?P<day>\d\d?)-{_MONTH_IN_WORDS}-(?P<year>\d\d)(?![\w-])",  # as spreadsheets write days
            r"(?<![\d:.])(?P<year>\d\d)(?P<sign>[-/.])\s?(?P<month>\d\d)(?P=sign)\s?(?P<day>\d\d)(?![\d:.])",
            r"(?<![\d:.])(?P<first>\d\d?)(?P<sign>[-/.])(?P<second_number>\d\d?)(?P=sign)(?P<year>\d\d)(?![\d:.])",
        )
    )


_CLOCK = Pattern(
    r"""
    (?: (?P<early_half>[ap])\.?m\b\.?\s )?
    (?P<hour>\d{1,2}) (?: \s?[:.]\s?(?P<minute>\d\d) (?: [:.](?P<second>\d\d?) (?:[.,](?P<fraction>\d+))? )? )?
    (?: \s?(?P<half>[ap])\s?\.?m\b\.? )?
    (?: ,?\s?(?P<zone>(?:UTC|GMT)\s?[-+−]\d\d?(?::?\d\d)?|[-+−]\d\d:?\d\d|[-+−]\d\d(?![\d:])|(?-i:Z|[A-Z]{2,5})(?![\w/])) )?
    (?: \s(?-i:[A-Z]{2,5}) )?
    """,
    re.ASCII | re.VERBOSE | re.IGNORECASE,
)
_NAMED_ZONE = Pattern(
    r"\[(?P<name>[A-Za-z_]{2,20}(?:/[A-Za-z_+-]{2,20}){0,2})\]|(?<=\d\s)(?P<bare>[A-Z][a-z]{2,10}/[A-Z][A-Za-z_/]{2,20})$"
)
_ZONE_IN_BRACKETS = Pattern(r"\(((?:GMT|UTC)(?:[-+−]\d\d?(?::?\d\d)?)?|[A-Z]{3,5})\)")
_ASIDE = Pattern(r"\([^()]{0,40}\)|\bm=[+-]\d+\.\d+|\s#\w*$")
_COMPACT_TIME = Pattern(
    r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<zone>Z|[-+]\d\d:?\d\d)?", re.ASCII
)


def _in_any_order(text: str, order: _Order) -> Published | None:
    """Return the date in a text of a date, a time and a zone in any order, and nothing else; None for another text."""
    named = _NAMED_ZONE.search(text)
    if named is not None:
        text = f"{text[: named.start()]} {text[named.end() :]}"
    text = " ".join(_ASIDE.sub(" ", _ZONE_IN_BRACKETS.sub(r" \1", text)).split())
    for number, pattern in enumerate(_any_patterns()):
        if (match := pattern.search(text)) is None:
            continue
        parts = match.groupdict()
        if len(parts["year"] or "") == 2 and not _may_be_short(parts, order):
            continue
        rest = [side.strip(" ,;|·•–—-") for side in (text[: match.start()], text[match.end() :])]
        rest[1] = rest[1].removeprefix("T").strip()
        clock = " ".join(filter(None, rest))
        time: re.Match[str] | None = None
        if clock:
            time = _CLOCK.fullmatch(clock) or (_COMPACT_TIME.fullmatch(clock) if number < 2 else None)
            if time is None:
                continue
        found = time.groupdict() if time is not None else {}
        clock_parts = {
            key: found.get(key) for key in ("hour", "minute", "second", "fraction", "half", "zone")
        }
        clock_parts["half"] = clock_parts["half"] or found.get("early_half")
        read = _published({**parts, **clock_parts, "mark": ""}, order)
        return (
            _in_named_zone(read, named["name"] or named["bare"])
            if named is not None and read is not None
            else read
        )
    return None


LANGUAGES_OF_YEAR_FIRST = frozenset({"ja", "ko", "zh"})
"""The languages in which numbers with a year of two digits have the year first."""


def _may_be_short(parts: dict[str, str | None], order: _Order) -> bool:
    """Whether a date with a year of two digits is surely one: it names the month, or is in numbers of a known language."""
    if parts.get("first"):
        return order.day_first and order.lang is not None
    return not (parts["month"] or "").isdigit() or base_of(order.lang or "") in LANGUAGES_OF_YEAR_FIRST


_WEEKDAYS = Pattern(
    rf"\b(?:Weekday(?P<numbers>[0-6]*)|(?P<name>{_ENGLISH_WEEKDAY}))\b\.?,?",
    re.ASCII | re.IGNORECASE,
)


def _without_weekday(text: str) -> tuple[str, set[int]]:
    """Return a text without names of weekdays, and the weekdays that they may stand for, 0 for Monday; all if none is named."""
    found = set(range(7))
    for match in _WEEKDAYS.finditer(text):
        found &= (
            set(map(int, match["numbers"] or ""))
            if match["name"] is None
            else {_DAYS.index(match["name"][:3].lower())}
        )
    return " ".join(_WEEKDAYS.sub(" ", text).split()), found


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _in_named_zone(read: Published, name: str) -> Published:
    """Return a date whose time is in the zone of the given name, if it states no offset and the system knows the zone."""
    if not isinstance(read.value, dt.datetime) or read.value.tzinfo is not None:
        return read
    from zoneinfo import ZoneInfo  # slow to import, and seldom needed

    try:
        moment = read.value.replace(tzinfo=ZoneInfo(name))
        fixed = moment.utcoffset()
    except (ValueError, OSError, LookupError, OverflowError):  # no such zone, or no data of zones
        return read
    value = _comparable(moment.replace(tzinfo=dt.timezone(fixed))) if fixed is not None else None
    return Published(value, read.ambiguous, read.basis) if value is not None else read


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
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    microsecond = int((parts["fraction"] or "")[:6].ljust(6, "0"))
    try:
        if (hour, minute, second) == (24, 0, 0) and not half:  # ISO 8601: the end of the day
            hour, day = 0, day + dt.timedelta(days=1)
        time = dt.time(hour, minute, 59 if second == 60 else second, microsecond)
        return _comparable(dt.datetime.combine(day, time, _zone(parts["zone"] or "")))
    except (ValueError, OverflowError):
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


def _by_dateutil(text: str, order: _Order) -> Published | None:
    """Return the date that python-dateutil reads in a text with the name of a month, or None if it is not a full date.

    dateutil takes missing parts from a default date. The text is therefore read with two defaults that share no part:
    an incomplete date gives two different days, and is refused. The days of the month of the two defaults are two weeks
    apart, so that the name of a weekday does not lead both to the same day. Dates in numbers are not left to it: it
    exchanges the day and the month of some that begin with the year.
    """
    if _ENGLISH_MONTH.search(text) is None:
        return None
    from dateutil import parser  # slow to import, and seldom needed

    text = _POINT_IN_TIME.sub(":", text)

    def zone(name: str | None, offset: int | None) -> dt.tzinfo | None:
        if offset is not None:
            return dt.timezone(dt.timedelta(seconds=offset))
        hours = ZONES.get((name or "").upper())
        return None if hours is None else dt.timezone(dt.timedelta(hours=hours))

    def read(default: dt.datetime) -> dt.datetime | None:
        try:
            return parser.parse(text, default=default, dayfirst=order.day_first, tzinfos=zone)
        except Exception:  # on hostile strings, dateutil raises anything
            return None

    read_so = read(dt.datetime(2000, 1, 1))
    read_again = read(dt.datetime(2001, 2, 15, 13, 47, 29))
    if read_so is None or read_again is None or read_so.date() != read_again.date():
        return None
    if f"{read_so.year:04d}" not in text or _comparable(read_so) is None:
        return None  # a year of two digits, or beyond the calendar
    if read_so.hour == read_again.hour and _CLOCK_IN_TEXT.search(text) is None:
        return None  # "July 25, 2024 14": the number may mean anything
    if read_so.year in HIJRI_YEARS or read_so.year in BUDDHIST_YEARS:
        return None
    return Published(read_so if read_so.hour == read_again.hour else read_so.date())


_ENGLISH_MONTH = Pattern(
    r"(?:^|[\W\d_])(?:" + "|".join(name[:3] for name in _MONTH_NAMES) + ")[a-z]*", re.ASCII | re.IGNORECASE
)
_CLOCK_IN_TEXT = Pattern(r"\d:\d\d|\d\s?[ap]\.?m|T\d", re.IGNORECASE)
_POINT_IN_TIME = Pattern(r"(?<=\b\d)\.(?=\d\d\b)|(?<=\b\d\d)\.(?=\d\d\b(?!\.))")
