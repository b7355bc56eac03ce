"""The search of an OpenSearch snapshot: its page of hits, its counts, and the clauses that explain few results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from newssearch.engines import bm25f
from newssearch.engines.article_times import AMBIGUOUS, NO_DATE, ONLY_MONTH, ONLY_YEAR
from newssearch.engines.protocol import MAX_LISTED_COPIES
from newssearch.highlight.snippets import Highlighter
from newssearch.query import And, Everything, LeafUse, Node, Region, has_everything
from newssearch.request import HitContent
from newssearch.results import Clause, DateCounts, Explanation, Hit, TermScore
from newssearch.snippet import Snippet
from newssearch.stopping import StopCheck
from newssearch.text.analysis import analyser_named

from .article_queries import PARAGRAPHS, excluding
from .documents import shown_from
from .evaluation import Evaluation, SearchCall
from .leaf_queries import FINDS_NOTHING, ClusterQuery, finding_all
from .outline import is_in_lead
from .ranking import ClusterRanking
from .scoring import RankedHit
from .story_copies import CopiesOf, copies_among, counting_stories

CLAUSES_AT_ONCE = 30
"""The number of clauses whose articles one request counts."""
COUNTING_DATES = {"terms": {"field": "precision", "size": 2 * AMBIGUOUS}}
"""The aggregation that counts articles by the precision of their dates."""
_EMPTY_SNIPPET = Snippet("", ())


class Totals(NamedTuple):
    """The numbers of all matching articles, their matching paragraphs, their stories, and their dates by precision."""

    articles: int
    paragraphs: int
    stories: int
    dates: DateCounts


def counting_totals(evaluation: Evaluation) -> dict[str, Any]:
    """Return the parts to add to a search so that its response has the totals: see :func:`totals_in`."""
    text = evaluation.matching_paragraphs()
    aggs: dict[str, Any] = {
        "dates": COUNTING_DATES,
        "stories": counting_stories(),
    }
    if text is not FINDS_NOTHING:
        aggs["paragraphs"] = {"nested": {"path": PARAGRAPHS}, "aggs": {"matching": {"filter": text}}}
    return {"track_total_hits": True, "aggs": aggs}


def totals_in(search: SearchCall, evaluation: Evaluation, found: ClusterQuery, answer: Any) -> Totals:
    """Return the totals of the articles that match ``found`` from a response to :func:`counting_totals`."""
    aggregated = answer["aggregations"]
    dates = date_counts_in(aggregated["dates"])
    paragraphs = aggregated["paragraphs"]["matching"]["doc_count"] if "paragraphs" in aggregated else 0
    articles = answer["hits"]["total"]["value"]
    copies = copies_among(search, found, evaluation.check, aggregated["stories"])
    return Totals(articles, paragraphs, articles - copies, dates)


def date_counts_in(counted: Mapping[str, Any]) -> DateCounts:
    """Return the numbers of articles by precision of the date from the response to :data:`COUNTING_DATES`."""
    articles = {bucket["key"]: bucket["doc_count"] for bucket in counted["buckets"]}
    by_coarseness = Counter[int]()
    for precision, number in articles.items():
        by_coarseness[precision & ~AMBIGUOUS] += number
    return DateCounts(
        missing=by_coarseness[NO_DATE],
        only_year=by_coarseness[ONLY_YEAR],
        only_month=by_coarseness[ONLY_MONTH],
        ambiguous=sum(number for precision, number in articles.items() if precision & AMBIGUOUS),
    )


def totals_of(search: SearchCall, evaluation: Evaluation, found: ClusterQuery) -> Totals:
    """Return the totals of the articles that match ``found``."""
    body = {"size": 0, "query": found, **counting_totals(evaluation)}
    return totals_in(search, evaluation, found, search(body, evaluation.check))


def page_and_totals(
    search: SearchCall,
    evaluation: Evaluation,
    found: ClusterQuery,
    near_to: int | None = None,
    without: Sequence[ClusterQuery] = (),
) -> tuple[list[RankedHit], Totals]:
    """Return the results of the requested page and the totals of all matching articles, by one request if possible.

    ``found`` is the evaluation's query, restricted to articles that match none of ``without``. For ``near_to``, see
    :class:`~.ranking.ClusterRanking`.
    """
    passed = None
    if evaluation.is_found_by_score:  # a score then already implies a match
        passed = finding_all([evaluation.passed(), *map(excluding, without)])
    ranking = ClusterRanking(search, evaluation, found, near_to, counting_totals(evaluation), passed)
    page = ranking.page()
    if ranking.first_answer is None:
        return page, totals_of(search, evaluation, found)
    return page, totals_in(search, evaluation, found, ranking.first_answer)


class ClusterHits:
    """Makes hits from results. ``content`` chooses what they contain of their paragraphs, ``snippet`` is the length
    of snippets.

    ``copies`` returns the articles of a story.
    """

    def __init__(
        self,
        tree: Node,
        snippet: int | None,
        content: HitContent,
        explain: Callable[[RankedHit], Explanation] | None,
        copies: CopiesOf,
        check: StopCheck,
    ) -> None:
        self._copies = copies
        self._highlighter = Highlighter(tree, check)
        self._snippet = snippet if content == "snippets" else None
        self._texts = content != "fields"
        self._explain = explain

    def hit(self, placed: RankedHit, missing: tuple[str, ...] = ()) -> Hit:
        """Return the hit of a result. ``missing`` are the words of the query that its article lacks."""
        source = placed.source
        shown, analyser = shown_from(source), analyser_named(source["analysis"])
        text = source["texts"]["of"][placed.paragraph - 1] if self._texts and placed.paragraph else ""
        in_lead = is_in_lead(source, placed.paragraph)
        copies = self._copies(source)
        others = [one for one in copies.first if one.id != shown["id"]]
        snippet = _EMPTY_SNIPPET
        variants: tuple[str, ...] = ()
        if self._snippet is not None:
            snippet = self._highlighter.snippet(text, analyser, self._snippet, in_lead)
            variants = self._highlighter.variants(text, analyser, in_lead)
        return Hit(
            **shown,
            paragraph=placed.paragraph,
            score=placed.score,
            text=text,
            snippet=snippet,
            paragraphs=source["count"],
            matching=placed.scored.matching,
            story=copies.first[0].id if copies.first else shown["id"],
            copies=tuple(others[:MAX_LISTED_COPIES]),
            copies_total=max(copies.total - 1, 0),
            variants=variants,
            missing=missing,
            explanation=self._explain(placed) if self._explain is not None else None,
        )


def explanation_of(scored: Sequence[LeafUse], placed: RankedHit, *, of_paragraph: bool) -> Explanation:
    """Return how a result's score is composed. ``of_paragraph`` is whether it is the score of a paragraph alone."""
    article, paragraph = (0.0, 1.0) if of_paragraph else (bm25f.ARTICLE, bm25f.PARAGRAPH)
    shown = {one.number: one.parts for one in placed.scored.paragraphs}
    best = shown[placed.paragraph] if of_paragraph else placed.scored.best
    best = (*best, *(0.0 for _ in range(len(scored) - len(best))))
    terms = (
        TermScore(
            str(Region(use.region, use.leaf) if use.region else use.leaf),
            placed.factor * article * whole,
            placed.factor * paragraph * part,
        )
        for use, whole, part in zip(scored, placed.scored.whole, best, strict=True)
    )
    return Explanation(tuple(terms), placed.proximity)


def clauses_of(evaluation: Evaluation) -> tuple[Clause, ...]:
    """Return the distinct clauses of a query, each with the number of articles that match it, and that match all
    others.

    The clauses are the operands of an AND at the top of the tree, or else the whole query, without those that match
    all articles. The filters of the request together are one more clause.
    """
    tree = evaluation.tree
    operands = tree.operands if isinstance(tree, And) else (tree,)
    queries = {
        str(one): evaluation.conditions(one)
        for one in operands
        if not (isinstance(one, Everything) or has_everything(one))
    }
    filters = evaluation.conditions.filters(evaluation.request)
    if filters:
        queries["the filters"] = finding_all(filters.values())
    wanted = list(queries.values())
    without: list[int] = []
    for low in range(0, len(wanted), CLAUSES_AT_ONCE):
        some = wanted[low : low + CLAUSES_AT_ONCE]
        others = [finding_all(some[:at] + some[at + 1 :]) for at in range(len(some))]
        outside = finding_all(wanted[:low] + wanted[low + CLAUSES_AT_ONCE :])
        without += evaluation.counts(others, outside)
    return tuple(map(Clause, queries, evaluation.counts(wanted), without))
