"""The authors of an article, read from its byline: people with their family names, and agencies and desks as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from newssearch.press.agencies import AGENCY_NAMES
from newssearch.press.bylines import without_by_words
from newssearch.press.cities import CITIES
from newssearch.system.lazy_regex import Pattern

from .byline_words import (
    ARAB_CITIES,
    BEATS,
    BODIES,
    CORRESPONDENTS,
    INTRODUCTIONS,
    OUTLET_ARTICLES,
    PLACE_WORDS,
)
from .family_names import (
    ENDS_WITH_DOT,
    SUFFIXES,
    SURNAME_PARTICLES,
    Author,
    divided,
    is_spanish_family_first,
)

_UNDIVIDED = frozenset({"zh", "ja", "ko", "vi"})
"""The languages whose bylines do not tell where a name is divided."""
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
_BETWEEN_LISTS = Pattern(r"\s*[;|•·/]\s*|\s+[-–—:]\s*|:\s+")
_BETWEEN_SENTENCES = Pattern(r"(?<=[^\W\d_]{4})(?<!Prof)(?<!Capt)(?<!Dipl)\.\s+(?=\S)")
_FORUM_USER = Pattern(r"/?u/[\w-]+")
MARKS_OF_DIRECTION = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""The characters that say in which direction text runs."""
_WITHOUT_MARKS = str.maketrans("", "", MARKS_OF_DIRECTION)
_BRACKETS = Pattern(r"\s*[(\[]([^()\[\]]*)[)\]]?")
_PIECE_OF_WORD = Pattern(r"([,;|/()\[\]])")
_BEFORE_BY = Pattern(r"\A(?:[^\W\d_]+\s+){1,3}by\s+(?=\S+\s)", re.IGNORECASE)
_TITLES = frozenset(
    {"dr", "dr.", "prof", "prof.", "sen.", "rep.", "gov.", "mr", "mr.", "mrs", "mrs.", "ms", "ms."}
)
_DEGREES = frozenset({"md", "m.d.", "m.d", "phd", "ph.d.", "ph.d", "esq", "esq."})
_ALWAYS_AND = Pattern(r"\s+(?:and|und|et|og|och|with|&)\s+|\s+و\s+|、|，", re.IGNORECASE)
_WITH_AGENCY = Pattern(r"\s+(?:avec|con|com|mit|met|med)\s+(?=\S)")
_LEADING_AND = Pattern(r"\A(?:and|und|et|og|och|y|e|en|i|и|та|ve)\s+(?=\S+\s+\S)")
_PERHAPS_AND = Pattern(r"\s+(?:y|e|en|i|и|та|ve|és|ja)\s+")
_AFTER_NAME = Pattern(r"\s+(?:in|for|at|from|aus|für|pour|desde|من|في)\s+(?=\S)")
_QUOTES = '«»„“”"'
_UNNAMED = frozenset(
    "agencies|agency|news agencies|wire services|agencias|agências|agences|agenzie|agenturen|agentschappen|وكالات|الوكالات".split(
        "|"
    )
)
"""Agencies that a byline does not name: no authors beside others."""
_SURELY_AGENCIES = frozenset({"Reuters", "dpa"})
"""Agencies that are no family names, though they are not written in capitals."""


@cache
def _agencies() -> dict[str, str]:
    """Return the names of agencies in small letters, with the form in which a citation has them."""
    return {name.casefold(): name for names in AGENCY_NAMES.values() for name in names}


@cache
def _introduction(language: str) -> re.Pattern[str]:
    """Return the pattern of what stands before an author in a language, or for ``""`` in any."""
    chosen = [INTRODUCTIONS[language]] if language in INTRODUCTIONS else INTRODUCTIONS.values()
    forms = [rf"(?:{articles})?(?:{kinds})\s+(?:{by})\s+" for articles, kinds, by in chosen]
    return re.compile(
        rf"\A(?:{'|'.join([*forms, rf'(?:{CORRESPONDENTS})[,:]?'])})\s*(?=\S+\s+\S)", re.IGNORECASE
    )


def authors_of(byline: str | None, lang: str | None = None, outlet: str = "") -> tuple[Author, ...]:
    """Return the authors that a byline names, in its order; ``lang`` is the language tag of the article, if known.

    Names stand between commas, semicolons and the words for "and". A name of two to four words is a person:
    :func:`~newssearch.citations.family_names.divided` finds the family name. ``Doe, Jane`` is one person. Agencies, desks,
    bodies, the ``outlet``, single words, names in scripts without spaces, and names of which it is not sure where they
    divide stay as they are. Words that introduce an author (``Ein Gastbeitrag von``), roles (``political correspondent``),
    titles, and what follows ``in``, ``for``, ``from`` or stands in brackets are left out; an agency there is an author, too.

    >>> [author.inverted for author in authors_of("Jane Doe, political editor, and Ursula von der Leyen in Berlin")]
    ['Doe, Jane', 'von der Leyen, Ursula']
    >>> authors_of("Doe, Jane; Reuters")
    (Author(family='Doe', given='Jane', literal='', suffix=''), Author(family='', given='', literal='Reuters', suffix=''))
    """
    language = (lang or "").replace("_", "-").partition("-")[0].lower()
    line = (byline or "").translate(_WITHOUT_MARKS).replace("،", ", ")
    line = " ".join(map(_without_handle, line.split()))
    if _FORUM_USER.fullmatch(line):
        return (Author(literal=line),)
    line = without_by_words(" ".join(_BRACKETS.sub(_agency_in_brackets, line).split()), language or None)
    line = _BEFORE_BY.sub(
        "", _introduction(language if language in INTRODUCTIONS else "").sub("", line, 1), 1
    )
    found: list[Author] = []
    parts = _BETWEEN_LISTS.split(_BETWEEN_SENTENCES.sub("; ", line))
    family_first = _is_list_with_family_first(parts, outlet)
    for part in parts:
        if part.casefold() == outlet.casefold():
            names = [part]
        elif family_first:
            names = [", ".join(map(str.strip, part.split(",")))]
        else:
            names = _names_in(part, language, is_first=not found)
        for name in names:
            author = _author_named(without_by_words(name, language or None), language, outlet)
            if author is not None and author not in found:
                found.append(author)
    named = [author for author in found if not _is_no_author(author.name)]
    return tuple(named or found)


def _without_handle(word: str) -> str:
    """Return a word of a byline without the e-mail addresses and the handles (``@jdoe``) in it."""
    if "@" not in word:
        return word
    return "".join(piece for piece in _PIECE_OF_WORD.split(word) if "@" not in piece)


def _agency_in_brackets(found: re.Match[str]) -> str:
    """Return the text that replaces a pair of brackets: the agency in them as a further name, otherwise a space."""
    return f"; {found[1].strip()}; " if found[1].strip().casefold() in _agencies() else " "


def _groups_in(part: str, language: str) -> list[str]:
    """Return what stands between the words for "and", unless they are in the name of an outlet: ``The Globe and Mail``."""
    groups = [one for group in _ALWAYS_AND.split(part) for one in _WITH_AGENCY.split(group)]
    is_outlet = len(groups) == 2 and "," not in part and _has_article(part, language)
    if is_outlet and " " not in groups[1].strip() and groups[1].strip().casefold() not in _agencies():
        return [part]
    return groups


def _has_article(name: str, language: str) -> bool:
    """Whether a name begins with an article, as names of outlets do, and no name of a person."""
    first, _, others = name.strip().partition(" ")
    return bool(others) and (first == "The" or first in OUTLET_ARTICLES.get(language, ()))


def _names_in(part: str, language: str, *, is_first: bool) -> list[str]:
    """Return the names of a list, each as it stands there; a name with the family name first has a comma.

    The first piece of a byline (``is_first``) is a name even if a post follows it: ``Jane Doe Staff Writer``.
    """
    names: list[str] = []
    for group in _groups_in(part, language):
        pieces = [_LEADING_AND.sub("", piece) for piece in filter(None, map(str.strip, group.split(",")))]
        suffix = f" {pieces.pop()}" if len(pieces) > 1 and pieces[-1].lower() in SUFFIXES else ""
        if len(pieces) == 2 and (
            _is_inverted(pieces[0], pieces[1]) or is_spanish_family_first(pieces[0], pieces[1], language)
        ):
            pieces = [f"{pieces[0]}, {pieces[1]}"]
        for number, piece in enumerate(pieces):
            if names and piece.lower() in SUFFIXES:
                names[-1] += f" {piece}"
            elif is_first and not names:
                names += _parted(_without_post(piece))
            elif not (_is_role(piece) or (number and _is_whereabouts(piece, language))):
                names += _parted(piece)
        if suffix and names:
            names[-1] += suffix
    return [_with_shared_family(name, after) for name, after in pairwise([*names, ""])]


def _is_no_author(name: str) -> bool:
    """Whether a name is only that of a city, or agencies in general: no author beside others."""
    return name.casefold() in _UNNAMED or name.casefold() in CITIES or name in ARAB_CITIES


def _is_whereabouts(piece: str, language: str) -> bool:
    """Whether a piece behind a name is where its bearer is: cities, or what begins with a word such as ``de``."""
    return (
        piece.partition(" ")[0] in PLACE_WORDS.get(language, ())
        or piece.casefold() in CITIES
        or all(half.casefold() in CITIES for half in _PERHAPS_AND.split(piece))
    )


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
    if len(halves) > 1 and all(
        " " in half or half.casefold() in _agencies() or half.casefold() in _UNNAMED for half in halves
    ):
        return [one for half in halves for one in _without_agency(half)]
    return _without_agency(piece)


def _without_agency(piece: str) -> list[str]:
    """Return a name of two or three words and the agency that follows it, or the piece as it is.

    >>> _without_agency("Tom Davies Associated Press"), _without_agency("Michael Bloomberg")
    (['Tom Davies', 'Associated Press'], ['Michael Bloomberg'])
    """
    words = piece.split()
    for number in (3, 2, 1):
        name, agency = words[:-number], " ".join(words[-number:])
        if not 2 <= len(name) <= 3 or agency.casefold() not in _agencies() or _is_desk(" ".join(name)):
            continue
        is_sure = number > 1 or agency in _SURELY_AGENCIES or (agency.isupper() and not piece.isupper())
        if is_sure:
            return [" ".join(name), agency]
    return [piece]


def _is_list_with_family_first(parts: Sequence[str], outlet: str) -> bool:
    """Whether a list has each person with the family name first, also two family names: ``Smith Jones, Anna; Roe, John``.

    One person at least has one family name, of which it is sure. Agencies and the ``outlet`` may be in the list, too.
    """
    people = [
        tuple(map(str.strip, part.split(",")))
        for part in parts
        if part.strip() and part.strip().casefold() not in {*_agencies(), outlet.casefold()}
    ]
    if len(people) < 2 or not all(len(pieces) == 2 and all(pieces) for pieces in people):
        return False
    names = [word for pieces in people for piece in pieces for word in piece.split()]
    return (
        all(word[0].isupper() or word.lower() in SURNAME_PARTICLES for word in names)
        and any(_is_inverted(first, second) for first, second in people)
        and all(_is_inverted(first, second, most_families=2) for first, second in people)
        and not any(piece.casefold() == outlet.casefold() for pieces in people for piece in pieces)
    )


def _is_inverted(first: str, second: str, most_families: int = 1) -> bool:
    """Whether two pieces around a comma may be the family name, or names, and the given name of one person."""
    words = first.split()
    family = [word for word in words if word.lower() not in SURNAME_PARTICLES]
    return (
        1 <= len(family) <= most_families
        and len(second.split()) <= 2
        and not {first.casefold(), second.casefold()} & _agencies().keys()
        and not (_is_no_author(first) or _is_no_author(second))
        and not _is_role(second)
        and second.lower() not in SUFFIXES
        and not _is_desk(second)
        and not _is_desk(first)
    )


def _is_role(piece: str) -> bool:
    """Whether a piece of a byline is what somebody is, not who."""
    words = piece.casefold().split()
    return (
        (len(words) > 1 and piece[0].islower() and words[0] not in SURNAME_PARTICLES)
        or words[-1] in _POSTS
        or piece.casefold() in _DEGREES
        or any(map(str.isdigit, piece))
    )


def _without_post(name: str) -> str:
    """Return a name without the post after it. What is only a post, or may have more of it before, stays as it is.

    >>> _without_post("Jane Doe Staff Writer"), _without_post("Staff Writer"), _without_post("Jane Doe Quiz editor")
    ('Jane Doe', 'Staff Writer', 'Jane Doe Quiz editor')
    """
    words = name.split()
    end = len(words)
    if words[-1].casefold() in _POSTS:
        while end and words[end - 1].casefold() in _POSTS:
            end -= 1
        posts = end
        while end > 2 and words[end - 1].casefold() in _KINDS_OF_POSTS | BEATS:
            end -= 1
        others = {word.casefold() for word in words[:end]}
        if (end == posts and end != 2) or others & (_KINDS_OF_POSTS | BEATS | _DESKS):
            return name
    return " ".join(words[:end]) if end > 1 else name


def _is_desk(name: str) -> bool:
    words = name.casefold().replace("-", " ").split()
    return bool((_DESKS | BODIES) & {*words})


def _author_named(name: str, language: str, outlet: str) -> Author | None:
    """Return the author with a name; None if nothing of a name is left."""
    name = name.strip(" ,:*†‡-–—")
    if name.endswith(".") and not ENDS_WITH_DOT.search(name):
        name = name.rstrip(" .")
    name = name.lstrip(" .")
    if not any(map(str.isalpha, name)):
        return None
    known = _agencies().get(name.casefold())
    if known is not None:
        return Author(literal=known)
    if name.casefold() == outlet.casefold():
        return Author(literal=name)
    if name[0] in _QUOTES:
        return Author(literal=name.strip(_QUOTES))
    if ", " in name:
        family, _, given = name.partition(", ")
        *others, last = given.split()
        if others and last.lower() in SUFFIXES:
            return Author(family, " ".join(others), suffix=last)
        return Author(family, given)
    if (after := _AFTER_NAME.search(name)) is not None and " " in name[: after.start()]:
        if _is_desk(name[: after.start()]):
            return Author(literal=name)
        name = name[: after.start()]
    words = name.split()
    if len(words) > 2 and words[0].lower() in _TITLES:
        del words[0]
    if (
        language in _UNDIVIDED
        or _UNSPACED.search(name)
        or _is_desk(name)
        or _has_article(name, language)
        or any(map(str.isdigit, name))
        or words[-1].casefold() in _POSTS
    ):
        return Author(literal=name)
    return divided(words, language) or Author(literal=name)
