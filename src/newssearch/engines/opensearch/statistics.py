"""The collection statistics of an OpenSearch snapshot: sums over all articles."""

from __future__ import annotations

from newssearch.stopping import StopCheck

from .evaluation import SearchCall
from .leaf_queries import ClusterQuery
from .scoring import Statistics


def statistics_of(search: SearchCall, visible: ClusterQuery, check: StopCheck) -> Statistics:
    """Return the statistics of all articles that match ``visible``."""
    titled: ClusterQuery = {"range": {"title_words": {"gt": 0}}}
    sums = {
        name: {"sum": {"field": field}}
        for name, field in (("paragraphs", "count"), ("words", "words"), ("counted", "counted_words"))
    }
    body = {
        "size": 0,
        "track_total_hits": True,
        "query": visible,
        "aggs": {
            **sums,
            "largest": {"max": {"field": "words"}},
            "analyses": {"terms": {"field": "analysis", "size": 1000, "order": {"_key": "asc"}}},
            "titled": {"filter": titled, "aggs": {"words": {"sum": {"field": "title_words"}}}},
        },
    }
    answer = search(body, check)
    found = answer["aggregations"]
    articles = int(answer["hits"]["total"]["value"])
    paragraphs, words, counted = (int(found[name]["value"]) for name in sums)
    return Statistics(
        articles,
        paragraphs,
        words,
        _mean(words, paragraphs),
        _mean(counted, articles),
        _mean(int(found["titled"]["words"]["value"]), found["titled"]["doc_count"]),
        tuple(bucket["key"] for bucket in found["analyses"]["buckets"]),
        int(found["largest"]["value"] or 0),
    )


def _mean(total: int, number: int) -> float:
    return total / number if total else 1.0
