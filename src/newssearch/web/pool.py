"""The threads that search: their number, how many requests may wait for them, and how long one may take."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

from starlette.requests import Request

from newssearch.errors import SearchStoppedError
from newssearch.stopping import StopCheck, limiting

from .turns import Turns

Answer = TypeVar("Answer")


class ServerBusyError(Exception):
    """More requests wait for a search than the settings allow, or one has waited for all of its time."""


class ClientGoneError(Exception):
    """The client has closed the connection, so that nobody waits for the answer."""


class SearchLimits(NamedTuple):
    """What ends a search: the moment of :func:`time.monotonic` until which it may run, and that its client has gone."""

    deadline: float
    stop: Callable[[], bool]

    @property
    def timeout(self) -> float:
        """The time in seconds that is left, at least 0."""
        return max(self.deadline - time.monotonic(), 0.0)


class SearchPool:
    """Runs searches in a fixed number of threads. The event loop calls it, so that its counter needs no lock."""

    def __init__(self, threads: int, waiting: int, time_limit: float) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="search")
        self._most = threads + waiting
        self._taken = 0
        self._time_limit = time_limit
        self._turns = Turns()

    async def run(self, request: Request, search: Callable[[SearchLimits], Answer]) -> Answer:
        """Return what ``search`` returns, in one of the threads. Its time limit begins now, while it waits for a thread.

        If the client closes the connection meanwhile, the search is stopped. Raises :class:`ClientGoneError` then,
        :class:`ServerBusyError` if too many wait, and what the search raises:
        :class:`~newssearch.SearchStoppedError` at its time limit.
        """
        if self._taken >= self._most:
            raise ServerBusyError
        self._taken += 1
        gone = threading.Event()
        limits = SearchLimits(time.monotonic() + self._time_limit, gone.is_set)
        job = self._executor.submit(_in_time, search, limits, self._turns)
        work = asyncio.wrap_future(job)
        work.add_done_callback(self._leave)
        watch = asyncio.ensure_future(_client_gone(request))
        try:
            both: list[asyncio.Future[Any]] = [work, watch]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                gone.set()
                if job.cancel():  # no thread has begun it
                    raise ClientGoneError
                with contextlib.suppress(SearchStoppedError):
                    return await work
                raise ClientGoneError
            return await work
        finally:
            gone.set()  # also if the server is shut down
            watch.cancel()

    def _leave(self, work: asyncio.Future[Answer]) -> None:
        self._taken -= 1
        if not work.cancelled():
            work.exception()  # seen, even if nobody waits for it any more

    def close(self) -> None:
        """End the threads, without waiting for them."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def _in_time(search: Callable[[SearchLimits], Answer], limits: SearchLimits, turns: Turns) -> Answer:
    with turns.one():
        if limits.stop():
            raise SearchStoppedError("the client has gone")
        if not limits.timeout:
            raise ServerBusyError
        with limiting(StopCheck(limits.timeout, limits.stop)):  # to look for another commit, too
            return search(limits)


async def _client_gone(request: Request) -> None:
    """Return when the client has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
