"""One query over one commit: which articles it finds, what their paragraphs score, and what is odd about it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import islice
from typing import NamedTuple, TypeGuard

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.embedded.segment import bm25f
from newssearch.engines.embedded.segment.columns import NONE, instant
from newssearch.engines.embedded.segment.field import FIELDS, NO_POSTINGS, Postings
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.embedded.storage.sorted_sets import Mask
from newssearch.fields import OUTLET_FIELDS
from newssearch.outlets import Aliases, outlets
from newssearch.query import (
    NOWHERE,
    And,
    AnyWord,
    AtLeast,
    Boost,
    Caps,
    Dated,
    Diagnostic,
    Exact,
    Field,
    Fuzzy,
    Leaf,
    LeafUse,
    Name,
    Near,
    Node,
    Not,
    Or,
    PatternPhrase,
    Phrase,
    Regex,
    Region,
    Same,
    Span,
    Undated,
    Wildcard,
    Word,
    leaves,
    names_in,
    narrower,
    of_any_date,
)
from newssearch.query.patterns import within_edits
from newssearch.request import ResolvedRequest
from newssearch.results import NameSpelling
from newssearch.text.analysis import PLAIN, analyser_named
from newssearch.text.analysis import words as words_of
from newssearch.text.dates import is_last_moment

from .addresses import with_address
from .doc_sets import ListedDocs, ScoredDocSet
from .field_values import codes_like, codes_of, near, shown_values
from .reader import IndexReader, joined
from .segment_matcher import SegmentMatcher
from .term_expansion import Expansion

MAX_SUGGESTIONS = 3
"""Words or names that a diagnostic offers, and unknown words that any are looked for."""
MAX_UNKNOWN = 10
"""Unknown words that are noted."""

Scores = NDArray[np.float64]


class LeafMatches(NamedTuple):
    """Where a unit matches in a segment: in paragraphs; and in headlines, by article."""

    text: ScoredDocSet
    title: Postings


class QueryEvaluator:
    """One tree over one reader. ``notes`` are the diagnostics that only the index could tell."""

    def __init__(self, reader: IndexReader, tree: Node, aliases: Aliases = ()) -> None:
        self.reader = reader
        self.aliases = aliases
        self.tree = tree
        self.notes: list[Diagnostic] = []
        self._words = Expansion(reader, self.notes)
        self._matchers = {segment: SegmentMatcher(segment, self._words) for segment in reader.segments}
        self._idf: dict[Node, float] = {}
        self._matches: dict[tuple[Segment, Node, str | None], LeafMatches] = {}

    # ---- articles

    def articles(self, node: Node, region: str | None = None) -> Mask:
        """The articles that a node finds, deleted ones left out."""
        if _is_unit(node):
            return self._each(lambda segment: self._standing_in(segment, node, region))
        if isinstance(node, Not):
            return self.reader.everything() & ~self.articles(node.operand, region)
        if isinstance(node, And):
            return _all_of(self.articles(operand, region) for operand in node.operands)
        if isinstance(node, Or):
            return _any_of(self.articles(operand, region) for operand in node.operands)
        if isinstance(node, Boost):
            return self.articles(node.operand, region)
        if isinstance(node, Region):
            return self.articles(node.operand, narrower(region, node.name))
        if isinstance(node, AtLeast):
            return self._each(lambda segment: self._often_in(segment, node, region))
        if isinstance(node, Field):
            return self.reader.everything() & self._of_field(node)
        if isinstance(node, Dated):
            return self.reader.everything() & self.dated(node.start, node.end)
        if isinstance(node, Undated):
            return self.reader.everything() & ~self._each(lambda segment: segment.dated)
        return self.reader.everything()

    def _each(self, found: Callable[[Segment], Mask]) -> Mask:
        return joined([found(segment) for segment in self.reader.segments])

    def _standing_in(self, segment: Segment, node: Node, region: str | None) -> Mask:
        matches = self.matches(segment, node, region)
        mask = np.zeros(segment.articles, np.bool_)
        mask[matches.text.articles] = True
        mask[matches.title.owners] = True
        return mask

    def _often_in(self, segment: Segment, node: AtLeast, region: str | None) -> Mask:
        text, title = self.matches(segment, node.operand, region)
        owners, often = text.postings()
        counts = np.bincount(segment.article[owners], often, segment.articles)
        counts[title.owners] += title.counts
        return np.asarray(counts >= node.count, np.bool_)

    def matches(
        self, segment: Segment, node: Node, region: str | None = None, novel: bool = False
    ) -> LeafMatches:
        """Where a unit, or an operand of one, matches in a part of its article; or in its ``novel`` paragraphs."""
        found = self._matches.get((segment, node, region))
        if found is None:
            found = self._matches[segment, node, region] = self._found(segment, node, region)
        return found._replace(text=_within(found.text, segment, segment.novel)) if novel else found

    def _found(self, segment: Segment, node: Node, region: str | None) -> LeafMatches:
        standing = self._matchers[segment]
        title = standing.postings(node, "title")
        if region == "title":
            return LeafMatches(ListedDocs(NO_POSTINGS, segment), title)
        text = standing.doc_set(node)
        if region == "hlead":
            owners, counts = text.postings()
            keep = segment.in_lead(owners)
            text = ListedDocs(Postings(owners[keep], counts[keep]), segment)
        return LeafMatches(text, title)

    def with_value(self, field: str, wanted: str, span: Span = NOWHERE) -> Mask:
        """The articles whose field has a value: a name as a whole, some words of it, a language's variants, an id.

        An outlet, and a source, is found by any of the names that it is known to have.
        """
        if field == "id":
            mask = self._each(lambda segment: _with_id(segment, wanted))
            if not mask.any():
                self.notes.append(Diagnostic("unknown-value", f"no article has the id {wanted!r}", span))
            return mask
        names = outlets(self.aliases if field in OUTLET_FIELDS else ())
        codes = {segment: codes_of(segment, field, wanted, names) for segment in self.reader.segments}
        if not any(map(len, codes.values())):
            self.notes.append(self._unknown(field, wanted, span))
        return self._each(lambda segment: _having(segment.values(field).codes, codes[segment]))

    def _of_field(self, node: Field) -> Mask:
        if node.name == "url":
            mask = self._each(lambda segment: with_address(segment, node))
            if not mask.any():
                self.notes.append(
                    Diagnostic("unknown-value", f"no article has an address like {node}", node.span)
                )
            return mask
        if not node.pattern:
            return self.with_value(node.name, node.value, node.span)
        names = outlets(self.aliases if node.name in OUTLET_FIELDS else ())
        segments = self.reader.segments
        codes = codes_like(self.reader, node.name, node.value, names)
        found = {segment.values(node.name).values[code] for segment in segments for code in codes[segment]}
        note = Diagnostic("values", f"{node} matches for {shown_values(found)}", node.span)
        if not found:
            note = Diagnostic("unknown-value", f"no article has a value like {node}", node.span)
        if note not in self.notes:
            self.notes.append(note)
        return self._each(lambda segment: _having(segment.values(node.name).codes, codes[segment]))

    def dated(self, start: dt.datetime | None, end: dt.datetime | None) -> Mask:
        """The articles from ``start`` up to but not including ``end``: see :class:`newssearch.query.Dated`."""

        def between(segment: Segment) -> Mask:
            mask = segment.dated
            if start is not None:
                mask &= _moments(segment, start) >= _bound(start)
            if end is not None:
                mask &= _moments(segment, end) < _bound(end) + is_last_moment(end)
            return mask

        return self._each(between)

    def filtered(self, request: ResolvedRequest) -> Mask | None:
        """The articles that pass all filters of a request; None where there are none."""
        masks = [
            _any_of(self.with_value(field, value) for value in wanted) for field, wanted in request.filters
        ]
        if request.start is not None or request.end is not None:
            masks.append(self.dated(request.start, request.end))
        return _all_of(masks) & self.reader.everything() if masks else None

    def found(self, request: ResolvedRequest) -> Mask:
        """The articles that the tree finds and that pass all filters."""
        articles = self.articles(self.tree)
        allowed = self.filtered(request)
        articles = articles if allowed is None else articles & allowed
        return articles & self._each(self._novel_in) if request.novel else articles

    def undated(self, request: ResolvedRequest, found: Mask) -> int:
        """How many articles without a date are not ``found`` for that alone.

        They pass all filters but those on dates, and the tree finds them where each of its conditions on a date that is
        not negated is left out.
        """
        tree = of_any_date(self.tree)
        if request.start is None and request.end is None and tree is self.tree:
            return 0
        left = self.reader.everything() & ~found & ~self._each(lambda segment: segment.dated)
        if not left.any():
            return 0
        allowed = self.filtered(replace(request, start=None, end=None))
        left &= self.articles(tree) if allowed is None else self.articles(tree) & allowed
        if request.novel:
            left &= self._each(self._novel_in)
        return int(np.count_nonzero(left))

    def _novel_in(self, segment: Segment) -> Mask:
        """The articles with a paragraph that no earlier one has and that matches, or with any, where nothing need be
        in it."""
        mask = np.zeros(segment.articles, np.bool_)
        wanted = list(self.scored_leaves())
        if not wanted:
            mask[segment.article[segment.novel]] = True
        for unit in wanted:
            mask[self.matches(segment, unit.leaf, unit.region, novel=True).text.articles] = True
        return mask

    # ---- scores

    def scored_leaves(self) -> Iterator[LeafUse]:
        """The units that add to a score, and mark paragraphs: those that are not negated."""
        return (unit for unit in leaves(self.tree) if not unit.negated)

    def idf(self, unit: Node) -> float:
        """How telling a unit is: its idf."""
        if unit not in self._idf:
            holding = sum(standing.doc_set(unit).total for standing in self._matchers.values())
            self._idf[unit] = bm25f.idf(self.reader.paragraphs, holding)
        return self._idf[unit]

    # ---- what names stand for

    def names(self) -> dict[str, tuple[NameSpelling, ...]]:
        """How the index writes each name of the tree, and in how many articles; the most frequent first."""
        found: dict[str, tuple[NameSpelling, ...]] = {}
        for wanted in self.scored_leaves():
            for name in names_in(wanted.leaf):
                if name.text not in found:
                    found[name.text] = self._spellings(name)
        return found

    def _spellings(self, name: Name) -> tuple[NameSpelling, ...]:
        forms = sorted({form for field in FIELDS for form in self._words(name, field)})
        counted: list[NameSpelling] = []
        for form in forms:
            written = Counter[str]()
            articles = 0
            for standing in self._matchers.values():
                articles += standing.count_name_spelling(name, form, written)
            if articles:
                counted.append(NameSpelling(min(written, key=lambda word: (-written[word], word)), articles))
        return tuple(sorted(counted, key=lambda one: (-one.articles, one.text)))

    # ---- for a query that finds nothing

    def unknown_words(self) -> list[Diagnostic]:
        """A note for each of the first words that no article has, with those of the index that are near."""
        notes: list[Diagnostic] = []
        asked_for = (
            part for unit, negated, _, _ in leaves(self.tree) if not negated for part in _in_words(unit)
        )
        for unit in asked_for:
            if isinstance(unit, Wildcard | Regex):
                if not self._is_anywhere(unit):
                    notes.append(Diagnostic("unknown-word", f"no word of the index is {unit}", unit.span))
            else:
                known = len(notes)
                notes.extend(self._unknown_in(unit, known < MAX_SUGGESTIONS))
                if isinstance(unit, Caps | Exact) and len(notes) == known and not self._is_anywhere(unit):
                    notes.append(Diagnostic("unknown-word", f"no article writes {unit.text} so", unit.span))
            if len(notes) >= MAX_UNKNOWN:
                return notes[:MAX_UNKNOWN]
        return notes

    def _unknown_in(
        self, unit: Word | Phrase | Fuzzy | Name | Exact | Caps, suggest: bool
    ) -> Iterator[Diagnostic]:
        for word in (unit.text,) if isinstance(unit, Word | Name) else unit.text.split():
            asked = (
                unit if isinstance(unit, Word | Fuzzy | Name) else Word(word) if any(words_of(word)) else None
            )
            if asked is None or self._is_anywhere(asked):
                continue
            near = self._near(word) if suggest else []
            hint = f"did you mean {' or '.join(near)}?" if near else ""
            yield Diagnostic("unknown-word", f"no article has the word {word!r}", unit.span, hint)

    def _is_anywhere(self, unit: Leaf) -> bool:
        standings = self._matchers.values()
        return any(len(standing.doc_set(unit).articles) for standing in standings) or any(
            len(standing.postings(unit, "title").owners) for standing in standings
        )

    def _near(self, word: str) -> list[str]:
        """The words of the index that are most like one: by the letters that differ, then by how common they are."""
        pieces = [match.group() for match in words_of(word)]
        if len(pieces) != 1:
            return []
        form = analyser_named(PLAIN).form(pieces[0])
        near = self._words.near(form, 1 if len(form) < 5 else 2)
        order = [(not within_edits(form, other, 1), -count, other) for other, count in near.items()]
        held = (other for _, _, other in sorted(order) if self._is_held(other))
        found = list(islice(held, MAX_SUGGESTIONS))
        if form in found and pieces[0].islower():  # the same letters are only there as an acronym: US for us
            return [form.upper()]
        return found

    def _is_held(self, form: str) -> bool:
        """Whether an article that is not deleted has the word."""
        return any(s.has_form(form, field) for s in self._matchers.values() for field in FIELDS)

    def _unknown(self, field: str, wanted: str, span: Span) -> Diagnostic:
        like = near(self.reader, field, wanted, self.aliases, MAX_SUGGESTIONS)
        hint = f"did you mean {' or '.join(like)}?" if like else ""
        return Diagnostic("unknown-value", f"no article has the {field} {wanted!r}", span, hint)


def _in_words(node: Node) -> Iterator[Word | Phrase | Fuzzy | Name | Exact | Caps | Wildcard | Regex]:
    """The parts of a unit that ask for words, and not for places without them."""
    if isinstance(node, Word | Phrase | Fuzzy | Name | Exact | Caps | Wildcard | Regex):
        yield node
    elif isinstance(node, PatternPhrase):
        for unit in node.leaves:
            if not isinstance(unit, AnyWord):
                yield from _in_words(unit)
    elif isinstance(node, Near | Same):
        yield from _in_words(node.left)
        yield from _in_words(node.right)
    elif isinstance(node, And | Or):
        for operand in node.operands:
            yield from _in_words(operand)


def _within(text: ScoredDocSet, segment: Segment, chosen: Mask) -> ScoredDocSet:
    """A unit in some of the documents in which it matches."""
    owners, counts = text.postings()
    kept = chosen[owners]
    return ListedDocs(Postings(owners[kept], counts[kept]), segment)


def _is_unit(node: Node) -> TypeGuard[Leaf]:
    return isinstance(node, Leaf)


# ---- values


def _with_id(segment: Segment, wanted: str) -> Mask:
    mask = np.zeros(segment.articles, np.bool_)
    if (article := segment.find(wanted)) >= 0:
        mask[article] = True
    return mask


def _having(codes: Array, wanted: Sequence[int]) -> Mask:
    if len(wanted) == 1:
        return np.asarray(codes == wanted[0], np.bool_)
    return np.isin(codes, np.array(wanted, np.int64))


def _moments(segment: Segment, bound: dt.datetime) -> Array:
    return segment.written if bound.tzinfo is None else segment.instant


def _bound(moment: dt.datetime) -> int:
    """A bound as the columns have moments."""
    return max(instant(moment), NONE + 1)


# ---- arrays


def _all_of(masks: Iterable[Mask]) -> Mask:
    return reduce(np.bitwise_and, masks)


def _any_of(masks: Iterable[Mask]) -> Mask:
    return reduce(np.bitwise_or, masks)
