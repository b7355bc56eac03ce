"""The elements of a feed in Atom (RFC 4287): its head, and an entry for each article."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from newssearch.alerts.batch import AlertEntry

from .entry_html import entry_html, headline

ATOM = "http://www.w3.org/2005/Atom"
"""The namespace of all elements."""
MEDIA_TYPE = "application/atom+xml"
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Matches the characters that XML 1.0 does not allow."""


class FeedHead(NamedTuple):
    """What a feed says about itself.

    ``id`` is a URN, ``updated`` the time of its last change as RFC 3339 writes it. ``address`` is that of the feed itself
    and ``page`` that of the page which shows the same; "" for a feed in a file, which has neither.
    """

    id: str
    title: str
    updated: str
    address: str = ""
    page: str = ""


def feed_document(head: FeedHead, entries: Iterable[Element]) -> bytes:
    """Return a feed as a document of XML."""
    feed = Element(f"{{{ATOM}}}feed")
    _add_child(feed, "generator", "newssearch")  # first, so that the readers recognise it and skip the file
    _add_child(feed, "id", head.id)
    _add_child(feed, "title", head.title)
    _add_child(feed, "updated", head.updated)
    if head.address:
        _add_child(feed, "link", rel="self", type=MEDIA_TYPE, href=head.address)
    if head.page:
        _add_child(feed, "link", rel="alternate", type="text/html", href=head.page)
    _add_child(_add_child(feed, "author"), "name", "newssearch")
    feed.extend(entries)
    ElementTree.indent(feed)
    for element in feed.iter():  # the prefix is not registered for the whole process
        element.tag = element.tag.removeprefix(f"{{{ATOM}}}")
    feed.set("xmlns", ATOM)
    content: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def entry_element(entry: AlertEntry, page: str = "") -> Element:
    """Return the entry of an article.

    ``page`` is the address of its page in the archive: a second link, or the only one if the article has no web address.
    """
    element = Element(f"{{{ATOM}}}entry")
    _add_child(element, "id", str(entry["entry"]))
    _add_child(element, "title", headline(entry))
    _add_child(element, "updated", str(entry["first_seen"]))
    if (published := _atom_date(entry.get("date"))) is not None:
        _add_child(element, "published", published)
    if entry.get("byline"):
        _add_child(_add_child(element, "author"), "name", str(entry["byline"]))
    url = str(entry.get("url") or "")
    is_web_address = bool(re.match(r"https?://", url, re.IGNORECASE))
    if is_web_address:
        _add_child(element, "link", rel="alternate", href=url)
    if page:
        _add_child(
            element, "link", rel="related" if is_web_address else "alternate", type="text/html", href=page
        )
    _add_child(element, "summary", entry_html(entry), type="html")
    return element


def _add_child(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    clean: Mapping[str, str] = {name: _NOT_XML.sub("\ufffd", value) for name, value in attributes.items()}
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{tag}", dict(clean))
    if text:
        child.text = _NOT_XML.sub("\ufffd", text)
    return child


def _atom_date(date: Any) -> str | None:
    """Return the date of an article as Atom has it; None for one that is only a month or a year, or missing.

    >>> _atom_date("2024-07-25"), _atom_date("2024-07"), _atom_date("2024-07-25T14:30:00+03:00")
    ('2024-07-25T00:00:00Z', None, '2024-07-25T14:30:00+03:00')
    """
    try:
        moment = dt.datetime.fromisoformat(str(date)) if len(str(date)) >= len("2024-07-25") else None
    except ValueError:
        return None
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.timezone.utc)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
