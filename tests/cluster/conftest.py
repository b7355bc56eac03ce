"""Fixtures of the tests on a real cluster: a client, and an index that no other test has."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest

from newssearch.engines.opensearch.address import cluster_address
from newssearch.engines.opensearch.client import Client
from newssearch.engines.opensearch.store import OpenSearchStore

from .indices import BODY
from .server import Cluster


@pytest.fixture
def name(request: pytest.FixtureRequest, worker_id: str) -> str:
    """Return the name of an index that no other test has."""
    return f"{worker_id}-{zlib.crc32(request.node.nodeid.encode())}"


@pytest.fixture
def client(cluster: Cluster, name: str) -> Iterator[Client]:
    """Yield a client, and an empty index of three shards, each with a replica."""
    found = Client(cluster_address(cluster.address(name)))
    found.create_index(name, BODY)
    yield found
    found.delete_index(name)
    found.close()


@pytest.fixture
def address(cluster: Cluster, request: pytest.FixtureRequest, worker_id: str) -> Iterator[str]:
    """Yield the address of an archive that does not exist yet, and that no other test has."""
    found = cluster.address(f"{worker_id}-{zlib.crc32(request.node.nodeid.encode())}")
    yield found
    client = OpenSearchStore(found)._client
    for index in client.matching_indices(f"{client.address.name}*"):
        client.delete_index(index)
