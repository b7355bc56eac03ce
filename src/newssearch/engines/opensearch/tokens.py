"""The tokens of a text in an OpenSearch index: the result of our own analysis, as one string.

The words of a text stand at its even positions. At the odd position between two words stands :data:`SENTENCE` if the
second one begins a sentence, and nothing otherwise. A word has several tokens at its position; in the string they are
joined by :data:`JOINT`. The first letter of a token is its type:
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import NamedTuple, cast

from newssearch.text.analysis import analyser_named
from newssearch.text.built_in_analyser import Analyser
from newssearch.text.folding import spelled, unelided, whole_form
from newssearch.text.sentences import sentence_starts

JOINT = "|"
"""Joins tokens at the same position."""
NO_TOKEN = "_"
"""Marks a position without a token."""
SENTENCE = "#"
"""The token between two words if the second one begins a sentence."""
MAX_TOKEN_CHARS = 1000
"""The number of characters at which a word is truncated, and a digest appended. Lucene takes terms of at most 32,766
bytes.
"""
MAX_KNOWN_CHARS = 32_000_000
"""The number of characters of text pieces, in all languages, whose tokens are cached: about 300 MB.

Each piece counts :data:`PIECE_CHARS` characters more. At least half of these characters, the most recently used, stay
cached.
"""
PIECE_CHARS = 100
HASH_BYTES = 8
"""The size in bytes of the hash of a term."""
_GAP, _SENTENCE_GAP = f" {NO_TOKEN} ", f" {SENTENCE} "


class Spelled(NamedTuple):
    """A distinct word of the vocabulary: its folded form and its spelling.

    ``elided`` is whether it has its elided beginning (``l'Ukraine``), in which case ``form`` includes that beginning.
    The word without it is in the vocabulary, too.
    """

    form: str
    written: str
    elided: bool = False


class TokenStream(NamedTuple):
    """A text as a string of tokens, with its number of words and the hashes of their terms, :data:`HASH_BYTES` each."""

    tokens: str
    words: int
    hashes: bytes


def term_token(analysis: str, term: str) -> str:
    """Return the token for the term of a word."""
    return f"T{analysis}:{_shortened(term)}"


def written_token(word: str) -> str:
    """Return the token for the spelling of a word."""
    return f"C{_shortened(word)}"


def compound_token(analysis: str, size: int, key: str) -> str:
    """Return the token for a compound of ``size`` words.

    >>> compound_token("english", 1, "al abbasi")
    'Jenglish:1:al~abbasi'
    """
    return f"J{analysis}:{size}:{_shortened(key.replace(' ', '~'))}"


def _shortened(word: str) -> str:
    if len(word) <= MAX_TOKEN_CHARS:
        return word
    return f"{word[:MAX_TOKEN_CHARS]}~{blake2b(word.encode(), digest_size=16).hexdigest()}"


class PieceTokens(NamedTuple):
    """The analysis of a piece of text without spaces. ``at`` has the tokens at the position of each word.

    ``starts`` are the offsets of the words. ``joined`` is the token string, if no sentence begins within the piece.
    ``spelled`` are its words for the vocabulary, ``hashes`` the hashes of their terms.
    """

    at: tuple[str, ...]
    starts: tuple[int, ...]
    joined: str
    spelled: tuple[Spelled, ...]
    hashes: bytes


Learn = Callable[[str, Sequence[str], Sequence[PieceTokens]], object]
"""Called with the analysis of a text, its pieces, and the tokens of each piece."""


class KnownPieces:
    """A cache of analysed pieces of text. Most pieces of a text occur in others."""

    def __init__(self) -> None:
        self._young: dict[str, dict[str, PieceTokens]] = {}
        self._old: dict[str, dict[str, PieceTokens]] = {}
        self._chars = 0
        """The number of characters in the young generation."""

    def __len__(self) -> int:
        """Return the number of cached pieces. Those in both generations count twice."""
        return sum(map(len, (*self._young.values(), *self._old.values())))

    def of(self, analysis: str, pieces: Sequence[str]) -> list[PieceTokens]:
        """Return the tokens of each piece."""
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
        """Empty the cache, when no more articles are written."""
        self._young, self._old, self._chars = {}, {}, 0


KNOWN_PIECES = KnownPieces()
"""The cache of this process."""


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
    """Return the tokens of a text. ``learn`` is called with its pieces, to collect the vocabulary.

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
    """Return the pieces in which sentences begin, each with the ascending indices of the words that begin them."""
    places: dict[int, list[int]] = {}
    at = before = 0
    for start in sentence_starts(text, analysis):
        at += text.count(" ", before, start)
        before = start
        within = start - (text.rfind(" ", 0, start) + 1)
        place, word = at, bisect_left(found[at].starts, within)
        if word == len(found[at].starts):  # a sign of its own precedes the sentence
            place = next((n for n in range(at + 1, len(found)) if found[n].at), len(found))
            word = 0
        if place < len(found) and word not in (here := places.setdefault(place, [])):
            here.append(word)
    return places
