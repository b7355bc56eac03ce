"""The table of the fields of an article. All code that lists, filters, counts, stores or prints fields derives from it.

To add a field, add a row to the table, attributes for type checkers (to :class:`~newssearch.Article`,
:class:`~newssearch.Hit` and :class:`~newssearch.Request`), and the names that inputs use for the field.
``tests/test_fields.py`` fails for each of these places that lacks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

FieldKind = Literal["text", "date", "outlet", "language", "value", "exact", "words", "address", "raw"]
"""The kind of a field, which decides how filters and queries are compared with its values.

- ``text``: the words of a value are searched like those of the article's text.
- ``date``: values are days or moments in a period.
- ``outlet``: the whole value is compared; all names of one outlet are equal.
- ``language``: values are language tags; ``en`` also finds ``en-GB``.
- ``value``: the whole value is compared, without regard to capitals and accents.
- ``exact``: the whole value is compared, letter by letter.
- ``words``: the words of the value are compared.
- ``address``: values are web addresses.
- ``raw``: values are only stored and printed.
"""

ValueField = Literal["outlet", "source", "byline", "located", "lang", "section", "key", "id", "url"]
"""The names of fields that :class:`newssearch.query.Field` accepts. A test compares them with the table of fields."""


@dataclass(frozen=True, slots=True)
class ArticleField:
    """A field of an article: one row of the table :data:`ARTICLE_FIELDS`.

    Readers can claim a value for every field. The value and its provenance are stored, are in the article's JSON, and are
    printed by ``newssearch show``.
    """

    name: str
    kind: FieldKind
    meaning: str
    """A description of the field's value, which the README's table of fields repeats."""
    filter: str = ""
    """The help text of the search filter on the field; ``""`` if searches cannot filter by it."""
    facets: tuple[str, ...] = ()
    """The names of the facets that count the field's values; a date has two, ``year`` and ``month``."""
    in_query: bool = True
    """Whether queries can name the field, as in ``outlet:bbc``."""
    in_hits: bool = True
    """Whether a hit, and thus a row of the CSV of a search, has the field."""


ARTICLE_FIELDS = (
    ArticleField("title", "text", "the headline"),
    ArticleField(
        "date", "date",
        "when it was published: a day, or a moment with its time zone if the input has one; never the time of the file",
        facets=("year", "month"),
    ),
    ArticleField(
        "outlet", "outlet", "who published it: the place where it was found",
        filter="Only articles of this outlet.", facets=("outlet",),
    ),
    ArticleField(
        "source", "outlet",
        "who originated the text, such as an agency; by default the outlet, marked as inferred",
        filter="Only articles from this source (agency).", facets=("source",),
    ),
    ArticleField(
        "byline", "words", "who wrote it", filter="Only articles by this person.", facets=("byline",)
    ),
    ArticleField("dateline", "raw", "the dateline as written", in_query=False, in_hits=False),
    ArticleField(
        "located", "words", "the place in the dateline, or the one that the input states",
        filter="Only articles from this place.", facets=("located",),
    ),
    ArticleField(
        "lang", "language", "language tag (BCP 47)",
        filter="Only articles in this language (en matches en-GB).", facets=("lang",),
    ),
    ArticleField("section", "value", "the desk", filter="Only articles of this section.", facets=("section",)),
    ArticleField("url", "address", "its address"),
    ArticleField("key", "exact", "the record's own id, as its source states it"),
)  # fmt: skip
"""The table of the fields of an article, in the order of printing. The id, the text and the path are not in it."""

FIELD_NAMES = tuple(field.name for field in ARTICLE_FIELDS)
"""The names of all fields of an article, in the order of :data:`ARTICLE_FIELDS`."""
STRING_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.kind != "date")
"""The names of the fields whose values are strings: all but the date."""
RAW_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.kind == "raw")
"""The names of the fields that are stored and printed, but that no search can use."""
EXACT_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.kind == "exact")
"""The names of the fields whose values are compared letter by letter."""
OUTLET_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.kind == "outlet")
"""The names of the fields whose values are outlets, which may have several names: the outlet and the source."""
LANGUAGE_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.kind == "language")
"""The names of the fields whose values are language tags."""
WHOLE_FIELDS = tuple(
    field.name for field in ARTICLE_FIELDS if field.kind in ("outlet", "language", "value", "exact")
)
"""The names of the fields that are searched by their whole value, not by the words in it."""
WORD_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.kind == "words")
"""The names of the fields that are searched by the words in their value."""
HIT_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.in_hits)
"""The names of the fields that a hit shows."""

FILTERS = {field.name: field.filter for field in ARTICLE_FIELDS if field.filter}
"""The help text of each filter, by the name of the field that a search can filter by."""
FILTER_FIELDS = tuple(FILTERS)
"""The names of the fields that a search can filter by."""
FACET_FIELDS = (
    *(facet for field in ARTICLE_FIELDS if field.kind == "outlet" for facet in field.facets),
    *(facet for field in ARTICLE_FIELDS if field.kind == "date" for facet in field.facets),
    *(facet for field in ARTICLE_FIELDS if field.kind not in ("outlet", "date") for facet in field.facets),
)
"""The names of the facets, in the order of printing: those of outlets, then those of dates, then the others."""

VALUE_FIELDS = cast(
    "tuple[ValueField, ...]",
    (
        *(f.name for f in ARTICLE_FIELDS if f.in_query and f.kind not in ("text", "date", "address")),
        "id",
        *(f.name for f in ARTICLE_FIELDS if f.in_query and f.kind == "address"),
    ),
)
"""The names that queries can put before a colon and a value, as in ``outlet:bbc``: fields of an article, and its id."""
QUERY_FIELDS = (
    *(field.name for field in ARTICLE_FIELDS if field.in_query and field.kind == "text"),
    *VALUE_FIELDS,
    *(field.name for field in ARTICLE_FIELDS if field.in_query and field.kind == "date"),
)
"""All names that queries can put before a colon: :data:`VALUE_FIELDS`, the title and the date."""

COLUMN_FIELDS = ("id", "title", "text", *(name for name in FIELD_NAMES if name != "title"))
"""The names that ``--map`` accepts: the fields, id and text that a column of a table or a key of a record can hold."""
