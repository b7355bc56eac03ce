"""The text of every query tree is a query with the same meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drawn import TREES
from newssearch.query import (
    VALUE_FIELDS,
    And,
    AtLeast,
    Boost,
    Caps,
    Dated,
    Everything,
    Exact,
    Field,
    Fuzzy,
    Name,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Regex,
    Region,
    Same,
    Wildcard,
    Word,
    all_of,
    any_of,
    parse,
    words,
)
from support import THOROUGH


@given(TREES)
@settings(max_examples=50 * THOROUGH, deadline=None)
def test_every_tree_can_be_written_as_a_query_that_means_the_same(tree: Node) -> None:
    query = parse(str(tree))
    assert query.tree == tree
    assert str(query) == str(tree)


ANYTHING = (
    st.sampled_from(
        ["", "rain", "AND", "w/5", "caps", "date", "Al-Abbasi", "don’t", "…", "— —", "1,0*", "1,*", "[(]*", "[a-c]x*", "*", "?",
         "a*?", "x?", "~1", "rain~1", "a^2", "a:b", "(", "(a+)+", ".*", "a/b", "\\", "\\*", "say “hi”", "\u200fal\u200e x", "\ud800",
         "ｆｕｌｌ", "日本", "2024-07", "last  month", ">=2024", "..", "2025..2024", "2024-02-30", "e\u0301", " a\x1c b ", "/", "-7d"]
    )
    | st.text(max_size=6)
)  # fmt: skip
_LEAVES: list[Callable[[str, int], Node]] = [
    lambda text, number: Word(text),
    Phrase,
    lambda text, number: Wildcard(text),
    Fuzzy,
    lambda text, number: Regex(text),
    lambda text, number: Caps(text),
    lambda text, number: Exact(text),
    lambda text, number: Name(text),
    lambda text, number: Field(VALUE_FIELDS[number % len(VALUE_FIELDS)], text),
    lambda text, number: Dated(text),
    lambda text, number: Dated(text, name="added"),
    lambda text, number: Everything(),
    lambda text, number: words(text),
]
_JOINTS: list[Callable[[list[Node], int], Node]] = [
    lambda nodes, number: And(tuple(nodes)),
    lambda nodes, number: Or(tuple(nodes)),
    lambda nodes, number: all_of(nodes),
    lambda nodes, number: any_of(nodes),
    lambda nodes, number: Not(nodes[0]),
    lambda nodes, number: AtLeast(number, nodes[0]),
    lambda nodes, number: Region(["title", "hlead", "text"][number % 3], nodes[0]),
    lambda nodes, number: Boost(nodes[0], number / 3),
    lambda nodes, number: Near(nodes[0], nodes[-1], number, ordered=number % 2 > 0),
    lambda nodes, number: Same(nodes[0], nodes[-1], "s" if number % 2 else "p"),
]


def _built(kind: Callable[[Any, int], Node], what: object, number: int) -> Node | None:
    try:
        return kind(what, number)
    except ValueError:
        return None


def _leaf_of(kinds: list[Any], what: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    built = st.builds(_built, st.sampled_from(kinds), what, st.integers(0, 7))
    return built.filter(lambda node: node is not None)  # type: ignore[return-value]


@given(
    st.recursive(
        _leaf_of(_LEAVES, ANYTHING),
        lambda below: _leaf_of(_JOINTS, st.lists(below, min_size=1, max_size=3)),
        max_leaves=6,
    )
)
@settings(max_examples=80 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_can_be_built_can_be_written_as_a_query_that_means_the_same(tree: Node) -> None:
    query = parse(str(tree))
    assert query.tree == tree
    assert parse(str(query)).tree == tree
