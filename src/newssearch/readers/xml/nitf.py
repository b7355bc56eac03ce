"""NITF, the News Industry Text Format of the IPTC: https://iptc.org/standards/nitf/."""

from __future__ import annotations

from collections.abc import Iterator

from newssearch.readers.api import Format, Found, Input, Origin, UnreadableError, whole
from newssearch.readers.article.draft import Draft

from .nitf_elements import claim
from .sniff import root_of
from .tree import attribute, tree_of


def _is_nitf(source: Input) -> bool:
    root = root_of(source.opening) if source.opening.startswith("<") else None
    return root is not None and root.name == "nitf"


def parse(data: bytes, origin: Origin) -> Iterator[Found]:
    """The article in a document of NITF."""
    root = tree_of(data)
    draft = Draft(origin)
    if attribute(root, "head/docdata", "management-status") in ("canceled", "withheld"):
        raise UnreadableError("withdrawn by its publisher")
    claim(root, draft)
    yield draft.finish()


FORMATS = (Format("an NITF document", matches=_is_nitf, read=whole(parse), suffixes=frozenset({".nitf"})),)
