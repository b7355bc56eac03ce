"""The store of the OpenSearch engine: :class:`newssearch.engines.protocol.Store` for an archive on a cluster."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from newssearch.archive import ArchiveFolder, archive_here
from newssearch.config import STORED_CONFIG, Config, load_config
from newssearch.display.index_address import index_address
from newssearch.errors import (
    ConfigError,
    IndexExistsError,
    IndexFolderError,
    IndexNotFoundError,
    NewssearchError,
)
from newssearch.stopping import NEVER
from newssearch.system.kept import cached_property

from .address import cluster_address
from .client import Client
from .extras import read_extra, write_extra
from .mapping import MAPPING_FORMAT
from .state import (
    GUARD,
    LOCK,
    STATE,
    WORDS,
    check_alias,
    lost_archives,
    read_state,
    unused_indices,
    without_aliases,
)
from .stored_articles import opened_commit

if TYPE_CHECKING:
    from newssearch.engines.protocol import LostArticle, StoredArticle
    from newssearch.reports import Leftover, Problem

    from .integrity import OpenSearchCheck
    from .rebuild import OpenSearchRebuild
    from .snapshot import OpenSearchSnapshot
    from .writer import OpenSearchWriter


_log = logging.getLogger(__name__)


class OpenSearchStore:
    """An archive on a cluster; see :class:`newssearch.engines.protocol.Store`."""

    def __init__(self, address: str) -> None:
        """Make no request yet. Raises :class:`~newssearch.ConfigError` for an invalid address."""
        self._place = cluster_address(address)
        for end in (WORDS, STATE, LOCK, GUARD):
            if self._place.name.endswith(end):
                raise ConfigError(
                    f"the name of an index does not end with {end}: newssearch makes such names itself"
                )

    @cached_property
    def _client(self) -> Client:
        return Client(self._place)

    @property
    def _name(self) -> str:
        return self._place.name

    @property
    def address(self) -> str:
        """The address of the index, with all hosts and ports."""
        return str(self._place)

    @property
    def folder(self) -> Path:
        """The address of the index as a path. No such file exists."""
        return Path(self.address)

    @property
    def archive(self) -> ArchiveFolder:
        """The archive that contains the working folder: see :func:`~newssearch.archive.archive_here`."""
        return archive_here()

    @property
    def config(self) -> Config:
        """The configuration of the archive. Without one in the working folder, the one that the last ``newssearch
        index`` stored.
        """
        return load_config(self.archive.settings, stored=partial(self.read_extra, STORED_CONFIG))

    # ---- open, create, rebuild

    def open(self) -> None:
        """Check that the index exists and that this version can read it.

        Raises :class:`~newssearch.IndexNotFoundError`, :class:`~newssearch.IndexVersionError`,
        :class:`~newssearch.IndexDamagedError`, or :class:`~newssearch.IndexUnreachableError`.
        """
        _ = self._client.version
        check_alias(self._client, self._name, read_state(self._client).state.base)

    def create(self, wait: float, extras: Iterable[str] = ()) -> OpenSearchWriter:
        """Create an empty index, and return its writer, which holds the lock.

        See :meth:`newssearch.engines.protocol.Store.create`.
        """
        from .lock import ClusterLock  # a search needs none of it
        from .rebuild import check_name, make_empty  # a search needs none of it
        from .state import new_base, put_in_place  # a search needs none of it
        from .writer import OpenSearchWriter  # a search needs none of it

        _ = self._client.version
        self._check_absent()
        sharding = self.config.opensearch
        lock = ClusterLock(self._client, wait)
        try:
            self._check_absent()  # another process may have created one while this one waited for the lock
            for lost in lost_archives(self._client):
                raise without_aliases(self._client, lost)
            check_name(self._client)
            base = new_base(self._name)
            make_empty(self._client, base, sharding, placed=True)
            put_in_place(self._client, base)
        except BaseException:
            lock.release()
            raise
        return OpenSearchWriter(self._client, lock)

    def _check_absent(self) -> None:
        if self._client.indices_of(self._name):
            raise IndexExistsError(f"{self.address} already holds an index", self.folder)

    def rebuild(self, wait: float, extras: Iterable[str] = ()) -> OpenSearchRebuild:
        """Begin a rebuild, which holds the lock. The extras of the new index replace all of the old ones.

        Waits up to ``wait`` seconds for the lock, then raises :class:`~newssearch.IndexLockedError`.
        """
        from .lock import ClusterLock  # a search needs none of it
        from .rebuild import OpenSearchRebuild  # a search needs none of it

        _ = self._client.version
        sharding = self.config.opensearch
        return OpenSearchRebuild(self._client, ClusterLock(self._client, wait), sharding)

    # ---- read and write

    @property
    def format(self) -> int:
        """The version of the index format that this version of newssearch writes."""
        return MAPPING_FORMAT

    @property
    def generation(self) -> int:
        """The number of the last commit; negative if there is no index, or no number in its state."""
        from .rebuild import committed_number  # a search needs none of it

        return committed_number(self._client)

    @property
    def stamp(self) -> Hashable:
        """The stamp of the last commit; None if the index does not exist or cannot be read. Takes one short request."""
        try:
            return read_state(self._client).state.stamp
        except IndexFolderError:
            return None

    @property
    def size(self) -> int:
        """The size of the articles, the words and the state in bytes, without replicas."""
        return sum(self._client.stats(self._name + end).size for end in ("", WORDS, STATE))

    def snapshot(self) -> OpenSearchSnapshot:
        """Return the snapshot of the last commit."""
        from .snapshot import OpenSearchSnapshot  # a writer needs none of it

        renew = partial(opened_commit, self._client)
        return OpenSearchSnapshot(self._client, renew(NEVER), renew)

    def writer(self, wait: float) -> OpenSearchWriter:
        """Return the writer of the index.

        If another writer is open, this waits up to ``wait`` seconds, then raises :class:`~newssearch.IndexLockedError`.
        """
        from .rebuild import remove_unused_indices  # a search needs none of it

        writer = self._writer(wait)
        try:
            remove_unused_indices(self._client)
        except NewssearchError as error:
            _log.info(
                "leftovers of an earlier rebuild of %s could not be removed: %s",
                index_address(self.folder),
                error,
            )
        except BaseException:
            writer.close()
            raise
        return writer

    def _writer(self, wait: float, *, mends: bool = False) -> OpenSearchWriter:
        from .lock import ClusterLock  # a search needs none of it
        from .writer import OpenSearchWriter  # a search needs none of it

        self.open()  # so that no lock is created for an index that does not exist
        return OpenSearchWriter(self._client, ClusterLock(self._client, wait), mends=mends)

    def read_extra(self, name: str) -> str | None:
        """Return the content of the extra ``name``; None if it does not exist."""
        return read_extra(self._client, self._name + STATE, name)

    def write_extra(self, name: str, content: str) -> None:
        """Write the extra ``name`` atomically. The caller must hold the writer."""
        behind = self._client.indices_of(self._name + STATE)  # a missing alias must not become an index
        if len(behind) != 1:
            raise IndexNotFoundError(f"{self.address} no longer holds an index", self.folder)
        write_extra(self._client, behind[0], name, content)

    # ---- check, clean, salvage

    def check(self, sample: int) -> OpenSearchCheck:
        """Return a check of the whole index, which is not run yet.

        For ``sample`` articles, it compares the indexed words with the stored text.
        """
        from .integrity import OpenSearchCheck  # a search needs none of it

        return OpenSearchCheck(self._client, sample)

    def leftovers(self, extras: Iterable[str]) -> list[Leftover]:
        """Return the indices that interrupted rebuilds left behind, and replaced ones that were still being read.

        Empty while a run is under way. The next writer removes those that nobody reads any more.
        """
        from newssearch.reports import Leftover  # a search needs none of it

        from .lock import is_held  # a search needs none of it

        found = []
        for index in [] if is_held(self._client) else unused_indices(self._client):
            try:
                found.append(Leftover(index, self._client.stats(index).size))
            except IndexNotFoundError:  # it was removed meanwhile
                continue
        return [] if is_held(self._client) else found

    def clean(self, wait: float, extras: Iterable[str]) -> tuple[list[str], list[Leftover]]:
        """Remove what interrupted runs left behind.

        Returns the names of the removed indices, and those that could not be removed. Uncommitted documents are
        deleted, and an interrupted commit is completed. If the articles do not match the last commit, a new commit
        accepts those that exist. Waits up to ``wait`` seconds for the lock, then raises
        :class:`~newssearch.IndexLockedError`.
        """
        from .rebuild import remove_unused_indices  # a search needs none of it

        writer = self._writer(wait, mends=True)
        try:
            removed = remove_unused_indices(self._client)
        finally:
            writer.close()
        return removed, self.leftovers(extras)

    def salvage(self) -> Iterator[StoredArticle | LostArticle | Problem]:
        """Yield each article that can still be read, each that is lost, and each other problem."""
        from .integrity import salvaged_articles  # a search needs none of it

        return salvaged_articles(self._client)
