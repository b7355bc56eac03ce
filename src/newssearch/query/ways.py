"""How what a query asks for may be written: with hyphens or without, as one word or apart.

The words of a text are looked for side by side. Instead of some of them, another *way* may stand there: the one word
that they make, or the words that a text joins to it; see :mod:`newssearch.text.compounds`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from newssearch.text.analysis import Analyser
from newssearch.text.compounds import MOST_PARTS


class Way(NamedTuple):
    """What may stand instead of the words from ``start`` up to but not including ``end``.

    It is words side by side, by their terms; or what a text joins or parts, by the ``key`` of a
    :class:`~newssearch.text.analysis.Compound`.
    """

    start: int
    end: int
    terms: tuple[str, ...] = ()
    key: str = ""


class Ways(NamedTuple):
    """The terms of a text, and what may stand instead of some of them."""

    terms: tuple[str, ...]
    others: tuple[Way, ...]


@lru_cache(maxsize=4096)
def ways(analyser: Analyser, text: str, inside: tuple[str, ...] = ()) -> Ways:
    """The ways of a text, which may stand ``inside`` of others that are written as one word with capitals inside.

    >>> from newssearch.text.analysis import analyser
    >>> found = ways(analyser("en"), "Al-Abbasi")
    >>> found.terms, [way.terms for way in found.others if way.terms]
    (('al', 'abbasi'), [('alabbasi',)])
    >>> sorted(way.key for way in found.others if way.key)
    ['abbasi', 'al', 'al abbasi', 'alabbasi']
    """
    tokens = analyser.tokens(text)
    terms, written = tuple(token.term for token in tokens), [token.word for token in tokens]
    others = [Way(at, at + 1, key=term) for at, term in enumerate(terms)]
    for first, size, key in analyser.compounds(text):
        behind = first + size
        if size > 1:
            others += [Way(first, behind, (key,)), Way(first, behind, key=key)]
        elif " " in key:  # of its parts all are asked for, not one alone
            others.append(Way(first, behind, tuple(key.split(" "))))
        elif key == analyser.singular(written[first]):
            others.append(Way(first, behind, (key,)))
    for start in range(len(terms)):
        for end in range(start + 2, min(start + MOST_PARTS, len(terms)) + 1):
            others.append(Way(start, end, key=" ".join(terms[start:end])))
    for words in inside:
        others.append(Way(0, len(terms), key=" ".join(analyser.terms(words))))
    return Ways(terms, tuple(others))
