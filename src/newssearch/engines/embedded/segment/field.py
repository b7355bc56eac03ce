"""A text field of one segment: its terms, their postings and their surface forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from newssearch.engines.embedded.storage.container import Array, Container, Section, StringTable
from newssearch.engines.embedded.storage.patched_ints import PatchedInts
from newssearch.engines.levenshtein import distances
from newssearch.engines.sorted_sets import NO_INTS, Ints, ranges, run_starts
from newssearch.engines.word_lookup import NearWord
from newssearch.stopping import NEVER, StopCheck
from newssearch.system.kept import cached_property

from .compound_postings import Compounds
from .format import RUN_BITS, at_least_32, unpack_all
from .postings import TermPostings

TextField = Literal["text", "title"]


TEXT_FIELDS: tuple[TextField, ...] = ("text", "title")

DENSE_OWNERS_RATIO = 8
"""Merge postings in an array over all owners if there are postings for at least 1 in 8 owners; otherwise sort them."""
SCAN_RATIO = 8
"""Scan a range of folded terms if at least 1 in 8 of them is wanted; otherwise look up each wanted term."""
FOLDED_AT_ONCE = 1 << 14
"""The number of folded terms of a dictionary that are read between two checks of a search."""
COMPARED_AT_ONCE = 1 << 16
"""The number of folded terms that are compared with a word between two checks of a search."""
MAX_FOUND_TERMS = 4096
"""A field keeps the numbers of this many terms, so that they need not be looked up again; then it starts anew."""


class Postings(NamedTuple):
    """The postings of a word: the owners that contain it, ascending, and the number of its occurrences in each."""

    owners: Array
    counts: Array


class SurfaceForms(NamedTuple):
    """Some or all surface forms of one term. ``numbers`` are their numbers within the term; None stands for all."""

    term: int
    numbers: Array | None


NO_POSTINGS = Postings(NO_INTS, NO_INTS)


def add_counts(owners: Array, counts: Array) -> Postings:
    """Return concatenated postings of several words, merged: each owner once, ascending, with the sum of its counts."""
    if len(owners) and len(owners) * DENSE_OWNERS_RATIO > int(owners.max()):
        totals = np.bincount(owners, counts)
        owners = (totals > 0).nonzero()[0]  # of floating-point numbers, several times as slow
        return Postings(owners, totals[owners].astype(np.int64))
    order = owners.argsort(kind="stable")  # fast, because the owners of each word are sorted
    owners = owners[order]
    first = run_starts(owners).nonzero()[0]
    if len(first) == len(owners):
        return Postings(owners, counts[order])
    return Postings(owners[first], np.add.reduceat(counts[order], first, dtype=np.int64))


class FieldReader:
    """A text field of a segment. Its sections are read when they are first needed.

    The *owners* of its words are the documents of the segment (``text``) or its articles (``title``).
    """

    def __init__(self, container: Container, name: TextField) -> None:
        self.container = container
        self.name = name
        self._patched: dict[str, PatchedInts] = {}
        self._found: dict[str, int] = {}
        self.terms = StringTable(container, f"{name}.terms")
        self.folded = StringTable(container, f"{name}.folded")

    def array(self, name: str) -> Array:
        """Return a section of the field as an array, after comparing it with its checksums."""
        return self.container[f"{self.name}.{name}"]

    def section(self, name: str) -> Section:
        """Return a section of the field whose slices are compared with their checksums as they are read."""
        return self.container.section(f"{self.name}.{name}")

    def patched(self, name: str) -> PatchedInts:
        """Return a section of the field that holds patched integers."""
        found = self._patched.get(name)
        if found is None:
            found = self._patched[name] = PatchedInts(self.container, f"{self.name}.{name}")
        return found

    @property
    def of_documents(self) -> bool:
        """Whether the owners are documents, so that an article block may have several postings."""
        return self.name == "text"

    @cached_property
    def first(self) -> Ints:
        """The number of the first document of each article, then the number of all documents."""
        return self.container["article.first"].astype(np.int64)

    @property
    def article(self) -> Array:
        """The number of the article of each document."""
        return self.container["document.article"]

    @property
    def sizes(self) -> Array:
        """The number of words of each owner."""
        return self.array("sizes")

    @cached_property
    def starts(self) -> Array:
        """The first field-wide position of each owner, then the number of all positions, unused ones included."""
        starts = np.arange(len(self.sizes) + 1)  # an unused position between two owners
        starts[1:] += self.sizes.cumsum(dtype=np.int64)
        return at_least_32(starts)

    @property
    def sentences(self) -> Array:
        """The field-wide positions at which sentences begin inside an owner, ascending."""
        return self.array("sentences")

    @cached_property
    def sentence_starts(self) -> Array:
        """The field-wide positions at which sentences begin, ascending, including the first position of each owner."""
        return np.sort(np.concatenate((self.starts, self.sentences.astype(self.starts.dtype))))

    @cached_property
    def compounds(self) -> Compounds:
        """The field's compounds (words joined by hyphens or with capitals inside), with their positions."""
        return Compounds(self.container, self.name)

    @property
    def many_extra(self) -> tuple[Array, Array]:
        """The article blocks with many extra words, ascending, and the number of these: see :mod:`.block_impacts`."""
        return self.array("block.extra"), self.array("block.extra.values")

    @property
    def words(self) -> int:
        """The total number of words of all owners."""
        return len(self.section("positions"))  # the directory says it: no need to check the section

    # ---- words

    def find(self, term: str) -> int:
        """Return the number of the given term, or -1 if the field does not have it."""
        found = self._found.get(term)
        if found is None:
            if len(self._found) >= MAX_FOUND_TERMS:
                self._found.clear()
            found = self._found[term] = self.terms.find(encoded(term))
        return found

    def count_words(self, term: str) -> int:
        """Return the number of occurrences of a term; 0 if the field does not have it."""
        number = self.find(term)
        return int(self.array("tokens")[number + 1]) - int(self.array("tokens")[number]) if number >= 0 else 0

    def term(self, number: int) -> TermPostings:
        """Return the postings of the term with the given number, read when they are needed."""
        return TermPostings(self, number)

    def postings(self, number: int) -> Postings:
        """Return the owners that contain the term with the given number, and the number of its occurrences in each."""
        term = self.term(number)
        return Postings(term.owners, term.counts)

    def term_sizes(self, numbers: Ints) -> tuple[Ints, Ints]:
        """Return the number of owners, and the number of occurrences, of each term given by its number."""
        first = self.array("first") if self.of_documents else None
        if first is None:
            runs, bounds = self.array("runs"), self.array("run.first")
            low, high = bounds[runs[numbers]], bounds[runs[numbers + 1]]
        else:
            low, high = first[numbers], first[numbers + 1]
        tokens = self.array("tokens")
        words = tokens[numbers + 1].astype(np.int64) - tokens[numbers]
        return np.asarray(high.astype(np.int64) - low, np.int64), np.asarray(words, np.int64)

    @property
    def mean(self) -> float:
        """The mean number of words of a document that was used to compute the block maxima."""
        return float(self.array("mean")[0])

    def positions(self, wanted: SurfaceForms, owners: Array | None = None) -> Ints:
        """Return the field-wide positions of the wanted surface forms, ascending; only those in ``owners`` if given."""
        term = self.term(wanted.term)
        return term.positions(wanted.numbers, None if owners is None else term.of_owners(owners))

    def postings_between(self, low: int, high: int) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Return the postings of the terms from ``low`` up to but not including ``high``.

        Three arrays have the term, the owner and the count of each posting. Two have the position of each word in its
        owner, and the number of its surface form in its term.
        """
        runs = self.array("runs")[low : high + 1].astype(np.int64)
        bounds = self.array("run.first")[runs[0] : runs[-1] + 1].astype(np.int64)
        in_run = np.diff(bounds)
        high_bits = self.array("run.high")[runs[0] : runs[-1]].astype(np.int64) << RUN_BITS
        start, end = int(bounds[0]), int(bounds[-1])
        terms = np.repeat(np.repeat(np.arange(low, high), np.diff(runs)), in_run)
        owners = self.section("block.low").between(start, end) + np.repeat(high_bits, in_run)
        if self.name == "text":
            sizes = self.patched("block.sizes").between(start, end)
            first = self.array("first")
            start, end = int(first[low]), int(first[high])
            terms = np.repeat(terms, sizes)
            owners = np.repeat(self.first[owners], sizes) + self.patched("within").between(start, end)
        words = self.array("tokens")[low : high + 1].astype(np.int64)
        return (
            terms,
            owners,
            self.patched("counts").between(start, end).astype(np.int64),
            self.patched("positions").between(int(words[0]), int(words[-1])).astype(np.int64),
            unpack_all(
                self.array("packed"),  # checked whole: a merge reads all terms
                self.array("packed.offsets")[low : high + 1].astype(np.int64),
                words,
                self.array("term.forms")[low:high],
            ),
        )

    # ---- surface forms

    def forms_of(self, folded: int) -> Ints:
        """Return the numbers, ascending, of the surface forms of the folded term with the given number."""
        first = self.array("folded.first")
        return np.arange(int(first[folded]), int(first[folded + 1]))

    def folded_of(self, form: int) -> int:
        """Return the number of the folded term of a surface form."""
        first = self.array("folded.first")
        return (
            int(first.searchsorted(first.dtype.type(form), "right")) - 1
        )  # of another type, all would be converted

    def spelling(self, form: int) -> str:
        """Return the spelling of the surface form with the given number."""
        return StringTable(self.container, f"{self.name}.forms")[form].decode()

    def by_term(self, forms: Ints) -> list[SurfaceForms]:
        """Return the given surface forms, numbered within the field, grouped by term."""
        terms = self.array("form.term")[forms].astype(np.int64)
        numbers = self.array("form.number")[forms]
        order = np.argsort(terms, kind="stable")
        found = []
        bounds = np.diff(terms[order], prepend=-1, append=-1).nonzero()[0].tolist() if len(order) else []
        for low, high in pairwise(bounds):
            term = int(terms[order[low]])
            whole = high - low == int(self.array("term.forms")[term])
            found.append(SurfaceForms(term, None if whole else numbers[order[low:high]]))
        return found

    def find_folded(self, folded: str) -> int:
        """Return the number of a folded term, or -1 if the field does not have it."""
        return self.folded.find(encoded(folded))

    def find_all_folded(self, folded: Sequence[str]) -> list[int]:
        """Return the numbers of the given folded terms, ascending, without those that the field does not have."""
        wanted = sorted({encoded(term) for term in folded})
        if len(wanted) > SCAN_RATIO:
            low, high = self.folded.lower(wanted[0]), self.folded.lower(wanted[-1]) + 1
            if high - low < len(wanted) * SCAN_RATIO:  # such as the expansion of a prefix
                among_them = set(wanted)
                return [n for n, term in enumerate(self.folded.slice(low, high), low) if term in among_them]
        return [number for term in wanted if (number := self.folded.find(term)) >= 0]

    def folded_with_prefix(self, prefix: str) -> Iterator[dict[str, int]]:
        """Yield the folded terms with a prefix, sorted, each with the number of its occurrences, in parts.

        A part has at most :data:`FOLDED_AT_ONCE` terms. Occurrences in deleted documents are included.
        """
        for low, high in ranges(*self.folded.with_prefix(encoded(prefix)), FOLDED_AT_ONCE):
            first = self.array("folded.first")[low : high + 1].astype(np.int64)
            words = np.add.reduceat(self.array("form.words")[first[0] : first[-1]], first[:-1] - first[0])
            folded = self.folded.slice(low, high)
            yield {term.decode(): n for term, n in zip(folded, words.tolist(), strict=True)}

    def folded_near(
        self,
        folded: str,
        edits: int,
        *,
        transpositions: bool = False,
        prefix: str = "",
        check: StopCheck = NEVER,
    ) -> dict[str, NearWord]:
        """Return the folded terms within ``edits`` edits of ``folded``, with their distances: see :func:`distances`.

        If there is a ``prefix``, only the terms that begin with it are compared. ``check`` is called for each
        :data:`COMPARED_AT_ONCE` terms. Occurrences in deleted documents are included.
        """
        found: dict[str, NearWord] = {}
        low, high = self.folded.with_prefix(encoded(prefix)) if prefix else (0, len(self.folded))
        for part in check.during(ranges(low, high, COMPARED_AT_ONCE), 1):
            found.update(self._near_between(*part, folded, edits, transpositions))
        return found

    def _near_between(
        self, low: int, high: int, folded: str, edits: int, transpositions: bool
    ) -> dict[str, NearWord]:
        """Return those of the folded terms from ``low`` up to ``high`` that are near ``folded``: see :meth:`folded_near`."""
        least, most = max(len(folded) - edits, 1), len(folded) + edits
        sizes, wide = self.folded.sizes_between(low, high), self.folded.wide_between(low, high)
        plain = (~wide & (sizes >= least) & (sizes <= most)).nonzero()[0] + low
        letters = self.folded.letters(plain, most)
        far = distances(folded, letters, sizes[plain - low], edits, transpositions=transpositions)
        others = (wide & (sizes >= least) & (sizes <= 4 * most)).nonzero()[0] + low
        decoded = [self.folded[number].decode()[: most + 1] for number in others.tolist()]
        letters = np.array(decoded, f"U{most + 1}").view(np.uint32).reshape(len(decoded), most + 1)
        lengths = np.array(list(map(len, decoded)), np.int64)
        far = np.concatenate((far, distances(folded, letters, lengths, edits, transpositions=transpositions)))
        numbers = np.concatenate((plain, others))
        kept = (far <= edits).nonzero()[0]
        first, words = self.array("folded.first"), self.array("form.words")
        return {
            self.folded[number].decode(): NearWord(
                int(words[first[number] : first[number + 1]].sum(dtype=np.int64)), distance
            )
            for number, distance in sorted(zip(numbers[kept].tolist(), far[kept].tolist(), strict=True))
        }


def encoded(text: str) -> bytes:
    """Return a word in UTF-8 for a lookup. A lone surrogate, which no article has, is escaped and finds nothing."""
    return text.encode("utf-8", "backslashreplace")
