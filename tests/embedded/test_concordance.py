"""Concordances are those of the twin in combinations of segments and deletions, and read no more than they need."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import concordance_twin
from concordance_twin import Options
from drawn import STEPS, TREES
from newssearch import Article
from newssearch.corpus.concordance import LINE_SORTS
from newssearch.engines.embedded.corpus import article_order, occurrences
from newssearch.engines.embedded.search.reader import IndexReader
from newssearch.engines.embedded.storage.block_store import BlockStore
from newssearch.engines.sorted_sets import Ints
from newssearch.query import Node, scored_leaves, side_by_side
from support import THOROUGH, article, index_of, without_boilerplate
from test_exactness import indexes

__all__ = ["without_boilerplate"]  # a fixture of all tests here


@settings(max_examples=8 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=STEPS,
    tree=TREES.filter(lambda tree: not all(use.optional or use.region == "title" for use in scored_leaves(side_by_side(tree)))),
    sort=st.sampled_from(LINE_SORTS),
    sample=st.none() | st.integers(1, 8),
    page=st.tuples(st.integers(0, 5), st.integers(0, 6)),
    size=st.integers(1, 5),
)  # fmt: skip
def test_lines_are_those_of_the_twin_whatever_the_segments(
    steps: list[list[Article] | int],
    tree: Node,
    sort: str,
    sample: int | None,
    page: tuple[int, int],
    size: int,
) -> None:
    with indexes(steps) as (held, one, many), pytest.MonkeyPatch.context() as patch:
        patch.setattr(occurrences, "OCCURRENCES_PER_SLICE", size)
        limit, offset = page
        for index in (one, many):
            ranked = [hit.id for hit in index.search(tree, group=False, limit=None)]
            expected = concordance_twin.lines(held, ranked, side_by_side(tree), Options(sort, 3, sample, 5))
            asked = {"width": 3, "sort": sort, "sample": sample, "seed": 5 if sample else None}
            whole = index.kwic(tree, limit=None, **asked)  # type: ignore[arg-type]
            assert list(whole) == expected
            part = index.kwic(tree, limit=limit, offset=offset, **asked)  # type: ignore[arg-type]
            assert list(part) == expected[offset : offset + limit]


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_only_the_texts_and_ids_of_the_page_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    days = [f"2024-01-{1 + n // 2:02}" for n in range(40)]  # two articles a day
    articles = (article(f"n{n}", "rain", date=day, url=f"u{n}") for n, day in enumerate(days))
    with index_of(tmp_path / "index", *articles) as index:
        texts: list[int] = []
        ids: list[int] = []
        read_text, read_ids = BlockStore.__getitem__, article_order.ids_of

        def text(self: BlockStore, number: int) -> str:
            texts.append(number)
            return read_text(self, number)

        def ids_of(reader: IndexReader, articles: Ints) -> list[str]:
            ids.extend(articles.tolist())
            return read_ids(reader, articles)

        monkeypatch.setattr(BlockStore, "__getitem__", text)
        monkeypatch.setattr(article_order, "ids_of", ids_of)
        found = index.kwic("rain", sort=sort, limit=3, offset=9)
        assert (len(found), len(texts)) == (3, 3)
        assert len(ids) == (0 if sort == "relevance" else 4)
