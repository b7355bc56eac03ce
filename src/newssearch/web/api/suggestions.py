"""Completes the word under the cursor of a search box: words of the index, names of fields, and values of fields."""

from __future__ import annotations

import re
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import nsmallest
from string import ascii_lowercase
from typing import Any, Literal, NamedTuple

from newssearch.facets import FacetValue
from newssearch.fields import FIELD_ALIASES, FIELDS, QUERY_FIELDS, TIME_FIELDS, ArticleField
from newssearch.index import Index
from newssearch.info import IndexInfo
from newssearch.query.leaves import OPERATORS
from newssearch.query.quoting import QUOTES, quote
from newssearch.system.late_dataclass import dataclass
from newssearch.text.folding import fold
from newssearch.web.pool import SearchLimits

MAX_COMPLETIONS = 8
"""The largest number of suggestions."""
MAX_FIELD_NAMES = 4
"""The largest number of names of fields beside words."""
MAX_OUTLETS_BESIDE = 3
"""The largest number of outlets beside words."""
LEAST_FOR_OUTLETS = 3
"""The number of letters from which outlets are suggested beside words."""
MAX_COMPLETED = 200
"""The largest number of characters of a word or a value that is completed."""
PREPARING_SECONDS = 5.0
"""The time limit of a completion that is made in advance."""
MAX_KEPT_WORDS = 4_096
"""The number of prefixes of words whose completions are kept for a commit."""

_FIELD_BEFORE = re.compile(r"([A-Za-z][A-Za-z0-9_]*):$")
_TOKEN_START = re.compile(rf"[^\s(){QUOTES}]*$")
_TOKEN_END = re.compile(rf"[^\s(){QUOTES}]*")
_NEEDS_NO_QUOTES = re.compile(r"[^\W_]+(?:[-.'’&][^\W_]+)*\.?")
"""Matches a word or a value that needs no quotation marks."""
_WORD_BEGINNING = re.compile(r"[^\W_][\w.'’&#-]*")
"""Matches what may be the beginning of a word, without operators of the query language."""
_PARTS_OF_VALUE = re.compile(r"\w+")
_QUOTE_OR_ESCAPE = re.compile(rf"\\[\s\S]|[{QUOTES}]")

SuggestionKind = Literal["word", "field", "value"]


class Suggestion(NamedTuple):
    """A completion: the text to be put in, what is shown for it, and the number of articles that it finds, if known."""

    kind: SuggestionKind
    text: str
    label: str
    articles: int | None = None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The completions for a place in a query, each of which replaces its characters from ``start`` to ``end``."""

    start: int
    end: int
    suggestions: tuple[Suggestion, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the completions as JSON types."""
        return {
            "start": self.start,
            "end": self.end,
            "suggestions": [one._asdict() for one in self.suggestions],
        }


class CursorPlace(NamedTuple):
    """What is under the cursor: the characters from ``start`` to ``end``, of which ``typed`` is before the cursor.

    ``field`` is the name before a colon in front of them, ``""`` if there is none; ``quoted`` is whether they are in
    quotation marks. For the value of a field, ``start`` is that of the name.
    """

    start: int
    end: int
    typed: str
    field: str = ""
    quoted: bool = False


def place_in(text: str, at: int) -> CursorPlace:
    """Return what is under the cursor, which is before the character with the index ``at``.

    >>> place_in("iraq outlet:fo -x", 14)
    CursorPlace(start=5, end=14, typed='fo', field='outlet', quoted=False)
    >>> place_in('iraq "security fo', 17)
    CursorPlace(start=15, end=17, typed='fo', field='', quoted=True)
    """
    at = max(0, min(at, len(text)))
    opened = _open_quote(text, at)
    if opened is None:
        return _unquoted(text, at)
    inside = text[opened + 1 : at]
    field = _FIELD_BEFORE.search(text, max(opened - MAX_COMPLETED, 0), opened)
    if field is None:
        start = at - (0 if not inside or inside[-1].isspace() else len(inside.split()[-1]))
        return CursorPlace(start, _token_end(text, at), text[start:at], quoted=True)
    marks = [one for one in _QUOTE_OR_ESCAPE.finditer(text, at) if one[0][0] != "\\"]
    end = marks[0].end() if len(marks) % 2 else _token_end(text, at)
    return CursorPlace(field.start(), end, inside, field[1], quoted=True)


def _unquoted(text: str, at: int) -> CursorPlace:
    found = _TOKEN_START.search(text, max(at - MAX_COMPLETED, 0), at)
    token = found[0] if found is not None else ""
    start, end = at - len(token), _token_end(text, at)
    bare = token.lstrip("-−–")
    start += len(token) - len(bare)
    name, colon, value = bare.partition(":")
    if colon and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        return CursorPlace(start, end, value, name)
    return CursorPlace(start, end, bare)


def _open_quote(text: str, at: int) -> int | None:
    """Return the index of the quotation mark that is not closed before the cursor."""
    opened: int | None = None
    for mark in _QUOTE_OR_ESCAPE.finditer(text, 0, at):
        if mark[0][0] != "\\":
            opened = mark.start() if opened is None else None
    return opened


def _token_end(text: str, at: int) -> int:
    found = _TOKEN_END.match(text, at)
    return found.end() if found is not None else at


class ValueList:
    """The values of a field, found by the beginning of any of their words, without regard to case and accents."""

    def __init__(self, values: Iterable[FacetValue]) -> None:
        known = [(one.value, one.articles) for one in values if one.value is not None]
        self.values = sorted(known, key=lambda one: (-one[1], one[0]))
        self._folded = [_folded_parts(value) for value, _ in self.values]
        words = {(word, n) for n, folded in enumerate(self._folded) for word in folded.split()}
        self._words = sorted(words)

    def beginning(self, typed: str, limit: int) -> Iterator[tuple[str, int]]:
        """Yield the values, the most frequent first, that have the typed words in a row, the last of them cut."""
        folded = _folded_parts(typed)
        if not folded:
            yield from self.values[:limit] if not typed.strip() else ()
            return
        first = folded.split()[0]
        low = bisect_left(self._words, (first,))
        high = bisect_left(self._words, (f"{first}\U0010ffff",), low)
        numbers = {number for _, number in self._words[low:high]}
        found = (number for number in numbers if f" {folded}" in f" {self._folded[number]}")
        yield from (self.values[number] for number in nsmallest(limit, found))


def _folded_parts(text: str) -> str:
    """Return the folded words of a text, separated by spaces."""
    return " ".join(filter(None, (fold(word) for word in _PARTS_OF_VALUE.findall(text[:MAX_COMPLETED]))))


class CompletionValues(NamedTuple):
    """What an index offers for completion at one commit."""

    key: str
    values: Mapping[str, ValueList]
    own: Mapping[str, str]
    """The own fields with their kinds."""
    words: dict[str, tuple[Suggestion, ...]]
    """The completions of prefixes that were asked for."""
    articles: dict[str, int]
    """The number of articles that each of these completions finds: longer prefixes have the same."""


class Completer:
    """Completes queries for an index, and keeps what it needs for that until the next commit. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: CompletionValues | None = None
        self._prepared = ""

    def prepare(self, index: Index, contents: Callable[[], IndexInfo]) -> None:
        """Make what completions need at the present commit, unless it is made already, and complete single letters.

        This reads the dictionaries and their tables, so that the first completion that is asked for is as fast as others.
        Does nothing more at a newer commit. Raises :class:`~newssearch.NewssearchError` if the index cannot complete.
        """
        key = index.commit.digest
        if key == self._prepared:
            return
        self._prepared = key
        held = self._held(index, contents)
        for letter in ascii_lowercase:
            if index.commit.digest != key:
                return
            limits = SearchLimits(time.monotonic() + PREPARING_SECONDS, lambda: False)
            for _ in self._words(index, held, CursorPlace(0, 1, letter), limits):
                pass

    def suggestions(
        self, index: Index, contents: Callable[[], IndexInfo], text: str, at: int, limits: SearchLimits
    ) -> Suggestions:
        """Return the completions of the word under the cursor of a query, which may be unfinished or wrong.

        ``contents`` returns the contents of the index; it is called once for each commit. ``at`` is the number of
        characters before the cursor. Operators, patterns and addresses are left alone.
        """
        place = place_in(text, at)
        if len(place.typed) > MAX_COMPLETED:
            return Suggestions(place.start, place.end)
        held = self._held(index, contents)
        field = FIELD_ALIASES.get(place.field.lower(), place.field.lower())
        if field and field != "title":
            found = _completed_values(held, place.field, field, place.typed, place.quoted)
        else:
            found = self._words(index, held, place, limits)
        return Suggestions(place.start, place.end, tuple(found)[:MAX_COMPLETIONS])

    def _held(self, index: Index, contents: Callable[[], IndexInfo]) -> CompletionValues:
        key = index.commit.digest
        held = self._kept
        if held is not None and held.key == key:
            return held
        with self._lock:  # the other threads need what this one makes
            held = self._kept
            if held is None or held.key != key:
                held = self._kept = _completion_values(key, contents().contents)
        return held

    def _words(
        self, index: Index, held: CompletionValues, place: CursorPlace, limits: SearchLimits
    ) -> Iterator[Suggestion]:
        """Yield names of fields, words, then outlets that begin with what is typed."""
        typed = place.typed
        prefix = f"{place.field}:" if place.field else ""
        if not _WORD_BEGINNING.fullmatch(typed) or typed in OPERATORS or not fold(typed):
            return
        alone = not prefix and not place.quoted
        if alone:
            names = [name for name in (*QUERY_FIELDS, *held.own) if name.startswith(typed.lower())]
            for name in names[:MAX_FIELD_NAMES]:
                yield Suggestion("field", f"{name}:", _meaning(name))
        key = f"{prefix.lower()}{fold(typed)}"
        found = held.words.get(key)
        if found is None:
            if len(held.words) >= MAX_KEPT_WORDS:
                held.words.clear()
                held.articles.clear()
            found = tuple(_counted_words(index, held.articles, fold(typed), prefix, limits))
            held.words[key] = found
        outlets: list[Suggestion] = []
        if alone and len(typed) >= LEAST_FOR_OUTLETS:
            outlets = list(_completed_values(held, "outlet", "outlet", typed, False))[:MAX_OUTLETS_BESIDE]
        yield from found[: MAX_COMPLETIONS - len(outlets)]
        yield from outlets


def _completion_values(key: str, held: Any) -> CompletionValues:
    dates = [value for name in ("year", "month") for value in held.by_field.get(name, ())]
    values = {name: ValueList(found) for name, found in {**held.by_field, **held.by_own_field}.items()}
    return CompletionValues(key, {**values, "date": ValueList(dates)}, held.own_fields, {}, {})


def _counted_words(
    index: Index, kept: dict[str, int], folded: str, field: str, limits: SearchLimits
) -> Iterator[Suggestion]:
    """Yield the most frequent words of the index that begin so, each with the number of articles that it finds.

    ``kept`` has the numbers that are known.
    """
    for word in index.completions(folded, MAX_COMPLETIONS, timeout=limits.timeout, stop=limits.stop):
        text = word.lower() if word in OPERATORS else word
        text = f"{field}{text if _NEEDS_NO_QUOTES.fullmatch(text) else quote(text)}"
        articles = kept.get(text)
        if articles is None:
            articles = kept[text] = index.count(text, timeout=limits.timeout, stop=limits.stop)
        if articles:
            yield Suggestion("word", text, word, articles)


def _completed_values(
    held: CompletionValues, written: str, field: str, typed: str, quoted: bool
) -> Iterator[Suggestion]:
    """Yield the values of a field that have a word that begins with what is typed."""
    values = held.values.get(field)
    if values is None or (field not in held.own and field not in QUERY_FIELDS):
        return
    bare = field in TIME_FIELDS or held.own.get(field) in ("number", "date")
    for value, articles in values.beginning(typed, MAX_COMPLETIONS):
        plain = bare or (not quoted and _NEEDS_NO_QUOTES.fullmatch(value))
        yield Suggestion("value", f"{written}:{value if plain else quote(value)}", value, articles)


def _meaning(name: str) -> str:
    field: ArticleField | None = FIELDS.get(name)
    meanings = {"id": "the id of an article", "added": "when it came into the index"}
    return (
        field.meaning.partition(";")[0].partition(":")[0]
        if field is not None
        else meanings.get(name, "own field")
    )
