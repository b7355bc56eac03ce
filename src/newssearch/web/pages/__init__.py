"""The pages, one module for each view."""

from __future__ import annotations

from starlette.routing import BaseRoute

from . import article, context, login, search, static


def page_routes() -> list[BaseRoute]:
    """Return the routes of the pages."""
    return [*search.ROUTES, *article.ROUTES, *context.ROUTES, *login.ROUTES, *static.ROUTES]
