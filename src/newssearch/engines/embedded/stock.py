"""A segment of ours through the interfaces of Whoosh 2.7: terms, matchers, stored fields, columns.

Nothing of newssearch reads an index this way; it is there for whoever opens one with Whoosh alone. What an article has
is given to each of its paragraphs, which are Whoosh's documents.
"""

from __future__ import annotations

import json
import warnings
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from typing import Any, Protocol

import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh import columns
    from whoosh.codec import base
    from whoosh.matching import LeafMatcher, ReadTooFar
    from whoosh.reading import TermInfo, TermNotFound

from .building import VALUES, date_of
from .container import Array, Strings
from .inverting import ramp
from .schema import BY_WORDS, WHOLE_VALUES, as_written, make_schema
from .segment import Ints, Kinds, Segment

BLOCK = 128
"""Postings of which a matcher tells how good they can be."""


class Terms(Protocol):
    """The terms of one field, sorted, and their postings by number."""

    @property
    def names(self) -> Sequence[bytes] | Strings:
        """The terms."""

    def postings(self, number: int) -> tuple[Array, Array]:
        """The documents with a term, ascending, and how often each has it."""

    def positions(self, number: int) -> list[Ints] | None:
        """Where in each of them it stands; None where that is not kept."""


class TextTerms:
    """The terms of the paragraphs."""

    def __init__(self, segment: Segment) -> None:
        self._field = segment.fields["text"]
        self.names = self._field.terms

    def postings(self, number: int) -> tuple[Array, Array]:
        """The documents with a term."""
        return self._field.postings(number)

    def positions(self, number: int) -> list[Ints]:
        """Where in each of them it stands."""
        owners, counts = self._field.postings(number)
        places = self._field.places(Kinds(number, None)) - self._field.starts[np.repeat(owners, counts)]
        return np.split(places, np.cumsum(counts, dtype=np.int64)[:-1])


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

    def positions(self, number: int) -> list[Ints]:
        """Where in each of them it stands."""
        owners, counts = self._field.postings(number)
        places = self._field.places(Kinds(number, None)) - self._field.starts[np.repeat(owners, counts)]
        of_each = np.split(places, np.cumsum(counts, dtype=np.int64)[:-1])
        _, sizes = _documents(self._segment, owners)
        return [found for found, size in zip(of_each, sizes.tolist(), strict=True) for _ in range(size)]


class ValueTerms:
    """The terms of a field of values: made of what each document has when they are first asked for."""

    def __init__(
        self, by_document: dict[bytes, list[int]] | None, by_article: dict[bytes, list[int]], segment: Segment
    ):
        self._segment = segment
        self._by_document = by_document
        self._by_article = by_article
        self.names = sorted(by_article if by_document is None else by_document)

    def postings(self, number: int) -> tuple[Array, Array]:
        """The documents with a term."""
        name = self.names[number]
        if self._by_document is not None:
            documents = np.array(self._by_document[name], np.int64)
        else:
            documents, _ = _documents(self._segment, np.array(self._by_article[name], np.int64))
        return documents, np.ones(len(documents), np.int64)

    def positions(self, number: int) -> None:
        """No positions are kept."""


def _documents(segment: Segment, articles: Array) -> tuple[Ints, Ints]:
    """The documents of some articles, and how many each has."""
    first = segment.first[articles].astype(np.int64)
    sizes = segment.first[articles.astype(np.int64) + 1] - first
    return np.repeat(first, sizes) + ramp(sizes), sizes


def _collected(items: Iterator[tuple[bytes, int]]) -> dict[bytes, list[int]]:
    found: dict[bytes, list[int]] = {}
    for name, number in items:
        found.setdefault(name, []).append(number)
    return found


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """The terms of all fields."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._schema = make_schema()
        self.terms_of: Callable[[str], Terms | None] = cache(self._terms_of)

    def _terms_of(self, name: str) -> Terms | None:
        if name == "text":
            return TextTerms(self._segment)
        if name == "title":
            return TitleTerms(self._segment)
        if name not in self.indexed_field_names():
            return None
        if name == "paragraph":
            numbers = self._segment.numbers(np.arange(self._segment.documents)).tolist()
            return ValueTerms(_collected(self._indexed(name, numbers)), {}, self._segment)
        return ValueTerms(None, _collected(self._article_terms(name)), self._segment)

    def _article_terms(self, name: str) -> Iterator[tuple[bytes, int]]:
        segment = self._segment
        if name in VALUES:
            keys = segment.keys(name).all()
            words = [key.decode().split() if name in BY_WORDS else [key.decode()] for key in keys]
            for article, code in enumerate(segment.values(name).codes.tolist()):
                yield from ((word.encode(), article) for word in dict.fromkeys(words[code]) if code)
        elif name == "id":
            yield from ((segment.id(article), article) for article in range(segment.articles))
        else:
            headers = (json.loads(segment.headers[article]).get(name) for article in range(segment.articles))
            values = [as_written(date_of(v)) if name == "date" and v else v for v in headers]  # type: ignore[arg-type]
            yield from self._indexed(name, values)

    def _indexed(self, name: str, values: Sequence[Any]) -> Iterator[tuple[bytes, int]]:
        """What Whoosh itself makes terms of: numbers and dates have several, for ranges."""
        field = self._schema[name]
        for number, value in enumerate(values):
            if value is not None:
                yield from ((term, number) for term, *_ in field.index(value))

    def indexed_field_names(self) -> list[str]:
        """The fields that have terms."""
        return ["text", "title", "id", "paragraph", "date", "url", "path", *WHOLE_VALUES, *BY_WORDS]

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
        """How many words documents have in a field; 1 in those whose lengths are not kept."""
        if name == "text":
            return self._segment.fields["text"].sizes[documents]
        if name == "title":
            return self._segment.fields["title"].sizes[self._segment.article[documents]]
        return np.ones(len(documents), np.int64)

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
        """A place among the terms of a field."""
        terms = self.terms_of(name)
        return Cursor(self, name, terms.names if terms is not None else [], field)


class Cursor(base.FieldCursor):  # type: ignore[misc]
    """A place among the terms of a field."""

    def __init__(self, reader: TermsReader, name: str, names: Sequence[bytes] | Strings, field: Any) -> None:
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
        positions: Callable[[], list[Ints] | None],
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
        self._i = 0

    @cached_property
    def _positions(self) -> list[Ints] | None:
        return self._read_positions()

    def is_active(self) -> bool:
        """Whether there is a posting here."""
        return self._i < len(self._documents)

    def reset(self) -> None:
        """Go back to the first."""
        self._i = 0

    def id(self) -> int:
        """Its document."""
        return int(self._documents[self._i])

    def all_ids(self) -> Iterator[int]:
        """All documents from here on."""
        return iter(self._documents[self._i :].tolist())

    def weight(self) -> float:
        """How often the document has the term."""
        return float(self._counts[self._i])

    def value(self) -> Any:
        """What Whoosh itself would have written: its merges copy it."""
        if self.supports("positions") and self._positions is not None:
            return self.format.encode(self._positions[self._i].tolist())
        return b"" if not self.format.posting_size else int(self.weight()).to_bytes(4, "big")

    def value_as(self, astype: str) -> Any:
        """What is known of the posting."""
        if astype == "positions" and self._positions is not None:
            return self._positions[self._i].tolist()
        if astype == "frequency":
            return int(self.weight())
        return self.weight() if astype == "weight" else super().value_as(astype)

    def next(self) -> bool:
        """Go on; whether that is a new block."""
        self._i += 1
        return self._i % BLOCK == 0

    def skip_to(self, target: int) -> None:
        """Go on to the first document that is not before ``target``."""
        if not self.is_active():
            raise ReadTooFar
        self._i += int(np.searchsorted(self._documents[self._i :], target))

    def skip_to_quality(self, minimum: float) -> int:
        """Go on to the first block that may be better; how many were skipped."""
        skipped = 0
        while self.is_active() and self.block_quality() <= minimum:
            self._i = (self._i // BLOCK + 1) * BLOCK
            skipped += 1
        return skipped

    def _block(self, values: Array) -> Array:
        start = self._i // BLOCK * BLOCK
        return values[start : start + BLOCK]

    def block_min_length(self) -> int:
        """The fewest words of a document of the block."""
        return int(self._block(self._lengths).min())

    def block_max_length(self) -> int:
        """The most words of a document of the block."""
        return int(self._block(self._lengths).max())

    def block_max_weight(self) -> float:
        """The most often that a document of the block has the term."""
        return float(self._block(self._counts).max())

    def block_max_id(self) -> int:
        """The last document of the block."""
        return int(self._block(self._documents)[-1])


class ValueColumn(columns.ColumnReader):  # type: ignore[misc]
    """A field of values as a column of bytes."""

    def __init__(self, segment: Segment, name: str) -> None:
        self._article = segment.article
        if name == "id":
            self._values = [segment.id(article) for article in range(segment.articles)]
            self._codes: Array = np.arange(segment.articles)
        else:
            self._values = [value.encode() for value in segment.values(name).values]
            self._codes = segment.values(name).codes

    def __len__(self) -> int:
        return len(self._article)

    def __getitem__(self, document: int) -> bytes:
        return self._values[int(self._codes[self._article[document]])]

    def __iter__(self) -> Iterator[bytes]:
        return (self[document] for document in range(len(self)))


class DocumentReader(base.PerDocumentReader):  # type: ignore[misc]
    """What is kept of each document."""

    def __init__(self, segment: Segment, known: Any) -> None:
        self._segment = segment
        self._known = known

    def doc_count(self) -> int:
        """The documents that are not deleted."""
        return int(self._known.doc_count())

    def doc_count_all(self) -> int:
        """The documents, deleted ones counted."""
        return self._segment.documents

    def has_deletions(self) -> bool:
        """Whether any is deleted."""
        return bool(self._known.has_deletions())

    def is_deleted(self, document: int) -> bool:
        """Whether one is deleted."""
        return bool(self._known.is_deleted(document))

    def deleted_docs(self) -> Iterator[int]:
        """The deleted ones."""
        return iter(self._known.deleted_docs())

    def supports_columns(self) -> bool:
        """There are columns."""
        return True

    def has_column(self, name: str) -> bool:
        """Whether a field is one."""
        return name == "id" or name in VALUES

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
        text = segment.headers[article]
        header = json.loads(text)
        fields = {name: header[name] for name in ("id", "title", "url", *VALUES) if name in header}
        date = date_of(header.get("date"))
        if date is not None:
            fields["date"] = as_written(date)
        fields["text"] = segment.bodies[document]
        fields["paragraph"] = int(segment.numbers(np.array([document]))[0])
        if document == int(segment.first[article]):
            fields |= {"header": text, "state": segment.state(article)}
        return fields
