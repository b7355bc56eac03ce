"""One query over one commit: where its units stand, which articles it finds, what their paragraphs score.

A word, a phrase or a pattern is answered by postings. For the others the postings give the documents that may have
them, and :mod:`newssearch.matching` looks at their text.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import reduce
from itertools import islice
from typing import Literal, NamedTuple, TypeGuard

import numpy as np
from numpy.typing import NDArray

from ...analysis import PLAIN, analyser, analyser_named, fold, key, name_words, without_possessive
from ...analysis import words as words_of
from ...errors import QueryError
from ...matching import Words, occurrences
from ...query import (
    LEAD,
    NOWHERE,
    And,
    AtLeast,
    Boost,
    Caps,
    Dated,
    Diagnostic,
    Everything,
    Field,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Regex,
    Region,
    Same,
    Span,
    Unit,
    Wildcard,
    Word,
    narrower,
    units,
)
from ...query.patterns import fuzzy, pattern_of, within_edits
from ...request import SearchOptions
from . import ranking
from .postings import NO_POSTINGS, Ints, Postings, merge
from .schema import BY_WORDS, NONE, instant
from .table import Mask, Table

MAX_EXPANSION = 1_000
"""Different words that a pattern may stand for; of more, those in most documents."""
REGEX_SECONDS = 5.0
"""How long the regular expressions of a query may think about the words of an index."""
MAX_SUGGESTIONS = 3
"""Words or names that a diagnostic offers, and unknown words that any are looked for."""
MAX_UNKNOWN = 10
"""Unknown words that are noted."""

TextField = Literal["text", "title"]
FORMS: dict[TextField, str] = {"text": "forms", "title": "title_forms"}
"""The field of the unstemmed words beside each field of text."""

Scores = NDArray[np.float64]


class Stands(NamedTuple):
    """Where a unit stands: in paragraphs, by document; and in headlines, by article."""

    text: Postings
    title: Postings


class Evaluation:
    """One tree over one table. ``notes`` are the diagnostics that only the index could tell."""

    def __init__(self, table: Table, tree: Node) -> None:
        self.table = table
        self.tree = tree
        self.notes: list[Diagnostic] = []
        self._postings: dict[tuple[Node, TextField], Postings] = {}
        self._thought = 0.0  # seconds, about regular expressions

    # ---- where units stand

    def stands(self, node: Node) -> Stands:
        """Where a unit, or an operand of one, stands."""
        title = self._in(node, "title")
        return Stands(self._in(node, "text"), Postings(self.table.article[title.docs], title.counts))

    def _in(self, node: Node, field: TextField) -> Postings:
        """The postings of a unit in one field; those of headlines by the first document of each article."""
        if (node, field) not in self._postings:
            if isinstance(node, Word) or (isinstance(node, Phrase) and not node.within):
                found = self._words(node.text, field)
            elif isinstance(node, Wildcard | Fuzzy | Regex):
                forms = self._expanded(node, field)
                found = self._kept(merge([self._read(FORMS[field], (form,)) for form in forms]), field)
            else:
                found = self._looked_for(node, field)
            self._postings[node, field] = found
        return self._postings[node, field]

    def _read(self, field: str, terms: tuple[str, ...]) -> Postings:
        segments = self.table.segments
        return segments.term(field, terms[0]) if len(terms) == 1 else segments.phrase(field, terms)

    def _words(self, text: str, field: TextField) -> Postings:
        """Words side by side, analysed for each language as its articles were."""
        by_terms: dict[tuple[str, ...], list[Mask]] = {}
        for name, mask in self.table.analysis.items():
            by_terms.setdefault(tuple(analyser_named(name).terms(text)), []).append(mask)
        parts = []
        for terms, masks in by_terms.items():
            if terms:
                found = self._read(field, terms)
                parts.append(self._kept(found, field, _any_of(masks) if len(by_terms) > 1 else None))
        return merge(parts)

    def _kept(self, found: Postings, field: TextField, articles: Mask | None = None) -> Postings:
        """Without what is deleted, and a headline once an article."""
        allowed = self.table.alive if articles is None else self.table.alive & articles
        keep = allowed[self.table.article[found.docs]]
        if field == "title":
            keep &= self.table.number[found.docs] <= 1
        return Postings(found.docs[keep], found.counts[keep])

    def _expanded(self, node: Wildcard | Fuzzy | Regex, field: TextField) -> list[str]:
        """The words of the index that a pattern stands for."""
        pattern = pattern_of(node)
        candidates: Iterable[str] = self.table.segments.terms(FORMS[field], pattern.prefix)
        if isinstance(node, Regex):
            candidates = self._in_time(candidates, node)
        try:
            forms = [form for form in candidates if pattern.matches(form)]
        except QueryError as error:
            raise error.placed("", *node.span) from None
        if len(forms) > MAX_EXPANSION:
            message = f"{node} stands for {len(forms):,} words: the {MAX_EXPANSION:,} in most paragraphs were looked for"
            if field == "text":
                self.notes.append(Diagnostic("expansion", message, node.span, "make it longer"))
            by_frequency = sorted(
                forms, key=lambda form: (-self.table.segments.frequency(FORMS[field], form), form)
            )
            forms = by_frequency[:MAX_EXPANSION]
        return forms

    def _in_time(self, forms: Iterable[str], node: Regex) -> Iterator[str]:
        """The words one by one, as long as there is time left to think about them."""
        for form in forms:
            started = time.monotonic()
            yield form
            self._thought += time.monotonic() - started
            if self._thought > REGEX_SECONDS:
                reason = f"the regular expression {node} takes too long for the words of the index"
                raise QueryError(reason, suggestion="leave out repetitions inside repetitions")

    def _looked_for(self, node: Node, field: TextField) -> Postings:
        """What only the text can tell, of the documents that may have it."""
        docs, counts = [], []
        langs = self.table.values("lang")
        for doc in self._may_hold(node, field).tolist():
            lang = langs.values[langs.codes[self.table.article[doc]]]
            text = self.table.segments.stored(doc)[field]
            count = len(occurrences(node, Words(text, analyser(lang or None))))
            if count:
                docs.append(doc)
                counts.append(count)
        return Postings(np.array(docs, np.int64), np.array(counts, np.int64))

    def _may_hold(self, node: Node, field: TextField) -> Ints:
        """The documents outside of which a node cannot stand, ascending."""
        if isinstance(node, Near | Same):
            return np.intersect1d(self._may_hold(node.left, field), self._may_hold(node.right, field), True)
        if isinstance(node, Or):
            return reduce(np.union1d, (self._may_hold(operand, field) for operand in node.operands))
        if isinstance(node, And):
            return next(self._may_hold(part, field) for part in node.operands if not isinstance(part, Not))
        if isinstance(node, Phrase) and node.within:
            pieces = [match.group() for match in words_of(node.text)]
            parts = [self._words(piece, field).docs for piece in pieces if fold(piece)]
        elif isinstance(node, Caps):
            forms = [fold(without_possessive(match.group())) for match in words_of(node.text)]
            parts = [self._kept(self._read(FORMS[field], (form,)), field).docs for form in forms if form]
        else:
            return self._in(node, field).docs
        return (
            reduce(lambda one, other: np.intersect1d(one, other, True), parts) if parts else NO_POSTINGS.docs
        )

    # ---- articles

    def articles(self, node: Node, region: str | None = None) -> Mask:
        """The articles that a node finds, deleted ones left out."""
        table = self.table
        if _is_unit(node):
            stands = self.within(self.stands(node), region)
            mask = np.zeros(table.articles, np.bool_)
            mask[table.article[stands.text.docs]] = True
            mask[stands.title.docs] = True
            return mask
        if isinstance(node, Not):
            return table.alive & ~self.articles(node.operand, region)
        if isinstance(node, And):
            return _all_of([self.articles(operand, region) for operand in node.operands])
        if isinstance(node, Or):
            return _any_of([self.articles(operand, region) for operand in node.operands])
        if isinstance(node, Boost):
            return self.articles(node.operand, region)
        if isinstance(node, Region):
            return self.articles(node.operand, narrower(region, node.name))
        if isinstance(node, AtLeast):
            text, title = self.within(self.stands(node.operand), region)
            counts = np.bincount(table.article[text.docs], text.counts, table.articles)
            counts[title.docs] += title.counts
            return np.asarray(counts >= node.count, np.bool_)
        if isinstance(node, Field):
            return table.alive & self.with_value(node.name, node.value, node.span)
        if isinstance(node, Dated):
            return table.alive & self.dated(node.start, node.end)
        return table.alive.copy() if isinstance(node, Everything) else np.zeros(table.articles, np.bool_)

    def within(self, stands: Stands, region: str | None) -> Stands:
        """What stands in a part of its article."""
        if region == "title":
            return Stands(NO_POSTINGS, stands.title)
        if region == "hlead":
            keep = self.table.number[stands.text.docs] <= LEAD
            return Stands(Postings(stands.text.docs[keep], stands.text.counts[keep]), stands.title)
        return stands

    def with_value(self, field: str, wanted: str, span: Span = NOWHERE) -> Mask:
        """The articles whose field has a value: a name as a whole, some words of it, a language's variants, an id."""
        mask = np.zeros(self.table.articles, np.bool_)
        if field == "id":
            docs = self.table.segments.docs("id", wanted)
            mask[self.table.article[docs]] = True
            if not (mask & self.table.alive).any():
                self.notes.append(Diagnostic("unknown-value", f"no article has the id {wanted!r}", span))
            return mask
        values = self.table.values(field)
        codes = _codes(field, wanted, values.values)
        if not codes:
            self.notes.append(_unknown(field, wanted, values.values[1:], span))
            return mask
        return np.isin(values.codes, codes)

    def dated(self, start: dt.datetime | None, end: dt.datetime | None) -> Mask:
        """The articles from ``start`` up to but not including ``end``: see :class:`newssearch.query.Dated`."""
        mask = self.table.dated
        if start is not None:
            mask = mask & (self._moments(start) >= _bound(start))
        if end is not None:
            mask = mask & (self._moments(end) < _bound(end))
        return mask

    def _moments(self, bound: dt.datetime) -> Ints:
        return self.table.written if bound.tzinfo is None else self.table.instant

    def filtered(self, options: SearchOptions) -> Mask:
        """The articles that pass all filters of a request."""
        mask = self.table.alive.copy()
        for field, wanted in options.filters:
            mask &= _any_of([self.with_value(field, value) for value in wanted])
        if options.start is not None or options.end is not None:
            mask &= self.dated(options.start, options.end)
        return mask

    # ---- paragraphs

    def candidates(self, articles: Mask) -> tuple[Ints, Scores, Mask]:
        """The documents to rank, ascending, with their scores; and which hold a unit that is not negated.

        Those that do not stand for articles in which no paragraph does: their first one.
        """
        table = self.table
        holds = np.zeros(table.segments.size, np.bool_)
        for unit, negated, region, _ in units(self.tree):
            if not negated:
                holds[self.within(self.stands(unit), region).text.docs] = True
        holds &= articles[table.article]
        candidates = holds.copy()
        bare = articles.copy()
        bare[table.article[holds]] = False
        candidates[table.first[:-1][bare]] = True
        docs = np.flatnonzero(candidates)
        return docs, self._scores(docs), holds[docs]

    def _scores(self, docs: Ints) -> Scores:
        """The score of each of ``docs``: see :mod:`.ranking`."""
        table = self.table
        scores = np.zeros(len(docs))
        articles = table.article[docs]
        for unit, negated, region, boost in units(self.tree):
            if negated:
                continue
            stands = self.stands(unit)
            text, title = self.within(stands, region)
            weights = np.zeros(len(docs))
            here, there = _common(docs, text.docs)
            weights[here] = ranking.in_text(text.counts[there], table.words[docs[here]], table.mean_words)
            if len(title.docs):
                in_titles = np.zeros(table.articles)
                lengths = table.title_words[title.docs]
                in_titles[title.docs] = ranking.in_title(title.counts, lengths, table.mean_title_words)
                weights += in_titles[articles]
            scores += (
                boost * ranking.idf(table.paragraphs, len(stands.text.docs)) * ranking.saturated(weights)
            )
        return scores

    # ---- for a query that finds nothing

    def unknown_words(self) -> list[Diagnostic]:
        """A note for each of the first words that no article has, with those of the index that are near."""
        notes: list[Diagnostic] = []
        asked_for = (
            part for unit, negated, _, _ in units(self.tree) if not negated for part in _in_words(unit)
        )
        for unit in asked_for:
            if isinstance(unit, Wildcard | Regex):
                if not self._is_anywhere(unit):
                    notes.append(Diagnostic("unknown-word", f"no word of the index is {unit}", unit.span))
            else:
                known = len(notes)
                notes.extend(self._unknown_in(unit, known < MAX_SUGGESTIONS))
                if isinstance(unit, Caps) and len(notes) == known and not self._is_anywhere(unit):
                    notes.append(Diagnostic("unknown-word", f"no article writes {unit.text} so", unit.span))
            if len(notes) >= MAX_UNKNOWN:
                return notes[:MAX_UNKNOWN]
        return notes

    def _unknown_in(self, unit: Word | Phrase | Fuzzy | Caps, suggest: bool) -> Iterator[Diagnostic]:
        for word in unit.text.split():
            asked = unit if isinstance(unit, Fuzzy) else Word(word) if any(words_of(word)) else None
            if asked is None or self._is_anywhere(asked):
                continue
            near = self._near(word) if suggest else []
            hint = f"did you mean {' or '.join(near)}?" if near else ""
            yield Diagnostic("unknown-word", f"no article has the word {word!r}", unit.span, hint)

    def _is_anywhere(self, unit: Unit) -> bool:
        return any(len(found.docs) for found in self.stands(unit))

    def _near(self, word: str) -> list[str]:
        """The words of the index that are most like one: by the letters that differ, then by how common they are."""
        pieces = [match.group() for match in words_of(word)]
        if len(pieces) != 1:
            return []
        form = analyser_named(PLAIN).form(pieces[0])
        segments = self.table.segments
        matches = fuzzy(form, 1 if len(form) < 5 else 2).matches
        forms = {*segments.terms("forms", ""), *segments.terms("title_forms", "")}
        order = [
            (not within_edits(form, other, 1), -segments.frequency("forms", other), other)
            for other in forms
            if matches(other)
        ]
        held = (other for _, _, other in sorted(order) if self._is_held(other))
        return list(islice(held, MAX_SUGGESTIONS))

    def _is_held(self, form: str) -> bool:
        """Whether an article that is not deleted has the word."""
        return any(len(self._kept(self._read(FORMS[field], (form,)), field).docs) for field in FORMS)


def _in_words(node: Node) -> Iterator[Word | Phrase | Fuzzy | Caps | Wildcard | Regex]:
    """The parts of a unit that ask for words, and not for places without them."""
    if isinstance(node, Word | Phrase | Fuzzy | Caps | Wildcard | Regex):
        yield node
    elif isinstance(node, Near | Same):
        yield from _in_words(node.left)
        yield from _in_words(node.right)
    elif isinstance(node, And | Or):
        for operand in node.operands:
            yield from _in_words(operand)


def _is_unit(node: Node) -> TypeGuard[Unit]:
    return isinstance(node, Unit)


def _codes(field: str, wanted: str, values: Sequence[str]) -> list[int]:
    numbered = list(enumerate(values))[1:]
    if field in BY_WORDS:
        words = name_words(wanted)
        return [code for code, value in numbered if words and _contains(name_words(value), words)]
    name = key(wanted)
    if field == "lang":
        tag = name.replace("_", "-")
        return [code for code, value in numbered if f"{key(value).replace('_', '-')}-".startswith(f"{tag}-")]
    return [code for code, value in numbered if key(value) == name]


def _unknown(field: str, wanted: str, values: Sequence[str], span: Span) -> Diagnostic:
    keys = {key(value): value for value in values}
    near = get_close_matches(key(wanted), keys, MAX_SUGGESTIONS, 0.6)
    near = near or [name for name in keys if key(wanted) in name][:MAX_SUGGESTIONS]
    hint = f"did you mean {' or '.join(keys[name] for name in near)}?" if near else ""
    return Diagnostic("unknown-value", f"no article has the {field} {wanted!r}", span, hint)


def _bound(moment: dt.datetime) -> int:
    """A bound as the columns have moments."""
    return max(instant(moment), NONE + 1)


def _all_of(masks: list[Mask]) -> Mask:
    return np.asarray(np.logical_and.reduce(masks), np.bool_)


def _any_of(masks: list[Mask]) -> Mask:
    return np.asarray(np.logical_or.reduce(masks), np.bool_)


def _common(docs: Ints, others: Ints) -> tuple[Ints, Ints]:
    """The places in each of two ascending arrays of what is in both."""
    if not len(others):
        return others, others
    places = np.searchsorted(others, docs)
    places[places == len(others)] = 0
    here = np.flatnonzero(others[places] == docs)
    return here, places[here]


def _contains(words: Sequence[str], wanted: Sequence[str]) -> bool:
    size = len(wanted)
    return any(list(words[i : i + size]) == list(wanted) for i in range(len(words) - size + 1))
