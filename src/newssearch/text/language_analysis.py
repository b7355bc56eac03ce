"""The analysis of a language that another package adds: its interface, its name, and how it is found.

An entry point of the group :data:`ANALYSER_ENTRY_POINTS` adds it. The name of the entry point is the code of the language, and it
refers to a :class:`LanguageAnalysis`. An index remembers the :class:`AddedName` of each one that its terms were made with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from newssearch import arguments
from newssearch.errors import AnalyserError
from newssearch.system.entry_points import (
    describe_error,
    described_entry,
    entry_points_of,
    error_location,
    is_order_to_stop,
)
from newssearch.system.late_dataclass import dataclass

from .languages import ADDED, PLAIN_ANALYSIS, SNOWBALL_STEMMERS, analysis_of, language_of

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ANALYSER_ENTRY_POINTS = "newssearch.analysers"
"""The group of entry points by which other packages add analyses. The name of each is the code of a language."""
_LANGUAGE_CODE = re.compile(r"[a-z]{2,8}")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""Matches a name or a version: they are part of file formats and of tokens of OpenSearch."""


@dataclass(frozen=True, slots=True)
class LanguageAnalysis:
    """How a package divides texts in one language into words, and what the terms of the words are.

    ``name`` and ``version`` identify it. An index keeps both: change ``version`` whenever any text gets other words or
    terms, and mention in it the version of the library that makes them. They have letters, digits, dots, hyphens and
    underscores.

    ``words`` divides a piece of a text and returns its words in order, as pairs of offsets: each word is
    ``piece[start:end]``. A piece has letters, and perhaps apostrophes between them: there is no white space and no
    punctuation in it, and numbers and abbreviations with full stops are words by themselves. None keeps the words of the
    built-in tokenizer.

    ``term`` returns the term of a word: its stem or its lemma. The word is in small letters, in NFKC, with its accents. The
    term is then folded as words are. None keeps the term of the built-in stemmer, if there is one for the language.

    ``function_words`` are words like *the* and *of*, which are not highlighted alone. None keeps the built-in list, if there
    is one.

    Both functions must always return the same for the same text. Only one thread calls them at a time.

    >>> from newssearch import LanguageAnalysis
    >>> def letters(piece):
    ...     return [(at, at + 1) for at in range(len(piece))]
    >>> LanguageAnalysis("letters", "1", words=letters).version
    '1'
    """

    name: str
    version: str
    words: Callable[[str], Iterable[tuple[int, int]]] | None = None
    term: Callable[[str], str] | None = None
    function_words: frozenset[str] | None = None

    def __post_init__(self) -> None:
        """Check the values. Raises TypeError for one of a wrong type, and ValueError for a name that cannot be kept."""
        for label, value in (("name", self.name), ("version", self.version)):
            if not _LABEL.fullmatch(arguments.text(label, value)):
                raise ValueError(
                    f"{label} must have 1 to 64 letters, digits, dots, hyphens, underscores: {value!r}"
                )
        arguments.function("words", self.words)
        arguments.function("term", self.term)
        if self.function_words is not None:
            words = arguments.texts("function_words", self.function_words)
            object.__setattr__(self, "function_words", frozenset(word.casefold() for word in words))
        if self.words is None and self.term is None and self.function_words is None:
            raise ValueError("an analysis has words, term or function_words")


class AddedName(NamedTuple):
    """The name of an analysis that a package adds, as indexes keep it: ``plain+ja=janome@1.2``.

    ``base`` is the name of the built-in analysis of the language.
    """

    base: str
    language: str
    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.base}{ADDED}{self.language}={self.name}@{self.version}"

    @classmethod
    def parse(cls, text: str) -> AddedName:
        """Return the parts of a name. Raises ValueError if it is none.

        >>> AddedName.parse("plain+ja=janome@1.2").version
        '1.2'
        """
        base, _, rest = text.partition(ADDED)
        language, _, label = rest.partition("=")
        name, _, version = label.partition("@")
        if not (_LANGUAGE_CODE.fullmatch(language) and _LABEL.fullmatch(name) and _LABEL.fullmatch(version)):
            raise ValueError(f"not the name of an analysis: {text!r}")
        if base != PLAIN_ANALYSIS and base not in SNOWBALL_STEMMERS.values():
            raise ValueError(f"not the name of an analysis: {text!r}")
        return cls(base, language, name, version)

    @property
    def label(self) -> str:
        """The name and the version, for people."""
        return f"{self.name} {self.version}"


class Installed(NamedTuple):
    """An analysis of an installed package, and the entry point that adds it."""

    analysis: LanguageAnalysis
    entry: EntryPoint

    def named(self, language: str) -> AddedName:
        """Return the name that indexes keep of it."""
        return AddedName(analysis_of(language), language, self.analysis.name, self.analysis.version)


@cache
def analyser_entry(language: str) -> EntryPoint | None:
    """Return the entry point that adds an analysis for a language, or None.

    Raises :class:`~newssearch.AnalyserError` if there are several, or its name is more than the code of a language.
    """
    found = [entry for entry in entry_points_of(ANALYSER_ENTRY_POINTS) if language_of(entry.name) == language]
    if len(found) > 1:
        named = " and ".join(described_entry(entry) for entry in found)
        raise AnalyserError(
            f"several packages add an analyser for {language}: {named}; uninstall all but one"
        )
    if found and not _LANGUAGE_CODE.fullmatch(found[0].name):
        raise AnalyserError(
            f"the analyser {found[0].name!r} ({described_entry(found[0])}) must have the name of a language, such as {language}"
        )
    return found[0] if found else None


@cache
def installed(language: str) -> Installed | None:
    """Return the analysis that an installed package adds for a language, or None.

    Raises :class:`~newssearch.AnalyserError` if it cannot be loaded, or if there are several.
    """
    entry = analyser_entry(language)
    if entry is None:
        return None
    named = f"the analyser for {language} ({described_entry(entry)})"
    try:
        found = entry.load()
    except BaseException as error:
        if is_order_to_stop(error):
            raise
        where = error_location(error, [entry])
        raise AnalyserError(f"{named} cannot be loaded: {describe_error(error)}{where}") from error
    if not isinstance(found, LanguageAnalysis):
        raise AnalyserError(f"{named} is not a newssearch.LanguageAnalysis but {type(found).__name__}")
    return Installed(found, entry)


def forget_installed() -> None:
    """Look for installed packages again when they are next asked for."""
    installed.cache_clear()
    analyser_entry.cache_clear()


def is_installed(wanted: AddedName) -> bool:
    """Whether an analysis is installed in the version that an index names."""
    try:
        installed_as(wanted)
    except AnalyserError:
        return False
    return True


def installed_as(wanted: AddedName) -> Installed:
    """Return the installed analysis with a name that an index keeps.

    Raises :class:`~newssearch.AnalyserError` if it is not installed, or not in this version.
    """
    found = installed(wanted.language)
    if found is not None and found.named(wanted.language).label == wanted.label:
        return found
    instead = "no analyser for it is installed"
    if found is not None:
        instead = f"{found.named(wanted.language).label} is installed ({described_entry(found.entry)})"
    raise AnalyserError(
        f"the articles in {wanted.language} of this index were analysed by {wanted.label}, and {instead}:"
        f" install {wanted.label} again, or rebuild the index with `newssearch index --rebuild`"
    )
