"""The engine inside the process: a Whoosh index in a folder, read into arrays."""

from .store import EmbeddedStore, make_folder
from .trust import FORMAT_VERSION

__all__ = ["FORMAT_VERSION", "EmbeddedStore", "make_folder"]
