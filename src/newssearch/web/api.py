"""The HTTP API: answers to the requests that :mod:`newssearch.web.endpoints` describes."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newssearch.index import Index

from .answers import entity_tag, is_known, json_answer, problem_answer, without_paths
from .archive import commit_key
from .context import server_context
from .endpoints import ENDPOINTS, Endpoint, EndpointRequest
from .options import may_depend_on_clock
from .parameters import read_parameters
from .pool import SearchLimits
from .problems import EXPECTED, problem_of
from .suggestions import Completer

_log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]


def api_routes() -> list[BaseRoute]:
    """Return the routes of the API, below ``/api``."""
    completer = Completer()
    return [
        Route(
            endpoint.path.replace("{id}", "{id:path}"),
            _endpoint_handler(endpoint, completer),
            name=f"api:{endpoint.name}",
        )
        for endpoint in ENDPOINTS
    ]


def answering_problems(handler: Handler) -> Handler:
    """Return a handler that answers with a problem where the given one raises an error that is expected."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except EXPECTED as error:
            problem = problem_of(error)
            if problem.status == 503:
                _log.warning("%s", error)
            return problem_answer(problem)

    return answered


def _endpoint_handler(endpoint: Endpoint, completer: Completer) -> Handler:
    async def handle(request: Request) -> Response:
        values = read_parameters(endpoint.parameters, request.query_params.multi_items())
        context = server_context(request)
        kept = endpoint.only_by_commit and not may_depend_on_clock(values)

        def answer(limits: SearchLimits) -> Response:
            index: Index = context.archive.index()
            tag = entity_tag(commit_key(index), request)
            headers = (
                {"ETag": tag, "Cache-Control": "private, no-cache"} if kept else {"Cache-Control": "no-store"}
            )
            if kept and is_known(request, tag):
                return Response(status_code=304, headers=headers)
            asked = EndpointRequest(
                index, values, request.path_params, limits, context.archive.info, completer
            )
            found = endpoint.answer(asked).to_dict()
            shown = found if context.settings.show_paths else without_paths(found)
            return json_answer(shown, headers=headers)

        return await context.pool.run(request, answer)

    return answering_problems(handle)
