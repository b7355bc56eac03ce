"""The commands ``stories`` and ``coverage``: what was told by several outlets, who ran it, and who did not."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import click

from newssearch.article import Date
from newssearch.corpus.coverage import COVERAGE_COLUMNS, Coverage, OutletCoverage
from newssearch.corpus.stories import STORY_COLUMNS, STORY_SORTS, ListedStory
from newssearch.display import escape
from newssearch.display.brief import value_label
from newssearch.errors import ArticleNotFoundError
from newssearch.identity import looks_like_id, without_slug
from newssearch.index import Index
from newssearch.query import Field
from newssearch.request import Request
from newssearch.results import left_out

from .combinations import WORD_OPTIONS, check_words, given_options
from .console import print_diagnostics, without_surrogates
from .opening import opened_index
from .options import KEY_PREFIX, article_named, query_options, table_options
from .recording import clock, is_input, read_input, recorder, with_receipt
from .rendering.tables import Column
from .tables import is_for_people, note_page, output_format, print_dicts, print_summary


@click.command("stories", short_help="List the stories that several articles tell, the largest first.")
@query_options
@click.option(
    "--sort", type=click.Choice(STORY_SORTS), default="size", show_default=True,
    help="Order of the stories: by the number of articles, or of outlets; by the date of the first article, the newest"
    " first; by the time from the first to the last.",
)  # fmt: skip
@click.option(
    "--min-outlets",
    default=0,
    type=click.IntRange(0),
    metavar="N",
    help="Only stories of at least N outlets.",
)
@click.option(
    "--offset", default=0, type=click.IntRange(0), metavar="N", help="Number of stories to skip first."
)
@click.option(
    "-n", "--limit", default=10, show_default=True, type=click.IntRange(0), metavar="N", help="Number of stories to show."
)  # fmt: skip
@table_options
@with_receipt
@click.pass_context
def stories_command(
    context: click.Context,
    /,
    words: tuple[str, ...],
    folder: Path,
    output: Path | None,
    format_: str,
    sort: str,
    min_outlets: int,
    limit: int,
    offset: int,
    timeout: float | None,
    **options: Any,
) -> int:
    """List the stories that articles which match QUERY tell: texts that several articles have, whole, cut or edited.

    Counts and dates are those of the articles that match; "of" is the number of all articles of the story. The title, the
    outlet and the id are those of the earliest article that matches: `newssearch story ID` compares the versions, and
    `newssearch coverage ID` lists the outlets.
    """
    shape = output_format(context)
    check_words(context)
    text = without_surrogates(" ".join(words))
    with opened_index(folder, timeout) as opened:
        request = Request(**options, now=clock())
        found = opened.stories(
            text, request, sort=cast("Any", sort), limit=limit, offset=offset, min_outlets=min_outlets, timeout=timeout
        )  # fmt: skip
        if (recording := recorder()) is not None:
            recording.search(opened, text, request)
    print_diagnostics(found.diagnostics, text)
    if is_for_people(output, shape):
        print_dicts(output, shape, SHORT_STORY, map(_story_row, found))
    else:
        print_dicts(
            output, shape, list(map(Column, STORY_COLUMNS)), (one.to_dict() for one in found), found.head()
        )
    print_summary(output, shape, found.summary, left_out(found.undated, found.imprecise))
    note_page(output, shape, len(found), found.total_stories, "story", "stories", offset=offset)
    return 0


SHORT_STORY = (
    Column("articles"), Column("of"), Column("outlets"), Column("first", whole=True), Column("within", whole=True), Column("outlet"),
    Column("title"), Column("id", whole=True),
)  # fmt: skip
"""The columns of stories for people."""


def _story_row(one: ListedStory) -> dict[str, object]:
    dates = {"first": _moment(one.first), "within": str(one.spread)}
    return {**one.to_dict(), **dates, "id": without_slug(one.lead)}


def _moment(date: Date | None) -> str:
    """Return a date as people read it, with its time if it has one."""
    if not isinstance(date, dt.datetime):
        return date.isoformat() if date is not None else ""
    return date.isoformat(" ", "minutes")


@click.command("coverage", short_help="List which outlets ran a story, and which did not.")
@query_options
@click.option(
    "--outlets", multiple=True, metavar="FILE|NAME",
    help="Outlets that are listed even if they did not run it: a name, or a file with a name on each line. Repeatable.",
)  # fmt: skip
@table_options
@with_receipt
@click.pass_context
def coverage_command(
    context: click.Context,
    /,
    words: tuple[str, ...],
    folder: Path,
    output: Path | None,
    format_: str,
    outlets: tuple[str, ...],
    timeout: float | None,
    **options: Any,
) -> int:
    """List which outlets ran a story, in order of time, and which of those given with --outlets did not.

    QUERY is the id of an article, or key:KEY: then the articles of its story count, as far as they pass the filters. Any
    other QUERY is one: then all articles that match count. Each outlet has its first article, and the time from the first
    article of all to that: in hours if both state a time, else in days.
    """
    shape = output_format(context)
    check_words(context)
    text = without_surrogates(" ".join(words))
    with opened_index(folder, timeout) as opened:
        request = Request(**options, now=clock())
        story = _article_named_by(opened, text)
        if story is not None and (idle := given_options(context, STORY_IDLE)):
            raise click.UsageError(f"{idle} has no effect with the id of an article.")
        found = opened.coverage(
            "" if story is not None else text,
            request,
            story=story,
            outlets=_listed_outlets(outlets),
            timeout=timeout,
        )
        if (recording := recorder()) is not None:
            recording.search(opened, text if story is None else Field("id", story), request)
    _check_outlets(found, outlets)
    print_diagnostics(found.diagnostics, text)
    if is_for_people(output, shape):
        rows = [_coverage_row(one, is_first=place == 0) for place, one in enumerate(found)]
        print_dicts(output, shape, SHORT_COVERAGE, rows)
    else:
        dicts = (one.to_dict() for one in found)
        print_dicts(output, shape, list(map(Column, COVERAGE_COLUMNS)), dicts, found.head())
    of = "" if found.story is None else f"story {found.story}"
    print_summary(output, shape, of, found.summary, left_out(found.undated, found.imprecise))
    return 0


STORY_IDLE = {**WORD_OPTIONS, "novel": "--novel"}
"""The options that have no effect for the articles of a story, by the names of their parameters."""
SHORT_COVERAGE = (
    Column("outlet"), Column("articles"), Column("first", whole=True), Column("after", whole=True), Column("title"),
    Column("id", whole=True),
)  # fmt: skip
"""The columns of outlets for people."""


def _coverage_row(one: OutletCoverage, *, is_first: bool) -> dict[str, object]:
    after = "first" if is_first and one.date is not None else str(one.after)
    return {
        "outlet": value_label(one.outlet),
        "articles": one.articles,
        "first": _moment(one.date),
        "after": after if one.articles else one.status,
        "title": one.title,
        "id": without_slug(one.id) if one.id else "",
    }


def _article_named_by(index: Index, text: str) -> str | None:
    """Return the id of the article that a text names, or None if the text is a query.

    Raises ArticleNotFoundError for a key or an id without an article.
    """
    if not text or len(text.split()) > 1:
        return None
    try:
        return article_named(index, text).id
    except ArticleNotFoundError:
        is_key = text.startswith(KEY_PREFIX) and not any(sign in text for sign in "*?")
        if is_key or looks_like_id(text):
            raise
        return None


def _listed_outlets(given: Iterable[str]) -> list[str]:
    """Return the names of outlets: those that are given, and the lines of files. A line that begins with # is a comment."""
    found: list[str] = []
    for one in given:
        if is_input(_input_name(one), Path(one)):
            lines = map(str.strip, read_input(_input_name(one), Path(one)).splitlines())
            found += [line for line in lines if line and not line.startswith("#")]
        else:
            found.append(without_surrogates(one))
    return found


def _input_name(outlets: str) -> str:
    """Return the name of a file of ``--outlets`` in a receipt, which may have several."""
    return f"outlets {without_surrogates(outlets)}"


LIST_ENDINGS = (".txt", ".text", ".csv", ".tsv", ".list", ".lst", ".md", ".dat", ".json", ".jsonl")
"""The endings by which a name in ``--outlets`` is taken for a file, unless an outlet has that name."""


def _check_outlets(found: Coverage, given: Iterable[str]) -> None:
    """Raise UsageError for a name in ``--outlets`` that is no outlet of the index and looks like a file.

    A name that merely resembles a file's is noted.
    """
    unknown = {one.outlet for one in found.missing if not one.in_index}
    for name in map(without_surrogates, given):
        if name not in unknown or is_input(_input_name(name), Path(name)):
            continue
        near = _file_like(Path(name))
        asked = f"; did you mean {near}?" if near else ""
        is_path = "/" in name or os.sep in name or name.lower().endswith(LIST_ENDINGS)
        if is_path:
            raise click.UsageError(f"--outlets: there is no file {name}, and no outlet of this name{asked}")
        if near:
            click.echo(
                escape.terminal(f"note: --outlets: {name} is taken for the name of an outlet{asked}"),
                err=True,
            )


def _file_like(path: Path) -> str:
    """Return the file beside ``path`` with the most similar name; "" if none is similar."""
    from difflib import get_close_matches  # slow to import, and seldom needed

    try:
        names = [one.name for one in path.parent.iterdir() if one.is_file()]
    except (OSError, ValueError):
        return ""
    near = get_close_matches(path.name, names, 1, NEAR_NAME)
    return str(path.with_name(near[0])) if near else ""


NEAR_NAME = 0.8
"""The smallest similarity, from 0 to 1, of a suggested file name (:func:`difflib.get_close_matches`)."""
