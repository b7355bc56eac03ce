"""Find the dateline before the first sentence of a story: the place where it was filed, the agency, the date."""

from __future__ import annotations

import re

from newssearch.article import Date
from newssearch.system.late_dataclass import dataclass
from newssearch.text.dates import MONTHS, parse_published

LONGEST_DATELINE = 110
"""The maximum number of characters of a dateline, including the separator after it."""

LONGEST_DATELINE_PLACE = 60
"""The maximum number of characters of the place in a dateline."""

DATELINE_AGENCIES = frozenset({
    "ADN", "AFP", "ANSA", "ANTARA", "AP", "BBC", "BELGA", "BERNAMA", "BLOOMBERG", "CNN", "CTK", "DPA",
    "EFE", "IANS", "INA", "INTERFAX", "IRNA", "ITAR-TASS", "KCNA", "KUNA", "KYODO", "LUSA", "MENA",
    "MTI", "NNA", "NPR", "PAP", "PETRA", "PTI", "QNA", "REUTERS", "RFE/RL", "SANA", "STT", "TASS",
    "UKRINFORM", "UPI", "WAFA", "WAM", "XINHUA", "YONHAP", "ASSOCIATED PRESS", "EUROPA PRESS",
    "PRESS ASSOCIATION", "SHAFAQ NEWS", "THE ASSOCIATED PRESS", "THOMSON REUTERS",
})  # fmt: skip
"""The agencies, in capitals, that confirm a dateline when they stand in parentheses after a place in mixed case.

Agencies whose abbreviation may also mean a state or a stock are left out.
"""

NOT_PLACES = frozenset({
    "ADVISORY", "ANALYSIS", "BACKGROUND", "BREAKING", "CNN", "COMMENT", "CORRECTED", "CORRECTION",
    "EDITORIAL", "EXCLUSIVE", "EXPLAINER", "FACTBOX", "FEATURE", "FIFA", "FILE", "FOR", "GALLERY",
    "GRAPHIC", "HIGHLIGHTS", "IMMEDIATE", "INTERVIEW", "ISIS", "LIVE", "MORE", "NASA", "NATO", "NEWS",
    "NOTE", "OPEC", "OPINION", "PHOTO", "PHOTOS", "PICTURES", "POLL", "PREVIEW", "REPORT", "REVIEW",
    "SPECIAL", "STATEMENT", "SUMMARY", "TIMELINE", "UEFA", "UNESCO", "UNICEF", "UPDATE", "UPDATED",
    "URGENT", "VIDEO", "WATCH", "WRAPUP",
})  # fmt: skip
"""Words in capitals that may stand before a dash at the start of a text although they are not places."""

LOWERCASE_NAME_WORDS = frozenset({
    "and", "au", "aux", "da", "das", "de", "del", "des", "di", "do", "dos", "du", "en", "la", "le", "les",
    "of", "on", "sur", "the", "upon",
})  # fmt: skip
"""Words that stay in lower case inside the name of a place."""

_DATELINE_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_DATELINE_DAY = rf"(?:{_DATELINE_MONTH}\s\d{{1,2}}|\d{{1,2}}\s{_DATELINE_MONTH})(?:,?\s\d{{4}})?"
_DATELINE_DASH = r"(?:\s--?(?=\s|$)|\s?[–—―])"
_AGENCY_IN_BRACKETS = r"[(/](?P<agency>[^()/]{2,40})[)/]"
_PLACE_FIRST = re.compile(
    rf"(?P<place>[^\W\d_][^()\d:;!?\"“”«»_]{{1,{LONGEST_DATELINE_PLACE - 1}}}?)"
    rf"(?:,?\s(?P<day>(?i:{_DATELINE_DAY})))?"
    rf"(?:,?\s?{_AGENCY_IN_BRACKETS}(?P<after>{_DATELINE_DASH}|\s?:|\s)|(?P<dash>{_DATELINE_DASH}))\s?"
)
_AGENCY_ALONE = re.compile(rf"{_AGENCY_IN_BRACKETS}(?P<dash>{_DATELINE_DASH}|\s?:)?\s")
_AGENCY_SLASH_PLACE = re.compile(
    r"(?P<agency>[^\W\d_][\w .'’-]{1,39})/\s?(?P<place>[^\W\d_][\w ,.'’-]{1,59}?)\s?(?P<end>…|\.{3}|$)\s?"
)
_PLACE_WORD = re.compile(r"[^\s/'’-]+")
_OPENING_MARKS = "\"'“‘«(["
_INITIALS = re.compile(r"(?:\w\.)+")


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline at the start of a paragraph.

    ``text`` is the dateline as written; ``located``, ``agency`` and ``date`` are the values found in it, or None.
    ``length`` is the number of characters of the dateline and the separator after it.
    """

    text: str
    located: str | None
    agency: str | None
    date: Date | None
    length: int


def find_dateline(paragraph: str, *, after_title: bool = False) -> Dateline | None:
    """Return the dateline at the start of a paragraph, which is one line, or None if no dateline is certain.

    A dateline is one of these:

    - a place in capitals, followed by a dash or one of :data:`DATELINE_AGENCIES`;
    - a place in mixed case, followed by a day and a dash, or by one of these agencies;
    - one of these agencies alone;
    - ``Agency/Place…``; the ellipsis may be missing if the title precedes it on the same line (``after_title``).

    The text that follows must begin like a sentence.

    >>> found = find_dateline("BAGHDAD, July 25 (Reuters) - Iraq said on Thursday")
    >>> found.text, found.located, found.agency
    ('BAGHDAD, July 25 (Reuters)', 'Baghdad', 'Reuters')
    >>> find_dateline("Information/Baghdad… A statement said").agency
    'Information'
    >>> find_dateline("NATO — the alliance — said"), find_dateline("FILE - In this photo")
    (None, None)
    """
    head = paragraph[: LONGEST_DATELINE + 40] + " "  # the space ends a line that is nothing but a dateline
    return _with_slash(head.rstrip(), after_title) or _with_agency_alone(head) or _with_place(head)


def _with_slash(head: str, after_title: bool) -> Dateline | None:
    match = _AGENCY_SLASH_PLACE.match(head)
    if match is None or not (match["end"] or after_title):
        return None
    if not (_is_place_name(match["agency"]) and _is_place_name(match["place"])):
        return None
    text = head[: match.end("place")]
    return Dateline(text, natural_case(match["place"]), match["agency"].strip(), None, match.end())


def _with_agency_alone(head: str) -> Dateline | None:
    match = _AGENCY_ALONE.match(head)
    if match is None or match["agency"].upper() not in DATELINE_AGENCIES:
        return None
    return Dateline(head[: match.end("agency") + 1], None, match["agency"], None, match.end())


def _with_place(head: str) -> Dateline | None:
    match = _PLACE_FIRST.match(head)
    if match is None:
        return None
    place, day, agency = match["place"].strip(), match["day"], (match["agency"] or "").strip()
    dash = match["dash"] or (match["after"] or "").strip()
    parts = [part.strip() for part in place.split(",")]
    if len(parts) > 3 or not all(map(_is_place_name, parts)):
        return None
    if not _is_confirmed(parts[0], bool(dash), bool(day), agency.upper() in DATELINE_AGENCIES):
        return None
    if match.end() > LONGEST_DATELINE or not _may_begin_story(head[match.end() :]):
        return None
    if not (day or agency) and not _is_confirmed_by_dash(parts[0], head[match.end() :]):
        return None
    end = match.end("agency") + 1 if agency else match.end("day") if day else match.end("place")
    published = parse_published(day) if day else None
    date = published.value if published else None
    return Dateline(head[:end].strip(), natural_case(place), agency or None, date, match.end())


def _is_confirmed(place: str, dash: bool, day: bool, agency: bool) -> bool:
    """Whether the text after ``place`` confirms that ``place`` names a place.

    One of :data:`DATELINE_AGENCIES` (``agency``) confirms it, and so does a dash (``dash``) after a day (``day``) or
    after a name in capitals.
    """
    in_capitals = place.isupper() and NOT_PLACES.isdisjoint(place.split())
    return agency or (dash and (day or in_capitals))


def _may_begin_story(rest: str) -> bool:
    """Whether the text after a dateline may begin a story: its first letter is not in lower case."""
    return not rest.lstrip(_OPENING_MARKS)[:1].islower()


def _is_confirmed_by_dash(place: str, rest: str) -> bool:
    """Whether words in capitals before a lone dash are a place: the text after the dash must not be in capitals.

    "IBM — The company" and "AMEX DELAY - HUDSON FOODS" are not datelines.
    """
    rest = rest.lstrip(_OPENING_MARKS).rstrip()
    return len(place) >= 4 and bool(rest) and not rest[:60].isupper()


def _is_place_name(part: str) -> bool:
    words = part.split()
    return 0 < len(words) <= 4 and all(
        word[0].isupper() or word.lower() in LOWERCASE_NAME_WORDS for word in words
    )


def natural_case(place: str) -> str:
    """Return the name of a place in its usual case, so that all spellings become one value of the field.

    >>> natural_case("PORT-AU-PRINCE"), natural_case("WASHINGTON, D.C."), natural_case("Port Said")
    ('Port-au-Prince', 'Washington, D.C.', 'Port Said')
    """
    parts = place.split(",")
    for number, part in enumerate(parts):
        if part.isupper() and (number == 0 or len(part.strip(" .")) > 2):
            parts[number] = _PLACE_WORD.sub(_natural_case_word, part)
    return ",".join(parts).strip()


def _natural_case_word(match: re.Match[str]) -> str:
    word = match[0]
    if _INITIALS.fullmatch(word):
        return word
    if match.start() > 0 and (word.lower() in LOWERCASE_NAME_WORDS or word == "S"):
        return word.lower()
    return word.capitalize()
