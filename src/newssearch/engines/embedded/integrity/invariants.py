"""The invariants of a segment: conditions that its arrays must fulfil, and checks of them.

The modules :mod:`indexing.segment_builder` and :mod:`indexing.inverter` describe the arrays. A checksum shows that a
file has not changed since it was written. These checks show that newssearch can have written it: an index from a
stranger may hold anything. Each check yields a message for each inconsistency that it finds.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from newssearch.article import Article, Provenance
from newssearch.engines.article_times import (
    date_columns,
    instant,
    local_time,
    microseconds,
    moment_of,
)
from newssearch.engines.embedded.segment.added_analyses import read_added
from newssearch.engines.embedded.segment.block_impacts import extra_words
from newssearch.engines.embedded.segment.field import FieldReader, SurfaceForms, TextField
from newssearch.engines.embedded.segment.format import (
    POSTINGS_PER_OFFSET,
    RUN_BITS,
    packed_starts,
)
from newssearch.engines.embedded.segment.own_fields import date_value, own_key
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.stored_fields import NUMBERED, date_of, provenance_of
from newssearch.engines.embedded.storage.block_store import BlockStore
from newssearch.engines.embedded.storage.container import Array, Container, StringTable
from newssearch.engines.embedded.storage.patched_ints import EXCEPTION
from newssearch.engines.embedded.storage.toc import SegmentEntry
from newssearch.engines.sorted_sets import Ints, run_starts, sums_of_runs
from newssearch.errors import IndexDamagedError
from newssearch.extra import number_of, value_of
from newssearch.identity import id_number
from newssearch.query import LEAD
from newssearch.text.analysis import analyser_named

UNREADABLE = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, IndexDamagedError,
)  # fmt: skip
"""The exceptions that reading inconsistent arrays can raise.

OSError and MemoryError are not among them, because their cause is the system and not the arrays.
"""


def inconsistencies(segment: Segment, entry: SegmentEntry | None = None) -> Iterator[str]:
    """Yield a message for each inconsistency of a segment, in itself or with its ``entry`` in the table of contents.

    Each check relies on the earlier ones, so the first check that fails is the last one made.
    """
    container = segment.container
    checks: list[Callable[[], Iterator[str]]] = [
        lambda: _types(container),
        lambda: _strings(container),
        lambda: _exceptions(container),
        lambda: _articles(segment, entry),
        lambda: _analyses(segment),
        lambda: _stored("header", segment.rest, segment.articles),
        lambda: _stored("body", segment.bodies, segment.documents),
        lambda: _metadata(segment),
        lambda: _own_fields(segment),
        lambda: _kept_versions(segment),
        lambda: _words(segment, "text"),
        lambda: _words(segment, "title"),
        lambda: _samples(segment),
        lambda: _stories(segment),
    ]
    for check in checks:
        try:
            found = list(check())
        except UNREADABLE as error:
            found = [f"its arrays cannot be read: {error!r}"]
        yield from found
        if found:
            return


SECTION_KINDS = {"article.local": "i", "article.added": "i", "article.instant": "i", "text.mean": "f"}
"""The sections whose items are not unsigned integers, with the NumPy kind of their items: ``i`` signed, ``f`` float."""


def _types(container: Container) -> Iterator[str]:
    for name, array in container.items():
        of_time = name.startswith("own.") and name.endswith((".local", ".instant"))
        if array.dtype.kind != ("i" if of_time else SECTION_KINDS.get(name, "u")):
            yield f"{name} has items of type {array.dtype}"


def _strings(container: Container) -> Iterator[str]:
    names = {name for name, _ in container.items()}
    for name in sorted(names):
        if f"{name}.offsets" in names:
            offsets = container[f"{name}.offsets"]
            if (
                not len(offsets)
                or offsets[0]
                or int(offsets[-1]) != len(container[name])
                or not _rising(offsets)
            ):
                yield f"{name}: strings are not consecutive"


def _exceptions(container: Container) -> Iterator[str]:
    """Yield a message for each array of patched ints whose exceptions are inconsistent: see
    :mod:`storage.patched_ints`.
    """
    names = {name for name, _ in container.items()}
    for name in sorted(names):
        if f"{name}.exceptions" in names:
            low, indices, values = (
                container[one] for one in (name, f"{name}.exceptions", f"{name}.exceptions.values")
            )
            if len(indices) != len(values) or (
                len(indices) and not np.array_equal(np.flatnonzero(low == EXCEPTION), indices)
            ):
                yield f"{name}: its exceptions are not where its items say"


def _analyses(segment: Segment) -> Iterator[str]:
    """Yield a message if the names of the analyses that other packages add are no such names."""
    try:
        read_added(segment.container)
    except ValueError as error:
        yield f"its analyses cannot be read: {error}"


def _articles(segment: Segment, entry: SegmentEntry | None) -> Iterator[str]:
    container = segment.container
    first, articles, documents = segment.first, segment.articles, segment.documents
    if first[0] or not _rising(first, strictly=True):
        yield "the first paragraphs of articles are not in order"
    if len(segment.article) != documents:
        yield "the number of paragraphs is not that of the articles"
        return
    if not np.array_equal(segment.article, np.repeat(np.arange(articles), np.diff(first))):
        yield "paragraphs belong to other articles"
    if len(segment.empty_articles) and (
        int(segment.empty_articles.max()) >= articles or not _rising(segment.empty_articles, strictly=True)
    ):
        yield "the articles without paragraphs are not in order"
    if (
        len(segment.container["article.lead"]) != LEAD * articles
        or (segment.lead.max(axis=1, initial=0) > np.diff(first)).any()
    ):
        yield "the leads have paragraphs of other articles"
    for name, which in (("asides", segment.asides), ("repeated headlines", segment.headlines)):
        if len(which) and (int(which[-1]) >= documents or not _rising(which, strictly=True)):
            yield f"the {name} are not in order"
    if len(np.intersect1d(segment.asides, segment.headlines)):
        yield "asides are repeated headlines"
    if entry is not None and documents != entry.documents:
        yield f"it has {documents} paragraphs, and should have {entry.documents}"
    if len(segment.deleted) and not 0 <= int(segment.deleted[0]) <= int(segment.deleted[-1]) < documents:
        yield "paragraphs are deleted that do not exist"
    elif segment.live is not None and len(segment.deleted) != np.diff(first)[~segment.live].sum():
        yield "articles are deleted in part"
    if len(segment.bodies) != documents or len(segment.rest) != articles:
        yield "the number of texts is not that of the paragraphs"
    for name in ("article.id", "article.state", "article.shown"):
        if len(StringTable(container, name)) != articles:
            yield f"{name} does not have an item for each article"
    for name in (
        "article.id.order",
        "article.digest",
        "article.digest.order",
        "article.added",
        "article.version",
        "article.local",
        "article.instant",
        "article.precision",
    ):
        if len(container[name]) != articles:
            yield f"{name} does not have an item for each article"
    order = container["article.id.order"]
    ids = [segment.id(article) for article in order.tolist()]
    if any(low >= high for low, high in pairwise(ids)):
        yield "ids are not in order, or two articles have one id"
    _decode(ids)
    numbers = [
        id_number(segment.id(article).decode()) for article in container["article.digest.order"].tolist()
    ]
    if container["article.digest"].tolist() != numbers or any(low >= high for low, high in pairwise(numbers)):
        yield "digests are not those of the ids, or two articles have one digest"


def _kept_versions(segment: Segment) -> Iterator[str]:
    """Check that the table of versions contains exactly the articles that are versions."""
    stated = sorted(
        (id_number(shared), article)
        for article in range(segment.articles)
        if (shared := json.loads(segment.rest[article]).get("version_of")) is not None
    )
    listed = list(zip(segment.version_identities.tolist(), segment.version_articles.tolist(), strict=True))
    if listed != stated:
        yield "the versions of articles are not those that these state"


def _stored(name: str, stored: BlockStore, size: int) -> Iterator[str]:
    """Yield a message if the block store ``name`` does not have ``size`` strings, or one of them cannot be unpacked."""
    first, blocks = stored.first, len(stored.blocks)
    if len(first) != blocks + 1 or first[0] or int(first[-1]) != size or not _rising(first):
        yield f"{name}: blocks do not follow each other"
        return
    for block in range(blocks):
        values = stored.values(block)
        if sum(map(len, values)) != int(
            stored.sizes[int(first[block]) : int(first[block + 1])].sum(dtype=np.int64)
        ):
            yield f"{name}: block {block} has strings of other lengths than its index says"
            return
        _decode(values)


_REST = {field.name for field in dataclasses.fields(Article)} | {"kinds"}
"""The keys that the JSON object with an article's remaining stored fields may have."""


def _metadata(segment: Segment) -> Iterator[str]:
    """Yield a message for each inconsistency in the stored fields of articles and the tables of numbered values."""
    for name in NUMBERED:
        codes, values = segment.values(name)
        if len(codes) != segment.articles or int(codes.max(initial=0)) >= len(values):
            yield f"{name}: its values are not those that articles use"
        if name != "provenance":
            keys = segment.keys(name).all()
            _decode(keys)
            if len(keys) != len(values) or keys != sorted(keys):
                yield f"{name}: its values are not those that filters compare"
    stated: list[Provenance | None] = []
    codes, values = segment.values("provenance")
    for value in values:
        provenances = json.loads(value or "{}")
        stated.append(provenance_of(value).get("date"))
        if not all(
            len(one) in (1, 2) and all(isinstance(part, str) for part in one) for one in provenances.values()
        ):
            yield "a provenance is malformed"
    for article in range(segment.articles):
        title, url, date, *place = json.loads(segment.shown_strings[article])
        columns = (segment.local_time[article], segment.instant[article], segment.precision[article])
        if date_columns(date_of(date), stated[codes[article]]) != columns:
            yield f"the date of article number {article} is not in the columns that searches compare"
        member, record = place or (None, 1)
        moment_of(int(segment.added[article]))
        rest = json.loads(segment.rest[article])
        texts = [title, url, rest.get("dateline"), member, *rest.get("kinds", {}).values()]
        if (
            not (isinstance(record, int) and all(text is None or isinstance(text, str) for text in texts))
            or not rest.keys() <= _REST
        ):
            yield f"the stored fields of article number {article} have wrong types"
    states = StringTable(segment.container, "article.state")
    _decode([states[article] for article in range(segment.articles)])


def _own_fields(segment: Segment) -> Iterator[str]:
    """Check the own fields: each value is of its kind, and they are sorted and distinct, as :mod:`segment.own_fields` says."""
    for name, column in segment.own_fields.items():
        codes, articles = column.codes, column.articles
        values, keys = column.values, [one.decode() for one in column.keys.all()]
        if (
            len(codes) != len(articles)
            or not _rising(articles)
            or int(articles.max(initial=0)) > segment.articles - 1
        ):
            yield f"{name}: its values are not those of articles"
            continue
        if len(keys) != len(values) or values[:1] != [""] or len(set(values)) != len(values):
            yield f"{name}: its values are not those that filters compare"
            continue
        if len(codes) and not 0 < int(codes.min()) <= int(codes.max()) < len(values):
            yield f"{name}: its values are not those that articles use"
        for value in values[1:]:
            value_of(column.kind, (value,))
        if keys[1:] != [own_key(column.kind, value) for value in values[1:]]:
            yield f"{name}: its keys are not those of its values"
        order: list[Any] = keys[1:]
        if column.kind == "number":
            order = [number_of(one) for one in order]
        if column.kind == "date":
            times = [(microseconds(local_time(date)), instant(date)) for date in map(date_value, values[1:])]
            order = [moment for _, moment in times]
            if [column.local[1:].tolist(), column.instant[1:].tolist()] != [[one[0] for one in times], order]:
                yield f"{name}: its times are not those of its values"
        if any(low > high for low, high in pairwise(order)):
            yield f"{name}: its values are not in order"
        if column.kind in ("number", "date") and len(np.unique(articles)) != len(articles):
            yield f"{name}: an article has several values of a {column.kind}"


def _decode(strings: list[bytes]) -> None:
    """Raise :class:`UnicodeDecodeError` if one of the strings is not UTF-8."""
    for octets in strings:
        octets.decode()


BOUNDS = {
    "folded.first": "form.term",
    "compounds.first": "compounds.positions",
    "runs": "run.high",
    "run.first": "block.low",
    "packed.offsets": "packed",
}
"""Maps a section of offsets to the section that it divides into parts.

The offsets are the start of each part, then the length of the divided section.
"""


def _words(segment: Segment, name: TextField) -> Iterator[str]:
    field = segment.fields[name]
    owners = segment.documents if field.of_documents else segment.articles
    checks: list[Callable[[], Iterator[str]]] = [
        lambda: _vocabulary(field),
        lambda: _sizes(field, owners),
        lambda: _blocks(field),
        lambda: _check_positions(field, field.array("tokens").astype(np.int64)),
    ]
    for check in checks:
        found = [f"{name}: {what}" for what in check()]
        yield from found
        if found:
            return


def _vocabulary(field: FieldReader) -> Iterator[str]:
    """Yield a message for each inconsistency in a field's terms, folded terms, surface forms and compounds."""
    for name, of in BOUNDS.items():
        bounds = field.array(name)
        if not len(bounds) or bounds[0] or int(bounds[-1]) != len(field.array(of)) or not _rising(bounds):
            yield f"{name} does not divide {of}"
    terms, folded = field.terms.all(), field.folded.all()
    for what, strings in (("terms", terms), ("folded terms", folded)):
        if any(low >= high for low, high in pairwise(strings)):
            yield f"{what} are not in order"
        _decode(strings)
    forms = StringTable(field.container, f"{field.name}.forms")
    _decode(forms.all())
    if len(field.array("folded.first")) != len(folded) + 1 or not _rising(
        field.array("folded.first"), strictly=True
    ):
        yield "the number of folded terms is wrong"
    entries, first = field.compounds.entries(), field.array("compounds.first")
    if any(low >= high for low, high in pairwise(entries)) or not all(len(entry) > 1 for entry in entries):
        yield "compounds are not in order"
    if len(first) != len(entries) + 1 or not _rising(first, strictly=True):
        yield "the number of compounds is wrong"
    if {len(field.array(f"form.{name}")) for name in ("term", "number", "words")} != {len(forms)}:
        yield "the number of surface forms is wrong"
        return
    of_terms = {"term.forms": 0, "runs": 1, "tokens": 1, "packed.offsets": 1} | (
        {"first": 1} if field.of_documents else {}
    )
    for name, more in of_terms.items():
        if len(field.array(name)) != len(terms) + more:
            yield f"{name} does not have an item for each term"
            return
    term, form_counts = field.array("form.term"), field.array("term.forms")
    if len(term) and int(term.max()) >= len(terms):
        yield "surface forms belong to terms that do not exist"
    elif not np.array_equal(np.bincount(term, minlength=len(terms)), form_counts):
        yield "terms have other surface forms than their counts say"
    elif (field.array("form.number") >= form_counts[term]).any():
        yield "surface forms are numbered beyond their count"


def _sizes(field: FieldReader, owners: int) -> Iterator[str]:
    """Yield a message for each inconsistency in the numbers of words by term and by owner (document or headline)."""
    tokens, sizes = field.array("tokens"), field.sizes
    words = field.words
    if int(tokens[-1]) != words or not _rising(tokens):
        yield "words are not counted by their terms"
        return
    if len(sizes) != owners or int(sizes.sum(dtype=np.int64)) != words:
        yield f"there are {words} words, and paragraphs with {int(sizes.sum(dtype=np.int64))}"
    counts = field.patched("counts")
    if int(counts.between(0, len(counts)).sum(dtype=np.int64)) != words:
        yield "postings do not count all words"
    form_counts = field.array("term.forms").astype(np.int64)
    if not np.array_equal(
        packed_starts(form_counts, np.diff(tokens.astype(np.int64)).astype(np.int64)),
        field.array("packed.offsets"),
    ):
        yield "the surface forms of words are not where their terms say"
    for name in ("sentences", "compounds.positions"):
        positions = field.array(name)
        if len(positions) and int(positions.max()) >= int(field.starts[-1]):
            yield f"{name} are beyond the last word"
    if not _rising(field.sentences, strictly=True):
        yield "sentences are not in order"


def _blocks(field: FieldReader) -> Iterator[str]:
    """Yield a message for each inconsistency in the division of a field's postings into article blocks."""
    blocks, postings = len(field.array("block.low")), len(field.patched("counts"))
    if len(field.array("run.first")) != len(field.array("run.high")) + 1:
        yield "the high-bits runs of article blocks are not those of their terms"
    if not field.of_documents:
        if blocks != postings:
            yield "headlines do not have one posting for each article block"
        return
    first, sizes, mean = field.array("first"), field.patched("block.sizes"), field.array("mean")
    if (
        len(sizes) != blocks
        or len(field.array("block.impact")) != blocks
        or len(field.patched("within")) != postings
    ):
        yield "the number of postings is wrong"
        return
    each = sizes.between(0, blocks).astype(np.int64)
    if (
        first[0]
        or int(first[-1]) != postings
        or not _rising(first)
        or int(each.sum()) != postings
        or not each.all()
    ):
        yield "postings are not in the blocks of their articles"
    if len(mean) != 1 or not 0 < float(mean[0]) < 1e300:
        yield "the mean length of a paragraph is not a length"
    many, values = field.many_extra
    if (
        len(many) != len(values)
        or not _rising(many, strictly=True)
        or (len(many) and int(many[-1]) >= blocks)
    ):
        yield "the blocks with many extra words are not in order"
    else:
        counts = field.patched("counts").between(0, postings)
        extra = extra_words(field.array("block.impact"), 0, field.many_extra)
        if (extra != sums_of_runs(counts, each) - each).any():
            yield "a block does not have as many words as its postings"


def _check_positions(field: FieldReader, tokens: Ints) -> Iterator[str]:
    """Yield a message unless each position of a field holds one word, which belongs to one posting of one term.

    ``tokens`` has the number of words before each term, and the number of all words.
    """
    taken = np.zeros(int(field.starts[-1]), np.bool_)
    strides = [np.empty(0, np.int64)]
    low, numbered = 0, 0
    while low < len(tokens) - 1:
        high = max(int(tokens.searchsorted(tokens[low] + WORDS_PER_PASS)), low + 1)
        high = min(high, len(tokens) - 1)
        terms, owners, counts, positions, forms = field.postings_between(low, high)
        if (owners[1:] <= owners[:-1])[~run_starts(terms)[1:]].any():
            yield "postings are not in order"
            return
        words = np.bincount(terms - low, counts, high - low)
        if not np.array_equal(words, np.diff(tokens[low : high + 1])):
            yield "words are not counted by their postings"
            return
        if (forms >= field.array("term.forms")[low:high].repeat(np.diff(tokens[low : high + 1]))).any():
            yield "words have surface forms that do not exist"
            return
        absolute = np.repeat(field.starts[owners].astype(np.int64), counts) + positions
        taken[absolute] = True
        if np.count_nonzero(taken) != int(tokens[high]):
            yield "two words have one position"
            return
        begins = int(tokens[low]) + np.cumsum(counts) - counts
        strides.append(begins[-numbered % POSTINGS_PER_OFFSET :: POSTINGS_PER_OFFSET])
        numbered += len(counts)
        low = high
    if not np.array_equal(np.concatenate(strides), field.array("offsets")):
        yield "positions are not where their postings say"


HASH_PAGES = 1 << 32 - RUN_BITS
"""The number of pages into which 32-bit sample hashes are divided: one for each value of their high bits."""


def _samples(segment: Segment) -> Iterator[str]:
    """Yield a message for each inconsistency in the min-hash samples and signatures (:mod:`segment.shingles`)."""
    container, samples, first = segment.container, segment.samples, segment.first
    pages, of = container["samples.page.first"], container["samples.article"].astype(np.int64)
    number = len(samples)
    if len(pages) and (
        len(pages) != HASH_PAGES + 1 or pages[0] or int(pages[-1]) != number or not _rising(pages)
    ):
        yield "samples are not on their pages"
    elif len(of) != number or len(samples.within) != number or (number and int(of.max()) >= segment.articles):
        yield "samples do not belong to the articles"
    elif not _rising(samples.hashes):
        yield "samples are not in order"
    else:
        documents = first[of] + samples.within.between(0, number)
        sizes = samples.sizes.between(0, len(samples.sizes))
        if (documents >= first[of + 1]).any():
            yield "samples belong to documents of other articles"
        elif not np.array_equal(np.bincount(documents, minlength=segment.documents), sizes):
            yield "documents have other samples than their counts say"
    signatures = [container[f"article.signature{which}"] for which in ("", ".within", ".other")]
    if any(len(signature) != segment.articles for signature in signatures):
        yield "the number of min-hash signatures is wrong"
    elif (signatures[1] >= np.diff(first)).any():
        yield "min-hash signatures belong to documents of other articles"


def _stories(segment: Segment) -> Iterator[str]:
    """Yield a message if the story columns of a segment lack an item for an article, or name a missing document."""
    stories = segment.stories
    if stories is None:
        return
    if any(array.dtype.kind != "u" for array in stories):
        yield "its stories have items of wrong types"
    elif len(stories.story) != segment.articles or len(stories.samples) != segment.articles:
        yield "its stories do not have an item for each article"
    for documents in (stories.boilerplate, stories.redundant):
        if len(documents) and (
            int(documents[-1]) >= segment.documents or not _rising(documents, strictly=True)
        ):
            yield "its stories have paragraphs that do not exist"


WORDS_PER_PASS = 1_000_000
"""Positions are checked in passes over about this number of words, which limits the memory that a check takes."""


def _rising(values: Array, *, strictly: bool = False) -> bool:
    steps = np.diff(values.astype(np.int64))
    return bool((steps > 0).all() if strictly else (steps >= 0).all())


def unreadable(segment: Segment, articles: Array) -> Iterator[tuple[int, str]]:
    """Yield the number of each given article that cannot be read or differs from the indexed one, with a message."""
    for article in articles.tolist():
        try:
            found, state = segment.read(article), segment.state(article)
        except UNREADABLE as error:
            yield article, f"article number {article} cannot be read: {error!r}"
            continue
        if state and found.state != state:
            yield article, f"{found.id} is not what was indexed"


def wrongly_indexed(segment: Segment, article: int) -> Iterator[str]:
    """Yield a message if the indexed words of an article differ from the words of its text.

    Raises :class:`~newssearch.AnalyserError` if another package analyses its language, and is not installed.
    """
    try:
        found = segment.read(article)
        language = segment.analyser(found.lang)
        owners = range(int(segment.first[article]), int(segment.first[article + 1]))
        texts = [paragraph.text for paragraph in found.paragraphs] or [""]
        pairs = [(segment.fields["text"], owner, text) for owner, text in zip(owners, texts, strict=True)]
        pairs.append((segment.fields["title"], article, found.title or ""))
        wrong = [text[:40] for field, owner, text in pairs if not _indexed(field, owner, text, language.name)]
    except UNREADABLE as error:
        yield f"the words of article number {article} cannot be read: {error!r}"
        return
    if wrong:
        yield f"{found.id} has other words than its index: {wrong[0]!r}"


def _indexed(field: FieldReader, owner: int, text: str, analysis: str) -> bool:
    """Whether a field has exactly the words of ``text`` for the given owner, each at its position.

    ``analysis`` is the name of the analyser of the article's language.
    """
    positions: dict[str, list[int]] = {}
    terms = analyser_named(analysis).terms(text)
    for position, term in enumerate(terms):
        positions.setdefault(term, []).append(position)
    if int(field.sizes[owner]) != len(terms):
        return False
    start = int(field.starts[owner])
    only = np.array([owner])
    for term, expected in positions.items():
        number = field.find(term)
        if number < 0 or (field.positions(SurfaceForms(number, None), only) - start).tolist() != expected:
            return False
    return True
