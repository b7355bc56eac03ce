"""The embedded engine, which runs inside the process. Its index is a folder of Whoosh, its segments files of arrays."""

from newssearch.engines.embedded.storage.toc import FORMAT_VERSION

from .store import EmbeddedStore

__all__ = ["FORMAT_VERSION", "EmbeddedStore"]
