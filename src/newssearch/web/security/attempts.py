"""Limits on how often a client, and all clients together, may give a wrong token or password.

The limits keep a password from being guessed. They must not keep out those who know it: a right token, which is too long to
be guessed, and a session are never limited, and a client that has logged in before waits only for attempts of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import mmap
import struct
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

_SLOT = struct.Struct("<8sd")
"""A client, as a digest of its address, and the moment at which it is forgotten."""
WAYS = 4
"""The number of slots of a set. If all are taken, the client that is forgotten first loses its slot."""


class _Slots(NamedTuple):
    """A part of the table: the number of its first slot, and of its sets. A client has a slot of one set."""

    first: int
    sets: int


_FAILED = _Slots(1, 4_096)
"""The clients with failed attempts, until all of these are forgotten."""
_KNOWN = _Slots(1 + _FAILED.sets * WAYS, 1_024)
"""The clients that have logged in."""
MAX_CLIENTS = _FAILED.sets * WAYS
"""The largest number of clients whose failed attempts are remembered."""
ATTEMPTS_SIZE = (_KNOWN.first + _KNOWN.sets * WAYS) * _SLOT.size
"""The number of bytes that the attempts take: a slot for all clients together, then the two parts."""
KNOWN_SECONDS = 30 * 24 * 60 * 60
"""The time in seconds for which a client counts as one that has logged in."""


class AttemptLimit(NamedTuple):
    """How many attempts may fail one after the other, and the time in seconds after which one more may."""

    burst: int
    seconds: float


CLIENT_LIMIT = AttemptLimit(10, 30.0)
TOTAL_LIMIT = AttemptLimit(200, 1.0)


class FailedAttempts:
    """The failed attempts of all clients, and which clients have logged in.

    For each client there is one number: the moment at which all of its failed attempts are forgotten. The limit on all clients
    together does not hold for one that has logged in, so that strangers cannot keep it out. ``file`` is the
    descriptor of an open file of :data:`ATTEMPTS_SIZE` bytes, all zero at first: processes that have the same file and the
    same ``key`` count together. -1 stands for the memory of this process alone. The key keeps a client from choosing
    addresses that share a set with its own. ``clock`` returns the present moment in seconds, the same in all processes.
    """

    def __init__(self, key: bytes, file: int = -1, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = hashlib.sha256(key).digest()
        self._file = file
        self._clock = clock
        self._table = mmap.mmap(file, ATTEMPTS_SIZE)

    def wait(self, client: str) -> float:
        """Return the time in seconds until a client, named by its address, may try again; 0 if it may now."""
        with self._locked():
            now, name = self._clock(), self._digest(client)
            _, own = self._slot_of(name, _FAILED)
            wait = _time_to_wait(own, now, CLIENT_LIMIT)
            if self._slot_of(name, _KNOWN)[1] > now:
                return wait
            return max(wait, _time_to_wait(self._forgotten(0), now, TOTAL_LIMIT))

    def add(self, client: str) -> None:
        """Count a failed attempt."""
        with self._locked():
            now, name = self._clock(), self._digest(client)
            at, own = self._slot_of(name, _FAILED)
            _SLOT.pack_into(self._table, at, name[:8], max(own, now) + CLIENT_LIMIT.seconds)
            _SLOT.pack_into(self._table, 0, bytes(8), max(self._forgotten(0), now) + TOTAL_LIMIT.seconds)

    def logged_in(self, client: str) -> None:
        """Remember a client that has logged in."""
        with self._locked():
            name = self._digest(client)
            at, _ = self._slot_of(name, _KNOWN)
            _SLOT.pack_into(self._table, at, name[:8], self._clock() + KNOWN_SECONDS)

    def _slot_of(self, name: bytes, slots: _Slots) -> tuple[int, float]:
        """Return where the slot of a client is, or the one that it may take, and when the client is forgotten."""
        first = (slots.first + int.from_bytes(name[8:], "big") % slots.sets * WAYS) * _SLOT.size
        places = range(first, first + WAYS * _SLOT.size, _SLOT.size)
        for at in places:
            if self._table[at : at + 8] == name[:8]:
                return at, self._forgotten(at)
        return min(places, key=self._forgotten), 0.0

    def _forgotten(self, at: int) -> float:
        moment: float = _SLOT.unpack_from(self._table, at)[1]
        return moment

    def _digest(self, client: str) -> bytes:
        return hashlib.blake2b(_network(client).encode(), key=self._key, digest_size=12).digest()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes out. The threads of one process need no lock: its event loop alone calls."""
        if self._file == -1:
            yield
            return
        import fcntl  # Windows has none, and one process alone

        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)


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
