"""The built-in analysis of each language: its name, and the Snowball stemmer that it uses."""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

SNOWBALL_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""The name of the Snowball stemmer of each language, by its ISO 639-1 code. If a stemmer is not installed, the words of
its language are not stemmed."""

PLAIN_ANALYSIS = "plain"
ADDED = "+"
"""The sign in the name of an analysis that another package adds, after the name of the built-in one that it completes."""
DEFAULT_ANALYSIS = "english"
"""The name of the analysis of an article whose language is unknown."""


def language_of(lang: str | None) -> str:
    """Return the first subtag of a language tag (BCP 47), in lower case; ``""`` for None.

    A tag without a first subtag is a language of its own: None has another analysis.

    >>> language_of("en-GB"), language_of("PT_br"), language_of("-"), language_of(None)
    ('en', 'pt', '-', '')
    """
    if not lang:
        return ""
    folded = lang.lower()
    return re.split("[-_]", folded, maxsplit=1)[0] or folded


@lru_cache(maxsize=1024)
def analysis_of(lang: str | None) -> str:
    """Return the name of the analysis for a language tag (BCP 47). Only the first subtag counts.

    >>> analysis_of("en-GB"), analysis_of("zh"), analysis_of(None)
    ('english', 'plain', 'english')
    """
    if not lang:
        return DEFAULT_ANALYSIS
    name = SNOWBALL_STEMMERS.get(language_of(lang), PLAIN_ANALYSIS)
    return name if name in _installed() else PLAIN_ANALYSIS


@lru_cache(maxsize=1)
def _installed() -> frozenset[str]:
    return frozenset(Stemmer.algorithms())


def built_in_base(name: str) -> str:
    """Return the name of the built-in analysis that the named one is or completes.

    >>> built_in_base("plain+ja=janome@1"), built_in_base("english")
    ('plain', 'english')
    """
    return name.partition(ADDED)[0]
