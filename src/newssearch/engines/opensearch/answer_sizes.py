"""Limits the size of responses that hold whole articles, measured in words, to bound the memory of the node and of
this process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

MAX_WORDS_OF_ANSWER = 1_500_000
"""The largest number of words in a response with several articles: about 10 MB."""


class AnswerSizes:
    """Chooses the page sizes of one search that reads whole articles. ``largest`` is the number of words of the
    longest article.

    If ``size`` articles of that length would exceed the limit, one request first reads only the word counts of the
    next ``ahead`` hits.
    """

    def __init__(self, search: Callable[[dict[str, Any]], Any], largest: int, ahead: int) -> None:
        self._search = search
        self._largest = largest
        self._ahead = ahead
        self._words: deque[int] = deque()

    def next_size(self, body: Mapping[str, Any]) -> int:
        """Return the number of hits to request next: from 1 to ``body["size"]``, where ``body`` is the next request."""
        size = int(body["size"])
        if self._largest * size <= MAX_WORDS_OF_ANSWER:
            return size
        if not self._words:
            asked = {**body, "size": max(self._ahead, size), "_source": False, "docvalue_fields": ["words"]}
            hits = self._search(asked)["hits"]["hits"]
            self._words.extend(hit["fields"]["words"][0] for hit in hits)
        total = number = 0
        while self._words and number < size and (not number or total + self._words[0] <= MAX_WORDS_OF_ANSWER):
            total += self._words.popleft()
            number += 1
        return max(number, 1)
