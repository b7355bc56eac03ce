"""Files that cannot be written: the error names the file, and its old content stays."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import newssearch
from newssearch import Article, Index
from support import Command, command, index_of

if sys.platform == "win32":
    pytest.skip("Windows has no limit on the size of files", allow_module_level=True)

import resource

ARTICLES = [
    Article.create(title=f"Rain {number}", text="It rained.", url=f"https://e.org/{number}")
    for number in range(3)
]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    return index_of(tmp_path / "index", *ARTICLES)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, index: Index) -> Command:
    return command(capsys, monkeypatch)


@contextmanager
def small_files() -> Iterator[None]:
    """Let no file of this process grow beyond ten bytes, as ``ulimit -f`` does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (("tag", ARTICLES[0].id, "+new"), "tags.jsonl"),
        (("tag", "--merge", "other.jsonl"), "tags.jsonl"),
        (("export", "rain", "-o", "a.csv"), "a.csv"),
        (("export", "rain", "-o", "a.jsonl"), "a.jsonl"),
        (("export", "rain", "-o", "a.parquet"), "a.parquet"),
        (("export", "rain", "-o", "a.ris"), "a.ris"),
        (("review", "rain", "-o", "a.html"), "a.html"),
        (("review", "rain", "-o", "a.docx"), "a.docx"),
        (("sample", "rain", "-n", "2", "-o", "b.csv"), "b.csv"),
        (("query", "rain", "--receipt", "r.json"), "r.json"),
        (("save", "wet", "rain"), "wet.toml"),
    ],
)
def test_an_error_of_writing_names_the_file(
    cli: Command, index: Index, tmp_path: Path, arguments: tuple[str, ...], file: str
) -> None:
    index.tag(ARTICLES[1].id, "old")
    (tmp_path / "other.jsonl").write_bytes(
        (tmp_path / "tags.jsonl").read_bytes().replace(b'"old"', b'"other"')
    )
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()}
    with small_files():
        outcome = cli(*arguments)
    assert outcome.code == 1
    shown = outcome.err.splitlines()[-1]
    assert shown.startswith("error: ")
    assert shown.endswith(f"{file}: File too large"), outcome.err
    assert ".tmp" not in shown
    after = {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()}
    assert {name: after[name] for name in before} == before
    assert not [name for name in after if name.endswith(".tmp")]


def test_an_index_that_cannot_be_written_to_is_named(index: Index) -> None:
    with (
        small_files(),
        pytest.raises(newssearch.IndexWriteError, match=r"the index in .*index cannot be written to: File"),
    ):
        index.add(Article.create(title="Snow", text="It snowed."))
    assert index.count("snow") == 0


def test_a_file_of_an_alert_is_named(cli: Command, index: Index) -> None:
    assert cli("save", "wet", "rain", "--from", "all", "--to", "atom:out.xml").code == 0
    with small_files():
        outcome = cli("alert", "run")
    assert outcome.code == 1
    assert outcome.err.endswith("wet.000001.batch: File too large\n")
    assert index.count("rain") == 3
    assert "out.xml" not in [one.name for one in Path().iterdir()]
