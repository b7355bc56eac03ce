"""What every reader does to the fields of an article."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from newssearch.article import MISSING, MONTH_FIRST, STATED, Date, Provenance
from newssearch.dates import parse_published
from newssearch.paragraphs import squeeze

DEFAULT_LANG = Provenance("inferred", "the default language given")
FROM_URL = Provenance("inferred", "url")

_DOMAIN = re.compile(r"(?=[^.]*[^\W\d_])(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How input is to be understood.

    ``day_first`` reads 7-5-2024 as the 7th of May; ``lang`` is the language of articles that state none.
    """

    day_first: bool = False
    lang: str | None = None


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
