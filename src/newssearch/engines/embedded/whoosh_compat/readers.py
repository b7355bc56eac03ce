"""A segment of newssearch through the interfaces of Whoosh 2.7: terms, matchers, stored fields, columns.

Nothing of newssearch reads an index this way; it is there for whoever opens one with Whoosh alone. What an article has
is given to each of its paragraphs, which are Whoosh's documents.
"""

from __future__ import annotations

import datetime as dt
import json
import warnings
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh import columns
    from whoosh.codec import base
    from whoosh.matching import LeafMatcher, ReadTooFar
    from whoosh.reading import TermInfo, TermNotFound

from newssearch.engines.embedded.segment.columns import NO_TIME, local_time
from newssearch.engines.embedded.segment.field import FieldReader, SurfaceForms
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.stored_fields import VALUES, date_of
from newssearch.engines.embedded.storage.container import Array, StringTable
from newssearch.engines.embedded.storage.sorted_sets import Ints, concat_aranges
from newssearch.fields import WHOLE_FIELDS, WORD_FIELDS

from .schema import make_schema

MATCHER_BLOCK = 128
"""Postings of which a matcher tells how good they can be."""

SCORE_ROUNDING = 1e-10
"""How much of a bound on a score may be a rounding error."""


class Terms(Protocol):
    """The terms of one field, sorted, and their postings by number."""

    @property
    def names(self) -> Sequence[bytes] | StringTable:
        """The terms."""

    def postings(self, number: int) -> tuple[Array, Array]:
        """The documents with a term, ascending, and how often each has it."""

    def positions(self, number: int) -> Positions | None:
        """Where in each of them it stands; None where that is not kept."""


class Positions:
    """Where a term stands in the owners of its postings; of documents, if these are given the row of their owner."""

    def __init__(self, field: FieldReader, number: int, rows: Ints | None = None) -> None:
        owners, counts = field.postings(number)
        self._positions = (
            field.positions(SurfaceForms(number, None)) - field.starts[np.repeat(owners, counts)]
        )
        self._ends = np.cumsum(counts, dtype=np.int64)
        self._rows = rows

    def of(self, posting: int) -> list[int]:
        """Those of a posting."""
        row = posting if self._rows is None else int(self._rows[posting])
        positions: list[int] = self._positions[self._ends[row - 1] if row else 0 : self._ends[row]].tolist()
        return positions


class TextTerms:
    """The terms of the paragraphs."""

    def __init__(self, segment: Segment) -> None:
        self._field = segment.fields["text"]
        self.names = self._field.terms

    def postings(self, number: int) -> tuple[Array, Array]:
        """The documents with a term."""
        return self._field.postings(number)

    def positions(self, number: int) -> Positions:
        """Where in each of them it stands."""
        return Positions(self._field, number)


class TitleTerms:
    """The terms of the headlines: those of an article are each of its paragraphs'."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._field = segment.fields["title"]
        self.names = self._field.terms

    def postings(self, number: int) -> tuple[Array, Array]:
        """The documents with a term."""
        owners, counts = self._field.postings(number)
        documents, sizes = _documents(self._segment, owners)
        return documents, np.repeat(counts, sizes)

    def positions(self, number: int) -> Positions:
        """Where in each of them it stands."""
        _, sizes = _documents(self._segment, self._field.postings(number).owners)
        return Positions(self._field, number, np.repeat(np.arange(len(sizes)), sizes))


class IdTerms:
    """The ids: one posting an article, found without a list of them."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._order = segment.container["article.id.order"]
        self.names = SortedIds(segment, self._order)

    def postings(self, number: int) -> tuple[Array, Array]:
        """The documents with a term."""
        documents, _ = _documents(self._segment, self._order[number : number + 1])
        return documents, np.ones(len(documents), np.int64)

    def positions(self, number: int) -> None:
        """No positions are kept."""


class SortedIds(Sequence[bytes]):
    """The ids in their order."""

    def __init__(self, segment: Segment, order: Array) -> None:
        self._segment = segment
        self._order = order

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, number: Any) -> Any:
        return self._segment.id(int(self._order[number]))


class ValueTerms:
    """The terms of a field of values.

    ``codes`` are the values of the owners, by number, ``terms`` those of each value and how often it has them. Owners
    are articles, unless they are ``documents``.
    """

    def __init__(
        self, segment: Segment, codes: Array, terms: Iterable[Mapping[bytes, int]], *, documents: bool = False
    ) -> None:
        self._segment = segment
        self._documents = documents
        self._owners = np.argsort(codes, kind="stable")
        self._values: dict[bytes, list[tuple[int, int]]] = {}
        code = -1
        for code, counts in enumerate(terms):
            for term, count in counts.items():
                self._values.setdefault(term, []).append((code, count))
        self._first = np.searchsorted(codes[self._owners], np.arange(code + 2))
        self.names = sorted(self._values)

    def postings(self, number: int) -> tuple[Array, Array]:
        """The documents with a term."""
        values = self._values[self.names[number]]
        slices = [self._owners[self._first[code] : self._first[code + 1]] for code, _ in values]
        owners = np.concatenate(slices)
        counts = np.repeat([count for _, count in values], [len(owners) for owners in slices])
        if len(slices) > 1:
            order = np.argsort(owners)
            owners, counts = owners[order], counts[order]
        if self._documents:
            return owners, counts
        documents, sizes = _documents(self._segment, owners)
        return documents, np.repeat(counts, sizes)

    def positions(self, number: int) -> None:
        """No positions are kept."""


def _datetime_of(microseconds: int) -> dt.datetime | None:
    """A moment from what is kept of it."""
    return None if microseconds == NO_TIME else dt.datetime.min + dt.timedelta(microseconds=microseconds)


def _documents(segment: Segment, articles: Array) -> tuple[Ints, Ints]:
    """The documents of some articles, and how many each has."""
    first = segment.first[articles].astype(np.int64)
    sizes = segment.first[articles.astype(np.int64) + 1] - first
    return np.repeat(first, sizes) + concat_aranges(sizes), sizes


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """The terms of all fields. Those of values are made of what each article has when they are first asked for."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._schema = make_schema()
        self._made: dict[str, Terms | None] = {}

    def terms_of(self, name: str) -> Terms | None:
        """The terms of a field, or None."""
        if name not in self._made:
            self._made[name] = self._terms_of(name)
        return self._made[name]

    def _terms_of(self, name: str) -> Terms | None:
        segment = self._segment
        if name == "text":
            return TextTerms(segment)
        if name == "title":
            return TitleTerms(segment)
        if name == "id":
            return IdTerms(segment)
        if name == "paragraph":
            numbers, codes = np.unique(segment.numbers(np.arange(segment.documents)), return_inverse=True)
            return ValueTerms(segment, codes, map(self._indexed(name), numbers.tolist()), documents=True)
        if name == "date":
            moments, codes = np.unique(segment.local_time, return_inverse=True)
            return ValueTerms(segment, codes, map(self._indexed(name), map(_datetime_of, moments.tolist())))
        if name == "url":
            headers = (segment.header(article) for article in range(segment.articles))
            urls = map(self._indexed(name), (header.get("url") for header in headers))
            return ValueTerms(segment, np.arange(segment.articles), urls)
        if name in VALUES:
            keys = [key.decode() for key in segment.keys(name).all()]
            words = (one.split() if name in WORD_FIELDS else [one] for one in keys)
            terms = (Counter(word.encode() for word in each if word) for each in words)
            return ValueTerms(segment, segment.values(name).codes, terms)
        return None

    def _indexed(self, name: str) -> Callable[[Any], Mapping[bytes, int]]:
        """What Whoosh itself makes terms of: numbers and dates have several, for ranges."""
        index = self._schema[name].index
        return lambda value: {} if value is None else {term: 1 for term, *_ in index(value)}

    def indexed_field_names(self) -> list[str]:
        """The fields that have terms."""
        return ["text", "title", "id", "paragraph", "date", "url", "path", *WHOLE_FIELDS, *WORD_FIELDS]

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._number(*term) >= 0

    def _number(self, name: str, term: bytes) -> int:
        terms = self.terms_of(name)
        if terms is None:
            return -1
        number = bisect_left(terms.names, term)
        return number if number < len(terms.names) and terms.names[number] == term else -1

    def _found(self, name: str, term: bytes) -> tuple[Terms, int]:
        terms, number = self.terms_of(name), self._number(name, term)
        if terms is None or number < 0:
            raise TermNotFound(f"No term {name}:{term!r}")
        return terms, number

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """All terms, by field."""
        return self.terms_from("", b"")

    def terms_from(self, name: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms from one on."""
        for other in sorted(self.indexed_field_names()):
            if other < name or (terms := self.terms_of(other)) is None:
                continue
            start = bisect_left(terms.names, prefix) if other == name else 0
            yield from ((other, terms.names[number]) for number in range(start, len(terms.names)))

    def items(self) -> Iterator[tuple[tuple[str, bytes], Any]]:
        """All terms with what is known of each."""
        return self.items_from("", b"")

    def items_from(self, name: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], Any]]:
        """The terms from one on, with what is known of each."""
        return ((term, self.term_info(*term)) for term in self.terms_from(name, prefix))

    def term_info(self, name: str, term: bytes) -> Any:
        """What is known of a term."""
        terms, number = self._found(name, term)
        documents, counts = terms.postings(number)
        lengths = self.lengths(name, documents)
        return TermInfo(
            weight=float(counts.sum(dtype=np.int64)), df=len(documents), minlength=int(lengths.min()),
            maxlength=int(lengths.max()), maxweight=float(counts.max()), minid=int(documents[0]), maxid=int(documents[-1]),
        )  # fmt: skip

    def lengths(self, name: str, documents: Array) -> Array:
        """How many words documents have in a field; 0 in those whose lengths are not kept."""
        if name == "text":
            return self._segment.fields["text"].sizes[documents]
        if name == "title":
            return self._segment.fields["title"].sizes[self._segment.article[documents]]
        return np.zeros(len(documents), np.int64)

    def frequency(self, name: str, term: bytes) -> float:
        """How often a term occurs."""
        number = self._number(name, term)
        terms = self.terms_of(name)
        return (
            float(terms.postings(number)[1].sum(dtype=np.int64)) if terms is not None and number >= 0 else 0.0
        )

    def doc_frequency(self, name: str, term: bytes) -> int:
        """How many documents have a term."""
        number = self._number(name, term)
        terms = self.terms_of(name)
        return len(terms.postings(number)[0]) if terms is not None and number >= 0 else 0

    def matcher(self, name: str, term: bytes, format_: Any, scorer: Any = None) -> Matcher:
        """The postings of a term, one after the other."""
        terms, number = self._found(name, term)
        documents, counts = terms.postings(number)
        return Matcher(
            (name, term), documents, counts, self.lengths(name, documents), lambda: terms.positions(number), format_, scorer
        )  # fmt: skip

    def cursor(self, name: str, field: Any) -> Cursor:
        """A cursor over the terms of a field."""
        terms = self.terms_of(name)
        return Cursor(self, name, terms.names if terms is not None else [], field)


class Cursor(base.FieldCursor):  # type: ignore[misc]
    """A place among the terms of a field."""

    def __init__(
        self, reader: TermsReader, name: str, names: Sequence[bytes] | StringTable, field: Any
    ) -> None:
        self._reader = reader
        self._name = name
        self._names = names
        self._field = field
        self._at = 0

    def first(self) -> Any:
        """Go to the first term."""
        self._at = 0
        return self.text()

    def find(self, wanted: str | bytes) -> Any:
        """Go to the first term that is not less."""
        term = wanted if isinstance(wanted, bytes) else self._field.to_bytes(wanted)
        self._at = bisect_left(self._names, term)
        return self.text()

    def next(self) -> Any:
        """Go to the next term."""
        self._at += 1
        return self.text()

    def text(self) -> Any:
        """The term, or None behind the last."""
        return self._field.from_bytes(self._names[self._at]) if self.is_valid() else None

    term = text

    def term_info(self) -> Any:
        """What is known of the term."""
        return self._reader.term_info(self._name, self._names[self._at])

    def is_valid(self) -> bool:
        """Whether there is a term here."""
        return self._at < len(self._names)


class Matcher(LeafMatcher):  # type: ignore[misc]
    """The postings of a term, one after the other."""

    def __init__(
        self,
        term: tuple[str, bytes],
        documents: Array,
        counts: Array,
        lengths: Array,
        positions: Callable[[], Positions | None],
        format_: Any,
        scorer: Any,
    ) -> None:
        self._term = term
        self._documents = documents
        self._counts = counts
        self._lengths = lengths
        self._read_positions = positions
        self.format = format_
        self.scorer = scorer
        self._go(0)

    @cached_property
    def _positions(self) -> Positions | None:
        return self._read_positions()

    def is_active(self) -> bool:
        """Whether there is a posting here. Behind the last, all that follows tells of the last: Whoosh asks even then."""
        return not self._ended

    def reset(self) -> None:
        """Go back to the first."""
        self._go(0)

    def _go(self, posting: int) -> None:
        self._ended = posting >= len(self._documents)
        self._i = min(posting, len(self._documents) - 1)

    def id(self) -> int:
        """Its document."""
        return int(self._documents[self._i])

    def all_ids(self) -> Iterator[int]:
        """All documents from here on."""
        return iter([] if self._ended else self._documents[self._i :].tolist())

    def weight(self) -> float:
        """How often the document has the term."""
        return float(self._counts[self._i])

    def value(self) -> Any:
        """What Whoosh itself would have written: its merges copy it."""
        if self.supports("positions") and self._positions is not None:
            return self.format.encode(self._positions.of(self._i))
        return b"" if not self.format.posting_size else int(self.weight()).to_bytes(4, "big")

    def value_as(self, astype: str) -> Any:
        """What is known of the posting."""
        if astype == "positions" and self._positions is not None:
            return self._positions.of(self._i)
        if astype == "frequency":
            return int(self.weight())
        return self.weight() if astype == "weight" else super().value_as(astype)

    def next(self) -> bool:
        """Go on; whether that is a new block."""
        self._go(self._i + 1)
        return self._ended or self._i % MATCHER_BLOCK == 0

    def skip_to(self, target: int) -> None:
        """Go on to the first document that is not before ``target``."""
        if self._ended:
            raise ReadTooFar
        rest = self._documents[self._i :]
        self._go(self._i + int(np.searchsorted(rest, rest.dtype.type(target))))  # or all would be converted

    def skip_to_quality(self, minimum: float) -> int:
        """Go on to the first block that may be better; how many were skipped.

        One that is better by a rounding error alone is not: Whoosh's union of two matchers asks again and again, by
        differences of sums, until one of them has gone on.
        """
        skipped = 0
        minimum += abs(minimum) * SCORE_ROUNDING
        while not self._ended and self.block_quality() <= minimum:
            self._go((self._i // MATCHER_BLOCK + 1) * MATCHER_BLOCK)
            skipped += 1
        return skipped

    @cached_property
    def _blocks(self) -> tuple[Array, Array, Array]:
        """Of each block the fewest and the most words of a document, and the most often that one has the term."""
        starts = np.arange(0, len(self._documents), MATCHER_BLOCK)
        lengths = self._lengths
        return (
            np.minimum.reduceat(lengths, starts),
            np.maximum.reduceat(lengths, starts),
            np.maximum.reduceat(self._counts, starts),
        )

    def block_min_length(self) -> int:
        """The fewest words of a document of the block."""
        return int(self._blocks[0][self._i // MATCHER_BLOCK])

    def block_max_length(self) -> int:
        """The most words of a document of the block."""
        return int(self._blocks[1][self._i // MATCHER_BLOCK])

    def block_max_weight(self) -> float:
        """The most often that a document of the block has the term."""
        return float(self._blocks[2][self._i // MATCHER_BLOCK])

    def block_max_id(self) -> int:
        """The last document of the block."""
        return int(
            self._documents[min((self._i // MATCHER_BLOCK + 1) * MATCHER_BLOCK, len(self._documents)) - 1]
        )


class ValueColumn(columns.ColumnReader):  # type: ignore[misc]
    """A field of values as a column of bytes."""

    def __init__(self, segment: Segment, name: str) -> None:
        self._article = segment.article
        if name == "id":
            self._of: Callable[[int], bytes] = segment.id
        else:
            codes, values = segment.values(name)
            encoded = [value.encode() for value in values]
            self._of = lambda article: encoded[codes[article]]

    def __len__(self) -> int:
        return len(self._article)

    def __getitem__(self, document: int) -> bytes:
        return self._of(int(self._article[document]))

    def __iter__(self) -> Iterator[bytes]:
        return (self[document] for document in range(len(self)))


class DocumentReader(base.PerDocumentReader):  # type: ignore[misc]
    """What is kept of each document."""

    def __init__(self, segment: Segment, reader: Any) -> None:
        self._segment = segment
        self._reader = reader
        self._last: tuple[int, str, dict[str, Any]] = (-1, "", {})

    def doc_count(self) -> int:
        """The documents that are not deleted."""
        return int(self._reader.doc_count())

    def doc_count_all(self) -> int:
        """The documents, deleted ones counted."""
        return self._segment.documents

    def has_deletions(self) -> bool:
        """Whether any is deleted."""
        return bool(self._reader.has_deletions())

    def is_deleted(self, document: int) -> bool:
        """Whether one is deleted."""
        return bool(self._reader.is_deleted(document))

    def deleted_docs(self) -> Iterator[int]:
        """The deleted ones."""
        return iter(self._reader.deleted_docs())

    def supports_columns(self) -> bool:
        """There are columns."""
        return True

    def has_column(self, name: str) -> bool:
        """Whether a field is one: as with Whoosh's own segments, only where some document has it."""
        return name == "id" or (name in VALUES and len(self._segment.values(name).values) > 1)

    def column_reader(self, name: str, column: Any) -> ValueColumn:
        """A field as a column."""
        return ValueColumn(self._segment, name)

    def _sizes(self, name: str) -> Array | None:
        return self._segment.fields[name].sizes if name in ("text", "title") else None  # type: ignore[index]

    def doc_field_length(self, document: int, name: str, default: int = 0) -> int:
        """The words that a document has in a field."""
        sizes = self._sizes(name)
        if sizes is None:
            return default
        return int(sizes[document if name == "text" else self._segment.article[document]]) or default

    def field_length(self, name: str) -> int:
        """The words of a field."""
        sizes = self._sizes(name)
        if sizes is None:
            return 0
        if name == "title":
            return int((sizes.astype(np.int64) * np.diff(self._segment.first.astype(np.int64))).sum())
        return int(sizes.sum(dtype=np.int64))

    def min_field_length(self, name: str) -> int:
        """The fewest words that a document has in a field."""
        sizes = self._sizes(name)
        return int(sizes.min()) if sizes is not None and len(sizes) else 0

    def max_field_length(self, name: str) -> int:
        """The most words that a document has in a field."""
        sizes = self._sizes(name)
        return int(sizes.max()) if sizes is not None and len(sizes) else 0

    def stored_fields(self, document: int) -> dict[str, Any]:
        """What is known of a document, by field."""
        segment = self._segment
        article = int(segment.article[document])
        if self._last[0] != article:
            self._last = article, *self._of_article(article)
        _, header, fields = self._last
        number = int(segment.numbers(np.array([document]))[0])
        fields = fields | {"text": segment.bodies[document], "paragraph": number}
        if document == int(segment.first[article]):
            fields |= {"header": header, "state": segment.state(article)}
        return fields

    def _of_article(self, article: int) -> tuple[str, dict[str, Any]]:
        """The header of an article, and what is stored of it in each of its documents."""
        header = self._segment.header(article)
        fields = {name: header[name] for name in ("id", "title", "url", *VALUES) if name in header}
        date = date_of(header.get("date"))
        return json.dumps(header, ensure_ascii=False), fields if date is None else fields | {
            "date": local_time(date)
        }
