"""The segments of one commit, their articles and documents numbered through, and what all scores depend on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.embedded.storage.sorted_sets import Ints, Mask


class IndexReader:
    """What is known of one commit."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)
        self._articles = _offsets([segment.articles for segment in segments])
        self._documents = _offsets([segment.documents for segment in segments])

    @property
    def articles(self) -> int:
        """How many articles there are, deleted ones counted."""
        return int(self._articles[-1])

    def parts(self, mask: Array) -> Iterator[tuple[Segment, Array]]:
        """An array with an item for each article, by segment."""
        for number, segment in enumerate(self.segments):
            yield segment, mask[self._articles[number] : self._articles[number + 1]]

    def everything(self) -> Mask:
        """The articles that are not deleted."""
        return joined([segment.everything() for segment in self.segments])

    def document_offset(self, number: int) -> int:
        """The number of the first document of a segment."""
        return int(self._documents[number])

    def document(self, document: int) -> tuple[Segment, int]:
        """The segment of a document, and its number there."""
        number = int(np.searchsorted(self._documents, document, "right")) - 1
        return self.segments[number], document - int(self._documents[number])

    def article(self, article_id: str) -> tuple[Segment, int] | None:
        """The segment of the article with an id, and its number there."""
        for segment in self.segments:
            if (article := segment.find(article_id)) >= 0:
                return segment, article
        return None

    # ---- what all scores depend on

    @cached_property
    def paragraphs(self) -> int:
        """How many paragraphs there are."""
        return sum(segment.paragraphs for segment in self.segments)

    @cached_property
    def words(self) -> int:
        """How many words they have."""
        return sum(segment.words for segment in self.segments)

    @property
    def mean_words(self) -> float:
        """The mean length of a paragraph, in words."""
        return self.words / self.paragraphs if self.words else 1.0

    @cached_property
    def mean_title_words(self) -> float:
        """The mean length of a headline, over the articles that have one."""
        titled, words = (sum(counts) for counts in zip(*(s.titles for s in self.segments), strict=True)) if (
            self.segments
        ) else (0, 0)  # fmt: skip
        return words / titled if titled else 1.0


def joined(masks: Sequence[Mask]) -> Mask:
    """An array with an item for each article, of those of the segments."""
    return np.concatenate(masks) if masks else np.empty(0, np.bool_)


def _offsets(sizes: Sequence[int]) -> Ints:
    return np.concatenate(([0], np.cumsum(np.array(sizes, np.int64))))
