"""Language tags (BCP 47): the codes of languages, and the check of a tag that a person sets."""

from __future__ import annotations

import re

LANGUAGE_TAGS = {
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
"""The ISO 639-1 codes of languages, keyed by the English name and by the three-letter code of ISO 639-2."""

TWO_LETTER_CODES = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es
    et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv jw
    ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng
    nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv
    sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()
)
"""The codes of two letters in the IANA registry of language subtags, those no longer used included."""

_WELL_FORMED = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*", re.IGNORECASE)


def checked_language(value: object, name: str = "") -> str:
    """Return a language tag that a person has set, without white space around it.

    Raises ValueError for anything else; its message begins with ``name``, the name of the setting. A code of three letters may
    be any, except that of a language with a code of two letters.

    >>> checked_language("pt-BR"), checked_language(" ckb ")
    ('pt-BR', 'ckb')
    >>> checked_language("english")
    Traceback (most recent call last):
    ValueError: must be a language tag, such as "en" or "pt-BR", and not 'english': did you mean "en"?
    """
    text = value.strip() if isinstance(value, str) else ""
    found = _WELL_FORMED.fullmatch(text)
    first = found[1].lower() if found is not None else ""
    if first in TWO_LETTER_CODES or (len(first) == 3 and first not in LANGUAGE_TAGS):
        return text
    meant = LANGUAGE_TAGS.get(first or text.lower())
    hint = f': did you mean "{meant}"?' if meant else ""
    wrong = f'{name} must be a language tag, such as "en" or "pt-BR", and not {value!r}{hint}'
    raise ValueError(wrong.lstrip())
