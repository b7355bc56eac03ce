"""The tokenizer, which splits a text into words. A word is

- a run of letters, digits and combining marks, joined by apostrophes (``don't``, ``Iraq’s``, ``l'Ukraine``);
- an abbreviation of single letters with full stops (``U.S.``, ``e.g.``);
- a number with its separators and the letters attached to it (``1,000``, ``3.5bn``);
- each capitalised part of a hashtag or handle (``Black``, ``Lives`` and ``Matter`` in ``#BlackLivesMatter``);
- a single character of a script without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese), or of Korean, whose
  words are longer than the words that people look for. A longer word in these scripts is searched as a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from . import compounds
from .elision import ANY_ELIDED
from .spelling import APOSTROPHES, IGNORABLE, MIDDLE_DOTS

_SOUTHEAST = "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf\u1000-\u102a\u103f\u1050-\u1055\u1780-\u17b3"
UNSPACED = (
    _SOUTHEAST
    + "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
"""The letters of the scripts that put no spaces between words, as ranges of a character class."""
_SPACELESS = f"{UNSPACED}\uac00-\ud7a3\u1100-\u115f\ua960-\ua97c"
"""These letters and the syllables of Korean: each is a word."""
_HANGUL = "\uac00-\ud7a3\u1100-\u11ff"  # a syllable is one or several code points, depending on the encoding
_SYLLABLE = (
    "\u1100-\u115f\ua960-\ua97c"  # the first code point of a decomposed syllable; the others are _JAMO
)
_JAMO = "\u1160-\u11ff\ud7b0-\ud7fb"
_COMMON_CHARS = (
    "\0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2029\u202f-\u205f\u20a0-\u20cf\u2100-\u22ff"
)
"""The characters of most texts, as ranges of a character class: European letters, punctuation and currency signs.
Scripts without spaces, combining marks and invisible characters are left out."""
UNIT_SUFFIXES = "am|bn|cm|ft|k|kg|km|kmh|kph|lbs?|m|mg|mm|mn|mph|pm|tn|trn|a\\.m|p\\.m"
"""The units that are separate words after a number, even without a space (``5km``), as alternatives of a regular
expression."""


def _token_pattern(
    letter: str, digits: str, word: str, goes_on: str, join: str = f"[{APOSTROPHES}]", *, elided: bool = False
) -> str:
    """Return the regular expression of a word.

    It is made of other regular expressions: ``letter`` matches a letter, ``digits`` and ``word`` a run of digits or
    word characters, ``goes_on`` a character that continues a word, and ``join`` a sign between two runs. Its
    alternatives are tried in their order at each place, and each takes linear time, because none can backtrack.
    ``elided`` adds the alternatives for texts that :data:`_NEEDS_ELISION` matches: initials or a number after an
    apostrophe, and ``l·l``.
    """
    initials = rf"{letter}(?:\.{letter})+(?!{goes_on})(?:\.?['’][sS](?!{goes_on})|\.?)"
    possessive = f"[{APOSTROPHES}][sS](?!{goes_on})"
    number = rf"{digits}(?:[.,٬٫]{digits})*(?:(?=(?i:{UNIT_SUFFIXES})[²³]?(?!{goes_on}))|(?:{word})?(?:{possessive})?)"
    if elided:
        join = rf"(?:{join}|(?<=[lL])[{MIDDLE_DOTS}](?=[lL]))"
    before = f"(?i:{'|'.join(sorted(ANY_ELIDED))})[{APOSTROPHES}](?:{initials}|{number})"
    return rf"""
        {initials}
      | {number}
      | {f"{before} |" if elided else ""}
        {word}(?:{join}{word})*
    """


_COMMON_CLASSES = (r"[^\W\d_]", r"\d+", r"[^\W_]+", r"[^\W_]")
_COMMON_TOKEN = re.compile(_token_pattern(*_COMMON_CLASSES), re.VERBOSE)
"""Matches a word in a text that has only the characters :data:`_COMMON_CHARS`."""
_NEEDS_ELISION = re.compile(rf"[{APOSTROPHES}](?:\d|[^\W\d_]\W)|[{MIDDLE_DOTS}]")
TAG_START = re.compile(f"[{compounds.TAGS}]\\w")
_ANYTHING = re.compile(".+", re.DOTALL)
_UNCOMMON = re.compile(f"[^{_COMMON_CHARS}]")
_ARABIC_LETTERS = (
    "\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc"
)
_AFTER_NON_JOINER = f"(?<=[{_ARABIC_LETTERS}]{compounds.NON_JOINER})[{_ARABIC_LETTERS}]"
"""Matches a letter of Arabic script after another one and a zero-width non-joiner, which separates words in Persian."""
_HEBREW_LETTERS = "\u05d0-\u05ea\ufb1d-\ufb4f"
_HEBREW_CHAR = f"[{_HEBREW_LETTERS}\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"
_NO_HEBREW_PREFIX = "(?<!{0}[ובהכלמש])(?<!{0}[ובהכלמש]{{2}})".format(f"(?<!{_HEBREW_CHAR})")
_GERSHAYIM_SIGNS = '[\u05f3\u05f4"“”„]'
GERSHAYIM = (
    rf"(?<={_HEBREW_CHAR})(?:{_NO_HEBREW_PREFIX}|(?={_GERSHAYIM_SIGNS}{_HEBREW_CHAR}{{1,2}}(?!{_HEBREW_CHAR})))"
    rf"{_GERSHAYIM_SIGNS}(?=[{_HEBREW_LETTERS}])(?!{_HEBREW_CHAR}+{_GERSHAYIM_SIGNS})"
)
"""Matches the gershayim before the last letters of a Hebrew abbreviation (צה״ל), also when typed as a quotation mark.
The sign is taken for a quotation mark if another such sign follows the letters after it (ב"הארץ"), or if it stands
between a prefix of one or two letters and more than two letters."""
TAG_PREFIX = "#"
"""The sign that :func:`word_of` puts in front of a word that is a part of a hashtag or a handle."""


def word_of(match: re.Match[str]) -> str:
    """Return the word of a match of :func:`word_matches`; :data:`TAG_PREFIX` marks a part of a hashtag or a handle.

    >>> [word_of(match) for match in word_matches("#DoctorWHO in the US")]
    ['#Doctor', '#WHO', 'in', 'the', 'US']
    """
    return TAG_PREFIX + match.group() if match.re is _ANYTHING else match.group()


def word_matches(text: str) -> Iterator[re.Match[str]]:
    """Return an iterator over the words of ``text``, in order, as matches."""
    elided = _NEEDS_ELISION.search(text) is not None
    if text.isascii() or _UNCOMMON.search(text) is None:
        found = (_token_elided() if elided else _COMMON_TOKEN).finditer(text)
    else:
        pattern = _token_cjk if _has_cjk().search(text) is not None else _token_marked
        found = pattern(elided=elided).finditer(text)
    return found if TAG_START.search(text) is None else _split_tags(text, found)


def _split_tags(text: str, found: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    """Yield the matches in ``found``, but split each word after ``#`` or ``@`` into a match for each of its parts."""
    for match in found:
        start = match.start()
        parts = compounds.tag_parts(match.group()) if compounds.is_tag(text, start) else ()
        if len(parts) < 2:
            yield match
            continue
        for part in parts:
            inner = _ANYTHING.match(text, start, start + len(part))
            assert inner is not None, "the pattern matches anything"
            yield inner
            start += len(part)


# These patterns are made only when a text needs them, because making one takes milliseconds.


@cache
def combining_marks() -> str:
    """Return the combining marks, as ranges of a character class. ``\\w`` matches none of them."""
    blocks = ((0x300, 0x3400), (0xA000, 0xAC00), (0xFE00, 0xFE30), (0x11000, 0x12000))
    points = [n for low, high in blocks for n in range(low, high) if unicodedata.category(chr(n))[0] == "M"]
    ranges: list[list[int]] = []
    for n in points:
        if ranges and ranges[-1][1] == n - 1:
            ranges[-1][1] = n
        else:
            ranges.append([n, n])
    return "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges)


@cache
def _marked_pattern(*, elided: bool) -> str:
    letter = rf"[^\W\d_{_HANGUL}][{combining_marks()}{IGNORABLE}]*"
    digits = rf"(?:\d[{IGNORABLE}]*)+"
    inside = IGNORABLE.replace("\u200b-\u200f", "\u200b\u200d-\u200f")  # all but the zero-width non-joiner
    word = rf"[^\W_](?:[^\W_]|[{combining_marks()}{inside}]|{compounds.NON_JOINER}(?!{_AFTER_NON_JOINER}))*"
    return _token_pattern(
        letter,
        digits,
        word,
        rf"[^\W_]|[{combining_marks()}]",
        rf"(?:[{APOSTROPHES}][{IGNORABLE}]*|{GERSHAYIM})",
    )


@cache
def _token_marked(*, elided: bool) -> re.Pattern[str]:
    return re.compile(_marked_pattern(elided=elided), re.VERBOSE)


@cache
def _token_elided() -> re.Pattern[str]:
    return re.compile(_token_pattern(*_COMMON_CLASSES, elided=True), re.VERBOSE)


@cache
def _has_cjk() -> re.Pattern[str]:
    return re.compile(f"[{_SPACELESS}]")


@cache
def _token_cjk(*, elided: bool) -> re.Pattern[str]:
    pattern = _marked_pattern(elided=elided).replace("[^", f"[^{_SPACELESS}")
    single = rf"(?:[{_SYLLABLE}]+[{_JAMO}\uac00-\ud7a3]|[{_SPACELESS}])[{combining_marks()}{_JAMO}{IGNORABLE}\uff9e\uff9f]*"
    return re.compile(rf"{single} | (?: {pattern} )", re.VERBOSE)
