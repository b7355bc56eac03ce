"""Results in the formats for programs and documents: JSON, CSV and Markdown."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Literal

from newssearch.article import Paragraph
from newssearch.display import escape
from newssearch.extra import shown
from newssearch.fields import HIT_FIELDS
from newssearch.results import Hit, Results, left_out, more_totals, totals, why_no_value
from newssearch.snippet import Snippet
from newssearch.system.lazy_regex import Pattern

from .hits import copies_lines
from .layout import Style

OutputFormat = Literal["text", "json", "jsonl", "csv", "md"]

CSV_COLUMNS = (
    "id", "paragraph", "score", *(name for name in HIT_FIELDS if name not in ("title", "url")), "title", "url",
    "path", "member", "record", "added", "paragraphs", "matching", "snippet", "text", "story", "copies",
)  # fmt: skip

_WEB_ADDRESS_START = Pattern(r"https?://", re.IGNORECASE)


def json_text(value: Mapping[str, object], *, indent: int | None = 2) -> str:
    """Return a value as JSON text. Letters outside ASCII are not escaped."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def paragraph_dict(paragraph: Paragraph, snippet: Snippet, marked: bool) -> dict[str, object]:
    """Return a paragraph as JSON types for ``newssearch show --json``; ``marked`` adds the highlights of a query."""
    value: dict[str, object] = {"number": paragraph.number, "kind": paragraph.kind, "text": snippet.text}
    return value | {"highlights": [list(span) for span in snippet.highlights]} if marked else value


def csv_results(results: Results, *, more: bool = False) -> str:
    """Return results as CSV (RFC 4180), one row for each hit. No spreadsheet takes a cell for a formula.

    With ``more``, the articles with some of the words follow, and a column has the words that each lacks.
    """
    import csv  # slow to import, and seldom needed

    out = io.StringIO()
    writer = csv.writer(out)
    names = (*CSV_COLUMNS, "missing") if more else CSV_COLUMNS
    writer.writerow((*names, *results.own_fields))
    for hit in (*results.hits, *results.more) if more else results.hits:
        copies = "; ".join(copy.id for copy in hit.copies)
        row: dict[str, object] = {
            **hit.to_dict(),
            "snippet": hit.snippet.plain(),
            "copies": copies,
            "missing": "; ".join(hit.missing),
        }
        cells = [*(row[name] for name in names), *(_own_cell(hit, name) for name in results.own_fields)]
        writer.writerow([escape.cell(cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue()


def _own_cell(hit: Hit, name: str) -> object:
    """Return the value of an own field for a table; several values are one text."""
    value = hit.extra.get(name)
    return value if isinstance(value, int | float) else shown(value)


def markdown_results(results: Results) -> Iterator[str]:
    """Yield the lines of results as Markdown: for each hit, a heading and its snippet as a quotation.

    If the corrected query found articles, its results take the place of hits with only some of the words.
    """
    found = results.corrected or results
    if results.corrected is not None:
        names = map(escape.markdown, (results.corrected.query, results.query))
        yield "**Results for {}, because no article matches {}.**".format(*names)
        yield ""
    for hit in found:
        yield from _markdown_hit(hit)
    if found.more:
        yield f"**{more_totals(found)}**"
        yield ""
    for hit in found.more:
        yield from _markdown_hit(hit)
    yield from facet_rows(found, last="")
    for page in (results,) if found is results else (results, found):
        query = f" for {escape.markdown(page.interpretation)}" if page.interpretation else ""
        left = left_out(page.undated, page.imprecise)
        yield totals(page) + query + (f"; {left}" if left else "")


def _markdown_hit(hit: Hit) -> Iterator[str]:
    title = escape.markdown(hit.title or "(no title)")
    link = f"[{title}](<{_link(hit.url)}>)" if hit.url and _WEB_ADDRESS_START.match(hit.url) else title
    day = hit.date.isoformat()[:10] if hit.date else "no date"
    names = dict.fromkeys(name for name in (hit.outlet, hit.source) if name)
    yield f"### {link}"
    yield ""
    own = (f"{name}: {escape.markdown(shown(value))}" for name, value in hit.extra.items())
    yield " · ".join([day, *map(escape.markdown, names), *own, f"`{hit.address}`"])
    yield ""
    yield f"> {hit.snippet.markdown()}"
    yield ""
    if hit.missing:
        yield f"without: {', '.join(map(escape.markdown, hit.missing))}"
        yield ""
    if hit.copies:
        yield " ".join(escape.markdown(line.strip()) for line in copies_lines(hit, Style(None, False)))
        yield ""


def facet_rows(results: Results, *, first: str | None = None, last: str | None = None) -> Iterator[str]:
    """Yield the lines of a Markdown table for each facet, with the lines ``first`` before and ``last`` after each."""
    for name, values in results.facets.items():
        yield from (first,) if first is not None else ()
        none = f"(none: {why})" if (why := why_no_value(name, results.dates)) else "(none)"
        yield f"| {name} | articles |"
        yield "| --- | ---: |"
        for value in values:
            yield f"| {escape.markdown(value.value) if value.value is not None else none} | {value.articles} |"
        yield from (last,) if last is not None else ()


def _link(url: str) -> str:
    return re.sub(r"[<>\s\\]", lambda match: f"%{ord(match[0]):02X}", escape.terminal(url))
