"""The Whoosh schema of an index, and an article as documents of it: one a paragraph.

The schema is pickled into every index. The import paths of what it names are part of the format on disk, and must
stay: ``newssearch.engines.embedded.schema.ArticleAnalyzer``.

====================  ==============================================================================================
``id``                the article's id
``paragraph``         its number, from 1; 0 in the one document of an article without paragraphs
``title``, ``text``   analysed in the article's language; stored as written
``forms``             the words folded but not stemmed, for patterns; the headline's, ``title_forms``, in the first document
``date``              as the outlet's clock had it; what was written, with its zone, is in ``header``
``outlet`` and so on  folded whole (``byline`` and ``located``: by words); stored as written
``number`` …          columns of numbers that a search reads as arrays; :data:`NONE` where there is no date
``state``             of the article's first document: what it was added with, to tell whether it has changed
``header``            of the article's first document: what is no field of its own, as JSON
====================  ==============================================================================================
"""

from __future__ import annotations

import datetime as dt
import json
import warnings
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

with warnings.catch_warnings():  # Whoosh 2.7.4 was written for older Pythons, which shows when it is compiled
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh import columns, fields
    from whoosh.analysis import Analyzer, Token

from ...analysis import DEFAULT, analyser, analyser_named, key, name_words
from ...article import Article, Date, Paragraph, Provenance

NONE = -1
"""In a column of moments: no date."""

_EPOCH = dt.datetime(1, 1, 1)
WHOLE_VALUES = ("outlet", "source", "lang", "section")
BY_WORDS = ("byline", "located")


class ArticleAnalyzer(Analyzer):  # type: ignore[misc]
    """Our analysis as a Whoosh analyzer, for whoever opens the index with Whoosh alone.

    Newssearch itself gives Whoosh the terms of each article, analysed in its language.
    """

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        start_pos: int = 0,
        start_char: int = 0,
        **_: Any,
    ) -> Iterator[Any]:
        token = Token(positions, chars, removestops=False, mode="")
        for position, found in enumerate(analyser_named(DEFAULT).tokens(value), start_pos):
            token.text = found.term
            token.original = value[found.start : found.end]
            token.boost = 1.0
            token.stopped = False
            token.pos = position
            token.startchar = start_char + found.start
            token.endchar = start_char + found.end
            yield token


def make_schema() -> Any:
    """The schema of a new index."""
    schema = fields.Schema(
        id=fields.ID(stored=True, sortable=columns.VarBytesColumn()),
        paragraph=fields.NUMERIC(stored=True, shift_step=8),
        title=fields.TEXT(ArticleAnalyzer(), stored=True),
        text=fields.TEXT(ArticleAnalyzer(), stored=True),
        forms=fields.KEYWORD(),
        title_forms=fields.KEYWORD(),
        date=fields.DATETIME(stored=True),
        url=fields.ID(stored=True),
        path=fields.ID(stored=True, sortable=columns.VarBytesColumn()),
        number=fields.COLUMN(columns.NumericColumn("i", default=0)),
        words=fields.COLUMN(columns.NumericColumn("i", default=0)),
        title_words=fields.COLUMN(columns.NumericColumn("i", default=0)),
        written=fields.COLUMN(columns.NumericColumn("q", default=NONE)),
        instant=fields.COLUMN(columns.NumericColumn("q", default=NONE)),
        state=fields.COLUMN(columns.VarBytesColumn()),
        header=fields.STORED,
    )
    for name in WHOLE_VALUES:
        schema.add(name, fields.ID(stored=True, sortable=columns.VarBytesColumn()))
    for name in BY_WORDS:
        schema.add(name, fields.KEYWORD(stored=True, sortable=columns.VarBytesColumn()))
    return schema


def microseconds(moment: dt.datetime) -> int:
    """Microseconds from the beginning of year 1 to a moment without a zone."""
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


def as_written(date: Date) -> dt.datetime:
    """The moment as the outlet's clock had it; a day begins at midnight."""
    if isinstance(date, dt.datetime):
        return date.replace(tzinfo=None)
    return dt.datetime(date.year, date.month, date.day)


def instant(date: Date) -> int:
    """The moment in microseconds of universal time, for the order of articles; without a zone, as if it were that."""
    written = microseconds(as_written(date))
    offset = date.utcoffset() if isinstance(date, dt.datetime) else None
    return max(written - offset // dt.timedelta(microseconds=1), 0) if offset else written


def documents(article: Article, state: str) -> Iterator[dict[str, Any]]:
    """The Whoosh documents of an article, in order. A list is terms already analysed, beside the stored value."""
    analysis = analyser(article.lang)
    common: dict[str, Any] = {"id": article.id, "url": article.url, "path": article.path}
    if article.title is not None:
        terms = analysis.terms(article.title)
        common |= {"title": terms, "_stored_title": article.title, "title_words": len(terms)}
    if article.date is not None:
        written = as_written(article.date)
        common |= {"date": written, "written": microseconds(written), "instant": instant(article.date)}
    for name in WHOLE_VALUES:
        if (value := getattr(article, name)) is not None:
            common |= {name: [key(value)], f"_stored_{name}": value}
    for name in BY_WORDS:
        if (value := getattr(article, name)) is not None:
            common |= {name: name_words(value), f"_stored_{name}": value}
    first: dict[str, Any] = {"state": state.encode(), "header": _header(article)}
    if article.title is not None:
        first["title_forms"] = analysis.forms(article.title)
    for paragraph in article.paragraphs or (Paragraph(0, ""),):
        terms = analysis.terms(paragraph.text)
        yield (
            common
            | first
            | {
                "paragraph": paragraph.number,
                "number": paragraph.number,
                "text": terms,
                "_stored_text": paragraph.text,
                "forms": analysis.forms(paragraph.text),
                "words": len(terms),
            }
        )
        first = {}


def _header(article: Article) -> str:
    header: dict[str, object] = {
        "record": article.record,
        "count": len(article.paragraphs),
        "provenance": {name: list(known) for name, known in article.provenance.items()},
    }
    if article.date is not None:
        header["date"] = article.date.isoformat()
    if article.dateline is not None:
        header["dateline"] = article.dateline
    return json.dumps(header, ensure_ascii=False, separators=(",", ":"))


def article_of(stored: dict[str, Any], paragraphs: tuple[Paragraph, ...] = ()) -> tuple[Article, int]:
    """An article from the stored fields of its first document, and the number of its paragraphs."""
    header = json.loads(stored["header"])
    date: Date | None = None
    if "date" in header:
        text = header["date"]
        date = dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text)
    article = Article(
        id=stored["id"],
        paragraphs=paragraphs,
        date=date,
        dateline=header.get("dateline"),
        record=header["record"],
        provenance=MappingProxyType(
            {name: Provenance(*known) for name, known in header["provenance"].items()}
        ),
        **{name: stored.get(name) for name in ("title", "url", "path", *WHOLE_VALUES, *BY_WORDS)},
    )
    return article, header["count"]
