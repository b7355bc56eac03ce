"""Claim the metadata of an article except headline, byline and url: from ``<meta>``, and the dates on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from urllib.parse import urlsplit

from newssearch.article import Provenance
from newssearch.readers.article.draft import Draft

from .bylines import below_headline
from .layout import Piece, visible_text
from .page import Page, meta_source
from .schemaorg import plausible_date

META_DATES = (
    "article:published_time", "article:published:time", "og:article:published_time", "og:published_time",
    "article:published", "og:pubdate", "parsely-pub-date", "sailthru.date", "cxenseparse:publishtime",
    "cxenseparse:recs:publishtime", "datepublished", "citation_publication_date", "citation_online_date",
    "dcterms.issued", "dc.date.issued", "prism.publicationdate", "dcterms.date", "dc.date", "dcterms.created",
    "dc.date.created", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date",
    "publication-date", "published-date", "published_date", "published_time", "article_date_original", "article.created", "article.published",
    "displaydate", "date.created", "date.available", "created", "date",
)  # fmt: skip
"""The names of ``<meta>`` elements that hold the date of publication, the most trusted first."""

META_OUTLETS = (
    "og:site_name", "article:publisher", "publisher", "dc.publisher", "dcterms.publisher", "citation_journal_title",
    "cre", "application-name", "apple-mobile-web-app-title",
)  # fmt: skip
"""The names of ``<meta>`` elements that hold the outlet, the most trusted first."""

META_SECTIONS = (
    "article:section", "og:article:section", "parsely-section", "sailthru.section", "cxenseparse:section",
    "article.section", "section", "dc.subject.section",
)  # fmt: skip
"""The names of ``<meta>`` elements that hold the section, the most trusted first."""

META_SUMMARIES = (
    "og:description",
    "description",
    "twitter:description",
    "dc.description",
    "sailthru.description",
)
"""The names of ``<meta>`` elements that hold a summary, the most trusted first."""

META_LANGS = ("og:locale", "dc.language", "dcterms.language", "language", "content-language")
"""The names of ``<meta>`` elements that hold a language, the most trusted first."""

LONGEST_DATE_LINE = 60
"""The maximum number of characters of a line under the headline whose date counts as that of the article."""

MAX_SHOWN_DATES = 12
"""The maximum number of elements marked as dates that are examined on a page."""

FROM_SHOWN_DATE = Provenance("stated", "date on the page")
FROM_DATE_UNDER_HEADLINE = Provenance("inferred", "a date under the headline")

_DATE_IN_TEXT = re.compile(
    r"\b(?:(?P<iso>\d{4}-\d\d-\d\d)|(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})|"
    r"\d{1,2}/\d{1,2}/\d{4}|\d{1,2}\.?\s[^\W\d_]{3,9}\.?\s\d{4}|[^\W\d_]{3,9}\.?\s\d{1,2},?\s\d{4})\b"
)
"""A pattern for a date inside a text."""

_DATE_IN_PATH = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>\d\d)[/-](?P<day>\d\d)(?=[/-]|$)")

_PUBLICATION_WORD = re.compile(r"publi|pubdate|entry-date|posted|created|issued", re.IGNORECASE)
_UPDATE_WORD = re.compile(r"updat|modif|aktualis|actualiz|güncel|edited|expir", re.IGNORECASE)


def claim_metadata(draft: Draft, page: Page, titles: Sequence[str]) -> None:
    """Claim all metadata of a page except headline, byline and url.

    ``titles`` are the headlines, under which dates are searched.
    """
    _claim_page_dates(draft, page, titles)
    for name in META_OUTLETS:
        if (value := page.first(name)) and not _is_link_or_handle(value):
            draft.claim("outlet", value, Provenance("stated", meta_source(name)))
    for name in META_SECTIONS:
        draft.claim("section", page.first(name), Provenance("stated", meta_source(name)))
    draft.claim("lang", page.lang, Provenance("stated", "<html lang>"))
    for name in META_LANGS:
        draft.claim("lang", page.first(name), Provenance("stated", meta_source(name)))


def _is_link_or_handle(value: str) -> bool:
    return re.match(r"https?:|@|www\.", value, re.IGNORECASE) is not None


def is_front_page(url: str) -> bool:
    """Whether a URL leads to a front page: it has neither a path nor a query."""
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _claim_page_dates(draft: Draft, page: Page, titles: Sequence[str]) -> None:
    for name in META_DATES:
        for value in page.meta.get(name, ())[:2]:
            draft.claim("date", plausible_date(value), Provenance("stated", meta_source(name)))
    below = below_headline(page.layout, titles)
    for shown, provenance in _dates_shown(page, below):
        draft.claim("date", shown, provenance)
    for piece in below:
        if len(piece.text) <= LONGEST_DATE_LINE and not _UPDATE_WORD.match(piece.text):
            draft.claim("date", _date_in_line(piece.text), FROM_DATE_UNDER_HEADLINE)
    for url in (page.canonical, page.og_url, page.address):
        if url and (found := _DATE_IN_PATH.search(urlsplit(url).path)):
            draft.claim("date", "-".join(found.group("year", "month", "day")), Provenance("inferred", "url"))


def _dates_shown(page: Page, below: Sequence[Piece]) -> Iterator[tuple[str | None, Provenance]]:
    """Yield the dates marked as dates of publication, then other dates in the pieces ``below`` the headline.

    A date above the headline may be the day on which the page was fetched, and a date far below it is that of another
    article.
    """
    containers = {piece.element for piece in below}
    published: list[str | None] = []
    under: list[str | None] = []
    layout = page.layout
    for number in page.dates[:MAX_SHOWN_DATES]:
        element = layout.elements[number]
        text = visible_text(element)
        marks = f"{layout.marks[number]} {element.get('itemprop', '')}"
        if len(text) > 2 * LONGEST_DATE_LINE or _UPDATE_WORD.search(f"{marks} {text}"):
            continue
        value = plausible_date(element.get("datetime") or "") or _date_in_line(text)
        inside = range(number, min(number + 10, layout.ends[number]))
        near = not containers.isdisjoint([*inside, *islice(layout.outwards(number), 4)])
        if element.get("pubdate") is not None or _PUBLICATION_WORD.search(marks):
            if near:
                yield value, FROM_SHOWN_DATE
            else:
                published.append(value)
        elif near:
            under.append(value)
    if len(set(published)) == 1:
        yield published[0], FROM_SHOWN_DATE
    yield from ((value, FROM_DATE_UNDER_HEADLINE) for value in under[:2])


def _date_in_line(text: str) -> str | None:
    """Return the date in a short line, perhaps after a name, or None; in 3.5.2024 the day comes first."""
    found = _DATE_IN_TEXT.search(text)
    if found is None or text.count(" ", 0, found.start()) > 5:  # the line is a caption
        return None
    if found["year"]:
        return f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}"
    return found[0]
