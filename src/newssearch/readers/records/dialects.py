"""The dialects of JSON in which services, programs and publishers give articles.

A dialect is known by its keys. It claims what it knows better than the names of the keys tell, and takes those keys
out of the record; what is left is read by :data:`.field_names.KEYS`, as in a record of no dialect.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from newssearch.article import Provenance
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.values import as_text, is_domain

from . import ninjs
from .envelopes import AROUND, is_article_type
from .json_values import (
    SUMMARY,
    Values,
    first,
    headline,
    html,
    inner,
    names_in,
    normal,
    objects,
    string,
    without_by,
)

LEAD = Provenance("stated", "only the first paragraph")
SEEN = Provenance("inferred", "when it was found")
FEED = Provenance("stated", "the feed's title")

_PAID = re.compile(r"only available in (?:[\w ]{1,40} )?plans?\W*", re.IGNORECASE)


class Dialect(NamedTuple):
    """A dialect; ``fill`` gives what the record is, where it is no article."""

    matches: Callable[[Values], bool]
    fill: Callable[[Values, Draft], str | None]


def fill(values: Values, draft: Draft) -> str | None:
    """Fill a draft by the dialect that a record is in, if any; what the record is, where it is no article."""
    for dialect in DIALECTS:
        if dialect.matches(values):
            return dialect.fill(values, draft)
    return None


def _has(values: Values, *names: str) -> bool:
    return all(name in values for name in names)


def _feed_item(values: Values, draft: Draft) -> None:
    """An item of a JSON feed (version 1 or 1.1)."""
    feed = values.pop(normal(AROUND))
    plain = string(values.pop("contenttext", None))
    draft.text = html(values.pop("contenthtml", None)) or plain or ""
    draft.claim("byline", names_in(values.pop("authors", None)) or names_in(values.pop("author", None)))
    draft.claim("byline", names_in(inner(feed, "authors")) or names_in(inner(feed, "author")))
    draft.claim("outlet", inner(feed, "title"), FEED)
    draft.claim("lang", values.pop("language", None))
    draft.claim("lang", inner(feed, "language"))
    tags = values.pop("tags", None)
    draft.claim("section", tags[0] if isinstance(tags, list) and tags else None)


def _newsapi(values: Values, draft: Draft) -> None:
    """NewsAPI, GNews and those alike: the source is who published it."""
    source = values.pop("source", None)
    draft.claim("outlet", inner(source, "name") or inner(source, "title") or inner(source, "uri"))


def _event_registry(values: Values, draft: Draft) -> None:
    _newsapi(values, draft)
    draft.identity = string(values.pop("uri", None))


def _newsdata(values: Values, draft: Draft) -> None:
    """newsdata.io, whose texts are for those who pay."""
    draft.identity = as_text(values.pop("articleid", None))
    draft.claim("outlet", values.pop("sourcename", None))
    draft.claim("outlet", values.pop("sourceid", None))
    values.pop("source", None)
    if _PAID.fullmatch(string(values.get("content")) or ""):
        values.pop("content")
    for name in ("language", "category"):
        value = values.get(name)
        if isinstance(value, list):
            values[name] = value[0] if value else None


def _mediastack(values: Values, draft: Draft) -> None:
    draft.claim("outlet", values.pop("source", None))


def _guardian(values: Values, draft: Draft) -> None:
    """The Open Platform of the Guardian."""
    fields = values.pop("fields", None)
    draft.claim("title", headline(inner(fields, "headline")))
    draft.claim("title", headline(values.pop("webtitle", None)))
    draft.claim("date", values.pop("webpublicationdate", None))
    draft.claim("url", values.pop("weburl", None))
    draft.claim("byline", headline(inner(fields, "byline")))
    contributors = [tag for tag in objects(values.get("tags")) if tag.get("type") == "contributor"]
    draft.claim("byline", [name for tag in contributors if (name := first(tag, "webtitle"))])
    draft.claim("outlet", inner(fields, "publication"))
    draft.claim("lang", inner(fields, "lang"))
    draft.text = html(inner(fields, "body"))
    if not draft.text:
        blocks = inner(values.get("blocks"), "body")
        draft.text = [
            block
            for part in objects(blocks)
            for block in html(part.get("bodyhtml") or part.get("bodytextsummary"))
        ]
    if not draft.text:
        draft.text = string(inner(fields, "bodytext")) or ""
    if not draft.text:
        draft.text = html(inner(fields, "standfirst") or inner(fields, "trailtext"))
        draft.text_known = SUMMARY


def _nyt(values: Values, draft: Draft) -> None:
    """The Article Search of the New York Times, which gives no texts."""
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
    draft.identity = string(values.pop("uri", None)) or string(values.get("id"))
    lead, rest = string(values.pop("leadparagraph", None)), first(values, "abstract", "snippet")
    if lead or rest:
        draft.text, draft.text_known = [lead or rest or ""], LEAD if lead else SUMMARY


def _wordpress(values: Values, draft: Draft) -> str | None:
    """A post of WordPress, by its interface."""
    draft.identity = string(inner(values.pop("guid", None), "rendered"))
    draft.claim("title", headline(inner(values.pop("title", None), "rendered")))
    draft.text = html(inner(values.pop("content", None), "rendered"))
    if not draft.text:
        draft.text = html(inner(values.pop("excerpt", None), "rendered"))
        draft.text_known = SUMMARY
    moment = string(values.pop("dategmt", None))
    draft.claim("date", f"{moment}Z" if moment and "T" in moment and not moment.endswith("Z") else moment)
    # Authors and categories are numbers here, and named only where they were asked for.
    for name in ("author", "categories", "tags", "type", "status"):
        values.pop(name, None)
    within, seo = values.pop("embedded", None), values.pop("yoastheadjson", None)
    draft.claim("byline", names_in(inner(within, "author")) or inner(seo, "author"))
    draft.claim("outlet", inner(seo, "ogsitename"))
    terms = inner(within, "wpterm")
    for group in terms if isinstance(terms, list) else ():
        for term in objects(group):
            if term.get("taxonomy") == "category":
                draft.claim("section", headline(term.get("name")))
    return None


def _schema_org(values: Values, draft: Draft) -> str | None:
    """An article of schema.org."""
    kind = values.pop("type", None)
    if kind is not None and not is_article_type(kind) and not values.get("articlebody"):
        return "linked data of no article"
    draft.claim("title", headline(values.pop("headline", None)))
    for name in ("author", "creator"):
        draft.claim("byline", names_in(values.pop(name, None), "name", "alternatename"))
    draft.claim("outlet", names_in(values.pop("publisher", None), "name", "legalname", "url"))
    draft.claim("outlet", names_in(values.pop("ispartof", None)))
    for name in ("sourceorganization", "credittext", "provider"):
        draft.claim("source", names_in(values.pop(name, None)))
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
    draft.claim("located", names_in(values.pop("locationcreated", None)))
    sections = values.pop("articlesection", None)
    draft.claim("section", sections[0] if isinstance(sections, list) and sections else sections)
    draft.identity = as_text(inner(values.get("identifier"), "value") or values.pop("identifier", None))
    for name in ("name", "alternativeheadline"):
        draft.claim("title", headline(values.pop(name, None)))
    return None


def _newsplease(values: Values, draft: Draft) -> None:
    """news-please, and what is made with it of Common Crawl: when it was fetched is no date of it."""
    for name in ("titlepage", "titlerss"):
        draft.claim("title", values.get("title"))
        draft.claim("title", values.pop(name, None))
    draft.claim("outlet", values.pop("sourcedomain", None))
    values.pop("datedownload", None)


def _gdelt(values: Values, draft: Draft) -> None:
    """GDELT, which knows when it found an article."""
    draft.claim("date", values.pop("seendate", None), SEEN)


def _of_outlet(values: Values, draft: Draft) -> None:
    """Whose source is given with the address of its site: it is the outlet."""
    draft.claim("outlet", values.pop("source", None))


def _is_site(value: object) -> bool:
    text = (string(value) or "").removeprefix("https://").removeprefix("http://").strip().rstrip("/")
    return is_domain(text)


def _is_linked_data(values: Values) -> bool:
    context = values.get("context")
    contexts = [*context, inner(context, "vocab")] if isinstance(context, (list, dict)) else [context]
    return "type" in values and any("schema.org" in text for item in contexts if (text := string(item)))


DIALECTS = (
    Dialect(lambda values: normal(AROUND) in values, _feed_item),
    Dialect(_is_linked_data, _schema_org),
    Dialect(lambda values: is_article_type(values.get("type")) and "headline" in values, _schema_org),
    Dialect(lambda values: isinstance(inner(values.get("content"), "rendered"), str), _wordpress),
    Dialect(lambda values: _has(values, "webtitle", "weburl"), _guardian),
    Dialect(
        lambda values: _has(values, "headline", "pubdate", "weburl")
        or (isinstance(values.get("headline"), dict) and "leadparagraph" in values),
        _nyt,
    ),
    Dialect(ninjs.matches, ninjs.fill),
    Dialect(lambda values: _has(values, "datatype", "uri") and isinstance(values.get("source"), dict), _event_registry),
    Dialect(lambda values: "publishedat" in values and isinstance(values.get("source"), dict), _newsapi),
    Dialect(lambda values: _has(values, "articleid", "sourceid", "pubdate"), _newsdata),
    Dialect(
        lambda values: _has(values, "publishedat", "source", "country", "category", "description"), _mediastack
    ),
    Dialect(lambda values: "maintext" in values or _has(values, "datepublish", "sourcedomain"), _newsplease),
    Dialect(lambda values: "seendate" in values, _gdelt),
    Dialect(lambda values: string(values.get("source")) is not None and _is_site(values.get("sourceurl")), _of_outlet),
)  # fmt: skip
"""The dialects, in the order in which they are asked."""
