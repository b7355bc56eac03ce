"""Exports as citations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from newssearch.citations.bibtex import biblatex_entries, bibtex_entries
from newssearch.citations.citation import Citation, cited
from newssearch.citations.csl import csl_parts
from newssearch.citations.ris import ris_records
from newssearch.hit_columns import ExportedItem
from newssearch.results import Hit

from .text_tables import unmarked

_WRITERS = {
    "ris": ris_records,
    "bibtex": bibtex_entries,
    "biblatex": biblatex_entries,
    "csljson": csl_parts,
}
CITATION_FORMATS = frozenset(_WRITERS)
"""The names of the formats of citations."""


def bibliography_parts(name: str, citations: Iterable[Citation]) -> Iterator[str]:
    """Yield citations in a format of :data:`~newssearch.export.formats.FORMATS`, part by part."""
    return _WRITERS[name](citations)


def citations_of(items: Iterable[ExportedItem], text: str) -> Iterator[Citation]:
    """Yield the citation of each item; its abstract is the text that was asked for."""
    for item in items:
        abstract = {"none": "", "snippet": str(unmarked(item.snippet))}.get(text, str(unmarked(item.text)))
        yield cited(cast("Hit", item.hit), abstract, item.hit.tags)
