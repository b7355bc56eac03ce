"""The counts of all words of a commit, from the texts of all articles. They are made once, when first needed."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import nsmallest

from newssearch.corpus.words import IndexWord
from newssearch.stopping import StopCheck
from newssearch.system.kept import cached_property
from newssearch.text.analysis import analyser_named
from newssearch.text.counted_words import counted_word, shown_spelling

from .documents import DocumentSource
from .text_words import TextWords, WrittenWord

LOCK_SECONDS = 0.1
"""The interval in seconds at which a request that waits for another one's counting checks its time limit."""
_LAST_CHARACTER = chr(0x10FFFF)


class CommitWords:
    """The counts of all words in the articles of one commit."""

    def __init__(self) -> None:
        self._words = TextWords()
        self._texts = Counter[WrittenWord]()
        self._titles = Counter[WrittenWord]()
        self._articles = Counter[str]()

    def add(self, source: DocumentSource) -> None:
        """Count the words of a document's article, which must have header and texts."""
        analyser = analyser_named(source["analysis"])
        title = self._words.of(source["header"].get("title") or "", analyser)
        self._titles.update(title)
        here = {word.counted for word in title}
        for text in source["texts"]["of"]:
            words = self._words.of(text, analyser)
            self._texts.update(words)
            here.update([word.counted for word in words])
        self._articles.update(here)

    # ---- words of paragraphs

    @cached_property
    def counts(self) -> Counter[str]:
        """The number of occurrences of each counted word in paragraphs."""
        return _summed_by_word(self._texts)

    def spelling(self, word: str) -> str:
        """Return the most frequent spelling of a counted word in paragraphs; at equal frequency, the first."""
        return _most_frequent_spelling(word, (self._written.get(word, ()),), (self._texts,))

    # ---- words of paragraphs and headlines

    def words(self, prefix: str, limit: int) -> tuple[IndexWord, ...]:
        """Return the words that begin with a folded prefix, by descending frequency, then by counted word."""
        counts = self._all_counts
        wanted: Iterable[str] = counts
        if prefix:
            wanted = {word for folded in self._with_prefix(prefix) for word in self._words_of_form[folded]}
        found = nsmallest(limit, ((-counts[word], word) for word in wanted))
        return tuple(
            IndexWord(word=self._any_spelling(word), articles=self._articles[word], occurrences=-negative)
            for negative, word in found
        )

    def completions(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return the folded words with a prefix, each in its most frequent spelling, the most frequent first."""
        found = nsmallest(
            limit, ((-self._form_counts[folded], folded) for folded in self._with_prefix(prefix))
        )
        return tuple(dict.fromkeys(self._any_spelling(counted_word(folded, "")) for _, folded in found))

    def _any_spelling(self, word: str) -> str:
        written = (self._written.get(word, ()), self._written_in_titles.get(word, ()))
        return _most_frequent_spelling(word, written, (self._texts, self._titles))

    def _with_prefix(self, prefix: str) -> list[str]:
        forms = self._forms
        return forms[bisect_left(forms, prefix) : bisect_left(forms, prefix + _LAST_CHARACTER)]

    @cached_property
    def _all_counts(self) -> Counter[str]:
        return self.counts + _summed_by_word(self._titles)

    @cached_property
    def _form_counts(self) -> Counter[str]:
        found = Counter[str]()
        for counted in (self._texts, self._titles):
            for word, number in counted.items():
                found[word.folded] += number
        return found

    @cached_property
    def _forms(self) -> list[str]:
        return sorted(self._form_counts)

    @cached_property
    def _words_of_form(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for counted in (self._texts, self._titles):
            for word in counted:
                found.setdefault(word.folded, set()).add(word.counted)
        return found

    @cached_property
    def _written(self) -> dict[str, list[WrittenWord]]:
        return _by_word(self._texts)

    @cached_property
    def _written_in_titles(self) -> dict[str, list[WrittenWord]]:
        return _by_word(self._titles)


def _summed_by_word(counted: Mapping[WrittenWord, int]) -> Counter[str]:
    found = Counter[str]()
    for word, number in counted.items():
        found[word.counted] += number
    return found


def _by_word(counted: Iterable[WrittenWord]) -> dict[str, list[WrittenWord]]:
    found: dict[str, list[WrittenWord]] = {}
    for word in counted:
        found.setdefault(word.counted, []).append(word)
    return found


def _most_frequent_spelling(
    word: str, written: Iterable[Iterable[WrittenWord]], counts: Iterable[Mapping[WrittenWord, int]]
) -> str:
    spellings = Counter[str]()
    for ways, counted in zip(written, counts, strict=True):
        for way in ways:
            spellings[way.spelling] += counted[way]
    found = min(spellings, key=lambda one: (-spellings[one], one), default=word)
    return shown_spelling(found)


class WordTableMaker:
    """Makes the table of a commit when it is first requested, and caches it.

    ``read`` returns all articles of the commit, with header and texts. They are read once: if the counting request is
    stopped, the next one continues where it ended, and others wait for it. After a failure, counting starts again.
    """

    def __init__(self, read: Callable[[], Iterator[DocumentSource]]) -> None:
        self._read_articles = read
        self._begun: Iterator[DocumentSource] | None = None
        self._table = CommitWords()
        self._lock = threading.Lock()
        self._is_complete = False

    def table(self, check: StopCheck) -> CommitWords:
        """Return the table. ``check`` stops the search while the table is made."""
        while not self._is_complete:
            check()
            if self._lock.acquire(timeout=LOCK_SECONDS):
                try:
                    self._go_on(check)
                finally:
                    self._lock.release()
        return self._table

    def _go_on(self, check: StopCheck) -> None:
        while not self._is_complete:
            check()
            if self._begun is None:
                self._begun, self._table = self._read_articles(), CommitWords()
            try:
                source = next(self._begun, None)
            except BaseException:
                self._begun = None
                raise
            if source is None:
                self._is_complete = True
            else:
                self._table.add(source)
