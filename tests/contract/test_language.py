"""The whole query language, compared with the twin: articles found, matching paragraphs, scores and marked words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import reference
import twin
from drawn import STEPS, TREES
from newssearch import Article, Query
from newssearch.identity import id_number
from newssearch.query import (
    Node,
    Word,
    side_by_side,
)
from newssearch.text.analysis import analyser
from support import THOROUGH, set_added

from .conftest import Engine


@settings(max_examples=20 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, trees=st.lists(TREES, min_size=1, max_size=12))
def test_every_query_finds_scores_and_marks_what_the_twin_does(
    engine: Engine, steps: list[list[Article] | int], trees: list[Node]
) -> None:
    held: dict[str, Article] = {}  # by the ids of their first versions
    ids: dict[int, str] = {}
    with engine.index() as index:
        for step in steps:
            if isinstance(step, int):
                for gone in sorted(held)[step : step + 1]:
                    index.remove([gone])
                    del held[gone], ids[id_number(gone)]
            else:
                index.add(step)
                for one in step:
                    first = ids.setdefault(id_number(one.id), one.id)
                    held[first] = dataclasses.replace(one, id=first)
        held = set_added(index, held)
        for tree in trees:
            event(type(tree).__name__)
            expected = reference.search(
                held.values(), tree, reference.Request(limit=None, all_paragraphs=True)
            )
            found = index.search(tree, limit=None, all_paragraphs=True, snippet=0)
            assert (found.total_articles, found.total_paragraphs) == (
                expected.total_articles,
                expected.total_paragraphs,
            )
            assert [h.score for h in found] == pytest.approx([h.score for h in expected.hits], abs=1e-9)
            assert {(h.id, h.paragraph, h.matching) for h in found} == {
                (h.id, h.paragraph, h.matching) for h in expected.hits
            }
            assert index.find(Query("", tree)) == expected.ids
            for hit in found:
                assert list(hit.snippet.highlights) == list(
                    marked(tree, hit.text, index.article(hit.id), hit.paragraph)
                )


def marked(tree: Node, text: str, article: Article, number: int) -> Iterator[tuple[int, int]]:
    """Yield the words that a snippet marks: the matches of the leaves that apply there, without function words."""
    lang = article.lang
    words = analyser(lang)
    wanted = [
        found.leaf
        for found in twin.positives(side_by_side(tree))
        if number and twin.allowed_in(article, number, found.regions)
    ]
    content = [leaf for leaf in wanted if not (isinstance(leaf, Word) and words.is_function_word(leaf.text))]
    tokens = words.tokens(text)
    spans = sorted(
        (tokens[low].start, tokens[high - 1].end)
        for leaf in set(content or wanted)
        for low, high in twin.matches(leaf, text, lang)
    )
    end = -1
    merged: list[tuple[int, int]] = []
    for low, high in spans:
        if merged and low <= end:
            merged[-1] = (merged[-1][0], max(end, high))
        else:
            merged.append((low, high))
        end = merged[-1][1]
    yield from merged
