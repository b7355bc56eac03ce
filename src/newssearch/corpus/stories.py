"""Lists of stories: the number of articles and outlets of each, its first and last date, and its first article."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

from newssearch.article import Date, json_values
from newssearch.commit import Commit
from newssearch.display import notebook
from newssearch.display.brief import brief, many, quoted
from newssearch.frames import Framed, FrameType, FrameTypes
from newssearch.hit_columns import calendar_day, date_text
from newssearch.query import Diagnostic
from newssearch.system.late_dataclass import dataclass
from newssearch.system.tuple_sequence import TupleSequence

from .time_span import TimeSpan, span_between

STORIES_VERSION = 1
"""The version of the keys of :meth:`StoryList.to_dict`. It is increased when a key is removed or changes its meaning."""
StorySort = Literal["size", "outlets", "newest", "spread"]
STORY_SORTS: tuple[StorySort, ...] = get_args(StorySort)


class StoriesRequest(NamedTuple):
    """The stories to list: those of at least ``min_outlets`` outlets, their order, and the page."""

    sort: StorySort = "size"
    limit: int | None = None
    offset: int = 0
    min_outlets: int = 0


@dataclass(frozen=True, slots=True)
class ListedStory:
    """A story with at least one matching article. Its numbers and dates are those of its matching articles.

    ``articles`` is the number of matching articles, ``outlets`` that of their outlets, and ``of`` the number of all
    articles of the story. ``lead`` is the id of the earliest matching article; ``title``, ``outlet``, ``url`` and
    ``first``, its date, belong to it. ``last`` is the date of the latest one. Articles dated by month or year count
    as later than those dated by day; undated ones come last.

    ``story`` is the id of the story, as in :class:`~newssearch.Hit`: that of its earliest article, which need not
    match.
    """

    story: str
    articles: int
    outlets: int
    of: int
    lead: str
    title: str | None
    outlet: str | None
    url: str | None
    first: Date | None
    last: Date | None

    @property
    def spread(self) -> TimeSpan:
        """The time from the first to the last article."""
        return span_between(self.first, self.last)

    def __repr__(self) -> str:
        counts = f"{many(self.articles, 'article')} of {many(self.outlets, 'outlet')}"
        return brief(self, f"of {quoted(self.lead, 80)}: {counts}")

    def to_dict(self) -> dict[str, object]:
        """Return the story as JSON types."""
        spread = self.spread
        return {
            "story": self.story,
            "articles": self.articles,
            "outlets": self.outlets,
            "of": self.of,
            **json_values(self, ("first", "last")),
            "days": spread.days,
            "hours": spread.hours,
            **json_values(self, ("lead", "title", "outlet", "url")),
        }


STORY_COLUMNS = (
    "story", "articles", "outlets", "of", "first", "last", "days", "hours", "lead", "title", "outlet", "url",
)  # fmt: skip
"""The keys of :meth:`ListedStory.to_dict`."""


class FoundStories(NamedTuple):
    """A page of stories, in order, and the numbers of all listed stories and of their matching articles.

    ``undated`` and ``imprecise`` are as in :class:`~newssearch.Results`.
    """

    stories: tuple[ListedStory, ...]
    total_stories: int
    story_articles: int
    total_articles: int
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0


@dataclass(frozen=True, slots=True)
class StoryList(TupleSequence[ListedStory], Framed):
    """A page of the stories of the matching articles: see :meth:`Index.stories`.

    A story here has at least two articles in the index, at least one of which matches. ``total_stories`` is the
    number of stories on all pages, ``story_articles`` that of their matching articles, and ``total_articles`` that of
    all matching articles, including those that belong to no story.
    """

    query: str
    interpretation: str
    sort: StorySort
    min_outlets: int
    limit: int | None
    offset: int
    stories: tuple[ListedStory, ...]
    total_stories: int
    story_articles: int
    total_articles: int
    commit: Commit
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0

    @property
    def _items(self) -> tuple[ListedStory, ...]:
        return self.stories

    @property
    def summary(self) -> str:
        """The totals, as text.

        ``12 stories of 40 articles; 327 articles match``
        """
        stories = many(self.total_stories, "story", "stories")
        match = f"{many(self.total_articles, 'article')} match{'es' if self.total_articles == 1 else ''}"
        return f"{stories} of {many(self.story_articles, 'article')}; {match}"

    def __repr__(self) -> str:
        return brief(self, f"for {quoted(self.query)}: {self.summary}")

    def records(self) -> list[dict[str, object]]:
        """Return a flat dict for each story. ``first`` and ``last`` are days, ``first_text`` and ``last_text`` the
        dates with their own precision.
        """
        return [
            {
                **one.to_dict(),
                "first": calendar_day(one.first),
                "first_text": date_text(one.first),
                "last": calendar_day(one.last),
                "last_text": date_text(one.last),
            }
            for one in self.stories
        ]

    def _frame_types(self) -> FrameTypes:
        types: dict[str, FrameType] = {
            "story": "text", "articles": "whole", "outlets": "whole", "of": "whole", "first": "day", "first_text": "text", "last": "day",
            "last_text": "text", "days": "whole", "hours": "number", "lead": "text", "title": "text", "outlet": "category", "url": "text",
        }  # fmt: skip
        return types

    def head(self) -> dict[str, object]:
        """Return :meth:`to_dict` without the stories."""
        return {
            "version": STORIES_VERSION,
            "query": self.query,
            "interpretation": self.interpretation,
            "commit": self.commit.to_dict(),
            "diagnostics": [note.to_dict() for note in self.diagnostics],
            "undated": self.undated,
            "imprecise": self.imprecise,
            "sort": self.sort,
            "min_outlets": self.min_outlets,
            "limit": self.limit,
            "offset": self.offset,
            "total_stories": self.total_stories,
            "story_articles": self.story_articles,
            "total_articles": self.total_articles,
        }

    def to_dict(self) -> dict[str, object]:
        """Return the stories as JSON types, as ``newssearch stories --format json`` prints them."""
        return {**self.head(), "rows": [one.to_dict() for one in self.stories]}

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: the totals, and a table of the stories."""
        return notebook.page(*self._html_parts())

    def _html_parts(self) -> Iterator[str]:
        yield notebook.paragraph(f"<strong>{notebook.text_html(self.summary)}</strong>")
        rows = (
            (
                f"{notebook.linked(one.title, one.url)}<br><small><code>{notebook.text_html(one.lead)}</code></small>",
                notebook.text_html(one.outlet),
                f"{one.articles:,} of {one.of:,}",
                f"{one.outlets:,}",
                notebook.day(one.first),
                notebook.day(one.last),
                notebook.text_html(str(one.spread)),
            )
            for one in self.stories
        )
        head = ("first article", "outlet", "articles", "outlets", "first", "last", "after")
        yield notebook.table(head, rows, ("title", "name", "number", "number", "short", "short", "short"))
