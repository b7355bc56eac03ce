"""Feeds to articles: RSS of all versions, Atom and CDF, by feedparser."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from newssearch.article import STATED, Provenance
from newssearch.readers.api import Format, Found, Input, Origin, Skipped, UnreadableError, whole
from newssearch.readers.article.draft import Draft
from newssearch.readers.decoding.encoding import SAMPLE, wide_encoding
from newssearch.readers.html_fragment import blocks_of, line_of
from newssearch.text.paragraphs import Block, split_paragraphs

from .feed_splitter import PART_LIMIT, parts_of
from .sniff import root_of

RSS_NAMESPACES = (
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
    "http://purl.org/net/rss1.1#",
)
"""What makes RDF a feed."""

ATOM_NAMESPACES = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "https://www.w3.org/2005/Atom")

FEED_TITLE = Provenance("stated", "the feed's title")
SUMMARY = Provenance("stated", "only the feed's summary")
DESCRIPTION = Provenance("stated", "the feed's description, which may be a part")
RELATIVE = Provenance("inferred", "a relative address and that of the feed")
UPDATED = Provenance("stated", "when it was updated")

LONGEST_SUMMARY = 1500
"""Characters that a summary may have; a longer description is not called one."""

NO_ARTICLES = {
    "attachment": "pictures", "nav_menu_item": "menus", "wp_navigation": "menus", "wp_global_styles": "styles",
    "custom_css": "styles", "revision": "revisions",
}  # fmt: skip
"""What an export of WordPress, which is a feed, has besides posts and pages."""

_MORE = re.compile(
    r"\W*(?:continue reading|read more|read the full (?:story|article)|more|weiterlesen|lire la suite"
    r"|leer más|seguir leyendo|leia mais|continua a leggere)\W*",
    re.IGNORECASE,
)

_DOCTYPE = re.compile(rb"<!DOCTYPE\b[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")

Entry = dict[str, Any]


def is_feed(source: Input) -> bool:
    """Whether an input is a feed."""
    if not source.opening.startswith("<"):
        return False
    root = root_of(source.opening)
    if root is None:
        return False
    name = root.name.lower()
    if name == "rss":
        return True
    if name == "feed":
        return any(namespace in root.tag for namespace in ATOM_NAMESPACES) or "<entry" in source.opening
    if name == "rdf":
        return any(namespace in source.opening for namespace in RSS_NAMESPACES)
    return name == "channel"  # CDF


def parse(data: bytes, origin: Origin) -> Iterator[Found]:
    """The entries of a feed.

    Raises UnreadableError for a feed without entries.
    """
    try:
        import feedparser  # slow to import, and optional
    except ImportError:
        raise UnreadableError(
            "a feed: reading it takes feedparser (pip install 'newssearch[feeds]')"
        ) from None
    wide = wide_encoding(data[:SAMPLE])
    if wide is not None:  # feedparser stumbles over some of it
        text = data.decode(wide, "replace").removeprefix("\ufeff")
        data = _DECLARATION.sub("", text, count=1).encode()
    if b"<!ENTITY" in data:  # which may grow without end, or stand for other files: it stays as it is written
        data = _DOCTYPE.sub(b"", data)
    headers = (
        {"content-type": f"application/xml; charset={origin.charset}"} if origin.charset and not wide else {}
    )
    # dc:date is the date of publication, but feedparser takes it for that of an update.
    dated = re.search(rb"<\w+:date\b", data) is not None
    number = 0
    for part in parts_of(data):
        if part is None:
            number += 1
            yield origin.rejected(f"an entry of more than {PART_LIMIT // 2**20} MiB", number)
            continue
        # As a stream: a string of bytes could be taken for an address, and fetched.
        feed = feedparser.parse(
            io.BytesIO(part), sanitize_html=False, resolve_relative_uris=False, response_headers=headers
        )
        if not feed.entries and part is data:
            raise UnreadableError(_without_entries(feed))
        updated = STATED if dated and feed.version.startswith("rss") else UPDATED
        for draft, entry in _drafts(feed, origin, number):
            number = draft.record
            yield _read(entry, feed.feed, draft, updated)


def _without_entries(feed: Any) -> str:
    if feed.bozo and not feed.version:
        return f"a feed that cannot be read: {feed.get('bozo_exception')}"
    return "a feed without entries"


def _drafts(feed: Any, origin: Origin, before: int) -> Iterator[tuple[Draft, Entry]]:
    """A draft of each entry, with its address: one that others have too is that of the site, or of a section."""
    links = Counter(_string(entry.get("link")) for entry in feed.entries)
    base = origin.url or _string(feed.feed.get("link")) or ""
    for number, entry in enumerate(feed.entries, start=before + 1):
        draft = Draft(origin, number)
        link = _string(entry.get("link"))
        draft.claim("url", _address(entry.get("feedburner_origlink")))
        if link is not None and (links[link] == 1 or not entry.get("id")):
            draft.claim("url", _address(link))
            draft.claim("url", _resolved(base, link), RELATIVE)
        yield draft, entry


def _read(entry: Entry, feed: Entry, draft: Draft, updated: Provenance) -> Found:
    kind = entry.get("wp_post_type")
    if kind in NO_ARTICLES:
        return Skipped(draft.origin.path, NO_ARTICLES[kind])
    draft.identity = _string(entry.get("id"))
    draft.text, draft.text_known, language = _text(entry)
    draft.claim("title", _line(entry.get("title_detail")))
    _claim_dates(entry, draft, updated)
    draft.claim("byline", _authors(entry))
    source = entry.get("source")
    if isinstance(source, dict):
        draft.claim("outlet", _line(source.get("title_detail")) or _string(source.get("title")))
    draft.claim("outlet", _string(entry.get("publisher")))
    draft.claim("outlet", _line(feed.get("title_detail")), FEED_TITLE)
    for tag in entry.get("tags") or ():
        draft.claim("section", line_of(_string(tag.get("label") or tag.get("term")) or ""))
    draft.claim("lang", _string(entry.get("language")))
    draft.claim("lang", language)
    draft.claim("lang", _string(feed.get("language")))
    return draft.finish()


def _claim_dates(entry: Entry, draft: Draft, updated: Provenance) -> None:
    for name, known in (("published", STATED), ("created", STATED), ("updated", updated)):
        # Not by entry.get: feedparser gives the date of one for the other, with a warning.
        draft.claim("date", dict.get(entry, name), known)
        moment = dict.get(entry, f"{name}_parsed")
        if moment is not None:
            try:
                draft.claim("date", dt.datetime(*moment[:6]).replace(tzinfo=dt.timezone.utc), known)
            except (ValueError, OverflowError, TypeError):  # a leap second, a year beyond the calendar
                continue


def _text(entry: Entry) -> tuple[list[str | Block], Provenance, str | None]:
    """The paragraphs of an entry, how they are known, and the language that is stated for them.

    Of several contents the longest counts; a summary only where no content is as long.
    """
    best: list[str | Block] = []
    known, language, length = STATED, None, 0
    summary = entry.get("summary_detail")
    for detail in [*(entry.get("content") or ()), *([summary] if summary else ())]:
        blocks = _blocks(detail)
        size = sum(len(block.text if isinstance(block, Block) else block) for block in blocks)
        if size > length:
            best, length, language = blocks, size, _string(detail.get("language"))
            known = STATED if detail is not summary else SUMMARY if size <= LONGEST_SUMMARY else DESCRIPTION
    return best, known, language


def _blocks(detail: Entry) -> list[str | Block]:
    kind, value = detail.get("type") or "text/html", detail.get("value")
    if not isinstance(value, str):
        return []
    if kind == "text/plain":
        return list(split_paragraphs(value))
    if "html" not in kind and not kind.startswith("text/"):
        return []  # a picture, or what is no text
    blocks: list[str | Block] = list(blocks_of(value))
    if len(blocks) > 1 and _MORE.fullmatch(blocks[-1].text if isinstance(blocks[-1], Block) else ""):
        blocks.pop()
    return blocks


def _line(detail: Entry | None) -> str | None:
    """A title as one line, its markup and entities resolved where it may have any."""
    value = (detail or {}).get("value")
    if not isinstance(value, str):
        return None
    return value if (detail or {}).get("type") == "text/plain" else line_of(value)


def _authors(entry: Entry) -> list[str]:
    """Who wrote it, by their names; an address of mail only where there is no name."""
    names = []
    for author in entry.get("authors") or ():
        name = _string(author.get("name")) or _string(author.get("email"))
        if name and name not in names:
            names.append(name)
    return names or [name for name in (_string(entry.get("author")),) if name]


def _address(value: object) -> str | None:
    """An address of the web; what is relative or a name is none."""
    return value if isinstance(value, str) and re.match(r"https?://", value, re.IGNORECASE) else None


def _resolved(base: str, link: str) -> str | None:
    try:
        return _address(urljoin(base, link))
    except ValueError:  # half an IPv6 address
        return None


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


FORMATS = (
    Format("a feed", matches=is_feed, read=whole(parse), suffixes=frozenset({".rss", ".atom"})),
)  # fmt: skip
