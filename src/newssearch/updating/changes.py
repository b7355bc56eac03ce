"""The difference that a run makes to an index: the articles that are added, updated, moved and removed, from first to
last.

A run may change one article several times: it removes the article with its file, and adds it again from another file
that has a copy. The report counts the net effect.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from newssearch.article import Article, same_content
from newssearch.identity import id_number


@dataclass(slots=True)
class _Change:
    """The fate of an article that the index had before it was replaced or removed."""

    before: str | None
    """Its state before the run; None if the run itself added it."""
    now: str | None
    """Its state now; None if it is removed."""
    is_counted: bool
    """Whether the run had counted it as unchanged before it changed."""
    paragraphs: int = 0
    """The number of its paragraphs that were counted as added."""
    is_read: bool = False
    """Whether the run has since read the article in its indexed version."""
    is_moved: bool = False


class Changes:
    """The changes of a run so far.

    ``began`` is the time of the run; articles of the earlier index are older. None stands for an index without
    articles. ``is_counted`` returns whether the run has counted an indexed article as unchanged.

    Memory holds only the articles that were replaced or removed, not those that were just added.
    """

    def __init__(self, began: dt.datetime | None, is_counted: Callable[[Article], bool]) -> None:
        self._began = began
        self._is_counted = is_counted
        self._changed: dict[int, _Change] = {}
        self._counts = Counter[str]()

    def add(self, article: Article, state: str) -> None:
        """Record a new article, whose id the index does not contain, or no longer."""
        paragraphs = len(article.paragraphs)
        self._counts["paragraphs"] += paragraphs
        change = self._changed.get(id_number(article.id))
        if change is None:
            self._counts["added"] += 1
        else:
            change.now, change.is_read = state, True
            change.paragraphs += paragraphs

    def replace(self, article: Article, state: str, old: Article | None) -> None:
        """Record that an article replaces the one with the same id.

        ``old`` is the committed article; None if the replaced one was added or replaced since the last commit.
        """
        change = self._changed.get(id_number(article.id))
        if change is None and old is None:  # a new article changes only its paragraphs and the older content
            self._counts.update(paragraphs=len(article.paragraphs), ignored=1)
            return
        if change is None:
            assert old is not None
            change = self._of(old)
        if change.now is None or not same_content(change.now, state):
            self._counts["paragraphs"] += len(article.paragraphs)
            change.paragraphs += len(article.paragraphs)
            if change.now != change.before:
                self._counts["ignored"] += 1
        change.now, change.is_read = state, True

    def rewrite(self, article: Article) -> None:
        """Record that a committed article is written again with other places."""
        if not (self._is_new(article) or id_number(article.id) in self._changed):
            self._of(article)

    def remove(self, old: Article) -> None:
        """Record that a committed article is removed."""
        change = self._changed.get(id_number(old.id)) or self._of(old)
        change.now = None

    def move(self, article_id: str) -> None:
        """Record that the file of a replaced article has another path now."""
        if (change := self._changed.get(id_number(article_id))) is not None:
            change.is_moved = True

    def read(self, article_id: str) -> bool:
        """Record that an article was read in its indexed version, and return whether :attr:`counts` already includes it."""
        change = self._changed.get(id_number(article_id))
        if change is not None:
            change.is_read = True
        return change is not None

    @property
    def counts(self) -> Counter[str]:
        """The net effect of the changes, by the names of :class:`~newssearch.IndexReport`.

        ``unchanged`` is a correction of the run's own count: negative if the run has changed articles that it had
        counted.
        """
        counts = self._counts.copy()
        for change in self._changed.values():
            name = _count_of(change)
            counts["unchanged"] -= change.is_counted
            if change.before is None:
                counts["added"] -= change.now is None
            elif name:
                counts[name] += 1
            if name not in ("added", "updated"):
                counts["paragraphs"] -= change.paragraphs
        return counts

    def _is_new(self, article: Article) -> bool:
        """Whether the run itself has added an article, or the last version of it."""
        return self._began is None or article.added is None or article.added >= self._began

    def _of(self, old: Article) -> _Change:
        is_new = self._is_new(old)
        change = _Change(
            None if is_new else old.state,
            old.state,
            is_counted=not is_new and self._is_counted(old),
            paragraphs=len(old.paragraphs) if is_new else 0,
        )
        self._changed[id_number(old.id)] = change
        return change


def _count_of(change: _Change) -> str | None:
    """Return the name of the count that a change adds to; None if it adds to none."""
    if change.before is None:
        return None if change.now is None else "added"
    if change.now is None:
        return "removed"
    if change.now != change.before:
        return "updated"
    if change.is_moved:
        return "moved"
    return "unchanged" if change.is_counted or change.is_read else None
