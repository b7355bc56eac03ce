"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from newssearch.fields import FILTERS
from newssearch.highlight.snippets import SNIPPET_LENGTH

from .console import without_surrogates
from .rendering.formats import OutputFormat
from .rendering.tables import TableFormat

if TYPE_CHECKING:
    from newssearch.article import Article
    from newssearch.index import Index

KEY_PREFIX = "key:"
"""An id on the command line that begins like this is the key of an article."""


class FolderPath(click.Path):
    """The type of a folder's path as an option. It refuses ``""``, which pathlib would take for the working folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the path of a folder cannot be empty", param, ctx)
        return super().convert(value, param, ctx)


index_option = click.option(
    "--index", "folder", envvar="NEWSSEARCH_INDEX", default="index", show_default=True, metavar="DIR",
    type=FolderPath(path_type=Path), help="Folder of the index; NEWSSEARCH_INDEX sets it too.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
wait_option = click.option(
    "--wait", default=10.0, show_default=True, type=click.FloatRange(0), metavar="SECONDS",
    help="Seconds to wait for another writer to finish.",
)  # fmt: skip


def hit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add to a command the options that choose the page of hits and their form."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Short for --format json."),
        click.option(
            "--format", "format_", type=click.Choice(get_args(OutputFormat)), default="text", show_default=True, help="Output format."
        ),
        click.option(
            "--snippet", default=SNIPPET_LENGTH, show_default=True, type=click.IntRange(0), metavar="CHARS",
            help="Length of snippets; 0 shows whole paragraphs.",
        ),
        click.option(
            "--no-group", "group", flag_value=False, type=bool, default=True,
            help="Show every copy of a story, not only the best.",
        ),
        click.option(
            "--offset", default=0, type=click.IntRange(0), metavar="N", help="Number of hits to skip first."
        ),
        click.option(
            "-n", "--limit", default=10, show_default=True, type=click.IntRange(0), metavar="N",
            help="Number of hits to show.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def _own_filters(
    context: click.Context, parameter: click.Parameter, given: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Return the filters on own fields: for each field, the values of which an article must have one."""
    found: dict[str, tuple[str, ...]] = {}
    for text in map(without_surrogates, given):
        name, equals, value = text.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise click.BadParameter(f"{text} is not FIELD=VALUE, as in theme=economy", context, parameter)
        found[name.strip()] = (*found.get(name.strip(), ()), value.strip())
    return found


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add to a command the options that filter articles by their dates and fields."""
    command = click.option(
        "--where",
        multiple=True,
        metavar="FIELD=VALUE",
        callback=_own_filters,
        help="Only articles with this value of an own field, such as theme=economy or words=>500. Repeat to allow several.",
    )(command)
    for name, text in reversed(FILTERS.items()):
        command = click.option(
            f"--{name}", multiple=True, metavar="NAME", help=f"{text} Repeat to allow several."
        )(command)
    for name, text in (
        ("on", "Only articles of this date or period."),
        ("until", "Only articles up to the end of this date or period."),
        ("since", "Only articles from this date or period on."),
    ):
        command = click.option(f"--{name}", metavar="DATE", help=text)(command)
    return click.option("--since-run", is_flag=True, help="Only articles that came with the last run.")(
        command
    )


timeout_option = click.option(
    "--timeout", type=click.FloatRange(0), metavar="SECONDS", help="Stop the search after this time; exit code 5."
)  # fmt: skip


def query_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add to a command the argument QUERY, as ``words``, and the options that say how it is read and what can match.

    The options are those of :class:`newssearch.request.MatchOptions`, and ``timeout``.
    """
    for option in (
        timeout_option,
        click.option("--literal", is_flag=True, help="Read QUERY as plain words, without operators."),
        click.option(
            "--any", "match", flag_value="any", default="all",
            help="Find articles with any of the words, not only those with all of them.",
        ),
        click.option(
            "--names", is_flag=True, help="Find names in other spellings too: Qaddafi also finds Gadhafi."
        ),
        click.option(
            "--novel", is_flag=True, help="Only paragraphs that no earlier article has, not even as a near copy."
        ),
        filter_options,
        index_option,
        click.argument("words", nargs=-1, metavar="QUERY..."),
    ):  # fmt: skip
        command = option(command)
    return command


def table_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add to a command the options for the form of a table: ``format_``, and ``output`` for a file of any format.

    :func:`newssearch.cli.tables.print_table` obeys them.
    """
    for option in (
        click.option(
            "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
            help="Write the table to FILE: its ending says the format, such as .csv or .xlsx.",
        ),
        click.option(
            "--format", "format_", type=click.Choice(get_args(TableFormat)), default="text", show_default=True, help="Output format."
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def article_named(index: Index, wanted: str) -> Article:
    """Return the article with an id, or with a key after :data:`KEY_PREFIX`. Raises ArticleNotFoundError."""
    if wanted.startswith(KEY_PREFIX):
        return index.article(key=wanted.removeprefix(KEY_PREFIX))
    return index.article(wanted)
