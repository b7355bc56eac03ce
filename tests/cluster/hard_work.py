"""The clusters and processes of :mod:`cluster.hardship`, and its verdicts."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import newssearch
from newssearch.engines.address import store_at

from .hard_load import Log, answers, run, write_files
from .home import CannotStartError, fetch
from .partition import CuttableNetwork
from .server import Cluster, make_archive

HELD = 10
"""The number of files of the archive that is searched and does not change."""
HEALED_AFTER = 600
"""The time in seconds in which the cluster is whole again by itself. A node keeps points in time for five minutes, and their files so long."""
ALLOWED_ERRORS = frozenset({"IndexUnreachableError", "PointInTimeLostError"})
"""The errors of a search that may be while nodes stand still or are cut off. A search that crashes never may."""
TESTS = Path(__file__).parents[1]


@dataclass
class Verdict:
    """Whether something held that must hold, and the numbers of it."""

    part: str
    what: str
    held: bool
    numbers: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        numbers = "; ".join(f"{name} {value}" for name, value in self.numbers.items())
        return f"{'held  ' if self.held else 'FAILED'}  {self.part}: {self.what}" + (f" ({numbers})" if numbers else "")  # fmt: skip


class Hardship:
    """The archive, its cluster, and the verdicts. ``searches`` is the number of searches that each part has at least."""

    def __init__(self, folder: Path, searches: int, seconds: float, seed: int) -> None:
        self.folder = folder
        self.searches, self.seconds = searches, seconds
        self.random = random.Random(seed)
        self.verdicts: list[Verdict] = []
        self.archive = folder / "archive"
        self.archive.mkdir()
        (self.archive / "newssearch.toml").write_text("[opensearch]\nshards = 3\nreplicas = 1\n")
        self.cluster = Cluster(folder / "cluster")
        home = fetch()
        make_archive(home)
        self.cluster.create(home, 3)
        self.network = CuttableNetwork(self.cluster)
        self._logs = 0

    def start(self) -> None:
        """Start the nodes, and make the archive that is searched."""
        self.cluster.start()
        self.cluster.wait()
        self.files = write_files(self.archive, 1, HELD)
        for address in ("held", self.cluster.address("held")):
            done = run(self.archive, "index", *self.files, "--index", address)
            assert done.returncode == 0, done.stderr
        self.known = answers(str(self.archive / "held"))
        (self.folder / "known.json").write_text(json.dumps(self.known))

    def close(self) -> None:
        """End all nodes."""
        self.cluster.remove()
        self.network.close()

    def verdict(self, part: str, what: str, held: bool, **numbers: object) -> None:
        """Note and print a verdict."""
        self.verdicts.append(Verdict(part, what, held, numbers))
        print(self.verdicts[-1], flush=True)

    # ---- processes

    @contextmanager
    def process(self, kind: str, address: str, what: str, *files: str) -> Iterator[Log]:
        """Let a process of :mod:`cluster.hard_load` work while the block runs, and yield its log."""
        self._logs += 1
        log = Log(self.folder / f"{kind}{self._logs}.log")
        program = [sys.executable, "-m", "cluster.hard_load", kind, address, what, str(log.path), *files]
        process = subprocess.Popen(program, cwd=TESTS, stderr=subprocess.PIPE, text=True)
        try:
            yield log
        finally:
            log.stop()
            said = process.communicate(timeout=900)[1]
            if process.returncode:
                log.write(crashed=f"the process ended with {process.returncode}: {said[-1000:]}")

    @contextmanager
    def load(self, part: str, errors_allowed: bool = False) -> Iterator[Callable[[int], None]]:
        """Search the archive from three processes and write another from a fourth. Yield a function that waits for searches.

        Afterwards, note whether all answers were right, and whether no article is lost.
        """
        name = f"grown-{part}"
        files = write_files(self.archive, 1000 + 100 * len(self.verdicts), 1099 + 100 * len(self.verdicts))
        address = self.cluster.address(name)
        known = str(self.folder / "known.json")
        searching = ["search", self.cluster.address("held"), known]
        with (
            self.process(*searching) as one, self.process(*searching) as two, self.process(*searching) as three,
            self.process("index", address, str(self.archive), *files) as writing,
        ):  # fmt: skip
            logs = [one, two, three]

            def wait_for(searches: int) -> None:
                wanted = sum(len(list(log)) for log in logs) + searches
                until(lambda: sum(len(list(log)) for log in logs) >= wanted)

            wait_for(30)
            yield wait_for
            wait_for(max(30, self.searches - sum(len(list(log)) for log in logs)))
        entries = [entry for log in logs for entry in log]
        wrong = [entry for entry in entries if "found" in entry]
        failed = [entry for entry in entries if "error" in entry]
        crashed = [entry for entry in entries if "crashed" in entry]
        unexpected = [entry for entry in failed if entry["error"].split(":")[0] not in ALLOWED_ERRORS]
        slowest = max((entry["seconds"] for entry in entries if "seconds" in entry), default=0)
        bad = [*crashed, *wrong, *unexpected, *failed]
        examples = {"example": bad[0]} if bad else {}
        what = "each search finds all" + (", or is an error" if errors_allowed else "")
        self.verdict(
            part, what, not (wrong or crashed or unexpected) and (errors_allowed or not failed) and len(entries) >= self.searches,
            searches=len(entries), wrong=len(wrong), errors=len(failed), crashed=len(crashed), slowest_seconds=slowest, **examples,
        )  # fmt: skip
        self._check_written(part, address, list(writing), files)

    def _check_written(
        self, part: str, address: str, runs: list[dict[str, Any]], files: Sequence[str]
    ) -> None:
        """Look for the articles of all runs that ended well; then let the others run again, and compare the index with one in a folder."""
        begun = files[: len([entry for entry in runs if "run" in entry])]
        failed = [entry for entry in runs if "error" in entry or "crashed" in entry]
        ended = [
            file
            for file, entry in zip(begun, (one for one in runs if "run" in one), strict=True)
            if entry["code"] == 0
        ]
        lost = self._missing(address, ended)
        self.verdict(part, "each article of a run that ended well is there", bool(ended) and not lost, runs=len(ended), lost=len(lost), **({"example": lost[0]} if lost else {}))  # fmt: skip
        again = run(self.archive, "index", *begun, "--index", address)
        self.compare(part, "no written article is lost", address, begun, failed_runs=len(failed), **({"example": failed[0]} if failed else {}),
                     again=again.stdout.splitlines()[0] if again.stdout else again.stderr[-300:])  # fmt: skip

    def _expected(self, files: Sequence[str]) -> Path:
        """Make an index in a folder of some files, and return the folder."""
        expected = self.archive / "expected"
        shutil.rmtree(expected, ignore_errors=True)
        made = run(self.archive, "index", *files, "--index", "expected")
        assert made.returncode == 0, made.stderr
        return expected

    def _missing(self, address: str, files: Sequence[str]) -> list[str]:
        """Return the ids of the articles of some files that an index on the cluster does not have, or has otherwise."""
        wanted, found = (_states(place) for place in (self._expected(files), address))
        return [one for one, state in wanted.items() if found.get(one) != state]

    def compare(self, part: str, what: str, address: str, files: Sequence[str], **numbers: object) -> None:
        """Note whether an index on the cluster is sound, and has the digest of an index in a folder of the same files."""
        expected = self._expected(files)
        checked = run(self.archive, "verify", "--index", address)
        with newssearch.open(expected) as wanted, newssearch.open(address) as found:
            same = wanted.commit.digest == found.commit.digest
            sound = checked.returncode == 0
        if not sound:
            numbers["verify"] = (checked.stdout + checked.stderr)[-500:]
        self.verdict(part, what, same and sound, files=len(files), same_digest=same, sound=sound, **numbers)

    def whole_again(self) -> int:
        """Wait until the cluster is whole again, and return the seconds that it took."""
        began = time.monotonic()
        self.cluster.wait(seconds=HEALED_AFTER)
        return round(time.monotonic() - began)

    def heal(self, part: str) -> None:
        """Wait until the cluster is whole again, and note if it is not by itself."""
        try:
            self.cluster.wait(seconds=HEALED_AFTER)
        except CannotStartError as error:
            states = self.cluster.request("GET", "/_cat/shards?format=json&h=index,shard,prirep,state,unassigned.reason,unassigned.details")  # fmt: skip
            away = [state for state in states if state["state"] != "STARTED"]
            self.verdict(
                part, "the cluster is whole again by itself", False, error=str(error), shards=away[:5]
            )
            self.cluster.request("POST", "/_cluster/reroute?retry_failed=true")
            self.cluster.wait()

    def manager(self) -> int:
        """Return the node that manages the cluster."""
        found = self.cluster.request("GET", "/_cat/cluster_manager?format=json")[0]["node"]
        return int(found.removeprefix("node"))


def _states(place: Path | str) -> dict[str, str]:
    """Return the state of each article of an index."""
    snapshot = store_at("folder", place).snapshot()
    try:
        return {one.article.id: one.state for one in snapshot.stored()}
    finally:
        snapshot.close()


def until(condition: Callable[[], bool], seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited for {seconds:.0f} s")
        time.sleep(0.2)
