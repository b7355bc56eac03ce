"""What Whoosh pickles in segments of its own, read as plain values, so that nothing in it can run.

Whoosh keeps stored fields, and more, as pickles, which may name anything. While :func:`plain_values` lasts, the thread that
entered it reads only numbers, texts, dates and what is made of these; all others, and Whoosh as it is used by the
program that newssearch is part of, are as they were.
"""

from __future__ import annotations

import io
import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from whoosh import columns
from whoosh.codec import whoosh3
from whoosh.filedb.structfile import StructFile

PLAIN = frozenset(
    {
        ("_codecs", "encode"),
        ("collections", "OrderedDict"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "time"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("decimal", "Decimal"),
    }
)
"""What a plain value may be made with."""

_here = threading.local()


@contextmanager
def plain_values() -> Iterator[None]:
    """Read pickles of Whoosh's as plain values. One that is more raises :class:`pickle.UnpicklingError`."""
    _here.plain = True
    try:
        yield
    finally:
        _here.plain = False


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in PLAIN:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which no plain value does")
        return super().find_class(module, name)


def _guarded(loads: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(data: bytes, **options: Any) -> Any:
        if getattr(_here, "plain", False):
            return _Unpickler(io.BytesIO(data)).load()
        return loads(data, **options)

    return guarded


def _guard_file(read: Callable[[StructFile], Any]) -> Callable[[StructFile], Any]:
    def guarded(file: StructFile) -> Any:
        return _Unpickler(file.file).load() if getattr(_here, "plain", False) else read(file)

    return guarded


columns.loads = _guarded(columns.loads)
whoosh3.loads = _guarded(whoosh3.loads)
StructFile.read_pickle = _guard_file(StructFile.read_pickle)
