"""The OpenAPI document is valid and has every route, and every answer is as it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.routing import Route

import newssearch
from newssearch import Article, Index
from newssearch.web import ServerSettings, create_app
from newssearch.web.api.endpoints import ENDPOINTS
from newssearch.web.api.openapi import openapi_document, schemas
from newssearch.web.api.routes import api_routes
from newssearch.web.api.suggestions import Completer
from support import article, index_of

from .checked import CheckedClient

FLOOD = ("The river rose on Sunday, and rain fell on the town.", "Nobody was hurt in the flood, the mayor said.", "Rain is expected on Monday, with wind from the sea.")  # fmt: skip
ARTICLES = (
    Article.create(
        title="Flood", text=FLOOD, date="2024-07-25T10:00:00Z", outlet="The Echo", byline="Jane Doe", located="Basra",
        lang="en", section="World", url="https://echo.example/flood", key="K1", path="/home/me/a.txt", extra={"pages": 12, "theme": ["a", "b"], "quota": 0.5},
    ),
    Article.create(title="Flood!", text=(*FLOOD[:2], "Wind fell."), date="2024-07-26", outlet="The Post", url="p", extra={"theme": "a"}),
    article("Storm", "Rain and wind hit Kaddafi.", "Nobody was hurt.", date="2024-06", outlet="The Post", source="Reuters"),
    article("Sun", "It was hot. Gaddafi swam.", outlet="The Post", url="s"),
    article("Rain in headlines alone", date="2023", url="h"),
)  # fmt: skip
ID = ARTICLES[0].id


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with index_of(tmp_path_factory.mktemp("archive") / "index", *ARTICLES) as opened:
        yield opened


@pytest.fixture(scope="module")
def checking(index: Index) -> Iterator[CheckedClient]:
    with CheckedClient(create_app(index.folder)) as client:
        yield client


def test_the_document_is_valid_and_is_served_under_the_prefix(index: Index) -> None:
    OpenAPIV31SpecValidator(openapi_document("/archive")).validate()
    for schema in schemas().values():
        Draft202012Validator.check_schema(schema)
    app = create_app(settings=ServerSettings(index=index.folder, root_path="/archive"))
    with CheckedClient(app) as client:
        document = client.get("/api/openapi.json").json()
    assert document == json.loads(json.dumps(openapi_document("/archive")))
    assert document["servers"] == [{"url": "/archive/api"}]


def test_every_route_is_in_the_document() -> None:
    routes = {
        route.path.replace("{id:path}", "{id}")
        for route in api_routes(Completer())
        if isinstance(route, Route)
    }
    assert routes - {"/{rest:path}"} == set(openapi_document()["paths"])


def test_every_schema_is_used_and_every_object_is_closed() -> None:
    text = json.dumps(openapi_document())
    for name, schema in schemas().items():
        assert f'"#/components/schemas/{name}"' in text or name == "ExportError"
        assert "additionalProperties" in schema or schema["type"] != "object" or name == "Options"


def test_every_parameter_is_described(index: Index) -> None:
    for endpoint in ENDPOINTS:
        assert endpoint.summary
        for parameter in endpoint.parameters:
            assert parameter.text.endswith("."), parameter


REQUESTS: dict[str, list[dict[str, Any]]] = {
    "/search": [
        {"q": "rain", "facets": ["outlet:1", "month", "theme", "pages", "year"], "explain": True, "limit": 1},
        {"q": "rain wnd"},
        {"q": "rian", "expand": True},
        {"q": "rain snow wind"},
        {"q": "kaddafi", "names": True},
        {"q": "rain", "expand": True, "group": False, "all_paragraphs": False},
        {"q": "colour: (rain", "literal": True},
        {"q": "rain OR", "since": "2024-07-01", "until": "2024-12"},
        {"limit": 0},
        {"q": "rain", "all_paragraphs": True, "sort": "newest", "novel": True},
        {"format": "csv"},
        {"format": "ndjson"},
        {"q": "colour:red"},
    ],
    f"/article/{ID}": [{}, {"q": "rain flood"}, {"q": "colour:red"}],
    f"/article/{ARTICLES[4].id}": [{"q": "rain"}],
    "/article/none": [{}],
    "/article": [{"key": "K1"}, {"key": "K2"}, {}],
    f"/story/{ID}": [{}],
    f"/story/{ARTICLES[3].id}": [{}],
    "/story/none": [{}],
    f"/related/{ID}": [{}, {"format": "ndjson"}, {"limit": 0}],
    "/neighbours": [{"q": "rain", "address": f"{ID}#1"}, {"q": "rain", "address": "none"}, {"q": "hot", "address": ID}, {}],
    "/count": [
        {"q": "rain"},
        {"q": ["rain", "sun"], "by": ["outlet", "month"], "measure": ["share", "per_million", "occurrences", "sentences", "paragraphs"]},
        {"q": "rain", "by": "outlet", "top": 1},
        {"by": "theme"},
        {"by": "year", "measure": "share"},
        {"q": ["a"] * 6},
        {"by": "nothing"},
        {"format": "csv"},
    ],
    "/over-time": [{"q": "rain"}, {"q": "rain", "unit": "month", "measure": ["per_million", "paragraphs"]}, {"q": "nothing"}, {"unit": "hour"}],
    "/kwic": [{"q": "rain"}, {"q": "rain", "sample": 2, "seed": 4, "sort": "left"}, {"q": "rain", "limit": 0}, {"q": "date:2024"}, {}],
    "/collocates": [{"q": "rain", "min_count": 1}, {"q": "rain", "measure": "mi", "span": 0}],
    "/keywords": [{"q": "rain", "min_count": 1}, {"q": "rain", "min_count": 1, "against": "sun", "all_words": True}],
    "/stories": [{}, {"q": "rain", "sort": "spread"}],
    "/coverage": [{}, {"story": ID, "outlets": ["The Post", "BBC"]}, {"story": "none"}],
    "/sample": [{"size": 3}, {"q": "rain", "by": "outlet", "equal": True, "texts": False}, {"q": "nothing"}, {"by": "month"}, {"q": "hot", "by": "theme"}],
    "/receipt": [{"q": "rain", "outlet": "The Echo", "since": "2024"}, {}],
    "/export": [{"q": "rain"}, {"content": "fields"}, {"q": "rain", "format": "csv"}, {"after": "none"}],
    "/info": [{}],
    "/tags": [{}],
    f"/tags/{ID}": [{}],
    "/tags/none": [{}],
    "/searches": [{}],
    "/searches/oil": [{}],
    "/commit": [{}],
    "/fields": [{}],
    "/words": [{}, {"prefix": "r", "limit": 3}, {"limit": 101}],
    "/suggest": [{"q": "ra"}, {"q": "outlet:the"}, {"q": "outl"}, {}],
    "/openapi.json": [{}],
    "/nothing": [{}],
}  # fmt: skip
CASES = [(path, parameters) for path, some in REQUESTS.items() for parameters in some]


@pytest.mark.parametrize(("path", "parameters"), CASES, ids=lambda value: str(value)[:60])
def test_every_answer_is_as_the_document_says(
    checking: CheckedClient, path: str, parameters: dict[str, Any]
) -> None:
    answer = checking.get(f"/api{path}", params=parameters)
    assert answer.status_code in (200, 400, 404)
    answer = checking.get(f"/api{path}", params=parameters, headers={"If-None-Match": answer.headers.get("etag", "x")})  # fmt: skip
    assert answer.status_code in (200, 400, 404, 304)


def test_every_endpoint_is_asked() -> None:
    asked = {path.replace(ID, "{id}").replace("/oil", "/{name}") for path in REQUESTS}
    assert {endpoint.path for endpoint in ENDPOINTS} <= asked


def test_without_an_index_the_answer_is_a_problem_too(tmp_path: Path) -> None:
    with CheckedClient(create_app(tmp_path / "nothing")) as client:
        for endpoint in ENDPOINTS:
            needed = {one.name: "x" for one in endpoint.parameters if one.required}
            answer = client.get(
                f"/api{endpoint.path}".replace("{id}", "x").replace("{name}", "x"), params=needed
            )
            assert (answer.status_code, answer.json()["detail"]) == (503, "there is no index yet")
            assert str(tmp_path) not in answer.text


def test_a_server_with_a_token_answers_as_the_document_says(index: Index) -> None:
    app = create_app(settings=ServerSettings(index=index.folder, token="t" * 32))
    with CheckedClient(app) as client:
        assert client.get("/api/search").status_code == 401
        assert client.get("/api/commit", headers={"Authorization": f"Bearer {'t' * 32}"}).status_code == 200


def test_answers_with_paths_are_as_the_document_says(index: Index) -> None:
    app = create_app(settings=ServerSettings(index=index.folder, show_paths=True))
    with CheckedClient(app) as client:
        assert client.get(f"/api/article/{ID}").json()["path"] == "/home/me/a.txt"
        assert client.get("/api/info").json()["folder"] == str(index.folder)
        assert client.get("/api/search").status_code == 200


def test_an_empty_index_has_answers(tmp_path: Path) -> None:
    newssearch.create(tmp_path / "index").close()
    with CheckedClient(create_app(tmp_path / "index")) as client:
        for endpoint in ENDPOINTS:
            if "{" not in endpoint.path and endpoint.name not in ("neighbours", "article-by-key"):
                needed = {one.name: "x" for one in endpoint.parameters if one.required}
                assert client.get(f"/api{endpoint.path}", params=needed).status_code == 200, endpoint.path
