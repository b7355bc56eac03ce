"""The page about the archive: what is in it, how complete its fields are, which commit is shown, how to cite it."""

from __future__ import annotations

from typing import NamedTuple

from newssearch.engines.protocol import Contents
from newssearch.facets import FacetValue
from newssearch.fields import FIELDS

from .chips import field_label
from .hit_list import day_text
from .rendering import ShownPage, View, page_route

ABOUT_VALUES = 60
"""The number of values of a field that are listed at once. Of outlets the others are behind a fold; of other fields, which
may have thousands, the facets of a search list them."""
FIELDS_OF_ABOUT = ("outlet", "source", "lang", "section", "located", "byline")
"""The fields whose values are listed, in order."""


class FieldCoverage(NamedTuple):
    """How many articles have a field, as percentages of all: stated by the input, inferred, missing."""

    name: str
    meaning: str
    stated: float
    inferred: float
    missing: float


class ListedField(NamedTuple):
    """The values of a field with their numbers of articles: the most frequent ones, and the others that are listed too.

    ``total`` is the number of all values. ``is_own`` is whether it is an own field of the archive.
    """

    name: str
    label: str
    first: tuple[FacetValue, ...]
    rest: tuple[FacetValue, ...]
    total: int
    is_own: bool


def about_page(view: View) -> ShownPage:
    """Return the page about the archive."""
    info = view.context.archive.info()
    held = info.contents
    return ShownPage(
        "about.html",
        {
            "info": info,
            "held": held,
            "period": f"{day_text(held.first_date)} to {day_text(held.last_date)}" if held.first_date else "",
            "years": [one for one in held.by_field.get("year", ()) if one.value],
            "coverage": [coverage_of(name, held) for name in held.known if held.articles],
            "fields": [listed_field(name, held) for name in FIELDS_OF_ABOUT if held.by_field.get(name)],
            "own": [listed_own_field(name, held) for name in held.own_fields if held.by_own_field.get(name)],
            "show_paths": view.context.settings.show_paths,
        },
    )


def coverage_of(name: str, held: Contents) -> FieldCoverage:
    """Return how complete a field is."""
    counts = {"stated": 0, "inferred": 0, "missing": 0}
    for one in held.known[name]:
        kind = str(one.value).split(" ")[0].rstrip(",")
        counts[kind] = counts.get(kind, 0) + one.articles
    shares = (100 * counts[kind] / held.articles for kind in ("stated", "inferred", "missing"))
    return FieldCoverage(field_label(name), FIELDS[name].meaning, *shares)


def listed_field(name: str, held: Contents) -> ListedField:
    """Return the values of a field of all archives."""
    values = tuple(one for one in held.by_field[name] if one.value is not None)
    rest = values[ABOUT_VALUES:] if name == "outlet" else ()
    return ListedField(name, field_label(name), values[:ABOUT_VALUES], rest, len(values), False)


def listed_own_field(name: str, held: Contents) -> ListedField:
    """Return the values of an own field of the archive."""
    values = tuple(one for one in held.by_own_field[name] if one.value is not None)
    return ListedField(name, field_label(name), values[:ABOUT_VALUES], (), len(values), True)


ROUTES = (page_route("/about", about_page, "about"),)
