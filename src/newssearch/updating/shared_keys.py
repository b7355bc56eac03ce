"""Distinguishes different articles that have the same key or the same address.

A column may be read as the id although it holds something else, such as a section, or numbers that restart at 1 in
each file. If it identified articles, only one of all would remain. Articles with the same key are therefore compared.
A *stranger*, an article that is different, is identified by its key within its file, or else by its record:

- Two records of one file are strangers if both headline and text differ; and after the first such pair, if either differs.
- Articles of two files are strangers if the headlines differ and the articles have few words in common; and after the
  first such pair, if headline and text differ.

A page may name a wrong address as its own, such as that of a section of the site. Articles with one address are
strangers if the headlines differ and the articles have few words in common. Such an article is identified by its
place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple
from zlib import crc32

import numpy as np

from newssearch.article import Article, Provenance
from newssearch.engines.protocol import Writer
from newssearch.identity import id_number

SHARED = Provenance("stated", "another article has it too")
"""The provenance of a key or an address that does not identify its article, because a stranger has it too."""

MIN_RESEMBLANCE = 0.35
"""The smallest share of common words, among all words of two articles, from which they count as versions of one."""
MIN_WORDS_TO_TELL = 20
"""The number of distinct words from which two articles with one address can be distinguished."""
SKETCH_SIZE = 48
"""The number of word hashes from which this share is estimated."""

SKETCHED_CHARACTERS = 1_000
"""The number of characters at the start of an article whose words are in its sketch."""

MAX_BYTES_PER_WORD = 24
"""The largest mean number of bytes between two spaces in a text that is written with spaces between its words."""


class Sketch(NamedTuple):
    """The data of an article that is compared: hashes of its headline and text (0 if missing), and the smallest
    hashes of its words.
    """

    title: int
    text: int
    words: bytes

    @classmethod
    def of(cls, article: Article, *, with_words: bool = True) -> Sketch:
        """Return the sketch of an article, without words if it will only be compared with records of the same file."""
        title = " ".join((article.title or "").casefold().split())
        text = "\n".join(paragraph.text for paragraph in article.paragraphs).casefold()
        start = f"{title}\n{text[:SKETCHED_CHARACTERS]}" if with_words else ""
        hashes = sorted(set(map(crc32, _pieces(start.encode("utf-8", "surrogatepass")))))[:SKETCH_SIZE]
        return cls(_checksum(title), _checksum(text), np.array(hashes, "<u4").tobytes())

    def differs(self, other: Sketch) -> bool:
        """Whether the headlines or the texts differ."""
        return self.title != other.title or self.text != other.text

    def differs_wholly(self, other: Sketch) -> bool:
        """Whether both the headlines and the texts differ; two that are missing count as different."""
        return (self.title != other.title or not self.title) and (self.text != other.text or not self.text)

    def is_stranger(self, other: Sketch) -> bool:
        """Whether two articles with one address are certainly not versions of one, which requires enough words in both."""
        enough = min(len(self.words), len(other.words)) >= 4 * MIN_WORDS_TO_TELL
        return enough and self.differs_wholly(other) and not self.resembles(other)

    def resembles(self, other: Sketch) -> bool:
        """Whether the articles have enough words in common to be versions of one."""
        first, second = (np.frombuffer(sketch.words, "<u4") for sketch in (self, other))
        smallest = np.union1d(first, second)[:SKETCH_SIZE]
        common = np.intersect1d(smallest, np.intersect1d(first, second))
        return len(common) >= MIN_RESEMBLANCE * len(smallest)


class Sketches:
    """The sketches of articles that are identified by keys, in the index and among the uncommitted articles of ``writer``."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._pending: dict[int, Sketch] = {}

    def find(self, article_id: str) -> Sketch | None:
        """Return the sketch of the article with an id; None if there is none."""
        sketch = self._pending.get(id_number(article_id))
        if sketch is None and (article := self._writer.article(article_id)) is not None:
            return Sketch.of(article)
        return sketch

    def note(self, article_id: str, sketch: Sketch) -> None:
        """Record the sketch of an article that was read."""
        self._pending[id_number(article_id)] = sketch

    def committed(self) -> None:
        """Drop the sketches of articles that are committed now."""
        self._pending.clear()


class SharedKeys:
    """The articles of one file or stream that are identified by their keys.

    ``is_here`` returns whether the article with an id was read from this file before.
    """

    def __init__(self, sketches: Sketches, is_here: Callable[[str], bool]) -> None:
        self._sketches = sketches
        self._is_here = is_here
        self._seen: dict[int, Sketch] = {}  # of the articles of this reading
        self._repeats_here = self._repeats_elsewhere = False

    def settle(self, article: Article) -> Article:
        """Return the article with its first identity that no stranger has."""
        by_url = article.url is not None
        if not by_url and article.key is None:
            return article
        sketch = Sketch.of(article, with_words=by_url or not article.is_identified_in_file)
        chosen = article.id
        if self._is_strangers(chosen, sketch, by_url) or (
            not self._is_here(chosen) and self._was_narrower(article)
        ):
            chosen, by_record = article.narrower_ids()
            if self._is_strangers(chosen, sketch, by_url):
                chosen = by_record
        self._seen.setdefault(id_number(chosen), sketch)
        self._sketches.note(chosen, sketch)
        if chosen == article.id:
            return article
        name = "url" if by_url else "key"
        return replace(article, id=chosen, provenance={**article.provenance, name: SHARED})

    def _was_narrower(self, article: Article) -> bool:
        """Whether this article was distinguished earlier, when another file had a stranger with its key."""
        if article.is_identified_in_file:
            return False
        in_file, _ = article.narrower_ids()
        return id_number(in_file) not in self._seen and self._is_here(in_file)

    def _is_strangers(self, article_id: str, sketch: Sketch, by_url: bool) -> bool:
        """Whether a stranger has the id, in this reading or elsewhere."""
        if (other := self._seen.get(id_number(article_id))) is not None:
            if by_url:
                return sketch.is_stranger(other)
            found = sketch.differs(other) if self._repeats_here else sketch.differs_wholly(other)
            self._repeats_here |= found
            return found
        if self._is_here(article_id) or (other := self._sketches.find(article_id)) is None:
            return False
        if by_url:
            return sketch.is_stranger(other)
        found = sketch.differs_wholly(other) and (self._repeats_elsewhere or not sketch.resembles(other))
        self._repeats_elsewhere |= found
        return found


def _pieces(text: bytes) -> list[bytes]:
    """Return the words of a text; for a script without spaces, all runs of six bytes that begin at every third byte."""
    words = text.split()
    if len(words) * MAX_BYTES_PER_WORD >= len(text):
        return words
    return [text[at : at + 6] for at in range(0, len(text), 3)]


def _checksum(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass")) if text else 0
