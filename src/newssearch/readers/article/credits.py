"""Find the agency that originated a story: the one named by its byline, credit line or copyright notice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newssearch.press.agencies import agency_named

_JOB_TITLES = re.compile(
    r"(?:,?\s+(?:staff|staff writers?|staff reporters?|writers?|reporters?|correspondents?|news agency|agency|news|"
    r"editors?|photographers?|in \w+|with agencies))+$",
    re.IGNORECASE,
)
_CREDIT_SEPARATORS = re.compile(
    r"\s*(?:,|;|/|\||·|\bvia\b|\bfor\b|\bwith\b|\band\b|&|\s[–—-]\s|\bof\b)\s*", re.IGNORECASE
)
_CLOSING_CREDIT = re.compile(
    r"(?:^|.*[.!?”\"»)\s])\s*[—–-]{1,2}\s?(?P<dashed>[A-Z][\w./ -]{1,40})\.?$|.*[.!?”\"»]\s*[(\[](?P<round>[^()\[\]]{2,40})[)\]]\.?$",
    re.DOTALL,
)
_COPYRIGHT_NOTICE = re.compile(
    r"(?:©|\(c\)|copyright)(?:\s|©|\(c\)|copyright|by|\d{4}|[-–,])*(?P<who>[^.|,;©\n]{2,60})", re.IGNORECASE
)
_ALL_RIGHTS = re.compile(r"\s*all rights reserved.*$", re.IGNORECASE)
_REUTERS_SIGN_OFF = re.compile(
    r"\((?:additional )?(?:reporting|writing|editing)\b[^()]{0,300}\bediting by\b[^()]{0,200}\)\s*$",
    re.IGNORECASE,
)

CREDIT_PARAGRAPHS = 3
"""The number of paragraphs at the end of an article that are searched for a credit line or a copyright notice."""
LONGEST_CREDIT = 300
"""The maximum number of characters of a credit line or a copyright notice."""


def agency_in(line: str) -> str | None:
    """Return the first agency that a byline or a credit line names, as its key in :data:`newssearch.press.agencies.AGENCY_NAMES`, or None.

    >>> agency_in("By Jane Doe, Associated Press"), agency_in("AFP News Agency"), agency_in("Jane Doe and AFP")
    ('AP', 'AFP', 'AFP')
    >>> agency_in("Ap Dijksterhuis") is None
    True
    """
    if len(line) > LONGEST_CREDIT:
        return None
    for part in _CREDIT_SEPARATORS.split(line.removeprefix("By ").removeprefix("by ")):
        for name in (part, _JOB_TITLES.sub("", part)):
            if found := agency_named(name):
                return found
    return None


def credit_in(paragraphs: Sequence[str]) -> tuple[str, str] | None:
    """Return the agency that the end of an article credits, and the form of the credit, or None without a credit.

    The form is ``"credit line"``, ``"copyright line"`` or the sign-off of Reuters, as a provenance states it. A credit
    line is a paragraph of its own, with or without a dash in front, or stands in parentheses after the last sentence.

    >>> credit_in(["It rained in Basra. (AFP)"]), credit_in(["It rained.", "© 2024 Agence France-Presse"])
    (('AFP', 'credit line'), ('AFP', 'copyright line'))
    >>> credit_in(["It rained.", "— AP"]), credit_in(["Shares of XYZ (AP) rose."])
    (('AP', 'credit line'), None)
    """
    for paragraph in reversed(paragraphs[-CREDIT_PARAGRAPHS:]):
        line = paragraph[-LONGEST_CREDIT:]
        notice = _COPYRIGHT_NOTICE.search(line)
        if notice and (found := agency_in(_ALL_RIGHTS.sub("", notice["who"]).strip())):
            return found, "copyright line"
        if found := agency_named(line):
            return found, "credit line"
        end = _CLOSING_CREDIT.match(line)
        if end and (found := agency_in((end["dashed"] or end["round"]).strip())):
            return found, "credit line"
        if _REUTERS_SIGN_OFF.search(line):
            return "Reuters", "the sign-off of its desk"
    return None
