"""Answers of the API: JSON, problems, and what a browser may keep of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from newssearch.web.problems import EXPECTED, PROBLEM_TYPE, HttpProblem, logged_problem

Handler = Callable[[Request], Awaitable[Response]]

HIDDEN = ("path", "member", "other_places")
"""The keys of answers that tell where files are on the machine of the server."""


def json_answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return JSON types as an answer."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Response(
        text.encode("utf-8", "backslashreplace"), status, headers=headers, media_type="application/json"
    )


def problem_answer(problem: HttpProblem) -> Response:
    """Return a problem as an answer (RFC 9457)."""
    text = json.dumps(problem.to_dict(), ensure_ascii=False)
    return Response(
        text.encode("utf-8", "backslashreplace"),
        problem.status,
        headers=problem.headers,
        media_type=PROBLEM_TYPE,
    )


def answering_problems(handler: Handler) -> Handler:
    """Return a handler that answers with a problem where the given one raises an error that is expected."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except EXPECTED as error:
            return problem_answer(logged_problem(error))

    return answered


def entity_tag(key: str, request: Request, show_paths: bool) -> str:
    """Return the tag of the answer to a request at the commit with this key: it changes with the commit and the address."""
    asked = f"{request.url.path}?{request.url.query}#{show_paths}".encode("utf-8", "surrogatepass")
    return f'W/"{key}-{hashlib.blake2b(asked, digest_size=8).hexdigest()}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether the client has the answer with this tag already (``If-None-Match``)."""
    known = request.headers.get("if-none-match", "")
    return any(one.strip().removeprefix("W/") == tag.removeprefix("W/") for one in known.split(","))


def without_paths(value: Any) -> Any:
    """Return JSON types with None in place of what tells where files are on the machine of the server.

    >>> without_paths({"hits": [{"id": "a", "path": "/home/x/a.txt"}], "extra": {"path": "5"}})
    {'hits': [{'id': 'a', 'path': None}], 'extra': {'path': '5'}}
    >>> without_paths({"folder": "/home/x/index", "facets": {"folder": ["a"]}})
    {'folder': None, 'facets': {'folder': ['a']}}
    """
    hidden = _without_places(value)
    if (
        isinstance(hidden, dict) and "folder" in hidden
    ):  # of an index; below it, an own field may have this name
        hidden["folder"] = None
    return hidden


def _without_places(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _hidden(key, item) if key in HIDDEN else item if key == "extra" else _without_places(item)
            for key, item in value.items()
        }
    return [_without_places(item) for item in value] if isinstance(value, list) else value


def _hidden(key: str, value: object) -> object:
    return [] if isinstance(value, list) else None
