"""Press reviews as Markdown (CommonMark), in which no text of an article is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from newssearch.display import escape
from newssearch.readers.api import REVIEW_GENERATOR
from newssearch.snippet import Snippet
from newssearch.system.lazy_regex import Pattern

from .content import Fact, Review, ReviewedArticle, ReviewedParagraph, ReviewEntry, direction_mark

_BLOCK_START = Pattern(r"([-+=:])|(\d{1,9})([.)])")
"""What begins a list, a rule or the underline of a heading if it is the first on a line."""
_ADDRESS_SIGNS = Pattern(r"(?<=[a-z])://|(?<=\bwww)\.|(?<=\w)@(?=\w)", re.IGNORECASE)
"""The signs by which some programs take a text for an address, and make a link of it (GitHub Flavored Markdown, 6.9)."""
_LEFT_OUT = "\\[…\\]"


def markdown_parts(review: Review, articles: Iterator[ReviewedArticle]) -> Iterator[str]:
    """Yield a press review as Markdown in parts. ``articles`` are those of its contents, in this order."""
    labels = review.labels
    yield f"<!-- {REVIEW_GENERATOR} -->\n\n# {plain_markdown(review.title)}\n\n"
    yield _fact_list(review.cover)
    for paragraph in review.note:
        yield f"{plain_markdown(paragraph)}\n\n"
    yield f"## {labels.contents}\n\n"
    if not review.groups:
        yield f"{labels.nothing}\n\n"
    for group in review.groups:
        if group.heading:
            yield f"### {plain_markdown(group.heading)}\n\n"
        yield "".join(map(_line_of_contents, group.entries))
        yield "\n"
    for group in review.groups:
        if group.heading:
            yield f"## {plain_markdown(group.heading)}\n\n"
        for article in islice(articles, len(group.entries)):
            yield "".join(_article_parts(review, article))
    yield f"---\n\n## {labels.search_summary}\n\n{_fact_list(review.summary)}"


def plain_markdown(text: str) -> str:
    """Return a text on one line as Markdown that means this text, also at the beginning of a line.

    >>> print(plain_markdown("1. *rain*"), plain_markdown("- www.e.org"))
    1\\. \\*rain\\* \\- www\\.e.org
    """
    return _as_block(escape.markdown(text.strip()))


def _as_block(marked: str) -> str:
    """Return escaped Markdown that begins no list or rule, and in which no program finds an address."""
    apart = _ADDRESS_SIGNS.sub(lambda match: f"\\{match.group()}", marked)
    return _BLOCK_START.sub(_escaped_start, apart, count=1) if _BLOCK_START.match(apart) else apart


def _escaped_start(match: re.Match[str]) -> str:
    return f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}"


def _snippet(text: Snippet) -> str:
    return _as_block(text.markdown().strip())


def _line_of_contents(entry: ReviewEntry) -> str:
    title, outlet = (escape.markdown(text) for text in (entry.title, entry.outlet))
    return f"{entry.number}. [{title}](#{entry.anchor}){direction_mark(title)}: {outlet}{direction_mark(outlet)}, {escape.markdown(entry.date)}\n"


def _article_parts(review: Review, article: ReviewedArticle) -> Iterator[str]:
    labels, entry = review.labels, article.entry
    level = "###" if review.is_grouped else "##"
    yield f'<a id="{entry.anchor}"></a>\n\n{level} {_snippet(article.headline) or plain_markdown(entry.title)}\n\n'
    origin = [
        f"**{escape.markdown(entry.outlet)}**{direction_mark(entry.outlet)}",
        escape.markdown(labels.moment_text(entry.hit.date)),
        *(
            [f"{labels.by} {plain_markdown(article.byline)}{direction_mark(article.byline)}"]
            if article.byline
            else []
        ),
        *([plain_markdown(article.section)] if article.section else []),
    ]
    yield f"{' · '.join(origin)}\n\n"
    yield from map(_paragraph_block, article.paragraphs)
    yield from _footer_lines(review, article)
    yield "\n"


def _paragraph_block(paragraph: ReviewedParagraph) -> str:
    text = _snippet(paragraph.text)
    before = {"quote": "> ", "list": "- ", "heading": "#### "}.get(paragraph.kind, "")
    opening = f"{_LEFT_OUT} " if paragraph.after_gap else ""
    ending = f" {_LEFT_OUT}" if paragraph.before_gap else ""
    return f"{before}{opening}{text}{ending}\n\n"


def _footer_lines(review: Review, article: ReviewedArticle) -> Iterator[str]:
    labels = review.labels
    if article.copies:
        copies = [
            _linked_text(f"{one.outlet}{direction_mark(one.outlet)}, {one.date}", one.link)
            for one in article.copies
        ]
        if article.more_copies:
            copies.append(labels.more_copies.format(number=labels.number(article.more_copies)))
        yield f"- {labels.also_in}: {'; '.join(copies)}\n"
    if article.source:
        yield f"- {labels.source}: {plain_markdown(article.source)}\n"
    if article.rights:
        yield f"- {labels.rights}: {plain_markdown(article.rights)}\n"
    if article.address:
        yield f"- {labels.link}: {_linked_text(article.address, article.link)}\n"
    yield f"- {labels.id}: {escape.markdown_code(article.id)}\n"


def _linked_text(text: str, link: str) -> str:
    shown = plain_markdown(text)
    return f"[{shown}](<{link}>)" if link else shown


def _fact_list(facts: Iterable[Fact]) -> str:
    lines = [
        f"- {fact.label}: {escape.markdown_code(fact.value) if fact.is_code else plain_markdown(fact.value)}\n"
        for fact in facts
    ]
    return f"{''.join(lines)}\n" if lines else ""
