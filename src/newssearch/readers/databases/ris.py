"""The format RIS, in which databases and programs for references export records: a tag at the start of each line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newssearch.article import STATED, Provenance
from newssearch.readers.api import Format, Input, Origin, ReadOutcome, UnreadableError, whole
from newssearch.readers.article.addresses import document_address
from newssearch.readers.article.draft import Draft
from newssearch.readers.decoding.encoding import decode
from newssearch.readers.records.json_values import normal_name
from newssearch.text.paragraphs import split_lines

from .exported import FROM_ABSTRACT_ALONE
from .languages import language_named

_TAG_LINE = re.compile(r"(?P<tag>[A-Z][A-Z0-9])(?P<blanks>  ?)- ?(?P<value>.*)", re.DOTALL)
_OPENING = re.compile(r"(?:[ -~]{0,200}\r?\n\s*(?=\S)){0,5}?TY  ?- ?[A-Z]{3,6}[ \t]*(?:\r|\n|$)")
_UNKNOWN_PARTS = re.compile(r"(?<!/)/+[^/\d]*$")
_DATABASE_KEY = re.compile(r"\d{5,14}")
LONGEST_DATE_VALUE = 200
FROM_PUBLISHER_TAG = Provenance("inferred", "the publisher")

_TAGS = frozenset(
    "TY A1 A2 A3 A4 AB AD AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DI DO DP ED EP ER ET FD FT H1 H2 ID IP IS J1 J2 JA JF JO K1 KW "
    "L1 L2 L3 L4 LA LB LK LL M1 M2 M3 N1 N2 NO NV OL OP PA PB PM PN PP PT PY RD RI RN RP RT SE SF SL SN SP SR ST SV T1 T2 T3 TA TI TL TT "
    "U1 U2 U3 U4 U5 U6 U7 U8 U9 UR VL VO WP WT WV Y1 Y2 YR".split()
)  # fmt: skip
"""The tags of the format."""

_TAGS_OF_FIELD = {
    "title": ("TI", "T1", "CT"), "byline": ("AU", "A1"), "outlet": ("JF", "T2", "JO", "JA", "J2", "BT", "PB"),
    "date": ("DA", "Y1", "PY"), "section": ("SE",), "url": ("UR", "L2", "LK"), "located": (),
}  # fmt: skip
"""The tags of each field, the most trusted first. Editors (A2) and the day of access (Y2) belong to none."""

_NAME_OF_TAG = {
    "SP": "page", "EP": "endpage", "VL": "volume", "IS": "issue", "SN": "issn", "KW": "subject", "CY": "place", "PB": "publisher",
    "ET": "edition", "DB": "database", "M3": "type", "N1": "notes", "DO": "doi", "DP": "provider", "TY": "kind",
}  # fmt: skip
"""The names of tags as own fields, besides the tags themselves."""


def _is_ris(source: Input) -> bool:
    return "TY  -" in source.opening[:1200] and _OPENING.match(source.opening[:1400]) is not None


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article of each record, or a rejection if its type is missing. Raises UnreadableError if there is none."""
    number = 0
    for number, record in enumerate(_records(decode(data)), start=1):
        if "TY" in record:
            yield _article_of_record(record, origin, number)
        else:
            yield origin.rejected("a record without its type (TY), with which each record begins", number)
    if not number:
        raise UnreadableError("references in RIS without a record")


def _records(text: str) -> Iterator[dict[str, list[str]]]:
    """Yield the values of the tags of each record.

    A line such as ``US - Iran talks resume`` belongs to the value above it: it has no tag of the format, or fewer blanks
    than the line with the type.
    """
    record: dict[str, list[str]] = {}
    tag = blanks = ""
    for line in split_lines(text):
        found = _TAG_LINE.fullmatch(line) if line[2:4] in ("  ", " -") else None
        if found is not None and found["tag"] == "TY" and not record:
            blanks = found["blanks"]
        if found is None or found["tag"] not in _TAGS or len(found["blanks"]) < len(blanks):
            if tag:
                record[tag][-1] += f"\n{line}"
            continue
        tag = found["tag"]
        if tag in ("TY", "ER") and record:
            yield record
            record = {}
        if tag == "ER":
            tag = ""
        else:
            record.setdefault(tag, []).append(found["value"])
    if record:
        yield record


def _article_of_record(record: dict[str, list[str]], origin: Origin, number: int) -> ReadOutcome:
    draft = Draft(origin, number)
    for field, tags in _TAGS_OF_FIELD.items():
        for tag in tags:
            values = [value for one in record.get(tag, []) if (value := one.strip())]
            if field == "byline":
                draft.claim(field, "; ".join(values))
            elif field == "date":
                for value in values:
                    if len(value) <= LONGEST_DATE_VALUE:
                        draft.claim(field, _UNKNOWN_PARTS.sub("", value))
            elif field == "url" and values:
                draft.claim(field, document_address(values[0]))
            elif values:
                draft.claim(field, values[0], FROM_PUBLISHER_TAG if tag == "PB" else STATED)
    draft.claim("lang", language_named(" ".join(record.get("LA", [])).strip()))
    is_proquest = any("proquest" in " ".join(record.get(tag, [])).casefold() for tag in ("DB", "DP", "UR"))
    for tag in ("AN", "ID"):
        key = " ".join(record.get(tag, [])).partition(";")[0].strip()
        if (
            tag == "AN" or _DATABASE_KEY.fullmatch(key) is not None
        ):  # other values of ID name it in one's own list
            draft.claim_key(key, "proquest" if is_proquest else "")
    draft.keep(lambda column: _kept_value(record, column))
    full, abstract = ("\n\n".join(record.get(tag, [])).strip() for tag in ("FT", "AB"))
    draft.text = full or abstract or "\n\n".join(record.get("N2", [])).strip()
    if draft.text and not full:
        draft.text_provenance = FROM_ABSTRACT_ALONE
    return draft.build()


def _kept_value(record: dict[str, list[str]], column: str) -> object:
    wanted = normal_name(column)
    for tag, values in record.items():
        if wanted in (tag.lower(), _NAME_OF_TAG.get(tag)):
            kept = [value.strip() for value in values if value.strip()]
            return kept[0] if len(kept) == 1 else kept
    return None


FORMATS = (Format("references in RIS", matches=_is_ris, read=whole(parse), suffixes=frozenset({".ris"})),)
