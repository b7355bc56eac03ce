"""Rebuilds an index: makes a new index from files, which then replaces the old one."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import BinaryIO

from newssearch import arguments
from newssearch.article import Article, Place, content_digest, same_content
from newssearch.config import STORED_CONFIG, Config
from newssearch.engines.address import store_at
from newssearch.engines.protocol import Snapshot, Store, StoredHeader
from newssearch.errors import IndexFolderError, IndexNotFoundError, IndexUnreachableError
from newssearch.readers import ReadOptions, chosen_settings
from newssearch.reports import IndexReport, Progress, Removal
from newssearch.system.kept import cached_property

from . import files, last_run
from .extras import EXTRAS, stored_settings
from .fingerprint import file_digest
from .history import History
from .indexer import Indexer
from .manifest import FILE_NAME, Manifest
from .pruning import EMPTY_FOLDER, MAX_EXAMPLES, Confirm


def rebuild(
    folder: str | Path,
    paths: str | Path | Iterable[str | Path],
    *,
    options: ReadOptions | None = None,
    config: Config | None = None,
    confirm: Callable[[Removal], bool] | None = None,
    stream: BinaryIO | None = None,
    wait: float = 10.0,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> IndexReport:
    """Rebuild the index in ``folder`` from files; the new one replaces the old one when it is complete.

    Until then the old one can be searched. It stays as it was if the run is stopped, fails, or finds no article. An
    article that the old index has keeps its id, the time when it was added, and its earlier versions. Articles that are no
    longer in their feeds are taken from the old index, unless the configuration says ``feeds = "replace"``. An old index that
    is damaged or has an older format is not read; only the number of its articles is taken from its manifest.

    ``confirm`` is called with a :class:`Removal` before the new index replaces an index that has more than twice as
    many articles, or that has articles below a path that is missing, empty or cannot be listed. Without ``confirm``,
    the rebuild is refused.
    """
    store = store_at("folder", folder)
    wanted = arguments.paths("paths", paths)
    chosen, options = chosen_settings(lambda: store.config, config, options)
    for name, value in (("confirm", confirm), ("stop", stop), ("progress", progress)):
        arguments.function(name, value)
    arguments.stream("stream", stream)
    arguments.seconds("wait", wait)
    with ExitStack() as ended:
        begun = ended.enter_context(closing(store.rebuild(wait, EXTRAS)))
        old = _old(store)
        ended.callback(old.close)
        listing = files.list_files(wanted, store.archive, chosen.exclude)
        refused = _refused(_missed(old, listing), confirm)
        if refused:
            rejected = tuple(listing.rejected)
            return IndexReport(rejections=len(rejected), rejected=rejected, refused=refused, kept=old.total)
        with closing(begun.begin(old.last_moment)) as writer:
            begun.write_extra(last_run.RUN_FILE, last_run.dump(writer.moment))
            if (settings := stored_settings(store)) is not None:
                begun.write_extra(STORED_CONFIG, settings)
            run = Indexer(
                writer,
                Manifest(),
                lambda manifest: begun.write_extra(FILE_NAME, manifest.dump()),
                options,
                archive=store.archive.root,
                stop=stop,
                progress=progress,
                recall=old.recall,
                keeps_versions=chosen.versions == "keep",
                keeps_feeds=chosen.feeds == "keep",
                earlier=old.snapshot,
                earlier_manifest=old.manifest,
            )
            run.read_files(listing)
            if stream is not None:
                run.read_stream(stream)
            run.add_from_earlier()
            report = run.finish(lambda added: _refused(_smaller(old, added), confirm))
        if report.added and not report.interrupted and not report.refused:
            old.close()
            begun.finish((last_run.RUN_FILE,))
        return report


def read_from(folder: str | Path) -> list[str]:
    """Return the folders and files that an index was made from, according to its manifest, sorted.

    Several files are replaced by their innermost common folder: files below one folder beside the index, and files
    outside the archive whose first two folders are the same.
    """
    together: dict[tuple[str, ...], list[str]] = {}
    store = store_at("folder", folder)
    for name, entry in Manifest.load(store.read_extra(FILE_NAME)).entries.items():
        if entry.articles:
            path = Path(name)
            together.setdefault(path.parts[: 3 if path.is_absolute() else 1], []).append(name)
    found = (store.archive.folder / os.path.commonpath(names) for names in together.values())
    here = Path.cwd()
    return sorted(str(path.relative_to(here) if path.is_relative_to(here) else path) for path in found)


class _Old:
    """The old index: its number of articles (None if it cannot be read), the number for each file, and its articles."""

    def __init__(
        self,
        articles: int | None,
        paths: dict[str, int],
        snapshot: Snapshot | None = None,
        manifest: Manifest | None = None,
        archive: Path = Path(),
    ) -> None:
        self.articles = articles
        self.paths = paths
        self.snapshot = snapshot
        """The old index; None if it cannot be read, or is closed."""
        self.manifest = manifest or Manifest()
        """The manifest of the old index; empty if the index cannot be read."""
        self._archive = archive
        self._at: tuple[str, dict[Place, StoredHeader]] = ("", {})  # the articles of the last path
        self._moved: tuple[str, list[str]] = ("", [])  # where the last new path was before

    @property
    def total(self) -> int:
        """The number of articles of the old index. If it cannot be read, the number that its manifest records."""
        return sum(self.paths.values()) if self.articles is None else self.articles

    @property
    def last_moment(self) -> dt.datetime | None:
        """The time of the last commit of the old index, or a later one of an article in it; None if it cannot be read."""
        if self.snapshot is None:
            return None
        last = self.snapshot.commit.time
        return max(last, self.snapshot.last_added or last)

    def recall(self, article: Article) -> History | None:
        """Return the history of an article in the old index; None if it has no article of this identity.

        An article that is identified only by its place may have been moved there. It then keeps the id of its first
        place, and is found by its place and content. It may also have been moved since: see
        :meth:`_found_before_move`.
        """
        if self.snapshot is None:
            return None
        found = self.snapshot.find(article.id)
        if article.id_at("") is not None and (found is None or found.place != article.place):
            at = self._articles_at(self.snapshot, article.place.path).get(article.place)
            found = at if at is not None and same_content(at.state, article.state) else None
            found = found or self._found_before_move(self.snapshot, article)
        if found is None:
            return None
        whole = self.snapshot.article(found.id) if found.version > 1 else None
        return History(
            found.id, content_digest(found.state), found.added, found.version, whole.earlier if whole else ()
        )

    def _found_before_move(self, snapshot: Snapshot, article: Article) -> StoredHeader | None:
        """Return the article at the same place in a file that is gone and had the same bytes as the file of ``article``."""
        for path in self._places_before(article.place.path):
            there = snapshot.find(article.id_at(path) or "")
            there = there or self._articles_at(snapshot, path).get(article.place._replace(path=path))
            if there is not None and same_content(there.state, article.state):
                return there
        return None

    def _places_before(self, path: str) -> list[str]:
        """Return the files that are gone and had the same bytes as a file that the old index does not have."""
        if path in self.manifest.entries:
            return []
        if self._moved[0] != path:
            same = self._paths_by_digest.get(file_digest(files.file_of(path, self._archive)), ())
            self._moved = path, [name for name in same if not files.file_of(name, self._archive).exists()]
        return self._moved[1]

    @cached_property
    def _paths_by_digest(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, entry in self.manifest.entries.items():
            if entry.digest:
                found.setdefault(entry.digest, []).append(path)
        return found

    def _articles_at(self, snapshot: Snapshot, path: str) -> dict[Place, StoredHeader]:
        if self._at[0] != path:
            found = map(snapshot.find, snapshot.ids_of(path))
            self._at = path, {one.place: one for one in found if one is not None}
        return self._at[1]

    def close(self) -> None:
        """Close the old index."""
        if self.snapshot is not None:
            self.snapshot.close()
            self.snapshot = None


def _old(store: Store) -> _Old:
    try:
        store.open()
        snapshot = _readable(store.snapshot())
    except IndexNotFoundError:
        return _Old(0, {})
    except IndexUnreachableError:  # it may be intact: give up nothing
        raise
    except IndexFolderError:  # damaged, or of another format
        entries = Manifest.load(store.read_extra(FILE_NAME)).entries
        return _Old(None, {path: entry.articles for path, entry in entries.items() if entry.articles})
    try:
        manifest = Manifest.load(store.read_extra(FILE_NAME))
        return _Old(len(snapshot), snapshot.paths(), snapshot, manifest, store.archive.root)
    except BaseException:
        snapshot.close()
        raise


def _readable(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot whose articles can be read. Closes it, and raises the error of reading, if they cannot."""
    try:
        _ = snapshot.own_fields  # their names may have become reserved since
    except BaseException:
        snapshot.close()
        raise
    return snapshot


def _missed(old: _Old, listing: files.FileListing) -> Iterator[Removal]:
    """Yield a removal for each path with articles in the old index that cannot be read now."""
    if old.articles == 0:
        return
    holding = {scope for source in listing.sources for scope in listing.scopes_of(source.path)}
    empty = {scope.path: scope.problem or EMPTY_FOLDER for scope in listing.scopes if scope not in holding}
    for path, reason in {**empty, **listing.unlisted, **listing.broken_links}.items():
        below = files.FileListing(scopes=[files.Scope(path)])
        indexed = {name: number for name, number in old.paths.items() if below.scopes_of(name)}
        if indexed or (old.articles is None and path not in listing.broken_links):
            total = sum(indexed.values())
            yield Removal(
                path, total, total if indexed else None, reason, len(indexed), tuple(indexed)[:MAX_EXAMPLES]
            )


def _smaller(old: _Old, added: int) -> Iterator[Removal]:
    """Yield one removal if the new index, with ``added`` articles, has less than half the articles of the old one."""
    if 2 * added < old.total:
        reason = f"the new index would have {added:,}"
        yield Removal(".", old.total - added, old.total, reason)


def _refused(removals: Iterable[Removal], confirm: Confirm | None) -> tuple[Removal, ...]:
    return tuple(removal for removal in removals if confirm is None or not confirm(removal))
