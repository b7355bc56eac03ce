"""The order of publication, which decides who was first with a story."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from newssearch.engines.article_times import AMBIGUOUS, DAY, NO_DATE
from newssearch.engines.embedded.search.reader import IndexReader
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import NO_INTS, Ints

OF_A_DAY, COARSER, UNDATED = range(3)
"""The classes of dates: with a day, with only a month or a year, missing."""


class Publication(NamedTuple):
    """Times of publication, as parallel arrays: the class of the date, the time in microseconds of UTC, and the rank
    of the id, which breaks ties.
    """

    classes: Ints
    times: Ints
    ids: Ints

    def order(self, *groups: Array) -> Ints:
        """Return the indices of the articles sorted by the groups, the last one first, then by publication.

        Articles dated by month or year come after those dated by day. Undated ones come last.
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
