"""The engine inside the process: a Whoosh index in a folder, read into arrays."""

from .store import FORMAT_VERSION, EmbeddedStore, make_folder

__all__ = ["FORMAT_VERSION", "EmbeddedStore", "make_folder"]
