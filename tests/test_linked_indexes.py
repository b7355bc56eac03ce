"""An index that is reached by a link: one archive, with one file of tags, however it is reached."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import newssearch
from newssearch import Article, ConfigError, SavedSearch
from support import index_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")

RAIN = Article.create(title="Rain", text="It rained on the car.", url="https://e.org/rain", date="2024-07-25")
WAYS = ("archive/index", "link", "again", "whole/index", "work/../link")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive with an index, to which links lead: to the index, to such a link, and to the archive."""
    (tmp_path / "archive").mkdir()
    (tmp_path / "work").mkdir()
    index_of(tmp_path / "archive" / "index", RAIN)
    (tmp_path / "link").symlink_to(tmp_path / "archive" / "index")
    (tmp_path / "again").symlink_to("link")
    (tmp_path / "whole").symlink_to("archive")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "archive"


def with_synonyms(way: str) -> int:
    """The number of articles that a word finds if the configuration says that it stands for car."""
    with newssearch.open(way) as index:
        return index.count("syn:auto")


def test_tags_are_the_same_by_every_path(archive: Path, tmp_path: Path) -> None:
    for way in WAYS:
        with newssearch.open(way) as index:
            index.tag(RAIN.id, f"by {WAYS.index(way)}")
    for way in WAYS:
        with newssearch.open(way) as index:
            assert index.tags_of(RAIN.id).tags == tuple(f"by {number}" for number in range(len(WAYS)))
            assert index.count('tag:"by 0"') == 1
    assert list(tmp_path.rglob("tags.jsonl")) == [archive / "tags.jsonl"]


def test_saved_searches_and_their_alerts_are_the_same_by_every_path(archive: Path, tmp_path: Path) -> None:
    search = SavedSearch(name="rain", query="rain", to="ndjson:rain.jsonl", start="all")
    assert newssearch.save_search(search, "link").samefile(archive / "searches" / "rain.toml")
    for way in WAYS:
        assert [one.name for one in newssearch.saved_searches(way)] == ["rain"]
    assert [newssearch.run_alerts(way)[0].new for way in WAYS] == [1, 0, 0, 0, 0]
    assert list(tmp_path.rglob("rain.jsonl")) == [archive / "rain.jsonl"]
    assert list(tmp_path.rglob("alerts")) == [archive / "alerts"]


@pytest.mark.parametrize("way", WAYS)
def test_the_configuration_of_the_archive_holds_by_every_path(archive: Path, way: str) -> None:
    (archive / "newssearch.toml").write_text('[synonyms]\nauto = "car"\n')
    assert with_synonyms(way) == 1
    if way not in ("archive/index", "whole/index"):  # the one beside the link gives way
        Path("newssearch.toml").write_text('[synonyms]\nauto = "tram"\n')
        assert with_synonyms(way) == 1


def test_the_configuration_beside_a_link_holds_if_the_archive_has_none(archive: Path) -> None:
    Path("newssearch.toml").write_text('exclude = ["work/**"]\n[synonyms]\nauto = "car"\n')
    (archive / "pyproject.toml").write_text("[tool.other]\n")  # of another program
    assert with_synonyms("link") == 1
    assert with_synonyms("archive/index") == 0
    Path("work/draft.txt").write_text("Draft\n\nNot yet.\n")
    with newssearch.open("link") as index:
        assert index.update("work").added == 0
    (archive / "pyproject.toml").write_text('[tool.newssearch.synonyms]\nauto = "tram"\n')
    assert with_synonyms("link") == 0


def test_saved_searches_beside_a_link_are_an_error_that_says_where_they_belong(archive: Path) -> None:
    Path("newssearch.toml").write_text('[searches.rain]\nquery = "rain"\n')
    with pytest.raises(ConfigError, match=rf"the index is in .*{archive.name}: move the searches there"):
        newssearch.saved_searches("link")
    with newssearch.open("link") as index:
        assert index.count("rain") == 1
    (archive / "newssearch.toml").write_text('[searches.car]\nquery = "car"\n')
    assert [one.name for one in newssearch.saved_searches("link")] == ["car"]


def test_an_open_index_has_the_tags_of_the_archive_to_which_its_link_leads_now(
    archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with index_of(tmp_path / "other" / "index", RAIN) as other, newssearch.open("link") as index:
        index.tag(RAIN.id, "first")
        other.tag(RAIN.id, "second")
        (tmp_path / "new").symlink_to(tmp_path / "other" / "index")
        (tmp_path / "new").replace(tmp_path / "link")
        index.refresh()
        assert index.tags_of(RAIN.id).tags == ("second",)
        assert index.count("tag:first") == 0
