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
MAX_CHART_ROWS, MAX_BARS = 12, 400
"""The largest number of rows of a chart, and of bars in each."""
GREY_ON_ANY_PAGE = "#767676"
"""A colour of text with a contrast of 4.5 to 1 against white and against black: an image does not know its page."""


class BarRow(NamedTuple):
    """A row of a chart: its name, and a value for each period; None for a period without one."""

    label: str
    values: Sequence[float | None]


def bars_over_time(
    rows: Sequence[BarRow],
    periods: Sequence[str],
    caption: str,
    text_of: Callable[[float], str],
    *,
    document: bool = False,
) -> str:
    """Return rows of bars on one scale as SVG, with the largest value, the first and the last period written beside.

    ``text_of`` writes a value. Each bar says its period and its value under the pointer. Of more than
    :data:`MAX_CHART_ROWS` rows, the first are drawn. If there are more than :data:`MAX_BARS` periods, each bar is the largest
    value of several. The caption says both. ``""`` for no values.

    An element of a page has the colour of its text. A ``document`` has a size and colours of its own.
    """
    if not rows or not periods:
        return ""
    step = -(-len(periods) // MAX_BARS)
    drawn = [_merged(row, step) for row in rows[:MAX_CHART_ROWS]]
    names = [_periods_name(periods[at : at + step]) for at in range(0, len(periods), step)]
    most = max(value or 0 for row in drawn for value in row.values)
    merged = f"; each bar is the largest of {step} periods" if step > 1 else ""
    more = f"; {len(drawn)} of {len(rows)} rows" if len(drawn) < len(rows) else ""
    title = _svg_text(f"{caption}: at most {text_of(most)}{merged}{more}")
    row_height, left = (LOW_ROW, LABEL_WIDTH) if len(rows) > 1 else (TALL_ROW, 0)
    bottom = (row_height + 14) * (len(drawn) - 1) + row_height
    colour, faint = (GREY_ON_ANY_PAGE, "") if document else ("currentColor", ' opacity="0.75"')
    size = (
        f'width="{WIDTH}" height="{bottom + 36}" style="max-width: 100%; height: auto"'
        if document
        else f'style="max-width: {WIDTH}px; width: 100%"'
    )
    shapes = "".join(
        _row_shapes(
            row,
            names,
            text_of,
            base=at * (row_height + 14) + row_height,
            height=row_height,
            left=left,
            most=most or 1,
        )
        for at, row in enumerate(drawn)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{title}" viewBox="0 -18 {WIDTH} {bottom + 36}" {size}'
        f' font-family="sans-serif" font-size="12" fill="{colour}">'
        f'<text x="0" y="-5"{faint}>{title}</text><g stroke="{colour}">{_base_lines(len(drawn), row_height, left)}</g>{shapes}'
        f'<g{faint}><text x="{left}" y="{bottom + 14}">{_svg_text(periods[0])}</text>'
        f'<text x="{WIDTH}" y="{bottom + 14}" text-anchor="end">{_svg_text(periods[-1])}</text></g></svg>'
    )


def _svg_text(text: str) -> str:
    """Return a text as it stands in SVG: escaped, and with a code for half of a pair of surrogates, which no file can hold."""
    return escape.html(text.encode("utf-8", "backslashreplace").decode())


def _merged(row: BarRow, step: int) -> BarRow:
    """Return a row with the largest of each ``step`` values; None if none of them is a value."""
    if step == 1:
        return row
    groups = (row.values[at : at + step] for at in range(0, len(row.values), step))
    return BarRow(
        row.label, [max((one for one in group if one is not None), default=None) for group in groups]
    )


def _periods_name(periods: Sequence[str]) -> str:
    return periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"


def _base_lines(rows: int, height: int, left: int) -> str:
    """Return the lines under the bars."""
    bases = (at * (height + 14) + height for at in range(rows))
    return "".join(f'<line x1="{left}" x2="{WIDTH}" y1="{y}" y2="{y}" stroke-opacity="0.4"/>' for y in bases)


def _row_shapes(
    row: BarRow,
    periods: Sequence[str],
    text_of: Callable[[float], str],
    *,
    base: int,
    height: int,
    left: int,
    most: float,
) -> str:
    """Return the bars of a row, which stand on ``base``, and its name if there is room for one."""
    step = (WIDTH - left) / len(periods)
    of_row = f"{row.label}, " if left else ""
    bars = "".join(
        f'<rect x="{left + at * step:.2f}" y="{base - height * (value or 0) / most:.2f}" width="{max(step * 0.86, 0.5):.2f}"'
        f' height="{height * (value or 0) / most:.2f}"><title>{_svg_text(f"{of_row}{period}")}: '
        f"{'none' if value is None else text_of(value)}</title></rect>"
        for at, (value, period) in enumerate(zip(row.values, periods, strict=True))
    )
    name = row.label if len(row.label) <= LABEL_LETTERS else f"{row.label[: LABEL_LETTERS - 1]}…"
    label = f'<text x="0" y="{base - 4}">{_svg_text(name)}</text>' if left else ""
    return f'{label}<g fill="#3b78b5">{bars}</g>'
