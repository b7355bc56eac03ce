"""A network between the nodes of a cluster that can be cut: each node is reached by the others through a proxy of its own.

A proxy knows which node a connection comes from by the process that owns the other end of it. While two nodes are cut off from
each other, nothing arrives: connections stay open, new ones get no answer, as when a network drops all packets.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .server import Cluster, free_ports

_CHUNK = 1 << 16
_LONGEST_PAUSE = 0.05


class CuttableNetwork:
    """The connections between the nodes of ``cluster``, which is created and not started yet."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._cut: frozenset[int] = frozenset()
        self._ended = threading.Event()
        count = len(cluster.ports)
        ports = free_ports(count)
        for node in range(count):
            settings = cluster.settings(node)
            target = int(settings["transport.port"])
            cluster.configure(
                node,
                {
                    **settings,
                    "transport.publish_port": str(ports[node]),
                    "discovery.seed_hosts": json.dumps([f"127.0.0.1:{port}" for port in ports]),
                },
            )
            listening = socket.create_server(("127.0.0.1", ports[node]))
            threading.Thread(target=self._listen, args=(listening, node, target), daemon=True).start()

    def close(self) -> None:
        """Break all connections."""
        self._ended.set()

    @contextmanager
    def without(self, *nodes: int) -> Iterator[None]:
        """Cut some nodes off from all others while the block runs."""
        self._cut = frozenset(nodes)
        try:
            yield
        finally:
            self._cut = frozenset()

    def _are_apart(self, one: int | None, other: int) -> bool:
        return one is not None and (one in self._cut) != (other in self._cut)

    def _listen(self, listening: socket.socket, node: int, target: int) -> None:
        listening.settimeout(0.5)
        while not self._ended.is_set():
            with suppress(TimeoutError):
                accepted, (_, port) = listening.accept()
                threading.Thread(target=self._carry, args=(accepted, port, node, target), daemon=True).start()
        listening.close()

    def _carry(self, accepted: socket.socket, port: int, node: int, target: int) -> None:
        """Carry what two nodes say to each other until one of them has ended."""
        source = _node_of_port(self._cluster, port)
        with accepted, socket.socket() as onward, suppress(OSError):
            while self._are_apart(source, node):
                if self._ended.wait(_LONGEST_PAUSE):
                    return
            onward.connect(("127.0.0.1", target))
            other = {accepted: onward, onward: accepted}
            with selectors.DefaultSelector() as selector:
                for one in other:
                    selector.register(one, selectors.EVENT_READ)
                while not self._ended.is_set():
                    if self._are_apart(source, node):
                        time.sleep(_LONGEST_PAUSE)
                        continue
                    for key, _ in selector.select(_LONGEST_PAUSE):
                        source_socket = key.fileobj
                        assert isinstance(source_socket, socket.socket)
                        content = source_socket.recv(_CHUNK)
                        if not content:
                            return
                        other[source_socket].sendall(content)


def _node_of_port(cluster: Cluster, port: int) -> int | None:
    """Return the node whose process has a connection from a port of this machine; None if it has none any longer."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            parts = line.split()
            if int(parts[1].rpartition(":")[2], 16) == port:
                owner = _owner(cluster, parts[9])
                if owner is not None:
                    return owner
    return None


def _owner(cluster: Cluster, inode: str) -> int | None:
    for node in cluster.running:
        with suppress(OSError):
            for entry in Path(f"/proc/{cluster.pid(node)}/fd").iterdir():
                with suppress(OSError):
                    found = re.fullmatch(r"socket:\[(\d+)\]", str(entry.readlink()))
                    if found is not None and found[1] == inode:
                        return node
    return None
