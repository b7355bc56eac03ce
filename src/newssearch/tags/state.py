"""The tags and notes of an archive at a moment: which articles have which, and what a change or a merge makes of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.display.brief import brief, many, quoted
from newssearch.errors import NoteChangedError, TagError
from newssearch.identity import id_number, without_slug
from newssearch.notes import Note
from newssearch.results import Hit
from newssearch.system.frozen import FrozenDict
from newssearch.system.kept import cached_property
from newssearch.system.late_dataclass import dataclass
from newssearch.text.analysis import key

from .entries import LAST_YEAR, EntryKey, NoteEntry, NoteRemoval, TagEntry, TagLine, later
from .names import checked_author, checked_note, checked_tag, composed_note, tag_key

TaggedNumbers = NDArray[np.uint64]

MAX_TAGS_OF_ARTICLE = 200
"""The largest number of tags that one article can be given."""


@dataclass(frozen=True, slots=True)
class ArticleTags:
    """What people have said of an article: its tags, in alphabetical order, and the notes on it, the oldest first.

    Each author has one note on an article, unless two copies of the tags were merged in which it was changed.
    """

    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tags or self.notes)

    def __repr__(self) -> str:
        return brief(self, *map(quoted, self.tags[:5]), many(len(self.notes), "note"))

    def to_dict(self) -> dict[str, object]:
        """Return the tags and notes as JSON types."""
        return {"tags": list(self.tags), "notes": [note.to_dict() for note in self.notes]}


UNTAGGED = ArticleTags()
"""What is said of an article without tags and notes."""


class TagChange(NamedTuple):
    """What became of a tag: the number of articles that it was given to, or taken from, and of those where that changed nothing.

    ``removed`` is whether the tag was taken from the articles.
    """

    tag: str
    removed: bool
    articles: int
    unchanged: int

    def to_dict(self) -> dict[str, object]:
        """Return the numbers as JSON types."""
        return self._asdict()


@dataclass(frozen=True, slots=True)
class TagReport:
    """What a change of tags and notes did. ``articles`` is the number of articles that changed, of ``of``.

    ``notes`` is the number of articles that got a note, and ``replaced`` are the notes that were replaced or removed, with the id
    of the article of each.
    """

    articles: int = 0
    of: int = 0
    tags: tuple[TagChange, ...] = ()
    notes: int = 0
    replaced: tuple[tuple[str, Note], ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON types."""
        return {
            "articles": self.articles,
            "of": self.of,
            "tags": [one.to_dict() for one in self.tags],
            "notes": self.notes,
            "replaced": [{"article": article, **note.to_dict()} for article, note in self.replaced],
        }


class TagState:
    """The tags and notes of an archive. It does not change: a change returns another one.

    ``entries`` map what each entry is about to the entry that holds, removals included.
    """

    def __init__(self, entries: Mapping[EntryKey, TagLine] = FrozenDict()) -> None:
        self.entries = entries

    @classmethod
    def of(cls, entries: Iterable[TagLine]) -> TagState:
        """Return the state that entries make in any order."""
        return cls(_joined_by_key({}, entries))

    def with_entries(self, entries: Iterable[TagLine]) -> TagState:
        """Return the state with other entries, of which the later ones hold."""
        return TagState(_joined_by_key(dict(self.entries), entries))

    def merged(self, other: TagState) -> TagState:
        """Return the union of two states: of each tag of an article the later entry, and all notes that nobody removed."""
        return self.with_entries(other.entries.values())

    def __eq__(self, other: object) -> bool:
        return self.entries == other.entries if isinstance(other, TagState) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    # ---- what is said of articles

    @cached_property
    def _by_article(self) -> dict[str, tuple[list[TagEntry], list[NoteEntry]]]:
        """The tags and notes of each article, by the digest at the end of its id."""
        found: dict[str, tuple[list[TagEntry], list[NoteEntry]]] = {}
        for (article, _, _), entry in self.entries.items():
            if isinstance(entry, TagEntry) and not entry.removed:
                found.setdefault(article, ([], []))[0].append(entry)
            elif isinstance(entry, NoteEntry):
                found.setdefault(article, ([], []))[1].append(entry)
        return found

    def of_article(self, article_id: str) -> ArticleTags:
        """Return the tags and notes of the article with an id."""
        found = self._by_article.get(without_slug(article_id))
        if found is None:
            return UNTAGGED
        tags = sorted((entry.tag for entry in found[0]), key=lambda tag: (tag_key(tag), tag))
        notes = sorted(found[1], key=lambda entry: (entry.at, entry.by, entry.text))
        return ArticleTags(tuple(tags), tuple(map(_note, notes)))

    def shown(self, hit: Hit) -> Hit:
        """Return a hit with the tags of its article and the notes on it."""
        said = self.of_article(hit.id)
        return replace(hit, tags=said.tags, notes=said.notes) if said else hit

    @property
    def articles(self) -> list[str]:
        """The ids without slugs of all articles with a tag or a note."""
        return list(self._by_article)

    @property
    def noted(self) -> list[str]:
        """The ids without slugs of the articles with a note."""
        return [article for article, (_, notes) in self._by_article.items() if notes]

    def ids_ending(self, ending: str) -> list[str]:
        """Return the ids, sorted, of articles with tags or notes that are ``ending`` or end with it after a hyphen."""
        present = (
            entry for tags, notes in self._by_article.values() for entry in chain[TagLine](tags, notes)
        )
        ids = {
            entry.article
            for entry in present
            if entry.article == ending or entry.article.endswith(f"-{ending}")
        }
        by_article = {without_slug(one): one for one in sorted(ids, reverse=True)}
        return sorted(by_article.values())

    # ---- which articles have a tag

    @cached_property
    def by_tag(self) -> dict[str, list[str]]:
        """The ids without slugs of the articles with each tag, by the key of the tag."""
        found: dict[str, list[str]] = {}
        for article, (tags, _) in self._by_article.items():
            for entry in tags:
                found.setdefault(tag_key(entry.tag), []).append(article)
        return found

    @cached_property
    def tagged(self) -> TaggedNumbers:
        """The numbers, ascending, of all articles with a tag."""
        found = self.numbers_of_articles(article for article, (tags, _) in self._by_article.items() if tags)
        found.flags.writeable = False
        return found

    def tag_keys(self, article_id: str) -> list[str]:
        """Return the keys of the tags of the article with an id, in no order."""
        tags, _ = self._by_article.get(without_slug(article_id), ((), ()))
        return [tag_key(entry.tag) for entry in tags]

    @cached_property
    def spellings(self) -> dict[str, str]:
        """How each tag is spelled, by its key: as most of its articles have it."""
        counts = Counter(entry.tag for tags, _ in self._by_article.values() for entry in tags)
        spelled: dict[str, list[str]] = {}
        for tag in counts:
            spelled.setdefault(tag_key(tag), []).append(tag)
        return {one: min(tags, key=lambda tag: (-counts[tag], tag)) for one, tags in sorted(spelled.items())}

    @staticmethod
    def numbers_of_articles(articles: Iterable[str]) -> TaggedNumbers:
        """Return the numbers, ascending, of the articles with the given ids."""
        return np.array(sorted({*map(id_number, articles)}), np.uint64)

    def numbers(self, keys: Iterable[str]) -> TaggedNumbers:
        """Return the numbers, ascending, of the articles that have a tag with one of the given keys."""
        wanted = {*keys} & self.by_tag.keys()
        if len(wanted) == len(self.by_tag):
            return self.tagged
        parts = [self._numbers_of(one) for one in wanted]
        if len(parts) == 1:
            return parts[0]
        joined = np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint64)
        joined.flags.writeable = False
        return joined

    def _numbers_of(self, tag: str) -> TaggedNumbers:
        found = self._kept_numbers.get(tag)
        if found is None:
            found = self.numbers_of_articles(self.by_tag[tag])
            found.flags.writeable = False
            self._kept_numbers[tag] = found
        return found

    @cached_property
    def _kept_numbers(self) -> dict[str, TaggedNumbers]:
        return {}

    def keys_of(self, tag: str) -> list[str]:
        """Return the key of a tag in a list, which is empty if no article has the tag."""
        return [one] if (one := key(tag)) in self.by_tag else []

    def keys_like(self, fits: Callable[[str], bool]) -> list[str]:
        """Return the keys of the tags that a test accepts, sorted."""
        return sorted(filter(fits, self.by_tag))

    # ---- changes

    def changed(
        self, articles: Iterable[str], wanted: TagWish, now: dt.datetime
    ) -> tuple[TagState, TagReport]:
        """Return the state in which the articles with the given ids have other tags and notes, and what that changed.

        The new entries are later than all that the state has of the article, whatever the clock says. Raises
        :class:`~newssearch.TagError` if an article would have more than :data:`MAX_TAGS_OF_ARTICLE`.
        """
        change = _TagChanges(self, wanted, now)
        for article in dict.fromkeys(articles):
            change.apply(article)
        return self.with_entries(change.entries), change.report()


def _joined_by_key(into: dict[EntryKey, TagLine], entries: Iterable[TagLine]) -> dict[EntryKey, TagLine]:
    for entry in entries:
        about = entry.key
        before = into.get(about)
        into[about] = entry if before is None else later(before, entry)
    return into


def whole_note(notes: Iterable[Note]) -> str:
    """Return the notes of one author as one. There are several after copies of the tags with different ones were merged."""
    return "\n\n".join(note.text for note in sorted(notes, key=lambda note: (note.at, note.text)))


def _note(entry: NoteEntry) -> Note:
    at = dt.datetime.fromisoformat(f"{entry.at[:-1]}+00:00")
    return Note(entry.text, at, entry.by)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagWish:
    """Which tags articles should get and lose, and which note by ``author``: None for no change, ``""`` for none.

    ``replacing`` is the text of the note by ``author`` that the note replaces, ``""`` for none, and None for any.

    Raises :class:`~newssearch.TagError` for what is not allowed, for a tag that is both added and removed, for ``replacing``
    without a note, and if nothing is wished for.
    """

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    note: str | None = None
    author: str = ""
    replacing: str | None = None

    def __post_init__(self) -> None:
        """Check the values, and leave out repeated ones."""
        for name in ("add", "remove"):
            tags = {tag_key(tag): tag for tag in map(checked_tag, getattr(self, name))}
            object.__setattr__(self, name, tuple(tags.values()))
        added, removed = ({tag_key(tag): tag for tag in tags} for tags in (self.add, self.remove))
        if both := added.keys() & removed.keys():
            raise TagError(f"{added[min(both)]} is both added and removed")
        if self.note is not None:
            object.__setattr__(self, "note", checked_note(self.note))
        object.__setattr__(self, "author", checked_author(self.author))
        if not (self.add or self.remove or self.note is not None):
            raise TagError("no tag and no note is given")
        if self.replacing is not None:
            if self.note is None:
                raise TagError("replacing has no effect without a note")
            object.__setattr__(self, "replacing", composed_note(self.replacing))


class _TagChanges:
    """Collects the entries that a wish needs for one article after the other, and counts what they change."""

    def __init__(self, state: TagState, wanted: TagWish, now: dt.datetime) -> None:
        self._state = state
        self._wanted = wanted
        self._now = now
        self._counts = Counter[tuple[str, bool]]()
        self._changed = 0
        self._of = 0
        self._notes = 0
        self._replaced: list[tuple[str, Note]] = []
        self.entries: list[TagLine] = []

    @cached_property
    def _last(self) -> dict[str, str]:
        """The moment of the last entry about each article."""
        last: dict[str, str] = {}
        for (article, _, _), entry in self._state.entries.items():
            last[article] = max(last.get(article, ""), entry.at)
        return last

    def apply(self, article: str) -> None:
        """Change what is said of an article."""
        self._of += 1
        code = without_slug(article)
        at = moment_after(self._now, self._last.get(code, ""))
        before = len(self.entries)
        self._apply_tags(article, code, at)
        if self._wanted.note is not None:
            self._apply_note(article, code, self._wanted.note, at)
        self._changed += len(self.entries) > before

    def _apply_tags(self, article: str, code: str, at: str) -> None:
        held = 0
        for tags, removed in ((self._wanted.add, False), (self._wanted.remove, True)):
            for tag in tags:
                entry = self._state.entries.get((code, "tag", tag_key(tag)))
                has_it = isinstance(entry, TagEntry) and not entry.removed
                if has_it != removed:
                    continue
                self.entries.append(TagEntry(article, tag, at, self._wanted.author, removed))
                self._counts[tag, removed] += 1
                held += -1 if removed else 1
        if held > 0 and held + len(self._state.of_article(code).tags) > MAX_TAGS_OF_ARTICLE:
            raise TagError(f"{article} would have more than {MAX_TAGS_OF_ARTICLE} tags")

    def _apply_note(self, article: str, code: str, text: str, at: str) -> None:
        _, notes = self._state._by_article.get(code, ((), ()))
        own = [entry for entry in notes if entry.by == self._wanted.author]
        present = whole_note(map(_note, own))
        if self._wanted.replacing not in (None, present):
            raise NoteChangedError(article, present)
        if text and any(entry.text == text for entry in own) and len(own) == 1:
            return
        for entry in own:
            self.entries.append(NoteRemoval(article, entry.digest, at, self._wanted.author))
            self._replaced.append((article, _note(entry)))
        if text:
            self.entries.append(NoteEntry(article, text, at, self._wanted.author))
            self._notes += 1

    def report(self) -> TagReport:
        """Return what the change did."""
        tags = [
            TagChange(tag, removed, self._counts[tag, removed], self._of - self._counts[tag, removed])
            for tags, removed in ((self._wanted.add, False), (self._wanted.remove, True))
            for tag in tags
        ]
        return TagReport(self._changed, self._of, tuple(tags), self._notes, tuple(self._replaced))


def moment_after(now: dt.datetime, last: str) -> str:
    """Return the moment ``now``, in UTC, as entries have it; or the one after ``last``, if that is later.

    Raises :class:`~newssearch.TagError` if no file could have that one.

    >>> moment_after(dt.datetime(2026, 1, 1), "2026-01-01T00:00:00.000000Z")
    '2026-01-01T00:00:00.000001Z'
    """
    text = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if text > last:
        return text
    after = dt.datetime.fromisoformat(last[:-1]) + dt.timedelta(microseconds=1)
    at = f"{after.isoformat(timespec='microseconds')}Z"
    if at >= LAST_YEAR:
        raise TagError(
            f"an entry of the article is of {last}, and no change can come after it: correct that line"
        )
    return at
