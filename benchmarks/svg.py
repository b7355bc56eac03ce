"""The two plots as SVG: latencies by kind and engine, and measurements by the size of the index."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal, NamedTuple

COLOURS = ("#0072b2", "#56b4e9", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
"""The colours of the engines, which the colour-blind can distinguish (Okabe and Ito, Color Universal Design, 2008)."""

PANEL_WIDTH, GAP, LEFT, TOP, ROW = 400, 40, 180, 70, 18
"""The sizes of a plot in pixels: width of a panel, gap between panels, left and top margin, and height of a row."""
GROWTH_LEFT, GROWTH_HEIGHT = 60, 170

Anchor = Literal["start", "middle", "end"]


class Bar(NamedTuple):
    """The latencies of one engine in a panel, in milliseconds."""

    name: str
    colour: str
    p50: float
    p95: float


class Line(NamedTuple):
    """A line of one engine in a panel of growth: points (paragraphs, value) by ascending number of paragraphs."""

    name: str
    colour: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


class Scale(NamedTuple):
    """A logarithmic axis from ``low`` to ``high``, both powers of ten, over pixels from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def over(cls, values: Iterable[float], start: float, end: float) -> Scale:
        """Return the axis that has room for all positive values among those given."""
        logs = [math.log10(value) for value in values if value > 0] or [0.0]
        low, high = math.floor(min(logs)), math.ceil(max(logs))
        return cls(10.0**low, 10.0 ** max(high, low + 1), start, end)

    def __call__(self, value: float) -> float:
        share = math.log10(max(value, self.low) / self.low) / math.log10(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Return the powers of ten on the axis."""
        return [10.0**power for power in range(round(math.log10(self.low)), round(math.log10(self.high)) + 1)]


class Canvas:
    """A picture to which shapes are added; ``str`` of it is the SVG."""

    def __init__(self, width: float, height: float) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}"'
            f' height="{height:g}" font-family="Helvetica, Arial, sans-serif" font-size="12">',
            '<rect width="100%" height="100%" fill="white"/>',
        ]

    def __str__(self) -> str:
        return "\n".join([*self._parts, "</svg>", ""])

    def text(
        self, x: float, y: float, text: str, anchor: Anchor = "start", colour: str = "#222", size: int = 12
    ) -> None:
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{escape(text)}</text>'
        )

    def line(
        self, points: Iterable[tuple[float, float]], colour: str, width: float = 1, *, dashed: bool = False
    ) -> None:
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = ' stroke-dasharray="4 3"' if dashed else ""
        self._parts.append(
            f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashes}/>'
        )

    def dot(self, x: float, y: float, colour: str, radius: float = 4) -> None:
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{colour}"/>')


def number(value: float) -> str:
    """Return a number as text, with at most three significant digits, or in thousands or millions.

    >>> [number(value) for value in (0.0123, 1.234, 12.34, 123.4, 30_000, 3_000_000)]
    ['0.0123', '1.23', '12.3', '123', '30k', '3M']
    """
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def latencies(title: str, panels: Sequence[tuple[str, Sequence[Bar]]]) -> str:
    """Return two columns of panels with a row for each engine: a dot at the median, a bar to the 95th percentile."""
    colours = _colours(bar for _, bars in panels for bar in bars)
    rows = {name: 22 + ROW * (order + 0.5) for order, name in enumerate(colours)}
    height = 46 + ROW * len(rows)
    canvas = Canvas(LEFT + 2 * (PANEL_WIDTH + GAP) + 10, TOP + -(-len(panels) // 2) * height + 10)
    canvas.text(20, 26, title, size=16)
    caption = "milliseconds a query: a dot at the median, a bar to the 95th percentile; logarithmic"
    canvas.text(20, 46, caption, colour="#666")
    values = [value for _, bars in panels for bar in bars for value in (bar.p50, bar.p95)]
    for place, (kind, bars) in enumerate(panels):
        left = LEFT + (place % 2) * (PANEL_WIDTH + GAP)
        top = TOP + (place // 2) * height
        scale = Scale.over(values, left, left + PANEL_WIDTH)
        bottom = top + 22 + ROW * len(rows)
        canvas.text(left, top + 12, kind, size=13)
        for tick in scale.ticks():
            canvas.line([(scale(tick), top + 18), (scale(tick), bottom)], "#ddd")
            canvas.text(scale(tick), bottom + 13, number(tick), "middle", "#666", 10)
        for name, y in rows.items() if left == LEFT else ():
            canvas.text(left - 8, top + y + 4, name, "end", colours[name])
        for bar in bars:
            y = top + rows[bar.name]
            canvas.line([(scale(bar.p50), y), (scale(bar.p95), y)], bar.colour, 5)
            canvas.dot(scale(bar.p50), y, bar.colour, 5)
    return str(canvas)


def growth(title: str, caption: str, panels: Sequence[tuple[str, Sequence[Line]]]) -> str:
    """Return three columns of panels with the lines of each engine; both axes are logarithmic."""
    colours = _colours(line for _, lines in panels for line in lines)
    columns, width = 3, 250
    cell_width, cell_height = width + GROWTH_LEFT + 10, GROWTH_HEIGHT + 55
    top_of_panels = TOP + 20
    canvas = Canvas(columns * cell_width + 20, top_of_panels + -(-len(panels) // columns) * cell_height + 10)
    canvas.text(20, 26, title, size=16)
    canvas.text(20, 46, caption, colour="#666")
    x = 20.0
    for name, colour in colours.items():
        canvas.dot(x + 4, 66, colour)
        canvas.text(x + 14, 70, name, colour=colour)
        x += 30 + 7 * len(name)
    for place, (kind, lines) in enumerate(panels):
        left = GROWTH_LEFT + (place % columns) * cell_width
        top = top_of_panels + (place // columns) * cell_height + 20
        across = Scale.over([x for line in lines for x, _ in line.points], left, left + width)
        up = Scale.over([y for line in lines for _, y in line.points], top + GROWTH_HEIGHT, top)
        _frame(canvas, kind, across, up)
        for line in lines:
            points = [(across(x), up(y)) for x, y in line.points]
            canvas.line(points, line.colour, 1.5 if line.dashed else 2, dashed=line.dashed)
            for point in points:
                canvas.dot(*point, line.colour, 2 if line.dashed else 3)
    return str(canvas)


def _frame(canvas: Canvas, kind: str, across: Scale, up: Scale) -> None:
    canvas.text(across.start, up.end - 8, kind, size=13)
    for tick in across.ticks():
        canvas.line([(across(tick), up.start), (across(tick), up.end)], "#ddd")
        canvas.text(across(tick), up.start + 14, number(tick), "middle", "#666", 10)
    for tick in up.ticks():
        canvas.line([(across.start, up(tick)), (across.end, up(tick))], "#ddd")
        canvas.text(across.start - 5, up(tick) + 4, number(tick), "end", "#666", 10)


def _colours(shapes: Iterable[Bar | Line]) -> dict[str, str]:
    """Return a colour for each name, assigned in the order of their first appearance."""
    return {shape.name: shape.colour for shape in shapes}
