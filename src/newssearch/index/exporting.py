"""The method of an index that exports all that a search finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby, islice, repeat
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from newssearch import arguments
from newssearch._version import __version__
from newssearch.archive import why_no_result
from newssearch.article import Article
from newssearch.errors import NewssearchError
from newssearch.fields import COLUMNS_OF_TAGS
from newssearch.query import Node, Query
from newssearch.request import ExportOptions, HitContent, Request, request_of, takes_options
from newssearch.results import Hit
from newssearch.snippet import Snippet
from newssearch.stopping import StopCheck

from .opened import Asked, OpenIndex, TagReader, TagsForHits

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from newssearch.export.plan import ExportPlan
    from newssearch.hit_columns import ExportColumn, ExportedItem, Marked
    from newssearch.reports import ExportReport

_BETWEEN_PARAGRAPHS = "\n\n"
_HITS_AT_ONCE = 200
"""The number of hits whose articles are read together."""


class ExportingMethods(OpenIndex):
    """The method that exports all that a search finds."""

    @takes_options(ExportOptions)
    def export(
        self,
        query: str | Query | Node,
        file: str | Path | BinaryIO,
        request: Request | None = None,
        *,
        format: str | None = None,  # noqa: A002  (as users call it)
        rows: str = "articles",
        columns: str | Iterable[str] | None = None,
        text: str | None = None,
        marks: str = "none",
        bom: bool = False,
        raw: bool = False,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[ExportOptions],
    ) -> ExportReport:
        """Write all that a search finds to a file: rows for a spreadsheet or statistics, or citations.

        ``format`` is ``"csv"``, ``"jsonl"``, ``"xlsx"``, ``"parquet"``, ``"arrow"``, ``"ris"``, ``"bibtex"``, ``"biblatex"``
        or ``"csljson"``; by default the ending of the name says it. ``file`` may also be a binary stream. A row is an
        article, the best article of a story, or a matching paragraph (``rows="stories"``, ``"paragraphs"``). ``columns``
        are names of :data:`newssearch.hit_columns.COLUMNS` and of own fields. ``text`` is ``"none"``, ``"snippet"``,
        ``"paragraph"`` (the whole best one) or ``"full"`` (the whole article); in citations it is the abstract, by default
        none. ``marks`` marks matches in it: ``"markdown"``, ``"html"``. CSV has a byte order mark with ``bom``, and with
        ``raw`` its cells are as they are, even if a spreadsheet takes them for formulas.

        If the file of tags is damaged, the usual columns lack those of tags and notes, and a diagnostic of the report says so.

        All rows come from one commit, and the same commit and tags give the same bytes. A file is written whole or not at all. Few
        rows are in memory at once.

        Raises :class:`QueryError` for an option that contradicts others or has no effect, and :class:`NewssearchError` if
        the package that a format needs is not installed, a spreadsheet cannot have so many rows, or the file is one that the
        archive keeps; :class:`TagFileError` if
        ``columns`` names tags or notes, and their file is damaged.

        >>> import io, newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     report = index.add([newssearch.Article.create(title="Rain", text="It rained.", date="2024-07-25")])
        ...     table = io.BytesIO()
        ...     index.export("rain", table, format="csv", columns=["date", "title"]).rows, table.getvalue()
        (1, b'date,title\\r\\n2024-07-25,Rain\\r\\n')

        The options, as keyword arguments or in a :class:`Request`:
        """
        from newssearch.export.plan import plan_of  # a search needs none of it

        given = request_of("export", ExportOptions, request, changes)
        stream = cast("BinaryIO", file) if callable(getattr(file, "write", None)) else None
        path = None if stream is not None else path_of_result(file)
        name = None if path is None else str(path)
        plan = plan_of(name, format, rows=rows, columns=columns, text=text, marks=marks, bom=bom, raw=raw)
        with self._reading() as snapshot:
            plan.check_columns(snapshot.own_fields, has_length="snippet" in given.changed())
        asked_for = given.replace(group=rows == "stories", all_paragraphs=rows == "paragraphs")
        tags = self._tags_of_one_answer()
        with self._asking(query, asked_for, StopCheck(timeout, stop), tags) as asked:
            exporter = _Exporter(asked, plan, self._exported_tags(plan, tags))
            if path is None:
                assert stream is not None, "a stream, or else a path"
                return exporter.write(stream)
            with replaced_file(path) as replacing:
                return exporter.write(replacing)

    @classmethod
    def _exported_tags(cls, plan: ExportPlan, tags: TagReader) -> TagsForHits:
        """Return the tags for the rows of an export. Raises :class:`TagFileError` if columns of tags are asked for by name."""
        if plan.format.content == "citations":
            return cls._tags_shown(tags, "the citations have no tags as keywords")
        if plan.columns is None:
            return cls._tags_shown(tags, f"the columns {' and '.join(COLUMNS_OF_TAGS)} are left out")
        return TagsForHits(tags() if {*plan.columns} & {*COLUMNS_OF_TAGS} else None)


class _Exporter:
    """Makes the rows of an export from one snapshot, and has them written."""

    def __init__(self, asked: Asked, plan: ExportPlan, tags: TagsForHits) -> None:
        own = asked.snapshot.own_fields
        self._asked = asked
        self._tags = tags
        self._plan = plan
        self._columns: tuple[ExportColumn, ...] = (
            () if plan.format.content == "citations" else plan.columns_of(own, with_tags=not tags.notes)
        )
        names = {column.name for column in self._columns}
        is_table = bool(self._columns)
        self._has_snippet = "snippet" in names or (not is_table and plan.text == "snippet")
        self._has_text = "text" in names or (not is_table and plan.text in ("paragraph", "full"))
        self._marks_text = self._has_text and plan.is_marked
        self._reads_articles = any(column.needs_article for column in self._columns) or (
            self._has_text and (plan.text == "full" or self._marks_text)
        )

    def write(self, stream: BinaryIO) -> ExportReport:
        """Write the export to a stream. Raises :class:`~newssearch.NewssearchError` if not all rows came."""
        from newssearch.export.writing import write_export  # a search needs none of it
        from newssearch.reports import ExportReport  # the same

        snapshot, parsed, request = self._asked
        found = snapshot.scan(parsed.tree, request, self._content, None)
        if self._plan.format.name == "xlsx":
            from newssearch.export.workbook import check_rows  # the same

            check_rows(found.total)
        about = {
            "newssearch": __version__,
            "query": parsed.text,
            "interpretation": str(parsed),
            "commit": snapshot.commit.to_dict(),
            "rows": self._plan.rows,
            "total": found.total,
        }
        written = 0

        def items() -> Iterator[ExportedItem]:
            nonlocal written
            state = self._tags.state
            hits = found.hits if state is None else map(state.shown, found.hits)
            for hit, article in self._with_articles(hits):
                yield self._item(hit, article)
                written += 1

        cut = write_export(stream, self._plan, self._columns, items(), about, snapshot.commit.time)
        counts = snapshot.search(parsed.tree, replace(request, limit=0))
        total = {"articles": counts.total_articles, "stories": counts.total_stories}.get(
            self._plan.rows, found.total
        )
        if not written == found.total == total:
            raise NewssearchError(
                f"{written:,} of {total:,} rows came: the export is not whole; please report this as a bug"
            )
        return ExportReport(
            format=self._plan.format.name,
            rows=written,
            cut=cut,
            commit=snapshot.commit,
            interpretation=str(parsed),
            diagnostics=(*parsed.diagnostics, *counts.diagnostics, *self._tags.notes),
            undated=counts.undated,
            imprecise=counts.imprecise,
        )

    @property
    def _content(self) -> HitContent:
        """What hits need to have of their paragraphs."""
        if self._has_snippet:
            return "snippets"
        return "texts" if self._has_text and not self._reads_articles else "fields"

    def _with_articles(self, hits: Iterator[Hit]) -> Iterator[tuple[Hit, Article | None]]:
        """Yield each hit with its article, or with None if the export needs no articles."""
        if not self._reads_articles:
            yield from ((hit, None) for hit in hits)
            return
        while part := list(islice(hits, _HITS_AT_ONCE)):
            for hit, article in zip(part, self._articles_of(part), strict=True):
                assert article is not None, "an article of the snapshot"
                yield hit, article

    def _articles_of(self, hits: Sequence[Hit]) -> Iterator[Article | None]:
        """Yield the article of each hit. Hits of one article that follow each other share it."""
        runs = [(one, len([*several])) for one, several in groupby(hits, attrgetter("id"))]
        articles = self._asked.snapshot.articles_with(one for one, _ in runs)
        for (_, number), article in zip(runs, articles, strict=True):
            yield from repeat(article, number)

    def _item(self, hit: Hit, article: Article | None) -> ExportedItem:
        from newssearch.hit_columns import ExportedItem  # a search needs none of it

        snippet = self._marked(hit.snippet) if self._has_snippet else ""
        return ExportedItem(hit, self._text(hit, article), snippet, article)

    def _text(self, hit: Hit, article: Article | None) -> Marked:
        if not self._has_text:
            return ""
        if article is None:
            return hit.text
        wanted = [
            paragraph
            for paragraph in article.paragraphs
            if self._plan.text == "full" or paragraph.number == hit.paragraph
        ]
        if not self._marks_text:
            return _BETWEEN_PARAGRAPHS.join(paragraph.text for paragraph in wanted)
        from newssearch.highlight.snippets import highlighted  # slow to import, and only marks need it

        snapshot, parsed, request = self._asked
        shown = highlighted(article, wanted, parsed.tree, request.check, snapshot.added_analyses)
        if self._plan.format.name == "xlsx":
            return _as_one_text([shown[paragraph.number] for paragraph in wanted])
        return _BETWEEN_PARAGRAPHS.join(str(self._marked(shown[paragraph.number])) for paragraph in wanted)

    def _marked(self, snippet: Snippet) -> Marked:
        """Return a snippet with its matches marked as the plan says."""
        if self._plan.format.name == "xlsx":
            return snippet
        if self._plan.marks == "html":
            return snippet.html()
        if self._plan.marks == "markdown":
            return snippet.markdown()
        return "".join(part for part, _ in snippet.parts())


def _as_one_text(snippets: Sequence[Snippet]) -> Snippet:
    """Return whole paragraphs as one text, separated by empty lines, with all their highlights."""
    texts: list[str] = []
    highlights: list[tuple[int, int]] = []
    at = 0
    for snippet in snippets:
        texts.append(snippet.text)
        highlights += [(at + start, at + end) for start, end in snippet.highlights]
        at += len(snippet.text) + len(_BETWEEN_PARAGRAPHS)
    return Snippet(_BETWEEN_PARAGRAPHS.join(texts), tuple(highlights))


def path_of_result(file: object) -> Path:
    """Return the path of a file for results. Raises :class:`~newssearch.NewssearchError` if it is one that an archive keeps."""
    path = arguments.path("file", file)
    if reason := why_no_result(path):
        raise NewssearchError(reason)
    return path


@contextmanager
def replaced_file(file: Path) -> Iterator[BinaryIO]:
    """Yield a stream whose content takes the place of a file when the block ends without an exception.

    A link stays, and the file that it leads to is replaced. A device or a pipe is written to. An OSError names the file as
    it was given.
    """
    from newssearch.system.atomic_files import named, patiently, unused_name  # a search writes no files

    if file.exists() and not file.is_file():
        with named(file), file.open("wb") as stream:
            yield stream
        return
    real = file.resolve()
    temporary = unused_name(real)
    try:
        with named(file, temporary):
            with temporary.open("xb") as stream:
                yield stream
            patiently(lambda: temporary.replace(real))
    finally:
        temporary.unlink(missing_ok=True)
