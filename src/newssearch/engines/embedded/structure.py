"""Whether the arrays of a segment fit together, as :mod:`.building` and :mod:`.inverting` say that they do.

Checksums tell whether a file is what was written; this tells whether it could have been written by newssearch. An index
from a stranger may hold anything.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ...analysis import analyser, analyser_named
from .ascending import Ints
from .container import Array
from .headers import NUMBERED
from .inverting import STRIDE
from .segment import FIELDS, Field, Kinds, Segment
from .trust import Listed

UNREADABLE = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RecursionError, TypeError, ValueError,
    zlib.error, json.JSONDecodeError, MemoryError,
)  # fmt: skip
"""What reading arrays that do not fit together may raise."""


def unfit(segment: Segment, listed: Listed | None = None) -> Iterator[str]:
    """What does not fit together in a segment, and with what the table of contents says of it."""
    try:
        yield from _strings(segment)
        yield from _articles(segment, listed)
        for name in FIELDS:
            yield from (f"{name}: {what}" for what in _words(segment.fields[name]))
    except UNREADABLE as error:
        yield f"its arrays cannot be read: {error!r}"


def _strings(segment: Segment) -> Iterator[str]:
    names = {name for name, _ in segment.container.items()}
    for name in sorted(names):
        if f"{name}.at" in names:
            at = segment.container[f"{name}.at"]
            if not len(at) or at[0] or int(at[-1]) != len(segment.container[name]) or not _rising(at):
                yield f"{name}: strings are not one behind the other"


def _articles(segment: Segment, listed: Listed | None) -> Iterator[str]:
    first, articles, documents = segment.first, segment.articles, segment.documents
    if first[0] or not _rising(first, strictly=True):
        yield "the first paragraphs of articles are in no order"
    if not np.array_equal(segment.article, np.repeat(np.arange(articles), np.diff(first))):
        yield "paragraphs are not of their articles"
    if len(segment.bare) and (
        int(segment.bare.max()) >= articles or not _rising(segment.bare, strictly=True)
    ):
        yield "the articles without paragraphs are in no order"
    if listed is not None and documents != listed.documents:
        yield f"it has {documents} paragraphs, and should have {listed.documents}"
    if len(segment.deleted) and int(segment.deleted.max()) >= documents:
        yield "more is deleted than there is"
    if len(segment.bodies) != documents or len(segment.rest) != articles:
        yield "there are not as many texts as paragraphs"
    order = segment.container["article.id.order"]
    ids = [segment.id(article) for article in order.tolist()]
    if len(ids) != articles or any(low >= high for low, high in pairwise(ids)):
        yield "ids are in no order, or not of one article each"
    for name in NUMBERED:
        codes, values = segment.values(name)
        if len(codes) != articles or int(codes.max(initial=0)) >= len(values):
            yield f"{name}: there are other values than are used"


BOUNDS = {
    "form.first": "variant.term",
    "compounds.first": "compounds.places",
    "group.runs": "group.run.page",
    "group.run.first": "group.low",
    "packed.at": "packed",
}
"""Sections that tell where each of some things begins in another one, and its end."""


def _words(field: Field) -> Iterator[str]:
    for name, of in BOUNDS.items():
        bounds = field.section(name)
        if not len(bounds) or bounds[0] or int(bounds[-1]) != len(field.section(of)) or not _rising(bounds):
            yield f"{name} does not tell the parts of {of}"
    if len(field.section("form.first")) != len(field.forms) + 1:
        yield "there are other forms than are told of"
    entries = field.compounds.entries()
    if len(field.section("compounds.first")) != len(entries) + 1:
        yield "there are other compounds than are told of"
    if any(low >= high for low, high in pairwise(entries)):
        yield "compounds are in no order"
    if int(field.section("compounds.places").max(initial=0)) > int(field.starts[-1]):
        yield "compounds are outside of the text"
    if len({len(field.section(f"variant.{name}")) for name in ("term", "kind", "words")}) != 1:
        yield "there are other variants than are told of"
    terms = field.terms.all()
    if any(low >= high for low, high in pairwise(terms)):
        yield "terms are in no order"
    tokens, sizes, starts = field.section("tokens"), field.sizes, field.starts
    words = field.words
    if len(tokens) != len(terms) + 1 or int(tokens[-1]) != words or not _rising(tokens):
        yield "words are not of their terms"
    if int(sizes.sum(dtype=np.int64)) != words:
        yield f"there are {words} words, and paragraphs with {int(sizes.sum(dtype=np.int64))}"
    if not np.array_equal(np.diff(starts.astype(np.int64)), sizes.astype(np.int64) + 1):
        yield "paragraphs are not where their words are"
    counts = field.small("counts")
    if int(counts.between(0, len(counts)).sum(dtype=np.int64)) != words:
        yield "postings count other words than there are"
    else:
        yield from _places(field, tokens.astype(np.int64))


def _places(field: Field, tokens: Ints) -> Iterator[str]:
    """Each place must have one word, which is counted by one posting of one term."""
    taken = np.zeros(int(field.starts[-1]), np.bool_)
    strides = [np.empty(0, np.int64)]
    low, numbered = 0, 0
    while low < len(tokens) - 1:
        high = max(int(tokens.searchsorted(tokens[low] + STRETCH)), low + 1)
        high = min(high, len(tokens) - 1)
        terms, owners, counts, positions, _ = field.stretch(low, high)
        words = np.bincount(terms - low, counts, high - low)
        if not np.array_equal(words, np.diff(tokens[low : high + 1])):
            yield "words are not of their postings"
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
    if not np.array_equal(np.concatenate(strides), field.section("at")):
        yield "words are not where their postings say"


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
