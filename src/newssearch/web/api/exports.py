"""Answers as rows, CSV or JSON Lines: those of one answer, and all hits of a search as a stream."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, NamedTuple, cast

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from newssearch.commit import Commit
from newssearch.corpus.concordance import Concordance
from newssearch.corpus.coverage import COVERAGE_COLUMNS, Coverage
from newssearch.corpus.sample import Sample
from newssearch.corpus.series import Series
from newssearch.corpus.stories import STORY_COLUMNS, StoryList
from newssearch.corpus.table import Table, extent_keys, shown_measures
from newssearch.corpus.words import COLLOCATE_FIELDS, KEYWORD_FIELDS, Collocates, Keywords
from newssearch.index import Index
from newssearch.index.scanning import Scan
from newssearch.request import HitContent
from newssearch.results import Results
from newssearch.tabular import (
    PART_SIZE,
    Cell,
    csv_parts,
    hit_cells,
    hit_columns,
    known_values,
    own_cells,
    unknown_columns,
)
from newssearch.web.parameters import Parameter
from newssearch.web.pool import SearchLimits, ServerBusyError
from newssearch.web.problems import EXPECTED, HttpProblem, problem_of

from .answers import without_paths

EXPORT_TIME_LIMIT = 900.0
"""The time in seconds after which an export is broken off, that of its client included."""
LAST_LINE_SECONDS = 30.0
"""The time in seconds that a client has to read the last line of an export that took too long."""
MAX_EXPORTS = 4
"""The largest number of exports of a process at the same time."""
ROWS_OF_A_PART = 500
"""The largest number of rows that are made at once."""
ROW_MEDIA_TYPES: Mapping[str, str] = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8; header=present",
}
FORMAT = Parameter(
    "format",
    "text",
    "`json` for the whole answer; `csv` and `ndjson` for its rows alone: hits, lines, words, periods.",
    "json",
    ("json", *ROW_MEDIA_TYPES),
)
EXPORT_FORMAT = FORMAT._replace(
    text="A JSON object on each line, or CSV.", default="ndjson", choices=tuple(ROW_MEDIA_TYPES)
)

_LINE_COLUMNS = ("address", "date", "outlet", "title", "left", "match", "right", "start")
_PERIOD_COLUMNS = ("value", "since", "until", "over", "in_part")
_log = logging.getLogger(__name__)


class AnswerRows(NamedTuple):
    """The rows of an answer: the columns of CSV, the cells under them, and the objects of JSON Lines."""

    columns: tuple[str, ...]
    cells: list[list[Cell]]
    objects: list[Mapping[str, Any]]
    broken: tuple[int, ...] = ()
    """The numbers of the columns whose cells keep their line breaks."""


def rows_of_answer(found: object, shown: Mapping[str, Any]) -> AnswerRows:
    """Return the rows of an answer; ``shown`` is the answer as JSON types, as it may be shown."""
    if isinstance(found, Results):
        unknown = unknown_columns(found.diagnostics)
        columns = (*hit_columns(unknown), *found.own_fields)
        pairs = zip(found.hits, shown["hits"], strict=True)
        cells = [[*hit_cells(hit, row, unknown), *own_cells(hit, found.own_fields)] for hit, row in pairs]
        return AnswerRows(columns, cells, [known_values(row, unknown) for row in shown["hits"]])
    columns, objects = _flat_rows(found, shown)
    broken = tuple(n for n, name in enumerate(columns) if name == "text" and isinstance(found, Sample))
    return AnswerRows(columns, [[row[name] for name in columns] for row in objects], objects, broken)


def _flat_rows(found: object, shown: Mapping[str, Any]) -> tuple[tuple[str, ...], list[Mapping[str, Any]]]:
    if isinstance(found, Table):
        names = (*(one.name for one in found.by), "query", *found.shown_measures)
        return names, cast("list[Mapping[str, Any]]", found.records())
    if isinstance(found, Series):
        names = (*_PERIOD_COLUMNS, *shown_measures(found.measures), *extent_keys(found.measures))
        return names, shown["periods"]
    if isinstance(found, Sample):
        return found.columns, shown["rows"]
    columns: Mapping[type, tuple[str, ...]] = {
        Concordance: _LINE_COLUMNS,
        Coverage: COVERAGE_COLUMNS,
        StoryList: STORY_COLUMNS,
        Collocates: COLLOCATE_FIELDS,
        Keywords: KEYWORD_FIELDS,
    }
    return columns[type(found)], shown["rows"]


def rows_answer(rows: AnswerRows, format_: str, headers: Mapping[str, str]) -> Response:
    """Return the rows of an answer in a format."""
    if format_ == "csv":
        text = "".join(csv_parts(rows.columns, rows.cells, rows.broken))
    else:
        text = "".join(map(_json_line, rows.objects))
    headers = {**headers, "X-Total-Rows": str(len(rows.objects))}
    return Response(text.encode("utf-8", "backslashreplace"), 200, headers, ROW_MEDIA_TYPES[format_])


def _json_line(value: object) -> str:
    return f"{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}\n"


def attachment(query: str, name: str, format_: str) -> dict[str, str]:
    """Return the header that names a file: after the query, in letters that every system takes.

    >>> attachment('iraq/../"coalition"', "kwic", "csv")
    {'Content-Disposition': 'attachment; filename="kwic-iraq-coalition.csv"'}
    """
    from slugify import slugify  # slow to import

    slug = slugify(query[:400], max_length=60, word_boundary=True)
    file = "-".join(filter(None, (name, slug)))
    return {"Content-Disposition": f'attachment; filename="{file}.{format_}"'}


# ---- streams


class Export:
    """All hits of a search at one commit, in a format. It must be read to its end, or closed.

    ``commit`` is that of all rows, ``rows`` the number of them, ``headers`` are those of the answer that sends it.
    """

    def __init__(
        self,
        index: Index,
        query: str,
        format_: str,
        content: HitContent,
        limits: SearchLimits,
        options: Mapping[str, Any],
        *,
        show_paths: bool,
    ) -> None:
        self.format = format_
        self.headers: Mapping[str, str] = {}
        self.gone = threading.Event()
        self.deadline = time.monotonic() + EXPORT_TIME_LIMIT
        self._limits: SearchLimits | None = limits
        self._scan: Scan = index.scan(
            query, content=content, timeout=EXPORT_TIME_LIMIT, stop=self._must_stop, **options
        )
        self._limits = None  # the limits of a search end with its beginning
        self.commit: Commit = self._scan.commit
        self._unknown = unknown_columns(self._scan.diagnostics)
        self.rows = self._scan.total - self._scan.position
        self._show_paths = show_paths
        self._parts = self._csv(index) if format_ == "csv" else self._lines()

    def _must_stop(self) -> bool:
        limits = self._limits
        if limits is not None:
            return limits.stop() or time.monotonic() > limits.deadline
        return self.gone.is_set()

    def _csv(self, index: Index) -> Iterator[str]:
        own = tuple(field.name for field in index.own_fields)
        unknown = self._unknown
        cells = (
            [*hit_cells(hit, self._shown(hit.to_dict()), unknown), *own_cells(hit, own)] for hit in self._scan
        )
        return csv_parts((*hit_columns(unknown), *own), cells)

    def _lines(self) -> Iterator[str]:
        part: list[str] = []
        size = 0
        for hit in self._scan:
            part.append(_json_line(known_values(self._shown(hit.to_dict()), self._unknown)))
            size += len(part[-1])
            if size > PART_SIZE or len(part) >= ROWS_OF_A_PART:
                yield "".join(part)
                part, size = [], 0
        if part:
            yield "".join(part)

    def _shown(self, value: dict[str, object]) -> Mapping[str, object]:
        shown: Mapping[str, object] = value if self._show_paths else without_paths(value)
        return shown

    def next_part(self) -> bytes | None:
        """Return the next rows, None after the last one. It takes time, so it is called in a thread; not by two at once."""
        part = next(self._parts, None)
        if part is None and self._scan.position != self._scan.total:
            raise RuntimeError(f"only {self._scan.position:,} of {self._scan.total:,} rows came")
        return None if part is None else part.encode("utf-8", "backslashreplace")

    def close(self) -> None:
        """End the export."""
        self.gone.set()
        self._scan.close()


def error_line(problem: HttpProblem, format_: str) -> bytes:
    """Return the last line of an export that failed: an object with the key ``error``, or a row of ``#error``."""
    if format_ == "csv":
        header_and_row = "".join(csv_parts((), [["#error", problem.title, problem.detail]]))
        return header_and_row.partition("\r\n")[2].encode("utf-8", "replace")
    return _json_line({"error": problem.to_dict()}).encode("utf-8", "backslashreplace")


class ExportAnswer(Response):
    """The answer that sends an export, as fast as its client reads.

    If the export fails, its last line says why, and the body is not ended: the server closes the connection without the
    last chunk, so that no client takes the file for a whole one.
    """

    def __init__(self, export: Export, done: Callable[[], None]) -> None:
        self.status_code = 200
        self.background = None
        self.media_type = ROW_MEDIA_TYPES[export.format]
        self.init_headers({**export.headers, "X-Total-Rows": str(export.rows)})
        self._export = export
        self._done = done
        self._ended = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the export."""
        export = self._export
        watch = asyncio.ensure_future(_set_when_gone(receive, export.gone))
        try:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            whole = scope["method"] == "HEAD"
            if not whole:
                left = export.deadline + LAST_LINE_SECONDS - time.monotonic()
                with anyio.move_on_after(max(left, 0)):
                    whole = await _send_parts(export, send)
            await self._end()  # before the client knows that it has all, and may ask for the next one
            if whole:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watch.cancel()
            await self._end()

    async def _end(self) -> None:
        """Close the export, and make room for another one."""
        if not self._ended:
            self._ended = True
            self._export.gone.set()
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self._export.close)
            self._done()


class ExportSlots:
    """Keeps exports few. The event loop uses it, so that its counter needs no lock."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0

    async def sent(self, begin: Callable[[], Awaitable[Export | Response]]) -> Response:
        """Return the answer that sends the export that ``begin`` returns. Raises :class:`ServerBusyError` if others are sent.

        An answer that is no export is returned as it is.
        """
        if self._taken >= self._most:
            raise ServerBusyError
        self._taken += 1
        begun: Export | Response | None = None
        try:
            begun = await begin()
        finally:
            if not isinstance(begun, Export):
                self._leave()
        return ExportAnswer(begun, self._leave) if isinstance(begun, Export) else begun

    def _leave(self) -> None:
        self._taken -= 1


async def _send_parts(export: Export, send: Send) -> bool:
    """Send all rows, and return whether they are all."""
    while not export.gone.is_set():
        try:
            part = await anyio.to_thread.run_sync(export.next_part)
        except EXPECTED as error:
            problem = problem_of(error)
            _log.warning("an export was broken off: %s", error)
        except Exception:
            problem = HttpProblem(500, "The server failed", "the log of the server says more")
            _log.exception("an export was broken off")
        else:
            if part is None:
                return True
            await send({"type": "http.response.body", "body": part, "more_body": True})
            continue
        if not export.gone.is_set():
            line = error_line(problem, export.format)
            await send({"type": "http.response.body", "body": line, "more_body": True})
        return False
    return False


async def _set_when_gone(receive: Receive, gone: threading.Event) -> None:
    """Set an event when the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()
