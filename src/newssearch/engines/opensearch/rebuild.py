"""The rebuild of an archive on a cluster: new indices are written beside the old ones, then the aliases are changed at once."""

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
    is_ours,
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

    It holds ``lock``, which keeps other writers out, until it is closed.
    """

    def __init__(self, client: Client, lock: ClusterLock, sharding: Sharding) -> None:
        self._client = client
        self._lock = lock
        self._sharding = sharding
        self._base: str | None = None
        self._writer: OpenSearchWriter | None = None

    def begin(self, after: dt.datetime | None = None) -> OpenSearchWriter:
        """Make new, empty indices beside those of the archive, and return their writer."""
        check_name(self._client)
        remove_unused_indices(self._client)  # of the broken rebuilds: this one holds the lock
        fault_point("rebuild: begin")
        self._base = new_base(self._client.address.name)
        make_empty(self._client, self._base, self._sharding, placed=False)
        self._writer = OpenSearchWriter(self._client, self._lock, after, self._base + STATE, owns_lock=False)
        return self._writer

    def write_extra(self, name: str, content: str) -> None:
        """Write the extra ``name`` of the new index."""
        assert self._base is not None, "a rebuild begins before it is written to"
        write_extra(self._client, self._base + STATE, name, content)

    def finish(self, first: Iterable[str] = ()) -> None:
        """Put the new index in the place of the old one, with its extras, in one moment. The old one is not read.

        ``first`` makes no difference. The old indices are removed afterwards. If somebody still reads them, or that fails,
        they are leftovers.
        """
        assert self._writer is not None, "a rebuild begins before it is finished"
        number = max(committed_number(self._client), 0) + 1
        base = self._writer.publish(number)
        self._lock.check()
        guarded = guard(self._client)
        fault_point("rebuild: whole")
        self._lock.check()
        self._base = None  # if this fails, it may have taken effect all the same, now or later: `close` removes nothing
        put_in_place(self._client, base, guarded)
        fault_point("rebuild: in place")
        with suppress(NewssearchError):
            remove_unused_indices(self._client)
        fault_point("rebuild: done")

    def close(self) -> None:
        """Remove the new indices if nothing has been done to put them in place, and release the lock."""
        try:
            if self._base is not None:
                with suppress(NewssearchError):  # they are leftovers
                    for index in indices_of_base(self._base):
                        self._client.delete_index(index)
        finally:
            self._lock.release()


def make_empty(client: Client, base: str, sharding: Sharding, *, placed: bool) -> None:
    """Make the indices of an archive without articles, for which no alias stands yet. ``placed`` is that of the state."""
    make_indices(client, base, sharding)
    now = dt.datetime.now(dt.timezone.utc)
    write_state(client, State.empty(base, now, placed=placed), None)


def check_name(client: Client) -> None:
    """Raise :class:`~newssearch.IndexVersionError` if something that newssearch did not make has the name of the archive."""
    name = client.address.name
    behind = client.indices_of(name) or [
        index for index in client.matching_indices(f"{name}*") if index == name
    ]
    foreign = [index for index in behind if not is_ours(name, index)]
    if foreign:
        raise IndexVersionError(
            f"{index_address(client.place)}: {foreign[0]} is not an index of newssearch: choose another name for the index",
            client.place,
        )


def committed_number(client: Client) -> int:
    """Return the number of the last commit, also of an index of another version; -1 if there is none, or none is stated."""
    with suppress(IndexNotFoundError, KeyError, TypeError, ValueError):
        document = client.get(client.address.name + STATE, COMMIT)
        if document is not None:
            return int(document.source["number"])
    return -1


def remove_unused_indices(client: Client) -> list[str]:
    """Remove the indices that no alias stands for, and return their names. The caller holds the lock.

    Those that somebody still reads stay: a snapshot that was opened before a rebuild was whole goes on. If the aliases stand for
    no archive, those with articles stay that they stood for.
    """
    unused = unused_indices(client)
    kept_bases = {index for index in unused if not index.endswith((WORDS, STATE)) and client.is_read(index)}
    if unused and not client.indices_of(client.address.name):
        kept_bases.update(lost.base for lost in lost_archives(client))
    kept = {index for base in kept_bases for index in indices_of_base(base)}
    return [index for index in unused if index not in kept and client.delete_index(index)]
