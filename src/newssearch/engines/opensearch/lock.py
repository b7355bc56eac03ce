"""The lock of an archive: a document that names its only writer, who renews it as a lease.

A killed writer leaves its lock behind. Another writer takes it over when the lease has expired, or at once if the
holder was a process of the same machine and has ended. A writer checks its lock before each change that readers can
see.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import platform
import secrets
import threading
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from newssearch.display.index_address import index_address
from newssearch.errors import (
    IndexExistsError,
    IndexLockedError,
    IndexNotFoundError,
    IndexWriteError,
    NewssearchError,
)
from newssearch.stopping import StopCheck
from newssearch.system.fault_points import fault_point

from .client import Client, StoredDocument
from .failures import ConflictError
from .state import LOCK, make_lock_index

LEASE = 60.0
"""The time in seconds after which a lock that is not renewed expires."""
CLOCK_DIFFERENCE = 300.0
"""The assumed difference in seconds between the clocks of two machines. A lock that expired less than this ago is
taken over only after the waiting process has itself seen a whole lease pass without renewal.
"""
RENEWED_AFTER = 15.0
RELEASE_SECONDS = 10.0
"""The time in seconds for which a run tries to release its lock at its end."""
_POLL = 0.25
_LOCK_SILENT_SECONDS = 1.0
_DOCUMENT = "lock"


def _lease_clock() -> float:
    """Return the seconds of a clock that also runs while the machine is suspended, if the system has one."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


_log = logging.getLogger(__name__)


class ClusterLock:
    """The lock of the archive of a client, held from its creation until :meth:`release`.

    Waits up to ``wait`` seconds for another holder, then raises :class:`~newssearch.IndexLockedError`.
    """

    def __init__(self, client: Client, wait: float) -> None:
        self._client = client
        self._index = client.address.name + LOCK
        self._token = secrets.token_hex(12)
        self._guard = threading.Lock()
        self._lost = False
        self._ended = threading.Event()
        self._renewed_at = 0.0
        self._since = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        self._process = os.getpid()
        self._document = self._take(wait)
        fault_point("lock: taken")
        self._renewer = threading.Thread(target=self._renew_always, name="newssearch-lock", daemon=True)
        self._renewer.start()

    # ---- taking

    def _take(self, wait: float) -> StoredDocument:
        started = time.monotonic()
        holder, announced = "", False
        seen: tuple[int, float] = (-1, started)
        """The last seen version of the lock, and the time at which it was first seen."""
        while True:
            found = self._found()
            now = time.monotonic()
            if found is not None and found.seq_no != seen[0]:
                seen = found.seq_no, now
            if found is None or is_expired(found.source) or now - seen[1] > LEASE:
                with suppress(ConflictError):
                    return self._write(found)
                continue
            holder = _owner_described(found.source)
            waited = now - started
            if waited >= wait:
                message = f"{holder} is writing to {index_address(self._client.place)}: waited {waited:.1f} s; try again when it is done, or wait longer"
                raise IndexLockedError(message, self._client.place, holder, waited)
            if waited >= _LOCK_SILENT_SECONDS and not announced:
                announced = True
                place = index_address(self._client.place)
                _log.info("%s is writing to %s: waiting for up to %.0f s", holder, place, wait)
            time.sleep(min(_POLL, max(wait - waited, 0.0)))

    def _found(self) -> StoredDocument | None:
        """Return the document of the lock. The index is created if it does not exist."""
        try:
            return self._client.get(self._index, _DOCUMENT, writing=True)
        except IndexNotFoundError:
            with suppress(IndexExistsError):
                make_lock_index(self._client, self._index)
            return None

    def _write(self, over: StoredDocument | None) -> StoredDocument:
        began = _lease_clock()
        written = self._client.put(self._index, _DOCUMENT, self._content(), create=over is None, over=over)
        self._renewed_at = began
        return written

    def _content(self) -> dict[str, Any]:
        return {
            "owner": self._token,
            "process": os.getpid(),
            "host": platform.node(),
            "machine": _machine(),
            "began": _process_start(os.getpid()),
            "since": self._since,
            "expires": time.time() + LEASE,
        }

    # ---- holding

    def _renew_always(self) -> None:
        while not self._ended.wait(RENEWED_AFTER):
            with suppress(NewssearchError):  # the cluster may be back before the lock expires
                self._renew()
            if self._lost:
                return

    def _renew(self) -> None:
        with self._guard:
            if self._lost or self._ended.is_set():
                return
            try:
                self._document = self._write(self._document)
            except (ConflictError, IndexNotFoundError):
                self._lost = True

    def check(self) -> None:
        """Raise :class:`~newssearch.IndexWriteError` if another writer has taken over the lock.

        A lock that is about to expire is renewed first.
        """
        if not self._lost and _lease_clock() - self._renewed_at > LEASE / 2:
            self._renew()
        if self._lost:
            place = self._client.place
            raise IndexWriteError(
                f"{index_address(place)}: this run was suspended or cut off for more than {LEASE:.0f} s, and another run has taken over:"
                " uncommitted changes are discarded; run it again",
                place,
            )

    def abandon(self) -> None:
        """Stop renewing the lock and let it expire, because the cluster does not respond."""
        self._ended.set()

    def release(self) -> None:
        """Release the lock. If that fails, it expires."""
        self._ended.set()
        with self._guard:
            if not self._lost and self._process == os.getpid():
                with suppress(NewssearchError):
                    self._client.delete(
                        self._index, _DOCUMENT, over=self._document, check=StopCheck(RELEASE_SECONDS)
                    )
            self._lost = True


def is_held(client: Client) -> bool:
    """Whether a writer holds the lock, according to this machine's clock."""
    try:
        found = client.get(client.address.name + LOCK, _DOCUMENT)
    except IndexNotFoundError:
        return False
    return found is not None and not is_expired(found.source)


def is_expired(lock: dict[str, Any]) -> bool:
    """Whether a lock expired long ago, or its holder was a process of this machine that has ended.

    The clocks of machines differ: a lock that has just expired by the local clock may still be held elsewhere.
    """
    try:
        if float(lock["expires"]) + CLOCK_DIFFERENCE < time.time():
            return True
        machine, process, began = lock["machine"], int(lock["process"]), lock["began"]
    except (KeyError, TypeError, ValueError):
        return True
    return bool(machine) and machine == _machine() and _has_ended(process, began)


def _owner_described(lock: dict[str, Any]) -> str:
    return f"process {lock.get('process')} on {lock.get('host')}, since {lock.get('since')},"


@lru_cache(maxsize=1)
def _machine() -> str:
    """Return an identifier of this boot of this machine and its process namespace; "" if it is unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _process_start(process: int) -> str:
    """Return the start time of a process of this machine, in the system's units; "" if the process has ended or the
    time is unreadable.
    """
    try:
        state, *rest = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return ""
    return "" if state in ("Z", "X") else rest[18]


def _has_ended(process: int, began: str) -> bool:
    """Whether the process of this machine with that start time has ended."""
    start = _process_start(process)
    if start or Path(f"/proc/{process}").exists():
        return start != began
    try:
        os.kill(process, 0)  # some systems hide the processes of other users
    except ProcessLookupError:
        return True
    except OSError:  # no permission to send it a signal
        return False
    return False
