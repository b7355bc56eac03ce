"""A node dies, or stands still: searches go on, no write is lost, and nothing that lacks a part is taken for an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from newssearch import IndexUnreachableError
from newssearch.engines.opensearch import bulk, transport
from newssearch.engines.opensearch import client as client_module
from newssearch.engines.opensearch.address import cluster_address
from newssearch.engines.opensearch.bulk import Action
from newssearch.engines.opensearch.client import Client
from newssearch.engines.opensearch.failures import PointInTimeLostError
from support import THOROUGH

from .indices import BODY, numbers, total
from .server import Cluster

WRITTEN = 3000


class Load:
    """Searches and bulks without a pause, each in a thread with a client of its own, until the block ends."""

    def __init__(self, cluster: Cluster, searched: str, written: str) -> None:
        self.totals: list[int] = []
        self.written = 0
        self.failures: list[BaseException] = []
        self._stop = threading.Event()
        self._progress = threading.Condition()
        self._searched, self._target = searched, written
        self._clients = [Client(cluster_address(cluster.address("load"))) for _ in range(3)]
        self._threads = [threading.Thread(target=self._until_stopped, args=[work]) for work in (self._search, self._search, self._write)]  # fmt: skip

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def go_on(self, searches: int, bulks: int) -> None:
        """Return when so many searches and bulks more are done."""
        wanted = (len(self.totals) + searches, self.written + 20 * bulks)
        with self._progress:
            done = self._progress.wait_for(lambda: self.failures or (len(self.totals) >= wanted[0] and self.written >= wanted[1]), 120)  # fmt: skip
        assert done, f"{len(self.totals)} searches and {self.written} writes are done"

    def _until_stopped(self, work: object) -> None:
        assert callable(work)
        client = self._clients.pop()
        try:
            while not self._stop.is_set():
                work(client)
                with self._progress:
                    self._progress.notify_all()
        except BaseException as error:
            self.failures.append(error)
            with self._progress:
                self._progress.notify_all()
        client.close()

    def _search(self, client: Client) -> None:
        self.totals.append(total(client, self._searched))

    def _write(self, client: Client) -> None:
        outcome = client.bulk(numbers(self.written + 20, self.written, version=1), self._target)
        assert (outcome.written, outcome.conflicts, outcome.rejected) == (20, [], {})
        self.written += 20


VICTIMS = ["manager", "another"] if THOROUGH > 1 else ["manager"]
"""Which node dies: the one that manages the cluster; with ``NEWSSEARCH_THOROUGH=2`` or more, also one that does not."""


@pytest.mark.parametrize("victim", VICTIMS)
def test_searches_and_writes_go_on_while_a_node_dies_and_comes_back(
    breakable: Cluster, client: Client, name: str, victim: str
) -> None:
    client.bulk(numbers(WRITTEN), name, refresh=True)
    client.create_index(f"{name}-written", BODY)
    breakable.wait()  # each shard has two copies
    manager = client.request("GET", "/_cat/cluster_manager", parameters={"format": "json"})[0]["node"]
    node = (int(manager.removeprefix("node")) + (victim == "another")) % 3
    with Load(breakable, name, f"{name}-written") as load:
        load.go_on(20, 3)
        breakable.kill(node)
        load.go_on(200, 20)
        breakable.start([node])
        breakable.wait()
        load.go_on(20, 3)
    assert load.failures == []
    assert set(load.totals) == {WRITTEN}
    client.refresh(f"{name}-written")
    assert total(client, f"{name}-written") == load.written
    client.delete_index(f"{name}-written")


@contextmanager
def on_node(client: Client, index: str, node: int, shards: int = 1) -> Iterator[None]:
    """Make an index without replicas, whose shards are all on one node."""
    settings = {"number_of_shards": shards, "number_of_replicas": 0, "index.routing.allocation.require._name": f"node{node}"}  # fmt: skip
    client.create_index(index, {**BODY, "settings": settings})
    client.bulk(numbers(WRITTEN), index, refresh=True)
    yield
    client.delete_index(index)


ON_NODE_1 = {"index.routing.allocation.require._name": "node1"}


def test_what_a_dead_node_had_alone_is_an_error_and_never_a_smaller_count(
    breakable: Cluster, client: Client, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One index has no replicas; another has, but its points in time are bound to the copies that they were made of."""
    lost = f"{name}-lost"
    settings = {
        "number_of_shards": 3,
        "number_of_replicas": 0,
        "index.routing.allocation.total_shards_per_node": 1,
    }
    client.create_index(lost, {**BODY, "settings": settings})
    for index in (lost, name):
        client.bulk(numbers(WRITTEN), index, refresh=True)
    copied = f"{name}-copied"
    client.create_index(copied, {**BODY, "settings": {**ON_NODE_1, "number_of_replicas": 0}})
    client.bulk(numbers(WRITTEN), copied, refresh=True)
    bound = client.open_pit(copied)  # to the copies on node 1, which are not the only ones any more
    client.request("PUT", f"/{copied}/_settings", {**dict.fromkeys(ON_NODE_1), "index.number_of_replicas": 1})
    breakable.wait()
    lost_point = client.open_pit(lost)
    points = [client.open_pit(name) for _ in range(6)]
    breakable.kill(1)
    with pytest.raises(PointInTimeLostError):
        total(client, bound)
    assert total(client, client.open_pit(copied)) == WRITTEN
    outcomes = []
    for point in points:
        try:
            outcomes.append(total(client, point))
        except PointInTimeLostError:
            assert total(client, client.open_pit(name)) == WRITTEN
    assert set(outcomes) <= {WRITTEN}

    monkeypatch.setattr(transport, "READ_PATIENCE", 0.5)
    monkeypatch.setattr(client_module, "READ_PATIENCE", 0.5)
    monkeypatch.setattr(transport, "WRITE_PATIENCE", 0.5)
    monkeypatch.setattr(bulk, "WRITE_PATIENCE", 0.5)
    monkeypatch.setattr(bulk, "SHARD_TIMEOUT", "100ms")
    asking: list[Callable[[], object]] = [
        lambda: total(client, lost),
        lambda: total(client, lost_point),
        lambda: client.open_pit(lost),
        lambda: client.stats(lost),
        lambda: client.get_many(lost, map(str, range(50))),
        lambda: client.bulk(numbers(50), lost),
    ]
    for question in asking:
        with pytest.raises(IndexUnreachableError):
            question()
    breakable.start([1])
    breakable.wait()
    assert total(client, lost) == client.stats(lost).documents == WRITTEN
    client.delete_index(lost)
    client.delete_index(copied)


@pytest.mark.skipif(THOROUGH < 2, reason="waits for time-outs: NEWSSEARCH_THOROUGH=2")
def test_a_node_that_stands_still_is_passed_by(
    breakable: Cluster, client: Client, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connections to it stay open, but nobody answers. After the first such request, no other waits for it."""
    monkeypatch.setattr(transport, "READ_TIMEOUTS", (0.5, 60.0, 60.0))
    monkeypatch.setattr(transport, "PROBE_TIMEOUT", 0.2)
    with on_node(client, f"{name}-elsewhere", 0):
        for _ in range(3):  # connections to all nodes are open
            assert total(client, f"{name}-elsewhere") == WRITTEN
        breakable.pause(1)
        failed = transport._Node.failed

        def note(node: transport._Node, *, late: bool) -> None:
            slow.append(str(node.host))
            failed(node, late=late)

        slow: list[str] = []
        monkeypatch.setattr(transport._Node, "failed", note)
        for _ in range(30):
            assert total(client, f"{name}-elsewhere") == WRITTEN
        assert set(slow) <= {f"127.0.0.1:{breakable.ports[1]}"}
        assert 1 <= len(slow) < 10
        breakable.resume(1)


@pytest.mark.skipif(THOROUGH < 2, reason="starts all nodes again: NEWSSEARCH_THOROUGH=2")
def test_a_cluster_that_is_away_is_waited_for_when_it_was_there(
    breakable: Cluster, client: Client, name: str
) -> None:
    """All nodes stop and start again while a document is being written."""
    client.put(name, "1", {"number": 1})
    breakable.stop()
    with pytest.raises(IndexUnreachableError, match="does not answer: Connection refused"):
        total(Client(client.address), name)
    done: list[object] = []
    thread = threading.Thread(target=lambda: done.append(client.bulk([Action("index", "2", {"number": 2}, 1)], name).written))  # fmt: skip
    thread.start()
    breakable.start()
    breakable.wait()
    thread.join()
    assert done == [1]
    assert set(client.get_many(name, ["1", "2"])) == {"1", "2"}
