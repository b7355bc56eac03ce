"""Coverage of a story: the outlets that published it and how late each was, and the outlets of a list that did not."""

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
    """The coverage to compute: of the story of an article, given by its id, or of all matching articles.

    ``outlets`` are names of outlets to list even if they have no such article.
    """

    story: str | None = None
    outlets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutletCoverage:
    """An outlet's coverage of a story: its first article, and the time since the first article of all outlets.

    ``outlet`` is its most frequent name in the index; None stands for articles without an outlet. ``articles`` is the
    number of its articles among those considered; if it is 0, the fields of an article are None. ``in_index`` is the
    number of all its articles in the index. ``is_listed`` is whether it was requested by name.
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
        """Whether the outlet published the story; an outlet without any article in the index gets a status of its own."""
        if self.articles:
            return "ran"
        return "did not run" if self.in_index else "not in the index"

    def __repr__(self) -> str:
        span = str(self.after)
        after = (
            "on the " + span
            if self.after.days == 0 and self.after.hours is None
            else span and f"after {span}"
        )
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
    """The outlets that published a story, in order of time, then those that did not, in the order requested.

    ``undated`` and ``imprecise`` are as in :class:`~newssearch.Results`.
    """

    outlets: tuple[OutletCoverage, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0


@dataclass(frozen=True, slots=True)
class Coverage(TupleSequence[OutletCoverage], Framed):
    """The outlets that published a story, in order of time, then those of a list that did not: see
    :meth:`Index.coverage`.

    ``story`` is the id of the story; None if all articles that match ``query`` are considered.
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
        """The outlets that published the story, in order of time."""
        return tuple(one for one in self.outlets if one.articles)

    @property
    def missing(self) -> tuple[OutletCoverage, ...]:
        """The outlets of the list that did not publish the story."""
        return tuple(one for one in self.outlets if not one.articles)

    @property
    def articles(self) -> int:
        """The number of articles considered."""
        return sum(one.articles for one in self.outlets)

    def records(self) -> list[dict[str, object]]:
        """Return a flat dict for each outlet. ``date`` is a day, ``date_text`` the date of the first article with its
        own precision.
        """
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
        """The totals as text.

        ``5 outlets ran it, in 7 articles; 2 of 4 listed outlets did not``
        """
        ran = f"{many(sum(one.outlet is not None for one in self.ran), 'outlet')} ran it, in {many(self.articles, 'article')}"
        listed = sum(one.is_listed for one in self.outlets)
        return f"{ran}; {len(self.missing):,} of {many(listed, 'listed outlet')} did not" if listed else ran

    def __repr__(self) -> str:
        of = f"of story {quoted(self.story, 80)}" if self.story else f"for {quoted(self.query)}"
        return brief(self, f"{of}: {self.summary}")

    def head(self) -> dict[str, object]:
        """Return :meth:`to_dict` without the outlets."""
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
