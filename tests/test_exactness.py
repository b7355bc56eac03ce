"""The whole engine, compared with the twin in combinations of segments, deletions, odd articles, pages and languages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import newssearch
import reference
from newssearch import Article, Hit, Index, PartialDate
from newssearch.engines import bm25f, sorted_sets
from newssearch.engines.embedded import index_folder, new_segments, store
from newssearch.engines.embedded.indexing import merge_policy
from newssearch.engines.embedded.search import hit_order, result_order, top_k
from newssearch.engines.embedded.segment import field, postings
from newssearch.highlight.matcher import AnalysedText, find_matches
from newssearch.identity import id_number
from newssearch.query import (
    And,
    AtLeast,
    Boost,
    Caps,
    Everything,
    Exact,
    Fuzzy,
    Name,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Region,
    Same,
    Wildcard,
    Word,
    parse,
)
from newssearch.system import fault_points
from newssearch.text.analysis import analyser
from support import THOROUGH, article, index_of, set_added, without_boilerplate

__all__ = ["without_boilerplate"]  # a fixture of all tests here

STEMMED = ["nation", "nations", "national", "nação", "casa", "casas", "Nations", "the", "die", "dies"]
"""Words that are stemmed differently in English, Portuguese and German, and not at all without a language."""
ONES = st.sampled_from(
    [*STEMMED, "x", "日本", "U.S.", "l'nation", "l’Etat", "d'Amato", "#NotUS", "km²", "Nation¹", "F-35s"]
)
TEXTS = st.one_of(
    ONES,
    st.lists(st.tuples(ONES, st.sampled_from(["", "", ".", ","])).map("".join), min_size=1, max_size=7).map(
        " ".join
    ),
    st.sampled_from(["—", "…", "!?"]),
)
COMMON = "always"
"""A word in every paragraph of some articles, and in all headlines."""
DATES = [None, dt.date(2023, 12, 31), dt.date(2024, 7, 25), dt.datetime(2024, 7, 25, 12),
         dt.datetime(2024, 7, 26, 1, tzinfo=dt.timezone(dt.timedelta(hours=5))), PartialDate(2024, 7), PartialDate(2023)]  # fmt: skip
ASIDES = TEXTS.map(lambda text: f"Photo: {text}") | TEXTS.map(lambda text: f"MORE: {text}")
"""Paragraphs that are captions or links."""
ARTICLES = st.builds(
    lambda title, paragraphs, number, common, repeated, **fields: article(
        title if title or paragraphs else "x",
        *([title] if repeated and title else []),
        *(f"{COMMON} {p}" if common else p for p in paragraphs),
        url=f"u{number}",
        **fields,
    ),
    title=st.none() | TEXTS | TEXTS.map(lambda text: f"{COMMON} {text}"),
    paragraphs=st.lists(TEXTS | ASIDES, max_size=4),
    repeated=st.booleans(),
    number=st.integers(0, 40),
    common=st.booleans(),
    date=st.sampled_from(DATES),
    outlet=st.sampled_from([None, "BBC", "bbc", "The Guardian"]),
    byline=st.sampled_from([None, "Ana Silva", "Maria Silva"]),
    located=st.sampled_from([None, "Baghdad"]),
    section=st.sampled_from([None, "World", "world"]),
    lang=st.sampled_from([None, "en", "pt", "de", "zh", "fr"]),
)
STEPS = st.lists(st.lists(ARTICLES, min_size=1, max_size=6) | st.integers(0, 30), min_size=1, max_size=6)
"""The steps of an index, each a commit: a list adds articles, a number removes the article with that number."""
LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from([*STEMMED, COMMON, "日本"]).map(Word),
    st.sampled_from([f"{COMMON} nation", "nations casa", "the nation"]).map(Phrase),
    st.just(Phrase("nation casas", 3)),
    st.sampled_from(
        [
            Wildcard("nation*"),
            Wildcard("*s"),
            Fuzzy("nation", 2),
            Exact("NATIONS"),
            Name("Nation"),
            Exact("Etat"),
            Wildcard("d'a*"),
            Caps("US"),
            Word("km"),
            Word("F-35"),
            Caps("Nations"),
            Caps("nations casa"),
        ]
    ),
    st.sampled_from([Near(Word("nation"), Word("casa"), 3, False), Same(Word("nation"), Word("casas"), "s")]),
    st.just(Same(Or((Word("nation"), Word("x"))), And((Word("casa"), Not(Word("casas")))), "p")),
)
TREES: st.SearchStrategy[Node] = st.one_of(
    LEAVES,
    st.lists(LEAVES, min_size=2, max_size=3).map(lambda nodes: Or(tuple(nodes))),
    st.tuples(LEAVES, LEAVES).map(lambda pair: And((pair[0], Not(pair[1])))),
    LEAVES.map(Not),
)


@contextmanager
def divided(batch: int, ratio: float) -> Iterator[None]:
    """Set the number of chunks of text in a batch, and how readily segments are merged (0: never)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(new_segments, "BATCH_TEXT_BYTES", batch)
        patch.setattr(merge_policy, "MERGE_RATIO", ratio)
        yield


@contextmanager
def short_cuts() -> Iterator[None]:
    """Lower thresholds, so that few postings use the fast paths for many: bounds, binary searches, sparse sets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(top_k, "MIN_FIRST_ARTICLES", 1)
        patch.setattr(hit_order, "FIRST_RESULTS", 1)
        patch.setattr(result_order, "MAX_TIES_BY_READING", 0)
        patch.setattr(postings, "MAX_POSTINGS_PER_WANTED", 0)
        patch.setattr(sorted_sets, "MIN_VALUES_PER_SUM", 0)
        patch.setattr(top_k, "MAX_SCORED_AT_ONCE", 2)
        patch.setattr(top_k, "MAX_ARTICLES_PER_SHARED", 0)
        patch.setattr(sorted_sets, "DENSE_UNIVERSE_RATIO", 0)
        patch.setattr(field, "DENSE_OWNERS_RATIO", 0)
        patch.setattr(field, "SCAN_RATIO", 0)
        yield


@contextmanager
def proximity_for(articles: int) -> Iterator[None]:
    """Let proximity raise the scores of this number of articles only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bm25f, "PROXIMITY_ARTICLES", articles)
        yield


ONE, MANY = (6_000_000, float("inf")), (3, 0)


def done(index: Index, steps: Sequence[list[Article] | int]) -> dict[str, Article]:
    """Run all steps, and return the articles that the index then holds."""
    held: dict[str, Article] = {}
    for step in steps:
        if isinstance(step, int):
            for gone in sorted(held)[step : step + 1]:
                index.remove([gone])
                del held[gone]
        else:
            index.add(step)
            for one in step:  # a later version keeps the id of the first one
                first = next((name for name in held if id_number(name) == id_number(one.id)), one.id)
                held[first] = dataclasses.replace(one, id=first)
    return held


@contextmanager
def indexes(steps: Sequence[list[Article] | int]) -> Iterator[tuple[dict[str, Article], Index, Index]]:
    """Return the articles after all steps, an index of these in one segment, and one in as many segments as possible."""
    with (
        tempfile.TemporaryDirectory() as folder,
        newssearch.create(Path(folder) / "one") as one,
        newssearch.create(Path(folder) / "many") as many,
    ):
        with divided(*ONE):
            held = done(one, steps)
        with divided(*MANY):
            assert done(many, steps) == held
        assert len(segments(one)) <= 1
        yield held, one, many


def segments(index: Index) -> list[Any]:
    """Return the segments of the last commit."""
    return list(store.EmbeddedStore(index.folder).toc().segments)


def shown(hits: Sequence[Hit]) -> list[tuple[str, int, float, int]]:
    """Return the values by which hits are compared, with scores to the last bit."""
    return [(hit.id, hit.paragraph, hit.score, hit.matching) for hit in hits]


@given(steps=STEPS, trees=st.lists(TREES, min_size=1, max_size=6))
@settings(max_examples=10 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
def test_hits_are_those_of_the_twin_and_equal_to_the_last_bit_whatever_the_segments(
    steps: list[list[Article] | int], trees: list[Node]
) -> None:
    with indexes(steps) as (held, one, many):
        for tree in trees:
            expected = reference.search(
                held.values(), tree, reference.Request(limit=None, all_paragraphs=True)
            )
            found = one.search(tree, limit=None, all_paragraphs=True)
            parted = many.search(tree, limit=None, all_paragraphs=True)
            assert shown(parted.hits) == shown(found.hits)
            assert [hit.text for hit in parted] == [hit.text for hit in found]
            assert parted.total_paragraphs == found.total_paragraphs == expected.total_paragraphs
            assert [hit.score for hit in found] == pytest.approx([h.score for h in expected.hits], abs=1e-9)
            assert sorted((h.id, h.paragraph, h.matching) for h in found) == sorted(
                (h.id, h.paragraph, h.matching) for h in expected.hits
            )
        for index in (one, many):
            assert index.find() == sorted(held)
            assert [index.article(name).paragraphs for name in held] == [a.paragraphs for a in held.values()]
            info = index.info().contents
            assert (info.articles, info.paragraphs) == (
                len(held),
                sum(len(a.paragraphs) for a in held.values()),
            )


SORTS = st.sampled_from(["relevance", "newest", "oldest", "added", "id"])


@given(STEPS, TREES, SORTS, st.booleans(), st.integers(0, 12), st.integers(0, 12))
@settings(max_examples=10 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_page_is_a_slice_of_all_hits(
    steps: list[list[Article] | int], tree: Node, sort: str, every: bool, limit: int, offset: int
) -> None:
    with indexes(steps) as (untimed, one, many):
        held = set_added(one, untimed)
        with divided(*MANY):
            set_added(many, untimed)
        request = reference.Request(sort=sort, limit=None, all_paragraphs=every)
        expected = reference.search(held.values(), tree, request)
        for index in (one, many):
            whole = index.search(tree, limit=None, sort=sort, all_paragraphs=every, group=False)
            assert [hit.score for hit in whole] == pytest.approx([h.score for h in expected.hits], abs=1e-9)
            page = index.search(
                tree, limit=limit, offset=offset, sort=sort, all_paragraphs=every, group=False
            )
            with short_cuts():
                assert (
                    index.search(
                        tree, limit=limit, offset=offset, sort=sort, all_paragraphs=every, group=False
                    )
                    == page
                )
                ranks = index.rank(
                    tree, limit=limit, offset=offset, sort=sort, all_paragraphs=every, group=False
                )
                scan = index.scan(tree, sort=sort, all_paragraphs=every, group=False)
                assert (list(scan), scan.total) == (list(whole), len(whole))
                if page:
                    place = index.neighbours(
                        tree, page[0].address, sort=sort, all_paragraphs=every, group=False
                    )
                    assert (place.hit, place.position) == (page[0], offset + 1)
            assert ranks == [(hit.id, hit.paragraph, hit.score) for hit in page]
            assert shown(page.hits) == shown(whole.hits)[offset : offset + limit]
            assert (page.total_articles, page.total_paragraphs) == (
                expected.total_articles,
                expected.total_paragraphs,
            )
            assert in_order(whole.hits, held, sort)


def in_order(hits: Sequence[Hit], held: dict[str, Article], sort: str) -> bool:
    """Whether hits are in the total order of their scores, dates, ids and paragraphs."""
    keys = [
        reference.order(reference.Hit(hit.id, hit.paragraph, hit.score, 0, 0), held[hit.id], sort)
        for hit in hits
    ]
    return keys == sorted(keys)


FILTERS: list[dict[str, Any]] = [
    {}, {"outlet": "bbc"}, {"outlet": ["BBC", "the guardian"]}, {"byline": "silva"}, {"lang": ["pt", "de"]},
    {"located": "Baghdad"}, {"source": "nobody"}, {"outlet": "bbc", "lang": "en"}, {"since": "2024"}, {"until": "2023"},
    {"since": "2024-07-25", "until": "2024-07-25"},
]  # fmt: skip
FACETS = [
    "outlet", "source", "year", "quarter", "month", "week", "day", "byline", "located", "lang", "section",
]  # fmt: skip


@given(STEPS, TREES, st.sampled_from(FILTERS))
@settings(max_examples=10 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
def test_filters_change_no_score_and_facets_count_what_is_found(
    steps: list[list[Article] | int], tree: Node, filters: dict[str, Any]
) -> None:
    asked = reference.Request(
        filters={name: [v] if isinstance(v, str) else v for name, v in filters.items() if name not in ("since", "until")},
        since=dt.datetime(int(filters["since"][:4]), *((7, 25) if "-" in filters["since"] else (1, 1)))
        if "since" in filters
        else None,
        until={"2023": dt.datetime(2024, 1, 1), "2024-07-25": dt.datetime(2024, 7, 26)}.get(filters.get("until", "")),
        limit=None,
        facets=FACETS,
    )  # fmt: skip
    with indexes(steps) as (held, one, many):
        expected = reference.search(held.values(), tree, asked)
        for index in (one, many):
            whole = {hit.id: hit for hit in index.search(tree, limit=None, group=False)}
            found = index.search(tree, limit=None, facets=FACETS, group=False, **filters)
            assert sorted(hit.id for hit in found) == expected.ids
            assert shown(found.hits) == shown([hit for hit in whole.values() if hit.id in set(expected.ids)])
            assert {
                name: [(value.value, value.articles) for value in values]
                for name, values in found.facets.items()
            } == expected.facets


# ---- examples


def test_many_segments_are_many(tmp_path: Path) -> None:
    """Otherwise the properties above would test nothing."""
    with divided(*MANY):
        index = index_of(tmp_path, *(article("t", "one two three", url=f"{n}") for n in range(5)))
        index.add([article("t", "one", url="more")])
        assert len(segments(index)) == 6


def test_a_paragraph_may_have_more_words_than_16_bits_can_count(tmp_path: Path) -> None:
    """65,536 of them: the last has the highest position of 16 bits."""
    times = 65_531
    long = article("long", "first " + "rain " * times + "and snow. Last words", url="a")
    short = [article("s", "rain and snow", url=f"s{n}") for n in range(3)]
    expected = reference.search([long, *short], Word("rain"), reference.Request(limit=None))
    for name, how in (("one", ONE), ("many", MANY)):
        with divided(*how), newssearch.create(tmp_path / name) as index:
            index.add([long])
            index.add(short)
            found = index.search("rain", limit=None, group=False)
            assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected.hits])
            for query, articles in (
                ('"rain and snow"', 4), ('"and snow last words"', 1), ('"first rain"', 1), ("first w/5 last", 0),
                ("snow w/s last", 0), ("snow w/2 last", 1), ("rain w/s first", 1), (AtLeast(times, Word("rain")), 1),
                (AtLeast(times + 1, Word("rain")), 0), ("caps(Last) pre/1 words", 1),
            ):  # fmt: skip
                assert index.count(query) == articles, query


def test_a_paragraph_may_have_two_words_more_than_8_bits_can_count(tmp_path: Path) -> None:
    text = " ".join([*(f"w{n:03}" for n in range(256)), "and", "air"])
    index = index_of(tmp_path, article(None, text, url="a"))
    assert index.search('"w254 w255 and air"').total_articles == 1
    assert index.search('"w253 w254"').total_articles == 1


@pytest.mark.parametrize("text", ["It rained. _", "下雨了。 ■", "أمطرت. ـ"])
def test_articles_whose_last_paragraph_ends_without_a_word_can_be_committed(
    tmp_path: Path, text: str
) -> None:
    index = index_of(tmp_path, article("a", text, url="a"))
    for n in range(3):
        index.add([article("b", text, url=f"b{n}")])
    assert index.info().contents.articles == 4


def test_words_of_two_chinese_sentences_are_not_in_one(tmp_path: Path) -> None:
    index = index_of(tmp_path, article("a", "（我来了。） 然后", url="a", lang="zh"))
    tree = parse("我 w/s 然").tree
    expected = reference.search([article("a", "（我来了。） 然后", url="a", lang="zh")], tree)
    assert index.search(tree).total_articles == expected.total_articles == 0


def test_a_batch_is_bounded_in_a_language_without_white_space_too(tmp_path: Path) -> None:
    with divided(50, 0):
        index = index_of(tmp_path, *(article("x", "雨" * 1_000, url=f"{n}", lang="zh") for n in range(5)))
        assert len(segments(index)) > 1


def test_a_word_stemmed_differently_is_found_in_each_language_by_its_own_stem(tmp_path: Path) -> None:
    """This holds within one segment and over several: in each language, other words share a stem."""
    corpus = [
        article(word, f"{word} {lang}", url=f"{word}{lang}", lang=lang)
        for lang in ("en", "pt", "de", "zh")
        for word in STEMMED
    ]
    for name, how in (("one", ONE), ("many", MANY)):
        with divided(*how), newssearch.create(tmp_path / name) as index:
            index.add(corpus)
            for word in STEMMED:
                assert index.find(Word(word)) == reference.search(corpus, Word(word)).ids


def test_what_is_removed_in_the_middle_is_gone_for_good(tmp_path: Path) -> None:
    """Articles are removed from one segment and then from the merged one, up to the last article."""
    corpus = {
        one.id: one
        for one in (
            article(f"t{n}", *(f"rain w{n} p{p}" for p in range(n % 4)), url=f"{n}") for n in range(40)
        )
    }
    for name, how in (("one", ONE), ("many", MANY), ("usual", (20, 2))):
        held = dict(corpus)
        with divided(*how), newssearch.create(tmp_path / name) as index:
            index.add(held.values())
            for start, step in ((5, 7), (3, 5), (0, 3), (1, 2), (0, 1)):
                gone = sorted(held)[start::step]
                assert index.remove(gone) == len(gone)
                held = {known: one for known, one in held.items() if known not in gone}
                expected = reference.search(held.values(), Word("rain"), reference.Request(limit=None))
                found = index.search("rain", limit=None, group=False)
                assert [hit.score for hit in found] == pytest.approx([h.score for h in expected.hits])
                assert index.find() == sorted(held)
                words = index.info().contents.words
                assert words == sum(3 for one in held.values() for _ in one.paragraphs)
            assert held == {}


def test_an_article_is_replaced_by_its_newer_text_wherever_it_lies(tmp_path: Path) -> None:
    old = [article("t", "rain", url=f"{n}") for n in range(9)]
    for name, how in (("one", ONE), ("many", MANY)):
        with divided(*how), newssearch.create(tmp_path / name) as index:
            index.add(old)
            for number in (4, 0, 8, 4):
                newer = dataclasses.replace(old[number], paragraphs=article("t", "rain", "snow").paragraphs)
                index.add([newer])
            assert index.search("rain", limit=None, group=False).total_articles == 9
            assert index.find("snow") == sorted(old[number].id for number in (0, 4, 8))


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_a_commit_that_is_broken_off_once_it_is_written_is_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    """The interruption comes when the new table of contents is on disk and unused files are about to be removed."""

    def broken_off(moment: str) -> None:
        if moment == "commit: done":
            raise interruption

    monkeypatch.setattr(index_folder, "_SNAPSHOT_ATTEMPTS", 2)  # or it would wait for the files that are gone
    with index_of(tmp_path, article("a", "rain", url="a")) as index:
        monkeypatch.setattr(fault_points, "handler", broken_off)
        with pytest.raises((interruption, newssearch.NewssearchError)):
            index.add([article("b", "rain", url="b")])
    with newssearch.open(tmp_path) as index:
        assert index.search("rain").total_articles in (1, 2)


def test_what_a_commit_has_written_is_on_disk_before_it_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flushed are the files of segments, the table of contents, and the folder."""
    index = index_of(tmp_path, article("a", "rain", url="a"))
    brought: set[int] = set()
    sync = os.fsync

    def fsync(file: int) -> None:
        brought.add(os.fstat(file).st_ino)
        sync(file)

    monkeypatch.setattr(os, "fsync", fsync)
    index.add([article("b", "rain", url="b")])
    written = [*tmp_path.glob("*.nws"), *tmp_path.glob("*.toc"), tmp_path]
    assert [path.name for path in written if path.stat().st_ino not in brought] == []


# ---- the best of many, without a look at the rest


VOCABULARY = [f"w{n}" for n in range(40)]
FREQUENT = [1 / (n + 1) for n in range(40)]


def drawn_corpus(seed: int, size: int, longest: int, equal: bool) -> list[Article]:
    """Return articles of frequent and rare words, some in other languages, and some copies of others.

    If they are ``equal``, whole groups of articles have the same score, so that ties extend beyond any page.
    """
    draw = random.Random(seed)
    corpus: list[Article] = []
    for n in range(size):
        kept = draw.choice(corpus[-20:]) if corpus and draw.random() < 0.05 else None
        length = 5 if equal else draw.randint(1, draw.choice([4, longest]))
        texts = [
            " ".join([*draw.choices(VOCABULARY, FREQUENT, k=length), *draw.choices(STEMMED, k=2)])
            for _ in range(draw.randint(1, 5))
        ]
        headline = " ".join(draw.choices(VOCABULARY[:6] if equal else VOCABULARY, k=3))
        if draw.random() < 0.2:  # links and a repeated headline, which add nothing to scores
            texts = [f"Read more: {texts[0]}", *texts, headline]
        corpus.append(
            article(
                headline,
                *([p.text for p in kept.paragraphs] if kept else texts),
                url=f"{seed}/{n}",
                date=draw.choice(DATES),
                outlet=draw.choice(["BBC", "The Guardian", None]),
                lang=draw.choice(["en", "pt", "zh"]),
            )
        )
    return corpus


@pytest.fixture(scope="module")
def crowds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Index]]:
    """Return indexes of many articles with deletions: one of a single segment, one of segments with other mean lengths."""
    found = []
    for name, divide in (("one", ONE), ("many", (3_000, 0))):
        with divided(*divide):
            index = newssearch.create(tmp_path_factory.mktemp("crowds") / name)
            for seed, (longest, equal) in enumerate([(90, False), (4, False), (9, True)]):
                index.add(drawn_corpus(seed, 80, longest, equal))
            index.remove(index.find()[::7])
        found.append(index)
    assert len(segments(found[0])) < len(segments(found[1]))
    yield found
    for index in found:
        index.close()


RARE_AND_FREQUENT = st.sampled_from([*VOCABULARY, *STEMMED]).map(Word)
CROWD_LEAVES: st.SearchStrategy[Node] = st.one_of(
    RARE_AND_FREQUENT,
    RARE_AND_FREQUENT,
    st.tuples(st.sampled_from(VOCABULARY[:6]), st.sampled_from(VOCABULARY[:6])).map(lambda pair: Phrase(" ".join(pair))),
    st.sampled_from([Wildcard("w1*"), Wildcard("nation*"), Fuzzy("nation", 1), Exact("Nations"), Caps("Nations"), Phrase("w0 w1", 3)]),
    st.builds(Near, RARE_AND_FREQUENT, RARE_AND_FREQUENT, st.integers(1, 5), st.booleans()),
    st.builds(lambda leaf: Region("title", leaf), RARE_AND_FREQUENT),
)  # fmt: skip
CROWD_TREES: st.SearchStrategy[Node] = st.recursive(
    CROWD_LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(lambda nodes: Or(tuple(nodes))),
        st.lists(inner, min_size=2, max_size=2).map(lambda nodes: And(tuple(nodes))),
        st.tuples(inner, st.sampled_from([0.2, 3.0, 50.0])).map(lambda pair: Boost(*pair)),
        st.tuples(inner, inner).map(lambda pair: And((pair[0], Not(pair[1])))),
        st.tuples(inner, st.lists(inner, min_size=1, max_size=8)).map(
            lambda pair: And((pair[0], Or((Everything(), *pair[1]))))
        ),
    ),
    max_leaves=5,
)
CROWD_OPTIONS = st.fixed_dictionaries(
    {
        "sort": st.sampled_from(["relevance", "relevance", "newest", "oldest"]),
        "group": st.booleans(),
        "novel": st.sampled_from([False, False, True]),
        "all_paragraphs": st.sampled_from([False, False, True]),
    }
)


@given(
    CROWD_TREES, CROWD_OPTIONS, st.sampled_from(FILTERS), st.sampled_from([1, 2, 3, 10, 25]), st.sampled_from([0, 0, 1, 5]),
    st.sampled_from([2, 7, 50]),
)  # fmt: skip
@settings(max_examples=10 * THOROUGH, suppress_health_check=list(HealthCheck))
def test_the_best_of_many_are_the_first_of_all(
    crowds: list[Index],
    tree: Node,
    options: dict[str, Any],
    filters: dict[str, Any],
    limit: int,
    offset: int,
    near: int,
) -> None:
    asked = {**options, **filters}
    with proximity_for(near):
        whole = crowds[0].rank(tree, limit=None, **asked)
        assert crowds[1].rank(tree, limit=None, **asked) == whole
        with short_cuts():
            for index in crowds:
                assert index.rank(tree, limit=limit, offset=offset, **asked) == whole[offset : offset + limit]


@contextmanager
def scored() -> Iterator[list[tuple[int, int]]]:
    """Record for each step of a ranking how many articles of a segment it scores, and how many were found."""
    seen: list[tuple[int, int]] = []
    exact = top_k.Ranking._scored

    def counting(self: top_k.Ranking, request: Any, chosen: Any, each: bool = True) -> Any:
        found = len(self._articles)
        seen.append((found if chosen is None else len(chosen), found))
        return exact(self, request, chosen, each)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(top_k.Ranking, "_scored", counting)
        yield seen


def test_the_best_of_many_are_found_without_scoring_all_and_not_before_the_bounds_allow_it(
    crowds: list[Index],
) -> None:
    """Otherwise the property above would test nothing."""
    draw = random.Random(1)
    steps = []
    fewer = more = 0
    for number in range(90):
        any_of_some = Or(tuple(map(Word, draw.sample(VOCABULARY[:20], draw.randint(2, 4)))))
        other = Word(draw.choice(VOCABULARY[:8]))
        tree = (any_of_some, And((any_of_some, other)), And((any_of_some, Not(other))))[number % 3]
        asked: dict[str, Any] = {"group": False, "outlet": draw.choice([None, None, "bbc"])}
        with proximity_for(2):
            whole = crowds[0].rank(tree, limit=None, **asked)
        for limit in (1, 3, 10):
            with proximity_for(2), short_cuts(), scored() as seen:
                assert crowds[0].rank(tree, limit=limit, **asked) == whole[:limit]
            steps.append(len(seen))
            fewer += all(chosen < found for chosen, found in seen)
            more += len(seen) > 1
    assert fewer > len(steps) // 2  # most rankings score a part of what was found
    assert more > len(steps) // 20  # and some must look at more than they did first
    assert max(steps) <= 2  # the worst of the first step is the bound of the second


# ---- words in all ways in which they are written

PIECES = [
    "l'", "L’", "d'", "dell'", "Sant’", "jusqu'", "mezz'", "O'", "Ukraine", "OTAN", "Iraq", "US", "us", "U.S.", "WHO", "O.N.U.", "11",
    "1,5", "Egidio", "Amato", "é", "e\u0301", "#Not", "#", "@", "Al", "al", "-", "Abbasi", "\u00ad", "\u200b", "\u200c", "\ufeff",
    "²", "³", "km", "Smith", "CO₂", "F-35", "35s", "1990s", "s", "’s", "'", "צה", "״", "ל", '"', "ג׳נין", "ک\u200cه", "می", "ज़िला",
    "日本", "ħ", "·", "ll", ".", ",", "Iraqi", "MPs", "MP", "NGOs", "NGO", "Santʼ", "n'", "ch’", "b'fh",
]  # fmt: skip
WRITTEN = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(["", "", "", " "])).map("".join),
    min_size=1,
    max_size=8,
).map("".join)


def built(make: Any, *arguments: Any) -> Node | None:
    """Return a node, or None if these arguments are invalid."""
    try:
        return make(*arguments)  # type: ignore[no-any-return]
    except ValueError:
        return None


ASKED = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join)
ANY_LEAVES = st.one_of(
    ASKED.map(lambda text: built(Word, text)),
    WRITTEN.map(lambda text: built(Phrase, text)),
    WRITTEN.map(lambda text: built(Exact, text)),
    WRITTEN.map(lambda text: built(Caps, text)),
    ASKED.map(lambda text: built(Wildcard, f"{text}*")),
    ASKED.map(lambda text: built(Fuzzy, text, 1)),
    ASKED.map(lambda text: built(Name, text)),
).filter(lambda node: node is not None)


@given(
    texts=st.lists(
        st.tuples(
            WRITTEN, st.sampled_from([None, "en", "fr", "it", "ca", "ga", "pt", "fa", "he", "hi", "zh"])
        ),
        min_size=4,
        max_size=14,
    ),
    asked=st.lists(ANY_LEAVES, min_size=6, max_size=14),
)
@settings(max_examples=10 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_index_finds_what_the_plain_meaning_of_a_leaf_finds(
    texts: list[tuple[str, str | None]], asked: list[Node]
) -> None:
    """The texts have elisions, hashtags, invisible characters, footnotes, Hebrew and Persian; queries have all forms."""
    articles = [article("-", text, lang=lang, url=f"u{n}") for n, (text, lang) in enumerate(texts)]
    with tempfile.TemporaryDirectory() as folder, index_of(Path(folder) / "i", *articles) as index:
        for leaf in asked:
            expected = {
                one.id
                for one in articles
                if any(find_matches(leaf, AnalysedText(p.text, analyser(one.lang))) for p in one.paragraphs)
            }
            assert set(index.find(leaf)) == expected, leaf
