"""Press reviews as HTML: one file without scripts, pictures or anything to load, laid out for the screen and for paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import islice

from newssearch.corpus.concordance import is_right_to_left
from newssearch.display import escape
from newssearch.readers.api import REVIEW_GENERATOR

from .content import Fact, Review, ReviewedArticle, ReviewedParagraph, ReviewEntry

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The content security policy of the page, by which a browser loads and runs nothing."""


def html_parts(review: Review, articles: Iterator[ReviewedArticle]) -> Iterator[str]:
    """Yield a press review as HTML in parts. ``articles`` are those of its contents, in this order."""
    labels = review.labels
    yield (
        f'<!DOCTYPE html>\n<html lang="{labels.lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="generator" content="{REVIEW_GENERATOR}">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape.html(review.title)}</title>\n<style>\n{_style_sheet()}{_page_style(review.title)}</style>\n"
        f"</head>\n<body{' class=list' if not review.has_texts else ''}>\n"
    )
    yield '<header class="cover">\n'
    yield f"<h1{_direction(review.title)}>{escape.html(review.title)}</h1>\n{_fact_terms(review.cover)}"
    if review.note:
        paragraphs = "".join(f"<p{_direction(one)}>{escape.html(one)}</p>\n" for one in review.note)
        yield f'<div class="note">\n{paragraphs}</div>\n'
    yield "</header>\n"
    yield from _contents_element(review)
    yield "<main>\n"
    for group in review.groups:
        yield f'<section class="group">\n{_heading_element("h2", group.heading)}'
        for article in islice(articles, len(group.entries)):
            yield from _article_element(review, article)
        yield "</section>\n"
    yield (
        f'</main>\n<section class="summary">\n{_heading_element("h2", labels.search_summary)}{_fact_terms(review.summary)}</section>\n'
        "</body>\n</html>\n"
    )


@cache
def _style_sheet() -> str:
    return files(__package__).joinpath("page.css").read_text("utf-8")


def _page_style(title: str) -> str:
    """Return the running header of printed pages: the title, in which each character is an escape of CSS."""
    string = "".join(f"\\{ord(char):06x}" for char in title)
    return f'@page {{ @top-left {{ content: "{string}" }} }}\n'


def _contents_element(review: Review) -> Iterator[str]:
    labels = review.labels
    yield f'<nav class="contents">\n{_heading_element("h2", labels.contents)}'
    if not review.groups:
        yield f"<p>{escape.html(labels.nothing)}</p>\n"
    for group in review.groups:
        if group.heading:
            yield f"<h3>{_isolated(group.heading)}</h3>\n"
        yield f'<ol start="{group.entries[0].number}">\n'
        yield from map(_contents_item, group.entries)
        yield "</ol>\n"
    yield "</nav>\n"


def _contents_item(entry: ReviewEntry) -> str:
    return (
        f'<li><a href="#{entry.anchor}">{_isolated(entry.title)}</a>'
        f' <span class="origin"><bdi>{escape.html(entry.outlet)}</bdi>, {escape.html(entry.date)}</span></li>\n'
    )


def _article_element(review: Review, article: ReviewedArticle) -> Iterator[str]:
    labels, entry = review.labels, article.entry
    lang = f' lang="{escape.html(article.lang)}"' if article.lang else ""
    direction = _direction(entry.title)
    headline = article.headline.html() or escape.html(entry.title)
    yield f'<article id="{entry.anchor}">\n<h3{lang}{direction}>{headline}</h3>\n'
    origin = [
        f"<bdi class=outlet>{escape.html(entry.outlet)}</bdi>",
        f"<span>{escape.html(labels.moment_text(entry.hit.date))}</span>",
        *(
            [f"<span>{escape.html(labels.by)} <bdi>{escape.html(article.byline)}</bdi></span>"]
            if article.byline
            else []
        ),
        *([f"<bdi>{escape.html(article.section)}</bdi>"] if article.section else []),
    ]
    yield f'<p class="origin"><span class="number">{entry.number}</span> {" · ".join(origin)}</p>\n'
    if article.paragraphs:
        yield f'<div class="text"{lang}>\n{"".join(map(_paragraph_element, article.paragraphs))}</div>\n'
    yield f"<footer>\n{''.join(_footer_elements(review, article))}</footer>\n</article>\n"


_GAP = '<span class="gap">[…]</span>'


def _paragraph_element(paragraph: ReviewedParagraph) -> str:
    before, after = f"{_GAP} " if paragraph.after_gap else "", f" {_GAP}" if paragraph.before_gap else ""
    text = f"{before}{paragraph.text.html()}{after}"
    direction = _direction(paragraph.text.text)
    if paragraph.kind == "quote":
        return f"<blockquote{direction}>{text}</blockquote>\n"
    if paragraph.kind == "list":
        return f"<ul{direction}><li>{text}</li></ul>\n"
    element = "h4" if paragraph.kind == "heading" else "p"
    caption = " class=caption" if paragraph.kind == "caption" else ""
    return f"<{element}{caption}{direction}>{text}</{element}>\n"


def _footer_elements(review: Review, article: ReviewedArticle) -> Iterator[str]:
    """Yield the lines below the text of an article."""
    labels = review.labels
    if article.copies:
        copies = [_link_element(f"{one.outlet}, {one.date}", one.link) for one in article.copies]
        if article.more_copies:
            copies.append(escape.html(labels.more_copies.format(number=labels.number(article.more_copies))))
        yield f"<p>{escape.html(labels.also_in)}: {'; '.join(copies)}</p>\n"
    if article.source:
        yield f"<p>{escape.html(labels.source)}: <bdi>{escape.html(article.source)}</bdi></p>\n"
    if article.rights:
        yield f"<p>{escape.html(labels.rights)}: <bdi>{escape.html(article.rights)}</bdi></p>\n"
    if article.address:
        yield f"<p>{escape.html(labels.link)}: {_link_element(article.address, article.link)}</p>\n"
    yield f"<p>{escape.html(labels.id)}: <code>{escape.html(article.id)}</code></p>\n"


def _link_element(text: str, link: str) -> str:
    shown = f"<bdi>{escape.html(text)}</bdi>"
    if not link:
        return shown
    return f'<a href="{escape.html(link)}" rel="noopener noreferrer nofollow">{shown}</a>'


def _heading_element(element: str, text: str) -> str:
    return f"<{element}{_direction(text)}>{escape.html(text)}</{element}>\n" if text else ""


def _isolated(text: str) -> str:
    """Return a text in a line whose direction it does not change."""
    return f"<bdi{_direction(text)}>{escape.html(text)}</bdi>"


def _direction(text: str) -> str:
    """Return the direction of most letters of a text, as an attribute. The direction of the first letter, which ``auto`` takes,
    is another one if an Arabic headline begins with the name of a company.
    """
    return ' dir="rtl"' if is_right_to_left(text) else ' dir="ltr"'


def _fact_terms(facts: Iterable[Fact]) -> str:
    """Return facts as a list of terms. A label that several facts share stands once."""
    shown = []
    last = None
    for fact in facts:
        if fact.label != last:
            shown.append(f"<dt>{escape.html(fact.label)}</dt>\n")
        last = fact.label
        value = f"<bdi>{escape.html(fact.value)}</bdi>"
        shown.append(f"<dd>{f'<code>{value}</code>' if fact.is_code else value}</dd>\n")
    return f"<dl>\n{''.join(shown)}</dl>\n" if shown else ""
