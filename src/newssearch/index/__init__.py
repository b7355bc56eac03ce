"""The class :class:`Index`, which searches and updates an index, and the functions that open and create one."""

from __future__ import annotations

from pathlib import Path

from newssearch import arguments
from newssearch.engines.address import store_at
from newssearch.errors import IndexExistsError, IndexNotFoundError

from .carrying import CarryingMethods
from .context import ContextMethods
from .counting import CountingMethods
from .exporting import ExportingMethods
from .listing import ListingMethods
from .proving import ProvingMethods
from .reading import ReadingMethods
from .reviewing import ReviewingMethods
from .tagging import TaggingMethods
from .words import WordMethods
from .writing import WritingMethods


def open_index(folder: str | Path = "index") -> Index:
    """Open the index in ``folder``.

    Raises :class:`IndexNotFoundError`, :class:`IndexVersionError` or :class:`IndexDamagedError`, with a message that
    says what the user can do.
    """
    store = store_at("folder", folder)
    store.open()
    return Index(store)


def create(folder: str | Path = "index", *, wait: float = 10.0) -> Index:
    """Create an empty index in ``folder``, and open it. Raises :class:`IndexExistsError` if the folder holds one.

    If another process is creating or rebuilding an index there, waits for up to ``wait`` seconds, then raises
    :class:`IndexLockedError`.
    """
    from newssearch.updating.extras import EXTRAS  # slow to import, and a search needs none of it

    arguments.seconds("wait", wait)
    store = store_at("folder", folder)
    store.create(wait, EXTRAS).close()
    return Index(store)


def open_or_create(folder: str | Path = "index", *, wait: float = 10.0) -> Index:
    """Open the index in ``folder``, or create it if there is none.

    Several processes may call it at once: one creates the index, and all open it. If another process is creating or
    rebuilding the index, waits for up to ``wait`` seconds, then raises :class:`IndexLockedError`.
    """
    arguments.seconds("wait", wait)
    try:
        return open_index(folder)
    except IndexNotFoundError:
        pass
    try:
        return create(folder, wait=wait)
    except IndexExistsError:  # another process has created it in the meantime
        return open_index(folder)


class Index(
    ReadingMethods,
    TaggingMethods,
    CountingMethods,
    ContextMethods,
    CarryingMethods,
    ExportingMethods,
    ListingMethods,
    ProvingMethods,
    ReviewingMethods,
    WordMethods,
    WritingMethods,
):
    """An index of news articles.

    Reading uses a snapshot: the newest commit at the time when this object was opened, was refreshed, or last wrote.
    Several threads may search at once. Close the index, or use it in a ``with`` statement.

    A method that searches takes a ``timeout`` in seconds, and a function ``stop`` that is called now and then during the
    search. When the time is over, or ``stop`` returns True, it raises :class:`SearchStoppedError`.
    """
