"""The text output of the other commands, for people: contents and settings of an index, reports of runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from newssearch.config import Config
from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.display.index_address import INDEX_SCHEME, index_address
from newssearch.facets import FacetValue
from newssearch.results import DateCounts

from .hits import value_lines
from .layout import Style

if TYPE_CHECKING:
    from newssearch.info import IndexInfo
    from newssearch.reports import CopyReport, IndexReport, Salvage, Verification

SHOWN_VALUES = 10
"""The largest number of values of a field that ``info`` lists."""
SHOWN_PROVENANCES = 5
"""The largest number of provenances of a field that ``info`` lists."""
SHOWN_PROBLEMS = 20
"""The largest number of problems that ``verify`` or ``salvage`` lists."""


def text_info(info: IndexInfo, style: Style) -> Iterator[str]:
    """Yield the lines of a summary of an index."""
    held = info.contents
    yield f"{style.bold(escape.terminal(index_address(info.folder)))}: {many(held.articles, 'article')}, " + (
        f"{many(held.paragraphs, 'paragraph')}, {many(held.words, 'word')}"
    )
    days = f"{held.first_date} to {held.last_date}" if held.first_date else "none"
    yield f"{'dates':>9}  {days}"
    if remarks := list(_date_remarks(held.dates)):
        yield f"{'':>9}  {', '.join(remarks)}"
    yield f"{'files':>9}  {info.files:,}"
    yield f"{'size':>9}  {size(info.size)}, format {info.format}"
    yield f"{'commit':>9}  {info.commit.number:,}, {info.commit.time:%Y-%m-%d %H:%M:%S} UTC"
    yield f"{'digest':>9}  {info.commit.digest}"
    yield f"{'last run':>9}  {f'{info.last_run:%Y-%m-%d %H:%M:%S} UTC' if info.last_run else 'none'}"
    for language, analyser in info.described_analysers().items():
        yield f"{'analyser':>9}  {escape.terminal(language)}: {escape.terminal(analyser)}"
    for name, values in {**held.by_field, **held.by_own_field}.items():
        if name == "month" or not values:
            continue
        listed = values if name == "year" else values[:SHOWN_VALUES]
        rest = len(values) - len(listed)
        yield ""
        yield style.bold(name) + (f"  ({len(values):,} values, the first {len(listed)})" if rest else "")
        yield from value_lines(listed)
    yield from _provenance_lines(held.known, style)


def _date_remarks(dates: DateCounts) -> Iterator[str]:
    """Yield the numbers of articles without a date, with only a month or a year, and with an ambiguous date."""
    if dates.missing:
        yield f"{many(dates.missing, 'article')} without a date"
    if dates.only_month:
        yield f"{dates.only_month:,} dated only by month"
    if dates.only_year:
        yield f"{dates.only_year:,} {'' if dates.only_month else 'dated '}only by year"
    if dates.ambiguous:
        yield f"{dates.ambiguous:,} with an ambiguous date, read month first (7/5/2024)"


def _provenance_lines(known: Mapping[str, Sequence[FacetValue]], style: Style) -> Iterator[str]:
    """Yield a line for each field, with its provenances and the number of articles of each."""
    if known:
        yield ""
        yield style.bold("provenance")
    for name, ways in known.items():
        listed = "; ".join(
            f"{escape.terminal(way.value or '')} {way.articles:,}" for way in ways[:SHOWN_PROVENANCES]
        )
        rest = sum(way.articles for way in ways[SHOWN_PROVENANCES:])
        yield f"{name:>11}  {listed}" + (f"; otherwise {rest:,}" if rest else "")


def text_config(config: Config, style: Style) -> Iterator[str]:
    """Yield the lines of the settings of an archive, each with the place where it was set."""
    for name, setting in config.to_dict().items():
        assert isinstance(setting, dict)
        value, source = setting["value"], setting["from"]
        rows = value.items() if isinstance(value, dict) else ()
        shown = "" if rows else "none" if value in (None, [], {}) else value
        if isinstance(shown, bool):
            shown = "yes" if shown else "no"
        shown = ", ".join(shown) if isinstance(shown, list) else str(shown)
        yield f"{name:>9}  {escape.terminal(shown)}".rstrip() + style.faint(f"  [{source}]")
        for key, known in rows:
            listed = ", ".join(known) if isinstance(known, list) else "not set" if known is None else known
            if isinstance(known, dict):
                listed = (
                    _synonyms_listed(known)
                    if name == "synonyms"
                    else f"{known['kind']}, from {known['column']}"
                )
            yield escape.terminal(f"{'':>11}{key} = {listed}")


def _synonyms_listed(entry: dict[str, Any]) -> str:
    """Return the synonyms of an entry, whether they are such both ways, and the language of the entry."""
    remarks = [*(["both ways"] if entry["both"] else []), *([entry["lang"]] if entry["lang"] else [])]
    return ", ".join(entry["words"]) + (f" ({', '.join(remarks)})" if remarks else "")


def text_report(report: IndexReport) -> Iterator[str]:
    """Yield the lines of the report of an indexing run."""
    parts = [
        f"{report.added:,} added",
        f"{report.updated:,} updated",
        f"{report.unchanged:,} unchanged",
        *([f"{report.moved:,} moved with {many(report.files_moved, 'file')}"] if report.moved else []),
        *([f"{report.removed:,} removed"] if report.removed else []),
        *([f"{report.kept:,} kept though their file is gone or unreadable"] if report.kept else []),
        *_rejected_parts(report),
    ]
    yield f"articles: {', '.join(parts)}"
    if report.left_feeds:
        verb = ("is", "its feed", "was") if report.left_feeds == 1 else ("are", "their feeds", "were")
        yield f"{many(report.left_feeds, 'article')} {verb[0]} no longer in {verb[1]}, and {verb[2]} kept"
    yield from _skipped_line(report)
    if report.shared_keys:
        yield (
            f"keys: {many(report.shared_keys, 'article')} with the key of another article, kept apart"
            " (is the right column mapped to key?)"
        )
    rate = f" ({report.rate:,.0f} a second)" if report.paragraphs else ""
    yield f"{many(report.paragraphs, 'paragraph')} added in {report.seconds:.1f} s{rate}"
    if report.interrupted:
        yield "interrupted: the index has the articles so far; run the command again to continue"


def text_rebuild(report: IndexReport) -> Iterator[str]:
    """Yield the lines of a rebuild's report: those of an indexing run if the new index has replaced the old one."""
    if report.interrupted:
        yield "interrupted: the old index is unchanged; a rebuild replaces it only when it is complete"
    elif report.refused:
        yield "the old index is unchanged"
    elif not report.added:
        yield "no article was found: the old index is unchanged"
    else:
        yield from text_report(report)
        return
    yield "articles: " + ", ".join((f"{report.added:,} read", *_rejected_parts(report)))
    yield from _skipped_line(report)


def _rejected_parts(report: IndexReport) -> Iterator[str]:
    if report.duplicates:
        yield f"{many(report.duplicates, 'duplicate')} kept once"
    if report.ignored:
        yield f"{many(report.ignored, 'older version')} ignored"
    yield f"{report.rejections:,} rejected"
    if report.rejected_before:
        yield f"{report.rejected_before:,} rejected before, unchanged (--retry reads them again)"


def _skipped_line(report: IndexReport) -> Iterator[str]:
    if report.skipped:
        kinds = sorted(report.skipped.items(), key=lambda kind: (-kind[1], kind[0]))
        yield "skipped: " + ", ".join(
            escape.terminal(many(count, singular(what), what)) for what, count in kinds
        )


def text_verification(found: Verification, *, cleaned: bool = False) -> Iterator[str]:
    """Yield the lines of the report of a check of an index, which was also ``cleaned``."""
    for problem in found.problems[:SHOWN_PROBLEMS]:
        yield f"{problem.kind}: {escape.terminal(str(problem))}"
    if len(found.problems) > SHOWN_PROBLEMS:
        yield f"… and {len(found.problems) - SHOWN_PROBLEMS:,} more; --json lists them"
    for left in found.leftovers:
        yield f"leftover: {escape.terminal(left.name)} ({size(left.size)}); --clean removes it"
    for name in found.removed:
        yield f"removed: {escape.terminal(name)}"
    for reason in found.unchecked:
        yield f"words not compared: {escape.terminal(reason)}"
    if found.sound:
        yield (
            f"sound: {many(found.articles, 'article')}, {many(found.paragraphs, 'paragraph')};"
            f" {size(found.size)} in {many(found.files, 'file')} compared with their checksums,"
            f" the words of {many(found.sampled, 'article')} with their text, in {found.seconds:.1f} s"
        )
    elif not found.damaged:
        yield f"not all of the index could be read: {many(len(found.problems), 'problem')}"
    else:
        # a rebuild takes over what a cluster index has of its articles, so first clarify which articles it has
        accepts_first = not cleaned and INDEX_SCHEME.match(index_address(found.folder)) is not None
        rebuild = (
            "Accept the articles that are there with `newssearch verify --clean`, then rebuild it from its files with"
            if accepts_first
            else "Rebuild it from its files with"
        )
        yield (
            f"the index is damaged: {many(len(found.problems), 'problem')}. {rebuild}"
            " `newssearch index --rebuild FILES…`, or save its readable articles with `newssearch salvage`"
        )


def text_salvage(found: Salvage) -> Iterator[str]:
    """Yield the lines of a salvage report."""
    for problem in found.problems[:SHOWN_PROBLEMS]:
        yield f"damaged: {escape.terminal(str(problem))}"
    yield f"{many(found.saved, 'article')} saved in {escape.terminal(index_address(found.into))}, {found.lost:,} lost"


def text_copy(report: CopyReport) -> Iterator[str]:
    """Yield the lines of the report of a copy."""
    counts = (f"{getattr(report, name):,} {name}" for name in ("copied", "replaced", "removed", "unchanged"))
    yield f"articles: {', '.join(counts)}"
    into = escape.terminal(index_address(report.into))
    if report.interrupted:
        yield f"interrupted: repeat the command to continue the copy in {into}"
    else:
        yield f"{into} is as its source: the same articles, files and digest"
    if report.paragraphs:
        yield f"{many(report.paragraphs, 'paragraph')} copied in {report.seconds:.1f} s ({report.rate:,.0f} a second)"


def size(count: float) -> str:
    """Return a number of bytes with a decimal unit.

    >>> size(999), size(5603), size(224e6)
    ('999 B', '5.6 kB', '224.0 MB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def singular(kind: str) -> str:
    """Return the singular of the name of a kind of skipped input.

    >>> [singular(kind) for kind in ("images", "linked folders", "audio and video", "copies")]
    ['image', 'linked folder', 'audio and video', 'copy']
    """
    head = re.match(r"[^ ]+(?: (?!about|and|of|to|with|without)[^ ]+)*", kind)
    if head is None or " and " in kind or not head[0].endswith("s"):
        return kind
    one = head[0][:-3] + "y" if head[0].endswith("ies") else head[0][:-1]
    return one + kind[head.end() :]
