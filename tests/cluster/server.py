"""A real OpenSearch cluster on this machine: nodes that are processes of their own, on free ports of loopback.

By hand, in ``tests/``, with a folder that keeps the data::

    python -m cluster.server start          # three nodes; prints the address of an index there
    python -m cluster.server kill 1         # ends a node as a crash would
    python -m cluster.server startnode 1
    python -m cluster.server status
    python -m cluster.server stop

Tests take the fixtures of :mod:`cluster.fixtures`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from .home import CannotStartError, Home, Java, cache_folder, fetch, locked

NODES = 3
NOBODY = 65_534
HEAP = os.environ.get("OPENSEARCH_HEAP", "512m")
"""The heap of a node. With the serial collector, or less memory, nodes refuse bulks of 15 MB."""
COMPILERS = os.environ.get("OPENSEARCH_COMPILERS", "1")
"""With ``1``, a node has the first compiler of Java alone, and starts in half the time; with ``2`` both, as a node that runs for long."""
_STATE = "cluster.json"

_LOG = """status = error
appender.f.type = File
appender.f.name = f
appender.f.fileName = ${sys:opensearch.logs.base_path}${sys:file.separator}node.log
appender.f.layout.type = PatternLayout
appender.f.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.f.ref = f
"""

SETTINGS = {
    "cluster.name": "newssearch-test",
    "network.host": "127.0.0.1",
    "action.auto_create_index": "false",
    # disks of machines that test are often nearly full; tests of a full disk set the blocks themselves
    "cluster.routing.allocation.disk.threshold_enabled": "false",
    # nodes find each other, and a dead one is noticed, sooner than in a network
    "discovery.find_peers_interval": "100ms",
    "cluster.fault_detection.leader_check.interval": "500ms",
    "cluster.fault_detection.follower_check.interval": "500ms",
    "cluster.routing.allocation.node_concurrent_recoveries": "8",
}
"""The settings of every node, beside its name, its ports and its folders."""


def free_ports(count: int) -> list[int]:
    """Return ports of loopback that nobody listens on now."""
    with ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in sockets]


def _options(home: Home, *, making_archive: bool = False) -> list[str]:
    """Return the options of Java."""
    options = [
        f"-Xms{HEAP}", f"-Xmx{HEAP}", "-XX:+UseG1GC", "-Xshare:auto", "-Xlog:disable", "-Xlog:all=error:stderr",
        "-Dopensearch.distribution.type=tar", "-Dlog4j2.disable.jmx=true", "-Dio.netty.noUnsafe=true", "-Dio.netty.noKeySetOptimization=true",
    ]  # fmt: skip
    if COMPILERS == "1":
        options.append("-XX:TieredStopAtLevel=1")
    if home.old:
        options.append("-Djava.security.manager=allow")
    elif home.java.major >= 22:
        options.append("--enable-native-access=ALL-UNNAMED")
    if making_archive:
        options.append("-XX:ArchiveClassesAtExit=tmp/classes.jsa")
    elif home.archive.exists():
        options.append(f"-XX:SharedArchiveFile={home.archive}")
    return options


class Cluster:
    """The nodes of a cluster whose files are in ``folder``. Any process may use it: what there is to know is in the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    # ---- what it is

    @property
    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.folder / _STATE).read_text())
        return state

    @property
    def exists(self) -> bool:
        """Whether the cluster was created. Its nodes may be stopped."""
        return (self.folder / _STATE).exists()

    @property
    def home(self) -> Home:
        """The server that the nodes run."""
        folder, version, (java, java_version) = self._state["home"]
        return Home(Path(folder), version, Java(Path(java), java_version))

    @property
    def ports(self) -> list[int]:
        """The HTTP port of each node."""
        ports: list[int] = self._state["ports"]
        return ports

    @property
    def hosts(self) -> str:
        """The hosts of all nodes, as an address has them: ``127.0.0.1:1234,127.0.0.1:1235``."""
        return ",".join(f"127.0.0.1:{port}" for port in self.ports)

    def address(self, name: str) -> str:
        """Return the address of an index on the cluster."""
        return f"opensearch+http://{self.hosts}/{name}"

    def pid(self, node: int) -> int | None:
        """Return the id of the process of a node; None if it is not running."""
        try:
            pid = int((self._node(node) / "pid").read_text())
            state = Path(f"/proc/{pid}/stat").read_bytes().rsplit(b")", 1)[1].split()[0]
        except (OSError, ValueError):
            return None
        return None if state in b"ZX" else pid

    @property
    def running(self) -> list[int]:
        """The numbers of the nodes that run."""
        return [node for node in range(len(self.ports)) if self.pid(node) is not None]

    def _node(self, node: int) -> Path:
        return self.folder / f"node{node}"

    # ---- start and stop

    def create(self, home: Home, nodes: int = NODES, first_port: int | None = None) -> None:
        """Write the configuration of each node, and start none."""
        ports = (
            free_ports(2 * nodes)
            if first_port is None
            else [first_port + n for n in (*range(nodes), *range(100, 100 + nodes))]
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        transport = ports[nodes:]
        for node in range(nodes):
            folder = self._node(node)
            for part in ("config", "data", "logs", "tmp"):
                (folder / part).mkdir(parents=True, exist_ok=True)
            settings = {
                **SETTINGS,
                "node.name": f"node{node}",
                "path.data": str(folder / "data"),
                "path.logs": str(folder / "logs"),
                "http.port": str(ports[node]),
                "transport.port": str(transport[node]),
            }
            if nodes == 1:
                settings["discovery.type"] = "single-node"
            else:
                settings["discovery.seed_hosts"] = json.dumps([f"127.0.0.1:{port}" for port in transport])
                settings["cluster.initial_cluster_manager_nodes"] = json.dumps(
                    [f"node{k}" for k in range(nodes)]
                )
            self.configure(node, settings)
        (self.folder / _STATE).write_text(json.dumps({"home": home, "ports": ports[:nodes]}, default=str))

    def settings(self, node: int) -> dict[str, str]:
        """Return the configuration of a node, as :meth:`configure` takes it."""
        lines = (self._node(node) / "config" / "opensearch.yml").read_text().splitlines()
        return dict(line.split(": ", 1) for line in lines)

    def configure(self, node: int, settings: dict[str, str]) -> None:
        """Write the configuration of a node."""
        config = self._node(node) / "config"
        (config / "opensearch.yml").write_text(
            "".join(f"{name}: {value}\n" for name, value in settings.items())
        )
        (config / "log4j2.properties").write_text(_LOG)

    def start(self, nodes: Iterable[int] | None = None, *, making_archive: bool = False) -> None:
        """Start the nodes with the given numbers, all if none are given, and do not wait for them."""
        for node in range(len(self.ports)) if nodes is None else nodes:
            if self.pid(node) is None:
                self._start(node, making_archive)

    def _start(self, node: int, making_archive: bool) -> None:
        folder, home = self._node(node), self.home
        if not (folder / "config" / "opensearch.yml").exists():
            raise CannotStartError(
                f"{folder} is not there, or incomplete: `python -m cluster.server remove --folder {self.folder}` removes the cluster, and `start` makes a new one"
            )
        command = [
            str(home.java.program), *_options(home, making_archive=making_archive), f"-Djava.io.tmpdir={folder / 'tmp'}",
            f"-Dopensearch.path.home={home.folder}", f"-Dopensearch.path.conf={folder / 'config'}",
            "-cp", f"{home.folder}/lib/*", "org.opensearch.bootstrap.OpenSearch",
        ]  # fmt: skip
        user: dict[str, Any] = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        environment = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
        with (folder / "logs" / "stdout.log").open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment, cwd=folder, start_new_session=True, **user
            )  # fmt: skip
        (folder / "pid").write_text(str(process.pid))
        process.returncode = 0  # it is not waited for: it may outlive this process

    def kill(self, node: int) -> None:
        """End a node as a crash would."""
        self._end([node], signal.SIGKILL)

    def pause(self, node: int) -> None:
        """Let a node stand still, as one that the network has cut off: connections stay open, and nobody answers."""
        self._signal(node, signal.SIGSTOP)

    def resume(self, node: int) -> None:
        """Let a node that was paused go on."""
        self._signal(node, signal.SIGCONT)

    def stop(self, nodes: Iterable[int] | None = None) -> None:
        """End nodes, all if none are given, as the system does when it shuts down."""
        self._end(range(len(self.ports)) if nodes is None else nodes, signal.SIGTERM)

    def remove(self) -> None:
        """End all nodes at once, and remove all files of the cluster."""
        if self.exists:
            self._end(range(len(self.ports)), signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _signal(self, node: int, number: signal.Signals) -> None:
        pid = self.pid(node)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _end(self, nodes: Iterable[int], number: signal.Signals, patience: float = 20) -> None:
        nodes = list(nodes)
        for node in nodes:
            self._signal(node, number)
        patient_until = time.monotonic() + patience
        while any(self.pid(node) is not None for node in nodes):
            if time.monotonic() > patient_until:
                for node in nodes:
                    self._signal(node, signal.SIGKILL)
            time.sleep(0.02)
        for node in nodes:
            with suppress(OSError, ValueError):
                os.waitpid(int((self._node(node) / "pid").read_text()), os.WNOHANG)  # if it was ours
            (self._node(node) / "pid").unlink(missing_ok=True)

    # ---- ask it

    def request(
        self, method: str, path: str, body: object = None, node: int | None = None, seconds: float = 30
    ) -> Any:
        """Return the answer to a request of a node, the first that runs if none is given. For tests that look behind the client."""
        node = next(iter(self.running), 0) if node is None else node
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self._url(node) + path,
            data,
            {"Content-Type": "application/json"},
            method=method,
        )
        try:
            with self._open(request, seconds) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            raise OSError(f"{method} {path}: {error}: {error.read()[:500]!r}") from None
        return json.loads(content) if content else None

    def _url(self, node: int) -> str:
        return f"http://127.0.0.1:{self.ports[node]}"

    def _open(self, request: urllib.request.Request, seconds: float) -> Any:
        return urllib.request.urlopen(request, timeout=seconds)

    def wait(self, status: str = "green", nodes: int | None = None, seconds: float = 300) -> None:
        """Wait until the cluster has the given status and number of nodes, by default all. Raises :class:`CannotStartError`."""
        wanted = len(self.ports) if nodes is None else nodes
        end = time.monotonic() + seconds
        before = set(self.running)
        answer: Any = None
        while time.monotonic() < end:
            with suppress(OSError, ValueError):
                answer = self.request(
                    "GET", f"/_cluster/health?wait_for_status={status}&wait_for_nodes={wanted}&timeout=1s"
                )
                if not answer["timed_out"]:
                    return
            gone = before.difference(self.running)
            if gone:
                raise CannotStartError(f"node {min(gone)} has ended: {self.log_end(min(gone))}")
            time.sleep(0.05)
        raise CannotStartError(
            f"the cluster is not {status} with {wanted} nodes after {seconds:g} s: {answer}"
        )

    def log_end(self, node: int) -> str:
        """Return the last lines of the logs of a node."""
        logs = self._node(node) / "logs"
        lines = [line for name in ("stdout.log", "node.log") if (logs / name).exists() for line in (logs / name).read_text(errors="replace").splitlines()[-6:]]  # fmt: skip
        return "\n".join(lines)

    def wipe(self) -> None:
        """Delete all indices, and close all points in time."""
        for name in self.request("GET", "/_all/_settings?flat_settings=true&expand_wildcards=all"):
            self.request("DELETE", f"/{name}")


def remove_all(run: Path) -> None:
    """End all clusters whose folders are in a folder, and remove it."""
    for folder in sorted(run.iterdir()) if run.is_dir() else ():
        if folder.is_dir():
            Cluster(folder).remove()
    shutil.rmtree(run, ignore_errors=True)


def make_archive(home: Home) -> None:
    """Let a node run for a moment, and keep the classes that it loaded in an archive, for all that start later.

    There is none for servers of the series 2, which end too slowly to write it.
    """
    if home.old or home.archive.exists():
        return
    with locked(home.folder.parent / "fetch.lock"), tempfile.TemporaryDirectory() as temporary:
        if home.archive.exists():
            return
        Path(temporary).chmod(0o755)
        cluster = Cluster(Path(temporary) / "cluster")
        cluster.create(home, 1)
        written = cluster.folder / "node0" / "tmp" / "classes.jsa"
        cluster.start(making_archive=True)
        try:
            cluster.wait()
            _use(cluster)
            cluster.stop()
            if written.exists():
                shutil.move(written, home.archive)
                home.archive.chmod(0o644)
        finally:
            cluster.remove()


def _use(cluster: Cluster) -> None:
    """Make an index, write to it and search it, so that the classes for it are loaded."""
    nested = {"type": "nested", "properties": {"t": {"type": "text"}, "n": {"type": "long"}}}
    cluster.request("PUT", "/x", {"mappings": {"properties": {"p": nested, "k": {"type": "keyword"}}}})
    cluster.request("PUT", "/x/_doc/1?refresh=true", {"p": [{"t": "a b", "n": 1}], "k": "c"})
    query = {"nested": {"path": "p", "query": {"match_phrase": {"p.t": "a b"}}, "inner_hits": {}}}
    cluster.request("POST", "/x/_search", {"query": query, "aggs": {"k": {"terms": {"field": "k"}}}})
    pit = cluster.request("POST", "/x/_search/point_in_time?keep_alive=1m")["pit_id"]
    cluster.request("DELETE", "/_search/point_in_time", {"pit_id": [pit]})


def started(folder: Path, nodes: int = NODES, first_port: int | None = None) -> Cluster:
    """Return a cluster in ``folder`` that is green. It is made there if there is none. Raises :class:`CannotStartError`."""
    cluster = Cluster(folder)
    if not cluster.exists:
        home = fetch()
        make_archive(home)
        cluster.create(home, nodes, first_port)
    cluster.start()
    try:
        cluster.wait()
    except CannotStartError:
        cluster.stop()
        raise
    return cluster


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one of the commands."""
    parser = argparse.ArgumentParser(
        prog="python -m cluster.server", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "command",
        choices=["fetch", "start", "stop", "kill", "startnode", "pause", "resume", "status", "remove"],
    )
    parser.add_argument(
        "node", nargs="?", type=int, help="the number of the node to kill, start, pause or resume"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=cache_folder() / "cluster",
        help="where its files are; default %(default)s",
    )
    parser.add_argument(
        "--nodes", type=int, default=NODES, help="the number of nodes of a new cluster; default %(default)s"
    )
    parser.add_argument(
        "--port", type=int, help="the HTTP port of the first node of a new cluster; default: free ports"
    )
    options = parser.parse_args(arguments)
    if options.command in ("kill", "startnode", "pause", "resume") and options.node is None:
        parser.error(f"{options.command} needs the number of a node")
    try:
        _run(options, Cluster(options.folder))
    except CannotStartError as error:
        raise SystemExit(f"error: {error}") from None


def _run(options: argparse.Namespace, cluster: Cluster) -> None:
    begun = time.monotonic()
    if options.command == "fetch":
        fetch(secured=True)
        make_archive(fetch())
        return
    if options.command == "start":
        cluster = started(options.folder, options.nodes, options.port)
        print(
            f"{len(cluster.ports)} nodes of OpenSearch {cluster.home.version} are ready after {time.monotonic() - begun:.1f} s"
        )
        print(cluster.address("news"))
        return
    if not cluster.exists:
        raise CannotStartError(f"there is no cluster in {options.folder}")
    if options.command == "startnode":
        cluster.start([options.node])
    elif options.command in ("kill", "pause", "resume"):
        getattr(cluster, options.command)(options.node)
    elif options.command in ("stop", "remove"):
        getattr(cluster, options.command)()
    if options.command != "remove":
        print(
            f"running: {', '.join(f'node {node} (port {cluster.ports[node]})' for node in cluster.running) or 'no node'}"
        )
    if options.command == "status" and cluster.running:
        print(json.dumps(cluster.request("GET", "/_cluster/health"), indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
