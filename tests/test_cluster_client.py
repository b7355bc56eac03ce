"""The client of a cluster against a server that answers by a script: what no real node can be made to say at the wanted moment."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from newssearch import (
    IndexNotFoundError,
    IndexUnreachableError,
    IndexVersionError,
    IndexWriteError,
    SearchStoppedError,
)
from newssearch.cli.opening import opened_index
from newssearch.engines.opensearch import bulk, lock, transport
from newssearch.engines.opensearch import client as client_module
from newssearch.engines.opensearch.address import cluster_address
from newssearch.engines.opensearch.bulk import Action
from newssearch.engines.opensearch.client import Client, PointInTime
from newssearch.engines.opensearch.connection_settings import ConnectionSettings
from newssearch.engines.opensearch.failures import ConflictError, PointInTimeLostError
from newssearch.stopping import StopCheck

WHOLE = {"total": 3, "successful": 3, "skipped": 0, "failed": 0}
FOUND = {"_shards": WHOLE, "timed_out": False, "hits": {"total": {"value": 7, "relation": "eq"}}}


class Said(NamedTuple):
    """One answer of the server. Without a status, the connection is closed after the request was read."""

    status: int | None
    body: Any = None
    headers: dict[str, str] = {}  # noqa: RUF012  (not changed)
    after: threading.Event | None = None


class Asked(NamedTuple):
    """One request to the server."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]


class Server(ThreadingHTTPServer):
    """Answers by a list, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[Said] = []
        self.asked: list[Asked] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients go away as they like."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request after the other of a connection."""

    protocol_version = "HTTP/1.1"
    server: Server

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(Asked(self.command, self.path, body, dict(self.headers)))
        said = self.server.script.pop(0)
        if said.after is not None:
            said.after.wait(60)
        if said.status is None:
            self.close_connection = True
            return
        content = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
        self.send_response(said.status)
        for name, value in {"Content-Length": str(len(content)), **said.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer  # noqa: N815  (names of the standard library)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        thread = threading.Thread(target=found.serve_forever, args=[0.01])
        thread.start()
        yield found
        found.shutdown()
        thread.join()
    assert not found.script, "these answers were not asked for"


@pytest.fixture
def client(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Yield a client that does not wait long between attempts."""
    for module in (transport, bulk):
        monkeypatch.setattr(module, "FIRST_PAUSE", 0.001)
    found = Client(
        cluster_address(f"opensearch+http://127.0.0.1:{server.server_address[1]}/news"), ConnectionSettings()
    )
    yield found
    found.close()


def error(kind: str, reason: str = "because") -> dict[str, Any]:
    return {"error": {"type": kind, "reason": reason, "root_cause": [{"type": kind, "reason": reason}]}}


# ---- an answer is whole or an error


@pytest.mark.parametrize(
    "part",
    [
        {
            "_shards": {**WHOLE, "successful": 2}
        },  # as a lost shard is answered where partial answers are allowed
        {"_shards": {**WHOLE, "failed": 1}},
        {"timed_out": True},
        {"terminated_early": True},
    ],
)
def test_an_answer_that_lacks_a_part_is_an_error_although_its_status_is_success(
    server: Server, client: Client, part: dict[str, Any]
) -> None:
    server.script = [Said(200, FOUND | part)]
    with pytest.raises(IndexUnreachableError, match="a part of the index cannot be reached"):
        client.search({"size": 0}, index="news")


def test_an_answer_of_fewer_shards_than_the_point_in_time_has_is_an_error(
    server: Server, client: Client
) -> None:
    server.script = [Said(200, FOUND), Said(200, FOUND)]
    assert client.search({}, pit=PointInTime("p", 3)) == FOUND
    with pytest.raises(IndexUnreachableError, match="3 of 4 shards"):
        client.search({}, pit=PointInTime("p", 4))


def test_every_search_and_every_point_in_time_asks_for_whole_answers(server: Server, client: Client) -> None:
    opened = {"pit_id": "p", "_shards": WHOLE}
    server.script = [Said(200, FOUND), Said(200, opened), Said(200, FOUND), Said(200, {**opened, "_shards": {**WHOLE, "successful": 2}})]  # fmt: skip
    client.search({"size": 1}, index="news", filter_path="hits.total")
    pit = client.open_pit("news", 60)
    client.search({}, pit=pit)
    with pytest.raises(IndexUnreachableError, match="2 of 3 shards"):
        client.open_pit("news")
    first, opening, second, _ = server.asked
    assert (
        first.path
        == "/news/_search?allow_partial_search_results=false&filter_path=hits.total%2C_shards%2Ctimed_out%2Cterminated_early"
    )
    assert opening.path == "/news/_search/point_in_time?keep_alive=60s&allow_partial_pit_creation=false"
    assert second.path == "/_search?allow_partial_search_results=false"
    assert json.loads(second.body) == {"pit": {"id": "p", "keep_alive": "60s"}}


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (404, "search_context_missing_exception", "No search context found for id [4]"),
        (400, "query_shard_exception", "failed to create query: this Analyzer is closed"),
        (500, "illegal_argument_exception", "no node found for id: x"),
        (404, "index_not_found_exception", "no such index [news-v1]"),
        (500, "node_not_connected_exception", "[node1] Node not connected"),
    ],
)
def test_a_point_in_time_that_is_gone_is_told_from_other_failures(
    server: Server, client: Client, status: int, kind: str, reason: str
) -> None:
    server.script = [Said(status, error(kind, reason))]
    with pytest.raises(PointInTimeLostError):
        client.search({}, pit=PointInTime("p", 3))


# ---- patience


def test_a_busy_server_is_asked_again_after_the_time_that_it_wants(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    server.script = [
        Said(429, error("rejected_execution_exception"), {"Retry-After": "3"}),
        Said(503, b"<html>a proxy"), Said(502, b""), Said(504, b""), Said(200, FOUND),
    ]  # fmt: skip
    assert client.search({}, index="news") == FOUND
    assert waited[0] == 3
    assert 0 < waited[1] < waited[2] < waited[3] < 3


def test_a_server_that_stays_busy_is_an_error_that_says_why(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "READ_PATIENCE", 0.0)
    server.script = [Said(429, error("circuit_breaking_exception", "Data too large"))]
    with pytest.raises(IndexUnreachableError, match=r"127\.0\.0\.1:\d+ cannot answer .* Data too large"):
        client.search({}, index="news")


def test_a_cluster_that_has_not_noticed_that_a_node_is_away_is_asked_again(
    server: Server, client: Client
) -> None:
    cause = {"type": "node_not_connected_exception", "reason": "[node1] Node not connected"}
    error = {
        "type": "search_phase_execution_exception",
        "reason": "Partial shards failure",
        "root_cause": [cause],
    }
    server.script = [Said(500, {"error": error}), Said(200, FOUND)]
    assert client.search({"size": 0}, index="news") == FOUND


def test_a_refresh_of_which_a_shard_is_away_is_asked_for_again(server: Server, client: Client) -> None:
    """Its status is the worst of the shards, and its answer has no error."""
    reason = {"type": "send_request_transport_exception", "reason": "[node1][127.0.0.1:9300]"}
    away = {"total": 2, "successful": 1, "failed": 1, "failures": [{"shard": 0, "index": "news", "status": "INTERNAL_SERVER_ERROR", "reason": reason}]}  # fmt: skip
    server.script = [Said(500, {"_shards": away}), Said(200, {"_shards": WHOLE})]
    client.refresh("news")
    assert [asked.path for asked in server.asked] == ["/news/_refresh"] * 2


def test_a_search_ends_at_its_time_limit_also_while_it_waits(server: Server, client: Client) -> None:
    server.script = [Said(429, b"", {"Retry-After": "1"})]
    with pytest.raises(SearchStoppedError, match=r"time limit of 0\.3 s"):
        client.search({}, index="news", check=StopCheck(0.3))
    assert "cancel_after_time_interval=1" in server.asked[0].path


def test_a_connection_that_breaks_is_made_again(server: Server, client: Client) -> None:
    server.script = [Said(200, FOUND), Said(None), Said(200, FOUND)]
    assert client.search({}, index="news") == FOUND
    assert client.search({}, index="news") == FOUND


def test_a_block_is_an_error_at_once(server: Server, client: Client) -> None:
    said = "index [news] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]"
    server.script = [Said(429, error("cluster_block_exception", said))]
    with pytest.raises(IndexWriteError, match="the disk of a node is nearly full"):
        client.put("news", "x", {})


def test_a_client_works_in_a_forked_process(server: Server, client: Client) -> None:
    """The child makes connections of its own, so that answers of the parent do not reach it."""
    server.script = [Said(200, FOUND)] * 3
    client.search({}, index="news")
    child = os.fork()
    if not child:
        os._exit(client.search({}, index="news") != FOUND)
    assert os.waitpid(child, 0)[1] == 0
    assert client.search({}, index="news") == FOUND


# ---- an attempt whose answer was lost


@pytest.fixture
def used(server: Server, client: Client) -> Client:
    """Return a client that has had an answer: only such a one is patient with a server that closes connections."""
    server.script = [Said(200, FOUND)]
    client.search({}, index="news")
    server.asked.clear()
    return client


CONFLICT = Said(409, error("version_conflict_engine_exception"))
WRITTEN = {"_id": "lock", "found": True, "_version": 1, "_seq_no": 4, "_primary_term": 2}


def test_a_document_that_arrived_although_its_answer_was_lost_is_no_conflict(
    server: Server, used: Client
) -> None:
    server.script = [Said(None), CONFLICT, Said(200, {**WRITTEN, "_source": {"owner": "me"}})]
    assert used.put("news", "lock", {"owner": "me"}, create=True).seq_no == 4


def test_a_document_of_somebody_else_is_a_conflict(server: Server, used: Client) -> None:
    server.script = [Said(None), CONFLICT, Said(200, {**WRITTEN, "_source": {"owner": "you"}}), CONFLICT]
    for _ in range(2):
        with pytest.raises(ConflictError):
            used.put("news", "lock", {"owner": "me"}, create=True)


def test_an_index_that_the_lost_attempt_made_or_removed_is_no_error(server: Server, used: Client) -> None:
    server.script = [
        Said(None), Said(400, error("resource_already_exists_exception")),
        Said(None), Said(404, error("index_not_found_exception")),
        Said(404, error("index_not_found_exception")),
    ]  # fmt: skip
    used.create_index("news-1", {})
    assert used.delete_index("news-1") is True
    assert used.delete_index("news-1") is False


# ---- bulks


def answers(kind: str, *statuses: int | tuple[int, str]) -> Said:
    items = []
    for status in statuses:
        number, failure = status if isinstance(status, tuple) else (status, "")
        items.append(
            {kind: {"status": number, **({} if not failure else {"error": {"type": failure, "reason": "x"}})}}
        )
    return Said(200, {"errors": True, "items": items})


def ids(request: Asked) -> list[str]:
    return [json.loads(line)["index"]["_id"] for line in request.body.splitlines()[::2]]


def test_only_the_items_that_were_refused_for_lack_of_capacity_are_sent_again(
    server: Server, client: Client
) -> None:
    server.script = [
        answers(
            "index", 201, (429, "rejected_execution_exception"), 200, (503, "unavailable_shards_exception")
        ),
        answers("index", (429, "rejected_execution_exception"), 200),
        answers("index", 201),
    ]
    outcome = client.bulk([Action("index", str(n), {}, 9) for n in range(4)], "news")
    assert [ids(request) for request in server.asked] == [["0", "1", "2", "3"], ["1", "3"], ["1"]]
    assert json.loads(server.asked[0].body.splitlines()[0]) == {"index": {"_id": "0", "version": 9, "version_type": "external_gte"}}  # fmt: skip
    assert (outcome.written, outcome.conflicts, outcome.missing, outcome.rejected) == (4, [], [], {})


def test_each_item_of_a_bulk_has_its_own_outcome(server: Server, client: Client) -> None:
    server.script = [
        answers("index", 201, (409, "version_conflict_engine_exception"), (400, "mapper_parsing_exception"))
    ]
    outcome = client.bulk([Action("index", name, b"{}") for name in "abc"], "news")
    assert (outcome.written, outcome.conflicts, outcome.rejected) == (1, ["b"], {"c": "x"})
    server.script = [answers("delete", 200, 404)]
    outcome = client.bulk([Action("delete", "a"), Action("delete", "b")], "news")
    assert (outcome.written, outcome.missing) == (1, ["b"])


@pytest.mark.parametrize(
    ("status", "kind", "raised"),
    [
        (403, "security_exception", IndexWriteError),
        (403, "cluster_block_exception", IndexWriteError),
        (404, "index_not_found_exception", IndexNotFoundError),
        (400, "strict_dynamic_mapping_exception", IndexVersionError),
    ],
)
def test_an_item_that_no_repetition_helps_ends_the_bulk(
    server: Server, client: Client, status: int, kind: str, raised: type[Exception]
) -> None:
    server.script = [answers("index", 201, (status, kind))]
    with pytest.raises(raised):
        client.bulk([Action("index", name, {}) for name in "ab"], "news")


def test_creations_of_a_lost_attempt_are_no_conflicts(server: Server, used: Client) -> None:
    conflict = (409, "version_conflict_engine_exception")
    server.script = [Said(None), answers("create", conflict, 201), answers("create", conflict)]
    outcome = used.bulk([Action("create", name, {}) for name in "ab"], "news")
    assert (outcome.written, outcome.conflicts) == (2, [])
    assert used.bulk([Action("create", "a", {})], "news").conflicts == ["a"]


def test_no_request_is_larger_than_four_megabytes_unless_a_document_is(
    server: Server, client: Client
) -> None:
    sizes = [1_500_000, 1_500_000, 1_500_000, 5_000_000, 10]
    documents = [json.dumps({"t": "x" * size}).encode() for size in sizes]
    server.script = [answers("index", *[201] * count) for count in (2, 1, 1, 1)]
    assert client.bulk((Action("index", str(n), one) for n, one in enumerate(documents)), "news").written == 5
    assert [ids(request) for request in server.asked] == [["0", "1"], ["2"], ["3"], ["4"]]


def test_a_bulk_that_is_too_large_for_the_server_is_divided(server: Server, client: Client) -> None:
    server.script = [Said(413, b""), answers("index", 201), Said(413, b"")]
    outcome = client.bulk([Action("index", "a", {}), Action("index", "b", {})], "news")
    assert (outcome.written, list(outcome.rejected)) == (1, ["b"])
    assert "accepts in a request: raise the limit to 32 MB" in outcome.rejected["b"]


def test_a_bulk_that_the_cluster_never_takes_is_an_error(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "WRITE_PATIENCE", 0.0)
    server.script = [answers("index", 201, (503, "unavailable_shards_exception"))]
    with pytest.raises(IndexUnreachableError, match="cannot answer for all of news"):
        client.bulk([Action("index", name, {}) for name in "ab"], "news")


def test_bodies_are_compressed_on_the_way_to_another_machine(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = [answers("index", 201), answers("index", 201)]
    client.bulk([Action("index", "a", {"t": "x" * 9_000})], "news")
    monkeypatch.setattr(client._transport, "_near", False)
    client.bulk([Action("index", "a", {"t": "x" * 9_000})], "news")
    near, far = server.asked
    assert far.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(far.body) == near.body
    assert len(far.body) < 300


# ---- which server it is


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"version": {"number": "8.15.0"}}, "is Elasticsearch 8.15.0; newssearch needs OpenSearch 2.19 or newer"),
        ({"version": {"number": "2.18.9", "distribution": "opensearch"}}, "is OpenSearch 2.18.9; newssearch needs 2.19"),
        ({"version": {"number": "1.3.20", "distribution": "opensearch"}}, "is OpenSearch 1.3.20"),
        ({"hello": "world"}, "is no OpenSearch"),
    ],
)  # fmt: skip
def test_other_servers_and_old_ones_are_refused_by_name(
    server: Server, client: Client, answer: object, said: str
) -> None:
    server.script = [Said(200, answer)]
    with pytest.raises(IndexVersionError, match=said):
        _ = client.version


@pytest.mark.parametrize("number", ["2.19.0", "3.9.0", "10.0.0"])
def test_the_version_is_asked_once(server: Server, client: Client, number: str) -> None:
    server.script = [Said(200, {"version": {"number": number, "distribution": "opensearch"}})]
    assert (client.version, client.version) == (number, number)


def test_a_server_that_is_no_opensearch_is_said_to_be_none(server: Server, client: Client) -> None:
    server.script = [Said(200, b"<html>hello")]
    with pytest.raises(IndexUnreachableError, match="check host and port, and any proxy in between"):
        client.mapping("news")


@pytest.mark.parametrize("key", ["message", "Message"])
def test_a_service_in_front_of_the_cluster_says_why_it_refuses(
    server: Server, client: Client, key: str
) -> None:
    server.script = [Said(403, {key: "User: anonymous is not authorized to perform: es:ESHttpGet"})]
    with pytest.raises(
        IndexUnreachableError, match=r"may not search news on .*: User: anonymous is not authorized"
    ):
        client.mapping("news")


def test_a_node_that_has_lost_its_cluster_says_so(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As all do whose disk is full to the last byte, or that see too few others."""
    monkeypatch.setattr(transport, "READ_PATIENCE", 0)
    lost = {"type": "cluster_manager_not_discovered_exception", "reason": None}
    server.script = [Said(503, {"error": {**lost, "root_cause": [lost]}, "status": 503})]
    with pytest.raises(
        IndexUnreachableError, match=r"it has lost its cluster, .* or the disk of a node is full"
    ):
        client.open_pit("news")


def test_a_closed_index_is_no_bug_of_newssearch(server: Server, client: Client) -> None:
    server.script = [Said(400, error("index_closed_exception", "closed"))] * 2
    for asked in (lambda: client.open_pit("news"), lambda: client.refresh("news")):
        with pytest.raises(IndexUnreachableError, match=r"news is closed on .*: `POST /news/_open` opens it"):
            asked()


def test_a_failure_of_the_server_is_no_bug_of_newssearch(server: Server, client: Client) -> None:
    server.script = [Said(500, error("null_pointer_exception", "Cannot invoke x"))]
    with pytest.raises(
        IndexUnreachableError, match=r"fails to answer for .*: null_pointer_exception: Cannot invoke x"
    ):
        client.mapping("news")


PAGE = b"<html><h1>Bad luck</h1>a web server</html>"


@pytest.mark.parametrize(
    "said",
    [
        *(Said(status, PAGE) for status in (200, 302, 400, 403, 404, 405, 407, 500)),
        *(Said(200, body) for body in ({"ok": True}, [1, 2], None, b"", b"[" * 100_000, b'{"_shards": {"tot')),
        Said(200, b"not gzip", {"Content-Encoding": "gzip"}),
        Said(404, b""),
    ],
    ids=str,
)  # fmt: skip
def test_what_opensearch_never_answers_is_an_unreachable_index_and_no_bug(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    """As a proxy in between or another server answers, whatever was asked."""
    monkeypatch.setattr(transport, "READ_PATIENCE", 0)
    monkeypatch.setattr(transport, "WRITE_PATIENCE", 0)
    calls: list[Callable[[], object]] = [
        lambda: client.search({"size": 0}, index="news"), lambda: client.open_pit("news"), lambda: client.get("news-state", "commit"),
        lambda: client.get_many("news", ["1"]), lambda: client.put("news", "1", {}), lambda: client.refresh("news"),
        lambda: client.create_index("news", {}), lambda: client.mapping("news"), lambda: client.settings("news"),
        lambda: client.bulk([Action("index", "a", {}), Action("index", "b", {})], "news"),
    ]  # fmt: skip
    for call in calls:
        server.script = [said] * 3
        with pytest.raises(IndexUnreachableError) as raised:
            call()
        assert "Bad luck" not in str(raised.value)
        server.script.clear()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (Said(200, b"cut", {"Content-Length": "9", "Connection": "close"}), "its answer was cut short"),
        (Said(200, b"not gzip", {"Content-Encoding": "gzip"}), "its answer cannot be decompressed"),
    ],
)  # fmt: skip
def test_a_broken_answer_is_said_to_be_broken_and_tls_is_no_guess_after_others(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch, said: Said, message: str
) -> None:
    monkeypatch.setattr(transport, "READ_PATIENCE", 0)
    server.script = [Said(200, FOUND), said]
    client.search({"size": 0}, index="news")
    with pytest.raises(IndexUnreachableError, match=f"broke: {message}$"):
        client.search({"size": 0}, index="news")


def test_an_answer_that_never_ends_is_given_up(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER", 200_000)
    bomb = gzip.compress(b" " * 10_000_000)
    for said in (Said(200, b" " * 200_001), Said(200, bomb, {"Content-Encoding": "gzip"})):
        server.script = [said]
        with pytest.raises(IndexUnreachableError, match="more than 200,000 bytes"):
            client.request("GET", "/")
    server.script = [Said(200, FOUND)]
    assert client.search({}, index="news") == FOUND  # over another connection


def test_an_answer_that_arrives_too_slowly_is_given_up_at_the_time_limit(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "BODY_SECONDS", -1.0)
    server.script = [Said(200, FOUND)] * 3
    with pytest.raises(IndexUnreachableError, match="bytes of its answer in"):
        client.search({}, index="news")
    server.script = [Said(200, FOUND, {"Content-Length": "9999"})]
    with pytest.raises(SearchStoppedError):
        client.search({}, index="news", check=StopCheck(0.05))


def test_the_only_node_gets_more_time_when_it_is_slow(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time that it took is no time in which it could not be reached."""
    monkeypatch.setattr(transport, "READ_PATIENCE", 1.0)
    monkeypatch.setattr(transport, "READ_TIMEOUTS", (1.2, 30.0))
    given_up = threading.Event()
    server.script = [Said(200, FOUND, after=given_up), Said(200, b""), Said(200, FOUND)]
    try:
        assert client.search({}, index="news") == FOUND
    finally:
        given_up.set()
    assert [one.method for one in server.asked] == ["POST", "HEAD", "POST"]


POINT = PointInTime("p", 3)


@pytest.fixture
def hanging(server: Server, client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Said]:
    """Yield what a node answers that stands still, until the test ends. The client soon leaves it."""
    monkeypatch.setattr(transport, "READ_TIMEOUTS", (0.2, 0.3))
    monkeypatch.setattr(transport, "LONG_TIMEOUTS", (0.2, 60.0))
    for name in ("SMALL_TIMEOUTS", "POINT_TIMEOUTS"):
        monkeypatch.setattr(client_module, name, (0.2,))
    ended = threading.Event()
    yield Said(200, FOUND, after=ended)
    ended.set()


def asked_for(server: Server) -> list[str]:
    """Return the methods of all requests, and what was searched for."""
    return [
        one.method if b"query" not in one.body else str(json.loads(one.body)["query"]) for one in server.asked
    ]


def test_a_point_in_time_of_which_a_node_stands_still_is_lost(
    server: Server, client: Client, hanging: Said
) -> None:
    """Its copies cannot be others. So it is opened again, where nodes answer."""
    server.script = [hanging, Said(200, b""), hanging]
    with pytest.raises(PointInTimeLostError, match="a part of news does not answer"):
        client.search({"query": "slow"}, pit=POINT)
    assert asked_for(server) == ["slow", "HEAD", "{'match_none': {}}"]


def test_a_search_that_is_only_slow_is_not_taken_for_one_of_a_node_that_stands_still(
    server: Server, client: Client, hanging: Said
) -> None:
    server.script = [hanging, Said(200, b""), Said(200, FOUND), Said(200, FOUND)]
    assert client.search({"query": "slow"}, pit=POINT) == FOUND
    assert asked_for(server) == ["slow", "HEAD", "{'match_none': {}}", "slow"]


def test_another_node_is_asked_when_the_first_one_does_not_answer(
    server: Server, client: Client, hanging: Said
) -> None:
    with Server() as second:
        thread = threading.Thread(target=second.serve_forever, args=[0.01])
        thread.start()
        hosts = ",".join(f"127.0.0.1:{one.server_address[1]}" for one in (server, second))
        both = Client(cluster_address(f"opensearch+http://{hosts}/news"), ConnectionSettings())
        both._transport._turns = itertools.count()
        server.script, second.script = [hanging], [Said(200, FOUND)] * 3
        for _ in range(3):
            assert both.search({}, index="news") == FOUND
        both.close()
        second.shutdown()
        thread.join()
    assert (len(server.asked), len(second.asked)) == (1, 3)


def test_only_long_work_and_a_longer_time_limit_wait_longer_for_an_answer(
    server: Server, client: Client, hanging: Said
) -> None:
    server.script = [hanging, Said(200, b""), hanging]
    with pytest.raises(
        IndexUnreachableError, match=r"within 0\.3 s: a node may hang; a search with a longer time"
    ):
        client.search({}, index="news")
    alive, later = Said(200, b""), threading.Event()
    script = [alive, hanging, alive, Said(200, FOUND, after=later)]
    for check, work in ((StopCheck(), client.long_work()), (StopCheck(30), nullcontext())):
        later.clear()
        timer = threading.Timer(0.6, later.set)
        timer.start()
        server.script = list(script)
        with work:
            assert client.search({}, index="news", check=check) == FOUND
        timer.join()
        script = script[1:]  # it has answered, and need not show again that it does


def test_a_search_waits_for_about_half_a_minute_at_most() -> None:
    """A node stands still, and the only one that answers asks it in turn."""
    assert sum(transport.READ_TIMEOUTS) + sum(client_module.POINT_TIMEOUTS) <= 30
    assert sum(client_module.SMALL_TIMEOUTS) <= 30


def test_opening_an_index_ends_at_the_time_limit_of_its_search(
    server: Server, client: Client, hanging: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "READ_TIMEOUTS", (60.0,))
    server.script = [hanging]
    with (
        pytest.raises(SearchStoppedError, match=r"time limit of 0\.2 s"),
        opened_index(Path(str(client.address)), 0.2),
    ):
        pass
    server.script.clear()  # a busy machine may not have got as far as to ask


def test_a_change_waits_for_a_node_that_stood_still_until_it_answers(
    server: Server, client: Client, hanging: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What asks whether it answers is no attempt to change anything."""
    monkeypatch.setattr(transport, "WRITE_TIMEOUTS", (0.2, 60.0))
    monkeypatch.setattr(transport, "PROBE_TIMEOUT", 0.1)
    server.script = [hanging, hanging, hanging, Said(200, b""), Said(200, WRITTEN)]
    assert client.put("news", "lock", {}).seq_no == 4
    assert [one.method for one in server.asked] == ["PUT", "HEAD", "HEAD", "HEAD", "PUT"]


def test_a_change_waits_as_long_for_what_it_reads(server: Server, client: Client, hanging: Said) -> None:
    later = threading.Event()
    timer = threading.Timer(0.6, later.set)
    timer.start()
    server.script = [Said(200, {"docs": [{**WRITTEN, "_source": {}}]}, after=later)]
    assert list(client.get_many("news", ["lock"], writing=True)) == ["lock"]
    timer.join()


@pytest.mark.parametrize(("seconds", "expired"), [(30, False), (-30, False), (-3600, True)])
def test_a_lock_that_has_just_expired_by_the_clock_of_this_machine_may_be_held_on_another(
    seconds: float, expired: bool
) -> None:
    held = {"expires": time.time() + seconds, "machine": "another", "process": 1, "began": "1"}
    assert lock.is_expired(held) is expired


def test_a_run_waits_once_for_a_cluster_that_takes_no_changes(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As behind a proxy that answers 502 to all that writes: the next requests do not begin to wait from the start."""
    monkeypatch.setattr(transport, "READ_PATIENCE", 0)
    monkeypatch.setattr(transport, "WRITE_PATIENCE", 2.0)
    monkeypatch.setattr(transport, "LONGEST_PAUSE", 0.01)
    server.script = [Said(502, b"Bad Gateway")] * 10_000
    with pytest.raises(IndexUnreachableError):
        client.delete_index("news-1")
    first = len(server.asked)
    assert first > 1
    for _ in range(3):
        with pytest.raises(IndexUnreachableError):
            client.bulk([Action("delete", "1")], "news-1")
    assert len(server.asked) == first + 3
    done = Said(200, {"acknowledged": True})
    server.script = [done, *[Said(502, b"Bad Gateway")] * 5, done]
    assert client.delete_index("news-1")
    assert client.delete_index("news-1")  # with the whole patience again


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (error("search_phase_execution_exception", "all shards failed"), "nodes may be away, or the disk of a node may be full"),
        (error("search_phase_execution_exception", "Search rejected due to missing shards [[news-1][1]]. Consider using `allow_partial_search_results` setting to bypass this error."), r"no node has a part of it now \(`GET /_cluster/allocation/explain` says why\)"),
    ],
)  # fmt: skip
def test_a_part_that_no_node_has_is_said_without_advice_to_do_without_it(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch, said: dict[str, Any], message: str
) -> None:
    monkeypatch.setattr(transport, "READ_PATIENCE", 0)
    server.script = [Said(503, said)]
    with pytest.raises(IndexUnreachableError, match=message) as raised:
        client.search({"size": 0}, index="news")
    assert "allow_partial" not in str(raised.value)


def test_a_script_that_fails_on_each_copy_is_not_asked_again_and_again(
    server: Server, client: Client
) -> None:
    failure = {"shard": 0, "reason": {"type": "script_exception", "reason": "runtime error"}}
    server.script = [Said(500, {"_shards": {**WHOLE, "failed": 1, "failures": [failure]}})]
    with pytest.raises(
        IndexUnreachableError, match="fails to answer for news: script_exception: runtime error"
    ):
        client.refresh("news")


def test_a_gateway_that_says_no_kind_of_error_is_quoted_as_it_is(server: Server, client: Client) -> None:
    server.script = [Said(500, {"message": "Internal server error"})]
    with pytest.raises(IndexUnreachableError, match="fails to answer for news: Internal server error"):
        client.search({"size": 0}, index="news")
