"""The facets of a search as panels of links, each of which adds a filter, or removes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from markupsafe import Markup

from newssearch.display import escape
from newssearch.facets import Facet, FacetValue, FacetValues, others_text
from newssearch.fields import FACET_FIELDS, FILTER_FIELDS
from newssearch.filters import NONE
from newssearch.info import IndexInfo
from newssearch.text.analysis import key
from newssearch.web.parameters import MAX_SHOWN_CHARS

from .chips import field_label
from .links import Links, with_parameter
from .question import SearchQuestion
from .remarks import Remark

LISTED_VALUES = 8
"""The number of values that a panel lists."""
ALL_LISTED_VALUES = 200
"""The number of values that a panel lists if more are asked for."""
OPEN_PANELS = 4
"""The number of panels that are open."""
_ORDER = ("outlet", "source", "section", "byline", "located", "lang")


class FacetRow(NamedTuple):
    """A value in a panel: its text, the number of articles, what holds of it, and the addresses that change that.

    ``articles`` is None for an excluded value, whose articles are not counted.
    """

    text: str
    articles: int | None
    selected: bool
    excluded: bool
    toggle: str
    exclude: str


class FacetPanel(NamedTuple):
    """A facet: its name, its rows, how many values are not listed, and the addresses that list more or fewer.

    ``items`` has the rows as items of an HTML list. ``find`` is the text that the listed values contain. ``hidden`` are the parameters that a search within the facet keeps.
    """

    name: str
    label: str
    rows: tuple[FacetRow, ...]
    items: Markup
    total: int
    others: str
    expanded: bool
    open: bool
    find: str
    more: str
    fewer: str
    hidden: tuple[tuple[str, str], ...]


def useful_facets(info: IndexInfo) -> tuple[str, ...]:
    """Return the names of the facets that divide the articles of an archive: those with two values, or with one and without."""
    contents = info.contents
    own = {
        name: values
        for name, values in contents.by_own_field.items()
        if contents.own_fields[name] != "number"
    }
    counted = {**{name: contents.by_field.get(name, ()) for name in _ORDER}, **own}
    return tuple(name for name, values in counted.items() if len(values) > 1)


def facets_to_count(names: Iterable[str], question: SearchQuestion) -> list[Facet]:
    """Return the facets to ask for: each without the values chosen of its own field, so that several can be chosen.

    Excluded values stay excluded: an article that has one of them beside others is not found by these.
    """
    found = []
    for name in names:
        wide = name == question.facet
        limit = ALL_LISTED_VALUES if wide else LISTED_VALUES
        chosen = name in question.options or name in question.options.get("where", {})
        found.append(Facet(name, limit, question.find if wide else "", disjunctive=chosen))
    return found


def facet_remarks(names: Collection[str], question: SearchQuestion, links: Links) -> tuple[Remark, ...]:
    """Return the remark that an address asks for the values of a facet that no panel lists, or for values of none."""
    if question.facet and question.facet not in names:
        there = (
            f"the facets are: {', '.join(names)}"
            if names
            else "the articles have no field with several values"
        )
        text = f"No facet {question.facet[:MAX_SHOWN_CHARS]!r} can be listed here"
        return (Remark(text, hint=there, remove=links.here(facet=None, find=None)),)
    if question.find and not question.facet:
        return (Remark("The parameter find has no effect without facet", remove=links.here(find=None)),)
    return ()


def facet_panels(
    facets: Mapping[str, FacetValues], question: SearchQuestion, links: Links
) -> tuple[FacetPanel, ...]:
    """Return the panels of the counted facets; those in which nothing can be chosen are left out."""
    found: list[FacetPanel] = []
    for name, values in facets.items():
        if name in FACET_FIELDS and name not in FILTER_FIELDS:
            continue  # a facet of dates
        wide = name == question.facet
        rows = _facet_rows(name, values, links)
        if (
            not wide
            and len(rows) + values.others < 2
            and not any(row.selected or row.excluded for row in rows)
        ):
            continue
        hidden = tuple(pair for pair in links.given if pair[0] not in ("facet", "find", "page"))
        found.append(
            FacetPanel(
                name,
                field_label(name),
                rows,
                _list_items(rows),
                values.total,
                others_text(values),
                wide,
                wide or len(found) < OPEN_PANELS or any(row.selected or row.excluded for row in rows),
                question.find if wide else "",
                f"{links.here(facet=name, find=None)}#facet-{name}",
                f"{links.here(facet=None, find=None)}#facet-{name}",
                (*hidden, ("facet", name)),
            )
        )
    return tuple(found)


def _list_items(rows: Iterable[FacetRow]) -> Markup:
    """Return the rows as list items: each with a link that adds or removes its filter, and one that excludes its value."""
    items = []
    for row in rows:
        text, toggle = escape.html(row.text), escape.html(row.toggle)
        if row.excluded:
            change, sign, address = "No longer exclude", "+", toggle
        else:
            change, sign, address = "Exclude", "−", escape.html(row.exclude)
        kind = f"{'excluded' if row.excluded else ''}{'selected' if row.selected else ''}"
        current = ' aria-current="true"' if row.selected else ""
        count = "" if row.articles is None else f"{row.articles:,}"
        items.append(
            f'<li class="{kind}"><a class="value" href="{toggle}"{current}><bdi>{text}</bdi></a>'
            f'<span class="count">{count}</span><a class="leave-out" href="{address}"'
            f' aria-label="{change} {text}" title="{change}">{sign}</a></li>\n'
        )
    return Markup("".join(items))


def _facet_rows(name: str, values: FacetValues, links: Links) -> tuple[FacetRow, ...]:
    option = name if name in FILTER_FIELDS else "where"
    addresses = _FacetAddresses(name, option, links)
    excluded = set(addresses.unwanted)
    rows = []
    for one in values:
        if one.value == NONE.value:
            rows.append(_row_read_as_none(name, one, links))
            continue
        text = NONE.value if one.value is None else one.value
        value = text if option == name else f"{name}={text}"
        left_out = value in excluded
        excluded.discard(value)
        articles = None if left_out else one.articles
        toggle, exclude = addresses.of(value, one.selected, left_out)
        rows.append(FacetRow(text, articles, one.selected, left_out, toggle, exclude))
    for value in sorted(excluded):
        field, _, text = value.rpartition("=") if option != name else (name, "", value)
        if field.strip() == name:
            rows.append(FacetRow(text, None, False, True, *addresses.of(value, False, True)))
    return tuple(rows)


def _row_read_as_none(name: str, one: FacetValue, links: Links) -> FacetRow:
    """Return the row of a value that reads as the filter for none: a clause of the query stands for it."""
    clause = f'{name}:"{one.value}"'
    query = f"({links.query}) " if links.query.strip() else ""
    return FacetRow(
        f'"{one.value}"',
        one.articles,
        one.selected,
        False,
        links.here(q=f"{query}{clause}"),
        links.here(q=f"{query}-{clause}"),
    )


class _FacetAddresses:
    """The addresses that the values of a facet lead to: with the filters of an ``option`` changed by one value.

    ``wanted`` are the values of the filter, and ``unwanted`` those that it excludes. An own field, which shares its option
    with others, stands before its values: ``theme=Economy``.
    """

    def __init__(self, field: str, option: str, links: Links) -> None:
        self._field = field
        self.option, self.option_not, self._links = option, f"{option}_not", links
        self.wanted, self.unwanted = links.values(option), links.values(self.option_not)
        self._without = links.here(**{option: self.wanted, self.option_not: None})
        self._with_both = links.here(**{option: self.wanted, self.option_not: self.unwanted})

    def of(self, value: str, selected: bool, excluded: bool) -> tuple[str, str]:
        """Return the address with a value chosen, or no longer chosen or excluded if it is, and the one with it excluded."""
        if selected and value not in self.wanted:
            kept = self._without_chosen(value)
            toggle = self._links.here(**{self.option: kept})
            return toggle, self._links.here(**{self.option: kept, self.option_not: [*self.unwanted, value]})
        if value not in self.wanted and value not in self.unwanted:  # most values
            toggle = with_parameter(self._without, self.option, value)
            for other in self.unwanted:
                toggle = with_parameter(toggle, self.option_not, other)
            return toggle, with_parameter(self._with_both, self.option_not, value)
        here = self._links.here
        wanted = [one for one in self.wanted if one != value]
        unwanted = [one for one in self.unwanted if one != value]
        if selected and value in self.wanted:
            toggle = here(**{self.option: wanted})
        elif excluded:
            toggle = here(**{self.option_not: unwanted})
        else:
            toggle = here(**{self.option: [*self.wanted, value], self.option_not: unwanted})
        return toggle, here(**{self.option: wanted, self.option_not: [*unwanted, value]})

    def _without_chosen(self, value: str) -> list[str]:
        """Return the wanted values without those that choose a value in another spelling, by another name or as a period.

        Which name or period does is not known here: unless it is only a spelling, all values of the field are dropped.
        """
        spelled = [one for one in self.wanted if key(one) == key(value)]
        if spelled:
            return [one for one in self.wanted if one not in spelled]
        if self.option == self._field:
            return []
        return [one for one in self.wanted if one.partition("=")[0].strip() != self._field]
