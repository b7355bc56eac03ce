"""Charts of bars over time as SVG, for notebooks and documents, readable on light and dark pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from . import escape

WIDTH = 640
"""The width of a chart, in its own units; a page may make it narrower."""
TALL_ROW, LOW_ROW = 120, 44
"""The heights of the bars of a chart with one row, and of each row of a chart with several."""
LABEL_WIDTH, LABEL_LETTERS = 150, 22
"""The space for the name of a row, and the number of letters that fit into it."""
MAX_CHART_ROWS = 12
"""The largest number of rows of a chart."""
GREY_ON_ANY_PAGE = "#767676"
"""A colour of text with a contrast of 4.5 to 1 against white and against black: an image does not know its page."""

_IN_A_PAGE = f"max-width: {WIDTH}px; width: 100%"
_FAINT = ' opacity="0.75"'


class BarRow(NamedTuple):
    """A row of a chart: its name, and a value for each period; None for a period without one."""

    label: str
    values: Sequence[float | None]


def bars_over_time(
    rows: Sequence[BarRow], periods: Sequence[str], caption: str, text_of: Callable[[float], str]
) -> str:
    """Return rows of bars on one scale as an SVG element, with the largest value, the first and the last period written beside.

    ``text_of`` writes a value. Each bar says its period and its value under the pointer. Of more than
    :data:`MAX_CHART_ROWS` rows, the first are drawn, and the caption says so. ``""`` for no values.
    """
    if not rows or not periods:
        return ""
    drawn = rows[:MAX_CHART_ROWS]
    most = max(value or 0 for row in drawn for value in row.values)
    several = len(rows) > 1
    height, left = (LOW_ROW, LABEL_WIDTH) if several else (TALL_ROW, 0)
    bottom = (height + 14) * (len(drawn) - 1) + height
    more = f"; {len(drawn)} of {len(rows)} rows" if len(drawn) < len(rows) else ""
    title = f"{caption}: at most {text_of(most)}{more}"
    shapes = "".join(
        _row_shapes(row, periods, text_of, top=at * (height + 14), height=height, left=left, most=most or 1)
        for at, row in enumerate(drawn)
    )
    ends = (
        f'<text x="{left}" y="{bottom + 14}">{escape.html(periods[0])}</text>'
        f'<text x="{WIDTH}" y="{bottom + 14}" text-anchor="end">{escape.html(periods[-1])}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape.html(title)}" viewBox="0 -18 {WIDTH} {bottom + 36}"'
        f' style="{_IN_A_PAGE}" font-family="sans-serif" font-size="12" fill="currentColor">'
        f'<text x="0" y="-5"{_FAINT}>{escape.html(title)}</text>{shapes}<g{_FAINT}>{ends}</g></svg>'
    )


def _row_shapes(
    row: BarRow,
    periods: Sequence[str],
    text_of: Callable[[float], str],
    *,
    top: float,
    height: int,
    left: int,
    most: float,
) -> str:
    """Return the bars of a row, the line under them, and its name if there is room for one."""
    step = (WIDTH - left) / len(periods)
    base = top + height
    bars = "".join(
        f'<rect x="{left + at * step:.2f}" y="{base - height * (value or 0) / most:.2f}" width="{max(step * 0.86, 0.5):.2f}"'
        f' height="{height * (value or 0) / most:.2f}"><title>{escape.html(_named(row, period, left))}: '
        f"{'none' if value is None else text_of(value)}</title></rect>"
        for at, (value, period) in enumerate(zip(row.values, periods, strict=True))
    )
    name = row.label if len(row.label) <= LABEL_LETTERS else f"{row.label[: LABEL_LETTERS - 1]}…"
    label = f'<text x="0" y="{base - 4:g}">{escape.html(name)}</text>' if left else ""
    line = f'<line x1="{left}" x2="{WIDTH}" y1="{base:g}" y2="{base:g}" stroke="currentColor" stroke-opacity="0.4"/>'
    return f'{label}<g fill="#3b78b5">{bars}</g>{line}'


def _named(row: BarRow, period: str, left: int) -> str:
    return f"{row.label}, {period}" if left else period


def as_image(svg: str) -> str:
    """Return an SVG element as a document of its own, with a size, whose text is readable on light and on dark pages."""
    height = svg.partition('viewBox="0 -18 ')[2].split(" ", 1)[1].partition('"')[0]
    sized = f'width="{WIDTH}" height="{height}" style="max-width: 100%; height: auto"'
    svg = svg.replace(f'style="{_IN_A_PAGE}"', sized, 1)
    return svg.replace("currentColor", GREY_ON_ANY_PAGE).replace(_FAINT, "")
