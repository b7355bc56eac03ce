"""Decides how an article that was read changes the index, and makes the change.

The identity of an article (:mod:`newssearch.identity`) may be new, or the index may have it: at the same place, at a
place that no longer exists (the file was moved), or at another one. If places differ in content, the newest content
is the current version. Content that the article never had is newer than all its earlier contents; if a run reads
several such contents, the last one read counts. If places have equal content, the first is the place of the article,
and the others are recorded as its other places.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from typing import Literal, NamedTuple

from newssearch.article import (
    NO_RECORD,
    STREAM,
    Article,
    Place,
    content_digest,
    same_content,
)
from newssearch.engines.protocol import Snapshot, Writer
from newssearch.identity import id_number, without_slug

from .changes import Changes
from .feeds import FeedArticles
from .files import reading_order
from .history import Held, History, Recall, next_version
from .shared_keys import SHARED, SharedKeys, Sketches
from .versions import SeparateVersions

ArticleOutcome = Literal["added", "updated", "unchanged", "moved", "duplicates", "ignored"]
"""The outcome for an article that was read; also the name of the count in :class:`~newssearch.IndexReport`."""
OnConflict = Literal["replace", "keep"]
"""The treatment of an article in memory whose identity the index has with other content: replace that content, or keep it."""


class Taken(NamedTuple):
    """The outcome for an article that was read, and the id that it has in the index."""

    outcome: ArticleOutcome
    id: str
    stored: bool = True
    """Whether the index holds the article as read from this place, not from another one."""
    is_aside: bool = False
    """Whether the decision is deferred to the end of the file."""


class Reconciler:
    """Compares the articles of a run with those that are committed and those added since, and changes the index.

    ``is_gone`` returns whether the file with a path no longer exists. ``displaced`` is called with an id, a path, and
    whether the content is the same, when that file no longer provides the article. ``changed`` is called with an id
    when a file's article gets other content. ``recall`` returns the history of an article in an earlier index, which
    a new article keeps. ``changes`` records each article that is added, replaced or removed.

    A change to an uncommitted article waits for the commit.
    """

    def __init__(
        self,
        writer: Writer,
        *,
        is_gone: Callable[[str], bool],
        displaced: Callable[[str, str, bool], None],
        changed: Callable[[str], None],
        changes: Changes,
        recall: Recall = lambda article: None,
        on_conflict: OnConflict | None = None,
        keeps_versions: bool = False,
        earlier: Snapshot | None = None,
    ) -> None:
        self._writer = writer
        self._is_gone = is_gone
        self._displaced = displaced
        self._changed = changed
        self._changes = changes
        self._recall = recall
        self._on_conflict = on_conflict
        self._pending: dict[int, Held] = {}
        self._sketches = Sketches(writer)
        self._stream_keys = SharedKeys(self._sketches, lambda article_id: False)
        self._keys: tuple[str, SharedKeys] | None = None  # with the path of the file that is being read
        self._sharing: set[int] = set()  # the numbers of articles whose key another article has, too
        self._waiting: dict[int, list[Article]] = {}
        self._noted: dict[str, list[Place]] = {}
        self._unread: dict[
            str, Place
        ] = {}  # places that count unless their file is read before the next commit
        self._forgotten: dict[str, set[str]] = {}  # paths that no longer hold an article, by its id
        self._read: set[str] = set()  # the files that were read since the last commit
        self._departed: dict[int, History] = {}  # removed in this run
        self._before: dict[int, History] = {}  # replaced in this run, as they were before
        self._restored: dict[int, list[str]] = {}  # digests of earlier contents that files have again
        self._aside: dict[str, Article] = {}  # the deferred articles of the current file, by id
        self._places: tuple[str, dict[Place, Held]] = ("", {})  # the committed articles of one file
        self._waiting_paragraphs = 0
        self._superseded: list[str] = []
        self._earlier = earlier
        self.feeds = FeedArticles(writer, self._put_elsewhere, changes)
        self.versions = (
            SeparateVersions(writer, self._digest_at, self._put, earlier) if keeps_versions else None
        )

    def _digest_at(self, article_id: str) -> str | None:
        held = self.held(article_id)
        return None if held is None else content_digest(held.state)

    @property
    def is_waiting(self) -> bool:
        """Whether changes wait for the next commit."""
        return bool(self._waiting or self._noted or self._unread or self._forgotten or self._superseded)

    @property
    def pending(self) -> int:
        """The number of paragraphs that memory holds until the next commit."""
        return self._writer.pending + self._waiting_paragraphs

    def held(self, article_id: str) -> Held | None:
        """Return the article with an id as it will be after the next commit; None if there is none."""
        number = id_number(article_id)
        if number in self._waiting:
            return Held.of(self._waiting[number][-1])
        if number in self._pending:
            return self._pending[number]
        found = self._writer.find(article_id)
        return None if found is None else Held(found.id, found.state, found.place)

    @property
    def shared_keys(self) -> int:
        """The number of articles that were kept apart from others with the same key."""
        return len(self._sharing)

    def _keys_of(self, path: str) -> SharedKeys:
        """Return the keys of the articles that were taken from a file since the last :meth:`end_file`."""

        def is_here(article_id: str) -> bool:
            held = self.held(article_id)
            return held is not None and held.place.path == path

        if self._keys is None or self._keys[0] != path:
            self._keys = path, SharedKeys(self._sketches, is_here)
        return self._keys[1]

    def _settled(self, article: Article, keys: SharedKeys) -> Article:
        """Return an article with an identity that no different article shares."""
        settled = keys.settle(article)
        if settled.provenance.get("key") == SHARED:
            self._sharing.add(id_number(settled.id))
        return settled

    def conflicts(self, articles: Iterable[Article]) -> list[str]:
        """Return the ids of the articles whose identity the index, or an earlier one of them, has with other content."""
        contents: dict[int, str] = {}
        versions = self.versions
        found: dict[str, None] = {}
        for article in articles:
            number = id_number(article.id)
            if number not in contents:
                held = self.held(article.id)
                if versions is not None and (last := versions.last(article.id)) is not None:
                    own = self.held(article.as_separate_version().id)
                    held = own if own is not None else self.held(last.id)
                contents[number] = article.digest if held is None else content_digest(held.state)
            if contents[number] != article.digest:
                found[article.id] = None
        return list(found)

    # ---- taking articles

    def take(self, article: Article, seen: Container[str] = (), twins: Iterable[str] = ()) -> Taken:
        """Take an article of a file.

        ``seen`` has the ids of the articles taken in this reading of the file. ``twins`` are the paths of other files
        with the same bytes, existing or gone.
        """
        self._read.add(article.place.path)
        article = self._settled(article, self._keys_of(article.place.path))
        if self.versions is not None:
            article = self.versions.separate(article)
        held = self.held(article.id)
        if (held is None or held.place.path != article.place.path) and article.id_at("") is not None:
            own = article
            article, held = self._at_its_place(own)
            if held is None:
                return self._take_from_twin(own, twins) or self._take_new(article)
        if held is None:
            return self._take_new(article)
        article = replace(article, id=held.id)
        path, old = article.place.path, held.place.path
        if path == old:
            return self._take_later(article, held) if held.id in seen else self._take_again(article, held)
        if held.place.record == NO_RECORD:
            return self._take_over(article, held)
        if self._is_gone(old):
            return self._move(article, held)
        if _is_elsewhere(old) or reading_order(path) < reading_order(old):
            return self._take_earlier(article, held)
        return self._take_later(article, held)

    def end_file(self) -> list[Article]:
        """Replace the articles of the file by the deferred ones, and return these."""
        self._keys = None
        aside, self._aside = self._aside, {}
        for article in aside.values():
            self._changed(article.id)
            self._replace(article)
        return [*aside.values()]

    def _take_later(self, article: Article, held: Held) -> Taken:
        """Take an article whose place comes after that of the article in the index."""
        if same_content(held.state, article.state):
            self._note(held.id, article.place)
            before = self._unread.get(held.id)
            if before is not None and before.path == article.place.path:
                del self._unread[held.id]  # an earlier file took its place, and it was counted as a duplicate
                return Taken("unchanged", held.id, stored=False)
            return Taken("duplicates", held.id, stored=False)
        if held.place.path == article.place.path:  # of several records in one file, the last counts
            self._restore(article, held)
            self._replace(article)
            self._displaced(held.id, held.place.path, False)
            return Taken("updated", held.id)
        return self._take_newer(article, held)

    def _restore(self, article: Article, held: Held) -> None:
        """Record that an article now has the content of the one that was read, which it may have had before."""
        if article.digest in self._contents(article, held):
            self._restored.setdefault(id_number(held.id), []).append(article.digest)

    def _take_newer(self, article: Article, held: Held) -> Taken:
        """Take an article with other content from another place, if it is newer than the content in the index."""
        if not self._is_newer(article, held):
            return Taken("ignored", held.id, stored=False)
        self._replace(article)
        self._displace(held, is_copy=False)
        return Taken("updated", held.id)

    def _displace(self, held: Held, *, is_copy: bool) -> None:
        """Report that the file of an article no longer provides it, unless the article is in no file."""
        if not _is_elsewhere(held.place.path) and held.place.record != NO_RECORD:
            self._displaced(held.id, held.place.path, is_copy)

    def _take_over(self, article: Article, held: Held) -> Taken:
        """Take an article that has left its feed, from another file."""
        if not same_content(held.state, article.state):
            return self._take_newer(article, held)
        self._replace(article)
        return Taken("unchanged" if held.state == article.state else "updated", held.id)

    def _is_newer(self, article: Article, held: Held) -> bool:
        """Whether the content that was read is newer than the different content in the index."""
        order = self._contents(article, held)
        if article.digest not in order:
            return True
        return order[article.digest] > order.get(content_digest(held.state), len(order))

    def _contents(self, article: Article, held: Held) -> dict[str, int]:
        """Return the digests of all contents of an article, numbered from the oldest."""
        number = id_number(held.id)
        past = self._departed.get(number) or self._before.get(number) or self._recall(article)
        digests = [] if past is None else [*(one.digest for one in past.earlier), past.digest]
        known = {*digests}
        since: list[str] = []
        if number in self._pending:
            since.append(content_digest(self._pending[number].state))
        elif (stored := self._writer.article(held.id)) is not None:
            since += [*(one.digest for one in stored.earlier), stored.digest]
        since += [waiting.digest for waiting in self._waiting.get(number, ())]
        digests += [digest for digest in since if digest not in known]
        digests += self._restored.get(number, ())
        return {digest: place for place, digest in enumerate(digests)}

    def _has_copy(self, held: Held, path: str) -> bool:
        """Whether a file that exists, other than ``path``, holds a copy of the article."""
        stored = self._pending.get(id_number(held.id))
        if stored is None and (article := self._writer.article(held.id)) is not None:
            stored = Held.of(article)
        others = stored.other_places if stored is not None and same_content(stored.state, held.state) else ()
        gone = self._forgotten.get(held.id, set())
        unread = self._unread.get(held.id)
        noted = (*self._noted.get(held.id, ()), *((unread,) if unread else ()))
        places = (place.path for place in (*others, *noted))
        return any(other not in gone and other != path and not self._is_gone(other) for other in places)

    def _take_earlier(self, article: Article, held: Held) -> Taken:
        """Take an article whose place comes before that of the article in the index."""
        if not same_content(held.state, article.state):
            return self._take_newer(article, held)
        if _is_elsewhere(held.place.path):
            self._note(held.id, article.place)
            return Taken("duplicates", held.id, stored=False)
        self._replace(article)
        self._displaced(held.id, held.place.path, True)
        if held.place.path in self._read:
            self._note(held.id, held.place)
        else:
            self._unread[held.id] = held.place
        return Taken("duplicates", held.id)

    def _move(self, article: Article, held: Held) -> Taken:
        """Take an article whose indexed place was in a file that no longer exists."""
        if not same_content(held.state, article.state) and not self._is_newer(article, held):
            if self._has_copy(held, article.place.path):
                return Taken("ignored", held.id, stored=False)
            self._changed(held.id)  # another file may hold a newer one of the remaining contents
        if self.versions is not None:
            self.versions.moved(article, held.place.path)
        self._replace(article)
        self._changes.move(held.id)
        self._displace(held, is_copy=True)
        return Taken("moved" if held.state == article.state else "updated", held.id)

    def take_loose(self, article: Article) -> Taken:
        """Take an article that belongs to no file; it is newer than all files."""
        if article.path == STREAM:
            article = self._settled(article, self._stream_keys)
        if article.added is not None:  # it was read from another index
            article = replace(article, added=None, version=1, earlier=(), other_places=(), version_of=None)
        if self.versions is not None:
            last = self.versions.last(article.id)
            article = self.versions.separate(article)
            if last is not None and self.held(article.id) is None:
                if self._on_conflict == "keep":
                    return Taken("ignored", last.id, stored=False)
                if self._on_conflict == "replace":
                    self._superseded.append(last.id)
        held = self.held(article.id)
        if held is None:
            return self._take_new(article)
        number, article = id_number(held.id), replace(article, id=held.id)
        if held.state == article.state:
            return Taken("duplicates" if number in self._pending else "unchanged", held.id)
        if self._on_conflict == "keep" and not same_content(held.state, article.state):
            return Taken("ignored", held.id, stored=False)
        self._replace(article)
        self._displace(held, is_copy=False)
        return Taken("updated", held.id)

    def _take_new(self, article: Article) -> Taken:
        article = replace(self._continued(article, None), other_places=())
        self._add(article)
        self._changes.add(article, self._pending[id_number(article.id)].state)
        return Taken("added", article.id)

    def _continued(self, article: Article, old: History | None) -> Article:
        """Return an article with the id and the history of the ``old`` one that it replaces.

        If an earlier index, or this one before a removal in this run, has the content as one of its versions, the
        article becomes that version. Otherwise it becomes the next one.
        """
        number = id_number(article.id)
        departed = self._departed.get(number)
        past = departed or self._recall(article)
        if past is not None and id_number(past.id) != number and self.held(past.id) is not None:
            past = None  # another article has this id by now
        version = None if past is None or departed is not None else past.version_of(article.digest)
        known = self._before.get(number) if departed is None else departed
        if version is not None:
            old = version
        elif known is not None and known.digest == article.digest:
            old = known  # another file of the run has brought other content meanwhile
        return article if (before := old or past) is None else next_version(article, before)

    def _take_again(self, article: Article, held: Held) -> Taken:
        """Take an article that this file already had, at this place or another.

        An article with other content at another place is deferred, because the indexed one may follow: of two records
        of one article, the later one counts.
        """
        self._aside.pop(held.id, None)
        if held.state == article.state and held.place == article.place:
            return Taken("unchanged", held.id)
        if not same_content(held.state, article.state):
            if held.place != article.place:
                self._aside[held.id] = article
                return Taken("ignored", held.id, stored=False, is_aside=True)
            self._restore(article, held)
            self._changed(held.id)
        self._replace(article)
        return Taken("unchanged" if held.state == article.state else "updated", held.id)

    def _take_from_twin(self, article: Article, twins: Iterable[str]) -> Taken | None:
        """Take an article that is identified only by its place, if a file with the same bytes has it, or had it
        before a move.
        """
        for path in twins:
            other = article.id_at(path)
            if other is None:
                return None
            held = self.held(other) or self._at(Place(path, article.member, article.record))
            if held is None:
                continue
            found = replace(article, id=held.id)
            if self._is_gone(held.place.path):
                return self._move(found, held)
            if held.state == found.state:
                self._note(held.id, article.place)
                return Taken("duplicates", held.id, stored=False)
        return None

    def _at_its_place(self, article: Article) -> tuple[Article, Held | None]:
        """Return an article that is identified only by its place with its id, and the indexed article at that place.

        The article that was at this place before may have been moved, and keeps its id. The new one then gets another
        id.
        """
        held = self._at(article.place)
        if held is not None and held.place == article.place:
            before = self._writer.article(held.id)
            if before is not None and before.url is None and before.key == article.key:
                return article, held
        number, first = 1, article
        while (held := self.held(article.id)) is not None and held.place.path != first.place.path:
            number += 1
            article = first.as_successor(number)
        return article, held

    def _at(self, place: Place) -> Held | None:
        """Return the committed article at a place, whose id may come from an earlier place; None if there is none."""
        if self._places[0] != place.path:
            found = filter(None, map(self._writer.find, self._writer.states(place.path)))
            self._places = place.path, {one.place: Held(one.id, one.state, one.place) for one in found}
        held = self._places[1].get(place)
        return None if held is None else self.held(held.id)

    # ---- versions

    def obsolete(self, ids: Iterable[str], path: str) -> Iterable[str]:
        """Return the articles to remove, among those that are no longer in a file."""
        return ids if self.versions is None else self.versions.obsolete(ids, path)

    def lost_versions(self) -> Iterable[Article]:
        """Return versions of the earlier index that are in no file any more, if other versions of the article still are."""
        return () if self.versions is None else self.versions.lost()

    # ---- articles that have left their feeds

    def keep(self, article: Article, path: str) -> None:
        """Add an article of the earlier index that is no longer in its feed, whose path is ``path`` now.

        If the new index has the article from another file, the newer content counts.
        """
        kept = replace(article, path=path, record=NO_RECORD, other_places=())
        if self.versions is None and article.version_of is not None:  # the last version becomes the article
            if self._earlier is None or self._earlier.versions_of(article.version_of)[-1].id != article.id:
                return
            kept = replace(kept, id=article.shared_id, version_of=None, version=1, earlier=())
        if self.versions is not None:
            shared = article.version_of or without_slug(article.id)
            if self.versions.has_taken(shared, article.path or ""):
                return  # it is one of the lost versions
            kept = replace(kept, version_of=shared)
        held = self.held(kept.id)
        if held is None:
            self._add(kept)
            self._changes.add(kept, self._pending[id_number(kept.id)].state)
        elif not same_content(held.state, kept.state) and self._is_newer(kept, held):
            self._replace(kept)
            self._displace(held, is_copy=False)
        else:
            return
        self.feeds.left.add(id_number(kept.id))

    # ---- changing the index

    def remove(self, ids: Iterable[str]) -> None:
        """Remove articles. A copy that is read later in the run gets their history."""
        for article_id in ids:
            article = self._writer.article(article_id)
            if article is not None:
                self._departed[id_number(article_id)] = History.of(article)
                self.feeds.left.discard(id_number(article_id))
                self._changes.remove(article)
                self._writer.remove([article_id])

    def forget(self, article_id: str, path: str) -> None:
        """Record that a file no longer holds a copy of an article."""
        self._forgotten.setdefault(article_id, set()).add(path)

    def _add(self, article: Article) -> None:
        held = Held.of(article)
        self._writer.add(article, held.state)
        self._pending[id_number(article.id)] = held

    def _replace(self, article: Article) -> None:
        """Replace the article with the same id, as its next version if the content differs."""
        number = id_number(article.id)
        self.feeds.left.discard(number)
        held = self.held(article.id)
        if held is not None and not same_content(held.state, article.state):
            self._noted.pop(held.id, None)  # these places have the previous content
            self._unread.pop(held.id, None)
        if number in self._pending:
            self._changes.replace(article, article.state, None)
            self._waiting.setdefault(number, []).append(article)
            self._waiting_paragraphs += len(article.paragraphs)
            return
        old = self._writer.article(article.id)
        assert old is not None, "an article that is not pending is committed"
        self._changes.replace(article, article.state, old)
        history = History.of(old)
        self._before.setdefault(number, history)
        self._put(self._continued(article, history))

    def _put(self, article: Article) -> None:
        """Replace the committed article with the same id."""
        self._changes.rewrite(article)
        self._writer.remove([article.id])
        self._add(article)

    def _put_elsewhere(self, article: Article) -> None:
        """Replace the committed article that has the same id and content, but another place."""
        self._before.setdefault(id_number(article.id), History.of(article))
        self._put(article)

    def _note(self, article_id: str, place: Place) -> None:
        if not _is_elsewhere(place.path):
            self._noted.setdefault(article_id, []).append(place)

    def committed(self) -> bool:
        """Apply the changes that waited for the commit, and return whether there were any, which makes another commit due."""
        waiting, self._waiting, self._waiting_paragraphs = self._waiting, {}, 0
        self._pending.clear()
        self._places = "", {}
        self._sketches.committed()
        superseded, self._superseded = self._superseded, []
        for old in filter(None, map(self._writer.article, superseded)):
            self._changes.remove(old)
        self._writer.remove(superseded)
        for articles in waiting.values():
            current = self._writer.article(articles[0].id)
            assert current is not None, "it has just been committed"
            committed = current
            for article in articles:
                history = History.of(replace(current, added=current.added or committed.added))
                current = self._continued(article, history)
            self._put(replace(current, other_places=self._take_noted_places(current)))
        written = self._write_noted_places()
        self._read.clear()
        return written or bool(waiting or superseded)

    def _write_noted_places(self) -> bool:
        """Write the other places of articles as recorded or forgotten. Return whether any have changed."""
        written = False
        for article_id in [*self._noted, *self._unread, *self._forgotten]:
            article = self._writer.article(article_id)
            if article is None:
                continue
            places = self._take_noted_places(article)
            if places != article.other_places:
                self._put(replace(article, other_places=places))
                written = True
        self._noted.clear()
        self._unread.clear()
        self._forgotten.clear()
        return written

    def _take_noted_places(self, article: Article) -> tuple[Place, ...]:
        """Return the other places of an article, updated by those recorded since the last commit, and clear the record."""
        noted, forgotten = self._noted.pop(article.id, []), self._forgotten.pop(article.id, set())
        unread = self._unread.pop(article.id, None)
        kept = {
            place
            for place in (*article.other_places, *((unread,) if unread else ()))
            # a file that was read has recorded all of its places
            if not (place.path in self._read or place.path in forgotten or self._is_gone(place.path))
        }
        return tuple(sorted({*kept, *noted} - {article.place}, key=_in_order))


def _is_elsewhere(path: str) -> bool:
    """Whether a path is not that of a file: the article came from a stream, or from memory."""
    return path in ("", STREAM)


def _in_order(place: Place) -> tuple[list[tuple[bool, str]], str, int]:
    return reading_order(place.path), place.member or "", place.record
