"""Requests to a real cluster that arrive late or twice, of writers whose place others have taken, change nothing."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from newssearch import IndexWriteError
from newssearch.engines import near_duplicates
from newssearch.engines.opensearch import bulk, lock
from newssearch.engines.opensearch import writer as opensearch_writer
from newssearch.engines.opensearch.bulk import Action, BulkOutcome
from newssearch.engines.opensearch.store import OpenSearchStore
from newssearch.engines.opensearch.writer import OpenSearchWriter
from newssearch.system import fault_points
from stories_twin import expected_stories

from .archives import copied_article, copy_articles, digest, news, put, run
from .server import Cluster
from .test_stories_on_cluster import stories_in


class SlowNetwork:
    """The requests of a writer that change documents. Those are late for which ``is_late`` returns true."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, store: OpenSearchStore) -> None:
        self._bulk = store._client.bulk
        self.is_late: Callable[[], bool] = lambda: False
        self.sent: list[tuple[list[Action], str]] = []
        self.late: list[tuple[list[Action], str]] = []
        monkeypatch.setattr(store._client, "bulk", self._send)

    def _send(self, actions: Iterable[Action], index: str, **options: Any) -> BulkOutcome:
        request = list(actions), index
        (self.late if self.is_late() else self.sent).append(request)
        return BulkOutcome() if request in self.late else self._bulk(*request, **options)

    def deliver(self, requests: Iterable[tuple[list[Action], str]]) -> None:
        """Let the cluster have requests now."""
        for actions, index in requests:
            self._bulk(actions, index, refresh=True)


@pytest.fixture(autouse=True)
def _small_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_duplicates, "BOILERPLATE_ARTICLES_OF_OUTLET", 4)
    monkeypatch.setattr(bulk, "MAX_BULK_BODY", 15_000)


@pytest.fixture
def store(cluster: Cluster) -> OpenSearchStore:
    """Return the store of an archive with articles of which many are copies."""
    found = OpenSearchStore(cluster.address(f"late-{random.getrandbits(40):x}"))
    found.create(10).close()
    copy_articles(str(found.address), 1)
    return found


def change(writer: OpenSearchWriter, seed: int) -> None:
    """Add, replace and remove articles."""
    draw = random.Random(seed)
    wanted = {one.id: one for one in (copied_article(draw, draw.randrange(60)) for _ in range(40))}
    put(writer, wanted.values())
    writer.remove({copied_article(draw, draw.randrange(60)).id for _ in range(12)} - wanted.keys())


def content(store: OpenSearchStore) -> Any:
    """Return all of an archive, which must be consistent."""
    assert list(store.check(3).problems()) == []
    snapshot = store.snapshot()
    articles = list(snapshot.articles())
    assert snapshot.commit.digest == digest(articles)
    stories = stories_in(store)
    assert stories == expected_stories(articles)
    snapshot.close()
    return articles, stories, len(snapshot)


class _StoppedError(Exception):
    """A writer has come to the place where it is to stop."""


@pytest.mark.parametrize(
    ("stops", "arrived"), [("", 1), ("recovery: written again", 0), ("recovery: marked", 1)]
)
def test_what_a_writer_replaces_and_removes_too_late_has_no_effect(
    store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch, stops: str, arrived: int
) -> None:
    """A writer stands still within a commit, of which a part has ``arrived``; one that takes over stops, too, or does not."""
    other, second = OpenSearchStore(str(store.address)), OpenSearchStore(str(store.address))
    network, of_second = SlowNetwork(monkeypatch, store), SlowNetwork(monkeypatch, second)
    with monkeypatch.context() as patched:
        patched.setattr(lock, "LEASE", -1000.0)  # it has expired when it is taken
        late = store.writer(10)
    seen: list[Any] = []
    stopping: list[str] = []

    def reached(name: str) -> None:
        if name == "commit: changing":
            before = len(network.sent)
            network.is_late = lambda: len(network.sent) >= before + arrived
        elif name == "commit: changed" and not seen:
            network.is_late = lambda: False
            seen.append(name)
            if stops:
                stopping.append(stops)
                with pytest.raises(_StoppedError):
                    second.writer(10)
                stopping.clear()
            other.writer(10).close()
            seen.append(content(other))
            for one in (network, of_second):
                one.deliver(one.late)
            assert content(other) == seen[1]
        elif name in stopping:
            raise _StoppedError
        elif name == "recovery: written again" and stopping:
            of_second.is_late = lambda: True

    change(late, 7)
    monkeypatch.setattr(fault_points, "handler", reached)
    with pytest.raises(IndexWriteError, match="another"):
        late.commit()
    late.close()
    assert network.late
    assert content(other) == seen[1]
    copy_articles(str(other.address), 3)
    before = content(other)
    for one in (network, of_second):
        one.deliver(one.late)
    assert content(other) == before


def test_requests_that_arrive_a_second_time_and_in_another_order_change_nothing(
    store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = run("copy_articles", store.address, 2, fault="commit: marking", time=3)
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    network = SlowNetwork(monkeypatch, store)
    writer = store.writer(10)  # it deletes and mends
    change(writer, 3)
    writer.commit()
    change(writer, 4)
    writer.commit()
    writer.close()
    before = content(store)
    network.deliver(reversed(network.sent))
    assert content(store) == before
    network.deliver(random.Random(5).sample(network.sent, len(network.sent)))
    assert content(store) == before


def test_what_a_closed_writer_had_discarded_is_not_seen_when_it_arrives_once_more(
    store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(store)[0]
    network = SlowNetwork(monkeypatch, store)
    monkeypatch.setattr(opensearch_writer, "HELD_BYTES", 0)  # what it adds is sent at once
    writer = store.writer(10)
    put(writer, news(1, 2))
    writer._sender.flush()
    writer.close()
    # as if the cluster had removed its traces of deletions, which it does after an hour
    sent = network.sent[:]
    again = [[one._replace(version=1 << 40) for one in actions if one.kind == "index"] for actions, _ in sent]
    assert any(again)
    next_one = store.writer(10)
    network.deliver((actions, index) for actions, (_, index) in zip(again, sent, strict=True))
    put(next_one, news(3, 3))
    next_one.commit()
    next_one.close()
    assert [one for one in content(store)[0] if one.title != "Report 3"] == before
