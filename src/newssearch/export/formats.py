"""The formats of exports: their names, the endings of their files, and what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Content = Literal["rows", "typed rows", "citations"]
"""What a format holds: rows in which a date is a text, rows in which it has a type of its own, or citations."""


class ExportFormat(NamedTuple):
    """A format of exports. ``endings`` are those of its files; the first one is usual. ``media_type`` is for HTTP."""

    name: str
    endings: tuple[str, ...]
    content: Content
    media_type: str
    meaning: str


FORMATS: Mapping[str, ExportFormat] = {
    one.name: one
    for one in (
        ExportFormat("csv", (".csv",), "rows", "text/csv; charset=utf-8; header=present", "CSV"),
        ExportFormat("jsonl", (".jsonl", ".ndjson"), "rows", "application/x-ndjson", "a JSON object on each line"),
        ExportFormat(
            "xlsx", (".xlsx",), "typed rows",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "a spreadsheet",
        ),
        ExportFormat("parquet", (".parquet",), "typed rows", "application/vnd.apache.parquet", "Parquet"),
        ExportFormat("arrow", (".arrow", ".feather"), "typed rows", "application/vnd.apache.arrow.file", "Arrow, also called Feather"),
        ExportFormat("ris", (".ris",), "citations", "application/x-research-info-systems", "citations in RIS"),
        ExportFormat("bibtex", (".bib",), "citations", "application/x-bibtex", "citations in BibTeX"),
        ExportFormat("biblatex", (".bib",), "citations", "application/x-bibtex", "citations in BibLaTeX"),
        ExportFormat(
            "csljson", (".csl.json", ".json"), "citations", "application/vnd.citationstyles.csl+json", "citations in CSL-JSON"
        ),
    )
}  # fmt: skip
"""All formats by name. Of two with the same ending, the first one is meant by it."""

TEXT_FORMATS = frozenset({"csv", "jsonl", "ris", "bibtex", "biblatex", "csljson"})
"""The formats that are text in UTF-8, made part by part."""


def format_of(name: str) -> ExportFormat | None:
    """Return the format that the ending of a file's name stands for, or None."""
    lower = name.lower()
    found = [(len(end), one) for one in FORMATS.values() for end in one.endings if lower.endswith(end)]
    longest = max((length for length, _ in found), default=0)
    return next((one for length, one in found if length == longest), None)
