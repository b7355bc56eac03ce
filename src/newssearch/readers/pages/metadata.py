"""Claim the metadata of an article except headline, byline and url: from ``<meta>``, and the dates on the page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from newssearch.article import Provenance
from newssearch.readers.article.draft import Draft
from newssearch.text.dates import parse_published

from .dates import shown_dates
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

META_UPDATES = ("article:modified_time", "og:updated_time", "article:modified", "datemodified")
"""The names of ``<meta>`` elements that hold the date of the last update, the most trusted first."""

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

_DATE_IN_PATH = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>\d\d)[/-](?P<day>\d\d)(?=[/-]|$)")


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


def published_before_update(page: Page, stated: object) -> tuple[str, Provenance] | None:
    """Return the date of publication in ``<meta>`` if it is before the ``stated`` one, which is then that of an
    update; else None.

    Some programs write the time of the last update in place of the time of publication.
    """
    published, updated = page.first(*META_DATES[:3]), page.first(*META_UPDATES)
    if not isinstance(stated, str) or not published or not updated:
        return None
    read = [parse_published(text) for text in (stated, updated, published)]
    moments = [each.value for each in read if each is not None and isinstance(each.value, dt.datetime)]
    if len(moments) < 3 or len({moment.tzinfo is None for moment in moments}) > 1:
        return None
    if moments[0] != moments[1] or not moments[2] < moments[1]:
        return None
    return published, Provenance(
        "stated", meta_source(next(name for name in META_DATES[:3] if name in page.meta))
    )


def _claim_page_dates(draft: Draft, page: Page, titles: Sequence[str]) -> None:
    for name in META_DATES:
        for value in page.meta.get(name, ())[:2]:
            draft.claim("date", plausible_date(value), Provenance("stated", meta_source(name)))
    if not draft.has_whole_date():
        for value, provenance in shown_dates(page, titles):
            draft.claim("date", value, provenance)
    for url in (page.canonical, page.og_url, page.address):
        if url and (found := _DATE_IN_PATH.search(urlsplit(url).path)):
            draft.claim("date", "-".join(found.group("year", "month", "day")), Provenance("inferred", "url"))
