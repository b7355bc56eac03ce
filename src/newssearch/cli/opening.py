"""Opens an index for commands with a time limit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newssearch.index import Index, open_index
from newssearch.stopping import StopCheck, limiting


@contextmanager
def opened_index(folder: Path, timeout: float | None) -> Iterator[Index]:
    """Yield an index that is open while the block runs.

    Opening an index on a cluster takes at most ``timeout`` seconds; None for no limit. Raises
    :class:`~newssearch.SearchStoppedError`.
    """
    with limiting(StopCheck(timeout)):
        index = open_index(folder)
    with index:
        yield index
