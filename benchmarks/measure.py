"""Measurements that a process can make of itself: time, memory and disk space."""

from __future__ import annotations

import math
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict

_STATUS = Path("/proc/self/status")


class Summary(TypedDict):
    """Percentiles and mean of latencies in milliseconds."""

    p50: float
    p95: float
    p99: float
    mean: float


def summary(milliseconds: Sequence[float]) -> Summary:
    """Return a summary of latencies. Percentiles are by nearest rank, so that each is a measured latency."""
    ranked = sorted(milliseconds)

    def percentile(share: float) -> float:
        return ranked[max(math.ceil(share * len(ranked)) - 1, 0)]

    return Summary(
        p50=percentile(0.50),
        p95=percentile(0.95),
        p99=percentile(0.99),
        mean=round(statistics.fmean(ranked), 4),
    )


def milliseconds(work: Callable[[], object]) -> float:
    """Return the duration of a call of ``work`` in milliseconds, rounded to a tenth of a microsecond."""
    start = time.perf_counter_ns()
    work()
    return round((time.perf_counter_ns() - start) / 1e6, 4)


def folder_size(folder: Path) -> int:
    """Return the total size in bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def resident() -> int:
    """Return the number of bytes of memory that this process uses now."""
    return _status("VmRSS") or _maximum(resource.RUSAGE_SELF)


def peak() -> int:
    """Return the largest number of bytes of memory that this process has used at a time.

    ``ru_maxrss`` is the same, except that on Linux it includes the memory of the process that started this one.
    """
    return _status("VmHWM") or _maximum(resource.RUSAGE_SELF)


def private() -> int | None:
    """Return the number of bytes of memory that are not pages of a file, or None if the system does not state it."""
    return _status("RssAnon")


def children_peak() -> int:
    """Return the largest number of bytes of memory that any ended child process has used at a time."""
    return _maximum(resource.RUSAGE_CHILDREN)


def children_seconds() -> float:
    """Return the seconds of processor time, user and system, that the ended child processes have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _maximum(who: int) -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(who).ru_maxrss * unit


def _status(key: str) -> int | None:
    """Return a size in bytes from the status of this process on Linux, or None."""
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name == key:
                return int(value.split()[0]) * 1024
    return None
