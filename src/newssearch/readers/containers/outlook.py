"""The files of Outlook: single messages (MSG). Other files in the same container, such as old Word documents, are told apart."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from newssearch.readers.api import Format, Input, Item, Origin, ReadOutcome, Skipped, UnreadableError, whole
from newssearch.readers.decoding.encoding import decode
from newssearch.readers.documents.rtf_scan import text_of_rtf

if TYPE_CHECKING:
    from email.message import EmailMessage

COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of a file in the container of old office programs."""

MOST_ATTACHMENTS = 200
"""The maximum number of attachments of a message that are read."""

UNREAD_ATTACHMENTS = "unread attachments of Outlook"
"""The kind under which reports count the attachments of a message that are not read."""

LARGEST_UNPACKED_RTF = 32 * 1024 * 1024
"""The maximum number of bytes of a text in compressed RTF."""

_UNREAD_STREAMS = (
    ("EncryptedPackage", "an encrypted office document"),
    ("WordDocument", "looks like an old Word document (.doc), which is not read: save it as .docx"),
    ("Workbook", "looks like an old workbook of Excel (.xls), which is not read: save it as .xlsx or CSV"),
    ("PowerPoint Document", "looks like an old presentation (.ppt), which is not read: save it as .pptx"),
    ("Book", "looks like an old workbook of Excel (.xls), which is not read: save it as .xlsx or CSV"),
)
"""The names of the streams that show what an old office document is, with the reason why it is rejected."""

_RTF_PROPERTY = 0x1009
_HTML_PROPERTY = 0x1013
_RTF_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""The text with which the compression of RTF in messages begins."""


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome | Input]:
    """Yield a message as a mail, which is an input of its own. Raises UnreadableError for other files."""
    for stream, reason in _UNREAD_STREAMS:
        if (
            f"{stream}\0".encode("utf-16-le") in data
            and "__properties_version1.0".encode("utf-16-le") not in data
        ):
            raise UnreadableError(reason)
    if "__properties_version1.0".encode("utf-16-le") not in data:
        raise UnreadableError(
            "looks like an old office document, which is not read: save it in a newer format"
        )
    try:
        from oxmsg import Message  # an extra
    except ImportError:
        message = "a message of Outlook: reading it needs python-oxmsg (pip install 'newssearch[office]')"
        raise UnreadableError(message) from None
    try:
        loaded = Message.load(data)
        written = _as_mail(loaded).as_bytes()
        unread = _unread_attachments(loaded)
    except Exception as error:  # olefile and oxmsg raise anything on broken files
        raise UnreadableError(f"a broken message of Outlook: {str(error)[:120]}") from None
    yield Input.of(written, replace(origin, depth=origin.depth + 1, file=None))
    for _ in range(unread):
        yield Skipped(origin.path, UNREAD_ATTACHMENTS)


def _unread_attachments(message: Any) -> int:
    """Return the number of attachments that are not read: messages inside the message, and those behind the maximum."""
    inside = sum(one.file_bytes is None for one in message.attachments[:MOST_ATTACHMENTS])
    return inside + max(0, len(message.attachments) - MOST_ATTACHMENTS)


def _as_mail(message: Any) -> EmailMessage:
    """Return a message of Outlook as a mail, with the headers that it was sent with."""
    from email.message import EmailMessage  # slow to import, and few inputs need it

    mailed = EmailMessage()
    headers = message.message_headers
    sent = message.sent_date
    for name, value in (
        ("Subject", message.subject),
        ("From", message.sender),
        ("Date", headers.get("Date") or (sent.strftime("%a, %d %b %Y %H:%M:%S %z") if sent else None)),
        ("Message-ID", headers.get("Message-ID") or message.properties.str_prop_value(0x1035)),
        ("Content-Language", headers.get("Content-Language")),
        ("Archived-At", headers.get("Archived-At")),
    ):
        if value and (line := " ".join(str(value).split())):
            mailed[name] = line.encode("utf-8", "replace").decode()
    plain, html = _storable(message.body), _storable(_html_of(message))
    if not plain.strip() and not html.strip():
        plain = _text_of_compressed_rtf(message)
    mailed.set_content(plain)
    if html.strip():
        mailed.add_alternative(html, subtype="html")
    for attachment in message.attachments[:MOST_ATTACHMENTS]:
        content, name = (
            attachment.file_bytes,
            attachment.file_name or attachment.properties.str_prop_value(0x3704),
        )
        if content:
            mailed.add_attachment(
                content,
                maintype="application",
                subtype="octet-stream",
                filename=_storable(name) or "attachment",
            )
    return mailed


def _storable(value: str | None) -> str:
    return (value or "").replace("\0", "").encode("utf-8", "replace").decode()


def _html_of(message: Any) -> str | None:
    """Return the page of a message, which is UTF-8 or in the encoding that the message states."""
    raw: bytes | None = message.properties.binary_prop_value(_HTML_PROPERTY)
    if not raw:
        html: str | None = message.html_body
        return html
    for encoding in ("utf-8", message.properties.body_encoding):
        try:
            return raw.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return decode(raw)


def _text_of_compressed_rtf(message: Any) -> str:
    data = message.properties.binary_prop_value(_RTF_PROPERTY)
    if not data:
        return ""
    return "\n\n".join(one.text for one in text_of_rtf(unpacked_rtf(data)).paragraphs)


def unpacked_rtf(data: bytes) -> bytes:
    """Return RTF that was compressed as in messages of Outlook: references of two bytes into the last 4,096 bytes."""
    if len(data) < 16:
        return b""
    _, size, kind, _ = struct.unpack("<IIII", data[:16])
    if kind == 0x414C454D:  # MELA: not compressed
        return data[16 : 16 + size]
    window = bytearray(_RTF_DICTIONARY) + bytearray(4096 - len(_RTF_DICTIONARY))
    write, at = len(_RTF_DICTIONARY), 16
    found = bytearray()
    while at < len(data) and len(found) < min(size, LARGEST_UNPACKED_RTF):
        control = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data):
                break
            if not control >> bit & 1:
                found.append(data[at])
                window[write] = data[at]
                write, at = (write + 1) % 4096, at + 1
                continue
            reference = int.from_bytes(data[at : at + 2], "big")
            at += 2
            start, count = reference >> 4, (reference & 15) + 2
            if start == write:
                return bytes(found)
            for step in range(count):
                byte = window[(start + step) % 4096]
                found.append(byte)
                window[write] = byte
                write = (write + 1) % 4096
    return bytes(found)


def _refuse_data_file(_: Input) -> Iterator[Item]:
    raise UnreadableError(
        "looks like a data file of Outlook (.pst), which is not read: save its messages as .msg, .eml or .mbox"
    )
    yield  # a format yields items


FORMATS = (
    Format(
        "a message of Outlook",
        matches=lambda source: source.head.startswith(COMPOUND_FILE),
        read=whole(parse),
    ),
    Format(
        "a data file of Outlook",
        matches=lambda source: source.head.startswith(b"!BDN"),
        read=_refuse_data_file,
    ),
)
