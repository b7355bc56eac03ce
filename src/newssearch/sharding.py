"""How an index is spread over the nodes of a cluster."""

from __future__ import annotations

from typing import Literal, get_args

from newssearch.system.late_dataclass import dataclass

from . import arguments
from .errors import NewssearchError

Compression = Literal["best", "fast"]
COMPRESSIONS: tuple[Compression, ...] = get_args(Compression)
MAX_SHARDS = 1024
MAX_REPLICAS = 32


@dataclass(frozen=True, slots=True)
class Sharding:
    """The shards and copies of a new index on a cluster. An index that exists keeps its own until it is rebuilt.

    ``shards`` is the number of parts that the articles are distributed over, so that several nodes search at once.
    ``replicas`` is the number of further copies of each part; None is one if the cluster has more than one node.
    ``compression`` is ``"best"`` for the smallest index, or ``"fast"``.
    """

    shards: int = 1
    replicas: int | None = None
    compression: Compression = "best"

    def __post_init__(self) -> None:
        """Raise TypeError for a wrong type, and :class:`~newssearch.NewssearchError` for a number out of bounds."""
        _bounded("shards", self.shards, 1, MAX_SHARDS)
        if self.replicas is not None:
            _bounded("replicas", self.replicas, 0, MAX_REPLICAS)
        arguments.choice("compression", self.compression, COMPRESSIONS)


def _bounded(name: str, value: object, least: int, most: int) -> None:
    if not least <= arguments.whole_number(name, value) <= most:
        raise NewssearchError(f"{name}: wanted a number from {least} to {most}; got {value}")


DEFAULT_SHARDING = Sharding()
