"""The table of contents of an index, read without Whoosh and without trusting it.

::

    +--------------------+
    | 3 x varint         |  4, 8, 4: sizes of numbers
    | i32 i32            |  -12345, and the version of the layout: -111
    | 3 x varint         |  the version of Whoosh; of one that newssearch wrote 0, its format, its analysis
    | varint, bytes      |  the schema, pickled, behind its length
    | i32 i32            |  the generation; 0
    | bytes              |  the segments, pickled
    | u32 b"NEWSTOC1"    |  if newssearch wrote it: the crc32 of all above, little-endian
    +--------------------+  end

Numbers are big-endian; a varint has seven bits a byte, the lowest first. The newest of ``_MAIN_N.toc`` counts.

Unpickling can call whatever a pickle names. This knows the names that an index of ours has and no others, and puts
something lifeless in the place of each. The postings and stored fields of Whoosh's own segments are pickles too:
:mod:`whoosh_compat.safe_pickle` reads them.
"""

from __future__ import annotations

import io
import os
import pickle
import re
import struct
import zlib
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from newssearch.errors import IndexDamagedError

FORMAT_VERSION = 10
"""Counts up when an index of before can no longer be read as it is."""
LOCKS = ("MAIN_RUN", "MAIN_WRITELOCK")
"""The files that a writer locks, in this order."""
HOLDER = "writer.json"
"""The file that names the process that writes."""
MARKER = "newssearch.json"
"""The file that says which format an index has, and what made it."""
EXTENSION = ".nws"
"""Of the one file of a segment of ours."""

KNOWN = frozenset(
    {
        ("__builtin__", "long"),
        ("builtins", "int"),
        ("builtins", "set"),
        ("__builtin__", "set"),
        ("collections", "defaultdict"),
        ("newssearch.whoosh_codec", "ArraySegment"),
        ("newssearch.whoosh_codec", "ArticleAnalyzer"),
        ("re", "_compile"),
        ("whoosh.analysis.tokenizers", "IDTokenizer"),
        ("whoosh.analysis.tokenizers", "RegexTokenizer"),
        ("whoosh.codec.whoosh3", "W3Codec"),
        ("whoosh.codec.whoosh3", "W3Segment"),
        ("whoosh.columns", "VarBytesColumn"),
        ("whoosh.fields", "DATETIME"),
        ("whoosh.fields", "ID"),
        ("whoosh.fields", "KEYWORD"),
        ("whoosh.fields", "NUMERIC"),
        ("whoosh.fields", "STORED"),
        ("whoosh.fields", "Schema"),
        ("whoosh.fields", "TEXT"),
        ("whoosh.formats", "Existence"),
        ("whoosh.formats", "Frequency"),
        ("whoosh.formats", "Positions"),
    }
)
"""All that an index of ours names."""

_RELIST = 5
"""A folder may be listed while a commit puts one table of contents in the place of another: list it again."""
_HEADER = struct.Struct("!BBBii")
_SIZES = (4, 8, 4, -12345, -111)
_TWO = struct.Struct("!ii")
_SEAL = struct.Struct("<I8s")
_MAGIC = b"NEWSTOC1"
_STEM = re.compile(r"MAIN_[0-9a-z]+")
"""No name of a segment leads out of the folder."""


class Listed(NamedTuple):
    """A segment of ours, as a table of contents lists it: its file, its deleted documents, and how many it has with
    them."""

    file_name: str
    deleted: frozenset[int]
    documents: int


class Toc(NamedTuple):
    """A table of contents. ``schema`` and ``segments`` are pickles that name nothing they should not.

    ``listed`` tells of each segment what a search needs; of one that Whoosh wrote, None. ``versions`` are those of the
    format and of the analysis, where newssearch wrote it. ``stems`` begin the names of the files of all segments.
    """

    generation: int
    schema: bytes
    segments: bytes
    listed: tuple[Listed | None, ...]
    versions: tuple[int, int] | None = None
    stems: tuple[str, ...] = ()


def newest(folder: Path) -> int:
    """The generation of the newest table of contents in ``folder``, or -1 where there is none, or no such folder.

    Raises :class:`OSError` where that cannot be known: a folder that cannot be listed is not an empty one.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208  (names, and no paths made of them)
    except (FileNotFoundError, NotADirectoryError):
        return -1
    numbers = (
        name.removeprefix("_MAIN_").removesuffix(".toc")
        for name in names
        if name.startswith("_MAIN_") and name.endswith(".toc")
    )
    return max((int(number) for number in numbers if number.isascii() and number.isdigit()), default=-1)


def holds_index(folder: Path) -> bool:
    """Whether there is an index in a folder.

    Raises :class:`~newssearch.IndexDamagedError` where there are segments, but no table of contents: to make a new index
    there would remove them, and they may be all that is left of one.
    """
    for _ in range(_RELIST):
        if newest(folder) >= 0:
            return True
        names = os.listdir(folder) if folder.is_dir() else []  # noqa: PTH208  (names, and no paths made of them)
        if not any(name.startswith("MAIN_") and name.endswith(EXTENSION) for name in names):
            return False
    message = (
        f"{folder}: the table of contents of the index is missing: `newssearch salvage` saves its articles,"
        " --rebuild makes it anew from its files"
    )
    raise IndexDamagedError(message, folder)


def toc_path(folder: Path, generation: int) -> Path:
    """The file of a table of contents."""
    return folder / f"_MAIN_{generation}.toc"


def written_toc(toc: Toc) -> bytes:
    """A table of contents as it is on disk."""
    assert toc.versions is not None, "we write it"
    sizes = b"".join(map(_as_varint, (0, *toc.versions, len(toc.schema))))
    whole = _HEADER.pack(*_SIZES) + sizes + toc.schema + _TWO.pack(toc.generation, 0) + toc.segments
    return whole + _SEAL.pack(zlib.crc32(whole), _MAGIC)


def read_versions(folder: Path) -> tuple[int, int] | None:
    """The versions of format and analysis that the newest table of contents has; None where Whoosh wrote it.

    Whatever else may be wrong with it is found by :func:`read_toc`.
    """
    generation = newest(folder)
    try:
        with toc_path(folder, generation).open("rb") as file:
            return _versions(io.BytesIO(file.read(64)))
    except FileNotFoundError:  # a commit came between
        return read_versions(folder) if newest(folder) != generation else None
    except _UNREADABLE:
        return None


def read_toc(folder: Path) -> Toc:
    """The newest table of contents in ``folder``.

    Raises :class:`~newssearch.IndexDamagedError` where it is damaged, or names what it should not.
    """
    generation = newest(folder)
    if generation < 0 and holds_index(folder):
        generation = newest(folder)
    path = toc_path(folder, generation)
    content = path.read_bytes()
    try:
        return _read(content, generation)
    except (*_UNREADABLE, pickle.UnpicklingError) as error:
        message = (
            f"{folder}: the index is damaged ({path.name} is not to be trusted: {error});"
            " `newssearch verify` looks at all of it"
        )
        raise IndexDamagedError(message, folder) from error


_UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    EOFError,
    OverflowError,
    struct.error,
)
"""What it is to read bytes that are no table of contents, or only a part of one."""


def _read(content: bytes, generation: int) -> Toc:
    sealed = content.endswith(_MAGIC)
    if sealed:
        checksum, _ = _SEAL.unpack(content[-_SEAL.size :])
        content = content[: -_SEAL.size]
        if zlib.crc32(content) != checksum:
            raise ValueError("it is not what was written")
    file = io.BytesIO(content)
    versions = _versions(file)
    if sealed != (versions is not None):
        raise ValueError("it is cut short")
    schema = file.read(_varint(file))
    if _TWO.unpack(file.read(_TWO.size))[0] != generation:
        raise ValueError("it has the name of another one")
    segments = file.read()
    _Unpickler(io.BytesIO(schema)).load()
    rest = io.BytesIO(segments)
    named = _Unpickler(rest).load()
    if rest.read(1):
        raise ValueError("there is more than there should be")
    stems = tuple(segment.stem for segment in named if isinstance(segment, _Segment))
    return Toc(generation, schema, segments, tuple(map(_listed, named)), versions, stems)


def _versions(file: io.BytesIO) -> tuple[int, int] | None:
    """The versions that a table of contents begins with."""
    if _HEADER.unpack(file.read(_HEADER.size)) != _SIZES:
        raise ValueError("it is in no layout that we know")
    wrote, *versions = (_varint(file) for _ in range(3))
    return (versions[0], versions[1]) if not wrote else None


def _varint(file: io.BytesIO) -> int:
    """A number of seven bits a byte; the last one is below 128."""
    number = 0
    for shift in range(0, 35, 7):
        byte = file.read(1)[0]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number
    raise ValueError("a number that is too large")


def _as_varint(number: int) -> bytes:
    octets = bytearray()
    while number >= 0x80:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*octets, number])


class _Lifeless:
    """What stands for everything in a pickle but plain values: it takes what it is given, and does nothing."""

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


class _Segment(_Lifeless):
    """A segment."""

    def __setstate__(self, state: Any) -> None:
        self.stem = f"{state['indexname']}_{state['segid']}"
        if not _STEM.fullmatch(self.stem):
            raise ValueError(f"it names the segment {self.stem!r}")


class _Ours(_Segment):
    """A segment of ours."""

    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state)
        deleted, documents = frozenset(state["_deleted"]), state["_documents"]
        if deleted and not 0 <= min(deleted) <= max(deleted) < documents:
            raise ValueError(f"it deletes more of {self.stem} than there is")
        self.listed = Listed(f"{self.stem}{EXTENSION}", deleted, documents)


_LIVING: dict[str, type] = {
    "long": int,
    "int": int,
    "set": set,
    "defaultdict": defaultdict,
    "ArraySegment": _Ours,
    "W3Segment": _Segment,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in KNOWN:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which no index of ours does")
        return _LIVING.get(name, _Lifeless)


def _listed(segment: Any) -> Listed | None:
    return segment.listed if isinstance(segment, _Ours) else None
