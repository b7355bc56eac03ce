"""The merger writes the live articles of several segments as one segment, by array operations.

Articles and documents keep their order and are renumbered. The postings are merged slice by slice (see
:mod:`.merge_source`), in several processes if there are many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from newssearch.engines.embedded.segment.added_analyses import added_sections
from newssearch.engines.embedded.segment.block_impacts import NONE_EXTRA, ManyExtra
from newssearch.engines.embedded.segment.compound_postings import compound_sections
from newssearch.engines.embedded.segment.field import TextField
from newssearch.engines.embedded.segment.format import (
    POSTINGS_PER_OFFSET,
    at_least_16,
    at_least_32,
    pack,
    packed_starts,
)
from newssearch.engines.embedded.segment.own_fields import merged_own_sections
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
from newssearch.engines.sorted_sets import Ints, Mask
from newssearch.system.workers import WorkerPool
from newssearch.text.analysis import analysis_in
from newssearch.text.languages import language_of

from .inverter import ArticleBlocks, Articles, HighBitsRuns, Vocabulary
from .merge_source import MergeSource, NewNumbers, concat_ints, merge_slices, term_slices
from .segment_builder import document_articles, id_sections, value_sections, version_sections

MIN_WORDS_TO_SHARE = 3_000_000
"""The merge of a field with at least this number of words is divided between the worker processes.

Fewer words are merged faster than the processes open the segments.
"""


class Renumbered(NamedTuple):
    """A segment to merge, with the numbers of its articles and documents in the merged segment; -1 for deleted ones."""

    segment: Segment
    articles: Ints
    documents: Ints

    def owners(self, name: TextField) -> Ints:
        """Return the new numbers of the owners of the field ``name``: of documents for ``text``, else of articles."""
        return self.documents if name == "text" else self.articles


def merge_segments(
    segments: Sequence[Segment], container: ContainerWriter, workers: WorkerPool | None = None
) -> int:
    """Write the live articles of all segments, in order, as one segment, and return its number of documents.

    ``workers`` share the work if there is much. Raises :class:`~newssearch.IndexDamagedError` if a segment is damaged.
    """
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
    """Yield each given segment with the numbers of its articles and documents in the segment that they merge into."""
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
    """Return the first document of each article of the merged segment, then the number of all documents."""
    sizes = [np.diff(one.segment.first.astype(np.int64))[_remaining(one.articles)] for one in parts]
    return np.cumsum(np.concatenate([[0], *sizes])).astype(np.uint32)


def _article_sections(parts: Sequence[Renumbered]) -> dict[str, Array]:
    """Return the sections of the merged segment that are listed in :mod:`.segment_builder`, without stored texts."""
    kept = [_remaining(one.articles) for one in parts]
    pairs = list(zip([one.segment for one in parts], kept, strict=True))
    first = _first_documents(parts)
    empty = np.concatenate([one.articles[one.segment.empty_articles] for one in parts])
    asides = np.concatenate([one.documents[one.segment.asides] for one in parts])
    headlines = np.concatenate([one.documents[one.segment.headlines] for one in parts])
    ids, shown, states = (
        _kept_strings(name, pairs) for name in ("article.id", "article.shown", "article.state")
    )
    sections = {
        "article.first": first,
        "article.empty": empty[empty >= 0].astype(np.uint32),
        "article.lead": narrow(np.concatenate([segment.lead[here].ravel() for segment, here in pairs])),
        "article.local": np.concatenate([segment.local_time[here] for segment, here in pairs]),
        "article.instant": np.concatenate([segment.instant[here] for segment, here in pairs]),
        "article.precision": np.concatenate([segment.precision[here] for segment, here in pairs]),
        "article.version": narrow(np.concatenate([segment.version[here] for segment, here in pairs])),
        "article.added": np.concatenate([segment.added[here] for segment, here in pairs]),
        "document.article": document_articles(first),
        "document.aside": asides[asides >= 0].astype(np.uint32),
        "document.headline": headlines[headlines >= 0].astype(np.uint32),
        **id_sections(ids),
        **_version_sections(parts),
        **string_sections("article.shown", shown),
        **string_sections("article.state", states),
    }
    for name in NUMBERED:
        values: list[str] = []
        for segment, here in pairs:
            codes, distinct = segment.values(name)
            values.extend(distinct[code] for code in codes[here].tolist())
        sections |= value_sections(name, values)
    sections |= added_sections(_added_analyses(pairs))
    return sections | merged_own_sections([(one.segment.own_fields, one.articles) for one in parts])


def _added_analyses(pairs: Sequence[tuple[Segment, Ints]]) -> set[str]:
    """Return those analyses of the articles that are kept that other packages add.

    ``pairs`` has each segment with its articles that are kept. The writer lets a language have one analysis only.
    """
    used: dict[str, str] = {}
    for segment, here in pairs:
        codes, distinct = segment.values("lang")
        for lang in {distinct[code] for code in set(codes[here].tolist())}:
            name = analysis_in(lang, segment.added_analyses)
            other = used.setdefault(language_of(lang), name)
            assert other == name, f"two analyses of {lang}"
    return set(used.values())


def _kept_strings(name: str, pairs: Sequence[tuple[Segment, Ints]]) -> list[bytes]:
    """Return strings of the table ``name`` of several segments; each has the numbers of those that are kept."""
    kept: list[bytes] = []
    for segment, here in pairs:
        strings = StringTable(segment.container, name).all()
        kept += strings if len(here) == len(strings) else [strings[number] for number in here.tolist()]
    return kept


def _version_sections(parts: Sequence[Renumbered]) -> dict[str, Array]:
    articles = [one.articles[one.segment.version_articles] for one in parts]
    identities = np.concatenate(
        [one.segment.version_identities[new >= 0] for one, new in zip(parts, articles, strict=True)]
    )
    return version_sections(identities, np.concatenate([new[new >= 0] for new in articles]))


# ---- text fields


class _MergedField:
    """A text field of the merged segment: :meth:`begin` writes its postings, then :meth:`end` all other sections.

    ``articles`` is None for a field whose owners are articles.
    """

    def __init__(self, name: TextField, sources: Sequence[MergeSource], articles: Articles | None) -> None:
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
        """Return the merged field ``name`` of the given segments."""
        sources = [
            MergeSource(one.segment.fields[name], one.owners(name), one.segment.deleted) for one in parts
        ]
        return cls(name, sources, _articles_of(parts, sources) if name == "text" else None)

    def begin(self, container: ContainerWriter, workers: WorkerPool | None) -> list[Future[_Filled]]:
        """Allocate the sections of postings and write the postings, using the workers if the field is large.

        Returns a future for each range of terms. Without workers there is one future, and it is done.
        """
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
            allocations["block.impact"] = container.allocate(f"{name}.block.impact", np.uint8, blocks)
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
        """Write all other sections. ``filled`` are the results of the futures that :meth:`begin` returned."""
        name = self._name
        terms = len(self._vocabulary.terms)
        sections = {**self._vocabulary.sections(name), f"{name}.form.words": self._words.astype(np.uint32)}
        for section in filled[0].exceptions:
            indices, values = (concat_ints([one.exceptions[section][n] for one in filled]) for n in (0, 1))
            sections |= {
                f"{name}.{section}.exceptions": narrow(indices),
                f"{name}.{section}.exceptions.values": narrow(values),
            }
        runs = HighBitsRuns(
            *(concat_ints(parts) for parts in zip(*(one.runs for one in filled), strict=True))
        )
        sections |= runs.sections(name, terms, int(self._first_block[-1]))
        sections |= {
            f"{name}.tokens": narrow(self._first_word),
            f"{name}.offsets": narrow(concat_ints([one.offsets for one in filled])),
            f"{name}.packed.offsets": narrow(self._packed_offsets),
        }
        if self._articles is not None:
            sections |= {
                f"{name}.first": narrow(self._first),
                f"{name}.mean": np.array([self._articles.mean]),
                f"{name}.block.extra": narrow(concat_ints([one.many_extra.blocks for one in filled])),
                f"{name}.block.extra.values": narrow(concat_ints([one.many_extra.values for one in filled])),
            }
        for section, array in (sections | _by_owner(name, self._sources)).items():
            container.add(section, array)


def _merged_vocabulary(sources: Sequence[MergeSource]) -> tuple[Vocabulary, Ints]:
    """Return the vocabulary of all live words, and the number of live words of each of its surface forms.

    Also sets the new numbers of each source's terms and surface forms.
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
"""The sections of postings that are stored as patched ints."""


class _Filled(NamedTuple):
    """The result of writing the postings of a range of terms: the parts of sections whose size was unknown before.

    ``exceptions`` has the indices and values of the exceptions of each section of patched ints; ``offsets`` and
    ``runs`` are the offsets of positions and the high-bits runs; ``many_extra`` are the blocks with many extra words.
    """

    exceptions: dict[str, tuple[Ints, Ints]]
    offsets: Ints
    runs: HighBitsRuns
    many_extra: ManyExtra


class _MergeTask(NamedTuple):
    """A task that writes the postings of a range of terms, slice by slice, into the space allocated in each section.

    ``sources`` has the file, the deleted documents and the new numbers of each source. ``term`` is the first term of
    the range. The arrays have an item for each term of the range; those of offsets also have the end of the last term.
    """

    name: TextField
    sources: Sequence[tuple[Path, Ints, NewNumbers]]
    term: int
    first_word: Ints
    first: Ints
    first_block: Ints
    packed_offsets: Ints
    form_counts: Ints
    allocations: Mapping[str, Allocation]

    def run(self, memory: object) -> _Filled:
        """Open the segments again, in a worker process, and write the postings."""
        segments = [Segment(Container(path), deleted.tolist()) for path, deleted, _ in self.sources]
        parts = list(renumbered(segments))
        sources = [
            MergeSource(one.segment.fields[self.name], one.owners(self.name), one.segment.deleted)
            for one in parts
        ]
        for source, (_, _, renamed) in zip(sources, self.sources, strict=True):
            source.renamed = renamed
        return self.fill(sources, _articles_of(parts, sources) if self.name == "text" else None)

    def fill(self, sources: Sequence[MergeSource], articles: Articles | None) -> _Filled:
        """Write the postings of the given sources; ``articles`` is None if the owners of the field are articles."""
        first, first_word, term = self.first, self.first_word, self.term
        opened = {section: allocation.open() for section, allocation in self.allocations.items()}
        numbers = {section: PatchedIntsWriter(opened[section]) for section in _PATCHED if section in opened}
        runs = [HighBitsRuns(*(np.empty(0, np.int64) for _ in range(3)))]
        at = [np.empty(0, np.int64)]
        extra = [NONE_EXTRA]
        for start, end in term_slices(first_word):
            piece = merge_slices([source.read(start + term, end + term) for source in sources])
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
                opened["block.impact"][block:block_end] = blocks.impacts
                extra.append(blocks.many_extra._replace(blocks=blocks.many_extra.blocks + block))
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
            concat_ints(at),
            HighBitsRuns(*(concat_ints(parts) for parts in zip(*runs, strict=True))),
            ManyExtra(*(concat_ints(parts) for parts in zip(*extra, strict=True))),
        )


def _articles_of(parts: Sequence[Renumbered], sources: Sequence[MergeSource]) -> Articles:
    """Return the arrays about the articles and documents of the merged segment.

    ``sources`` are the sources of the field ``text``.
    """
    first = _first_documents(parts)
    return Articles(document_articles(first), first, _document_sizes(sources))


def _document_sizes(sources: Sequence[MergeSource]) -> Ints:
    """Return the number of words of each live document, in the order of the sources."""
    return concat_ints([source.field.sizes[source.kept].astype(np.int64) for source in sources])


def _by_owner(name: TextField, sources: Sequence[MergeSource]) -> dict[str, Array]:
    sizes = _document_sizes(sources)
    starts = np.concatenate(([0], np.cumsum(sizes + 1)))
    sentences, compounds, numbers = [], [], []
    entries: list[bytes] = []
    for source in sources:
        old = source.field.starts.astype(np.int64)

        def moved(positions: Ints, source: MergeSource = source, old: Ints = old) -> tuple[Ints, Mask]:
            """Return the given field-wide positions as those of the merged segment, and a mask of the live ones."""
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
        f"{name}.sentences": at_least_32(concat_ints(sentences)),
        **compound_sections(name, entries, concat_ints(numbers), concat_ints(compounds)),
    }
