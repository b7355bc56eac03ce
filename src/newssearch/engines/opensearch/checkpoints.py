"""Checkpoints: how a reader knows that a copy of the index has all that a commit has written.

A copy on a node that is cut off from the others, or that has not been refreshed, answers without the articles of the last
commit, or with replaced ones as they were. So each shard has one document that is no article, but has a number in the field
``checkpoint``. A commit writes it again with a higher number, after all else that it writes has arrived. Segments hold whatever
had arrived before they were made: where the number is found, nothing that was written before it is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from .bulk import Action
from .mapping import MAX_HITS_AT_ONCE

STEPS = 8
"""The version of a document is the number of the writer times this, plus one of the steps that follow each other.

So a request that is repeated, and arrives once more after later ones, has no effect. The number of a checkpoint is made the same way.
"""
_MASK = 0xFFFFFFFF


class WrittenCheckpoints(NamedTuple):
    """The checkpoints of all shards: ``least`` is the lowest number, 0 if a shard has none; ``most`` is the highest."""

    least: int
    most: int

    @property
    def writer(self) -> int:
        """The number of the last writer whose commit has arrived."""
        return self.most // STEPS


def checkpoint_actions(shards: int, number: int) -> Iterator[Action]:
    """Yield the actions that write the checkpoint of each shard. They have no effect on one with a higher number."""
    for shard, routing in enumerate(_routings(shards)):
        yield Action("index", f"checkpoint-{shard}", {"checkpoint": number}, number, routing)


def finding_checkpoints() -> dict[str, Any]:
    """Return the search for all checkpoints, of which :func:`found_checkpoints` reads the answer."""
    return {
        "query": reached(0),
        "size": MAX_HITS_AT_ONCE,
        "_source": ["checkpoint"],
        "track_total_hits": False,
    }


def found_checkpoints(answer: Any) -> WrittenCheckpoints:
    """Return the checkpoints in the answer to a search for them."""
    numbers = [int(hit["_source"]["checkpoint"]) for hit in answer["hits"]["hits"]]
    least = min(numbers) if numbers and len(numbers) == answer["_shards"]["total"] else 0
    return WrittenCheckpoints(least, max(numbers, default=0))


def reached(number: int) -> dict[str, Any]:
    """Return the query for the checkpoints with this number or a higher one. A copy of the index that is whole has one for each shard."""
    return {"range": {"checkpoint": {"gte": number}}}


@cache
def _routings(shards: int) -> tuple[str, ...]:
    """Return for each shard a value by which documents get there."""
    found: dict[int, str] = {}
    for number in count():
        found.setdefault(shard_of(str(number), shards), str(number))
        if len(found) == shards:
            return tuple(found[shard] for shard in range(shards))
    raise AssertionError("there are numbers without end")


def shard_of(routing: str, shards: int) -> int:
    """Return the shard of documents that are written with a routing value.

    That is its hash by MurmurHash3 (32 bits, seed 0) of UTF-16, modulo the number of shards, as :func:`.mapping.articles_index`
    makes the index.
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
