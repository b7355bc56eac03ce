"""Receipts: records of searches with the commit that was searched and the results, for repeating and comparing them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import field, fields
from typing import Any, NamedTuple

from newssearch.article import utc
from newssearch.commit import Commit, utc_moment
from newssearch.display.brief import brief, many, quoted
from newssearch.errors import ReceiptError
from newssearch.results import Clause, DateCounts
from newssearch.system.frozen import FrozenDict
from newssearch.system.late_dataclass import dataclass

from . import methods
from .records import ArchiveRecord, OutputRecord, SearchRecord, json_value

RECEIPT_VERSION = 2
"""The version of the keys of a receipt. It is increased when a key is removed or changes its meaning."""
_DEVELOPMENT_VERSION = 1
"""The version of receipts that were written before the first release. They do not record whether tags and notes were shown."""


class Difference(NamedTuple):
    """A difference between two receipts: the name of the item, and both values as JSON types."""

    what: str
    before: object
    after: object

    def __str__(self) -> str:
        return f"{self.what}: {_as_words(self.before)}, now {_as_words(self.after)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The record of one or several searches of an index, with which they can be repeated.

    ``made`` is the time of the receipt, in UTC, and ``clock`` the time to which relative dates refer. ``command`` and
    ``arguments`` are those of the command line that ran the searches, and ``inputs`` the contents of the files that
    it read, by option; they are empty in a receipt made by a program. ``versions`` are those of Python, newssearch,
    the index format, and the packages that affect results. ``drawn`` describes the random sample of results that is
    shown, if there is one.
    """

    made: dt.datetime
    clock: dt.datetime
    commit: Commit
    archive: ArchiveRecord
    searches: tuple[SearchRecord, ...]
    versions: Mapping[str, str]
    command: str = ""
    arguments: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=FrozenDict)
    output: OutputRecord | None = None
    drawn: str = ""

    def __repr__(self) -> str:
        asked = f"for {quoted(self.searches[0].query)}" if self.searches else ""
        found = many(self.searches[0].articles, "article") if self.searches else ""
        return brief(self, asked, found, f"commit {self.commit.number}")

    def to_dict(self) -> dict[str, object]:
        """Return the receipt as JSON types, as ``--receipt`` writes it."""
        return {
            "receipt": RECEIPT_VERSION,
            "made": utc(self.made),
            "clock": self.clock.isoformat(),
            "command": self.command,
            "arguments": list(self.arguments),
            "inputs": dict(self.inputs),
            "commit": self.commit.to_dict(),
            "archive": self.archive._asdict(),
            "searches": [search.to_dict() for search in self.searches],
            "output": self.output.to_dict() if self.output is not None else None,
            "versions": dict(self.versions),
            **({"drawn": self.drawn} if self.drawn else {}),
        }

    def to_json(self) -> str:
        """Return the receipt as the text of a JSON file."""
        return f"{json.dumps(self.to_dict(), ensure_ascii=False, indent=2)}\n"

    @classmethod
    def from_json(cls, text: str) -> Receipt:
        """Return the receipt that a JSON text holds. Raises :class:`~newssearch.ReceiptError` if it holds none."""
        try:
            value = json.loads(text)
            version = value["receipt"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ReceiptError("this is no receipt of newssearch") from None
        if version == _DEVELOPMENT_VERSION:
            raise ReceiptError(
                "the receipt was made by an earlier development version of newssearch: make it again"
            )
        if version != RECEIPT_VERSION:
            raise ReceiptError(
                f"the receipt has version {version!r}, and this newssearch reads version {RECEIPT_VERSION}"
            )
        try:
            return _receipt_from(value)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            raise ReceiptError(f"the receipt is damaged: {type(error).__name__}: {error}") from None

    def differences(self, other: Receipt) -> tuple[Difference, ...]:
        """Return the differences from ``other``, a later receipt of the same searches.

        Times, and the number and time of the commit, are ignored: equal content has an equal digest.
        """
        return tuple(_all_differences(self, other))

    def text(self) -> str:
        """Return a paragraph for the methods section of a paper, with the items that PRISMA-S requires of a database
        search.

        PRISMA-S (Rethlefsen et al. 2021, doi:10.1186/s13643-020-01542-z) asks for the database and its platform
        (items 1 and 8), the full strategy as it was run (8), limits (9), the date of the search (13), the records
        found (15), and how duplicates were removed (16).
        """
        return methods.methods_paragraph(self)


TAGS_DIGEST = "digest of the tags"
"""How the name of a difference begins that is in the tags of the archive, not in its index."""
SHOWN_TAGS_DIGEST = f"{TAGS_DIGEST} in the output"
"""The name of a difference in the tags and notes that are shown."""
_NAMES_OF_DIGESTS = {"ids": "digest of the ids found", "tags": TAGS_DIGEST}


def _all_differences(before: Receipt, after: Receipt) -> Iterator[Difference]:
    if before.commit.digest != after.commit.digest:
        yield Difference("content digest of the index", before.commit.digest, after.commit.digest)
    for name in ArchiveRecord._fields:
        yield from _field_difference(
            f"{name.replace('_', ' ')} of the archive", before.archive, after.archive, name
        )
    if len(before.searches) != len(after.searches):
        yield Difference("searches", len(before.searches), len(after.searches))
    for number, (one, other) in enumerate(zip(before.searches, after.searches, strict=False), 1):
        of = f" of {one.name or f'search {number}'}" if len(before.searches) > 1 else ""
        for row in fields(SearchRecord):
            if row.name != "name":
                what = _NAMES_OF_DIGESTS.get(row.name, row.name)
                yield from _field_difference(f"{what}{of}", one, other, row.name)
    if before.drawn and before.drawn != after.drawn:
        yield Difference("sample", before.drawn, after.drawn)
    if before.output is not None and after.output is not None and before.output != after.output:
        yield from _field_difference("lines of the output", before.output, after.output, "lines")
        yield from _field_difference("SHA-256 of the output", before.output, after.output, "sha256")
        yield from _field_difference(SHOWN_TAGS_DIGEST, before.output, after.output, "tags")
    for name in sorted({*before.versions, *after.versions}):
        one_version, other_version = before.versions.get(name), after.versions.get(name)
        if one_version != other_version:
            yield Difference(f"version of {name}", one_version, other_version)


def _field_difference(what: str, one: object, other: object, name: str) -> Iterator[Difference]:
    before, after = getattr(one, name), getattr(other, name)
    if before != after:
        yield Difference(what, json_value(before), json_value(after))


def _as_words(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if value is None or value == "":
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# ---- from JSON


def _receipt_from(value: Mapping[str, Any]) -> Receipt:
    return Receipt(
        made=utc_moment(_json_text(value["made"])),
        clock=dt.datetime.fromisoformat(_json_text(value["clock"])),
        commit=Commit.from_dict(value["commit"]),
        archive=_archive_from(value["archive"]),
        searches=tuple(map(_search_from, value["searches"])),
        versions=_json_texts(value["versions"]),
        command=_json_text(value["command"]),
        arguments=tuple(map(_json_text, value["arguments"])),
        inputs=_json_texts(value["inputs"]),
        output=_output_from(value["output"]) if value["output"] is not None else None,
        drawn=_json_text(value.get("drawn", "")),
    )


def _archive_from(value: Mapping[str, Any]) -> ArchiveRecord:
    counts = {name: _json_count(value[name]) for name in ("articles", "paragraphs", "outlets", "undated")}
    first, last = (
        None if value[name] is None else _json_text(value[name]) for name in ("first_date", "last_date")
    )
    return ArchiveRecord(**counts, first_date=first, last_date=last)


def _search_from(value: Mapping[str, Any]) -> SearchRecord:
    return SearchRecord(
        name=_json_text(value["name"]),
        query=_json_text(value["query"]),
        interpretation=_json_text(value["interpretation"]),
        options=FrozenDict(
            (_json_text(name), json_value(option)) for name, option in value["options"].items()
        ),
        articles=_json_count(value["articles"]),
        stories=_json_count(value["stories"]),
        paragraphs=_json_count(value["paragraphs"]),
        undated=_json_count(value["undated"]),
        imprecise=_json_count(value["imprecise"]),
        dates=DateCounts(*(_json_count(value["dates"][name]) for name in DateCounts._fields)),
        clauses=tuple(
            Clause(_json_text(one["text"]), _json_count(one["articles"]), _json_count(one["without"]))
            for one in value["clauses"]
        ),
        notes=tuple(map(_json_text, value["notes"])),
        ids=_json_text(value["ids"]),
        tags=_json_text(value["tags"]),
    )


def _output_from(value: Mapping[str, Any]) -> OutputRecord:
    return OutputRecord(_json_count(value["lines"]), _json_text(value["sha256"]), _json_text(value["tags"]))


def _json_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    value.encode()  # raises ValueError for a lone surrogate, which no output can contain
    return value


def _json_count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _json_texts(value: Mapping[str, object]) -> Mapping[str, str]:
    return FrozenDict((_json_text(name), _json_text(text)) for name, text in value.items())
