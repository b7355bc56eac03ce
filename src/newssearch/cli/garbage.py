"""How often Python looks for garbage while the command line runs."""

from __future__ import annotations

import gc

SHORT_RUN_THRESHOLD = 100_000
"""The number of new objects after which a short run looks for garbage. A query makes a third of them."""
_USUAL_THRESHOLDS = gc.get_threshold()


def collect_seldom() -> None:
    """Look for garbage seldom. A query would spend a sixth of its time on that, most of it while it imports modules."""
    gc.set_threshold(SHORT_RUN_THRESHOLD)


def collect_as_usual() -> None:
    """Look for garbage as often as when this module was imported."""
    gc.set_threshold(*_USUAL_THRESHOLDS)


def collect_no_more() -> None:
    """Keep all objects that exist, so that the end of the process is not delayed by a last look for garbage."""
    gc.freeze()
