"""The engine SQLite FTS5, from the standard library: paragraphs are rows, ordered by ``rank`` (BM25)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..corpus import Story
from ..queries import Query
from .base import Answer, Engine, Mode

FILE = "paragraphs.sqlite"
CACHE = -65_536
"""The size of SQLite's page cache as a negative number of KiB: 64 MiB instead of the default of 2 MiB."""
SHOWN = "address, text, title, outlet, date, snippet(paragraphs, 0, '<b>', '</b>', '…', 40)"
"""The columns of a result in the mode ``shown``; the last number is the length of a snippet in words."""

INSERT = "INSERT INTO paragraphs VALUES (?, ?, ?, ?, ?, ?)"
Row = tuple[str, str, int, str, str | None, str | None]


class Fts5(Engine):
    """FTS5 with the tokenizers unicode61 (lower case, no accents) and porter; other columns are stored, but not indexed.

    A filter is a condition on a stored column, because FTS5 has no other filters. The total needs a second statement.
    """

    _stories: Sequence[Story]
    _database: sqlite3.Connection

    def load(self, stories: Sequence[Story]) -> None:
        self._stories = stories

    def build(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.open(folder)
        self._database.execute(
            "CREATE VIRTUAL TABLE paragraphs USING fts5(text, address UNINDEXED, number UNINDEXED,"
            " title UNINDEXED, outlet UNINDEXED, date UNINDEXED, tokenize='porter unicode61')"
        )
        with self._database:
            self._database.executemany(INSERT, (row for story in self._stories for row in _rows(story)))
        self._database.close()

    def open(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / FILE)
        self._database.execute(f"PRAGMA cache_size = {CACHE}")

    def search(self, query: Query, mode: Mode, limit: int) -> Answer:
        where, values = _condition(query)
        columns = SHOWN if mode == "shown" else "rowid"
        best = self._database.execute(
            f"SELECT {columns} FROM paragraphs WHERE {where} ORDER BY rank LIMIT {limit}", values
        ).fetchall()
        count = None
        if mode != "top":
            (count,) = self._database.execute(
                f"SELECT count(*) FROM paragraphs WHERE {where}", values
            ).fetchone()
        return Answer(count, [str(row[0]) for row in best])

    def add(self, story: Story) -> None:
        with self._database:
            self._database.executemany(INSERT, _rows(story))

    def close(self) -> None:
        self._database.close()


def _rows(story: Story) -> Iterator[Row]:
    for address, number, text in story.addresses():
        yield text, address, number, story.title, story.outlet, story.date


def _condition(query: Query) -> tuple[str, list[str]]:
    """Return the condition of an SQL statement for a query, and the values of its parameters."""
    if query.kind.startswith("phrase"):
        match = f'"{" ".join(query.words)}"'
    elif query.kind == "prefix":
        match = f'"{query.words[0]}"*'
    else:
        match = (" AND " if query.kind.startswith("and") else " OR ").join(
            f'"{word}"' for word in query.words
        )
    where, values = "paragraphs MATCH ?", [match]
    if query.outlet:
        where, values = f"{where} AND outlet = ?", [*values, query.outlet]
    if query.since and query.until:
        where, values = f"{where} AND date BETWEEN ? AND ?", [*values, query.since, query.until]
    return where, values
