"""A sequence of the items of a tuple, for values that hold other things beside it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

Listed = TypeVar("Listed")


class TupleSequence(Sequence[Listed]):
    """A sequence whose items are those of the tuple :attr:`_items`, which a subclass names."""

    __slots__ = ()

    @property
    @abstractmethod
    def _items(self) -> tuple[Listed, ...]:
        """The items of the sequence."""

    @overload
    def __getitem__(self, index: int) -> Listed: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Listed, ...]: ...

    def __getitem__(self, index: int | slice) -> Listed | tuple[Listed, ...]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Listed]:
        return iter(self._items)
