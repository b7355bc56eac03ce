"""The writer of an archive on a cluster.

New articles are held back until the commit, because later ones decide which of their paragraphs are boilerplate: each
is then sent once. If a run adds very many between two commits, some are sent earlier, and again if later ones change
their marks. Uncommitted documents carry a number that the writer has *claimed*, and that searches exclude until a
commit names it. The commit sends the remaining new articles, then replaces and removes committed ones, refreshes the
index, and finally overwrites the state.

A search thus sees all new articles of a commit at once. Replacements and removals become visible one by one during
the commit. A replacement keeps the number that is already committed, so that at each moment either the old or the new
version is visible.

A killed run leaves documents that no search sees, which the next writer deletes. If it was killed while it replaced
and removed articles, the next writer rewrites all documents concerned as it finds them, and recomputes the sum of the
article hashes. Its document versions are higher, so that late requests of a run that was only suspended are refused.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, Literal

from newssearch.article import Article
from newssearch.commit import DIGEST_BITS, article_hash
from newssearch.display.index_address import index_address
from newssearch.engines.protocol import KeptVersion, StoredHeader, with_own_fields
from newssearch.errors import IndexDamagedError, IndexUnreachableError, IndexWriteError, NewssearchError
from newssearch.fields import ArticleField, OwnKind, by_name
from newssearch.system.fault_points import fault_point

from .article_limits import refusal_of
from .bulk import Action
from .checkpoints import STEPS, WrittenCheckpoints, checkpoint_actions
from .client import Client
from .committed_articles import CommittedArticles
from .documents import document_id, document_of
from .failures import ConflictError
from .lock import ClusterLock
from .mapping import own_mapping
from .sampled_article import StoryMarks
from .sending import NewWords, Sender, Spool, UnmarkedDocument, check_outcome
from .state import OF_ONE_MOMENT, State, new_stamp, read_state, taken_over, withdraw_guard, write_state
from .stored_articles import Opened, StoredArticles, hash_sum_of, own_kinds_of, written_checkpoints
from .story_keeper import StoryKeeper
from .story_plan import DocumentNumbers, StoryPlan, Unfinished
from .tokens import KNOWN_PIECES

HELD_BYTES = 256_000_000
"""The size in bytes of the new articles that may be held back until the commit. Beyond it, they are sent early."""
ARTICLES_OF_COMMIT = 1 << 32
"""The field ``sequence`` of an article is the number of its commit times this, plus its index in the commit."""

DELETED, WRITTEN_AGAIN, MENDED, SENT, MARKED, DISCARDED = range(6)
"""The steps of a writer: see :data:`.checkpoints.STEPS`.

Leftovers of earlier writers are deleted, rewritten and mended. New articles are then sent and marked. At the end,
uncommitted ones are discarded.
"""
UNKNOWN_WRITERS = 1_000
"""The number of claims that a writer skips when it finds a state older than its articles, for writers that were
killed since.
"""

_log = logging.getLogger(__name__)

EARLIEST_MOMENT = dt.datetime.min.replace(tzinfo=dt.timezone.utc)


class OpenSearchWriter:
    """The only writer of an archive: see :class:`newssearch.engines.protocol.Writer`.

    It holds ``lock``, and releases it when it is closed if it ``owns_lock``. ``state_index`` is the state index of a
    rebuild. All its times are later than ``after``. If the articles do not match the last commit, it raises
    :class:`~newssearch.IndexDamagedError`; with ``mends``, it instead makes a commit of the articles that exist.
    """

    def __init__(
        self,
        client: Client,
        lock: ClusterLock,
        after: dt.datetime | None = None,
        state_index: str | None = None,
        *,
        owns_lock: bool = True,
        mends: bool = False,
    ) -> None:
        self._client = client
        self._lock = lock
        self._owns_lock = owns_lock
        self._sender = Sender(client, lock.check)
        self._shards: int | None = None
        try:
            if state_index is None:
                withdraw_guard(client)
            self._found = read_state(client, state_index)
            written = self._written(mends=mends)
            lags = written.least < self._state.checkpoint
            self._claim(written)
            self._stories = StoryKeeper(client, self._state)
            self._recover()
            articles = self._checked(lags=lags, mends=mends)
            self._moment = after or EARLIEST_MOMENT
            self._latest = articles.last_added or EARLIEST_MOMENT
            """The latest time at which an article was added to the index, the next commit included."""
            self._begin_commit()
        except BaseException:
            self._sender.close()
            if owns_lock:
                lock.release()
            raise
        self._own = by_name(self._state.rows)
        self._vocabulary = NewWords(self._sender, self._state.words_index)
        self._spool = Spool()
        """The replacements of committed articles."""
        self._held = Spool()
        """The new articles that were not sent yet."""
        self._sent: set[str] = set()
        """The document ids of the new articles that were sent."""
        self._removed: dict[str, int] = {}
        """The hash of each article that the next commit replaces or removes, by document id."""
        self._added_hashes = self._added = 0
        self.pending = 0
        """The number of paragraphs added since the last commit."""
        self._broken: NewssearchError | None = None
        """The error after which it is unknown which changes have taken effect. The next writer finds out."""

    @property
    def _state(self) -> State:
        return self._found.state

    # ---- beginning

    def _written(self, *, mends: bool) -> WrittenCheckpoints:
        """Return the checkpoints of the articles.

        Raises :class:`~newssearch.IndexDamagedError` if somebody has restored a state that is older than the
        articles, or articles that may be older than a state whose digest is not valid now, unless ``mends``.
        """
        state, client = self._state, self._client
        opened = Opened(state, None)
        found = written_checkpoints(client, opened)
        if (
            mends or found.least < state.checkpoint
        ):  # checkpoints left by a node that died may not be visible yet
            client.refresh(state.base)
            found = written_checkpoints(client, opened)
        which = ""
        if found.writer > state.claimed:
            which = "its last commit is older than its articles"
        elif found.least < state.checkpoint and state.changing:
            which = "its articles are older than its last commit"
        if which and not mends:
            message = f"{index_address(client.place)}: the index is damaged: {which}: {OF_ONE_MOMENT}"
            raise IndexDamagedError(message, client.place)
        return found

    def _claim(self, written: WrittenCheckpoints) -> None:
        """Claim a number that no other writer has. From then on a suspended earlier writer can no longer commit.

        If the state is older than the checkpoints in ``written``, all commits that have arrived are accepted.
        """
        state = self._state
        if written.writer > state.claimed:
            state = self._above(written.writer)._replace(commit=written.writer)
        elif state.writing is not None:
            state = state.without(state.writing)
        self._lock.check()
        self._put(state._replace(claimed=state.claimed + 1, writing=state.claimed + 1))

    def _above(self, newest: int) -> State:
        """Return the state with a number higher than that of the ``newest`` writer and of any killed after it."""
        number = newest + UNKNOWN_WRITERS
        return self._state._replace(claimed=number, writing=number)

    def _action(
        self, kind: Literal["index", "delete"], number: str, content: bytes | None, step: int
    ) -> Action:
        return Action(kind, number, content, self._state.claimed * STEPS + step)

    def _recover(self) -> None:
        """Clean up after a writer that was killed or lost its lock, also in the middle of a commit."""
        self._client.refresh(self._state.base)
        self._delete_uncommitted(DELETED)
        if not self._state.changing:
            return
        left = self._stories.noted(self._state)
        self._write_again(left.written)
        articles = self._articles()
        hash_sum = hash_sum_of(articles)
        plan = self._mend_stories(articles, left)
        self._lock.check()
        checkpoint = self._write_checkpoints(MENDED)
        self._client.refresh(self._state.base)
        state = self._state
        name = self._stories.write_boilerplate(state, plan, f"{state.claimed}-mended")
        self._lock.check()
        now = max(dt.datetime.now(dt.timezone.utc), state.time + dt.timedelta(microseconds=1))
        state = state._replace(number=state.number + 1, time=now, stamp=new_stamp())
        number = len(StoredArticles(self._client, Opened(state, None)))
        self._put(
            state._replace(
                changing=False,
                removing=0,
                hash_sum=hash_sum,
                articles=number,
                boilerplate=name,
                checkpoint=checkpoint,
            )
        )
        self._stories.committed(self._state, plan)

    def _write_again(self, numbers: DocumentNumbers) -> None:
        """Rewrite documents as they are, or delete them again, with this writer's number.

        Requests of an earlier writer that arrive later are then refused, because their version is lower.
        """
        state = self._state
        for number, content in self._stories.current_documents(state, numbers):
            action = self._action("delete" if content is None else "index", number, content, WRITTEN_AGAIN)
            self._sender.put(state.base, action)
        self._sender.flush()
        fault_point("recovery: written again")
        self._client.refresh(state.base)

    def _mend_stories(self, articles: StoredArticles, left: Unfinished) -> StoryPlan:
        """Update the stories that the previous writer was about to change, and return the plan."""
        plan = self._stories.mending_plan(self._state, articles, left)
        if plan.marks:
            self._begin_changing(left.joined(plan.unfinished).writing(plan.marks), self._state.removing)
            self._rewrite([*plan.marks], plan, by_name(self._state.rows), MENDED)
            self._sender.flush()
            fault_point("recovery: marked")
            self._client.refresh(self._state.base)
        return plan

    def _checked(self, *, lags: bool, mends: bool) -> StoredArticles:
        """Return the committed articles, after checking their number and digest.

        If only the number in the state is wrong, or a checkpoint ``lags`` behind the state, this is corrected. If the
        digest is wrong, raises :class:`~newssearch.IndexDamagedError`; with ``mends``, the state gets the number and
        digest of the articles that exist.
        """
        articles, state = self._articles(), self._state
        number = len(articles)
        if number == state.articles and not (lags or mends):
            return articles
        hash_sum = hash_sum_of(articles)
        if mends or hash_sum == state.hash_sum:
            self._write_checkpoints(MENDED)
            self._client.refresh(state.base)
        if (number, hash_sum) == (state.articles, state.hash_sum):
            return articles
        place = self._client.place
        if hash_sum != state.hash_sum:
            if not mends:
                self._put(state._replace(writing=None))
                what = f"its last commit has {state.articles:,} articles, and there are {number:,}"
                if number == state.articles:
                    what = "its articles are older than its last commit"
                raise IndexDamagedError(
                    f"{index_address(place)}: the index is damaged: {what}: {OF_ONE_MOMENT}", place
                )
            now = max(dt.datetime.now(dt.timezone.utc), state.time + dt.timedelta(microseconds=1))
            own = {**own_kinds_of(articles), **state.own}
            state = state._replace(
                number=state.number + 1, time=now, stamp=new_stamp(), hash_sum=hash_sum, own=own
            )
        self._put(state._replace(articles=number))
        message = "%s: the last commit stated %d articles; now it states the %d that are there"
        _log.info(message, index_address(place), state.articles, number)
        return self._articles()

    def _articles(self) -> StoredArticles:
        return StoredArticles(self._client, Opened(self._state, None))

    def _begin_changing(self, unfinished: Unfinished, removing: int) -> None:
        """Record the documents to be replaced, deleted and marked, then mark the state as changing."""
        before, name = self._state, str(self._state.claimed)
        self._stories.note(before, name, unfinished)
        self._put(before._replace(changing=True, removing=removing, unfinished=name))
        self._stories.forget_note(self._state, before.unfinished)

    def _delete_uncommitted(self, step: int) -> None:
        state = self._state
        conditions: list[dict[str, Any]] = [{"range": {"commit": {"gt": state.commit}}}]
        if state.dead:
            conditions.append({"terms": {"commit": list(state.dead)}})
        body = {
            "query": {"bool": {"should": conditions}}, "_source": False, "docvalue_fields": ["commit"], "sort": [{"id": "asc"}]
        }  # fmt: skip
        opened = Opened(state, None)
        found = {
            hit["_id"]: int(hit["fields"]["commit"][0])
            for page in StoredArticles(self._client, opened)._pages(opened, body)
            for hit in page
        }
        if not found:
            return
        newest = max(found.values())
        if step == DELETED and newest >= state.claimed:  # somebody has restored an older state
            self._put(self._above(newest))
        self._lock.check()
        actions = (self._action("delete", one, None, step) for one in found)
        check_outcome(self._client.place, self._client.bulk(actions, state.base, refresh=True))

    def _put(self, state: State) -> None:
        try:
            self._found = write_state(self._client, state, self._found.document)
        except ConflictError:
            raise taken_over(self._client.place) from None

    def _begin_commit(self) -> None:
        """Start from the last commit, and choose the time of the next one. This makes no request."""
        self._committed = CommittedArticles(self._articles(), empty=not self._state.articles)
        before = max(self._moment, self._latest, self._state.time)
        self._moment = max(dt.datetime.now(dt.timezone.utc), before + dt.timedelta(microseconds=1))

    # ---- reading

    @property
    def moment(self) -> dt.datetime:
        """The time, in UTC, that articles added before the next commit get."""
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
        """Add the own fields that the index does not have yet: see :class:`newssearch.engines.protocol.Writer`."""
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

        ``state`` is a fingerprint by which the caller later recognises whether the article has changed.
        """
        if article.added is None:
            article = replace(article, added=self._moment)
        assert article.added is not None
        self._latest = max(self._latest, article.added)
        number = document_id(article.id)
        replaces = number in self._removed
        source = document_of(article, state, self._own, self._vocabulary.learn)
        source["commit"] = self._state.commit if replaces else self._state.claimed
        source["sequence"] = self._state.claimed * ARTICLES_OF_COMMIT + self._added
        self._stories.add(number, source)
        with self._changing():
            (self._spool if replaces else self._held).add(number, UnmarkedDocument.of(source))
            if self._held.size > HELD_BYTES:
                self._send_held(self._stories.provisional_marks(self._committed.articles, self._held.ids))
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
        """Remember an error that leaves it unknown which requests have arrived. All later changes raise it again."""
        if self._broken is not None:
            raise self._broken
        try:
            yield
        except NewssearchError as error:
            self._broken = error
            raise
        except BaseException:  # Ctrl-C: requests on their way may have arrived, even a whole commit
            self._broken = IndexWriteError(
                f"{index_address(self._client.place)}: a commit was interrupted; the next run finds out what became of it",
                self._client.place,
            )
            raise

    # ---- committing

    def commit(self, *, last: bool = True) -> None:
        """Commit all changes since the last commit. ``last`` has no effect.

        When this returns, the commit is on the disks of the cluster. Raises :class:`~newssearch.IndexWriteError` if
        it cannot be written, and :class:`~newssearch.IndexUnreachableError` if the cluster does not respond. An error
        while articles are replaced and removed may leave some of these changes in effect.
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
        self._lock.check()
        checkpoint = self._write_checkpoints(MARKED)
        state = self._state
        self._client.refresh(state.base)
        fault_point("commit: refreshed")
        self._lock.check()
        boilerplate = self._stories.write_boilerplate(state, plan, str(state.claimed))
        hashes = state.hash_sum + self._added_hashes - sum(self._removed.values())
        self._put(
            state._replace(
                number=state.number + 1,
                commit=state.claimed,
                claimed=state.claimed + 1,
                writing=state.claimed + 1,
                changing=False,
                removing=0,
                time=max(dt.datetime.now(dt.timezone.utc), earliest),
                hash_sum=hashes % (1 << DIGEST_BITS),
                articles=state.articles + self._added - len(self._removed),
                stamp=new_stamp(),
                own=self._kinds,
                boilerplate=boilerplate,
                checkpoint=checkpoint,
            )
        )
        fault_point("commit: done")
        self._stories.committed(self._state, plan)
        self._spool.clear()
        self._sent.clear()
        self._removed = {}
        self._added_hashes = self._added = self.pending = 0
        self._begin_commit()

    def _write_checkpoints(self, step: int) -> int:
        """Write the checkpoint of each shard, after everything else has arrived, and return its number."""
        state = self._state
        if self._shards is None:
            self._shards = int(self._client.settings(state.base)["index.number_of_shards"])
        number = state.claimed * STEPS + step
        check_outcome(
            self._client.place, self._client.bulk(checkpoint_actions(self._shards, number), state.base)
        )
        return number

    @property
    def _kinds(self) -> dict[str, OwnKind]:
        return {name: row.kind for name, row in self._own.items()}  # type: ignore[misc]

    def _send_held(self, marks: Mapping[str, StoryMarks]) -> None:
        """Send the new articles that were held back, with their marks."""
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
        """Send articles that are in the index again, with the marks of the plan."""
        state = self._state
        for number, content in self._stories.rewritten(state, numbers, plan, own):
            fault_point("commit: marking")
            self._sender.put(state.base, self._action("index", number, content, step))

    def _change(self, plan: StoryPlan, marked: list[str]) -> None:
        """Replace and remove articles, and update the marks of committed ones, after the state says that this is
        under way.
        """
        self._found = self._found._replace(state=self._state._replace(own=self._kinds))
        removing = len(self._removed.keys() - self._spool.ids)
        self._begin_changing(plan.unfinished.writing([*self._removed, *marked]), removing)
        fault_point("commit: changing")
        state = self._state
        self._send(self._spool, plan.marks)
        for number in self._removed.keys() - self._spool.ids:
            self._sender.put(state.base, self._action("delete", number, None, SENT))
        self._rewrite(marked, plan, self._own, MARKED)
        self._sender.flush()
        fault_point("commit: changed")

    def publish(self, number: int) -> str:
        """Set the number of the last commit, which for a rebuild is that of the replaced index plus 1, and end the
        writer.

        Returns the name of the index of articles.
        """
        self._lock.check()
        self._put(self._state._replace(number=number, writing=None, placed=True, stamp=new_stamp()))
        return self._state.base

    def close(self) -> None:
        """Discard all uncommitted changes, and release the lock."""
        try:
            self._sender.close()
            self._spool.close()
            self._held.close()
            KNOWN_PIECES.forget()
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
            state = state.without(state.claimed)  # a repeated request may arrive again
        self._lock.check()
        self._put(state._replace(writing=None))
