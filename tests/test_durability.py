"""A run may be broken off by anything at any moment: the last commit is there, whole, and the next run goes on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import breaking
import newssearch
from breaking import HOWS, STORIES, World
from kills import Kills
from newssearch import IndexWriteError, faults
from support import THOROUGH

posix = pytest.mark.skipif(sys.platform == "win32", reason="forks, and sends POSIX signals")


@pytest.fixture(scope="module", params=STORIES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"), STORIES[request.param])


def chosen(world: World) -> list[int]:
    """The moments to break off at: the first or the last of each name, or all of them in the long form."""
    moments = world.moments
    if THOROUGH > 1:
        return list(range(len(moments)))
    last = len(moments) - 1
    names = sorted(set(moments))
    return sorted(
        last - moments[::-1].index(name) if n % 2 else moments.index(name) for n, name in enumerate(names)
    )


@pytest.mark.parametrize("how", HOWS)
def test_what_breaks_a_run_off_leaves_the_last_commit(world: World, how: str) -> None:
    for number in share(chosen(world), how):
        archive = world.copy()
        error = breaking.raise_at(world.story.operation, archive, number, how)
        moment = world.moments[number]
        if how in ("full disk", "no permission"):  # or what is only cleaned up failed
            assert error is None or isinstance(error, IndexWriteError), moment
        world.check(archive)


def share(numbers: list[int], how: str) -> list[int]:
    """Some of them: in the short form, each is broken off in one way."""
    return numbers if THOROUGH > 1 else numbers[list(HOWS).index(how) :: len(HOWS)]


@posix
def test_runs_that_are_killed_at_random_lose_nothing(tmp_path: Path) -> None:
    runs = Kills(tmp_path, 7)
    for _ in range(6):
        runs.once()
    runs.end()


@posix
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_run_that_is_killed_leaves_the_last_commit(world: World) -> None:
    for number in share(chosen(world), "exception") if THOROUGH < 2 else chosen(world):
        archive = world.copy()
        breaking.kill_at(world.story.operation, archive, number)
        world.check(archive)


# ---- disks that are full


LIMITED = """
import resource, signal, sys
from pathlib import Path
import breaking
from newssearch.cli import run
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
with breaking.small_batches():
    sys.exit(run(["index", "news", *sys.argv[3:]]))
"""


@posix
@pytest.mark.parametrize("anew", [False, True])
def test_a_file_that_must_not_grow_is_an_error_that_says_so(tmp_path: Path, anew: bool) -> None:
    world = World(tmp_path / "world", STORIES["update"])
    codes = set()
    for limit in (10, 3000, 9000, 20_000, 200_000):
        archive = world.copy()
        done = subprocess.run(
            [sys.executable, "-c", LIMITED, str(archive), str(limit), "--rebuild" if anew else "--prune"],
            cwd=archive,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        codes.add(done.returncode)
        if done.returncode:
            assert re.fullmatch(
                "error: (the index in .* cannot be written to|reading cannot go on): File too large.*\n",
                done.stderr,
            ), done.stderr
        world.check(archive)
    assert codes == {0, 1}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB."""
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


@posix
def test_a_disk_without_room_for_temporary_files_ends_a_run_instead_of_rejecting_its_articles(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.txt").write_text(
        "Rain\n\n" + "It rained all day long on the old harbour. " * 5, encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-c", LIMITED.replace('"news"', '"a.txt"'), str(tmp_path), "100000", "--prune"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        capture_output=True,
        text=True,
        check=False,
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

        monkeypatch.setattr(faults, "handler", broken_off)
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
def test_a_lock_of_a_process_that_is_gone_blocks_nobody(tmp_path: Path) -> None:
    world = World(tmp_path / "world", STORIES["update"])
    archive = world.copy()
    assert breaking.kill_at(world.story.operation, archive, world.moments.index("lock: taken"))
    folder = breaking.index_in(archive)
    assert (folder / "writer.json").exists()  # it had no time to remove it
    with newssearch.open(folder) as index:
        assert index.remove(index.find("title:0")[:1], wait=0.0) == 1
    assert not (folder / "writer.json").exists()
    assert newssearch.verify(folder).leftovers == ()
