"""Separate the parts of a plain text: the header, the dateline, the article and the footer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newssearch.article import Date, Provenance
from newssearch.outlets import outlets
from newssearch.press.bylines import without_by_words
from newssearch.readers.api import ReadOptions
from newssearch.readers.article.dateline import LOWERCASE_NAME_WORDS, Dateline, find_dateline
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.outlet_names import looks_like_outlet
from newssearch.readers.article.values import is_domain, read_date
from newssearch.text.date_labels import says_updated
from newssearch.text.date_search import find_dates
from newssearch.text.paragraphs import Block, split_lines, split_paragraphs, squeeze
from newssearch.text.partial_dates import PartialDate

LONGEST_TITLE_LINE = 250
"""The maximum number of characters of a line that may be a headline."""


LONGEST_BYLINE_LINE = 120
"""The maximum number of characters of a line that may be a byline."""


LONGEST_MONTH_LINE = 30
"""The maximum number of characters of a line above the headline that may be a month with its year."""


NAME_PARTICLES = LOWERCASE_NAME_WORDS | {
    "al", "bin", "bint", "dal", "den", "der", "ibn", "ten", "ter", "und", "van", "von", "y", "zu",
}  # fmt: skip
"""Words that may be in lower case inside the name of a person, such as ``van`` and ``bin``."""


FROM_DATELINE = Provenance("inferred", "dateline")
FROM_LINE_WITH_DATE = Provenance("inferred", "the line with the date")


_DATE_LABEL = re.compile(
    r"(?:(?:date|(?P<later>(?:last )?(?:updated|modified))|(?:first )?(?:published|posted|created|issued))(?: on| at)?)"
    r"\s*[:–—-]?\s*",
    re.IGNORECASE,
)


_PLACE_BEFORE_DATE = re.compile(r"(?P<place>[^\W\d_][\w .'’-]{1,40}?),\s?(?:(?:den|le|el|il|am|a|à|em)\s)?")
"""A pattern for what stands in front of the date in a line such as ``Stockholm, den 6 maj 2024``."""


_DATE_DASH = re.compile(r"\s?(?:--|[–—―]|-(?=\s))\s?(?=\S)")


_URL_LINE = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass
class Header:
    """The values found above and below the text of an article, and in its dateline."""

    title: str | None = None
    date: Date | None = None
    date_text: str = ""
    date_is_update: bool = False
    byline: str | None = None
    url: str | None = None
    outlet: str | None = None
    dateline: Dateline | None = None
    outlet_above: str | None = None
    """The name of an outlet in front of the date."""


def take_text(text: str, draft: Draft) -> None:
    """Fill a draft from a plain text.

    The header may contain, in any order and on lines of their own: the headline, possibly twice, a date (``7-25-2024``,
    ``Published: July 25, 2024``, ``July 2024``, ``Stockholm, den 6 maj 2024``), a byline, and a URL. A year needs a label, such as ``Published:``. The
    text may begin with a dateline, or with the headline directly followed by a dateline; both are removed from the
    paragraph. The last line may be the domain of the outlet or the URL of the article. Each part may be missing, and
    every other word stays in a paragraph.

    The first line is a headline if it is short, does not end like a sentence, and is set off from the next line: by a
    blank line, a header line, capitals, or because the next line is much longer.
    """
    lines = split_lines(text)
    header, start = _read_header(lines, draft.origin.options)
    body = lines[start:]
    _take_footer(body, header)
    _take_dateline(body, header)
    draft.text = [Block(paragraph) for paragraph in split_paragraphs("\n".join(body))]
    for field in ("title", "byline", "url", "outlet"):
        draft.claim(field, getattr(header, field))
    draft.claim("outlet", header.outlet_above, FROM_LINE_WITH_DATE)
    label = _DATE_LABEL.match(header.date_text)  # the draft reads the date again, once it knows the language
    draft.claim("date", header.date_text[label.end() :] if label else header.date_text)
    if header.dateline is not None:
        draft.claim("dateline", header.dateline.text)
        draft.claim("source", header.dateline.agency, FROM_DATELINE)
        draft.claim("located", header.dateline.located, FROM_DATELINE)
        draft.claim("date", header.dateline.date, FROM_DATELINE)


def _read_header(lines: Sequence[str], options: ReadOptions) -> tuple[Header, int]:
    """Return the header of a text, and the index of the first line of the body."""
    header = Header()
    start = 0
    for number, raw in enumerate(lines):
        start = number
        line = squeeze(raw) if len(raw) <= 4 * LONGEST_TITLE_LINE else raw
        if not line or line.isspace() or line == header.title:
            continue
        if header.title is None and _is_month_before_title(line, lines, number, options):
            header.date, header.date_text = read_date(line, options)[0], line
        elif not take_header_line(line, header, options):
            if header.title is not None or not _is_title_line(line, lines, number, options):
                break
            header.title = line
    else:
        start = len(lines)
    return header, start


def take_header_line(line: str, header: Header, options: ReadOptions) -> bool:
    """Enter a date, a byline or a URL into the header. Return whether ``line`` is one of them."""
    label = _DATE_LABEL.match(line)
    date, _ = read_date(line[label.end() :] if label else line, options)
    if isinstance(date, PartialDate) and label is None and (date.month is None or header.title is None):
        date = None  # a year may be a heading, and a month a headline
    if date is not None:
        later = (label is not None and label["later"] is not None) or says_updated(line)
        finer = isinstance(header.date, PartialDate) and not isinstance(date, PartialDate)
        if header.date is None or (header.date_is_update, finer) > (later, False):
            header.date, header.date_text, header.date_is_update = date, line, later
        return True
    if header.byline is None and header.title is not None and (who := _byline_names(line)):
        header.byline = who
        return True
    if header.url is None and _URL_LINE.fullmatch(line):
        header.url = line
        return True
    return header.date is None and header.dateline is None and _take_place_and_date(line, header, options)


def _take_place_and_date(line: str, header: Header, options: ReadOptions) -> bool:
    """Enter a date and the place or the outlet in front of it. Return whether ``line`` is nothing else."""
    found = next(find_dates(line), None) if len(line) <= LONGEST_BYLINE_LINE else None
    front = _PLACE_BEFORE_DATE.fullmatch(line, 0, found.start) if found is not None else None
    if found is None or front is None or line[found.end :].strip(" .") or found.published.ambiguous:
        return False
    name = front["place"]
    if (
        not all(word[0].isupper() or word.lower() in NAME_PARTICLES for word in name.split())
        or len(name.split()) > 4
    ):
        return False
    header.date, header.date_text = found.published.value, found.text
    if outlets(options.outlets).knows(name) or looks_like_outlet(name):
        header.outlet_above = name
    else:
        header.dateline = Dateline(line, name, None, None, len(line))
    return True


def _is_month_before_title(line: str, lines: Sequence[str], number: int, options: ReadOptions) -> bool:
    """Whether ``line``, which is ``lines[number]``, is a month with its year, and the next line is a headline."""
    date = read_date(line, options)[0] if len(line) <= LONGEST_MONTH_LINE else None
    if not isinstance(date, PartialDate) or date.month is None:
        return False
    following = next((n for n in range(number + 1, len(lines)) if lines[n].strip()), None)
    return following is not None and _is_title_line(squeeze(lines[following]), lines, following, options)


def _byline_names(line: str) -> str | None:
    """Return the text after a word like ``By`` if a line is a byline, else None.

    The text after it must be names, and perhaps the roles of these persons after a comma.
    """
    if len(line) > LONGEST_BYLINE_LINE or line.endswith((".", "?", "!", ":")):
        return None
    who = without_by_words(line)
    if who == line:
        return None
    words = who.split(",", 1)[0].split()
    named = 0 < len(words) <= 12 and all(
        word[0].isupper() or word.lower() in NAME_PARTICLES for word in words
    )
    return who if named and words[0][0].isupper() else None


def _is_title_line(line: str, lines: Sequence[str], number: int, options: ReadOptions) -> bool:
    """Whether ``line``, which is ``lines[number]``, is a headline: short, and set off from the next line."""
    rest = [other for other in lines[number + 1 : number + 12] if other.strip()]
    if len(line) > LONGEST_TITLE_LINE or not rest:
        return False
    following = squeeze(rest[0][: 4 * LONGEST_TITLE_LINE])
    if following == line:
        return True
    if line.endswith((".", "。", ",", ";")) or find_dateline(line) is not None:
        return False
    if not lines[number + 1].strip() or line.isupper():
        return True
    if rest[0][:2].isspace() and not lines[number][:2].isspace():
        return True
    if take_header_line(following, Header(title=line), options):
        return True
    return len(following) * 2 > len(line) * 3 and not _is_wrapped_to(len(line), lines)


def _is_wrapped_to(width: int, lines: Sequence[str]) -> bool:
    """Whether most lines are about ``width`` characters long, so that a line of this length does not stand out."""
    widths = sorted(len(line) for line in lines if line.strip())
    return widths[len(widths) // 2] < width * 5 // 4


def _take_footer(body: list[str], header: Header) -> None:
    """Move the domain of the outlet or the URL of the article from the last line of ``body`` to the header."""
    while body and not body[-1].strip():
        body.pop()
    if not body:
        return
    last = body[-1].strip()
    if is_domain(last) and last == last.lower():
        header.outlet = last
    elif header.url is None and _URL_LINE.fullmatch(last):
        header.url = last
    else:
        return
    body.pop()


def _take_dateline(body: list[str], header: Header) -> None:
    """Move the dateline from the first line of ``body`` to the header, and remove a headline directly before it."""
    if not body:
        return
    indent = body[0][: len(body[0]) - len(body[0].lstrip())]
    line = squeeze(body[0])
    glued = header.title is not None and line.startswith(header.title) and line != header.title
    rest = line[len(header.title or "") :].lstrip() if glued else line
    dateline = find_dateline(rest, after_title=glued) or _date_alone(rest)
    if dateline is None:
        return
    header.dateline = dateline
    body[0] = indent + rest[dateline.length :]
    if not body[0].strip():
        del body[0]


def _date_alone(line: str) -> Dateline | None:
    """Return the date that stands at the start of a text in place of a dateline: ``Feb. 23, 2015 -- It has``."""
    found = next(find_dates(line[:80]), None)
    dash = _DATE_DASH.match(line, found.end) if found is not None and found.start == 0 else None
    if found is None or dash is None:
        return None
    return Dateline("", None, None, found.published.value, dash.end())
