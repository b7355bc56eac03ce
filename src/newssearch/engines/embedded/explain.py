"""Why a query finds what it finds: each clause by itself, and what it keeps out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from ...query import And, Everything
from ...request import SearchOptions
from ...results import Clause
from .evaluation import Evaluation
from .table import Mask


def explain(run: Evaluation, options: SearchOptions) -> tuple[Clause, ...]:
    """The clauses that all must hold, each once, and the filters of the request as one, with their counts."""
    tree = run.tree
    operands = tree.operands if isinstance(tree, And) else (tree,)
    parts = {str(part): part for part in operands if not isinstance(part, Everything)}
    masks: dict[str, Callable[[], Mask]] = {text: partial(run.articles, part) for text, part in parts.items()}
    if options.filters or options.start is not None or options.end is not None:
        masks["the filters"] = partial(run.filtered, options)
    failed = np.zeros(run.table.articles, np.int64)  # by how many clauses each article is kept out
    for mask in masks.values():
        failed += ~mask()
    clauses = []
    for text, mask in masks.items():  # twice computed, but never all held at once
        held = mask()
        others = run.table.alive & (failed == np.where(held, 0, 1))
        clauses.append(Clause(text, int(np.count_nonzero(held)), int(np.count_nonzero(others))))
    return tuple(clauses)
