"""Documents are parsed by several processes, with the same results as by one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import newssearch
from newssearch import Article, ReadOptions, Rejected
from newssearch.readers import Document, Origin, ReadOutcome, UnreadableError, parallel
from newssearch.readers.parallel import Parsers
from newssearch.system.workers import PROCESSES_VARIABLE
from support import articles_in

HERE = os.getpid()


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Two worker processes from the first document on, with small batches."""
    monkeypatch.setenv(PROCESSES_VARIABLE, "2")
    monkeypatch.setattr(parallel, "SECONDS_BEFORE_WORKERS", -1.0)
    monkeypatch.setattr(parallel, "MAX_BATCH_ITEMS", 3)
    return monkeypatch


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield an article for each word; some words cannot be read, and some end the process that reads them."""
    for word in data.decode().split():
        if word == "broken":
            raise UnreadableError("it is broken")
        if word == "bug":
            raise ZeroDivisionError("a bug")
        if word == "deadly":
            os._exit(9)
        yield Article.create(title=word, path=origin.path, byline=str(os.getpid()))


def document(number: int, words: str) -> Document:
    return Document(parse, words.encode(), Origin(f"{number}.txt", ReadOptions()))


def outcome(items: list[object]) -> list[str]:
    """Return the results in order."""
    with Parsers() as parsers:
        found = parsers.in_order(items)
        return [item.title or "" if isinstance(item, Article) else str(item) for item in found]


def test_the_results_are_the_same_and_in_the_same_order(eager: pytest.MonkeyPatch) -> None:
    items: list[object] = []
    for number in range(40):
        items += [f"begin {number}", document(number, f"a{number} b{number}"), f"end {number}"]
        items += ["between"] * (number % 5)
    items[7:7] = [document(98, "before broken never"), document(99, "before bug never")]
    several = outcome(items)
    eager.setenv(PROCESSES_VARIABLE, "1")
    assert several == outcome(items)
    assert several[:3] == ["begin 0", "a0", "b0"]
    assert "98.txt: it is broken" in several
    assert "99.txt: cannot be read: a bug" in several
    assert several.count("before") == 2
    assert "never" not in several


def test_other_processes_do_the_work(eager: pytest.MonkeyPatch) -> None:
    with Parsers() as parsers:
        found = articles_in(parsers.in_order([document(n, f"a{n}") for n in range(30)]))
    assert {article.byline for article in found[1:]}.isdisjoint({str(HERE)})


def test_a_little_is_parsed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROCESSES_VARIABLE, "2")
    with Parsers() as parsers:
        found = articles_in(parsers.in_order([document(n, f"a{n}") for n in range(30)]))
    assert {article.byline for article in found} == {str(HERE)}


def test_a_document_that_ends_its_process_is_rejected_and_the_others_are_read(
    eager: pytest.MonkeyPatch,
) -> None:
    items: list[object] = [document(n, "deadly" if n in (5, 6) else f"a{n}") for n in range(12)]
    reason = "the process that read it crashed or ran out of memory"
    assert outcome(items) == [f"{n}.txt: {reason}" if n in (5, 6) else f"a{n}" for n in range(12)]


def test_the_bytes_under_way_are_bounded(eager: pytest.MonkeyPatch) -> None:
    eager.setattr(parallel, "MAX_BYTES_UNDER_WAY", 1_000)
    asked = taken = most = 0

    def items() -> Iterator[Document]:
        nonlocal asked, most
        for number in range(200):
            asked += 1
            most = max(most, asked - taken)
            yield document(number, "x" * 100)

    with Parsers() as parsers:
        for _ in parsers.in_order(items()):
            taken += 1
    assert taken == 200
    assert most <= 10 + 3 + 1


def test_an_index_is_the_same_however_many_processes_read(tmp_path: Path, eager: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    for number in range(60):
        text = f"Rain in {number}\n\nIt rained for {number} days.\n" if number % 7 else "\0\1"
        (archive / f"{number:02}.txt").write_text(text, "utf-8")
    seen = []
    for processes in ("1", "3"):
        eager.setenv(PROCESSES_VARIABLE, processes)
        with newssearch.create(tmp_path / processes) as index:
            report = index.update([archive])
            hits = index.search("rain OR rained", limit=None, all_paragraphs=True)
            seen.append(
                (
                    [(hit.id, hit.paragraph, hit.text, hit.score) for hit in hits],
                    report.added,
                    [str(rejected) for rejected in report.rejected],
                )
            )
            again = index.update([archive])
            assert (again.unchanged, again.files_read, again.rejected_before) == (51, 0, report.rejections)
    assert seen[0] == seen[1]
    assert seen[0][1] == 51
    assert all(isinstance(rejected, Rejected) for rejected in report.rejected)


def test_a_run_that_is_stopped_stops(tmp_path: Path, eager: pytest.MonkeyPatch) -> None:
    for number in range(60):
        (tmp_path / f"{number:02}.txt").write_text(f"Rain\n\nIt rained for {number} days.\n", "utf-8")
    articles = 0

    def stop() -> bool:
        nonlocal articles
        articles += 1
        return articles == 10

    with newssearch.create(tmp_path / "index") as index:
        report = index.update([tmp_path / f"{n:02}.txt" for n in range(60)], stop=stop)
        assert (report.interrupted, report.added) == (True, 10)
        assert index.update([tmp_path / f"{n:02}.txt" for n in range(60)]).added == 50
