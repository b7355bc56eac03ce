"""The table of contents of an index, read without Whoosh and without trusting it.

::

    +--------------------+
    | 3 x varint         |  4, 8, 4: sizes of numbers
    | i32 i32            |  -12345, and the version of the layout: -111
    | 3 x varint         |  the version of Whoosh
    | varint, bytes      |  the schema, pickled, behind its length
    | i32 i32            |  the generation; 0
    | bytes              |  the segments, pickled
    +--------------------+  end

Numbers are big-endian; a varint has seven bits a byte, the lowest first. The newest of ``_MAIN_N.toc`` counts.

Unpickling can call whatever a pickle names. This knows the names that an index of ours has and no others, and puts
something lifeless in the place of each. The postings and stored fields of Whoosh's own segments are pickles too, which
are not looked at: an index from a stranger can still do harm when it is searched.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import IndexDamagedError

EXTENSION = ".nws"
"""Of the one file of a segment of ours."""

KNOWN = frozenset(
    {
        ("__builtin__", "long"),
        ("builtins", "int"),
        ("builtins", "set"),
        ("__builtin__", "set"),
        ("collections", "defaultdict"),
        ("newssearch.engines.embedded.codec", "ArraySegment"),
        ("newssearch.engines.embedded.schema", "ArticleAnalyzer"),
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

_HEADER = struct.Struct("!BBBii")
_TWO = struct.Struct("!ii")


class Listed(NamedTuple):
    """A segment of ours, as a table of contents lists it: its file, and its deleted documents."""

    file_name: str
    deleted: frozenset[int]


class Toc(NamedTuple):
    """A table of contents. ``schema`` and ``segments`` are pickles that name nothing they should not.

    ``listed`` tells of each segment what a search needs; of one that Whoosh wrote, None.
    """

    generation: int
    schema: bytes
    segments: bytes
    listed: tuple[Listed | None, ...]


def newest(folder: Path) -> int:
    """The generation of the newest table of contents in ``folder``, or -1."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return -1
    numbers = (
        name.removeprefix("_MAIN_").removesuffix(".toc")
        for name in names
        if name.startswith("_MAIN_") and name.endswith(".toc")
    )
    return max((int(number) for number in numbers if number.isascii() and number.isdigit()), default=-1)


def read_toc(folder: Path) -> Toc:
    """The newest table of contents in ``folder``.

    Raises :class:`~newssearch.IndexDamagedError` where it names what it should not, and what is met where it is damaged
    otherwise.
    """
    generation = newest(folder)
    file = io.BytesIO((folder / f"_MAIN_{generation}.toc").read_bytes())
    if _HEADER.unpack(file.read(_HEADER.size)) != (4, 8, 4, -12345, -111):
        raise ValueError("a table of contents in no layout that we know")
    for _ in range(3):
        _varint(file)
    schema = file.read(_varint(file))
    if _TWO.unpack(file.read(_TWO.size))[0] != generation:
        raise ValueError("a table of contents under the name of another")
    segments = file.read()
    try:
        _Unpickler(io.BytesIO(schema)).load()
        listed = tuple(map(_listed, _Unpickler(io.BytesIO(segments)).load()))
    except pickle.UnpicklingError as error:
        message = f"{folder}: the table of contents is not to be trusted: {error}"
        raise IndexDamagedError(message, folder) from error
    return Toc(generation, schema, segments, listed)


def _varint(file: io.BytesIO) -> int:
    """A number of seven bits a byte; the last one is below 128."""
    number = 0
    for shift in range(0, 35, 7):
        byte = file.read(1)[0]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number
    raise ValueError("a number that is too large")


class _Lifeless:
    """What stands for everything in a pickle but plain values: it takes what it is given, and does nothing."""

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


class _Ours(_Lifeless):
    """A segment of ours."""

    def __setstate__(self, state: Any) -> None:
        self.listed = Listed(
            f"{state['indexname']}_{state['segid']}{EXTENSION}", frozenset(state["_deleted"])
        )


_LIVING: dict[str, type] = {
    "long": int,
    "int": int,
    "set": set,
    "defaultdict": defaultdict,
    "ArraySegment": _Ours,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in KNOWN:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which no index of ours does")
        return _LIVING.get(name, _Lifeless)


def _listed(segment: Any) -> Listed | None:
    return segment.listed if isinstance(segment, _Ours) else None
