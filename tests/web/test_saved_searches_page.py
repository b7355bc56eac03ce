"""Searches are saved from the page of their results, listed with what is new, and removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import newssearch
from newssearch import NONE, Request, SavedSearch
from newssearch.alerts.api import Alerts
from newssearch.config import parse_toml
from newssearch.web.searches.addresses import saved_search, search_pairs
from support import article

from .parsed_pages import ParsedPage
from .saving import client_here, form_of, saved_from

HAIL = article("Hail", "Hail and rain fell.", date="2024-07-27", outlet="The Echo")


@pytest.fixture
def reader(archive: Path) -> Iterator[TestClient]:
    with client_here(archive) as client:
        yield client


def settings_of(archive: Path, name: str) -> dict[str, object]:
    return parse_toml((archive.parent / "searches" / f"{name}.toml").read_text("utf-8"))


def row(page: ParsedPage, name: str) -> str:
    return page.text(f"li#{name}")


# ---- saving


def test_a_search_is_saved_with_all_that_its_address_says(reader: TestClient, archive: Path) -> None:
    address = "/?q=rain+w/9+wind+OR+hot&outlet=The+Post&outlet=(none)&section_not=World&since=-7d&names=1&sort=newest&group=false"
    assert form_of(reader, address)["name"] == "rain-w-9-wind-or-hot"
    answer = saved_from(reader, address, name="wet", label="Rain & <wind>")
    assert (answer.status_code, answer.headers["location"]) == (303, "/searches?saved=wet")
    assert settings_of(archive, "wet") == {
        "query": "rain w/9 wind OR hot", "label": "Rain & <wind>", "outlet": ["The Post", "(none)"], "not-section": ["World"],
        "since": "-7d", "names": True, "sort": "newest", "each-copy": True,
    }  # fmt: skip


def test_after_saving_the_list_says_what_it_finds(reader: TestClient) -> None:
    answer = saved_from(reader, "/?q=rain", label="Rain")
    page = ParsedPage(reader, answer.headers["location"])
    assert page.text("p.told") == "Saved Rain: it finds 2 articles now, which count as seen."
    assert page.text("h1") == "1 saved search"
    assert page.links("li#rain h2 a") == {"Rain": "/?q=rain"}
    assert reader.get("/searches/rain").headers["location"] == "/?q=rain"


def test_what_is_found_already_is_not_reported_later(reader: TestClient, archive: Path) -> None:
    saved_from(reader, "/?q=rain")
    with newssearch.open(archive) as index:
        index.add(HAIL)
    (report,) = newssearch.run_alerts(archive)
    assert [entry["title"] for entry in report.entries] == ["Hail"]


@pytest.mark.parametrize("name", ["", "Oil", "a b", "../x", "con", "x" * 65, "é", "a--b", "-a"])
def test_a_name_that_is_none_is_refused_beside_its_field(
    reader: TestClient, archive: Path, name: str
) -> None:
    answer = saved_from(reader, "/?q=rain&outlet=The+Echo", name=name, label="Rain")
    assert answer.status_code == 400
    fault = answer.text.partition('id="save-fault"')[2]
    assert ("a name is needed" if not name else "is not the name of a saved search") in fault
    assert 'value="The Echo"' in answer.text
    assert 'value="Rain"' in answer.text
    assert not list(archive.parent.glob("searches/*"))


def test_a_search_is_replaced_only_if_the_reader_says_so(reader: TestClient, archive: Path) -> None:
    saved_from(reader, "/?q=rain", name="wet")
    refused = saved_from(reader, "/?q=wind", name="wet")
    assert refused.status_code == 409
    assert "there is a search wet already" in refused.text
    assert 'name="replace"' in refused.text
    assert settings_of(archive, "wet")["query"] == "rain"
    assert saved_from(reader, "/?q=wind", name="wet", replace="true").status_code == 303
    assert settings_of(archive, "wet")["query"] == "wind"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("/?q=rain&since_run=true", "a saved search knows itself what is new"),
        ("/?q=rain&now=2024-07-25T10:00", "those of a saved search from each run"),
    ],
)
def test_a_search_that_cannot_be_saved_says_why_instead_of_a_form(
    reader: TestClient, address: str, reason: str
) -> None:
    page = ParsedPage(reader, address)
    assert reason in page.text("details.menu p.fault")
    assert not page.texts("form.save")
    token = form_of(reader, "/?q=rain")["token"]
    name, _, value = address.partition("&")[2].partition("=")
    answer = reader.post("/searches", data={"q": "rain", name: value, "name": "wet", "token": token})
    assert answer.status_code == 400
    assert f"saved search has no option {name}" in answer.text


def test_a_query_that_cannot_be_answered_is_not_saved(reader: TestClient, archive: Path) -> None:
    token = form_of(reader, "/?q=rain")["token"]
    answer = reader.post("/searches", data={"q": "colour:red", "name": "wet", "token": token})
    assert answer.status_code == 400
    assert "There is no field" in answer.text
    assert not list(archive.parent.glob("searches/*"))


def test_what_is_not_saved_is_said(reader: TestClient) -> None:
    page = ParsedPage(reader, "/?q=rain&all_paragraphs=true&strict=true")
    unsaved = "Not saved: every matching paragraph, leaving out articles with some of the words."
    assert any(note.endswith(unsaved) for note in page.texts("details.menu p.small"))


def test_a_search_without_hits_can_be_saved_too(reader: TestClient) -> None:
    answer = saved_from(reader, "/?q=hail")
    assert "it finds 0 articles now." in ParsedPage(reader, answer.headers["location"]).text("p.told")


SEARCHES = [
    SavedSearch(name="a"),
    SavedSearch(
        name="a", query='"rain" -sun', each_copy=True,
        request=Request(outlet=["The Echo", NONE], lang_not="ar", where={"pages": ">5", "theme": [NONE, "a=b"]}, on="2024-07", match="any", literal=False, sort="added"),
    ),
    SavedSearch(name="a", query="(rain", request=Request(novel=True, names=True, since="-7d", until="today")),
]  # fmt: skip


@pytest.mark.parametrize("search", SEARCHES)
def test_the_address_of_a_search_is_read_as_the_search(search: SavedSearch) -> None:
    from newssearch.web.parameters import read_parameters
    from newssearch.web.searches.addresses import SEARCH_PARAMETERS

    values = read_parameters(SEARCH_PARAMETERS, search_pairs(search))
    assert saved_search("a", "", values) == search


# ---- the list

QUERIES = [
    ("rain", {}), ("rain OR hot", {}), ('rain "x', {}), ("rain hot", {"match": "any"}), ("rain OR", {"literal": "1"}),
    ("rain", {"names": "1", "outlet": "The Echo"}), ("", {"outlet": "The Post"}), ("NOT rain", {}), ("rain w/3 wind", {"novel": "1"}),
]  # fmt: skip


@pytest.mark.parametrize(("query", "options"), QUERIES, ids=str)
def test_the_link_to_what_is_new_leads_to_as_many_articles(
    reader: TestClient, query: str, options: dict[str, str]
) -> None:
    found = reader.get("/api/search", params={"q": query, "strict": "true", **options}).json()
    saved_from(
        reader,
        str(
            reader.build_request(
                "GET", "/", params={name: value for name, value in (("q", query), *options.items()) if value}
            ).url
        ),
        name="a",
    )
    page = ParsedPage(reader, "/searches")
    number = found["total_articles"]
    assert row(page, "a").startswith(f"{number} article")
    if not number:
        assert "none new" in row(page, "a")
        return
    links = page.links("li#a p.meta a")
    assert list(links) == [f"{number} new"]
    assert ParsedPage(reader, links[f"{number} new"]).text("h1").split()[0] == str(number)


def test_new_and_unseen_count_what_they_say(reader: TestClient, archive: Path) -> None:
    saved_from(reader, "/?q=rain", name="wet")
    assert "unseen" not in row(ParsedPage(reader, "/searches"), "wet")
    with newssearch.open(archive) as index:
        index.add(HAIL)
    assert "3 new" in row(ParsedPage(reader, "/searches"), "wet")
    assert "1 unseen" in row(ParsedPage(reader, "/searches"), "wet")
    newssearch.run_alerts(archive)
    assert "unseen" not in row(ParsedPage(reader, "/searches"), "wet")


def test_an_old_article_is_not_new(
    reader: TestClient, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newssearch.alerts import counting

    saved_from(reader, "/?q=rain", name="wet")
    monkeypatch.setattr(counting, "RECENT", "..2020")
    assert "2 articles" in row(ParsedPage(reader, "/searches"), "wet")
    assert "none new" in row(ParsedPage(reader, "/searches"), "wet")


def test_a_search_of_the_configuration_is_listed_with_the_kinds_of_its_outputs(
    reader: TestClient, archive: Path
) -> None:
    (archive.parent / "newssearch.toml").write_text(
        '[searches.desk]\nquery = "rain"\nto = ["exec:./secret --key K", "mail:chief@example.org", "mail:b@example.org"]\n'
    )
    page = ParsedPage(reader, "/searches")
    assert "to exec, mail" in row(page, "desk")
    assert "newssearch.toml [searches.desk]" in row(page, "desk")
    assert "Remove" not in row(page, "desk")
    for secret in ("secret", "chief"):
        assert secret not in page.source
        assert secret not in reader.get("/api/searches").text


def test_a_search_that_is_not_in_order_says_so_and_the_others_are_counted(
    reader: TestClient, archive: Path
) -> None:
    saved_from(reader, "/?q=rain", name="wet")
    (archive.parent / "searches" / "broken.toml").write_text("query = ")
    (archive.parent / "searches" / "field.toml").write_text('query = "colour:red"')
    (archive.parent / "searches" / "secret.toml").write_text(
        'query = "x"\nto = ["webhook:http://T0KEN"]\nlimit = 0'
    )
    (archive.parent / "alerts" / "gone.state").write_bytes(b"damaged")
    (archive.parent / "searches" / "gone.toml").write_text('query = "rain"')
    page = ParsedPage(reader, "/searches")
    assert page.status == 200
    assert "2 articles" in row(page, "wet")
    assert "newssearch saved broken" in row(page, "broken")
    assert "there is no field" in row(page, "field")
    assert "newssearch alert reset gone" in row(page, "gone")
    assert "T0KEN" not in page.source
    assert str(archive.parent) not in page.source


def test_searches_that_there_is_no_time_to_count_are_counted_by_the_next_page(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newssearch.web.pages import saved_searches

    with client_here(archive) as reader:
        for number in range(5):
            saved_from(reader, f"/?q=rain{number}+OR+wind", name=f"s{number}")
        monkeypatch.setattr(saved_searches, "COUNTING_SECONDS", 0.0)
        page = ParsedPage(reader, "/searches")
        assert page.links("a")["Count the other 5"] == "/searches"
        assert "not counted yet" in row(page, "s0")
        monkeypatch.undo()
        assert "not counted yet" not in ParsedPage(reader, "/searches").source
        monkeypatch.setattr(saved_searches, "COUNTING_SECONDS", 0.0)
        assert "1 article" in row(ParsedPage(reader, "/searches"), "s4"), "counted before, at this commit"


def test_markup_in_a_label_is_text(reader: TestClient) -> None:
    label = "<script>alert(1)</script>\"'><img src=x>"
    saved_from(reader, "/?q=rain", name="wet", label=label)
    for address in ("/searches?saved=wet", "/searches/wet/remove"):
        page = ParsedPage(reader, address)
        assert "<script>alert" not in page.source
        assert "<img src=x" not in page.source
    assert ParsedPage(reader, "/searches").text("li#wet h2") == label


# ---- removing


def test_a_search_is_removed_after_the_reader_has_confirmed_it(reader: TestClient, archive: Path) -> None:
    saved_from(reader, "/?q=rain", name="wet")
    address = ParsedPage(reader, "/searches").links("li#wet p.actions a")["Remove"]
    assert "forgets 2 articles" in ParsedPage(reader, address).source
    assert (archive.parent / "searches" / "wet.toml").exists(), "asking removes nothing"
    answer = reader.post(address, data=form_of(reader, address, address))
    assert (answer.status_code, answer.headers["location"]) == (303, "/searches?removed=wet")
    page = ParsedPage(reader, answer.headers["location"])
    assert page.text("p.told") == "Removed wet."
    assert page.text("h1") == "No saved searches"
    assert not Alerts(archive).searches.origins()
    assert not list(archive.parent.glob("alerts/*.state"))


def test_a_search_that_is_not_there_is_not_removed(reader: TestClient) -> None:
    token = form_of(reader, "/?q=rain")["token"]
    for address in ("/searches/none/remove", "/searches/none"):
        assert reader.get(address).status_code == 404
    assert reader.post("/searches/none/remove", data={"token": token}).status_code == 404


def test_the_pages_work_below_a_prefix(archive: Path) -> None:
    with client_here(archive, root_path="/archive") as reader:
        data = form_of(reader, "/archive/?q=rain", "/archive/searches")
        answer = reader.post("/archive/searches", data=data)
        assert answer.headers["location"] == "/archive/searches?saved=rain"
        page = ParsedPage(reader, "/archive/searches")
        assert set(page.links("li#rain a").values()) == {
            "/archive/?q=rain", "/archive/feed/rain.atom", "/archive/api/search?q=rain", "/archive/searches/rain/remove",
            "/archive/?q=(rain)%20AND%20added:-1d&sort=added",
        }  # fmt: skip
