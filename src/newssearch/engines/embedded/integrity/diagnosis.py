"""Tell a damaged index from a failing system and from a bug.

Damage is what a checksum or a check of the structure says, and nothing else. The checksums of a stranger's index can be
right and its arrays still not fit together; to check that on every search would cost more than the search. So the check
is made when something has failed: see :func:`diagnosed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import ContainerError
from newssearch.errors import NewssearchError


@contextmanager
def diagnosed(segments: Sequence[Segment]) -> Iterator[None]:
    """Raise :class:`ContainerError` in place of an exception that unsound arrays of the segments may have caused.

    Where all segments are sound, the exception is a bug of newssearch and is raised as it is. So is an
    :class:`OSError`, whose cause is the system. ``segments`` may still grow while this lasts.
    """
    try:
        yield
    except (NewssearchError, OSError):
        raise
    except Exception as error:
        from .invariants import unfit  # slow to import, and seldom needed

        for segment in segments:
            if segment.container.path is not None:
                for what in unfit(segment):
                    raise ContainerError(segment.container.path, what) from error
        raise
