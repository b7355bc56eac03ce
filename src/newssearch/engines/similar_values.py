"""Values of fields for the notes on a query: the matches of a pattern, and likely corrections of a mistyped value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice

from newssearch.display.brief import many
from newssearch.stopping import StopCheck
from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import key

_NON_WORD = Pattern(r"[\W_]+")
MIN_SIMILARITY = 0.6
"""The lowest similarity, from 0 to 1, at which a value is suggested in place of a mistyped one."""
MAX_SHOWN_VALUES = 10
"""The largest number of values that a diagnostic lists."""


def shown_values(found: Collection[str]) -> str:
    """Return a text with the number of values and the first :data:`MAX_SHOWN_VALUES` in alphabetical order.

    >>> shown_values({"Fox News", "fox.example"})
    '2 values: Fox News, fox.example'
    """
    first = ", ".join(sorted(found, key=lambda value: (value.casefold(), value))[:MAX_SHOWN_VALUES])
    more = "" if len(found) <= MAX_SHOWN_VALUES else " and others"
    return f"{many(len(found), 'value')}: {first}{more}"


def similar_values(values: Sequence[str], wanted: str, most: int, check: StopCheck) -> list[str]:
    """Return at most ``most`` values that the mistyped value ``wanted`` may stand for, the likeliest first.

    ``values`` are those of all articles, the most frequent first. The result begins with values that begin with the
    words of ``wanted``. Values that contain these words follow, then those whose words ``wanted`` contains, then
    those that contain its letters, each group by frequency. Values that differ in few letters come last, the most
    similar first.
    """
    sought = key(wanted)
    keys = [key(value) for value in check.during(values)]
    tests: Sequence[Callable[[str], bool]] = (
        lambda name: f"{name} ".startswith(f"{sought} "),
        lambda name: f" {sought} " in f" {_NON_WORD.sub(' ', name)} ",
        lambda name: f" {name} " in f" {sought} ",
        lambda name: name.startswith(sought),
        lambda name: f" {sought}" in f" {name}",
        lambda name: sought in name,
    )
    found: dict[int, None] = {}
    for test in tests if sought else ():
        each = enumerate(check.during(keys))
        found.update(dict.fromkeys(n for n, name in each if n not in found and test(name)))
    if len(found) < most:
        found.update(dict.fromkeys(_by_similarity(sought, check.during(keys))))
    return [values[number] for number in islice(found, most)]


def similar_keys(keys: Iterable[bytes], sought: bytes, most: int) -> list[str]:
    """Return at most ``most`` keys that differ from ``sought`` only in case, or begin with it, the shortest first.

    Only the case of ASCII letters counts.
    """
    start = sought.lower()
    found = {one for one in keys if one.lower().startswith(start)}
    return [one.decode() for one in sorted(found, key=lambda one: (len(one), one))[:most]]


def _by_similarity(sought: str, keys: Iterable[str]) -> list[int]:
    """Return the indices of the keys whose similarity to ``sought`` is enough for a suggestion, highest first."""
    from difflib import SequenceMatcher  # slow to import, and seldom needed

    matcher = SequenceMatcher(b=sought)
    similar: list[tuple[float, int]] = []
    for number, name in enumerate(keys):
        matcher.set_seq1(name)
        if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= MIN_SIMILARITY:
            ratio = matcher.ratio()
            if ratio >= MIN_SIMILARITY:
                similar.append((-ratio, number))
    return [number for _, number in sorted(similar)]
