"""The facets of a search: which are asked for, and the values that they count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from newssearch.display.brief import brief, many, quoted, value_label
from newssearch.system.late_dataclass import dataclass
from newssearch.system.tuple_sequence import TupleSequence

from . import arguments
from .display import notebook
from .errors import QueryError
from .fields import FACET_FIELDS, TAG, is_own_name

SHOWN_IN_REPR = 3
"""The number of values that ``repr()`` of :class:`FacetValues` shows."""


@dataclass(frozen=True, slots=True, repr=False)
class Facet:
    """A facet that a search is asked for: a field, and which of its values are wanted.

    ``limit`` is the largest number of values: those that most articles have; None for all. The articles without a value,
    and values that the request filters by, are listed besides. :class:`FacetValues` counts the values that are left out.
    ``contains`` keeps only values that contain this text, compared without regard to capitals and accents; articles without
    a value are not listed then.

    With ``disjunctive``, the values that the request chooses of the facet's own field are left out, and all its other filters
    apply, also the values that it excludes of this field: each count is the number of articles that the value finds if it
    takes the place of the chosen ones. The filters on dates are left out of each facet of dates. Conditions in the query
    always apply.

    Without options, a facet counts what its name alone does.

    >>> Facet("outlet", limit=20), Facet("month").disjunctive
    (Facet('outlet', limit=20), False)

    Raises TypeError for a value of a wrong type, and :class:`QueryError` for a name that no facet has and for a negative
    limit. Whether an index has an own field of this name is checked by the search.
    """

    name: str
    limit: int | None = None
    contains: str = ""
    disjunctive: bool = False

    def __post_init__(self) -> None:
        """Check the values."""
        name = arguments.text("name", self.name)
        if name not in (*FACET_FIELDS, TAG) and not is_own_name(name):
            raise no_facet(name)
        if self.limit is not None:
            object.__setattr__(self, "limit", arguments.whole_number("limit", self.limit))
            if self.limit < 0:
                raise QueryError("limit cannot be negative")
        arguments.text("contains", self.contains)
        arguments.flag("disjunctive", self.disjunctive)

    def __repr__(self) -> str:
        options = {"limit": self.limit, "contains": self.contains, "disjunctive": self.disjunctive}
        given = [f"{name}={value!r}" for name, value in options.items() if value not in (None, "", False)]
        if self.limit == 0:
            given.insert(0, "limit=0")
        return f"Facet({', '.join([repr(self.name), *given])})"

    def to_dict(self) -> dict[str, object]:
        """Return the facet as JSON types."""
        return {
            "name": self.name,
            "limit": self.limit,
            "contains": self.contains,
            "disjunctive": self.disjunctive,
        }


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet and the number of articles that have it. ``value`` is None for articles without a value.

    ``selected`` is whether the request filters by this value: it is one of the values of the filter on this field, or a
    number or a period in its range.
    """

    value: str | None
    articles: int
    selected: bool = False

    def __repr__(self) -> str:
        chosen = "selected" if self.selected else ""
        return brief(self, quoted(self.value), many(self.articles, "article"), chosen)

    def to_dict(self) -> dict[str, object]:
        """Return the value as JSON types."""
        return {"value": self.value, "articles": self.articles, "selected": self.selected}


@dataclass(frozen=True, slots=True, repr=False)
class FacetValues(TupleSequence[FacetValue]):
    """The values of a facet that a search lists, and the numbers of those that it does not list.

    It is a sequence of :class:`FacetValue`, which equals a tuple of the same values. Values of fields are ordered by
    descending number of articles, periods by time. An article may have several values: a byline of two people, or several
    values of an own field. ``name`` is that of the facet. ``counted`` is the number of articles whose values are counted:
    those that match, and if the facet is disjunctive, those that only lack the values chosen of its own field. ``others`` is
    the number of values that are not listed, and ``others_articles`` the number of articles that have one of these.

    >>> values = FacetValues("outlet", (FacetValue("The Echo", 3),), counted=5, others=2, others_articles=2)
    >>> values.total, values[0].value, len(values), values == (FacetValue("The Echo", 3),)
    (3, 'The Echo', 1, True)
    """

    name: str
    values: tuple[FacetValue, ...]
    counted: int
    others: int = 0
    others_articles: int = 0

    @property
    def total(self) -> int:
        """The number of different values, listed or not. Articles without a value have none.

        If the facet was asked for values that contain a text, only these count.
        """
        return self.others + sum(one.value is not None for one in self.values)

    @property
    def _items(self) -> tuple[FacetValue, ...]:
        return self.values

    def __eq__(self, other: object) -> bool:
        """Whether the other is a tuple of the same values, or equal in all attributes."""
        if isinstance(other, FacetValues):
            return _numbers(self) == _numbers(other) and self.values == other.values
        return self.values == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.values)

    def __repr__(self) -> str:
        first = ", ".join(f"{quoted(one.value, 30)} {one.articles:,}" for one in self[:SHOWN_IN_REPR])
        rest = max(len(self) - SHOWN_IN_REPR, 0) + self.others
        return brief(self, f"{self.name}:", first or "none", f"and {many(rest, 'other')}" if rest else "")

    def to_dict(self) -> dict[str, int]:
        """Return the numbers of the facet as JSON types. The values have a method of their own."""
        return {
            "counted": self.counted,
            "total": self.total,
            "others": self.others,
            "others_articles": self.others_articles,
        }

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: a table of the values."""
        return notebook.page(values_table(self.name, self))


_numbers = attrgetter("name", "counted", "others", "others_articles")


def others_text(values: FacetValues) -> str:
    """Return how many values are not listed, such as ``and 212 others``; ``""`` if all are.

    >>> others_text(FacetValues("outlet", (FacetValue("The Echo", 3),), counted=3, others=1, others_articles=2))
    'and 1 other'
    """
    return f"and {many(values.others, 'other')}" if values.others else ""


def worth_marking(values: Iterable[FacetValue]) -> bool:
    """Whether it is worth marking which values are selected: some are, and some are not."""
    return len({one.selected for one in values if one.value is not None or one.selected}) > 1


def values_table(name: str, values: Sequence[FacetValue], none: str = "(none)") -> str:
    """Return an HTML table for a notebook: the values of the facet ``name``, each with its number of articles.

    Selected values are emphasised if others are listed too. ``none`` stands for articles without a value.
    """
    marked = worth_marking(values)
    rows = []
    for one in values:
        text = notebook.text_html(none if one.value is None else value_label(one.value))
        rows.append((f"<strong>{text}</strong>" if marked and one.selected else text, f"{one.articles:,}"))
    if isinstance(values, FacetValues) and values.others:
        rows.append((others_text(values), f"{values.others_articles:,}"))
    return notebook.table((name, "articles"), rows, ("", "number"))


def facets_of(given: str | Facet | Iterable[str | Facet] | None) -> tuple[str | Facet, ...]:
    """Return the given facets, each once.

    Raises TypeError for another type, and :class:`~newssearch.QueryError` for an unknown name, or one that is given twice
    with different options.
    """
    chosen: dict[str, str | Facet] = {}
    wanted = "the name of a facet, or a Facet"
    several: Iterator[str | Facet] = arguments.several(
        "facets", () if given is None else given, (str, Facet), wanted
    )
    for one in several:
        facet = one if isinstance(one, Facet) else Facet(one)
        before = chosen.setdefault(facet.name, one)
        if facet != (before if isinstance(before, Facet) else Facet(before)):
            raise QueryError(f"the facet {facet.name} is given twice, with different options")
    return tuple(chosen.values())


def no_facet(name: str, own: Iterable[str] = ()) -> QueryError:
    """Return the error that there is no facet of this name; ``own`` are the names of the own fields of the index."""
    from difflib import get_close_matches  # slow to import, and seldom needed

    there = (*FACET_FIELDS, TAG, *own)
    near = get_close_matches(name, there, 1)
    hint = f"did you mean {near[0]}?" if near else f"the facets are: {', '.join(there)}"
    return QueryError(f"there is no facet {name!r}", suggestion=hint)
