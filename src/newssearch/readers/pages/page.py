"""The parts of an HTML page that describe its article: metadata for programs, and elements that show metadata."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from newssearch.addresses import archived_address, canonical_address, is_same_site
from newssearch.readers.article.values import host

from .dom import attach_shadow_roots, remove_elements
from .layout import layout_of, shown_line, visible_text
from .schemaorg import SchemaNode

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_MICRODATA_PROPERTIES = 400
"""The maximum number of properties of microdata that are read from one page."""

MAX_META_VALUES = 20
"""The maximum number of values that are kept for one name of ``<meta>``."""

MAX_MARKED_ELEMENTS = 200
"""The maximum number of headings that are kept of a page; the same for author elements and for date elements."""

AUTHOR_CLASSES = frozenset({
    "byline", "bylines", "author", "authors", "autor", "autores", "writer", "writers", "firma",
})  # fmt: skip
"""The words in classes and ids of elements that name authors."""

DATE_CLASSES = frozenset({"date", "time", "timestamp", "published", "pubdate", "datum", "fecha", "posted", "datetime", "postdate", "publishdate", "pubtime",
    "publicado", "created",
})  # fmt: skip
"""The words in classes and ids of elements that show a date."""

DESCRIBING_ELEMENTS = ("meta", "script", "h1", "title", "link", "input", "template", "map", "object")
"""The HTML elements that describe an article by their tag, and those that may hold its text."""

SHADOW_ROOT_ATTRIBUTES = ("shadowrootmode", "shadowroot", "shadowmode")
"""The attributes of a ``<template>`` that is a shadow root; browsers write the first, SingleFile and Chrome wrote the others."""

MIN_ENCLOSED_TEXT = 200
"""The minimum number of characters of text in an image map or an object that is shown as part of the page."""

TEXTLESS_ELEMENTS = ("script", "style", "svg", "noscript", "iframe", "template", "option")
"""The HTML elements that are removed from a page once they are read: no text or metadata is in them."""

MAX_PAGE_ELEMENTS = 200_000
"""The maximum number of elements of a page that are read; the rest of the page is ignored."""


class Page:
    """The parts of a page that describe its article, and its layout.

    ``root`` is the root element of the page, from which elements without text are removed; ``address`` is the URL that
    the page was fetched from, or None.
    """

    def __init__(self, root: HtmlElement, address: str | None) -> None:
        self.meta: dict[str, list[str]] = {}
        self.scripts: list[str] = []
        self._data: list[HtmlElement] = []
        self.headlines: list[HtmlElement] = []
        self.authors: list[int] = []
        """The numbers of the elements whose class, id or ``rel`` marks them as naming authors, in the order of the page."""
        self.dates: list[int] = []
        """The numbers of ``<time>`` elements and of those whose class or id marks them as dates, in order."""
        self.asks_password = False
        """Whether the page has an input field for a password."""
        self.title = ""
        self._canonical_link: str | None = None
        self._shadow_roots: list[HtmlElement] = []
        self._enclosing: list[HtmlElement] = []
        for element in root.iter(*DESCRIBING_ELEMENTS):
            self._note_tag(element)
        attach_shadow_roots(self._shadow_roots)
        for element in self._enclosing:
            _show_enclosed_text(element)
        remove_elements(root, TEXTLESS_ELEMENTS)
        self.layout = layout_of(root, MAX_PAGE_ELEMENTS)
        self.scopes = [element for element in self.layout.elements if element.get("itemscope") is not None]
        self._note_authors_and_dates()
        self.lang = (
            root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang")
        )
        self.scrapbook_source = root.get("data-scrapbook-source")
        """The address that the program WebScrapBook stored when it saved the page, or None."""
        self.set_address(address)

    def set_address(self, address: str | None) -> None:
        """Set the URL that the page was fetched from, against which the URLs that it states are resolved."""
        self.address = address
        self.canonical = _absolute_web_address(self._canonical_link, address)
        self.og_url = _absolute_web_address(self.first("og:url"), address)

    def _note_tag(self, element: HtmlElement) -> None:
        """Store the metadata that an element states by its tag and attributes."""
        match element.tag:
            case "meta":
                self._note_meta(element)
            case "script" if _attribute_is(element, "type", "ld+json", partly=True):
                self.scripts.append(element.text or "")
            case "script" if _attribute_is(element, "type", "application/json"):
                self._data.append(element)
            case "h1" if len(self.headlines) < MAX_MARKED_ELEMENTS:
                self.headlines.append(element)
            case "title" if not self.title:
                self.title = shown_line(element.text or "")
            case "link" if self._canonical_link is None and _is_canonical_link(element):
                self._canonical_link = element.get("href")
            case "template" if any(element.get(name) for name in SHADOW_ROOT_ATTRIBUTES):
                self._shadow_roots.append(element)
            case "map" | "object":
                self._enclosing.append(element)
            case "input" if _attribute_is(element, "type", "password"):
                self.asks_password = True

    def _note_meta(self, element: HtmlElement) -> None:
        content = element.get("content")
        if not content or content.isspace():
            return
        for key in ("property", "name", "itemprop", "http-equiv"):
            if name := element.get(key):
                values = self.meta.setdefault(name.strip().lower(), [])
                if len(values) < MAX_META_VALUES:
                    values.append(shown_line(content))

    def _note_authors_and_dates(self) -> None:
        kinds = {marks: _author_or_date(marks) for marks in set(self.layout.marks)}
        of_authors = {marks for marks, (of_author, _) in kinds.items() if of_author}
        of_dates = {marks for marks, (_, of_date) in kinds.items() if of_date}
        for number, element in enumerate(self.layout.elements):
            marks = self.layout.marks[number]
            if (marks in of_authors or element.get("rel") == "author") and len(
                self.authors
            ) < MAX_MARKED_ELEMENTS:
                self.authors.append(number)
            if (marks in of_dates or element.tag == "time") and len(self.dates) < MAX_MARKED_ELEMENTS:
                self.dates.append(number)

    def first(self, *names: str) -> str | None:
        """Return the first value of the first of the given ``<meta>`` names that the page has, or None."""
        return next((self.meta[name][0] for name in names if name in self.meta), None)

    def data(self) -> list[str]:
        """Return the contents of ``<script type="application/json">``: data for the programs of the page, perhaps long."""
        return [element.text or "" for element in self._data]

    def microdata(self) -> list[SchemaNode]:
        """Return the schema.org nodes that the page marks up as microdata."""
        outer = [scope for scope in self.scopes if scope.get("itemprop") is None]
        left = [MAX_MICRODATA_PROPERTIES]
        return [
            _microdata_item(scope, 6, left)
            for scope in outer[:20]
            if "schema.org" in (scope.get("itemtype") or "").lower()
        ]


def _show_enclosed_text(element: HtmlElement) -> None:
    """Make an image map or an object a plain block if it encloses text: then it was left open."""
    if element.find(".//p") is not None and len(element.text_content()) >= MIN_ENCLOSED_TEXT:
        element.tag = "div"


def _is_canonical_link(element: HtmlElement) -> bool:
    return "canonical" in (element.get("rel") or "").lower().split()


def _attribute_is(element: HtmlElement, name: str, value: str, *, partly: bool = False) -> bool:
    """Whether an attribute equals ``value``, or contains it if ``partly``, ignoring case."""
    stated = (element.get(name) or "").lower()
    return value in stated if partly else value == stated


@lru_cache(4096)  # a page has many elements but few classes
def _author_or_date(marks: str) -> tuple[bool, bool]:
    """Whether the class and id of an element mark it as naming authors, and whether they mark it as a date."""
    folded = marks.lower()
    if "comment" in folded:
        return False, False
    words = folded.replace("-", " ").replace("_", " ").split()
    return not AUTHOR_CLASSES.isdisjoint(words), not DATE_CLASSES.isdisjoint(words)


def _microdata_item(scope: HtmlElement, depth: int, left: list[int]) -> dict[str, object]:
    """Return an item of microdata in the form of JSON-LD.

    ``depth`` is the number of levels of nested items that may be read. ``left[0]`` is the number of properties that may
    still be read; each property reduces it by one.
    """
    item: dict[str, object] = {"@type": (scope.get("itemtype") or "").split()}
    if scope.get("itemid"):
        item["@id"] = scope.get("itemid")
    waiting = list(scope)[::-1]
    while waiting and left[0] > 0:
        element = waiting.pop()
        nested = element.get("itemscope") is not None
        names = (element.get("itemprop") or "").split()
        if names:
            left[0] -= 1
            value: object = (
                _microdata_item(element, depth - 1, left)
                if nested and depth
                else _microdata_value(element, names, left)
            )
            for name in names:
                _append_property(item, name, value)
        if not nested:
            waiting += list(element)[::-1]
    return item


def _append_property(item: dict[str, object], name: str, value: object) -> None:
    present = item.get(name)
    if present is None:
        item[name] = value
    elif isinstance(present, list):
        present.append(value)
    else:
        item[name] = [present, value]


def _microdata_value(element: HtmlElement, names: Sequence[str], left: list[int]) -> str:
    """Return the value of a property of microdata: an attribute or the text, depending on the element.

    The text of an article takes long to read, so that it reduces ``left[0]`` as many properties do.
    """
    if "articleBody" in names:
        left[0] -= MAX_MICRODATA_PROPERTIES // 4
        return "\n\n".join(piece.text for piece in layout_of(element, 20_000).pieces)
    content: str | None = element.get("content")
    if content is not None:
        return content
    if element.tag in ("a", "link") and (
        "url" in names or "mainEntityOfPage" in names or element.tag == "link"
    ):
        return element.get("href") or ""
    if element.tag == "time":
        return element.get("datetime") or visible_text(element)
    if element.tag in ("img", "source", "video", "audio"):
        return element.get("src") or ""
    return visible_text(element)


def _absolute_web_address(url: str | None, base: str | None) -> str | None:
    """Return a URL resolved against ``base``, or None if it is not an http(s) URL with a host."""
    if not url:
        return None
    url = archived_address(url.strip())
    stated = canonical_address(url)
    if url.lower().startswith("www.") or (base and is_same_site(stated, canonical_address(base))):
        url = re.sub(
            r"^(?![a-z]+:|//)", "https://", url, flags=re.IGNORECASE
        )  # a host, not a relative address
    try:
        whole = urljoin(base or "", url)
    except ValueError:
        return None
    whole = archived_address(whole)
    return whole if re.match(r"https?://", whole, re.IGNORECASE) and host(whole) else None


def meta_source(name: str) -> str:
    """Return a name of ``<meta>`` as provenances write it, such as ``og:title`` or ``meta author``."""
    return name if name.startswith(("og:", "article:", "twitter:")) else f"meta {name}"
