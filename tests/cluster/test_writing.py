"""An archive on a real cluster is made, written to, killed, rebuilt and read: what its store and its writer promise."""

from __future__ import annotations

import datetime as dt
import random
import secrets
import signal
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import (
    Article,
    IndexDamagedError,
    IndexExistsError,
    IndexLockedError,
    IndexNotFoundError,
    IndexVersionError,
    IndexWriteError,
    OwnFieldError,
    Place,
)
from newssearch.article import EarlierVersion
from newssearch.engines.opensearch import committed_articles, extras, lock, state, stored_articles, writer
from newssearch.engines.opensearch.client import Client
from newssearch.engines.opensearch.documents import document_id
from newssearch.engines.opensearch.store import OpenSearchStore
from newssearch.engines.protocol import StoredArticle
from newssearch.fields import own_field
from support import EVERY, THOROUGH

from . import archives
from .archives import digest, ended, news, put, run, target


@pytest.fixture
def empty(writers_address: str) -> OpenSearchStore:
    """Return the store of an archive without articles."""
    store = OpenSearchStore(writers_address)
    store.create(10).close()
    return store


def write(store: OpenSearchStore, *articles: Article, remove: tuple[str, ...] = ()) -> None:
    opened = store.writer(10)
    try:
        opened.remove(remove)
        put(opened, articles)
        opened.commit()
    finally:
        opened.close()


def titles(store: OpenSearchStore) -> list[str | None]:
    snapshot = store.snapshot()
    found = [one.title for one in snapshot.articles()]
    assert len(snapshot) == len(found)
    snapshot.close()
    return found


def states(store: OpenSearchStore) -> dict[str, str]:
    snapshot = store.snapshot()
    found = {one.id: one.state for one in snapshot.articles()}
    assert snapshot.commit.digest == digest(snapshot.articles())
    snapshot.close()
    return found


# ---- open and create


def test_an_archive_is_made_once_and_opened(writers_address: str) -> None:
    store = OpenSearchStore(writers_address)
    assert (store.generation, store.stamp, store.read_extra("files.json")) == (-1, None, None)
    with pytest.raises(IndexNotFoundError, match="does not exist: make an index with"):
        store.open()
    with pytest.raises(IndexNotFoundError):
        store.writer(0)
    store.create(10).close()
    store.open()
    assert (store.generation, titles(store), store.leftovers(())) == (0, [], [])
    assert store.size > 0
    with pytest.raises(IndexExistsError, match="already holds an index") as caught:
        store.create(10)
    assert caught.value.folder == store.folder == Path(writers_address)


def test_an_index_of_another_program_is_left_alone(writers_address: str) -> None:
    store = OpenSearchStore(writers_address)
    store._client.create_index(store._client.address.name, {})
    with pytest.raises(IndexVersionError, match="newssearch did not make"):
        store.open()
    with pytest.raises(newssearch.IndexFolderError, match="choose another name"):
        store.create(10)
    begun = store.rebuild(10)
    with pytest.raises(newssearch.IndexFolderError, match="choose another name"):
        begun.begin()
    begun.close()
    assert store._client.stats(store._client.address.name).documents == 0


@pytest.mark.parametrize(
    ("part", "by", "message"),
    [("format", 1, "a newer"), ("format", -1, "an older"), ("analysis", -1, "an older")],
)
def test_an_archive_of_another_version_is_refused_and_can_be_rebuilt(
    empty: OpenSearchStore, part: str, by: int, message: str
) -> None:
    write(empty, *news(1, 2))
    client = empty._client
    found = state.read_state(client)
    other = {**found.document.source, part: found.document.source[part] + by}
    client.put(found.state.state_index, state.COMMIT, other)
    for refused in (empty.open, empty.snapshot, lambda: empty.writer(0)):
        with pytest.raises(IndexVersionError, match=message):
            refused()
    assert empty.stamp is None
    archives.rebuild(str(empty.address), 1)
    assert (empty.generation, len(titles(empty))) == (2, 60)


def test_a_lost_state_is_damage_and_the_articles_are_salvaged(empty: OpenSearchStore) -> None:
    write(empty, *news(1, 3))
    empty._client.delete(state.read_state(empty._client).state.state_index, state.COMMIT)
    for refused in (empty.open, empty.snapshot):
        with pytest.raises(IndexDamagedError, match="its last commit is missing"):
            refused()
    assert [one.file for one in empty.check(5).problems()] == [empty._client.address.name]
    problem, *found = empty.salvage()
    assert "its last commit is missing" in str(problem)
    whole = {one.article.title for one in found if isinstance(one, StoredArticle)}
    assert (whole, len(found)) == ({"Report 1", "Report 2", "Report 3"}, 3)


# ---- commits and snapshots


def test_changes_are_seen_with_their_commit_and_snapshots_stay_as_they_were(empty: OpenSearchStore) -> None:
    one, two, three = news(1, 3)
    write(empty, one, two)
    before = empty.snapshot()
    opened = empty.writer(10)
    other = replace(two, title="Another")
    assert opened.remove([one.id, two.id, "never-there"]) == 2
    assert opened.remove([one.id]) == 0
    assert (opened.find(one.id), opened.article(two.id)) == (None, None)
    opened.add(other, other.state)
    opened.add(three, three.state)
    assert opened.pending == 4
    assert opened.find(three.id) is None
    empty._client.refresh(empty._client.address.name)
    assert titles(empty) == ["Report 1", "Report 2"]  # also when the cluster has refreshed by itself
    opened.commit()
    assert opened.pending == 0
    after = empty.snapshot()
    assert [found.title for found in after.articles()] == ["Another", "Report 3"]
    assert [found.title for found in before.articles()] == ["Report 1", "Report 2"]
    assert (before.commit.number, after.commit.number) == (1, 2)
    assert before.stamp != after.stamp == empty.stamp
    assert after.commit.digest == digest([other, three])
    assert before.commit.digest == digest([one, two])
    assert opened.find(other.id) == after.find(other.id) != before.find(other.id)
    opened.commit()
    opened.close()
    assert empty.generation == 2  # nothing had changed


def test_what_is_not_committed_is_gone_when_the_writer_is_closed(empty: OpenSearchStore) -> None:
    write(empty, *news(1, 2))
    opened = empty.writer(10)
    opened.remove([news(1, 1)[0].id])
    put(opened, news(3, 5))
    opened.close()
    assert titles(empty) == ["Report 1", "Report 2"]
    write(empty, *news(4, 4))
    assert titles(empty) == ["Report 1", "Report 2", "Report 4"]
    assert list(empty.check(10).problems()) == []


def test_articles_are_found_by_id_ending_path_and_version(empty: OpenSearchStore) -> None:
    made = [replace(one, path=f"a/{number % 2}.txt", record=number) for number, one in enumerate(news(1, 5))]
    whole = replace(made[0], id="by-hand")
    later = replace(made[1], id=f"later-{'a' * 12}", version=2, version_of=made[0].id)
    write(empty, *reversed(made), whole, later)
    snapshot = empty.snapshot()
    assert snapshot.ids_of("a/0.txt") == [made[4].id, made[2].id, made[0].id, "by-hand"]
    assert snapshot.ids_of("") == snapshot.ids_of("a") == []
    assert snapshot.paths() == {"a/0.txt": 4, "a/1.txt": 3}
    assert snapshot.ids_ending("hand") == ["by-hand"]
    assert snapshot.ids_ending("") == sorted(one.id for one in [*made, whole, later])
    assert snapshot.find(f"otherwise-called-{made[0].id[-12:]}") == snapshot.find(made[0].id)
    assert snapshot.versions_of(made[0].id) == [(2, later.id)]
    assert snapshot.versions_of(made[1].id) == []
    found = snapshot.find(made[3].id)
    assert found is not None
    assert (found.state, found.place, found.version) == (made[3].state, Place("a/1.txt", None, 3), 1)
    assert found.added == snapshot.last_added
    opened = empty.writer(10)
    assert opened.states("a/1.txt") == {one.id: one.state for one in (made[3], made[1], later)}
    opened.remove([later.id])
    assert (list(opened.states("a/1.txt")), opened.versions_of(made[0].id)) == ([made[3].id, made[1].id], [])
    opened.close()


def test_a_writer_that_asks_for_many_articles_finds_the_same(
    empty: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committed_articles, "SINGLE_REQUESTS", 3)
    monkeypatch.setattr(committed_articles, "KEPT_HEADERS", 2)
    made = [replace(one, path=f"{number}.txt") for number, one in enumerate(news(1, 8))]
    write(empty, *made[::2])
    opened = empty.writer(10)
    for _ in range(2):
        assert [one.id for one in made if opened.find(one.id)] == [one.id for one in made[::2]]
        assert [one.id for one in made if opened.states(one.path or "")] == [one.id for one in made[::2]]
        assert [one.id for one in made if opened.article(one.id)] == [one.id for one in made[::2]]
    opened.close()


def test_moments_grow_even_if_the_clock_was_set_back(empty: OpenSearchStore) -> None:
    ahead = dt.datetime.now(dt.timezone.utc) + dt.timedelta(days=1)
    write(empty, replace(news(1, 1)[0], added=ahead))
    assert empty.snapshot().last_added == ahead
    opened = empty.writer(10)
    assert opened.moment > ahead
    put(opened, news(2, 2))
    moment = opened.moment
    opened.commit()
    assert opened.moment > empty.snapshot().commit.time >= moment
    assert empty.snapshot().last_added == moment
    opened.close()


def test_own_fields_keep_their_kinds(empty: OpenSearchStore) -> None:
    fields = [
        own_field("theme", "value"),
        own_field("points", "number"),
        own_field("seen", "date"),
        own_field("people", "words"),
    ]
    one = replace(
        news(1, 1)[0],
        extra={"theme": ("rain", "war"), "points": 2.5, "seen": dt.date(2024, 1, 2), "people": ("Ana Sá",)},
    )
    opened = empty.writer(10)
    opened.keep(fields)
    opened.add(one, one.state)
    opened.commit()
    opened.close()
    snapshot = empty.snapshot()
    assert [(row.name, row.kind) for row in snapshot.own_fields] == [
        ("people", "words"), ("points", "number"), ("seen", "date"), ("theme", "value")
    ]  # fmt: skip
    found = snapshot.article(one.id)
    assert found is not None
    assert found.extra == one.extra
    assert list(empty.check(10).problems()) == []
    opened = empty.writer(10)
    assert list(opened.own_fields) == ["people", "points", "seen", "theme"]
    with pytest.raises(OwnFieldError, match="keeps points as number"):
        opened.keep([own_field("points", "value")])
    opened.close()


def test_extras_of_any_length_are_written_whole(
    empty: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras, "PART_CHARS", 10)
    for content in ("", "short", "ä🙂\n" * 33, "x" * 20, "y" * 10, "z" * 11, "\ud800 lone"):
        empty.write_extra("files.json", content)
        empty.write_extra("run.json", content[::-1])
        assert empty.read_extra("files.json") == content.encode("utf-8", "surrogatepass").decode(
            "utf-8", "replace"
        )
    documents = empty._client.search(
        {"size": 0, "track_total_hits": True}, index=_refreshed(empty, state.STATE)
    )["hits"]["total"]["value"]
    assert documents == 3  # with the commit: no parts are left


def _refreshed(store: OpenSearchStore, end: str) -> str:
    store._client.refresh(store._client.address.name + end)
    return store._client.address.name + end


# ---- the round trip


ODD_TEXTS = st.text(max_size=30) | st.sampled_from(
    [
        "l'Ukraine",
        "a|b_c # d",
        "\0",
        "İstanbul ẞ",
        "e\u0301\u200d",
        "x" * 40_000,
        "日本 新聞",
        "خبر",
        "_ _ | |",
        "🙂" * 9,
        "U.S.’s",
        "\u2028",
    ]
)
MOMENTS = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30)).map(
    lambda one: one.replace(tzinfo=dt.timezone.utc)
)
DATES = (
    st.none()
    | st.dates().map(str)
    | st.sampled_from(["2024", "2024-02", "2024-07-25T10:00:00+03:00", "0001-01-01"])
)


@st.composite
def stored(draw: st.DrawFn) -> Article:
    """Draw an article with everything that an index keeps of one."""
    optional = st.none() | ODD_TEXTS
    made = Article.create(
        title=draw(ODD_TEXTS), text=draw(st.lists(ODD_TEXTS, max_size=3)), date=draw(DATES), outlet=draw(optional), source=draw(optional),
        byline=draw(optional), dateline=draw(optional), located=draw(optional), lang=draw(st.sampled_from([None, "en", "pt-BR", "ar", "zh"])),
        section=draw(optional), url=draw(optional), key=draw(optional),
    )  # fmt: skip
    extra: dict[str, Any] = {
        "theme": tuple(draw(st.lists(st.text(min_size=1, max_size=9), unique=True, max_size=3))), "points": draw(st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)),
        "seen": draw(st.none() | st.dates() | st.datetimes()), "people": tuple(draw(st.lists(st.text(min_size=1, max_size=9), unique=True, max_size=2))),
    }  # fmt: skip
    places = st.builds(Place, st.text(max_size=9), optional, st.integers(1, 1 << 40))
    return replace(
        made,
        path=draw(st.none() | st.text(min_size=1, max_size=20)),
        member=draw(optional),
        record=draw(st.integers(1, 1 << 40)),
        extra={name: value for name, value in extra.items() if value not in (None, ())},
        added=draw(MOMENTS),
        version=draw(st.integers(1, 99)),
        version_of=draw(st.none() | st.sampled_from(["by-hand", "x-" + "a" * 12])),
        earlier=tuple(draw(st.lists(st.builds(EarlierVersion, st.text(max_size=9), MOMENTS), max_size=2))),
        other_places=tuple(draw(st.lists(places, max_size=3))),
    )


@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(made=st.lists(stored(), min_size=12, max_size=20, unique_by=lambda one: document_id(one.id)))
def test_every_article_comes_back_as_it_was(writers_address: str, made: list[Article]) -> None:
    store = OpenSearchStore(f"{writers_address}-{secrets.token_hex(6)}")
    opened = store.create(10)
    opened.keep(
        [
            own_field("theme", "value"),
            own_field("points", "number"),
            own_field("seen", "date"),
            own_field("people", "words"),
        ]
    )
    for one in made:
        opened.add(one, one.state)
    opened.commit()
    opened.close()
    snapshot = store.snapshot()
    assert list(snapshot.articles()) == sorted(made, key=lambda one: one.id.encode())
    assert [snapshot.article(one.id) for one in made] == made
    assert snapshot.commit.digest == digest(made)
    assert list(store.check(30).problems()) == []
    snapshot.close()


def test_the_digest_is_that_of_an_index_in_a_folder(empty: OpenSearchStore, tmp_path: Path) -> None:
    with newssearch.create(tmp_path / "index") as index:
        index.add(target(1))
        for version in (1, 2, 1):
            archives.bring(str(empty.address), version)
            index.remove([one.id for one in target(3 - version)])
            index.add(target(version))
            assert empty.snapshot().commit.digest == index.commit.digest


# ---- runs that are killed, and others at the same time

ALL_FAULTS = [
    ("lock: taken", 1), ("commit: begin", 1), ("commit: new articles sent", 2), ("commit: changing", 1), ("commit: changed", 2),
    ("commit: refreshed", 2), ("commit: done", 1), ("commit: done", 2),
]  # fmt: skip
FAULTS = ALL_FAULTS if EVERY else [ALL_FAULTS[at] for at in (1, 2, 3, 4, 7)]
"""The moments at which runs are killed, each with the number of times that a run passes it: without a change, and in the middle
of each kind of change."""


def test_a_run_that_is_killed_and_run_again_leaves_the_same(empty: OpenSearchStore) -> None:
    """At each point in turn, on the way from one version to the other and back."""
    address = str(empty.address)
    archives.bring(address, 1)
    either: dict[str, set[str]] = {}
    for one in [*target(1), *target(2)]:
        either.setdefault(one.id, set()).add(one.state)
    for number, (fault, time) in enumerate(FAULTS):
        version = 2 - number % 2
        killed = run("bring", address, version, fault=fault, time=time)
        killed.communicate(timeout=120)
        assert killed.returncode == -signal.SIGKILL, fault
        seen = {one.id: one.state for one in empty.snapshot().articles()}
        assert all(state in either[name] for name, state in seen.items()), fault
        assert {one.id for one in news(11, 60)} <= seen.keys(), (
            fault
        )  # what both versions have is never missing
        archives.bring(
            address, version, wait=0
        )  # the lock of a process that has ended does not have to expire
        assert states(empty) == {one.id: one.state for one in target(version)}, fault
        assert list(empty.check(100).problems()) == [], fault


def test_runs_that_are_killed_at_any_time_leave_no_trace(empty: OpenSearchStore) -> None:
    address = str(empty.address)
    moments = random.Random(7)
    version = 1
    for number in range(4 * THOROUGH):
        version = 2 - number % 2
        process = run("bring", address, version)
        timer = threading.Timer(moments.uniform(0.4, 4), process.kill)
        timer.start()
        process.communicate(timeout=120)
        timer.cancel()
        assert process.returncode in (0, -signal.SIGKILL)
        seen = {one.id for one in empty.snapshot().articles()}
        assert seen <= {one.id for one in [*target(1), *target(2)]}
    archives.bring(address, 1)
    archives.bring(address, version)
    assert states(empty) == {one.id: one.state for one in target(version)}
    assert list(empty.check(100).problems()) == []


def test_two_processes_write_different_articles(empty: OpenSearchStore) -> None:
    address = str(empty.address)
    assert ended([run("add", address, 1, 9), run("add", address, 10, 18)]) == []
    assert states(empty) == {one.id: one.state for one in news(1, 18)}
    assert empty.generation == 6


def test_two_processes_write_the_same_articles(empty: OpenSearchStore) -> None:
    address = str(empty.address)
    assert ended([run("bring", address, 1), run("bring", address, 1)]) == []
    assert states(empty) == {one.id: one.state for one in target(1)}
    assert empty.generation == 2  # one of them found nothing to do


def test_a_second_writer_waits_or_is_refused(empty: OpenSearchStore) -> None:
    opened = empty.writer(10)
    assert empty.leftovers(()) == []
    with pytest.raises(IndexLockedError, match=r"process \d+ on .* is writing to .*: waited") as caught:
        OpenSearchStore(str(empty.address)).writer(0)
    assert caught.value.folder == empty.folder
    with pytest.raises(IndexLockedError):
        empty.rebuild(0)
    with pytest.raises(IndexLockedError):
        empty.clean(0, ())
    timer = threading.Timer(0.3, opened.close)
    timer.start()
    OpenSearchStore(str(empty.address)).writer(60).close()
    timer.join()


def test_a_writer_that_stood_still_for_too_long_is_refused(
    empty: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three, four = news(1, 4)
    write(empty, one, two)
    monkeypatch.setattr(lock, "LEASE", -1000.0)  # it has expired when it is taken
    monkeypatch.setattr(writer, "HELD_BYTES", 0)  # what it adds is sent at once
    late = empty.writer(10)
    late.remove([two.id])
    put(late, [replace(two, title="Late"), three])
    late._sender.flush()
    monkeypatch.undo()
    other = OpenSearchStore(str(empty.address))
    write(other, four)
    with pytest.raises(IndexWriteError, match="another"):
        late.commit()
    with pytest.raises(IndexWriteError, match="another"):
        put(late, news(5, 5))
    late.close()
    assert titles(other) == ["Report 1", "Report 2", "Report 4"]
    write(other, *news(6, 6))  # its lock was not released by the late one
    assert titles(other) == ["Report 1", "Report 2", "Report 4", "Report 6"]
    assert list(other.check(10).problems()) == []


def test_what_a_killed_writer_sends_late_is_never_seen(
    empty: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "LEASE", -1000.0)
    late = empty.writer(10)
    monkeypatch.undo()
    other = OpenSearchStore(str(empty.address))
    opened = other.writer(10)
    monkeypatch.setattr(writer, "HELD_BYTES", 0)
    put(late, news(1, 2))
    late._sender.flush()  # on its way when the other took over
    put(opened, news(3, 3))
    opened.commit()
    assert titles(other) == ["Report 3"]
    opened.close()
    late.close()
    write(other, *news(2, 2))
    assert titles(other) == ["Report 2", "Report 3"]
    assert other.snapshot().commit.digest == digest(news(2, 3))


# ---- rebuilds


def test_a_rebuild_takes_the_place_at_once_under_constant_reading(empty: OpenSearchStore) -> None:
    address = str(empty.address)
    write(empty, *target(1)[:40])
    old = empty.snapshot()
    counts: list[tuple[int, int]] = []
    done = threading.Event()
    errors: list[BaseException] = []

    def read() -> None:
        store = OpenSearchStore(address)
        try:
            while not done.is_set():
                snapshot = store.snapshot()
                counts.append((snapshot.commit.number, len(list(snapshot.articles()))))
                snapshot.close()
        except BaseException as error:
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for one in readers:
        one.start()
    try:
        for version in (1, 2):
            archives.rebuild(address, version)
    finally:
        done.set()
        for one in readers:
            one.join()
    assert errors == []
    assert set(counts) <= {(1, 40), (2, 60), (3, 60)}
    assert {(1, 40), (2, 60)} <= set(counts)
    assert empty.read_extra("files.json") == "2"
    assert states(empty) == {one.id: one.state for one in target(2)}
    # the index of a snapshot stays as long as that is open, and goes with the next writer
    assert (len(list(old.articles())), old.commit.number) == (40, 1)
    assert any(one.name == old._opened.state.base for one in empty.leftovers(()))
    write(empty, *target(2)[:1])
    assert (len(list(old.articles())), old.commit.number) == (40, 1)
    old.close()
    write(empty, *target(2)[:1])
    assert empty.leftovers(()) == []


def test_a_point_in_time_that_is_lost_twice_in_a_row_is_opened_again(empty: OpenSearchStore) -> None:
    write(empty, *news(1, 3))
    snapshot = empty.snapshot()
    lost: list[stored_articles.Opened] = []

    def work(opened: stored_articles.Opened) -> int:
        if len(lost) < 2:
            assert opened.pit is not None
            empty._client.close_pit(opened.pit)
            lost.append(opened)
        return snapshot._count(opened)[1]

    assert snapshot._whole(work) == 3
    snapshot.close()


def test_a_rebuild_whose_last_answer_is_lost_keeps_its_index(
    empty: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(empty, *news(1, 2))
    change = Client.update_aliases

    def lose_answer(client: Client, actions: list[dict[str, Any]]) -> None:
        change(client, actions)
        if len(actions) > 1:  # those that put the new indices in place
            raise newssearch.IndexUnreachableError("no answer", client.place)

    monkeypatch.setattr(Client, "update_aliases", lose_answer)
    with pytest.raises(newssearch.IndexUnreachableError, match="no answer"):
        archives.rebuild(str(empty.address), 2)
    monkeypatch.undo()
    write(empty, *target(2)[:1])
    assert len(titles(empty)) == 60


def test_what_a_broken_rebuild_leaves_is_removed(empty: OpenSearchStore) -> None:
    write(empty, *news(1, 2))
    for fault in ("commit: new articles sent", "rebuild: whole", "rebuild: in place"):
        before = empty.generation
        process = run("rebuild", str(empty.address), 1, fault=fault)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
        assert empty.generation == before + (fault == "rebuild: in place")
        left = empty.leftovers(())
        assert len(left) == 3
        assert all(one.size > 0 and one.name.startswith(f"{empty._client.address.name}-") for one in left)
        assert empty.clean(10, ()) == ([one.name for one in left], [])
        assert empty.leftovers(()) == []
    assert len(titles(empty)) == 60
    begun = empty.rebuild(10)
    begun.begin().close()
    assert empty.leftovers(()) == []  # it is at work
    begun.close()
    assert empty.leftovers(()) == []
    assert len(titles(empty)) == 60


# ---- reading goes on


def test_a_lost_point_in_time_is_opened_again(
    empty: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(empty, *news(1, 5))
    snapshot = empty.snapshot()
    monkeypatch.setattr("newssearch.engines.opensearch.stored_articles.WHOLE_ARTICLES_AT_ONCE", 2)

    def lose() -> None:
        assert snapshot._opened.pit is not None
        empty._client.close_pit(snapshot._opened.pit)

    lose()
    assert len(snapshot) == 5
    lose()
    assert snapshot.find(news(1, 1)[0].id) is not None
    reading = snapshot._sources(("id",), 2)
    first = [next(reading) for _ in range(2)]
    lose()
    assert len([*first, *reading]) == 5
    reading = snapshot._sources(("id",), 2)
    first = [next(reading) for _ in range(2)]
    write(empty, *news(6, 9))
    lose()
    with pytest.raises(newssearch.IndexUnreachableError):  # never a part of one commit and a part of another
        list(reading)
    assert snapshot.commit.number == 2
    assert len(snapshot) == len(list(snapshot.articles())) == 9


def test_a_check_finds_what_is_not_as_it_was_written(empty: OpenSearchStore) -> None:
    write(empty, *news(1, 4))
    check = empty.check(2)
    assert list(check.problems()) == []
    assert (check.files, check.articles, check.paragraphs, check.sampled) == (3, 4, 8, 2)
    assert check.size > 0
    base = state.read_state(empty._client).state.base
    ids = {
        hit["_source"]["id"]: hit["_id"]
        for hit in empty._client.search({"size": 9, "query": {"exists": {"field": "id"}}}, index=base)[
            "hits"
        ]["hits"]
    }
    number = next(iter(ids.values()))
    found = empty._client.get(base, number)
    assert found is not None
    empty._client.put(base, number, found.source)  # its texts are the same, but no words are indexed
    empty._client.refresh(base)
    (problem,) = empty.check(9).problems()
    assert "its words are not indexed as its text has them" in problem.what
    changed = {**found.source, "texts": {"of": ["Rain fell.", "Then it stopped."]}}
    empty._client.put(base, number, changed)
    empty._client.refresh(base)
    (problem,) = empty.check(9).problems()
    assert "is not as it was indexed" in problem.what
    lost, *whole = sorted(empty.salvage(), key=lambda one: hasattr(one, "article"))
    assert (lost.file, len(whole)) == (base, 3)  # type: ignore[union-attr]
    empty._client.delete(base, number)
    empty._client.refresh(base)
    (problem,) = empty.check(9).problems()
    assert "do not match the digest of the last commit" in problem.what
    with pytest.raises(newssearch.IndexUnreachableError, match="the index is damaged"):
        empty.snapshot()
