"""The description of the query language, in sections, for programs that show help: a copy of docs/query-language.md."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

FIRST_SECTION = "The query language"
"""The name of the part before the first heading."""
_HEADING = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[([^]]+)\]\([^)]+\)")
_ROW = re.compile(r"^\| (`.+?`) \| (.*?) \|(?: ?(?:[A-F] ?)*\|)?$", re.MULTILINE)
_EXAMPLE_ARTICLES = re.compile(
    r"\n*The examples run as tests.*?^```json\n.*?^```\n", re.MULTILINE | re.DOTALL
)


@cache
def language_sections() -> dict[str, str]:
    """Return the text of each section in Markdown, by its heading. Links are plain text; rows of examples have no results.

    >>> list(language_sections())[:3]
    ['The query language', 'Words', 'AND, OR, NOT']
    """
    page = files(__package__).joinpath("language.md").read_text(encoding="utf-8")
    page = _LINK.sub(r"\1", _EXAMPLE_ARTICLES.sub("\n", page))
    page = _ROW.sub(r"| \1 | \2 |", page)
    page = page.replace("| query | means | finds |\n| --- | --- | --- |", "| query | means |\n| --- | --- |")
    named = _HEADING.split(page)[1:]
    return {
        heading: text.replace("Values of\nthe articles above:", "").strip()
        for heading, text in zip(named[::2], named[1::2], strict=True)
    }


def language_examples() -> str:
    """Return all examples of the language with their meaning, under the headings of their sections."""
    found = []
    for heading, text in language_sections().items():
        rows = [f"{row[1]} — {row[2]}" if row[2] else row[1] for row in _ROW.finditer(text)]
        if rows:
            found += [f"## {heading}", *rows, ""]
    return "\n".join(found).strip()
