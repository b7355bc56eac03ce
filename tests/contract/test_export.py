"""Exports: every row of a search once, from one commit, in formats that other programs read."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Article, Index, NewssearchError, QueryError, SearchStoppedError
from newssearch.export.formats import FORMATS
from newssearch.export.workbook import MOST_CELL_CHARACTERS
from newssearch.hit_columns import COLUMNS
from stories_sample import AGENCY, DAM, OTHER, PAPER, RADIO, VOTE
from support import THOROUGH, article, index_of

from .conftest import Engine

parquet = pytest.importorskip("pyarrow.parquet")
ipc = pytest.importorskip("pyarrow.ipc")

RAIN = dataclasses.replace(
    article(
        "Rain & =sun", "It rained on Basra, and rained again.", "The sun came.", date="2024-07-25T23:30:00-04:00", outlet="The Echo",
        byline="Ana Silva", lang="en", section="World", url="https://e.org/rain",
    ),
    extra={"theme": ("flood", "dam"), "words": 12, "seen": dt.date(2024, 8, 1)},
)  # fmt: skip
SNOW = article("Snow", "Snow, then rain.", date="2024-08", outlet="The Sun", url="https://e.org/snow")
DRY = article("Dry", "No drop fell.", "Rain is expected.", "Rain is hoped for.", outlet="The Sun", url="https://e.org/dry")  # fmt: skip


@pytest.fixture
def index(address: str) -> Index:
    return index_of(address, RAIN, SNOW, DRY)


def exported(index: Index, query: str, format_: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    index.export(query, stream, format=format_, **options)
    return stream.getvalue()


def csv_rows(data: bytes) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(data.decode(), newline=""))]


def json_rows(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.decode().splitlines()]


def sheet(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), rich_text=True).active


def cells(data: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet(data)]


# ---- rows


ARTICLES = st.builds(
    lambda paragraphs, number, day: article(
        f"T{number}", *paragraphs, date=day and f"2024-07-{day}", outlet=f"o{number % 3}", url=f"u{number}"
    ),
    paragraphs=st.lists(st.sampled_from([*DAM, *VOTE]), max_size=5, unique=True),
    number=st.integers(0, 12),
    day=st.sampled_from([None, 10, 11]),
)


@given(
    st.lists(ARTICLES, max_size=12, unique_by=lambda one: one.id),
    st.sampled_from(["", "dam", "the", "dam OR vote", "the -dam", "title:T1", "a*"]),
    st.sampled_from(["articles", "stories", "paragraphs"]),
    st.sampled_from(["relevance", "newest", "oldest", "id"]),
)
@settings(max_examples=15 * THOROUGH)
def test_an_export_has_the_hits_of_a_search_and_no_other(
    engine: Engine, articles: list[Article], query: str, rows: str, sort: str
) -> None:
    with engine.index(*articles) as index:
        options: dict[str, Any] = {"group": rows == "stories", "all_paragraphs": rows == "paragraphs"}
        found = index.search(query, limit=None, sort=sort, **options)
        data = exported(index, query, "jsonl", rows=rows, sort=sort)
        assert [(row["id"], row["paragraph"]) for row in json_rows(data)] == [
            (hit.id, hit.paragraph) for hit in found
        ]
        report = index.export(query, io.BytesIO(), format="csv", rows=rows, sort=sort)
        assert report.rows == len(found)
        if rows == "articles":
            assert report.rows == found.total_articles == index.count(query)


def test_a_row_is_an_article_a_story_or_a_paragraph(address: str) -> None:
    with index_of(address, AGENCY, PAPER, RADIO, OTHER) as index:
        numbers = {
            rows: len(json_rows(exported(index, "", "jsonl", rows=rows))) for rows in ("articles", "stories")
        }
        assert numbers == {"articles": 4, "stories": index.search("").total_stories}
    assert numbers["stories"] < 4


def test_filters_and_dates_are_those_of_a_search(index: Index) -> None:
    rows = json_rows(exported(index, "rain", "jsonl", outlet="The Sun", since="2024"))
    assert [row["title"] for row in rows] == ["Snow"]
    report = index.export("rain", io.BytesIO(), format="csv", since="2024")
    assert (report.rows, report.undated) == (2, 1)


def test_the_same_commit_gives_the_same_bytes(index: Index) -> None:
    for name in FORMATS:
        assert exported(index, "rain", name) == exported(index, "rain", name), name


def test_all_rows_come_from_one_commit(index: Index) -> None:
    stream = io.BytesIO()
    before = index.commit

    class Late(io.BytesIO):
        def write(self, data: Any) -> int:
            if not stream.getvalue():
                with newssearch.open(index.address) as other:
                    other.remove(RAIN.id)
                    other.add(article("More", "More rain.", url="https://e.org/more"))
            return stream.write(data)

    report = index.export("rain", Late(), format="jsonl", sort="id")
    assert [row["title"] for row in json_rows(stream.getvalue())] == [
        hit.title for hit in sorted((RAIN, SNOW, DRY), key=lambda one: one.id)
    ]
    assert report.commit == before


# ---- formats


def test_csv_is_the_table_of_a_search(index: Index) -> None:
    rows = {row["title"]: row for row in csv_rows(exported(index, "rain", "csv"))}
    row = rows["Rain & =sun"]
    assert (row["id"], row["date"], row["outlet"], row["byline"]) == (RAIN.id, "2024-07-25T23:30:00-04:00", "The Echo", "Ana Silva")  # fmt: skip
    assert (row["snippet"], row["theme"], row["words"], row["seen"]) == ("It rained on Basra, and rained again.", "flood; dam", "12", "2024-08-01")  # fmt: skip
    assert rows["Snow"]["date"] == "2024-08"
    assert rows["Dry"]["date"] == ""
    assert rows["Dry"]["matching"] == "2"


def test_no_cell_of_csv_is_a_formula_unless_asked_for(address: str) -> None:
    with index_of(address, article("=1+1", "=rain\nfell", outlet="@a", url="u")) as index:
        (row,) = csv_rows(exported(index, "rain", "csv"))
        assert (row["title"], row["outlet"], row["snippet"]) == ("'=1+1", "'@a", "'=rain fell")
        (row,) = csv_rows(exported(index, "rain", "csv", raw=True))
        assert (row["title"], row["outlet"]) == ("=1+1", "@a")
        (read,) = json_rows(exported(index, "rain", "jsonl"))
        assert (read["title"], read["outlet"]) == ("=1+1", "@a")
        head, *rest = cells(exported(index, "rain", "xlsx"))
        assert rest[0][head.index("title")] == "=1+1"
        book = sheet(exported(index, "rain", "xlsx"))
        assert {cell.data_type for row in book for cell in row} <= {"s", "n", "d", "inlineStr"}


def test_a_byte_order_mark_on_request(index: Index) -> None:
    assert exported(index, "rain", "csv", bom=True).startswith(b"\xef\xbb\xbfid,")
    assert exported(index, "rain", "csv").startswith(b"id,")


def test_json_lines_have_values_of_their_types(index: Index) -> None:
    rows = {row["title"]: row for row in json_rows(exported(index, "rain", "jsonl"))}
    row = rows["Rain & =sun"]
    assert (row["theme"], row["words"], row["copies"], row["paragraphs"]) == (["flood", "dam"], 12, [], 2)
    assert rows["Dry"]["date"] is None
    assert rows["Dry"]["theme"] == []


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_columns_of_parquet_and_arrow_have_types(index: Index, name: str) -> None:
    data = exported(index, "rain", name)
    table = parquet.read_table(io.BytesIO(data)) if name == "parquet" else ipc.open_file(io.BytesIO(data)).read_all()  # fmt: skip
    rows = {row["title"]: row for row in table.to_pylist()}
    row = rows["Rain & =sun"]
    assert row["date"] == dt.date(2024, 7, 25)
    assert row["moment"] == dt.datetime(2024, 7, 26, 3, 30, tzinfo=dt.timezone.utc)
    assert (row["date_text"], row["date_precision"]) == ("2024-07-25T23:30:00-04:00", "moment")
    assert (row["theme"], row["words"], row["seen"]) == (["flood", "dam"], 12.0, "2024-08-01")
    assert (rows["Snow"]["date"], rows["Snow"]["date_text"], rows["Snow"]["date_precision"]) == (None, "2024-08", "month")  # fmt: skip
    assert (rows["Dry"]["date"], rows["Dry"]["moment"], rows["Dry"]["theme"]) == (None, None, [])
    about = json.loads(table.schema.metadata[b"newssearch"])
    assert (about["query"], about["total"], about["commit"]) == ("rain", 3, index.commit.to_dict())


def test_a_spreadsheet_has_days_as_days_and_matches_in_bold(index: Index) -> None:
    book = sheet(exported(index, "rain", "xlsx"))
    head, *rows = [[cell.value for cell in row] for row in book]
    found = {row[head.index("title")]: row for row in rows}
    row = found["Rain & =sun"]
    assert row[head.index("date")] == dt.datetime(2024, 7, 25)
    assert row[head.index("date_text")] == "2024-07-25T23:30:00-04:00"
    assert found["Snow"][head.index("date")] is None
    parts = row[head.index("snippet")]
    assert [str(part) for part in parts if getattr(getattr(part, "font", None), "b", False)] == ["rained", "rained"]  # fmt: skip
    assert str(parts) == "It rained on Basra, and rained again."
    assert book.freeze_panes == "A2"


def test_each_snippet_of_a_spreadsheet_is_that_of_the_csv_also_one_that_is_cut_and_has_no_match(
    address: str,
) -> None:
    long = "It poured all day, and the streets were full of water. " * 20
    archive = [article("Flood", long, url="1"), article("Short", "It poured.", url="2"), article("Match", f"{long} A flood came. {long}", url="3")]  # fmt: skip
    with index_of(address, *archive) as index:
        for query in ("flood", "", "poured", "title:flood"):
            wanted = [[row["title"], row["snippet"]] for row in csv_rows(exported(index, query, "csv", columns=["title", "snippet"]))]  # fmt: skip
            found = [[str(cell.value) for cell in row] for row in sheet(exported(index, query, "xlsx", columns=["title", "snippet"]))]  # fmt: skip
            assert found[1:] == wanted
            assert all(snippet for _, snippet in wanted)


def test_a_text_that_no_cell_can_hold_is_cut_and_counted(address: str) -> None:
    long = "rain " * 8_000
    with index_of(address, article("Long", long, url="u")) as index:
        report = index.export("rain", stream := io.BytesIO(), format="xlsx", columns=["text"], text="full")
        assert report.cut == 1
        assert len(str(cells(stream.getvalue())[1][0])) == MOST_CELL_CHARACTERS
        report = index.export("rain", stream := io.BytesIO(), format="csv", columns=["text"], text="full")
        assert report.cut == 0
        assert csv_rows(stream.getvalue()) == [{"text": long.strip()}]


def test_a_spreadsheet_counts_an_emoji_as_two_characters(address: str) -> None:
    whole = MOST_CELL_CHARACTERS
    texts = {
        "Emoji": "rain " + "\U0001f327" * (whole // 2),
        "Short": "rain " + "\U0001f327" * (whole // 2 - 2),
    }
    with index_of(address, *(article(title, text, url=title) for title, text in texts.items())) as index:
        report = index.export("rain", stream := io.BytesIO(), format="xlsx", columns=["title", "text"], text="full")  # fmt: skip
    found = {str(title): str(text) for title, text in cells(stream.getvalue())[1:]}
    assert found == {"Emoji": texts["Emoji"][: 5 + (whole - 5) // 2], "Short": texts["Short"]}
    assert report.cut == 1


def test_a_text_that_is_one_match_is_bold_and_no_code_of_a_character_is_doubled(address: str) -> None:
    with index_of(address, article("One", "rain", url="1"), article("Code", "_x0041_ rain", url="2")) as index:  # fmt: skip
        data = exported(index, "rain", "xlsx", columns=["title", "text"], text="full")
    found = {row[0].value: row[1] for row in sheet(data)}
    assert found["One"].font.b
    assert found["One"].value == "rain"
    assert str(found["Code"].value).replace("_x005F_", "_", 1) == "_x0041_ rain"


def test_texts_that_are_long_make_small_batches(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newssearch.export.arrow.CHARACTERS_OF_A_BATCH", 100)
    file = parquet.ParquetFile(io.BytesIO(exported(index, "rain", "parquet", columns=["id", "text"], text="full")))  # fmt: skip
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] != [3]
    assert file.read().num_rows == 3


def test_more_rows_than_a_sheet_has_are_refused(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newssearch.export.workbook.MOST_ROWS", 3)
    with pytest.raises(NewssearchError, match="at most 2 rows below its headings, and there are 3"):
        exported(index, "rain", "xlsx")


def test_citations_cite_every_article(index: Index) -> None:
    records = rispy.loads(exported(index, "rain", "ris").decode())
    assert {record["accession_number"] for record in records} == {RAIN.id, SNOW.id, DRY.id}
    assert "abstract" not in records[0]
    library = parse_string(exported(index, "rain", "biblatex").decode())
    assert len(library.entries) == 3
    items = json.loads(exported(index, "rain", "csljson", text="snippet"))
    assert {item["abstract"] for item in items} >= {"It rained on Basra, and rained again."}
    assert json.loads(exported(index, "nothing", "csljson")) == []


# ---- columns and texts


def test_chosen_columns_in_the_chosen_order(index: Index) -> None:
    data = exported(index, "basra", "csv", columns=["outlet", "theme", "date", "address", "date_provenance"])
    assert data.decode() == (
        "outlet,theme,date,address,date_provenance\r\n"
        f"The Echo,flood; dam,2024-07-25T23:30:00-04:00,{RAIN.id}#1,stated\r\n"
    )


def test_an_own_field_with_the_name_of_a_column_is_told_apart(address: str) -> None:
    own = {"moment": "noon", "date_text": "today", "zone": "A", "theme": "flood"}
    rain = dataclasses.replace(
        article("Rain", "It rained.", date="2024-07-25T10:00+02:00", url="u"), extra=own
    )
    names = ["extra.moment", "extra.date_text", "extra.zone", "theme"]
    with index_of(address, rain) as index:
        table = parquet.read_table(io.BytesIO(exported(index, "rain", "parquet")))
        assert len({*table.column_names}) == len(table.column_names)
        (row,) = table.to_pylist()
        assert [row[name] for name in names] == [["noon"], ["today"], ["A"], ["flood"]]
        assert row["moment"] == dt.datetime(2024, 7, 25, 8, tzinfo=dt.timezone.utc)
        (chosen,) = json_rows(exported(index, "rain", "jsonl", columns=["zone", *names]))
        assert chosen == {"zone": "+02:00", "extra.moment": ["noon"], "extra.date_text": ["today"], "extra.zone": ["A"], "theme": ["flood"]}  # fmt: skip
        (record,) = index.search("rain").records()
        assert (record["date_text"], record["extra.date_text"]) == ("2024-07-25T10:00:00+02:00", ["today"])
        (drawn,) = index.sample("rain", size=1).records()
        assert (drawn["date_text"], drawn["extra.date_text"]) == ("2024-07-25T10:00:00+02:00", ["today"])
        assert index.search("rain").to_arrow().num_rows == 1


def test_every_column_has_a_value_in_every_format(index: Index) -> None:
    for name in ("csv", "jsonl", "xlsx", "parquet", "arrow"):
        assert exported(index, "rain", name, columns=[*COLUMNS, "theme", "words", "seen"]), name


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"text": "paragraph"}, "It rained on Basra, and rained again."),
        ({"text": "full"}, "It rained on Basra, and rained again.\n\nThe sun came."),
        ({"text": "paragraph", "marks": "markdown"}, "It **rained** on Basra, and **rained** again."),
        ({"text": "full", "marks": "html"}, "It <mark>rained</mark> on Basra, and <mark>rained</mark> again.\n\nThe sun came."),
    ],
)  # fmt: skip
def test_the_text_of_a_row(index: Index, options: dict[str, str], wanted: str) -> None:
    (row,) = json_rows(exported(index, "rain", "jsonl", outlet="The Echo", **options))
    assert row["text"] == wanted
    assert "snippet" not in row


def test_marks_and_length_of_snippets(index: Index) -> None:
    (row,) = json_rows(exported(index, "basra", "jsonl", snippet=12, marks="markdown"))
    assert row["snippet"].replace("… ", "").replace(" …", "") in "It rained on **Basra**, and rained again."
    assert "**Basra**" in row["snippet"]
    assert len(row["snippet"]) < 30
    (row,) = json_rows(exported(index, "basra", "jsonl", text="none"))
    assert not {"snippet", "text"} & row.keys()


@pytest.mark.parametrize(
    ("format_", "options", "why"),
    [
        ("csv", {"columns": ["titel"]}, "no column 'titel'"),
        ("csv", {"columns": ["id", "id"]}, "named twice"),
        ("csv", {"columns": ["id"], "text": "full"}, "no effect without a column text"),
        ("csv", {"columns": ["id", "text"], "text": "none"}, "contradicts the columns"),
        ("csv", {"columns": ["id"], "snippet": 20}, "no snippets"),
        ("csv", {"text": "full", "snippet": 20}, "no snippets"),
        ("csv", {"text": "none", "marks": "html"}, "marks have no effect"),
        ("jsonl", {"bom": True}, "bom has no effect on jsonl"),
        ("jsonl", {"raw": True}, "raw has no effect on jsonl"),
        ("xlsx", {"marks": "html"}, "matches in bold"),
        ("ris", {"columns": ["id"]}, "has citations"),
        ("ris", {"rows": "paragraphs"}, "cites articles"),
        ("ris", {"marks": "html"}, "has citations"),
        ("doc", {}, "no format 'doc'"),
        (None, {}, "needs a format"),
    ],
)
def test_an_option_without_effect_is_refused(index: Index, format_: str, options: dict[str, Any], why: str) -> None:  # fmt: skip
    with pytest.raises(QueryError, match=why):
        exported(index, "rain", format_, **options)


def test_an_unknown_column_says_the_nearest(index: Index) -> None:
    with pytest.raises(QueryError) as caught:
        exported(index, "rain", "csv", columns="titel")
    assert caught.value.suggestion == "did you mean title?"


# ---- files


def test_the_ending_of_a_name_says_the_format(index: Index, tmp_path: Path) -> None:
    for one in FORMATS.values():
        for ending in one.endings:
            named = "biblatex" if one.name == "biblatex" else None
            report = index.export("rain", tmp_path / f"a{ending}", format=named)
            assert report.format == one.name
            assert (tmp_path / f"a{ending}").stat().st_size > 0
    with pytest.raises(QueryError, match="must end with the format"):
        index.export("rain", tmp_path / "a.doc")
    with pytest.raises(QueryError, match=r"csv contradicts the name .*a\.ris"):
        index.export("rain", tmp_path / "a.ris", format="csv")


def test_a_file_is_whole_or_as_it_was(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.jsonl"
    index.export("rain", file)
    before = file.read_bytes()
    calls = iter([False] * 6 + [True] * 1000)
    with pytest.raises(SearchStoppedError):
        index.export("rain", file, columns=["id"], stop=lambda: next(calls))
    assert file.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir() if one.suffix in (".jsonl", ".tmp")] == ["a.jsonl"]
