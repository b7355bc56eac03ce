"""The file that states when the last run on an index began, so that a search can ask for its new articles.

A run writes it before its first commit. A run that fails, is killed, or adds nothing counts, too. The time is the
writer's (:attr:`~newssearch.engines.protocol.Writer.moment`), which is later than those of all earlier articles.
"""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache

from newssearch.article import utc
from newssearch.engines.protocol import Store
from newssearch.system.atomic_files import sealed, unsealed

RUN_FILE = "run.json"


def dump(started: dt.datetime) -> str:
    """Return the content of the file for a run that began at the time ``started``, in UTC."""
    return sealed(json.dumps({"started": utc(started)}, separators=(",", ":")))


def read(store: Store) -> dt.datetime | None:
    """Return the time at which the last run on an index began, in UTC.

    Returns None if there was no run, or if the file cannot be read or is damaged.
    """
    try:
        return load(store.read_extra(RUN_FILE))
    except OSError:
        return None


@lru_cache(maxsize=1)  # a server reads the same file for each request
def load(content: str | None) -> dt.datetime | None:
    """Return the time in the content of the file, in UTC; None if there is no file, or if it is damaged."""
    try:
        started = json.loads(unsealed(content or ""))["started"]
        return dt.datetime.fromisoformat(started.removesuffix("Z")).replace(tzinfo=dt.timezone.utc)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
