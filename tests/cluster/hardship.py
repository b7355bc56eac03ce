"""What a cluster lives through in years, in minutes: nodes are killed, restarted, cut off and filled up while it is used.

``python -m cluster.hardship`` in ``tests/`` starts three nodes with a replica, and does all parts, or those that are named::

    python -m cluster.hardship --parts kill restart --json report.json
    python -m cluster.hardship --parts use --minutes 10

===========  =========================================================================================================
kill         each node in turn is killed while processes search and one writes
restart      each node in turn is shut down and started again, as for an update
stop         a node stands still for a while (SIGSTOP); then another, as if the network between nodes were cut
partition    the network between a node and the two others is cut, of the one that manages the cluster and of another
disk         the disk of a node runs full: at OpenSearch's flood stage, and to the last byte
use          two processes index different files, then the same ones, one removes files and adds them again, others search
writer       runs of ``newssearch index`` are killed at random moments, and run again
===========  =========================================================================================================

What must be found comes from an index in a folder of the same files. The exit code is 1 if something is not as it must be.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from .full_disk import disk
from .hard_load import answers, command, run, write_files
from .hard_work import Hardship, until


def kill(work: Hardship) -> None:
    """Kill each node in turn."""
    _one_after_the_other(work, "kill", work.cluster.kill)


def restart(work: Hardship) -> None:
    """Shut each node down and start it again, in turn."""
    _one_after_the_other(work, "restart", lambda node: work.cluster.stop([node]))


def _one_after_the_other(work: Hardship, part: str, end: Callable[[int], None]) -> None:
    with work.load(part) as wait_for:
        for node in range(3):
            end(node)
            wait_for(work.searches // 6)
            work.cluster.start([node])
            work.cluster.wait()
            wait_for(15)


def stop(work: Hardship) -> None:
    """Let the manager of the cluster, then another node, stand still for a while."""
    seconds = []
    with work.load("stop", errors_allowed=True) as wait_for:
        for node in (work.manager(), (work.manager() + 1) % 3):
            work.cluster.pause(node)
            wait_for(work.searches // 6)
            work.cluster.resume(node)
            seconds.append(work.whole_again())
            wait_for(15)
    _all_agree(work, "stop", seconds)


def partition(work: Hardship) -> None:
    """Cut the manager of the cluster off from the others, then another node."""
    seconds = []
    with work.load("partition", errors_allowed=True) as wait_for:
        for node in (work.manager(), (work.manager() + 1) % 3):
            with work.network.without(node):
                wait_for(work.searches // 6)
            seconds.append(work.whole_again())
            wait_for(15)
    _all_agree(work, "partition", seconds)


def _all_agree(work: Hardship, part: str, seconds: list[int]) -> None:
    """Ask each node alone, after the cluster has needed some ``seconds`` each time to be whole again."""
    found = [answers(f"opensearch+http://127.0.0.1:{port}/held") == work.known for port in work.cluster.ports]
    work.verdict(part, "afterwards each node finds all", all(found), nodes=found, whole_again_seconds=seconds)


def use(work: Hardship) -> None:
    """Let four processes write and search, two of which index the same files at last."""
    address, known = work.cluster.address("used"), work.archive
    one, two = write_files(known, 201, 260), write_files(known, 301, 360)
    again = write_files(known, 401, 402)
    begun = run(known, "index", *again, "--index", address)
    assert begun.returncode == 0, begun.stderr
    names = [*(Path(file).stem for file in (*one, *two)), *(f"~{Path(file).stem}" for file in again)]
    with (
        work.process("watch", address, json.dumps(names)) as watching,
        work.process("search", work.cluster.address("held"), str(work.folder / "known.json")) as searching,
        work.process("readd", address, str(known), *again) as readding,
    ):  # fmt: skip
        ended = time.monotonic() + work.seconds / 2
        with (
            work.process("index", address, str(known), *one) as first,
            work.process("index", address, str(known), *two) as second,
        ):
            until(lambda: time.monotonic() > ended, work.seconds + 60)
        done = [entry["run"][1] for log in (first, second) for entry in log if "run" in entry]
        ended = time.monotonic() + work.seconds / 2
        with (
            work.process("index", address, str(known), *done) as third,
            work.process("index", address, str(known), *done) as fourth,
        ):
            until(lambda: time.monotonic() > ended, work.seconds + 60)
    writers = [entry for log in (first, second, third, fourth, readding) for entry in log]
    failed = [entry for entry in writers if "error" in entry or "crashed" in entry]
    work.verdict(
        "use",
        "no run fails",
        not failed,
        runs=len(writers),
        failed=len(failed),
        **({"example": failed[0]} if failed else {}),
    )
    seen = list(watching)
    wrong = [entry for entry in seen if "contradiction" in entry]
    errors = [entry for entry in [*seen, *searching] if "error" in entry or "crashed" in entry]
    known_wrong = [entry for entry in searching if "found" in entry]
    work.verdict(
        "use", "each reader sees one commit", not wrong and not errors and not known_wrong, readings=len(seen), searches=len(list(searching)),
        contradictions=len(wrong), wrong=len(known_wrong), errors=len(errors), **({"example": (wrong or errors or known_wrong)[0]} if wrong or errors or known_wrong else {}),
    )  # fmt: skip
    for version in (2, 1):  # files that change bring removed articles back
        write_files(known, 401, 402, version)
        last = run(known, "index", *again, "--retry", "--index", address)
        assert last.returncode == 0, last.stderr
    work.compare("use", "at the end it is the index of the same files", address, [*done, *again])


def writer(work: Hardship) -> None:
    """Kill runs that add, replace and remove at random moments."""
    address, kills, ends = work.cluster.address("killed"), 0, 0
    ended = time.monotonic() + min(work.seconds / 2, 150)
    longest = 6.0
    version = 1
    files = write_files(work.archive, 501, 506, version)
    while time.monotonic() < ended or not kills or not ends:
        process = subprocess.Popen(
            command("index", *files, "--wait", "100", "--index", address), cwd=work.archive,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            began = time.monotonic()
            said = process.communicate(timeout=work.random.uniform(0.5, longest))[1]
            assert process.returncode == 0, said
            longest = max(1.2 * (time.monotonic() - began), 2.0)
            ends += 1
            version = 3 - version
            write_files(work.archive, 501, 506, version)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
            longest *= 1.1  # on a slow machine, none would come to its end
    last = run(work.archive, "index", *files, "--wait", "100", "--index", address)
    work.compare("writer", "killed and run again, it is the index of the same files", address, files, kills=kills, ends=ends, last=last.returncode)  # fmt: skip


def main() -> int:
    """Run the parts, print the report, and return the exit code."""
    parts: dict[str, Callable[[Hardship], None]] = {
        "kill": kill, "restart": restart, "stop": stop, "partition": partition, "disk": disk, "use": use, "writer": writer
    }  # fmt: skip
    parser = argparse.ArgumentParser(
        prog="python -m cluster.hardship", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--parts", nargs="+", choices=parts, default=list(parts), metavar="PART", help=f"of {', '.join(parts)}; default all")  # fmt: skip
    parser.add_argument("--searches", type=int, default=500, help="the least number of searches of a part; default %(default)s")  # fmt: skip
    parser.add_argument("--minutes", type=float, default=10, help="how long the part `use` takes; default %(default)s")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, help="which random moments; default %(default)s")
    parser.add_argument("--json", type=Path, help="a file for the report as JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newssearch-hardship-") as temporary:
        Path(temporary).chmod(0o755)
        work = Hardship(Path(temporary), options.searches, options.minutes * 60, options.seed)
        try:
            work.start()
            for name in options.parts:
                began = time.monotonic()
                try:
                    parts[name](work)
                except Exception as error:  # the other parts are done all the same
                    work.verdict(name, f"it came to its end: {type(error).__name__}: {error}", False)
                print(f"        {name}: {time.monotonic() - began:.0f} s", flush=True)
                work.heal(name)
        finally:
            work.close()
    if options.json is not None:
        report = {"seed": options.seed, "searches": options.searches, "minutes": options.minutes, "verdicts": [asdict(one) for one in work.verdicts]}  # fmt: skip
        options.json.write_text(json.dumps(report, indent=1, default=str) + "\n")
    return 0 if all(one.held for one in work.verdicts) else 1


if __name__ == "__main__":
    raise SystemExit(main())
