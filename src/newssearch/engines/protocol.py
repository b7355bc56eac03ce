"""The protocols that an engine implements. An engine stores articles, and finds paragraphs in them.

A :class:`Store` is one index, which changes by *commits*. A :class:`Snapshot` is the state of the index after one
commit, and never changes; a :class:`Writer` makes the next commit. A :class:`Rebuild` is a new index that takes the
place of the old one. :mod:`.corpus_protocol` has the part of a
snapshot that counts and compares. All other modules use these protocols only; :mod:`newssearch.engines.address` chooses
the engine.

The tests in ``tests/contract/`` check that an engine follows these protocols and the semantics of the query language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from newssearch.archive import ArchiveFolder
from newssearch.article import Article, Place
from newssearch.commit import Commit
from newssearch.config import Config
from newssearch.display.brief import brief, many
from newssearch.errors import OwnFieldError
from newssearch.facets import FacetValue, FacetValues
from newssearch.fields import MAX_OWN_FIELDS, ArticleField
from newssearch.outlets import Aliases
from newssearch.query import Diagnostic, Node, Relaxed, WeightedWord
from newssearch.request import HitContent, ResolvedRequest
from newssearch.results import (
    NO_DATE_COUNTS,
    Clause,
    DateCounts,
    Hit,
    NameSpelling,
    Rank,
)
from newssearch.system.frozen import FrozenDict
from newssearch.system.late_dataclass import dataclass
from newssearch.text.partial_dates import PartialDate

from .corpus_protocol import CorpusSnapshot

if TYPE_CHECKING:
    from newssearch.corpus.neighbours import Neighbours
    from newssearch.reports import Leftover, Problem


MAX_LISTED_COPIES = 100
"""A hit lists at most this number of copies of its article. All copies are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The result of a search: one page of hits, in order, and the counts and facets of all matching articles."""

    hits: tuple[Hit, ...]
    total_articles: int
    total_paragraphs: int
    total_stories: int
    facets: Mapping[str, FacetValues]
    diagnostics: Sequence[Diagnostic]
    clauses: Sequence[Clause]
    names: Mapping[str, tuple[NameSpelling, ...]]
    undated: int
    """The number of articles without a date that would match if the search had no condition on dates."""
    imprecise: int
    """The number of articles left out only because they are dated by a month or year that overlaps the period partly."""
    corrections: Mapping[str, str]
    """The words of the query that are probably misspelt, each with the word of the index that it most likely stands for."""
    dates: DateCounts
    """How many matching articles have no date, only a month or a year, or an ambiguous date."""
    evaluated: object = None
    """The engine's evaluation of the search, which :meth:`Snapshot.search_more` reuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMore:
    """A page of the articles that have only some of the bare words of a query, the best first."""

    hits: tuple[Hit, ...]
    """Their ``missing`` are the bare words that the article lacks."""
    total_articles: int
    total_stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRelated:
    """A page of articles related to a given one, the best first, and the words that found them, joined by OR."""

    tree: Node
    hits: tuple[Hit, ...]
    total_articles: int
    total_paragraphs: int
    total_stories: int


class HitAddress(NamedTuple):
    """The address of a hit: the id of an article of the snapshot, and the number of a paragraph; None for any."""

    id: str
    paragraph: int | None = None

    def __str__(self) -> str:
        return self.id if self.paragraph is None else f"{self.id}#{self.paragraph}"


class FoundScan(NamedTuple):
    """All hits of a search from the place ``start`` on, counted from 0; ``total`` is the number of all hits."""

    hits: Iterator[Hit]
    total: int
    start: int


class FoundExpansion(NamedTuple):
    """The expansion words of a query, by descending weight, or why there are none."""

    words: tuple[WeightedWord, ...]
    reason: str = ""
    """Why the query is not expanded, as in ``"it has no results"``. Empty if it is."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of a snapshot: numbers of articles, paragraphs and words, first and last date, values of fields.

    ``by_field`` maps each field to its values, each with the number of articles. ``known`` maps each field to the
    provenances of its values (``"stated"``, ``"inferred from url"``), each with the number of articles, most frequent
    first. A provenance that quotes the article is counted without the quotation. ``own_fields`` maps the name of each
    own field to its kind, and ``by_own_field`` to its values.

    ``first_date`` and ``last_date`` are the dates that begin first and last: days, or a month or a year if no day
    begins with it. ``dates`` counts the articles without a date, with only a month or a year, and with an ambiguous
    date.
    """

    articles: int
    paragraphs: int
    words: int
    first_date: dt.date | PartialDate | None
    last_date: dt.date | PartialDate | None
    by_field: Mapping[str, FacetValues]
    known: Mapping[str, tuple[FacetValue, ...]]
    own_fields: Mapping[str, str] = field(default_factory=FrozenDict)
    by_own_field: Mapping[str, FacetValues] = field(default_factory=FrozenDict)
    dates: DateCounts = NO_DATE_COUNTS

    def __repr__(self) -> str:
        days = f"from {self.first_date} to {self.last_date}" if self.first_date else ""
        return brief(self, f"{many(self.articles, 'article')}, {many(self.paragraphs, 'paragraph')}", days)


class StoredHeader(NamedTuple):
    """The fields by which a writer compares an article with the index; see :class:`~newssearch.Article` and
    :meth:`Writer.add`.
    """

    id: str
    state: str
    place: Place
    added: dt.datetime
    version: int


class KeptVersion(NamedTuple):
    """A version of an article that is stored as an article of its own (``Article.version_of``): its number, from 1,
    and its id.
    """

    number: int
    id: str


class Snapshot(CorpusSnapshot, Protocol):
    """The state of an index after one commit. It never changes, and several threads can search it."""

    @property
    def commit(self) -> Commit:
        """The number, the time and the digest of the commit. Its digest is stored: articles are not read for it."""

    @property
    def stamp(self) -> Hashable:
        """A value that differs from that of every other commit of this index, and of any index that takes its place."""

    def of_one_commit(self) -> Snapshot:
        """Return a snapshot that is fixed to one commit, so that all parts of a result agree.

        If a server no longer has the commit after a part was read, and has another one,
        :class:`~newssearch.IndexUnreachableError` is raised. The returned snapshot is not closed.
        """

    @property
    def own_fields(self) -> tuple[ArticleField, ...]:
        """The own fields of the index, in alphabetical order.

        A search with a condition or a facet on any other own field finds nothing there.
        """

    @property
    def added_analyses(self) -> Mapping[str, str]:
        """The names of those analyses of its articles that other packages add, by language.

        They are those of :class:`newssearch.text.language_analysis.AddedName`.
        """

    def search(self, tree: Node, request: ResolvedRequest) -> Found:
        """Return the page of hits that ``request`` asks for, with the counts and facets of the search.

        Hits are ordered by score, by date or by ``added``, as requested. Ties are broken by score, or by date if the
        order is by score; then by id, then by paragraph number. A boolean operator holds for an article as a whole,
        headline included; each paragraph has its own score. Filters never change scores. The facets are those of
        :class:`~newssearch.Facet`: each value counts the articles that a filter for it would leave. Snippets, here
        and below, are those of a :class:`~newssearch.highlight.snippets.Highlighter` of ``tree``.
        """

    def search_more(self, tree: Node, relaxed: Relaxed, request: ResolvedRequest, first: Found) -> FoundMore:
        """Return the page of articles that match the ``relaxed`` tree and pass the filters, but do not match
        ``tree``.

        ``first`` is the result of :meth:`search` for ``tree`` and the same request, offset and limit aside. The
        articles contain at least one of the relaxed words that is not a function word in their language, if there is
        such a word. They are ordered by their scores for ``tree``, whatever order ``request`` asks for. If it groups
        stories, the stories of articles that match ``tree`` are left out.
        """

    def expansion(self, tree: Node, relaxed: Relaxed | None, request: ResolvedRequest) -> FoundExpansion:
        """Return the expansion words of a query, from its best results by relevance.

        The first results are those of :meth:`search`, and after them those of :meth:`search_more` with ``relaxed``,
        if that is not None. They do not depend on the page, the order and the grouping that ``request`` asks for.
        """

    def related(self, article: Article, request: ResolvedRequest) -> FoundRelated:
        """Return the page of articles related to an article of the snapshot, and the words that found them.

        Articles of the same story are left out. Each hit has its explanation.
        """

    def scan(
        self, tree: Node, request: ResolvedRequest, content: HitContent, after: HitAddress | None = None
    ) -> FoundScan:
        """Return all hits that :meth:`search` would return page by page, from the one after the hit ``after`` on.

        The hits are made while the iterator is read, a few at a time. If each article has only one hit, the article of
        an address is enough. Raises :class:`~newssearch.HitNotFoundError` if ``after`` is no hit of the search.
        """

    def neighbours(
        self, tree: Node, request: ResolvedRequest, content: HitContent, address: HitAddress
    ) -> Neighbours:
        """Return a hit of :meth:`scan`, and those before and after it. Raises the same error."""

    def rank(self, tree: Node, request: ResolvedRequest) -> list[Rank]:
        """Return the article id, paragraph and score of each hit that :meth:`search` would return for the same request.

        No stored text is read, and nothing is counted.
        """

    def count(self, tree: Node, request: ResolvedRequest) -> int:
        """Return the number of articles that match ``tree`` and pass the filters of ``request``."""

    def ids_matching(self, tree: Node, request: ResolvedRequest) -> list[str]:
        """Return the ids, sorted, of all articles that match ``tree`` and pass the filters of ``request``."""

    def article(self, article_id: str) -> Article | None:
        """Return the article with that id and its paragraphs, or None if it does not exist.

        Here and below, the digest at the end of an id identifies the article: see :mod:`newssearch.identity`.
        """

    def articles_with(self, ids: Iterable[str]) -> Iterator[Article | None]:
        """Yield what :meth:`article` returns for each of the given ids, in their order, reading a few at a time."""

    def find(self, article_id: str) -> StoredHeader | None:
        """Return the header of the article with that id, or None if it does not exist."""

    def versions_of(self, shared: str) -> list[KeptVersion]:
        """Return the articles that are versions of the article with the id ``shared``, in the order of their numbers."""

    def articles(self) -> Iterator[Article]:
        """Yield all articles in the order of their ids, reading one at a time."""

    def stored(self) -> Iterator[StoredArticle]:
        """Yield all articles with the ``state`` that they were added with, in the order in which they were indexed."""

    def __len__(self) -> int:
        """Return the number of articles."""

    def story(self, article_id: str) -> list[str]:
        """Return the ids of all articles of the story that the given article belongs to, the earliest first."""

    def boilerplate_of(self, article_id: str) -> tuple[int, ...]:
        """Return the numbers of the paragraphs of an article that are boilerplate, ascending; none if there is no such article.

        Boilerplate is what an outlet prints under many of its articles: see :mod:`newssearch.engines.near_duplicates`.
        """

    def ids_ending(self, ending: str) -> list[str]:
        """Return all article ids that end with ``ending``, sorted."""

    def paths(self) -> dict[str, int]:
        """Return the paths that the articles were read from, sorted, each with the number of articles read from it."""

    def ids_of(self, path: str) -> list[str]:
        """Return the ids of the articles that were read from ``path``, in the order in which they were indexed."""

    def contents(self, aliases: Aliases = ()) -> Contents:
        """Return the numbers of articles, paragraphs and words, the first and last date, and the values of fields.

        All names of one outlet, also those in ``aliases``, count as one.
        """

    @property
    def last_added(self) -> dt.datetime | None:
        """The latest time at which an article was added to the index, in UTC; None if there are no articles."""

    def close(self) -> None:
        """Close the files of the snapshot."""


class Writer(Protocol):
    """The only writer of an index, which holds its lock.

    Added and removed articles take effect with the next commit.
    """

    @property
    def pending(self) -> int:
        """The number of paragraphs added since the last commit."""

    @property
    def moment(self) -> dt.datetime:
        """The time, in UTC, that articles added before the next commit get.

        It is later than that of any earlier commit of the index, even if the clock was set back.
        """

    def states(self, path: str) -> dict[str, str]:
        """Return the ids of the committed articles read from ``path``, each with the ``state`` that it was added
        with.

        Here and in :meth:`find` and :meth:`article`, articles removed since the commit are missing, and added ones do
        not appear yet.
        """

    def find(self, article_id: str) -> StoredHeader | None:
        """Return the header of the committed article whose id ends with the same digest, or None."""

    def article(self, article_id: str) -> Article | None:
        """Return the committed article whose id ends with the same digest, with its paragraphs, or None."""

    def versions_of(self, shared: str) -> list[KeptVersion]:
        """Return the committed articles that are versions of the article with the id ``shared``, in the order of their numbers."""

    @property
    def own_fields(self) -> Mapping[str, ArticleField]:
        """The own fields of the index, and those given to :meth:`keep`, by name."""

    def keep(self, fields: Iterable[ArticleField]) -> None:
        """Add the own fields that the index does not have yet.

        Raises :class:`~newssearch.OwnFieldError` if the index has one of them with another kind, or would have too
        many.
        """

    def refusal(self, article: Article) -> str | None:
        """Return why the index cannot hold an article, in words; None if it can. Who adds articles asks this first.

        Raises :class:`~newssearch.AnalyserError` if it was made with an analyser for the language of the article that is
        not installed.
        """

    def add(self, article: Article, state: str) -> None:
        """Add an article and its ``state``, a string by which the caller recognises that an article is unchanged.

        No committed or pending article may have an id that ends with the same digest, unless it was removed.

        Its own fields are among :attr:`own_fields`. An article without ``added`` gets the :attr:`moment` of the writer.
        """

    def remove(self, ids: Iterable[str]) -> int:
        """Remove the committed articles with the given ids, and return how many of them existed."""

    def commit(self, *, last: bool = True) -> None:
        """Commit all changes since the last commit. ``last`` is whether the run ends with this commit.

        The changes are on disk when this returns. The time of the commit is that of the clock, but not before
        :attr:`moment`. If they cannot be written, none of them takes effect, and :class:`~newssearch.IndexWriteError`
        is raised.
        """

    def close(self) -> None:
        """Discard all uncommitted changes, and release the lock."""


class Rebuild(Protocol):
    """A new index that is written beside the old one. Meanwhile no other process can write to the old one."""

    def begin(self, after: dt.datetime | None = None) -> Writer:
        """Create the new, empty index and return its writer, whose moments are later than ``after``."""

    def write_extra(self, name: str, content: str) -> None:
        """Write one of the extras of the new index: see :class:`Store`."""

    def finish(self, first: Iterable[str] = ()) -> None:
        """Replace the old index by the new one, in one commit. The old one is not read: it may be damaged.

        The extras that ``first`` names take the place of the old ones before that. The others are removed before it,
        and written after it.
        """

    def close(self) -> None:
        """Remove the new index if it was not put in place, and release the lock."""


class StoredArticle(NamedTuple):
    """An article as stored in an index, and the ``state`` that it was added with.

    ``own_fields`` has the rows of its own fields.
    """

    article: Article
    state: str
    own_fields: tuple[ArticleField, ...] = ()


def with_own_fields(
    known: Mapping[str, ArticleField], fields: Iterable[ArticleField]
) -> dict[str, ArticleField]:
    """Return the own fields of an index together with further ones, in alphabetical order.

    Raises :class:`~newssearch.OwnFieldError` for a field whose kind would change, and for more than
    :data:`~newssearch.fields.MAX_OWN_FIELDS` fields.
    """
    joined = dict(known)
    for row in fields:
        if joined.setdefault(row.name, row).kind != row.kind:
            raise OwnFieldError(
                f"the index keeps {row.name} as {joined[row.name].kind}, not as {row.kind}:"
                " to change the kind, rebuild it with `newssearch index --rebuild`"
            )
    if len(joined) > MAX_OWN_FIELDS:
        raise OwnFieldError(f"an index has at most {MAX_OWN_FIELDS} own fields, and would have {len(joined)}")
    return dict(sorted(joined.items()))


class LostArticle(NamedTuple):
    """An article that could not be salvaged whole from a damaged index.

    ``file`` is the name of the file that held it.
    """

    file: str


class Check(Protocol):
    """One check of a whole index. Its counts are complete when the iteration over :meth:`problems` has ended."""

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
        """The number of paragraphs of the articles that were read."""

    @property
    def sampled(self) -> int:
        """The number of articles whose indexed words were compared with their stored text."""

    @property
    def unchecked(self) -> Collection[str]:
        """Why the indexed words of some articles could not be compared: the analyser of their language is missing."""

    def problems(self) -> Iterator[Problem]:
        """Run the check, and yield each problem found: all that is damaged, missing or inconsistent."""


class Store(Protocol):
    """The place of one index, which may be missing or damaged: the methods open, make, check and salvage it.

    ``extras`` are the names of small files that other modules keep beside the index, such as the manifest.
    """

    @property
    def address(self) -> str:
        """The address of the index, as messages show it: the path of its folder, or ``scheme://…``."""

    @property
    def folder(self) -> Path:
        """The folder of the index. For an index that is in no folder, its address as a path, which does not exist."""

    @property
    def archive(self) -> ArchiveFolder:
        """The archive of the index: the folder that its files belong to."""

    @property
    def config(self) -> Config:
        """The configuration of the archive, read each time. Raises :class:`~newssearch.ConfigError` if it is invalid."""

    # ---- open, create, rebuild

    def open(self) -> None:
        """Check that the index exists and that this version can read it.

        Raises :class:`~newssearch.IndexNotFoundError`, :class:`~newssearch.IndexVersionError` or
        :class:`~newssearch.IndexDamagedError`.
        """

    def create(self, wait: float, extras: Iterable[str] = ()) -> Writer:
        """Make a new, empty index, and return its writer. Files named ``extras`` of an earlier index are removed.

        If another process is making an index there, this waits up to ``wait`` seconds, then raises
        :class:`~newssearch.IndexLockedError`. Raises :class:`~newssearch.IndexExistsError` if there is an index.
        """

    def rebuild(self, wait: float, extras: Iterable[str] = ()) -> Rebuild:
        """Begin a rebuild. When it finishes, the named ``extras`` of the new index replace those of the old one.

        There need not be an old index. If another writer is open, this waits up to ``wait`` seconds, then raises
        :class:`~newssearch.IndexLockedError`.
        """

    # ---- read and write

    @property
    def format(self) -> int:
        """The version number of the format that this engine writes. It opens no index of another version."""

    @property
    def generation(self) -> int:
        """The number of the last commit. Each commit adds 1; a new index has 0."""

    @property
    def stamp(self) -> Hashable:
        """The stamp of the last commit: see :attr:`Snapshot.stamp`. None if there is none, or it cannot be read.

        Reading it takes a fraction of a millisecond, so that a server can compare it before each search.
        """

    @property
    def size(self) -> int:
        """The size of the index in bytes."""

    def snapshot(self) -> Snapshot:
        """Return the snapshot of the last commit. Raises :class:`~newssearch.IndexDamagedError` if it is damaged."""

    def writer(self, wait: float) -> Writer:
        """Return the writer of the index.

        If another writer is open, this waits up to ``wait`` seconds, then raises :class:`~newssearch.IndexLockedError`.
        """

    def read_extra(self, name: str) -> str | None:
        """Return the content of the extra file ``name``; None if it does not exist."""

    def write_extra(self, name: str, content: str) -> None:
        """Write the extra file ``name`` atomically. The caller must hold the writer."""

    # ---- check, clean, salvage

    def check(self, sample: int) -> Check:
        """Return a check of the whole index, not yet run.

        For ``sample`` articles of each segment, it compares the indexed words with the stored text.
        """

    def leftovers(self, extras: Iterable[str]) -> list[Leftover]:
        """Return the files that interrupted runs left behind; an empty list while a run is under way."""

    def clean(self, wait: float, extras: Iterable[str]) -> tuple[list[str], list[Leftover]]:
        """Remove the files that interrupted runs left behind.

        Returns the names of the removed files, and the files that could not be removed. If another writer is open, this
        waits up to ``wait`` seconds, then raises :class:`~newssearch.IndexLockedError`.
        """

    def salvage(self) -> Iterator[StoredArticle | LostArticle | Problem]:
        """Yield each article that can still be read, each that is lost, and each other problem.

        Raises :class:`OSError` before it yields anything if the system refuses to read a file.
        """
