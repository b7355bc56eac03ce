"""From text to terms: words with their offsets, folded, and stemmed by the language of the article.

One analyser serves indexing, queries and highlights, so that the three agree. A word is

- a run of letters, digits and the marks upon them, joined by apostrophes (``don't``, ``Iraq’s``, ``l'Ukraine``);
- an abbreviation of single letters with full stops (``U.S.``, ``e.g.``), which is what it is without them (``UN``);
- a number with its separators and what is glued to it (``1,000``, ``3.5bn``);
- a part of what stands behind ``#`` or ``@`` with capitals inside (``#BlackLivesMatter``);
- one single character of a script that has no spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) or whose words are
  longer than what is looked for (Korean): a longer word is then a phrase.

Its term is the word without what is elided in front of it (:mod:`.elision`), folded (:func:`fold`), then stemmed by
Snowball (https://snowballstem.org/). Every word is a term, stop words too: phrases need them.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import Stemmer

from newssearch.system.lazy_regex import Pattern

from . import compounds
from .elision import ANY_ELIDED, JOINED_TO, behind, elided, joined_to
from .spelling import ACCENTS, APOSTROPHES, IGNORABLE, MIDDLE_DOTS, PUNCTUATION, clean, exponent_of, folded

ANALYSIS_VERSION = 4
"""Counts up whenever the same text gives other terms: an index made before then must be rebuilt."""

MAX_TERM = 128
"""Characters of a term; what is longer is no word, and is cut."""

SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""The stemmer for each language (ISO 639-1); one that the installed Snowball lacks is analysed as plain."""

PLAIN = "plain"
DEFAULT = "english"
"""The analysis of an article whose language is not known."""


_SOUTHEAST = "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf\u1000-\u102a\u103f\u1050-\u1055\u1780-\u17b3"
_CJK = (
    _SOUTHEAST
    + "\uac00-\ud7a3\u1100-\u115f\ua960-\ua97c\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
_HANGUL = "\uac00-\ud7a3\u1100-\u11ff"  # a syllable is one letter or several, as it is encoded
_SYLLABLE = "\u1100-\u115f\ua960-\ua97c"  # its beginning, where it is several; what follows is:
_JAMO = "\u1160-\u11ff\ud7b0-\ud7fb"
_COMMON = (
    "\0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2029\u202f-\u205f\u20a0-\u20cf\u2100-\u22ff"
)
"""None of these, no mark and not invisible: European letters, punctuation, currencies."""

UNITS = "am|bn|cm|ft|k|kg|km|kmh|kph|lbs?|m|mg|mm|mn|mph|pm|tn|trn|a\\.m|p\\.m"
"""Units that are words of their own behind a number, without a space too."""


def _pattern(
    letter: str, digits: str, word: str, goes_on: str, join: str = f"[{APOSTROPHES}]", *, elided: bool = False
) -> str:
    """The alternatives are tried in this order at each place; each is linear, for none can give back what another takes.

    ``elided`` is for texts that :data:`_RARE` is in: initials or a number behind an apostrophe, or ``l·l``.
    """
    initials = rf"{letter}(?:\.{letter})+(?!{goes_on})(?:\.?['’][sS](?!{goes_on})|\.?)"
    possessive = f"[{APOSTROPHES}][sS](?!{goes_on})"
    number = (
        rf"{digits}(?:[.,٬٫]{digits})*(?:(?=(?i:{UNITS})[²³]?(?!{goes_on}))|(?:{word})?(?:{possessive})?)"
    )
    if elided:
        join = rf"(?:{join}|(?<=[lL])[{MIDDLE_DOTS}](?=[lL]))"
    before = f"(?i:{'|'.join(sorted(ANY_ELIDED))})[{APOSTROPHES}](?:{initials}|{number})"
    return rf"""
        {initials}
      | {number}
      | {f"{before} |" if elided else ""}
        {word}(?:{join}{word})*
    """


_COMMON_PARTS = (r"[^\W\d_]", r"\d+", r"[^\W_]+", r"[^\W_]")
_TOKEN = re.compile(_pattern(*_COMMON_PARTS), re.VERBOSE)
"""A word, in a text of common characters."""
_RARE = re.compile(rf"[{APOSTROPHES}](?:\d|[^\W\d_]\W)|[{MIDDLE_DOTS}]")
_TAG = re.compile(f"[{compounds.TAGS}]\\w")
_ANY = re.compile(".+", re.DOTALL)
_UNCOMMON = re.compile(f"[^{_COMMON}]")
_ARABIC = (
    "\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc"
)
_IN_ARABIC = f"(?<=[{_ARABIC}]{compounds.NON_JOINER})[{_ARABIC}]"
"""What follows a non-joiner that parts words, as a space would: in Persian."""
_HEBREW = "\u05d0-\u05ea\ufb1d-\ufb4f"
_POINTED = f"[{_HEBREW}\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"
_PREFIX = "(?<!{0}[ובהכלמש])(?<!{0}[ובהכלמש]{{2}})".format(f"(?<!{_POINTED})")
_QUOTES = '[\u05f3\u05f4"“”„]'
GERSHAYIM = (
    rf"(?<={_POINTED})(?:{_PREFIX}|(?={_QUOTES}{_POINTED}{{1,2}}(?!{_POINTED})))"
    rf"{_QUOTES}(?=[{_HEBREW}])(?!{_POINTED}+{_QUOTES})"
)
"""What stands in front of the last letters of a Hebrew abbreviation (צה״ל), also as a quotation mark; it is one where a
word follows a prefix of one or two letters, or ends with another one: ב"הארץ"."""
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)")
_ARABIC_ARTICLE = re.compile(r"(?:[وف]?[بك]?ال|[وف]?لل)(?=\w{3})")
_PLURAL_NUMBER = re.compile(r"[a-z]{0,4}\d[\d.]*s")  # 737s, F16s
PART = "#"
"""What a word begins with that is a part of a hashtag or a handle; see :func:`word_of`."""
USA = "u.s"
ACRONYMS = {"US": USA, "USA": USA}
"""Terms of words in capitals, dotted or not, in all languages: no other word has them."""
ENGLISH_ACRONYMS = {**ACRONYMS, "WHO": "w.h.o"}
"""The same in English, where an acronym may be another word in small letters."""
ENGLISH_TERMS = {"isis": "isis", "bn": "billion"}
"""Folded words that have another term than their stem."""
_SHORT = 6
"""Letters that an acronym, and a word with another term, have at most, with the ending of a possessive."""
USE = frozenset({"catalan", "french", "italian", "portuguese", "romanian", "spanish"})
"""Languages in which ``usa`` is a word of another meaning."""


class Compound(NamedTuple):
    """What words of a text are together: see :mod:`.compounds`.

    ``first`` is the number of the first of ``size`` words. ``key`` is the term of the one word that they make, or,
    where they are one word with capitals inside, the terms of its parts with a space between two.
    """

    first: int
    size: int
    key: str


class Token(NamedTuple):
    """A word of a text: its term, where it stands (``text[start:end]``), and the word (:func:`word_of`)."""

    term: str
    start: int
    end: int
    word: str


def fold(word: str) -> str:
    """``word`` without case, accents and compatibility forms; ``""`` where nothing is left.

    >>> fold("São"), fold("STRASSE") == fold("Straße"), fold("1,000"), fold("U.S."), fold("ﬁre"), fold("٣٫٥")
    ('sao', True, '1000', 'u.s', 'fire', '3.5')
    """
    return _folded(clean(word))


def _folded(bare: str) -> str:
    """A clean word folded."""
    found = folded(bare)
    if _THOUSANDS.match(found):
        found = _THOUSANDS.sub(lambda match: match.group().replace(",", ""), found, count=1)
    return found[:MAX_TERM].rstrip(".")  # U.S. at the end of a sentence and U.S inside it are one


def word_of(match: re.Match[str]) -> str:
    """A word as :func:`words` found it; a part of a hashtag or a handle begins with :data:`PART`.

    >>> [word_of(match) for match in words("#DoctorWHO in the US")]
    ['#Doctor', '#WHO', 'in', 'the', 'US']
    """
    return PART + match.group() if match.re is _ANY else match.group()


def without_possessive(word: str) -> str:
    """A word :func:`~.spelling.clean`, without the ending of its possessive.

    >>> without_possessive("Iraq’s"), without_possessive("ISIS")
    ('Iraq', 'ISIS')
    """
    return _without_possessive(clean(word))


def _without_possessive(word: str) -> str:
    return word[:-2] if len(word) > 2 and word.endswith(("'s", "'S")) else word


def written(word: str) -> str:
    """A word with its capitals and accents, whatever its encoding, its apostrophes, its possessive and last full stop.

    >>> written("Iraq’s"), written("U.S."), written("US"), written("l’OTAN")
    ('Iraq', 'U.S', 'US', "l'OTAN")
    """
    return without_possessive(word).rstrip(".")


def spelled(word: str) -> str:
    """A word as it is :func:`written`, but for its capitals, and whether it is a part of a hashtag.

    >>> spelled("SÃO"), spelled("Straße’s") == spelled("STRASSE")
    ('são', False)
    """
    return written(word).lower().lstrip(PART)


def unelided(as_written: str, form: str) -> str:
    """A word as it is written that has this form, without what the form leaves out in front of it.

    >>> unelided("l'OTAN", "otan"), unelided("d'Amato", "d'amato")
    ('OTAN', "d'Amato")
    """
    return behind(as_written, form, fold) if "'" in as_written else as_written


def whole_form(as_written: str) -> str:
    """The form of a word as it is written, with what is elided in front of it."""
    return fold(as_written.lstrip(PART))


def possible_forms(word: str) -> list[str]:
    """What the form of a word may be, by the language.

    >>> possible_forms("l'OTAN’s"), possible_forms("US")
    (["l'otan", 'otan'], ['us'])
    """
    bare = without_possessive(word.lstrip(PART))
    found = [fold(bare) or fold(word)]
    found += (fold(bare[at + 1 :]) for at, char in enumerate(bare) if char == "'")
    return [form for form in dict.fromkeys(found) if form]


def words(text: str) -> Iterator[re.Match[str]]:
    """The words of ``text`` as matches, in order: what :meth:`Analyser.tokens` gives terms to."""
    elided = _RARE.search(text) is not None
    if text.isascii() or _UNCOMMON.search(text) is None:
        found = (_token_elided() if elided else _TOKEN).finditer(text)
    else:
        pattern = _token_cjk if _has_cjk().search(text) is not None else _token_marked
        found = pattern(elided=elided).finditer(text)
    return found if _TAG.search(text) is None else _parted(text, found)


def _parted(text: str, found: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    """Words, of which those behind a ``#`` or ``@`` are parted."""
    for match in found:
        start = match.start()
        parts = compounds.parts_of_tag(match.group()) if compounds.is_tag(text, start) else ()
        if len(parts) < 2:
            yield match
            continue
        for part in parts:
            inner = _ANY.match(text, start, start + len(part))
            assert inner is not None, "it matches whatever stands there"
            yield inner
            start += len(part)


# What is made only where a text has such characters, for it takes milliseconds.


@cache
def marks() -> str:
    """The combining marks as ranges of a character class: ``\\w`` leaves them out, and words are torn there."""
    blocks = ((0x300, 0x3400), (0xA000, 0xAC00), (0xFE00, 0xFE30), (0x11000, 0x12000))
    points = [n for low, high in blocks for n in range(low, high) if unicodedata.category(chr(n))[0] == "M"]
    ranges: list[list[int]] = []
    for n in points:
        if ranges and ranges[-1][1] == n - 1:
            ranges[-1][1] = n
        else:
            ranges.append([n, n])
    return "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges)


@cache
def _marked_pattern(*, elided: bool) -> str:
    letter = rf"[^\W\d_{_HANGUL}][{marks()}{IGNORABLE}]*"
    digits = rf"(?:\d[{IGNORABLE}]*)+"
    inside = IGNORABLE.replace("\u200b-\u200f", "\u200b\u200d-\u200f")  # all but the non-joiner
    word = rf"[^\W_](?:[^\W_]|[{marks()}{inside}]|{compounds.NON_JOINER}(?!{_IN_ARABIC}))*"
    return _pattern(
        letter, digits, word, rf"[^\W_]|[{marks()}]", rf"(?:[{APOSTROPHES}][{IGNORABLE}]*|{GERSHAYIM})"
    )


@cache
def _token_marked(*, elided: bool) -> re.Pattern[str]:
    return re.compile(_marked_pattern(elided=elided), re.VERBOSE)


@cache
def _token_elided() -> re.Pattern[str]:
    return re.compile(_pattern(*_COMMON_PARTS, elided=True), re.VERBOSE)


@cache
def _has_cjk() -> re.Pattern[str]:
    return re.compile(f"[{_CJK}]")


@cache
def _token_cjk(*, elided: bool) -> re.Pattern[str]:
    pattern = _marked_pattern(elided=elided).replace("[^", f"[^{_CJK}")
    single = rf"(?:[{_SYLLABLE}]+[{_JAMO}\uac00-\ud7a3]|[{_CJK}])[{marks()}{_JAMO}{IGNORABLE}\uff9e\uff9f]*"
    return re.compile(rf"{single} | (?: {pattern} )", re.VERBOSE)


class Analyser:
    """The analysis for one language: ``name`` is its Snowball stemmer, or ``"plain"`` for none.

    Terms are remembered by word, so that each distinct word is folded and stemmed once. Safe to use from threads.

    >>> [token.term for token in analyser("en").tokens("The delegations’ supporting roles")]
    ['the', 'deleg', 'support', 'role']
    """

    REMEMBERED = 1_000_000
    """Distinct words remembered before starting over: bounds the memory."""
    CHUNKS = 100_000
    """The same for chunks, the pieces of a text between two spaces; longer ones than :data:`MAX_TERM` are not."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._stem = None if name == PLAIN else Stemmer.Stemmer(name, 0).stemWord
        self._terms: dict[str, str] = {}
        self._forms: dict[str, str] = {}
        self._chunks: dict[str, tuple[Token, ...]] = {}
        self._lock = threading.Lock()

    def term(self, word: str) -> str:
        """The term of one word, or ``""``."""
        term = self._terms.get(word)
        if term is None:
            term = self._found(word)
            with self._lock:
                if len(self._terms) >= self.REMEMBERED:
                    self._terms.clear()
                if len(word) <= MAX_TERM:
                    self._terms[word] = term
        return term

    def _found(self, word: str) -> str:
        """The term of a word that is not remembered."""
        english = self.name == DEFAULT
        part = word.startswith(PART)
        bare = clean(word.lstrip(PART))
        if "'" in bare:
            bare = bare[elided(bare, self.name) :]
        dotted = "." in bare and bare[0].isalpha()
        if dotted:
            bare = _without_possessive(bare).replace(".", "")
        if len(bare) <= _SHORT and not part:
            capitals = bare.upper() if dotted else _without_possessive(bare)
            acronym = (ENGLISH_ACRONYMS if english else ACRONYMS).get(capitals)
            if acronym is not None:
                return acronym
        form = _folded(bare)
        if len(form) <= _SHORT:
            if form == "usa" and self.name not in USE:
                return USA
            if english and (known := ENGLISH_TERMS.get(form.removesuffix("'s"))) is not None:
                return known
        if self.name == "arabic":  # Snowball knows the article, but not all that is written in front of it
            article = _ARABIC_ARTICLE.match(form)
            form = form[article.end() if article is not None else 0 :].replace("ى", "ي")
        if form[-1:] == "s" and _PLURAL_NUMBER.fullmatch(form):
            form = form[:-1]
        elif form.endswith("'s") and form[-3:-2].isdigit():
            form = form[:-2]
        if self._stem is None or not form or form[:1].isdigit():
            return form
        with self._lock:  # a Snowball stemmer keeps state while it works
            stem: str = self._stem(form)
        return stem

    def form(self, word: str) -> str:
        """The word folded, without a possessive ending and what is in front of an apostrophe in this language, but not
        stemmed: what patterns are compared with."""
        form = self._forms.get(word)
        if form is None:
            bare = without_possessive(word.lstrip(PART))
            front = self._front(bare) if "'" in bare else 0
            form = _folded(bare[front:]) or _folded(bare) or fold(word)
            if len(self._forms) >= self.REMEMBERED:
                self._forms.clear()
            if len(word) <= MAX_TERM:
                self._forms[word] = form
        return form

    def _front(self, word: str) -> int:
        """How many characters are in front of the last part of a clean word."""
        front = elided(word, self.name)
        return front + joined_to(word[front:], self.name)

    def joins(self, word: str) -> bool:
        """Whether ``word`` only joins others (``the``, ``of``): found like any other, but no reason to mark it."""
        return word.casefold() in FUNCTION_WORDS.get(self.name, ())

    def terms(self, text: str) -> list[str]:
        """The terms of ``text`` in order: position ``i`` of the index is item ``i``."""
        return [token[0] for token in self.tokens(text)]

    def forms(self, text: str) -> list[str]:
        """The forms of the words of ``text``, one for each of :meth:`terms`."""
        known = self._forms
        return [known.get(token.word) or self.form(token.word) for token in self.tokens(text)]

    def tokens(self, text: str) -> list[Token]:
        """The words of ``text`` with their terms and offsets: the same terms, in the same order, as :meth:`terms`."""
        known = self._terms
        if _TAG.search(text) is None:
            return [
                Token(term, match.start(), match.end(), word)
                for match in words(text)
                if (term := known.get(word := match.group()) or self.term(word))
            ]
        return [
            Token(term, match.start(), match.end(), word)
            for match in words(text)
            if (term := self.term(word := word_of(match)))
        ]

    def chunks(self, text: str) -> list[tuple[Token, ...]]:
        """The words of each piece of ``text.split(" ")``, with their offsets there: all of :meth:`tokens`, in order.

        No word holds a space. Most pieces of a text were seen before, so that this costs a tenth of looking for words.
        """
        pieces = text.split(" ")
        known = map(self._chunks.get, pieces)
        return [
            self._chunk(piece) if tokens is None else tokens
            for piece, tokens in zip(pieces, known, strict=True)
        ]

    def compounds(self, text: str) -> Iterator[Compound]:
        """What words of a text without a space between them are together.

        >>> [tuple(found) for found in analyser("en").compounds("Al-Abbasi’s,")]
        [(0, 2, 'alabbasi')]
        >>> [tuple(found) for found in analyser("en").compounds("(AlAbbasi)")]
        [(0, 1, 'al abbasi')]
        """
        if not (compounds.there_may_be(text) or self.may_have_parts(text)):
            return
        tokens = self.tokens(text)
        for first, size, word in compounds.joined(text, [(token.start, token.end) for token in tokens]):
            if (key := self._one_word(word)) is not None:
                yield Compound(first, size, key)
            if tokens[first].word.startswith(
                PART
            ):  # the acronyms among the parts of a hashtag, next to other words
                among = tokens[first : first + size]
                terms = [self.term(token.word.lstrip(PART)) for token in among]
                if terms != [token.term for token in among]:
                    yield Compound(first, size, " ".join(terms))
        for number, token in enumerate(tokens):
            singular = self.singular(token.word)
            if singular:
                if singular != token.term:
                    yield Compound(number, 1, singular)
                continue
            parts = compounds.parts_of(token.word.lstrip(PART))
            if len(parts) > 1:
                yield Compound(number, 1, " ".join(filter(None, map(self.term, parts))))
            elif (part := self._part(token.word)) and part != token.term:
                yield Compound(number, 1, part)

    def may_have_parts(self, text: str) -> bool:
        """Whether there can be words that are found by a part too: quick to tell of most texts."""
        return compounds.may_have_parts(text, joined_to=self.name in JOINED_TO)

    def singular(self, word: str) -> str:
        """The term of an acronym whose plural a word is, which its stem may not tell; or ``""``.

        >>> analyser("en").singular("NGOs"), analyser("en").singular("PhDs’s"), analyser("en").singular("As")
        ('ngo', 'phd', '')
        """
        bare = without_possessive(word)
        singular = compounds.singular_of(bare[elided(bare, self.name) :])
        return self.term(singular) if singular else ""

    def _part(self, word: str) -> str:
        """The term of the part that a word is found by too: Egidio of Sant'Egidio, km of km²; or ``""``."""
        bare = clean(word.lstrip(PART))
        unit = exponent_of(bare)
        if unit is not None:
            return self.term(unit)
        front = self._front(bare) if "'" in bare else 0
        return self.term(bare[front:]) if front > elided(bare, self.name) else ""

    def _one_word(self, word: str) -> str | None:
        """The term of what is one word as a query has it."""
        match = next(words(word), None)
        return self.term(word) or None if match is not None and match.group() == word else None

    def _chunk(self, piece: str) -> tuple[Token, ...]:
        tokens = tuple(self.tokens(piece))
        if len(piece) <= MAX_TERM:
            if len(self._chunks) >= self.CHUNKS:
                self._chunks.clear()
            self._chunks[piece] = tokens
        return tokens


@cache
def analyser_named(name: str) -> Analyser:
    """The one analyser of that name."""
    return Analyser(name)


def analysis_of(lang: str | None) -> str:
    """The name of the analysis for a language tag (BCP 47): only its first subtag counts.

    >>> analysis_of("en-GB"), analysis_of("zh"), analysis_of(None)
    ('english', 'plain', 'english')
    """
    if not lang:
        return DEFAULT
    name = SNOWBALL.get(re.split("[-_]", lang.lower(), maxsplit=1)[0], PLAIN)
    return name if name in _installed() else PLAIN


def analyser(lang: str | None) -> Analyser:
    """The analyser for articles in ``lang``."""
    return analyser_named(analysis_of(lang))


@lru_cache(maxsize=1)
def _installed() -> frozenset[str]:
    return frozenset(Stemmer.algorithms())


_UNSEEN = Pattern(f"[{IGNORABLE}]")
"""Characters of a name that nobody sees: soft hyphens, joiners, marks of the writing direction."""


def key(value: str) -> str:
    """What two names of an outlet, a source or a section have in common: words folded, ``www.`` left out, one kind of
    apostrophe and of hyphen.

    >>> key("The  Guardian") == key("the guardian"), key("www.nytimes.com"), key("People’s Daily")
    (True, 'nytimes.com', "people's daily")
    """
    folded = value.translate(PUNCTUATION)
    if not folded.isascii():
        folded = unicodedata.normalize("NFKC", _UNSEEN.sub("", folded)).translate(PUNCTUATION)
    folded = " ".join(folded.casefold().split())
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFKD", folded)))
    return re.sub(r"^(?:www\.)+(?=.)", "", folded)


def name_words(value: str) -> list[str]:
    """The words of a name (a byline, a place), folded but never stemmed."""
    return analyser_named(PLAIN).terms(value)


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTION_WORDS = {
    "english": _listed(
        """
        a an and are as at be because been being but by did do does for from had has have he her him his if in into is
        it its me my nor of on or our she so than that the their them then there these they this those to was we were
        what when where which while who whom whose with would you your
        """
    ),
    "french": _listed(
        """
        à au aux ce ces cette dans de des du elle elles en est et il ils la le les leur leurs ne nous ou où par pour
        qu que qui sa se ses son sont sur un une vous
        """
    ),
    "german": _listed(
        """
        aber als am an auf aus bei das dass dem den der des die durch ein eine einem einen einer eines er es für hat
        ich im in ist mit nach oder sich sie sind über um und uns von vom vor war wie zu zum zur
        """
    ),
    "portuguese": _listed(
        """
        a ao aos as com da das de do dos e em entre essa esse foi mas na nas no nos o os ou para pela pelo por que se
        seu sua um uma
        """
    ),
    "spanish": _listed(
        """
        a al como con de del el ella en es esta este la las lo los o para pero por que se su sus un una y
        """
    ),
}
"""By analysis, the words that only join others. They are indexed and searched as all others."""
