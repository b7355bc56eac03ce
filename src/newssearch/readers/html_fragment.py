"""A piece of HTML, as feeds, agencies and mail carry it, to paragraphs.

Not for pages, which have to be told from what surrounds the article. A scanner of our own, because it takes time in
proportion to its input whatever that is: the parser of the standard library takes the square of it for what is never
closed, in most of the Pythons that we run on.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from newssearch.text.paragraphs import WIDEST_WRAP, Block, Kind, split_paragraphs, squeeze

KINDS: dict[str, Kind] = {
    "blockquote": "quote", "li": "list", "ul": "list", "ol": "list", "dl": "list", "h": "heading",
    "figcaption": "caption", "caption": "caption",
}  # fmt: skip
"""What the text in an element is; ``h`` are the headings of all levels."""

BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form h h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre section summary"
    " table tbody tfoot thead tr ul".split()
)
"""Elements that begin and end a paragraph."""

UNREAD = frozenset(
    "audio button canvas head iframe noembed noframes noscript object script select style svg template textarea title"
    " video".split()
)
"""Elements whose content is no text of the article."""

SPACED = frozenset({"p", "div", "br"})
"""Where none of these is, blank lines part paragraphs, as in what a blog keeps of a post."""

CELL = "\0"
LINE = "\n"

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NAME = re.compile(r"</?([a-zA-Z][^\s/>]{0,40})")
_REST_OF_TAG = re.compile(r"""[^'">]*(?:(?:"[^"]*"|'[^']*')[^'">]*)*>""")
_LONG_NUMBER = re.compile(r"&#[0-9]{8,};?")
_MARKUP = re.compile(r"</?[a-zA-Z!]|&(?:#\d|#x[0-9a-f]|[a-z]{2,8};)", re.IGNORECASE)


def blocks_of(fragment: str) -> list[Block]:
    """The paragraphs of a piece of HTML: white space squeezed, without scripts; never raises.

    Elements that are blocks on a page part paragraphs, and so does a blank line made with ``<br><br>``. A row of a
    table is one paragraph. What has no markup for paragraphs at all is read as plain text.

    >>> blocks_of("<h2>Rain</h2><p>It rained &amp;\\n<b>p</b>oured.<p>Then not.<ul><li>One<li>Two</ul>")
    [Block(text='Rain', kind='heading'), Block(text='It rained & poured.', kind='text'), \
Block(text='Then not.', kind='text'), Block(text='One', kind='list'), Block(text='Two', kind='list')]
    """
    scan = _Scan()
    for name, text in _tokens(fragment):
        if name:
            scan.tag(name)
        elif text:
            scan.text(text)
    return scan.finish()


def line_of(fragment: str) -> str:
    """A piece of HTML as one line: a headline with markup in it.

    >>> line_of("Rain &amp; <i>snow</i>"), line_of("a < b & c")
    ('Rain & snow', 'a < b & c')
    """
    return " ".join(block.text for block in blocks_of(fragment))


def has_markup(text: str) -> bool:
    """Whether a text that may be HTML is: it has a tag or an entity."""
    return _MARKUP.search(text) is not None


def unescape(text: str) -> str:
    """``text`` with its entities resolved; a number with more digits than any character has is U+FFFD."""
    return html.unescape(_LONG_NUMBER.sub("\ufffd", text)) if "&" in text else text


class _Scan:
    """The paragraphs found so far, and what is open."""

    def __init__(self) -> None:
        self.blocks: list[tuple[str, Kind]] = []
        self.seen: set[str] = set()
        self._pieces: list[str] = []
        self._open: list[str] = []
        self._count: Counter[str] = Counter()
        self._pre = 0

    def text(self, text: str) -> None:
        text = unescape(text.replace(CELL, " "))
        if self._pre or LINE not in text:
            self._pieces.append(text)
        else:
            self._pieces.append(_BLANK.sub("\v", text).replace(LINE, " "))

    def tag(self, name: str) -> None:
        """A tag: its name, with a slash in front at the end of an element."""
        end = name[0] == "/"
        name = name.lstrip("/")
        if name in ("td", "th"):
            self.seen.add(name)
            self._pieces.append(CELL)
            return
        if name == "br":
            self.seen.add(name)
            self._pieces.append(LINE)
            return
        if name not in BLOCKS:
            return
        self.seen.add(name)
        self._flush()
        if name in _HEADINGS:
            name = "h"
        if name == "pre":
            self._pre = not end
        elif name in KINDS:
            if end:
                self._close(name)
            else:
                self._open.append(name)
                self._count[name] += 1
        elif name == "p" and not end and self._open and self._open[-1] == "h":
            self._close("h")  # a heading that was never closed

    def finish(self) -> list[Block]:
        """All paragraphs, once everything was seen."""
        self._flush()
        spaced = not self.seen.isdisjoint(SPACED)
        if not self.seen:
            return [
                Block(line)
                for text, _ in self.blocks
                for line in split_paragraphs(text.replace("\v", "\n\n"))
            ]
        found = []
        for text, kind in self.blocks:
            for part in [text] if spaced else text.split("\v"):
                found += [Block(line, row or kind) for line, row in _lines(part) if line]
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
            self.blocks.append((text, KINDS[self._open[-1]] if self._open else "text"))


_BLANK = re.compile(r"\n[ \t\r]*\n\s*")


def _lines(text: str) -> Iterator[tuple[str, Kind | None]]:
    """The paragraphs between two tags of blocks, and of which kind they are by themselves.

    Blank lines part them; where a line is too long to be one of an address or a poem, so do all line breaks.
    """
    if CELL in text:
        cells = [cell for cell in map(squeeze, text.split(CELL)) if cell]
        yield " | ".join(cells), "list" if len(cells) > 1 else None
        return
    lines = [squeeze(line) for line in text.split(LINE)]
    wide = max(map(len, lines)) > WIDEST_WRAP
    group: list[str] = []
    for line in [*lines, ""]:
        if line:
            group.append(line)
        if group and (wide or not line):
            yield " ".join(group), None
            group = []


@cache
def _end_of(name: str) -> re.Pattern[str]:
    return re.compile(f"</{name}(?![a-z0-9-])", re.IGNORECASE)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Tags by their names, in small letters and with a slash in front at an end, and what stands between them."""
    place, unclosed, odd = 0, set(), 0
    while place < len(text):
        start = text.find("<", place)
        if start < 0:
            yield "", text[place:]
            return
        if start > place:
            yield "", text[place:start]
        name = _NAME.match(text, start)
        if name is None:
            place = start + 1
            for opening, closing in (
                ("<!--", "-->"),
                ("<![CDATA[", "]]>"),
                ("<!", ">"),
                ("<?", ">"),
                ("</", ">"),
            ):
                if closing not in unclosed and text.startswith(opening, start):
                    end = text.find(closing, start + len(opening))
                    if end < 0:
                        unclosed.add(closing)
                        continue
                    if closing == "]]>":
                        yield "", text[start + len(opening) : end]
                    place = end + len(closing)
                    break
            else:
                yield "", "<"
            continue
        # A ">" within quotes ends no tag. Quotes that are never closed would be looked for again and again.
        rest = _REST_OF_TAG.match(text, name.end()) if odd < 16 else None
        if rest is None:
            odd += 1
            end = text.find(">", name.end()) + 1 if ">" not in unclosed else 0
            if not end:
                unclosed.add(">")
                yield "", "<"
                place = start + 1
                continue
        else:
            end = rest.end()
        place = end
        tag = name[1].lower()
        if text[start + 1] == "/":
            yield f"/{tag}", ""
        elif tag in UNREAD and tag not in unclosed and text[end - 2] != "/":
            closing_tag = _end_of(tag).search(text, end)
            if closing_tag is not None:
                place = closing_tag.start()
            elif tag in ("script", "style"):
                return
            else:
                unclosed.add(tag)
        else:
            yield tag, ""
