"""The commands ``collocates``, ``keywords`` and ``words``: what they print in each format, and what they refuse."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import newssearch
from support import Command, article, command

ARTICLES = (
    article("Storm", "Heavy rain fell on Basra.", "The heavy rain stopped in 2024.", date="2024-07-25", outlet="Echo", url="1"),
    article("Rain", "The rain was heavy.", "Wind came with the rain.", date="2024-07-26", outlet="Post", url="2"),
    article("Sun", "The sun shone on Basra and on the hills, and on the wind.", date="2024-07-27", outlet="Post", url="3"),
)  # fmt: skip


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Return the command line in a folder with an index of three articles."""
    monkeypatch.chdir(tmp_path)
    for name in ("NEWSSEARCH_INDEX", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    with newssearch.create("index") as index:
        index.add(ARTICLES)
    return command(capsys, monkeypatch)


def test_collocates_are_a_table_with_totals_below(cli: Command) -> None:
    done = cli("collocates", "rain", "--min", "2", "--span", "2")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "word   count  left  right  articles  in all  logDice    MI   LL",
        "heavy      3     2      1         2       3    13.78  1.27  5.8",
        "",
        "4 occurrences, 12 words near them, in 3 articles of 33 words",
    ]
    done = cli(
        "collocates", "rain", "--min", "1", "--span", "0,1", "--all-words", "-n", "1", "--measure", "mi"
    )
    assert done.out.splitlines()[-1].endswith("; 1 of 3 words shown")
    assert [line.split()[0] for line in done.out.splitlines()[:2]] == ["word", "fell"]


def test_keywords_say_how_many_articles_they_compare(cli: Command) -> None:
    done = cli("keywords", "rain", "--min", "2", "-n", "2")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "word   count  articles  per million  others  per million   LL  log ratio"
    assert [line.split()[:3] for line in lines[1:3]] == [["rain", "4", "2"], ["heavy", "3", "2"]]
    assert lines[3:] == ["", "2 articles of 20 words against 1 article of 13 words"]
    assert cli("keywords", "rain", "--against", "title:sun", "--min", "2", "-n", "2").out == done.out
    assert "against 0 articles of 0 words" in cli("keywords", "rain", "--outlet", "Echo").out
    assert (
        cli("keywords", "rain", "--outlet", "Echo").err
        == "note: there are no other articles to compare with\n"
    )


def test_words_are_completed(cli: Command) -> None:
    assert cli("words", "W").out.splitlines() == [
        "word  articles  occurrences",
        "Wind         2            2",
        "was          1            1",
        "with         1            1",
    ]
    assert cli("words", "-n", "1").out.splitlines()[1].split() == ["The", "3", "6"]
    assert cli("words", "xyz", "--format", "json").out == '{\n  "prefix": "xyz",\n  "rows": []\n}\n'


def test_data_formats_have_all_columns_of_the_same_rows(cli: Command, tmp_path: Path) -> None:
    with newssearch.open("index") as index:
        near, marking = index.collocates("rain", min_count=1), index.keywords("rain", min_count=1)
    for name, found in (("collocates", near), ("keywords", marking)):
        assert found
        rows = [word.to_dict() for word in found]
        asked = (name, "rain", "--min", "1", "--format")
        assert json.loads(cli(*asked, "json").out) == found.to_dict()
        assert [json.loads(line) for line in cli(*asked, "jsonl").out.splitlines()] == rows
        table = list(csv.DictReader(io.StringIO(cli(*asked, "csv").out)))
        assert table == [{key: str(value) for key, value in row.items()} for row in rows]
        assert cli(*asked, "md").out.startswith("| word | count | ")
        assert cli(*asked, "csv").out.count("\r\n") == len(rows) + 1
        assert cli(name, "rain", "--min", "1", "-o", "table.csv").out == ""
        assert (tmp_path / "table.csv").read_bytes().decode() == cli(*asked, "csv").out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("collocates", "rain", "--span", "x"), "x is no number of words, as 5 or 0,3 are"),
        (("collocates", "rain", "--span", "1,2,3"), "1,2,3 is no number of words"),
        (("collocates", "rain", "--span", "0"), "span has no words"),
        (("collocates", "rain", "--span", "5,200"), "span is at most 100 words"),
        (("collocates",), "no word or phrase that is searched in paragraphs"),
        (("keywords",), "QUERY is missing"),
        (("keywords", "rain", "--against", "lnag:x"), "lnag"),
    ],
)
def test_what_makes_no_sense_is_refused(cli: Command, arguments: tuple[str, ...], reason: str) -> None:
    done = cli(*arguments)
    assert (done.code, done.out) == (2, "")
    assert reason in done.err


def test_a_slow_count_is_stopped(cli: Command) -> None:
    for arguments in (("collocates", "rain"), ("keywords", "rain"), ("words", "r")):
        done = cli(*arguments, "--timeout", "0")
        assert (done.code, done.out) == (5, "")
        assert "time limit of 0 s" in done.err


def test_notes_on_the_query_are_printed(cli: Command) -> None:
    assert "no article has the word" in cli("collocates", "rain OR snwo").err
    compared = cli("keywords", "rain", "--against", "(wind OR snwo")
    assert (
        compared.err.splitlines()
        == [  # without a place: it is in another query than the one that is shown
            "note: in the second query, an opening parenthesis was closed at the end",
            "note: in the second query, no article has the word 'snwo'",
        ]
    )
    assert cli("collocates", "rain", "--since", "2024-07-26").out.endswith("in 2 articles of 22 words\n")


def test_the_digest_of_the_output_is_that_of_the_data_in_every_format(cli: Command) -> None:
    digests = set()
    for format_ in ("text", "md", "csv", "json"):
        assert cli("collocates", "rain", "--min", "1", "--format", format_, "--receipt", "r.json").code == 0
        digests.add(json.loads(Path("r.json").read_text("utf-8"))["output"]["sha256"])
    assert len(digests) == 1


def test_receipts_repeat_a_count(cli: Command) -> None:
    for arguments in (
        ("collocates", "rain", "--span", "2,3", "--min", "1"),
        ("keywords", "rain", "--against", "sun", "--min", "1", "--since", "2024-01"),
    ):
        assert cli(*arguments, "--receipt", "r.json").code == 0
        assert cli("receipt", "check", "r.json").out.startswith("the same: ")
