"""The file of the tags of an archive: ``tags.jsonl`` in the archive's folder. It is replaced as a whole.

Its first line is a header, and each other line an entry (:mod:`.entries`), in the order of the ids of articles. People may
edit it, copy it, and keep it under version control: the order of lines does not matter when it is read, and of several
lines about the same thing the later one holds. So what git makes of two files with ``merge=union`` is their union.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from newssearch.archive import TAGS_FILE, TAGS_KEY, TAGS_LOCK
from newssearch.errors import TagFileError
from newssearch.system import atomic_files
from newssearch.system.file_lock import locked_file
from newssearch.system.input_files import read_input_file
from newssearch.system.real_paths import real_path

from .entries import TagLine, read_line, read_usual_line, written_line
from .state import TagReport, TagState, TagWish

TAGS_VERSION = 1
"""The version of the format of the file."""
HEADER = json.dumps({TAGS_KEY: TAGS_VERSION})
MAX_FILE_BYTES = 256 << 20
"""The largest size of a file of tags, in bytes."""
MAX_LINE_CHARS = 200_000
"""The largest length of a line, in characters."""

NO_STATE = TagState()


class FileStamp(NamedTuple):
    """What tells one content of the file from another without reading it. All numbers are 0 if there is no file."""

    inode: int = 0
    size: int = 0
    modified: int = 0
    changed: int = 0


def read_entries(file: Path) -> Iterator[TagLine]:
    """Yield the entries of a file of tags.

    Raises :class:`~newssearch.TagFileError`, with the number of the line, if it is damaged, and OSError if it cannot be
    read.
    """
    content = read_input_file(file, MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise TagFileError(f"{file} has more than {MAX_FILE_BYTES >> 20} MB: it is no file of tags", file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _damaged(file, content.count(b"\n", 0, error.start) + 1, "it is not UTF-8") from None
    lines = iter(enumerate(text.split("\n"), 1))
    _check_header(file, lines)
    for number, line in lines:
        stripped = line.strip()
        if not stripped or stripped == HEADER:  # which a union of two files may have twice
            continue
        if (usual := read_usual_line(stripped)) is not None:
            yield usual
            continue
        try:
            yield read_line(_value_of_line(stripped))
        except ValueError as error:
            raise _damaged(file, number, str(error)) from None


def _value_of_line(line: str) -> object:
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
        raise ValueError(
            "it is a mark of git for a conflict: keep the lines of both sides, and remove the marks"
        )
    if len(line) > MAX_LINE_CHARS:
        raise ValueError(f"it has more than {MAX_LINE_CHARS:,} characters")
    try:
        return json.loads(line)
    except ValueError as error:
        raise ValueError(f"it is no JSON: {error}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _check_header(file: Path, lines: Iterator[tuple[int, str]]) -> None:
    found = ((at, text.strip()) for at, text in lines)
    number, line = next((one for one in found if one[1]), (1, ""))
    if not line:
        return  # an empty file, which is no damage that loses anything
    try:
        value = json.loads(line)
        version = value[TAGS_KEY]
        newer = isinstance(version, int) and version > TAGS_VERSION
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _damaged(file, number, f"a file of tags begins with {HEADER}") from None
    if newer:
        raise TagFileError(f"{file} was written by a newer version of newssearch: update newssearch", file)
    if version != TAGS_VERSION or isinstance(version, bool):
        raise _damaged(file, number, f"a file of tags begins with {HEADER}")


def _damaged(file: Path, line: int, reason: str) -> TagFileError:
    return TagFileError(
        f"{file} cannot be read: line {line}: {reason}. Nothing was changed: correct the line, or put back the file from a"
        " backup",
        file,
    )


def written(state: TagState) -> bytes:
    """Return the content of the file of a state: the header, and the entries in a stable order."""
    entries = sorted(state.entries.items(), key=lambda item: (item[1].article, item[0]))
    return "".join(f"{line}\n" for line in (HEADER, *(written_line(entry) for _, entry in entries))).encode()


class TagFile:
    """The tags of the archive in a folder. Several threads may use it."""

    def __init__(self, archive: Path) -> None:
        self.path = archive / TAGS_FILE
        self._read: tuple[FileStamp, TagState] = FileStamp(), NO_STATE

    @property
    def stamp(self) -> FileStamp:
        """What tells the present content of the file from others."""
        try:
            status = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return FileStamp()
        return FileStamp(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def state(self) -> TagState:
        """Return the present tags, read anew if the file has changed. Raises :class:`~newssearch.TagFileError`."""
        stamp = self.stamp
        known, state = self._read
        if stamp != known:
            state = self._load()
            self._read = stamp, state
        return state

    def _load(self) -> TagState:
        try:
            return TagState.of(read_entries(self.path))
        except (FileNotFoundError, NotADirectoryError):
            return NO_STATE
        except OSError as error:
            # Such as a file of another user, without which the archive can still be searched.
            raise TagFileError(f"{self.path} cannot be read: {error.strerror}", self.path) from None

    @contextmanager
    def _changing(self, wait: float) -> Iterator[Path]:
        """Hold the lock of the file, and yield its path without links."""
        real = Path(real_path(self.path))
        with locked_file(real.with_name(TAGS_LOCK), wait) as taken:
            if not taken:
                raise TagFileError(
                    f"other processes were changing {self.path} for {wait:g} seconds: try again, or wait longer",
                    self.path,
                )
            yield real

    def change(
        self,
        articles: Callable[[TagState], list[str]],
        wanted: TagWish,
        wait: float,
        now: dt.datetime | None = None,
    ) -> TagReport:
        """Change the tags of articles, and return what that changed, when the file is on disk.

        ``articles`` returns their ids, from the state before. Raises :class:`~newssearch.TagFileError`.
        """
        with self._changing(wait) as file:
            before = self._load()
            clock = now or dt.datetime.now(dt.timezone.utc)
            after, report = before.changed(articles(before), wanted, clock)
            if report.articles:
                self._write(file, after)
        return report

    def merge(self, other: TagState, wait: float) -> tuple[TagState, TagState]:
        """Write the union with another state, and return the state before and after."""
        with self._changing(wait) as file:
            before = self._load()
            after = before.merged(other)
            if after != before:
                self._write(file, after)
        return before, after

    def _write(self, file: Path, state: TagState) -> None:
        content = written(state)
        if len(content) > MAX_FILE_BYTES:
            raise TagFileError(f"{self.path} would have more than {MAX_FILE_BYTES >> 20} MB", self.path)
        for leftover in file.parent.glob(
            f"{file.name}.*.tmp"
        ):  # of a process that was killed: this one has the lock
            atomic_files.remove_unused(leftover)
        atomic_files.replace(file, content)
        atomic_files.sync_folder(file.parent)
