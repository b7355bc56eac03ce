"""A text field of one segment: its terms, their postings and their surface forms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from newssearch.engines.embedded.storage.container import Array, Container, Section, StringTable
from newssearch.engines.embedded.storage.patched_ints import PatchedInts
from newssearch.engines.embedded.storage.sorted_sets import NO_INTS, Ints, concat_ranges, run_starts

from .compound_postings import Compounds
from .format import RUN_BITS, unpack_all
from .levenshtein import within_distance
from .postings import TermPostings

TextField = Literal["text", "title"]


TEXT_FIELDS: tuple[TextField, ...] = ("text", "title")


DENSE_OWNERS_RATIO = 8
"""Count postings in an array of all owners when at least 1 in 8 owners has one; otherwise sort them."""


SCAN_RATIO = 8
"""Scan a range of words instead of looking words up when at least 1 in 8 of the range is wanted."""


class Postings(NamedTuple):
    """The owners with a word, ascending, and the number of times that each has it."""

    owners: Array
    counts: Array


class SurfaceForms(NamedTuple):
    """Surface forms of a term, by their numbers; ``None`` for all of them."""

    term: int
    kinds: Array | None


NO_POSTINGS = Postings(NO_INTS, NO_INTS)


def add_counts(owners: Array, counts: Array) -> Postings:
    """Merge the postings of several words into those of one: add the counts of each owner."""
    if len(owners) and len(owners) * DENSE_OWNERS_RATIO > int(owners.max()):
        totals = np.bincount(owners, counts)
        owners = np.flatnonzero(totals)
        return Postings(owners, totals[owners].astype(np.int64))
    order = owners.argsort(kind="stable")  # quick, because the owners of each word are sorted
    owners = owners[order]
    first = np.flatnonzero(run_starts(owners))
    if len(first) == len(owners):
        return Postings(owners, counts[order])
    return Postings(owners[first], np.add.reduceat(counts[order], first, dtype=np.int64))


class FieldReader:
    """A text field of a segment, its sections read when they are first needed.

    Its *owners* are the documents of the segment (``text``) or its articles (``title``).
    """

    def __init__(self, container: Container, name: TextField) -> None:
        self.container = container
        self.name = name
        self._small: dict[str, PatchedInts] = {}
        self.terms = StringTable(container, f"{name}.terms")
        self.forms = StringTable(container, f"{name}.forms")

    def array(self, name: str) -> Array:
        """Return a section of the field as an array, all of it checked."""
        return self.container[f"{self.name}.{name}"]

    def section(self, name: str) -> Section:
        """Return a section of the field of which only slices are read and checked."""
        return self.container.section(f"{self.name}.{name}")

    def patched(self, name: str) -> PatchedInts:
        """Return a section of patched integers."""
        found = self._small.get(name)
        if found is None:
            found = self._small[name] = PatchedInts(self.container, f"{self.name}.{name}")
        return found

    @property
    def of_documents(self) -> bool:
        """Whether its owners are documents, whose postings are grouped in article blocks."""
        return self.name == "text"

    @cached_property
    def first(self) -> Ints:
        """The first document of each article, and one past the last document."""
        return self.container["article.first"].astype(np.int64)

    @property
    def article(self) -> Array:
        """The article of each document."""
        return self.container["document.article"]

    @property
    def sizes(self) -> Array:
        """The number of words of each owner."""
        return self.array("sizes")

    @property
    def starts(self) -> Array:
        """The first position of each owner, and the end."""
        return self.array("starts")

    @property
    def sentences(self) -> Array:
        """The positions where sentences begin inside an owner."""
        return self.array("sentences")

    @cached_property
    def sentence_groups(self) -> Array:
        """The positions where sentences begin, the first position of each owner included."""
        return np.sort(np.concatenate((self.starts, self.sentences.astype(self.starts.dtype))))

    @cached_property
    def compounds(self) -> Compounds:
        """The compounds of the field."""
        return Compounds(self.container, self.name)

    @property
    def words(self) -> int:
        """The number of words."""
        return len(self.array("positions"))

    # ---- words

    def find(self, term: str) -> int:
        """Return the number of a term, or -1."""
        return self.terms.find(encoded(term))

    def term(self, number: int) -> TermPostings:
        """Return the postings of a term, read lazily."""
        return TermPostings(self, number)

    def postings(self, number: int) -> Postings:
        """Return the owners and counts of a term."""
        term = self.term(number)
        return Postings(term.owners, term.counts)

    @property
    def mean(self) -> float:
        """The mean length of a document that the block maxima were computed with."""
        return float(self.array("group.mean")[0])

    def postings_of(self, terms: Ints) -> Postings:
        """Return the postings of any of several terms; the counts of an owner with several of them are added."""
        runs, bounds = self.array("group.runs"), self.array("group.run.first")
        low = bounds[runs[terms]].astype(np.int64)
        groups = concat_ranges(low, bounds[runs[terms + 1]] - low)
        owners = self.section("group.low").at(groups).astype(np.int64)
        pages = self.array("group.run.page")
        if len(self.container["article.first"]) > 1 << RUN_BITS:
            owners += (
                pages[bounds.searchsorted(groups.astype(bounds.dtype), "right") - 1].astype(np.int64)
                << RUN_BITS
            )
        if self.of_documents:
            first = self.array("first")
            low = first[terms].astype(np.int64)
            sizes, groups = (
                self.patched("group.counts").at(groups),
                concat_ranges(low, first[terms + 1] - low),
            )
            owners = self.first[owners].repeat(sizes)
            owners += self.patched("within").at(groups)
        return add_counts(owners, self.patched("counts").at(groups))

    def positions(self, wanted: SurfaceForms, owners: Array | None = None) -> Ints:
        """Return the positions of the wanted surface forms, ascending; only those in ``owners`` if given."""
        term = self.term(wanted.term)
        return term.positions(wanted.kinds, None if owners is None else term.of_owners(owners))

    def postings_between(self, low: int, high: int) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Read the terms from ``low`` up to but not including ``high``.

        Returns the term, owner and count of each posting, and the position and surface form of each word.
        """
        runs = self.array("group.runs")[low : high + 1].astype(np.int64)
        bounds = self.array("group.run.first")[runs[0] : runs[-1] + 1].astype(np.int64)
        in_run = np.diff(bounds)
        pages = self.array("group.run.page")[runs[0] : runs[-1]].astype(np.int64) << RUN_BITS
        start, end = int(bounds[0]), int(bounds[-1])
        terms = np.repeat(np.repeat(np.arange(low, high), np.diff(runs)), in_run)
        owners = self.section("group.low").between(start, end) + np.repeat(pages, in_run)
        if self.name == "text":
            sizes = self.patched("group.counts").between(start, end)
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
                self.array("packed"),  # a merge reads all terms
                self.array("packed.at")[low : high + 1].astype(np.int64),
                words,
                self.array("kinds")[low:high],
            ),
        )

    # ---- surface forms

    def variants(self, form: int) -> Ints:
        """Return the surface forms of a folded term."""
        first = self.array("form.first")
        return np.arange(int(first[form]), int(first[form + 1]))

    def form_of(self, variant: int) -> int:
        """Return the folded term of a surface form."""
        return int(np.searchsorted(self.array("form.first"), variant, "right")) - 1

    def written(self, variant: int) -> str:
        """Return a surface form as it is spelled."""
        return StringTable(self.container, f"{self.name}.written")[variant].decode()

    def by_term(self, variants: Ints) -> list[SurfaceForms]:
        """Group surface forms by their terms."""
        terms = self.array("variant.term")[variants].astype(np.int64)
        kinds = self.array("variant.kind")[variants]
        order = np.argsort(terms, kind="stable")
        found = []
        bounds = np.flatnonzero(np.diff(terms[order], prepend=-1, append=-1)).tolist() if len(order) else []
        for low, high in pairwise(bounds):
            term = int(terms[order[low]])
            whole = high - low == int(self.array("kinds")[term])
            found.append(SurfaceForms(term, None if whole else kinds[order[low:high]]))
        return found

    def find_form(self, form: str) -> int:
        """Return the number of a folded term, or -1."""
        return self.forms.find(encoded(form))

    def find_forms(self, forms: Sequence[str]) -> list[int]:
        """Return, ascending, the numbers of the given folded terms that exist."""
        wanted = sorted({encoded(form) for form in forms})
        if len(wanted) > SCAN_RATIO:
            low, high = self.forms.lower(wanted[0]), self.forms.lower(wanted[-1]) + 1
            if high - low < len(wanted) * SCAN_RATIO:  # such as the expansion of a prefix
                among_them = set(wanted)
                return [n for n, form in enumerate(self.forms.slice(low, high), low) if form in among_them]
        return [number for form in wanted if (number := self.forms.find(form)) >= 0]

    def forms_with(self, prefix: str) -> dict[str, int]:
        """Return the folded terms with a prefix, sorted, and the number of words of each, deleted ones included."""
        low, high = self.forms.with_prefix(encoded(prefix))
        if low >= high:
            return {}
        first = self.array("form.first")[low : high + 1].astype(np.int64)
        words = np.add.reduceat(self.array("variant.words")[first[0] : first[-1]], first[:-1] - first[0])
        forms = self.forms.slice(low, high)
        return {form.decode(): n for form, n in zip(forms, words.tolist(), strict=True)}

    def forms_alike(self, form: str, edits: int) -> dict[str, int]:
        """Return the folded terms within ``edits`` of one, and the number of words of each, deleted ones included."""
        least, most = max(len(form) - edits, 1), len(form) + edits
        sizes, wide = self.forms.sizes, self.forms.wide
        plain = np.flatnonzero(~wide & (sizes >= least) & (sizes <= most))
        found = plain[within_distance(form, self.forms.letters(plain, most), sizes[plain], edits)].tolist()
        others = np.flatnonzero(wide & (sizes >= least) & (sizes <= 4 * most)).tolist()
        known = [self.forms[number].decode()[: most + 1] for number in others]
        letters = np.array(known, f"U{most + 1}").view(np.uint32).reshape(len(known), most + 1)
        lengths = np.array(list(map(len, known)), np.int64)
        found.extend(
            others[at] for at in np.flatnonzero(within_distance(form, letters, lengths, edits)).tolist()
        )
        first, words = self.array("form.first"), self.array("variant.words")
        return {
            self.forms[number].decode(): int(words[first[number] : first[number + 1]].sum(dtype=np.int64))
            for number in sorted(found)
        }


def encoded(text: str) -> bytes:
    """Encode a word for a lookup; one with a lone surrogate, which no article has, is encoded as no stored word is."""
    return text.encode("utf-8", "backslashreplace")
