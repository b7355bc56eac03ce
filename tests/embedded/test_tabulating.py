"""Tables of an index in many segments, with deleted articles among them."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import reference
from contract.test_counting import FILTERS, check
from newssearch import Article
from newssearch.corpus.table import MEASURES
from newssearch.engines.embedded.corpus import tabulating
from newssearch.engines.embedded.search import dimensions
from newssearch.query import Node
from support import THOROUGH, article, index_of, without_boilerplate
from test_exactness import STEPS, TREES, indexes

__all__ = ["without_boilerplate"]  # a fixture of all tests here


@settings(max_examples=6 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=STEPS,
    trees=st.lists(TREES, min_size=1, max_size=2, unique_by=str),
    by=st.sampled_from(
        [("outlet", "month"), ("byline", "lang"), ("week",), ("section", "day"), ("located",)]
    ),
    filters=st.sampled_from(FILTERS),
    top=st.none() | st.integers(1, 2),
    dense=st.booleans(),
)
def test_tables_do_not_depend_on_the_segments(
    steps: list[list[Article] | int],
    trees: list[Node],
    by: tuple[str, ...],
    filters: tuple[dict[str, Any], reference.Request],
    top: int | None,
    dense: bool,
) -> None:
    options, request = filters
    with indexes(steps) as (held, one, many), pytest.MonkeyPatch.context() as patch:
        if not dense:
            patch.setattr(tabulating, "DENSE_CELLS", -1)
            patch.setattr(tabulating, "DENSE_CELLS_PER_PAIR", -1)
        for index in (one, many):
            table = index.table(trees, by=by, measures=MEASURES, top=top, **options)
            check(table, [*held.values()], trees, request, top)


def test_dimensions_are_kept_but_not_without_end(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dimensions, "MAX_KEPT_DIMENSIONS", 2)
    with index_of(tmp_path / "index", article("Rain", "Rain.", outlet="Echo", date="2024-07-25")) as index:
        for name in ("outlet", "day", "week", "outlet", "month", "outlet"):
            assert index.table("rain", by=name).cell(0).articles == 1
        with index._reading() as snapshot:
            assert len(snapshot._reader.kept(dimensions.Dimensions)._kept) <= 2  # type: ignore[attr-defined]


def test_the_files_of_a_snapshot_are_closed_with_it_although_facets_were_counted(tmp_path: Any) -> None:
    """On Windows, a commit cannot remove files that are open."""
    with index_of(tmp_path / "index", article("Rain", "Rain.", outlet="Echo", date="2024-07-25")) as index:
        assert index.search("rain", facets=["outlet", "month"]).facets["outlet"][0].articles == 1
        with index._reading() as snapshot:
            segment = weakref.ref(snapshot.segments[0])  # type: ignore[attr-defined]
        del snapshot
        gc.disable()
        try:
            index.add(article("Sun", "Sun."))
            index.refresh()
            assert index.count("sun") == 1
            assert segment() is None
        finally:
            gc.enable()
