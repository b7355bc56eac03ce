"""Limits on how often a client, and all clients together, may give a wrong token or password."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

MAX_CLIENTS = 10_000
"""The largest number of clients whose attempts are remembered; the one that failed longest ago is forgotten first."""


class AttemptLimit(NamedTuple):
    """How many attempts may fail one after the other, and the time in seconds after which one more may."""

    burst: int
    seconds: float


CLIENT_LIMIT = AttemptLimit(10, 30.0)
TOTAL_LIMIT = AttemptLimit(200, 1.0)


class FailedAttempts:
    """The failed attempts of all clients of one process.

    For each client there is one number: the moment at which all of its failed attempts are forgotten. ``clock`` returns
    the present moment in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._forgotten: OrderedDict[str, float] = OrderedDict()
        self._all_forgotten = 0.0

    def __len__(self) -> int:
        return len(self._forgotten)

    def wait(self, client: str) -> float:
        """Return the time in seconds until a client, named by its address, may try again; 0 if it may now."""
        now = self._clock()
        own = _time_to_wait(self._forgotten.get(_network(client), 0.0), now, CLIENT_LIMIT)
        return max(own, _time_to_wait(self._all_forgotten, now, TOTAL_LIMIT))

    def add(self, client: str) -> None:
        """Count a failed attempt."""
        now, name = self._clock(), _network(client)
        self._forgotten[name] = max(self._forgotten.pop(name, 0.0), now) + CLIENT_LIMIT.seconds
        self._all_forgotten = max(self._all_forgotten, now) + TOTAL_LIMIT.seconds
        if len(self._forgotten) > MAX_CLIENTS:
            self._forgotten.popitem(last=False)


def _time_to_wait(forgotten: float, now: float, limit: AttemptLimit) -> float:
    return max(0.0, forgotten - now - (limit.burst - 1) * limit.seconds)


def _network(client: str) -> str:
    """Return what counts as one client: an address, or for IPv6 the network of 64 bits that a household gets."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return client
