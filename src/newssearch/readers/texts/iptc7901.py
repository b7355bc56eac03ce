"""The format IPTC 7901, the text messages of agencies, whose parts control characters separate.

A message is a header (the agency, a number, a priority, a category, a number of words), the text, and the day and time of
its end: https://iptc.org/standards/iptc-7901/.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from newssearch.article import Provenance
from newssearch.press.agencies import agency_named
from newssearch.readers.api import Format, Input, Origin, ReadOutcome, UnreadableError, whole
from newssearch.readers.article.draft import Draft
from newssearch.readers.decoding.encoding import decode
from newssearch.text.dates import MONTHS

from .layout import take_text

START, TEXT, END, CLOSE = "\x01", "\x02", "\x03", "\x04"
"""The control characters in front of the header, in front of the text, behind the text and behind the message."""

FROM_HEADER = Provenance("inferred", "the header of the message")
FROM_END_OF_MESSAGE = Provenance("inferred", "when the message was sent")

_MESSAGE_HEADER = re.compile(
    r"\s*(?P<agency>[A-Za-z]{2,4})(?P<number>\d{3,4})\s+(?P<priority>\d)\s+(?P<category>[A-Za-z]{1,4})\s+(?P<words>\d{1,5})\b(?P<rest>[^\r\n]{0,200})"
)
_DAY_TIME = re.compile(
    r"\s*(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)\s*(?P<zone>GMT|UTC|Z)?\s*(?P<month>[A-Za-z]{3})\w*\s+(?P<year>\d{4}|\d\d)\b"
)
_CONTROL_SIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _is_message(source: Input) -> bool:
    opening = source.opening[:400].lstrip("\x16\x00\r\n ")
    return opening.startswith(START) and _MESSAGE_HEADER.match(opening, 1) is not None


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article of each message. Raises UnreadableError if there is none."""
    number = 0
    for message in decode(data).split(START):
        header = _MESSAGE_HEADER.match(message)
        if header is None:
            continue
        number += 1
        front, _, text = message.partition(TEXT)
        if not text:
            text = front[header.end() :]
        text, _, behind = text.partition(END)
        yield _article_of_message(header, text, behind, origin, number)
    if not number:
        raise UnreadableError("a file of messages without a message")


def _article_of_message(
    header: re.Match[str], text: str, behind: str, origin: Origin, number: int
) -> ReadOutcome:
    draft = Draft(origin, number)
    sent = _moment_behind(behind)
    # the numbers of an agency begin again each day
    draft.claim_key(f"{header['agency']}{header['number']}{f' {sent:%Y-%m-%d}' if sent else ''}")
    take_text(_CONTROL_SIGN.sub("", text), draft)
    draft.claim("source", agency_named(header["agency"]), FROM_HEADER)
    draft.claim("section", header["category"], FROM_HEADER)
    draft.claim("date", sent, FROM_END_OF_MESSAGE)
    draft.keep(
        lambda column: {
            "priority": header["priority"],
            "category": header["category"],
            "words": int(header["words"]),
        }.get(column.lower())
    )
    return draft.build()


def _moment_behind(behind: str) -> dt.datetime | None:
    found = _DAY_TIME.match(behind.lstrip(CLOSE + "\r\n "))
    month = MONTHS.get(found["month"].lower()) if found is not None else None
    if found is None or month is None:
        return None
    year = int(found["year"])
    year += 0 if year > 99 else 2000 if year < 50 else 1900
    try:
        moment = dt.datetime(year, month, int(found["day"]), int(found["hour"]), int(found["minute"]))
    except ValueError:
        return None
    return moment.replace(tzinfo=dt.timezone.utc) if found["zone"] else moment


FORMATS = (Format("a message of an agency (IPTC 7901)", matches=_is_message, read=whole(parse)),)
