"""The versions of a story: which outlets published it when, and how each version differs from the first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, NamedTuple

from newssearch.display.brief import brief, many, quoted
from newssearch.system.late_dataclass import dataclass
from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import NO_ADDED, analyser, analyser_named
from newssearch.text.built_in_analyser import Analyser
from newssearch.text.folding import fold
from newssearch.text.languages import ADDED, built_in_base
from newssearch.text.tokenizer import UNSPACED, word_matches

from .article import Article, Date
from .display import notebook
from .stopping import NEVER, StopCheck

MIN_SIMILARITY_OF_VERSIONS = 0.3
"""The smallest Jaccard similarity, by pairs of adjacent words, of two paragraphs that are versions of each other."""
MAX_WORDS_TO_COMPARE = 2_000
"""The largest number of words of a changed paragraph that is compared word by word. Longer ones have two edits: the old
text as cut, and the new text as added."""
MAX_EQUAL_WORDS_TO_COMPARE = 100_000
"""The largest number of pairs of equal words, one of each text, of a changed paragraph that is compared word by word. The time
grows with it: texts that repeat few words would take a minute."""

MAX_VERSIONS_WITH_CHANGES, MAX_CHANGES_SHOWN = 20, 50
"""The largest numbers of versions whose changes a notebook shows, and of changes of each."""

ChangeKind = Literal["kept", "changed", "cut", "added"]

CHANGED: tuple[ChangeKind, ...] = ("changed", "cut", "added")


class Edit(NamedTuple):
    """A run of words of a changed paragraph: in both versions (``same``), the first (``cut``) or this one (``added``)."""

    kind: Literal["same", "cut", "added"]
    text: str

    def __repr__(self) -> str:
        return brief(self, self.kind, quoted(self.text))


@dataclass(frozen=True, slots=True)
class Change:
    """The comparison of one paragraph with the first version of a story.

    Its ``kind`` is ``kept`` (the same, except for case, accents and punctuation), ``changed``, ``cut`` or ``added``. ``first``
    is the paragraph's number in the first version (None if added), ``number`` its number in this version (None if cut).
    ``text`` is its text in this version, or in the first if it was cut. ``edits`` has the differences in a changed
    paragraph, as runs of words in order.
    """

    kind: ChangeKind
    first: int | None
    number: int | None
    text: str
    edits: tuple[Edit, ...] = ()

    def __repr__(self) -> str:
        return brief(self, self.kind, quoted(self.text))

    def to_dict(self) -> dict[str, object]:
        """Return the change as JSON types."""
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

    ``paragraphs`` is the number of paragraphs of this version. ``changes`` are in the order of this version; a
    paragraph that was cut follows the one that it followed in the first version. In the first version itself, every
    paragraph counts as kept.
    """

    id: str
    title: str | None
    date: Date | None
    outlet: str | None
    source: str | None
    url: str | None
    paragraphs: int
    of_first: int
    """The number of paragraphs of the first version."""
    changes: tuple[Change, ...]

    def count(self, kind: ChangeKind) -> int:
        """Return the number of paragraphs with the given kind of change."""
        return sum(change.kind == kind for change in self.changes)

    @property
    def kept(self) -> int:
        """The number of paragraphs of the first version that this version has, unchanged or changed."""
        return self.count("kept") + self.count("changed")

    @property
    def share(self) -> float:
        """The share of the paragraphs of the first version that this version has, from 0 to 1."""
        return self.kept / self.of_first if self.of_first else 1.0

    def __repr__(self) -> str:
        return brief(
            self,
            quoted(self.id, 80),
            f"of {quoted(self.outlet)}",
            f"with {self.kept} of {many(self.of_first, 'paragraph')}",
        )

    def to_dict(self) -> dict[str, object]:
        """Return the version as JSON types."""
        return {**self.summary(), "changes": [change.to_dict() for change in self.changes]}

    def summary(self) -> dict[str, object]:
        """Return the version as JSON types, with the numbers of changes by kind instead of the changes themselves."""
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
    """The versions of one story that an index has, earliest first, undated ones last."""

    versions: tuple[Version, ...]

    def __repr__(self) -> str:
        first = f", first {quoted(self.versions[0].id)}" if self.versions else ""
        return brief(self, f"of {many(len(self.versions), 'article')}{first}")

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: a table of the versions with the number of paragraphs by kind of change, and the changes."""
        rows = (
            (
                notebook.day(one.date),
                notebook.text_html(one.outlet),
                f"{notebook.linked(one.title, one.url)}<br><small><code>{notebook.text_html(one.id)}</code></small>",
                f"{one.kept:,} of {one.of_first:,}",
                *(f"{one.count(kind):,}" for kind in CHANGED),
            )
            for one in self.versions
        )
        head = ("date", "outlet", "article", "paragraphs kept", *CHANGED)
        table = notebook.table(head, rows, ("short", "", "wide", *["number"] * 4))
        return notebook.page(
            table, *(_changes_html(one) for one in self.versions[:MAX_VERSIONS_WITH_CHANGES])
        )

    def to_dict(self) -> dict[str, object]:
        """Return the story as JSON types, as ``newssearch story --json`` prints it."""
        return {"articles": len(self.versions), "versions": [version.to_dict() for version in self.versions]}


def _changes_html(version: Version) -> str:
    """Return the paragraphs of a version that are not those of the first one, with cut and added words marked; ``""`` for none."""
    found = [change for change in version.changes if change.kind != "kept"]
    shown = "".join(f"<li>{_change_html(change)}</li>" for change in found[:MAX_CHANGES_SHOWN])
    more = (
        f"<li>… and {many(left, 'more change')}</li>" if (left := len(found) - MAX_CHANGES_SHOWN) > 0 else ""
    )
    title = f"{many(len(found), 'change')} of {version.outlet or 'no outlet'}: {version.title or version.id}"
    return notebook.collapsed(title, f"<ul>{shown}{more}</ul>") if found else ""


def _change_html(change: Change) -> str:
    edits = change.edits or (Edit("added" if change.kind == "added" else "cut", change.text),)
    elements = {"cut": "del", "added": "ins"}
    parts = [
        notebook.text_html(edit.text)
        if edit.kind == "same"
        else f"<{elements[edit.kind]}>{notebook.text_html(edit.text)}</{elements[edit.kind]}>"
        for edit in edits
    ]
    return f"<small>{change.kind}</small> {' '.join(parts)}"


def compare(
    articles: Sequence[Article], base: Article, check: StopCheck = NEVER, added: Mapping[str, str] = NO_ADDED
) -> Story:
    """Return the story whose versions are the given articles, each compared with ``base``, which is one of them.

    ``check`` is called for each paragraph. ``added`` has the names of those analyses of the index that other packages add, by
    language: see :func:`changes`.
    """
    own = _analyser_of(base.lang, added)
    return Story(tuple(_version(base, article, own, check) for article in articles))


def _analyser_of(lang: str | None, added: Mapping[str, str]) -> Analyser:
    """Return the analyser of the index for a language, or the built-in one if that of another package is not installed.

    The versions of a story are read without a package, as all articles are.
    """
    own = analyser(lang, added)
    if ADDED not in own.name:
        return own
    from newssearch.text.language_analysis import AddedName, is_installed  # few indexes have one

    return own if is_installed(AddedName.parse(own.name)) else analyser_named(built_in_base(own.name))


def _version(first: Article, article: Article, own: Analyser, check: StopCheck) -> Version:
    return Version(
        article.id,
        article.title,
        article.date,
        article.outlet,
        article.source,
        article.url,
        len(article.paragraphs),
        len(first.paragraphs),
        tuple(changes(first, article, own, check)),
    )


def changes(first: Article, article: Article, own: Analyser, check: StopCheck = NEVER) -> list[Change]:
    """Return a change for each paragraph of ``first`` or ``article``, in the order of ``article``.

    Paragraphs with the same words are kept, even at another position. The others are paired by similarity, most similar
    first, if it is at least :data:`MIN_SIMILARITY_OF_VERSIONS`. A paragraph without a counterpart was cut or added. ``own``
    is the analyser of their language: inflections of a word are similar, but not the same.
    """
    old, new = [p.text for p in first.paragraphs], [p.text for p in article.paragraphs]
    old_words, new_words = [_compared_words(text) for text in old], [_compared_words(text) for text in new]
    same = _pair_equal(old_words, new_words)
    same |= _pair_similar([own.terms(text) for text in old], [own.terms(text) for text in new], same)
    of_new = {after: before for before, after in same.items()}
    found: list[Change] = []
    behind: dict[int, list[Change]] = defaultdict(list)  # cut paragraphs, by the paragraph before them
    for before, text in enumerate(old):
        if before not in same:
            place = max((n for n in same if n < before), default=-1)
            behind[place].append(Change("cut", before + 1, None, text))
    found += behind[-1]
    for after, text in enumerate(new):
        check()
        if after not in of_new:
            found.append(Change("added", None, after + 1, text))
            continue
        before = of_new[after]
        if old_words[before] == new_words[after]:
            found.append(Change("kept", before + 1, after + 1, text))
        else:
            edits = tuple(_edits(_Units(old[before], own), _Units(text, own)))
            found.append(Change("changed", before + 1, after + 1, text, edits))
        found += behind[before]
    return found


def _compared_words(text: str) -> list[str]:
    """Return the words of a text without case, accents and the full stops of abbreviations."""
    words = [fold(match.group()) for match in word_matches(text)]
    return [word.replace(".", "") if word[:1].isalpha() else word for word in words]


class _Units:
    """The units of a text that edits consist of: what is between spaces, or a word of a script without spaces.

    Punctuation belongs to the unit before it.
    """

    def __init__(self, text: str, own: Analyser) -> None:
        self._text = text
        bounds = [match.span() for match in _BETWEEN_SPACES.finditer(text)]
        if _UNSPACED_LETTER.search(text) is not None:
            starts = {
                token.start
                for token in own.tokens(text)
                if _UNSPACED_LETTER.search(text, max(token.start - 1, 0), token.start + 1) is not None
            }
            bounds = [part for low, high in bounds for part in _parts_at(low, high, starts)]
        self._bounds = bounds
        self.all = [text[low:high] for low, high in bounds]

    def text(self, first: int, end: int) -> str:
        """Return the text of adjacent units, with single spaces."""
        return " ".join(self._text[self._bounds[first][0] : self._bounds[end - 1][1]].split())


_BETWEEN_SPACES = Pattern(r"\S+")
_UNSPACED_LETTER = Pattern(f"[{UNSPACED}]")


def _parts_at(low: int, high: int, starts: Collection[int]) -> Iterable[tuple[int, int]]:
    """Yield the parts of a range that begin at its beginning and at each of ``starts`` inside it."""
    edges = [low, *(at for at in range(low + 1, high) if at in starts), high]
    return pairwise(edges)


def _pair_equal(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> dict[int, int]:
    """Map the indices of old paragraphs to those of new ones with the same words, preferring pairs in the same order.

    A paragraph is given as the sequence of its terms.
    """
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


def _pair_similar(
    old: Sequence[Sequence[str]], new: Sequence[Sequence[str]], same: dict[int, int]
) -> dict[int, int]:
    """Map the indices of old paragraphs to those of new ones that are versions of them, pairing the most similar first.

    A paragraph is given as the sequence of its terms. Paragraphs that the mapping ``same`` has paired already are left
    out.
    """
    holding: dict[tuple[str, ...], list[int]] = defaultdict(list)
    sizes: dict[int, int] = {}
    for before, words in enumerate(old):
        if before not in same:
            of_old = _word_pairs(words)
            sizes[before] = len(of_old)
            for pair in of_old:
                holding[pair].append(before)
    taken = set(same.values())
    candidates = []
    for after, words in enumerate(new):
        if after in taken:
            continue
        of_new = _word_pairs(words)
        shared = Counter(before for pair in of_new for before in holding.get(pair, ()))
        for before, count in shared.items():
            likeness = count / (sizes[before] + len(of_new) - count)
            if likeness >= MIN_SIMILARITY_OF_VERSIONS:
                candidates.append((-likeness, before, after))
    found: dict[int, int] = {}
    for _, before, after in sorted(candidates):
        if before not in found and after not in taken:
            found[before] = after
            taken.add(after)
    return found


def _word_pairs(words: Sequence[str]) -> set[tuple[str, ...]]:
    return set(pairwise(words)) or {tuple(words)}


def _edits(old: _Units, new: _Units) -> Iterable[Edit]:
    """Yield the runs of words that two versions of a paragraph share, and those that were cut or added, in order."""
    of_old, of_new = Counter(old.all), Counter(new.all)
    equal = sum(number * of_new[word] for word, number in of_old.items())
    if max(len(old.all), len(new.all)) > MAX_WORDS_TO_COMPARE or equal > MAX_EQUAL_WORDS_TO_COMPARE:
        yield Edit("cut", old.text(0, len(old.all)))
        yield Edit("added", new.text(0, len(new.all)))
        return
    for kind, low, high, start, end in SequenceMatcher(None, old.all, new.all, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Edit("same", new.text(start, end))
            continue
        if low < high:
            yield Edit("cut", old.text(low, high))
        if start < end:
            yield Edit("added", new.text(start, end))
