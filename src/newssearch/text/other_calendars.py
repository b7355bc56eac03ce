"""Years and days of calendars other than the Gregorian one."""

from __future__ import annotations

import datetime as dt

HIJRI_YEARS = range(1300, 1500)
"""The years of the Persian and the Islamic calendar in which newspapers appear: none was dated so in the Gregorian one."""

BUDDHIST_YEARS = range(2400, 2700)
"""The years of the Buddhist calendar, 543 ahead of the Gregorian one, in which newspapers appear."""


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
