"""The paragraphs that trafilatura extracts from a page as its text."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from newssearch.readers.api import UnreadableError

from .dom import TRAFILATURA_MISSING
from .layout import SOFT_HYPHEN, Layout

if TYPE_CHECKING:
    import logging

    from lxml.html import HtmlElement
    from trafilatura.settings import Extractor

MAX_ELEMENTS = 20_000
"""The maximum number of elements of a page for trafilatura, which is too slow for larger pages."""

MAX_CHARACTERS = 2_000_000
"""The maximum number of characters of text on a page for trafilatura, which is too slow for longer pages."""

MAX_NESTING = 200
"""The maximum depth of the elements of a page for trafilatura, which is too slow for deeper pages."""

LONGEST_ATTRIBUTE = 2000
"""The maximum number of characters of an attribute that trafilatura searches for patterns; longer ones are removed."""


def trafilatura_paragraphs(layout: Layout, frame: int, enough: int, most: int) -> list[str]:
    """Return the paragraphs that trafilatura finds, or an empty list if it finds none or would take too long.

    Only the element ``frame`` and those around it are left of the page. Trafilatura's precise mode is tried first, without
    its comparison with other extractors, which takes half of its time; that result counts if it has ``most`` of the
    characters. Then the precise mode with the comparison is tried, whose result counts if it has ``enough``, then the
    balanced mode. Raises UnreadableError if trafilatura is not installed.
    """
    import logging  # slow to import

    try:
        from trafilatura import bare_extraction  # of an extra, and slow to import
    except ImportError:
        raise UnreadableError(TRAFILATURA_MISSING) from None
    logging.getLogger("trafilatura").addHandler(_silence())  # it logs errors for pages without an article
    if not _is_fast_enough(layout):
        return []
    root = layout.elements[0]
    _crop(layout, frame)
    _remove_long_attributes(root)
    for precise, compared, least in ((True, False, most), (True, True, enough), (False, True, 1)):
        try:
            found = bare_extraction(root, options=_options(precise, compared))
        except (
            Exception
        ):  # trafilatura may raise anything: the caller then uses the plain paragraphs of the page
            continue
        if found is None or isinstance(found, dict) or found.body is None:
            continue
        paragraphs = [" ".join(element.itertext()).replace(SOFT_HYPHEN, "") for element in found.body]
        if sum(map(len, paragraphs)) >= least:
            return paragraphs
    return []


@cache
def _options(precise: bool, compared: bool) -> Extractor:
    """Return the options of an extraction; its format is one that needs no rendering of the text."""
    from trafilatura.settings import Extractor  # of an extra, and slow to import

    return Extractor(output_format="txt", fast=not compared, precision=precise, comments=False)


def _is_fast_enough(layout: Layout) -> bool:
    """Whether a page is small and flat enough for trafilatura."""
    return (
        len(layout.elements) <= MAX_ELEMENTS
        and layout.nesting <= MAX_NESTING
        and sum(len(piece.text) for piece in layout.pieces) <= MAX_CHARACTERS
    )


@cache
def _silence() -> logging.Handler:
    import logging  # slow to import

    return logging.NullHandler()


def _crop(layout: Layout, frame: int) -> None:
    """Remove from a page all elements that are neither around nor in an element; trafilatura takes long for them."""
    path = list(layout.outwards(frame))
    for inner, outer in pairwise(path):
        kept, parent = layout.elements[inner], layout.elements[outer]
        for child in list(parent):
            if child is not kept:
                parent.remove(child)


def _remove_long_attributes(root: HtmlElement) -> None:
    for element in root.xpath(f"//*[@*[string-length() > {LONGEST_ATTRIBUTE}]]"):
        for name, value in element.items():
            if len(value) > LONGEST_ATTRIBUTE:
                del element.attrib[name]
