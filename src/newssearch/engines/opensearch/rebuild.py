"""Rebuilds an archive on a cluster: writes new indices beside the old ones, then switches the aliases atomically."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress

from newssearch.display.index_address import index_address
from newssearch.errors import IndexNotFoundError, IndexVersionError, NewssearchError
from newssearch.sharding import Sharding
from newssearch.system.fault_points import fault_point

from .client import Client
from .extras import write_extra
from .lock import ClusterLock
from .state import (
    COMMIT,
    STATE,
    WORDS,
    State,
    guard,
    indices_of_base,
    is_archive_index,
    lost_archives,
    make_indices,
    new_base,
    put_in_place,
    unused_indices,
    write_state,
)
from .writer import OpenSearchWriter


class OpenSearchRebuild:
    """A rebuild of the archive of ``client``: see :class:`newssearch.engines.protocol.Rebuild`.

    It holds ``lock``, which excludes other writers, until it is closed.
    """

    def __init__(self, client: Client, lock: ClusterLock, sharding: Sharding) -> None:
        self._client = client
        self._lock = lock
        self._sharding = sharding
        self._base: str | None = None
        self._writer: OpenSearchWriter | None = None

    def begin(self, after: dt.datetime | None = None) -> OpenSearchWriter:
        """Create empty indices beside those of the archive, and return their writer."""
        check_name(self._client)
        remove_unused_indices(self._client)  # indices of interrupted rebuilds: this one holds the lock
        fault_point("rebuild: begin")
        self._base = new_base(self._client.address.name)
        make_empty(self._client, self._base, self._sharding, placed=False)
        self._writer = OpenSearchWriter(self._client, self._lock, after, self._base + STATE, owns_lock=False)
        return self._writer

    def write_extra(self, name: str, content: str) -> None:
        """Write the extra ``name`` to the new index."""
        assert self._base is not None, "a rebuild begins before it is written to"
        write_extra(self._client, self._base + STATE, name, content)

    def finish(self, first: Iterable[str] = ()) -> None:
        """Replace the old index by the new one, with its extras, atomically. The old one is not read.

        ``first`` has no effect. The old indices are then removed. They become leftovers if a reader still uses them,
        or if that fails.
        """
        assert self._writer is not None, "a rebuild begins before it is finished"
        number = max(committed_number(self._client), 0) + 1
        base = self._writer.publish(number)
        self._lock.check()
        guarded = guard(self._client)
        fault_point("rebuild: whole")
        self._lock.check()
        self._base = None  # a failed switch may still take effect, now or later: `close` must not remove the new indices
        put_in_place(self._client, base, guarded)
        fault_point("rebuild: in place")
        with suppress(NewssearchError):
            remove_unused_indices(self._client)
        fault_point("rebuild: done")

    def close(self) -> None:
        """Remove the new indices unless the switch was begun, and release the lock."""
        try:
            if self._base is not None:
                with suppress(NewssearchError):  # they are leftovers
                    for index in indices_of_base(self._base):
                        self._client.delete_index(index)
        finally:
            self._lock.release()


def make_empty(client: Client, base: str, sharding: Sharding, *, placed: bool) -> None:
    """Create the indices of an archive without articles and without aliases. ``placed`` is the field of its state."""
    make_indices(client, base, sharding)
    now = dt.datetime.now(dt.timezone.utc)
    write_state(client, State.empty(base, now, placed=placed), None)


def check_name(client: Client) -> None:
    """Raise :class:`~newssearch.IndexVersionError` if an index or alias that newssearch did not create has the name
    of the archive.
    """
    name = client.address.name
    behind = client.indices_of(name) or [
        index for index in client.matching_indices(f"{name}*") if index == name
    ]
    foreign = [index for index in behind if not is_archive_index(name, index)]
    if foreign:
        raise IndexVersionError(
            f"{index_address(client.place)}: {foreign[0]} is not an index of newssearch: choose another name for the index",
            client.place,
        )


def committed_number(client: Client) -> int:
    """Return the number of the last commit, also of an index of another version; -1 if there is no index or no number."""
    with suppress(IndexNotFoundError, KeyError, TypeError, ValueError):
        document = client.get(client.address.name + STATE, COMMIT)
        if document is not None:
            return int(document.source["number"])
    return -1


def remove_unused_indices(client: Client) -> list[str]:
    """Remove the archive's indices that have no alias, and return their names. The caller holds the lock.

    Indices with an open point in time stay, so that snapshots from before a rebuild remain readable. If the aliases
    are missing, indices with articles that once had them stay, too.
    """
    unused = unused_indices(client)
    kept_bases = {index for index in unused if not index.endswith((WORDS, STATE)) and client.is_read(index)}
    if unused and not client.indices_of(client.address.name):
        kept_bases.update(lost.base for lost in lost_archives(client))
    kept = {index for base in kept_bases for index in indices_of_base(base)}
    return [index for index in unused if index not in kept and client.delete_index(index)]
