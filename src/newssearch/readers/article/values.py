"""Conversions from values of an input to values of the fields of an article."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from newssearch.article import MISSING, MONTH_FIRST, STATED, Date, Provenance
from newssearch.readers.api import ReadOptions
from newssearch.text.dates import LONE_YEARS, parse_published
from newssearch.text.paragraphs import squeeze
from newssearch.text.partial_dates import PartialDate

DEFAULT_LANG = Provenance("inferred", "the default language given")
FROM_URL = Provenance("inferred", "url")

_DOMAIN = re.compile(r"(?=[^.]*[^\W\d_])(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}")


NULL_STRINGS = frozenset({"None", "null", "NULL", "NaN", "nan"})
"""Strings that programs write for a missing value; the field is missing, and its provenance quotes the string.

They are left alone in titles and texts. ``Null`` is not among them, because it is a surname.
"""

NAME_KEYS = ("name", "title")
"""The keys under which a JSON object holds its own name, as in ``{"publisher": {"name": …}}``."""

EARLIEST_EPOCH, LATEST_EPOCH = 100_000_000, 100_000_000_000
"""The range of numbers that are read as seconds since 1970, which are the years 1973 to 5138.

Numbers 1,000 times as large are read as milliseconds.
"""


def read_date(text: str, options: ReadOptions, lang: str | None = None) -> tuple[Date | None, Provenance]:
    """Return the date that a text states, or None, and its provenance, which gives the reason if there is no date.

    ``lang`` is the tag of the language of the text, if known: it decides whether the day or the month comes first.
    """
    if not text.strip():
        return None, MISSING
    published = parse_published(text, day_first=options.day_first, lang=lang)
    if published is None:
        return None, Provenance("missing", f"{quote_value(text)} is not a date")
    if published.ambiguous:
        return published.value, MONTH_FIRST
    return published.value, Provenance("inferred", published.basis) if published.basis else STATED


def quote_value(value: object) -> str:
    """Return ``value`` as rejections and provenances quote it: on one line, in quotes, cut after 40 characters.

    >>> quote_value("no\\n date"), quote_value("x" * 100) == "'" + "x" * 40 + "…'"
    ("'no date'", True)
    """
    text = squeeze(str(value)[:400])
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"


def is_domain(text: str) -> bool:
    """Whether ``text`` is a host name and nothing else, such as ``almaalomah.me``."""
    return len(text) <= 253 and _DOMAIN.fullmatch(text) is not None


def host(url: str) -> str | None:
    """Return the host of a URL without ``www.``, or None if the URL has none.

    >>> host("https://www.example.com:80/a"), host("a/b")
    ('example.com', None)
    """
    try:
        name = urlsplit(url.strip()).hostname
    except ValueError:  # half an IPv6 address
        return None
    name = (name or "").removeprefix("www.")
    return name if is_domain(name) else None


def as_text(value: object) -> str | None:
    """Return a value as one string, or None if it contains no text.

    A number is written in digits, an object is represented by its name, and a list by its items, joined by commas.
    """
    if isinstance(value, dict):
        return next((text for key in NAME_KEYS if (text := _scalar_text(value.get(key)))), None)
    if isinstance(value, (list, tuple)):
        items = (as_text(item) if isinstance(item, dict) else _scalar_text(item) for item in value)
        return ", ".join(item for item in items if item) or None
    return _scalar_text(value)


def _scalar_text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def first_date(
    values: Iterable[object], options: ReadOptions, lang: str | None = None
) -> tuple[Date | None, Provenance]:
    """Return the first value that is a date, and its provenance.

    A full date comes before a month, and a month before a year. If no value is a date, return None, and a provenance
    with the reason why the first value is not. A date may be a string, a number of seconds or milliseconds since 1970,
    the number of a year, or a date object. Whether the day or the month comes first in numbers is decided by a later
    value that is one of the two dates, else by ``lang``, the tag of a language.
    """
    failed = MISSING
    found: tuple[PartialDate, Provenance] | None = None
    left = list(values)
    while left:
        value = left.pop(0)
        if value is None or value == "":
            continue
        date, provenance = _as_date(value, options, lang)
        if isinstance(date, PartialDate):
            if found is None or (date.month is not None and found[0].month is None):
                found = date, provenance
        elif date is not None:
            return _decided_by_another(str(value), left, options) or (date, provenance)
        elif failed is MISSING:
            failed = provenance
    return found or (None, failed)


def _decided_by_another(
    text: str, others: Iterable[object], options: ReadOptions
) -> tuple[Date, Provenance] | None:
    """Return the date in a text whose day and month may be swapped, if another value is one of the two dates; else None."""
    read = parse_published(text)
    if read is None or not read.ambiguous or options.day_first:
        return None
    exchanged = parse_published(text, day_first=True)
    for other in others:
        date, provenance = _as_date(other, options, None)
        if date is None or isinstance(date, PartialDate) or provenance == MONTH_FIRST:
            continue
        for one, order in ((read, "month"), (exchanged, "day")):
            if (
                one is not None
                and not isinstance(one.value, PartialDate)
                and day_of(one.value) == day_of(date)
            ):
                return one.value, Provenance(
                    "inferred", f"{order} first, as another date of the article shows"
                )
    return None


def day_of(date: dt.date) -> dt.date:
    """Return the day of a date, which may have a time."""
    return date.date() if isinstance(date, dt.datetime) else date


def _as_date(value: object, options: ReadOptions, lang: str | None) -> tuple[Date | None, Provenance]:
    if isinstance(value, (dt.date, PartialDate)):
        return value, STATED
    if isinstance(value, str) and value.strip() in NULL_STRINGS:
        return None, Provenance("missing", f"the input says {quote_value(value)}")
    if isinstance(value, str) and not (value.isdecimal() and len(value) in (10, 13)):
        return read_date(value, options, lang)
    return _number_as_date(value, options)


def _number_as_date(value: object, options: ReadOptions) -> tuple[Date | None, Provenance]:
    """Return the date that a number states, or None, and its provenance.

    The digits of 20240725 are year, month and day, and 2024 is a year; a larger number is the time since 1970 in UTC.
    """
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    if isinstance(value, str):
        number = int(value)
    if number is not None:
        if isinstance(number, int) and 10_000_000 <= number < EARLIEST_EPOCH:
            return read_date(str(number), options)
        if number in LONE_YEARS:
            return PartialDate(int(number)), STATED
        for unit, seconds in (("seconds", 1), ("milliseconds", 1000)):
            if EARLIEST_EPOCH * seconds <= number < LATEST_EPOCH * seconds:
                moment = dt.datetime.fromtimestamp(number / seconds, dt.timezone.utc)
                return moment, Provenance("inferred", f"a number of {unit} since 1970")
    text = quote_value(value) if number is not None else json_type(value)
    return None, Provenance("missing", f"{text} is not a date")


def json_type(value: object) -> str:
    """Return the type of a JSON value with its indefinite article, for rejections: ``"a list"``, ``"null"``."""
    kinds = {bool: "a boolean", str: "a string", list: "a list", dict: "an object", type(None): "null"}
    return kinds.get(type(value), "a number")
