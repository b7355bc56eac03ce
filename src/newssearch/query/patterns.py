"""Wildcards, fuzzy words and regular expressions, compiled to be matched against folded words.

A pattern is folded like the text: its letters lose case and accents, and its other characters keep their meaning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from newssearch.errors import QueryError
from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import key, name_words
from newssearch.text.folding import fold, spelled, spelled_lower, without_possessive
from newssearch.text.spelling import APOSTROPHES

from .leaves import Fuzzy, Regex, Wildcard
from .quoting import is_wildcard, wildcard
from .regexes import compile_regex, fold_letters

SECONDS_PER_WORD = 0.05
"""The most seconds that a regular expression may take for one word."""
CACHED_WORDS = 100_000
"""The number of words for which the results of a regular expression are cached."""


class WordPattern(NamedTuple):
    """A compiled pattern of folded words: ``matches`` tests a word, and all matching words begin with ``prefix``.

    If the pattern must be compared as written, ``matches`` only selects candidates, which :func:`written_pattern`
    tests.
    """

    prefix: str
    matches: Callable[[str], bool]


def asks_for_whole(node: Wildcard | Fuzzy | Regex) -> bool:
    """Whether a pattern has an apostrophe (``l'ukr*``).

    Such a pattern is compared with words both with and without their elided prefix.
    """
    return not _APOSTROPHE_SET.isdisjoint(node.text if isinstance(node, Fuzzy) else node.pattern)


_APOSTROPHE_SET = frozenset(APOSTROPHES)


@lru_cache(maxsize=256)
def pattern_of(node: Wildcard | Fuzzy | Regex) -> WordPattern:
    """Compile the pattern of a node.

    >>> [word for word in ("woman", "women", "womn", "worn") if pattern_of(Wildcard("wom?n")).matches(word)]
    ['woman', 'women']
    >>> pattern_of(Wildcard("SÃO*")).prefix
    'sao'
    >>> [word for word in ("austin", "austen", "asutin") if pattern_of(Fuzzy("austin", 1)).matches(word)]
    ['austin', 'austen']
    """
    if isinstance(node, Wildcard) and node.written:  # folding may turn one letter into several
        return _wildcard(re.sub(r"\[[^\[\]]+\]|\?", "*", node.pattern))
    if isinstance(node, Wildcard):
        return _wildcard_of_word(node.pattern)
    if isinstance(node, Fuzzy):
        word, edits = fold(without_possessive(node.text)), node.edits
        return WordPattern("", lambda other: within_edits(word, other, edits))
    compiled = compile_regex(node.pattern)

    @lru_cache(maxsize=CACHED_WORDS)  # highlighting asks for the same words again
    def matches(word: str) -> bool:
        try:
            return compiled.fullmatch(word, timeout=SECONDS_PER_WORD) is not None
        except TimeoutError:
            reason = f"the regular expression {node} takes too long for a word"
            raise QueryError(reason, suggestion="leave out repetitions inside repetitions") from None

    prefix = re.match(r"[a-z0-9]*(?![*?{+])", fold_letters(node.pattern))
    return WordPattern(prefix[0] if prefix is not None and "|" not in node.pattern else "", matches)


def value_pattern(pattern: str, *, exact: bool = False) -> Callable[[str], bool]:
    """Return a function that tests whether the :func:`~newssearch.text.analysis.key` of a value matches a pattern.

    With ``exact``, the value itself is compared, letter by letter.

    >>> [value for value in ("fox news", "fox", "the fox") if value_pattern("Fox*")(value)]
    ['fox news', 'fox']
    >>> [value for value in ("AB-1", "ab-1") if value_pattern("AB*", exact=True)(value)]
    ['AB-1']
    """
    marked = _with_marks(pattern)
    parts = [
        re.escape(part).replace(_ONE_CHARACTER, ".")
        for part in (marked if exact else key(marked)).split(_ANY_CHARACTERS)
    ]
    whole = re.compile(_join_parts(parts), re.DOTALL)
    return lambda value: whole.fullmatch(value) is not None


def value_wildcard(pattern: str) -> str:
    """Return the pattern of :func:`value_pattern` as other engines write it: ``*`` and ``?`` alone stand for characters.

    >>> value_wildcard(r"Été* 1\\* why?")
    'ete* 1\\\\* why\\\\?'
    """
    escaped = "".join(f"\\{char}" if char in "*?\\" else char for char in key(_with_marks(pattern)))
    return escaped.replace(_ANY_CHARACTERS, "*").replace(_ONE_CHARACTER, "?")


def _with_marks(pattern: str) -> str:
    """Return a pattern with a mark for each ``*`` and ``?`` that stands for characters. A ``?`` at the end is one of a question."""
    marks = {"*": _ANY_CHARACTERS, "?": _ONE_CHARACTER}
    return re.sub(r"\\(.)|\*|\?(?!\?*$)", lambda match: match[1] or marks[match[0]], pattern, flags=re.DOTALL)


def words_pattern(pattern: str) -> Callable[[str], bool]:
    """Return a function that tests whether a name contains adjacent words that match those of a pattern.

    The function takes the folded words of the name, joined by spaces.

    >>> [name for name in ("ana garcia", "garcia marquez ana", "gracia") if words_pattern("GARC* m?rq*")(name)]
    ['garcia marquez ana']
    """
    tests: list[Callable[[str], bool]] = []
    for piece in re.sub(r"\\(.)", " ", pattern).split():
        for part in wildcard().findall(piece):
            text = part.rstrip("?'’.")
            if is_wildcard(text):
                tests.append(_wildcard(text).matches)
            else:
                tests.extend(word.__eq__ for word in name_words(text))

    def fits(name: str) -> bool:
        words = name.split()
        return any(
            all(test(word) is True for test, word in zip(tests, words[at:], strict=False))
            for at in range(len(words) - len(tests) + 1)
        )

    return fits


_ANY_CHARACTERS, _ONE_CHARACTER = "\ue000", "\ue001"
"""Private-use characters that stand for the wildcards ``*`` and ``?`` while a pattern is folded."""


# ---- wildcards

_WILDCARD_ATOM = Pattern(r"\*|\?|\[(\^|!)?([^\[\]]+)\]|[^*?\[\]]+|[\[\]]")


def _wildcard_of_word(pattern: str) -> WordPattern:
    """Compile a wildcard pattern that may contain characters that folding removes from a word.

    They are the last full stop (``U.S.*``), and commas between thousands (``1,0*`` matches 1,000, but not 10)."""
    found = _wildcard(pattern)
    if "," in pattern:
        whole = pattern.partition(",")[0]  # digits, or a wildcard: no other word has a comma
        return WordPattern(
            whole if whole.isdecimal() and whole.isascii() else "",
            lambda word: found.matches(word) or found.matches(_with_commas(word)),
        )
    stem = pattern.rstrip("*")
    if not stem.endswith("."):
        return found
    without = _wildcard(stem.rstrip("."))
    prefix = found.prefix.rstrip(".")
    return WordPattern(prefix, lambda word: found.matches(word) or without.matches(word))


def _fold_part(text: str) -> str:
    """Return a literal part of a pattern folded like a word, with the full stops at its end."""
    return fold(text) + "." * (len(text) - len(text.rstrip(".")))


def _wildcard(pattern: str, shown: Callable[[str], str] | None = None) -> WordPattern:
    """Compile a wildcard pattern. ``shown`` converts its letters; by default they are folded.

    The parts between stars match from left to right, each as early as possible, without backtracking. That is exact,
    because a star can always take more.
    """
    parts: list[str] = [""]
    prefix: str | None = None
    for match in _WILDCARD_ATOM.finditer(pattern):
        atom = match[0]
        if prefix is None and (atom in "*?" or match[2]):
            prefix = re.sub(r"\\(.)", r"\1", parts[0])
        if atom == "*":
            parts.append("")
        elif atom == "?":
            parts[-1] += "."
        elif match[2]:
            letters = shown(match[2]) if shown is not None else fold_letters(match[2]).lower()
            parts[-1] += f"[{'^' if match[1] else ''}{_ranges(letters)}]"
        else:
            parts[-1] += re.escape((shown or _fold_part)(atom))
    compiled = re.compile(_join_parts(parts), re.DOTALL)
    return WordPattern(prefix or "", lambda word: compiled.fullmatch(word) is not None)


@lru_cache(maxsize=256)
def written_pattern(node: Wildcard) -> Callable[[str], bool]:
    """Return a function that tests whether a word of a text matches a pattern that is compared as written.

    >>> [word for word in ("São", "SÃO", "Sao", "sãos") if written_pattern(Wildcard("S?o*", "exact"))(word)]
    ['São', 'SÃO', 'Sao', 'sãos']
    >>> [word for word in ("São", "SÃO", "sãos") if written_pattern(Wildcard("S[ã-õ]o*", "caps"))(word)]
    ['São']
    """
    caps = node.written == "caps"
    matches = _wildcard(node.pattern, lambda text: _compose(text) if caps else _compose(text).lower()).matches
    return lambda word: matches(spelled(word) if caps else spelled_lower(word))


def _compose(text: str) -> str:
    """Return a part of a pattern normalised like the words that :func:`~newssearch.text.folding.spelled` returns."""
    return unicodedata.normalize("NFC", text.replace("’", "'"))


def _join_parts(parts: list[str]) -> str:
    """Return a regular expression that matches the given expressions in order, with any text between them."""
    if len(parts) == 1:
        return parts[0]
    middle = (f"(?=(?P<g{n}>.*?{part}))(?P=g{n})" for n, part in enumerate(parts[1:-1]) if part)
    return f"{parts[0]}{''.join(middle)}.*{parts[-1]}"


def _with_commas(word: str) -> str:
    """Return a number with commas between thousands.

    >>> _with_commas("1000"), _with_commas("1234567.5"), _with_commas("100th")
    ('1,000', '1,234,567.5', '100th')
    """
    digits = re.match(r"\d*", word)
    return (
        f"{re.sub(_BEFORE_THOUSANDS, ',', digits[0])}{word[digits.end() :]}" if digits is not None else word
    )


_BEFORE_THOUSANDS = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")


def _ranges(content: str) -> str:
    """Return the content of a character class, with the ends of each range in ascending order."""
    out = ""
    for match in re.finditer(r"(.)-(.)|(.)", content, re.DOTALL):
        if match[3]:
            out += re.escape(match[3])
        else:
            low, high = sorted((match[1], match[2]))
            out += f"{re.escape(low)}-{re.escape(high)}"
    return out


# ---- fuzzy words


def within_edits(one: str, other: str, edits: int) -> bool:
    """Whether adding, removing or replacing at most ``edits`` letters turns ``one`` into ``other`` (Levenshtein 1966).

    >>> within_edits("austin", "austen", 1), within_edits("gadhafi", "qaddafi", 1), within_edits("gadhafi", "qaddafi", 2)
    (True, False, True)
    """
    if one == other:
        return True
    if abs(len(one) - len(other)) > edits:
        return False
    far = edits + 1
    row = [n if n <= edits else far for n in range(len(other) + 1)]
    for i, char in enumerate(one, start=1):
        low, high = max(1, i - edits), min(len(other), i + edits)
        above = row[low - 1]
        row[low - 1] = i if low == 1 and i <= edits else far
        best = row[low - 1]
        for j in range(low, high + 1):
            cost = above if char == other[j - 1] else 1 + min(above, row[j], row[j - 1])
            above, row[j] = row[j], min(cost, far)
            best = min(best, row[j])
        if high < len(other):
            row[high + 1] = far
        if best >= far:
            return False
    return row[len(other)] <= edits
