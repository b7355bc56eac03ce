"""Years and days of calendars other than the Gregorian one."""

from __future__ import annotations

import datetime as dt
import re

from newssearch.system.lazy_regex import Pattern

HIJRI_YEARS = range(1300, 1500)
"""The years of the Persian and the Islamic calendar in which newspapers appear: none was dated so in the Gregorian one."""

BUDDHIST_YEARS = range(2400, 2700)
"""The years of the Buddhist calendar, 543 ahead of the Gregorian one, in which newspapers appear."""


_YEARS_BEFORE_ERAS = {
    "明治": 1867,
    "大正": 1911,
    "昭和": 1925,
    "平成": 1988,
    "令和": 2018,
    "民國": 1911,
    "民国": 1911,
}
"""The year before the first one of each era of Japan, and of the Republic of China."""

ERA_YEAR = Pattern(
    rf"(?:\d{{4}}\s?年?\s?[(（])?(?:中[華华])?(?P<era>{'|'.join(_YEARS_BEFORE_ERAS)})\s?(?P<year>\d{{1,3}}|元)\s?"
    r"(?:年[)）]?年?|[)）]年|(?=[(（]\d{4}))(?:[(（]\d{4}年?[)）]年?)?"
)
"""A pattern for a year of an era, with the common year that may stand beside it: ``2024年（令和6年）``, ``令和6年（2024年）``."""


def year_of_era(found: re.Match[str]) -> int:
    """Return the year of the common era, given a match of :data:`ERA_YEAR`."""
    return _YEARS_BEFORE_ERAS[found["era"]] + (1 if found["year"] == "元" else int(found["year"]))


_LEAP_YEARS = frozenset({1, 5, 9, 13, 17, 22, 26, 30})


def of_solar_hijri(year: int, month: int, day: int) -> dt.date | None:
    """Return a day of the Solar Hijri calendar of Iran, or None if there is no such day.

    Its leap years in :data:`HIJRI_YEARS` are those of the cycle of 33 years.

    >>> of_solar_hijri(1399, 8, 13), of_solar_hijri(1403, 12, 30), of_solar_hijri(1402, 12, 30)
    (datetime.date(2020, 11, 3), datetime.date(2025, 3, 20), None)
    """
    leap = year % 33 in _LEAP_YEARS
    if year not in HIJRI_YEARS or not 1 <= month <= 12:
        return None
    if not 1 <= day <= (31 if month <= 6 else 30 if month < 12 or leap else 29):
        return None
    days = (year - 1300) * 365 + sum(before % 33 in _LEAP_YEARS for before in range(1300, year))
    return dt.date(1921, 3, 21) + dt.timedelta(days + 30 * (month - 1) + min(month - 1, 6) + day - 1)


def of_iso_week(year: int, week: int, day: int) -> dt.date | None:
    """Return the day that ISO 8601 names by its week, or None if the year has no such week.

    >>> of_iso_week(2024, 18, 7), of_iso_week(2024, 53, 1)
    (datetime.date(2024, 5, 5), None)
    """
    try:
        return dt.date.fromisocalendar(year, week, day)
    except ValueError:
        return None
