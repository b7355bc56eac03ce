"""A feed in Atom (RFC 4287), which a web server or a feed reader takes from a file."""

from __future__ import annotations

import uuid
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from newssearch.alerts.batch import Batch
from newssearch.article import utc
from newssearch.system import atomic_files

from .atom_xml import ATOM, FeedHead, entry_element, feed_document
from .delivery import DeliveryError, Environment, expandable

KEPT_ENTRIES = 200
"""A feed has at most this number of entries, the newest, unless one run brings more."""
MAX_FEED_BYTES = 1 << 26
"""A larger file is not read as a feed."""


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
        new = {str(entry["entry"]): entry_element(entry) for entry in batch.entries}
        kept = {one: element for one, element in kept.items() if one not in new}
        self._delivered += len(new)  # with those of earlier runs that failed
        entries = [*new.values(), *kept.values()][: max(KEPT_ENTRIES, self._delivered)]
        head = FeedHead(_feed_id(batch), batch.title, utc(batch.time))
        atomic_files.replace(path, feed_document(head, entries))
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
    if feed.tag != f"{{{ATOM}}}feed" or feed.findtext(f"{{{ATOM}}}id") != feed_id:
        raise DeliveryError(reason)
    entries = feed.findall(f"{{{ATOM}}}entry")
    return {entry.findtext(f"{{{ATOM}}}id", ""): entry for entry in entries}
