"""Arrange the blocks of an article into paragraphs of a length that can be searched, shown and cited.

The rules apply to blocks that a reader found itself; paragraphs that the input lists one by one stay unchanged.

1. A block of more than :data:`LONGEST_PARAGRAPH` characters is split between sentences, after at least
   :data:`SPLIT_LENGTH` characters each time, unless fewer than :data:`SHORTEST_REMAINDER` characters would be left.
2. A *label*, a block of at most :data:`LONGEST_LABEL` characters with a colon at its end (``Q:``), is joined to the
   front of the next block.
3. A *scrap*, a block with fewer than two letters or digits (a bullet, asterisks, a first letter set large), is joined
   to the front of the next block, or to the end of the previous one if it is the last. A lone capital letter is joined
   without a space if the next block begins with a lower-case letter.
4. Consecutive list items of at most :data:`LONGEST_JOINED_ITEM` characters each are joined by semicolons to one
   paragraph, until it has more than :data:`SPLIT_LENGTH` characters.

No word is lost or added, and the order stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from newssearch.text.paragraphs import Block, NormalizedBlocks
from newssearch.text.sentences import sentence_starts

LONGEST_PARAGRAPH = 2_500
SPLIT_LENGTH = 1_000
SHORTEST_REMAINDER = 400
LONGEST_LABEL = 40
LONGEST_JOINED_ITEM = 60


def arrange_paragraphs(blocks: NormalizedBlocks) -> NormalizedBlocks:
    """Return the given blocks, arranged into paragraphs by the rules of this module.

    >>> arrange_paragraphs(NormalizedBlocks([Block("Q:"), Block("Will it rain?"), Block("***"), Block("Yes.")]))
    [Block(text='Q: Will it rain?', kind='text'), Block(text='*** Yes.', kind='text')]
    """
    if all(LONGEST_LABEL < len(text) <= LONGEST_PARAGRAPH and kind != "list" for text, kind in blocks):
        return blocks
    return NormalizedBlocks(
        piece
        for block in _join_short_items(_join_labels_and_scraps(blocks))
        for piece in _split_long_block(block)
    )


def _join_labels_and_scraps(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks in order, with each label and each scrap joined to a neighbouring block."""
    waiting, last = "", None
    for block in blocks:
        text, kind = block
        if kind == "heading":
            if waiting and last is not None:
                last = Block(f"{last.text} {waiting}", last.kind)
                waiting = ""
        elif waiting:
            glue = "" if len(waiting) == 1 and waiting.isupper() and text[:1].islower() else " "
            text, waiting = f"{waiting}{glue}{text}", ""
        elif _is_label(block) or _is_scrap(text):
            waiting = text
            continue
        if waiting:  # a heading follows this text, and no block precedes it
            text, waiting = f"{waiting} {text}", ""
        if last is not None:
            yield last
        last = Block(text, kind)
    if waiting:
        last = Block(waiting) if last is None else Block(f"{last.text} {waiting}", last.kind)
    if last is not None:
        yield last


def _is_label(block: Block) -> bool:
    return block.kind == "text" and len(block.text) <= LONGEST_LABEL and block.text.endswith((":", "："))


def _is_scrap(text: str) -> bool:
    return len(text) <= LONGEST_LABEL and sum(map(str.isalnum, text)) < 2


def _join_short_items(blocks: Iterable[Block]) -> Iterator[Block]:
    gathered = ""
    for block in blocks:
        short = block.kind == "list" and len(block.text) <= LONGEST_JOINED_ITEM
        if gathered and (not short or len(gathered) > SPLIT_LENGTH):
            yield Block(gathered, "list")
            gathered = ""
        if not short:
            yield block
        elif gathered:
            gathered = f"{gathered.rstrip(';')}; {block.text}"
        else:
            gathered = block.text
    if gathered:
        yield Block(gathered, "list")


def _split_long_block(block: Block) -> Iterator[Block]:
    text, kind = block
    if len(text) <= LONGEST_PARAGRAPH or kind == "heading":
        yield block
        return
    begun = 0
    for start in sentence_starts(text):
        if start - begun >= SPLIT_LENGTH and len(text) - start >= SHORTEST_REMAINDER:
            yield Block(text[begun:start].rstrip(), kind)
            begun = start
    yield Block(text[begun:], kind)
