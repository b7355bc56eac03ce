"""An immutable dataclass whose ``__init__`` is compiled late is the same as one of :mod:`dataclasses`."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import typing
from collections.abc import Callable
from dataclasses import field
from typing import Any, ClassVar

import pytest

from newssearch.system.late_dataclass import dataclass

Decorator = Callable[..., Any]


def classes(dataclass: Decorator) -> list[Any]:
    """Return classes of each form that newssearch has, made by a decorator."""

    @dataclass(frozen=True, slots=True)
    class Base:
        """A base with a keyword, which is neither compared nor shown."""

        span: int = field(default=0, compare=False, repr=False, kw_only=True)

    @dataclass(frozen=True, slots=True)
    class Empty(Base):
        """A class without fields of its own."""

    @dataclass(frozen=True, slots=True)
    class One(Base):
        """A class with one field, which it checks."""

        names: ClassVar[tuple[str, ...]] = ("value",)
        value: float

        def __post_init__(self) -> None:
            if self.value is None:
                raise ValueError("no value")
            object.__setattr__(self, "value", self.value + 1)

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Keywords:
        """A class whose fields are keywords."""

        a: int
        b: list[int] = field(default_factory=list)

    @dataclass(frozen=True, slots=True, repr=False)
    class Own:  # noqa: PLW1641
        """A class with methods of its own."""

        a: int
        b: str = "b"

        def __eq__(self, other: object) -> bool:  # its hash is still that of its fields
            return isinstance(other, Own) and self.a == other.a

        def __repr__(self) -> str:
            return f"Own({self.a})"

    @dataclass(frozen=True, slots=True)
    class Many:
        """A class with defaults of each kind."""

        a: int
        b: str = field(default="b", repr=False)
        c: tuple[int, ...] = field(default=(), compare=False)
        d: dict[str, int] = field(default_factory=dict, compare=False)

    return [Base, Empty, One, Keywords, Own, Many]


LATE, ORIGINAL = classes(dataclass), classes(dataclasses.dataclass)
PAIRS = [
    pytest.param(late, original, id=late.__name__) for late, original in zip(LATE, ORIGINAL, strict=True)
]
ARGUMENTS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    ((), {"span": 2}),
    ((1,), {}),
    ((2,), {"span": 2}),
    ((float("nan"),), {}),
    ((None,), {}),
    ((), {"a": 1}),
    ((), {"a": 1, "b": [2]}),
    ((1, "c"), {}),
    ((1, "c", (3,)), {"d": {"e": 1}}),
    ((1, 2, 3, 4, 5), {}),
]


def outcome(call: Callable[[], object]) -> object:
    """Return the result of a call, or the kind and text of its error."""
    try:
        return call()
    except Exception as error:
        return type(error), str(error)


def objects(cls: Any) -> list[Any]:
    """Return an object of the class for each of the arguments, or the kind and text of the error."""
    return [outcome(lambda a=a, k=k: cls(*a, **k)) for a, k in ARGUMENTS]  # type: ignore[misc]


@pytest.mark.parametrize(("late", "original"), PAIRS)
def test_objects_are_made_shown_compared_and_hashed_alike(late: Any, original: Any) -> None:
    ours, theirs = objects(late), objects(original)
    assert list(map(repr, ours)) == list(map(repr, theirs))
    assert any(isinstance(made, late) for made in ours)
    assert [[a == b for a in ours] for b in ours] == [[a == b for a in theirs] for b in theirs]
    hashes, original_hashes = (
        [outcome(lambda a=a: hash(a)) for a in made if "nan" not in repr(a)]  # type: ignore[misc]
        for made in (ours, theirs)
    )
    assert hashes == original_hashes


@pytest.mark.parametrize(("late", "original"), PAIRS)
def test_a_class_says_the_same_of_itself(late: Any, original: Any) -> None:
    assert str(inspect.signature(late)) == str(inspect.signature(original))
    assert typing.get_type_hints(late.__init__) == typing.get_type_hints(original.__init__)
    assert late.__match_args__ == original.__match_args__
    assert late.__dataclass_params__.frozen
    assert late.__init__.__qualname__ == original.__init__.__qualname__
    assert (late.__slots__, "__dict__" in dir(late)) == (original.__slots__, "__dict__" in dir(original))
    assert list(map(str, dataclasses.fields(late))) == list(map(str, dataclasses.fields(original)))


@pytest.mark.parametrize(("late", "original"), PAIRS)
def test_an_object_cannot_be_changed_and_can_be_copied(late: Any, original: Any) -> None:
    for ours, theirs in zip(objects(late), objects(original), strict=True):
        if not isinstance(ours, late):
            continue
        for name in [each.name for each in dataclasses.fields(late)]:
            change = outcome(lambda o=ours, n=name: setattr(o, n, 1))  # type: ignore[misc]
            assert change == outcome(lambda o=theirs, n=name: setattr(o, n, 1))  # type: ignore[misc]
            removal = outcome(lambda o=ours, n=name: delattr(o, n))  # type: ignore[misc]
            assert removal == outcome(lambda o=theirs, n=name: delattr(o, n))  # type: ignore[misc]
        with pytest.raises(dataclasses.FrozenInstanceError):  # of the original, it is a TypeError by mistake
            ours.other = 1
        assert repr(copy.deepcopy(ours)) == repr(ours)
        assert repr(ours.__reduce_ex__(4)[2]) == repr(theirs.__reduce_ex__(4)[2])
        assert repr(dataclasses.asdict(ours)) == repr(dataclasses.asdict(theirs))
        assert outcome(lambda o=ours: repr(dataclasses.replace(o, a=7))) == outcome(  # type: ignore[misc]
            lambda o=theirs: repr(dataclasses.replace(o, a=7))  # type: ignore[misc]
        )


@dataclass(frozen=True, slots=True)
class Pickled:
    """A class that a pickle can name."""

    a: int
    b: str = "b"


def test_an_object_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Pickled(1, "c"))) == Pickled(1, "c")


def test_a_class_of_the_original_can_extend_one() -> None:
    @dataclasses.dataclass(frozen=True)
    class Extended(Pickled):
        c: int = 3

    assert repr(Extended(1)).endswith("Extended(a=1, b='b', c=3)")
    with pytest.raises(dataclasses.FrozenInstanceError):
        Extended(1).a = 2  # type: ignore[misc]
    with pytest.raises(TypeError, match="frozen"):
        dataclasses.dataclass(type("Mutable", (Pickled,), {}))


def test_a_field_that_is_no_argument_is_refused() -> None:
    with pytest.raises(TypeError, match="no argument"):

        @dataclass(frozen=True, slots=True)
        class Refused:
            """Its second field would become an argument."""

            a: int
            b: int = field(init=False, default=3)
