"""Random histories of an archive and its alert: nothing is lost, nothing is repeated without a reason, and what is repeated
has the same ids."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import breaking
import newssearch
from alerting import AlertedArchive, about
from newssearch import Article
from newssearch.identity import without_slug
from newssearch.system import fault_points
from support import THOROUGH

OUTPUTS = ("a.jsonl", "b.jsonl")
NUMBERS = st.integers(1, 6)
QUERIES = ("rain", "rain OR storm", "storm", "rain date:..2024-07-25")


class Histories(RuleBasedStateMachine):
    """An archive of six articles, some of them copies of others, that come, change, go and come back.

    The property: when a run has ended and no output has failed, each article that the search finds was reported to each
    output, or a copy of it was, or it was there at the first run. None was reported twice to an output that did not fail
    and whose runs were not interrupted.
    """

    @initialize(each_copy=st.booleans(), changes=st.booleans(), limit=st.sampled_from([1, 2, 200]))
    def begin(self, each_copy: bool, changes: bool, limit: int) -> None:
        self.folder = Path(mkdtemp())
        self.archive = AlertedArchive(self.folder)
        self.held: dict[int, Article] = {}
        self.query = "rain"
        self.settings: dict[str, Any] = {
            "each_copy": each_copy, "changes": changes, "limit": limit, "start": "all", "to": [f"ndjson:{one}" for one in OUTPUTS],
        }  # fmt: skip
        self.archive.save(self.query, **self.settings)
        self.disturbed = False
        self.ids: dict[tuple[str, str], str] = {}

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.run_until_nothing_waits()
            shutil.rmtree(self.folder)

    # ---- the archive changes

    @rule(
        number=NUMBERS,
        topic=st.sampled_from(["rain", "rain", "storm", "sun"]),
        version=st.integers(1, 2),
        copy_of=st.one_of(st.none(), NUMBERS),
        date=st.sampled_from(["2024-07-25", "1999-01-01", "2024-08-01", None]),
    )
    def put(self, number: int, topic: str, version: int, copy_of: int | None, date: str | None) -> None:
        """Add an article, or its next version, or bring it back."""
        made = about(topic, number, version, copy_of=copy_of, date=date)
        with newssearch.open(self.archive.index) as index:
            if number in self.held:
                index.remove(self.held[number].id)
            index.add(made)
        self.held[number] = made

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.held)))
        self.archive.remove(self.held.pop(number))

    @rule()
    def rebuild(self) -> None:
        shutil.rmtree(self.archive.index)
        with newssearch.create(self.archive.index) as index:
            for number in sorted(self.held, reverse=True):
                index.add(self.held[number])

    @rule(query=st.sampled_from(QUERIES))
    def edit(self, query: str) -> None:
        self.query = query
        self.archive.save(query, **self.settings)

    # ---- the alert runs

    @rule()
    def run(self) -> None:
        report = self.archive.run()
        assert not report.failed
        if not report.waiting:
            self.check()

    @rule()
    def run_until_nothing_waits(self) -> None:
        while self.archive.run().waiting:
            pass
        self.check()

    @rule(number=NUMBERS, names=st.sets(st.sampled_from(OUTPUTS), min_size=1), removed=st.booleans())
    def run_with_failing_outputs(self, number: int, names: set[str], removed: bool) -> None:
        """Run the alert with folders in the place of files; perhaps the new article is gone when they are back."""
        self.put(number, "rain", 1, None, "2024-07-25")
        for name in names:
            if (self.folder / name).exists():
                (self.folder / name).rename(self.folder / f"{name}.kept")
            (self.folder / name).mkdir()
        report = self.archive.run()
        assert {one.output for one in report.deliveries if one.error} <= {f"ndjson:{name}" for name in names}
        for name in names:
            (self.folder / name).rmdir()
            if (self.folder / f"{name}.kept").exists():
                (self.folder / f"{name}.kept").rename(self.folder / name)
        if removed:
            self.archive.remove(self.held.pop(number))
        found = {entry["entry"] for entry in report.entries}
        self.archive.run()
        for name in OUTPUTS:
            assert found <= {line["entry"] for line in self.archive.lines(name)}

    @rule(moment=st.integers(0, 40))
    def interrupted_run(self, moment: int) -> None:
        """Interrupt a run at a moment of writing, if it has so many."""
        left = moment

        def handler(_: str) -> None:
            nonlocal left
            left -= 1
            if left == -1:
                raise breaking.Broken

        fault_points.handler = handler
        try:
            self.archive.run()
        except breaking.Broken:
            self.disturbed = True
        finally:
            fault_points.handler = None

    def check(self) -> None:
        """Check that all that is found is reported to each output."""
        with newssearch.open(self.archive.index) as index:
            found = index.find(self.query)
            stories = {one: {without_slug(v.id) for v in index.story(one).versions} for one in found}
        for name in OUTPUTS:
            told = {without_slug(line["id"]) for line in self.archive.lines(name)}
            for one in found:
                covering = {without_slug(one)} if self.settings["each_copy"] else stories[one]
                assert told & covering, f"{one} was never reported to {name}"

    @invariant()
    def nothing_is_repeated(self) -> None:
        for name in OUTPUTS:
            if not hasattr(self, "archive"):
                return
            entries = [line["entry"] for line in self.archive.lines(name)]
            if not self.disturbed:
                assert len({*entries}) == len(entries)
            for line in self.archive.lines(name):
                if line["reason"] == "new":
                    key = (name, without_slug(line["id"]))
                    assert self.ids.setdefault(key, line["entry"]) == line["entry"]


Histories.TestCase.settings = settings(max_examples=20 * THOROUGH, stateful_step_count=20)
TestHistories = Histories.TestCase
"""The state machine as a test."""
