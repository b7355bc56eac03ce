"""The archive that the server serves: its index, always at the newest commit."""

from __future__ import annotations

import datetime as dt
import threading
from typing import NamedTuple

from newssearch._version import __version__
from newssearch.index import Index, open_index
from newssearch.info import IndexInfo

from .settings import ServerSettings


class CountedContents(NamedTuple):
    """The contents of an index in numbers, at one commit."""

    key: str
    info: IndexInfo


class Archive:
    """The index of one process of the server. Several threads use it at once."""

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._contents: CountedContents | None = None

    def index(self) -> Index:
        """Return the index at its newest commit; it is opened when it is first asked for.

        To see whether there is a newer commit takes a fraction of a millisecond. Raises
        :class:`~newssearch.IndexFolderError` if there is no index, or none that can be read.
        """
        with self._lock:  # held for an opening or a refresh, never during a search
            if self._index is None:
                self._index = open_index(self.settings.index)
            elif self._index.refresh():
                self._contents = None  # also after a run that brought nothing: it is the last run now
            return self._index

    def info(self) -> IndexInfo:
        """Return the contents of the index in numbers, counted once for each commit."""
        index = self.index()
        key = commit_key(index)
        if self._contents is None or self._contents.key != key:
            self._contents = CountedContents(key, index.info())
        return self._contents.info

    def close(self) -> None:
        """Close the index."""
        with self._lock:
            if self._index is not None:
                self._index.close()
            self._index = None


def commit_key(index: Index) -> str:
    """Return a text that changes with the content of the index, with the version of newssearch, and with the day."""
    commit = index.commit
    return f"{commit.digest[:24]}-{commit.number}-{__version__}-{dt.date.today():%Y%m%d}"
