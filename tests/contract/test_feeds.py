"""Every engine keeps the articles that are no longer in their feeds, with their history, also in a rebuild."""

from __future__ import annotations

from pathlib import Path

import pytest

import newssearch
from newssearch import Index
from newssearch.article import NO_RECORD


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    (tmp_path / "newssearch.toml").write_text("")
    (tmp_path / "feeds").mkdir()
    return tmp_path / "feeds"


def write(file: Path, *numbers: int) -> None:
    """Write a feed with an item for each number."""
    items = "".join(
        f"<item><title>Rain {n}</title><link>https://e.org/{n}</link><description>It rained.</description></item>"
        for n in numbers
    )
    file.write_text(f"<rss version='2.0'><channel><title>The Echo</title>{items}</channel></rss>", "utf-8")


def places(index: Index) -> dict[str | None, tuple[str | None, int]]:
    return {one.title: (one.path and Path(one.path).name, one.record) for one in index}


def test_an_article_stays_that_is_no_longer_in_its_feed(feeds: Path, address: str) -> None:
    with newssearch.create(address) as index:
        write(feeds / "a.xml", 1, 2, 3)
        write(feeds / "b.xml", 3, 4)
        index.update(feeds)
        added = {one.id: (one.added, one.state) for one in index}
        write(feeds / "a.xml", 2)
        report = index.update(feeds)
        assert (report.removed, report.left_feeds, report.unchanged) == (0, 1, 3)
        expected = {
            "Rain 1": ("a.xml", NO_RECORD), "Rain 2": ("a.xml", 1), "Rain 3": ("b.xml", 1), "Rain 4": ("b.xml", 2)
        }  # fmt: skip
        assert places(index) == expected
        assert newssearch.rebuild(address, [feeds]).left_feeds == 1
        index.refresh()
        assert places(index) == expected
        assert {one.id: (one.added, one.state) for one in index} == added
        (feeds / "a.xml").rename(feeds / "c.xml")
        index.update(feeds, prune=True, confirm=lambda _: True)
        assert places(index)["Rain 1"] == ("c.xml", NO_RECORD)
        (feeds / "c.xml").unlink()
        assert index.update(feeds, prune=True, confirm=lambda _: True).removed == 2
        assert set(places(index)) == {"Rain 3", "Rain 4"}
