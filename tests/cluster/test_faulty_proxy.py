"""Runs go on, and leave the same, while a proxy or the network fails for many of the requests that write."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

import pytest

from newssearch.engines.opensearch import bulk, transport
from newssearch.engines.opensearch.store import OpenSearchStore

from . import archives
from .archives import digest, remove_archive, target
from .faulty_proxy import Fault, FaultyProxy, faulty_proxy
from .secured import SecuredCluster

FAULTS: list[Fault] = ["refused", "answer lost", "cut"]


@pytest.fixture
def proxy(users: SecuredCluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyProxy]:
    """Yield a proxy without faults yet, in front of the node with TLS. The environment lets the writer in."""
    for name, value in users.environment_of("writer").items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NEWSSEARCH_OPENSEARCH_CA")
    monkeypatch.setattr(transport, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(bulk, "MAX_BULK_BODY", 15_000)
    with faulty_proxy(users.ports[0], users.ca_file, lambda: None) as found:
        yield found


@pytest.fixture
def store(proxy: FaultyProxy) -> Iterator[OpenSearchStore]:
    """Yield the store of an empty archive behind the proxy."""
    found = OpenSearchStore(proxy.address(f"news-faults-{random.getrandbits(40):x}"))
    found.create(10).close()
    yield found
    proxy.fault_of = lambda: None
    remove_archive(found)


def content(store: OpenSearchStore) -> tuple[str, dict[str, str]]:
    """Return the digest of an archive, which must be sound, and the states of its articles."""
    assert list(store.check(100).problems()) == []
    snapshot = store.snapshot()
    try:
        articles = list(snapshot.articles())
        assert snapshot.commit.digest == digest(articles)
        return snapshot.commit.digest, {one.id: one.state for one in articles}
    finally:
        snapshot.close()


def every(number: int, fault: Fault) -> Callable[[], Fault | None]:
    """Return what happens to requests if each of a ``number`` fails."""
    turns = itertools.count(1)
    return lambda: None if next(turns) % number else fault


@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_is_as_one_without_faults_whatever_becomes_of_its_requests(
    proxy: FaultyProxy, store: OpenSearchStore, fault: Fault
) -> None:
    """Articles are added, replaced and removed, in several requests for each commit."""
    proxy.fault_of = every(3, fault)
    for version in (1, 2):
        archives.bring(str(store.address), version)
        wanted = target(version)
        assert content(store) == (digest(wanted), {one.id: one.state for one in wanted})
    proxy.fault_of = lambda: None
    assert store.generation == 4
    paths = [path for _, _, path in proxy.faults]
    assert sum(path.endswith("/_bulk") for path in paths) > 5
    assert any("/_doc/" in path for path in paths)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_rebuild_is_as_one_without_faults(proxy: FaultyProxy, store: OpenSearchStore, fault: Fault) -> None:
    archives.bring(str(store.address), 1)
    proxy.fault_of = every(2, fault)
    archives.rebuild(str(store.address), 2)
    proxy.fault_of = lambda: None
    wanted = target(2)
    assert content(store) == (digest(wanted), {one.id: one.state for one in wanted})
    assert any(path.endswith("/_aliases") for _, _, path in proxy.faults)
    store.writer(10).close()
    assert store.leftovers(()) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_stories_are_as_without_faults(proxy: FaultyProxy, store: OpenSearchStore, fault: Fault) -> None:
    """Articles with copies are marked again when others come and go."""
    other = OpenSearchStore(proxy.address(f"news-faults-{random.getrandbits(40):x}"))
    other.create(10).close()
    try:
        for step in range(1, 4):
            proxy.fault_of = lambda: None
            archives.copy_articles(str(other.address), step)
            proxy.fault_of = every(3, fault)
            archives.copy_articles(str(store.address), step)
        proxy.fault_of = lambda: None
        assert content(store) == content(other)
        told = [
            {one.id: archive.snapshot().story(one.id) for one in archive.snapshot().articles()}
            for archive in (store, other)
        ]
        assert told[0] == told[1]
    finally:
        proxy.fault_of = lambda: None
        remove_archive(other)
