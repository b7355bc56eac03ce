"""Remarks on a query as a page shows them: below the place that each is about, with links to what may be meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from newssearch.display.brief import many
from newssearch.query import Diagnostic
from newssearch.web.parameters import MAX_SHOWN_CHARS
from newssearch.web.problems import HttpProblem

from .links import Links

AROUND_FAULT = 60
"""The largest number of characters of the query that are shown on each side of a faulty part."""
MAX_PARAMETERS_NAMED = 3
"""The largest number of unknown parameters that a remark names."""
_DID_YOU_MEAN = re.compile(r"did you mean (?P<words>.+)\?", re.DOTALL)
_LAST_WORDS = " or the word in quotation marks"
_QUOTED_WORD = re.compile(r"'(.+)'|\"(.+)\"", re.DOTALL)


class FaultyLine(NamedTuple):
    """The part of a query around a fault, on one line, and the line below it with a caret under each character of the fault."""

    before: str
    fault: str
    after: str
    caret: str


class Replacement(NamedTuple):
    """What to write instead, and the address of the view with it."""

    text: str
    address: str


class Remark(NamedTuple):
    """A remark on a query: its text, the place that it is about, and what to write instead, as links or as text.

    ``wrong`` is whether the query could not be answered. ``remove`` is the address of the view without what the remark is
    about, ``removes`` parameters; "" if it cannot be left out.
    """

    text: str
    line: FaultyLine | None = None
    hint: str = ""
    instead: tuple[Replacement, ...] = ()
    wrong: bool = False
    remove: str = ""
    removes: int = 1


def faulty_line(query: str, start: int, end: int) -> FaultyLine | None:
    """Return a query with a caret under the characters from ``start`` to ``end``; None if they are not in it.

    >>> faulty_line("rain colour:red", 5, 12)
    FaultyLine(before='rain ', fault='colour:', after='red', caret='     ^^^^^^^')
    """
    if not 0 <= start < end <= len(query):
        return None
    line = re.sub(r"\s", " ", query)
    first, last = max(start - AROUND_FAULT, 0), min(end + AROUND_FAULT, len(query))
    before = ("…" if first else "") + line[first:start]
    after = line[end:last] + ("…" if last < len(query) else "")
    return FaultyLine(before, line[start:end], after, " " * len(before) + "^" * (end - start))


def remark_of(problem: HttpProblem, links: Links) -> Remark:
    """Return the remark that a problem is shown as."""
    line = faulty_line(problem.query, problem.start, problem.end)
    note = Diagnostic("problem", problem.detail, suggestion=problem.suggestion)
    instead = _replacements(problem.query, problem.start, problem.end, note, links) if line else ()
    hint = "" if instead else problem.suggestion
    remove = links.here(**{problem.parameter: None}) if links.values(problem.parameter) else ""
    return Remark(_sentence(problem.detail), line, hint, instead, wrong=True, remove=remove)


def remarks_of(query: str, notes: Iterable[Diagnostic], links: Links) -> tuple[Remark, ...]:
    """Return the remarks that the notes on a query are shown as; links lead to the current view of another query."""
    found = []
    for note in notes:
        start, end = note.span.start, note.span.end
        instead = _replacements(query, start, end, note, links)
        hint = "" if instead else note.suggestion
        found.append(Remark(_sentence(note.message), faulty_line(query, start, end), hint, instead))
    return tuple(found)


def unknown_parameters(links: Links, known: Collection[str]) -> tuple[Remark, ...]:
    """Return the remark on the parameters of the current address that a view does not know; none if it knows all."""
    names = list(dict.fromkeys(name for name, _ in links.given if name not in known))
    if not names:
        return ()
    shown = [f"{name[:MAX_SHOWN_CHARS]!r}" for name in names[:MAX_PARAMETERS_NAMED]]
    rest = len(names) - len(shown)
    text = f"This view does not know the parameter{'s' if len(names) > 1 else ''} {', '.join(shown)}"
    if rest:
        text += f" and {many(rest, 'other')}"
    instead: tuple[Replacement, ...] = ()
    near = difflib.get_close_matches(names[0][:MAX_SHOWN_CHARS], known, 1) if len(names) == 1 else []
    if near and not links.values(near[0]):
        instead = (Replacement(near[0], links.here(**{names[0]: None, near[0]: links.values(names[0])})),)
    return (Remark(text, instead=instead, remove=links.here(**dict.fromkeys(names)), removes=len(names)),)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _replacements(
    query: str, start: int, end: int, note: Diagnostic, links: Links
) -> tuple[Replacement, ...]:
    """Return links to the current view of the query with the faulty part replaced by each suggestion of a note."""
    meant = _DID_YOU_MEAN.fullmatch(note.suggestion)
    if meant is None or not 0 <= start < end <= len(query):
        return ()
    part = query[start:end]
    quoted = _QUOTED_WORD.search(note.message)
    wrong = (quoted.group(1) or quoted.group(2)) if quoted else ""
    found = []
    for word in meant.group("words").removesuffix(_LAST_WORDS).split(" or "):
        if wrong and wrong in part:
            bare = part.count('"') >= 2
            right = word if bare or not re.search(r"\s", word) else f'"{word}"'
            changed = part.replace(
                wrong + (":" if word.endswith(":") and f"{wrong}:" in part else ""), right, 1
            )
        elif not quoted:
            changed = word
        else:
            return ()
        found.append(Replacement(word, links.instead(query, f"{query[:start]}{changed}{query[end:]}")))
    return tuple(found)
