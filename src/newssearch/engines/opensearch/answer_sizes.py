"""How many whole articles one answer may have: by their words, so that neither a node nor this process holds too much."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

MAX_WORDS_OF_ANSWER = 1_500_000
"""The largest number of words of the articles in one answer that has several: about 10 MB."""


class AnswerSizes:
    """The sizes of the pages of one search that reads whole articles. ``largest`` is the number of words of the longest one.

    If some may be too long for a page, one request reads only the numbers of words of the next ``ahead`` hits.
    """

    def __init__(self, search: Callable[[dict[str, Any]], Any], largest: int, ahead: int) -> None:
        self._search = search
        self._largest = largest
        self._ahead = ahead
        self._words: deque[int] = deque()

    def next_size(self, body: Mapping[str, Any]) -> int:
        """Return the number of hits to ask for, at least 1 and at most ``body["size"]``, where ``body`` is the next request."""
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
