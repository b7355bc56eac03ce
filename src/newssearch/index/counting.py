"""The methods of an index that count articles, in tables and over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from newssearch import arguments
from newssearch.errors import QueryError
from newssearch.fields import DATE_FACETS, FACET_FIELDS, OUTLET_FIELDS, by_name, is_own_name
from newssearch.query import Node, Query
from newssearch.query.tree import NODES
from newssearch.request import MatchOptions, Request, parsed_query, request_of, resolve, takes_options
from newssearch.stopping import StopCheck

from .opened import OpenIndex

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from newssearch.corpus.series import Series
    from newssearch.corpus.table import Measure, Table

    from .tables import CountedBy

AnyQuery = str | Query | Node
"""The types of a query."""
MAX_QUERIES = 1_000
"""A table has at most this number of queries."""
MAX_DIMENSIONS = 2
"""A table is grouped by at most this number of fields."""


class CountingMethods(OpenIndex):
    """The methods that count articles, in tables and over time."""

    @takes_options(MatchOptions)
    def table(
        self,
        queries: AnyQuery | Mapping[str, AnyQuery] | Iterable[AnyQuery] = "",
        request: Request | None = None,
        *,
        by: str | Iterable[str] = (),
        measures: str | Iterable[str] = "articles",
        top: int | Sequence[int | None] | None = None,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[MatchOptions],
    ) -> Table:
        """Count the articles that match one or several queries, by the values of fields or over time.

        ``queries`` is a query, several, or a mapping from names to queries. ``by`` names the dimensions of the table:
        none, one for its rows, or two for a cross table. A dimension is a field (``outlet``, ``source``, ``byline``,
        ``located``, ``lang``, ``section``), an own field, a unit of time (``day``, ``week``, ``month``, ``quarter``,
        ``year``), or ``date`` for the unit that suits the dates of the articles. The number of a cell is that of a
        search with filters on its values: all names of one outlet are one value, a byline also counts for each name that
        it contains, and of an own field with several values an article counts for each.

        ``measures`` are any of ``articles``, ``paragraphs``, ``sentences``, ``occurrences``, ``share`` (of all articles of
        the cell that pass the filters) and ``per_million`` (occurrences per million words of all these articles). See
        :class:`~newssearch.TableCell`.

        Values are ordered by descending number of articles, added up over the queries, then by value. With ``top``, the
        others after this number of values are counted together: articles with any of them; two numbers are for the two
        dimensions. Periods are in order of time,
        from the first to the last in which a query matches, or between ``since`` and ``until``, and include those without
        a match. Articles dated only by a month or a year count in no finer unit; ``(none)`` has them, with those without a
        date.

        Raises :class:`QueryError` for an unknown field, and for a table with too many cells. The options:
        """
        given = request_of("table", MatchOptions, request, changes)
        names = _dimensions(by)
        wanted = _measures(measures)
        tops = _tops(top, len(names))
        from .tables import table_of  # a search needs none of it

        check = StopCheck(timeout, stop)
        with self._counted(_named_queries(queries), given, names, wanted, check) as counted:
            return table_of(counted.grouped(names, tops))

    @takes_options(MatchOptions)
    def over_time(
        self,
        query: AnyQuery = "",
        request: Request | None = None,
        *,
        unit: str = "auto",
        measures: str | Iterable[str] = "share",
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[MatchOptions],
    ) -> Series:
        """Count the articles that match over time, and compare them with all articles of each period.

        ``unit`` is ``day``, ``week``, ``month``, ``quarter`` or ``year``, or ``auto`` for the finest of them with which
        there are at most a hundred periods. ``measures`` are those of :meth:`table`. Periods without a match are included,
        from the first to the last with one, or between ``since`` and ``until``.

        >>> import newssearch, tempfile
        >>> days = ["2024-07-01", "2024-07-01", "2024-07-03"]
        >>> articles = [newssearch.Article.create(title=f"Rain {n}", text="Wet.", date=day) for n, day in enumerate(days)]
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     report = index.add(articles)
        ...     [(day.value, day.articles, day.share) for day in index.over_time("rain -1", unit="day")]
        [('2024-07-01', 1, 0.5), ('2024-07-02', 0, None), ('2024-07-03', 1, 1.0)]

        Raises :class:`QueryError` if there would be too many periods. The options:
        """
        given = request_of("over_time", MatchOptions, request, changes)
        if arguments.text("unit", unit) not in ("auto", *DATE_FACETS):
            raise QueryError(
                f"there is no unit of time {unit!r}",
                suggestion=f"the units are: auto, {', '.join(DATE_FACETS)}",
            )
        wanted = _measures(measures)
        from .tables import series_of  # a search needs none of it

        names = ("date" if unit == "auto" else unit,)
        check = StopCheck(timeout, stop)
        with self._counted({_text_of(query): query}, given, names, wanted, check) as counted:
            return series_of(counted.grouped(names, (None,)))

    @contextmanager
    def _counted(
        self,
        queries: Mapping[str, AnyQuery],
        request: Request,
        by: Sequence[str],
        measures: Sequence[Measure],
        check: StopCheck,
    ) -> Iterator[CountedBy]:
        """Yield what is to be counted in the current snapshot, with parsed queries and a resolved request.

        A :class:`QueryError` that counting raises gets the text of the query, if there is only one.
        """
        from .tables import CountedBy, NamedQuery  # a search needs none of it

        with self._opened() as opened:
            now = request.now or dt.datetime.now()
            own = by_name(opened.snapshot.own_fields)
            for name in by:
                if name not in (*FACET_FIELDS, "date", *own):
                    raise _no_dimension(name, own)
            parsed = [
                NamedQuery(name, parsed_query(query, request, now, own, self._thesaurus_for(query, request)))
                for name, query in queries.items()
            ]
            texts = " ".join(one.query.text for one in parsed)
            aliases = self.config.outlets if {*by} & {*OUTLET_FIELDS} else self._aliases(request, texts)
            resolved = resolve(request, now, aliases, own, check)
            tags = self._tags_of_one_answer()
            tagged = [self._with_tags(one.query, resolved, tags) for one in parsed]
            parsed = [one._replace(query=query) for one, (query, _) in zip(parsed, tagged, strict=True)]
            resolved = opened.resolved(tagged[0][1])
            try:
                yield CountedBy(opened.snapshot, parsed, resolved, (), measures, now.date())
            except QueryError as error:
                if len(parsed) > 1:
                    raise
                raise error.placed(texts, 0, len(texts)) from None


def _text_of(query: AnyQuery) -> str:
    return query if isinstance(query, str) else query.text if isinstance(query, Query) else str(query)


def _named_queries(given: object) -> dict[str, AnyQuery]:
    """Return the given query or queries by name; the name of a query without one is its text.

    Raises TypeError for another type, and :class:`QueryError` for no query, too many, or two with the same name.
    """
    kinds = (str, Query, *NODES)
    if isinstance(given, Mapping):
        pairs = [(arguments.text("queries", name), query) for name, query in given.items()]
        pairs = [
            (name, arguments.instance(f"queries[{name!r}]", query, kinds, "a query")) for name, query in pairs
        ]
    else:
        queries = cast("Iterable[AnyQuery]", arguments.several("queries", given, kinds, "a query"))
        pairs = [(_text_of(query), query) for query in queries]
    named: dict[str, AnyQuery] = {}
    for name, query in pairs:
        if name in named:
            raise QueryError(f"two queries have the name {name!r}")
        named[name] = query
    if not 0 < len(named) <= MAX_QUERIES:
        raise QueryError(f"a table has 1 to {MAX_QUERIES:,} queries, not {len(named):,}")
    return named


def _dimensions(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return the names of the dimensions of a table. Raises :class:`QueryError` for names that cannot be combined."""
    names = arguments.texts("by", given)
    for name in names:
        if name not in (*FACET_FIELDS, "date") and not is_own_name(name):
            raise _no_dimension(name)
    if len(names) > MAX_DIMENSIONS:
        raise QueryError(f"a table is counted by at most two fields, not {len(names)}")
    if len({*names}) < len(names):
        raise QueryError(f"a table cannot be counted by {names[0]} and {names[0]}")
    if sum(name in (*DATE_FACETS, "date") for name in names) > 1:
        raise QueryError("a table has one unit of time", suggestion=f"choose one of {' and '.join(names)}")
    return names


def _tops(given: int | Sequence[int | None] | None, dimensions: int) -> tuple[int | None, ...]:
    """Return for each dimension the number of values to tell apart; None for all."""
    several: tuple[int | None, ...]
    several = tuple(given) if isinstance(given, Sequence) else (given,) * dimensions
    if len(several) != dimensions:
        raise QueryError(f"top has {len(several)} numbers, and by has {dimensions} names")
    for one in several:
        if one is not None and arguments.whole_number("top", one) < 1:
            raise QueryError("top is at least 1, or None for all values")
    return several


def _measures(given: str | Iterable[str]) -> tuple[Measure, ...]:
    from newssearch.corpus.table import MEASURES  # a search needs none of it

    names = arguments.texts("measures", given)
    for name in names:
        if name not in MEASURES:
            raise QueryError(
                f"there is no measure {name!r}", suggestion=f"the measures are: {', '.join(MEASURES)}"
            )
    return tuple(name for name in MEASURES if name in names)


def _no_dimension(name: str, own: Iterable[str] = ()) -> QueryError:
    from difflib import get_close_matches  # slow to import, and seldom needed

    there = (*FACET_FIELDS, "date", *own)
    near = get_close_matches(name, there, 1)
    hint = f"did you mean {near[0]}?" if near else f"a table is counted by: {', '.join(there)}"
    return QueryError(f"cannot count by {name!r}", suggestion=hint)
