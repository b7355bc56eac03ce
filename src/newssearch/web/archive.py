"""The archive that the server serves: its index, always at the newest commit."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from newssearch._version import __version__
from newssearch.alerts.api import Alerts
from newssearch.commit import Commit
from newssearch.config import Config
from newssearch.engines.address import store_at
from newssearch.engines.protocol import Store
from newssearch.errors import ConfigError
from newssearch.index import Index, open_index
from newssearch.info import IndexInfo
from newssearch.tags.file import TagFile

from .problems import SearchesUnreadableError
from .settings import ServerSettings

MAX_KEPT = 256
"""The largest number of values that are kept for a commit."""

Kept = TypeVar("Kept")
Made = TypeVar("Made")


class KeptValues(NamedTuple):
    """What has been made of the index at one commit, with one configuration, on one day, by name."""

    made_at: tuple[Commit, Config, dt.date] | None
    values: dict[Hashable, Any]


class Archive:
    """The index of one process of the server. Several threads use it at once."""

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._store: Store | None = None
        self._tags: TagFile | None = None
        self._kept = KeptValues(None, {})

    def index(self) -> Index:
        """Return the index at its newest commit; it is opened when it is first asked for.

        To see whether there is a newer commit takes a fraction of a millisecond. Raises
        :class:`~newssearch.IndexFolderError` if there is no index, or none that can be read.
        """
        with self._lock:  # held for an opening or a refresh, never during a search
            if self._index is None:
                self._index = open_index(self.settings.index)
            elif self._index.refresh():
                # Also after a run that brought nothing: it is the last run now.
                self._kept = KeptValues(None, {})
            return self._index

    def opened(self) -> Index:
        """Return the index as it is: at the commit that :meth:`index` has found last."""
        return self._index or self.index()

    def at_one_commit(self, make: Callable[[Index], Made]) -> Made:
        """Return what ``make`` makes of the index at its newest commit, by several searches.

        If another thread finds a newer commit meanwhile, it is made once more: its parts may be of two commits, or an
        article that the first search has found may be gone for the second one.
        """
        index = self.index()
        begun = index.commit
        try:
            made = make(index)
        except Exception:
            if index.commit == begun:
                raise
        else:
            if index.commit == begun:
                return made
        return make(index)

    def alerts(self) -> Alerts:
        """Return the saved searches and alerts of the archive. A link to the index may lead to another archive than before.

        Raises :class:`SearchesUnreadableError` if they are where none are read.
        """
        try:
            return Alerts(self.settings.index)
        except ConfigError as error:
            raise SearchesUnreadableError(str(error)) from error

    def tags(self) -> TagFile:
        """Return the file of the tags of the archive; another one when a link leads to another index now."""
        if self._store is None:
            self._store = store_at("index", self.settings.index)
        folder, tags = self._store.archive.folder, self._tags
        if tags is None or tags.path.parent != folder:
            tags = self._tags = TagFile(folder)
        return tags

    def version(self, index: Index) -> str:
        """Return :func:`commit_key`, which also changes with the tags of articles."""
        stamp = self.tags().stamp
        if not any(stamp):
            return commit_key(index)
        return f"{commit_key(index)}-{hashlib.blake2b(repr(stamp).encode(), digest_size=6).hexdigest()}"

    def info(self) -> IndexInfo:
        """Return the contents of the index in numbers, counted once for each commit."""
        return self.kept("contents", lambda index: index.info())

    def kept(self, name: Hashable, make: Callable[[Index], Kept]) -> Kept:
        """Return what ``make`` makes of the index, and keep it under a name until there is another commit, or another day.

        The name of what depends on tags has their stamp. At most :data:`MAX_KEPT` values are kept. Two threads may make the same value at the same time.
        """
        index = self.opened()
        now = index.commit, index.config, dt.date.today()
        kept = self._kept
        if kept.made_at != now or len(kept.values) > MAX_KEPT:
            kept = self._kept = KeptValues(now, {})
        if name not in kept.values:
            kept.values[name] = make(index)
        made: Kept = kept.values[name]
        return made

    def has_kept(self, name: Hashable) -> bool:
        """Whether :meth:`kept` has the value with this name, without making it."""
        return name in self._kept.values

    def close(self) -> None:
        """Close the index."""
        with self._lock:
            if self._index is not None:
                self._index.close()
            self._index = None


def commit_key(index: Index) -> str:
    """Return a text that changes with the content of the index, the settings of the archive, newssearch, and the day."""
    commit = index.commit
    settings = _settings_digest(index.config)
    return f"{commit.digest[:24]}-{commit.number}-{settings}-{__version__}-{dt.date.today():%Y%m%d}"


@lru_cache(maxsize=4)
def _settings_digest(config: Config) -> str:
    """Return a digest of the settings on which answers depend: names of outlets, synonyms, and whether searches are strict."""
    settings = (
        config.outlets,
        config.strict,
        [(one.key, one.words, one.both, one.lang) for one in config.synonyms],
        config.lang,
    )
    return hashlib.blake2b(repr(settings).encode("utf-8", "backslashreplace"), digest_size=6).hexdigest()
