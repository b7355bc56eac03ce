"""The rows of a table in text: which signs part its cells, and row by row what is in them."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from newssearch.readers.api import UnreadableError

TableRow = list[str]

ROW_LIMIT = 4 * 1024 * 1024
"""Characters of the longest row; a quote that is never closed would make one of all the rest."""

ROW_TOO_LONG = f"a row longer than {ROW_LIMIT // 2**20} MiB"
UNCLOSED_QUOTE = "a quote that is never closed"

DELIMITERS = ",;\t|"

SAMPLE_ROWS = 20
"""Rows that the form of a table is told by."""

MAX_BAD_ROWS = 1000
"""Rows that cannot be read before the rest is given up."""


class TableForm(NamedTuple):
    """How the rows of a table are written: what parts their cells, whether quotes hold cells together, and whether a
    quote within such a cell has a backslash in front (else it is doubled)."""

    delimiter: str
    quoted: bool = True
    escaped: bool = False

    @property
    def options(self) -> dict[str, Any]:
        """What :func:`csv.reader` is to be told."""
        return {
            "delimiter": self.delimiter,
            "quoting": csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE,
            "escapechar": "\\" if self.escaped else None,
        }


_CSV_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def lines_in(text: str) -> list[str]:
    """The lines of a text with their ends: those that a table has, not those of other kinds that are in its cells."""
    return _CSV_LINE.findall(text)


def form_of(sample: str, delimiter: str | None = None, *, whole: bool = True) -> TableForm:
    """The form of the table that begins with ``sample``.

    The delimiter is the one that gives most rows as many cells as the first has, and the more the better.
    """
    escaped = '\\"' in sample and '""' not in sample
    best, best_score = TableForm(delimiter or ",", _is_quoted(sample, delimiter or ",", whole), escaped), 0.0
    for sign in delimiter or DELIMITERS:
        form = TableForm(sign, _is_quoted(sample, sign, whole), escaped)
        rows = first_rows(sample, form)
        width = len(rows[0]) if rows else 0
        alike = sum(len(row) == width for row in rows)
        score = alike / len(rows) * min(width, 50) if width > 1 else 0
        if score > best_score:
            best, best_score = form, score
    return best


def first_rows(sample: str, form: TableForm, *, whole: bool = False) -> list[TableRow]:
    """The first rows in a sample that has no blank ones; a last one that the sample may cut is left out."""
    rows = islice(rows_of(lines_in(sample), form), SAMPLE_ROWS + 1)
    found = [row for row in rows if isinstance(row, list) and any(row)]
    return found if whole or len(found) < 2 else found[:-1]


def _is_quoted(sample: str, delimiter: str, whole: bool) -> bool:
    """Whether quotes hold cells together. With commas they do; where tabs part cells, they may be mere quotes."""
    if delimiter != "\t":
        return True
    lines = iter(lines_in(sample))
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error:  # at the end of the sample, a cell may be cut
        return not whole and next(lines, None) is None
    return True


def rows_of(lines: Iterable[str | None], form: TableForm) -> Iterator[TableRow | str]:
    """Each row; or, as a string, why one is none, after which reading goes on with the next line."""
    source = _RowLines(iter(lines))
    failures = 0
    rows = csv.reader(source, **form.options)
    while failures < MAX_BAD_ROWS:
        source.begin()
        try:
            row: TableRow | str = _next_row(rows)
        except StopIteration:
            return
        except _TooLongError:
            row = ROW_TOO_LONG
        except csv.Error as error:
            row = ROW_TOO_LONG if "field larger" in str(error) else f"not a row of a table: {error}"
        if source.ended and form.quoted and len(source.taken) > 1 and "".join(source.taken).count('"') % 2:
            row = UNCLOSED_QUOTE
        if isinstance(row, str):
            failures += 1
            source.again()
            rows = csv.reader(source, **form.options)
        yield row
    raise UnreadableError(f"more than {MAX_BAD_ROWS} rows that cannot be read")


class _TooLongError(Exception):
    pass


class _RowLines:
    """Lines, of which those of the row at hand are kept, to be read again."""

    def __init__(self, lines: Iterator[str | None]) -> None:
        self.taken: list[str] = []
        self.ended = False
        self._size = 0
        self._lines = lines
        self._again: deque[str] = deque()

    def __iter__(self) -> _RowLines:
        return self

    def __next__(self) -> str:
        if self._size > ROW_LIMIT:
            raise _TooLongError
        if self._again:
            line: str | None = self._again.popleft()
        else:
            try:
                line = next(self._lines)
            except StopIteration:
                self.ended = True
                raise
        if line is None:
            raise _TooLongError
        self.taken.append(line)
        self._size += len(line)
        return line

    def begin(self) -> None:
        """A row begins."""
        self.taken.clear()
        self._size = 0
        self.ended = False

    def again(self) -> None:
        """The row is none: what follows its first line is read again."""
        self._again.extendleft(reversed(self.taken[1:]))


def _next_row(rows: Iterator[TableRow]) -> TableRow:
    # The limit is one for all of the process, and others may rely on theirs.
    before = csv.field_size_limit(2 * ROW_LIMIT)
    try:
        return next(rows)
    finally:
        csv.field_size_limit(before)
