"""The format RIS, in which databases and programs for references export records: a tag at the start of each line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newssearch.readers.api import Format, Input, Origin, ReadOutcome, UnreadableError, whole
from newssearch.readers.article.draft import Draft
from newssearch.readers.decoding.encoding import decode
from newssearch.readers.records.json_values import normal_name
from newssearch.text.paragraphs import split_lines

from .exported import FROM_ABSTRACT_ALONE
from .languages import language_named
from .proquest import document_address

_TAG_LINE = re.compile(r"(?P<tag>[A-Z][A-Z0-9])  ?- ?(?P<value>.*)", re.DOTALL)
_OPENING = re.compile(r"(?:[ -~]{0,200}\r?\n\s*){0,5}?TY  ?- ?[A-Z]{3,6}[ \t]*(?:\r|\n|$)")
_UNKNOWN_PARTS = re.compile(r"/+[^/\d]*$")

_TAGS_OF_FIELD = {
    "title": ("TI", "T1", "CT"), "byline": ("AU", "A1", "A2", "A3"), "outlet": ("JF", "T2", "JO", "JA", "J2", "BT", "PB"),
    "date": ("DA", "Y1", "PY", "Y2"), "section": ("SE",), "url": ("UR", "L2", "LK"), "located": (),
}  # fmt: skip
"""The tags of each field, the most trusted first."""

_NAME_OF_TAG = {
    "SP": "page", "EP": "endpage", "VL": "volume", "IS": "issue", "SN": "issn", "KW": "subject", "CY": "place", "PB": "publisher",
    "ET": "edition", "DB": "database", "M3": "type", "N1": "notes", "DO": "doi", "DP": "provider", "TY": "kind",
}  # fmt: skip
"""The names of tags as own fields, besides the tags themselves."""


def _is_ris(source: Input) -> bool:
    return "TY  -" in source.opening[:1200] and _OPENING.match(source.opening[:1400]) is not None


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article of each record. Raises UnreadableError if there is none."""
    number = 0
    for number, record in enumerate(_records(decode(data)), start=1):
        yield _article_of_record(record, origin, number)
    if not number:
        raise UnreadableError("references in RIS without a record")


def _records(text: str) -> Iterator[dict[str, list[str]]]:
    record: dict[str, list[str]] = {}
    tag = ""
    for line in split_lines(text):
        found = _TAG_LINE.fullmatch(line) if line[2:4] in ("  ", " -") else None
        if found is None:
            if tag:
                record[tag][-1] += f"\n{line}"
            continue
        tag = found["tag"]
        if tag == "TY" and record:
            yield record
            record = {}
        if tag == "ER":
            if record:
                yield record
            record, tag = {}, ""
        elif record or tag == "TY":
            record.setdefault(tag, []).append(found["value"])
        else:
            tag = ""
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
                    draft.claim(field, _UNKNOWN_PARTS.sub("", value))
            elif values:
                draft.claim(field, document_address(values[0]) if field == "url" else values[0])
    draft.claim("lang", language_named(" ".join(record.get("LA", [])).strip()))
    is_proquest = any(
        "proquest" in " ".join(record.get(tag, [])).casefold() for tag in ("DB", "DP", "UR", "N1")
    )
    for tag in ("AN", "ID"):
        draft.claim_key(
            " ".join(record.get(tag, [])).partition(";")[0].strip(), "proquest" if is_proquest else ""
        )
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
