"""The store of the embedded engine: :class:`newssearch.engines.protocol.Store` for an index in a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from newssearch.engines.embedded.storage.toc import FORMAT_VERSION

from .index_folder import IndexFolder

if TYPE_CHECKING:
    from newssearch.engines.embedded.integrity.verify import EmbeddedCheck
    from newssearch.engines.protocol import LostArticle, StoredArticle
    from newssearch.reports import Leftover, Problem

    from .rebuild import EmbeddedRebuild
    from .writer import EmbeddedWriter

_LISTING_ATTEMPTS = 5
"""The folder is listed at most this number of times, because a listing is void if the index is written to meanwhile."""


class EmbeddedStore(IndexFolder):
    """An index in a folder; see :class:`newssearch.engines.protocol.Store`."""

    @property
    def format(self) -> int:
        """The version number of the format on disk that this version of newssearch writes."""
        return FORMAT_VERSION

    def create(self, wait: float, extras: Iterable[str] = ()) -> EmbeddedWriter:
        """Make a new, empty index, and return its writer, which holds the lock.

        See :meth:`newssearch.engines.protocol.Store.create`.
        """
        from .writer import EmbeddedWriter  # slow to import, and a search needs none of it

        return EmbeddedWriter(self, self.create_locked(wait, extras))

    def writer(self, wait: float) -> EmbeddedWriter:
        """Return the writer of the index.

        If another writer is open, this waits up to ``wait`` seconds, then raises :class:`~newssearch.IndexLockedError`.
        """
        from .writer import EmbeddedWriter  # slow to import, and a search needs none of it

        return EmbeddedWriter(self, self.lock(wait))

    def rebuild(self, wait: float, extras: Iterable[str] = ()) -> EmbeddedRebuild:
        """Begin a rebuild. When it finishes, the named ``extras`` of the new index replace those of the old one.

        Waits up to ``wait`` seconds for the lock, then raises :class:`~newssearch.IndexLockedError`.
        """
        from .rebuild import EmbeddedRebuild  # slow to import, and a search needs none of it

        return EmbeddedRebuild(self, self.lock_or_make(wait), extras)

    # ---- check, clean, salvage

    def check(self, sample: int) -> EmbeddedCheck:
        """Return a check of the whole index, which is not run yet.

        For ``sample`` articles of each segment, it compares the indexed words with the stored text.
        """
        from newssearch.engines.embedded.integrity.verify import EmbeddedCheck  # a search needs none of it

        return EmbeddedCheck(self.folder, sample)

    def leftovers(self, extras: Iterable[str]) -> list[Leftover]:
        """Return the files that interrupted runs left behind, which no commit names. Empty while a run is under way.

        Files whose names are not those of newssearch or Whoosh are not listed.
        """
        extras = tuple(extras)
        for _ in range(_LISTING_ATTEMPTS):
            generation = self.generation
            if self.whoosh.is_written():
                break
            try:
                found = self._leftovers(extras)
            except FileNotFoundError:  # removed while the folder was listed
                continue
            if self.generation == generation and not self.whoosh.is_written():
                return found
        return []

    def clean(self, wait: float, extras: Iterable[str]) -> tuple[list[str], list[Leftover]]:
        """Remove the files that interrupted runs left behind.

        Returns the names of the removed files, and the files that could not be removed. Waits up to ``wait`` seconds
        for the lock, then raises :class:`~newssearch.IndexLockedError`.
        """
        from newssearch.engines.embedded.integrity.verify import remove  # a search needs none of it

        extras = tuple(extras)
        lock = self.lock(wait)
        try:
            removed = remove(self.folder, [left.name for left in self._leftovers(extras)])
            return removed, self._leftovers(extras)
        finally:
            lock.release()

    def _leftovers(self, extras: Iterable[str]) -> list[Leftover]:
        from newssearch.engines.embedded.integrity.verify import leftovers  # a search needs none of it

        return leftovers(self.folder, frozenset(extras))

    def salvage(self) -> Iterator[StoredArticle | LostArticle | Problem]:
        """Yield each article that can still be read, each that is lost, and each other problem."""
        from newssearch.engines.embedded.integrity.salvage import salvaged  # a search needs none of it

        return salvaged(self.folder)
