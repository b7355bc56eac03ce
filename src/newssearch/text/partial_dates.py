"""The type of a date that is only a month or a year."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

from newssearch import arguments
from newssearch.system.late_dataclass import dataclass
from newssearch.system.lazy_regex import Pattern


@dataclass(frozen=True, slots=True, repr=False)
class PartialDate:
    """A date that is only a month, or only a year if ``month`` is None.

    It takes the place of a :class:`datetime.date` where an input states no day. It compares with dates by its first
    day, and comes before that day itself; a year comes before its January.

    >>> PartialDate(2024, 8), str(PartialDate(2024)), PartialDate(2024, 8).last_day
    (PartialDate(2024, 8), '2024', datetime.date(2024, 8, 31))
    >>> sorted([dt.date(2024, 8, 1), PartialDate(2024, 8), PartialDate(2024)])
    [PartialDate(2024), PartialDate(2024, 8), datetime.date(2024, 8, 1)]

    Raises ValueError for a year that is not from 1 to 9999, or a month that is not from 1 to 12.
    """

    year: int
    month: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "year", arguments.whole_number("year", self.year))
        if self.month is not None:
            object.__setattr__(self, "month", arguments.whole_number("month", self.month))
        dt.date(self.year, self.month or (1 if self.month is None else 0), 1)

    @classmethod
    def fromisoformat(cls, text: str) -> PartialDate:
        """Return the month or the year in the form of ISO 8601: ``2024-08`` or ``2024``. Raises ValueError for other text."""
        match = _ISO.fullmatch(text)
        if match is None:
            raise ValueError(f"not a month or a year: {text!r}; write 2024-08 or 2024")
        return cls(int(match["year"]), int(match["month"]) if match["month"] else None)

    def isoformat(self) -> str:
        """Return the date in the form of ISO 8601: ``2024-08`` or ``2024``."""
        return f"{self.year:04d}" if self.month is None else f"{self.year:04d}-{self.month:02d}"

    @property
    def precision(self) -> Literal["month", "year"]:
        """``"month"`` or ``"year"``."""
        return "year" if self.month is None else "month"

    @property
    def first_day(self) -> dt.date:
        """The first day of the month or the year."""
        return dt.date(self.year, self.month or 1, 1)

    @property
    def last_day(self) -> dt.date:
        """The last day of the month or the year."""
        month = self.month or 12
        return dt.date(self.year, month, 31) if month == 12 else dt.date(self.year, month + 1, 1) - _ONE_DAY

    def __str__(self) -> str:
        return self.isoformat()

    def __repr__(self) -> str:
        return f"PartialDate({self.year}{'' if self.month is None else f', {self.month}'})"

    def __lt__(self, other: dt.date | PartialDate) -> bool:
        return _sort_key(self) < _sort_key(other) if isinstance(other, _COMPARABLE) else NotImplemented

    def __le__(self, other: dt.date | PartialDate) -> bool:
        return _sort_key(self) <= _sort_key(other) if isinstance(other, _COMPARABLE) else NotImplemented

    def __gt__(self, other: dt.date | PartialDate) -> bool:
        return _sort_key(self) > _sort_key(other) if isinstance(other, _COMPARABLE) else NotImplemented

    def __ge__(self, other: dt.date | PartialDate) -> bool:
        return _sort_key(self) >= _sort_key(other) if isinstance(other, _COMPARABLE) else NotImplemented


_COMPARABLE = (dt.date, PartialDate)


def _sort_key(date: dt.date | PartialDate) -> tuple[int, int, int]:
    if isinstance(date, PartialDate):
        return date.year, date.month or 0, 0
    return date.year, date.month, date.day


def from_iso(text: str) -> dt.date | PartialDate:
    """Return the date, date and time, month or year in the form of ISO 8601. Raises ValueError for other text.

    >>> from_iso("2024-08"), from_iso("2024-08-05"), from_iso("2024-08-05T14:30:00")
    (PartialDate(2024, 8), datetime.date(2024, 8, 5), datetime.datetime(2024, 8, 5, 14, 30))
    """
    if len(text) < len("2024-08-05"):
        return PartialDate.fromisoformat(text)
    return dt.date.fromisoformat(text) if len(text) == len("2024-08-05") else dt.datetime.fromisoformat(text)


_ONE_DAY = dt.timedelta(days=1)
_ISO = Pattern(r"(?P<year>\d{4})(?:-(?P<month>\d\d))?", re.ASCII)
