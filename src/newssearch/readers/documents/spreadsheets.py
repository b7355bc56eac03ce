"""The formats of spreadsheets, XLSX, XLS and ODS: tables with an article in each row, as in CSV."""

from __future__ import annotations

import datetime as dt
import io
import warnings
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from newssearch.limits import Limits
from newssearch.readers.api import EXPORTS_KIND, Origin, ReadOutcome, Skipped, UnreadableError
from newssearch.readers.records.tables import is_heading_of_articles, read_rows
from newssearch.tabular import SPREADSHEET_DESCRIPTION

from .package import Package, attribute_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_COLUMNS = 400
"""The number of columns of a sheet that are read; the rest is ignored."""

MOST_CELLS = 40_000_000
"""The maximum number of cells of a sheet, empty ones included."""

ROWS_ABOVE_HEADING = 20
"""The number of rows at the top of a sheet among which the names of the columns are looked for."""

SHEETS_WITHOUT_ARTICLES = "sheets without articles"
"""The kind under which reports count the sheets beside one with articles."""

HIDDEN_SHEETS = "hidden sheets"
"""The kind under which reports count the sheets that a spreadsheet hides."""

ROWS_ABOVE = "rows above the names of columns"
"""The kind under which reports count the rows in which a spreadsheet says what its table is."""

_ENTITY = tuple("<!ENTITY".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))

Rows = Iterator[list[str]]


def parse_xlsx(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article in each row of a workbook of Excel, or a rejection. Raises UnreadableError."""
    try:
        from openpyxl import load_workbook  # an extra
    except ImportError:
        message = "a spreadsheet: reading it needs openpyxl (pip install 'newssearch[xlsx]')"
        raise UnreadableError(message) from None
    _check_entities(data, origin.options.limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which do not matter here
        try:
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        except Exception as error:  # openpyxl and zipfile raise different exceptions
            raise UnreadableError(f"a broken spreadsheet: {str(error)[:120]}") from None
        if book.properties.description == SPREADSHEET_DESCRIPTION:
            yield Skipped(origin.path, EXPORTS_KIND)
            return
        sheets = [
            (
                sheet.title,
                _bounded_rows(_xlsx_rows(sheet.iter_rows(max_col=_columns_of(sheet), values_only=True))),
            )
            for sheet in book.worksheets
            if sheet.sheet_state == "visible"
        ]
        yield from _articles_in_sheets(sheets, origin)
        for _ in range(len(book.worksheets) - len(sheets)):
            yield Skipped(origin.path, HIDDEN_SHEETS)


def _columns_of(sheet: Any) -> int:
    """Return the number of columns of a sheet that are read; openpyxl fills each row up to it."""
    stated = sheet.max_column
    return min(stated, MOST_COLUMNS) if isinstance(stated, int) and stated > 0 else MOST_COLUMNS


def parse_xls(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article in each row of an old workbook of Excel, or a rejection. Raises UnreadableError."""
    try:
        from xlrd import open_workbook  # an extra
    except ImportError:
        message = "an old workbook of Excel (.xls): reading it needs xlrd (pip install 'newssearch[office]'), or save it as .xlsx or CSV"
        raise UnreadableError(message) from None
    try:
        book = open_workbook(file_contents=data, logfile=io.StringIO(), on_demand=True)
        names: list[str] = book.sheet_names()
    except Exception as error:  # xlrd raises anything on broken files, and its own error on encrypted ones
        reason = str(error)[:120]
        raise UnreadableError(
            "an encrypted document" if "encrypted" in reason else f"a broken spreadsheet: {reason}"
        ) from None
    hidden = [place for place in range(len(names)) if _is_hidden_xls(book, place)]
    sheets = [
        (name, _bounded_rows(_xls_rows(book, place)))
        for place, name in enumerate(names)
        if place not in hidden
    ]
    yield from _articles_in_sheets(sheets, origin)
    for _ in hidden:
        yield Skipped(origin.path, HIDDEN_SHEETS)


def _is_hidden_xls(book: Any, place: int) -> bool:
    visibility = getattr(book, "_sheet_visibility", ())
    return place < len(visibility) and visibility[place] != 0


def _xls_rows(book: Any, place: int) -> Rows:
    """Yield the rows of a sheet of an old workbook, which is read when the first one is asked for, and then forgotten."""
    from xlrd import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_ERROR  # an extra
    from xlrd.xldate import xldate_as_datetime  # an extra

    def text_of(kind: int, value: object) -> str:
        if kind == XL_CELL_ERROR:
            return ""
        if kind == XL_CELL_DATE and isinstance(value, float):
            try:
                return _cell_text(xldate_as_datetime(value, book.datemode))
            except (ValueError, OverflowError):  # not on the calendar
                return str(value)
        return str(bool(value)) if kind == XL_CELL_BOOLEAN else _cell_text(value)

    sheet = book.sheet_by_index(place)
    try:
        for number in range(sheet.nrows):
            kinds, values = (
                sheet.row_types(number, 0, MOST_COLUMNS),
                sheet.row_values(number, 0, MOST_COLUMNS),
            )
            yield list(map(text_of, kinds, values))
    finally:
        book.unload_sheet(place)


def parse_ods(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article in each row of an OpenDocument table, or a rejection. Raises UnreadableError."""
    package = Package(data, origin.options.limits)
    if b"encryption-data" in (package.part("META-INF/manifest.xml") or b""):
        raise UnreadableError("an encrypted document")
    content = package.tree("content.xml")
    tables = content.iterfind("body/spreadsheet/table") if content is not None else ()
    sheets = [(attribute_of(one, "name") or "", _bounded_rows(_ods_rows(one))) for one in tables]
    yield from _articles_in_sheets(sheets, origin)


def _check_entities(data: bytes, limits: Limits) -> None:
    package = Package(data, limits)
    for name in package.names:
        if name.lower().endswith((".xml", ".rels")) and any(
            mark in (package.part(name) or b"") for mark in _ENTITY
        ):
            raise UnreadableError("an XML document that declares entities of its own")


def _articles_in_sheets(sheets: list[tuple[str, Rows]], origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles in the sheets that have columns of articles; if none has, say what is in the first one."""
    reason = "a spreadsheet without rows"
    refused = 0
    some = False
    for name, rows in sheets:
        read = 0
        place = origin.within(name) if len(sheets) > 1 and name else origin
        try:
            head = list(islice((row for row in rows if any(row)), ROWS_ABOVE_HEADING))
            if not head:
                continue
            start = _place_of_heading(head)
            for item in read_rows(_rest_of_sheet(head[start:], rows), place):
                some = True
                read += 1
                yield item
            for _ in filter(_has_several_cells, head[:start]):
                yield Skipped(origin.path, ROWS_ABOVE)
        except UnreadableError as error:
            if read:  # the rest of the sheet is lost
                yield place.rejected(str(error), read + 1)
                continue
            refused += 1
            reason = reason if refused > 1 else str(error)
        except Exception as error:  # openpyxl raises anything on sheets that it was not written for
            raise UnreadableError(f"a broken spreadsheet: {str(error)[:120]}") from None
    if not some:
        raise UnreadableError(reason)
    for _ in range(refused):
        yield Skipped(origin.path, SHEETS_WITHOUT_ARTICLES)


def _place_of_heading(head: list[list[str]]) -> int:
    """Return the place of the row that names the columns: the first one that names one, and is wider than those above it.

    A row of values may hold such a name, too: then the rows above it are as wide.
    """
    filled = [sum(map(bool, row)) for row in head]
    for number, row in enumerate(head):
        if is_heading_of_articles(row) and max(filled[:number], default=0) < max(2, filled[number]):
            return number
    return 0


def _has_several_cells(row: list[str]) -> bool:
    return sum(map(bool, row)) > 1


def _rest_of_sheet(head: list[list[str]], rows: Rows) -> Rows:
    yield from head
    yield from (row for row in rows if any(row))


def _bounded_rows(rows: Iterable[list[str]]) -> Rows:
    """Yield rows without the empty cells at their ends. Raises UnreadableError for too many cells."""
    cells = 0
    for row in rows:
        cells += 1 + len(row)
        if cells > MOST_CELLS:
            raise UnreadableError(f"a sheet with more than {MOST_CELLS:,} cells: save it as CSV")
        while row and not row[-1].strip():
            row.pop()
        yield row


def _xlsx_rows(rows: Iterable[tuple[object, ...]]) -> Rows:
    for row in rows:
        yield [_cell_text(value) for value in row]


def _cell_text(value: object) -> str:
    """Return the value of a cell as text; a day is without a time, and a whole number without a point."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).replace("_x000D_", "")


def _ods_rows(table: Element) -> Rows:
    for row in table.iter("table-row"):
        cells: list[str] = []
        for cell in row:
            if cell.tag not in ("table-cell", "covered-table-cell"):
                continue
            repeated = attribute_of(cell, "number-columns-repeated") or "1"
            count = min(int(repeated), MOST_COLUMNS) if repeated.isdecimal() and len(repeated) < 9 else 1
            cells += [_ods_text(cell)] * min(count, MOST_COLUMNS - len(cells))
        yield cells


def _ods_text(cell: Element) -> str:
    date = attribute_of(cell, "date-value")
    if date:
        return date.removesuffix("T00:00:00")
    shown = "\n".join("".join(_shown_text(paragraph)) for paragraph in cell.iterfind("p"))
    number = attribute_of(cell, "value") if attribute_of(cell, "value-type") == "float" else None
    return number if number is not None and not number.isalpha() else shown


def _shown_text(paragraph: Element) -> Iterator[str]:
    yield paragraph.text or ""
    for child in paragraph.iter():
        if child is not paragraph:
            if child.tag == "s":
                yield " "
            elif child.tag == "line-break":
                yield "\n"
            elif child.tag != "annotation":
                yield child.text or ""
            yield child.tail or ""
