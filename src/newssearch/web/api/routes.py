"""The HTTP API: answers to the requests that :mod:`newssearch.web.api.endpoints` describes."""

from __future__ import annotations

import difflib
from functools import partial
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newssearch.index import Index
from newssearch.web.context import server_context
from newssearch.web.options import may_depend_on_clock
from newssearch.web.parameters import read_parameters
from newssearch.web.pool import SearchLimits
from newssearch.web.prefix import prefix_of
from newssearch.web.problems import http_problem

from .answers import (
    Handler,
    answering_problems,
    entity_tag,
    is_known,
    json_answer,
    problem_answer,
    without_paths,
)
from .combinations import check_combination
from .endpoints import ENDPOINTS, Endpoint, EndpointRequest
from .exports import MAX_EXPORTS, Export, ExportSlots, attachment, rows_answer, rows_of_answer
from .openapi import OPENAPI_PATH, openapi_document
from .saving import change_routes
from .suggestions import Completer

KEPT = "private, no-cache"
"""The instruction to keep an answer, and to ask each time whether it is still the same."""


class SharedWork(NamedTuple):
    """What the endpoints of one application share."""

    completer: Completer
    exports: ExportSlots


def api_routes(completer: Completer) -> list[BaseRoute]:
    """Return the routes of the API, below ``/api``. ``completer`` completes queries."""
    shared = SharedWork(completer, ExportSlots(MAX_EXPORTS))
    routes: list[BaseRoute] = [
        Route(
            endpoint.path.replace("{id}", "{id:path}"),
            _endpoint_handler(endpoint, shared),
            name=f"api:{endpoint.name}",
        )
        for endpoint in ENDPOINTS
    ]
    described = Route(OPENAPI_PATH, _answer_openapi, name="api:openapi")
    return [*routes, *change_routes(), described, Route("/{rest:path}", _answer_unknown, name="api:unknown")]


async def _answer_openapi(request: Request) -> Response:
    return json_answer(openapi_document(prefix_of(request)), headers={"Cache-Control": KEPT})


async def _answer_unknown(request: Request) -> Response:
    """Answer that there is no such endpoint, with the one that may be meant."""
    asked = f"/{request.path_params['rest']}"[:100]
    known = [endpoint.path.replace("/{id}", "") for endpoint in ENDPOINTS]
    near = difflib.get_close_matches(asked, [*known, OPENAPI_PATH], 1)
    hint = f"did you mean /api{near[0]}?" if near else f"/api{OPENAPI_PATH} describes all addresses"
    return problem_answer(http_problem(404)._replace(suggestion=hint))


def _endpoint_handler(endpoint: Endpoint, shared: SharedWork) -> Handler:
    async def handle(request: Request) -> Response:
        values = read_parameters(endpoint.parameters, request.query_params.multi_items())
        check_combination(endpoint.name, endpoint.parameters, values)
        context = server_context(request)
        kept = endpoint.only_by_commit and not may_depend_on_clock(values)
        format_ = str(values.get("format", "json"))

        def answer(limits: SearchLimits, index: Index) -> Any:
            tag = entity_tag(context.archive.version(index), request, context.settings.show_paths)
            if kept and is_known(request, tag):
                return Response(status_code=304, headers={"ETag": tag, "Cache-Control": KEPT})
            asked = EndpointRequest(
                index,
                values,
                request.path_params,
                limits,
                context.archive.info,
                shared.completer,
                context.settings.show_paths,
                context.archive.alerts,
            )
            found = endpoint.answer(asked)
            headers = {"ETag": tag, "Cache-Control": KEPT} if kept else {"Cache-Control": "no-store"}
            if isinstance(found, Export):
                found.headers = {**headers, **attachment(asked.file_name, endpoint.name, found.format)}
                return found
            shown = found.to_dict()
            if not context.settings.show_paths:
                shown = without_paths(shown)
            if format_ == "json":
                return json_answer(shown, headers=headers)
            headers |= attachment(asked.file_name, endpoint.name, format_)
            return rows_answer(rows_of_answer(found, shown), format_, headers)

        def begin_export(limits: SearchLimits) -> Any:
            return answer(limits, context.archive.index())

        if endpoint.streams:
            return await shared.exports.sent(lambda: context.pool.run(request, begin_export))
        archive = context.archive
        return await context.pool.run(request, lambda limits: archive.at_one_commit(partial(answer, limits)))

    return answering_problems(handle)
