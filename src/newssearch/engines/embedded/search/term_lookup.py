"""Looks up the words, patterns and names of a query among the terms and surface forms of one segment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from newssearch.engines.embedded.segment.field import FieldReader, TextField
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import StringTable
from newssearch.engines.sorted_sets import NO_INTS, Ints, Mask, distinct
from newssearch.query import Caps, Exact, Fuzzy, Name, Phrase, Regex, Wildcard, Word
from newssearch.query.alternatives import Alternative, Alternatives, alternatives_of
from newssearch.query.names import ARTICLES, is_name
from newssearch.query.patterns import asks_for_whole, pattern_of, written_pattern
from newssearch.stopping import StopCheck
from newssearch.text.analysis import analyser_named
from newssearch.text.folding import possible_forms, spelled, spelled_lower, unelided, whole_form
from newssearch.text.tokenizer import word_matches as words_of
from newssearch.text.tokenizer import word_of

WORDS_PER_CHECK = 8
"""The number of words matched against a pattern between two checks: a regular expression may take long for one word."""
Expand = Callable[[Wildcard | Fuzzy | Regex | Name, TextField], Sequence[str]]
"""A function that returns the folded words of an index that match a pattern or a name in a field."""


class AnalysedWords(NamedTuple):
    """The terms that the words of a leaf have in one analysis, or in several with the same result.

    ``others`` are the alternatives to these words that occur in the field. ``articles`` is a mask of the articles with
    one of these analyses; None means all.
    """

    terms: tuple[str, ...]
    others: list[Alternative]
    articles: Mask | None


class SpelledWords(NamedTuple):
    """For each word of a leaf, its surface forms; ``articles`` is a mask of the articles whose words they are, None is all."""

    forms: list[Ints]
    articles: Mask | None


class TermLookup:
    """Looks up words, patterns and names in the dictionaries of one segment.

    The dictionaries include the words of deleted articles. ``check`` is called for every few words.
    """

    def __init__(self, segment: Segment, expand: Expand, check: StopCheck) -> None:
        self.segment = segment
        self._expand = expand
        self._check = check
        self._forms: dict[object, Ints] = {}
        self._words_cache: dict[tuple[Word | Phrase, TextField], list[AnalysedWords]] = {}

    # ---- words

    def analysed(self, node: Word | Phrase, name: TextField) -> list[AnalysedWords]:
        """Return the terms of a word or a phrase, once for each group of articles whose analyses agree on them."""
        found = self._words_cache.get((node, name))
        if found is None:
            found = self._words_cache[node, name] = self._by_analysis(node, self.segment.fields[name])
        return found

    def _by_analysis(self, node: Word | Phrase, field: FieldReader) -> list[AnalysedWords]:
        text, inside = node.text, node.inside if isinstance(node, Word) else ()
        analyses = self.segment.analyses
        if len(analyses) == 1:
            ((analysis, _),) = analyses.items()
            words = alternatives_of(analyser_named(analysis), text, inside)
            return [AnalysedWords(words.terms, self._occurring(field, words.others), None)]
        found: dict[Alternatives, Mask | None] = {}
        for analysis, articles in analyses.items():
            words = alternatives_of(analyser_named(analysis), text, inside)
            other = found.get(words)
            found[words] = articles if other is None or articles is None else other | articles
        return [
            AnalysedWords(
                words.terms, self._occurring(field, words.others), None if len(found) == 1 else articles
            )
            for words, articles in found.items()
        ]

    def _occurring(self, field: FieldReader, alternatives: Sequence[Alternative]) -> list[Alternative]:
        """Return the alternatives whose terms or compound occur in a field."""
        has_compound = iter(field.compounds.has_keys([one.key for one in alternatives if one.key]))
        return [
            one
            for one in alternatives
            if (next(has_compound) if one.key else all(field.find(term) >= 0 for term in one.terms))
        ]

    # ---- surface forms, by their numbers in the field

    def surface_forms(self, field: FieldReader, folded: Sequence[str]) -> Ints:
        """Return all surface forms of the given folded words."""
        numbers = field.find_all_folded(folded)
        return np.concatenate([field.forms_of(n) for n in numbers]) if numbers else NO_INTS

    def expanded(self, node: Wildcard | Fuzzy | Regex | Name, name: TextField) -> Ints:
        """Return the surface forms in one field that match a pattern or a name."""
        return self._kept((node, name), lambda: self._expanded(node, self.segment.fields[name]))

    def _expanded(self, node: Wildcard | Fuzzy | Regex | Name, field: FieldReader) -> Ints:
        folded = self._expand(node, field.name)
        if isinstance(node, Name):
            return self.spellings_of_name(field, node, folded)
        if asks_for_whole(node) or (isinstance(node, Wildcard) and node.written):
            return self._matching_as_spelled(field, node, folded)
        return self.surface_forms(field, folded)

    def _matching_as_spelled(
        self, field: FieldReader, node: Wildcard | Fuzzy | Regex, folded: Sequence[str]
    ) -> Ints:
        """Return the surface forms that match a pattern, given the folded words that match it (``folded``).

        If the pattern compares spellings, the spelling of the surface form must match, too. A pattern with an
        apostrophe also finds surface forms that match only with their elided prefix.
        """
        chosen = [
            form
            for number in self._check.during(field.find_all_folded(folded))
            for form in field.forms_of(number).tolist()
        ]
        with_prefix = asks_for_whole(node)
        if with_prefix:
            matches = pattern_of(node).matches
            elided = self._check.during(elided_forms(field, self._check), WORDS_PER_CHECK)
            chosen += [form for form, whole in elided if matches(whole)]
        if isinstance(node, Wildcard) and node.written:
            fits = written_pattern(node)
            chosen = [
                form
                for form in self._check.during(chosen)
                if any(map(fits, _own_spellings(field, form, with_prefix)))
            ]
        return distinct(np.array(chosen, np.int64))

    def spellings_of_name(self, field: FieldReader, node: Name, folded: Sequence[str]) -> Ints:
        """Return the surface forms of the given folded words that spell a name."""
        chosen = [
            form
            for number in self._check.during(field.find_all_folded(folded))
            for form in field.forms_of(number).tolist()
            if is_name(node.text, term := field.folded[number].decode(), unelided(field.spelling(form), term))
        ]
        return np.array(chosen, np.int64)

    def articles(self, field: FieldReader) -> Ints:
        """Return the surface forms of the Arabic articles that can precede a name."""
        return self._kept(("articles", field.name), lambda: self.surface_forms(field, sorted(ARTICLES)))

    def spelled(self, field: FieldReader, node: Caps | Exact) -> list[SpelledWords]:
        """Return the surface forms that are spelled as each word of a node: see :meth:`spelled_as`.

        There is an item for each group of articles whose analyses divide the node into the same words.
        """
        shown = spelled if isinstance(node, Caps) else spelled_lower
        return [
            SpelledWords(
                [
                    self._kept((word, shown, field.name), partial(self.spelled_as, field, word, shown))
                    for word in words
                ],
                articles,
            )
            for words, articles in self._divided(node.text).items()
        ]

    def _divided(self, text: str) -> dict[tuple[str, ...], Mask | None]:
        """Return the words of a text, each time with a mask of the articles whose analyses divide it so; None is all."""
        if not self.segment.added_analyses:
            return {tuple(map(word_of, words_of(text))): None}
        found: dict[tuple[str, ...], Mask | None] = {}
        for analysis, articles in self.segment.analyses.items():
            words = tuple(analyser_named(analysis).words(text))
            other = found.get(words)
            found[words] = articles if other is None or articles is None else other | articles
        return found if len(found) != 1 else dict.fromkeys(found)

    def _kept(self, key: object, find: Callable[[], Ints]) -> Ints:
        """Return the cached result for a key, or compute it."""
        found = self._forms.get(key)
        if found is None:
            found = self._forms[key] = find()
        return found

    def spelled_as(self, field: FieldReader, word: str, shown: Callable[[str], str]) -> Ints:
        """Return the surface forms that are equal to ``word`` after ``shown`` is applied to both.

        Both are compared with and without the form's elided prefix. ``shown`` preserves accents, or accents and case.
        """
        wanted = shown(word)
        candidates = (
            (form, field.spelling(form), folded)
            for folded in possible_forms(word)
            if (number := field.find_folded(folded)) >= 0
            for form in field.forms_of(number).tolist()
        )
        chosen = [
            form
            for form, spelling, folded in candidates
            if wanted in (shown(spelling), shown(unelided(spelling, folded)))
        ]
        return np.array(chosen, np.int64)


def _own_spellings(field: FieldReader, form: int, with_prefix: bool) -> list[str]:
    """Return the spelling of a surface form without its elided prefix; if ``with_prefix``, also the whole spelling."""
    whole = field.spelling(form)
    without_prefix = unelided(whole, field.folded[field.folded_of(form)].decode())
    return [without_prefix, whole] if with_prefix else [without_prefix]


def elided_forms(field: FieldReader, check: StopCheck) -> list[tuple[int, str]]:
    """Return the surface forms with an elided prefix (``l'`` of ``l'eau``), each with its folded spelling.

    The folded spelling includes the prefix.
    """
    spellings = StringTable(field.container, f"{field.name}.forms")
    octets, sizes = spellings.span(0, len(spellings))
    apostrophes = np.flatnonzero(octets == ord("'"))
    forms = distinct(np.searchsorted(np.cumsum(sizes), apostrophes, "right")).tolist()
    whole_forms = ((form, whole_form(spellings[form].decode())) for form in check.during(forms))
    return [
        (form, whole) for form, whole in whole_forms if field.folded[field.folded_of(form)].decode() != whole
    ]
