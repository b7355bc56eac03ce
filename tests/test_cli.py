"""The command line: the output of each command, the stream it is printed on, and the exit code."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

import newssearch
from newssearch import Article
from newssearch.cli import cli as commands
from stories_sample import unlike
from support import Command, article, command, every_command, index_of, made_by_another

STORM = "2024-07-25-example-org-storm-over-baghdad"
ARTICLES = (
    Article.create(
        title="Storm over Baghdad", text=["Rain fell on Baghdad.", "The rain stopped.", "Nothing else happened."],
        date="2024-07-25", outlet="example.org", source="Reuters", byline="Ana Silva", lang="en",
    ),
    Article.create(title="Heat in Basra", text="No rain fell on Basra.", date="2024-07-26", outlet="The Guardian"),
)  # fmt: skip


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Return the command line in an empty folder, without a terminal and without environment variables."""
    monkeypatch.chdir(tmp_path)
    for name in ("NEWSSEARCH_INDEX", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return command(capsys, monkeypatch)


@pytest.fixture
def held(cli: Command, tmp_path: Path) -> Path:
    """Return the folder of an index of two articles, which is the default one of the command line."""
    with newssearch.create(tmp_path / "index") as index:
        index.add(ARTICLES)
    return tmp_path / "index"


def ids(cli: Command) -> dict[str, str]:
    """Return the ids of the two articles by the first words of their titles."""
    return {article.title.split()[0]: article.id for article in ARTICLES if article.title}


def shell(*arguments: str, cwd: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Run the command line in a new process."""
    return subprocess.Popen(
        [sys.executable, "-m", "newssearch", *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )


# ---- index


def test_index_reports_what_it_did(cli: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain\n\nIt rained.\n\nA lot.\n", encoding="utf-8")
    done = cli("index", "a.txt")
    assert re.fullmatch(
        r"articles: 1 added, 0 updated, 0 unchanged, 0 rejected\n2 paragraphs added in \d+\.\d s \([\d,]+ a second\)\n",
        done.out,
    )
    assert (done.code, done.err) == (0, "")
    done = cli("index", "a.txt")
    assert re.fullmatch(
        r"articles: 0 added, 0 updated, 1 unchanged, 0 rejected\n0 paragraphs added in \d+\.\d s\n", done.out
    )


def test_index_without_paths_reads_seeds(cli: Command, tmp_path: Path, seed: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_bytes(seed.read_bytes())
    assert cli("index").out.startswith("articles: 1 added, ")
    assert cli("query", "--count", "coalition ISIS").out == "1 article, 5 paragraphs\n"


def test_index_without_anything_to_read_is_a_mistake(cli: Command, tmp_path: Path) -> None:
    done = cli("index")
    assert (done.code, done.out) == (2, "")
    assert "there is no folder seeds/ here" in done.err
    assert not (tmp_path / "index").exists()


def test_index_tells_every_rejected_file_and_ends_with_4(cli: Command, tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text("Rain\n\nIt rained.\n", encoding="utf-8")
    (tmp_path / "news" / "b.pdf").write_bytes(b"%PDF-1.7 \x1b[2J")
    done = cli("index", "news", "gone")
    assert done.code == 4
    assert done.out.startswith("articles: 1 added, 0 updated, 0 unchanged, 2 rejected\n")
    assert sorted(done.err.splitlines()) == [
        "rejected: gone: no such file or folder",
        "rejected: news/b.pdf: a broken PDF: Stream has ended unexpectedly",
    ]
    assert cli("query", "rained", "--count").out == "1 article, 1 paragraph\n"


def test_index_lists_so_many_rejections_and_counts_the_rest(cli: Command) -> None:
    done = cli("index", "-", stdin=b"bad\n" * 1_030)
    assert len(done.err.splitlines()) == 21
    assert done.err.endswith("… and 1,010 more; --json lists them\n")


def test_index_as_json(cli: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain\n\nIt rained.\n", encoding="utf-8")
    done = cli("index", "a.txt", "gone", "--json")
    report = json.loads(done.out)
    assert (report["added"], report["paragraphs"], report["interrupted"]) == (1, 1, False)
    assert report["rejected"] == [
        {"path": "gone", "member": None, "record": 0, "reason": "no such file or folder"}
    ]
    assert (done.code, done.err) == (4, "")


def test_index_takes_json_lines_from_standard_input(cli: Command) -> None:
    record = json.dumps({"title": "東京", "text": "大雨です。", "url": "https://e.org/1"}, ensure_ascii=False)
    assert cli("index", "-", stdin=record.encode()).out.startswith("articles: 1 added")
    assert cli("index", "-", stdin=record.encode()).out.startswith(
        "articles: 0 added, 0 updated, 1 unchanged"
    )
    assert cli("query", "大雨", "--count").out == "1 article, 1 paragraph\n"


def test_index_options_reach_the_reader(cli: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain\n\n7-5-2024\n\nOs governos apoiam.\n", encoding="utf-8")
    cli("index", "a.txt", "--day-first", "--lang", "pt-BR")
    shown = json.loads(cli("query", "governo", "--json").out)
    assert [(hit["date"], hit["lang"]) for hit in shown["hits"]] == [("2024-05-07", "pt-BR")]


def test_index_prunes_only_with_prune(cli: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain\n\nIt rained.\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("Sun\n\nIt was hot.\n", encoding="utf-8")
    cli("index", "a.txt", "b.txt")
    (tmp_path / "a.txt").unlink()
    assert "removed" not in cli("index", "b.txt").out
    assert "0 updated, 1 unchanged, 1 removed, 0 rejected" in cli("index", "b.txt", "--prune").out


def test_index_rebuilds(cli: Command, held: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain\n\nIt rained.\n", encoding="utf-8")
    assert cli("index", "--rebuild", "a.txt").out.startswith("articles: 1 added, ")
    assert cli("query", "--count").out == "1 article, 0 paragraphs\n"
    assert cli("index", "--rebuild", "--prune", "a.txt").code == 2


@pytest.mark.parametrize("arguments", [["index", "a.txt"], ["index", "--rebuild", "a.txt"]])
def test_an_index_folder_that_is_a_file_is_a_failure_in_one_line(
    cli: Command, tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "a.txt").write_text("Rain\n\nIt rained.\n", encoding="utf-8")
    done = cli(*arguments, "--index", "a.txt")
    assert done.code in (1, 2, 3)
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert (tmp_path / "a.txt").read_text(encoding="utf-8").startswith("Rain")


def test_a_second_writer_is_told_to_wait(cli: Command, held: Path) -> None:
    def while_writing() -> list[Article]:
        done = cli("index", "-", "--wait", "0")
        assert done.code == 1
        assert done.err.startswith(f"error: process {os.getpid()} on ")
        assert done.err.endswith(
            " is writing to index: waited 0.0 s; try again when it is done, or wait longer\n"
        )
        return []

    with newssearch.open(held) as index:
        index.add(one for _ in [0] for one in while_writing())


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_while_modules_are_imported_shows_no_traceback() -> None:
    interrupted = (
        "import sys; from newssearch.cli import main\n"
        "class Slow:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'newssearch.query': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Slow()); main()"
    )
    done = subprocess.run([sys.executable, "-c", interrupted], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "\naborted\n")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_after_the_article_at_hand(
    tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "newssearch", "index", "-"],
        cwd=tmp_path,
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    record = json.dumps({"title": "A", "text": "x" * 70_000}).encode() + b"\n"
    process.stdin.write(record)  # more than a pipe holds: when it is through, the run has begun
    process.send_signal(sent)
    with contextlib.suppress(BrokenPipeError):
        for n in range(3):
            process.stdin.write(record.replace(b'"A"', b'"%d"' % n))
    process.stdin.close()
    process.stdin = None
    out, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert b"stopping after this article" in err
    assert b"run the command again to continue" in out
    with newssearch.open(tmp_path / "index") as index:
        assert 1 <= index.search("").total_articles < 4


# ---- query


def test_query_shows_the_best_paragraph_of_each_article(cli: Command, held: Path) -> None:
    done = cli("query", "rain", "baghdad", "--strict")
    assert done.out == (
        f"Storm over Baghdad  2024-07-25  example.org (Reuters)  {ids(cli)['Storm']}#1\n"
        "  Rain fell on Baghdad.\n"
        "  + 1 more paragraph of 3 in this article\n"
        "\n"
        "1 article, 2 matching paragraphs for (rain AND baghdad)\n"
    )
    assert (done.code, done.err) == (0, "")


def test_query_shows_the_words_by_which_it_was_expanded(cli: Command, tmp_path: Path) -> None:
    text = "Flood closed bridges of Opole."
    index_of(
        tmp_path / "index", article("A", text, "Flood."), article("B", "Opole has a new museum."), article("C", "Flood of Opole.")
    ).close()  # fmt: skip
    done = cli("query", "flood", "--expand", "--explain")
    again = "(flood AND (* OR Flood^0.2352 OR Opole^0.0148))"
    assert done.out.endswith(f"2 articles, 3 matching paragraphs for {again}\n")
    assert cli("query", again).out == cli("query", "flood", "--expand").out
    assert "(article + paragraph): flood 0." in done.out
    assert re.search(r", Flood 0\.\d{3}, Opole 0\.\d{3}\n", done.out)
    for format_ in ("csv", "jsonl"):
        done = cli("query", "flood", "--expand", "--format", format_)
        assert done.err == f"note: expanded to {again}\n"
        assert "Opole^" not in done.out
    shown = json.loads(cli("query", "flood", "--expand", "--json").out)
    assert shown["interpretation"] == again
    assert shown["expansion"] == [{"text": "Flood", "weight": 0.2352}, {"text": "Opole", "weight": 0.0148}]
    assert cli("query", "zebra", "--expand").err.startswith(
        "note: the query was not expanded: it has no results\n"
    )
    done = cli("query", "opolle", "--expand")
    assert "Showing results for opole" in done.out
    assert "expanded" not in done.err


def test_query_goes_on_with_articles_that_have_some_of_the_words(cli: Command, held: Path) -> None:
    done = cli("query", "rain", "baghdad")
    before, marked, after = done.out.partition("1 more article with some of the words\n\n")
    assert before.startswith("Storm over Baghdad")
    assert marked
    assert "  without: baghdad\n" in after
    assert done.out.endswith("1 article, 2 matching paragraphs for (rain AND baghdad)\n")
    assert cli("query", "rain", "baghdad", "--count").out == "1 article, 2 paragraphs\n"
    assert cli("query", "rain", "zebra", "--exit-code").code == 1


def test_the_same_query_prints_the_same_bytes(cli: Command, held: Path) -> None:
    for format_ in ("text", "json", "jsonl", "csv", "md"):
        assert cli("query", "rain", "--format", format_) == cli("query", "rain", "--format", format_)


def test_query_finds_nothing_with_0_or_with_1_when_asked(cli: Command, held: Path) -> None:
    done = cli("query", "snow")
    assert (done.code, done.out) == (0, "0 articles, 0 matching paragraphs for snow\n")
    assert cli("query", "snow", "--exit-code").code == 1
    assert cli("query", "rain", "--exit-code").code == 0
    assert cli("query", "rain", "--exit-code", "--limit", "0").code == 0


@pytest.mark.parametrize("format_", ["text", "json", "csv", "md"])
def test_a_search_past_its_time_limit_prints_nothing_and_has_an_exit_code_of_its_own(
    cli: Command, held: Path, format_: str
) -> None:
    storm = ids(cli)["Storm"]
    for searching in (("query", "rain"), ("related", storm), ("kwic", "rain"), ("count", "rain")):
        stopped = cli(*searching, "--format", format_, "--timeout", "0")
        assert (stopped.code, stopped.out) == (5, "")
        assert stopped.err == "error: the search was stopped at its time limit of 0 s\n"
        assert cli(*searching, "--format", format_, "--timeout", "3600").code == 0


def test_a_comparison_of_copies_past_its_time_limit_prints_nothing(cli: Command, held: Path) -> None:
    stopped = cli("story", ids(cli)["Storm"], "--timeout", "0")
    assert (stopped.code, stopped.out) == (5, "")
    assert cli("story", ids(cli)["Storm"], "--timeout", "3600").code == 0


def test_a_time_limit_is_a_number_of_seconds_from_0_on(cli: Command, held: Path) -> None:
    assert cli("query", "rain", "--timeout", "-1").code == 2
    assert cli("query", "rain", "--timeout", "soon").code == 2


def test_query_counts(cli: Command, held: Path) -> None:
    assert cli("query", "rain", "--count").out == "2 articles, 3 paragraphs\n"
    assert (
        cli("query", "rain", "--count", "--json").out
        == '{"articles": 2, "stories": 2, "paragraphs": 3, "undated": 0, "imprecise": 0, '
        '"dates": {"missing": 0, "only_month": 0, "only_year": 0, "ambiguous": 0}}\n'
    )
    assert cli("query", "--count").out == "2 articles, 0 paragraphs\n"


def test_query_lists_all_paragraphs(cli: Command, held: Path) -> None:
    out = cli("query", "rain", "--all", "--outlet", "example.org").out
    assert re.findall(r"#(\d)$", out, re.MULTILINE) == ["2", "1"]  # the shorter one first
    assert "more paragraph" not in out


def test_query_pages_and_sorts(cli: Command, held: Path) -> None:
    out = cli("query", "rain", "-n", "1", "--offset", "1", "--sort", "oldest").out
    assert out.startswith("Heat in Basra")
    assert out.endswith("2 articles, 3 matching paragraphs for rain, 2 to 2 shown\n")


def test_query_filters_by_any_of_several(cli: Command, held: Path) -> None:
    assert cli("query", "rain", "--outlet", "the guardian", "--count").out == "1 article, 1 paragraph\n"
    assert (
        cli("query", "rain", "--outlet", "the guardian", "--outlet", "EXAMPLE.org", "--count").out
        == "2 articles, 3 paragraphs\n"
    )
    for options in (
        ["--source", "reuters"], ["--byline", "silva"], ["--lang", "en"], ["--until", "2024-07-25"],
        ["--on", "2024-07-25"], ["--since", "2024-07", "--until", "2024-07-25"],
    ):  # fmt: skip
        assert cli("query", "rain", *options, "--count").out == "1 article, 2 paragraphs\n", options


def test_query_notes_a_name_that_no_article_has(cli: Command, held: Path) -> None:
    done = cli("query", "rain", "--outlet", "gaurdian", "--count")
    assert (done.code, done.out) == (0, "0 articles, 0 paragraphs\n")
    assert done.err == (
        "note: no article has the outlet 'gaurdian'; did you mean The Guardian?\n"
        "         2  rain  (alone, all others together 0)\n"
        "         0  the filters  (alone, all others together 2)\n"
    )


def test_query_counts_facets(cli: Command, held: Path) -> None:
    out = cli("query", "rain", "--facet", "outlet", "--facet", "year", "-n", "0").out
    assert out == (
        "outlet  (articles)\n         1  The Guardian\n         1  example.org\n\nyear  (articles)\n         2  2024\n\n"
        "2 articles, 3 matching paragraphs for rain\n"
    )


@pytest.fixture
def outlets(tmp_path: Path) -> Path:
    """An index of articles of twelve outlets: three of Fox News, two of CNN, one of each other; and two without an outlet."""
    names = ["Fox News"] * 3 + ["CNN"] * 2 + [f"Echo {n:02}" for n in range(10)] + [None] * 2
    index_of(
        tmp_path / "index",
        *(article("Rain", f"Rain {n}.", date="2024-07-25", outlet=name) for n, name in enumerate(names)),
    ).close()
    return tmp_path / "index"


def test_a_facet_lists_ten_values_for_people_and_counts_the_others(cli: Command, outlets: Path) -> None:
    out = cli("query", "--facet", "outlet", "--count").out
    echoes = [f"         1  Echo {n:02}" for n in range(8)]
    assert out.splitlines()[2:] == [
        "outlet  (articles)", "         3  Fox News", "         2  CNN", "         2  (none)", *echoes, "         2  and 2 others; --facet outlet:all lists them",
    ]  # fmt: skip
    table = cli("query", "--facet", "outlet", "--count", "--format", "md").out.splitlines()
    assert table[2:6] == ["| outlet | articles |", "| --- | ---: |", "| Fox News | 3 |", "| CNN | 2 |"]
    assert table[-1] == "| and 2 others | 2 |"
    assert cli("query", "--facet", "outlet:all", "--count").out.splitlines()[-1] == "         1  Echo 09"
    assert len(cli("query", "--facet", "outlet", "--count", "--format", "csv").out.splitlines()) == 14
    assert (
        len(json.loads(cli("query", "--facet", "outlet", "-n", "0", "--json").out)["facets"]["outlet"]) == 13
    )


def test_a_facet_lists_as_many_values_as_it_is_told_to(cli: Command, outlets: Path) -> None:
    out = cli("query", "--facet", "outlet:1", "--facet", "month:0", "--count").out
    assert out.splitlines()[2:] == [
        "outlet  (articles)", "         3  Fox News", "         2  (none)", "        12  and 11 others; --facet outlet:all lists them", "",
        "month  (articles)", "        17  and 1 other; --facet month:all lists them",
    ]  # fmt: skip
    out = cli("query", "--facet", "outlet~ECHO 0:1", "--count").out
    assert out.splitlines()[2:] == [
        "outlet  (articles)", "         1  Echo 00", "         9  and 9 others; --facet outlet:all lists them",
    ]  # fmt: skip
    for format_, lines in (("csv", 3), ("jsonl", 2)):
        done = cli("query", "--facet", "outlet:1", "--count", "--format", format_)
        assert len(done.out.splitlines()) == lines
        assert done.err == "note: outlet: 11 other values, of 12 articles, left out\n"
    found = json.loads(cli("query", "--facet", "outlet:1", "--count", "--json").out)
    assert found["facets"]["outlet"][0] == {"value": "Fox News", "articles": 3, "selected": False}
    assert found["facet_totals"] == {
        "outlet": {"counted": 17, "total": 12, "others": 11, "others_articles": 12}
    }


@pytest.mark.parametrize("facet", ["outlet:", "outlet:ten", "outlet:-1", "outlet~", "outlet~ :3", ":3:4"])
def test_a_facet_that_is_written_wrong_is_a_mistake(cli: Command, outlets: Path, facet: str) -> None:
    done = cli("query", "--facet", facet)
    assert (done.code, done.out) == (2, "")
    assert f"Invalid value for '--facet': {facet} is not FIELD, FIELD:N, FIELD:all or FIELD~TEXT" in done.err


def test_a_disjunctive_facet_marks_the_values_that_are_filtered_by(cli: Command, outlets: Path) -> None:
    asked = ("query", "--outlet", "cnn", "--outlet", "echo 09", "--facet", "outlet:1", "--facet", "year")
    assert cli(*asked, "--count").out.splitlines() == [
        "3 articles, 0 paragraphs", "", "outlet  (articles)", "         2  CNN", "         1  Echo 09", "",
        "year  (articles)", "         3  2024",
    ]  # fmt: skip
    assert cli(*asked, "--count", "--disjunctive").out.splitlines()[2:] == [
        "outlet  (17 articles without this filter)", "         3  Fox News", "*        2  CNN", "         2  (none)", "*        1  Echo 09",
        "         9  and 9 others; --facet outlet:all lists them", "", "year  (articles)", "         3  2024",
    ]  # fmt: skip
    table = cli(*asked, "--count", "--disjunctive", "--format", "md").out.splitlines()
    assert table[2:7] == [
        "| outlet | 17 articles without this filter |", "| --- | ---: |", "| Fox News | 3 |", "| **CNN** | 2 |", "| (none) | 2 |",
    ]  # fmt: skip


def test_values_can_be_left_out_and_no_value_is_one(cli: Command, outlets: Path) -> None:
    counted = {
        "--outlet (none)": 2, "--not-outlet (none)": 15, "--outlet (none) --outlet CNN": 4, "--not-outlet cnn --not-outlet FOX-NEWS": 15,
        "--not-outlet cnn --not-outlet=Fox\tNews": 12, "--byline (none)": 17, "--not-byline x": 17,
    }  # fmt: skip
    for options, number in counted.items():
        given = [part.replace("\t", " ") for part in options.split(" ")]
        assert cli("query", "--count", *given).out == f"{number} articles, 0 paragraphs\n", options
    done = cli("query", "--not-outlet", "Fox Newss", "--count")
    assert done.err == "note: no article has the outlet 'Fox Newss'; did you mean Fox News?\n"
    done = cli("query", "--outlet", "CNN", "--not-lang", "en", "--lang", "EN", "--count")
    assert (done.code, done.err) == (
        2,
        "error: lang: 'EN' is both wanted and excluded; leave out one of them\n",
    )
    done = cli("query", "--where", "theme!=economy")
    assert (done.code, "theme!=economy: write --not-where theme=economy" in done.err) == (2, True)


def test_query_as_json_is_what_the_api_returns(cli: Command, held: Path) -> None:
    with newssearch.open(held) as index:
        expected = index.search("rain", facets=["outlet"], snippet=10, limit=1)
    done = cli("query", "rain", "--facet", "outlet", "--snippet", "10", "-n", "1", "--json")
    assert json.loads(done.out) == json.loads(json.dumps(expected.to_dict()))
    assert cli("query", "rain", "--facet", "outlet", "--snippet", "10", "-n", "1", "--format", "json") == done


def test_query_as_json_lines_is_one_hit_a_line(cli: Command, held: Path) -> None:
    lines = cli("query", "rain", "--format", "jsonl").out.splitlines()
    with newssearch.open(held) as index:
        assert [json.loads(line) for line in lines] == [hit.to_dict() for hit in index.search("rain")]


def test_query_as_csv(cli: Command, held: Path) -> None:
    out = cli("query", "rain", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert [row["title"] for row in rows] == ["Storm over Baghdad", "Heat in Basra"]
    assert out.count("\n") == 3


def test_query_as_markdown(cli: Command, held: Path) -> None:
    out = cli("query", "storm", "--format", "md").out
    assert out.startswith("### Storm over Baghdad\n\n2024-07-25 · example.org · Reuters · `")
    assert "\n> Rain fell on Baghdad.\n" in out


# ---- related


@pytest.fixture
def flood(cli: Command, tmp_path: Path) -> str:
    """Return the id of an article on a flood, in an index with two others on it and ten on something else."""
    made = [
        article("Flood in Opole", "The flood closed bridges of Opole.", date="2024-09-15", outlet="The Echo"),
        article("Opole is dry again", "No flood in *Opole* any more.", date="2024-09-17", outlet="The Sun"),
        article("Bridges", "New bridges were built.", outlet="The Sun"),
        *(article(f"Other {n}", f"Report of number {n}, which says nothing.") for n in range(10)),
    ]
    index_of(tmp_path / "index", *made).close()
    return made[0].id


def test_related_articles_in_each_format(cli: Command, tmp_path: Path, flood: str) -> None:
    with newssearch.open(tmp_path / "index") as index:
        found = index.related(flood)
    dry, built = found
    assert cli("related", flood).out == (
        f"Opole is dry again  2024-09-17  The Sun  {dry.address}\n"
        "  No flood in *Opole* any more.\n"
        "  shares: Opole, Flood\n"
        "\n"
        f"Bridges  no date  The Sun  {built.address}\n"
        "  New bridges were built.\n"
        "  shares: bridges\n"
        "\n"
        "2 articles with at least one of the words that say most about it\n"
    )
    assert cli("related", flood, "--format", "md", "-n", "1").out == (
        "### Opole is dry again\n"
        "\n"
        f"2024-09-17 · The Sun · `{dry.address}`\n"
        "\n"
        r"> No **flood** in \***Opole**\* any more."
        "\n\n"
        "shares: Opole, Flood\n"
        "\n"
        "2 articles with at least one of the words that say most about it, 1 to 1 shown\n"
    )
    rows = list(csv.DictReader(io.StringIO(cli("related", flood, "--format", "csv").out, newline="")))
    assert [(row["id"], row["shared"]) for row in rows] == [(dry.id, "Opole; Flood"), (built.id, "bridges")]
    lines = cli("related", flood, "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == [hit.to_dict() for hit in found]
    assert cli("related", flood, "--json").out == cli("related", flood, "--format", "json").out
    assert json.loads(cli("related", flood, "--json").out) == found.to_dict()


def test_related_articles_by_page_and_filter(cli: Command, flood: str) -> None:
    both = list(csv.DictReader(io.StringIO(cli("related", flood, "--format", "csv").out, newline="")))
    done = cli("related", flood.rpartition("-")[2], "--offset", "1", "--snippet", "10")
    assert done.out.startswith(f"{both[1]['title']}  ")
    assert "\n  … bridges …\n" in done.out
    assert done.out.endswith(", 2 to 2 shown\n")
    assert cli("related", flood, "--since", "2024", "--format", "jsonl").out.count("\n") == 1
    assert cli("related", flood, "--limit", "0").out.startswith("2 articles with")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--limit", "0", "--offset", "1"], "--offset has no effect with --limit 0, which shows no hits."),
        (["--json", "--format", "csv"], "--json contradicts --format csv: leave out one of them."),
    ],
)
def test_options_of_related_without_effect_are_refused(cli: Command, options: list[str], reason: str) -> None:
    done = cli("related", "any", *options)
    assert (done.code, done.out) == (2, "")
    assert reason in done.err


# ---- notes on a query


def test_an_odd_query_is_answered_with_a_note_and_a_caret(cli: Command, held: Path) -> None:
    done = cli("query", "rain AND", "--count")
    assert (done.code, done.out) == (0, "0 articles, 0 paragraphs\n")
    assert done.err == (
        "note: AND lacks an operand and was taken as a word\n  rain AND\n       ^^^\n"
        "note: no article has the word 'AND'\n  rain AND\n       ^^^\n"
        "         2  rain  (alone, all others together 0)\n"
        '         0  "AND"  (alone, all others together 2)\n'
    )


def test_a_caret_stands_under_its_place_also_behind_wide_characters(cli: Command, held: Path) -> None:
    lines = cli("query", "東京 OR", "--count").err.splitlines()
    assert lines[1:3] == ["  東京 OR", "       ^^"]


def test_a_caret_of_a_long_query_shows_the_part_around_it(
    cli: Command, held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    _, shown, caret, *_ = cli("query", f"{'word ' * 40}() {'word ' * 40}", "--count").err.splitlines()
    assert len(shown) <= 60
    assert shown[caret.index("^") : caret.rindex("^") + 1] == "()"


@pytest.mark.parametrize(
    ("arguments", "err"),
    [
        (
            ["rain", "--since", "2024-02-30"],
            "error: since: '2024-02-30' is not a date; write 2024, 2024-07, 2024-W30, 2024-Q3, 2024-07-25, 2024-07-25T14:30, "
            '-7d or "last month"\n'
            "  2024-02-30\n  ^^^^^^^^^^\n",
        ),
        (
            ["rain", "--since", "2025", "--until", "2024"],
            "error: no date is both since 2025 and until 2024; swap them\n",
        ),
        (["rain", "--facet", "outlets"], "error: there is no facet 'outlets'; did you mean outlet?\n"),
        (["rain", "--outlet", ""], "error: the filter on outlet is empty\n"),
    ],
)
def test_what_would_silently_find_nothing_is_an_error(
    cli: Command, held: Path, arguments: list[str], err: str
) -> None:
    done = cli("query", *arguments)
    assert (done.code, done.out, done.err) == (2, "", err)


def test_a_query_beyond_the_bounds_is_an_error_with_a_caret(cli: Command, held: Path) -> None:
    done = cli("query", "(" * 200)
    assert done.code == 2
    assert done.err.startswith("error: the query is nested deeper than 50 levels\n")
    assert done.err.rstrip().endswith("^")


@pytest.mark.parametrize(
    "arguments", [["--limit", "-1"], ["--limit", "x"], ["--sort", "best"], ["--format", "xml"]]
)
def test_usage_errors_end_with_2(cli: Command, held: Path, arguments: list[str]) -> None:
    done = cli("query", "rain", *arguments)
    assert (done.code, done.out) == (2, "")
    assert "Usage: newssearch query" in done.err


def test_a_query_that_begins_with_a_minus_goes_behind_two(cli: Command, held: Path) -> None:
    assert cli("query", "--count", "--", "-storm").out == "1 article, 0 paragraphs\n"
    assert cli("query", "--count", "--", "-storm", "rain").out == "1 article, 1 paragraph\n"
    done = cli("query", "-zzz")
    assert done.code == 2
    assert done.err.endswith('put "--" before it: newssearch query -- -syria\n')


@pytest.mark.parametrize(
    "query", ['"', "((", "🙂", "\u202e", "NOT", "a\x00b", "\udcff", '-"', "-\u200e", ")" * 50]
)
def test_any_query_is_answered(cli: Command, held: Path, query: str) -> None:
    done = cli("query", "--", query)
    assert done.code == 0
    assert "\u202e" not in done.err + done.out
    assert "\x00" not in done.err + done.out


def test_colours_are_those_that_the_environment_asks_for(
    cli: Command, held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b" not in cli("query", "rain").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1mBasra\x1b[22m." in cli("query", "basra").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in cli("query", "rain").out
    monkeypatch.setenv("NO_COLOR", "")
    assert "\x1b" in cli("query", "rain").out


# ---- which index


@pytest.mark.parametrize(
    "arguments", [["query", "rain"], ["show", "x"], ["info"], ["remove", "x", "--yes"], ["query", "--count"]]
)
def test_a_missing_index_ends_with_3_and_says_what_to_do(
    cli: Command, tmp_path: Path, arguments: list[str]
) -> None:
    done = cli(*arguments, "--index", "nowhere")
    assert (done.code, done.out) == (3, "")
    assert done.err == (
        "error: nowhere does not exist: make an index with `newssearch index --index nowhere FILES…`\n"
    )
    (tmp_path / "empty").mkdir()
    assert cli(*arguments, "--index", "empty").err.startswith(
        "error: empty holds no index: make an index with "
    )
    assert not (tmp_path / "nowhere").exists()


def test_a_file_is_no_index(cli: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = cli("query", "rain", "--index", "file")
    assert done.code == 3
    assert done.err.startswith("error: file is not a folder")


@pytest.mark.parametrize("name", ["format", "analysis"])
def test_an_index_of_a_newer_version_ends_with_3(cli: Command, held: Path, name: str) -> None:
    made_by_another(held, **{name: 99})
    for arguments in (["query", "rain"], ["info"], ["index", "-"]):
        done = cli(*arguments)
        assert (done.code, done.out) == (3, "")
        assert done.err == "error: index was made by a newer version of newssearch (9.0): update newssearch\n"


def test_an_index_of_an_older_version_says_how_to_rebuild_it(
    cli: Command, held: Path, tmp_path: Path
) -> None:
    made_by_another(held, format=0)
    done = cli("query", "rain")
    assert done.code == 3
    assert (
        done.err
        == "error: index was made by an older version of newssearch: rebuild it with `newssearch index --rebuild`\n"
    )
    (tmp_path / "a.txt").write_text("Rain\n\nIt rained.\n", encoding="utf-8")
    assert cli("index", "--rebuild", "a.txt").code == 0
    assert cli("query", "rain", "--count").out == "1 article, 1 paragraph\n"


@pytest.mark.parametrize("pattern", ["newssearch.json", "_MAIN_*.toc", "MAIN_*.nws"])
@pytest.mark.parametrize("damage", ["empty", "cut", "noise"])
def test_a_damaged_index_ends_with_3_and_no_traceback(
    cli: Command, held: Path, pattern: str, damage: str
) -> None:
    for file in held.glob(pattern):
        whole = file.read_bytes()
        file.write_bytes(
            {"empty": b"", "cut": whole[: len(whole) // 2], "noise": b"\xff" * len(whole)}[damage]
        )
    done = cli("query", "rain")
    assert done.err.startswith("error: index")
    assert (done.code, done.out, done.err.count("\n")) == (3, "", 1)


def test_damage_that_is_met_only_while_searching_ends_with_3_too(cli: Command, tmp_path: Path) -> None:
    with newssearch.create(tmp_path / "index") as index:
        index.add(Article.create(title=f"Storm {n}", text=f"Rain {n} fell.", url=f"u{n}") for n in range(50))
    (segment,) = (tmp_path / "index").glob("MAIN_*.nws")
    whole = segment.read_bytes()
    part = len(whole) // 8
    codes = []
    for at in range(0, len(whole), part):
        segment.write_bytes(whole[:at] + b"\xff" * min(part, len(whole) - at) + whole[at + part :])
        done = cli("query", "rain")
        assert "Traceback" not in done.err
        assert done.code == 0 or done.err.startswith("error: index")
        codes.append(done.code)
    assert set(codes) <= {0, 3}
    assert codes.count(3) > 1


def test_a_missing_segment_ends_with_3(held: Path, tmp_path: Path) -> None:
    for file in held.glob("MAIN_*.nws"):
        file.unlink()
    process = shell("query", "rain", cwd=tmp_path)
    _, err = process.communicate(timeout=60)
    assert err.startswith(b"error: index: a file of the index is missing")
    assert process.returncode == 3


def test_the_index_can_be_named_by_option_or_environment(
    cli: Command, held: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held.rename(tmp_path / "elsewhere")
    assert cli("query", "rain").code == 3
    assert cli("query", "rain", "--index", "elsewhere", "--count").out == "2 articles, 3 paragraphs\n"
    monkeypatch.setenv("NEWSSEARCH_INDEX", "elsewhere")
    assert cli("query", "rain", "--count").out == "2 articles, 3 paragraphs\n"
    assert cli("query", "rain", "--count", "--index", "nowhere").code == 3


# ---- show


def test_show_prints_fields_and_paragraphs(cli: Command, held: Path) -> None:
    out = cli("show", ids(cli)["Heat"]).out
    assert out.splitlines() == [
        "Heat in Basra",
        f"       id  {ids(cli)['Heat']}",
        "     date  2024-07-26",
        "   outlet  The Guardian",
        "   source  The Guardian  [inferred from outlet]",
        "   byline  missing",
        " dateline  missing",
        "  located  missing",
        "     lang  missing",
        "  section  missing",
        "      url  missing",
        "      key  missing",
        next(line for line in out.splitlines() if line.startswith("    added  ")),
        "",
        "   1  No rain fell on Basra.",
    ]


def test_show_takes_the_end_of_an_id_and_the_number_of_a_paragraph(cli: Command, held: Path) -> None:
    whole = ids(cli)["Storm"]
    end = whole.rpartition("-")[2]
    assert cli("show", end) == cli("show", whole) == cli("show", f"baghdad-{end}")
    assert cli("show", f"{end}#2").out.endswith("\n\n   2  The rain stopped.\n")
    done = cli("show", f"{end}#9")
    assert (done.code, done.err) == (1, f"error: {whole} has no paragraph 9: it has 3 paragraphs\n")


def test_show_marks_boilerplate(cli: Command, tmp_path: Path) -> None:
    letter = "Sign up for our daily letter, which comes each morning and is free."
    with newssearch.create(tmp_path / "index") as index:
        index.add(article(f"Number {n}", *unlike(n), letter, outlet="The Echo") for n in range(10))
        (one,) = index.find("w4x0x0")
    assert cli("show", f"{one}#3").out.endswith(f"\n\n      [boilerplate]\n   3  {letter}\n")
    assert "[boilerplate]" not in cli("show", f"{one}#2").out
    assert json.loads(cli("show", one, "--json").out)["boilerplate"] == [3]


def test_show_of_nobody_is_a_failure(cli: Command, held: Path) -> None:
    assert (cli("show", "zzz").code, cli("show", "zzz").err) == (1, "error: no article has the id 'zzz'\n")
    assert cli("show", "").code == 1
    assert cli("show", "d").code == 1  # the end of an id, but no part of it


def test_show_of_an_end_that_several_ids_have_names_them(cli: Command, tmp_path: Path) -> None:
    code = "a" * 8
    with newssearch.create(tmp_path / "index") as index:
        index.add(dataclasses.replace(article, id=f"{n}-{code}") for n, article in enumerate(ARTICLES))
    done = cli("show", code)
    assert (done.code, done.err) == (1, f"error: '{code}' could be any of: 0-{code}, 1-{code}\n")


def test_show_marks_a_query(cli: Command, held: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "No \x1b[1mrain\x1b[22m fell" in cli("show", ids(cli)["Heat"], "--query", "rain").out


def test_show_as_json(cli: Command, held: Path) -> None:
    value = json.loads(cli("show", ids(cli)["Heat"], "--json").out)
    assert value.pop("added").endswith("Z")
    assert value.pop("boilerplate") == []
    assert (value.pop("tags"), value.pop("notes")) == ([], [])
    assert value == {k: v for k, v in json.loads(json.dumps(ARTICLES[1].to_dict())).items() if k != "added"}
    value = json.loads(cli("show", f"{ids(cli)['Storm']}#2", "--query", "rain", "--json").out)
    assert value["paragraphs"] == [
        {"number": 2, "kind": "text", "text": "The rain stopped.", "highlights": [[4, 8]]}
    ]


# ---- info


def test_info_tells_what_there_is(cli: Command, held: Path) -> None:
    lines = cli("info").out.splitlines()
    assert lines[0] == "index: 2 articles, 4 paragraphs, 15 words"
    assert lines[1] == "    dates  2024-07-25 to 2024-07-26"
    assert "outlet" in lines
    assert "         1  example.org" in lines


def test_info_and_query_tell_how_articles_are_dated(cli: Command, tmp_path: Path) -> None:
    dates = ["2024-07-25", "2024-07", "2024", "7-5-2024", None]
    made = [
        article("Rain", f"Rain {n}.", "Snow.", url=f"https://e.org/{n}", date=date)
        for n, date in enumerate(dates)
    ]
    index_of(tmp_path / "index", *made).close()
    assert cli("info").out.splitlines()[1:3] == [
        "    dates  2024 to 2024-07-25",
        "           1 article without a date, 1 dated only by month, 1 only by year,"
        " 1 with an ambiguous date, read month first (7/5/2024)",
    ]
    assert json.loads(cli("info", "--json").out)["dates"] == {
        "missing": 1, "only_month": 1, "only_year": 1, "ambiguous": 1,
    }  # fmt: skip
    left = "1 more article without a date and 2 dated only by month or year left out"
    assert cli("query", "rain", "--on", "2024-07-25", "--count").out == f"1 article, 1 paragraph; {left}\n"
    assert f"; {left}" in cli("query", "rain", "date:2024-07-25").out.splitlines()[-1]
    assert f"; {left}" in cli("query", "rain", "date:2024-07-25", "--format", "md").out.splitlines()[-1]
    for format_ in ("csv", "jsonl"):
        assert cli("query", "rain", "date:2024-07-25", "--format", format_).err == f"note: {left}\n"
    assert cli("query", "rain", "--since", "2024-07-06", "--until", "2024-07", "--count").out == (
        "1 article, 1 paragraph; 1 more article without a date and 2 dated only by month or year left out\n"
    )
    only = cli("query", "rain", "date:2024-07-25 -date:none", "--on", "2024-07", "--count").out
    assert only == "1 article, 1 paragraph; 2 more articles dated only by month or year left out\n"
    days = cli("query", "rain", "--count", "--facet", "week", "--facet", "month", "--facet", "year").out
    assert days.splitlines()[1:] == [
        "",
        "week  (articles)",
        "         1  2024-W27",
        "         1  2024-W30",
        "         3  (none: 1 without a date, 2 dated only by month or year)",
        "  (1 of these dates is ambiguous, read month first)",
        "",
        "month  (articles)",
        "         3  2024-07",
        "         2  (none: 1 without a date, 1 dated only by year)",
        "  (1 of these dates is ambiguous, read month first)",
        "",
        "year  (articles)",
        "         4  2024",
        "         1  (none)",
        "  (1 of these dates is ambiguous, read month first)",
    ]
    assert (
        "| (none: 1 without a date, 1 dated only by year) | 2 |"
        in cli("query", "rain", "--count", "--facet", "quarter", "--format", "md").out
    )
    assert "  2024-07  " in cli("query", "rain", "--sort", "newest").out
    assert "date  2024-07\n" in cli("show", made[1].id).out


def test_info_as_json(cli: Command, held: Path) -> None:
    value = json.loads(cli("info", "--json").out)
    assert (value["articles"], value["paragraphs"], value["words"], value["files"]) == (2, 4, 15, 0)
    assert value["lang"] == [{"value": "en", "articles": 1}, {"value": None, "articles": 1}]
    assert value["size"] == sum(path.stat().st_size for path in held.iterdir())


def test_info_of_an_empty_index(cli: Command) -> None:
    cli("index", "-")
    assert cli("info").out.splitlines()[:2] == ["index: 0 articles, 0 paragraphs, 0 words", "    dates  none"]


# ---- remove


def test_remove_asks_first(cli: Command, held: Path) -> None:
    done = cli("remove", ids(cli)["Heat"], stdin=b"n\n")
    assert done.code != 0
    assert done.out == ""
    assert f"  {ids(cli)['Heat']}  Heat in Basra\n" in done.err
    assert "1 article to remove:\n" in done.err
    assert "Remove 1 article from index?" in done.err
    assert cli("query", "--count").out.startswith("2 articles")
    done = cli("remove", ids(cli)["Heat"], stdin=b"y\n")
    assert (done.code, done.out) == (0, "1 removed\n")
    assert cli("query", "--count").out.startswith("1 article")


def test_remove_without_an_answer_removes_nothing(cli: Command, held: Path) -> None:
    done = cli("remove", ids(cli)["Heat"], stdin=b"")
    assert done.code == 1
    assert done.err.endswith("error: nothing was removed: answer the question, or use --yes\n")
    assert cli("query", "--count").out.startswith("2 articles")


@pytest.mark.parametrize(
    ("arguments", "removed"),
    [
        (["--query", "rain"], 2),
        (["--query", "rain -baghdad"], 1),
        (["--outlet", "example.org"], 1),
        (["--query", "rain", "--since", "2024-07-26"], 1),
        (["--until", "2024"], 2),
    ],
)
def test_remove_by_query_and_filters(cli: Command, held: Path, arguments: list[str], removed: int) -> None:
    done = cli("remove", *arguments, "--yes", "--json")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == {"removed": removed}
    left = "1 article" if removed == 1 else f"{2 - removed} articles"
    assert cli("query", "--count").out == f"{left}, 0 paragraphs\n"


def test_a_removal_whose_search_takes_too_long_removes_nothing(cli: Command, held: Path) -> None:
    before = ids(cli)
    assert cli("remove", "--query", "rain OR heat", "--yes", "--timeout", "0").code == 5
    assert ids(cli) == before


def test_remove_by_date_says_what_has_none(cli: Command, tmp_path: Path) -> None:
    made = [article("Rain", "Rain.", url="u1", date="2024-07-25"), article("Sun", "Rain.", url="u2")]
    index_of(tmp_path / "index", *made).close()
    done = cli("remove", "--since", "2024", "--yes")
    assert (done.code, done.out, done.err) == (
        0,
        "1 removed\n",
        "note: 1 more article without a date left out\n",
    )


def test_remove_by_date_says_what_is_dated_too_coarsely(cli: Command, tmp_path: Path) -> None:
    dates = ["2024-07-25", "2024-07", "2024", "2023", "2023-01", None]
    made = [article("Rain", f"Rain {n}.", url=f"u{n}", date=date) for n, date in enumerate(dates)]
    index_of(tmp_path / "index", *made).close()
    chosen = [made[n].id for n in (1, 2, 4)]
    done = cli("remove", *chosen, "--since", "2024-07-25", "--yes")
    assert done.out == ""
    assert done.err.splitlines()[0] == "note: 2 more articles dated only by month or year left out"
    done = cli("remove", "--since", "2024-07-25", "--yes")
    left = "1 more article without a date and 2 dated only by month or year left out"
    assert (done.out, done.err) == ("1 removed\n", f"note: {left}\n")


def test_filters_narrow_what_is_removed_by_path_and_by_id(cli: Command, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "title,text,outlet,date\nRain,Wet,A,2024-07-25\nSun,Dry,B,2023-07-25\nFog,Dim,B,\n", encoding="utf-8"
    )
    (tmp_path / "b.csv").write_text("title,text,outlet,date\nWind,Bare,B,\n", encoding="utf-8")
    cli("index", "a.csv", "b.csv")

    def held() -> dict[str | None, str]:
        with newssearch.open("index") as index:
            return {article.title: article.id for article in index}

    done = cli("remove", held()["Wind"], "--outlet", "A", "--yes")
    assert (done.code, done.err) == (1, "error: nothing to remove: no article matches\n")
    done = cli("remove", "--path", "a.csv", "--outlet", "B", "--until", "2023", "--yes")
    assert (done.out, done.err) == ("1 removed\n", "note: 1 more article without a date left out\n")
    assert set(held()) == {"Rain", "Fog", "Wind"}
    assert cli("remove", "--path", "a.csv", "--query", "-rain", "--yes").out == "1 removed\n"
    assert set(held()) == {"Rain", "Wind"}


@pytest.mark.parametrize("option", [["--prune"], ["--retry"], ["--exclude", "x"]])
def test_options_for_files_are_refused_beside_standard_input_alone(cli: Command, option: list[str]) -> None:
    done = cli("index", "-", *option, stdin=b"")
    assert done.code == 2
    assert f"{option[0]} has no effect on standard input alone" in done.err


def test_remove_by_the_end_of_an_id(cli: Command, held: Path) -> None:
    assert cli("remove", ids(cli)["Heat"].rpartition("-")[2], "--yes").out == "1 removed\n"


def test_remove_by_path(cli: Command, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(f"{name}\n\nRain.\n", encoding="utf-8")
    cli("index", "a.txt", "b.txt")
    assert cli("remove", "--path", "a.txt", "--yes").out == "1 removed\n"
    done = cli("remove", "--path", "a.txt", "--yes")
    assert (done.code, done.err) == (1, "error: no article was read from a.txt\n")


def test_remove_needs_to_be_told_what(cli: Command, held: Path) -> None:
    assert cli("remove", "--yes").code == 2
    assert cli("remove", "--query", " ", "--yes").code == 2
    assert (cli("remove", "--query", "snow", "--yes").code, cli("remove", "nobody", "--yes").code) == (1, 1)
    assert cli("query", "--count").out.startswith("2 articles")


def test_remove_of_a_query_with_a_mistyped_filter_removes_nothing(cli: Command, held: Path) -> None:
    done = cli("remove", "--query", "rain", "--outlet", "gaurdian", "--yes")
    assert (done.code, done.out) == (1, "")
    assert cli("query", "--count").out.startswith("2 articles")


# ---- the whole


def test_the_help_shows_the_summary_of_each_command_whole(
    cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = cli("--help").out.partition("Commands:\n")[2].splitlines()
    assert len(listed) == len(commands.commands)
    assert all(line.endswith(".") and not line.endswith("...") for line in listed)


def test_every_option_has_help() -> None:
    options = [
        option
        for command in every_command().values()
        for option in command.params
        if isinstance(option, click.Option)
    ]
    assert [option.opts for option in options if not option.help] == []


@pytest.mark.parametrize("verb", ["", "index", "query", "related", "show", "info", "remove"])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(cli: Command, verb: str, flag: str) -> None:
    done = cli(*filter(None, [verb, flag]))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: newssearch {verb}".rstrip())


def test_the_version_is_printed(cli: Command) -> None:
    assert cli("--version").out == f"newssearch, version {newssearch.__version__}\n"


def test_an_unknown_command_is_a_mistake(cli: Command) -> None:
    assert cli("serach", "rain").code == 2


def test_nothing_from_an_article_is_a_command_to_the_terminal(cli: Command, tmp_path: Path) -> None:
    bad = "\x1b]0;owned\x07\u202e\x9b2J"
    record = {
        "title": f"Rain {bad}",
        "text": f"rain {bad}",
        "outlet": bad,
        "url": bad,
        "byline": bad,
        "lang": bad,
    }
    cli("index", "-", stdin=json.dumps(record).encode())
    name = tmp_path / "ra\x1b[2J\nin.txt"
    name.write_bytes(b"")
    for arguments in (
        ["query", "rain"],
        ["info"],
        ["index", str(name)],
        ["query", "rain", "--facet", "outlet"],
    ):
        done = cli(*arguments)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", done.out + done.err), arguments
    with newssearch.open("index") as index:
        (only,) = index.find("rain")
    for arguments in (["show", only], ["remove", only]):
        done = cli(*arguments)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", done.out + done.err), arguments


def test_as_a_process_it_prints_utf8_whatever_the_locale(held: Path, tmp_path: Path) -> None:
    with newssearch.open(held) as index:
        index.add([Article.create(title="東京", text="大雨")])
    process = shell("query", "大雨", cwd=tmp_path, LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert out.decode().startswith("東京  no date  no outlet  ")


@pytest.mark.parametrize("format_", ["text", "jsonl", "csv", "json"])
def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path, format_: str) -> None:
    with newssearch.create(tmp_path / "index") as index:
        index.add(
            Article.create(title=f"Rain {n}", text=["rain " + "x" * 2000], url=f"u{n}") for n in range(300)
        )
    process = shell("query", "rain", "-n", "300", "--format", format_, "--snippet", "0", cwd=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), err) == (0, b"")


def test_a_reader_that_never_looked_is_no_error_either(held: Path, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run(
        [sys.executable, "-m", "newssearch", "query", "rain"],
        cwd=tmp_path, stdout=write, stderr=subprocess.PIPE, timeout=60, check=False,
    )  # fmt: skip
    os.close(write)
    assert (process.returncode, process.stderr) == (0, b"")


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell closes the stream")
def test_a_closed_standard_output_is_no_error(held: Path, tmp_path: Path) -> None:
    for arguments in ("query rain", "kwic rain", "info"):
        line = f'exec "{sys.executable}" -m newssearch {arguments} >&-'
        done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, b"")


# ---- what was rejected before


def test_what_was_rejected_before_is_no_error_any_more(cli: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain\n\nIt rained.\n", "utf-8")
    (tmp_path / "b.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    first = cli("index", "a.txt", "b.jpg")
    assert (first.code, first.err) == (4, "rejected: b.jpg: looks like a JPEG image, which is not read\n")
    again = cli("index", "a.txt", "b.jpg")
    assert (again.code, again.err) == (0, "")
    assert "0 rejected, 1 rejected before, unchanged (--retry reads them again)" in again.out
    assert json.loads(cli("index", "a.txt", "b.jpg", "--json").out)["rejected_before"] == 1
    assert cli("index", "a.txt", "b.jpg", "--retry").code == 4
    assert cli("index", "a.txt", "--rebuild", "--retry").code == 2


def test_removing_many_names_ten_and_counts_the_rest(cli: Command, tmp_path: Path) -> None:
    records = "".join(
        json.dumps({"url": f"https://e.org/{n}", "title": f"Rain {n}", "text": "x"}) + "\n"
        for n in range(305)
    )
    (tmp_path / "a.jsonl").write_text(records, "utf-8")
    cli("index", "a.jsonl")
    done = cli("remove", "--query", "rain", stdin=b"n\n")
    assert done.err.startswith("305 articles to remove:\n")
    assert done.err.count("  Rain ") == 10
    assert "  … and 295 more\nRemove 305 articles from index? [y/N]" in done.err
    assert done.code == 1
    several = newssearch.ArticleNotFoundError("x", [f"{n}-x" for n in range(305)])
    assert str(several).endswith("9-x … and 295 more")
    assert len(several.candidates) == 305


def test_every_row_of_a_table_of_totals_ends_alike(cli: Command) -> None:
    index_of("index", article("Rain", "It rained.", outlet="The Echo")).close()
    for options in ((), ("--facet", "outlet")):
        out = cli("query", "--count", "--format", "csv", *options).out
        assert out.count("\r\n") == out.count("\n") >= 2
