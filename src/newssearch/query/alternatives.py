"""Alternative spellings of the words of a query: with or without hyphens, as one word or several.

A query matches its words side by side. An *alternative* may replace some of them: one word that they form together, or
several words that the text joins into one. See :mod:`newssearch.text.compounds`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from newssearch.text.built_in_analyser import Analyser
from newssearch.text.compounds import MAX_PARTS


class Alternative(NamedTuple):
    """A replacement for the words of a query from ``start`` up to but not including ``end``.

    It is either adjacent words, given by their ``terms``, or a compound that a text joins or splits, given by the
    ``key`` of a :class:`~newssearch.text.built_in_analyser.Compound`.
    """

    start: int
    end: int
    terms: tuple[str, ...] = ()
    key: str = ""


class Alternatives(NamedTuple):
    """The terms of adjacent words of a query, and the alternatives that may replace some of them."""

    terms: tuple[str, ...]
    others: tuple[Alternative, ...]


@lru_cache(maxsize=4096)
def alternatives_of(analyser: Analyser, text: str, inside: tuple[str, ...] = ()) -> Alternatives:
    """Return the terms of ``text``, one word or adjacent words of a query, and the alternatives to them.

    Each string in ``inside`` contains these words and more of the query, and may be written as one word with capitals
    inside.

    >>> from newssearch.text.analysis import analyser
    >>> found = alternatives_of(analyser("en"), "Al-Abbasi")
    >>> found.terms, [one.terms for one in found.others if one.terms]
    (('al', 'abbasi'), [('alabbasi',)])
    >>> sorted(one.key for one in found.others if one.key)
    ['abbasi', 'al', 'al abbasi', 'alabbasi']
    """
    tokens = analyser.tokens(text)
    terms, spelled = tuple(token.term for token in tokens), [token.word for token in tokens]
    others = [Alternative(at, at + 1, key=term) for at, term in enumerate(terms)]
    for first, size, key in analyser.compounds(text):
        end = first + size
        if size > 1:
            others += [Alternative(first, end, (key,)), Alternative(first, end, key=key)]
        elif " " in key:  # requires all its parts
            others.append(Alternative(first, end, tuple(key.split(" "))))
        elif key == analyser.singular(spelled[first]):
            others.append(Alternative(first, end, (key,)))
    for start in range(len(terms)):
        for end in range(start + 2, min(start + MAX_PARTS, len(terms)) + 1):
            others.append(Alternative(start, end, key=" ".join(terms[start:end])))
    for words in inside:
        others.append(Alternative(0, len(terms), key=" ".join(analyser.terms(words))))
    return Alternatives(terms, tuple(others))
