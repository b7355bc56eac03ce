"""The words of an index, the words near the matches of a query, and the words that characterise its articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, get_args

from newssearch import arguments
from newssearch.commit import Commit
from newssearch.display import notebook
from newssearch.display.brief import brief, many, quoted
from newssearch.errors import QueryError
from newssearch.frames import Framed, FrameType, FrameTypes
from newssearch.query import Diagnostic
from newssearch.results import left_out
from newssearch.system.late_dataclass import dataclass
from newssearch.system.tuple_sequence import TupleSequence

CollocateMeasure = Literal["logdice", "mi", "ll"]
KeywordMeasure = Literal["ll", "logratio"]
COLLOCATE_MEASURES: tuple[CollocateMeasure, ...] = get_args(CollocateMeasure)
KEYWORD_MEASURES: tuple[KeywordMeasure, ...] = get_args(KeywordMeasure)

WORDS_VERSION = 1
"""The version of the keys of the JSON of collocates and keywords. It is increased when a key is removed or changes its
meaning."""

MAX_SPAN = 100
"""The largest number of words on each side of a match in which collocates are counted."""
DEFAULT_SPAN = 5
DEFAULT_MIN_COUNT = 5
DEFAULT_LIMIT = 50


class CorpusSize(NamedTuple):
    """The size of a set of articles: their number, and the number of words in their paragraphs."""

    articles: int
    words: int


@dataclass(frozen=True, slots=True)
class IndexWord:
    """A word of the index, in its most frequent spelling, with its number of articles and of occurrences.

    Headlines count too.
    """

    word: str
    articles: int
    occurrences: int

    def to_dict(self) -> dict[str, object]:
        """Return the word as JSON types."""
        return {"word": self.word, "articles": self.articles, "occurrences": self.occurrences}


@dataclass(frozen=True, slots=True, kw_only=True)
class WordOptions:
    """The words to list among those compared, and their number.

    A word must occur ``min_count`` times, and in ``min_articles`` articles. Unless ``all_words``, numbers and words
    that are mostly function words in the language of their article are left out. ``limit`` None stands for all words.
    """

    min_count: int = DEFAULT_MIN_COUNT
    min_articles: int = 1
    limit: int | None = DEFAULT_LIMIT
    all_words: bool = False

    def __post_init__(self) -> None:
        """Check the options. Raises TypeError and :class:`~newssearch.QueryError`."""
        for name, least in (("min_count", 1), ("min_articles", 1), ("limit", 0)):
            if name != "limit" or self.limit is not None:
                object.__setattr__(self, name, _at_least(name, getattr(self, name), least))
        arguments.flag("all_words", self.all_words)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollocateOptions(WordOptions):
    """The options of :meth:`newssearch.Index.collocates` besides the query and the articles.

    ``left`` and ``right`` are the numbers of words to each side of a match.
    """

    left: int = DEFAULT_SPAN
    right: int = DEFAULT_SPAN
    measure: str = "logdice"

    def __post_init__(self) -> None:
        """Check the options. Raises TypeError and :class:`~newssearch.QueryError`."""
        WordOptions.__post_init__(self)
        for name in ("left", "right"):
            size = _at_least("span", getattr(self, name), 0)
            if size > MAX_SPAN:
                raise QueryError(f"span is at most {MAX_SPAN} words to each side, not {size}")
            object.__setattr__(self, name, size)
        if not self.left and not self.right:
            raise QueryError("span has no words: give a number for one side at least")
        _check_measure(self.measure, COLLOCATE_MEASURES)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordOptions(WordOptions):
    """The options of :meth:`newssearch.Index.keywords` besides the queries and the articles."""

    measure: str = "ll"

    def __post_init__(self) -> None:
        """Check the options. Raises TypeError and :class:`~newssearch.QueryError`."""
        WordOptions.__post_init__(self)
        _check_measure(self.measure, KEYWORD_MEASURES)


def sides_of(span: object) -> tuple[int, int]:
    """Return the numbers of words on the left and the right of a match, from one number for both or a pair.

    >>> sides_of(5), sides_of((0, 3))
    ((5, 5), (0, 3))
    """
    if isinstance(span, tuple | list):
        if len(span) != 2:
            raise arguments.wrong("span", "a number, or a pair of numbers", span)
        left, right = (arguments.whole_number("span", size) for size in span)
        return left, right
    size = arguments.whole_number("span", span)
    return size, size


def _at_least(name: str, value: object, least: int) -> int:
    number = arguments.whole_number(name, value)
    if number < least:
        raise QueryError(f"{name} is at least {least}, not {number}")
    return number


def _check_measure(measure: str, measures: Sequence[str]) -> None:
    if arguments.text("measure", measure) not in measures:
        raise QueryError(
            f"there is no measure {measure!r} for this", suggestion=f"the choices are: {', '.join(measures)}"
        )


@dataclass(frozen=True, slots=True)
class Collocate:
    """A word near the matches of a query, in its most frequent spelling.

    ``count`` is the number of its occurrences near a match: ``left`` before the nearest one and ``right`` after it.
    ``articles`` is the number of articles in which it is near a match, ``frequency`` the number of its occurrences in all
    articles that pass the filters, and ``expected`` what ``count`` would be if the word were spread evenly over them.
    ``log_dice``, ``mi`` and ``ll`` are the scores of :mod:`newssearch.corpus.association`.
    """

    word: str
    count: int
    left: int
    right: int
    articles: int
    frequency: int
    expected: float
    log_dice: float
    mi: float
    ll: float

    def to_dict(self) -> dict[str, object]:
        """Return the collocate as JSON types."""
        return {name: getattr(self, name) for name in COLLOCATE_FIELDS}


COLLOCATE_FIELDS = (
    "word", "count", "left", "right", "articles", "frequency", "expected", "log_dice", "mi", "ll"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word that is more frequent in some articles than in others, in its most frequent spelling.

    ``count`` is the number of its occurrences in the matching articles, ``articles`` the number of these that have it,
    ``reference_count`` the number of its occurrences in the others; ``per_million`` and ``reference_per_million`` are the
    same for a million words. ``ll`` and ``log_ratio`` are the scores of :mod:`newssearch.corpus.association`.
    """

    word: str
    count: int
    articles: int
    per_million: float
    reference_count: int
    reference_per_million: float
    ll: float
    log_ratio: float

    def to_dict(self) -> dict[str, object]:
        """Return the keyword as JSON types."""
        return {name: getattr(self, name) for name in KEYWORD_FIELDS}


KEYWORD_FIELDS = (
    "word", "count", "articles", "per_million", "reference_count", "reference_per_million", "ll", "log_ratio"
)  # fmt: skip


def of_second_query(note: Diagnostic) -> Diagnostic:
    """Return a diagnostic of the comparison query without its place, which does not lie in the first query."""
    return Diagnostic(note.kind, f"in the second query, {note.message}", suggestion=note.suggestion)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCollocates:
    """An engine's result for :class:`Collocates`."""

    occurrences: int
    window_words: int
    corpus: CorpusSize
    total: int
    words: tuple[Collocate, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundKeywords:
    """An engine's result for :class:`Keywords`."""

    target: CorpusSize
    reference: CorpusSize
    total: int
    words: tuple[Keyword, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0


@dataclass(frozen=True, slots=True)
class Collocates(TupleSequence[Collocate], Framed):
    """The words near the matches of a query, those with the highest score first.

    ``interpretation`` is the query with full parentheses. ``left`` and ``right`` are the numbers of words to each
    side of a match that were counted, ``occurrences`` is the number of matches, and ``window_words`` the number of
    all words near them. ``corpus`` is the size of all articles that pass the filters. ``total`` is the number of
    words that qualify, whatever ``limit`` and ``min_articles`` are. ``commit``, ``undated`` and ``imprecise`` are as
    in :class:`~newssearch.Results`.
    """

    query: str
    interpretation: str
    commit: Commit
    measure: str
    left: int
    right: int
    min_count: int
    occurrences: int
    window_words: int
    corpus: CorpusSize
    total: int
    words: tuple[Collocate, ...]
    min_articles: int = 1
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0

    @property
    def _items(self) -> tuple[Collocate, ...]:
        return self.words

    def __repr__(self) -> str:
        return brief(
            self,
            f"of {quoted(self.query)}: {many(len(self), 'word')} of {self.total:,}",
            f"near {many(self.occurrences, 'occurrence')}",
        )

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: totals, notes, and a table of the words."""
        return _words_page(
            collocates_summary(self), self.diagnostics, COLLOCATE_FIELDS, [word.to_dict() for word in self]
        )

    def records(self) -> list[dict[str, object]]:
        """Return a flat dict for each word: its counts and its scores."""
        return [word.to_dict() for word in self.words]

    def _frame_types(self) -> FrameTypes:
        return _word_types(COLLOCATE_FIELDS)

    def to_dict(self) -> dict[str, object]:
        """Return the collocates as JSON types, as ``newssearch collocates --format json`` prints them."""
        return {**self.head(), "rows": [word.to_dict() for word in self.words]}

    def head(self) -> dict[str, object]:
        """Return what :meth:`to_dict` has before the rows."""
        return {
            "version": WORDS_VERSION,
            "commit": self.commit.to_dict(),
            "query": self.query,
            "interpretation": self.interpretation,
            "diagnostics": [diagnostic.to_dict() for diagnostic in self.diagnostics],
            "measure": self.measure,
            "left": self.left,
            "right": self.right,
            "min_count": self.min_count,
            "min_articles": self.min_articles,
            "occurrences": self.occurrences,
            "window_words": self.window_words,
            "corpus": self.corpus._asdict(),
            "total": self.total,
            "undated": self.undated,
            "imprecise": self.imprecise,
        }


@dataclass(frozen=True, slots=True)
class Keywords(TupleSequence[Keyword], Framed):
    """The words that are more frequent in the matching articles than in others, those with the highest score first.

    ``interpretation`` is the query with full parentheses. ``against`` and ``against_interpretation`` are the
    comparison query and its interpretation; None if all other articles are compared. ``target`` and ``reference`` are
    the sizes of the two sets of articles, which have none in common. ``total`` is the number of words that qualify,
    whatever ``limit`` and ``min_articles`` are. ``commit``, ``undated`` and ``imprecise`` are as in
    :class:`~newssearch.Results`, for the first query.
    """

    query: str
    interpretation: str
    against: str | None
    against_interpretation: str | None
    commit: Commit
    measure: str
    min_count: int
    target: CorpusSize
    reference: CorpusSize
    total: int
    words: tuple[Keyword, ...]
    min_articles: int = 1
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0

    @property
    def _items(self) -> tuple[Keyword, ...]:
        return self.words

    def __repr__(self) -> str:
        return brief(
            self,
            f"of {quoted(self.query)}: {many(len(self), 'word')} of {self.total:,}",
            f"in {many(self.target.articles, 'article')} against {self.reference.articles:,}",
        )

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: totals, notes, and a table of the words."""
        return _words_page(
            keywords_summary(self), self.diagnostics, KEYWORD_FIELDS, [word.to_dict() for word in self]
        )

    def records(self) -> list[dict[str, object]]:
        """Return a flat dict for each word: its counts and its scores."""
        return [word.to_dict() for word in self.words]

    def _frame_types(self) -> FrameTypes:
        return _word_types(KEYWORD_FIELDS)

    def to_dict(self) -> dict[str, object]:
        """Return the keywords as JSON types, as ``newssearch keywords --format json`` prints them."""
        return {**self.head(), "rows": [word.to_dict() for word in self.words]}

    def head(self) -> dict[str, object]:
        """Return what :meth:`to_dict` has before the rows."""
        return {
            "version": WORDS_VERSION,
            "commit": self.commit.to_dict(),
            "query": self.query,
            "interpretation": self.interpretation,
            "against": self.against,
            "against_interpretation": self.against_interpretation,
            "diagnostics": [diagnostic.to_dict() for diagnostic in self.diagnostics],
            "measure": self.measure,
            "min_count": self.min_count,
            "min_articles": self.min_articles,
            "target": self.target._asdict(),
            "reference": self.reference._asdict(),
            "total": self.total,
            "undated": self.undated,
            "imprecise": self.imprecise,
        }


def _word_types(fields: Sequence[str]) -> FrameTypes:
    whole = ("count", "left", "right", "articles", "frequency", "reference_count")
    types: dict[str, FrameType] = {name: "whole" if name in whole else "number" for name in fields}
    return {**types, "word": "text"}


def collocates_summary(found: Collocates) -> str:
    """Return the totals of collocates as text."""
    return (
        f"{many(found.occurrences, 'occurrence')}, {many(found.window_words, 'word')} near"
        f" {'it' if found.occurrences == 1 else 'them'}, in {_corpus_size(found.corpus)}"
        f"{_shown_of(len(found), found.total)}{_left(found)}"
    )


def keywords_summary(found: Keywords) -> str:
    """Return the totals of keywords as text."""
    return f"{_corpus_size(found.target)} against {_corpus_size(found.reference)}{_shown_of(len(found), found.total)}{_left(found)}"


def _corpus_size(size: CorpusSize) -> str:
    return f"{many(size.articles, 'article')} of {many(size.words, 'word')}"


def _shown_of(shown: int, total: int) -> str:
    return f"; {shown:,} of {many(total, 'word')} shown" if shown < total else ""


def _left(found: Collocates | Keywords) -> str:
    return f"; {remark}" if (remark := left_out(found.undated, found.imprecise)) else ""


def _words_page(
    summary: str, notes: Sequence[Diagnostic], fields: Sequence[str], rows: Sequence[Mapping[str, object]]
) -> str:
    """Return HTML for a notebook: a summary, notes, and a table with the given fields of each row, the first one a word."""
    cells = (
        [notebook.text_html(row[name]) if name == fields[0] else _number(row[name]) for name in fields]
        for row in rows
    )
    return notebook.page(
        notebook.paragraph(f"<strong>{summary}</strong>"),
        notebook.bullet_list(note.message for note in notes),
        notebook.table(
            [name.replace("_", " ") for name in fields], cells, ("", *["number"] * (len(fields) - 1))
        ),
    )


def _number(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
