"""The HTTP API answers with what the public API returns, or with a problem."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

import newssearch
from support import article

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
