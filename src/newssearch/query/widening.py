"""Widens a tree by synonyms: a word or phrase that has some becomes a :class:`Synonyms`, which finds all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, product
from typing import NamedTuple

from newssearch.thesaurus import Thesaurus

from .diagnostics import Diagnostic, Notes
from .leaf_parser import MAX_CLAUSES
from .leaves import MAX_DISTANCE, Phrase, Word
from .node import NOWHERE, Span
from .rewriting import MAX_DEPTH, depth
from .tree import And, Node, Or, Synonyms, map_children

MAX_PHRASES = 64
"""A phrase with synonyms inside is searched in at most this number of wordings."""
MAX_NAMED_SYNONYMS = 10
"""The largest number of synonyms that one note names."""


class Widened(NamedTuple):
    """A tree with synonyms, notes that say which words have which, and the number of words and phrases that were added."""

    tree: Node
    notes: tuple[Diagnostic, ...] = ()
    added: int = 0


def widened(
    tree: Node,
    thesaurus: Thesaurus,
    text: str = "",
    *,
    any_word: bool = False,
    asked: bool = False,
    room: int | None = None,
) -> Widened:
    """Return the tree in which each word and phrase with synonyms in ``thesaurus`` finds these, too.

    Adjacent words of an AND that are a key together stay as they are, or else one of their synonyms matches. ``text`` is
    the query, which says whether words are adjacent. With ``any_word``, that holds for the words of an OR, too. Synonyms
    of synonyms are not looked up. Patterns, names, words as written and fields stay as they are, and so do sets of
    synonyms that the query states. With ``asked``, a note says of each word that it has no synonyms. At most ``room`` words
    and phrases are added; by default, as many as a query may have.

    >>> from newssearch.query import parse
    >>> from newssearch.thesaurus import synonym_entries
    >>> known = Thesaurus(synonym_entries({"car": "auto", "illegal alien": ["undocumented immigrant"]}))
    >>> print(widened(parse("illegal aliens -car").tree, known, "illegal aliens -car").tree)
    (((illegal AND aliens) OR "undocumented immigrant") AND NOT syn(car OR auto))
    """
    if not (thesaurus or asked):
        return Widened(tree)
    room = MAX_CLAUSES - _count_leaves(tree) if room is None else room
    widener = _Widener(thesaurus, text, room, any_word, asked)
    wide = widener.widen(tree)
    if wide is not tree and depth(wide) > MAX_DEPTH:
        note = Diagnostic("synonyms", "the query is nested too deeply to be widened by synonyms")
        return Widened(tree, (note,))
    if not widener.leaves and asked:
        widener.notes.add("synonyms", "syn: widens words and phrases, and there is none after it", tree.span)
    return Widened(wide, tuple(widener.notes.found), room - widener.room)


class _Widener:
    def __init__(self, thesaurus: Thesaurus, text: str, room: int, any_word: bool, asked: bool) -> None:
        self.notes = Notes()
        self.leaves = 0
        """The number of words and phrases that were looked up."""
        self._thesaurus = thesaurus
        self._text = text
        self.room = room  # the number of leaves that may be added
        self._any_word = any_word
        self._asked = asked
        self._noted: set[str] = set()

    def widen(self, node: Node) -> Node:
        """Return a node with the synonyms of the words and phrases in it."""
        if isinstance(node, Word):
            return self._word(node)
        if isinstance(node, Phrase):
            return node if node.names else self._phrase(node)
        if isinstance(node, Synonyms):
            self.leaves += 1
            return node
        if isinstance(node, And) or (self._any_word and isinstance(node, Or)):
            return self._joined(node)
        return map_children(node, self.widen)

    # ---- words

    def _word(self, node: Word) -> Node:
        self.leaves += 1
        found = self._thesaurus.find([node.text])
        if found is None:
            self._note_none(node.text, node.span)
            return node
        others = self._leaves_of(node.text, found.synonyms, node.span)
        return Synonyms((node, *others), span=node.span) if others else node

    def _joined(self, node: And | Or) -> Node:
        """Return an AND, or an OR of words of which any is enough, with the synonyms of adjacent words and of single ones."""
        operands: list[Node] = []
        at = 0
        while at < len(node.operands):
            run = self._adjacent_words(node.operands, at)
            found = self._thesaurus.find([word.text for word in run], 2) if len(run) > 1 else None
            if found is None:
                operands.append(self.widen(node.operands[at]))
                at += 1
                continue
            typed = run[: found.size]
            self.leaves += 1
            span = Span(typed[0].span.start, typed[-1].span.end)
            others = self._leaves_of(" ".join(word.text for word in typed), found.synonyms, span)
            if not others:
                operands += typed
            elif isinstance(node, Or):
                operands += [*typed, _one_of(others, span)]
            else:
                operands.append(Or((And(tuple(typed), span=span), _one_of(others, span)), span=span))
            at += found.size
        if len(operands) == 1:
            return operands[0]
        same = len(operands) == len(node.operands) and all(map(_is, operands, node.operands))
        return node if same else type(node)(tuple(operands), span=node.span)

    def _adjacent_words(self, operands: Sequence[Node], first: int) -> list[Word]:
        """Return the words of some operands from index ``first`` on between which nothing stands in the query."""
        run: list[Word] = []
        for node in operands[first:]:
            if not isinstance(node, Word) or (run and not self._side_by_side(run[-1].span, node.span)):
                break
            run.append(node)
        return run

    def _side_by_side(self, one: Span, other: Span) -> bool:
        if NOWHERE in (one, other) or not self._text:
            return one == other == NOWHERE  # a tree that was not parsed
        return one.end <= other.start and not self._text[one.end : other.start].strip()

    # ---- phrases

    def _phrase(self, node: Phrase) -> Node:
        """Return a phrase, or the phrases in which the words that have synonyms are replaced by these."""
        self.leaves += 1
        words = node.text.split()
        choices: list[tuple[str, ...]] = []
        ways = 1
        at = 0
        while at < len(words):
            found = self._thesaurus.find(words[at:])
            if found is None:
                choices.append((words[at],))
                at += 1
                continue
            typed = " ".join(words[at : at + found.size])
            choices.append((typed, *found.synonyms))
            self._note(typed, found.synonyms, node.span)
            ways *= 1 + len(found.synonyms)
            at += found.size
        if ways == 1:
            self._note_none(node.text, node.span)
            return node
        wordings = [
            " ".join(chosen)
            for chosen in islice(product(*choices), 1, min(ways, MAX_PHRASES, max(self.room, 0) + 1))
        ]
        if len(wordings) < ways - 1:
            message = (
                f"only {len(wordings) + 1:,} of {ways:,} wordings of the phrase with synonyms are searched"
            )
            self.notes.add("synonyms", message, node.span)
        self.room -= len(wordings)
        others = [_reworded(node, wording) for wording in wordings]
        return Synonyms((node, *others), span=node.span) if others else node

    # ---- both

    def _leaves_of(self, typed: str, synonyms: Sequence[str], span: Span) -> list[Word | Phrase]:
        """Return leaves for the synonyms of what was typed, as far as there is room for them."""
        kept = synonyms[: max(self.room, 0)]
        self.room -= len(kept)
        if kept:
            self._note(typed, kept, span)
        if len(kept) < len(synonyms):
            message = (
                f"{typed!r} has more synonyms, which would make the query longer than {MAX_CLAUSES:,} words"
            )
            self.notes.add("synonyms", message, span)
        return [_leaf_of(text, span) for text in kept]

    def _note(self, typed: str, synonyms: Sequence[str], span: Span) -> None:
        if typed in self._noted:
            return
        self._noted.add(typed)
        named = ", ".join(map(repr, synonyms[:MAX_NAMED_SYNONYMS]))
        more = (
            f" and {len(synonyms) - MAX_NAMED_SYNONYMS:,} more" if len(synonyms) > MAX_NAMED_SYNONYMS else ""
        )
        plural = "s" if len(synonyms) > 1 else ""
        self.notes.add("synonyms", f"{typed!r} also finds its synonym{plural} {named}{more}", span)

    def _note_none(self, typed: str, span: Span) -> None:
        if not self._asked or typed in self._noted:
            return
        self._noted.add(typed)
        near = self._thesaurus.near(typed)
        hint = f"did you mean {' or '.join(near)}?" if near else ""
        self.notes.add("no-synonyms", f"{typed!r} has no synonyms in newssearch.toml", span, hint)


def _is(one: object, other: object) -> bool:
    return one is other


def _one_of(leaves: Sequence[Word | Phrase], span: Span) -> Node:
    return Synonyms(tuple(leaves), span=span) if len(leaves) > 1 else leaves[0]


def _leaf_of(text: str, span: Span) -> Word | Phrase:
    return Phrase(text, span=span) if " " in text else Word(text, span=span)


def _reworded(phrase: Phrase, text: str) -> Word | Phrase:
    """Return a phrase with other words, and room for those that it has more."""
    if not phrase.within or " " not in text:
        return _leaf_of(text, phrase.span)
    added = max(len(text.split()) - len(phrase.text.split()), 0)
    return replace(phrase, text=text, within=min(phrase.within + added, MAX_DISTANCE))


def _count_leaves(tree: Node) -> int:
    """Return the number of nodes without operands."""
    count, nodes = 0, [tree]
    while nodes:
        children = nodes.pop().children
        count += not children
        nodes.extend(children)
    return count
