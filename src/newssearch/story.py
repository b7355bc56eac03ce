"""One story as several outlets published it: who ran it when, and what each made of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, NamedTuple

from newssearch.display.brief import brief, many, quoted
from newssearch.text.analysis import analyser

from .article import Article, Date
from .display import notebook

ALIKE = 0.3
"""The share of their pairs of words that two paragraphs have in common if one is the other one, changed (Jaccard)."""
MOST_WORDS = 2_000
"""Words of a paragraph up to which what was changed in it is told word by word."""

ChangeKind = Literal["kept", "changed", "cut", "added"]

CHANGED: tuple[ChangeKind, ...] = ("changed", "cut", "added")


class Edit(NamedTuple):
    """A piece of a changed paragraph: words of both versions, of the first one alone, or of this one alone."""

    kind: Literal["same", "cut", "added"]
    text: str

    def __repr__(self) -> str:
        return brief(self, self.kind, quoted(self.text))


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a paragraph of the first version: it was ``kept`` (but for case and punctuation), ``changed`` or
    ``cut``; or it was ``added``.

    ``first`` is its number in the first version, ``number`` that in this one; ``text`` is that of this version, or, if
    it was cut, of the first one. ``edits`` are what a changed one is made of.
    """

    kind: ChangeKind
    first: int | None
    number: int | None
    text: str
    edits: tuple[Edit, ...] = ()

    def __repr__(self) -> str:
        return brief(self, self.kind, quoted(self.text))

    def to_dict(self) -> dict[str, object]:
        """The change as JSON types."""
        value: dict[str, object] = {
            "kind": self.kind,
            "first": self.first,
            "number": self.number,
            "text": self.text,
        }
        if self.kind == "changed":
            value["edits"] = [edit._asdict() for edit in self.edits]
        return value


@dataclass(frozen=True, slots=True)
class Version:
    """A story as one outlet published it, compared with the first version.

    ``changes`` are in the order of this version, what was cut where it stood; of the first version all is kept.
    """

    id: str
    title: str | None
    date: Date | None
    outlet: str | None
    source: str | None
    url: str | None
    paragraphs: int
    of_first: int
    """Paragraphs that the first version has."""
    changes: tuple[Change, ...]

    def count(self, kind: ChangeKind) -> int:
        """How many paragraphs there are of a kind."""
        return sum(change.kind == kind for change in self.changes)

    @property
    def kept(self) -> int:
        """How many paragraphs of the first version it has, changed ones among them."""
        return self.count("kept") + self.count("changed")

    @property
    def share(self) -> float:
        """Which share of the paragraphs of the first version it has, from 0 to 1."""
        return self.kept / self.of_first if self.of_first else 1.0

    def __repr__(self) -> str:
        return brief(
            self,
            quoted(self.id, 80),
            f"of {quoted(self.outlet)}",
            f"with {self.kept} of {many(self.of_first, 'paragraph')}",
        )

    def to_dict(self) -> dict[str, object]:
        """The version as JSON types."""
        return {**self.summary(), "changes": [change.to_dict() for change in self.changes]}

    def summary(self) -> dict[str, object]:
        """The version as JSON types without its changes, which are counted."""
        return {
            "id": self.id,
            "title": self.title,
            "date": self.date.isoformat() if self.date else None,
            "outlet": self.outlet,
            "source": self.source,
            "url": self.url,
            "paragraphs": self.paragraphs,
            "share": round(self.share, 4),
            **{kind: self.count(kind) for kind in ("kept", "changed", "cut", "added")},
        }


@dataclass(frozen=True, slots=True)
class Story:
    """All versions of a story that an index has, the earliest first. One without a date comes after those with one."""

    versions: tuple[Version, ...]

    def __repr__(self) -> str:
        first = f", first {quoted(self.versions[0].id)}" if self.versions else ""
        return brief(self, f"of {many(len(self.versions), 'article')}{first}")

    def _repr_html_(self) -> str:
        """The story as a notebook shows it: who ran it when, and what each kept of the first version."""
        rows = (
            (
                notebook.day(one.date),
                notebook.text(one.outlet),
                f"{notebook.linked(one.title, one.url)}<br><small><code>{notebook.text(one.id)}</code></small>",
                f"{one.kept:,} of {one.of_first:,}",
                *(f"{one.count(kind):,}" for kind in CHANGED),
            )
            for one in self.versions
        )
        head = ("date", "outlet", "article", "paragraphs kept", *CHANGED)
        return notebook.page(notebook.table(head, rows, ("short", "", "wide", *["number"] * 4)))

    def to_dict(self) -> dict[str, object]:
        """The story as JSON types: what ``newssearch story --json`` prints."""
        return {"articles": len(self.versions), "versions": [version.to_dict() for version in self.versions]}


def compare(articles: Sequence[Article]) -> Story:
    """The story that some articles tell, the first of which is what the others are compared with."""
    return Story(tuple(_version(articles[0], article) for article in articles))


def _version(first: Article, article: Article) -> Version:
    return Version(
        article.id,
        article.title,
        article.date,
        article.outlet,
        article.source,
        article.url,
        len(article.paragraphs),
        len(first.paragraphs),
        tuple(changes(first, article)),
    )


def changes(first: Article, article: Article) -> list[Change]:
    """What became of each paragraph of ``first`` in ``article``, and what was added there.

    Paragraphs of the same words are the same, wherever they stand; of the others those are the same, changed, that have
    most in common.
    """
    old, new = [p.text for p in first.paragraphs], [p.text for p in article.paragraphs]
    terms = analyser(first.lang).terms
    old_words, new_words = [terms(text) for text in old], [terms(text) for text in new]
    same = _same(old_words, new_words)
    same |= _alike(old_words, new_words, same)
    of_new = {after: before for before, after in same.items()}
    found: list[Change] = []
    behind: dict[int, list[Change]] = defaultdict(list)  # what was cut, by the paragraph that it stood behind
    for before, text in enumerate(old):
        if before not in same:
            place = max((n for n in same if n < before), default=-1)
            behind[place].append(Change("cut", before + 1, None, text))
    found += behind[-1]
    for after, text in enumerate(new):
        if after not in of_new:
            found.append(Change("added", None, after + 1, text))
            continue
        before = of_new[after]
        if old_words[before] == new_words[after]:
            found.append(Change("kept", before + 1, after + 1, text))
        else:
            edits = tuple(_edits(old[before].split(), text.split()))
            found.append(Change("changed", before + 1, after + 1, text, edits))
        found += behind[before]
    return found


def _same(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> dict[int, int]:
    """Which paragraphs have the same words: those in the same order first."""
    ones, others = [" ".join(words) for words in old], [" ".join(words) for words in new]
    found: dict[int, int] = {}
    for block in SequenceMatcher(None, ones, others, autojunk=False).get_matching_blocks():
        found |= {block.a + n: block.b + n for n in range(block.size)}
    left: dict[str, list[int]] = defaultdict(list)
    taken = set(found.values())
    for after, words in enumerate(others):
        if after not in taken:
            left[words].append(after)
    for before, words in enumerate(ones):
        if before not in found and left[words]:
            found[before] = left[words].pop(0)
    return found


def _alike(
    old: Sequence[Sequence[str]], new: Sequence[Sequence[str]], same: dict[int, int]
) -> dict[int, int]:
    """Which of the other paragraphs have so much in common that they are the same, changed: the most alike first."""
    holding: dict[tuple[str, ...], list[int]] = defaultdict(list)
    sizes: dict[int, int] = {}
    for before, words in enumerate(old):
        if before not in same:
            of_old = _pairs(words)
            sizes[before] = len(of_old)
            for pair in of_old:
                holding[pair].append(before)
    taken = set(same.values())
    candidates = []
    for after, words in enumerate(new):
        if after in taken:
            continue
        of_new = _pairs(words)
        shared = Counter(before for pair in of_new for before in holding.get(pair, ()))
        for before, count in shared.items():
            likeness = count / (sizes[before] + len(of_new) - count)
            if likeness >= ALIKE:
                candidates.append((-likeness, before, after))
    found: dict[int, int] = {}
    for _, before, after in sorted(candidates):
        if before not in found and after not in taken:
            found[before] = after
            taken.add(after)
    return found


def _pairs(words: Sequence[str]) -> set[tuple[str, ...]]:
    return set(pairwise(words)) or {tuple(words)}


def _edits(old: Sequence[str], new: Sequence[str]) -> Iterable[Edit]:
    """What was cut from words, and what was added."""
    if max(len(old), len(new)) > MOST_WORDS:
        yield Edit("cut", " ".join(old))
        yield Edit("added", " ".join(new))
        return
    for kind, low, high, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Edit("same", " ".join(new[start:end]))
            continue
        if low < high:
            yield Edit("cut", " ".join(old[low:high]))
        if start < end:
            yield Edit("added", " ".join(new[start:end]))
