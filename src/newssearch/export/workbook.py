"""Tables as spreadsheets (XLSX): days as days, matches in bold, and nothing that is taken for a formula."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from newssearch.display import escape
from newssearch.errors import NewssearchError
from newssearch.hit_columns import Value
from newssearch.snippet import Snippet
from newssearch.system.lazy_regex import Pattern
from newssearch.tabular import SPREADSHEET_DESCRIPTION, flat_cell

MOST_ROWS = 1_048_576
"""The largest number of rows of a sheet, headings included (Excel specifications and limits)."""
MOST_CELL_CHARACTERS = 32_767
"""The largest number of characters in a cell (the same), as units of UTF-16."""
_FIRST_DAY = dt.date(1900, 3, 1)
"""From this day on, spreadsheets count days correctly: they treat 1900 as a leap year, and have no day before it."""
_CODE = Pattern("_x[0-9A-Fa-f]{4}_")
"""Spreadsheets read this as the code of a character. XlsxWriter escapes it twice in a text that is partly bold."""
MOST_EXACT = 2**53
"""A spreadsheet keeps whole numbers up to this one exactly, as doubles (IEEE 754)."""
_WIDTHS = {
    "title": 60,
    "snippet": 80,
    "text": 80,
    "url": 40,
    "id": 40,
    "outlet": 22,
    "source": 22,
    "byline": 22,
    "moment": 20,
    "added": 20,
}
"""The widths of columns in digits, by key. A spreadsheet shows ``###`` for a time that is wider than its column."""
_USUAL_WIDTH = 13


class SheetColumn(NamedTuple):
    """A column of a sheet: its key, its heading if that is another one, and whether its fractions are percentages."""

    key: str
    heading: str = ""
    percent: bool = False


def check_rows(total: int) -> None:
    """Raise :class:`~newssearch.NewssearchError` if a sheet cannot have so many rows and one of headings."""
    if total >= MOST_ROWS:
        raise NewssearchError(
            f"a spreadsheet has at most {MOST_ROWS - 1:,} rows below its headings, and there are {total:,}:"
            " export csv or parquet instead"
        )


def write_workbook(
    file: Path,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[Value]],
    *,
    title: str = "newssearch",
    made: dt.datetime | None = None,
) -> int:
    """Write rows to an XLSX file. The same rows with the same ``title`` and ``made`` (default: now) give the same bytes.

    Whole numbers beyond :data:`MOST_EXACT` are text, because a spreadsheet would round them.

    Returns the number of texts that were cut because they are longer than a cell can be. Raises
    :class:`~newssearch.NewssearchError` if the package for that is not installed, and :class:`OSError` if the file cannot
    be written.
    """
    try:
        import xlsxwriter  # an extra, and slow to import
    except ImportError:
        raise NewssearchError(
            "spreadsheets need the package XlsxWriter: pip install 'newssearch[xlsx]'"
        ) from None
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    try:
        with (  # if a file cannot be written, XlsxWriter leaves the parts of it, perhaps open
            tempfile.TemporaryDirectory(prefix="newssearch-", ignore_cleanup_errors=True) as parts,
            xlsxwriter.Workbook(str(file), {**options, "tmpdir": parts}) as book,
        ):
            book.set_properties(
                {
                    "title": escape.terminal(title)[:255],
                    **({} if made is None else {"created": made.replace(tzinfo=None)}),
                    "comments": SPREADSHEET_DESCRIPTION,
                }
            )
            sheet = _Sheet(book, columns)
            for number, row in enumerate(rows, start=1):
                for at, value in enumerate(row):
                    sheet.put(number, at, value)
            sheet.end()
            return sheet.cut
    except xlsxwriter.exceptions.FileCreateError as error:  # it has the error of the system in it
        if error.args and isinstance(error.args[0], OSError):
            raise error.args[0] from None
        raise


def _fitting_cell(text: str) -> str:
    """Return as much of a text as a cell holds: spreadsheets count units of UTF-16, of which an emoji has two."""
    if len(text) <= MOST_CELL_CHARACTERS // 2:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * MOST_CELL_CHARACTERS:
        return text
    return units[: 2 * MOST_CELL_CHARACTERS].decode("utf-16-le", "ignore")


class _Sheet:
    """The sheet of a workbook."""

    def __init__(self, book: Any, columns: Sequence[SheetColumn]) -> None:
        self._sheet = book.add_worksheet("newssearch")
        self._bold = book.add_format({"bold": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        percent = book.add_format({"num_format": "0.00%"})
        self._formats = [percent if column.percent else None for column in columns]
        self._last = 0
        self.cut = 0
        for at, column in enumerate(columns):  # before the first row: rows are written as they come
            self._sheet.set_column(at, at, _WIDTHS.get(column.key, _USUAL_WIDTH))
        for at, column in enumerate(columns):
            self._sheet.write_string(0, at, escape.terminal(column.heading or column.key), self._bold)
        self._sheet.freeze_panes(1, 0)

    def end(self) -> None:
        self._sheet.autofilter(0, 0, self._last, len(self._formats) - 1)

    def put(self, row: int, at: int, value: Value) -> None:
        self._last = row
        if isinstance(value, Snippet):
            self._put_snippet(row, at, value)
            return
        flat = flat_cell(value)
        if flat is None or flat == "":
            return
        if isinstance(flat, str):
            self._put_text(row, at, flat)
        elif isinstance(flat, dt.datetime):
            moment = flat.replace(tzinfo=None)
            if moment.date() < _FIRST_DAY:
                self._put_text(row, at, flat.isoformat())
            else:
                self._sheet.write_datetime(row, at, moment, self._moment)
        elif isinstance(flat, dt.date):
            if flat < _FIRST_DAY:
                self._put_text(row, at, flat.isoformat())
            else:
                self._sheet.write_datetime(row, at, dt.datetime.combine(flat, dt.time()), self._day)
        elif isinstance(flat, bool):
            self._sheet.write_boolean(row, at, flat)
        elif isinstance(flat, int) and abs(flat) > MOST_EXACT:
            self._put_text(row, at, str(flat))
        else:
            self._sheet.write_number(row, at, flat, self._formats[at])

    def _put_text(self, row: int, at: int, text: str) -> None:
        shown = escape.terminal_lines(text)
        fitting = _fitting_cell(shown)
        self.cut += len(fitting) < len(shown)
        self._sheet.write_string(row, at, fitting)

    def _put_snippet(self, row: int, at: int, snippet: Snippet) -> None:
        """Put a text with its highlights in bold."""
        shown = ((escape.terminal_lines(text), bold) for text, bold in snippet.parts() if text)
        parts = [("".join(text for text, _ in run), bold) for bold, run in groupby(shown, key=itemgetter(1))]
        whole = "".join(text for text, _ in parts)
        if not whole:
            return
        if len(parts) == 1 and parts[0][1] and _fitting_cell(whole) == whole:
            self._sheet.write_string(row, at, whole, self._bold)
            return
        if len(parts) == 1 or _fitting_cell(whole) != whole or _CODE.search(whole):
            self._put_text(row, at, whole)
            return
        fragments: list[object] = []
        for text, bold in parts:
            fragments += [self._bold, text] if bold else [text]
        if self._sheet.write_rich_string(row, at, *fragments):  # it could not
            self._put_text(row, at, whole)
