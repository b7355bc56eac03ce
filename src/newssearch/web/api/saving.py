"""The addresses of the API that change something: they save and remove searches that deliver nothing."""

from __future__ import annotations

import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newssearch.web.bodies import media_type_of, read_body
from newssearch.web.context import ServerContext, server_context
from newssearch.web.pool import SearchLimits
from newssearch.web.prefix import prefix_of
from newssearch.web.problems import ChangeRefusedError
from newssearch.web.searches.changes import remove_for_client, save_for_client, search_of_json
from newssearch.web.searches.listing import listed_search
from newssearch.web.security.writing import why_read_only

from .answers import answering_problems, json_answer

MAX_SAVED_JSON = 131_072
"""The largest number of bytes of a saved search as JSON."""


def change_routes() -> list[BaseRoute]:
    """Return the routes that change something, below ``/api``."""
    return [
        Route("/searches", answering_problems(_save), methods=["POST"], name="api:save-search"),
        Route("/searches/{name}", answering_problems(_remove), methods=["DELETE"], name="api:remove-search"),
    ]


def writing_context(request: Request) -> ServerContext:
    """Return the context of a request that may change something. Raises :class:`ChangeRefusedError` if it may not."""
    context = server_context(request)
    if reason := why_read_only(request, context.access):
        raise ChangeRefusedError(403, reason)
    return context


async def _save(request: Request) -> Response:
    context = writing_context(request)
    if media_type_of(request) != "application/json":  # a form of another site cannot send this type
        raise HTTPException(415)
    search, replace = search_of_json(_parsed(await read_body(request, MAX_SAVED_JSON)))

    def save(limits: SearchLimits) -> dict[str, Any]:
        alerts = context.archive.alerts()
        saved = save_for_client(context.archive.index(), alerts, search, limits, replace=replace)
        return {**listed_search(alerts, search.name).to_dict(), "matching": saved.matching}

    shown = await context.pool.run(request, save)
    headers = {"Location": f"{prefix_of(request)}/api/searches/{search.name}", "Cache-Control": "no-store"}
    return json_answer(shown, 201, headers)


async def _remove(request: Request) -> Response:
    context = writing_context(request)
    name = request.path_params["name"]
    await context.pool.run(request, lambda limits: remove_for_client(context.archive.alerts(), name))
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ChangeRefusedError(400, "the content of the request is not JSON in UTF-8") from None
