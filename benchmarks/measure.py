"""What a process can measure of itself: time, memory, disk."""

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
    """Of latencies in milliseconds."""

    p50: float
    p95: float
    p99: float
    mean: float


def summary(milliseconds: Sequence[float]) -> Summary:
    """Percentiles by nearest rank: each of them is a latency that was measured."""
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
    """How long ``work`` takes, to a tenth of a microsecond."""
    start = time.perf_counter_ns()
    work()
    return round((time.perf_counter_ns() - start) / 1e6, 4)


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def resident() -> int:
    """Bytes of memory in use now."""
    return _status("VmRSS") or _maximum(resource.RUSAGE_SELF)


def peak() -> int:
    """The most bytes of memory that were in use by this process at a time.

    ``ru_maxrss`` is the same, save that on Linux it begins with what the starting process had used.
    """
    return _status("VmHWM") or _maximum(resource.RUSAGE_SELF)


def private() -> int | None:
    """Bytes of memory that are not pages of a file: what the process has to itself. None where it is not known."""
    return _status("RssAnon")


def children_peak() -> int:
    """The most bytes that any one of the child processes that have ended used."""
    return _maximum(resource.RUSAGE_CHILDREN)


def _maximum(who: int) -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(who).ru_maxrss * unit


def _status(key: str) -> int | None:
    """A size from the status that Linux keeps of a process, or None."""
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name == key:
                return int(value.split()[0]) * 1024
    return None
