"""The order in which articles were published, for who was first with a story."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from newssearch.engines.article_times import AMBIGUOUS, DAY, NO_DATE
from newssearch.engines.embedded.search.reader import IndexReader
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import NO_INTS, Ints

OF_A_DAY, COARSER, UNDATED = range(3)
"""The classes of dates: with a day, only a month or a year, none."""


class Publication(NamedTuple):
    """When articles were published, an item of each array for each: the class of the date, the time in microseconds of
    UTC, and the place of the id among all ids, which decides between equal times.
    """

    classes: Ints
    times: Ints
    ids: Ints

    def order(self, *groups: Array) -> Ints:
        """Return the indices of the articles in the order of the groups, the last one first, then of publication.

        Articles dated only by month or year come after those with a day, and those without a date come last.
        """
        return np.lexsort((self.ids, self.times, self.classes, *groups))


def publication_of(reader: IndexReader, articles: Ints) -> Publication:
    """Return when some articles were published, given by their numbers in the index, ascending."""
    times, classes = [NO_INTS], [NO_INTS]
    for segment, _, local in reader.by_article(articles):
        times.append(segment.instant[local].astype(np.int64))
        precision = segment.precision[local] & ~np.uint8(AMBIGUOUS)
        classes.append(np.where(precision >= DAY, OF_A_DAY, np.where(precision == NO_DATE, UNDATED, COARSER)))
    return Publication(np.concatenate(classes), np.concatenate(times), reader.all_id_ranks[articles])
