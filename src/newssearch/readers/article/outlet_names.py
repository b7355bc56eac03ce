"""Distinguishes names of outlets from names of places by their words."""

from __future__ import annotations

import re

from .values import is_domain

_OUTLET_WORD = re.compile(
    r"(?<![^\W_])(?:times|post|news|herald|tribune|gazette|journal|courier|press|telegraph|guardian|observer|chronicle|star|sun|mail"
    r"|express|daily|weekly|review|today|record|echo|argus|standard|independent|bulletin|dispatch|inquirer|examiner|globe|register"
    r"|sentinel|monitor|mirror|radio|tv|television|channel|magazine|online|network|agency|advertiser|citizen|messenger|reporter|ledger"
    r"|nachrichten|bote|presse|rundschau|spiegel|welt|merkur|allgemeine|wochenende|abend|morgen|heute|woche|zeit|taz|volksstimme"
    r"|monde|figaro|matin|parisien|dépêche|voix|soir|jour|quotidien|hebdo|libération|courrier|croix|nouvelles?|progrès|républicain"
    r"|diario|periódico|mundo|país|prensa|correo|noticias|voz|heraldo|gaceta|tiempo|nación|vanguardia|razón|universal|jornada|tercera"
    r"|jornal|folha|estado|notícias|correio|público|gazeta|expresso|corriere|repubblica|stampa|giornale|messaggero|mattino|gazzetta"
    r"|sole|fatto|foglio|libero|secolo|unità|avvenire|quotidiano|telegraaf|trouw|parool|nieuws|avis|tidende|nyheter|sanomat|wyborcza"
    r"|dziennik|fakt|lidové|právo|noviny|sme|hírlap|nemzet|adevărul|libertatea|hürriyet|milliyet|sabah|gazete|cumhuriyet"
    r"|новости|газета|правда|известия|вестник|вести|комсомольская|аргументы|время|вісті)(?![^\W_])"
    r"|(?:zeitung|blatt|anzeiger|kurier|funk|krant|dagblad|courant|blad|bladet|bladid|tidning|tidningen|posten|lehti|presse)(?![^\W_])"
    r"|新聞|新闻|日報|日报|晚報|晚报|時報|时报|周刊|週刊|通信|通訊|신문|일보",
    re.IGNORECASE,
)
"""A pattern for the words, and ends of words, of which names of outlets are made."""

_ARTICLE_IN_FRONT = re.compile(
    r"(?:the|le|la|les|l['’]|el|los|las|il|lo|gli|i|der|die|das|de|het|o|os|a|as|al|η|το|τα)(?:\s|(?<=['’]))(?=\S)",
    re.IGNORECASE,
)
_TOWNS_WITH_ARTICLE = re.compile(
    r"(?:la (?:paz|habana|havane|haye|plata|rochelle|spezia|coruña)|le (?:havre|caire|mans)|los angeles|las (?:vegas|palmas)|the hague"
    r"|den haag|el (?:cairo|paso|salvador|alto)|de bilt|l['’](?:aquila|aia|avana)|il cairo|a coruña|al [^\W\d_-]+(?:-[^\W\d_]+)?)",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"\b[A-ZÀ-Þ]{2,5}\b")


def looks_like_outlet(name: str) -> bool:
    """Whether words in front of a date look like the name of an outlet, not like that of a place.

    >>> [looks_like_outlet(name) for name in ("Harbour Post", "Rheinische Zeitung", "La Nueva España", "NZZ", "e.org")]
    [True, True, True, True, True]
    >>> [looks_like_outlet(name) for name in ("Düren", "La Paz", "Bad Kreuznach", "Stoke-on-Trent", "BASRA")]
    [False, False, False, False, False]
    """
    if is_domain(name) or any(map(str.isdigit, name)) or _OUTLET_WORD.search(name):
        return True
    if _ARTICLE_IN_FRONT.match(name) and not _TOWNS_WITH_ARTICLE.fullmatch(name):
        return True
    return (_ABBREVIATION.fullmatch(name) is not None and len(name) <= 4) or (
        not name.isupper() and _ABBREVIATION.search(name) is not None
    )
