"""A feed in Atom (RFC 4287), which a web server or a feed reader takes from a file."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from newssearch.alerts.batch import AlertEntry, Batch
from newssearch.article import utc
from newssearch.system import atomic_files

from .delivery import DeliveryError, Environment, expandable
from .entry_html import entry_html, headline

KEPT_ENTRIES = 200
"""A feed has at most this number of entries, the newest, unless one run brings more."""
MAX_FEED_BYTES = 1 << 26
"""A larger file is not read as a feed."""
_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Matches the characters that XML 1.0 does not allow."""


class AtomFeed:
    """The feed in the file ``target``, which has its old entries or the new ones too, whatever happens."""

    def __init__(self, target: str) -> None:
        self._name = expandable(target)
        self._delivered = 0
        self.shown = f"atom:{target}"

    def deliver(self, batch: Batch, environment: Environment) -> None:
        """Put the entries in front of those that the feed has. One that it has already takes the place of the old one."""
        path = environment.path(self._name)
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = _entries_of(path, _feed_id(batch))
        new = {str(entry["entry"]): _entry_element(entry) for entry in batch.entries}
        kept = {one: element for one, element in kept.items() if one not in new}
        self._delivered += len(new)  # with those of earlier runs that failed
        entries = [*new.values(), *kept.values()][: max(KEPT_ENTRIES, self._delivered)]
        atomic_files.replace(path, _feed(batch, entries))
        atomic_files.sync_folder(path.parent)


def _feed_id(batch: Batch) -> str:
    return uuid.UUID(batch.identity).urn


def _entries_of(path: Path, feed_id: str) -> dict[str, Element]:
    """Return the entries of a feed by their ids. Raises :class:`DeliveryError` for a file that is not this feed."""
    reason = "the file is not the feed of this search; move it away, or name another file"
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FEED_BYTES + 1)
    except FileNotFoundError:
        return {}
    if not content.strip():
        return {}
    if len(content) > MAX_FEED_BYTES or b"<!DOCTYPE" in content:
        raise DeliveryError(reason)
    try:
        feed = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise DeliveryError(f"{reason} ({error})") from None
    if feed.tag != f"{{{_ATOM}}}feed" or feed.findtext(f"{{{_ATOM}}}id") != feed_id:
        raise DeliveryError(reason)
    entries = feed.findall(f"{{{_ATOM}}}entry")
    return {entry.findtext(f"{{{_ATOM}}}id", ""): entry for entry in entries}


def _feed(batch: Batch, entries: list[Element]) -> bytes:
    feed = Element(f"{{{_ATOM}}}feed")
    _add_child(feed, "generator", "newssearch")  # first, so that the readers recognise it and skip the file
    _add_child(feed, "id", _feed_id(batch))
    _add_child(feed, "title", batch.title)
    _add_child(feed, "updated", utc(batch.time))
    _add_child(_add_child(feed, "author"), "name", "newssearch")
    feed.extend(entries)
    ElementTree.indent(feed)
    for element in feed.iter():  # the prefix is not registered for the whole process
        element.tag = element.tag.removeprefix(f"{{{_ATOM}}}")
    feed.set("xmlns", _ATOM)
    content: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _entry_element(entry: AlertEntry) -> Element:
    element = Element(f"{{{_ATOM}}}entry")
    _add_child(element, "id", str(entry["entry"]))
    _add_child(element, "title", headline(entry))
    _add_child(element, "updated", str(entry["first_seen"]))
    if (published := _atom_date(entry.get("date"))) is not None:
        _add_child(element, "published", published)
    if entry.get("byline"):
        _add_child(_add_child(element, "author"), "name", str(entry["byline"]))
    url = str(entry.get("url") or "")
    if re.match(r"https?://", url, re.IGNORECASE):
        _add_child(element, "link", rel="alternate", href=url)
    _add_child(element, "summary", entry_html(entry), type="html")
    return element


def _add_child(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    clean: Mapping[str, str] = {name: _NOT_XML.sub("\ufffd", value) for name, value in attributes.items()}
    child = ElementTree.SubElement(parent, f"{{{_ATOM}}}{tag}", dict(clean))
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
