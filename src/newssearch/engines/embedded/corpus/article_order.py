"""The order of the articles whose lines a concordance lists, computed only as far as the page needs it.

Each article has a number of lines, and a page is a range of all lines. Ids are read only to break ties between
articles that can be on the page.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from newssearch.engines.article_times import NO_TIME
from newssearch.engines.embedded.search.evaluator import QueryEvaluator
from newssearch.engines.embedded.search.reader import IndexReader
from newssearch.engines.embedded.search.result_order import ResultOrder
from newssearch.engines.sorted_sets import Ints, Mask
from newssearch.request import ResolvedRequest

UNDATED = np.iinfo(np.int64).max
"""The sort key of articles without a date, which are last in each order."""


class PageArticles(NamedTuple):
    """The articles of a page's lines, in order, and the number of lines before them."""

    articles: Ints
    passed: int


def date_keys(reader: IndexReader, articles: Ints, *, newest: bool) -> Ints:
    """Return the sort keys, in ascending order, of articles by date: newest or oldest first, undated ones last."""
    times = np.empty(len(articles), np.int64)
    for segment, here, local in reader.by_article(articles):
        times[here] = segment.instant[local]
    return np.where(times == NO_TIME, UNDATED, -times if newest else times)


def ids_of(reader: IndexReader, articles: Ints) -> list[str]:
    """Return the ids of articles of the index, in the same order."""
    found: list[str] = [""] * len(articles)
    for segment, here, local in reader.by_article(articles):
        for at, name in zip(here.tolist(), segment.ids(local), strict=True):
            found[at] = name
    return found


def by_date(reader: IndexReader, counts: Ints, low: int, high: int, *, newest: bool) -> PageArticles:
    """Return the articles, by date, then by id, that contain the lines from ``low`` up to but not including ``high``.

    ``counts`` has the number of lines of each article of the index.
    """
    articles = counts.nonzero()[0]
    keys = date_keys(reader, articles, newest=newest)
    order = keys.argsort(kind="stable")
    articles, keys = articles[order], keys[order]
    ends = counts[articles].cumsum()
    # articles with equal dates are not in order yet: keep all articles of the first and of the last date
    first, last = (int(at) for at in ends.searchsorted((low, high - 1), "right"))
    begin, end = int(keys.searchsorted(keys[first])), int(keys.searchsorted(keys[last], "right"))
    articles, keys = articles[begin:end], keys[begin:end]
    rows = sorted(zip(keys.tolist(), ids_of(reader, articles), articles.tolist(), strict=True))
    before = int(ends[begin - 1]) if begin else 0
    return _page(np.array([article for *_, article in rows], np.int64), counts, before, low, high)


def by_relevance(
    evaluator: QueryEvaluator, found: Mask, request: ResolvedRequest, counts: Ints, low: int, high: int
) -> PageArticles:
    """Return the articles, in the order of a search, that contain the lines from ``low`` up to but not including
    ``high``.

    ``found`` masks the articles that the search finds; ``counts`` has the number of lines of each article of the
    index.
    """
    most, total = high, int(np.count_nonzero(found))
    while True:
        asked = replace(
            request, sort="relevance", limit=most, offset=0, group=False, all_paragraphs=False, facets=()
        )
        page = ResultOrder(evaluator, found, asked).page()
        articles = np.array([evaluator.reader.article_number(placed.document) for placed in page], np.int64)
        if most >= total or int(counts[articles].sum()) >= high:
            return _page(articles[counts[articles] > 0], counts, 0, low, high)
        request.check()
        most *= 4


def _page(articles: Ints, counts: Ints, before: int, low: int, high: int) -> PageArticles:
    """Return the articles with the wanted lines. ``articles`` are in order, and ``before`` lines precede them."""
    ends = before + counts[articles].cumsum()
    first, last = (int(at) for at in ends.searchsorted((low, high - 1), "right"))
    chosen = articles[first : last + 1]
    return PageArticles(chosen, int(ends[first] - counts[chosen[0]]))
