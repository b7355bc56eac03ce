"""Nodes of the query tree that have matches but no operands: words, phrases and patterns."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Literal

from newssearch import arguments
from newssearch.system.late_dataclass import dataclass
from newssearch.system.lazy_regex import Pattern
from newssearch.text.folding import fold
from newssearch.text.tokenizer import word_matches as words_of

from .names import ARTICLES, core
from .node import NodeBase
from .quoting import escaped, quote, tidy, wildcard
from .regexes import compile_regex

OPERATORS = frozenset({"AND", "OR", "NOT"})
"""Words that are operators if they are in capitals. To search for one as a word, put it in quotation marks."""
MAX_EDITS = 2
"""The largest edit distance of a fuzzy word."""
MAX_DISTANCE = 1_000
"""The largest distance of a proximity operator, and in a phrase of any order, in words."""
MAX_UNORDERED = 8
"""The largest number of words and patterns in a phrase of any order, where the work doubles with each of them."""
Written = Literal["", "exact", "caps"]
"""Whether a pattern must match accents (``"exact"``), accents and capitals (``"caps"``), or neither (``""``)."""
_WRITTEN_FORMATS: dict[str, str] = {"": "{}", "exact": "{}~exact", "caps": "caps({})"}


@dataclass(frozen=True, slots=True)
class SimpleLeaf(NodeBase):
    """A leaf of the tree without operands."""

    @property
    def children(self) -> tuple[()]:
        """The operands: always none."""
        return ()


@dataclass(frozen=True, slots=True)
class Word(SimpleLeaf):
    """A word to search for, without white space. If the analyser splits it (``Al-Abbasi``), it is searched as a phrase.

    ``inside`` lists runs of adjacent words of the query that include this word. If a text writes such a run as one word
    with capitals inside, this word matches there. See :func:`newssearch.query.side_by_side`.
    """

    text: str
    inside: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_word(self, "text")
        if " " in self.text:
            raise ValueError(f"not one word: {self.text!r}; words() makes a query of several")

    def __str__(self) -> str:
        return (
            self.text
            if _UNQUOTED_WORD.fullmatch(self.text) and self.text.upper() not in OPERATORS
            else quote(self.text)
        )


@dataclass(frozen=True, slots=True)
class Phrase(SimpleLeaf):
    """Adjacent words, or with ``within`` the same words in any order, at most ``within`` words from first to last.

    With ``names``, each word that can be a :class:`Name` is searched as a name.
    """

    text: str
    within: int = 0
    names: bool = False

    def __post_init__(self) -> None:
        require_word(self, "text")
        if " " not in self.text and not self.within:
            raise ValueError(f"not a phrase: {self.text!r}")
        if not 0 <= arguments.whole_number("within", self.within) <= MAX_DISTANCE:
            raise ValueError(f"a phrase spans at most {MAX_DISTANCE} words")
        if self.names and self.within:
            raise ValueError("the words of a phrase are names side by side, or words in any order")

    def __str__(self) -> str:
        return quote(self.text) + (f"~{self.within}" if self.within else "~name" if self.names else "")

    @property
    def parts(self) -> list[Word | Name]:
        """A node for each word of the phrase.

        With ``names``, a word that can be a name is a :class:`Name`, which includes an Arabic article before it.
        """
        pieces = [piece for piece in self.text.split() if next(words_of(piece), None) is not None]
        if not self.names:
            return [Word(piece) for piece in pieces]
        parts: list[Word | Name] = []
        for piece in pieces:
            if core(piece) is None:
                parts.append(Word(piece))
                continue
            if parts and fold(parts[-1].text) in ARTICLES and len(list(words_of(piece))) == 1:
                parts.pop()
            parts.append(Name(piece))
        return parts


@dataclass(frozen=True, slots=True)
class Wildcard(SimpleLeaf):
    """Words that match a pattern of letters and wildcards.

    ``*`` stands for any number of letters, ``?`` for one letter (not at the end), ``[a-c]`` for one letter of a set.
    With ``written`` ``"exact"``, accents must agree; with ``"caps"``, accents and capitals; with ``""``, neither.
    """

    pattern: str
    written: Written = ""

    def __post_init__(self) -> None:
        if self.written not in _WRITTEN_FORMATS:
            raise ValueError(f"written must be exact, caps or empty: {self.written!r}")
        starred = "*" in arguments.text("pattern", self.pattern) or "?" in self.pattern
        if not (starred and wildcard().fullmatch(self.pattern) and any(map(str.isalnum, self.pattern))):
            raise ValueError(f"not a pattern of one word: {self.pattern!r}")
        if self.pattern.endswith("?"):
            raise ValueError("a question mark at the end of a word is punctuation")

    def __str__(self) -> str:
        return _WRITTEN_FORMATS[self.written].format(self.pattern)


@dataclass(frozen=True, slots=True)
class Fuzzy(SimpleLeaf):
    """Words that differ from ``text`` in at most ``edits`` letters (Levenshtein distance)."""

    text: str
    edits: int = 1

    def __post_init__(self) -> None:
        arguments.whole_number("edits", self.edits)
        found = [match.group() for match in words_of(arguments.text("text", self.text))]
        if not (found == [self.text] and 1 <= self.edits <= MAX_EDITS):
            raise ValueError(f"not a word that may differ in 1 to {MAX_EDITS} letters: {self!r}")

    def __str__(self) -> str:
        return f"{self.text}~{self.edits}"


@dataclass(frozen=True, slots=True)
class Regex(SimpleLeaf):
    """Words that a regular expression matches from start to end."""

    pattern: str

    def __post_init__(self) -> None:
        if not _REGEX_SOURCE.fullmatch(arguments.text("pattern", self.pattern)):
            raise ValueError(f"not a regular expression for one word: {self.pattern!r}")
        compile_regex(self.pattern)

    def __str__(self) -> str:
        return f"/{self.pattern}/"


@dataclass(frozen=True, slots=True)
class Name(SimpleLeaf):
    """A word, and capitalised words that spell the same name differently: see :mod:`newssearch.query.names`.

    An Arabic article before the name (Al-Abbasi) is part of each match.
    """

    text: str

    def __post_init__(self) -> None:
        require_word(self, "text")
        if " " in self.text or core(self.text) is None:
            raise ValueError(f"not a name of one word in Latin letters, with two consonants: {self.text!r}")

    def __str__(self) -> str:
        return f"{quote(self.text)}~name"

    @property
    def word(self) -> Word:
        """The name as a word, without the Arabic article."""
        *_, last = words_of(self.text)
        return Word(last.group())


@dataclass(frozen=True, slots=True)
class Exact(SimpleLeaf):
    """Adjacent words with the same letters and accents as ``text``, not stemmed. Capitals make no difference."""

    text: str

    def __post_init__(self) -> None:
        require_word(self, "text")

    def __str__(self) -> str:
        return f"{quote(self.text)}~exact"


@dataclass(frozen=True, slots=True)
class Caps(SimpleLeaf):
    """Adjacent words with the same letters, accents and capitals as ``text``."""

    text: str

    def __post_init__(self) -> None:
        require_word(self, "text")

    def __str__(self) -> str:
        return f"caps({quote(self.text)})"


@dataclass(frozen=True, slots=True)
class AnyWord(SimpleLeaf):
    """A place in a phrase that any one word fills. It is not a node by itself."""

    def __str__(self) -> str:
        return "*"


ANY = AnyWord()


PhraseWord = Word | Wildcard | Fuzzy | AnyWord
"""A part of a :class:`PatternPhrase`: a word, a pattern, or any one word."""


PhraseLeaf = Word | Phrase | Wildcard | Fuzzy | Name | Exact | Caps | AnyWord
"""A leaf that matches one pattern of a :class:`PatternPhrase`, or a run of its words between two patterns."""


@dataclass(frozen=True, slots=True)
class PatternPhrase(SimpleLeaf):
    """Adjacent words and patterns; with ``within``, all of them in any order, as in :class:`Phrase`.

    With ``mode`` ``"name"``, each word that can be a :class:`Name` is searched as a name; with ``"exact"`` or
    ``"caps"``, words and patterns are compared as written. With ``within``, there are at most :data:`MAX_UNORDERED`
    words and patterns (``Ocasio-Cortez`` is two words), and each matches a word of its own.
    """

    parts: tuple[PhraseWord, ...]
    within: int = 0
    mode: Literal["", "name", "exact", "caps"] = ""

    def __post_init__(self) -> None:
        kinds_of_part = (Word, Wildcard, Fuzzy, AnyWord)
        parts: tuple[PhraseWord, ...] = tuple(
            arguments.several("parts", self.parts, kinds_of_part, "a word or a pattern")
        )
        object.__setattr__(self, "parts", parts)
        kinds = set(map(type, parts))
        if len(self.parts) < 2 or kinds in ({AnyWord}, {Word}):
            raise ValueError("a phrase with patterns has two parts or more, and a pattern among them")
        if self.mode not in ("", "name", "exact", "caps"):
            raise ValueError(f"unknown mode of a phrase: {self.mode!r}")
        if any(isinstance(part, Wildcard) and part.written for part in self.parts):
            raise ValueError("set mode for the whole phrase, not written for a part")
        if self.mode and (self.within or (Fuzzy in kinds and self.mode != "name")):
            raise ValueError("a phrase in any order has no mode; one with a fuzzy word, none but name")
        if self.within and (AnyWord in kinds or count_words(self.parts) > MAX_UNORDERED):
            raise ValueError(f"a phrase in any order has at most {MAX_UNORDERED} words, and none is any word")
        if not 0 <= arguments.whole_number("within", self.within) <= MAX_DISTANCE:
            raise ValueError(f"a phrase spans at most {MAX_DISTANCE} words")

    def __str__(self) -> str:
        inner = " ".join(escaped(part.text) if isinstance(part, Word) else str(part) for part in self.parts)
        if self.mode == "caps":
            return f'caps("{inner}")'
        return f'"{inner}"' + (f"~{self.within}" if self.within else f"~{self.mode}" if self.mode else "")

    @property
    def words(self) -> str:
        """The words of the phrase that are not patterns, joined by spaces."""
        return " ".join(part.text for part in self.parts if isinstance(part, Word))

    @property
    def leaves(self) -> tuple[PhraseLeaf, ...]:
        """The leaves that must be adjacent: each pattern, and each run of words between patterns as one leaf.

        The mode of the phrase decides how they compare words.
        """
        found: list[PhraseLeaf] = []
        for is_word, run in groupby(self.parts, lambda part: isinstance(part, Word)):
            if is_word:
                found.append(self._run(" ".join(part.text for part in run if isinstance(part, Word))))
            elif self.mode in ("exact", "caps"):
                found += [
                    Wildcard(part.pattern, self.mode, span=self.span) if isinstance(part, Wildcard) else part
                    for part in run
                ]  # fmt: skip
            else:
                found += run
        return tuple(found)

    def _run(self, text: str) -> Word | Phrase | Name | Exact | Caps:
        """Return a leaf for adjacent words, according to the mode of the phrase."""
        if self.mode == "exact":
            return Exact(text, span=self.span)
        if self.mode == "caps":
            return Caps(text, span=self.span)
        named = self.mode == "name"
        if " " in text:
            return Phrase(text, names=named, span=self.span)
        return Name(text, span=self.span) if named and core(text) is not None else Word(text, span=self.span)


def count_words(parts: Iterable[PhraseWord]) -> int:
    """Return the number of words that the parts of a phrase stand for.

    >>> count_words([Word("Ocasio-Cortez"), Wildcard("elect*")])
    3
    """
    return sum(len(list(words_of(part.text))) if isinstance(part, Word) else 1 for part in parts)


_UNQUOTED_WORD = Pattern(r"[^\W_]+(?:[-'’.,&@][^\W_]+)*\.?")


_REGEX_SOURCE = Pattern(r"(?:\\.|[^/\\\s\ud800-\udfff])+")


def require_word(node: NodeBase, name: str) -> None:
    """Tidy the text in the attribute ``name`` of a node with :func:`tidy`. Raises ValueError if it has no word."""
    text = tidy(arguments.text(name, getattr(node, name)))
    object.__setattr__(node, name, text)
    if not (text.isascii() and text.isalnum()) and next(words_of(text), None) is None:
        raise ValueError(f"no word in {text!r}")
