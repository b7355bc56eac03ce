"""The formats NewsML-G2 and NewsML 1 of the IPTC: https://iptc.org/standards/newsml-g2/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from newssearch.article import STATED, Provenance
from newssearch.readers.api import Format, Input, Origin, ReadOutcome, Skipped, UnreadableError, whole
from newssearch.readers.article.draft import Draft
from newssearch.readers.html_fragment import blocks_of
from newssearch.text.paragraphs import Block, split_paragraphs

from .nitf_elements import claim_nitf
from .sniff import root_of
from .tree import attribute, blocks_in, text_at, xml_tree

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SKIPPED_ITEMS = {
    "newsItem": "", "packageItem": "packages", "conceptItem": "concepts", "knowledgeItem": "concepts",
    "planningItem": "plans", "catalogItem": "catalogs", "catalog": "catalogs",
}  # fmt: skip
"""The elements that are items of NewsML-G2, each with the kind under which reports count it.

The kind is empty for ``newsItem``, which is not skipped.
"""

NEWSML_ROOTS = frozenset({*SKIPPED_ITEMS, "newsMessage", "NewsML", "NewsItem", "contentSet"})

SKIPPED_CLASSES = {
    "picture": "pictures", "photo": "pictures", "image": "pictures", "graphic": "graphics", "video": "audio and video",
    "audio": "audio and video", "animation": "graphics", "moving image": "audio and video",
}  # fmt: skip
"""The kinds under which reports count skipped items, keyed by the class of the item or of its content."""

WITHDRAWN = frozenset({"canceled", "cancelled", "withheld", "embargoed until cancelled"})

_MARKED_BLOCK = re.compile(
    r"</?(?:p|br|div|h[1-6]|ul|ol|table|blockquote)\s?/?>|<p\s[^<>]{0,200}>", re.IGNORECASE
)
"""Matches a tag in text that is not escaped twice: agencies put HTML into the character data of an element."""

_DASH_ELEMENT = re.compile(r"<(en|em)dash\s?/?>", re.IGNORECASE)

FROM_DESCRIPTION = Provenance("stated", "only its description")
FROM_PROVIDER = Provenance("stated", "its provider")
FROM_RIGHTS_HOLDER = Provenance("inferred", "its copyright")


def _is_newsml(source: Input) -> bool:
    root = root_of(source.opening) if source.opening.startswith("<") else None
    return root is not None and root.name in NEWSML_ROOTS


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles in a NewsML document, and a skip for each other item."""
    root = xml_tree(data)
    if root.tag == "contentSet":  # an item without its envelope
        draft = Draft(origin)
        _take_content([root], draft)
        yield draft.build()
        return
    number = 0
    for item in root.iter():
        if item.tag in ("NewsItem", "newsItem"):
            number += 1
            read = _first_generation if item.tag == "NewsItem" else _second_generation
            yield read(item, origin, number)
        elif (kind := SKIPPED_ITEMS.get(item.tag if isinstance(item.tag, str) else "")) is not None:
            number += 1
            yield Skipped(origin.path, kind)
    if not number:
        raise UnreadableError("a NewsML document without an item")


# ---- NewsML-G2


def _second_generation(item: Element, origin: Origin, number: int) -> ReadOutcome:
    meta, content = item.find("itemMeta"), item.find("contentMeta")
    kind = _code_suffix(attribute(meta, "itemClass", "qcode"))
    if kind in SKIPPED_CLASSES:
        return Skipped(origin.path, SKIPPED_CLASSES[kind])
    if _code_suffix(attribute(meta, "pubStatus", "qcode")) in WITHDRAWN:
        return origin.rejected("withdrawn by its publisher", number)
    draft = Draft(origin, number)
    draft.claim("title", text_at(content, "headline"))
    draft.claim("title", text_at(meta, "title"))
    draft.claim("byline", text_at(content, "by"))
    draft.claim("byline", _names_at(content, "creator"))
    draft.claim("dateline", text_at(content, "dateline"))
    draft.claim("located", _name_at(content, "located"))
    draft.claim("lang", attribute(content, "language", "tag"))
    draft.claim("lang", attribute(item, "", "lang"))
    for parent, path in ((meta, "firstCreated"), (content, "contentCreated"), (meta, "versionCreated")):
        draft.claim("date", text_at(parent, path))
    draft.claim("outlet", _name_at(meta, "provider"), FROM_PROVIDER)
    draft.claim("outlet", _name_at(item, "rightsInfo/copyrightHolder"), FROM_RIGHTS_HOLDER)
    draft.claim("source", _name_at(content, "infoSource"))
    draft.claim("source", (text_at(content, "creditline") or "").strip("–—- "))
    draft.claim("section", text_at(content, "subject/name"))
    draft.claim("section", text_at(content, "genre/name"))
    for link in [] if meta is None else meta.iterfind("link"):
        if _code_suffix(link.get("rel")) in ("canonical", "permalink"):
            draft.claim("url", link.get("href"))
    draft.claim_key(item.get("guid"), "guid", of_outlet=True)
    _take_content(list(item.iterfind("contentSet")), draft)
    if not draft.text and (description := text_at(content, "description")):
        draft.text, draft.text_provenance = [Block(description)], FROM_DESCRIPTION
    return draft.build()


def _take_content(sets: list[Element], draft: Draft) -> None:
    """Set the text of a draft from the content sets of an item, and claim the fields of an NITF document inside."""
    for part in [child for content in sets for child in content]:
        if draft.text:
            return
        if part.tag == "inlineXML":
            document = part.find("nitf") if part.find("nitf") is not None else part.find(".//nitf")
            if document is not None:
                claim_nitf(document, draft)
            else:
                body = part.find(".//body")
                draft.text = blocks_in(part if body is None else body)
        elif part.tag == "inlineData" and "".join(part.itertext()).strip():
            draft.text = _data_blocks(part, part.get("contenttype", ""))


def _data_blocks(part: Element, content_type: str) -> list[Block]:
    text = _DASH_ELEMENT.sub(lambda found: "–" if found[1].lower() == "en" else "—", "".join(part.itertext()))
    if "html" in content_type or _MARKED_BLOCK.search(text) is not None:
        return blocks_of(text)
    return [Block(paragraph) for paragraph in split_paragraphs(text)]


def _name_at(parent: Element | None, path: str) -> str | None:
    """Return the name of the first concept at a path below ``parent`` that has one, or None.

    The name is the text of the ``name`` element, else the literal, else the last part of the code, else the URI.
    """
    for found in [] if parent is None else parent.iterfind(path):
        for value in (
            text_at(found, "name"),
            found.get("literal"),
            _named_code(found.get("qcode")),
            found.get("uri"),
        ):
            if value and not value.startswith(("http", "urn:")):
                return value.strip("–—- ")
    return None


def _names_at(parent: Element | None, path: str) -> str | None:
    names = [
        text_at(found, "name") or found.get("literal")
        for found in ([] if parent is None else parent.iterfind(path))
    ]
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


def _named_code(qcode: str | None) -> str | None:
    """Return the last part of a code such as ``city:London`` if it is a name rather than a number, else None."""
    last = (qcode or "").rpartition(":")[2]
    return last if last and not last[0].isdigit() else None


def _code_suffix(qcode: str | None) -> str:
    return (qcode or "").rpartition(":")[2].lower()


# ---- NewsML 1


def _first_generation(item: Element, origin: Origin, number: int) -> ReadOutcome:
    if (attribute(item, "NewsManagement/Status", "FormalName") or "").lower() in WITHDRAWN:
        return origin.rejected("withdrawn by its publisher", number)
    draft = Draft(origin, number)
    for name, paths in (
        ("title", ("HeadLine", "Title")), ("dateline", ("DateLine",)),
    ):  # fmt: skip
        for path in paths:
            draft.claim(name, text_at(item, f".//NewsLines/{path}"))
    for line in item.iterfind(".//NewsLines/ByLine"):
        draft.claim("byline", " ".join(line.itertext()))
    draft.claim("source", (text_at(item, ".//NewsLines/CreditLine") or "").strip("–—- "))
    provider = attribute(item, ".//AdministrativeMetadata/Provider/Party", "FormalName")
    draft.claim("source", attribute(item, ".//AdministrativeMetadata/Source/Party", "FormalName"))
    draft.claim("outlet", provider, FROM_PROVIDER)
    draft.claim("outlet", text_at(item, "Identification/NewsIdentifier/ProviderId"), FROM_PROVIDER)
    draft.claim("byline", attribute(item, ".//AdministrativeMetadata/Creator/Party", "FormalName"))
    for place in item.iterfind(".//DescriptiveMetadata/Location/Property"):
        if place.get("FormalName") == "City":
            draft.claim("located", place.get("Value"))
    draft.claim("lang", attribute(item, ".//DescriptiveMetadata/Language", "FormalName"))
    draft.claim("lang", attribute(item, "", "lang"))
    for path in (
        "NewsManagement/FirstCreated",
        "NewsManagement/ThisRevisionCreated",
        "Identification/NewsIdentifier/DateId",
    ):
        draft.claim("date", text_at(item, path))
    draft.claim("section", attribute(item, ".//DescriptiveMetadata//Subject", "Value"))
    draft.claim_key(text_at(item, "Identification/NewsIdentifier/PublicIdentifier"), "guid", of_outlet=True)
    media: set[str] = set()
    blocks: list[Block] = []
    for content in item.iterfind(".//ContentItem"):
        medium = (attribute(content, "MediaType", "FormalName") or "text").lower()
        data = content.find("DataContent")
        if medium in SKIPPED_CLASSES:
            media.add(SKIPPED_CLASSES[medium])
        elif data is not None:
            document = data.find("nitf")
            if document is not None:
                claim_nitf(document, draft)
                blocks, draft.text = [*blocks, *_blocks_of_draft(draft)], ()
            elif len(data):
                blocks += blocks_in(data)
            else:
                blocks += _data_blocks(data, "")
    draft.text, draft.text_provenance = blocks, STATED
    if not blocks and media:
        return Skipped(origin.path, min(media))
    return draft.build()


def _blocks_of_draft(draft: Draft) -> list[Block]:
    return [block if isinstance(block, Block) else Block(block) for block in draft.text]


FORMATS = (
    Format("a NewsML document", matches=_is_newsml, read=whole(parse), suffixes=frozenset({".newsml"})),
)
