"""Operators of other search engines, and what to write instead of each.

They are words here, and a note says so: nobody should believe that ``trump or biden`` has found either. The forms are
those of LexisNexis, Westlaw, Factiva, ProQuest, Media Cloud, Google, Lucene and KQL.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from newssearch.fields import QUERY_FIELDS
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
"""Marks that join words elsewhere, and have no word in them here."""
PROXIMITY_HELP = "w/5 for within five words either way, pre/5 for in that order"
"""What there is instead of the operators of proximity."""

_BOOLEAN_WORDS = {
    "or": "write OR in capitals for either of two words",
    "and": "leave it out: words side by side are joined by AND",
    "not": "write NOT in capitals, or -word, to leave articles out",
    "xor": "write (a OR b) NOT (a b)",
    "andnot": "write AND NOT",
}
"""Words between two others that join them elsewhere, in any capitals, and what to write."""
_PROXIMITY_WORDS = frozenset("NEAR ONEAR ADJ SAME BEFORE PRE WITHIN".split())
"""Words that join two others by their distance elsewhere, in capitals."""

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
MAX_SHORT_QUERY = 4
"""Words of a query in which a mark that text has too is likely to be meant as an operator."""


class _WordInContext(NamedTuple):
    """A word of a query and what stands around it."""

    word: str
    token: QueryToken
    before: QueryToken | None
    behind: QueryToken | None
    glued: bool
    """Whether what is behind it touches it."""


def note_borrowed(text: str, tokens: Sequence[QueryToken], notes: Notes) -> None:
    """Note the words of a query that are operators elsewhere."""
    noted: set[str] = set()
    shouted = text.upper() == text
    for at, token in enumerate(tokens):
        if token.kind not in ("word", "near", "operator") or "\\" in (
            word := text[token.span.start : token.span.end]
        ):
            continue
        before = tokens[at - 1] if at else None
        behind = tokens[at + 1] if tokens[at + 1].kind != "end" else None
        glued = behind is not None and behind.span.start == token.span.end
        found = _replacement(_WordInContext(word, token, before, behind, glued), text, shouted)
        if found is not None and (what := f"{found[0]} {found[1]}") not in noted:
            noted.add(what)
            notes.add("borrowed", found[0], token.span, found[1])


def _replacement(context: _WordInContext, text: str, shouted: bool) -> tuple[str, str] | None:
    """What is to be said of a word: a message and what to write."""
    word, lower = context.word, context.word.lower()
    if word.isalnum() or lower in _BOOLEAN_WORDS:
        return _replacement_of_word(context, text, shouted)
    if context.token.kind == "word" and word.startswith("~") and context.before is not None:
        return f"{word} is taken as a word", f'write it right behind the word or phrase: "…"{word}'
    if word.startswith("^") and context.before is not None and word[1:].replace(".", "").isdigit():
        return f"{word} is taken as a word", f"write it right behind what it weighs: word{word}"
    if context.token.kind == "near":  # pre/5 is an operator here too
        return None
    if lower in ("w/", "pre/", "near/", "n/"):
        return f"{word} is taken as a word", f"write {PROXIMITY_HELP}, without a space"
    if _is_between(context) and (
        _PROXIMITY_WITH_SLASH.fullmatch(word) or _PROXIMITY_WITH_NUMBER.fullmatch(word)
    ):
        return f"{word} is taken as a word", f"write {_proximity_operator(lower)}"
    return _replacement_of_marks(context, text)


def _replacement_of_word(context: _WordInContext, text: str, shouted: bool) -> tuple[str, str] | None:
    word, lower = context.word, context.word.lower()
    if context.token.kind == "operator":
        return None
    opens = context.glued and context.behind is not None and context.behind.kind == "open"
    if opens and text[context.token.span.end : context.token.span.end + 3].lower() != "(s)":
        name = lower.rstrip("0123456789")
        if name in ("near", "onear", "within", "adj"):
            return f"{word}( is taken as a word", f"write a w/5 b: {PROXIMITY_HELP}"
        ours = FIELD_OF_OTHER_NAME.get(name) or (
            name if name in QUERY_FIELDS else "plural" if name in ("plural", "singular") else None
        )
        if ours == "plural":
            return f"{word}( is taken as a word", "write word~exact for a word without its other forms"
        if (ours is not None and word != "date") or (
            lower == "date" and _is_followed_by(context, text, "=<>")
        ):
            return f"{word}( is taken as a word", f"write {example(ours or lower)}"
    if lower in _BOOLEAN_WORDS and (context.behind is not None if lower == "not" else _is_between(context)):
        return f"{word} is taken as a word", _BOOLEAN_WORDS[lower]
    if word == "BUT" and context.behind is not None and context.behind.kind == "operator":
        return "BUT is taken as a word", "write NOT alone, or AND NOT"
    if not _is_between(context):
        return None
    number = text[context.behind.span.start : context.behind.span.end] if context.behind is not None else ""
    if (
        lower in ("within", "near", "adj", "w")
        and not shouted
        and number.isdigit()
        and not _counts_something(context, text)
    ):
        return f"{word} {number} is taken as words", f"write {_proximity_operator(f'{lower}/{number}')}"
    if word in _PROXIMITY_WORDS and not shouted:
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
            f"write {word[1:]}: all words are looked for. {word[1:]}~exact has no other forms",
        )
    if word.startswith("[") and text.find(" TO ", context.token.span.end) == context.token.span.end:
        return f"{word} TO … is taken as words", "write date:2024..2025 for a range"
    if _TRUNCATED_WORD.fullmatch(word) and (word[-1] != "!" or _is_truncation(context, text)):
        bare = word.rstrip("!$%+#")
        wanted = word.replace("#", "?") if "#" in word[:-1] else f"{bare}*"
        return f"{word} is taken as {bare}" if "#" not in word[
            :-1
        ] else f"{word} is taken as words", f"write {wanted}"
    if "://" not in word and _JOINED_BY_MARKS.fullmatch(word):
        return f"{word} is taken as words side by side", "write OR between words for either, a space for both"
    if lower.endswith(":") and context.behind is not None:
        ours = _FIELD_BEFORE_SPACE.get(lower[:-1])
        telling = (
            ours not in ("source", "date", "title", "section", "id") or len(text.split()) <= MAX_SHORT_QUERY
        )
        if (
            ours is not None
            and telling
            and (word.islower() or ours in ("outlet", "byline", "located", "lang"))
        ):
            return f"{word} is taken as a word", f"write {example(ours)}, without a space"
    if (equal := _FIELD_EQUALS.fullmatch(word)) is not None:
        name = equal[1].lower()
        ours = name if name in QUERY_FIELDS else FIELD_OF_OTHER_NAME.get(name)
        if ours is not None:
            return f"{word} is taken as words", f"write {example(ours, equal[2])}"
    return None


def _is_between(context: _WordInContext) -> bool:
    """Whether something that can be looked for stands on both sides."""
    before, behind = context.before, context.behind
    return before is not None and before.kind != "open" and behind is not None and behind.kind != "close"


def _is_alone_in_parentheses(context: _WordInContext) -> bool:
    before, behind = context.before, context.behind
    return before is not None and behind is not None and (before.kind, behind.kind) == ("open", "close")


def _is_followed_by(context: _WordInContext, text: str, marks: str) -> bool:
    return text[context.token.span.end + 1 : context.token.span.end + 2] in tuple(marks)


def _counts_something(context: _WordInContext, text: str) -> bool:
    """Whether the number behind a word counts something: within 5 years."""
    assert context.behind is not None, "a number stands there"
    following = text[context.behind.span.end :].split(maxsplit=1)
    return not following or following[0].strip(".,:;!?").lower() in _MEASURES


def _is_truncation(context: _WordInContext, text: str) -> bool:
    """Whether a mark behind a word is an operator: in a few words in small letters, or beside other operators."""
    return (
        (text == text.lower() and len(text.split()) <= MAX_SHORT_QUERY)
        or any(mark in text for mark in '()"*')
        or " OR " in text
    )


def _proximity_operator(operator: str) -> str:
    """An operator of proximity as it is here.

    >>> _proximity_operator("/s"), _proximity_operator("near/5"), _proximity_operator("+5"), _proximity_operator("adj"), _proximity_operator("adj3")
    ('w/s', 'w/5', 'pre/5', 'w/5', 'pre/3')
    """
    number = "".join(char for char in operator if char.isdigit())
    if not number:
        return f"w/{operator[-1]}" if operator[-2:] in ("/s", "/p", "+s", "+p") else "w/5"
    ordered = operator[0] == "+" or operator.startswith(("adj", "onear", "before", "pre", "p/", "f"))
    return f"{'pre' if ordered else 'w'}/{number}"
