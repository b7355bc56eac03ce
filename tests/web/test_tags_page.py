"""Tags and notes on the pages: shown, given, taken, written, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

import newssearch
from newssearch import Index
from newssearch.archive import TAGS_FILE
from newssearch.web.pages import tags as tags_pages

from .conftest import FLOOD, STORM, SUN
from .parsed_pages import ParsedPage
from .saving import client_here, form_of
from .test_security import FOREIGN, served

ARTICLE = f"/article/{FLOOD.id}"


@pytest.fixture
def reader(archive: Path) -> Iterator[TestClient]:
    with client_here(archive) as client:
        yield client


def tagged(archive: Path, article_id: str) -> tuple[str, ...]:
    with newssearch.open(archive) as index:
        return index.tags_of(article_id).tags


def notes(archive: Path, article_id: str = FLOOD.id) -> list[tuple[str, str]]:
    with newssearch.open(archive) as index:
        return [(note.by, note.text) for note in index.tags_of(article_id).notes]


def token_of(client: TestClient) -> str:
    return str(form_of(client, "/?q=rain")["token"])


def sent(client: TestClient, **fields: Any) -> Any:
    """Return the answer to a form about the first article."""
    return client.post("/tags", data={"article": FLOOD.id, "token": token_of(client), **fields})


# ---- tags


def test_tags_are_given_and_taken_on_the_page_of_an_article(reader: TestClient, archive: Path) -> None:
    page = ParsedPage(reader, f"{ARTICLE}?q=rain")
    assert page.values("form.add-tags input", "value")[0] == FLOOD.id
    answer = sent(reader, do="add", tags="Checked, to do ,,", next=f"{ARTICLE}?q=rain#tags")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ARTICLE}?q=rain#tags")
    assert tagged(archive, FLOOD.id) == ("Checked", "to do")
    page = ParsedPage(reader, ARTICLE)
    assert page.links("section.tags-of a.tag") == {"Checked": "/?tag=Checked", "to do": "/?tag=to%20do"}
    assert sent(reader, do="remove", tags="checked").status_code == 303
    assert tagged(archive, FLOOD.id) == ("to do",)


def test_the_link_of_a_tag_leads_to_its_articles(reader: TestClient) -> None:
    sent(reader, do="add", tags="chapter 3 & more")
    (address,) = ParsedPage(reader, ARTICLE).values("section.tags-of a.tag", "href")
    found = ParsedPage(reader, address)
    assert (found.text("h1"), found.texts("li.chip")[0]) == ("1 article", "tag chapter 3 & more ×")


def test_hits_show_their_tags_and_notes(reader: TestClient) -> None:
    sent(reader, do="add", tags="checked")
    sent(reader, note="Hm.")
    page = ParsedPage(reader, "/?q=rain")
    assert page.texts("li.hit p.said") == ["Tags: checked 1 note"]
    links = page.links("li.hit p.said a")
    assert links == {"checked": "/?tag=checked", "1 note": f"{ARTICLE}?q=rain#tags"}


def test_the_ticked_hits_of_a_page_are_tagged_at_once(reader: TestClient, archive: Path) -> None:
    page = ParsedPage(reader, "/?q=rain&sort=oldest&page=1")
    assert page.values("li.hit input.pick", "value") == [FLOOD.id, STORM.id]
    assert set(page.values("li.hit input.pick", "form")) == {"tag-hits"}
    (after,) = page.tree.xpath("//form[@id='tag-hits']//input[@name='next']/@value")
    for do, expected in (("add", ("seen",)), ("remove", ())):
        answer = sent(reader, article=[FLOOD.id, STORM.id], do=do, tags="seen", next=after)
        assert answer.headers["location"] == "/?q=rain&sort=oldest&page=1"
        assert tagged(archive, FLOOD.id) == tagged(archive, STORM.id) == expected
    assert tagged(archive, SUN.id) == ()


def test_the_page_of_tags_counts_them_and_fields_offer_them(reader: TestClient) -> None:
    assert ParsedPage(reader, "/tags").text("h1") == "No tags"
    sent(reader, do="add", tags="rare, common")
    sent(reader, article=STORM.id, do="add", tags="common")
    page = ParsedPage(reader, "/tags")
    assert page.text("h1") == "2 tags"
    assert page.texts("ul.values li") == ["common2", "rare1"]
    assert ParsedPage(reader, page.links("p.meta a")["articles without a tag"]).text("h1") == "1 article"
    assert ParsedPage(reader, ARTICLE).values("datalist option", "value") == ["common", "rare"]


def test_many_tags_have_pages_orders_and_a_field_that_finds_some(
    reader: TestClient, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newssearch.web.pages.tags.TAGS_OF_PAGE", 10)
    with newssearch.open(archive) as index:
        index.tag(FLOOD.id, [f"town {number:02}" for number in range(24)])
        index.tag(STORM.id, ["town 23", "R&D"])
    page = ParsedPage(reader, "/tags")
    assert page.text("h1") == "25 tags"
    assert page.texts("ul.values li") == ["R&D1", *(f"town {number:02}1" for number in range(9))]
    last = ParsedPage(reader, page.links("nav.pages a")["3"])
    assert last.texts("ul.values li") == [f"town {number:02}{1 + (number == 23)}" for number in range(19, 24)]
    by_number = ParsedPage(reader, page.links("p.choices a")["most articles"])
    assert by_number.texts("ul.values li")[:2] == ["town 232", "R&D1"]
    (form,) = by_number.tree.xpath("//form[@action='/tags' and @method='get']")
    found = ParsedPage(reader, f"/tags?{urlencode({**dict(form.form_values()), 'find': 'TOWN 2'})}")
    assert found.texts("ul.values li") == ["town 232", "town 201", "town 211", "town 221"]
    assert found.text("h1") == "25 tags"
    assert "No tag has" in ParsedPage(reader, "/tags?find=<b>").text("div.empty")
    beyond = ParsedPage(reader, "/tags?page=9")
    assert (beyond.status, "There are only 3 pages" in beyond.text("div.empty")) == (200, True)


def test_an_answer_changes_with_the_tags(reader: TestClient) -> None:
    """Neither a browser nor the server keeps what tags have made untrue."""
    address = "/api/search?tag=checked&facets=outlet"
    first = reader.get(address)
    assert first.json()["total_articles"] == 0
    sent(reader, do="add", tags="checked")
    again = reader.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.json()["total_articles"]) == (200, 1)
    same = reader.get(address, headers={"If-None-Match": again.headers["etag"]})
    assert same.status_code == 304
    assert ParsedPage(reader, "/?q=tag:checked&share=1").text("h1") == "1 article"
    token = token_of(reader)
    reader.post("/searches", data={"q": "tag:checked", "name": "todo", "token": token})
    assert ParsedPage(reader, "/searches").text("li#todo p.count") == "1 article"
    feed = reader.get("/feed/todo.atom")
    sent(reader, article=STORM.id, do="add", tags="checked")
    assert ParsedPage(reader, "/searches").text("li#todo p.count") == "2 articles"
    assert (
        reader.get("/feed/todo.atom", headers={"If-None-Match": feed.headers["etag"]}).text.count("<entry>")
        == 2
    )


# ---- notes


def test_a_note_is_written_changed_and_removed(reader: TestClient, archive: Path) -> None:
    assert sent(reader, note="Second source?\r\nAsk.", by="Ada", next=ARTICLE).headers["location"] == ARTICLE
    assert notes(archive) == [("Ada", "Second source?\nAsk.")]
    page = ParsedPage(reader, ARTICLE)
    assert page.text("div.note p.meta").startswith("Ada")
    (before,) = page.values("div.note form.write-note input", "value")[2:3]
    assert sent(reader, note="Asked.", by="Ada", before=before).status_code == 303
    assert notes(archive) == [("Ada", "Asked.")]
    assert sent(reader, note="", by="Ada", before="Asked.").status_code == 303
    assert notes(archive) == []


def test_a_second_note_of_an_author_is_added_to_the_first(reader: TestClient, archive: Path) -> None:
    for text in ("One.", "Two."):
        assert sent(reader, note=text).status_code == 303
    sent(reader, note="Three.", by="Ada")
    assert notes(archive) == [("", "One.\n\nTwo."), ("Ada", "Three.")]


def test_a_name_in_either_form_of_unicode_is_one_author(reader: TestClient, archive: Path) -> None:
    for name in ("Zoe\u0308", "Zo\u00eb"):
        assert sent(reader, note=f"By {len(name)}.", by=name).status_code == 303
    assert notes(archive) == [("Zo\u00eb", "By 4.\n\nBy 3.")]


def test_a_note_that_somebody_has_changed_meanwhile_is_not_replaced(
    reader: TestClient, archive: Path
) -> None:
    sent(reader, note="One.", by="Ada")
    sent(reader, note="Changed by another.", by="Ada", before="One.")
    for note in ("Mine.", ""):
        answer = sent(reader, note=note, by="Ada", before="One.")
        assert answer.status_code == 409
        assert "has changed the note" in answer.text
    assert notes(archive) == [("Ada", "Changed by another.")]


@pytest.mark.parametrize(("before", "status"), [("", 303), ("One.", 409)])
def test_a_note_that_another_writes_at_the_same_moment_is_not_lost(
    reader: TestClient, archive: Path, monkeypatch: pytest.MonkeyPatch, before: str, status: int
) -> None:
    sent(reader, note="One.")
    original = Index.tag

    def tag(self: Any, *arguments: Any, **options: Any) -> Any:
        monkeypatch.setattr(Index, "tag", original)
        original(self, FLOOD.id, note="Two.")
        return original(self, *arguments, **options)

    monkeypatch.setattr(Index, "tag", tag)
    assert sent(reader, note="Three.", before=before).status_code == status
    assert notes(archive) == [("", "Two.\n\nThree." if status == 303 else "Two.")]


def test_the_text_of_a_note_is_text(reader: TestClient) -> None:
    text = "</textarea><script>alert(1)</script>\u202e\"'><img src=x>"
    sent(reader, note=text, by="<b>Ada</b>")
    page = ParsedPage(reader, ARTICLE)
    assert "<script>alert" not in page.source
    assert "<b>Ada" not in page.source
    assert "<img src=x" not in page.source
    (area,) = page.tree.xpath("//div[@class='note']//textarea")
    assert area.text.strip() == text.replace("\u202e", "\u202e")


# ---- what is refused

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"do": "add", "tags": ""}, "no tag is given"),
    ({"do": "add", "tags": "none"}, "tag:none finds"),
    ({"do": "add", "tags": "<b>"}, "cannot be a tag"),
    ({"do": "add", "tags": "x" * 65}, "more than 64"),
    ({"do": "add", "tags": ",".join(map(str, range(21)))}, "at most 20"),
    ({"do": "steal", "tags": "x"}, "cannot be"),
    ({"article": "", "do": "add", "tags": "x"}, "no article is chosen"),
    ({"article": [f"a{number}" for number in range(51)], "do": "add", "tags": "x"}, "at most 50 times"),
    ({"note": ""}, "the note is empty"),
    ({"note": "x", "tags": "y"}, "has a form of its own"),
    ({"note": "x", "by": "y" * 101}, "at most 100"),
    ({"note": "x" * 20_001}, "at most 20,000"),
    ({"note": "a\x00b"}, "control character"),
    ({"do": "add", "tags": "x", "colour": "red"}, "not known here"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "reason"), WRONG, ids=lambda value: str(value)[:40])
def test_what_is_no_tag_and_no_note_is_refused_with_the_reason(
    reader: TestClient, archive: Path, fields: dict[str, Any], reason: str
) -> None:
    answer = sent(reader, **fields)
    assert answer.status_code == 400
    assert reason.lower() in answer.text.lower()
    assert not (archive.parent / TAGS_FILE).exists()


def test_an_article_that_is_not_there_gets_no_tag(reader: TestClient, archive: Path) -> None:
    for wrong in ("none", "../x", "%00", "*"):
        assert sent(reader, article=wrong, do="add", tags="x").status_code == 404
        assert sent(reader, article=wrong, note="x").status_code == 404
    assert not (archive.parent / TAGS_FILE).exists()


def test_strangers_change_no_tag(archive: Path) -> None:
    with client_here(archive) as client:
        fields = {"article": FLOOD.id, "do": "add", "tags": "x", "token": token_of(client)}
        for headers in FOREIGN.values():
            assert client.post("/tags", data=fields, headers=headers).status_code == 403
        assert client.post("/tags", data={**fields, "token": "x"}).status_code == 403
        assert client.post("/tags", data={**fields, "note": "x" * tags_pages.MAX_TAG_FORM}).status_code == 413
        assert client.post("/tags", json=fields).status_code == 415
    with served(archive, client="192.0.2.7") as stranger:
        assert stranger.post("/tags", data=fields).status_code == 403
        for address in (ARTICLE, "/?q=rain"):
            assert 'action="/tags"' not in stranger.get(address).text
            assert 'class="pick"' not in stranger.get(address).text
    with client_here(archive, read_only=True) as client:
        assert client.post("/tags", data=fields).status_code == 403
        assert 'action="/tags"' not in client.get(ARTICLE).text
        assert "Nothing can be tagged here" in client.get("/tags").text
    assert not (archive.parent / TAGS_FILE).exists()


@pytest.mark.parametrize(
    "after",
    ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:alert(1)", "/\r\nX: y"],
)
def test_a_form_leads_to_no_other_site(reader: TestClient, after: str) -> None:
    assert sent(reader, do="add", tags="x", next=after).headers["location"] == "/"


def test_a_damaged_file_of_tags_keeps_nobody_from_reading(reader: TestClient, archive: Path) -> None:
    (archive.parent / TAGS_FILE).write_text("no tags")
    for address in (ARTICLE, f"{ARTICLE}?q=rain", "/?q=rain"):
        page = ParsedPage(reader, address)
        assert page.status == 200
        assert str(archive.parent) not in page.source
    assert "cannot be read" in ParsedPage(reader, ARTICLE).text("section.tags-of p.fault")
    for answer in (sent(reader, do="add", tags="x"), reader.get("/tags"), reader.get("/api/search?q=tag:x")):
        assert answer.status_code == 503
        assert str(archive.parent) not in answer.text
    assert (archive.parent / TAGS_FILE).read_text() == "no tags"


def test_the_forms_work_below_a_prefix(archive: Path) -> None:
    with client_here(archive, root_path="/archive") as client:
        page = ParsedPage(client, f"/archive{ARTICLE}")
        (form,) = page.tree.xpath("//form[@class='add-tags screen']")
        assert form.action == "/archive/tags"
        answer = client.post(form.action, data={**dict(form.form_values()), "tags": "x"})
        assert answer.headers["location"] == f"/archive{ARTICLE}#tags"
    assert tagged(archive, FLOOD.id) == ("x",)
