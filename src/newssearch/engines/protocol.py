"""The protocol of an engine: it stores articles, and finds paragraphs in them.

A :class:`Store` is one index: it keeps a sequence of *commits*. A :class:`Snapshot` is one commit, and never changes; a
:class:`Writer` makes the next. A :class:`Rebuild` is a new index that takes the place of the old one. All other modules
speak to these protocols; :mod:`newssearch.engines.address` chooses the engine.

``tests/contract/`` holds an engine to all that is said here and to the semantics of the query language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from newssearch.article import Article
from newssearch.display.brief import brief, many
from newssearch.outlets import Aliases
from newssearch.query import Diagnostic, Node
from newssearch.request import ResolvedRequest
from newssearch.results import Clause, Copy, FacetValue, NameSpelling, Rank, ShownArticle

if TYPE_CHECKING:
    from newssearch.reports import Leftover, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundHit:
    """One hit: a paragraph that was found, and the fields of its article that a hit shows."""

    article: ShownArticle
    paragraph: int
    """The number of the paragraph, from 1; 0 for an article that has only a headline."""
    text: str
    score: float
    in_lead: bool
    """Whether the paragraph is in the lead of its article."""
    paragraphs: int
    """The number of paragraphs of the article."""
    matching: int
    """The number of its paragraphs that match."""
    story: str
    """The id of the earliest article that tells the same story."""
    copies: tuple[Copy, ...]
    """The other articles that tell it, the earliest first; long lists are cut."""
    copies_total: int
    """The number of these articles, those that are cut included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The outcome of a search: one page of hits in their total order, and counts and facets of all that match."""

    hits: Sequence[FoundHit]
    total_articles: int
    total_paragraphs: int
    total_stories: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    diagnostics: Sequence[Diagnostic]
    clauses: Sequence[Clause]
    names: Mapping[str, tuple[NameSpelling, ...]]
    undated: int
    """The number of articles that only a condition on dates leaves out, because they have no date."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of a snapshot: counts, the first and the last date, and the number of articles by each field's values.

    ``known`` maps each field to the number of articles for each provenance of its value (``"stated"``, ``"inferred from
    url"``), most frequent first. A provenance that quotes the article is counted without the quotation.
    """

    articles: int
    paragraphs: int
    words: int
    first_date: dt.date | None
    last_date: dt.date | None
    by_field: Mapping[str, tuple[FacetValue, ...]]
    known: Mapping[str, tuple[FacetValue, ...]]

    def __repr__(self) -> str:
        days = f"from {self.first_date} to {self.last_date}" if self.first_date else ""
        return brief(self, f"{many(self.articles, 'article')}, {many(self.paragraphs, 'paragraph')}", days)


class Snapshot(Protocol):
    """One commit of an index. It never changes, and can be searched from several threads."""

    def search(self, tree: Node, request: ResolvedRequest) -> Found:
        """Return the page of hits that ``request`` asks for.

        The order is total: by score or date, then by date or score, then by id, then by paragraph. A boolean operator
        holds for an article as a whole, its headline included; a score belongs to a paragraph. Filters never change
        scores.
        """

    def rank(self, tree: Node, request: ResolvedRequest) -> list[Rank]:
        """Return the addresses and scores of the same hits. Nothing stored is read, and nothing is counted."""

    def count(self, tree: Node, request: ResolvedRequest) -> int:
        """Return the number of articles that match."""

    def ids_matching(self, tree: Node, request: ResolvedRequest) -> list[str]:
        """Return the ids of all articles that match, sorted."""

    def article(self, article_id: str) -> Article | None:
        """Return the article with that id, with its paragraphs; None if there is none."""

    def articles(self) -> Iterator[Article]:
        """Return all articles in the order of their ids, read one at a time."""

    def __len__(self) -> int:
        """Return the number of articles."""

    def story(self, article_id: str) -> list[str]:
        """Return the ids of the articles that tell the same story as the given one, itself included, the earliest first."""

    def ids_ending(self, ending: str) -> list[str]:
        """Return the ids that end with ``ending``, sorted."""

    def paths(self) -> dict[str, int]:
        """Return the paths that articles were read from, sorted, each with the number of its articles."""

    def ids_of(self, path: str) -> list[str]:
        """Return the ids of the articles that were read from ``path``, in their order there."""

    def contents(self, aliases: Aliases = ()) -> Contents:
        """Return the contents; all names of an outlet, those in ``aliases`` too, count as one."""

    def close(self) -> None:
        """Close its files."""


class Writer(Protocol):
    """The one writer of an index, which holds its lock. All that is added and removed counts from the next commit on."""

    @property
    def pending(self) -> int:
        """The number of paragraphs added since the last commit."""

    def states(self, path: str) -> dict[str, str]:
        """Return the ids of the committed articles read from ``path``, each with the ``state`` that it was added with."""

    def state(self, article_id: str) -> str | None:
        """Return the state of a committed article; None if there is none of that id."""

    def add(self, article: Article, state: str) -> None:
        """Add an article, whose id must be neither committed (unless removed) nor pending."""

    def remove(self, ids: Iterable[str]) -> int:
        """Remove committed articles, and return how many of the ids there were."""

    def commit(self, *, last: bool = True) -> None:
        """Make all changes since the last commit the new state of the index, or none of them; ``last`` ends the run.

        They are on disk when this returns. Raises :class:`~newssearch.IndexWriteError` if they cannot be written.
        """

    def close(self) -> None:
        """Drop all that is not committed, and release the lock."""


class Rebuild(Protocol):
    """A new index that grows beside the old one, which no other process can write to meanwhile."""

    def begin(self) -> Writer:
        """Create the new, empty index and return its writer."""

    def write_extra(self, name: str, content: str) -> None:
        """Write one of the extras of the new index."""

    def finish(self) -> None:
        """Put the new index in the place of the old one, in one commit. The old one is not read: it may be damaged."""

    def close(self) -> None:
        """Remove the new index if it was not put in place, and release the lock."""


class StoredArticle(NamedTuple):
    """An article that can be read whole, and the state that it was added with."""

    article: Article
    state: str


class LostArticle(NamedTuple):
    """An article that cannot be read, or not whole, and the file that it is in."""

    file: str


class Check(Protocol):
    """One check of a whole index. Its counts are complete once all problems have been listed."""

    @property
    def files(self) -> int:
        """The number of files that were read."""

    @property
    def size(self) -> int:
        """The number of bytes that were compared with their checksums."""

    @property
    def articles(self) -> int:
        """The number of articles that were read."""

    @property
    def paragraphs(self) -> int:
        """The number of their paragraphs."""

    @property
    def sampled(self) -> int:
        """The number of articles whose words were compared with their text."""

    def problems(self) -> Iterator[Problem]:
        """Run the check, and list everything that differs from what was written."""


class Store(Protocol):
    """One index, wherever it is kept: there or still to be made, sound or damaged.

    ``extras`` are the names of small files that others keep beside the index and that belong to it.
    """

    @property
    def folder(self) -> Path:
        """The folder of the index. Messages name it, and the archive's configuration is read from the folder above it."""

    # ---- open, create, rebuild

    def open(self) -> None:
        """Check that there is an index which this version can read.

        Raises :class:`~newssearch.IndexNotFoundError`, :class:`~newssearch.IndexVersionError` or
        :class:`~newssearch.IndexDamagedError`.
        """

    def create(self, wait: float, extras: Iterable[str] = ()) -> Writer:
        """Make a new, empty index, without the ``extras`` of an earlier one, and return its writer.

        Waits up to ``wait`` seconds for another process that makes one there, then raises
        :class:`~newssearch.IndexLockedError`. Raises :class:`~newssearch.IndexExistsError` if there is an index.
        """

    def rebuild(self, wait: float, extras: Iterable[str] = ()) -> Rebuild:
        """Begin a rebuild, in which these ``extras`` of the new index replace those of the old one.

        There need not be an index. Waits as :meth:`create` does.
        """

    # ---- read and write

    @property
    def format(self) -> int:
        """The version of the format that this engine writes. It never opens an index of another one."""

    @property
    def generation(self) -> int:
        """The number of the last commit."""

    @property
    def size(self) -> int:
        """The size of the index in bytes."""

    def snapshot(self) -> Snapshot:
        """Return the last commit. Raises :class:`~newssearch.IndexDamagedError`."""

    def writer(self, wait: float) -> Writer:
        """Return the one writer; wait up to ``wait`` seconds for another one to finish.

        Raises :class:`~newssearch.IndexLockedError`.
        """

    def read_extra(self, name: str) -> str | None:
        """Return the content of one of the extras; None if it does not exist."""

    def write_extra(self, name: str, content: str) -> None:
        """Write one of the extras, whole or not at all. There must be a writer."""

    # ---- check, clean, salvage

    def check(self, sample: int) -> Check:
        """Return a check of the whole index, in which the words of ``sample`` articles of each part are compared with
        their text."""

    def leftovers(self, extras: Iterable[str]) -> list[Leftover]:
        """Return what interrupted runs left behind; nothing while a run is under way."""

    def clean(self, wait: float, extras: Iterable[str]) -> tuple[list[str], list[Leftover]]:
        """Remove what interrupted runs left behind; the names of what was removed, and what could not be removed.

        Waits as :meth:`writer` does.
        """

    def salvage(self) -> Iterator[StoredArticle | LostArticle | Problem]:
        """Return all articles that can still be read, those that cannot, and whatever else is wrong.

        Raises :class:`OSError` before it begins if the system does not let a file be read.
        """
