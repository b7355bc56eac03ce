"""Escaping text from articles for terminals, HTML pages, Markdown documents and spreadsheets.

Nothing from an article acts as a command, as markup or as a formula there.
"""

from __future__ import annotations

import re
import unicodedata

from newssearch.system.lazy_regex import Pattern

_REPLACED = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), "\ufffd")
_SPACES = dict.fromkeys((0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), " ")
_DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "")
_TERMINAL = str.maketrans({**_REPLACED, **_SPACES, **_DIRECTIONS})
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}
_PAGE = str.maketrans({**_REPLACED, **_DIRECTIONS, **_MARKUP, 0x09: "\t", 0x0A: "\n", 0x0D: "\r"})
_BACKTICKS = Pattern("`+")
_PLAIN_NUMBER = Pattern(r"-(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_MARKDOWN = Pattern(r"([\\`*_{}\[\]<>#|~!&])")


def terminal(text: str) -> str:
    """Return ``text`` on one line, with U+FFFD for control characters, and without overrides of the writing direction.

    >>> terminal("a\\x1b[31mb\\n\\u202ec")
    'a�[31mb c'
    """
    return text if text.isprintable() else text.translate(_TERMINAL)


def html(text: str) -> str:
    """Return ``text`` as the content of an HTML element or of a quoted attribute.

    >>> html("<script>'&'")
    '&lt;script&gt;&#x27;&amp;&#x27;'
    """
    if not text.isprintable():
        return text.translate(_PAGE)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#x27;")


def markdown(text: str) -> str:
    """Return ``text`` on one line, with the characters of Markdown's markup escaped.

    >>> print(markdown("1 * 2 <b> [x](y)"))
    1 \\* 2 \\<b\\> \\[x\\](y)
    """
    return _MARKDOWN.sub(r"\\\1", terminal(text))


def markdown_code(text: str) -> str:
    """Return ``text`` on one line as a code span of Markdown (CommonMark 6.1), from which it can be copied unchanged.

    >>> print(markdown_code("(rain AND (* OR flood^0.2))"))
    `(rain AND (* OR flood^0.2))`
    >>> print(markdown_code("a `b"))
    `` a `b ``
    """
    line = terminal(text)
    fence = "`" * (max((len(run.group()) for run in _BACKTICKS.finditer(line)), default=0) + 1)
    space = " " if "`" in line or line.startswith(" ") or line.endswith(" ") else ""
    return f"{fence}{space}{line}{space}{fence}"


def terminal_lines(text: str) -> str:
    """Return each line of ``text`` as :func:`terminal` does.

    >>> terminal_lines("a\\x1bb\\n\\nc\\r")
    'a�b\\n\\nc '
    """
    return "\n".join(map(terminal, text.split("\n")))


def cell(text: str, *, broken: bool = False) -> str:
    """Return ``text`` as a cell that no spreadsheet takes for a formula (OWASP, CSV injection).

    It is on one line, unless ``broken`` keeps its line breaks. A negative number is no formula, and stays as it is.

    >>> cell("=1+1"), cell("-1.5"), cell("-1+1"), cell("a\\nb"), cell("a\\nb", broken=True)
    ("'=1+1", '-1.5', "'-1+1", 'a b', 'a\\nb')
    """
    line = terminal_lines(text) if broken else terminal(text)
    first = unicodedata.normalize("NFKC", line.lstrip()[:1])  # some spreadsheets accept full-width signs too
    guarded = first in ("=", "+", "-", "@") and _PLAIN_NUMBER.fullmatch(line) is None
    return f"'{line}" if guarded else line
