"""Read access to the articles of one commit: a point in time of their index, and the state of the commit."""

from __future__ import annotations

import copy
import datetime as dt
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from newssearch.article import Article
from newssearch.commit import Commit, article_hash, digest_of_sum, sum_of_hashes
from newssearch.display.index_address import index_address
from newssearch.engines.article_times import moment_of
from newssearch.engines.protocol import KeptVersion, StoredArticle, StoredHeader
from newssearch.errors import IndexDamagedError, IndexNotFoundError, IndexUnreachableError
from newssearch.fields import ArticleField, OwnKind
from newssearch.stopping import NEVER, StopCheck

from .answer_sizes import AnswerSizes
from .articles_by_id import articles_by_id
from .checkpoints import WrittenCheckpoints, finding_checkpoints, found_checkpoints, reached
from .client import Client, JsonAnswer, PointInTime
from .documents import DocumentSource, article_from, cut, document_id, place_from
from .failures import PointInTimeLateError, PointInTimeLostError
from .mapping import MAX_HITS_AT_ONCE
from .state import State, read_state
from .transport import FIRST_PAUSE, LONGEST_PAUSE, READ_PATIENCE

if TYPE_CHECKING:
    from typing_extensions import Self

    from .commit_cache import CommitCache
    from .condition_limit import ConditionSets
    from .scoring import Statistics
    from .vocabulary import KnownWords
    from .word_table import WordTableMaker

_T = TypeVar("_T")

WHOLE_ARTICLES_AT_ONCE = 50
"""The number of whole articles that one request reads."""
_OPENING_ATTEMPTS = 5
"""The number of attempts to open a point in time. A commit, a rebuild or the death of a node may make one fail."""
LOSING_SECONDS = 20.0
"""The time in seconds after which a search is no longer repeated whose points in time are lost again and again. Long
work has no such limit.
"""
RENEWING_CHECK_SECONDS = 0.2
"""The interval in seconds at which a search that waits for another thread's point in time checks its own time limit."""
_BY_ID = [{"id": "asc"}]
_BY_SEQUENCE = [{"sequence": "asc"}]


class Opened(NamedTuple):
    """A commit, opened for reading. ``pit`` is None for a writer, which reads the index itself because nobody else
    changes it.
    """

    state: State
    pit: PointInTime | None


def opened_commit(client: Client, check: StopCheck = NEVER, *, incomplete: bool = False) -> Opened:
    """Return the last commit, opened as a point in time.

    The state is read before and after. If it is unchanged, everything visible at the point in time is committed, or
    excluded by :attr:`~.state.State.visible`. If a shard copy lags behind the last commit, its primary is read
    instead. A primary may lag, too, while it replaces one that has died: this waits as long as for a missing node. If
    it still lags, or has fewer articles than the commit, an error is raised, unless the index may be ``incomplete``.
    """
    began, pause, as_written = time.monotonic(), FIRST_PAUSE, False
    state = read_state(client, check=check).state
    for _ in range(_OPENING_ATTEMPTS):
        while True:
            after, found = _opened_at(client, state, check, as_written=as_written)
            if found is None:
                break
            is_late = time.monotonic() - began + pause > READ_PATIENCE
            if not found.lags or (as_written and is_late):
                if not incomplete:
                    _check_complete(client, after, found)
                return Opened(after, found.pit)
            client.close_pit(found.pit)
            if as_written:
                check.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            as_written = True
        state = after
        if time.monotonic() - began > LOSING_SECONDS:
            break
    raise IndexUnreachableError(
        f"{index_address(client.place)}: each attempt to open the index met another commit or the loss of a node; try again",
        client.place,
    )


class _SeenAtPoint(NamedTuple):
    """What is visible at a point in time: whether it ``lags`` behind the commit and, if not, the number of ``articles``."""

    pit: PointInTime
    lags: bool
    articles: int = 0


def _opened_at(
    client: Client, state: State, check: StopCheck, *, as_written: bool
) -> tuple[State, _SeenAtPoint | None]:
    """Open a point in time for the commit of a state. Returns the state read afterwards, and what is visible.

    The second is None if there was another commit meanwhile, or the point in time was lost at once.
    """
    try:
        pit = client.open_pit(state.base, as_written=as_written, check=check)
    except IndexNotFoundError:  # a rebuild has removed it
        after = read_state(client, check=check).state
        if after.base == state.base:
            raise IndexDamagedError(
                f"{index_address(client.place)}: the index is damaged (there is no {state.base})",
                client.place,
            ) from None
        return after, None
    seen = None
    try:
        after = read_state(client, check=check).state
        if after.stamp == state.stamp:
            seen = _seen_at(client, after, pit, check)
    except PointInTimeLostError:
        after = state
    finally:
        if seen is None:
            client.close_pit(pit)
    return after, seen


def _seen_at(client: Client, state: State, pit: PointInTime, check: StopCheck) -> _SeenAtPoint:
    if lacks_checkpoints(client, Opened(state, pit), check):
        return _SeenAtPoint(pit, lags=True)
    return _SeenAtPoint(pit, lags=False, articles=_found_by(client, state.visible, pit, check))


def _check_complete(client: Client, state: State, seen: _SeenAtPoint) -> None:
    """Close a point in time that lags, or has fewer articles than the commit, and raise the error.

    Articles that another commit is removing may be missing.
    """
    if not seen.lags and seen.articles >= state.least_articles:
        return
    client.close_pit(seen.pit)
    place = index_address(client.place)
    if seen.lags:
        raise IndexUnreachableError(
            f"{place}: a copy of the index lags behind the last commit, and so does its primary: a node may be replacing"
            " another one, or be cut off from the others; try again in a moment (if it lasts, `newssearch verify` says what is missing)",
            client.place,
        )
    raise IndexUnreachableError(
        f"{place}: the index is damaged: its last commit has {state.least_articles:,} articles, and a search finds {seen.articles:,}"
        " (`newssearch verify` checks the whole index, `newssearch verify --clean` accepts the articles that are there)",
        client.place,
    )


def lacks_checkpoints(client: Client, opened: Opened, check: StopCheck = NEVER) -> bool:
    """Whether a shard lacks the checkpoint of the commit, so that searches treat the copy as lagging."""
    state, pit = opened
    return (
        pit is not None
        and bool(state.checkpoint)
        and _found_by(client, reached(state.checkpoint), pit, check) < pit.shards
    )


def written_checkpoints(client: Client, opened: Opened) -> WrittenCheckpoints:
    """Return the checkpoints in the index, whatever the state says."""
    if opened.pit is not None:
        return found_checkpoints(client.search(finding_checkpoints(), pit=opened.pit))
    return found_checkpoints(client.search(finding_checkpoints(), index=opened.state.base, as_written=True))


def _found_by(client: Client, query: Mapping[str, Any], pit: PointInTime, check: StopCheck) -> int:
    body = {"query": query, "size": 0, "track_total_hits": True}
    return int(client.search(body, pit=pit, check=check)["hits"]["total"]["value"])


class SharedByReaders:
    """The data of the last opened commit, shared by the views of one snapshot, each item with the commit that it
    belongs to.
    """

    def __init__(self) -> None:
        self.counted: tuple[Hashable, int] | None = None
        """The stamp of the commit, and its number of articles."""
        self.longest: tuple[Hashable, int] | None = None
        """The stamp of the commit, and the number of words of its longest article."""
        self.known: tuple[Opened, Statistics, KnownWords, CommitCache, dict[str, list[str]]] | None = None
        """The opened commit with its statistics, vocabulary, cache, and keys of values."""
        self.sets: tuple[Opened, ConditionSets] | None = None
        self.table_maker: tuple[Opened, WordTableMaker] | None = None
        self.making_tables = threading.Lock()


class StoredArticles:
    """What a snapshot reads of its articles without searching their texts: see
    :class:`newssearch.engines.protocol.Snapshot`.

    A point in time that the cluster has lost (its node died, or nobody searched for five minutes) is replaced, and
    everything read from it is read again from the start. If there was another commit meanwhile, the snapshot moves on
    to that commit, as :attr:`commit` shows. A view (:meth:`of_one_commit`) that has already answered never changes
    its commit. ``renew`` opens the last commit.
    """

    _origin: StoredArticles | None = None
    """The snapshot that this is a view of."""
    _answered = False

    def __init__(
        self, client: Client, opened: Opened, renew: Callable[[StopCheck], Opened] | None = None
    ) -> None:
        self._client = client
        self._opened = opened
        self._renew = renew
        self._renewing = threading.Lock()
        self._shared_by_readers = SharedByReaders()

    def of_one_commit(self) -> Self:
        """Return a view of the snapshot for the parts of one result.

        If the commit is lost after the view has answered, and there is a newer one, the view raises
        :class:`.failures.PointInTimeLostError`.
        """
        view = copy.copy(self)
        view._origin, view._answered = self, False
        return view

    def close(self) -> None:
        """Close the point in time."""
        if self._opened.pit is not None:
            self._client.close_pit(self._opened.pit)

    @property
    def commit(self) -> Commit:
        """The number, the time and the digest of the commit."""
        state = self._opened.state
        return Commit(state.number, state.time, digest_of_sum(state.hash_sum))

    @property
    def stamp(self) -> Hashable:
        """A value that is unique to the commit."""
        return self._opened.state.stamp

    @property
    def own_fields(self) -> tuple[ArticleField, ...]:
        """The own fields of the index, in alphabetical order."""
        return self._opened.state.rows

    # ---- requests

    def _whole(self, work: Callable[[Opened], _T], check: StopCheck = NEVER, *, is_long: bool = False) -> _T:
        """Return what ``work`` reads of the commit. If the point in time is lost, the work is repeated from the
        start.

        ``is_long`` is for work with requests that may take minutes.
        """
        opened, first_lost = self._opened, None
        with self._client.long_work() if is_long else nullcontext():
            for attempts_left in reversed(range(_OPENING_ATTEMPTS)):
                try:
                    found = work(opened)
                except PointInTimeLostError as error:
                    now = time.monotonic()
                    first_lost = now if first_lost is None else first_lost
                    if not attempts_left or (not is_long and now - first_lost > LOSING_SECONDS):
                        raise
                    opened = self._opened_again(
                        opened, check, closes=not isinstance(error, PointInTimeLateError)
                    )
                else:
                    break
        self._answered = True
        return found

    def _opened_again(self, lost: Opened, check: StopCheck = NEVER, *, closes: bool = True) -> Opened:
        """Return the commit with a new point in time in place of a lost one. One thread opens it for all.

        The lost one is closed if ``closes``; one that is only late may still be read by others.
        """
        if self._origin is not None:
            again = self._origin._opened_again(lost, check, closes=closes)
            if self._answered and again.state.stamp != lost.state.stamp:
                raise PointInTimeLostError(
                    f"{index_address(self._client.place)}: there was another commit while a result was read, and the cluster no longer has"
                    " the one before: repeat the search",
                    self._client.place,
                )
            self._opened = again
            return again
        if self._renew is None:
            raise AssertionError("a writer has no point in time")
        while not self._renewing.acquire(timeout=RENEWING_CHECK_SECONDS):
            check()
        try:
            if self._opened is lost:
                self._opened = self._renew(check)
                if lost.pit is not None and closes:
                    # frees it on the nodes that are still up
                    self._client.close_pit(lost.pit)
            return self._opened
        finally:
            self._renewing.release()

    def _search(
        self,
        opened: Opened,
        body: Mapping[str, Any],
        *,
        filter_path: str | None = None,
        check: StopCheck = NEVER,
    ) -> JsonAnswer:
        """Return the response to a search. Its query must have :attr:`~.state.State.visible` among its filters."""
        if opened.pit is not None:
            return self._client.search(body, pit=opened.pit, filter_path=filter_path, check=check)
        return self._client.search(
            body, index=opened.state.base, filter_path=filter_path, as_written=True, check=check
        )

    def _pages(
        self, opened: Opened, body: Mapping[str, Any], size: int = MAX_HITS_AT_ONCE, check: StopCheck = NEVER
    ) -> Iterator[list[JsonAnswer]]:
        """Yield all hits of a search, page by page, sorted by ``body["sort"]``, whose values must be unique."""
        asked = {**body, "size": size, "track_total_hits": False}
        while True:
            hits: list[JsonAnswer] = self._search(opened, asked, check=check)["hits"]["hits"]
            if hits:
                yield hits
            if len(hits) < size:
                return
            asked["search_after"] = hits[-1]["sort"]

    def _committed(self, opened: Opened, *conditions: Mapping[str, Any]) -> JsonAnswer:
        """Return the query for the committed articles that fulfil all conditions."""
        return {"bool": {"filter": [opened.state.visible, *conditions]}}

    def _source_of(self, article_id: str, parts: Sequence[str]) -> DocumentSource | None:
        """Return the document of an article, or None if it does not exist."""

        def work(opened: Opened) -> DocumentSource | None:
            query = self._committed(opened, {"ids": {"values": [document_id(article_id)]}})
            hits = self._search(opened, {"query": query, "size": 1, "_source": list(parts)})["hits"]["hits"]
            return hits[0]["_source"] if hits else None

        return self._whole(work)

    # ---- single articles

    def article(self, article_id: str) -> Article | None:
        """Return the article with the given id and all its paragraphs; None if the index has no such article."""
        source = self._source_of(article_id, ("header", "texts"))
        return None if source is None else article_from(source)

    def articles_with(self, ids: Iterable[str]) -> Iterator[Article | None]:
        """Yield the article with each of the given ids, in their order; None for one that the index does not have."""

        def found(condition: Mapping[str, Any], members: Mapping[str, Any]) -> list[JsonAnswer]:
            def work(opened: Opened) -> list[JsonAnswer]:
                body = {"query": self._committed(opened, condition), **members}
                hits: list[JsonAnswer] = self._search(opened, body)["hits"]["hits"]
                return hits

            return self._whole(work)

        return articles_by_id(ids, found, lambda: self._whole(self._longest))

    def find(self, article_id: str) -> StoredHeader | None:
        """Return the id, state and place of an article, or None if it does not exist."""
        source = self._source_of(article_id, ("header",))
        return None if source is None else header_of(source["header"])

    def versions_of(self, shared: str) -> list[KeptVersion]:
        """Return the articles that are versions of the article with the id ``shared``, in the order of their numbers."""

        def work(opened: Opened) -> list[KeptVersion]:
            query = self._committed(opened, {"term": {"version_of": document_id(shared)}})
            body = {"query": query, "_source": ["id", "version"], "sort": _BY_ID}
            return sorted(
                KeptVersion(hit["_source"]["version"], hit["_source"]["id"])
                for page in self._pages(opened, body, 1000)
                for hit in page
            )

        return self._whole(work)

    # ---- all articles

    def articles(self) -> Iterator[Article]:
        """Yield all articles in the order of their ids, reading a few at a time."""
        for source in self._sources(("header", "texts")):
            yield article_from(source)

    def stored(self) -> Iterator[StoredArticle]:
        """Yield all articles with their states, in the order in which they were indexed, reading a few at a time."""
        for source in self._sources(("header", "texts"), order=_BY_SEQUENCE):
            yield StoredArticle(article_from(source), source["header"]["state"], self.own_fields)

    def _sources(
        self,
        parts: Sequence[str],
        size: int = WHOLE_ARTICLES_AT_ONCE,
        order: Sequence[Mapping[str, str]] = _BY_ID,
    ) -> Iterator[DocumentSource]:
        """Yield the documents of all articles, by default in the order of their ids.

        If a point in time is lost, reading continues at another one of the same commit. If there is none, raises
        :class:`.failures.PointInTimeLostError`.
        """
        opened, last = self._opened, None
        sizes: AnswerSizes | None = None
        while True:
            body: JsonAnswer = {
                "query": self._committed(opened), "_source": list(parts), "sort": order, "size": size, "track_total_hits": False
            }  # fmt: skip
            if last is not None:
                body["search_after"] = last
            try:
                if sizes is None:
                    sizes = self._sizes(opened, parts)
                body["size"] = sizes.next_size(body)
                hits = self._search(opened, body)["hits"]["hits"]
            except PointInTimeLostError:
                before, opened = opened, self._opened_again(opened)
                sizes = None
                if opened.state.stamp != before.state.stamp and last is not None:
                    raise
                continue
            self._answered = True
            for hit in hits:
                yield hit["_source"]
            if len(hits) < body["size"]:
                return
            last = hits[-1]["sort"]

    def _sizes(self, opened: Opened, parts: Sequence[str]) -> AnswerSizes:
        """Return the page sizes for reading the given parts of all articles."""
        largest = 0 if {"texts", "*"}.isdisjoint(parts) else self._longest(opened)
        return AnswerSizes(lambda body: self._search(opened, body), largest, MAX_HITS_AT_ONCE)

    def _longest(self, opened: Opened) -> int:
        """Return the number of words of the longest article."""
        known = self._shared_by_readers.longest
        if known is None or known[0] != opened.state.stamp:
            words = {"longest": {"max": {"field": "words"}}}
            body = {"query": self._committed(opened), "size": 0, "track_total_hits": True, "aggs": words}
            found = int(self._search(opened, body)["aggregations"]["longest"]["value"] or 0)
            known = self._shared_by_readers.longest = opened.state.stamp, found
        return known[1]

    def __len__(self) -> int:
        """Return the number of articles."""
        counted = self._shared_by_readers.counted
        if counted is None or counted[0] != self.stamp:
            counted = self._shared_by_readers.counted = self._whole(self._count)
        self._answered = True
        return counted[1]

    def _count(self, opened: Opened) -> tuple[Hashable, int]:
        body = {"query": self._committed(opened), "size": 0, "track_total_hits": True}
        return opened.state.stamp, int(self._search(opened, body)["hits"]["total"]["value"])

    def ids_ending(self, ending: str) -> list[str]:
        """Return all article ids that end with ``ending``, sorted."""
        condition = {"prefix": {"reversed_id": {"value": ending[::-1]}}}
        return self._whole(lambda opened: sorted(self._ids(opened, condition, _BY_ID)))

    def ids_of(self, path: str) -> list[str]:
        """Return the ids of the articles that were read from ``path``, in the order in which they were indexed."""
        condition = {"term": {"path": cut(plain(path))}}
        return (
            self._whole(lambda opened: list(self._ids(opened, condition, [{"sequence": "asc"}])))
            if path
            else []
        )

    def _ids(self, opened: Opened, condition: JsonAnswer, order: list[dict[str, str]]) -> Iterator[str]:
        body = {
            "query": self._committed(opened, condition), "_source": False, "docvalue_fields": ["id"], "sort": order
        }  # fmt: skip
        for page in self._pages(opened, body):
            for hit in page:
                yield hit["fields"]["id"][0]

    def paths(self) -> dict[str, int]:
        """Return the sorted paths that articles were read from, each with its number of articles."""

        def work(opened: Opened) -> dict[str, int]:
            found: dict[str, int] = {}
            asked: JsonAnswer = {
                "size": MAX_HITS_AT_ONCE,
                "sources": [{"path": {"terms": {"field": "path"}}}],
            }
            while True:
                body = {"query": self._committed(opened), "size": 0, "aggs": {"paths": {"composite": asked}}}
                answer = self._search(opened, body)["aggregations"]["paths"]
                found.update((one["key"]["path"], one["doc_count"]) for one in answer["buckets"])
                if len(answer["buckets"]) < MAX_HITS_AT_ONCE:
                    found.pop("", None)
                    return dict(sorted(found.items()))
                asked = {**asked, "after": answer["after_key"]}

        return self._whole(work, is_long=True)

    def states(self, path: str) -> dict[str, str]:
        """Return the ids of the articles that were read from ``path``, each with its state."""
        return {one.id: one.state for one in self.headers_of(path)}

    def headers_of(self, path: str) -> Iterator[StoredHeader]:
        """Return the headers of the articles that were read from ``path``, in the order in which they were indexed."""
        if not path:
            return iter(())

        def work(opened: Opened) -> list[StoredHeader]:
            query = self._committed(opened, {"term": {"path": cut(plain(path))}})
            body = {
                "query": query,
                "_source": [f"header.{name}" for name in HEADER_PARTS],
                "sort": [{"sequence": "asc"}],
            }
            return [
                header_of(hit["_source"]["header"])
                for page in self._pages(opened, body, 2000)
                for hit in page
            ]

        return iter(self._whole(work))

    @property
    def last_added(self) -> dt.datetime | None:
        """The latest time at which an article was added to the index, in UTC; None if there are no articles."""

        def work(opened: Opened) -> dt.datetime | None:
            body = {
                "query": self._committed(opened), "size": 1, "_source": False, "docvalue_fields": ["added"], "sort": [{"added": "desc"}]
            }  # fmt: skip
            hits = self._search(opened, body)["hits"]["hits"]
            return moment_of(hits[0]["fields"]["added"][0]) if hits else None

        return self._whole(work)


HEADER_PARTS = ("id", "state", "path", "member", "record", "added", "version")
"""The parts of a document's header that make up a :class:`~newssearch.engines.protocol.StoredHeader`."""


def header_of(header: DocumentSource) -> StoredHeader:
    """Return the stored header from the header of a document."""
    return StoredHeader(
        id=header["id"],
        state=header["state"],
        place=place_from(header),
        added=dt.datetime.fromisoformat(header["added"]),
        version=header["version"],
    )


def hash_sum_of(articles: StoredArticles) -> int:
    """Return the sum of the hashes of all articles, which the digest of a commit is made from."""
    sources = articles._sources(("header.id", "header.state"), 2000)
    return sum_of_hashes(article_hash(one["header"]["id"], one["header"]["state"]) for one in sources)


def own_kinds_of(articles: StoredArticles) -> dict[str, OwnKind]:
    """Return the own fields that occur in articles, with their kinds."""
    headers = (one.get("header", {}) for one in articles._sources(("header.extra",), 2000))
    return {name: kind for header in headers for name, kind, _ in header.get("extra", ())}


def plain(text: str) -> str:
    r"""Return a text that UTF-8 can encode: surrogates that stand for undecodable bytes of file names become ``\\udcff``."""
    return text.encode("utf-8", "backslashreplace").decode()
