"""A concordance (KWIC): each occurrence of a query's words on a line of its own, with the words around it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal, get_args

from newssearch import arguments
from newssearch.article import Date
from newssearch.commit import Commit
from newssearch.display import notebook
from newssearch.display.brief import brief, many, quoted
from newssearch.errors import QueryError
from newssearch.frames import Framed, FrameTypes
from newssearch.hit_columns import calendar_day, date_text
from newssearch.query import Diagnostic
from newssearch.results import left_out
from newssearch.system.late_dataclass import dataclass
from newssearch.system.tuple_sequence import TupleSequence

CONCORDANCE_VERSION = 1
"""The version of the keys of :meth:`Concordance.to_dict`. It is increased when a key is removed or changes its meaning."""

LineSort = Literal["relevance", "newest", "oldest", "left", "right"]
LINE_SORTS: tuple[LineSort, ...] = get_args(LineSort)
BY_WORDS = ("left", "right")
"""The orders for which the text of each line must be read."""

MAX_LINES_SORTED_BY_WORDS = 20_000
"""The number of occurrences above which a random sample of this size is sorted by words, because that reads the text
of each.
"""
MAX_WIDTH = 100
"""The largest number of words of context on each side."""
MAX_SEED = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class LineOptions:
    """The options of a concordance: which lines, in which order, with how many words of context."""

    width: int = 10
    sort: str = "relevance"
    limit: int | None = 50
    offset: int = 0
    sample: int | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        """Check the options. Raises TypeError and :class:`~newssearch.QueryError`."""
        for name, least in (("width", 1), ("limit", 0), ("offset", 0), ("sample", 1), ("seed", 0)):
            value = getattr(self, name)
            if value is None and name in ("limit", "sample", "seed"):
                continue
            number = arguments.whole_number(name, value)
            if number < least:
                raise QueryError(f"{name} is at least {least}, not {number}")
            object.__setattr__(self, name, number)
        if self.width > MAX_WIDTH:
            raise QueryError(f"width is at most {MAX_WIDTH} words")
        if self.seed is not None and self.seed > MAX_SEED:
            raise QueryError(f"seed is at most {MAX_SEED}")
        if arguments.text("sort", self.sort) not in LINE_SORTS:
            raise QueryError(
                f"cannot sort by {self.sort!r}", suggestion=f"the choices are: {', '.join(LINE_SORTS)}"
            )
        if self.seed is not None and self.sample is None and not self.by_words:
            raise QueryError("seed has no effect without sample")

    @property
    def by_words(self) -> bool:
        """Whether lines are sorted by the words beside the match."""
        return self.sort in BY_WORDS

    def drawn(self, total: int) -> int | None:
        """Return the size of the random sample of ``total`` occurrences; None if all are used."""
        limits = [self.sample or total, MAX_LINES_SORTED_BY_WORDS if self.by_words else total]
        return min(limits) if min(limits) < total else None


@dataclass(frozen=True, slots=True)
class ConcordanceLine:
    """An occurrence of the words of a query in a paragraph, with the words around it.

    ``left``, ``match`` and ``right`` are adjacent parts of the paragraph as it is written, with the spaces and the
    punctuation between them; together they begin after ``start`` characters of it. ``left`` and ``right`` do not go
    beyond the paragraph. ``id``, ``title``, ``date`` and ``outlet`` are those of the article.
    """

    id: str
    paragraph: int
    date: Date | None
    outlet: str | None
    title: str | None
    left: str
    match: str
    right: str
    start: int

    @property
    def address(self) -> str:
        """The address of the paragraph: the article's id and the number of the paragraph, as in ``ID#3``."""
        return f"{self.id}#{self.paragraph}"

    @property
    def right_to_left(self) -> bool:
        """Whether the line is written from right to left, judged by most of its letters."""
        return is_right_to_left(f"{self.left}{self.match}{self.right}")

    def __repr__(self) -> str:
        return brief(
            self, quoted(self.address), quoted(self.left[-20:]), quoted(self.match), quoted(self.right)
        )

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: a table with one row, as :class:`Concordance` shows it."""
        return notebook.page(_lines_table((self,)))

    def to_dict(self) -> dict[str, object]:
        """Return the line as JSON types, with the address in place of id and paragraph."""
        return {
            "address": self.address,
            "date": self.date.isoformat() if self.date else None,
            "outlet": self.outlet,
            "title": self.title,
            "left": self.left,
            "match": self.match,
            "right": self.right,
            "start": self.start,
        }


@dataclass(frozen=True, slots=True)
class Concordance(TupleSequence[ConcordanceLine], Framed):
    """The occurrences of a query in paragraphs, each with its context: a sequence of the lines on one page, with totals.

    An occurrence is a match of a word, phrase or other unit of the query that is not negated, in a paragraph of an
    article that the query finds. Equal matches of several units are one. Headlines have no lines.

    ``total_occurrences`` counts all occurrences, ``total_paragraphs`` the paragraphs with one, and ``total_articles``
    the articles that the query finds. Of these, ``without_lines`` have no occurrence in a paragraph: they match by their
    headline or a field alone. ``sample`` is the size of the random sample, drawn with ``seed``, from which the lines are;
    None if they are from all occurrences.

    ``commit``, ``undated``, ``imprecise`` and ``diagnostics`` are as in :class:`~newssearch.Results`.
    """

    query: str
    interpretation: str
    lines: tuple[ConcordanceLine, ...]
    total_occurrences: int
    total_paragraphs: int
    total_articles: int
    without_lines: int
    sample: int | None
    seed: int | None
    sort: str
    width: int
    limit: int | None
    offset: int
    commit: Commit
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0

    @property
    def total_lines(self) -> int:
        """The number of lines on all pages: of all occurrences, or of those in the sample."""
        return self.total_occurrences if self.sample is None else self.sample

    @property
    def _items(self) -> tuple[ConcordanceLine, ...]:
        return self.lines

    def __repr__(self) -> str:
        return brief(
            self,
            f"for {quoted(self.query)}: {many(self.total_occurrences, 'occurrence')},",
            f"{many(len(self.lines), 'line')} on this page",
        )

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: totals, notes, and a table of the lines with the matches below each other."""
        odd = (
            f"{note.message}{f'; {note.suggestion}' if note.suggestion else ''}" for note in self.diagnostics
        )
        return notebook.page(
            notebook.paragraph(
                f"<strong>{line_totals(self)}</strong> for <code>{notebook.text_html(self.interpretation)}</code>"
                f"{''.join(f'; {remark}' for remark in remarks(self))}"
            ),
            notebook.bullet_list(odd),
            _lines_table(self.lines),
        )

    def records(self) -> list[dict[str, object]]:
        """Return a flat dict for each line: its address, its date as a day and as text, and the words around the match."""
        return [
            {**line.to_dict(), "date": calendar_day(line.date), "date_text": date_text(line.date)}
            for line in self.lines
        ]

    def _frame_types(self) -> FrameTypes:
        return {
            "address": "text", "date": "day", "date_text": "text", "outlet": "category", "title": "text", "left": "text",
            "match": "text", "right": "text", "start": "whole",
        }  # fmt: skip

    def head(self) -> dict[str, object]:
        """Return :meth:`to_dict` without the lines."""
        return {
            "version": CONCORDANCE_VERSION,
            "commit": self.commit.to_dict(),
            "query": self.query,
            "interpretation": self.interpretation,
            "diagnostics": [diagnostic.to_dict() for diagnostic in self.diagnostics],
            "total_occurrences": self.total_occurrences,
            "total_paragraphs": self.total_paragraphs,
            "total_articles": self.total_articles,
            "without_lines": self.without_lines,
            "undated": self.undated,
            "imprecise": self.imprecise,
            "sample": self.sample,
            "seed": self.seed,
            "sort": self.sort,
            "width": self.width,
            "limit": self.limit,
            "offset": self.offset,
        }

    def to_dict(self) -> dict[str, object]:
        """Return the concordance as JSON types, as ``newssearch kwic --format json`` prints it: the lines are ``rows``."""
        return {**self.head(), "rows": [line.to_dict() for line in self.lines]}


def line_totals(found: Concordance) -> str:
    """Return the totals as text, such as ``7 occurrences in 3 paragraphs of 2 articles``."""
    articles = found.total_articles - found.without_lines
    return (
        f"{many(found.total_occurrences, 'occurrence')} in {many(found.total_paragraphs, 'paragraph')}"
        f" of {many(articles, 'article')}"
    )


def remarks(found: Concordance) -> Iterator[str]:
    """Yield remarks for a reader of the totals: on the sample, articles without lines, excluded articles, and the page."""
    if found.sample is not None:
        yield f"a random sample of {found.sample:,} of them (seed {found.seed})"
    if found.without_lines:
        articles = many(found.without_lines, "more article matches", "more articles match")
        yield f"{articles} by the headline or a field alone"
    if remark := left_out(found.undated, found.imprecise):
        yield remark
    if found.lines and len(found) < found.total_lines:
        yield f"{found.offset + 1:,} to {found.offset + len(found):,} shown"


def is_right_to_left(text: str) -> bool:
    """Whether most letters of a text are of scripts that are written from right to left.

    >>> is_right_to_left("«الرياض» (SPA)"), is_right_to_left("2024 Riyadh")
    (True, False)
    """
    if text.isascii():
        return False
    kinds = [unicodedata.bidirectional(char) for char in text]
    return kinds.count("R") + kinds.count("AL") > kinds.count("L")


def _lines_table(lines: Iterable[ConcordanceLine]) -> str:
    """Return lines as an HTML table. The context before the match is on the side at which reading begins."""
    return notebook.table(
        ("Date", "Outlet", "", "", "", "Address"),
        (
            (
                notebook.day(line.date),
                notebook.text_html(line.outlet),
                *_in_reading_order(line),
                notebook.text_html(line.address),
            )
            for line in lines
        ),
        ("short", "name", "before", "short", "", "short"),
    )


def _in_reading_order(line: ConcordanceLine) -> tuple[str, str, str]:
    left, right = notebook.text_html(line.left), notebook.text_html(line.right)
    match = f"<mark>{notebook.text_html(line.match)}</mark>"
    return (right, match, left) if line.right_to_left else (left, match, right)
