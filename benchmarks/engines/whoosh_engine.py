"""The engine Whoosh, the library on which newssearch is based, used as its documentation advises."""

from __future__ import annotations

import datetime as dt
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..corpus import Story
from ..queries import Query
from .base import Answer, Engine, Mode

with (
    warnings.catch_warnings()
):  # Whoosh 2.7.4 was written for older Pythons, and gives warnings when it is compiled
    warnings.simplefilter("ignore")
    from whoosh import analysis, fields, index
    from whoosh import query as asking

MEMORY = 256
"""The number of megabytes that each writing process may use before it writes a run."""


class Whoosh(Engine):
    """Whoosh with lower case, Porter's stemmer, stop words, and positions for phrases; it writes in one process a core."""

    _stories: Sequence[Story]
    _index: Any
    _searcher: Any

    def load(self, stories: Sequence[Story]) -> None:
        self._stories = stories

    def build(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        made = index.create_in(str(folder), _schema())
        writer = made.writer(procs=os.cpu_count() or 1, limitmb=MEMORY)
        for story in self._stories:
            _add(writer, story)
        writer.commit()

    def open(self, folder: Path) -> None:
        self._index = index.open_dir(str(folder))
        self._searcher = self._index.searcher()

    def search(self, query: Query, mode: Mode, limit: int) -> Answer:
        asked, condition = self._query(query), _filter(query)
        if condition is not None:  # search() has a parameter for filters, but its total ignores them
            asked = asking.And([asked, asking.ConstantScoreQuery(condition, 0.0)])
        hits = self._searcher.search(asked, limit=limit)
        count = len(hits) if mode != "top" else None
        if mode != "shown":
            return Answer(count, [str(hit.docnum) for hit in hits])
        for hit in hits:
            hit.highlights("text")
        return Answer(count, [hit["address"] for hit in hits])

    def add(self, story: Story) -> None:
        writer = self._index.writer()
        _add(writer, story)
        writer.commit()
        self._searcher.close()
        self._searcher = self._index.searcher()

    def _query(self, query: Query) -> Any:
        if query.kind == "prefix":
            return asking.Prefix("text", query.words[0])
        field = self._index.schema["text"]
        terms = [next(field.process_text(word, mode="query")) for word in query.words]
        if query.kind.startswith("phrase"):
            return asking.Phrase("text", terms)
        parts = [asking.Term("text", term) for term in terms]
        if len(parts) == 1:
            return parts[0]
        return asking.And(parts) if query.kind.startswith("and") else asking.Or(parts)


def _schema() -> Any:
    return fields.Schema(
        text=fields.TEXT(analysis.StemmingAnalyzer(stoplist=None, minsize=1), phrase=True, stored=True),
        address=fields.ID(stored=True),
        number=fields.STORED,
        title=fields.STORED,
        outlet=fields.ID(stored=True),
        date=fields.DATETIME(stored=True),
    )


def _add(writer: Any, story: Story) -> None:
    date = dt.datetime.fromisoformat(story.date) if story.date else None
    for address, number, text in story.addresses():
        writer.add_document(
            text=text, address=address, number=number, title=story.title, outlet=story.outlet, date=date
        )


def _filter(query: Query) -> Any:
    if query.outlet:
        return asking.Term("outlet", query.outlet)
    if query.since and query.until:
        first, last = (dt.datetime.fromisoformat(day) for day in (query.since, query.until))
        return asking.DateRange("date", first, last)
    return None
