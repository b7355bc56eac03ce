"""What an engine must do to be measured."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from ..corpus import Story
from ..queries import KINDS, Kind, Query

Mode = Literal["top", "counted", "shown"]
"""What a search returns.

``top``
    the best paragraphs, by whatever the engine itself calls them, and nothing else;
``counted``
    the same, and how many there are in all;
``shown``
    the same, and of the best their address, stored text and fields, and a highlighted snippet.
"""

SNIPPET = 240
"""Characters of a snippet, about."""


class Answer(NamedTuple):
    """How many paragraphs match (None where they were not counted), and the names of the best.

    A name is an address, as :meth:`Story.addresses` has it, in the engine's fullest mode; in others that read nothing
    stored, it is the engine's own.
    """

    total: int | None
    best: list[str]


class Engine(ABC):
    """One engine in its own process."""

    kinds: tuple[Kind, ...] = KINDS
    """The kinds of queries that it can answer."""
    filters = True
    """Whether it can filter by date and outlet."""
    modes: tuple[Mode, ...] = ("top", "counted", "shown")
    """What its searches can return at different costs, the fullest last."""
    updates = True
    """Whether an article can be added to what was built."""

    @abstractmethod
    def load(self, stories: Sequence[Story]) -> None:
        """Take the stories in, as the objects that the engine's user would have parsed them to. Not timed."""

    @abstractmethod
    def build(self, folder: Path) -> None:
        """Index what was loaded into an empty folder; when it returns, all is committed. Timed."""

    @abstractmethod
    def open(self, folder: Path) -> None:
        """Open what was built."""

    @abstractmethod
    def search(self, query: Query, mode: Mode, limit: int) -> Answer:
        """Answer a query. Timed."""

    def add(self, story: Story) -> None:
        """Add one story to what is open: when it returns, it is committed, and the next search sees it. Timed."""
        raise NotImplementedError

    def close(self) -> None:  # noqa: B027  (most have nothing to give back)
        """Give back what was opened."""
