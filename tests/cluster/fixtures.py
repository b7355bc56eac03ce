"""Fixtures of tests that need a real cluster: one for all processes of a run, started when a test first asks for it.

A test that asks for ``cluster`` shares it with the tests of other processes, so it makes indices of its own. A test that kills
nodes asks for ``breakable``: the same cluster, while no other test uses it. It is whole again afterwards.

The tests are skipped where there is no server yet: ``python -m cluster.server fetch`` fetches one, and says what to install for that.
With ``NEWSSEARCH_CLUSTER=1`` it is fetched, and a test that cannot have it fails; with ``NEWSSEARCH_CLUSTER=0``, none is started.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from .home import CannotStartError, fetch, locked
from .secured import SecuredCluster
from .server import Cluster, make_archive, remove_all

RUN = "NEWSSEARCH_CLUSTER_RUN"
"""The environment variable by which a run tells its worker processes where its clusters are."""


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder of this run. Worker processes of pytest-xdist get it from the process that started them."""
    if not hasattr(config, "workerinput"):
        os.environ[RUN] = str(Path(tempfile.gettempdir()) / f"newssearch-cluster-{os.getpid()}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the clusters of the run, when all processes have ended."""
    if not hasattr(config, "workerinput"):
        remove_all(Path(os.environ[RUN]))


WANTED = {"1": True, "0": False}.get(os.environ.get("NEWSSEARCH_CLUSTER", ""))
"""Whether there must be a cluster; None if it is used where there can be one."""


def _missing(message: str) -> NoReturn:
    if WANTED:
        pytest.fail(message)
    pytest.skip(message)


def _guard(run: Path, process: int) -> None:
    """Start a process that ends the clusters if the process of the run is killed, and with it what would have ended them."""
    subprocess.Popen(
        [sys.executable, "-m", "cluster.guard", str(run), str(process)],
        cwd=Path(__file__).parents[1],
        start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ).returncode = 0  # fmt: skip


AnyCluster = TypeVar("AnyCluster", bound=Cluster)


def _started_once(config: pytest.Config, found: AnyCluster, *, secured: bool) -> AnyCluster:
    """Start a cluster, if no other process of the run has done that. Skips the test, or fails it, if it cannot be started."""
    if WANTED is False:
        pytest.skip("NEWSSEARCH_CLUSTER=0")
    run = found.folder.parent
    failed = run / f"{found.folder.name}-failed.txt"
    with locked(run / f"{found.folder.name}-lock"):
        if not found.exists and not failed.exists():
            run.chmod(0o755)
            _guard(run, os.getppid() if hasattr(config, "workerinput") else os.getpid())
            try:
                home = fetch(secured=secured, download=bool(WANTED))
                if not secured:
                    make_archive(home)
                found.create(home)
                found.start()
                found.wait()
            except CannotStartError as error:
                found.remove()
                failed.write_text(str(error))
    if failed.exists():
        _missing(failed.read_text())
    return found


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Cluster:
    """Return a cluster of three nodes that all tests share."""
    return _started_once(pytestconfig, Cluster(Path(os.environ[RUN]) / "plain"), secured=False)


@pytest.fixture(scope="session")
def secured(pytestconfig: pytest.Config) -> SecuredCluster:
    """Return a cluster of one node that has TLS and users, among them a reader and a writer."""
    found = SecuredCluster(Path(os.environ[RUN]) / "secured")
    return _started_once(pytestconfig, found, secured=True)


@pytest.fixture(autouse=True)
def _undisturbed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep tests that break the cluster away from those that only use it."""
    names = request.fixturenames
    if "cluster" not in names:
        yield
        return
    run = Path(os.environ[RUN])
    alone = "breakable" in names
    # whoever waits to be alone holds the turnstile, so that nobody else comes in
    with locked(run / "turnstile"):
        entered = locked(run / "users", shared=not alone)
        entered.__enter__()
    try:
        yield
    finally:
        entered.__exit__(None, None, None)


@pytest.fixture
def breakable(cluster: Cluster) -> Iterator[Cluster]:
    """Yield the cluster while no other test uses it, and make it whole again."""
    yield cluster
    for node in range(len(cluster.ports)):
        cluster.resume(node)
    cluster.start()
    cluster.wait()
