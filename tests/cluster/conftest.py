"""Fixtures of the tests on a real cluster: a client, and an index that no other test has.

An index on three nodes takes five times as much of the processor to make as one on a single node. So what is true of any
archive, and needs one for each test, is tested on the node with TLS, as the user with the role of a writer.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest

from newssearch.engines.opensearch.address import cluster_address
from newssearch.engines.opensearch.client import Client
from newssearch.engines.opensearch.store import OpenSearchStore

from .archives import remove_archive
from .indices import BODY
from .secured import PASSWORD, SecuredCluster, documented_role
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
    remove_archive(OpenSearchStore(found))


@pytest.fixture(scope="session")
def users(secured: SecuredCluster) -> SecuredCluster:
    """Return the node with TLS. It knows a reader and a writer, who have the roles of the page on OpenSearch."""
    for name in ("reader", "writer"):
        secured.add_user(name, PASSWORD, f"newssearch_{name}", documented_role(name))
    return secured


@pytest.fixture
def writers_address(users: SecuredCluster, request: pytest.FixtureRequest, worker_id: str) -> Iterator[str]:
    """Yield the address of an archive on the node with TLS that no other test has. The environment lets the writer in."""
    found = users.address(f"news-{worker_id}-{zlib.crc32(request.node.nodeid.encode())}")
    with pytest.MonkeyPatch.context() as environment:  # its own: a test may undo its changes
        for name, value in users.environment_of("writer").items():
            environment.setenv(name, value)
        yield found
        remove_archive(OpenSearchStore(found))
