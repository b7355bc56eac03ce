"""Read the rows of a table in text form, after detecting its delimiter and quoting."""

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
"""Characters of a row, at most; without a limit, an unclosed quote would make one row of the rest of the file."""

ROW_TOO_LONG = f"a row longer than {ROW_LIMIT // 2**20} MiB"
UNCLOSED_QUOTE = "a quote that is never closed"

DELIMITERS = ",;\t|"

SAMPLE_ROWS = 20
"""The number of rows from which the form of a table is detected."""

MAX_BAD_ROWS = 1000
"""The number of unreadable rows after which the rest of the table is not read."""


class TableForm(NamedTuple):
    """How the rows of a table are written.

    ``delimiter`` separates cells. ``quoted`` says that cells may be in quotes. ``escaped`` says that a quote inside a quoted
    cell is escaped with a backslash; otherwise it is doubled.
    """

    delimiter: str
    quoted: bool = True
    escaped: bool = False

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments for :func:`csv.reader`."""
        return {
            "delimiter": self.delimiter,
            "quoting": csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE,
            "escapechar": "\\" if self.escaped else None,
        }


_CSV_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def lines_in(text: str) -> list[str]:
    """Return the lines of a text with their ends: only those of tables, not the other line breaks of Unicode."""
    return _CSV_LINE.findall(text)


def form_of(sample: str, delimiter: str | None = None, *, whole: bool = True) -> TableForm:
    """Return the form of the table that begins with ``sample``.

    The delimiter is the one with which most rows have as many cells as the first one; more cells are better.
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
    """Return the first rows in a sample that are not blank, without the last one, which the end of the sample may cut.

    That row is kept if the sample is the ``whole`` table.
    """
    rows = islice(rows_of(lines_in(sample), form), SAMPLE_ROWS + 1)
    found = [row for row in rows if isinstance(row, list) and any(row)]
    return found if whole or len(found) < 2 else found[:-1]


def _is_quoted(sample: str, delimiter: str, whole: bool) -> bool:
    """Whether quotes delimit cells. They do unless the delimiter is a tab; then the sample must parse with them."""
    if delimiter != "\t":
        return True
    lines = iter(lines_in(sample))
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error:  # the end of the sample may cut a cell
        return not whole and next(lines, None) is None
    return True


def rows_of(lines: Iterable[str | None], form: TableForm) -> Iterator[TableRow | str]:
    """Yield each row, or for a bad one the reason as a string; reading then goes on with the next line."""
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
    """Iterates over lines, and keeps those of the current row so that they can be read again."""

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
        """Start a new row."""
        self.taken.clear()
        self._size = 0
        self.ended = False

    def again(self) -> None:
        """Give up the current row: the lines after its first one are read again."""
        self._again.extendleft(reversed(self.taken[1:]))


def _next_row(rows: Iterator[TableRow]) -> TableRow:
    # The limit applies to the whole process, and other code may rely on its own.
    before = csv.field_size_limit(2 * ROW_LIMIT)
    try:
        return next(rows)
    finally:
        csv.field_size_limit(before)
