"""The address of an index on a cluster: ``opensearch://host:9200,other:9200/name``."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple

from newssearch.errors import ConfigError
from newssearch.system.lazy_regex import Pattern

DEFAULT_PORT = 9200
MAX_NAME_LENGTH = 180
"""The longest name of an index, in characters. OpenSearch allows 255; the engine appends suffixes to the name."""

TLS_SCHEME = "opensearch"
PLAIN_SCHEME = "opensearch+http"
INSECURE_VARIABLE = "NEWSSEARCH_OPENSEARCH_INSECURE"
EXAMPLE = "opensearch://search.example.org:9200/news"

_CLUSTER_ADDRESS = Pattern(r"(opensearch(?:\+http)?):/+([^/]*)/?(.*)", re.DOTALL)
_CLUSTER_HOST = Pattern(r"([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")
_INDEX_NAME = Pattern(r"[a-z0-9][a-z0-9._-]*")


class Host(NamedTuple):
    """A node of a cluster: its name or IP address, without the brackets of IPv6, and its port."""

    name: str
    port: int

    def __str__(self) -> str:
        return f"[{self.name}]:{self.port}" if ":" in self.name else f"{self.name}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine, which means that traffic to it cannot be overheard on a network."""
        try:
            return ip_address(self.name).is_loopback
        except ValueError:
            return self.name == "localhost"


class ClusterAddress(NamedTuple):
    """The address of an index: the nodes to contact, whether to use TLS, and the name of the index. ``str()`` returns
    it as text.
    """

    hosts: tuple[Host, ...]
    tls: bool
    name: str

    def __str__(self) -> str:
        scheme = TLS_SCHEME if self.tls else PLAIN_SCHEME
        return f"{scheme}://{','.join(map(str, self.hosts))}/{self.name}"


def cluster_address(text: str) -> ClusterAddress:
    """Parse the address of an index. No request is made.

    Raises :class:`~newssearch.ConfigError` if the address is incomplete, has a user or a password, or has a name that
    OpenSearch does not allow. The message never quotes the text before an ``@``.

    >>> cluster_address("opensearch://a:9200,b/news").hosts
    (Host(name='a', port=9200), Host(name='b', port=9200))
    """
    found = _CLUSTER_ADDRESS.fullmatch(text.strip())
    if found is None:
        raise ConfigError(f"not the address of an index on a cluster: write it as {EXAMPLE}")
    if "@" in text:
        raise ConfigError(
            "the address of an index has no user and no password, because others can read it in the list of processes"
            " and in the history of the shell: set NEWSSEARCH_OPENSEARCH_USER and NEWSSEARCH_OPENSEARCH_PASSWORD, or"
            " write them to ~/.netrc"
        )
    scheme, hosts, name = found.groups()
    return ClusterAddress(
        tuple(dict.fromkeys(_host(host.strip()) for host in hosts.split(","))), scheme == TLS_SCHEME, _checked_name(name.rstrip("/"))
    )  # fmt: skip


def _host(text: str) -> Host:
    found = _CLUSTER_HOST.fullmatch(text.lower())
    port = DEFAULT_PORT if found is None or found[2] is None else int(found[2])
    if found is None or not 0 < port < 65_536:
        raise ConfigError(
            f"not a host of a cluster: {text!r}; the address of an index is written as {EXAMPLE}"
        )
    name = found[1].strip("[]")
    if found[1].startswith("["):
        try:
            ip_address(name)
        except ValueError:
            raise ConfigError(f"not an address of IPv6: {text!r}") from None
    return Host(name, port)


def _checked_name(name: str) -> str:
    if not name:
        raise ConfigError(f"the address lacks a host, or the name of the index: write it as {EXAMPLE}")
    if not _INDEX_NAME.fullmatch(name):
        raise ConfigError(
            f"not a name of an index: {name!r}; use lower-case letters of English and digits, and after the first of them also"
            " '.', '_' and '-'"
        )
    if len(name) > MAX_NAME_LENGTH:
        raise ConfigError(
            f"the name of an index has at most {MAX_NAME_LENGTH} characters, and this one {len(name)}"
        )
    return name
