"""The reports of a check of a whole index, and of the salvage of a damaged one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from newssearch.display.brief import brief, many, quoted


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
