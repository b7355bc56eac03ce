"""The segments of one commit, opened for reading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from newssearch.commit import Commit, digest_of_sum
from newssearch.engines.embedded.integrity.diagnosis import diagnosed
from newssearch.engines.embedded.search.reader import IndexReader
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.embedded.storage.toc import Toc
from newssearch.errors import QueryError
from newssearch.fields import ArticleField
from newssearch.query import MAX_DEPTH, Node, depth
from newssearch.system.kept import cached_property


class SegmentsReader:
    """The open segments of one commit, with the checks that every read needs."""

    def __init__(self, segments: list[Segment], boilerplate: Array, toc: Toc) -> None:
        self.boilerplate = boilerplate
        """The min-hash samples that are boilerplate, as sorted hashes: see :mod:`newssearch.engines.near_duplicates`."""
        self.commit = Commit(toc.generation, toc.time, digest_of_sum(toc.hash_sum))
        self.stamp = toc.stamp
        self._reader = IndexReader(segments)

    def close(self) -> None:
        """Close the files of the snapshot: on Windows, a commit cannot remove files that are open."""
        self._reader = IndexReader(())
        self.boilerplate = np.empty(0, self.boilerplate.dtype)

    @contextmanager
    def _reading(self, tree: Node | None = None) -> Iterator[None]:
        """Wrap all reads of the segments in checks. ``tree`` is the query, if there is one.

        First check that no file was truncated, because reading a truncated file would make the system end the
        process. Turn an exception that damage has caused into :class:`~newssearch.IndexDamagedError`, and the
        exception for too deep a recursion into :class:`~newssearch.QueryError` if the query is nested too deeply.
        """
        for segment in self._reader.segments:
            segment.container.check_size()
        with diagnosed(self._reader.segments):
            try:
                yield
            except RecursionError:
                if tree is None or depth(tree) <= MAX_DEPTH:
                    raise
                raise QueryError("the query is nested too deeply") from None

    @cached_property
    def own_fields(self) -> tuple[ArticleField, ...]:
        """The own fields of the index, in alphabetical order."""
        with self._reading():
            return tuple(self._reader.own_fields.values())
