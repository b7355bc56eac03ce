"""Opening, writing and reading an index, and sharing it among threads and processes."""

from __future__ import annotations

import dataclasses
import gc
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import newssearch
from newssearch import (
    Article,
    ArticleNotFoundError,
    ConfigError,
    Index,
    IndexExistsError,
    IndexLockedError,
    IndexNotFoundError,
    NewssearchError,
    Provenance,
    Snippet,
)
from support import article, counts, found, index_of, titles

from .conftest import Engine


@pytest.fixture
def index(address: str) -> Iterator[Index]:
    with newssearch.create(address) as opened:
        yield opened


def storm() -> Article:
    return article(
        "Storm over Baghdad", "Rain fell on Baghdad.", "It stopped.", date="2024-07-25T10:00:00+03:00",
        outlet="www.Example.org", source="Reuters", byline="Ana Silva", located="Baghdad", lang="en", section="World",
        url="https://e.org/1",
    )  # fmt: skip


# ---- open and create


def test_create_never_erases_an_index(address: str) -> None:
    with index_of(address, storm()) as made:
        pass
    with pytest.raises(IndexExistsError, match="already holds an index") as caught:
        newssearch.create(address)
    assert caught.value.folder == made.folder
    with newssearch.open_or_create(address) as index:
        assert index.search("").total_articles == 1


def test_open_or_create_makes_an_index_where_there_is_none(engine: Engine, tmp_path: Path) -> None:
    address = engine.address(tmp_path / "new" / "deep")
    with newssearch.open_or_create(address) as index:
        assert index.search("").total_articles == 0
        assert index.folder == Path(address)
        assert repr(index).startswith("<Index ")


def test_an_index_that_is_not_there_is_an_error_that_names_it(address: str) -> None:
    with pytest.raises(IndexNotFoundError, match="make an index with `newssearch index"):
        newssearch.open(address)
    with pytest.raises(IndexNotFoundError):
        newssearch.verify(address)


def test_an_address_of_an_unknown_engine_is_an_error_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    unknown = "nosuchengine://host/index"
    uses: list[Callable[[], object]] = [
        lambda: newssearch.open(unknown),
        lambda: newssearch.create(unknown),
        lambda: newssearch.verify(unknown),
        lambda: newssearch.rebuild(unknown, []),
        lambda: newssearch.open(Path(unknown)),  # pathlib makes one slash of two
    ]
    for use in uses:
        with pytest.raises(ConfigError, match="no engine knows nosuchengine://; the address of an index is"):
            use()
    assert list(tmp_path.iterdir()) == []


def test_an_index_may_be_closed_twice(address: str) -> None:
    with index_of(address, storm()) as index:
        index.close()
    index.close()


def test_a_closed_index_stays_closed(address: str) -> None:
    rain = Article.create(title="Rain", text="It rained.")
    index = index_of(address, rain)
    index.close()
    index.close()
    uses: list[Callable[[], object]] = [
        lambda: index.add(Article.create(title="Sun")),
        lambda: index.update("none"),
        lambda: index.remove(rain.id),
        index.refresh,
        index.info,
        lambda: index.articles_of("none"),
    ]
    for use in uses:
        with pytest.raises(NewssearchError, match="is closed"):
            use()
    assert repr(index).endswith("(closed)>")
    with newssearch.open(address) as opened:
        assert [*opened] == [rain]


def test_an_index_that_is_closed_while_it_is_written_to_stays_closed(address: str) -> None:
    index = newssearch.create(address)

    def closing() -> Iterator[Article]:
        yield Article.create(title="Rain")
        index.close()

    assert index.add(closing()).added == 1
    with pytest.raises(NewssearchError, match="is closed"):
        len(index)
    with newssearch.open(address) as opened:
        assert len(opened) == 1


# ---- read


def test_results_are_a_sequence_of_hits(address: str) -> None:
    with index_of(address, storm(), article("Sun", "Baghdad is hot.")) as index:
        results = index.search("baghdad")
    assert len(results) == 2
    assert [results[0], results[1]] == list(results) == list(results[:])
    assert results[-1] in results
    assert results[0].snippet == Snippet("Rain fell on Baghdad.", ((13, 20),))
    assert results.took > 0


def test_the_same_query_gives_equal_results(address: str) -> None:
    with index_of(address, storm()) as index, newssearch.open(address) as other:
        first = index.search("baghdad", facets=["lang"])
        assert first == index.search("baghdad", facets=["lang"]) == other.search("baghdad", facets=["lang"])
        assert first == index.search(newssearch.parse("baghdad"), facets=["lang"])


def test_an_article_is_found_by_the_end_of_its_id_and_by_an_address(address: str) -> None:
    with index_of(address, storm()) as index:
        (hit,) = index.search("stopped")
        assert hit.address == f"{hit.id}#2"
        for name in (hit.id, hit.address, hit.id.rpartition("-")[2], f"{hit.id.rpartition('-')[2]}#2"):
            assert index.article(name) == storm()


def test_an_end_that_several_ids_have_is_an_error_with_the_candidates(index: Index) -> None:
    made = [dataclasses.replace(storm(), id=name) for name in ("two-x", "one-x", "three-y")]
    index.add(made)
    with pytest.raises(ArticleNotFoundError) as caught:
        index.article("x#1")
    assert (caught.value.wanted, caught.value.candidates) == ("x", ("one-x", "two-x"))
    assert index.article("y") == made[2]


def test_an_article_comes_back_as_it_was_added(index: Index) -> None:
    made = dataclasses.replace(storm(), path="news/a.txt", member="b", record=3)
    index.add([made, article("Headline alone", lang="pt")])
    assert index.article(made.id) == made
    assert index.article(made.id).digest == made.digest
    assert index.articles_of("news/a.txt") == [made.id]


def test_hits_have_the_fields_of_their_article(index: Index) -> None:
    made = storm()
    index.add([made])
    (hit,) = index.search("stopped")
    shown = (
        hit.title,
        hit.date,
        hit.outlet,
        hit.source,
        hit.byline,
        hit.located,
        hit.lang,
        hit.section,
        hit.url,
    )
    assert shown == (
        made.title, made.date, made.outlet, made.source, made.byline, made.located, made.lang, made.section, made.url,
    )  # fmt: skip
    assert (hit.paragraph, hit.paragraphs, hit.matching, hit.text) == (2, 2, 1, "It stopped.")


def test_ranks_are_the_hits_of_a_search(index: Index) -> None:
    index.add([article(f"Rain {n}", "Rain. " * (n % 4 + 1), "Sun.", url=f"u{n}") for n in range(12)])
    for options in ({}, {"limit": 3, "offset": 2}, {"sort": "newest"}, {"all_paragraphs": True}):
        hits = index.search("rain OR sun", **options)
        ranks = index.rank("rain OR sun", **options)
        assert [(rank.id, rank.paragraph, rank.score) for rank in ranks] == [
            (h.id, h.paragraph, h.score) for h in hits
        ]


def test_an_index_is_a_collection_of_its_articles(address: str) -> None:
    made = [
        Article.create(title=f"Rain {n}", text="It rained.\n\nStill.", url=f"u{n}", date=date)
        for n, date in enumerate([None, "2024-07-25", "2023-12-31", "2024-07-25"])
    ]
    expected = sorted(made, key=lambda one: one.id)
    with newssearch.create(address) as index:
        assert (len(index), list(index), bool(index), made[0].id in index) == (0, [], True, False)
        index.add(made[:1])
        index.add(made[1:])
        assert list(index) == list(index) == expected
        assert len(index) == index.count() == 4
        assert index.count("still", since="2024") == 2
        index.remove([made[1].id])
        assert list(index) == [one for one in expected if one != made[1]]
        assert [one.id in index for one in made] == [True, False, True, True]
        assert [one in index for one in made] == [True, False, True, True]
        assert dataclasses.replace(made[0], title="Sun") not in index
        assert None not in index
        with pytest.raises(TypeError, match="unexpected keyword argument 'outlets'"):
            index.count("rain", outlets="x")  # type: ignore[call-arg]
    for use in (len, iter, list, lambda closed: "x" in closed, lambda closed: closed.count("rain")):
        with pytest.raises(NewssearchError, match="is closed"):
            use(index)
    assert index


def test_info_tells_how_fields_are_known(address: str) -> None:
    articles = [Article.create(title=f"Rain {n}", text="It rained.", outlet="e.org") for n in range(3)]
    quoting = Provenance("missing", "'31-31-2024' is not a date")
    with newssearch.create(address) as index:
        index.add([*articles, Article.create(title="Sun", provenance={"date": quoting})])
        index.add([Article.create(title="Snow", source="Reuters", url="https://e.org/1")])
        known = index.info().to_dict()["known"]
    assert isinstance(known, dict)
    assert known["title"] == [{"known": "stated", "articles": 5}]
    assert known["source"] == [
        {"known": "inferred from outlet", "articles": 3},
        {"known": "missing", "articles": 1},
        {"known": "stated", "articles": 1},
    ]
    assert {"known": "missing, … is not a date", "articles": 1} in known["date"]


# ---- write


def test_adding_an_article_again_replaces_it(index: Index) -> None:
    assert counts(index.add([article("A", "Old.", url="u"), article("B", "x")])) == {"added": 2}
    assert counts(index.add([article("A", "New.", url="u")])) == {"updated": 1}
    assert counts(index.add([article("A", "New.", url="u")])) == {"unchanged": 1}
    assert found(index, "old") == []
    assert found(index, "new") == ["A"]


def test_of_two_versions_in_one_batch_the_later_one_stays(index: Index) -> None:
    index.add([article("A", "Old.", url="u"), article("A", "New.", url="u")])
    assert [hit.text for hit in index.search("")] == ["New."]


def test_removing_what_is_not_there_removes_nothing(index: Index) -> None:
    index.add([article("A", "x")])
    (only,) = index.find("")
    assert index.remove(["nobody"]) == 0
    assert index.remove([only, only, "nobody"]) == 1
    assert index.remove([only]) == 0
    assert index.search("").total_articles == 0


def test_what_is_removed_is_in_no_count_and_can_come_back(index: Index) -> None:
    rain, sun = article("Rain", "Wet rain.", outlet="e.org"), article("Sun", "Hot.", outlet="e.org")
    index.add([rain, sun])
    index.remove(rain.id)
    results = index.search("wet OR hot", facets=["outlet"])
    assert (results.total_articles, results.total_paragraphs) == (1, 1)
    assert [(value.value, value.articles) for value in results.facets["outlet"]] == [("e.org", 1)]
    assert (index.info().contents.articles, index.info().contents.paragraphs) == (1, 1)
    assert rain.id not in index
    index.add([rain])
    assert index.find("wet") == [rain.id]


def test_commits_are_counted_and_an_empty_run_is_none(index: Index) -> None:
    before = index.commit.number
    index.add([])
    assert index.commit.number == before
    index.add([storm()])
    assert index.commit.number > before


# ---- snapshots


def test_a_reader_sees_what_there_was_when_it_opened_until_it_refreshes(address: str, index: Index) -> None:
    index.add([article("A", "x")])
    with newssearch.open(address) as reader:
        for n in range(5):
            index.add([article(f"New {n}", "x", url=f"u{n}")])
        index.remove(index.find("a"))
        assert titles(reader) == ["A"]
        assert reader.article(reader.find("a")[0]).title == "A"
        reader.refresh()
        assert titles(reader) == [f"New {n}" for n in range(5)]


def test_iterating_goes_on_over_the_articles_of_its_beginning(address: str) -> None:
    made = [Article.create(title=f"Rain {n}", text="It rained.", url=f"u{n}") for n in range(8)]
    expected = sorted(made, key=lambda one: one.id)
    with newssearch.create(address) as index:
        index.add(made)
        begun, not_begun = iter(index), iter(index)
        assert next(begun) == expected[0]
        writer = threading.Thread(target=lambda: index.remove(one.id for one in made))
        writer.start()
        writer.join()
        index.close()
    assert [*begun] == expected[1:]
    assert [*not_begun] == expected


def test_an_iterator_that_is_left_gives_its_files_back(engine: Engine, address: str) -> None:
    with index_of(address, *(Article.create(title=f"Rain {n}", url=f"u{n}") for n in range(3))) as index:
        reading = iter(index)
        next(reading)
        with index._reading() as snapshot:
            pass
        del reading
        abandoned = iter(index)
        del abandoned
        gc.collect()
        index.add(article("Sun"))
        assert engine.is_closed(snapshot)


def test_a_refresh_that_takes_long_hides_nothing_that_was_added_meanwhile(address: str) -> None:
    with newssearch.create(address) as index:
        store = index._store
        opened, go_on = threading.Event(), threading.Event()

        class Slow:
            """The same store, from which the first snapshot is a long time coming."""

            def __getattr__(self, name: str) -> object:
                return getattr(store, name)

            def snapshot(self) -> object:
                snapshot = store.snapshot()
                if not opened.is_set():
                    opened.set()
                    go_on.wait(30)
                return snapshot

        with newssearch.open(address) as other:
            other.add(article("Sun", "It was hot."))  # so that there is a commit to refresh to
        index._store = Slow()  # type: ignore[assignment]
        refreshing = threading.Thread(target=index.refresh)
        refreshing.start()
        assert opened.wait(30)
        adding = threading.Thread(target=index.add, args=(article("Rain", "It rained."),))
        adding.start()
        adding.join(0.5)  # it need not be done: it may wait for the other one
        go_on.set()
        for thread in (refreshing, adding):
            thread.join()
        assert len(index) == 2


def test_threads_may_share_an_index(address: str) -> None:
    stories = [
        article(
            f"Story {n}",
            *(f"rain {'sun ' * (n % 5)}paragraph {m}" for m in range(4)),
            outlet=f"o{n % 3}",
            url=f"u{n}",
        )
        for n in range(60)
    ]
    queries = ["rain", "sun", '"rain sun"', "rain -sun", "story OR paragraph", '"sun sun sun"', "", "3 2"]
    with index_of(address, *stories) as index:
        expected = [
            index.search(query, facets=["outlet"], all_paragraphs=True).to_dict() for query in queries
        ]
    start = threading.Barrier(8)
    failures: list[object] = []
    with newssearch.open(address) as fresh:

        def work(offset: int) -> None:
            start.wait()
            for turn in range(3 * len(queries)):
                which = (turn + offset) % len(queries)
                try:
                    shown = fresh.search(queries[which], facets=["outlet"], all_paragraphs=True).to_dict()
                    if shown != expected[which]:
                        failures.append(queries[which])
                except Exception as error:
                    failures.append(error)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []


def test_a_thread_may_search_while_another_writes_and_refreshes(address: str) -> None:
    failures: list[BaseException] = []
    with index_of(address, storm()) as index:
        done = threading.Event()

        def search() -> None:
            try:
                while not done.wait(0.002):  # without a pause, three threads can starve a fourth for minutes
                    assert index.search("baghdad").total_articles == 1
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=search) for _ in range(3)]
        for thread in threads:
            thread.start()
        for n in range(10):
            index.add([article(f"Sun {n}", "Hot.", url=f"u{n}")])
        done.set()
        for thread in threads:
            thread.join()
    assert failures == []


# ---- locks


def test_a_second_writer_is_told_to_wait(address: str, index: Index) -> None:
    def while_writing() -> Iterator[Article]:
        with newssearch.open(address) as other:
            for attempt in (
                lambda: other.add([article("B", "x")], wait=0.0),
                lambda: other.remove(["x"], wait=0.0),
            ):
                with pytest.raises(
                    IndexLockedError, match=f"process {os.getpid()} on .* is writing"
                ) as caught:
                    attempt()
                assert caught.value.folder == index.folder
                assert str(os.getpid()) in caught.value.holder
            with pytest.raises(IndexLockedError):
                newssearch.rebuild(address, [], wait=0.0)
        yield article("A", "x")

    index.add(while_writing())
    assert titles(index) == ["A"]


def test_a_second_writer_waits_for_the_first(address: str, index: Index) -> None:
    failures: list[BaseException] = []

    def second() -> None:
        try:
            with newssearch.open(address) as other:
                other.add([article("B", "x")], wait=30.0)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=second)

    def first() -> Iterator[Article]:
        thread.start()
        yield article("A", "x")

    index.add(first())
    thread.join()
    assert failures == []
    index.refresh()
    assert titles(index) == ["A", "B"]
