"""Recognises operators of other search engines in a query, and suggests what to write instead.

In newssearch they are words, and a diagnostic says so: ``trump or biden`` must not look like a search for either.
Covered are the operators of LexisNexis, Westlaw, Factiva, ProQuest, Media Cloud, Google, Lucene and KQL.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from newssearch.fields import QUERY_FIELDS, TIME_FIELDS
from newssearch.system.lazy_regex import Pattern

from .diagnostics import Notes
from .fieldnames import FIELD_OF_OTHER_NAME, example
from .lexer import QueryToken

BOOLEAN_MARKS = {
    "&": "leave it out: words side by side are joined by AND",
    "&&": "leave it out: words side by side are joined by AND",
    "+": "leave it out: words side by side are joined by AND",
    "|": "write OR between words for either of them",
    "||": "write OR between words for either of them",
    "!": "write NOT, or -word",
}
"""The punctuation marks that other engines use as Boolean operators, each with advice on what to write instead."""
PROXIMITY_HELP = "w/5 for within five words either way, pre/5 for in that order"
"""Help on the proximity operators of newssearch's query language, for use in suggestions."""

_BOOLEAN_WORDS = {
    "or": "write OR in capitals for either of two words",
    "and": "leave it out: words side by side are joined by AND",
    "not": "write NOT in capitals, or -word, to leave articles out",
    "xor": "write (a OR b) NOT (a b)",
    "andnot": "write AND NOT",
}
"""The words, in lower case, that other engines use as Boolean operators, each with advice on what to write instead."""
_PROXIMITY_WORDS = frozenset("NEAR ONEAR ADJ SAME BEFORE PRE WITHIN".split())
"""The words that other engines use as proximity operators. They are recognised only in capitals."""

_PROXIMITY_WITH_NUMBER = Pattern(r"(?:near|onear|adj|within|pre|before)[/:]?\d{1,4}", re.IGNORECASE)
_PROXIMITY_WITH_SLASH = Pattern(
    r"(?:n|near|onear|adj|within|before|same)/(?:\d{1,4}|[sp])|[/+](?:\d{1,3}|[sp])", re.IGNORECASE
)
_TRUNCATED_WORD = Pattern(r"[a-z]{2,}[!$%]|[a-z]+#[a-z]*")
_JOINED_BY_MARKS = Pattern(r"\w[^|&]*(?:\|\|?|&&)[^|&]*\w.*")
_FIELD_EQUALS = Pattern(r"([A-Za-z_]{2,16})=(.*)")
_MEASURES = frozenset(
    "second seconds minute minutes hour hours day days week weeks month months year years decade decades mile miles metre metres"
    " meter meters feet foot inch inches yard yards km kilometre kilometres kilometer kilometers point points percent degrees".split()
)  # fmt: skip


_FIELD_BEFORE_SPACE = {
    **{name: name for name in QUERY_FIELDS},
    "headline": "title",
    "intitle": "title",
    "publication": "outlet",
    "site": "outlet",
    "language": "lang",
    "author": "byline",
}
_OWN_CONDITION = Pattern(r"([A-Za-z][A-Za-z0-9_]*)(:|=|[<>]=?)(.*)")
MAX_SHORT_QUERY = 4
"""The largest number of words in a query in which a mark that also occurs in prose probably is an operator."""


class _WordInContext(NamedTuple):
    """A word of a query with the tokens before and after it; None if there is no such token."""

    word: str
    token: QueryToken
    before: QueryToken | None
    after: QueryToken | None
    glued: bool
    """Whether the next token follows without a space."""


def note_borrowed(text: str, tokens: Sequence[QueryToken], notes: Notes, own: Collection[str] = ()) -> None:
    """Add a diagnostic for each word of a query that is an operator of another engine.

    ``own`` are the names of own fields; a word such as ``words>500`` or ``theme=x`` is meant as a condition on one.
    """
    noted: set[str] = set()
    all_capitals = text.upper() == text
    for at, token in enumerate(tokens):
        if token.kind not in ("word", "near", "operator") or "\\" in (
            word := text[token.span.start : token.span.end]
        ):
            continue
        if own and (condition := _OWN_CONDITION.fullmatch(word)) and condition[1].lower() in own:
            name, mark, value = condition[1].lower(), condition[2].removeprefix("="), condition[3]
            written = f"{name}:{mark.removeprefix(':')}{value or 'value'}"
            notes.add(
                "borrowed", f"{word} is taken as words", token.span, f"write {written}, without a space"
            )
            continue
        before = tokens[at - 1] if at else None
        after = tokens[at + 1] if tokens[at + 1].kind != "end" else None
        glued = after is not None and after.span.start == token.span.end
        found = _replacement(_WordInContext(word, token, before, after, glued), text, all_capitals)
        if found is not None and (note := f"{found[0]} {found[1]}") not in noted:
            noted.add(note)
            notes.add("borrowed", found[0], token.span, found[1])


def _replacement(context: _WordInContext, text: str, all_capitals: bool) -> tuple[str, str] | None:
    """Return a message and a suggestion if a word is an operator of another engine, else None.

    ``all_capitals`` is whether the whole query is in capitals.
    """
    word, lower = context.word, context.word.lower()
    if word.isalnum() or lower in _BOOLEAN_WORDS:
        return _replacement_of_word(context, text, all_capitals)
    if context.token.kind == "word" and word.startswith("~") and context.before is not None:
        return f"{word} is taken as a word", f'write it right after the word or phrase: "…"{word}'
    if word.startswith("^") and context.before is not None and word[1:].replace(".", "").isdigit():
        return (
            f"{word} is taken as a word",
            f"write it right after the word or group that it boosts: word{word}",
        )
    if context.token.kind == "near":  # such as pre/5, an operator here too
        return None
    if lower in ("w/", "pre/", "near/", "n/"):
        return f"{word} is taken as a word", f"write {PROXIMITY_HELP}, without a space"
    if _is_between(context) and (
        _PROXIMITY_WITH_SLASH.fullmatch(word) or _PROXIMITY_WITH_NUMBER.fullmatch(word)
    ):
        return f"{word} is taken as a word", f"write {_proximity_operator(lower)}"
    return _replacement_of_marks(context, text)


def _replacement_of_word(context: _WordInContext, text: str, all_capitals: bool) -> tuple[str, str] | None:
    word, lower = context.word, context.word.lower()
    if context.token.kind == "operator":
        return None
    opens = context.glued and context.after is not None and context.after.kind == "open"
    if opens and text[context.token.span.end : context.token.span.end + 3].lower() != "(s)":
        name = lower.rstrip("0123456789")
        if name in ("near", "onear", "within", "adj"):
            return f"{word}( is taken as a word", f"write a w/5 b: {PROXIMITY_HELP}"
        field = FIELD_OF_OTHER_NAME.get(name) or (
            name if name in QUERY_FIELDS else "plural" if name in ("plural", "singular") else None
        )
        if field == "plural":
            return f"{word}( is taken as a word", "write word~exact for the word without its inflections"
        if (field is not None and word not in TIME_FIELDS) or (
            lower in TIME_FIELDS and _is_followed_by(context, text, "=<>")
        ):
            return f"{word}( is taken as a word", f"write {example(field or lower)}"
    if lower in _BOOLEAN_WORDS and (context.after is not None if lower == "not" else _is_between(context)):
        return f"{word} is taken as a word", _BOOLEAN_WORDS[lower]
    if word == "BUT" and context.after is not None and context.after.kind == "operator":
        return "BUT is taken as a word", "write NOT alone, or AND NOT"
    if not _is_between(context):
        return None
    number = text[context.after.span.start : context.after.span.end] if context.after is not None else ""
    if (
        lower in ("within", "near", "adj", "w")
        and not all_capitals
        and number.isdigit()
        and not _counts_something(context, text)
    ):
        return f"{word} {number} is taken as words", f"write {_proximity_operator(f'{lower}/{number}')}"
    if word in _PROXIMITY_WORDS and not all_capitals:
        return f"{word} is taken as a word", f"write {PROXIMITY_HELP}"
    if _PROXIMITY_WITH_NUMBER.fullmatch(word):
        return f"{word} is taken as a word", f"write {_proximity_operator(lower)}"
    return None


def _replacement_of_marks(context: _WordInContext, text: str) -> tuple[str, str] | None:
    word, lower = context.word, context.word.lower()
    if word.startswith("!") and word[1:2].isalpha():
        return f"{word} is taken as a word", f"write NOT {word[1:]}, or -{word[1:]}, to leave articles out"
    if word.startswith("+") and word[1:].isalpha() and not _is_alone_in_parentheses(context):
        return (
            f"{word} is taken as a word",
            f"write {word[1:]}: all words are required. {word[1:]}~exact excludes inflections",
        )
    if word.startswith("[") and text.find(" TO ", context.token.span.end) == context.token.span.end:
        return f"{word} TO … is taken as words", "write date:2024..2025 for a range"
    if _TRUNCATED_WORD.fullmatch(word) and (word[-1] != "!" or _is_truncation(context, text)):
        stem = word.rstrip("!$%+#")
        wanted = word.replace("#", "?") if "#" in word[:-1] else f"{stem}*"
        return f"{word} is taken as {stem}" if "#" not in word[
            :-1
        ] else f"{word} is taken as words", f"write {wanted}"
    if "://" not in word and _JOINED_BY_MARKS.fullmatch(word):
        return f"{word} is taken as words side by side", "write OR between words for either, a space for both"
    if lower.endswith(":") and context.after is not None:
        field = _FIELD_BEFORE_SPACE.get(lower[:-1])
        likely = (
            field not in ("source", "title", "section", "id", *TIME_FIELDS)
            or len(text.split()) <= MAX_SHORT_QUERY
        )
        if (
            field is not None
            and likely
            and (word.islower() or field in ("outlet", "byline", "located", "lang"))
        ):
            return f"{word} is taken as a word", f"write {example(field)}, without a space"
    if (equal := _FIELD_EQUALS.fullmatch(word)) is not None:
        name = equal[1].lower()
        field = name if name in QUERY_FIELDS else FIELD_OF_OTHER_NAME.get(name)
        if field is not None:
            return f"{word} is taken as words", f"write {example(field, equal[2])}"
    return None


def _is_between(context: _WordInContext) -> bool:
    """Whether a word stands between two operands."""
    before, after = context.before, context.after
    return before is not None and before.kind != "open" and after is not None and after.kind != "close"


def _is_alone_in_parentheses(context: _WordInContext) -> bool:
    before, after = context.before, context.after
    return before is not None and after is not None and (before.kind, after.kind) == ("open", "close")


def _is_followed_by(context: _WordInContext, text: str, marks: str) -> bool:
    return text[context.token.span.end + 1 : context.token.span.end + 2] in tuple(marks)


def _counts_something(context: _WordInContext, text: str) -> bool:
    """Whether the number after a word counts something, as in "within 5 years", or ends the query."""
    assert context.after is not None, "the caller has found a number there"
    following = text[context.after.span.end :].split(maxsplit=1)
    return not following or following[0].strip(".,:;!?").lower() in _MEASURES


def _is_truncation(context: _WordInContext, text: str) -> bool:
    """Whether a mark at the end of a word is meant to truncate it.

    That is assumed in a short lower-case query, and in one with parentheses, quotation marks, stars or OR.
    """
    return (
        (text == text.lower() and len(text.split()) <= MAX_SHORT_QUERY)
        or any(mark in text for mark in '()"*')
        or " OR " in text
    )


def _proximity_operator(operator: str) -> str:
    """Return the proximity operator of newssearch that corresponds to one of another engine.

    >>> [_proximity_operator(other) for other in ("/s", "near/5", "+5", "adj", "adj3")]
    ['w/s', 'w/5', 'pre/5', 'w/5', 'pre/3']
    """
    number = "".join(char for char in operator if char.isdigit())
    if not number:
        return f"w/{operator[-1]}" if operator[-2:] in ("/s", "/p", "+s", "+p") else "w/5"
    ordered = operator[0] == "+" or operator.startswith(("adj", "onear", "before", "pre", "p/", "f"))
    return f"{'pre' if ordered else 'w'}/{number}"
