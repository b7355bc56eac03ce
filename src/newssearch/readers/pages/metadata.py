"""What an HTML page says of its article besides headline and author: in ``<meta>``, in links, in the dates it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from urllib.parse import urlsplit

from newssearch.article import Provenance
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.values import host

from .bylines import below_headline
from .dom import Piece, marks_of, text_of
from .page import Page, where_in_meta
from .schemaorg import said_date

DATES = (
    "article:published_time", "article:published:time", "og:article:published_time", "og:published_time",
    "article:published", "og:pubdate", "parsely-pub-date", "sailthru.date", "cxenseparse:publishtime",
    "cxenseparse:recs:publishtime", "datepublished", "citation_publication_date", "citation_online_date",
    "dcterms.issued", "dc.date.issued", "prism.publicationdate", "dcterms.date", "dc.date", "dcterms.created",
    "dc.date.created", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date",
    "publication-date", "published-date", "published_date", "published_time", "article_date_original", "article.created", "article.published",
    "displaydate", "date.created", "date.available", "created", "date",
)  # fmt: skip
OUTLETS = (
    "og:site_name", "article:publisher", "publisher", "dc.publisher", "dcterms.publisher", "citation_journal_title",
    "cre", "application-name", "apple-mobile-web-app-title",
)  # fmt: skip
SECTIONS = (
    "article:section", "og:article:section", "parsely-section", "sailthru.section", "cxenseparse:section",
    "article.section", "section", "dc.subject.section",
)  # fmt: skip
SUMMARIES = ("og:description", "description", "twitter:description", "dc.description", "sailthru.description")
LANGS = ("og:locale", "dc.language", "dcterms.language", "language", "content-language")
"""Names of ``<meta>``, the most trusted first."""

LONGEST_DATE = 60
"""Characters of a line under the headline whose date is that of the article."""

MOST_SHOWN = 12
"""Dates on a page that are looked at."""

SHOWN = Provenance("stated", "date on the page")
UNDER_HEADLINE = Provenance("inferred", "a date under the headline")

_DATE_IN = re.compile(
    r"\b(?:(?P<iso>\d{4}-\d\d-\d\d)|(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})|"
    r"\d{1,2}/\d{1,2}/\d{4}|\d{1,2}\.?\s[^\W\d_]{3,9}\.?\s\d{4}|[^\W\d_]{3,9}\.?\s\d{1,2},?\s\d{4})\b"
)
"""A date within a text."""

_DATE_IN_PATH = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>\d\d)[/-](?P<day>\d\d)(?=[/-]|$)")

_PUBLISHED = re.compile(r"publi|pubdate|entry-date|posted|created|issued", re.IGNORECASE)
_NOT_PUBLISHED = re.compile(r"updat|modif|aktualis|actualiz|güncel|edited|expir", re.IGNORECASE)


def claim_page(draft: Draft, page: Page, pieces: Sequence[Piece], titles: Sequence[str]) -> None:
    """Claim all fields but headline and byline."""
    _claim_dates(draft, page, pieces, titles)
    for name in OUTLETS:
        if (value := page.first(name)) and not _is_address(value):
            draft.claim("outlet", value, Provenance("stated", where_in_meta(name)))
    for name in SECTIONS:
        draft.claim("section", page.first(name), Provenance("stated", where_in_meta(name)))
    draft.claim("lang", page.lang, Provenance("stated", "<html lang>"))
    for name in LANGS:
        draft.claim("lang", page.first(name), Provenance("stated", where_in_meta(name)))
    addresses = [(page.canonical, "canonical link"), (page.og_url, "og:url")]
    if page.canonical and page.og_url and host(page.canonical) != host(page.og_url):
        addresses.reverse()  # a copy, whose canonical address is that of another outlet
    for url, where in addresses:
        if url and not is_front(url):
            draft.claim("url", url, Provenance("stated", where))


def _is_address(value: str) -> bool:
    return re.match(r"https?:|@|www\.", value, re.IGNORECASE) is not None


def is_front(url: str) -> bool:
    """Whether an address is that of a front page."""
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _claim_dates(draft: Draft, page: Page, pieces: Sequence[Piece], titles: Sequence[str]) -> None:
    for name in DATES:
        for value in page.meta.get(name, ())[:2]:
            draft.claim("date", said_date(value), Provenance("stated", where_in_meta(name)))
    below = below_headline(pieces, titles)
    for shown, known in _dates_shown(page, below):
        draft.claim("date", shown, known)
    for piece in below:
        if len(piece.text) <= LONGEST_DATE and not _NOT_PUBLISHED.match(piece.text):
            draft.claim("date", _date_in(piece.text), UNDER_HEADLINE)
    for url in (page.canonical, page.og_url, page.address):
        if url and (found := _DATE_IN_PATH.search(urlsplit(url).path)):
            draft.claim("date", "-".join(found.group("year", "month", "day")), Provenance("inferred", "url"))


def _dates_shown(page: Page, below: Sequence[Piece]) -> Iterator[tuple[str | None, Provenance]]:
    """Dates on the page that say they are of publication, then others in the pieces ``below`` its headline.

    What stands above the headline may be the day that the page was fetched, and what is far below is of other articles.
    """
    homes = {piece.home for piece in below}
    published: list[str | None] = []
    under: list[str | None] = []
    for element in page.dates[:MOST_SHOWN]:
        text = text_of(element)
        marks = f"{marks_of(element)} {element.get('itemprop', '')}"
        if len(text) > 2 * LONGEST_DATE or _NOT_PUBLISHED.search(f"{marks} {text}"):
            continue
        value = said_date(element.get("datetime") or "") or _date_in(text)
        near = not homes.isdisjoint([*islice(element.iter(), 10), *islice(element.iterancestors(), 3)])
        if element.get("pubdate") is not None or _PUBLISHED.search(marks):
            if near:
                yield value, SHOWN
            else:
                published.append(value)
        elif near:
            under.append(value)
    if len(set(published)) == 1:
        yield published[0], SHOWN
    yield from ((value, UNDER_HEADLINE) for value in under[:2])


def _date_in(text: str) -> str | None:
    """The date in a short line that may begin with a name; with points between its parts, the day comes first."""
    found = _DATE_IN.search(text)
    if found is None or text.count(" ", 0, found.start()) > 5:  # as in what is said of a picture
        return None
    if found["year"]:
        return f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}"
    return found[0]
