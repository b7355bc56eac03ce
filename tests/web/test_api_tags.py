"""Tags and notes over the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import newssearch
from newssearch.archive import TAGS_FILE
from newssearch.web.api.saving import MAX_TAGS_JSON

from .conftest import FLOOD, STORM
from .saving import client_here
from .test_security import FOREIGN, TOKEN, served


@pytest.fixture
def program(archive: Path) -> Iterator[TestClient]:
    with client_here(archive) as client:
        yield client


def test_a_program_tags_articles_and_reads_what_that_changed(program: TestClient, archive: Path) -> None:
    change = {
        "articles": [FLOOD.id.rpartition("-")[2], STORM.id],
        "add": ["checked", "to do"],
        "note": "Hm.",
        "author": "Ada",
    }
    report = program.post("/api/tags", json=change).json()
    assert (report["articles"], report["notes"], [one["articles"] for one in report["tags"]]) == (
        2,
        2,
        [2, 2],
    )
    again = program.post(
        "/api/tags", json={"articles": [STORM.id], "remove": ["CHECKED"], "note": "Ah.", "author": "Ada"}
    )
    assert [one["text"] for one in again.json()["replaced"]] == ["Hm."], "no note is lost unseen"
    with newssearch.open(archive) as index:
        said = index.tags_of(STORM.id)
        assert program.get("/api/tags").json() == index.tags().to_dict()
        assert program.get("/api/tags?contains=TO&limit=1").json() == index.tags("to", limit=1).to_dict()
        assert program.get("/api/tags?sort=articles&offset=1").json()["tags"] == [
            {"tag": "checked", "articles": 1, "missing": 0}
        ]
    assert program.get("/api/tags?limit=10001").status_code == 400
    assert program.get(f"/api/tags/{STORM.id}").json() == {"id": STORM.id, **said.to_dict()}
    assert (said.tags, said.notes[0].text) == (("to do",), "Ah.")
    assert program.get("/api/search?q=tag:checked").json()["total_articles"] == 1


def test_a_note_replaces_only_the_one_that_the_program_has_read(program: TestClient, archive: Path) -> None:
    change = {"articles": [FLOOD.id], "note": "One.", "author": "Ada", "replacing": ""}
    assert program.post("/api/tags", json=change).status_code == 200
    refused = program.post("/api/tags", json={**change, "note": "Two.", "add": ["x"]})
    assert (refused.status_code, refused.json()["parameter"]) == (409, "replacing")
    assert program.get("/api/tags").json()["tags"] == [], "nothing is changed, or everything"
    (present,) = program.get(f"/api/tags/{FLOOD.id}").json()["notes"]
    again = {**change, "note": "Two.", "replacing": present["text"]}
    assert program.post("/api/tags", json=again).json()["replaced"][0]["text"] == "One."
    assert program.post("/api/tags", json={**again, "replacing": None}).status_code == 200
    with newssearch.open(archive) as index:
        assert [note.text for note in index.tags_of(FLOOD.id).notes] == ["Two."]


WRONG: list[Any] = [
    None, [], "x", {}, {"articles": []}, {"articles": "x", "add": ["y"]}, {"articles": [1], "add": ["y"]}, {"articles": ["x"], "add": "y"},
    {"articles": [FLOOD.id]}, {"articles": [FLOOD.id], "add": ["none"]}, {"articles": [FLOOD.id], "add": ["<b>"]}, {"articles": [FLOOD.id], "note": 5},
    {"articles": [FLOOD.id], "note": "x", "author": None}, {"articles": [FLOOD.id], "note": "x", "replacing": 5}, {"articles": [FLOOD.id], "add": ["x"], "replacing": ""}, {"articles": [FLOOD.id], "note": "x" * 20_001}, {"articles": [FLOOD.id], "tags": ["x"]},
    {"articles": [str(number) for number in range(1001)], "add": ["x"]}, {"articles": [FLOOD.id], "add": ["x"], "remove": ["x"]},
]  # fmt: skip


@pytest.mark.parametrize("change", WRONG, ids=lambda change: str(change)[:50])
def test_what_is_no_change_of_tags_is_refused(program: TestClient, archive: Path, change: Any) -> None:
    headers = {"Content-Type": "application/json"}
    answer = program.post("/api/tags", content=json.dumps(change), headers=headers)
    assert answer.status_code == 400
    assert str(archive.parent) not in answer.text
    assert not (archive.parent / TAGS_FILE).exists()


def test_an_article_that_is_not_there_is_not_tagged(program: TestClient, archive: Path) -> None:
    answer = program.post("/api/tags", json={"articles": [FLOOD.id, "none"], "add": ["x"]})
    assert answer.status_code == 404
    assert not (archive.parent / TAGS_FILE).exists(), "nothing is changed, or everything"


def test_strangers_change_nothing(archive: Path) -> None:
    change = {"articles": [FLOOD.id], "add": ["x"]}
    with client_here(archive, origins=("*",)) as client:
        for headers in FOREIGN.values():
            assert client.post("/api/tags", json=change, headers=headers).status_code == 403
        assert client.post("/api/tags", data={"articles": FLOOD.id}).status_code == 415
        assert client.post("/api/tags", json={**change, "note": "x" * MAX_TAGS_JSON}).status_code == 413
    with served(archive, client="192.0.2.7") as stranger:
        assert stranger.post("/api/tags", json=change).status_code == 403
    with client_here(archive, read_only=True) as client:
        assert client.post("/api/tags", json=change).status_code == 403
    with served(archive, token=TOKEN) as client:
        assert client.post("/api/tags", json=change).status_code == 401
        assert not (archive.parent / TAGS_FILE).exists()
        headers = {"Authorization": f"Bearer {TOKEN}"}
        assert client.post("/api/tags", json=change, headers=headers).status_code == 200


def test_damaged_tags_are_left_out_of_answers_that_do_not_ask_for_them(
    program: TestClient, archive: Path
) -> None:
    (archive.parent / TAGS_FILE).write_text("no tags")
    note = "tags and notes are not shown: tags.jsonl cannot be read: line 1"
    for address in (
        "search?q=rain",
        f"article/{FLOOD.id}",
        f"article/{FLOOD.id}?q=rain",
        f"neighbours?address={FLOOD.id}&q=rain",
    ):
        answer = program.get(f"/api/{address}")
        assert answer.status_code == 200
        (said,) = answer.json()["diagnostics"]
        assert said["message"].startswith(note)
        assert str(archive.parent) not in answer.text
    for address in ("search?q=rain&format=", "related/{FLOOD.id}?format=", "export?q=rain&format="):
        table = program.get(f"/api/{address.replace('{FLOOD.id}', FLOOD.id)}csv").text.splitlines()
        assert table[0].endswith("story,copies")
        rows = program.get(f"/api/{address.replace('{FLOOD.id}', FLOOD.id)}ndjson").text.splitlines()
        assert len(rows) == len(table) - 1
        assert not any({"tags", "notes"} & json.loads(row).keys() for row in rows)
    for address in (
        "tags",
        f"tags/{FLOOD.id}",
        "search?q=tag:x",
        "search?tag=x",
        "search?facets=tag",
        "export?q=tag:x",
    ):
        answer = program.get(f"/api/{address}")
        assert answer.status_code == 503
        assert str(archive.parent) not in answer.text
    (archive.parent / TAGS_FILE).unlink()
    assert program.get(f"/api/article/{FLOOD.id}").json()["diagnostics"] == []
    assert program.get("/api/search?q=rain&format=csv").text.splitlines()[0].endswith("copies,tags,notes")
