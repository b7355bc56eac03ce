"""The copying of an index to another place, without the files that it was made from."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from newssearch.config import STORED_CONFIG, settings_to_store
from newssearch.engines.address import store_at
from newssearch.engines.protocol import Snapshot, Store, StoredArticle, StoredHeader, Writer
from newssearch.system.atomic_files import sealed, unsealed
from newssearch.updating import last_run, manifest
from newssearch.updating.extras import COPY_FILE, EXTRAS

from . import arguments
from .errors import IndexCopyError, IndexExistsError, IndexNotFoundError, NewssearchError
from .reports import CopyReport, Progress

PARAGRAPHS_OF_COMMIT = 100_000
"""A copy commits whenever it has added this many paragraphs, so that its memory stays bounded."""
SECONDS_OF_COMMIT = 60.0
"""A copy commits at least this often, so that little is copied again if it is killed."""


class _Record(NamedTuple):
    """What the extra :data:`COPY_FILE` of a copy says."""

    source: str
    """The index that it is a copy of."""
    commit: dict[str, object]
    """The commit of the source that it was last made from."""
    runs: tuple[str | None, ...]
    """The contents that the extra of the last run may have, unless something else has written to the copy."""

    def dump(self) -> str:
        """Return the content of the extra."""
        return sealed(json.dumps(self._asdict()))

    @classmethod
    def load(cls, content: str | None) -> _Record | None:
        """Return the record in the content of the extra; None if there is none, or it is damaged."""
        try:
            found = json.loads(unsealed(content or ""))
            return cls(str(found["source"]), dict(found["commit"]), tuple(found["runs"]))
        except (ValueError, TypeError, KeyError, RecursionError):
            return None


def copy(
    source: str | Path,
    into: str | Path,
    *,
    wait: float = 10.0,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> CopyReport:
    """Copy the index ``source`` into a new index at ``into``: a folder, or an address on a cluster, each way.

    The files that the articles were read from are not needed. Each article keeps its id, its fields, its versions, and the
    time when it came into the index; the record of the files that were read is copied too, so that a run of ``update``
    on the copy reads only what has changed since. At the end the numbers of articles, paragraphs and words, the files, the
    dates and the digest of both are compared; :class:`IndexCopyError` says what differs.

    A copy that was interrupted is continued by the same call. A whole copy is brought up to date by it: articles that have
    changed in ``source`` are replaced, and those that it has no longer are removed. Raises :class:`IndexExistsError` if
    ``into`` holds an index that is no copy of ``source``, or one that something else has changed since.

    ``stop`` is called after each article; if it returns True, the copy is committed so far, and ends. ``progress`` is called
    with a :class:`Progress` that counts articles. Waits up to ``wait`` seconds for another writer at ``into``, then raises
    :class:`IndexLockedError`. Raises :class:`IndexNotFoundError` and the other errors of :func:`open` for ``source``.
    """
    origin, target = store_at("source", source), store_at("into", into)
    arguments.seconds("wait", wait)
    arguments.function("stop", stop)
    arguments.function("progress", progress)
    if _place_of_index(origin) == _place_of_index(target):
        raise NewssearchError(f"into: an index cannot be copied into itself: {target.address}")
    origin.open()
    with closing(origin.snapshot()) as snapshot, closing(_writer(origin, target, wait)) as writer:
        before = _Record.load(target.read_extra(COPY_FILE))
        commit = snapshot.commit.to_dict()
        runs = (target.read_extra(last_run.RUN_FILE), origin.read_extra(last_run.RUN_FILE))
        target.write_extra(COPY_FILE, _Record(_place_of_index(origin), commit, runs).dump())
        copying = _Copying(snapshot, writer, target, continues=before is not None and before.commit == commit)
        report = copying.run(origin.folder, target, stop or (lambda: False), progress or (lambda done: None))
        if not report.interrupted:
            _copy_extras(origin, target)
            _compare(snapshot, target)
    return report


def _place_of_index(store: Store) -> str:
    """Return a text that is the same for the same index, however the path of its folder is written."""
    return store.archive.own_index or store.address


def _writer(origin: Store, target: Store, wait: float) -> Writer:
    """Return the writer of the copy, which is made if there is none.

    Raises :class:`~newssearch.IndexExistsError` if there is an index that is no copy of ``origin``, or has been changed.
    """
    try:
        target.open()
    except IndexNotFoundError:
        return target.create(wait, EXTRAS)
    writer = target.writer(wait)
    try:
        record = _Record.load(target.read_extra(COPY_FILE))
        with closing(target.snapshot()) as there:
            if record is None and len(there):
                what = "holds an index that is no copy"
            elif record is not None and record.source != _place_of_index(origin):
                what = f"holds a copy of {record.source}, not of {origin.address}"
            elif record is not None and target.read_extra(last_run.RUN_FILE) not in record.runs:
                what = "holds a copy to which something else has been added since"
            else:
                return writer
        raise IndexExistsError(f"{target.address} {what}: copy into a new index", target.folder)
    except BaseException:
        writer.close()
        raise


class _Copying:
    """One run that makes the articles behind ``writer``, those of ``target``, the ones of ``snapshot``.

    ``continues`` is whether all that is there comes from the same commit: then an article that is there is right.
    """

    def __init__(self, snapshot: Snapshot, writer: Writer, target: Store, *, continues: bool) -> None:
        self._snapshot = snapshot
        self._writer = writer
        self._target = target
        self._continues = continues
        self._counts = dict.fromkeys(("copied", "replaced", "removed", "unchanged", "paragraphs"), 0)
        self._commit_due = time.perf_counter() + SECONDS_OF_COMMIT

    def run(
        self, source: Path, target: Store, stop: Callable[[], bool], progress: Callable[[Progress], None]
    ) -> CopyReport:
        """Copy, commit, and return the report."""
        started, total = time.perf_counter(), len(self._snapshot)
        self._writer.keep(self._snapshot.own_fields)
        interrupted = False
        for done, stored in enumerate(self._snapshot.stored(), 1):
            self._take(stored)
            progress(Progress(done, total, done))
            interrupted = stop() and done < total
            if interrupted:
                break
            self._commit_if_due()
        if not interrupted:
            self._remove_others(target)
        self._writer.commit()
        return CopyReport(
            source,
            target.folder,
            **self._counts,
            seconds=time.perf_counter() - started,
            interrupted=interrupted,
        )

    def _take(self, stored: StoredArticle) -> None:
        article = stored.article
        there = self._writer.find(article.id)
        if there is not None and self._is_same(there, stored):
            self._counts["unchanged"] += 1
            return
        if (reason := self._writer.refusal(article)) is not None:
            raise IndexCopyError(
                f"{self._target.address} cannot hold {article.id}: {reason}", self._target.folder
            )
        if there is not None:
            self._writer.remove([there.id])
        self._writer.add(article, stored.state)
        self._counts["copied" if there is None else "replaced"] += 1
        self._counts["paragraphs"] += len(article.paragraphs)

    def _is_same(self, there: StoredHeader, stored: StoredArticle) -> bool:
        if (there.id, there.state) != (stored.article.id, stored.state):
            return False
        return self._continues or self._writer.article(there.id) == stored.article

    def _commit_if_due(self) -> None:
        pending = self._writer.pending
        if pending >= PARAGRAPHS_OF_COMMIT or (pending and time.perf_counter() >= self._commit_due):
            self._writer.commit(last=False)
            self._commit_due = time.perf_counter() + SECONDS_OF_COMMIT

    def _remove_others(self, target: Store) -> None:
        """Remove the articles that the source had at an earlier commit, and has no longer."""
        with closing(target.snapshot()) as there:
            if not self._continues and len(there):
                others = set(there.ids_ending("")).difference(self._snapshot.ids_ending(""))
                self._counts["removed"] = self._writer.remove(sorted(others))


def _copy_extras(origin: Store, target: Store) -> None:
    """Copy the record of the files that were read, the time of the last run, and the settings, as far as they belong there."""
    for name in (manifest.FILE_NAME, last_run.RUN_FILE):
        content = origin.read_extra(name)
        if content is not None:
            target.write_extra(name, content)
    if not target.archive.own_index:
        settings = settings_to_store(origin.archive.settings) or origin.read_extra(STORED_CONFIG)
        if settings is not None:
            target.write_extra(STORED_CONFIG, settings)


def _compare(snapshot: Snapshot, target: Store) -> None:
    """Compare a copy with its source. Raises :class:`~newssearch.IndexCopyError` for the first thing that differs."""
    with closing(target.snapshot()) as there:
        for what, wanted, found in (
            ("articles", len(snapshot), len(there)),
            ("digest", snapshot.commit.digest, there.commit.digest),
            ("own fields", snapshot.own_fields, there.own_fields),
            ("files", snapshot.paths(), there.paths()),
            ("contents", snapshot.contents(), there.contents()),
        ):
            if wanted != found:
                raise IndexCopyError(
                    f"{target.address} is not as the index that it was copied from: the {what} of both differ",
                    target.folder,
                )
