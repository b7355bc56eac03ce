"""The files of a run that are feeds, or contain feeds: what they lost since they were last read, and where they were before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from newssearch.article import NO_RECORD, Article
from newssearch.engines.protocol import Snapshot

from .feeds import FeedArticles, has_left
from .manifest import Entry, Manifest
from .run_state import FileRun
from .shared_keys import Sketch


class _ReadFeed(NamedTuple):
    """A file with feeds that a rebuild has read: its feeds, and the ids and keys of its articles."""

    feeds: frozenset[str]
    seen: frozenset[str]
    keys: Mapping[str, list[Sketch]]


class EarlierFeeds:
    """The articles of an earlier index that have left their feeds, for the index that is rebuilt from it.

    ``manifest`` is that of the earlier index. ``is_gone`` returns whether the file with a path no longer exists.
    """

    def __init__(self, earlier: Snapshot, manifest: Manifest, is_gone: Callable[[str], bool]) -> None:
        self._earlier = earlier
        self._manifest = manifest
        self._is_gone = is_gone
        self._read: dict[str, _ReadFeed] = {}

    def note(self, path: str, run: FileRun) -> None:
        """Record that a file was read, if it is or was a feed."""
        entry = self._manifest.entries.get(path)
        feeds = _feeds_before(entry, run)
        # the manifest may lack feeds: it was lost once, and the file was something else when it was next read
        if feeds or self._has_kept(path, run):
            self._read[path] = _ReadFeed(frozenset(feeds), frozenset(run.seen), run.keys)

    def _has_kept(self, path: str, run: FileRun) -> bool:
        """Whether the earlier index has articles of a file that had left a feed in it, and are not in it now."""
        missing = (one for one in self._earlier.ids_of(path) if one not in run.seen)
        return any(
            found is not None and found.place.record == NO_RECORD
            for found in map(self._earlier.find, missing)
        )

    def articles(self) -> Iterator[tuple[str, Article]]:
        """Yield the articles that were in the feeds, or had left them, and are not in them now, each with the path that it has now."""
        for path, read in self._read.items():
            for old in (path, *self._places_before(path, read)):
                for article in self._earlier.articles_with(self._earlier.ids_of(old)):
                    if article is None or article.id in read.seen:
                        continue
                    if article.record == NO_RECORD or has_left(article, read.feeds, read.keys):
                        yield path, article

    def _places_before(self, path: str, read: _ReadFeed) -> list[str]:
        """Return the files that are gone and were the same feed, by the rule of :meth:`FeedArticles.follow`."""
        if not read.feeds or path in self._manifest.entries or self._earlier.ids_of(path):
            return []
        moved: Counter[str] = Counter()
        for found in map(self._earlier.find, read.seen):
            if found is not None and found.place.record != NO_RECORD and self._is_gone(found.place.path):
                moved[found.place.path] += 1
        return [old for old, number in sorted(moved.items()) if number > self._left_behind(old, read)]

    def _left_behind(self, old: str, read: _ReadFeed) -> int:
        ids = (one for one in self._earlier.ids_of(old) if one not in read.seen)
        return sum(
            found is not None and found.place.record != NO_RECORD for found in map(self._earlier.find, ids)
        )


class FeedFiles:
    """The feeds among the files of a run. ``articles`` are their committed articles, ``manifest`` is that of the index.

    ``earlier`` is the index that this one is rebuilt from, ``earlier_manifest`` its manifest. ``is_gone`` returns whether
    the file with a path no longer exists. With ``keeps``, articles that have left their feeds stay.
    """

    def __init__(
        self,
        manifest: Manifest,
        articles: FeedArticles,
        earlier: Snapshot | None,
        earlier_manifest: Manifest | None,
        is_gone: Callable[[str], bool],
        *,
        keeps: bool,
    ) -> None:
        self._manifest = manifest
        self._articles = articles
        self._keeps = keeps
        self._earlier = earlier_manifest or Manifest()
        self._in_earlier = (
            EarlierFeeds(earlier, self._earlier, is_gone) if keeps and earlier is not None else None
        )

    def now(self, path: str, run: FileRun) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the members of a file that are feeds, and those that were.

        A feed that cannot be read now stays one, also if the reason is that what contains it cannot be read.
        """
        before = self._before(path, run)
        if before is None:
            return tuple(sorted(run.feeds)), ()
        feeds = run.feeds | _in_rejected({*before.feeds}, run.rejected)
        former = {*before.feeds, *before.former_feeds} - feeds
        return tuple(sorted(feeds)), tuple(sorted(former))

    def _before(self, path: str, run: FileRun) -> Entry | None:
        """Return the entry of a file in the manifest of the last run that read it, before a rebuild too."""
        return run.before or self._earlier.entries.get(path)

    def from_earlier(self) -> Iterator[tuple[str, Article]]:
        """Yield what :meth:`EarlierFeeds.articles` yields, if the index is rebuilt."""
        if self._in_earlier is not None:
            yield from self._in_earlier.articles()

    def drop(self, path: str, feeds: tuple[str, ...], former: tuple[str, ...]) -> None:
        """Clear the manifest's entry of a file, so that it is read again. Which feeds it has and had is kept."""
        self._manifest.drop(path)
        if feeds or former:
            self._manifest.set(path, Entry.to_read(feeds, former))

    def leave(self, ids: Collection[str], path: str, run: FileRun) -> tuple[list[str], list[str]]:
        """Keep those of the given articles that have left a feed in the file.

        Return the others, and those that were in the feed when it was last read.
        """
        if not self._keeps:
            return [*ids], []
        return self._articles.leave(ids, _feeds_before(self._before(path, run), run), run.keys)

    def end(self, path: str, run: FileRun) -> Iterator[str]:
        """Record that a file was read. If it is new, move what is left of feeds that were renamed to it.

        Yield the files that these were.
        """
        if self._in_earlier is not None:
            self._in_earlier.note(path, run)
        elif self._keeps and run.feeds and run.before is None:
            for old in run.moved_from:
                if self._articles.follow(old, path, run):
                    yield old


def _feeds_before(before: Entry | None, run: FileRun) -> set[str]:
    """Return the members of a file that were feeds when it was last read, as far as is known, before the given reading.

    If the manifest was lost once, a part that could not be read since may have been a feed. It is taken for one if it is
    a feed now.
    """
    if before is None:
        return run.feeds
    return {*before.feeds} | _in_rejected(run.feeds.difference(before.former_feeds), before.rejected)


def _in_rejected(members: set[str], rejected: Iterable[tuple[int, str, str | None]]) -> set[str]:
    """Return those members of a file that are, or are inside, a part of it that was rejected as a whole."""
    parts = {member or "" for record, _, member in rejected if record == 0}
    return {one for one in members if any(_is_in(one, part) for part in parts)}


def _is_in(member: str, part: str) -> bool:
    """Whether a member of a file is the given part of it, or inside that part. ``""`` is the whole file."""
    return part in ("", member) or member.startswith(f"{part}!/")
