"""The index in a folder, as :class:`newssearch.engines.protocol.Store` asks for it."""

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
"""How often the folder is listed again because the index was written to meanwhile."""


class EmbeddedStore(IndexFolder):
    """An index in a folder; see :class:`newssearch.engines.protocol.Store`."""

    @property
    def format(self) -> int:
        """The version of the format on disk."""
        return FORMAT_VERSION

    def create(self, wait: float, extras: Iterable[str] = ()) -> EmbeddedWriter:
        """Make a new, empty index as :meth:`create_locked` does, and return its writer."""
        from .writer import EmbeddedWriter  # slow to import, and a search needs none of it

        return EmbeddedWriter(self, self.create_locked(wait, extras))

    def writer(self, wait: float) -> EmbeddedWriter:
        """Return the one writer; wait up to ``wait`` seconds for another one to finish.

        Raises :class:`~newssearch.IndexLockedError`.
        """
        from .writer import EmbeddedWriter  # slow to import, and a search needs none of it

        return EmbeddedWriter(self, self.lock(wait))

    def rebuild(self, wait: float, extras: Iterable[str] = ()) -> EmbeddedRebuild:
        """Begin a rebuild, in which these ``extras`` of the new index replace those of the old one.

        Waits for the lock as :meth:`create` does.
        """
        from .rebuild import EmbeddedRebuild  # slow to import, and a search needs none of it

        return EmbeddedRebuild(self, self.lock_or_make(wait), extras)

    # ---- check, clean, salvage

    def check(self, sample: int) -> EmbeddedCheck:
        """Return a check of the whole index, in which the words of ``sample`` articles of each segment are compared."""
        from newssearch.engines.embedded.integrity.verify import EmbeddedCheck  # a search needs none of it

        return EmbeddedCheck(self.folder, sample)

    def leftovers(self, extras: Iterable[str]) -> list[Leftover]:
        """Return what interrupted runs left behind: files that no commit names. Empty while a run is under way.

        Only files that newssearch or Whoosh may have written are listed.
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
        """Remove what interrupted runs left behind; the names of what was removed, and what could not be removed.

        Waits for the lock as :meth:`writer` does.
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
        """Return all articles that can still be read, those that cannot, and whatever else is wrong."""
        from newssearch.engines.embedded.integrity.salvage import salvaged  # a search needs none of it

        return salvaged(self.folder)
