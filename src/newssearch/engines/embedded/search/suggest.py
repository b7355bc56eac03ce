"""Diagnostics for words and values that no article has, with suggestions: "did you mean ...?"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from newssearch.engines.embedded.segment.field import TEXT_FIELDS
from newssearch.fields import ArticleField
from newssearch.outlets import Aliases
from newssearch.query import (
    And,
    AnyWord,
    Caps,
    Diagnostic,
    Exact,
    Fuzzy,
    Leaf,
    Name,
    Near,
    Node,
    Or,
    PatternPhrase,
    Phrase,
    Regex,
    Same,
    Span,
    Wildcard,
    Word,
    leaves,
)
from newssearch.query.patterns import within_edits
from newssearch.system.exhaustive import assert_never
from newssearch.text.analysis import PLAIN_ANALYSIS, analyser_named
from newssearch.text.tokenizer import word_matches as words_of

from .field_values import similar_values
from .reader import IndexReader
from .segment_matcher import NodeWithoutMatches, SegmentMatcher
from .term_expansion import TermExpansion

MAX_SUGGESTIONS = 3
"""The largest number of words or values that one diagnostic suggests."""
MAX_WORDS_WITH_SUGGESTIONS = 3
"""The largest number of unknown words in a query for which suggestions are looked up."""
MAX_UNKNOWN_WORDS = 10
"""The largest number of unknown words in a query that are reported."""
LONG_WORD = 5
"""The smallest number of letters in a word whose suggestions may differ from it in two letters, instead of one."""

WordLeaf = Word | Phrase | Fuzzy | Name | Exact | Caps | Wildcard | Regex
"""A leaf that searches for given words or for a pattern."""


def unknown_value(
    reader: IndexReader, field: ArticleField, wanted: str, aliases: Aliases, span: Span
) -> Diagnostic:
    """Return the diagnostic for a value that no article has in a field, with the values most similar to it."""
    hint = _did_you_mean(similar_values(reader, field, wanted, aliases, MAX_SUGGESTIONS))
    return Diagnostic("unknown-value", f"no article has the {field.name} {wanted!r}", span, hint)


def _did_you_mean(suggestions: Sequence[str]) -> str:
    return f"did you mean {' or '.join(suggestions)}?" if suggestions else ""


class WordSuggester:
    """Reports the words of a query that no live article has."""

    def __init__(self, matchers: Sequence[SegmentMatcher], expansion: TermExpansion) -> None:
        self._matchers = matchers
        self._expansion = expansion

    def unknown_words(self, tree: Node) -> list[Diagnostic]:
        """Return a diagnostic for each unknown word of a tree, at most :data:`MAX_UNKNOWN_WORDS`.

        Words in negated leaves are skipped.
        """
        notes: list[Diagnostic] = []
        word_leaves = (
            part for leaf, negated, _, _ in leaves(tree) if not negated for part in _word_leaves(leaf)
        )
        for leaf in word_leaves:
            if isinstance(leaf, Wildcard | Regex):
                if not self._occurs(leaf):
                    notes.append(
                        Diagnostic("unknown-word", f"no word in the index matches {leaf}", leaf.span)
                    )
            else:
                before = len(notes)
                notes.extend(self._unknown_in(leaf, before < MAX_WORDS_WITH_SUGGESTIONS))
                if isinstance(leaf, Caps | Exact) and len(notes) == before and not self._occurs(leaf):
                    notes.append(
                        Diagnostic("unknown-word", f"no article has the spelling {leaf.text!r}", leaf.span)
                    )
            if len(notes) >= MAX_UNKNOWN_WORDS:
                return notes[:MAX_UNKNOWN_WORDS]
        return notes

    def _unknown_in(
        self, leaf: Word | Phrase | Fuzzy | Name | Exact | Caps, suggest: bool
    ) -> Iterator[Diagnostic]:
        """Yield a diagnostic for each unknown word of a leaf; with ``suggest``, it suggests similar words."""
        for word in (leaf.text,) if isinstance(leaf, Word | Name) else leaf.text.split():
            if isinstance(leaf, Word | Fuzzy | Name):
                wanted: Leaf | None = leaf
            else:
                wanted = Word(word) if any(words_of(word)) else None
            if wanted is None or self._occurs(wanted):
                continue
            hint = _did_you_mean(self._similar_words(word)) if suggest else ""
            yield Diagnostic("unknown-word", f"no article has the word {word!r}", leaf.span, hint)

    def _occurs(self, leaf: Leaf) -> bool:
        """Whether a leaf has a match in a paragraph or a headline of a live article."""
        return any(len(matcher.doc_set(leaf).articles) for matcher in self._matchers) or any(
            len(matcher.postings(leaf, "title").owners) for matcher in self._matchers
        )

    def _similar_words(self, word: str) -> list[str]:
        """Return the words of live articles most similar to a word.

        Words that differ in fewer letters come first; of those that differ in equally many, the most frequent.
        """
        pieces = [match.group() for match in words_of(word)]
        if len(pieces) != 1:
            return []
        folded = analyser_named(PLAIN_ANALYSIS).form(pieces[0])
        similar = self._expansion.similar_words(folded, 1 if len(folded) < LONG_WORD else 2)
        order = [(not within_edits(folded, other, 1), -count, other) for other, count in similar.items()]
        live = (other for _, _, other in sorted(order) if self._is_live(other))
        found = list(islice(live, MAX_SUGGESTIONS))
        if (
            folded in found and pieces[0].islower()
        ):  # articles have these letters only as an acronym: US for us
            return [folded.upper()]
        return found

    def _is_live(self, folded: str) -> bool:
        """Whether a live article has the folded word ``folded``."""
        return any(matcher.has_folded(folded, field) for matcher in self._matchers for field in TEXT_FIELDS)


def _word_leaves(node: Node) -> Iterator[WordLeaf]:
    """Yield the parts of a leaf, or of an operand of a leaf, that search for words; negated parts are skipped."""
    if isinstance(node, Word | Phrase | Fuzzy | Name | Exact | Caps | Wildcard | Regex):
        yield node
    elif isinstance(node, PatternPhrase):
        for part in node.leaves:
            if not isinstance(part, AnyWord):
                yield from _word_leaves(part)
    elif isinstance(node, Near | Same | And | Or):
        for child in node.children:
            yield from _word_leaves(child)
    elif not isinstance(node, NodeWithoutMatches):
        assert_never(node)
