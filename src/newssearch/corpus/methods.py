"""The paragraph for a methods section: what was searched, when and how, from a receipt."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from newssearch.commit import Commit
from newssearch.display.brief import many
from newssearch.fields import FILTER_FIELDS
from newssearch.system.lazy_regex import Pattern
from newssearch.text.periods import is_relative_period

from .records import ArchiveRecord, OutputRecord, SearchRecord


class Reported(Protocol):
    """The attributes of a :class:`~newssearch.Receipt` that the paragraph needs."""

    @property
    def made(self) -> dt.datetime: ...

    @property
    def clock(self) -> dt.datetime: ...

    @property
    def commit(self) -> Commit: ...

    @property
    def archive(self) -> ArchiveRecord: ...

    @property
    def searches(self) -> tuple[SearchRecord, ...]: ...

    @property
    def versions(self) -> Mapping[str, str]: ...

    @property
    def output(self) -> OutputRecord | None: ...

    @property
    def drawn(self) -> str: ...

    @property
    def command(self) -> str: ...

    @property
    def arguments(self) -> tuple[str, ...]: ...


def methods_paragraph(receipt: Reported) -> str:
    """Return a paragraph that reports the searches of a receipt: see :meth:`~newssearch.Receipt.text`."""
    return " ".join(_paragraph_sentences(receipt))


def _paragraph_sentences(receipt: Reported) -> Iterator[str]:
    day = f"{receipt.made.day} {receipt.made:%B %Y}"
    version = receipt.versions.get("newssearch", "")
    commit = receipt.commit
    yield (
        f"On {day} we searched an archive of {_archive_words(receipt.archive)}, with newssearch {version}"
        f" (commit {commit.number:,} of the index, of {commit.time:%Y-%m-%d %H:%M} UTC; content digest {commit.digest})."
    )
    for search in receipt.searches:
        yield _asked_words(search)
        yield _found_words(search)
    if receipt.drawn:
        yield f"A random sample was taken: {receipt.drawn}."
        if receipt.command == "sample":
            yield (
                "Drawn were the articles with the smallest 64-bit BLAKE2b hashes of the seed and the digest of their id,"
                " from each stratum if there are strata."
            )
    if any(search.stories < search.articles for search in receipt.searches):
        yield (
            "Articles that share most of their text were identified as copies of one story by the overlap of their"
            " word sequences."
        )
    yield (
        "Words were matched by their stem in the language of each article, without regard to case and accents; operators"
        " apply to the whole article, headline included."
    )
    if any(has_relative_dates(search) for search in receipt.searches):
        yield f"Relative dates count from {receipt.clock:%Y-%m-%d %H:%M}."
    several = len(receipt.searches) > 1
    again = "the searches" if several else "the search"
    if receipt.command:
        yield f"The command `{command_line(receipt)}` repeats {again}."
    yield f"A receipt with all counts and digests, with which {again} can be repeated, is attached."
    if receipt.output is not None:
        yield "The receipt's digest of the output is not that of a file: it is computed from the rows or hits that the command found."


_RELATIVE_IN_QUERY = Pattern(
    r"\b(?:date|added):.*(?:today|yesterday|\b(?:this|last|past)\b|-\d{1,5} ?[dwmy])",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)


def has_relative_dates(search: SearchRecord) -> bool:
    """Whether a search has relative dates, which depend on the clock."""
    given = (search.options.get(name) for name in ("since", "until", "on"))
    if any(isinstance(one, str) and is_relative_period(one) for one in given):
        return True
    return _RELATIVE_IN_QUERY.search(search.query) is not None


def command_line(receipt: Reported) -> str:
    """Return the command of a receipt as it is typed in a shell."""
    import shlex  # seldom needed

    return shlex.join(["newssearch", receipt.command, *receipt.arguments])


def _archive_words(archive: ArchiveRecord) -> str:
    dated = f", dated {archive.first_date} to {archive.last_date}" if archive.first_date else ""
    undated = f" ({archive.undated:,} without a date)" if archive.undated else ""
    return (
        f"{many(archive.articles, 'article')} ({many(archive.paragraphs, 'paragraph')}) of"
        f" {many(archive.outlets, 'outlet')}{dated}{undated}"
    )


def _asked_words(search: SearchRecord) -> str:
    name = f" “{search.name}”" if search.name else ""
    query = (
        f"The query{name} was `{search.query}`" if search.query else f"The search{name} was for all articles"
    )
    understood = (
        f", interpreted as `{search.interpretation}`"
        if search.interpretation not in ("", search.query, f"({search.query})")
        else ""
    )
    limits = limit_words(search.options)
    return f"{query}{understood}{f', limited to {limits}' if limits else ''}."


def limit_words(options: Mapping[str, object]) -> str:
    """Return the options that limit a search, as text; "" if there are none."""
    found = []
    for name in FILTER_FIELDS:
        if values := options.get(name):
            found.append(f"{name} {_value_words(values)}")
        if values := options.get(f"{name}_not"):
            found.append(f"{name} other than {_value_words(values)}")
    for option, other_than in (("where", ""), ("where_not", "other than ")):
        own = options.get(option)
        if isinstance(own, Mapping):
            found += [f"{name} {other_than}{_value_words(values)}" for name, values in own.items()]
    since, until, on = (options.get(name) for name in ("since", "until", "on"))
    if on:
        found.append(f"dates in {on}")
    if since and until:
        found.append(f"dates from {since} to {until}")
    elif since or until:
        found.append(f"dates from {since} on" if since else f"dates up to {until}")
    if options.get("since_run"):
        found.append("articles that came with the last update")
    if options.get("novel"):
        found.append("paragraphs that no earlier article has")
    if options.get("literal"):
        found.append("plain words without operators")
    if options.get("names"):
        found.append("names in all their spellings")
    if options.get("synonyms"):
        found.append("the archive's synonyms of its words")
    if options.get("match") == "any":
        found.append("articles with any of the words")
    return "; ".join(found)


def _value_words(values: object) -> str:
    if isinstance(values, str) or not isinstance(values, Sequence):
        return str(values)
    return " or ".join(map(str, values))


def _found_words(search: SearchRecord) -> str:
    stories = (
        f", which tell {many(search.stories, 'story', 'stories')}" if search.stories < search.articles else ""
    )
    text = f"It found {many(search.articles, 'article')}{stories}, with {many(search.paragraphs, 'matching paragraph')}."
    left = []
    if search.undated:
        left.append(f"{many(search.undated, 'more article')} without a date")
    if search.imprecise:
        left.append(f"{many(search.imprecise, 'more article')} dated only by month or year")
    if left:
        verb = "was" if search.undated + search.imprecise == 1 else "were"
        text += f" {' and '.join(left)} {verb} left out."
    return text
