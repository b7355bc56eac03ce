"""The tags of an archive in numbers, and what a merge of two files of tags did."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from typing import Literal, NamedTuple, get_args

from newssearch.display import notebook
from newssearch.display.brief import brief, many, quoted
from newssearch.system.late_dataclass import dataclass
from newssearch.system.tuple_sequence import TupleSequence
from newssearch.text.analysis import key

from .entries import NoteEntry, TagEntry
from .names import tag_key
from .state import TagState

TagOrder = Literal["name", "articles"]
"""The order of tags: by name, or by number of articles, the largest first."""
TAG_ORDERS: tuple[TagOrder, ...] = get_args(TagOrder)


class TagCount(NamedTuple):
    """A tag, the number of articles in the index that have it, and of others, which are not in the index now."""

    tag: str
    articles: int
    missing: int = 0

    def to_dict(self) -> dict[str, object]:
        """Return the numbers as JSON types."""
        return self._asdict()


@dataclass(frozen=True, slots=True, repr=False)
class TagCounts(TupleSequence[TagCount]):
    """The tags of an archive, or some of them: a sequence of :class:`TagCount`.

    ``total`` is the number of matching tags on all pages. The other numbers are of the whole archive:
    ``articles`` is the number of articles in the index with a tag or a note, ``missing`` that of others, which are not in the
    index now, and ``noted`` the number of articles with a note, in the index or not.
    """

    tags: tuple[TagCount, ...] = ()
    articles: int = 0
    missing: int = 0
    noted: int = 0
    total: int = 0

    def listed(
        self, contains: str = "", sort: TagOrder = "name", limit: int | None = None, offset: int = 0
    ) -> TagCounts:
        """Return the tags that contain a text, whatever their capitals and accents, in an order, one page of them.

        ``sort`` is ``"name"`` or ``"articles"``, those of most articles first. ``limit`` is the largest number of tags, None for
        all; ``offset`` are left out before them.
        """
        wanted = key(contains)
        found = [one for one in self.tags if wanted in tag_key(one.tag)] if wanted else [*self.tags]
        if sort == "articles":
            found.sort(key=lambda one: -one.articles)
        page = found[offset:] if limit is None else found[offset : offset + limit]
        return replace(self, tags=tuple(page), total=len(found))

    @property
    def _items(self) -> tuple[TagCount, ...]:
        return self.tags

    def __repr__(self) -> str:
        first = ", ".join(f"{quoted(one.tag, 30)} {one.articles:,}" for one in self.tags[:3])
        return brief(self, many(len(self.tags), "tag"), first)

    def to_dict(self) -> dict[str, object]:
        """Return the counts as JSON types."""
        return {
            "tags": [one.to_dict() for one in self.tags],
            "total": self.total,
            "articles": self.articles,
            "missing": self.missing,
            "noted": self.noted,
        }

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: a table of the tags."""
        rows = [(notebook.text_html(one.tag), f"{one.articles:,}") for one in self.tags]
        return notebook.page(notebook.table(("tag", "articles"), rows, ("", "number")))


def counts_of(state: TagState, there: Set[str]) -> TagCounts:
    """Return the tags of a state in numbers, in alphabetical order. ``there`` are the ids without slugs of its articles that the index has."""
    counts = []
    for tag, articles in sorted(state.by_tag.items()):
        present = sum(one in there for one in articles)
        counts.append(TagCount(state.spellings[tag], present, len(articles) - present))
    present = sum(one in there for one in state.articles)
    missing = len(state.articles) - present
    return TagCounts(tuple(counts), present, missing, len(state.noted), total=len(counts))


class TagMerge(NamedTuple):
    """What a merge of another file of tags changed in the numbers of this archive's.

    ``tagged`` and ``untagged`` count pairs of an article and a tag that came and went, ``noted`` and ``unnoted`` notes.
    ``kept`` is the number of pairs and notes that only this archive had before, and still has.
    """

    tagged: int
    untagged: int
    noted: int
    unnoted: int
    kept: int

    def to_dict(self) -> dict[str, object]:
        """Return the numbers as JSON types."""
        return self._asdict()


def merge_of(before: TagState, after: TagState, other: TagState) -> TagMerge:
    """Return what changed between two states, of which the second is the union of the first with another one."""
    old, new, theirs = (_present(state) for state in (before, after, other))
    came, went = new - old, old - new
    return TagMerge(
        tagged=sum(kind == "tag" for _, kind, _ in came),
        untagged=sum(kind == "tag" for _, kind, _ in went),
        noted=sum(kind == "note" for _, kind, _ in came),
        unnoted=sum(kind == "note" for _, kind, _ in went),
        kept=len((old & new) - theirs),
    )


def _present(state: TagState) -> set[tuple[str, str, str]]:
    return {
        about
        for about, entry in state.entries.items()
        if isinstance(entry, NoteEntry) or (isinstance(entry, TagEntry) and not entry.removed)
    }
