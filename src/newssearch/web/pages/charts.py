"""Charts as SVG: bars and lines over time, with an axis of values and one of dates.

A chart is as wide as its place on the page: what stands somewhere in time has its place in per cent, and only lines are
stretched. Colours, dashes and fonts are classes of the style sheet, because the page allows no inline style.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple, NewType

from markupsafe import Markup

from newssearch.corpus.periods import Unit, first_day
from newssearch.display import escape

PLOT_HEIGHT = 120
"""The height of the plot in pixels, without the dates below it."""
LINES_HEIGHT = 220
"""The height of a plot of lines in pixels, which need more of it than bars."""
HEADROOM = 14
"""The height above the largest value in pixels, for the label of the highest line of the grid."""
DATES_HEIGHT = 20
"""The height of the dates below the plot in pixels."""
MAX_TICKS = 9
"""The largest number of dates below a plot; every second one is left out where the page is narrow."""
MIN_BAR_HEIGHT = 1.5
"""The height in pixels that a bar has at least, if its value is not 0."""
NAME_WIDTH = 14
"""The width in per cent that the name of a line takes."""
NAME_HEIGHT = 13
"""The height in pixels that the name of a line takes."""
MAX_KEPT_SIZES = 64
"""The places of the bars are kept for this number of numbers of bars, and the dates below them for this number of axes."""
NAME_GAP = 6
"""The distance in pixels between the name of a line and the point that it is at."""
_LINE_WIDTH = 1000
_TICK_STEPS: dict[Unit, tuple[int, ...]] = {
    "day": (1, 2, 7, 14),
    "week": (1, 2, 4, 13, 26, 52),
    "month": (1, 3, 6, 12, 24, 60, 120),
    "quarter": (1, 2, 4, 8, 20, 40),
    "year": (1, 2, 5, 10, 20, 50, 100),
}


Html = NewType("Html", str)
"""A text that is escaped already, to become a part of a :class:`Markup`. Not itself one, because these take long to make."""


class ChartBar(NamedTuple):
    """A bar: its value, its description, the address that it leads to, and the first and last day of its period.

    ``open`` is whether its period is not over yet.
    """

    value: float
    title: Html
    address: Html
    since: str
    until: str
    open: bool = False


class ChartLine(NamedTuple):
    """A line: its name, its values, None where there is none, and what is said of each."""

    name: str
    values: Sequence[float | None]
    titles: Sequence[str]
    addresses: Sequence[str]


class ChartTick(NamedTuple):
    """A date below a plot: the number of the period that it stands at, and its text."""

    at: int
    text: str


def scale(most: float, whole: bool = True) -> tuple[float, ...]:
    """Return the values at which an axis is labelled, above 0: two to four round ones, of which the last is at least ``most``.

    >>> scale(1571), scale(3), scale(0.083, whole=False)
    ((500.0, 1000.0, 1500.0, 2000.0), (1.0, 2.0, 3.0), (0.05, 0.1))
    """
    if most <= 0:
        return (1.0,)
    magnitude = 10.0 ** math.floor(math.log10(most))
    steps = [part * magnitude for part in (0.1, 0.2, 0.5, 1, 2, 5)]
    step = next(one for one in steps if most / one <= 4 and not (whole and one < 1))
    return tuple(round(step * number, 12) for number in range(1, math.ceil(most / step - 1e-9) + 1))


@lru_cache(maxsize=MAX_KEPT_SIZES)
def time_ticks(unit: Unit, first: int, size: int) -> tuple[ChartTick, ...]:
    """Return the dates below a plot of ``size`` consecutive periods, of which the first has the given number.

    >>> time_ticks("month", 43 * 12, 30)[:3]
    (ChartTick(at=0, text='2013'), ChartTick(at=6, text='Jul 2013'), ChartTick(at=12, text='2014'))
    """
    steps = _TICK_STEPS[unit]
    step = next((one for one in steps if size / one <= MAX_TICKS), steps[-1])
    step *= max(math.ceil(size / step / MAX_TICKS), 1)
    if unit in ("day", "week"):
        start = 0 if unit == "week" else -(first + 3) % 7 if step % 7 == 0 else 0
    else:
        origin = {"year": 1970, "quarter": 1970 * 4, "month": 1970 * 12}[unit]
        start = -(first + origin) % step
    return tuple(ChartTick(at, _tick_text(unit, first + at)) for at in range(start, size, step))


def _tick_text(unit: Unit, number: int) -> str:
    day = first_day(unit, number)
    if unit in ("day", "week"):
        return f"{day.day} {day:%b %Y}"
    if unit == "year" or day.month == 1:
        return f"{day.year:04d}"
    return f"Q{(day.month + 2) // 3} {day.year:04d}" if unit == "quarter" else f"{day:%b} {day.year:04d}"


def bar_chart(
    bars: Sequence[ChartBar],
    ticks: tuple[ChartTick, ...],
    shown: Callable[[float], str],
    label: str,
    whole: bool,
) -> Markup:
    """Return a chart of bars side by side; ``shown`` makes a text of a value, and ``label`` says what the chart shows."""
    grid = scale(max((bar.value for bar in bars), default=0), whole)
    base, width = PLOT_HEIGHT + HEADROOM, 100 / max(len(bars), 1)
    hot, bar_width = f'width="{width:.3f}%" y="0" height="{base}"/>', f"{width * 0.84:.3f}%"
    drawn = []
    for left, (value, title, address, since, until, open_) in zip(_lefts(len(bars)), bars, strict=True):
        height = max(PLOT_HEIGHT * value / grid[-1], MIN_BAR_HEIGHT) if value else 0.0
        drawn.append(
            f'<a href="{address}" tabindex="-1" data-since="{since}" data-until="{until}">'
            f'<title>{title}</title><rect class="hot" x="{left}" {hot}'
            f'<rect class="bar{" open" if open_ else ""}" x="{left}" width="{bar_width}"'
            f' y="{base - height:.1f}" height="{height:.1f}"/></a>'
        )
    content = "".join(drawn)
    brush = f'<rect class="brush" y="0" width="0" height="{base}"/>'
    return _chart("bars", label, grid, shown, ticks, len(bars), f"<g>{content}</g>{brush}")


@lru_cache(maxsize=MAX_KEPT_SIZES)
def _lefts(size: int) -> tuple[str, ...]:
    """Return the left edges of that number of bars."""
    return tuple(f"{at * (100 / size):.3f}%" for at in range(size))


def line_chart(
    lines: Sequence[ChartLine],
    ticks: tuple[ChartTick, ...],
    shown: Callable[[float], str],
    label: str,
    whole: bool,
) -> Markup:
    """Return a chart of lines that share their axes; line number N has the class ``line-N``, which has a dash of its own.

    A value without neighbours is a point. Each value leads to its address.
    """
    top = max((value for line in lines for value in line.values if value is not None), default=0)
    grid = scale(top, whole)
    size = max((len(line.values) for line in lines), default=0)
    base = LINES_HEIGHT + HEADROOM
    drawn = []
    for number, line in enumerate(lines, 1):
        drawn.append(f'<path class="line line-{number}" d="{_path_of(line.values, grid[-1])}"/>')
    stretched = (
        f'<svg viewBox="0 0 {_LINE_WIDTH} {base}" width="100%" height="{base}"'
        f' preserveAspectRatio="none">{"".join(drawn)}</svg>'
    )
    dots = []
    for number, line in enumerate(lines, 1):
        for at, value in enumerate(line.values):
            if value is None:
                continue
            x, y = (at + 0.5) * 100 / size, base - LINES_HEIGHT * value / grid[-1]
            alone = _is_alone(line.values, at)
            dots.append(
                f'<a href="{escape.html(line.addresses[at])}" tabindex="-1"><title>{escape.html(line.titles[at])}</title>'
                f'<circle class="dot line-{number}{" alone" if alone else ""}" cx="{x:.3f}%" cy="{y:.1f}" r="5"/></a>'
            )
    names = _line_names(lines, grid[-1])
    content = f'{stretched}<g aria-hidden="true">{names}</g><g>{"".join(dots)}</g>'
    return _chart("lines", label, grid, shown, ticks, size, content, LINES_HEIGHT)


def _line_names(lines: Sequence[ChartLine], top: float) -> str:
    """Return the name of each line above its highest value; below it, if another name or the upper edge is there."""
    placed: list[tuple[float, float]] = []
    shown = []
    for number, line in enumerate(lines, 1):
        values = [(value, at) for at, value in enumerate(line.values) if value]
        if not values:
            continue
        value, at = max(values, key=lambda one: one[0])
        x = (at + 0.5) * 100 / len(line.values)
        point = LINES_HEIGHT + HEADROOM - LINES_HEIGHT * value / top
        y = _free_height(point, [other_y for other_x, other_y in placed if abs(x - other_x) < NAME_WIDTH])
        placed.append((x, y))
        anchor = "start" if x < 10 else "end" if x > 90 else "middle"
        shown.append(
            f'<text class="name line-{number}" x="{x:.3f}%" y="{y:.1f}" text-anchor="{anchor}">{escape.html(line.name)}</text>'
        )
    return "".join(shown)


def _free_height(point: float, taken: Sequence[float]) -> float:
    """Return the height of the base line of a name near a point, away from others: the lowest above it, else the highest below.

    >>> _free_height(100, []), _free_height(100, [94]), _free_height(8, [])
    (94, 81, 23)
    """
    height = point - NAME_GAP
    while height >= NAME_HEIGHT:
        if all(abs(height - other) >= NAME_HEIGHT for other in taken):
            return height
        height -= NAME_HEIGHT
    height = point + NAME_GAP + NAME_HEIGHT - 4
    while any(abs(height - other) < NAME_HEIGHT for other in taken):
        height += NAME_HEIGHT
    return height


def _is_alone(values: Sequence[float | None], at: int) -> bool:
    before = values[at - 1] if at else None
    after = values[at + 1] if at + 1 < len(values) else None
    return before is None and after is None


def _path_of(values: Sequence[float | None], top: float) -> str:
    """Return the path through the values, interrupted where there is none."""
    parts, pen = [], "M"
    for at, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x = (at + 0.5) * _LINE_WIDTH / len(values)
        parts.append(f"{pen}{x:.1f} {LINES_HEIGHT + HEADROOM - LINES_HEIGHT * value / top:.1f}")
        pen = "L"
    return "".join(parts)


def _chart(
    kind: str,
    label: str,
    grid: Sequence[float],
    shown: Callable[[float], str],
    ticks: tuple[ChartTick, ...],
    size: int,
    content: str,
    plot_height: int = PLOT_HEIGHT,
) -> Markup:
    """Return a chart of a kind: the grid with its labels, the content, and the dates below it."""
    lines, values = [], []
    for value in grid:
        y = plot_height + HEADROOM - plot_height * value / grid[-1]
        lines.append(f'<line class="grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>')
        values.append(f'<text x="100%" y="{y + 4:.1f}" text-anchor="end">{escape.html(shown(value))}</text>')
    base = plot_height + HEADROOM
    height = base + DATES_HEIGHT
    return Markup(
        f'<div class="chart {kind}"><svg class="values" height="{height}" aria-hidden="true">{"".join(values)}</svg>'
        f'<svg class="plot" height="{height}" role="group" aria-label="{escape.html(label)}">{"".join(lines)}{content}'
        f'<line class="base" x1="0" x2="100%" y1="{base}" y2="{base}"/><g aria-hidden="true">{_date_marks(ticks, size, base)}</g></svg></div>'
    )


@lru_cache(maxsize=MAX_KEPT_SIZES)
def _date_marks(ticks: tuple[ChartTick, ...], size: int, base: int) -> str:
    """Return the dates below a plot, whose base line is at the height ``base``."""
    dates = []
    for number, tick in enumerate(ticks):
        x = (tick.at + 0.5) * 100 / max(size, 1)
        anchor = "start" if x < 6 else "end" if x > 94 else "middle"
        minor = " minor" if number % 2 else ""
        dates.append(f'<line class="tick{minor}" x1="{x:.3f}%" x2="{x:.3f}%" y1="{base}" y2="{base + 4}"/>')
        dates.append(
            f'<text class="date{minor}" x="{x:.3f}%" y="{base + 16}" text-anchor="{anchor}">{tick.text}</text>'
        )
    return "".join(dates)
