"""The language of an article: its tag as we write it, and what it is where nothing says so."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

SAMPLE = 3_000
"""Characters that detection looks at."""

LEAST_LETTERS = 40
"""Letters that detection takes: fewer may be a name, in any language. A character of a script without spaces counts as
three."""

LEAST_CONFIDENCE = 0.9
"""Below that, the language stays unknown."""

NAMES = {
    "arabic": "ar", "bengali": "bn", "bulgarian": "bg", "catalan": "ca", "chinese": "zh", "croatian": "hr", "czech": "cs",
    "danish": "da", "dutch": "nl", "english": "en", "estonian": "et", "farsi": "fa", "finnish": "fi", "french": "fr",
    "german": "de", "greek": "el", "hebrew": "he", "hindi": "hi", "hungarian": "hu", "icelandic": "is",
    "indonesian": "id", "italian": "it", "japanese": "ja", "korean": "ko", "kurdish": "ku", "latvian": "lv",
    "lithuanian": "lt", "malay": "ms", "norwegian": "no", "persian": "fa", "polish": "pl", "portuguese": "pt",
    "romanian": "ro", "russian": "ru", "serbian": "sr", "slovak": "sk", "slovenian": "sl", "spanish": "es",
    "swahili": "sw", "swedish": "sv", "tamil": "ta", "thai": "th", "turkish": "tr", "ukrainian": "uk", "urdu": "ur",
    "vietnamese": "vi",
    "ara": "ar", "ces": "cs", "chi": "zh", "cze": "cs", "dan": "da", "deu": "de", "dut": "nl", "ell": "el", "eng": "en",
    "fas": "fa", "fin": "fi", "fra": "fr", "fre": "fr", "ger": "de", "gre": "el", "heb": "he", "hin": "hi", "hun": "hu",
    "ind": "id", "ita": "it", "jpn": "ja", "kor": "ko", "nld": "nl", "nor": "no", "per": "fa", "pol": "pl", "por": "pt",
    "ron": "ro", "rum": "ro", "rus": "ru", "spa": "es", "swe": "sv", "tur": "tr", "ukr": "uk", "urd": "ur", "vie": "vi",
    "zho": "zh",
}  # fmt: skip
"""English names of languages, and three letters of ISO 639-2 for those with two in ISO 639-1."""

_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*", re.IGNORECASE)
_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def tag_of(text: str) -> str | None:
    """A language as a tag of BCP 47 in its usual letters, or None where it is none.

    >>> tag_of("en_us"), tag_of("English"), tag_of("zh-hant-tw"), tag_of("ENG"), tag_of("unknown language")
    ('en-US', 'en', 'zh-Hant-TW', 'en', None)
    """
    text = text.strip().replace("_", "-").split(".")[0].split(";")[0].split(",")[0].strip()
    if (named := NAMES.get(text.lower())) is not None:
        return named
    if _TAG.fullmatch(text) is None:
        return None
    first, *others = text.lower().split("-")
    parts = [NAMES.get(first, first)]
    for part in others:
        parts.append(part.upper() if len(part) == 2 else part.capitalize() if len(part) == 4 else part)
    return "-".join(parts)


def detect(text: str) -> str | None:
    """The language of a text by its letters, or None where that is not beyond doubt.

    By py3langid, a naive Bayes classifier over n-grams of bytes: M. Lui and T. Baldwin, "langid.py: An Off-the-shelf
    Language Identification Tool", ACL 2012.
    """
    sample = text[:SAMPLE]
    letters = sum(map(str.isalpha, sample)) + 2 * len(_WIDE.findall(sample))
    if letters < LEAST_LETTERS:
        return None
    lang, confidence = _identifier().classify(sample)
    return str(lang) if confidence >= LEAST_CONFIDENCE else None


@cache
def _identifier() -> Any:
    from py3langid import langid  # its model takes long to load, and a search needs none of it

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    # Not between Arabic and Egyptian Arabic, Chinese and Wu: news is hardly written in these, and doubt would win.
    identifier.set_languages([lang for lang in identifier.labels if len(lang) == 2])
    return identifier
