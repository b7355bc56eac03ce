"""Receivers of alerts on this machine: a mail server and a web server, which keep what they get."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server that takes every mail, unless ``refusing``.

    With ``encryption``, connections are encrypted from the first byte, or if ``offers_starttls``, when a client asks for it.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, encryption: ssl.SSLContext | None = None, *, offers_starttls: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.encryption = encryption
        self.offers_starttls = offers_starttls
        self.in_the_clear: list[str] = []
        self.logins = False
        """Whether every name and password is right."""
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.said: list[str] = []
        self.refusing = ""
        self.drips = False
        self.vanishes_after_mail = False

    @property
    def port(self) -> int:
        return self.server_address[1]


class _Session(socketserver.StreamRequestHandler):
    """One connection, in the commands of RFC 5321 that smtplib sends."""

    def handle(self) -> None:
        server = cast("MailServer", self.server)
        with suppress(ssl.SSLError, ConnectionError):  # a client that does not trust the certificate
            if server.encryption is not None and not server.offers_starttls:
                self._encrypt(server.encryption)
            self._talk(server)

    def _encrypt(self, encryption: ssl.SSLContext) -> None:
        self.connection = self.request = encryption.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _talk(self, server: MailServer) -> None:
        while server.drips:  # a greeting that never ends
            try:
                self.wfile.write(b"2")
            except OSError:
                return
            threading.Event().wait(0.02)
        self._say("220 localhost")
        while line := self.rfile.readline():
            text = line.decode().strip()
            server.said.append(text)
            if not isinstance(self.connection, ssl.SSLSocket):
                server.in_the_clear.append(text)
            verb = text.partition(" ")[0].upper()
            if verb == "EHLO":
                offered = "250-STARTTLS\r\n" if server.offers_starttls else ""
                self._say(f"250-localhost\r\n{offered}250-AUTH PLAIN\r\n250 8BITMIME")
            elif verb == "STARTTLS" and server.encryption is not None:
                self._say("220 go on")
                self._encrypt(server.encryption)
            elif verb == "AUTH":
                self._say("235 welcome" if server.logins else "535 5.7.8 wrong name or password")
            elif verb == "RCPT" and server.refusing:
                self._say(server.refusing)
            elif verb == "RCPT":
                server.recipients.append(text.partition(":")[2].partition(">")[0].strip("< "))
                self._say("250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                self._mail(server)
                if server.vanishes_after_mail:
                    return
            else:
                self._say("221 bye" if verb == "QUIT" else "250 ok")
                if verb == "QUIT":
                    return

    def _mail(self, server: MailServer) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self._say("250 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class WebServer(ThreadingHTTPServer):
    """A web server that keeps what is posted to it, and answers with ``status``."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.status = 204
        self.location = ""
        self.dripping = threading.Event()
        """While it is not set, and ``drips``, an answer comes byte by byte and never ends."""
        self.drips = False
        self.posts: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Request(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = cast("WebServer", self.server)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.posts.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        while server.drips:
            try:
                self.wfile.write(b"H")
            except OSError:
                return
            if server.dripping.wait(0.02):
                return
        self.send_response(server.status)
        if server.location:
            self.send_header("Location", server.location)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name of the standard library)
        """Say nothing."""


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    """Serve in a thread inside the ``with`` block."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
