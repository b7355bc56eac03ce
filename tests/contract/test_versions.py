"""Archives with ``versions = "keep"``: each version of an article is an article of its own, and its versions are one story."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import newssearch
from newssearch import Article, ArticleConflictError, Config, Index
from support import article

TEXTS = (
    "Rain fell on the town of Basra all night long, and two bridges were closed.",
    "The council of ministers met on Monday, and spoke about the price of oil.",
    "A storm is expected in the mountains of the north before the end of the week.",
)
KEEP = 'versions = "keep"\n'

Write = Callable[..., None]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return the folder of an archive that keeps all versions."""
    (tmp_path / "newssearch.toml").write_text(KEEP)
    (tmp_path / "news").mkdir()
    return tmp_path


def write(archive: Path, name: str, *numbers: int, url: str | None = "https://e.org/1") -> None:
    """Write a file with a record for each number of a text."""
    records = [{"title": f"Version {n}", "url": url, "text": TEXTS[n]} for n in numbers]
    (archive / "news" / name).write_text("".join(json.dumps(record) + "\n" for record in records))


def versions(index: Index) -> list[tuple[int, str | None]]:
    """Return the number and the headline of each article, after checking that all are one story."""
    held = sorted(index, key=lambda one: one.version)
    stories = {tuple(copy.id for copy in index.story(one.id).versions) for one in held}
    assert len(stories) == (1 if held else 0)
    assert all(len(story) == len(held) for story in stories)
    results = index.search("", limit=None)
    assert (results.total_articles, results.total_stories, len(results.hits)) == (len(held), 1, 1)
    assert len({one.version_of for one in held}) == 1
    assert newssearch.verify(index.folder).problems == ()
    return [(one.version, one.title) for one in held]


def test_each_version_is_an_article_and_all_are_one_story(archive: Path, address: str) -> None:
    index = newssearch.create(address)
    for n in range(3):
        write(archive, "a.jsonl", n)
        report = index.update([archive / "news"])
        assert (report.added, report.updated, report.removed) == (1, 0, 0)
        assert [one.title for one in map(index.article, index.find(since_run=True))] == [f"Version {n}"]
    assert versions(index) == [(1, "Version 0"), (2, "Version 1"), (3, "Version 2")]
    before = [one.to_dict() for one in index]
    assert index.update([archive / "news"]).unchanged == 1
    (archive / "news" / "a.jsonl").touch()
    write(archive, "a.jsonl", 2)
    index.update([archive / "news"])
    assert [one.to_dict() for one in index] == before, "reading the same again changes nothing"
    write(archive, "a.jsonl", 0)
    report = index.update([archive / "news"])
    assert (report.added, report.unchanged, report.removed) == (0, 1, 0)
    assert [one.to_dict() for one in index] == before, "it is a version that the index has"


def test_versions_in_several_files_and_in_one_are_numbered_as_they_are_read(
    archive: Path, address: str
) -> None:
    write(archive, "a.jsonl", 1, 0)
    write(archive, "b.jsonl", 2, 0)
    with newssearch.create(address) as index:
        report = index.update([archive / "news"])
        assert (report.added, report.duplicates) == (3, 1)
        assert versions(index) == [(1, "Version 1"), (2, "Version 0"), (3, "Version 2")]
        before = [one.to_dict() for one in index]
        newssearch.rebuild(address, [archive / "news"])
        index.refresh()
        assert [one.to_dict() for one in index] == before
        assert versions(index) == [(1, "Version 1"), (2, "Version 0"), (3, "Version 2")]


def test_a_rebuild_keeps_the_versions_that_no_file_has_any_more(archive: Path, address: str) -> None:
    index = newssearch.create(address)
    for n in (2, 1, 0):
        write(archive, "a.jsonl", n)
        index.update([archive / "news"])
    before = [one.to_dict() for one in index]
    assert newssearch.rebuild(address, [archive / "news"]).added == 3
    index.refresh()
    assert [one.to_dict() for one in index] == before
    assert versions(index) == [(1, "Version 2"), (2, "Version 1"), (3, "Version 0")]
    (archive / "news" / "b.jsonl").write_text('{"title": "Sun", "text": "It shone."}\n')
    (archive / "news" / "a.jsonl").unlink()
    newssearch.rebuild(address, [archive / "news"], confirm=lambda _: True)
    index.refresh()
    assert [one.title for one in index] == ["Sun"], "an article that is gone has no versions"


def test_an_article_that_its_file_no_longer_has_goes_with_all_its_versions(
    archive: Path, address: str
) -> None:
    index = newssearch.create(address)
    for n in range(2):
        write(archive, "a.jsonl", n)
        index.update([archive / "news"])
    write(archive, "a.jsonl", 2, url="https://e.org/2")
    report = index.update([archive / "news"])
    assert (report.added, report.removed) == (1, 2)
    assert versions(index) == [(1, "Version 2")]
    (archive / "news" / "a.jsonl").unlink()
    assert index.update([archive / "news"], prune=True, confirm=lambda _: True).removed == 1
    assert len(index) == 0


def test_a_moved_file_takes_all_versions_with_it(archive: Path, address: str) -> None:
    index = newssearch.create(address)
    for n in range(2):
        write(archive, "a.jsonl", n)
        index.update([archive / "news"])
    (archive / "news" / "a.jsonl").rename(archive / "news" / "z.jsonl")
    assert index.update([archive / "news"], prune=True).removed == 0
    assert {one.path for one in index} == {"news/z.jsonl"}
    assert versions(index) == [(1, "Version 0"), (2, "Version 1")]


def test_versions_stay_one_story_when_others_come_and_go(archive: Path, address: str) -> None:
    index = newssearch.create(address)
    for n in range(3):
        write(archive, "a.jsonl", n)
        index.update([archive / "news"])
        index.add(article(f"Other {n}", f"Other news of day {n}.", url=f"https://other.example/{n}"))
    (first, second, third) = sorted(index.find("title:version"), key=lambda one: index.article(one).version)
    assert {one.id for one in index.story(first).versions} == {first, second, third}
    copy = article("Copy", TEXTS[1], url="https://copy.example/", outlet="Copy")
    index.add(copy)
    story = {one.id for one in index.story(third).versions}
    assert story == {first, second, third, index.find("title:copy")[0]}, (
        "a copy of one version joins the story"
    )
    index.remove(second)
    assert {one.id for one in index.story(first).versions} == {first, third}
    index.remove(first)
    assert {one.id for one in index.story(third).versions} == {third}
    assert newssearch.verify(index.folder).sound


def test_salvage_keeps_versions_as_one_story(archive: Path, address: str, other_address: str) -> None:
    index = newssearch.create(address)
    for n in range(3):
        write(archive, "a.jsonl", n)
        index.update([archive / "news"])
    newssearch.salvage(address, other_address)
    with newssearch.open(other_address) as saved:
        assert versions(saved) == versions(index)


def test_articles_in_memory_are_versions_too_unless_the_call_says_otherwise(
    archive: Path, address: str
) -> None:
    def version(n: int) -> Article:
        return article(f"Version {n}", TEXTS[n], url="https://e.org/1")

    index = newssearch.create(address)
    assert index.add([version(0), version(1), version(0)]).added == 2
    assert versions(index) == [(1, "Version 0"), (2, "Version 1")]
    assert index.add(version(2), on_conflict="keep").ignored == 1
    with pytest.raises(ArticleConflictError):
        index.add(version(2), on_conflict="error")
    assert index.add(version(1), on_conflict="error").unchanged == 1
    assert versions(index) == [(1, "Version 0"), (2, "Version 1")]
    index.add(version(2), on_conflict="replace")
    assert versions(index) == [(1, "Version 0"), (3, "Version 2")]


def test_an_index_of_before_the_setting_keeps_its_article_as_a_version(tmp_path: Path, address: str) -> None:
    (tmp_path / "news").mkdir()
    for n in range(2):
        write(tmp_path, "a.jsonl", n)
        with newssearch.open_or_create(address) as index:
            index.update([tmp_path / "news"])
            (before,) = index
    assert (before.version, before.version_of) == (2, None)
    (tmp_path / "newssearch.toml").write_text(KEEP)
    with newssearch.open(address) as index:
        assert index.update([tmp_path / "news"]).unchanged == 1
        write(tmp_path, "a.jsonl", 2)
        report = index.update([tmp_path / "news"])
        assert (report.added, report.removed) == (1, 0)
        assert versions(index) == [(2, "Version 1"), (3, "Version 2")]
        assert index.article(before.id).added == before.added
        kept = [one.to_dict() for one in index]
    newssearch.rebuild(address, [tmp_path / "news"])
    with newssearch.open(address) as index:
        assert [one.to_dict() for one in index] == kept


def test_the_setting_is_replace_or_keep() -> None:
    assert Config().versions == "replace"
    assert Config(versions="keep").to_dict()["versions"] == {"value": "keep", "from": "default"}
    with pytest.raises(ValueError, match="versions is 'replace' or 'keep'"):
        Config(versions="all")  # type: ignore[arg-type]


def test_the_configuration_of_a_call_goes_before_that_of_the_archive(archive: Path, address: str) -> None:
    index = newssearch.create(address)
    for n in range(2):
        write(archive, "a.jsonl", n)
        index.update([archive / "news"], config=Config())
    (one,) = index
    assert (one.version, one.version_of) == (2, None)
