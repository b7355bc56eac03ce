"""The engine inside the process: a Whoosh index in a folder, read into arrays."""

from .store import EmbeddedStore
from .trust import FORMAT_VERSION

__all__ = ["FORMAT_VERSION", "EmbeddedStore"]
