"""Which outlets ran a story, which of a list did not, and how late each was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from newssearch.article import Date, json_values
from newssearch.commit import Commit
from newssearch.display import notebook
from newssearch.display.brief import brief, many, quoted, value_label
from newssearch.frames import Framed, FrameTypes
from newssearch.hit_columns import calendar_day, date_text
from newssearch.query import Diagnostic
from newssearch.system.late_dataclass import dataclass
from newssearch.system.tuple_sequence import TupleSequence

from .time_span import TimeSpan

COVERAGE_VERSION = 1
"""The version of the keys of :meth:`Coverage.to_dict`. It is increased when a key is removed or changes its meaning."""
CoverageStatus = Literal["ran", "did not run", "not in the index"]


class CoverageRequest(NamedTuple):
    """Whose coverage an engine finds: of the articles of a story, by the id of one of them, or of all that match.

    ``outlets`` are names of outlets that are listed whether they have such an article or not.
    """

    story: str | None = None
    outlets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutletCoverage:
    """How an outlet covered a story: its first article, and how long after the first article of all outlets it came.

    ``outlet`` is the name that most of its articles in the index have, None for the articles without an outlet.
    ``articles`` is the number of its articles among those that are looked at, 0 if it ran none; then the fields of an
    article are None. ``in_index`` is the number of all its articles in the index, whatever they say. ``is_listed`` is
    whether it was asked for by name.
    """

    outlet: str | None
    articles: int
    in_index: int
    is_listed: bool
    id: str | None = None
    title: str | None = None
    url: str | None = None
    date: Date | None = None
    after: TimeSpan = TimeSpan()

    @property
    def status(self) -> CoverageStatus:
        """Whether the outlet ran the story. One that has no article in the index at all cannot have run it there."""
        if self.articles:
            return "ran"
        return "did not run" if self.in_index else "not in the index"

    def __repr__(self) -> str:
        after = f"after {self.after}" if str(self.after) else ""
        return brief(self, f"{quoted(self.outlet)}: {self.status}", after)

    def to_dict(self) -> dict[str, object]:
        """Return the coverage as JSON types."""
        return {
            "outlet": self.outlet,
            "status": self.status,
            "articles": self.articles,
            **json_values(self, ("date",)),
            "days": self.after.days,
            "hours": self.after.hours,
            "id": self.id,
            "title": self.title,
            "url": self.url,
            "in_index": self.in_index,
            "is_listed": self.is_listed,
        }


COVERAGE_COLUMNS = (
    "outlet", "status", "articles", "date", "days", "hours", "id", "title", "url", "in_index", "is_listed",
)  # fmt: skip
"""The keys of :meth:`OutletCoverage.to_dict`."""


class FoundCoverage(NamedTuple):
    """The outlets that ran a story, in order of time, then those that did not, in the order in which they were asked for.

    ``undated`` and ``imprecise`` are as in :class:`~newssearch.Results`.
    """

    outlets: tuple[OutletCoverage, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0


@dataclass(frozen=True, slots=True)
class Coverage(TupleSequence[OutletCoverage], Framed):
    """Which outlets ran a story, in order of time; then those of a list that did not: see :meth:`Index.coverage`.

    ``story`` is the id of the story whose articles are looked at; None if they are all articles that match ``query``.
    """

    query: str
    interpretation: str
    story: str | None
    outlets: tuple[OutletCoverage, ...]
    commit: Commit
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0

    @property
    def _items(self) -> tuple[OutletCoverage, ...]:
        return self.outlets

    @property
    def ran(self) -> tuple[OutletCoverage, ...]:
        """The outlets that ran the story, in order of time."""
        return tuple(one for one in self.outlets if one.articles)

    @property
    def missing(self) -> tuple[OutletCoverage, ...]:
        """The outlets of the list that did not run the story."""
        return tuple(one for one in self.outlets if not one.articles)

    @property
    def articles(self) -> int:
        """The number of articles that are looked at."""
        return sum(one.articles for one in self.outlets)

    def records(self) -> list[dict[str, object]]:
        """Return a flat dict for each outlet. ``date`` is a day, ``date_text`` the date of its first article as it is known."""
        return [
            {**one.to_dict(), "date": calendar_day(one.date), "date_text": date_text(one.date)}
            for one in self.outlets
        ]

    def _frame_types(self) -> FrameTypes:
        return {
            "outlet": "text", "status": "category", "articles": "whole", "date": "day", "date_text": "text", "days": "whole", "hours": "number",
            "id": "text", "title": "text", "url": "text", "in_index": "whole", "is_listed": "flag",
        }  # fmt: skip

    @property
    def summary(self) -> str:
        """The totals, as text.

        ``5 outlets ran it, in 7 articles; 2 of 4 listed outlets did not``
        """
        ran = f"{many(sum(one.outlet is not None for one in self.ran), 'outlet')} ran it, in {many(self.articles, 'article')}"
        listed = sum(one.is_listed for one in self.outlets)
        return f"{ran}; {len(self.missing):,} of {many(listed, 'listed outlet')} did not" if listed else ran

    def __repr__(self) -> str:
        of = f"of story {quoted(self.story, 80)}" if self.story else f"for {quoted(self.query)}"
        return brief(self, f"{of}: {self.summary}")

    def head(self) -> dict[str, object]:
        """Return what :meth:`to_dict` has besides the outlets."""
        return {
            "version": COVERAGE_VERSION,
            "query": self.query,
            "interpretation": self.interpretation,
            "story": self.story,
            "commit": self.commit.to_dict(),
            "diagnostics": [note.to_dict() for note in self.diagnostics],
            "undated": self.undated,
            "imprecise": self.imprecise,
            "articles": self.articles,
        }

    def to_dict(self) -> dict[str, object]:
        """Return the coverage as JSON types, as ``newssearch coverage --format json`` prints it."""
        return {**self.head(), "rows": [one.to_dict() for one in self.outlets]}

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: the totals, and a table of the outlets."""
        return notebook.page(*self._html_parts())

    def _html_parts(self) -> Iterator[str]:
        yield notebook.paragraph(f"<strong>{notebook.text_html(self.summary)}</strong>")
        rows = (
            (
                notebook.text_html(value_label(one.outlet)),
                f"{one.articles:,}",
                notebook.day(one.date),
                notebook.text_html(str(one.after) if one.articles else one.status),
                notebook.linked(one.title, one.url) if one.articles else "",
            )
            for one in self.outlets
        )
        head = ("outlet", "articles", "first", "after the first", "first article")
        yield notebook.table(head, rows, ("name", "number", "short", "short", "title"))
