"""A text to its paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

Kind = Literal["text", "heading", "quote", "list", "caption"]
"""What a paragraph is on the page: running text, a heading within the text, a quotation set off, an item of a list or
a row of a table, the caption of a picture."""


class Block(NamedTuple):
    """A paragraph that has no number yet."""

    text: str
    kind: Kind = "text"


NARROWEST_WRAP, WIDEST_WRAP = 40, 140
"""Characters of the lines that programs wrap text to; shorter lines are lists and verse, longer ones paragraphs."""

SENTENCE_ENDS = frozenset(".!?…:。！？؟۔।")
"""What the last line of a paragraph ends with, after closing quotes and brackets."""

_CLOSERS = "\"'”’»)]」』）"


class Squeezed(list[Block]):
    """Blocks whose text is on one line each, and not empty: what :func:`squeeze` would leave as it is."""


def squeeze(text: str) -> str:
    """``text`` on one line: every run of white space is one space, and a half of a surrogate pair is U+FFFD.

    >>> squeeze("  one\\n two\\t three ")
    'one two three'
    """
    line = " ".join(text.split())
    try:
        line.encode()
    except UnicodeEncodeError:
        # A lone surrogate (JSON can carry one) could be neither stored nor printed; a pair becomes its character.
        return line.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return line


def split_lines(text: str) -> list[str]:
    """The lines of a text: line and form feeds, NEL and U+2028 end a line, U+2029 a paragraph (a line, and a blank).

    >>> split_lines("one\\r\\ntwo\\u2029three")
    ['one', 'two', '', 'three']
    """
    return text.replace("\u2029", "\n\n").splitlines()


def split_paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, each on one line. No word is lost, none added, and their order stays.

    Where the text has blank lines, the blocks between them are its paragraphs; only a block with a line too wide to
    have been wrapped (:data:`WIDEST_WRAP`) has a paragraph on every line.

    Where it has none, its lines are paragraphs, with two exceptions, read from the lines themselves:

    - *indented*: where some lines are indented and most are not, an indented line starts a paragraph and the
      others go on with it;
    - *wrapped*: a line break is a wrap where the next word would not have fitted within the width of the lines,
      and the line does not end like a sentence. Where most breaks are wraps, the lines are joined, and a
      paragraph ends after a line that ends like a sentence and had room for the next word.

    >>> split_paragraphs("One,\\nstill one.\\n\\nTwo.")
    ['One, still one.', 'Two.']
    >>> split_paragraphs("One.\\nTwo.")
    ['One.', 'Two.']
    """
    blocks = list(_blocks(split_lines(text)))
    if len(blocks) == 1:
        return _lone_block(blocks[0])
    paragraphs: list[str] = []
    for block in blocks:
        wide = len(block) > 1 and max(map(len, block)) > WIDEST_WRAP
        paragraphs += map(squeeze, block) if wide else [squeeze(" ".join(block))]
    return paragraphs


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        if line and not line.isspace():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _lone_block(lines: list[str]) -> list[str]:
    """The paragraphs of lines without a blank one among them."""
    squeezed = [squeeze(line) for line in lines]
    starts = _indented(lines) or _unwrapped(squeezed)
    paragraphs: list[list[str]] = []
    for line, start in zip(squeezed, starts, strict=True):
        if start or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(line)
    return [" ".join(paragraph) for paragraph in paragraphs]


def _indented(lines: Sequence[str]) -> list[bool] | None:
    """Of each line, whether its indentation starts a paragraph; None where indentation does not tell."""
    depths = [len(line) - len(line.lstrip()) for line in lines]
    margin = min(depths)
    starts = [depth > margin for depth in depths]
    return starts if 0 < 2 * sum(starts) < len(starts) and max(map(len, lines)) <= WIDEST_WRAP else None


def _unwrapped(lines: Sequence[str]) -> list[bool]:
    """Of each line, whether it starts a paragraph: all of them, unless most line breaks are wraps."""
    every = [True] * len(lines)
    # The width that most keep: an address too long to break does not count.
    width = sorted(map(len, lines))[len(lines) - 1 - len(lines) // 10]
    if not NARROWEST_WRAP <= width <= WIDEST_WRAP:
        return every
    full = [
        # A script without spaces breaks anywhere, so that its "words" do not count whole.
        len(line) + 1 + min(len(following.split(" ", 1)[0]), 20) > width
        for line, following in pairwise(lines)
    ]
    closed = [line.rstrip(_CLOSERS)[-1:] in SENTENCE_ENDS for line in lines[:-1]]
    wraps = sum(is_full and not is_closed for is_full, is_closed in zip(full, closed, strict=True))
    if 2 * wraps <= len(full):
        return every
    return [True, *(is_closed and not is_full for is_full, is_closed in zip(full, closed, strict=True))]
