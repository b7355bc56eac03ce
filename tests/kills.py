"""Kill runs at random times again and again, and check the index after each.

``python -m kills 500`` in this folder is the long form; a test runs the short one. Unlike the faults at named moments, a
kill comes at any time, in any of the processes. The archive is kept: each run continues from the index that the run before
has left, while its files change.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import breaking
import newssearch
from breaking import index_in, state_of, write_news

RUN = """
import sys
from pathlib import Path
import breaking
with breaking.small_batches():
    breaking.{operation}(Path(sys.argv[1]))
"""


REMOVED = re.compile(r"e-org-report-([03]-\d+|\d+-[03])-")
"""Matches the ids of the articles that :func:`breaking.remove` removes."""


class Kills:
    """An archive whose runs are killed."""

    def __init__(self, archive: Path, seed: int) -> None:
        self._archive = archive
        self._random = random.Random(seed)
        self.kills = self.ends = 0
        self._longest = 1.5
        write_news(archive, 1)
        self._states = {version: self._expected(version) for version in (1, 2)}

    def _expected(self, version: int) -> dict[str, str]:
        """Return the state of an index of the files of a version."""
        other = self._archive / "expected"
        other.mkdir()
        write_news(other, version)
        breaking.update(other)
        found = state_of(other)
        shutil.rmtree(other)
        assert found is not None
        return found

    def once(self) -> None:
        """Perhaps change the files, start a run, kill it or let it end, and check the index."""
        version = self._random.choice((1, 2))
        before = state_of(self._archive) or {}
        write_news(self._archive, version)
        operation = self._random.choice(("update", "update", "update", "rebuild", "remove"))
        if operation == "remove" and not before:
            operation = "update"
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-c", RUN.format(operation=operation), str(self._archive)],
            cwd=Path(__file__).parent,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            _, error = process.communicate(timeout=self._random.uniform(0.3, self._longest * 1.1))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            self.kills += 1
        else:
            assert process.returncode == 0, error.decode()
            self.ends += 1
            self._longest = 0.8 * self._longest + 0.2 * (time.monotonic() - started)
            if operation != "remove":
                self._check_whole(version, rebuilt=operation == "rebuild")
        self._look(before)

    def _check_whole(self, version: int, *, rebuilt: bool) -> None:
        """Check that all articles are there, except removed ones, which come back when their file changes or on a rebuild."""
        found, expected = state_of(self._archive) or {}, self._states[version]
        assert found.items() <= expected.items(), (
            version,
            found.items() - expected.items(),
            self.kills,
            self.ends,
        )
        missing = expected.keys() - found.keys()
        assert not missing or (not rebuilt and all(map(REMOVED.match, missing)))

    def _look(self, before: dict[str, str]) -> None:
        found = state_of(self._archive)
        if found is None:
            assert not before
            return
        known = [before, *self._states.values()]
        for one, digest in found.items():
            assert digest in [state.get(one) for state in known], one
        assert newssearch.verify(index_in(self._archive), sample=2).problems == ()
        breaking.check_searches(self._archive)

    def end(self) -> None:
        """Check that one more run, which is not killed, brings the index up to date."""
        write_news(self._archive, 2)
        with breaking.small_batches():
            breaking.update(self._archive)
        self._check_whole(2, rebuilt=False)
        cleaned = newssearch.verify(index_in(self._archive), clean=True)
        assert (cleaned.problems, cleaned.leftovers) == ((), ())


def main(number: int, seed: int) -> None:
    """Kill the number of runs that the command line gives."""
    with tempfile.TemporaryDirectory() as folder:
        runs = Kills(Path(folder), seed)
        while runs.kills < number:
            runs.once()
            if runs.kills % 50 == 0:
                print(f"{runs.kills} killed, {runs.ends} ended", flush=True)
        runs.end()
        print(f"{runs.kills} killed, {runs.ends} ended by themselves: nothing was lost (seed {seed})")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
