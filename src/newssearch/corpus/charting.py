"""Counts drawn and laid out for notebooks and documents: charts over time, and cross tables."""

from __future__ import annotations

from collections.abc import Sequence

from newssearch.display import charts, notebook
from newssearch.display.brief import many
from newssearch.display.charts import BarRow
from newssearch.errors import NewssearchError

NOTEBOOK_COLUMNS = 30
"""The largest number of columns of a cross table that a notebook shows."""
_MEASURE_TITLES = {"share": "share of the articles", "per_million": "occurrences per million words"}
"""The measures whose titles are not their names."""


def measure_title(name: str) -> str:
    """Return a measure as people call it."""
    return _MEASURE_TITLES.get(name, name)


def measure_text(name: str, value: object) -> str:
    """Return a number of a measure as people read it: a share in per cent, others with commas; ``""`` for None.

    >>> measure_text("share", 0.14923), measure_text("per_million", 1234.5), measure_text("articles", 1234)
    ('14.9%', '1,234', '1,234')
    """
    if name == "share" and isinstance(value, float):
        return f"{value:.1%}"
    return notebook.number_html(value)


def chart(
    measure: str, by: Sequence[str], rows: Sequence[BarRow], periods: Sequence[str], *, document: bool
) -> str:
    """Return the numbers of a measure over time as a chart; ``""`` for no rows or periods. ``by`` names what is counted by."""
    caption = f"{measure_title(measure)} by {' and '.join(by)}"
    return charts.bars_over_time(
        rows, periods, caption, lambda value: measure_text(measure, value), document=document
    )


def drawn(svg: str) -> str:
    """Return a chart. Raises :class:`~newssearch.NewssearchError` for ``""``, if there is nothing to draw."""
    if not svg:
        raise NewssearchError(
            "a chart needs counts by a unit of time, such as by='month', and at least one period"
        )
    return svg


def cross_table(
    name: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[object]]], measure: str, limit: int
) -> str:
    """Return a cross table as HTML: a label and a value for each column in each row, ``limit`` rows at most, and what is left out.

    ``name`` is the title of the labels.
    """
    shown = [
        [
            notebook.text_html(label),
            *(measure_text(measure, value) for value in values[:NOTEBOOK_COLUMNS]),
        ]
        for label, values in rows[:limit]
    ]
    head = [name, *columns[:NOTEBOOK_COLUMNS]]
    return "".join(
        (
            notebook.table(head, shown, ["short", *["number"] * (len(head) - 1)]),
            more(len(rows) - len(shown), "row"),
            more(len(columns) - NOTEBOOK_COLUMNS, "column"),
        )
    )


def more(number: int, noun: str) -> str:
    """Return how many further rows or columns there are, as HTML; ``""`` for none."""
    return notebook.paragraph(many(number, f"more {noun}") if number > 0 else "")
