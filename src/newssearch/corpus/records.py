"""The parts of a receipt: the archive, each search, and the output."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from newssearch.facets import Facet
from newssearch.results import Clause, DateCounts
from newssearch.system.frozen import FrozenDict
from newssearch.system.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRecord:
    """One search in a receipt: the query with its options, its interpretation, and its results.

    ``options`` are those that differ from their defaults, as JSON types. ``undated`` and ``imprecise`` count the
    articles excluded only because of their dates: see :class:`~newssearch.Results`. ``ids`` is the SHA-256, in
    hexadecimal digits, of the ids of all articles found, sorted by code point, each followed by a newline.
    """

    query: str
    interpretation: str
    options: Mapping[str, object]
    articles: int
    stories: int
    paragraphs: int
    undated: int
    imprecise: int
    dates: DateCounts
    clauses: tuple[Clause, ...]
    notes: tuple[str, ...]
    ids: str
    tags: str = ""
    """The SHA-256 of the articles that the conditions on tags stand for; "" if the search has none."""
    name: str = ""
    """The name of the search if a command makes several; "" otherwise."""

    def to_dict(self) -> dict[str, object]:
        """Return the search as JSON types."""
        return {
            "name": self.name,
            "query": self.query,
            "interpretation": self.interpretation,
            "options": dict(self.options),
            "articles": self.articles,
            "stories": self.stories,
            "paragraphs": self.paragraphs,
            "undated": self.undated,
            "imprecise": self.imprecise,
            "dates": self.dates.to_dict(),
            "clauses": [clause.to_dict() for clause in self.clauses],
            "notes": list(self.notes),
            "ids": self.ids,
            "tags": self.tags,
        }


class ArchiveRecord(NamedTuple):
    """The archive that was searched: its numbers of articles, paragraphs and outlets, and its dates (ISO 8601)."""

    articles: int
    paragraphs: int
    outlets: int
    undated: int
    first_date: str | None
    last_date: str | None


class OutputRecord(NamedTuple):
    """The output of a command as JSON Lines, whatever its format: the number of lines, and their SHA-256.

    Each line is a row of a table; or the id, paragraph, score and text of a hit, or the counts of a facet. ``tags`` is the
    SHA-256 of what the output shows from the tags of the archive: a line for each hit whose article has tags or notes, and one
    for the facet of tags. It is "" if the output shows none.
    """

    lines: int
    sha256: str
    tags: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the digests as JSON types."""
        return {"lines": self.lines, "sha256": self.sha256, "tags": self.tags}


def json_value(value: object) -> object:
    """Return a value as a JSON type that is immutable: tuples for arrays, a :class:`FrozenDict` for an object."""
    if isinstance(value, Clause | DateCounts | Facet):
        return json_value(value.to_dict())
    if isinstance(value, Mapping):
        return FrozenDict((str(name), json_value(one)) for name, one in value.items())
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return tuple(map(json_value, value))
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value)
