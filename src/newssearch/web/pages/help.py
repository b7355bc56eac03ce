"""The page of help: how queries are written, the keys of the page, and what counts as a word.

The reference is rendered from docs/ by scripts/render_help.py, and a test holds it to the documents.
"""

from __future__ import annotations

from typing import NamedTuple

from .rendering import ShownPage, View, page_route


class PageKey(NamedTuple):
    """A key of the page, and what it does."""

    key: str
    meaning: str


class FirstQuery(NamedTuple):
    """A query for beginners, and what it finds."""

    query: str
    meaning: str


PAGE_KEYS = (
    PageKey("/", "to the query"),
    PageKey("j", "the next result; in an article, the next article of the search"),
    PageKey("k", "the previous result or article"),
    PageKey("Enter", "open the result"),
    PageKey("n", "in an article, the next match"),
    PageKey("p", "the previous match"),
    PageKey("u", "from an article to all results"),
    PageKey("?", "the list of keys"),
)
FIRST_QUERIES = (
    FirstQuery("interest rates", "both words, anywhere in an article, in all their forms"),
    FirstQuery('"interest rates"', "the phrase"),
    FirstQuery("iraq OR syria", "either word"),
    FirstQuery("iraq -syria", "iraq without syria"),
    FirstQuery("senate w/5 vote", "at most five words apart"),
    FirstQuery("minister w/s resign*", "in one sentence; words that begin with resign"),
    FirstQuery("title:election", "in the headline"),
    FirstQuery("Gaddafi~name", "a name in all its spellings"),
    FirstQuery("outlet:reuters date:2020-03", "fields and dates"),
)


def help_page(view: View) -> ShownPage:
    """Return the page of help."""
    return ShownPage("help.html", {"page_keys": PAGE_KEYS, "first_queries": FIRST_QUERIES})


ROUTES = (page_route("/help", help_page, "help"),)
