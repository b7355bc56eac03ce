"""HTML fragments to paragraphs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch.readers.html_fragment import blocks_of, has_markup, line_of
from newssearch.text.paragraphs import squeeze


def texts(fragment: str) -> list[str]:
    return [block.text for block in blocks_of(fragment)]


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("<p>One,\n still one.</p><p>Two.</p>", ["One, still one.", "Two."]),
        ("<p>One.<p>Two.", ["One.", "Two."]),
        ("One.<br>Still one.<br/><BR />\n Two.", ["One. Still one.", "Two."]),
        (f"{'word ' * 40}<br>{'line ' * 40}", [("word " * 40).strip(), ("line " * 40).strip()]),
        ("<div>One <span>a</span>nd</div>two", ["One and", "two"]),
        ("One &amp; two&nbsp;&lt;b&gt; &#8217; &bogus; &#99999999999;", ["One & two <b> ’ &bogus; �"]),
        (
            "One<script>if (a < b) x()</script> and<style>p {}</style><!-- <p>no</p> --> two",
            ["One and two"],
        ),
        ("One <iframe src='x'>no</iframe><svg><title>no</title></svg>", ["One"]),
        ("Never closed <svg>stays", ["Never closed stays"]),
        ("<a title='a > b'>One</a> < two <3", ["One < two <3"]),
        ("<![CDATA[One]]> two", ["One two"]),
        ("One.\n\nTwo, without any tag.", ["One.", "Two, without any tag."]),
        ("One.\n\nTwo.\n<h2>Three</h2>\nFour.\n \nFive.", ["One.", "Two.", "Three", "Four.", "Five."]),
        ("<p>One,\n\nstill one.</p>", ["One, still one."]),
        ("<pre>One\ntwo\n\nThree</pre>", ["One two", "Three"]),
        ("<table><tr><th>A</th><td>1</td></tr><tr><td>only<td></tr></table>", ["A | 1", "only"]),
        ("", []),
        ("<p> </p><br>", []),
        ("<td></td>", []),
        ("<td>One</td><td>two", ["One | two"]),
    ],
)
def test_paragraphs_are_parted_as_on_a_page(fragment: str, expected: list[str]) -> None:
    assert texts(fragment) == expected


def test_the_kind_of_a_paragraph_comes_from_its_element() -> None:
    fragment = (
        "<h3>Rain</h3>Text<blockquote><p>Said</p></blockquote><ul><li>One<ul><li>Inner</ul><li>Two</ul>"
        "<figure><img><figcaption>Hills</figcaption></figure><p>End</p><h2>Open<p>Closed"
        "<table><tr><td>a</td><td>b</td></tr></table>"
    )
    assert [(block.text, block.kind) for block in blocks_of(fragment)] == [
        ("Rain", "heading"), ("Text", "text"), ("Said", "quote"), ("One", "list"), ("Inner", "list"), ("Two", "list"),
        ("Hills", "caption"), ("End", "text"), ("Open", "heading"), ("Closed", "text"), ("a | b", "list"),
    ]  # fmt: skip


def test_a_headline_is_one_line() -> None:
    assert line_of("Rain &amp; <i>snow</i><br>on the  hills") == "Rain & snow on the hills"
    assert line_of("AT&T at 3 < 4") == "AT&T at 3 < 4"


def test_markup_is_distinguished_from_text() -> None:
    assert has_markup("a <b>c</b>")
    assert has_markup("a &amp; b")
    assert has_markup("&#8217;")
    assert not has_markup("a < b & c")
    assert not has_markup("AT&T; <3")


@pytest.mark.parametrize(
    "piece",
    ["<", "<!--", "<a ", '<a "', "<a '\">", "<![CDATA[", "</", "<svg>", "</h1><li>", "<td>", "<?", "&#9", "<li></ul>"],
)  # fmt: skip
def test_unclosed_markup_takes_linear_time(piece: str) -> None:
    def seconds(size: int) -> float:
        start = time.process_time()
        blocks_of(piece * (size // len(piece)))
        return time.process_time() - start

    short = min(seconds(20_000) for _ in range(3))
    assert seconds(160_000) < 8 * 4 * short + 0.05


SCRAPS = st.lists(
    st.sampled_from(
        "<p> </p> <li> <td> <h1> </h1> <!-- --> <br> <svg> </svg> <script> </script <a\t\" ' > < & &# ; \0 \v \n x".split(
            " "
        )
    )
)


@given(st.text() | SCRAPS.map("".join))
def test_anything_becomes_paragraphs_on_one_line(fragment: str) -> None:
    for block in blocks_of(fragment):
        assert block.text
        assert block.text == squeeze(block.text)


@given(st.lists(st.text(alphabet="abc é日", min_size=1).filter(str.strip)))
def test_no_word_is_lost_or_added(paragraphs: list[str]) -> None:
    fragment = "".join(f"<p>{text}</p>" for text in paragraphs)
    assert texts(fragment) == [squeeze(text) for text in paragraphs]
