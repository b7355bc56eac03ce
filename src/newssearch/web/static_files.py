"""The files of the page: style, script, pictures. They are read once, so that no address leads to any other file."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

MEDIA_TYPES: Mapping[str, str] = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "png": "image/png",
    "woff2": "font/woff2",
    "txt": "text/plain",
}
"""The type of a file by the ending of its name. A file of another type is not served."""
_COMPRESSED = ("css", "js", "svg", "txt")


class StaticFile(NamedTuple):
    """A file of the page: its content, the same compressed by gzip (b"" if that is no use), its type, and its version."""

    content: bytes
    compressed: bytes
    media_type: str
    version: str


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Return the files of the page by name."""
    found = {}
    for file in files("newssearch.web").joinpath("static").iterdir():
        ending = file.name.rpartition(".")[2]
        if ending in MEDIA_TYPES and file.is_file():
            found[file.name] = _static_file(file.read_bytes(), ending)
    return found


def _static_file(content: bytes, ending: str) -> StaticFile:
    compressed = gzip.compress(content, mtime=0) if ending in _COMPRESSED else b""
    version = hashlib.blake2b(content, digest_size=8).hexdigest()
    smaller = compressed if len(compressed) < len(content) else b""
    return StaticFile(content, smaller, MEDIA_TYPES[ending], version)


def static_path(name: str) -> str:
    """Return the path of a file of the page. It changes with the content, so that browsers may keep what they have.

    Raises KeyError if there is no such file.
    """
    return f"/static/{name}?v={static_files()[name].version}"
