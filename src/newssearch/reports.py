"""The reports of indexing, of a check of a whole index, and of the salvage of a damaged one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

from newssearch.article import Rejected
from newssearch.display.brief import brief, many, quoted
from newssearch.system.frozen import FrozenDict

KEPT_REJECTIONS = 1_000
"""The largest number of rejections that a report, or the manifest's entry of a file, lists. All are counted."""


@dataclass(frozen=True, slots=True)
class Removal:
    """Articles that a run is about to remove, or has not removed: see ``confirm`` of :meth:`Index.update`.

    Of the ``known`` articles below ``path`` (``"."`` is the archive), ``articles`` would be removed, for the ``reason``.
    They were read from ``files`` files; ``examples`` names the first ten. If the old index cannot be read, ``known`` is
    None.
    """

    path: str
    articles: int
    known: int | None
    reason: str
    files: int = 0
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        number = "all articles"
        if self.known is not None:
            number = f"{self.articles:,} of {many(self.known, 'article')}"
        return f"{number}{'' if self.path == '.' else f' below {self.path}'}: {self.reason}"

    def to_dict(self) -> dict[str, object]:
        """Return the removal as JSON types."""
        return {
            "path": self.path,
            "articles": self.articles,
            "known": self.known,
            "reason": self.reason,
            "files": self.files,
            "examples": list(self.examples),
        }


@dataclass(frozen=True, slots=True)
class IndexReport:
    """The report of an indexing run. Numbers count articles, unless stated otherwise.

    ``kept`` articles stay although their file is missing or cannot be read now; the removal of some of them may have been
    ``refused``. ``duplicates`` have the same id and content as an article read elsewhere, and are indexed once. The run
    looked at ``files`` files, and read the ``files_read`` that had changed. ``rejected`` lists the first 1,000 of
    ``rejections`` records, files or parts of files; ``rejected_before`` more were rejected by an earlier run, and have not
    changed since. ``skipped`` counts, by kind, what was not expected to be an article, such as the images in a crawl.
    ``paragraphs`` paragraphs were added, in ``seconds``. An ``interrupted`` run continues when it is repeated.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: int = 0
    refused: tuple[Removal, ...] = ()
    duplicates: int = 0
    files: int = 0
    files_read: int = 0
    rejections: int = 0
    rejected: tuple[Rejected, ...] = ()
    rejected_before: int = 0
    skipped: Mapping[str, int] = field(default_factory=FrozenDict)
    paragraphs: int = 0
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def rate(self) -> float:
        """Paragraphs added per second."""
        return self.paragraphs / self.seconds if self.seconds else 0.0

    def __repr__(self) -> str:
        counts = (f"{getattr(self, name):,} {name}" for name in ("added", "updated", "unchanged", "removed"))
        return brief(
            self,
            ", ".join([*counts, f"{self.rejections:,} rejected"]),
            "(interrupted)" if self.interrupted else "",
        )

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON types: the output of ``newssearch index --json``."""
        values = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "interrupted"}
        return {
            **values,
            "refused": [removal.to_dict() for removal in self.refused],
            "rejected": [
                {"path": r.path, "member": r.member, "record": r.record, "reason": r.reason}
                for r in self.rejected
            ],
            "skipped": dict(self.skipped),
            "seconds": round(self.seconds, 3),
            "rate": round(self.rate, 1),
            "interrupted": self.interrupted,
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a run: ``done`` of ``total`` bytes of the files to look at, and the articles seen so far."""

    done: int
    total: int
    articles: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that differs from what was written: the ``file`` in the index's folder, and ``what`` is wrong.

    Its ``kind`` is ``"damaged"``, or ``"unread"`` if the system did not let the file be read (for lack of permission, say):
    the file may be sound.
    """

    file: str
    what: str
    kind: Literal["damaged", "unread"] = "damaged"

    def __repr__(self) -> str:
        return brief(self, quoted(self.file), quoted(self.what))

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"

    def to_dict(self) -> dict[str, str]:
        """Return the problem as JSON types."""
        return {"file": self.file, "what": self.what, "kind": self.kind}


def unread(path: Path, error: OSError) -> Problem:
    """Return the problem of a file that the system does not let be read. A file that is missing is damage."""
    if isinstance(error, FileNotFoundError):
        return Problem(path.name, error.strerror or str(error))
    return Problem(path.name, f"cannot be read: {error.strerror or error}", "unread")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file or folder that an interrupted run left behind, and that belongs to no commit; ``size`` in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Verification:
    """The report of a check of a whole index.

    ``articles`` and ``paragraphs`` were read, ``size`` bytes compared with their checksums, and the words of
    ``sampled`` articles compared with their text, in ``seconds``. Without ``problems``, everything that was committed is
    there, unchanged. ``leftovers`` are harmless; ``removed`` names those that were removed.
    """

    folder: Path
    problems: tuple[Problem, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    removed: tuple[str, ...] = ()
    files: int = 0
    size: int = 0
    articles: int = 0
    paragraphs: int = 0
    sampled: int = 0
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether everything was read, without a problem."""
        return not self.problems

    def __repr__(self) -> str:
        state = "sound" if self.sound else many(len(self.problems), "problem")
        return brief(
            self,
            f"of {quoted(str(self.folder))}: {state}, {many(self.articles, 'article')}, {many(self.paragraphs, 'paragraph')}",
        )

    @property
    def damaged(self) -> bool:
        """Whether something differs from what was written. An index that cannot be read is neither sound nor damaged."""
        return any(problem.kind == "damaged" for problem in self.problems)

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON types: the output of ``newssearch verify --json``."""
        return {
            "folder": str(self.folder),
            "sound": self.sound,
            "problems": [problem.to_dict() for problem in self.problems],
            "leftovers": [{"name": left.name, "size": left.size} for left in self.leftovers],
            "removed": list(self.removed),
            "files": self.files,
            "size": self.size,
            "articles": self.articles,
            "paragraphs": self.paragraphs,
            "sampled": self.sampled,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class Salvage:
    """The report of the salvage of a damaged index: ``saved`` articles are in ``into``, as they were when they were indexed.

    ``lost`` articles could not be read, or not whole. ``problems`` lists whatever else is wrong, such as a file that could not
    be read at all, whose articles are not counted.
    """

    folder: Path
    into: Path
    saved: int = 0
    lost: int = 0
    problems: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return brief(
            self, f"into {quoted(str(self.into))}: {many(self.saved, 'article')} saved, {self.lost:,} lost"
        )

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON types: the output of ``newssearch salvage --json``."""
        return {
            "folder": str(self.folder),
            "into": str(self.into),
            "saved": self.saved,
            "lost": self.lost,
            "problems": [problem.to_dict() for problem in self.problems],
        }
