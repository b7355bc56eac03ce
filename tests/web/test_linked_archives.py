"""A server whose index is reached by a link, which may lead to another index later."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import newssearch
from newssearch import SavedSearch
from support import index_of

from .conftest import FLOOD
from .saving import client_here

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")


def lead(link: Path, index: Path) -> None:
    """Let a link lead to an index from now on."""
    new = link.with_name("new")
    new.symlink_to(index)
    new.replace(link)


def make_archive(folder: Path, word: str) -> Path:
    """Make an archive with an article that has a tag, and with a saved search, and return its index."""
    folder.mkdir()
    with index_of(folder / "index", FLOOD) as index:
        index.tag(FLOOD.id, word)
    newssearch.save_search(SavedSearch(name=word, query="rain"), folder / "index")
    return folder / "index"


def listed(client: TestClient) -> tuple[list[str], list[str]]:
    """Return the tags and the saved searches of the archive that is served."""
    tags = [one["tag"] for one in client.get("/api/tags").json()["tags"]]
    return tags, [one["name"] for one in client.get("/api/searches").json()["searches"]]


def test_tags_and_searches_are_those_of_the_archive_to_which_the_link_leads_now(tmp_path: Path) -> None:
    first, second = make_archive(tmp_path / "a", "first"), make_archive(tmp_path / "b", "second")
    link = tmp_path / "cur"
    lead(link, first)
    with client_here(link) as client:
        assert listed(client) == (["first"], ["first"])
        lead(link, second)
        assert listed(client) == (["second"], ["second"])
        assert "second" in client.get("/tags").text
        assert client.get("/feed/second.atom").status_code == 200
        assert client.get("/feed/first.atom").status_code == 404

        query = {"q": "rain"}
        before = client.get("/api/search", params=query)
        asked = {"If-None-Match": before.headers["etag"]}
        assert client.get("/api/search", params=query, headers=asked).status_code == 304
        with newssearch.open(second) as index:
            index.tag(FLOOD.id, "later")
        after = client.get("/api/search", params=query, headers=asked)
        assert after.status_code == 200
        assert after.json()["hits"][0]["tags"] == ["later", "second"]

        saved = client.post("/api/searches", json={"name": "flood", "query": "river"})
        assert saved.status_code == 201
    assert (tmp_path / "b" / "searches" / "flood.toml").exists()
    assert not (tmp_path / "a" / "searches" / "flood.toml").exists()


def test_saved_searches_beside_the_link_are_a_problem_of_the_searches_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    link = tmp_path / "cur"
    lead(link, make_archive(tmp_path / "a", "first"))
    (tmp_path / "searches").mkdir()
    (tmp_path / "searches" / "rain.toml").write_text('query = "rain"\n')
    with client_here(link) as client:
        answer = client.get("/api/searches")
        assert (answer.status_code, answer.json()["title"]) == (500, "The saved searches cannot be read")
        assert "Retry-After" not in answer.headers
        assert str(tmp_path) not in answer.text
        with caplog.at_level(logging.WARNING):
            page = client.get("/searches")
        assert page.status_code == 500
        assert "The saved searches cannot be read" in page.text
        assert "saved searches belong in" in caplog.text
        assert client.get("/api/search", params={"q": "rain"}).status_code == 200
        assert client.get("/", params={"q": "rain"}).status_code == 200
