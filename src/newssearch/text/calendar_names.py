"""The names of months, weekdays and halves of the day in all languages that newssearch detects, from Unicode CLDR.

``calendar_names.json`` has the names; ``scripts/draw_calendar_names.py`` draws it from babel, which is not needed to read dates.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from newssearch.system.lazy_regex import Pattern

SOLAR_HIJRI_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
"""The months of the Persian calendar; CLDR has them, but no library reads them from there."""

_MORE_MONTHS = {"mrz": 3, "aoû": 8}
_MORE_DAYS = {"sonnabend": 5}
FILLER_WORDS = frozenset(
    # in many languages: of, on, at, the hour, the year
    "at on of the de del do da den der die das dem vom zum el il la le les las al à às a as das em en an ag i u o r y g d n m"
    " um am h uhr uur klo kello kl ore ora orele hrs pukul jam pada ai di dia día dnia dne ve v w om val kell plkst gada ob ab"
    " år yıl yılı saat günü tarihinde godz godzina roku rok rokov ročníku hod sati godine ngày năm lúc vào"
    " г год года в о р року годині година στις τις ώρα και ساعت سال عام سنة في بتاريخ الساعة الموافق שעה בשעה ב ה של"
    " พศ ที่ วันที่ วัน เวลา ปี น को बजे".split()
)  # fmt: skip
"""Words in lower case that carry no information in a date, such as ``de`` and ``Uhr``."""

_FOLDED_SCRIPTS = re.compile(r"[a-zÀ-ɏͰ-ϿЀ-ӿ\u0600-ۿ]+[\s\S]*")
_SINGLE_LETTERS = {ord("ı"): "i", ord("ł"): "l", ord("đ"): "d"}
_UNSEEN = Pattern("[.\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def folded(name: str) -> str:
    """Return a name in lower case, without points and marks of direction."""
    return " ".join(_UNSEEN.sub("", name.lower()).split())


def unaccented(name: str) -> str:
    """Return a name without accents, if its script is one whose accents are often left out.

    >>> unaccented("décembre"), unaccented("أكتوبر") == unaccented("اكتوبر"), unaccented("พฤศจิกายน")
    ('decembre', True, 'พฤศจิกายน')
    """
    if _FOLDED_SCRIPTS.match(name) is None:
        return name
    apart = unicodedata.normalize("NFD", name.translate(_SINGLE_LETTERS))
    return "".join(char for char in apart if unicodedata.category(char) != "Mn")


LANGUAGES_OF_FEW_NEWS = frozenset(
    "zu xh so ha yo ig jv eo mt lb fo fy nn oc br gd ku ug mg rw se sn qu tt om".split()
)
"""Languages whose short names count only where the language of a text is known: ``here`` is October in Breton."""

LONGEST_SHORT_NAME = 4
"""The largest number of letters of a short name; one with a letter that ASCII lacks counts in all languages."""

_FILE = Path(__file__).with_name("calendar_names.json")


@cache
def _drawn() -> dict[str, Any]:
    drawn: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return drawn


class CalendarNames:
    """The names in a language, or in all: of months (1 to 12), of weekdays (0 for Monday), of the halves of the day.

    A name in all languages that stands for different months is that of the first language in the file.
    """

    def __init__(self, languages: Mapping[str, Mapping[str, Any]], *, of_all: bool) -> None:
        self.months: dict[str, int] = dict(_MORE_MONTHS) if of_all else {}
        self.days: dict[str, set[int]] = {name: {day} for name, day in _MORE_DAYS.items()} if of_all else {}
        self.halves: dict[str, str] = {"am": "am", "pm": "pm", "a m": "am", "p m": "pm"}
        few = [names for lang, names in languages.items() if of_all and lang in LANGUAGES_OF_FEW_NEWS]
        for names in languages.values():
            if names not in few:
                self._enter(names)
            for half in ("am", "pm"):
                for name in names[half]:
                    if not (of_all and name.isascii()):  # "de" is before noon in Hungarian only
                        self.halves.setdefault(name, half)
        for name, number in list(self.months.items()):
            self.months.setdefault(unaccented(name), number)
        for name, days in list(self.days.items()):
            self.days.setdefault(unaccented(name), days)
        for names in few:  # as they are written: "monde" is not the Igbo word for Monday
            self._enter(names, _is_long_name)

    def _enter(self, names: Mapping[str, Any], counts: Callable[[str], bool] | None = None) -> None:
        """Enter the names of a language, or those of them that count."""
        for number, of_month in enumerate(names["months"], start=1):
            for name in filter(counts, of_month):
                self.months.setdefault(name, number)
        for number, of_day in enumerate(names["days"]):
            for name in filter(counts, of_day):
                self.days.setdefault(name, set()).add(number)


def _is_long_name(name: str) -> bool:
    return len(name) > LONGEST_SHORT_NAME or not name.isascii()


@cache
def calendar_names_in(lang: str) -> CalendarNames | None:
    """Return the names in a language, given by its two-letter code; None if the file lacks that language."""
    own = _drawn()["languages"].get(lang)
    return CalendarNames({lang: own}, of_all=False) if own is not None else None


@cache
def calendar_names_in_all() -> CalendarNames:
    """Return the names in all languages."""
    return CalendarNames(_drawn()["languages"], of_all=True)


def base_of(lang: str) -> str:
    """Return the code of the language in a language tag: ``de`` for ``de-AT``."""
    return lang.partition("-")[0].lower()


_DAY_FIRST_IN_NEWS = frozenset({"en-ZA"})
"""The languages of regions that CLDR lets begin with the year, while newspapers begin with the day."""


@cache
def has_day_first(lang: str) -> bool:
    """Whether dates in numbers have the day before the month in a language, given by its tag.

    >>> [has_day_first(lang) for lang in ("de", "de-AT", "en", "en-US", "en-GB", "en-ZA", "ja", "xx")]
    [True, True, False, False, True, True, False, False]
    """
    parts = lang.split("-")
    region = next((part.upper() for part in parts[1:] if len(part) == 2), "")
    code = {"nb": "no", "nn": "no"}.get(parts[0].lower(), parts[0].lower())
    first = code in _drawn()["day_first"]
    return f"{code}-{region}" in _DAY_FIRST_IN_NEWS or first != (f"{code}-{region}" in _drawn()["otherwise"])
