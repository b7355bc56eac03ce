"""Indexing: which files are read, which are not, and the index after an interrupted run."""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Article, Index, Progress, ReadOptions, Removal
from newssearch.updating import indexer
from support import THOROUGH, article, counts, found, index_of, titles

posix = pytest.mark.skipif(os.name != "posix", reason="links of POSIX")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return a folder that contains a folder of two articles; the index will be ``archive/index``."""
    folder = tmp_path / "archive"
    (folder / "news").mkdir(parents=True)
    write(folder / "news" / "a.txt", "Rain", "It rained on Baghdad.")
    write(folder / "news" / "b.txt", "Sun", "It was hot in Basra.")
    return folder


@pytest.fixture
def index(archive: Path) -> Iterator[Index]:
    with newssearch.create(archive / "index") as opened:
        yield opened


def write(file: Path, title: str, *paragraphs: str) -> None:
    file.write_text("\n\n".join([title, *paragraphs]) + "\n", encoding="utf-8")


def lines(file: Path, *records: Mapping[str, object]) -> None:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def stream(*records: Mapping[str, object]) -> io.BytesIO:
    return io.BytesIO("".join(json.dumps(record) + "\n" for record in records).encode())


def later(file: Path) -> None:
    """Set the time of a file to an hour later."""
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 3_600_000_000_000))


def agreed(removal: Removal) -> bool:
    """Agree to any removal."""
    return True


# ---- what has not changed is not read again


def test_new_files_are_read_and_unchanged_ones_are_not(archive: Path, index: Index) -> None:
    assert counts(index.update([archive / "news"])) == {"added": 2, "files_read": 2}
    assert counts(index.update([archive / "news"])) == {"unchanged": 2}
    assert found(index, "baghdad") == ["Rain"]


def test_a_file_that_was_only_touched_is_not_read_again(archive: Path, index: Index) -> None:
    index.update([archive / "news"])
    later(archive / "news" / "a.txt")
    assert counts(index.update([archive / "news"])) == {"unchanged": 2}


def test_a_changed_file_replaces_its_article(archive: Path, index: Index) -> None:
    index.update([archive / "news"])
    write(archive / "news" / "a.txt", "Rain", "It rained on Mosul instead.")
    assert counts(index.update([archive / "news"])) == {"updated": 1, "unchanged": 1, "files_read": 1}
    assert found(index, "baghdad") == []
    assert found(index, "mosul") == ["Rain"]


def test_a_change_of_the_same_size_is_seen(archive: Path, index: Index) -> None:
    index.update([archive / "news"])
    write(archive / "news" / "a.txt", "Rain", "It rained on Baghdud.")
    later(archive / "news" / "a.txt")
    assert counts(index.update([archive / "news"])) == {"updated": 1, "unchanged": 1, "files_read": 1}
    assert found(index, "baghdud") == ["Rain"]


def test_a_changed_headline_is_the_same_article_of_the_file(archive: Path, index: Index) -> None:
    index.update([archive / "news"])
    write(archive / "news" / "a.txt", "Hail", "It rained on Baghdad.")
    index.update([archive / "news"])
    assert titles(index) == ["Hail", "Sun"]


def test_reading_with_other_options_reads_all_again(archive: Path, index: Index) -> None:
    index.update([archive / "news"])
    report = index.update([archive / "news"], options=ReadOptions(lang="en"))
    assert counts(report) == {"updated": 2, "files_read": 2}
    assert index.search("rain")[0].lang == "en"


def test_records_appended_to_a_file_are_the_only_ones_added(archive: Path, index: Index) -> None:
    file = archive / "all.jsonl"
    lines(file, {"title": "A", "text": "x"}, {"title": "B", "text": "x"})
    index.update([file])
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps({"title": "C", "text": "x"}) + "\n")
    assert counts(index.update([file])) == {"added": 1, "unchanged": 2, "files_read": 1}


def test_a_record_that_is_gone_from_its_file_is_removed(archive: Path, index: Index) -> None:
    file = archive / "all.jsonl"
    records: list[dict[str, object]] = [{"id": n, "title": n, "text": "x"} for n in "ABC"]
    lines(file, *records)
    index.update([file])
    lines(file, records[0], records[2])
    report = index.update([file])
    assert report.removed == 1
    assert titles(index) == ["A", "C"]


def test_articles_of_a_file_that_is_gone_stay_until_they_are_pruned(archive: Path, index: Index) -> None:
    index.update([archive / "news"])
    (archive / "news" / "a.txt").unlink()
    assert counts(index.update([archive / "news"])) == {"unchanged": 1}
    assert titles(index) == ["Rain", "Sun"]
    assert counts(index.update([archive / "news"], prune=True)) == {"removed": 1, "unchanged": 1}
    assert titles(index) == ["Sun"]


def test_pruning_reaches_no_further_than_the_paths_that_are_named(archive: Path, index: Index) -> None:
    (archive / "wire").mkdir()
    write(archive / "wire" / "c.txt", "Fog", "It was dim.")
    index.update([archive])
    (archive / "news" / "a.txt").unlink()
    for paths in ([], [archive / "wire"], [archive / "wire" / "c.txt"], [archive / "wi*"]):
        assert index.update(paths, prune=True).removed == 0
    assert index.update([archive / "news" / "b.txt"], prune=True).removed == 1  # beside a file that is named
    assert titles(index) == ["Fog", "Sun"]


def test_pruning_leaves_what_was_never_in_a_file(archive: Path, index: Index) -> None:
    index.add([article("Added", "x")])
    index.update([], stream=stream({"title": "Streamed", "text": "x"}))
    assert counts(index.update([], prune=True)) == {}
    assert titles(index) == ["Added", "Streamed"]


def test_a_file_that_cannot_be_read_any_more_keeps_its_articles_and_is_reported(
    archive: Path, index: Index
) -> None:
    index.update([archive / "news"])
    file = archive / "news" / "a.txt"
    file.unlink()
    file.symlink_to("nowhere")
    for again in (False, True):
        report = index.update([archive / "news"])
        assert (report.unchanged, report.removed, report.kept) == (1, 0, 1)
        assert (report.rejections, report.rejected_before) == ((0, 1) if again else (1, 0))
        assert [str(rejected) for rejected in report.rejected] == [
            "news/a.txt: cannot be read: No such file or directory"
        ] * (not again)
        assert titles(index) == ["Rain", "Sun"]
    file.unlink()
    file.write_bytes(b"%PDF-1.7 now it is something else")
    assert index.update([archive / "news"]).rejections == 1
    assert titles(index) == ["Rain", "Sun"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_can_be_read_again_is_read_again(archive: Path, index: Index) -> None:
    file = archive / "news" / "a.txt"
    file.chmod(0)
    for again in (0, 1):
        report = index.update([archive / "news"])
        assert (report.rejections, report.rejected_before) == (1 - again, again)
    file.chmod(0o644)  # which changes neither its size nor its time
    assert counts(index.update([archive / "news"])) == {"added": 1, "unchanged": 1, "files_read": 1}


def test_a_folder_that_becomes_a_file_again_is_read(archive: Path, index: Index) -> None:
    index.update([archive / "news"])
    (archive / "news" / "a.txt").unlink()
    (archive / "news" / "a.txt").mkdir()
    index.update([archive / "news"])
    (archive / "news" / "a.txt").rmdir()
    write(archive / "news" / "a.txt", "Rain", "It rained on Mosul.")
    index.update([archive / "news"])
    assert found(index, "mosul") == ["Rain"]


def test_what_was_rejected_before_is_counted_and_no_error_until_it_changes(
    archive: Path, index: Index
) -> None:
    file = archive / "all.jsonl"
    file.write_text('{"title": "A", "text": "x"}\nnot json\n[1]\n', encoding="utf-8")
    first = index.update([file])
    assert counts(first) == {"added": 1, "files_read": 1, "rejections": 2}
    assert [rejected.record for rejected in first.rejected] == [2, 3]
    for _ in range(2):
        again = index.update([file])
        assert counts(again) == {"unchanged": 1}
        assert (again.rejected_before, again.rejected) == (2, ())
    retried = index.update([file], retry=True)
    assert counts(retried) == {"unchanged": 1, "files_read": 1, "rejections": 2}
    assert retried.rejected == first.rejected
    later(file)
    assert index.update([file]).rejected_before == 2  # touched, not changed
    with file.open("a", encoding="utf-8") as out:
        out.write("neither\n")
    assert counts(index.update([file])) == {"unchanged": 1, "files_read": 1, "rejections": 3}


def test_retrying_reads_only_what_was_rejected(archive: Path, index: Index) -> None:
    (archive / "news" / "c.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    index.update([archive / "news"])
    assert counts(index.update([archive / "news"], retry=True)) == {
        "unchanged": 2, "files_read": 1, "rejections": 1,
    }  # fmt: skip


@pytest.mark.parametrize("changed", ["version", "options", "ability"])
def test_what_another_version_option_or_package_may_read_is_read_again(
    archive: Path, index: Index, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    (archive / "news" / "c.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    index.update([archive / "news"])
    options = ReadOptions()
    if changed == "version":
        monkeypatch.setattr(indexer, "versions", lambda: ("newssearch 99",))
    elif changed == "options":
        options = ReadOptions(day_first=True)
    else:
        monkeypatch.setattr(indexer, "signature", lambda options: "another package")
    report = index.update([archive / "news"], options=options)
    assert report.rejections == 1
    assert report.files_read == (1 if changed == "version" else 3)
    assert index.update([archive / "news"], options=options).rejected_before == 1


def test_a_copy_takes_the_place_of_what_another_copy_has_lost(archive: Path, index: Index) -> None:
    one, two = archive / "news" / "1.jsonl", archive / "news" / "2.jsonl"

    def written(file: Path, *titles: str) -> None:
        lines = [
            json.dumps({"title": t, "text": f"{t} it was.", "url": f"https://e.org/{t}"}) for t in titles
        ]
        file.write_text("\n".join(lines), "utf-8")

    written(two, "Hail")
    index.update(two)
    written(one, "Fog", "Hail")
    index.update(one)
    written(one, "Hail")
    written(two, "Fog")
    index.update(two)
    assert {article.title: article.path for article in index} == {
        "Hail": "news/1.jsonl",
        "Fog": "news/1.jsonl",
    }
    index.update(one)  # Fog is gone from here: the second file is read for it
    assert {article.title: article.path for article in index} == {
        "Hail": "news/1.jsonl",
        "Fog": "news/2.jsonl",
    }


@posix
def test_a_copy_that_has_become_a_link_is_read_by_the_name_of_its_file(archive: Path, index: Index) -> None:
    news = archive / "news"
    record = '{"title": "Hail", "text": "It hailed.", "url": "https://example.com/hail"}'
    for name in ("x.json", "y.json"):
        (news / name).write_text(record, "utf-8")
    assert index.update([news / "x.json", news / "y.json"]).duplicates == 1
    (news / "z.json").write_text('{"title": "Snow", "text": "It snowed."}', "utf-8")
    (news / "y.json").unlink()
    (news / "y.json").symlink_to("z.json")
    (news / "x.json").unlink()
    index.update([news / "x*.json", news], prune=True, confirm=lambda removal: True)
    assert [article.path for article in index if article.title == "Snow"] == ["news/z.json"]
    assert "Hail" not in {article.title for article in index}


@posix
def test_what_cannot_even_be_opened_is_reported_once_and_tried_each_time(archive: Path, index: Index) -> None:
    link = archive / "news" / "c.txt"
    link.symlink_to("nowhere")
    assert index.update([archive / "news"]).rejections == 1
    for _ in range(2):
        report = index.update([archive / "news"])
        assert (report.rejections, report.rejected_before) == (0, 1)
    assert index.update([archive / "news"], retry=True).rejections == 1
    link.unlink()
    link.symlink_to(link)
    assert index.update([archive / "news"]).rejections == 1  # for another reason
    link.unlink()
    write(link, "Fog", "It was dim.")
    assert counts(index.update([archive / "news"])) == {"added": 1, "unchanged": 2, "files_read": 1}


def test_what_names_nothing_is_reported(archive: Path, index: Index) -> None:
    report = index.update([archive / "gone", archive / "*.zip", archive / "news"])
    assert [str(rejected) for rejected in report.rejected] == [
        "gone: no such file or folder", "*.zip: no file matches",
    ]  # fmt: skip
    assert report.added == 2


def test_a_report_lists_so_many_rejections_and_counts_all(
    archive: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "KEPT_REJECTIONS", 3)
    file = archive / "all.jsonl"
    file.write_text('{"title": "A", "text": "x"}\n' + "bad\n" * 10, encoding="utf-8")
    report = index.update([file])
    assert (report.rejections, len(report.rejected)) == (10, 3)
    report = index.update([file])
    assert (report.rejections, report.rejected_before, report.files_read) == (0, 10, 0)


# ---- the names of files


def test_paths_are_relative_to_the_archive_whatever_way_they_were_named(
    archive: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(archive / "news")
    index.update(["a.txt", "../news/b.txt", archive / "news", "*.txt"])
    assert sorted(hit.path or "" for hit in index.search("")) == ["news/a.txt", "news/b.txt"]
    assert (
        index.articles_of("a.txt")
        == index.articles_of("news/a.txt")
        == index.articles_of(archive / "news/a.txt")
    )


@posix
def test_a_file_is_one_file_by_whatever_path_it_is_reached(
    archive: Path, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "linked").symlink_to(archive)
    (archive / "latest").symlink_to(archive / "news")
    (archive / "news" / "same.txt").symlink_to("a.txt")
    (archive / "news" / "again.txt").symlink_to(archive / "latest" / "b.txt")
    index.update([archive / "news"])
    monkeypatch.chdir(archive / "news")
    for path in (
        archive / "latest", tmp_path / "linked" / "news", tmp_path / "linked" / "latest", Path("../news"),
        Path("../latest"), Path("same.txt"), Path("./a.txt"), Path("*.txt"), archive / "news" / ".." / "latest",
    ):  # fmt: skip
        report = index.update([path], prune=True)
        assert (report.added, report.removed, report.files_read) == (0, 0, 0), path
    assert sorted(hit.path or "" for hit in index.search("")) == ["news/a.txt", "news/b.txt"]
    with newssearch.open(tmp_path / "linked" / "index") as other:
        assert other.update([tmp_path / "linked" / "latest"]).files_read == 0
    (tmp_path / "elsewhere").symlink_to(archive / "index")
    with newssearch.open(tmp_path / "elsewhere") as other:  # the folder of the index itself by a link
        assert other.update([archive / "news"]).files_read == 0
        assert other.articles_of(archive / "latest" / "a.txt") == index.articles_of("news/a.txt")


@posix
def test_a_file_outside_is_one_file_by_all_links_to_it(archive: Path, index: Index, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    write(outside, "Fog", "It was dim.")
    for name in ("x.txt", "y.txt"):
        (archive / "news" / name).symlink_to(outside)
    assert index.update([archive / "news"]).added == 3
    assert index.search("dim")[0].path == outside.as_posix()
    assert index.update([outside]).files_read == 0
    write(tmp_path / "second.txt", "Hail", "It hailed.")
    (archive / "news" / "x.txt").unlink()
    (archive / "news" / "x.txt").symlink_to(tmp_path / "second.txt")  # a link that leads elsewhere now
    assert index.update([archive / "news"]).added == 1


@posix
def test_links_to_folders_within_a_folder_are_counted(archive: Path, index: Index, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (archive / "news" / "more").symlink_to(tmp_path / "more")
    assert index.update([archive / "news"]).skipped == {"linked folders": 1}


@posix
def test_a_folder_that_has_become_a_link_is_not_indexed_twice(
    archive: Path, index: Index, tmp_path: Path
) -> None:
    index.update([archive / "news"])
    (archive / "news").rename(tmp_path / "large")
    (archive / "news").symlink_to(tmp_path / "large")
    report = index.update([archive / "news", archive], prune=True)
    assert report.refused == ()
    assert titles(index) == ["Rain", "Sun"]


def test_a_file_outside_of_the_archive_has_its_whole_path(
    archive: Path, index: Index, tmp_path: Path
) -> None:
    write(tmp_path / "other.txt", "Other", "Elsewhere.")
    index.update([tmp_path / "other.txt"])
    assert index.search("other")[0].path == (tmp_path / "other.txt").as_posix()


def test_an_index_moved_with_its_archive_knows_its_files(archive: Path, index: Index, tmp_path: Path) -> None:
    index.update([archive / "news"])
    index.close()
    archive.rename(tmp_path / "moved")
    with newssearch.open(tmp_path / "moved" / "index") as moved:
        assert counts(moved.update([tmp_path / "moved" / "news"])) == {"unchanged": 2}
        assert counts(moved.update([tmp_path / "moved" / "news"], prune=True)) == {"unchanged": 2}


def test_an_index_does_not_read_itself(archive: Path, index: Index) -> None:
    report = index.update([archive])
    assert counts(report) == {"added": 2, "files_read": 2}
    assert counts(index.update([archive])) == {"unchanged": 2}


def test_a_file_whose_name_is_not_utf8_is_read_and_known_again(archive: Path, index: Index) -> None:
    raw = os.fsencode(archive / "news") + b"/\xff.txt"
    with open(raw, "wb") as out:  # noqa: PTH123  (a path of bytes)
        out.write(b"Hail\n\nIt hailed.\n")
    assert counts(index.update([archive / "news"])) == {"added": 3, "files_read": 3}
    assert index.search("hail")[0].path == "news/\\xff.txt"
    assert counts(index.update([archive / "news"], prune=True)) == {"unchanged": 3}
    os.unlink(raw)  # noqa: PTH108
    assert counts(index.update([archive / "news"], prune=True)) == {"unchanged": 2, "removed": 1}


def test_links_in_circles_and_hidden_files_are_passed_over(archive: Path, index: Index) -> None:
    (archive / "news" / "circle").symlink_to(archive / "news")
    write(archive / "news" / ".hidden.txt", "Hidden", "x")
    (archive / "news" / ".git").mkdir()
    write(archive / "news" / ".git" / "c.txt", "Hidden", "x")
    assert counts(index.update([archive / "news"])) == {"added": 2, "files_read": 2}


# ---- the same article more than once

STORY: dict[str, object] = {"url": "https://e.org/1", "title": "Story", "text": "One story."}
CHANGED: dict[str, object] = {**STORY, "text": "The story, changed."}


def test_an_article_in_two_files_is_kept_once(archive: Path, index: Index) -> None:
    lines(archive / "a.jsonl", STORY)
    lines(archive / "b.jsonl", STORY)
    report = index.update([archive / "a.jsonl", archive / "b.jsonl"])
    assert counts(report) == {"added": 1, "duplicates": 1, "files_read": 2}
    assert titles(index) == ["Story"]


def test_a_copy_takes_the_place_of_the_article_that_went(archive: Path, index: Index) -> None:
    both = [archive / "a.jsonl", archive / "b.jsonl"]
    for file in both:
        lines(file, STORY)
    index.update(both)
    lines(both[0], {"title": "Other", "text": "x"})
    index.update(both)
    assert titles(index) == ["Other", "Story"]
    assert index.search("story")[0].path == "b.jsonl"


def test_a_copy_takes_the_place_also_when_its_file_is_named_only_later(archive: Path, index: Index) -> None:
    both = [archive / "a.jsonl", archive / "b.jsonl"]
    for file in both:
        lines(file, STORY)
    index.update(both)
    lines(both[0], {"title": "Other", "text": "x"})
    index.update(both[:1])
    index.update(both)
    assert titles(index) == ["Other", "Story"]


def test_a_copy_takes_the_place_also_when_the_run_was_stopped_before_it(archive: Path, index: Index) -> None:
    both = [archive / "a.jsonl", archive / "b.jsonl"]
    for file in both:
        lines(file, STORY)
    index.update(both)
    lines(both[0], {"title": "Other", "text": "x"}, {"title": "Another", "text": "x"})
    lines(both[1], STORY, {"title": "New", "text": "x"})
    for stop_after in (1, 2, 3, 4):
        index.update(both, stop=after(stop_after))
    index.update(both)
    assert titles(index) == ["Another", "New", "Other", "Story"]


def test_a_copy_takes_the_place_also_when_the_run_was_stopped_after_the_removal(
    archive: Path, index: Index
) -> None:
    files = [archive / f"{name}.jsonl" for name in "abc"]
    for file in files[:2]:
        lines(file, STORY)
    lines(files[2], {"title": "Last", "text": "x"})
    index.update(files)
    lines(files[0], {"title": "Other", "text": "x"})
    lines(files[2], {"title": "Last", "text": "y"}, {"title": "New", "text": "x"})
    assert index.update(files, stop=after(2)).interrupted
    index.update(files)
    assert titles(index) == ["Last", "New", "Other", "Story"]


def test_a_copy_takes_the_place_when_a_file_is_pruned(archive: Path, index: Index) -> None:
    both = [archive / "a.jsonl", archive / "b.jsonl"]
    for file in both:
        lines(file, STORY)
    index.update(both)
    both[0].unlink()
    assert index.update([archive / "*.jsonl"], prune=True).refused == ()  # nothing is lost of it
    index.update(both[1:])
    assert titles(index) == ["Story"]


@pytest.mark.parametrize("corrected", ["a.jsonl", "b.jsonl"])
def test_of_two_copies_the_one_that_is_corrected_counts(archive: Path, index: Index, corrected: str) -> None:
    both = [archive / "a.jsonl", archive / "b.jsonl"]
    for file in both:
        lines(file, STORY)
    assert counts(index.update(both)) == {"added": 1, "duplicates": 1, "files_read": 2}
    lines(archive / corrected, CHANGED)
    assert counts(index.update(both))["updated"] == 1
    assert [(hit.text, hit.path) for hit in index.search("")] == [("The story, changed.", corrected)]
    for file in both:  # an older version does not come back because its file is read again
        later(file)
        with file.open("a", encoding="utf-8") as out:
            out.write("\n")
    assert counts(index.update(both)) == {"unchanged": 1, "ignored": 1, "files_read": 2}
    newssearch.rebuild(index.folder, both)
    with newssearch.open(index.folder) as rebuilt:
        assert [(hit.text, hit.path) for hit in rebuilt.search("")] == [("The story, changed.", corrected)]
    for file in both:
        lines(file, CHANGED)
    assert counts(index.update(both))["duplicates"] == 1
    (found,) = index
    assert (found.place.path, [place.path for place in found.other_places]) == ("a.jsonl", ["b.jsonl"])


def test_the_newest_of_the_versions_that_are_left_counts(archive: Path, index: Index) -> None:
    folder = archive / "copies"
    folder.mkdir()
    files = [folder / "a.jsonl", folder / "b.jsonl", folder / "c.jsonl"]
    lines(files[1], STORY)
    index.update(folder)
    lines(files[0], CHANGED)
    index.update(folder)
    lines(files[2], {**STORY, "text": "The end."})
    index.update(folder)
    for expected in ("The end.", "The story, changed.", "One story."):
        assert [hit.text for hit in index.search("")] == [expected]
        (current,) = index
        (archive / current.place.path).unlink()
        index.update(folder, prune=True, confirm=lambda removal: True)
    assert len(index) == 0


def test_two_versions_in_two_files_are_one_article_and_stay_it(archive: Path, index: Index) -> None:
    both = [archive / "a.jsonl", archive / "b.jsonl"]
    lines(both[0], STORY)
    lines(both[1], CHANGED)
    assert counts(index.update(both)) == {"added": 1, "ignored": 1, "files_read": 2}
    (found,) = index
    assert (found.paragraphs[0].text, found.version) == ("The story, changed.", 2)
    for file in both:
        later(file)
        with file.open("a", encoding="utf-8") as out:
            out.write("\n")
    assert counts(index.update(both)) == {"unchanged": 1, "ignored": 1, "files_read": 2}
    assert [article.version for article in index] == [2]


@pytest.mark.parametrize("batch", [1, 2, 20_000])
def test_of_two_versions_in_one_file_the_last_one_counts(
    archive: Path, index: Index, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "MAX_PENDING_PARAGRAPHS", batch)
    file = archive / "all.jsonl"
    for records in ((STORY, CHANGED), (CHANGED, STORY), (STORY, STORY), (CHANGED, STORY, CHANGED)):
        lines(file, *records)
        index.update([file])
        assert [hit.text for hit in index.search("")] == [records[-1]["text"]]
        later(file)
        version = next(iter(index)).version
        index.update([file], retry=True)
        assert next(iter(index)).version == version


def test_an_article_that_moves_to_another_file_is_kept_once(archive: Path, index: Index) -> None:
    one, other = archive / "a.jsonl", archive / "b.jsonl"
    filler: dict[str, object] = {"id": "x", "title": "Filler", "text": "x"}
    for here, there in ((one, other), (other, one), (one, other)):
        lines(here, STORY, filler)
        lines(there, filler)
        index.update([one, other])
        assert [hit.path for hit in index.search("story")] == [here.name]
        assert titles(index) == ["Filler", "Filler", "Story"]


@pytest.mark.parametrize("batch", [1, 2, 3, 20_000])
def test_two_files_may_swap_their_stories(
    archive: Path, index: Index, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "MAX_PENDING_PARAGRAPHS", batch)
    one, other = archive / "a.jsonl", archive / "b.jsonl"
    second = {**STORY, "url": "https://e.org/2", "title": "Second"}
    for here, there in ((STORY, second), (second, STORY), (STORY, second)):
        lines(one, here)
        lines(other, there)
        index.update([one, other])
        assert titles(index) == ["Second", "Story"]


def test_the_counts_of_a_run_are_those_of_its_articles(archive: Path, index: Index) -> None:
    one, other = archive / "a.jsonl", archive / "b.jsonl"
    filler: dict[str, object] = {"id": "x", "title": "Filler", "text": "x"}
    lines(one, filler)
    lines(other, STORY)
    index.update([one, other])
    lines(one, filler, STORY)  # met first as a copy, then read again in the other's place
    other.write_text('{"title": "New", "text": "x"}\n', encoding="utf-8")
    report = index.update([one, other])
    assert (report.added, report.unchanged, report.removed, report.duplicates) == (1, 2, 0, 1)
    assert report.files_read == 2


# ---- articles at hand, and streams


def test_an_article_with_neither_headline_nor_text_is_rejected(index: Index) -> None:
    report = index.add([Article.create(outlet="example.org"), article("A")])
    assert counts(report) == {"added": 1, "rejections": 1}
    assert str(report.rejected[0]) == "-:1: neither a title nor any text"


def test_a_stream_fed_again_changes_nothing(index: Index) -> None:
    records: list[dict[str, object]] = [
        STORY,
        {"title": "No address", "text": "x"},
        {"id": 7, "title": "T", "text": "x"},
    ]
    assert counts(index.update([], stream=stream(*records))) == {"added": 3}
    assert counts(index.update([], stream=stream(*records))) == {"unchanged": 3}
    assert len(titles(index)) == 3


def test_of_a_feed_with_a_new_item_on_top_only_that_is_new(index: Index) -> None:
    index.update([], stream=stream(STORY, {"title": "Old", "text": "x"}))
    report = index.update(
        [], stream=stream({"title": "New", "text": "x"}, STORY, {"title": "Old", "text": "x"})
    )
    assert counts(report) == {"added": 1, "unchanged": 2}


def test_a_stream_adds_to_what_earlier_streams_brought(index: Index) -> None:
    index.update([], stream=stream(STORY))
    assert counts(index.update([], stream=stream({"title": "Next", "text": "x"}))) == {"added": 1}
    assert titles(index) == ["Next", "Story"]


def test_files_and_a_stream_can_be_read_in_one_run(archive: Path, index: Index) -> None:
    assert counts(index.update([archive / "news"], stream=stream(STORY))) == {"added": 3, "files_read": 2}


def test_an_empty_run_is_no_commit(index: Index) -> None:
    before = index.commit.number
    index.add([])
    index.update([])
    assert index.commit.number == before


# ---- removing


def test_removed_articles_stay_away_until_their_file_changes(archive: Path, index: Index) -> None:
    index.update([archive / "news"])
    assert index.remove(index.find("rain")) == 1
    assert counts(index.update([archive / "news"])) == {"unchanged": 1}
    later(archive / "news" / "a.txt")
    assert counts(index.update([archive / "news"])) == {"unchanged": 1}
    assert titles(index) == ["Sun"]
    write(archive / "news" / "a.txt", "Rain", "It rained on Mosul.")
    assert counts(index.update([archive / "news"])) == {"added": 1, "unchanged": 1, "files_read": 1}


# ---- interruptions


def after(articles: int) -> Callable[[], bool]:
    """Return a function that stops a run after the given number of articles."""
    left = articles

    def stop() -> bool:
        nonlocal left
        left -= 1
        return left <= 0

    return stop


def test_a_stopped_run_keeps_what_it_did_and_goes_on_next_time(archive: Path, index: Index) -> None:
    report = index.update([archive / "news"], stop=after(1))
    assert report.interrupted
    assert titles(index) == ["Rain"]
    report = index.update([archive / "news"])
    assert not report.interrupted
    assert counts(report)["added"] == 1
    assert titles(index) == ["Rain", "Sun"]


NAMES = st.sampled_from(["a.jsonl", "b.jsonl", "c.jsonl"])
RECORDS = st.fixed_dictionaries(
    {"title": st.sampled_from(["Rain", "Sun"]), "text": st.sampled_from(["x", "y"])},
    optional={"url": st.sampled_from(["u1", "u2", "u3"]), "id": st.sampled_from(["1", "2"])},
)
STATES = st.dictionaries(NAMES, st.lists(RECORDS, min_size=1, max_size=4), max_size=3)
"""A strategy for the files of an archive with their records. It draws no empty file, because that keeps its articles."""


@contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def set_up(archive: Path, state: dict[str, list[dict[str, object]]], tick: int) -> None:
    for old in archive.glob("*.jsonl"):
        if old.name not in state:
            old.unlink()
    for name, records in state.items():
        content = "".join(json.dumps(record) + "\n" for record in records)
        file = archive / name
        if not file.exists() or file.read_text(encoding="utf-8") != content:
            file.write_text(content, encoding="utf-8")
            os.utime(file, ns=(tick, tick))


def content(index: Index) -> set[tuple[object, ...]]:
    """Return the set of articles in an index, without their ids and numbers.

    The ids depend on the order of indexing: the first of two articles with one id has the plain id. Articles that become
    equal later are still two.
    """
    return {(hit.title, hit.text, hit.url) for hit in index.search("", limit=None)}


@settings(max_examples=12 * THOROUGH, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    states=st.lists(STATES, min_size=1, max_size=3),
    stops=st.lists(st.integers(1, 6), max_size=3),
    batch=st.sampled_from([1, 2, 20_000]),
)
def test_however_a_run_was_broken_off_the_index_becomes_that_of_one_run(
    states: list[dict[str, list[dict[str, object]]]], stops: list[int], batch: int
) -> None:
    with scratch() as archive, pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexer, "MAX_PENDING_PARAGRAPHS", batch)
        with newssearch.create(archive / "index") as index:
            for tick, state in enumerate(states, start=1):
                set_up(archive, state, tick * 10**12)
                for stop in stops:
                    index.update([archive], prune=True, confirm=agreed, stop=after(stop))
                report = index.update([archive], prune=True, confirm=agreed)
                assert not report.interrupted
            again = index.update([archive], prune=True)
            assert (again.added, again.updated, again.removed) == (0, 0, 0)
            with newssearch.create(archive / "fresh") as fresh:
                fresh.update(sorted(archive.glob("*.jsonl")))
                assert content(index) == content(fresh)


def test_progress_reaches_the_size_of_the_files(archive: Path, index: Index) -> None:
    seen: list[Progress] = []
    index.update([archive / "news"], progress=seen.append)
    total = sum(file.stat().st_size for file in (archive / "news").iterdir())
    assert {progress.total for progress in seen} == {total}
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert seen[-1].done == total
    assert seen[-1].articles == 2


@pytest.mark.parametrize(
    "damage", [None, "", "null", "[]", "{", '{"version": 1, "files": {"news/a.txt": [1]}}', "\xff"]
)
def test_a_manifest_that_is_lost_or_damaged_is_no_harm(
    archive: Path, index: Index, damage: str | None
) -> None:
    index.update([archive / "news"])
    manifest = archive / "index" / "files.json"
    manifest.unlink()
    if damage is not None:
        manifest.write_bytes(damage.encode("latin-1"))
    assert counts(index.update([archive / "news"])) == {"unchanged": 2, "files_read": 2}
    assert counts(index.update([archive / "news"])) == {"unchanged": 2}


def test_batches_are_committed_on_the_way(
    archive: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "MAX_PENDING_PARAGRAPHS", 2)
    before = index.commit.number
    file = archive / "all.jsonl"
    lines(file, *({"title": f"T{n}", "text": "x"} for n in range(7)))
    seen: list[int] = []

    def stop() -> bool:
        with newssearch.open(index.folder) as reader:
            seen.append(reader.search("").total_articles)
        return False

    assert counts(index.update([file], stop=stop)) == {"added": 7, "files_read": 1}
    assert seen == [0, 0, 2, 2, 4, 4, 6]
    assert index.commit.number == before + 5  # the last one tidies up


def test_a_long_run_commits_after_some_time(
    archive: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "MAX_PENDING_SECONDS", 0.0)
    monkeypatch.setattr(indexer, "MIN_SECONDS_PER_COMMIT", 0.0)
    file = archive / "all.jsonl"
    lines(file, *({"title": f"T{n}", "text": "x"} for n in range(3)))
    before = index.commit.number
    assert counts(index.update([file])) == {"added": 3, "files_read": 1}
    assert index.commit.number >= before + 3
    monkeypatch.setattr(indexer, "MIN_SECONDS_PER_COMMIT", 1e6)  # as if each commit took very long
    lines(file, *({"title": f"U{n}", "text": "x"} for n in range(9)))
    before = index.commit.number
    index.update([file])
    assert index.commit.number <= before + 4
    assert len(titles(index)) == 9


def test_a_reader_that_fails_midway_commits_nothing_of_the_batch(index: Index) -> None:
    def broken() -> Iterator[Article]:
        yield article("A", "x")
        raise RuntimeError("out of paper")

    with pytest.raises(RuntimeError, match="out of paper"):
        index.add(broken())
    assert titles(index) == []
    index.add([article("B", "x")])  # and the lock is free again
    assert titles(index) == ["B"]


# ---- readers and writers


# ---- rebuilding


def test_a_damaged_index_can_be_rebuilt(archive: Path, index: Index) -> None:
    index.update([archive / "news"])
    index.close()
    for file in (archive / "index").glob("*"):
        file.write_bytes(b"\x00" * 10)
    with pytest.raises(newssearch.NewssearchError):
        newssearch.open(archive / "index")
    newssearch.rebuild(archive / "index", [archive / "news"])
    with newssearch.open(archive / "index") as rebuilt:
        assert titles(rebuilt) == ["Rain", "Sun"]


def test_a_rebuild_does_not_let_go_of_the_lock(archive: Path, index: Index) -> None:
    index.add([article("Old", "x")])
    lock = archive / "index" / "MAIN_RUN"
    before = lock.stat().st_ino
    newssearch.rebuild(index.folder, [archive / "news"])
    assert lock.stat().st_ino == before  # who waits for a file that was replaced waits for nobody


def test_a_rebuild_leaves_nothing_of_the_old_index_on_disk(archive: Path, index: Index) -> None:
    for n in range(5):
        index.add([article(f"Old {n}", "x" * 1000)])
    newssearch.rebuild(index.folder, [archive / "news"], confirm=agreed)
    fresh = archive / "fresh"
    newssearch.rebuild(fresh, [archive / "news"])

    def kinds(folder: Path) -> list[str]:
        return sorted(path.suffix for path in folder.iterdir() if path.suffix)

    assert kinds(index.folder) == kinds(fresh)


def test_searches_after_a_copy_of_the_folder_are_the_same(
    archive: Path, index: Index, tmp_path: Path
) -> None:
    index.update([archive / "news"])
    shutil.copytree(index.folder, tmp_path / "copy")
    with newssearch.open(tmp_path / "copy") as copy:
        assert copy.search("rain").to_dict() == index.search("rain").to_dict()


def test_articles_and_ids_come_back_as_they_went_in(tmp_path: Path) -> None:
    whole = article(
        "T", "One.", "Two.", date="2024-07-25T10:00:00+03:00", outlet="O", source="S", byline="B", located="L",
        lang="en-GB", section="World", url="https://e.org",
    )  # fmt: skip
    odd = Article.create(
        title="日本 \x00 \u202e 🙂", text=["\ufffd", "a\tb"], path="x\\y.txt", record=7, dateline="D"
    )
    index = index_of(tmp_path / "i", whole, odd)
    assert index.article(whole.id) == whole
    assert index.article(odd.id) == odd
