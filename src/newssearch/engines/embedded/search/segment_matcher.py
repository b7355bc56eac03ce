"""Finds the paragraphs, headlines and spans of one segment in which the leaves of a query match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from newssearch.engines.embedded.segment.field import NO_POSTINGS, FieldReader, Postings, TextField
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.term_union import TermUnion
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import (
    Ints,
    Mask,
    distinct,
    intersect,
    intersect_all,
    run_starts,
    union,
)
from newssearch.query import (
    And,
    AnyWord,
    Caps,
    Exact,
    Fuzzy,
    Leaf,
    Name,
    Near,
    Node,
    Not,
    Or,
    PatternPhrase,
    Phrase,
    Regex,
    Same,
    Synonyms,
    Wildcard,
    Word,
)
from newssearch.query.tree import NodeWithoutMatches
from newssearch.stopping import StopCheck
from newssearch.system.exhaustive import assert_never
from newssearch.text.folding import unelided
from newssearch.text.tokenizer import TAG_PREFIX

from .doc_sets import ListedDocs, ScoredDocSet, TermDocs, UnionDocs
from .spans import (
    NO_SPANS,
    Spans,
    adjacent_words,
    chain_spans,
    exclude_spans,
    extend_spans,
    joint_windows,
    near_spans,
    owner_of,
    span_postings,
    spans_in_same_unit,
    union_spans,
)
from .term_lookup import AnalysedWords, Expand, TermLookup
from .term_spans import TermSpans, merge_postings

SLICE_POSITIONS = 1 << 18
"""Spans are computed for about this number of positions at a time."""


class SegmentMatcher:
    """Finds the matches of leaves, and of operands of leaves, in one segment.

    An operand is a leaf, an :class:`~newssearch.query.Or` of operands, or an :class:`~newssearch.query.And` of one
    operand and negated ones. Postings leave out deleted articles; spans do not. Results are cached, so that equal
    leaves of a query are read once. ``check`` is called for each node, and more often where there is much to read.
    """

    def __init__(self, segment: Segment, expand: Expand, check: StopCheck) -> None:
        self.segment = segment
        self._check = check
        self._lookup = TermLookup(segment, expand, check)
        self._terms = TermSpans(segment, check)
        self._postings: dict[tuple[Node, TextField], Postings] = {}
        self._doc_sets: dict[Node, ScoredDocSet] = {}

    # ---- postings

    def doc_set(self, node: Node) -> ScoredDocSet:
        """Return the live paragraphs in which a node matches, as a doc set for ranking."""
        found = self._doc_sets.get(node)
        if found is None:
            found = self._doc_sets[node] = self._lazy_doc_set(node) or ListedDocs(
                self._live(self._all_postings(node, "text"), "text"), self.segment
            )
        return found

    def _lazy_doc_set(self, node: Node) -> ScoredDocSet | None:
        """Return a doc set that reads postings when they are needed; None if that is impossible or not worthwhile.

        It is possible for a word that is the same single term in all languages. The postings of articles with an
        alternative to the word are read immediately.
        """
        if not isinstance(node, Word):
            return None
        analysed = self._lookup.analysed(node, "text")
        field = self.segment.fields["text"]
        if (
            len(analysed) != 1
            or len(analysed[0].terms) != 1
            or (number := field.find(analysed[0].terms[0])) < 0
        ):
            return None
        term, live = self._terms.term(field, number), self.segment.live
        if not analysed[0].others:
            return TermDocs(term, field.mean, live)
        spans = union_spans([self._terms.alternative(field, one, None) for one in analysed[0].others])
        alternatives = self._live(span_postings(spans, field.starts), "text")
        with_alternative = np.zeros(self.segment.articles, np.bool_)
        with_alternative[self.segment.article[alternatives.owners]] = True
        both = term.of_blocks(np.flatnonzero(with_alternative[term.articles]))
        if len(both.owners) * 2 > term.total or (spans.ends - spans.starts == 1).any():
            return None
        term_alone = self.segment.live_articles() & ~with_alternative
        merged = merge_postings([Postings(both.owners, term.counts_of(both)), alternatives])
        return UnionDocs([TermDocs(term, field.mean, term_alone), ListedDocs(merged, self.segment)])

    def postings(self, node: Node, name: TextField) -> Postings:
        """Return the owners in one field in which a node matches, and the number of matches in each."""
        found = self._postings.get((node, name))
        if found is None:
            found = self._postings[node, name] = self._live(self._all_postings(node, name), name)
        return found

    def _all_postings(self, node: Node, name: TextField) -> Postings:
        """Return the postings of a node in one field, those of deleted articles included."""
        field = self.segment.fields[name]
        if isinstance(node, Wildcard | Fuzzy | Regex):
            return self._postings_of_forms(field, self._lookup.expanded(node, name))
        if isinstance(node, Word):
            analysed = self._lookup.analysed(node, name)
            if all(len(words.terms) == 1 for words in analysed):
                return merge_postings(
                    [part for words in analysed for part in self._word_postings(words, name)]
                )
        slices = self.sliced_spans(node, name, self._candidate_owners(node, name))
        return _all_slices([span_postings(found, field.starts) for found in slices])

    def _postings_of_forms(self, field: FieldReader, forms: Ints) -> Postings:
        return TermUnion(field, forms, self._check).postings()

    def _word_postings(self, words: AnalysedWords, name: TextField) -> list[Postings]:
        """Return the postings of words that are a single term, together with those of their alternatives.

        Positions of the term are read only in owners that have a one-word alternative, whose span may be the same.
        """
        of_term = self._term_postings(words, name)
        if not words.others:
            return [of_term]
        field = self.segment.fields[name]
        others = [self._terms.alternative(field, one, None) for one in words.others]
        spans = self._in_articles(union_spans(others), words.articles, name)
        single = spans.ends - spans.starts == 1
        number = field.find(words.terms[0])
        if number >= 0 and single.any():
            owners = owner_of(field.starts, spans.starts[single])
            term = self._terms.term(field, number)
            known = term.positions(chosen=term.of_owners(owners[run_starts(owners)]))
            new = ~(single & np.isin(spans.starts, known))
            spans = Spans(spans.starts[new], spans.ends[new])
        return [of_term, span_postings(spans, field.starts)]

    def _term_postings(self, words: AnalysedWords, name: TextField) -> Postings:
        """Return the postings of words that are a single term, in the articles whose analysis gives this term."""
        field = self.segment.fields[name]
        number = field.find(words.terms[0])
        if number < 0:
            return NO_POSTINGS
        term = self._terms.term(field, number)
        found = Postings(term.owners, term.counts)
        if words.articles is None:
            return found
        return _filter_postings(found, words.articles[self._articles(found.owners, name)])

    def occurs(self, node: Node) -> bool:
        """Whether a node matches in a live paragraph or headline."""
        return (
            self._is_live_term(node)
            or len(self.doc_set(node).articles) > 0
            or len(self.postings(node, "title").owners) > 0
        )

    def _is_live_term(self, node: Node) -> bool:
        """Whether the dictionary alone shows that a node occurs: as a word that is one term, in all languages."""
        if not isinstance(node, Word) or self.segment.live is not None:
            return False
        analysed = self._lookup.analysed(node, "text")
        return (
            len(analysed) == 1
            and len(analysed[0].terms) == 1
            and self.segment.fields["text"].find(analysed[0].terms[0]) >= 0
        )

    def count_folded(self, folded: str) -> int:
        """Return the number of live articles with the folded word ``folded`` in the text or the headline."""
        articles = np.zeros(self.segment.articles, np.bool_)
        for name, field in self.segment.fields.items():
            forms = self._lookup.surface_forms(field, [folded])
            found = self._live(self._postings_of_forms(field, forms), name)
            articles[self._articles(found.owners, name)] = True
        return int(np.count_nonzero(articles))

    def count_spellings(self, folded: str, spellings: Counter[str]) -> None:
        """Add to ``spellings`` how often each spelling of a folded word occurs, deleted articles included."""
        for field in self.segment.fields.values():
            for number in field.find_all_folded([folded]):
                for form in field.forms_of(number).tolist():
                    spelling = unelided(field.spelling(form), folded).lstrip(TAG_PREFIX)
                    spellings[spelling] += int(field.array("form.words")[form])

    def count_name_spelling(self, node: Name, folded: str, spellings: Counter[str]) -> int:
        """Return the number of live articles with a spelling of the name whose folded form is ``folded``.

        Adds to ``spellings`` how often each spelling of this word occurs.
        """
        articles = np.zeros(self.segment.articles, np.bool_)
        for name, field in self.segment.fields.items():
            forms = self._lookup.spellings_of_name(field, node, [folded])
            for form in forms.tolist():
                spelling = unelided(field.spelling(form), folded).lstrip(TAG_PREFIX)
                spellings[spelling] += int(field.array("form.words")[form])
            found = self._live(self._postings_of_forms(field, forms), name)
            articles[self._articles(found.owners, name)] = True
        return int(np.count_nonzero(articles))

    def _live(self, found: Postings, name: TextField) -> Postings:
        """Return the given postings without those of deleted articles."""
        live = self.segment.live
        return found if live is None else _filter_postings(found, live[self._articles(found.owners, name)])

    def _articles(self, owners: Array, name: TextField) -> Array:
        return self.segment.article[owners] if name == "text" else owners

    # ---- spans

    def sliced_spans(self, node: Node, name: TextField, owners: Array | None) -> Iterator[Spans]:
        """Yield the spans of all matches of a node in one field, ascending, as :meth:`spans` returns them.

        Each array has the spans of consecutive articles with about :data:`SLICE_POSITIONS` positions of the node's
        words. The time and memory for one array are therefore bounded.
        """
        starts = self.segment.fields[name].starts
        slices = self._slices(node, name, owners)
        for part in self._check.during(slices, 1):
            found = self.spans(node, name, part)
            if part is not None and len(slices) > 1:
                found = _between(found, int(starts[part[0]]), int(starts[part[-1] + 1]))
            yield found
        self._terms.forget_unions()

    def _slices(self, node: Node, name: TextField, owners: Array | None) -> list[Array | None]:
        """Divide the owners to search into slices of whole articles; None stands for all owners."""
        field = self.segment.fields[name]
        words = self._count_words(node, name)
        if words <= SLICE_POSITIONS or not (field.words and (owners is None or len(owners))):
            return [owners]
        chosen = np.arange(len(field.sizes)) if owners is None else owners
        sums = field.sizes[chosen].cumsum(dtype=np.int64)
        total = int(sums[-1])
        number = -(-words * total // (field.words * SLICE_POSITIONS))
        if number < 2:
            return [owners]
        articles = self._articles(chosen, name)
        cuts = sums.searchsorted(np.arange(1, number) * total // number)
        cuts = distinct(articles.searchsorted(articles[cuts]))
        return [*np.split(chosen, cuts[cuts > 0])]

    def _count_words(self, node: Node, name: TextField) -> int:
        """Return about how many positions are read for a node in one field, if all owners are searched."""
        field, lookup = self.segment.fields[name], self._lookup
        if isinstance(node, Wildcard | Fuzzy | Regex):
            return self._terms.union(field, lookup.expanded(node, name)).words
        if isinstance(node, Name):
            unions = (lookup.expanded(node, name), lookup.articles(field))
            return sum(self._terms.union(field, forms).words for forms in unions) + self._count_words(
                node.word, name
            )
        if isinstance(node, Caps | Exact):
            of_words = [forms for found in lookup.spelled(field, node) for forms in found.forms]
            return sum(self._terms.union(field, forms).words for forms in of_words)
        if isinstance(node, Word | Phrase):
            if isinstance(node, Phrase) and node.names:
                return sum(self._count_words(part, name) for part in node.parts)
            count = sum if isinstance(node, Phrase) and node.within else min
            return sum(
                count([field.count_words(term) for term in words.terms])
                for words in lookup.analysed(node, name)
                if words.terms
            )
        if isinstance(node, PatternPhrase):
            return sum(self._count_words(part, name) for part in node.leaves if not isinstance(part, AnyWord))
        if isinstance(node, Near | Same | Synonyms | Or | And):
            return sum(self._count_words(child, name) for child in node.children)
        if isinstance(node, Not):
            return self._count_words(node.operand, name)
        raise _no_matches(node)

    def spans(self, node: Node, name: TextField, owners: Array | None) -> Spans:
        """Return the spans of all matches of a node in one field, deleted articles included.

        ``owners`` (ascending) limits the search; None means all owners. Spans in other owners may also be returned.
        Raises TypeError for a node without matches in a text.
        """
        self._check()
        field = self.segment.fields[name]
        if isinstance(node, Word | Phrase):
            return self._words(node, name, owners)
        if isinstance(node, Name):
            return self._name(node, name, owners)
        if isinstance(node, Wildcard | Fuzzy | Regex):
            return self._terms.any_of(field, self._lookup.expanded(node, name), owners)
        if isinstance(node, PatternPhrase):
            return (self._in_any_order if node.within else self._in_order)(node, name, owners)
        if isinstance(node, Caps | Exact):
            return self._as_spelled(node, name, owners)
        if isinstance(node, Near):
            left, right = self.spans(node.left, name, owners), self.spans(node.right, name, owners)
            return near_spans(left, right, node.distance, node.ordered, field.starts)
        if isinstance(node, Same):
            left, right = self.spans(node.left, name, owners), self.spans(node.right, name, owners)
            return spans_in_same_unit(
                left, right, field.starts if node.unit == "p" else field.sentence_starts
            )
        if isinstance(node, Or | Synonyms):
            return union_spans([self.spans(operand, name, owners) for operand in node.operands])
        if isinstance(node, And):
            excluded = [operand.operand for operand in node.operands if isinstance(operand, Not)]
            return exclude_spans(
                self.spans(_kept_operand(node), name, owners),
                [self.spans(operand, name, owners) for operand in excluded],
            )
        if isinstance(node, NodeWithoutMatches):
            raise _no_matches(node)
        assert_never(node)

    def _words(self, node: Word | Phrase, name: TextField, owners: Array | None) -> Spans:
        """Return the spans of a word or a phrase in one field."""
        if isinstance(node, Phrase) and node.names:
            return chain_spans([self.spans(part, name, owners) for part in node.parts])
        field = self.segment.fields[name]
        within = node.within if isinstance(node, Phrase) else 0
        found = []
        for words in self._lookup.analysed(node, name):
            spans = (
                self._terms.terms_within(field, words.terms, within, owners)
                if within
                else self._terms.adjacent(field, words, owners)
            )
            found.append(self._in_articles(spans, words.articles, name))
        return union_spans(found)

    def _as_spelled(self, node: Caps | Exact, name: TextField, owners: Array | None) -> Spans:
        """Return the spans of adjacent words as they are written."""
        field = self.segment.fields[name]
        found = []
        for words in self._lookup.spelled(field, node):
            spans = adjacent_words([self._terms.any_of(field, one, owners).starts for one in words.forms])
            found.append(self._in_articles(spans, words.articles, name))
        return found[0] if len(found) == 1 else union_spans(found)

    def _name(self, node: Name, name: TextField, owners: Array | None) -> Spans:
        """Return the spans of a name in all spellings. An Arabic article before the name belongs to the span."""
        field = self.segment.fields[name]
        spellings = self._terms.any_of(field, self._lookup.expanded(node, name), owners)
        found = union_spans([self.spans(node.word, name, owners), spellings])
        articles = self._terms.any_of(field, self._lookup.articles(field), owners)
        return Spans(found.starts - np.isin(found.starts - 1, articles.starts), found.ends)

    def _in_order(self, node: PatternPhrase, name: TextField, owners: Array | None) -> Spans:
        """Return the spans in which the words and patterns of a phrase are adjacent.

        Patterns are matched first; words are then read only in the owners in which all patterns match.
        """
        field, parts = self.segment.fields[name], node.leaves
        found: dict[int, Spans] = {}
        for by_pattern in (True, False):
            for number, part in enumerate(parts):
                if isinstance(part, AnyWord) or isinstance(part, Wildcard | Fuzzy) is not by_pattern:
                    continue
                found[number] = spans = self.spans(part, name, owners)
                holding = owner_of(field.starts, spans.starts, spans.owners)
                holding = holding[run_starts(holding)]
                owners = holding if owners is None else intersect(owners, holding)
        whole: Spans | None = None
        any_words = 0  # consecutive AnyWord parts just before this one
        for number in range(len(parts)):
            if number not in found:
                any_words += 1
                continue
            extended = extend_spans(found[number], any_words, 0, field.starts)
            whole, any_words = extended if whole is None else chain_spans([whole, extended]), 0
        return NO_SPANS if whole is None else extend_spans(whole, 0, any_words, field.starts)

    def _in_any_order(self, node: PatternPhrase, name: TextField, owners: Array | None) -> Spans:
        """Return the shortest spans that contain a distinct word for each word and pattern of a phrase."""
        field = self.segment.fields[name]
        patterns = Counter(part for part in node.parts if isinstance(part, Wildcard | Fuzzy))
        of_patterns = [(self.spans(part, name, owners).starts, count) for part, count in patterns.items()]
        if not node.words:
            return joint_windows(of_patterns, node.within, field.starts, self._check)
        words = Phrase(node.words) if " " in node.words else Word(node.words)
        found = []
        for analysed in self._lookup.analysed(words, name):
            of_words = [
                (self._terms.adjacent_terms(field, (term,), owners).starts, count)
                for term, count in Counter(analysed.terms).items()
            ]
            spans = joint_windows([*of_patterns, *of_words], node.within, field.starts, self._check)
            found.append(self._in_articles(spans, analysed.articles, name))
        return union_spans(found)

    def _in_articles(self, spans: Spans, articles: Mask | None, name: TextField) -> Spans:
        """Return the spans that lie in the articles that the mask ``articles`` selects; None means all articles."""
        if articles is None or not len(spans.starts):
            return spans
        owners = owner_of(self.segment.fields[name].starts, spans.starts)
        keep = articles[self._articles(owners, name)]
        return Spans(spans.starts[keep], spans.ends[keep])

    # ---- where to look

    def _candidate_owners(self, node: Node, name: TextField) -> Array | None:
        """Return the owners (ascending) in which a node may match; it matches in no others.

        Returns None if finding them is not worthwhile.
        """
        if not isinstance(node, Near | Same):
            return None
        if name == "title":
            return self._owners_with_operands(node, None)
        articles = np.zeros(self.segment.articles, np.bool_)
        articles[self._articles_with_operands(node)] = True
        return self._owners_with_operands(node, articles)

    def _articles_with_operands(self, node: Node) -> Array:
        """Return the articles that may have a paragraph in which a node matches, judged by its operands."""
        if isinstance(node, Near | Same):
            return intersect_all([self._articles_with_operands(operand) for operand in node.children])
        if isinstance(node, Or):
            return distinct(np.concatenate([self._articles_with_operands(one) for one in node.operands]))
        if isinstance(node, And):
            return self._articles_with_operands(_kept_operand(node))
        if isinstance(node, Leaf):
            return self.doc_set(node).articles
        if isinstance(node, NodeWithoutMatches):
            raise _no_matches(node)
        assert_never(node)

    def _owners_with_operands(self, node: Node, articles: Mask | None) -> Array:
        """Return the owners in which a node may match, judged by its operands.

        The owners are paragraphs of the articles that the mask selects, or headlines if ``articles`` is None.
        """
        if isinstance(node, Near | Same):
            operands = node.children
            return intersect_all([self._owners_with_operands(operand, articles) for operand in operands])
        if isinstance(node, Or):
            owners = [self._owners_with_operands(one, articles) for one in node.operands]
            return union(owners, len(self.segment.fields["title" if articles is None else "text"].sizes))
        if isinstance(node, And):
            return self._owners_with_operands(_kept_operand(node), articles)
        if isinstance(node, Leaf):
            if articles is None:
                return self.postings(node, "title").owners
            doc_set = self.doc_set(node)
            return doc_set.owners_of(np.flatnonzero(articles[doc_set.articles]))
        if isinstance(node, NodeWithoutMatches):
            raise _no_matches(node)
        assert_never(node)


def _kept_operand(node: And) -> Node:
    """Return the operand of a conjunction that is not negated. Inside a leaf there is exactly one."""
    return next(operand for operand in node.operands if not isinstance(operand, Not))


def _no_matches(node: NodeWithoutMatches) -> TypeError:
    return TypeError(f"{type(node).__name__} has no matches in a text")


def _between(found: Spans, low: int, high: int) -> Spans:
    """Return the spans that start at a position from ``low`` up to ``high``."""
    first, last = found.starts.searchsorted([low, high])
    return Spans(found.starts[first:last], found.ends[first:last], found.owners)


def _all_slices(parts: Sequence[Postings]) -> Postings:
    """Return the postings of consecutive owners as one."""
    if len(parts) == 1:
        return parts[0]
    return Postings(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _filter_postings(found: Postings, keep: Mask) -> Postings:
    return Postings(found.owners[keep], found.counts[keep])
