"""The parts of an exported document: its paragraphs, as text, pages and office documents give them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from newssearch.text.paragraphs import (
    SENTENCE_ENDS,
    Block,
    ParagraphKind,
    split_lines,
    split_paragraphs,
    squeeze,
)

LONGEST_NO_PROSE = 120
"""The maximum number of characters of a part that is no prose."""

CENTRED_INDENT = 4
"""The number of spaces in front of a line of a text from which it counts as centred."""


class Part(NamedTuple):
    """A paragraph of an exported document.

    ``text`` may have several lines: those of a wrapped text, or those that a line break in a paragraph separates.
    ``centred`` says whether it stands in the middle of the page.
    """

    text: str
    centred: bool = False
    kind: ParagraphKind = "text"

    @property
    def line(self) -> str:
        """The text on one line."""
        return squeeze(self.text)


def parts_of_text(
    text: str, begins_part: Callable[[str], bool], stands_alone: Callable[[str], bool]
) -> Iterator[Part]:
    """Yield the parts of a plain text: the blocks between blank lines.

    A line that ``begins_part`` begins one without a blank line, and one that ``stands_alone`` is a part by itself.
    """
    block: list[str] = []
    for line in split_lines(text):
        blank = not line or line.isspace()
        alone = not blank and stands_alone(line)
        if block and (blank or alone or begins_part(line)):
            yield _part_of(block)
            block = []
        if alone:
            yield _part_of([line])
        elif not blank:
            block.append(line)
    if block:
        yield _part_of(block)


def _part_of(lines: list[str]) -> Part:
    indents = [len(line) - len(line.lstrip()) for line in lines]
    return Part(
        "\n".join(lines),
        centred=indents[0] >= CENTRED_INDENT or min(indents[1:], default=0) >= 2 * CENTRED_INDENT,
    )


def lines_of_parts(parts: Iterable[Part]) -> Iterator[str]:
    """Yield the lines of parts, with a blank line behind each part."""
    for part in parts:
        yield from split_lines(part.text)
        yield ""


def blocks_of_parts(parts: list[Part]) -> list[Block]:
    """Return parts as paragraphs; the lines of a wrapped text are joined."""
    if any("\n" in part.text for part in parts):
        return [Block(text) for text in split_paragraphs("\n\n".join(part.text for part in parts))]
    return [Block(part.text, part.kind) for part in parts]


class TailKind(Enum):
    """What a part may be where the text of a document ends."""

    SURE = "a label or mark that no text has"
    LABEL = "a label with its value, which may also be a line of the text"
    EMPTY = "a label or mark whose value follows"
    LOOSE = "a short part without a label"
    CAPTION = "a part that may be the value of the mark above it, though it is prose"
    PROSE = "prose"


def is_prose(text: str) -> bool:
    """Whether a part is prose: it is long, or ends like a sentence.

    >>> is_prose("Second paragraph."), is_prose("Random House"), is_prose("Ferry cut, says mayor “in winter.”")
    (True, False, True)
    """
    return len(text) > LONGEST_NO_PROSE or ends_sentence(text)


def ends_sentence(text: str) -> bool:
    """Whether a part ends like a sentence, perhaps with a quotation mark behind."""
    return text.rstrip(" \t\n\"'”’»)“").endswith(tuple(SENTENCE_ENDS))


def tail_start(start: int, end: int, kind: Callable[[int], TailKind]) -> int:
    """Return the index of the first part after the text of a document whose parts are ``start`` to ``end``.

    The search goes backwards, from the first label that no text has, or from the end. Labels belong to the tail as
    long as no prose follows them. A line of the text that looks like a label is thus text.
    """
    anchor = next((place for place in range(start, end) if kind(place) is TailKind.SURE), end)
    found = anchor
    for place in range(anchor - 1, start - 1, -1):
        what = kind(place)
        if what in (TailKind.LABEL, TailKind.EMPTY):
            found = place
        elif what is TailKind.PROSE or (
            what is TailKind.LOOSE
            and found < end
            and (place == start or kind(place - 1) is not TailKind.EMPTY)
        ):
            break
    return found
