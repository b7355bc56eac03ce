"""How an article is cited: a line for people, and the data with which reference managers take it from a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote_plus, urlencode

from newssearch.article import Article, Date
from newssearch.citations.authors import authors_of
from newssearch.commit import Commit
from newssearch.results import Hit
from newssearch.text.partial_dates import PartialDate

_CITED_DIGITS = 16
"""The number of digits of the digest of a commit in a citation: enough to tell commits apart."""
_CONTEXT = urlencode({"ctx_ver": "Z39.88-2004", "rft_val_fmt": "info:ofi/fmt:kev:mtx:dc", "rft.type": "newspaperArticle", "rft.title": ""})  # fmt: skip
MAX_KEPT_NAMES = 1024
"""The encoding of this number of names of outlets, authors and languages is kept."""
_TITLE_ENDS = ("?", "!", ".", "…")


class MetaTag(NamedTuple):
    """A ``<meta>`` element with the bibliographic data of a page."""

    name: str
    content: str


def original_address(article: Article | Hit) -> str:
    """Return the address of an article on the web, or "" if it has none that a browser may be sent to."""
    address = article.url or ""
    return address if address.lower().startswith(("http://", "https://")) else ""


class CitationPart(NamedTuple):
    """A part of a citation, which a page shows in its own direction, with the punctuation around it."""

    before: str
    text: str
    after: str


def citation_parts(article: Article) -> list[CitationPart]:
    """Return the parts of a reference to an article: author, title, outlet, date, address.

    What the article does not have is left out, except that an article without a date says so.

    >>> def citation_line(article):
    ...     return "".join("".join(part) for part in citation_parts(article))
    >>> citation_line(Article.create(title="Rain?", outlet="The Echo", date="2024-07-25", byline="Ann Lee"))
    'Ann Lee, “Rain?” The Echo, 25 July 2024.'
    >>> citation_line(Article.create(title="Rain", outlet="The Echo", url="https://echo.example/rain"))
    '“Rain,” The Echo, undated, https://echo.example/rain.'
    """
    title = (article.title or "Untitled").strip()
    comma = "" if title.endswith(_TITLE_ENDS) else ","
    by = [CitationPart("", article.byline, ", ")] if article.byline else []
    rest = [article.outlet, day_in_words(article.date), original_address(article)]
    *others, last = [part for part in rest if part]
    return [
        *by,
        CitationPart("“", title, f"{comma}” "),
        *(CitationPart("", part, ", ") for part in others),
        CitationPart("", last, "."),
    ]


def archive_citation(article: Article, commit: Commit) -> str:
    """Return where an article is in the archive: its id, and the commit that was read."""
    return f"newssearch archive, {article.id}, commit {commit.number} ({commit.digest[:_CITED_DIGITS]})"


def day_in_words(date: Date | None) -> str:
    """Return a date as a citation has it: ``25 July 2024``, ``July 2024``, ``2024`` or ``undated``.

    >>> day_in_words(dt.date(2024, 7, 5)), day_in_words(PartialDate(2024, 7)), day_in_words(None)
    ('5 July 2024', 'July 2024', 'undated')
    """
    if date is None:
        return "undated"
    if isinstance(date, PartialDate):
        return f"{_MONTHS[date.month - 1]} {date.year}" if date.month else str(date.year)
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def author_names(article: Article | Hit) -> list[str]:
    """Return the authors in a byline, one by one, as they are read.

    >>> author_names(Article.create(title="Rain", byline="By Ann Lee and Bo Ek"))
    ['Ann Lee', 'Bo Ek']
    """
    return [author.name for author in authors_of(article.byline, article.lang, article.outlet or "")]


def meta_tags(article: Article) -> Iterator[MetaTag]:
    """Yield the ``<meta>`` elements by which reference managers recognise an article on a page.

    The names are those of Highwire Press, and for the type the one of Zotero.
    """
    yield MetaTag("z:itemType", "newspaperArticle")
    yield MetaTag("citation_title", article.title or "Untitled")
    for author in author_names(article):
        yield MetaTag("citation_author", author)
    if article.date is not None:
        yield MetaTag("citation_publication_date", _iso_day(article.date))
    if article.outlet:
        yield MetaTag("citation_journal_title", article.outlet)
    if article.lang:
        yield MetaTag("citation_language", article.lang)
    if address := original_address(article):
        yield MetaTag("citation_public_url", address)


def context_object(article: Article | Hit) -> str:
    """Return the COinS of an article or a hit: an OpenURL ContextObject (Z39.88-2004) with Dublin Core, for the title of a span.

    >>> context_object(Article.create(title="Rain", outlet="The Echo")).partition("&rft.title=")[2]
    'Rain&rft.source=The+Echo'
    """
    parts = [_CONTEXT, _form_encoded(article.title or "Untitled")]
    parts += [f"&rft.au={_encoded_name(author)}" for author in author_names(article)]
    if article.outlet:
        parts.append(f"&rft.source={_encoded_name(article.outlet)}")
    if article.date is not None:
        parts.append(f"&rft.date={_iso_day(article.date)}")
    if article.lang:
        parts.append(f"&rft.language={_encoded_name(article.lang)}")
    if address := original_address(article):
        parts.append(f"&rft.identifier={_form_encoded(address)}")
    return "".join(parts)


_FORM_ENCODING = {number: quote_plus(chr(number)) for number in range(128)}


def _form_encoded(text: str) -> str:
    if text.isascii():  # most texts: it takes half the time
        return text.translate(_FORM_ENCODING)
    return quote_plus(text, errors="replace")


_encoded_name = lru_cache(maxsize=MAX_KEPT_NAMES)(_form_encoded)


def _iso_day(date: Date) -> str:
    return date.date().isoformat() if isinstance(date, dt.datetime) else date.isoformat()
