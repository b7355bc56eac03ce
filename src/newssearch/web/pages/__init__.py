"""The pages, one module for each view."""

from __future__ import annotations

from starlette.routing import BaseRoute

from newssearch.web.pages import (
    about,
    article,
    compare,
    context,
    feeds,
    login,
    saved_searches,
    search,
    static,
    stories,
    story,
    tags,
    words,
)

from .help import ROUTES as HELP_ROUTES


def page_routes() -> list[BaseRoute]:
    """Return the routes of the pages."""
    return [
        *search.ROUTES,
        *compare.ROUTES,
        *article.ROUTES,
        *context.ROUTES,
        *story.ROUTES,
        *stories.ROUTES,
        *words.ROUTES,
        *saved_searches.ROUTES,
        *feeds.ROUTES,
        *tags.ROUTES,
        *about.ROUTES,
        *HELP_ROUTES,
        *login.ROUTES,
        *static.ROUTES,
    ]
