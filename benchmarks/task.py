"""What the benchmark tells a worker process to do."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

from .queries import Query

LIMIT = 10
"""The number of hits that a search returns."""
TURN = "turn\n"
"""The line by which a worker asks to be the only one that is measured, until it asks again or ends."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task for a worker: one phase of one engine, with the given number of ``paragraphs`` of the work file ``corpus``.

    After an untimed pass over each group of queries, ``passes`` passes are timed, but none begins after ``budget`` seconds
    for the group. ``updates`` articles are added one by one. ``many`` has the numbers of threads and processes that
    search at the same time, each for ``seconds``.
    """

    phase: str
    engine: str
    corpus: str
    folder: str
    paragraphs: int
    queries: tuple[Query, ...] = ()
    passes: int = 5
    budget: float = 20.0
    updates: int = 0
    many: tuple[int, ...] = ()
    seconds: float = 0.0

    def to_json(self) -> str:
        """Return the task as JSON for :meth:`from_json`."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Task:
        """Return the task that :meth:`to_json` wrote."""
        record = json.loads(text)
        queries = tuple(Query(**{**query, "words": tuple(query["words"])}) for query in record.pop("queries"))
        return cls(**{**record, "many": tuple(record["many"])}, queries=queries)
