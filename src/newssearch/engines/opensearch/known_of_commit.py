"""What the searches of one commit keep for each other, because it stays true as long as nobody writes."""

from __future__ import annotations

from typing import Any, NamedTuple

from newssearch.query import Leaf

from .scoring import LeafWeight


class WeighedLeaf(NamedTuple):
    """How rare a leaf is, and in how many articles it matches."""

    weight: LeafWeight
    articles: int


class KnownOfCommit(NamedTuple):
    """What is known of the articles of one commit. All its searches share it, also those of other threads."""

    tokens: dict[str, bool]
    """Which tokens a text has."""
    leaves: dict[Leaf, WeighedLeaf]
    """How rare leaves are."""
    terms: dict[str, int]
    """The numbers of articles with terms, in any language."""
    holding: dict[Leaf, int]
    """The numbers of articles in which leaves match that were counted for notes on a query."""
    extents: dict[str, Any]
    """The sizes of the articles of tables, by what they were counted by."""

    @classmethod
    def nothing(cls) -> KnownOfCommit:
        """Return what is known of a commit that nobody has searched yet."""
        return cls({}, {}, {}, {}, {})
