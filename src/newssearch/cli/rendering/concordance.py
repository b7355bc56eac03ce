"""The text output of ``kwic``: occurrences below each other, each between the words around it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

from newssearch.corpus.concordance import Concordance, ConcordanceLine, line_totals, remarks
from newssearch.display import escape
from newssearch.identity import without_slug
from newssearch.tabular import Cell

from .layout import Style, columns, in_width, shorten, shorten_start
from .tables import Column

LINE_COLUMNS = (
    Column("address"), Column("date"), Column("outlet"), Column("title"),
    Column("left", right=True), Column("match"), Column("right"), Column("start"),
)  # fmt: skip
"""The columns of a table of lines, for all formats but text."""
MAX_OUTLET_COLUMNS = 18
MIN_WIDTH_WITH_OUTLET = 110
"""A terminal with fewer columns has no room for outlets."""
MIN_WIDTH_WITH_DAY = 64
"""A terminal with fewer columns has no room for dates."""
MATCH_PART = 3
"""On a terminal, matches take at most the third part of the columns of the context."""
GAP = "  "

_ISOLATE = {False: "\u2066", True: "\u2067"}
"""LRI and RLI: the text up to :data:`_END` is laid out separately, from the left or from the right (UAX #9)."""
_END = "\u2069"


def row(line: ConcordanceLine) -> tuple[Cell, ...]:
    """Return a line as the cells of :data:`LINE_COLUMNS`."""
    return tuple(cast("dict[str, Cell]", line.to_dict()).values())


class _Cells(NamedTuple):
    """The parts of a line as they are printed."""

    day: str
    outlet: str
    left: str
    match: str
    right: str
    address: str


class _Widths(NamedTuple):
    """The number of columns of each part of a line; 0 for a part that is left out."""

    day: int
    outlet: int
    left: int
    match: int
    right: int
    address: int


def text_concordance(found: Concordance, style: Style) -> Iterator[str]:
    """Yield the lines, with the matches in a column of their own, and the totals.

    On a terminal, the words furthest from the match are cut, and the address is the end of the id, which ``show``
    accepts, too. A line in a right-to-left script is marked as such: a terminal with support for it lays the line out
    from the right, also with the matches in a column.
    """
    cells = [_cells(line, style) for line in found]
    widths = _widths(cells, style)
    for line, parts in zip(found, cells, strict=True):
        yield _aligned_parts(parts, widths, style, from_right=line.right_to_left)
    if cells:
        yield ""
    interpretation = escape.terminal(found.interpretation)
    said = [f"{line_totals(found)} for {interpretation}", *remarks(found)]
    if hidden := [name for name, width in (("outlets", widths.outlet), ("dates", widths.day)) if not width]:
        said += [f"no room for {' and '.join(hidden)}"] if cells else []
    totals = "; ".join(said)
    yield from in_width(totals, style)


def _cells(line: ConcordanceLine, style: Style) -> _Cells:
    outlet = escape.terminal(line.outlet or "no outlet")
    return _Cells(
        day=line.date.isoformat()[:10] if line.date else "no date",
        outlet=outlet if style.width is None else shorten(outlet, MAX_OUTLET_COLUMNS),
        left=escape.terminal(line.left).strip(),
        match=escape.terminal(line.match),
        right=escape.terminal(line.right).strip(),
        address=line.address if style.width is None else f"{without_slug(line.id)}#{line.paragraph}",
    )


def _widths(cells: Sequence[_Cells], style: Style) -> _Widths:
    """Return the columns of each part: the width of the widest one or, on a terminal, the available room."""
    if not cells:
        return _Widths(0, 0, 0, 0, 0, 0)
    needed = _Widths._make(max(map(columns, parts)) for parts in zip(*cells, strict=True))
    if style.width is None:
        return needed
    needed = needed._replace(
        day=needed.day if style.width >= MIN_WIDTH_WITH_DAY else 0,
        outlet=needed.outlet if style.width >= MIN_WIDTH_WITH_OUTLET else 0,
    )
    beside = [part + len(GAP) for part in (needed.day, needed.outlet, needed.address) if part]
    room = max(style.width - sum(beside) - 2 * len(GAP), MATCH_PART)
    match = min(needed.match, room // MATCH_PART)
    left = min(needed.left, max((room - match) // 2, room - match - needed.right))
    return needed._replace(left=left, match=match, right=min(needed.right, room - match - left))


def _aligned_parts(parts: _Cells, widths: _Widths, style: Style, *, from_right: bool) -> str:
    """Return a line of aligned parts. ``from_right`` says in which direction its context is laid out."""
    left, right = shorten_start(parts.left, widths.left), shorten(parts.right, widths.right)
    match = shorten(parts.match, widths.match)
    texts = [left, match, right]
    marked = any(map(_has_right_to_left, texts))
    start, end = (_ISOLATE[from_right], _END) if marked else ("", "")
    left, match, right = (f"{start}{text}{end}" for text in texts)
    context = GAP.join(
        (
            f"{_space(texts[0], widths.left)}{left}",
            f"{style.bold(match)}{_space(texts[1], widths.match)}",
            f"{right}{_space(texts[2], widths.right)}",
        )
    )
    before = [
        f"{text}{_space(text, width)}"
        for text, width in ((parts.day, widths.day), (parts.outlet, widths.outlet))
        if width
    ]
    return GAP.join([*before, f"{start}{context}{end}", style.faint(parts.address)])


def _space(text: str, width: int) -> str:
    return " " * (width - columns(text))


def _has_right_to_left(text: str) -> bool:
    """Whether a text has characters that a terminal may lay out from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text)
