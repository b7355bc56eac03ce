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

_COMMENT = re.compile(r"<!--(.{0,4000}?)-->", re.DOTALL)
_SAVING_WORD = re.compile(r"\b(?:saved|mirrored|archived|captured|processed by singlefile)\b", re.IGNORECASE)
_SAVED_ADDRESS = re.compile(
    r"\b(?:from\s+url\s*=\s*\(\d+\)|from|url)\s*[:=]?\s*(?P<url>https?://[^\s\"<>]+|(?:[\w-]+\.)+[a-z]{2,24}/[^\s\"<>]*)",
    re.IGNORECASE,
)
"""A pattern for the address in a comment: that of Internet Explorer and Chrome, SingleFile, HTTrack or monolith."""

_WAYBACK_SCRIPT = re.compile(r"__wm\.wombat\(\s*[\"'](?P<url>https?://[^\"']+)")
_WAYBACK_TOOLBAR = re.compile(
    r"<!-- BEGIN WAYBACK TOOLBAR INSERT -->.*?<!-- END WAYBACK TOOLBAR INSERT -->", re.DOTALL
)


def saved_address(text: str) -> str | None:
    """Return the address that a page was saved from, by a comment or a script at its start, or None.

    >>> saved_address("<!-- saved from url=(0025)https://example.org/bridge -->")
    'https://example.org/bridge'
    >>> saved_address("<html><!-- Mirrored from example.org/bridge.html by HTTrack Website Copier/3.x -->")
    'http://example.org/bridge.html'
    """
    opening = text[:MAX_CHARACTERS_BEFORE_ADDRESS]
    for comment in _COMMENT.finditer(opening) if "<!--" in opening else ():
        if _SAVING_WORD.search(comment[1]) and (found := _SAVED_ADDRESS.search(comment[1])):
            url = html.unescape(found["url"])
            return url if url.lower().startswith("http") else f"http://{url}"
    found = _WAYBACK_SCRIPT.search(opening) if "__wm" in opening else None
    return found["url"] if found else None


def address_in_metadata(page: Page) -> str | None:
    """Return the address that a program stored in the metadata of a page that it saved, or None."""
    url = page.first(*SAVED_PAGE_META) or page.scrapbook_source
    return url if url and host(url) else None


def without_toolbar(text: str) -> str:
    """Return a page without the toolbar that the Wayback Machine inserts."""
    return _WAYBACK_TOOLBAR.sub("", text) if "WAYBACK TOOLBAR" in text else text


def fetched_address(url: str | None) -> str | None:
    """Return the address of the original of a page fetched from ``url``; None if that is a copy of an unknown original."""
    if url is None:
        return None
    original = archived_address(url)
    return None if is_archive_of_web(canonical_address(original)) else original
