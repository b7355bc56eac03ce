"""The format of newssearch's own output: results, articles, stories and reports that were saved in the archive.

Such a file is recognised by its start, whatever its name, and skipped: otherwise each hit in it would be found twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from newssearch.fields import DATE_FACETS, FIELD_NAMES, FILTER_FIELDS

from .api import EXPORTS_KIND, REVIEW_GENERATOR, Format, Input, Item, Skipped

EXPORT_OPENING = 16_384
"""The number of characters at the start of an input that are compared with the patterns of newssearch's output."""

TABLE_COLUMNS = (
    ("address", "date", "outlet", "title", "left", "match", "right"),
    ("draw", "id", "key", "stratum", "stratum_articles"),
    ("story", "articles", "outlets", "of", "first", "last"),
    ("outlet", "status", "articles", "date", "days"),
    ("word", "count", "left", "right", "articles", "frequency"),
    ("word", "count", "articles", "per_million", "reference_count"),
    ("word", "articles", "occurrences"),
)
"""The first columns of the tables of corpus analysis, as CSV and JSON Lines have them."""
TABLE_HEADINGS = (
    ("address", "date", "outlet", "title", "left", "match", "right"),
    ("draw", "date", "outlet"),
    ("articles", "of", "outlets", "first"),
    ("outlet", "articles", "first", "after"),
    ("word", "count", "left", "right", "articles", "in all"),
    ("word", "count", "articles", "per million", "others"),
    ("word", "articles", "occurrences"),
)
"""The first headings of these tables, as text and Markdown have them."""
COUNTED_BY = (*FILTER_FIELDS, *DATE_FACETS)
"""The fields of which a table of counts has the first column, unless it is an own field."""

_JSON_STRING = r'"(?:[^"\\]|\\.){0,8000}"'
_JSON_ID = r'"(?:[a-z0-9-]+-)?[a-z2-7]{12}"'
_JSON_VALUE = rf"(?:{_JSON_STRING}|null)"
_JSON_CELL = rf"(?:{_JSON_STRING}|null|[-+.\de]+)"


_CELL_END = r"[,;\t]"


def _quotable(name: str) -> str:
    """Return a pattern for the cell of a header that may be in quotation marks."""
    return f'"?{name}"?'


def _json_object(*pairs: tuple[str, str]) -> str:
    """Return a pattern for a JSON object that begins with the given pairs of a key and a value pattern, in order."""
    return r"\{\s*" + r",\s*".join(rf'"{key}":\s*{value}' for key, value in pairs)


JSON_EXPORT = re.compile(
    "|".join((
        _json_object(("version", r"\d+"), ("query", _JSON_STRING), ("interpretation", _JSON_STRING), ("diagnostics", r"\[")),
        _json_object(("version", r"\d+"), ("commit", r"\{\s*\"number\":\s*\d+")),
        *(
            _json_object(("version", r"\d+"), ("query", _JSON_STRING), ("interpretation", _JSON_STRING), following)
            for following in (("commit", r"\{"), ("story", _JSON_VALUE))
        ),
        _json_object(("prefix", _JSON_STRING), ("rows", r"\[")),
        _json_object(("receipt", r"\d+"), ("made", _JSON_STRING), ("clock", _JSON_STRING)),
        _json_object(("id", _JSON_ID), ("paragraph", r"\d+"), ("score", r"[-+.\de]+"), ("title", _JSON_VALUE)),
        _json_object(("id", _JSON_ID), ("paragraph", r"\d+"), ("score", r"[-+.\de]+"), ("date", _JSON_VALUE), ("outlet", _JSON_VALUE)),
        _json_object(("id", _JSON_ID), *((name, _JSON_VALUE) for name in (*FIELD_NAMES, "path")), ("member", _JSON_VALUE), ("record", r"\d+")),
        _json_object(("articles", r"\d+"), ("versions", r"\[\s*" + _json_object(("id", _JSON_ID), ("title", _JSON_VALUE), ("date", _JSON_VALUE), ("outlet", _JSON_VALUE)))),
        _json_object(("added", r"\d+"), ("updated", r"\d+"), ("unchanged", r"\d+"), ("removed", r"\d+")),
        _json_object(("folder", _JSON_STRING), ("articles", r"\d+"), ("paragraphs", r"\d+"), ("words", r"\d+")),
        _json_object(("folder", _JSON_STRING), ("sound", "(?:true|false)"), ("problems", r"\[")),
        _json_object(("folder", _JSON_STRING), ("into", _JSON_STRING), ("saved", r"\d+")),
        _json_object(("articles", r"\d+"), ("stories", r"\d+"), ("paragraphs", r"\d+")),
        _json_object(("field", _JSON_STRING), ("value", _JSON_VALUE), ("articles", r"\d+")) + r"\s*\}",
        _json_object(("removed", r"\d+")) + r"\s*\}\s*\Z",
        _json_object(("newssearch_alert", r"\d+")),
        _json_object(("newssearch_tags", r"\d+")),
        _json_object(("search", _JSON_STRING), ("title", _JSON_STRING), ("run", r"\d+"), ("commit", r"\{")),
        _json_object(("searches", r"\[\s*" + _json_object(("search", _json_object(("name", _JSON_STRING), ("query", _JSON_STRING)))))),
        _json_object(("search", _json_object(("name", _JSON_STRING), ("query", _JSON_STRING)))),
        _json_object(("day-first", r"\{\s*\"value\"")),
        _json_object(("group", r"\{[^{}]*\}")) + r",[^{}]{0,200}\"counts\":\s*\{",
        *(_json_object(*((name, _JSON_CELL) for name in names)) for names in TABLE_COLUMNS),
    ))
)  # fmt: skip
"""A pattern for the start of every kind of JSON that newssearch prints.

The kinds are: results, hits as JSON Lines, an article, a story, a report, the contents of an index, its checks, counts,
settings, receipts, and the tables of corpus analysis.
"""

CSV_EXPORT = re.compile(
    r'"?id"?([,;\t])"?paragraph"?\1"?score"?\1"?date"?\1"?outlet"?\1"?source"?\1"?byline"?\1"?located"?\1"?lang"?\1'
    r'|"?field"?([,;\t])"?value"?\2"?articles"?\r?\n'
    rf'|"?(?:{"|".join(COUNTED_BY)})"?[,;\t](?:"?articles"?|"?\d{{4}}(?:-\w+)?"?|"?\(none\)"?)(?:[,;\t][^\r\n]*)?\r?\n'
    rf"|{'|'.join(_CELL_END.join(_quotable(name) for name in names) for names in TABLE_COLUMNS)}[,;\t\r\n]"
)
"""A pattern for the header of a CSV file with hits or a table; a spreadsheet may have changed the delimiter."""

MARKDOWN_EXPORT = re.compile(
    r"### [^\r\n]+\r?\n\r?\n(?:\d{4}(?:-\d\d){0,2}|no date)[^\r\n]* · `(?:[a-z0-9-]+-)?[a-z2-7]{12}#\d+`\r?\n\r?\n> "
)
"""A pattern for the start of hits in Markdown: a heading, a line with date and id, and a quotation."""

TEXT_EXPORT = re.compile(
    r"[^\r\n]+  (?:\d{4}(?:-\d\d){0,2}|no date)  [^\r\n]+  (?:[a-z0-9-]+-)?[a-z2-7]{12}#\d+\r?\n  \S"
    r"|[^\r\n]+\r?\n {7}id  (?:[a-z0-9-]+-)?[a-z2-7]{12}\r?\n {5}date  "
    r"| *1  (?:\d{4}(?:-\d\d){0,2}|no date)[^\r\n]*  [^\r\n]+\r?\n {5}[^\r\n]+\r?\n {5}(?:[a-z0-9-]+-)?[a-z2-7]{12}\r?\n {5}\d"
    r"|[^\r\n]+: [\d,]+ articles?, [\d,]+ paragraphs?, [\d,]+ words?\r?\n {4}dates  "
    r"|articles: [\d,]+ added, [\d,]+ updated, [\d,]+ unchanged, "
    r"|(?:[\w ]+: )?the old index is unchanged[^\r\n]*\r?\narticles: [\d,]+ read, "
    r"|[\d,]+ articles?(?: \([\d,]+ stor(?:y|ies)\))?, [\d,]+ paragraphs?(?:; [^\r\n]+)?\r?\n"
    rf"|{'|'.join(' {2,}'.join(names) for names in TABLE_HEADINGS)}(?: {{2,}}[^\r\n]*)?\r?\n"
    rf"|(?:{'|'.join(COUNTED_BY)}) {{2,}}(?:articles|\d{{4}}(?:-\w+)?|\\?\(none\\?\))(?: {{2,}}[^\r\n]*)?\r?\n"
    rf"|\| (?:{'|'.join(' [|] '.join(names) for names in TABLE_HEADINGS)}) \|"
    rf"|\| (?:{'|'.join(COUNTED_BY)}) \| (?:articles|\d{{4}}(?:-\w+)?|\\?\(none\\?\)) \|"
)
"""A pattern for the start of every kind of plain text that newssearch prints.

The kinds are: a hit with its snippet, the fields of an article, a story, the contents of an index, a report, totals, and
tables, also in Markdown.
"""

CITATION_EXPORT = re.compile(
    r"TY  - NEWS\r?\n(?:[A-Z][A-Z0-9]  - [^\r\n]*\r?\n){0,100}DP  - newssearch\r?\n"
    r"|@article\{(?:[a-z0-9]*-)?[a-z2-7]{12},\r?\n"
    r'|\[\s*\{"id": "(?:[a-z0-9]*-)?[a-z2-7]{12}", "type": "article-newspaper"'
)
"""A pattern for the start of citations that newssearch wrote: RIS, BibTeX and BibLaTeX, CSL-JSON."""

LINES_EXPORT = re.compile(r"\n\r?\n[\d,]+ occurrences? in [\d,]+ paragraphs? of [\d,]+ articles? for ")
"""A pattern for the totals under the lines of ``newssearch kwic`` in plain text, which begin with no header."""


FEED_EXPORT = re.compile(
    r"(?:<\?xml[^>]{0,100}\?>)?\s*<feed[^>]{0,200}>\s*<generator>newssearch</generator>", re.IGNORECASE
)
"""A pattern for the start of the feed of an alert."""

REVIEW_EXPORT = re.compile(
    rf"<!-- {REVIEW_GENERATOR} -->"
    rf"|<!DOCTYPE html>\s*<html[^>]{{0,200}}>\s*<head>(?:\s*<meta[^>]{{0,500}}>){{0,10}}?\s*<meta name=\"generator\" content=\"{REVIEW_GENERATOR}\"",
    re.IGNORECASE,
)
"""A pattern for the start of a press review in Markdown and in HTML; a browser that saves it may change the order of lines."""


def is_export(source: Input) -> bool:
    """Whether an input begins like output of newssearch."""
    opening = source.opening[:EXPORT_OPENING]
    pattern = (
        JSON_EXPORT if opening.startswith("{") else MARKDOWN_EXPORT if opening.startswith("### ") else None
    )
    if opening.startswith("<"):
        return FEED_EXPORT.match(opening) is not None or REVIEW_EXPORT.match(opening) is not None
    if pattern is not None:
        return pattern.match(opening) is not None
    if any(one.match(opening) for one in (CSV_EXPORT, TEXT_EXPORT, CITATION_EXPORT)):
        return True
    return LINES_EXPORT.search(opening) is not None


def read(source: Input) -> Iterator[Item]:
    """Yield only a skip: nothing in newssearch's own output is an article."""
    yield Skipped(source.origin.path, EXPORTS_KIND)


FORMATS = (Format("what newssearch wrote", matches=is_export, read=read),)
