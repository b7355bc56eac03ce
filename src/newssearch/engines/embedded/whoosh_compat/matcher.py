"""The matcher of a term: its postings in one segment, one at a time, as Whoosh 2.7 reads them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from newssearch.system.kept import cached_property

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh.matching import LeafMatcher, ReadTooFar

from newssearch.engines.embedded.segment.field import FieldReader, SurfaceForms
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import Ints

MATCHER_BLOCK = 128
"""The number of postings in a block of a matcher. Whoosh skips blocks by an upper bound of their scores."""

SCORE_ROUNDING = 1e-10
"""The relative error by which rounding may change the upper bound of a block's scores; see
:meth:`Matcher.skip_to_quality`."""


class Positions:
    """The positions of a term in each document that contains it.

    If the words belong to articles (in headlines), ``rows`` has an element for each such document: the index of its
    article among the articles that contain the term.
    """

    def __init__(self, field: FieldReader, number: int, rows: Ints | None = None) -> None:
        owners, counts = field.postings(number)
        self._positions = (
            field.positions(SurfaceForms(number, None)) - field.starts[np.repeat(owners, counts)]
        )
        self._ends = np.cumsum(counts, dtype=np.int64)
        self._rows = rows

    def of(self, posting: int) -> list[int]:
        """Return the term's positions in a document, from 0.

        ``posting`` is the index of the document among those that contain the term.
        """
        row = posting if self._rows is None else int(self._rows[posting])
        positions: list[int] = self._positions[self._ends[row - 1] if row else 0 : self._ends[row]].tolist()
        return positions


class Matcher(LeafMatcher):  # type: ignore[misc]
    """A matcher over the postings of a term, in ascending order of documents. It is at one posting at a time."""

    def __init__(
        self,
        term: tuple[str, bytes],
        documents: Array,
        counts: Array,
        lengths: Array,
        positions: Callable[[], Positions | None],
        format_: Any,
        scorer: Any,
    ) -> None:
        self._term = term
        self._documents = documents
        self._counts = counts
        self._lengths = lengths
        self._read_positions = positions
        self.format = format_
        self.scorer = scorer
        self._go(0)

    @cached_property
    def _positions(self) -> Positions | None:
        return self._read_positions()

    def is_active(self) -> bool:
        """Whether the matcher is at a posting, not after the last.

        After the last posting, the other methods still describe the last one, because Whoosh calls them even then.
        """
        return not self._ended

    def reset(self) -> None:
        """Move back to the first posting."""
        self._go(0)

    def _go(self, posting: int) -> None:
        self._ended = posting >= len(self._documents)
        self._i = min(posting, len(self._documents) - 1)

    def id(self) -> int:
        """Return the document of the current posting."""
        return int(self._documents[self._i])

    def all_ids(self) -> Iterator[int]:
        """Return the documents of the current posting and of all later ones."""
        return iter([] if self._ended else self._documents[self._i :].tolist())

    def weight(self) -> float:
        """Return the number of occurrences of the term in the current document."""
        return float(self._counts[self._i])

    def value(self) -> Any:
        """Return the current posting as the bytes that Whoosh itself would store for it, which Whoosh's merges copy."""
        if self.supports("positions") and self._positions is not None:
            return self.format.encode(self._positions.of(self._i))
        return b"" if not self.format.posting_size else int(self.weight()).to_bytes(4, "big")

    def value_as(self, astype: str) -> Any:
        """Return the current posting in the form that ``astype`` names: its positions, its frequency or its weight."""
        if astype == "positions" and self._positions is not None:
            return self._positions.of(self._i)
        if astype == "frequency":
            return int(self.weight())
        return self.weight() if astype == "weight" else super().value_as(astype)

    def next(self) -> bool:
        """Move to the next posting. Return true if it is in another block, or if there is no next posting."""
        self._go(self._i + 1)
        return self._ended or self._i % MATCHER_BLOCK == 0

    def skip_to(self, target: int) -> None:
        """Move to the first posting, from the current one on, whose document is not before ``target``.

        Raises ``ReadTooFar`` after the last posting.
        """
        if self._ended:
            raise ReadTooFar
        rest = self._documents[self._i :]
        self._go(
            self._i + int(np.searchsorted(rest, rest.dtype.type(target)))
        )  # of the same dtype: otherwise NumPy converts all of them

    def skip_to_quality(self, minimum: float) -> int:
        """Move to the first block, from the current one on, that may have a score above ``minimum``.

        Returns the number of blocks skipped.

        A bound above ``minimum`` only by a rounding error does not count: Whoosh's union of two matchers computes
        ``minimum`` from differences of sums, and would call this method forever if no block was skipped.
        """
        skipped = 0
        minimum += abs(minimum) * SCORE_ROUNDING
        while not self._ended and self.block_quality() <= minimum:
            self._go((self._i // MATCHER_BLOCK + 1) * MATCHER_BLOCK)
            skipped += 1
        return skipped

    @cached_property
    def _blocks(self) -> tuple[Array, Array, Array]:
        """For each block: the least and greatest number of words of a document, and the greatest count of the term."""
        starts = np.arange(0, len(self._documents), MATCHER_BLOCK)
        lengths = self._lengths
        return (
            np.minimum.reduceat(lengths, starts),
            np.maximum.reduceat(lengths, starts),
            np.maximum.reduceat(self._counts, starts),
        )

    def block_min_length(self) -> int:
        """Return the least number of words of a document in the current block."""
        return int(self._blocks[0][self._i // MATCHER_BLOCK])

    def block_max_length(self) -> int:
        """Return the greatest number of words of a document in the current block."""
        return int(self._blocks[1][self._i // MATCHER_BLOCK])

    def block_max_weight(self) -> float:
        """Return the greatest number of occurrences of the term in a document of the current block."""
        return float(self._blocks[2][self._i // MATCHER_BLOCK])

    def block_max_id(self) -> int:
        """Return the last document of the current block."""
        return int(
            self._documents[min((self._i // MATCHER_BLOCK + 1) * MATCHER_BLOCK, len(self._documents)) - 1]
        )
