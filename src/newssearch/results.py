"""The classes that a search returns: results, hits, snippets and facets, and the text that all printers share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple, TypedDict

from newssearch.display.brief import brief, many, quoted
from newssearch.system.frozen import FrozenDict
from newssearch.system.late_dataclass import dataclass
from newssearch.system.tuple_sequence import TupleSequence

from .article import Date, json_values, utc
from .commit import Commit
from .display import escape, notebook
from .extra import ExtraValue, json_extra, shown
from .facets import FacetValues, values_table
from .fields import DATE_FACETS, HIT_FIELDS
from .frames import Framed, FrameType, FrameTypes, with_lists
from .notes import Note
from .query import Diagnostic, WeightedWord
from .snippet import Snippet

RESULTS_VERSION = 1
"""The version of the keys of :meth:`Results.to_dict`. It is increased when a key is removed or changes its meaning."""


class NameSpelling(NamedTuple):
    """A spelling of a name that the index has, with the number of articles that contain it."""

    text: str
    articles: int


class Copy(NamedTuple):
    """Another article that tells the same story, in whole or in part: its id, its outlet, its date."""

    id: str
    outlet: str | None
    date: Date | None

    def to_dict(self) -> dict[str, object]:
        """Return the copy as JSON types."""
        return {"id": self.id, "outlet": self.outlet, "date": self.date.isoformat() if self.date else None}


class ShownFields(TypedDict):
    """The id, path and fields of an article that a hit shows: the first attributes of a :class:`Hit`."""

    id: str
    title: str | None
    date: Date | None
    outlet: str | None
    source: str | None
    byline: str | None
    located: str | None
    lang: str | None
    section: str | None
    url: str | None
    key: str | None
    path: str | None
    member: str | None
    record: int
    added: dt.datetime | None
    extra: Mapping[str, ExtraValue]


SHOWN_FIELDS = tuple(ShownFields.__annotations__)
"""The names of :class:`ShownFields`."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph that a search found, with the fields of its article.

    ``paragraph`` is the number of the paragraph, or 0 if the article has only a headline; ``text`` is its whole text.
    ``paragraphs`` is the number of paragraphs of the article, ``matching`` the number of those that match. The hit is the
    best of these. If only the headline, a paragraph that repeats it, or boilerplate of the outlet matches, the hit is the
    first paragraph that is none of these, nor a link, a caption or a notice.

    ``path``, ``member`` and ``record`` are where the article was read, and ``added`` is when this version of it came
    into the index, in UTC: see :class:`~newssearch.Article`. ``extra`` maps the names of own fields to their values.

    ``variants`` are the names in the paragraph that match a name of the query and are spelled differently.

    ``missing`` are the words of the query that the article lacks, if it is one of ``Results.more``. ``explanation``
    says how the score came about, if the search was asked to explain.

    ``copies`` are other articles that tell the same story, whether they match or not, earliest first. Their number is
    ``copies_total``, and at most a hundred are listed. ``story`` is the id of the earliest article of the story.

    ``tags`` are those that people have given the article, and ``notes`` what they have written on it: see
    :meth:`Index.tag`.
    """

    id: str
    title: str | None
    date: Date | None
    outlet: str | None
    source: str | None
    byline: str | None
    located: str | None
    lang: str | None
    section: str | None
    url: str | None
    key: str | None
    path: str | None
    member: str | None
    record: int
    added: dt.datetime | None
    extra: Mapping[str, ExtraValue]
    paragraph: int
    score: float
    text: str
    snippet: Snippet
    paragraphs: int
    matching: int
    story: str | None = None
    copies: tuple[Copy, ...] = ()
    copies_total: int = 0
    variants: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    explanation: Explanation | None = None
    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def address(self) -> str:
        """The address of the paragraph: the id of the article and the number of the paragraph, as in ``ID#3``."""
        return f"{self.id}#{self.paragraph}"

    @property
    def others(self) -> int:
        """The number of matching paragraphs of the article besides this one."""
        return max(self.matching - 1, 0)

    def __repr__(self) -> str:
        return brief(self, quoted(self.address), quoted(self.title), f"score={self.score:.10g}")

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: a table with one row, as :class:`Results` shows it."""
        return notebook.page(_hits((self,)))

    def to_dict(self) -> dict[str, object]:
        """Return the hit as JSON types."""
        return {
            "id": self.id,
            "paragraph": self.paragraph,
            "score": round(self.score, 6),
            **json_values(self, HIT_FIELDS),
            "path": self.path,
            "member": self.member,
            "record": self.record,
            "added": utc(self.added) if self.added else None,
            "extra": json_extra(self.extra),
            "paragraphs": self.paragraphs,
            "matching": self.matching,
            "story": self.story,
            "copies": [copy.to_dict() for copy in self.copies],
            "copies_total": self.copies_total,
            "variants": list(self.variants),
            "missing": list(self.missing),
            "explanation": self.explanation.to_dict() if self.explanation else None,
            "tags": list(self.tags),
            "notes": [note.to_dict() for note in self.notes],
            "text": self.text,
            "snippet": self.snippet.to_dict(),
        }


class TermScore(NamedTuple):
    """The part of a score that a leaf of the query gives: through the article as a whole, and through the paragraph.

    ``text`` is the leaf as a query, with the region that it is limited to: ``title:(house)``.
    """

    text: str
    article: float
    paragraph: float

    def to_dict(self) -> dict[str, object]:
        """Return the parts as JSON types, rounded to six digits."""
        return {"text": self.text, "article": round(self.article, 6), "paragraph": round(self.paragraph, 6)}


@dataclass(frozen=True, slots=True)
class Explanation:
    """How the score of a hit came about: it is the sum of all parts. See docs/query-language.md for what they are.

    ``terms`` has a part for each leaf of the query that is not negated, in order, optional ones last; ``proximity`` is
    the part of neighbouring words. If the search lists all paragraphs, the score is that of the paragraph alone.
    """

    terms: tuple[TermScore, ...]
    proximity: float = 0.0

    def to_dict(self) -> dict[str, object]:
        """Return the parts as JSON types, rounded to six digits."""
        return {"terms": [term.to_dict() for term in self.terms], "proximity": round(self.proximity, 6)}


class Rank(NamedTuple):
    """The address and the score of a hit: the id of its article, the number of its paragraph, and its score."""

    id: str
    paragraph: int
    score: float


class DateCounts(NamedTuple):
    """The numbers of articles whose date is not simply a day or a moment, for honest denominators.

    ``missing`` counts those without a date, ``only_month`` and ``only_year`` those whose date is a month or a year, and
    ``ambiguous`` those whose day and month may have to be exchanged, as in 7/5/2024.
    """

    missing: int = 0
    only_month: int = 0
    only_year: int = 0
    ambiguous: int = 0

    def coarser_than(self, facet: str) -> int:
        """Return the number of dates without a value in a facet such as ``"day"``: months, years, or both."""
        coarser = {"year": 0, "quarter": self.only_year, "month": self.only_year}
        return coarser.get(facet, self.only_month + self.only_year)

    def to_dict(self) -> dict[str, int]:
        """Return the counts as JSON types."""
        return self._asdict()


NO_DATE_COUNTS = DateCounts()
"""The counts of articles that are all dated by a day or a moment, none of them ambiguous."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a query, which an article must match to be found, with counts that explain why little is found.

    ``articles`` is the number of articles that match this clause, ``without`` the number that match all other clauses.
    """

    text: str
    articles: int
    without: int

    def to_dict(self) -> dict[str, object]:
        """Return the clause as JSON types."""
        return {"text": self.text, "articles": self.articles, "without": self.without}

    def __repr__(self) -> str:
        return brief(self, quoted(self.text), f"articles={self.articles} without={self.without}")


@dataclass(frozen=True, slots=True)
class Results(TupleSequence[Hit], Framed):
    """The result of a search: a sequence of the hits on one page, with totals for all pages.

    ``interpretation`` is the query as it was understood, in full parentheses. ``total_articles`` counts the articles
    that match, and ``total_paragraphs`` their paragraphs that contain a word or phrase of the query. ``total_stories``
    counts articles that are copies of each other as one; if ``grouped``, only the best of these is a hit. ``facets``
    has the values of each requested facet, as :class:`FacetValues`. ``names`` has, for each name that was
    searched in other spellings, the spellings that the index has, by descending number of articles. ``clauses`` has
    counts for each clause of the query, if that was requested or nothing was found.

    If the articles that match do not fill the page, ``more`` continues it with articles that have only some of the words,
    the best first. Only words without an operator may be missing; see :func:`~newssearch.query.relaxed`. The pages of
    both parts are numbered through: ``more`` begins on the page on which ``hits`` ends. ``more_articles`` and
    ``more_stories`` count the articles of the second part on all pages, and are 0 on a page that ``hits`` fills. If
    ``grouped``, the second part leaves out the copies of articles that match. The length of the results, their items and
    all other counts are those of ``hits`` alone.

    ``corrected`` has the results of the query with its misspelt words replaced, if the query itself finds nothing and
    that one finds articles; its ``query`` is the corrected text.

    ``expansion`` has the words by which the query was expanded, the heaviest first, if the search was asked to: see
    ``Request.expand``. They are a part of ``interpretation``, which finds the same as a query.

    ``commit`` is the state of the index that was searched: see :class:`~newssearch.Commit`.

    ``undated`` counts the articles that are left out only because they have no date: they match if date filters and
    conditions on dates in the query are ignored, except negated conditions. ``imprecise`` counts the articles that are
    left out only because their date is a month or a year, of which a part lies in the wanted period. ``dates`` counts,
    among the articles that match, those without a date, with only a month or a year, and with an ambiguous date.
    ``own_fields`` are the names of all own fields of the index. ``took`` is the time of the search in seconds;
    :meth:`to_dict` leaves it out, so that the same query on the same index prints the same bytes.
    """

    query: str
    interpretation: str
    hits: tuple[Hit, ...]
    total_articles: int
    total_paragraphs: int
    commit: Commit
    total_stories: int = 0
    grouped: bool = False
    offset: int = 0
    limit: int | None = 10
    facets: Mapping[str, FacetValues] = field(default_factory=FrozenDict)
    diagnostics: tuple[Diagnostic, ...] = ()
    clauses: tuple[Clause, ...] = ()
    names: Mapping[str, tuple[NameSpelling, ...]] = field(default_factory=FrozenDict)
    undated: int = 0
    own_fields: tuple[str, ...] = ()
    imprecise: int = 0
    dates: DateCounts = NO_DATE_COUNTS
    more: tuple[Hit, ...] = ()
    more_articles: int = 0
    more_stories: int = 0
    corrected: Results | None = None
    expansion: tuple[WeightedWord, ...] = ()
    took: float = field(default=0.0, compare=False)

    @property
    def total_hits(self) -> int:
        """The number of hits on all pages: of stories if ``grouped``, otherwise of articles."""
        return self.total_stories if self.grouped else self.total_articles

    @property
    def more_offset(self) -> int:
        """The number of articles of the second part on earlier pages."""
        return max(self.offset - self.total_hits, 0)

    @property
    def _items(self) -> tuple[Hit, ...]:
        return self.hits

    def __repr__(self) -> str:
        found = f"{many(self.total_articles, 'article')}, {many(self.total_paragraphs, 'matching paragraph')}"
        notes = f", {many(len(self.diagnostics), 'note')}" if self.diagnostics else ""
        return brief(
            self, f"for {quoted(self.query)}: {found}, {many(len(self.hits), 'hit')} on this page{notes}"
        )

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: totals, notes, a table of hits with highlighted snippets, clauses, and facets."""
        return notebook.page(*self._html_parts())

    def records(self) -> list[dict[str, object]]:
        """Return a flat dict for each hit, as for ``pandas.DataFrame(results.records())``.

        The keys are the columns that ``newssearch export`` writes to Parquet, with both ``snippet`` and ``text``: ``date`` is
        a day, None for a month or a year, which ``date_text`` has, and ``moment`` a time in UTC.
        """
        from .hit_columns import (
            COLUMNS,
            FRAME_COLUMNS,
            ExportedItem,
            own_column_name,
        )  # a search needs none of it

        columns = [COLUMNS[name] for name in FRAME_COLUMNS]
        rows = []
        for hit in self.hits:
            item = ExportedItem(hit, hit.text, "".join(part for part, _ in hit.snippet.parts()), None)
            own = json_extra(hit.extra)
            row = {column.name: column.value(item) for column in columns}
            rows.append({**row, **{own_column_name(name): own.get(name) for name in self.own_fields}})
        return with_lists(rows, self._frame_types())

    def _frame_types(self) -> FrameTypes:
        from .hit_columns import (
            COLUMNS,
            FRAME_COLUMNS,
            own_column_name,
            own_type,
        )  # a search needs none of it

        types: dict[str, FrameType] = {name: COLUMNS[name].type for name in FRAME_COLUMNS}
        for name in self.own_fields:
            types[own_column_name(name)] = own_type(hit.extra.get(name) for hit in self.hits)
        return types

    def _html_parts(self) -> Iterator[str]:
        """Yield the parts of the HTML for a notebook, those of the corrected query last."""
        meaning = (
            f" for <code>{notebook.text_html(self.interpretation)}</code>" if self.interpretation else ""
        )
        left = f"; {remark}" if (remark := left_out(self.undated, self.imprecise)) else ""
        of = f"; hits {self.offset + 1:,} to {self.offset + len(self.hits):,}" if self.hits else ""
        odd = (
            f"{note.message}{f'; {note.suggestion}' if note.suggestion else ''}" for note in self.diagnostics
        )
        yield from (
            notebook.paragraph(f"<strong>{totals(self)}</strong>{meaning}{left}{of}"),
            notebook.bullet_list(odd),
            _hits(self.hits),
            notebook.paragraph(f"<strong>{more_totals(self)}</strong>") if self.more else "",
            _hits(self.more),
            _clauses(self.clauses),
            *(
                notebook.collapsed(
                    f"{name} ({many(values.total, 'value')})",
                    values_table(name, values, none_label(name, dates_counted(values, self))),
                )
                for name, values in self.facets.items()
            ),
        )
        if self.corrected is not None:
            yield notebook.paragraph(
                f"Results for <code>{notebook.text_html(self.corrected.query)}</code> instead:"
            )
            yield from self.corrected._html_parts()

    def to_dict(self) -> dict[str, object]:
        """Return the results as JSON types, as ``newssearch query --json`` prints them."""
        return {
            "version": RESULTS_VERSION,
            "commit": self.commit.to_dict(),
            "query": self.query,
            "interpretation": self.interpretation,
            "diagnostics": [diagnostic.to_dict() for diagnostic in self.diagnostics],
            "clauses": [clause.to_dict() for clause in self.clauses],
            "names": {
                name: [found._asdict() for found in spellings] for name, spellings in self.names.items()
            },
            "total_articles": self.total_articles,
            "total_paragraphs": self.total_paragraphs,
            "total_stories": self.total_stories,
            "undated": self.undated,
            "imprecise": self.imprecise,
            "dates": self.dates.to_dict(),
            "grouped": self.grouped,
            "offset": self.offset,
            "limit": self.limit,
            "facets": {name: [value.to_dict() for value in values] for name, values in self.facets.items()},
            "facet_totals": {name: values.to_dict() for name, values in self.facets.items()},
            "hits": [hit.to_dict() for hit in self.hits],
            "more_articles": self.more_articles,
            "more_stories": self.more_stories,
            "more": [hit.to_dict() for hit in self.more],
            "corrected": self.corrected.to_dict() if self.corrected is not None else None,
            "expansion": [word._asdict() for word in self.expansion],
        }


def totals(results: Results, paragraph: str = "matching paragraph") -> str:
    """Return the totals as text, such as ``2 articles, 3 matching paragraphs``; ``paragraph`` is its noun in the singular.

    The number of stories is included if the results are grouped and some articles are copies of others.
    """
    articles = many(results.total_articles, "article")
    if results.grouped and results.total_stories < results.total_articles:
        articles += f" ({many(results.total_stories, 'story', 'stories')})"
    return f"{articles}, {many(results.total_paragraphs, paragraph)}"


def more_totals(results: Results) -> str:
    """Return the total of the second part of the results, such as ``2 more articles with some of the words``."""
    articles = many(results.more_articles, "more article" if results.total_articles else "article")
    if results.grouped and results.more_stories < results.more_articles:
        articles += f" ({many(results.more_stories, 'story', 'stories')})"
    first = results.more_offset
    last = first + len(results.more)
    total = results.more_stories if results.grouped else results.more_articles
    shown = f", {first + 1:,} to {last:,} shown" if first or last < total else ""
    return f"{articles} with some of the words{shown}"


def left_out(undated: int, imprecise: int) -> str:
    """Return a remark on the articles that are left out because they have no date, or only a month or a year; or ``""``.

    >>> left_out(1, 0), left_out(0, 2)
    ('1 more article without a date left out', '2 more articles dated only by month or year left out')
    >>> left_out(1, 2), left_out(0, 0)
    ('1 more article without a date and 2 dated only by month or year left out', '')
    """
    if undated and imprecise:
        found = (
            f"{many(undated, 'more article')} without a date and {imprecise:,} dated only by month or year"
        )
    elif undated:
        found = f"{many(undated, 'more article')} without a date"
    else:
        found = f"{many(imprecise, 'more article')} dated only by month or year" if imprecise else ""
    return f"{found} left out" if found else ""


def why_no_value(name: str, dates: DateCounts) -> str:
    """Return why articles have no value in the facet ``name``, or ``""`` if none of them has a date that is too coarse.

    >>> why_no_value("day", DateCounts(missing=2, only_month=1)), why_no_value("year", DateCounts(missing=2, only_month=1))
    ('2 without a date, 1 dated only by month or year', '')
    """
    coarser = dates.coarser_than(name) if name in DATE_FACETS else 0
    if not coarser:
        return ""
    by = "year" if name in ("month", "quarter") else "month or year"
    missing = f"{dates.missing:,} without a date, " if dates.missing else ""
    return f"{missing}{coarser:,} dated only by {by}"


def none_label(name: str, dates: DateCounts) -> str:
    """Return the label of the articles without a value in the facet ``name``: ``(none)``, and why if that is known.

    >>> none_label("outlet", NO_DATE_COUNTS), none_label("year", DateCounts(missing=2)), none_label("day", DateCounts(only_year=1))
    ('(none)', '(none)', '(none: 1 dated only by month or year)')
    """
    why = why_no_value(name, dates)
    return f"(none: {why})" if why else "(none)"


def dates_counted(values: FacetValues, results: Results) -> DateCounts:
    """Return the counts of dates among the articles that a facet counts.

    All are 0 if the facet counts articles outside of the results, whose dates are not known.
    """
    return results.dates if values.counted == results.total_articles else NO_DATE_COUNTS


# ---- for notebooks


def _hits(hits: Sequence[Hit]) -> str:
    return notebook.table(
        ("article", "date", "outlet", "paragraph"),
        map(_hit_row, hits),
        ("title", "short", "name", "wide"),
        "hits",
    )


def _hit_row(hit: Hit) -> tuple[str, ...]:
    source = (
        f"<br> <small>{notebook.text_html(hit.source)}</small>"
        if hit.source and hit.source != hit.outlet
        else ""
    )
    others = [f"and {many(hit.others, 'more paragraph')}"] if hit.others else []
    others += [f"without {notebook.text_html(', '.join(hit.missing))}"] if hit.missing else []
    others += [f"also in {many(hit.copies_total, 'other article')}"] if hit.copies_total else []
    more = f"<br><small>{', '.join(others)}</small>" if others else ""
    own = ", ".join(f"{name}: {notebook.text_html(shown(value))}" for name, value in hit.extra.items())
    more += f"<br><small>{own}</small>" if own else ""
    return (
        f"{notebook.linked(hit.title, hit.url)}<br><small><code>{escape.html(hit.address)}</code></small>",
        notebook.day(hit.date),
        f"{notebook.text_html(hit.outlet)}{source}",
        f'<span dir="auto">{hit.snippet.html()}</span>{more}',
    )


def _clauses(clauses: Sequence[Clause]) -> str:
    rows = ((notebook.text_html(one.text), f"{one.articles:,}", f"{one.without:,}") for one in clauses)
    return notebook.table(("clause", "alone", "all others together"), rows, ("", "number", "number"))
