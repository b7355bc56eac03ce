"""The tools that count: ``count``, ``over_time``, ``collocates``."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from pydantic import Field

from newssearch.corpus.series import PeriodCount
from newssearch.corpus.table import TableCell
from newssearch.corpus.words import MAX_SPAN
from newssearch.fields import DATE_FACETS

from .answers import CellNumbers, CountedArticles, CountedPeriods, WordsNearby
from .calls import NO_VALUES, Call, Filters, Offset, QueryText, Texts, present, short, understood

MAX_ROWS = 100
MAX_TOP = 50
MAX_COUNTED_PERIODS = 400
MAX_WORDS = 50
NUMBERS = ("articles", "all_articles", "share", "paragraphs", "sentences", "occurrences", "per_million")

CountedMeasure = Literal["share", "paragraphs", "sentences", "occurrences", "per_million"]
Measures = Annotated[
    list[CountedMeasure],
    Field(
        description="Numbers besides articles: share of all articles that pass the filters; matching paragraphs; sentences;"
        " occurrences; occurrences per million words"
    ),
]
SHARE: list[CountedMeasure] = ["share"]


def count_articles(
    call: Call,
    query: QueryText,
    filters: Filters,
    by: Annotated[
        Texts,
        Field(
            description="At most two of outlet, source, byline, located, lang, section, an own field of the archive, or one unit"
            " of time (year, quarter, month, week, day); none: only the total"
        ),
    ] = NO_VALUES,
    measures: Measures = SHARE,
    top: Annotated[
        int, Field(description=f"Values of each field to tell apart, 1 to {MAX_TOP}; the others are one row")
    ] = 20,
    limit: Annotated[int, Field(description=f"Number of rows, 1 to {MAX_ROWS}")] = 50,
    offset: Offset = 0,
) -> CountedArticles:
    """Count the articles that match, by the values of one or two fields, the most frequent first. Exact, not a sample.

    A row has a value for each field in by. Rows without a matching article are left out. An empty query counts all
    articles. Copies of an article count like all others.
    """
    limit, offset = call.within("limit", limit, MAX_ROWS), call.offset(offset)
    tops = call.within("top", top, MAX_TOP)
    names = [name.strip().lower() for name in by]
    own_dates = {field.name for field in call.index.own_fields if field.kind == "date"}
    table = call.index.table(
        query,
        by=names,
        measures=[*measures, "articles"],
        top=[None if name in (*DATE_FACETS, "date", *own_dates) else tops for name in names],
        timeout=call.timeout,
        stop=call.stop,
        **filters.options(),
    )
    (found,) = table.queries
    call.note_query(found.diagnostics, found.undated, found.imprecise)
    if any(one.overlapping for one in table.by):
        call.note("an article can have several of the values, so that the rows add up to more than the total")
    groups = sorted(found.cells) if table.by else []
    rows = [
        {
            "group": [short(side.groups[at].label) or "" for side, at in zip(table.by, cell, strict=True)],
            **_measured(table.cell(*cell)),
        }
        for cell in groups[offset : offset + limit]
    ]
    reached = offset + len(rows)
    answer = {
        **understood(query, found.interpretation),
        "by": [one.name for one in table.by],
        "total": _measured(table.total()),
        "rows": rows,
        "total_rows": len(groups),
        **present({"next_offset": reached if rows and reached < len(groups) else None}),
    }
    return cast(CountedArticles, answer)


def count_over_time(
    call: Call,
    query: QueryText,
    filters: Filters,
    unit: Annotated[
        Literal["auto", "day", "week", "month", "quarter", "year"],
        Field(description="Unit of time; auto: the finest one with at most 100 periods"),
    ] = "auto",
    measures: Measures = SHARE,
    limit: Annotated[int, Field(description=f"Number of periods, 1 to {MAX_COUNTED_PERIODS}")] = 120,
    offset: Offset = 0,
) -> CountedPeriods:
    """Count the articles that match over time, periods without a match included, and compare with all articles then.

    Compare shares, not numbers: an archive has more articles of some years than of others.
    """
    limit, offset = call.within("limit", limit, MAX_COUNTED_PERIODS), call.offset(offset)
    found = call.index.over_time(
        query,
        unit=unit,
        measures=[*measures, "articles"],
        timeout=call.timeout,
        stop=call.stop,
        **filters.options(),
    )
    call.note_query(found.diagnostics, found.undated, found.imprecise)
    periods = [
        {
            "period": one.value,
            **present({"over": None if one.over else False, "in_part": one.in_part or None}),
            **_measured(one),
        }
        for one in found[offset : offset + limit]
    ]
    reached = offset + len(periods)
    answer = {
        **understood(query, found.interpretation),
        "unit": found.unit,
        "total": _measured(found.total),
        "periods": periods,
        "total_periods": len(found),
        **present(
            {
                "without_period": found.without or None,
                "next_offset": reached if periods and reached < len(found) else None,
            }
        ),
    }
    return cast(CountedPeriods, answer)


def _measured(cell: TableCell | PeriodCount) -> CellNumbers:
    """Return the numbers of a cell that were asked for; shares and rates are rounded."""
    values = {name: getattr(cell, name) for name in NUMBERS}
    for name, digits in (("share", 6), ("per_million", 2)):
        values[name] = None if values[name] is None else round(values[name], digits)
    return cast(CellNumbers, present(values))


def list_collocates(
    call: Call,
    query: QueryText,
    filters: Filters,
    span: Annotated[int, Field(description=f"Words to each side of a match, 1 to {MAX_SPAN}")] = 5,
    measure: Annotated[
        Literal["logdice", "mi", "ll"],
        Field(description="Order: logdice; mi, for rare words; ll, log-likelihood, by evidence"),
    ] = "logdice",
    limit: Annotated[int, Field(description=f"Number of words, 1 to {MAX_WORDS}")] = 25,
) -> WordsNearby:
    """List the words that stand near the matches of a query more often than elsewhere, the strongest first."""
    found = call.index.collocates(
        query,
        span=call.within("span", span, MAX_SPAN),
        measure=measure,
        limit=call.within("limit", limit, MAX_WORDS),
        timeout=call.timeout,
        stop=call.stop,
        **filters.options(),
    )
    call.note_query(found.diagnostics, found.undated, found.imprecise)
    answer = {
        **understood(query, found.interpretation),
        "occurrences": found.occurrences,
        "total_words": found.total,
        "words": [
            {
                "word": short(one.word) or "",
                "count": one.count,
                "articles": one.articles,
                "in_all": one.frequency,
                "log_dice": round(one.log_dice, 2),
                "mi": round(one.mi, 2),
                "ll": round(one.ll, 1),
            }
            for one in found
        ],
    }
    return cast(WordsNearby, answer)
