"""Occurrences of a query: their number by article and paragraph, and their places, whatever the segments and slices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import reference
import twin
from drawn import STEPS, TREES
from newssearch import Article, Index, SearchStoppedError
from newssearch.engines.embedded.corpus import occurrences
from newssearch.engines.embedded.corpus.occurrences import SegmentOccurrences, occurrences_by_segment
from newssearch.engines.embedded.search.evaluator import QueryEvaluator
from newssearch.engines.embedded.snapshot import EmbeddedSnapshot
from newssearch.query import And, Node, Or, Phrase, Word, parse
from newssearch.request import ResolvedRequest
from newssearch.stopping import StopCheck
from support import THOROUGH, article, index_of, without_boilerplate
from test_exactness import indexes

__all__ = ["without_boilerplate"]  # a fixture of all tests here

Place = tuple[str, int, int, int]
"""The id of an article, the number of a paragraph, the first word, and the word after the last."""


def by_segment(index: Index, tree: Node, request: ResolvedRequest) -> list[SegmentOccurrences]:
    """Return the occurrences of a query in each segment of an index."""
    with index._reading() as snapshot:
        assert isinstance(snapshot, EmbeddedSnapshot)
    evaluator = QueryEvaluator(snapshot._reader, tree, check=request.check)
    return list(occurrences_by_segment(evaluator, evaluator.found(request), request))


def places(parts: list[SegmentOccurrences]) -> list[Place]:
    """Return the places of all occurrences, as their slices have them."""
    found: list[Place] = []
    for part in parts:
        segment = part.segment
        for documents, starts, ends in part.slices():
            first = segment.fields["text"].starts[documents].astype(np.int64)
            for document, start, end in zip(
                documents.tolist(), (starts - first).tolist(), (ends - first).tolist(), strict=True
            ):
                name = segment.id(segment.article_of(document)).decode()
                found.append((name, segment.number_of(document), start, end))
    return found


def expected(held: dict[str, Article], tree: Node) -> list[Place]:
    """Return the places of all occurrences by the twin."""
    ids = reference.search(held.values(), tree, reference.Request(limit=None)).ids
    return sorted((name, *place) for name in ids for place in twin.occurrences(held[name], tree))


UNTIMED = TREES.filter(lambda tree: "added:" not in str(tree))
"""Queries without a condition on the time at which articles came into an index, which the twin does not know."""


@given(steps=STEPS, trees=st.lists(UNTIMED, min_size=1, max_size=4), size=st.integers(1, 5))
@settings(max_examples=8 * THOROUGH, suppress_health_check=list(HealthCheck))
@example([[article("x", "rain rains"), article("y", "rain")]], [Or((Word("rain"), Word("rains")))], 1)
@example([[article("x", "the rain the")]], [And((Word("the"), Phrase("the rain")))], 1)
def test_occurrences_are_those_of_the_twin(
    steps: list[list[Article] | int], trees: list[Node], size: int
) -> None:
    with indexes(steps) as (held, one, many), pytest.MonkeyPatch.context() as patch:
        for tree in trees:
            wanted = expected(held, tree)
            for index in (one, many):
                for slice_size in (size, occurrences.OCCURRENCES_PER_SLICE):
                    patch.setattr(occurrences, "OCCURRENCES_PER_SLICE", slice_size)
                    parts = by_segment(index, tree, ResolvedRequest())
                    assert sorted(places(parts)) == wanted
                    assert sum(part.total for part in parts) == len(wanted)
                    for part in parts:
                        check_counts(part, wanted)


def check_counts(part: SegmentOccurrences, wanted: list[Place]) -> None:
    """Compare the counts by article and by paragraph, and the spans in some paragraphs, with the places of the twin."""
    segment = part.segment

    def name(number: int) -> str:
        return segment.id(number).decode()

    owners, counts = part.postings
    assert {
        (name(segment.article_of(document)), segment.number_of(document)): count
        for document, count in zip(owners.tolist(), counts.tolist(), strict=True)
    } == {
        place[:2]: sum(other[:2] == place[:2] for other in wanted)
        for place in wanted
        if segment.find(place[0]) >= 0
    }
    for counted, places_of in (
        (part.by_article, [place[0] for place in wanted]),
        (part.paragraphs_by_article, [name for name, _ in {place[:2] for place in wanted}]),
    ):
        assert {
            name(number): count
            for number, count in zip(counted.articles.tolist(), counted.counts.tolist(), strict=True)
        } == {one: places_of.count(one) for one in places_of if segment.find(one) >= 0}
    half = owners[::2].astype(np.int64)
    inside = part.within(half)
    assert np.array_equal(np.unique(inside.documents), half)
    assert len(inside.documents) == int(counts[::2].sum(dtype=np.int64))


def test_paragraphs_that_an_earlier_article_has_are_left_out_if_only_novel_ones_are_asked_for(
    tmp_path: Path,
) -> None:
    told = "The ministry said on Monday that rain had flooded two bridges in the north of the country."
    with index_of(
        tmp_path / "index",
        article("First", told, date="2024-01-01", outlet="Echo", url="u1"),
        article("Second", told, "More rain, and rain again.", date="2024-01-02", outlet="Post", url="u2"),
    ) as index:
        tree = parse("rain").tree
        assert sum(part.total for part in by_segment(index, tree, ResolvedRequest())) == 4
        novel = by_segment(index, tree, ResolvedRequest(novel=True))
        assert [place[1:] for place in sorted(places(novel))] == [(1, 6, 7), (2, 1, 2), (2, 3, 4)]


def test_enumerating_occurrences_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occurrences, "OCCURRENCES_PER_SLICE", 1)
    with index_of(tmp_path / "index", article("Rain", *["rain and storm"] * 9)) as index:
        ends = False
        (part,) = by_segment(
            index, parse("rain OR storm").tree, ResolvedRequest(check=StopCheck(stop=lambda: ends))
        )
        slices = part.slices()
        assert len(next(slices).starts) == 2
        ends = True
        with pytest.raises(SearchStoppedError):
            next(slices)
