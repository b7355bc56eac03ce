"""The names of the small files that are kept beside an index: see :class:`~newssearch.engines.protocol.Store`."""

from __future__ import annotations

from . import last_run, manifest

EXTRAS = (manifest.FILE_NAME, last_run.RUN_FILE)
"""The names of all extras of an index."""
