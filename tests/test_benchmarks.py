"""The benchmark compares like with like: every engine answers the same queries, and finds what a plain scan finds."""

from __future__ import annotations

import doctest
import json
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
import Stemmer

import newssearch
from benchmarks import cluster, engines, glance, many, measure, relevance, report, svg, synthetic
from benchmarks.corpus import Story, first, load, write
from benchmarks.queries import FILTERS, KINDS, Query, draw, groups
from benchmarks.task import Task

SCANNED = ("newssearch-paragraph", "tantivy", "fts5", "whoosh")
PORTER = ("fts5", "whoosh")


def made(seed: int) -> list[Story]:
    """Return stories of a small vocabulary: to make that of the benchmark takes most of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(synthetic, "VOCABULARY", 50_000)
        return list(synthetic.stories(200, seed))


@cache
def stories() -> list[Story]:
    return made(1)


@cache
def texts(stemmer: str) -> list[tuple[Story, str, list[str], list[str]]]:
    """Return each paragraph: its story, its address, its words, and their stems."""
    stem = Stemmer.Stemmer(stemmer).stemWord
    return [
        (story, address, words := [word.strip(".,").lower() for word in text.split()], list(map(stem, words)))
        for story in stories()
        for address, _, text in story.addresses()
    ]


@cache
def queries() -> list[Query]:
    return draw(stories(), 8, seed=1)


def scan(query: Query, engine: str) -> set[str]:
    """Return the addresses of the matching paragraphs, by looking at each paragraph."""
    stemmer = "porter" if engine in PORTER else "english"
    wanted = list(map(Stemmer.Stemmer(stemmer).stemWord, query.words))
    found = set()
    for story, address, words, stems in texts(stemmer):
        if query.outlet not in (None, story.outlet):
            continue
        if query.since and query.until and not query.since <= (story.date or "") <= query.until:
            continue
        whole = query.kind == "prefix" and engine == "newssearch-paragraph"  # it does not stem prefixes
        if matches(query, wanted, words if whole else stems):
            found.add(address)
    return found


def matches(query: Query, wanted: list[str], stems: list[str]) -> bool:
    if query.kind == "prefix":
        return any(stem.startswith(query.words[0]) for stem in stems)
    if query.kind.startswith("phrase"):
        return any(stems[at : at + len(wanted)] == wanted for at in range(len(stems)))
    return (any if query.kind.startswith("or") else all)(word in stems for word in wanted)


@pytest.mark.parametrize("name", SCANNED)
def test_an_engine_finds_what_a_scan_finds(name: str, tmp_path: Path) -> None:
    if engines.missing(name):
        pytest.skip(f"{name} is not installed")
    folder = tmp_path / "index"
    folder.mkdir()
    engine = engines.load(name)
    engine.load(stories())
    engine.build(folder)
    engine.open(folder)
    for query in queries():
        expected = scan(query, name)
        shown = engine.search(query, "shown", 10)
        assert shown.total == len(expected), query
        assert len(shown.best) == min(len(expected), 10)
        assert expected.issuperset(shown.best)
        for mode in engine.modes[:-1]:
            assert len(engine.search(query, mode, 10).best) == len(shown.best)
    engine.close()


def test_an_added_story_is_found(tmp_path: Path) -> None:
    for name in SCANNED:
        if engines.missing(name):
            continue
        folder = tmp_path / name
        folder.mkdir()
        engine = engines.load(name)
        engine.load(stories()[:3])
        engine.build(folder)
        engine.open(folder)
        engine.add(Story("new", "News", "new.example", "2024-07-25", ("It rained in Baghdad.",)))
        assert engine.search(Query("term", ("baghdad",)), "shown", 10) == (1, ["new#1"]), name
        engine.close()


def test_queries_are_of_every_kind_and_filter_and_distinct() -> None:
    assert len(set(queries())) == len(queries())
    assert set(groups(queries())) == {(kind, condition) for kind in KINDS for condition in FILTERS}
    assert draw(stories(), 8, seed=1) == queries() != draw(stories(), 8, seed=2)


def test_the_same_seed_makes_the_same_stories() -> None:
    assert made(1) == stories() != made(2)


def test_a_small_corpus_comes_again_under_other_ids(tmp_path: Path) -> None:
    few = list(islice(stories(), 3))
    write(few, tmp_path / "work.jsonl")
    paragraphs = sum(len(story.paragraphs) for story in few)
    loaded = load(tmp_path / "work.jsonl", 2 * paragraphs + 1)
    assert loaded[:3] == few == list(first(stories(), paragraphs))
    assert len({story.id for story in loaded}) == len(loaded) == 7
    assert sum(len(story.paragraphs) for story in loaded) == 2 * paragraphs + 1


def test_percentiles_are_measured_latencies() -> None:
    assert measure.summary([float(n) for n in range(100, 0, -1)]) == {
        "p50": 50,
        "p95": 95,
        "p99": 99,
        "mean": 50.5,
    }


def test_lists_of_numbers_are_written_on_one_line(tmp_path: Path) -> None:
    record: dict[str, object] = {"medians": [1.5, None, 3], "queries": ['outlet:"a  [b]"', "c"]}
    report.write_json(record, tmp_path / "run.json")
    text = (tmp_path / "run.json").read_text(encoding="utf-8")
    assert '"medians": [ 1.5, null, 3 ]' in text
    assert json.loads(text) == record


REPOSITORY = Path(__file__).parents[1]


def kept_run(name: str) -> dict[str, object]:
    """Return a run of the benchmark that the repository keeps."""
    text = (REPOSITORY / "benchmarks" / "results" / f"{name}.json").read_text(encoding="utf-8")
    record: dict[str, object] = json.loads(text)
    return record


def test_the_readme_has_the_numbers_of_one_run_that_the_repository_keeps(tmp_path: Path) -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    document = tmp_path / "README.md"
    document.write_text(text, encoding="utf-8")
    glance.into_document(document, kept_run("allsides"))
    assert document.read_text(encoding="utf-8") == text
    document.write_text("No table.", encoding="utf-8")
    with pytest.raises(ValueError, match="has no lines"):
        glance.into_document(document, kept_run("allsides"))


def test_tantivy_is_compared_with_newssearch_that_does_the_same_work() -> None:
    lines = glance.glance(kept_run("allsides-922k")).splitlines()
    heads = next(line for line in lines if line.startswith("| |"))
    assert heads.endswith("| same work : tantivy |")
    row = next(line for line in lines if line.startswith("| five words, OR |")).split(" | ")
    cells = dict(zip(heads.split(" | "), row, strict=True))
    ours, theirs = cells["newssearch, same work"], cells[glance.NAMES["tantivy"]]
    ratios = cells["same work : tantivy |"].removesuffix(" |").split(" / ")
    pairs = zip(ours.split(" / "), theirs.split(" / "), strict=True)
    assert [float(ratio) for ratio in ratios] == pytest.approx(
        [float(a) / float(b) for a, b in pairs], rel=0.2
    )


def test_processes_that_search_at_once_are_counted(tmp_path: Path) -> None:
    engine = engines.load("fts5")
    engine.load(stories())
    engine.build(tmp_path)
    asked = tuple(query for query in queries() if not query.filter)
    task = Task("many", "fts5", "", str(tmp_path), 0, asked, many=(2,), seconds=0.05)
    engine.close()
    assert many.in_processes(task, 2) > 0


def test_numbers_are_short() -> None:
    assert doctest.testmod(svg) == (0, 1)


def test_a_ranking_is_measured_up_to_a_depth() -> None:
    assert doctest.testmod(relevance) == (0, 1)
    gains = {"a": 2, "b": 1, "c": 1}
    assert relevance.ndcg(gains, ["a", "b", "c"], 10) == relevance.ndcg(gains, ["a", "c", "x"], 2) == 1.0
    assert relevance.ndcg(gains, ["x"], 10) == relevance.ndcg({}, ["a"], 10) == 0.0


def test_what_expansion_changes_is_a_table() -> None:
    asked, expanded = (dict.fromkeys(relevance.MEASURES, value) for value in (0.4, 0.41))
    measured = {"queries": 35, "engines": {"newssearch": asked, "expanded": expanded}, "p_expanded": 0.25}
    assert list(relevance.expansion_table({"lisa": measured}))[2:] == [
        "| lisa | 35 | 0.4000/0.4000/0.4000 | 0.4100/0.4100/0.4100 | +2.5 % | 0.250 |"
    ]


def test_a_ranking_below_its_floor_is_reported() -> None:
    def measured(score: float, digest: str = "1") -> dict[str, object]:
        return {"digest": digest, "engines": {"newssearch": {"nDCG@10": score}, "fts5": {"nDCG@10": 0.9}}}

    before = relevance.floors({"cran": measured(0.38), "known-item": measured(0.74)})
    assert before["floors"] == {"cran": 0.3795, "known-item": 0.7395}
    assert list(relevance.below({"cran": measured(0.3796), "known-item": measured(0.75)}, before)) == []
    now = {"cran": measured(0.38, "2"), "known-item": measured(0.739), "lisa": measured(0.5)}
    assert list(relevance.below(now, before)) == [
        "cran: the floor was measured on another collection",
        "known-item: nDCG@10 is 0.7390, below the floor 0.7395",
        "lisa: there is no floor",
    ]


def test_an_axis_has_room_for_every_value() -> None:
    scale = svg.Scale.over([0.02, 5, 300], 0, 100)
    assert scale.ticks() == [0.01, 0.1, 1, 10, 100, 1000]
    assert [scale(0.01), scale(1000)] == pytest.approx([0, 100])


def growing(folder: Path) -> cluster.Bench:
    """Return a run on a cluster that no test starts, with a small corpus in a file."""
    lines = [
        {"id": one.id, "title": one.title, "text": "\n\n".join(one.paragraphs), "date": one.date, "outlet": one.outlet}
        for one in stories()[:40]
    ]  # fmt: skip
    (folder / "given.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    arguments = [str(folder / "given.jsonl"), "--queries", "2", "--views", "2", "--passes", "1"]
    return cluster.Bench(cluster.options_of(arguments), folder, "opensearch+http://127.0.0.1:1/bench")


def test_a_corpus_that_grows_comes_again_as_other_texts_of_the_same_words(tmp_path: Path) -> None:
    assert doctest.testmod(cluster).failed == 0
    few = stories()[:2]
    write(few, tmp_path / "work.jsonl")
    thrice = list(islice(cluster.grown(tmp_path / "work.jsonl"), 6))
    assert thrice[:2] == few
    assert len({one.id for one in thrice}) == 6
    for first_one, second, third in zip(few, thrice[2:], thrice[4:], strict=False):
        for texts in zip(first_one.paragraphs, second.paragraphs, third.paragraphs, strict=True):
            assert len(set(texts)) == 3
            assert len({tuple(sorted(text.split())) for text in texts}) == 1
    with newssearch.create(tmp_path / "index") as index:
        index.add([cluster.article_of(one) for one in thrice])
        assert not index.stories().total_stories, "copies would be one story"


def test_an_index_that_grows_is_asked_every_kind_of_question(tmp_path: Path) -> None:
    bench = growing(tmp_path)
    with newssearch.create(tmp_path / "index") as index:
        index.add([cluster.article_of(one) for one in stories()[:40]])
        found, views = bench.searches(index), bench.views(index)
        plain = [str(one) for one in bench.queries if not one.filter]
        totals = [index.search(one, group=False, strict=True).total_paragraphs for one in plain]
    assert [answer for group in found if not group["filter"] for answer in group["answers"]] == totals
    assert {group["kind"] for group in found} == set(KINDS)
    assert [one["view"] for one in views] == [*cluster.VIEWS]
    assert all(isinstance(answer, int) and answer for one in views[:4] for answer in one["answers"])
    assert all(len(one["medians"]) == 2 for one in views)


def test_a_view_that_is_refused_has_its_reason_and_no_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = growing(tmp_path)
    monkeypatch.setattr(
        cluster, "VIEWS", {"article": lambda index, asked: len(index.article("none").paragraphs)}
    )
    with newssearch.create(tmp_path / "index") as index:
        index.add([cluster.article_of(one) for one in stories()[:40]])
        (measured,) = bench.views(index)
    assert measured["summary"] is None
    assert measured["answers"][0].startswith("ArticleNotFoundError: ")
    step = {
        "paragraphs": 3000, "size": {"articles": 5, "paragraphs": 3000, "text_bytes": 400_000}, "seconds": 2.0,
        "added": {"articles": 4, "paragraphs": 2000, "text_bytes": 300_000}, "processor_seconds": {"newssearch": 1.0, "cluster": 3.0},
        "stored": {"articles": {
            which: {"bytes": size, "documents": 3005, "deleted": 0, "segments": 7} for which, size in (("primaries", 1_200_000), ("total", 2_400_000))
        }},
        "heap": [{"used": 2**28, "most": 2**29}], "groups": [], "views": [measured],
    }  # fmt: skip
    record = {
        "corpus": "news.jsonl", "command": "python", "commit": "abc", "made": "2026-11-30T05:00:00", "versions": {}, "steps": [step],
        "machine": {"python": "CPython", "cpu": "one", "cores": 2, "memory_bytes": 1, "system": "Linux"},
        "cluster": {"opensearch": "3.9.0", "settings": {"codec": "best"}, "nodes": [{"java": "25", "heap": 2**29, "processors": 2}]},
    }  # fmt: skip
    lines = cluster.markdown(record).splitlines()
    assert "| 3,000 | 2,000 | 2 | 1,000 | 0.15 | 0.50 | 1.50 | 400 | 3.00 | 6.00 | 3,005 | 7 | 256 |" in lines
    assert "| article | 2 refused |" in lines
