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
        live_articles = segment.live_articles()
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
    empty = np.concatenate([one.articles[one.segment.empty_articles] for one in parts])
    ids = [segment.id(article) for segment, here in pairs for article in here.tolist()]
    shown = [segment.shown_strings[article] for segment, here in pairs for article in here.tolist()]
    states = [segment.state(article).encode() for segment, here in pairs for article in here.tolist()]
    sections = {
        "article.first": first,
        "article.empty": empty[empty >= 0].astype(np.uint32),
        "article.lead": narrow(np.concatenate([segment.lead[here].ravel() for segment, here in pairs])),
        "article.local": np.concatenate([segment.local_time[here] for segment, here in pairs]),
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
    forms: Ints


class _NewNumbers(NamedTuple):
    """The new numbers of the terms of a source and of their surface forms; -1 for dropped ones."""

    terms: Ints
    forms: Ints


class _LiveCounts(NamedTuple):
    """The numbers of live postings and article blocks of each term of a source, and of live words of each form."""

    postings: Ints
    blocks: Ints
    words: Ints


class _Source:
    """A text field of one of the segments to merge."""

    def __init__(self, field: FieldReader, owners: Ints, deleted: Ints) -> None:
        self.field = field
        self.deleted = deleted
        self.owners = owners
        self.kept = _remaining(owners)
        self.whole = len(self.kept) == len(owners)
        self._form_terms = field.array("form.term").astype(np.int64)
        forms = field.array("term.forms").astype(np.int64)
        self._first_form = np.cumsum(forms) - forms
        self.renamed = _NewNumbers(np.empty(0, np.int64), np.empty(0, np.int64))

    def keys(self) -> list[bytes]:
        """Return the keys of all surface forms, live or not, in the format of :class:`~.lexicon.WordTable`."""
        terms, folded = self.field.terms.all(), self.field.folded.all()
        first = self.field.array("folded.first").astype(np.int64)
        folded_of = np.repeat(np.arange(len(folded)), np.diff(first)).tolist()
        forms = StringTable(self.field.container, f"{self.field.name}.forms").all()
        return [
            b"%b\0%b\0%b" % (folded[number], form, terms[term])
            for number, form, term in zip(folded_of, forms, self._form_terms.tolist(), strict=True)
        ]

    def rename(self, ranks: Ints, forms: Ints) -> None:
        """Set the term and number of each surface form in the merged segment; -1 for those without live words."""
        terms = np.full(len(self.field.terms), -1, np.int64)
        there = ranks >= 0
        terms[self._form_terms[there]] = ranks[there]
        self.renamed = _NewNumbers(terms, forms[self._forms_by_term])

    @cached_property
    def _forms_by_term(self) -> Ints:
        """The surface forms in the order of their terms and their numbers within the term."""
        by_term = self._first_form[self._form_terms] + self.field.array("form.number")
        found = np.empty(len(by_term), np.int64)
        found[by_term] = np.arange(len(by_term))
        return found

    @cached_property
    def live(self) -> _LiveCounts:
        """The numbers of live postings, article blocks and words."""
        field = self.field
        if self.whole:
            blocks = _differences(field.array("run.first")[field.array("runs")])
            postings = _differences(field.array("first")) if field.name == "text" else blocks
            return _LiveCounts(postings, blocks, field.array("form.words").astype(np.int64))
        articles = (
            field.container["document.article"] if field.name == "text" else np.arange(len(self.owners))
        )
        postings, counts = np.zeros(len(field.terms), np.int64), np.zeros(len(self._form_terms), np.int64)
        blocks = np.zeros(len(field.terms), np.int64)
        for low, high in _slices(field.array("tokens").astype(np.int64)):
            piece = self._read(low, high, renumber=False)
            block_starts = run_starts(piece.terms) | run_starts(articles[piece.owners])
            blocks += np.bincount(piece.terms[block_starts], minlength=len(blocks))
            postings += np.bincount(piece.terms, minlength=len(postings))
            of = self._first_form[np.repeat(piece.terms, piece.counts)] + piece.forms
            counts += np.bincount(self._forms_by_term[of], minlength=len(counts))
        return _LiveCounts(postings, blocks, counts)

    def read(self, low: int, high: int) -> _PostingSlice:
        """Return the live postings of the new terms ``low`` up to but not including ``high``, with new numbers."""
        ranks, forms = self.renamed
        there = np.flatnonzero(ranks >= 0)
        start, end = np.searchsorted(ranks[there], (low, high)).tolist()
        if start == end:
            return _PostingSlice(*(np.empty(0, np.int64) for _ in range(5)))
        piece = self._read(int(there[start]), int(there[end - 1]) + 1)
        of = self._first_form[np.repeat(piece.terms, piece.counts)] + piece.forms
        return piece._replace(terms=ranks[piece.terms], forms=forms[of])

    def _read(self, low: int, high: int, *, renumber: bool = True) -> _PostingSlice:
        """Return the live postings of a range of the source's terms, with new owner numbers if ``renumber``."""
        piece = _PostingSlice(*self.field.postings_between(low, high))
        owners = self.owners[piece.owners]
        if self.whole:
            return piece._replace(owners=owners)
        keep = owners >= 0
        words = np.repeat(keep, piece.counts)
        return _PostingSlice(
            piece.terms[keep],
            owners[keep] if renumber else piece.owners[keep],
            piece.counts[keep],
            piece.positions[words],
            piece.forms[words],
        )


class _MergedField:
    """A text field of the merged segment."""

    def __init__(self, name: TextField, sources: Sequence[_Source], articles: Articles | None) -> None:
        self._name = name
        self._sources = sources
        self._articles = articles
        self._vocabulary, self._words = _merged_vocabulary(sources)
        terms = len(self._vocabulary.terms)
        words = np.bincount(self._vocabulary.form_terms, self._words, terms).astype(np.int64)
        postings, blocks = np.zeros(terms, np.int64), np.zeros(terms, np.int64)
        for source in sources:
            there = source.renamed.terms >= 0
            postings[source.renamed.terms[there]] += source.live.postings[there]
            blocks[source.renamed.terms[there]] += source.live.blocks[there]
        self._first_word = np.concatenate(([0], np.cumsum(words)))
        self._first = np.concatenate(([0], np.cumsum(postings)))
        self._first_block = np.concatenate(([0], np.cumsum(blocks)))
        self._packed_offsets = packed_starts(self._vocabulary.form_counts, words)

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
        blocks = int(self._first_block[-1])
        most = {"counts": longest, "positions": longest}
        sizes = {"counts": size, "positions": total}
        if self._articles is not None:
            most |= dict.fromkeys(
                ("within", "block.sizes"), int(np.diff(self._articles.first).max(initial=0))
            )
            sizes |= {"within": size, "block.sizes": blocks}
        allocations = {}
        for section, count in sizes.items():
            wide = any(source.field.patched(section).wide for source in sources)
            dtype = narrow(np.array([most[section]])).dtype if wide else np.dtype(np.uint8)
            allocations[section] = container.allocate(f"{name}.{section}", dtype, count)
        allocations["block.low"] = container.allocate(f"{name}.block.low", np.uint16, blocks)
        if self._articles is not None:
            allocations["block.max"] = container.allocate(f"{name}.block.max", np.uint8, blocks)
        allocations["packed"] = container.allocate(f"{name}.packed", np.uint8, int(self._packed_offsets[-1]))
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
            self._first_block[at],
            self._packed_offsets[at],
            self._vocabulary.form_counts[low:high],
            allocations,
        )

    def end(self, container: ContainerWriter, filled: Sequence[_Filled]) -> None:
        """Write the sections other than the postings."""
        name = self._name
        terms = len(self._vocabulary.terms)
        sections = {**self._vocabulary.sections(name), f"{name}.form.words": self._words.astype(np.uint32)}
        for section in filled[0].exceptions:
            indices, values = (_concatenated([one.exceptions[section][n] for one in filled]) for n in (0, 1))
            sections |= {
                f"{name}.{section}.exceptions": narrow(indices),
                f"{name}.{section}.exceptions.values": narrow(values),
            }
        runs = HighBitsRuns(
            *(_concatenated(parts) for parts in zip(*(one.runs for one in filled), strict=True))
        )
        sections |= runs.sections(name, terms, int(self._first_block[-1]))
        sections |= {
            f"{name}.tokens": narrow(self._first_word),
            f"{name}.offsets": narrow(_concatenated([one.offsets for one in filled])),
            f"{name}.packed.offsets": narrow(self._packed_offsets),
        }
        if self._articles is not None:
            sections |= {
                f"{name}.first": narrow(self._first),
                f"{name}.mean": np.array([self._articles.mean]),
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
    terms, forms = np.full(len(totals), -1, np.int64), np.full(len(totals), -1, np.int64)
    terms[live], forms[live] = vocabulary.form_terms, vocabulary.form_numbers
    for source, of in zip(sources, numbers, strict=True):
        source.rename(terms[of], forms[of])
    return vocabulary, totals[live]


_PATCHED = ("counts", "positions", "within", "block.sizes")
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
    first_block: Ints
    packed_offsets: Ints
    form_counts: Ints
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
        opened = {section: allocation.open() for section, allocation in self.allocations.items()}
        numbers = {section: PatchedIntsWriter(opened[section]) for section in _PATCHED if section in opened}
        runs = [HighBitsRuns(*(np.empty(0, np.int64) for _ in range(3)))]
        at = [np.empty(0, np.int64)]
        for start, end in _slices(first_word):
            piece = _ordered([source.read(start + term, end + term) for source in sources])
            posting, word, block = int(first[start]), int(first_word[start]), int(self.first_block[start])
            assert len(piece.owners) == first[end] - posting, "all postings were counted before"
            numbers["counts"].put(posting, piece.counts)
            numbers["positions"].put(word, piece.positions)
            blocks = ArticleBlocks.of(piece.terms, piece.owners, piece.counts, articles)
            block_end = block + len(blocks.terms)
            opened["block.low"][block:block_end] = blocks.articles.astype(np.uint16)
            if articles is not None:
                numbers["within"].put(posting, articles.within(piece.owners))
                numbers["block.sizes"].put(block, blocks.sizes)
                opened["block.max"][block:block_end] = blocks.block_max
            of_terms = blocks.runs()
            runs.append(of_terms._replace(first=of_terms.first + block))
            begins = np.cumsum(piece.counts) - piece.counts + word
            at.append(begins[-posting % POSTINGS_PER_OFFSET :: POSTINGS_PER_OFFSET])
            bounds = first_word[start : end + 1] - word
            pack(
                opened["packed"],
                self.packed_offsets[start : end + 1],
                piece.forms,
                bounds,
                self.form_counts[start:end],
            )
        exceptions = {section: part.exceptions() for section, part in numbers.items()}
        return _Filled(
            exceptions,
            _concatenated(at),
            HighBitsRuns(*(_concatenated(parts) for parts in zip(*runs, strict=True))),
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

        def moved(positions: Ints, source: _Source = source, old: Ints = old) -> tuple[Ints, Mask]:
            """Return field-wide positions in the merged segment, and a mask of the live ones."""
            owner = np.searchsorted(old, positions, "right") - 1
            new = source.owners[owner]
            return starts[new] + positions - old[owner], new >= 0

        positions, kept = moved(source.field.sentences.astype(np.int64))
        sentences.append(positions[kept])
        of, positions = source.field.compounds.all()
        positions, kept = moved(positions)
        compounds.append(positions[kept])
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
    terms, owners, counts, positions, forms = (_concatenated(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(terms, kind="stable")
    begins = np.cumsum(counts) - counts
    sizes = counts[order]
    words = np.repeat(begins[order], sizes) + concat_aranges(sizes)
    return _PostingSlice(terms[order], owners[order], sizes, positions[words], forms[words])


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
