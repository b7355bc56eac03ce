"""Saved searches and alerts, on an index of any engine: what is found for the first time is reported, and once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import newssearch
from alerting import about, titles_of
from newssearch import AlertReport, Article, SavedSearch
from newssearch.engines.address import store_at


class AlertedIndex:
    """An index with one saved search for rain."""

    def __init__(self, address: str, archive: Path, *articles: Article, **settings: Any) -> None:
        self.address = address
        self.archive = archive
        with newssearch.create(address) as index:
            index.add(articles)
        search = SavedSearch(name="rain", query="rain", to="ndjson:out.jsonl", **settings)
        newssearch.save_search(search, address)

    def add(self, *articles: Article) -> None:
        with newssearch.open(self.address) as index:
            index.add(articles)

    def remove(self, *articles: Article) -> None:
        with newssearch.open(self.address) as index:
            assert index.remove([article.id for article in articles]) == len(articles)

    def run(self, **options: Any) -> AlertReport:
        (report,) = newssearch.run_alerts(self.address, **options)
        assert not report.failed, report
        return report

    def new(self, **options: Any) -> list[str]:
        return titles_of(self.run(**options).entries)

    def told(self) -> list[tuple[str, str]]:
        """Return the titles in the file of the output, each with the reason why it was reported."""
        lines = (self.archive / "out.jsonl").read_text("utf-8").splitlines()
        return [(one["title"], one["reason"]) for one in map(json.loads, lines)]


def test_an_alert_reports_what_comes_and_nothing_twice(address: str, tmp_path: Path) -> None:
    alerted = AlertedIndex(address, tmp_path, about("rain", 1), about("sun", 2))
    assert (tmp_path / "searches" / "rain.toml").exists()
    assert alerted.new() == []
    alerted.add(about("rain", 3, date="1999-01-01"), about("sun", 4))
    assert alerted.new(dry_run=True) == ["Rain 3"]
    assert alerted.new() == ["Rain 3"]
    assert alerted.new() == []
    alerted.remove(about("rain", 1), about("rain", 3))
    assert alerted.new() == []
    alerted.add(about("rain", 1), about("rain", 3), about("rain", 5))
    assert alerted.new() == ["Rain 5"]
    assert alerted.told() == [("Rain 3", "new"), ("Rain 5", "new")]


def test_an_alert_reports_copies_and_changes_as_its_search_says(address: str, tmp_path: Path) -> None:
    alerted = AlertedIndex(address, tmp_path, about("rain", 1), changes=True)
    alerted.add(about("rain", 2, copy_of=1))
    assert alerted.new() == [], "a copy"
    alerted.add(about("rain", 3))
    assert alerted.new() == ["Rain 3"]
    alerted.remove(about("rain", 3))
    alerted.add(about("rain", 3, version=2))
    assert alerted.new() == ["Rain 3"]
    assert alerted.new() == []
    assert alerted.told() == [("Rain 3", "new"), ("Rain 3", "changed")]


@pytest.mark.parametrize("rest", [False, True])
def test_what_is_beyond_the_limit_waits_for_the_next_run(address: str, tmp_path: Path, rest: bool) -> None:
    alerted = AlertedIndex(address, tmp_path, limit=2, start="all")
    alerted.add(*(about("rain", n) for n in range(5)))
    first = alerted.run()
    assert first.waiting == 3
    found = titles_of(first.entries)
    if rest:
        found += alerted.new(rest=True)
    else:
        while new := alerted.new():
            found += new
    assert sorted(found) == [f"Rain {n}" for n in range(5)]
    assert len(alerted.told()) == 5


def test_articles_are_read_by_their_ids_in_the_order_of_the_ids(address: str) -> None:
    held = [about("rain", n) for n in range(4)]
    with newssearch.create(address) as index:
        index.add(held)
    snapshot = store_at("folder", address).snapshot()
    try:
        wanted = [held[2].id, about("rain", 9).id, held[0].id, held[2].id, held[3].id]
        found = [one.title if one is not None else None for one in snapshot.articles_with(iter(wanted))]
        assert found == ["Rain 2", None, "Rain 0", "Rain 2", "Rain 3"]
        assert [*snapshot.articles_with(())] == []
        assert [*snapshot.articles_with([held[1].id])] == [snapshot.article(held[1].id)]
    finally:
        snapshot.close()
