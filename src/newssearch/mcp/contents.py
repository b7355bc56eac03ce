"""The tools that describe: ``about`` the archive, and ``query_language``."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Annotated, cast

from pydantic import Field

from newssearch._version import __version__
from newssearch.article import utc
from newssearch.errors import QueryError
from newssearch.facets import FacetValue, FacetValues
from newssearch.fields import ARTICLE_FIELDS
from newssearch.query.reference import FIRST_SECTION, language_examples, language_sections

from .answers import ArchiveContents, DescribedField, LanguageHelp
from .calls import Call, Text, present, short

TOP_VALUES = 10
"""The number of listed values of a field. The tool count lists further ones."""
EXAMPLES = "Examples"


def describe_archive(call: Call) -> ArchiveContents:
    """Say what the archive has: numbers of articles, dates, the fields with their most frequent values. Call this first.

    All values of a field, and their numbers for a query: count with by.
    """
    info = call.index.info()
    held = info.contents
    fields = [
        _described(one.name, one.meaning, held.by_field.get(one.name))
        for one in ARTICLE_FIELDS
        if one.in_query or one.name == "title"
    ]
    fields += [
        _described(
            name, f"own field of this archive ({kind}): {name}:VALUE in a query", held.by_own_field.get(name)
        )
        for name, kind in held.own_fields.items()
    ]
    answer = {
        "articles": held.articles,
        "paragraphs": held.paragraphs,
        "words": held.words,
        **present(
            {
                "first_date": held.first_date.isoformat() if held.first_date else None,
                "last_date": held.last_date.isoformat() if held.last_date else None,
                "last_update": utc(info.last_run) if info.last_run else None,
                "time_limit": call.time_limit,
            }
        ),
        "without_date": held.dates.missing,
        "only_month": held.dates.only_month,
        "only_year": held.dates.only_year,
        "fields": fields,
        "commit": info.commit.number,
        "committed": utc(info.commit.time),
        "digest": info.commit.digest,
        "newssearch": __version__,
    }
    return cast(ArchiveContents, answer)


def _described(name: str, meaning: str, values: FacetValues | None) -> DescribedField:
    shown: dict[str, object] = {"name": name, "meaning": meaning}
    if values is not None:
        shown |= {
            "values": values.total,
            "top": _top([one for one in values if one.value is not None]),
            "without": sum(one.articles for one in values if one.value is None) or None,
        }
    return cast(DescribedField, present(shown))


def _top(values: Sequence[FacetValue]) -> list[dict[str, object]]:
    most = sorted(values, key=lambda one: -one.articles)[:TOP_VALUES]
    return [{"value": short(one.value), "articles": one.articles} for one in most]


def describe_language(
    call: Call,
    section: Annotated[Text, Field(description="Name of a section; empty: an example of every form")] = "",
) -> LanguageHelp:
    """Explain the query language: by default an example of every form with its meaning, or a section in full."""
    sections = language_sections()
    names = [name for name in sections if name != FIRST_SECTION]
    wanted = section.strip()
    if wanted.lower() in ("", EXAMPLES.lower()):
        text = f"{sections[FIRST_SECTION]}\n\n{language_examples()}"
        return cast(LanguageHelp, {"section": EXAMPLES, "text": text, "sections": names})
    by_folded = {name.lower(): name for name in sections}
    near = by_folded.get(wanted.lower()) or next(
        (by_folded[name] for name in get_close_matches(wanted.lower(), by_folded, 1)), None
    )
    if near is None:
        hint = f"the sections are: {'; '.join(names)}"
        raise QueryError(f"the description has no section {short(wanted)!r}", suggestion=hint)
    if near.lower() != wanted.lower():
        call.note(f"there is no section {short(wanted)!r}; this is {near!r}")
    return cast(LanguageHelp, {"section": near, "text": sections[near], "sections": names})
