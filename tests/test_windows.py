"""On Windows, an open or mapped file cannot be removed: runs continue all the same, and a later commit removes it."""

from __future__ import annotations

import mmap
import ntpath
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace
from typing import Any

import click
import pytest

import breaking
import newssearch
from newssearch import Index, IndexWriteError
from newssearch.cli import run
from newssearch.engines.embedded import new_segments
from newssearch.system import atomic_files, fault_points, real_paths
from newssearch.system.workers import PROCESSES_VARIABLE
from newssearch.updating import files
from support import article
from windows import Refusals

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="asks /proc what is open"),
    pytest.mark.usefixtures("as_on_windows"),
]

READER = """
import sys, newssearch
with newssearch.open(sys.argv[1]) as index:
    print(len(index.find("rain")), flush=True)
    sys.stdin.read()
    print(len(index.find("rain")), flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def add(index: Index, *numbers: int) -> None:
    index.add([article(f"Report {number}", f"Rain again, day {number}.") for number in numbers])


def test_readers_keep_their_commit_and_a_later_one_removes_its_files(
    folder: Path, as_on_windows: Refusals
) -> None:
    held = []
    with newssearch.create(folder) as index:
        for number in range(12):  # several merges
            add(index, number)
            held.append(newssearch.open(folder))
        index.remove(index.find("title:3"))
    assert as_on_windows.names
    for number, reader in enumerate(held):
        assert len(reader.find("rain")) == number + 1
        reader.refresh()
        assert len(reader.find("rain")) == 11
        reader.close()
    with newssearch.open(folder) as index:
        as_on_windows.names.clear()
        add(index, 12)
    assert newssearch.verify(folder).problems == ()
    assert newssearch.verify(folder).leftovers == ()


def test_what_one_run_replaces_is_gone_when_it_ends(folder: Path, as_on_windows: Refusals) -> None:
    """The run and its index have files open that a merge makes useless."""
    with newssearch.create(folder) as index:
        for number in range(8):
            add(index, number)
            assert newssearch.verify(folder).leftovers == ()
        index.remove(index.find("title:3"))
        assert newssearch.verify(folder).leftovers == ()
    assert as_on_windows.names


def test_a_reader_in_another_process_keeps_its_commit(folder: Path, as_on_windows: Refusals) -> None:
    with newssearch.create(folder) as index:
        add(index, 1, 2)
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdin is not None
        assert reader.stdout.readline() == "2\n"
        with newssearch.open(folder) as index:
            index.remove(index.find("title:1"))
            assert newssearch.verify(folder, clean=True).leftovers != ()
            assert len(index.find("rain")) == 1
        reader.stdin.close()
        assert reader.stdout.readline() == "2\n"
    with newssearch.open(folder) as index:
        add(index, 3)
    assert newssearch.verify(folder).leftovers == ()


@pytest.mark.parametrize("rebuilds", [False, True])
def test_a_run_with_workers_that_merges_ends_in_order(
    tmp_path: Path, as_on_windows: Refusals, monkeypatch: pytest.MonkeyPatch, rebuilds: bool
) -> None:
    breaking.write_news(tmp_path, 1)
    breaking.update(tmp_path)
    breaking.write_news(tmp_path, 2)
    reader = newssearch.open(tmp_path / "index")
    before = reader.find("rain")
    with breaking.small_batches():
        monkeypatch.setenv(PROCESSES_VARIABLE, "2")
        monkeypatch.setattr(new_segments, "MIN_TEXT_FOR_PROCESSES", 2000)
        (breaking.rebuild if rebuilds else breaking.update)(tmp_path)
    assert reader.find("rain") == before
    breaking.check_searches(tmp_path)
    reader.close()
    with newssearch.open(tmp_path / "index") as index:
        index.remove(index.find("title:3"))
    found = newssearch.verify(tmp_path / "index")
    assert (found.problems, found.leftovers) == ((), ())


def test_a_rebuild_takes_the_place_of_an_index_that_is_read(
    tmp_path: Path, folder: Path, as_on_windows: Refusals
) -> None:
    (tmp_path / "a.txt").write_text("A\n\nRain.\n", encoding="utf-8")
    newssearch.rebuild(folder, [tmp_path / "a.txt"])
    assert as_on_windows.names == []  # it has closed what it moves
    with newssearch.open(folder) as reader:
        left = (
            folder / "rebuild.tmp"
        )  # of one that was broken off, with a file that a scanner of viruses looks at
        left.mkdir()
        with (left / "MAIN_0123456789abcdef.nws").open("xb"):
            newssearch.rebuild(folder, [tmp_path / "a.txt"])
            assert left.exists()
        assert len(reader.find("rain")) == 1
        reader.refresh()
        assert len(reader.find("rain")) == 1
    newssearch.rebuild(folder, [tmp_path / "a.txt"])
    assert newssearch.verify(folder).leftovers == ()


@pytest.mark.parametrize("name", ["newssearch.json", "files.json", "run.json", "writer.json"])
def test_a_file_that_somebody_reads_for_a_moment_is_waited_for(
    tmp_path: Path, folder: Path, as_on_windows: Refusals, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "a.txt").write_text("A\n\nRain.\n", encoding="utf-8")
    with newssearch.create(folder) as index:
        index.update(tmp_path / "a.txt")
    (folder / "writer.json").write_text("{}", encoding="utf-8")
    held = (folder / name).open("rb")
    as_on_windows.then = lambda path: held.close() if path.endswith(name) else None
    newssearch.rebuild(folder, tmp_path / "a.txt")
    assert held.closed
    assert name in as_on_windows.names
    assert newssearch.verify(folder).sound
    monkeypatch.setattr(atomic_files, "RETRY_SECONDS", 0.05)
    as_on_windows.then = lambda _: None
    (folder / "writer.json").write_text("{}", encoding="utf-8")
    with (folder / name).open("rb"), pytest.raises(IndexWriteError, match="committed articles are safe"):
        newssearch.rebuild(folder, tmp_path / "a.txt")
    newssearch.rebuild(folder, tmp_path / "a.txt")
    found = newssearch.verify(folder)
    assert (found.problems, found.leftovers) == ((), ())


def test_leftovers_that_are_open_are_named_and_removed_later(folder: Path, as_on_windows: Refusals) -> None:
    with newssearch.create(folder) as index:
        add(index, 1)
    left = folder / "MAIN_0123456789abcdef.nws"
    with left.open("xb"):
        found = newssearch.verify(folder, clean=True)
        assert (found.removed, [one.name for one in found.leftovers]) == ((), [left.name])
    found = newssearch.verify(folder, clean=True)
    assert (found.removed, found.leftovers) == ((left.name,), ())
    assert as_on_windows.names == [left.name]


def test_a_damaged_index_that_is_open_can_be_salvaged_and_rebuilt(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "a.txt").write_text("A\n\nRain.\n", encoding="utf-8")
    with newssearch.create(folder) as index:
        index.update(tmp_path / "a.txt")
    with newssearch.open(folder):
        (toc,) = folder.glob("_MAIN_*.toc")
        toc.write_bytes(b"x" * 100)
        assert newssearch.salvage(folder, tmp_path / "saved").saved == 1
        assert newssearch.rebuild(folder, tmp_path / "a.txt").added == 1
    with newssearch.open(folder) as index:
        assert len(index.find("rain")) == 1


def test_files_that_may_only_be_read_are_in_nobodys_way(folder: Path) -> None:
    """Windows does not remove read-only files, such as those of a copy from a read-only disk."""
    with newssearch.create(folder) as index:
        add(index, 1)
        for file in folder.glob("*[0-9a-z].*"):
            file.chmod(0o444)
        add(index, 2)
        assert len(index.find("rain")) == 2
    with newssearch.open(folder) as index:
        assert len(index.find("rain")) == 2


def test_open_files_stay_in_these_tests(tmp_path: Path, as_on_windows: Refusals) -> None:
    """Otherwise the other tests would show nothing."""
    file, other = tmp_path / "a", tmp_path / "b"
    other.write_bytes(b"")
    with file.open("xb"):
        for act in (file.unlink, lambda: file.rename(tmp_path / "c"), lambda: other.replace(file)):
            with pytest.raises(PermissionError) as caught:
                act()
            assert atomic_files.is_busy(caught.value)
        with pytest.raises(OSError, match="refused"):
            shutil.rmtree(tmp_path)
    with pytest.raises(FileExistsError):
        other.rename(file)
    with pytest.raises(PermissionError):
        os.open(tmp_path, os.O_RDONLY)
    file.write_bytes(b"abc")
    with file.open("rb") as opened:
        mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
    with pytest.raises(PermissionError):
        file.unlink()
    mapped.close()
    file.unlink()
    assert as_on_windows.names


# ---- names


@pytest.fixture
def windows_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use Windows paths, as far as possible without Windows: no link and no short name is followed."""
    functions = SimpleNamespace(path=ntpath, fsencode=os.fsencode, fsdecode=os.fsdecode)
    monkeypatch.setattr(files, "os", functions)
    monkeypatch.setattr(real_paths, "os", functions)
    monkeypatch.setattr(files, "Path", PureWindowsPath)


LONG = "\\".join(["a long name of a folder"] * 14)


@pytest.mark.usefixtures("windows_paths")
@pytest.mark.parametrize(
    ("file", "name"),
    [
        (r"C:\News\Wire\a.txt", "Wire/a.txt"),
        (r"c:\news\Wire\a.txt", "Wire/a.txt"),
        (r"C:/News/Wire/a.txt", "Wire/a.txt"),
        (r"C:\News\..\News\Wire\.\a.txt", "Wire/a.txt"),
        (r"C:\Newsroom\a.txt", "C:/Newsroom/a.txt"),
        (r"D:\Wire\a.txt", "D:/Wire/a.txt"),
        (r"\\server\share\Wire\a.txt", "//server/share/Wire/a.txt"),
        (rf"C:\News\{LONG}\a.txt", f"{LONG}/a.txt".replace("\\", "/")),
        (r"C:\News\Überblick\日本.txt", "Überblick/日本.txt"),
        (r"C:\News\aux.txt", "aux.txt"),
    ],
)
def test_a_file_of_windows_has_a_name_with_slashes_that_leads_back_to_it(file: str, name: str) -> None:
    archive: Any = PureWindowsPath(r"C:\News")
    path: Any = PureWindowsPath(file)
    assert files.name_of(path, archive) == name
    assert str(files.file_of(name, archive)).lower() == ntpath.normpath(file).lower()


@pytest.mark.usefixtures("windows_paths")
def test_patterns_of_files_ignore_capitals_on_windows() -> None:
    assert files.excluded("Wire/Drafts/a.txt", ["drafts"])
    assert files.excluded("Wire/Drafts/a.TXT", [r"wire\**\*.txt"])
    assert not files.excluded("Wire/a.txt", ["drafts", r"drafts\*"])


@pytest.mark.skipif(sys.platform == "win32", reason="about the others")
def test_patterns_of_files_know_capitals_elsewhere() -> None:
    assert not files.excluded("Wire/Drafts/a.txt", ["drafts"])


RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]|[. ]$')


def test_no_file_that_is_written_has_a_name_that_windows_refuses(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("CON\n\nRain.\n", encoding="utf-8")
    names: set[str] = set()

    def look(_: str) -> None:
        names.update(str(path.relative_to(folder)) for path in folder.rglob("*"))

    monkeypatch.setattr(fault_points, "handler", look)
    for act in (newssearch.create(folder).update, lambda path: newssearch.rebuild(folder, path)):
        act(tmp_path / "a.txt")
    assert any(name.endswith(".tmp") for name in names)
    for name in names:
        assert len(name) < 70, "it leaves too little of 260 characters for the folder"
        for part in name.split("/"):
            assert not RESERVED.fullmatch(part)
            assert not FORBIDDEN.search(part)


def test_members_of_an_archive_may_have_any_name(tmp_path: Path, folder: Path) -> None:
    names = [
        "aux.txt",
        "CON.txt",
        "a:b.txt",
        "nul.txt",
        "dot.txt.",
        "space.txt ",
        "C:x.txt",
        "\\\\?\\C:\\y.txt",
        "A.txt",
        "a.txt",
    ]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, f"Report on {name}\n\nIt rained all day on the harbour of {name}.\n")
    with newssearch.create(folder) as index:
        report = index.update(tmp_path / "a.zip")
        assert (report.added, report.rejections) == (len(names), 0), report.rejected
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip", "index"}


# ---- the command line


def test_words_of_a_query_are_no_patterns_of_files(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On Windows, click expands arguments: `rain*` would become `rainfall.csv`."""
    with newssearch.create(folder) as index:
        add(index, 1)
    (tmp_path / "rainfall.csv").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["newssearch", "query", "rain*", "--count"])
    with monkeypatch.context() as patch:
        patch.setattr(click.core, "os", SimpleNamespace(**{**vars(os), "name": "nt"}))
        code = run()
    assert (code, capsys.readouterr().out) == (0, "1 article, 1 paragraph\n")


def test_csv_ends_its_lines_once(folder: Path) -> None:
    with newssearch.create(folder) as index:
        add(index, 1)
    program = "import io, sys; from newssearch.cli import run; "
    program += "sys.stdout.reconfigure(newline='\\r\\n'); sys.exit(run(sys.argv[1:]))"  # as on Windows
    done = subprocess.run(
        [sys.executable, "-c", program, "query", "rain", "--index", str(folder), "--format", "csv"],
        capture_output=True,
        check=True,
    )
    assert b"\r\r\n" not in done.stdout
    assert done.stdout.count(b"\r\n") == 2
