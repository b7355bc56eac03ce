"""Counts what a saved search finds: all articles, those that came recently, and those that its alert has not seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from newssearch.identity import id_number
from newssearch.index import Index
from newssearch.query import And, Dated

from .finding import question
from .saved import SavedSearch
from .state import AlertState

RECENT = "-1d"
"""The period of :attr:`SearchCounts.recent`, as ``added:`` takes it: yesterday and today, in UTC."""


class SearchCounts(NamedTuple):
    """The numbers of articles that a saved search finds now.

    ``matching`` are all of them. ``recent`` are those whose present version came into the index yesterday or today, in UTC.
    ``unseen`` are those that its alert has neither reported nor counted as seen; None if the alert has had no first run.
    The next run reports at most these: of a story, it reports one article.
    """

    matching: int
    recent: int
    unseen: int | None


def count_search(
    index: Index,
    search: SavedSearch,
    state: AlertState | None,
    now: dt.datetime,
    *,
    timeout: float | None = None,
    stop: Callable[[], bool] | None = None,
) -> SearchCounts:
    """Count what a saved search finds in an index, of whose alert ``state`` is known.

    Relative dates of the search count from ``now``. Each search is stopped after ``timeout`` seconds. Raises
    :class:`~newssearch.QueryError` and :class:`~newssearch.SearchStoppedError`.
    """
    asked = question(index, search, now)
    recent = index.count(
        And((asked.tree, Dated(RECENT, name="added"))), asked.request, timeout=timeout, stop=stop
    )
    if state is None or not state.begun:
        return SearchCounts(index.count(asked.tree, asked.request, timeout=timeout, stop=stop), recent, None)
    if _is_as_searched(index, asked.asked, state):
        matching = index.count(asked.tree, asked.request, timeout=timeout, stop=stop)
        return SearchCounts(matching, recent, state.waiting)
    ids = index.find(asked.tree, asked.request, timeout=timeout, stop=stop)
    numbers = np.fromiter(map(id_number, ids), "<u8")
    return SearchCounts(len(ids), recent, int(np.count_nonzero(~state.has_seen(numbers))))


def _is_as_searched(index: Index, asked: str, state: AlertState) -> bool:
    """Whether the last run of the alert has searched what the index holds, for the same."""
    commit = index.commit
    return (
        state.commit is not None
        and (commit.number, commit.digest) == (state.commit.number, state.commit.digest)
        and asked == state.asked
    )
