"""Merges the live articles of several segments into one segment by array operations.

Terms are merged slice by slice, so that memory does not grow with the size of the segments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from newssearch.engines.embedded.segment.compound_postings import compound_sections
from newssearch.engines.embedded.segment.field import FieldReader, TextField
from newssearch.engines.embedded.segment.format import (
    POSTINGS_PER_OFFSET,
    at_least_16,
    at_least_32,
    pack,
    packed_starts,
)
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.shingles import merged_sample_sections
from newssearch.engines.embedded.segment.stored_fields import NUMBERED
from newssearch.engines.embedded.storage import block_store
from newssearch.engines.embedded.storage.container import (
    Allocation,
    Array,
    Container,
    ContainerWriter,
    StringTable,
    narrow,
    string_sections,
)
from newssearch.engines.embedded.storage.patched_ints import PatchedIntsWriter
from newssearch.engines.embedded.storage.sorted_sets import Ints, Mask, concat_aranges, run_starts
from newssearch.system.workers import WorkerPool

from .inverter import ArticleBlocks, Articles, HighBitsRuns, Vocabulary
from .segment_builder import document_articles, value_sections

WORDS_PER_SLICE = 1_000_000
"""The number of words whose postings are merged at a time."""
MIN_WORDS_TO_SHARE = 3_000_000
"""The number of words of a field from which on its merge is shared between workers."""


class Renumbered(NamedTuple):
    """The numbers of the articles and documents of a segment in the merged segment; -1 for deleted ones."""

    segment: Segment
    articles: Ints
    documents: Ints

    def owners(self, name: TextField) -> Ints:
        """Return the new numbers of the owners of a field."""
        return self.documents if name == "text" else self.articles


def merge_segments(
    segments: Sequence[Segment], container: ContainerWriter, workers: WorkerPool | None = None
) -> int:
    """Write all segments as one, in their order, and return the number of its documents."""
    for segment in segments:
        segment.container.check()  # damaged data must not get new, valid checksums
    parts = list(renumbered(segments))
    first = _first_documents(parts)
    fields = [_MergedField.of(name, parts) for name in ("text", "title")]
    under_way = [field.begin(container, workers) for field in fields]
    try:
        for name, array in _article_sections(parts).items():
            container.add(name, array)
        sampled = [(one.segment.container, one.articles, one.documents) for one in parts]
        for name, array in merged_sample_sections(sampled).items():
            container.add(name, array)
        block_store.merge_blocks(
            "header", [(one.segment.rest, _remaining(one.articles)) for one in parts], container
        )
        block_store.merge_blocks(
            "body", [(one.segment.bodies, _remaining(one.documents)) for one in parts], container
        )
    finally:
        # No worker may still write to the container when the caller drops it.
        wait([filled for filling in under_way for filled in filling])
    for field, filling in zip(fields, under_way, strict=True):
        field.end(container, [filled.result() for filled in filling])
    return int(first[-1])


def renumbered(segments: Sequence[Segment]) -> Iterator[Renumbered]:
    """Yield the numbers of the articles and documents of each given segment in the merged segment."""
    articles = documents = 0
    for segment in segments:
        live_articles = segment.everything()
        live_documents = live_articles[segment.article]
        yield Renumbered(
            segment,
            np.where(live_articles, np.cumsum(live_articles) - 1 + articles, -1),
            np.where(live_documents, np.cumsum(live_documents) - 1 + documents, -1),
        )
        articles += int(np.count_nonzero(live_articles))
        documents += int(np.count_nonzero(live_documents))


def _remaining(numbers: Ints) -> Ints:
    return np.flatnonzero(numbers >= 0)


def _first_documents(parts: Sequence[Renumbered]) -> Array:
    """Return the first document of each article of the merged segment, and the end."""
    sizes = [np.diff(one.segment.first.astype(np.int64))[_remaining(one.articles)] for one in parts]
    return np.cumsum(np.concatenate([[0], *sizes])).astype(np.uint32)


def _article_sections(parts: Sequence[Renumbered]) -> dict[str, Array]:
    """Return the sections of the articles."""
    kept = [_remaining(one.articles) for one in parts]
    pairs = list(zip([one.segment for one in parts], kept, strict=True))
    first = _first_documents(parts)
    bare = np.concatenate([one.articles[one.segment.bare] for one in parts])
    ids = [segment.id(article) for segment, here in pairs for article in here.tolist()]
    shown = [segment.shown_strings[article] for segment, here in pairs for article in here.tolist()]
    states = [segment.state(article).encode() for segment, here in pairs for article in here.tolist()]
    sections = {
        "article.first": first,
        "article.bare": bare[bare >= 0].astype(np.uint32),
        "article.lead": narrow(np.concatenate([segment.lead[here].ravel() for segment, here in pairs])),
        "article.written": np.concatenate([segment.written[here] for segment, here in pairs]),
        "article.instant": np.concatenate([segment.instant[here] for segment, here in pairs]),
        "article.id.order": np.array(sorted(range(len(ids)), key=ids.__getitem__), np.uint32),
        "document.article": document_articles(first),
        **string_sections("article.id", ids),
        **string_sections("article.shown", shown),
        **string_sections("article.state", states),
    }
    for name in NUMBERED:
        values: list[str] = []
        for segment, here in pairs:
            codes, distinct = segment.values(name)
            values.extend(distinct[code] for code in codes[here].tolist())
        sections |= value_sections(name, values)
    return sections


# ---- text fields


class _PostingSlice(NamedTuple):
    """The postings of a range of terms, in order, and the positions and surface forms of their words, concatenated."""

    terms: Ints
    owners: Ints
    counts: Ints
    positions: Ints
    kinds: Ints


class _NewNumbers(NamedTuple):
    """The new numbers of the terms of a source and of their surface forms; -1 for dropped ones."""

    terms: Ints
    kinds: Ints


class _LiveCounts(NamedTuple):
    """The numbers of live postings and article blocks of each term of a source, and of live words of each form."""

    postings: Ints
    groups: Ints
    words: Ints


class _Source:
    """A text field of one of the segments to merge."""

    def __init__(self, field: FieldReader, owners: Ints, deleted: Ints) -> None:
        self.field = field
        self.deleted = deleted
        self.owners = owners
        self.kept = _remaining(owners)
        self.whole = len(self.kept) == len(owners)
        self._variants = field.array("variant.term").astype(np.int64)
        kinds = field.array("kinds").astype(np.int64)
        self._first_kind = np.cumsum(kinds) - kinds
        self.renamed = _NewNumbers(np.empty(0, np.int64), np.empty(0, np.int64))

    def keys(self) -> list[bytes]:
        """Return the keys of all surface forms, live or not, in the format of :class:`~.lexicon.WordTable`."""
        terms, forms = self.field.terms.all(), self.field.forms.all()
        first = self.field.array("form.first").astype(np.int64)
        of_forms = np.repeat(np.arange(len(forms)), np.diff(first)).tolist()
        written = StringTable(self.field.container, f"{self.field.name}.written").all()
        return [
            b"%b\0%b\0%b" % (forms[form], as_written, terms[term])
            for form, as_written, term in zip(of_forms, written, self._variants.tolist(), strict=True)
        ]

    def rename(self, ranks: Ints, kinds: Ints) -> None:
        """Set the term and number of each surface form in the merged segment; -1 for those without live words."""
        terms = np.full(len(self.field.terms), -1, np.int64)
        there = ranks >= 0
        terms[self._variants[there]] = ranks[there]
        self.renamed = _NewNumbers(terms, kinds[self._variant_of])

    @cached_property
    def _variant_of(self) -> Ints:
        """The surface forms in the order of their terms and their numbers within the term."""
        by_kind = self._first_kind[self._variants] + self.field.array("variant.kind")
        found = np.empty(len(by_kind), np.int64)
        found[by_kind] = np.arange(len(by_kind))
        return found

    @cached_property
    def live(self) -> _LiveCounts:
        """The numbers of live postings, article blocks and words."""
        field = self.field
        if self.whole:
            groups = _differences(field.array("group.run.first")[field.array("group.runs")])
            postings = _differences(field.array("first")) if field.name == "text" else groups
            return _LiveCounts(postings, groups, field.array("variant.words").astype(np.int64))
        articles = (
            field.container["document.article"] if field.name == "text" else np.arange(len(self.owners))
        )
        postings, counts = np.zeros(len(field.terms), np.int64), np.zeros(len(self._variants), np.int64)
        groups = np.zeros(len(field.terms), np.int64)
        for low, high in _slices(field.array("tokens").astype(np.int64)):
            piece = self._read(low, high, own=True)
            of_groups = run_starts(piece.terms) | run_starts(articles[piece.owners])
            groups += np.bincount(piece.terms[of_groups], minlength=len(groups))
            postings += np.bincount(piece.terms, minlength=len(postings))
            of = self._first_kind[np.repeat(piece.terms, piece.counts)] + piece.kinds
            counts += np.bincount(self._variant_of[of], minlength=len(counts))
        return _LiveCounts(postings, groups, counts)

    def read(self, low: int, high: int) -> _PostingSlice:
        """Return the live postings of the new terms ``low`` up to but not including ``high``, with new numbers."""
        ranks, kinds = self.renamed
        there = np.flatnonzero(ranks >= 0)
        start, end = np.searchsorted(ranks[there], (low, high)).tolist()
        if start == end:
            return _PostingSlice(*(np.empty(0, np.int64) for _ in range(5)))
        piece = self._read(int(there[start]), int(there[end - 1]) + 1)
        of = self._first_kind[np.repeat(piece.terms, piece.counts)] + piece.kinds
        return piece._replace(terms=ranks[piece.terms], kinds=kinds[of])

    def _read(self, low: int, high: int, *, own: bool = False) -> _PostingSlice:
        """Return the live postings of a range of the source's terms, with its ``own`` owner numbers or the new ones."""
        piece = _PostingSlice(*self.field.postings_between(low, high))
        owners = self.owners[piece.owners]
        if self.whole:
            return piece._replace(owners=owners)
        keep = owners >= 0
        words = np.repeat(keep, piece.counts)
        return _PostingSlice(
            piece.terms[keep],
            piece.owners[keep] if own else owners[keep],
            piece.counts[keep],
            piece.positions[words],
            piece.kinds[words],
        )


class _MergedField:
    """A text field of the merged segment."""

    def __init__(self, name: TextField, sources: Sequence[_Source], articles: Articles | None) -> None:
        self._name = name
        self._sources = sources
        self._articles = articles
        self._vocabulary, self._words = _merged_vocabulary(sources)
        terms = len(self._vocabulary.terms)
        words = np.bincount(self._vocabulary.variant_term, self._words, terms).astype(np.int64)
        postings, groups = np.zeros(terms, np.int64), np.zeros(terms, np.int64)
        for source in sources:
            there = source.renamed.terms >= 0
            postings[source.renamed.terms[there]] += source.live.postings[there]
            groups[source.renamed.terms[there]] += source.live.groups[there]
        self._first_word = np.concatenate(([0], np.cumsum(words)))
        self._first = np.concatenate(([0], np.cumsum(postings)))
        self._first_group = np.concatenate(([0], np.cumsum(groups)))
        self._packed_at = packed_starts(self._vocabulary.kinds, words)

    @classmethod
    def of(cls, name: TextField, parts: Sequence[Renumbered]) -> _MergedField:
        """Return the merged field with the given name."""
        sources = [_Source(one.segment.fields[name], one.owners(name), one.segment.deleted) for one in parts]
        return cls(name, sources, _articles_of(parts, sources) if name == "text" else None)

    def begin(self, container: ContainerWriter, workers: WorkerPool | None) -> list[Future[_Filled]]:
        """Write the postings at once, or start to write them in the workers if there are any and the field is large."""
        name, sources = self._name, self._sources
        size, total = int(self._first[-1]), int(self._first_word[-1])
        longest = max(int(source.field.sizes.max(initial=0)) for source in sources)
        groups = int(self._first_group[-1])
        most = {"counts": longest, "positions": longest}
        sizes = {"counts": size, "positions": total}
        if self._articles is not None:
            most |= dict.fromkeys(
                ("within", "group.counts"), int(np.diff(self._articles.first).max(initial=0))
            )
            sizes |= {"within": size, "group.counts": groups}
        allocations = {}
        for section, count in sizes.items():
            wide = any(source.field.patched(section).wide for source in sources)
            dtype = narrow(np.array([most[section]])).dtype if wide else np.dtype(np.uint8)
            allocations[section] = container.allocate(f"{name}.{section}", dtype, count)
        allocations["group.low"] = container.allocate(f"{name}.group.low", np.uint16, groups)
        if self._articles is not None:
            allocations["group.best"] = container.allocate(f"{name}.group.best", np.uint8, groups)
        allocations["packed"] = container.allocate(f"{name}.packed", np.uint8, int(self._packed_at[-1]))
        number = workers.number if workers is not None and total >= MIN_WORDS_TO_SHARE else 1
        cuts = np.searchsorted(self._first_word, np.linspace(0, total, number + 1)[1:-1]).tolist()
        tasks = [
            self._range(low, high, allocations) for low, high in pairwise([0, *cuts, len(self._first) - 1])
        ]
        if workers is not None and number > 1:
            return [workers.submit(task) for task in tasks]
        here: Future[_Filled] = Future()
        here.set_result(tasks[0].fill(sources, self._articles))
        return [here]

    def _range(self, low: int, high: int, allocations: Mapping[str, Allocation]) -> _MergeTask:
        sources = [
            (source.field.container.path or Path(), source.deleted, source.renamed)
            for source in self._sources
        ]
        at = slice(low, high + 1)
        return _MergeTask(
            self._name,
            sources,
            low,
            self._first_word[at],
            self._first[at],
            self._first_group[at],
            self._packed_at[at],
            self._vocabulary.kinds[low:high],
            allocations,
        )

    def end(self, container: ContainerWriter, filled: Sequence[_Filled]) -> None:
        """Write the sections other than the postings."""
        name = self._name
        terms = len(self._vocabulary.terms)
        sections = {**self._vocabulary.sections(name), f"{name}.variant.words": self._words.astype(np.uint32)}
        for section in filled[0].exceptions:
            far, high = (_concatenated([one.exceptions[section][n] for one in filled]) for n in (0, 1))
            sections |= {f"{name}.{section}.far": narrow(far), f"{name}.{section}.high": narrow(high)}
        runs = HighBitsRuns(
            *(_concatenated(parts) for parts in zip(*(one.runs for one in filled), strict=True))
        )
        sections |= runs.sections(name, terms, int(self._first_group[-1]))
        sections |= {
            f"{name}.tokens": narrow(self._first_word),
            f"{name}.at": narrow(_concatenated([one.offsets for one in filled])),
            f"{name}.packed.at": narrow(self._packed_at),
        }
        if self._articles is not None:
            sections |= {
                f"{name}.first": narrow(self._first),
                f"{name}.group.mean": np.array([self._articles.mean]),
            }
        for section, array in (sections | _by_owner(name, self._sources)).items():
            container.add(section, array)


def _merged_vocabulary(sources: Sequence[_Source]) -> tuple[Vocabulary, Ints]:
    """Return the vocabulary of all live words, and the number of live words of each surface form.

    It also sets the new term numbers of each source.
    """
    keys = [source.keys() for source in sources]
    all_keys = sorted(set().union(*keys))
    number = {key: n for n, key in enumerate(all_keys)}
    numbers = [np.fromiter(map(number.__getitem__, of), np.int64, len(of)) for of in keys]
    del keys, number
    totals = np.zeros(len(all_keys), np.int64)
    for source, of in zip(sources, numbers, strict=True):
        totals[of] += source.live.words  # the keys of a source are distinct
    live = np.flatnonzero(totals)
    vocabulary = Vocabulary.of([all_keys[word] for word in live.tolist()])
    terms, kinds = np.full(len(totals), -1, np.int64), np.full(len(totals), -1, np.int64)
    terms[live], kinds[live] = vocabulary.variant_term, vocabulary.variant_kind
    for source, of in zip(sources, numbers, strict=True):
        source.rename(terms[of], kinds[of])
    return vocabulary, totals[live]


_PATCHED = ("counts", "positions", "within", "group.counts")
"""The sections that are stored as patched ints."""


class _Filled(NamedTuple):
    """The exceptions of patched ints, the offsets and the high-bits runs that result from writing a range of terms."""

    exceptions: dict[str, tuple[Ints, Ints]]
    offsets: Ints
    runs: HighBitsRuns


class _MergeTask(NamedTuple):
    """A task that writes the postings of a range of terms, slice by slice, into the space allocated in each section."""

    name: TextField
    sources: Sequence[tuple[Path, Ints, _NewNumbers]]
    term: int
    first_word: Ints
    first: Ints
    first_group: Ints
    packed_at: Ints
    kinds: Ints
    allocations: Mapping[str, Allocation]

    def run(self, memory: object) -> _Filled:
        """Run the task in a worker, which opens the segments itself."""
        segments = [Segment(Container(path), deleted.tolist()) for path, deleted, _ in self.sources]
        parts = list(renumbered(segments))
        sources = [
            _Source(one.segment.fields[self.name], one.owners(self.name), one.segment.deleted)
            for one in parts
        ]
        for source, (_, _, renamed) in zip(sources, self.sources, strict=True):
            source.renamed = renamed
        return self.fill(sources, _articles_of(parts, sources) if self.name == "text" else None)

    def fill(self, sources: Sequence[_Source], articles: Articles | None) -> _Filled:
        """Write the postings of the sources."""
        first, first_word, term = self.first, self.first_word, self.term
        opened = {section: place.open() for section, place in self.allocations.items()}
        numbers = {section: PatchedIntsWriter(opened[section]) for section in _PATCHED if section in opened}
        runs = [HighBitsRuns(*(np.empty(0, np.int64) for _ in range(3)))]
        at = [np.empty(0, np.int64)]
        for start, end in _slices(first_word):
            piece = _ordered([source.read(start + term, end + term) for source in sources])
            posting, word, group = int(first[start]), int(first_word[start]), int(self.first_group[start])
            assert len(piece.owners) == first[end] - posting, "all postings were counted before"
            numbers["counts"].put(posting, piece.counts)
            numbers["positions"].put(word, piece.positions)
            groups = ArticleBlocks.of(piece.terms, piece.owners, piece.counts, articles)
            block_end = group + len(groups.terms)
            opened["group.low"][group:block_end] = groups.articles.astype(np.uint16)
            if articles is not None:
                numbers["within"].put(posting, articles.within(piece.owners))
                numbers["group.counts"].put(group, groups.sizes)
                opened["group.best"][group:block_end] = groups.block_max
            of_terms = groups.runs()
            runs.append(of_terms._replace(first=of_terms.first + group))
            begins = np.cumsum(piece.counts) - piece.counts + word
            at.append(begins[-posting % POSTINGS_PER_OFFSET :: POSTINGS_PER_OFFSET])
            bounds = first_word[start : end + 1] - word
            pack(
                opened["packed"],
                self.packed_at[start : end + 1],
                piece.kinds,
                bounds,
                self.kinds[start:end],
            )
        far = {section: part.far() for section, part in numbers.items()}
        return _Filled(
            far, _concatenated(at), HighBitsRuns(*(_concatenated(parts) for parts in zip(*runs, strict=True)))
        )


def _articles_of(parts: Sequence[Renumbered], sources: Sequence[_Source]) -> Articles:
    """Return the articles of the documents of the merged segment."""
    first = _first_documents(parts)
    return Articles(document_articles(first), first, _document_sizes(sources))


def _document_sizes(sources: Sequence[_Source]) -> Ints:
    """Return the number of words of each live owner."""
    return _concatenated([source.field.sizes[source.kept].astype(np.int64) for source in sources])


def _by_owner(name: TextField, sources: Sequence[_Source]) -> dict[str, Array]:
    sizes = _document_sizes(sources)
    starts = np.concatenate(([0], np.cumsum(sizes + 1)))
    sentences, compounds, numbers = [], [], []
    entries: list[bytes] = []
    for source in sources:
        old = source.field.starts.astype(np.int64)

        def moved(places: Ints, source: _Source = source, old: Ints = old) -> tuple[Ints, Mask]:
            """Return field-wide positions in the merged segment, and a mask of the live ones."""
            owner = np.searchsorted(old, places, "right") - 1
            new = source.owners[owner]
            return starts[new] + places - old[owner], new >= 0

        places, kept = moved(source.field.sentences.astype(np.int64))
        sentences.append(places[kept])
        of, places = source.field.compounds.all()
        places, kept = moved(places)
        compounds.append(places[kept])
        numbers.append(of[kept] + len(entries))
        entries += source.field.compounds.entries()
    return {
        f"{name}.sizes": at_least_16(narrow(sizes)),
        f"{name}.starts": at_least_32(starts),
        f"{name}.sentences": at_least_32(_concatenated(sentences)),
        **compound_sections(name, entries, _concatenated(numbers), _concatenated(compounds)),
    }


def _ordered(parts: Sequence[_PostingSlice]) -> _PostingSlice:
    """Return the postings of all parts by term; the postings of a term are in the order of the parts."""
    terms, owners, counts, positions, kinds = (_concatenated(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(terms, kind="stable")
    begins = np.cumsum(counts) - counts
    sizes = counts[order]
    words = np.repeat(begins[order], sizes) + concat_aranges(sizes)
    return _PostingSlice(terms[order], owners[order], sizes, positions[words], kinds[words])


def _slices(first_word: Ints) -> Iterator[tuple[int, int]]:
    """Yield ranges of terms with about :data:`WORDS_PER_SLICE` words each."""
    start = 0
    while start < len(first_word) - 1:
        end = int(np.searchsorted(first_word, first_word[start] + WORDS_PER_SLICE, "right")) - 1
        end = min(max(end, start + 1), len(first_word) - 1)
        yield start, end
        start = end


def _differences(first: Array) -> Ints:
    """Return the differences of consecutive offsets."""
    return np.asarray(np.diff(first.astype(np.int64)), np.int64)


def _concatenated(arrays: Sequence[Array]) -> Ints:
    return np.concatenate(arrays).astype(np.int64, copy=False) if len(arrays) else np.empty(0, np.int64)
