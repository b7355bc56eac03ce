"""Pruning: which articles of missing files a run removes, and which it keeps, such as those of an unmounted share."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import newssearch
from newssearch import Index, IndexReport, Removal
from newssearch.cli.rendering.summaries import text_rebuild
from newssearch.updating import files, pruning
from support import Command, article, command, found

posix = pytest.mark.skipif(os.name != "posix", reason="links and permissions of POSIX")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive with two folders of six and four articles, beside the folder of its index."""
    folder = tmp_path / "archive"
    for name, count in (("wire", 6), ("web", 4)):
        (folder / name).mkdir(parents=True)
        for n in range(count):
            (folder / name / f"{n}.txt").write_text(f"Story {name} {n}\n\nIt rained on {n}.\n", "utf-8")
    return folder


@pytest.fixture
def index(archive: Path) -> Iterator[Index]:
    with newssearch.create(archive / "index") as opened:
        opened.update([archive / "wire", archive / "web"])
        yield opened


@pytest.fixture
def cli(
    archive: Path, index: Index, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    monkeypatch.chdir(archive)
    return command(capsys, monkeypatch)


class Asked:
    """A function for ``confirm`` that always gives the same answer and records the removals."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.removals: list[Removal] = []

    def __call__(self, removal: Removal) -> bool:
        self.removals.append(removal)
        return self.answer


def empty(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


# ---- nothing can be said of what is not there


@pytest.mark.parametrize("answer", [None, True])
def test_a_path_that_is_missing_prunes_nothing_whatever_is_answered(
    archive: Path, index: Index, answer: bool | None
) -> None:
    shutil.rmtree(archive / "wire")
    asked = Asked(True) if answer else None
    report = index.update([archive / "wire", archive / "web"], prune=True, confirm=asked)
    assert (report.removed, report.kept, report.unchanged) == (0, 6, 4)
    assert [str(rejected) for rejected in report.rejected] == ["wire: no such file or folder"]
    assert asked is None or asked.removals == []
    assert len(index) == 10


def test_a_folder_that_is_suddenly_empty_prunes_nothing_unasked(archive: Path, index: Index) -> None:
    empty(archive / "web")
    (archive / "web" / ".DS_Store").write_bytes(b"x")  # which is no news
    for paths in ([archive / "web"], [archive / "wire", archive / "web"], archive):
        report = index.update(paths, prune=True)
        assert (report.removed, report.kept) == (0, 4)
        (refused,) = report.refused
        assert (refused.path, refused.articles, refused.known) == ("web", 4, 4)
        assert refused.reason == pruning.EMPTY_FOLDER
        assert len(index) == 10
    asked = Asked(False)
    assert index.update(archive, prune=True, confirm=asked).removed == 0
    assert [removal.path for removal in asked.removals] == ["web"]
    report = index.update(archive, prune=True, confirm=Asked(True))
    assert (report.removed, report.kept, report.refused) == (4, 0, ())
    assert len(index) == 6


def test_what_is_gone_from_elsewhere_is_removed_though_one_folder_is_empty(
    archive: Path, index: Index
) -> None:
    empty(archive / "web")
    (archive / "wire" / "0.txt").unlink()
    report = index.update(archive, prune=True)
    assert (report.removed, report.kept) == (1, 4)


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may list everything")
def test_a_folder_without_permission_prunes_nothing(archive: Path, index: Index) -> None:
    (archive / "web").chmod(0)
    try:
        report = index.update(archive, prune=True, confirm=Asked(True))
    finally:
        (archive / "web").chmod(0o755)
    assert (report.removed, report.kept) == (0, 4)
    assert [str(rejected) for rejected in report.rejected] == ["web: cannot be listed: Permission denied"]


@pytest.mark.parametrize("number", ["EACCES", "EIO", "ESTALE", "ETIMEDOUT"])
def test_a_folder_that_cannot_be_listed_is_reported_and_prunes_nothing(
    archive: Path, index: Index, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    code = getattr(errno, number)
    scandir = os.scandir

    def failing(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "web":
            raise OSError(code, os.strerror(code), path)
        return scandir(path)

    lost = archive / "web"
    moved = archive.parent / "unmounted"
    lost.rename(moved)
    lost.mkdir()
    monkeypatch.setattr(os, "scandir", failing)
    report = index.update(archive, prune=True, confirm=Asked(True))
    assert (report.removed, report.kept, report.unchanged) == (0, 4, 6)
    assert [str(rejected) for rejected in report.rejected] == [f"web: cannot be listed: {os.strerror(code)}"]


@pytest.mark.parametrize("number", ["EACCES", "EIO", "ESTALE"])
def test_a_file_that_cannot_be_looked_at_keeps_its_articles(
    archive: Path, index: Index, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    code = getattr(errno, number)
    lstat = Path.lstat

    def failing(path: Path) -> os.stat_result:
        if path.name == "0.txt":
            raise OSError(code, os.strerror(code), str(path))
        return lstat(path)

    (archive / "web" / "0.txt").unlink()
    monkeypatch.setattr(Path, "lstat", failing)
    report = index.update(archive, prune=True, confirm=Asked(True))
    assert (report.removed, report.kept) == (0, 1)


@posix
def test_a_link_that_leads_nowhere_prunes_nothing(archive: Path, index: Index, tmp_path: Path) -> None:
    share = tmp_path / "share"
    (archive / "web").rename(share)
    (archive / "linked").symlink_to(share)
    assert index.update([archive / "linked"]).moved == 4
    assert len(index) == 10
    share.rename(tmp_path / "away")
    report = index.update([archive / "linked"], prune=True, confirm=Asked(True))
    assert (report.removed, report.kept, report.rejections) == (0, 4, 1)
    assert len(index) == 10


@posix
def test_a_folder_that_has_become_a_link_that_leads_nowhere_loses_nothing(
    archive: Path, index: Index
) -> None:
    (archive / "web").rename(archive.parent / "away")
    (archive / "web").symlink_to("nowhere")
    report = index.update(archive, prune=True, confirm=Asked(True))
    assert (report.removed, report.kept, report.unchanged) == (0, 4, 6)
    rebuilt = newssearch.rebuild(archive / "index", archive)
    assert [(r.path, r.articles, r.reason) for r in rebuilt.refused] == [("web", 4, "no such file or folder")]
    report = index.update(archive / "web", prune=True, confirm=Asked(True))
    assert (report.removed, report.kept) == (0, 4)
    assert [str(rejected) for rejected in report.rejected] == ["web: no such file or folder"]


def test_a_file_that_is_named_and_gone_is_kept_and_counted(archive: Path, index: Index) -> None:
    (archive / "web" / "0.txt").unlink()
    report = index.update(archive / "web" / "0.txt", prune=True, confirm=Asked(True))
    assert (report.removed, report.kept, report.rejections) == (0, 1, 1)


def test_a_file_whose_name_a_folder_has_taken_is_gone(archive: Path, index: Index) -> None:
    (archive / "web" / "0.txt").unlink()
    (archive / "web" / "0.txt").mkdir()
    report = index.update(archive, prune=True)
    assert (report.removed, report.kept, report.unchanged) == (1, 0, 9)


def test_what_a_file_had_before_it_was_damaged_is_counted_in_each_run(archive: Path, index: Index) -> None:
    (archive / "web" / "0.txt").write_bytes(b"")
    for rejected in (1, 0, 0):
        report = index.update(archive, prune=True)
        assert (report.rejections, report.rejected_before) == (rejected, 1 - rejected)
        assert (report.removed, report.kept, report.unchanged) == (0, 1, 9)


@posix
@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may look everywhere")
def test_a_path_that_cannot_be_looked_at_does_not_end_the_run(archive: Path, index: Index) -> None:
    (archive / "wire" / "new.txt").write_text("New\n\nIt snowed.\n", "utf-8")
    (archive / "web").chmod(0)
    try:
        report = index.update([archive / "web" / "0.txt", archive / "wire"], prune=True)
    finally:
        (archive / "web").chmod(0o755)
    assert (report.added, report.removed, report.kept) == (1, 0, 1)
    assert [str(r) for r in report.rejected] == ["web/0.txt: cannot be read: Permission denied"]


# ---- more than half


def test_more_than_half_is_not_removed_unasked(archive: Path, index: Index) -> None:
    for n in range(4):
        (archive / "wire" / f"{n}.txt").unlink()
    report = index.update([archive / "wire"], prune=True)
    assert (report.removed, report.kept, report.unchanged) == (0, 4, 2)
    (removal,) = report.refused
    assert removal == Removal(
        "wire",
        4,
        6,
        "more than half of the articles there are missing",
        4,
        tuple(f"wire/{n}.txt" for n in range(4)),
    )
    assert report.to_dict()["refused"] == [removal.to_dict()]
    asked = Asked(True)
    assert index.update([archive / "wire"], prune=True, confirm=asked).removed == 4
    assert asked.removals == [removal]


def test_half_is_removed(archive: Path, index: Index) -> None:
    for n in range(3):
        (archive / "wire" / f"{n}.txt").unlink()
    report = index.update([archive / "wire"], prune=True)
    assert (report.removed, report.refused) == (3, ())


def test_each_path_is_weighed_by_itself(archive: Path, index: Index) -> None:
    for n in range(3):
        (archive / "web" / f"{n}.txt").unlink()
    (archive / "wire" / "0.txt").unlink()
    report = index.update([archive / "wire", archive / "web"], prune=True)
    assert (report.removed, report.kept) == (1, 3)
    assert [removal.path for removal in report.refused] == ["web"]
    assert index.update(archive, prune=True).removed == 3  # of ten below the path that is named


def test_a_removal_names_ten_files(archive: Path, index: Index) -> None:
    for n in range(30):
        (archive / "web" / f"more{n}.txt").write_text(f"More {n}\n\nText.\n", "utf-8")
    index.update([archive / "web"])
    shutil.rmtree(archive / "web")
    shutil.rmtree(archive / "wire")
    (removal,) = index.update(archive, prune=True).refused
    assert (removal.articles, removal.known, removal.files, len(removal.examples)) == (40, 40, 40, 10)


def test_excluding_everything_is_not_done_unasked(archive: Path, index: Index) -> None:
    config = newssearch.Config(exclude=("*",))
    report = index.update(archive, config=config, prune=True)
    assert (report.removed, report.kept) == (0, 10)
    assert index.update(archive, config=config, prune=True, confirm=Asked(True)).removed == 10


def test_a_glob_that_matches_nothing_prunes_nothing(archive: Path, index: Index) -> None:
    shutil.rmtree(archive / "web")
    assert index.update([archive / "web" / "*.txt"], prune=True, confirm=Asked(True)).removed == 0


def test_what_was_renamed_is_only_moved(archive: Path, index: Index) -> None:
    record = '{"url": "https://e.org/%d", "title": "T", "text": "x"}\n'
    (archive / "a.jsonl").write_text("".join(record % n for n in range(20)), "utf-8")
    (archive / "b.jsonl").write_text("".join(record % n for n in range(20)), "utf-8")
    index.update([archive / "a.jsonl", archive / "b.jsonl"])
    (archive / "a.jsonl").unlink()
    report = index.update([archive / "b.jsonl"], prune=True)  # each has a copy in b.jsonl
    assert report.refused == ()
    assert len(index) == 30


def test_a_run_that_is_stopped_prunes_no_further(archive: Path, index: Index) -> None:
    empty(archive / "wire")
    asked = Asked(True)
    calls = iter([False, False, True, True, True])
    report = index.update(archive, prune=True, confirm=asked, stop=lambda: next(calls))
    assert report.interrupted
    assert report.removed == 2
    assert index.update(archive, prune=True, confirm=asked).removed == 4


def test_articles_of_a_part_that_cannot_be_read_any_more_stay(archive: Path, index: Index) -> None:
    with zipfile.ZipFile(archive / "a.zip", "w") as packed:
        packed.writestr("1.txt", "Inside one\n\nFirst.\n")
        packed.writestr("2.txt", "Inside two\n\nSecond.\n")
    index.update([archive / "a.zip"])
    whole = (archive / "a.zip").read_bytes()
    (archive / "a.zip").write_bytes(whole.replace(b"Inside two", b"Outside it"))  # its checksum is wrong now
    report = index.update([archive / "a.zip"])
    assert (report.rejections, report.removed, report.kept) == (1, 0, 1)
    assert found(index, "second") == ["Inside two"]
    with zipfile.ZipFile(archive / "a.zip", "w") as packed:
        packed.writestr("1.txt", "Inside one\n\nFirst.\n")
    assert index.update([archive / "a.zip"]).removed == 1


@pytest.mark.parametrize("left", [0, 10, 100])
def test_an_archive_that_is_cut_keeps_its_articles(archive: Path, index: Index, left: int) -> None:
    with zipfile.ZipFile(archive / "a.zip", "w") as packed:
        packed.writestr("1.txt", "Inside one\n\nFirst.\n")
        packed.writestr("2.txt", "Inside two\n\nSecond.\n")
    index.update([archive / "a.zip"])
    os.truncate(archive / "a.zip", left)
    report = index.update([archive / "a.zip"], prune=True, confirm=Asked(True))
    assert (report.removed, report.kept, report.rejections) == (0, 2, 1)


# ---- rebuilding


def test_a_rebuild_without_a_path_that_had_articles_keeps_the_old_index(archive: Path, index: Index) -> None:
    shutil.rmtree(archive / "web")
    for paths in ([archive / "wire", archive / "web"], [archive / "web"]):
        report = newssearch.rebuild(index.folder, paths)
        assert [(r.path, r.articles, r.reason) for r in report.refused] == [
            ("web", 4, "no such file or folder")
        ]
        assert report.added == 0
        index.refresh()
        assert len(index) == 10
    assert (
        newssearch.rebuild(index.folder, [archive / "wire", archive / "web"], confirm=Asked(True)).added == 6
    )


def test_a_rebuild_of_an_empty_folder_keeps_the_old_index(archive: Path, index: Index) -> None:
    empty(archive / "web")
    report = newssearch.rebuild(index.folder, [archive / "wire", archive / "web"])
    assert [(r.path, r.reason) for r in report.refused] == [("web", pruning.EMPTY_FOLDER)]
    index.refresh()
    assert len(index) == 10


def test_a_rebuild_to_less_than_half_keeps_the_old_index(archive: Path, index: Index) -> None:
    report = newssearch.rebuild(index.folder, [archive / "web"])
    assert [str(removal) for removal in report.refused] == ["6 of 10 articles: the new index would have 4"]
    assert not (index.folder / "rebuild.tmp").exists()
    index.refresh()
    assert len(index) == 10
    assert not newssearch.rebuild(index.folder, [archive / "wire"]).refused


def test_a_rebuild_of_an_index_that_cannot_be_read_wants_every_path(archive: Path, index: Index) -> None:
    index.close()
    for file in index.folder.iterdir():
        file.write_bytes(b"damaged")
    report = newssearch.rebuild(index.folder, [archive / "web", archive / "away"])
    assert [str(r) for r in report.refused] == ["all articles below away: no such file or folder"]
    assert newssearch.rebuild(index.folder, [archive / "web"]).added == 4


def test_a_rebuild_to_less_than_half_of_an_index_that_cannot_be_read_keeps_it(
    archive: Path, index: Index
) -> None:
    index.close()
    for file in index.folder.iterdir():
        if file.name not in ("files.json", "run.json"):
            file.write_bytes(b"damaged")
    report = newssearch.rebuild(index.folder, [archive / "web"])
    assert [str(removal) for removal in report.refused] == ["6 of 10 articles: the new index would have 4"]
    assert newssearch.rebuild(index.folder, [archive / "web"], confirm=lambda _: True).added == 4


@posix
def test_a_link_that_leads_nowhere_does_not_hold_up_the_rebuild_of_a_damaged_index(
    archive: Path, index: Index
) -> None:
    index.close()
    for file in index.folder.iterdir():
        file.write_bytes(b"damaged")
    (archive / "web" / "lost.txt").symlink_to("nowhere")
    report = newssearch.rebuild(index.folder, archive / "web")
    assert (report.added, report.rejections, report.refused) == (4, 1, ())


# ---- the command


def test_the_command_refuses_and_says_so(cli: Command, archive: Path) -> None:
    empty(archive / "web")
    done = cli("index", "wire", "web", "--prune")
    assert done.code == 1
    assert "0 added, 0 updated, 6 unchanged, 4 kept though their file is gone or unreadable" in done.out
    assert (
        done.err == "error: not removed: 4 of 4 articles below web: the folder is empty now\n"
        "  use --yes to remove them\n"
    )
    done = cli("index", "wire", "web", "--prune", "--yes")
    assert (done.code, done.err) == (0, "")
    assert "4 removed" in done.out


def test_the_command_reports_a_path_that_is_missing(cli: Command, archive: Path) -> None:
    shutil.rmtree(archive / "web")
    for options in ([], ["--yes"]):
        done = cli("index", "wire", "web", "--prune", *options)
        assert done.code == 4
        assert "4 kept" in done.out
        assert done.err == "rejected: web: no such file or folder\n"


def test_the_command_asks_on_a_terminal(cli: Command, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty(archive / "wire")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    for answer, code, removed in ((b"n\n", 1, False), (b"y\n", 0, True)):
        done = cli("index", "wire", "--prune", stdin=answer, terminal=True)
        assert done.code == code
        assert ("6 removed" in done.out) == removed
        assert "6 of 6 articles below wire: the folder is empty now\n  wire/0.txt\n" in done.err
        assert "Remove them from the index? [y/N]" in done.err


def test_the_command_rebuilds_when_told(cli: Command, archive: Path) -> None:
    done = cli("index", "--rebuild", "web")
    assert (done.code, done.out) == (1, "the old index is unchanged\narticles: 4 read, 0 rejected\n")
    assert "error: not removed: 6 of 10 articles: the new index would have 4" in done.err
    done = cli("index", "--rebuild", "web", "--yes")
    assert done.code == 0
    assert done.out.startswith(
        "articles: 4 added, 0 updated, 0 unchanged, 0 rejected\n4 paragraphs added in "
    )
    assert "old index" not in done.out


def test_an_interrupted_rebuild_does_not_say_that_the_index_has_its_articles() -> None:
    assert [*text_rebuild(IndexReport(added=2, paragraphs=3, interrupted=True))] == [
        "interrupted: the old index is unchanged; a rebuild replaces it only when it is complete",
        "articles: 2 read, 0 rejected",
    ]


def test_without_paths_the_command_names_those_that_the_index_was_made_from(
    cli: Command, archive: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for name in ("a", "b"):
        (elsewhere / f"{name}.txt").write_text(f"Rain {name}\n\nIt rained.\n", "utf-8")
    (archive / "one.txt").write_text("Snow\n\nIt snowed.\n", "utf-8")
    (archive / "bad.txt").write_bytes(b"")
    cli("index", "one.txt", "bad.txt", str(elsewhere))
    for options in ([], ["--rebuild"]):
        done = cli("index", *options)
        assert (done.code, done.out) == (2, "")
        assert done.err.endswith(
            "Name files or folders to index: there is no folder seeds/ here. The index was made from "
            f"{elsewhere}, one.txt, web, wire.\n"
        )
    monkeypatch.chdir(archive / "web")
    assert f"{Path('..', 'web')}, {Path('..', 'wire')}, " in cli("index", "--index", "../index").err


def test_yes_alone_means_nothing(cli: Command) -> None:
    assert cli("index", "web", "--yes").code == 2


def test_the_articles_of_a_folder_are_removed_by_its_name(cli: Command, archive: Path, index: Index) -> None:
    shutil.rmtree(archive / "web")
    assert len(index.articles_of("web")) == 4
    assert cli("remove", "--path", "web", "--yes").out == "4 removed\n"
    with newssearch.open(archive / "index") as opened:
        opened.add([article("Streamed", "x")])
        assert opened.articles_of("we") == []
        assert len(opened.articles_of(".")) == 6


def test_an_empty_path_is_no_folder(cli: Command, archive: Path, index: Index) -> None:
    """``--path "$FILE"`` with a variable that is not set must not remove the whole archive."""
    before = len(index)
    assert cli("remove", "--path", "", "--yes").code == 1
    assert cli("index", "").code == 1
    assert cli("info", "--index", "").code == 2
    assert cli("salvage", "").code == 2
    for call in (
        index.articles_of,
        index.update,
        newssearch.open,
        newssearch.create,
        lambda path: index.update(["web", path]),
    ):
        with pytest.raises(newssearch.NewssearchError, match="an empty path"):
            call("")
    with newssearch.open(archive / "index") as opened:
        assert len(opened) == before


def test_each_folder_that_is_empty_now_is_weighed_by_itself(tmp_path: Path) -> None:
    folders = [f"web/{number}" for number in range(20)]
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)
    known = {f"{folder}/{file}.txt": 1 + file for folder in folders for file in range(4)}
    still = {f"web/still/{file}.txt": 1 for file in range(500)}
    listing = files.FileListing(
        [files.Source(Path(path), path) for path in still], scopes=[files.Scope("web")]
    )
    plan = pruning.plan(known | still, listing, tmp_path, (), lambda removal: removal.path != "web/7")
    assert [(one.path, one.articles, one.known, one.files) for one in plan.refused] == [("web/7", 10, 10, 4)]
    assert sorted(plan.remove) == sorted(path for path in known if not path.startswith("web/7/"))
    assert plan.kept == 10


# ---- which path a file lies below


def test_scopes_are_folders_and_not_beginnings_of_names() -> None:
    listing = files.FileListing(
        scopes=[files.Scope("a"), files.Scope("a/b", recursive=False), files.Scope("/mnt/x/")]
    )

    def scopes(path: str) -> list[str]:
        return [scope.path for scope in listing.scopes_of(path)]

    assert scopes("a/1.txt") == ["a"]
    assert scopes("a/b/1.txt") == ["a/b", "a"]
    assert scopes("a/b/c/1.txt") == ["a"]
    assert scopes("ab/1.txt") == []
    assert scopes("/mnt/x/y/1.txt") == ["/mnt/x/"]
    assert scopes("/mnt/xy/1.txt") == []
    here = files.FileListing(scopes=[files.Scope(".")])
    assert here.scopes_of("1.txt")
    assert here.scopes_of("a/b/1.txt")
    assert not here.scopes_of("/mnt/x/1.txt")
    assert files.FileListing(scopes=[files.Scope("/")]).scopes_of("/mnt/x/1.txt")


def test_a_rebuild_that_finds_nothing_says_that_the_index_stays(cli: Command, archive: Path) -> None:
    (archive / "void").mkdir()
    done = cli("index", "void", "--rebuild", "--yes")
    assert done.out == "no article was found: the old index is unchanged\narticles: 0 read, 0 rejected\n"
    assert cli("query", "--count").out.startswith("10 articles")
