"""The engines that the benchmark compares, each behind the same small interface."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import NamedTuple

from .base import Answer, Engine, Mode

__all__ = ["ENGINES", "Answer", "Engine", "Entry", "Mode", "load", "missing"]


class Entry(NamedTuple):
    """The place of an engine: its module here, its class, and the distribution that it needs (None: no other)."""

    module: str
    class_name: str
    distribution: str | None
    package: str


ENGINES: dict[str, Entry] = {
    "newssearch": Entry("newssearch_engine", "NewssearchArticles", "newssearch", "newssearch"),
    "newssearch-paragraph": Entry("newssearch_engine", "NewssearchParagraphs", "newssearch", "newssearch"),
    "tantivy": Entry("tantivy_engine", "Tantivy", "tantivy", "tantivy"),
    "fts5": Entry("fts5_engine", "Fts5", None, "sqlite3"),
    "whoosh": Entry("whoosh_engine", "Whoosh", "whoosh", "whoosh"),
    "bm25s": Entry("bm25s_engine", "Bm25s", "bm25s", "bm25s"),
}
"""The engines by their names on the command line of a run."""


def missing(name: str) -> bool:
    """Whether the package that an engine needs is not installed."""
    return find_spec(ENGINES[name].package) is None


def load(name: str) -> Engine:
    """Return a new engine. It imports the package of this engine only, because each process measures one engine."""
    entry = ENGINES[name]
    engine: Engine = getattr(importlib.import_module(f"{__package__}.{entry.module}"), entry.class_name)()
    return engine
