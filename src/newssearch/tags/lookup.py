"""Looks up the articles with the tags that a query and its filters ask for, when it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from newssearch.engines.similar_values import shown_values, similar_values
from newssearch.engines.suggest import unknown_value
from newssearch.fields import TAG, ArticleField
from newssearch.query import Diagnostic, Node, Query, Tagged, with_tags
from newssearch.query.patterns import value_pattern
from newssearch.request import ResolvedRequest
from newssearch.stopping import StopCheck
from newssearch.system.frozen import FrozenDict

from .state import TagState

_FIELD = ArticleField(TAG, "value", "what people call it")
_MAX_SIMILAR = 3


class TagLookup:
    """Looks up articles by tag in the tags of an archive. ``notes`` collects diagnostics about unknown tags and patterns."""

    def __init__(self, state: TagState, check: StopCheck) -> None:
        self._state = state
        self._check = check
        self.notes: list[Diagnostic] = []

    def tree(self, tree: Node) -> Node:
        """Return a tree whose conditions on tags have the numbers of the articles."""
        return with_tags(tree, self._with_articles)

    def _with_articles(self, node: Tagged) -> Tagged:
        self._check()
        state = self._state
        if node.pattern:
            keys = state.keys_like(value_pattern(node.tag))
            if node.tag.strip("*"):
                self._note_pattern(node, [state.spellings[one] for one in keys])
        else:
            keys = state.keys_of(node.tag)
            if not keys:
                known = sorted(state.by_tag, key=lambda one: -len(state.by_tag[one]))
                similar = similar_values(
                    [state.spellings[one] for one in known], node.tag, _MAX_SIMILAR, self._check
                )
                self._add(unknown_value(_FIELD, node.tag, similar, node.span))
        return replace(node, articles=state.numbers(keys))

    def _note_pattern(self, node: Tagged, tags: list[str]) -> None:
        if tags:
            self._add(Diagnostic("values", f"{node} stands for {shown_values(tags)}", node.span))
        else:
            self._add(Diagnostic("unknown-value", f"no article has a tag like {node}", node.span))

    def _add(self, note: Diagnostic) -> None:
        if note not in self.notes:
            self.notes.append(note)


def asks_for_tags(tree: Node, request: ResolvedRequest) -> bool:
    """Whether a search has a condition on tags."""
    return next(conditions_on_tags(tree, request), None) is not None


def conditions_on_tags(tree: Node, request: ResolvedRequest) -> Iterator[Tagged]:
    """Yield the conditions on tags of a search."""
    stack = [tree, *request.conditions.values(), *request.unwanted.values()]
    while stack:
        node = stack.pop()
        if isinstance(node, Tagged):
            yield node
        stack.extend(node.children)


def with_articles(state: TagState, parsed: Query, request: ResolvedRequest) -> tuple[Query, ResolvedRequest]:
    """Return a query and a request whose conditions on tags have the numbers of the articles."""
    lookup = TagLookup(state, request.check)
    tree = lookup.tree(parsed.tree)
    conditions, unwanted = (
        FrozenDict((name, lookup.tree(node)) for name, node in found.items())
        for found in (request.conditions, request.unwanted)
    )
    diagnostics = (*parsed.diagnostics, *lookup.notes)
    return (
        replace(parsed, tree=tree, diagnostics=diagnostics),
        replace(request, conditions=conditions, unwanted=unwanted),
    )


def tags_digest(tree: Node, request: ResolvedRequest) -> str:
    """Return a digest of the articles that the conditions on tags of a search stand for; ``""`` if it has none.

    It is the SHA-256, as hexadecimal digits, of the conditions, each with the numbers of its articles.
    """
    found = {str(node): node.articles for node in conditions_on_tags(tree, request)}
    if not found:
        return ""
    import hashlib  # only a receipt needs it

    digest = hashlib.sha256()
    for text, articles in sorted(found.items()):
        digest.update(f"{text}\n".encode())
        digest.update(b"" if articles is None else articles.astype("<u8").tobytes() + b"\n")
    return digest.hexdigest()
