"""The methods of an index that change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, BinaryIO, Literal

from newssearch import arguments
from newssearch.article import Article
from newssearch.config import STORED_CONFIG, Config
from newssearch.engines.protocol import Writer
from newssearch.updating import last_run

from .opened import OpenIndex

if TYPE_CHECKING:
    from newssearch.readers import ReadOptions
    from newssearch.reports import IndexReport, Progress, Removal
    from newssearch.updating.indexer import Indexer
    from newssearch.updating.manifest import Manifest


class WritingMethods(OpenIndex):
    """The methods that change an index."""

    def add(
        self,
        articles: Article | Iterable[Article],
        *,
        on_conflict: Literal["replace", "keep", "error"] | None = None,
        wait: float = 10.0,
    ) -> IndexReport:
        """Add one article or several, and commit.

        An article of the same identity but with other content is a conflict. By default the new one replaces it, as its
        next version and with the same id. With ``on_conflict="keep"``, the article in the index stays, and the new one
        is ignored; with ``"error"``, nothing is added, and :class:`ArticleConflictError` is raised. In an archive that
        keeps all versions (``versions = "keep"``), the new one is by default added as a further version, and
        ``on_conflict="replace"`` puts it in the place of the last one.

        Waits up to ``wait`` seconds for another writer, then raises :class:`IndexLockedError`.
        """
        taken = arguments.several("articles", articles, Article, "an Article")
        if on_conflict is not None:
            arguments.choice("on_conflict", on_conflict, ("replace", "keep", "error"))
        refuses = on_conflict == "error"
        chosen = None if on_conflict == "error" else on_conflict
        return self._run(lambda run: run.read_articles(taken, refuses), wait, on_conflict=chosen)

    def update(
        self,
        paths: arguments.Paths,
        *,
        options: ReadOptions | None = None,
        config: Config | None = None,
        prune: bool = False,
        confirm: Callable[[Removal], bool] | None = None,
        retry: bool = False,
        stream: BinaryIO | None = None,
        wait: float = 10.0,
        stop: Callable[[], bool] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> IndexReport:
        """Bring the index up to date with the files at ``paths`` (files, folders, globs) and a JSON Lines ``stream``.

        ``config`` replaces the archive's configuration, and ``options`` replace its settings for reading. Files that
        have not changed since they were last read are not read again. Rejected files are read again with ``retry``, or
        if the options or the versions of newssearch or its packages have changed. An article that a file no longer has is
        removed; one that is no longer in its feed stays, unless the configuration says ``feeds = "replace"``.

        ``prune`` removes the articles below ``paths`` whose files are gone or excluded. It removes nothing below a path
        that is missing, or in a folder that cannot be listed. Before more than half of the articles below a path, or
        all articles of a folder that is now empty, are removed, ``confirm`` is called with a :class:`Removal`, and must
        return True.

        A run commits in batches. ``stop`` is called after each article; if it returns True, the run commits and ends
        early, and the next run continues from there. ``progress`` is called with a :class:`Progress` as the run goes
        on. Waits up to ``wait`` seconds for another writer, then raises :class:`IndexLockedError`.
        """
        from newssearch.readers import chosen_settings  # slow to import, and a search needs none of it
        from newssearch.updating import files  # the same

        wanted = arguments.paths("paths", paths)
        arguments.flag("prune", prune)
        arguments.function("confirm", confirm)
        arguments.flag("retry", retry)
        arguments.stream("stream", stream)
        chosen, options = chosen_settings(lambda: self.config, config, options)

        def work(run: Indexer) -> None:
            listing = files.list_files(wanted, self._store.archive, chosen.exclude)
            run.read_files(listing)
            if prune:  # after reading: the articles of a moved file have its new path by now
                run.commit()
                self.refresh()
                with self._reading() as snapshot:
                    indexed = snapshot.paths()
                run.prune(indexed, listing, chosen.exclude, confirm)
            run.read_copies()
            if stream is not None:
                run.read_stream(stream)

        return self._run(work, wait, stop, progress, options, retry, config=chosen)

    def remove(self, ids: str | Iterable[str], *, paths: arguments.Paths = (), wait: float = 10.0) -> int:
        """Remove one article or several by their ids, commit, and return the number of articles removed.

        With ``paths``, of files or folders, an article that a file elsewhere holds too stays, and only loses its places
        in ``paths``. Ids that the index does not have are ignored. A removed article comes back only when its file
        changes or is renamed, or on a rebuild. Waits up to ``wait`` seconds for another writer, then raises
        :class:`IndexLockedError`.
        """
        from newssearch.updating import files, removal  # slow to import, and a search needs none of it

        wanted = dict.fromkeys(arguments.several("ids", ids, str, "a string"))
        named = files.all_names(arguments.paths("paths", paths), self._store.archive.root)
        self._check_open()
        writer = self._store.writer(arguments.seconds("wait", wait))
        try:
            self.refresh()
            manifest = self._manifest()
            removed = removal.remove_articles(writer, manifest, wanted, named)
            writer.commit()
            self._save(manifest)
        finally:
            self._end(writer)
        return removed

    def _run(
        self,
        work: Callable[[Indexer], None],
        wait: float,
        stop: Callable[[], bool] | None = None,
        progress: Callable[[Progress], None] | None = None,
        options: ReadOptions | None = None,
        retry: bool = False,
        on_conflict: Literal["replace", "keep"] | None = None,
        config: Config | None = None,
    ) -> IndexReport:
        from newssearch.updating.indexer import Indexer  # slow to import, and a search needs none of it

        arguments.function("stop", stop)
        arguments.function("progress", progress)
        self._check_open()
        chosen = config or self.config
        writer = self._store.writer(arguments.seconds("wait", wait))
        try:
            self._store.write_extra(last_run.RUN_FILE, last_run.dump(writer.moment))
            self._keep_settings()
            run = Indexer(
                writer,
                self._manifest(),
                self._save,
                options,
                archive=self._store.archive.root,
                retry=retry,
                stop=stop,
                progress=progress,
                on_conflict=on_conflict,
                own_kinds=lambda: self.config.fields,
                keeps_versions=chosen.versions == "keep",
                keeps_feeds=chosen.feeds == "keep",
            )
            work(run)
            return run.finish()
        finally:
            self._end(writer)

    def _keep_settings(self) -> None:
        """Write the settings of the archive into an index that is elsewhere, so that searches from anywhere have them."""
        from newssearch.updating.extras import stored_settings  # a search needs none of it

        settings = stored_settings(self._store)
        if settings is not None and settings != self._store.read_extra(STORED_CONFIG):
            self._store.write_extra(STORED_CONFIG, settings)

    def _end(self, writer: Writer) -> None:
        """Renew the snapshot after writing, and close the writer, which releases the lock."""
        try:
            # Renew before closing: on Windows, the writer cannot remove files that this process has open.
            self._renew()
        finally:
            writer.close()

    def _save(self, manifest: Manifest) -> None:
        from newssearch.updating.manifest import FILE_NAME  # slow to import, and a search needs none of it

        self._store.write_extra(FILE_NAME, manifest.dump())
