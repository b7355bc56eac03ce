"""The embedded engine, which runs in this process. Its index is a Whoosh folder whose segments are files of arrays."""

from newssearch.engines.embedded.storage.toc import FORMAT_VERSION

from .store import EmbeddedStore

__all__ = ["FORMAT_VERSION", "EmbeddedStore"]
