"""Runs of an alert that are killed at every moment of writing: nothing is lost, and what comes again is the same."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

import breaking
import newssearch
from alerting import AlertedArchive, about
from newssearch import Request
from receivers import WebServer, serving

OUTPUTS_OF_KILLS = ("ndjson:a.jsonl", "atom:a.xml", "ndjson:b.jsonl")


def killed_archive(folder: Path, url: str) -> AlertedArchive:
    """Return an archive whose next run has something to report to every output."""
    archive = AlertedArchive(folder, about("rain", 1), about("rain", 2))
    archive.save(to=[*OUTPUTS_OF_KILLS, f"webhook:{url}"], request=Request(sort="id"))
    archive.run()
    archive.add(about("rain", 3), about("rain", 4))
    return archive


@pytest.mark.skipif(sys.platform == "win32", reason="kills a forked process")
def test_a_run_that_is_killed_at_any_moment_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSSEARCH_WEBHOOK_ALLOW", "127.0.0.1")
    server = WebServer()
    with serving(server):
        (tmp_path / "first").mkdir()
        killed_archive(tmp_path / "first", server.url)

        def run(folder: Path) -> None:
            newssearch.run_alerts(folder / "index")

        shutil.copytree(tmp_path / "first", tmp_path / "counted")
        moments = breaking.moments(run, tmp_path / "counted")
        assert {"alert: batch kept", "alert: found", "ndjson: part written", "alert: delivered"} <= {*moments}
        expected = AlertedArchive.__new__(AlertedArchive)
        expected.folder = tmp_path / "counted"
        whole = [line["entry"] for line in expected.lines("a.jsonl")]
        assert len(whole) == 2
        for number in range(len(moments)):
            folder = tmp_path / f"killed{number}"
            shutil.copytree(tmp_path / "first", folder)
            server.posts.clear()
            assert breaking.kill_at(run, folder, number), moments[number]
            run(folder)
            for name in ("a.jsonl", "b.jsonl"):
                expected.folder = folder
                assert [line["entry"] for line in expected.lines(name)] == whole, (number, moments[number])
            assert all(entry in (folder / "a.xml").read_text("utf-8") for entry in whole)
            bodies = {body for _, _, body in server.posts}
            assert len(server.posts) in (1, 2)
            assert bodies == {(folder / "a.jsonl").read_bytes()}, moments[number]
            assert sorted(file.name for file in (folder / "alerts").iterdir()) == ["rain.lock", "rain.state"]
            shutil.rmtree(folder)
