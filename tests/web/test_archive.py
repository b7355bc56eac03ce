"""The archive that the server serves: answers of one commit, and values that are kept for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import newssearch
from newssearch import Index
from newssearch.web import ServerSettings, create_app
from newssearch.web.api import endpoints
from newssearch.web.archive import MAX_KEPT, Archive, commit_key
from newssearch.web.pages.remarks import remark_of
from newssearch.web.pages.rendering import ShownPage, View, page_route
from newssearch.web.problems import HttpProblem
from support import article

from .conftest import FLOOD


@pytest.fixture
def held(archive: Path) -> Iterator[Archive]:
    """Yield the archive of three articles, two of which have rain."""
    opened = Archive(ServerSettings(index=archive))
    yield opened
    opened.close()


class Interruption:
    """Another process adds an article, or removes one, and another request finds that: once."""

    def __init__(self, archive: Archive, *, removes: str = "") -> None:
        self._archive = archive
        self._removes = removes
        self.times = 0

    def __call__(self) -> None:
        self.times += 1
        if self.times > 1:
            return
        with newssearch.open(self._archive.settings.index) as other:
            if self._removes:
                other.remove(self._removes)
            else:
                other.add(article("Hail", "Rain and hail."))
        self._archive.index()


def test_the_parts_of_an_answer_are_of_one_commit(held: Archive) -> None:
    interrupt = Interruption(held)

    def count_twice(index: Index) -> tuple[int, int]:
        first = index.count("rain")
        interrupt()
        return first, index.count("rain")

    assert held.at_one_commit(count_twice) == (3, 3)
    assert interrupt.times == 2


def test_what_fails_because_of_another_commit_is_made_again(held: Archive) -> None:
    interrupt = Interruption(held, removes=FLOOD.id)

    def read_first(index: Index) -> str | None:
        hit = index.search("rain", sort="oldest").hits[0]
        interrupt()
        return index.article(hit.id).title

    assert held.at_one_commit(read_first) == "Storm"


def test_what_fails_by_itself_fails(held: Archive) -> None:
    calls: list[Index] = []

    def fail(index: Index) -> None:
        calls.append(index)
        raise ValueError("by itself")

    with pytest.raises(ValueError, match="by itself"):
        held.at_one_commit(fail)
    assert len(calls) == 1


def test_a_page_and_an_answer_of_the_api_are_of_one_commit(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(archive)
    interrupt = Interruption(app.state.context.archive)

    def view(view: View) -> ShownPage:
        first = view.context.archive.opened().count("rain")
        interrupt()
        problem = HttpProblem(200, "Counts", f"{first}, {view.context.archive.opened().count('rain')}")
        return ShownPage(
            "problem.html",
            {"problem": problem, "remark": remark_of(problem, view.links), "chips": (), "clear": ""},
        )

    app.router.routes.insert(0, page_route("/counts", view, "counts"))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert "3, 3" in client.get("/counts").text
        found = endpoints.ArticleAnswer.to_dict
        interrupt = Interruption(app.state.context.archive, removes=FLOOD.id)

        def interrupted(answer: endpoints.ArticleAnswer) -> dict[str, object]:
            interrupt()
            return found(answer)

        monkeypatch.setattr(endpoints.ArticleAnswer, "to_dict", interrupted)
        assert client.get(f"/api/article/{FLOOD.id}?q=rain").status_code == 404


def test_kept_values_are_few(held: Archive) -> None:
    for number in range(3 * MAX_KEPT):
        assert held.kept(number, len) == 3
    made: list[Index] = []
    held.kept(0, made.append)
    assert len(made) == 1


def test_what_is_kept_does_not_outlive_the_day(held: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer says which periods are not over yet."""

    class Tomorrow(dt.date):
        @classmethod
        def today(cls) -> Tomorrow:
            return cls(2999, 1, 1)

    before = commit_key(held.index())
    assert held.kept("name", lambda index: 1) == 1
    monkeypatch.setattr("newssearch.web.archive.dt.date", Tomorrow)
    assert commit_key(held.index()) != before
    assert held.kept("name", lambda index: 2) == 2


def test_an_answer_changes_with_the_synonyms_of_the_archive(held: Archive) -> None:
    before = held.version(held.index())
    held.close()
    (held.settings.index.parent / "newssearch.toml").write_text('[synonyms]\n"car" = ["automobile"]\n')
    assert held.version(held.index()) != before
