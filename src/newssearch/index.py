"""The class :class:`Index`, which searches and updates an index, and the functions that open and create one."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from newssearch.display.brief import brief, quoted
from newssearch.engines.address import store_at
from newssearch.system.kept import cached_property

from . import arguments
from .article import Article
from .config import Config, load_config
from .engines.protocol import Snapshot, Store, Writer
from .errors import (
    ArticleNotFoundError,
    IndexExistsError,
    IndexNotFoundError,
    NewssearchError,
    QueryError,
)
from .fields import OUTLET_FIELDS, ArticleField, by_name
from .info import IndexInfo
from .query import Field, Node, Query
from .request import (
    MatchOptions,
    RankOptions,
    RelatedOptions,
    Request,
    ResolvedRequest,
    SearchOptions,
    parsed_query,
    request_of,
    resolve,
    takes_options,
)
from .results import Rank, Results
from .searching import Search, corrected_query, expanded_query, related_results
from .sharing import OpenedSnapshot, SharedSnapshot
from .updating import last_run

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from newssearch.updating.indexer import Indexer
    from newssearch.updating.manifest import Manifest

    from .outlets import Aliases
    from .readers import ReadOptions
    from .reports import IndexReport, Progress, Removal
    from .story import Story


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


class Index:
    """An index of news articles.

    Reading uses a snapshot: the newest commit at the time when this object was opened, was refreshed, or last wrote.
    Several threads may search at once. Close the index, or use it in a ``with`` statement.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shared = SharedSnapshot(self._open())

    def _open(self) -> OpenedSnapshot:
        # The snapshot first: a run that begins meanwhile has brought nothing yet.
        return OpenedSnapshot(self._store.snapshot(), last_run.read(self._store))

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> str:
        raise TypeError(
            "an Index holds open files and cannot be pickled or copied:"
            f" call newssearch.open({str(self.folder)!r}) in each process"
        )

    def __repr__(self) -> str:
        with self._shared.reading() as opened:
            return brief(self, quoted(str(self.folder), 160), "" if opened is not None else "(closed)")

    @property
    def folder(self) -> Path:
        """The folder that holds the files of the index."""
        return self._store.folder

    @cached_property
    def config(self) -> Config:
        """The configuration of the archive, read at the first use. Raises :class:`ConfigError` if it is invalid."""
        return load_config(self.folder.absolute().parent)

    def close(self) -> None:
        """Close the index. Its files are closed when the running searches have ended.

        Afterwards, reading and writing raise :class:`NewssearchError`. Closing a closed index does nothing.
        """
        self._shared.exchange(None)

    def refresh(self) -> None:
        """Read from the newest commit from now on. Raises :class:`NewssearchError` if the index is closed."""
        self._check_open()
        self._shared.renew(self._open)

    def _check_open(self) -> None:
        with self._reading():
            pass

    @contextmanager
    def _reading(self) -> Iterator[Snapshot]:
        """Yield the current snapshot, which stays open inside the ``with`` block, even if another thread replaces it.

        Raises :class:`NewssearchError` if the index is closed.
        """
        with self._opened() as opened:
            yield opened.snapshot

    @contextmanager
    def _opened(self) -> Iterator[OpenedSnapshot]:
        with self._shared.reading() as opened:
            if opened is None:
                raise NewssearchError(f"the index in {self.folder} is closed")
            yield opened

    # ---- reading

    @takes_options(SearchOptions)
    def search(
        self,
        query: str | Query | Node = "",
        request: Request | None = None,
        **changes: Unpack[SearchOptions],
    ) -> Results:
        """Search for articles, and return one page of them, each with its best paragraph.

        The query is a string in the query language, or a tree of :mod:`newssearch.query`. AND, OR and NOT apply to an
        article as a whole, headline included. Options are keyword arguments, or the fields of a :class:`Request`; given
        both, the keyword arguments override the request. A filter takes one value or several, and passes articles that
        have at least one of them; filters never change scores. A date is a day, a moment, or a whole period
        (``"2024-07"``) in the outlet's calendar.

        Raises :class:`QueryError` for a query or an option that could only find nothing, such as an impossible date or
        an unknown facet, and TypeError for a value of a wrong type or an option that does not exist. The options:
        """
        started = time.perf_counter()
        given = request_of("search", SearchOptions, request, changes)
        with self._opened() as opened:
            parsed, asked = self._asked(opened, query, given)

            def corrected(words: Mapping[str, str]) -> Query:
                return corrected_query(query, parsed, words, asked, opened.snapshot.own_fields)

            search = Search(opened.snapshot, asked, lambda: self._is_strict(asked), corrected)
            try:
                return search.results(parsed, started)
            except QueryError as error:
                raise error.placed(parsed.text, 0, len(parsed.text)) from None

    def _is_strict(self, request: Request) -> bool:
        return self.config.strict if request.strict is None else request.strict

    @takes_options(RankOptions)
    def rank(
        self,
        query: str | Query | Node = "",
        request: Request | None = None,
        **changes: Unpack[RankOptions],
    ) -> list[Rank]:
        """Return the addresses and scores of the hits that :meth:`search` would return, in the same order.

        This is for evaluations, and for programs that store the texts themselves. It takes a fraction of the time of a
        search, because it reads no stored text, counts no totals and marks no matches.

        >>> import newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     report = index.add([newssearch.Article.create(title="Rain", text="It rained on Baghdad.")])
        ...     [(rank.id, rank.paragraph) for rank in index.rank("baghdad")]
        [('rain-oxalj53i3irb', 1)]

        The options, as keyword arguments or in a :class:`Request`:
        """
        given = request_of("rank", RankOptions, request, changes)
        with self._opened() as opened:
            parsed, asked = self._asked(opened, query, given)
            try:
                searched = expanded_query(opened.snapshot, parsed, asked)
                return opened.snapshot.rank(searched.query.tree, asked)
            except QueryError as error:
                raise error.placed(parsed.text, 0, len(parsed.text)) from None

    def article(self, article_id: str | None = None, *, key: str | None = None) -> Article:
        """Return the article with the given id, or with the given ``key``, the id that its source gives it.

        The digest at the end of an id identifies the article, and is enough. ``ID#3`` stands for ``ID``. Raises
        :class:`ArticleNotFoundError`. Its ``candidates`` are the ids of the articles if there are several.
        """
        if key is not None:
            key = arguments.text("key", key)
            if article_id is None:
                return self._article_of_key(key)
            raise TypeError("Index.article() takes an id or a key, not both")
        wanted = arguments.text("article_id", article_id).partition("#")[0]
        with self._reading() as snapshot:
            article = snapshot.article(wanted)
            if article is None:
                ids = snapshot.ids_ending(f"-{wanted}") if wanted else []
                article = snapshot.article(ids[0]) if len(ids) == 1 else None
                if article is None:
                    raise ArticleNotFoundError(wanted, ids)
            return article

    def _article_of_key(self, key: str) -> Article:
        ids = self.find(Field("key", key)) if any(map(str.isalnum, key)) else []
        if len(ids) != 1:
            raise ArticleNotFoundError(key, ids, "key")
        return self.article(ids[0])

    def story(self, article_id: str) -> Story:
        """Return the versions of the story that the given article tells, earliest first, each compared with the first.

        ``article_id`` may be anything that :meth:`article` accepts. Raises :class:`ArticleNotFoundError`.
        """
        from .story import compare  # slow to import, and a search needs none of it

        article = self.article(article_id)
        with self._reading() as snapshot:
            found = [snapshot.article(one) for one in snapshot.story(article.id)]
        return compare([version for version in found if version is not None] or [article])

    @takes_options(RelatedOptions)
    def related(
        self, article_id: str, request: Request | None = None, **changes: Unpack[RelatedOptions]
    ) -> Results:
        """Return articles on the subject of the given one, found by its forty most telling words, and nearest in date.

        Its own story is left out. The explanation of a hit lists the words that it shares, the most telling first.
        ``article_id`` may be anything that :meth:`article` accepts. Raises :class:`ArticleNotFoundError`. The options:
        """
        started = time.perf_counter()
        article = self.article(article_id)
        asked = request_of("related", RelatedOptions, request, changes)
        now = asked.now or dt.datetime.now()
        resolved = resolve(asked, now, self._aliases(asked, ""), by_name(self.own_fields))
        with self._opened() as opened:
            results = related_results(opened.snapshot, article, opened.resolved(resolved))
        return replace(results, took=time.perf_counter() - started)

    @takes_options(MatchOptions)
    def find(
        self,
        query: str | Query | Node = "",
        request: Request | None = None,
        **changes: Unpack[MatchOptions],
    ) -> list[str]:
        """Return the ids of all articles that match the query and the options, sorted by id.

        The options, as keyword arguments or in a :class:`Request`:
        """
        given = request_of("find", MatchOptions, request, changes)
        with self._opened() as opened:
            parsed, asked = self._asked(opened, query, given)
            return opened.snapshot.ids_matching(parsed.tree, asked)

    @takes_options(MatchOptions)
    def count(
        self,
        query: str | Query | Node = "",
        request: Request | None = None,
        **changes: Unpack[MatchOptions],
    ) -> int:
        """Return the number of articles that match: the ``total_articles`` of a search, but without ranking.

        The options, as keyword arguments or in a :class:`Request`:
        """
        given = request_of("count", MatchOptions, request, changes)
        with self._opened() as opened:
            parsed, asked = self._asked(opened, query, given)
            return opened.snapshot.count(parsed.tree, asked)

    def _asked(
        self, opened: OpenedSnapshot, query: str | Query | Node, request: Request
    ) -> tuple[Query, ResolvedRequest]:
        """Return the parsed query and the resolved request for the engine, from the arguments of a public method."""
        now = request.now or dt.datetime.now()
        own = by_name(opened.snapshot.own_fields)
        parsed = parsed_query(query, request.literal, now, request.names, own, request.match)
        resolved = resolve(request, now, self._aliases(request, parsed.text), own)
        return parsed, opened.resolved(resolved)

    def _aliases(self, request: Request, query: str) -> Aliases:
        """Return the archive's own names of outlets, or an empty tuple if the search does not mention outlets."""
        asked = {*(field for field, _ in request.filters), *request.facet_fields} & {*OUTLET_FIELDS}
        return (
            self.config.outlets if asked or "outlet:" in query.lower() or "source:" in query.lower() else ()
        )

    @property
    def own_fields(self) -> tuple[ArticleField, ...]:
        """The own fields of the index, which its archive asked to keep, in alphabetical order."""
        with self._reading() as snapshot:
            return snapshot.own_fields

    # ---- all articles

    def __len__(self) -> int:
        """Return the number of articles."""
        with self._reading() as snapshot:
            return len(snapshot)

    def __bool__(self) -> bool:
        """Return True, even if the index has no articles."""
        return True

    def __contains__(self, item: object) -> bool:
        """Whether the index has an article with this id, or an article equal to this one."""
        if not isinstance(item, str | Article):
            return False
        with self._reading() as snapshot:
            found = snapshot.article(item if isinstance(item, str) else item.id)
        return found is not None and (isinstance(item, str) or item == found)

    def __iter__(self) -> Iterator[Article]:
        """Iterate over all articles in the order of their ids, reading one at a time.

        All articles come from the commit that was current at the start, even if the index is written to, refreshed or
        closed during the iteration.
        """
        reading = self._all_articles()
        next(reading)  # from here on the snapshot stays open
        return cast("Iterator[Article]", reading)

    def _all_articles(self) -> Iterator[Article | None]:
        with self._reading() as snapshot:
            yield None
            yield from snapshot.articles()

    def articles_of(self, path: str | Path) -> list[str]:
        """Return the ids of the articles that a file holds, or all files below a folder.

        First come those that were read from there, in the order of the files; then those whose other places are there.
        """
        from .updating import files, removal  # slow to import, and a search needs none of it

        name = files.name_of(arguments.path("path", path), self._archive)
        with self._reading() as snapshot:
            return removal.articles_in(snapshot, self._manifest(), str(path), name)

    def info(self) -> IndexInfo:
        """Return the statistics of the index: numbers of articles, paragraphs and words, and the values of fields."""
        with self._opened() as opened:
            contents, paths = opened.snapshot.contents(self.config.outlets), opened.snapshot.paths()
        return IndexInfo(
            folder=self.folder,
            contents=contents,
            files=len(paths),
            size=self._store.size,
            format=self._store.format,
            commits=self._store.generation,
            last_run=opened.last_run,
        )

    # ---- writing

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
        if the options or the versions of newssearch or its packages have changed.

        ``prune`` removes the articles below ``paths`` whose files are gone or excluded. It removes nothing below a path
        that is missing, or in a folder that cannot be listed. Before more than half of the articles below a path, or
        all articles of a folder that is now empty, are removed, ``confirm`` is called with a :class:`Removal`, and must
        return True.

        A run commits in batches. ``stop`` is called after each article; if it returns True, the run commits and ends
        early, and the next run continues from there. ``progress`` is called with a :class:`Progress` as the run goes
        on. Waits up to ``wait`` seconds for another writer, then raises :class:`IndexLockedError`.
        """
        from .readers import chosen_settings  # slow to import, and a search needs none of it
        from .updating import files  # the same

        wanted = arguments.paths("paths", paths)
        arguments.flag("prune", prune)
        arguments.function("confirm", confirm)
        arguments.flag("retry", retry)
        arguments.stream("stream", stream)
        chosen, options = chosen_settings(self.folder.absolute().parent, config, options)

        def work(run: Indexer) -> None:
            listing = files.list_files(wanted, self.folder, chosen.exclude)
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
        from .updating import files, removal  # slow to import, and a search needs none of it

        wanted = dict.fromkeys(arguments.several("ids", ids, str, "a string"))
        named = files.all_names(arguments.paths("paths", paths), self._archive)
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
        keeps = (config or self.config).versions == "keep"
        writer = self._store.writer(arguments.seconds("wait", wait))
        try:
            self._store.write_extra(last_run.RUN_FILE, last_run.dump(writer.moment))
            run = Indexer(
                writer,
                self._manifest(),
                self._save,
                options,
                archive=self._archive,
                retry=retry,
                stop=stop,
                progress=progress,
                on_conflict=on_conflict,
                own_kinds=lambda: self.config.fields,
                keeps_versions=keeps,
            )
            work(run)
            return run.finish()
        finally:
            self._end(writer)

    def _end(self, writer: Writer) -> None:
        """Renew the snapshot after writing, and close the writer, which releases the lock."""
        try:
            # Renew before closing: on Windows, the writer cannot remove files that this process has open.
            self._shared.renew(self._open)
        finally:
            writer.close()

    @property
    def _archive(self) -> Path:
        from .updating import files  # slow to import, and a search needs none of it

        return files.archive_of(self.folder)

    def _manifest(self) -> Manifest:
        from newssearch.updating.manifest import (  # slow to import, and a search needs none of it
            FILE_NAME,
            Manifest,
        )

        return Manifest.load(self._store.read_extra(FILE_NAME))

    def _save(self, manifest: Manifest) -> None:
        from newssearch.updating.manifest import FILE_NAME  # slow to import, and a search needs none of it

        self._store.write_extra(FILE_NAME, manifest.dump())
