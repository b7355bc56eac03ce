"""The frequency of garbage collection while the command line runs."""

from __future__ import annotations

import gc

SHORT_RUN_THRESHOLD = 100_000
"""The number of new objects after which a short run collects garbage. A query makes a third of them."""
_USUAL_THRESHOLDS = gc.get_threshold()


def collect_seldom() -> None:
    """Collect garbage seldom. A query would spend a sixth of its time on it, most of it during imports."""
    gc.set_threshold(SHORT_RUN_THRESHOLD)


def collect_as_usual() -> None:
    """Collect garbage as often as when this module was imported."""
    gc.set_threshold(*_USUAL_THRESHOLDS)


def collect_no_more() -> None:
    """Exempt all existing objects from collection, so that the exit of the process is not delayed by a last one."""
    gc.freeze()
