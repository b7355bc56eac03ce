"""Term expansion: finds the words of an index that a pattern or a name stands for."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence

from newssearch.engines.embedded.segment.field import NearTerm, TextField
from newssearch.errors import QueryError
from newssearch.query import Diagnostic, Fuzzy, Name, Node, Regex, Wildcard
from newssearch.query.names import beginnings, is_spelling
from newssearch.query.patterns import pattern_of
from newssearch.text.folding import fold, without_possessive

from .reader import IndexReader

MAX_EXPANSION = 1_000
"""The maximum number of words that a pattern may stand for; if it matches more, only the most frequent are searched."""
REGEX_SECONDS = 5.0
"""The maximum time in seconds for matching all regular expressions of a query against the words of an index."""


class TermExpansion:
    """Expands the patterns and names of a query to folded words of an index. Appends diagnostics to ``notes``."""

    def __init__(self, reader: IndexReader, notes: list[Diagnostic]) -> None:
        self._reader = reader
        self._notes = notes
        self._words: dict[tuple[Node, TextField], list[str]] = {}
        self._regex_seconds = 0.0

    def __call__(self, node: Wildcard | Fuzzy | Regex | Name, field: TextField) -> Sequence[str]:
        """Return the folded words of one field that a pattern or a name stands for.

        Raises QueryError if the regular expressions of the query take longer than :data:`REGEX_SECONDS`.
        """
        if (node, field) not in self._words:
            found = self._spellings_of(node, field) if isinstance(node, Name) else self._matching(node, field)
            self._words[node, field] = found
        return self._words[node, field]

    def _matching(self, node: Wildcard | Fuzzy | Regex, field: TextField) -> list[str]:
        pattern = pattern_of(node)
        if isinstance(node, Fuzzy):
            counts = self._within_edits(field, fold(without_possessive(node.text)), node.edits)
        else:
            counts = self._with_prefix(field, pattern.prefix)
        candidates: Iterable[str] = self._until_timeout(counts, node) if isinstance(node, Regex) else counts
        try:
            words = [word for word in candidates if pattern.matches(word)]
        except QueryError as error:
            raise error.placed("", *node.span) from None
        if len(words) > MAX_EXPANSION:
            message = f"{node} stands for {len(words):,} words: the {MAX_EXPANSION:,} that occur most often were looked for"
            if field == "text":
                self._notes.append(Diagnostic("expansion", message, node.span, "make it longer"))
            words = sorted(words, key=lambda word: (-counts[word], word))[:MAX_EXPANSION]
        return words

    def _spellings_of(self, node: Name, field: TextField) -> list[str]:
        return [
            word
            for prefix in beginnings(node.text)
            for word in self._with_prefix(field, prefix)
            if is_spelling(node.text, word)
        ]

    def _with_prefix(self, field: TextField, prefix: str) -> dict[str, int]:
        """Return the folded words that begin with a prefix, each with its number of occurrences.

        Occurrences in deleted articles are counted, too.
        """
        return _sum_counts(
            segment.fields[field].folded_with_prefix(prefix) for segment in self._reader.segments
        )

    def _within_edits(self, field: TextField, word: str, edits: int) -> dict[str, int]:
        """Return the folded words within an edit distance of ``word``, each with its number of occurrences.

        Occurrences in deleted articles are counted, too.
        """
        return _sum_counts(
            segment.fields[field].folded_within(word, edits) for segment in self._reader.segments
        )

    def near_words(self, word: str, edits: int, prefix: str = "") -> dict[str, NearTerm]:
        """Return the folded words of both fields near ``word``, with their distances and their numbers of occurrences.

        An exchange of two adjacent letters is one edit. With a ``prefix``, only words that begin with it are compared.
        Occurrences in headlines and in deleted articles are counted, too.
        """
        found: dict[str, NearTerm] = {}
        for segment in self._reader.segments:
            for field in segment.fields.values():
                near = field.folded_near(word, edits, transpositions=True, prefix=prefix)
                for other, (words, distance) in near.items():
                    before = found[other].words if other in found else 0
                    found[other] = NearTerm(before + words, distance)
        return found

    def _until_timeout(self, words: Iterable[str], node: Regex) -> Iterator[str]:
        """Yield the words one by one, and add up the time that the caller spends on each.

        Raises QueryError when the sum exceeds :data:`REGEX_SECONDS`.
        """
        for word in words:
            started = time.monotonic()
            yield word
            self._regex_seconds += time.monotonic() - started
            if self._regex_seconds > REGEX_SECONDS:
                reason = f"the regular expression {node} takes too long for the words of the index"
                raise QueryError(reason, suggestion="leave out repetitions inside repetitions")


def _sum_counts(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for part in parts:
        for word, count in part.items():
            totals[word] = totals.get(word, 0) + count
    return totals
