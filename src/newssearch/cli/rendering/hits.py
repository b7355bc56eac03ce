"""The text output of ``query``, for people: hits, snippets, facets, names and clauses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newssearch.display import escape
from newssearch.display.brief import many, value_label
from newssearch.facets import FacetValue, others_text, worth_marking
from newssearch.fields import DATE_FACETS
from newssearch.results import (
    Explanation,
    Hit,
    Results,
    dates_counted,
    left_out,
    more_totals,
    none_label,
    totals,
)
from newssearch.snippet import Snippet

from .layout import Style, columns, in_width, shorten, wrap

SHOWN_SPELLINGS = 12
"""The largest number of spellings of a name that ``query --names`` lists."""
SHOWN_SHARED = 12
"""The largest number of shared words that ``related`` lists with a hit."""
SHOWN_EXPANSION = 5
"""The largest number of words of an expanded query that ``query --explain`` lists with a hit, besides the given ones."""
MIN_TITLE_COLUMNS = 20
"""The smallest number of columns that the beginning of a long title takes; with fewer, it has lines of its own."""
SHOWN_COPIES = 8
"""The largest number of copies of a story that ``query`` lists with a hit."""
SHOWN_FACET_VALUES = 10
"""The largest number of values of a facet that text and Markdown list, unless told otherwise; facets of dates list all."""
SHOWN_CLAUSES = 10
"""The largest number of clauses that ``query --explain`` lists."""


def text_results(results: Results, style: Style, took: bool) -> Iterator[str]:
    """Yield the lines of the hits, the facets and the totals. ``took`` adds how long the search took.

    If the corrected query found articles, its results take the place of hits with only some of the words.
    """
    corrected = results.corrected
    if corrected is not None:
        line = f"Showing results for {corrected.query}; search instead for {results.query} with --strict"
        yield from (style.bold(part) for part in in_width(escape.terminal(line), style))
        yield ""
        yield from _text_page(corrected, style)
    else:
        yield from _text_page(results, style)
    yield from facet_lines(corrected or results, style, last="")
    yield from in_width(_total_line(results, took), style)
    if corrected is not None:
        yield from in_width(_total_line(corrected, took=False), style)


def _text_page(results: Results, style: Style) -> Iterator[str]:
    """Yield the lines of the hits of both parts."""
    one_each = len({hit.id for hit in results}) == len(results)
    for hit in results:
        yield from _hit_lines(hit, results, style, one_each)
    if results.more_articles:  # without such hits if the page begins after the last one
        yield from (style.bold(part) for part in in_width(more_totals(results), style))
        yield ""
    for hit in results.more:
        yield from _hit_lines(hit, results, style, one_each=True)


def tags_text(hit: Hit) -> str:
    """Return what people say of the article of a hit: its tags, and the number of notes on it; ``""`` for nothing."""
    notes = many(len(hit.notes), "note") if hit.notes else ""
    return f"tags: {'; '.join(filter(None, (', '.join(hit.tags), notes)))}" if hit.tags else notes


def _hit_lines(hit: Hit, results: Results, style: Style, one_each: bool) -> Iterator[str]:
    """Yield the lines of a hit, and an empty line. ``one_each`` is whether no article has several hits."""
    yield from hit_lines(hit, style)
    yield from snippet_lines(hit.snippet, style)
    if hit.missing:
        line = escape.terminal(f"without: {', '.join(hit.missing)}")
        yield from (style.faint(f"  {part}") for part in in_width(line, style, indent=2))
    if hit.others and one_each:
        yield style.faint(f"  + {many(hit.others, 'more paragraph')} of {hit.paragraphs} in this article")
    elif not hit.matching and results.interpretation:
        yield style.faint("  (only the headline matches)" if hit.score else "  (the first paragraph)")
    elif hit.matching and results.interpretation and not hit.snippet.highlights:
        yield style.faint("  (only boilerplate or the repeated headline matches)")
    if hit.tags or hit.notes:
        line = escape.terminal(tags_text(hit))
        yield from (style.faint(f"  {part}") for part in in_width(line, style, indent=2))
    if hit.variants:
        yield style.faint(escape.terminal(f"  spelled: {', '.join(hit.variants)}"))
    if hit.copies:
        yield from (style.faint(line) for line in copies_lines(hit, style))
    if hit.explanation is not None:
        line = escape.terminal(score_line(hit, len(results.expansion)))
        yield from (style.faint(f"  {part}") for part in in_width(line, style, indent=2))
    yield ""


def _total_line(results: Results, took: bool) -> str:
    """Return the totals, the query and the shown hits on one line."""
    query = f" for {escape.terminal(results.interpretation)}" if results.interpretation else ""
    left = f"; {remark}" if (remark := left_out(results.undated, results.imprecise)) else ""
    return f"{totals(results)}{query}{shown_range(results)}{left}" + (
        f" ({results.took * 1000:.0f} ms)" if took else ""
    )


def shown_range(results: Results) -> str:
    """Return the range of the shown hits, as in ``", 11 to 20 shown"``; ``""`` if all are shown, or none."""
    if not results.hits or not (results.offset or len(results) < results.total_hits):
        return ""
    return f", {results.offset + 1:,} to {results.offset + len(results):,} shown"


def hit_lines(hit: Hit, style: Style) -> Iterator[str]:
    """Yield the title, date, outlet, source and address of a hit, on one line if the terminal is wide enough.

    If the line is wider than the terminal, first the id is shortened to its end, which ``show`` accepts too, then the
    outlet and the title. If less than :data:`MIN_TITLE_COLUMNS` were left of the title, it has lines of its own.
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
        fitting = max((room - len(address)) // 2, room - len(address) - columns(title), 8)
        left = room - len(address) - min(columns(outlet), fitting)
        if left < min(MIN_TITLE_COLUMNS, columns(title)):
            yield from map(style.title, in_width(title, style))
            outlet = shorten(outlet, max(style.width - len(day) - len(address) - 4, 1))
            yield f"{day}  {outlet}  {style.faint(address)}"
            return
        outlet = shorten(outlet, fitting)
        title = shorten(title, max(room - len(address) - columns(outlet), 1))
    yield f"{style.title(title)}  {day}  {outlet}  {style.faint(address)}"


def snippet_lines(shown: Snippet, style: Style, indent: str = "  ") -> list[str]:
    """Return a snippet as indented lines with its highlights in bold. If the style has no width, it is one line."""
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


def copies_lines(hit: Hit, style: Style) -> Iterator[str]:
    """Yield the lines that list the other copies of a hit, each by its outlet and day. Equal entries are listed once.

    If there are more than :data:`SHOWN_COPIES`, the rest are only counted.
    """
    listed = dict.fromkeys(
        f"{copy.outlet or 'no outlet'} {copy.date.isoformat()[:10] if copy.date else ''}".strip()
        for copy in hit.copies
    )
    shown = list(listed)[:SHOWN_COPIES]
    rest = hit.copies_total - len(shown)
    more = f", and {rest:,} more" if rest > 0 else ""
    yield from (
        f"  {part}"
        for part in in_width(escape.terminal(f"also in: {', '.join(shown)}{more}"), style, indent=2)
    )


def text_related(results: Results, style: Style) -> Iterator[str]:
    """Yield the lines of articles on one subject, each with the words that it shares, and the total."""
    for hit in results:
        yield from hit_lines(hit, style)
        yield from snippet_lines(hit.snippet, style)
        line = escape.terminal(f"shares: {', '.join(shared_words(hit, SHOWN_SHARED))}")
        yield from (style.faint(f"  {part}") for part in in_width(line, style, indent=2))
        if hit.copies:
            yield from (style.faint(part) for part in copies_lines(hit, style))
        yield ""
    yield from in_width(related_totals(results), style)


def shared_words(hit: Hit, most: int | None = None) -> list[str]:
    """Return the words that a related article shares with the given one, at most ``most``, the most telling first."""
    terms = hit.explanation.terms if hit.explanation is not None else ()
    return [term.text for term in terms[:most]]


def related_totals(results: Results) -> str:
    """Return the number of related articles on all pages, and which of them are shown."""
    articles = many(results.total_articles, "article")
    return f"{articles} with at least one of the words that say most about it{shown_range(results)}"


def explanation_text(explanation: Explanation, added: int = 0) -> str:
    """Return the composition of a score: the parts of each word for the article and the paragraph.

    The last ``added`` words are those that expanded the query: the heaviest are listed, the others summed up.
    """
    typed = len(explanation.terms) - added
    parts = [f"{term.text} {term.article:.3f} + {term.paragraph:.3f}" for term in explanation.terms[:typed]]
    others = sorted(
        (term for term in explanation.terms[typed:] if term.article), key=lambda term: -term.article
    )
    parts += [f"{term.text} {term.article:.3f}" for term in others[:SHOWN_EXPANSION]]
    if rest := others[SHOWN_EXPANSION:]:
        parts.append(f"{many(len(rest), 'other word')} {sum(term.article for term in rest):.3f}")
    if explanation.proximity:
        parts.append(f"words near each other {explanation.proximity:.3f}")
    return ", ".join(parts) or "no word of the query adds to it"


def score_line(hit: Hit, added: int = 0) -> str:
    """Return a line with the composition of a hit's score, or ``""`` without an explanation."""
    if hit.explanation is None:
        return ""
    return f"score {hit.score:.3f} (article + paragraph): {explanation_text(hit.explanation, added)}"


def text_names(results: Results) -> Iterator[str]:
    """Yield a line for each name of the query, with its spellings in the index."""
    for name, ways in results.names.items():
        shown = ", ".join(f"{way.text} {way.articles:,}" for way in ways[:SHOWN_SPELLINGS])
        more = (
            f", and {len(ways) - SHOWN_SPELLINGS} more; --json lists them"
            if len(ways) > SHOWN_SPELLINGS
            else ""
        )
        yield escape.terminal(f"spelled like {name}: {shown or 'nothing'}{more} (articles)")


def text_clauses(results: Results) -> Iterator[str]:
    """Yield a line for each clause of the query, with two numbers of articles.

    The first counts the articles that match the clause, the second those that match all the other clauses. Nothing
    is yielded for a query of one clause that finds nothing.
    """
    if len(results.clauses) < 2 and results.total_articles == 0:
        return
    for clause in results.clauses[:SHOWN_CLAUSES]:
        others = f", all others together {clause.without:,}" if len(results.clauses) > 1 else ""
        yield f"  {clause.articles:>8,}  {escape.terminal(clause.text)}  (alone{others})"
    if len(results.clauses) > SHOWN_CLAUSES:
        yield f"  … and {len(results.clauses) - SHOWN_CLAUSES:,} more clauses; --json lists them"


def facet_lines(
    results: Results, style: Style, *, first: str | None = None, last: str | None = None
) -> Iterator[str]:
    """Yield the lines of each facet, with the lines ``first`` before and ``last`` after each."""
    for name, values in results.facets.items():
        yield from (first,) if first is not None else ()
        yield style.bold(name) + style.faint(f"  ({facet_heading(name, results)})")
        yield from value_lines(values, none_label(name, dates_counted(values, results)))
        if values.others:
            shown = f"{others_text(values)}; --facet {name}:all lists them"
            yield style.faint(f"  {values.others_articles:>8,}  {shown}")
        if (note := ambiguity(name, results)) is not None:
            yield style.faint(f"  ({note})")
        yield from (last,) if last is not None else ()


def others_lines(results: Results) -> Iterator[str]:
    """Yield a remark on each facet that is not listed completely, for formats without a place for it."""
    for name, values in results.facets.items():
        if values.others:
            yield f"{name}: {many(values.others, 'other value')}, of {many(values.others_articles, 'article')}, left out"


def facet_heading(name: str, results: Results) -> str:
    """Return the heading of the facet ``name``: it counts matching articles, or also those that only its own filter
    excludes.
    """
    counted = results.facets[name].counted
    return (
        "articles" if counted == results.total_articles else f"{many(counted, 'article')} without this filter"
    )


def value_lines(values: Sequence[FacetValue], none: str = "(none)") -> Iterator[str]:
    """Yield a line for each value of a field; ``none`` stands for the articles without a value.

    A star marks values that the request filters by, if others are listed too.
    """
    marked = worth_marking(values)
    for value in values:
        shown = escape.terminal(value_label(value.value)) if value.value is not None else none
        yield f"{'*' if marked and value.selected else ' '} {value.articles:>8,}  {shown}"


def ambiguity(name: str, results: Results) -> str | None:
    """Return a remark on the ambiguous dates that the facet ``name`` counts; None if there are none."""
    count = dates_counted(results.facets[name], results).ambiguous if name in DATE_FACETS else 0
    return (
        f"{many(count, 'of these dates is', 'of these dates are')} ambiguous, read month first"
        if count
        else None
    )
