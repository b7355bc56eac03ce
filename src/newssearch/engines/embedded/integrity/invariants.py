"""Whether the arrays of a segment fit together, as :mod:`indexing.segment_builder` and :mod:`indexing.inverter` say that they do.

Checksums tell whether a file is what was written; this tells whether it could have been written by newssearch. An index
from a stranger may hold anything.
"""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from newssearch.article import Article
from newssearch.engines.embedded.segment.field import Field, Kinds, TextField
from newssearch.engines.embedded.segment.format import PAGE, SCALE, STRIDE, packed_starts
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.stored_fields import NUMBERED, date_of
from newssearch.engines.embedded.storage.block_store import BlockStore
from newssearch.engines.embedded.storage.container import Array, Container, StringTable
from newssearch.engines.embedded.storage.patched_ints import EXCEPTION
from newssearch.engines.embedded.storage.sorted_sets import Ints, run_starts
from newssearch.engines.embedded.storage.toc import SegmentEntry
from newssearch.errors import IndexDamagedError
from newssearch.query import LEAD
from newssearch.text.analysis import analyser, analyser_named

UNREADABLE = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, zlib.error, IndexDamagedError,
)  # fmt: skip
"""What reading arrays that do not fit together may raise. OSError and MemoryError say nothing about the arrays."""


def unfit(segment: Segment, entry: SegmentEntry | None = None) -> Iterator[str]:
    """What does not fit together in a segment, and with what the table of contents says of it.

    A check relies on those before it: none is made after one that fails.
    """
    container = segment.container
    checks: list[Callable[[], Iterator[str]]] = [
        lambda: _types(container),
        lambda: _strings(container),
        lambda: _small(container),
        lambda: _articles(segment, entry),
        lambda: _stored("header", segment.rest, segment.articles),
        lambda: _stored("body", segment.bodies, segment.documents),
        lambda: _metadata(segment),
        lambda: _words(segment, "text"),
        lambda: _words(segment, "title"),
        lambda: _shingles(segment),
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


SIGNED = {"article.written": "i", "article.instant": "i", "text.group.mean": "f"}
"""Sections whose items are not unsigned integers."""


def _types(container: Container) -> Iterator[str]:
    for name, array in container.items():
        if array.dtype.kind != SIGNED.get(name, "u"):
            yield f"{name} has items of type {array.dtype}"


def _strings(container: Container) -> Iterator[str]:
    names = {name for name, _ in container.items()}
    for name in sorted(names):
        if f"{name}.at" in names:
            at = container[f"{name}.at"]
            if not len(at) or at[0] or int(at[-1]) != len(container[name]) or not _rising(at):
                yield f"{name}: strings are not one behind the other"


def _small(container: Container) -> Iterator[str]:
    """Numbers that do not fit in eight bits stand elsewhere: see :mod:`storage.patched_ints`."""
    names = {name for name, _ in container.items()}
    for name in sorted(names):
        if f"{name}.far" in names:
            low, far, high = (container[one] for one in (name, f"{name}.far", f"{name}.high"))
            if len(far) != len(high) or (
                len(far) and not np.array_equal(np.flatnonzero(low == EXCEPTION), far)
            ):
                yield f"{name}: numbers of more than eight bits are not where they should be"


def _articles(segment: Segment, entry: SegmentEntry | None) -> Iterator[str]:
    container = segment.container
    first, articles, documents = segment.first, segment.articles, segment.documents
    if first[0] or not _rising(first, strictly=True):
        yield "the first paragraphs of articles are in no order"
    if len(segment.article) != documents:
        yield "there are other paragraphs than the articles have"
        return
    if not np.array_equal(segment.article, np.repeat(np.arange(articles), np.diff(first))):
        yield "paragraphs are not of their articles"
    if len(segment.bare) and (
        int(segment.bare.max()) >= articles or not _rising(segment.bare, strictly=True)
    ):
        yield "the articles without paragraphs are in no order"
    if (
        len(segment.container["article.lead"]) != LEAD * articles
        or (segment.lead.max(axis=1, initial=0) > np.diff(first)).any()
    ):
        yield "the leads are not of their articles"
    if entry is not None and documents != entry.documents:
        yield f"it has {documents} paragraphs, and should have {entry.documents}"
    if len(segment.deleted) and not 0 <= int(segment.deleted[0]) <= int(segment.deleted[-1]) < documents:
        yield "more is deleted than there is"
    elif segment.alive is not None and len(segment.deleted) != np.diff(first)[~segment.alive].sum():
        yield "only parts of some articles are deleted"
    if len(segment.bodies) != documents or len(segment.rest) != articles:
        yield "there are not as many texts as paragraphs"
    for name in ("article.id", "article.state", "article.shown"):
        if len(StringTable(container, name)) != articles:
            yield f"{name} is not of each article"
    for name in ("article.id.order", "article.written", "article.instant"):
        if len(container[name]) != articles:
            yield f"{name} is not of each article"
    order = container["article.id.order"]
    ids = [segment.id(article) for article in order.tolist()]
    if any(low >= high for low, high in pairwise(ids)):
        yield "ids are in no order, or not of one article each"
    _decode(ids)


def _stored(name: str, stored: BlockStore, size: int) -> Iterator[str]:
    """Whether strings can be unpacked: see :mod:`storage.block_store`."""
    first, blocks = stored.first, len(stored.blocks)
    if len(first) != blocks + 1 or first[0] or int(first[-1]) != size or not _rising(first):
        yield f"{name}: blocks do not follow each other"
        return
    for block in range(blocks):
        values = stored.values(block)
        if sum(map(len, values)) != int(
            stored.sizes[int(first[block]) : int(first[block + 1])].sum(dtype=np.int64)
        ):
            yield f"{name}: block {block} has other strings than are told of"
            return
        _decode(values)


_REST = {field.name for field in dataclasses.fields(Article)} | {"kinds"}
"""What may be kept of an article as JSON."""


def _metadata(segment: Segment) -> Iterator[str]:
    """Whether what is known of articles is of the right types."""
    for name in NUMBERED:
        codes, values = segment.values(name)
        if len(codes) != segment.articles or int(codes.max(initial=0)) >= len(values):
            yield f"{name}: there are other values than are used"
        if name != "known" and len(segment.keys(name)) != len(values):
            yield f"{name}: there are other values than are compared"
    for known in segment.values("known").values:
        ways = json.loads(known or "{}")
        if not all(
            len(way) in (1, 2) and all(isinstance(part, str) for part in way) for way in ways.values()
        ):
            yield "it does not say how fields are known"
    for article in range(segment.articles):
        title, url, date = json.loads(segment.shown_strings[article])
        date_of(date)
        rest = json.loads(segment.rest[article])
        texts = [title, url, rest.get("dateline"), rest.get("member"), *rest.get("kinds", {}).values()]
        if not all(text is None or isinstance(text, str) for text in texts) or not rest.keys() <= _REST:
            yield f"what is known of article number {article} is of other types"
    states = StringTable(segment.container, "article.state")
    _decode([states[article] for article in range(segment.articles)])


def _decode(strings: list[bytes]) -> None:
    """Raise :class:`UnicodeDecodeError` where one of them is no text."""
    for octets in strings:
        octets.decode()


BOUNDS = {
    "form.first": "variant.term",
    "compounds.first": "compounds.places",
    "group.runs": "group.run.page",
    "group.run.first": "group.low",
    "packed.at": "packed",
}
"""Sections that tell where each of some things begins in another one, and its end."""


def _words(segment: Segment, name: TextField) -> Iterator[str]:
    field = segment.fields[name]
    owners = segment.documents if field.of_documents else segment.articles
    checks: list[Callable[[], Iterator[str]]] = [
        lambda: _vocabulary(field),
        lambda: _sizes(field, owners),
        lambda: _groups(field, segment.articles),
        lambda: _places(field, field.array("tokens").astype(np.int64)),
    ]
    for check in checks:
        found = [f"{name}: {what}" for what in check()]
        yield from found
        if found:
            return


def _vocabulary(field: Field) -> Iterator[str]:
    """Terms, forms and variants."""
    for name, of in BOUNDS.items():
        bounds = field.array(name)
        if not len(bounds) or bounds[0] or int(bounds[-1]) != len(field.array(of)) or not _rising(bounds):
            yield f"{name} does not tell the parts of {of}"
    terms, forms = field.terms.all(), field.forms.all()
    for what, strings in (("terms", terms), ("forms", forms)):
        if any(low >= high for low, high in pairwise(strings)):
            yield f"{what} are in no order"
        _decode(strings)
    written = StringTable(field.container, f"{field.name}.written")
    _decode(written.all())
    if len(field.array("form.first")) != len(forms) + 1 or not _rising(
        field.array("form.first"), strictly=True
    ):
        yield "there are other forms than are told of"
    entries, first = field.compounds.entries(), field.array("compounds.first")
    if any(low >= high for low, high in pairwise(entries)) or not all(len(entry) > 1 for entry in entries):
        yield "compounds are in no order"
    if len(first) != len(entries) + 1 or not _rising(first, strictly=True):
        yield "there are other compounds than are told of"
    if {len(field.array(f"variant.{name}")) for name in ("term", "kind", "words")} != {len(written)}:
        yield "there are other variants than are told of"
        return
    of_terms = {"kinds": 0, "group.runs": 1, "tokens": 1, "packed.at": 1} | (
        {"first": 1} if field.of_documents else {}
    )
    for name, more in of_terms.items():
        if len(field.array(name)) != len(terms) + more:
            yield f"{name} is not of each term"
            return
    term, kinds = field.array("variant.term"), field.array("kinds")
    if len(term) and int(term.max()) >= len(terms):
        yield "variants are of terms that there are not"
    elif not np.array_equal(np.bincount(term, minlength=len(terms)), kinds):
        yield "terms have other variants than are told of"
    elif (field.array("variant.kind") >= kinds[term]).any():
        yield "variants are numbered otherwise than is told"


def _sizes(field: Field, owners: int) -> Iterator[str]:
    """How many words there are, and where owners begin and end."""
    tokens, sizes, starts = field.array("tokens"), field.sizes, field.starts
    words = field.words
    if int(tokens[-1]) != words or not _rising(tokens):
        yield "words are not of their terms"
        return
    if len(sizes) != owners or int(sizes.sum(dtype=np.int64)) != words:
        yield f"there are {words} words, and paragraphs with {int(sizes.sum(dtype=np.int64))}"
    if (
        not len(starts)
        or starts[0]
        or not np.array_equal(np.diff(starts.astype(np.int64)), sizes.astype(np.int64) + 1)
    ):
        yield "paragraphs are not where their words are"
        return
    counts = field.patched("counts")
    if int(counts.between(0, len(counts)).sum(dtype=np.int64)) != words:
        yield "postings count other words than there are"
    kinds = field.array("kinds").astype(np.int64)
    if not np.array_equal(
        packed_starts(kinds, np.diff(tokens.astype(np.int64)).astype(np.int64)), field.array("packed.at")
    ):
        yield "the variants of words are not where they should be"
    for name in ("sentences", "compounds.places"):
        places = field.array(name)
        if len(places) and int(places.max()) >= int(starts[-1]):
            yield f"{name} are beyond the last word"
    if not _rising(field.sentences, strictly=True):
        yield "sentences are in no order"


def _groups(field: Field, articles: int) -> Iterator[str]:
    """Postings by article."""
    groups, postings = len(field.array("group.low")), len(field.patched("counts"))
    if len(field.array("group.run.first")) != len(field.array("group.run.page")) + 1:
        yield "the articles of terms are not told of"
    if not field.of_documents:
        if groups != postings:
            yield "there are other postings than articles"
        return
    first, sizes, mean = field.array("first"), field.patched("group.counts"), field.array("group.mean")
    if (
        len(sizes) != groups
        or len(field.array("group.best")) != groups
        or len(field.patched("within")) != postings
    ):
        yield "there are other postings than are told of"
        return
    each = sizes.between(0, groups).astype(np.int64)
    if (
        first[0]
        or int(first[-1]) != postings
        or not _rising(first)
        or int(each.sum()) != postings
        or not each.all()
    ):
        yield "postings are not of their articles"
    if len(mean) != 1 or not 0 < float(mean[0]) < 1e300:
        yield "the mean length of a paragraph is none"
    if articles and int(field.array("group.best").max(initial=0)) >= len(SCALE):
        yield "postings weigh more than anything can"


def _places(field: Field, tokens: Ints) -> Iterator[str]:
    """Each place must have one word, which is counted by one posting of one term."""
    taken = np.zeros(int(field.starts[-1]), np.bool_)
    strides = [np.empty(0, np.int64)]
    low, numbered = 0, 0
    while low < len(tokens) - 1:
        high = max(int(tokens.searchsorted(tokens[low] + STRETCH)), low + 1)
        high = min(high, len(tokens) - 1)
        terms, owners, counts, positions, kinds = field.stretch(low, high)
        if (owners[1:] <= owners[:-1])[~run_starts(terms)[1:]].any():
            yield "postings are in no order"
            return
        words = np.bincount(terms - low, counts, high - low)
        if not np.array_equal(words, np.diff(tokens[low : high + 1])):
            yield "words are not of their postings"
            return
        if (kinds >= field.array("kinds")[low:high].repeat(np.diff(tokens[low : high + 1]))).any():
            yield "words are written as no variant is"
            return
        places = np.repeat(field.starts[owners].astype(np.int64), counts) + positions
        taken[places] = True
        if np.count_nonzero(taken) != int(tokens[high]):
            yield "two words are in one place"
            return
        begins = int(tokens[low]) + np.cumsum(counts) - counts
        strides.append(begins[-numbered % STRIDE :: STRIDE])
        numbered += len(counts)
        low = high
    if not np.array_equal(np.concatenate(strides), field.array("at")):
        yield "words are not where their postings say"


PAGES = 1 << 32 - PAGE
"""Of hashes."""


def _shingles(segment: Segment) -> Iterator[str]:
    """Samples of what documents are made of: see :mod:`segment.shingles`."""
    container, shingles, first = segment.container, segment.shingles, segment.first
    pages, of = container["shingles.page"], container["shingles.article"].astype(np.int64)
    number = len(shingles)
    if len(pages) and (len(pages) != PAGES + 1 or pages[0] or int(pages[-1]) != number or not _rising(pages)):
        yield "samples are not on their pages"
    elif (
        len(of) != number or len(shingles.within) != number or (number and int(of.max()) >= segment.articles)
    ):
        yield "samples are not of the articles"
    elif not _rising(shingles.hashes):
        yield "samples are in no order"
    else:
        documents = first[of] + shingles.within.between(0, number)
        sizes = shingles.sizes.between(0, len(shingles.sizes))
        if (documents >= first[of + 1]).any():
            yield "samples are of other articles than of documents"
        elif not np.array_equal(np.bincount(documents, minlength=segment.documents), sizes):
            yield "documents have other samples than are told of"
    marks = [container[f"article.mark{which}"] for which in ("", ".within", ".other")]
    if any(len(mark) != segment.articles for mark in marks):
        yield "articles have other marks than are told of"
    elif (marks[1] >= np.diff(first)).any():
        yield "articles are marked by documents that they have not"


def _stories(segment: Segment) -> Iterator[str]:
    """Whether what the file of the stories says of a segment is about the articles that it has."""
    known = segment.stories
    if known is None:
        return
    if any(array.dtype.kind != "u" for array in known):
        yield "its stories have items of other types"
    elif len(known.story) != segment.articles or len(known.own) != segment.articles:
        yield "its stories are not of each article"
    for documents in (known.repeated, known.known):
        if len(documents) and (
            int(documents[-1]) >= segment.documents or not _rising(documents, strictly=True)
        ):
            yield "its stories tell of paragraphs that there are not"


STRETCH = 1_000_000
"""Words whose places are looked at together."""


def _rising(values: Array, *, strictly: bool = False) -> bool:
    steps = np.diff(values.astype(np.int64))
    return bool((steps > 0).all() if strictly else (steps >= 0).all())


def unreadable(segment: Segment, articles: Array) -> Iterator[tuple[int, str]]:
    """Those of some articles that cannot be read, or are not what was added, and why."""
    for article in articles.tolist():
        try:
            found, state = segment.read(article), segment.state(article)
        except UNREADABLE as error:
            yield article, f"article number {article} cannot be read: {error!r}"
            continue
        if state and found.digest != state:
            yield article, f"{found.id} is not what was indexed"


def ill_indexed(segment: Segment, articles: Array) -> Iterator[str]:
    """Those of some articles whose words are not where the index says that they are."""
    for article in articles.tolist():
        try:
            found = segment.read(article)
            language = analyser(found.lang)
            owners = range(int(segment.first[article]), int(segment.first[article + 1]))
            texts = [paragraph.text for paragraph in found.paragraphs] or [""]
            pairs = [(segment.fields["text"], owner, text) for owner, text in zip(owners, texts, strict=True)]
            pairs.append((segment.fields["title"], article, found.title or ""))
            wrong = [
                text[:40] for field, owner, text in pairs if not _indexed(field, owner, text, language.name)
            ]
        except UNREADABLE as error:
            yield f"the words of article number {article} cannot be read: {error!r}"
            continue
        if wrong:
            yield f"{found.id} has other words than its index: {wrong[0]!r}"


def _indexed(field: Field, owner: int, text: str, analysis: str) -> bool:
    """Whether the words of a text stand in the index where they stand in the text, and no others."""
    places: dict[str, list[int]] = {}
    terms = analyser_named(analysis).terms(text)
    for place, term in enumerate(terms):
        places.setdefault(term, []).append(place)
    if int(field.sizes[owner]) != len(terms):
        return False
    start = int(field.starts[owner])
    only = np.array([owner])
    for term, expected in places.items():
        number = field.find(term)
        if number < 0 or (field.places(Kinds(number, None), only) - start).tolist() != expected:
            return False
    return True
