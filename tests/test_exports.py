"""The output of newssearch is skipped, whatever its file name; articles that only resemble it are read."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path

import pytest

import newssearch
from newssearch.readers import Input, Origin, ReadOptions, exports
from support import Command, command

RECORD = {"url": "https://e.org/1", "title": 'Rain over "Basra"', "text": "It rained.", "outlet": "The Echo"}


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    run = command(capsys, monkeypatch)
    (tmp_path / "a.jsonl").write_text(json.dumps(RECORD) + "\n", "utf-8")
    assert run("index", "a.jsonl").code == 0
    (tmp_path / "nothing").mkdir()
    return run


TABLES = [
    ["kwic", "rain"], ["count", "rain", "--by", "outlet"], ["count", "rain", "--by", "outlet", "--by", "year"], ["sample", "rain"],
    ["coverage", "rain"], ["collocates", "rain", "--min", "1", "--all-words"], ["words", "rain"],
]  # fmt: skip
"""The commands whose results are tables. Those of ``stories`` and ``keywords`` would be empty here."""


def commands(article_id: str) -> list[list[str]]:
    return [
        *(["query", "rain", "--format", format_] for format_ in ("json", "jsonl", "csv", "md", "text")),
        ["query", "rain", "--json", "--facet", "outlet", "--explain"], ["query", "rain", "--json", "--expand"], ["query", "--format", "json"],
        ["query", "rain", "--count", "--json"], ["query", "--count", "--facet", "outlet", "--format", "csv"],
        ["query", "--count", "--facet", "outlet", "--format", "jsonl"],
        ["show", article_id], ["show", article_id, "--json"], ["show", article_id, "--json", "--query", "rain"],
        ["story", article_id, "--json"], ["info", "--json"], ["info", "--config", "--json"],
        ["index", "a.jsonl", "--json"], ["verify", "--json"],
        ["story", article_id], ["info"], ["query", "rain", "--count"], ["index", "a.jsonl"],
        ["index", "--rebuild", "nothing"],
        *(["export", "rain", "--format", format_] for format_ in ("csv", "jsonl", "ris", "bibtex", "biblatex", "csljson")),
        *(["review", "rain", "--format", format_] for format_ in ("html", "md")),
        ["cite", article_id, "--style", "ris"],
        *([*tabled, "--format", format_] for tabled in TABLES for format_ in ("json", "jsonl", "csv", "md", "text")),
    ]  # fmt: skip


@pytest.mark.parametrize("date", ["2024-07-25", "2024-07", "2024", None])
def test_exports_of_newssearch_are_skipped_and_counted(
    cli: Command, tmp_path: Path, date: str | None
) -> None:
    record = json.dumps({**RECORD, "date": date})
    shutil.rmtree(tmp_path / "index")
    (tmp_path / "a.jsonl").write_text(f" {record}\n", "utf-8")
    assert cli("index", "a.jsonl").code == 0
    with newssearch.open("index") as index:
        (article_id,) = index.find()
    (tmp_path / "out").mkdir()
    written = [cli(*arguments).out for arguments in commands(article_id)]
    written.append(cli("remove", article_id, "--yes", "--json").out)
    written = list(filter(None, written))  # JSON Lines of nothing are empty
    for number, out in enumerate(written):
        (tmp_path / "out" / f"{number}.txt").write_text(out, "utf-8")
        (tmp_path / "out" / f"{number}.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + out.encode()))
    shutil.copytree(tmp_path / "index", tmp_path / "out" / "other")
    (tmp_path / "a.jsonl").write_text(f"{record}\n\n", "utf-8")  # so that it is read again
    done = cli("index", "out", "a.jsonl")
    assert done.err == ""
    assert done.code == 0
    assert f"{2 * len(written)} newssearch exports" in done.out
    assert "files of an index" in done.out
    with newssearch.open("index") as index:
        assert index.find() == [article_id]


@pytest.mark.parametrize("arguments", [["export", "rain"], ["count", "rain", "--by", "outlet"]])
def test_spreadsheets_of_newssearch_are_skipped_and_counted(cli: Command, arguments: list[str]) -> None:
    assert cli(*arguments, "-o", "nothing/a.xlsx").code == 0
    done = cli("index", "nothing")
    assert (done.code, done.err) == (0, "")
    assert "1 newssearch export\n" in done.out


def test_documents_of_newssearch_are_skipped_and_counted(cli: Command) -> None:
    pytest.importorskip("docx")
    assert cli("review", "rain", "-o", "nothing/a.docx").code == 0
    done = cli("index", "nothing")
    assert (done.code, done.err) == (0, "")
    assert "1 newssearch export\n" in done.out


@pytest.mark.parametrize("content", [
    "<!-- a press review of newssearch -->\n\n# Rain\n\nIt rained.\n",
    '<!DOCTYPE html><html><head><meta name="generator" content="news"></head><body><p>newssearch review</p></body></html>',
    '{"removed": 1, "title": "Rain", "text": "It rained."}',
    '{"id": "a1", "title": "Rain", "text": "It rained.", "score": 5, "paragraph": 1}',
    '{"version": 1, "query": "x", "title": "Rain", "text": "It rained."}',
    '{"id": "rain-abcdefgh", "title": "Rain", "text": "It rained."}',
    '{"title": "Rain", "version": 1, "text": "It rained.", "interpretation": "x"}',
    "id,title,text\n1,Rain,It rained.\n", "id,paragraph,title,text\n1,1,Rain,It rained.\n",
    "# Rain\n\n2024-07-25 · The Echo\n\n> It rained.\n", "Rain\n\n2024-07-25\n\nIt rained.\n",
    "Rain  2024-07-25  The Echo\n  It rained.\n", "3 articles, 2 paragraphs of the treaty\n\nIt rained.\n",
    "1  Rain\n     It rained.\n", "index: 5 articles, 3 paragraphs, 8 words\n\nIt rained.\n",
])  # fmt: skip
def test_an_article_with_such_keys_is_one(content: str) -> None:
    for data in (content.encode(), content.encode("utf-16")):
        assert not exports.is_export(Input.of(data, Origin("a", ReadOptions())))


def test_no_real_file_is_taken_for_an_export(data_dir: Path) -> None:
    looked = 0
    for folder, _, names in os.walk(data_dir):
        for name in names[:200]:
            with Path(folder, name).open("rb") as stream:
                assert not exports.is_export(Input(stream, Origin(name, ReadOptions()))), name
            looked += 1
    assert looked
