"""Press reviews as PDF, set by Typst from a template. The template gets all texts as values, and reads none of them as markup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, BinaryIO

from newssearch.corpus.concordance import is_right_to_left
from newssearch.display import escape
from newssearch.errors import NewssearchError
from newssearch.readers.api import REVIEW_GENERATOR
from newssearch.snippet import Snippet
from newssearch.system.lazy_regex import Pattern

from .content import Fact, Review, ReviewedArticle, direction_mark

MAX_TYPESET = 6_000_000
"""The largest number of characters of JSON of which a PDF is made. Typst takes about 250 bytes of memory for each: 1.5 GB."""
_LANGUAGE = Pattern("[a-z]{2,3}")
_SURROGATES = Pattern("[\ud800-\udfff]")


def write_pdf(stream: BinaryIO, review: Review, articles: Iterator[ReviewedArticle]) -> None:
    """Write a press review as PDF to a stream. ``articles`` are those of its contents, in this order.

    Raises :class:`~newssearch.NewssearchError` if the review is too long.
    """
    import typst  # an extra, and slow to import

    parts: list[str] = []
    size = 0
    for part in _value_parts(review, articles):
        parts.append(part)
        size += len(part)
        if size > MAX_TYPESET:
            raise NewssearchError(
                "the review is too long for PDF: limit it, take excerpts, or write html or docx"
            )
    made = review.made.replace(microsecond=0)
    stream.write(
        typst.compile(_template(), sys_inputs={"review": "".join(parts)}, format="pdf", timestamp=made)
    )


@cache
def _template() -> bytes:
    return files(__package__).joinpath("typeset.typ").read_bytes()


def _value_parts(review: Review, articles: Iterator[ReviewedArticle]) -> Iterator[str]:
    """Yield the data of the template as JSON, part by part."""
    labels = review.labels
    head = {
        "title": _typeset_text(review.title),
        "written-title": _written(review.title),
        "keywords": [REVIEW_GENERATOR],
        "lang": labels.lang,
        "labels": {
            "contents": labels.contents,
            "nothing": labels.nothing,
            "search-summary": labels.search_summary,
        },
        "cover": list(map(_fact_value, review.cover)),
        "note": list(map(_written, review.note)),
        "summary": list(map(_fact_value, review.summary)),
        "has-texts": review.has_texts,
    }
    yield f'{json.dumps(head)[:-1]}, "groups": ['
    for place, group in enumerate(review.groups):
        contents = [
            {
                "number": one.number,
                "anchor": one.anchor,
                "written-title": _written(one.title, one.hit.lang or ""),
                "origin": _typeset_text(f"{one.outlet}{direction_mark(one.outlet)}, {one.date}"),
            }
            for one in group.entries
        ]
        yield f'{", " if place else ""}{{"heading": {json.dumps(_written(group.heading))}, "entries": {json.dumps(contents)}, "articles": ['
        for number, article in enumerate(islice(articles, len(group.entries))):
            yield f"{', ' if number else ''}{json.dumps(_article_value(review, article))}"
        yield "]}"
    yield "]}"


def _article_value(review: Review, article: ReviewedArticle) -> dict[str, Any]:
    labels, entry = review.labels, article.entry
    headline = article.headline if article.headline.text else Snippet(entry.title)
    byline = f" · {labels.by} {article.byline}{direction_mark(article.byline)}" if article.byline else ""
    section = f" · {article.section}" if article.section else ""
    return {
        "number": entry.number,
        "anchor": entry.anchor,
        "headline": _snippet_value(headline, article.lang),
        "outlet": _typeset_text(entry.outlet),
        "origin": _typeset_text(
            f"{direction_mark(entry.outlet)} · {labels.moment_text(entry.hit.date)}{byline}{section}"
        ),
        "paragraphs": [
            {
                **_snippet_value(one.text, article.lang),
                "kind": one.kind,
                "after-gap": one.after_gap,
                "before-gap": one.before_gap,
                "kept": article.is_kept(one),
            }
            for one in article.paragraphs
        ],
        "footer": list(_footer_values(review, article)),
    }


def _footer_values(review: Review, article: ReviewedArticle) -> Iterator[dict[str, Any]]:
    labels = review.labels
    if article.copies:
        copies = [
            _footer_item(f"{one.outlet}{direction_mark(one.outlet)}, {one.date}", one.link)
            for one in article.copies
        ]
        if article.more_copies:
            copies.append(_footer_item(labels.more_copies.format(number=labels.number(article.more_copies))))
        yield {"label": labels.also_in, "items": copies}
    if article.source:
        yield {"label": labels.source, "items": [_footer_item(article.source)]}
    if article.rights:
        yield {"label": labels.rights, "items": [_footer_item(article.rights)]}
    if article.address:
        yield {"label": labels.link, "items": [_footer_item(article.address, article.link)]}
    yield {"label": labels.id, "items": [_footer_item(article.id)]}


def _footer_item(text: str, link: str = "") -> dict[str, str]:
    return {"text": _typeset_text(text), "link": link}


def _fact_value(fact: Fact) -> dict[str, Any]:
    return {"label": fact.label, "value": _typeset_text(fact.value), "code": fact.is_code}


def _written(text: str, lang: str = "") -> dict[str, Any]:
    """Return a text with its language and its writing direction."""
    main = lang.partition("-")[0].lower()
    return {
        "text": _typeset_text(text),
        "lang": main if _LANGUAGE.fullmatch(main) else "",
        "rtl": is_right_to_left(text),
    }


def _snippet_value(snippet: Snippet, lang: str) -> dict[str, Any]:
    parts = [[_typeset_text(text), is_match] for text, is_match in snippet.parts()]
    return {**_written("", lang), "rtl": is_right_to_left(snippet.text), "parts": parts}


def _typeset_text(text: str) -> str:
    return _SURROGATES.sub("\ufffd", escape.terminal(text))
