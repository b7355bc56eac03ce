"""The batch of a run: the entries that every output of a search gets, kept in a file until all outputs have it.

An output gets the same bytes however often a delivery is repeated, whatever happens to the index meanwhile.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newssearch.article import utc
from newssearch.commit import utc_moment
from newssearch.display.brief import many
from newssearch.errors import AlertError
from newssearch.identity import without_slug
from newssearch.system import atomic_files
from newssearch.system.atomic_files import sealed, unsealed

BATCH_VERSION = 1
_BATCH_FILE = re.compile(r"([a-z0-9-]+)\.([0-9]{6,18})\.batch", re.ASCII)
_UNFINISHED = re.compile(r"([a-z0-9-]+)\.(?:state|[0-9]{6,18}\.batch)\.[0-9a-f]{16}\.tmp", re.ASCII)

AlertEntry = Mapping[str, Any]
"""One article that is reported, as JSON types: the keys of :meth:`Hit.to_dict`, and five of its own.

``entry`` is the id of the entry, a URN that is the same however often the entry is repeated; ``reason`` is ``"new"``, or
``"changed"`` for an article that was reported with other content; ``search`` is the name of the search, ``run`` the number
of the run that reports the article, and ``first_seen`` its time.
"""


@dataclass(frozen=True)
class Batch:
    """The entries of one run, the best first. ``waiting`` is the number of articles that come with later runs.

    ``identity`` is the UUID of the alert, as 32 hexadecimal digits; ``time`` is that of the run, in UTC.
    """

    search: str
    title: str
    identity: str
    run: int
    time: dt.datetime
    waiting: int
    entries: tuple[AlertEntry, ...]

    @property
    def subject(self) -> str:
        """The summary of the batch for people, such as ``3 new articles; 20 more come with the next run``."""
        changed = sum(entry["reason"] == "changed" for entry in self.entries)
        new = len(self.entries) - changed
        parts = [many(new, "new article")] if new or not changed else []
        parts += [many(changed, "changed article")] if changed else []
        more = (
            f"; {self.waiting:,} more come{'s' if self.waiting == 1 else ''} with the next run"
            if self.waiting
            else ""
        )
        return " and ".join(parts) + more

    def lines(self) -> list[bytes]:
        """Return the entries as lines of JSON, each with its line break."""
        return [entry_line(entry) for entry in self.entries]

    def dump(self) -> bytes:
        """Return the content of the file of the batch."""
        values = {
            "newssearch_alert": BATCH_VERSION,
            "search": self.search,
            "title": self.title,
            "identity": self.identity,
            "run": self.run,
            "time": utc(self.time),
            "waiting": self.waiting,
            "entries": list(self.entries),
        }
        return sealed(json.dumps(values, separators=(",", ":"))).encode("ascii")

    @classmethod
    def load(cls, file: Path) -> Batch:
        """Return the batch of a file. Raises :class:`~newssearch.AlertError` for a missing or damaged one."""
        try:
            values = json.loads(unsealed(file.read_text("ascii")))
            if values["newssearch_alert"] != BATCH_VERSION:
                raise ValueError("another version of newssearch wrote it")
            return cls(
                search=str(values["search"]),
                title=str(values["title"]),
                identity=uuid.UUID(values["identity"]).hex,
                run=int(values["run"]),
                time=utc_moment(values["time"]),
                waiting=int(values["waiting"]),
                entries=tuple(values["entries"]),
            )
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError, FileNotFoundError) as error:
            name = file.name.partition(".")[0]
            raise AlertError(
                f"{file} cannot be read: {error}; an output is still owed its entries."
                f" `newssearch alert reset --owed {name}` gives up what cannot be delivered"
            ) from error


def entry_line(entry: AlertEntry) -> bytes:
    """Return an entry as one line of JSON, with its line break.

    >>> entry_line({"title": "Pluie à Bagdad"}).decode()
    '{"title": "Pluie à Bagdad"}\\n'
    """
    return f"{json.dumps(entry, ensure_ascii=False)}\n".encode("utf-8", "replace")


def entry_id(identity: str, article_id: str, digest: str = "") -> str:
    """Return the id of an entry: a URN, made from the alert, the article and for a changed article its content.

    >>> entry_id("0" * 32, "rain-aaaaaaaaaaab") == entry_id("0" * 32, "storm-aaaaaaaaaaab")
    True
    """
    name = "\n".join(filter(None, (without_slug(article_id), digest)))
    return uuid.uuid5(uuid.UUID(identity), name).urn


def batch_file(folder: Path, search: str, run: int) -> Path:
    """Return the file of the batch of a run."""
    return folder / f"{search}.{run:06}.batch"


def write_batch(folder: Path, batch: Batch) -> None:
    """Write a batch into its file, which is on disk when this returns."""
    atomic_files.replace(batch_file(folder, batch.search, batch.run), batch.dump())
    atomic_files.sync_folder(folder)


def batch_files(folder: Path, search: str) -> dict[int, Path]:
    """Return the files of the batches of a search, by the number of the run."""
    found = {}
    for file in folder.iterdir():
        match = _BATCH_FILE.fullmatch(file.name)
        if match is not None and match[1] == search:
            found[int(match[2])] = file
    return dict(sorted(found.items()))


def unfinished_files(folder: Path, search: str) -> list[Path]:
    """Return the files of a search that killed runs have begun to write. The lock of the alert must be held."""
    matches = ((file, _UNFINISHED.fullmatch(file.name)) for file in folder.iterdir())
    return [file for file, match in matches if match is not None and match[1] == search]
