"""The request object: everything that a search is asked for besides the query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, cast, get_args

from newssearch.highlight.snippets import SNIPPET_LENGTH
from newssearch.text.dates import is_empty, parse_period

from . import arguments
from .errors import QueryError
from .fields import FACET_FIELDS, FILTER_FIELDS, FILTERS
from .outlets import Aliases

if TYPE_CHECKING:
    from typing_extensions import Unpack

Default = TypeVar("Default")
Method = TypeVar("Method", bound=Callable[..., object])

Sort = Literal["relevance", "newest", "oldest"]
SORTS: tuple[Sort, ...] = get_args(Sort)

When = str | dt.date | dt.datetime
"""A day, a moment, or a period as text: ``2024``, ``2024-07-25``, ``2024-07-25T14:30``, ``last month``."""
Names = str | Iterable[str] | None
"""One name to filter by, or several. An article passes the filter if it has any of them."""


class MatchOptions(TypedDict, total=False):
    """The options of ``find`` and ``count``: they decide what the query means and which articles match."""

    literal: bool
    names: bool
    outlet: Names
    source: Names
    byline: Names
    located: Names
    lang: Names
    section: Names
    since: When | None
    until: When | None
    on: When | None
    novel: bool
    now: dt.datetime | None


class RankOptions(MatchOptions, total=False):
    """The options of ``rank``: also those that decide which hits are returned, and in which order."""

    sort: str
    limit: int | None
    offset: int
    all_paragraphs: bool
    group: bool


class SearchOptions(RankOptions, total=False):
    """The options of ``search``: all fields of :class:`Request`. A test compares them with it."""

    facets: str | Iterable[str]
    snippet: int
    explain: bool


def _option(default: Default, text: str) -> Default:
    """Return a field of :class:`Request` with its default and its description."""
    return field(default=default, metadata={"text": text})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Request:
    """Everything that a search is asked for besides the query.

    The methods of an index take a request, keyword arguments that make one, or both. A request is checked when it is made,
    and cannot be changed; :meth:`replace` makes another. Requests compare by value. Sequences are kept as tuples.

    >>> recent = Request(outlet="The Echo", since="last month", limit=5)
    >>> recent.outlet, recent.replace(limit=None, sort="newest")
    (('The Echo',), Request(outlet=('The Echo',), since='last month', sort='newest', limit=None))

    Raises TypeError for a value of a wrong type, and :class:`QueryError` for a value that is invalid or could find nothing:
    an impossible date, an unknown facet, an empty filter. The options:
    """

    literal: bool = _option(
        False, "Read the whole query as words, without operators. A query that is a tree is not affected."
    )
    names: bool = _option(
        False,
        "Find each word that can be a name in other spellings too, as with ``~name`` behind it.",
    )
    outlet: Names = _option((), FILTERS["outlet"])
    source: Names = _option((), FILTERS["source"])
    byline: Names = _option((), FILTERS["byline"])
    located: Names = _option((), FILTERS["located"])
    lang: Names = _option((), FILTERS["lang"])
    section: Names = _option((), FILTERS["section"])
    since: When | None = _option(
        None, "Only articles from this date or period (``2024-07``) on, by the outlet's calendar."
    )
    until: When | None = _option(None, "Only articles up to the end of this date or period.")
    on: When | None = _option(None, "Only articles of this date or period.")
    novel: bool = _option(
        False, "Only paragraphs that no earlier article of the index has, near copies included."
    )
    now: dt.datetime | None = _option(
        None, "The moment that relative dates count from. Default: the local clock at each search."
    )
    sort: str = _option("relevance", "``relevance``, ``newest`` or ``oldest``.")
    limit: int | None = _option(10, "The largest number of hits; None for all.")
    offset: int = _option(0, "The number of hits to skip before the first.")
    all_paragraphs: bool = _option(
        False, "Every matching paragraph is a hit, instead of the best one of each article."
    )
    group: bool = _option(
        True,
        "Of articles that are copies of each other, only the best is a hit. ``all_paragraphs`` overrides it.",
    )
    facets: str | Iterable[str] = _option(
        (),
        f"Count the matching articles by the values of {', '.join(FACET_FIELDS)}. Each value counts the articles that"
        " a filter on it finds: the names of one outlet are one value, the variants of a language too.",
    )
    snippet: int = _option(SNIPPET_LENGTH, "The length of snippets in characters; 0 for whole paragraphs.")
    explain: bool = _option(False, "Count the articles of each clause of the query by itself.")

    def __post_init__(self) -> None:
        """Check the options, and make sequences tuples."""
        for name in ("all_paragraphs", "explain", "group", "novel", "literal", "names"):
            arguments.flag(name, getattr(self, name))
        for name in ("limit", "offset", "snippet"):
            value = getattr(self, name)
            if name == "limit" and value is None:
                continue
            number = arguments.whole_number(name, value)
            if number < 0:
                raise QueryError(f"{name} cannot be negative")
            object.__setattr__(self, name, number)
        arguments.instance("now", self.now, (dt.datetime, type(None)), "a datetime, or None")
        if arguments.text("sort", self.sort) not in SORTS:
            raise QueryError(f"cannot sort by {self.sort!r}", suggestion=f"there are: {', '.join(SORTS)}")
        object.__setattr__(self, "facets", _facet_names(self.facets))
        _bounds(self.since, self.until, self.on, self.now)
        for name in FILTER_FIELDS:
            values = arguments.texts(name, getattr(self, name))
            if any(not value.strip() for value in values):
                raise QueryError(f"the filter on {name} is empty")
            object.__setattr__(self, name, values)

    def __repr__(self) -> str:
        changed = (f"{name}={value!r}" for name, value in self.changed().items())
        return f"{type(self).__name__}({', '.join(changed)})"

    def replace(self, **changes: Unpack[SearchOptions]) -> Request:
        """Return a copy of the request with other values for the given options."""
        return replace(self, **changes)

    def changed(self) -> dict[str, object]:
        """Return the options that differ from their defaults, by name."""
        values = {option.name: getattr(self, option.name) for option in fields(Request)}
        return {name: value for name, value in values.items() if value != OPTIONS[name].default}

    @property
    def filters(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The filters on fields that are set, each with the values that pass it."""
        filters = ((name, cast("tuple[str, ...]", getattr(self, name))) for name in FILTER_FIELDS)
        return tuple((name, values) for name, values in filters if values)

    @property
    def facet_fields(self) -> tuple[str, ...]:
        """The facets that are asked for, each once."""
        return cast("tuple[str, ...]", self.facets)


OPTIONS: Mapping[str, Any] = {option.name: option for option in fields(Request)}
"""The fields of :class:`Request` by their names, each with its description in ``metadata["text"]``."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ResolvedRequest(Request):
    """A request as an engine gets it: its dates are bounds, and it has the archive's names of outlets."""

    start: dt.datetime | None = None
    """The first moment of the period."""
    end: dt.datetime | None = None
    """The first moment after the period: see :class:`newssearch.query.Dated`."""
    aliases: Aliases = ()
    """Names of outlets in this archive, each with its other names: a filter finds an outlet by any of them."""

    def __post_init__(self) -> None:
        """Check nothing: the values come from a request that has been checked."""


def resolve(request: Request, now: dt.datetime, aliases: Aliases = ()) -> ResolvedRequest:
    """Return the request with its dates as bounds; relative ones count from ``now``. Without ``group`` for all paragraphs."""
    start, end = _bounds(request.since, request.until, request.on, now)
    values: dict[str, Any] = {name: getattr(request, name) for name in OPTIONS}
    values["group"] = request.group and not request.all_paragraphs
    return ResolvedRequest(**values, start=start, end=end, aliases=aliases)


def request_of(method: str, options: type, request: Request | None, changes: MatchOptions) -> Request:
    """Return the request that a method of an index is called with: ``request``, or the default one, with ``changes``.

    Raises TypeError for an option that does not exist, and for one that is not among the ``options`` of the method (a
    TypedDict), on which it would have no effect.
    """
    arguments.instance("request", request, (Request, type(None)), "a Request, or None")
    for name in (*changes, *(request.changed() if request is not None else ())):
        if name not in OPTIONS:
            raise TypeError(f"Index.{method}() got an unexpected keyword argument {name!r}")
        if name not in options.__annotations__:
            raise TypeError(f"Index.{method}() takes no {name!r}: it would have no effect")
    if request is None:
        return Request(**changes)
    return request.replace(**changes) if changes else request


def takes_options(options: type) -> Callable[[Method], Method]:
    """Return a decorator that shows the ``options`` (a TypedDict) of a method in its signature and documentation.

    The method takes ``request`` and ``**changes``; ``help()``, notebooks and ``inspect.signature`` see each option.
    """
    from inspect import Parameter, signature  # slow to import; dataclasses has imported it

    taken = [OPTIONS[name] for name in options.__annotations__]
    keywords = [
        Parameter(option.name, Parameter.KEYWORD_ONLY, default=option.default, annotation=option.type)
        for option in taken
    ]

    def shown(method: Method) -> Method:
        own = signature(method)
        first = [one for one in own.parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
        decorated: Any = method
        decorated.__signature__ = own.replace(parameters=[*first, *keywords])
        if method.__doc__ is not None:  # it is None under python -OO
            method.__doc__ = f"{method.__doc__.rstrip()}\n\n{_option_list(taken, ' ' * 8)}"
        return method

    return shown


def _option_list(options: Iterable[Any], indent: str) -> str:
    """Return a list of options with their descriptions, one a line."""
    return "\n".join(f"{indent}- ``{option.name}``: {option.metadata['text']}" for option in options)


if Request.__doc__ is not None:
    Request.__doc__ = f"{Request.__doc__.rstrip()}\n\n{_option_list(OPTIONS.values(), ' ' * 4)}"


def _facet_names(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return the facets, each once. Raises :class:`~newssearch.QueryError` for an unknown one."""
    chosen: dict[str, None] = {}
    for name in arguments.texts("facets", given):
        if name not in FACET_FIELDS:
            from difflib import get_close_matches  # slow to import, and seldom needed

            near = get_close_matches(name, FACET_FIELDS, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(FACET_FIELDS)}"
            raise QueryError(f"there is no facet {name!r}", suggestion=hint)
        chosen[name] = None
    return tuple(chosen)


def _bounds(
    since: When | None, until: When | None, on: When | None, now: dt.datetime | None
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return the first moment of the period, and the first one after it; None for an open end."""
    if on is not None and (since is not None or until is not None):
        raise QueryError("a search is either on a date or since and until dates, not both")
    if on is not None:
        return _period("on", on, now)
    start = _period("since", since, now)[0] if since is not None else None
    end = _period("until", until, now)[1] if until is not None else None
    comparable = start is not None and end is not None and (start.tzinfo is None) == (end.tzinfo is None)
    if comparable and start is not None and end is not None and is_empty(start, end):
        raise QueryError(f"no date is both since {since} and until {until}", suggestion="swap them")
    return start, end


def _period(name: str, when: When, now: dt.datetime | None) -> tuple[dt.datetime, dt.datetime]:
    """Return the first moment of a period, and the first one after it."""
    arguments.instance(name, when, (str, dt.date), "a date, or a string")
    if isinstance(when, dt.datetime):
        return when, _after(when)
    text = when.isoformat() if isinstance(when, dt.date) else when
    period = parse_period(text, now)
    if period is None:
        hint = 'write 2024, 2024-07, 2024-07-25, 2024-07-25T14:30, -7d or "last month"'
        raise QueryError(f"{name}: {text!r} is not a date", query=text, end=len(text), suggestion=hint)
    return period.start, period.end


def _after(moment: dt.datetime) -> dt.datetime:
    """Return the next moment. The last moment of the calendar has none: it is returned itself, and periods include it."""
    try:
        return moment + dt.timedelta(microseconds=1)
    except OverflowError:
        return moment
