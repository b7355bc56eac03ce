"""HTML for notebooks, readable on light and dark pages. Nothing from an article becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from newssearch.system.lazy_regex import Pattern

from . import escape

_WEB_ADDRESS = Pattern(r"https?://[^\s]", re.IGNORECASE)

STYLE = """
.newssearch { overflow-x: auto; max-width: 75em; line-height: 1.45; }
.newssearch.newssearch table { border-collapse: collapse; margin: .5em 0; width: auto; }
.newssearch.newssearch table th, .newssearch.newssearch table td { padding: .35em .75em .35em 0; text-align: start; vertical-align: top; border: 0;
  border-top: 1px solid rgba(128, 128, 128, .35); background: none; white-space: normal; overflow-wrap: break-word; }
.newssearch.newssearch table th { border-top: 0; font-weight: 600; opacity: .75; white-space: nowrap; }
.newssearch.newssearch table tr { text-align: start; }
.newssearch.newssearch table .ns-before { text-align: end; }
.newssearch.newssearch table .ns-number { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
.newssearch.newssearch table td.ns-short { white-space: nowrap; }
.newssearch.newssearch table td.ns-title { min-width: 14em; }
.newssearch.newssearch table td.ns-wide { min-width: 18em; }
.newssearch p, .newssearch ul, .newssearch ol { margin: .4em 0; }
.newssearch small { opacity: .75; }
.newssearch mark { background: #ffe08a; color: #1b1b1b; padding: 0 .1em; border-radius: .15em; }
.newssearch ins { text-decoration: none; background: rgba(46, 160, 67, .25); }
.newssearch del { background: rgba(248, 81, 73, .22); }
.newssearch svg { display: block; }
.newssearch summary { cursor: pointer; }
@media (max-width: 45em) {
  .newssearch.newssearch table.ns-hits tr { display: block; border-top: 1px solid rgba(128, 128, 128, .35); padding: .4em 0; }
  .newssearch.newssearch table.ns-hits td { display: block; border: 0; padding: .1em 0; min-width: 0; white-space: normal; }
  .newssearch.newssearch table.ns-hits td.ns-short, .newssearch.newssearch table.ns-hits td.ns-name { display: inline-block; padding-inline-end: 1em; }
  .newssearch.newssearch table.ns-hits td.ns-name br { display: none; }
  .newssearch.newssearch table.ns-hits thead { display: none; }
}
"""


def page(*parts: str) -> str:
    """Return pieces of HTML, joined and with their style sheet, as one output of a notebook."""
    return f'<div class="newssearch"><style>{STYLE}</style>{"".join(parts)}</div>'


def text_html(value: object) -> str:
    """Return a text or a number as escaped HTML with its own writing direction; ``""`` for None."""
    if value is None:
        return ""
    return f'<span dir="auto">{escape.html(str(value))}</span>'


def number_html(value: object) -> str:
    """Return a value in a column of numbers as HTML: fractions with four digits; ``""`` for None.

    >>> number_html(1234), number_html(0.01236), number_html(None)
    ('1,234', '0.01236', '')
    """
    if isinstance(value, float):
        return f"{value:,.4g}"
    return f"{value:,}" if isinstance(value, int) else text_html(value)


def linked(title: str | None, url: str | None) -> str:
    """Return a headline as HTML, as a link if ``url`` is a web address.

    >>> linked("Rain", "https://e.org/?a=1&b=2")
    '<a href="https://e.org/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer"><span dir="auto">Rain</span></a>'
    >>> linked("Rain", "javascript:alert(1)")
    '<span dir="auto">Rain</span>'
    """
    shown = text_html(title or "(no title)")
    if not url or _WEB_ADDRESS.match(url) is None:
        return shown
    return f'<a href="{escape.html(url)}" target="_blank" rel="noopener noreferrer">{shown}</a>'


class CalendarDate(Protocol):
    """A date, a date and time, or a date that is only a month or a year."""

    def isoformat(self) -> str:
        """Return the date in the form of ISO 8601."""


def day(date: CalendarDate | None) -> str:
    """Return a date as ``YYYY-MM-DD`` without its time, as ``YYYY-MM`` or ``YYYY`` if it has no day, or ``""`` for None."""
    return date.isoformat()[:10] if date is not None else ""


def paragraph(content: str) -> str:
    """Return HTML in a paragraph element; ``""`` for no content."""
    return f"<p>{content}</p>" if content else ""


def bullet_list(lines: Iterable[str]) -> str:
    """Return texts, escaped, as the items of an HTML list; ``""`` for no texts."""
    items = "".join(f"<li>{text_html(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def collapsed(title: str, content: str) -> str:
    """Return HTML that is hidden under a title until the title is clicked."""
    return f"<details><summary>{escape.html(title)}</summary>{content}</details>"


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], kinds: Sequence[str] = (), name: str = ""
) -> str:
    """Return rows of HTML cells as a table with the column titles ``head``; ``""`` for no rows.

    ``kinds`` sets the style of each column, from the first: ``short``, ``title``, ``name``, ``wide``, ``number`` or
    ``""``. ``name`` sets the style of the table.
    """
    classes = [f' class="ns-{kind}"' if kind else "" for kind in (*kinds, *[""] * (len(head) - len(kinds)))]
    titles = "".join(
        f"<th{kind}>{escape.html(title)}</th>" for kind, title in zip(classes, head, strict=True)
    )
    body = "".join(
        f"<tr>{''.join(f'<td{kind}>{cell}</td>' for kind, cell in zip(classes, row, strict=True))}</tr>"
        for row in rows
    )
    named = f' class="ns-{name}"' if name else ""
    return f"<table{named}><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>" if body else ""
