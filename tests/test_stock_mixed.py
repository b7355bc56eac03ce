"""Segments that Whoosh writes beside ours, and merges of both: each side reads what the other has written."""

from __future__ import annotations

import datetime as dt
import gc
from pathlib import Path
from typing import Any

import pytest
from whoosh import index as whoosh_index
from whoosh import writing
from whoosh.qparser import QueryParser
from whoosh.query import And, Every, Or, Phrase, Term

import newssearch
from newssearch import Article
from newssearch.engines.embedded.whoosh_compat.codec import ArraySegment
from support import article, found, index_of
from test_stock import QUERIES, Pair, add_stock, hits, ids, indexed, kinds, later, opened, stories


def known(folder: Path, query: str = "") -> Any:
    """What newssearch finds in a folder, and how it ranks and counts that."""
    with newssearch.open(folder) as index:
        shown = index.search(
            query, limit=None, facets=["outlet", "year", "byline"], all_paragraphs=True
        ).to_dict()
        return shown, index.info().contents.articles


def searched(folder: Path) -> list[Any]:
    """What newssearch finds with several queries."""
    queries = [
        "",
        "rain",
        "storm OR bank",
        '"interest rates"',
        "title:storm",
        "byline:silva -rain",
        "b*",
        "outlet:example.org",
    ]
    return [known(folder, query) for query in queries]


def by_id(searcher: Any, query: Any) -> set[tuple[str, int]]:
    """The documents that a stock search finds."""
    return set(ids(searcher.search(query, limit=None)))


# ---- beside each other


@pytest.fixture
def mixed(tmp_path: Path) -> Any:
    """An index of a segment of ours and one of Whoosh's, and its twin of two of Whoosh's."""
    first, second = stories(), later()
    pair = indexed(tmp_path, [first])
    for index in pair:
        add_stock(index, *second, merge=False)
    assert [kind is ArraySegment for kind in kinds(pair.ours)] == [True, False]
    yield pair
    pair.close()


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_finds_the_same_beside_a_segment_of_whoosh(mixed: Pair, name: str) -> None:
    mixed.agree(lambda s: hits(s.search(QUERIES[name], limit=None)))
    mixed.agree(lambda s: hits(s.search(QUERIES[name], limit=3)))


def test_orders_groups_and_terms_are_the_same_beside_a_segment_of_whoosh(mixed: Pair) -> None:
    for field in ("outlet", "date", "byline", "paragraph"):
        assert mixed.agree(lambda s, name=field: ids(s.search(Every(), sortedby=name, limit=None)))
        assert mixed.agree(lambda s, name=field: s.search(Every(), groupedby=name, limit=None).groups())
    assert mixed.agree(lambda s: list(s.reader().all_terms()))
    assert mixed.agree(lambda s: s.reader().corrector("text").suggest("bostan", maxdist=2))


def test_newssearch_finds_what_stands_in_both_kinds_of_segments(tmp_path: Path) -> None:
    index_of(tmp_path / "pure", *stories(), *later()).close()
    index_of(tmp_path / "mixed", *stories()).close()
    add_stock(opened(tmp_path / "mixed"), *later(), merge=False)
    assert searched(tmp_path / "mixed") == searched(tmp_path / "pure")


def test_what_a_stock_writer_deletes_is_gone_for_both(tmp_path: Path) -> None:
    pair = indexed(tmp_path, [stories(), later()])
    for index in pair:
        index.delete_by_term("id", stories()[0].id)
        index.delete_by_query(And([Term("outlet", "the guardian"), Term("source", "ap")]))
    gone = {stories()[0].id, stories()[6].id}
    assert pair.agree(lambda s: hits(s.search(Every(), limit=None)))
    assert pair.agree(lambda s: hits(s.search(Or([Term("text", "rain"), Term("text", "envoy")]), limit=None)))
    with newssearch.open(tmp_path / "ours") as index:
        left = {hit.id for hit in index.search("", limit=None, group=False)}
    assert left == {one.id for one in [*stories(), *later()]} - gone
    pair.close()


def test_of_an_article_of_which_whoosh_deletes_a_paragraph_the_others_are_left(tmp_path: Path) -> None:
    story = article("Storm", "Rain.", "Sun.", "Wind.", url="u")
    index_of(tmp_path, story).close()
    opened(tmp_path).delete_by_query(Term("text", "sun"))
    with newssearch.open(tmp_path) as index:
        assert found(index, "rain") == ["Storm"]
        assert found(index, "sun") == []


def test_an_update_by_a_stock_writer_adds_a_document_for_no_field_is_unique(tmp_path: Path) -> None:
    pair = indexed(tmp_path, [stories()])
    for index in pair:
        writer = index.writer()
        writer.update_document(id="new", paragraph=1, text=["rain"], _stored_text="Rain")
        writer.commit(merge=False)
    assert ("new", 1) in pair.agree(lambda s: ids(s.search(Term("text", "rain"), limit=None)))
    with newssearch.open(tmp_path / "ours") as index:
        assert "new" in {hit.id for hit in index.search("rain", limit=None)}
    pair.close()


def test_a_stock_writer_that_is_cancelled_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    index_of(tmp_path, *stories()).close()
    before = searched(tmp_path)
    writer = opened(tmp_path).writer()
    writer.add_document(id="new", text="rain")
    writer.delete_by_term("id", stories()[0].id)
    writer.cancel()
    assert searched(tmp_path) == before


# ---- merges


@pytest.mark.parametrize("removed", [[], [1, 5]], ids=["all", "removed articles"])
def test_whoosh_merges_our_segments_into_one_of_its_own(tmp_path: Path, removed: list[int]) -> None:
    pair = indexed(tmp_path, [stories(), later()], [stories()[number] for number in removed])
    before = searched(tmp_path / "ours")
    for index in pair:
        index.optimize()
    assert [kind is ArraySegment for kind in kinds(pair.ours)] == [False]
    for name, query in QUERIES.items():
        assert pair.agree(lambda s, q=query: hits(s.search(q, limit=None))) or name.startswith("term")
    assert pair.agree(lambda s: list(s.reader().all_terms()))
    assert pair.agree(lambda s: [list(s.reader().column_reader(f)) for f in ("id", "outlet", "byline")])
    assert pair.agree(lambda s: ids(s.search(Every(), sortedby="outlet", limit=None)))
    assert searched(tmp_path / "ours") == before
    pair.close()


def test_whoosh_merges_small_segments_of_ours_with_what_it_adds(tmp_path: Path) -> None:
    many = [
        article(f"Story {n}", *["Rain over Baghdad."] * size, url=f"u{n}", outlet=f"o{n}")
        for n, size in enumerate([64, 30, 14, 6, 2])
    ]
    pair = indexed(tmp_path, [[one] for one in many])
    with newssearch.open(tmp_path / "ours") as index:
        before = set(found(index, "rain", all_paragraphs=True))
    fresh = article("New", "Rain.", url="new", outlet="o9")
    for index in pair:
        writer = index.writer()
        writer.add_document(
            id=fresh.id, paragraph=1, text=["rain"], _stored_text="Rain.", title=["new"], _stored_title="New"
        )
        writer.mergetype = lambda into, segments: (writing.OPTIMIZE(into, segments[2:]), segments[:2])[1]
        writer.commit()
    assert [kind is ArraySegment for kind in kinds(pair.ours)] == [True, True, False]
    assert pair.agree(lambda s: hits(s.search(Or([Term("text", "rain"), Term("title", "new")]), limit=None)))
    with newssearch.open(tmp_path / "ours") as index:
        assert set(found(index, "rain", all_paragraphs=True)) == before | {"New"}
    pair.close()


def test_commits_that_merge_as_whoosh_pleases_lose_nothing(tmp_path: Path) -> None:
    pair = indexed(tmp_path, [stories(), later()])
    added = [article(f"Story {n}", "Rain again.", url=f"s{n}") for n in range(8)]
    for one in added:
        for index in pair:
            add_stock(index, one, merge=True)
    assert len(kinds(pair.ours)) == len(kinds(pair.twin))
    assert (
        len(pair.agree(lambda s: hits(s.search(Phrase("text", ["rain", "again"]), limit=None))))
        == len(added) + 1
    )
    with newssearch.open(tmp_path / "ours") as index:
        assert len(index.search('"rain again"', limit=None)) == len(added) + 1
    pair.close()


def test_newssearch_turns_what_whoosh_merged_into_segments_of_its_own(tmp_path: Path) -> None:
    with index_of(tmp_path / "pure", *stories()) as index:
        index.add(later())
    index_of(tmp_path / "there and back", *stories()).close()
    stock = opened(tmp_path / "there and back")
    stock.optimize()
    stock.close()
    with newssearch.open(tmp_path / "there and back") as index:
        report = index.add([*stories()[:2], *later()])
        assert (report.added, report.unchanged) == (len(later()), 2)
    stock = opened(tmp_path / "there and back")
    assert set(kinds(stock)) == {ArraySegment}
    stock.close()
    assert searched(tmp_path / "there and back") == searched(tmp_path / "pure")


def test_an_article_of_which_whoosh_merged_away_a_paragraph_keeps_the_others(tmp_path: Path) -> None:
    story = article("Storm", "Rain.", "Sun.", "Wind.", url="u", date="2024-07-25", outlet="Zeit")
    for gone, left in (("sun", "Rain. Wind."), ("rain", "Sun. Wind.")):
        index_of(tmp_path / gone, story).close()
        stock = opened(tmp_path / gone)
        stock.delete_by_query(Term("text", gone))
        stock.optimize()
        stock.close()
        with newssearch.open(tmp_path / gone) as index:
            kept = index.article(story.id)
        assert " ".join(paragraph.text for paragraph in kept.paragraphs) == left
        assert [paragraph.number for paragraph in kept.paragraphs] == [1, 2]
        assert (kept.title, kept.outlet, kept.date) == ("Storm", "Zeit", dt.date(2024, 7, 25))


def test_a_paragraph_that_whoosh_adds_to_an_article_joins_it_in_the_merge(tmp_path: Path) -> None:
    story = article("Storm", "Rain.", "Sun.", url="u")
    index_of(tmp_path, story).close()
    stock = opened(tmp_path)
    writer = stock.writer()
    writer.add_document(id=story.id, paragraph=3, title="Storm", text="Wind.")
    writer.commit(optimize=True)
    stock.close()
    with newssearch.open(tmp_path) as index:
        assert [paragraph.text for paragraph in index.article(story.id).paragraphs] == [
            "Rain.",
            "Sun.",
            "Wind.",
        ]
        assert index.search("", limit=None).total_articles == 1


def test_documents_of_whoosh_that_are_no_articles_of_ours_are_found_all_the_same(tmp_path: Path) -> None:
    index_of(tmp_path, article("Storm", "Rain.", url="u")).close()
    stock = opened(tmp_path)
    for _ in range(2):
        writer = stock.writer()
        writer.add_document(text="Rain without an id.", date=dt.datetime(2024, 7, 25), outlet="Zeit")
        writer.add_document(text=["rain", "word", "by", "word"], title=["a", "list"])
        writer.add_document(title="No text at all")
        writer.commit(merge=False)
    stock.close()
    with newssearch.open(tmp_path) as index:
        results = index.search("rain", limit=None)
        assert (
            sorted(hit.text for hit in results)
            == ["Rain without an id."] * 2 + ["Rain."] + ["rain word by word"] * 2
        )
        assert len({hit.id for hit in results}) == 5
        assert {hit.date for hit in index.search("outlet:zeit")} == {dt.date(2024, 7, 25)}
        index.add([article("Sun", "Hot.", url="v")])
        again = index.search("rain", limit=None)
        assert [(hit.id, hit.text) for hit in again] == [(hit.id, hit.text) for hit in results]
        assert index.search("", limit=None).total_articles == 8


# ---- readers that stay open


def test_a_stock_reader_goes_on_while_newssearch_commits(tmp_path: Path) -> None:
    with index_of(tmp_path, *stories()) as index:
        stock = opened(tmp_path)
        query = QueryParser("text", stock.schema).parse('storms OR "interest rates"')
        with stock.searcher() as searcher:
            before = hits(searcher.search(query, limit=None))
            index.remove([one.id for one in stories()[:5]])
            index.add([article(f"Storms {n}", "Storms.", url=f"n{n}") for n in range(3)])
            assert stock.latest_generation() > searcher.reader().generation()
            assert hits(searcher.search(query, limit=None)) == before
            assert next(known["id"] for known in searcher.documents()) == stories()[0].id
            assert list(searcher.reader().lexicon("outlet"))
            assert searcher.search(Every(), sortedby="outlet", limit=None)
        with stock.refresh().searcher() as searcher:
            assert {hit["title"] for hit in searcher.search(Term("text", "storm"), limit=None)} >= {
                "Storms 0",
                "Storms 2",
            }
        stock.close()


def test_a_stock_searcher_that_is_refreshed_sees_the_commit(tmp_path: Path) -> None:
    with index_of(tmp_path, *stories()) as index:
        stock = opened(tmp_path)
        searcher = stock.searcher()
        assert searcher.up_to_date()
        index.add(later())
        assert not searcher.up_to_date()
        searcher = searcher.refresh()
        assert by_id(searcher, Term("text", "voyag")) == {(stories()[7].id, 4), (later()[1].id, 1)}
        searcher.close()
        stock.close()


def test_newssearch_goes_on_while_whoosh_merges(tmp_path: Path) -> None:
    with index_of(tmp_path, *stories()) as index:
        before = index.search("storm", limit=None)
        stock = opened(tmp_path)
        stock.optimize()
        stock.close()
        assert index.search("storm", limit=None) == before
        index.refresh()
        assert index.search("storm", limit=None) == before


def test_stock_readers_leave_no_files_open(tmp_path: Path) -> None:
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not list the files that are open")
    index_of(tmp_path, *stories()).close()
    stock = opened(tmp_path)
    before = len(list(descriptors.iterdir()))
    for _ in range(10):
        with stock.searcher() as searcher:
            assert searcher.document(id=stories()[0].id)
            assert searcher.search(Every(), sortedby="outlet")
        del searcher
    gc.collect()
    assert len(list(descriptors.iterdir())) <= before + 2
    stock.close()


def test_the_class_of_a_segment_is_found_where_the_index_says(tmp_path: Path) -> None:
    index_of(tmp_path, *stories()).close()
    stock = whoosh_index.open_dir(str(tmp_path))
    (segment,) = stock._segments()
    assert f"{type(segment).__module__}.{type(segment).__name__}" == "newssearch.whoosh_codec.ArraySegment"
    assert isinstance(stories()[0], Article)
    stock.close()
