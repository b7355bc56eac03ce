"""The words of an index that a pattern stands for."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence

from newssearch.engines.embedded.segment.field import TextField
from newssearch.errors import QueryError
from newssearch.query import Diagnostic, Fuzzy, Name, Node, Regex, Wildcard
from newssearch.query.names import beginnings, is_spelling
from newssearch.query.patterns import pattern_of
from newssearch.text.analysis import fold, without_possessive

from .reader import IndexReader

MAX_EXPANSION = 1_000
"""Different words that a pattern may stand for; of more, those that occur most often."""
REGEX_SECONDS = 5.0
"""How long the regular expressions of a query may think about the words of an index."""


class Expansion:
    """The words of a reader for the patterns of one query. What is odd about them goes to ``notes``."""

    def __init__(self, reader: IndexReader, notes: list[Diagnostic]) -> None:
        self._reader = reader
        self._notes = notes
        self._forms: dict[tuple[Node, TextField], list[str]] = {}
        self._thought = 0.0  # seconds, about regular expressions

    def __call__(self, node: Wildcard | Fuzzy | Regex | Name, field: TextField) -> Sequence[str]:
        """The words of the index that a pattern stands for."""
        if (node, field) not in self._forms:
            found = self._spellings(node, field) if isinstance(node, Name) else self._fitting(node, field)
            self._forms[node, field] = found
        return self._forms[node, field]

    def _fitting(self, node: Wildcard | Fuzzy | Regex, field: TextField) -> list[str]:
        pattern = pattern_of(node)
        if isinstance(node, Fuzzy):
            known = self.alike(field, fold(without_possessive(node.text)), node.edits)
        else:
            known = self.beginning(field, pattern.prefix)
        candidates: Iterable[str] = self._in_time(known, node) if isinstance(node, Regex) else known
        try:
            forms = [form for form in candidates if pattern.matches(form)]
        except QueryError as error:
            raise error.placed("", *node.span) from None
        if len(forms) > MAX_EXPANSION:
            message = f"{node} stands for {len(forms):,} words: the {MAX_EXPANSION:,} that occur most often were looked for"
            if field == "text":
                self._notes.append(Diagnostic("expansion", message, node.span, "make it longer"))
            forms = sorted(forms, key=lambda form: (-known[form], form))[:MAX_EXPANSION]
        return forms

    def _spellings(self, node: Name, field: TextField) -> list[str]:
        return [
            form
            for prefix in beginnings(node.text)
            for form in self.beginning(field, prefix)
            if is_spelling(node.text, form)
        ]

    def beginning(self, field: TextField, prefix: str) -> dict[str, int]:
        """The folded words that begin with ``prefix``, and how often each occurs, deleted ones counted."""
        return _summed(segment.fields[field].forms_with(prefix) for segment in self._reader.segments)

    def alike(self, field: TextField, form: str, edits: int) -> dict[str, int]:
        """The folded words that differ from one in few letters, and how often each occurs, deleted ones counted."""
        return _summed(segment.fields[field].forms_alike(form, edits) for segment in self._reader.segments)

    def near(self, form: str, edits: int) -> dict[str, int]:
        """The folded words of paragraphs and headlines that are like one, and how often each occurs in paragraphs."""
        found = self.alike("text", form, edits)
        return {**dict.fromkeys(self.alike("title", form, edits), 0), **found}

    def _in_time(self, forms: Iterable[str], node: Regex) -> Iterator[str]:
        """The words one by one, as long as there is time left to think about them."""
        for form in forms:
            started = time.monotonic()
            yield form
            self._thought += time.monotonic() - started
            if self._thought > REGEX_SECONDS:
                reason = f"the regular expression {node} takes too long for the words of the index"
                raise QueryError(reason, suggestion="leave out repetitions inside repetitions")


def _summed(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts:
        for form, count in part.items():
            found[form] = found.get(form, 0) + count
    return found
