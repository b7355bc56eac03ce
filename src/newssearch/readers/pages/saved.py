"""Find the address that a page was saved from: programs that save pages write it into the page."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from newssearch.addresses import archived_address, canonical_address, is_archive_of_web
from newssearch.readers.article.values import host

if TYPE_CHECKING:
    from .page import Page

MAX_CHARACTERS_BEFORE_ADDRESS = 16_384
"""The number of characters at the start of a page in which the address that it was saved from is searched."""

SAVED_PAGE_META = ("savepage-url", "source-url")
"""The names of ``<meta>`` elements in which programs that save pages store the address: Save Page WE, Evernote."""

_SAVED_ADDRESS = re.compile(
    r"\s*(?:saved from url\s*=\s*\(\d+\)|page saved with singlefile\s+url:\s*|saved from (?=\S+ at [^<>]{1,60} using monolith))"
    r"\s*(?P<url>https?://[^\s\"<>]+)",
    re.IGNORECASE,
)
"""The start of a comment with an address, as Internet Explorer, Chrome, SingleFile and monolith write it. Comments of other
forms are those of site makers: what is "mirrored" or "archived" from somewhere may be a theme, or a set of icons."""

_WAYBACK_SCRIPT = re.compile(r"__wm\.wombat\(\s*[\"'](?P<url>https?://[^\"']+)")
_TOOLBAR_BEGINS = "<!-- BEGIN WAYBACK TOOLBAR INSERT -->"
_TOOLBAR_ENDS = "<!-- END WAYBACK TOOLBAR INSERT -->"


def saved_address(text: str) -> str | None:
    """Return the address that a page was saved from, by a comment or a script at its start, or None.

    >>> saved_address("<!-- saved from url=(0025)https://example.org/bridge -->")
    'https://example.org/bridge'
    >>> saved_address("<html><!-- Icons archived from https://icons.example/set -->") is None
    True
    """
    opening = text[:MAX_CHARACTERS_BEFORE_ADDRESS]
    for comment in opening.split("<!--")[1:]:
        if (found := _SAVED_ADDRESS.match(comment)) is not None:
            return html.unescape(found["url"])
    found = _WAYBACK_SCRIPT.search(opening) if "__wm" in opening else None
    return found["url"] if found else None


def address_in_metadata(page: Page) -> str | None:
    """Return the address that a program stored in the metadata of a page that it saved, or None."""
    url = page.first(*SAVED_PAGE_META) or page.scrapbook_source
    return url if url and host(url) else None


def without_toolbar(text: str) -> str:
    """Return a page without the toolbar that the Wayback Machine inserts."""
    begins = text.find(_TOOLBAR_BEGINS)
    ends = text.find(_TOOLBAR_ENDS, begins) if begins >= 0 else -1
    return text[:begins] + text[ends + len(_TOOLBAR_ENDS) :] if ends >= 0 else text


def fetched_address(url: str | None) -> str | None:
    """Return the address of the original of a page fetched from ``url``; None if that is a copy of an unknown original."""
    if url is None:
        return None
    original = archived_address(url)
    return None if is_archive_of_web(canonical_address(original)) else original
