"""Keeps the articles that are no longer in their feeds, in an archive that keeps them.

A feed lists the latest articles of an outlet. Who saves it replaces the same file again and again, and an article that
is missing from the new file was not withdrawn. So it stays in the index as long as the file exists, whatever is in it by
then. The number of its record is :data:`~newssearch.article.NO_RECORD` from then on.

An article that only its number in the feed identifies is not kept: the next article with this number has the same
identity.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace

from newssearch.article import NO_RECORD, Article
from newssearch.engines.protocol import Writer
from newssearch.identity import id_number, without_slug

from .changes import Changes
from .run_state import FileRun
from .shared_keys import SHARED, Sketch


def can_be_kept(article: Article) -> bool:
    """Whether the identity of an article of a feed is its address or its id, and not its number in the feed."""
    if article.url is not None:
        return article.provenance.get("url") != SHARED
    if article.key is None:
        return False
    if article.provenance.get("key") != SHARED:
        return True
    in_file, _ = article.narrower_ids()
    return without_slug(in_file) == (article.version_of or without_slug(article.id))


def note_key(article: Article, keys: dict[str, list[Sketch]]) -> None:
    """If an article has an id of its own in the feed, record the id with the article."""
    if article.key is not None:
        keys.setdefault(article.key, []).append(Sketch.of(article))


def _has_other_identity(article: Article, keys: Mapping[str, list[Sketch]]) -> bool:
    """Whether an article is in the feed still, but with another address, so that the index has it a second time.

    ``keys`` are the ids in the feed, each with the articles that have it. Some feeds give all articles one id, so that
    an equal id is not enough.
    """
    others = keys.get(article.key or "", ())
    sketch = Sketch.of(article) if others else None
    return sketch is not None and any(
        not sketch.differs_wholly(other) or sketch.resembles(other) for other in others
    )


class FeedArticles:
    """The committed articles of feeds, those that are no longer in them included.

    ``put`` is called with an article that replaces the committed one with its id; ``changes`` records what a run does.
    """

    def __init__(self, writer: Writer, put: Callable[[Article], None], changes: Changes) -> None:
        self._writer = writer
        self._put = put
        self._changes = changes
        self.left: set[int] = set()
        """The numbers of the ids of the articles that have left their feeds in this run."""

    def leave(
        self, ids: Iterable[str], feeds: Container[str], keys: Mapping[str, list[Sketch]]
    ) -> tuple[list[str], list[str]]:
        """Keep those of the given articles that were read from a feed. Return the others, which are to be removed, and
        those that have left the feed just now.

        The articles are missing from a file that was read. ``feeds`` are the members of it that were feeds when these
        articles were read (``""`` is the file itself), ``keys`` the ids in it now.
        """
        others, left = [], []
        for article_id in ids:
            found = self._writer.find(article_id)
            if found is not None and found.place.record == NO_RECORD:
                continue
            article = self._writer.article(article_id) if found is not None else None
            if article is None or not has_left(article, feeds, keys):
                others.append(article_id)
                continue
            self._put(replace(article, record=NO_RECORD))
            self.left.add(id_number(article_id))
            left.append(article_id)
        return others, left

    def number_in_files(self, ids: Iterable[str]) -> int:
        """Return the number of the given articles that have not left a feed."""
        found = map(self._writer.find, ids)
        return sum(one is not None and one.place.record != NO_RECORD for one in found)

    def follow(self, old: str, path: str, run: FileRun) -> bool:
        """Move the other articles of the file ``old``, which is gone, to the feed ``path`` if it is the same feed.

        ``run`` is the reading of ``path``, which was new. It is the same feed if more articles were moved from ``old``
        than are left there, not counting those that had left the feed before. Return whether it is.
        """
        found = list(filter(None, map(self._writer.find, self._writer.states(old))))
        if run.moved_from[old] <= sum(one.place.record != NO_RECORD for one in found):
            return False
        for one in found:
            was_left = one.place.record == NO_RECORD
            article = self._writer.article(one.id)
            if article is None or not (was_left or has_left(article, run.feeds, run.keys)):
                continue
            self._put(replace(article, path=path, record=NO_RECORD))
            if was_left:
                self._changes.move(one.id)
            else:
                self.left.add(id_number(one.id))
        return True


def has_left(article: Article, feeds: Container[str], keys: Mapping[str, list[Sketch]]) -> bool:
    """Whether an article that a file no longer has was in one of these feeds, and is to be kept."""
    in_feed = (article.member or "") in feeds
    return in_feed and can_be_kept(article) and not _has_other_identity(article, keys)
