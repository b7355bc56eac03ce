"""Read the article that a record of named values describes, such as a JSON object or a row of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from newssearch.article import STATED, Provenance
from newssearch.fields import FIELD_NAMES
from newssearch.readers.api import Origin, ReadOutcome, Skipped
from newssearch.readers.article.addresses import article_addresses
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.values import json_type
from newssearch.system.lazy_regex import Pattern

from .dialects import fill_by_dialect
from .field_names import DATABASE_KEYS, RECORD_KEYS, UNIQUE_KEYS
from .json_values import (
    FROM_CUT_TEXT,
    FROM_SUMMARY,
    FROM_UPDATED,
    RecordText,
    RecordValues,
    html_blocks,
    prose,
    string,
    uncut,
    value_at,
    values_of,
)
from .own_article import own_article

PARAGRAPH_KEYS = ("text", "content", "body")
"""The keys under which an object that stands for a paragraph holds its text."""

_DIGIT = Pattern(r"\d")


CANONICAL_KEYS = ("canonicalurl", "canonical", "canonicallink")
"""The keys of the address that a page states for its article."""


def read_record(record: object, origin: Origin, number: int) -> ReadOutcome:
    """Return the article that a record describes, a rejection or a skip; ``number`` is that of the record.

    Keys that the options assign to fields are the most trusted, then the claims of the record's dialect, then keys with
    common names.
    """
    if not isinstance(record, dict):
        return origin.rejected(f"not a JSON object but {json_type(record)}", number)
    if (article := own_article(record, origin, number)) is not None:
        return article
    columns = [(field, value_at(record, column)) for field, column in origin.options.columns]
    draft = Draft(origin, number)
    draft.keep(lambda column: value_at(record, column))
    return read_values(values_of(record), draft, columns, RECORD_KEYS)


def read_values(
    values: RecordValues,
    draft: Draft,
    columns: Iterable[tuple[str, object]],
    keys: Mapping[str, tuple[str, ...]],
) -> ReadOutcome:
    """Return the article that the values of a record describe, a rejection or a skip.

    ``columns`` pairs fields with the values that the options assign to them, and ``keys`` are the normal names of the
    keys of each field.
    """
    for field, value in columns:
        claim_column(draft, field, value)
    mapped, provenance = draft.text, draft.text_provenance
    if (what := fill_by_dialect(values, draft)) is not None:
        return Skipped(draft.origin.path, what)
    if mapped:
        draft.text, draft.text_provenance = mapped, STATED
    elif not draft.text:
        draft.text_provenance = provenance
    claim_keys(draft, values, keys)
    draft.drop_outlet_from_title()
    return draft.build()


def claim_column(draft: Draft, field: str, value: object) -> None:
    """Claim a value that the options assign to a field.

    A value for ``text`` becomes the text of the draft, unless it has one already. ``id`` is another name of ``key``.
    """
    if field == "text":
        draft.text = draft.text or _as_paragraphs(value)
    elif field in ("id", "key"):
        draft.claim_key(value, "key", of_outlet=True)
    elif field in FIELD_NAMES:
        draft.claim(field, value)


def claim_keys(draft: Draft, values: RecordValues, keys: Mapping[str, tuple[str, ...]]) -> None:
    """Claim the values of a record under the given ``keys`` of each field; earlier claims take precedence."""
    if not draft.text and (found := text_in(values, keys))[0]:
        draft.text, draft.text_provenance = found
    _claim_canonical_address(draft, values, keys.get("url", ()))
    fields_of = _fields_of(tuple(keys.items()))
    for _, field, key in sorted((*fields_of[key], key) for key in values.keys() & fields_of.keys()):
        if field == "key":
            claim_key(draft, key, values.get(key))
        else:
            draft.claim(field, values.get(key))
    for key in keys.get("updated", ()):
        draft.claim("date", values.get(key), FROM_UPDATED)


def _claim_canonical_address(draft: Draft, values: RecordValues, keys: Iterable[str]) -> None:
    """Claim the address that a crawler copied from the page, if the record also has the one that it fetched."""
    fetched = next(
        (url for key in keys if key not in CANONICAL_KEYS and (url := string(values.get(key)))), None
    )
    stated = [(url, STATED) for key in CANONICAL_KEYS if (url := string(values.get(key)))]
    if fetched is not None:
        for url, provenance in article_addresses(stated, fetched):
            draft.claim("url", url, provenance)


def claim_key(draft: Draft, name: str, value: object) -> None:
    """Claim the id that a record has under a name, which may be that of a database's own ids."""
    if name in DATABASE_KEYS:
        if name != "an" or _DIGIT.search(str(value)):  # "an" also means "to"
            draft.claim_key(value, DATABASE_KEYS[name])
    else:
        draft.claim_key(value, "guid" if name in UNIQUE_KEYS else "", of_outlet=True)


@cache
def _fields_of(keys: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, tuple[int, str]]:
    """Return for each key its rank among the keys of its field, and the field; ``keys`` pairs fields with keys."""
    return {
        name: (rank, field)
        for field, names in keys
        if field in FIELD_NAMES
        for rank, name in enumerate(names)
    }


def text_in(values: RecordValues, keys: Mapping[str, tuple[str, ...]]) -> tuple[RecordText, Provenance]:
    """Return the text of a record and its provenance.

    The text is a summary if there is no other text, and empty if there is no summary either.
    """
    for key in (*keys.get("text", ()), *keys.get("paragraphs", ())):
        if text := _as_paragraphs(values.get(key), is_html=key.endswith("html")):
            if isinstance(text, str):
                text, was_cut = uncut(text)
                return text, FROM_CUT_TEXT if was_cut else STATED
            return text, STATED
    for key in keys.get("summary", ()):
        if text := _as_paragraphs(values.get(key)):
            return text, FROM_SUMMARY
    return "", STATED


def _as_paragraphs(value: object, *, is_html: bool = False) -> RecordText:
    """Return a value as text: a string, the blocks of a string with HTML markup, or a list of paragraphs."""
    if (text := string(value)) is not None:
        return html_blocks(text) if is_html else prose(text)
    if isinstance(value, list):
        return [text for text in map(_paragraph, value) if text and text.strip()]
    return ""


def _paragraph(value: object) -> str | None:
    if isinstance(value, dict):
        return next((text for key in PARAGRAPH_KEYS if isinstance(text := value.get(key), str)), None)
    return value if isinstance(value, str) else None
