"""The outputs of alerts: files of lines, feeds, mails, commands, web addresses; what they get, and what happens if they fail."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import feedparser
import pytest
import trustme

from alerting import AlertedArchive, about, titles_of
from newssearch import Article, ConfigError
from newssearch.alerts.outputs import output_of
from newssearch.alerts.outputs.mail import MailServer as SmtpServer
from newssearch.alerts.outputs.webhook import is_public
from receivers import MailServer, WebServer, serving
from support import command

HOSTILE = Article.create(
    title='Rain & <script>"1"</script>\x1b[31m\u202e', text="It was <b> rain </b> & wind that closed the harbour\x00 for all of the night\ufffe.", url="https://e.org/9?a=1&b=2",
    outlet="Evil\x07 <Echo>", byline="Ana & Bo", date="2024-07-25T14:30:00+03:00",
)  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> AlertedArchive:
    return AlertedArchive(tmp_path, about("rain", 1), about("rain", 2))


@pytest.fixture
def web() -> Iterator[WebServer]:
    server = WebServer()
    with serving(server):
        yield server
        server.dripping.set()


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    server = MailServer()
    settings = {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(server.port),
        "SMTP_TLS": "none",
        "MAIL_FROM": "news@example.org",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"NEWSSEARCH_{name}", value)
    with serving(server):
        yield server


def error_of(archive: AlertedArchive) -> str:
    """Run the alert, and return why its only output failed."""
    (delivery,) = archive.run().deliveries
    return delivery.error


# ---- when an output fails


def test_a_failed_output_gets_what_it_lacks_and_the_others_go_on(
    archive: AlertedArchive, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(archive.folder)
    cli = command(capsys, monkeypatch)
    archive.save(to=["ndjson:bad.jsonl", "ndjson:out.jsonl"], start="all")
    (archive.folder / "bad.jsonl").mkdir()
    done = cli("alert", "run")
    assert done.code == 1
    assert done.out == "rain: 2 new articles; 2 to ndjson:out.jsonl\n"
    assert done.err.startswith("error: rain: ndjson:bad.jsonl: ")
    assert done.err.endswith("Is a directory; 2 articles will come with the next run\n")
    archive.add(about("rain", 3))
    assert cli("alert", "run").code == 1
    archive.remove(about("rain", 1))  # what is owed does not depend on the index
    (archive.folder / "bad.jsonl").rmdir()
    report = archive.run()
    assert (report.new, [(one.output, one.entries) for one in report.deliveries]) == (
        0,
        [("ndjson:bad.jsonl", 3)],
    )
    assert archive.lines("bad.jsonl") == archive.lines("out.jsonl")
    assert [line["run"] for line in archive.lines()] == [1, 1, 2]
    assert sorted(file.name for file in (archive.folder / "alerts").iterdir()) == ["rain.lock", "rain.state"]


def test_an_output_that_is_added_gets_what_is_new_from_then_on(archive: AlertedArchive) -> None:
    archive.save(to="ndjson:out.jsonl", start="all")
    archive.run()
    archive.save(to=["ndjson:out.jsonl", "ndjson:other.jsonl"])
    archive.add(about("rain", 3))
    archive.run()
    assert titles_of(archive.lines("other.jsonl")) == ["Rain 3"]


def test_what_an_output_is_owed_is_dropped_with_the_output_and_that_is_told(archive: AlertedArchive) -> None:
    archive.save(to=["ndjson:bad.jsonl", "ndjson:out.jsonl"], start="all")
    (archive.folder / "bad.jsonl").mkdir()
    archive.run()
    archive.save(to="ndjson:out.jsonl")
    assert archive.run().warnings == ("what it was owed by an output that it no longer has is dropped",)
    assert not list((archive.folder / "alerts").glob("*.batch"))
    assert len(archive.lines()) == 2


def test_a_missing_or_damaged_batch_is_an_error_until_it_is_given_up(
    archive: AlertedArchive, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(archive.folder)
    cli = command(capsys, monkeypatch)
    archive.save(to="ndjson:bad.jsonl", start="all")
    (archive.folder / "bad.jsonl").mkdir()
    archive.run()
    (batch,) = (archive.folder / "alerts").glob("*.batch")
    batch.write_bytes(batch.read_bytes().replace(b"Rain 1", b"Rain 7"))
    (archive.folder / "bad.jsonl").rmdir()
    done = cli("alert", "run")
    assert done.code == 1
    assert "its checksum does not match" in done.err
    assert "`newssearch alert reset --owed rain` gives up what cannot be delivered" in done.err
    batch.unlink()
    assert "cannot be read" in cli("alert", "run").err
    assert (
        cli("alert", "reset", "rain", "--owed").out
        == "rain: the articles of 1 run are owed to no output any more\n"
    )
    archive.add(about("rain", 3))
    assert archive.new() == ["Rain 3"]


# ---- lines of JSON


def test_a_torn_line_is_mended_before_the_next_is_appended(archive: AlertedArchive) -> None:
    archive.save(to="ndjson:out.jsonl", start="all")
    archive.run()
    file = archive.folder / "out.jsonl"
    whole = file.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    for torn in (last[:1], last[:5], last[:-20]):
        file.write_bytes(whole + torn)
        archive.add(about("rain", 100 + len(torn)))
        archive.run()
        assert [line["title"] for line in archive.lines()] == [
            *titles_of(map(json.loads, whole.splitlines())),
            f"Rain {100 + len(torn)}",
        ]
        file.write_bytes(whole)
    file.write_bytes(whole.rstrip(b"\n"))
    archive.add(about("rain", 3))
    archive.run()
    assert len(archive.lines()) == 3


def test_a_last_line_of_somebody_else_is_left_as_it_is(archive: AlertedArchive) -> None:
    archive.save(to="ndjson:notes.txt", start="all")
    file = archive.folder / "notes.txt"
    file.write_bytes(b"my notes")
    assert error_of(archive) == "its last line is not whole, and not of newssearch: end it with a line break"
    assert file.read_bytes() == b"my notes"
    file.write_bytes(b"my notes\n")
    archive.run()
    assert file.read_bytes().startswith(b'my notes\n{"id": ')


# ---- feeds


def feed_of(archive: AlertedArchive, name: str = "public/rain.xml") -> feedparser.FeedParserDict:
    parsed = feedparser.parse((archive.folder / name).read_bytes())
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return parsed


def test_a_feed_reader_reads_the_feed(archive: AlertedArchive) -> None:
    archive.save(to=["atom:public/rain.xml", "ndjson:out.jsonl"], label="Rain & storms")
    archive.run()
    archive.add(HOSTILE, about("rain", 4), about("rain", 5, copy_of=4))
    archive.run()
    feed = feed_of(archive)
    assert feed.feed.title == "Rain & storms"
    assert feed.feed.id.startswith("urn:uuid:")
    assert {entry.id for entry in feed.entries} == {line["entry"] for line in archive.lines()}
    (hostile,) = [entry for entry in feed.entries if entry.title.startswith("Rain &")]
    assert hostile.link == "https://e.org/9?a=1&b=2"
    assert (hostile.published, hostile.author) == ("2024-07-25T14:30:00+03:00", "Ana & Bo")
    assert "<script>" not in (archive.folder / "public/rain.xml").read_text("utf-8")
    assert "&lt;b&gt; <strong>rain</strong> &lt;/b&gt;" in hostile.summary
    (other,) = [entry for entry in feed.entries if entry is not hostile]
    assert "also in: Outlet" in other.summary
    assert other.published == "2024-07-25T00:00:00Z"


def test_a_feed_keeps_its_last_entries_newest_first_and_the_same_ids(
    archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newssearch.alerts.outputs.atom.KEPT_ENTRIES", 3)
    archive.save(to="atom:public/rain.xml", start="all")
    archive.run()
    first = feed_of(archive)
    archive.add(about("rain", 3))
    archive.run()
    archive.add(about("rain", 4))
    archive.run()
    feed = feed_of(archive)
    assert [entry.title for entry in feed.entries] == ["Rain 4", "Rain 3", first.entries[0].title]
    assert feed.entries[2].id == first.entries[0].id
    assert feed.feed.id == first.feed.id


def test_a_feed_has_all_of_a_run(archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newssearch.alerts.outputs.atom.KEPT_ENTRIES", 1)
    archive.save(to="atom:public/rain.xml", start="all")
    archive.run()
    assert len(feed_of(archive).entries) == 2


@pytest.mark.parametrize(
    "content",
    [b"<html></html>", b"not XML", b'<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id></feed>', b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'],
)  # fmt: skip
def test_a_file_that_is_not_the_feed_is_not_overwritten(archive: AlertedArchive, content: bytes) -> None:
    archive.save(to="atom:public/rain.xml", start="all")
    (archive.folder / "public").mkdir()
    file = archive.folder / "public" / "rain.xml"
    file.write_bytes(content)
    assert error_of(archive).startswith("the file is not the feed of this search; move it away")
    assert file.read_bytes() == content
    file.unlink()
    archive.run()
    assert len(feed_of(archive).entries) == 2


# ---- mail


def body_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_mail_has_what_is_new_as_text_and_as_html(archive: AlertedArchive, mail: MailServer) -> None:
    archive.save(to="mail:editor@example.org", label="Rain\r\nBcc: x@example.org")
    archive.run()
    assert not mail.mails
    archive.add(HOSTILE, about("rain", 4))
    archive.run()
    (message,) = mail.mails
    assert message["Subject"] == "Rain  Bcc: x@example.org: 2 new articles"
    assert message["Bcc"] is None
    assert (message["To"], mail.recipients) == ("editor@example.org", ["editor@example.org"])
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"].startswith("rain <rain.")
    text, html = body_of(message, "plain"), body_of(message, "html")
    assert "https://e.org/9?a=1&b=2" in text
    assert not {*text} & {"\x1b", "\x00", "\u202e", "\x07"}
    assert '<a href="https://e.org/9?a=1&amp;b=2">Rain &amp; &lt;script&gt;' in html
    assert "<script" not in html


def test_a_mail_that_was_perhaps_sent_is_sent_again_with_the_same_id(
    archive: AlertedArchive, mail: MailServer
) -> None:
    archive.save(to="mail:editor@example.org", start="all")
    mail.refusing = "451 try later"
    assert "451 try later" in error_of(archive)
    mail.refusing = ""
    archive.add(about("rain", 3))
    archive.run()
    assert [body_of(message, "plain").count("There was") for message in mail.mails] == [2, 1]
    first, second = (message["Message-ID"] for message in mail.mails)
    assert first.rpartition(".1@")[2] == second.rpartition(".2@")[2] == "example.org>"
    mail.vanishes_after_mail = True
    archive.add(about("rain", 4))
    assert archive.run().deliveries[0].error == ""


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"NEWSSEARCH_SMTP_HOST": ""}, "the environment variable NEWSSEARCH_SMTP_HOST is not set"),
        ({"NEWSSEARCH_MAIL_FROM": ""}, "the environment variable NEWSSEARCH_MAIL_FROM is not set"),
        ({"NEWSSEARCH_SMTP_TLS": "maybe"}, "NEWSSEARCH_SMTP_TLS is one of starttls, tls, none"),
        ({"NEWSSEARCH_SMTP_PORT": "x"}, "NEWSSEARCH_SMTP_PORT is not the number of a port"),
        ({"NEWSSEARCH_SMTP_TLS": ""}, "the mail server 127.0.0.1: STARTTLS extension not supported by server."),
        ({"NEWSSEARCH_SMTP_USER": "me", "NEWSSEARCH_SMTP_PASSWORD": "geheim"}, "535 5.7.8 wrong name or password"),
        (
            {"NEWSSEARCH_SMTP_HOST": "mail.example.org", "NEWSSEARCH_SMTP_USER": "me", "NEWSSEARCH_SMTP_PASSWORD": "geheim"},
            "NEWSSEARCH_SMTP_TLS=none would send the password in the clear",
        ),
    ],
)  # fmt: skip
def test_mail_is_not_sent_by_wrong_settings(
    archive: AlertedArchive,
    mail: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, str],
    reason: str,
) -> None:
    for name, value in changed.items():
        monkeypatch.setenv(name, value)
    archive.save(to="mail:editor@example.org", start="all")
    assert reason in error_of(archive)
    assert not mail.mails
    assert not [line for line in mail.said if line.startswith(("MAIL", "RCPT", "DATA"))]


def test_a_password_is_in_no_file_and_no_message(
    archive: AlertedArchive, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSSEARCH_SMTP_PASSWORD", "geheim")
    mail.refusing = "451 geheim is what you said"
    archive.save(to="mail:editor@example.org", start="all")
    assert "*** is what you said" in error_of(archive)
    for file in archive.folder.rglob("*"):
        assert file.is_dir() or b"geheim" not in file.read_bytes()


# ---- mail over an encrypted connection


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def encrypted_mail(
    authority: trustme.CA, certificate: trustme.LeafCert, tls: str, trusted: Path | None
) -> Iterator[MailServer]:
    """Serve mail with a certificate, and let the environment name the server and the file of authorities to trust."""
    encryption = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(encryption)
    server = MailServer(encryption, offers_starttls=tls == "starttls")
    server.logins = True
    settings = {
        "NEWSSEARCH_SMTP_HOST": "localhost",
        "NEWSSEARCH_SMTP_PORT": str(server.port),
        "NEWSSEARCH_SMTP_TLS": tls,
        "NEWSSEARCH_SMTP_USER": "me",
        "NEWSSEARCH_SMTP_PASSWORD": "geheim",
        "NEWSSEARCH_MAIL_FROM": "news@example.org",
    }
    with pytest.MonkeyPatch.context() as environment, serving(server):
        for name, value in settings.items():
            environment.setenv(name, value)
        if trusted is not None:
            authority.cert_pem.write_to_path(trusted)
            environment.setenv("SSL_CERT_FILE", str(trusted))
        yield server


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_mail_and_password_are_sent_encrypted_to_a_server_with_a_trusted_certificate(
    archive: AlertedArchive, authority: trustme.CA, tls: str
) -> None:
    archive.save(to="mail:editor@example.org", start="all")
    certificate = authority.issue_cert("localhost")
    with encrypted_mail(authority, certificate, tls, archive.folder / "authorities.pem") as server:
        assert error_of(archive) == ""
    (mail,) = server.mails
    assert mail["To"] == "editor@example.org"
    assert [line for line in server.said if line.startswith("AUTH")]
    assert {line.partition(" ")[0].upper() for line in server.in_the_clear} == (
        {"EHLO", "STARTTLS"} if tls == "starttls" else set()
    )


@pytest.mark.parametrize("tls", ["tls", "starttls"])
@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("unknown authority", "certificate verify failed"),
        ("another host", "certificate is not valid for 'localhost'"),
        ("expired", "certificate has expired"),
    ],
)
def test_no_mail_and_no_password_go_to_a_server_whose_certificate_is_wrong(
    archive: AlertedArchive, authority: trustme.CA, tls: str, case: str, reason: str
) -> None:
    archive.save(to="mail:editor@example.org", start="all")
    long_ago = dt.datetime(2001, 1, 1, tzinfo=dt.timezone.utc)
    certificate = authority.issue_cert(
        "mail.example.org" if case == "another host" else "localhost",
        not_before=long_ago if case == "expired" else None,
        not_after=long_ago + dt.timedelta(days=1) if case == "expired" else None,
    )
    trusted = None if case == "unknown authority" else archive.folder / "authorities.pem"
    with encrypted_mail(authority, certificate, tls, trusted) as server:
        said = error_of(archive)
        assert said.startswith("the mail server localhost: "), said
        assert reason in said
    assert not server.mails
    assert not [line for line in server.said if line.startswith(("AUTH", "MAIL", "RCPT", "DATA"))]


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_server_that_does_not_speak_as_it_should_gets_no_mail(
    archive: AlertedArchive, mail: MailServer, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    for name, value in {"TLS": tls, "USER": "me", "PASSWORD": "geheim"}.items():
        monkeypatch.setenv(f"NEWSSEARCH_SMTP_{name}", value)
    archive.save(to="mail:editor@example.org", start="all")
    assert error_of(archive).startswith("the mail server 127.0.0.1: ")
    assert not [line for line in mail.said if line.startswith(("AUTH", "MAIL"))]


def test_a_mail_server_that_answers_byte_by_byte_is_left(
    archive: AlertedArchive, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newssearch.alerts.outputs.mail.MAIL_SECONDS", 0.3)
    mail.drips = True
    archive.save(to="mail:editor@example.org", start="all")
    assert error_of(archive).endswith("the mail was not taken within 0.3 seconds")


def test_a_mail_server_does_not_show_its_password() -> None:
    assert "geheim" not in repr(SmtpServer("h", 25, "tls", "me", "geheim", "a@example.org"))


# ---- commands

KEEP = "import sys; open(sys.argv[1], 'ab').write(sys.stdin.buffer.read())"


def test_a_command_gets_the_lines_on_its_standard_input(archive: AlertedArchive) -> None:
    archive.save(to=[f'exec:"{sys.executable}" -c "{KEEP}" "a $HOME; b"', "ndjson:out.jsonl"], start="all")
    archive.run()
    assert (archive.folder / "a $HOME; b").read_bytes() == (archive.folder / "out.jsonl").read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="a line for the shell of POSIX")
def test_a_shell_runs_a_line_only_when_asked(
    archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSSEARCH_SMTP_PASSWORD", "geheim")
    archive.save(to='shell:env > env.txt; echo "$NEWSSEARCH_SEARCH $NEWSSEARCH_RUN" > said.txt', start="all")
    archive.run()
    assert (archive.folder / "said.txt").read_text() == "rain 1\n"
    assert "geheim" not in (archive.folder / "env.txt").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="lines for the shell of POSIX")
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("echo no >&2; echo such channel >&2; exit 3", "ended with exit code 3: such channel"),
        ("kill -9 $$", "ended with exit code 137"),
        ("sleep 60", "ran longer than 2 seconds"),
        ("sleep 60 & sleep 60", "ran longer than 2 seconds"),
    ],
)
def test_a_command_that_fails_or_takes_too_long_has_not_taken_it(
    archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch, line: str, reason: str
) -> None:
    monkeypatch.setattr("newssearch.alerts.outputs.commands.COMMAND_SECONDS", 2.0)
    archive.save(to=f"shell:{line}", start="all")
    assert error_of(archive) == reason
    assert archive.run().deliveries[0].owed == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals and a line for the shell of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_command_ends_with_all_that_it_started_when_the_run_is_ended(
    archive: AlertedArchive, number: signal.Signals
) -> None:
    fifo = archive.folder / "fifo"
    os.mkfifo(fifo)
    archive.save(to="shell:exec 3>fifo; sleep 600 & echo started >&3; sleep 600", start="all")
    code = "import sys; from newssearch.cli import main; sys.exit(main())"
    paths = os.pathsep.join(path for path in sys.path if path)
    variables = {**os.environ, "PYTHONPATH": paths, "TMPDIR": str(archive.folder / "tmp")}
    (archive.folder / "tmp").mkdir()
    run = subprocess.Popen([sys.executable, "-c", code, "alert", "run"], cwd=archive.folder, env=variables)
    with fifo.open("rb") as reader:
        assert reader.readline() == b"started\n"
        run.send_signal(number)
        run.wait()
        assert reader.read() == b"", "the end: no process holds the pipe open"
    end = time.monotonic() + 60
    while list((archive.folder / "tmp").iterdir()) and time.monotonic() < end:
        os.sched_yield()
    assert not list((archive.folder / "tmp").iterdir()), "nothing of the articles stays behind"
    archive.save(to="shell:cat > got.jsonl", start="all")
    archive.run()
    assert len(archive.lines("got.jsonl")) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="a line for the shell of POSIX")
def test_what_a_command_left_running_goes_on(archive: AlertedArchive) -> None:
    fifo = archive.folder / "fifo"
    os.mkfifo(fifo)
    archive.save(to="shell:(exec 3<fifo; cat <&3 > said.txt; echo read >&4) 4>done & exit 0", start="all")
    os.mkfifo(archive.folder / "done")
    reader = os.open(archive.folder / "done", os.O_RDONLY | os.O_NONBLOCK)
    assert error_of(archive) == ""
    fifo.write_bytes(b"hello")
    os.set_blocking(reader, True)
    assert os.read(reader, 10) == b"read\n"
    os.close(reader)
    assert (archive.folder / "said.txt").read_text() == "hello"


def test_a_command_that_does_not_exist_or_read_is_told(archive: AlertedArchive) -> None:
    archive.save(to="exec:./no-such-program", start="all")
    assert error_of(archive).startswith("cannot be run: No such file")
    archive.save(to=f'exec:"{sys.executable}" -c pass', start="all")
    archive.add(about("rain", 3))
    assert error_of(archive) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a line for the shell of POSIX")
def test_a_command_gets_no_secret_and_no_message_has_one(
    archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAT_HOOK", "https://chat.invalid/T0KEN")
    monkeypatch.setenv("NEWSSEARCH_OPENSEARCH_TOKEN", "geheim")
    monkeypatch.setenv("EDITOR", "ed")
    archive.save(to=["shell:env > env.txt", "webhook:env:CHAT_HOOK"], start="all")
    archive.run()
    names = {line.partition("=")[0] for line in (archive.folder / "env.txt").read_text().splitlines()}
    assert {name for name in names if name.startswith("NEWSSEARCH_")} == {
        "NEWSSEARCH_SEARCH",
        "NEWSSEARCH_RUN",
    }
    assert "EDITOR" in names
    assert "CHAT_HOOK" not in names
    said = "shell:echo https://chat.invalid/T0KEN geheim >&2; exit 1"
    archive.save(to=[said, "webhook:env:CHAT_HOOK"], start="all")
    archive.add(about("rain", 3))
    assert archive.run().deliveries[0].error == "ended with exit code 1: *** ***"


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_commands_of_a_search_that_others_may_have_written_are_not_run(
    archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.save(to="shell:touch ran", start="all")
    file = archive.folder / "searches" / "rain.toml"
    file.chmod(0o666)
    assert (
        error_of(archive)
        == "everyone may write searches/rain.toml, so its commands are not run: chmod o-w searches/rain.toml"
    )
    file.chmod(0o644)
    owner = file.stat().st_uid
    with monkeypatch.context() as patched:
        patched.setattr("newssearch.alerts.outputs.trust.os.geteuid", lambda: owner + 1)
        if owner != 0:
            assert error_of(archive) == "searches belongs to another user, so its commands are not run"
    assert not (archive.folder / "ran").exists()
    assert error_of(archive) == ""
    assert (archive.folder / "ran").exists()


@pytest.mark.parametrize(
    "output", ["ndjson:searches/rain.toml", "atom:alerts/x.xml", "ndjson:newssearch.toml", "ndjson:index/x", "atom:out/../Searches/y", "ndjson:tags.jsonl", "atom:.tags.lock"]
)  # fmt: skip
def test_no_output_writes_into_what_newssearch_keeps_itself(archive: AlertedArchive, output: str) -> None:
    archive.save(to=output, start="all")
    target = archive.folder / output.partition(":")[2]
    before = target.read_bytes() if target.is_file() else None
    assert error_of(archive).endswith(("choose another folder", "choose another name"))
    assert (target.read_bytes() if target.is_file() else None) == before


@pytest.mark.parametrize(
    "output", ["ndjson:~nosuchuser/x", "atom:~nosuchuser/x", 'exec:"" x', "hooks.example.org/T0KEN", "hooks/T0KEN:x"]
)  # fmt: skip
def test_an_output_that_can_never_work_is_refused_without_its_secrets(output: str) -> None:
    with pytest.raises(ConfigError) as caught:
        output_of(output)
    assert "T0KEN" not in str(caught.value)


# ---- web addresses


def resolved(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let the host news.test have the given addresses, as a name server would say."""
    found = socket.getaddrinfo

    def answer(host: str, *arguments: Any, **options: Any) -> Any:
        if host != "news.test":
            return found(host, *arguments, **options)
        return [one for address in addresses for one in found(address, *arguments, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def test_a_host_with_one_private_address_is_refused(
    archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved(monkeypatch, "93.184.216.34", "10.0.0.1")
    archive.save(to="webhook:http://news.test/hook", start="all")
    assert error_of(archive).startswith("news.test has a loopback or private address")


def test_all_checked_addresses_of_a_host_are_tried_and_no_other(
    archive: AlertedArchive, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSSEARCH_WEBHOOK_ALLOW", "news.test")
    monkeypatch.setenv("NEWSSEARCH_WEBHOOK_SECRET", "geheim\udcff")
    resolved(monkeypatch, "127.0.0.9", "127.0.0.1")
    asked: list[str] = []
    connect = socket.create_connection

    def connected(address: tuple[str, int], *arguments: Any, **options: Any) -> socket.socket:
        asked.append(address[0])
        return connect(address, *arguments, **options)

    monkeypatch.setattr(socket, "create_connection", connected)
    archive.save(to=f"webhook:{web.url.replace('127.0.0.1', 'news.test')}/", start="all")
    assert error_of(archive) == ""
    assert asked == ["127.0.0.9", "127.0.0.1"]  # never the name, which could have another address by then
    assert len(web.posts) == 1


def test_a_receiver_gets_the_lines_and_their_signature(
    archive: AlertedArchive, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSSEARCH_WEBHOOK_ALLOW", "example.org, 127.0.0.1")
    monkeypatch.setenv("NEWSSEARCH_WEBHOOK_SECRET", "geheim")
    archive.save(to=[f"webhook:{web.url}/hook?a=1", "ndjson:out.jsonl"], start="all")
    web.status = 500
    assert archive.run().deliveries[0].error == "the receiver answered with status 500"
    web.status = 200
    assert archive.run().deliveries[0].entries == 2
    (path, headers, body), again = web.posts
    assert (path, again) == ("/hook?a=1", (path, headers, body))
    assert body == (archive.folder / "out.jsonl").read_bytes()
    assert (
        headers["x-newssearch-signature"] == f"sha256={hmac.new(b'geheim', body, hashlib.sha256).hexdigest()}"
    )
    assert (headers["x-newssearch-search"], headers["x-newssearch-run"]) == ("rain", "1")
    assert headers["idempotency-key"].endswith("-1")


def test_an_address_of_this_machine_or_network_is_refused_unless_it_is_named(
    archive: AlertedArchive, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.save(to=f"webhook:{web.url}/hook", start="all")
    assert (
        error_of(archive)
        == "127.0.0.1 has a loopback or private address; NEWSSEARCH_WEBHOOK_ALLOW=127.0.0.1 allows it"
    )
    archive.save(to=f"webhook:{web.url.replace('127.0.0.1', 'localhost')}/", start="all")
    archive.add(about("rain", 3))
    monkeypatch.setenv("NEWSSEARCH_WEBHOOK_ALLOW", "127.0.0.1")
    assert error_of(archive).startswith("localhost has a loopback or private address")
    assert not web.posts
    for address in ("10.0.0.1", "192.168.1.1", "172.16.5.5", "100.64.1.1", "0.0.0.0", "::1", "fd00::1", "fe80::1%eth0", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "::7f00:1", "fec0::1", "::ffff:0:7f00:1", "64:ff9b:1::7f00:1", "2001::1"):  # fmt: skip
        assert not is_public(address), address
    assert is_public("2606:2800:220:1::1")


def test_a_redirect_is_not_followed(
    archive: AlertedArchive, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSSEARCH_WEBHOOK_ALLOW", "127.0.0.1")
    web.status, web.location = 307, f"{web.url}/elsewhere"
    archive.save(to=f"webhook:{web.url}/hook", start="all")
    assert error_of(archive) == "the receiver answered with status 307; redirects are not followed"
    assert [path for path, _, _ in web.posts] == ["/hook"]


def test_a_receiver_that_answers_byte_by_byte_is_left(
    archive: AlertedArchive, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSSEARCH_WEBHOOK_ALLOW", "127.0.0.1")
    monkeypatch.setattr("newssearch.alerts.outputs.webhook.WEBHOOK_SECONDS", 0.3)
    web.drips = True
    archive.save(to=f"webhook:{web.url}/hook", start="all")
    assert error_of(archive) == "no answer within 0.3 seconds"


def test_an_address_that_is_a_secret_comes_from_the_environment(
    archive: AlertedArchive, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSSEARCH_WEBHOOK_ALLOW", "127.0.0.1")
    archive.save(to="webhook:env:CHAT_HOOK", start="all")
    assert error_of(archive) == "the environment variable CHAT_HOOK: it is not set"
    monkeypatch.setenv("CHAT_HOOK", f"{web.url}/services/T0KEN")
    report = archive.run()
    assert [(one.output, one.error) for one in report.deliveries] == [("webhook:env:CHAT_HOOK", "")]
    assert web.posts[0][0] == "/services/T0KEN"
    for file in archive.folder.rglob("*"):
        assert file.is_dir() or b"T0KEN" not in file.read_bytes()


def test_the_path_of_a_web_address_is_in_no_message(
    archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.save(to="webhook:https://nowhere.invalid/services/T0KEN", start="all")
    (delivery,) = archive.run().deliveries
    assert delivery.output == "webhook:nowhere.invalid"
    assert delivery.error == "the host nowhere.invalid is not found"
    state = (archive.folder / "alerts" / "rain.state").read_bytes()
    assert b"T0KEN" not in state
