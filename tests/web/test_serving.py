"""``newssearch serve`` as a process on this machine: how it starts, answers and ends."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

import newssearch
from newssearch.web.security.attempts import CLIENT_LIMIT
from newssearch.web.server.processes import MAX_FAILURES
from support import Command, article, index_of
from support import command as in_process

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-of-thirty-two-characters"
PATIENCE = 60
"""The time in seconds after which something that has to happen counts as not happening."""
Found = TypeVar("Found")
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


class Running:
    """A server in a process of its own, and the port at which it answers."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process = process
        self.address = address
        self.port = int(address.rpartition(":")[2].partition("/")[0])

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Return the status and the text of an answer, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        """Return a new connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """End the server with a signal. Return its exit code, and what it printed on both streams since its address."""
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, output, errors


def command(folder: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "newssearch", "serve", "--index", str(folder), *options]


@contextlib.contextmanager
def serving(folder: Path, *options: str, cwd: Path | None = None) -> Iterator[Running]:
    """Yield a server at a free port, as soon as it has printed its address."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(
        command(folder, "--port", "0", *options), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, cwd=cwd, env=environment,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://"), process.communicate()
        yield Running(process, address)
    finally:
        _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill a process, whatever it is doing, without waiting for others that hold its pipes."""
    process.kill()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


@pytest.fixture
def serve(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Yield a function that runs ``newssearch serve`` in this process, at a port in use: so it ends, whatever it does before."""
    cli = in_process(capsys, monkeypatch)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        yield lambda folder, *options, **given: cli(
            "serve", "--index", str(folder), "--port", port, *options, **given
        )


IN_USE = re.compile(
    r"error: port \d+ is in use: choose another one with --port, or a free one with --port 0\n"
)


@posix_only
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_answers_and_a_signal_ends_it_without_an_error(archive: Path, number: int) -> None:
    with serving(archive) as server:
        status, text = server.get("/api/search?q=rain")
        assert (status, '"total_articles":2' in text) == (200, True)
        idle = server.connect()  # which must not keep it from ending
        code, output, errors = server.end(number)
        idle.close()
    assert (code, output) == (0, "")
    (line,) = errors.splitlines()
    assert "127.0.0.1 GET /api/search 200 " in line
    assert "rain" not in line


@posix_only
def test_workers_share_the_port_and_a_dead_one_is_replaced(archive: Path) -> None:
    with serving(archive, "--workers", "2", "-q") as server:
        assert server.get("/api/search?q=rain")[0] == 200
        before = children(server.process.pid)
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        after = awaited(lambda: [child for child in children(server.process.pid) if child not in before])
        assert len(after) == 1
        assert server.get("/api/search?q=rain")[0] == 200
        code, output, errors = server.end()
    assert (code, output) == (0, "")
    assert f"process {before[0]} ended with code -9; another one takes its place" in errors
    assert not [child for child in (*before, *after) if Path(f"/proc/{child}").exists()]


@posix_only
def test_workers_count_failed_attempts_together(archive: Path, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", "utf-8")
    with serving(archive, "--workers", "2", "-q", "--token-file", str(file)) as server:

        def status(token: str) -> int:
            return server.get("/api/search?q=rain", Authorization=f"Bearer {token}")[0]

        assert status(TOKEN) == 200
        workers = children(server.process.pid)
        for other in workers:
            os.kill(other, signal.SIGSTOP)  # so that the first one answers
            try:
                assert {status("wrong") for _ in range(CLIENT_LIMIT.burst // 2)} == {401}
            finally:
                os.kill(other, signal.SIGCONT)
        assert (status("wrong"), status(TOKEN)) == (429, 200)
        os.kill(workers[0], signal.SIGKILL)
        assert awaited(lambda: [child for child in children(server.process.pid) if child not in workers])
        assert (status("wrong"), status(TOKEN)) == (429, 200)


@posix_only
def test_a_server_whose_workers_fail_ends(archive: Path, tmp_path: Path) -> None:
    with hurried(archive, tmp_path, "import sys; sys.executable = '/bin/false'", "--workers", "2") as server:
        output, errors = server.process.communicate(timeout=PATIENCE)
    assert (server.process.returncode, output) == (1, "")
    assert errors.endswith("processes of the server ended one after the other; the lines above say why\n")
    assert errors.count("ended with code 1; another one takes its place") == MAX_FAILURES


@posix_only
def test_workers_end_with_a_server_that_is_killed(archive: Path) -> None:
    with serving(archive, "--workers", "2", "-q") as server:
        assert server.get("/robots.txt")[0] == 200
        workers = children(server.process.pid)
        assert len(workers) == 2
        server.process.kill()
        try:
            assert awaited(lambda: not any(map(is_running, workers)))
        finally:
            for worker in filter(is_running, workers):
                os.kill(worker, signal.SIGKILL)


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    if not Path("/proc").exists():
        pytest.skip("needs /proc")
    found = Path(f"/proc/{process}/task/{process}/children").read_text("utf-8")
    return [int(child) for child in found.split()]


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def awaited(look: Callable[[], Found]) -> Found:
    """Return what a function returns as soon as that is something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def test_a_commit_of_another_process_is_shown_and_the_log_is_quiet_if_asked(archive: Path) -> None:
    with serving(archive, "-q") as server:
        assert '"total_articles":2' in server.get("/api/search?q=rain")[1]
        with newssearch.open(archive) as index:
            index.add(article("Hail", "Rain and hail."))
        assert '"total_articles":3' in server.get("/api/search?q=rain")[1]
        assert server.end()[1:] == ("", "")


def test_a_port_in_use_is_an_error_of_one_line(archive: Path, serve: Command) -> None:
    done = serve(archive)
    assert (done.code, done.out) == (1, "")
    assert IN_USE.fullmatch(done.err)


def test_an_address_that_others_reach_needs_a_secret(archive: Path, tmp_path: Path, serve: Command) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org", ""):
        done = serve(archive, "--host", host)
        assert (done.code, done.out) == (2, "")
        assert "--token-file FILE" in done.err
        assert "--password-file FILE" in done.err
    short = tmp_path / "short"
    short.write_text("secret\n", "utf-8")
    assert (
        "token has at least 20 characters"
        in serve(archive, "--host", "0.0.0.0", "--token-file", str(short)).err
    )
    short.write_text("\nsecond line", "utf-8")
    assert "is empty" in serve(archive, "--password-file", str(short)).err
    assert "does not exist" in serve(archive, "--token-file", str(tmp_path / "none")).err


def test_other_machines_need_the_token_and_a_proxy_on_this_one_says_who_they_are(
    archive: Path, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", "utf-8")
    with serving(archive, "--host", "0.0.0.0", "--token-file", str(file)) as server:
        assert server.address == f"http://127.0.0.1:{server.port}/"
        assert server.get("/api/search?q=rain")[0] == 401
        assert server.get("/api/search?q=rain", Authorization=f"Bearer {TOKEN}")[0] == 200
        server.get("/robots.txt", **{"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"})
        log = server.end()[2]
        assert TOKEN not in log
        assert " 203.0.113.9 GET /robots.txt 200 " in log


def test_a_password_is_enough_for_other_machines(archive: Path, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("correct horse", "utf-8")
    with serving(archive, "--host", "0.0.0.0", "--password-file", str(file), "-q") as server:
        assert server.get("/api/search?q=rain")[0] == 401
        assert server.get("/?q=rain")[0] == 303


def test_without_an_index_it_says_what_to_do(
    tmp_path: Path, serve: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = serve(tmp_path / "index")
    assert (done.code, done.out) == (3, "")
    assert len(done.err.splitlines()) == 1
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    done = serve(tmp_path / "index")
    assert (done.code, done.out) == (3, "")
    assert "`newssearch index` makes one of seeds/" in done.err
    assert not (tmp_path / "index").exists()


def test_without_an_index_it_makes_one_of_the_sample_if_asked(
    tmp_path: Path, serve: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    done = serve(tmp_path / "index", "--yes")
    assert done.code == 1
    assert IN_USE.search(done.err)
    with newssearch.open(tmp_path / "index") as index:
        assert index.search("coalition").total_articles == 1


def test_a_reverse_proxy_may_keep_its_prefix_or_strip_it(archive: Path) -> None:
    with serving(archive, "--root-path", "/archive/", "--allow-host", "news.example.org") as server:
        assert server.address == f"http://127.0.0.1:{server.port}/archive/"
        for sent in ("/archive", ""):
            status, page = server.get(f"{sent}/?q=rain", Host="news.example.org")
            assert status == 200
            assert 'action="/archive/"' in page
            style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
            assert style.startswith("/archive/static/newssearch.css?v=")
            assert server.get(sent + style.removeprefix("/archive"), Host="news.example.org")[0] == 200
            assert server.get(f"{sent}/api/search?q=rain", Host="news.example.org")[0] == 200
            assert server.get(f"{sent}/", Host="other.example.org")[0] == 421


# ---- what no library sends


def exchange(server: Running, sent: bytes) -> bytes:
    """Return everything that the server sends until it closes the connection."""
    with server.connect() as connection:
        connection.sendall(sent)
        received = b""
        with contextlib.suppress(ConnectionError):  # closed before everything was read: what is read counts
            while part := connection.recv(65_536):
                received += part
        return received


MALFORMED = {
    "no HTTP": (b"hello\r\n\r\n", 400),
    "two lengths": (b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    "length and chunks": (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nTransfer-Encoding: chunked, x\r\n\r\n", 501),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "a space in a name": (b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
    "a folded line": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\nConnection: close\r\n\r\n", 200),
    "a null byte": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n", 400),
    "a bare carriage return": (b"GET / HTTP/1.1\r\nHost: localhost\rX: y\r\n\r\n", 400),
    "an absolute address": (b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400),
    "an asterisk": (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400),
    "a tunnel": (b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400),
    "a query of a megabyte": (b"GET /?q=" + b"x" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 431),
    "a header of a megabyte": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n", 431),
    "headers without end": (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 100_000, 431),
    "a long query": (b"GET /?q=" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 414),
    "an old version": (b"GET / HTTP/1.0\r\n\r\n", 400),
    "a new version": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a web socket": (b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n", 421),
}  # fmt: skip


def test_malformed_requests_are_refused_and_harm_nobody(archive: Path) -> None:
    with serving(archive, "-q") as server:
        for name, (sent, status) in MALFORMED.items():
            answer = exchange(server, sent)
            assert answer.startswith(b"HTTP/1.1 %d " % status), (name, answer[:200])
            assert b"content-security-policy" in answer, name
            assert b"Traceback" not in answer, name
            assert b"\r\nserver:" not in answer.lower()
        assert server.get("/api/search?q=rain")[0] == 200
        assert "Traceback" not in server.end()[2]


@contextlib.contextmanager
def hurried(folder: Path, place: Path, settings: str, *options: str) -> Iterator[Running]:
    """Yield a server with other limits than usual: ``settings`` are statements of Python that set them."""
    hurry = place / "hurry.py"
    program = f"from newssearch.web.server import protocol, worker\n{settings}\nfrom newssearch.cli import main\nmain()\n"
    hurry.write_text(program, "utf-8")
    process = subprocess.Popen(
        [sys.executable, str(hurry), "serve", "--index", str(folder), "--port", "0", "-q", *options], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield Running(process, process.stdout.readline().strip())
    finally:
        _kill(process)


SLOW = [
    b"",
    b"GET / HTTP/1.1\r\nHost: loc",
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nab",
]


def test_a_client_that_sends_too_slowly_is_cut_off(archive: Path, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("correct horse", "utf-8")
    settings = "protocol.REQUEST_SECONDS = 0.3; worker.IDLE_SECONDS = 3600"
    with hurried(archive, tmp_path, settings, "--password-file", str(password)) as server:
        for sent in SLOW:
            assert exchange(server, sent) == b""
        assert server.get("/robots.txt")[0] == 200


def test_a_client_that_does_not_read_is_cut_off(tmp_path: Path) -> None:
    long = article("Long", *[f"Rain {number} " * 50_000 for number in range(20)])
    index_of(tmp_path / "index", long).close()
    with (
        hurried(tmp_path / "index", tmp_path, "protocol.READING_SECONDS = 0.3") as server,
        socket.socket() as connection,
    ):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(f"GET /api/article/{long.id} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert awaited(lambda: is_held(server, connection))
        assert awaited(lambda: not is_held(server, connection))


def is_held(server: Running, connection: socket.socket) -> bool:
    """Whether a process of the server has the other end of a connection."""
    if not Path("/proc/net/tcp").exists():
        pytest.skip("needs /proc")
    ports = [f"{port:04X}" for port in (server.port, connection.getsockname()[1])]
    for line in Path("/proc/net/tcp").read_text("utf-8").splitlines()[1:]:
        _, local, remote, *_, inode = line.split()[:10]
        if [local.rpartition(":")[2], remote.rpartition(":")[2]] == ports:
            return inode != "0"
    return False


def test_connections_are_limited(archive: Path, tmp_path: Path) -> None:
    with hurried(archive, tmp_path, "protocol.MAX_CONNECTIONS = 2") as server:
        with server.connect() as first, server.connect() as second:
            for connection in (first, second):
                connection.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
            assert exchange(server, b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n") == b""
        assert awaited(
            lambda: exchange(
                server, b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            )
        )


@pytest.mark.parametrize("answer", ["n", "y"])
def test_on_a_terminal_it_asks_whether_to_index_the_sample(
    tmp_path: Path, serve: Command, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    done = serve(tmp_path / "index", stdin=f"{answer}\n".encode(), terminal=True)
    assert "Index seeds/ now?" in done.err
    if answer == "n":
        assert (done.code, done.out) == (3, "")
        assert not (tmp_path / "index").exists()
    else:
        assert IN_USE.search(done.err)
        with newssearch.open(tmp_path / "index") as index:
            assert index.search("coalition").total_articles == 1
