"""Term expansion: finds the words of an index that match a pattern or a name."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from newssearch.engines import pattern_cut
from newssearch.engines.embedded.segment.field import TextField
from newssearch.engines.pattern_cut import note_on_cut
from newssearch.engines.word_lookup import NearWord
from newssearch.errors import QueryError
from newssearch.query import Diagnostic, Fuzzy, Name, Node, Regex, Wildcard
from newssearch.query.names import beginnings, is_spelling
from newssearch.query.patterns import pattern_of
from newssearch.stopping import StopCheck
from newssearch.text.folding import fold, without_possessive

from .frequent_forms import FrequentForms
from .reader import IndexReader

MAX_KEPT_CUTS = 100
"""The number of cut patterns whose words a reader caches."""
REGEX_SECONDS = 5.0
"""The maximum processor time, in seconds, for matching a query's regular expressions against the words of an index."""
CHECK_SECONDS = 0.01
"""The time in seconds between two checks while regular expressions are matched, if no single word takes longer."""


class _Cuts:
    """A cache of the words of cut patterns, by pattern and field."""

    def __init__(self, reader: IndexReader) -> None:
        self.words: dict[tuple[Node, TextField], list[str]] = {}

    def keep(self, name: tuple[Node, TextField], words: list[str]) -> list[str]:
        """Cache the words of a pattern in a field, and return them. The oldest entries are evicted."""
        if len(self.words) >= MAX_KEPT_CUTS:
            self.words = {}
        self.words[name] = words
        return words


class TermExpansion:
    """Expands the patterns and names of a query to folded words of an index. Appends diagnostics to ``notes``.

    ``check`` is called for each part of a dictionary.
    """

    def __init__(self, reader: IndexReader, notes: list[Diagnostic], check: StopCheck) -> None:
        self._reader = reader
        self._notes = notes
        self._check = check
        self._words: dict[tuple[Node, TextField], list[str]] = {}
        self._regex_seconds = 0.0

    def __call__(self, node: Wildcard | Fuzzy | Regex | Name, field: TextField) -> Sequence[str]:
        """Return the folded words of one field that match a pattern or a name.

        Raises QueryError if the regular expressions of the query take longer than :data:`REGEX_SECONDS`.
        """
        if (node, field) not in self._words:
            found = self._spellings_of(node, field) if isinstance(node, Name) else self._matching(node, field)
            self._words[node, field] = found
        return self._words[node, field]

    def _matching(self, node: Wildcard | Fuzzy | Regex, field: TextField) -> list[str]:
        cuts = self._reader.kept(_Cuts)
        if (node, field) in cuts.words:
            return self._noted(node, cuts.words[node, field])
        pattern = pattern_of(node)
        matches = self._within_time(node, pattern.matches) if isinstance(node, Regex) else pattern.matches
        if isinstance(node, Fuzzy):
            counts = self._within_edits(field, fold(without_possessive(node.text)), node.edits)
        else:
            counts = self._with_prefix(field, pattern.prefix, matches)
        most = pattern_cut.MAX_FORMS
        cut = None
        if len(counts) > most:
            cut = FrequentForms(self._reader.segments, field, self._check).first(counts, most)
        if cut is None:
            return list(counts)
        return self._noted(node, cuts.keep((node, field), cut))

    def _noted(self, node: Wildcard | Fuzzy | Regex, cut: list[str]) -> list[str]:
        """Return the words of a cut pattern, and add the note."""
        note = note_on_cut(node)
        if note not in self._notes:
            self._notes.append(note)
        return cut

    def _spellings_of(self, node: Name, field: TextField) -> list[str]:
        return [
            word
            for prefix in beginnings(node.text)
            for word in self._with_prefix(field, prefix, lambda word: is_spelling(node.text, word))
        ]

    def _with_prefix(self, field: TextField, prefix: str, matches: Callable[[str], bool]) -> dict[str, int]:
        """Return the folded words that begin with a prefix and match, each with its number of occurrences.

        Each distinct word is matched once. Occurrences in deleted articles count.
        """
        segments = self._reader.segments
        found: dict[str, int] = {}
        others = set[str]()  # words of earlier segments that do not match
        for number, segment in enumerate(segments):
            is_last = number == len(segments) - 1
            for part in self._check.during(segment.fields[field].folded_with_prefix(prefix), 1):
                for word, count in part.items():
                    if word in found or (word not in others and matches(word)):
                        found[word] = found.get(word, 0) + count
                    elif not is_last:
                        others.add(word)
        return found

    def _within_edits(self, field: TextField, word: str, edits: int) -> dict[str, int]:
        """Return the folded words within an edit distance of ``word``, each with its number of occurrences.

        Occurrences in deleted articles are counted, too.
        """
        found: dict[str, int] = {}
        for segment in self._reader.segments:
            near = segment.fields[field].folded_near(word, edits, check=self._check)
            for other, (words, _) in near.items():
                found[other] = found.get(other, 0) + words
        return found

    def near_words(self, word: str, edits: int, prefix: str = "") -> dict[str, NearWord]:
        """Return the folded words of both fields near ``word``, with their distances and their numbers of
        occurrences.

        A transposition of adjacent letters is one edit. With a ``prefix``, only words that begin with it are
        compared. Occurrences in headlines and in deleted articles count.
        """
        found: dict[str, NearWord] = {}
        for segment in self._reader.segments:
            for field in segment.fields.values():
                near = field.folded_near(word, edits, transpositions=True, prefix=prefix, check=self._check)
                for other, (words, distance) in near.items():
                    before = found[other].words if other in found else 0
                    found[other] = NearWord(before + words, distance)
        return found

    def _within_time(self, node: Regex, matches: Callable[[str], bool]) -> Callable[[str], bool]:
        """Return a function that matches words as ``matches`` does, and adds up the processor time used.

        It raises QueryError when the sum exceeds :data:`REGEX_SECONDS`.
        """
        checked, used = time.monotonic(), time.thread_time()

        def timed(word: str) -> bool:
            nonlocal checked, used
            try:
                found = matches(word)
            except QueryError as error:
                raise error.placed("", *node.span) from None
            now = time.monotonic()
            if now - checked >= CHECK_SECONDS:
                self._check()
                before, used, checked = used, time.thread_time(), now
                self._regex_seconds += used - before
                if self._regex_seconds > REGEX_SECONDS:
                    reason = f"the regular expression {node} takes too long for the words of the index"
                    raise QueryError(reason, suggestion="leave out repetitions inside repetitions")
            return found

        return timed
