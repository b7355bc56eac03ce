"""The threads that search: what ends a search, and how many may wait for one."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.requests import Request
from starlette.types import Message

from newssearch import SearchStoppedError
from newssearch.web import ServerSettings, create_app
from newssearch.web.pool import ClientGoneError, SearchLimits, SearchPool, ServerBusyError

from .checked import CheckedClient

PATIENCE = 60
"""The time in seconds after which something that has to happen counts as not happening."""


class Asked:
    """A request, and the search for it, which ends when it is stopped or released."""

    def __init__(self, client: CheckedClient, path: str = "/") -> None:
        assert client.portal is not None
        self.portal = client.portal
        self.begun, self.released = threading.Event(), threading.Event()
        self.left = self.portal.call(_event)
        self.request = Request(_scope(path), self.receive)

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    def search(self, limits: SearchLimits) -> str:
        self.begun.set()
        while not self.released.wait(0.001):
            if limits.stop():
                raise SearchStoppedError("stopped")
        return "found"

    def start(self, pool: SearchPool) -> Future[str]:
        return self.portal.start_task_soon(pool.run, self.request, self.search)

    def leave(self) -> None:
        self.portal.call(self.left.set)


async def _event() -> asyncio.Event:
    return asyncio.Event()


def _scope(path: str) -> dict[str, Any]:
    return {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"q=rain", "scheme": "http",
        "headers": [(b"host", b"localhost")], "client": ("192.0.2.7", 1), "server": ("127.0.0.1", 8080), "root_path": "",
    }  # fmt: skip


@contextmanager
def serving(
    archive: Path, **settings: Any
) -> Iterator[tuple[CheckedClient, SearchPool, Callable[..., Asked]]]:
    """Yield a client of the application, its threads, and what makes requests, all of which end with the block."""
    made: list[Asked] = []
    app = create_app(settings=ServerSettings(index=archive, **settings))
    with CheckedClient(app) as client:

        def ask(path: str = "/") -> Asked:
            made.append(Asked(client, path))
            return made[-1]

        try:
            yield client, app.state.context.pool, ask
        finally:
            for one in made:
                one.released.set()


def test_a_client_that_leaves_stops_its_search_and_makes_room(archive: Path) -> None:
    with serving(archive, threads=1, waiting=0) as (client, pool, ask):
        asked = ask()
        found = asked.start(pool)
        assert asked.begun.wait(PATIENCE)
        asked.leave()
        assert isinstance(found.exception(PATIENCE), ClientGoneError)
        assert client.get("/api/search?q=rain").status_code == 200


def test_more_searches_than_may_wait_are_asked_to_come_again(archive: Path) -> None:
    with serving(archive, threads=1, waiting=1) as (client, pool, ask):
        running, waiting = ask(), ask()
        first = running.start(pool)
        assert running.begun.wait(PATIENCE)
        second = waiting.start(pool)
        for address in ("/?q=rain", "/api/search?q=rain"):
            answer = client.get(address)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
            assert "too many searches" in answer.text.lower()
        running.released.set()
        waiting.released.set()
        assert (first.result(PATIENCE), second.result(PATIENCE)) == ("found", "found")
        assert client.get("/api/search?q=rain").status_code == 200


def test_a_search_that_waited_for_all_of_its_time_is_not_begun(archive: Path) -> None:
    with serving(archive, time_limit=0.0) as (_, pool, ask):
        asked = ask()
        assert isinstance(asked.start(pool).exception(PATIENCE), ServerBusyError)
        assert not asked.begun.is_set()


def test_the_log_tells_a_client_that_left_from_a_search_that_took_too_long(
    archive: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "newssearch")
    with serving(archive, threads=1) as (client, pool, ask):
        running, gone = ask(), ask()
        running.start(pool)
        assert running.begun.wait(PATIENCE)
        gone.leave()
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        answered = gone.portal.start_task_soon(
            cast("Any", client.app), {**_scope("/"), "app": client.app, "state": {}}, gone.receive, send
        )
        answered.result(PATIENCE)
    assert sent == []
    (line,) = [one.getMessage() for one in caplog.records]
    assert line.startswith("192.0.2.7 GET / 499 ")


def test_the_log_says_why_the_index_cannot_be_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with CheckedClient(create_app(tmp_path / "nowhere")) as client:
        for address in ("/?q=rain", "/api/search?q=rain"):
            caplog.clear()
            answer = client.get(address)
            assert answer.status_code == 503
            assert str(tmp_path) not in answer.text
            assert str(tmp_path) in caplog.text
