"""The filters that hold, as a page shows them, each with a link that removes it."""

from __future__ import annotations

from typing import NamedTuple

from newssearch.fields import FILTER_FIELDS

from .links import Links

FLAGS_SHOWN = {
    "novel": "only new paragraphs",
    "names": "names in all spellings",
    "synonyms": "with synonyms",
    "literal": "taken as words",
    "since_run": "since the last run",
}
"""The options that narrow or change a query without a value, and how a page names them."""
DATE_NAMES = {"since": "from", "until": "to", "on": "on"}
FILTERING = (
    *FILTER_FIELDS,
    *(f"{name}_not" for name in FILTER_FIELDS),
    "where",
    "where_not",
    *DATE_NAMES,
    *FLAGS_SHOWN,
    "match",
)
"""The parameters that say which articles can be found, besides the query."""
FIELD_LABELS = {"lang": "language", "located": "place"}
"""The names of fields for readers, where they differ from those for programs."""


class FilterChip(NamedTuple):
    """A filter that holds: its name, its value, whether articles with it are excluded, and the address without it."""

    name: str
    value: str
    excluded: bool
    remove: str


def field_label(name: str) -> str:
    """Return the name of a field for readers."""
    return FIELD_LABELS.get(name, name.replace("_", " "))


def filter_chips_of(links: Links) -> tuple[FilterChip, ...]:
    """Return the filters of the current address, in its order, and the moment from which relative dates count, if it is fixed."""
    found = []
    for name, value in links.given:
        if name not in FILTERING and name != "now":
            continue
        field = name.removesuffix("_not")
        shown, label = value, field_label(field)
        if field == "where":
            label, _, shown = value.partition("=")
            label = field_label(label.strip())
        elif name == "now":
            label, shown = "dates count from", value.replace("T", " ")
        elif name in DATE_NAMES:
            label = DATE_NAMES[name]
        elif name in FLAGS_SHOWN:
            label, shown = "option", FLAGS_SHOWN[name]
        elif name == "match":
            label, shown = "option", f"{value} of the words"
        found.append(FilterChip(label, shown.strip(), name != field, links.without(name, value)))
    return tuple(found)


def without_filters(links: Links) -> str:
    """Return the address of the current view without any filter."""
    return links.to(links.path, drop=FILTERING)
