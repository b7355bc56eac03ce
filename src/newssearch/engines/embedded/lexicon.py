"""The words of a text as numbers, with a Python call for each new piece of text instead of for each word.

White space parts a text into *chunks* (``“Iraq’s``, ``well-known``), which no word crosses. The words of a chunk, and
what it tells of sentences, are found out once and remembered; a text is then a list of chunk numbers, and all else is
done with arrays.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...analysis import Analyser, sentence_starts, words, written

REMEMBERED = 1_500_000
"""Chunks after which a lexicon is :attr:`~Lexicon.full`: a new one bounds the memory."""
LONGEST = 64
"""Characters of a chunk that is worth remembering: Chinese has no white space."""

_ENDS, _ENDS_ALWAYS, _BEGINS = 1, 2, 4
"""What a chunk tells: a sentence ends with it if the next chunk begins one; ends in any case; may begin with it."""

_END_MARK = re.compile(r"[.!?…。！？]")
_HARD_MARK = re.compile(r"[。！？]")
_OPENING = re.compile(r"[\"'“‘«(\[]*(\w)")


class Word(NamedTuple):
    """What an index knows a word by: its term, its folded form, and how it is written."""

    term: str
    form: str
    written: str


class Tokens(NamedTuple):
    """The words of some texts, one behind the other.

    ``words`` are their numbers in the lexicon, ``sizes`` how many each text has, and ``breaks`` the places in
    ``words`` where a sentence begins inside a text, ascending.
    """

    words: NDArray[np.uint32]
    sizes: NDArray[np.int64]
    breaks: NDArray[np.int64]


class Lexicon:
    """Words and chunks, numbered as they come."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self._numbers: dict[Word, int] = {}
        self._chunks: dict[str, _Chunks] = {}
        self._sizes = array("I")  # of each chunk, its words
        self._first = array("I")  # and where they begin in:
        self._tokens = array("I")
        self._breaks = bytearray()  # whether a sentence begins with the word
        self._flags = bytearray()

    @property
    def full(self) -> bool:
        """Whether it holds so much that it is time for a new one."""
        return len(self._sizes) >= REMEMBERED

    def chunks(self, text: str, analyser: Analyser) -> Iterable[int]:
        """The numbers of the chunks of a text."""
        known = self._chunks.get(analyser.name)
        if known is None:
            known = self._chunks[analyser.name] = _Chunks(self, analyser)
        return map(known.__getitem__, text.split())

    def tokens(self, chunks: array[int], counts: array[int]) -> Tokens:
        """The words of texts that have so many of the ``chunks`` each."""
        numbers = np.frombuffer(chunks, np.uint32)
        per_text: NDArray[np.int64] = np.frombuffer(counts, np.uint32).astype(np.int64)
        sizes = np.frombuffer(self._sizes, np.uint32)[numbers].astype(np.int64)
        ends = np.cumsum(sizes)
        starts = ends - sizes
        total = int(ends[-1]) if len(ends) else 0
        source = np.frombuffer(self._first, np.uint32)[numbers].astype(np.int64) - starts
        source = np.repeat(source, sizes) + np.arange(total)
        at = np.concatenate(([0], ends))
        text_ends = np.cumsum(per_text)
        text_starts = text_ends - per_text
        begins = np.flatnonzero(np.frombuffer(bytes(self._breaks), np.uint8)[source])
        begun = self._between(numbers, text_starts[per_text > 0])
        begun &= starts < np.repeat(at[text_ends], per_text)  # there is a word that the sentence begins with
        return Tokens(
            np.frombuffer(self._tokens, np.uint32)[source] if total else np.empty(0, np.uint32),
            at[text_ends] - at[text_starts],
            np.union1d(begins, starts[begun]),
        )

    def _between(self, chunks: NDArray[np.uint32], firsts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which chunks a sentence begins with, but for the first ones of texts."""
        flags = np.frombuffer(bytes(self._flags), np.uint8)[chunks]
        before = flags[:-1]
        ended = (before & _ENDS_ALWAYS > 0) | ((before & _ENDS > 0) & (flags[1:] & _BEGINS > 0))
        begins = np.append(False, ended) if len(flags) else np.empty(0, np.bool_)
        begins[firsts] = False
        return begins

    def learn(self, chunk: str, analyser: Analyser) -> int:
        """Number a chunk."""
        number = len(self._sizes)
        self._first.append(len(self._tokens))
        if chunk.isascii() and chunk.isalnum():
            self._tokens.append(self._word(chunk, analyser))
            self._breaks.append(0)
            self._sizes.append(1)
            self._flags.append(0 if chunk[0].islower() else _BEGINS)
            return number
        starts, flags = _sentences(chunk)
        size = before = 0
        for match in words(chunk):
            word = match.group()
            if not analyser.term(word):
                continue
            self._tokens.append(self._word(word, analyser))
            begun = sum(start <= match.start() for start in starts) if starts else 0
            self._breaks.append(begun > before)
            before = begun
            size += 1
        self._sizes.append(size)
        # A sentence that begins behind the last word begins with the next chunk.
        self._flags.append(flags | _ENDS_ALWAYS if len(starts) > before else flags)
        return number

    def _word(self, word: str, analyser: Analyser) -> int:
        known = Word(analyser.term(word), analyser.form(word), written(word))
        number = self._numbers.get(known)
        if number is None:
            number = self._numbers[known] = len(self.words)
            self.words.append(known)
        return number


class _Chunks(dict[str, int]):
    """The numbers of chunks for one analysis."""

    def __init__(self, lexicon: Lexicon, analyser: Analyser) -> None:
        self._lexicon = lexicon
        self._analyser = analyser

    def __missing__(self, chunk: str) -> int:
        number = self._lexicon.learn(chunk, self._analyser)
        if len(chunk) <= LONGEST:
            self[chunk] = number
        return number


def _sentences(chunk: str) -> tuple[list[int], int]:
    """Where sentences begin inside a chunk, and what it tells of those around it; see ``sentence_starts``."""
    opening = _OPENING.match(chunk)
    flags = _BEGINS if opening is not None and not opening[1].islower() else 0
    if _END_MARK.search(chunk) is None:
        return [], flags
    behind = len(chunk) + 1
    starts = sentence_starts(f"{chunk} A")
    if behind in starts:
        flags |= _ENDS
        if _HARD_MARK.search(chunk) is not None and behind in sentence_starts(f"{chunk} a"):
            flags |= _ENDS_ALWAYS
    return [start for start in starts if start < behind], flags
