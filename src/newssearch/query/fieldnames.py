"""Names of fields and functions: aliases, names in other search engines, and suggestions for a wrong name."""

from __future__ import annotations

from collections.abc import Iterable

from newssearch.errors import QueryError
from newssearch.fields import FIELD_ALIASES, QUERY_FIELDS

OTHER_NAMES = {
    "title": "headline intitle allintitle hl hd ti ttl head",
    "hlead": "hlp lp lead leadparagraph",
    "outlet": "publication pub publisher newspaper paper magazine site domain host rst sn sc jn so so_name media media_id "
    "media_name source_name inpublisher journal",
    "source": "agency credit wire",
    "byline": "au by writer reporter journalist creator",
    "located": "location place dateline country city geographic region",
    "lang": "language la ln lr",
    "section": "se desk category topic subject su de sect",
    "tag": "tags tagged label labels",
    "date": "published publish_date pubdate publication_date day year pd dt py",
    "added": "indexed indexed_date index_date added_date date_added imported ingested",
    "caps": "allcaps nocaps",
    "atleast": "atl minoccur",
    "text": "body bdy text content fulltext ft inbody intext allintext ab abstract",
}  # fmt: skip
"""Names that other engines use for the fields and functions of newssearch's query language.

The parser does not accept these names; it suggests the field or function."""
FIELD_OF_OTHER_NAME = {other: field for field, others in OTHER_NAMES.items() for other in others.split()}
"""Maps each name of another engine in :data:`OTHER_NAMES` to the field or function of newssearch."""

_EXAMPLES = {
    "hlead": "hlead(word)",
    "caps": "caps(US) for exactly these capitals",
    "atleast": "atleast3(word)",
    "text": "the word alone: the whole article is searched",
    "date": "date:2024, date:2024-07..2024-09, date:>=2024 or date:<2024",
    "added": 'added:-1d, added:2024-07-25.. or added:"last month"',
    "title": "title:word",
}

_DATE_BOUNDS = {
    "before": "date:<2024-07-25",
    "until": "date:<=2024-07-25",
    "after": "date:>2024-07-25",
    "since": "date:>=2024-07-25",
}
ADDRESS_SCHEMES = frozenset(
    "about arxiv data doi file ftp geo http https isbn issn javascript localhost magnet mailto news sip sms ssh tel urn".split()
)
"""Words before a colon that begin an address, such as ``https``. Any other lower-case word there must be a field."""


def example(name: str, value: str = "") -> str:
    """Return an example of the use of a field or function in a query, with ``value`` if one is given.

    >>> example("outlet", "bbc"), example("hlead")
    ('outlet:bbc', 'hlead(word)')
    """
    return _EXAMPLES.get(name) or f"{name}:{value or 'word'}"


def unknown_field(name: str, own: Iterable[str]) -> QueryError:
    """Return the error that the index has no field of this name; ``own`` are the names of its own fields."""
    names = tuple(own)
    there = f"its own fields are {', '.join(names)}" if names else "it has no own fields"
    return QueryError(f"there is no field {name!r}", suggestion=suggest_field(name, names) or there)


def suggest_field(name: str, own: Iterable[str] = ()) -> str:
    """Return a suggestion for a name before a colon that is not a field, or ``""`` if there is none.

    ``own`` are the names of own fields.

    >>> suggest_field("outlt"), suggest_field("intitle"), suggest_field("xyzzy")
    ('did you mean outlet: or the word in quotation marks?', 'write title:word', '')
    """
    if (bound := _DATE_BOUNDS.get(name.lower())) is not None:
        return f"write {bound}"
    field = FIELD_OF_OTHER_NAME.get(name.lower())
    if field is not None:
        return f"write {example(field)}"
    from difflib import get_close_matches  # slow to import, and seldom needed

    near = get_close_matches(name.lower(), (*own, *QUERY_FIELDS, *FIELD_ALIASES), 1)
    return f"did you mean {near[0]}: or the word in quotation marks?" if near else ""
