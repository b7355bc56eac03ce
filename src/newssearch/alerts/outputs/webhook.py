"""A web address to which the entries are posted as lines of JSON.

The standard library's client is used: it follows no redirect and asks no proxy, and it lets us connect to the very
address that was checked, which urllib3 does not without replacing its connections.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

from newssearch._version import __version__
from newssearch.alerts.batch import Batch

from .delivery import DeliveryError, Environment

SECRET = "NEWSSEARCH_WEBHOOK_SECRET"
"""The environment variable with the key of the signature."""
ALLOWED = "NEWSSEARCH_WEBHOOK_ALLOW"
"""The environment variable with the hosts, separated by commas, that may have a loopback or private address."""
WEBHOOK_SECONDS = 10.0
"""A receiver that has not answered after this time has failed."""
SIGNATURE = "X-Newssearch-Signature"
_FROM_ENVIRONMENT = "env:"


class Webhook:
    """A web address, or ``env:NAME`` for the environment variable that has it, if the address itself is a secret."""

    def __init__(self, target: str) -> None:
        self._variable = (
            target.removeprefix(_FROM_ENVIRONMENT) if target.startswith(_FROM_ENVIRONMENT) else ""
        )
        self._url = "" if self._variable else target
        if self._variable and not (self._variable.isidentifier() and self._variable.isascii()):
            raise ValueError("env: is followed by the name of an environment variable")
        host = "" if self._variable else _checked_url(target).hostname
        self.shown = f"webhook:{target if self._variable else host}"

    def deliver(self, batch: Batch, environment: Environment) -> None:
        """Post the entries. The receiver has taken them if it answers with a status from 200 to 299 in time.

        ``Idempotency-Key`` is the same if they are posted again. With :data:`SECRET` set, :data:`SIGNATURE` has the HMAC of
        the body by SHA-256, as ``sha256=`` and hexadecimal digits.
        """
        url = self._url or environment.variables.get(self._variable, "").strip()
        try:
            parts = _checked_url(url)
        except ValueError as error:
            what = f"the environment variable {self._variable}: " if self._variable else ""
            raise DeliveryError(f"{what}{error if url else 'it is not set'}") from None
        body = b"".join(batch.lines())
        headers = {
            "Content-Type": "application/x-ndjson",
            "User-Agent": f"newssearch/{__version__}",
            "Idempotency-Key": f"{batch.identity}-{batch.run}",
            "X-Newssearch-Search": batch.search,
            "X-Newssearch-Run": str(batch.run),
        }
        if secret := environment.variables.get(SECRET, ""):
            headers[SIGNATURE] = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
        try:
            status = _post(parts, body, headers, environment.variables)
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = f"{type(error).__name__}: {error}" if not str(error) else error
            raise DeliveryError(environment.cleaned(reason, [url, parts.path, parts.query])) from None
        if 300 <= status < 400:
            raise DeliveryError(f"the receiver answered with status {status}; redirects are not followed")
        if not 200 <= status < 300:
            raise DeliveryError(f"the receiver answered with status {status}")


def _checked_url(url: str) -> SplitResult:
    """Return the parts of a web address. Raises ValueError, without quoting it, for one that is none."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("it is not a web address") from None
    if (
        parts.scheme not in ("http", "https")
        or not host
        or not url.isascii()
        or any(c.isspace() for c in url)
    ):
        raise ValueError("it is not a web address with http or https, in ASCII")
    if parts.username is not None or parts.password is not None:
        raise ValueError(
            "the address has a password in it: put the address into an environment variable, and write env:NAME"
        )
    return parts


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet, also as an IPv6 address that stands for an IPv4 address.

    >>> [is_public(one) for one in ("93.184.216.34", "127.0.0.1", "10.1.2.3", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False, False]
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or _behind_translation(ip)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _behind_translation(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None


def _post(parts: SplitResult, body: bytes, headers: Mapping[str, str], variables: Mapping[str, str]) -> int:
    """Post a body, and return the status of the answer."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    allowed = {one.strip().lower() for one in variables.get(ALLOWED, "").split(",")}
    address = _address_of(host, port, named=host in allowed)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(host, port, timeout=WEBHOOK_SECONDS)
    # Each operation has its time limit, and the timer ends a receiver that answers byte by byte.
    limit = _TimeLimit(socket.create_connection((address, port), timeout=WEBHOOK_SECONDS))
    try:
        if secure:
            limit.encrypt(host)
        connection.sock = limit.socket
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        if limit.is_over or isinstance(error, TimeoutError):
            raise TimeoutError(f"no answer within {WEBHOOK_SECONDS:g} seconds") from None
        raise
    finally:
        limit.end()
        connection.close()


class _TimeLimit:
    """An open connection, which is shut down when its time is over."""

    def __init__(self, opened: socket.socket) -> None:
        self.socket = opened
        self.is_over = False
        self._timer = threading.Timer(WEBHOOK_SECONDS, self._shut)
        self._timer.daemon = True
        self._timer.start()

    def encrypt(self, host: str) -> None:
        """Encrypt the connection. Raises OSError if the certificate is not that of the host."""
        context = ssl.create_default_context()
        self.socket = context.wrap_socket(self.socket, server_hostname=host, do_handshake_on_connect=False)
        self.socket.do_handshake()

    def _shut(self) -> None:
        self.is_over = True
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Close the connection."""
        self._timer.cancel()
        self.socket.close()


def _address_of(host: str, port: int, *, named: bool) -> str:
    """Return an IP address of a host, to connect to.

    Raises OSError if the host is unknown, and if one of its addresses is not :func:`is_public`, unless it is ``named`` as
    an exception: an archive that somebody sends must not reach services of this machine or this network.
    """
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise OSError(f"the host {host} is not found") from None
    if not named and not all(map(is_public, found)):
        raise OSError(f"{host} has a loopback or private address; {ALLOWED}={host} allows it")
    return found[0]
