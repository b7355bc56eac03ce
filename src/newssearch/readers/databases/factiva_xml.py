"""The format of Factiva's XML: a result set of articles with a headline, a lead paragraph and further paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newssearch.readers.api import Format, Input, Origin, ReadOutcome, UnreadableError, whole
from newssearch.readers.xml.sniff import root_of
from newssearch.readers.xml.tree import text_at, xml_tree
from newssearch.text.paragraphs import Block, split_paragraphs

from .exported import Exported, difference

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOTS = frozenset(
    {"PPSResponse", "ppsArticleResponse", "ppsarticleResultSet", "ppsarticle", "ArticleResponse"}
)
"""The root elements of Factiva's XML."""

_ELEMENT_OF_ROLE = {
    "title": "headline", "byline": "byline", "outlet": "sourceName", "section": "sectionName", "language": "baseLanguage",
    "copyright": "copyright", "key": "accessionNo", "source": "credit", "edition": "edition", "page": "pages", "dateline": "dateline",
    "publisher": "publisherName", "length": "wordCount", "column": "columnName",
}  # fmt: skip
"""The element of each value of an article."""

_TEXT_ELEMENTS = ("leadParagraph", "tailParagraphs", "correction")
_LIST_ELEMENTS = {
    "regions": "region",
    "subject": "newsSubject",
    "companies": "company",
    "industries": "industry",
    "sourcecode": "sourceCode",
    "ipd": "descField",
}


def _is_factiva(source: Input) -> bool:
    root = root_of(source.opening) if source.opening.startswith("<") else None
    return root is not None and root.name in ROOTS


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles of an export. Raises UnreadableError if it has none."""
    root = xml_tree(data)
    number = 0
    for number, article in enumerate(root.iter("article"), start=1):
        yield _article_of_element(article, origin, number)
    if not number:
        raise UnreadableError("an export of Factiva without an article")
    sets = [one.get("count", "") for one in root.iter("ppsarticleResultSet")]
    stated = sum(int(count) for count in sets if count.isdecimal() and len(count) <= 9)
    yield from difference(origin, stated, number)


def _article_of_element(article: Element, origin: Origin, number: int) -> ReadOutcome:
    item = Exported(origin, number)
    for role, path in _ELEMENT_OF_ROLE.items():
        item.set(role, text_at(article, path) or "", path)
    for path in ("publicationDate/dateTime", "publicationDate/date", "publicationDate"):
        item.set("date", text_at(article, path) or "")
    if "T" not in (item.get("date") or ""):
        item.set(
            "time", text_at(article, "publicationTime") or text_at(article, "publicationDate/time") or ""
        )
    for name, path in _LIST_ELEMENTS.items():
        names = [
            text_at(found, "name") or "".join(found.itertext()).strip() for found in article.iterfind(path)
        ]
        if listed := [one for one in names if one]:
            item.codes[name] = listed if len(listed) > 1 else listed[0]
    for path in _TEXT_ELEMENTS:
        for text in article.iterfind(path):
            item.blocks += _blocks_in(text)
    return item.build("an")


def _blocks_in(text: Element) -> Iterator[Block]:
    paragraphs = list(text.iter("paragraph"))
    for one in paragraphs or [text]:
        whole_text = "".join(one.itertext())
        yield from map(Block, [whole_text] if paragraphs else split_paragraphs(whole_text.strip("\n")))


FORMATS = (Format("an export of Factiva in XML", matches=_is_factiva, read=whole(parse)),)
