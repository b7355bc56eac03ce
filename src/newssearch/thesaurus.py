"""The synonyms of an archive: which words and phrases also stand for others, and how they are found in a query.

The table ``[synonyms]`` of ``newssearch.toml`` has an entry for each word or phrase. Synonyms widen a query; they change
nothing in an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from newssearch.system.late_dataclass import dataclass
from newssearch.text.analysis import analyser
from newssearch.text.built_in_analyser import Analyser
from newssearch.text.folding import fold
from newssearch.text.tokenizer import word_matches

from . import arguments

MAX_ENTRIES = 10_000
"""The largest number of entries of an archive."""
MAX_SYNONYMS = 100
"""The largest number of synonyms of one entry."""
MAX_SYNONYM_PAIRS = 100_000
"""The largest number of pairs of a word and a synonym of it. A set of n words that are synonyms both ways has n · (n - 1)."""
MAX_SYNONYM_CHARS = 200
"""The largest number of characters of a word or phrase."""
MAX_NEAR_KEYS = 3
"""The largest number of similar words that :meth:`Thesaurus.near` returns."""
_FORM = 'a word, a list of words, or a table such as { words = ["automobile", "auto"], both = true }'


@dataclass(frozen=True, slots=True)
class SynonymEntry:
    """A word or phrase, its ``key``, and its synonyms, the ``words``, which a search for the key also finds.

    With ``both``, a search for any of them finds all. ``lang`` is the language by whose rules other forms of the key are
    recognised (``aliens`` for ``alien``); None for that of the archive. Raises ValueError for a text that is no word or
    phrase, for too many, and for a ``lang`` that is no language tag.

    >>> SynonymEntry("car", ("automobile", "auto"), both=True).sets
    (('car', ('automobile', 'auto')), ('automobile', ('car', 'auto')), ('auto', ('car', 'automobile')))
    """

    key: str
    words: tuple[str, ...]
    both: bool = False
    lang: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _phrase(arguments.text("key", self.key)))
        words = [_phrase(word) for word in arguments.texts("words", self.words)]
        own = fold(self.key)
        distinct = {folded: word for word in reversed(words) if (folded := fold(word)) != own}
        object.__setattr__(self, "words", tuple(reversed(distinct.values())))
        if not self.words:
            raise ValueError(f"{self.key} has no synonym but itself")
        if len(self.words) > MAX_SYNONYMS:
            raise ValueError(f"{self.key} has {len(self.words):,} synonyms; {MAX_SYNONYMS} are the most")
        arguments.flag("both", self.both)
        if self.lang is not None:
            from newssearch.text.language_tags import checked_language  # few entries state a language

            arguments.text("lang", self.lang)
            object.__setattr__(self, "lang", checked_language(self.lang, f"lang of {self.key}"))

    @property
    def sets(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The words and phrases that have synonyms by this entry, each with these."""
        if not self.both:
            return ((self.key, self.words),)
        whole = (self.key, *self.words)
        return tuple((one, tuple(other for other in whole if other != one)) for one in whole)


def synonym_entries(given: object) -> tuple[SynonymEntry, ...]:
    """Return the entries of a thesaurus.

    ``given`` maps each word or phrase to its synonyms, or to a mapping with ``words``, ``both`` and ``lang``; or it is a
    sequence of :class:`SynonymEntry`. Raises TypeError for another type, and ValueError for a wrong entry.

    >>> [entry.words for entry in synonym_entries({"illegal alien": "undocumented immigrant", "car": {"words": ["auto"]}})]
    [('undocumented immigrant',), ('auto',)]
    """
    if isinstance(given, Mapping):
        found = [_synonym_entry(key, value) for key, value in given.items()]
    else:
        wanted = "a mapping of words to synonyms"
        found = [*arguments.several("synonyms", given, SynonymEntry, wanted)]
    if len(found) > MAX_ENTRIES:
        raise ValueError(f"there are {len(found):,} entries; {MAX_ENTRIES:,} are the most")
    pairs = sum(len(entry.words) * (len(entry.words) + 1 if entry.both else 1) for entry in found)
    if pairs > MAX_SYNONYM_PAIRS:
        raise ValueError(
            f"the entries make {pairs:,} pairs of a word and a synonym; {MAX_SYNONYM_PAIRS:,} are the most"
        )
    return tuple(found)


def _synonym_entry(key: object, value: object) -> SynonymEntry:
    if not isinstance(key, str):
        raise arguments.wrong("synonyms", "a word or phrase", key)
    settings = value if isinstance(value, Mapping) else {"words": value}
    if unknown := [name for name in settings if name not in ("words", "both", "lang")]:
        raise ValueError(f"{key} has no setting {unknown[0]}: it is {_FORM}")
    words, both, lang = settings.get("words"), settings.get("both", False), settings.get("lang")
    several = [words] if isinstance(words, str) else words
    if not (isinstance(several, list | tuple) and all(isinstance(word, str) for word in several)):
        raise ValueError(f"{key} is {_FORM}")
    if not isinstance(both, bool):
        raise ValueError(f"both of {key} must be true or false")
    if not (lang is None or isinstance(lang, str)):
        raise ValueError(f'lang of {key} must be a language tag, such as "en" or "pt-BR", and not {lang!r}')
    return SynonymEntry(key, tuple(several), both, lang)


def _phrase(text: str) -> str:
    """Return a word or phrase with single spaces. Raises ValueError if it is none."""
    tidy = " ".join(text.split())
    if next(word_matches(tidy), None) is None or len(tidy) > MAX_SYNONYM_CHARS:
        raise ValueError(f"{tidy[:MAX_SYNONYM_CHARS]!r} is not a word or a phrase")
    if any(mark in tidy for mark in '*"“”'):
        raise ValueError(f"{tidy!r} has a star or a quotation mark: a synonym is a plain word or phrase")
    return tidy


class FoundKey(NamedTuple):
    """The synonyms of the first ``size`` of some adjacent words."""

    size: int
    synonyms: tuple[str, ...]


class Thesaurus:
    """Looks up the synonyms of the words of a query.

    A word or phrase has the synonyms of a key if both have the same terms in the language of the entry, or of the archive
    (``lang``; English by default): ``illegal aliens`` has those of ``illegal alien``. Case and accents make no difference.

    >>> thesaurus = Thesaurus(synonym_entries({"illegal alien": ["undocumented immigrant"]}))
    >>> thesaurus.find(["Illegal", "aliens", "crossed"])
    FoundKey(size=2, synonyms=('undocumented immigrant',))
    >>> thesaurus.find(["undocumented", "immigrant"]) is None
    True
    """

    def __init__(self, entries: Iterable[SynonymEntry] = (), lang: str | None = None) -> None:
        self.keys: dict[str, None] = {}
        """The words and phrases that have synonyms, in the order of the entries."""
        self._by_analyser: dict[Analyser, dict[tuple[str, ...], dict[str, str]]] = {}
        self._most_terms = 0
        for entry in entries:
            language = analyser(entry.lang or lang)
            table = self._by_analyser.setdefault(language, {})
            for key, synonyms in entry.sets:
                self.keys[key] = None
                terms = tuple(language.terms(key))
                self._most_terms = max(self._most_terms, len(terms))
                known = table.setdefault(terms, {})
                for synonym in synonyms:
                    known.setdefault(fold(synonym), synonym)
        self._terms = lru_cache(4096)(_terms_in)

    def __bool__(self) -> bool:
        """Whether any word has synonyms."""
        return bool(self.keys)

    def find(self, words: Sequence[str], least: int = 1) -> FoundKey | None:
        """Return the synonyms of the longest key with which some adjacent words begin.

        It takes at least ``least`` of the words. Returns None if there is no such key.
        """
        found: dict[int, dict[str, str]] = {}
        for language, table in self._by_analyser.items():
            terms: tuple[str, ...] = ()
            for size, word in enumerate(words, 1):
                terms += self._terms(language, word)
                if len(terms) > self._most_terms:
                    break
                if size >= least and terms in table:
                    found.setdefault(size, {}).update(table[terms])
        if not found:
            return None
        size = max(found)
        typed = fold(" ".join(words[:size]))
        synonyms = tuple(word for folded, word in found[size].items() if folded != typed)
        return FoundKey(size, synonyms) if synonyms else None

    def near(self, text: str) -> list[str]:
        """Return the keys that are similar to a word or phrase, the most similar first."""
        from difflib import get_close_matches  # slow to import, and seldom needed

        by_folded = {fold(key): key for key in self.keys}
        return [by_folded[one] for one in get_close_matches(fold(text), by_folded, MAX_NEAR_KEYS)]


def _terms_in(language: Analyser, text: str) -> tuple[str, ...]:
    return tuple(language.terms(text))
