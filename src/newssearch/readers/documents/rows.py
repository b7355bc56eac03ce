"""The tables in a document: a table of short cells becomes a paragraph for each row, any other table is page layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from newssearch.readers.styled_text import StyledParagraph

LONGEST_CELL = 200
"""The maximum number of characters of a cell of a table that is read row by row."""


def rows_or_paragraphs(rows: Iterable[list[list[StyledParagraph]]]) -> Iterator[StyledParagraph]:
    """Yield the paragraphs in the rows of a table; each row is a list of cells, and a cell a list of paragraphs.

    A row is one paragraph, with its cells separated by ``" | "``. The paragraphs of a table with one column, with a
    heading, or with a cell of several paragraphs of text or of many words, stay what they are.
    """
    table = [[[one for one in cell if one.text] for cell in row] for row in rows]
    if max(map(len, table), default=0) < 2 or any(_is_text(cell) for row in table for cell in row):
        for row in table:
            for cell in row:
                yield from cell
        return
    for row in table:
        cells = [" ".join(one.text for one in cell if one.role != "note") for cell in row]
        notes = [one for cell in row for one in cell if one.role == "note"]
        if text := " | ".join(" ".join(cell.split()) for cell in cells if cell):
            parts = [one for cell in row for one in cell if one.role != "note"]
            links = tuple(dict.fromkeys(link for one in parts for link in one.links))
            bold, size = all(one.bold for one in parts), max(one.size for one in parts)
            new_page = any(one.new_page for one in parts)
            yield StyledParagraph(
                text, "list" if " | " in text else "text", "", 0, parts[0].style, bold, size, links, new_page
            )
        yield from notes


def _is_text(cell: list[StyledParagraph]) -> bool:
    """Whether a cell has a heading, or more text than a table of values."""
    length = sum(len(one.text) for one in cell if one.role != "note")
    return length > LONGEST_CELL or any(one.level or one.role == "title" for one in cell)
