"""Finds out what is new to a saved search: the articles that it finds now and has never reported."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np

from newssearch._version import __version__
from newssearch.article import utc
from newssearch.commit import Commit
from newssearch.errors import AlertError, ArticleNotFoundError, NewssearchError
from newssearch.fields import COLUMNS_OF_TAGS, TAG, UNREAD_TAGS, by_name
from newssearch.identity import id_number, without_slug
from newssearch.index import Index
from newssearch.query import And, Field, Node, any_of, has_tags
from newssearch.request import HitContent, MatchOptions, Request, resolve
from newssearch.results import Hit
from newssearch.tabular import known_values

from .batch import AlertEntry, entry_id
from .saved import NOW, SavedSearch
from .state import VERSION_TYPE, AlertState, ArticleNumbers

IDS_AT_ONCE = 200
"""The largest number of articles for which the search is limited to them; for more, all of its hits are gone through."""
ARTICLES_ONE_BY_ONE = 500
"""The largest number of articles that are read one by one; for more, the whole index is read."""
_ATTEMPTS = 3
"""A search is made at most this number of times if the index gets another commit meanwhile, which only one on a cluster
can get while it is read."""


class News(NamedTuple):
    """What is new to a search, of one commit of the index.

    ``entries`` are to be reported, the best first, at most as many as the search allows; ``waiting`` is the number of
    others, which were not reported, and ``later`` are their ids without slugs. Of those that waited for this run, ``gone``
    are not in the index any more, and ``dropped`` are not found by the search, which was edited. ``covered`` counts the articles that are new but not news: copies of stories that
    were reported, and versions of articles. ``matching`` is the number of all articles found. ``asked`` is the digest of
    what was asked, see :class:`Question`. ``state`` is the state of the alert with all that was seen, entries included.
    ``without_tags`` says why the entries lack the tags of their articles; ``""`` if they have them.
    """

    entries: tuple[AlertEntry, ...]
    later: tuple[str, ...]
    gone: int
    dropped: int
    covered: int
    matching: int
    commit: Commit
    asked: str
    state: AlertState
    without_tags: str = ""

    @property
    def waiting(self) -> int:
        return len(self.later)


class Question(NamedTuple):
    """A saved search at a moment: its parsed query, its request for what matches, and a digest of what decides that."""

    tree: Node
    request: Request
    asked: str
    depends_on_run: bool
    """Whether the same articles may be found otherwise if they came into the index at another time."""


def question(index: Index, search: SavedSearch, now: dt.datetime) -> Question:
    """Return what a search asks of an index at a moment. Raises :class:`~newssearch.QueryError`."""
    request, own = search.request, by_name(index.own_fields)
    asked = {name: getattr(request, name) for name in ("literal", "names", "synonyms", "match")}
    tree = index.parse(search.query, **asked, now=now).tree
    options = {
        name: value for name, value in request.changed().items() if name in MatchOptions.__annotations__
    }
    for name in asked:  # which the tree has obeyed
        options.pop(name, None)
    asking = Request(**options, now=now)  # type: ignore[arg-type]
    resolved = resolve(asking, now, index.config.outlets, own)
    on_tags = has_tags(tree) or TAG in resolved.conditions or TAG in resolved.unwanted
    parts = [
        index.tags_stamp if on_tags else "",
        __version__, _with_bounds(tree), resolved.start, resolved.end, resolved.filters, resolved.exclusions,
        sorted((name, _with_bounds(node)) for name, node in (*resolved.conditions.items(), *resolved.unwanted.items())),
        sorted(resolved.unwanted), index.config.outlets, request.novel, search.each_copy, search.changes,
    ]  # fmt: skip
    digest = hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()
    return Question(tree, asking, digest, request.novel or "added:" in str(tree))


def _with_bounds(node: Node) -> list[object]:
    """Return a tree as text with the bounds of its dates, which its text does not have if they count from now."""
    bounds: list[object] = [str(node)]
    stack = [node]
    while stack:
        one = stack.pop()
        bounds += [getattr(one, name, None) for name in ("start", "end")]
        stack.extend(getattr(one, "children", ()))
    return bounds


def find_news(
    index: Index,
    search: SavedSearch,
    state: AlertState,
    now: dt.datetime,
    moment: dt.datetime,
    *,
    limit: int | None,
    timeout: float | None = None,
    edited: bool = False,
) -> News:
    """Return what is new to a search in the current commit of an index. ``limit`` is the largest number of entries.

    An article that waited is new even if the search does not find it any more, because its dates have moved on or the
    article has changed; but not if the search was ``edited``. Relative dates count from ``now``; ``moment`` is the time of the run in UTC. Each search is stopped after ``timeout``
    seconds. Raises :class:`~newssearch.QueryError` and :class:`~newssearch.SearchStoppedError`.
    """
    for _ in range(_ATTEMPTS):
        before = index.commit
        try:
            news = _NewsFinder(index, search, state, now, moment, timeout).news(limit, edited=edited)
        except (LookupError, NewssearchError):
            if index.commit == before:
                raise
            continue  # an article was removed while it was read
        if index.commit == news.commit:
            return news
    raise AlertError(
        "the index has got other commits again and again while it was searched; nothing was reported"
    )


class _Picked(NamedTuple):
    """Which articles are reported, with their reasons, which are only taken as seen, and which wait."""

    reported: dict[str, str]
    covered: list[str]
    waiting: list[str]


class _NewsFinder:
    """Looks for what is new to a search in one commit of an index."""

    def __init__(
        self,
        index: Index,
        search: SavedSearch,
        state: AlertState,
        now: dt.datetime,
        moment: dt.datetime,
        timeout: float | None,
    ) -> None:
        self._index = index
        self._search = search
        self._state = state
        self._now = now
        self._moment = moment
        self._timeout = timeout
        self._asked = question(index, search, now)
        self._commit = index.commit
        self._added: dict[str, dt.datetime | None] = {}
        self._large_stories: dict[str, tuple[str, ...]] = {}
        self._without_tags = ""
        self._late_ids: dict[str, str] = {}
        """The articles that waited and are not found now, with their reasons."""

    def news(self, limit: int | None, *, edited: bool) -> News:
        """Return what is new. In a first run, that is what ``start`` says; all else is taken as seen."""
        ids = self._find(self._asked.tree)
        if self._search.changes:
            self._added = {hit.id: hit.added for hit in self._scan(self._asked.tree, "fields")}
        state = self._state
        if not state.begun:
            old = self._found_before(ids, state.start or self._search.start)
            state = self._taken(replace(state, begun=True, start=""), old)
        unseen = ~state.has_seen(_numbers_of(ids))
        reasons = dict.fromkeys([one for one, is_new in zip(ids, unseen, strict=True) if is_new], "new")
        if self._search.changes:
            state, changed = self._changed(state, [one for one in ids if one not in reasons])
            reasons |= dict.fromkeys(changed, "changed")
        late, gone = self._late(ids)
        dropped = len(late) if edited else 0
        if late and not edited:
            seen = state.has_seen(_numbers_of(late))
            self._late_ids = dict(zip(late, ("changed" if one else "new" for one in seen), strict=True))
        picked = _Picked({}, [], [])
        if reasons or self._late_ids:
            picked = self._picked(state, reasons, limit)
        entries = tuple(self._entries(picked.reported))
        state = self._taken(state, [*picked.reported, *picked.covered])
        later = tuple(map(without_slug, picked.waiting))
        return News(
            entries,
            later,
            gone,
            dropped,
            len(picked.covered),
            len(ids),
            self._commit,
            self._asked.asked,
            state,
            self._without_tags,
        )

    def _late(self, ids: list[str]) -> tuple[list[str], int]:
        """Return the ids of the articles that waited and are not found now, and the number of those that are gone."""
        if not self._state.later:
            return [], 0
        found = {*map(without_slug, ids)}
        missing = [one for one in self._state.later if one not in found]
        late = []
        for one in missing:
            with suppress(ArticleNotFoundError):
                late.append(self._index.article(one).id)
        return late, len(missing) - len(late)

    def _find(self, tree: Node) -> list[str]:
        return self._index.find(tree, self._asked.request, timeout=self._timeout)

    def _scan(self, tree: Node, content: HitContent) -> Iterator[Hit]:
        """Yield the hits of a tree, one for each article, in the order of the search."""
        given = self._search.request
        request = self._asked.request.replace(group=False, sort=given.sort)
        if content == "snippets":
            request = request.replace(snippet=given.snippet)
        yield from self._scanned(tree, request, content)

    def _scanned(self, tree: Node, request: Request, content: HitContent) -> Iterator[Hit]:
        with self._index.scan(tree, request, content=content, timeout=self._timeout) as scan:
            if content == "snippets":  # of entries, which have the tags
                unread = (note.message for note in scan.diagnostics if note.kind == UNREAD_TAGS)
                self._without_tags = next(unread, self._without_tags)
            yield from scan

    def _hits(self, ids: Sequence[str], content: HitContent) -> Iterator[Hit]:
        """Yield the hits of the given articles: all in the order of the search, if they have no texts."""
        if len(ids) > IDS_AT_ONCE and content == "fields":
            wanted = {*ids}
            yield from (hit for hit in self._scan(self._asked.tree, content) if hit.id in wanted)
            return
        for low in range(0, len(ids), IDS_AT_ONCE):
            some = any_of([Field("id", one) for one in ids[low : low + IDS_AT_ONCE]])
            yield from self._scan(And((self._asked.tree, some)), content)

    def _late_hits(self, ids: Sequence[str], content: HitContent) -> Iterator[Hit]:
        """Yield the hits of articles that the search does not find any more, without its filters and dates."""
        given = self._search.request
        request = Request(group=False, sort=given.sort, snippet=given.snippet)
        for low in range(0, len(ids), IDS_AT_ONCE):
            some = any_of([Field("id", one) for one in ids[low : low + IDS_AT_ONCE]])
            tree = And((any_of([self._asked.tree, some]), some))
            yield from self._scanned(tree, request, content)

    def _found_before(self, ids: list[str], start: str) -> list[str]:
        """Return which of the articles that are found in a first run are no news."""
        if start == NOW:
            return ids
        condition = replace(self._search, start=start).first_condition(self._now)
        if condition is None:
            return []
        recent = {*self._find(And((self._asked.tree, condition)))}
        return [one for one in ids if one not in recent]

    # ---- which of them are news

    def _picked(self, state: AlertState, reasons: dict[str, str], limit: int | None) -> _Picked:
        """Decide which of the articles with a reason are reported: first those that waited and are not found now."""
        reported: dict[str, str] = {}
        covered: list[str] = []
        told: set[int] = set()  # the numbers of the articles of the stories that this run reports
        waiting: list[str] = []
        late = self._late_hits(list(self._late_ids), "fields")
        for hit in chain(late, self._hits(list(reasons), "fields")):
            others = self._copies(hit)
            reason = reasons.get(hit.id) or self._late_ids[hit.id]
            if reason == "new":
                reason = self._reason(state, hit, others, told)
            if not reason:
                covered.append(hit.id)
            elif limit is not None and len(reported) >= limit:
                waiting.append(hit.id)
            else:
                reported[hit.id] = reason
                told |= {id_number(hit.id), *map(id_number, others)}
        return _Picked(reported, covered, waiting)

    def _reason(self, state: AlertState, hit: Hit, others: tuple[str, ...], told: set[int]) -> str:
        """Return why an article that was never seen is reported: ``""`` if it is not, because its story was reported."""
        numbers = _numbers_of(others)
        seen = [one for one, is_seen in zip(others, state.has_seen(numbers), strict=True) if is_seen]
        if any(self._is_version(hit.id, one) for one in seen):
            return "changed" if self._search.changes else ""
        here = [one for one in others if id_number(one) in told]
        if self._search.each_copy or self._search.request.novel:
            return "" if any(self._is_version(hit.id, one) for one in here) else "new"
        return "" if seen or here else "new"

    def _is_version(self, article_id: str, other_id: str) -> bool:
        """Whether two articles of an archive that keeps all versions are versions of one."""
        names = [
            article.version_of or without_slug(article.id)
            for article in map(self._index.article, (article_id, other_id))
        ]
        return names[0] == names[1]

    def _copies(self, hit: Hit) -> tuple[str, ...]:
        """Return the ids of the other articles of a hit's story, all of them."""
        if hit.copies_total == len(hit.copies):
            return tuple(copy.id for copy in hit.copies)
        story = hit.story or hit.id
        if story not in self._large_stories:
            told = self._index.story(story, timeout=self._timeout)
            self._large_stories[story] = tuple(version.id for version in told.versions)
        return tuple(one for one in self._large_stories[story] if one != hit.id)

    # ---- what changed

    def _changed(self, state: AlertState, ids: list[str]) -> tuple[AlertState, list[str]]:
        """Return which seen articles have other content than when they were reported.

        An article that is as it was, but came into the index again, is noted in the returned state.
        """
        known = {int(row["number"]): row for row in state.versions}
        unknown = [one for one in ids if id_number(one) not in known]
        noted = [one for one in ids if id_number(one) in known]
        moved = [one for one in noted if self._came(one) != known[id_number(one)]["added"]]
        digests = self._digests(moved)
        is_changed = {one: digests[one] != known[id_number(one)]["digest"] for one in moved}
        as_before = [one for one in moved if not is_changed[one]]
        return self._noted(state, [*unknown, *as_before]), [one for one in moved if is_changed[one]]

    def _noted(self, state: AlertState, ids: Iterable[str]) -> AlertState:
        """Return the state with the present content of articles."""
        listed = list(ids)
        if not (self._search.changes and listed):
            return state
        digests = self._digests(listed)
        rows = {int(row["number"]): (row["number"], row["added"], row["digest"]) for row in state.versions}
        rows |= {id_number(one): (id_number(one), self._came(one), digests[one]) for one in listed}
        return replace(state, versions=np.array([rows[number] for number in sorted(rows)], VERSION_TYPE))

    def _taken(self, state: AlertState, ids: list[str]) -> AlertState:
        """Return the state with articles as seen."""
        return self._noted(state.with_seen(_numbers_of(ids)), ids) if ids else state

    def _came(self, article_id: str) -> int:
        """Return when the present version of an article came into the index, in microseconds."""
        added = self._added.get(article_id)
        return 0 if added is None else int((added - _BEGINNING) / dt.timedelta(microseconds=1))

    def _digests(self, ids: list[str]) -> dict[str, int]:
        """Return digests of the contents of articles."""
        wanted = {*ids}
        if len(wanted) > ARTICLES_ONE_BY_ONE:
            articles = (article for article in self._index if article.id in wanted)
        else:
            articles = (self._index.article(one) for one in ids)
        return {article.id: int(article.digest[:16], 16) for article in articles}

    # ---- entries

    def _entries(self, reported: dict[str, str]) -> Iterator[AlertEntry]:
        late = [one for one in reported if one in self._late_ids]
        found = [one for one in reported if one not in self._late_ids]
        hits = {
            hit.id: hit for hit in chain(self._late_hits(late, "snippets"), self._hits(found, "snippets"))
        }
        changed = [one for one, reason in reported.items() if reason == "changed"]
        digests = self._digests(changed)
        for one, reason in reported.items():
            digest = f"{digests[one]:016x}" if one in digests else ""
            yield {
                **known_values(hits[one].to_dict(), COLUMNS_OF_TAGS if self._without_tags else ()),
                "notes": [],  # which people write for themselves, and an output may send anywhere
                "entry": entry_id(self._state.identity, one, digest),
                "reason": reason,
                "search": self._search.name,
                "run": self._state.run + 1,
                "first_seen": utc(self._moment.replace(microsecond=0)),
            }


_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)


def _numbers_of(ids: Iterable[str]) -> ArticleNumbers:
    return np.fromiter(map(id_number, ids), "<u8")
