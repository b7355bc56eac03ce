"""Read the paragraphs of an HTML fragment, which feeds, agencies and mail contain.

This is not for whole pages, in which the article must first be separated from what surrounds it. The scanner takes
linear time on any input; the parser of the standard library takes quadratic time on unclosed tags in most supported
versions of Python.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from newssearch.text.paragraphs import MAX_WRAP_CHARS, Block, ParagraphKind, split_paragraphs, squeeze

KIND_OF_ELEMENT: dict[str, ParagraphKind] = {
    "blockquote": "quote", "li": "list", "ul": "list", "ol": "list", "dl": "list", "h": "heading",
    "figcaption": "caption", "caption": "caption",
}  # fmt: skip
"""The kind of the paragraphs in an HTML element, keyed by its name; ``h`` stands for headings of all levels."""

BLOCK_ELEMENTS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form h h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre section summary"
    " table tbody tfoot thead tr ul".split()
)
"""The HTML elements whose start and end separate paragraphs."""

UNREAD_ELEMENTS = frozenset(
    "audio button canvas head iframe noembed noframes noscript object script select style svg template textarea title"
    " video".split()
)
"""The HTML elements whose content is not text of the article."""

PARAGRAPH_ELEMENTS = frozenset({"p", "div", "br"})
"""The elements that mark paragraphs: in a fragment without any of them, blank lines separate paragraphs."""

CELL_MARK = "\0"
LINE_MARK = "\n"

_DECLARATIONS = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<!", ">"), ("<?", ">"), ("</", ">"))
_HEADING_ELEMENTS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TAG_NAME = re.compile(r"</?([a-zA-Z][^\s/>]{0,40})")
_REST_OF_TAG = re.compile(r"""[^'">]*(?:(?:"[^"]*"|'[^']*')[^'">]*)*>""")
_LONG_NUMBER = re.compile(r"&#[0-9]{8,};?")
_TAG_OR_ENTITY = re.compile(r"</?[a-zA-Z!]|&(?:#\d|#x[0-9a-f]|[a-z]{2,8};)", re.IGNORECASE)


def blocks_of(fragment: str) -> list[Block]:
    """Return the paragraphs of an HTML fragment, with white space normalised and without scripts; never raises.

    Block elements separate paragraphs, and so does a blank line made with ``<br><br>``. A row of a table is one
    paragraph. A fragment without any block element is read as plain text.

    >>> blocks_of("<h2>Rain</h2><p>It rained &amp;\\n<b>p</b>oured.<p>Then not.<ul><li>One<li>Two</ul>")
    [Block(text='Rain', kind='heading'), Block(text='It rained & poured.', kind='text'), \
Block(text='Then not.', kind='text'), Block(text='One', kind='list'), Block(text='Two', kind='list')]
    """
    scan = _FragmentScanner()
    for name, text in _tags_and_text(fragment):
        if name:
            scan.tag(name)
        elif text:
            scan.text(text)
    return scan.finish()


def line_of(fragment: str) -> str:
    """Return the text of an HTML fragment, such as a headline with markup, on one line.

    >>> line_of("Rain &amp; <i>snow</i>"), line_of("a < b & c")
    ('Rain & snow', 'a < b & c')
    """
    return " ".join(block.text for block in blocks_of(fragment))


def without_hidden(fragment: str) -> str:
    """Return a fragment without the elements that its markup hides and that have no elements inside, as previews of mails do.

    >>> without_hidden('<div style="display:none">Preview</div><p>Rain</p>')
    '<p>Rain</p>'
    """
    return _HIDDEN_ELEMENT.sub("", fragment) if "display" in fragment else fragment


_HIDDEN_ELEMENT = re.compile(
    r"<(div|span|p|td|preheader)\b[^<>]{0,400}\bstyle\s?=\s?[\"'][^\"'<>]{0,400}\bdisplay\s?:\s?none\b[^<>]{0,800}>[^<]{0,2000}</\1\s?>",
    re.IGNORECASE,
)


def has_markup(text: str) -> bool:
    """Whether a text contains an HTML tag or entity."""
    return _TAG_OR_ENTITY.search(text) is not None


def unescape(text: str) -> str:
    """Return ``text`` with its HTML entities resolved; a character reference with too many digits becomes U+FFFD."""
    return html.unescape(_LONG_NUMBER.sub("\ufffd", text)) if "&" in text else text


class _FragmentScanner:
    """A scanner of HTML tags and text, which collects paragraphs and keeps track of the open elements."""

    def __init__(self) -> None:
        self.blocks: list[tuple[str, ParagraphKind]] = []
        self.seen: set[str] = set()
        self._pieces: list[str] = []
        self._open: list[str] = []
        self._count: Counter[str] = Counter()
        self._pre = 0

    def text(self, text: str) -> None:
        text = unescape(text.replace(CELL_MARK, " "))
        if self._pre or LINE_MARK not in text:
            self._pieces.append(text)
        else:
            self._pieces.append(_BLANK_LINES.sub("\v", text).replace(LINE_MARK, " "))

    def tag(self, name: str) -> None:
        """Process a tag, given its name in lower case, with a leading slash for an end tag."""
        end = name[0] == "/"
        name = name.lstrip("/")
        if name in ("td", "th"):
            self.seen.add(name)
            self._pieces.append(CELL_MARK)
            return
        if name == "br":
            self.seen.add(name)
            self._pieces.append(LINE_MARK)
            return
        if name not in BLOCK_ELEMENTS:
            return
        self.seen.add(name)
        self._flush()
        if name in _HEADING_ELEMENTS:
            name = "h"
        if name == "pre":
            self._pre = not end
        elif name in KIND_OF_ELEMENT:
            if end:
                self._close(name)
            else:
                self._open.append(name)
                self._count[name] += 1
        elif name == "p" and not end and self._open and self._open[-1] == "h":
            self._close("h")  # a heading that was never closed

    def finish(self) -> list[Block]:
        """Return all paragraphs of the fragment; called after the last tag and text."""
        self._flush()
        spaced = not self.seen.isdisjoint(PARAGRAPH_ELEMENTS)
        if not self.seen:
            return [
                Block(line)
                for text, _ in self.blocks
                for line in split_paragraphs(text.replace("\v", "\n\n"))
            ]
        found = []
        for text, kind in self.blocks:
            for part in [text] if spaced else text.split("\v"):
                found += [Block(line, row or kind) for line, row in _paragraphs_of_block(part) if line]
        return found

    def _close(self, name: str) -> None:
        if self._count[name]:
            while (last := self._open.pop()) != name:
                self._count[last] -= 1
            self._count[name] -= 1

    def _flush(self) -> None:
        text = "".join(self._pieces)
        self._pieces.clear()
        if text and not text.isspace():
            self.blocks.append((text, KIND_OF_ELEMENT[self._open[-1]] if self._open else "text"))


_BLANK_LINES = re.compile(r"\n[ \t\r]*\n\s*")


def _paragraphs_of_block(text: str) -> Iterator[tuple[str, ParagraphKind | None]]:
    """Yield each paragraph between two block tags, with its kind if the text itself shows it, else None.

    Blank lines separate paragraphs. If a line is too long for an address or a poem, every line break separates them.
    """
    if CELL_MARK in text:
        cells = [cell for cell in map(squeeze, text.split(CELL_MARK)) if cell]
        yield " | ".join(cells), "list" if len(cells) > 1 else None
        return
    lines = [squeeze(line) for line in text.split(LINE_MARK)]
    wide = max(map(len, lines)) > MAX_WRAP_CHARS
    group: list[str] = []
    for line in [*lines, ""]:
        if line:
            group.append(line)
        if group and (wide or not line):
            yield " ".join(group), None
            group = []


@cache
def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(f"</{name}(?![a-z0-9-])", re.IGNORECASE)


def _after_declaration(text: str, start: int, unclosed: set[str]) -> tuple[int, str]:
    """Return the position after a comment, declaration or CDATA section at ``start``, and the text that it contains.

    If there is none of these at ``start``, return the next position and ``"<"``. ``unclosed`` collects the closing
    marks that do not occur in the rest of the text, so that each is searched for only once.
    """
    for opening, closing in _DECLARATIONS:
        if closing not in unclosed and text.startswith(opening, start):
            end = text.find(closing, start + len(opening))
            if end >= 0:
                return end + len(closing), text[start + len(opening) : end] if closing == "]]>" else ""
            unclosed.add(closing)
    return start + 1, "<"


def _tags_and_text(text: str) -> Iterator[tuple[str, str]]:
    """Yield (tag name, "") for each tag and ("", text) for the text between tags, in order.

    Tag names are in lower case; the name of an end tag has a leading slash.
    """
    position, odd = 0, 0
    unclosed: set[str] = set()
    while position < len(text):
        start = text.find("<", position)
        if start < 0:
            yield "", text[position:]
            return
        if start > position:
            yield "", text[position:start]
        name = _TAG_NAME.match(text, start)
        if name is None:
            position, data = _after_declaration(text, start, unclosed)
            yield "", data
            continue
        # A ">" inside quotes does not end a tag. After 16 unclosed quotes, quotes are ignored, because each costs a scan to the end.
        rest = _REST_OF_TAG.match(text, name.end()) if odd < 16 else None
        if rest is None:
            odd += 1
            end = text.find(">", name.end()) + 1 if ">" not in unclosed else 0
            if not end:
                unclosed.add(">")
                yield "", "<"
                position = start + 1
                continue
        else:
            end = rest.end()
        position = end
        tag = name[1].lower()
        if text[start + 1] == "/":
            yield f"/{tag}", ""
        elif tag in UNREAD_ELEMENTS and tag not in unclosed and text[end - 2] != "/":
            closing_tag = _end_tag(tag).search(text, end)
            if closing_tag is not None:
                position = closing_tag.start()
            elif tag in ("script", "style"):
                return
            else:
                unclosed.add(tag)
        else:
            yield tag, ""
