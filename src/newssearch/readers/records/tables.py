"""The format of tables: CSV and TSV of any size, with one article per row."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from newssearch.article import Provenance
from newssearch.readers.api import Format, Input, Item, Origin, ReadOutcome, UnreadableError
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.values import quote_value
from newssearch.readers.decoding.encoding import Decoder
from newssearch.readers.decoding.lines import lines_of

from .csv_rows import DELIMITERS, ROW_LIMIT, TableForm, TableRow, first_rows, form_of, lines_in, rows_of
from .field_names import COLUMN_NAMES, FIELD_OF_COLUMN, language_of_headings
from .json_values import RecordValues, normal_name, values_of
from .record import read_values

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab"})

LONGEST_COLUMN_NAME = 60
"""The maximum number of characters of the name of a column."""

NORDIC = ("sv", "da", "no")
"""The languages in which a column "Rubrik" has the headlines; in German it has the sections."""

TELLING_FIELDS = frozenset({"title", "text", "summary"})
"""The fields by which a table of articles is recognised: it has a column for at least one of them."""

SAMPLED_ROWS = 50
"""The number of rows at the start of a spreadsheet that show its width and its quotes."""

NO_TEXT_COLUMN = Provenance("missing", "the table has no column of texts")

_DELIMITER = re.compile("[" + DELIMITERS + "]")
_SEP_LINE = re.compile(r"sep=([,;\t|])[ \t]*\r?\n?", re.IGNORECASE)
_NOT_A_COLUMN_NAME = re.compile(r"\W*\d+(?:[.,:/-]\d+)*\W*|https?:.*", re.DOTALL)
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?")


def is_table(source: Input) -> bool:
    """Whether the names of the columns show that an input is a table of articles."""
    line = _SEP_LINE.sub("", source.opening[:4096], count=1).partition("\n")[0]
    if not any(FIELD_OF_COLUMN.get(normal_name(cell)) in TELLING_FIELDS for cell in _DELIMITER.split(line)):
        return False
    rows = _form_and_sample(source)[1]
    fields = {FIELD_OF_COLUMN.get(normal_name(name)) for name in rows[0]} - {None} if rows else set()
    if fields.isdisjoint(TELLING_FIELDS) or not _is_heading(rows[0]):
        return False
    if source.origin.suffix in TABLE_SUFFIXES:
        return True
    # The first line of a text may be "Title, date and place". A table names most columns, and its rows are as wide.
    return len(fields) >= 3 and 2 * len(fields) >= len(rows[0]) == len(rows[1] if len(rows) > 1 else ())


def read(source: Input) -> Iterator[Item]:
    """Yield the article in each row; a bad row is rejected, and reading goes on.

    Rows are numbered from 1, as :class:`csv.DictReader` yields them: the heading and blank lines do not count, rows of
    empty cells do. Raises UnreadableError for a table without a recognised column of titles or texts.
    """
    form, sample = _form_and_sample(source)
    table = _ArticleTable(sample, source.origin)
    number, empty = 0 if table.heading is None else -1, True
    for row in rows_of(_table_lines(source), form):
        number += row != []
        if isinstance(row, str):
            empty = False
            yield source.origin.rejected(row, number)
        elif row != table.heading and any(cell and not cell.isspace() for cell in row):
            empty = False
            yield table.read(row, number)
    if empty:
        raise UnreadableError("a table without rows")


def read_rows(rows: Iterator[TableRow], origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article in each of the rows of a spreadsheet, of which the first may name the columns.

    Rows are numbered from 1, without the one that names the columns. Raises UnreadableError as :func:`read` does.
    """
    sample = [list(row) for row in islice(rows, SAMPLED_ROWS)]
    width = max(map(len, sample), default=0)
    if sample:
        sample[0] += [""] * (width - len(sample[0]))
    table = _ArticleTable(sample, origin)
    empty = True
    for number, row in enumerate(chain(sample[table.heading is not None :], rows), start=1):
        if any(cell and not cell.isspace() for cell in row):
            empty = False
            yield table.read(list(row), number)
    if empty:
        raise UnreadableError("a table without rows")


def is_heading_of_articles(row: TableRow) -> bool:
    """Whether a row names the columns of a table of articles."""
    fields = {FIELD_OF_COLUMN.get(normal_name(cell)) for cell in row if len(cell) <= LONGEST_COLUMN_NAME}
    return not fields.isdisjoint(TELLING_FIELDS)


class _ArticleTable:
    """A table of articles, with the field of each of its columns."""

    def __init__(self, sample: list[TableRow], origin: Origin) -> None:
        self.origin = origin
        first = sample[0] if sample else []
        by_number = any(re.fullmatch(r"[0-9]{1,5}", column) for _, column in origin.options.columns)
        self.heading = (
            first if _is_heading(first) and not (by_number and _is_like_the_others(sample)) else None
        )
        names = [name.strip() for name in self.heading or ()]
        self.width = len(first)
        self.keys = [normal_name(name) for name in names]
        self.columns = [(field, self._index_of(column, names)) for field, column in origin.options.columns]
        rows = sample[1:] if self.heading else sample
        self.kept = {one.column: self._index_of(one.column, names) for one in origin.options.fields}
        self.wrapped = [index for index in range(self.width) if _is_quoted_column(rows, index)]
        fields = {FIELD_OF_COLUMN.get(key) for key in self.keys}
        fields |= {field for field, index in self.columns if index is not None}
        if fields.isdisjoint(TELLING_FIELDS):
            raise UnreadableError(_unknown_columns(names or first, named=self.heading is not None))
        self.lang = language_of_headings(self.keys)
        if self.lang in NORDIC:
            self.keys = ["title" if key == "rubrik" else key for key in self.keys]
        self.has_text = not fields.isdisjoint(("text", "paragraphs", "summary"))

    def read(self, row: TableRow, number: int) -> ReadOutcome:
        """Return the article in a row, or a rejection; ``number`` is that of the row."""
        if any(cell and not cell.isspace() for cell in row[self.width :]):
            return self.origin.rejected(f"{len(row)} cells in a table of {self.width} columns", number)
        for index in self.wrapped:
            if index < len(row):
                row[index] = row[index].strip().strip('"')
        draft = Draft(self.origin, number)
        draft.order_of = self.lang
        if self.kept:
            draft.keep(lambda column: _cell_at(row, self.kept[column]))
        if not self.has_text:
            draft.text_provenance = NO_TEXT_COLUMN
        chosen = [
            (field, row[index]) for field, index in self.columns if index is not None and index < len(row)
        ]
        return read_values(self._values(row), draft, chosen, COLUMN_NAMES)

    def _values(self, row: TableRow) -> RecordValues:
        cells: dict[object, object] = {}
        for key, cell in zip(self.keys, row, strict=False):
            if key and cell and not cells.get(key):
                in_utc = key.endswith(("gmt", "utc")) and _TIMESTAMP.fullmatch(cell.strip())
                cells[key] = f"{cell.strip()}Z" if in_utc else cell
        return values_of(cells)

    def _index_of(self, column: str, names: Sequence[str]) -> int | None:
        """Return the index of a column, given its name in any case or its number from 1; None if there is none."""
        wanted = normal_name(column)
        for index, name in enumerate(names):
            if name == column or (wanted and self.keys[index] == wanted):
                return index
        number = int(column) if re.fullmatch(r"[0-9]{1,5}", column) else 0
        return number - 1 if 0 < number <= self.width else None


def _cell_at(row: TableRow, index: int | None) -> str | None:
    return row[index] if index is not None and index < len(row) else None


def _unknown_columns(cells: TableRow, *, named: bool) -> str:
    what = "its columns are" if named else "its columns have no names, and its first row is"
    listed = ", ".join(f"{number} {quote_value(cell)}" for number, cell in enumerate(cells[:30], start=1))
    more = ", …" if len(cells) > 30 else ""
    return (
        f"a table without a recognised column of titles or texts; {what} {listed}{more}:"
        " name one with --map text=COLUMN (its name or number)"
    )


def _is_heading(row: TableRow) -> bool:
    """Whether the first row of a table names its columns: one cell is the name of a field, or all could be names."""
    if any(
        FIELD_OF_COLUMN.get(normal_name(cell)) in TELLING_FIELDS
        for cell in row
        if len(cell) <= LONGEST_COLUMN_NAME
    ):
        return True
    cells = [cell.strip() for cell in row]
    return (
        len(cells) > 1
        and len(set(cells)) == len(cells)
        and all(len(cell) <= LONGEST_COLUMN_NAME and not _NOT_A_COLUMN_NAME.fullmatch(cell) for cell in cells)
        and max(map(len, cells)) > 0
    )


def _is_like_the_others(rows: list[TableRow]) -> bool:
    """Whether the first row of a table is an article like the others, and does not name its columns.

    It names them if one of its cells is the name of a field, or if in some column its cell is much shorter than all
    others. Only a user who names columns by their numbers says that they may have no names.
    """
    first, others = rows[0], rows[1:]
    if any(FIELD_OF_COLUMN.get(normal_name(cell)) for cell in first if len(cell) <= LONGEST_COLUMN_NAME):
        return False
    for index, cell in enumerate(first):
        lengths = [len(row[index]) for row in others if index < len(row)]
        if lengths and 3 * len(cell) < min(lengths) and len(cell) <= LONGEST_COLUMN_NAME:
            return False
    return True


def _is_quoted_column(rows: list[TableRow], index: int) -> bool:
    """Whether all cells of a column, given its index, are in quotes, which then do not belong to the text."""
    cells = [row[index].strip() for row in rows if index < len(row) and row[index].strip()]
    return len(cells) > 2 and all(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in cells)


def _form_and_sample(source: Input) -> tuple[TableForm, list[TableRow]]:
    """Return the form of a table and its first rows, from the start of an input."""
    text = Decoder().decode(source.head).lstrip().replace("\0", "")
    sep = _SEP_LINE.match(text)
    if sep is not None:
        text = text[sep.end() :]
    if not source.is_whole:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    named = "\t" if source.origin.suffix in (".tsv", ".tab") and "\t" in text.partition("\n")[0] else None
    form = form_of(text, sep[1] if sep else named, whole=source.is_whole)
    return form, first_rows(text, form, whole=source.is_whole)


def _table_lines(source: Input) -> Iterator[str | None]:
    """Yield the lines of a table as text, without Excel's ``sep=`` line; None for a line that is too long."""
    decoder = Decoder()
    decoder.decode(source.head)  # sets the encoding from many lines, rather than from the first non-ASCII one
    stream = source.stream
    if source.wide is None and b"\r" in source.head and b"\n" not in source.head:
        stream = io.BufferedReader(_MacintoshLines(stream))
    first = True
    for line in lines_of(stream, 4 * ROW_LIMIT, source.wide):
        if line is None:
            yield None
            continue
        text = decoder.decode(line.replace(b"\0", b"")) if isinstance(line, bytes) else line.replace("\0", "")
        if first:
            text = text.removeprefix("\ufeff")
            if _SEP_LINE.fullmatch(text):
                continue
        if first and text.isspace():
            continue
        first = False
        yield from lines_in(text)


class _MacintoshLines(io.RawIOBase):
    """A stream in which carriage returns, the line ends of the classic Mac OS, are read as line feeds."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(data)] = data
        return len(data)


FORMATS = (Format("a table", matches=is_table, read=read, suffixes=TABLE_SUFFIXES),)
