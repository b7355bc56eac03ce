"""The table of the fields of an article. All code that lists, filters, counts, stores or prints fields derives from it.

To add a field, add a row, the attributes for type checkers (in :class:`~newssearch.Article`, :class:`~newssearch.Hit` and
:class:`~newssearch.Request`), and the names that inputs give it. ``tests/test_fields.py`` fails for every place that is
missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

FieldKind = Literal["text", "date", "outlet", "language", "value", "words", "address", "raw"]
"""How the values of a field are compared.

``text``: its words are searched as those of the article's text. ``date``: as a moment. ``outlet``: whole, and all names of
an outlet are one value. ``language``: as a language tag, whose first part finds its variants. ``value``: whole,
whatever its capitals and accents. ``words``: by the words in it. ``address``: as an address of the web. ``raw``: not at all; it is stored
and printed.
"""

ValueField = Literal["outlet", "source", "byline", "located", "lang", "section", "id", "url"]
"""The names of the fields that :class:`newssearch.query.Field` takes. A test holds them to the table."""


@dataclass(frozen=True, slots=True)
class ArticleField:
    """A field of an article: a row of the table.

    Every field is claimed by readers, has a provenance, is stored, is a key of the article's JSON, and is printed by
    ``newssearch show``.
    """

    name: str
    kind: FieldKind
    meaning: str
    """What its value is, for the documentation."""
    filter: str = ""
    """What a filter on it does, for help texts; ``""`` if there is no filter."""
    facets: tuple[str, ...] = ()
    """The facets that count its values."""
    in_query: bool = True
    """Whether it can stand before a colon in a query."""
    in_hits: bool = True
    """Whether hits have it, and the columns of their CSV."""


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
)  # fmt: skip
"""The fields of an article, in the order in which they are printed."""

FIELD_NAMES = tuple(field.name for field in ARTICLE_FIELDS)
"""The names of all fields: those that readers claim, and whose provenance an article keeps."""
STRING_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.kind != "date")
"""The fields whose values are strings."""
RAW_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.kind == "raw")
"""The fields that nothing compares."""
OUTLET_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.kind == "outlet")
"""The fields whose values are outlets, which may have several names."""
LANGUAGE_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.kind == "language")
"""The fields whose values are language tags."""
WHOLE_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.kind in ("outlet", "language", "value"))
"""The fields whose values are compared whole."""
WORD_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.kind == "words")
"""The fields whose values are compared by the words in them."""
HIT_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.in_hits)
"""The fields that a hit has."""

FILTERS = {field.name: field.filter for field in ARTICLE_FIELDS if field.filter}
"""The fields that a search can filter by, each with what the filter does."""
FILTER_FIELDS = tuple(FILTERS)
"""The names of these fields."""
FACET_FIELDS = (
    *(facet for field in ARTICLE_FIELDS if field.kind == "outlet" for facet in field.facets),
    *(facet for field in ARTICLE_FIELDS if field.kind == "date" for facet in field.facets),
    *(facet for field in ARTICLE_FIELDS if field.kind not in ("outlet", "date") for facet in field.facets),
)
"""The facets, in the order in which they are printed: outlets, periods, all others."""

VALUE_FIELDS = cast(
    "tuple[ValueField, ...]",
    (
        *(f.name for f in ARTICLE_FIELDS if f.in_query and f.kind not in ("text", "date", "address")),
        "id",
        *(f.name for f in ARTICLE_FIELDS if f.in_query and f.kind == "address"),
    ),
)
"""The fields that stand before a colon and a value in a query. The id, which every article has, is one."""
QUERY_FIELDS = (
    *(field.name for field in ARTICLE_FIELDS if field.in_query and field.kind == "text"),
    *VALUE_FIELDS,
    *(field.name for field in ARTICLE_FIELDS if field.in_query and field.kind == "date"),
)
"""The names that can stand before a colon in a query."""

COLUMN_FIELDS = ("id", "title", "text", *(name for name in FIELD_NAMES if name != "title"))
"""The fields that a column of a table, or a key of a record, can be mapped to."""
