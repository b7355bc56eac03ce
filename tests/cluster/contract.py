"""The engine on a cluster, for the tests of the contract: an index for each folder that a test names."""

from __future__ import annotations

import zlib
from pathlib import Path

from newssearch.engines.opensearch.failures import PointInTimeLostError
from newssearch.engines.opensearch.snapshot import OpenSearchSnapshot
from newssearch.engines.opensearch.state import new_base, read_state
from newssearch.engines.opensearch.store import OpenSearchStore

from .archives import remove_archive
from .server import Cluster


class ClusterIndexes:
    """The indexes that tests make on a cluster, by the paths of the folders in whose place they are."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._addresses: dict[Path, str] = {}

    def address(self, path: Path) -> str:
        """Return the address of the index for a path."""
        name = f"{path.name.lower()}-{zlib.crc32(str(path).encode()):x}"
        return self._addresses.setdefault(path, self._cluster.address(name))

    def _only(self, folder: Path) -> OpenSearchStore:
        found = [store for path, address in self._addresses.items() if folder in path.parents and (store := OpenSearchStore(address)).generation >= 0]  # fmt: skip
        (store,) = found
        return store

    def damage(self, folder: Path) -> None:
        """Damage the only index below a folder: the texts of some of its articles are not those that were indexed."""
        client = self._only(folder)._client
        base = read_state(client).state.base
        hits = client.search({"size": 1000}, index=base)["hits"]["hits"]
        for hit in hits[: (len(hits) + 1) // 2]:
            client.put(base, hit["_id"], {**hit["_source"], "texts": {"of": ["damaged"]}})
        client.refresh(base)

    def litter(self, folder: Path) -> str:
        """Leave what a rebuild leaves that is broken off, and return its name."""
        client = self._only(folder)._client
        base = new_base(client.address.name)
        client.create_index(base, {})
        return base

    def remove(self, folder: Path) -> None:
        """Remove the indexes below a folder. A cluster takes a limited number of them."""
        for path in [one for one in self._addresses if folder in one.parents]:
            remove_archive(OpenSearchStore(self._addresses.pop(path)))


def is_closed(snapshot: OpenSearchSnapshot) -> bool:
    """Whether the point in time of a snapshot was given back."""
    pit = snapshot._opened.pit
    assert pit is not None
    try:
        snapshot._client.search({"size": 0}, pit=pit)
    except PointInTimeLostError:
        return True
    return False
