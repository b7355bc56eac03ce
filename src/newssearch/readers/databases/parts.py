"""The parts of an exported document: its paragraphs, as text, pages and office documents give them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from newssearch.text.paragraphs import Block, ParagraphKind, split_lines, split_paragraphs, squeeze

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
