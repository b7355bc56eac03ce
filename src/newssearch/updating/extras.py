"""The names of the small files that are kept beside an index: see :class:`~newssearch.engines.protocol.Store`."""

from __future__ import annotations

from newssearch.config import STORED_CONFIG, settings_to_store
from newssearch.engines.protocol import Store

from . import last_run, manifest

COPY_FILE = "copy.json"
"""The extra of an index that is a copy: it names the original and its commit."""
EXTRAS = (manifest.FILE_NAME, last_run.RUN_FILE, STORED_CONFIG, COPY_FILE)
"""The names of all extras of an index."""


def stored_settings(store: Store) -> str | None:
    """Return the settings to store in an index outside its archive: those of the archive here, or the stored ones.

    Returns None for an index in the folder of its archive, which has the settings file, and if there are no settings.
    """
    archive = store.archive
    if archive.own_index:
        return None
    return settings_to_store(archive.settings) or store.read_extra(STORED_CONFIG)
