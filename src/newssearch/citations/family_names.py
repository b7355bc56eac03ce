"""Divides the name of a person into given and family name, by the customs of its language."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from newssearch.system.lazy_regex import Pattern

from .byline_words import CITIES_LIKE_GIVEN_NAMES, FAMILY_ENDINGS, FAMILY_NAMES, GIVEN_NAMES, SHORT_BODIES

MOST_WORDS = 4
"""A name of more words, its particles aside, is not divided into given and family name."""


class Author(NamedTuple):
    """An author: a person by family and given name, or a name as it is (``literal``), which has neither."""

    family: str = ""
    given: str = ""
    literal: str = ""
    suffix: str = ""

    @property
    def name(self) -> str:
        """The name in reading order."""
        if self.literal:
            return self.literal
        return " ".join(filter(None, (self.given, self.family, self.suffix)))

    @property
    def inverted(self) -> str:
        """The name with the family name first: ``Doe, Jane``, ``King, Martin Luther, Jr.``, or a literal as it is."""
        if self.literal:
            return self.literal
        return ", ".join(filter(None, (self.family, self.given, self.suffix)))


SURNAME_PARTICLES = frozenset(
    "von vom van de der den del della dello dei degli di da das do dos du la le ter ten te zu zur zum af av bin ibn al el st. saint y e i"
    " het op aan 't ’t 's ’s".split()
)
_JOINING = frozenset({"y", "e", "i"})
"""Particles between two parts of a family name, as in ``Costa e Silva``."""
_CAPITAL_PARTICLES = frozenset("De Di Del Della Du La Le Van Von Der Den St.".split())
"""Particles that many families write with a capital letter, as in ``Robert De Niro``; in front of a byline, they are given names."""
_FAMILY_FIRST = frozenset({"hu"})
"""The languages in whose bylines the family name stands first."""
_TWO_FAMILY_NAMES = frozenset({"es", "gl"})
"""The languages in which people have two family names, of which they may use one."""
SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
ENDS_WITH_DOT = Pattern(r"(?:\b[^\W\d_]|\b[jJsS][rR])\.\Z")
"""Matches the end of a name with an initial, or a suffix, to which the full stop belongs."""
_LONGEST_INITIALS = 2
"""A longer word in capitals, before others that are not, is an abbreviation: ``CNN Brasil``."""


def divided(words: Sequence[str], language: str) -> Author | None:
    """Return the person with a name, given as words; None if it is none, or if it is not sure where it divides.

    The last word, with particles before it, is the family name, in Hungarian the first word. In Spanish, two of four words
    are family names; of three, that depends on whether the second is known as a given or a family name. Portuguese words such
    as ``Neto`` belong to the family name before them.

    >>> divided(["Gabriel", "García", "Márquez"], "es"), divided(["José", "Luis", "Pérez"], "es")
    (Author(family='García Márquez', given='Gabriel', literal='', suffix=''), Author(family='Pérez', given='José Luis', literal='', suffix=''))
    """
    *most, last = words
    suffix = last if len(words) > 2 and last.lower() in SUFFIXES else ""
    names = most if suffix else [*words]
    counted = [at for at, word in enumerate(names) if word.lower() not in SURNAME_PARTICLES]
    if len(names) < 2 or not 2 <= len(counted) <= MOST_WORDS or _is_body(names):
        return None
    if language in _FAMILY_FIRST:
        return Author(names[0], " ".join(names[1:]), suffix=suffix)
    start: int | None = counted[-1]
    if language == "pt" and names[-1].lower() in FAMILY_ENDINGS and len(counted) > 2:
        start = counted[-2]
    elif language in _TWO_FAMILY_NAMES and len(counted) > 2:
        start = counted[-2] if len(counted) == MOST_WORDS else _spanish_start(names, counted)
    if start is None:
        return None
    while start > 1 and _is_particle(names[start - 1]):
        start -= 2 if names[start - 1] in _JOINING and start > 2 else 1
    return Author(" ".join(names[start:]), " ".join(names[:start]), suffix=suffix)


def is_spanish_family_first(first: str, second: str, language: str) -> bool:
    """Whether two pieces around a comma are surely two family names and the given name of one person.

    The second piece has only Spanish given names, and the first one begins with a family name; in Spanish, Galician and
    Catalan, it is enough that it begins with no given name, unless the second piece may be a city.

    >>> is_spanish_family_first("Vargas Llosa", "Mario", "en"), is_spanish_family_first("Juan Pérez", "Rosario", "es")
    (True, False)
    """
    family = [word for word in first.split() if word.lower() not in SURNAME_PARTICLES]
    given = [_without_accents(word) for word in second.split() if word.lower() not in SURNAME_PARTICLES]
    given_names = _folded_names(GIVEN_NAMES)
    if len(family) != 2 or not 1 <= len(given) <= 2 or not given_names.issuperset(given):
        return False
    begins = _without_accents(family[0])
    if begins in given_names:
        return False
    if begins in _folded_names(FAMILY_NAMES):
        return True
    return language in _TWO_FAMILY_NAMES | {"ca"} and _folded_names(CITIES_LIKE_GIVEN_NAMES).isdisjoint(given)


def _spanish_start(names: Sequence[str], counted: Sequence[int]) -> int | None:
    """Return where the family name of a Spanish name of three words begins; None if that is not sure."""
    second = _without_accents(names[counted[1]])
    if len(second.rstrip(".")) == 1:
        return counted[2]
    is_given, is_family = second in _folded_names(GIVEN_NAMES), second in _folded_names(FAMILY_NAMES)
    if is_given == is_family:
        return None
    return counted[2] if is_given else counted[1]


@cache
def _folded_names(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_without_accents, names))


def _without_accents(name: str) -> str:
    """Return a name in small letters without accents."""
    parts = unicodedata.normalize("NFD", name.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def _is_particle(word: str) -> bool:
    if word.islower():
        return word in SURNAME_PARTICLES
    return (word.capitalize() if word.isupper() else word) in _CAPITAL_PARTICLES


def _is_body(names: Sequence[str]) -> bool:
    """Whether the words are rather the name of a body: with an abbreviation, or with words in small letters.

    A family name may stand in capitals: ``Jean DUPONT``. So may a name as a whole.
    """
    if " ".join(names).isupper():
        return False
    *most, last = names
    has_abbreviation = any(
        word in SHORT_BODIES or (word.isupper() and word.isalpha() and len(word) > _LONGEST_INITIALS)
        for word in most
    )
    is_lower = names[0].islower()
    has_small_word = any(word.islower() and word not in SURNAME_PARTICLES for word in names[1:])
    return has_abbreviation or last in SHORT_BODIES or (has_small_word and not is_lower)
