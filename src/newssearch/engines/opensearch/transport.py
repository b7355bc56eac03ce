"""Sends requests to the nodes of a cluster over persistent connections, with failover and retries.

A request to a node that is down goes to the next one. After a response that asks for patience (429, 502, 503, 504),
the request is repeated with exponential backoff, or after the time in ``Retry-After``: for a few seconds if it reads,
for a minute if it writes. Consecutive failing writes share this minute. No attempt exceeds the time limit of a
search.

A node may hang, or a node that it asks in turn. The request therefore goes to another node after some seconds, and a
search ends after about half a minute, unless it is part of long work or has a longer time limit.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from newssearch.errors import NewssearchError
from newssearch.stopping import NEVER, StopCheck, limited

from .address import ClusterAddress, Host
from .connection_settings import ConnectionSettings
from .failures import ClusterPlace, Refusal, certificate_failure, not_opensearch

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, HTTPConnectionPool

READ_PATIENCE = 5.0
WRITE_PATIENCE = 60.0
"""The times in seconds for which requests are retried: those that read, and those that write."""
CONNECT_TIMEOUT = 3.0
READ_TIMEOUTS = (6.0, 20.0)
"""The read timeouts in seconds, attempt by attempt. The first one abandons a node that hangs; a slow search gets the
others.
"""
LONG_TIMEOUTS = (6.0, 30.0, 120.0)
"""The read timeouts of long work, and of searches with a time limit longer than the sum of :data:`READ_TIMEOUTS`."""
BODY_SECONDS = 120.0
"""The time in seconds within which the whole response must arrive once it has begun."""
MAX_ANSWER = 1_000_000_000
"""The largest size in bytes of a response, uncompressed."""
_AT_ONCE = 65_536
WRITE_TIMEOUTS = (30.0, 60.0, 120.0)
PROBE_TIMEOUT = 1.0
"""The timeout in seconds of the probe that a node must answer after it hung, before it gets requests again."""
_IS_LONG_WORK: ContextVar[bool] = ContextVar("is_long_work", default=False)
"""Whether requests are parts of long work."""
DOWN_SECONDS = (1.0, 60.0)
"""The times in seconds for which a node that is down gets no requests: the first, and the longest."""
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
MAX_CONNECTIONS_TO_NODE = 32
"""The largest number of connections to one node. Further threads wait."""
COMPRESSED_FROM = 2_048
"""The size in bytes from which request bodies are compressed, except to this machine."""

URLLIB3_MISSING = "an index on a cluster needs the package urllib3: pip install 'newssearch[opensearch]'"


class Reply(NamedTuple):
    """The final response to a request.

    ``host`` sent it. ``repeated`` is whether an earlier attempt may have taken effect although its response was lost.
    """

    status: int
    body: bytes
    host: Host
    repeated: bool


def json_of(reply: Reply, place: ClusterPlace) -> Any:
    """Return the JSON of a response; None if it is empty."""
    try:
        return json.loads(reply.body) if reply.body else None
    except (ValueError, RecursionError):
        raise not_opensearch(place, reply.host, "its answer is not JSON, or a part of it") from None


@contextmanager
def long_work() -> Iterator[None]:
    """Let read requests in the block wait longer, within their time limits."""
    before = _IS_LONG_WORK.set(True)
    try:
        yield
    finally:
        _IS_LONG_WORK.reset(before)


class _NotSentError(Exception):
    """The connection to a node failed, so that the request was not sent."""


class _NoAnswerError(Exception):
    """The connection to a node broke, or the node did not respond in time. The request may have taken effect."""

    def __init__(self, message: str, *, late: bool) -> None:
        super().__init__(message)
        self.late = late


class _Node:
    """A node with its connection pool, and whether it is down."""

    def __init__(self, host: Host, pool: HTTPConnectionPool) -> None:
        self.host = host
        self.pool = pool
        self.down_until = 0.0
        self.failures = 0
        self.stood_still = False

    def failed(self, *, late: bool) -> None:
        """Mark the node as down: it gets no requests for a while, as long as others are up."""
        first, longest = DOWN_SECONDS
        self.down_until = time.monotonic() + min(first * 2**self.failures, longest)
        self.failures += 1
        self.stood_still = self.stood_still or late

    def answered(self) -> None:
        """Mark the node as up."""
        self.down_until, self.failures, self.stood_still = 0.0, 0, False


class Transport:
    """The connections to a cluster. Threads may share it; a forked process opens its own connections."""

    def __init__(self, address: ClusterAddress, settings: ConnectionSettings, place: ClusterPlace) -> None:
        try:
            import urllib3  # an extra, imported when an index on a cluster is opened
        except ModuleNotFoundError:
            raise NewssearchError(URLLIB3_MISSING) from None
        self._urllib3 = urllib3
        self._address = address
        self._place = place
        self._headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
        if settings.authorization is not None:
            self._headers["Authorization"] = settings.authorization
        self._near = all(host.is_loopback for host in address.hosts)
        if self._near:
            del self._headers["Accept-Encoding"]
        self._context = _tls(settings, place) if address.tls else None
        self._lock = threading.Lock()
        self._connect()

    def __repr__(self) -> str:
        return f"Transport({str(self._address)!r})"

    @property
    def hosts(self) -> tuple[Host, ...]:
        """The nodes to contact."""
        return self._address.hosts

    @property
    def tls(self) -> bool:
        """Whether the connections are encrypted."""
        return self._address.tls

    def _connect(self) -> None:
        self._process = os.getpid()
        self._nodes = [_Node(host, self._pool(host)) for host in self._address.hosts]
        # processes that start at the same time ask different nodes first
        self._turns = itertools.count(random.Random(os.urandom(4)).randrange(len(self._nodes)))
        self._reached = False
        self._writing_fails: tuple[float, float] | None = None
        """The times of the first and the last failed write since the last successful one."""

    def _pool(self, host: Host) -> HTTPConnectionPool:
        name = f"[{host.name}]" if ":" in host.name else host.name
        if self._context is None:
            return self._urllib3.HTTPConnectionPool(
                name, host.port, maxsize=MAX_CONNECTIONS_TO_NODE, block=True
            )
        return self._urllib3.HTTPSConnectionPool(
            name, host.port, maxsize=MAX_CONNECTIONS_TO_NODE, block=True, ssl_context=self._context
        )

    def write_patience(self) -> float:
        """Return the number of seconds for which a write is retried: a minute from the first of consecutive failures."""
        now, left = time.monotonic(), WRITE_PATIENCE
        if self._writing_fails is not None and now - self._writing_fails[1] < WRITE_PATIENCE:
            left = self._writing_fails[0] + WRITE_PATIENCE - now
        return max(left, min(READ_PATIENCE, WRITE_PATIENCE))

    def note_writing(self, *, failed: bool) -> None:
        """Record whether a write attempt got a final response."""
        now, before = time.monotonic(), self._writing_fails
        if not failed:
            self._writing_fails = None
        elif before is None or now - before[1] >= WRITE_PATIENCE:
            self._writing_fails = now, now
        else:
            self._writing_fails = before[0], now

    def close(self) -> None:
        """Close the connections. The next request makes new ones."""
        with self._lock:
            if self._process == os.getpid():  # after a fork they belong to the other process
                for node in self._nodes:
                    node.pool.close()
            self._connect()

    def _in_turn(self, passed: set[Host]) -> _Node | None:
        """Return the next node that is up and not in ``passed``, else one that is down; None if all were passed."""
        with self._lock:
            if self._process != os.getpid():
                self._connect()
            turn, now = next(self._turns), time.monotonic()
            nodes = [self._nodes[(turn + step) % len(self._nodes)] for step in range(len(self._nodes))]
        nodes = [node for node in nodes if node.host not in passed]
        up = [node for node in nodes if node.down_until <= now]
        return next(iter(up or nodes), None)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        parameters: Mapping[str, str] | None = None,
        *,
        writing: bool = False,
        check: StopCheck = NEVER,
        timeouts: Sequence[float] = (),
        when_late: Callable[[], object] | None = None,
    ) -> Reply:
        """Return the final response to a request: success, or a refusal that retrying does not change.

        ``timeouts`` replaces the read timeouts, attempt by attempt. ``when_late`` is called after each one that has
        expired; if it raises, the request ends.

        Raises :class:`~newssearch.IndexUnreachableError` if no node answers, and
        :class:`~newssearch.SearchStoppedError` at the time limit of ``check``.
        """
        url = path + (f"?{urlencode(parameters)}" if parameters else "")
        headers = self._headers
        if body is not None and len(body) >= COMPRESSED_FROM and not self._near:
            body = _gzip(body)
            headers = {**headers, "Content-Encoding": "gzip"}
        check = limited(check)
        timeouts = timeouts or _timeouts_for(check, writing=writing)
        return _Sending(self, method, url, body, headers, writing, check, timeouts, when_late).reply()

    def ask(
        self,
        node: _Node,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        seconds: float,
        body_seconds: float = BODY_SECONDS,
    ) -> tuple[int, str, bytes]:
        """Return the status, the ``Retry-After`` header and the body of one node's response."""
        errors = self._urllib3.exceptions
        timeout = self._urllib3.Timeout(connect=min(CONNECT_TIMEOUT, seconds), read=seconds)
        try:
            answer = node.pool.urlopen(
                method,
                url,
                body,
                headers,
                retries=False,
                redirect=False,
                timeout=timeout,
                pool_timeout=int(seconds) + 1,
                preload_content=False,
            )
            content = self._content(answer, node.host, body_seconds)
        except errors.SSLError as error:
            if "EOF" in _said(error):  # the node has just shut down
                raise _NotSentError(f"{node.host} does not answer: {_said(error)}") from None
            raise certificate_failure(self._place, node.host, _said(error)) from None
        except errors.NameResolutionError:
            raise _NotSentError(f"there is no host {node.host.name}") from None
        except (errors.NewConnectionError, errors.ConnectTimeoutError, errors.EmptyPoolError) as error:
            raise _NotSentError(f"{node.host} does not answer: {_said(error)}") from None
        except errors.ReadTimeoutError:
            raise _NoAnswerError(f"{node.host} did not answer within {seconds:.3g} s", late=True) from None
        except (errors.HTTPError, OSError) as error:
            raise _NoAnswerError(f"the connection to {node.host} broke: {_said(error)}", late=False) from None
        self._reached = True
        return answer.status, answer.headers.get("Retry-After", ""), content

    def _content(self, answer: BaseHTTPResponse, host: Host, seconds: float) -> bytes:
        """Read the body of a response. One that is too slow or too large is abandoned."""
        end = time.monotonic() + seconds
        parts, size = [], 0
        try:
            while part := answer.read1(_AT_ONCE):
                parts.append(part)
                size += len(part)
                if size > MAX_ANSWER:
                    raise not_opensearch(self._place, host, f"its answer has more than {MAX_ANSWER:,} bytes")
                if time.monotonic() > end:
                    raise _NoAnswerError(
                        f"{host} sent only {size:,} bytes of its answer in {seconds:.3g} s", late=True
                    )
        except BaseException:
            answer.close()
            answer.release_conn()
            raise
        return b"".join(parts)


class _Sending:
    """One request with all its attempts."""

    def __init__(
        self, transport: Transport, method: str, url: str, body: bytes | None, headers: Mapping[str, str], writing: bool, check: StopCheck,
        timeouts: Sequence[float], when_late: Callable[[], object] | None,
    ) -> None:  # fmt: skip
        self._transport = transport
        self._request = (method, url, body, headers)
        self._check = check
        self._writing = writing
        patience = transport.write_patience() if writing else READ_PATIENCE
        self._when_late = when_late
        if writing and patience < WRITE_PATIENCE:  # others have already waited the longer times
            timeouts = timeouts[:1]
        self._timeouts = iter(timeouts)
        self._timeout = next(self._timeouts)
        self._give_up = time.monotonic() + patience
        self._pause = FIRST_PAUSE
        self._repeated = False
        self._passed: set[Host] = set()
        self._trouble: list[str] = []

    def reply(self) -> Reply:
        """Make attempts until one gets a final response."""
        while True:
            self._check()
            node = self._transport._in_turn(self._passed)
            if node is None:  # no node can be reached
                if not self._transport._reached or not self._wait():
                    raise self._unreachable()
                self._passed.clear()
                continue
            reply = self._attempt(node)
            if reply is not None:
                return reply

    def _attempt(self, node: _Node) -> Reply | None:
        left = self._check.remaining
        seconds = self._timeout if left is None else max(min(self._timeout, left), 0.001)
        began = time.monotonic()
        try:
            if node.stood_still:
                self._probe(node, min(PROBE_TIMEOUT, seconds))
            whole = BODY_SECONDS if left is None else max(left, 0.001)
            status, retry_after, content = self._transport.ask(node, *self._request, seconds, whole)
        except _NotSentError as error:
            self._note(node, str(error), late=False)
            return None
        except _NoAnswerError as error:
            self._note(node, str(error), late=error.late)
            self._repeated = True
            self._check()
            if error.late:
                self._transport._reached = True
                self._give_up += time.monotonic() - began  # patience is for waiting between attempts
                self._slower(str(error))
            return None
        node.answered()
        self._passed.clear()
        asks_for_patience = status >= 429 and self._asks_for_patience(Refusal.of_body(status, content))
        if self._writing:
            self._transport.note_writing(failed=asks_for_patience)
        if asks_for_patience:
            self._repeated = self._repeated or status != 429
            if self._wait(retry_after):
                return None
        return Reply(status, content, node.host, self._repeated)

    def _probe(self, node: _Node, seconds: float) -> None:
        """Probe a node that hung. If it does not respond, the request was not sent to it."""
        try:
            self._transport.ask(node, "HEAD", "/", None, self._request[3], seconds)
        except _NoAnswerError as error:
            raise _NotSentError(str(error)) from None

    def _asks_for_patience(self, refusal: Refusal) -> bool:
        """Whether to retry the request. Not a search of a point in time whose node is away."""
        of_point_in_time = self._request[1].startswith("/_search")
        return refusal.asks_for_patience and not (of_point_in_time and refusal.lost_point)

    def _note(self, node: _Node, trouble: str, *, late: bool) -> None:
        node.failed(late=late)
        if self._writing:
            self._transport.note_writing(failed=True)
        self._passed.add(node.host)
        if trouble not in self._trouble:
            self._trouble.append(trouble)

    def _slower(self, trouble: str) -> None:
        """Choose the next longer timeout. Raises if there is none."""
        slower = next(self._timeouts, None)
        if slower is None:
            hint = (
                "" if self._writing else ": a node may hang; a search with a longer time limit waits longer"
            )
            raise self._transport._place.unreachable(trouble + hint)
        self._timeout = slower
        if self._when_late is not None:
            self._when_late()

    def _wait(self, retry_after: str = "") -> bool:
        """Wait before the next attempt. Return False if the patience would be exceeded."""
        pause = float(retry_after) if retry_after.isdecimal() else self._pause * random.uniform(0.75, 1.25)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if time.monotonic() + pause > self._give_up:
            return False
        left = self._check.remaining
        time.sleep(pause if left is None else min(pause, left))
        return True

    def _unreachable(self) -> Exception:
        broken = any("broke" in trouble for trouble in self._trouble)
        hint = (
            " (if it speaks TLS, write opensearch:// in the address)"
            if broken and not self._transport.tls and not self._transport._reached
            else ""
        )
        return self._transport._place.unreachable("; ".join(self._trouble) + hint)


def _timeouts_for(check: StopCheck, *, writing: bool) -> Sequence[float]:
    """Return the read timeouts of a request, attempt by attempt."""
    if writing:
        return WRITE_TIMEOUTS
    left = check.remaining
    may_be_long = _IS_LONG_WORK.get() if left is None else left > sum(READ_TIMEOUTS)
    return LONG_TIMEOUTS if may_be_long else READ_TIMEOUTS


def _gzip(body: bytes) -> bytes:
    """Compress a body with gzip at the fastest level, which suffices for repetitive names and terms."""
    compressor = zlib.compressobj(1, wbits=31)
    return compressor.compress(body) + compressor.flush()


def _tls(settings: ConnectionSettings, place: ClusterPlace) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except ssl.SSLError:
        raise place.unreachable(f"{settings.ca_file} has no certificates as PEM") from None


def _said(error: BaseException) -> str:
    """Return the message of the innermost cause of a connection error."""
    inner: BaseException | None = error
    said = ""
    while inner is not None:
        if isinstance(inner, ssl.SSLCertVerificationError):
            return str(inner.verify_message)
        if type(inner).__name__ == "IncompleteRead":  # of http.client and of urllib3
            return "its answer was cut short"
        if isinstance(inner, zlib.error):
            return "its answer cannot be decompressed"
        said = inner.strerror if isinstance(inner, OSError) and inner.strerror else str(inner) or said
        inner = inner.__cause__ or (inner.args[-1] if inner.args and isinstance(inner.args[-1], BaseException) else None) or inner.__context__  # fmt: skip
    return said.rstrip(".")
