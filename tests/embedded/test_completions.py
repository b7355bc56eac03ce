"""The completions of a prefix are the most frequent words, however few are taken from each dictionary at first."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from newssearch import Article, Index
from newssearch.engines.embedded.corpus import completions
from support import index_of

WORDS = [f"{first}{second}{third}" for first in "rst" for second in "aeiou" for third in "klmn"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Yield an index of several segments, each with other frequent words."""
    chance = random.Random(4)
    folder = tmp_path_factory.mktemp("completions") / "index"
    with index_of(folder) as opened:
        for number in range(3):
            weights = [chance.paretovariate(1) for _ in WORDS]
            texts = [" ".join(chance.choices(WORDS, weights, k=40)) for _ in range(8)]
            opened.add(
                Article.create(title=chance.choice(WORDS), text=text, url=f"{number}/{n}")
                for n, text in enumerate(texts)
            )
        yield opened


@pytest.mark.parametrize("first_step", [1, 2, 16])
@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_the_most_frequent_words_come_first(
    index: Index, monkeypatch: pytest.MonkeyPatch, first_step: int, limit: int
) -> None:
    monkeypatch.setattr(completions, "FIRST_STEP", first_step)
    for prefix in ("", "r", "S", "ta", "rak", "x"):
        counted = tuple(word.word for word in index.words(prefix, limit))
        assert index.completions(prefix, limit) == counted
