"""Splits the text of a query into tokens. The only errors are an unknown field and an invalid boost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from newssearch.errors import QueryError
from newssearch.fields import (
    FIELD_ALIASES,
    FUNCTIONS,
    LITERAL_FIELDS,
    QUERY_FIELDS,
    SYNONYMS,
    TAG,
    TIME_FIELDS,
    VALUE_FIELDS,
    ArticleField,
)
from newssearch.system.late_dataclass import dataclass
from newssearch.system.lazy_regex import Pattern
from newssearch.text.tokenizer import GERSHAYIM, word_matches

from .diagnostics import Notes
from .fieldnames import ADDRESS_SCHEMES, suggest_field
from .leaves import MAX_EDITS, OPERATORS
from .node import Span
from .quoting import ESCAPE, INVISIBLE, MINUS, QUOTES, is_wildcard, without_invisible

TokenKind = Literal[
    "open", "close", "minus", "operator", "word", "phrase", "wildcard", "fuzzy", "regex", "exact", "name", "caps", "function", "near",
    "field", "date", "boost", "end",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class QueryToken:
    """A token of a query: its kind, its text, and its place in the query.

    ``text`` is the word, phrase, pattern or name without escapes; ``raw`` has the escapes, or is ``""`` for a token
    that cannot have patterns. ``number`` is a distance, an edit distance, a count or a boost.
    """

    kind: TokenKind
    text: str
    span: Span
    number: float = 0
    raw: str = ""


_WHITE_SPACE = Pattern(rf"[\s{INVISIBLE}]+")
_QUOTED_TEXT = Pattern(rf"[{QUOTES}]((?:\\[\s\S]|[^\\{QUOTES}]|{GERSHAYIM})*)[{QUOTES}]")
_PHRASE_TILDE = Pattern(r"~(?:(\d+)(?![\w.]*\w)|(exact|name)(?!\w))", re.IGNORECASE)
"""Matches the suffix of a phrase that gives a distance (``~5``) or a mode (``~exact``, ``~name``)."""
_EXTRA_TILDES = Pattern(rf"~[^\s(){QUOTES}^]*")
_NEGATING_MINUS = Pattern(rf"[{MINUS}](?=[^\s){MINUS}])")
_REGEX_TOKEN = Pattern(rf"/((?:\\.|[^/\\\s])+)/(?=[\s{INVISIBLE})^]|$)")
_CAPS_CALL = Pattern(
    rf"caps\(\s*(?:[{QUOTES}]((?:\\[\s\S]|[^\\{QUOTES}]|{GERSHAYIM})*)[{QUOTES}]|((?:[^(){QUOTES}]|{GERSHAYIM})*))\s*\)",
    re.IGNORECASE,
)
_FUNCTION_NAME = Pattern(
    "({})(?=\\()".format(
        "|".join(r"atleast(\d+)" if name == "atleast" else name for name in FUNCTIONS if name != "caps")
    ),
    re.IGNORECASE,
)
"""Matches the name of a function that takes a query in parentheses. ``caps`` takes a text, and is not one."""
_FIELD_NAME = Pattern(r"([A-Za-z]+(?:_[A-Za-z]+)*):(?!//)")
_OWN_FIELD_NAME = Pattern(r"([A-Za-z][A-Za-z0-9_]*):(?!//)")
_FIELD_VALUE = Pattern(rf"[^\s(){QUOTES}]+")
_BOOST_FACTOR = r"(?:\d+(?:\.\d*)?|\.\d+)"
_BOOST = Pattern(rf"\^({_BOOST_FACTOR})(?=[\s{INVISIBLE})^]|$)")
_BOOSTS = Pattern(rf"(?:\^{_BOOST_FACTOR}(?=\^|$))+")
_INVALID_BOOST = Pattern(
    rf"\^(?:[-+−–]?\.?\d[\d.,e+-]*|[-+]?(?:nan|inf|infinity))(?=[\s{INVISIBLE})^]|$)", re.IGNORECASE
)
"""Matches a suffix that looks like a boost but is not a valid one, such as ``^-2``."""
_INVISIBLE_INSIDE = rf"(?<![\s{INVISIBLE}])[{INVISIBLE}]+(?=[^\s{INVISIBLE}(){QUOTES}])"
_WORD_TOKEN = Pattern(rf"(?:\\[\s\S]|[^\s{INVISIBLE}(){QUOTES}\\]|{_INVISIBLE_INSIDE}|{GERSHAYIM})+|\\")
"""Matches a word, including invisible characters inside it, but not those before and after it."""
_ASCII_WORD_TOKEN = Pattern(r'(?:\\[\s\S]|[^\s()"\\])+|\\')
"""Matches the same in a text of ASCII. It is compiled in a twentieth of the time."""
_PROXIMITY = Pattern(r"(w|pre)/(\d+|[ps])", re.IGNORECASE)
_TILDE_MODE = Pattern(r"(\d*)|(exact|name)", re.IGNORECASE)
_TILDE_NUMBER = Pattern(r"[-+−–]?\d*(?:[.,]\d*)?")
MAX_MARKED_NAME = 3
"""The largest number of characters in a name that differs from a word only by its marks: C++, C#, F#."""


def tokens(
    text: str, notes: Notes, own: Mapping[str, ArticleField] = MappingProxyType({})
) -> list[QueryToken]:
    """Return the tokens of a query and a final end token. Raises QueryError for an unknown field or invalid boost."""
    return _Lexer(text, notes, own).run()


class _Lexer:
    def __init__(self, text: str, notes: Notes, own: Mapping[str, ArticleField]) -> None:
        self.own = own
        self.text = text
        self.notes = notes
        self.at = 0
        self.found: list[QueryToken] = []
        self.has_colon = ":" in text

    def run(self) -> list[QueryToken]:
        """Return the tokens of the whole text. Each step consumes at least one character, so the loop ends."""
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
            space = _WHITE_SPACE.match(self.text, self.at)
            if space is not None:
                self.at = space.end()
            if self.at >= len(self.text):
                break
            for step in steps:
                if step():
                    break
            else:
                self._word()
        self._add("end", "", self.at)
        return self.found

    def _add(self, kind: TokenKind, text: str, end: int, number: float = 0, raw: str = "") -> None:
        self.found.append(QueryToken(kind, text, Span(self.at, end), number, raw))
        self.at = end

    def _boost(self) -> None:
        """Add a token for each boost (``^2.5``) that follows an operand without a space."""
        while self.text.startswith("^", self.at) and (match := _BOOST.match(self.text, self.at)) is not None:
            self._add("boost", match[0], match.end(), float(match[1]))
        self._no_boost(self.at)

    def _no_boost(self, at: int) -> None:
        """Raise QueryError if there is an invalid boost at a position of the text."""
        match = _INVALID_BOOST.match(self.text, at) if self.text.startswith("^", at) else None
        if match is not None:
            raise QueryError(
                f"{match[0]} is not a valid boost",
                query=self.text,
                start=match.start(),
                end=match.end(),
                suggestion="a boost is from 0 to 1,000,000, as in x^2.5",
            )

    # ---- steps: each returns whether it consumed a token

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
        match = _QUOTED_TEXT.match(self.text, self.at)
        if match is None:
            message = "an unpaired quotation mark was ignored"
            self.notes.add("unbalanced", message, Span(self.at, self.at + 1))
            self.at += 1
            return True
        kind, number, end = self._phrase_suffix(match.end())
        self._add(kind, ESCAPE.sub(r"\1", match[1]), end, number, match[1])
        self._boost()
        return True

    def _phrase_suffix(self, at: int) -> tuple[TokenKind, int, int]:
        """Return the kind of a phrase's token, its number, and its end, by the suffix at position ``at``."""
        kind: TokenKind = "phrase"
        number = 0
        match = _PHRASE_TILDE.match(self.text, at)
        if match is not None:
            kind = "phrase" if match[1] else "exact" if match[2].lower() == "exact" else "name"
            number, at = _whole_number(match[1] or ""), match.end()
        more = _EXTRA_TILDES.match(self.text, at)
        if more is None:
            return kind, number, at
        message = f"{more[0]} after a phrase was ignored"
        hint = 'write "…"~5 for words within five of each other, or one of "…"~exact and "…"~name'
        self.notes.add("tilde", message, Span(*more.span()), hint)
        return kind, number, more.end()

    def _minus(self) -> bool:
        match = _NEGATING_MINUS.match(self.text, self.at) if self.text[self.at] in MINUS else None
        if match is not None:
            self._add("minus", match[0], match.end())
        return match is not None

    def _regex(self) -> bool:
        match = _REGEX_TOKEN.match(self.text, self.at) if self.text[self.at] == "/" else None
        if match is not None:
            self._add("regex", match[1], match.end())
            self._boost()
        return match is not None

    def _caps(self) -> bool:
        if not self.text.startswith("(", self.at + 4) or self.text[self.at] not in "cC":
            return False  # without compiling the expression
        match = _CAPS_CALL.match(self.text, self.at)
        if match is not None:
            raw = match[1] if match[1] is not None else match[2].replace("\\", "\\\\")
            self._add("caps", ESCAPE.sub(r"\1", raw), match.end(), raw=raw)
            self._boost()
        return match is not None

    def _function(self) -> bool:
        match = _FUNCTION_NAME.match(self.text, self.at) if self.text[self.at] in "hHaAsS" else None
        if match is not None:
            name = "atleast" if match[2] else match[1].lower()
            self._add("function", name, match.end(), _whole_number(match[2] or ""))
        return match is not None

    def _field(self) -> bool:
        if self.has_colon and self._value_begins_of(*VALUE_FIELDS, TAG, *self.own):
            return False  # a colon in it is part of the value
        if self.own and self.has_colon and self._own_field():
            return True
        match = _FIELD_NAME.match(self.text, self.at) if self.has_colon else None
        following = self.text[match.end() : match.end() + 1] if match is not None else ""
        if match is None or not following or following.isspace() or following == ")":
            return False  # a word that ends in a colon
        name = FIELD_ALIASES.get(match[1].lower(), match[1].lower())
        if name not in (*QUERY_FIELDS, SYNONYMS):
            return following not in "'’‘" and self._no_field(match)
        self._add("field", name, match.end())
        value = _FIELD_VALUE.match(self.text, self.at) if name in (*TIME_FIELDS, *LITERAL_FIELDS) else None
        if value is not None and name in TIME_FIELDS:
            self._add("date", value[0], value.end())
        elif value is not None:  # an address or a key, including its punctuation
            self._add("phrase", value[0], value.end(), raw=value[0].replace("\\", "\\\\"))
        return True

    def _value_begins_of(self, *names: str) -> bool:
        """Whether a field with one of these names stands right before the current position."""
        before = self.found[-1] if self.found else None
        return (
            before is not None
            and before.kind == "field"
            and before.text in names
            and not without_invisible(self.text[before.span.end : self.at])
        )

    def _own_field(self) -> bool:
        """Add the tokens of an own field and, for numbers and dates, of the range after it."""
        match = _OWN_FIELD_NAME.match(self.text, self.at)
        own = self.own.get(match[1].lower()) if match is not None else None
        following = self.text[match.end() : match.end() + 1] if match is not None else ""
        if match is None or own is None or not following or following.isspace() or following == ")":
            return False
        self._add("field", own.name, match.end())
        value = _FIELD_VALUE.match(self.text, self.at) if own.kind in ("number", "date") else None
        if value is not None:
            self._add("date", value[0], value.end())
        return True

    def _no_field(self, match: re.Match[str]) -> bool:
        """Add a diagnostic that a word with a colon is no field, and return False.

        Raises QueryError if the name before the colon is in lower case and does not begin an address.
        """
        name = match[1]
        if name.islower() and name not in ADDRESS_SCHEMES:
            raise QueryError(
                f"there is no field {name!r}",
                query=self.text,
                start=match.start(),
                end=match.end(),
                suggestion=suggest_field(name, self.own)
                or f"the fields are {', '.join((*QUERY_FIELDS, *self.own))}; put a word with a colon in quotation marks",
            )
        whole = _WORD_TOKEN.match(self.text, match.start())
        end = whole.end() if whole is not None else match.end()
        message = f"{self.text[match.start() : end]} is taken as words: there is no field {name}"
        self.notes.add(
            "colon",
            message,
            Span(match.start(), end),
            "" if name in ADDRESS_SCHEMES else suggest_field(name, self.own),
        )
        return False

    # ---- words

    def _word(self) -> None:
        token = _ASCII_WORD_TOKEN if self.text.isascii() else _WORD_TOKEN
        match = token.match(self.text, self.at)
        assert match is not None, "every character that begins no other token begins a word"
        start, end = match.span()
        raw = match[0]
        near = _PROXIMITY.fullmatch(raw) if "/" in raw else None
        if raw[0] == "~" and self.found and self.found[-1].span.end == start:
            message = f"{raw} applies only to a word or a phrase and was ignored"
            self.notes.add("tilde", message, Span(start, end))
        elif raw in OPERATORS:
            self._add("operator", raw, end)
        elif near is not None and not (near[1].lower() == "pre" and not near[2].isdigit()):
            distance = _whole_number(near[2]) if near[2].isdigit() else 0
            self._add("near", raw.lower(), end, distance)
        elif (
            "\\" in raw or "://" in raw
        ):  # a backslash makes the whole word literal; an address is not a pattern
            self._add("word", ESCAPE.sub(r"\1", raw), end)
        else:
            caret = raw.find("^", 1)
            boosts = _BOOSTS.match(raw, caret) if caret > 0 else None
            if caret > 0:
                self._no_boost(start + (boosts.end() if boosts is not None else caret))
            stem = raw[:caret] if boosts is not None and boosts.end() == len(raw) else raw
            self._plain_word(without_invisible(stem), start + len(stem))
            self._boost()
        self.at = end if self.at == start else self.at

    def _plain_word(self, raw: str, end: int) -> None:
        """Add a token for ``raw``, a word without quotation marks and escapes that ends at ``end``.

        The word may be a pattern or fuzzy.
        """
        word, kind, edits = self._tilde(raw, end) if "~" in raw else (raw, None, 0)
        if kind in ("exact", "name"):
            self._add(kind, word, end, raw=word)
            return
        span = Span(self.at, end)
        if kind == "fuzzy" and (is_wildcard(word) or len(list(word_matches(word))) > 1):
            message = "only a single word can be fuzzy: the ~ after it was ignored"
            self.notes.add("fuzzy", message, Span(self.at + len(word), end))
            kind = None
        if kind == "fuzzy" and edits and (match := next(word_matches(word), None)) is not None:
            if edits > MAX_EDITS:
                self.notes.add(
                    "fuzzy", f"a word may differ in {MAX_EDITS} letters at most, not {edits:,}", span
                )
            self._add("fuzzy", match.group(), end, min(edits, MAX_EDITS))
            return
        raw = word
        if is_wildcard(raw):
            self._add("wildcard", raw, end, raw=raw)
        else:
            if raw.endswith("?") and len(raw) > 1:
                message = "a question mark at the end of a word is punctuation; * stands for any ending"
                self.notes.add("punctuation", message, Span(end - 1, end))
            marked = (stem := raw.rstrip("+#")) != raw and stem.isalpha() and len(raw) <= MAX_MARKED_NAME
            if marked and not self._value_begins_of(TAG):
                message = f"{raw} finds what {stem} finds: marks are not part of a word"
                self.notes.add("punctuation", message, span)
            self._add("word", raw, end)

    def _tilde(self, raw: str, end: int) -> tuple[str, Literal["fuzzy", "exact", "name"] | None, int]:
        """Return the word before a ``~``, the kind of token that the suffix asks for, and the edit distance.

        The kind is None if the suffix is not understood, or is part of the word.
        """
        word, _, suffix = raw.partition("~")
        modes = [part.rstrip(".,;:!?") for part in suffix.split("~")]
        if not word or not all(
            _TILDE_MODE.fullmatch(mode) or _TILDE_NUMBER.fullmatch(mode) for mode in modes
        ):
            return raw, None, 0  # a word that contains the mark
        span = Span(self.at + len(word), end)
        valid = [match for mode in modes if (match := _TILDE_MODE.fullmatch(mode)) is not None]
        if len(valid) < len(modes) or len(valid) > 1:
            hint = (
                "write word~1 or word~2 for the letters that may differ, or one of word~exact and word~name"
            )
            self.notes.add("tilde", f"~{suffix} was not understood, or only in part", span, hint)
        named = next((match[2].lower() for match in valid if match[2]), None)
        if named is not None:
            return word, "exact" if named == "exact" else "name", 0
        if not valid:
            return word, None, 0
        return word, "fuzzy", _whole_number(valid[0][1]) if valid[0][1] else 1


def _whole_number(digits: str) -> int:
    """Return the number with the given digits. Only the first 12 count: a larger number is never valid.

    >>> _whole_number("007"), _whole_number(""), _whole_number("9" * 65_000)
    (7, 0, 999999999999)
    """
    return int(digits.lstrip("0")[:12] or 0)
