"""The language of an article, as databases state it: by name, in the language of their interface or in its own."""

from __future__ import annotations

import re

from newssearch.readers.article.language import language_tag
from newssearch.readers.records.json_values import normal_name
from newssearch.text.language_tags import LANGUAGE_TAGS

_LANGUAGE_NAMES = {
    "en": "englisch anglais ingles inglese engels engelska engelsk ingles englanti angielski английский",
    "de": "deutsch allemand aleman tedesco duits tyska tysk alemao saksa niemiecki немецкий",
    "fr": "franzosisch francais frances francese frans franska fransk ranska francuski французский",
    "es": "spanisch espagnol espanol castellano spagnolo spaans spanska spansk espanhol espanja hiszpanski испанский",
    "it": "italienisch italien italiano italiaans italienska italiensk italia wloski итальянский",
    "nl": "niederlandisch neerlandais nederlands neerlandes holandes olandese nederlandska hollandsk hollanti niderlandzki",
    "pt": "portugiesisch portugais portugues portoghese portugees portugisiska portugisisk portugali portugalski",
    "sv": "schwedisch suedois svenska sueco svedese zweeds svensk ruotsi szwedzki",
    "da": "danisch danois dansk danes danese deens danska tanska dunski",
    "no": "norwegisch norvegien norsk noruego norvegese noors norska norja norweski",
    "fi": "finnisch finnois suomi fines finlandes finlandese fins finska finsk finski",
    "pl": "polnisch polonais polski polaco polacco pools polska polsk puola польский",
    "ru": "russisch russe ruso russo ryska russisk venaja rosyjski русский",
    "cs": "tschechisch tcheque cestina checo ceco tsjechisch",
    "hu": "ungarisch hongrois magyar hungaro ungherese hongaars",
    "ro": "rumanisch roumain romana rumano rumeno roemeens",
    "tr": "turkisch turc turkce turco turks",
    "ar": "arabisch arabe arabo العربية",
    "zh": "chinesisch chinois chino cinese chinees chinessimplified chinesetraditional simplifiedchinese traditionalchinese 中文",
    "ja": "japanisch japonais japones giapponese japans 日本語",
    "ko": "koreanisch coreen coreano koreaans 한국어",
    "el": "griechisch grec griego greco grieks ελληνικα",
    "ca": "katalanisch catala catalan catalano catalaans",
}  # fmt: skip
"""The names of languages in other languages than English, in normal form, by their tags."""

_TAG_OF_NAME = {normal_name(name): tag for tag, names in _LANGUAGE_NAMES.items() for name in names.split()}
_LANGUAGE_SEPARATOR = re.compile(r"\s*[;/,|(]\s*")


def language_named(text: str | None) -> str | None:
    """Return the tag of the language that a database names, or None for a name that is not known.

    >>> language_named("GERMAN; DEUTSCH"), language_named("Français"), language_named("EN"), language_named("Klingon")
    ('de', 'fr', 'en', None)
    """
    for name in _LANGUAGE_SEPARATOR.split(text or ""):
        plain = normal_name(name)
        if plain in _TAG_OF_NAME:
            return _TAG_OF_NAME[plain]
        if plain in LANGUAGE_TAGS or (len(plain) == 2 and plain.isascii()):
            return language_tag(plain)
    return None
