"""What an attacker tries with what can be saved over HTTP, and what becomes of it."""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import newssearch
from newssearch import SavedSearch
from newssearch.alerts.api import Alerts
from newssearch.alerts.collection import SavedSearches
from newssearch.system import atomic_files
from newssearch.web import ServerSettings, create_app
from newssearch.web.api.saving import MAX_SAVED_JSON
from newssearch.web.pages.save_form import MAX_SAVE_FORM
from newssearch.web.searches import changes
from newssearch.web.security.writing import FORM_SECONDS

from .saving import HERE, client_here, form_of, saved_from
from .test_security import FOREIGN, PASSWORD, TOKEN, assert_protected, served

JSON = {"Content-Type": "application/json"}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def reader(archive: Path) -> Iterator[TestClient]:
    with client_here(archive) as client:
        yield client


def names(archive: Path) -> list[str]:
    return [*SavedSearches(archive.parent).found().origins]


def posted(client: TestClient, **search: Any) -> Any:
    content = json.dumps({"name": "wet", "query": "rain", **search})
    return client.post("/api/searches", content=content, headers=JSON)


# ---- outputs

OUTPUTS = [
    "exec:touch owned", "shell:touch owned", "ndjson:/etc/cron.d/x", "atom:../x", "mail:a@example.org",
    "webhook:http://127.0.0.1/", "stdout",
]  # fmt: skip


@pytest.mark.parametrize("output", [*OUTPUTS, [], ["exec:x"], None, {}])
def test_no_output_can_be_set(reader: TestClient, archive: Path, output: object) -> None:
    answer = posted(reader, to=output)
    assert answer.status_code == 403
    assert answer.json()["parameter"] == "to"
    form = form_of(reader, "/?q=rain")
    for name in ("to", "outputs", "to[]"):
        assert reader.post("/searches", data={**form, name: str(output)}).status_code == 400
    assert names(archive) == []


@pytest.mark.parametrize("trick", [{"name": 'a"\nto = ["exec:x"]'}, {"label": 'a"\nto = ["exec:x"]'}, {"query": "a'\nto = ['exec:x']"}, {"query": 'a"""\nto = ["exec:x"]\n"""\x7f\x00\ud800'}, {"outlet": ['"]\nto = ["exec:x"]']}, {"since": '2024"\nto = ["exec:x"]'}, {"where": {'a"]\nto': ["exec:x"]}}, {"settings": {"to": ["exec:x"]}}, {"To": "exec:x"}])  # fmt: skip
def test_no_text_becomes_an_output(reader: TestClient, archive: Path, trick: dict[str, object]) -> None:
    answer = posted(reader, **trick)
    assert answer.status_code in (201, 400)
    for search in SavedSearches(archive.parent).all():
        assert search.to == ()


@pytest.mark.parametrize("to", [["exec:./notify"], ["stdout"]])
def test_a_search_with_outputs_is_neither_changed_nor_removed(
    reader: TestClient, archive: Path, to: list[str]
) -> None:
    file = newssearch.save_search(SavedSearch(name="wet", query="rain", to=tuple(to)), archive)
    before = file.read_bytes()
    token = form_of(reader, "/?q=rain")["token"]
    answers = [
        posted(reader, replace=True),
        reader.delete("/api/searches/wet"),
        saved_from(reader, "/?q=wind", name="wet", replace="true"),
        reader.post("/searches/wet/remove", data={"token": token}),
    ]
    for answer in answers:
        assert answer.status_code == 403
        assert "searches/wet.toml" in answer.text, "the place where it can be changed"
        assert "notify" not in answer.text
    assert file.read_bytes() == before
    assert "notify" not in reader.get("/searches").text + reader.get("/searches/wet/remove").text


def test_a_search_of_the_configuration_is_neither_changed_nor_removed(
    reader: TestClient, archive: Path
) -> None:
    (archive.parent / "newssearch.toml").write_text('[searches.wet]\nquery = "rain"\n')
    for answer in (posted(reader, replace=True), reader.delete("/api/searches/wet")):
        assert answer.status_code == 403
        assert "newssearch.toml" in answer.json()["detail"]
    assert not (archive.parent / "searches").exists()


def test_a_search_that_cannot_be_read_may_have_outputs(reader: TestClient, archive: Path) -> None:
    (archive.parent / "searches").mkdir()
    for text in ('to = ["exec:x"]\nquery = ', 'query = "x"\nfrom = "nonsense"\nto = ["exec:x"]'):
        file = archive.parent / "searches" / "wet.toml"
        file.write_text(text)
        assert posted(reader, replace=True).status_code == 409
        assert reader.delete("/api/searches/wet").status_code == 409
        assert file.read_text() == text


def test_a_search_that_gets_outputs_while_it_is_replaced_keeps_them(
    reader: TestClient, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process saves it between the look at it and the change."""
    original = Alerts.check

    def check(self: Any, index: Any, search: SavedSearch, timeout: float | None = None) -> Any:
        monkeypatch.setattr(Alerts, "check", original)
        newssearch.save_search(SavedSearch(name="wet", to="stdout"), archive)
        return original(self, index, search, timeout)

    monkeypatch.setattr(Alerts, "check", check)
    assert posted(reader, replace=True).status_code == 409
    assert SavedSearches(archive.parent).get("wet").to == ("stdout",)


# ---- who may write


def test_without_a_secret_only_this_machine_writes(archive: Path) -> None:
    with served(archive, client="192.0.2.7") as stranger:
        assert posted(stranger).status_code == 403
        assert 'action="/searches"' not in stranger.get("/?q=rain").text
        assert "Nothing can be saved here" in stranger.get("/searches").text
    with served(archive, client="127.0.0.1", hosts=("news.example.org",)) as proxied:
        for headers in (
            {"Host": "news.example.org"}, {"X-Forwarded-For": "192.0.2.7"}, {"Forwarded": "for=192.0.2.7"}, {"Via": "1.1 proxy"},
            {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Server": "proxy"}, {"CF-Connecting-IP": "192.0.2.7"},
            {"Origin": "https://news.example.org", "Sec-Fetch-Site": "same-origin"},
        ):  # fmt: skip
            answer = proxied.post("/api/searches", json={"name": "wet"}, headers=headers)
            assert answer.status_code == 403, headers
    assert names(archive) == []


def test_read_only_lets_nobody_write(archive: Path) -> None:
    newssearch.save_search(SavedSearch(name="dry", query="sun"), archive)
    with served(archive, client="127.0.0.1", token=TOKEN, read_only=True) as client:
        client.headers.update(BEARER)
        assert posted(client).status_code == 403
        assert client.delete("/api/searches/dry").status_code == 403
        assert "--read-only" in posted(client).json()["detail"]
        assert client.get("/searches/dry/remove").status_code == 403
        assert "/searches/dry/remove" not in client.get("/searches").text
    assert names(archive) == ["dry"]


def test_with_a_secret_who_has_it_writes_from_anywhere(archive: Path) -> None:
    with served(archive, token=TOKEN, password=PASSWORD) as client:
        assert posted(client).status_code == 401
        assert client.delete("/api/searches/wet").status_code == 401
        assert client.post("/searches", data={"name": "wet"}).status_code == 401
        assert client.post("/api/searches", json={"name": "wet"}, headers=BEARER).status_code == 201
        client.post("/login", data={"password": PASSWORD})
        assert saved_from(client, "/?q=rain", name="dry").status_code == 303
    assert names(archive) == ["dry", "wet"]


@pytest.mark.parametrize(
    "headers", [*FOREIGN.values(), {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_a_page_of_another_site_writes_nothing(archive: Path, headers: dict[str, str]) -> None:
    with client_here(archive, origins=("*",)) as client:
        form = form_of(client, "/?q=rain")
        assert client.post("/searches", data=form, headers=headers).status_code == 403
        assert client.post("/api/searches", json={"name": "wet"}, headers=headers).status_code == 403
        posted(client)
        assert client.delete("/api/searches/wet", headers=headers).status_code == 403
        asked = {"Access-Control-Request-Method": "DELETE", **headers}
        assert "DELETE" not in client.options("/api/searches/wet", headers=asked).headers.get("access-control-allow-methods", "")  # fmt: skip
    with served(
        archive, token=TOKEN, origins=("*",)
    ) as client:  # a page that has the token reads, and changes nothing
        asked = {**headers, **BEARER}
        assert client.post("/api/searches", json={"name": "dry"}, headers=asked).status_code == 403
    assert names(archive) == ["wet"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])  # fmt: skip
def test_what_a_form_of_another_site_can_send_is_not_a_search(reader: TestClient, media_type: str) -> None:
    answer = reader.post("/api/searches", content=b'{"name": "wet"}', headers={"Content-Type": media_type})
    assert answer.status_code == 415
    assert (
        reader.post("/searches", content=b"name=wet", headers={"Content-Type": "text/plain"}).status_code
        == 415
    )


# ---- the token of forms


def test_a_form_needs_its_token(reader: TestClient, archive: Path) -> None:
    form = form_of(reader, "/?q=rain")
    right = str(form.pop("token"))
    expires, _, signature = right.partition(".")
    wrong = [
        "",
        "x",
        f"{int(expires) + 1}.{signature}",
        f"{expires}.{'0' * 64}",
        right[:-1],
        f"{right}0",
        f"{expires}.",
        "٣.x",
    ]
    for token in wrong:
        answer = reader.post("/searches", data={**form, "token": token})
        assert answer.status_code == 403, token
        assert_protected(answer)
    assert reader.post("/searches", data=form).status_code == 403
    assert names(archive) == []
    assert reader.post("/searches", data={**form, "token": right}).status_code == 303


def test_a_token_ends_and_belongs_to_a_session(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import time  # the clock that is replaced

    with served(archive, password=PASSWORD) as client:
        client.post("/login", data={"password": PASSWORD})
        first = form_of(client, "/?q=rain")
        client.cookies.clear()
        client.post("/login", data={"password": PASSWORD})
        assert client.post("/searches", data=first).status_code == 403, "of another session"
    with client_here(archive) as client:
        form = form_of(client, "/?q=rain")
        now = time.time()
        with monkeypatch.context() as patched:
            patched.setattr(time, "time", lambda: now + FORM_SECONDS + 3601)
            assert client.post("/searches", data=form).status_code == 403
        assert client.post("/searches", data=form).status_code == 303
    with client_here(archive) as one, client_here(archive) as other:
        assert one.post("/searches", data=form_of(other, "/?q=rain")).status_code == 403, "of another server"


# ---- sizes and shapes


def test_what_is_too_large_is_refused(reader: TestClient, archive: Path) -> None:
    form = form_of(reader, "/?q=rain")
    assert reader.post("/searches", data={**form, "q": "x" * MAX_SAVE_FORM}).status_code == 413
    assert reader.post("/searches", data={**form, "outlet": ["x"] * 600}).status_code == 400
    assert reader.post("/searches", data={**form, "label": "x" * 201}).status_code == 400
    assert reader.post("/searches/wet/remove", data={**form, "q": "x" * 20_000}).status_code == 413
    assert posted(reader, query="x" * MAX_SAVED_JSON).status_code == 413
    assert posted(reader, label="x" * 201).status_code == 400

    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            yield b" " * 1000

    assert reader.post("/api/searches", content=endless(), headers=JSON).status_code == 413
    assert names(archive) == []


BODIES = [
    b"", b"{", b"[]", b"null", b'"x"', b"[" * 100_000, b"\xff\xfe", b'{"name": 5}', b'{"name": ["wet"]}', b'{"name": "wet", "replace": 1}',
    b'{"name": "wet", "query": 5}', b'{"name": "wet", "limit": 1e999}', b'{"name": "wet", "limit": NaN}', b'{"name": "wet", "limit": 0}',
    b'{"name": "wet", "since": "yesteryear"}', b'{"name": "wet", "outlet": {"a": 1}}', b'{"name": "wet", "where": [1]}', b'{"name": "wet", "colour": "red"}',
    b'{"name": "wet", "query": "colour:red"}', b'{"name": "wet", "label": "a\\nb"}', b'{"name": "wet", "label": "\\u202ea"}', b'{"name": "wet", "snippet": true}',
    b'{"name": "wet", "query": "((((((((((((((((((((((((((((((((((((((((((((((((rain", "literal": "yes"}', b'{"query": "rain"}',
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body[:30]))
def test_no_content_makes_the_server_fail(reader: TestClient, archive: Path, body: bytes) -> None:
    answer = reader.post("/api/searches", content=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert str(archive.parent) not in answer.text
    assert names(archive) == []


NAMES = [
    "../x",
    "..%2fx",
    "%2e%2e%2fx",
    "x/../../y",
    "x%00",
    "newssearch.toml",
    "oil.toml",
    "con",
    "~",
    ".",
    "..",
    "a" * 300,
    "%ff",
    "A",
    "x;y",
    "C:x",
]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_to_another_file(reader: TestClient, archive: Path, name: str) -> None:
    for place in ("x.toml", "newssearch.toml", "searches/oil.toml"):
        (archive.parent / place).parent.mkdir(exist_ok=True)
        (archive.parent / place).write_text("")
    before = sorted(str(file) for file in archive.parent.rglob("*"))
    assert posted(reader, name=name, replace=True).status_code in (400, 409)
    assert reader.delete(f"/api/searches/{name}").status_code in (403, 404, 405)
    token = form_of(reader, "/?q=rain")["token"]
    assert reader.post(f"/searches/{name}/remove", data={"token": token}).status_code in (404, 405)
    assert reader.get(f"/feed/{name}.atom").status_code in (400, 404)
    assert sorted(str(file) for file in archive.parent.rglob("*")) == before


@pytest.mark.parametrize("escaped", ["ud800", "u0000", "u001b"])
def test_a_query_that_no_file_can_keep_is_refused(reader: TestClient, archive: Path, escaped: str) -> None:
    body = f'{{"name": "wet", "query": "rain \\{escaped}"}}'
    answer = reader.post("/api/searches", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "query")
    assert not (archive / "searches").exists()


def test_there_are_so_many_searches_and_no_more(
    reader: TestClient, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MAX_SEARCHES", 2)
    for name in ("a", "b"):
        assert posted(reader, name=name).status_code == 201
    assert posted(reader, name="c").status_code == 409
    assert posted(reader, name="b", replace=True).status_code == 201
    assert names(archive) == ["a", "b"]


@pytest.mark.parametrize(("number", "status"), [(errno.EACCES, 503), (errno.EROFS, 503), (errno.ENOSPC, 507)])
def test_an_archive_that_cannot_be_written_says_so(
    reader: TestClient, archive: Path, monkeypatch: pytest.MonkeyPatch, number: int, status: int
) -> None:
    def fail(path: Path, content: bytes, mode: int | None = None) -> None:
        raise OSError(number, "no", str(path))

    monkeypatch.setattr(atomic_files, "replace", fail)
    answer = posted(reader)
    assert answer.status_code == status
    assert "cannot be written" in answer.json()["detail"]
    assert str(archive.parent) not in answer.text
    assert names(archive) == []


def test_an_alert_that_runs_is_waited_for_a_short_time(
    reader: TestClient, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newssearch.alerts.running import holding

    monkeypatch.setattr(changes, "MAX_WAIT_FOR_ALERT", 0.05)
    posted(reader)
    with holding(archive.parent / "alerts", "wet", 1):
        answers = [posted(reader, replace=True), reader.delete("/api/searches/wet")]
    for answer in answers:
        assert answer.status_code == 503
        assert "its alert is running" in answer.json()["detail"]
        assert answer.headers["retry-after"]
    assert names(archive) == ["wet"]


def test_of_many_that_save_one_name_at_once_one_succeeds(archive: Path) -> None:
    statuses: list[int] = []
    with client_here(archive, threads=4) as client:

        def save(number: int) -> None:
            statuses.append(posted(client, query=f"rain OR x{number}").status_code)

        threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(statuses) == [201, *[409] * 7]
    assert names(archive) == ["wet"]


def test_a_read_changes_nothing(reader: TestClient, archive: Path) -> None:
    newssearch.save_search(SavedSearch(name="wet", query="rain"), archive)
    before = {str(file): file.read_bytes() for file in archive.parent.rglob("*") if file.is_file()}
    for address in ("/searches", "/searches/wet", "/searches/wet/remove", "/feed/wet.atom", "/search.atom?q=rain", "/api/searches", "/api/searches/wet"):  # fmt: skip
        assert reader.get(address).status_code in (200, 303)
        assert reader.head(address).status_code in (200, 303)
    assert {str(file): file.read_bytes() for file in archive.parent.rglob("*") if file.is_file()} == before


def test_the_host_is_checked_before_anything_is_written(archive: Path) -> None:
    app = create_app(settings=ServerSettings(index=archive))
    with TestClient(app, base_url="http://evil.example:8080", client=("127.0.0.1", 5)) as client:
        assert posted(client).status_code == 421
    assert names(archive) == []
    assert HERE.startswith("http://127.0.0.1")
