"""When articles came into the index: ``added:`` in queries, the order by it, and what came with the last run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import newssearch
from newssearch import Article, ArticleConflictError, Index, NewssearchError, QueryError, Request
from newssearch.query import Dated, Not, parse
from newssearch.updating import last_run
from support import article, found

UTC = dt.timezone.utc
NOON = dt.datetime(2024, 7, 25, 12, tzinfo=UTC)
LATER = NOON + dt.timedelta(hours=1)


def index_with_times(address: str, *times: dt.datetime) -> Index:
    """Return an index with an article for each time, added then: A, B, C …"""
    names = "ABCDEFGH"[: len(times)]
    return written(
        address, *(replace(article(n, "Rain."), added=t) for n, t in zip(names, times, strict=True))
    )


def written(address: str, *articles: Article) -> Index:
    """Return an index with articles that say when they were added."""
    index = newssearch.create(address)
    writer = index._store.writer(1)
    for one in articles:
        writer.add(one, one.state)
    writer.commit()
    index._end(writer)
    return index


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("added:2024-07-25", "B"),
        ("added:2024-07-24", "A"),
        ("added:2024-07", "ABC"),
        ("added:2024", "ABC"),
        ("added:>=2024-07-25", "BCD"),
        ("added:>2024-07-25", "CD"),
        ("added:<=2024-07-25", "AB"),
        ("added:<2024-07-25", "A"),
        ("added:2024-07-25..", "BCD"),
        ("added:..2024-07-25", "AB"),
        ("added:2024-07-25..2024-07-26", "BC"),
        ("added:2024-07-25T00:00:00", "B"),
        ("added:2024-07-25T02:00+02:00", "B"),
        ("added:2024-07-25T00:00+02:00..2024-07-25", "AB"),
        ("added:2025-Q1", "D"),
        ('added:"January 2025"', "D"),
        ("NOT added:2024", "D"),
        ("-added:2024-07-25 rain", "ACD"),
        ("rain (added:2024-07-24 OR added:2025)", "AD"),
        ("added:9999", ""),
        ("added:..9999", "ABCD"),
    ],
)
def test_a_period_of_utc_finds_what_came_into_the_index_in_it(address: str, query: str, titles: str) -> None:
    times = (
        dt.datetime(2024, 7, 24, 23, 59, 59, 999_999, UTC), dt.datetime(2024, 7, 25, tzinfo=UTC),
        dt.datetime(2024, 7, 26, tzinfo=UTC), dt.datetime(2025, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    index = index_with_times(address, *times)
    assert found(index, query) == sorted(titles)
    assert index.count(query) == len(titles)
    assert index.search(query, explain=True).undated == 0
    assert index.search(query).interpretation == str(parse(query))


def test_relative_periods_count_from_now_in_utc(address: str) -> None:
    index = index_with_times(
        address, NOON - dt.timedelta(days=2), NOON - dt.timedelta(days=1), NOON, NOON + dt.timedelta(hours=12)
    )
    assert found(index, "added:today", now=NOON) == ["C"]
    assert found(index, "added:yesterday", now=NOON) == ["B"]
    assert found(index, "added:-1d", now=NOON) == ["B", "C"]
    assert found(index, 'added:"last 2 days"', now=NOON) == ["A", "B", "C"]
    assert found(index, 'added:"this month"', now=NOON) == ["A", "B", "C", "D"]
    east = dt.timezone(dt.timedelta(hours=14))  # where the 26th has begun at noon of UTC
    assert NOON.astimezone(east).day == 26
    assert found(index, "added:today", now=NOON.astimezone(east)) == ["C"]
    index.add(article("now", "Rain."))
    assert found(index, "added:today OR added:yesterday") == ["now"]
    assert index.find(Dated("today", name="added")) == index.find("added:today")


def test_the_interpretation_and_the_clauses_name_what_is_compared(address: str) -> None:
    index = index_with_times(address, NOON)
    results = index.search('rain added:2024-07 -added:"last month" date:2024', explain=True)
    assert results.interpretation == '(rain AND added:2024-07 AND NOT added:"last month" AND date:2024)'
    assert [clause.text for clause in results.clauses][1:3] == ["added:2024-07", 'NOT added:"last month"']
    assert parse("added:2024").tree != parse("date:2024").tree
    assert parse("added:2024").tree == Dated("2024", name="added")
    assert parse("ADDED:2024").tree == Dated("2024", name="added")


def test_an_article_without_a_date_is_left_out_by_a_date_alone(address: str) -> None:
    index = index_with_times(address, NOON)
    assert index.search("rain date:2024").undated == 1
    assert index.search("rain date:2024 added:2024").undated == 1
    assert index.search("rain date:2024 added:2023").undated == 0
    assert index.search("rain added:2023").undated == 0
    assert index.search(Not(Dated("2024", name="added"))).undated == 0


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("rain added:none", "every article has a time at which it was added"),
        ("rain added:(2024 OR 2023)", "added: takes no group"),
        ("added:soon", "'soon' is not a date"),
        ("added:2025..2024", "the range ends before it begins"),
        ("added:2024-02-30", "is not a date"),
        ("addd:2024", "did you mean added:"),
        ("indexed:2024", "write added:"),
    ],
)
def test_a_period_that_finds_nothing_is_an_error(address: str, query: str, message: str) -> None:
    index = newssearch.create(address)
    with pytest.raises(QueryError) as raised:
        index.search(query)
    assert message in str(raised.value)


def test_prose_with_the_word_in_it_is_searched_as_words() -> None:
    assert not parse("he added: we will go there again today").diagnostics
    assert "without a space" in parse("added: 2024").diagnostics[0].suggestion


def test_the_last_to_come_are_first_then_the_best(address: str) -> None:
    index = written(
        address,
        replace(article("early", "Rain, rain and rain.", date="2024-09-01"), added=NOON),
        replace(
            article("long", "Rain fell on the whole of the town all night.", date="2024-08-01"), added=LATER
        ),
        replace(article("short", "Rain, rain and rain.", date="2024-07-01"), added=LATER),
    )
    options = Request(sort="added", group=False)
    order = ["short", "long", "early"]
    assert [hit.title for hit in index.search("rain", options)] == order
    assert [hit.title for hit in index.search("rain", options, limit=1, offset=1)] == ["long"]
    assert [index.article(rank.id).title for rank in index.rank("rain", options)] == order
    assert [hit.title for hit in index.search("", options)] == ["short", "long", "early"], "then by id"


def test_an_article_of_another_index_comes_into_this_one_when_it_is_added(
    address: str, other_address: str
) -> None:
    old = index_with_times(address, NOON)
    new = newssearch.create(other_address)
    new.add(old)
    assert new.find("added:2024-07-25") == []
    assert new.find("added:today OR added:yesterday") == old.find()


# ---- what came with the last run


def came(index: Index) -> list[str | None]:
    """Return the headlines of the articles that came with the last run, however they are asked for."""
    titles: list[str | None] = [*found(index, "", since_run=True)]
    options = Request(since_run=True)
    assert index.count("", options) == len(titles)
    assert [index.article(one).title for one in index.find("", options)] == titles
    assert sorted(index.article(rank.id).title or "" for rank in index.rank("", options)) == titles
    return titles


def test_the_last_run_is_that_of_add_update_and_rebuild_and_not_a_removal(
    address: str, tmp_path: Path
) -> None:
    index = newssearch.create(address)
    assert (came(index), index.info().last_run) == ([], None)
    index.add([article("A", "Rain."), article("B", "Rain.")])
    assert came(index) == ["A", "B"]
    first = index.info().last_run
    assert first is not None
    assert first <= index.article(index.find()[0]).added  # type: ignore[operator]
    index.add(article("C", "Rain."))
    assert came(index) == ["C"]
    assert index.remove(index.find("title:A")) == 1
    assert came(index) == ["C"], "a removal brings nothing and is no run"
    (tmp_path / "d.txt").write_text("D\n\nRain fell on the town.\n")
    index.update([tmp_path / "d.txt"])
    assert came(index) == ["D"]
    index.update([tmp_path / "d.txt"])
    assert came(index) == [], "nothing came"
    assert first < index.info().last_run  # type: ignore[operator]
    assert index.info().to_dict()["last_run"].endswith("Z")  # type: ignore[attr-defined]


def test_a_new_version_came_with_its_run_and_a_moved_article_did_not(address: str, tmp_path: Path) -> None:
    index = newssearch.create(address)
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(f"{name}\n\nRain fell on the town of {name}.\n")
    index.update([tmp_path])
    assert came(index) == ["a", "b"]
    (tmp_path / "a.txt").write_text("a\n\nSnow fell on the town of a.\n")
    (tmp_path / "b.txt").rename(tmp_path / "c.txt")
    index.update([tmp_path])
    assert came(index) == ["a"]


def test_a_run_that_failed_or_was_stopped_is_a_run(address: str, tmp_path: Path) -> None:
    index = newssearch.create(address)
    index.add(article("A", "Rain.", url="a"))

    def broken() -> Iterator[Article]:
        yield article("B", "Rain.", url="b")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        index.add(broken())
    assert came(index) == []
    with pytest.raises(ArticleConflictError):
        index.add(article("A", "Snow.", url="a"), on_conflict="error")
    assert came(index) == []
    for name in "cd":
        (tmp_path / f"{name}.txt").write_text(f"{name}\n\nRain fell on the town of {name}.\n")
    assert index.update([tmp_path], stop=lambda: True).interrupted
    assert came(index) == ["c"]


def test_a_rebuild_brings_what_is_new_or_changed(address: str, tmp_path: Path) -> None:
    index = newssearch.create(address)
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(f"{name}\n\nRain fell on the town of {name}.\n")
    index.update([tmp_path / "a.txt", tmp_path / "b.txt"])
    before = {one.title: one.added for one in index}
    (tmp_path / "b.txt").write_text("b\n\nSnow fell on the town of b.\n")
    files = sorted(tmp_path.glob("*.txt"))
    assert newssearch.rebuild(address, files).added == 3
    index.refresh()
    assert came(index) == ["b", "c"]
    assert next(one for one in index if one.title == "a").added == before["a"]
    newssearch.rebuild(address, files)
    index.refresh()
    assert came(index) == []
    run = index.info().last_run
    assert newssearch.rebuild(address, files, stop=lambda: True).interrupted
    index.refresh()
    assert index.info().last_run == run, "the index is as it was"


def test_a_clock_that_was_set_back_takes_nothing_from_an_earlier_run(address: str, tmp_path: Path) -> None:
    ahead = dt.datetime(2999, 1, 1, tzinfo=UTC)
    (tmp_path / "a.txt").write_text("a\n\nRain fell on the town of a.\n")
    index = newssearch.create(address)
    index.update([tmp_path / "a.txt"])
    held = {one.id: one for one in index}
    writer = index._store.writer(1)
    writer.remove(held)
    for one in held.values():
        writer.add(replace(one, added=ahead), one.state)
    writer.commit()
    index._end(writer)
    index.add(article("B", "Rain."))
    assert came(index) == ["B"]
    assert index.info().last_run == ahead + dt.timedelta(microseconds=1)
    (tmp_path / "c.txt").write_text("c\n\nRain fell on the town of c.\n")
    newssearch.rebuild(address, sorted(tmp_path.glob("*.txt")))
    index.refresh()
    assert came(index) == ["c"]


def test_a_snapshot_knows_the_run_that_was_the_last_before_it(address: str) -> None:
    index = newssearch.create(address)
    index.add(article("A", "Rain."))
    with newssearch.open(address) as other:
        other.add(article("B", "Rain."))
        assert came(index) == ["A"]
        index.refresh()
        assert came(index) == ["B"]


def test_the_last_run_is_a_filter_beside_others(address: str) -> None:
    index = newssearch.create(address)
    index.add(article("A", "Rain.", outlet="BBC"))
    index.add([article("B", "Rain.", outlet="BBC", date="2024-07-25"), article("C", "Rain.", outlet="BBC")])
    assert found(index, "rain", since_run=True, outlet="bbc", on="2024") == ["B"]
    results = index.search("rain outlet:bbc", since_run=True, on="2024", explain=True)
    assert results.undated == 1
    assert [(one.text, one.articles) for one in results.clauses][-1] == ("the filters", 1)
    assert index.search("rain", since_run=True, facets="outlet").facets["outlet"][0].articles == 2
    with pytest.raises(TypeError):
        Request(since_run="yes")  # type: ignore[arg-type]


def test_an_index_that_lost_the_time_of_its_last_run_says_so_until_the_next(address: str) -> None:
    index = newssearch.create(address)
    index.add(article("A", "Rain."))
    index._store.write_extra(last_run.RUN_FILE, last_run.dump(NOON).replace("2024", "2023"))
    assert [problem.file for problem in newssearch.verify(address).problems] == [last_run.RUN_FILE]
    index.refresh()
    with pytest.raises(NewssearchError, match="does not say when its last run began"):
        index.find(since_run=True)
    assert index.info().last_run is None
    index.add(article("B", "Rain."))
    assert came(index) == ["B"]
    assert newssearch.verify(address).sound


def test_salvage_keeps_what_came_with_the_last_run(address: str, other_address: str) -> None:
    index = newssearch.create(address)
    index.add(article("A", "Rain."))
    index.add(article("B", "Rain."))
    newssearch.salvage(address, other_address)
    with newssearch.open(other_address) as saved:
        assert came(saved) == ["B"]
        assert saved.info().last_run == index.info().last_run
