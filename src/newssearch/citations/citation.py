"""The class :class:`Citation`: an article in the terms of bibliographies, from which each format is written."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Protocol

from newssearch.article import Date
from newssearch.extra import ExtraValue, shown
from newssearch.identity import without_slug
from newssearch.system.late_dataclass import dataclass
from newssearch.text.partial_dates import PartialDate

from .authors import MARKS_OF_DIRECTION, authors_of
from .family_names import Author

PROGRAM = "newssearch"
"""The name of the catalogue that a citation states."""

_KEY_WORD = re.compile(r"[a-z0-9]+")
_KEY_WORD_LENGTH = 20


class Cited(Protocol):
    """What a citation is made of: an article, or a hit."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str | None: ...
    @property
    def date(self) -> Date | None: ...
    @property
    def outlet(self) -> str | None: ...
    @property
    def source(self) -> str | None: ...
    @property
    def byline(self) -> str | None: ...
    @property
    def located(self) -> str | None: ...
    @property
    def lang(self) -> str | None: ...
    @property
    def section(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def key(self) -> str | None: ...
    @property
    def added(self) -> dt.datetime | None: ...
    @property
    def extra(self) -> Mapping[str, ExtraValue]: ...


@dataclass(frozen=True, slots=True)
class Citation:
    """An article as bibliographies describe it. Texts are ``""`` where the article states nothing; nothing is made up.

    ``agency`` is the source of the article if it is another one than the outlet. ``accessed`` is the day, in UTC, on
    which this version of the article came into the index; it is None for an article without an address. ``page`` and
    ``edition`` are the own fields of these names, which exports of databases have. ``abstract`` is the text to quote, on one line.
    ``keywords`` are the tags that people have given the article.
    """

    id: str
    title: str
    authors: tuple[Author, ...]
    outlet: str
    date: Date | None
    section: str = ""
    lang: str = ""
    url: str = ""
    accessed: dt.date | None = None
    record_key: str = ""
    agency: str = ""
    located: str = ""
    byline: str = ""
    page: str = ""
    edition: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A key for bibliographies, in ASCII: author or outlet, year, a word of the headline, and the digest of the id.

        The digest identifies the article, so that two articles never share a key.
        """
        from slugify import slugify  # slow to import, and only citations need keys

        author = self.authors[0] if self.authors else None
        who = (author.family or author.literal if author is not None else "") or self.outlet
        parts = [_key_part(slugify(who))[:_KEY_WORD_LENGTH]]
        parts.append(f"{self.date.year:04d}" if self.date is not None else "")
        words = [word for word in _KEY_WORD.findall(slugify(self.title[:400])) if len(word) > 3]
        parts.append(words[0][:_KEY_WORD_LENGTH] if words else "")
        return "-".join(filter(None, ("".join(parts), _key_part(slugify(without_slug(self.id))))))

    @property
    def month(self) -> int | None:
        """The number of the month of publication, None if it is not known."""
        return None if self.date is None else self.date.month

    @property
    def day(self) -> int | None:
        """The day of publication, None if it is not known."""
        return None if self.date is None or isinstance(self.date, PartialDate) else self.date.day


def _key_part(slug: str) -> str:
    return slug.replace("-", "")


def cited(item: Cited, abstract: str = "", keywords: Iterable[str] = ()) -> Citation:
    """Return the citation of an article or of a hit, with the tags that it was given as keywords."""
    others = {name: shown(item.extra.get(name)) for name in ("page", "pages", "edition")}
    agency = item.source if item.source and item.source != item.outlet else None
    return Citation(
        id=item.id,
        title=_plain_line(item.title),
        authors=authors_of(_plain_line(item.byline), item.lang, _plain_line(item.outlet)),
        outlet=_plain_line(item.outlet),
        date=item.date,
        section=_plain_line(item.section),
        lang=_plain_line(item.lang),
        url=_plain_line(item.url),
        accessed=item.added.date() if item.url and item.added is not None else None,
        record_key=_plain_line(item.key),
        agency=_plain_line(agency),
        located=_plain_line(item.located),
        byline=_plain_line(item.byline),
        page=_plain_line(others["page"] or others["pages"]),
        edition=_plain_line(others["edition"]),
        abstract=_plain_line(abstract),
        keywords=tuple(map(_plain_line, keywords)),
    )


_SHOWS_NOTHING = frozenset(MARKS_OF_DIRECTION + "\u00ad\u2060\ufeff")
"""Characters that show nothing: marks of direction, possible hyphens, and the mark of the order of bytes."""


def _plain_line(text: str | None) -> str:
    """Return a text on one line, without control characters, which no format of citations can hold.

    The joiners inside words of Persian, of Indian scripts and of emoji stay; they are not printable either.

    >>> _plain_line("one\\ntwo\\x00"), _plain_line("می\u200cخواهد") == "می\u200cخواهد"
    ('one two', True)
    """
    if text is None:
        return ""
    if text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(map(_in_a_line, text)).split())


def _in_a_line(char: str) -> str:
    """Return a character as it stands in a citation: a space in the place of a control or the half of a pair, nothing in
    that of a mark of direction or of a break that is possible.
    """
    category = unicodedata.category(char)
    if category in ("Cc", "Cs", "Zl", "Zp", "Zs") or ord(char) & 0xFFFE == 0xFFFE:
        return " "
    return "" if char in _SHOWS_NOTHING else char
