"""What newssearch wrote itself: results, articles, stories and reports that lie beside the files they came from.

They are known by how they begin, whatever their names, and are no articles: indexed, each hit would be found twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from newssearch.fields import FIELD_NAMES

from .api import Format, Input, Item, Skipped

KIND = "newssearch exports"

LOOKED_AT = 16_384
"""Characters at the beginning that tell."""

_TEXT = r'"(?:[^"\\]|\\.){0,8000}"'
_ID = r'"(?:[a-z0-9-]+-)?[a-z2-7]{8}"'
_VALUE = rf"(?:{_TEXT}|null)"


def _object(*pairs: tuple[str, str]) -> str:
    """An object of JSON that begins with these keys and values, in this order."""
    return r"\{\s*" + r",\s*".join(rf'"{key}":\s*{value}' for key, value in pairs)


JSON = re.compile(
    "|".join((
        _object(("version", r"\d+"), ("query", _TEXT), ("interpretation", _TEXT), ("diagnostics", r"\[")),
        _object(("id", _ID), ("paragraph", r"\d+"), ("score", r"[-+.\de]+"), ("title", _VALUE)),
        _object(("id", _ID), *((name, _VALUE) for name in (*FIELD_NAMES, "path")), ("member", _VALUE), ("record", r"\d+")),
        _object(("articles", r"\d+"), ("versions", r"\[\s*" + _object(("id", _ID), ("title", _VALUE), ("date", _VALUE), ("outlet", _VALUE)))),
        _object(("added", r"\d+"), ("updated", r"\d+"), ("unchanged", r"\d+"), ("removed", r"\d+")),
        _object(("folder", _TEXT), ("articles", r"\d+"), ("paragraphs", r"\d+"), ("words", r"\d+")),
        _object(("folder", _TEXT), ("sound", "(?:true|false)"), ("problems", r"\[")),
        _object(("folder", _TEXT), ("into", _TEXT), ("saved", r"\d+")),
        _object(("articles", r"\d+"), ("stories", r"\d+"), ("paragraphs", r"\d+")),
        _object(("field", _TEXT), ("value", _VALUE), ("articles", r"\d+")) + r"\s*\}",
        _object(("removed", r"\d+")) + r"\s*\}\s*\Z",
        _object(("day-first", r"\{\s*\"value\"")),
    ))
)  # fmt: skip
"""Results, hits as JSON Lines, an article, a story, a report, what an index holds, and its checks, counts and settings."""

CSV = re.compile(
    r'"?id"?([,;\t])"?paragraph"?\1"?score"?\1"?date"?\1"?outlet"?\1"?source"?\1"?byline"?\1"?located"?\1"?lang"?\1'
    r'|"?field"?([,;\t])"?value"?\2"?articles"?\r?\n'
)
"""The columns of hits, and those of facets; a spreadsheet may have saved them with other signs between."""

MARKDOWN = re.compile(
    r"### [^\r\n]+\r?\n\r?\n(?:\d{4}-\d\d-\d\d|no date)[^\r\n]* · `(?:[a-z0-9-]+-)?[a-z2-7]{8}#\d+`\r?\n\r?\n> "
)
"""A heading, the date and the address of a hit, and a quotation."""

TEXT = re.compile(
    r"[^\r\n]+  (?:\d{4}-\d\d-\d\d|no date)  [^\r\n]+  (?:[a-z0-9-]+-)?[a-z2-7]{8}#\d+\r?\n  \S"
    r"|[^\r\n]+\r?\n {7}id  (?:[a-z0-9-]+-)?[a-z2-7]{8}\r?\n {5}date  "
    r"| *1  (?:\d{4}-\d\d-\d\d|no date)[^\r\n]*  [^\r\n]+\r?\n {5}[^\r\n]+\r?\n {5}(?:[a-z0-9-]+-)?[a-z2-7]{8}\r?\n {5}\d"
    r"|[^\r\n]+: [\d,]+ articles?, [\d,]+ paragraphs?, [\d,]+ words?\r?\n {4}dates  "
    r"|articles: [\d,]+ added, [\d,]+ updated, [\d,]+ unchanged, "
    r"|[\d,]+ articles?(?: \([\d,]+ stor(?:y|ies)\))?, [\d,]+ paragraphs?(?:; [^\r\n]+)?\r?\n"
)
"""The line of a hit and its snippet; the fields of an article; a story; what an index holds; a report; totals."""


def is_export(source: Input) -> bool:
    """Whether an input is what newssearch wrote."""
    opening = source.opening[:LOOKED_AT]
    pattern = JSON if opening.startswith("{") else MARKDOWN if opening.startswith("### ") else None
    if pattern is not None:
        return pattern.match(opening) is not None
    return CSV.match(opening) is not None or TEXT.match(opening) is not None


def read(source: Input) -> Iterator[Item]:
    """Nothing but that it was skipped."""
    yield Skipped(source.origin.path, KIND)


FORMATS = (Format("what newssearch wrote", matches=is_export, read=read),)
