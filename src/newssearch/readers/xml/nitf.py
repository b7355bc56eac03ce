"""The format NITF, the News Industry Text Format of the IPTC: https://iptc.org/standards/nitf/."""

from __future__ import annotations

from collections.abc import Iterator

from newssearch.readers.api import Format, Input, Origin, ReadOutcome, UnreadableError, whole
from newssearch.readers.article.draft import Draft

from .nitf_elements import claim_nitf
from .sniff import root_of
from .tree import attribute, xml_tree


def _is_nitf(source: Input) -> bool:
    root = root_of(source.opening) if source.opening.startswith("<") else None
    return root is not None and root.name == "nitf"


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article in an NITF document. Raises UnreadableError if the publisher withdrew it."""
    root = xml_tree(data)
    draft = Draft(origin)
    if attribute(root, "head/docdata", "management-status") in ("canceled", "withheld"):
        raise UnreadableError("withdrawn by its publisher")
    claim_nitf(root, draft)
    yield draft.build()


FORMATS = (Format("an NITF document", matches=_is_nitf, read=whole(parse), suffixes=frozenset({".nitf"})),)
