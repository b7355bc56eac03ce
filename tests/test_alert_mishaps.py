"""Alerts when something goes wrong beside them: one search, one output or one batch fails, and nothing else is lost."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

import newssearch
from alerting import AlertedArchive, about, titles_of
from newssearch import AlertError, AlertReport, Request, SavedSearch
from newssearch.alerts.api import Alerts
from newssearch.alerts.collection import SavedSearches
from newssearch.alerts.running import AlertRun
from newssearch.system.file_lock import locked_file

DAY = dt.datetime(2024, 7, 26, 7)


@pytest.fixture
def archive(tmp_path: Path) -> AlertedArchive:
    return AlertedArchive(tmp_path, *(about("rain", n) for n in range(1, 6)))


def run_at(archive: AlertedArchive, *times: dt.datetime) -> AlertReport:
    """Run the alert with a clock that shows the given times, the last one for ever."""
    left = list(times)
    with newssearch.open(archive.index) as index:
        run = AlertRun(
            index, archive.folder, lambda _: None, clock=lambda: left.pop(0) if len(left) > 1 else left[0]
        )
        return run.run("rain")


def save(archive: AlertedArchive, name: str, **settings: object) -> None:
    SavedSearches(archive.folder).save(SavedSearch(name=name, query="rain", start="all", **settings))  # type: ignore[arg-type]


# ---- what waits


@pytest.mark.parametrize(
    ("query", "request_of_day"), [("rain", Request(on="yesterday")), ("rain date:yesterday", Request())]
)
def test_what_waits_comes_when_its_dates_have_passed(
    archive: AlertedArchive, query: str, request_of_day: Request
) -> None:
    archive.save(query, request_of_day, to="ndjson:out.jsonl", start="all", limit=2)
    assert run_at(archive, DAY).waiting == 3
    report = run_at(archive, DAY + dt.timedelta(days=1))
    assert (report.new, report.waiting) == (2, 1)
    assert "rain" in str(report.entries[0]["snippet"])
    assert run_at(archive, DAY + dt.timedelta(days=9)).new == 1
    assert sorted(titles_of(archive.lines())) == [f"Rain {n}" for n in range(1, 6)]


def test_what_waited_and_does_not_come_is_told(archive: AlertedArchive) -> None:
    archive.save(to="ndjson:out.jsonl", start="all", limit=2, request=Request(sort="id"))
    first = titles_of(archive.run().entries)
    left = [n for n in range(1, 6) if f"Rain {n}" not in first]
    archive.remove(about("rain", left[0]))
    archive.save("snow", to="ndjson:out.jsonl", start="all", limit=2)
    report = archive.run()
    assert (report.new, report.waiting) == (0, 0)
    assert report.warnings == (
        "1 article that waited for this run is not in the index any more",
        "2 articles that waited for this run are not found by the search as it is now, and not reported",
    )
    archive.save("rain", to="ndjson:out.jsonl", start="all")
    assert sorted(archive.new()) == [f"Rain {n}" for n in left[1:]]


def test_a_run_over_midnight_asked_for_the_day_on_which_it_began(archive: AlertedArchive) -> None:
    archive.save(request=Request(on="yesterday"), to="ndjson:out.jsonl", start="all")
    run_at(archive, dt.datetime(2024, 7, 25, 10))
    archive.add(about("sun", 9))
    run_at(archive, dt.datetime(2024, 7, 25, 23, 59, 59), dt.datetime(2024, 7, 26, 0, 0, 1))
    assert run_at(archive, dt.datetime(2024, 7, 26, 9)).new == 5


# ---- a batch that cannot be read


def damaged_archive(archive: AlertedArchive) -> None:
    """Let one of two outputs be owed a batch that gets damaged, and one more article come."""
    archive.save(to=["ndjson:bad", "ndjson:out.jsonl"], start="all")
    (archive.folder / "bad").mkdir()
    archive.run()
    (batch,) = (archive.folder / "alerts").glob("*.batch")
    batch.write_bytes(batch.read_bytes()[:-9])
    archive.add(about("rain", 6))


def test_a_damaged_batch_fails_only_the_output_that_is_owed_it(archive: AlertedArchive) -> None:
    damaged_archive(archive)
    report = archive.run()
    assert titles_of(report.entries) == ["Rain 6"]
    assert [(one.output, bool(one.error)) for one in report.deliveries] == [
        ("ndjson:bad", True),
        ("ndjson:out.jsonl", False),
    ]
    assert len(archive.lines()) == 6


def test_giving_up_delivers_before_what_can_be_delivered(archive: AlertedArchive) -> None:
    damaged_archive(archive)
    archive.run()
    (archive.folder / "bad").rmdir()
    assert Alerts(archive.index).give_up("rain", wait=1) == 1
    assert titles_of(archive.lines("bad")) == ["Rain 6"]
    assert not list((archive.folder / "alerts").glob("*.batch"))
    assert not archive.run().failed


def test_a_corrected_output_gets_what_the_wrong_one_was_owed(archive: AlertedArchive) -> None:
    archive.save(to="ndjson:bad", start="all")
    (archive.folder / "bad").mkdir()
    archive.run()
    archive.save(to="ndjson:out.jsonl", start="all")
    assert archive.run().warnings == ()
    assert len(archive.lines()) == 5


# ---- one search, one output


@pytest.mark.parametrize("file", ["alerts/a.lock", "alerts/a.state", "searches/a b.toml", "searches/a.toml"])
def test_a_file_that_cannot_be_read_stops_only_its_search(archive: AlertedArchive, file: str) -> None:
    save(archive, "b", to="ndjson:b.jsonl")
    if file != "searches/a.toml":
        save(archive, "a", to="ndjson:a.jsonl")
    (archive.folder / file).parent.mkdir(exist_ok=True)
    (archive.folder / file).mkdir()
    reports = newssearch.run_alerts(archive.index)
    assert [one.search for one in reports if one.failed] == [Path(file).name.rpartition(".")[0]]
    assert len(archive.lines("b.jsonl")) == 5


def test_an_output_with_an_unexpected_failure_stops_only_itself(
    archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the key is geheim")

    monkeypatch.setenv("NEWSSEARCH_WEBHOOK_SECRET", "geheim")
    monkeypatch.setattr("newssearch.alerts.outputs.atom.AtomFeed.deliver", broken)
    archive.save(to=["atom:feed.xml", "ndjson:out.jsonl"], start="all")
    report = archive.run()
    assert report.deliveries[0].error == "RuntimeError: the key is ***"
    assert len(archive.lines()) == 5


def test_a_search_that_is_in_two_places_stops_only_itself(archive: AlertedArchive) -> None:
    save(archive, "a", to="ndjson:a.jsonl")
    save(archive, "b", to="ndjson:b.jsonl")
    (archive.folder / "newssearch.toml").write_text('[searches.a]\nquery = "sun"\n', "utf-8")
    first, second = newssearch.run_alerts(archive.index)
    assert "remove one of them" in first.error
    assert second.new == 5


# ---- the definition, and the state


def test_a_run_that_waited_obeys_the_search_as_it_is_then(
    archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.save(to="ndjson:old.jsonl", start="all")

    def taken(path: Path, wait: float) -> object:
        archive.save(to="ndjson:new.jsonl", start="all")  # another process, while this run waits
        return locked_file(path, wait)

    monkeypatch.setattr("newssearch.alerts.running.locked_file", taken)
    archive.run()
    assert not archive.lines("old.jsonl")
    assert len(archive.lines("new.jsonl")) == 5


def test_a_run_that_waited_for_the_removal_of_its_search_does_nothing(
    archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.save(to="ndjson:out.jsonl", start="all")

    def taken(path: Path, wait: float) -> object:
        (archive.folder / "searches" / "rain.toml").unlink(missing_ok=True)
        return locked_file(path, wait)

    monkeypatch.setattr("newssearch.alerts.running.locked_file", taken)
    assert archive.run().new == 0
    assert not archive.lines()
    assert not (archive.folder / "alerts" / "rain.state").exists()


def test_a_search_whose_first_run_fails_is_not_saved(archive: AlertedArchive) -> None:
    (archive.folder / "alerts").mkdir()
    search = SavedSearch(name="rain", query="rain")
    with locked_file(archive.folder / "alerts" / "rain.lock", 1) as held:
        assert held
        with pytest.raises(AlertError):
            newssearch.save_search(search, archive.index, wait=0)
    newssearch.save_search(search, archive.index)
    assert archive.new() == []


# ---- what nobody reads


@pytest.mark.parametrize("options", [[], ["--json"]])
@pytest.mark.parametrize("number", [1, 200])  # less than a buffer holds, and more
def test_what_nobody_reads_comes_with_the_next_run(tmp_path: Path, number: int, options: list[str]) -> None:
    archive = AlertedArchive(tmp_path, *(about("rain", n) for n in range(number)))
    archive.save(to="stdout", start="all", limit=number)
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "newssearch", "alert", "run", *options],
        cwd=tmp_path, check=False, stdout=write, stderr=subprocess.PIPE, text=True, timeout=60,
    )  # fmt: skip
    os.close(write)
    assert "error" not in done.stderr
    assert done.returncode == 0
    assert len(archive.run().entries) == number
