"""The error texts for agents: what is wrong, where, and how to proceed. They never contain a path of the machine."""

from __future__ import annotations

from difflib import get_close_matches

from pydantic import ValidationError

from newssearch.display.visible import visible
from newssearch.errors import (
    AnalyserError,
    ArticleNotFoundError,
    IndexDamagedError,
    IndexNotFoundError,
    IndexVersionError,
    NewssearchError,
    QueryError,
    SearchStoppedError,
)

MAX_SHOWN = 100
"""The largest number of characters of a query that are shown around a mistake."""
MAX_MESSAGE = 2_000

BUSY = "The server is busy with other searches. Call again in a few seconds."
BUG = (
    "{tool} failed because of an error in the server, not in the call. The log of the server has the details."
    " The same call will fail again: try another query or another tool."
)


def explained(error: NewssearchError, *, time_limit: float | None = None) -> str:
    """Return what an agent needs to know about an error, in order to repair its call."""
    if isinstance(error, QueryError):
        return "\n".join(visible(line)[:MAX_MESSAGE] for line in _query_error(error))
    if isinstance(error, ArticleNotFoundError):
        found = f"{error}. Ids and addresses (ID#N) are those that search and the other tools return."
        return visible(found)[:MAX_MESSAGE]
    if isinstance(error, SearchStoppedError):
        limit = f" of {time_limit:g} s" if time_limit is not None else ""
        return (
            f"The search was stopped at its time limit{limit}. Make it cheaper: add since and until or a filter, write longer"
            " beginnings before a star (protest* rather than p*), search words instead of regular expressions, narrow w/N,"
            " or ask for less: kwic sorted by relevance or with a small sample, fewer measures."
        )
    if isinstance(error, AnalyserError):
        return (
            "The analyser of a language of the archive is not installed on the server, or fails: the archive cannot be searched."
            " No call will succeed until its owner has installed it."
        )
    if isinstance(error, IndexNotFoundError | IndexVersionError | IndexDamagedError):
        state = {
            IndexNotFoundError: "is not there",
            IndexVersionError: "has a format that this server cannot read",
        }
        what = next((text for kind, text in state.items() if isinstance(error, kind)), "is damaged")
        return f"The index of the archive {what}. No call will succeed until its owner has repaired it."
    return "The archive cannot be searched now. The log of the server has the details."


def is_explained(error: NewssearchError) -> bool:
    """Whether the text of :func:`explained` is complete, so that nothing needs to be logged."""
    return isinstance(error, QueryError | ArticleNotFoundError | SearchStoppedError)


def _query_error(error: QueryError) -> list[str]:
    """Return the message, the query with a caret line below it, and the suggestion."""
    lines = [f"Error: {error.reason}"]
    if error.end > error.start:
        low = max(0, error.start - MAX_SHOWN // 2)
        high = low + MAX_SHOWN
        cut = "…" if low else ""
        before, at, after = (
            visible(part).replace("\n", " ")
            for part in (
                error.query[low : error.start],
                error.query[error.start : min(error.end, high)],
                error.query[min(error.end, high) : high],
            )
        )
        more = "…" if high < len(error.query) else ""
        lines += [f"  {cut}{before}{at}{after}{more}", f"  {' ' * len(cut + before)}{'^' * max(len(at), 1)}"]
    if error.suggestion:
        lines.append(f"Suggestion: {error.suggestion}")
    return lines


def unknown_tool(name: str, tools: list[str]) -> str:
    """Return the error text for a call of an unknown tool."""
    return f"There is no tool {visible(name)[:MAX_SHOWN]!r}. The tools are: {', '.join(tools)}."


def unknown_arguments(tool: str, unknown: list[str], known: list[str]) -> str:
    """Return the error text for unknown arguments, with the known ones."""
    hints = [near[0] for name in unknown if (near := get_close_matches(name, known, 1))]
    hint = f" Did you mean {', '.join(hints)}?" if hints else ""
    names = ", ".join(visible(name)[:MAX_SHOWN] for name in unknown[:5])
    return f"{tool} has no argument {names}.{hint} Its arguments are: {', '.join(known) or 'none'}."


def wrong_arguments(tool: str, error: ValidationError) -> str:
    """Return the error text for arguments of a wrong type, and for missing ones."""
    found = []
    for one in error.errors(include_url=False, include_context=False)[:5]:
        name = ".".join(map(str, one["loc"]))
        given = "" if one["type"] == "missing" else f"; got {visible(repr(one['input']))[:MAX_SHOWN]}"
        message = one["msg"]
        found.append(f"{name}: {message[:1].lower()}{message[1:]}{given}")
    return f"{tool} was called with wrong arguments. {'. '.join(found)}."
