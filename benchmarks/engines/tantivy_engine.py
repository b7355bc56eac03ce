"""The engine tantivy, by its package tantivy-py: paragraphs are documents, with one writer thread for each core."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tantivy

from ..corpus import Story
from ..queries import Query
from .base import SNIPPET, Answer, Engine, Mode

ANALYSER = "english"
HEAP = 256_000_000
"""The number of bytes of memory that the writer may use before it writes a segment."""


class Tantivy(Engine):
    """tantivy with lower case, no accents and Snowball's English stemmer; fields are stored, outlet and date are fast."""

    _stories: Sequence[Story]
    _index: Any
    _searcher: Any
    _writer: Any = None

    def __init__(self) -> None:
        steps = (tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold(), tantivy.Filter.stemmer("English"))
        builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        for step in steps:
            builder = builder.filter(step)
        self._analyser = builder.build()
        self._schema = _schema()

    def load(self, stories: Sequence[Story]) -> None:
        self._stories = stories

    def build(self, folder: Path) -> None:
        index = tantivy.Index(self._schema, path=str(folder))
        index.register_tokenizer(ANALYSER, self._analyser)
        writer = index.writer(HEAP, os.cpu_count() or 1)
        for story in self._stories:
            _add(writer, story)
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._index.register_tokenizer(ANALYSER, self._analyser)
        self._searcher = self._index.searcher()

    def search(self, query: Query, mode: Mode, limit: int) -> Answer:
        asked = self._query(query)
        searcher = self._searcher
        result = searcher.search(asked, limit, count=mode != "top")
        if mode != "shown":
            return Answer(result.count, [f"{place.segment_ord}:{place.doc}" for _, place in result.hits])
        snippets = tantivy.SnippetGenerator.create(searcher, asked, self._schema, "text")
        snippets.set_max_num_chars(SNIPPET)
        best = []
        for _, place in result.hits:
            document = searcher.doc(place)
            snippets.snippet_from_doc(document).to_html()
            best.append(document.to_dict()["address"][0])
        return Answer(result.count, best)

    def add(self, story: Story) -> None:
        if self._writer is None:
            self._writer = self._index.writer(HEAP, 1)
        _add(self._writer, story)
        self._writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()

    def _query(self, query: Query) -> Any:
        found = self._words(query)
        conditions = []
        if query.outlet:
            conditions.append(tantivy.Query.term_query(self._schema, "outlet", query.outlet))
        if query.since and query.until:
            conditions.append(
                tantivy.Query.range_query(
                    self._schema, "date", tantivy.FieldType.Date, _day(query.since), _day(query.until)
                )
            )
        if not conditions:
            return found
        unscored = [tantivy.Query.const_score_query(condition, 0.0) for condition in conditions]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in (found, *unscored)])

    def _words(self, query: Query) -> Any:
        if query.kind == "prefix":
            return tantivy.Query.regex_query(self._schema, "text", f"{query.words[0]}.*")
        terms: list[Any] = [self._analyser.analyze(word)[0] for word in query.words]
        if query.kind.startswith("phrase"):
            return tantivy.Query.phrase_query(self._schema, "text", terms)
        index_option = "freq"  # positions are for phrases
        parts = [tantivy.Query.term_query(self._schema, "text", term, index_option) for term in terms]
        occur = tantivy.Occur.Must if query.kind.startswith("and") else tantivy.Occur.Should
        return parts[0] if len(parts) == 1 else tantivy.Query.boolean_query([(occur, part) for part in parts])


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=True, tokenizer_name=ANALYSER, index_option="position")
    builder.add_text_field("address", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("number", stored=True)
    builder.add_text_field("outlet", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_date_field("date", stored=True, indexed=True, fast=True)
    builder.add_bytes_field("title", stored=True)
    return builder.build()


def _add(writer: Any, story: Story) -> None:
    shared: dict[str, object] = {"title": story.title.encode()}
    if story.outlet:
        shared["outlet"] = story.outlet
    if story.date:
        shared["date"] = _day(story.date)
    for address, number, text in story.addresses():
        writer.add_document(tantivy.Document(text=text, address=address, number=number, **shared))


def _day(date: str) -> dt.datetime:
    return dt.datetime.fromisoformat(date)
