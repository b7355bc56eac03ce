"""The command ``kwic``: its lines in each format, on terminals of any width and in any script."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Article, ConcordanceLine
from newssearch.cli.rendering.concordance import text_concordance
from newssearch.cli.rendering.layout import Style, columns, shorten_start
from newssearch.corpus import concordance
from support import THOROUGH, Command, article, command, index_of
from test_output import OBEYED, SEVERAL

ISOLATES = {0x2066: None, 0x2067: None, 0x2069: None}


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Return the command line in a folder with an index, without a terminal and without environment variables."""
    monkeypatch.chdir(tmp_path)
    for name in ("NEWSSEARCH_INDEX", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    index_of(
        tmp_path / "index",
        article("Storm", "Heavy rain fell on Basra, said Ann.", "=After rain came sun!", date="2024-07-25", outlet="Echo", url="a"),
        article("Floods", "More rain is expected.", date="2024-07-26T10:00:00+03:00", outlet="The Baghdad Post", url="b"),
        article("Rain", "It poured.", url="c"),
    ).close()  # fmt: skip
    return command(capsys, monkeypatch)


def ids() -> tuple[str, str]:
    """Return the ids of the two articles with lines."""
    with newssearch.open() as index:
        return index.search("title:storm")[0].id, index.search("title:floods")[0].id


# ---- formats


def test_kwic_prints_each_occurrence_on_a_line_with_the_matches_in_a_column(cli: Command) -> None:
    storm, floods = ids()
    done = cli("kwic", "rain", "--sort", "oldest", "--width", "2")
    assert done.out.splitlines() == [
        f"2024-07-25  Echo               Heavy  rain  fell on       {storm}#1",
        f"2024-07-25  Echo              =After  rain  came sun!     {storm}#2",
        f"2024-07-26  The Baghdad Post    More  rain  is expected.  {floods}#1",
        "",
        "3 occurrences in 3 paragraphs of 2 articles for rain; 1 more article matches by the headline or a field alone",
    ]
    assert (done.code, done.err) == (0, "")


def test_kwic_as_data(cli: Command) -> None:
    storm, floods = ids()
    asked = ("kwic", "rain", "--sort", "newest", "--width", "1", "-n", "2")
    rows = list(csv.DictReader(io.StringIO(cli(*asked, "--format", "csv").out, newline="")))
    assert rows == [
        {
            "address": f"{floods}#1", "date": "2024-07-26T10:00:00+03:00", "outlet": "The Baghdad Post", "title": "Floods",
            "left": "More ", "match": "rain", "right": " is", "start": "0",
        },
        {
            "address": f"{storm}#1", "date": "2024-07-25", "outlet": "Echo", "title": "Storm",
            "left": "Heavy ", "match": "rain", "right": " fell", "start": "0",
        },
    ]  # fmt: skip
    lines = [json.loads(line) for line in cli(*asked, "--format", "jsonl").out.splitlines()]
    assert [{name: str(value) for name, value in line.items()} for line in lines] == rows
    with newssearch.open() as index:
        found = index.kwic("rain", sort="newest", width=1, limit=2)
    assert json.loads(cli(*asked, "--format", "json").out) == json.loads(json.dumps(found.to_dict()))
    heading, aligned, first, _ = cli(*asked, "--format", "md").out.splitlines()
    assert heading == "| address | date | outlet | title | left | match | right | start |"
    assert aligned == "| --- | --- | --- | --- | ---: | --- | --- | ---: |"
    assert first.endswith("| Floods | More  | rain |  is | 0 |")


def test_kwic_writes_a_file_in_the_format_of_its_name(cli: Command, tmp_path: Path) -> None:
    for name in ("lines.csv", "lines.txt", "lines.md", "lines.jsonl"):
        done = cli("kwic", "rain", "-o", name)
        assert (done.out, done.code) == ("", 0)
        format_ = name.partition(".")[2].replace("txt", "text")
        printed = cli("kwic", "rain", "--format", format_).out
        assert (tmp_path / name).read_text("utf-8").splitlines() == printed.splitlines()
    openpyxl = pytest.importorskip("openpyxl", reason="it writes spreadsheets")
    assert cli("kwic", "rain", "-o", "lines.xlsx", "--sort", "oldest").code == 0
    rows = list(openpyxl.load_workbook(tmp_path / "lines.xlsx").active.values)
    assert rows[0] == ("address", "date", "outlet", "title", "left", "match", "right", "start")
    assert rows[2][4:] == ("=After ", "rain", " came sun!", 0)


def test_a_receipt_of_kwic_is_checked_on_a_rebuilt_index(cli: Command, tmp_path: Path) -> None:
    asked = ("kwic", "rain", "--sample", "2", "--seed", "7", "--receipt", "r.json")
    first = cli(*asked, "--format", "csv").out
    with newssearch.open() as index:
        held = list(index)
    index_of(tmp_path / "rebuilt", *held[::-1]).close()
    assert cli("receipt", "check", "r.json", "--index", "rebuilt").code == 0
    assert (
        cli("kwic", "rain", "--sample", "2", "--seed", "7", "--format", "csv", "--index", "rebuilt").out
        == first
    )
    with newssearch.open() as index:
        index.remove(index.kwic("rain", sample=2, seed=7)[0].id)
    done = cli("receipt", "check", "r.json")
    assert done.code == 1
    assert "output" in done.out


# ---- what is said besides the lines


def test_kwic_says_when_only_a_sample_is_sorted(cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concordance, "MAX_LINES_SORTED_BY_WORDS", 2)
    said = "note: of 3 occurrences, a random sample of 2 is sorted by words (seed 0)\n"
    for format_ in ("text", "csv", "json"):
        assert cli("kwic", "rain", "--sort", "right", "--format", format_).err == said
    assert "a random sample of 2 of them (seed 0)" in cli("kwic", "rain", "--sort", "left").out
    asked = cli("kwic", "rain", "--sample", "1", "--seed", "5", "--sort", "right")
    assert asked.err == ""
    assert "a random sample of 1 of them (seed 5)" in asked.out
    assert len(asked.out.splitlines()) == 3


def test_kwic_says_which_page_it_shows(cli: Command) -> None:
    assert cli("kwic", "rain", "-n", "1", "--offset", "1").out.endswith("; 2 to 2 shown\n")
    assert cli("kwic", "rain", "-n", "0").out.startswith(
        "3 occurrences in 3 paragraphs of 2 articles for rain"
    )


def test_kwic_says_what_dates_leave_out(cli: Command) -> None:
    said = "1 more article without a date left out"
    dated = ("kwic", "rain", "--since", "2024")
    assert said in cli(*dated).out
    for format_ in ("csv", "jsonl", "md"):
        assert cli(*dated, "--format", format_).err == f"note: {said}\n"
    assert (cli(*dated).err, cli(*dated, "--format", "json").err) == ("", "")


def test_kwic_of_a_word_that_nobody_wrote(cli: Command) -> None:
    done = cli("kwic", "expeced")
    assert done.out == "0 occurrences in 0 paragraphs of 0 articles for expeced\n"
    assert "expected" in done.err
    assert done.code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["title:rain"], "the query has no word or phrase that is searched in paragraphs"),
        ([], "the query has no word or phrase that is searched in paragraphs"),
        (["rain", "--seed", "3"], "seed has no effect without sample"),
        *(
            (["rain", "-n", "0", f"--{name}", value], f"--{name} has no effect with --limit 0")
            for name, value in {"sort": "left", "width": "3", "offset": "1", "sample": "2"}.items()
        ),
        (["rain", "--width", "0"], "0 is not in the range"),
        (["rain", "--sample", "0"], "0 is not in the range"),
        (["rain", "--sort", "added"], "'added' is not one of"),
        (["rain", "--format", "csv", "-o", "x.md"], "--format csv contradicts x.md"),
        (["rain", "-o", "nowhere/x.csv"], "there is no folder nowhere"),
        (["rain", "--receipt", "nowhere/r.json"], "there is no folder nowhere"),
        (["rain", "--receipt", "-"], "this option needs the name of a file"),
        (["rain", "-o", "x.json", "--receipt", "x.json"], "--receipt and --output name one file"),
    ],
)
def test_kwic_refuses_what_has_no_effect(cli: Command, arguments: list[str], said: str) -> None:
    done = cli("kwic", *arguments)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""


# ---- terminals


def lines_of(
    folder: Path, texts: list[str], query: str, width: int
) -> tuple[list[ConcordanceLine], list[str]]:
    """Return the lines of a concordance of articles with one paragraph each, and how a terminal shows them."""
    made = (
        article(None, text, date=f"2024-01-{n + 1:02}", outlet="The Echo", url=f"u{n}")
        for n, text in enumerate(texts)
    )
    with index_of(folder / "index", *made) as index:
        found = index.kwic(query, sort="oldest")
        return list(found), list(text_concordance(found, Style(width, color=False)))[: len(found)]


TEXTS = {
    "latin": ("rain", ["A much longer sentence before the word rain and a longer one after it.", "Rain.", "No rain, yet."]),
    "chinese": ("北京", ["委员长会议18日上午在北京人民大会堂举行。", "北京", "史文化名城建设，是首都北京全国文化中心建设的核心"]),
    "arabic": ("الملك", ["قال الملك سلمان بن عبد العزيز إن المملكة", "الملك", "حضر خادم الحرمين الشريفين الملك الحفل"]),
    "accents": ("rain", ["e\u0301" * 40 + " rain " + "o\u0308" * 40, "a\u0300 rain"]),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("width", [40, 64, 80, 120])
def test_lines_fit_and_matches_stand_below_each_other(tmp_path: Path, name: str, width: int) -> None:
    query, texts = TEXTS[name]
    lines, shown = lines_of(tmp_path, texts, query, width)
    starts = set()
    for line, text in zip(lines, shown, strict=True):
        assert columns(text) <= width
        bare = text.translate(ISOLATES)
        context = bare[: bare.rindex("  ")]  # without the address, which may have any letters
        match = line.match if line.match in context else line.match[:1]
        starts |= {
            columns(context[: found.start()]) for found in re.finditer(f"(?<=  ){re.escape(match)}", context)
        }
        assert bare.endswith(f"#{line.paragraph}")
    assert len(starts) == 1
    assert (shown[0][:10] == "2024-01-01") == (width >= 64)
    assert ("The Echo" in shown[0]) == (width >= 110)


def test_a_line_from_right_to_left_is_isolated_and_laid_out_from_the_right(tmp_path: Path) -> None:
    query, texts = TEXTS["arabic"]
    lines, shown = lines_of(tmp_path, [*texts, "The word الملك means king."], query, 80)
    for line, text in zip(lines, shown, strict=True):
        start = "\u2067" if line.match != "الملك" or "king" not in line.right else "\u2066"
        assert text.count(start) == text.count("\u2069") == 4
        assert f"{start}{line.match}\u2069" in text
    _, latin = lines_of(tmp_path / "latin", TEXTS["latin"][1], "rain", 80)
    assert not any(ord(char) in ISOLATES for text in latin for char in text)


def test_the_beginning_of_a_text_is_cut_at_a_character() -> None:
    assert [shorten_start("rain", width) for width in range(6)] == ["", "…", "…n", "…in", "rain", "rain"]
    assert shorten_start("北京市", 5) == "…京市"
    assert shorten_start("北京市", 4) == "…市"
    assert shorten_start("xe\u0301a", 2) == "…a"
    assert shorten_start("xxe\u0301a", 3) == "…e\u0301a"
    assert shorten_start("big rain", 6) == "…rain"


@settings(max_examples=8 * THOROUGH)
@given(made=SEVERAL, width=st.sampled_from([None, 20, 60, 120]))
def test_nothing_that_kwic_prints_is_obeyed(
    tmp_path_factory: pytest.TempPathFactory, made: list[Article], width: int | None
) -> None:
    with newssearch.create(tmp_path_factory.mktemp("index")) as index:
        index.add(made)
        found = index.kwic("rain OR baghdad", limit=None)
    assert len(found) >= len({line.id for line in found}) >= 1
    for text in text_concordance(found, Style(width, color=False)):
        assert OBEYED.search(text.translate(ISOLATES)) is None
        assert text.count("\u2066") + text.count("\u2067") == text.count("\u2069")
