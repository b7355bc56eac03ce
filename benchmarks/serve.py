"""Load on ``newssearch serve``: ``python -m benchmarks.serve INDEX --out FILE``.

Clients on the same machine ask for pages, articles and answers of the API, each over one connection, one request after the
other. Queries are made of the index's own words with a fixed seed. For each number of workers and clients, it prints the
requests a second and their times, beside a slow query too; with ``--minutes``, the memory of the server over time. Each
answer of the API is compared with the number of articles that the index itself finds.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import newssearch

from . import machine

SLOW_QUERY = "(s* w/20 t*) w/20 a*"
"""A query that reads nearly all positions of the index; the server stops it at its time limit."""
QUERIES = 200
"""The number of queries of a run."""
WORDS = 3_000
"""The number of most frequent words of which queries are made, without the first :data:`COMMON`."""
COMMON = 100
SERVER_PACKAGES = ("starlette", "uvicorn", "h11", "jinja2")
PAUSE = 10.0
"""The time in seconds between two looks at the memory of the server."""


@dataclass(frozen=True)
class Wanted:
    """A request: its kind, its address, and the number of articles that its answer has to state, -1 for any."""

    kind: str
    address: str
    articles: int = -1


@dataclass
class Measured:
    """What clients measured: the times of each kind in seconds, statuses, and wrong answers."""

    seconds: float = 0.0
    processor_seconds: float = 0.0
    times: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def raw(self) -> dict[str, list[float]]:
        """Return the times of each kind in milliseconds, in the order in which its answers came."""
        return {kind: [round(one * 1000, 1) for one in times] for kind, times in sorted(self.times.items())}

    def summary(self) -> dict[str, object]:
        """Return the numbers that are written: milliseconds, requests a second, and processor time of the server
        for a request."""
        every = sorted(itertools.chain.from_iterable(self.times.values()))
        return {
            "requests": len(every),
            "per_second": round(len(every) / self.seconds, 1),
            "processor_ms": round(self.processor_seconds * 1000 / max(len(every), 1), 1),
            "all": _quantiles(every),
            **{kind: _quantiles(sorted(times)) for kind, times in sorted(self.times.items())},
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "wrong": self.wrong[:10],
        }


def _quantiles(times: Sequence[float]) -> dict[str, float]:
    found = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: round(times[min(int(len(times) * share), len(times) - 1)] * 1000, 1) for name, share in found.items()} if times else {}  # fmt: skip


def requests_of(folder: Path, seed: int = 7) -> list[Wanted]:
    """Return the requests of a run, drawn from the words of an index."""
    pick = random.Random(seed)
    found: list[Wanted] = []
    with newssearch.open(folder) as index:
        words = [word.word for word in index.words("", limit=WORDS)][COMMON:] or ["the"]
        words = [word for word in words if word.isalpha()]
        for number in range(QUERIES):
            chosen = pick.sample(words, min(1 + number % 3, len(words)))
            query = f'"{" ".join(chosen[:2])}" OR {chosen[-1]}' if number % 7 == 6 else " ".join(chosen)
            results = index.search(query, limit=3)
            found.append(Wanted("page", f"/?{urlencode({'q': query})}"))
            found.append(Wanted("api", f"/api/search?{urlencode({'q': query})}", results.total_articles))
            found += [
                Wanted("article", f"/article/{quote(hit.id)}?{urlencode({'q': query})}")
                for hit in results[:1]
            ]
    pick.shuffle(found)
    return found


# ---- the server


@dataclass(frozen=True)
class Served:
    """A server that runs: its process and its port."""

    process: subprocess.Popen[str]
    port: int

    def processes(self) -> list[int]:
        """Return the process of the server and its workers."""
        own = self.process.pid
        return [own, *map(int, Path(f"/proc/{own}/task/{own}/children").read_text("utf-8").split())]

    def processor_time(self) -> float:
        """Return the processor time that the server has used, in seconds."""
        ticks = 0
        for process in self.processes():
            fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Return the bytes of memory that the processes of the server have for themselves, without mapped files."""
        total = 0
        for process in self.processes():
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
                    total += int(line.split()[1]) * 1024 if line.startswith("RssAnon:") else 0
        return total


@contextlib.contextmanager
def served(folder: Path, workers: int, time_limit: float) -> Iterator[Served]:
    """Yield a server, at a free port, that has answered a first request in each process."""
    options = ["--port", "0", "-q", "--workers", str(workers), "--time-limit", str(time_limit)]
    process = subprocess.Popen(
        [sys.executable, "-m", "newssearch", "serve", "--index", str(folder), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None, "the server was started with a pipe"
        address = process.stdout.readline()
        yield Served(process, int(address.rpartition(":")[2].rstrip("/\n")))
    finally:
        process.terminate()
        process.wait()


class Client:
    """One client, with one connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, wanted: Wanted) -> tuple[float, int, bytes]:
        """Return the time that an answer took in seconds, its status and its content."""
        begun = time.perf_counter()
        try:
            self._connection.request("GET", wanted.address)
            answer = self._connection.getresponse()
            status, content = answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            status, content = 0, b""
        return time.perf_counter() - begun, status, content


def load(server: Served, wanted: Sequence[Wanted], clients: int, seconds: float) -> Measured:
    """Return what a number of clients measure, each of which asks one request after the other for some time."""
    found = Measured(seconds)
    used = server.processor_time()
    until = time.monotonic() + seconds

    def run(number: int) -> None:
        client = Client(server.port)
        start = number * len(wanted) // clients
        for one in itertools.cycle([*wanted[start:], *wanted[:start]]):
            if time.monotonic() >= until:
                return
            taken, status, content = client.ask(one)
            found.times.setdefault(one.kind, []).append(taken)
            found.statuses[status] += 1
            if one.articles >= 0 and (status != 200 or json.loads(content)["total_articles"] != one.articles):
                found.wrong.append(f"{one.address}: {status}")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.processor_seconds = server.processor_time() - used
    return found


@contextlib.contextmanager
def beside(port: int, query: str, clients: int) -> Iterator[Counter[int]]:
    """Ask a slow query again and again meanwhile. Yield the statuses of its answers."""
    ended, statuses = threading.Event(), Counter[int]()

    def run() -> None:
        client = Client(port)
        while not ended.is_set():
            statuses[client.ask(Wanted("slow", f"/api/search?{urlencode({'q': query})}"))[1]] += 1

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1.0)  # it has begun
        yield statuses
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def memory_over_time(
    server: Served, wanted: Sequence[Wanted], clients: int, minutes: float
) -> dict[str, object]:
    """Return the memory of the server in MB while it is under load, every few seconds, and what clients measured."""
    notes: list[tuple[int, float]] = []
    ended = threading.Event()

    def watch() -> None:
        begun = time.monotonic()
        while not ended.wait(PAUSE):
            notes.append((round(time.monotonic() - begun), round(server.memory() / 1e6, 1)))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        measured = load(server, wanted, clients, minutes * 60)
    finally:
        ended.set()
        thread.join()
    return {"memory_mb": notes, **measured.summary(), "raw_ms": measured.raw()}


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measurement")
    parser.add_argument(
        "--minutes", type=float, default=0.0, help="of the load under which memory is watched"
    )
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    wanted = requests_of(options.index)
    runs: dict[str, object] = {}

    def note(name: str, value: dict[str, object]) -> None:
        runs[name] = value
        shown = {key: one for key, one in value.items() if key != "raw_ms"}
        print(f"{name}: {json.dumps(shown)}", flush=True)

    def measured(found: Measured) -> dict[str, object]:
        return {**found.summary(), "raw_ms": found.raw()}

    pages = [one for one in wanted if one.kind == "page"]
    for workers, clients in ((1, 1), (1, 8), (2, 1), (2, 8)):
        with served(options.index, workers, 5.0) as server:
            load(server, wanted, 4 * workers, 5.0)  # everything is in memory
            name = f"{workers} worker{'s' * (workers > 1)}, {clients} client{'s' * (clients > 1)}"
            note(f"{name}, pages", measured(load(server, pages, clients, options.seconds)))
            note(f"{name}, all kinds", measured(load(server, wanted, clients, options.seconds)))
    for workers in (1, 2):
        with served(options.index, workers, 10.0) as server:
            load(server, wanted, 4 * workers, 5.0)
            with beside(server.port, SLOW_QUERY, 1) as statuses:
                found = measured(load(server, wanted, 1, options.seconds))
            note(
                f"{workers} worker{'s' * (workers > 1)}, beside a slow query",
                {**found, "slow": dict(statuses)},
            )
    if options.minutes:
        with served(options.index, 2, 5.0) as server:
            note("2 workers, 4 clients, long", memory_over_time(server, wanted, 4, options.minutes))
    if options.out:
        facts = {
            "command": f"python -m benchmarks.serve INDEX --seconds {options.seconds:g} --minutes {options.minutes:g} --out FILE",
            "machine": machine.facts(),
            "versions": machine.versions(SERVER_PACKAGES),
            "commit": machine.commit(),
        }
        asked = [asdict(one) for one in wanted[:20]]
        record = {
            **facts,
            "index": newssearch.open(options.index).info().to_dict()["articles"],
            "asked": asked,
        }
        options.out.write_text(json.dumps({**record, "runs": runs}) + "\n", "utf-8")


if __name__ == "__main__":
    main()
