"""The notes on a query: words and values that occur in no article or in few, and the spellings of its names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from newssearch.engines.similar_words import RARE_ARTICLES
from newssearch.engines.suggest import WordSuggester
from newssearch.query import Diagnostic, Name, names_in
from newssearch.results import NameSpelling

from .counted_spellings import CountedSpellings
from .evaluation import Evaluation
from .value_notes import ValueNotes
from .word_lookup import ClusterWordLookup


class QueryNotes(NamedTuple):
    """The distinct notes on a query, and the likely corrections of misspelt words."""

    diagnostics: tuple[Diagnostic, ...]
    corrections: Mapping[str, str]


def notes_on(evaluation: Evaluation, total: int) -> QueryNotes:
    """Return the notes on a query that finds ``total`` articles.

    No request is needed if the search has ordered results and all leaves are words or patterns, or if every found
    article must contain all words. Otherwise one request counts the articles of each word, and one those of each
    value that may be missing. Each unknown word or value needs more, and so does each rare word of a query that finds
    few articles.
    """
    found, few = total > 0, total <= RARE_ARTICLES
    of_values = ValueNotes(evaluation, found=found).notes()
    lookup = ClusterWordLookup(evaluation, found=found, few=few)
    suggester = WordSuggester(lookup, few, evaluation.statistics.articles, evaluation.check)
    of_words = suggester.unknown_words(evaluation.tree)
    notes = dict.fromkeys([*of_values, *evaluation.notes, *of_words])
    return QueryNotes(tuple(notes), suggester.corrections)


def names_on(evaluation: Evaluation) -> dict[str, tuple[NameSpelling, ...]]:
    """Return the spellings of each name in a query, by name.

    Each spelling has its number of articles. The most frequent comes first.
    """
    found: dict[str, tuple[NameSpelling, ...]] = {}
    for wanted in evaluation.scored:
        for name in names_in(wanted.leaf):
            if name.text not in found:
                found[name.text] = _name_spellings(evaluation, name)
    return found


def _name_spellings(evaluation: Evaluation, name: Name) -> tuple[NameSpelling, ...]:
    """Return the most frequent spelling of each folded form of a name, by descending number of articles."""
    spellings = CountedSpellings(evaluation)
    words = dict.fromkeys(evaluation.vocabulary.spelling_name(name, evaluation.check))
    articles = spellings.articles_with(words)
    texts = spellings.most_frequent(word for word in words if articles[word.form])
    rows = [NameSpelling(texts[form], number) for form, number in articles.items() if number]
    return tuple(sorted(rows, key=lambda one: (-one.articles, one.text)))
