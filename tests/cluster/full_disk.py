"""The part ``disk`` of :mod:`cluster.hardship`: the disk of a node runs full while an index is written."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from newssearch import NewssearchError

from .hard_load import Answer, answers, run, write_files
from .hard_work import Hardship, until
from .server import Cluster

DISK = 200
"""The size of the disk in MB."""
_EARLY_SENDER = "from newssearch.engines.opensearch import writer; writer.HELD_BYTES = 300_000; from newssearch.cli import main; main()"
"""Newssearch, sending articles before their commit: the disk runs full between two commits, not only in one."""
FLOOD = 60
"""The free space in MB below which OpenSearch stops writing."""
_WATERMARKS = {
    "cluster.routing.allocation.disk.threshold_enabled": "true",
    "cluster.routing.allocation.disk.watermark.enable_for_single_data_node": "true",
    "cluster.routing.allocation.disk.watermark.low": f"{FLOOD + 20}mb",
    "cluster.routing.allocation.disk.watermark.high": f"{FLOOD + 10}mb",
    "cluster.routing.allocation.disk.watermark.flood_stage": f"{FLOOD}mb",
    "cluster.info.update.interval": "10s",
}


class SmallDisk:
    """A file system of :data:`DISK` MB in memory, which takes the place of a folder until it is closed. Needs root."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}m,mode=777", "tmpfs", str(folder)], check=True, capture_output=True)  # fmt: skip
        self._ballast = folder / "ballast"

    def fill(self, left: int) -> None:
        """Leave a number of megabytes free."""
        with self._ballast.open("ab") as file, suppress(OSError):
            while (free := shutil.disk_usage(self._folder).free - (left << 20)) > 0:
                file.write(bytes(min(free, 1 << 20)))
                file.flush()

    def make_room(self) -> None:
        """Remove what filled it."""
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        """Take the file system away."""
        subprocess.run(["umount", "-l", str(self._folder)], check=False, capture_output=True)


@contextmanager
def _cluster_on(work: Hardship, name: str, settings: dict[str, str]) -> Iterator[tuple[Cluster, SmallDisk]]:
    """Start a cluster of one node, whose data are on a small disk."""
    cluster = Cluster(work.folder / name)
    cluster.create(work.cluster.home, 1)
    cluster.configure(0, cluster.settings(0) | settings)
    disk = SmallDisk(cluster.folder / "node0" / "data")
    try:
        cluster.start()
        cluster.wait()
        yield cluster, disk
    finally:
        cluster.stop()
        disk.close()
        cluster.remove()


def disk(work: Hardship) -> None:
    """Let a disk run full: until OpenSearch stops writing, and to its last byte."""
    try:
        SmallDisk(work.folder / "trial").close()
    except (OSError, subprocess.CalledProcessError) as error:
        work.verdict("disk", f"a small file system can be mounted: {error}", False)
        return
    with _cluster_on(work, "flooded", _WATERMARKS) as (cluster, small):

        def flood() -> None:
            small.fill(FLOOD - 20)
            until(lambda: "read_only_allow_delete" in str(cluster.request("GET", "/_all/_settings")))

        def make_room() -> None:
            small.make_room()
            until(lambda: "read_only_allow_delete" not in str(cluster.request("GET", "/_all/_settings")))

        _run_full(work, "disk, flood stage", cluster, flood, make_room)
    with _cluster_on(work, "filled", {"monitor.fs.health.refresh_interval": "5s"}) as (cluster, small):

        def make_room_again() -> None:
            small.make_room()
            cluster.wait("yellow")  # a single node has no replicas

        _run_full(work, "disk, last byte", cluster, lambda: small.fill(0), make_room_again)


def _run_full(
    work: Hardship, part: str, cluster: Cluster, fill: Callable[[], None], make_room: Callable[[], None]
) -> None:
    address = cluster.address("full")
    number = 601 if "flood" in part else 701
    first, second = (
        write_files(work.archive, number, number + 1),
        write_files(work.archive, number + 2, number + 40),
    )
    begun = run(work.archive, "index", *first, "--index", address)
    assert begun.returncode == 0, begun.stderr
    before = answers(address)
    process = subprocess.Popen(
        [sys.executable, "-c", _EARLY_SENDER, "index", *second, "--index", address], cwd=work.archive, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip
    until(lambda: _documents(cluster) > 600 or process.poll() is not None)  # the run has sent something
    fill()
    began = time.monotonic()
    out, err = process.communicate(timeout=900)
    work.verdict(
        part, "the run ends with an error that says why", process.returncode in (1, 3) and "disk" in err and "Traceback" not in err,
        code=process.returncode, seconds=round(time.monotonic() - began), said=err.strip()[-400:], out=out.strip()[-200:],
    )  # fmt: skip
    now = _answers_or_error(address)
    held = now == before or isinstance(now, str)
    work.verdict(part, "what was committed is found, or the search is an error", held, found=now if isinstance(now, str) else "all of it")  # fmt: skip
    began = time.monotonic()
    make_room()
    seconds = round(time.monotonic() - began)
    work.verdict(
        part,
        "with room again, what was committed is found",
        _answers_or_error(address) == before,
        after_seconds=seconds,
    )
    again = run(work.archive, "index", *second, "--index", address)
    work.compare(part, "the same command goes on", address, [*first, *second], code=again.returncode, said=again.stderr.strip()[-300:])  # fmt: skip


def _documents(cluster: Cluster) -> int:
    """Return the number of documents that were written, whether they are visible or not."""
    cluster.request("POST", "/full/_refresh")
    return int(cluster.request("GET", "/full/_stats/docs")["_all"]["primaries"]["docs"]["count"])


def _answers_or_error(address: str) -> dict[str, Answer] | str:
    try:
        return answers(address)
    except NewssearchError as error:
        return f"{type(error).__name__}: {error}"
