"""Searches are saved on a server in processes of its own, while the command line saves others."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import newssearch
from newssearch.alerts.collection import SavedSearches
from newssearch.alerts.state import read_alert_state

from .test_serving import PATIENCE, ROOT, Running, posix_only, serving


def asked(server: Running, method: str, path: str, value: object = None) -> tuple[int, str]:
    """Return the status and the text of an answer to a request with a value as JSON."""
    content = None if value is None else json.dumps(value).encode()
    request = urllib.request.Request(
        f"{server.address.rstrip('/')}{path}",
        content,
        {"Content-Type": "application/json"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@posix_only
def test_workers_and_the_command_line_save_at_the_same_time(archive: Path) -> None:
    """Of one name, one wins each time; of different names, all are there, whole, each with what it has seen."""

    def by_command(number: int) -> int:
        words = ["save", f"cli-{number}", "rain", "--index", str(archive)]
        return subprocess.run(
            [sys.executable, "-m", "newssearch", *words], env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, check=False, timeout=PATIENCE,
        ).returncode  # fmt: skip

    with serving(archive, "--workers", "2", "-q") as server, ThreadPoolExecutor(8) as threads:
        commands = [threads.submit(by_command, number) for number in range(3)]
        searches = [{"name": f"web-{number}", "query": "rain"} for number in range(12)]
        saved = list(threads.map(lambda one: asked(server, "POST", "/api/searches", one)[0], searches))
        same = list(
            threads.map(
                lambda number: asked(
                    server, "POST", "/api/searches", {"name": "one", "query": f"rain OR x{number}"}
                )[0],
                range(8),
            )
        )
        assert [one.result() for one in commands] == [0] * 3
        assert saved == [201] * 12
        assert sorted(same) == [201, *[409] * 7]
        listed = json.loads(asked(server, "GET", "/api/searches")[1])["searches"]
        assert asked(server, "DELETE", "/api/searches/web-0")[0] == 204
        assert asked(server, "GET", "/api/searches/web-0")[0] == 404
    names = {one["name"] for one in listed}
    assert names == {"one", *(f"cli-{n}" for n in range(3)), *(f"web-{n}" for n in range(12))}
    for search in SavedSearches(archive.parent).all():
        state = read_alert_state(archive.parent / "alerts", search.name)
        assert state is not None
        assert len(state.seen) == 2
    assert all(report.new == 0 for report in newssearch.run_alerts(archive))


def test_a_server_that_is_read_only_saves_nothing(archive: Path) -> None:
    with serving(archive, "--read-only", "-q") as server:
        status, text = asked(server, "POST", "/api/searches", {"name": "wet", "query": "rain"})
        assert (status, json.loads(text)["detail"]) == (403, "this server was started with --read-only")
        assert "Nothing can be saved here" in server.get("/searches")[1]
    assert not (archive.parent / "searches").exists()
