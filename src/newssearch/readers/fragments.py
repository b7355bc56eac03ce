"""HTML within other formats (a feed's entry, a field of JSON, a mail) to blocks of text."""

from __future__ import annotations

import re
from html import unescape

from newssearch.paragraphs import Block, Kind, squeeze

LONGEST = 8_000_000
"""Characters of a fragment that are looked at."""

BREAKING = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend",
    "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
    "title", "hl1", "hl2", "block", "bq", "media-caption", "note",
})  # fmt: skip
"""Elements that end a paragraph: of HTML, and those that NITF has for the same."""

KINDS: dict[str, Kind] = {
    "blockquote": "quote", "bq": "quote", "li": "list", "dt": "list", "dd": "list", "tr": "list",
    "figcaption": "caption", "caption": "caption", "media-caption": "caption",
    "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
    "hl1": "heading", "hl2": "heading",
}  # fmt: skip
"""What the text within an element is."""

SILENT = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "svg", "select", "button", "head"}
)
"""Elements whose text nobody reads."""

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
"""Elements without an end tag."""

CELLS = frozenset({"td", "th"})
"""Elements whose text stands apart from that before it, in one paragraph."""

DEEPEST = 64
"""Elements with a kind of their own that are told apart, one within the other."""

_NAME = re.compile(r"<(/?)([a-zA-Z][\w:.-]*)")
_TAG = re.compile(r"<(?:[a-zA-Z!?]|/[a-zA-Z])")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")


def looks_like_html(text: str) -> bool:
    """Whether a text has tags or character references in it.

    >>> looks_like_html("<p>Rain</p>"), looks_like_html("Rain &amp; snow"), looks_like_html("a < b & c")
    (True, True, False)
    """
    return (
        _TAG.search(text) is not None or re.search(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);", text) is not None
    )


def blocks_of(html: str) -> list[Block]:
    """The paragraphs of a fragment of HTML, in order; never raises.

    A block-level element ends a paragraph, and so do two line breaks. Where there is no such thing at all, blank
    lines do.

    >>> blocks_of("<h2>Rain</h2><p>It rained<br>on <b>Basra</b>.</p><ul><li>Monday")
    [Block(text='Rain', kind='heading'), Block(text='It rained on Basra.', kind='text'), Block(text='Monday', kind='list')]
    """
    blocks = _Blocks()
    blocks.feed(html[:LONGEST])
    blocks.end_paragraph()
    return blocks.blocks


def text_of(html: str) -> str:
    """All text of a fragment of HTML, on one line.

    >>> text_of("Rain &amp; <i>snow</i>")
    'Rain & snow'
    """
    return " ".join(block.text for block in blocks_of(html))


class _Blocks:
    """Gathers the blocks while tags and text go by.

    A scanner of our own, since that of the standard library takes time with the square of what is not closed.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._breaks = 0
        self._open: list[tuple[str, Kind]] = []
        self._any_blocks = False

    def feed(self, html: str) -> None:
        """Take all of a fragment."""
        at, end = 0, len(html)
        while at < end:
            tag = html.find("<", at)
            if tag < 0:
                tag = end
            self._text(unescape(html[at:tag]))
            at = self._markup(html, tag) if tag < end else end

    def _markup(self, html: str, at: int) -> int:
        """Take what begins with ``<``; where the rest begins."""
        if html.startswith("<!--", at):
            return _behind(html, "-->", at + 4)
        if html.startswith("<![CDATA[", at):
            after = _behind(html, "]]>", at)
            self._text(html[at + 9 : after].removesuffix("]]>"))
            return after
        if html.startswith(("<!", "<?"), at):
            return _behind(html, ">", at)
        name = _NAME.match(html, at)
        if name is None:
            self._text("<")
            return at + 1
        after = _behind(html, ">", at)
        for _ in range(8):  # a > within a quoted attribute
            inside = html[at:after]
            if inside.count('"') % 2 == 0 or after == len(html):
                break
            after = _behind(html, ">", after)
        tag = name[2].lower()
        if name[1]:
            self._end(tag)
        elif tag in SILENT and not html.endswith("/>", at, after):
            self.end_paragraph()
            closing = re.compile(rf"</{tag}\b", re.IGNORECASE).search(html, after)
            return _behind(html, ">", closing.start()) if closing else len(html)
        else:
            self._start(tag)
            if html.endswith("/>", at, after) and tag not in VOID:
                self._end(tag)
        return after

    def _start(self, tag: str) -> None:
        if tag == "br":
            self._breaks += 1
            self._pieces.append("\n")
            if self._breaks == 2:
                self.end_paragraph()
        elif tag in CELLS:
            self._pieces.append(" ")
        elif tag in BREAKING:
            self._any_blocks = True
            self.end_paragraph()
        if tag in KINDS and len(self._open) < DEEPEST:
            self._open.append((tag, KINDS[tag]))

    def _end(self, tag: str) -> None:
        if tag in BREAKING:
            self.end_paragraph()
        if tag in KINDS:
            for at in range(len(self._open) - 1, -1, -1):
                if self._open[at][0] == tag:
                    del self._open[at:]
                    break

    def _text(self, text: str) -> None:
        if text and not text.isspace():
            self._breaks = 0
        self._pieces.append(text)

    def end_paragraph(self) -> None:
        """What was read since the last one is a paragraph."""
        text = "".join(self._pieces)
        self._pieces = []
        kind: Kind = self._open[-1][1] if self._open else "text"
        parts = [text] if self._any_blocks else _BLANK_LINE.split(text)
        self.blocks += [Block(squeezed, kind) for part in parts if (squeezed := squeeze(part))]


def _behind(html: str, mark: str, at: int) -> int:
    """Where what follows a mark begins; the end where there is none."""
    found = html.find(mark, at)
    return len(html) if found < 0 else found + len(mark)
