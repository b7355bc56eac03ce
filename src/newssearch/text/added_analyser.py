"""The analyser of a language whose analysis another package adds (:mod:`.language_analysis`).

It differs from the built-in analyser of the language in two places. The package divides pieces of letters into words, and
makes the terms of words. All that it returns is checked, because positions and terms are written to disk.
"""

from __future__ import annotations

import re
import reprlib
import threading
import unicodedata
from array import array
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

from newssearch.errors import AnalyserError
from newssearch.system.entry_points import describe_error, described_entry, error_location, is_order_to_stop
from newssearch.system.kept import cached_property

from .built_in_analyser import Analyser, Token
from .folding import MAX_TERM_CHARS, clean_without_possessive, fold
from .language_analysis import AddedName, Installed, installed_as
from .tokenizer import word_matches, word_of

MAX_PIECE_CHARS = 1_000
"""A longer piece without white space and punctuation is divided in parts: dividing may take more than linear time."""
MAX_CHARS_IN_MESSAGE = 40
"""The largest number of characters of a word or a piece that an error message shows."""
_OFFSET_TYPE = "H"
"""The type code of the offsets of words, as :mod:`array` has it: a piece has fewer than 65,536 characters."""
_TERM = re.compile(r"[^\s\0-\x1f\x7f|#~\ud800-\udfff]+")
"""Matches a term. The other characters separate terms in an index, or are halves of surrogate pairs, which UTF-8 cannot encode."""

Returned = TypeVar("Returned", bytes, str)


class KeptResults(Generic[Returned]):
    """What a package has returned for each text, so that it is asked once.

    Texts are in two generations of at most :data:`MAX_SIZE` each. When the newer one is full, it becomes the older one, and
    what was in the older one is forgotten.
    """

    MAX_SIZE = 8_000_000
    """The largest size of a generation: its characters, and :data:`SIZE_OF_ENTRY` for each text."""
    SIZE_OF_ENTRY = 16

    def __init__(self) -> None:
        self._newer: dict[str, Returned] = {}
        self._older: dict[str, Returned] = {}
        self._size = 0

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)

    def get(self, text: str) -> Returned | None:
        """Return what was returned for a text, or None if it is not kept."""
        found = self._newer.get(text)
        return self._older.get(text) if found is None else found

    def keep(self, text: str, returned: Returned) -> None:
        """Keep what was returned for a text."""
        if self._size >= self.MAX_SIZE:
            self.take()
        self._newer[text] = returned
        self._size += len(text) + self.SIZE_OF_ENTRY

    def take(self) -> dict[str, Returned]:
        """Return what was kept since the newer generation was begun, and begin another one."""
        self._older, self._newer, self._size = self._newer, {}, 0
        return self._older


class PackageResults(NamedTuple):
    """What a package has returned: the offsets of the words of pieces, as bytes, and the terms of words."""

    pieces: dict[str, bytes]
    terms: dict[str, str]


class AddedAnalyser(Analyser):
    """The analyser with the given name (:class:`.language_analysis.AddedName`).

    The package is looked up when the first word or text is analysed. Then :class:`~newssearch.AnalyserError` is raised if it is
    not installed in the version that the name states; and later, whenever it fails or returns something impossible.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.added = AddedName.parse(name)
        self._pieces: KeptResults[bytes] = KeptResults()
        self._made: KeptResults[str] = KeptResults()
        self._turn = threading.Lock()  # segmenters and stemmers of others may not be thread-safe

    @cached_property
    def _installed(self) -> Installed:
        return installed_as(self.added)

    @property
    def divides(self) -> bool:
        """Whether the package divides texts into words."""
        return self._installed.analysis.words is not None

    @property
    def function_words(self) -> Collection[str]:
        """The function words of the language, in lower case."""
        given = self._installed.analysis.function_words
        return super().function_words if given is None else given

    def require(self) -> None:
        """Raise :class:`~newssearch.AnalyserError` if the package is not installed in the version that the name states."""
        installed_as(self.added)

    def check(self, text: str) -> None:
        """Analyse a text. Raises :class:`~newssearch.AnalyserError` if the package fails at it."""
        self.chunks(text.split(" "))

    def take_results(self) -> PackageResults:
        """Return what the package has returned since the last call of this method, except what was too much to keep."""
        return PackageResults(self._pieces.take(), self._made.take())

    def keep_results(self, results: PackageResults) -> None:
        """Keep what the package has returned in another process."""
        for piece, offsets in results.pieces.items():
            self._pieces.keep(piece, offsets)
        for word, term in results.terms.items():
            self._made.keep(word, term)

    def words(self, text: str) -> list[str]:
        """Return the words of ``text`` as they stand there: see :func:`.tokenizer.word_of`."""
        return [word for _, _, word in self._divided(text)] if self.divides else super().words(text)

    def tokens(self, text: str) -> list[Token]:
        """Return the words of ``text`` with their terms and offsets, in order."""
        if not self.divides:
            return super().tokens(text)
        return [
            Token(term, start, end, word)
            for start, end, word in self._divided(text)
            if (term := self.term(word))
        ]

    def _divided(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the offsets of each word of ``text``, and the word (see :func:`.tokenizer.word_of`)."""
        low = high = 0  # the piece before the current match
        for match in word_matches(text):
            start, end = match.span()
            word = word_of(match)
            alone = not _is_dividable(word, match.group())
            if alone or start != high or end - low > MAX_PIECE_CHARS:
                yield from self._words_between(text, low, high)
                low = start
            high = end
            if alone:
                yield start, end, word
                low = end
        yield from self._words_between(text, low, high)

    def _words_between(self, text: str, low: int, high: int) -> Iterator[tuple[int, int, str]]:
        piece = text[low:high]
        offsets = iter(self._offsets(piece) if piece else ())
        for start, end in zip(offsets, offsets, strict=True):
            yield low + start, low + end, piece[start:end]

    def _offsets(self, piece: str) -> array[int]:
        """Return the offsets of the words of a piece of letters: the start and the end of each."""
        kept = self._pieces.get(piece)
        if kept is not None:
            return array(_OFFSET_TYPE, kept)
        found = array(_OFFSET_TYPE, self._divide(piece))
        self._pieces.keep(piece, found.tobytes())
        return found

    def _divide(self, piece: str) -> list[int]:
        """Return the offsets of the words of a piece as the package divides it. Raises AnalyserError for impossible ones."""
        divide = self._installed.analysis.words
        assert divide is not None, "asked only of a package that divides"
        try:
            with self._turn:
                pairs = list(islice(divide(piece), len(piece) + 1))
        except BaseException as error:
            if is_order_to_stop(error):
                raise
            raise self._failed(error, piece) from error
        found: list[int] = []
        last = 0
        for pair in pairs:
            if not (isinstance(pair, tuple) and len(pair) == 2 and all(type(at) is int for at in pair)):
                raise self._wrong(
                    f"returns {_in_message(pair)} for a word in {_in_message(piece)}, and not two offsets"
                )
            start, end = pair
            if not last <= start < end <= len(piece):
                raise self._wrong(
                    f"returns a word at {start}:{end} in {_in_message(piece)}, after one that ends at {last} of {len(piece)}"
                )
            found += pair
            last = end
        return found

    def _stem(self, form: str, bare: str) -> str:
        """Return the term that the package makes of a word; without its help, that of the built-in analyser."""
        term_of = self._installed.analysis.term
        if term_of is None:
            return super()._stem(form, bare)
        word = unicodedata.normalize("NFKC", clean_without_possessive(bare).lower())[:MAX_TERM_CHARS]
        kept = self._made.get(word)
        if kept is not None:
            return kept
        try:
            with self._turn:
                made = term_of(word)
            if isinstance(made, str):
                made = str.__str__(made)  # the methods of a subclass may return anything
        except BaseException as error:
            if is_order_to_stop(error):
                raise
            raise self._failed(error, word) from error
        term = fold(made) if isinstance(made, str) else ""
        if not _TERM.fullmatch(term):
            raise self._wrong(
                f"returns {_in_message(made)} for {_in_message(word)}, and not a term of one word"
            )
        self._made.keep(word, term)
        return term

    def _one_word(self, word: str) -> str | None:
        term = super()._one_word(word)
        if term is None or not self.divides:
            return term
        return term if self.words(word) == [word] else None

    def fewer_words(self) -> AnalyserError:
        """Return the error that the package divides a text into fewer words than when it was indexed."""
        return self._wrong(
            "divides a text into fewer words than when it was indexed: rebuild the index with `newssearch index --rebuild`"
        )

    def _failed(self, error: BaseException, text: str) -> AnalyserError:
        where = error_location(error, [self._installed.entry])
        return self._wrong(f"fails at {_in_message(text)}: {describe_error(error)}{where}")

    def _wrong(self, what: str) -> AnalyserError:
        entry = described_entry(self._installed.entry)
        return AnalyserError(f"the analyser {self.added.label} for {self.added.language} ({entry}) {what}")


def _is_dividable(word: str, text: str) -> bool:
    """Whether the package may divide a word of the tokenizer, ``text``: no number, abbreviation or part of a hashtag.

    A word that is far too long is no word of a language.
    """
    return word == text and not word[0].isdigit() and "." not in word and len(word) <= MAX_PIECE_CHARS


def _in_message(value: object) -> str:
    shown = repr(value[: MAX_CHARS_IN_MESSAGE + 1]) if isinstance(value, str) else reprlib.repr(value)
    return shown if len(shown) <= MAX_CHARS_IN_MESSAGE else f"{shown[:MAX_CHARS_IN_MESSAGE]}…"
