"""Several segments made into one, by array operations, without what is deleted.

The terms are gone through in stretches, so that the memory that it takes does not grow with the segments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from . import storing
from .building import VALUES, document_articles, valued
from .container import Array, ContainerWriter, Strings, narrow, strings
from .inverting import (
    STRIDE,
    Articles,
    Groups,
    Ints,
    Runs,
    Vocabulary,
    at_least_16,
    at_least_32,
    pack,
    packed_starts,
    ramp,
)
from .segment import Field, Segment, TextField
from .small import SmallWriter, small

STRETCH = 1_000_000
"""Words whose postings are merged at a time."""


class Renumbered(NamedTuple):
    """The numbers that articles and documents of a segment have in the new one; -1 for those that are deleted."""

    segment: Segment
    articles: Ints
    documents: Ints

    def owners(self, name: TextField) -> Ints:
        """Those of the owners of a field."""
        return self.documents if name == "text" else self.articles


def merge(segments: Sequence[Segment], container: ContainerWriter) -> int:
    """Write all segments as one, in their order; the number of its documents."""
    parts = list(_renumbered(segments))
    for name, array in _articles(parts).items():
        container.add(name, array)
    storing.merge("header", [(one.segment.headers, _kept(one.articles)) for one in parts], container)
    storing.merge("body", [(one.segment.bodies, _kept(one.documents)) for one in parts], container)
    names: tuple[TextField, ...] = ("text", "title")
    first = _first_documents(parts)
    for name in names:
        sources = [_Source(one.segment.fields[name], one.owners(name)) for one in parts]
        articles = Articles(document_articles(first), first, _sizes(sources)) if name == "text" else None
        _merge_field(name, sources, container, articles)
    return int(sum(np.count_nonzero(one.documents >= 0) for one in parts))


def _renumbered(segments: Sequence[Segment]) -> Iterator[Renumbered]:
    articles = documents = 0
    for segment in segments:
        alive = segment.everything()
        living = alive[segment.article]
        yield Renumbered(
            segment,
            np.where(alive, np.cumsum(alive) - 1 + articles, -1),
            np.where(living, np.cumsum(living) - 1 + documents, -1),
        )
        articles += int(np.count_nonzero(alive))
        documents += int(np.count_nonzero(living))


def _kept(numbers: Ints) -> Ints:
    return np.flatnonzero(numbers >= 0)


def _first_documents(parts: Sequence[Renumbered]) -> Array:
    """The first document of each article, and the end."""
    sizes = [np.diff(one.segment.first.astype(np.int64))[_kept(one.articles)] for one in parts]
    return np.cumsum(np.concatenate([[0], *sizes])).astype(np.uint32)


def _articles(parts: Sequence[Renumbered]) -> dict[str, Array]:
    """What is kept by article."""
    kept = [_kept(one.articles) for one in parts]
    pairs = list(zip([one.segment for one in parts], kept, strict=True))
    first = _first_documents(parts)
    bare = np.concatenate([one.articles[one.segment.bare] for one in parts])
    ids = [segment.id(article) for segment, here in pairs for article in here.tolist()]
    states = [segment.state(article).encode() for segment, here in pairs for article in here.tolist()]
    sections = {
        "article.first": first,
        "article.bare": bare[bare >= 0].astype(np.uint32),
        "article.written": np.concatenate([segment.written[here] for segment, here in pairs]),
        "article.instant": np.concatenate([segment.instant[here] for segment, here in pairs]),
        "article.id.order": np.array(sorted(range(len(ids)), key=ids.__getitem__), np.uint32),
        "document.article": document_articles(first),
        **strings("article.id", ids),
        **strings("article.state", states),
    }
    for name in VALUES:
        values: list[str] = []
        for segment, here in pairs:
            codes, known = segment.values(name)
            values.extend(known[code] for code in codes[here].tolist())
        sections |= valued(name, values)
    return sections


# ---- a field of text


class _Stretch(NamedTuple):
    """Postings of some terms, in their order, and the words that these count, one behind the other."""

    terms: Ints
    owners: Ints
    counts: Ints
    positions: Ints
    kinds: Ints


class _Source:
    """A field of one of the segments."""

    def __init__(self, field: Field, owners: Ints) -> None:
        self.field = field
        self.owners = owners
        self.kept = _kept(owners)
        self.whole = len(self.kept) == len(owners)
        self._variants = field.section("variant.term").astype(np.int64)
        kinds = field.section("kinds").astype(np.int64)
        self._first_kind = np.cumsum(kinds) - kinds
        by_kind = self._first_kind[self._variants] + field.section("variant.kind")
        self._variant_of = np.empty(len(by_kind), np.int64)
        self._variant_of[by_kind] = np.arange(len(by_kind))
        self._ranks: Ints = np.empty(0, np.int64)
        self._kinds: Ints = np.empty(0, np.int64)
        self.postings, self.counts = self._living()

    def keys(self) -> list[bytes]:
        """The keys of its variants, as :class:`~.lexicon.Words` has them, those that are no longer there among them."""
        terms, forms = self.field.terms.all(), self.field.forms.all()
        first = self.field.section("form.first").astype(np.int64)
        of_forms = np.repeat(np.arange(len(forms)), np.diff(first)).tolist()
        written = Strings(self.field.container, f"{self.field.name}.written").all()
        return [
            b"%b\0%b\0%b" % (forms[form], as_written, terms[term])
            for form, as_written, term in zip(of_forms, written, self._variants.tolist(), strict=True)
        ]

    def rename(self, ranks: Ints, kinds: Ints) -> None:
        """Take the term and kind that each variant has in the new segment; -1 for those that are no longer there."""
        self._ranks = np.full(len(self.field.terms), -1, np.int64)
        there = ranks >= 0
        self._ranks[self._variants[there]] = ranks[there]
        self._kinds = kinds[self._variant_of]

    def _living(self) -> tuple[int, Ints]:
        """How many postings remain, and how many words of each variant."""
        if self.whole:
            return len(self.field.small("counts")), self.field.section("variant.words").astype(np.int64)
        postings, counts = 0, np.zeros(len(self._variants), np.int64)
        for low, high in _stretches(self.field.section("tokens").astype(np.int64)):
            stretch = self._read(low, high)
            postings += len(stretch.owners)
            of = self._first_kind[np.repeat(stretch.terms, stretch.counts)] + stretch.kinds
            counts += np.bincount(self._variant_of[of], minlength=len(counts))
        return postings, counts

    def read(self, low: int, high: int) -> _Stretch:
        """The postings of the new terms from ``low`` up to but not including ``high``, named as there."""
        there = np.flatnonzero(self._ranks >= 0)
        start, end = np.searchsorted(self._ranks[there], (low, high)).tolist()
        if start == end:
            return _Stretch(*(np.empty(0, np.int64) for _ in range(5)))
        stretch = self._read(int(there[start]), int(there[end - 1]) + 1)
        of = self._first_kind[np.repeat(stretch.terms, stretch.counts)] + stretch.kinds
        return stretch._replace(terms=self._ranks[stretch.terms], kinds=self._kinds[of])

    def _read(self, low: int, high: int) -> _Stretch:
        """The postings of its own terms that remain."""
        stretch = _Stretch(*self.field.stretch(low, high))
        owners = self.owners[stretch.owners]
        if self.whole:
            return stretch._replace(owners=owners)
        keep = owners >= 0
        words = np.repeat(keep, stretch.counts)
        return _Stretch(
            stretch.terms[keep],
            owners[keep],
            stretch.counts[keep],
            stretch.positions[words],
            stretch.kinds[words],
        )


def _merge_field(
    name: TextField, sources: Sequence[_Source], container: ContainerWriter, articles: Articles | None
) -> None:
    vocabulary, counts = _vocabulary(sources)
    words_of = np.bincount(vocabulary.variant_term, counts, len(vocabulary.terms)).astype(np.int64)
    _Postings(name, sources, vocabulary, words_of, articles).write(container)
    for section, array in vocabulary.sections(name).items():
        container.add(section, array)
    container.add(f"{name}.variant.words", counts.astype(np.uint32))
    for section, array in _by_owner(name, sources).items():
        container.add(section, array)


def _vocabulary(sources: Sequence[_Source]) -> tuple[Vocabulary, Ints]:
    """The words of all sources that are still there, which each of these is told; and how many words are each variant."""
    keys = [source.keys() for source in sources]
    known = sorted(set().union(*keys))
    number = {key: n for n, key in enumerate(known)}
    numbers = [np.fromiter(map(number.__getitem__, of), np.int64, len(of)) for of in keys]
    del keys, number
    totals = np.zeros(len(known), np.int64)
    for source, of in zip(sources, numbers, strict=True):
        totals[of] += source.counts  # each word of a source is another
    living = np.flatnonzero(totals)
    vocabulary = Vocabulary.of([known[word] for word in living.tolist()])
    terms, kinds = np.full(len(totals), -1, np.int64), np.full(len(totals), -1, np.int64)
    terms[living], kinds[living] = vocabulary.variant_term, vocabulary.variant_kind
    for source, of in zip(sources, numbers, strict=True):
        source.rename(terms[of], kinds[of])
    return vocabulary, totals[living]


class _Postings:
    """The postings of a field, written stretch by stretch."""

    def __init__(
        self,
        name: TextField,
        sources: Sequence[_Source],
        vocabulary: Vocabulary,
        words: Ints,
        articles: Articles | None,
    ) -> None:
        self._name = name
        self._sources = sources
        self._vocabulary = vocabulary
        self._articles = articles
        self._first_word = np.concatenate(([0], np.cumsum(words)))
        self._packed_at = packed_starts(vocabulary.kinds, words)
        self._first = [np.zeros(1, np.int64)]
        self._at: list[Ints] = []
        self._groups = _Groups()

    def write(self, container: ContainerWriter) -> None:
        """Write all sections."""
        name, sources = self._name, self._sources
        size, total = sum(source.postings for source in sources), int(self._first_word[-1])
        longest = max(int(source.field.sizes.max(initial=0)) for source in sources)
        counts = self._small(container, "counts", size, longest)
        positions = self._small(container, "positions", total, longest)
        within = None
        if self._articles is not None:
            within = self._small(container, "within", size, int(np.diff(self._articles.first).max(initial=0)))
        packed = container.allocate(f"{name}.packed", np.uint8, int(self._packed_at[-1]))
        posting = 0
        for start, end in _stretches(self._first_word):
            stretch = _in_order([source.read(start, end) for source in sources])
            word = int(self._first_word[start])
            counts.put(stretch.counts)
            positions.put(stretch.positions)
            if within is not None and self._articles is not None:
                within.put(self._articles.within(stretch.owners))
            self._groups.add(Groups.of(stretch.terms, stretch.owners, stretch.counts, self._articles))
            self._first.append(posting + np.searchsorted(stretch.terms, np.arange(start, end), "right"))
            begins = np.cumsum(stretch.counts) - stretch.counts + word
            self._at.append(begins[-posting % STRIDE :: STRIDE])
            bounds = self._first_word[start : end + 1] - word
            kinds = self._vocabulary.kinds[start:end]
            pack(packed, self._packed_at[start : end + 1], stretch.kinds, bounds, kinds)
            posting += len(stretch.owners)
        assert posting == size, "all postings were counted before"
        for writer in filter(None, (counts, positions, within)):
            writer.close()
        for section, array in self._noted().items():
            container.add(section, array)

    def _small(self, container: ContainerWriter, section: str, size: int, most: int) -> SmallWriter:
        wide = any(source.field.small(section).wide for source in self._sources)
        return SmallWriter(container, f"{self._name}.{section}", size, wide, most)

    def _noted(self) -> dict[str, Array]:
        """What is only known for all postings at the end."""
        name = self._name
        sections = {
            **self._groups.sections(name, len(self._vocabulary.terms)),
            f"{name}.tokens": narrow(self._first_word),
            f"{name}.at": narrow(_joined(self._at)),
            f"{name}.packed.at": narrow(self._packed_at),
        }
        if self._articles is not None:
            sections |= self._groups.told(name)
            sections |= {
                f"{name}.first": narrow(_joined(self._first)),
                f"{name}.group.mean": np.array([self._articles.mean]),
            }
        return sections


class _Groups:
    """The groups of all stretches, in no more bytes than they will take."""

    def __init__(self) -> None:
        self._size = 0
        self._runs = [Runs(*(np.empty(0, np.int64) for _ in range(3)))]
        self._low: list[Array] = [np.empty(0, np.uint16)]
        self._sizes: list[Array] = [np.empty(0, np.uint8)]
        self._best: list[Array] = [np.empty(0, np.uint8)]

    def add(self, groups: Groups) -> None:
        """Add those of the next terms."""
        runs = groups.runs()
        self._runs.append(runs._replace(first=runs.first + self._size))
        self._low.append(groups.articles.astype(np.uint16))
        self._sizes.append(narrow(groups.sizes))
        self._best.append(groups.best)
        self._size += len(groups.articles)

    def sections(self, name: str, terms: int) -> dict[str, Array]:
        """In which articles they are, where there are so many terms."""
        runs = Runs(*(_joined(part) for part in zip(*self._runs, strict=True)))
        return runs.sections(name, terms, np.concatenate(self._low))

    def told(self, name: str) -> dict[str, Array]:
        """How many postings they have, and what these weigh at most."""
        sizes = small(f"{name}.group.counts", np.concatenate(self._sizes))
        return {**sizes, f"{name}.group.best": np.concatenate(self._best)}


def _sizes(sources: Sequence[_Source]) -> Ints:
    """The words of each owner that remains."""
    return _joined([source.field.sizes[source.kept].astype(np.int64) for source in sources])


def _by_owner(name: TextField, sources: Sequence[_Source]) -> dict[str, Array]:
    sizes = _sizes(sources)
    starts = np.concatenate(([0], np.cumsum(sizes + 1)))
    sentences = []
    for source in sources:
        places = source.field.sentences.astype(np.int64)
        old = source.field.starts.astype(np.int64)
        owner = np.searchsorted(old, places, "right") - 1
        new = source.owners[owner]
        sentences.append((starts[new] + places - old[owner])[new >= 0])
    return {
        f"{name}.sizes": at_least_16(narrow(sizes)),
        f"{name}.starts": at_least_32(starts),
        f"{name}.sentences": at_least_32(_joined(sentences)),
    }


def _in_order(parts: Sequence[_Stretch]) -> _Stretch:
    """The postings of several, by term; of one term in the order of the parts."""
    terms, owners, counts, positions, kinds = (_joined(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(terms, kind="stable")
    begins = np.cumsum(counts) - counts
    sizes = counts[order]
    words = np.repeat(begins[order], sizes) + ramp(sizes)
    return _Stretch(terms[order], owners[order], sizes, positions[words], kinds[words])


def _stretches(first_word: Ints) -> Iterator[tuple[int, int]]:
    """From which term to which there are about so many words as a stretch may have."""
    start = 0
    while start < len(first_word) - 1:
        end = int(np.searchsorted(first_word, first_word[start] + STRETCH, "right")) - 1
        end = min(max(end, start + 1), len(first_word) - 1)
        yield start, end
        start = end


def _joined(arrays: Sequence[Array]) -> Ints:
    return np.concatenate(arrays).astype(np.int64, copy=False) if len(arrays) else np.empty(0, np.int64)
