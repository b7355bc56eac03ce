"""The language of an article: normalise the stated language to a tag, or detect the language from the text."""

from __future__ import annotations

import codecs
import re
from functools import cache, lru_cache
from typing import Any

from newssearch.text.calendar_names import has_day_first
from newssearch.text.language_tags import LANGUAGE_TAGS

DETECTION_CHARACTERS = 3_000
"""The number of characters at the start of a text from which its language is detected."""

MIN_LETTERS_TO_DETECT = 40
"""The number of letters that a text needs for its language to be detected: fewer may be just a name.

A character of a script without spaces counts as three letters.
"""

MIN_DETECTION_CONFIDENCE = 0.9
"""The probability that a detected language must have; below it, the language stays unknown."""

_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*", re.IGNORECASE)
_UNSPACED_SCRIPT = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def language_tag(text: str) -> str | None:
    """Return the BCP 47 tag of a language, given as a tag, name or code; None if the text is not a language.

    A locale is read without its encoding and modifier. The name of an encoding alone is not a language.

    >>> language_tag("en_us"), language_tag("English"), language_tag("zh-hant-tw"), language_tag("ENG"), language_tag("unknown language")
    ('en-US', 'en', 'zh-Hant-TW', 'en', None)
    >>> language_tag("en_US.UTF-8"), language_tag("sr_RS@latin"), language_tag("utf-8")
    ('en-US', 'sr-RS', None)
    """
    text = re.split("[.;,@]", text.strip().replace("_", "-"))[0].strip()
    if (named := LANGUAGE_TAGS.get(text.lower())) is not None:
        return named
    if _LANGUAGE_TAG.fullmatch(text) is None or _is_encoding(text):
        return None
    first, *others = text.lower().split("-")
    parts = [LANGUAGE_TAGS.get(first, first)]
    for part in others:
        parts.append(part.upper() if len(part) == 2 else part.capitalize() if len(part) == 4 else part)
    return "-".join(parts)


@lru_cache(1_000)
def _is_encoding(text: str) -> bool:
    """Whether a text names a character encoding and no language. HZ names both, and counts as a language: Herero."""
    try:
        codecs.lookup(text)
    except LookupError:
        return False
    return text.lower() != "hz"


def detect_language(text: str) -> str | None:
    """Return the code of the language of a text, or None if the text is too short or the detection uncertain.

    The language is detected by py3langid, a naive Bayes classifier over n-grams of bytes: M. Lui and T. Baldwin,
    "langid.py: An Off-the-shelf Language Identification Tool", ACL 2012.
    """
    sample = text[:DETECTION_CHARACTERS]
    letters = sum(map(str.isalpha, sample)) + 2 * len(_UNSPACED_SCRIPT.findall(sample))
    if letters < MIN_LETTERS_TO_DETECT:
        return None
    lang, confidence = _identifier().classify(sample)
    return str(lang) if confidence >= MIN_DETECTION_CONFIDENCE else None


def may_only_have_day_first(text: str) -> bool:
    """Whether all likely languages of a text write the day before the month in numbers.

    This is often certain although the language is not: a few words may be Dutch or Afrikaans, or Czech or Slovak.
    """
    sample = text[:DETECTION_CHARACTERS]
    if sum(map(str.isalpha, sample)) < MIN_LETTERS_TO_DETECT:
        return False
    likely = _identifier().rank(sample)
    return float(sum(share for lang, share in likely if has_day_first(str(lang)))) >= MIN_DETECTION_CONFIDENCE


@cache
def _identifier() -> Any:
    from py3langid import langid  # its model takes long to load, and a search does not need it

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    # Without three-letter codes: Egyptian Arabic or Wu are rare in news, and would make Arabic and Chinese uncertain.
    identifier.set_languages([lang for lang in identifier.labels if len(lang) == 2])
    return identifier
