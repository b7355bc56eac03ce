"""Receipts: a colleague gets the same, or is told what differs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch import Receipt, ReceiptError
from newssearch.corpus.methods import limit_words
from support import Command, article, index_of
from support import command as command_line

ARTICLES = [
    article("Flood", "The river rose.", "Rain fell.", date="2024-07-25", outlet="The Echo"),
    article("Storm", "Rain and wind.", date="2024-07-26", outlet="The Post"),
    article("Sun", "It was hot.", outlet="The Post"),
    article("Drizzle", "Some rain.", outlet="The Post"),
]


cli = pytest.fixture(command_line)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    index_of(tmp_path / "index", *ARTICLES).close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def loaded(file: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(Path(file).read_text("utf-8"))
    return value


def test_a_receipt_says_what_was_asked_of_what_and_what_was_found(archive: Path, cli: Command) -> None:
    done = cli("query", "rain -wind", "--since", "2024", "--receipt", "r.json")
    assert done.code == 0
    receipt = loaded("r.json")
    (search,) = receipt["searches"]
    assert (receipt["command"], receipt["arguments"]) == ("query", ["--since", "2024", "rain -wind"])
    assert (search["query"], search["interpretation"]) == ("rain -wind", "(rain AND NOT wind)")
    assert (search["articles"], search["paragraphs"], search["undated"]) == (1, 1, 1)
    assert [clause["articles"] for clause in search["clauses"]] == [3, 3, 2]  # the filter is the last
    found = f"{ARTICLES[0].id}\n"
    assert search["ids"] == hashlib.sha256(found.encode()).hexdigest()
    with newssearch.open("index") as index:
        assert receipt["commit"] == index.commit.to_dict()
    assert receipt["archive"]["articles"] == 4
    assert receipt["archive"]["outlets"] == 2
    assert receipt["versions"]["newssearch"] == newssearch.__version__


def test_a_check_on_the_same_content_finds_no_difference(archive: Path, cli: Command) -> None:
    cli("query", "rain", "--sort", "newest", "-n", "2", "--receipt", "r.json")
    done = cli("receipt", "check", "r.json")
    assert (done.code, done.out.partition(":")[0]) == (0, "the same")
    with newssearch.create("other") as index:  # made in another order, in other commits
        for one in reversed(ARTICLES):
            index.add(one)
    done = cli("receipt", "check", "r.json", "--index", "other")
    assert (done.code, done.out.partition(":")[0]) == (0, "the same")


def test_a_check_says_what_differs(archive: Path, cli: Command) -> None:
    cli("query", "rain", "--receipt", "r.json")
    with newssearch.open("index") as index:
        index.add(article("Hail", "Rain turned to hail.", outlet="The Echo"))
    done = cli("receipt", "check", "r.json")
    assert done.code == 1
    lines = done.out.splitlines()
    assert any(line.startswith("different: content digest of the index: ") for line in lines)
    assert "different: articles of the archive: 4, now 5" in lines
    assert "different: articles: 3, now 4" in lines
    assert any(line.startswith("different: digest of the ids found: ") for line in lines)
    assert "different: lines of the output: 3, now 4" in lines
    value = json.loads(cli("receipt", "check", "r.json", "--json").out)
    assert value["same"] is False
    assert {"what": "articles", "before": 3, "after": 4} in value["differences"]


def test_a_check_notices_another_order_of_the_same_articles(archive: Path, cli: Command) -> None:
    cli("query", "rain", "--sort", "newest", "--receipt", "r.json")
    receipt = loaded("r.json")
    receipt["arguments"][1] = "oldest"
    Path("r.json").write_text(json.dumps(receipt), "utf-8")
    done = cli("receipt", "check", "r.json")
    assert done.code == 1
    assert any(line.startswith("different: SHA-256 of the output: ") for line in done.out.splitlines())


def test_the_counts_of_facets_belong_to_the_output(archive: Path, cli: Command) -> None:
    cli("query", "rain", "--count", "--facet", "outlet", "--receipt", "r.json")
    receipt = loaded("r.json")
    assert receipt["output"]["lines"] == 1
    receipt["arguments"][2] = "month"
    Path("r.json").write_text(json.dumps(receipt), "utf-8")
    done = cli("receipt", "check", "r.json")
    assert done.code == 1
    assert any(line.startswith("different: SHA-256 of the output: ") for line in done.out.splitlines())


def test_relative_dates_count_from_the_clock_of_the_receipt(archive: Path, cli: Command) -> None:
    cli("query", "rain date:-7d", "--receipt", "r.json")
    receipt = loaded("r.json")
    receipt["clock"] = "2024-07-27T12:00:00"
    Path("r.json").write_text(json.dumps(receipt), "utf-8")
    done = cli("receipt", "check", "r.json")
    assert "different: articles: 0, now 2" in done.out.splitlines()


def test_facets_and_values_that_are_left_out_are_asked_for_again(archive: Path, cli: Command) -> None:
    asked = ["--not-outlet", "The Echo", "--facet", "outlet:1", "--facet", "byline~x:all", "--facet", "month"]
    cli("query", "rain", *asked, "--receipt", "r.json")
    assert loaded("r.json")["arguments"][:-1] == asked
    (search,) = loaded("r.json")["searches"]
    assert search["options"]["outlet_not"] == ["The Echo"]
    assert search["options"]["facets"][0] == {
        "name": "outlet", "limit": 1, "contains": "", "disjunctive": False,
    }  # fmt: skip
    assert cli("receipt", "check", "r.json").code == 0
    cli("query", "rain", "--outlet", "(none)", "--receipt", "r.json")
    assert loaded("r.json")["arguments"][:-1] == ["--outlet", "(none)"]
    assert loaded("r.json")["searches"][0]["options"] == {"outlet": ["(none)"]}
    assert cli("receipt", "check", "r.json").code == 0


@pytest.mark.parametrize("file", ["o.csv", "o.xlsx", "o.json", "o.jsonl", "o.md", "o.txt"])
@pytest.mark.parametrize(
    "asked",
    [
        ["sample", "rain", "-n", "2", "--by", "outlet"],
        ["count", "rain", "--by", "outlet", "--share"],
        ["kwic", "rain"],
        ["stories"],
    ],
    ids=lambda asked: asked[0],
)
def test_a_result_in_a_file_is_the_same_again(
    archive: Path, cli: Command, asked: list[str], file: str
) -> None:
    done = cli(*asked, "-o", file, "--receipt", "r.json")
    assert (done.code, Path(file).exists()) == (0, True), done.err
    assert loaded("r.json")["arguments"][:1] == ["--format"]
    done = cli("receipt", "check", "r.json")
    assert done.code == 0, done.out
    assert "different" not in done.out


def test_a_check_that_takes_too_long_is_stopped(archive: Path, cli: Command) -> None:
    cli("query", "rain", "--receipt", "r.json")
    done = cli("receipt", "check", "r.json", "--timeout", "0")
    assert (done.code, done.out) == (5, "")
    assert cli("receipt", "check", "r.json", "--timeout", "3600").code == 0


def test_a_receipt_writes_the_paragraph_for_a_methods_section(archive: Path, cli: Command) -> None:
    cli("query", "rain", "--outlet", "The Post", "--since", "2024", "--receipt", "r.json")
    text = cli("receipt", "text", "r.json").out
    with newssearch.open("index") as index:
        digest = index.commit.digest
    for part in (
        "an archive of 4 articles (5 paragraphs) of 2 outlets, dated 2024-07-25 to 2024-07-26 (2 without a date)",
        f"newssearch {newssearch.__version__}",
        digest,
        "The query was `rain`, limited to outlet The Post; dates from 2024 on.",
        "It found 1 article, with 1 matching paragraph.",
        "1 more article without a date was left out.",
        "`newssearch query --since 2024 --outlet 'The Post' rain`",
        "The receipt's digest of the output is not that of a file: it is computed from the rows or hits",
    ):
        assert part in text


def test_a_program_makes_and_compares_receipts(archive: Path) -> None:
    with newssearch.open("index") as index:
        before = index.receipt("rain", outlet="The Post")
        assert "digest of the output" not in before.text(), "a program has none"
        again = Receipt.from_json(before.to_json())
        assert again == before
        assert before.differences(index.receipt("rain", outlet="The Post")) == ()
        index.add(article("Hail", "Rain turned to hail.", outlet="The Post"))
        found = {
            one.what: (one.before, one.after)
            for one in before.differences(index.receipt("rain", outlet="The Post"))
        }
    assert found["articles"] == (2, 3)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"receipt": 1}', '{"receipt": 2}', '{"receipt": 99}', "[" * 100_000, "\x00"],
)
def test_a_file_that_is_no_receipt_is_refused(archive: Path, cli: Command, text: str) -> None:
    Path("r.json").write_text(text, "utf-8")
    for command in ("check", "text"):
        done = cli("receipt", command, "r.json")
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith("error: r.json: ")
    with pytest.raises(ReceiptError):
        Receipt.from_json(text)


@pytest.mark.parametrize("command", ["check", "text"])
def test_a_receipt_of_a_development_version_must_be_made_again(
    archive: Path, cli: Command, command: str
) -> None:
    stored = Path(__file__).parent / "fixtures" / "receipt-version-1.json"
    done = cli("receipt", command, str(stored))
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        f"error: {stored}: the receipt was made by an earlier development version of newssearch: make it again\n"
    )


@pytest.mark.parametrize("where", ["searches", "output"])
def test_a_receipt_without_a_digest_of_tags_is_damaged(archive: Path, cli: Command, where: str) -> None:
    cli("query", "rain", "--receipt", "r.json")
    receipt = loaded("r.json")
    part = receipt[where][0] if where == "searches" else receipt[where]
    assert part.pop("tags") == "", "no tags are shown, and the search asks for none"
    Path("r.json").write_text(json.dumps(receipt), "utf-8")
    done = cli("receipt", "check", "r.json")
    assert (done.code, done.out, "the receipt is damaged" in done.err) == (1, "", True)


def test_every_damaged_value_is_refused_or_shown_harmless(archive: Path, cli: Command) -> None:
    cli("query", "rain", "--since", "2024", "--receipt", "r.json")
    whole = loaded("r.json")
    values: tuple[Any, ...] = (None, -1, "\x1b[31m", [], {}, [[]], 1.5, True)
    for path in _places(whole):
        for bad in values:
            value = json.loads(json.dumps(whole))
            inner = value
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = bad
            Path("r.json").write_text(json.dumps(value), "utf-8")
            for command in ("check", "text"):
                done = cli("receipt", command, "r.json")
                assert "Traceback" not in done.err, (path, bad)
                assert "\x1b" not in done.out + done.err


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for name, inner in items for place in [(*path, name), *_places(inner, (*path, name))]]


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("index", ["."]),
        ("remove", ["x"]),
        ("receipt", ["check", "r.json"]),
        ("nothing", []),
        ("query", ["--index", "elsewhere", "rain"]),
        ("query", ["--receipt", "new.json", "rain"]),
        ("query", ["--help"]),
        ("query", ["--no-such-option"]),
        ("query", ["--limit", "x"]),
    ],
)
def test_a_receipt_of_a_stranger_runs_nothing_but_a_search(
    archive: Path, cli: Command, command: str, arguments: list[str]
) -> None:
    cli("query", "rain", "--receipt", "r.json")
    receipt = loaded("r.json")
    receipt["command"], receipt["arguments"] = command, arguments
    Path("r.json").write_text(json.dumps(receipt), "utf-8")
    before = sorted(path.name for path in archive.iterdir())
    done = cli("receipt", "check", "r.json")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: ")
    assert sorted(path.name for path in archive.iterdir()) == before


def test_arguments_that_are_no_text_are_damage(archive: Path, cli: Command) -> None:
    cli("query", "rain", "--receipt", "r.json")
    Path("r.json").write_text(Path("r.json").read_text("utf-8").replace('"rain"', '"\\ud800"'), "utf-8")
    done = cli("receipt", "check", "r.json")
    assert (done.code, done.err.partition(": ")[2].partition(": ")[2][:23]) == (1, "the receipt is damaged:")


@pytest.mark.parametrize("made", ["0001-01-01T00:00:00+23:00", "2024-07-25T00:00:00"])
def test_a_time_without_a_moment_in_utc_is_damage(archive: Path, cli: Command, made: str) -> None:
    cli("query", "rain", "--receipt", "r.json")
    receipt = loaded("r.json")
    receipt["made"] = made
    Path("r.json").write_text(json.dumps(receipt), "utf-8")
    assert "the receipt is damaged" in cli("receipt", "check", "r.json", "--json").err


def test_a_receipt_is_written_even_if_nobody_reads_the_output(archive: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "newssearch", "kwic", "rain", "--receipt", "r.json"],
        stdout=write, stderr=subprocess.PIPE, timeout=60, check=False,
    )  # fmt: skip
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")
    assert loaded("r.json")["output"]["lines"] == 3


def test_own_fields_that_are_left_out_are_limits() -> None:
    options = {"where": {"theme": ["economy"]}, "where_not": {"desk": ["sport", "arts"]}}
    assert limit_words(options) == "theme economy; desk other than sport or arts"


def test_no_receipt_is_left_of_a_command_that_fails(archive: Path, cli: Command) -> None:
    assert cli("query", "date:2024-99", "--receipt", "r.json").code == 2
    assert not Path("r.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["count", "rain", "--by", "outlet", "-o", "out/../t.csv", "--receipt", "t.csv"], "--receipt and --output"),
        (["count", "rain", "--by", "outlet", "-o", "t.csv", "--receipt", "link.csv"], "--receipt and --output"),
        (["kwic", "rain", "-o", "{folder}/t.csv", "--receipt", "out/../t.csv"], "--receipt and --output"),
        (["count", "--queries", "queries.csv", "-o", "out/../queries.csv"], "--output and --queries"),
        (["count", "--queries", "queries.csv", "--receipt", "hard.csv"], "--receipt and --queries"),
        (["coverage", "{id}", "--outlets", "queries.csv", "-o", "queries.csv"], "--output and --outlets"),
    ],
)  # fmt: skip
def test_no_command_writes_two_results_or_its_input_into_one_file(
    archive: Path, cli: Command, arguments: list[str], said: str
) -> None:
    (archive / "out").mkdir()
    (archive / "queries.csv").write_text("rain\n", "utf-8")
    (archive / "link.csv").symlink_to("t.csv")
    (archive / "hard.csv").hardlink_to(archive / "queries.csv")
    done = cli(*(one.format(folder=archive, id=ARTICLES[0].id) for one in arguments))
    assert (done.code, done.out) == (2, "")
    assert f"{said} name one file" in done.err
    assert (archive / "queries.csv").read_text("utf-8") == "rain\n"
    assert not (archive / "t.csv").exists()


def test_a_receipt_is_written_to_the_file_that_a_link_leads_to(archive: Path, cli: Command) -> None:
    (archive / "kept").mkdir()
    (archive / "receipt.json").symlink_to("kept/receipt.json")
    assert cli("query", "rain", "--receipt", "receipt.json").code == 0
    assert (archive / "receipt.json").is_symlink()
    assert json.loads((archive / "kept" / "receipt.json").read_text("utf-8"))["searches"]
