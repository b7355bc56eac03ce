"""From the text of a query to tokens. Never fails, but for a field that there is not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..analysis import words
from ..errors import QueryError
from ..lazy import Pattern
from .diagnostics import Notes
from .tree import MAX_EDITS, MINUS, OPERATORS, QUOTES, UNSEEN, VALUE_FIELDS, Span, wildcard

FIELDS = ("title", *VALUE_FIELDS, "date")
"""What can stand before a colon."""

Kind = Literal[
    "open", "close", "minus", "operator", "word", "phrase", "wildcard", "fuzzy", "regex", "exact", "name", "caps", "function", "near",
    "field", "date", "boost", "end",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query. ``text`` is its word, phrase, pattern, name …; ``number`` what goes with it."""

    kind: Kind
    text: str
    span: Span
    number: float = 0


_SPACE = Pattern(rf"[\s{UNSEEN}]+")
_QUOTED = Pattern(
    rf"[{QUOTES}]((?:\\[\s\S]|[^\\{QUOTES}])*)[{QUOTES}](?:~(?:(\d{{1,6}})|((?i:exact|name))))?"
)
_MINUS = Pattern(rf"[{MINUS}](?=[^\s){MINUS}])")
_REGEX = Pattern(r"/((?:\\.|[^/\\\s])+)/(?=[\s)^]|$)")
_CAPS = Pattern(
    rf"caps\(\s*(?:[{QUOTES}]((?:\\[\s\S]|[^\\{QUOTES}])*)[{QUOTES}]|([^(){QUOTES}]*))\s*\)", re.IGNORECASE
)
_FUNCTION = Pattern(r"(hlead|atleast(\d{1,7}))(?=\()", re.IGNORECASE)
_FIELD = Pattern(r"([A-Za-z]+):(?!//)")
_DATE = Pattern(rf"[^\s(){QUOTES}]+")
_FACTOR = r"\d{1,7}(?:\.\d{1,400})?"  # as many digits as a number can have when it is written out
_BOOST = Pattern(rf"\^({_FACTOR})(?=[\s)^]|$)")
_BOOSTS = Pattern(rf"(?:\^{_FACTOR})+")
_WORD = Pattern(rf"(?:\\[\s\S]|[^\s{UNSEEN}(){QUOTES}\\])+|\\")
_NEAR = Pattern(r"(w|pre)/(\d{1,9}|[ps])", re.IGNORECASE)
_FUZZY = Pattern(r"([^~]+)~(\d?)")
_MODE = Pattern(r"([^~]+)~(exact|name)", re.IGNORECASE)
_ESCAPE = Pattern(r"\\([\s\S])")


def is_wildcard(word: str) -> bool:
    """Whether a word without escapes is a pattern: it holds ``*``, or ``?`` before its end."""
    return "*" in word or "?" in word.rstrip("?")


def tokens(text: str, notes: Notes) -> list[Token]:
    """The tokens of a query, an end token last. Raises :class:`~newssearch.QueryError` for an unknown field."""
    return _Lexer(text, notes).run()


class _Lexer:
    def __init__(self, text: str, notes: Notes) -> None:
        self.text = text
        self.notes = notes
        self.at = 0
        self.found: list[Token] = []
        self.has_colon = ":" in text

    def run(self) -> list[Token]:
        """Read all of the text: each step takes at least one character."""
        steps = (
            self._parenthesis,
            self._quoted,
            self._minus,
            self._regex,
            self._caps,
            self._function,
            self._field,
        )
        while True:
            space = _SPACE.match(self.text, self.at)
            if space is not None:
                self.at = space.end()
            if self.at >= len(self.text):
                break
            if not any(step() for step in steps):
                self._word()
        self._add("end", "", self.at)
        return self.found

    def _add(self, kind: Kind, text: str, end: int, number: float = 0) -> None:
        self.found.append(Token(kind, text, Span(self.at, end), number))
        self.at = end

    def _boost(self) -> None:
        """What raises the weight of what stands right before it."""
        while self.text.startswith("^", self.at) and (match := _BOOST.match(self.text, self.at)) is not None:
            self._add("boost", match[0], match.end(), float(match[1]))

    # ---- one step each: whether there was such a token here

    def _parenthesis(self) -> bool:
        char = self.text[self.at]
        if char not in "()":
            return False
        self._add("open" if char == "(" else "close", char, self.at + 1)
        if char == ")":
            self._boost()
        return True

    def _quoted(self) -> bool:
        if self.text[self.at] not in QUOTES:
            return False
        match = _QUOTED.match(self.text, self.at)
        if match is None:
            message = "a quotation mark without its partner was passed over"
            self.notes.add("unbalanced", message, Span(self.at, self.at + 1))
            self.at += 1
            return True
        kind: Kind = "phrase" if match[3] is None else "exact" if match[3].lower() == "exact" else "name"
        self._add(kind, _ESCAPE.sub(r"\1", match[1]), match.end(), int(match[2] or 0))
        self._boost()
        return True

    def _minus(self) -> bool:
        match = _MINUS.match(self.text, self.at) if self.text[self.at] in MINUS else None
        if match is not None:
            self._add("minus", match[0], match.end())
        return match is not None

    def _regex(self) -> bool:
        match = _REGEX.match(self.text, self.at) if self.text[self.at] == "/" else None
        if match is not None:
            self._add("regex", match[1], match.end())
            self._boost()
        return match is not None

    def _caps(self) -> bool:
        match = _CAPS.match(self.text, self.at) if self.text[self.at] in "cC" else None
        if match is not None:
            self._add("caps", _ESCAPE.sub(r"\1", match[1]) if match[1] is not None else match[2], match.end())
            self._boost()
        return match is not None

    def _function(self) -> bool:
        match = _FUNCTION.match(self.text, self.at) if self.text[self.at] in "hHaA" else None
        if match is not None:
            self._add("function", "atleast" if match[2] else "hlead", match.end(), int(match[2] or 0))
        return match is not None

    def _field(self) -> bool:
        match = _FIELD.match(self.text, self.at) if self.has_colon else None
        following = self.text[match.end() : match.end() + 1] if match is not None else ""
        if match is None or not following or following.isspace() or following == ")":
            return False  # a word with a colon behind it
        name = match[1].lower()
        if name not in FIELDS:
            from difflib import get_close_matches  # noqa: PLC0415  (slow to import, and seldom needed)

            near = get_close_matches(name, FIELDS, 1)
            hint = f"did you mean {near[0]}: or the word in quotation marks?" if near else (
                f"there are {', '.join(FIELDS)}; a word with a colon goes in quotation marks"
            )  # fmt: skip
            raise QueryError(
                f"there is no field {match[1]!r}",
                query=self.text,
                start=match.start(),
                end=match.end(),
                suggestion=hint,
            )
        self._add("field", name, match.end())
        date = _DATE.match(self.text, self.at) if name == "date" else None
        if date is not None:
            self._add("date", date[0], date.end())
        return True

    # ---- words

    def _word(self) -> None:
        match = _WORD.match(self.text, self.at)
        assert match is not None, "every character that begins no other token begins a word"
        start, end = match.span()
        raw = match[0]
        near = _NEAR.fullmatch(raw) if "/" in raw else None
        if raw in OPERATORS:
            self._add("operator", raw, end)
        elif near is not None and not (near[1].lower() == "pre" and not near[2].isdigit()):
            distance = int(near[2]) if near[2].isdigit() else 0
            self._add("near", raw.lower(), end, distance)
        elif (
            "\\" in raw or "://" in raw
        ):  # a backslash makes the whole word literal; an address is no pattern
            self._add("word", _ESCAPE.sub(r"\1", raw), end)
        else:
            caret = raw.find("^", 1)
            stem = raw[:caret] if caret > 0 and _BOOSTS.fullmatch(raw, caret) else raw
            self._bare(stem, start + len(stem))
            self._boost()
        self.at = max(self.at, start + 1)

    def _bare(self, raw: str, end: int) -> None:
        """A word without quotation marks and escapes: it may be a pattern, or fuzzy."""
        span = Span(self.at, end)
        mode = _MODE.fullmatch(raw) if "~" in raw else None
        if mode is not None:
            self._add("exact" if mode[2].lower() == "exact" else "name", mode[1], end)
            return
        fuzzy = _FUZZY.fullmatch(raw) if "~" in raw else None
        if fuzzy is not None and (is_wildcard(fuzzy[1]) or len(list(words(fuzzy[1]))) > 1):
            message = "only a single word can be spelled otherwise: the ~ behind it was passed over"
            self.notes.add("fuzzy", message, Span(self.at + len(fuzzy[1]), end))
            raw, fuzzy = fuzzy[1], None
        if fuzzy is not None and next(words(fuzzy[1]), None) is not None:
            edits = int(fuzzy[2] or 1)
            if edits > MAX_EDITS:
                self.notes.add(
                    "fuzzy", f"a word may differ in {MAX_EDITS} letters at most, not {edits}", span
                )
            self._add("fuzzy", next(words(fuzzy[1])).group(), end, min(edits, MAX_EDITS))
        elif is_wildcard(raw):
            pieces = [match[0].rstrip("?'’.") for match in wildcard().finditer(raw)]
            self._add("wildcard", " ".join(filter(None, pieces)), end)
        else:
            if raw.endswith("?") and len(raw) > 1:
                message = "a question mark at the end of a word is punctuation; * stands for any ending"
                self.notes.add("punctuation", message, Span(end - 1, end))
            self._add("word", raw, end)
