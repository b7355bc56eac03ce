"""A long run of indexing uses several processes, with the same index as by one."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import newssearch
from newssearch import Article
from newssearch.engines.embedded import EmbeddedStore, new_segments
from newssearch.engines.embedded.indexing import merger
from newssearch.engines.embedded.indexing.segment_builder import SegmentBuilder
from newssearch.engines.embedded.new_segments import BuildTask
from newssearch.engines.embedded.writer import EmbeddedWriter
from newssearch.system.workers import PROCESSES_VARIABLE, ProcessPool, ThreadWorker, WorkerError, worker_count

WORDS = "rain Rain reign coalition Iraq’s well-known U.S. 1,000 said, “Yes. Austin São 日本 مرحبا oil—rich (Mr. the of".split()

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


ADDED = dt.datetime(2024, 7, 25, tzinfo=dt.timezone.utc)


def news(number: int, seed: int = 0) -> list[Article]:
    """Return the given number of articles, of several paragraphs, in three languages."""
    pick = random.Random(seed)
    return [
        Article.create(
            title=" ".join(pick.choices(WORDS, k=4)),
            text=[" ".join(pick.choices(WORDS, k=pick.randint(1, 60))) for _ in range(pick.randint(0, 5))],
            outlet=pick.choice(["BBC", "The Guardian"]),
            lang=pick.choice(["en", "pt", None]),
            date="2024-07-25",
            url=f"https://example.org/{seed}/{n}",
        )
        for n in range(number)
    ]


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Use two processes with small batches even for a short run."""
    monkeypatch.setattr(new_segments, "MIN_TEXT_FOR_PROCESSES", 1)
    monkeypatch.setattr(new_segments, "BATCH_TEXT_BYTES", 2_000)
    monkeypatch.setattr(merger, "MIN_WORDS_TO_SHARE", 1)
    monkeypatch.setenv(PROCESSES_VARIABLE, "2")
    return monkeypatch


def written(folder: Path) -> list[bytes]:
    """Return the segments of an index, in order."""
    toc = EmbeddedStore(folder).toc()
    return [(folder / segment.file_name).read_bytes() for segment in toc.segments]


def open_writer(folder: Path, articles: list[Article] = []) -> EmbeddedWriter:  # noqa: B006  (never changed)
    """Return the writer of a new index, which has committed some articles."""
    made = EmbeddedStore(folder).create(1.0)
    for one in articles:
        made.add(one, "state")
    made.commit()
    return made


def fill(one: EmbeddedWriter, articles: list[Article]) -> None:
    """Add articles that all came into the index at one time."""
    for article in articles:
        one.add(dataclasses.replace(article, added=ADDED), "state")


@pytest.mark.parametrize(("several", "last"), [("2", True), ("3", False)])
def test_an_index_is_the_same_however_many_processes_made_it(
    tmp_path: Path, eager: pytest.MonkeyPatch, several: str, last: bool
) -> None:
    found = []
    for number in ("1", several):
        eager.setenv(PROCESSES_VARIABLE, number)
        one = open_writer(tmp_path / number)
        fill(one, news(60))
        one.commit(last=last)
        one.remove([article.id for article in news(60)[::3]])
        fill(one, news(40, seed=1))
        one.commit()
        one.close()
        found.append(written(tmp_path / number))
    assert found[0] == found[1]
    with newssearch.open(tmp_path / several) as index:
        assert index.info().contents.articles == 80


def test_processes_are_used_once_there_is_enough_to_do(tmp_path: Path, eager: pytest.MonkeyPatch) -> None:
    one = open_writer(tmp_path / "index")
    fill(one, news(60))
    assert isinstance(one._new.workers, ProcessPool)
    one.commit()
    assert 1 <= len(one._new.workers.ids) <= 2
    one.close()


def test_a_short_run_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROCESSES_VARIABLE, "4")
    one = open_writer(tmp_path / "index", news(60))
    assert isinstance(one._new.workers, ThreadWorker)
    one.close()


def test_no_more_is_held_than_a_batch_for_each_process(tmp_path: Path, eager: pytest.MonkeyPatch) -> None:
    one = open_writer(tmp_path / "index")
    for article in news(80):
        one.add(article, "state")
        assert one._new._builder.size < new_segments.BATCH_TEXT_BYTES
        assert len(one._new._building) <= 2
    one.close()


@posix_only
def test_a_process_that_is_killed_fails_the_commit_and_nothing_else(
    tmp_path: Path, eager: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    one = open_writer(folder, news(30))
    before, files = written(folder), sorted(path.name for path in folder.glob("*.nws"))
    assert isinstance(one._new.workers, ProcessPool)
    for process in one._new.workers.ids:
        os.kill(process, signal.SIGKILL)
    with pytest.raises(WorkerError, match="ended with exit code -9"):
        fill(one, news(200, seed=1))
    with pytest.raises(WorkerError):  # what is lost is lost for each commit
        one.commit()
    one.close()
    assert written(folder) == before
    assert sorted(path.name for path in folder.glob("*.nws")) == files
    with newssearch.open(folder) as index:
        assert index.add(news(30, seed=1)).added == 30
        assert index.info().contents.articles == 60


@posix_only
def test_no_process_is_left_and_none_is_in_the_way_of_an_interrupt(
    tmp_path: Path, eager: pytest.MonkeyPatch
) -> None:
    one = open_writer(tmp_path / "index", news(30))
    assert isinstance(one._new.workers, ProcessPool)
    ids = one._new.workers.ids
    assert ids
    assert all(os.getpgid(process) != os.getpgid(0) for process in ids)
    one.close()
    for process in ids:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_what_a_task_raises_is_raised_here_and_the_process_goes_on(tmp_path: Path) -> None:
    workers = ProcessPool(1)
    builder = SegmentBuilder()
    builder.add(dataclasses.replace(news(1)[0], added=ADDED), "state", "english")
    try:
        with pytest.raises(FileNotFoundError) as raised:
            workers.submit(BuildTask(builder, tmp_path / "nowhere" / "x")).result()
        traceback = str(raised.value.__cause__)  # of that process
        assert ", in new_file\n" in traceback
        workers.submit(BuildTask(builder, tmp_path / "x")).result()
        assert (tmp_path / "x").exists()
        assert len(workers.ids) == 1
    finally:
        workers.shutdown()


@pytest.mark.parametrize("executable", ["", "/nowhere/python3", sys.executable.replace("python", "program")])
def test_where_no_python_can_be_started_all_is_done_here(
    tmp_path: Path, eager: pytest.MonkeyPatch, executable: str
) -> None:
    eager.setattr(sys, "executable", executable)
    one = open_writer(tmp_path / "index", news(30))
    assert isinstance(one._new.workers, ProcessPool)
    assert one._new.workers.ids == []
    one.close()
    with newssearch.open(tmp_path / "index") as index:
        assert index.info().contents.articles == 30


PROGRAM = """
import sys, newssearch
from newssearch.engines.embedded import new_segments
new_segments.MIN_TEXT_FOR_PROCESSES, new_segments.BATCH_TEXT_BYTES = 1, 50
with newssearch.create(sys.argv[-1]) as index:
    articles = [newssearch.Article.create(text=["It rained. " * 9], url=str(n)) for n in range(9)]
    print(index.add(articles).added)
"""


@pytest.mark.parametrize("how", ["-c", "-"])
def test_a_program_needs_no_main_module_that_can_be_imported(tmp_path: Path, how: str) -> None:
    command = [sys.executable, *((how, PROGRAM) if how == "-c" else (how,)), str(tmp_path / "index")]
    done = subprocess.run(
        command,
        input=PROGRAM,
        capture_output=True,
        text=True,
        env={**os.environ, PROCESSES_VARIABLE: "2"},
        check=False,
    )
    assert (done.stdout, done.stderr) == ("9\n", "")


def test_as_many_processes_as_there_are_processors_unless_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for said, number in (("1", 1), ("3", 3), ("1000", 8)):
        monkeypatch.setenv(PROCESSES_VARIABLE, said)
        assert worker_count() == number
    for said in ("", "0", "many"):
        monkeypatch.setenv(PROCESSES_VARIABLE, said)
        assert 1 <= worker_count() <= 8
