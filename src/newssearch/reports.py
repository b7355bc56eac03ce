"""The reports of an indexing run, of a check of a whole index, of the salvage of a damaged one, of a copy, of an export, and of a press review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from pathlib import Path
from typing import Literal

from newssearch.article import Rejected
from newssearch.commit import Commit
from newssearch.display.brief import brief, many, quoted
from newssearch.display.index_address import index_address
from newssearch.query import Diagnostic
from newssearch.system.frozen import FrozenDict
from newssearch.system.late_dataclass import dataclass

KEPT_REJECTIONS = 1_000
"""The largest number of rejections listed in a report, or in the manifest for one file. Others are only counted."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A removal of articles that a run wants confirmed, or that was refused: see ``confirm`` of :meth:`Index.update`.

    It concerns ``articles`` of the ``known`` articles below ``path`` (``"."`` is the whole archive); ``known`` is None
    if the old index cannot be read. These articles were read from ``files`` files, and ``examples`` names the first ten
    of the files. ``reason`` says in words why the articles would be removed.
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

    ``added``, ``updated`` and ``removed`` are the difference between the index before and after the run, by id, however
    often the run changed an article; a rebuild begins with an empty index. An article is ``updated`` if its content or
    a field has changed, and ``moved`` if only its file has another path now; ``files_moved`` counts these files. It is
    ``unchanged`` if the run found it, or a copy of it in another file of the index, as it was. ``kept`` articles stay in the index although their file is missing or
    cannot be read now; ``left_feeds`` are no longer in their feeds, since this run or, after a rebuild, since any time, and
    stay too; ``refused`` lists the removals that were not confirmed. ``duplicates`` have the same identity
    and content as an article read elsewhere, and are indexed once. ``ignored`` articles are older versions of articles
    that were read elsewhere, or later in the same run. ``shared_keys`` counts articles whose key another article has too, so that it does not
    identify them. The run looked at ``files`` files, and read the ``files_read`` files that had changed. ``rejections``
    is the number of rejected files, records or members, and ``rejected`` lists the first 1,000; ``rejected_before``
    counts those that an earlier run rejected and that have not changed since. ``skipped`` counts, by kind, inputs that
    were not expected to be articles, such as the images in a crawl. ``paragraphs`` is the number of added paragraphs,
    ``seconds`` the time of the run. An ``interrupted`` run continues when it is repeated.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    moved: int = 0
    kept: int = 0
    left_feeds: int = 0
    refused: tuple[Removal, ...] = ()
    duplicates: int = 0
    ignored: int = 0
    shared_keys: int = 0
    files: int = 0
    files_read: int = 0
    files_moved: int = 0
    rejections: int = 0
    rejected: tuple[Rejected, ...] = ()
    rejected_before: int = 0
    skipped: Mapping[str, int] = field(default_factory=FrozenDict)
    paragraphs: int = 0
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def rate(self) -> float:
        """The number of paragraphs added per second; 0 if the run took no time."""
        return self.paragraphs / self.seconds if self.seconds else 0.0

    def __repr__(self) -> str:
        counts = (f"{getattr(self, name):,} {name}" for name in ("added", "updated", "unchanged", "removed"))
        return brief(
            self,
            ", ".join([*counts, f"{self.rejections:,} rejected"]),
            "(interrupted)" if self.interrupted else "",
        )

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON types, as ``newssearch index --json`` prints it."""
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
    """The progress of a run: ``done`` of the ``total`` bytes of its files, and the number of ``articles`` so far."""

    done: int
    total: int
    articles: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem in a file of an index: the name of the ``file`` in the index's folder, and ``what`` is wrong with it.

    The ``kind`` is ``"damaged"`` if the file is missing or differs from what was written. It is ``"unread"`` if the
    system cannot read the file (for lack of permission, say), which may be intact.
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
    """Return the problem for an ``error`` of reading the file ``path``: damaged if the file is missing, else unread."""
    if isinstance(error, FileNotFoundError):
        return Problem(path.name, error.strerror or str(error))
    return Problem(path.name, f"cannot be read: {error.strerror or error}", "unread")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file or folder that an interrupted run left behind and no commit needs; ``size`` is in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Verification:
    """The report of a check of the whole index in ``folder``.

    ``files``, ``articles`` and ``paragraphs`` are the numbers that were read; ``size`` bytes were compared with their
    checksums; for ``sampled`` articles, the indexed words were compared with the text. ``unchecked`` says why those of other articles
    could not be: the analyser of their language is not installed. ``seconds`` is the time of the check. If there are no ``problems``, the index is complete and unchanged. ``leftovers`` are harmless files that are
    still there; ``removed`` has the names of those that the check removed.
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
    unchecked: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether the check could read the whole index and found no problem."""
        return not self.problems

    def __repr__(self) -> str:
        state = "sound" if self.sound else many(len(self.problems), "problem")
        return brief(
            self,
            f"of {quoted(index_address(self.folder))}: {state}, {many(self.articles, 'article')}, {many(self.paragraphs, 'paragraph')}",
        )

    @property
    def damaged(self) -> bool:
        """Whether a file is missing or differs from what was written.

        An index with files that the system cannot read, and no other problem, is neither sound nor damaged.
        """
        return any(problem.kind == "damaged" for problem in self.problems)

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON types, as ``newssearch verify --json`` prints it."""
        return {
            "folder": index_address(self.folder),
            "sound": self.sound,
            "problems": [problem.to_dict() for problem in self.problems],
            "leftovers": [{"name": left.name, "size": left.size} for left in self.leftovers],
            "removed": list(self.removed),
            "files": self.files,
            "size": self.size,
            "articles": self.articles,
            "paragraphs": self.paragraphs,
            "sampled": self.sampled,
            "unchecked": list(self.unchecked),
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class Salvage:
    """The report of a salvage of the damaged index in ``folder`` into a new index in the folder ``into``.

    ``saved`` is the number of articles in the new index. ``lost`` is the number of articles that could not be read
    completely. ``problems`` lists other damage, such as a file that could not be read at all; its articles are not
    counted.
    """

    folder: Path
    into: Path
    saved: int = 0
    lost: int = 0
    problems: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return brief(
            self,
            f"into {quoted(index_address(self.into))}: {many(self.saved, 'article')} saved, {self.lost:,} lost",
        )

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON types, as ``newssearch salvage --json`` prints it."""
        return {
            "folder": index_address(self.folder),
            "into": index_address(self.into),
            "saved": self.saved,
            "lost": self.lost,
            "problems": [problem.to_dict() for problem in self.problems],
        }


@dataclass(frozen=True, slots=True)
class CopyReport:
    """The report of a copy of the index ``source`` in the index ``into``. Numbers count articles, unless stated otherwise.

    ``copied`` were not there before, ``replaced`` were there otherwise, ``removed`` were there and are not in ``source``,
    ``unchanged`` were there as they are. ``paragraphs`` is the number of paragraphs of the articles copied and replaced,
    ``seconds`` the time. An ``interrupted`` copy continues when it is repeated.
    """

    source: Path
    into: Path
    copied: int = 0
    replaced: int = 0
    removed: int = 0
    unchanged: int = 0
    paragraphs: int = 0
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def rate(self) -> float:
        """The number of paragraphs copied per second; 0 if the copy took no time."""
        return self.paragraphs / self.seconds if self.seconds else 0.0

    def __repr__(self) -> str:
        return brief(
            self,
            f"into {quoted(index_address(self.into))}: {many(self.copied, 'article')} copied, {self.unchanged:,} unchanged",
            "(interrupted)" if self.interrupted else "",
        )

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON types, as ``newssearch copy --json`` prints it."""
        return {
            "source": index_address(self.source),
            "into": index_address(self.into),
            "copied": self.copied,
            "replaced": self.replaced,
            "removed": self.removed,
            "unchanged": self.unchanged,
            "paragraphs": self.paragraphs,
            "seconds": round(self.seconds, 3),
            "rate": round(self.rate, 1),
            "interrupted": self.interrupted,
        }


@dataclass(frozen=True, slots=True)
class ExportReport:
    """The report of an export: its format, its number of rows or citations, and the commit that all of them come from.

    ``cut`` is the number of texts that were cut because a cell of a spreadsheet cannot be longer. ``interpretation``,
    ``diagnostics``, ``undated`` and ``imprecise`` are those of the search, as in :class:`~newssearch.Results`.
    """

    format: str
    rows: int
    cut: int
    commit: Commit
    interpretation: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0

    def __repr__(self) -> str:
        return brief(self, many(self.rows, "row"), self.format, f"commit {self.commit.number}")

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON types."""
        return {
            "format": self.format,
            "rows": self.rows,
            "cut": self.cut,
            "commit": self.commit.to_dict(),
            "interpretation": self.interpretation,
            "diagnostics": [diagnostic.to_dict() for diagnostic in self.diagnostics],
            "undated": self.undated,
            "imprecise": self.imprecise,
        }


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """The report of a press review: its format, and how many articles it lists of how many that the search found.

    ``listed`` is the number of articles in the review, ``total`` the number that it would have without a limit: of stories,
    or of ``articles`` if it lists each copy. ``articles`` and ``stories`` are those that the search found in ``commit``.
    ``interpretation``, ``diagnostics``, ``undated`` and ``imprecise`` are those of the search, as in :class:`~newssearch.Results`.
    """

    format: str
    listed: int
    total: int
    articles: int
    stories: int
    commit: Commit
    interpretation: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0

    def __repr__(self) -> str:
        # A review that lists one article of each story has as many as there are stories.
        of_stories = f"{many(self.total, 'story', 'stories')}, {many(self.articles, 'article')} found,"
        of_articles = many(self.total, "article")
        return brief(
            self,
            f"{self.listed:,} of {of_articles if self.total == self.articles else of_stories}",
            self.format,
            f"commit {self.commit.number}",
        )

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON types."""
        return {
            "format": self.format,
            "listed": self.listed,
            "total": self.total,
            "articles": self.articles,
            "stories": self.stories,
            "commit": self.commit.to_dict(),
            "interpretation": self.interpretation,
            "diagnostics": [diagnostic.to_dict() for diagnostic in self.diagnostics],
            "undated": self.undated,
            "imprecise": self.imprecise,
        }
