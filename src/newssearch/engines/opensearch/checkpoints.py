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
from typing import Any

from .bulk import Action

_MASK = 0xFFFFFFFF


def checkpoint_actions(shards: int, number: int) -> Iterator[Action]:
    """Yield the actions that write the checkpoint of each shard. They have no effect on one with a higher number."""
    for shard, routing in enumerate(_routings(shards)):
        yield Action("index", f"checkpoint-{shard}", {"checkpoint": number}, number, routing)


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
