"""Immutable dataclasses whose ``__init__`` is compiled when it is first used.

The original ``@dataclass(frozen=True, slots=True)`` compiles six methods of each class, which takes more than a
millisecond. A query from the command line imports sixty such classes, and makes objects of twenty. The decorator here
has the name, the arguments and the result of the original, but five of the methods need no compiler, and ``__init__`` is
compiled when it is first accessed. To type checkers, it is the original; ``tests/test_late_dataclass.py`` compares the two.

Dataclasses that are not immutable are few, and stay with the original.
"""

from __future__ import annotations

import dataclasses
import sys
import threading
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypeVar

__all__ = ["dataclass"]

Decorated = TypeVar("Decorated")


class _FactoryDefault:
    """The default in the signature of ``__init__`` of a value that a factory makes."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY_DEFAULT = _FactoryDefault()


class _LateInit:
    """The ``__init__`` of a class until it is first accessed. Then the compiled one takes its place."""

    def __init__(self, cls: type) -> None:
        self._cls = cls

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        compiled = _compiled_init(self._cls)
        self._cls.__init__ = compiled  # type: ignore[misc]
        return compiled.__get__(instance, owner)


@dataclasses.dataclass
class _Mutable:
    """Its dataclass parameters are those of a mutable class."""


@dataclasses.dataclass(frozen=True)
class _Immutable:
    """Its dataclass parameters are those of an immutable class."""


_PARAMETERS = "__dataclass_params__"
_made: set[type] = set()
_making = threading.Lock()


def _immutable(cls: type[Decorated], **options: bool) -> type[Decorated]:
    """Return the class as an immutable dataclass with slots."""
    written = {
        name for name, value in vars(cls).items() if (name, value) != ("__hash__", None)
    }  # beside an __eq__
    if not options.pop("repr", True):
        written.add("__repr__")
    for name, value in vars(cls).items():
        if isinstance(value, dataclasses.Field) and not value.init:
            raise TypeError(f"{name}: a field that is no argument is not supported")
    bases = [base for base in cls.__mro__ if base in _made]
    with _making:
        # The original makes the fields and the slots. It compiles no method, because it believes that the class and
        # its bases are mutable; it refuses a mutable class with an immutable base.
        try:
            for base in bases:
                setattr(base, _PARAMETERS, getattr(_Mutable, _PARAMETERS))
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, **options)(cls)
        finally:
            for base in bases:
                setattr(base, _PARAMETERS, getattr(_Immutable, _PARAMETERS))
        setattr(made, _PARAMETERS, getattr(_Immutable, _PARAMETERS))
        _made.add(made)
    for name, method in {"__init__": _LateInit(made), **_values(made), **_guards(made)}.items():
        if name not in written:
            setattr(made, name, method)
    return made


def _values(cls: type) -> dict[str, Any]:
    """Return the methods that compare, hash, print, copy and pickle the values of the fields."""
    fields = dataclasses.fields(cls)
    names = [field.name for field in fields]
    shown = [field.name for field in fields if field.repr]
    compared = _getter([field.name for field in fields if field.compare])

    def equals(self: object, other: object) -> Any:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(compared(self))

    def shows(self: object) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({values})"

    def state_of(self: object) -> list[object]:
        return [getattr(self, name) for name in names]

    def set_state(self: object, state: list[object]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return {
        "__eq__": equals,
        "__hash__": hashed,
        "__repr__": shows,
        "__getstate__": state_of,
        "__setstate__": set_state,
    }


def _getter(names: list[str]) -> Callable[[object], object]:
    """Return a function that returns a tuple of the named attributes of an object."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda instance: tuple(getattr(instance, name) for name in names)


def _guards(cls: Any) -> dict[str, Any]:
    """Return the methods that refuse to change or delete a field."""
    names = frozenset(field.name for field in dataclasses.fields(cls))

    def refuse_change(self: Any, name: str, value: object) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def refuse_removal(self: Any, name: str) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return {"__setattr__": refuse_change, "__delattr__": refuse_removal}


def _compiled_init(cls: Any) -> Any:
    """Return the method ``__init__`` of a class. All fields are its arguments."""
    names: dict[str, object] = {"_factory_default": _FACTORY_DEFAULT}
    arguments: list[str] = ["self"]
    keywords: list[str] = []
    body: list[str] = []
    annotations: dict[str, object] = {}
    for field in dataclasses.fields(cls):
        name, value, argument = field.name, field.name, field.name
        annotations[name] = field.type
        names[f"_set_{name}"] = getattr(cls, name).__set__  # of the slot: faster than object.__setattr__
        if field.default is not dataclasses.MISSING:
            names[f"_default_{name}"] = field.default
            argument = f"{name}=_default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            names[f"_make_{name}"] = field.default_factory
            argument = f"{name}=_factory_default"
            value = f"_make_{name}() if {name} is _factory_default else {name}"
        (keywords if field.kw_only else arguments).append(argument)
        body.append(f"_set_{name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    signature = ", ".join([*arguments, *(["*", *keywords] if keywords else [])])
    lines = "\n  ".join(body or ["pass"])
    code = f"def make({', '.join(names)}):\n def __init__({signature}):\n  {lines}\n return __init__"
    namespace: dict[str, Any] = {}
    exec(code, vars(sys.modules[cls.__module__]), namespace)
    made = namespace["make"](**names)
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = {**annotations, "return": None}
    return made


if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        *, frozen: Literal[True], slots: Literal[True], **options: bool
    ) -> Callable[[type[Decorated]], type[Decorated]]:
        """Return a decorator that makes an immutable dataclass with slots. Options are ``kw_only`` and ``repr``."""
        return lambda cls: _immutable(cls, **options)
