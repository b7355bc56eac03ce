"""Check a whole index, and salvage a damaged one."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from newssearch.engines.address import store_at
from newssearch.engines.protocol import LostArticle, Store
from newssearch.system.atomic_files import unsealed
from newssearch.updating.manifest import FILE_NAME

from . import arguments
from .errors import IndexDamagedError, NewssearchError
from .reports import Problem, Salvage, Verification, unread

SAMPLED_ARTICLES = 100
"""The number of articles of each segment whose words are compared with their text."""
_CHECK_ATTEMPTS = 5
"""How often a check is run again because the index was written to meanwhile."""
PARAGRAPHS_PER_COMMIT = 100_000
"""The number of paragraphs between two commits of a salvage."""


def verify(
    folder: str | Path = "index", *, sample: int = SAMPLED_ARTICLES, clean: bool = False, wait: float = 10.0
) -> Verification:
    """Check the whole index in ``folder``: checksums, stored texts, internal consistency.

    The words of ``sample`` articles of each segment are compared with their text. With ``clean``, leftovers of
    interrupted runs are removed. Other processes can search and write meanwhile.

    Raises :class:`IndexNotFoundError`, :class:`IndexVersionError`, and with ``clean`` :class:`IndexLockedError` if
    another process writes for longer than ``wait`` seconds. Neither damage nor a file that the system does not let be
    read is an error here: the outcome lists them.
    """
    sample, wait = arguments.whole_number("sample", sample), arguments.seconds("wait", wait)
    arguments.flag("clean", clean)
    if sample < 0:
        raise NewssearchError(f"sample: wanted 0 articles or more; got {sample}")
    store = _store_even_if_damaged(folder, (IndexDamagedError, OSError))
    started = time.perf_counter()
    for attempt in range(_CHECK_ATTEMPTS):
        generation = store.generation
        check = store.check(sample)
        problems = (*check.problems(), *_manifest(store))
        if not problems or store.generation == generation or attempt == _CHECK_ATTEMPTS - 1:
            break
    try:
        removed, leftovers = store.clean(wait, (FILE_NAME,)) if clean else ([], store.leftovers((FILE_NAME,)))
    except (IndexDamagedError, OSError):  # nothing says which files are in use
        removed, leftovers = [], []
    return Verification(
        folder=store.folder,
        problems=problems,
        leftovers=tuple(leftovers),
        removed=tuple(removed),
        files=check.files,
        size=check.size,
        articles=check.articles,
        paragraphs=check.paragraphs,
        sampled=check.sampled,
        seconds=time.perf_counter() - started,
    )


def _store_even_if_damaged(
    folder: str | Path, tolerated: tuple[type[Exception], ...] = (IndexDamagedError,)
) -> Store:
    """Return the index in a folder, even if it cannot be opened because of one of the ``tolerated`` errors."""
    store = store_at("folder", folder)
    with contextlib.suppress(*tolerated):
        store.open()
    return store


def _manifest(store: Store) -> Iterator[Problem]:
    try:
        content = store.read_extra(FILE_NAME)
        if content is not None:
            unsealed(content)
    except OSError as error:
        yield unread(store.folder / FILE_NAME, error)
    except ValueError as error:
        yield Problem(FILE_NAME, f"{error}; it only saves work: files will be read again")


def salvage(folder: str | Path, into: str | Path, *, wait: float = 10.0) -> Salvage:
    """Save all readable articles of the damaged index in ``folder`` into a new one, and leave the old one as it is.

    Only articles that are whole are saved, each as it was indexed. Raises :class:`IndexNotFoundError`,
    :class:`IndexVersionError`, :class:`IndexExistsError` if ``into`` holds an index, and :class:`IndexLockedError` if
    another process makes one there for longer than ``wait`` seconds. A file that the system does not let be read (for lack of
    permission, say) is an :class:`OSError`, and nothing is made.
    """
    new = store_at("into", into)
    arguments.seconds("wait", wait)
    store = _store_even_if_damaged(folder)
    readable = (
        store.salvage()
    )  # before anything is made: a file that the system does not let be read is an error
    writer = new.create(wait, (FILE_NAME,))
    problems: list[Problem] = []
    lost = 0
    ids: set[str] = set()
    try:
        for found in readable:
            if isinstance(found, Problem):
                problems.append(found)
            elif isinstance(found, LostArticle):
                lost += 1
            elif found.article.id not in ids:
                ids.add(found.article.id)
                writer.add(*found)
                if writer.pending >= PARAGRAPHS_PER_COMMIT:
                    writer.commit(last=False)
        writer.commit()
    finally:
        writer.close()
    return Salvage(store.folder, new.folder, len(ids), lost, tuple(problems))
