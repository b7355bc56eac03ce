"""Synthetic news: made-up stories with the statistics of real news, for measurements without a corpus.

``python -m benchmarks.synthetic 100000`` prints JSON Lines of 100,000 paragraphs on standard output; the same number and
seed give the same bytes. The model, and the sources of its parameters:

Word frequencies
    A Zipf-Mandelbrot law with two regimes: ``(rank + 0.5) ** -0.95`` for the core of the language, the square of the
    rank beyond it (Ferrer i Cancho and Sole, Two Regimes in the Frequency of Words and the Origins of Complex
    Lexicons, J. Quantitative Linguistics 8, 2001). The shift, the first exponent and the border are fitted to the
    allsides corpus. The growth of the vocabulary with the text (Heaps) follows from them. The most frequent words are
    English function words; the others are made of syllables, and rarer words are longer. Words share stems, with English
    endings, so that stemming has work to do.
Burstiness
    A word that a text has used once is used again far more often than its frequency says (Church, Empirical Estimates
    of Adaptation, COLING 2000). Here a story has topic words, among them names of two and three words, which replace
    three content words in ten.
Stories
    One event is told several times over some days, by different outlets; some of these articles are wire copies: the
    same paragraphs without the last ones. Headlines consist of the topic's words, in the order that names have.
Lengths
    Paragraphs and articles are log-normal, with the parameters of the allsides corpus (benchmarks/README.md).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import sys
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .corpus import Story, first
from .function_words import FUNCTION_WORDS

Ids = NDArray[np.int64]
Words = NDArray[np.object_]

VOCABULARY = 400_000
"""The number of distinct words of the model."""
SHIFT, EXPONENT, CORE, TAIL_EXPONENT = 0.5, 0.95, 3_000, 2.0

ENDINGS = ("", "", "s", "ed", "ing", "er", "ly", "ation")
"""The endings that make several words of one stem."""
SPREAD = 50_000
"""The number of earlier stems from which a word with an ending draws its stem, so that words of a stem differ in rank."""

NUMBERS = 0.015
"""The share of words that are numbers."""
TOPIC_SHARE = 0.3
"""The share of content words that are replaced with words of the topic."""
TOPIC_UNITS = 100
"""The number of words and names of a topic."""

PARAGRAPH_WORDS = (3.58, 0.66)
"""The mean and standard deviation of the logarithm of the number of words of a paragraph."""
SHORT_PARAGRAPHS, SHORT_WORDS = 0.09, 9
"""The share of paragraphs that are short lines (subheadings, credits, links), and the number of words they stay below."""
ARTICLE_PARAGRAPHS = (3.03, 0.62)
"""The mean and standard deviation of the logarithm of the number of paragraphs of an article."""
STOPS, COMMAS = 1 / 41, 1 / 20
"""The shares of words inside a paragraph that end a sentence, and that have a comma after them."""
HEADLINE = (6, 11)
"""The range of the number of words of a headline, end excluded."""

OUTLETS = 490
TELLINGS = 3.0
"""The mean number of articles on one event."""
COPIES = 0.25
"""The share of an event's later articles that are wire copies."""
FIRST_DAY, DAYS = dt.date(2012, 1, 1), 3_000

_ONSETS = (
    "b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sc sh sl st str t th tr v w z".split()
)
_NUCLEI = "a e i o u ai ea ie oo ou".split()
_CODAS = ("", "", "", "", "", "l", "m", "n", "nd", "r", "rd", "rn", "sk", "st", "t", "x")


class Vocabulary:
    """The words of the model by rank, with their probabilities."""

    def __init__(self, source: np.random.Generator) -> None:
        self.words = _make_words(random.Random(int(source.integers(2**32))))
        ranks = np.arange(1, VOCABULARY + 1)
        tail = (CORE + SHIFT) ** (TAIL_EXPONENT - EXPONENT) * (ranks + SHIFT) ** -TAIL_EXPONENT
        weights = np.where(ranks <= CORE, (ranks + SHIFT) ** -EXPONENT, tail)
        self._all = np.cumsum(weights) / weights.sum()
        self._content = np.cumsum(weights[len(FUNCTION_WORDS) :])
        self._content /= self._content[-1]

    def any(self, number: int, source: np.random.Generator) -> Ids:
        """Draw the given number of words with the frequencies of a text."""
        return np.searchsorted(self._all, source.random(number)).astype(np.int64)

    def content(self, number: int, source: np.random.Generator) -> Ids:
        """Draw the given number of words that are not function words."""
        return np.searchsorted(self._content, source.random(number)).astype(np.int64) + len(FUNCTION_WORDS)


def _make_words(source: random.Random) -> Words:
    """Return distinct words by rank: function words, then stems, which recur with endings some ranks later."""
    words = list(FUNCTION_WORDS)
    known = set(words)
    stems: list[str] = []
    while len(words) < VOCABULARY:
        ending = source.choice(ENDINGS)
        if ending and stems:
            stem = stems[max(len(stems) - 1 - int(SPREAD * source.random()), 0)]
        else:
            syllables = 1 + (len(words) > 3_000) + (len(words) > 60_000)
            stem = "".join(_syllable(source) for _ in range(syllables))
            stems.append(stem)
        word = stem + ending
        if word not in known:
            known.add(word)
            words.append(word)
    return np.array(words, dtype=object)


def _syllable(source: random.Random) -> str:
    return source.choice(_ONSETS) + source.choice(_NUCLEI) + source.choice(_CODAS)


class Topic:
    """The topic of an event: units of one to three words, the most frequent first."""

    def __init__(self, vocabulary: Vocabulary, source: np.random.Generator) -> None:
        self.lengths = source.choice(3, TOPIC_UNITS, p=(0.6, 0.3, 0.1)) + 1
        self.units = vocabulary.content(3 * TOPIC_UNITS, source).reshape(TOPIC_UNITS, 3)
        weights = 1 / np.arange(5, TOPIC_UNITS + 5)
        self._chances = np.cumsum(weights) / weights.sum()

    def draw(self, number: int, source: np.random.Generator) -> Ids:
        """Draw the numbers of the given number of units."""
        return np.searchsorted(self._chances, source.random(number)).astype(np.int64)


class Newsroom:
    """A writer of stories. It draws all random numbers from one generator in a fixed order."""

    def __init__(self, seed: int) -> None:
        self._source = np.random.default_rng(seed)
        self._vocabulary = Vocabulary(self._source)
        names = self._vocabulary.words[self._vocabulary.content(OUTLETS, self._source)]
        self._outlets = [f"{name}-{number}.example" for number, name in enumerate(names)]
        weights = 1 / np.arange(1, OUTLETS + 1)
        self._outlet_chances = np.cumsum(weights) / weights.sum()

    def stories(self) -> Iterator[Story]:
        """Yield stories without end."""
        event = 0
        while True:
            yield from self._event(event)
            event += 1

    def _event(self, event: int) -> Iterator[Story]:
        """Yield all stories of one event."""
        source = self._source
        topic = Topic(self._vocabulary, source)
        day = FIRST_DAY + dt.timedelta(days=int(source.integers(DAYS)))
        paragraphs: tuple[str, ...] = ()
        for telling in range(1 + int(source.poisson(TELLINGS - 1))):
            if paragraphs and source.random() < COPIES:
                paragraphs = paragraphs[: 1 + int(source.integers(len(paragraphs)))]
            else:
                paragraphs = self._text(topic)
            later = dt.timedelta(days=int(source.exponential(2)))
            yield Story(
                id=f"synthetic-{event}-{telling}",
                title=self._headline(topic),
                outlet=self._outlets[int(np.searchsorted(self._outlet_chances, source.random()))],
                date=(day + later).isoformat(),
                paragraphs=paragraphs,
            )

    def _headline(self, topic: Topic) -> str:
        words: list[str] = []
        length = int(self._source.integers(*HEADLINE))
        for unit in dict.fromkeys(topic.draw(4 * length, self._source).tolist()):
            if len(words) < length:
                words += self._vocabulary.words[topic.units[unit, : topic.lengths[unit]]].tolist()
        words.insert(len(words) // 2, str(self._source.choice(("to", "of", "in", "for", "on", "with"))))
        return " ".join(word.title() for word in words)

    def _text(self, topic: Topic) -> tuple[str, ...]:
        """Return the paragraphs of one article on a topic."""
        source = self._source
        number = max(1, round(source.lognormal(*ARTICLE_PARAGRAPHS)))
        lengths = np.maximum(1, np.rint(source.lognormal(*PARAGRAPH_WORDS, number))).astype(np.int64)
        short = source.random(number) < SHORT_PARAGRAPHS
        lengths[short] = source.integers(1, SHORT_WORDS, int(short.sum()))
        ends = np.cumsum(lengths)
        ids = self._vocabulary.any(int(ends[-1]), source)
        names = self._insert(topic, ids)
        words = self._written(ids, names, ends)
        return tuple(
            " ".join(words[end - length : end].tolist()) for end, length in zip(ends, lengths, strict=True)
        )

    def _insert(self, topic: Topic, ids: Ids) -> NDArray[np.bool_]:
        """Replace words with units of the topic, and return the places of names, which are units of several words."""
        source = self._source
        chosen = (ids >= len(FUNCTION_WORDS)) & (source.random(len(ids)) < TOPIC_SHARE)
        places = np.flatnonzero(chosen[:-2])
        units = topic.draw(len(places), source)
        names = np.zeros(len(ids), dtype=np.bool_)
        for part in range(3):
            has = topic.lengths[units] > part
            ids[places[has] + part] = topic.units[units[has], part]
            names[places[has] + part] = topic.lengths[units[has]] > 1
        return names

    def _written(self, ids: Ids, names: NDArray[np.bool_], ends: Ids) -> Words:
        """Return the words as written text, with numbers, capitals, commas and full stops."""
        source = self._source
        words: Words = self._vocabulary.words[ids]
        numbers = np.flatnonzero(source.random(len(ids)) < NUMBERS)
        words[numbers] = [str(value) for value in source.zipf(1.3, len(numbers)) % 3_000]
        stops = source.random(len(ids)) < STOPS
        stops[ends - 1] = True
        commas = (source.random(len(ids)) < COMMAS) & ~stops
        capitals = names.copy()
        capitals[0] = True
        capitals[1:] |= stops[:-1]
        words[capitals] = [word.capitalize() for word in words[capitals]]
        words[stops] += "."
        words[commas] += ","
        return words


def stories(paragraphs: int, seed: int = 0) -> Iterator[Story]:
    """Yield synthetic stories that have the given number of paragraphs in total."""
    return first(Newsroom(seed).stories(), paragraphs)


def main() -> None:
    """Print synthetic news as JSON Lines on standard output."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthetic", description=main.__doc__)
    parser.add_argument("paragraphs", type=int, help="how many paragraphs in all")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    for story in stories(chosen.paragraphs, chosen.seed):
        record = {"id": story.id, "title": story.title, "text": "\n\n".join(story.paragraphs)}
        record |= {"date": story.date or "", "outlet": story.outlet or "", "lang": "en"}
        sys.stdout.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
