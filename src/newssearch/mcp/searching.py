"""The tools that search: ``search``, ``explain``, ``related``, ``kwic``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, cast

from pydantic import Field

from newssearch.corpus.concordance import MAX_SEED, ConcordanceLine
from newssearch.identity import without_slug
from newssearch.results import Clause, Hit, NameSpelling, Results

from .answers import (
    CountedClause,
    ExplainedQuery,
    FoundHit,
    LineInContext,
    LinesInContext,
    RelatedArticles,
    SearchAnswer,
)
from .calls import (
    ArticleId,
    Call,
    Filters,
    Offset,
    QueryText,
    present,
    short,
    shown_date,
    shown_url,
    understood,
)

MAX_HITS = 25
SNIPPET_CHARACTERS = 300
LISTED_COPIES = 5
SHOWN_WORDS = 12
SHOWN_TAGS = 20
MAX_LINES = 50
MAX_CONTEXT_WORDS = 30
MAX_CONTEXT_CHARACTERS = 400

HitLimit = Annotated[int, Field(description=f"Number of articles, 1 to {MAX_HITS}")]


def find_articles(
    call: Call,
    query: QueryText,
    filters: Filters,
    sort: Annotated[
        Literal["relevance", "newest", "oldest", "added"],
        Field(description="Order; added: last to come into the archive first"),
    ] = "relevance",
    limit: HitLimit = 10,
    offset: Offset = 0,
    one_per_story: Annotated[
        bool, Field(description="Of articles with the same text, show only the best; false: all of them")
    ] = True,
) -> SearchAnswer:
    """Search the archive. Each hit is an article with its best paragraph, whose address (ID#N) can be cited.

    An article must match the whole query. If few do, some_words has others that lack the words in missing; if none does,
    corrected has the results of the query with likely misspellings replaced, and clauses counts each part of the query.
    Read an article with article, check quotes with paragraphs, count with count and over_time.
    """
    limit, offset = call.within("limit", limit, MAX_HITS), call.offset(offset)
    found = call.index.search(
        query,
        sort=sort,
        limit=limit,
        offset=offset,
        group=one_per_story,
        snippet=SNIPPET_CHARACTERS,
        timeout=call.timeout,
        stop=call.stop,
        **filters.options(),
    )
    call.note_query(found.diagnostics, found.undated, found.imprecise)
    corrected = found.corrected
    if corrected is not None:
        call.note(f"nothing matches the query; corrected has the results of {short(corrected.query)}")
    some = None
    if found.more and corrected is None:  # they lack the misspelt word
        some = {"total_articles": found.more_articles, "hits": _hit_answers(found.more)}
    answer = {
        "total_articles": found.total_articles,
        "total_paragraphs": found.total_paragraphs,
        "total_stories": found.total_stories if one_per_story else None,
        "some_words": some,
        "corrected": None if corrected is None else _corrected_answer(corrected),
        "clauses": counted_clauses(found.clauses),
        "spellings": spellings_of(found.names),
        "next_offset": _next_offset(found if corrected is None else corrected),
        "commit": found.commit.number,
    }
    return cast(
        SearchAnswer,
        {**understood(query, found.interpretation), **present(answer), "hits": _hit_answers(found.hits)},
    )


def explain_query(
    call: Call,
    query: QueryText,
    filters: Filters,
) -> ExplainedQuery:
    """Say how a query is understood, without hits: to find out why it finds too little, too much, or something else.

    interpretation is the query in full parentheses. Each clause is counted: articles match it alone, without match all other
    clauses. notes name words and values that no article has, with similar ones that the archive has.
    """
    found = call.index.search(
        query,
        explain=True,
        limit=1,
        timeout=call.timeout,
        stop=call.stop,
        **filters.options(),
    )
    call.note_query(found.diagnostics, found.undated, found.imprecise)
    corrected = found.corrected
    answer = {
        "total_articles": found.total_articles,
        "total_paragraphs": found.total_paragraphs,
        "spellings": spellings_of(found.names),
        "some_words_articles": found.more_articles or None,
        "corrected_query": None if corrected is None else short(corrected.query),
        "corrected_articles": None if corrected is None else corrected.total_articles,
    }
    return cast(
        ExplainedQuery,
        {
            **understood(query, found.interpretation),
            **present(answer),
            "clauses": counted_clauses(found.clauses),
        },
    )


def find_related(
    call: Call,
    id: ArticleId,  # noqa: A002
    filters: Filters,
    limit: HitLimit = 10,
    offset: Offset = 0,
) -> RelatedArticles:
    """Find articles on the subject of a given one, those near to it in date first; copies of it are left out.

    shared_words are the most telling words that both have.
    """
    limit, offset = call.within("limit", limit, MAX_HITS), call.offset(offset)
    found = call.index.related(
        id,
        limit=limit,
        offset=offset,
        snippet=SNIPPET_CHARACTERS,
        timeout=call.timeout,
        stop=call.stop,
        **filters.options(),
    )
    call.note_query(found.diagnostics)
    hits = [
        {**hit, "shared_words": [term.text for term in one.explanation.terms[:SHOWN_WORDS]]}
        if one.explanation is not None
        else hit
        for one, hit in zip(found.hits, _hit_answers(found.hits), strict=True)
    ]
    answer = {
        "id": without_slug(found.query.partition(":")[2]),
        "total_articles": found.total_articles,
        "next_offset": _next_offset(found),
    }
    return cast(RelatedArticles, {**present(answer), "hits": hits})


def show_in_context(
    call: Call,
    query: QueryText,
    filters: Filters,
    sort: Annotated[
        Literal["relevance", "newest", "oldest", "left", "right"],
        Field(description="Order; left, right: by the words before or after the match"),
    ] = "relevance",
    width: Annotated[int, Field(description=f"Words on each side, 1 to {MAX_CONTEXT_WORDS}")] = 10,
    limit: Annotated[int, Field(description=f"Number of lines, 1 to {MAX_LINES}")] = 20,
    offset: Offset = 0,
    sample: Annotated[
        int, Field(description="Draw this number of occurrences at random first; 0: take all")
    ] = 0,
    seed: Annotated[int, Field(description="The same seed draws the same sample")] = 0,
) -> LinesInContext:
    """Show each occurrence of a word or phrase between the words around it (key word in context).

    Use it to see how something is said: who does what to whom, and in which words. Headlines have no lines.
    """
    limit, offset = call.within("limit", limit, MAX_LINES), call.offset(offset)
    drawn = call.within("sample", sample, 1_000_000, 0)
    seed = call.within("seed", seed, MAX_SEED, 0)
    found = call.index.kwic(
        query,
        width=call.within("width", width, MAX_CONTEXT_WORDS),
        sort=sort,
        limit=limit,
        offset=offset,
        sample=drawn or None,
        seed=seed if drawn or sort in ("left", "right") else None,
        timeout=call.timeout,
        stop=call.stop,
        **filters.options(),
    )
    call.note_query(found.diagnostics, found.undated, found.imprecise)
    reached = offset + len(found)
    answer = {
        "total_occurrences": found.total_occurrences,
        "total_articles": found.total_articles,
        "sample": found.sample,
        "seed": found.seed,
        "next_offset": reached if found.lines and reached < found.total_lines else None,
    }
    return cast(
        LinesInContext,
        {
            **understood(query, found.interpretation),
            **present(answer),
            "lines": list(map(_line_answer, found)),
        },
    )


def counted_clauses(clauses: Iterable[Clause]) -> list[CountedClause]:
    """Return the counts of the clauses of a query."""
    return [
        {"clause": short(one.text) or "", "articles": one.articles, "without": one.without} for one in clauses
    ]


def spellings_of(names: Mapping[str, Iterable[NameSpelling]]) -> dict[str, list[str]]:
    """Return the spellings in which names were searched, the most frequent first."""
    return {name: [one.text for one in found][:SHOWN_WORDS] for name, found in names.items()}


def _corrected_answer(found: Results) -> dict[str, object]:
    return {
        **understood(found.query, found.interpretation),
        "total_articles": found.total_articles,
        "hits": _hit_answers(found.hits),
    }


def _next_offset(found: Results) -> int | None:
    """Return the offset of the next page; None if there is none."""
    reached = found.offset + len(found.hits) + len(found.more)
    total = found.total_hits + (found.more_stories if found.grouped else found.more_articles)
    return reached if reached > found.offset and reached < total else None


def _hit_answers(hits: Iterable[Hit]) -> list[FoundHit]:
    return list(map(_hit_answer, hits))


def _hit_answer(hit: Hit) -> FoundHit:
    copies = [
        present({"id": without_slug(one.id), "outlet": short(one.outlet), "date": shown_date(one.date)})
        for one in hit.copies[:LISTED_COPIES]
    ]
    shown = {
        "address": f"{without_slug(hit.id)}#{hit.paragraph}",
        "title": short(hit.title),
        "date": shown_date(hit.date),
        "outlet": short(hit.outlet),
        "source": short(hit.source) if hit.source != hit.outlet else None,
        "byline": short(hit.byline),
        "section": short(hit.section),
        "lang": hit.lang,
        "url": shown_url(hit.url),
        "copies_total": hit.copies_total or None,
        "copies": copies,
        "missing": [*hit.missing],
        "tags": [*hit.tags[:SHOWN_TAGS]],
        "tags_total": len(hit.tags) if len(hit.tags) > SHOWN_TAGS else None,
    }
    snippet = "".join(part for part, _ in hit.snippet.parts())
    return cast(
        FoundHit,
        {
            **present(shown),
            "snippet": short(snippet, 2 * SNIPPET_CHARACTERS),
            "matching_paragraphs": hit.matching,
            "paragraphs": hit.paragraphs,
        },
    )


def _line_answer(line: ConcordanceLine) -> LineInContext:
    shown = {
        "address": f"{without_slug(line.id)}#{line.paragraph}",
        "date": shown_date(line.date),
        "outlet": short(line.outlet),
    }
    return cast(
        LineInContext,
        {
            **present(shown),
            "left": line.left[-MAX_CONTEXT_CHARACTERS:],
            "match": short(line.match, MAX_CONTEXT_CHARACTERS),
            "right": line.right[:MAX_CONTEXT_CHARACTERS],
        },
    )
