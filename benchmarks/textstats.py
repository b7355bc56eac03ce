"""Statistics of corpora, to compare synthetic text with real text: ``python -m benchmarks.textstats CORPUS …``.

Prints a Markdown table with a column for each file; the name ``synthetic`` stands for :mod:`benchmarks.synthetic`.
Words are runs of letters and digits in lower case, not stemmed.
"""

from __future__ import annotations

import argparse
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from . import corpus, synthetic
from .corpus import Story

_WORD = re.compile(r"[^\W_]+")
HEAPS = (10_000, 100_000, 1_000_000, 3_000_000)
SHARES = (1, 10, 100, 1_000, 10_000)
FREQUENT = (0.1, 0.01, 0.001, 0.0001)
BURSTS = ((10, 30), (100, 300), (1_000, 3_000))


class Counts:
    """The counts of a corpus, made in one pass."""

    def __init__(self, stories: Iterable[Story]) -> None:
        self.words: Counter[str] = Counter()
        self.in_paragraphs: Counter[str] = Counter()
        self.in_articles: Counter[str] = Counter()
        self.again: Counter[str] = Counter()
        """The number of articles in which each word occurs more than once."""
        self.paragraph_lengths: list[int] = []
        self.article_lengths: list[int] = []
        self.letters = 0
        self.vocabulary: dict[int, int] = {}
        self.total = 0
        for story in stories:
            self._count(story)

    def _count(self, story: Story) -> None:
        article: Counter[str] = Counter()
        for text in story.paragraphs:
            words = _WORD.findall(text.lower())
            article.update(words)
            self.in_paragraphs.update(set(words))
            self.paragraph_lengths.append(len(words))
            self.letters += sum(map(len, words))
        self.article_lengths.append(len(story.paragraphs))
        self.words.update(article)
        self.in_articles.update(article.keys())
        self.again.update(word for word, count in article.items() if count > 1)
        self.total += article.total()
        for size in HEAPS:
            if size <= self.total and size not in self.vocabulary:
                self.vocabulary[size] = len(self.words)

    def rows(self) -> dict[str, str]:
        """Return the cells of the table's column for this corpus, by the labels in its first column."""
        ranked = [count for _, count in self.words.most_common()]
        frequencies = list(self.in_paragraphs.values())
        paragraphs = len(self.paragraph_lengths)
        return {
            "words": f"{self.total:,}",
            **{f"distinct among the first {size:,}": f"{self.vocabulary.get(size, 0):,}" for size in HEAPS},
            "distinct in all": f"{len(self.words):,}",
            **{
                f"share of the {size:,} most frequent": f"{sum(ranked[:size]) / self.total:.3f}"
                for size in SHARES
            },
            "words in one paragraph only": f"{frequencies.count(1) / len(frequencies):.3f}",
            **{
                f"words in {share:.2%} of the paragraphs or more": f"{sum(f >= share * paragraphs for f in frequencies):,}"
                for share in FREQUENT
            },
            **{
                f"used again where used, words of {low:,} to {high:,} articles": f"{self._adaptation(low, high):.3f}"
                for low, high in BURSTS
            },
            "words of a paragraph, 5/25/50/75/95 %": _percentiles(self.paragraph_lengths),
            "paragraphs of an article, 5/25/50/75/95 %": _percentiles(self.article_lengths),
            "letters of a word": f"{self.letters / self.total:.2f}",
        }

    def _adaptation(self, low: int, high: int) -> float:
        """Return the probability that an article with a word has it again (Church 2000).

        It is over the words that occur in the given range of numbers of articles.
        """
        words = [word for word, count in self.in_articles.items() if low <= count < high]
        return sum(self.again[word] for word in words) / max(sum(self.in_articles[word] for word in words), 1)


def _percentiles(values: Sequence[int]) -> str:
    twentieths = statistics.quantiles(values, n=20)
    return " / ".join(f"{twentieths[place]:.0f}" for place in (0, 4, 9, 14, 18))


def _stories(name: str, paragraphs: int) -> Iterable[Story]:
    if name == "synthetic":
        return synthetic.stories(paragraphs)
    return corpus.first(corpus.read_jsonl(Path(name)), paragraphs)


def main() -> None:
    """Print the statistics of the given corpora side by side."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.textstats", description=main.__doc__)
    parser.add_argument(
        "corpora", nargs="+", metavar="CORPUS", help="JSON Lines, plain or .xz, or: synthetic"
    )
    parser.add_argument("--limit", type=int, default=100_000, help="paragraphs of each (default %(default)s)")
    chosen = parser.parse_args()
    columns = [Counts(_stories(name, chosen.limit)).rows() for name in chosen.corpora]
    print(f"| | {' | '.join(Path(name).name for name in chosen.corpora)} |")
    print("|---" + "|---:" * len(columns) + "|")
    for row in columns[0]:
        print(f"| {row} | {' | '.join(column[row] for column in columns)} |")


if __name__ == "__main__":
    main()
