"""Results, articles and reports as people and programs read them: text, Markdown, CSV, JSON."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from newssearch.article import Article, Paragraph, json_values, place
from newssearch.config import Config
from newssearch.display import escape
from newssearch.display.brief import many as _count
from newssearch.fields import FIELD_NAMES, HIT_FIELDS
from newssearch.results import FacetValue, Hit, Results, Snippet, totals, undated
from newssearch.system.lazy_regex import Pattern

if TYPE_CHECKING:
    from newssearch.info import IndexInfo
    from newssearch.reports import IndexReport, Salvage, Verification
    from newssearch.story import Change, Story, Version

Format = Literal["text", "json", "jsonl", "csv", "md"]

CSV_COLUMNS = (
    "id", "paragraph", "score", *(name for name in HIT_FIELDS if name not in ("title", "url")), "title", "url",
    "path", "paragraphs", "matching", "snippet", "text", "story", "copies",
)  # fmt: skip
SHOWN_VALUES = 10
"""Values of a field that ``info`` lists, and clauses that ``query --explain`` does."""
SHOWN_WAYS = 5
"""Ways of knowing a field that ``info`` lists."""
SHOWN_SPELLINGS = 12
"""Spellings of a name that ``query`` lists."""
SHOWN_PROBLEMS = 20
"""What is wrong with an index that ``verify`` lists."""
SHOWN_COPIES = 8
"""Copies of a story that a hit lists."""

_WEB = Pattern(r"https?://", re.IGNORECASE)
_BOLD, _FAINT, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[22m"
_CUT, _ADDED, _UNCHANGED = "\x1b[31;9m", "\x1b[32m", "\x1b[39;29m"
_TITLE, _NO_TITLE = "\x1b[1;34m", "\x1b[22;39m"


class Style:
    """How text is laid out: ``width`` in columns, None for one line however long; and whether colours may be used."""

    def __init__(self, width: int | None, color: bool) -> None:
        self.width = max(width, 20) if width is not None else None
        self.color = color

    def bold(self, text: str) -> str:
        """Text that stands out."""
        return f"{_BOLD}{text}{_PLAIN}" if self.color and text else text

    def faint(self, text: str) -> str:
        """Text that stands back."""
        return f"{_FAINT}{text}{_PLAIN}" if self.color and text else text

    def change(self, text: str, kind: str) -> str:
        """Text that was cut or added, or stayed the same."""
        if not (self.color and text) or kind == "same":
            return text
        return f"{_CUT if kind == 'cut' else _ADDED}{text}{_UNCHANGED}"

    def title(self, text: str) -> str:
        """A headline."""
        return f"{_TITLE}{text}{_NO_TITLE}" if self.color and text else text


# ---- text


@lru_cache(maxsize=65_536)
def _columns(char: str) -> int:
    """The columns that a character takes on a terminal."""
    if char.isascii() and char.isprintable():
        return 1
    from wcwidth import wcwidth  # slow to import, and seldom needed

    return max(wcwidth(char), 0)


def columns(text: str) -> int:
    """The columns that ``text`` takes on a terminal."""
    return len(text) if text.isascii() else sum(_columns(char) for char in text)


def shorten(text: str, width: int) -> str:
    """``text`` in at most ``width`` columns, an ellipsis for what is left out."""
    if columns(text) <= width:
        return text
    taken = 0
    for at, char in enumerate(text):
        taken += _columns(char)
        if taken > width - 1:
            return f"{text[:at].rstrip()}…" if width > 0 else ""
    return text


def wrap(text: str, width: int) -> list[tuple[int, int]]:
    """Where the lines of ``text`` begin and end, each of at most ``width`` columns, broken at spaces where it can be."""
    lines: list[tuple[int, int]] = []
    start, space, taken = 0, -1, 0
    for at, char in enumerate(text):
        size = _columns(char)
        if char == " ":
            space = at
        if taken + size > width and size:
            if char == " ":
                lines.append((start, at))
                start, taken = at + 1, 0
                continue
            end = space if space > start else at
            lines.append((start, end))
            start = end + 1 if end == space else end
            taken = columns(text[start:at])
        taken += size
    if start < len(text):
        lines.append((start, len(text)))
    return lines


def snippet_lines(shown: Snippet, style: Style, indent: str = "  ") -> list[str]:
    """A snippet wrapped and indented, its highlights bold; without a width, on one line."""
    text, spans = "", []
    for part, on in shown.parts():
        clean = escape.terminal(part)
        if on:
            spans.append((len(text), len(text) + len(clean)))
        text += clean
    lines = wrap(text, style.width - len(indent)) if style.width else [(0, len(text))]
    return [indent + _marked(text, start, end, spans, style) for start, end in lines]


def _marked(text: str, start: int, end: int, spans: list[tuple[int, int]], style: Style) -> str:
    pieces, at = [], start
    for low, high in spans:
        low, high = max(low, start), min(high, end)  # noqa: PLW2901
        if low < high:
            pieces += [text[at:low], style.bold(text[low:high])]
            at = high
    return "".join(pieces) + text[at:end]


def hit_line(hit: Hit, style: Style) -> str:
    """Title, date, outlet, source and id of a hit on one line.

    Where the terminal is too narrow for all, the id gives way to its end, which ``show`` takes too; then the outlet
    and the title are cut.
    """
    title = escape.terminal(hit.title or "(no title)")
    day = hit.date.isoformat()[:10] if hit.date else "no date"
    outlet = escape.terminal(hit.outlet or "no outlet")
    if hit.source and hit.source != hit.outlet:
        outlet = f"{outlet} ({escape.terminal(hit.source)})"
    address = hit.address
    if style.width is not None:
        room = style.width - len(day) - 6
        if columns(title) + columns(outlet) + len(address) > room:
            address = f"{hit.id.rpartition('-')[2]}#{hit.paragraph}"
        outlet = shorten(outlet, max((room - len(address)) // 2, room - len(address) - columns(title), 8))
        title = shorten(title, max(room - len(address) - columns(outlet), 1))
    return f"{style.title(title)}  {day}  {outlet}  {style.faint(address)}"


def text_results(results: Results, style: Style, took: bool) -> Iterator[str]:
    """Results for people, line by line."""
    one_each = len({hit.id for hit in results}) == len(results)
    for hit in results:
        yield hit_line(hit, style)
        yield from snippet_lines(hit.snippet, style)
        if hit.others and one_each:
            yield style.faint(
                f"  + {_count(hit.others, 'more paragraph')} of {hit.paragraphs} in this article"
            )
        elif not hit.matching and results.interpretation:
            yield style.faint("  (only the headline matches)" if hit.score else "  (the first paragraph)")
        elif hit.matching and results.interpretation and not hit.snippet.highlights:
            yield style.faint("  (only boilerplate of the outlet matches)")
        if hit.variants:
            yield style.faint(escape.terminal(f"  spelled: {', '.join(hit.variants)}"))
        if hit.copies:
            yield from (style.faint(line) for line in copies_lines(hit, style))
        yield ""
    yield from facet_lines(results, style, last="")
    shown = ""
    if results.hits and (results.offset or len(results) < _listed(results)):
        shown = f", {results.offset + 1} to {results.offset + len(results)} shown"
    total = totals(results)
    query = f" for {escape.terminal(results.interpretation)}" if results.interpretation else ""
    left = f"; {undated(results.undated)}" if results.undated else ""
    last = f"{total}{query}{shown}{left}" + (f" ({results.took * 1000:.0f} ms)" if took else "")
    for start, end in wrap(last, style.width) if style.width else [(0, len(last))]:
        yield last[start:end]


def _listed(results: Results) -> int:
    """How many hits there would be on one page for all."""
    return results.total_stories if results.grouped else results.total_articles


def copies_lines(hit: Hit, style: Style) -> Iterator[str]:
    """Where else the story of a hit stands: each outlet once, with the day."""
    listed = dict.fromkeys(
        f"{copy.outlet or 'no outlet'} {copy.date.isoformat()[:10] if copy.date else ''}".strip()
        for copy in hit.copies
    )
    shown = list(listed)[:SHOWN_COPIES]
    rest = hit.copies_total - len(shown)
    more = f", and {rest:,} more" if rest > 0 else ""
    line = escape.terminal(f"also in: {', '.join(shown)}{more}")
    for start, end in wrap(line, style.width - 2) if style.width else [(0, len(line))]:
        yield f"  {line[start:end]}"


def text_names(results: Results) -> Iterator[str]:
    """How the index spells each name that was looked for in all spellings, for people."""
    for name, ways in results.names.items():
        shown = ", ".join(f"{way.text} {way.articles:,}" for way in ways[:SHOWN_SPELLINGS])
        more = (
            f", and {len(ways) - SHOWN_SPELLINGS} more; --json lists them"
            if len(ways) > SHOWN_SPELLINGS
            else ""
        )
        yield escape.terminal(f"spelled like {name}: {shown or 'nothing'}{more} (articles)")


def text_clauses(results: Results) -> Iterator[str]:
    """What each clause of the query finds, for people: asked for, or where all together find nothing."""
    if len(results.clauses) < 2 and results.total_articles == 0:
        return
    for clause in results.clauses[:SHOWN_VALUES]:
        others = f", all others together {clause.without:,}" if len(results.clauses) > 1 else ""
        yield f"  {clause.articles:>8,}  {escape.terminal(clause.text)}  (alone{others})"
    if len(results.clauses) > SHOWN_VALUES:
        yield f"  … and {len(results.clauses) - SHOWN_VALUES:,} more clauses; --json lists them"


def facet_lines(
    results: Results, style: Style, *, first: str | None = None, last: str | None = None
) -> Iterator[str]:
    """The facets for people, with a line before each, or behind it."""
    for name, values in results.facets.items():
        yield from (first,) if first is not None else ()
        yield style.bold(name) + style.faint("  (articles)")
        yield from _facet_lines(values)
        yield from (last,) if last is not None else ()


def facet_rows(results: Results, *, first: str | None = None, last: str | None = None) -> Iterator[str]:
    """The facets as tables of Markdown, with a line before each, or behind it."""
    for name, values in results.facets.items():
        yield from (first,) if first is not None else ()
        yield f"| {name} | articles |"
        yield "| --- | ---: |"
        for value in values:
            yield f"| {escape.markdown(value.value) if value.value is not None else '(none)'} | {value.articles} |"
        yield from (last,) if last is not None else ()


def _facet_lines(values: Iterable[FacetValue]) -> Iterator[str]:
    for value in values:
        yield f"  {value.articles:>8,}  {escape.terminal(value.value) if value.value is not None else '(none)'}"


def text_article(article: Article, shown: Mapping[int, Snippet], style: Style) -> Iterator[str]:
    """An article for people: its fields and how each is known, then the paragraphs in ``shown``, numbered."""
    yield style.title(escape.terminal(article.title or "(no title)"))
    fields = {
        **json_values(article, ("id", *FIELD_NAMES[1:])),
        "text": None,
        "path": article.path and f"{place(article.path, article.member)} (record {article.record})",
    }
    for name, value in fields.items():
        known = article.provenance.get(name)
        if value is None:
            if name == "text" and known is not None:
                yield style.faint(f"{name:>9}  {escape.terminal(str(known))}")
            elif name not in ("path", "text"):
                yield style.faint(f"{name:>9}  {escape.terminal(str(known or 'missing'))}")
            continue
        note = (
            style.faint(f"  [{escape.terminal(str(known))}]")
            if known is not None and str(known) != "stated"
            else ""
        )
        yield f"{name:>9}  {escape.terminal(value)}{note}"
    kinds = {paragraph.number: paragraph.kind for paragraph in article.paragraphs}
    for number, snippet in shown.items():
        yield ""
        kind = kinds.get(number, "text")
        if kind != "text":
            yield style.faint(f"      [{kind}]")
        lines = snippet_lines(snippet, style, " " * 6)
        yield style.faint(f"{number:>4}") + "  " + lines[0][6:] if lines else style.faint(f"{number:>4}")
        yield from lines[1:]


def paragraph_dict(paragraph: Paragraph, shown: Snippet, marked: bool) -> dict[str, object]:
    """A paragraph as ``newssearch show --json`` prints it; ``marked`` with what a query finds in it."""
    value: dict[str, object] = {"number": paragraph.number, "kind": paragraph.kind, "text": shown.text}
    return value | {"highlights": [list(span) for span in shown.highlights]} if marked else value


def text_story(story: Story, style: Style, changes: bool) -> Iterator[str]:
    """Who ran a story when, for people; with ``changes``, what each made of the paragraphs of the first."""
    for number, version in enumerate(story.versions, start=1):
        if number > 1:
            yield ""
        day = version.date.isoformat()[:10] if version.date else "no date"
        outlet = escape.terminal(version.outlet or "no outlet")
        if version.source and version.source != version.outlet:
            outlet += f" ({escape.terminal(version.source)})"
        yield f"{number:>3}  {day}  {style.bold(outlet)}"
        headline = escape.terminal(version.title or "(no title)")
        lines = wrap(headline, style.width - 5) if style.width else [(0, len(headline))]
        yield from (f"     {style.title(headline[start:end])}" for start, end in lines)
        yield style.faint(f"     {version.id}")
        if number == 1:
            yield f"     {_count(version.paragraphs, 'paragraph')}"
            continue
        yield from _in_width(f"     {_kept(version)}", style)
        if changes:
            yield from _change_lines(version, style)
    if len(story.versions) == 1:
        yield "     no other article in the index has this story"


def _in_width(line: str, style: Style) -> Iterator[str]:
    for start, end in wrap(line, style.width) if style.width else [(0, len(line))]:
        yield line[start:end]


def _kept(version: Version) -> str:
    counts = [
        f"{version.count('changed'):,} changed",
        f"{version.count('cut'):,} cut",
        f"{version.count('added'):,} added",
    ]
    return f"has {version.kept:,} of {_count(version.of_first, 'paragraph')} ({version.share:.0%}): {', '.join(counts)}"


_SIGNS = {"kept": "=", "changed": "~", "cut": "-", "added": "+"}


def _change_lines(version: Version, style: Style) -> Iterator[str]:
    """The changes of a version: runs of paragraphs that were kept as one line, the others in full."""
    at = 0
    while at < len(version.changes):
        change = version.changes[at]
        end = at + 1
        while change.kind == "kept" and end < len(version.changes) and version.changes[end].kind == "kept":
            end += 1
        if change.kind == "kept":
            numbers = f"{change.number}" + (f" to {version.changes[end - 1].number}" if end - at > 1 else "")
            yield style.faint(f"     =  {numbers} kept")
        else:
            yield from _changed(change, style)
        at = end


def _changed(change: Change, style: Style) -> Iterator[str]:
    """A paragraph that was changed, cut or added; its number is that of the version that has it."""
    pieces = [(edit.kind, edit.text) for edit in change.edits] or [
        ("added" if change.kind == "added" else "cut", change.text)
    ]
    marks = {"same": ("", ""), "cut": ("[-", "-]"), "added": ("{+", "+}")}
    whole = change.kind != "changed"
    text, spans = "", []
    for kind, piece in pieces:
        before, behind = ("", "") if whole or style.color else marks[kind]
        clean = f"{before}{escape.terminal(piece)}{behind}"
        text += " " if text else ""
        spans.append((len(text), len(text) + len(clean), kind))
        text += clean
    number = change.first if change.kind == "cut" else change.number
    lead = f"     {_SIGNS[change.kind]}  {number:<4}"
    lines = wrap(text, style.width - len(lead)) if style.width else [(0, len(text))]
    for n, (start, end) in enumerate(lines):
        shown = ""
        for low, high, kind in spans:
            piece = text[max(low, start) : min(high, end)]
            if low < end and high > start:
                shown += (" " if shown and not shown.endswith(" ") else "") + style.change(
                    piece.strip(), kind
                )
        yield (lead if n == 0 else " " * len(lead)) + shown


def text_info(info: IndexInfo, style: Style) -> Iterator[str]:
    """What an index holds, for people."""
    held = info.contents
    yield f"{style.bold(escape.terminal(str(info.folder)))}: {_count(held.articles, 'article')}, " + (
        f"{_count(held.paragraphs, 'paragraph')}, {_count(held.words, 'word')}"
    )
    days = f"{held.first_date} to {held.last_date}" if held.first_date else "none"
    yield f"{'dates':>9}  {days}"
    yield f"{'files':>9}  {info.files:,}"
    yield f"{'size':>9}  {size(info.size)}, format {info.format}, {_count(info.commits, 'commit')}"
    for name, values in held.by_field.items():
        if name == "month" or not values:
            continue
        listed = values if name == "year" else values[:SHOWN_VALUES]
        rest = len(values) - len(listed)
        yield ""
        yield style.bold(name) + (f"  ({len(values):,} values, the first {len(listed)})" if rest else "")
        yield from _facet_lines(listed)
    yield from _known_lines(held.known, style)


def text_config(config: Config, style: Style) -> Iterator[str]:
    """The settings of an archive and where they come from, for people."""
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
            listed = ", ".join(known) if isinstance(known, list) else known
            yield escape.terminal(f"{'':>11}{key} = {listed}")


def _known_lines(known: Mapping[str, Sequence[FacetValue]], style: Style) -> Iterator[str]:
    """How the fields are known, a line each."""
    if known:
        yield ""
        yield style.bold("provenance")
    for name, ways in known.items():
        listed = "; ".join(
            f"{escape.terminal(way.value or '')} {way.articles:,}" for way in ways[:SHOWN_WAYS]
        )
        rest = sum(way.articles for way in ways[SHOWN_WAYS:])
        yield f"{name:>11}  {listed}" + (f"; otherwise {rest:,}" if rest else "")


def size(count: float) -> str:
    """A number of bytes for people.

    >>> size(999), size(5603), size(224e6)
    ('999 B', '5.6 kB', '224.0 MB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def singular(kind: str) -> str:
    """One of a kind of thing that is no article.

    >>> [singular(kind) for kind in ("images", "linked folders", "audio and video", "copies")]
    ['image', 'linked folder', 'audio and video', 'copy']
    """
    head = re.match(r"[^ ]+(?: (?!about|and|of|to|with|without)[^ ]+)*", kind)
    if head is None or " and " in kind or not head[0].endswith("s"):
        return kind
    one = head[0][:-3] + "y" if head[0].endswith("ies") else head[0][:-1]
    return one + kind[head.end() :]


def text_report(report: IndexReport) -> Iterator[str]:
    """What an indexing run did, for people."""
    parts = [
        f"{report.added:,} added",
        f"{report.updated:,} updated",
        f"{report.unchanged:,} unchanged",
        *([f"{report.removed:,} removed"] if report.removed else []),
        *([f"{report.kept:,} kept though their file is gone or unreadable"] if report.kept else []),
        *([f"{_count(report.duplicates, 'duplicate')} kept once"] if report.duplicates else []),
        f"{report.rejections:,} rejected",
        *(
            [f"{report.rejected_before:,} rejected before, unchanged (--retry reads them again)"]
            if report.rejected_before
            else []
        ),
    ]
    yield f"articles: {', '.join(parts)}"
    if report.skipped:
        kinds = sorted(report.skipped.items(), key=lambda kind: (-kind[1], kind[0]))
        yield "skipped: " + ", ".join(
            escape.terminal(_count(count, singular(what), what)) for what, count in kinds
        )
    rate = f" ({report.rate:,.0f} a second)" if report.paragraphs else ""
    yield f"{_count(report.paragraphs, 'paragraph')} added in {report.seconds:.1f} s{rate}"
    if report.interrupted:
        yield "interrupted: the index has the articles so far; run the command again to continue"


def text_verification(found: Verification) -> Iterator[str]:
    """What a look at all of an index found, for people."""
    for problem in found.problems[:SHOWN_PROBLEMS]:
        yield f"{problem.kind}: {escape.terminal(str(problem))}"
    if len(found.problems) > SHOWN_PROBLEMS:
        yield f"… and {len(found.problems) - SHOWN_PROBLEMS:,} more; --json lists them"
    for left in found.leftovers:
        yield f"leftover: {escape.terminal(left.name)} ({size(left.size)}); --clean removes it"
    for name in found.removed:
        yield f"removed: {escape.terminal(name)}"
    if found.sound:
        yield (
            f"sound: {_count(found.articles, 'article')}, {_count(found.paragraphs, 'paragraph')};"
            f" {size(found.size)} in {_count(found.files, 'file')} compared with their checksums,"
            f" the words of {_count(found.sampled, 'article')} with their text, in {found.seconds:.1f} s"
        )
    elif not found.damaged:
        yield f"not all of the index could be read: {_count(len(found.problems), 'problem')}"
    else:
        yield (
            f"the index is damaged: {_count(len(found.problems), 'problem')}. Rebuild it from its files with"
            " `newssearch index --rebuild`, or save its readable articles with `newssearch salvage`"
        )


def text_salvage(found: Salvage) -> Iterator[str]:
    """What was saved of an index, for people."""
    for problem in found.problems[:SHOWN_PROBLEMS]:
        yield f"damaged: {escape.terminal(str(problem))}"
    yield f"{_count(found.saved, 'article')} saved in {escape.terminal(str(found.into))}, {found.lost:,} lost"


# ---- for programs and documents


def as_json(value: Mapping[str, object], *, indent: int | None = 2) -> str:
    """JSON text, readable in any script."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def csv_results(results: Results) -> str:
    """Results as CSV (RFC 4180), one hit a row; no cell can become a formula."""
    import csv  # slow to import, and seldom needed

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(CSV_COLUMNS)
    for hit in results:
        copies = "; ".join(copy.id for copy in hit.copies)
        row: dict[str, object] = {**hit.to_dict(), "snippet": hit.snippet.plain(), "copies": copies}
        writer.writerow([escape.cell(v) if isinstance(v := row[name], str) else v for name in CSV_COLUMNS])
    return out.getvalue()


def markdown_results(results: Results) -> Iterator[str]:
    """Results as Markdown: a heading and a quotation for each hit, the highlights strong."""
    for hit in results:
        title = escape.markdown(hit.title or "(no title)")
        link = f"[{title}](<{_link(hit.url)}>)" if hit.url and _WEB.match(hit.url) else title
        day = hit.date.isoformat()[:10] if hit.date else "no date"
        names = dict.fromkeys(name for name in (hit.outlet, hit.source) if name)
        yield f"### {link}"
        yield ""
        yield f"{' · '.join([day, *map(escape.markdown, names)])} · `{hit.address}`"
        yield ""
        yield f"> {hit.snippet.markdown()}"
        yield ""
        if hit.copies:
            yield " ".join(escape.markdown(line.strip()) for line in copies_lines(hit, Style(None, False)))
            yield ""
    yield from facet_rows(results, last="")
    query = f" for {escape.markdown(results.interpretation)}" if results.interpretation else ""
    yield totals(results) + query + (f"; {undated(results.undated)}" if results.undated else "")


def _link(url: str) -> str:
    return re.sub(r"[<>\s\\]", lambda match: f"%{ord(match[0]):02X}", escape.terminal(url))
