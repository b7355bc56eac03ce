"""Explains a query by its clauses: counts the articles that match each clause, and that match all others."""

from __future__ import annotations

import numpy as np

from newssearch.engines.sorted_sets import Mask
from newssearch.query import And, Everything, Node, has_everything
from newssearch.request import ResolvedRequest
from newssearch.results import Clause

from .evaluator import QueryEvaluator


def explain(evaluator: QueryEvaluator, request: ResolvedRequest) -> tuple[Clause, ...]:
    """Return each distinct clause of a query, with two numbers of live articles.

    The first is the number of articles that match this clause, whether or not they match the others. The second is
    the number that match all other clauses: what the query would find without this clause.

    The clauses are the operands of an AND at the top of the tree, or else the whole query, without those that match
    all articles. The filters of the request together are one more clause.
    """
    operands = evaluator.tree.operands if isinstance(evaluator.tree, And) else (evaluator.tree,)
    clauses = {str(operand): operand for operand in operands if not _matches_all(operand)}
    packed = {text: np.packbits(evaluator.articles(operand)) for text, operand in clauses.items()}
    allowed = evaluator.filtered(request)
    if allowed is not None:
        packed["the filters"] = np.packbits(allowed)
    live = evaluator.reader.live_articles()
    failed = np.zeros(len(live), np.int64)  # the number of clauses that each article fails
    for bits in request.check.during(packed.values(), 1):
        failed += ~_unpack(bits, len(live))
    counted = []
    for text, bits in request.check.during(packed.items(), 1):
        matching = _unpack(bits, len(live))
        without = live & (failed == np.where(matching, 0, 1))
        counted.append(Clause(text, int(np.count_nonzero(matching)), int(np.count_nonzero(without))))
    return tuple(counted)


def _matches_all(clause: Node) -> bool:
    return isinstance(clause, Everything) or has_everything(clause)


def _unpack(bits: np.ndarray[tuple[int], np.dtype[np.uint8]], size: int) -> Mask:
    return np.unpackbits(bits, count=size).astype(np.bool_)
