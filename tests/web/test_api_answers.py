"""The HTTP API answers with what the public API returns, or with a problem."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

import newssearch
from newssearch import Article
from newssearch.web import ServerSettings, create_app
from support import article, index_of

from .checked import CheckedClient
from .conftest import FLOOD


def test_an_answer_is_what_the_public_api_returns(client: TestClient, archive: Path) -> None:
    with newssearch.open(archive) as index:
        found = client.get("/api/search", params={"q": "rain", "outlet": "The Echo", "facets": "outlet"})
        expected = index.search("rain", outlet="The Echo", facets="outlet").to_dict()
    assert found.json() == expected


def test_a_query_with_a_mistake_is_a_problem_with_its_place(client: TestClient) -> None:
    answer = client.get("/api/search", params={"q": "rain colour:red"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["query"][problem["start"] : problem["end"]] == "colour:"
    assert problem["detail"] == "there is no field 'colour'"


def test_an_unknown_parameter_is_refused_with_the_one_that_may_be_meant(client: TestClient) -> None:
    problem = client.get("/api/search", params={"q": "rain", "outlets": "x"}).json()
    assert (problem["parameter"], problem["suggestion"]) == ("outlets", "did you mean outlet?")


def test_an_answer_is_sent_again_only_after_a_commit(client: TestClient, archive: Path) -> None:
    first = client.get("/api/search?q=rain")
    again = {"If-None-Match": first.headers["etag"]}
    assert client.get("/api/search?q=rain", headers=again).status_code == 304
    assert client.get("/api/search?q=sun", headers=again).status_code == 200
    with newssearch.open(archive) as index:
        index.add(article("Hail", "Rain and hail."))
    new = client.get("/api/search?q=rain", headers=again)
    assert (new.status_code, new.json()["total_articles"]) == (200, 3)


def test_an_article_has_the_matches_of_a_query(client: TestClient) -> None:
    value = client.get(f"/api/article/{FLOOD.id}", params={"q": "rain flood"}).json()
    assert value["title_highlights"] == [[0, 5]]
    assert [paragraph["highlights"] for paragraph in value["paragraphs"]] == [[], [[0, 4]]]


def test_there_is_no_such_article(client: TestClient) -> None:
    assert client.get("/api/article/none").status_code == 404


def test_a_kept_answer_does_not_outlive_the_settings(archive: Path) -> None:
    def tag(*, show_paths: bool = False) -> str:
        app = create_app(settings=ServerSettings(index=archive, show_paths=show_paths))
        with CheckedClient(app) as client:
            return str(client.get(f"/api/article/{FLOOD.id}").headers["etag"])

    first = tag()
    assert tag() == first
    assert tag(show_paths=True) != first
    (archive.parent / "newssearch.toml").write_text(
        '[outlets]\n"Das Echo" = ["The Echo"]\n', encoding="utf-8"
    )
    assert tag() != first


@pytest.mark.parametrize(
    ("asked", "is_kept"),
    [
        ("q=rain", True),
        ("q=rain&since=2024-07", True),
        ("q=rain&since=-7d", False),
        ("q=rain&since=-7d&now=2024-07-26T10:00", True),
        ("q=date:yesterday", False),
        ("q=rain&since_run=1", False),
        ("q=rain&on=today", False),
    ],
)
def test_only_an_answer_that_the_clock_cannot_change_is_kept(
    client: TestClient, asked: str, is_kept: bool
) -> None:
    headers = client.get(f"/api/search?{asked}").headers
    assert ("etag" in headers) == is_kept
    assert headers["cache-control"] == ("private, no-cache" if is_kept else "no-store")


def test_an_own_field_with_the_name_of_a_folder_is_shown(tmp_path: Path) -> None:
    box = Article.create(title="Hail", text="Hail fell.", extra={"folder": "Box 7"})
    with index_of(tmp_path / "index", box) as index, CheckedClient(create_app(index.folder)) as client:
        found = client.get("/api/search?facets=folder").json()
        assert [one["value"] for one in found["facets"]["folder"]] == ["Box 7"]
        assert client.get("/api/count?by=folder").json()["rows"][0]["group"] == {"folder": "Box 7"}
