"""The blocks of an article to paragraphs of a length that can be searched, shown and cited.

The rule, for what a reader took apart by itself (paragraphs that an input states one by one stay as they are):

1. A block of more than :data:`LONGEST` characters is split where sentences begin: a piece ends at the first such place
   after :data:`PIECE` characters, unless less than :data:`LEAST` would be left.
2. A *label*, a block of at most :data:`LABEL` characters with a colon at its end (``Q:``), goes in front of the text
   that follows it.
3. A *scrap*, a block without two letters or digits (a bullet, asterisks, a first letter set large), goes in front of
   what follows it, or behind what is before it at the end; a lone capital letter without a space where the next block
   begins with a small one.
4. Items of one list of at most :data:`ITEM` characters each stand in one paragraph, parted by semicolons, up to
   :data:`PIECE` characters.

No word is lost, none is added, and their order stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from newssearch.text.paragraphs import Block, Squeezed
from newssearch.text.sentences import sentence_starts

LONGEST = 2_500
PIECE = 1_000
LEAST = 400
LABEL = 40
ITEM = 60


def arrange(blocks: Squeezed) -> Squeezed:
    """Blocks as paragraphs.

    >>> arrange(Squeezed([Block("Q:"), Block("Will it rain?"), Block("***"), Block("Yes.")]))
    [Block(text='Q: Will it rain?', kind='text'), Block(text='*** Yes.', kind='text')]
    """
    if all(LABEL < len(text) <= LONGEST and kind != "list" for text, kind in blocks):
        return blocks
    return Squeezed(piece for block in _short_items(_kept_together(blocks)) for piece in _split(block))


def _kept_together(blocks: Iterable[Block]) -> Iterator[Block]:
    """Labels and scraps with what they belong to."""
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
        if waiting:  # a heading comes after it, and nothing before
            text, waiting = f"{waiting} {text}", ""
        if last is not None:
            yield last
        last = Block(text, kind)
    if waiting:
        last = Block(waiting) if last is None else Block(f"{last.text} {waiting}", last.kind)
    if last is not None:
        yield last


def _is_label(block: Block) -> bool:
    return block.kind == "text" and len(block.text) <= LABEL and block.text.endswith((":", "："))


def _is_scrap(text: str) -> bool:
    return len(text) <= LABEL and sum(map(str.isalnum, text)) < 2


def _short_items(blocks: Iterable[Block]) -> Iterator[Block]:
    gathered = ""
    for block in blocks:
        short = block.kind == "list" and len(block.text) <= ITEM
        if gathered and (not short or len(gathered) > PIECE):
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


def _split(block: Block) -> Iterator[Block]:
    text, kind = block
    if len(text) <= LONGEST or kind == "heading":
        yield block
        return
    begun = 0
    for start in sentence_starts(text):
        if start - begun >= PIECE and len(text) - start >= LEAST:
            yield Block(text[begun:start].rstrip(), kind)
            begun = start
    yield Block(text[begun:], kind)
