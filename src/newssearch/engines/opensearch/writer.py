"""The writer of an archive on a cluster.

New articles wait for the commit, too, because other ones decide which of their paragraphs are boilerplate: so each is sent
once. Of a run that adds very many between two commits, some are sent before, and again if later ones decide more of them.
They have the number that the writer has *claimed*, which no search sees until a commit names it. The commit sends what it
has not sent yet, then what replaces or removes committed articles, lets searches find all that was sent (a refresh), and
then writes the state over that of the commit before.

So a search sees all new articles of a commit at once. What is replaced or removed it sees one by one, while the commit is
made: a replacement keeps the number that is committed already, so that at no time neither is seen.

A run that is killed leaves documents that no search sees, which the next writer deletes. If it was killed while it replaced
and removed, the next writer writes all these documents again, as it finds them, and computes the sum of the hashes of the
articles anew. Its number is higher: what a run that only stood still has on its way to them is then refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from newssearch.article import Article
from newssearch.commit import DIGEST_BITS, article_hash, sum_of_hashes
from newssearch.display.index_address import index_address
from newssearch.engines.protocol import KeptVersion, StoredHeader, with_own_fields
from newssearch.errors import IndexUnreachableError, IndexWriteError, NewssearchError
from newssearch.fields import ArticleField, OwnKind, by_name
from newssearch.identity import id_number
from newssearch.system.fault_points import fault_point

from .article_limits import refusal_of
from .bulk import Action
from .client import Client
from .documents import document_id, document_of
from .failures import ConflictError
from .lock import ClusterLock
from .mapping import own_mapping
from .sampled_article import StoryMarks
from .sending import NewWords, Sender, Spool, UnmarkedDocument, check_outcome, ids_in
from .state import State, new_stamp, read_state, write_state
from .stored_articles import Opened, StoredArticles
from .story_keeper import StoryKeeper
from .story_plan import DocumentNumbers, StoryPlan, Unfinished

SINGLE_REQUESTS = 200
"""A writer asks the cluster for this number of articles or paths one by one. Then it reads which ones there are."""
HELD_BYTES = 256_000_000
"""The size in bytes of the new articles that wait for the commit. If there are more, those that wait are sent."""
KEPT_HEADERS = 50_000
"""The number of headers of articles that a writer keeps."""
ARTICLES_OF_COMMIT = 1 << 32
"""The field ``sequence`` of an article is its commit times this, plus the number of the article in the commit."""

STEPS = 8
"""The version of a document is the number of the writer times this, plus one of the steps that follow each other.

So a request that is repeated, and arrives once more after later ones, has no effect.
"""
DELETED, WRITTEN_AGAIN, MENDED, SENT, MARKED, DISCARDED = range(6)
"""What writers before left, is deleted, written again and mended; then articles are sent, marked, or discarded at the end."""

EARLIEST_MOMENT = dt.datetime.min.replace(tzinfo=dt.timezone.utc)


class CommittedArticles:
    """What a writer asks about the committed articles, with as few requests as possible."""

    def __init__(self, articles: StoredArticles) -> None:
        self.articles = articles
        self.empty = not len(articles)
        self._asked = self._asked_paths = 0
        self._numbers: np.ndarray[Any, np.dtype[np.uint64]] | None = None
        self._paths: set[str] | None = None
        self._headers: dict[str, StoredHeader] = {}

    def find(self, article_id: str) -> StoredHeader | None:
        """Return the header of an article; None if there is none."""
        number = document_id(article_id)
        if number in self._headers:
            return self._headers[number]
        if not self._may_have(article_id):
            return None
        found = self.articles.find(article_id)
        if found is not None:
            self._keep(found)
        return found

    def article(self, article_id: str) -> Article | None:
        """Return a whole article; None if there is none."""
        if document_id(article_id) not in self._headers and not self._may_have(article_id):
            return None
        return self.articles.article(article_id)

    def headers_of(self, path: str) -> list[StoredHeader]:
        """Return the headers of the articles that were read from a path."""
        if self.empty or (self._paths is not None and path not in self._paths):
            return []
        self._asked_paths += 1
        if self._asked_paths == SINGLE_REQUESTS:
            self._paths = set(self.articles.paths())
        found = list(self.articles.headers_of(path))
        for header in found:
            self._keep(header)
        return found

    def _may_have(self, article_id: str) -> bool:
        if self.empty:
            return False
        self._asked += 1
        if self._numbers is None and self._asked > SINGLE_REQUESTS:
            ids = self.articles.ids_ending("")
            self._numbers = np.sort(np.fromiter(map(id_number, ids), np.uint64, len(ids)))
        if self._numbers is None:
            return True
        number = np.uint64(id_number(article_id))
        place = int(np.searchsorted(self._numbers, number))
        return place < len(self._numbers) and bool(self._numbers[place] == number)

    def _keep(self, header: StoredHeader) -> None:
        if len(self._headers) >= KEPT_HEADERS:
            self._headers.clear()
        self._headers[document_id(header.id)] = header


class OpenSearchWriter:
    """The only writer of an archive: see :class:`newssearch.engines.protocol.Writer`.

    It holds ``lock``, which it releases when it is closed if it ``owns_lock``. ``state_index`` is that of a new index which
    a rebuild makes. All its moments are later than ``after``.
    """

    def __init__(
        self,
        client: Client,
        lock: ClusterLock,
        after: dt.datetime | None = None,
        state_index: str | None = None,
        *,
        owns_lock: bool = True,
    ) -> None:
        self._client = client
        self._lock = lock
        self._owns_lock = owns_lock
        self._sender = Sender(client, lock.check)
        try:
            self._found = read_state(client, state_index)
            self._claim()
            self._stories = StoryKeeper(client, self._state)
            self._recover()
            self._moment = after or EARLIEST_MOMENT
            self._open()
        except BaseException:
            self._sender.close()
            if owns_lock:
                lock.release()
            raise
        self._own = by_name(self._state.rows)
        self._vocabulary = NewWords(self._sender, self._state.words_index)
        self._spool = Spool()
        """What replaces committed articles."""
        self._held = Spool()
        """The new articles that were not sent yet."""
        self._sent: set[str] = set()
        """The ids of the documents of the new articles that were."""
        self._removed: dict[str, int] = {}
        """The hash of each article that the next commit replaces or removes, by the id of its document."""
        self._added_hashes = self._added = 0
        self.pending = 0
        """The number of paragraphs added since the last commit."""
        self._broken: NewssearchError | None = None
        """What made it unknown which changes have taken effect. The next writer finds out."""

    @property
    def _state(self) -> State:
        return self._found.state

    # ---- beginning

    def _claim(self) -> None:
        """Take a number that no other writer has, in the name of the lock. From then on a writer that was late cannot commit."""
        state = self._state if self._state.writing is None else self._state.without(self._state.writing)
        self._lock.check()
        self._put(state._replace(claimed=state.claimed + 1, writing=state.claimed + 1))

    def _action(
        self, kind: Literal["index", "delete"], number: str, content: bytes | None, step: int
    ) -> Action:
        return Action(kind, number, content, self._state.claimed * STEPS + step)

    def _recover(self) -> None:
        """Clean up after a writer that was killed or lost its lock, even in the middle of a commit."""
        self._client.refresh(self._state.base)
        self._delete_uncommitted(DELETED)
        if not self._state.changing:
            return
        left = self._stories.noted(self._state)
        self._write_again(left.written)
        articles = StoredArticles(self._client, Opened(self._state, None))
        sources = articles._sources(("header.id", "header.state"), 2000)
        hashes = (article_hash(one["header"]["id"], one["header"]["state"]) for one in sources)
        hash_sum = sum_of_hashes(hashes)
        plan = self._mend_stories(articles, left)
        state = self._state
        name = self._stories.write_boilerplate(state, plan, f"{state.claimed}-mended")
        self._lock.check()
        now = max(dt.datetime.now(dt.timezone.utc), state.time + dt.timedelta(microseconds=1))
        state = state._replace(number=state.number + 1, time=now, stamp=new_stamp())
        number = len(StoredArticles(self._client, Opened(state, None)))
        self._put(state._replace(changing=False, hash_sum=hash_sum, articles=number, boilerplate=name))
        self._stories.committed(self._state, plan)

    def _write_again(self, numbers: DocumentNumbers) -> None:
        """Write documents again as they are, or delete them again, with the number of this writer.

        What a writer before it still has on its way to them comes too late then: it has a lower number.
        """
        state = self._state
        for number, content in self._stories.as_they_are(state, numbers):
            action = self._action("delete" if content is None else "index", number, content, WRITTEN_AGAIN)
            self._sender.put(state.base, action)
        self._sender.flush()
        fault_point("recovery: written again")
        self._client.refresh(state.base)

    def _mend_stories(self, articles: StoredArticles, left: Unfinished) -> StoryPlan:
        """Bring up to date the stories that the writer before was about to change, and return what has changed."""
        plan = self._stories.mending_plan(self._state, articles, left)
        if plan.marks:
            self._begin_changing(left.joined(plan.unfinished).writing(plan.marks))
            self._rewrite([*plan.marks], plan, by_name(self._state.rows), MENDED)
            self._sender.flush()
            fault_point("recovery: marked")
            self._client.refresh(self._state.base)
        return plan

    def _begin_changing(self, unfinished: Unfinished) -> None:
        """Write down what is about to be replaced, deleted and marked, before the state says that this is under way."""
        before, name = self._state, str(self._state.claimed)
        self._stories.note(before, name, unfinished)
        self._put(before._replace(changing=True, unfinished=name))
        self._stories.forget_note(self._state, before.unfinished)

    def _delete_uncommitted(self, step: int) -> None:
        state = self._state
        conditions: list[dict[str, Any]] = [{"range": {"commit": {"gt": state.commit}}}]
        if state.dead:
            conditions.append({"terms": {"commit": list(state.dead)}})
        body = {"query": {"bool": {"should": conditions}}, "_source": False, "sort": [{"id": "asc"}]}
        pages = StoredArticles(self._client, Opened(state, None))._pages(Opened(state, None), body)
        ids = list(ids_in(pages))
        if ids:
            self._lock.check()
            actions = (self._action("delete", one, None, step) for one in ids)
            check_outcome(self._client.place, self._client.bulk(actions, state.base, refresh=True))

    def _put(self, state: State) -> None:
        try:
            self._found = write_state(self._client, state, self._found.document)
        except ConflictError:
            place = self._client.place
            raise IndexWriteError(
                f"{index_address(place)}: another run has taken the place of this one, and writes to the index: what this one had not"
                " committed is discarded; run it again",
                place,
            ) from None

    def _open(self) -> None:
        """Read from the last commit, and choose the moment of the next one."""
        articles = StoredArticles(self._client, Opened(self._state, None))
        self._committed = CommittedArticles(articles)
        before = max(self._moment, articles.last_added or EARLIEST_MOMENT, self._state.time)
        self._moment = max(dt.datetime.now(dt.timezone.utc), before + dt.timedelta(microseconds=1))

    # ---- reading

    @property
    def moment(self) -> dt.datetime:
        """The time that articles get which are added before the next commit, in UTC."""
        return self._moment

    def states(self, path: str) -> dict[str, str]:
        """Return the ids of the committed articles read from ``path`` that are not removed, each with its state."""
        found = self._committed.headers_of(path)
        return {one.id: one.state for one in found if document_id(one.id) not in self._removed}

    def find(self, article_id: str) -> StoredHeader | None:
        """Return the header of a committed article that is not removed, or None."""
        return None if document_id(article_id) in self._removed else self._committed.find(article_id)

    def article(self, article_id: str) -> Article | None:
        """Return a committed article that is not removed, or None."""
        return None if document_id(article_id) in self._removed else self._committed.article(article_id)

    def versions_of(self, shared: str) -> list[KeptVersion]:
        """Return the committed articles, not removed, that are versions of the article with the id ``shared``, in order."""
        found = [] if self._committed.empty else self._committed.articles.versions_of(shared)
        return [one for one in found if document_id(one.id) not in self._removed]

    @property
    def own_fields(self) -> Mapping[str, ArticleField]:
        """The own fields of the index and those that the next commit adds, by name."""
        return self._own

    # ---- changing

    def keep(self, fields: Iterable[ArticleField]) -> None:
        """Give the index the own fields that it does not have yet: see :class:`newssearch.engines.protocol.Writer`."""
        joined = with_own_fields(self._own, fields)
        new = [row for name, row in joined.items() if name not in self._own]
        if new:
            self._client.put_mapping(self._state.base, own_mapping(new))
        self._own = joined

    def refusal(self, article: Article) -> str | None:
        """Return why the index cannot hold an article: see :class:`newssearch.engines.protocol.Writer`."""
        return refusal_of(article)

    def add(self, article: Article, state: str) -> None:
        """Add an article.

        ``state`` is a string by which the caller recognises later whether the article has changed.
        """
        if article.added is None:
            article = replace(article, added=self._moment)
        number = document_id(article.id)
        replaces = number in self._removed
        source = document_of(article, state, self._own, self._vocabulary.learn)
        source["commit"] = self._state.commit if replaces else self._state.claimed
        source["sequence"] = self._state.claimed * ARTICLES_OF_COMMIT + self._added
        self._stories.add(number, source)
        with self._changing():
            (self._spool if replaces else self._held).add(number, UnmarkedDocument.of(source))
            if self._held.size > HELD_BYTES:
                self._send_held(self._stories.foresee(self._committed.articles, self._held.ids))
        self._added += 1
        self._added_hashes += article_hash(article.id, state)
        self.pending += max(len(article.paragraphs), 1)

    def remove(self, ids: Iterable[str]) -> int:
        """Remove the committed articles with the given ids, and return how many of them existed."""
        removed = 0
        for article_id in ids:
            found = self.find(article_id)
            if found is not None:
                self._removed[document_id(found.id)] = article_hash(found.id, found.state)
                removed += 1
        return removed

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Note an error after which it is unknown what has arrived. All later changes raise it again."""
        if self._broken is not None:
            raise self._broken
        try:
            yield
        except NewssearchError as error:
            self._broken = error
            raise
        except BaseException:  # Ctrl-C: what was on its way may have arrived, even a whole commit
            self._broken = IndexWriteError(
                f"{index_address(self._client.place)}: a commit was interrupted; the next run finds out what became of it",
                self._client.place,
            )
            raise

    # ---- committing

    def commit(self, *, last: bool = True) -> None:
        """Commit all changes since the last commit. ``last`` makes no difference.

        The commit is on the disks of the cluster when this returns. Raises :class:`~newssearch.IndexWriteError` if it
        cannot be written, and :class:`~newssearch.IndexUnreachableError` if the cluster does not answer. An error while
        articles are replaced and removed may leave some of these changes in effect.
        """
        if not (self._added or self._removed):
            return
        with self._changing():
            self._commit(self._moment)

    def _commit(self, earliest: dt.datetime) -> None:
        fault_point("commit: begin")
        plan = self._stories.plan(self._state, self._committed.articles, self._removed)
        early = plan.marks.keys() & self._sent
        self._send_held(plan.marks)
        self._sender.flush()
        fault_point("commit: new articles sent")
        self._lock.check()
        self._client.refresh(self._state.words_index)
        self._rewrite(sorted(early), plan, self._own, MARKED)
        self._sender.flush()
        fault_point("commit: new articles marked")
        changed = [number for number in plan.marks if number not in self._stories.new]
        if self._removed or changed:
            self._change(plan, changed)
        state = self._state
        self._client.refresh(state.base)
        fault_point("commit: refreshed")
        self._lock.check()
        boilerplate = self._stories.write_boilerplate(state, plan, str(state.claimed))
        before = len(self._committed.articles) if state.articles is None else state.articles
        hashes = state.hash_sum + self._added_hashes - sum(self._removed.values())
        self._put(
            state._replace(
                number=state.number + 1,
                commit=state.claimed,
                claimed=state.claimed + 1,
                writing=state.claimed + 1,
                changing=False,
                time=max(dt.datetime.now(dt.timezone.utc), earliest),
                hash_sum=hashes % (1 << DIGEST_BITS),
                articles=before + self._added - len(self._removed),
                stamp=new_stamp(),
                own=self._kinds,
                boilerplate=boilerplate,
            )
        )
        fault_point("commit: done")
        self._stories.committed(self._state, plan)
        self._spool.clear()
        self._sent.clear()
        self._removed = {}
        self._added_hashes = self._added = self.pending = 0
        self._open()

    @property
    def _kinds(self) -> dict[str, OwnKind]:
        return {name: row.kind for name, row in self._own.items()}  # type: ignore[misc]

    def _send_held(self, marks: Mapping[str, StoryMarks]) -> None:
        """Send the new articles that wait, with their marks."""
        self._send(self._held, marks)
        self._sent |= self._held.ids
        self._held.clear()

    def _send(self, spool: Spool, marks: Mapping[str, StoryMarks]) -> None:
        for number, document in spool:
            content = document.marked(marks[number])
            self._sender.put(self._state.base, self._action("index", number, content, SENT))

    def _rewrite(
        self, numbers: list[str], plan: StoryPlan, own: Mapping[str, ArticleField], step: int
    ) -> None:
        """Send articles again that are in the index, as the plan marks them."""
        state = self._state
        for number, content in self._stories.rewritten(state, numbers, plan, own):
            fault_point("commit: marking")
            self._sender.put(state.base, self._action("index", number, content, step))

    def _change(self, plan: StoryPlan, marked: list[str]) -> None:
        """Replace and remove articles, and mark committed ones anew, after the state says that this is under way."""
        self._found = self._found._replace(state=self._state._replace(own=self._kinds))
        self._begin_changing(plan.unfinished.writing([*self._removed, *marked]))
        fault_point("commit: changing")
        state = self._state
        self._send(self._spool, plan.marks)
        for number in self._removed.keys() - self._spool.ids:
            self._sender.put(state.base, self._action("delete", number, None, SENT))
        self._rewrite(marked, plan, self._own, MARKED)
        self._sender.flush()
        fault_point("commit: changed")

    def publish(self, number: int) -> str:
        """Give the last commit another number, that of the index which it is about to replace plus 1, and end the writer.

        Returns the name of the index of articles.
        """
        self._lock.check()
        self._put(self._state._replace(number=number, writing=None, stamp=new_stamp()))
        return self._state.base

    def close(self) -> None:
        """Discard all uncommitted changes, and release the lock."""
        try:
            self._sender.close()
            self._spool.close()
            self._held.close()
            if self._broken is None and self._state.writing is not None:
                with suppress(NewssearchError):  # the next writer does it
                    self._leave()
        finally:
            if self._owns_lock:
                if isinstance(self._broken, IndexUnreachableError):
                    self._lock.abandon()
                else:
                    self._lock.release()

    def _leave(self) -> None:
        state = self._state
        if self._added:
            self._client.refresh(state.base)
            self._delete_uncommitted(DISCARDED)
            state = state.without(state.claimed)  # a request that was repeated may arrive once more
        self._lock.check()
        self._put(state._replace(writing=None))
