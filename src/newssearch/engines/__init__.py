"""What an engine promises: storing articles, and finding paragraphs in them.

A :class:`Store` keeps a sequence of *commits*. A :class:`Snapshot` is one of them, and never changes; a
:class:`Writer` makes the next. Only the modules below this one know which library keeps the index.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from newssearch.article import Article
from newssearch.display.brief import brief, many
from newssearch.outlets import Aliases
from newssearch.query import Diagnostic, Node
from newssearch.request import ResolvedRequest
from newssearch.results import Clause, Copy, FacetValue, Rank, Spelling


class FoundHit(NamedTuple):
    """One hit: what is known of its article, by the names of :class:`~newssearch.Hit`; the number and the text of one
    of its paragraphs; how many there are and match; of its story the id of the earliest article, the others, and how many
    these are; and whether the paragraph is in the lead of its article."""

    fields: Mapping[str, Any]
    paragraph: int
    text: str
    score: float
    paragraphs: int
    matching: int
    story: str | None = None
    copies: tuple[Copy, ...] = ()
    copies_total: int = 0
    in_lead: bool = False


class Found(NamedTuple):
    """What a snapshot found: one page of hits in their total order, and the counts and facets of everything."""

    hits: Sequence[FoundHit]
    total_articles: int
    total_paragraphs: int
    total_stories: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    diagnostics: Sequence[Diagnostic]
    clauses: Sequence[Clause]
    names: Mapping[str, tuple[Spelling, ...]]
    undated: int = 0


@dataclass(frozen=True, slots=True)
class Contents:
    """What a snapshot holds: counts, the first and last date, and the number of articles by each field's values.

    ``known`` has for each field how many articles know it how (``"stated"``, ``"inferred from url"``), the most
    frequent first; what a provenance quotes of an article is left out.
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
    """One commit of an index. It never changes, and may be searched from several threads."""

    def search(self, tree: Node, request: ResolvedRequest) -> Found:
        """The page of hits that ``request`` asks for. The order is total: see DESIGN.

        A boolean operator holds or fails for an article as a whole, its headline included; a score belongs to a
        paragraph. Filters never change scores.
        """

    def rank(self, tree: Node, request: ResolvedRequest) -> list[Rank]:
        """The addresses and scores of the same hits. Reads nothing that is stored, and counts nothing."""

    def article(self, article_id: str) -> Article | None:
        """The article with that id, with its paragraphs."""

    def story(self, article_id: str) -> list[str]:
        """The ids of the articles that tell the same story as one, this among them, the earliest first."""

    def ids_ending(self, ending: str) -> list[str]:
        """The ids that end with ``ending``, sorted."""

    def ids_matching(self, tree: Node, request: ResolvedRequest) -> list[str]:
        """The ids of all articles that a search finds, sorted."""

    def paths(self) -> dict[str, int]:
        """The paths that articles were read from, sorted, each with the number of these."""

    def ids_of(self, path: str) -> list[str]:
        """The ids of the articles that were read from ``path``, in their order there."""

    def __len__(self) -> int:
        """How many articles there are."""

    def articles(self) -> Iterator[Article]:
        """All articles in the order of their ids, one at a time."""

    def count(self, tree: Node, request: ResolvedRequest) -> int:
        """How many articles a search finds."""

    def contents(self, aliases: Aliases = ()) -> Contents:
        """What there is in the index; outlets that have several names, by ``aliases`` too, are one."""

    def close(self) -> None:
        """Give back its files."""


class Writer(Protocol):
    """The one writer of an index. What it was given counts from the next :meth:`commit` on, all of it or nothing."""

    @property
    def pending(self) -> int:
        """Paragraphs added since the last commit."""

    def states(self, path: str) -> dict[str, str]:
        """The ids of the committed articles read from ``path``, each with the ``state`` it was added with."""

    def state(self, article_id: str) -> str | None:
        """The state of a committed article, or None where there is none of that id."""

    def add(self, article: Article, state: str) -> None:
        """Add an article, whose id must be neither committed (unless removed) nor pending."""

    def remove(self, ids: Iterable[str]) -> int:
        """Remove committed articles; the number of them that there were."""

    def commit(self, *, last: bool = True) -> None:
        """Make all since the last commit the new state of the index; ``last`` where no more is to come."""

    def close(self) -> None:
        """Drop what was not committed, and let others write."""


class Store(Protocol):
    """An index, wherever it is kept. Its ``folder`` holds at least what an engine needs to find it again."""

    @property
    def folder(self) -> Path:
        """The folder of the index."""

    @property
    def generation(self) -> int:
        """The number of the last commit."""

    @property
    def size(self) -> int:
        """Bytes on disk."""

    def snapshot(self) -> Snapshot:
        """The last commit. Raises :class:`~newssearch.IndexDamagedError`."""

    def writer(self, wait: float) -> Writer:
        """The one writer; waits up to ``wait`` seconds. Raises :class:`~newssearch.IndexLockedError`."""

    def read_extra(self, name: str) -> str | None:
        """The content of a file of ours beside the index, or None."""

    def write_extra(self, name: str, content: str) -> None:
        """Write a file of ours beside the index, whole or not at all."""
