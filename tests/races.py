"""Processes that work on one index at the same instant, and checks of the index afterwards.

``python -m races 200`` in this folder runs 200 rounds of each kind; a test runs the short form. The processes are started
before a round, import all modules that they need, and wait for a line on their standard input.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import TracebackType
from typing import Any

import newssearch
from newssearch import Article, IndexLockedError
from newssearch.cli import run
from newssearch.system.workers import PROCESSES_VARIABLE

PROCESSES = 4
HOLDER = r"(process \d+ on .*, since .*,|another process)"
WAITED = re.compile(rf"{HOLDER} is writing to .*: waited \d+\.\d s; .*")
"""Matches the error of a process that waited for the lock in vain."""
NOTED = re.compile(
    rf"note: (waited \d+\.\d s for {HOLDER} to finish|{HOLDER} is writing to .*: waiting for up to \d+ s)"
)
"""Matches the notes of a process that waited for the lock and got it."""

KINDS: dict[str, tuple[str, ...]] = {
    "add": ("add",) * PROCESSES,
    "index": ("index",) * PROCESSES,
    "add and index": ("add", "index", "add", "index"),
    "create": ("create", "create", "create", "add"),
    "rebuild": ("rebuild", "rebuild", "add", "read"),
    "impatient": ("index", "impatient", "impatient", "clean"),
}
"""The kinds of rounds: the name of the function that each process calls."""


# ---- in each process


def add(archive: Path, name: str, wait: float = 60.0) -> list[str]:
    """Add articles by the API, and return the ids of those that were reported as added."""
    articles = [Article.create(title=f"By {name} {n}", text=f"Rain by {name}.") for n in range(2)]
    with newssearch.open_or_create(archive / "index", wait=wait) as index:
        report = index.add(articles, wait=wait)
        assert report.added == len(articles)
    return [article.id for article in articles]


def index(archive: Path, name: str) -> list[str]:
    """Add the articles of a file by the command line."""
    file = archive / f"{name}.jsonl"
    printed = io.StringIO()
    with redirect_stdout(io.StringIO()), redirect_stderr(printed):
        code = run(["index", str(file), "--index", str(archive / "index"), "--wait", "60"])
    assert code == 0, printed.getvalue()
    assert all(map(NOTED.fullmatch, printed.getvalue().splitlines())), printed.getvalue()
    with newssearch.open(archive / "index") as opened:
        return opened.articles_of(file)


def rebuild(archive: Path, name: str) -> list[str]:
    """Rebuild the index from a file, which removes the articles that others have added before, as it should."""
    newssearch.rebuild(archive / "index", [archive / f"{name}.jsonl"], wait=60.0)
    return []


def create(archive: Path, name: str) -> list[str]:
    """Create the index, which is an error if another process was first."""
    try:
        newssearch.create(archive / "index", wait=60.0).close()
    except newssearch.IndexExistsError:
        return []
    return ["created"]


def clean(archive: Path, name: str) -> list[str]:
    """Check for leftovers and remove them again and again while others write; there must be none."""
    for number in range(10):
        try:
            found = newssearch.verify(archive / "index", clean=number % 2 == 0, wait=60.0)
        except newssearch.IndexNotFoundError:
            continue
        assert (found.problems, found.removed, found.leftovers) == ((), (), ())
    return []


def impatient(archive: Path, name: str) -> list[str]:
    """Add articles without waiting for another writer."""
    try:
        return add(archive, name, wait=0.0)
    except IndexLockedError as error:
        refused = error
    assert refused.waited < 1.0
    assert WAITED.match(str(refused)), str(refused)
    return []


def read(archive: Path, name: str) -> list[str]:
    """Search as soon as there is an index, and again and again."""
    for _ in range(20):
        try:
            with newssearch.open(archive / "index") as opened:
                assert len(opened.find("rain")) == opened.search("rain", limit=0).total_articles
        except newssearch.IndexNotFoundError:
            continue
    return []


def serve(name: str, folder: str) -> None:
    """Call the function that each line of standard input names, and answer each with a line."""
    printed, sys.stdout = sys.stdout, sys.stderr
    add(Path(folder) / name, name)  # so that all is imported
    print("ready", file=printed, flush=True)
    for line in sys.stdin:
        kind, archive = json.loads(line)
        try:
            answer: dict[str, Any] = {"added": globals()[kind](Path(archive), name)}
        except BaseException as error:
            answer = {"error": repr(error)}
        print(json.dumps(answer), file=printed, flush=True)


# ---- beside them


class Racers:
    """A pool of idle worker processes."""

    def __init__(self, folder: Path, number: int = PROCESSES) -> None:
        self._folder = folder
        self._rounds = 0
        self._processes = {name: _process(folder, name) for name in (f"racer{n}" for n in range(number))}
        for process in self._processes.values():
            assert _line(process) == "ready"

    def __enter__(self) -> Racers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes.values():
            process.communicate(timeout=60)

    def round(self, kinds: Sequence[str]) -> int:
        """Let each process work on a new index at the same instant, check it, and return its number of articles."""
        self._rounds += 1
        archive = self._folder / f"round {self._rounds}"
        archive.mkdir()
        for name in self._processes:
            _write(archive / f"{name}.jsonl", name)
        asked = [json.dumps((kind, str(archive))) for kind in kinds]
        for process, line in zip(self._processes.values(), asked, strict=True):
            assert process.stdin is not None, "it was started with pipes"
            print(line, file=process.stdin, flush=True)
        answers = [json.loads(_line(process)) for process in self._processes.values()]
        errors = [answer["error"] for answer in answers if "error" in answer]
        assert not errors, (kinds, errors)
        added = Counter(one for answer in answers for one in answer["added"])
        found = _checked(archive)
        if "rebuild" not in kinds:
            assert Counter(added.keys() - {"created"}) == found
        if "create" in kinds:
            assert added["created"] <= 1
        shutil.rmtree(archive)
        return len(found)


def _checked(archive: Path) -> Counter[str]:
    """Return the ids of the articles in an index, after checking that it is sound and has no leftovers."""
    verified = newssearch.verify(archive / "index", sample=1)
    assert (verified.problems, verified.leftovers) == ((), ())
    with newssearch.open(archive / "index") as opened:
        found = Counter(opened.find(""))
        assert sorted(found) == opened.find("rain")
    return found


def _write(file: Path, name: str) -> None:
    """A file of two articles."""
    records = [{"title": f"Of {name} {n}", "text": f"Rain, says {name}."} for n in range(2)]
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def _process(folder: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", f"import races; races.serve({name!r}, {str(folder)!r})"],
        cwd=Path(__file__).parent,
        env={**os.environ, PROCESSES_VARIABLE: "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None, "it was started with pipes"
    return process.stdout.readline().strip()


def main(number: int) -> None:
    """Run the given number of rounds of each kind."""
    with tempfile.TemporaryDirectory() as folder, Racers(Path(folder)) as racers:
        for name, kinds in KINDS.items():
            articles = sum(racers.round(kinds) for _ in range(number))
            print(
                f"{name}: {number} rounds of {len(kinds)} processes, {articles:,} articles, all there",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]))
