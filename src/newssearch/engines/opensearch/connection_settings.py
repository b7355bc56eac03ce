"""The credentials for a cluster and its trusted certificates. They are never part of an address.

They come from environment variables; user and password also from a netrc file. Secrets appear in no repr, message or
log.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from newssearch.errors import ConfigError

from .address import INSECURE_VARIABLE, ClusterAddress, Host

USER_VARIABLE = "NEWSSEARCH_OPENSEARCH_USER"
PASSWORD_VARIABLE = "NEWSSEARCH_OPENSEARCH_PASSWORD"
TOKEN_VARIABLE = "NEWSSEARCH_OPENSEARCH_TOKEN"
CA_VARIABLE = "NEWSSEARCH_OPENSEARCH_CA"

_TOKEN_KINDS = ("Bearer ", "ApiKey ")


@dataclass(frozen=True)
class ConnectionSettings:
    """The settings of a client besides the address of the index.

    ``credentials_from`` names the origin of user, password or token; it is ``""`` if there are none. ``ca_file`` is a
    file of trusted certificates; None stands for those of the system.
    """

    authorization: str | None = field(default=None, repr=False)
    """The value of the ``Authorization`` header."""
    credentials_from: str = ""
    ca_file: Path | None = None


def connection_settings(
    address: ClusterAddress, environ: Mapping[str, str] | None = None
) -> ConnectionSettings:
    """Return the settings for an address, from the environment variables and the netrc file.

    ``environ`` replaces ``os.environ``. Raises :class:`~newssearch.ConfigError` for incomplete or contradictory
    values, and for an unencrypted connection to another machine that the user has not explicitly allowed.
    """
    found = os.environ if environ is None else environ
    _check_plain(address, found)
    authorization, origin = _credentials(address, found)
    stated = found.get(CA_VARIABLE, "").strip()
    if stated and not address.tls:
        raise ConfigError(f"{CA_VARIABLE} has no effect on an address without TLS (opensearch+http://)")
    ca_file = Path(stated).expanduser() if stated else None
    if ca_file is not None and not ca_file.is_file():
        raise ConfigError(f"{CA_VARIABLE}: there is no file {ca_file}")
    return ConnectionSettings(authorization, origin, ca_file)


def _check_plain(address: ClusterAddress, environ: Mapping[str, str]) -> None:
    stated = environ.get(INSECURE_VARIABLE, "").strip().lower()
    if stated not in ("", "0", "1", "false", "true", "no", "yes"):
        raise ConfigError(f"{INSECURE_VARIABLE}: wanted 1 or 0")
    far = [host for host in address.hosts if not host.is_loopback]
    if far and not address.tls and stated not in ("1", "true", "yes"):
        raise ConfigError(
            f"opensearch+http:// sends all texts and passwords unencrypted to {far[0]}: use opensearch://, or set"
            f" {INSECURE_VARIABLE}=1 if nobody can eavesdrop on the network"
        )


def _credentials(address: ClusterAddress, environ: Mapping[str, str]) -> tuple[str | None, str]:
    user, password, token = (
        environ.get(name, "") for name in (USER_VARIABLE, PASSWORD_VARIABLE, TOKEN_VARIABLE)
    )
    if token.strip():
        if user or password:
            raise ConfigError(
                f"{TOKEN_VARIABLE} and {USER_VARIABLE} both give credentials: set only one of them"
            )
        token = token.strip()
        if not (token.isascii() and token.isprintable()):
            raise ConfigError(f"{TOKEN_VARIABLE}: a token may only contain printable ASCII characters")
        return token if token.startswith(_TOKEN_KINDS) else f"Bearer {token}", TOKEN_VARIABLE
    if user or password:
        if not (user and password):
            missing = PASSWORD_VARIABLE if user else USER_VARIABLE
            raise ConfigError(f"{missing} is not set: a user and a password belong together")
        return _basic(user, password, USER_VARIABLE), USER_VARIABLE
    path = Path(environ.get("NETRC") or "~/.netrc").expanduser()
    entry = _netrc_entry(path, address.hosts)
    return (None, "") if entry is None else (_basic(*entry, str(path)), str(path))


def _basic(user: str, password: str, origin: str) -> str:
    """Return the ``Authorization`` header for a user and a password. A user must not contain a colon."""
    if ":" in user:
        raise ConfigError(f"{origin}: a user name must not contain a colon")
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _netrc_entry(path: Path, hosts: tuple[Host, ...]) -> tuple[str, str] | None:
    """Return the user and password of the first host that has a netrc entry. The default entry, for any host, is not used."""
    from netrc import NetrcParseError, netrc  # not needed for an index in a folder

    try:
        mode = path.stat().st_mode
        entries = netrc(str(path)).hosts
    except FileNotFoundError:
        return None
    except NetrcParseError as error:  # its message may quote a password
        raise ConfigError(f"{path}: line {error.lineno} is not valid in a netrc file") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not a text in UTF-8") from None
    for host in hosts:
        if host.name in entries:
            if os.name == "posix" and mode & 0o077:
                raise ConfigError(f"{path}: others may read the passwords in it; run: chmod 600 {path}")
            login, _, password = entries[host.name]
            if not (login and password):
                raise ConfigError(f"{path}: the entry of {host.name} lacks a login or a password")
            return login, password
    return None
