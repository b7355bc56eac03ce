"""The splitting of plain text into lines and paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

ParagraphKind = Literal["text", "heading", "quote", "list", "caption"]
"""The kind of a paragraph: running text, a heading within the text, a block quotation, an item of a list or a row of a
table, or the caption of a picture."""


class Block(NamedTuple):
    """The text and the kind of a paragraph that is not yet part of an article, and so has no number."""

    text: str
    kind: ParagraphKind = "text"


MIN_WRAP_CHARS, MAX_WRAP_CHARS = 40, 140
"""The smallest and the largest width, in characters, to which programs wrap text. Narrower lines are lists or verse;
wider lines are whole paragraphs."""

SENTENCE_ENDS = frozenset(".!?…:。！？؟۔।")
"""The characters that can end the last line of a paragraph, before closing quotes and brackets."""

_CLOSERS = "\"'”’»)]」』）"


class NormalizedBlocks(list[Block]):
    """A list of blocks whose texts are not empty, and need no :func:`squeeze`: they are its results."""


def squeeze(text: str) -> str:
    """Return ``text`` on one line: each run of white space becomes one space, and a lone surrogate becomes U+FFFD.

    >>> squeeze("  one\\n two\\t three ")
    'one two three'
    """
    line = " ".join(text.split())
    try:
        line.encode()
    except UnicodeEncodeError:
        # A lone surrogate, as in some JSON, can be neither stored nor printed. A pair becomes its character.
        return line.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return line


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, split as by :meth:`str.splitlines`; U+2029 (paragraph separator) adds a blank line.

    >>> split_lines("one\\r\\ntwo\\u2029three")
    ['one', 'two', '', 'three']
    """
    return text.replace("\u2029", "\n\n").splitlines()


def split_paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, each on one line, in order. No word is lost or added.

    If the text has blank lines, the blocks between them are its paragraphs. If a block has a line too wide to have been
    wrapped (:data:`MAX_WRAP_CHARS`), each of its lines is a paragraph.

    If the text has no blank lines, each line is a paragraph, with two exceptions:

    - *indented*: if some lines are indented and most are not, an indented line starts a paragraph, and the other lines
      continue it;
    - *wrapped*: a line break is a wrap if the next word would not have fitted into the line, and the line does not end
      like a sentence. If most breaks are wraps, the lines are joined, and a paragraph ends after a line that ends like
      a sentence and had room for the next word.

    >>> split_paragraphs("One,\\nstill one.\\n\\nTwo.")
    ['One, still one.', 'Two.']
    >>> split_paragraphs("One.\\nTwo.")
    ['One.', 'Two.']
    """
    blocks = list(_line_blocks(split_lines(text)))
    if len(blocks) == 1:
        return _lone_block(blocks[0])
    paragraphs: list[str] = []
    for block in blocks:
        wide = len(block) > 1 and max(map(len, block)) > MAX_WRAP_CHARS
        paragraphs += map(squeeze, block) if wide else [squeeze(" ".join(block))]
    return paragraphs


def _line_blocks(lines: Sequence[str]) -> Iterator[list[str]]:
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
    """Return the paragraphs of a text that has no blank lines. ``lines`` are the lines of the text."""
    squeezed = [squeeze(line) for line in lines]
    starts = _indented(lines) or _unwrapped(squeezed)
    paragraphs: list[list[str]] = []
    for line, start in zip(squeezed, starts, strict=True):
        if start or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(line)
    return [" ".join(paragraph) for paragraph in paragraphs]


def _indented(lines: Sequence[str]) -> list[bool] | None:
    """Return for each line whether it is indented and so starts a paragraph.

    Return None, because indentation does not mark paragraphs here, if no line or at least half of the lines are
    indented, or if a line is too wide to have been wrapped.
    """
    depths = [len(line) - len(line.lstrip()) for line in lines]
    margin = min(depths)
    starts = [depth > margin for depth in depths]
    return starts if 0 < 2 * sum(starts) < len(starts) and max(map(len, lines)) <= MAX_WRAP_CHARS else None


def _unwrapped(lines: Sequence[str]) -> list[bool]:
    """Return for each line whether it starts a paragraph: all lines do, unless most line breaks are wraps."""
    every = [True] * len(lines)
    # The width that 9 in 10 lines keep: a long web address may exceed it.
    width = sorted(map(len, lines))[len(lines) - 1 - len(lines) // 10]
    if not MIN_WRAP_CHARS <= width <= MAX_WRAP_CHARS:
        return every
    full = [
        # A script without spaces breaks anywhere: at most 20 characters of its "words" count.
        len(line) + 1 + min(len(following.split(" ", 1)[0]), 20) > width
        for line, following in pairwise(lines)
    ]
    closed = [line.rstrip(_CLOSERS)[-1:] in SENTENCE_ENDS for line in lines[:-1]]
    wraps = sum(is_full and not is_closed for is_full, is_closed in zip(full, closed, strict=True))
    if 2 * wraps <= len(full):
        return every
    return [True, *(is_closed and not is_full for is_full, is_closed in zip(full, closed, strict=True))]
