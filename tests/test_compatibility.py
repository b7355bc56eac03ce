"""Indexes that earlier versions made are opened, or refused with the command that rebuilds them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import make_fixture
import newssearch
from newssearch import Article
from newssearch.engines.embedded import FORMAT_VERSION
from support import Command, command

FIXTURES = sorted(make_fixture.FIXTURES.glob("index-*"), key=lambda path: int(path.name[6:]))


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    return command(capsys, monkeypatch)


def version_of(fixture: Path) -> int:
    return int(fixture.name.removeprefix("index-"))


def test_there_is_an_index_of_this_format() -> None:
    assert version_of(FIXTURES[-1]) == FORMAT_VERSION


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda path: path.name)
def test_an_index_of_any_version_is_opened_or_refused(cli: Command, tmp_path: Path, fixture: Path) -> None:
    shutil.copytree(fixture, tmp_path / "index")
    done = cli("query", "river", "--count")
    if version_of(fixture) == FORMAT_VERSION:
        assert (done.code, done.out) == (0, "2 articles (1 story), 2 paragraphs\n")
        return
    for arguments in (
        ["query", "river"],
        ["info"],
        ["verify"],
        ["index", "a.txt"],
        ["show", "x"],
        ["salvage", "new"],
    ):
        done = cli(*arguments)
        assert (done.code, done.out) == (3, ""), arguments
        assert (
            done.err
            == "error: index was made by an older version of newssearch: rebuild it with `newssearch index --rebuild`\n"
        )
    (tmp_path / "a.txt").write_text("River\n\nThe river rose.\n", encoding="utf-8")
    assert cli("index", "--rebuild", "a.txt").code == 0
    assert cli("query", "river", "--count").out == "1 article, 1 paragraph\n"
    assert cli("verify").code == 0


def test_the_answers_are_those_that_they_were_when_it_was_made(tmp_path: Path) -> None:
    """The fixture has several segments with deleted articles, and stories across segments."""
    folder = shutil.copytree(FIXTURES[-1], tmp_path / "index")
    expected = json.loads((folder / "answers.json").read_text("utf-8"))
    assert json.loads(json.dumps(make_fixture.answers(folder))) == expected
    found = newssearch.verify(folder)
    assert found.sound
    assert found.leftovers == ()


def test_an_index_of_before_can_be_added_to(tmp_path: Path) -> None:
    folder = shutil.copytree(FIXTURES[-1], tmp_path / "index")
    with newssearch.open(folder) as index:
        before = index.info().contents.articles
        index.add(
            [
                Article.create(
                    title="River report", text="The river fell again.", url="https://example.org/new"
                )
            ]
        )
        assert index.info().contents.articles == before + 1
        assert index.search("river").total_articles == 3
    assert newssearch.verify(folder).sound
