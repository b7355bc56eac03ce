"""A web address to which the entries are posted as lines of JSON.

The standard library's client is used: it follows no redirect and asks no proxy, and it lets us connect to the very
address that was checked, which urllib3 does not without replacing its connections.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import os
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from newssearch._version import __version__
from newssearch.alerts.batch import Batch

from .delivery import DeliveryError, Environment
from .time_limit import TimeLimit

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
            headers[SIGNATURE] = f"sha256={hmac.new(os.fsencode(secret), body, hashlib.sha256).hexdigest()}"
        try:
            status = _post(parts, body, headers, environment.variables)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DeliveryError(environment.cleaned(_reason_without_address(error))) from None
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
    """Whether an IP address is one of the public Internet.

    Of IPv6, those are the addresses of 2000::/3 but those that stand for IPv4 addresses (Teredo, 6to4).

    >>> [is_public(one) for one in ("93.184.216.34", "127.0.0.1", "10.1.2.3", "169.254.169.254", "::ffff:93.184.216.34")]
    [True, False, False, False, False]
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and (
        ip not in _UNICAST or any(ip in one for one in _TRANSITION)
    ):
        return False
    return ip.is_global and not ip.is_multicast


_UNICAST = ipaddress.IPv6Network("2000::/3")
_TRANSITION = (ipaddress.IPv6Network("2001::/32"), ipaddress.IPv6Network("2002::/16"))


def _post(parts: SplitResult, body: bytes, headers: Mapping[str, str], variables: Mapping[str, str]) -> int:
    """Post a body, and return the status of the answer."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    allowed = {one.strip().lower() for one in variables.get(ALLOWED, "").split(",")}
    addresses = _addresses_of(host, port, named=host in allowed)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(host, port, timeout=WEBHOOK_SECONDS)
    # Each operation has its time limit, and the limit of the whole ends a receiver that answers byte by byte.
    limit = TimeLimit(WEBHOOK_SECONDS)
    try:
        connection.sock = _first_connection(addresses, port, limit)
        if secure:
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
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


def _first_connection(addresses: list[str], port: int, limit: TimeLimit) -> socket.socket:
    """Return a connection to the first of the addresses that takes one, of which each has its share of the time left."""
    for number, address in enumerate(addresses):
        is_last = number == len(addresses) - 1
        try:
            opened = socket.create_connection((address, port), timeout=limit.left / (len(addresses) - number))
        except OSError:
            if is_last:
                raise
            continue
        opened.settimeout(WEBHOOK_SECONDS)
        limit.watch(opened)
        return opened
    raise OSError("the host has no address")


def _addresses_of(host: str, port: int, *, named: bool) -> list[str]:
    """Return the IP addresses of a host, in the order in which to try them.

    Raises OSError if the host is unknown, and if one of its addresses is not :func:`is_public`, unless it is ``named`` as
    an exception: an archive that somebody sends must not reach services of this machine or this network.
    """
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise OSError(f"the host {host} is not found") from None
    if not named and not all(map(is_public, found)):
        raise OSError(f"{host} has a loopback or private address; {ALLOWED}={host} allows it")
    return list(dict.fromkeys(found))


def _reason_without_address(error: Exception) -> str:
    """Return why a post failed, without anything that the address or the answer has in it."""
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    if isinstance(error, http.client.InvalidURL | ValueError):
        return "the address cannot be asked for"
    return f"the answer is not HTTP ({type(error).__name__})"
