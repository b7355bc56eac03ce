"""What commands with tables say on standard error, and in which words they refuse a slip."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import newssearch
from newssearch.cli.rendering.concordance import text_concordance
from newssearch.cli.rendering.layout import Style
from newssearch.text.periods import why_no_period
from support import Command, article, command, index_of

newssearch_command = pytest.fixture(command, name="run")

COPY = "The river rose in the night and the bridge at the old mill was closed to all traffic."


@pytest.fixture(autouse=True)
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stories = [
        newssearch.Article.create(
            title=f"Rain {n}", text=f"Rain fell on village {n}. Wind and rain.", date=f"2024-0{n}-01", outlet="Echo", url=f"u{n}", key=f"D{n}"
        )
        for n in range(1, 5)
    ]  # fmt: skip
    stories += [article("River", COPY, outlet=outlet, url=f"c{outlet}") for outlet in ("Echo", "Post")]
    stories += [
        article("Mill", COPY.replace("river", "lake") * 2, outlet=outlet, url=f"m{outlet}")
        for outlet in ("Echo", "Post")
    ]
    index_of(tmp_path / "index", *stories).close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (("kwic", "rain", "-n", "3"), "note: 3 of 8 lines; -n 8 for all"),
        (
            ("kwic", "rain", "-n", "3", "--offset", "2"),
            "note: 3 of 8 lines, from number 3 on; -n 8 for all",
        ),
        (("query", "rain", "--no-group", "-n", "3"), "note: 3 of 4 hits; -n 4 for all"),
        (("collocates", "rain", "--min", "1", "-n", "1"), "words; -n"),
        (("keywords", "rain", "--min", "1", "-n", "1"), "words; -n"),
        (("words", "w", "-n", "1"), "note: the 1 most frequent words; a larger -n lists more"),
    ],
)
def test_data_that_are_a_page_say_so(run: Command, arguments: tuple[str, ...], note: str) -> None:
    for format_ in ("csv", "jsonl"):
        assert note in run(*arguments, "--format", format_).err
    enough = [one for one in arguments if one not in ("--offset", "2")]
    enough[enough.index("-n") + 1] = "500"
    assert run(*enough, "--format", "csv").err == ""
    if arguments[0] != "query":
        assert note in run(*arguments, "-o", "table.csv").err


def test_a_page_of_stories_says_so(run: Command) -> None:
    with newssearch.open("index") as index:
        total = index.stories().total_stories
    assert total > 1
    assert (
        f"note: 1 of {total} stories; -n {total} for all" in run("stories", "-n", "1", "--format", "csv").err
    )
    assert "for all" not in run("stories", "-n", "1").err


@pytest.mark.parametrize("name", ["key:nope", "rain-oxalj53i3irb", "oxalj53i3irb"])
def test_the_coverage_of_no_article_is_an_error(run: Command, name: str) -> None:
    done = run("coverage", name)
    assert (done.code, done.out) == (1, "")
    assert "no article" in done.err


def test_the_coverage_of_a_key_or_of_a_query(run: Command) -> None:
    assert "Echo" in run("coverage", "key:D3").out
    assert "Echo" in run("coverage", "rain").out
    assert run("coverage", "self-preservation").code == 0


def test_a_mistyped_file_of_outlets_is_not_an_outlet(run: Command) -> None:
    Path("ours.txt").write_text("Echo\nGazette\n", "utf-8")
    done = run("coverage", "rain", "--outlets", "our.txt")
    assert (done.code, done.out) == (2, "")
    assert "there is no file our.txt, and no outlet of this name; did you mean ours.txt?" in done.err
    assert run("coverage", "rain", "--outlets", "lists/ours").code == 2
    done = run("coverage", "rain", "--outlets", "ours.tx")
    assert done.code == 0
    assert "note: --outlets: ours.tx is taken for the name of an outlet; did you mean ours.txt?" in done.err
    assert run("coverage", "rain", "--outlets", "nytimes.com").err == ""
    assert "Gazette" in run("coverage", "rain", "--outlets", "ours.txt").out


def test_a_check_reads_the_files_of_outlets_in_the_receipt(run: Command) -> None:
    Path("ours.txt").write_text("Gazette\n", "utf-8")
    Path("others.txt").write_text("Courier\n", "utf-8")
    files = ("--outlets", "ours.txt", "--outlets", "others.txt")
    assert run("coverage", "rain", *files, "--receipt", "r.json").code == 0
    for name in ("ours.txt", "others.txt"):
        Path(name).unlink()
    done = run("receipt", "check", "r.json")
    assert (done.code, "different" in done.out) == (0, False), done.out


def test_a_receipt_says_how_a_sample_was_drawn(run: Command) -> None:
    run("sample", "rain", "-n", "2", "--seed", "7", "-o", "coded.csv", "--receipt", "r.json")
    text = run("receipt", "text", "r.json").out
    assert "A random sample was taken: 2 of 4 articles, drawn with seed 7." in text
    assert "BLAKE2b" in text
    assert "was run by" not in text
    assert "The command `newssearch sample --format csv --size 2 --seed 7 rain` repeats the search." in text
    assert run("receipt", "check", "r.json").code == 0
    value = json.loads(Path("r.json").read_text("utf-8"))
    Path("r.json").write_text(json.dumps(value | {"drawn": "3 of 4 articles"}), "utf-8")
    done = run("receipt", "check", "r.json")
    assert done.code == 1
    assert "different: sample: 3 of 4 articles, now 2 of 4 articles, drawn with seed 7" in done.out
    run("kwic", "rain", "--sample", "3", "--receipt", "k.json")
    assert "taken: 3 of 8 occurrences, drawn with seed 0." in run("receipt", "text", "k.json").out


@pytest.mark.parametrize(
    ("arguments", "relative"),
    [
        (("rain", "--since", "2020"), False),
        (("rain", "--since", "-7d"), True),
        (("rain", "--on", "last month"), True),
        (("rain date:2024-01..2024-12",), False),
        (('rain date:"last week"',), True),
        (("rain date:>=-7d",), True),
        (("today in the last village",), False),
    ],
)
def test_a_receipt_names_the_clock_only_for_relative_dates(
    run: Command, arguments: tuple[str, ...], relative: bool
) -> None:
    assert run("query", *arguments, "--receipt", "r.json").code == 0
    assert ("Relative dates count from" in run("receipt", "text", "r.json").out) is relative


def test_a_week_that_a_year_does_not_have_is_named(run: Command) -> None:
    for arguments in (("--on", "2016-W53"), ("--since", "2016-W53"), ("date:2016-W53",)):
        done = run("query", *arguments)
        assert done.code == 2
        assert "2016 has the weeks 2016-W01 to 2016-W52" in done.err
    assert "2024-W30" in run("query", "--on", "rain").err
    assert run("query", "--on", "2020-W53").code == 0
    assert why_no_period("2016-W00") == "2016 has the weeks 2016-W01 to 2016-W52"


def test_a_sample_is_divided_by_the_unit_of_time_that_suits(run: Command) -> None:
    with newssearch.open("index") as index:
        drawn = index.sample("rain", by="date", equal=True)
        assert drawn.by == index.table("rain", by="date").by[0].name
        assert [stratum.articles for stratum in drawn.strata] == [1, 1, 1, 1]
    assert run("sample", "rain", "--by", "date").code == 0


def test_a_narrow_terminal_says_what_kwic_leaves_out() -> None:
    with newssearch.open("index") as index:
        found = index.kwic("rain")
        ends = [
            " ".join(text_concordance(found, Style(width, color=False))).partition("articles for rain")[2]
            for width in (None, 120, 90, 50)
        ]
    assert ends == ["", "", "; no room for outlets", "; no room for outlets and dates"]
