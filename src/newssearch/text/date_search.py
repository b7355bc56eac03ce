"""Find the dates in a line of text, each with its time of day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import NamedTuple

from newssearch.system.lazy_regex import Pattern

from .dates import Published, parse_bare
from .other_calendars import ERA_YEAR, year_of_era
from .partial_dates import PartialDate

_DATE_TOKEN = Pattern(
    r"\d{1,4}(?:\s?[-/.]\s?\d{1,4}){2}(?!\d)|\d{1,2}[:.h]\d\d(?:[:.]\d\d)?(?!\d)|\d+|(?:[^\W\d_]|[̀-ͯऀ-ॿ\u0e31-\u0e4e])+|\S"
)
_YEAR_LIKE = Pattern(
    r"(?<!\d)(?:1[3-9]\d\d|2[0156]\d\d)(?!\d)|\d[-/.]\s?\d\d?[-/.]\s?\d\d(?!\d)|(?:1[89]|20)\d{6}(?!\d)"
)
_TIME_BEHIND = Pattern(
    r"[\s.,;|·•–—()-]{0,4}(?:[^\W\d_]{1,8}\.?[\s,:|]{1,3}){0,2}[^\W\d_]{0,3}\s?\d{1,2}\s?(?:[:.hH時时点點시]|[ap]\.?m|Uhr|uur)"
)
_TIME_IN_FRONT = Pattern(r"\d\s?(?:[:.hH]\s?\d\d|[ap]\.?m|Uhr)[^\d]{0,14}$")

LONGEST_CORE, LONGEST_SIDE = 7, 10
"""The largest numbers of words and signs of a date without its time, and of a time on either side of it."""


class FoundDate(NamedTuple):
    """A date found in a line: where it stands, its text including the time, and its value."""

    start: int
    end: int
    text: str
    published: Published


def find_dates(line: str, lang: str | None = None) -> Iterator[FoundDate]:
    """Yield the days in a line, in order, with their times; ``lang`` is the tag of its language, if known.

    >>> [found.text for found in find_dates("Por Ines Varga em 06/02/2024 16:22 | Atualizado em 7 de fevereiro de 2024")]
    ['06/02/2024 16:22', '7 de fevereiro de 2024']
    >>> [found.text for found in find_dates("22:29 May 7, 2018")], list(find_dates("In 2018, 12 people met"))
    (['22:29 May 7, 2018'], [])
    """
    if not may_have_date(line):
        return
    if not line.isascii() and "年" in line and ERA_YEAR.search(line) is not None:
        plain, place_of = _in_common_era(line)
        for found in _dates_in(plain, lang):
            start, end = place_of(found.start), place_of(found.end)
            yield FoundDate(start, end, line[start:end].rstrip(" |,;·•–—-"), found.published)
        return
    yield from _dates_in(line, lang)


def _dates_in(line: str, lang: str | None) -> Iterator[FoundDate]:
    """Yield the dates in a line whose years are those of the common era."""
    tokens = [match.span() for match in _DATE_TOKEN.finditer(line)]
    texts = [line[start:end] for start, end in tokens]
    free = 0  # the first token behind the last date
    for place, text in enumerate(texts):
        if place < free or not text[0].isdigit() or not _may_hold_year(text):
            continue
        core = _core(line, tokens, place, free, lang)
        if core is None:
            continue
        first, last, published = _with_time(line, tokens, core, free, lang)
        start, end = tokens[first][0], tokens[last][1]
        yield FoundDate(start, end, line[start:end].rstrip(" |,;·•–—-"), published)
        free = last + 1


def may_have_date(line: str) -> bool:
    """Whether a line has digits that could be a year or a full date: a quick check before the slow search."""
    return _YEAR_LIKE.search(line) is not None or (
        not line.isascii()
        and (_OTHER_DIGITS.search(line) is not None or ("年" in line and ERA_YEAR.search(line) is not None))
    )


def _in_common_era(line: str) -> tuple[str, Callable[[int], int]]:
    """Return a line in which years of eras are those of the common era, and a function from places in it to places in ``line``."""
    pieces: list[str] = []
    ends = [(0, 0)]  # pairs of places behind a year, in the new line and in the old one
    for found in ERA_YEAR.finditer(line):
        new, old = ends[-1]
        year = f"{year_of_era(found)}年"
        pieces += [line[old : found.start()], year]
        ends.append((new + found.start() - old + len(year), found.end()))
    pieces.append(line[ends[-1][1] :])

    def place_of(place: int) -> int:
        number = bisect_right(ends, place, key=lambda pair: pair[0]) - 1
        new, old = ends[number]
        if number + 1 == len(ends):
            return old + place - new
        following_new, following_old = ends[number + 1]
        start_of_year = following_new - YEAR_AND_SIGN
        return old + place - new if place <= start_of_year else min(old + place - new, following_old)

    return "".join(pieces), place_of


YEAR_AND_SIGN = 5
"""The number of characters of a year of the common era with its sign: ``2024年``."""

_OTHER_DIGITS = Pattern(r"(?:(?![0-9])\d){4}")


def _may_hold_year(text: str) -> bool:
    return not text.isascii() or _YEAR_LIKE.search(text) is not None or (text.isdigit() and len(text) == 4)


_Core = tuple[int, int, Published]


def _day_of_tokens(
    line: str, tokens: list[tuple[int, int]], first: int, last: int, lang: str | None
) -> Published | None:
    """Return the day that the tokens from ``first`` to ``last`` are, or None."""
    read = parse_bare(line[tokens[first][0] : tokens[last][1]], lang=lang)
    return None if read is None or isinstance(read.value, PartialDate) else read


def _core(line: str, tokens: list[tuple[int, int]], place: int, free: int, lang: str | None) -> _Core | None:
    """Return the shortest span of tokens that ends, or else begins, at ``place``, and is a day; None if none is."""
    spans = [(place - size, place) for size in range(LONGEST_CORE)]
    spans += [(place, place + size) for size in range(1, LONGEST_CORE)]  # 2020. november 3.
    for first, last in spans:
        if first < free or last >= len(tokens):
            continue
        if (read := _day_of_tokens(line, tokens, first, last, lang)) is not None:
            return first, last, read
    return None


def _with_time(line: str, tokens: list[tuple[int, int]], core: _Core, free: int, lang: str | None) -> _Core:
    """Return the span of a day together with the time behind it or in front of it, if there is one."""
    first, last, read = core
    if read.ambiguous or read.basis.startswith("day first"):  # a weekday in front decides
        for start in range(first - 1, max(free, first - 3) - 1, -1):
            whole = _day_of_tokens(line, tokens, start, last, lang)
            if whole is not None and not whole.ambiguous and whole.basis != read.basis:
                first, read = start, whole
    if _TIME_BEHIND.match(line[tokens[last][1] : tokens[last][1] + 40]):
        for end in range(min(last + LONGEST_SIDE, len(tokens) - 1), last, -1):
            if (whole := _day_of_tokens(line, tokens, first, end, lang)) is not None:
                return first, end, whole
    elif _TIME_IN_FRONT.search(line[max(0, tokens[first][0] - 30) : tokens[first][0]]):
        for start in range(max(free, first - LONGEST_SIDE), first):
            if (whole := _day_of_tokens(line, tokens, start, last, lang)) is not None:
                return start, last, whole
    return first, last, read
