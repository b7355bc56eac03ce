"""The turns of searches: one at a time, in the order of arrival, and none waits for a long one."""

from __future__ import annotations

import threading
import time

import pytest

from newssearch.web import turns
from newssearch.web.turns import Turns

LONG = 60.0
"""A time in seconds that no test takes."""


def test_one_begins_after_the_other_in_the_order_of_arrival(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "SECONDS_OF_TURN", LONG)
    taken, seen = Turns(), []
    first = threading.Event()

    def search(number: int) -> None:
        with taken.one():
            seen.append(f"{number} begins")
            first.wait(LONG)
            seen.append(f"{number} ends")

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=search, args=[number]))
        threads[-1].start()
        while (taken.waiting, len(seen)) != (number, 1):
            time.sleep(0)
    first.set()
    for thread in threads:
        thread.join(LONG)
    assert seen == [f"{number} {what}" for number in range(5) for what in ("begins", "ends")]


def test_a_long_search_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "SECONDS_OF_TURN", 0.0)
    taken = Turns()
    with taken.one(), taken.one():  # the second begins although the first has not ended
        monkeypatch.setattr(turns, "SECONDS_OF_TURN", LONG)
        waits = threading.Thread(target=lambda: taken.one().__enter__())
        waits.start()
        while taken.waiting != 1:
            time.sleep(0)
    waits.join(LONG)
    assert not waits.is_alive()


def test_a_search_that_fails_ends_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "SECONDS_OF_TURN", LONG)
    taken = Turns()
    with pytest.raises(ValueError, match="wrong"), taken.one():
        raise ValueError("wrong")
    with taken.one():
        assert taken.waiting == 0
