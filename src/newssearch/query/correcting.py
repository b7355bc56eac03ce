"""Replaces misspelt words of a query, in its tree and in its text."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import partial

from newssearch.system.exhaustive import assert_never

from .leaves import AnyWord, Caps, Exact, Fuzzy, Name, PatternPhrase, Phrase, Regex, Wildcard, Word
from .names import core
from .node import NOWHERE
from .tree import Leaf, Near, Node, Not, Operator, Same, Synonyms, map_children
from .walking import leaves


def with_corrections(tree: Node, corrections: Mapping[str, str]) -> Node:
    """Return the tree with the words that ``corrections`` maps to others replaced; the words of negations stay.

    >>> from newssearch.query import parse
    >>> print(with_corrections(parse('colition "rian fell" -colition').tree, {"colition": "coalition", "rian": "rain"}))
    (coalition AND "rain fell" AND NOT colition)
    """
    if isinstance(tree, Not):
        return tree
    if isinstance(tree, Operator):
        return map_children(tree, partial(with_corrections, corrections=corrections))
    return _corrected_leaf(tree, corrections)


def _corrected_leaf(
    leaf: Word | Phrase | Wildcard | Fuzzy | Regex | Name | Exact | Caps | PatternPhrase,
    corrections: Mapping[str, str],
) -> Node:
    if isinstance(leaf, Word):
        other = corrections.get(leaf.text)
        return leaf if other is None else Word(other, span=leaf.span)
    if isinstance(leaf, Name):
        other = corrections.get(leaf.text)
        return leaf if other is None or core(other) is None else Name(other, span=leaf.span)
    if isinstance(leaf, Phrase | Exact | Caps):
        text = " ".join(corrections.get(word, word) for word in leaf.text.split())
        return leaf if text == leaf.text else dataclasses.replace(leaf, text=text)
    if isinstance(leaf, PatternPhrase):
        parts = tuple(
            Word(corrections[part.text], span=part.span)
            if isinstance(part, Word) and part.text in corrections
            else part
            for part in leaf.parts
        )
        return leaf if parts == leaf.parts else dataclasses.replace(leaf, parts=parts)
    if isinstance(leaf, Fuzzy | Wildcard | Regex):
        return leaf
    assert_never(leaf)


def corrected_text(text: str, tree: Node, corrections: Mapping[str, str]) -> str:
    """Return the text of a query with its misspelt words replaced where its tree has them.

    A word is replaced where it stands once, in the part of the text that its leaf was parsed from.

    >>> from newssearch.query import parse
    >>> query = 'colition -storm ("rian fell" OR baghdad)'
    >>> corrected_text(query, parse(query).tree, {"colition": "coalition", "rian": "rain"})
    'coalition -storm ("rain fell" OR baghdad)'
    """
    edits = {
        (start, end): other
        for use in leaves(tree)
        if not use.negated
        for leaf in _parts(use.leaf)
        for word, other in corrections.items()
        if leaf.span != NOWHERE and word in str(leaf) and text[slice(*leaf.span)].count(word) == 1
        for start in (text.index(word, leaf.span.start),)
        for end in (start + len(word),)
    }
    for (start, end), other in sorted(edits.items(), reverse=True):
        text = text[:start] + other + text[end:]
    return text


def _parts(leaf: Node) -> Iterator[Node]:
    """Yield the leaves without operands that a leaf consists of; negated ones are skipped."""
    if isinstance(leaf, Near | Same | Synonyms) or not isinstance(leaf, Leaf):
        if not isinstance(leaf, Not):
            for child in leaf.children:
                yield from _parts(child)
    elif not isinstance(leaf, AnyWord):
        yield leaf
