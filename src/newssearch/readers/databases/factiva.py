"""Exports of Factiva as text: with codes (``HD``, ``WC``, ``PD``, ``AN``) or without, as its pages and documents show them.

Each document ends with its accession number, ``Document BAYCOU0020170411ed4b0001r``. Without codes, the length
(``355 words``) divides headline and author from date, time, outlet, code of the outlet, language and copyright. A search
summary may follow the last document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from newssearch.press.bylines import AUTHOR_INTRODUCTION
from newssearch.readers.api import Origin, ReadOutcome
from newssearch.readers.html_fragment import CELL_MARK
from newssearch.text.paragraphs import MAX_WRAP_CHARS, SENTENCE_ENDS, Block, split_paragraphs, squeeze

from .exported import Exported, date_in, difference, stated_count
from .languages import language_named
from .parts import TailKind, is_prose, tail_start

ROLE_OF_CODE = {
    "CLM": "column", "SE": "section", "HD": "title", "BY": "byline", "CR": "source", "WC": "length", "PD": "date", "ET": "time",
    "SN": "outlet", "SC": "", "NGC": "", "GC": "", "ED": "edition", "PG": "page", "VOL": "volume", "LA": "language", "CY": "copyright",
    "DLN": "dateline", "LP": "body", "TD": "body", "CX": "correction", "ART": "", "CT": "", "RF": "", "CO": "companies",
    "IN": "industries", "NS": "subject", "RE": "regions", "IPC": "", "IPD": "", "PUB": "publisher", "AN": "key", "DOI": "",
}  # fmt: skip
"""The codes of Factiva in the order in which a document has them, each with the role of its value."""

_ORDER_OF_CODES = {code: place for place, code in enumerate(ROLE_OF_CODE)}
_BEHIND_TEXT = frozenset(list(ROLE_OF_CODE)[_ORDER_OF_CODES["CX"] :])
_CODES_WITH_LISTS = frozenset({"CO", "IN", "NS", "RE"})
"""The codes whose values are lists of codes with names, and that are words, too."""

CODES_NEEDED = 4
"""The number of different codes at the starts of lines by which an export with codes is recognised."""

LONGEST_HEAD_LINE = 400

LINES_OF_SUMMARY = 60
"""The number of lines of a search summary in which the number of documents is looked for."""

MIN_WRAPPED_LINES = 6
"""The smallest number of lines of a text in which lines that end in the middle of a sentence show that it is wrapped."""

_CODE_LINE = re.compile(r"\s*(?P<code>[A-Z]{2,3})(?:(?P<between>[\s|:]+)(?P<value>\S.*)?)?", re.DOTALL)
_ACCESSION = re.compile(
    r"(?:AN[\s|:]+)?(?:[^\W\d_]{2,12}\s)?(?P<key>[A-Za-z][A-Za-z0-9]{3,11}0*(?:19|20)\d{6}[A-Za-z0-9]{5,12})"
)
_LENGTH_LINE = re.compile(
    r"(?P<length>\d{1,3}(?:[.,\s]\d{3})*|\d{1,7})\s(?:words?|mots?|Wörter|Wort|palabras?|parole|parola|woorden|palavras?|слов|ord|słów|字|単語|단어)",
    re.IGNORECASE,
)
_TIME_LINE = re.compile(r"\d{1,2}:\d\d(?:\s?[AP]M)?", re.IGNORECASE)
_SOURCE_CODE = re.compile(r"[A-Z][A-Z0-9]{1,9}")
_COPYRIGHT_LINE = re.compile(r"(?:\(c\)|©|copyright)", re.IGNORECASE)
_PAGE_LINE = re.compile(r"[A-Z]{0,3}\d{1,4}[A-Z]?")
_SUMMARY = re.compile(
    r"(?:search summary|suchzusammenfassung|zusammenfassung der suche|résumé de la recherche|synthèse de la recherche|resumen de (?:la )?búsqueda|riepilogo della ricerca|zoeksamenvatting)\b.{0,80}",
    re.IGNORECASE,
)
LONGEST_LONE_NAME = 3
"""The maximum number of words of a name that neither ``By`` nor a second name shows to be one."""

_NAME_JOINTS = frozenset({",", "&", "and", "und", "et", "y", "e", "en"})
_NAME_WORD = re.compile(r"[A-ZÀ-Þ][\w'’.-]*|(?:and|und|et|y|e|en|de|von|van|der|di|da|,|&)")


@dataclass
class FactivaSigns:
    """The signs in the lines of a text that it is an export of Factiva."""

    codes: set[str] = field(default_factory=set)
    accessions: int = 0
    lengths: int = 0
    dates_behind: int = 0
    _behind_length: int = 0

    def add(self, line: str) -> None:
        """Count the signs in a line."""
        if len(line) > LONGEST_HEAD_LINE or not line or line.isspace():
            return
        line = line.strip()
        self._behind_length -= 1
        found = _code_in(line)
        if found is not None:
            self.codes.add(found[0])
            if found[0] != "AN":
                return
        if line[-1].isalnum() and accession_in(line) is not None:
            self.accessions += 1
        elif line[0].isdigit():
            if _LENGTH_LINE.fullmatch(line) is not None:
                self.lengths += 1
                self._behind_length = 3
            elif self._behind_length > 0 and date_in(line) is not None:
                self.dates_behind += 1

    @property
    def with_codes(self) -> bool:
        """Whether these are the signs of an export with codes: a headline, a date or accession number, and other codes."""
        return (
            len(self.codes) >= CODES_NEEDED
            and "HD" in self.codes
            and not self.codes.isdisjoint(("LP", "TD"))
            and not self.codes.isdisjoint(("PD", "AN"))
            and not self.codes.isdisjoint(("SN", "SC", "WC"))
        )

    @property
    def decide(self) -> bool:
        """Whether these are the signs of an export.

        Without codes, it has an accession number, and a line that is only a length, with a date below. A text that
        mentions such a number, or a length, hardly has such lines.
        """
        return self.with_codes or (self.accessions > 0 and self.dates_behind > 0)


def accession_in(line: str) -> str | None:
    """Return the accession number if a line is nothing else, else None.

    >>> accession_in("Document BAYCOU0020170411ed4b0001r"), accession_in("Document 12")
    ('BAYCOU0020170411ed4b0001r', None)
    """
    found = _ACCESSION.fullmatch(squeeze(line)) if len(line) <= 80 else None
    return found["key"] if found is not None else None


def _code_in(line: str, *, apart: bool = False) -> tuple[str, str] | None:
    """Return the code at the start of a line, and the value behind it; None if there is no code of Factiva.

    With ``apart``, a single blank does not separate a code from its value: ``PUB landlord`` has no code.
    """
    if not line[:2].isupper() and not line[:1].isspace():
        return None
    found = _CODE_LINE.fullmatch(line.replace(CELL_MARK, "\t"))
    if found is None or found["code"] not in ROLE_OF_CODE:
        return None
    if apart and found["value"] and found["between"] == " ":
        return None
    return found["code"], (found["value"] or "").lstrip("| ").strip()


def read_factiva(lines: Sequence[str], origin: Origin, *, with_codes: bool) -> Iterator[ReadOutcome]:
    """Yield the articles of an export, given its lines; blank lines separate paragraphs.

    A document that cannot be divided into its parts is rejected, and so is a truncated one at the end.
    """
    number = untold = 0
    apart = with_codes and _separates_codes(lines)
    for document in _factiva_documents(lines, with_codes=with_codes, apart=apart):
        item = Exported(origin, number + 1)
        last = next((line for line in reversed(document) if line.strip()), "")
        whole = accession_in(last) is not None
        complete = (
            _read_coded(document, item, apart=apart) if with_codes else whole and _read_plain(document, item)
        )
        if complete:
            number += 1
            yield item.build("an")
        elif whole and len(document) > 1:
            untold += 1
            yield origin.rejected(
                f"a document without {'a headline' if with_codes else 'its length'}: {last.strip()}"
            )
        elif _is_cut(document):
            untold += 1
            yield origin.rejected("the export ends in the middle of a document, without its accession number")
    yield from difference(origin, _stated_count(lines), number + untold)


def _stated_count(lines: Sequence[str]) -> int | None:
    """Return the number of documents that the search summaries say were found, or None if one does not say it."""
    total = 0
    for place, line in enumerate(lines):
        if line.isspace() or _SUMMARY.fullmatch(line.strip()[:200]) is None:
            continue
        below = [squeeze(one.replace(CELL_MARK, " ")) for one in lines[place + 1 : place + LINES_OF_SUMMARY]]
        below = [one for one in below if one]
        found = (
            count
            for one, following in zip(below, [*below[1:], ""], strict=True)
            for whole in (one, f"{one} {following}")
            if (count := stated_count(whole, of_search=True)) is not None
        )
        if (count := next(found, None)) is None:
            return None
        total += count
    return total


def _separates_codes(lines: Sequence[str]) -> bool:
    """Whether an export has more than a blank between its codes and their values, as its headlines show."""
    headlines = [line for line in lines if line[:2] == "HD" or line.lstrip()[:2] == "HD"]
    apart = sum(_code_in(line.rstrip(), apart=True) is not None for line in headlines)
    return 2 * apart > sum(_code_in(line.rstrip()) is not None for line in headlines)


def _is_cut(document: Sequence[str]) -> bool:
    """Whether the lines after the last document are the start of another: they have a length and prose."""
    filled = [squeeze(line) for line in document if line.strip()]
    return any(_LENGTH_LINE.fullmatch(line[:60]) is not None for line in filled[:20]) and any(
        map(is_prose, filled)
    )


def _factiva_documents(lines: Sequence[str], *, with_codes: bool, apart: bool) -> Iterator[list[str]]:
    """Yield the lines of each document, and last those behind all of them.

    With codes, a document may also begin with a headline after the text of another one. A search summary is skipped.
    """
    document: list[str] = []
    codes: set[str] = set()
    in_summary = False
    for place, line in enumerate(lines):
        found = _code_in(line.rstrip(), apart=apart) if with_codes else None
        if (
            found is not None
            and found[0] in ("SE", "HD", "CLM")
            and (in_summary or not codes.isdisjoint(("LP", "TD", "AN")))
            and (apart or "AN" in codes or _heads_follow(lines, place))
        ):
            if document and not in_summary:
                yield document
            document, codes, in_summary = [], set(), False
        if found is not None:
            codes.add(found[0])
        if not any(map(str.strip, document)) and _SUMMARY.fullmatch(line.strip()[:200]) is not None:
            in_summary = True
        document.append(line)
        if accession_in(line) is not None and (not with_codes or not codes.isdisjoint(("LP", "TD", "HD"))):
            yield _behind_summary(document) if in_summary else document
            document, codes, in_summary = [], set(), False
    if document and not in_summary and (not with_codes or "HD" in codes):
        yield document


def _heads_follow(lines: Sequence[str], place: int) -> bool:
    """Whether the codes that stand between a headline and a text follow a line soon."""
    below = [line for line in lines[place + 1 : place + 30] if line.strip()][:8]
    codes = {found[0] for line in below if (found := _code_in(line.rstrip())) is not None}
    return not codes.isdisjoint(("WC", "PD", "SN"))


def _behind_summary(document: list[str]) -> list[str]:
    """Return the lines of a document behind a search summary: it begins at most three lines above the length."""
    length = next((n for n, line in enumerate(document) if _LENGTH_LINE.fullmatch(squeeze(line[:60]))), 0)
    above = [n for n in range(length) if document[n].strip()]
    return document[above[-3:][0] if above else 0 :]


# ---- with codes


def _read_coded(lines: Sequence[str], item: Exported, *, apart: bool) -> bool:
    """Enter the values of a document with codes. Return whether it has a headline or a text."""
    code = ""
    tail = 0 if apart else _tail_of_lines(lines)
    gathered: list[str] = []
    text: list[str] = []
    for place, line in enumerate([*lines, "AN"]):
        found = _code_in(line.rstrip(), apart=apart)
        if code in ("LP", "TD") and found is not None and found[0] in _BEHIND_TEXT and place < tail:
            found = None
        if found is not None and _may_follow_code(found, code):
            _enter(code, gathered, text, item)
            code, gathered = found[0], [found[1]]
        elif code:
            gathered.append(line)
    _enter(code, gathered, text, item)
    item.blocks += [Block(paragraph) for paragraph in _paragraphs(text)]
    return item.get("title") is not None or bool(item.blocks)


def _tail_of_lines(lines: Sequence[str]) -> int:
    """Return the index of the first line after the text of a document in which a single blank separates codes and values."""

    def kind(place: int) -> TailKind:
        line = lines[place].rstrip()
        found = _code_in(line)
        if accession_in(line) is not None:
            return TailKind.SURE
        if found is not None and found[0] in _BEHIND_TEXT:
            listed = found[0] in _CODES_WITH_LISTS and (" : " in found[1] or "|" in found[1])
            if not found[1]:
                return TailKind.EMPTY
            return TailKind.PROSE if is_prose(found[1]) and not listed else TailKind.LABEL
        listed = " : " in line or "|" in line
        return (
            TailKind.CAPTION
            if listed or not line.strip()
            else TailKind.PROSE
            if is_prose(line)
            else TailKind.LOOSE
        )

    return tail_start(0, len(lines), kind)


def _may_follow_code(found: tuple[str, str], code: str) -> bool:
    """Whether a line that begins like one with a code has a code: by its place and by the kind of its value."""
    new, value = found
    if new in _CODES_WITH_LISTS and value and " : " not in value and "|" not in value:
        return False
    if new == "AN":
        return not value or accession_in(value) is not None or code in _BEHIND_TEXT
    if code in ("LP", "TD"):
        return new in _BEHIND_TEXT or (new == "TD" and code == "LP")
    return (
        not code
        or _ORDER_OF_CODES[new] > _ORDER_OF_CODES[code]
        or code not in ("HD", "BY")
        or new in ("SE", "CLM")
    )


def _enter(code: str, gathered: list[str], text: list[str], item: Exported) -> None:
    if not code:
        return
    role, value = ROLE_OF_CODE[code], squeeze(" ".join(gathered))
    if role in ("body", "correction"):
        text += [*gathered, ""]
    elif role == "key":
        item.set("key", accession_in(value) or value, code)
    else:
        item.set("", value, code)
        if code in _CODES_WITH_LISTS:
            value = " | ".join(part.partition(" : ")[2] or part for part in value.split(" | "))
        item.set(role, value)


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """Return the paragraphs of a text in which blank lines separate them, or else every line is one.

    In documents that agencies wrapped, each line is a paragraph of its own: those lines are joined again.
    """
    filled = [line.rstrip() for line in lines if line.strip()]
    if len(filled) >= MIN_WRAPPED_LINES and max(map(len, filled)) <= MAX_WRAP_CHARS:
        continued = sum(line.lstrip()[:1].islower() for line in filled)
        if 4 * continued >= len(filled):
            return _joined_lines(filled)
    return split_paragraphs("\n".join(line.replace(CELL_MARK, " ") for line in lines).strip("\n"))


def _joined_lines(lines: Sequence[str]) -> list[str]:
    """Return the paragraphs of a wrapped text without blank lines.

    A line in capitals is a paragraph, and one begins behind a line that ends like a sentence and is not full.
    """
    width = max(map(len, lines))
    paragraphs: list[list[str]] = []
    for line, before in zip(lines, ["", *lines], strict=False):
        ended = before[-1:] in SENTENCE_ENDS and 5 * len(before) < 4 * width
        if not paragraphs or ended or line.isupper() or before.isupper():
            paragraphs.append([])
        paragraphs[-1].append(line)
    return [squeeze(" ".join(paragraph)) for paragraph in paragraphs]


# ---- without codes


def _read_plain(lines: Sequence[str], item: Exported) -> bool:
    """Enter the values of a document without codes. Return whether it has a length, as every document has."""
    filled = [place for place, line in enumerate(lines) if line.strip()]
    length = next(
        (place for place in filled[:20] if _LENGTH_LINE.fullmatch(squeeze(lines[place][:60])) is not None),
        None,
    )
    if length is None:
        return False
    item.set("length", lines[length])
    above = [squeeze(lines[place]) for place in filled if place < length]
    _take_above(above, item)
    below = [place for place in filled if place > length]
    start = _take_below(lines, below, item)
    last = max(place for place in filled)
    item.set("key", accession_in(lines[last]) or "", "AN")
    item.blocks += [Block(paragraph) for paragraph in _paragraphs(lines[start:last])]
    return True


def _take_above(above: list[str], item: Exported) -> None:
    """Enter the section, the headline and the byline, which stand above the length."""
    if len(above) > 1 and _may_be_byline(above[-1], above[:-1]):
        item.set("byline", above.pop(), "BY", basis="the line above the length")
    if above:
        item.set("title", above.pop(), "HD")
    if above:
        item.set("section", above[-1], "SE")


def _may_be_byline(line: str, above: Sequence[str]) -> bool:
    """Whether a line above the length has the author; ``above`` are the section and the headline, or one of them.

    Without ``By``, a headline must stand above: one between it and a section, or one that no name could be. Many outlets
    begin each word of a headline with a capital.
    """
    if AUTHOR_INTRODUCTION.match(line) is not None:
        return len(line) <= 120
    words = line.replace(",", " , ").split()
    joined = any(word in _NAME_JOINTS for word in words)
    return (
        len(words) <= (8 if joined else LONGEST_LONE_NAME)
        and not line.isupper()
        and (len(above) > 1 or not _is_of_name_words(above[-1]))
        and _is_of_name_words(line)
    )


def _is_of_name_words(line: str) -> bool:
    return all(_NAME_WORD.fullmatch(word) is not None for word in line.replace(",", " , ").split())


def _take_below(lines: Sequence[str], below: Sequence[int], item: Exported) -> int:
    """Enter what stands between the length and the text. Return the place of the first line of the text."""
    places = list(below[:12])
    end = next(
        (
            n
            for n, place in enumerate(places)
            if n and _COPYRIGHT_LINE.match(lines[place].strip()) is not None
        ),
        None,
    )
    if end is not None:
        item.set("copyright", lines[places[end]], "CY")
    else:
        named = [
            n for n, place in enumerate(places[:9]) if language_named(lines[place].strip()[:40]) is not None
        ]
        end = named[-1] + 1 if named else 3
    head = [squeeze(lines[place]) for place in places[:end]]
    for place, line in enumerate(head):
        if place < 2 and item.get("date") is None and (date := date_in(line)) is not None:
            item.set("date", date, "PD")
        elif item.get("time") is None and _TIME_LINE.fullmatch(line) is not None:
            item.set("time", line, "ET")
        elif item.get("outlet") is None:
            item.set("outlet", line, "SN")
        elif "sc" not in item.codes and _SOURCE_CODE.fullmatch(line) is not None:
            item.set("", line, "SC")
        elif place == len(head) - 1 and language_named(line) is not None:
            item.set("language", line, "LA")
        else:
            item.set("page" if _PAGE_LINE.fullmatch(line) is not None else "edition", line)
    behind = places[end + 1 :] if item.get("copyright") is not None else places[end:]
    return behind[0] if behind else len(lines) - 1
