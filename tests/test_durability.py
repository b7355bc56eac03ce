"""After any interruption at any moment, the last commit is complete, and the next run continues from it."""

from __future__ import annotations

import errno
import os
import pickle
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pytest

import breaking
import newssearch
import races
from breaking import HOWS, STORIES, Operation, World
from kills import Kills
from newssearch import Article, IndexLockedError, IndexWriteError
from newssearch.cli import run
from newssearch.engines.embedded import EmbeddedStore
from newssearch.system import fault_points
from support import EVERY, THOROUGH, article

posix = pytest.mark.skipif(sys.platform == "win32", reason="forks, and sends POSIX signals")


@pytest.fixture(scope="module", params=STORIES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"), STORIES[request.param])


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("updated"), STORIES["update"])


def chosen(world: World, updated: World) -> list[int]:
    """Return the moments to interrupt at: the first or the last of each name, or all of them in the long form.

    Adding articles and removing some are interrupted at every third of the names that an update passes, too, where all are.
    """
    moments = world.moments
    if THOROUGH > 1:
        return list(range(len(moments)))
    last = len(moments) - 1
    names = sorted(set(moments))
    if world.story in (STORIES["index"], STORIES["remove"]):
        shared = [name for name in names if name in updated.moments]
        first = [*STORIES.values()].index(world.story) % 3
        names = [name for name in names if name not in shared or name in shared[first::3]]
    return sorted(
        last - moments[::-1].index(name) if n % 2 else moments.index(name) for n, name in enumerate(names)
    )


@pytest.mark.parametrize("how", HOWS)
def test_what_breaks_a_run_off_leaves_the_last_commit(world: World, updated: World, how: str) -> None:
    for number in share(chosen(world, updated), how):
        archive = world.copy()
        error = breaking.raise_at(world.story.operation, archive, number, how)
        moment = world.moments[number]
        if how in ("full disk", "no permission"):  # or what is only cleaned up failed
            assert error is None or isinstance(error, IndexWriteError), moment
        world.check(archive)


def share(numbers: list[int], how: str) -> list[int]:
    """Return a part of the moments: in the short form, each is interrupted in only one way."""
    return numbers if THOROUGH > 1 else numbers[list(HOWS).index(how) :: len(HOWS)]


@posix
def test_runs_that_are_killed_at_random_lose_nothing(tmp_path: Path) -> None:
    runs = Kills(tmp_path, 7)
    for _ in range(6):
        runs.once()
    runs.end()


@posix
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_run_that_is_killed_leaves_the_last_commit(world: World, updated: World) -> None:
    for number in share(chosen(world, updated), "exception"):
        archive = world.copy()
        breaking.kill_at(world.story.operation, archive, number)
        world.check(archive)


# ---- disks that are full


def index_within(limit: int, archive: Path, *arguments: str) -> tuple[int, str]:
    """Index in a new process whose files must not grow beyond a size in bytes. Return its exit code and its errors."""
    import resource  # not on Windows

    reading, writing = os.pipe()  # which has no size, unlike a file
    child = os.fork()
    if child == 0:
        try:
            os.chdir(archive)
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            with (
                Path(os.devnull).open("w", encoding="utf-8") as sys.stdout,
                os.fdopen(writing, "w", encoding="utf-8") as sys.stderr,
                breaking.small_batches(),
            ):
                code = run(["index", *arguments, "--yes"])
            os._exit(code)
        finally:
            os._exit(9)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as errors:
        printed = errors.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), printed


@posix
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.parametrize("how", ["--prune", "--rebuild"])
def test_a_file_that_must_not_grow_is_an_error_that_says_so(updated: World, how: str) -> None:
    codes = set()
    for limit in (10, 9000, 200_000):
        archive = updated.copy()
        code, printed = index_within(limit, archive, "news", how)
        codes.add(code)
        if code:
            assert re.fullmatch(
                "error: (the index in .* cannot be written to|reading cannot go on): File too large.*\n",
                printed,
            ), printed
        updated.check(archive)
    assert codes == {0, 1}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return the folder of a file system of 256 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this user may mount no file system")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a tmpfs")
def test_a_disk_that_is_full_leaves_the_last_commit(small_disk: Path) -> None:
    breaking.write_news(small_disk, 1)
    breaking.update(small_disk)
    before = breaking.state_of(small_disk) or {}
    breaking.write_news(small_disk, 2)
    filler = small_disk / "filler"
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize
    failures = 0
    for left in (0, 4096, 16_384, 32_768, 65_536, 98_304):
        filler.write_bytes(bytes(max(free - left, 0)))
        with breaking.small_batches():
            try:
                breaking.update(small_disk)
            except IndexWriteError as error:
                assert "No space left on device" in str(error)  # noqa: PT017  (it may have been enough)
                failures += 1
        filler.unlink()
        breaking.check_searches(small_disk)
        assert newssearch.verify(breaking.index_in(small_disk)).problems == ()
        assert (breaking.state_of(small_disk) or {}).keys() & before.keys()
    assert failures
    with breaking.small_batches():
        breaking.update(small_disk)
    assert newssearch.verify(breaking.index_in(small_disk), clean=True).leftovers == ()


@posix
def test_a_folder_that_may_not_be_written_to_can_be_searched(tmp_path: Path) -> None:
    breaking.write_news(tmp_path, 1)
    breaking.update(tmp_path)
    folder = breaking.index_in(tmp_path)
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write everywhere")
    try:
        breaking.check_searches(tmp_path)
        assert newssearch.verify(folder).sound
        with pytest.raises(IndexWriteError, match="Permission denied"):
            breaking.update(tmp_path)
    finally:
        folder.chmod(0o755)


FRESH_WITHIN = """
import resource, signal, sys
from newssearch.cli import run
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
sys.exit(run(["index", "a.txt"]))
"""
"""Indexes in a process that has read nothing before: what reading needs once, such as a file of its own, is not there yet."""


@posix
def test_a_disk_without_room_for_temporary_files_ends_a_run_instead_of_rejecting_its_articles(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.txt").write_text(
        "Rain\n\n" + "It rained all day long on the old harbour. " * 5, encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-c", FRESH_WITHIN], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "error: reading cannot go on: File too large\n")
    with newssearch.open(tmp_path / "index") as index:
        assert index.update([tmp_path / "a.txt"]).added == 1


def test_a_file_that_changes_back_after_a_run_was_broken_off_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Rain\n\nIt rained.\n", encoding="utf-8")
    times = file.stat()
    with newssearch.create(tmp_path / "index") as index:
        index.update([file])
        file.write_text("Snow\n\nIt snowed a lot.\n", encoding="utf-8")

        def broken_off(moment: str) -> None:
            if moment == "commit: stories removed":  # it is done, but the manifest does not say so yet
                raise RuntimeError

        monkeypatch.setattr(fault_points, "handler", broken_off)
        with pytest.raises(RuntimeError):
            index.update([file])
        monkeypatch.undo()
        file.write_text("Rain\n\nIt rained.\n", encoding="utf-8")
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        index.update([file])
        assert index.find("rained") != []
        assert index.find("snowed") == []


@posix
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_lock_of_a_process_that_is_gone_blocks_nobody(updated: World) -> None:
    archive = updated.copy()
    assert breaking.kill_at(updated.story.operation, archive, updated.moments.index("lock: taken"))
    folder = breaking.index_in(archive)
    assert (folder / "writer.json").exists()  # it had no time to remove it
    with newssearch.open(folder) as index:
        assert index.remove(index.find("title:0")[:1], wait=0.0) == 1
    assert not (folder / "writer.json").exists()
    assert newssearch.verify(folder).leftovers == ()


# ---- several that write at once


NEWS = 6
SHORT = 2 * THOROUGH
"""The number of rounds of each kind; the long form is ``python -m races 200``."""


def test_processes_that_write_at_one_instant_lose_nothing(tmp_path: Path) -> None:
    with races.Racers(tmp_path) as racers:
        for kinds in races.KINDS.values():
            for _ in range(SHORT):
                racers.round(kinds)


def meanwhile(moment: int, act: Callable[[], None]) -> Callable[[str], None]:
    """Return a handler of fault points that calls a function at the moment with the given number, counted from 0."""
    left = moment

    def handler(_: str) -> None:
        nonlocal left
        left -= 1
        if left == -1:
            fault_points.handler = None
            act()
            fault_points.handler = handler

    return handler


def test_an_index_that_is_made_before_another_one_is_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process sees that there is no index; another one creates it and commits; then the first continues."""

    def commit(moment: str) -> None:
        if moment == "create: folder made":
            monkeypatch.undo()
            breaking.add(tmp_path)

    monkeypatch.setattr(fault_points, "handler", commit)
    with newssearch.open_or_create(tmp_path / "index") as index:
        assert len(index.find("rain")) == 2
    assert newssearch.verify(tmp_path / "index").leftovers == ()


@pytest.mark.parametrize("other", [breaking.add, breaking.rebuild, breaking.clean])
@pytest.mark.parametrize("one", [breaking.add, breaking.rebuild])
def test_whatever_one_does_at_any_moment_of_another_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one: Operation, other: Operation
) -> None:
    moments = breaking.moments(one, archive_with_news(tmp_path / "first"))
    done = Counter[str]()
    chosen = first_of_each_name(moments)
    if not EVERY:  # each moment of one with one of the others at least
        chosen = chosen[other is breaking.rebuild :: 2]
    for moment in chosen:
        archive = archive_with_news(tmp_path / f"{moment}")

        def act(archive: Path = archive) -> None:
            try:
                other(archive)
                done["done"] += 1
            except (newssearch.IndexLockedError, newssearch.IndexNotFoundError) as error:
                done[type(error).__name__] += 1

        monkeypatch.setattr(fault_points, "handler", meanwhile(moment, act))
        one(archive)
        monkeypatch.undo()
        index = breaking.index_in(archive)
        verified = newssearch.verify(index)
        assert (verified.problems, verified.leftovers) == ((), ())
        with newssearch.open(index) as opened:
            if one is breaking.add:
                assert len(opened.find("title:added")) == 2, moments[moment]
            else:
                assert len(opened.find("title:report")) == NEWS, moments[moment]
    assert done["IndexLockedError"]


def first_of_each_name(moments: list[str]) -> list[int]:
    """Return the first moment of each name in the short form, and all moments in the long one."""
    numbers = range(len(moments))
    return [number for number in numbers if THOROUGH > 1 or moments.index(moments[number]) == number]


def archive_with_news(folder: Path) -> Path:
    """Return an archive of :data:`NEWS` articles, without an index."""
    folder.mkdir()
    breaking.write_news(folder, 1)
    for file in sorted((folder / "news").iterdir())[NEWS // breaking.PER_FILE :]:
        file.unlink()
    return folder


@posix
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.parametrize("operation", [breaking.create, breaking.rebuild])
def test_who_is_killed_while_making_an_index_leaves_none_or_a_whole_one(
    tmp_path: Path, operation: Operation
) -> None:
    with breaking.small_batches():
        moments = breaking.moments(operation, archive_with_news(tmp_path / "first"))
    states = Counter[str]()
    for number in range(len(moments)) if operation is breaking.create else first_of_each_name(moments):
        moment = moments[number]
        archive = archive_with_news(tmp_path / f"{number}")
        assert breaking.kill_at(operation, archive, number)
        state = breaking.state_of(archive)
        assert not state or len(state) == NEWS, moment
        states["none" if state is None else "empty" if not state else "whole"] += 1
        breaking.add(archive)
        found = breaking.state_of(archive)
        assert found is not None
        assert len(found) == len(state or ()) + 2, moment
        cleaned = newssearch.verify(breaking.index_in(archive), clean=True)
        assert (cleaned.problems, cleaned.leftovers) == ((), ())
    assert states["none"]
    assert states["empty"]


def test_threads_of_one_process_write_one_after_the_other(tmp_path: Path) -> None:
    barrier = threading.Barrier(4)

    def work(number: int) -> None:
        barrier.wait()
        for n in range(3):
            with newssearch.open_or_create(tmp_path / "index", wait=60.0) as index:
                index.add([article(f"Thread {number} {n}", "Rain.")], wait=60.0)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with newssearch.open(tmp_path / "index") as index:
        assert len(index.find("rain")) == 12
    assert newssearch.verify(tmp_path / "index").leftovers == ()


def test_who_waits_in_vain_says_for_whom_and_how_long(tmp_path: Path) -> None:
    held = EmbeddedStore(tmp_path / "index").lock_or_make(0.0)  # as of one who makes an index there
    with pytest.raises(
        IndexLockedError, match=r"process \d+ on .* is writing to .*: waited 0\.\d s"
    ) as caught:
        newssearch.open_or_create(tmp_path / "index", wait=0.1)
    assert str(os.getpid()) in caught.value.holder
    assert 0.1 <= caught.value.waited < 5
    assert pickle.loads(pickle.dumps(caught.value)).waited == caught.value.waited
    held.release()
    newssearch.open_or_create(tmp_path / "index", wait=0.0).close()


@posix
def test_a_folder_that_is_removed_while_its_lock_is_waited_for_is_made_again(tmp_path: Path) -> None:
    held = EmbeddedStore(tmp_path / "index").lock_or_make(0.0)
    taken = threading.Event()

    def wait(seconds: float) -> None:
        if not taken.is_set():  # in the middle of waiting
            taken.set()
            shutil.rmtree(tmp_path / "index")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", wait)
        newssearch.create(tmp_path / "index").close()
    held.release()
    assert taken.is_set()
    assert newssearch.verify(tmp_path / "index").sound


@posix
def test_who_loses_the_files_of_the_locks_commits_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "index"

    def adding() -> Iterator[Article]:
        for name in ("MAIN_RUN", "MAIN_WRITELOCK"):
            (folder / name).unlink()
        with newssearch.open(folder) as other:
            other.add([article("Theirs", "Snow.")])
        yield article("Ours", "Rain.")

    with newssearch.create(folder) as index:
        with pytest.raises(IndexWriteError, match=r"the lock of .* was removed"):
            index.add(adding())
        assert (index.find("rain"), len(index.find("snow"))) == ([], 1)
    assert newssearch.verify(folder).problems == ()


def test_a_folder_whose_index_has_lost_its_table_of_contents_is_not_taken_for_an_empty_one(
    tmp_path: Path,
) -> None:
    with newssearch.create(tmp_path / "index") as index:
        index.add([article("A", "Rain.")])
    (tmp_path / "index" / "_MAIN_1.toc").unlink()
    for make in (newssearch.open_or_create, newssearch.create, newssearch.open):
        with pytest.raises(newssearch.IndexDamagedError, match="salvage"):
            make(tmp_path / "index")
    found = newssearch.verify(tmp_path / "index", clean=True)
    assert (found.sound, found.removed, found.leftovers) == (False, (), ())
    assert newssearch.salvage(tmp_path / "index", tmp_path / "saved").saved == 1
    (tmp_path / "b.txt").write_text("B\n\nSnow.\n", encoding="utf-8")
    assert newssearch.rebuild(tmp_path / "index", [tmp_path / "b.txt"]).added == 1
    assert newssearch.verify(tmp_path / "index").leftovers == ()


@pytest.mark.parametrize("name", ["files.json", "run.json", "newssearch.json"])
def test_files_of_somebody_else_are_not_written_over(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("A\n\nRain.\n", encoding="utf-8")
    (tmp_path / name).write_text('{"mine": true}', encoding="utf-8")
    with pytest.raises(newssearch.IndexFolderError, match="is not a file of newssearch"):
        newssearch.open_or_create(tmp_path)
    with pytest.raises(newssearch.IndexFolderError, match="is not a file of newssearch"):
        newssearch.rebuild(tmp_path, [tmp_path / "a.txt"])
    assert (tmp_path / name).read_text("utf-8") == '{"mine": true}'


def test_a_new_index_knows_nothing_of_the_files_of_one_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A\n\nRain.\n", encoding="utf-8")
    for _ in range(2):
        with newssearch.open_or_create(tmp_path / "index") as index:
            assert index.update([tmp_path / "a.txt"]).added == 1
        for file in (tmp_path / "index").iterdir():
            if file.name not in ("files.json", "run.json"):
                file.unlink()


def test_a_program_that_seeds_its_random_numbers_writes_over_nothing(tmp_path: Path) -> None:
    for number in range(3):
        random.seed(0)
        with newssearch.open_or_create(tmp_path / "index") as index:
            index.add([article(f"Run {number}", "Rain.")])
            assert len(index.find("rain")) == number + 1
    assert newssearch.verify(tmp_path / "index").sound


@posix
def test_a_folder_that_cannot_be_listed_is_not_taken_for_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with newssearch.create(tmp_path / "index") as index:
        index.add([article("A", "Rain.")])

    def no_more_files(*_: object) -> NoReturn:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patch:
        patch.setattr(os, "listdir", no_more_files)
        with pytest.raises(OSError, match=os.strerror(errno.EMFILE)):
            newssearch.open_or_create(tmp_path / "index")
    with newssearch.open_or_create(tmp_path / "index") as index:
        assert len(index.find("rain")) == 1


# ---- disks with a cache


@posix
@pytest.mark.parametrize("supported", [True, False])
def test_what_is_written_leaves_the_cache_of_the_drive_on_macos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, supported: bool
) -> None:
    """Files and folders are flushed with F_FULLFSYNC if the system has it, and with fsync if the file system refuses that.

    Linux does not have it: the test defines a number for it, and replaces the function that is called with it.
    """
    import fcntl

    commands: list[bool] = []
    synced: list[bool] = []
    command, real_fcntl, real_fsync = 51, fcntl.fcntl, os.fsync

    def fake_fcntl(descriptor: int, number: int, *rest: int) -> object:
        if number != command:
            return real_fcntl(descriptor, number, *rest)
        commands.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        if not supported:
            raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
        return 0

    def seen_fsync(descriptor: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        real_fsync(descriptor)

    monkeypatch.setattr(fcntl, "F_FULLFSYNC", command, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", fake_fcntl)
    monkeypatch.setattr(os, "fsync", seen_fsync)
    with newssearch.create(tmp_path / "index") as index:
        index.add([article("A", "Rain.")])
    assert {True, False} <= set(commands)  # of folders and of files
    assert synced == ([] if supported else commands)
