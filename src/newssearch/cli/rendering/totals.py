"""The output of ``newssearch query --count`` in each format: totals and facets, without hits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from newssearch.results import Results, left_out, totals
from newssearch.tabular import Cell

from .formats import OutputFormat, facet_rows, json_text
from .hits import facet_lines
from .layout import Style
from .tables import Column, table_lines


def lines(
    results: Results, format_: OutputFormat, style: Style, *, explained: bool, named: bool
) -> Iterator[str]:
    """Yield the lines of the totals and the facets in the given format.

    CSV and JSON Lines have one table: the facets if the query asks for any, otherwise the totals. JSON also has the
    clauses if ``explained``, and the spellings of names if ``named``.
    """
    if format_ == "json":
        yield json_text(_counts(results, dates=True, explained=explained, named=named), indent=None)
    elif format_ == "jsonl" and results.facets:
        for field, value, articles in _facets(results):
            yield json_text({"field": field, "value": value, "articles": articles}, indent=None)
    elif format_ == "jsonl":
        yield json_text(_counts(results), indent=None)
    elif format_ == "csv":
        yield from _csv(results, style)
    elif format_ == "md":
        yield _summary(results)
        yield from facet_rows(results, first="")
    else:
        yield _summary(results)
        yield from facet_lines(results, style, first="")


def _counts(
    results: Results, *, dates: bool = False, explained: bool = False, named: bool = False
) -> dict[str, object]:
    everything = results.to_dict()
    counts = {
        "articles": results.total_articles,
        "stories": results.total_stories,
        "paragraphs": results.total_paragraphs,
        "undated": results.undated,
        "imprecise": results.imprecise,
    }
    faceted = bool(results.facets)
    wanted = {
        "dates": dates,
        "facets": faceted,
        "facet_totals": faceted,
        "clauses": explained,
        "names": named,
    }
    return counts | {name: everything[name] for name, asked in wanted.items() if asked}


def _summary(results: Results) -> str:
    """Return the totals as one line for people."""
    left = f"; {remark}" if (remark := left_out(results.undated, results.imprecise)) else ""
    return f"{totals(results, 'paragraph')}{left}"


def _facets(results: Results) -> Iterator[tuple[str, str | None, int]]:
    for field, values in results.facets.items():
        for value in values:
            yield field, value.value, value.articles


def _csv(results: Results, style: Style) -> Iterator[str]:
    """Yield the lines of the facets or else the totals as CSV."""
    if results.facets:
        names: Iterable[str] = ("field", "value", "articles")
        rows: Iterable[Sequence[Cell]] = _facets(results)
    else:
        counts = cast("dict[str, int]", _counts(results))
        names, rows = counts, [[*counts.values()]]
    return table_lines("csv", list(map(Column, names)), rows, style)
