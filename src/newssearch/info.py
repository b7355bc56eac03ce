"""The statistics of an index, which :meth:`newssearch.Index.info` returns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from newssearch.display.brief import brief, many, quoted
from newssearch.display.index_address import index_address
from newssearch.system.frozen import FrozenDict
from newssearch.system.late_dataclass import dataclass

from .article import utc
from .commit import Commit
from .display import notebook
from .engines.protocol import Contents
from .facets import FacetValue, values_table
from .results import none_label

NOTEBOOK_VALUES = 100
"""The largest number of values that a notebook shows of a field."""


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """The statistics of the index in ``folder``.

    ``contents`` has the numbers of articles, paragraphs and words, the dates, and the values of fields. ``files`` is
    the number of files that articles were read from, ``size`` the number of bytes on disk, and ``format`` the version of
    the format on disk. ``commit`` is the commit that was read: not the newest one, if the index has moved on.
    ``last_run`` is the time at which the last run of ``update``, ``add`` or ``newssearch index`` began, in UTC; None if
    there was none. ``analysers`` has the name and version of the analyser of each language that another package analyses;
    ``missing_analysers`` are those of these languages whose analyser is not installed in this version.
    """

    folder: Path
    contents: Contents
    files: int
    size: int
    format: int
    commit: Commit
    last_run: dt.datetime | None = None
    analysers: Mapping[str, str] = field(default_factory=FrozenDict)
    missing_analysers: tuple[str, ...] = ()

    def __repr__(self) -> str:
        held = f"{many(self.contents.articles, 'article')}, {many(self.contents.paragraphs, 'paragraph')}"
        return brief(self, f"of {quoted(index_address(self.folder))}: {held}, {many(self.size, 'byte')}")

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: a table of the counts, and for each field a table of its values."""
        held = self.contents
        days = f"{held.first_date} to {held.last_date}" if held.first_date else "none"
        rows = (
            ("articles", f"{held.articles:,}"),
            ("paragraphs", f"{held.paragraphs:,}"),
            ("words", f"{held.words:,}"),
            ("dates", days),
            ("without a date", f"{held.dates.missing:,}"),
            ("dated only by month", f"{held.dates.only_month:,}"),
            ("dated only by year", f"{held.dates.only_year:,}"),
            ("with an ambiguous date", f"{held.dates.ambiguous:,}"),
            ("files", f"{self.files:,}"),
            ("bytes", f"{self.size:,}"),
            ("commit", f"{self.commit.number:,}, {self.commit.time:%Y-%m-%d %H:%M:%S} UTC"),
            ("digest", f"<code>{self.commit.digest}</code>"),
            ("last run", f"{self.last_run:%Y-%m-%d %H:%M:%S} UTC" if self.last_run else "none"),
            *(("analyser", f"{language}: {text}") for language, text in self.described_analysers().items()),
            ("folder", notebook.text_html(index_address(self.folder))),
        )
        fields = (
            notebook.collapsed(
                f"{name} ({many(len(values), 'value')})",
                values_table(name, values[:NOTEBOOK_VALUES], none_label(name, held.dates)),
            )
            for name, values in {**held.by_field, **held.by_own_field}.items()
            if values
        )
        return notebook.page(notebook.table(("index", ""), rows, ("short",)), *fields)

    def described_analysers(self) -> dict[str, str]:
        """Return the analyser of each language in :attr:`analysers`, with a remark if it is not installed."""
        return {
            language: label + (" (not installed)" if language in self.missing_analysers else "")
            for language, label in self.analysers.items()
        }

    def to_dict(self) -> dict[str, object]:
        """Return the statistics as JSON types, as ``newssearch info --json`` prints them."""
        held = self.contents
        return {
            "folder": index_address(self.folder),
            "articles": held.articles,
            "paragraphs": held.paragraphs,
            "words": held.words,
            "first_date": held.first_date.isoformat() if held.first_date else None,
            "last_date": held.last_date.isoformat() if held.last_date else None,
            "dates": held.dates.to_dict(),
            "files": self.files,
            "size": self.size,
            "format": self.format,
            "commit": self.commit.to_dict(),
            "last_run": utc(self.last_run) if self.last_run else None,
            "analysers": {
                language: {"analyser": label, "installed": language not in self.missing_analysers}
                for language, label in self.analysers.items()
            },
            **{name: [_counted(value) for value in values] for name, values in held.by_field.items()},
            "extra": {
                name: {"kind": kind, "values": [_counted(one) for one in held.by_own_field[name]]}
                for name, kind in held.own_fields.items()
            },
            "known": {
                name: [{"known": one.value, "articles": one.articles} for one in counts]
                for name, counts in held.known.items()
            },
        }


def _counted(value: FacetValue) -> dict[str, object]:
    return {"value": value.value, "articles": value.articles}
