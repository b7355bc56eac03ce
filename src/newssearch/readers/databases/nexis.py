"""Exports of Nexis Uni and of the older LexisNexis: their documents, and the count that they state.

The older layout is outlet, date, edition, headline, labels in capitals (``LENGTH: 452 words``), text, more labels, and a
notice of copyright; the outlet, the date and the notice are centred. That of Nexis Uni is headline, outlet, date,
copyright, labels, ``Body``, text, more labels, and ``End of Document``. A cover page may come first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from newssearch.readers.api import Origin, ReadOutcome
from newssearch.text.paragraphs import squeeze

from .exported import date_in, difference
from .nexis_document import read_document
from .nexis_labels import (
    END_MARKS,
    HEAD_LABELS,
    TAIL_LABELS,
    counter,
    is_body_mark,
    is_copyright,
    is_mark,
    labelled,
)
from .parts import Part, is_prose

DOCUMENT_BREAK = "\ue000"
"""A part that stands for the start of a document where the markup of an export states it."""

SIGNS_NEEDED = 2
"""The number of different labels that an export has, besides the mark that separates its documents."""

LONGEST_SIGN = 400
"""The maximum number of characters of a line with a label that counts as a sign."""

_SELECTION = re.compile(
    r"[^:]{3,40}:\s(?:[^:\d]{3,40}:\s)?(?P<ranges>\d{1,6}(?:\s?-\s?\d{1,6})?(?:\s?,\s?\d{1,6}(?:\s?-\s?\d{1,6})?)*)"
)
_LISTED_DOCUMENTS = re.compile(
    r"(?:Documents?|Dokumente?|Documenten|Documentos|Documenti)\s\((?P<count>\d{1,6})\)", re.IGNORECASE
)
PARTS_ABOVE_DATE, PARTS_ABOVE_LABELS = 6, 14
"""The numbers of parts in which a document without a mark in front has a date, and a label of its head."""

MAX_COVER_PARTS = 60
"""The number of parts of a cover page that are searched for the number of documents."""


@dataclass
class NexisSigns:
    """The signs in a text that it is an export of Nexis."""

    counters: int = 0
    ends: int = 0
    body: int = 0
    capital: set[str] = field(default_factory=set)
    """The labels in capitals of heads and tails, and below those in other letters, in normal form."""
    other: set[str] = field(default_factory=set)
    length: bool = False
    sure_tail: bool = False

    def add(self, line: str) -> None:
        """Count the signs in a line."""
        if len(line) > LONGEST_SIGN:
            return
        line = line.strip()
        if counter(line) is not None:
            self.counters += 1
        elif (one := labelled(line)) is not None:
            if one.name not in HEAD_LABELS and one.name not in TAIL_LABELS:
                return
            self.sure_tail |= one.is_sure_tail
            (self.capital if one.label.isupper() else self.other).add(one.name)
            self.length |= HEAD_LABELS.get(one.name) == "length" and any(map(str.isdigit, one.value))
        elif line[:1].isalpha() and len(line) <= 40:
            self.ends += is_mark(line, END_MARKS)
            self.body += is_body_mark(line)

    @property
    def decide(self) -> bool:
        """Whether these are the signs of an export.

        An export has a mark between its documents, and two different labels from their beginnings and ends; one of
        these is a length with its number, or a label that occurs only after texts. If the mark is ``End of
        Document``, both are required, or ``Body`` in place of the length. A single document without the mark needs
        the length and three labels, one of which occurs only after texts. An article that quotes one of these words
        seldom has all of them. A text without a line that is a date is never an export.
        """
        if (
            self.counters
            and len(self.capital | self.other) >= SIGNS_NEEDED
            and (self.length or self.sure_tail)
        ):
            return True
        if self.ends and len(self.other) >= SIGNS_NEEDED and (self.length or self.body) and self.sure_tail:
            return True
        for found in (self.capital, self.other if self.body else set()):
            if self.length and len(found) > SIGNS_NEEDED and not found.isdisjoint(TAIL_LABELS):
                return True
        return False


def begins_part(line: str) -> bool:
    """Whether a line of a text has a label that begins a part of an export, though no blank line precedes it."""
    one = labelled(line) if len(line) <= LONGEST_SIGN and ":" in line[:40] else None
    return one is not None and one.label.isupper() and (one.name in HEAD_LABELS or one.is_sure_tail)


def stands_alone(line: str) -> bool:
    """Whether a line of a text counts a document or ends one."""
    line = line.strip() if len(line) <= 200 else ""
    return len(line) <= 60 and (counter(line) is not None or is_mark(line, END_MARKS))


def read_nexis(parts: Sequence[Part], origin: Origin, stated: int | None = None) -> Iterator[ReadOutcome]:
    """Yield the articles of an export, and a rejection if their number is not the one that the export states.

    ``stated`` is the number that the markup states, or None.
    """
    cover, documents, others = _nexis_documents(parts)
    first_has_cover = len(cover) > 0 or (bool(documents) and _looks_like_cover(documents[0]))
    for number, document in enumerate(documents, start=1):
        yield read_document(document, origin, number, after_cover=first_has_cover and number == 1)
    for other in others:
        if any(is_prose(part.text) and not is_copyright(part.line[:300]) for part in other):
            yield origin.rejected("a text between the documents of an export that is none of them")
    selected = _selected_documents(cover or documents[0]) if first_has_cover else None
    numbers = [
        found for document in documents for part in document[:4] if (found := counter(part.text)) is not None
    ]
    totals = Counter(total for _, total in numbers)
    expected = selected or stated or (totals.most_common(1)[0][0] if totals else None)
    first, last = (numbers[0][0], numbers[-1][0]) if numbers else (1, len(documents))
    some = (
        f": those from {first:,} to {last:,}" if numbers and last - first + 1 == len(documents) != 1 else ""
    )
    yield from difference(origin, expected, len(documents), some)


def _nexis_documents(parts: Sequence[Part]) -> tuple[list[Part], list[list[Part]], list[list[Part]]]:
    """Return the cover page, the parts of each document, and those of what is none of them."""
    breaks = [place for place, part in enumerate(parts) if part.text == DOCUMENT_BREAK]
    if not breaks:
        breaks = [place for place, part in enumerate(parts) if counter(part.text) is not None]
    if breaks:
        ends = [*breaks[1:], len(parts)]
        return (
            list(parts[: breaks[0]]),
            [list(parts[start:end]) for start, end in zip(breaks, ends, strict=True)],
            [],
        )
    documents: list[list[Part]] = [[]]
    if any(is_mark(part.line, END_MARKS) for part in parts if len(part.text) <= 60):
        for part in parts:
            if len(part.text) <= 60 and is_mark(part.line, END_MARKS):
                documents.append([])
            else:
                documents[-1].append(part)
    else:
        documents = _by_tails(parts)
    others = [document for document in documents if not _has_more_than_notes(document)]
    return [], [document for document in documents if _has_more_than_notes(document)], others


def _by_tails(parts: Sequence[Part]) -> list[list[Part]]:
    """Return the documents of an export without marks between them: each begins after the labels of the previous one."""
    documents: list[list[Part]] = [[]]
    in_tail = text_seen = False
    dated: dict[int, bool] = {}
    for place, part in enumerate(parts):
        one = labelled(part.text) if len(part.text) <= 400 else None
        note = one is not None or is_copyright(part.line[:200])
        if in_tail and not note and len(part.text) < 300 and _begins_document(parts, place, dated):
            documents.append([])
            in_tail = text_seen = False
        text_seen = text_seen or not note
        in_tail = in_tail or (one is not None and one.is_sure_tail and text_seen)
        documents[-1].append(part)
    return documents


def _begins_document(parts: Sequence[Part], place: int, dated: dict[int, bool]) -> bool:
    """Whether a part is the first of a document: a line that is a date stands near below, and labels of a head.

    ``dated`` keeps which parts have such a line.
    """
    for at in range(place, min(place + PARTS_ABOVE_DATE, len(parts))):
        if at not in dated:
            dated[at] = has_date_line(parts[at])
        if dated[at]:
            break
    else:
        return False
    labels = (labelled(part.text[:400]) for part in parts[place : place + PARTS_ABOVE_LABELS])
    return any(one is not None and one.name in HEAD_LABELS for one in labels)


def has_date_line(part: Part) -> bool:
    """Whether one of the first lines of a part is a date."""
    return any(date_in(squeeze(line)) is not None for line in part.text[:2_000].split("\n")[:6])


def _has_more_than_notes(document: Sequence[Part]) -> bool:
    return any(
        not is_copyright(part.line[:200]) and any(map(str.isalnum, part.text)) for part in document
    ) and (len(document) > 2 or any(labelled(part.text) is not None for part in document))


def _looks_like_cover(document: Sequence[Part]) -> bool:
    return any(_LISTED_DOCUMENTS.match(part.line) is not None for part in document[:MAX_COVER_PARTS])


def _selected_documents(cover: Sequence[Part]) -> int | None:
    """Return the number of documents that a cover page says were selected, or None."""
    for part in cover[:MAX_COVER_PARTS]:
        for line in part.text.split("\n")[:20]:
            if len(line) > 300:
                continue
            listed = _LISTED_DOCUMENTS.match(line.strip())
            if listed is not None:
                return int(listed["count"])
            chosen = _SELECTION.fullmatch(line.strip())
            if chosen is not None and "-" in chosen["ranges"]:
                ends = [part.split("-") for part in chosen["ranges"].replace(" ", "").split(",")]
                return sum(max(0, int(pair[-1]) - int(pair[0]) + 1) for pair in ends)
    return None
