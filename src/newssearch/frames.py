"""Results as tables for statistics: records of plain values, and data frames of pandas, polars and Arrow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, cast

from newssearch.errors import NewssearchError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

FrameType = Literal["text", "category", "texts", "whole", "number", "day", "moment", "flag"]
"""The type of a column: a text, a text that many rows share, several texts, a whole number, a fraction, a day, a moment in
UTC, or true and false."""
FrameTypes = Mapping[str, FrameType]
"""The columns of a table, in order, with their types."""


class Framed:
    """A result that is a table: :meth:`records`, and the data frames that are made of them."""

    __slots__ = ()

    def records(self) -> list[dict[str, Any]]:
        """Return a flat dict for each row, all with the same keys: texts, numbers, days, moments in UTC; None for nothing."""
        raise NotImplementedError

    def _frame_types(self) -> FrameTypes:
        """Return the columns of the table."""
        raise NotImplementedError

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a DataFrame of pandas. Raises :class:`~newssearch.NewssearchError` if pandas is not installed.

        Days are ``datetime64[s]``, moments ``datetime64[us, UTC]``, outlets and the like categories, texts ``string``.
        """
        library = imported("pandas")
        columns = {
            name: _pandas_column(library, values, kind)
            for name, values, kind in _typed_columns(self.records(), self._frame_types())
        }
        return cast("pandas.DataFrame", library.DataFrame(columns))

    def to_polars(self) -> polars.DataFrame:
        """Return the rows as a DataFrame of polars. Raises :class:`~newssearch.NewssearchError` if polars is not installed."""
        library = imported("polars")
        types = {
            "text": library.String, "category": library.Categorical, "texts": library.List(library.String), "whole": library.Int64,
            "number": library.Float64, "day": library.Date, "moment": library.Datetime("us", "UTC"), "flag": library.Boolean,
        }  # fmt: skip
        columns = [
            library.Series(name, values, dtype=types[kind], strict=False)
            for name, values, kind in _typed_columns(self.records(), self._frame_types())
        ]
        return cast("polars.DataFrame", library.DataFrame(columns))

    def to_arrow(self) -> pyarrow.Table:
        """Return the rows as a table of Arrow. Raises :class:`~newssearch.NewssearchError` if pyarrow is not installed."""
        found = _typed_columns(self.records(), self._frame_types())
        library, types = imported("pyarrow"), arrow_types()
        types["category"] = library.dictionary(library.int32(), library.string())
        arrays = [library.array(values, type=types[kind]) for _, values, kind in found]
        return cast("pyarrow.Table", library.table(arrays, names=[name for name, _, _ in found]))


def arrow_types() -> dict[FrameType, Any]:
    """Return the Arrow type for each type of column. A category is text: in a file, batches would have to share a dictionary."""
    library = imported("pyarrow")
    text = library.string()
    return {
        "text": text, "category": text, "texts": library.list_(text), "whole": library.int64(), "number": library.float64(),
        "day": library.date32(), "moment": library.timestamp("us", tz="UTC"), "flag": library.bool_(),
    }  # fmt: skip


def with_lists(rows: list[dict[str, Any]], types: FrameTypes) -> list[dict[str, Any]]:
    """Return rows in which each value of a column of several texts is a list: of one text, or of none for None."""
    several = [name for name, kind in types.items() if kind == "texts"]
    for row in rows:
        for name in several:
            value = row[name]
            row[name] = value if isinstance(value, list) else [] if value is None else [str(value)]
    return rows


def _typed_columns(
    rows: Sequence[Mapping[str, Any]], types: FrameTypes
) -> list[tuple[str, list[Any], FrameType]]:
    """Return the columns of some rows: the name, the values and the type of each."""
    return [(name, [_clean_value(row[name], kind) for row in rows], kind) for name, kind in types.items()]


def _clean_value(value: Any, kind: FrameType) -> Any:
    value = whole_text(value)
    return float(value) if kind == "number" and value is not None else value


def whole_text(value: Any) -> Any:
    """Return a text, or the texts of a list, with a code for half of a pair of surrogates, which no library takes."""
    if isinstance(value, list):
        return [whole_text(one) for one in value]
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _pandas_column(pandas: Any, values: list[Any], kind: FrameType) -> Any:
    import numpy as np  # slow to import, and only frames need it here

    if kind == "day":
        return pandas.Series(np.array([_none_is_nat(one) for one in values], "datetime64[s]"))
    if kind == "moment":
        naive = [
            None if one is None else one.astimezone(dt.timezone.utc).replace(tzinfo=None) for one in values
        ]
        moments = np.array([_none_is_nat(one) for one in naive], "datetime64[us]")
        return pandas.Series(moments).dt.tz_localize("UTC")
    if kind == "category":
        return pandas.Series(pandas.Categorical(values))
    if kind == "whole":
        return pandas.Series(values, dtype="Int64" if None in values else "int64")
    types = {"text": "string", "texts": "object", "number": "float64", "flag": "bool"}
    return pandas.Series(values, dtype=types[kind])


def _none_is_nat(value: dt.date | None) -> object:
    return "NaT" if value is None else value


def imported(name: str) -> Any:
    """Return a package. Raises :class:`~newssearch.NewssearchError` with the extra that brings it if it is not installed."""
    package = name.partition(".")[0]
    extra = "parquet" if package == "pyarrow" else package
    try:
        return import_module(name)
    except ImportError:
        raise NewssearchError(
            f"this needs the package {package}: pip install 'newssearch[{extra}]'"
        ) from None
