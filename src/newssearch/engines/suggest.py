"""Diagnostics for words and values that occur in no article or in few, with suggestions: "did you mean ...?"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newssearch.fields import ArticleField
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
    Synonyms,
    Wildcard,
    Word,
    scored_leaves,
)
from newssearch.query.names import is_spelling
from newssearch.query.rewriting import may_be_name
from newssearch.query.tree import NodeWithoutMatches
from newssearch.stopping import StopCheck
from newssearch.system.exhaustive import assert_never
from newssearch.text.tokenizer import word_matches as words_of

from .similar_words import RARE_ARTICLES, RARE_SHARE, SimilarWords, folded_word
from .word_lookup import WordLookup

MAX_SUGGESTIONS = 3
"""The largest number of words or values that one diagnostic suggests."""
MAX_WORDS_WITH_SUGGESTIONS = 3
"""The largest number of unknown words in a query for which suggestions are made."""
MAX_UNKNOWN_WORDS = 10
"""The largest number of unknown words in a query that are reported."""
MAX_WORD_PARTS = 4
"""The largest number of parts of a word, such as a hyphenated name, for which suggestions are made."""

WordLeaf = Word | Phrase | Fuzzy | Name | Exact | Caps | Wildcard | Regex
"""A leaf that searches for given words or for a pattern."""


def unknown_value(field: ArticleField, wanted: str, similar: Sequence[str], span: Span) -> Diagnostic:
    """Return the diagnostic for a value that no article has in a field, with similar values."""
    message = f"no article has the {field.name} {wanted!r}"
    return Diagnostic("unknown-value", message, span, _did_you_mean(similar[:MAX_SUGGESTIONS]))


def _did_you_mean(suggestions: Sequence[str]) -> str:
    return f"did you mean {' or '.join(suggestions)}?" if suggestions else ""


class WordSuggester:
    """Reports the words of a query that occur in no live article or in few, with likely corrections.

    ``few`` is whether the query finds few articles: only then are rare words compared with frequent ones. ``total``
    is the number of all live articles. ``corrections`` maps each reported word to its first suggestion, unless it is
    in more than :data:`RARE_ARTICLES` articles. ``check`` is called for each leaf.
    """

    def __init__(
        self,
        lookup: WordLookup,
        few: bool,
        total: int,
        check: StopCheck,
    ) -> None:
        self._lookup = lookup
        self._most_rare = max(RARE_ARTICLES, int(RARE_SHARE * total))
        self._similar = SimilarWords(lookup, check)
        self._few = few
        self._check = check
        self.corrections: dict[str, str] = {}

    def unknown_words(self, tree: Node) -> list[Diagnostic]:
        """Return a diagnostic for each unknown or misspelt word of a tree, at most :data:`MAX_UNKNOWN_WORDS`.

        Words in negated and optional leaves are skipped.
        """
        notes: list[Diagnostic] = []
        word_leaves = [
            part for use in scored_leaves(tree) if not use.optional for part in _word_leaves(use.leaf)
        ]
        self._lookup.prepare(one for leaf in word_leaves for one in _looked_up(leaf))
        for leaf in self._check.during(word_leaves, 1):
            if isinstance(leaf, Wildcard | Regex):
                if not self._lookup.occurs(leaf):
                    notes.append(
                        Diagnostic("unknown-word", f"no word in the index matches {leaf}", leaf.span)
                    )
            else:
                before = len(notes)
                notes.extend(self._unknown_in(leaf, before < MAX_WORDS_WITH_SUGGESTIONS))
                if isinstance(leaf, Caps | Exact) and len(notes) == before and not self._lookup.occurs(leaf):
                    notes.append(
                        Diagnostic("unknown-word", f"no article has the spelling {leaf.text!r}", leaf.span)
                    )
            if len(notes) >= MAX_UNKNOWN_WORDS:
                return notes[:MAX_UNKNOWN_WORDS]
        return notes

    def _unknown_in(
        self, leaf: Word | Phrase | Fuzzy | Name | Exact | Caps, suggest: bool
    ) -> Iterator[Diagnostic]:
        """Yield a diagnostic for each unknown or misspelt word of a leaf; with ``suggest``, it suggests similar words."""
        for word, wanted in _words_in(leaf):
            if self._lookup.occurs(wanted):
                if suggest and self._few and isinstance(wanted, Word):
                    yield from self._misspelt(wanted, leaf.span)
                continue
            similar = self._similar_words(word) if suggest else []
            if similar:
                self.corrections[word] = similar[0]
            if suggest and not isinstance(leaf, Name) and self._is_name_in_other_spellings(word, similar):
                similar.append(f"{word}~name")
            yield Diagnostic(
                "unknown-word", f"no article has the word {word!r}", leaf.span, _did_you_mean(similar)
            )

    def _misspelt(self, word: Word, span: Span) -> Iterator[Diagnostic]:
        """Yield a diagnostic for a rare word if a similar word is far more frequent."""
        if len(list(words_of(word.text))) != 1:
            return
        articles = self._lookup.articles_with(word, self._most_rare)
        if articles > self._most_rare:
            return
        similar = self._similar.of_rare(word.text, articles, MAX_SUGGESTIONS)
        if similar:
            similar = [self._similar.shown(other, word.text) for other in similar]
            if articles <= RARE_ARTICLES:
                self.corrections[word.text] = similar[0]
            have = "article has" if articles == 1 else "articles have"
            message = f"only {articles} {have} the word {word.text!r}"
            yield Diagnostic("rare-word", message, span, _did_you_mean(similar))

    def _similar_words(self, word: str) -> list[str]:
        """Return the likely corrections of an unknown word among the words of live articles, the likeliest first."""
        pieces = [match.group() for match in words_of(word)]
        if len(pieces) > 1:
            return self._with_other_part(word) if len(pieces) <= MAX_WORD_PARTS else []
        if not pieces:
            return []
        folded = folded_word(word)
        if word.islower() and self._similar.articles_with(folded):
            return [folded.upper()]  # these letters occur only as an acronym: US for us
        return [self._similar.shown(other, word) for other in self._similar.of_unknown(word, MAX_SUGGESTIONS)]

    def _with_other_part(self, word: str) -> list[str]:
        """Return words of articles that differ from a word of several parts (``Ocasio-Cortes``) in one part.

        If there are none, return the word with each unknown part replaced by the most similar word, if that occurs.
        """
        found: list[str] = []
        replaced, at = "", 0
        for part in words_of(word):
            others = self._similar.of_unknown(part.group(), MAX_SUGGESTIONS)
            texts = [self._similar.shown(other, part.group()) for other in others]
            whole = [f"{word[: part.start()]}{text}{word[part.end() :]}" for text in texts]
            self._lookup.prepare(map(Word, whole))
            found += [text for text in whole if self._lookup.occurs(Word(text))]
            known = self._similar.articles_with(folded_word(part.group()))
            replaced += word[at : part.start()] + (texts[0] if texts and not known else part.group())
            at = part.end()
        replaced += word[at:]
        if not found and replaced != word and self._lookup.occurs(Word(replaced)):
            return [replaced]
        return found[:MAX_SUGGESTIONS]

    def _is_name_in_other_spellings(self, word: str, suggested: list[str]) -> bool:
        """Whether an unknown word is a name that articles spell differently from the suggestions.

        All words of the index are tried only if there is no similar one and the query finds few articles.
        """
        if not may_be_name(word):
            return False
        if not suggested:
            return self._few and self._lookup.occurs(Name(word))
        if word.islower():
            return False
        others = {folded_word(other) for other in suggested}
        return any(
            is_spelling(word, other) and other not in others and self._similar.articles_with(other)
            for other in self._check.during(self._similar.near(word))
        )


def _words_in(leaf: Word | Phrase | Fuzzy | Name | Exact | Caps) -> Iterator[tuple[str, Leaf]]:
    """Yield each word of a leaf as written, and the leaf that searches for it alone."""
    if isinstance(leaf, Word | Name):
        yield leaf.text, leaf
    else:
        for word in leaf.text.split():
            if isinstance(leaf, Fuzzy):
                yield word, leaf
            elif any(words_of(word)):
                yield word, Word(word)


def _looked_up(leaf: WordLeaf) -> Iterator[Leaf]:
    """Yield the leaves that must occur for a leaf to get no note."""
    if not isinstance(leaf, Wildcard | Regex):
        yield from (wanted for _, wanted in _words_in(leaf))
    if isinstance(leaf, Caps | Exact | Wildcard | Regex):
        yield leaf


def _word_leaves(node: Node) -> Iterator[WordLeaf]:
    """Yield the parts of a leaf, or of an operand of a leaf, that search for words; negated parts are skipped."""
    if isinstance(node, Word | Phrase | Fuzzy | Name | Exact | Caps | Wildcard | Regex):
        yield node
    elif isinstance(node, PatternPhrase):
        for part in node.leaves:
            if not isinstance(part, AnyWord):
                yield from _word_leaves(part)
    elif isinstance(node, Synonyms):  # only what was typed may be misspelt
        yield from _word_leaves(node.operands[0])
    elif isinstance(node, Near | Same | And | Or):
        for child in node.children:
            yield from _word_leaves(child)
    elif not isinstance(node, NodeWithoutMatches):
        assert_never(node)
