"""The table of contents of an index, read without Whoosh and without trusting it.

::

    +--------------------+
    | 3 x varint         |  4, 8, 4: the bytes of an int, a long and a float
    | i32 i32            |  -12345, and the version of the layout: -111
    | 3 x varint         |  0, the version of the format, the version of the analysis
    | varint, bytes      |  the length of the pickled schema, then the schema
    | i32 i32            |  the generation; 0
    | bytes              |  the segments, pickled
    | i64                |  the time of the commit, in microseconds of UTC since 1970
    | u32 b"NEWSTOC1"    |  the crc32 of all above, little-endian
    +--------------------+  end

Numbers are big-endian except in the last row; a varint has seven bits in each byte, the lowest first. Of the files
``_MAIN_N.toc``, the one with the greatest generation ``N`` is the table of contents; the others are old.

Whoosh reads this file and writes files like it, with its own version in the third row and without the last two rows. An
index whose newest table of contents Whoosh wrote is refused, before anything is unpickled: Whoosh's segments and
commits have no checksums, and their values are pickles, which can run programs.

Unpickling calls whatever a pickle names. :class:`_Unpickler` accepts the names in :data:`ALLOWED_CLASSES` only, and
replaces each by an inert stub.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import pickle
import re
import struct
import zlib
from pathlib import Path
from typing import Any, NamedTuple

from newssearch.commit import DIGEST_BITS, sum_of_hashes
from newssearch.errors import IndexDamagedError

FORMAT_VERSION = 14
"""The version of the format on disk. It is raised when indexes of older versions can no longer be read."""
LOCKS = ("MAIN_RUN", "MAIN_WRITELOCK")
"""The files that a writer locks, in this order; Whoosh's own writers lock the second one."""
HOLDER = "writer.json"
"""The file that names the process that holds the locks."""
MARKER = "newssearch.json"
"""The file that names the format of an index and the version of newssearch that made it."""
EXTENSION = ".nws"
"""The extension of a segment's file."""

ALLOWED_CLASSES = frozenset(
    {
        ("__builtin__", "long"),
        ("__builtin__", "set"),
        ("newssearch.whoosh_codec", "ArraySegment"),
        ("newssearch.whoosh_codec", "ArticleAnalyzer"),
        ("re", "_compile"),
        ("whoosh.analysis.tokenizers", "IDTokenizer"),
        ("whoosh.analysis.tokenizers", "RegexTokenizer"),
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
"""The module and name of each class that the table of contents of an index may name."""

_TOC_RELIST = 5
"""A folder is listed up to this many times, because a listing during a commit may miss all tables of contents."""
_HEADER = struct.Struct("!BBBii")
_NUMBER_SIZES = (4, 8, 4, -12345, -111)
_TWO_INTS = struct.Struct("!ii")
_TIME = struct.Struct("!q")
_TOC_TRAILER = struct.Struct("<I8s")
_TAIL_BYTES = _TIME.size + _TOC_TRAILER.size
_MAGIC = b"NEWSTOC1"
_UNIX_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
_MICROSECOND = dt.timedelta(microseconds=1)
_STEM = re.compile(r"MAIN_[0-9a-z]+")
"""The pattern of a segment's name, which has no path separator: a damaged name cannot lead out of the folder."""


class SegmentEntry(NamedTuple):
    """A segment as a table of contents lists it.

    ``deleted`` holds the numbers of its deleted documents; ``documents`` is the number of its documents, deleted ones
    included. ``hash_sum`` is the sum of the hashes of its live articles (:func:`newssearch.commit.article_hash`).
    """

    file_name: str
    deleted: frozenset[int]
    documents: int
    hash_sum: int


class TocStamp(NamedTuple):
    """Identifies a table of contents, also among those with the same number in other folders.

    ``tail`` has the last bytes of the file: the time of the commit, and the checksum of the whole, which includes the
    random names of the segments.
    """

    generation: int
    size: int
    tail: bytes


class Toc(NamedTuple):
    """A table of contents. ``schema`` and ``segments`` are pickles that name only classes of :data:`ALLOWED_CLASSES`.

    ``entries`` has one entry for each segment. ``versions`` are those of the format and of the analysis. ``time`` is the
    time of the commit.
    """

    generation: int
    schema: bytes
    segments: bytes
    entries: tuple[SegmentEntry, ...]
    versions: tuple[int, int]
    time: dt.datetime

    @property
    def hash_sum(self) -> int:
        """The sum of the hashes of all live articles."""
        return sum_of_hashes(entry.hash_sum for entry in self.entries)

    @property
    def stamp(self) -> TocStamp:
        """The stamp of this table of contents."""
        content = toc_bytes(self)
        return TocStamp(self.generation, len(content), content[-_TAIL_BYTES:])


def newest(folder: Path) -> int:
    """Return the generation of the newest table of contents in ``folder``; -1 if it has none, or is not a folder.

    Raises :class:`OSError` if the folder cannot be listed; it may nevertheless hold an index.
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
    """Whether a folder holds an index.

    Raises :class:`~newssearch.IndexDamagedError` if the folder has segments but no table of contents: making a new
    index there would remove them, and they may be all that is left of an index.
    """
    for _ in range(_TOC_RELIST):
        if newest(folder) >= 0:
            return True
        names = os.listdir(folder) if folder.is_dir() else []  # noqa: PTH208  (names, and no paths made of them)
        if not any(name.startswith("MAIN_") and name.endswith(EXTENSION) for name in names):
            return False
    message = (
        f"{folder}: the table of contents of the index is missing: `newssearch salvage` saves its articles,"
        " `newssearch index --rebuild` makes a new index from its files"
    )
    raise IndexDamagedError(message, folder)


def toc_path(folder: Path, generation: int) -> Path:
    """Return the path of the table of contents of a generation."""
    return folder / f"_MAIN_{generation}.toc"


def toc_bytes(toc: Toc) -> bytes:
    """Return a table of contents as the bytes of its file, checksum included."""
    sizes = b"".join(map(_as_varint, (0, *toc.versions, len(toc.schema))))
    whole = (
        _HEADER.pack(*_NUMBER_SIZES)
        + sizes
        + toc.schema
        + _TWO_INTS.pack(toc.generation, 0)
        + toc.segments
        + _TIME.pack((toc.time - _UNIX_EPOCH) // _MICROSECOND)
    )
    return whole + _TOC_TRAILER.pack(zlib.crc32(whole), _MAGIC)


def read_versions(folder: Path) -> tuple[int, int] | None:
    """Return the versions of format and analysis in the newest table of contents; None if Whoosh wrote it.

    Returns None for an unreadable table of contents, too: :func:`read_toc` says what is wrong with it.
    """
    generation = newest(folder)
    try:
        with toc_path(folder, generation).open("rb") as file:
            return _read_versions(io.BytesIO(file.read(64)))
    except FileNotFoundError:  # a commit has replaced the table of contents
        return read_versions(folder) if newest(folder) != generation else None
    except _UNREADABLE:
        return None


def newest_stamp(folder: Path) -> TocStamp | None:
    """Return the stamp of the newest table of contents, of which only the end is read; None if it cannot be read."""
    try:
        generation = newest(folder)
        with toc_path(folder, generation).open("rb", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - _TAIL_BYTES, 0))
            return TocStamp(generation, size, file.read())
    except OSError:
        return None


def read_toc(folder: Path) -> Toc:
    """Return the newest table of contents in ``folder``.

    Raises :class:`~newssearch.IndexDamagedError` if it is damaged, names a class that is not allowed, or was written
    by Whoosh.
    """
    generation = newest(folder)
    if generation < 0 and holds_index(folder):
        generation = newest(folder)
    path = toc_path(folder, generation)
    content = path.read_bytes()
    try:
        return _parse(content, generation)
    except _WrittenByWhooshError as error:
        message = (
            f"{folder}: Whoosh has changed the index, and newssearch reads only what it wrote itself:"
            " `newssearch index --rebuild` makes a new index from its files,"
            " `newssearch salvage` saves the articles of the segments that are left"
        )
        raise IndexDamagedError(message, folder) from error
    except (*_UNREADABLE, pickle.UnpicklingError) as error:
        message = (
            f"{folder}: the index is damaged ({path.name} is not to be trusted: {error});"
            " `newssearch verify` checks the whole index"
        )
        raise IndexDamagedError(message, folder) from error


class _WrittenByWhooshError(Exception):
    """Raised for a table of contents that Whoosh wrote."""


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
"""The exceptions from parsing bytes that are not a table of contents, or only a part of one."""


def _parse(content: bytes, generation: int) -> Toc:
    sealed = content.endswith(_MAGIC)
    if sealed:
        checksum, _ = _TOC_TRAILER.unpack(content[-_TOC_TRAILER.size :])
        content = content[: -_TOC_TRAILER.size]
        if zlib.crc32(content) != checksum:
            raise ValueError("its checksum does not match")
    file = io.BytesIO(content)
    versions = _read_versions(file)
    if versions is None and not sealed:
        raise _WrittenByWhooshError("Whoosh wrote it, so that what Whoosh added cannot be read")
    if versions is None or not sealed:
        raise ValueError("it is cut short")
    schema = file.read(_varint(file))
    if _TWO_INTS.unpack(file.read(_TWO_INTS.size))[0] != generation:
        raise ValueError("it is the table of contents of another commit")
    rest = file.read()
    segments, time = rest[: -_TIME.size], _UNIX_EPOCH + _MICROSECOND * _TIME.unpack(rest[-_TIME.size :])[0]
    _Unpickler(io.BytesIO(schema)).load()
    pickled = io.BytesIO(segments)
    stubs = _Unpickler(pickled).load()
    if pickled.read(1):
        raise ValueError("there are bytes after its end")
    return Toc(generation, schema, segments, tuple(_entry(stub) for stub in stubs), versions, time)


def _read_versions(file: io.BytesIO) -> tuple[int, int] | None:
    """Read the head of a table of contents up to the versions of format and analysis; None if Whoosh wrote it."""
    if _HEADER.unpack(file.read(_HEADER.size)) != _NUMBER_SIZES:
        raise ValueError("its layout is unknown")
    whoosh, *versions = (_varint(file) for _ in range(3))
    return (versions[0], versions[1]) if not whoosh else None


def _varint(file: io.BytesIO) -> int:
    """Read a varint of at most five bytes; its last byte is below 128."""
    number = 0
    for shift in range(0, 35, 7):
        byte = file.read(1)[0]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number
    raise ValueError("a number in it is too large")


def _as_varint(number: int) -> bytes:
    octets = bytearray()
    while number >= 0x80:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*octets, number])


class _InertStub:
    """Replaces each pickled object that is no plain value and no segment. It ignores the pickled state."""

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


class _SegmentStub(_InertStub):
    """Replaces a pickled segment, and keeps only its :class:`SegmentEntry`. An invalid state raises ValueError."""

    def __setstate__(self, state: Any) -> None:
        stem = f"{state['indexname']}_{state['segid']}"
        if not _STEM.fullmatch(stem):
            raise ValueError(f"it names the segment {stem!r}")
        deleted, documents = frozenset(state["_deleted"]), state["_documents"]
        if deleted and not 0 <= min(deleted) <= max(deleted) < documents:
            raise ValueError(f"it deletes more documents of {stem} than there are")
        hash_sum = state["_hash_sum"]
        if not isinstance(hash_sum, int) or not 0 <= hash_sum < 1 << DIGEST_BITS:
            raise ValueError(f"the digest of {stem} is not one")
        self.entry = SegmentEntry(f"{stem}{EXTENSION}", deleted, documents, hash_sum)


_REPLACEMENTS: dict[str, type] = {"long": int, "set": set, "ArraySegment": _SegmentStub}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED_CLASSES:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which no index of newssearch does")
        return _REPLACEMENTS.get(name, _InertStub)


def _entry(stub: Any) -> SegmentEntry:
    if not isinstance(stub, _SegmentStub):
        raise ValueError("it lists something that is not a segment")
    return stub.entry
