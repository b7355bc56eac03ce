"""Headlines without the name of the outlet, which pages, feeds and services write in front of them or behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from newssearch.addresses import host_owner
from newssearch.outlets import Outlets
from newssearch.system.lazy_regex import Pattern
from newssearch.text.paragraphs import squeeze

from .values import is_domain

TITLE_SEPARATORS = re.compile(
    r"\s*(?:\s[-–—―|·•»:/~]{1,2}\s|[|｜»ㅣ│￨]|(?<=[\u3040-\u9fff\uac00-\ud7af）」』”？！])(?:_|[-–—]{1,2}))\s*"
)
"""A pattern for what separates a headline from the name of the outlet; in scripts without spaces, it needs none."""


def without_outlet(title: str, outlet_names: Sequence[str]) -> str:
    """Return a headline without the name of the outlet at its start or end.

    >>> without_outlet("Rain in Rome | Weather | The Daily Example", ["Daily Example"])
    'Rain in Rome | Weather'
    """
    for _ in range(2):
        parts = list(TITLE_SEPARATORS.finditer(title))
        if not parts:
            break
        last, first = title[parts[-1].end() :], title[: parts[0].start()]
        if _resembles_outlet(last, outlet_names):
            title = title[: parts[-1].start()].strip()
        elif _resembles_outlet(first, outlet_names):
            title = title[parts[0].end() :].strip()
        else:
            break
    return title


def without_tail(title: str, outlet_names: Iterable[str], known: Outlets) -> str:
    """Return a headline without the name of the outlet at its end, which must be a name of the outlet and not resemble one.

    ``outlet_names`` may contain hosts, and ``known`` has the names of outlets that stand for one another.

    >>> from newssearch.outlets import outlets
    >>> without_tail("Rain in Rome - Daily Example", ["news.daily-example.org"], outlets())
    'Rain in Rome'
    >>> without_tail("How to survive - Politics", ["politics.ft.com"], outlets())
    'How to survive - Politics'
    """
    line = squeeze(title)
    parts = list(TITLE_SEPARATORS.finditer(line))
    tail = line[parts[-1].end() :] if parts else ""
    if not (letters := letters_and_digits(tail)) or parts[-1].start() == 0:
        return title
    for name in outlet_names:
        label = host_owner(name.lower()) if is_domain(name) else name
        same = {
            letters_and_digits(name),
            letters_and_digits(label),
            letters_and_digits(label).removeprefix("the"),
        }
        if (
            letters in same
            or letters.removeprefix("the") in same
            or known.name(tail) == known.name(squeeze(name))
        ):
            return line[: parts[-1].start()].strip()
    return title


def _resembles_outlet(part: str, outlet_names: Sequence[str]) -> bool:
    """Whether a part of a title is a name of the outlet, or similar to one."""
    letters = letters_and_digits(part)
    if len(letters) < 2:
        return False
    for name in outlet_names:
        other = letters_and_digits(name)
        if letters == other or (
            min(len(letters), len(other)) >= 3
            and (letters in other or other in letters)
            and abs(len(letters) - len(other)) <= max(8, len(other) // 2)
        ):
            return True
    return False


def letters_and_digits(text: str) -> str:
    """Return only the letters and digits of a text, in folded case.

    >>> letters_and_digits("The Harbour-Gazette!")
    'theharbourgazette'
    """
    return "".join(filter(str.isalnum, text.casefold()))


LONGEST_STATED_TITLE = 500
"""The maximum number of characters of a headline that the properties of a file state."""

_MADE_BY_PROGRAM = Pattern(
    r"microsoft (?:word|powerpoint|excel) - .*|(?:untitled|layout|print|slide|document|dokument|documento|presentation|präsentation|title|titel|unbenannt|sans titre)"
    r"[\W\d]*|\W*|.*\.(?:docx?|pdf|indd|qxd|rtf|odt|pptx?|tex|dvi|html?)\W*",
    re.IGNORECASE,
)


def is_made_by_program(title: str) -> bool:
    """Whether the title that a file states is not a headline: too short, too long, the name of a file, or that of a program.

    >>> [is_made_by_program(title) for title in ("Microsoft Word - rain.doc", "Dokument1", "Documents show who knew")]
    [True, True, False]
    """
    line = squeeze(title)
    return not 8 < len(line) <= LONGEST_STATED_TITLE or _MADE_BY_PROGRAM.fullmatch(line) is not None
