"""What the client of the engine promises, on real nodes: an answer is whole or an error, whatever happens to a node."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest

from newssearch import IndexExistsError, IndexNotFoundError
from newssearch.engines.opensearch.address import cluster_address
from newssearch.engines.opensearch.bulk import Action
from newssearch.engines.opensearch.client import Client

from .server import Cluster

BODY = {
    "settings": {"number_of_shards": 3, "number_of_replicas": 1},
    "mappings": {"dynamic": "strict", "properties": {"number": {"type": "integer"}}},
}
COUNT = {"size": 0, "track_total_hits": True}


@pytest.fixture
def name(request: pytest.FixtureRequest, worker_id: str) -> str:
    """Return the name of an index that no other test has."""
    return f"{worker_id}-{zlib.crc32(request.node.nodeid.encode())}"


@pytest.fixture
def client(cluster: Cluster, name: str) -> Iterator[Client]:
    """Yield a client, and an index that is empty."""
    found = Client(cluster_address(cluster.address(name)))
    found.create_index(name, BODY)
    yield found
    found.delete_index(name)
    found.close()


def numbers(count: int, version: int | None = None) -> list[Action]:
    return [Action("index", str(number), {"number": number}, version) for number in range(count)]


def total(client: Client, name: str) -> int:
    found: int = client.search(COUNT, index=name)["hits"]["total"]["value"]
    return found


def test_what_was_written_is_found_after_a_refresh(client: Client, name: str) -> None:
    assert client.bulk(numbers(5000), name).written == 5000
    client.refresh(name)
    assert total(client, name) == 5000
    found = client.get(name, "7")
    assert found is not None
    assert found.source == {"number": 7}


def test_an_index_that_is_there_is_not_made_again(client: Client, name: str) -> None:
    with pytest.raises(IndexExistsError):
        client.create_index(name, BODY)


def test_an_index_that_is_not_there_is_said_to_be_missing(client: Client) -> None:
    for reading in (lambda: client.search(COUNT, index="none"), lambda: client.bulk(numbers(1), "none")):
        with pytest.raises(IndexNotFoundError):
            reading()
