"""The tokens that stand for a text in an index of OpenSearch: our own analysis, as one string.

The words of a text stand at its even positions. Between two words is an odd position, at which :data:`SENTENCE` stands if
the second begins a sentence, and nothing otherwise. Several tokens stand at the position of a word; in the string they
are joined by :data:`JOINT`. The first letter of a token says what it is:

=======================  ===============================================================================================
``Tenglish:secur``       the term of the word, in the analysis of its article
``CUkraine``             the word as written, without a possessive ending and an elided beginning: each word has one
``Cl'Ukraine``           the word with its elided beginning, if it has one
``Jenglish:2:alabbasi``  a compound of two words that begins here, by its key (:class:`newssearch.text.analysis.Compound`)
=======================  ===============================================================================================

A token that would be too long for the server ends with a digest of the word.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import NamedTuple, cast

from newssearch.text.analysis import Analyser, analyser_named
from newssearch.text.folding import spelled, unelided, whole_form
from newssearch.text.sentences import sentence_starts

JOINT = "|"
"""Stands between two tokens at the same position."""
NO_TOKEN = "_"
"""Stands for a position without a token."""
SENTENCE = "#"
"""The token between two words of which the second begins a sentence."""
MAX_TOKEN_CHARS = 1000
"""A longer word is cut, and ends with a digest: OpenSearch takes terms of 32,766 bytes at most."""
MAX_KNOWN_CHARS = 32_000_000
"""The number of characters of the pieces of texts whose tokens are remembered, in all languages together: about 300 MB.

Each piece counts as :data:`PIECE_CHARS` more. Of those that were seen last, at least half are remembered.
"""
PIECE_CHARS = 100
HASH_BYTES = 8
"""The size in bytes of the hash of a term."""
_GAP, _SENTENCE_GAP = f" {NO_TOKEN} ", f" {SENTENCE} "


class Spelled(NamedTuple):
    """A distinct word of the vocabulary: its folded form, and how it is written.

    ``elided`` is whether it is a word with its elided beginning (``l'Ukraine``), whose form is that of all of it. The
    word without that beginning is in the vocabulary, too.
    """

    form: str
    written: str
    elided: bool = False


class TokenStream(NamedTuple):
    """A text as a string of tokens, the number of its words, and the hashes of their terms, of :data:`HASH_BYTES` each."""

    tokens: str
    words: int
    hashes: bytes


def term_token(analysis: str, term: str) -> str:
    """Return the token of the term of a word."""
    return f"T{analysis}:{_shortened(term)}"


def written_token(word: str) -> str:
    """Return the token of a word as it is written."""
    return f"C{_shortened(word)}"


def compound_token(analysis: str, size: int, key: str) -> str:
    """Return the token of a compound of ``size`` words.

    >>> compound_token("english", 1, "al abbasi")
    'Jenglish:1:al~abbasi'
    """
    return f"J{analysis}:{size}:{_shortened(key.replace(' ', '~'))}"


def _shortened(word: str) -> str:
    if len(word) <= MAX_TOKEN_CHARS:
        return word
    return f"{word[:MAX_TOKEN_CHARS]}~{blake2b(word.encode(), digest_size=16).hexdigest()}"


class PieceTokens(NamedTuple):
    """What is indexed of a piece of a text without spaces: ``at`` has the tokens at the position of each of its words.

    ``starts`` are the offsets of the words. ``joined`` are all tokens, if no sentence begins within the piece.
    ``spelled`` are its words for the vocabulary, ``hashes`` those of their terms.
    """

    at: tuple[str, ...]
    starts: tuple[int, ...]
    joined: str
    spelled: tuple[Spelled, ...]
    hashes: bytes


Learn = Callable[[str, Sequence[str], Sequence[PieceTokens]], object]
"""Called with the analysis of a text, its pieces, and what is indexed of each."""


class KnownPieces:
    """What is indexed of pieces of texts that were seen before, by analysis. Most pieces of a text are known from others."""

    def __init__(self) -> None:
        self._young: dict[str, dict[str, PieceTokens]] = {}
        self._old: dict[str, dict[str, PieceTokens]] = {}
        self._chars = 0
        """The characters of those that are young."""

    def __len__(self) -> int:
        """Return the number of pieces that are remembered, some of them twice."""
        return sum(map(len, (*self._young.values(), *self._old.values())))

    def of(self, analysis: str, pieces: Sequence[str]) -> list[PieceTokens]:
        """Return what is indexed of each piece."""
        found = list(map(self._young.setdefault(analysis, {}).get, pieces))
        if all(found):
            return cast("list[PieceTokens]", found)
        return [
            self._learned(analysis, piece) if one is None else one
            for piece, one in zip(pieces, found, strict=True)
        ]

    def _learned(self, analysis: str, piece: str) -> PieceTokens:
        made = self._old.get(analysis, {}).get(piece) or _tokens_of_piece(analyser_named(analysis), piece)
        if len(piece) <= MAX_TOKEN_CHARS:
            self._chars += len(piece) + PIECE_CHARS
            if self._chars > MAX_KNOWN_CHARS // 2:
                self._young, self._old, self._chars = {}, self._young, len(piece) + PIECE_CHARS
            self._young.setdefault(analysis, {})[piece] = made
        return made

    def forget(self) -> None:
        """Forget all pieces: no more articles are written."""
        self._young, self._old, self._chars = {}, {}, 0


KNOWN_PIECES = KnownPieces()
"""Those of this process."""


def _tokens_of_piece(analyser: Analyser, piece: str) -> PieceTokens:
    (chunk,) = analyser.chunks([piece])
    name = analyser.name
    compounds: dict[int, list[str]] = {}
    for first, size, key in chunk.compounds:
        compounds.setdefault(first, []).append(compound_token(name, size, key))
    at, known, hashes = [], [], bytearray()
    for number, token in enumerate(chunk.tokens):
        whole, form = spelled(token.word), analyser.form(token.word)
        bare = unelided(whole, form)
        here = [term_token(name, token.term), written_token(bare)]
        known.append(Spelled(form, bare))
        hashes += blake2b(token.term.encode(), digest_size=HASH_BYTES).digest()
        if bare != whole:
            here.append(written_token(whole))
            known.append(Spelled(whole_form(whole), whole, elided=True))
        at.append(JOINT.join(dict.fromkeys([*here, *compounds.get(number, ())])))
    starts = tuple([token.start for token in chunk.tokens])
    return PieceTokens(tuple(at), starts, _GAP.join(at), tuple(known), bytes(hashes))


def token_stream(text: str, analyser: Analyser, learn: Learn | None = None) -> TokenStream:
    """Return the tokens of a text. ``learn`` is called with its pieces, of which the vocabulary has the words.

    >>> from newssearch.text.analysis import analyser
    >>> token_stream("It rained. Then", analyser("en")).tokens
    'Tenglish:it|CIt _ Tenglish:rain|Crained # Tenglish:then|CThen'
    """
    pieces = text.split(" ")
    found = KNOWN_PIECES.of(analyser.name, pieces)
    if learn is not None:
        learn(analyser.name, pieces, found)
    parts = [one.joined for one in found]
    sentences, first = [], 0
    for at, inside in _sentence_places(text, analyser.name, found).items():
        if inside[-1]:
            words = found[at].at
            begun = zip((0, *filter(None, inside)), (*filter(None, inside), len(words)), strict=True)
            parts[at] = _SENTENCE_GAP.join(_GAP.join(words[low:high]) for low, high in begun)
        if not inside[0]:
            sentences.append(_GAP.join(filter(None, parts[first:at])))
            first = at
    sentences.append(_GAP.join(filter(None, parts[first:])))
    hashes = b"".join([one.hashes for one in found])
    return TokenStream(_SENTENCE_GAP.join(filter(None, sentences)), len(hashes) // HASH_BYTES, hashes)


def _sentence_places(text: str, analysis: str, found: Sequence[PieceTokens]) -> dict[int, list[int]]:
    """Return the pieces in which sentences begin, each with the numbers of the words that begin them, ascending."""
    places: dict[int, list[int]] = {}
    at = before = 0
    for start in sentence_starts(text, analysis):
        at += text.count(" ", before, start)
        before = start
        within = start - (text.rfind(" ", 0, start) + 1)
        place, word = at, bisect_left(found[at].starts, within)
        if word == len(found[at].starts):  # a sign that stands alone before the sentence
            place = next((n for n in range(at + 1, len(found)) if found[n].at), len(found))
            word = 0
        if place < len(found) and word not in (here := places.setdefault(place, [])):
            here.append(word)
    return places
