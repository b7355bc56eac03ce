"""The diagnosis of an exception: was it caused by a damaged index, by the system, or by a bug?

Only a failed checksum or a failed check of the invariants counts as damage. The arrays of an index from a stranger can
be inconsistent although their checksums are right. Checking that on every search would cost more than the search, so
the invariants are checked after an exception: see :func:`diagnosed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import ContainerError
from newssearch.errors import NewssearchError


@contextmanager
def diagnosed(segments: Sequence[Segment]) -> Iterator[None]:
    """Replace an exception of the ``with`` block by :class:`ContainerError` if a segment's arrays are inconsistent.

    If all segments are consistent, the exception is a bug of newssearch and is raised unchanged. A
    :class:`~newssearch.NewssearchError`, and an :class:`OSError`, whose cause is the system, are raised unchanged too.
    The block may append to ``segments``.
    """
    try:
        yield
    except (NewssearchError, OSError):
        raise
    except Exception as error:
        from .invariants import inconsistencies  # slow to import, and seldom needed

        for segment in segments:
            if segment.container.path is not None:
                for what in inconsistencies(segment):
                    raise ContainerError(segment.container.path, what) from error
        raise
