"""What a page says of an address that asks in vain, for parameters that no view knows or values that one cannot have."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urldefrag, urlsplit

import pytest
from starlette.testclient import TestClient

from newssearch.web import create_app
from support import article, index_of

from .parsed_pages import ParsedPage

COPY = "The river rose over night and three villages were cut off from the road to the capital."
ARTICLES = [
    article("Flood in the valley", COPY, "Rain fell.", date="1994-07-25", outlet="The Echo", section="World", lang="en"),
    article("Flood", COPY, "More rain.", date="2024-07-26", outlet="The Post", section="World", lang="en"),
    article("Dry month", "No rain fell in August.", date="2024-08-10", outlet="The Post", section="Science"),
    article("Umbrella", "Rain, they say.", outlet="The Post"),
]  # fmt: skip
NOTES = "ul.remarks li p"
VIEWS = "/", "/context", "/words", "/stories", "/compare"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Yield a client of an application with four articles, two of which are copies."""
    folder = tmp_path_factory.mktemp("archive") / "index"
    index_of(folder, *ARTICLES).close()
    with TestClient(create_app(folder), base_url="http://127.0.0.1") as client:
        yield client


def left_out(reader: TestClient, page: ParsedPage) -> ParsedPage:
    """Return the page that the link of the only remark leads to."""
    return ParsedPage(reader, page.links("a.remove-parameter")["Leave it out"])


@pytest.mark.parametrize("path", [*VIEWS, "/about", "/help"])
def test_a_parameter_that_a_view_does_not_know_is_remarked_on(reader: TestClient, path: str) -> None:
    query = {} if path in ("/about", "/help") else {"q": "rain"}
    page = ParsedPage(reader, path, **query, colour="<b>red</b>")
    assert (page.status, page.texts(NOTES)) == (
        200,
        ["This view does not know the parameter 'colour' Leave it out"],
    )
    (address,) = page.values("a.remove-parameter", "href")
    assert address == path + ("?q=rain" if query else "")
    assert not left_out(reader, page).texts(NOTES)


def test_the_name_that_may_be_meant_is_a_link(reader: TestClient) -> None:
    page = ParsedPage(reader, "/?q=rain&outlets=The+Echo")
    assert page.texts(NOTES) == [
        "This view does not know the parameter 'outlets'; did you mean outlet? Leave it out"
    ]
    assert page.text("h1") == "4 articles"
    assert ParsedPage(reader, page.links(NOTES + " a")["outlet"]).text("h1") == "1 article"
    assert not ParsedPage(reader, "/?q=rain&outlets=The+Echo&outlet=The+Post").links(NOTES + " a").keys() - {
        "Leave it out"
    }


def test_many_unknown_parameters_are_one_remark(reader: TestClient) -> None:
    many = "&".join(f"x{number}=1" for number in range(300))
    page = ParsedPage(reader, f"/?q=rain&{many}")
    assert page.texts(NOTES) == [
        "This view does not know the parameters 'x0', 'x1', 'x2' and 297 others Leave them out"
    ]
    assert page.values("a.remove-parameter", "href") == ["/?q=rain"]


@pytest.mark.parametrize("path", ["/", "/compare"])
@pytest.mark.parametrize(
    "wrong", ["unit=fortnight", "unit=Month", "lang=en&lang_not=en", "match=some", "since=nonsense"]
)
def test_a_value_that_a_parameter_cannot_have_is_refused_and_can_be_left_out(
    reader: TestClient, path: str, wrong: str
) -> None:
    page = ParsedPage(reader, f"{path}?q=rain&{wrong}&literal=true")
    name, _, value = wrong.partition("=")
    if name in ("unit", "match"):
        assert page.status == 400
        assert f"The parameter {name} cannot be {value!r}; the choices are: " in page.text(NOTES)
        assert page.links("a.remove-parameter") == {"Leave it out": f"{path}?q=rain&literal=true"}
        assert left_out(reader, page).status == 200
    else:  # a filter, which has a chip
        assert "a.remove-parameter" not in page.source
        assert page.texts("ul.chips li.chip a")


def test_a_value_that_is_given_twice_can_be_left_out(reader: TestClient) -> None:
    page = ParsedPage(reader, "/?q=rain&sort=newest&sort=oldest")
    assert (page.status, page.text(NOTES)) == (400, "The parameter sort is given more than once Leave it out")
    assert left_out(reader, page).status == 200


@pytest.mark.parametrize("path", ["/", "/compare"])
def test_a_unit_with_too_many_bars_is_remarked_on(reader: TestClient, path: str) -> None:
    page = ParsedPage(reader, f"{path}?q=rain&unit=day")
    assert page.text(NOTES) == "A chart by day would have too many bars: it is by quarter Leave it out"
    assert not left_out(reader, page).texts(NOTES)
    for shown in ("unit=month", "unit=day&since=2024-07", "unit=year&on=2024-07"):
        assert not ParsedPage(reader, f"{path}?q=rain&{shown}").texts(NOTES), shown


def test_a_facet_that_no_panel_lists_is_remarked_on(reader: TestClient) -> None:
    page = ParsedPage(reader, "/?q=rain&facet=publisher&find=x")
    assert (
        page.text(NOTES)
        == "No facet 'publisher' can be listed here; the facets are: outlet, source, section, lang Leave it out"
    )
    assert page.values("a.remove-parameter", "href") == ["/?q=rain"]
    assert (
        ParsedPage(reader, "/?q=rain&find=x").text(NOTES)
        == "The parameter find has no effect without facet Leave it out"
    )
    assert not ParsedPage(reader, "/?q=rain&facet=outlet&find=x").texts(NOTES)


def test_no_link_of_a_page_leads_to_a_remark_on_its_address(reader: TestClient) -> None:
    """Each link within the archive is followed, from pages whose addresses have everything that one can have."""
    everything = "q=rain&outlet=The+Post&since=1990&unit=year&share=true&sort=newest&limit=25&facet=outlet&find=e&strict=true"
    first = [
        f"/?{everything}", "/?q=flood", "/context?q=rain&sort=left&width=40&sample=3&seed=1&limit=20", "/words?q=rain&span=3&min_count=1&all_words=1",
        "/words?q=rain&show=keywords&min_count=1&against=flood", "/stories?q=flood&sort=newest&min_outlets=1", "/compare?q=rain&q=flood&unit=month&counts=1&lang=en",
    ]  # fmt: skip
    seen = set[tuple[str, frozenset[str]]]()
    for address in first:
        page = ParsedPage(reader, address)
        assert (page.status, page.texts(NOTES)) == (200, []), address
        for target in dict.fromkeys(urldefrag(link).url for link in page.values("a", "href")):
            parts = urlsplit(target)
            kind = parts.path.strip("/").split("/")[0]
            alike = (kind, frozenset(parse_qs(parts.query)))
            if alike in seen or not target.startswith("/") or kind in ("api", "static", "search.atom"):
                continue
            seen.add(alike)
            labels = ParsedPage(reader, target).values("ul.remarks", "aria-label")
            assert "Notes on the address" not in labels, (address, target)
            if kind in ("article", "story") and len(first) < 12:
                first.append(target)
    assert {kind for kind, _ in seen} >= {"", "article", "story", "context", "words", "compare"}


@pytest.mark.parametrize(
    ("address", "parameter", "said"),
    [
        ("/api/search?q=rain&colour=red", "colour", "there are: q, "),
        (
            "/api/over-time?q=rain&unit=fortnight",
            "unit",
            "the choices are: auto, year, quarter, month, week, day",
        ),
        ("/api/search?q=rain&sort=best", "sort", "the choices are: relevance, newest, oldest, added, id"),
        ("/api/suggest?q=rain&utm_source=x", "utm_source", "there are: "),
    ],
)
def test_the_api_refuses_them_with_what_there_is(
    reader: TestClient, address: str, parameter: str, said: str
) -> None:
    answer = reader.get(address)
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)
    assert answer.json()["suggestion"].startswith(said)
