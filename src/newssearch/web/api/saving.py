"""The addresses of the API that change something: saved searches that deliver nothing, and tags and notes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newssearch.web.bodies import media_type_of, read_body
from newssearch.web.context import ServerContext, server_context
from newssearch.web.parameters import MAX_SHOWN_CHARS
from newssearch.web.pool import SearchLimits
from newssearch.web.prefix import prefix_of
from newssearch.web.problems import ChangeRefusedError
from newssearch.web.searches.changes import (
    MAX_WAIT_FOR_ALERT,
    remove_for_client,
    save_for_client,
    search_of_json,
)
from newssearch.web.searches.listing import listed_search
from newssearch.web.security.writing import why_read_only
from newssearch.web.tag_changes import AskedTagging, refusing_changes_of_tags

from .answers import answering_problems, json_answer

MAX_SAVED_JSON = 131_072
"""The largest number of bytes of a saved search as JSON."""
MAX_TAGS_JSON = 524_288
"""The largest number of bytes of a change of tags as JSON: as many as the form of a page may have."""
MAX_TAGGED_AT_ONCE = 1_000
"""The largest number of articles that one request tags."""
_TAG_KEYS = ("articles", "add", "remove", "note", "author", "replacing")


def change_routes() -> list[BaseRoute]:
    """Return the routes that change something, below ``/api``."""
    return [
        Route("/searches", answering_problems(_save), methods=["POST"], name="api:save-search"),
        Route("/tags", answering_problems(_tag), methods=["POST"], name="api:tag"),
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
    search, replace = search_of_json(await _sent_json(request, MAX_SAVED_JSON))

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


async def _tag(request: Request) -> Response:
    context = writing_context(request)
    asked = tagging_of_json(await _sent_json(request, MAX_TAGS_JSON))

    def tag(limits: SearchLimits) -> dict[str, Any]:
        with refusing_changes_of_tags():
            report = context.archive.index().tag(
                asked.articles,
                asked.add,
                asked.remove,
                note=asked.note,
                author=asked.by,
                replacing=asked.before,
                wait=MAX_WAIT_FOR_ALERT,
            )
        return report.to_dict()

    return json_answer(await context.pool.run(request, tag), headers={"Cache-Control": "no-store"})


def tagging_of_json(value: object) -> AskedTagging:
    """Return the change of tags and notes that a client states as JSON types. Raises :class:`ChangeRefusedError`."""
    if not isinstance(value, Mapping):
        raise ChangeRefusedError(
            400, "a change of tags is an object with articles, add, remove, note, author and replacing"
        )
    if unknown := next((name for name in value if name not in _TAG_KEYS), None):
        raise ChangeRefusedError(
            400,
            f"{unknown[:MAX_SHOWN_CHARS]} is not known here",
            f"there are: {', '.join(_TAG_KEYS)}",
            unknown,
        )
    lists = {name: value.get(name, []) for name in ("articles", "add", "remove")}
    for name, found in lists.items():
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise ChangeRefusedError(400, f"{name} is a list of texts", parameter=name)
    note, author, replacing = value.get("note"), value.get("author", ""), value.get("replacing")
    for name, is_text in (
        ("note", isinstance(note, str | None)),
        ("author", isinstance(author, str)),
        ("replacing", isinstance(replacing, str | None)),
    ):
        if not is_text:
            raise ChangeRefusedError(400, f"{name} is a text", parameter=name)
    articles = tuple(dict.fromkeys(lists["articles"]))
    if not articles or len(articles) > MAX_TAGGED_AT_ONCE:
        raise ChangeRefusedError(
            400, f"articles has from 1 to {MAX_TAGGED_AT_ONCE:,} ids", parameter="articles"
        )
    return AskedTagging(articles, tuple(lists["add"]), tuple(lists["remove"]), note, replacing, author)


async def _sent_json(request: Request, most: int) -> object:
    """Return what a client has sent, as JSON types. Raises HTTPException and :class:`ChangeRefusedError`."""
    if media_type_of(request) != "application/json":  # a form of another site cannot send this type
        raise HTTPException(415)
    body = await read_body(request, most)
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ChangeRefusedError(400, "the content of the request is not JSON in UTF-8") from None
