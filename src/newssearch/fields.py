"""The table of the fields of an article. All code that lists, filters, counts, stores or prints fields derives from it.

To add a field, add a row to the table, attributes for type checkers (to :class:`~newssearch.Article`,
:class:`~newssearch.Hit` and :class:`~newssearch.Request`), and the names that inputs use for the field.
``tests/test_fields.py`` fails for each of these places that lacks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, cast, get_args

from newssearch import arguments
from newssearch.system.late_dataclass import dataclass

OwnKind = Literal["value", "words", "number", "date"]
"""The kind of an own field of an archive, one of :data:`FieldKind`."""
OWN_KINDS: tuple[OwnKind, ...] = get_args(OwnKind)
FieldKind = OwnKind | Literal["text", "outlet", "language", "exact", "address", "raw"]
"""The kind of a field, which decides how filters and queries are compared with its values.

- ``text``: the words of a value are searched like those of the article's text.
- ``date``: values are days or moments in a period.
- ``outlet``: the whole value is compared; all names of one outlet are equal.
- ``language``: values are language tags; ``en`` also finds ``en-GB``.
- ``value``: the whole value is compared, without regard to capitals and accents.
- ``exact``: the whole value is compared, letter by letter.
- ``words``: the words of the value are compared.
- ``number``: values are numbers in a range.
- ``address``: values are web addresses.
- ``raw``: values are only stored and printed.
"""

ValueField = Literal["outlet", "source", "byline", "located", "lang", "section", "key", "id", "url"]
"""The names of fields that :class:`newssearch.query.Field` accepts besides own fields. A test compares them with the table of fields."""


@dataclass(frozen=True, slots=True)
class ArticleField:
    """A field of an article: one row of the table :data:`ARTICLE_FIELDS`.

    Readers can claim a value for every field. The value and its provenance are stored, are in the article's JSON, and
    are printed by ``newssearch show``.
    """

    name: str
    kind: FieldKind
    meaning: str
    """A description of the field's value, which the README's table of fields repeats."""
    filter: str = ""
    """The help text of the search filter on the field; ``""`` if searches cannot filter by it."""
    facets: tuple[str, ...] = ()
    """The names of the facets that count the field's values; a date has several, such as ``year`` and ``month``."""
    in_query: bool = True
    """Whether queries can name the field, as in ``outlet:bbc``."""
    in_hits: bool = True
    """Whether a hit, and thus a row of the CSV of a search, has the field."""


ARTICLE_FIELDS = (
    ArticleField("title", "text", "the headline"),
    ArticleField(
        "date", "date",
        "when it was published: a day, or a moment with its time zone if the input has one; a month or a year if the input"
        " has no day; never the time of the file",
        facets=("year", "quarter", "month", "week", "day"),
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
LITERAL_FIELDS = tuple(field.name for field in ARTICLE_FIELDS if field.kind in ("exact", "address"))
"""The names of the fields after which a query takes everything up to a space literally, but for stars."""
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

HIT_COLUMNS = (
    "id", "paragraph", "score", *(name for name in HIT_FIELDS if name not in ("title", "url")), "title", "url",
    "path", "member", "record", "added", "paragraphs", "matching", "snippet", "text", "story", "copies",
    "tags", "notes",
)  # fmt: skip
"""The columns of a table of hits, before those of own fields."""

COLUMNS_OF_TAGS = ("tags", "notes")
"""The columns that people write. Tables leave them out if the file of tags cannot be read."""
UNREAD_TAGS = "tags"
"""The kind of a diagnostic that says so."""

TAG = "tag"
"""The name of the field of tags, which people give to articles; no reader claims it."""
NO_TAG = "none"
"""Stands in ``tag:none`` for articles without a tag; thus no tag can have this name."""

FILTERS = {
    **{field.name: field.filter for field in ARTICLE_FIELDS if field.filter},
    TAG: "Only articles that were given this tag.",
}
"""The help text of each filter, by the name of the field that a search can filter by."""
FILTER_FIELDS = tuple(FILTERS)
"""The names of the fields that a search can filter by."""
EXCLUSIONS = {name: text.replace("Only articles", "Leave out articles", 1) for name, text in FILTERS.items()}
"""The help text of each filter that excludes values, by the name of the field."""
FACET_FIELDS = (
    *(facet for field in ARTICLE_FIELDS if field.kind == "outlet" for facet in field.facets),
    *(facet for field in ARTICLE_FIELDS if field.kind == "date" for facet in field.facets),
    *(facet for field in ARTICLE_FIELDS if field.kind not in ("outlet", "date") for facet in field.facets),
)
"""The names of the facets, in the order of printing: those of outlets, then those of dates, then the others."""

DATE_FACETS = tuple(facet for field in ARTICLE_FIELDS if field.kind == "date" for facet in field.facets)
"""The names of the facets of dates, the coarsest first but for weeks: each value is a period (``2024``, ``2024-W30``)."""
INFO_FACETS = tuple(facet for facet in FACET_FIELDS if facet not in ("quarter", "week", "day"))
"""The names of the facets whose values describe the contents of an index: of dates, only years and months."""

VALUE_FIELDS = cast(
    "tuple[ValueField, ...]",
    (
        *(f.name for f in ARTICLE_FIELDS if f.in_query and f.kind not in ("text", "date", "address")),
        "id",
        *(f.name for f in ARTICLE_FIELDS if f.in_query and f.kind == "address"),
    ),
)
"""The names that queries can put before a colon and a value, as in ``outlet:bbc``: fields of an article, and its id."""
TimeField = Literal["date", "added"]
"""The names of the times of an article that :class:`newssearch.query.Dated` accepts."""
TIME_FIELDS: tuple[TimeField, ...] = get_args(TimeField)
"""The names that queries can put before a colon and a period: when an article was published, when it came into the index."""
QUERY_FIELDS = (
    *(field.name for field in ARTICLE_FIELDS if field.in_query and field.kind == "text"),
    *VALUE_FIELDS,
    TAG,
    *TIME_FIELDS,
)
"""All names that queries can put before a colon: :data:`VALUE_FIELDS`, the title, the tag and :data:`TIME_FIELDS`."""

SYNONYMS = "syn"
"""``syn``: as a function it joins synonyms, as a prefix it asks for the synonyms of the archive."""
FUNCTIONS = ("hlead", SYNONYMS, "atleast", "caps")
"""The names that queries can put before a parenthesis: ``atleast`` with a number, ``syn`` also before a colon."""
FIELD_ALIASES = {"author": "byline"}
"""Other names that queries can put before a colon, with the names of their fields."""

COLUMN_FIELDS = ("id", "title", "text", *(name for name in FIELD_NAMES if name != "title"))
"""The names that ``--map`` accepts: the fields, id and text that a column of a table or a key of a record can hold."""


# ---- own fields

MAX_OWN_FIELDS = 64
"""An index has at most this number of own fields."""

FIELDS: Mapping[str, ArticleField] = MappingProxyType({field.name: field for field in ARTICLE_FIELDS})
"""The rows of :data:`ARTICLE_FIELDS` by name."""

_OWN_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")

RESERVED_NAMES = frozenset({
    *FIELD_NAMES, *QUERY_FIELDS, *FIELD_ALIASES, *FUNCTIONS, *COLUMN_FIELDS, *FACET_FIELDS, *FILTER_FIELDS,
    NO_TAG, "tags", "notes", "keyword", "text",
    "path", "member", "record", "added", "version", "version_of", "earlier", "other_places", "provenance", "paragraphs", "extra",
    "paragraph", "score", "snippet", "matching", "story", "copies", "copies_total", "variants", "explanation", "state", "digest",
    "since", "until", "on", "since_run", "where", "day", "week", "quarter", "year", "month",
})  # fmt: skip
"""The names that an own field cannot have: those of the query language, of facets, of an article, and of hits."""


class KeptField(NamedTuple):
    """A column of tables, or key of records, that is kept as an own field: its name, its kind, and the field's name."""

    name: str
    column: str
    kind: OwnKind = "value"


def own_field(name: str, kind: OwnKind) -> ArticleField:
    """Return the row of an own field. Raises ValueError for a name that an own field cannot have, and for an unknown kind.

    >>> own_field("theme", "value").facets
    ('theme',)
    """
    if not _OWN_NAME.fullmatch(name):
        near = own_name(name)
        hint = f", as {near}" if near and near != name and _OWN_NAME.fullmatch(near) else ""
        raise ValueError(
            f"{name!r} cannot be the name of a field: it has small letters, digits and _, begins with a letter,"
            f" and has at most 31 of them{hint}"
        )
    if name in RESERVED_NAMES:
        raise ValueError(
            f"{name!r} cannot be the name of a field: newssearch uses it itself; name it otherwise in newssearch.toml,"
            f' as in own_{name} = {{ column = "{name}" }} under [fields]'
        )
    if kind not in OWN_KINDS:
        from difflib import get_close_matches  # slow to import, and seldom needed

        near_kinds = get_close_matches(str(kind), OWN_KINDS, 1)
        hint = f"did you mean {near_kinds[0]}?" if near_kinds else f"there are: {', '.join(OWN_KINDS)}"
        raise ValueError(f"{kind!r} is no kind of a field: {hint}")
    return ArticleField(name, kind, "own field", filter="Only articles with this value.", facets=(name,))


def why_rebuild(own: Iterable[str]) -> str:
    """Return why an index with own fields of these names must be made again; "" if it need not.

    Names that newssearch did not use when the index was made can have become reserved since.
    """
    reserved = sorted(RESERVED_NAMES.intersection(own))
    if not reserved:
        return ""
    return (
        f"the index has an own field {reserved[0]!r}, a name that newssearch uses itself now: rebuild it with"
        f' `newssearch index --rebuild`, and with own_{reserved[0]} = {{ column = "{reserved[0]}" }} under [fields] in'
        " newssearch.toml to keep the field"
    )


def is_own_name(name: str) -> bool:
    """Whether an own field can have this name."""
    return _OWN_NAME.fullmatch(name) is not None and name not in RESERVED_NAMES


def own_name(column: str) -> str:
    """Return the name of an own field for a column: in small letters without accents, with ``_`` between words.

    >>> own_name("Word Count"), own_name("Thème (fr.)"), own_name("meta.WordCount")
    ('word_count', 'theme_fr', 'meta_word_count')
    """
    import unicodedata  # a search needs none of it

    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column)
    plain = unicodedata.normalize("NFKD", parted.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:31].rstrip("_")


def kept_fields(given: object) -> tuple[KeptField, ...]:
    """Return the columns that are kept as own fields.

    ``given`` maps the name of each field, or of its column, to the kind, or to a mapping with ``column`` and ``kind``;
    or it is a sequence of :class:`KeptField`. Raises TypeError for another type, and ValueError for a wrong name or
    kind, for a name given twice, and for more than :data:`MAX_OWN_FIELDS`.

    >>> kept_fields({"Word Count": "number", "theme": {"column": "Thema"}})
    (KeptField(name='word_count', column='Word Count', kind='number'), KeptField(name='theme', column='Thema', kind='value'))
    """
    if isinstance(given, Mapping):
        found = [_kept_field(name, value) for name, value in given.items()]
    else:
        if not isinstance(given, Iterable) or isinstance(given, str | bytes):
            raise arguments.wrong("fields", "a mapping, or several KeptField", given)
        found = []
        for item in given:
            if not (
                isinstance(item, tuple) and 2 <= len(item) <= 3 and all(isinstance(i, str) for i in item)
            ):
                raise arguments.wrong("fields", "a name, a column and a kind", item, given)
            found.append(KeptField(*item))
    names: set[str] = set()
    for field in found:
        own_field(field.name, field.kind)
        if not field.column.strip():
            raise ValueError(f"{field.name} has a column without a name")
        if field.name in names:
            raise ValueError(f"{field.name} is given twice")
        names.add(field.name)
    if len(found) > MAX_OWN_FIELDS:
        raise ValueError(f"an index has at most {MAX_OWN_FIELDS} fields of its own, not {len(found)}")
    return tuple(found)


def _kept_field(name: object, value: object) -> KeptField:
    wanted = 'a kind, or a table of column and kind, as { column = "Word Count", kind = "number" }'
    if not isinstance(name, str):
        raise arguments.wrong("fields", "the name of a field", name)
    settings = {"kind": value} if isinstance(value, str) else value
    if not isinstance(settings, Mapping) or not all(isinstance(one, str | int) for one in settings.values()):
        raise ValueError(f"{name} is {wanted}")
    if unknown := settings.keys() - {"column", "kind"}:
        raise ValueError(f"{name} has no {sorted(map(str, unknown))[0]}: it is {wanted}")
    folded = name if _OWN_NAME.fullmatch(name) else own_name(name)
    if not folded:
        own_field(name, "value")
    return KeptField(folded, str(settings.get("column", name)), settings.get("kind", "value"))


def by_name(own: Iterable[ArticleField]) -> dict[str, ArticleField]:
    """Return the own fields by name."""
    return {field.name: field for field in own}
