"""What can stand before a colon, and what other search engines call it."""

from __future__ import annotations

from newssearch.fields import QUERY_FIELDS

FIELD_ALIASES = {"author": "byline"}
"""Other names of these that work."""

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
    "date": "published publish_date pubdate publication_date day year pd dt py",
    "caps": "allcaps nocaps",
    "atleast": "atl minoccur",
    "text": "body bdy text content fulltext ft inbody intext allintext ab abstract",
}  # fmt: skip
"""Names that other engines have for our fields and functions."""
FIELD_OF_OTHER_NAME = {other: ours for ours, others in OTHER_NAMES.items() for other in others.split()}

_EXAMPLES = {
    "hlead": "hlead(word)",
    "caps": "caps(US) for just these capitals",
    "atleast": "atleast3(word)",
    "text": "the word alone: the whole article is searched",
    "date": "date:2024, date:2024-07..2024-09, date:>=2024 or date:<2024",
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
"""What stands before the colon of an address, in small letters too."""


def example(name: str, value: str = "") -> str:
    """How something is written that another engine writes otherwise.

    >>> example("outlet", "bbc"), example("hlead")
    ('outlet:bbc', 'hlead(word)')
    """
    return _EXAMPLES.get(name) or f"{name}:{value or 'word'}"


def suggest_field(name: str) -> str:
    """What may be suggest_field by a name that is no field: a suggestion, or ``""``.

    >>> suggest_field("outlt"), suggest_field("intitle"), suggest_field("xyzzy")
    ('did you mean outlet: or the word in quotation marks?', 'write title:word', '')
    """
    if (bound := _DATE_BOUNDS.get(name.lower())) is not None:
        return f"write {bound}"
    ours = FIELD_OF_OTHER_NAME.get(name.lower())
    if ours is not None:
        return f"write {example(ours)}"
    from difflib import get_close_matches  # slow to import, and seldom needed

    near = get_close_matches(name.lower(), (*QUERY_FIELDS, *FIELD_ALIASES), 1)
    return f"did you mean {near[0]}: or the word in quotation marks?" if near else ""
