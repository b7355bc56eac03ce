"""A file of tags that cannot be read: what does not ask for tags goes on without them, and says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import newssearch
from newssearch import Article, Index, TagFileError
from support import Command, command, index_of

ARTICLES = [
    Article.create(
        title=f"Number {number}",
        text=f"It rained for {number} days, and the river rose.",
        url=f"https://e.org/{number}",
        date="2024-07-25",
    )
    for number in range(3)
]
IDS = [one.id for one in ARTICLES]
NOTE = "tags.jsonl cannot be read: line 3: it is no JSON"


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = index_of(tmp_path / "index", *ARTICLES)
    index.tag(IDS[0], "checked", note="Second source?")
    file = tmp_path / "tags.jsonl"
    file.write_text("\n".join([*file.read_text("utf-8").splitlines()[:2], "rubbish"]), "utf-8")
    return index


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, index: Index) -> Command:
    monkeypatch.chdir(index.folder.parent)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    return command(capsys, monkeypatch)


SHOWING = [
    "query rained", "query rained --json", "query rained --format csv", "query rained --format jsonl", "query rained --format md", f"show {IDS[0]}", f"show {IDS[0]} --json",
    f"related {IDS[0]}", "export rained", "export rained --format jsonl", "export rained --format ris", f"cite {IDS[0]} {IDS[1]} --style bibtex",
    "export rained --receipt r.json", "query rained --receipt r.json",
]  # fmt: skip
"""Commands that show the tags of articles, and that nobody has asked for them."""
WITHOUT = [
    "query rained --count", "query nothing", f"story {IDS[0]}", "stories rained", "count rained --by year", "kwic rained", "sample rained", "review rained",
    "review rained --receipt r.json", "export rained --columns id,title", "info", "verify", "receipt check r.json", "coverage rained",
]  # fmt: skip
"""Commands that show no tags."""
ASKING = [
    "query tag:checked", "query rained --tag checked", "query rained --not-tag checked", "query rained --facet tag", "count tag:checked", "export tag:checked",
    "export rained --columns id,tags", "export rained --columns notes --format jsonl", "review tag:checked", "tag", f"tag {IDS[0]}", f"tag {IDS[0]} +x", "save mine tag:checked",
]  # fmt: skip
"""Commands that ask for tags."""


@pytest.mark.parametrize("line", SHOWING)
def test_what_shows_tags_goes_on_without_them_and_says_so_once(cli: Command, line: str) -> None:
    done = cli(*line.split())
    assert done.code == 0
    assert done.out
    assert done.err.count(NOTE) == 1


@pytest.mark.parametrize("line", WITHOUT)
def test_what_shows_no_tags_is_as_if_nothing_were_damaged(cli: Command, line: str) -> None:
    cli("review", "rained", "--receipt", "r.json")
    done = cli(*line.split())
    assert (done.code, "tags.jsonl" in done.err) == (0, False)


@pytest.mark.parametrize("line", ASKING)
def test_what_asks_for_tags_is_refused_with_the_line(cli: Command, line: str) -> None:
    done = cli(*line.split())
    assert done.code == 1
    assert done.err.count(NOTE) == 1
    assert not done.out


def test_tables_leave_out_the_columns_that_are_not_known(cli: Command, index: Index, tmp_path: Path) -> None:
    with_tags = "story,copies,tags,notes"
    for line in ("query rained --format csv", "export rained"):
        assert cli(*line.split()).out.splitlines()[0].endswith("story,copies")
    row = json.loads(cli("query", "rained", "--format", "jsonl").out.splitlines()[0])
    assert not {"tags", "notes"} & row.keys()
    report = index.export("rained", tmp_path / "a.jsonl")
    assert report.rows == 3
    assert [note.message.partition(":")[0] for note in report.diagnostics] == [
        "the columns tags and notes are left out"
    ]
    assert (
        not {"tags", "notes"} & json.loads((tmp_path / "a.jsonl").read_text("utf-8").splitlines()[0]).keys()
    )
    with pytest.raises(TagFileError):
        index.export("rained", tmp_path / "b.csv", columns=["id", "notes"])
    assert not (tmp_path / "b.csv").exists()
    (tmp_path / "tags.jsonl").unlink()
    assert cli("export", "rained").out.splitlines()[0].endswith(with_tags)
    assert cli("query", "rained", "--format", "csv").out.splitlines()[0].endswith(with_tags)


def test_an_export_without_these_columns_is_recognised_as_one(index: Index, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    index.export("rained", tmp_path / "files" / "a.csv")
    index.export("rained", tmp_path / "files" / "a.jsonl")
    with newssearch.create(tmp_path / "other" / "index") as other:
        report = other.update(tmp_path / "files")
    assert (report.added, report.rejections) == (0, 0)


def test_scans_and_neighbours_say_so(index: Index) -> None:
    with index.scan("rained)", content="fields") as scan:
        assert [note.kind for note in scan.diagnostics] == ["unbalanced", "tags"]
        assert [hit.tags for hit in scan] == [(), (), ()]
    found = index.neighbours("rained", IDS[0], sort="id")
    assert [note.kind for note in found.diagnostics] == ["tags"]
    assert NOTE in str(found.to_dict()["diagnostics"])
    with pytest.raises(TagFileError):
        index.scan("tag:checked")


def test_an_alert_reports_without_tags_and_says_why(cli: Command, index: Index, tmp_path: Path) -> None:
    damaged = (tmp_path / "tags.jsonl").read_text("utf-8")
    (tmp_path / "tags.jsonl").unlink()
    for name, query in (("days", "rained"), ("mine", "tag:checked")):
        search = newssearch.SavedSearch(name=name, query=query, start="all", to="ndjson:out.jsonl")
        newssearch.save_search(search, index.folder)
    (tmp_path / "tags.jsonl").write_text(damaged, "utf-8")
    done = cli("alert", "run", "--json")
    days, mine = map(json.loads, done.out.splitlines())
    assert done.code == 1
    assert (days["new"], len(days["warnings"]), NOTE in days["warnings"][0]) == (3, 1, True)
    assert (mine["new"], NOTE in mine["error"]) == (0, True)
    entries = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [(one["id"] in IDS, "tags" in one) for one in entries] == [(True, False)] * 3
    again = cli("alert", "run", "days")
    assert (again.code, again.err) == (0, ""), "nothing is new, and no tag would be shown"
    (tmp_path / "tags.jsonl").unlink()
    index.add(Article.create(title="New", text="It rained.", url="https://e.org/new", date="2024-07-25"))
    (report,) = newssearch.run_alerts(index.folder, "days")
    assert (report.new, report.warnings, report.entries[0]["tags"]) == (1, (), ())
