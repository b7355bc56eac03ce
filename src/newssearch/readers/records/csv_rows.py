"""Read the rows of a table in text form, after detecting its delimiter and its quoting."""

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
"""The maximum number of characters of a row: without a limit, an unclosed quote would swallow the rest of the file."""

ROW_TOO_LONG = f"a row longer than {ROW_LIMIT // 2**20} MiB"
UNCLOSED_QUOTE = "a quote that is never closed"

DELIMITERS = ",;\t|"

SAMPLE_ROWS = 20
"""The number of rows at the start of a table from which its form is detected."""

MAX_BAD_ROWS = 1000
"""The number of unreadable rows after which the rest of a table is not read."""


class TableForm(NamedTuple):
    """The form of a table in a text: its delimiter, its quoting and its escapes.

    ``delimiter`` separates cells. ``quoted`` says that cells may be in quotes. ``escaped`` says that a quote inside a
    quoted cell is escaped with a backslash; otherwise it is doubled. ``quote`` is the quote: double, or single.
    """

    delimiter: str
    quoted: bool = True
    escaped: bool = False
    quote: str = '"'

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments that make :func:`csv.reader` read a table of this form."""
        return {
            "delimiter": self.delimiter,
            "quoting": csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE,
            "escapechar": "\\" if self.escaped else None,
            "quotechar": self.quote,
        }


_CSV_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def lines_in(text: str) -> list[str]:
    """Return the lines of a text with their line ends, which are LF, CR or CRLF, unlike those of ``str.splitlines``."""
    return _CSV_LINE.findall(text)


def form_of(sample: str, delimiter: str | None = None, *, whole: bool = True) -> TableForm:
    """Return the form of the table that begins with ``sample``; ``whole`` says that nothing follows the sample.

    With the chosen delimiter, most rows have as many cells as the first one; among such delimiters, more cells are
    better. If ``delimiter`` is given, no other one is considered.
    """
    escaped = '\\"' in sample and '""' not in sample
    best, best_score = TableForm(delimiter or ",", _is_quoted(sample, delimiter or ",", whole), escaped), 0.0
    for sign in delimiter or DELIMITERS:
        quote = _quote_of(sample, sign)
        form = TableForm(
            sign, quote == "'" or _is_quoted(sample, sign, whole), escaped and quote == '"', quote
        )
        rows = first_rows(sample, form)
        width = len(rows[0]) if rows else 0
        alike = sum(len(row) == width for row in rows)
        score = alike / len(rows) * min(width, 50) if width > 1 else 0
        if score > best_score:
            best, best_score = form, score
    return best


def first_rows(sample: str, form: TableForm, *, whole: bool = False) -> list[TableRow]:
    """Return the first rows in a sample that are not blank.

    The last row is left out, because the end of the sample may cut it, unless the sample is the ``whole`` table.
    """
    rows = islice(rows_of(lines_in(sample), form), SAMPLE_ROWS + 1)
    found = [row for row in rows if isinstance(row, list) and any(row)]
    return found if whole or len(found) < 2 else found[:-1]


def _quote_of(sample: str, delimiter: str) -> str:
    """Return the quote around cells: single if at least half of the lines have a cell in single quotes, and none in double ones."""
    lines = [line for line in sample.splitlines()[:50] if line.strip()]
    sign = re.escape(delimiter)
    single = re.compile(rf"(?:^|{sign})'(?:[^'\n]|''){{2,2000}}'(?={sign}|$)")
    double = re.compile(rf'(?:^|{sign})"')
    found = sum(single.search(line[:8_000]) is not None for line in lines)
    return "'" if lines and 2 * found >= len(lines) and not any(map(double.search, lines)) else '"'


def _is_quoted(sample: str, delimiter: str, whole: bool) -> bool:
    """Whether quotes delimit cells: always, unless the delimiter is a tab and the sample is invalid with quotes.

    Unless the sample is the ``whole`` table, its end may cut a quoted cell.
    """
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
    """Yield each row as a list of cells or, for a bad row, the reason as a string.

    After a bad row, reading goes on with the line after its first one. Raises UnreadableError after
    :data:`MAX_BAD_ROWS` bad rows.
    """
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
        if (
            source.ended
            and form.quoted
            and len(source.taken) > 1
            and "".join(source.taken).count(form.quote) % 2
        ):
            row = UNCLOSED_QUOTE
        if isinstance(row, str):
            failures += 1
            source.reread()
            rows = csv.reader(source, **form.options)
        yield row
    raise UnreadableError(f"more than {MAX_BAD_ROWS} rows that cannot be read")


class _TooLongError(Exception):
    pass


class _RowLines:
    """An iterator over lines, which keeps the lines of the current row so that they can be read again."""

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
        """Start a new row: forget the lines of the previous one."""
        self.taken.clear()
        self._size = 0
        self.ended = False

    def reread(self) -> None:
        """Give up the current row: the lines after its first line will be read again."""
        self._again.extendleft(reversed(self.taken[1:]))


def _next_row(rows: Iterator[TableRow]) -> TableRow:
    # The limit applies to the whole process, and other code may rely on its own.
    before = csv.field_size_limit(2 * ROW_LIMIT)
    try:
        return next(rows)
    finally:
        csv.field_size_limit(before)
