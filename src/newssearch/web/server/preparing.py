"""Prepares a process of the server for its next requests: opens the index, and makes what many of them need."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from newssearch.errors import NewssearchError
from newssearch.web.api.suggestions import Completer
from newssearch.web.archive import Archive

PREPARING_INTERVAL = 1.0
"""The time in seconds after which the index is looked at again."""


def keep_prepared(archive: Archive, completer: Completer, ends: Callable[[float], bool]) -> None:
    """Open the index, count its contents and prepare completions, and do it again after each commit.

    ``ends`` waits for the given number of seconds, and returns whether the server has ended meanwhile.
    """
    while True:
        with contextlib.suppress(NewssearchError, OSError):  # the first request says what is wrong
            index = archive.index()
            archive.info()
            completer.prepare(index, archive.info)
        if ends(PREPARING_INTERVAL):
            return
