"""The analyser: it divides a text into words with their offsets, and turns each word into its term.

One analyser for each language serves indexing, queries and highlights, so that the three agree. The tokenizer
(:mod:`.tokenizer`) finds the words. The term of a word is the word without its elided beginning (:mod:`.elision`),
folded (:mod:`.folding`), then stemmed by Snowball (https://snowballstem.org/). An abbreviation has the same term with
and without full stops (``U.N.``, ``UN``). Stop words have terms too, because phrases need them.

Another package may add the analysis of a language: see :mod:`.added_analyser`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple, cast

import Stemmer

from . import compounds
from .elision import JOINED_TO, elided_length, joined_length
from .folding import MAX_TERM_CHARS, clean_without_possessive, fold, fold_clean, without_possessive
from .function_words import FUNCTION_WORDS
from .languages import DEFAULT_ANALYSIS, PLAIN_ANALYSIS, built_in_base
from .spelling import clean, exponent_of
from .tokenizer import TAG_PREFIX, TAG_START, word_matches, word_of

_ARABIC_ARTICLES = re.compile(r"(?:[وف]?[بك]?ال|[وف]?لل)(?=\w{3})")
_PLAIN_CHUNK = re.compile(r"[(\[\"“‘]*([A-Za-z][a-z]+)[.,;:!?)\]\"”]*")
"""Matches a chunk with a single word in small letters, which no compound is. Most are; others may be too."""
_PLURAL_NUMBER = re.compile(r"[a-z]{0,4}\d[\d.]*s")  # 737s, F16s
USA_TERM = "u.s"
ACRONYMS = {"US": USA_TERM, "USA": USA_TERM}
"""The terms of acronyms in capitals in all languages, with or without full stops. No other word has these terms."""
ENGLISH_ACRONYMS = {**ACRONYMS, "WHO": "w.h.o"}
"""The terms of acronyms in capitals in English. In lower case, some of them are other words (``us``, ``who``)."""
ENGLISH_TERMS = {"isis": "isis", "bn": "billion"}
"""The English words, in folded form, whose term is not their stem, each with its term."""
_MAX_ACRONYM_CHARS = 6
"""The maximum length, in characters, of an acronym or a key of ``ENGLISH_TERMS``, including a possessive ending."""
ANALYSES_WITH_USA = frozenset({"catalan", "french", "italian", "portuguese", "romanian", "spanish"})
"""The names of the analyses in which ``usa`` is a word of its own, so that only ``USA`` in capitals is the country."""


class Compound(NamedTuple):
    """One or several adjacent words of a text that a query also finds in another spelling: see :mod:`.compounds`.

    ``first`` is the number of the first word in the text, from 0; ``size`` is the number of words. ``key`` is the term
    of the other spelling: of the words written as one, of the singular of an acronym, or of a part (km of km²). If the
    other spelling is several words, as for a word with capitals inside, ``key`` has their terms with spaces between
    them.
    """

    first: int
    size: int
    key: str


class Token(NamedTuple):
    """A word of a text: its term, its offsets (``text[start:end]``), and the word (see :func:`.tokenizer.word_of`)."""

    term: str
    start: int
    end: int
    word: str


class Chunk(NamedTuple):
    """The analysis of a chunk, a piece of a text between two spaces: its words with their terms, and its compounds.

    Offsets and numbers count from the beginning of the chunk. ``keys`` has the terms, and the keys of the compounds.
    """

    terms: tuple[str, ...]
    tokens: tuple[Token, ...]
    compounds: tuple[Compound, ...]
    keys: tuple[str, ...]


class _OwnStemmer(threading.local):
    """A Snowball stemmer of each thread: a stemmer is not thread-safe."""

    def __init__(self, name: str) -> None:
        self.stem: Callable[[str], str] = Stemmer.Stemmer(name, 0).stemWord


class Analyser:
    """The analyser of texts in one language. ``name`` is its Snowball stemmer, or ``"plain"`` for no stemming.

    Terms are cached by word, so that each distinct word is folded and stemmed once. Several threads may share an
    analyser.

    >>> from newssearch.text.analysis import analyser
    >>> [token.term for token in analyser("en").tokens("The delegations’ supporting roles")]
    ['the', 'deleg', 'support', 'role']
    """

    MAX_CACHED_WORDS = 1_000_000
    """The number of distinct words at which a cache of terms or folded forms is emptied, to bound its memory."""
    MAX_CACHED_CHUNKS = 100_000
    """The number of distinct chunks at which their cache is emptied. Chunks longer than :data:`MAX_TERM_CHARS` are not
    cached."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.base = built_in_base(name)
        self._stemmer = None if self.base == PLAIN_ANALYSIS else _OwnStemmer(self.base)
        self._terms: dict[str, str] = {}
        self._forms: dict[str, str] = {}
        self._chunks: dict[str, Chunk] = {}

    @property
    def divides(self) -> bool:
        """Whether texts are divided into words by another rule than that of the built-in tokenizer."""
        return False

    def term(self, word: str) -> str:
        """Return the term of one word, or ``""`` if folding leaves nothing of the word."""
        term = self._terms.get(word)
        if term is None:
            term = self._uncached_term(word)
            if len(self._terms) >= self.MAX_CACHED_WORDS:
                self._terms.clear()
            if len(word) <= MAX_TERM_CHARS:
                self._terms[word] = term
        return term

    def _uncached_term(self, word: str) -> str:
        """Return the term of a word, computed without the cache."""
        english = self.base == DEFAULT_ANALYSIS
        part = word.startswith(TAG_PREFIX)
        bare = clean(word.lstrip(TAG_PREFIX))
        if "'" in bare:
            bare = bare[elided_length(bare, self.base) :]
        dotted = "." in bare and bare[0].isalpha()
        if dotted:
            bare = clean_without_possessive(bare).replace(".", "")
        if len(bare) <= _MAX_ACRONYM_CHARS and not part:
            capitals = bare.upper() if dotted else clean_without_possessive(bare)
            acronym = (ENGLISH_ACRONYMS if english else ACRONYMS).get(capitals)
            if acronym is not None:
                return acronym
        form = fold_clean(bare)
        if len(form) <= _MAX_ACRONYM_CHARS:
            if form == "usa" and self.base not in ANALYSES_WITH_USA:
                return USA_TERM
            if english and (term := ENGLISH_TERMS.get(form.removesuffix("'s"))) is not None:
                return term
        if self.base == "arabic":  # Snowball removes the article, but not all prefixes before it
            article = _ARABIC_ARTICLES.match(form)
            form = form[article.end() if article is not None else 0 :].replace("ى", "ي")
        if form[-1:] == "s" and _PLURAL_NUMBER.fullmatch(form):
            form = form[:-1]
        elif form.endswith("'s") and form[-3:-2].isdigit():
            form = form[:-2]
        return form if not form or form[:1].isdigit() else self._stem(form, bare)

    def _stem(self, form: str, bare: str) -> str:
        """Return the term of a word with letters. ``form`` is the word in folded form, ``bare`` as it was before folding."""
        return form if self._stemmer is None else self._stemmer.stem(form)

    def form(self, word: str) -> str:
        """Return the folded form of a word. The patterns of a query (``secur*``) are compared with this form.

        It is not stemmed, and lacks a possessive ending and an elided or joined beginning (``l'``, ``sant'``).
        """
        form = self._forms.get(word)
        if form is None:
            bare = without_possessive(word.lstrip(TAG_PREFIX))
            front = self._front(bare) if "'" in bare else 0
            form = fold_clean(bare[front:]) or fold_clean(bare) or fold(word)
            if len(self._forms) >= self.MAX_CACHED_WORDS:
                self._forms.clear()
            if len(word) <= MAX_TERM_CHARS:
                self._forms[word] = form
        return form

    def _front(self, word: str) -> int:
        """Return the length of the elided and joined beginnings of a cleaned word, in characters."""
        front = elided_length(word, self.base)
        return front + joined_length(word[front:], self.base)

    @property
    def function_words(self) -> Collection[str]:
        """The function words of the language, in lower case."""
        return FUNCTION_WORDS.get(self.base, ())

    def is_function_word(self, word: str) -> bool:
        """Whether ``word`` is a function word (``the``, ``of``): searched like any other, but not highlighted."""
        return word.casefold() in self.function_words

    def words(self, text: str) -> list[str]:
        """Return the words of ``text`` as they stand there: see :func:`.tokenizer.word_of`."""
        return list(map(word_of, word_matches(text)))

    def terms(self, text: str) -> list[str]:
        """Return the terms of the words of ``text``, in order. The index of an item is the position of its word."""
        return [token[0] for token in self.tokens(text)]

    def forms(self, text: str) -> list[str]:
        """Return the folded forms of the words of ``text``, in the order of :meth:`terms`."""
        cached = self._forms
        return [cached.get(token.word) or self.form(token.word) for token in self.tokens(text)]

    def forms_of(self, words: Sequence[str]) -> list[str]:
        """Return the folded form of each word, as :meth:`form` does."""
        known = list(map(self._forms.get, words))
        if all(known):
            return cast("list[str]", known)
        return [self.form(word) if form is None else form for word, form in zip(words, known, strict=True)]

    def tokens(self, text: str) -> list[Token]:
        """Return the words of ``text`` with their terms and offsets, in order."""
        cached = self._terms
        if TAG_START.search(text) is None:
            return [
                Token(term, match.start(), match.end(), word)
                for match in word_matches(text)
                if (term := cached.get(word := match.group()) or self.term(word))
            ]
        return [
            Token(term, match.start(), match.end(), word)
            for match in word_matches(text)
            if (term := self.term(word := word_of(match)))
        ]

    def chunks(self, pieces: Sequence[str]) -> list[Chunk]:
        """Return the chunks of a text, given by its ``pieces``: ``text.split(" ")``.

        No word contains a space, so these have all words of the text. Most chunks are in the cache, so that this takes a
        tenth of the time of :meth:`tokens`.
        """
        known = list(map(self._chunks.get, pieces))
        if all(known):
            return cast("list[Chunk]", known)
        return [
            self._chunk(piece) if chunk is None else chunk for piece, chunk in zip(pieces, known, strict=True)
        ]

    def compounds(self, text: str) -> Iterator[Compound]:
        """Yield the compounds in ``text``, a chunk without spaces.

        >>> from newssearch.text.analysis import analyser
        >>> [tuple(found) for found in analyser("en").compounds("Al-Abbasi’s,")]
        [(0, 2, 'alabbasi')]
        >>> [tuple(found) for found in analyser("en").compounds("(AlAbbasi)")]
        [(0, 1, 'al abbasi')]
        """
        if not (compounds.may_be_compound(text) or self.may_have_parts(text)):
            return
        tokens = self.tokens(text)
        for first, size, word in compounds.joined_words(text, [(token.start, token.end) for token in tokens]):
            if (key := self._one_word(word)) is not None:
                yield Compound(first, size, key)
            if tokens[first].word.startswith(TAG_PREFIX):  # a hashtag may contain acronyms beside other words
                among = tokens[first : first + size]
                terms = [self.term(token.word.lstrip(TAG_PREFIX)) for token in among]
                if terms != [token.term for token in among]:
                    yield Compound(first, size, " ".join(terms))
        for number, token in enumerate(tokens):
            singular = self.singular(token.word)
            if singular:
                if singular != token.term:
                    yield Compound(number, 1, singular)
                continue
            parts = compounds.camel_case_parts(token.word.lstrip(TAG_PREFIX))
            if len(parts) > 1:
                yield Compound(number, 1, " ".join(filter(None, map(self.term, parts))))
            elif (part := self._part(token.word)) and part != token.term:
                yield Compound(number, 1, part)

    def may_have_parts(self, text: str) -> bool:
        """Whether ``text`` may contain a word that a query also finds by a part (km of km²). False is certain."""
        return compounds.may_have_parts(text, joined_to=self.base in JOINED_TO)

    def singular(self, word: str) -> str:
        """Return the term of the singular of a plural acronym (it may not be the stem), or ``""`` for any other word.

        >>> from newssearch.text.analysis import analyser
        >>> analyser("en").singular("NGOs"), analyser("en").singular("PhDs’s"), analyser("en").singular("As")
        ('ngo', 'phd', '')
        """
        bare = without_possessive(word)
        singular = compounds.singular_of(bare[elided_length(bare, self.base) :])
        return self.term(singular) if singular else ""

    def _part(self, word: str) -> str:
        """Return the term of the part by which ``word`` is also found (Egidio of Sant'Egidio, km of km²), or ``""``."""
        bare = clean(word.lstrip(TAG_PREFIX))
        unit = exponent_of(bare)
        if unit is not None:
            return self.term(unit)
        front = self._front(bare) if "'" in bare else 0
        return self.term(bare[front:]) if front > elided_length(bare, self.base) else ""

    def _one_word(self, word: str) -> str | None:
        """Return the term of ``word``, or None if a query would divide it into several words or find no word in it."""
        match = next(word_matches(word), None)
        return self.term(word) or None if match is not None and match.group() == word else None

    def _chunk(self, piece: str) -> Chunk:
        match = None if self.divides else _PLAIN_CHUNK.fullmatch(piece)
        if match is not None and (term := self.term(word := match[1])):  # most chunks
            terms: tuple[str, ...] = (term,)
            chunk = Chunk(terms, (Token(term, *match.span(1), word),), (), terms)
        else:
            tokens, found = tuple(self.tokens(piece)), tuple(self.compounds(piece))
            terms = tuple([token.term for token in tokens])
            chunk = Chunk(
                terms, tokens, found, (*terms, *(compound.key for compound in found)) if found else terms
            )
        if len(piece) <= MAX_TERM_CHARS:
            if len(self._chunks) >= self.MAX_CACHED_CHUNKS:
                self._chunks.clear()
            self._chunks[piece] = chunk
        return chunk
