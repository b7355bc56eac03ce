"""Compares what the engine for OpenSearch finds with what the embedded engine finds in the same articles."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import newssearch
from drawn import MARKS, VOCABULARY
from newssearch import Article, Index
from newssearch.engines.opensearch.store import OpenSearchStore
from newssearch.query import Node
from support import article

WORDS = [
    *VOCABULARY, "nation", "nations", "nação", "casa", "casas", "Nations", "die", "dies", "日本", "l'nation", "l’Etat", "d'Amato",
    "#NotUS", "km²", "F-35s", "بغداد", "الحكومة", "Qaddafi", "Gadhafi", "NGOs", "1,000", "9/11",
]  # fmt: skip
DATES = [
    None,
    "2023-12-31",
    "2024-07-25",
    "2024-07-25T23:30:00-04:00",
    "2024-07-26T01:00:00",
    "2024-07",
    "2024",
]
LANGUAGES = [None, "en", "en-GB", "pt", "de", "fr", "ar", "zh"]


def corpus(number: int, seed: int = 1) -> list[Article]:
    """Return some short articles in several languages, with few different words."""
    drawn = random.Random(seed)

    def text() -> str:
        words = (drawn.choice(WORDS) + drawn.choice(MARKS) for _ in range(drawn.randint(1, 9)))
        return " ".join(words)

    found = []
    for at in range(number):
        title = None if drawn.random() < 0.1 else text()
        paragraphs = [text() for _ in range(drawn.randint(0, 5))]
        if title is not None and drawn.random() < 0.2:
            paragraphs.insert(0, title)
        if drawn.random() < 0.2:
            paragraphs.append(f"Photo: {text()}")
        found.append(
            article(
                title if title or paragraphs else "rain", *paragraphs, url=f"u{at}", date=drawn.choice(DATES),
                outlet=drawn.choice([None, "BBC", "bbc", "The Guardian", "Fox News"]), section=drawn.choice([None, "World", "world"]),
                byline=drawn.choice([None, "Ana Silva", "Maria Silva", "Silva"]), located=drawn.choice([None, "Baghdad"]),
                lang=drawn.choice(LANGUAGES),
            )
        )  # fmt: skip
    return found


@contextmanager
def both(folder: Path, address: str, articles: list[Article]) -> Iterator[tuple[Index, Index]]:
    """Yield an embedded index and one in OpenSearch with the same articles."""
    store = OpenSearchStore(address)
    store.create(10.0).close()
    with newssearch.create(folder / "index") as embedded, Index(store) as other:
        embedded.add(articles)
        other.add(articles)
        yield embedded, other


def found_by(index: Index, query: str | Node, **options: Any) -> Any:
    """Return all that a search finds, without the time that the articles were added at."""
    results = index.search(query, group=False, strict=True, explain=True, **options)
    hits = [
        (
            hit.address,
            hit.score,
            hit.matching,
            hit.paragraphs,
            hit.text,
            hit.snippet,
            hit.variants,
            hit.explanation,
        )
        for hit in results.hits
    ]
    return {
        "articles": results.total_articles, "paragraphs": results.total_paragraphs, "hits": hits, "undated": results.undated,
        "imprecise": results.imprecise, "dates": results.dates, "clauses": results.clauses,
        "notes": (results.diagnostics, results.names),
        "facets": {name: (values.values, values.to_dict()) for name, values in results.facets.items()},
    }  # fmt: skip
