"""Who originated a story: the agency that a byline, a credit or a copyright line names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

AGENCIES: dict[str, tuple[str, ...]] = {
    "AFP": ("AFP", "Agence France-Presse", "Agence France Presse"),
    "AP": ("AP", "Associated Press", "The Associated Press"),
    "Reuters": ("Reuters", "Thomson Reuters"),
    "dpa": ("dpa", "Deutsche Presse-Agentur", "dpa-AFX"),
    "ANSA": ("ANSA",),
    "EFE": ("EFE", "Agencia EFE"),
    "Europa Press": ("Europa Press",),
    "PA": ("Press Association", "PA Media"),
    "UPI": ("UPI", "United Press International"),
    "Bloomberg": ("Bloomberg", "Bloomberg News"),
    "Xinhua": ("Xinhua", "Xinhua News Agency"),
    "TASS": ("TASS", "ITAR-TASS"),
    "Interfax": ("Interfax",),
    "RIA Novosti": ("RIA Novosti",),
    "Kyodo": ("Kyodo", "Kyodo News"),
    "Yonhap": ("Yonhap", "Yonhap News Agency"),
    "PTI": ("PTI", "Press Trust of India"),
    "IANS": ("IANS", "Indo-Asian News Service"),
    "ANI": ("Asian News International",),
    "AAP": ("AAP", "Australian Associated Press"),
    "The Canadian Press": ("The Canadian Press", "Canadian Press"),
    "APA": ("Austria Presse Agentur",),
    "SDA": ("Keystone-SDA", "Schweizerische Depeschenagentur"),
    "ANP": ("Algemeen Nederlands Persbureau",),
    "Belga": ("Belga",),
    "Ritzau": ("Ritzau",),
    "NTB": ("NTB",),
    "TT": ("TT Nyhetsbyrån",),
    "STT": ("STT",),
    "PAP": ("Polska Agencja Prasowa",),
    "CTK": ("ČTK", "CTK"),
    "MTI": ("MTI",),
    "Lusa": ("Lusa", "Agência Lusa"),
    "Agência Brasil": ("Agência Brasil",),
    "Anadolu": ("Anadolu", "Anadolu Agency", "Anadolu Ajansı"),
    "IRNA": ("IRNA",),
    "SPA": ("Saudi Press Agency",),
    "WAM": ("Emirates News Agency",),
    "MENA": ("Middle East News Agency",),
    "SANA": ("SANA",),
    "KUNA": ("KUNA", "Kuwait News Agency"),
    "Bernama": ("Bernama",),
    "Antara": ("Antara",),
    "KCNA": ("KCNA", "Korean Central News Agency"),
    "Ukrinform": ("Ukrinform",),
    "Shafaq News": ("Shafaq News",),
}
"""Agencies, by the name that a source has, and what they are called where they are named as such."""

_NAMES = {name.casefold(): agency for agency, names in AGENCIES.items() for name in names}
_TITLES = re.compile(
    r"(?:,?\s+(?:staff|staff writers?|staff reporters?|writers?|reporters?|correspondents?|news agency|agency|news|"
    r"editors?|photographers?|in \w+|with agencies))+$",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"\s*(?:,|;|/|\||·|\bvia\b|\bfor\b|\bwith\b|\band\b|&|\s[–—-]\s|\bof\b)\s*", re.IGNORECASE
)
_END = re.compile(
    r"(?:^|.*[.!?”\"»)\s])\s*[—–-]{1,2}\s?(?P<dashed>[A-Z][\w./ -]{1,40})\.?$|.*[.!?”\"»]\s*[(\[](?P<round>[^()\[\]]{2,40})[)\]]\.?$",
    re.DOTALL,
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)(?:\s|©|\(c\)|copyright|by|\d{4}|[-–,])*(?P<who>[^.|,;©\n]{2,60})", re.IGNORECASE
)
_ALL_RIGHTS = re.compile(r"\s*all rights reserved.*$", re.IGNORECASE)
_DESK = re.compile(
    r"\((?:additional )?(?:reporting|writing|editing)\b[^()]{0,300}\bediting by\b[^()]{0,200}\)\s*$",
    re.IGNORECASE,
)

LINES = 3
"""Paragraphs at the end of an article that may be a credit or a copyright line."""
LONGEST_LINE = 300
"""Characters of a paragraph that may be one."""


def agency(name: str) -> str | None:
    """The agency that goes by a name, under the name that it has here.

    >>> agency("the Associated Press"), agency("REUTERS"), agency("The Guardian")
    ('AP', 'Reuters', None)
    """
    return _agency(name.strip(" .()[]").casefold())


@cache
def _agency(name: str) -> str | None:
    return _NAMES.get(name) or _NAMES.get(name.removeprefix("the "))


def agency_in(line: str) -> str | None:
    """The first agency that a byline or a credit names.

    >>> agency_in("By Jane Doe, Associated Press"), agency_in("AFP News Agency"), agency_in("Jane Doe and AFP")
    ('AP', 'AFP', 'AFP')
    >>> agency_in("Ap Dijksterhuis") is None
    True
    """
    if len(line) > LONGEST_LINE:
        return None
    for part in _PARTS.split(line.removeprefix("By ").removeprefix("by ")):
        for name in (part, _TITLES.sub("", part)):
            if found := agency(name):
                return found
    return None


def credit_in(paragraphs: Sequence[str]) -> tuple[str, str] | None:
    """The agency that the end of an article names, and what names it (``"credit line"``, ``"copyright line"``).

    A line of its own after a dash, or in parentheses behind the last sentence; a copyright notice; Reuters' sign-off.

    >>> credit_in(["It rained in Basra. (AFP)"]), credit_in(["It rained.", "© 2024 Agence France-Presse"])
    (('AFP', 'credit line'), ('AFP', 'copyright line'))
    >>> credit_in(["It rained.", "— AP"]), credit_in(["Shares of XYZ (AP) rose."])
    (('AP', 'credit line'), None)
    """
    for paragraph in reversed(paragraphs[-LINES:]):
        line = paragraph[-LONGEST_LINE:]
        notice = _COPYRIGHT.search(line)
        if notice and (found := agency_in(_ALL_RIGHTS.sub("", notice["who"]).strip())):
            return found, "copyright line"
        if found := agency(line):
            return found, "credit line"
        end = _END.match(line)
        if end and (found := agency_in((end["dashed"] or end["round"]).strip())):
            return found, "credit line"
        if _DESK.search(line):
            return "Reuters", "the sign-off of its desk"
    return None
