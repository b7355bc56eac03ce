"""Read when and by whom an article was published from the lines under the headline of a printed page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newssearch.article import Provenance
from newssearch.press.bylines import AUTHOR_INTRODUCTION, without_by_words
from newssearch.readers.api import ReadOptions
from newssearch.readers.documents.headers import LONGEST_LINE, HeaderLines
from newssearch.readers.pages.date_lines import dates_with_labels, is_about_other, is_sentence, says_other
from newssearch.readers.pages.name_ends import names_before_date
from newssearch.readers.styled_text import FieldClaim

from .lines import PdfParagraph

FROM_LINE_UNDER = Provenance("inferred", "the line under the headline")

_PARTS_OF_LINE = re.compile(r"\s*[|•·]\s*|\s[/–—-]\s")


def read_lines_under(
    paragraphs: Sequence[PdfParagraph], options: ReadOptions, lang: str
) -> tuple[list[FieldClaim], list[PdfParagraph]]:
    """Return the date and the byline in the lines under a headline, and the paragraphs that have neither."""
    header = HeaderLines(options, lang)
    date = byline = updated = ""
    others = []
    for one in paragraphs:
        if len(one.text) > LONGEST_LINE:
            others.append(one)
            continue
        is_taken = header.take(one.text)
        found, is_update = _date_in(one.text, lang)
        names = "" if byline else _introduced_names(one.text, lang)
        if found and is_update:
            updated = updated or found
        elif found:
            date = date or found
        byline = byline or names
        if not (is_taken or found or names):
            others.append(one)
    claims = [
        FieldClaim("date", date or header.date, FROM_LINE_UNDER),
        FieldClaim("date", updated or header.updated, Provenance("inferred", "when it was updated")),
        FieldClaim("byline", byline or header.byline, FROM_LINE_UNDER),
    ]
    return [claim for claim in claims if claim.value], others


def _date_in(line: str, lang: str) -> tuple[str, bool]:
    """Return the first date of publication in a line, else the first of an update, and whether it is that."""
    later = ""
    for found, before, after in dates_with_labels(line, lang or None):
        if is_sentence(line, before, after):
            continue
        if says_other(before):
            later = later or found.text
        elif not is_about_other(before, after, lang or None):
            return found.text, False
    return later, bool(later)


def _introduced_names(line: str, lang: str) -> str:
    """Return the names behind a word such as "by" at the start of a line or of a part of it, or ``""``."""
    for part in _PARTS_OF_LINE.split(line):
        if AUTHOR_INTRODUCTION.match(part) is None:
            continue
        bare = without_by_words(part, lang or None)
        names = names_before_date(bare, lang or None)
        words = names.split(",", 1)[0].split()
        if (
            bare != part
            and 0 < len(words) <= 8
            and 2 * sum(word[0].isupper() for word in words) >= len(words)
        ):
            return names
    return ""
