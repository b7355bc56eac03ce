"""Parses the text between quotation marks: words, and patterns among them (``"iraq* government"``).

A piece between spaces is a pattern if it has a ``*``, or a ``?`` before its end; a backslash takes either literally.
``word~1`` is a fuzzy word. A star that stands alone is any one word.
"""

from __future__ import annotations

from typing import NamedTuple

from newssearch.system.lazy_regex import Pattern
from newssearch.text.folding import without_possessive
from newssearch.text.tokenizer import word_matches as words_of

from .leaves import ANY, MAX_EDITS, Fuzzy, PhraseWord, Wildcard, Word
from .node import Span
from .quoting import ESCAPE, is_wildcard, tidy, wildcard

_ESCAPED_SPACE = Pattern(r"\\(\s)")
_FUZZY_PIECE = Pattern(r"([^~]+)~(\d+)[.,;:!?]*")
_MODE_PIECE = Pattern(r"[^~]+~(?:exact|name)[.,;:!?]*")
_WORD_CHARACTER = Pattern(r"\w")


class Pieces(NamedTuple):
    """The words and patterns of a phrase, in order, and notes about them, each a message and a suggestion."""

    parts: tuple[PhraseWord, ...]
    notes: tuple[tuple[str, str], ...]


def has_pattern(quoted: str) -> bool:
    """Whether a text between quotation marks has a pattern that is not escaped.

    >>> has_pattern("iraq* government"), has_pattern("who is he?"), has_pattern(r"5 \\* 3"), has_pattern("austim~1 iraq")
    (True, False, False, True)
    """
    if not any(mark in quoted for mark in "*?~"):
        return False
    return any(_is_pattern(ESCAPE.sub("x", piece)) for piece in _split_pieces(quoted))


def pieces(quoted: str, span: Span) -> Pieces:
    """Return the words and patterns of a text between quotation marks. The nodes get ``span``.

    >>> from newssearch.query.node import NOWHERE
    >>> [str(part) for part in pieces(r"the iraq*'s anti-*gov?rnment party? c\\*d * now", NOWHERE).parts]
    ['the', 'iraq*', 'anti', '*gov?rnment', '"party?"', '"c\\\\*d"', '*', 'now']
    """
    parts: list[PhraseWord] = []
    notes: dict[str, str] = {}
    for piece in _split_pieces(quoted):
        shown = ESCAPE.sub("x", piece)
        if (fuzzy := _fuzzy(shown)) is not None:
            word, edits = fuzzy
            if edits > MAX_EDITS:
                notes[f"a word may differ in {MAX_EDITS} letters at most, not {edits:,}"] = ""
            parts.append(Fuzzy(word, min(edits, MAX_EDITS), span=span) if edits else Word(word, span=span))
        elif is_wildcard(shown):
            if "**" in shown and _WORD_CHARACTER.search(shown):
                hint = f"write {piece.replace('*', chr(92) + '*')} for a word that is printed with stars"
                notes[f"the stars of {piece} stand for any letters"] = hint
            parts.extend(_patterns(piece, span))
        else:
            if _MODE_PIECE.fullmatch(shown):
                notes[f"{piece} inside quotation marks is taken as words"] = (
                    'write it after them: "…"~exact, "…"~name'
                )
            text = ESCAPE.sub(r"\1", piece)
            if next(words_of(text), None) is not None:
                parts.append(Word(text, span=span))
    return Pieces(tuple(parts), tuple(notes.items()))


def _split_pieces(quoted: str) -> list[str]:
    return tidy(_ESCAPED_SPACE.sub(r"\1", quoted)).split()


def _is_pattern(piece: str) -> bool:
    return is_wildcard(piece) or _fuzzy(piece) is not None or _MODE_PIECE.fullmatch(piece) is not None


def _fuzzy(piece: str) -> tuple[str, int] | None:
    """Return the word and the edit distance of a piece like ``word~1``; None if the piece is not a fuzzy word."""
    match = _FUZZY_PIECE.fullmatch(piece) if "~" in piece else None
    if match is None or is_wildcard(match[1]):
        return None
    found = [word.group() for word in words_of(match[1])]
    return (found[0], int(match[2][:9])) if len(found) == 1 else None


def _patterns(piece: str, span: Span) -> list[PhraseWord]:
    """Return the words and patterns that a piece with wildcards consists of: ``al-abb*`` is al, then abb*."""
    unescaped = ESCAPE.sub(lambda match: match[1] if match[1].isalnum() else " ", piece)
    parts: list[PhraseWord] = []
    for match in wildcard().finditer(unescaped):
        text = without_possessive(match[0]).rstrip("?'’.")
        if next(words_of(text), None) is None:
            if "*" in text:
                parts.append(ANY)
        elif is_wildcard(text) and wildcard().fullmatch(text):
            parts.append(Wildcard(text, span=span))
        else:
            parts.append(Word(text, span=span))
    return parts
