"""An entry for people: as lines of text, and as HTML for feeds and mails."""

from __future__ import annotations

from collections.abc import Iterator

from newssearch.alerts.batch import AlertEntry
from newssearch.display import escape
from newssearch.snippet import Snippet

NAMED_COPIES = 5
"""The largest number of outlets that are named as having the same story."""


def headline(entry: AlertEntry) -> str:
    """Return the headline of an entry on one line."""
    return escape.terminal(str(entry.get("title") or "")).strip() or "(no headline)"


def origin(entry: AlertEntry) -> str:
    """Return the date and the outlet of an entry, and whether its content has changed, on one line."""
    date = str(entry.get("date") or "no date").replace("T", " ")
    outlet = escape.terminal(str(entry.get("outlet") or "no outlet"))
    return "  ".join([date, outlet, *(["changed"] if entry["reason"] == "changed" else [])])


def others_with_story(entry: AlertEntry) -> str:
    """Return which other outlets have the story of an entry; "" if there are none.

    >>> others_with_story({"copies": [{"outlet": "The Sun"}, {"outlet": None}], "copies_total": 2})
    'also in: The Sun, no outlet'
    """
    copies = entry.get("copies") or []
    names = list(dict.fromkeys(escape.terminal(str(copy["outlet"] or "no outlet")) for copy in copies))
    if not names:
        return ""
    rest = len(names) - NAMED_COPIES
    return f"also in: {', '.join(names[:NAMED_COPIES])}" + (f" and {rest:,} more" if rest > 0 else "")


def entry_snippet(entry: AlertEntry) -> Snippet:
    """Return the snippet of an entry."""
    value = entry["snippet"]
    spans = tuple((int(start), int(end)) for start, end in value["highlights"])
    return Snippet(value["text"], spans, value["start"], value["cut_before"], value["cut_after"])


def entry_text(entry: AlertEntry) -> Iterator[str]:
    """Yield the lines of an entry for a mail or a file of text."""
    yield headline(entry)
    yield f"  {origin(entry)}"
    yield f"  {entry_snippet(entry).plain()}"
    if others := others_with_story(entry):
        yield f"  {others}"
    if url := escape.terminal(str(entry.get("url") or "")):
        yield f"  {url}"
    yield f"  {escape.terminal(str(entry['id']))}#{entry['paragraph']}"


def entry_html(entry: AlertEntry) -> str:
    """Return what an entry says below its headline as HTML.

    Matches are in ``<strong>``: readers of feeds and mails remove ``<mark>``.
    """
    snippet = entry_snippet(entry).html().replace("<mark>", "<strong>").replace("</mark>", "</strong>")
    parts = [f"<p>{escape.html(origin(entry))}</p>", f"<p>{snippet}</p>"]
    if others := others_with_story(entry):
        parts.append(f"<p>{escape.html(others)}</p>")
    return "".join(parts)
