"""Draw the names of months, weekdays and halves of the day from Unicode CLDR into ``src/newssearch/text/calendar_names.json``.

    python scripts/draw_calendar_names.py

CLDR is read by babel (a dependency of the extra ``html``). The languages are those that newssearch detects. The file is
part of newssearch, so that reading a date needs no other package. A test compares it with what this script draws.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent.parent / "src" / "newssearch" / "text" / "calendar_names.json"

LANGUAGES = (
    "en", "de", "fr", "es", "pt", "it", "nl", "sv", "no", "da", "fi", "pl", "ru", "uk", "cs", "tr", "el", "ar", "fa", "he",
    "hi", "th", "vi", "id", "ms", "ro", "hu", "sk", "ca", "bg", "sr", "hr", "sl", "bs", "mk", "sq", "et", "lv", "lt", "is",
    "ga", "cy", "eu", "gl", "be", "ka", "hy", "az", "kk", "uz", "ky", "tg", "tk", "mn", "ur", "bn", "ta", "te", "mr", "gu",
    "kn", "ml", "pa", "or", "as", "ne", "si", "my", "km", "lo", "sw", "af", "zu", "xh", "am", "so", "ha", "yo", "ig", "tl",
    "jv", "eo", "mt", "lb", "fo", "fy", "nn", "oc", "br", "gd", "ku", "ps", "ug", "mg", "rw", "se", "sn", "qu", "tt", "om",
    "ja", "ko", "zh",
)  # fmt: skip
"""The languages, those with more news first: an abbreviation that stands for two months is that of the first of them."""

_OTHERWISE_NAMED = {"tl": "fil"}
"""The names that CLDR has for languages, where it has another than the code in two letters."""

_LETTER = re.compile(r"[^\W\d_]")
_NUMBERED = re.compile(r"m?\d")


def folded(name: str) -> str:
    """Return a name as :mod:`newssearch.text.calendar_names` looks it up: in lower case, without points and marks of direction."""
    name = unicodedata.normalize("NFKC", name).lower()
    return " ".join(re.sub("[.\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", name).split())


def drawn() -> dict[str, Any]:
    """Return the content of the file."""
    from babel import Locale, localedata

    places = sorted(localedata.locale_identifiers())
    day_first = {place.replace("_", "-"): _has_day_first(Locale.parse(place)) for place in places}
    of_languages = {lang for lang in LANGUAGES if day_first[_OTHERWISE_NAMED.get(lang, lang)]}
    return {
        "source": "Unicode CLDR (Unicode License v3), by scripts/draw_calendar_names.py",
        "day_first": sorted(of_languages),
        "otherwise": [
            place
            for place, first in day_first.items()
            if re.fullmatch("[a-z]{2}-[A-Z]{2}", place) and place[:2] in LANGUAGES
            if first != (place[:2] in of_languages)
        ],
        "languages": {
            lang: _names(
                [
                    Locale.parse(place)
                    for place in places
                    if place.split("_")[0] == _OTHERWISE_NAMED.get(lang, lang)
                ]
            )
            for lang in LANGUAGES
        },
    }


def _names(locales: Sequence[Any]) -> dict[str, Any]:
    """Return the names in a language, as all of its regions and scripts write them."""
    months: list[dict[str, None]] = [{} for _ in range(12)]
    days: list[dict[str, None]] = [{} for _ in range(7)]
    halves: dict[str, dict[str, None]] = {"am": {}, "pm": {}}
    for locale in locales:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context].get(width, {}).items():
                    if _LETTER.search(name) and len(folded(name)) > 1 and not _NUMBERED.match(folded(name)):
                        months[number - 1][folded(name)] = None
            for width in ("wide", "abbreviated", "short"):
                for number, name in locale.days[context].get(width, {}).items():
                    days[number][folded(name)] = None
            for width in ("wide", "abbreviated"):
                named = locale.day_periods.get(context, {}).get(width, {})
                for half in halves.keys() & named.keys():
                    halves[half][folded(named[half])] = None
    return {
        "months": [list(names) for names in months],
        "days": [list(names) for names in days],
        **{half: list(names) for half, names in halves.items()},
    }


def _has_day_first(locale: Any) -> bool:
    """Whether the numbers of a date have the day first; where the year comes first, whether a day and a month have it."""
    pattern = locale.date_formats["short"].pattern.lstrip("\u200f")
    if pattern.startswith("y"):
        language = type(locale)(locale.language)
        if pattern != language.date_formats["short"].pattern:  # Canada writes all orders
            return False
        pattern = language.datetime_skeletons["Md"].pattern
    return next((char for char in pattern if char in "dM"), "") == "d"


def main() -> None:
    """Write the file."""
    content = drawn()
    languages = content.pop("languages")
    lines = ",\n".join(
        f"{json.dumps(lang)}: {json.dumps(names, ensure_ascii=False)}" for lang, names in languages.items()
    )
    head = json.dumps(content, ensure_ascii=False)[:-1]
    FILE.write_text(f'{head}, "languages": {{\n{lines}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
