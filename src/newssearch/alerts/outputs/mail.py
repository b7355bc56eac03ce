"""A mail for each run, sent by the SMTP server that the environment names."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from newssearch.alerts.batch import Batch
from newssearch.display import escape

from .delivery import DeliveryError, Environment
from .entry_html import entry_html, entry_text, headline
from .time_limit import TimeLimit

HOST, PORT, USER, PASSWORD, TLS, SENDER = (
    "NEWSSEARCH_SMTP_HOST", "NEWSSEARCH_SMTP_PORT", "NEWSSEARCH_SMTP_USER", "NEWSSEARCH_SMTP_PASSWORD", "NEWSSEARCH_SMTP_TLS",
    "NEWSSEARCH_MAIL_FROM",
)  # fmt: skip
"""The environment variables that say how mail is sent."""
TLS_PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}
"""How a connection is encrypted, each with its usual port."""
SMTP_SECONDS = 30.0
"""A mail server that says nothing for this time counts as failed."""
MAIL_SECONDS = 120.0
"""A mail that the server has not taken after this time has failed."""
MAX_SUBJECT_TITLE = 120
_MAIL_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@]+@[^\s<>()\[\],;:\\\"@]+\.?[^\s<>()\[\],;:\\\"@]*")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class MailServer:
    """The settings for sending mail, from the environment."""

    host: str
    port: int
    tls: str
    user: str
    password: str = field(repr=False)
    sender: str

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> MailServer:
        """Return the settings. Raises :class:`DeliveryError` if some are missing or contradict each other."""
        given = {name: variables.get(name, "").strip() for name in (HOST, PORT, USER, TLS, SENDER)}
        for name in (HOST, SENDER):
            if not given[name]:
                raise DeliveryError(f"the environment variable {name} is not set")
        tls = given[TLS].lower() or "starttls"
        if tls not in TLS_PORTS:
            raise DeliveryError(f"{TLS} is one of {', '.join(TLS_PORTS)}")
        port = given[PORT] or str(TLS_PORTS[tls])
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
            raise DeliveryError(f"{PORT} is not the number of a port")
        if not is_mail_address(given[SENDER]):
            raise DeliveryError(f"{SENDER} is not a mail address")
        password = variables.get(PASSWORD, "")
        if given[USER] and tls == "none" and given[HOST] not in _LOOPBACK:
            raise DeliveryError(f"{TLS}=none would send the password in the clear")
        return cls(given[HOST], int(port), tls, given[USER], password, given[SENDER])

    def send(self, message: EmailMessage) -> None:
        """Send a message. When this returns, the server has taken it. Raises OSError and smtplib's exceptions."""
        limit = TimeLimit(MAIL_SECONDS)
        try:
            connection = _Connection(self, limit)
            try:
                if self.tls == "starttls":
                    connection.starttls(context=ssl.create_default_context())
                if self.user:
                    connection.login(self.user, self.password)
                connection.send_message(message)
                with suppress(OSError, smtplib.SMTPException):  # the mail is sent, whatever happens now
                    connection.quit()
            finally:
                connection.close()
        except (OSError, smtplib.SMTPException):
            if limit.is_over:
                raise TimeoutError(f"the mail was not taken within {MAIL_SECONDS:g} seconds") from None
            raise
        finally:
            limit.end()


class _Connection(smtplib.SMTP):
    """A connection to a mail server, which a time limit watches from its first byte."""

    def __init__(self, server: MailServer, limit: TimeLimit) -> None:
        self._limit = limit
        self._encrypted = server.tls == "tls"
        super().__init__(server.host, server.port, timeout=SMTP_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # as SMTP_SSL does
        opened = socket.create_connection((host, port), timeout)
        self._limit.watch(opened)
        if not self._encrypted:
            return opened
        return ssl.create_default_context().wrap_socket(opened, server_hostname=host)


class Mail:
    """One recipient."""

    def __init__(self, target: str) -> None:
        if not is_mail_address(target):
            raise ValueError(f"{escape.terminal(target)} is not a mail address")
        self._address = target
        self.shown = f"mail:{target}"

    def deliver(self, batch: Batch, environment: Environment) -> None:
        """Send one mail with all entries. Its Message-ID is the same if it is sent again."""
        server = MailServer.of(environment.variables)
        try:
            server.send(mail_message(batch, server.sender, self._address))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise DeliveryError(
                environment.cleaned(f"the mail server {server.host}: {_server_answer(error)}")
            ) from None


def _server_answer(error: Exception) -> str:
    """Return what a mail server answered, or what else went wrong."""
    code: int
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return str(error) or type(error).__name__
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"


def is_mail_address(text: str) -> bool:
    """Whether a text can be one mail address, without a name.

    >>> is_mail_address("me@example.org"), is_mail_address("me@example.org, you@example.org")
    (True, False)
    """
    return _MAIL_ADDRESS.fullmatch(text) is not None and text.isprintable() and len(text) <= 254


def mail_message(batch: Batch, sender: str, recipient: str) -> EmailMessage:
    """Return the mail about a batch, as text and as HTML. The same batch makes the same mail, but for the boundary."""
    domain = sender.rpartition("@")[2]
    title = escape.terminal(batch.title)
    message = EmailMessage()
    message["Subject"] = f"{title[:MAX_SUBJECT_TITLE]}: {batch.subject}"
    message["From"] = formataddr(("newssearch", sender))
    message["To"] = recipient
    message["Date"] = format_datetime(batch.time)
    message["Message-ID"] = f"<{batch.identity}.{batch.run}@{domain}>"
    message["List-Id"] = f"{batch.search} <{batch.search}.{batch.identity}.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(_mail_lines(batch, title)), cte="quoted-printable")
    message.add_alternative(_mail_html(batch, title), subtype="html", cte="quoted-printable")
    return message


def _mail_lines(batch: Batch, title: str) -> list[str]:
    lines = [f"{title}: {batch.subject}"]
    for entry in batch.entries:
        lines += ["", *entry_text(entry)]
    return [*lines, "", f"-- \nnewssearch, search {batch.search}, run {batch.run}", ""]


def _mail_html(batch: Batch, title: str) -> str:
    parts = [f"<h1>{escape.html(title)}</h1><p>{escape.html(batch.subject)}</p>"]
    for entry in batch.entries:
        url = str(entry.get("url") or "")
        shown = escape.html(headline(entry))
        if re.match(r"https?://", url, re.IGNORECASE):
            shown = f'<a href="{escape.html(url)}">{shown}</a>'
        parts.append(f"<h2>{shown}</h2>{entry_html(entry)}")
    parts.append(f"<p><small>newssearch, search {batch.search}, run {batch.run}</small></p>")
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{"".join(parts)}</body></html>'
