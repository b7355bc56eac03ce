"""Answers with a problem for any address: a page for people, problem details for programs."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from newssearch.web.api.answers import problem_answer
from newssearch.web.feed_paths import is_feed_path
from newssearch.web.pages.links import Links
from newssearch.web.pages.rendering import problem_page
from newssearch.web.prefix import path_of
from newssearch.web.problems import HttpProblem

_log = logging.getLogger(__name__)


def is_for_programs(path: str) -> bool:
    """Whether programs ask for a path, not people."""
    return path in ("/api", "/mcp") or path.startswith(("/api/", "/mcp/")) or is_feed_path(path)


def refusal(request: Request, problem: HttpProblem) -> Response:
    """Return the answer to a request that is refused, or that failed."""
    if is_for_programs(path_of(request.scope)):
        return problem_answer(problem)
    try:
        return problem_page(problem, Links(request))
    except Exception:  # a bug in the page: its text is better than nothing
        _log.exception("the page of a problem cannot be shown")
        return PlainTextResponse(
            f"{problem.title}: {problem.detail}\n", problem.status, headers=problem.headers
        )
