"""An index that is reached by a link: one archive, with one file of tags, however it is reached."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import newssearch
from newssearch import Article, ConfigError, SavedSearch
from newssearch.archive import ArchiveFolder, archive_here
from newssearch.config import STORED_CONFIG
from newssearch.copying import _copy_extras
from newssearch.engines.address import store_at
from newssearch.engines.embedded.store import EmbeddedStore
from support import command, index_of

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
    with pytest.raises(
        ConfigError,
        match=rf"is in .*{archive.name}; saved searches belong in .*newssearch.toml or .*searches",
    ):
        newssearch.saved_searches("link")
    with newssearch.open("link") as index:
        assert index.count("rain") == 1
    (archive / "newssearch.toml").write_text('[searches.car]\nquery = "car"\n')
    assert [one.name for one in newssearch.saved_searches("link")] == ["car"]


def test_files_of_searches_beside_a_link_are_an_error_that_says_where_they_belong(archive: Path) -> None:
    Path("searches").mkdir()
    Path("searches/rain.toml").write_text('query = "rain"\n')
    with pytest.raises(ConfigError, match="saved searches belong in") as raised:
        newssearch.saved_searches("link")
    assert str(archive / "searches") in str(raised.value)
    assert str(archive / "alerts") not in str(raised.value)
    Path("alerts").mkdir()
    with pytest.raises(ConfigError) as raised:
        newssearch.run_alerts("link")
    assert str(archive / "alerts") in str(raised.value)
    Path("searches").rename(archive / "searches")
    assert [one.name for one in newssearch.saved_searches("link")] == ["rain"]


def test_a_link_beside_another_index_leaves_the_searches_and_tags_to_that_index(
    archive: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with index_of(Path("index"), RAIN) as other:
        other.tag(RAIN.id, "of the other")
    newssearch.save_search(SavedSearch(name="rain", query="rain"), "index")
    Path("newssearch.toml").write_text('[searches.car]\nquery = "car"\n')
    assert newssearch.saved_searches("link") == ()
    Path("newssearch.toml").unlink()
    assert newssearch.saved_searches("link") == ()
    assert "is not read" not in command(capsys, monkeypatch)("tag", "--index", "link").err


def test_the_command_for_tags_says_that_tags_beside_a_link_are_not_read(
    archive: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = command(capsys, monkeypatch)
    with newssearch.open("link") as index:
        index.tag(RAIN.id, "here")
    assert "is not read" not in cli("tag", "--index", "link").err
    Path("tags.jsonl").write_bytes((archive / "tags.jsonl").read_bytes().replace(b"here", b"beside"))
    said = cli("tag", "--index", "link")
    assert "beside" not in said.out
    assert "tags.jsonl is not read: this index is reached by a link" in said.err
    assert str(archive / "tags.jsonl") in said.err
    assert "is not read" not in cli("tag", "--index", "archive/index").err
    cli("tag", "--index", "link", "--merge", "tags.jsonl")
    with newssearch.open("link") as index:
        assert index.tags_of(RAIN.id).tags == ("beside", "here")


def test_a_copy_takes_the_settings_that_hold_for_an_index_reached_by_a_link(archive: Path) -> None:
    class StoreElsewhere(EmbeddedStore):
        """A store whose index is in no archive, as on a cluster."""

        @property
        def archive(self) -> ArchiveFolder:
            return archive_here()

    Path("newssearch.toml").write_text('[synonyms]\nauto = "car"\n')
    target = StoreElsewhere(Path("copy"))
    with index_of(Path("copy"), RAIN):
        _copy_extras(store_at("folder", "link"), target)
    assert "auto" in (target.read_extra(STORED_CONFIG) or "")


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
