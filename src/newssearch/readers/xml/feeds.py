"""The format of feeds: all versions of RSS, Atom and CDF, parsed by feedparser."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from newssearch.addresses import canonical_address
from newssearch.article import STATED, Provenance
from newssearch.readers.api import Feed, Format, Input, Origin, ReadOutcome, Skipped, UnreadableError, whole
from newssearch.readers.article.draft import Draft
from newssearch.readers.decoding.encoding import ENCODING_SAMPLE, decode, wide_encoding
from newssearch.readers.html_fragment import blocks_of, line_of
from newssearch.text.dates import parse_published
from newssearch.text.paragraphs import Block, split_paragraphs

from .feed_splitter import FEED_PART_LIMIT, split_feed
from .sniff import root_of

RSS_NAMESPACES = (
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
    "http://purl.org/net/rss1.1#",
)
"""The namespaces that show that an RDF document is a feed."""

ATOM_NAMESPACES = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "https://www.w3.org/2005/Atom")

FEED_TITLE = Provenance("stated", "the feed's title")
FEED_SUMMARY = Provenance("stated", "only the feed's summary")
FEED_DESCRIPTION = Provenance("stated", "the feed's description, which may be a part")
FROM_RELATIVE_ADDRESS = Provenance("inferred", "a relative address and that of the feed")
ENTRY_UPDATED = Provenance("stated", "when it was updated")

LONGEST_SUMMARY = 1500
"""The maximum number of characters of a feed's summary; a longer description may be the whole text."""

SKIPPED_WORDPRESS_TYPES = {
    "attachment": "pictures", "nav_menu_item": "menus", "wp_navigation": "menus", "wp_global_styles": "styles",
    "custom_css": "styles", "revision": "revisions",
}  # fmt: skip
"""The kinds under which reports count skipped entries of a WordPress export, which is a feed, keyed by their type."""

_READ_MORE = re.compile(
    r"\W*(?:continue reading|read more|read the full (?:story|article)|more|weiterlesen|lire la suite"
    r"|leer más|seguir leyendo|leia mais|continua a leggere)\W*",
    re.IGNORECASE,
)

_WHOLE_DOCTYPE = re.compile(rb"<!DOCTYPE\b[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)
_FEED_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")

_DECLARATION = re.compile(rb"\s*<\?xml\b[^>]*\?>")

FeedEntry = dict[str, Any]


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


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles in the entries of a feed, after a note that it is one.

    An export of WordPress has the form of a feed, but lists all articles of a site, so that it gets no such note. Raises
    UnreadableError for a feed without entries.
    """
    try:
        import feedparser  # slow to import, and optional
    except ImportError:
        raise UnreadableError(
            "a feed: reading it needs feedparser (pip install 'newssearch[feeds]')"
        ) from None
    wide = wide_encoding(data[:ENCODING_SAMPLE])
    if wide is not None:  # feedparser fails on some UTF-16 and UTF-32
        text = data.decode(wide, "replace").removeprefix("\ufeff")
        data = _FEED_DECLARATION.sub("", text, count=1).encode()
    elif (
        not origin.charset
        and not data.isascii()
        and b"encoding" not in (_DECLARATION.match(data) or [b""])[0]
    ):
        data = decode(
            data
        ).encode()  # what states no encoding is UTF-8, but for feeds that forget to state theirs
    if (
        b"<!ENTITY" in data
    ):  # entities could expand without end or include other files: their references stay as they are
        data = _WHOLE_DOCTYPE.sub(b"", data)
    headers = (
        {"content-type": f"application/xml; charset={origin.charset}"} if origin.charset and not wide else {}
    )
    # dc:date is the date of publication, but feedparser reports it as that of an update.
    dated = re.search(rb"<\w+:date\b", data) is not None
    number, noted = 0, False
    for part in split_feed(data):
        if part is None:
            number += 1
            yield origin.rejected(f"an entry of more than {FEED_PART_LIMIT // 2**20} MiB", number)
            continue
        # As a stream: feedparser could take bytes for a URL, and fetch it.
        feed = feedparser.parse(
            io.BytesIO(part), sanitize_html=False, resolve_relative_uris=False, response_headers=headers
        )
        if not feed.entries and part is data:
            raise UnreadableError(_without_entries(feed))
        if not (noted or feed.feed.get("wp_wxr_version")):
            yield Feed(origin.path, origin.member)
            noted = True
        updated = STATED if dated and feed.version.startswith("rss") else ENTRY_UPDATED
        for draft, entry in _entry_drafts(feed, origin, number):
            number = draft.record
            yield _read_entry(entry, feed.feed, draft, updated)


def _without_entries(feed: Any) -> str:
    if feed.bozo and not feed.version:
        return f"a feed that cannot be read: {feed.get('bozo_exception')}"
    return "a feed without entries"


def _entry_drafts(feed: Any, origin: Origin, before: int) -> Iterator[tuple[Draft, FeedEntry]]:
    """Yield for each entry of a feed a draft with its URL, and the entry; ``before`` is the number of earlier entries.

    A URL that several entries share is not claimed, because it is not that of an article.
    """
    links = Counter(canonical_address(_nonblank(entry.get("link")) or "") for entry in feed.entries)
    base = origin.url or _nonblank(feed.feed.get("link")) or ""
    for number, entry in enumerate(feed.entries, start=before + 1):
        draft = Draft(origin, number)
        link = _nonblank(entry.get("link"))
        draft.claim("url", _web_address(entry.get("feedburner_origlink")))
        if link is not None and (links[canonical_address(link)] == 1 or not entry.get("id")):
            draft.claim("url", _web_address(link))
            draft.claim("url", _resolved_address(base, link), FROM_RELATIVE_ADDRESS)
        yield draft, entry


def _own_value(entry: FeedEntry, name: str) -> object:
    """Return the values of the element of an entry that the user named, such as ``category`` or ``media:keywords``."""
    if name.lower() == "category":
        return [tag.get("label") or tag.get("term") for tag in entry.get("tags") or ()]
    value = entry.get(name.lower().replace(":", "_"))
    return value if isinstance(value, str) else None


def _read_entry(entry: FeedEntry, feed: FeedEntry, draft: Draft, updated: Provenance) -> ReadOutcome:
    kind = entry.get("wp_post_type")
    if kind in SKIPPED_WORDPRESS_TYPES:
        return Skipped(draft.origin.path, SKIPPED_WORDPRESS_TYPES[kind])
    draft.claim_key(_nonblank(entry.get("id")), "guid", of_outlet=True)
    draft.text, draft.text_provenance, language = _entry_text(entry)
    draft.claim("title", _title_line(entry.get("title_detail")))
    _claim_entry_dates(entry, draft, updated)
    draft.claim("byline", _entry_authors(entry))
    source = entry.get("source")
    if isinstance(source, dict):
        draft.claim("outlet", _title_line(source.get("title_detail")) or _nonblank(source.get("title")))
    draft.claim("outlet", _nonblank(entry.get("publisher")))
    draft.claim("outlet", _title_line(feed.get("title_detail")), FEED_TITLE)
    for tag in entry.get("tags") or ():
        draft.claim("section", line_of(_nonblank(tag.get("label") or tag.get("term")) or ""))
    draft.claim("lang", _nonblank(entry.get("language")))
    draft.claim("lang", language)
    draft.claim("lang", _nonblank(feed.get("language")))
    draft.keep(lambda name: _own_value(entry, name))
    draft.drop_outlet_from_title()
    return draft.build()


def _claim_entry_dates(entry: FeedEntry, draft: Draft, updated: Provenance) -> None:
    """Claim the dates of an entry: their text, and the moment that feedparser reads in a text that is no date elsewhere.

    feedparser takes what it cannot read for midnight in UTC, so that its midnights are claimed as days.
    """
    for name, provenance in (("published", STATED), ("created", STATED), ("updated", updated)):
        # Not entry.get, by which feedparser substitutes one date for another, with a warning.
        text = dict.get(entry, name)
        draft.claim("date", text, provenance)
        moment = dict.get(entry, f"{name}_parsed")
        if moment is not None and not (isinstance(text, str) and parse_published(text)):
            try:
                read = dt.datetime(*moment[:6]).replace(tzinfo=dt.timezone.utc)
            except (ValueError, OverflowError, TypeError):  # a leap second, a year beyond the calendar
                continue
            draft.claim("date", read if any(moment[3:6]) else read.date(), provenance)


def _entry_text(entry: FeedEntry) -> tuple[list[str | Block], Provenance, str | None]:
    """Return the paragraphs of an entry, their provenance, and their stated language or None.

    The longest of the contents is used; the summary is used only if it is longer than each of them.
    """
    best: list[str | Block] = []
    provenance, language, length = STATED, None, 0
    summary = entry.get("summary_detail")
    for detail in [*(entry.get("content") or ()), *([summary] if summary else ())]:
        blocks = _detail_blocks(detail)
        size = sum(len(block.text if isinstance(block, Block) else block) for block in blocks)
        if size > length:
            best, length, language = blocks, size, _nonblank(detail.get("language"))
            provenance = (
                STATED
                if detail is not summary
                else FEED_SUMMARY
                if size <= LONGEST_SUMMARY
                else FEED_DESCRIPTION
            )
    return best, provenance, language


def _detail_blocks(detail: FeedEntry) -> list[str | Block]:
    kind, value = detail.get("type") or "text/html", detail.get("value")
    if not isinstance(value, str):
        return []
    if kind == "text/plain":
        return list(split_paragraphs(value))
    if "html" not in kind and not kind.startswith("text/"):
        return []  # a picture, or something else that is not text
    blocks: list[str | Block] = list(blocks_of(value))
    if len(blocks) > 1 and _READ_MORE.fullmatch(blocks[-1].text if isinstance(blocks[-1], Block) else ""):
        blocks.pop()
    return blocks


def _title_line(detail: FeedEntry | None) -> str | None:
    """Return a title of a feed as one line, without markup unless its type is plain text; None if there is no title."""
    value = (detail or {}).get("value")
    if not isinstance(value, str):
        return None
    return value if (detail or {}).get("type") == "text/plain" else line_of(value)


def _entry_authors(entry: FeedEntry) -> list[str]:
    """Return the names of an entry's authors; an email address stands for an author without a name."""
    names = []
    for author in entry.get("authors") or ():
        name = _nonblank(author.get("name")) or _nonblank(author.get("email"))
        if name and name not in names:
            names.append(name)
    return names or [name for name in (_nonblank(entry.get("author")),) if name]


def _web_address(value: object) -> str | None:
    """Return the value if it is an absolute http(s) URL, else None."""
    return value if isinstance(value, str) and re.match(r"https?://", value, re.IGNORECASE) else None


def _resolved_address(base: str, link: str) -> str | None:
    try:
        return _web_address(urljoin(base, link))
    except ValueError:  # half an IPv6 address
        return None


def _nonblank(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


FORMATS = (
    Format("a feed", matches=is_feed, read=whole(parse), suffixes=frozenset({".rss", ".atom"})),
)  # fmt: skip
