"""Tables for spreadsheets: text stays text, numbers stay numbers, and nothing is a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

import newssearch
from support import Command, article, command, index_of

newssearch_command = pytest.fixture(command, name="run")
openpyxl = pytest.importorskip("openpyxl")

LARGE = 2**53 + 1


@pytest.fixture(autouse=True)
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stories = [
        newssearch.Article.create(title="Rain", text="Rain fell.", outlet="=1+1", section="=2+2", url="u1", extra={"tone": -1.5, "size": LARGE}),
        newssearch.Article.create(title="Rain", text="More rain.", outlet="The Echo", section="News", url="u2", extra={"tone": 3, "size": 2**53}),
    ]  # fmt: skip
    index_of(tmp_path / "index", *stories).close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sheet(name: str) -> list[list[tuple[str, object]]]:
    """Return the type and the value of each cell."""
    return [[(cell.data_type, cell.value) for cell in row] for row in openpyxl.load_workbook(name).active]


def read_csv(text: str) -> list[list[str]]:
    return [*csv.reader(io.StringIO(text))]


def test_headings_of_a_cross_table_are_no_formulas(run: Command) -> None:
    assert run("count", "rain", "--by", "section", "--by", "outlet", "-o", "n.xlsx").code == 0
    head, *rows = sheet("n.xlsx")
    assert head == [("s", "section"), ("s", "=1+1"), ("s", "The Echo")]
    assert [row[0] for row in rows] == [("s", "=2+2"), ("s", "News")]


def test_names_of_queries_are_no_formulas(run: Command) -> None:
    Path("names.txt").write_text("=1+1\train\n+x\tfell\n", "utf-8")
    assert run("count", "--queries", "names.txt", "--by", "outlet", "-o", "n.xlsx").code == 0
    assert sheet("n.xlsx")[0] == [("s", "outlet"), ("s", "=1+1"), ("s", "+x")]


def test_own_numbers_are_the_same_in_every_table(run: Command) -> None:
    assert read_csv(run("count", "rain", "--by", "tone", "--format", "csv").out)[1:] == [["-1.5", "1"], ["3", "1"]]  # fmt: skip
    facets = run("query", "rain", "--facet", "tone", "--count", "--format", "csv").out
    assert [row[1] for row in read_csv(facets)[1:]] == ["-1.5", "3"]
    head, *rows = read_csv(run("sample", "rain", "--by", "tone", "--format", "csv").out)
    assert {(row[head.index("stratum")], row[head.index("tone")]) for row in rows} == {
        ("-1.5", "-1.5"),
        ("3", "3"),
    }


def test_own_numbers_are_numbers_in_spreadsheets(run: Command) -> None:
    run("count", "rain", "--by", "tone", "-o", "tone.xlsx")
    assert [row[0] for row in sheet("tone.xlsx")[1:]] == [("n", -1.5), ("n", 3)]
    run("count", "rain", "--by", "tone", "--by", "outlet", "-o", "cross.xlsx")
    assert [row[0] for row in sheet("cross.xlsx")[1:]] == [("n", -1.5), ("n", 3)]
    run("sample", "rain", "--by", "tone", "-o", "sample.xlsx")
    head, *rows = sheet("sample.xlsx")
    place = head.index(("s", "stratum"))
    assert {row[place] for row in rows} == {("n", -1.5), ("n", 3)}


def test_a_number_that_a_spreadsheet_would_round_is_text(run: Command) -> None:
    run("sample", "rain", "--by", "size", "-o", "sample.xlsx")
    head, *rows = sheet("sample.xlsx")
    for name in ("size", "stratum"):
        place = head.index(("s", name))
        assert {row[place] for row in rows} == {("s", str(LARGE)), ("n", 2**53)}


def test_negative_numbers_alone_are_not_guarded(run: Command, archive: Path) -> None:
    values = ["-2.5e3", "-1+1", "-cmd", "-", "+1"]
    stories = [article("Fog", "Fog.", section=value, url=f"s{number}") for number, value in enumerate(values)]
    index_of(archive / "other", *stories).close()
    rows = read_csv(run("count", "fog", "--by", "section", "--format", "csv", "--index", "other").out)[1:]
    assert {row[0] for row in rows} == {"-2.5e3", "'-1+1", "'-cmd", "'-", "'+1"}


def test_a_time_fits_into_its_column(run: Command) -> None:
    assert run("export", "rain", "-o", "n.xlsx").code == 0
    book = openpyxl.load_workbook("n.xlsx").active
    times = [cell for cell in book[2] if "hh" in cell.number_format]
    assert [book.cell(1, cell.column).value for cell in times] == ["added"]
    for cell in times:
        assert book.column_dimensions[cell.column_letter].width > len("2024-07-25 10:30:00")
