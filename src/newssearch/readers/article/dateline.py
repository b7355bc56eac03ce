"""Find the dateline before the first sentence of a story: the place where it was filed, the agency, the date."""

from __future__ import annotations

import datetime as dt
import re

from newssearch.article import Date
from newssearch.press.agencies import agency_in_dateline, sure_names
from newssearch.system.late_dataclass import dataclass
from newssearch.system.lazy_regex import Pattern
from newssearch.text.calendar_names import calendar_names_in_all, folded, unaccented
from newssearch.text.dates import parse_published

LONGEST_DATELINE = 110
"""The maximum number of characters of a dateline, including the separator after it."""

LONGEST_DATELINE_PLACE = 60
"""The maximum number of characters of the place in a dateline."""

NOT_PLACES = frozenset({
    "ABSTRACT", "ADVISORY", "ALERT", "ANALYSIS", "BACKGROUND", "BREAKING", "CNN", "COMMENT", "CORRECTED", "CORRECTION",
    "EDITORIAL", "EXCLUSIVE", "EXPLAINER", "FACTBOX", "FEATURE", "FIFA", "FILE", "FOR", "GALLERY",
    "GRAPHIC", "HIGHLIGHTS", "IMMEDIATE", "INTERVIEW", "ISIS", "LIVE", "MORE", "NASA", "NATO", "NEWS",
    "NOTE", "OPEC", "OPINION", "PHOTO", "PHOTOS", "PICTURES", "POLL", "PREVIEW", "REPORT", "REVIEW",
    "SPECIAL", "STATEMENT", "SUMMARY", "TIMELINE", "UEFA", "UNESCO", "UNICEF", "UPDATE", "UPDATED",
    "URGENT", "VIDEO", "WATCH", "WRAPUP", "COVID", "BREXIT", "CORONAVIRUS", "QUESTION", "ANSWER", "CAPTION", "SOURCE", "TITLE",
    "NOTA", "FOTO", "FOTOS", "VÍDEO", "VIDÉO", "EILMELDUNG", "KOMMENTAR", "MELDUNG", "ENTREVISTA", "OPINIÓN", "PODCAST", "QUIZ", "SPORT", "SPORTS", "BUSINESS", "POLITICS", "WORLD", "HEALTH", "WEATHER", "TRAFFIC", "CULTURE", "SCIENCE", "OBITUARY", "LETTERS", "CLAIM", "DEAR", "DEVELOPING", "FACT", "CHECK", "VERDICT", "RATING", "TRUE", "FALSE", "MYTH", "STEP", "TIP", "TIPS", "PART", "CHAPTER", "RELATED", "BOTTOM", "BACKSTORY", "EDITORS’", "EDITOR’S", "EDITOR'S", "RECIPE", "TRANSCRIPT", "WARNING",
    "TV", "PM", "UK", "US", "USA", "EU", "UN", "BBC", "DATE", "PLACE", "TIME", "WHERE", "WHEN", "WHO", "WHAT", "WHY", "HOW", "PS", "UPDATES",
})  # fmt: skip
"""Words in capitals that may stand before a dash at the start of a text although they are not places."""

NOT_BEFORE_PLACES = frozenset(
    {"on", "in", "at", "by", "from", "since", "until", "till", "after", "before", "last", "this", "next"}
)
"""Words in lower case that begin a sentence in which a day follows, but no dateline."""

LOWERCASE_NAME_WORDS = frozenset({
    "and", "au", "aux", "da", "das", "de", "del", "des", "di", "do", "dos", "du", "en", "la", "le", "les",
    "of", "on", "sur", "the", "upon",
})  # fmt: skip
"""Words that stay in lower case inside the name of a place."""

_MONTH_WORD = r"[^\W\d_]{2,12}(?:\s(?!\d)[^\W\d_]{2,8})?\.?"
_DATELINE_DAY = (
    r"(?:(?:\d{1,2}(?:\.|º|°|ª|er|st|nd|rd|th)?\s(?:de\s|d['’])?"
    + _MONTH_WORD
    + r"(?:,?\s(?:de\s|del\s)?\d{4}(?:\s?г\.?)?)?"
    r"|" + _MONTH_WORD + r"\s\d{1,2}(?:,?\s\d{4})?"
    r"|\d{4}\.?\s" + _MONTH_WORD + r"\s\d{1,2}\.?(?:,?\s[^\W\d_]{2,12})?"
    r"|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d)))"
)
_DATELINE_DASH = r"(?:\s?[_–—―−-]{1,2}(?=\s|$)|\s?[–—―])"
_SEPARATOR_AFTER = rf"(?:{_DATELINE_DASH}|\.?\s?[–—―-]{{1,2}}\s|\s?:|[.,](?=\s)|\s|(?=[–—―-]{{2}}))"
_AGENCY_IN_BRACKETS = r"(?:[(\[](?P<agency>[^()\[\]]{2,40})[)\]]|(?<=\s)/\s?(?P<agency_2>[^/\n]{2,30}?)\s?/|«(?P<agency_3>[^«»]{2,30})»)"
_PLACE_FIRST = Pattern(
    rf"(?P<place>[^\W\d_][^()\[\]\d:;!?\"“”«»_]{{1,{LONGEST_DATELINE_PLACE - 1}}}?)"
    r"(?:\s\((?P<country>[^\W\d_][^()\d]{1,30})\)(?=,\s\d))?"
    rf"(?:(?:,?\s|\.\s)(?:/\s)?(?:(?:le|el|den|am|il)\s)?(?P<day>(?i:{_DATELINE_DAY}))\.?|,?\s(?P<number>\d{{1,2}})(?=\s[(]))?"
    rf"(?:,?\s?-{{0,2}}{_AGENCY_IN_BRACKETS}(?P<after>{_SEPARATOR_AFTER})"
    rf"|(?:\s|,\s|\s?[–—―-]\s)(?P<bare>{'|'.join(map(re.escape, sure_names()))})(?P<after_bare>\s?[–—―-]{{1,2}}\s|\s?:|\.\s)"
    rf"|(?P<dash>{_DATELINE_DASH})|(?P<colon>:)(?=\s))\s*[–—―-]{{0,2}}\s?"
)
_AGENCY_ALONE = re.compile(
    rf"\(?(?<!\w)[(\[/](?P<agency>[^()\[\]/]{{2,40}})[)\]/](?P<dash>\.?{_DATELINE_DASH}|\s?:)?\s"
)
_PLACE_AFTER = re.compile(
    rf"(?P<place>[^\W\d_][^()\d:;!?\"“”«»_]{{1,40}}?)(?:,?\s(?P<day>(?i:{_DATELINE_DAY}))\.?)?\s?[–—―-]{{1,2}}\s"
)
_DAY_BEHIND = re.compile(rf"(?P<day>{_DATELINE_DAY})\s?[–—―-]{{1,2}}\s?", re.IGNORECASE)
_EASTERN = re.compile(
    r"[（(【［\[]?(?:据|據)?(?P<agency>[^\W\d]{2,6}?(?:社|网|網))?(?P<place>[\u4e00-\u9fff]{2,8}?)(?P<day>(?:\d{1,2}月)?\d{1,2}日)(?:综合)?[电電讯訊]"
    r"(?:\s?[（(][^（()）]{1,40}[)）])?[】）)］\]]?\s?[:：–—-]?\s?"
)
_BRACKETED = re.compile(
    r"[（(【［\[](?P<place>[^\W\d_]{1,12}(?:[·・/、][^\W\d_]{1,12})?)(?:[=＝]|\s)?(?:\s?(?P<day>(?:\d{1,2}月)?\s?\d{1,2}日)\s)?(?P<agency>[^\W\d_（()）【】［\[\]]{2,10})[）)】］\]]"
    r"(?:\s?[^\s=]{2,10}(?:\s[^\s=]{2,6})?\s?=)?\s?[–—―ー-]{0,2}\s?"
)
_AGENCY_SLASH_PLACE = re.compile(
    r"(?P<agency>[^\W\d_][\w .'’-]{1,39})/\s?(?P<place>[^\W\d_][\w ,.'’-]{1,59}?)\s?(?P<end>…|\.{3}|$)\s?"
)
_DAY_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*\.?")
_FOUR_DIGITS = re.compile(r"\d{4}")
_OPENING_BRACKETS = "（(【［["
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

    - a place in capitals, followed by a dash or an agency;
    - a place in mixed case, followed by a day and a dash, or by an agency;
    - a place in capitals followed by a colon;
    - an agency alone, perhaps with the place behind it: ``(ANSA) - ROMA, 1 LUG -``;
    - ``Agency/Place…``; the ellipsis may be missing if the title precedes it on the same line (``after_title``);
    - the forms of Chinese, Japanese and Korean agencies, such as ``新华社北京5月5日电``.

    Months are read in all languages, and agencies are those of :mod:`newssearch.press.agencies`. The text that follows must begin like a
    sentence.

    >>> found = find_dateline("BAGHDAD, July 25 (Reuters) - Iraq said on Thursday")
    >>> found.text, found.located, found.agency
    ('BAGHDAD, July 25 (Reuters)', 'Baghdad', 'Reuters')
    >>> found = find_dateline("Madrid, 5 may (EFE).- El consejo se reunió el martes.")
    >>> found.text, found.located, found.agency
    ('Madrid, 5 may (EFE)', 'Madrid', 'EFE')
    >>> find_dateline("Information/Baghdad… A statement said").agency
    'Information'
    >>> find_dateline("NATO — the alliance — said"), find_dateline("FILE - In this photo")
    (None, None)
    """
    head = paragraph[: LONGEST_DATELINE + 40] + " "  # the space ends a line that is nothing but a dateline
    if head[0] in _OPENING_BRACKETS or (not head[:12].isascii() and any(map(str.isdigit, head[:24]))):
        found = _with_eastern_marks(head) or _with_agency_alone(head)
        if found is not None:
            return found
    return _with_slash(head.rstrip(), after_title) or _with_agency_alone(head) or _with_place(head)


def _with_eastern_marks(head: str) -> Dateline | None:
    match = _EASTERN.match(head)
    if match is not None:
        end = match.end("day") + 1
        agency = agency_in_dateline(match["agency"] or "")
        name = agency[0] if agency else match["agency"]
        return (
            Dateline(head[:end].lstrip(_OPENING_BRACKETS), match["place"], name, None, match.end())
            if head[0] not in _OPENING_BRACKETS
            else Dateline(head[: match.end()].strip(" :：–—-"), match["place"], name, None, match.end())
        )
    match = _BRACKETED.match(head)
    agency = agency_in_dateline(match["agency"]) if match is not None and not head[1:3].isascii() else None
    if match is None or agency is None:
        return None
    end = match.end("agency") + 1
    return Dateline(head[:end], match["place"], agency[0], None, match.end())


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
    agency = agency_in_dateline(match["agency"]) if match is not None else None
    if match is None or agency is None or not (agency[1] or match["dash"]):
        return None
    text = head[: match.end("agency") + 1]
    behind = _PLACE_AFTER.match(head, match.end()) if match["dash"] else None
    if behind is not None and _is_place(behind["place"]) and _may_begin_story(head[behind.end() :]):
        day = _day_named(behind["day"])
        if day is not None or (behind["day"] is None and behind["place"].isupper()):
            end = behind.end("day") if behind["day"] else behind.end("place")
            return Dateline(
                head[:end],
                natural_case(behind["place"]),
                agency[0],
                None if day == WITHOUT_YEAR else day,
                behind.end(),
            )
    return Dateline(text, None, agency[0], None, match.end())


def _with_place(head: str) -> Dateline | None:
    match = _PLACE_FIRST.match(head)
    if match is None:
        return None
    place, day, named = (
        match["place"].strip(" ,/–—-"),
        match["day"],
        next(filter(None, match.group("agency", "agency_2", "agency_3", "bare")), "").strip(),
    )
    date = _day_named(day)
    if day is not None and date is None:
        return None
    agency = agency_in_dateline(named) if named else None
    if match["bare"] and (agency is None or not (agency[1] or day)):
        return None
    after = (match["after"] or "").strip() or match["after_bare"] or ""
    dash = bool(
        match["dash"] or (after.strip() not in ("", ",")) or head[match.end() - 2 : match.end()] == "--"
    )
    parts = [part.strip() for part in place.split(",")]
    if not _is_place(place):
        return None
    in_slashes = match["agency_2"] is not None
    sure = agency is not None and (
        agency[1] or in_slashes or (parts[0].isupper() and (dash or bool(day) or named not in STATES))
    )
    if match["number"] and (not sure or folded(place) in calendar_names_in_all().months):
        return None
    if match["colon"] and not (day or _is_confirmed_by_colon(place, head[match.end() :])):
        return None
    end_of_place = match.end("country") + 1 if match["country"] else match.end("place")
    comma = head[end_of_place : end_of_place + 1]
    if day and not named and comma not in (",", ".") and not parts[0].isupper():
        return None
    if not _is_confirmed(parts[0], dash or bool(match["colon"]), bool(day), sure):
        return None
    if match.end() > LONGEST_DATELINE or not _may_begin_story(head[match.end() :]):
        return None
    if not (day or named) and not match["colon"] and not _is_confirmed_by_dash(parts[0], head[match.end() :]):
        return None
    if match["bare"]:
        end = match.end("bare")
    elif named:
        end = max(match.end(name) for name in ("agency", "agency_2", "agency_3")) + 1
        end += in_slashes and head[end - 1 : end] == " "
    else:
        end = match.end("day") if day else match.end("place")
    length = match.end()
    if (
        named
        and not day
        and (behind := _DAY_BEHIND.match(head, length)) is not None
        and (later := _day_named(behind["day"]))
    ):
        date, length = later, behind.end()
    website = (
        parts[-1]
        if len(parts) > 1 and "." in parts[-1].strip(".") and parts[-1][-1].islower() and " " not in parts[-1]
        else None
    )
    located = natural_case(place if website is None else ",".join(place.split(",")[:-1]))
    name = agency[0] if agency else named or website
    return Dateline(head[:end].strip(), located, name or None, None if date == WITHOUT_YEAR else date, length)


STATES = frozenset({"PA", "AA", "CP", "MAP", "TAP"})
"""Abbreviations in brackets that are agencies behind a place only if a dash or a day confirms them."""

WITHOUT_YEAR = dt.date.min
"""Stands for a day without a year."""


def _day_named(text: str | None) -> Date | None:
    """Return the day that a dateline states, :data:`WITHOUT_YEAR` for one without a year, or None if a text is no day."""
    if text is None:
        return None
    text = text.strip(" .,")
    published = parse_published(text)
    if published is not None and isinstance(published.value, dt.date):
        return published.value
    words = [folded(word) for word in _DAY_WORD.findall(text)]
    months = calendar_names_in_all().months
    named = any(word in months or unaccented(word) in months for word in [*words, " ".join(words[-2:])])
    return WITHOUT_YEAR if named and not _FOUR_DIGITS.search(text) else None


def _is_place(place: str) -> bool:
    parts = [part.strip() for part in place.split(",")]
    first = place.partition(" ")[0]
    if first.lower() in NOT_BEFORE_PLACES:
        return False
    if any(word in NOT_PLACES for word in place.upper().replace(",", " ").split()) and not place.isupper():
        return False
    return len(parts) <= 3 and all(map(_is_place_name, parts))


def _is_confirmed_by_colon(place: str, rest: str) -> bool:
    """Whether words in capitals before a colon are a place, in front of a sentence that is not in capitals."""
    words = place.replace(",", " ").split()
    if not place.isupper() or len(words) > 3 or len(place) < 5 or not NOT_PLACES.isdisjoint(words):
        return False
    story = rest.lstrip(_OPENING_MARKS).rstrip()
    return len(story) >= 60 and not story[:60].isupper() and all(word.isalpha() for word in words)


def _is_confirmed(place: str, dash: bool, day: bool, agency: bool) -> bool:
    """Whether the text after ``place`` confirms that ``place`` names a place.

    An agency (``agency``) confirms it, and so does a dash (``dash``) after a day (``day``) or
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
        not word[0].islower() or word.lower() in LOWERCASE_NAME_WORDS for word in words
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
