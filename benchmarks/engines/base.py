"""The interface of an engine that the benchmark measures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from ..corpus import Story
from ..queries import KINDS, Kind, Query

Mode = Literal["top", "counted", "shown"]
"""The mode of a search, which decides what it returns.

``top``
    only the best paragraphs, by the names that the engine has for them;
``counted``
    the same, and the number of all matches;
``shown``
    the same, and for the best their addresses, stored text and fields, and a highlighted snippet.
"""

SNIPPET = 240
"""The approximate number of characters of a snippet."""


class Answer(NamedTuple):
    """The answer to a query: the number of matching paragraphs (None if not counted), and the names of the best.

    In the engine's fullest mode, a name is an address as in :meth:`Story.addresses`. In a mode that reads nothing stored,
    it is the engine's own name.
    """

    total: int | None
    best: list[str]


class Engine(ABC):
    """A search engine as the benchmark uses it, one in each process."""

    kinds: tuple[Kind, ...] = KINDS
    """The kinds of queries that the engine can answer."""
    filters = True
    """Whether the engine can filter by date and outlet."""
    modes: tuple[Mode, ...] = ("top", "counted", "shown")
    """The modes in which the engine can search, the fullest last."""
    updates = True
    """Whether an article can be added to an existing index."""

    @abstractmethod
    def load(self, stories: Sequence[Story]) -> None:
        """Convert the stories to the objects that a user of the engine would have. Not timed."""

    @abstractmethod
    def build(self, folder: Path) -> None:
        """Index the loaded stories into an empty folder, and commit. Timed."""

    @abstractmethod
    def open(self, folder: Path) -> None:
        """Open the index for searching."""

    @abstractmethod
    def search(self, query: Query, mode: Mode, limit: int) -> Answer:
        """Answer a query. Timed."""

    def add(self, story: Story) -> None:
        """Add one story to the open index and commit, so that the next search sees it. Timed."""
        raise NotImplementedError

    def close(self) -> None:  # noqa: B027  (most have nothing to give back)
        """Close the index."""
