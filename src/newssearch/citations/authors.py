"""The authors of an article, read from its byline: people with their family names, and agencies and desks as they are."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from newssearch.press.agencies import AGENCY_NAMES
from newssearch.press.bylines import without_by_words
from newssearch.press.cities import CITIES
from newssearch.system.lazy_regex import Pattern

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


_NAME_PARTICLES = frozenset(
    "von vom van de der den del della dello dei degli di da das do dos du la le ter ten zu zur af av bin ibn al el st. saint y e i".split()
)
_JOINING = frozenset({"y", "e", "i"})
"""Particles between two parts of a family name, as in ``Costa e Silva``."""
_CAPITAL_PARTICLES = frozenset("De Di Del Della Du La Le Van Von Der Den St.".split())
"""Particles that many families write with a capital letter, as in ``Robert De Niro``; in front of a byline, they are given names."""
_FAMILY_FIRST = frozenset({"hu"})
"""The languages in whose bylines the family name stands first."""
_UNDIVIDED = frozenset({"zh", "ja", "ko", "vi"})
"""The languages whose bylines do not tell where a name is divided."""
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_KINDS_OF_POSTS = frozenset(
    "staff senior special contributing chief national political foreign guest associate assistant deputy".split()
)
_DESKS = frozenset(
    "the times tribune magazine journal herald gazette network television university institute foundation"
    " staff editor editors editorial newsroom team board agency agencies news desk press service services correspondents reporters bureau"
    " redaktion nachrichtenredaktion agentur agenturen rédaction redaction redacción redaccion redação redacao redazione redactie redaktionen redakcja"
    " agencias agências agences agenzie".split()
)
_POSTS = frozenset(
    "correspondent reporter writer columnist editor journalist producer contributor commentator analyst critic photographer chief fellow director professor"
    " redakteur redakteurin korrespondent korrespondentin journalistin reporterin autor autorin journaliste correspondant correspondante"
    " corresponsal periodista redactor redactora giornalista corrispondente inviato inviata jornalista repórter correspondente verslaggever".split()
)
_UNSPACED = Pattern(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_BETWEEN_LISTS = Pattern(r"\s*[;|•·/]\s*|\s+[-–—]\s+")
_BRACKETS = Pattern(r"\s*[(\[]([^()\[\]]*)[)\]]?")
_PIECE_OF_WORD = Pattern(r"([,;|/()\[\]])")
_BEFORE_BY = Pattern(r"\A(?:[^\W\d_]+\s+){1,3}by\s+(?=\S+\s)", re.IGNORECASE)
_TITLES = frozenset(
    {"dr", "dr.", "prof", "prof.", "sen.", "rep.", "gov.", "mr", "mr.", "mrs", "mrs.", "ms", "ms."}
)
_DEGREES = frozenset({"md", "m.d.", "m.d", "phd", "ph.d.", "ph.d", "esq", "esq."})
_ALWAYS_AND = Pattern(r"\s+(?:and|und|et|og|och|with|&)\s+|\s+و\s+|、|，", re.IGNORECASE)
_PERHAPS_AND = Pattern(r"\s+(?:y|e|en|i|и|та|ve|és|ja)\s+")
_AFTER_NAME = Pattern(r"\s+(?:in|for|at|from|aus|für|pour|desde)\s+(?=\S)")


@cache
def _agencies() -> dict[str, str]:
    """Return the names of agencies in small letters, with the form in which a citation has them."""
    return {name.casefold(): name for names in AGENCY_NAMES.values() for name in names}


def authors_of(byline: str | None, lang: str | None = None) -> tuple[Author, ...]:
    """Return the authors that a byline names, in its order; ``lang`` is the language tag of the article, if known.

    Names stand between commas, semicolons and the words for "and". A name of two to four words is a person: the last
    word, with particles before it, is the family name, in Hungarian the first word. Of four words in Spanish, two are
    family names. ``Doe, Jane`` is one person. Agencies, desks, single words and names in scripts without spaces stay as
    they are. Roles (``political correspondent``), titles, and what follows ``in``, ``for``, ``from`` or stands in
    brackets are left out; an agency there is an author, too.

    >>> [author.inverted for author in authors_of("Jane Doe, political editor, and Ursula von der Leyen in Berlin")]
    ['Doe, Jane', 'von der Leyen, Ursula']
    >>> authors_of("Doe, Jane; Reuters")
    (Author(family='Doe', given='Jane', literal='', suffix=''), Author(family='', given='', literal='Reuters', suffix=''))
    """
    language = (lang or "").replace("_", "-").partition("-")[0].lower()
    found: list[Author] = []
    line = " ".join(map(_without_handle, (byline or "").split()))
    line = without_by_words(" ".join(_BRACKETS.sub(_agency_in_brackets, line).split()), language or None)
    for part in _BETWEEN_LISTS.split(_BEFORE_BY.sub("", line, 1)):
        for name in _names_in(part, is_first=not found):
            author = _author_named(without_by_words(name, language or None), language)
            if author is not None and author not in found:
                found.append(author)
    return tuple(found)


def _without_handle(word: str) -> str:
    """Return a word of a byline without the e-mail addresses and the handles (``@jdoe``) in it."""
    if "@" not in word:
        return word
    return "".join(piece for piece in _PIECE_OF_WORD.split(word) if "@" not in piece)


def _agency_in_brackets(found: re.Match[str]) -> str:
    """Return the text that replaces a pair of brackets: the agency in them as a further name, otherwise a space."""
    return f"; {found[1].strip()}; " if found[1].strip().casefold() in _agencies() else " "


def _names_in(part: str, *, is_first: bool) -> list[str]:
    """Return the names of a list, each as it stands there; a name with the family name first has a comma.

    The first piece of a byline (``is_first``) is a name even if a post follows it: ``Jane Doe Staff Writer``.
    """
    names: list[str] = []
    for group in _ALWAYS_AND.split(part):
        pieces = list(filter(None, map(str.strip, group.split(","))))
        suffix = f" {pieces.pop()}" if len(pieces) > 1 and pieces[-1].lower() in _SUFFIXES else ""
        if len(pieces) == 2 and _is_inverted(*pieces):
            pieces = [f"{pieces[0]}, {pieces[1]}"]
        for number, piece in enumerate(pieces):
            if names and piece.lower() in _SUFFIXES:
                names[-1] += f" {piece}"
            elif is_first and not names:
                names += _parted(_without_post(piece))
            elif not (_is_role(piece) or (number and piece.casefold() in CITIES)):
                names += _parted(piece)
        if suffix and names:
            names[-1] += suffix
    return [_with_shared_family(name, after) for name, after in pairwise([*names, ""])]


def _with_shared_family(name: str, after: str) -> str:
    """Return a given name with the family name that it shares with the next one: ``Jane`` before ``John Doe``."""
    words = after.split()
    is_given = name.isalpha() and name[0].isupper() and not name.isupper()
    if (
        is_given
        and len(words) == 2
        and "," not in after
        and name.casefold() not in _agencies()
        and not (_is_desk(name) or _is_desk(after))
    ):
        return f"{name} {words[1]}"
    return name


def _parted(piece: str) -> list[str]:
    """Return the names on both sides of a word that may be "and" or a part of a name: both are names of several words."""
    halves = _PERHAPS_AND.split(piece)
    if len(halves) > 1 and all(" " in half or half.casefold() in _agencies() for half in halves):
        return halves
    return [piece]


def _is_inverted(first: str, second: str) -> bool:
    """Whether two pieces around a comma are the family and the given name of one person."""
    words = first.split()
    family = [word for word in words if word.lower() not in _NAME_PARTICLES]
    return (
        len(family) == 1
        and len(second.split()) <= 2
        and not {first.casefold(), second.casefold()} & _agencies().keys()
        and not _is_role(second)
        and second.lower() not in _SUFFIXES
        and not _is_desk(second)
        and not _is_desk(first)
    )


def _is_role(piece: str) -> bool:
    """Whether a piece of a byline is what somebody is, not who."""
    words = piece.casefold().split()
    return (
        (len(words) > 1 and piece[0].islower() and words[0] not in _NAME_PARTICLES)
        or words[-1] in _POSTS
        or piece.casefold() in _DEGREES
        or any(map(str.isdigit, piece))
    )


def _without_post(name: str) -> str:
    """Return a name without the post after it, or what is only a post as it is.

    >>> _without_post("Jane Doe Staff Writer"), _without_post("Staff Writer")
    ('Jane Doe', 'Staff Writer')
    """
    words = name.split()
    end = len(words)
    if words[-1].casefold() in _POSTS:
        while end and words[end - 1].casefold() in _POSTS | _KINDS_OF_POSTS:
            end -= 1
    return " ".join(words[:end]) if end > 1 else name


def _is_particle(word: str) -> bool:
    if word.islower():
        return word in _NAME_PARTICLES
    return (word.capitalize() if word.isupper() else word) in _CAPITAL_PARTICLES


def _is_desk(name: str) -> bool:
    words = name.casefold().replace("-", " ").split()
    return bool(_DESKS & {*words})


def _author_named(name: str, language: str) -> Author | None:
    """Return the author with a name; None if nothing of a name is left."""
    name = name.strip(" .,:-–—") if not name.lower().endswith(("jr.", "sr.")) else name.strip(" ,:-–—")
    if not any(map(str.isalpha, name)):
        return None
    known = _agencies().get(name.casefold())
    if known is not None:
        return Author(literal=known)
    if ", " in name:
        family, _, given = name.partition(", ")
        *others, last = given.split()
        if others and last.lower() in _SUFFIXES:
            return Author(family, " ".join(others), suffix=last)
        return Author(family, given)
    if (after := _AFTER_NAME.search(name)) is not None and " " in name[: after.start()]:
        name = name[: after.start()]
    words = name.split()
    if len(words) > 2 and words[0].lower() in _TITLES:
        del words[0]
    suffix = words.pop() if len(words) > 2 and words[-1].lower() in _SUFFIXES else ""
    counted = [word for word in words if word.lower() not in _NAME_PARTICLES]
    if (
        len(words) < 2
        or len(counted) > MOST_WORDS
        or len(counted) < 2
        or language in _UNDIVIDED
        or _UNSPACED.search(name)
        or _is_desk(name)
        or any(map(str.isdigit, name))
        or words[-1].casefold() in _POSTS
    ):
        return Author(literal=name)
    if language in _FAMILY_FIRST:
        return Author(words[0], " ".join(words[1:]), suffix=suffix)
    start = len(words) - (2 if language in ("es", "gl") and len(words) == MOST_WORDS else 1)
    while start > 1 and _is_particle(words[start - 1]):
        start -= 2 if words[start - 1] in _JOINING and start > 2 else 1
    return Author(" ".join(words[start:]), " ".join(words[:start]), suffix=suffix)
