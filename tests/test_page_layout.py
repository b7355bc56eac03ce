"""The layout of a page: its elements by number, and its text in pieces."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

pytest.importorskip("trafilatura", reason="the extra html is not installed")

from lxml.html import HtmlElement

from newssearch.readers.pages.dom import page_tree
from newssearch.readers.pages.layout import INLINE_ELEMENTS, UNSEEN_ELEMENTS, Layout, layout_of, visible_text
from support import THOROUGH

TAGS = [
    "p",
    "div",
    "ul",
    "li",
    "b",
    "span",
    "a",
    "br",
    "svg",
    "blockquote",
    "td",
    "table",
    "h2",
    "select",
    "nav",
]
ATTRIBUTES = [
    "",
    "",
    " hidden",
    ' style="display: none"',
    ' class="is-hidden"',
    ' id="bottomBar"',
    ' class="mainText"',
]
PARTS = st.one_of(
    st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)),
    st.builds("</{}>".format, st.sampled_from(TAGS)),
    st.sampled_from(["rain ", "snow", " ", "\n", "é &amp; ü"]),
)
PAGES = st.lists(PARTS, max_size=30).map("".join)


def layout(source: str, limit: int = 10_000) -> Layout:
    return layout_of(page_tree(f"<html><body>{source}</body></html>"), limit)


@given(PAGES, st.integers(1, 20) | st.just(10_000))
@example("<div><p>rain<br>snow</div>", 10_000)
@settings(max_examples=60 * THOROUGH)
def test_numbers_say_which_element_is_in_which(source: str, limit: int) -> None:
    found = layout(source, limit)
    everything = list(found.elements[0].iter())
    assert found.elements == everything[:limit]
    for number, element in enumerate(found.elements):
        around = [found.elements[outer] for outer in found.outwards(number)]
        assert around == [element, *element.iterancestors()]
        inside = found.elements[number : found.ends[number]]
        assert inside == [each for each in element.iter() if each in found.elements]


def seen(element: HtmlElement) -> Iterator[str]:
    """Yield the visible parts of the text of an element, from the definition; a block is between line feeds."""
    inline = element.tag in INLINE_ELEMENTS or element.tag in UNSEEN_ELEMENTS
    hidden = (
        element.get("hidden") is not None
        or "none" in element.get("style", "")
        or element.get("class") == "is-hidden"
    )
    blank = element.tag in UNSEEN_ELEMENTS or (hidden and inline and element.tag != "a")
    around = " " if element.tag == "td" else "" if inline or element.tag == "br" else "\n"
    yield around
    if not blank:
        yield " " if element.tag == "br" else ""
        yield (element.text or "").replace("\n", " ")
        for child in element:
            yield from seen(child)
            yield (child.tail or "").replace("\n", " ")
    yield around


@given(PAGES.map(lambda source: source.replace("<br", "<wbr")))
@example("<p>one<svg><b>rain</b>snow</svg>two")
@settings(max_examples=60 * THOROUGH)
def test_pieces_are_the_visible_text_between_blocks(source: str) -> None:
    found = layout(source)
    lines = "".join(seen(found.elements[0])).split("\n")
    assert [piece.text for piece in found.pieces] == [
        " ".join(line.split()) for line in lines if line.split()
    ]


def test_a_piece_knows_its_links_its_element_and_what_hides_it() -> None:
    found = layout(
        '<div hidden><ul><li>See <a href="/">the <b>news</b></a> today</ul></div><p class=mainText id=a>Rain'
    )
    assert [
        (
            piece.text,
            piece.kind,
            piece.linked,
            found.tag(piece.element),
            piece.hidden_by and found.tag(piece.hidden_by),
        )
        for piece in found.pieces
    ] == [("See the news today", "list", 8, "li", "div"), ("Rain", "text", 0, "p", None)]
    assert found.marks[found.pieces[1].element] == "main-Text a"


def test_two_line_breaks_end_a_piece() -> None:
    assert [piece.text for piece in layout("one<br>two<br> <br>three<br>").pieces] == ["one two", "three"]


def test_the_text_of_an_element_does_not_have_what_follows_it() -> None:
    (bold,) = layout("<p>rain <b>and <i>snow</i></b> today").elements[0].iter("b")
    assert visible_text(bold) == "and snow"
