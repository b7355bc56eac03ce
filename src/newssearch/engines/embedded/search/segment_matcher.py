"""Where the units of a query stand in one segment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from newssearch.engines.embedded.segment.field import NO_POSTINGS, Field, Kinds, Postings, TextField, added
from newssearch.engines.embedded.segment.postings import Chosen, Term
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array, StringTable
from newssearch.engines.embedded.storage.sorted_sets import Ints, Mask, intersect, intersect_all, run_starts
from newssearch.query import (
    And,
    AnyWord,
    Caps,
    Exact,
    Fuzzy,
    Name,
    Near,
    Node,
    Not,
    Or,
    PatternPhrase,
    Phrase,
    Regex,
    Same,
    Wildcard,
    Word,
)
from newssearch.query.alternatives import Alternative, Alternatives, alternatives_of
from newssearch.query.names import ARTICLES, is_name
from newssearch.query.patterns import asks_for_whole, pattern_of, written_pattern
from newssearch.text.analysis import (
    PART,
    analyser_named,
    possible_forms,
    spelled,
    unelided,
    whole_form,
    word_of,
    written,
)
from newssearch.text.analysis import words as words_of

from . import spans as at
from .doc_sets import Listed, OneTerm, Several, Unit
from .spans import NOWHERE, Stretches

Expand = Callable[[Wildcard | Fuzzy | Regex | Name, TextField], Sequence[str]]
"""The words of an index that a pattern stands for."""


class Asked(NamedTuple):
    """The words of a text as the articles of one language have them, or of several that have the same.

    ``others`` are the ways that are in a field, ``articles`` those that it is about, None where it is all.
    """

    terms: tuple[str, ...]
    others: list[Alternative]
    articles: Mask | None

    @property
    def is_one_term(self) -> bool:
        """Whether it is one term, and nothing can stand instead of it."""
        return len(self.terms) == 1 and not self.others


class Standing:
    """The units of a query in one segment. Nothing that is deleted is found."""

    def __init__(self, segment: Segment, expand: Expand) -> None:
        self.segment = segment
        self._expand = expand
        self._known: dict[tuple[Node, TextField], Postings] = {}
        self._units: dict[Node, Unit] = {}
        self._terms: dict[tuple[TextField, int], Term] = {}
        self._patterned: dict[tuple[Node, TextField], list[Kinds]] = {}
        self._words: dict[tuple[Word | Phrase, TextField], list[Asked]] = {}

    def unit(self, node: Node) -> Unit:
        """Where a unit, or an operand of one, stands in paragraphs."""
        found = self._units.get(node)
        if found is None:
            found = self._units[node] = self._one_term(node) or Listed(
                self.postings(node, "text"), self.segment
            )
        return found

    def _one_term(self, node: Node) -> Unit | None:
        """A word that is the same term in all languages."""
        if not isinstance(node, Word):
            return None
        asked = self._asked(node, "text")
        field = self.segment.fields["text"]
        if len(asked) != 1 or len(asked[0].terms) != 1 or (number := field.find(asked[0].terms[0])) < 0:
            return None
        term, alive = self._term(field, number), self.segment.alive
        if not asked[0].others:
            return OneTerm(term, field.mean, alive)
        joined = at.union([self._of_way(field, way, None) for way in asked[0].others])
        more = self._kept(at.postings(joined, field.starts), "text")
        here_too = np.zeros(self.segment.articles, np.bool_)
        here_too[self.segment.article[more.owners]] = True
        both = term.of_groups(np.flatnonzero(here_too[term.articles]))
        if len(both.owners) * 2 > term.total or (joined.ends - joined.starts == 1).any():
            return None
        elsewhere = self.segment.everything() & ~here_too
        here = merged([Postings(both.owners, term.counts_of(both)), more])
        return Several([OneTerm(term, field.mean, elsewhere), Listed(here, self.segment)])

    def postings(self, node: Node, name: TextField) -> Postings:
        """The owners in which a unit, or an operand of one, stands, and how often."""
        found = self._known.get((node, name))
        if found is None:
            found = self._known[node, name] = self._kept(self._postings(node, name), name)
        return found

    def has_form(self, form: str, name: TextField) -> bool:
        """Whether a folded word stands anywhere."""
        field = self.segment.fields[name]
        return len(self._kept(self._merged(field, self._kinds(field, [form])), name).owners) > 0

    def _postings(self, node: Node, name: TextField) -> Postings:
        field = self.segment.fields[name]
        if isinstance(node, Wildcard | Fuzzy | Regex):
            return self._merged(field, self._expanded(node, name))
        if isinstance(node, Word):
            asked = self._asked(node, name)
            if all(one.is_one_term for one in asked):
                return merged([self._of_term(one.terms[0], name, one.articles) for one in asked])
        return at.postings(self.stretches(node, name, self._may_hold(node, name)), field.starts)

    def _of_term(self, term: str, name: TextField, articles: Mask | None) -> Postings:
        field = self.segment.fields[name]
        number = field.find(term)
        if number < 0:
            return NO_POSTINGS
        read = self._term(field, number)
        found = Postings(read.owners, read.counts)
        return found if articles is None else _within(found, articles[self._articles(found.owners, name)])

    def _kept(self, found: Postings, name: TextField) -> Postings:
        """Without what is deleted."""
        alive = self.segment.alive
        return found if alive is None else _within(found, alive[self._articles(found.owners, name)])

    def _articles(self, owners: Array, name: TextField) -> Array:
        return self.segment.article[owners] if name == "text" else owners

    # ---- words

    def _term(self, field: Field, number: int) -> Term:
        """A term; what is read of it is read once."""
        found = self._terms.get((field.name, number))
        if found is None:
            found = self._terms[field.name, number] = field.term(number)
        return found

    def _places(self, field: Field, wanted: Kinds, owners: Array | None) -> Ints:
        term = self._term(field, wanted.term)
        return term.places(wanted.kinds, None if owners is None else term.of_owners(owners))

    def _asked(self, node: Word | Phrase, name: TextField) -> list[Asked]:
        """The words of a unit, as the articles of each language have them."""
        found = self._words.get((node, name))
        if found is None:
            found = self._words[node, name] = self._by_language(node, self.segment.fields[name])
        return found

    def _by_language(self, node: Word | Phrase, field: Field) -> list[Asked]:
        text, inside = node.text, node.inside if isinstance(node, Word) else ()
        analyses = self.segment.analyses
        if len(analyses) == 1:
            ((analysis, _),) = analyses.items()
            known = alternatives_of(analyser_named(analysis), text, inside)
            return [Asked(known.terms, self._there(field, known.others), None)]
        found: dict[Alternatives, Mask | None] = {}
        for analysis, articles in analyses.items():
            known = alternatives_of(analyser_named(analysis), text, inside)
            other = found.get(known)
            found[known] = articles if other is None or articles is None else other | articles
        return [
            Asked(known.terms, self._there(field, known.others), None if len(found) == 1 else articles)
            for known, articles in found.items()
        ]

    def _there(self, field: Field, others: Sequence[Alternative]) -> list[Alternative]:
        """Those of some ways that are in a field."""
        there = iter(field.compounds.there_are([way.key for way in others if way.key]))
        return [
            way
            for way in others
            if (next(there) if way.key else all(field.find(term) >= 0 for term in way.terms))
        ]

    def _kinds(self, field: Field, forms: Sequence[str]) -> list[Kinds]:
        """All variants of some forms."""
        numbers = field.find_forms(forms)
        return field.by_term(np.concatenate([field.variants(n) for n in numbers])) if numbers else []

    def _expanded(self, node: Wildcard | Fuzzy | Regex | Name, name: TextField) -> list[Kinds]:
        """The variants that a pattern stands for."""
        field = self.segment.fields[name]
        forms = self._expand(node, name)
        if isinstance(node, Name):
            return field.by_term(self._spellings(field, node, forms))
        if not asks_for_whole(node) and not (isinstance(node, Wildcard) and node.written):
            return self._kinds(field, forms)
        found = self._patterned.get((node, field.name))
        if found is None:
            found = self._patterned[node, field.name] = field.by_term(self._fitting(field, node, forms))
        return found

    def _fitting(self, field: Field, node: Wildcard | Fuzzy | Regex, forms: Sequence[str]) -> Ints:
        """The variants of some forms that are written as a pattern says, and those that fit it as they are whole."""
        chosen = [
            variant for number in field.find_forms(forms) for variant in field.variants(number).tolist()
        ]
        whole = asks_for_whole(node)
        if whole:
            matches = pattern_of(node).matches
            chosen += [variant for variant, form in elided(field) if matches(form)]
        if isinstance(node, Wildcard) and node.written:
            fits = written_pattern(node)
            chosen = [variant for variant in chosen if any(map(fits, self._shown(field, variant, whole)))]
        return np.unique(np.array(chosen, np.int64))

    def _shown(self, field: Field, variant: int, whole: bool) -> list[str]:
        """A variant as it is written, without what is elided in front of it, and with it if that is asked for."""
        shown = field.written(variant)
        bare = unelided(shown, field.forms[field.form_of(variant)].decode())
        return [bare, shown] if whole else [bare]

    def _spellings(self, field: Field, node: Name, forms: Sequence[str]) -> Ints:
        """The variants of some forms that are a name."""
        chosen = [
            variant
            for number in field.find_forms(forms)
            for variant in field.variants(number).tolist()
            if is_name(
                node.text, form := field.forms[number].decode(), unelided(field.written(variant), form)
            )
        ]
        return np.array(chosen, np.int64)

    def articles_spelling(self, node: Name, form: str, written: Counter[str]) -> int:
        """How many articles write a name in one of its forms; ``written`` counts how they do."""
        articles = np.zeros(self.segment.articles, np.bool_)
        for name, field in self.segment.fields.items():
            variants = self._spellings(field, node, [form])
            for variant in variants.tolist():
                shown = unelided(field.written(variant), form).lstrip(PART)
                written[shown] += int(field.array("variant.words")[variant])
            found = self._kept(self._merged(field, field.by_term(variants)), name)
            articles[self._articles(found.owners, name)] = True
        return int(np.count_nonzero(articles))

    def _merged(self, field: Field, wanted: Sequence[Kinds]) -> Postings:
        whole = np.array([kinds.term for kinds in wanted if kinds.kinds is None], np.int64)
        parts = [field.postings_of(whole)] if len(whole) else []
        parts.extend(
            at.postings(at.words(self._places(field, kinds, None)), field.starts)
            for kinds in wanted
            if kinds.kinds is not None
        )
        return merged(parts)

    # ---- places

    def stretches(self, node: Node, name: TextField, owners: Array | None) -> Stretches:
        """Where a unit, or an operand of one, stands in some owners, or in all of them."""
        field = self.segment.fields[name]
        if isinstance(node, Name):
            spelled_so = self._any_of(field, self._expanded(node, name), owners)
            found = at.union([self.stretches(node.word, name, owners), spelled_so])
            articles = self._any_of(field, self._kinds(field, sorted(ARTICLES)), owners)
            return Stretches(found.starts - np.isin(found.starts - 1, articles.starts), found.ends)
        if isinstance(node, Phrase) and node.names:
            return at.chain([self.stretches(part, name, owners) for part in node.parts])
        if isinstance(node, Word | Phrase):
            within = node.within if isinstance(node, Phrase) else 0
            return at.union(
                [
                    self._restricted(
                        self._of_terms(field, asked.terms, within, owners)
                        if within
                        else self._written(field, asked, owners),
                        asked.articles,
                        name,
                    )
                    for asked in self._asked(node, name)
                ]
            )
        if isinstance(node, Wildcard | Fuzzy | Regex):
            return self._any_of(field, self._expanded(node, name), owners)
        if isinstance(node, PatternPhrase):
            return (self._in_any_order if node.within else self._in_order)(node, name, owners)
        if isinstance(node, Caps):
            return self._as_written(field, node.text, owners, written)
        if isinstance(node, Exact):
            return self._as_written(field, node.text, owners, spelled)
        if isinstance(node, Near | Same):
            left, right = self.stretches(node.left, name, owners), self.stretches(node.right, name, owners)
            if isinstance(node, Near):
                return at.near(left, right, node.distance, node.ordered, field.starts)
            return at.same(left, right, field.starts if node.unit == "p" else field.sentence_groups)
        if isinstance(node, Or):
            return at.union([self.stretches(operand, name, owners) for operand in node.operands])
        assert isinstance(node, And), "an operand is a unit, or units joined by OR, or one without others"
        kept = next(operand for operand in node.operands if not isinstance(operand, Not))
        taken = [operand.operand for operand in node.operands if isinstance(operand, Not)]
        return at.without(
            self.stretches(kept, name, owners), [self.stretches(part, name, owners) for part in taken]
        )

    def _in_order(self, node: PatternPhrase, name: TextField, owners: Array | None) -> Stretches:
        """Words and patterns side by side: the patterns first, the words only where all of these are."""
        field, units = self.segment.fields[name], node.leaves
        found: dict[int, Stretches] = {}
        for by_pattern in (True, False):
            for number, unit in enumerate(units):
                if isinstance(unit, AnyWord) or isinstance(unit, Wildcard | Fuzzy) is not by_pattern:
                    continue
                found[number] = here = self.stretches(unit, name, owners)
                held = at.owner_of(field.starts, here.starts, here.owners)
                owners = (
                    held[run_starts(held)] if owners is None else intersect(owners, held[run_starts(held)])
                )
        whole: Stretches | None = None
        before = 0  # any words that have none of those found in front of them
        for number in range(len(units)):
            if number not in found:
                before += 1
                continue
            here = at.wider(found[number], before, 0, field.starts)
            whole, before = here if whole is None else at.chain([whole, here]), 0
        return NOWHERE if whole is None else at.wider(whole, 0, before, field.starts)

    def _in_any_order(self, node: PatternPhrase, name: TextField, owners: Array | None) -> Stretches:
        """The stretches that hold a word for each of the words and patterns."""
        field = self.segment.fields[name]
        patterns = Counter(part for part in node.parts if isinstance(part, Wildcard | Fuzzy))
        sought = [(self.stretches(part, name, owners).starts, count) for part, count in patterns.items()]
        if not node.words:
            return at.window(at.together(sought), node.within, field.starts)
        words = Phrase(node.words) if " " in node.words else Word(node.words)
        parts = []
        for asked in self._asked(words, name):
            terms = [
                (self._of_terms(field, (term,), 0, owners).starts, count)
                for term, count in Counter(asked.terms).items()
            ]
            found = at.window(at.together([*sought, *terms]), node.within, field.starts)
            parts.append(self._restricted(found, asked.articles, name))
        return at.union(parts)

    def _written(self, field: Field, asked: Asked, owners: Array | None) -> Stretches:
        """Terms side by side, or what may stand instead of some of them."""
        plain = self._of_terms(field, asked.terms, 0, owners)
        others = [(way.start, way.end, self._of_way(field, way, owners)) for way in asked.others]
        if not others:
            return plain
        size = len(asked.terms)
        whole = [found for start, end, found in others if end - start == size]
        partly = [way for way in others if way[1] - way[0] < size]
        if partly:
            starts = np.concatenate([found.starts for _, _, found in partly])
            held = np.unique(at.owner_of(field.starts, starts))  # where one of them is, all must be
            partly += [
                (n, n + 1, self._of_terms(field, (term,), 0, held)) for n, term in enumerate(asked.terms)
            ]
            found: list[Stretches] = [NOWHERE] * (size + 1)
            for start, end, here in sorted(partly, key=itemgetter(0, 1)):
                reached = at.chain([found[start], here]) if start else here
                found[end] = at.union([found[end], reached])
            whole.append(found[-1])
        return at.union([plain, *whole])

    def _of_way(self, field: Field, way: Alternative, owners: Array | None) -> Stretches:
        if way.terms:
            return self._of_terms(field, way.terms, 0, owners)
        places = field.compounds.places(way.key)
        return at.union([Stretches(starts, starts + size) for starts, size in places])

    def _of_terms(self, field: Field, terms: Sequence[str], within: int, owners: Array | None) -> Stretches:
        """Terms side by side, or all within some words."""
        numbers = [field.find(term) for term in terms]
        if not numbers or min(numbers) < 0:
            return NOWHERE
        distinct = {number: self._term(field, number) for number in sorted(set(numbers))}
        if not within:
            return self._side_by_side(field, [distinct[number] for number in numbers], owners)
        chosen = self._together(field, distinct, owners)
        needed = Counter(numbers)
        words = [(distinct[number].places(None, chosen[number]), count) for number, count in needed.items()]
        return at.window(words, within, field.starts)

    def _side_by_side(self, field: Field, terms: Sequence[Term], owners: Array | None) -> Stretches:
        """Terms one behind the other: the rarest first, and each of the others only where all before it are."""
        found: Ints | None = None
        for number, term in enumerate(sorted(set(terms), key=lambda term: term.total)):
            if found is not None and number > 1:
                owners = at.owner_of(field.starts, found[found >= 0], owners)
                owners = owners[run_starts(owners)]
            if owners is not None:
                chosen: Chosen | None = term.of_owners(owners)
            elif len(terms) > 1 and field.of_documents:
                chosen = term.of_groups(np.flatnonzero(self._with_all(terms)[term.articles]))
            else:
                chosen = None
            owners = term.owners if chosen is None else chosen.owners
            places = term.places(None, chosen)
            for shift, other in enumerate(terms):
                if other is term:
                    begins = places - shift if shift else places
                    found = begins if found is None else intersect(found, begins)
        return NOWHERE if found is None else Stretches(found, found + len(terms), owners)

    def _with_all(self, terms: Iterable[Term]) -> Mask:
        """The articles that have all of some terms in their paragraphs."""
        having = np.ones(self.segment.articles, np.bool_)
        for term in set(terms):
            held = np.zeros(self.segment.articles, np.bool_)
            held[term.articles] = True
            having &= held
        return having

    def _together(self, field: Field, terms: dict[int, Term], owners: Array | None) -> dict[int, Chosen]:
        """The postings of each of some terms in the owners that have all of them, by their numbers."""
        if field.of_documents:
            having = self._with_all(terms.values())
            found = {n: term.of_groups(np.flatnonzero(having[term.articles])) for n, term in terms.items()}
        else:
            found = {n: Chosen(np.arange(*term.range), term.articles) for n, term in terms.items()}
        shared = [chosen.owners for chosen in found.values()]
        everywhere = intersect_all(shared if owners is None else [*shared, owners])
        return {n: Term.picked(chosen, everywhere) for n, chosen in found.items()}

    def _any_of(self, field: Field, wanted: Sequence[Kinds], owners: Array | None) -> Stretches:
        found = [self._places(field, kinds, owners) for kinds in wanted]
        return at.words(np.sort(np.concatenate(found))) if found else NOWHERE

    def _as_written(
        self, field: Field, text: str, owners: Array | None, shown: Callable[[str], str]
    ) -> Stretches:
        """Adjacent words, compared as written, each with and without its elided prefix."""
        words = []
        for match in words_of(text):
            word = word_of(match)
            wanted = shown(word)
            ways = (
                (variant, field.written(variant), form)
                for form in possible_forms(word)
                if (number := field.find_form(form)) >= 0
                for variant in field.variants(number).tolist()
            )
            chosen = np.array(
                [v for v, one, form in ways if wanted in (shown(one), shown(unelided(one, form)))], np.int64
            )
            words.append(self._any_of(field, field.by_term(chosen), owners).starts)
        return at.phrase(words)

    def _restricted(self, found: Stretches, articles: Mask | None, name: TextField) -> Stretches:
        if articles is None or not len(found.starts):
            return found
        owners = at.owner_of(self.segment.fields[name].starts, found.starts)
        keep = articles[self._articles(owners, name)]
        return Stretches(found.starts[keep], found.ends[keep])

    # ---- where to look

    def _may_hold(self, node: Node, name: TextField) -> Array | None:
        """The owners outside of which a node cannot stand, ascending; None where they are not worth knowing."""
        if not isinstance(node, Near | Same):
            return None
        if name == "title":
            return self._owners_of(node, None)
        articles = np.zeros(self.segment.articles, np.bool_)
        articles[self._articles_of(node)] = True
        return self._owners_of(node, articles)

    def _articles_of(self, node: Node) -> Array:
        """The articles outside of which the paragraphs with a node are not."""
        if isinstance(node, Near | Same):
            return intersect_all([self._articles_of(node.left), self._articles_of(node.right)])
        if isinstance(node, Or):
            return reduce(np.union1d, (self._articles_of(operand) for operand in node.operands))
        if isinstance(node, And):
            return next(self._articles_of(part) for part in node.operands if not isinstance(part, Not))
        return self.unit(node).articles

    def _owners_of(self, node: Node, articles: Mask | None) -> Array:
        """The owners outside of which a node cannot stand: paragraphs of some articles, or headlines."""
        if isinstance(node, Near | Same):
            return intersect_all(
                [self._owners_of(node.left, articles), self._owners_of(node.right, articles)]
            )
        if isinstance(node, Or):
            return reduce(np.union1d, (self._owners_of(operand, articles) for operand in node.operands))
        if isinstance(node, And):
            kept = next(part for part in node.operands if not isinstance(part, Not))
            return self._owners_of(kept, articles)
        if articles is None:
            return self.postings(node, "title").owners
        unit = self.unit(node)
        return unit.owners_of(np.flatnonzero(articles[unit.articles]))


def elided(field: Field) -> list[tuple[int, str]]:
    """The variants whose form leaves out what is in front of an apostrophe, and their forms with it."""
    shown = StringTable(field.container, f"{field.name}.written")
    octets, sizes = shown.span(0, len(shown))
    at = np.flatnonzero(octets == ord("'"))
    variants = np.unique(np.searchsorted(np.cumsum(sizes), at, "right")).tolist()
    known = ((variant, whole_form(shown[variant].decode())) for variant in variants)
    return [
        (variant, whole) for variant, whole in known if field.forms[field.form_of(variant)].decode() != whole
    ]


def merged(parts: Sequence[Postings]) -> Postings:
    """All postings of several words as if they were one word: counts of one owner are added."""
    parts = [part for part in parts if len(part.owners)]
    if len(parts) < 2:
        return parts[0] if parts else NO_POSTINGS
    return added(
        np.concatenate([part.owners for part in parts]), np.concatenate([part.counts for part in parts])
    )


def _within(found: Postings, keep: Mask) -> Postings:
    return Postings(found.owners[keep], found.counts[keep])
