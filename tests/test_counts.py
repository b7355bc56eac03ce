"""``newssearch count``: what it prints in each format, and which options it refuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import newssearch
from newssearch.cli.rendering import counts
from newssearch.cli.rendering.layout import Style
from support import Command, article, command, index_of

newssearch_command = pytest.fixture(command, name="run")

STORIES = [
    ("Rain", "Rain fell. It rained again.", "2024-06-30", "The Echo", "Ana Silva"),
    ("Rain", "More rain.", "2024-08-01", "The Echo", "Ana Silva and Bo Li"),
    ("Storm", "A storm with rain.", "2024-08-02", "The Post", "Bo Li"),
    ("Storm", "Storm, storm.", "2024-08-03", "The Post", None),
    ("Sun", "Sun.", "2024-08-04", "The Sun", None),
    ("Rain", "Rain.", None, None, None),
    ("Rain", "Rain in August.", "2024-08", "The Sun", None),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an index in the folder ``index``, and its archive the working folder."""
    stories = [
        article(title, text, date=date, outlet=outlet, byline=byline, url=f"u{n}")
        for n, (title, text, date, outlet, byline) in enumerate(STORIES)
    ]
    index_of(tmp_path / "index", *stories).close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def test_periods_have_bars_and_the_last_row_is_the_total(folder: Path, run: Command) -> None:
    assert lines(run("count", "rain", "--by", "month").out) == [
        "month    articles",
        "2024-06         1  ██████████",
        "2024-07         0",
        "2024-08         3  ██████████████████████████████",
        "(none)          1",
        "total           5",
    ]


def test_a_share_is_a_percentage_of_all_articles(folder: Path, run: Command) -> None:
    assert lines(run("count", "storm", "--by", "outlet", "--share").out) == [
        "outlet    articles  all articles    share",
        "The Post         2             2  100.00%  ██████████████████████████████",
        "total            2             7   28.57%",
    ]


def test_all_measures_stand_beside_each_other(folder: Path, run: Command) -> None:
    done = run(
        "count", "rain", "--by", "outlet", "--sentences", "--per-million", "--paragraphs", "--share", "--top", "1",
        "--format", "csv",
    )  # fmt: skip
    assert lines(done.out) == [
        "outlet,articles,paragraphs,sentences,all_articles,share,occurrences,all_words,per_million",
        "The Echo,2,2,3,2,1.0,3,7,428571.4285714286",
        ",1,1,1,1,1.0,1,1,1000000.0",
        "2 others,2,2,2,4,0.5,2,10,200000.0",
    ]


def test_days_leave_out_what_is_dated_by_a_month_and_say_so(folder: Path, run: Command) -> None:
    assert lines(run("count", "rain", "--by", "day", "--since", "2024-07-31").out) == [
        "day         articles",
        "2024-07-31         0",
        "2024-08-01         1  ██████████████████████████████",
        "2024-08-02         1  ██████████████████████████████",
        "(none)             1",
        "total              3",
        "",
        "(none): 1 dated only by month or year",
        "1 more article without a date left out",
    ]
    assert lines(run("count", "rain", "--by", "day").out)[-4:] == [
        "(none)             2",
        "total              5",
        "",
        "(none): 1 without a date, 1 dated only by month or year",
    ]


def test_a_byline_of_two_people_counts_for_both_and_the_output_says_so(folder: Path, run: Command) -> None:
    assert lines(run("count", "rain", "--by", "byline").out) == [
        "byline               articles",
        "Ana Silva                   2  ██████████████████████████████",
        "Bo Li                       2  ██████████████████████████████",
        "Ana Silva and Bo Li         1  ███████████████",
        "(none)                      2",
        "total                       5",
        "",
        "An article may have several values of byline: their numbers add up to more than the total.",
    ]


def test_numbers_that_add_up_to_the_total_are_not_said_to_exceed_it(
    folder: Path, run: Command, tmp_path: Path
) -> None:
    signed = [article("Rain", f"Rain {n}.", byline=name) for n, name in enumerate(["Ana Silva", "Bo Li"])]
    index_of(tmp_path / "signed", *signed).close()
    done = run("count", "rain", "--by", "byline", "--index", str(tmp_path / "signed"))
    assert lines(done.out)[1:] == [
        "Ana Silva         1  ██████████████████████████████",
        "Bo Li             1  ██████████████████████████████",
        "total             2",
    ]


def test_a_cross_table_has_a_column_for_each_period(folder: Path, run: Command) -> None:
    assert lines(run("count", "rain", "--by", "outlet", "--by", "month").out) == [
        "outlet    2024-06  2024-07  2024-08  (none)",
        "The Echo        1        0        1       0",
        "The Post        0        0        1       0",
        "The Sun         0        0        1       0",
        "(none)          0        0        0       1",
        "",
        "total: 5 articles",
    ]
    long = run("count", "rain", "--by", "outlet", "--by", "year", "--long", "--format", "csv")
    assert lines(long.out)[:3] == ["outlet,year,articles", "The Echo,2024,2", "The Echo,,0"]


def test_several_queries_are_columns(folder: Path, run: Command) -> None:
    queries = "# what fell\n\nrain\nloud\tstorm OR thunder\n#rain\n"
    done = run("count", "--queries", "-", "--by", "outlet", stdin=queries.encode())
    assert lines(done.out) == [
        "outlet    rain  loud  #rain",
        "The Echo     2     0      2",
        "The Post     1     2      1",
        "The Sun      1     0      1",
        "(none)       1     0      1",
        "total        5     2      5",
    ]
    assert "no article has the word 'thunder'" in done.err
    Path("queries.txt").write_text(queries, "utf-8")
    assert lines(run("count", "--queries", "queries.txt").out) == [
        "query  articles",
        "rain          5",
        "loud          2",
        "#rain         5",
    ]
    done = run(
        "count", "--queries", "queries.txt", "--by", "outlet", "--share", "--occurrences", "--format", "csv"
    )
    assert lines(done.out)[:2] == [
        "outlet,rain: occurrences,rain: share,loud: occurrences,loud: share,#rain: occurrences,#rain: share,all_articles",
        "The Echo,3,1.0,0,0.0,3,1.0,2",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rain\tstorm\nrain\n", "line 2 has the name of another query, rain"),
        ("rain\t \n", "line 1 is no name, tab and query"),
        ("\n# nothing\n", "there is no query"),
    ],
)
def test_a_file_of_queries_that_is_wrong_is_refused(
    folder: Path, run: Command, text: str, message: str
) -> None:
    done = run("count", "--queries", "-", stdin=text.encode())
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_json_is_the_dict_of_the_table(folder: Path, run: Command) -> None:
    done = run("count", "rain", "--by", "outlet", "--by", "month", "--share", "--format", "json")
    with newssearch.open("index") as index:
        table = index.table("rain", by=("outlet", "month"), measures="share")
    assert json.loads(done.out) == table.to_dict()
    assert json.loads(done.out)["rows"][0] == {
        "group": {"outlet": "The Echo", "month": "2024-06"}, "since": "2024-06-01", "until": "2024-06-30", "over": True, "in_part": False,
        "counts": {"rain": {"articles": 1, "share": 1.0}}, "all_articles": 1,
    }  # fmt: skip
    rows = run("count", "rain", "--by", "outlet", "--by", "month", "--share", "--format", "jsonl").out
    assert [json.loads(line) for line in lines(rows)] == table.to_dict()["rows"]
    (total,) = map(json.loads, lines(run("count", "rain", "--format", "jsonl").out))
    assert (total["query"], total["total"], total["dates"]["only_month"]) == ("rain", {"articles": 5}, 1)


def test_a_period_that_is_not_over_is_marked(folder: Path, run: Command) -> None:
    options = ("count", "rain", "--by", "year", "--since", "2024", "--until", "2999")
    assert lines(run(*options).out)[-4] == "2999 (so far)         0"
    assert json.loads(run(*options, "--format", "json").out)["rows"][-1]["over"] is False
    done = run(*options, "--format", "csv")
    assert lines(done.out)[-1] == "2999,0"
    assert "note: 2999 is not over" in done.err


def test_markdown_and_spreadsheets_are_written_to_files(folder: Path, run: Command) -> None:
    run("count", "rain", "--by", "outlet", "--share", "-o", "table.md")
    assert lines(Path("table.md").read_text("utf-8")) == [
        "| outlet | articles | all articles | share |",
        "| --- | ---: | ---: | ---: |",
        "| The Echo | 2 | 2 | 100.00% |",
        "| The Post | 1 | 2 | 50.00% |",
        "| The Sun | 1 | 2 | 50.00% |",
        "| (none) | 1 | 1 | 100.00% |",
        "| total | 5 | 7 | 71.43% |",
    ]
    openpyxl = pytest.importorskip("openpyxl")
    run("count", "rain", "--by", "outlet", "--share", "-o", "table.xlsx")
    sheet = openpyxl.load_workbook("table.xlsx").active
    assert [[cell.value for cell in row] for row in sheet.rows][:2] == [
        ["outlet", "articles", "all articles", "share"],
        ["The Echo", 2, 2, 1],
    ]
    assert sheet["D2"].number_format == "0.00%"


def test_a_table_that_is_too_wide_for_the_terminal_is_divided_by_columns(folder: Path) -> None:
    with newssearch.open("index") as index:
        table = index.table("rain", by=("outlet", "month"))
    assert lines("\n".join(counts.count_lines(table, "text", Style(30, color=False), long=False))) == [
        "outlet    2024-06  2024-07",
        "The Echo        1        0",
        "The Post        0        0",
        "The Sun         0        0",
        "(none)          0        0",
        "",
        "outlet    2024-08  (none)",
        "The Echo        1       0",
        "The Post        1       0",
        "The Sun         1       0",
        "(none)          0       1",
        "",
        "total: 5 articles",
    ]
    with newssearch.open("index") as index:
        table = index.table("rain", by="month")
    wide, narrow = (
        [*counts.count_lines(table, "text", Style(width, color=False), long=False)] for width in (40, 24)
    )
    assert wide[1] == "2024-06         1  ███████"
    assert narrow[1] == "2024-06         1"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["rain", "--queries", "-"], "--queries contradicts QUERY"),
        (["--occurrences"], "--occurrences has no effect without a QUERY"),
        (["--names"], "--names has no effect without a QUERY"),
        (
            ["rain", "--by", "outlet", "--long"],
            "--long has no effect without a second --by, or --queries and one --by",
        ),
        (["rain", "--by", "month", "--top", "3"], "--top has no effect without a field"),
        (["rain", "--by", "monht"], "cannot count by 'monht'; did you mean month?"),
        (["rain", "--by", "day", "--by", "month"], "a table has one unit of time"),
        (["rain", "--by", "day", "--since", "1900", "--until", "1999"], "are 36,524 days"),
        (["--queries", "none.txt"], "--queries: there is no file none.txt"),
        (["rain", "--format", "csv", "-o", "x.md"], "--format csv contradicts x.md"),
    ],
)
def test_what_has_no_effect_is_refused(folder: Path, run: Command, options: list[str], message: str) -> None:
    done = run("count", *options)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_all_articles_are_counted_without_a_query(folder: Path, run: Command) -> None:
    assert lines(run("count", "--by", "outlet", "--top", "1").out) == [
        "outlet    articles",
        "The Echo         2  ██████████████████████████████",
        "(none)           1",
        "2 others         4",
        "total            7",
    ]


def test_a_misspelt_word_is_noted(folder: Path, run: Command) -> None:
    done = run("count", "rian", "--by", "month")
    assert lines(done.out) == ["month  articles", "total         0"]
    assert "no article has the word 'rian'" in done.err


def test_a_receipt_of_a_count_is_checked(folder: Path, run: Command) -> None:
    Path("queries.txt").write_text("rain\nloud\tstorm\n", "utf-8")
    options = ("count", "--queries", "queries.txt", "--by", "month", "--share", "--receipt", "count.json")
    assert run(*options).code == 0
    Path("queries.txt").unlink()
    receipt = json.loads(Path("count.json").read_text("utf-8"))
    assert [(search["name"], search["articles"]) for search in receipt["searches"]] == [
        ("rain", 5),
        ("loud", 2),
    ]
    assert run("receipt", "check", "count.json").code == 0
    with newssearch.open("index") as index:
        index.add([article("Rain", "Rain.", date="2024-07-01", url="new")])
    done = run("receipt", "check", "count.json")
    assert done.code == 1
    assert "articles" in done.out


def test_csv_keeps_formulas_out_of_spreadsheets(
    tmp_path: Path, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_of(tmp_path / "index", article("Rain", "Rain.", outlet="=cmd()", url="u")).close()
    monkeypatch.chdir(tmp_path)
    rows = [*csv.reader(io.StringIO(run("count", "rain", "--by", "outlet", "--format", "csv").out))]
    assert rows == [["outlet", "articles"], ["'=cmd()", "1"]]


def test_the_long_form_of_several_queries_has_counts_and_bases(folder: Path, run: Command) -> None:
    Path("queries.txt").write_text("rain\nloud\tstorm\n", "utf-8")
    several = ("count", "--queries", "queries.txt", "--by", "outlet", "--share")
    wide = run(*several, "--format", "csv")
    assert lines(wide.out)[0] == "outlet,rain,loud,all_articles"
    assert "note: share without the counts; --long has them too" in wide.err
    long = run(*several, "--long", "--format", "csv")
    assert lines(long.out)[:3] == [
        "outlet,query,articles,all_articles,share",
        "The Post,rain,1,2,0.5",
        "The Post,loud,2,2,1.0",
    ]
    assert "--long" not in long.err
    assert lines(run(*several, "--long").out)[-2:] == [
        "total     rain          5             7   71.43%",
        "total     loud          2             7   28.57%",
    ]
    rate = run(
        "count", "--queries", "queries.txt", "--by", "year", "--per-million", "--long", "--format", "csv"
    )
    assert lines(rate.out)[0] == "year,query,articles,occurrences,all_words,per_million"


def test_a_wide_table_says_where_its_counts_are(folder: Path, run: Command) -> None:
    cross = ("count", "rain", "--by", "outlet", "--by", "year", "--share")
    assert "--long has them" in run(*cross).err
    assert "--long" not in run(*cross, "--long").err
    assert "--long" not in run(*cross, "--format", "json").err
    assert "--long" not in run("count", "rain", "--by", "outlet", "--by", "year").err


def test_a_query_with_the_name_of_another_column_is_refused(folder: Path, run: Command) -> None:
    for name, by in (("year", "year"), ("year", "date"), ("all_articles", "outlet"), ("outlet", "outlet")):
        done = run("count", "--queries", "-", "--by", by, "--share", stdin=f"{name}\train\n".encode())
        assert (done.code, done.out) == (2, "")
        assert f"{name} is the name of another column" in done.err
    assert run("count", "--queries", "-", "--by", "outlet", stdin=b"year\train\n").code == 0


def test_a_value_that_reads_as_none_is_told_apart_from_no_value(
    tmp_path: Path, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = [
        article("Rain", "Rain.", outlet=outlet, section=section, url=f"u{number}")
        for number, (outlet, section) in enumerate([("(none)", "(none)"), (None, None), ("Echo", "outlet")])
    ]
    index_of(tmp_path / "index", *stories).close()
    monkeypatch.chdir(tmp_path)
    assert [line.split()[0] for line in lines(run("count", "rain", "--by", "outlet").out)] == [
        "outlet",
        '"(none)"',
        "Echo",
        "(none)",
        "total",
    ]
    for format_ in ("csv", "md"):
        cross = run("count", "rain", "--by", "outlet", "--by", "section", "--format", format_).out
        head = next(csv.reader([lines(cross)[0]], delimiter="," if format_ == "csv" else "|"))
        names = [name.strip() for name in head if name.strip()]
        assert len({*names}) == len(names) == 4
    facet = run("query", "rain", "--facet", "outlet", "-n", "0").out
    assert '1  "(none)"' in facet
    assert "1  (none)" in facet


def test_a_period_that_the_dates_cut_is_marked(folder: Path, run: Command) -> None:
    options = ("count", "rain", "--by", "month", "--since", "2024-06-30", "--until", "2024-08-01")
    assert [line.split("  ")[0] for line in lines(run(*options).out)][:5] == [
        "month",
        "2024-06 (in part)",
        "2024-07",
        "2024-08 (in part)",
        "total",
    ]
    rows = json.loads(run(*options, "--format", "json").out)["rows"]
    assert [row["in_part"] for row in rows] == [True, False, True]
    done = run(*options, "--format", "csv")
    assert "note: 2024-06 is counted only in part: the dates cut it" in done.err
    assert "2024-07 is counted" not in done.err
    whole = run("count", "rain", "--by", "month", "--since", "2024-06", "--until", "2024-08").out
    assert "in part" not in whole
    with newssearch.open("index") as index:
        series = index.over_time("rain", unit="month", since="2024-06-30", until="2024-08-01")
        assert [one.in_part for one in series] == [True, False, True]
        periods = json.loads(json.dumps(series.to_dict()))["periods"]
        assert [one["in_part"] for one in periods] == [True, False, True]
        days = index.over_time("rain", unit="day", since="2024-07-30T12:00", until="2024-08-01")
        assert [one.in_part for one in days] == [True, False, False]
