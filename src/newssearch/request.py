"""The request object, which holds the options of a search besides its query, and its form for engines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import MISSING, Field, field, fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, cast, get_args

from newssearch.highlight.snippets import SNIPPET_LENGTH
from newssearch.system.frozen import FrozenDict
from newssearch.system.late_dataclass import dataclass

from . import arguments
from .errors import QueryError
from .facets import Facet, facets_of, no_facet
from .fields import EXCLUSIONS, FACET_FIELDS, FILTER_FIELDS, FILTERS, TAG, ArticleField
from .filters import (
    FilterValue,
    Names,
    When,
    Where,
    check_contradiction,
    filter_values,
    own_conditions,
    own_filter_values,
    period_bounds,
    tag_condition,
)
from .outlets import Aliases
from .query import (
    MAX_DEPTH,
    Diagnostic,
    Node,
    Query,
    depth,
    parse,
    relaxed,
    side_by_side,
    widened,
    with_spellings,
)
from .query import literal as parse_literal
from .query.tree import NODES
from .stopping import NEVER, StopCheck
from .thesaurus import Thesaurus

if TYPE_CHECKING:
    from typing_extensions import Unpack

Default = TypeVar("Default")
Method = TypeVar("Method", bound=Callable[..., object])

Sort = Literal["relevance", "newest", "oldest", "added", "id"]
SORTS: tuple[Sort, ...] = get_args(Sort)
HitContent = Literal["snippets", "texts", "fields"]
"""What hits have of their paragraphs: the text with a snippet, the text alone, or neither."""
HIT_CONTENTS: tuple[HitContent, ...] = get_args(HitContent)
MatchMode = Literal["all", "any"]
MATCH_MODES: tuple[MatchMode, ...] = get_args(MatchMode)

FLAGS = ("all_paragraphs", "expand", "explain", "group", "novel", "since_run", "literal", "names", "synonyms")
"""The names of the options that are True or False."""

Facets = str | Facet | Iterable[str | Facet]
"""The type of the option ``facets``: the name of a facet, a :class:`~newssearch.Facet`, or several."""


class FilterOptions(TypedDict, total=False):
    """The options that say which articles can be found, whatever the query."""

    outlet: Names
    source: Names
    byline: Names
    located: Names
    lang: Names
    section: Names
    tag: Names
    where: Where | None
    outlet_not: Names
    source_not: Names
    byline_not: Names
    located_not: Names
    lang_not: Names
    section_not: Names
    tag_not: Names
    where_not: Where | None
    since: When | None
    until: When | None
    on: When | None
    since_run: bool
    now: dt.datetime | None


class MatchOptions(FilterOptions, total=False):
    """The options of :meth:`Index.find` and :meth:`Index.count`: what the query means, and which articles match."""

    literal: bool
    names: bool
    synonyms: bool
    match: str
    novel: bool


class HighlightOptions(TypedDict, total=False):
    """The options of :meth:`Index.highlights`: what the query means."""

    literal: bool
    names: bool
    synonyms: bool
    match: str
    now: dt.datetime | None


class OrderOptions(MatchOptions, total=False):
    """The options that say which hits there are, and in which order: those of :class:`MatchOptions`, and four more."""

    sort: str
    all_paragraphs: bool
    group: bool
    expand: bool


class ScanOptions(OrderOptions, total=False):
    """The options of :meth:`Index.scan` and :meth:`Index.neighbours`: all hits, thus no page."""

    snippet: int


class ExportOptions(MatchOptions, total=False):
    """The options of :meth:`Index.export`: what the query means, which articles match, and the order of rows."""

    sort: str
    snippet: int


class ReviewOptions(MatchOptions, total=False):
    """The options of :meth:`Index.review`: what the query means, which articles match, and their order."""

    sort: str


class RankOptions(OrderOptions, total=False):
    """The options of :meth:`Index.rank`: those of :class:`OrderOptions`, and the page."""

    limit: int | None
    offset: int


class RelatedOptions(FilterOptions, total=False):
    """The options of :meth:`Index.related`."""

    group: bool
    limit: int | None
    offset: int
    snippet: int


class SearchOptions(RankOptions, total=False):
    """The options of :meth:`Index.search`: all fields of :class:`Request`. A test compares the two lists."""

    facets: Facets
    snippet: int
    explain: bool
    strict: bool | None


def _option(default: Default, text: str) -> Default:
    """Return a dataclass field with a default value and a description, for :class:`Request`."""
    metadata = {"text": text}
    if isinstance(default, FrozenDict):  # a dict, which dataclasses of Python 3.10 refuse as a default
        return field(default_factory=lambda: default, metadata=metadata)
    return field(default=default, metadata=metadata)


def _default(option: Field[Any]) -> Any:
    """Return the default value of a field of :class:`Request`."""
    return option.default if option.default_factory is MISSING else option.default_factory()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Request:
    """The options of a search: all that it takes besides the query.

    The methods of an index take a request, keyword arguments of the same names, or both. A request is checked when it
    is made, and is immutable; :meth:`replace` returns a changed copy. Requests compare by value. Sequences become
    tuples.

    >>> recent = Request(outlet="The Echo", since="last month", limit=5)
    >>> recent.outlet, recent.replace(limit=None, sort="newest")
    (('The Echo',), Request(outlet=('The Echo',), since='last month', sort='newest', limit=None))

    Raises TypeError for a value of a wrong type, and :class:`QueryError` for an invalid value, such as an impossible
    date, an unknown facet or an empty name in a filter. The options:
    """

    literal: bool = _option(
        False, "Read the whole query as words, without operators. A query that is a tree is not affected."
    )
    names: bool = _option(
        False,
        "Find each word that can be a name in other spellings too, as if ``~name`` were written after it.",
    )
    synonyms: bool = _option(
        False,
        "Find the synonyms that the archive has for words and phrases of the query, too, as if ``syn:`` were written before"
        " each. ``Results.diagnostics`` says which.",
    )
    match: str = _option(
        "all",
        "``all``: an article must have all words of the query; ``any``: at least one of the words that stand without an"
        " operator. Phrases, fields and other operators are required either way.",
    )
    outlet: Names = _option((), FILTERS["outlet"])
    source: Names = _option((), FILTERS["source"])
    byline: Names = _option((), FILTERS["byline"])
    located: Names = _option((), FILTERS["located"])
    lang: Names = _option((), FILTERS["lang"])
    section: Names = _option((), FILTERS["section"])
    tag: Names = _option((), FILTERS["tag"])
    where: Where | None = _option(
        FrozenDict(),
        'Only articles with these values of own fields: ``{"theme": "economy", "words": ">500"}``. Of several values of'
        " one field, an article must have one.",
    )
    outlet_not: Names = _option((), EXCLUSIONS["outlet"])
    source_not: Names = _option((), EXCLUSIONS["source"])
    byline_not: Names = _option((), EXCLUSIONS["byline"])
    located_not: Names = _option((), EXCLUSIONS["located"])
    lang_not: Names = _option((), EXCLUSIONS["lang"])
    section_not: Names = _option((), EXCLUSIONS["section"])
    tag_not: Names = _option((), EXCLUSIONS["tag"])
    where_not: Where | None = _option(
        FrozenDict(),
        "Leave out articles with one of these values of own fields, given as in ``where``.",
    )
    since: When | None = _option(
        None, "Only articles from this date or period (``2024-07``) on, by the outlet's calendar."
    )
    until: When | None = _option(None, "Only articles up to the end of this date or period.")
    on: When | None = _option(
        None,
        "Only articles of this date or period. A month or a year that an article is dated by must lie in it whole.",
    )
    since_run: bool = _option(
        False,
        "Only articles that came into the index, in their present version, with the last run of ``update``, ``add`` or"
        " ``newssearch index``. None if that run brought nothing.",
    )
    novel: bool = _option(
        False, "Only paragraphs that no earlier article of the index has, near copies included."
    )
    now: dt.datetime | None = _option(
        None, "The moment that relative dates count from. Default: the local clock at each search."
    )
    sort: str = _option(
        "relevance",
        "``relevance``; ``newest`` or ``oldest``, by date; ``added``, the articles that came into the index last first; or"
        " ``id``, by the id of the article, then by paragraph.",
    )
    limit: int | None = _option(10, "The largest number of hits; None for all.")
    offset: int = _option(0, "The number of hits to skip before the first.")
    all_paragraphs: bool = _option(
        False, "Every matching paragraph is a hit, instead of the best one of each article."
    )
    group: bool = _option(
        True,
        "Of articles that are copies of each other, only the best is a hit. ``all_paragraphs`` overrides it.",
    )
    expand: bool = _option(
        False,
        "Also order articles by up to fifty words that the best paragraphs of the first twenty results have, without this"
        " option; which articles match stays the same. ``Results.expansion`` lists the words, and"
        " ``Results.interpretation`` is a query with them.",
    )
    facets: Facets = _option(
        (),
        f"Count the matching articles by the values of {', '.join((*FACET_FIELDS, TAG))}. Each value counts the articles that"
        " a filter on it finds: the names of one outlet are one value, the variants of a language too. A"
        " :class:`Facet` limits which values are listed.",
    )
    snippet: int = _option(SNIPPET_LENGTH, "The length of snippets in characters; 0 for whole paragraphs.")
    explain: bool = _option(
        False,
        "Count the articles of each clause of the query by itself, and say how the score of each hit came about.",
    )
    strict: bool | None = _option(
        None,
        "If few articles match, return neither more with some of the words (``Results.more``), nor the results of the"
        " corrected query (``Results.corrected``). Default: the setting ``strict`` of the archive.",
    )

    def __post_init__(self) -> None:
        """Check the options, and make tuples of sequences. Raises TypeError and :class:`QueryError`: see the class."""
        given = {name for name, default in _DEFAULTS.items() if getattr(self, name) is not default}
        if given:  # a default needs no check
            self._check(given)

    def _check(self, given: Set[str]) -> None:
        """Check the options with the ``given`` names, and make tuples of sequences among them."""
        for name in FLAGS:
            if name in given:
                arguments.flag(name, getattr(self, name))
        arguments.instance("strict", self.strict, (bool, type(None)), "True, False or None")
        if arguments.text("match", self.match) not in MATCH_MODES:
            raise QueryError(f"match is all or any, not {self.match!r}")
        if self.expand and (self.all_paragraphs or self.sort != "relevance"):
            other = "all_paragraphs" if self.all_paragraphs else f"sort={self.sort!r}"
            raise QueryError(f"expand has no effect with {other}: it orders articles by relevance")
        for name in ("limit", "offset", "snippet"):
            value = getattr(self, name)
            if name not in given or (name == "limit" and value is None):
                continue
            number = arguments.whole_number(name, value)
            if number < 0:
                raise QueryError(f"{name} cannot be negative")
            object.__setattr__(self, name, number)
        arguments.instance("now", self.now, (dt.datetime, type(None)), "a datetime, or None")
        if arguments.text("sort", self.sort) not in SORTS:
            raise QueryError(
                f"cannot sort by {self.sort!r}", suggestion=f"the choices are: {', '.join(SORTS)}"
            )
        if "facets" in given:
            object.__setattr__(self, "facets", facets_of(self.facets))
        period_bounds(self.since, self.until, self.on, self.now)
        self._check_filters(given)

    def _check_filters(self, given: Set[str]) -> None:
        """Check the filters with the ``given`` names, and make tuples of sequences among them."""
        for name in ("where", "where_not"):
            if name in given:
                object.__setattr__(self, name, own_filter_values(name, getattr(self, name)))
        for name in (*FILTER_FIELDS, *EXCLUSION_OPTIONS):
            if name in given:
                object.__setattr__(self, name, filter_values(name, getattr(self, name)))
        excluded = {**dict(self.exclusions), **self.own_exclusions}
        wanted = {**dict(self.filters), **self.own_filters}
        for name in sorted(excluded.keys() & wanted.keys()):
            check_contradiction(name, wanted[name], excluded[name])

    def __repr__(self) -> str:
        changed = (f"{name}={value!r}" for name, value in self.changed().items())
        return f"{type(self).__name__}({', '.join(changed)})"

    def replace(self, **changes: Unpack[SearchOptions]) -> Request:
        """Return a copy of the request with other values for the given options."""
        return replace(self, **changes)

    def changed(self) -> dict[str, object]:
        """Return the options that differ from their defaults, by name."""
        values = zip(OPTIONS, _values_of(self), strict=True)
        return {name: value for name, value in values if value != _DEFAULTS[name]}

    @property
    def filters(self) -> tuple[tuple[str, tuple[FilterValue, ...]], ...]:
        """The filters that are set, as pairs of a field's name and the values of which an article must have one."""
        return _pairs(_filters_of(self))

    @property
    def exclusions(self) -> tuple[tuple[str, tuple[FilterValue, ...]], ...]:
        """The exclusions that are set, as pairs of a field's name and the values of which an article must have none."""
        return _pairs(_exclusions_of(self))

    @property
    def own_filters(self) -> Mapping[str, tuple[FilterValue, ...]]:
        """The filters on own fields: for each field, the values of which an article must have one."""
        return cast("Mapping[str, tuple[FilterValue, ...]]", self.where)

    @property
    def own_exclusions(self) -> Mapping[str, tuple[FilterValue, ...]]:
        """The exclusions of own fields: for each field, the values of which an article must have none."""
        return cast("Mapping[str, tuple[FilterValue, ...]]", self.where_not)

    @property
    def asked_facets(self) -> tuple[Facet, ...]:
        """The requested facets, each once, in the order of the request."""
        asked = cast("tuple[str | Facet, ...]", self.facets)
        return tuple([one if isinstance(one, Facet) else Facet(one) for one in asked])


def _pairs(values: tuple[tuple[FilterValue, ...], ...]) -> tuple[tuple[str, tuple[FilterValue, ...]], ...]:
    """Return the name of each field that has values, with these."""
    return tuple([(name, given) for name, given in zip(FILTER_FIELDS, values, strict=True) if given])


OPTIONS: Mapping[str, Any] = {option.name: option for option in fields(Request)}
"""The dataclass fields of :class:`Request` by name. The description of an option is its ``metadata["text"]``."""
_DEFAULTS: Mapping[str, object] = {name: _default(option) for name, option in OPTIONS.items()}
_values_of = attrgetter(*OPTIONS)
EXCLUSION_OPTIONS = tuple(f"{name}_not" for name in FILTER_FIELDS)
"""The names of the options that exclude values, in the order of the fields of :data:`FILTER_FIELDS`."""
_filters_of = attrgetter(*FILTER_FIELDS)
_exclusions_of = attrgetter(*EXCLUSION_OPTIONS)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ResolvedRequest(Request):
    """A request as engines receive it, with its dates as one period and with the archive's names of outlets."""

    start: dt.datetime | None = None
    """The first moment of the period that articles must be in; None if the period has no beginning."""
    end: dt.datetime | None = None
    """The first moment after the period; None if the period has no end."""
    conditions: Mapping[str, Node] = field(default_factory=FrozenDict)
    """For each own field with chosen values, the condition that an article has one of them; for chosen tags, too."""
    unwanted: Mapping[str, Node] = field(default_factory=FrozenDict)
    """For each own field with excluded values, and for excluded tags, the condition that an article has one of them, which it
    must not match."""
    added_since: dt.datetime | None = None
    """The time, in UTC, from which on articles must have come into the index; None for any time. It is the beginning of the
    last run if the request has ``since_run``."""
    aliases: Aliases = ()
    """The archive's names of outlets, each with its other names. A filter finds an outlet by any of its names."""
    check: StopCheck = field(default=NEVER, compare=False)
    """Called now and then during the search; it raises :class:`~newssearch.SearchStoppedError` when the search has to end."""

    def __post_init__(self) -> None:
        """Skip the checks of :class:`Request`, because the values come from a request that has passed them."""

    @property
    def filters(self) -> tuple[tuple[str, tuple[FilterValue, ...]], ...]:
        """The filters on fields of articles that are set. That on tags is among :attr:`conditions`."""
        return _of_articles(_pairs(_filters_of(self)))

    @property
    def exclusions(self) -> tuple[tuple[str, tuple[FilterValue, ...]], ...]:
        """The exclusions of values of fields of articles that are set. That of tags is among :attr:`unwanted`."""
        return _of_articles(_pairs(_exclusions_of(self)))


def _of_articles(
    filters: tuple[tuple[str, tuple[FilterValue, ...]], ...],
) -> tuple[tuple[str, tuple[FilterValue, ...]], ...]:
    return tuple([one for one in filters if one[0] != TAG])


def parsed_query(
    query: str | Query | Node,
    request: Request,
    now: dt.datetime,
    own: Mapping[str, ArticleField],
    thesaurus: Thesaurus | None = None,
) -> Query:
    """Return the query as a parsed query, whether it is text, parsed already, or a node of a tree.

    If the request is ``literal``, a text has no operators. With its ``synonyms``, each word and phrase also finds those that
    ``thesaurus`` has; otherwise, only those after ``syn:``. With ``names``, each word that can be a name also finds its other
    spellings. With ``match`` ``"any"``, bare words are joined by OR: see :func:`~newssearch.query.relaxed`. Raises
    :class:`QueryError` if the tree is deeper than :data:`MAX_DEPTH`.
    """
    arguments.instance("query", query, (str, Query, *NODES), "a string, a Query or a node of a query")
    if isinstance(query, Query):
        parsed = query
    elif isinstance(query, Node):
        parsed = Query(str(query), query)
    elif request.literal:
        parsed = parse_literal(query)
    else:
        for_all = request.synonyms  # then, syn: asks for nothing more
        parsed = parse(query, now=now, fields=own.values(), thesaurus=None if for_all else thesaurus)
    is_any = request.match == "any"
    try:
        if request.synonyms and thesaurus is not None and not is_any:
            parsed = _with_synonyms(parsed, thesaurus)
        tree = with_spellings(parsed.tree) if request.names else parsed.tree
        tree = side_by_side(tree)
        if is_any and (some := relaxed(tree)) is not None:
            tree = some.tree
        if request.synonyms and thesaurus is not None and is_any:
            parsed = _with_synonyms(replace(parsed, tree=tree), thesaurus, any_word=True)
            tree = parsed.tree
        return replace(parsed, tree=tree)
    except RecursionError:
        if depth(parsed.tree) <= MAX_DEPTH:
            raise
        raise QueryError("the query is nested too deeply") from None


def _with_synonyms(parsed: Query, thesaurus: Thesaurus, *, any_word: bool = False) -> Query:
    """Return a query with the synonyms of all its words and phrases, and a note if there are none."""
    tree, notes, _ = widened(parsed.tree, thesaurus, parsed.text, any_word=any_word)
    if tree is parsed.tree and not notes:
        reason = (
            "no word of the query has synonyms in newssearch.toml"
            if thesaurus
            else "newssearch.toml has no [synonyms]"
        )
        notes = (Diagnostic("no-synonyms", reason),)
    return replace(parsed, tree=tree, diagnostics=(*parsed.diagnostics, *notes))


def resolve(
    request: Request,
    now: dt.datetime,
    aliases: Aliases = (),
    own: Mapping[str, ArticleField] = FrozenDict(),
    check: StopCheck = NEVER,
) -> ResolvedRequest:
    """Return the request for an engine, with its dates as one period, and ``group`` off if ``all_paragraphs`` is on.

    Relative dates count from ``now``. ``aliases`` are the archive's names of outlets, ``own`` the own fields of the
    index, by name; ``check`` ends the search. Raises :class:`QueryError` for a filter on another field and for another facet.
    """
    start, end = period_bounds(request.since, request.until, request.on, now)
    values: dict[str, Any] = dict(zip(OPTIONS, _values_of(request), strict=True))
    values["group"] = request.group and not request.all_paragraphs
    conditions = dict(own_conditions(request.own_filters, now, own))
    unwanted = dict(own_conditions(request.own_exclusions, now, own))
    for filters, found in ((request.filters, conditions), (request.exclusions, unwanted)):
        found.update((TAG, tag_condition(tags)) for name, tags in filters if name == TAG)
    for facet in request.asked_facets:
        if facet.name not in (*FACET_FIELDS, TAG) and facet.name not in own:
            raise no_facet(facet.name, own)
    return ResolvedRequest(
        **values,
        start=start,
        end=end,
        conditions=FrozenDict(conditions),
        unwanted=FrozenDict(unwanted),
        aliases=aliases,
        check=check,
    )


def without_tag_facet(request: ResolvedRequest) -> ResolvedRequest:
    """Return a request without the facet of tags, which no engine counts."""
    facets = tuple(facet for facet in request.asked_facets if facet.name != TAG)
    return request if len(facets) == len(request.asked_facets) else replace(request, facets=facets)


def request_of(
    method: str, options: type, request: Request | None, changes: FilterOptions | HighlightOptions
) -> Request:
    """Return the given request, or a default one for None, with the keyword arguments ``changes`` applied.

    ``method`` is the name of the method of :class:`Index` that was called, and ``options`` the TypedDict of the options
    that it takes. Raises TypeError for an option that does not exist or that the method does not take.
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
    """Return a decorator that adds the keys of the TypedDict ``options`` to the signature and docstring of a method.

    The method itself takes ``request`` and ``**changes``; ``help()``, notebooks and ``inspect.signature`` show each
    option.
    """
    from inspect import Parameter, signature  # already imported by dataclasses, thus cheap here

    taken = [OPTIONS[name] for name in options.__annotations__]
    keywords = [
        Parameter(option.name, Parameter.KEYWORD_ONLY, default=_default(option), annotation=option.type)
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
    """Return a list of options for a docstring: one line for each, with its name and description, after ``indent``."""
    return "\n".join(f"{indent}- ``{option.name}``: {option.metadata['text']}" for option in options)


if Request.__doc__ is not None:
    Request.__doc__ = f"{Request.__doc__.rstrip()}\n\n{_option_list(OPTIONS.values(), ' ' * 4)}"
