"""The mail formats: single messages and mailboxes (mbox). Most messages are newsletters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from newssearch.article import Provenance
from newssearch.limits import in_words
from newssearch.readers.api import (
    Document,
    Format,
    Input,
    Item,
    Origin,
    ReadOutcome,
    Skipped,
    UnreadableError,
    whole,
)
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.values import is_domain
from newssearch.readers.decoding.encoding import decode
from newssearch.readers.html_fragment import blocks_of, without_hidden
from newssearch.text.paragraphs import Block, split_paragraphs, squeeze

from .skipped_files import skipped_kind

if TYPE_CHECKING:
    from email.message import EmailMessage

MAX_MAIL_PARTS = 200
"""The maximum number of parts of a message that are read."""

LONGEST_SIGNATURE = 1_000
"""The maximum number of characters of a signature; a longer text at the end of a mail is kept."""

FREE_MAIL_HOSTS = frozenset({
    "gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "live.com", "aol.com", "icloud.com",
    "gmx.de", "gmx.net", "web.de", "mail.ru", "yandex.ru", "protonmail.com", "proton.me", "msn.com",
})  # fmt: skip
"""The hosts of mail providers, whose addresses say nothing about the outlet."""

FROM_SENDER = Provenance("inferred", "who sent the mail")

_MAIL_HEADERS = re.compile(
    r"(?:From \S+.*\r?\n)?(?:[\w-]+:.*\r?\n(?:[ \t].*\r?\n)*){0,60}?"
    r"(?:Return-Path|Received|Message-ID|Delivered-To|MIME-Version):",
    re.IGNORECASE,
)
_HEADER_BLOCK = re.compile(
    r"(?:From \S+.*\r?\n)?(?:[\w-]{1,60}:.{0,2000}\r?\n(?:[ \t].*\r?\n){0,200}){2,60}\r?\n"
)
_SENDER = re.compile(r"^From:[^\r\n]{0,300}[^\s@<]@[^\s@>]", re.MULTILINE | re.IGNORECASE)
_SENT_LINE = re.compile(
    r"^Date:\s*(?:[A-Z][a-z]{2},\s*)?\d{1,2}\s[A-Z][a-z]{2}\s\d{2,4}\s\d{1,2}:\d\d", re.MULTILINE
)
_FROM_LINE = re.compile(rb"From \S+.{0,200}\d{4}\b.{0,20}\r?\n")
_HEADER_LINE = re.compile(rb"[!-9;-~]{1,80}:")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_READ_ATTACHMENT = re.compile(
    r"\.(?:html?|mhtml?|pdf|txt|md|jsonl?|xml|rss|csv|zip|gz|eml|msg|docx?|rtf|odt|odp|ods|pptx?|xlsx?|epub|enex)$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)


def _is_mail(source: Input) -> bool:
    """Whether an input begins with the headers of a mail: one that only mails have, or a sender, a subject and a time."""
    opening = source.opening
    if _MAIL_HEADERS.match(opening) is not None:
        return True
    block = (
        _HEADER_BLOCK.match(opening) if "From:" in opening[:8_000] and "Date:" in opening[:8_000] else None
    )
    if block is None:
        return False
    return (
        _SENDER.search(block[0]) is not None
        and _SENT_LINE.search(block[0]) is not None
        and "Subject:" in block[0]
    )


def _is_mailbox(source: Input) -> bool:
    line = _FROM_LINE.match(source.head.lstrip())
    return line is not None and _HEADER_LINE.match(source.head.lstrip(), line.end()) is not None


def _read_mailbox(source: Input) -> Iterator[Item]:
    """Yield each message of a mailbox as a document; only one is held in memory at a time.

    A message begins at a ``From`` line at the start of the mailbox or after a blank line, if a header follows.
    """
    number, size, blank = 0, 0, True
    most = source.origin.options.limits.document
    lines: list[bytes] = []
    read = iter(lambda: source.stream.readline(1 << 20), b"")
    for line, after in pairwise(chain(read, (b"",))):
        is_from = blank and line.startswith(b"From ") and _FROM_LINE.match(line)
        if is_from and _HEADER_LINE.match(after):
            if number:
                yield from _mailbox_message(source.origin, number, lines, size)
            number, size, lines = number + 1, 0, []
            blank = False
            continue
        blank = line in (b"\n", b"\r\n")
        size += len(line)
        if size <= most:
            lines.append(line)
    if number:
        yield from _mailbox_message(source.origin, number, lines, size)


def _mailbox_message(origin: Origin, number: int, lines: list[bytes], size: int) -> Iterator[Item]:
    within = origin.within(f"message {number}")
    if size > (most := origin.options.limits.document):
        yield within.rejected(f"a message of more than {in_words(most)}")
    elif lines:
        yield Document(parse, _QUOTED_FROM.sub(rb"\1", b"".join(lines)), within)


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome | Input]:
    """Yield the article in a message, then its attachments as inputs."""
    from email import message_from_bytes, policy  # slow to import, and few inputs need it

    message = message_from_bytes(data, policy=policy.default)
    if message.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime"):
        raise UnreadableError("an encrypted mail")
    plain: list[str] = []
    html: list[str] = []
    attached: list[tuple[str, bytes, str]] = []
    messages: list[bytes] = []
    for part in _leaf_parts(message):
        kind, name = part.get_content_type(), part.get_filename() or ""
        if kind == "message/rfc822":
            messages += [inner.as_bytes() for inner in part.get_payload() if not isinstance(inner, str)]
        elif part.get_content_disposition() == "attachment" or kind not in ("text/plain", "text/html"):
            attached.append((name, _payload(part), kind))
        else:
            text = _part_text(part)
            (html if kind == "text/html" else plain).append(
                without_hidden(text) if kind == "text/html" else text
            )
    draft = _draft_from_headers(message, origin)
    draft.text = _without_subject(_mail_blocks(plain, html), _header(message, "Subject"))
    if draft.has("title") or draft.text:
        yield draft.build()
    else:
        yield origin.rejected("a mail with neither a subject nor a text")
    for number, inner in enumerate(messages, start=1):  # each of them is an article of its own
        yield Input.of(inner, origin.within(f"message {number}.eml"))
    for name, content, kind in attached:
        yield from _read_attachment(name, content, kind, origin)


def _leaf_parts(message: EmailMessage) -> list[Any]:
    """Return the parts of a message that contain no other parts, with only the best one of several alternatives.

    A message inside the message is one part.
    """
    found: list[Any] = []
    waiting: list[Any] = [message]
    while waiting and len(found) < MAX_MAIL_PARTS:
        part = waiting.pop(0)
        if not part.is_multipart() or (part.get_content_type() == "message/rfc822" and part is not message):
            found.append(part)
        else:
            inner = [one for one in part.get_payload() if not isinstance(one, str)]
            if part.get_content_type() == "multipart/alternative":
                inner = _best_alternative(inner)
            waiting[:0] = inner
    return found


def _best_alternative(alternatives: list[Any]) -> list[Any]:
    """Return the best of several alternative forms of a text, in a list.

    That is the HTML form, which has headings and lists, if it has enough text; else the plain form.
    """
    pages = [part for part in alternatives if part.get_content_type() != "text/plain"]
    said = [
        part
        for part in pages
        if part.is_multipart() or len(" ".join(b.text for b in blocks_of(_part_text(part)))) > 80
    ]
    return said[-1:] or alternatives[:1]


def _payload(part: Any) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except Exception:  # invalid base64, for example
        return b""
    return data if isinstance(data, bytes) else b""


def _part_text(part: Any) -> str:
    """Return the text of a part of a message, decoded by the stated encoding if valid, else by a detected one."""
    data = _payload(part)
    try:
        return data.decode(part.get_content_charset() or "ascii")
    except (LookupError, UnicodeDecodeError, ValueError):
        return decode(data)


def _mail_blocks(plain: list[str], html: list[str]) -> list[Block]:
    if html and not any(text.strip() for text in plain):
        return [block for page in html for block in blocks_of(page)]
    paragraphs = (paragraph for text in plain for paragraph in split_paragraphs(_without_signature(text)))
    rest = [block for page in html for block in blocks_of(page)]
    return [Block(paragraph) for paragraph in paragraphs] + rest


def _without_subject(blocks: list[Block], subject: str | None) -> list[Block]:
    """Return the paragraphs of a mail without a heading at their start that is its subject again."""
    first = blocks[0] if blocks else None
    is_subject = first is not None and subject is not None and squeeze(first.text) == squeeze(subject)
    return blocks[1:] if is_subject and len(blocks) > 1 else blocks


def _without_signature(text: str) -> str:
    """Return a text without the signature, which follows a line with two hyphens."""
    lines = list(_SIGNATURE.finditer(text))
    if lines and len(text) - lines[-1].end() < LONGEST_SIGNATURE:
        return text[: lines[-1].start()]
    return text


def _draft_from_headers(message: EmailMessage, origin: Origin) -> Draft:
    from email.utils import parseaddr  # slow to import, and few inputs need it

    draft = Draft(origin)
    draft.claim("title", _header(message, "Subject"))
    draft.claim("date", _header(message, "Date"))
    draft.claim("lang", _header(message, "Content-Language"))
    draft.claim("url", _archived_address(_header(message, "Archived-At")))
    name, address = parseaddr(_header(message, "From") or "")
    host = address.rpartition("@")[2].lower()
    named = name.strip("\"' ") if name and "@" not in name else ""
    if named:
        draft.claim("outlet", named, FROM_SENDER)
    elif host and host not in FREE_MAIL_HOSTS and is_domain(host):
        draft.claim("outlet", host, FROM_SENDER)
    draft.claim_key(_header(message, "Message-ID"), "message-id")
    return draft


def _header(message: EmailMessage, name: str) -> str | None:
    raw = next((str(raw) for key, raw in message.raw_items() if key.lower() == name.lower()), None)
    if raw is not None and not raw.isascii() and "=?" not in raw:
        return " ".join(_decoded_header(raw, message).split()) or None
    try:
        value = message.get(name)
    except Exception:  # the parser fails on some invalid headers
        value = raw
    return None if value is None else " ".join(str(value).split()) or None


def _decoded_header(raw: str, message: EmailMessage) -> str:
    """Return a header with bytes that no encoding names: as UTF-8 if they are valid, else in the encoding of the text."""
    try:
        data = raw.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:  # it was decoded already
        return raw
    for part in message.walk():
        charset = part.get_content_charset()
        for name in ("utf-8", charset):
            try:
                return data.decode(name or "ascii")
            except (LookupError, UnicodeDecodeError):
                continue
    return decode(data)


def _archived_address(value: str | None) -> str | None:
    value = (value or "").strip("<> ")
    return value if value.startswith(("http://", "https://")) else None


def _read_attachment(name: str, content: bytes, kind: str, origin: Origin) -> Iterator[ReadOutcome | Input]:
    passed = skipped_kind(name or "x") or ("images" if kind.startswith("image/") else None)
    if passed is not None:
        yield Skipped(origin.path, passed)
    elif _READ_ATTACHMENT.search(name[-8:]) and content:
        yield Input.of(content, origin.within(name))
    else:
        yield Skipped(origin.path, "attachments of other kinds")


FORMATS = (
    Format("a mailbox", matches=_is_mailbox, read=_read_mailbox, suffixes=frozenset({".mbox"})),
    Format("a mail", matches=_is_mail, read=whole(parse), suffixes=frozenset({".eml"})),
)
