"""Why a query finds what it finds: each clause by itself, and what it keeps out."""

from __future__ import annotations

import numpy as np

from newssearch.engines.embedded.storage.sorted_sets import Mask
from newssearch.query import And, Everything
from newssearch.request import ResolvedRequest
from newssearch.results import Clause

from .evaluator import QueryEvaluator


def explain(run: QueryEvaluator, request: ResolvedRequest) -> tuple[Clause, ...]:
    """The clauses that all must hold, each once, and the filters of the request as one, with their counts."""
    operands = run.tree.operands if isinstance(run.tree, And) else (run.tree,)
    parts = {str(part): part for part in operands if not isinstance(part, Everything)}
    packed = {text: np.packbits(run.articles(part)) for text, part in parts.items()}
    allowed = run.filtered(request)
    if allowed is not None:
        packed["the filters"] = np.packbits(allowed)
    alive = run.reader.everything()
    failed = np.zeros(len(alive), np.int64)  # by how many clauses each article is kept out
    for bits in packed.values():
        failed += ~_mask(bits, len(alive))
    clauses = []
    for text, bits in packed.items():
        held = _mask(bits, len(alive))
        others = alive & (failed == np.where(held, 0, 1))
        clauses.append(Clause(text, int(np.count_nonzero(held)), int(np.count_nonzero(others))))
    return tuple(clauses)


def _mask(bits: np.ndarray[tuple[int], np.dtype[np.uint8]], size: int) -> Mask:
    return np.unpackbits(bits, count=size).astype(np.bool_)
