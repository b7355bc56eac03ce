"""Damage, errors of the system and bugs are distinguished, so that nobody is asked to rebuild a sound index."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch import IndexDamagedError, IndexNotFoundError
from newssearch.engines.embedded import index_folder, segments_reader
from newssearch.engines.embedded.integrity import invariants
from newssearch.engines.embedded.search import evaluator, top_k
from newssearch.engines.embedded.segment import segment
from newssearch.engines.embedded.storage import toc
from newssearch.engines.embedded.storage.container import Container
from newssearch.highlight import snippets
from support import Command, article, command, index_of

NOBODY = 65_534


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an index of two segments, in the working directory."""
    monkeypatch.chdir(tmp_path)
    index = index_of(
        tmp_path / "index", *(article(f"Rain {n}", "The river rose.", url=f"u{n}") for n in range(9))
    )
    index.add([article("Snow", "The river froze.", url="snow")])
    index.close()
    assert len(segments(tmp_path / "index")) == 2
    newssearch.verify(tmp_path / "index")  # all modules are imported
    return tmp_path / "index"


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("MAIN_*.nws"))


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    return command(capsys, monkeypatch)


@contextmanager
def unprivileged(folder: Path) -> Iterator[None]:
    """Run as a user other than root, because root may read all files."""
    if os.geteuid():
        yield
        return
    folder.chmod(0o755)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def no_descriptors() -> Iterator[None]:
    """Let no file be opened, for lack of file descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, soft), hard))
    taken = []
    try:
        while True:
            taken.append(os.dup(0))
    except OSError:
        pass
    try:
        yield
    finally:
        for descriptor in taken:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# ---- errors of the system


def test_an_index_can_be_opened_500_times_with_64_file_descriptors(folder: Path) -> None:
    code = """
import newssearch, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
opened = [newssearch.open(sys.argv[1]) for _ in range(500)]
assert {index.search("river").total_articles for index in opened[::50]} == {10}
"""
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True, timeout=120)


def test_no_file_descriptors_left_is_no_damage(folder: Path, cli: Command) -> None:
    assert cli("query", "river").code == 0  # the module of the command is imported when it is first used
    with no_descriptors():
        with pytest.raises(OSError, match=r"index.*'") as raised:
            newssearch.open(folder)
        with pytest.raises(OSError, match="Too many open files"):
            newssearch.open_or_create(folder)
        done = cli("query", "river")
    assert raised.value.errno == errno.EMFILE
    assert (done.code, done.out, done.err) == (1, "", "error: index: Too many open files\n")
    with newssearch.open(folder) as index:
        assert index.search("river").total_articles == 10


def test_a_search_needs_no_more_file_descriptors_once_the_index_is_open(folder: Path) -> None:
    with newssearch.open(folder) as index, no_descriptors():
        assert index.search("river").total_articles == 10


@pytest.mark.parametrize("name", ["_MAIN_*.toc", "MAIN_*.nws", "stories-*.nws", "newssearch.json"])
def test_a_file_without_permission_is_no_damage(
    tmp_path: Path, folder: Path, cli: Command, name: str
) -> None:
    path = min(folder.glob(name))
    path.chmod(0)
    with unprivileged(tmp_path):
        with pytest.raises(PermissionError) as raised:
            newssearch.open("index")
        assert Path(raised.value.filename).name == path.name
        done = cli("query", "river")
        assert (done.code, done.out, done.err) == (1, "", f"error: index/{path.name}: Permission denied\n")
        found = newssearch.verify("index")
        looked = cli("verify")
    assert [(problem.file, problem.kind) for problem in found.problems] == [(path.name, "unread")]
    assert (found.sound, found.damaged) == (False, False)
    assert (looked.code, looked.err) == (1, "")
    assert looked.out.startswith(f"unread: {path.name}: cannot be read: Permission denied\n")
    assert "--rebuild" not in looked.out
    path.chmod(0o644)
    assert newssearch.verify(folder).sound


@pytest.mark.parametrize("name", ["_MAIN_*.toc", "MAIN_*.nws", "newssearch.json"])
def test_articles_in_a_file_without_permission_are_not_lost_to_a_salvage(
    tmp_path: Path, folder: Path, cli: Command, name: str
) -> None:
    """The salvage names the file that it may not read and creates nothing, so that it works after permission is given."""
    path = min(folder.glob(name))
    path.chmod(0)
    tmp_path.chmod(0o777)
    with unprivileged(tmp_path):
        done = cli("salvage", "new")
    assert (done.code, done.out, done.err) == (1, "", f"error: index/{path.name}: Permission denied\n")
    assert not (tmp_path / "new").exists()
    path.chmod(0o644)
    assert newssearch.salvage(folder, tmp_path / "new").saved == 10


def test_a_check_goes_on_after_a_file_without_permission_and_finds_the_damage_of_another(
    tmp_path: Path, folder: Path, cli: Command
) -> None:
    shut, damaged = segments(folder)
    shut.chmod(0)
    content = bytearray(damaged.read_bytes())
    content[5000] ^= 1
    damaged.write_bytes(content)
    with unprivileged(tmp_path):
        found = newssearch.verify("index")
        assert cli("verify").code == 3
    assert {(problem.file, problem.kind) for problem in found.problems} == {
        (shut.name, "unread"),
        (damaged.name, "damaged"),
    }
    assert found.damaged


def test_a_folder_without_permission_is_neither_empty_nor_damaged(tmp_path: Path, folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    folder.chmod(0o300)
    with unprivileged(tmp_path):
        for opening in (newssearch.open, newssearch.open_or_create, newssearch.create, newssearch.verify):
            with pytest.raises(PermissionError):
                opening("index")
    folder.chmod(0o755)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_configuration_without_permission_is_not_taken_for_a_mistake_in_it(
    tmp_path: Path, folder: Path, cli: Command
) -> None:
    (tmp_path / "newssearch.toml").write_text("day-first = true\n")
    (tmp_path / "newssearch.toml").chmod(0)
    with unprivileged(tmp_path):
        done = cli("info", "--config")
    assert (done.code, done.out) == (1, "")
    assert done.err.endswith("newssearch.toml: Permission denied\n")


def test_too_little_memory_is_no_damage(folder: Path) -> None:
    """The address space is limited to its present size, so that no file can be mapped."""
    code = """
import newssearch, resource, sys
with newssearch.open(sys.argv[1]) as index:
    index.search("river")
pages = int(open("/proc/self/statm").read().split()[0])
size = pages * resource.getpagesize()
for spare in range(0, 1 << 16, 1 << 12):
    resource.setrlimit(resource.RLIMIT_AS, (size + spare, resource.RLIM_INFINITY))
    try:
        newssearch.open(sys.argv[1])
    except OSError as error:
        assert error.errno == 12 and error.filename, error
    except MemoryError:
        pass
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert newssearch.open(sys.argv[1]).search("river").total_articles == 10
"""
    if not Path("/proc/self/statm").exists():
        pytest.skip("only Linux limits the address space of a process")
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, check=False, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_segment_that_is_removed_while_the_index_is_open_is_still_searched(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with newssearch.open(folder) as index:
        for path in segments(folder):
            path.unlink()
        assert index.search("river").total_articles == 10
        assert index.search("snow")[0].text == "The river froze."
    monkeypatch.setattr(index_folder, "_SNAPSHOT_ATTEMPTS", 2)  # a commit might bring it back
    with pytest.raises(IndexDamagedError, match="is missing"):
        newssearch.open(folder)
    shutil.rmtree(folder)
    with pytest.raises(IndexNotFoundError):
        newssearch.open(folder)


def test_a_file_that_is_cut_in_the_moment_of_a_search_is_damage_where_the_system_can_tell(
    folder: Path,
) -> None:
    """Linux 5.14 and later can tell; on other systems, the process gets a signal."""
    path = max(segments(folder), key=lambda path: path.stat().st_size)
    code = """
import os, sys
from newssearch.engines.embedded.storage.container import ContainerError
from newssearch.engines.embedded.storage.mmap_file import MappedFile
from pathlib import Path
mapped = MappedFile.of(Path(sys.argv[1]))
os.truncate(sys.argv[1], 4096)
try:
    mapped.check_all()
except ContainerError as error:
    print(error.what)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, check=False, timeout=60
    )
    if done.returncode < 0:
        assert tuple(map(int, os.uname().release.split(".")[:2])) < (5, 14)
        pytest.skip("this system ends a process that reads what was cut off")
    assert done.stdout == b"it was cut, or written to, while it was open\n"


# ---- bugs


def broken(error: BaseException) -> Callable[..., Any]:
    def function(*_: Any, **__: Any) -> Any:
        raise error

    return function


PLACES = {
    "evaluation": (evaluator.QueryEvaluator, "selection"),
    "ranking": (top_k.Ranking, "best"),
    "decoding": (segment.Segment, "shown"),
    "highlighting": (snippets.Highlighter, "snippet"),
    "table of contents": (toc, "_entry"),
    "opening": (index_folder, "Segment"),
    "snapshot": (segments_reader, "IndexReader"),
    "stories": (index_folder, "read_stories"),
}
BUGS = [
    KeyError("outlet"),
    IndexError("out of bounds"),
    TypeError("NoneType"),
    AssertionError("cannot be"),
    ZeroDivisionError(),
    EOFError(),
]


@pytest.mark.parametrize("place", [*PLACES])
def test_a_bug_is_raised_as_it_is_and_printed_as_a_bug(
    folder: Path, cli: Command, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bug in BUGS:
        if place == "table of contents" and not isinstance(bug, AssertionError | ZeroDivisionError):
            continue  # these are what bytes that are no table of contents lead to
        with monkeypatch.context() as patch:
            patch.setattr(*PLACES[place], broken(bug))
            with pytest.raises(type(bug)), newssearch.open(folder) as index:
                index.search("river")
            done = cli("query", "river")
        assert (done.code, done.out) == (1, "")
        assert done.err.lstrip("\n").startswith("Traceback (most recent call last):\n")
        assert f"\n{type(bug).__name__}" in done.err
        last = done.err.splitlines()[-1]
        assert last.startswith("error: this is a bug in newssearch, please report it")
        assert newssearch.__version__ in last


def test_a_recursion_without_end_is_a_bug_and_not_a_query_that_is_too_deep(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluator.QueryEvaluator, "selection", broken(RecursionError()))
    with newssearch.open(folder) as index, pytest.raises(RecursionError):
        index.search("river")


def test_memory_that_runs_out_in_a_search_is_no_bug_and_no_damage(
    folder: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluator.QueryEvaluator, "selection", broken(MemoryError()))
    with newssearch.open(folder) as index, pytest.raises(MemoryError):
        index.search("river")
    done = cli("query", "river")
    assert (done.code, done.err) == (1, "error: not enough memory\n")


def test_a_bug_in_the_check_itself_is_not_hidden(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "inconsistencies", broken(AssertionError("cannot be")))
    with pytest.raises(AssertionError, match="cannot be"):
        newssearch.verify(folder)


def test_the_cause_of_damage_is_kept(folder: Path) -> None:
    """The traceback shows where the damage was noticed."""
    from test_verify import rewritten

    path = max(segments(folder), key=lambda path: path.stat().st_size)
    rewritten(path, "text.first", lambda array: array[:1])
    index = newssearch.open(folder)
    with pytest.raises(
        IndexDamagedError, match=f"{path.name}: text: first does not have an item for each term"
    ) as raised:
        index.search("river")
    assert isinstance(raised.value.__cause__, IndexError | ValueError)
    assert Container(path)["text.first"].size == 1
