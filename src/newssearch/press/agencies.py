"""The table of news agencies and of services that distribute press releases, with the names by which texts credit them."""

from __future__ import annotations

from functools import cache

_NAMES = {
    "AFP": "AFP|Agence France-Presse|Agence France Presse|АФП|أ ف ب|أ.ف.ب|ا ف ب|فرانس برس|法新社|AFP通信",
    "AP": "AP|Associated Press|The Associated Press|أ ب|أ.ب|أسوشيتد برس|美联社|美聯社|AP通信",
    "Reuters": "Reuters|Thomson Reuters|Reuters News|Рейтер|Рейтерс|رويترز|ロイター|ロイター通信|路透|路透社|로이터",
    "dpa": "dpa|Deutsche Presse-Agentur|dpa-AFX|dpa/lno|د ب أ|د.ب.أ|德新社",
    "AFX": "AFX|AFX News",
    "epd": "epd|Evangelischer Pressedienst",
    "KNA": "KNA|Katholische Nachrichten-Agentur",
    "APA": "APA|Austria Presse Agentur",
    "SDA": "SDA|Keystone-SDA|Keystone-ATS|Schweizerische Depeschenagentur|sda/ats",
    "ANSA": "ANSA",
    "AGI": "AGI|Agenzia Italia",
    "Adnkronos": "Adnkronos",
    "askanews": "askanews|TMNews",
    "Italpress": "Italpress",
    "LaPresse": "LaPresse",
    "EFE": "EFE|Agencia EFE",
    "Europa Press": "Europa Press|EuropaPress",
    "Servimedia": "Servimedia",
    "Notimex": "Notimex",
    "Télam": "Télam|Telam",
    "Prensa Latina": "Prensa Latina",
    "Lusa": "Lusa|Agência Lusa",
    "Agência Brasil": "Agência Brasil",
    "Folhapress": "Folhapress",
    "Estadão Conteúdo": "Estadão Conteúdo",
    "PA": "PA|Press Association|PA Media",
    "UPI": "UPI|United Press International",
    "Bloomberg": "Bloomberg|Bloomberg News",
    "Dow Jones": "Dow Jones|Dow Jones Newswires",
    "The Canadian Press": "The Canadian Press|Canadian Press|CP|La Presse Canadienne",
    "AAP": "AAP|Australian Associated Press",
    "ANP": "ANP|Algemeen Nederlands Persbureau",
    "Belga": "Belga",
    "Ritzau": "Ritzau",
    "NTB": "NTB",
    "TT": "TT|TT Nyhetsbyrån",
    "STT": "STT|STT-Lehtikuva",
    "PAP": "PAP|Polska Agencja Prasowa",
    "CTK": "ČTK|CTK",
    "TASR": "TASR",
    "MTI": "MTI",
    "Agerpres": "Agerpres",
    "Mediafax": "Mediafax",
    "BTA": "BTA|БТА",
    "HINA": "Hina",
    "Tanjug": "Tanjug|Танјуг",
    "STA": "STA",
    "ANA-MPA": "ANA-MPA|ΑΠΕ-ΜΠΕ|ΑΠΕ",
    "TASS": "TASS|ITAR-TASS|ТАСС|ИТАР-ТАСС|تاس|塔斯社",
    "Interfax": "Interfax|Интерфакс|INTERFAX.RU",
    "RIA Novosti": "RIA Novosti|РИА Новости|RIA",
    "BelTA": "BelTA|БЕЛТА",
    "Ukrinform": "Ukrinform|Укринформ|Укрінформ",
    "UNIAN": "UNIAN|УНИАН|УНІАН",
    "Xinhua": "Xinhua|Xinhua News Agency|新华社|新華社|新华网|شينخوا",
    "China News Service": "China News Service|中新社|中新网|中新網",
    "CNA": "Central News Agency|中央社",
    "Kyodo": "Kyodo|Kyodo News|共同|共同通信|共同社",
    "Jiji": "Jiji|Jiji Press|時事|時事通信",
    "Yonhap": "Yonhap|Yonhap News Agency|연합뉴스|聯合ニュース|韩联社",
    "Newsis": "Newsis|뉴시스",
    "KCNA": "KCNA|Korean Central News Agency|조선중앙통신",
    "PTI": "PTI|Press Trust of India",
    "IANS": "IANS|Indo-Asian News Service",
    "ANI": "ANI|Asian News International",
    "UNI": "UNI|United News of India",
    "APP": "APP|Associated Press of Pakistan",
    "BSS": "BSS|Bangladesh Sangbad Sangstha",
    "UNB": "UNB|United News of Bangladesh",
    "Anadolu": "Anadolu|Anadolu Agency|Anadolu Ajansı|AA|الأناضول",
    "DHA": "DHA|Demirören Haber Ajansı",
    "İHA": "İHA|İhlas Haber Ajansı",
    "IRNA": "IRNA|ایرنا|ارنا",
    "ISNA": "ISNA|ایسنا",
    "Mehr": "Mehr News Agency|Mehr News",
    "Fars": "Fars News Agency|Fars News",
    "Tasnim": "Tasnim|Tasnim News Agency",
    "SPA": "SPA|Saudi Press Agency|واس",
    "WAM": "WAM|Emirates News Agency|وام",
    "MENA": "MENA|Middle East News Agency|أ ش أ|أ.ش.أ",
    "SANA": "SANA|سانا",
    "KUNA": "KUNA|Kuwait News Agency|كونا",
    "QNA": "QNA|Qatar News Agency|قنا",
    "PETRA": "PETRA|Jordan News Agency|بترا",
    "WAFA": "WAFA|وفا",
    "NNA": "NNA|National News Agency",
    "INA": "INA|Iraqi News Agency|واع",
    "Shafaq News": "Shafaq News|شفق نيوز",
    "MAP": "MAP|Maghreb Arabe Presse",
    "APS": "APS|Algérie Presse Service",
    "TAP": "TAP|Tunis Afrique Presse",
    "NAN": "NAN|News Agency of Nigeria",
    "GNA": "GNA|Ghana News Agency",
    "PANA": "PANA|Panapress",
    "Bernama": "Bernama",
    "Antara": "Antara",
    "VNA": "VNA|TTXVN|Vietnam News Agency",
    "ADN": "ADN",
    "Business Wire": "Business Wire|BusinessWire",
    "PRNewswire": "PRNewswire|PR Newswire|PRNewswire-FirstCall",
    "GlobeNewswire": "GlobeNewswire|Globe Newswire",
    "Marketwired": "Marketwired|Marketwire",
    "ACCESSWIRE": "ACCESSWIRE",
    "OTS": "OTS|Presseportal",
}  # fmt: skip

AGENCY_NAMES = {agency: tuple(names.split("|")) for agency, names in _NAMES.items()}
"""The names by which articles credit an agency, keyed by the name of the agency in the field ``source``."""

ONLY_IN_DATELINES = frozenset({"BBC", "CNN", "NPR", "RFE/RL"})
"""Outlets whose names may stand in a dateline like those of agencies; a text that credits them elsewhere only quotes them."""

UNSURE_NAMES = frozenset(
    name.casefold()
    for name in (
        "AA", "ADN", "AGI", "ANI", "APA", "APP", "APS", "BSS", "BTA", "CP", "GNA", "Hina", "INA", "KNA", "MAP", "MENA", "NAN", "NNA", "NTB", "OTS", "PA", "RIA",
        "SDA", "SPA", "STA", "TAP", "TT", "UNB", "UNI", "共同", "وفا", "واس", "وام", "قنا", "واع", "تاس",
    )
)  # fmt: skip
"""Names of agencies that may also mean a state, a stock, a party or a common word: they count only where more confirms them."""

_AGENCY_OF_NAME = {name.casefold(): agency for agency, names in AGENCY_NAMES.items() for name in names}


def agency_named(name: str) -> str | None:
    """Return the agency with the given name, as its key in :data:`AGENCY_NAMES`, or None if no agency surely has that name.

    >>> agency_named("the Associated Press"), agency_named("REUTERS"), agency_named("The Guardian"), agency_named("PA")
    ('AP', 'Reuters', None, None)
    """
    folded = name.strip(" .()[]/*").casefold()
    return None if folded in UNSURE_NAMES else _agency_of_folded(folded)


@cache
def _agency_of_folded(name: str) -> str | None:
    return _AGENCY_OF_NAME.get(name) or _AGENCY_OF_NAME.get(name.removeprefix("the "))


def agency_in_dateline(name: str) -> tuple[str, bool] | None:
    """Return the first agency that a dateline names, and whether its name is sure; None if it names none.

    A sure name is returned as it is written.

    >>> agency_in_dateline("AFP"), agency_in_dateline("dpa/lby"), agency_in_dateline("AA"), agency_in_dateline("spoke")
    (('AFP', True), ('dpa', True), ('Anadolu', False), None)
    """
    unsure = None
    parts = name.split("/")
    for part in (name, *(parts if " " not in name.replace(" / ", "/") else ())):
        part = part.strip(" .")  # noqa: PLW2901
        if part.upper() in ONLY_IN_DATELINES or agency_named(part) is not None:
            return part, True
        if part.casefold() in UNSURE_NAMES and unsure is None:
            unsure = _AGENCY_OF_NAME[part.casefold()], False
    return unsure


def sure_names() -> list[str]:
    """Return all names of agencies that mean nothing else, the longest first."""
    names = [*ONLY_IN_DATELINES, *(name for names in AGENCY_NAMES.values() for name in names)]
    return sorted((name for name in names if name.casefold() not in UNSURE_NAMES), key=len, reverse=True)
