"""A dict that never changes: what immutable values hold as their mappings."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """A dict that cannot be changed, and has a hash where its values have one.

    Unlike a :class:`types.MappingProxyType` it pickles, copies, and is JSON to whoever takes a dict.

    >>> FrozenDict(a=1), FrozenDict(a=1) == {"a": 1}
    ({'a': 1}, True)
    """

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)

    def __copy__(self) -> FrozenDict[K, V]:
        return self

    def copy(self) -> dict[K, V]:
        """A dict of the same, which can be changed."""
        return dict(self)

    def _fixed(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this mapping cannot be changed; dict(…) makes one that can")

    __setitem__ = __delitem__ = _fixed
    __ior__ = _fixed
    clear = pop = popitem = setdefault = update = _fixed
