"""The splitting of text into sentences.

White space splits a text into *chunks* (``“U.S.``, ``5``, ``Juli``). Whether a sentence begins with a chunk depends on
how the previous chunk ends and on how this chunk begins, and on nothing else. Each distinct chunk is therefore analysed
once per index (:mod:`newssearch.engines.embedded.indexing.lexicon`), and finding sentences takes linear time.

A chunk ends a sentence with ``.``, ``!``, ``?``, an ellipsis or a mark of its language, and any closing signs after it:
quotation marks, parentheses, a reference (``[3]``). A lower-case letter after it begins no sentence. These full stops
are special:

- after an abbreviation that stands before a name (``Gen.``, ``St.``): it never ends a sentence;
- after an abbreviation that stands before a number (``No.``): it ends a sentence unless a number follows;
- after any other abbreviation (``Inc.``, ``p.m.``), after initials (``U.S.``, ``J.``) and, in some languages, after
  ordinals (``5. Juli``): it ends a sentence only before an *opener*, a word such as ``The`` or ``However`` that has a
  capital because it begins a sentence.

Marks that are only used to end sentences (``。``, ``؟``, ``।``) always end one, even if no white space follows.

The abbreviations and openers are in ``abbreviations/``: one file for each analysis (:func:`.languages.analysis_of`), and
``any.txt`` for all analyses. They were compared with the lists of pySBD (https://github.com/nipunsadvilkar/pySBD) and
sentencex (https://github.com/wikimedia/sentencex), both under the MIT licence, which do not distinguish these kinds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from newssearch.system.lazy_regex import Pattern

from .spelling import IGNORABLE

ABBREVIATIONS_FOLDER = Path(__file__).with_name("abbreviations")
"""The folder with the files of the abbreviations and openers of each language."""

# The values of Clue.begins.
STARTS_NOTHING = 0
"""The kind of a chunk with only marks that end or close the text before it. No sentence begins with such a chunk."""
SMALL, CAPITAL, NUMBER, OPENER = 1, 2, 3, 4
"""The kinds of chunks that begin with a small letter, a capital, a number or an opener (a word such as ``However``). A
letter without case counts as a capital."""
AS_NEXT = 5
"""The kind of a chunk that has no word and opens the text after it (``«``, ``–``). A sentence begins with such a chunk
if one begins with the chunk after it; an opener there counts as any other word with a capital (``N.J. – The``)."""

# The values of Clue.ends, as bits: 1 << (kind - 1) for each kind of next chunk that begins a sentence.
GOES_ON = 0
BEFORE_OPENER = 1 << (OPENER - 1)
BEFORE_WORD = BEFORE_OPENER | 1 << (CAPITAL - 1)
ENDS = BEFORE_WORD | 1 << (NUMBER - 1)
ENDS_ALWAYS = ENDS | 1 << (SMALL - 1)
BIT_OF = (0, 1, 2, 4, 8, 0)
"""The bit in ``Clue.ends`` for each value of ``Clue.begins``, from 0 to 5. If it is set, a sentence begins before such
a chunk."""

_HARD_SIGNS = (
    "\u0589\u061d\u061e\u061f\u06d4\u0700\u0701\u0702\u07f9\u0964\u0965\u0f0d\u0f0e\u104b\u1362\u1367\u1368\u166e\u17d4"
    "\u17d5\u1803\u1809\u1c7e\u1c7f\u3002\ua876\ua877\ufe12\ufe15\ufe16\ufe52\ufe56\ufe57\uff01\uff1f\uff61"
)
"""The marks that always end a sentence: those with Unicode's property Sentence_Terminal that living scripts use for
nothing else. The Tibetan shad is added; the Burmese U+104A is left out, because it is used as a comma."""
_SOFT_SIGNS = ".!?…\u203c\u203d\u2047\u2048\u2049\uff0e"
_OPENING_QUOTES = "«‹“‘"
_CLOSING = f"\"'”’»›)]}}」』】）》〉{_OPENING_QUOTES}"
"""The signs that may follow the mark at the end of a sentence, such as quotation marks and parentheses. German closes
quotations with the sign that opens them in English."""
_HARD_MARK = re.compile(f"[{_HARD_SIGNS}]")
_HARD_MARKS = re.compile(f"[{_HARD_SIGNS}](?:[{_HARD_SIGNS}{_SOFT_SIGNS}]|[{re.escape(_CLOSING)}])*")
_WORD_CHAR = r"[^\W_]|[\u0e80-\u0eff\uf900-\ufaff\U00020000-\U0003ffff]"
"""The regular expression of a letter or digit. The listed blocks contain unassigned characters, which the analyser
takes for letters."""
_FIRST_WORD_CHAR = re.compile(rf"[\W_]*?({_WORD_CHAR})")
_HAS_WORD_CHAR = re.compile(_WORD_CHAR)
_REFERENCES = re.compile(r"(?:\[\d{1,3}\])+$")
_LAST_WORD = re.compile(r"[^-–—‑/()\[\]{}\"“”„«»‘’'‚‹›¿¡,:;]*$")
_ROMAN = re.compile(r"[IVXLC]{2,}")
_CHUNK = re.compile(r"\S+")
_APOSTROPHE = re.compile("['’]")
_INVISIBLE_CHAR = Pattern(f"[{IGNORABLE}]")
_ENDS_IN_THAI = re.compile("[\u0e00-\u0e7f]$")
_MAX_LOOKBACK_CHARS = 24
"""The number of characters of a chunk that are examined to find an abbreviation, an opener, or references after a
mark."""


_MAX_ACRONYM_LETTERS = 3
"""The largest number of letters of an abbreviation that is not recognised in capitals, because it may then be an
acronym: ``SEC``, ``VA`` and ``LA`` are not ``Sec.``, ``Va.`` and ``La.``"""


class Clue(NamedTuple):
    """The properties of a chunk from which the beginnings of sentences are found.

    ``starts`` are the offsets in the chunk where sentences begin inside it. ``begins`` says how the chunk
    begins: it is one of the constants from :data:`STARTS_NOTHING` to :data:`AS_NEXT`. ``ends`` has the bits
    (:data:`BIT_OF`) of the kinds of chunks that begin a sentence if they follow.
    """

    starts: tuple[int, ...]
    begins: int
    ends: int


class Rules:
    """The rules for splitting the texts of one analysis into sentences."""

    def __init__(self, analysis: str) -> None:
        self._full_stops: dict[str, int] = {}
        self._openers: set[str] = set()
        self._ordinals = False
        self._soft = _SOFT_SIGNS
        for name in ("any", analysis):
            for label, words in _labelled_words(name):
                self._learn(label, words)
        self._marks = frozenset(self._soft + _HARD_SIGNS)
        self.marked = re.compile(rf"(?<!\S)[^\s{self._soft}{_HARD_SIGNS}]*[{self._soft}{_HARD_SIGNS}]\S*")
        self._from_mark = re.compile(rf"[{self._soft}{_HARD_SIGNS}]\S*")
        self._ending = "".join((_HARD_SIGNS, self._soft, _CLOSING))
        self._only_closing = self._ending.translate(str.maketrans("", "", _OPENING_QUOTES))
        self.clue = lru_cache(maxsize=16_384)(self._clue)

    def _learn(self, label: str, words: Iterable[str]) -> None:
        if label == "openers":
            self._openers.update(words)
        elif label == "ordinals":
            self._ordinals = True
        elif label == "marks":
            self._soft += "".join(words)
        else:
            for word in words:
                self._full_stops.update(dict.fromkeys(_abbreviation_spellings(word, label), _ENDS_OF[label]))

    def _clue(self, chunk: str) -> Clue:
        return Clue(tuple(_starts_inside(chunk)), self.begins(chunk), self.ends(chunk))

    def ending_chunks(self, text: str, limit: int) -> Iterator[tuple[int, str]]:
        """Yield the chunks of a text that may end a sentence, with the offset of each, up to the one at ``limit``."""
        if not text.isprintable():  # there may be white space other than spaces
            yield from ((match.start(), match[0]) for match in self.marked.finditer(text))
            return
        for match in self._from_mark.finditer(text):
            start = text.rfind(" ", 0, match.start()) + 1
            if start > limit:
                return
            yield start, text[start : match.end()]

    def next_start(self, text: str, at: int, ends: int) -> int | None:
        """Return the offset of the sentence that begins after the chunk that ends at ``at``, or None if none does.

        ``ends`` is the ``Clue.ends`` of that chunk.
        """
        opened = None
        for match in _CHUNK.finditer(text, at):
            _, begins, ends_itself = self.clue(match[0])
            if begins == AS_NEXT:
                opened = match.start() if opened is None else opened
            elif begins != STARTS_NOTHING:
                if opened is not None and begins == OPENER:
                    begins = CAPITAL
                return (match.start() if opened is None else opened) if ends & BIT_OF[begins] else None
            elif ends_itself:
                return None
        return None

    def begins(self, chunk: str) -> int:
        """Return the ``Clue.begins`` of a chunk: a constant from :data:`STARTS_NOTHING` to :data:`AS_NEXT`."""
        if chunk.isascii() and chunk.isalpha() and (chunk.islower() or chunk[0].isupper()):  # most chunks
            if chunk in self._openers:
                return OPENER
            return SMALL if chunk.islower() else CAPITAL
        if chunk[0] in "@#" and len(chunk) > 1:
            return NUMBER if chunk[1].isdigit() else CAPITAL
        first = _FIRST_WORD_CHAR.match(chunk)
        if first is None:
            bare = _INVISIBLE_CHAR.sub("", chunk)
            if self.marked.match(bare) is not None and bare[0] not in _OPENING_QUOTES:
                return STARTS_NOTHING  # also (!) and […]
            return AS_NEXT if bare.strip(self._only_closing) else STARTS_NOTHING
        letter, at = first[1], first.start(1)
        if letter.isdigit():
            return NUMBER
        if letter.islower():
            if chunk in self._openers:  # ’s
                return OPENER
            return CAPITAL if chunk[at + 1 : at + 2].isupper() else SMALL  # iPhone
        if chunk[0] in "-–—":
            return CAPITAL  # a dateline, or the name of the person quoted
        word = _APOSTROPHE.split(chunk[at : at + _MAX_LOOKBACK_CHARS], maxsplit=1)[0]
        return OPENER if word.rstrip(',;:!?"”»)') in self._openers else CAPITAL

    def ends(self, chunk: str) -> int:
        """Return the ``Clue.ends`` of a chunk: the bits of the kinds of chunks that begin a sentence after it."""
        if not chunk.isascii():
            chunk = _INVISIBLE_CHAR.sub("", chunk) or " "
        if chunk[-1] not in self._ending and chunk[-1] != "]":
            return GOES_ON
        if chunk[-1] == "]" and (references := _REFERENCES.search(chunk[-_MAX_LOOKBACK_CHARS:])) is not None:
            chunk = chunk[: -len(references[0])]
        body = chunk.rstrip(self._ending)
        tail = chunk[len(body) :]
        marks = [sign for sign in tail if sign in self._marks]
        if not marks:
            return GOES_ON
        if _HARD_MARK.search(tail) is not None:
            return ENDS_ALWAYS
        if len(marks) > 1 or tail[0] not in ".!":
            return ENDS
        found = _LAST_WORD.search(body, max(0, len(body) - _MAX_LOOKBACK_CHARS))
        if found is not None and len(found[0]) == 1 and _APOSTROPHE.match(body, len(body) - 2) is not None:
            return ENDS  # don’t, Iraq’s
        word = "" if found is None else unicodedata.normalize("NFC", found[0])
        return self._ends_after_word(word) if tail[0] == "." else self._full_stops.get(f"{word}!", ENDS)

    def _ends_after_word(self, word: str) -> int:
        """Return the ``Clue.ends`` of a chunk that ends with ``word`` and a full stop (see :meth:`ends`)."""
        if (listed := self._full_stops.get(word)) is not None:
            return listed
        if _ENDS_IN_THAI.search(word) is not None:
            return GOES_ON  # in Thai, a full stop always belongs to an abbreviation
        if self._ordinals and ((len(word) <= 2 and word.isdigit()) or _ROMAN.fullmatch(word) is not None):
            return BEFORE_OPENER
        if all(len(letter) == 1 and letter.isalpha() for letter in word.split(".")):
            return BEFORE_OPENER
        return ENDS


_ENDS_OF = {"before a name": GOES_ON, "before a number": BEFORE_WORD, "may end": BEFORE_OPENER}


def _labelled_words(name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the label before the colon, and the words after it, for each line of an abbreviations file."""
    path = ABBREVIATIONS_FOLDER / f"{name}.txt"
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                label, _, words = line.partition(":")
                yield label, words.split()


def _abbreviation_spellings(word: str, label: str) -> set[str]:
    """Return the spellings with which an abbreviation is recognised; ``label`` is its label in the file.

    An abbreviation that stands before a name or a number may also begin with a capital. It may also be all in capitals,
    if it is too long to be confused with an acronym.
    """
    found = {word}
    if label != "may end":
        if word.islower():
            found.add(word[0].upper() + word[1:])
        if len(word) > _MAX_ACRONYM_LETTERS:
            found.add(word.upper())
    return found


def _starts_inside(chunk: str) -> Iterator[int]:
    """Yield the offsets where sentences begin inside a chunk, ascending: after marks that always end a sentence."""
    end = None
    for match in _HARD_MARKS.finditer(chunk):
        if end is not None and _HAS_WORD_CHAR.search(chunk, end, match.start()) is not None:
            yield end
        end = match.end()
    if end is not None and _HAS_WORD_CHAR.search(chunk, end) is not None:
        yield end


@cache
def rules(analysis: str) -> Rules:
    """Return the rules for splitting sentences in texts of the given ``analysis``, such as ``"english"``.

    An analysis that another package adds has those of the built-in one that it completes.
    """
    base, added, _ = analysis.partition("+")
    return rules(base) if added else Rules(analysis)


def sentence_starts(text: str, analysis: str = "english", limit: int | None = None) -> list[int]:
    """Return the offsets in ``text`` where sentences begin, ascending, without that of the first sentence.

    ``analysis`` is the name of the analysis of the text's language. Offsets beyond ``limit`` may be left out.

    >>> text = "Mr. Austin met the U.S. envoy on Jan. 5. “It rained.” Then 3 left."
    >>> [text[at:at + 4] for at in sentence_starts(text)]
    ['“It ', 'Then']
    """
    of = rules(analysis)
    starts: list[int] = []
    word = _HAS_WORD_CHAR.search(text)
    first = len(text) if word is None else word.start()
    for at, chunk in of.ending_chunks(text, len(text) if limit is None else limit):
        inside, begins, ends = of.clue(chunk)
        starts += [at + start for start in inside]
        if ends and first < at + len(chunk) and begins != AS_NEXT:
            start = of.next_start(text, at + len(chunk), ends)
            starts += () if start is None else (start,)
    return starts
