"""The files of Outlook: single messages (MSG). Of other files in the same container, old workbooks of Excel are read, too."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from newssearch.readers.api import Format, Input, Item, Origin, ReadOutcome, Skipped, UnreadableError, whole
from newssearch.readers.decoding.encoding import decode
from newssearch.readers.documents.rtf_scan import text_of_rtf
from newssearch.readers.documents.spreadsheets import parse_xls

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
    ("PowerPoint Document", "looks like an old presentation (.ppt), which is not read: save it as .pptx"),
)
"""The names of the streams that show what an old office document is, with the reason why it is rejected."""

_PROPERTIES = "__properties_version1.0"
"""The name of the stream with the properties of a message; no other file in such a container has it."""

_STORAGE_OF_MESSAGE = "__substg1.0_3701000D"
"""The name of the storage in an attachment that is a message, or an object of another program."""

_HEAD_OF_INNER_PROPERTIES = 24
"""The number of bytes in front of the properties of a message inside another one; those of a file have 32."""

_CLASSES_OF_MESSAGES = ("IPM.NOTE", "IPM.POST", "REPORT.")
"""The starts of the classes of messages; others are appointments, contacts and tasks."""

_STREAMS_OF_WORKBOOKS = ("Workbook", "Book")
"""The names of the streams of old workbooks of Excel."""

_RTF_PROPERTY = 0x1009
_HTML_PROPERTY = 0x1013
_RTF_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""The text with which the compression of RTF in messages begins."""


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome | Input]:
    """Yield a message as a mail, which is an input of its own, or the rows of an old workbook.

    Raises UnreadableError for other files.
    """
    if _PROPERTIES.encode("utf-16-le") not in data:
        for stream, reason in _UNREAD_STREAMS:
            if f"{stream}\0".encode("utf-16-le") in data:
                raise UnreadableError(reason)
        if any(f"{stream}\0".encode("utf-16-le") in data for stream in _STREAMS_OF_WORKBOOKS):
            yield from parse_xls(data, origin)
            return
        raise UnreadableError(
            "looks like an old office document, which is not read: save it in a newer format"
        )
    try:
        from oxmsg import Message  # an extra
    except ImportError:
        message = "a message of Outlook: reading it needs python-oxmsg (pip install 'newssearch[office]')"
        raise UnreadableError(message) from None
    try:
        unread: list[str] = []
        written = _as_mail(Message.load(data), unread, origin.options.limits.depth).as_bytes()
    except Exception as error:  # olefile and oxmsg raise anything on broken files
        raise UnreadableError(f"a broken message of Outlook: {str(error)[:120]}") from None
    yield Input.of(written, replace(origin, depth=origin.depth + 1, file=None))
    for _ in unread:
        yield Skipped(origin.path, UNREAD_ATTACHMENTS)


def _as_mail(message: Any, unread: list[str], depth: int) -> EmailMessage:
    """Return a message of Outlook as a mail, with the headers that it was sent with, and messages inside it as such.

    ``unread`` gets the name of each attachment that is not read: objects of other programs, appointments and the like,
    messages more than ``depth`` deep, and those behind the maximum.
    """
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
    for number, attachment in enumerate(message.attachments):
        content = attachment.file_bytes
        name = _storable(attachment.file_name or attachment.properties.str_prop_value(0x3704))
        inner = _message_inside(attachment) if content is None and depth > 0 else None
        if number >= MOST_ATTACHMENTS or (content is None and inner is None):
            unread.append(name)
        elif inner is not None:
            mailed.add_attachment(_as_mail(inner, unread, depth - 1))
        elif content:
            mailed.add_attachment(
                content, maintype="application", subtype="octet-stream", filename=name or "attachment"
            )
    return mailed


def _message_inside(attachment: Any) -> Any:
    """Return the message that an attachment contains, whose properties are in a storage of their own; None for other
    attachments.
    """
    storage = next((one for one in attachment._storage.storages if one.name == _STORAGE_OF_MESSAGE), None)
    if storage is None or not any(one.name == _PROPERTIES for one in storage.streams):
        return None
    from oxmsg import Message  # an extra
    from oxmsg.properties import Properties  # an extra

    message = Message(storage)
    message.__dict__["_properties"] = Properties(storage, properties_header_offset=_HEAD_OF_INNER_PROPERTIES)
    kind = message.message_class.upper()
    return message if not kind or kind.startswith(_CLASSES_OF_MESSAGES) else None


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
        "a message of Outlook or an old workbook",
        matches=lambda source: source.head.startswith(COMPOUND_FILE),
        read=whole(parse),
    ),
    Format(
        "a data file of Outlook",
        matches=lambda source: source.head.startswith(b"!BDN"),
        read=_refuse_data_file,
    ),
)
