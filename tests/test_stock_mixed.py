"""Stock Whoosh beside newssearch: its readers stay open while newssearch writes, and what its writers commit is refused."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from whoosh import index as whoosh_index
from whoosh.qparser import QueryParser
from whoosh.query import Every, Term

import newssearch
from newssearch import Article, IndexDamagedError
from support import Command, article, command, found, index_of
from test_stock import add_stock, hits, ids, later, opened, stories


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of an index, except lock files."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.suffix and path.name != "writer.json"
    }


# ---- what stock Whoosh writes is refused


def adds_a_document(stock: Any) -> None:
    add_stock(stock, *later(), merge=False)


def adds_and_merges(stock: Any) -> None:
    for one in later():
        add_stock(stock, one, optimize=True)


def adds_to_an_article(stock: Any) -> None:
    writer = stock.writer()
    writer.add_document(id=stories()[0].id, paragraph=9, title="Storm", text="Wind.")
    writer.commit(merge=False)


def updates_a_document(stock: Any) -> None:
    writer = stock.writer()
    writer.update_document(id=stories()[0].id, paragraph=1, text="Rain", title="Storm")
    writer.commit(merge=False)


def deletes_an_article(stock: Any) -> None:
    stock.delete_by_term("id", stories()[0].id)


def deletes_a_paragraph_by_its_number(stock: Any) -> None:
    writer = stock.writer()
    writer.delete_document(1)
    writer.commit(merge=False)


def merges_all(stock: Any) -> None:
    stock.optimize()


def commits_nothing(stock: Any) -> None:
    stock.writer().commit(merge=False)


CHANGES = [
    adds_a_document,
    adds_and_merges,
    adds_to_an_article,
    updates_a_document,
    deletes_an_article,
    deletes_a_paragraph_by_its_number,
    merges_all,
    commits_nothing,
]
MERGED = {adds_and_merges, merges_all}
"""The operations of Whoosh after which no segment of newssearch is left."""

WRITTEN = "Whoosh wrote it, so that what Whoosh added cannot be read"

by_whoosh = pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)


def changed(folder: Path, change: Callable[[Any], None]) -> Path:
    """Return an index of several commits by newssearch and one by stock Whoosh."""
    with index_of(folder, *stories()[:5]) as index:
        index.add(stories()[5:])
    stock = opened(folder)
    change(stock)
    stock.close()
    return folder


@by_whoosh
def test_an_index_that_whoosh_has_changed_is_refused(tmp_path: Path, change: Callable[[Any], None]) -> None:
    folder = changed(tmp_path / "i", change)
    before = contents(folder)
    for opening in (newssearch.open, newssearch.open_or_create):
        with pytest.raises(IndexDamagedError, match="Whoosh has changed the index") as caught:
            opening(folder)
        assert caught.value.exit_code == 3
        assert "`newssearch index --rebuild`" in str(caught.value)
        assert "`newssearch salvage`" in str(caught.value)
    found = newssearch.verify(folder, clean=True)
    assert [problem.what for problem in found.problems] == [WRITTEN]
    assert (found.removed, found.leftovers) == ((), ())
    assert contents(folder) == before


@by_whoosh
def test_articles_that_newssearch_wrote_are_saved(tmp_path: Path, change: Callable[[Any], None]) -> None:
    folder = changed(tmp_path / "i", change)
    before = contents(folder)
    saved = newssearch.salvage(folder, tmp_path / "new")
    (problem,) = saved.problems
    assert problem.what == f"{WRITTEN}; articles that were removed or replaced may be back"
    expected = {} if change in MERGED else {one.id: one for one in stories()}
    assert (saved.saved, saved.lost) == (len(expected), 0)
    with newssearch.open(tmp_path / "new") as index:
        assert {one.id: one for one in index} == expected
    assert newssearch.verify(tmp_path / "new").sound
    assert contents(folder) == before


@by_whoosh
def test_a_rebuild_makes_a_sound_index_and_removes_the_files_of_whoosh(
    tmp_path: Path, change: Callable[[Any], None]
) -> None:
    file = tmp_path / "rain.txt"
    file.write_text("Rain\n\nIt rained over the valley.\n", "utf-8")
    folder = changed(tmp_path / "i", change)
    newssearch.rebuild(folder, [file])
    with newssearch.open(folder) as index:
        assert found(index, "valley") == ["Rain"]
    verified = newssearch.verify(folder)
    assert verified.sound
    assert verified.leftovers == ()
    assert {path.suffix for path in folder.glob("MAIN_*.*")} == {".nws"}


@by_whoosh
def test_an_index_that_is_open_keeps_its_commit_and_writes_nothing(
    tmp_path: Path, change: Callable[[Any], None]
) -> None:
    with index_of(tmp_path, *stories()) as index:
        before = index.search("storm", limit=None)
        stock = opened(tmp_path)
        change(stock)
        stock.close()
        left = contents(tmp_path)
        assert index.search("storm", limit=None) == before
        for step in (index.refresh, lambda: index.add(later()), lambda: index.remove([stories()[0].id])):
            with pytest.raises(IndexDamagedError, match="Whoosh has changed the index"):
                step()
        assert index.search("storm", limit=None) == before
        assert contents(tmp_path) == left


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return the command line."""
    return command(capsys, monkeypatch)


def test_the_command_line_says_what_to_do(tmp_path: Path, cli: Command) -> None:
    folder = changed(tmp_path / "i", adds_a_document)
    file = tmp_path / "rain.txt"
    file.write_text("Rain\n\nIt rained over the valley.\n", "utf-8")
    for arguments in (("query", "rain"), ("info",), ("index", str(file))):
        done = cli(*arguments, "--index", str(folder))
        assert (done.code, done.out) == (3, "")
        assert "Whoosh has changed the index" in done.err
        assert "--rebuild" in done.err
    assert "Whoosh wrote it" in cli("verify", "--index", str(folder)).out
    assert cli("index", "--rebuild", str(file), "--index", str(folder)).code == 0
    assert cli("query", "valley", "--count", "--index", str(folder)).out == "1 article, 1 paragraph\n"


def test_a_stock_writer_that_is_cancelled_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    with index_of(tmp_path, *stories()) as index:
        before = index.search("storm OR bank", limit=None)
    writer = opened(tmp_path).writer()
    writer.add_document(id="new", text="rain")
    writer.delete_by_term("id", stories()[0].id)
    writer.cancel()
    with newssearch.open(tmp_path) as index:
        assert index.search("storm OR bank", limit=None) == before


def by_id(searcher: Any, query: Any) -> set[tuple[str, int]]:
    """Return the documents that a stock search finds, by id."""
    return set(ids(searcher.search(query, limit=None)))


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
