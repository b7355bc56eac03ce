"""Where a term stands in an index, as arrays: the one place where a search reads postings and columns of Whoosh.

Whoosh keeps an index as segments; a document's number here is its number in its segment plus the number of all
documents of the segments before it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Postings(NamedTuple):
    """The documents with a word or phrase, ascending, and how often each has it."""

    docs: Ints
    counts: Ints


NO_POSTINGS = Postings(np.empty(0, np.int64), np.empty(0, np.int64))


def merge(parts: list[Postings]) -> Postings:
    """All postings of several words as if they were one word: counts of one document are added."""
    parts = [part for part in parts if len(part.docs)]
    if len(parts) < 2:
        return parts[0] if parts else NO_POSTINGS
    docs, inverse = np.unique(np.concatenate([part.docs for part in parts]), return_inverse=True)
    counts = np.bincount(inverse, weights=np.concatenate([part.counts for part in parts]))
    return Postings(docs, counts.astype(np.int64))


class Segments:
    """The segments of one reader, read by field and term, with the documents numbered through."""

    def __init__(self, reader: Any) -> None:
        self._leaves: list[tuple[Any, int]] = [
            (leaf, offset) for leaf, offset in reader.leaf_readers() if leaf.doc_count_all()
        ]
        self.size: int = reader.doc_count_all()
        self.deleted: Ints = np.array(
            [offset + doc for leaf, offset in self._leaves for doc in _deleted(leaf)], dtype=np.int64
        )

    def term(self, field: str, term: str) -> Postings:
        """The postings of one term."""
        docs: list[int] = []
        counts: list[int] = []
        name = _bytes(term)
        for leaf, offset in self._leaves:
            if (field, name) not in leaf:
                continue
            matcher = leaf.postings(field, name)
            while matcher.is_active():
                docs.append(offset + matcher.id())
                counts.append(int(matcher.weight()))
                matcher.next()
        return Postings(np.array(docs, np.int64), np.array(counts, np.int64))

    def phrase(self, field: str, terms: tuple[str, ...]) -> Postings:
        """The postings of terms that stand side by side."""
        docs: list[int] = []
        counts: list[int] = []
        names = [_bytes(term) for term in terms]
        for leaf, offset in self._leaves:
            if any((field, name) not in leaf for name in names):
                continue
            matchers = [leaf.postings(field, name) for name in names]
            for doc in _common(matchers):
                places = [matcher.value_as("positions") for matcher in matchers]
                starts = set(places[0])
                for distance, found in enumerate(places[1:], start=1):
                    starts &= {place - distance for place in found}
                if starts:
                    docs.append(offset + doc)
                    counts.append(len(starts))
        return Postings(np.array(docs, np.int64), np.array(counts, np.int64))

    def terms(self, field: str, prefix: str) -> list[str]:
        """The distinct terms of a field that begin with ``prefix``, sorted."""
        found: set[bytes] = set()
        for leaf, _ in self._leaves:
            found.update(leaf.expand_prefix(field, prefix))
        return sorted(name.decode() for name in found)

    def frequency(self, field: str, term: str) -> int:
        """In how many documents a term is, deleted ones counted."""
        return sum(leaf.doc_frequency(field, _bytes(term)) for leaf, _ in self._leaves)

    def docs(self, field: str, term: str) -> list[int]:
        """The documents with one term, ascending."""
        return [int(doc) for doc in self.term(field, term).docs]

    def numbers(self, column: str) -> Ints:
        """A column of numbers, one a document."""
        parts = []
        for leaf, _ in self._leaves:
            values = _raw_numbers(leaf, column)
            parts.append(values)
        return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)

    def texts(self, column: str, docs: Ints) -> list[str]:
        """The values of a column of texts for some documents, ascending; ``""`` where there is none."""
        values: list[str] = []
        for leaf, offset in self._leaves:
            low, high = np.searchsorted(docs, (offset, offset + leaf.doc_count_all()))
            if low == high:
                continue
            if not leaf.has_column(column):
                values.extend([""] * int(high - low))
                continue
            reader = leaf.column_reader(column, translate=False)
            values.extend(reader[doc - offset].decode() for doc in docs[low:high].tolist())
        return values

    def stored(self, doc: int) -> dict[str, Any]:
        """The stored fields of one document."""
        for leaf, offset in self._leaves:
            if offset <= doc < offset + leaf.doc_count_all():
                fields: dict[str, Any] = leaf.stored_fields(doc - offset)
                return fields
        raise IndexError(doc)


def _bytes(term: str) -> bytes:
    """A term as Whoosh keeps it; one with a half of a surrogate pair, which no article has, as one that is in none."""
    return term.encode("utf-8", "backslashreplace")


def _deleted(leaf: Any) -> list[int]:
    return (
        [doc for doc in range(leaf.doc_count_all()) if leaf.is_deleted(doc)] if leaf.has_deletions() else []
    )


def _common(matchers: list[Any]) -> Any:
    """The documents that all matchers reach, each with the matchers standing at it."""
    while all(matcher.is_active() for matcher in matchers):
        target = max(matcher.id() for matcher in matchers)
        for matcher in matchers:
            if matcher.id() < target:
                matcher.skip_to(target)
                if not matcher.is_active():
                    return
        if all(matcher.id() == target for matcher in matchers):
            yield target
            matchers[0].next()


def _raw_numbers(leaf: Any, column: str) -> NDArray[Any]:
    """A numeric column without a Python call a value: Whoosh keeps it as an array, cut after the last set value."""
    size = leaf.doc_count_all()
    if not leaf.has_column(column):
        kind = leaf.schema[column].column_type
        return np.full(size, kind.default_value(), np.int64)
    reader = leaf.column_reader(column, translate=False)
    values = np.full(size, reader._default, np.int64)
    if reader._count:
        kind = np.dtype(f">{reader._typecode}")
        raw = reader._dbfile.get(reader._basepos, reader._count * kind.itemsize)
        values[: reader._count] = np.frombuffer(raw, kind)
    return values
