"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import click

from newssearch.asked_facet import AskedFacet, asked_facet
from newssearch.fields import EXCLUSIONS, FIELDS, FILTERS
from newssearch.filters import NONE, FilterValue
from newssearch.highlight.snippets import SNIPPET_LENGTH

from .console import without_surrogates
from .rendering.formats import OutputFormat
from .rendering.tables import TableFormat

if TYPE_CHECKING:
    from newssearch.article import Article
    from newssearch.index import Index

KEY_PREFIX = "key:"
"""The prefix by which an id on the command line is the key of an article."""


class FolderPath(click.Path):
    """The type of a folder's path as an option. It refuses ``""``, which pathlib would take for the working folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the path of a folder cannot be empty", param, ctx)
        return super().convert(value, param, ctx)


class OutputFile(click.Path):
    """The type of a file that a command writes when its work is done. A file that could not be written is refused at once,
    and so is one that the archive keeps for itself.
    """

    def __init__(self) -> None:
        super().__init__(path_type=Path, dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        file = cast("Path", super().convert(value, param, ctx))
        if str(value) in ("", "-"):
            self.fail("this option needs the name of a file", param, ctx)
        if not file.parent.is_dir():
            self.fail(f"there is no folder {file.parent}", param, ctx)
        if file.exists() and not file.is_file():
            self.fail(
                f"{file} is a device or a pipe: without this option, standard output has it", param, ctx
            )
        from newssearch.archive import why_no_result  # only commands that write a file need it

        if reason := why_no_result(file):
            self.fail(reason, param, ctx)
        return file


index_option = click.option(
    "--index", "folder", envvar="NEWSSEARCH_INDEX", default="index", show_default=True, metavar="DIR",
    type=FolderPath(path_type=Path), help="Folder of the index, or its address on a cluster; NEWSSEARCH_INDEX sets it too.",
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


def _filter_value(text: str) -> FilterValue:
    """Return the value of a filter that the command line states: a text, or NONE if it reads ``(none)``."""
    return NONE if text.strip() == NONE.value else text


def _filter_values(
    context: click.Context, parameter: click.Parameter, given: Sequence[str]
) -> tuple[FilterValue, ...]:
    """Return the values of a filter."""
    return tuple(map(_filter_value, given))


def _own_filters(
    context: click.Context, parameter: click.Parameter, given: Sequence[str]
) -> dict[str, tuple[FilterValue, ...]]:
    """Return the filters on own fields: for each field, its values."""
    found: dict[str, tuple[FilterValue, ...]] = {}
    for text in map(without_surrogates, given):
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (equals and name and value):
            raise click.BadParameter(f"{text} is not FIELD=VALUE, as in theme=economy", context, parameter)
        if name.endswith("!"):
            hint = f"{text}: write --not-where {name.rstrip('! ')}={value}"
            raise click.BadParameter(hint, context, parameter)
        found[name] = (*found.get(name, ()), _filter_value(value))
    return found


def asked_facet_values(
    context: click.Context, parameter: click.Parameter, given: Sequence[str]
) -> tuple[AskedFacet, ...]:
    """Return the facets of the option ``--facet``, each written ``FIELD[~TEXT][:N]``."""
    found = []
    for text in map(without_surrogates, given):
        asked = asked_facet(text)
        if asked is None:
            message = f"{text} is not FIELD, FIELD:N, FIELD:all or FIELD~TEXT, as in outlet:20"
            raise click.BadParameter(message, context, parameter)
        found.append(asked)
    return tuple(found)


def _without_idle_exclusions(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command that refuses to exclude a value that a filter on the same field already excludes."""

    @wraps(command)
    def checked(*arguments: Any, **values: Any) -> Any:
        for name in FILTERS:
            wanted, excluded = values[name], values[f"{name}_not"]
            has_one_value = name in FIELDS and FIELDS[name].kind in ("outlet", "value")
            if wanted and excluded and (has_one_value or {*excluded} == {NONE}):
                raise click.UsageError(
                    f"--not-{name} has no effect with --{name}, which leaves out all others."
                )
        return command(*arguments, **values)

    return checked


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add to a command the options that filter articles by their dates and fields."""
    command = _without_idle_exclusions(command)
    own = click.option(
        "--not-where", "where_not", multiple=True, metavar="FIELD=VALUE", callback=_own_filters,
        help="Leave out articles with this value of an own field. Repeatable.",
    )  # fmt: skip
    command = own(command)
    for name, text in reversed(EXCLUSIONS.items()):
        command = click.option(
            f"--not-{name}", f"{name}_not", multiple=True, metavar="NAME", callback=_filter_values, help=f"{text} Repeatable."
        )(command)  # fmt: skip
    own = click.option(
        "--where", multiple=True, metavar="FIELD=VALUE", callback=_own_filters,
        help="Only articles with this value of an own field, such as theme=economy or words=>500. Repeat to allow several.",
    )  # fmt: skip
    command = own(command)
    for name, text in reversed(FILTERS.items()):
        command = click.option(
            f"--{name}", multiple=True, metavar="NAME", callback=_filter_values,
            help=f"{text} Repeat to allow several; '{NONE.value}': without one.",
        )(command)  # fmt: skip
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
    "--timeout", type=click.FloatRange(0), metavar="SECONDS", help="Stop the search after this time; nothing is printed, and the exit code is 5."
)  # fmt: skip


def query_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add to a command the argument QUERY, as ``words``, and the options for its interpretation and for what can
    match.

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
            "--synonyms", is_flag=True,
            help="Find synonyms, too: those that [synonyms] in newssearch.toml has for the words of QUERY.",
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

    :func:`newssearch.cli.tables.print_table` implements them. ``as_json``, short for a format, is not passed to the
    command: :func:`newssearch.cli.tables.output_format` evaluates it.
    """

    @wraps(command)
    def without_json(*arguments: Any, as_json: bool, **values: Any) -> Any:
        return command(*arguments, **values)

    decorated: Callable[..., Any] = without_json
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Short for --format json."),
        click.option(
            "-o", "--output", type=OutputFile(), metavar="FILE",
            help="Write the table to FILE: its ending says the format, such as .csv or .xlsx.",
        ),
        click.option(
            "--format", "format_", type=click.Choice(get_args(TableFormat)), default="text", show_default=True, help="Output format."
        ),
    ):  # fmt: skip
        decorated = option(decorated)
    return decorated


def article_named(index: Index, wanted: str) -> Article:
    """Return the article with an id, or with a key after :data:`KEY_PREFIX`. Raises ArticleNotFoundError."""
    if wanted.startswith(KEY_PREFIX):
        return index.article(key=wanted.removeprefix(KEY_PREFIX))
    return index.article(wanted)
