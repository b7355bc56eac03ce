"""A field of text of one segment: its terms, and where they stand."""

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
from .format import PAGE, unpack_all
from .levenshtein import alike
from .postings import Term

TextField = Literal["text", "title"]


FIELDS: tuple[TextField, ...] = ("text", "title")


DENSE = 8
"""One in so many numbers is enough for an array of all of them to be faster than a sort."""


CLOSE = 8
"""Words of which one in so many is asked for are read through, rather than looked up one by one."""


class Postings(NamedTuple):
    """The owners with a word, ascending, and how often each has it."""

    owners: Array
    counts: Array


class Kinds(NamedTuple):
    """Some of the variants of a term, or all of them."""

    term: int
    kinds: Array | None


NO_POSTINGS = Postings(NO_INTS, NO_INTS)


def added(owners: Array, counts: Array) -> Postings:
    """Postings of several words as if they were one: counts of one owner are added."""
    if len(owners) and len(owners) * DENSE > int(owners.max()):
        totals = np.bincount(owners, counts)
        owners = np.flatnonzero(totals)
        return Postings(owners, totals[owners].astype(np.int64))
    order = owners.argsort(kind="stable")  # quick, for those of each word are sorted
    owners = owners[order]
    first = np.flatnonzero(run_starts(owners))
    if len(first) == len(owners):
        return Postings(owners, counts[order])
    return Postings(owners[first], np.add.reduceat(counts[order], first, dtype=np.int64))


class Field:
    """A field of text."""

    def __init__(self, container: Container, name: TextField) -> None:
        self.container = container
        self.name = name
        self._small: dict[str, PatchedInts] = {}
        self.terms = StringTable(container, f"{name}.terms")
        self.forms = StringTable(container, f"{name}.forms")

    def array(self, name: str) -> Array:
        """One of its sections."""
        return self.container[f"{self.name}.{name}"]

    def section(self, name: str) -> Section:
        """One of its sections, of which stretches are read."""
        return self.container.section(f"{self.name}.{name}")

    def patched(self, name: str) -> PatchedInts:
        """One of its sections of small numbers."""
        found = self._small.get(name)
        if found is None:
            found = self._small[name] = PatchedInts(self.container, f"{self.name}.{name}")
        return found

    @property
    def of_documents(self) -> bool:
        """Whether its owners are documents, whose postings are kept by article."""
        return self.name == "text"

    @cached_property
    def first(self) -> Ints:
        """The first document of each article, and the end."""
        return self.container["article.first"].astype(np.int64)

    @property
    def article(self) -> Array:
        """The article of each document."""
        return self.container["document.article"]

    @property
    def sizes(self) -> Array:
        """The words of each owner."""
        return self.array("sizes")

    @property
    def starts(self) -> Array:
        """The first place of each owner, and the end."""
        return self.array("starts")

    @property
    def sentences(self) -> Array:
        """The places where sentences begin inside an owner."""
        return self.array("sentences")

    @cached_property
    def sentence_groups(self) -> Array:
        """The places where a sentence begins, those with which an owner does among them."""
        return np.sort(np.concatenate((self.starts, self.sentences.astype(self.starts.dtype))))

    @cached_property
    def compounds(self) -> Compounds:
        """Where words are joined or parted."""
        return Compounds(self.container, self.name)

    @property
    def words(self) -> int:
        """How many words there are."""
        return len(self.array("positions"))

    # ---- words

    def find(self, term: str) -> int:
        """The number of a term, or -1."""
        return self.terms.find(_bytes(term))

    def term(self, number: int) -> Term:
        """A term, to be read of."""
        return Term(self, number)

    def postings(self, number: int) -> Postings:
        """The postings of a term."""
        term = self.term(number)
        return Postings(term.owners, term.counts)

    @property
    def mean(self) -> float:
        """The words of a document on average, when it was told what groups weigh at best."""
        return float(self.array("group.mean")[0])

    def postings_of(self, terms: Ints) -> Postings:
        """The postings of any of several terms; where an owner has more than one, their counts are added."""
        runs, bounds = self.array("group.runs"), self.array("group.run.first")
        low = bounds[runs[terms]].astype(np.int64)
        groups = concat_ranges(low, bounds[runs[terms + 1]] - low)
        owners = self.section("group.low").at(groups).astype(np.int64)
        pages = self.array("group.run.page")
        if len(self.container["article.first"]) > 1 << PAGE:
            owners += (
                pages[bounds.searchsorted(groups.astype(bounds.dtype), "right") - 1].astype(np.int64) << PAGE
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
        return added(owners, self.patched("counts").at(groups))

    def places(self, wanted: Kinds, owners: Array | None = None) -> Ints:
        """The places of a term, or of some of its variants, ascending; only in ``owners``, where these are given."""
        term = self.term(wanted.term)
        return term.places(wanted.kinds, None if owners is None else term.of_owners(owners))

    def stretch(self, low: int, high: int) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Of the terms from ``low`` up to but not including ``high``: the term, owner and count of each posting, and the
        position and kind of each word."""
        runs = self.array("group.runs")[low : high + 1].astype(np.int64)
        bounds = self.array("group.run.first")[runs[0] : runs[-1] + 1].astype(np.int64)
        in_run = np.diff(bounds)
        pages = self.array("group.run.page")[runs[0] : runs[-1]].astype(np.int64) << PAGE
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
                self.array("packed"),  # of all terms, in the end
                self.array("packed.at")[low : high + 1].astype(np.int64),
                words,
                self.array("kinds")[low:high],
            ),
        )

    # ---- words as they are written

    def variants(self, form: int) -> Ints:
        """The variants of a form."""
        first = self.array("form.first")
        return np.arange(int(first[form]), int(first[form + 1]))

    def form_of(self, variant: int) -> int:
        """The form of a variant."""
        return int(np.searchsorted(self.array("form.first"), variant, "right")) - 1

    def written(self, variant: int) -> str:
        """A variant as it is written."""
        return StringTable(self.container, f"{self.name}.written")[variant].decode()

    def by_term(self, variants: Ints) -> list[Kinds]:
        """Some variants, by their terms."""
        terms = self.array("variant.term")[variants].astype(np.int64)
        kinds = self.array("variant.kind")[variants]
        order = np.argsort(terms, kind="stable")
        found = []
        bounds = np.flatnonzero(np.diff(terms[order], prepend=-1, append=-1)).tolist() if len(order) else []
        for low, high in pairwise(bounds):
            term = int(terms[order[low]])
            whole = high - low == int(self.array("kinds")[term])
            found.append(Kinds(term, None if whole else kinds[order[low:high]]))
        return found

    def find_form(self, form: str) -> int:
        """The number of a form, or -1."""
        return self.forms.find(_bytes(form))

    def find_forms(self, forms: Sequence[str]) -> list[int]:
        """The numbers of those of some forms that there are, ascending."""
        wanted = sorted({_bytes(form) for form in forms})
        if len(wanted) > CLOSE:
            low, high = self.forms.lower(wanted[0]), self.forms.lower(wanted[-1]) + 1
            if high - low < len(wanted) * CLOSE:  # as those of a prefix are
                among_them = set(wanted)
                return [n for n, form in enumerate(self.forms.slice(low, high), low) if form in among_them]
        return [number for form in wanted if (number := self.forms.find(form)) >= 0]

    def forms_with(self, prefix: str) -> dict[str, int]:
        """The forms that begin with ``prefix``, sorted, and how many words each has, deleted ones counted."""
        low, high = self.forms.with_prefix(_bytes(prefix))
        if low >= high:
            return {}
        first = self.array("form.first")[low : high + 1].astype(np.int64)
        words = np.add.reduceat(self.array("variant.words")[first[0] : first[-1]], first[:-1] - first[0])
        forms = self.forms.slice(low, high)
        return {form.decode(): n for form, n in zip(forms, words.tolist(), strict=True)}

    def forms_alike(self, form: str, edits: int) -> dict[str, int]:
        """The forms that differ from one in few letters, and how many words each has, deleted ones counted."""
        least, most = max(len(form) - edits, 1), len(form) + edits
        sizes, wide = self.forms.sizes, self.forms.wide
        plain = np.flatnonzero(~wide & (sizes >= least) & (sizes <= most))
        found = plain[alike(form, self.forms.letters(plain, most), sizes[plain], edits)].tolist()
        others = np.flatnonzero(wide & (sizes >= least) & (sizes <= 4 * most)).tolist()
        known = [self.forms[number].decode()[: most + 1] for number in others]
        letters = np.array(known, f"U{most + 1}").view(np.uint32).reshape(len(known), most + 1)
        lengths = np.array(list(map(len, known)), np.int64)
        found.extend(others[at] for at in np.flatnonzero(alike(form, letters, lengths, edits)).tolist())
        first, words = self.array("form.first"), self.array("variant.words")
        return {
            self.forms[number].decode(): int(words[first[number] : first[number + 1]].sum(dtype=np.int64))
            for number in sorted(found)
        }


def _bytes(text: str) -> bytes:
    """A text as it is kept; one with a half of a surrogate pair, which no article has, as one that is in none."""
    return text.encode("utf-8", "backslashreplace")
