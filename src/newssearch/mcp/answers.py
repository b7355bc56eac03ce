"""The results of the tools: JSON objects whose schema clients get.

A key that is not required is left out if it has no value, because each key costs the model tokens.
"""

from __future__ import annotations

from typing_extensions import NotRequired, TypedDict  # pydantic cannot read those of typing below Python 3.12


class ToolAnswer(TypedDict):
    """What all answers have: notes on the query, on limits that were applied, and on what was left out."""

    notes: NotRequired[list[str]]


class CopyOfStory(TypedDict):
    """Another article with the same text, in whole or in part."""

    id: str
    outlet: NotRequired[str]
    date: NotRequired[str]


class FoundHit(TypedDict):
    """An article that was found, with its best paragraph. ``title`` and ``snippet`` quote the article."""

    address: str
    """The address of the paragraph, to be cited: ID#N. ID alone names the article."""
    title: NotRequired[str]
    date: NotRequired[str]
    outlet: NotRequired[str]
    source: NotRequired[str]
    """Who originated the text, if not the outlet."""
    byline: NotRequired[str]
    section: NotRequired[str]
    lang: NotRequired[str]
    url: NotRequired[str]
    snippet: str
    matching_paragraphs: int
    paragraphs: int
    copies_total: NotRequired[int]
    copies: NotRequired[list[CopyOfStory]]
    missing: NotRequired[list[str]]
    """Words of the query that the article lacks."""
    shared_words: NotRequired[list[str]]
    tags: NotRequired[list[str]]
    """What people of the archive call the article."""
    tags_total: NotRequired[int]
    """The number of all its tags. It is only there if ``tags`` leaves some out."""


class CountedClause(TypedDict):
    """A part of a query: how many articles match it alone, and how many match all other parts."""

    clause: str
    articles: int
    without: int


class PartialMatches(TypedDict):
    """Articles that have only some of the words of the query."""

    total_articles: int
    hits: list[FoundHit]


class CorrectedSearch(TypedDict):
    """The results of the query with misspelt words replaced."""

    query: str
    interpretation: str
    total_articles: int
    hits: list[FoundHit]


class SearchAnswer(ToolAnswer):
    """The results of a search."""

    query: str
    interpretation: str
    total_articles: int
    total_paragraphs: int
    total_stories: NotRequired[int]
    """The number of articles, copies counted once."""
    hits: list[FoundHit]
    some_words: NotRequired[PartialMatches]
    corrected: NotRequired[CorrectedSearch]
    clauses: NotRequired[list[CountedClause]]
    spellings: NotRequired[dict[str, list[str]]]
    next_offset: NotRequired[int]
    commit: int


class RelatedArticles(ToolAnswer):
    """Articles on the subject of a given one."""

    id: str
    total_articles: int
    hits: list[FoundHit]
    next_offset: NotRequired[int]


class ExplainedQuery(ToolAnswer):
    """How a query is understood, and what each of its parts finds."""

    query: str
    interpretation: str
    total_articles: int
    total_paragraphs: int
    clauses: list[CountedClause]
    spellings: NotRequired[dict[str, list[str]]]
    some_words_articles: NotRequired[int]
    corrected_query: NotRequired[str]
    corrected_articles: NotRequired[int]


class ReadParagraph(TypedDict):
    """A paragraph. ``text`` quotes the article; ``matches`` are the parts of it that match the query."""

    number: int
    kind: NotRequired[str]
    text: str
    cut: NotRequired[bool]
    matches: NotRequired[list[str]]


class NoteOnArticle(TypedDict):
    """A note that somebody has written on an article. ``text`` quotes it."""

    text: str
    by: NotRequired[str]
    at: str


class ReadArticle(ToolAnswer):
    """An article with its fields and a part of its paragraphs."""

    id: str
    title: NotRequired[str]
    date: NotRequired[str]
    outlet: NotRequired[str]
    source: NotRequired[str]
    byline: NotRequired[str]
    dateline: NotRequired[str]
    located: NotRequired[str]
    lang: NotRequired[str]
    section: NotRequired[str]
    url: NotRequired[str]
    key: NotRequired[str]
    own_fields: NotRequired[dict[str, str]]
    provenance: NotRequired[dict[str, str]]
    """Where values come from that the publication does not simply state."""
    added: NotRequired[str]
    version: int
    total_paragraphs: int
    matching: NotRequired[list[int]]
    """The numbers of the paragraphs that match the query; 0 is the headline."""
    boilerplate: NotRequired[list[int]]
    """The numbers of the paragraphs that the outlet prints under many articles: they say nothing about this one."""
    tags: NotRequired[list[str]]
    """What people of the archive call the article."""
    annotations: NotRequired[list[NoteOnArticle]]
    """What people of the archive have written on the article."""
    paragraphs: list[ReadParagraph]
    next_paragraph: NotRequired[int]
    next_start: NotRequired[int]


class QuotedParagraph(TypedDict):
    """A paragraph by its address."""

    address: str
    text: str
    kind: NotRequired[str]
    cut: NotRequired[bool]
    title: NotRequired[str]
    date: NotRequired[str]
    outlet: NotRequired[str]
    url: NotRequired[str]


class MissingParagraph(TypedDict):
    """An address without a paragraph, and the reason."""

    address: str
    reason: str


class QuotedParagraphs(ToolAnswer):
    """Paragraphs by their addresses, in the order in which they were asked for."""

    paragraphs: list[QuotedParagraph]
    not_found: NotRequired[list[MissingParagraph]]
    left: NotRequired[list[str]]
    """Addresses that did not fit."""


class TextEdit(TypedDict):
    """Words that a paragraph of the first version has and this one not (``cut``), or the reverse (``added``)."""

    kind: str
    text: str


class ChangedParagraph(TypedDict):
    """A paragraph that differs from the first version: ``changed``, ``cut`` or ``added``."""

    kind: str
    first: NotRequired[int]
    """The number of the paragraph in the first version."""
    number: NotRequired[int]
    """The number of the paragraph in this version."""
    text: str
    edits: NotRequired[list[TextEdit]]


class StoryVersion(TypedDict):
    """A story as one outlet published it, compared with the first version."""

    id: str
    title: NotRequired[str]
    date: NotRequired[str]
    outlet: NotRequired[str]
    source: NotRequired[str]
    url: NotRequired[str]
    paragraphs: int
    share: float
    """The share of the paragraphs of the first version that this one has."""
    kept: int
    changed: int
    cut: int
    added: int
    changes: NotRequired[list[ChangedParagraph]]


class StoryVersions(ToolAnswer):
    """The articles with the same text, in whole or in part, earliest first."""

    total_versions: int
    versions: list[StoryVersion]
    next_offset: NotRequired[int]


class CellNumbers(TypedDict):
    """The numbers of a group: articles that match, all articles, the share, and what else was asked for."""

    articles: int
    all_articles: NotRequired[int]
    share: NotRequired[float]
    paragraphs: NotRequired[int]
    sentences: NotRequired[int]
    occurrences: NotRequired[int]
    per_million: NotRequired[float]


class CountedGroup(CellNumbers):
    """A row: a value of each field in ``by``, and its numbers."""

    group: list[str]


class CountedArticles(ToolAnswer):
    """Numbers of articles by the values of fields."""

    query: str
    interpretation: str
    by: list[str]
    total: CellNumbers
    rows: list[CountedGroup]
    total_rows: int
    next_offset: NotRequired[int]


class CountedPeriod(CellNumbers):
    """The numbers of a period."""

    period: str
    over: NotRequired[bool]
    """False if the period has not ended."""
    in_part: NotRequired[bool]
    """True if ``since`` or ``until`` leaves out days of the period."""


class CountedPeriods(ToolAnswer):
    """Numbers of articles over time."""

    query: str
    interpretation: str
    unit: str
    total: CellNumbers
    without_period: NotRequired[int]
    """Matching articles without a date, or with one that is too coarse."""
    periods: list[CountedPeriod]
    total_periods: int
    next_offset: NotRequired[int]


class LineInContext(TypedDict):
    """An occurrence in its context. ``left``, ``match`` and ``right`` quote the paragraph at the address."""

    address: str
    date: NotRequired[str]
    outlet: NotRequired[str]
    left: str
    match: str
    right: str


class LinesInContext(ToolAnswer):
    """Occurrences of a query (key word in context)."""

    query: str
    interpretation: str
    total_occurrences: int
    total_articles: int
    sample: NotRequired[int]
    seed: NotRequired[int]
    lines: list[LineInContext]
    next_offset: NotRequired[int]


class WordNearby(TypedDict):
    """A word near the matches, with its number of occurrences there, and of articles in which it occurs there."""

    word: str
    count: int
    articles: int
    in_all: int
    log_dice: float
    mi: float
    ll: float


class WordsNearby(ToolAnswer):
    """The words near the matches of a query."""

    query: str
    interpretation: str
    occurrences: int
    total_words: int
    words: list[WordNearby]


class ListedValue(TypedDict):
    """A value of a field, and the number of articles that have it."""

    value: str
    articles: int


class DescribedField(TypedDict):
    """A field of articles: what it means, and its most frequent values."""

    name: str
    meaning: str
    values: NotRequired[int]
    """The number of different values."""
    top: NotRequired[list[ListedValue]]
    without: NotRequired[int]
    """The number of articles without a value."""


class ArchiveContents(ToolAnswer):
    """What the archive has."""

    articles: int
    paragraphs: int
    words: int
    first_date: NotRequired[str]
    last_date: NotRequired[str]
    without_date: int
    only_month: int
    only_year: int
    fields: list[DescribedField]
    commit: int
    committed: str
    """When the archive last changed, in UTC."""
    digest: str
    last_update: NotRequired[str]
    time_limit: NotRequired[float]
    """The most seconds that a call may search."""
    newssearch: str


class LanguageHelp(ToolAnswer):
    """A part of the description of the query language, as Markdown."""

    section: str
    text: str
    sections: list[str]
