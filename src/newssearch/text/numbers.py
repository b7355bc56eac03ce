"""Numbers and ranges of numbers, read from text and compared exactly."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from newssearch.system.lazy_regex import Pattern

Number = int | float
"""The type of a number: exact if it is whole, else of double precision."""

MAX_DIGITS = 100
"""A number has at most this number of digits."""

_NUMBER = Pattern(r"[-+−]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_COMPARED = Pattern(r"([<>]=?)(.*)", re.DOTALL)


class NumberRange(NamedTuple):
    """A range of numbers: its bounds (None for none), and whether each bound belongs to it."""

    low: Number | None = None
    high: Number | None = None
    with_low: bool = True
    with_high: bool = True

    def __contains__(self, number: object) -> bool:
        """Whether a number lies in the range."""
        assert isinstance(number, int | float), "only numbers are compared"
        above = self.low is None or number > self.low or (self.with_low and number == self.low)
        return above and (self.high is None or number < self.high or (self.with_high and number == self.high))


def parse_number(text: str) -> Number | None:
    """Return the number that a text states, with a decimal point and no other separators; None if it states none.

    >>> parse_number("-12"), parse_number("2.50"), parse_number("1e3"), parse_number("1,234"), parse_number("nan")
    (-12, 2.5, 1000.0, None, None)
    """
    text = text.strip()
    if len(text) > 2 * MAX_DIGITS or _NUMBER.fullmatch(text) is None:
        return None
    plain = text.replace("−", "-")
    if plain.lstrip("+-").isdecimal():
        return clean_number(int(plain))
    return clean_number(float(plain))


def clean_number(number: Number) -> Number | None:
    """Return a number as it is kept, with one zero; None for one that is not finite or has too many digits.

    >>> clean_number(-0.0), clean_number(float("inf")), clean_number(10**100)
    (0.0, None, None)
    """
    if isinstance(number, int):
        return number if abs(number) < 10**MAX_DIGITS else None
    return number + 0.0 if math.isfinite(number) else None


def number_key(number: Number) -> str:
    """Return a text that equal numbers have in common, which :func:`parse_number` reads.

    >>> number_key(2.0), number_key(2), number_key(2.5)
    ('2', '2', '2.5')
    """
    whole = int(number)
    return str(whole) if whole == number and abs(whole) < 10**MAX_DIGITS else repr(number)


def parse_number_range(text: str) -> NumberRange | None:
    """Return the range that a text states, or None if it states none.

    A range is ``A``, ``A..B``, ``A..``, ``..B``, ``>=A``, ``>A``, ``<=A`` or ``<A``.

    >>> parse_number_range("100..200"), 500 in parse_number_range(">500"), parse_number_range("..")
    (NumberRange(low=100, high=200, with_low=True, with_high=True), False, None)
    """
    text = text.strip()
    if (match := _COMPARED.fullmatch(text)) is not None:
        bound = parse_number(match[2])
        if bound is None:
            return None
        return {
            ">=": NumberRange(low=bound),
            ">": NumberRange(low=bound, with_low=False),
            "<=": NumberRange(high=bound),
            "<": NumberRange(high=bound, with_high=False),
        }[match[1]]
    first, dots, last = text.partition("..")
    if not dots:
        number = parse_number(text)
        return None if number is None else NumberRange(number, number)
    low, high = (parse_number(part) if part.strip() else None for part in (first, last))
    if (first.strip() and low is None) or (last.strip() and high is None) or (low is None and high is None):
        return None
    return NumberRange(low, high)
