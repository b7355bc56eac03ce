"""The handling of XML that no other format reads: it is rejected with the name of its root element."""

from __future__ import annotations

from collections.abc import Iterator

from newssearch.readers.api import Format, Input, Item, UnreadableError

from .sniff import root_of


def is_xml(source: Input) -> bool:
    """Whether an input is XML other than XHTML."""
    opening = source.opening
    if not opening.startswith("<"):
        return False
    root = root_of(opening)
    if root is None:
        return opening.startswith("<?xml")
    if root.name.lower() == "html":
        return False
    return opening.startswith("<?xml") or "xmlns" in root.tag or source.origin.suffix == ".xml"


def refuse(source: Input) -> Iterator[Item]:
    """Reject an XML document: always raises UnreadableError, which names the root element."""
    root = root_of(source.opening)
    raise UnreadableError(
        f"an XML document in no supported format (its root is <{root.name}>)"
        if root is not None
        else "an XML document without a recognisable root element"
    )
    yield  # makes this a generator, like the read function of every format


FORMATS = (Format("an XML document", matches=is_xml, read=refuse),)
