"""Work in slices of articles, of words and of leaves: its results are those of the whole, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from drawn import STEPS, TREES, UNITS
from newssearch import Article, Index
from newssearch.engines.embedded.indexing import merge_policy
from newssearch.engines.embedded.search import doc_sets, segment_matcher, term_expansion, term_spans, top_k
from newssearch.engines.embedded.search.segment_matcher import SegmentMatcher
from newssearch.engines.embedded.search.term_expansion import TermExpansion
from newssearch.engines.embedded.segment import field, term_union
from newssearch.engines.embedded.segment.field import TEXT_FIELDS
from newssearch.engines.embedded.snapshot import EmbeddedSnapshot
from newssearch.query import Node, Wildcard, parse
from newssearch.query.patterns import pattern_of
from newssearch.stopping import NEVER
from support import THOROUGH, article, index_of, without_boilerplate
from test_exactness import indexes

__all__ = ["without_boilerplate"]  # a fixture of all tests here


@contextmanager
def slices_of(positions: int) -> Iterator[None]:
    """Let slices have about this number of positions, and read many terms and few alike."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment_matcher, "SLICE_POSITIONS", positions)
        patch.setattr(term_union, "WORDS_AT_ONCE", positions)
        patch.setattr(term_union, "MAX_UNREAD", 0)
        patch.setattr(term_spans, "MAX_TERMS_READ_SINGLY", 0)
        patch.setattr(field, "FOLDED_AT_ONCE", positions)
        patch.setattr(field, "COMPARED_AT_ONCE", positions)
        patch.setattr(top_k, "MAX_SCORED_CELLS", positions)
        patch.setattr(doc_sets, "MAX_WIDE_POSTINGS", 0)
        yield


def asked(index: Index, tree: Node) -> dict[str, Any]:
    """Return the whole answer to a query, but for the time that it took."""
    found: dict[str, Any] = {
        "all": index.search(tree, limit=None, all_paragraphs=True, explain=True, snippet=0).to_dict(),
        "best": index.search(tree, limit=3, facets=("outlet", "byline", "month")).to_dict(),
    }
    for one in found.values():
        one.pop("took", None)
        if one.get("corrected"):
            one["corrected"].pop("took", None)
    return found


@given(steps=STEPS, trees=st.lists(TREES, min_size=1, max_size=8), size=st.integers(1, 4))
@settings(max_examples=4 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_search_in_slices_finds_what_one_of_the_whole_does(
    steps: list[list[Article] | int], trees: list[Node], size: int
) -> None:
    with indexes(steps) as (_, one, many):
        for tree in trees:
            for index in (one, many):
                whole = asked(index, tree)
                with slices_of(size):
                    assert asked(index, tree) == whole


def matchers(index: Index) -> list[SegmentMatcher]:
    """Return a matcher for each segment of an index."""
    with index._reading() as snapshot:
        assert isinstance(snapshot, EmbeddedSnapshot)
    expansion = TermExpansion(snapshot._reader, [], NEVER)
    return [SegmentMatcher(segment, expansion, NEVER) for segment in snapshot.segments]


@given(steps=STEPS, tree=UNITS, size=st.integers(1, 6))
@settings(max_examples=12 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_spans_of_all_slices_are_those_of_the_whole(
    steps: list[list[Article] | int], tree: Node, size: int
) -> None:
    with indexes(steps) as (_, index, _):
        for matcher, other in zip(matchers(index), matchers(index), strict=True):
            for name in TEXT_FIELDS:
                whole = matcher.spans(tree, name, None)
                with slices_of(size):
                    parts = list(other.sliced_spans(tree, name, None))
                event(f"{min(len(parts), 3)} slices")
                assert np.concatenate([part.starts for part in parts]).tolist() == whole.starts.tolist()
                assert np.concatenate([part.ends for part in parts]).tolist() == whole.ends.tolist()


def test_a_slice_has_about_as_many_positions_as_asked_for(tmp_path: Path) -> None:
    articles = [article(f"t{n}", "rain rails rain " * 5, url=f"u{n}") for n in range(40)]
    with index_of(tmp_path / "i", *articles) as index, slices_of(100):
        (matcher,) = matchers(index)
        slices = matcher.sliced_spans(parse("ra* w/3 rain").tree, "text", None)
        sizes = [len(spans.starts) for spans in slices]
    assert sum(sizes) == 600
    assert len(sizes) == 10  # 400 positions of rain and 600 of both words
    assert max(sizes) <= 75


def test_a_word_of_the_dictionary_is_compared_with_a_pattern_once_for_all_segments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge_policy, "MERGE_RATIO", 0)
    pattern, compared = pattern_of(Wildcard("*ain")), list[str]()

    def matches(word: str) -> bool:
        compared.append(word)
        return pattern.matches(word)

    monkeypatch.setattr(term_expansion, "pattern_of", lambda node: pattern._replace(matches=matches))
    with index_of(tmp_path / "i", article(None, "Rain on the plain.")) as index:
        index.add([article(None, "Rain in Spain, the Netherlands and no more.")])
        assert len(matchers(index)) == 2
        assert index.count("*ain") == 2
    assert sorted(compared) == sorted(set(compared))
