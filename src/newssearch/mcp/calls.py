"""One call of a tool: the index, the time limit, the notes on the answer, and the bounds that keep answers short."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import BeforeValidator, Field

from newssearch.article import Date
from newssearch.filters import NONE
from newssearch.index import Index
from newssearch.query import Diagnostic
from newssearch.request import FilterOptions
from newssearch.results import left_out

MAX_TEXT = 20_000
"""The largest number of characters of running text in an answer."""
MAX_VALUE = 300
"""The largest number of characters of a value, such as a headline, a note or an address."""
MAX_NOTES = 20
MAX_SKIPPED = 1_000_000

Given = TypeVar("Given")


def _as_list(given: object) -> object:
    """Return a single value as a list: models often leave out the brackets."""
    if given is None:
        return []
    return [given] if isinstance(given, str | int | float) and not isinstance(given, bool) else given


def _as_text(given: object) -> object:
    """Return a number as text: a year need not be in quotation marks."""
    return str(given) if isinstance(given, int | float) and not isinstance(given, bool) else given


Text = Annotated[str, BeforeValidator(_as_text)]
Texts = Annotated[list[Text], BeforeValidator(_as_list)]

NO_VALUES: list[str] = []
"""The default of an argument with several values."""

QueryText = Annotated[Text, Field(description="Query, for example: ceasefire (gaza OR hamas) -outlet:fox")]
Offset = Annotated[int, Field(description="Number of results to skip: next_offset of the answer before")]
ArticleId = Annotated[Text, Field(description="Id of an article, or address of one of its paragraphs (ID#N)")]


class Filters(NamedTuple):
    """The filters that most tools take, each as an argument of the tool. Empty ones have no effect."""

    outlet: Annotated[Texts, Field(description="Only articles that one of these outlets published")] = (
        NO_VALUES
    )
    source: Annotated[
        Texts, Field(description="Only articles that one of these originated, such as an agency")
    ] = NO_VALUES
    lang: Annotated[Texts, Field(description="Only articles in one of these languages (en finds en-GB)")] = (
        NO_VALUES
    )
    section: Annotated[
        Texts, Field(description='Only articles of one of these sections; "(none)": without')
    ] = NO_VALUES
    since: Annotated[Text, Field(description="Only from this date on: 2024-07-25, 2024-07, 2024, -7d")] = ""
    until: Annotated[Text, Field(description="Only up to the end of this day, month or year")] = ""

    def options(self) -> FilterOptions:
        """Return the filters as options of the methods of an index."""
        options: FilterOptions = {}
        fields: tuple[Literal["outlet", "source", "lang", "section"], ...] = (
            "outlet",
            "source",
            "lang",
            "section",
        )
        for name in fields:
            values = [value for value in getattr(self, name) if value.strip()]
            if values:
                options[name] = [NONE if value.strip() == NONE.value else value for value in values]
        if self.since.strip():
            options["since"] = self.since
        if self.until.strip():
            options["until"] = self.until
        return options


class Call:
    """One call of a tool.

    ``index`` is open, and reads the newest commit. ``time_limit`` is the time in seconds that the call may take, of which
    :attr:`timeout` is left; ``stop`` tells whether the client has gone. Methods of the index take these two. ``notes`` come
    into the answer.
    """

    def __init__(
        self, index: Index, time_limit: float | None, deadline: float | None, stop: Callable[[], bool]
    ) -> None:
        self.index = index
        self.time_limit = time_limit
        self.stop = stop
        self.notes: list[str] = []
        self._deadline = deadline

    @property
    def timeout(self) -> float | None:
        """The time in seconds until the deadline, at least 0; None if there is none."""
        return None if self._deadline is None else max(self._deadline - time.monotonic(), 0.0)

    def note(self, text: str) -> None:
        """Add a note to the answer, once."""
        if text and text not in self.notes:
            self.notes.append(text)

    def within(self, name: str, value: int, most: int, least: int = 1) -> int:
        """Return a number within its bounds, and note it if it was outside of them."""
        bounded = max(least, min(value, most))
        if bounded != value:
            self.note(f"{name} is {least:,} to {most:,}: {bounded:,} was taken instead of {value:,}")
        return bounded

    def offset(self, value: int) -> int:
        """Return the number of results to skip, within its bounds."""
        return self.within("offset", value, MAX_SKIPPED, 0)

    def chosen(self, name: str, items: Sequence[Given], most: int) -> Sequence[Given]:
        """Return the first ``most`` items, and note it if there are more."""
        if len(items) > most:
            self.note(
                f"{name} takes at most {most:,} values: the first {most:,} of {len(items):,} were taken"
            )
        return items[:most]

    def note_query(self, diagnostics: Iterable[Diagnostic], undated: int = 0, imprecise: int = 0) -> None:
        """Note what looks odd in a query, and how many articles are left out because of their dates."""
        for found in diagnostics:
            self.note(f"{found.message}; {found.suggestion}" if found.suggestion else found.message)
        self.note(left_out(undated, imprecise))


def present(values: Mapping[str, object]) -> Any:
    """Return the values that there are, without None and empty texts and collections: a part of an answer."""
    return {
        name: value for name, value in values.items() if value is not None and value not in ("", [], {}, ())
    }


def short(text: str | None, most: int = MAX_VALUE) -> str | None:
    """Return a value of a field, cut after ``most`` characters.

    >>> short("rain", 4), short("rains", 4)
    ('rain', 'rai…')
    """
    return text if text is None or len(text) <= most else f"{text[: most - 1]}…"


def understood(query: str, interpretation: str) -> dict[str, str]:
    """Return a query and how it was understood: the first part of many answers."""
    return {"query": short(query) or "", "interpretation": short(interpretation, 2_000) or ""}


def shown_date(date: Date | None) -> str | None:
    """Return a date in ISO 8601."""
    return None if date is None else date.isoformat()


def shown_url(url: str | None) -> str | None:
    """Return the address of an article, unless it is that of a file on this machine.

    >>> shown_url("file:///home/ann/a.html"), shown_url("https://e.org/1")
    (None, 'https://e.org/1')
    """
    if url is None or url.strip().lower().startswith("file:"):
        return None
    return short(url, 2_000)
