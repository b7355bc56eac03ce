"""Stories, boilerplate and novelty on a cluster are those of the embedded engine, and of a comparison of all articles."""

from __future__ import annotations

import random
import signal
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch import Article, Index
from newssearch.corpus.stories import STORY_SORTS
from newssearch.corpus.table import MEASURES
from newssearch.engines import near_duplicates
from newssearch.engines.opensearch import story_plan, writer
from newssearch.engines.opensearch.outline import paragraphs_of
from newssearch.engines.opensearch.store import OpenSearchStore
from stories_twin import StoriesAndRepeats, expected_stories
from support import EVERY, THOROUGH

from . import archives
from .archives import copied_article, run


@pytest.fixture(autouse=True)
def _few_articles_make_boilerplate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_duplicates, "BOILERPLATE_ARTICLES_OF_OUTLET", 4)


def stories_in(store: OpenSearchStore) -> StoriesAndRepeats:
    """Return the stories of an archive, as its documents say."""
    stories: dict[int, set[str]] = defaultdict(set)
    found = StoriesAndRepeats(set(), set(), set())
    snapshot = store.snapshot()
    try:
        for source in snapshot._sources(("*",)):
            name, sampled = source["id"], source["sampled"]
            if "story" in source:
                stories[source["story"]].add(name)
            for kind, into in (("boilerplate", found.boilerplate), ("redundant", found.redundant)):
                into.update((name, number + 1) for number in sampled[kind])
            assert [one.novel for one in paragraphs_of(source) if one.number] == [
                number not in sampled["redundant"] for number in range(source["count"])
            ]
    finally:
        snapshot.close()
    return found._replace(stories={frozenset(names) for names in stories.values()})


def shown(index: Index, query: str, **options: Any) -> Any:
    """Return what a search shows of stories and of their articles."""
    results = index.search(query, limit=None, **options)
    hits = [
        (hit.address, hit.score, hit.matching, hit.story, hit.copies, hit.copies_total, hit.snippet)
        for hit in results
    ]
    return hits, results.total_articles, results.total_paragraphs, results.total_stories


@contextmanager
def both(folder: Path, store: OpenSearchStore) -> Iterator[tuple[Index, Index]]:
    """Yield an empty embedded index and an empty one in OpenSearch."""
    store.create(10.0).close()
    with newssearch.create(folder / "index") as embedded, Index(store) as other:
        yield embedded, other


SEARCHES: list[dict[str, Any]] = [
    {}, {"sort": "newest"}, {"novel": True}, {"novel": True, "all_paragraphs": True}, {"group": False}, {"all_paragraphs": True},
    {"novel": True, "group": False, "sort": "oldest"}, {"outlet": "a.example"},
]  # fmt: skip


@pytest.mark.parametrize("seed", range(2 * THOROUGH))
def test_a_stream_of_articles_gives_the_same_stories(
    writers_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """New, changed and removed articles, in the same runs."""
    monkeypatch.setattr(story_plan, "VALUES_AT_ONCE", 7 if seed % 2 else 20_000)
    if seed % 2:  # most new articles are sent before the commit, and some again with it
        monkeypatch.setattr(writer, "HELD_BYTES", 20_000)
    draw = random.Random(seed)
    held: dict[str, Article] = {}
    store = OpenSearchStore(writers_address)
    with both(tmp_path, store) as (one, other):
        for step in range(6 if EVERY else 4):
            batch = {
                found.id: found
                for found in (
                    copied_article(draw, draw.randrange(60)) for _ in range(draw.choice([1, 6, 20]))
                )
            }
            gone = draw.sample(sorted(held), min(len(held), draw.randint(0, 4)))
            for index in (one, other):
                index.add(batch.values())
            held |= batch
            assert stories_in(store) == expected_stories([*held.values()])
            for index in (one, other):
                index.remove(gone)
            held = {name: article for name, article in held.items() if name not in gone}
            assert stories_in(store) == expected_stories([*held.values()])
            for number, options in enumerate(SEARCHES):
                queries = ("dam OR news", "the governor", "")
                for query in queries if THOROUGH > 1 else [queries[(step + number) % 3]]:
                    assert shown(other, query, **options) == shown(one, query, **options), (query, options)
            for sort in STORY_SORTS:
                told = [index.stories("dam OR news", sort=sort).to_dict()["rows"] for index in (one, other)]
                assert told[0] == told[1]
            counted = [
                index.table("news", by="outlet", measures=MEASURES, novel=True) for index in (one, other)
            ]
            assert counted[1].queries[0].cells == counted[0].queries[0].cells
            assert counted[1].extents == counted[0].extents, (counted[1].extents, counted[0].extents)
            for name in list(held)[:5]:
                told = [version.id for version in one.story(name).versions]
                assert [version.id for version in other.story(name).versions] == told
        assert not list(store.check(1000).problems())


ALL_FAULTS = [
    ("commit: new articles marked", 1), ("commit: changing", 1), ("commit: marking", 3), ("commit: marking", 12), ("commit: changed", 1),
    ("commit: refreshed", 1), ("commit: done", 1),
]  # fmt: skip
FAULTS = ALL_FAULTS if EVERY else [ALL_FAULTS[at] for at in (0, 2, 3, 4)]
"""The moments at which writers are killed, each with the number of times that a writer passes it."""


def test_the_next_writer_puts_in_order_what_a_killed_one_left(writers_address: str) -> None:
    """Writers are killed at each point in turn, and each time another one goes on."""
    store = OpenSearchStore(writers_address)
    store.create(10.0).close()
    archives.copy_articles(str(store.address), 1)
    for number, (fault, time) in enumerate(FAULTS, 1):
        killed = run("copy_articles", str(store.address), 2 * number, fault=fault, time=time)
        killed.communicate(timeout=120)
        assert killed.returncode == -signal.SIGKILL, fault
        store.writer(0).close()
        assert stories_in(store) == expected_stories([*store.snapshot().articles()]), fault
        archives.copy_articles(str(store.address), 2 * number + 1)
        assert stories_in(store) == expected_stories([*store.snapshot().articles()]), fault
        assert not list(store.check(1000).problems()), fault
