"""A proxy on this machine in front of a node, which fails as proxies and networks do: for some of the requests that write."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Fault = Literal["refused", "answer lost", "cut"]
"""What happens to a request.

It is *refused* with the status 502 and not carried out; or it is carried out, and then its answer is a 502 (*answer lost*), or the
connection is *cut* instead of an answer.
"""
_NOT_PASSED_ON = {"host", "content-length", "connection", "transfer-encoding", "accept-encoding"}


class FaultyProxy(ThreadingHTTPServer):
    """Passes requests on to ``localhost:port``, which speaks TLS. ``fault_of`` says what happens to each that writes."""

    daemon_threads = True

    def __init__(self, port: int, ca_file: Any, fault_of: Callable[[], Fault | None]) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target = port
        self.context = ssl.create_default_context(cafile=ca_file)
        self.fault_of = fault_of
        self.faults: list[tuple[Fault, str, str]] = []
        """What happened to which request: its method and its path."""
        self.turn = threading.Lock()

    def address(self, name: str) -> str:
        """Return the address of an index behind the proxy."""
        return f"opensearch+http://127.0.0.1:{self.server_address[1]}/{name}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients go away as they like."""


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultyProxy

    def passed_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.partition("?")[0]
        writes = self.command in ("PUT", "DELETE") or path.endswith(("/_bulk", "/_refresh", "/_aliases"))
        with self.server.turn:
            fault = self.server.fault_of() if writes and "point_in_time" not in path else None
            if fault is not None:
                self.server.faults.append((fault, self.command, path))
        if fault == "refused":
            self._answer(502, b"<html>Bad Gateway</html>")
            return
        status, content = self._ask(body)
        if fault == "cut":
            self.close_connection = True
        elif fault == "answer lost":
            self._answer(502, b"<html>Bad Gateway</html>")
        else:
            self._answer(status, content)

    def _ask(self, body: bytes) -> tuple[int, bytes]:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED_ON}
        onward = http.client.HTTPSConnection("localhost", self.server.target, context=self.server.context)
        try:
            onward.request(self.command, self.path, body or None, headers)
            answer = onward.getresponse()
            return answer.status, answer.read()
        finally:
            onward.close()

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = passed_on  # noqa: N815  (names of the standard library)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def faulty_proxy(port: int, ca_file: Any, fault_of: Callable[[], Fault | None]) -> Iterator[FaultyProxy]:
    """Run a proxy while the block runs."""
    with FaultyProxy(port, ca_file, fault_of) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=[0.01])
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
