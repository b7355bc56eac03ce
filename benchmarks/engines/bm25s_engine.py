"""The engine bm25s: precomputed BM25 in sparse matrices. It ranks words and OR; it has no text, phrases, counts, updates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bm25s
import Stemmer

from ..corpus import Story
from ..queries import Kind, Query
from .base import Answer, Engine, Mode

WORD = r"(?u)[^\W_]+"
ADDRESSES = "addresses.json"


class Bm25s(Engine):
    """bm25s with lower case and Snowball's English stemmer. Matrices are mapped from disk, addresses are in memory."""

    kinds: tuple[Kind, ...] = ("term", "or3", "or5")
    filters = False
    modes: tuple[Mode, ...] = ("top",)
    updates = False

    _stories: Sequence[Story]
    _ranker: Any
    _addresses: list[str]

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("english")

    def load(self, stories: Sequence[Story]) -> None:
        self._stories = stories

    def build(self, folder: Path) -> None:
        texts = [text for story in self._stories for text in story.paragraphs]
        tokens = bm25s.tokenize(
            texts, token_pattern=WORD, stopwords=[], stemmer=self._stemmer, show_progress=False
        )
        ranker = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        ranker.index(tokens, show_progress=False)
        ranker.save(str(folder))
        addresses = [address for story in self._stories for address, _, _ in story.addresses()]
        (folder / ADDRESSES).write_text(json.dumps(addresses), encoding="utf-8")

    def open(self, folder: Path) -> None:
        self._ranker = bm25s.BM25.load(str(folder), mmap=True)
        self._addresses = json.loads((folder / ADDRESSES).read_text(encoding="utf-8"))

    def search(self, query: Query, mode: Mode, limit: int) -> Answer:
        terms = [self._stemmer.stemWord(word) for word in query.words]
        numbers, scores = self._ranker.retrieve(
            [terms], k=min(limit, len(self._addresses)), show_progress=False
        )
        found = zip(numbers[0].tolist(), scores[0].tolist(), strict=True)
        return Answer(None, [self._addresses[number] for number, score in found if score > 0])
