"""The upkeep of an index: rebuild, verify, clean, salvage."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import newssearch
from newssearch import Article, Index, IndexLockedError
from support import article, counts, found, titles

from .conftest import Engine

STORY = json.dumps({"url": "https://e.org/1", "title": "Story", "text": "One story."}).encode() + b"\n"


@pytest.fixture
def index(address: str) -> Iterator[Index]:
    with newssearch.create(address) as opened:
        yield opened


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder of two articles."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("Rain\n\nIt rained on Baghdad.\n", encoding="utf-8")
    (folder / "b.txt").write_text("Sun\n\nIt was hot in Basra.\n", encoding="utf-8")
    return folder


# ---- rebuild


def test_a_rebuild_holds_the_files_alone(address: str, index: Index, news: Path) -> None:
    index.add([article("Gone", "x")])
    assert counts(newssearch.rebuild(address, [news])) == {"added": 2, "files_read": 2}
    index.refresh()
    assert titles(index) == ["Rain", "Sun"]
    assert found(index, "baghdad") == ["Rain"]
    assert counts(index.update([news])) == {"unchanged": 2}
    index.add([article("More", "x")])
    assert titles(index) == ["More", "Rain", "Sun"]


def test_a_rebuild_makes_an_index_where_there_is_none(address: str, news: Path) -> None:
    newssearch.rebuild(address, [news], stream=io.BytesIO(STORY))
    with newssearch.open(address) as made:
        assert titles(made) == ["Rain", "Story", "Sun"]


def test_the_old_index_is_searched_until_the_new_one_is_whole(address: str, index: Index, news: Path) -> None:
    index.add([article("Old", "x")])
    seen: list[list[str | None]] = []

    def look() -> bool:
        with newssearch.open(address) as reader:
            seen.append(titles(reader))
        return False

    newssearch.rebuild(address, [news], stop=look)
    assert seen == [["Old"], ["Old"]]
    assert titles(index) == ["Old"]  # its snapshot outlives the files
    index.refresh()
    assert titles(index) == ["Rain", "Sun"]


def test_a_stopped_rebuild_leaves_the_old_index(address: str, index: Index, news: Path) -> None:
    index.add([article("Old", "x")])
    report = newssearch.rebuild(address, [news], stop=lambda: True)
    assert report.interrupted
    index.refresh()
    assert titles(index) == ["Old"]
    assert newssearch.verify(address).leftovers == ()
    newssearch.rebuild(address, [news])
    index.refresh()
    assert titles(index) == ["Rain", "Sun"]
    assert newssearch.verify(address, clean=True).leftovers == ()  # the old one was read when it was replaced


def test_a_failed_rebuild_leaves_the_old_index(address: str, index: Index, news: Path) -> None:
    index.add([article("Old", "x")])

    class Broken(io.RawIOBase):
        def readline(self, size: int | None = -1, /) -> bytes:
            raise MemoryError

    with pytest.raises(MemoryError):
        newssearch.rebuild(address, [news], stream=Broken())  # type: ignore[arg-type]
    index.refresh()
    assert titles(index) == ["Old"]
    index.add([article("New", "x")], wait=0.0)


def test_a_rebuild_of_nothing_leaves_the_old_index(address: str, index: Index, news: Path) -> None:
    index.add([article("Old", "x")])
    report = newssearch.rebuild(address, [news / "mistyped"])
    assert counts(report) == {"rejections": 1}
    index.refresh()
    assert titles(index) == ["Old"]


# ---- verify


def test_a_sound_index_is_counted_whole(address: str, index: Index) -> None:
    index.add([article("Rain", "Wet.", "Cold."), article("Sun", "Hot."), article("Gone", "x")])
    index.remove(index.find("title:gone"))
    outcome = newssearch.verify(address)
    assert (outcome.sound, outcome.damaged, outcome.problems, outcome.leftovers) == (True, False, (), ())
    assert (outcome.articles, outcome.paragraphs, outcome.sampled) == (2, 3, 2)
    assert outcome.folder == index.folder


def test_damage_is_found(engine: Engine, address: str, tmp_path: Path) -> None:
    with newssearch.create(address) as index:
        index.add(article(f"Rain {n}", f"It rained {n} days. " * 50, url=f"u{n}") for n in range(50))
    engine.damage(tmp_path)
    outcome = newssearch.verify(address)
    assert (outcome.sound, outcome.damaged) == (False, True)


def test_leftovers_are_listed_and_removed_when_that_is_asked_for(
    engine: Engine, address: str, tmp_path: Path
) -> None:
    with newssearch.create(address) as index:
        index.add([article("Rain", "Wet.")])
    name = engine.litter(tmp_path)
    outcome = newssearch.verify(address)
    assert (outcome.sound, [left.name for left in outcome.leftovers], outcome.removed) == (True, [name], ())
    cleaned = newssearch.verify(address, clean=True)
    assert (cleaned.removed, cleaned.leftovers) == ((name,), ())
    assert newssearch.verify(address).leftovers == ()
    with newssearch.open(address) as index:
        assert found(index, "wet") == ["Rain"]


def test_nothing_is_cleaned_while_another_process_writes(address: str, index: Index) -> None:
    def while_writing() -> Iterator[Article]:
        with pytest.raises(IndexLockedError):
            newssearch.verify(address, clean=True, wait=0.0)
        assert newssearch.verify(address).sound
        yield article("Rain", "Wet.")

    index.add(while_writing())
    assert titles(index) == ["Rain"]


# ---- salvage


def test_a_sound_index_is_salvaged_whole(address: str, other_address: str, index: Index) -> None:
    index.add([article("Rain", "Wet.", outlet="e.org", date="2024-07-25"), article("Sun", lang="pt")])
    outcome = newssearch.salvage(address, other_address)
    assert (outcome.saved, outcome.lost, outcome.problems) == (2, 0, ())
    with newssearch.open(other_address) as copy:
        assert list(copy) == list(index)


def test_of_a_damaged_index_only_whole_articles_are_salvaged(engine: Engine, tmp_path: Path) -> None:
    damaged, into = (engine.address(tmp_path / name / "index") for name in ("damaged", "into"))
    with newssearch.create(damaged) as index:
        index.add(article(f"Rain {n}", f"It rained {n} days. " * 50, url=f"u{n}") for n in range(50))
        expected = {one.id: one for one in index}
    engine.damage(tmp_path / "damaged")
    outcome = newssearch.salvage(damaged, into)
    assert outcome.lost or outcome.problems
    with newssearch.open(into) as saved:
        assert len(saved) == outcome.saved < 50
        assert all(expected[one.id] == one for one in saved)


def test_an_index_is_not_salvaged_over_another(address: str, index: Index) -> None:
    with pytest.raises(newssearch.IndexExistsError):
        newssearch.salvage(address, address)
