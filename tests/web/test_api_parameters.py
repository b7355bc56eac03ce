"""What a request may ask: any other is refused with a problem that names the parameter, and none is ignored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newssearch import Index
from newssearch.web import create_app
from newssearch.web.api.endpoints import ENDPOINTS, Endpoint
from newssearch.web.parameters import Parameter
from support import index_of

from .checked import CheckedClient
from .test_api_openapi import ARTICLES, ID


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with index_of(tmp_path_factory.mktemp("archive") / "index", *ARTICLES) as opened:
        yield opened


@pytest.fixture(scope="module")
def asking(index: Index) -> Iterator[CheckedClient]:
    with CheckedClient(create_app(index.folder)) as client:
        yield client


@pytest.mark.parametrize(
    ("asked", "parameter", "detail"),
    [
        ("/search?limit=-1", "limit", "is a whole number, not '-1'"),
        ("/search?limit=1001", "limit", "is at most 1,000, not 1,001"),
        ("/search?limit=1.5", "limit", "is a whole number, not '1.5'"),
        ("/search?limit=٣", "limit", "is a whole number, not '٣'"),
        (f"/search?limit={'9' * 5_000}", "limit", "is a whole number, not "),
        ("/search?limit=3&limit=4", "limit", "is given more than once"),
        ("/search?q=a&q=b", "q", "is given more than once"),
        ("/search?sort=best", "sort", "cannot be 'best'"),
        ("/search?explain=maybe", "explain", "is true or false, not 'maybe'"),
        ("/search?now=today", "now", "is a date with a time, not 'today'"),
        ("/search?where=theme", "where", "is FIELD=VALUE, as in theme=economy, not 'theme'"),
        ("/search?Q=a", "Q", "is not known here"),
        ("/kwic", "q", "is missing"),
        ("/kwic?q=", "q", "is missing"),
        ("/kwic?q=rain&width=0", "width", "is at least 1, not 0"),
        ("/over-time?unit=hour", "unit", "cannot be 'hour'"),
        ("/count?measure=words", "measure", "cannot be 'words'"),
        ("/count?by=outlet&top=0", "top", "is at least 1, not 0"),
        ("/info?q=a", "q", "is not known here"),
        # combinations
        ("/search?literal=true", "literal", "has no effect without q"),
        ("/search?q=%20&names=1", "names", "has no effect without q"),
        ("/search?q=a&limit=0&sort=newest", "sort", "has no effect with limit=0, which asks for none"),
        ("/search?q=a&all_paragraphs=1&group=0", "group", "has no effect with all_paragraphs, which lists the paragraphs of every copy"),
        ("/export?all_paragraphs=1&group=0", "group", "has no effect with all_paragraphs, which lists the paragraphs of every copy"),
        ("/search?facets=outlet&format=csv", "facets", "has no effect with format=csv, which has only hits"),
        ("/kwic?q=a&limit=0&width=3", "width", "has no effect with limit=0, which asks for none"),
        ("/kwic?q=a&seed=3", "seed", "has no effect without sample"),
        ("/count?by=month&top=3", "top", "has no effect without a field in by: all periods are shown"),
        ("/count?measure=occurrences", "measure", "cannot be 'occurrences' without q: no word is counted"),
        (f"/coverage?story={ID}&literal=1&q=a", "literal", "has no effect with story"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(asking: CheckedClient, asked: str, parameter: str, detail: str) -> None:
    answer = asking.get(f"/api{asked}")
    problem = answer.json()
    assert answer.status_code == 400
    assert problem["parameter"] == parameter
    assert problem["detail"].startswith(f"the parameter {parameter} {detail}")
    assert len(answer.content) < 2_000


@pytest.mark.parametrize(
    "asked",
    [
        "/search?q=&limit=&sort=",
        "/search?limit=0&offset=0&sort=relevance",
        "/search?q=%ff%fe%zz%",
        "/search?q=%ed%a0%80",
        "/search?q=rain%00&outlet=%00",
        "/search?q=🌧️&byline=é",
        f"/search?q={'rain+' * 500}",
        f"/search?outlet={'x' * 10_000}",
        "/search?" + "&".join(f"outlet=o{n}" for n in range(500)),
        "/search?q=rain+-date:2024&now=0001-01-01T00:00",
    ],
)
def test_what_is_odd_is_answered(asking: CheckedClient, asked: str) -> None:
    assert asking.get(f"/api{asked}").status_code == 200


def test_an_unknown_address_is_a_problem(asking: CheckedClient) -> None:
    problem = asking.get("/api/serch?q=rain").json()
    assert (problem["status"], problem["suggestion"]) == (404, "did you mean /api/search?")
    assert asking.get("/api/").status_code == asking.get("/api/search/").status_code == 404
    answer = asking.post("/api/search", content="q=rain")
    assert (answer.status_code, answer.json()["status"]) == (405, 405)


def test_head_is_get_without_the_content(asking: CheckedClient) -> None:
    for path in ("/api/search?q=rain", "/api/info", "/api/search?q=colour:red", "/api/openapi.json"):
        got, head = asking.get(path), asking.head(path)
        assert head.status_code == got.status_code
        for name in ("content-type", "content-length", "etag", "cache-control"):
            assert head.headers.get(name) == got.headers.get(name)


@pytest.mark.parametrize("query", ["rain " * 5_000, "(" * 5_000, "a OR " * 3_000])
def test_a_query_that_is_too_long_is_refused(asking: CheckedClient, query: str) -> None:
    assert asking.get("/api/search", params={"q": query}).status_code in (400, 414)


WORDS = st.sampled_from(["rain", "", "sun OR", "(", '"', "a:b", "date:-7d", "date:2024", "x" * 300, "/[/", "caps(", "*", "rain~2", "w/3", "\x00", "\u202e", "😀", "theme:a", "NOT", "outlet:x", "-", "1e999", "nan", "none"])  # fmt: skip
NUMBERS = st.sampled_from(["0", "1", "2", "7", "-1", "1e3", "", "99999999999999999999", "٣", "5"])
MOMENTS = st.sampled_from(
    ["2024-07-25T14:30", "2024-07-25", "0001-01-01T00:00", "9999-12-31T23:59:59+14:00", "x", "2024-07-25T14:30Z"]
)  # fmt: skip
DATES = st.sampled_from(["2024", "2024-07", "-7d", "yesterday", "last month", "0001", "9999-12-31", "x", ""])
FACETS = st.sampled_from(
    ["outlet", "outlet:2", "month:all", "theme~a", "x", "outlet~", ":", "pages", "day:0"]
)
WHERE = st.sampled_from(["theme=a", "pages=>3", "pages=1..x", "=", "theme=(none)", "added=x", "quota=nan"])


def values_of(parameter: Parameter) -> st.SearchStrategy[str]:
    """Return a strategy of values of a parameter, some of them wrong."""
    if parameter.name in ("since", "until", "on"):
        return DATES
    kinds: dict[str, st.SearchStrategy[str]] = {
        "number": NUMBERS, "decimal": NUMBERS, "flag": st.sampled_from(["1", "0", "true", "x"]), "moment": MOMENTS,
        "facets": FACETS, "where": WHERE,
    }  # fmt: skip
    choices = [st.sampled_from(list(parameter.choices))] if parameter.choices else []
    named = [st.sampled_from(["outlet", "month", "theme", "pages"])] if parameter.name == "by" else []
    return kinds.get(parameter.kind, st.one_of(*choices, *named, WORDS))


@st.composite
def requests(draw: st.DrawFn) -> str:
    """Return the address of a request, with parameters of its endpoint and sometimes others."""
    endpoint: Endpoint = draw(st.sampled_from(ENDPOINTS))
    chosen = draw(st.lists(st.sampled_from([*endpoint.parameters, Parameter("more", "text", "")]), max_size=5))  # fmt: skip
    required = [one for one in endpoint.parameters if one.required]
    pairs = [(one.name, draw(values_of(one))) for one in (*required, *chosen)]
    path = endpoint.path.replace("{id}", draw(st.sampled_from([ID, ARTICLES[3].id, "x", "#", "a/b", "%00"])))
    return f"/api{path.replace('#', '%23')}?{urlencode(pairs)}"


@given(requests())
@settings(max_examples=150)
def test_any_request_has_an_answer_or_a_problem(asking: CheckedClient, address: str) -> None:
    answer = asking.get(address)
    assert answer.status_code in (200, 400, 404), (address, answer.text)


OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "sort": st.sampled_from(["relevance", "newest", "oldest", "id"]),
    "limit": st.integers(1, 5),
    "offset": st.integers(0, 3),
    "outlet": st.lists(st.sampled_from(["The Echo", "The Post", "x"]), min_size=1, max_size=2),
    "source_not": st.just(["Reuters"]),
    "since": st.sampled_from(["2024", "2024-07-26"]),
    "where": st.just({"theme": "a"}),
    "facets": st.lists(st.sampled_from(["outlet", "month", "theme"]), min_size=1, unique=True),
    "explain": st.booleans(),
    "strict": st.booleans(),
    "group": st.booleans(),
    "snippet": st.integers(0, 300),
}


@given(st.sampled_from(["rain", "rain OR sun", "kaddafi", "wind -sun", ""]), st.fixed_dictionaries({}, optional=OPTIONS))  # fmt: skip
@settings(max_examples=60)
def test_an_answer_is_that_of_the_method_with_the_same_options(
    index: Index, asking: CheckedClient, query: str, options: dict[str, Any]
) -> None:
    sent = {name: [f"{key}={one}" for key, one in value.items()] if name == "where" else value for name, value in options.items()}  # fmt: skip
    found: Any = asking.get("/api/search", params={"q": query, **sent}).json()
    expected: Any = index.search(query, **options).to_dict()
    for hit in (*expected["hits"], *expected["more"], *(expected["corrected"] or {"hits": ()})["hits"]):
        hit["path"] = hit["member"] = None
    assert found == expected
