"""Feeds of searches, as feed readers read them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest
from starlette.testclient import TestClient

import newssearch
from newssearch import Request, SavedSearch
from newssearch.web.security.attempts import CLIENT_LIMIT
from support import article

from .parsed_pages import ParsedPage
from .saving import HERE, client_here
from .test_security import PASSWORD, TOKEN, assert_protected, served

GUESSES = CLIENT_LIMIT[0]
HAIL = article("Hail", "Hail & rain\x07 fell on <b>Basra</b>.", date="2024-07-27T10:00:00+03:00", outlet="The Echo", byline="Jane Doe", url="https://echo.example/hail")  # fmt: skip
TRAP = article("<script>alert(1)</script>", "Rain.", date="2023", url="javascript:alert(1)")


@pytest.fixture
def reader(archive: Path) -> Iterator[TestClient]:
    newssearch.save_search(
        SavedSearch(name="wet", query="rain", label="Rain & wind", to="atom:wet.xml"), archive
    )
    with client_here(archive) as client:
        yield client


def feed_at(client: TestClient, address: str, **headers: str) -> Any:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml"
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def add(archive: Path, *articles: newssearch.Article) -> None:
    with newssearch.open(archive) as index:
        for one in articles:
            index.add(one)


def test_a_feed_reader_reads_the_feed_of_a_saved_search(reader: TestClient, archive: Path) -> None:
    add(archive, HAIL)
    feed = feed_at(reader, "/feed/wet.atom")
    assert feed.version == "atom10"
    assert feed.feed.title == "Rain & wind"
    links = {(link.rel, link.href) for link in feed.feed.links}
    assert links == {("self", f"{HERE}/feed/wet.atom"), ("alternate", f"{HERE}/?q=rain")}
    assert [entry.title for entry in feed.entries] == ["Hail", "Storm", "Flood"], "what came last, first"
    hail = feed.entries[0]
    assert (hail.link, hail.author, hail.published) == (
        "https://echo.example/hail",
        "Jane Doe",
        "2024-07-27T10:00:00+03:00",
    )
    assert "<strong>rain</strong>" in hail.summary
    assert "&lt;b&gt;Basra&lt;/b&gt;" in hail.summary
    pages = [link.href for link in hail.links if link.rel == "related"]
    assert ParsedPage(reader, pages[0].removeprefix(HERE)).text("article h1") == "Hail"
    assert feed.feed.updated == hail.updated


def test_entries_have_the_ids_of_those_that_the_alert_delivers(reader: TestClient, archive: Path) -> None:
    add(archive, HAIL)
    newssearch.run_alerts(archive)
    delivered = feedparser.parse((archive.parent / "wet.xml").read_bytes())
    live = feed_at(reader, "/feed/wet.atom")
    assert delivered.feed.id == live.feed.id
    assert [entry.id for entry in delivered.entries] == [live.entries[0].id]


def test_ids_stay_when_the_index_is_rebuilt_and_the_server_restarts(archive: Path) -> None:
    for name, search in (("a", "rain"), ("b", "")):
        newssearch.save_search(SavedSearch(name=name, query=search), archive)
    addresses = ("/feed/a.atom", "/feed/b.atom", "/search.atom?q=rain")
    with client_here(archive) as client:
        before = [{entry.id for entry in feed_at(client, address).entries} for address in addresses]
    articles = []
    with newssearch.open(archive) as index:
        articles = list(index)
    import shutil

    shutil.rmtree(archive)
    with newssearch.create(archive) as index:
        for one in reversed(articles):
            index.add(one)
    with client_here(archive) as client:
        after = [{entry.id for entry in feed_at(client, address).entries} for address in addresses]
    assert before == after
    assert len(set().union(*before)) == sum(map(len, before)), "no id is that of another feed"


def test_what_has_not_changed_is_not_sent_again_nor_searched(
    reader: TestClient, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newssearch.alerts.live_feed import LiveFeed

    for address in ("/feed/wet.atom", "/search.atom?q=rain"):
        first = reader.get(address)
        tag = first.headers["etag"]
        assert reader.get(address).content == first.content
        with monkeypatch.context() as patched:
            patched.setattr(LiveFeed, "document", None)
            again = reader.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert_protected(again)
        add(archive, HAIL if address.startswith("/feed") else TRAP)
        assert reader.get(address, headers={"If-None-Match": tag}).status_code == 200
    tag = reader.get("/feed/wet.atom").headers["etag"]
    newssearch.save_search(SavedSearch(name="wet", query="rain", label="Other"), archive, replace=True)
    assert reader.get("/feed/wet.atom", headers={"If-None-Match": tag}).status_code == 200


def test_any_search_has_a_feed_which_its_page_names(reader: TestClient) -> None:
    page = ParsedPage(reader, "/?q=rain&outlet=The+Echo&sort=newest&page=1&unit=year")
    (address,) = page.values("link", "href")[-1:]
    assert page.values("link", "type")[-1] == "application/atom+xml"
    assert address == "/search.atom?q=rain&outlet=The%20Echo"
    feed = feed_at(reader, address)
    assert (feed.feed.title, [entry.title for entry in feed.entries]) == ("rain", ["Flood"])
    assert reader.get("/search.atom?q=colour:red").status_code == 400
    assert reader.get("/search.atom?q=rain&page=2").status_code == 400
    assert feed_at(reader, "/search.atom").entries


def test_a_feed_is_not_read_as_articles(reader: TestClient, archive: Path, tmp_path: Path) -> None:
    file = tmp_path / "saved.xml"
    file.write_bytes(reader.get("/feed/wet.atom").content)
    with newssearch.create(tmp_path / "other") as index:
        report = index.update([file])
    assert report.added == 0


def test_filters_copies_and_dates_of_a_search_hold_in_its_feed(archive: Path) -> None:
    copy = "The river rose over night and three villages were cut off from the road to the capital, the mayor said."
    add(
        archive,
        article("River", copy, outlet="The Echo", date="2024-08-01", url="u1"),
        article("River", copy, outlet="The Post", date="2024-08-02", url="u2"),
    )
    newssearch.save_search(SavedSearch(name="one", query="river mayor"), archive)
    newssearch.save_search(SavedSearch(name="each", query="river mayor", each_copy=True), archive)
    newssearch.save_search(
        SavedSearch(name="post", query="river mayor", request=Request(outlet="The Post")), archive
    )
    with client_here(archive) as client:
        numbers = [len(feed_at(client, f"/feed/{name}.atom").entries) for name in ("one", "each", "post")]
    assert numbers == [1, 2, 1]


def test_a_headline_is_text_and_no_address_runs_a_script(reader: TestClient, archive: Path) -> None:
    add(archive, TRAP)
    content = reader.get("/feed/wet.atom").text
    assert "<script>" not in content
    assert "javascript:" not in content
    entry = feedparser.parse(content, sanitize_html=False).entries[0]
    assert entry.link.startswith(f"{HERE}/article/")


def test_what_has_no_feed_is_a_problem(reader: TestClient, archive: Path) -> None:
    (archive.parent / "searches" / "broken.toml").write_text("query = ")
    for address, status in (
        ("/feed/none.atom", 404), ("/feed/wet", 404), ("/feed/wet.xml", 404), ("/feed/", 404), ("/feed/broken.atom", 409), ("/feed/wet.atom?q=x", 400),
    ):  # fmt: skip
        answer = reader.get(address)
        assert answer.status_code == status, address
        assert_protected(answer)
        assert str(archive.parent) not in answer.text


# ---- servers that ask for a secret


def basic(secret: str, user: str = "reader") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}


def test_a_feed_reader_gives_the_password_or_the_token(archive: Path) -> None:
    newssearch.save_search(SavedSearch(name="wet", query="rain"), archive)
    with served(archive, token=TOKEN, password=PASSWORD) as client:
        for address in ("/feed/wet.atom", "/search.atom?q=rain"):
            asked = client.get(address)
            assert asked.status_code == 401
            assert asked.headers["www-authenticate"] == 'Basic realm="newssearch", charset="UTF-8"'
            assert "Rain" not in asked.text
            for secret in (TOKEN, PASSWORD):
                assert client.get(address, headers=basic(secret)).status_code == 200
                assert client.get(address, headers=basic(secret, "")).status_code == 200
            assert client.get(address, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
            for wrong in ("", "x", PASSWORD[:-1], TOKEN + "x"):
                assert client.get(address, headers=basic(wrong)).status_code == 401
        client.post("/login", data={"password": PASSWORD})
        assert client.get("/feed/wet.atom").status_code == 200


def test_only_feeds_take_a_password_with_a_request(archive: Path) -> None:
    with served(archive, token=TOKEN, password=PASSWORD) as client:
        for address in (
            "/api/search?q=rain",
            "/api/searches",
            "/?q=rain",
            "/searches",
            "/feed",
            "/feedx/wet.atom",
        ):
            assert client.get(address, headers=basic(PASSWORD)).status_code in (303, 401)
        assert client.post("/api/searches", json={"name": "a"}, headers=basic(TOKEN)).status_code == 401


def test_passwords_of_feeds_are_guessed_as_slowly_as_at_the_login(archive: Path) -> None:
    newssearch.save_search(SavedSearch(name="wet", query="rain"), archive)
    with served(archive, token=TOKEN, password=PASSWORD) as client:
        statuses = [client.get("/feed/wet.atom", headers=basic("x")).status_code for _ in range(GUESSES + 2)]
        assert statuses == [401] * GUESSES + [429] * 2
        assert client.get("/feed/wet.atom", headers=basic(PASSWORD)).status_code == 429
        assert client.get("/feed/wet.atom", headers=basic(TOKEN)).status_code == 200, (
            "a token is too long to guess"
        )
        assert client.get("/feed/wet.atom").status_code == 401


@pytest.mark.parametrize(
    "credentials", ["", "Basic", "Basic ", "Basic !!!", "Basic \xff", "Basic eA==", "Basic " + "A" * 30_000]
)
def test_no_credentials_make_the_server_fail(archive: Path, credentials: str) -> None:
    with served(archive, password=PASSWORD) as client:
        answer = client.get("/feed/wet.atom", headers={b"Authorization": credentials.encode("latin-1")})
        assert answer.status_code == 401
