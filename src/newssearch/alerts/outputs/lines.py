"""Entries as lines of JSON, appended to a file."""

from __future__ import annotations

import json
import os
from io import FileIO
from pathlib import Path

from newssearch.alerts.batch import Batch
from newssearch.system import atomic_files
from newssearch.system.fault_points import fault_point
from newssearch.system.file_lock import locked_file

from .delivery import DeliveryError, Environment, expandable

WAIT_SECONDS = 10.0
"""How long a file that another run appends to is waited for."""
MAX_LINE = 1 << 26
"""The end of a file that may be one torn line has at most this number of bytes."""
_LINE_OPENING = b'{"id": "'
"""How each line begins that newssearch appends."""


class LinesFile:
    """The file ``target``, to which each entry is appended as a line. It may be that of several searches."""

    def __init__(self, target: str) -> None:
        self._name = expandable(target)
        self.shown = f"ndjson:{target}"

    def deliver(self, batch: Batch, environment: Environment) -> None:
        """Append the entries, and write them through to the disk.

        What is left of a line that an interrupted run wrote in part is removed first, and lines that it wrote whole at
        the end of the file are not written again.
        """
        path = environment.path(self._name)
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        with locked_file(path, WAIT_SECONDS) as locked:
            if not locked:
                raise DeliveryError(f"another run has been writing to it for {WAIT_SECONDS:g} seconds")
            _append(path, batch.lines())
        if is_new:
            atomic_files.sync_folder(path.parent)


def _append(path: Path, lines: list[bytes]) -> None:
    with path.open("r+b", buffering=0) as file:
        kept = _mended_size(file)
        there = sum(map(len, lines))
        file.seek(max(kept - there, 0))
        end = file.read(min(kept, there))
        written = next(n for n in range(len(lines), -1, -1) if end.endswith(b"".join(lines[:n])))
        left = memoryview(b"".join(lines[written:]))
        file.seek(kept)
        half = len(left) // 2
        for part in (left[:half], left[half:]):
            _write(file, part)
            fault_point("ndjson: part written")
        atomic_files.sync(file.fileno())
        fault_point("ndjson: on disk")


def _write(file: FileIO, data: memoryview) -> None:
    """Write all of the data, which a single call need not do."""
    while data:
        data = data[file.write(data) or 0 :]


def _mended_size(file: FileIO) -> int:
    """Return the size of a file that ends with a line break, or is empty.

    A line break that is missing behind a whole line is added; a line of newssearch that was written in part is removed.
    Raises :class:`DeliveryError` for another line that is not whole.
    """
    size = file.seek(0, os.SEEK_END)
    start = max(size - MAX_LINE, 0)
    file.seek(start)
    data = file.read(size - start)
    last = data[data.rfind(b"\n") + 1 :]
    if not last:
        return size
    if _is_json(last):
        file.seek(size)
        _write(file, memoryview(b"\n"))
        return size + 1
    if not _LINE_OPENING.startswith(last[: len(_LINE_OPENING)]):
        raise DeliveryError("its last line is not whole, and not of newssearch: end it with a line break")
    file.truncate(size - len(last))
    fault_point("ndjson: repaired")
    return size - len(last)


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
