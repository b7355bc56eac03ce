"""Tell the place in front of the date of a report, ``Paris, 5 May 2024``, from an outlet: ``Le Monde, 5 May 2024``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newssearch.readers.article.values import is_domain
from newssearch.text.paragraphs import SENTENCE_ENDS

NAMES_OF_PLACES = frozenset(
    "abidjan|abuja|accra|addis ababa|aden|aleppo|alger|algiers|amman|amsterdam|ankara|athen|athens|atlanta|baghdad|bagdad|bahrain"
    "|baku|bangkok|barcelona|basra|beijing|beirut|beyrouth|belfast|belgrad|belgrade|berlin|bern|bogota|bogotá|bonn|boston|brasilia"
    "|brasília|bratislava|brussels|bruxelles|brüssel|bucharest|budapest|buenos aires|bukarest|cairo|canberra|cape town|caracas"
    "|chicago|colombo|copenhagen|dakar|dallas|damascus|damaskus|delhi|den haag|dhaka|doha|dubai|dublin|düsseldorf|edinburgh|erbil"
    "|florence|frankfurt|gaza|geneva|genf|genève|genoa|hamburg|hanoi|harare|havana|helsinki|hong kong|houston|islamabad|istanbul"
    "|jakarta|jerusalem|johannesburg|kabul|kairo|karachi|khartoum|kiev|kigali|kinshasa|kirkuk|kopenhagen|köln|kuala lumpur|kuwait"
    "|kuwait city|kyiv|la paz|lagos|le caire|lima|lisbon|lissabon|ljubljana|london|londres|los angeles|lyon|madrid|mailand|manama"
    "|manchester|manila|marseille|melbourne|mexico|mexico city|miami|milan|milano|minsk|mogadishu|montreal|moscou|moscow|moskau|mosul"
    "|mumbai|munich|muscat|münchen|nairobi|naples|new delhi|new york|nicosia|oslo|ottawa|paris|pekin|peking|philadelphia|prag|prague"
    "|pretoria|pyongyang|quito|rabat|ramallah|riga|rio de janeiro|riyadh|rom|roma|rome|san francisco|sanaa|santiago|sao paulo|são paulo"
    "|sarajevo|seattle|seoul|shanghai|singapore|skopje|sofia|stockholm|strasbourg|straßburg|stuttgart|sydney|taipei|tallinn|tbilisi"
    "|tehran|teheran|tel aviv|the hague|tirana|tokio|tokyo|toronto|tripoli|tunis|turin|vienna|vienne|vilnius|warsaw|warschau"
    "|washington|washington dc|wellington|wien|yerevan|zagreb|zurich|zürich".split("|")
)
"""Capitals and other large cities in English, German and French, in lower case; no outlet is named by such a name alone."""

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
_WORD_OF_PROSE = re.compile(r"[^\W\d_]+")

LONGEST_NAME_OF_PLACE = 40
"""The maximum number of characters of the name of a place."""


def looks_like_outlet(name: str) -> bool:
    """Whether words in front of a date are made like the name of an outlet, not like that of a place.

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


def places_among(names: Iterable[tuple[str, bool]], prose: Iterable[str]) -> frozenset[str]:
    """Return those names in front of dates in a document that are places, in lower case.

    A name is given with whether it is sure that it is an outlet. One that is not made like the name of an outlet is a place
    if the prose of the document has its words, or if no line of the document names an outlet.
    """
    sure: set[str] = set()
    bare: set[str] = set()
    for name, is_outlet in names:
        (sure if is_outlet or looks_like_outlet(name) else bare).add(name.casefold())
    bare -= sure
    if not bare:
        return frozenset()
    if not sure:
        return frozenset(bare)
    words = {word.casefold() for text in prose for word in _WORD_OF_PROSE.findall(text) if word[0].isupper()}
    return frozenset(name for name in bare if words.issuperset(_WORD_OF_PROSE.findall(name)))


def is_prose_of_document(text: str) -> bool:
    """Whether a paragraph is long, and ends as a sentence does."""
    return len(text) > LONGEST_NAME_OF_PLACE and text[-1:] in SENTENCE_ENDS
