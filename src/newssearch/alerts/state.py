"""What an alert remembers of its earlier runs: the articles that it has seen, and what each output has got.

The file ``alerts/NAME.state`` is replaced as a whole. It has a header and, as arrays of little-endian numbers, the seen
articles::

    {"newssearch_alert":1, …, "seen":N, "versions":V, "arrays":CRC, "crc32":CRC}\\n
    N × 8 bytes   the numbers of the seen articles (newssearch.identity.id_number), ascending
    V × 24 bytes  for searches with `changes`: number, microsecond when the version came, digest of its content

An article is known by the digest at the end of its id, so that another slug, another index of the same articles, a merge,
a rebuild or a removal and return changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from newssearch.archive import STATE_SUFFIX
from newssearch.article import utc
from newssearch.commit import Commit, utc_moment
from newssearch.errors import AlertError
from newssearch.system import atomic_files
from newssearch.system.atomic_files import sealed, unsealed
from newssearch.system.frozen import FrozenDict

STATE_VERSION = 1

ArticleNumbers: TypeAlias = NDArray[np.uint64]
VERSION_TYPE = np.dtype([("number", "<u8"), ("added", "<i8"), ("digest", "<u8")])
"""What is remembered of the content of an article: the digest is 0 if it is not known."""
NO_NUMBERS: ArticleNumbers = np.empty(0, "<u8")
NO_VERSIONS = np.empty(0, VERSION_TYPE)


class _NewerStateError(ValueError):
    """A state is whole, but of a newer version of newssearch."""


@dataclass(frozen=True, eq=False)
class AlertState:
    """The state of an alert between two runs.

    ``identity`` is the UUID of the alert, as 32 hexadecimal digits; ``run`` the number of the last run that reported
    something, ``time`` and ``commit`` those of the last run that searched, which made ``reported`` entries. ``begun`` is
    whether there was a first run; if not, ``start`` overrides what it reports, unless it is empty. ``asked`` is a digest
    of all that decides what the search finds, ``definition`` one of the search as it is saved. ``later``
    are the articles that come with later runs: the digests at the ends of their ids, or whole ids without one.

    ``seen`` are the numbers of the articles, ascending, and ``versions`` what is known of their content, in the same order.
    ``progress`` maps the key of each output to the last run that it has got; ``batches`` are the runs whose batches are
    kept for the outputs that have not.
    """

    identity: str = field(default_factory=lambda: uuid.uuid4().hex)
    run: int = 0
    begun: bool = False
    start: str = ""
    time: dt.datetime | None = None
    commit: Commit | None = None
    asked: str = ""
    definition: str = ""
    reported: int = 0
    later: tuple[str, ...] = ()
    seen: ArticleNumbers = field(default_factory=lambda: NO_NUMBERS)
    versions: NDArray[np.void] = field(default_factory=lambda: NO_VERSIONS)
    progress: Mapping[str, int] = field(default_factory=FrozenDict)
    batches: tuple[int, ...] = ()

    @property
    def waiting(self) -> int:
        """The number of articles that come with later runs."""
        return len(self.later)

    def has_seen(self, numbers: ArticleNumbers) -> NDArray[np.bool_]:
        """Return for each number whether the article was seen."""
        return np.isin(numbers, self.seen)

    def with_seen(self, numbers: ArticleNumbers) -> AlertState:
        """Return the state with further seen articles."""
        return replace(self, seen=np.union1d(self.seen, numbers.astype("<u8")).astype("<u8"))

    def dump(self) -> bytes:
        """Return the content of the file."""
        arrays = self.seen.astype("<u8").tobytes() + self.versions.tobytes()
        header: dict[str, Any] = {
            "newssearch_alert": STATE_VERSION,
            "identity": self.identity,
            "run": self.run,
            "begun": self.begun,
            "start": self.start,
            "time": utc(self.time) if self.time else None,
            "commit": self.commit.to_dict() if self.commit else None,
            "asked": self.asked,
            "definition": self.definition,
            "reported": self.reported,
            "later": list(self.later),
            "progress": dict(self.progress),
            "batches": list(self.batches),
            "seen": len(self.seen),
            "versions": len(self.versions),
            "arrays": zlib.crc32(arrays),
        }
        return sealed(json.dumps(header, separators=(",", ":"))).encode("ascii") + b"\n" + arrays

    @classmethod
    def load(cls, content: bytes) -> AlertState:
        """Return the state of a file's content. Raises ValueError, KeyError or TypeError if it is damaged."""
        line, _, arrays = content.partition(b"\n")
        header = json.loads(unsealed(line.decode("ascii")))
        if header["newssearch_alert"] > STATE_VERSION:
            raise _NewerStateError("a newer version of newssearch wrote it")
        seen, versions = int(header["seen"]), int(header["versions"])
        size = 8 * seen
        if zlib.crc32(arrays) != header["arrays"] or len(arrays) != size + versions * VERSION_TYPE.itemsize:
            raise ValueError("its checksum does not match")
        return cls(
            identity=uuid.UUID(header["identity"]).hex,
            run=int(header["run"]),
            begun=bool(header["begun"]),
            start=str(header["start"]),
            time=utc_moment(header["time"]) if header["time"] else None,
            commit=Commit.from_dict(header["commit"]) if header["commit"] else None,
            asked=str(header["asked"]),
            definition=str(header["definition"]),
            reported=int(header["reported"]),
            later=tuple(map(str, header["later"])),
            seen=np.frombuffer(arrays[:size], "<u8"),
            versions=np.frombuffer(arrays[size:], VERSION_TYPE),
            progress=FrozenDict({str(key): int(run) for key, run in header["progress"].items()}),
            batches=tuple(map(int, header["batches"])),
        )


def state_file(folder: Path, search: str) -> Path:
    """Return the file of the state of a search; ``folder`` is that of all states."""
    return folder / f"{search}{STATE_SUFFIX}"


def read_alert_state(folder: Path, search: str) -> AlertState | None:
    """Return the state of a search; None if it has none yet.

    Raises :class:`~newssearch.AlertError` if it is damaged: then it is not known what was reported.
    """
    file = state_file(folder, search)
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return AlertState.load(content)
    except _NewerStateError as error:
        raise AlertError(f"{file} cannot be read: {error}; update newssearch") from error
    except (ValueError, KeyError, TypeError, OverflowError, AttributeError, RecursionError) as error:
        raise AlertError(
            f"{file} cannot be read: {error}. What the alert has reported is not known any more: put back the file from a"
            f" backup, or start over with `newssearch alert reset {search}`"
        ) from error


def write_alert_state(folder: Path, search: str, state: AlertState) -> None:
    """Write the state of a search, which is on disk when this returns."""
    atomic_files.replace(state_file(folder, search), state.dump())
    atomic_files.sync_folder(folder)
