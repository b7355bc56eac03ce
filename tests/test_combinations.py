"""Combinations of options of the command line: each option has its effect, or is refused with a reason."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
from itertools import combinations
from pathlib import Path
from random import Random

import click
import pytest

import newssearch
from newssearch import Article
from support import Command, Outcome, article, command, every_command, index_of

QUERY = "gadhafi OR rain"
OPTIONS: dict[str, list[str]] = {
    "outlet": ["--outlet", "The Echo"], "source": ["--source", "AFP"], "byline": ["--byline", "silva"], "located": ["--located", "baghdad"],
    "lang": ["--lang", "en"], "section": ["--section", "world"], "tag": ["--tag", "seen"], "where": ["--where", "size=>30"],
    **{f"not-{name}": [f"--not-{name}", value] for name, value in
       {"outlet": "The Sun", "source": "Reuters", "byline": "Ana Silva", "located": "New Baghdad", "lang": "en-US", "section": "(none)", "tag": "later", "where": "size=>70"}.items()},
     "since": ["--since", "2024-03"], "until": ["--until", "2024-10"],
    "on": ["--on", "2024"], "limit": ["-n", "2"], "offset": ["--offset", "1"], "sort": ["--sort", "oldest"], "all": ["--all"],
    "facet": ["--facet", "year"], "snippet": ["--snippet", "40"], "json": ["--json"], "jsonl": ["--format", "jsonl"], "csv": ["--format", "csv"],
    "md": ["--format", "md"], "no-group": ["--no-group"], "novel": ["--novel"], "names": ["--names"], "synonyms": ["--synonyms"], "count": ["--count"],
    "literal": ["--literal"], "since-run": ["--since-run"], "explain": ["--explain"], "no-hits": ["-n", "0"], "expand": ["--expand"],
}  # fmt: skip
REFUSED = {
    *(frozenset((without, shape)) for without in ("count", "no-hits") for shape in ("limit", "offset", "sort", "all", "snippet", "no-group", "expand")),
    frozenset(("count", "no-hits")), frozenset(("all", "no-group")), frozenset(("facet", "csv")), frozenset(("facet", "jsonl")),
    *(frozenset(("json", other)) for other in ("jsonl", "csv", "md")),
    *(frozenset((name, f"not-{name}")) for name in ("outlet", "source", "section")),
    frozenset(("on", "since")), frozenset(("on", "until")), frozenset(("expand", "sort")), frozenset(("expand", "all")),
}  # fmt: skip
ALIKE = {
    frozenset(pair)
    for pair in [
        ("limit", "no-hits"),
        ("jsonl", "csv"),
        ("jsonl", "md"),
        ("csv", "md"),
        ("md", "count"),
        ("md", "no-hits"),
    ]
}
"""The pairs of options with the same output: one option given twice, and totals, which are equal as Markdown and as text."""


def made() -> list[Article]:
    """Return articles for which every option changes the result; every second article nearly repeats the one before."""
    random = Random(2)
    sentences = [
        "rain fell on the valley or the hills",
        "Gadhafi spoke of rain or of sun",
        "Qaddafi was seen at noon",
        "rain came again",
        "gadhafi or not, rain fell",
    ]
    days = [None, *(dt.date(2023 + n // 12, n % 12 + 1, 5) for n in range(6, 24))]
    articles: list[Article] = []
    for n in range(120):
        paragraphs = [
            f"{random.choice(sentences)} {' '.join(f'w{random.randrange(400)}' for _ in range(14))}."
            for _ in range(3)
        ]
        fields = {
            "outlet": random.choice(["The Echo", "The Sun"]), "source": random.choice(["AFP", "Reuters"]), "lang": random.choice(["en", "en-US", "fr"]),
            "byline": random.choice([None, "Ana Silva", "Bo Silva"]), "located": random.choice([None, "Baghdad", "New Baghdad"]), "section": random.choice([None, "World"]),
        }  # fmt: skip
        if n % 2:
            before = articles[-1]
            kept = 2 + n % 4 // 2
            paragraphs[:kept] = [paragraph.text for paragraph in before.paragraphs[:kept]]
            fields |= {name: getattr(before, name) for name in random.sample(list(fields), 5)}
        made = article(f"Day {n}", *paragraphs, url=f"u{n}", date=random.choice(days), **fields)
        articles.append(dataclasses.replace(made, extra={"size": n % 89}))
    return articles


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    (folder / "newssearch.toml").write_text('[synonyms]\nrain = "noon"\n', "utf-8")
    first, last = made()[:50], made()[50:]
    with index_of(folder / "index", *first) as index:
        index.add(last)
        ids = index.find()
        index.tag(ids[::3], "seen")
        index.tag(ids[::7], "later")
    return folder


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, archive: Path) -> Command:
    monkeypatch.chdir(archive)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    return command(capsys, monkeypatch)


def test_every_option_of_query_is_tried() -> None:
    tried = {
        *(option[0] for option in OPTIONS.values()),
        "--index",
        "--exit-code",
        "--any",
        "--strict",
        "--receipt",
        "--timeout",
        "--disjunctive",
    }
    for option in every_command()["query"].params:
        if isinstance(option, click.Option):
            assert tried & set(option.opts), option.opts


def test_no_option_of_query_is_ignored(cli: Command) -> None:
    alone: dict[frozenset[str], Outcome] = {frozenset(): cli("query", QUERY)}
    for name, option in OPTIONS.items():
        done = alone[frozenset((name,))] = cli("query", QUERY, *option)
        assert done.code == 0
        assert done != alone[frozenset()], name
    for one, other in combinations(OPTIONS, 2):
        pair = frozenset((one, other))
        if pair in ALIKE:
            continue
        done = cli("query", QUERY, *OPTIONS[one], *OPTIONS[other])
        if pair in REFUSED:
            assert (done.code, done.out) == (2, ""), pair
            assert "rror: " in done.err
        else:
            assert done.code == 0, (pair, done.err)
            assert done != alone[frozenset((one,))], f"{other} is ignored beside {one}"
            assert done != alone[frozenset((other,))], f"{one} is ignored beside {other}"


def test_options_for_words_that_no_article_has_together_are_not_ignored(cli: Command) -> None:
    """They change the result only if few articles match, which the query of the other options does not allow."""
    shown = {
        option: cli("query", "gadhafi w7 w8", *option.split())
        for option in ("", "--any", "--strict", "--no-strict --format csv", "--format csv", "--format jsonl")
    }
    assert {done.code for done in shown.values()} == {0}
    assert len({done.out for done in shown.values()}) == len(shown)
    assert (
        cli("query", "gadhafi w7 w8", "--any", "--count").out != cli("query", "gadhafi w7 w8", "--count").out
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["query", "rain", "--count", "--snippet", "320"], "--snippet has no effect with --count, which shows no hits."),
        (["query", "rain", "-n", "0", "--offset", "3"], "--offset has no effect with --limit 0, which shows no hits."),
        (["query", "rain", "--facet", "year", "--format", "csv"], "use --count --format csv for the facets alone, or --format json for both."),
        (["query", "rain", "--json", "--format", "csv"], "--json contradicts --format csv: leave out one of them."),
        (["query", "rain", "--all", "--no-group"], "--no-group has no effect with --all, which lists the paragraphs of every copy."),
        (["query", "a b", "--count", "--strict"], "--strict has no effect with --count, which shows no hits."),
        (["query", "a b", "--format", "csv", "--strict"], "--strict has no effect with --format csv"),
        (["query", "rain", "--all", "--expand"], "--expand has no effect with --all: it orders articles by relevance."),
        (["query", "rain", "--sort", "added", "--expand"], "--expand has no effect with --sort added: it orders"),
        (["query", "rain", "--count", "--expand"], "--expand has no effect with --count, which shows no hits."),
        (["query", "--expand"], "--expand has no effect without a QUERY."),
        (["query", "--any"], "--any has no effect without a QUERY."),
        (["query", "--literal"], "--literal has no effect without a QUERY."),
        (["query", " ", "--names"], "--names has no effect without a QUERY."),
        (["query", "rain", "--disjunctive"], "--disjunctive has no effect without a value chosen of the field of a --facet."),
        (["query", "--facet", "outlet", "--lang", "en", "--disjunctive"], "--disjunctive has no effect without a value chosen of the field"),
        (["query", "--facet", "outlet", "--not-outlet", "X", "--disjunctive"], "--disjunctive has no effect without a value chosen of the field"),
        (["query", "rain", "--outlet", "The Echo", "--not-outlet", "(none)"], "--not-outlet has no effect with --outlet, which leaves out all others."),
        (["related", "x", "--source", "AFP", "--not-source", "Reuters"], "--not-source has no effect with --source, which"),
        (["query", "rain", "--lang", "en", "--not-lang", "(none)"], "--not-lang has no effect with --lang, which leaves out all others."),
        (["verify", "--wait", "5"], "--wait has no effect without --clean"),
    ],
)  # fmt: skip
def test_what_would_have_no_effect_is_a_mistake_that_says_why(
    cli: Command, arguments: list[str], reason: str
) -> None:
    done = cli(*arguments)
    assert (done.code, done.out) == (2, "")
    assert reason in done.err


def test_json_twice_is_json(cli: Command) -> None:
    assert cli("query", "rain", "--json", "--format", "json") == cli("query", "rain", "--json")
    assert cli("verify", "--clean", "--wait", "5").code == 0


TABLES = [
    ["count", "rain", "--by", "outlet"], ["stories"], ["coverage", "rain"], ["kwic", "rain"], ["collocates", "rain"], ["keywords", "rain"],
    ["words"], ["sample", "rain"],
]  # fmt: skip


@pytest.mark.parametrize("command", TABLES, ids=lambda command: command[0])
def test_json_is_short_for_a_format_of_tables_too(cli: Command, command: list[str]) -> None:
    done = cli(*command, "--json")
    assert done == cli(*command, "--format", "json")
    assert done.code == 0
    json.loads(done.out)
    for other, said in (
        (["--format", "csv"], "--json contradicts --format csv"), (["-o", "a.csv"], "--json contradicts a.csv"),
        (["-o", "a.xlsx"], "--json contradicts a.xlsx"),
    ):  # fmt: skip
        refused = cli(*command, "--json", *other)
        assert (refused.code, refused.out) == (2, "")
        assert f"{said}: leave out one of them." in refused.err


def test_a_count_has_its_facets_in_every_format(cli: Command, archive: Path) -> None:
    with newssearch.open(archive / "index") as index:
        results = index.search("rain", facets=["outlet", "year"], since="2024", limit=0)
    counts = {
        "articles": results.total_articles, "stories": results.total_stories, "paragraphs": results.total_paragraphs, "undated": results.undated,
        "imprecise": results.imprecise,
    }  # fmt: skip
    rows = [(name, one.value, one.articles) for name, values in results.facets.items() for one in values]
    asked = ("query", "rain", "--since", "2024", "--count")
    faceted = (*asked, "--facet", "outlet", "--facet", "year")
    printed = f"{results.total_articles} articles ({results.total_stories} stories), {results.total_paragraphs} paragraphs"
    left = f"{results.undated} more articles without a date left out"
    assert min(count for name, count in counts.items() if name != "imprecise") > 1
    dates = {"dates": results.dates.to_dict()}
    assert cli(*asked).out == f"{printed}; {left}\n"
    assert cli(*faceted).out.startswith(f"{printed}; {left}\n\noutlet  (articles)\n")
    assert cli(*faceted, "--format", "md").out.startswith(
        f"{printed}; {left}\n\n| outlet | articles |\n| --- | ---: |\n| The "
    )
    assert json.loads(cli(*asked, "--json").out) == counts | dates
    everything = results.to_dict()
    counted = {name: everything[name] for name in ("facets", "facet_totals")}
    assert json.loads(cli(*faceted, "--json").out) == counts | dates | counted
    lines = cli(*faceted, "--format", "jsonl")
    assert [tuple(json.loads(line).values()) for line in lines.out.splitlines()] == rows
    assert list(json.loads(lines.out.splitlines()[0])) == ["field", "value", "articles"]
    assert json.loads(cli(*asked, "--format", "jsonl").out) == counts
    table = cli(*faceted, "--format", "csv")
    assert list(csv.reader(io.StringIO(table.out, newline=""))) == [
        ["field", "value", "articles"], *([name, value or "", str(articles)] for name, value, articles in rows)
    ]  # fmt: skip
    assert list(csv.DictReader(io.StringIO(cli(*asked, "--format", "csv").out, newline=""))) == [
        {name: str(count) for name, count in counts.items()}
    ]
    whole = ("query", "rain", "--since", "2024", "-n", "1000")
    for done in (lines, table, cli(*whole, "--format", "csv"), cli(*whole, "--format", "jsonl")):
        assert done.err == f"note: {left}\n"
    explained = json.loads(cli(*asked, "--json", "--explain", "--names").out)
    assert list(explained) == [*counts, "dates", "clauses", "names"]


def test_a_count_of_an_odd_outlet_is_no_formula(
    tmp_path: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_of(tmp_path / "index", article("Rain", "Rain.", outlet="=1+1"), article("Rain", "Again.")).close()
    monkeypatch.chdir(tmp_path)
    out = cli("query", "rain", "--count", "--facet", "outlet", "--format", "csv").out
    assert out.splitlines()[1:] == ["outlet,'=1+1,1", "outlet,,1"]


def test_who_ran_a_story_is_listed_as_json_too(cli: Command, archive: Path) -> None:
    with newssearch.open(archive / "index") as index:
        story = next(
            story
            for hit in index.search("rain", limit=None)
            if len((story := index.story(hit.id)).versions) > 1
        )
    printed = json.loads(cli("story", story.versions[0].id, "--list", "--json").out)
    whole = json.loads(cli("story", story.versions[0].id, "--json").out)
    assert whole == story.to_dict()
    assert "changes" not in printed["versions"][1]
    assert printed["versions"][1] == {
        name: value for name, value in whole["versions"][1].items() if name != "changes"
    }


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_articles_with_any_of_the_words_are_exported(cli: Command, format_: str) -> None:
    plain = cli("query", "rain OR nothing", "--format", format_)
    found = cli("query", "rain nothing", "--any", "--format", format_)
    assert (found.code, found.out) == (0, plain.out)
    assert found.out.count("\n") >= 1


def test_a_query_in_markdown_can_be_copied(cli: Command) -> None:
    out = cli("query", "(* OR flood^0.2) rain", "--format", "md").out
    assert "for `((* OR flood^0.2) AND rain)`" in out


@pytest.mark.parametrize("format_", ["text", "md"])
def test_a_page_beyond_the_last_hit_says_that_others_have_some_of_the_words(
    cli: Command, format_: str
) -> None:
    out = cli("query", "rain w8", "--offset", "9999", "--format", format_).out
    assert "with some of the words" in out
