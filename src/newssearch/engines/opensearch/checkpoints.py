"""Checkpoints: documents by which a reader knows that a shard copy holds everything that a commit has written.

A copy on a node that is cut off from the others, or that was not refreshed, answers without the articles of the last
commit, or with old versions of replaced ones. Each shard therefore has one document that is not an article, with a
number in the field ``checkpoint``. A commit writes a higher number there after everything else has arrived. Lucene
segments contain all operations that arrived before they were made: a copy in which the number is visible lacks
nothing that was written before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from .bulk import Action
from .mapping import MAX_HITS_AT_ONCE

STEPS = 8
"""The version of a document is the number of its writer times this, plus the number of the step within the commit.

A request that is repeated and arrives after later ones therefore has no effect. Checkpoints are numbered in the same
way.
"""
_MASK = 0xFFFFFFFF


class WrittenCheckpoints(NamedTuple):
    """The checkpoints of all shards: ``least`` is the lowest number, 0 if a shard has no checkpoint; ``most`` is the
    highest.
    """

    least: int
    most: int

    @property
    def writer(self) -> int:
        """The number of the last writer with a commit that has arrived."""
        return self.most // STEPS


def checkpoint_actions(shards: int, number: int) -> Iterator[Action]:
    """Yield the actions that write the checkpoint of each shard. They do not replace a higher number."""
    for shard, routing in enumerate(_routings(shards)):
        yield Action("index", f"checkpoint-{shard}", {"checkpoint": number}, number, routing)


def finding_checkpoints() -> dict[str, Any]:
    """Return the search for all checkpoints. :func:`found_checkpoints` parses the response."""
    return {
        "query": reached(0),
        "size": MAX_HITS_AT_ONCE,
        "_source": ["checkpoint"],
        "track_total_hits": False,
    }


def found_checkpoints(answer: Any) -> WrittenCheckpoints:
    """Parse the response to :func:`finding_checkpoints`."""
    numbers = [int(hit["_source"]["checkpoint"]) for hit in answer["hits"]["hits"]]
    least = min(numbers) if numbers and len(numbers) == answer["_shards"]["total"] else 0
    return WrittenCheckpoints(least, max(numbers, default=0))


def reached(number: int) -> dict[str, Any]:
    """Return the query for checkpoints with this number or a higher one. A complete copy of the index has one in each
    shard.
    """
    return {"range": {"checkpoint": {"gte": number}}}


@cache
def _routings(shards: int) -> tuple[str, ...]:
    """Return a routing value for each shard."""
    found: dict[int, str] = {}
    for number in count():
        found.setdefault(shard_of(str(number), shards), str(number))
        if len(found) == shards:
            return tuple(found[shard] for shard in range(shards))
    raise AssertionError("there are numbers without end")


def shard_of(routing: str, shards: int) -> int:
    """Return the number of the shard of documents with a routing value.

    It is the MurmurHash3 (32 bits, seed 0) of the UTF-16 text modulo the number of shards. This holds for indices
    made from :func:`.mapping.articles_index`.
    """
    data, value = routing.encode("utf-16-le"), 0
    for start in range(0, len(data) // 4 * 4, 4):
        value ^= _scrambled(int.from_bytes(data[start : start + 4], "little"))
        value = (_rotated(value, 13) * 5 + 0xE6546B64) & _MASK
    value ^= _scrambled(int.from_bytes(data[len(data) // 4 * 4 :], "little"))
    value ^= len(data)
    value = ((value ^ value >> 16) * 0x85EBCA6B) & _MASK
    value = ((value ^ value >> 13) * 0xC2B2AE35) & _MASK
    value ^= value >> 16
    return (value - (1 << 32) if value >> 31 else value) % shards


def _scrambled(block: int) -> int:
    return (_rotated((block * 0xCC9E2D51) & _MASK, 15) * 0x1B873593) & _MASK


def _rotated(value: int, bits: int) -> int:
    return (value << bits | value >> (32 - bits)) & _MASK
