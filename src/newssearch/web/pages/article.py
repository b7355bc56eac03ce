"""The page of an article: its text with the matches of a query, its provenance, its place among the hits of a search."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from markupsafe import Markup

from newssearch.article import Article, Date, Provenance
from newssearch.corpus.neighbours import Neighbours
from newssearch.display import escape
from newssearch.errors import HitNotFoundError, TagFileError
from newssearch.extra import shown
from newssearch.fields import FIELD_NAMES
from newssearch.index import Index
from newssearch.lead import weightless_paragraphs
from newssearch.query import Field
from newssearch.request import HighlightOptions, ScanOptions
from newssearch.results import Hit, Results
from newssearch.snippet import Snippet
from newssearch.web.options import QUERY, options_of
from newssearch.web.parameters import Parameter

from .asking import AskedOptions, asked_of
from .citation import (
    archive_citation,
    citation_parts,
    context_object,
    day_in_words,
    meta_tags,
    original_address,
)
from .rendering import ShownPage, View, page_route
from .shown_tags import shown_tags
from .story import path_of_story
from .tags import offered_tags

RELATED = 6
"""The number of related articles."""
ARTICLE_ONLY = ("related",)
"""The parameters of this view alone, which the addresses of others do not have."""
ARTICLE_PARAMETERS = (
    QUERY,
    *options_of(ScanOptions),
    Parameter("related", "flag", "Related articles too.", False),
)


class ShownParagraph(NamedTuple):
    """A paragraph as the page shows it: its HTML, and the number of the first match in it among all of the article.

    ``role`` is the kind of the paragraph, or ``aside`` for a link, a caption or a notice, ``repeated`` for the headline
    once more, or ``boilerplate``. ``is_first`` is whether it is the first with this role.
    """

    number: int
    role: str
    is_first: bool
    html: Markup
    first: int
    matches: int


class FieldRow(NamedTuple):
    """A field of the article: its name, its value as text, and where the value comes from."""

    name: str
    value: str
    provenance: Provenance | None


class Neighbourhood(NamedTuple):
    """The place of an article among the hits of a search; ``found`` is None if it is none of them."""

    found: Neighbours | None


def article_page(view: View) -> ShownPage:
    """Return the page of an article."""
    asked = asked_of(view, ARTICLE_PARAMETERS)
    index = view.context.archive.opened()
    article = index.article(view.path["id"])
    marked = _highlights(index, article, asked)
    title = marked.get(0) or Snippet(article.title or "")
    paragraphs = list(shown_paragraphs(article, marked, index.boilerplate(article.id)))
    neighbourhood = _neighbourhood(index, article, asked)
    found = neighbourhood.found if neighbourhood else None
    return ShownPage(
        "article.html",
        {
            "article": article,
            "query": asked.query,
            "title": numbered_marks(title, 1),
            "paragraphs": paragraphs,
            "matches": len(title.highlights) + sum(one.matches for one in paragraphs),
            "hit": found.hit if found else _hit_of(index, article, asked),
            "neighbourhood": neighbourhood,
            "in_title": len(title.highlights),
            "published": published_text(article.date),
            "story": path_of_story(article.id),
            "original": original_address(article),
            "host": urlsplit(article.url or "").hostname or "the original",
            "fields": list(field_rows(article)),
            "places": [article.place, *article.other_places] if view.context.settings.show_paths else [],
            "related": _related(index, article, asked) if asked.value("related", False) else None,
            "citation": citation_parts(article),
            "archive_citation": archive_citation(article, index.commit),
            "meta_tags": list(meta_tags(article)),
            "coins": context_object(article),
            "own_parameters": ARTICLE_ONLY,
            "tags": shown_tags(index, article.id, view.links),
            "offered": () if view.links.read_only else offered_tags(view),
        },
    )


def _highlights(index: Index, article: Article, asked: AskedOptions) -> Mapping[int, Snippet]:
    if not asked.query:
        return {}
    names = HighlightOptions.__annotations__
    options = {name: value for name, value in asked.options().items() if name in (*names, "timeout", "stop")}
    return index.highlights(article.id, asked.query, **options)


def shown_paragraphs(
    article: Article, marked: Mapping[int, Snippet], boilerplate: Iterable[int] = ()
) -> Iterator[ShownParagraph]:
    """Yield the paragraphs of an article, with their matches numbered after those of the headline."""
    weightless = weightless_paragraphs(article)
    roles = {
        **dict.fromkeys(weightless.headlines, "repeated"),
        **dict.fromkeys(weightless.asides, "aside"),
        **dict.fromkeys(boilerplate, "boilerplate"),
    }
    seen = set[str]()
    first = 1 + len(marked[0].highlights) if marked else 1
    for paragraph in article.paragraphs:
        snippet = marked.get(paragraph.number) or Snippet(paragraph.text)
        matches = len(snippet.highlights)
        role = roles.get(paragraph.number, paragraph.kind)
        html = numbered_marks(snippet, first)
        yield ShownParagraph(paragraph.number, role, role not in seen, html, first, matches)
        seen.add(role)
        first += matches


def numbered_marks(snippet: Snippet, first: int) -> Markup:
    """Return a whole text as HTML, with its matches in ``<mark>``, whose ids count from ``first``.

    >>> str(numbered_marks(Snippet("<b> rain", ((4, 8),)), 3))
    '&lt;b&gt; <mark id="match-3">rain</mark>'
    """
    number = first
    found = []
    for text, is_match in snippet.parts():
        shown_text = escape.html(text)
        if is_match:
            shown_text = f'<mark id="match-{number}">{shown_text}</mark>'
            number += 1
        found.append(shown_text)
    return Markup("".join(found))


def _hit_of(index: Index, article: Article, asked: AskedOptions) -> Hit:
    """Return the article as a hit, which knows its copies."""
    limits = asked.limits
    (hit,) = index.search(
        Field("id", article.id), limit=1, group=False, strict=True, timeout=limits.timeout, stop=limits.stop
    )
    return hit


def _neighbourhood(index: Index, article: Article, asked: AskedOptions) -> Neighbourhood | None:
    """Return the place of the article in the search that the address states.

    None if it states none, and if the tags that hits have cannot be read.
    """
    if not asked.query and not asked.values.keys() - {"sort", "snippet", *ARTICLE_ONLY}:
        return None
    options = asked.options("snippet", "all_paragraphs", *ARTICLE_ONLY)
    try:
        return Neighbourhood(index.neighbours(asked.query, article.id, content="fields", **options))
    except HitNotFoundError:
        return Neighbourhood(None)
    except TagFileError:  # of which the page says so where it would show the tags
        return None


def _related(index: Index, article: Article, asked: AskedOptions) -> Results:
    limits = asked.limits
    return index.related(article.id, limit=RELATED, timeout=limits.timeout, stop=limits.stop)


def published_text(date: Date | None) -> str:
    """Return a date of publication for readers, with the time and its zone where they are known.

    >>> published_text(dt.datetime(2024, 7, 25, 14, 30, tzinfo=dt.timezone.utc)), published_text(dt.date(2024, 7, 25))
    ('25 July 2024, 14:30 UTC', '25 July 2024')
    """
    day = day_in_words(date)
    if not isinstance(date, dt.datetime):
        return day
    offset = f"{date:%z}"
    zone = "" if not offset else " UTC" if offset in ("+0000", "-0000") else f" UTC{offset[:3]}:{offset[3:5]}"
    return f"{day}, {date:%H:%M}{zone}"


def field_rows(article: Article) -> Iterator[FieldRow]:
    """Yield all fields of an article, those without a value too, then the own fields of the archive."""
    for name in FIELD_NAMES:
        value = getattr(article, name)
        text = "" if value is None else value if isinstance(value, str) else value.isoformat()
        yield FieldRow(name, text, article.provenance.get(name))
    for name, own in article.extra.items():
        yield FieldRow(name, shown(own), None)


ROUTES = (page_route("/article/{id:path}", article_page, "article", ARTICLE_PARAMETERS),)
