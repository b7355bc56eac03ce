"""Errors as answers: their status, and their content as problem details (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

from newssearch.errors import (
    AnalyserError,
    ArticleNotFoundError,
    ConfigError,
    HitNotFoundError,
    IndexFolderError,
    IndexLockedError,
    IndexNotFoundError,
    NewssearchError,
    QueryError,
    SearchStoppedError,
    TagFileError,
)

from .parameters import ParameterError
from .pool import ServerBusyError

RETRY_AFTER = 2
"""The time in seconds after which a client may ask again."""
PROBLEM_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)


class ChangeRefusedError(NewssearchError):
    """A saved search is not changed as a client wants it. ``parameter`` is what is at fault, ``status`` that of HTTP."""

    def __init__(self, status: int, reason: str, suggestion: str = "", parameter: str = "") -> None:
        self.status = status
        self.reason = reason
        self.suggestion = suggestion
        self.parameter = parameter
        super().__init__(f"{reason}{f'; {suggestion}' if suggestion else ''}")

    def __reduce__(self) -> tuple[type[ChangeRefusedError], tuple[int, str, str, str]]:
        return type(self), (self.status, self.reason, self.suggestion, self.parameter)


class SearchesUnreadableError(NewssearchError):
    """The saved searches of the archive cannot be read, though the index can. Its message is for the log of the server."""


class HttpProblem(NamedTuple):
    """What went wrong with a request.

    ``status`` is that of HTTP, ``title`` the kind of error, ``detail`` what happened. ``query``, ``start`` and ``end`` are
    the text of a query and its faulty part, ``suggestion`` is what to write instead, ``parameter`` the parameter at fault,
    ``candidates`` are ids that may be meant, ``retry_after`` is the number of seconds after which to ask again. A value that is missing is "", 0 or ().
    """

    status: int
    title: str
    detail: str
    suggestion: str = ""
    query: str = ""
    start: int = 0
    end: int = 0
    parameter: str = ""
    candidates: tuple[str, ...] = ()
    retry_after: int = 0

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of an answer with this problem, besides its type."""
        seconds = self.retry_after or (RETRY_AFTER if self.status == 503 else 0)
        retry = {"Retry-After": str(seconds)} if seconds else {}
        return {"Cache-Control": "no-store", **retry}

    def to_dict(self) -> dict[str, object]:
        """Return the problem as JSON types: members of RFC 9457, and those of the list above that have a value."""
        more: dict[str, object] = {}
        if self.suggestion:
            more["suggestion"] = self.suggestion
        if self.end:
            more |= {"query": self.query, "start": self.start, "end": self.end}
        if self.parameter:
            more["parameter"] = self.parameter
        if self.candidates:
            more["candidates"] = list(self.candidates)
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **more,
        }


EXPECTED = (NewssearchError, ServerBusyError)
"""The exceptions that :func:`problem_of` describes; any other is a bug, or an error of the system."""


def problem_of(error: NewssearchError | ServerBusyError) -> HttpProblem:
    """Return the problem that an exception describes, without a path of this machine."""
    if isinstance(error, QueryError):
        place = (error.query, error.start, error.end) if error.end else ("", 0, 0)
        return HttpProblem(400, "The query cannot be answered", error.reason, error.suggestion, *place)
    if isinstance(error, ParameterError):
        return HttpProblem(400, "The request cannot be answered", error.detail, error.suggestion, parameter=error.parameter)  # fmt: skip
    if isinstance(error, ChangeRefusedError):
        title = "There is no such search" if error.status == 404 else "Nothing was changed"
        return HttpProblem(error.status, title, error.reason, error.suggestion, parameter=error.parameter)
    if isinstance(error, SearchesUnreadableError):
        detail = "they or their settings are not in order; the log of the server says more"
        return HttpProblem(500, "The saved searches cannot be read", detail)
    if isinstance(error, ArticleNotFoundError):
        return HttpProblem(404, "There is no such article", str(error), candidates=error.candidates)
    if isinstance(error, HitNotFoundError):
        return HttpProblem(404, "There is no such hit", str(error))
    if isinstance(error, ServerBusyError):
        return HttpProblem(503, "The server is busy", "too many searches are running; ask again in a moment")
    if isinstance(error, SearchStoppedError):
        limit = "" if error.timeout is None else f" of {error.timeout:.3g} s"
        hint = "narrow the query, or limit it to fewer articles by a date or an outlet"
        return HttpProblem(503, "The search took too long", f"it was stopped at its time limit{limit}", hint)
    return HttpProblem(503, "The index cannot be read", _about_index(error))


def logged_problem(error: NewssearchError | ServerBusyError) -> HttpProblem:
    """Return the problem that an exception describes. If the server is to blame, the log says why, paths included."""
    problem = problem_of(error)
    if problem.status in (500, 503):
        _log.warning("%s", str(error) or problem.detail)
    return problem


def _about_index(error: NewssearchError) -> str:
    if isinstance(error, IndexNotFoundError):
        return "there is no index yet"
    if isinstance(error, IndexLockedError):
        return "the index is being written to"
    if isinstance(error, TagFileError):
        return "the tags of the archive cannot be read or changed now; the log of the server says more"
    if isinstance(error, (IndexFolderError, ConfigError, AnalyserError)):
        return "the index or its settings are not in order; the log of the server says more"
    return str(error)


def http_problem(status: int) -> HttpProblem:
    """Return the problem that an error of HTTP stands for, such as 404 for an address that leads nowhere."""
    if status == 404:
        return HttpProblem(404, "Not found", "there is nothing at this address")
    title = HTTPStatus(status).phrase.capitalize()
    return HttpProblem(status, title, f"the request cannot be answered: {title.lower()}")
