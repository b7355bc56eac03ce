"""An open index: its current snapshot, and what its methods have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

from newssearch.archive import TAGS_FILE
from newssearch.config import Config
from newssearch.display.brief import brief, quoted
from newssearch.engines.protocol import Snapshot, Store
from newssearch.errors import (
    ArticleNotFoundError,
    IndexUnreachableError,
    NewssearchError,
    QueryError,
    TagFileError,
)
from newssearch.fields import OUTLET_FIELDS, TAG, UNREAD_TAGS, by_name
from newssearch.query import Diagnostic, Node, Query, has_tags, scored_leaves
from newssearch.request import Request, ResolvedRequest, parsed_query, resolve
from newssearch.results import Results
from newssearch.stopping import NEVER, StopCheck
from newssearch.system.kept import cached_property
from newssearch.updating import last_run

from .sharing import OpenedSnapshot, SharedSnapshot

if TYPE_CHECKING:
    from typing_extensions import Self

    from newssearch.commit import Commit
    from newssearch.outlets import Aliases
    from newssearch.tags.file import TagFile
    from newssearch.tags.state import TagState
    from newssearch.thesaurus import Thesaurus
    from newssearch.updating.manifest import Manifest


_ReadOfCommit = TypeVar("_ReadOfCommit")
TagReader: TypeAlias = "Callable[[], TagState | None]"
"""What returns the tags of an archive, None if it has no file of them. It raises :class:`TagFileError`."""


class TagsForHits(NamedTuple):
    """The tags that hits get; None if there are none. ``notes`` say why they could not be read."""

    state: TagState | None
    notes: tuple[Diagnostic, ...] = ()


class Asked(NamedTuple):
    """What a public method asks of a snapshot: a parsed query, and a request with the archive's names and the time limit."""

    snapshot: Snapshot
    query: Query
    request: ResolvedRequest


class OpenIndex:
    """An index that is open: its store, its current snapshot, its configuration.

    The methods of :class:`newssearch.Index` are in classes below this one, by what they do.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shared = SharedSnapshot(self._open())
        self._opened_tags: TagFile | None = None

    def _open(self) -> OpenedSnapshot:
        # The snapshot first: a run that begins meanwhile has brought nothing yet.
        snapshot = self._store.snapshot()
        try:
            return OpenedSnapshot(snapshot, last_run.read(self._store))
        except BaseException:
            snapshot.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> str:
        raise TypeError(
            "an Index holds open files and cannot be pickled or copied:"
            f" call newssearch.open({self.address!r}) in each process"
        )

    def __repr__(self) -> str:
        with self._shared.reading() as opened:
            return brief(self, quoted(self.address, 160), "" if opened is not None else "(closed)")

    @property
    def address(self) -> str:
        """The address of the index: the path of its folder as it was given, or ``opensearch://…``."""
        return self._store.address

    @property
    def folder(self) -> Path:
        """The folder that holds the files of the index. For an index on a cluster, its address as a path."""
        return self._store.folder

    @cached_property
    def config(self) -> Config:
        """The configuration of the archive, read at the first use. Raises :class:`ConfigError` if it is invalid."""
        return self._store.config

    def close(self) -> None:
        """Close the index. Its files are closed when the running searches have ended.

        Afterwards, reading and writing raise :class:`NewssearchError`. Closing a closed index does nothing.
        """
        self._shared.exchange(None)

    @property
    def commit(self) -> Commit:
        """The commit that is read from: its number, its time, and the digest of its content."""
        opened = self._shared.current
        if opened is None:
            raise self._closed_error()
        return opened.snapshot.commit  # which a closed snapshot has, too

    def refresh(self) -> bool:
        """Read from the newest commit from now on, and return whether anything has changed.

        That is, whether there has been a commit, or a run that brought nothing, since this index was opened, last
        refreshed, or last wrote; or whether another index stands in the folder. If nothing has changed, this takes a
        fraction of a millisecond. Several threads may call it. Raises :class:`NewssearchError` if the index is closed.
        """
        self._check_open()
        return self._renew()

    def _renew(self) -> bool:
        return self._shared.renew(self._is_newest, self._open)

    def _is_newest(self, opened: OpenedSnapshot) -> bool:
        """Whether :meth:`_open` would return the same."""
        return self._store.stamp == opened.snapshot.stamp and last_run.read(self._store) == opened.last_run

    def _check_open(self) -> None:
        if self._shared.current is None:
            raise self._closed_error()

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
                raise self._closed_error()
            yield opened._replace(snapshot=opened.snapshot.of_one_commit())

    def _of_one_commit(self, read: Callable[[], _ReadOfCommit]) -> _ReadOfCommit:
        """Return what ``read`` returns. It reads again if another commit took the place of the one before meanwhile."""
        current = self._shared.current
        before = None if current is None else current.snapshot.stamp
        try:
            return read()
        except IndexUnreachableError:
            current = self._shared.current
            if current is None or current.snapshot.stamp == before:
                raise
            return read()

    def _closed_error(self) -> NewssearchError:
        return NewssearchError(f"the index in {self.address} is closed")

    @contextmanager
    def _asking(
        self,
        query: str | Query | Node,
        request: Request,
        check: StopCheck = NEVER,
        tags: TagReader | None = None,
    ) -> Iterator[Asked]:
        """Yield the current snapshot with the parsed query and the resolved request of a public method.

        ``tags`` returns the tags of the archive, if the method needs them elsewhere, too. A :class:`QueryError` that the
        search raises gets the text of the query.
        """
        with self._opened() as opened:
            now = request.now or dt.datetime.now()
            own = by_name(opened.snapshot.own_fields)
            parsed = parsed_query(query, request, now, own, self._thesaurus_for(query, request))
            resolved = resolve(request, now, self._aliases(request, parsed.text), own, check)
            parsed, resolved = self._with_tags(parsed, resolved, tags or self._tags_now)
            try:
                yield Asked(opened.snapshot, parsed, opened.resolved(resolved))
            except QueryError as error:
                raise error.placed(parsed.text, 0, len(parsed.text)) from None

    @staticmethod
    def _with_tags(
        parsed: Query, resolved: ResolvedRequest, tags: TagReader
    ) -> tuple[Query, ResolvedRequest]:
        """Return a query and a request whose conditions on tags have the articles that have these tags."""
        if not (has_tags(parsed.tree) or TAG in resolved.conditions or TAG in resolved.unwanted):
            return parsed, resolved
        from newssearch.tags.lookup import with_articles  # a search without tags needs none of it
        from newssearch.tags.state import TagState  # the same

        return with_articles(tags() or TagState(), parsed, resolved)

    def _tags_now(self) -> TagState | None:
        """Return the tags of the archive; None if it has no file of them. Raises :class:`TagFileError`."""
        return self._tag_file.state() if self._tags_path.exists() else None

    def _tags_of_one_answer(self) -> TagReader:
        """Return a function that returns the tags of the archive as they are when it is first called.

        So an answer finds, counts and shows the same tags, whoever changes them meanwhile.
        """
        return cache(self._tags_now)

    @property
    def _tags_path(self) -> Path:
        return self._store.archive.folder / TAGS_FILE

    @staticmethod
    def _tags_shown(tags: TagReader, without: str = "tags and notes are not shown") -> TagsForHits:
        """Return the tags for hits whose search does not ask for tags.

        If the file of tags is damaged, a diagnostic says so, and what the hits are ``without``.
        """
        try:
            return TagsForHits(tags())
        except TagFileError as error:
            # Strangers may see it: without folders.
            return TagsForHits(None, (Diagnostic(UNREAD_TAGS, f"{without}: {error.without_folder}"),))

    def _with_said(self, results: Results, tags: TagReader) -> Results:
        """Return results whose hits have the tags of their articles, and the notes on these.

        If the file of tags is damaged, a diagnostic says so.
        """
        if not (results.hits or results.more or results.corrected):
            return results
        state, notes = self._tags_shown(tags)
        if state is None:
            return replace(results, diagnostics=(*results.diagnostics, *notes))
        parts = {name: tuple(map(state.shown, getattr(results, name))) for name in ("hits", "more")}
        corrected = results.corrected and self._with_said(results.corrected, tags)
        return replace(results, hits=parts["hits"], more=parts["more"], corrected=corrected)

    @property
    def _tag_file(self) -> TagFile:
        """The file of tags of the archive; another one when a link leads to another index now."""
        from newssearch.tags.file import TagFile  # a search without tags needs none of it

        folder = self._store.archive.folder
        if self._opened_tags is None or self._opened_tags.path.parent != folder:
            self._opened_tags = TagFile(folder)
        return self._opened_tags

    @staticmethod
    def _id_in(snapshot: Snapshot, wanted: str) -> str:
        """Return the id of the article with the id ``wanted``, or the only one whose id has this ending.

        Raises :class:`ArticleNotFoundError`.
        """
        if (found := snapshot.find(wanted)) is not None:
            return found.id
        ids = snapshot.ids_ending(f"-{wanted}") if wanted else []
        if len(ids) != 1:
            raise ArticleNotFoundError(wanted, ids)
        return ids[0]

    def _aliases(self, request: Request, query: str) -> Aliases:
        """Return the archive's own names of outlets, or an empty tuple if the search does not mention outlets."""
        filtered = (field for field, _ in (*request.filters, *request.exclusions))
        asked = {*filtered, *(facet.name for facet in request.asked_facets)} & {*OUTLET_FIELDS}
        return (
            self.config.outlets if asked or "outlet:" in query.lower() or "source:" in query.lower() else ()
        )

    @cached_property
    def _thesaurus(self) -> Thesaurus:
        return self.config.thesaurus

    def _thesaurus_for(self, query: str | Query | Node, request: Request) -> Thesaurus | None:
        """Return the synonyms of the archive; None if the request and the query do not ask for synonyms.

        A parsed query states its synonyms itself.
        """
        asked = (
            isinstance(query, str)
            and not request.literal
            and ("syn:" in (low := query.lower()) or "syn(" in low)
        )
        return self._thesaurus if request.synonyms or asked else None

    def _manifest(self) -> Manifest:
        from newssearch.updating.manifest import (  # slow to import, and a search needs none of it
            FILE_NAME,
            Manifest,
        )

        return Manifest.load(self._store.read_extra(FILE_NAME))


def check_matches_paragraphs(query: Query) -> None:
    """Raise :class:`~newssearch.QueryError` for a query without a leaf that is searched in paragraphs."""
    if all(use.optional or use.region == "title" for use in scored_leaves(query.tree)):
        raise QueryError("the query has no word or phrase that is searched in paragraphs")
