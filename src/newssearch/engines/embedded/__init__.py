"""The engine inside the process: a Whoosh index in a folder, whose segments are files of arrays."""

from newssearch.engines.embedded.storage.toc import FORMAT_VERSION

from .store import EmbeddedStore

__all__ = ["FORMAT_VERSION", "EmbeddedStore"]
