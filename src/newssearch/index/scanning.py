"""The class :class:`Scan`, an iterator over all hits of a search."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from newssearch.commit import Commit
from newssearch.display.brief import brief, many
from newssearch.query import Diagnostic
from newssearch.results import Hit

if TYPE_CHECKING:
    from typing_extensions import Self


class Scan(Iterator[Hit]):
    """All hits of a search in order, one after the other: see :meth:`Index.scan`.

    ``commit`` is as in :class:`~newssearch.Results`, and so are ``diagnostics``, those about the query and about a file of tags
    that cannot be read. ``total`` is the number of all hits of the search. ``position`` is the
    number of hits before the next one, those before the beginning of this scan included: it is the ``offset`` at which a
    search continues.

    The commit stays open until the last hit has come or the scan is closed. Close a scan that
    you leave early, or use it in a ``with`` statement. One thread at a time may read it.
    """

    def __init__(
        self,
        hits: Generator[Hit, None, None],
        commit: Commit,
        total: int,
        position: int,
        diagnostics: tuple[Diagnostic, ...] = (),
    ) -> None:
        self._hits = hits
        self.commit = commit
        self.total = total
        self.position = position
        self.diagnostics = diagnostics

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Hit:
        hit = next(self._hits)
        self.position += 1
        return hit

    def __length_hint__(self) -> int:
        return self.total - self.position

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the scan, and release the state of the index. Afterwards no hit comes."""
        self._hits.close()

    def __repr__(self) -> str:
        return brief(self, f"{self.position:,} of {many(self.total, 'hit')}")
