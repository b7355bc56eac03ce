"""The MCP server over standard input and output, and over HTTP, with a real client."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, cast

import anyio
import anyio.to_thread
import httpx
import pytest
import uvicorn
from mcp import Client, StdioServerParameters
from starlette.applications import Starlette
from starlette.routing import Route

import newssearch
from mcp_client import connected
from newssearch import Index, Results, SearchStoppedError
from newssearch.mcp import HttpEndpoint, newest_of, server
from support import EVERY, Command, article, command, index_of

RAIN = article("Rain", "It rained on Basra.", date="2024-07-25", outlet="The Echo", url="https://e.org/1")
MODES = ["auto", "legacy"]
"""How a client finds a common version of the protocol: as since 2026, and by the handshake of earlier versions."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("archive") / "index"
    index_of(made, RAIN).close()
    return made


def process(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "newssearch", "mcp", "--index", str(folder), *arguments]


# ---- standard input and output


@pytest.mark.parametrize("mode", MODES if EVERY else MODES[:1])  # over HTTP, each
def test_a_program_starts_the_server_and_calls_its_tools(folder: Path, mode: str) -> None:
    command, *arguments = process(folder)
    with connected(StdioServerParameters(command=command, args=arguments), mode=mode) as agent:
        assert len(agent.run(agent.client().list_tools).tools) == 12
        assert agent.answer("search", query="basra")["hits"][0]["snippet"] == "It rained on Basra."
        assert agent.failure("search", query="date:2024-13").startswith("Error: '2024-13' is not a date")
        assert json.loads(agent.resource(f"newssearch://article/{RAIN.id}"))["title"] == "Rain"
        with newssearch.open(folder) as other:
            other.add(article("Snow", "Snow on Mosul.", url="https://e.org/2"))
        assert agent.answer("search", query="mosul")["total_articles"] == 1
        with newssearch.open(folder) as other:
            other.remove(other.find("mosul"))


def test_the_time_limit_is_an_option(folder: Path) -> None:
    command, *arguments = process(folder, "--timeout", "0.000001")
    with connected(StdioServerParameters(command=command, args=arguments)) as agent:
        assert agent.failure("search", query="basra").startswith(
            "The search was stopped at its time limit of 1e-06 s."
        )


def test_the_server_ends_quietly_when_the_program_goes_away(folder: Path) -> None:
    done = subprocess.run(process(folder), input=b"", capture_output=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_ctrl_c_ends_the_server(folder: Path) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}  # fmt: skip
    with subprocess.Popen(
        process(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdin.write(json.dumps(request).encode() + b"\n")
        running.stdin.flush()
        answer = json.loads(running.stdout.readline())
        assert answer["result"]["serverInfo"]["name"] == "newssearch"
        running.send_signal(signal.SIGINT)  # while the server waits for standard input
        assert running.wait(60) == 130
        assert running.stderr.read() == b""


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    return command(capsys, monkeypatch)


def test_a_server_without_an_index_says_so_at_once(cli: Command) -> None:
    outcome = cli("mcp")
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith("error: index does not exist: make an index")


def test_a_person_who_starts_the_server_is_told_what_it_waits_for(cli: Command, folder: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    outcome = cli("mcp", "--index", str(folder), terminal=True)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.startswith("newssearch mcp is started by a program that runs a language model")
    assert cli("mcp", "--index", str(folder)).err == ""
    assert signal.getsignal(signal.SIGINT) is before


def test_without_the_package_the_command_says_what_to_install(
    cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [*sys.modules]:
        if name == "mcp" or name.startswith(("mcp.", "newssearch.mcp")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    outcome = cli("mcp")
    assert (outcome.code, outcome.out) == (1, "")
    assert "needs the package mcp, version 2.3 or later: pip install 'newssearch[mcp]'" in outcome.err


# ---- the page on language models

PAGE = (Path(__file__).parent.parent / "docs" / "agents.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_lists_all_tools_and_a_setup_that_can_be_read(folder: Path) -> None:
    with newssearch.open(folder) as index, connected(server(newest_of(index))) as agent:
        tools = agent.run(agent.client().list_tools).tools
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == [tool.name for tool in tools]
    (setup,) = [json.loads(text) for kind, text in BLOCKS if kind == "json"]
    assert setup["mcpServers"]["newssearch"]["args"][:2] == ["mcp", "--index"]


def test_the_python_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    index_of("index", article("News", "The coalition fought ISIS in Basra.", url="https://e.org/1")).close()
    calling, serving = (compile(text, "agents.md", "exec") for kind, text in BLOCKS if kind == "python")
    names: dict[str, Any] = {}
    exec(calling, names)
    assert names["archive"].args == ["mcp", "--index", "index"]
    names["archive"] = StdioServerParameters(
        command=sys.executable, args=["-m", "newssearch", *names["archive"].args], cwd=tmp_path
    )
    asyncio.run(names["main"]())
    assert capsys.readouterr().out.endswith("#1 The coalition fought ISIS in Basra.\n")
    exec(serving, names)
    with served(names["app"]) as found:
        assert post(f"{found}/mcp").json()["result"]["structuredContent"]["total_articles"] == 1


# ---- HTTP


@contextmanager
def served(application: Starlette) -> Iterator[str]:
    """Yield the address at which an application is served, on a free port of this machine."""
    started = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            started.set()

    running = Server(uvicorn.Config(application, host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        assert started.wait(60)
        port = running.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        thread.join(60)


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with newssearch.open(folder) as index:
        endpoint = HttpEndpoint(server(newest_of(index)), origins=["https://page.example"])

        @asynccontextmanager
        async def lifespan(app: Starlette) -> AsyncIterator[None]:
            async with endpoint.running():
                yield

        application = Starlette(routes=[Route("/mcp", endpoint, methods=["POST"])], lifespan=lifespan)
        with served(application) as found:
            yield f"{found}/mcp"


@pytest.mark.parametrize("mode", MODES)
def test_a_client_calls_tools_over_http(address: str, mode: str) -> None:
    with connected(address, mode=mode) as agent:
        assert len(agent.run(agent.client().list_tools).tools) == 12
        assert agent.answer("search", query="basra")["hits"][0]["title"] == "Rain"
        assert agent.failure("article", id="x").startswith("no article has the id 'x'.")
        assert agent.answer("count", query="basra", by="outlet")["rows"][0]["group"] == ["The Echo"]


CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "search", "arguments": {"query": "basra"}},
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


def post(address: str, body: object = CALL, **headers: str) -> httpx.Response:
    content = json.dumps(body).encode()
    return httpx.post(
        address, content=content, headers={**ACCEPT, "Content-Type": "application/json", **headers}
    )


def test_each_request_is_complete_in_itself(address: str) -> None:
    """No session is needed, so that any process of several can answer."""
    answer = post(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert "mcp-session-id" not in answer.headers
    assert answer.json()["result"]["structuredContent"]["total_articles"] == 1


def test_a_page_of_another_site_cannot_call_tools(address: str) -> None:
    assert post(address, Host="evil.example").status_code == 421
    assert post(address, Origin="https://evil.example").status_code == 403
    assert post(address, Origin="https://page.example").status_code == 200


def test_large_requests_and_other_methods_are_refused(address: str) -> None:
    large = {**CALL, "params": {"name": "search", "arguments": {"query": "x" * 300_000}}}
    assert post(address, large).status_code == 413
    assert httpx.get(address, headers=ACCEPT).status_code == 405
    assert httpx.delete(address).status_code == 405
    assert (
        httpx.post(address, content=b"{", headers={**ACCEPT, "Content-Type": "application/json"}).status_code
        == 400
    )


def test_the_application_around_it_can_check_hosts_itself(folder: Path) -> None:
    with newssearch.open(folder) as index:
        endpoint = HttpEndpoint(server(newest_of(index)), hosts=None)
        application = Starlette(
            routes=[Route("/mcp", endpoint, methods=["POST"])], lifespan=lambda _: endpoint.running()
        )
        with served(application) as found:
            assert post(f"{found}/mcp", Host="archive.example").status_code == 200


class SlowIndex:
    """An index whose searches end only when they are stopped, or the test is over."""

    def __init__(self) -> None:
        self.begun, self.stopped, self.over = threading.Event(), threading.Event(), threading.Event()

    def search(self, query: str, *, stop: Callable[[], bool], **options: Any) -> Results:
        self.begun.set()
        while not self.over.wait(0.001):
            if stop():
                self.stopped.set()
                break
        raise SearchStoppedError("the search was stopped")


@pytest.mark.parametrize("mode", MODES)
def test_a_client_that_leaves_stops_its_search(mode: str) -> None:
    slow = SlowIndex()
    endpoint = HttpEndpoint(server(lambda: cast("Index", slow), timeout=None))
    application = Starlette(
        routes=[Route("/mcp", endpoint, methods=["POST"])], lifespan=lambda _: endpoint.running()
    )

    async def leave(client: Client) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(client.call_tool, "search", {"query": "rain"})
            await anyio.to_thread.run_sync(slow.begun.wait)
            group.cancel_scope.cancel()

    with served(application) as found:
        try:
            with connected(f"{found}/mcp", mode=mode) as agent:
                agent.run(leave, agent.client())
            assert slow.stopped.wait(60)
        finally:
            slow.over.set()
