"""What a run knows of an article that the index, or an earlier one, has: its state and places, and its versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from newssearch.article import MAX_EARLIER_VERSIONS, Article, EarlierVersion, Place


class Held(NamedTuple):
    """The indexed article that a new one is compared with: its id, state and places.

    ``other_places`` is empty for a committed article, which must be read to know them.
    """

    id: str
    state: str
    place: Place
    other_places: tuple[Place, ...] = ()

    @classmethod
    def of(cls, article: Article) -> Held:
        """Return what later articles are compared with, from an article."""
        return cls(article.id, article.state, article.place, article.other_places)


class History(NamedTuple):
    """The history of an article in the index; see :class:`~newssearch.Article`."""

    id: str
    digest: str
    added: dt.datetime | None
    version: int
    earlier: tuple[EarlierVersion, ...]
    other_places: tuple[Place, ...] = ()

    @classmethod
    def of(cls, article: Article) -> History:
        """Return the history of an article."""
        return cls(
            article.id, article.digest, article.added, article.version, article.earlier, article.other_places
        )

    def version_of(self, digest: str) -> History | None:
        """Return the history up to the last version with this digest; None if no version has it."""
        if digest == self.digest:
            return self
        for number in reversed(range(len(self.earlier))):
            if self.earlier[number].digest == digest:
                version = self.version - len(self.earlier) + number
                return History(self.id, digest, self.earlier[number].added, version, self.earlier[:number])
        return None


Recall = Callable[[Article], History | None]
"""Returns the history of an article in an earlier index; None if that has no article with this identity."""


def next_version(article: Article, old: History) -> Article:
    """Return an article that was read with the id and the history of the one that it replaces, as the next version."""
    if article.digest == old.digest:
        places = tuple(place for place in old.other_places if place.path != article.path)
        return replace(
            article, id=old.id, added=old.added, version=old.version, earlier=old.earlier, other_places=places
        )
    assert old.added is not None, "the index says when an article was added"
    earlier = (*old.earlier, EarlierVersion(old.digest, old.added))[-MAX_EARLIER_VERSIONS:]
    return replace(article, id=old.id, added=None, version=old.version + 1, earlier=earlier, other_places=())
