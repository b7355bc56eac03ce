"""``newssearch index --watch``: what appears or changes is indexed, by a real process that watches real files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch.cli.watching import _changes
from support import Command, article, command, index_of

pytest.importorskip("watchfiles")
newssearch_command = pytest.fixture(command, name="run")

LONGEST_SECONDS = 120
"""The time in seconds after which a process that watches is killed."""


@pytest.fixture(autouse=True)
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    (tmp_path / "in").mkdir()
    write("in/rain.txt", "Rain")
    return tmp_path


def write(name: str, title: str) -> None:
    Path(name).write_text(f"{title}\n\n2024-07-25\n\n{title} came to Basra and stayed for a week.\n", "utf-8")


class Watching:
    """A process that watches."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "newssearch", "index", "--watch", "--json", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.limit = threading.Timer(LONGEST_SECONDS, self.process.kill)  # a test that waits for ever fails
        self.limit.start()

    def report(self) -> dict[str, Any]:
        """Return the next report, which is waited for."""
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def end(self, signum: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Press Ctrl-C, or send another signal. Return the exit code and standard error."""
        self.process.send_signal(signum)
        _, err = self.process.communicate()
        return self.process.returncode, err


@contextmanager
def watching(*arguments: str) -> Iterator[Watching]:
    watcher = Watching(*arguments)
    try:
        yield watcher
    finally:
        watcher.limit.cancel()
        watcher.process.kill()
        watcher.process.communicate()


def titles() -> set[str | None]:
    with newssearch.open("index") as index:
        return {one.title for one in index}


def test_files_that_appear_and_change_are_indexed() -> None:
    with watching("in") as watcher:
        assert watcher.report()["added"] == 1
        write("in/snow.txt", "Snow")
        assert watcher.report()["added"] == 1
        write("in/new.tmp.txt", "Sleet")
        Path("in/new.tmp.txt").replace("in/rain.txt")  # as programs save files
        report = watcher.report()
        while report["added"] + report["updated"] == 0 or titles() != {"Sleet", "Snow"}:
            report = watcher.report()  # the other name was seen first
        Path("in/deep").mkdir()
        write("in/deep/hail.txt", "Hail")
        assert watcher.report()["added"] == 1
        assert titles() == {"Sleet", "Snow", "Hail"}
        code, err = watcher.end()
    assert code == 0
    assert "note: watching in; Ctrl-C ends it" in err


def test_a_watched_file_may_be_replaced_and_grow() -> None:
    with watching("in/rain.txt") as watcher:
        watcher.report()
        write("in/other.txt", "Snow")  # is not watched
        write("in/next", "Hail")
        Path("in/next").replace("in/rain.txt")
        assert watcher.report()["updated"] == 1
        assert titles() == {"Hail"}
        assert watcher.end(signal.SIGTERM)[0] == 0


def test_a_file_that_is_renamed_is_told() -> None:
    with watching("in") as watcher:
        watcher.report()
        Path("in/rain.txt").rename("in/storm.txt")
        report = watcher.report()
        assert (report["moved"], report["added"], report["removed"]) == (1, 0, 0)


def test_with_prune_articles_of_removed_files_go() -> None:
    for name in ("snow", "hail"):
        write(f"in/{name}.txt", name.title())
    with watching("in", "--prune") as watcher:
        assert watcher.report()["added"] == 3
        Path("in/rain.txt").unlink()
        assert watcher.report()["removed"] == 1
        assert titles() == {"Snow", "Hail"}


def test_a_file_that_is_no_article_is_rejected_and_the_next_one_read() -> None:
    with watching("in") as watcher:
        watcher.report()
        Path("in/x.pdf").write_bytes(b"%PDF-1.7 broken")
        assert len(watcher.report()["rejected"]) == 1
        write("in/snow.txt", "Snow")
        assert watcher.report()["added"] == 1
        assert titles() == {"Rain", "Snow"}


@pytest.mark.skipif(sys.platform != "linux", reason="names are text here")
def test_names_that_are_not_utf8_do_not_end_the_watch(run: Command) -> None:
    with watching("in") as watcher:
        watcher.report()
        for name, title in ((b"in/caf\xe9.txt", "Sleet"), (b"in/na\xefve.txt", "Hail")):
            write(os.fsdecode(name), title)
            write(f"in/{title}.txt", f"{title} again")
        while titles() != {"Rain", "Sleet", "Sleet again", "Hail", "Hail again"}:
            watcher.report()
        write("in/snow.txt", "Snow")
        while "Snow" not in titles():
            watcher.report()
        code, err = watcher.end()
    assert (code, "Traceback" in err) == (0, False)
    Path(os.fsdecode(b"caf\xe9")).mkdir()
    done = run("index", "--watch", os.fsdecode(b"caf\xe9"))
    assert done.code == 1
    assert "cannot be watched: a name that is not UTF-8" in done.err


def test_a_folder_in_whose_place_another_one_comes_is_still_watched() -> None:
    with watching("in", "--prune") as watcher:
        watcher.report()
        Path("next").mkdir()
        write("next/snow.txt", "Snow")
        Path("in").rename("old")
        Path("next").rename("in")
        while titles() != {"Snow"}:
            watcher.report()
        write("in/hail.txt", "Hail")
        assert watcher.report()["added"] == 1
        assert titles() == {"Snow", "Hail"}
        assert watcher.end()[0] == 0


def test_a_folder_that_goes_is_waited_for() -> None:
    with watching("in") as watcher:
        watcher.report()
        shutil.rmtree("in")
        assert watcher.report()["rejected"], "the path is missing"
        assert titles() == {"Rain"}
        Path("in").mkdir()
        write("in/snow.txt", "Snow")
        while titles() != {"Rain", "Snow"}:
            watcher.report()
        assert watcher.end()[0] == 0


def test_a_folder_that_goes_between_two_looks_is_reported() -> None:
    changes = _changes(["in"], Path("index"))
    assert isinstance(changes, Generator)
    with closing(changes):
        while next(changes):
            pass
        shutil.rmtree("in")
        assert next(changes)
        assert not next(changes)


def test_an_index_that_has_gone_is_not_made_again() -> None:
    with watching("in") as watcher:
        watcher.report()
        shutil.rmtree("index")
        write("in/snow.txt", "Snow")
        out, err = watcher.process.communicate()
        assert (watcher.process.returncode, out) == (3, "")
        assert "the index in index has gone while files were watched" in err
        assert not Path("index").exists()


def test_another_writer_is_waited_for() -> None:
    with watching("in", "--wait", "0") as watcher:
        watcher.report()
        with newssearch.open("index") as index, closing(index._store.writer(0)):
            write("in/snow.txt", "Snow")
            assert watcher.process.stderr is not None
            line = watcher.process.stderr.readline()
            while "trying again" not in line:
                line = watcher.process.stderr.readline()
        assert watcher.report()["added"] == 1


def test_changes_of_the_index_itself_are_none() -> None:
    index_of("index", article("Rain", "Rain.")).close()
    changes = _changes(["."], Path("index"))
    assert next(changes) is False
    Path("index/x").write_text("x")
    assert next(changes) is False
    write("in/snow.txt", "Snow")
    assert any(next(changes) for _ in range(30))
    changes.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("arguments", "why"), [(["--rebuild", "in"], "--watch contradicts --rebuild"), (["-"], "--watch contradicts standard input")])  # fmt: skip
def test_what_ends_by_itself_is_not_watched(run: Command, arguments: list[str], why: str) -> None:
    done = run("index", "--watch", *arguments)
    assert done.code == 2
    assert why in done.err


def test_a_missing_package_is_named(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    done = run("index", "--watch", "in")
    assert done.code == 1
    assert "pip install 'newssearch[watch]'" in done.err
