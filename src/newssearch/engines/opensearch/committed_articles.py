"""The lookups of a writer among the committed articles, with as few requests as possible."""

from __future__ import annotations

from typing import Any

import numpy as np

from newssearch.article import Article
from newssearch.engines.protocol import StoredHeader
from newssearch.identity import id_number

from .documents import document_id
from .stored_articles import StoredArticles

SINGLE_REQUESTS = 200
"""After this number of single requests for articles or paths, the writer reads the list of all, and asks only for
existing ones.
"""
KEPT_HEADERS = 50_000
"""The number of article headers that a writer caches."""


class CommittedArticles:
    """The committed articles of an archive, which is ``empty`` if there are none."""

    def __init__(self, articles: StoredArticles, *, empty: bool) -> None:
        self.articles = articles
        self.empty = empty
        self._asked = self._asked_paths = 0
        self._numbers: np.ndarray[Any, np.dtype[np.uint64]] | None = None
        self._paths: set[str] | None = None
        self._headers: dict[str, StoredHeader] = {}

    def find(self, article_id: str) -> StoredHeader | None:
        """Return the header of an article, or None if it does not exist."""
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
        """Return a whole article, or None if it does not exist."""
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
