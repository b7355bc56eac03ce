"""The lexicon turns texts into word numbers, by array operations and with one Python call for each new chunk of text.

White space splits a text into *chunks* (``“Iraq’s``, ``well-known``); no word contains white space. The lexicon
analyses each distinct chunk once, and stores its words and whether sentences may end or begin at it. A text is then an
array of chunk numbers. Splitting texts into chunks and looking up chunks are array operations too: see
:mod:`.chunk_table`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.embedded.segment.compound_postings import entry_of
from newssearch.engines.embedded.segment.tokens import Numbers, Tokens
from newssearch.engines.sorted_sets import Ints, concat_ranges
from newssearch.text import compounds
from newssearch.text.analysis import analyser_named
from newssearch.text.built_in_analyser import Analyser, Compound
from newssearch.text.compounds import MAX_JOINED_WORDS, camel_case_parts
from newssearch.text.folding import MAX_TERM_CHARS, spelled
from newssearch.text.sentences import (
    AS_NEXT,
    BIT_OF,
    CAPITAL,
    ENDS_ALWAYS,
    GOES_ON,
    OPENER,
    STARTS_NOTHING,
    Rules,
    rules,
)

from .chunk_table import MAX_CHUNK_BYTES, PADDING_BYTES, ChunkTable, split_chunks

MAX_CHUNKS = 1_500_000
"""A lexicon with this number of chunks is :attr:`~Lexicon.full` and is replaced by a new one, to bound the memory."""
SLICE_BYTES = 1 << 20
"""About this number of bytes of text is looked up at a time, so that the arrays fit into a processor's cache."""

# The flags of a chunk: how it ends and how it begins (:mod:`newssearch.text.sentences`), and whether it has compounds.
_ENDS, _BEGINS_SHIFT, _BEGINS, _COMPOUND = 0x0F, 4, 0x07, 0x80
_BIT_OF = np.array(BIT_OF, np.uint8)

_AROUND = ".,;:!?…\"'“”‘’«»()[]"
"""The punctuation that may precede or follow a word in a chunk without being part of the word."""


class IndexedWord(NamedTuple):
    """A distinct word in a :class:`WordTable`: its term, its folded term, and its surface form."""

    term: str
    folded: str
    form: str


class WordTable:
    """A table of distinct words, numbered from 0 in the order of their first occurrence, and of compounds.

    Two words are the same if term, folded term and surface form are equal.
    """

    def __init__(self) -> None:
        self._keys: list[bytes] = []
        self._numbers: dict[bytes, int] = {}
        self._sorted: list[bytes] = []
        self._order: Ints = np.empty(0, np.int64)
        self._hashes = bytearray()
        self.compounds: list[bytes] = []
        self._compound_numbers: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, number: int) -> IndexedWord:
        folded, form, term = self._keys[number].decode().split("\0")
        return IndexedWord(term, folded, form)

    def number(self, term: str, folded: str, form: str) -> int:
        """Return the number of the word with the given term, folded term and surface form; a new word is added."""
        key = f"{folded}\0{form}\0{term}".encode()  # no word has that character
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self._keys)
            self._keys.append(key)
        return found

    def compound(self, key: str, size: int) -> int:
        """Return the index in :attr:`compounds` of a compound, which is added if it is new.

        ``key`` is the key of the compound and ``size`` its number of words: see
        :func:`~segment.compound_postings.entry_of`.
        """
        entry = entry_of(key, size)
        found = self._compound_numbers.setdefault(entry, len(self.compounds))
        if found == len(self.compounds):
            self.compounds.append(entry)
        return found

    def hashes(self) -> NDArray[np.uint64]:
        """Return the hash of each word's term, by word number. All processes and machines compute the same hashes."""
        for key in self._keys[len(self._hashes) // 8 :]:
            self._hashes += blake2b(key[key.rindex(0) + 1 :], digest_size=8).digest()
        return np.frombuffer(bytes(self._hashes), "<u8")

    def sorted(self, numbers: Ints) -> tuple[Ints, list[bytes]]:
        """Return the numbers and the keys of the words with the given numbers, both sorted by key.

        A key is the folded term, the surface form and the term of a word, with zero bytes between them.
        """
        if len(self._sorted) < len(self._keys):  # sort() is fast here: it merges two sorted sequences
            self._sorted += sorted(self._keys[len(self._sorted) :])
            self._sorted.sort()
            self._order = np.fromiter(map(self._numbers.__getitem__, self._sorted), np.int64)
        wanted = np.zeros(len(self._keys), np.bool_)
        wanted[numbers] = True
        found = np.flatnonzero(wanted[self._order])
        return self._order[found], [self._sorted[index] for index in found.tolist()]


class Lexicon:
    """The distinct words and chunks of all texts that it was given, numbered in the order of their first occurrence."""

    def __init__(self) -> None:
        self.words = WordTable()
        self._analyses: dict[str, int] = {}  # the numbers of analyses: each has its own chunks
        self._table = ChunkTable()
        self._sizes = array("I")  # the number of words of each chunk
        self._first = array("I")  # for each chunk, the index of its first word in self._tokens
        self._tokens = array("I")  # the word numbers of all chunks
        self._breaks = bytearray()  # for each of these, whether a sentence begins with the word
        self._flags = bytearray()  # the flags of each chunk
        self._joined = array("I")  # the chunks with compounds, ascending
        self._first_compound = array("I", [0])  # the first compound of each; then the number of compounds
        self._compounds = array("I")  # for each compound, the index of its first word in the chunk
        self._keys = array("I")  # for each compound, its index in self.words.compounds
        self._plain: dict[str, dict[str, int]] = {}  # for each analysis, the numbers of words of plain chunks

    @property
    def full(self) -> bool:
        """Whether the lexicon has so many chunks or words that a new one should replace it, to bound the memory."""
        return max(len(self._sizes), len(self._tokens) // 2) >= MAX_CHUNKS

    def tokens(self, texts: Sequence[bytes], analyses: Sequence[str]) -> Tokens:
        """Return the words of all ``texts``, which are in UTF-8, as numbers in :attr:`words`.

        ``analyses`` has the name of the analysis of each text. New words and chunks are added to the lexicon.
        """
        numbers: list[Numbers] = [np.empty(0, np.uint32)]
        counts: list[Ints] = [np.empty(0, np.int64)]
        low = 0
        while low < len(texts):
            high, size = low, 0
            while high < len(texts) and size < SLICE_BYTES and analyses[high] == analyses[low]:
                size += len(texts[high]) + 1
                high += 1
            found, of_texts = self._chunks(texts[low:high], analyser_named(analyses[low]))
            numbers.append(found)
            counts.append(of_texts)
            low = high
        return self._words(np.concatenate(numbers), np.concatenate(counts))

    def _chunks(self, texts: Sequence[bytes], analyser: Analyser) -> tuple[Numbers, Ints]:
        """Return the chunk numbers of all texts, concatenated, and the number of chunks of each text."""
        whole = b"\n".join((b"", *texts, bytes(PADDING_BYTES)))
        starts, ends = (edges[:-1] for edges in split_chunks(whole + b"\n"))  # without the padding
        ends_of_texts = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
        counts = np.diff(np.searchsorted(starts, ends_of_texts), prepend=0)
        numbers = np.empty(len(starts), np.uint32)
        sizes = ends - starts
        long = sizes > MAX_CHUNK_BYTES
        for at in np.flatnonzero(long).tolist():
            numbers[at] = self.learn(whole[int(starts[at]) : int(ends[at])].decode(), analyser)
        which = np.flatnonzero(~long)
        numbers[which] = self._short(whole, starts[which], sizes[which], analyser)
        return numbers, counts

    def _short(self, whole: bytes, starts: Ints, sizes: Ints, analyser: Analyser) -> Numbers:
        """Return the numbers of short chunks, given by their starts and sizes in ``whole``; new ones are learned.

        A chunk is short if the chunk table can hold it.
        """
        analysis = self._analyses.setdefault(analyser.name, len(self._analyses))
        chunks = self._table.chunks(whole, starts, sizes, analysis)
        numbers = self._table.find(chunks)
        while len(missing := np.flatnonzero(numbers < 0)):
            unknown = chunks.take(missing)
            # If several different chunks have the same hash, each pass of the loop learns one of them.
            first = np.sort(np.unique(unknown.hashes, return_index=True)[1])
            where = zip(starts[missing[first]].tolist(), sizes[missing[first]].tolist(), strict=True)
            learned = [self.learn(whole[start : start + size].decode(), analyser) for start, size in where]
            self._table.add(unknown.take(first), np.array(learned, np.int64))
            numbers[missing] = self._table.find(unknown)
        return numbers.astype(np.uint32)

    def _words(self, numbers: Numbers, per_text: Ints) -> Tokens:
        """Return the words of texts from the chunk numbers of all texts and the number of chunks of each text."""
        sizes = np.frombuffer(self._sizes, np.uint32)[numbers].astype(np.int64)
        ends = np.cumsum(sizes)
        starts = ends - sizes
        total = int(ends[-1]) if len(ends) else 0
        source = np.frombuffer(self._first, np.uint32)[numbers].astype(np.int64) - starts
        source = np.repeat(source, sizes) + np.arange(total)
        at = np.concatenate(([0], ends))
        text_ends = np.cumsum(per_text)
        begins = np.flatnonzero(np.frombuffer(bytes(self._breaks), np.uint8)[source])
        flags = np.frombuffer(bytes(self._flags), np.uint8)[numbers]
        begun = self._begun(flags, per_text)
        begun &= starts < np.repeat(at[text_ends], per_text)  # only if a word follows in the text
        breaks = np.concatenate((begins, starts[begun]))
        breaks.sort(kind="stable")  # merges two ascending sequences
        return Tokens(
            np.frombuffer(self._tokens, np.uint32)[source] if total else np.empty(0, np.uint32),
            at[text_ends] - at[text_ends - per_text],
            breaks[np.diff(breaks, prepend=-1) > 0],
            *self._compounds_of(numbers, starts, np.flatnonzero(flags & _COMPOUND)),
        )

    def _compounds_of(self, numbers: Numbers, starts: Ints, which: Ints) -> tuple[Ints, Numbers]:
        """Return the compounds of all texts: the index of the first word, and the key, of each.

        ``numbers`` are the chunk numbers of all texts, ``starts`` the index of the first word of each chunk. ``which``
        are the indices in these arrays of the chunks with compounds.
        """
        of = np.frombuffer(self._joined, np.uint32).searchsorted(numbers[which])
        first = np.frombuffer(self._first_compound, np.uint32).astype(np.int64)
        sizes = np.diff(first)[of]
        chosen = concat_ranges(first[of], sizes)
        words = np.frombuffer(self._compounds, np.uint32)[chosen].astype(np.int64) + np.repeat(
            starts[which], sizes
        )
        return words, np.frombuffer(self._keys, np.uint32)[chosen]

    def _begun(self, flags: NDArray[np.uint8], per_text: Ints) -> NDArray[np.bool_]:
        """Return a mask of the chunks that begin a sentence, except the first sentence of each text.

        ``flags`` are the flags of all chunks. :func:`newssearch.text.sentences.sentence_starts` finds them chunk by
        chunk.
        """
        begins, ends = flags >> _BEGINS_SHIFT & _BEGINS, flags & _ENDS
        opens = begins == AS_NEXT
        counted = np.flatnonzero(~opens & ((begins != STARTS_NOTHING) | (ends != GOES_ON)))
        of_text = np.repeat(np.arange(len(per_text)), per_text)[counted]
        starters = begins[counted][1:]
        starters[(starters == OPENER) & (np.diff(np.cumsum(opens)[counted]) > 0)] = CAPITAL
        follows = (ends[counted][:-1] & _BIT_OF[starters] > 0) & (of_text[1:] == of_text[:-1])
        begun = np.zeros(len(flags), np.bool_)
        begun[counted[1:][follows]] = True
        return begun

    def learn(self, chunk: str, analyser: Analyser) -> int:
        """Analyse a new chunk, store its words, flags and compounds, and return its number."""
        self._first.append(len(self._tokens))
        core = chunk.strip(_AROUND)
        parts = () if analyser.divides else _plain_parts(core)
        if parts:
            numbers = self._plain.setdefault(analyser.name, {})
            for part in parts:
                number = numbers.get(part)
                if number is None:
                    number = numbers[part] = self._plain_word(part, analyser)
                self._tokens.append(number)
                self._breaks.append(0)
            self._sizes.append(len(parts))
            self._flags.append(_flags_of_plain(chunk, core, rules(analyser.name)))
        else:
            self._learn_any(chunk, analyser)
        number = len(self._sizes) - 1
        if parts:
            plain = (
                len(parts) == 1
                and core.isalnum()
                and (core[1:].islower() or core.isupper() or core.isdigit())
            )
        else:
            plain = not (compounds.may_be_compound(chunk) or analyser.may_have_parts(chunk))
        if not plain:
            self._learn_compounds(number, chunk, core, parts, analyser)
        return number

    def _learn_compounds(
        self, number: int, chunk: str, core: str, parts: Sequence[str], analyser: Analyser
    ) -> None:
        """Store the compounds of the chunk with the given number.

        ``core`` is the chunk without surrounding punctuation; ``parts`` are its words if simple rules found them.
        """
        if len(parts) > 1 and core.count("-") == len(parts) - 1 and not analyser.may_have_parts(core):
            found = _compounds(parts, analyser)
        else:
            found = analyser.compounds(chunk)
        starts, keys = self._compounds, self._keys
        for first, size, key in found:
            starts.append(first)
            keys.append(self.words.compound(key, size))
        if len(self._keys) > self._first_compound[-1]:
            self._joined.append(number)
            self._first_compound.append(len(self._keys))
            self._flags[number] |= _COMPOUND

    def _learn_any(self, chunk: str, analyser: Analyser) -> None:
        """Store the words and flags of a chunk, whatever it contains, using the analyser."""
        starts, begins, ends = rules(analyser.name).clue(chunk)
        size = before = 0
        for token in analyser.tokens(chunk):
            self._tokens.append(self._word(token.word, analyser))
            begun = sum(start <= token.start for start in starts) if starts else 0
            self._breaks.append(begun > before)
            before = begun
            size += 1
        self._sizes.append(size)
        # A sentence that begins after the last word begins with the next chunk.
        self._flags.append(_flags(begins, ENDS_ALWAYS if len(starts) > before else ends))

    def _plain_word(self, part: str, analyser: Analyser) -> int:
        if "'" in part:
            return self._word(part, analyser)
        folded = part.lower()[:MAX_TERM_CHARS]
        return self.words.number(analyser.term(part), folded, part)

    def _word(self, word: str, analyser: Analyser) -> int:
        return self.words.number(analyser.term(word), analyser.form(word), spelled(word))


def _compounds(parts: Sequence[str], analyser: Analyser) -> Iterator[Compound]:
    """Yield the compounds of a chunk that consists of plain parts joined by hyphens.

    The result equals that of the slower :meth:`newssearch.text.built_in_analyser.Analyser.compounds`.
    """
    for first, part in enumerate(parts):
        if part[0].isalpha():
            word = part
            for size, other in enumerate(parts[first + 1 : first + MAX_JOINED_WORDS], 2):
                word += other
                yield Compound(first, size, analyser.term(word))
    for number, part in enumerate(parts):
        if not (part.islower() or part[1:].islower()) and len(inside := camel_case_parts(part)) > 1:
            yield Compound(number, 1, " ".join(map(analyser.term, inside)))


def _plain_parts(core: str) -> Sequence[str]:
    """Return the words of a chunk if simple rules suffice to find them; otherwise an empty tuple.

    ``core`` is the chunk without surrounding punctuation.

    >>> _plain_parts("Iraq’s"), _plain_parts("oil-rich"), _plain_parts("1,000"), _plain_parts("1990's"), _plain_parts("5pm")
    (["Iraq's"], ['oil', 'rich'], (), (), ())
    """
    if core.isascii() and core.isalnum():
        return (core,) if core.isdigit() or not core[0].isdigit() else ()
    plain = core.replace("’", "'").replace("—", "-").replace("–", "-")
    if not plain.isascii():
        return ()
    parts = plain.split("-")
    for part in parts:
        if part.isalnum():
            if part[0].isdigit() and not part.isdigit():
                return ()
        else:
            head, _, tail = part.partition("'")
            if not (head.isalnum() and tail.isalnum() and head[0].isalpha() and tail[0].isalpha()):
                return ()
    return parts


def _flags(begins: int, ends: int) -> int:
    return begins << _BEGINS_SHIFT | ends


def _flags_of_plain(chunk: str, core: str, of: Rules) -> int:
    """Return the flags of a chunk whose ``core`` has only plain words: only the text after it can end a sentence.

    ``core`` is the chunk without surrounding punctuation.
    """
    return _flags(of.begins(chunk), GOES_ON if chunk[-1:] == core[-1:] else of.ends(chunk))
