"""The parts of a document that is a zip file: of Office Open XML, OpenDocument and EPUB."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import unquote

from newssearch.limits import Limits, in_words
from newssearch.readers.api import UnreadableError
from newssearch.readers.xml.tree import xml_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

MOST_TAGS = 1_500_000
"""The maximum number of elements in one part, because a tree takes up to 500 bytes of memory for each."""

DEEPEST_NESTING = 100
"""The maximum depth of elements within elements that readers of documents follow."""

_UNREAD_PARTS = re.compile(
    r"(?:word|ppt|xl)/(?:media|embeddings|fonts)/.*|ObjectReplacements/.*|.*\.(?:jpe?g|png|gif|svgz?|webp|tiff?|bmp|emf|wmf|ico|mp3|mp4|m4a|m4v|ogg|wav|mov|avi|webm"
    r"|[ot]tf|woff2?|odttf|otc|ttc|css|js|bin|pdf|xlsx|smil|pls)",
    re.IGNORECASE | re.DOTALL,
)


class Package:
    """The parts of a zip file, each read when it is asked for; all parts together are bounded by the limit of a document.

    Raises UnreadableError for a zip that is broken, encrypted or too large.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
            raise UnreadableError(f"a broken document: {error}") from None
        self.limits = limits
        self.left = self._most = limits.document
        self.names = self._archive.namelist()
        self._by_name = {name.lstrip("/").lower(): name for name in reversed(self.names)}

    def part(self, name: str) -> bytes | None:
        """Return the content of a part, or None if there is none of this name; capitals do not count."""
        found = self._by_name.get(name.lstrip("/").lower())
        if found is None:
            return None
        try:
            with self._archive.open(found) as stream:
                content = stream.read(self.left + 1)
        except RuntimeError:  # zipfile's for a member with a password
            raise UnreadableError("an encrypted document") from None
        except Exception as error:  # zlib, bz2, lzma and zipfile raise different exceptions
            raise UnreadableError(f"a broken document: {error}") from None
        self.left -= len(content)
        if self.left < 0:
            raise UnreadableError(f"a document whose text is larger than {in_words(self._most)}")
        return content

    def tree(self, name: str) -> Element | None:
        """Return the root of a part in XML, without namespaces, or None if there is no such part."""
        content = self.part(name)
        return None if content is None else bounded_tree(content)

    def targets(self, name: str) -> dict[str, tuple[str, str]]:
        """Return the relationships of a part of Office Open XML: for each id, the last word of its type and its target.

        A target inside the package is the name of a part.
        """
        folder, _, file = name.rpartition("/")
        root = self.tree(posixpath.join(folder, "_rels", f"{file}.rels"))
        found = {}
        for one in root.iter("Relationship") if root is not None else ():
            target = one.get("Target", "")
            if one.get("TargetMode") != "External":
                target = resolved(name, target)
            found[one.get("Id", "")] = one.get("Type", "").rpartition("/")[2], target
        return found

    def main_part(self, default: str) -> str:
        """Return the name of the main part of Office Open XML."""
        kinds = self.targets("").values()
        return next((target for kind, target in kinds if kind == "officeDocument"), default)


def bounded_tree(content: bytes) -> Element:
    """Return the root of an XML document, without namespaces. Raises UnreadableError if it has too many elements."""
    if content.count(b"<") - content.count(b"</") > MOST_TAGS:
        raise UnreadableError(f"a document with more than {MOST_TAGS:,} elements")
    return xml_tree(content)


def resolved(base: str, target: str) -> str:
    """Return the name of the part that ``target`` means inside the part ``base``."""
    path = unquote(target.partition("#")[0])
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), path)).lstrip("/")


def readable_parts(archive: zipfile.ZipFile, most: int) -> bytes:
    """Return a zip of only those parts of a document that are read: without pictures, fonts and media.

    Raises UnreadableError if they are encrypted, or have more than ``most`` bytes.
    """
    kept = io.BytesIO()
    left = most
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as smaller:
        for info in _wanted(archive):
            if info.flag_bits & 0x1:
                raise UnreadableError("an encrypted document")
            with archive.open(info) as stream:
                content = stream.read(left + 1)
            left -= len(content)
            if left < 0:
                raise UnreadableError(f"a document whose text is larger than {in_words(most)}")
            smaller.writestr(info.filename, content)
    return kept.getvalue()


def _wanted(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    seen = set()
    for info in archive.infolist():
        if _UNREAD_PARTS.fullmatch(info.filename) is None and info.filename not in seen:
            seen.add(info.filename)
            yield info


def attribute_of(element: Element | None, name: str = "val") -> str | None:
    """Return an attribute of an element, whatever its namespace, or None."""
    if element is None:
        return None
    if (value := element.get(name)) is not None:
        return value
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def is_on(element: Element | None) -> bool:
    """Whether a property of Office Open XML that is on or off is on."""
    return element is not None and attribute_of(element) not in ("0", "false", "off", "none")
