"""Cleaning and folding the characters of a word: invisible characters, accents and kinds of apostrophes.

Unicode properties are those of the Unicode Character Database (https://www.unicode.org/reports/tr44/). Letters without
a separable accent (``ø``, ``ħ``, ``ə``) are folded as in Lucene's ``ASCIIFoldingFilter``, and Devanagari as in its
``HindiNormalizer``, except that vowel length is kept.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from newssearch.system.lazy_regex import Pattern

IGNORABLE = (
    "\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""The characters with the property Default_Ignorable_Code_Point, as ranges of a character class: soft hyphen,
zero-width space, joiners, direction marks, byte order mark, variation selectors, tags. The Hangul fillers U+115F and
U+1160 are left out, because they are parts of syllables."""

APOSTROPHES = "'’‘`´′＇\u1fef\u1ffd"
"""The apostrophes within a word. The last two are Greek accents, which normalization (NFC) turns into ````` and
``´``."""

LETTER_APOSTROPHES = "ʼʻʿʾ"
"""Unicode letters that look like apostrophes and are used as such."""
PUNCTUATION = str.maketrans(
    dict.fromkeys(APOSTROPHES + LETTER_APOSTROPHES, "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
)
"""A table for :meth:`str.translate` that turns all apostrophes into ``'``, and typographic hyphens into ``-``."""

SUPERSCRIPTS = "²³¹\u2070\u2074-\u2079"
"""The digits that are exponents or footnote references, as ranges of a character class."""
MIDDLE_DOTS = "·\u0387"
"""The two code points of the middle dot that stands between two l in Catalan words: ``col·legi``."""

TAKES_EXPONENT = frozenset("cm dm ft hm in km m mc mi mm nm s yd co a b c n r x y z".split())
"""Words, in lower case, after which a superscript digit is an exponent, not a footnote: units, variables, and co for
CO²."""

_LOOKALIKES = {
    "a": "ɐɑɒəɚᶏⱥ", "aa": "ꜳ", "ae": "æ", "ao": "ꜵ", "au": "ꜷ", "av": "ꜹꜻ", "ay": "ꜽ", "b": "ƀƃɓᵬᶀꞗ", "c": "ƈȼɕↄꞓꞔ",
    "d": "ðđƌȡɖɗᵭᶁᶑꝺꟈ", "db": "ȸ", "dz": "ʣʥ", "e": "ǝɇɘɛɜɝᶒⱸꬳꬴ", "f": "ƒᵮᶂꝼꞙ", "g": "ǥɠɡɣᵹᶃꞡ", "h": "ħɦⱨꞕ", "hv": "ƕ",
    "i": "ıɨɩɪᶖ", "j": "ȷɉɟʄʝ", "k": "ƙᶄⱪꝁꝃꝅꞣ", "l": "łƚȴɫɬɭɮᶅⱡꝉꞎꬷꬸꬹ", "ll": "ỻ", "m": "ɱᵯᶆꬺ", "n": "ŋƞȵɲɳᵰᶇꞑꞥꬻ",
    "o": "øɔɵⱺꝋꝍ", "oe": "œ", "oi": "ƣ", "oo": "ꝏ", "ou": "ȣ", "p": "ƥᵱᵽᶈꝑꝓꝕ", "q": "ĸɋʠꝗꝙ", "qp": "ȹ",
    "r": "ɍɼɽɾᵲᵳᶉꞃꞧꭇꭉꭋ", "s": "ȿʂʃᵴᶊẜẝꞅꞩꟊ", "t": "ŧƫƭȶʈᵵⱦꞇ", "tc": "ʨ", "th": "þᵺꝥꝧ", "ts": "ʦ", "tz": "ꜩ",
    "u": "ʉʊᶙꞹꭎꭏꭒ", "ue": "ᵫ", "v": "ʋᶌỽⱱⱴꝟ", "vy": "ꝡ", "w": "ⱳ", "x": "ᶍꭖꭗꭘꭙ", "y": "ƴɏỿꭚ", "z": "ƶȝȥɀʐʑʒᵶᶎⱬ",
    ",": "٬", ".": "٫", "ا": "ٱ", "ي": "ی", "ك": "ک", "ه": "ہە", "'": "ʼ",
}  # fmt: skip
"""The plain letters and signs (keys), and the lower-case letters and other signs that are folded to each (values)."""
_BY_LOOKALIKE = str.maketrans({like: letter for letter, others in _LOOKALIKES.items() for like in others})

# Optional marks: accents, Hebrew points, Arabic vowels. The marks of Indic and Thai scripts are not optional.
ACCENTS = re.compile(
    "(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe20-\ufe2f]"
)
_IGNORED = Pattern(f"[{IGNORABLE}]")
_NEEDS_CLEANING = re.compile(f"[{IGNORABLE}{APOSTROPHES}{LETTER_APOSTROPHES}{SUPERSCRIPTS}\u05d0-\u05ea]")
"""Matches a character that :func:`clean` may change. Most words have none, and only need to be composed (NFC)."""
_TATWEEL = "\u0640"  # the Arabic stroke that makes a word wider and has no sound
_ONE_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES + LETTER_APOSTROPHES, "'"))
_HEBREW_LETTER = Pattern("[\u05d0-\u05ea]")
_HEBREW_SIGNS = str.maketrans(dict.fromkeys("'\"”“„\u05f3\u05f4"))
_FOOTNOTE_MARK = Pattern(rf"(?<=\w)(?<![{SUPERSCRIPTS}])[{SUPERSCRIPTS}]+(?=(?:'[sS])?$)")
_DEVANAGARI = Pattern("[\u0900-\u097f]")
_NUKTA = Pattern("\u093c")
_NASAL = Pattern(
    "\u0901|(?:ङ\u094d(?=[क-घ])|ञ\u094d(?=[च-झ])|ण\u094d(?=[ट-ढ])|न\u094d(?=[त-ध])|म\u094d(?=[प-भ]))"
)
_ANUSVARA = "\u0902"
_BETWEEN_L = Pattern(f"(?<=l)[{MIDDLE_DOTS}](?=l)")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")


REMEMBERED_WORDS = 256
"""The number of words that each cache in this module keeps. Few are enough, because the term, the folded form and the
surface form of a word are computed one after another."""


def clean(word: str) -> str:
    """Return ``word`` in NFC, with ``'`` for all apostrophes, without invisible characters and footnote references.

    In Hebrew words, the signs for geresh and gershayim are removed too.

    >>> clean("gov\\u00ad\\u200bernment"), clean("l’État"), clean("Smith²³"), clean("km²"), clean("צה״ל") == clean('צה"ל')
    ('government', "l'État", 'Smith', 'km²', True)
    """
    if word.isascii():
        return word.replace("`", "'") if "`" in word else word
    return _clean_non_ascii(word)


@lru_cache(maxsize=REMEMBERED_WORDS)
def _clean_non_ascii(word: str) -> str:
    word = unicodedata.normalize("NFC", word)
    if _NEEDS_CLEANING.search(word) is None:
        return word
    word = unicodedata.normalize("NFC", _IGNORED.sub("", word).translate(_ONE_APOSTROPHE))
    if _HEBREW_LETTER.search(word) is not None:
        word = word.translate(_HEBREW_SIGNS)
    footnote = _FOOTNOTE_MARK.search(word)
    if footnote is None or exponent_of(word) is not None:
        return word
    return word[: footnote.start()] + word[footnote.end() :]


def exponent_of(word: str) -> str | None:
    """Return the word before an exponent, such as the unit ``km`` of ``km²``, or None if there is no exponent."""
    head = word[:-1]
    return head if word.endswith(("²", "³")) and head.lower() in TAKES_EXPONENT else None


def folded_letters(word: str) -> str:
    """Return a word, cleaned by :func:`clean`, in lower case without accents and compatibility forms."""
    if word.isascii():
        return word.lower()
    return _fold_non_ascii(word)


@lru_cache(maxsize=REMEMBERED_WORDS)
def _fold_non_ascii(word: str) -> str:
    found = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold()).translate(
        _BY_LOOKALIKE
    )
    found = ACCENTS.sub("", unicodedata.normalize("NFKD", found.replace(_TATWEEL, "")))
    if "·" in found or "\u0387" in found:
        found = _BETWEEN_L.sub("", found)
    if max(found, default="") >= "\u0900" and _DEVANAGARI.search(found) is not None:
        found = _NASAL.sub(_ANUSVARA, _NUKTA.sub("", found))
    found = unicodedata.normalize("NFC", found)
    return _OTHER_DIGIT.sub(lambda match: str(unicodedata.decimal(match.group())), found)
