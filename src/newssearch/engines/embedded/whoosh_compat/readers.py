"""A segment of newssearch through the interfaces of Whoosh 2.7: terms, stored fields, columns.

newssearch itself never reads an index this way; these classes serve programs that open an index with Whoosh alone.
Whoosh's documents are paragraphs, so each paragraph has the headline, date and other fields of its article.
"""

from __future__ import annotations

import datetime as dt
import json
import warnings
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh import columns
    from whoosh.codec import base
    from whoosh.reading import TermInfo, TermNotFound

from newssearch.engines.article_times import NO_TIME, local_time
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.stored_fields import VALUES, date_of
from newssearch.engines.embedded.storage.container import Array, StringTable
from newssearch.engines.sorted_sets import Ints, concat_aranges
from newssearch.fields import WHOLE_FIELDS, WORD_FIELDS

from .matcher import Matcher, Positions
from .schema import make_schema


class Terms(Protocol):
    """The terms of one field, sorted and numbered from 0, and their postings."""

    @property
    def names(self) -> Sequence[bytes] | StringTable:
        """The terms, sorted."""

    def postings(self, number: int) -> tuple[Array, Array]:
        """Return the documents with the term ``number``, ascending, and the number of its occurrences in each."""

    def positions(self, number: int) -> Positions | None:
        """Return the positions of the term ``number`` in its documents; None if the field stores no positions."""


class TextTerms:
    """The terms of the field ``text``: those of the texts of paragraphs."""

    def __init__(self, segment: Segment) -> None:
        self._field = segment.fields["text"]
        self.names = self._field.terms

    def postings(self, number: int) -> tuple[Array, Array]:
        """Return the documents with the term ``number``, ascending, and the number of its occurrences in each."""
        return self._field.postings(number)

    def positions(self, number: int) -> Positions:
        """Return the positions of the term ``number`` in the documents that have it."""
        return Positions(self._field, number)


class TitleTerms:
    """The terms of the field ``title``: each paragraph of an article has the terms of the article's headline."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._field = segment.fields["title"]
        self.names = self._field.terms

    def postings(self, number: int) -> tuple[Array, Array]:
        """Return the documents with the term ``number``, ascending, and the number of its occurrences in each."""
        owners, counts = self._field.postings(number)
        documents, sizes = _documents(self._segment, owners)
        return documents, np.repeat(counts, sizes)

    def positions(self, number: int) -> Positions:
        """Return the positions of the term ``number`` in the documents that have it."""
        _, sizes = _documents(self._segment, self._field.postings(number).owners)
        return Positions(self._field, number, np.repeat(np.arange(len(sizes)), sizes))


class IdTerms:
    """The terms of the field ``id``: the ids of articles, read one by one, so that no list of all ids is made."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._order = segment.container["article.id.order"]
        self.names = SortedIds(segment, self._order)

    def postings(self, number: int) -> tuple[Array, Array]:
        """Return the documents with the term ``number``, ascending, and the number of its occurrences in each."""
        documents, _ = _documents(self._segment, self._order[number : number + 1])
        return documents, np.ones(len(documents), np.int64)

    def positions(self, number: int) -> None:
        """Return None, because no positions are stored for this field."""


class SortedIds(Sequence[bytes]):
    """The ids of all articles, sorted; each is read from the segment when it is asked for."""

    def __init__(self, segment: Segment, order: Array) -> None:
        self._segment = segment
        self._order = order

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, number: Any) -> Any:
        return self._segment.id(int(self._order[number]))


class ValueTerms:
    """The terms of a field of values.

    ``codes`` has the number of each owner's value. ``terms`` has, for each value in the order of these numbers, its
    terms and how often it has each. The owners are documents if ``documents`` is true, otherwise articles.
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
        """Return the documents with the term ``number``, ascending, and the number of its occurrences in each."""
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
        """Return None, because no positions are stored for this field."""


def _datetime_of(microseconds: int) -> dt.datetime | None:
    """Return a time from microseconds since the beginning of year 1; None for :data:`~newssearch.engines.article_times.NO_TIME`."""
    return None if microseconds == NO_TIME else dt.datetime.min + dt.timedelta(microseconds=microseconds)


def _documents(segment: Segment, articles: Array) -> tuple[Ints, Ints]:
    """Return the documents of the given articles, concatenated, and the number of documents of each article."""
    first = segment.first[articles].astype(np.int64)
    sizes = segment.first[articles.astype(np.int64) + 1] - first
    return np.repeat(first, sizes) + concat_aranges(sizes), sizes


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """The terms of all fields of a segment. Those of outlets, dates and other values are computed when first needed."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._schema = make_schema()
        self._made: dict[str, Terms | None] = {}

    def terms_of(self, name: str) -> Terms | None:
        """Return the terms of a field; None if there is no such field, or it has no terms."""
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
        """Return the function by which Whoosh turns a value of a field into terms, each with the count 1.

        A number or a date has several terms, for range queries.
        """
        index = self._schema[name].index
        return lambda value: {} if value is None else {term: 1 for term, *_ in index(value)}

    def indexed_field_names(self) -> list[str]:
        """Return the names of the fields that have terms."""
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
        """Return all terms as pairs of field name and term, sorted."""
        return self.terms_from("", b"")

    def terms_from(self, name: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield pairs of field name and term, sorted, from the term ``prefix`` of the field ``name`` on."""
        for other in sorted(self.indexed_field_names()):
            if other < name or (terms := self.terms_of(other)) is None:
                continue
            start = bisect_left(terms.names, prefix) if other == name else 0
            yield from ((other, terms.names[number]) for number in range(start, len(terms.names)))

    def items(self) -> Iterator[tuple[tuple[str, bytes], Any]]:
        """Return all pairs of field name and term, sorted, each with the term's statistics (Whoosh's ``TermInfo``)."""
        return self.items_from("", b"")

    def items_from(self, name: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], Any]]:
        """Return the pairs that :meth:`terms_from` yields, each with the term's statistics (Whoosh's ``TermInfo``)."""
        return ((term, self.term_info(*term)) for term in self.terms_from(name, prefix))

    def term_info(self, name: str, term: bytes) -> Any:
        """Return the statistics of a term as Whoosh's ``TermInfo``. Raises ``TermNotFound`` if it does not exist."""
        terms, number = self._found(name, term)
        documents, counts = terms.postings(number)
        lengths = self.lengths(name, documents)
        return TermInfo(
            weight=float(counts.sum(dtype=np.int64)), df=len(documents), minlength=int(lengths.min()),
            maxlength=int(lengths.max()), maxweight=float(counts.max()), minid=int(documents[0]), maxid=int(documents[-1]),
        )  # fmt: skip

    def lengths(self, name: str, documents: Array) -> Array:
        """Return the number of words of each given document in a field; 0 for fields other than text and title."""
        if name == "text":
            return self._segment.fields["text"].sizes[documents]
        if name == "title":
            return self._segment.fields["title"].sizes[self._segment.article[documents]]
        return np.zeros(len(documents), np.int64)

    def frequency(self, name: str, term: bytes) -> float:
        """Return the number of occurrences of a term in all documents; 0 if the field does not have it."""
        number = self._number(name, term)
        terms = self.terms_of(name)
        return (
            float(terms.postings(number)[1].sum(dtype=np.int64)) if terms is not None and number >= 0 else 0.0
        )

    def doc_frequency(self, name: str, term: bytes) -> int:
        """Return the number of documents with a term; 0 if the field does not have it."""
        number = self._number(name, term)
        terms = self.terms_of(name)
        return len(terms.postings(number)[0]) if terms is not None and number >= 0 else 0

    def matcher(self, name: str, term: bytes, format_: Any, scorer: Any = None) -> Matcher:
        """Return a matcher over the postings of a term. Raises ``TermNotFound`` if the field does not have it."""
        terms, number = self._found(name, term)
        documents, counts = terms.postings(number)
        return Matcher(
            (name, term), documents, counts, self.lengths(name, documents), lambda: terms.positions(number), format_, scorer
        )  # fmt: skip

    def cursor(self, name: str, field: Any) -> Cursor:
        """Return a cursor over the sorted terms of a field, which is at the first term."""
        terms = self.terms_of(name)
        return Cursor(self, name, terms.names if terms is not None else [], field)


class Cursor(base.FieldCursor):  # type: ignore[misc]
    """A cursor over the sorted terms of a field."""

    def __init__(
        self, reader: TermsReader, name: str, names: Sequence[bytes] | StringTable, field: Any
    ) -> None:
        self._reader = reader
        self._name = name
        self._names = names
        self._field = field
        self._at = 0

    def first(self) -> Any:
        """Move to the first term and return it; None if there are no terms."""
        self._at = 0
        return self.text()

    def find(self, wanted: str | bytes) -> Any:
        """Move to the first term that is not less than ``wanted`` and return it; None if there is none."""
        term = wanted if isinstance(wanted, bytes) else self._field.to_bytes(wanted)
        self._at = bisect_left(self._names, term)
        return self.text()

    def next(self) -> Any:
        """Move to the next term and return it; None after the last."""
        self._at += 1
        return self.text()

    def text(self) -> Any:
        """Return the current term; None after the last."""
        return self._field.from_bytes(self._names[self._at]) if self.is_valid() else None

    term = text

    def term_info(self) -> Any:
        """Return the statistics of the current term as Whoosh's ``TermInfo``."""
        return self._reader.term_info(self._name, self._names[self._at])

    def is_valid(self) -> bool:
        """Whether the cursor is at a term, not after the last."""
        return self._at < len(self._names)


class ValueColumn(columns.ColumnReader):  # type: ignore[misc]
    """A field of values as a Whoosh column: the UTF-8 of each document's value."""

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
    """The stored fields, columns and lengths of the documents of a segment."""

    def __init__(self, segment: Segment, reader: Any) -> None:
        self._segment = segment
        self._reader = reader
        self._last: tuple[int, str, dict[str, Any]] = (-1, "", {})

    def doc_count(self) -> int:
        """Return the number of live documents."""
        return int(self._reader.doc_count())

    def doc_count_all(self) -> int:
        """Return the number of documents, deleted ones included."""
        return self._segment.documents

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return bool(self._reader.has_deletions())

    def is_deleted(self, document: int) -> bool:
        """Whether a document is deleted."""
        return bool(self._reader.is_deleted(document))

    def deleted_docs(self) -> Iterator[int]:
        """Return the numbers of the deleted documents."""
        return iter(self._reader.deleted_docs())

    def supports_columns(self) -> bool:
        """Return True, because some fields have columns; :meth:`has_column` tells which."""
        return True

    def has_column(self, name: str) -> bool:
        """Whether a field has a column: only if a document has a value in it, as in Whoosh's own segments."""
        return name == "id" or (name in VALUES and len(self._segment.values(name).values) > 1)

    def column_reader(self, name: str, column: Any) -> ValueColumn:
        """Return the values of a field as a Whoosh column; ``column`` is ignored."""
        return ValueColumn(self._segment, name)

    def _sizes(self, name: str) -> Array | None:
        return self._segment.fields[name].sizes if name in ("text", "title") else None  # type: ignore[index]

    def doc_field_length(self, document: int, name: str, default: int = 0) -> int:
        """Return the number of words that a field of a document has; ``default`` if it has none."""
        sizes = self._sizes(name)
        if sizes is None:
            return default
        return int(sizes[document if name == "text" else self._segment.article[document]]) or default

    def field_length(self, name: str) -> int:
        """Return the number of words of a field in all documents; each paragraph has the words of its headline."""
        sizes = self._sizes(name)
        if sizes is None:
            return 0
        if name == "title":
            return int((sizes.astype(np.int64) * np.diff(self._segment.first.astype(np.int64))).sum())
        return int(sizes.sum(dtype=np.int64))

    def min_field_length(self, name: str) -> int:
        """Return the least number of words that a document has in the field; 0 for a field without words."""
        sizes = self._sizes(name)
        return int(sizes.min()) if sizes is not None and len(sizes) else 0

    def max_field_length(self, name: str) -> int:
        """Return the greatest number of words that a document has in the field; 0 for a field without words."""
        sizes = self._sizes(name)
        return int(sizes.max()) if sizes is not None and len(sizes) else 0

    def stored_fields(self, document: int) -> dict[str, Any]:
        """Return the stored fields of a document, by name."""
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
        """Return the header of an article as JSON, and the stored fields that its documents share."""
        header = self._segment.header(article)
        fields = {name: header[name] for name in ("id", "title", "url", *VALUES) if name in header}
        date = date_of(header.get("date"))
        return json.dumps(header, ensure_ascii=False), fields if date is None else fields | {
            "date": local_time(date)
        }
