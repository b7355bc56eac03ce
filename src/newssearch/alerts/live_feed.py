"""The feed of a search as it is now, for feed readers that ask a server: its newest articles, with the ids of its alert."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from typing import NamedTuple

from newssearch.article import utc
from newssearch.index import Index

from .batch import entry_id
from .finding import Question, question
from .outputs.atom_xml import FeedHead, entry_element, feed_document
from .saved import SavedSearch
from .state import AlertState

FEED_ENTRIES = 50
"""The number of articles of a feed: those that came into the index last."""


class LiveFeed(NamedTuple):
    """A search whose newest articles are a feed.

    ``identity`` is the UUID of the feed, as 32 hexadecimal digits, from which the ids of entries are made. ``address`` is
    that of the feed, ``page`` that of the page with the same search; ``page_of`` returns that of the page of an article.
    """

    search: SavedSearch
    identity: str
    address: str
    page: str
    page_of: Callable[[str], str]

    def version(self, index: Index, now: dt.datetime) -> str:
        """Return a text that changes with the settings of the feed, and with the bounds of dates that count from ``now``.

        It takes no search. Raises :class:`~newssearch.QueryError`.
        """
        request = self.search.request
        parts = [
            self._question(index, now).asked,
            self.identity,
            self.search.title,
            self.address,
            request.snippet,
        ]
        return hashlib.blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()

    def document(
        self,
        index: Index,
        now: dt.datetime,
        *,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> bytes:
        """Return the feed as a document of XML. ``updated`` of an entry is when the article came into the index.

        Raises :class:`~newssearch.QueryError` and :class:`~newssearch.SearchStoppedError`.
        """
        asked = self._question(index, now)
        request = asked.request.replace(
            sort="added", limit=FEED_ENTRIES, group=not self.search.each_copy, strict=True,
            snippet=self.search.request.snippet,
        )  # fmt: skip
        found = index.search(asked.tree, request, timeout=timeout, stop=stop)
        times = [hit.added or found.commit.time for hit in found]
        entries = [
            entry_element(
                {
                    **hit.to_dict(),
                    "entry": entry_id(self.identity, hit.id),
                    "reason": "new",
                    "first_seen": utc(time.replace(microsecond=0)),
                },
                self.page_of(hit.id),
            )
            for hit, time in zip(found, times, strict=True)
        ]
        updated = utc(max(times, default=found.commit.time).replace(microsecond=0))
        head = FeedHead(uuid.UUID(self.identity).urn, self.search.title, updated, self.address, self.page)
        return feed_document(head, entries)

    def _question(self, index: Index, now: dt.datetime) -> Question:
        return question(index, self.search, now)


def feed_identity(state: AlertState | None, address: str) -> str:
    """Return the UUID of the feed of a search: that of its alert, whose feeds in files have the same ids of entries.

    Without a ``state``, before the first run of the alert, it is made of the address of the feed.
    """
    return uuid.uuid5(uuid.NAMESPACE_URL, address).hex if state is None else state.identity
