"""Read one document of an export of Nexis: its head, its text, and what stands behind the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newssearch.press.bylines import AUTHOR_INTRODUCTION
from newssearch.readers.api import Origin, ReadOutcome
from newssearch.readers.records.json_values import normal_name
from newssearch.text.calendar_names import calendar_names_in_all
from newssearch.text.paragraphs import Block

from .exported import Exported, date_in
from .nexis_labels import (
    END_MARKS,
    HEAD_LABELS,
    MAYBE_TAIL_LABELS,
    RIGHTS,
    SECTION_MARKS,
    TAIL_LABELS,
    Labelled,
    any_label,
    counter,
    is_body_mark,
    is_copyright,
    is_mark,
    labelled,
)
from .parts import Part, TailKind, blocks_of_parts, ends_sentence, is_prose, tail_start

MAX_HEAD_PARTS = 40
"""The maximum number of parts of a document in front of its text."""

LONGEST_EDITION, LONGEST_HEADLINE = 60, 600
LONGEST_NOTICE, SHORTEST_CAPTION, LONGEST_CAPTION = 400, 40, 300
MAX_CAPTIONS = 2
"""The maximum number of parts below the heading ``Graphic`` that may be captions."""

_PAGE_OF_PAGES = re.compile(
    r"(?:Page|Seite|Página|Pagina)\s\d{1,5}\s(?:of|von|de|di|van|sur)\s\d{1,5}", re.IGNORECASE
)
_EDITION = re.compile(
    r".*\b(?:edition|ausgabe|édition|edición|edizione|editie|correction appended|final|late|early|(?:first|second|third|[1-9](?:st|nd|rd|th)) edition)\b.*",
    re.IGNORECASE,
)
_GLUED_BRACKET = re.compile(r"(?<=[^\s(])\((?=[^\W\d_])")
_SHARE_OF_SUBJECT = re.compile(r"\(\d{1,3}\s?%\)")
_CANNOT_BE_SHOWN = re.compile(r"we are sorry but there is an error in this document", re.IGNORECASE)


def read_document(
    parts: Sequence[Part], origin: Origin, number: int, *, after_cover: bool = False
) -> ReadOutcome:
    """Return the article of a document, or a rejection; with ``after_cover``, a cover page may stand in front of it."""
    parts = [part for part in parts if not _is_mark_of_document(part)]
    if len(parts) <= 3 and any(_CANNOT_BE_SHOWN.search(part.text) for part in parts):
        return origin.rejected("the database could not show this document", number)
    item = Exported(origin, number)
    start = _read_head(parts, item, after_cover=after_cover)
    heads = [one for part in parts[:start] if (one := _label_of(part)) is not None]
    end = _tail_start(parts, start, in_capitals=any(one.label.isupper() for one in heads))
    item.blocks += blocks_of_parts([*parts[start:end]])
    _read_tail(parts[end:], item)
    return item.build("lexisnexis")


def _is_mark_of_document(part: Part) -> bool:
    if len(part.text) > 200:
        return False
    line = part.line
    return (
        not any(map(str.isalnum, line))
        or counter(line) is not None
        or is_mark(line, END_MARKS)
        or _PAGE_OF_PAGES.fullmatch(line) is not None
    )


def _label_of(part: Part) -> Labelled | None:
    return labelled(part.text) if len(part.text) <= 8_000 else None


def _read_head(parts: Sequence[Part], item: Exported, *, after_cover: bool) -> int:
    """Enter the values in front of the text. Return the place of the first part of the text."""
    head = parts[: None if after_cover else MAX_HEAD_PARTS]
    mark = next((place for place, part in enumerate(head) if _begins_body(part)), None)
    start = _end_of_labels(head) if mark is None else mark
    loose: list[Part] = []
    in_capitals = mark is None
    for part in _split_at_labels(head[:start]):
        one = _label_of(part)
        if (
            one is None
            and loose
            and len(loose) < start
            and (other := any_label(part.text))
            and other.label.isupper()
        ):
            one = other  # a label that is not known, between those that are
        if one is None:
            loose.append(part)
            continue
        in_capitals = one.label.isupper()
        if one.role == "highlight":
            item.set("", one.value, "highlight")
            item.blocks.append(Block(one.value))
        elif one.role == "title":
            item.set("title", one.value, one.label)
        else:
            item.set(one.role, one.value, one.label)
    if after_cover:
        loose = _without_cover(loose)
    if mark is None:
        return _read_loose(loose, item, start, older=in_capitals, has_labels=len(loose) < start)
    start = _read_loose(loose, item, start, older=in_capitals, has_labels=True)
    value = _label_of(head[mark])
    if value is not None and value.value:
        item.blocks.append(Block(value.value))
    return start + 1


def _split_at_labels(parts: Sequence[Part]) -> Iterator[Part]:
    """Yield parts; one that has lines with labels is split in front of them."""
    for part in parts:
        lines: list[str] = []
        for line in part.text.split("\n"):
            if lines and len(line) <= 400 and labelled(line) is not None:
                yield part._replace(text="\n".join(lines))
                lines = []
            lines.append(line)
        yield part._replace(text="\n".join(lines))


def _begins_body(part: Part) -> bool:
    if len(part.text) > 8_000:
        return False
    if is_body_mark(part.line):
        return True
    one = _label_of(part)
    return one is not None and one.role == "body" and one.label.isupper()


def _end_of_labels(head: Sequence[Part]) -> int:
    """Return the index after the first labels of a document, where its text begins. Without labels, that is the end."""
    seen = False
    for place, part in enumerate(head):
        one = _label_of(part)
        if one is not None and (one.name in HEAD_LABELS or not seen):
            seen = True
        elif seen:
            return place
    return len(head)


def _without_cover(loose: list[Part]) -> list[Part]:
    """Return the parts of a head without the cover page: it begins with the part two places above its last date."""
    dated = [place for place, part in enumerate(loose) if place >= 2 and date_in(part.line) is not None]
    return loose[dated[-1] - 2 :] if dated else loose


def _split_at_dates(parts: Sequence[Part]) -> Iterator[Part]:
    """Yield parts; one that has a line that is a date is split in front of it."""
    for part in parts:
        lines = part.text.split("\n")
        at = next(
            (n for n, line in enumerate(lines[:6]) if n and date_in(" ".join(line.split())) is not None), 0
        )
        if at:
            yield part._replace(text="\n".join(lines[:at]))
        yield part._replace(text="\n".join(lines[at:]))


def _read_loose(loose: Sequence[Part], item: Exported, start: int, *, older: bool, has_labels: bool) -> int:
    """Enter what stands in front of the text without a label. Return the place of the first part of the text.

    ``start`` is that place by the labels of the document, if it ``has_labels``; else the text begins behind the headline.
    """
    plain: list[Part] = []
    for part in _split_at_dates(loose):
        if is_copyright(part.line[:300]):
            item.set("copyright", _without_rights(part.line))
        else:
            plain.append(part)
    date = next((place for place, part in enumerate(plain[:12]) if _take_date(part, item)), None)
    before = plain[: date or 0] if date is not None else plain[:1]
    after = plain[date + 1 :] if date is not None else plain[1:]
    if not older:
        if before:
            item.set("outlet", _outlet(before[-1].line))
            item.set("title", " ".join(part.line for part in before[:-1]))
        item.set("edition", "; ".join(part.line for part in after if not is_prose(part.line)))
        item.blocks += [Block(part.line) for part in after if is_prose(part.line)]
        return start
    known = any(part.centred for part in plain)
    lines = [part for part in before if part.centred or not known]
    item.set("outlet", _outlet(lines[0].line if lines else before[0].line if before else ""))
    titles = [part for part in before if part not in lines]
    editions = [part for part in after if _is_edition(part, known)]
    titles += [part for part in after if part not in editions]
    item.set("edition", "; ".join(part.line for part in editions))
    if not has_labels and titles:
        start = next(n for n, part in enumerate(loose) if part.text.endswith(titles[0].text)) + 1
        titles = titles[:1]
    for part in titles:
        _take_title_or_more(part, item)
    return start


def _take_title_or_more(part: Part, item: Exported) -> None:
    line = part.line
    title = item.get("title")
    if len(line) <= LONGEST_HEADLINE and (title is None or line.startswith(title)):
        item.values["title"] = line
    elif item.get("byline") is None and len(line) <= 100 and AUTHOR_INTRODUCTION.match(line) is not None:
        item.set("byline", line)
    else:
        item.blocks.append(Block(line))


def _take_date(part: Part, item: Exported) -> bool:
    """Enter the date at the start of a part, and what follows it as the edition. Return whether it has a date."""
    first, *others = part.text.split("\n")
    first = " ".join(first.split())
    found = date_in(first)
    if found is None:
        return False
    item.set("date", found)
    words = " ".join([first.partition(found)[2], *others]).replace(",", " ").split()
    while words and words[0].casefold().strip(".-") in calendar_names_in_all().days:
        words.pop(0)
    item.set("edition", " ".join(words).strip(" ;-"))
    return True


def _is_edition(part: Part, known: bool) -> bool:
    line = part.line
    if known:
        return part.centred
    return len(line) <= LONGEST_EDITION and _EDITION.fullmatch(line) is not None


def _outlet(line: str) -> str:
    return _GLUED_BRACKET.sub(" (", line)


def _without_rights(line: str) -> str:
    return RIGHTS.sub("", line).strip(" .,;")


def _tail_start(parts: Sequence[Part], start: int, *, in_capitals: bool) -> int:
    """Return the place of the first part behind the text; with ``in_capitals``, only labels in capitals are some."""

    def label(place: int) -> Labelled | None:
        one = _label_of(parts[place])
        return one if one is not None and (one.label.isupper() or not in_capitals) else None

    marks = [n for n in range(start, len(parts)) if is_mark(parts[n].line[:80], SECTION_MARKS)]
    captioned = max((n for n in marks if normal_name(parts[n].line) in MAYBE_TAIL_LABELS), default=len(parts))

    def kind(place: int) -> TailKind:
        line, one = parts[place].line, label(place)
        if one is not None and one.is_sure_tail:
            return TailKind.SURE if one.is_never_text else TailKind.LABEL
        if one is not None and one.name in MAYBE_TAIL_LABELS and (one.role or not is_prose(one.value)):
            return TailKind.LABEL if one.value else TailKind.EMPTY
        if is_copyright(line[:300]) and len(line) <= LONGEST_NOTICE:
            return TailKind.LABEL
        if is_mark(line[:80], SECTION_MARKS):
            return TailKind.EMPTY
        other = any_label(line[:400])
        if place > start and (other is None or not other.label.isupper()):
            above = label(place - 1)
            if len(line) <= LONGEST_CAPTION and captioned < place <= captioned + MAX_CAPTIONS:
                return TailKind.CAPTION
            if above is not None and above.role in ("graphic", "correction") and not above.value:
                return TailKind.LOOSE
        listed = other is not None and (other.label.isupper() or _SHARE_OF_SUBJECT.search(line) is not None)
        if listed and other is not None and other.name not in TAIL_LABELS and not ends_sentence(line):
            return TailKind.LOOSE
        return TailKind.PROSE if is_prose(line) else TailKind.LOOSE

    return tail_start(start, len(parts), kind)


def _read_tail(tail: Sequence[Part], item: Exported) -> None:
    """Enter the values behind the text; a correction and other prose become paragraphs, captions those of their kind."""
    current: Labelled | None = None
    for part in _split_at_labels(tail):
        one, line = _label_of(part), part.line
        if one is None and (other := any_label(part.text[:400])) is not None and other.label.isupper():
            one = other
        if one is not None:
            current = one
            if one.role == "correction":
                item.blocks += [Block(one.value)] if one.value else []
            elif one.role == "url" and not one.value.startswith("http"):
                item.set("", one.value, one.label)
            else:
                item.set(one.role, one.value, one.label)
        elif is_copyright(line[:300]):
            item.set("copyright", _without_rights(line))
            current = None
        elif is_mark(line[:80], SECTION_MARKS):
            current = Labelled(line, "graphic", "")
        elif current is not None and current.role == "correction":
            item.blocks.append(Block(line))
        else:
            graphic = current is not None and current.role == "graphic"
            if current is not None and (graphic or not is_prose(line)):
                item.set(current.role, line, current.label)
            if is_prose(line) and (not graphic or len(line) > SHORTEST_CAPTION):
                item.blocks.append(Block(line, "caption" if graphic else "text"))
