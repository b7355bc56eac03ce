"""Makes receipts: the record of each search, and of the index that was searched."""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from newssearch._version import __version__
from newssearch.corpus.receipt import Receipt
from newssearch.corpus.records import ArchiveRecord, SearchRecord, json_value
from newssearch.engines.protocol import Snapshot
from newssearch.outlets import Aliases
from newssearch.request import Request
from newssearch.system.frozen import FrozenDict
from newssearch.tags.lookup import tags_digest

if TYPE_CHECKING:
    from .opened import Asked

PACKAGES = ("Whoosh", "numpy", "PyStemmer", "regex")
"""The packages that decide, with newssearch itself, what a search finds."""


def record(asked: Asked, request: Request, name: str = "") -> SearchRecord:
    """Run a search without its page of hits, and return what a receipt keeps of it.

    ``request`` is the request as the caller made it; its options are kept.
    """
    snapshot, parsed, resolved = asked
    found = snapshot.search(parsed.tree, replace(resolved, limit=0, offset=0, facets=(), explain=True))
    options = {option: json_value(value) for option, value in request.changed().items() if option != "now"}
    notes = (*parsed.diagnostics, *found.diagnostics)
    return SearchRecord(
        name=name,
        query=parsed.text,
        interpretation=str(parsed),
        options=FrozenDict(options),
        articles=found.total_articles,
        stories=found.total_stories,
        paragraphs=found.total_paragraphs,
        undated=found.undated,
        imprecise=found.imprecise,
        dates=found.dates,
        clauses=tuple(found.clauses),
        notes=tuple(dict.fromkeys(note.message for note in notes)),
        tags=tags_digest(parsed.tree, resolved),
        ids=ids_digest(snapshot.ids_matching(parsed.tree, resolved)),
    )


def ids_digest(ids: Iterable[str]) -> str:
    """Return the SHA-256 of sorted ids, each followed by a newline, as hexadecimal digits.

    ``sort | sha256sum`` gives the same, in the locale C.

    >>> ids_digest([])
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    digest = hashlib.sha256()
    for one in ids:
        digest.update(f"{one}\n".encode())
    return digest.hexdigest()


def made_receipt(
    snapshot: Snapshot,
    index_format: int,
    clock: dt.datetime,
    searches: Sequence[SearchRecord],
    aliases: Aliases,
) -> Receipt:
    """Return the receipt of searches of a snapshot, without a command."""
    held = snapshot.contents(aliases)
    outlets = sum(value.value is not None for value in held.by_field["outlet"])
    first, last = (None if day is None else day.isoformat() for day in (held.first_date, held.last_date))
    return Receipt(
        made=dt.datetime.now(dt.timezone.utc).replace(microsecond=0),
        clock=clock,
        commit=snapshot.commit,
        archive=ArchiveRecord(held.articles, held.paragraphs, outlets, held.dates.missing, first, last),
        searches=tuple(searches),
        versions=FrozenDict(
            {
                "newssearch": __version__,
                "index format": str(index_format),
                "Python": platform.python_version(),
                **{name: found for name in PACKAGES if (found := _installed_version(name))},
            }
        ),
    )


def _installed_version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
