"""The functions that check a whole index and that salvage the readable articles of a damaged one."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from newssearch.config import STORED_CONFIG
from newssearch.engines.address import store_at
from newssearch.engines.protocol import LostArticle, Store
from newssearch.system.atomic_files import unsealed
from newssearch.updating import last_run, manifest
from newssearch.updating.extras import COPY_FILE, EXTRAS

from . import arguments
from .errors import IndexDamagedError, NewssearchError, OwnFieldError
from .reports import Problem, Salvage, Verification, unread

SAMPLED_ARTICLES = 100
"""The default number of articles of each segment for which a check compares the indexed words with the text."""
_CHECK_ATTEMPTS = 5
"""The largest number of times that a check runs. It runs again if it found problems while another process wrote."""
PARAGRAPHS_PER_COMMIT = 100_000
"""A salvage commits whenever it has added this many paragraphs, so that its memory stays bounded."""


def verify(
    folder: str | Path = "index", *, sample: int = SAMPLED_ARTICLES, clean: bool = False, wait: float = 10.0
) -> Verification:
    """Check the whole index in ``folder``: checksums, stored texts, internal consistency.

    For ``sample`` articles of each segment, the indexed words are compared with the text. With ``clean``, leftovers of
    interrupted runs are removed. Other processes can search and write meanwhile.

    Raises :class:`IndexNotFoundError`, :class:`IndexVersionError`, and with ``clean`` :class:`IndexLockedError` if
    another process writes for longer than ``wait`` seconds. Damage, and files that the system cannot read, raise
    nothing: the report lists them.
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
        problems = (*check.problems(), *_problems_of_extras(store))
        if not problems or store.generation == generation or attempt == _CHECK_ATTEMPTS - 1:
            break
    try:
        removed, leftovers = store.clean(wait, EXTRAS) if clean else ([], store.leftovers(EXTRAS))
    except (IndexDamagedError, OSError):  # without a table of contents, it is unknown which files are in use
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
        unchecked=tuple(check.unchecked),
    )


def _store_even_if_damaged(
    folder: str | Path, tolerated: tuple[type[Exception], ...] = (IndexDamagedError,)
) -> Store:
    """Return the store of the index in ``folder``, even if opening it raises one of the ``tolerated`` exceptions."""
    store = store_at("folder", folder)
    with contextlib.suppress(*tolerated):
        store.open()
    return store


_HARM = {
    manifest.FILE_NAME: "it only saves work: files will be read again",
    COPY_FILE: "only that this is a copy is not known: `newssearch copy` cannot bring it up to date",
    STORED_CONFIG: "the settings of the archive are not known elsewhere, until the next run",
    last_run.RUN_FILE: "only what came with the last run cannot be searched for, until the next run",
}
"""The harm that damage to each extra of an index does."""


def _problems_of_extras(store: Store) -> Iterator[Problem]:
    """Yield a problem for each extra of an index that cannot be read or whose checksum is wrong."""
    for name, harm in _HARM.items():
        try:
            content = store.read_extra(name)
            if content is not None:
                unsealed(content)
        except OSError as error:
            yield unread(store.folder / name, error)
        except ValueError as error:
            yield Problem(name, f"{error}; {harm}")


def salvage(folder: str | Path, into: str | Path, *, wait: float = 10.0) -> Salvage:
    """Copy all readable articles of the damaged index in ``folder`` into a new index in the folder ``into``.

    The old index is not changed. Only whole articles are copied, each as it was indexed. Raises
    :class:`IndexNotFoundError`, :class:`IndexVersionError`, :class:`IndexExistsError` if ``into`` holds an index, and
    :class:`IndexLockedError` if another process is still creating one there after ``wait`` seconds. If the system
    cannot read a file (for lack of permission, say), raises :class:`OSError` and creates nothing.
    """
    new = store_at("into", into)
    arguments.seconds("wait", wait)
    store = _store_even_if_damaged(folder)
    readable = store.salvage()  # first: it raises OSError before the new index is created
    writer = new.create(wait, EXTRAS)
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
                try:
                    writer.keep(found.own_fields)
                except (
                    OwnFieldError
                ):  # two files disagree on the kind of a field: one of them was not written so
                    lost += 1
                    continue
                if (reason := writer.refusal(found.article)) is not None:
                    problems.append(Problem(found.article.id, reason))
                    lost += 1
                    continue
                ids.add(found.article.id)
                writer.add(found.article, found.state)
                if writer.pending >= PARAGRAPHS_PER_COMMIT:
                    writer.commit(last=False)
        writer.commit()
        if (started := last_run.read(store)) is not None:
            new.write_extra(last_run.RUN_FILE, last_run.dump(started))
    finally:
        writer.close()
    return Salvage(store.folder, new.folder, len(ids), lost, tuple(problems))
