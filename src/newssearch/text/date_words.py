"""Dates in any language, written in English and in ASCII digits, so that one parser reads them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from newssearch.system.lazy_regex import Pattern

from .calendar_names import (
    FILLER_WORDS,
    SOLAR_HIJRI_MONTHS,
    CalendarNames,
    base_of,
    calendar_names_in,
    calendar_names_in_all,
    folded,
    unaccented,
)
from .other_calendars import ERA_YEAR, year_of_era

_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name: number for number, name in enumerate(SOLAR_HIJRI_MONTHS, start=1)}

_ZONES = {"мск": "MSK"}

LONGEST_CALENDAR_NAME = 3
"""The maximum number of words of a name, such as ``كانون الثاني``; a number counts as a word (``tháng 11``)."""

_LETTER_OF_NAME = r"[^\s\d!-@\[-`{-~–—―·•|،؛，、。；・｜「」（）【】″]"
_WORD_OR_NUMBER = Pattern(rf"\d+|{_LETTER_OF_NAME}+(?:[-'’.]{_LETTER_OF_NAME}+)*\.?|\s+|.", re.DOTALL)
_EASTERN_DATE = Pattern(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]?(?!\d)")
_EASTERN_MONTH = Pattern(r"(\d{4})\s?[年년](?:\s?(\d{1,2})\s?[月월])?")
_EASTERN_TIME = Pattern(r"(\d{1,2})\s?[時时点點시]\s?(?:(\d{1,2})\s?[分분])?(?:\s?(\d{1,2})\s?[秒초])?")
_HOUR_WITH_LETTER = Pattern(
    r"(?<![\d:.])([01]?\d|2[0-3])\s?[hH](?:\s?([0-5]\d)(?:\s?(?:min|mn|m)\b)?)?(?![^\W_])"
)
_LONE_HOUR = Pattern(
    r"(?<![\d:.])([01]?\d|2[0-3])\s(?:Uhr|uur|ore|heures?|horas)\b(?!\s?\d)|(?<=\bkl\s)([01]?\d|2[0-3])(?![\d:.])"
    r"|(?<=\b(?:kl\.|klo)\s)([01]?\d|2[0-3])(?![\d:.])",
    re.IGNORECASE,
)
_ORDINAL = Pattern(
    r"(?<=\d)(?:er|ère|re|ª|º|°|st|nd|rd|th|-?(?:го|е|ое|й|án|én|jén|i|ei|an|ain))(?![^\W_])", re.IGNORECASE
)
_CLOCK_IN_WORDS = Pattern(
    r"(?<![\d:.])([01]?\d|2[0-3])\s(?:Uhr|uur|ore|heures?|horas|godz\.?)\s(?:(?:y|et|e|und|en)\s)?([0-5]\d)"
    r"(?:\s(?:min|mn|Minuten|minutes|minutos|minuti)\b)?(?![\d:.]|\s[^\W\d_])",
    re.IGNORECASE,
)


class _DateWords:
    """The words of a date: their text, and what each of them may name."""

    def __init__(self, text: str, names: Sequence[CalendarNames]) -> None:
        self.parts: list[str] = []
        self.months: list[tuple[int, str, bool]] = []
        """The place of each month among the parts, its English name, and whether it may be a weekday too."""
        self._also_days: dict[int, set[int]] = {}
        self._names = names
        tokens = [match[0] for match in _WORD_OR_NUMBER.finditer(text)]
        place = 0
        while place < len(tokens):
            place += self._read(tokens, place)

    def _read(self, tokens: list[str], place: int) -> int:
        """Read the name that begins at a place among the tokens; return the number of its tokens."""
        token = tokens[place]
        if token.isascii() and not token.isalpha() and not token[0].isalpha():
            self.parts.append(token)
            return 1
        for count in range(2 * LONGEST_CALENDAR_NAME - 1, 0, -2):
            words = tokens[place : place + count]
            if len(words) < count or not all(word.isspace() for word in words[1::2]):
                continue
            if self._enter("".join(words), tokens, place, place + count):
                return count
        self.parts.append(token)
        return 1

    def _enter(self, text: str, tokens: list[str], start: int, end: int) -> bool:
        name = folded(text)
        forms = [name, unaccented(name)]
        if end == start + 1:  # "d'octubre", "3 Kasım'da", "בנובמבר"
            forms += [re.sub(r"^.{1,2}['’]|^ב", "", name), re.sub(r"['’].{1,4}$", "", name)]
        return any(self._enter_form(form, tokens, start, end) for form in forms)

    def _enter_form(self, name: str, tokens: list[str], start: int, end: int) -> bool:
        """Enter the part for a name; the names in its own language come before those in all."""
        if (month := _MONTH_NUMBERS.get(name)) is not None:
            self._enter_month(f"Solar{month}", set())
            return True
        for names in self._names:
            days = names.days.get(name, set())
            if name in names.halves and self._is_beside_time(tokens, start, end):
                self.parts.append(f" {names.halves[name]} ")
                return True
            if (number := names.months.get(name)) is not None:
                self._enter_month(_ENGLISH[number - 1], days)
                return True
            if days and name not in FILLER_WORDS:
                self.parts.append(f" {text_of_weekdays(days)} ")
                return True
        if tokens[start].endswith(".") and end == start + 1 and (number := self._abbreviated(name)):
            self._enter_month(_ENGLISH[number - 1], set())
            return True
        if name in FILLER_WORDS or name in _ZONES:
            self.parts.append(f" {_ZONES.get(name, '')} ")
            return True
        return False

    def _abbreviated(self, name: str) -> int | None:
        """Return the month whose names, and no others, begin with an abbreviation of three letters or more; else None."""
        if len(name) < 3 or name in FILLER_WORDS:
            return None
        for names in self._names:
            found = {number for month, number in names.months.items() if month.startswith(name)}
            if found:
                return found.pop() if len(found) == 1 else None
        return None

    def _enter_month(self, name: str, days: set[int]) -> None:
        self.months.append((len(self.parts), name, bool(days)))
        self._also_days[len(self.parts)] = days
        self.parts.append(f" {name} ")

    def days_at(self, place: int) -> set[int]:
        """Return the weekdays that the month at a place among the parts may be instead."""
        return self._also_days.get(place, set())

    @staticmethod
    def _is_beside_time(tokens: list[str], start: int, end: int) -> bool:
        """Whether the tokens in front of a word, or behind it, are a time: ``10.30 am``, ``오후 8:06``."""
        before = "".join(tokens[max(0, start - 4) : start])
        after = "".join(tokens[end : end + 4])
        return re.search(r"\d\s?$", before) is not None or re.match(r"\s?\d{1,2}[:.]\d\d", after) is not None


def text_of_weekdays(numbers: set[int]) -> str:
    """Return one token for a weekday, or for several that a word may stand for: ``Weekday1`` is Tuesday.

    >>> text_of_weekdays({1}), text_of_weekdays({0, 5})
    ('Weekday1', 'Weekday05')
    """
    return "Weekday" + "".join(map(str, sorted(numbers)))


@lru_cache(1_000)
def in_english(text: str, lang: str | None = None) -> str | None:
    """Return a date in another language as a date in English or in numbers, or None if no part of it changes.

    ``lang`` is the tag of its language, if known: ``listopada`` is November in Polish and October in Croatian. Months
    of the Persian calendar become ``Solar1`` to ``Solar12``, weekdays ``Weekday0`` (Monday) to
    ``Weekday6``. Other text is translated too; it is then not a date either.

    >>> in_english("Seg, 24 Set 2018 10:00:00 -0300"), in_english("Mittwoch, 24. Oktober 2018, 10:00 Uhr")
    ('Weekday0, 24 Sep 2018 10:00:00 -0300', 'Weekday2, 24. Oct 2018, 10:00')
    >>> in_english("24 de septiembre de 2018"), in_english("2018年9月24日 10:30"), in_english("٢٤ سبتمبر ٢٠١٨")
    ('24 Sep 2018', '2018-9-24 10:30', '24 Sep 2018')
    >>> in_english("24 Sep 2018") is None, in_english("Mo., 24.09.2018, 10:00 Uhr"), in_english("24 listopada 2018", "hr")
    (True, 'Weekday0, 24.09.2018, 10:00', '24 Oct 2018')
    """
    plain = in_plain_numbers(text)
    plain = _EASTERN_DATE.sub(lambda date: f" {'-'.join(date.groups())} ", plain)
    if (east := _EASTERN_MONTH.fullmatch(plain.strip())) is not None:
        return "-".join(part.zfill(2) for part in east.groups() if part)
    plain = _EASTERN_TIME.sub(_clock, plain)
    plain = _CLOCK_IN_WORDS.sub(_clock, plain)
    plain = _LONE_HOUR.sub(
        lambda hour: f" {next(filter(None, hour.groups()))}:00", _HOUR_WITH_LETTER.sub(_clock, plain)
    )
    plain = _ORDINAL.sub("", plain)
    own = calendar_names_in(base_of(lang)) if lang else None
    words = _DateWords(
        plain, [own, calendar_names_in_all()] if own is not None else [calendar_names_in_all()]
    )
    months = words.months
    if len({name for _, name, _ in months}) > 1 or re.search(r"\d[-/.]\s?\d\d?[-/.]\s?\d", plain):
        # A word that may name a weekday too does so beside another month: "mar. 24 mai 2022".
        kept = [month for month in months if not month[2]] or months[1:]
        if len({name for _, name, _ in kept}) > 1:
            return None
        for place, _, _ in months:
            if place not in [kept_place for kept_place, _, _ in kept]:
                words.parts[place] = f" {text_of_weekdays(words.days_at(place))} "
        months = kept
    for place, _, _ in months[1:]:  # "نوفمبر/تشرين الثاني"
        words.parts[place] = " "
    translated = _tidied("".join(words.parts))
    return translated if translated.lower() != " ".join(text.lower().split()) else None


def in_ascii_digits(text: str) -> str:
    """Return a text with digits of all scripts as ASCII digits, and without marks of direction."""
    if text.isascii():
        return text
    text = re.sub(
        "[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", "", unicodedata.normalize("NFKC", text)
    )
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def in_plain_numbers(text: str) -> str:
    """Return a text with digits as :func:`in_ascii_digits` does, and with years of eras as years of the common era.

    >>> in_plain_numbers("令和６年5月6日"), in_plain_numbers("民國113年5月6日"), in_plain_numbers("平成元年")
    ('2024年5月6日', '2024年5月6日', '1989年')
    """
    plain = in_ascii_digits(text)
    return plain if plain.isascii() else ERA_YEAR.sub(lambda era: f"{year_of_era(era)}年", plain)


def _clock(match: re.Match[str]) -> str:
    return (
        " "
        + ":".join((part or "00").zfill(2) for part in match.groups()[:2])
        + (f":{match[3].zfill(2)}" if match.re.groups > 2 and match[3] else "")
    )


def _tidied(text: str) -> str:
    text = re.sub(r"[،，、。؛・·•|｜]", ",", text)
    text = re.sub(r"\(\s*\)|\[\s*\]", " ", text)
    text = re.sub(r"\s+(?=[,;)])|(?<=[(])\s+", "", text)
    text = re.sub(r"(?<=\s)[.,;/-]+(?=\s|$)|^[\s.,;/-]+", " ", text)
    text = re.sub(r"[,;]{2,}", ",", text)
    text = re.sub(r"(?<=\d[-/])\s+(?=[A-Z])|(?<=[a-z])\s+(?=[-/.]\d)", "", text)
    return " ".join(text.split()).strip(" ,;-–—")
