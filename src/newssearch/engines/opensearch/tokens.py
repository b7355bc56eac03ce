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

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from newssearch.text.analysis import Analyser
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


class Spelled(NamedTuple):
    """A distinct word of the vocabulary: its folded form, and how it is written.

    ``elided`` is whether it is a word with its elided beginning (``l'Ukraine``), whose form is that of all of it. The
    word without that beginning is in the vocabulary, too.
    """

    form: str
    written: str
    elided: bool = False


class TokenStream(NamedTuple):
    """A text as a string of tokens, the number of its words, and the hashes of their terms, of 8 bytes each."""

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


@lru_cache(maxsize=200_000)
def _tokens_of_piece(analyser: Analyser, piece: str) -> tuple[tuple[str, ...], tuple[Spelled, ...], bytes]:
    """Return the tokens at the position of each word of a piece of text without spaces.

    Then follow its words for the vocabulary, and the hashes of their terms.
    """
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
        hashes += blake2b(token.term.encode(), digest_size=8).digest()
        if bare != whole:
            here.append(written_token(whole))
            known.append(Spelled(whole_form(whole), whole, elided=True))
        at.append(JOINT.join(dict.fromkeys([*here, *compounds.get(number, ())])))
    return tuple(at), tuple(known), bytes(hashes)


def token_stream(
    text: str, analyser: Analyser, learn: Callable[[tuple[Spelled, ...]], object]
) -> TokenStream:
    """Return the tokens of a text. ``learn`` is called with its words for the vocabulary.

    >>> from newssearch.text.analysis import analyser
    >>> token_stream("It rained. Then", analyser("en"), list).tokens
    'Tenglish:it|CIt _ Tenglish:rain|Crained # Tenglish:then|CThen'
    """
    pieces = text.split(" ")
    starts = iter(sentence_starts(text, analyser.name))
    following = next(starts, len(text) + 1)
    out: list[str] = []
    hashes = bytearray()
    offset = words = 0
    for piece, chunk in zip(pieces, analyser.chunks(pieces), strict=True):
        if chunk.tokens:
            at, known, of_terms = _tokens_of_piece(analyser, piece)
            learn(known)
            for token, here in zip(chunk.tokens, at, strict=True):
                begins = False
                while following <= offset + token.start:
                    begins = True
                    following = next(starts, len(text) + 1)
                out += (SENTENCE if begins else NO_TOKEN, here)
            words += len(at)
            hashes += of_terms
        offset += len(piece) + 1
    return TokenStream(" ".join(out[1:]), words, bytes(hashes))
