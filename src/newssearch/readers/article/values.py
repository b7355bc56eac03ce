"""What every reader does to the fields of an article."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from newssearch.article import MISSING, MONTH_FIRST, STATED, Date, Provenance
from newssearch.readers.api import ReadOptions
from newssearch.text.dates import parse_published
from newssearch.text.paragraphs import squeeze

DEFAULT_LANG = Provenance("inferred", "the default language given")
FROM_URL = Provenance("inferred", "url")

_DOMAIN = re.compile(r"(?=[^.]*[^\W\d_])(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}")


NOTHING = frozenset({"None", "null", "NULL", "NaN", "nan"})
"""What a program writes for no value: such a field is missing, and its provenance quotes it. Titles and texts are
left as they are, and so is the surname Null."""

NAME_KEYS = ("name", "title")
"""A value that is an object is read by one of these, as in ``{"publisher": {"name": …}}``."""

OLDEST, NEWEST = 100_000_000, 100_000_000_000
"""Numbers in this range are seconds since 1970 (years 1973 to 5138), a thousand times as much milliseconds."""


def read_date(text: str, options: ReadOptions) -> tuple[Date | None, Provenance]:
    """A date that the input states, and how it is known; without one, why not."""
    if not text.strip():
        return None, MISSING
    published = parse_published(text, day_first=options.day_first)
    if published is None:
        return None, Provenance("missing", f"{shown(text)} is not a date")
    return published.value, MONTH_FIRST if published.ambiguous else STATED


def shown(value: object) -> str:
    """``value`` as a reason can quote it: short, on one line, in quotes.

    >>> shown("no\\n date"), shown("x" * 100) == "'" + "x" * 40 + "…'"
    ("'no date'", True)
    """
    text = squeeze(str(value)[:400])
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"


def is_domain(text: str) -> bool:
    """Whether ``text`` is the bare name of a host, such as ``almaalomah.me``."""
    return len(text) <= 253 and _DOMAIN.fullmatch(text) is not None


def host(url: str) -> str | None:
    """The host of an address of the web, without ``www.``; None where it has none.

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
    """A value as one string: an object by its name, a list by its items, a number as it is written."""
    if isinstance(value, dict):
        return next((text for key in NAME_KEYS if (text := _scalar(value.get(key)))), None)
    if isinstance(value, (list, tuple)):
        items = (as_text(item) if isinstance(item, dict) else _scalar(item) for item in value)
        return ", ".join(item for item in items if item) or None
    return _scalar(value)


def _scalar(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def first_date(values: Iterable[object], options: ReadOptions) -> tuple[Date | None, Provenance]:
    """The first of some values that is a date (a string, a number of seconds, a date), else why the first is none."""
    failed = MISSING
    for value in values:
        if value is None or value == "":
            continue
        date, known = _date(value, options)
        if date is not None:
            return date, known
        if failed is MISSING:
            failed = known
    return None, failed


def _date(value: object, options: ReadOptions) -> tuple[Date | None, Provenance]:
    if isinstance(value, (dt.date, dt.datetime)):
        return value, STATED
    if isinstance(value, str) and value.strip() in NOTHING:
        return None, Provenance("missing", f"the input says {shown(value)}")
    if isinstance(value, str) and not (value.isdecimal() and len(value) in (10, 13)):
        return read_date(value, options)
    return _epoch(value, options)


def _epoch(value: object, options: ReadOptions) -> tuple[Date | None, Provenance]:
    """A number as a date: 20240725 as it reads, larger ones by :data:`OLDEST` and :data:`NEWEST`, in UTC."""
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    if isinstance(value, str):
        number = int(value)
    if number is not None:
        if isinstance(number, int) and 10_000_000 <= number < OLDEST:
            return read_date(str(number), options)
        for unit, seconds in (("seconds", 1), ("milliseconds", 1000)):
            if OLDEST * seconds <= number < NEWEST * seconds:
                moment = dt.datetime.fromtimestamp(number / seconds, dt.timezone.utc)
                return moment, Provenance("inferred", f"a number of {unit} since 1970")
    text = shown(value) if number is not None else kind(value)
    return None, Provenance("missing", f"{text} is not a date")


def kind(value: object) -> str:
    """What a value of JSON is, for a reason."""
    kinds = {bool: "a boolean", str: "a string", list: "a list", dict: "an object", type(None): "null"}
    return kinds.get(type(value), "a number")
