"""What is read of an index on a cluster is of one commit, whatever the cluster loses meanwhile, and of all of that commit."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch import Article, ArticleNotFoundError, IndexUnreachableError, SearchStoppedError
from newssearch.engines.opensearch import mapping, stored_articles
from newssearch.engines.opensearch.checkpoints import reached
from newssearch.engines.opensearch.client import PointInTime
from newssearch.engines.opensearch.snapshot import OpenSearchSnapshot
from newssearch.engines.opensearch.state import read_state
from newssearch.engines.opensearch.store import OpenSearchStore
from newssearch.engines.opensearch.transport import Transport
from newssearch.stopping import StopCheck

from .server import Cluster

FLOOD = [Article.create(title=f"Flood {n}", text=f"The river rose {'in the night ' * n}over its banks.") for n in range(4)]  # fmt: skip


@pytest.fixture
def store(address: str) -> OpenSearchStore:
    """Return a store whose archive has two articles."""
    with newssearch.create(address) as index:
        index.add(FLOOD[:2])
    return OpenSearchStore(address)


def test_a_copy_that_lags_behind_the_commit_is_not_read(
    store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node that is cut off answers as the index was before the commit."""
    client = store._client
    base = read_state(client).state.base
    lagging = [client.open_pit(base) for _ in range(2)]
    with newssearch.open(store.address) as index:
        index.add(FLOOD[2:3])
    up_to_date = client.open_pit
    monkeypatch.setattr(client, "open_pit", lambda *_, **__: lagging.pop() if lagging else up_to_date(base))
    monkeypatch.setattr(stored_articles, "FIRST_PAUSE", 0)
    snapshot = store.snapshot()
    assert (snapshot.commit.number, len(snapshot), len(list(snapshot.articles()))) == (2, 3, 3)
    old = PointInTime(*up_to_date(base))
    with newssearch.open(store.address) as index:
        index.add(FLOOD[3:])
    monkeypatch.setattr(client, "open_pit", lambda *_, **__: old)
    monkeypatch.setattr(client, "close_pit", lambda _: None)
    monkeypatch.setattr(stored_articles, "READ_PATIENCE", 0)
    with pytest.raises(IndexUnreachableError, match="lags behind the last commit, and so does its primary"):
        store.snapshot()


def test_a_copy_that_has_an_article_as_it_was_before_it_was_replaced_is_not_read(
    store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has as many articles as the commit, and would answer with the old text."""
    client = store._client
    base = read_state(client).state.base
    lagging = [client.open_pit(base)]
    with newssearch.open(store.address) as index:
        index.add([replace(FLOOD[1], title="Drought")])
    up_to_date, asked = client.open_pit, []

    def open_pit(name: str, *, as_written: bool, check: StopCheck) -> PointInTime:
        asked.append(as_written)
        return lagging.pop() if lagging else up_to_date(name, as_written=as_written)

    monkeypatch.setattr(client, "open_pit", open_pit)
    snapshot = store.snapshot()
    assert {one.title for one in snapshot.articles()} == {"Drought", "Flood 0"}
    assert asked == [False, True]  # then the copy is asked that the others follow
    snapshot.close()


@pytest.fixture
def lagging(breakable: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let copies get segments, late, and be asked whenever they may. Yields the paths of requests to primaries alone."""
    monkeypatch.setattr(mapping, "REPLICATION", "SEGMENT")
    whole, asked = Transport.send, []

    def send(
        self: Transport, method: str, path: str, body: Any = None, parameters: Any = None, **how: Any
    ) -> Any:
        of_index = path.endswith(("/_search", "/point_in_time")) and not path.startswith("/_search")
        if of_index and "preference" not in (parameters or {}):
            parameters = {**(parameters or {}), "preference": "_replica"}
        elif of_index:
            asked.append(path)
        return whole(self, method, path, body, parameters, **how)

    monkeypatch.setattr(Transport, "send", send)
    slow = "indices.replication.max_bytes_per_sec"
    breakable.request("PUT", "/_cluster/settings", {"transient": {slow: "5kb"}})
    yield asked
    breakable.request("PUT", "/_cluster/settings", {"transient": {slow: None}})


LONG = " ".join(f"{random.Random(at).getrandbits(60):x}" for at in range(3_000))


def test_what_a_commit_has_replaced_is_found_while_copies_wait_for_their_segments(
    lagging: list[str], store: OpenSearchStore
) -> None:
    with newssearch.open(store.address) as index:
        index.add([replace(FLOOD[1], paragraphs=Article.create(text=LONG).paragraphs)])
    lagging.clear()
    with newssearch.open(store.address) as index:
        assert index.article(FLOOD[1].id).paragraphs[0].text == LONG
        assert index.count(LONG.split(" ")[0]) == 1
    assert any(path.endswith("/point_in_time") for path in lagging)


def test_a_run_finds_what_the_one_before_has_written_while_copies_wait_for_their_segments(
    lagging: list[str], store: OpenSearchStore
) -> None:
    new = Article.create(text=LONG)
    with newssearch.open(store.address) as index:
        index.add([new])
    state = read_state(store._client).state
    copies = {"query": reached(state.checkpoint), "size": 0, "track_total_hits": True}
    assert store._client.search(copies, index=state.base)["hits"]["total"]["value"] == 0  # the copy does lag
    with newssearch.open(store.address) as index:
        assert index.remove([new.id]) == 1
        assert len(index) == 2


def test_copies_that_all_lag_are_waited_for(store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that takes the place of one that died answers as the index was, until it has caught up."""
    client = store._client
    base = read_state(client).state.base
    lagging = [client.open_pit(base) for _ in range(9)]
    with newssearch.open(store.address) as index:
        index.add(FLOOD[2:3])
    up_to_date, pauses = client.open_pit, []

    def pause(check: StopCheck, seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(StopCheck, "wait", pause)
    monkeypatch.setattr(
        stored_articles, "READ_PATIENCE", 600.0
    )  # a busy machine may take long for each attempt
    monkeypatch.setattr(client, "open_pit", lambda *_, **__: lagging.pop() if lagging else up_to_date(base))
    snapshot = store.snapshot()
    assert (snapshot.commit.number, len(snapshot)) == (2, 3)
    assert pauses == sorted(pauses)
    assert pauses[-1] > 2 * pauses[0]


def test_copies_that_all_lag_are_waited_for_no_longer_than_the_search_may_take(
    store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = store._client
    with newssearch.open(store.address) as index:
        with newssearch.open(store.address) as other:
            old = client.open_pit(read_state(client).state.base)
            other.add(FLOOD[2:3])
        monkeypatch.setattr(type(client), "open_pit", lambda *_, **__: old)
        monkeypatch.setattr(stored_articles, "READ_PATIENCE", 600.0)
        client.close_pit(index._shared.current.snapshot._opened.pit)  # type: ignore[union-attr]
        monkeypatch.setattr(type(client), "close_pit", lambda *_: None)
        with pytest.raises(SearchStoppedError, match=r"time limit of 0\.7 s"):
            index.search("flood", timeout=0.7)


def test_no_point_in_time_stays_open_that_nobody_reads(
    store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = store._client
    opened: list[PointInTime] = []
    whole, close = client.open_pit, client.close_pit

    def open_pit(name: str, *, as_written: bool, check: StopCheck) -> PointInTime:
        opened.append(whole(name, as_written=as_written))
        return opened[-1]

    def close_pit(pit: PointInTime) -> None:
        opened.remove(pit)
        close(pit)

    monkeypatch.setattr(client, "open_pit", open_pit)
    monkeypatch.setattr(client, "close_pit", close_pit)
    with monkeypatch.context() as broken:
        broken.setattr(stored_articles, "_seen_at", _fail)
        with pytest.raises(IndexUnreachableError):
            store.snapshot()
    assert opened == []
    snapshot = store.snapshot()
    assert snapshot._opened.pit is not None
    close(snapshot._opened.pit)
    assert len(snapshot) == 2
    assert opened == [snapshot._opened.pit]
    snapshot.close()
    assert opened == []


def _fail(*_: object) -> bool:
    raise IndexUnreachableError("no node answers", Path())


def test_the_state_counts_the_articles_of_every_commit(store: OpenSearchStore) -> None:
    with newssearch.open(store.address) as index:
        index.add(FLOOD)
        index.remove([FLOOD[0].id, FLOOD[1].id])
        assert read_state(store._client).state.articles == len(index) == 2


def lost_before(
    monkeypatch: pytest.MonkeyPatch, method: str, store: OpenSearchStore, change: Callable[[newssearch.Index], object]
) -> None:  # fmt: skip
    """Let the cluster lose what is read, and have another commit, before a method of a snapshot is called the first time."""
    whole = getattr(OpenSearchSnapshot, method)
    done: list[bool] = []

    def called(self: OpenSearchSnapshot, *arguments: Any) -> Any:
        if not done:
            done.append(True)
            with newssearch.open(store.address) as index:
                change(index)
            assert self._opened.pit is not None
            store._client.close_pit(self._opened.pit)
        return whole(self, *arguments)

    monkeypatch.setattr(OpenSearchSnapshot, method, called)


def test_the_parts_of_a_result_are_of_the_commit_that_it_names(
    store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost_before(monkeypatch, "search_more", store, lambda index: index.add(FLOOD[2:]))
    with newssearch.open(store.address) as index:
        results = index.search("flood snow")  # two searches: of both words, and of some of them
        assert (results.commit.number, results.total_articles, results.more_articles) == (2, 0, 4)
        found = index.search("flood river")
        assert (found.commit, found.total_articles) == (index.commit, 4)


def test_an_article_that_is_gone_has_none_related_to_it(
    store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost_before(monkeypatch, "related", store, lambda index: index.remove([FLOOD[0].id]))
    with newssearch.open(store.address) as index, pytest.raises(ArticleNotFoundError):
        index.related(FLOOD[0].id)


def test_a_result_of_several_parts_is_refused_rather_than_mixed(
    store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = store.snapshot()
    view, other = snapshot.of_one_commit(), snapshot.of_one_commit()
    assert len(view) == 2
    with newssearch.open(store.address) as index:
        index.add(FLOOD[2:])
    assert snapshot._opened.pit is not None
    store._client.close_pit(snapshot._opened.pit)
    with pytest.raises(IndexUnreachableError, match="another commit while a result was read"):
        view.ids_ending("")
    assert len(other.ids_ending("")) == 4  # it had read nothing
    assert (other.commit.number, snapshot.commit.number, view.commit.number) == (2, 2, 1)
    snapshot.close()
