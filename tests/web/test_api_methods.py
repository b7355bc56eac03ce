"""Every endpoint answers with what the method of the index of the same name returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from newssearch import Index
from newssearch.web import ServerSettings, create_app
from newssearch.web.api.endpoints import ENDPOINTS
from support import index_of

from .checked import CheckedClient
from .test_api_openapi import ARTICLES, ID

CASES: dict[str, tuple[str, Callable[[Index], Any]]] = {
    "search": (
        "/search?q=rain&outlet=The+Post&source_not=Reuters&facets=outlet:1&explain=1&limit=2&offset=1",
        lambda index: index.search("rain", outlet="The Post", source_not="Reuters", facets="outlet", explain=True, limit=2, offset=1),
    ),
    "article": (f"/article/{ID}", lambda index: index.article(ID)),
    "article-by-key": ("/article?key=K1", lambda index: index.article(key="K1")),
    "story": (f"/story/{ID}", lambda index: index.story(ID)),
    "related": (f"/related/{ID}?group=false&since=2024", lambda index: index.related(ID, group=False, since="2024")),
    "neighbours": (f"/neighbours?q=rain&sort=oldest&address={ID}%231", lambda index: index.neighbours("rain", f"{ID}#1", sort="oldest")),
    "count": (
        "/count?q=rain&q=sun&by=outlet&by=month&measure=share&measure=occurrences&since=2024",
        lambda index: index.table(["rain", "sun"], by=["outlet", "month"], measures=["share", "occurrences"], since="2024"),
    ),
    "over-time": ("/over-time?q=rain&unit=month&measure=per_million", lambda index: index.over_time("rain", unit="month", measures="per_million")),
    "kwic": ("/kwic?q=rain&width=3&sort=left&limit=2&offset=1", lambda index: index.kwic("rain", width=3, sort="left", limit=2, offset=1)),
    "collocates": (
        "/collocates?q=rain&span=3&measure=ll&min_count=1&min_articles=2&limit=4&all_words=1",
        lambda index: index.collocates("rain", span=3, measure="ll", min_count=1, min_articles=2, limit=4, all_words=True),
    ),
    "keywords": (
        "/keywords?q=rain&against=hot&min_count=1&measure=logratio",
        lambda index: index.keywords("rain", against="hot", min_count=1, measure="logratio"),
    ),
    "stories": ("/stories?q=rain&sort=newest&min_outlets=2", lambda index: index.stories("rain", sort="newest", min_outlets=2)),
    "coverage": (
        f"/coverage?story={ID}&outlets=BBC&outlets=The+Post",
        lambda index: index.coverage(story=ID, outlets=["BBC", "The Post"]),
    ),
    "sample": (
        "/sample?q=rain&size=3&seed=7&by=outlet&equal=true&texts=false",
        lambda index: index.sample("rain", size=3, seed=7, by="outlet", equal=True, texts=False),
    ),
    "receipt": ("/receipt?q=rain&novel=1&now=2024-07-25T10:00", lambda index: index.receipt("rain", novel=True)),
    "tags": ("/tags", lambda index: index.tags()),
    "info": ("/info", lambda index: index.info()),
    "commit": ("/commit", lambda index: index.commit),
}  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with index_of(tmp_path_factory.mktemp("archive") / "index", *ARTICLES) as opened:
        yield opened


@pytest.mark.parametrize("name", CASES)
def test_an_endpoint_answers_as_its_method(index: Index, name: str) -> None:
    app = create_app(settings=ServerSettings(index=index.folder, show_paths=True))
    address, method = CASES[name]
    with CheckedClient(app) as client:
        found = client.get(f"/api{address}").json()
    expected = method(index).to_dict()
    if name in ("article", "article-by-key"):
        expected["boilerplate"] = list(index.boilerplate(expected["id"]))
        expected |= index.tags_of(expected["id"]).to_dict()
        expected["diagnostics"] = []
    if name == "receipt":  # the times at which it was made, and which "now" stood for
        for receipt in (found, expected):
            receipt["made"] = receipt["clock"] = ""
            receipt["searches"][0]["options"].pop("now", None)
    assert found == expected
    assert found != {}


def test_every_endpoint_with_a_method_is_compared() -> None:
    without = {
        "export",
        "fields",
        "words",
        "suggest",
        "searches",
        "saved-search",
        "tags-of-article",
    }  # other tests compare these
    assert {endpoint.name for endpoint in ENDPOINTS} - without == set(CASES)
