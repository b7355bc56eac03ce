"""Results in the formats for programs and documents: JSON, CSV and Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from newssearch.article import Paragraph
from newssearch.display import escape
from newssearch.display.brief import value_label
from newssearch.extra import shown
from newssearch.facets import others_text, worth_marking
from newssearch.results import Hit, Results, dates_counted, left_out, more_totals, none_label, totals
from newssearch.snippet import Snippet
from newssearch.system.lazy_regex import Pattern
from newssearch.tabular import csv_parts, hit_cells, hit_columns, own_cells, unknown_columns

from .hits import (
    SHOWN_SHARED,
    copies_lines,
    explanation_text,
    facet_heading,
    related_totals,
    score_line,
    shared_words,
    shown_range,
    tags_text,
)
from .layout import Style

OutputFormat = Literal["text", "json", "jsonl", "csv", "md"]

_WEB_ADDRESS_START = Pattern(r"https?://", re.IGNORECASE)


def json_text(value: Mapping[str, object], *, indent: int | None = 2) -> str:
    """Return a value as JSON text. Letters outside ASCII are not escaped."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def paragraph_dict(paragraph: Paragraph, snippet: Snippet, marked: bool) -> dict[str, object]:
    """Return a paragraph as JSON types for ``newssearch show --json``; ``marked`` adds the highlights of a query."""
    value: dict[str, object] = {"number": paragraph.number, "kind": paragraph.kind, "text": snippet.text}
    return value | {"highlights": [list(span) for span in snippet.highlights]} if marked else value


def csv_results(results: Results, *, more: bool = False, explained: bool = False) -> str:
    """Return results as CSV (RFC 4180), one row for each hit. No spreadsheet takes a cell for a formula.

    With ``more``, the articles with some of the words follow, and a column has the words that each lacks. With
    ``explained``, a column has the composition of each score.
    """
    hits = (*results.hits, *results.more) if more else results.hits
    columns: dict[str, list[str]] = {}
    if more:
        columns["missing"] = ["; ".join(hit.missing) for hit in hits]
    if explained:
        added = len(results.expansion)
        columns["explanation"] = [
            explanation_text(hit.explanation, added) if hit.explanation else "" for hit in hits
        ]
    return _table(results, hits, columns)


def csv_related(results: Results) -> str:
    """Return related articles as CSV (RFC 4180), one row for each, with a column of the words that it shares."""
    return _table(results, results.hits, {"shared": ["; ".join(shared_words(hit)) for hit in results]})


def _table(results: Results, hits: Sequence[Hit], columns: Mapping[str, Sequence[str]]) -> str:
    """Return the rows of hits as CSV, with further columns before those of own fields."""
    unknown = unknown_columns(results.diagnostics)
    rows = [
        [
            *hit_cells(hit, hit.to_dict(), unknown),
            *(column[number] for column in columns.values()),
            *own_cells(hit, results.own_fields),
        ]
        for number, hit in enumerate(hits)
    ]
    return "".join(csv_parts((*hit_columns(unknown), *columns, *results.own_fields), rows))


def markdown_results(results: Results) -> Iterator[str]:
    """Yield the lines of results as Markdown: for each hit, a heading and its snippet as a quotation.

    If the corrected query found articles, its results take the place of hits with only some of the words.
    """
    found = results.corrected or results
    if results.corrected is not None:
        names = map(escape.markdown, (results.corrected.query, results.query))
        yield "**Results for {}, because no article matches {}.**".format(*names)
        yield ""
    added = len(found.expansion)
    for hit in found:
        yield from _markdown_hit(hit, score_line(hit, added))
    if found.more_articles:
        yield f"**{more_totals(found)}**"
        yield ""
    for hit in found.more:
        yield from _markdown_hit(hit, score_line(hit, added))
    yield from facet_rows(found, last="")
    for page in (results,) if found is results else (results, found):
        query = f" for {_copiable(page.interpretation)}" if page.interpretation else ""
        left = left_out(page.undated, page.imprecise)
        yield f"{totals(page)}{query}{shown_range(page)}" + (f"; {left}" if left else "")


def _copiable(query: str) -> str:
    """Return a query in Markdown that can be copied: one with markup is a code span, because ``\\*`` means something
    else in a query.
    """
    plain = escape.terminal(query)
    return plain if escape.markdown(query) == plain else escape.markdown_code(query)


def markdown_related(results: Results) -> Iterator[str]:
    """Yield the lines of related articles as Markdown: as :func:`markdown_results`, with the words that each shares."""
    for hit in results:
        yield from _markdown_hit(hit, f"shares: {', '.join(shared_words(hit, SHOWN_SHARED))}")
    yield related_totals(results)


def _markdown_hit(hit: Hit, why: str) -> Iterator[str]:
    """Yield the lines of a hit. ``why`` is a line with the reason why it was found, if any."""
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
    if said := tags_text(hit):
        yield escape.markdown(said)
        yield ""
    if hit.copies:
        yield " ".join(escape.markdown(line.strip()) for line in copies_lines(hit, Style(None, False)))
        yield ""
    if why:
        yield escape.markdown(why)
        yield ""


def facet_rows(results: Results, *, first: str | None = None, last: str | None = None) -> Iterator[str]:
    """Yield the lines of a Markdown table for each facet, with the lines ``first`` before and ``last`` after each."""
    for name, values in results.facets.items():
        yield from (first,) if first is not None else ()
        none = none_label(name, dates_counted(values, results))
        marked = worth_marking(values)
        yield f"| {name} | {facet_heading(name, results)} |"
        yield "| --- | ---: |"
        for value in values:
            shown = escape.markdown(value_label(value.value)) if value.value is not None else none
            yield f"| {f'**{shown}**' if marked and value.selected else shown} | {value.articles} |"
        if values.others:
            yield f"| {others_text(values)} | {values.others_articles} |"
        yield from (last,) if last is not None else ()


def _link(url: str) -> str:
    return re.sub(r"[<>\s\\]", lambda match: f"%{ord(match[0]):02X}", escape.terminal(url))
