"""An immutable dict, for the mappings inside immutable values."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """A dict that cannot be changed. It has a hash if its values have one.

    Unlike a :class:`types.MappingProxyType`, it can be pickled, copied and written as JSON.

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
        """Return a mutable copy."""
        return dict(self)

    def _fixed(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this mapping cannot be changed; dict(…) makes one that can")

    __setitem__ = __delitem__ = _fixed
    __ior__ = _fixed
    clear = pop = popitem = setdefault = update = _fixed
