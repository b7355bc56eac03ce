"""Answers as rows, and exports of all hits: whole, or not to be taken for whole."""

from __future__ import annotations

import csv
import http.client
import io
import itertools
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

import newssearch
from newssearch import Article, Hit, Index, Scan, SearchStoppedError
from newssearch.web import ServerSettings, create_app
from newssearch.web.api import exports
from newssearch.web.api.exports import EXPORT_TIME_LIMIT
from newssearch.web.pool import SearchLimits
from newssearch.web.server.protocol import BoundedProtocol
from support import Command, command, index_of

from .checked import CheckedClient

DAYS = [
    Article.create(
        title=f"=Day {n}",
        text=[f"Rain fell, on day {n}.", "More rain.", "Sun\x1b[31m."],
        date=f"2024-07-{n + 1:02}",
        outlet=("Echo", "+Post")[n % 2],
        url=f"u{n}",
        path=f"/home/me/{n}.zip",
        member="drafts/secret.txt",
        extra={"pages": n, "theme": ["a", "@b"]},
    )
    for n in range(25)
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with index_of(tmp_path_factory.mktemp("archive") / "index", *DAYS) as opened:
        yield opened


@pytest.fixture(scope="module")
def exporting(index: Index) -> Iterator[CheckedClient]:
    with CheckedClient(create_app(index.folder)) as client:
        yield client


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return command(capsys, monkeypatch)


def hits_without_paths(hits: Any) -> list[dict[str, object]]:
    return [{**hit.to_dict(), "path": None, "member": None} for hit in hits]


@given(
    query=st.sampled_from(["rain", "day -sun", "", "more OR sun", '"more rain"', "nothing"]),
    options=st.fixed_dictionaries(
        {},
        optional={
            "sort": st.sampled_from(["newest", "oldest", "id"]),
            "all_paragraphs": st.booleans(),
            "outlet": st.sampled_from(["Echo", "+Post"]),
            "group": st.booleans(),
            "since": st.just("2024-07-10"),
        },
    ),
    content=st.sampled_from(["snippets", "texts"]),
)
@settings(max_examples=25)
def test_an_export_has_all_hits_of_a_scan(
    index: Index, exporting: CheckedClient, query: str, options: dict[str, Any], content: Any
) -> None:
    if options.get("all_paragraphs"):
        options.pop("group", None)
    expected = hits_without_paths(index.scan(query, content=content, **options))
    parameters = {"q": query, "content": content, **options}
    lines = exporting.get("/api/export", params=parameters)
    assert [json.loads(line) for line in lines.text.splitlines()] == expected
    assert lines.headers["x-total-rows"] == str(len(expected))
    table = exporting.get("/api/export", params={**parameters, "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert [(row["id"], int(row["paragraph"])) for row in rows] == [(hit["id"], hit["paragraph"]) for hit in expected]  # fmt: skip
    assert table.headers["x-total-rows"] == str(len(expected))


def test_no_cell_is_a_formula_and_no_row_tells_a_path(exporting: CheckedClient) -> None:
    answer = exporting.get("/api/export", params={"q": "rain", "format": "csv", "sort": "id"})
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert {row["title"][:5] for row in rows} == {"'=Day"}
    assert {row["outlet"] for row in rows} == {"Echo", "'+Post"}
    assert {(row["path"], row["theme"], "\x1b" in row["text"]) for row in rows} == {("", "a; @b", False)}
    assert {int(row["pages"]) for row in rows} == {*range(25)}
    for path in ("/api/export?format=csv", "/api/export", "/api/search?q=rain", f"/api/article/{DAYS[3].id}"):
        text = exporting.get(path).text
        assert "=Day" in text
        assert not any(secret in text for secret in ("/home/me", "secret.txt"))


def test_paths_are_told_if_the_server_may(index: Index) -> None:
    app = create_app(settings=ServerSettings(index=index.folder, show_paths=True))
    with CheckedClient(app) as client:
        for format_ in ("csv", "ndjson"):
            text = client.get(f"/api/export?format={format_}").text
            assert "/home/me/3.zip" in text
            assert "secret.txt" in text


def test_the_same_commit_has_the_same_bytes(exporting: CheckedClient) -> None:
    for format_ in ("csv", "ndjson"):
        first = exporting.get(f"/api/export?q=rain&format={format_}")
        assert exporting.get(f"/api/export?q=rain&format={format_}").content == first.content
        known = {"If-None-Match": first.headers["etag"]}
        assert exporting.get(f"/api/export?q=rain&format={format_}", headers=known).status_code == 304


def test_an_export_goes_on_behind_a_hit(exporting: CheckedClient) -> None:
    lines = exporting.get("/api/export?q=rain&sort=oldest").text.splitlines()
    address = "{id}#{paragraph}".format(**json.loads(lines[9]))
    rest = exporting.get("/api/export", params={"q": "rain", "sort": "oldest", "after": address})
    assert rest.text.splitlines() == lines[10:]
    assert rest.headers["x-total-rows"] == "15"


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("/search?q=rain&limit=3", "id"),
        ("/kwic?q=rain&limit=3", "address"),
        ("/count?q=rain&by=outlet", "outlet"),
        ("/count?q=rain&q=sun&by=month&by=outlet&measure=share", "month"),
        ("/over-time?q=rain&unit=month", "value"),
        ("/collocates?q=rain&min_count=1", "word"),
        ("/keywords?q=rain&min_count=1", "word"),
        ("/stories?q=rain", "story"),
        ("/coverage?q=rain", "outlet"),
        ("/sample?q=rain&size=4", "draw"),
        (f"/related/{DAYS[3].id}?limit=3", "id"),
    ],
)
@pytest.mark.parametrize("nothing", [False, True])
def test_the_rows_of_an_answer_are_those_of_its_json(
    exporting: CheckedClient, path: str, columns: str, nothing: bool
) -> None:
    path = f"/api{path.replace('=rain', '=rain day').replace('q=rain day&q', 'q=rain&q') if not nothing else path.replace('=rain', '=title:nosuch OR nosuch')}"
    whole = exporting.get(path).json()
    lines = exporting.get(f"{path}{'&' if '?' in path else '?'}format=ndjson")
    table = exporting.get(f"{path}{'&' if '?' in path else '?'}format=csv")
    objects = [json.loads(line) for line in lines.text.splitlines()]
    rows = list(csv.reader(io.StringIO(table.text, newline="")))
    assert rows[0][0] == columns
    assert len(rows) - 1 == len(objects) == int(lines.headers["x-total-rows"]) == int(table.headers["x-total-rows"])  # fmt: skip
    key = {"value": "periods", "id": "hits"}.get(columns, "rows")
    if "/count" not in path:
        assert objects == whole[key]
    for row, one in zip(rows[1:], objects, strict=True):
        assert len(row) == len(rows[0])
        assert {*one} == {*rows[0]} or key == "hits"


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["kwic", "rain", "-n", "5"], "/kwic?q=rain&limit=5"),
        (["query", "rain", "-n", "5"], "/search?q=rain&limit=5"),
        (["collocates", "rain", "--min", "1"], "/collocates?q=rain&min_count=1"),
        (["sample", "rain", "-n", "5"], "/sample?q=rain&size=5"),
        (["coverage", "rain"], "/coverage?q=rain"),
    ],
)
def test_csv_is_that_of_the_command_line(index: Index, cli: Command, words: list[str], path: str) -> None:
    printed = cli(*words, "--format", "csv", "--index", str(index.folder)).out
    app = create_app(settings=ServerSettings(index=index.folder, show_paths=True))
    with CheckedClient(app) as client:
        assert client.get(f"/api{path}&format=csv").text == printed


@pytest.mark.parametrize(
    ("query", "file"),
    [
        ('rain/../"x"', "export-rain-x.csv"),
        ("", "export.csv"),
        ("قطر\r\nSet-Cookie: a=b", "export-qtr-set-cookie-a-b.csv"),
        ("x" * 5_000, f"export-{'x' * 60}.csv"),
    ],
)
def test_the_file_is_named_after_the_query(exporting: CheckedClient, query: str, file: str) -> None:
    answer = exporting.get(
        "/api/export", params={"q": query, "format": "csv", **({"literal": True} if query else {})}
    )
    assert answer.headers["content-disposition"] == f'attachment; filename="{file}"'
    assert "set-cookie" not in answer.headers


def test_head_has_the_headers_alone(exporting: CheckedClient) -> None:
    answer = exporting.head("/api/export?q=rain")
    assert (answer.status_code, answer.content, answer.headers["x-total-rows"]) == (200, b"", "25")


def test_an_error_before_the_first_row_is_a_problem(exporting: CheckedClient) -> None:
    assert exporting.get("/api/export?q=colour:red").status_code == 400
    assert exporting.get("/api/export?q=rain&after=none%231").status_code == 404
    assert exporting.get("/api/export?q=rain&format=json").json()["parameter"] == "format"


# ---- exports that fail, over a real connection


@pytest.fixture
def port(index: Index) -> Iterator[int]:
    """Yield the port of a server in a thread."""
    yield from served(create_app(index.folder))


def served(app: Starlette) -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(app, http=BoundedProtocol, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def fail_at(monkeypatch: pytest.MonkeyPatch, error: Exception, number: int = 5) -> None:
    """Let the hit with this number fail, and each row be a part of its own."""
    made = Hit.to_dict
    calls = iter(range(1_000))

    def failing(hit: Hit) -> dict[str, object]:
        if next(calls) == number:
            raise error
        return made(hit)

    monkeypatch.setattr(Hit, "to_dict", failing)
    monkeypatch.setattr(exports, "ROWS_OF_A_PART", 1)


def read_export(port: int, path: str) -> tuple[bytes, bool]:
    """Return the bytes of an answer, and whether it ended as a whole one does."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 200
    try:
        return answer.read(), True
    except http.client.IncompleteRead as cut:
        return cut.partial, False
    finally:
        connection.close()


def test_an_export_that_ends_is_whole(port: int) -> None:
    content, whole = read_export(port, "/api/export?q=rain")
    assert (len(content.splitlines()), whole) == (25, True)


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (SearchStoppedError("stopped", EXPORT_TIME_LIMIT), 503, "The search took too long"),
        (OSError("the disk is gone: /home/me"), 500, "The server failed"),
    ],
)
def test_an_export_that_fails_says_so_in_its_last_line_and_does_not_end(
    port: int, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, title: str
) -> None:
    fail_at(monkeypatch, error)
    content, whole = read_export(port, "/api/export?q=rain")
    *lines, last = map(json.loads, content.splitlines())
    assert not whole
    assert len(lines) == 5
    assert (last["error"]["status"], last["error"]["title"]) == (status, title)
    assert b"/home/me" not in content


def test_a_table_that_fails_says_so_in_its_last_row_and_does_not_end(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newssearch.tabular.PART_SIZE", 1)
    fail_at(monkeypatch, SearchStoppedError("stopped", 1.0))
    content, whole = read_export(port, "/api/export?q=rain&format=csv")
    *rows, last = csv.reader(io.StringIO(content.decode(), newline=""))
    assert not whole
    assert (len(rows), rows[0][0], last[:2]) == (6, "id", ["#error", "The search took too long"])


def test_an_export_that_nobody_reads_any_more_ends(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Hit.to_dict
    ended, rows = threading.Event(), iter(range(10**9))
    closed = exports.Export.close

    def seen(export: exports.Export) -> None:
        closed(export)
        ended.set()

    def long(hit: Hit) -> dict[str, object]:
        next(rows)
        return {**made(hit), "text": "x" * 4_000_000}

    monkeypatch.setattr(Hit, "to_dict", long)
    monkeypatch.setattr(exports.Export, "close", seen)
    for port in served(create_app(index.folder)):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /api/export?q=rain HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            client.recv(1_000)
        assert ended.wait(30)
        assert next(rows) < 25


def test_exports_are_few_at_the_same_time(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newssearch.web.api.routes.MAX_EXPORTS", 0)
    with CheckedClient(create_app(index.folder)) as client:
        answer = client.get("/api/export")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert client.get("/api/search").status_code == 200


def test_while_an_export_is_made_others_are_answered_and_further_exports_are_refused(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released = threading.Event(), threading.Event()
    made = exports.Export.next_part

    def waiting(export: exports.Export) -> bytes | None:
        begun.set()
        assert released.wait(30)
        return made(export)

    monkeypatch.setattr(exports.Export, "next_part", waiting)
    monkeypatch.setattr("newssearch.web.api.routes.MAX_EXPORTS", 1)
    for port in served(create_app(index.folder)):
        with ThreadPoolExecutor(1) as reader:
            first = reader.submit(read_export, port, "/api/export?q=rain")
            try:
                assert begun.wait(30)
                assert status_of(port, "/api/commit") == 200
                assert status_of(port, "/api/export?q=rain") == 503
            finally:
                released.set()
            content, whole = first.result()
        assert (len(content.splitlines()), whole) == (25, True)
        assert status_of(port, "/api/export?q=rain") == 200


def status_of(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_a_scan_ends_when_its_client_has_gone(index: Index) -> None:
    limits = SearchLimits(time.monotonic() + 100, lambda: False)
    export = exports.Export(index, "rain", "ndjson", "snippets", limits, {}, show_paths=False)
    export.gone.set()
    with pytest.raises(SearchStoppedError):
        export.next_part()
    gone = SearchLimits(time.monotonic() + 100, lambda: True)
    with pytest.raises(SearchStoppedError):
        exports.Export(index, "rain", "ndjson", "snippets", gone, {}, show_paths=False)
    late = SearchLimits(0, lambda: False)
    with pytest.raises(SearchStoppedError):
        exports.Export(index, "rain", "ndjson", "snippets", late, {}, show_paths=False)


def test_an_export_with_fewer_rows_than_hits_fails(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = index.scan("rain")
    total = begin.total
    begin.close()
    kept = Scan.__init__

    def lacking(scan: Scan, hits: Any, commit: Any, found: int, *others: Any) -> None:
        kept(scan, itertools.islice(hits, found - 1), commit, found, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(Scan, "__init__", lacking)
    monkeypatch.setattr(Scan, "close", lambda scan: None)
    for port in served(create_app(index.folder)):
        content, whole = read_export(port, "/api/export?q=rain")
        assert not whole
        *rows, last = map(json.loads, content.splitlines())
        assert (len(rows), last["error"]["status"]) == (total - 1, 500)


def test_an_export_that_takes_too_long_says_so(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = exports.Export.__init__

    def late(export: exports.Export, *arguments: Any, **options: Any) -> None:
        begun(export, *arguments, **options)
        export.deadline = time.monotonic() - 1  # that of the scan is later, so that it goes on

    monkeypatch.setattr(exports.Export, "__init__", late)
    monkeypatch.setattr(exports, "LAST_LINE_SECONDS", 0.0)
    for port in served(create_app(index.folder)):
        assert not read_export(port, "/api/export?q=rain")[1]


def test_an_export_stays_at_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with index_of(tmp_path / "index", *DAYS[:5]) as index:
        made = Hit.to_dict

        def removing(hit: Hit) -> dict[str, object]:
            with newssearch.open(index.folder) as other:
                other.remove([DAYS[4].id])
            return made(hit)

        monkeypatch.setattr(Hit, "to_dict", removing)
        with CheckedClient(create_app(index.folder)) as client:
            assert len(client.get("/api/export?q=rain").text.splitlines()) == 5
            monkeypatch.setattr(Hit, "to_dict", made)
            assert len(client.get("/api/export?q=rain").text.splitlines()) == 4


def test_a_page_of_an_allowed_origin_can_read_the_number_of_rows(index: Index) -> None:
    app = create_app(settings=ServerSettings(index=index.folder, origins=("https://example.org",)))
    with CheckedClient(app) as client:
        answer = client.get("/api/export?q=rain", headers={"Origin": "https://example.org"})
    assert "X-Total-Rows" in answer.headers["access-control-expose-headers"]
