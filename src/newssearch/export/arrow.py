"""Exports as Parquet and Arrow: columns with types, for pandas, polars, R, DuckDB."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO

from newssearch.frames import arrow_types, imported, whole_text
from newssearch.hit_columns import ExportColumn, Value

from .text_tables import unmarked

ROWS_OF_A_BATCH = 5_000
"""The largest number of rows in memory at once, which is also the size of a row group of Parquet."""
CHARACTERS_OF_A_BATCH = 16_000_000
"""A batch ends as soon as its texts have this number of characters."""
METADATA_KEY = b"newssearch"
"""The key of the schema's metadata under which a JSON object says what was asked, and of which commit."""


def schema_of(columns: Sequence[ExportColumn], about: Mapping[str, object]) -> Any:
    """Return the schema of some columns. ``about`` is its metadata, as JSON types."""
    types = arrow_types()
    metadata = {METADATA_KEY: json.dumps(about, ensure_ascii=False).encode("utf-8", "backslashreplace")}
    return imported("pyarrow").schema(
        [(column.name, types[column.type]) for column in columns], metadata=metadata
    )


def batches(schema: Any, rows: Iterable[Sequence[Value]]) -> Iterator[Any]:
    """Yield rows as record batches of at most :data:`ROWS_OF_A_BATCH` rows, fewer if their texts are long."""
    arrow = imported("pyarrow")
    left = iter(rows)
    while part := _next_part(left):
        arrays = [arrow.array([row[at] for row in part], type=field.type) for at, field in enumerate(schema)]
        yield arrow.RecordBatch.from_arrays(arrays, schema=schema)


def _next_part(rows: Iterator[Sequence[Value]]) -> list[list[object]]:
    """Return the values of the next rows that are a batch."""
    part: list[list[object]] = []
    characters = 0
    for row in islice(rows, ROWS_OF_A_BATCH):
        part.append([_arrow_value(value) for value in row])
        characters += sum(len(value) for value in part[-1] if isinstance(value, str))
        if characters >= CHARACTERS_OF_A_BATCH:
            break
    return part


def _arrow_value(value: Value) -> object:
    value = whole_text(unmarked(value))
    return float(value) if isinstance(value, int) and abs(value) >= 2**63 else value


def write_arrow(
    name: str,
    stream: BinaryIO,
    columns: Sequence[ExportColumn],
    rows: Iterable[Sequence[Value]],
    about: Mapping[str, object],
) -> None:
    """Write rows to a stream, in the format ``"parquet"`` or ``"arrow"``, whose metadata ``about`` is."""
    arrow = imported("pyarrow")
    schema = schema_of(columns, about)
    if name == "parquet":
        writer = imported("pyarrow.parquet").ParquetWriter(stream, schema, compression="zstd")
    else:
        writer = arrow.ipc.new_file(stream, schema, options=arrow.ipc.IpcWriteOptions(compression="zstd"))
    with writer:
        for batch in batches(schema, rows):
            writer.write_batch(batch)
