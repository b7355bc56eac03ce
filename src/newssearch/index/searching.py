"""One search: the articles that match, more with only some of the words, and the results of the corrected query."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from newssearch.article import Article
from newssearch.engines.protocol import Found, FoundMore, Snapshot
from newssearch.errors import QueryError
from newssearch.facets import FacetValues
from newssearch.fields import ArticleField, by_name
from newssearch.query import (
    MAX_CLAUSES,
    Diagnostic,
    Node,
    Query,
    WeightedWord,
    corrected_text,
    expanded,
    relaxed,
    side_by_side,
    with_corrections,
)
from newssearch.request import ResolvedRequest, parsed_query
from newssearch.results import Results
from newssearch.thesaurus import Thesaurus

NO_MORE = FoundMore(hits=(), total_articles=0, total_stories=0)
"""The second part of results if nothing is in it."""


class Expansion(NamedTuple):
    """A query as it is searched, and the words by which it was expanded.

    ``notes`` say why there are none, if they were asked for.
    """

    query: Query
    words: tuple[WeightedWord, ...] = ()
    notes: tuple[Diagnostic, ...] = ()


class Search:
    """A search of a snapshot. The callables are called only if few articles match.

    ``is_strict`` tells whether only articles that match are wanted; ``corrected`` returns the query with misspelt words,
    which its argument maps to others, replaced. ``facets`` returns the facets of a tree and what it finds.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        request: ResolvedRequest,
        is_strict: Callable[[], bool],
        corrected: Callable[[Mapping[str, str]], Query],
        facets: Callable[[Node, Found], Mapping[str, FacetValues]] = lambda _, found: found.facets,
    ) -> None:
        self._snapshot = snapshot
        self._request = request
        self._is_strict = is_strict
        self._corrected = corrected
        self._facets = facets

    def results(self, parsed: Query, started: float) -> Results:
        """Return the results of a query. The search ``started`` at that time of :func:`time.perf_counter`."""
        asked = expanded_query(self._snapshot, parsed, self._request)
        found = self._snapshot.search(asked.query.tree, self._request)
        results = self._page(asked, found, started)
        if found.total_articles or not found.corrections or not self._request.limit or self._is_strict():
            return results
        corrected = self._corrected(found.corrections)
        other = expanded_query(self._snapshot, corrected, self._request)
        found = self._snapshot.search(other.query.tree, self._request)
        if not found.total_articles:
            return results
        kept = tuple(note for note in results.diagnostics if note not in asked.notes)
        page = self._page(other, found, started)
        return replace(results, diagnostics=kept, corrected=page, took=page.took)

    def _more(self, tree: Node, found: Found) -> FoundMore:
        """Return the articles with some of the words that fill the page, or none if nothing may be left out."""
        asked = self._request
        if asked.limit is None or asked.all_paragraphs or len(found.hits) >= asked.limit:
            return NO_MORE
        some = relaxed(tree)
        if some is None or self._is_strict():
            return NO_MORE
        total = found.total_stories if asked.group else found.total_articles
        rest = replace(asked, offset=max(asked.offset - total, 0), limit=asked.limit - len(found.hits))
        return self._snapshot.search_more(tree, some, rest, found)

    def _page(self, searched: Expansion, found: Found, started: float) -> Results:
        """Return the page of results of a query."""
        parsed = searched.query
        asked, more = self._request, self._more(parsed.tree, found)
        return Results(
            query=parsed.text,
            interpretation=str(parsed),
            hits=found.hits,
            total_articles=found.total_articles,
            total_paragraphs=found.total_paragraphs,
            commit=self._snapshot.commit,
            total_stories=found.total_stories,
            grouped=asked.group,
            offset=asked.offset,
            limit=asked.limit,
            facets=self._facets(parsed.tree, found),
            diagnostics=(*parsed.diagnostics, *searched.notes, *found.diagnostics),
            clauses=tuple(found.clauses),
            names=found.names,
            undated=found.undated,
            imprecise=found.imprecise,
            dates=found.dates,
            own_fields=tuple(row.name for row in self._snapshot.own_fields),
            more=more.hits,
            more_articles=more.total_articles,
            more_stories=more.total_stories,
            expansion=searched.words,
            took=time.perf_counter() - started,
        )


def expanded_query(snapshot: Snapshot, parsed: Query, request: ResolvedRequest) -> Expansion:
    """Return the query, expanded by words of its first results if the request asks for that.

    These include results with only some of the words, even if the search itself returns none.
    """
    if not request.expand:
        return Expansion(parsed)
    words, reason = snapshot.expansion(parsed.tree, relaxed(parsed.tree), request)
    found = expanded(parsed.tree, words)
    if found is None:
        reason = reason or f"it would have more than {MAX_CLAUSES:,} words"
        note = Diagnostic("expansion", f"the query was not expanded: {reason}")
        return Expansion(parsed, notes=(note,))
    return Expansion(replace(parsed, tree=found.tree), found.words)


def related_results(snapshot: Snapshot, article: Article, request: ResolvedRequest) -> Results:
    """Return the articles on the subject of an article as results, whose explanations list the shared words.

    The words that a hit shares with the article stand in its explanation by their part in the score, the greatest first.
    """
    found = snapshot.related(article, request)
    hits = []
    for one in found.hits:
        assert one.explanation is not None, "the engine explains each related article"
        shared = sorted(one.explanation.terms, key=lambda term: -(term.article + term.paragraph))
        explanation = replace(
            one.explanation, terms=tuple(term for term in shared if term.article + term.paragraph > 0)
        )
        hits.append(replace(one, explanation=explanation))
    return Results(
        query=f"related:{article.id}",
        interpretation=str(found.tree),
        hits=tuple(hits),
        total_articles=found.total_articles,
        total_paragraphs=found.total_paragraphs,
        commit=snapshot.commit,
        total_stories=found.total_stories,
        grouped=request.group,
        offset=request.offset,
        limit=request.limit,
        own_fields=tuple(row.name for row in snapshot.own_fields),
    )


def corrected_query(
    query: object,
    parsed: Query,
    corrections: Mapping[str, str],
    request: ResolvedRequest,
    own: Sequence[ArticleField],
    thesaurus: Thesaurus | None = None,
) -> Query:
    """Return a parsed query with misspelt words replaced by those that ``corrections`` maps them to.

    Its text is that of ``query`` with the same words replaced, if that is a string and the new text means the new tree;
    otherwise it is the canonical query. The corrected words get the synonyms that ``thesaurus`` has for them.
    """
    now, fields = request.now or dt.datetime.now(), by_name(own)
    as_typed = replace(request, synonyms=False)
    if thesaurus is not None and isinstance(query, str):  # a synonym is no word to be corrected
        parsed = parsed_query(query, as_typed, now, fields)
    tree = side_by_side(with_corrections(parsed.tree, corrections))
    if isinstance(query, str):
        text = corrected_text(query, parsed.tree, corrections)
        try:
            again = parsed_query(text, as_typed, now, fields)
            if again.tree == tree:
                if thesaurus is not None:
                    return parsed_query(text, request, now, fields, thesaurus)
                return replace(again, tree=tree)  # whose conditions on tags have their articles
        except QueryError:
            pass
    return Query(str(tree), tree)
