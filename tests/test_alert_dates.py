"""Alerts whose searches have relative dates: whatever the clock does between runs, each article is reported once."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

import newssearch
from alerting import AlertedArchive, about
from newssearch import AlertReport, Request
from newssearch.alerts.running import AlertRun
from support import THOROUGH

BEGINNING = dt.datetime(2024, 7, 31, 22, 30)
"""The clock of the first run: an hour and a half before a new month."""
SEARCHES = [
    ("rain", Request(since="-7d")),
    ("rain", Request(until="-2d")),
    ("rain", Request(on="yesterday")),
    ('rain date:"last month"', Request()),
    ("rain date:today", Request()),
    ("rain", Request(since="-9d", until="-2d")),
    ("rain -date:-7d", Request()),
]
PAUSES = [dt.timedelta(minutes=n) for n in (0, 1, 90, 600, 1_440, 10_080, 44_640, -120, -840)]
"""What the clock moves by: also over midnight and the end of a month, and back, as in another time zone."""


def run_at(archive: AlertedArchive, now: dt.datetime) -> AlertReport:
    """Run the alert as if the clock showed ``now``."""
    with newssearch.open(archive.index) as index:
        return AlertRun(index, archive.folder, lambda report: None, clock=lambda: now).run("rain")


def found_at(archive: AlertedArchive, query: str, request: Request, now: dt.datetime) -> set[str]:
    """Return the ids that the search finds at a time, without an alert."""
    with newssearch.open(archive.index) as index:
        return {*index.find(query, request.replace(now=now))}


class DatedHistories(RuleBasedStateMachine):
    """An archive to which articles come, dated around the present day, while the clock moves.

    The property: an article is reported if and only if the search found it at some run, and reported once.
    """

    @initialize(search=st.sampled_from(SEARCHES), limit=st.sampled_from([1, 200]))
    def begin(self, search: tuple[str, Request], limit: int) -> None:
        self.folder = Path(mkdtemp())
        self.archive = AlertedArchive(self.folder)
        self.query, self.request = search
        self.archive.save(
            self.query, self.request, limit=limit, start="all", each_copy=True, to="ndjson:out.jsonl"
        )
        self.now = BEGINNING
        self.articles = 0
        self.ever_found: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.run_until_nothing_waits()
            shutil.rmtree(self.folder)

    @rule(
        days=st.one_of(st.integers(-9, 3), st.integers(-70, 0)),
        form=st.sampled_from(["%Y-%m-%d", "%Y-%m-%dT23:50:00-10:00", "%Y-%m-%dT00:10:00+12:00", "%Y-%m", ""]),
    )
    def put(self, days: int, form: str) -> None:
        date = (self.now + dt.timedelta(days)).strftime(form) or None
        self.articles += 1
        self.archive.add(about("rain", self.articles, date=date))

    @rule(pause=st.sampled_from(PAUSES))
    def time_passes(self, pause: dt.timedelta) -> None:
        self.now += pause

    @rule(pause=st.sampled_from(PAUSES))
    def run(self, pause: dt.timedelta) -> None:
        """Run, then wait: the index is often the same at the next run, and the dates are others."""
        self.ever_found |= found_at(self.archive, self.query, self.request, self.now)
        report = run_at(self.archive, self.now)
        assert not report.failed
        told = [line["id"] for line in self.archive.lines()]
        assert len({*told}) == len(told), "reported twice"
        assert {*told} <= self.ever_found, "never found"
        if not report.waiting:
            assert {*told} == self.ever_found, "never reported"
        self.now += pause

    @rule()
    def run_until_nothing_waits(self) -> None:
        self.ever_found |= found_at(self.archive, self.query, self.request, self.now)
        while run_at(self.archive, self.now).waiting:
            pass
        assert sorted(line["id"] for line in self.archive.lines()) == sorted(self.ever_found)


DatedHistories.TestCase.settings = settings(max_examples=6 * THOROUGH, stateful_step_count=10)
TestDatedHistories = DatedHistories.TestCase
"""The state machine as a test."""


@pytest.mark.parametrize("search", SEARCHES)
def test_what_a_search_finds_moves_with_the_clock_though_the_index_stays(
    tmp_path: Path, search: tuple[str, Request]
) -> None:
    query, request = search
    days = [BEGINNING.date() + dt.timedelta(n) for n in range(-45, 20)]
    archive = AlertedArchive(tmp_path, *(about("rain", n, date=f"{day}") for n, day in enumerate(days)))
    archive.save(query, request, start="all", each_copy=True, to="ndjson:out.jsonl")
    ever_found: set[str] = set()
    for hours in (0, 1, 2, 26, 100, 400, 380):
        now = BEGINNING + dt.timedelta(hours=hours)
        before, found = {*ever_found}, found_at(archive, query, request, now)
        ever_found |= found
        assert {entry["id"] for entry in run_at(archive, now).entries} == found - before
    assert 0 < len(ever_found) <= len(days)
    assert sorted(line["id"] for line in archive.lines()) == sorted(ever_found)
