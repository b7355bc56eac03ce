"""The dialects of JSON in which services, programs and publishers write articles.

A dialect is recognised by its keys. It claims the values whose meaning differs from what their keys suggest, and
removes those keys from the record; the remaining keys are looked up in :data:`.field_names.RECORD_KEYS`, as in any
other record.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from newssearch.article import Provenance
from newssearch.readers.article.addresses import document_address
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.values import is_domain

from . import ninjs
from .envelopes import FEED_KEY, is_article_type
from .json_values import (
    FROM_SUMMARY,
    RecordValues,
    first,
    html_blocks,
    inner,
    listed_names,
    normal_name,
    objects,
    plain_headline,
    string,
    without_by,
)

FROM_LEAD = Provenance("stated", "only the first paragraph")
FROM_CRAWL = Provenance("inferred", "when it was found")
FROM_FEED_TITLE = Provenance("stated", "the feed's title")

_NO_ABSTRACT = re.compile(r"(?:none|not|abstract not) available\W*", re.IGNORECASE)
_PAID_ONLY = re.compile(r"only available in (?:[\w ]{1,40} )?plans?\W*", re.IGNORECASE)


class Dialect(NamedTuple):
    """A dialect in which a service, a program or a publisher writes records.

    ``matches`` returns whether a record is in this dialect. ``fill`` fills the draft and returns None; for a record
    that is not an article, it returns the kind under which reports count it.
    """

    matches: Callable[[RecordValues], bool]
    fill: Callable[[RecordValues, Draft], str | None]


def fill_by_dialect(values: RecordValues, draft: Draft) -> str | None:
    """Fill a draft by the dialect of a record, if the record has one.

    Return None, or the kind under which reports count a record that is not an article.
    """
    for dialect in DIALECTS:
        if dialect.matches(values):
            return dialect.fill(values, draft)
    return None


def _has(values: RecordValues, *names: str) -> bool:
    return all(name in values for name in names)


def _feed_item(values: RecordValues, draft: Draft) -> None:
    """Fill a draft from an item of a JSON feed (version 1 or 1.1)."""
    feed = values.pop(normal_name(FEED_KEY))
    draft.claim_key(values.pop("id", None), "guid", of_outlet=True)
    plain = string(values.pop("contenttext", None))
    draft.text = html_blocks(values.pop("contenthtml", None)) or plain or ""
    draft.claim(
        "byline", listed_names(values.pop("authors", None)) or listed_names(values.pop("author", None))
    )
    draft.claim("byline", listed_names(inner(feed, "authors")) or listed_names(inner(feed, "author")))
    draft.claim("outlet", inner(feed, "title"), FROM_FEED_TITLE)
    draft.claim("lang", values.pop("language", None))
    draft.claim("lang", inner(feed, "language"))
    tags = values.pop("tags", None)
    draft.claim("section", tags[0] if isinstance(tags, list) and tags else None)


def _newsapi(values: RecordValues, draft: Draft) -> None:
    """Fill a draft from a record of NewsAPI, GNews or a similar service: their ``source`` is the outlet."""
    source = values.pop("source", None)
    draft.claim("outlet", inner(source, "name") or inner(source, "title") or inner(source, "uri"))


def _event_registry(values: RecordValues, draft: Draft) -> None:
    _newsapi(values, draft)
    draft.claim_key(string(values.pop("uri", None)), "eventregistry")


def _newsdata(values: RecordValues, draft: Draft) -> None:
    """Fill a draft from a record of newsdata.io, which gives texts to paying customers only."""
    draft.claim_key(values.pop("articleid", None), "newsdata")
    draft.claim("outlet", values.pop("sourcename", None))
    draft.claim("outlet", values.pop("sourceid", None))
    values.pop("source", None)
    if _PAID_ONLY.fullmatch(string(values.get("content")) or ""):
        values.pop("content")
    for name in ("language", "category"):
        value = values.get(name)
        if isinstance(value, list):
            values[name] = value[0] if value else None


def _mediastack(values: RecordValues, draft: Draft) -> None:
    draft.claim("outlet", values.pop("source", None))


def _guardian(values: RecordValues, draft: Draft) -> None:
    """Fill a draft from a record of the Open Platform API of the Guardian."""
    fields = values.pop("fields", None)
    draft.claim_key(values.pop("id", None), "guardian")
    draft.claim("title", plain_headline(inner(fields, "headline")))
    draft.claim("title", plain_headline(values.pop("webtitle", None)))
    draft.claim("date", values.pop("webpublicationdate", None))
    draft.claim("url", values.pop("weburl", None))
    draft.claim("byline", plain_headline(inner(fields, "byline")))
    contributors = [tag for tag in objects(values.get("tags")) if tag.get("type") == "contributor"]
    draft.claim("byline", [name for tag in contributors if (name := first(tag, "webtitle"))])
    draft.claim("outlet", inner(fields, "publication"))
    draft.claim("lang", inner(fields, "lang"))
    draft.text = html_blocks(inner(fields, "body"))
    if not draft.text:
        blocks = inner(values.get("blocks"), "body")
        draft.text = [
            block
            for part in objects(blocks)
            for block in html_blocks(part.get("bodyhtml") or part.get("bodytextsummary"))
        ]
    if not draft.text:
        draft.text = string(inner(fields, "bodytext")) or ""
    if not draft.text:
        draft.text = html_blocks(inner(fields, "standfirst") or inner(fields, "trailtext"))
        draft.text_provenance = FROM_SUMMARY


def _proquest(values: RecordValues, draft: Draft) -> None:
    """Fill a draft from a row of a spreadsheet of ProQuest, whose texts are abstracts."""
    draft.claim("outlet", values.pop("pubtitle"))
    if (address := string(values.pop("documenturl", None))) is not None:
        draft.claim("url", document_address(address))
    if _NO_ABSTRACT.fullmatch(string(values.get("abstract")) or ""):
        values.pop("abstract")


def _nyt(values: RecordValues, draft: Draft) -> None:
    """Fill a draft from a record of the Article Search API of the New York Times, which contains no full texts."""
    title = values.pop("headline", None)
    draft.claim("title", inner(title, "main") or inner(title, "printheadline"))
    draft.claim("title", string(title))
    draft.claim("date", values.pop("pubdate", None))
    draft.claim("url", values.pop("weburl", None))
    byline = values.pop("byline", None)
    draft.claim("byline", without_by(string(inner(byline, "original")) or string(byline)))
    source = string(values.pop("source", None))
    draft.claim("source", source)
    draft.claim("outlet", source if source and "new york times" in source.casefold() else None)
    draft.claim_key(string(values.pop("uri", None)) or string(values.get("id")), "nyt")
    lead, rest = string(values.pop("leadparagraph", None)), first(values, "abstract", "snippet")
    if lead or rest:
        draft.text, draft.text_provenance = [lead or rest or ""], FROM_LEAD if lead else FROM_SUMMARY


def _wordpress(values: RecordValues, draft: Draft) -> str | None:
    """Fill a draft from a post of the REST API of WordPress, and return None."""
    draft.claim_key(string(inner(values.pop("guid", None), "rendered")), "guid", of_outlet=True)
    draft.claim("title", plain_headline(inner(values.pop("title", None), "rendered")))
    draft.text = html_blocks(inner(values.pop("content", None), "rendered"))
    if not draft.text:
        draft.text = html_blocks(inner(values.pop("excerpt", None), "rendered"))
        draft.text_provenance = FROM_SUMMARY
    moment = string(values.pop("dategmt", None))
    draft.claim("date", f"{moment}Z" if moment and "T" in moment and not moment.endswith("Z") else moment)
    # Authors and categories are numbers here; their names are embedded only if the request asked for them.
    for name in ("author", "categories", "tags", "type", "status"):
        values.pop(name, None)
    within, seo = values.pop("embedded", None), values.pop("yoastheadjson", None)
    draft.claim("byline", listed_names(inner(within, "author")) or inner(seo, "author"))
    draft.claim("outlet", inner(seo, "ogsitename"))
    terms = inner(within, "wpterm")
    for group in terms if isinstance(terms, list) else ():
        for term in objects(group):
            if term.get("taxonomy") == "category":
                draft.claim("section", plain_headline(term.get("name")))
    return None


def _schema_org(values: RecordValues, draft: Draft) -> str | None:
    """Fill a draft from a schema.org article. Return the kind of a record that is not an article, else None."""
    kind = values.pop("type", None)
    if kind is not None and not is_article_type(kind) and not values.get("articlebody"):
        return "linked data of no article"
    draft.claim("title", plain_headline(values.pop("headline", None)))
    for name in ("author", "creator"):
        draft.claim("byline", listed_names(values.pop(name, None), "name", "alternatename"))
    draft.claim("outlet", listed_names(values.pop("publisher", None), "name", "legalname", "url"))
    draft.claim("outlet", listed_names(values.pop("ispartof", None)))
    for name in ("sourceorganization", "credittext", "provider"):
        draft.claim("source", listed_names(values.pop(name, None)))
    language = values.pop("inlanguage", None)
    draft.claim("lang", inner(language, "alternatename") or inner(language, "identifier") or language)
    page = values.pop("mainentityofpage", None)
    for address in (
        values.pop("url", None),
        page,
        inner(page, "id"),
        inner(page, "url"),
        values.pop("id", None),
    ):
        text = string(address)
        draft.claim("url", text if text and "://" in text else None)
    draft.claim("located", listed_names(values.pop("locationcreated", None)))
    sections = values.pop("articlesection", None)
    draft.claim("section", sections[0] if isinstance(sections, list) and sections else sections)
    draft.claim_key(
        inner(values.get("identifier"), "value") or values.pop("identifier", None),
        "identifier",
        of_outlet=True,
    )
    for name in ("name", "alternativeheadline"):
        draft.claim("title", plain_headline(values.pop(name, None)))
    return None


def _newsplease(values: RecordValues, draft: Draft) -> None:
    """Fill a draft from a record of news-please, which also reads Common Crawl; its download date is ignored."""
    for name in ("titlepage", "titlerss"):
        draft.claim("title", values.get("title"))
        draft.claim("title", values.pop(name, None))
    draft.claim("outlet", values.pop("sourcedomain", None))
    values.pop("datedownload", None)


def _gdelt(values: RecordValues, draft: Draft) -> None:
    """Fill a draft from a record of GDELT, whose date is the moment at which GDELT found the article."""
    draft.claim("date", values.pop("seendate", None), FROM_CRAWL)


def _with_source_site(values: RecordValues, draft: Draft) -> None:
    """Fill a draft from a record that states the web site of its ``source``: such a source is the outlet."""
    draft.claim("outlet", values.pop("source", None))


def _is_site(value: object) -> bool:
    text = (string(value) or "").removeprefix("https://").removeprefix("http://").strip().rstrip("/")
    return is_domain(text)


def _is_linked_data(values: RecordValues) -> bool:
    context = values.get("context")
    contexts = [*context, inner(context, "vocab")] if isinstance(context, (list, dict)) else [context]
    return "type" in values and any("schema.org" in text for item in contexts if (text := string(item)))


DIALECTS = (
    Dialect(lambda values: normal_name(FEED_KEY) in values, _feed_item),
    Dialect(_is_linked_data, _schema_org),
    Dialect(lambda values: is_article_type(values.get("type")) and "headline" in values, _schema_org),
    Dialect(lambda values: isinstance(inner(values.get("content"), "rendered"), str), _wordpress),
    Dialect(lambda values: _has(values, "webtitle", "weburl"), _guardian),
    Dialect(
        lambda values: _has(values, "headline", "pubdate", "weburl")
        or (isinstance(values.get("headline"), dict) and "leadparagraph" in values),
        _nyt,
    ),
    Dialect(ninjs.is_ninjs, ninjs.fill_from_ninjs),
    Dialect(lambda values: _has(values, "datatype", "uri") and isinstance(values.get("source"), dict), _event_registry),
    Dialect(lambda values: "publishedat" in values and isinstance(values.get("source"), dict), _newsapi),
    Dialect(lambda values: _has(values, "articleid", "sourceid", "pubdate"), _newsdata),
    Dialect(
        lambda values: _has(values, "publishedat", "source", "country", "category", "description"), _mediastack
    ),
    Dialect(lambda values: _has(values, "storeid", "pubtitle"), _proquest),
    Dialect(lambda values: "maintext" in values or _has(values, "datepublish", "sourcedomain"), _newsplease),
    Dialect(lambda values: "seendate" in values, _gdelt),
    Dialect(lambda values: string(values.get("source")) is not None and _is_site(values.get("sourceurl")), _with_source_site),
)  # fmt: skip
"""The dialects, in the order in which they are tried on a record."""
