"""The command ``tag``, for tags and notes that people give to articles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from newssearch.archive import TAGS_FILE
from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.engines.address import store_at
from newssearch.errors import NewssearchError
from newssearch.query import Everything, parse
from newssearch.request import Request

from .console import print_diagnostics, show_line, show_lines, style, without_surrogates
from .opening import opened_index
from .options import (
    KEY_PREFIX,
    article_named,
    filter_options,
    index_option,
    json_option,
    timeout_option,
    wait_option,
)
from .progress import confirmed
from .rendering.formats import json_text
from .rendering.tables import table_lines
from .rendering.tags import TAG_COLUMNS, text_changes, text_counts, text_merge, text_tags

if TYPE_CHECKING:
    from newssearch.index import Index

_SEARCH_OPTIONS = ("literal", "names", "synonyms", "match", "novel")


class TagCommand(click.Command):
    """A command among whose arguments some begin with a hyphen: ``-todo`` is a tag to remove, and no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the options first, and the ids and tags after ``--``."""
        takes_value = {
            name
            for option in self.get_params(ctx)
            if isinstance(option, click.Option) and not option.is_flag
            for name in option.opts
        }
        options: list[str] = []
        words: list[str] = []
        rest = iter(args)
        for one in rest:
            if one == "--":
                words.extend(rest)
            elif one.startswith("--") or one in ("-h", "-"):
                options.append(one)
                if one in takes_value:
                    options.extend(value for value in [next(rest, None)] if value is not None)
            else:
                words.append(one)
        return super().parse_args(ctx, [*options, *(["--", *words] if words else [])])


@click.command("tag", cls=TagCommand, short_help="Tag articles, write notes on them, and list tags.")
@click.argument("words", nargs=-1, metavar="[ID]... [+TAG]... [-TAG]...")
@index_option
@click.option(
    "--note", metavar="TEXT",
    help="Write this note on the articles. It replaces your note there, if there is one; '' removes it.",
)  # fmt: skip
@click.option("--remove-note", is_flag=True, help="Remove your note from the articles.")
@click.option(
    "--author", envvar="NEWSSEARCH_AUTHOR", metavar="NAME",
    help="Who says it. Each author has a note of their own. NEWSSEARCH_AUTHOR sets it too.",
)  # fmt: skip
@click.option("--query", "text", metavar="QUERY", help="Tag all articles that match this query.")
@click.option(
    "--merge", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help="Join the tags and notes of this file, such as the tags.jsonl of a colleague, to those of the archive.",
)  # fmt: skip
@filter_options
@click.option("--literal", is_flag=True, help="Read the query as plain words, without operators.")
@click.option("--names", is_flag=True, help="Find names in other spellings too: Qaddafi also finds Gadhafi.")
@click.option(
    "--synonyms",
    is_flag=True,
    help="Find synonyms, too: those that [synonyms] in newssearch.toml has for the words.",
)
@click.option(
    "--any", "match", flag_value="any", default="all",
    help="Find articles with any of the words of the query, not only those with all of them.",
)  # fmt: skip
@click.option(
    "--novel", is_flag=True, help="Only articles with a matching paragraph that no earlier article has."
)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@timeout_option
@wait_option
@json_option
@click.pass_context
def tag_command(
    context: click.Context,
    /,
    words: tuple[str, ...],
    folder: Path,
    note: str | None,
    remove_note: bool,
    author: str | None,
    text: str | None,
    merge: Path | None,
    yes: bool,
    timeout: float | None,
    wait: float,
    as_json: bool,
    **options: Any,
) -> int:
    """Give articles tags, or take tags from them: `newssearch tag ID +checked -todo`.

    ID is an id, the end of one, or key:KEY. With an ID and no tag, print what is said of the article; without any, list
    all tags. With --query, or a filter such as --outlet, tag all articles that the search finds, after confirmation.

    Tags and notes are in the file tags.jsonl beside the index. No update, rebuild or new index changes them. `tag:checked`
    finds them in a query, and `tag:none` finds articles without a tag.
    """
    ids = [without_surrogates(one) for one in words if not one.startswith(("+", "-"))]
    add = [without_surrogates(one[1:]) for one in words if one.startswith("+")]
    remove = [without_surrogates(one[1:]) for one in words if one.startswith("-")]
    given = {name for name, value in options.items() if value not in ((), None, False, {}, "all")}
    searches = text is not None or bool(given - {*_SEARCH_OPTIONS})
    changes = bool(add or remove or note is not None or remove_note)
    _check_words(context, bool(ids), searches, changes, text, merge)
    if note is not None and remove_note:
        raise click.UsageError("--note and --remove-note exclude each other.")
    _note_tags_beside_link(folder)
    with opened_index(folder, timeout) as opened:
        if merge is not None:
            merged = opened.merge_tags(merge, wait=wait)
            show_line(json_text(merged.to_dict()) if as_json else text_merge(merged))
            return 0
        if not changes:
            return _print_tags(opened, ids, as_json)
        if searches:
            ids = _articles_found(opened, text or "", Request(**options), timeout)
            if not yes and not confirmed(f"Change {many(len(ids), 'article')}?", "nothing was changed"):
                raise NewssearchError("nothing was changed")
        else:
            ids = [_id_of(opened, one) for one in ids]
        wanted = "" if remove_note else None if note is None else without_surrogates(note)
        report = opened.tag(ids, add, remove, note=wanted, author=without_surrogates(author or ""), wait=wait)
    if as_json:
        show_line(json_text(report.to_dict()))
    else:
        show_lines(text_changes(report))
    for article, replaced in report.replaced:
        if wanted:
            click.echo(f"replaced on {escape.terminal(article)}: {escape.terminal(replaced.text)}", err=True)
    return 0


def _check_words(
    context: click.Context,
    with_ids: bool,
    searches: bool,
    changes: bool,
    text: str | None,
    merge: Path | None,
) -> None:
    """Raise UsageError for arguments and options that have no effect together."""
    given = {
        name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    if merge is not None and (with_ids or searches or changes):
        raise click.UsageError("--merge takes no articles, tags or notes: it joins a whole file.")
    if with_ids and searches:
        what = "--query" if text is not None else "a filter"
        raise click.UsageError(f"Name the articles by ID or by {what}, but not by both.")
    if searches and not changes:
        raise click.UsageError("Say which tags the articles get or lose: +TAG, -TAG or --note.")
    if changes and not (with_ids or searches):
        raise click.UsageError("Say which articles to tag: an ID, --query or a filter.")
    if text is not None and not text.strip():
        raise click.UsageError("The query is empty, and finds every article.")
    if text is None and (idle := {*_SEARCH_OPTIONS} & given):
        name = {"match": "any"}.get(min(idle), min(idle))
        raise click.UsageError(f"--{name} has no effect without --query.")
    for name, used in (
        ("yes", searches),
        ("timeout", searches),
        ("author", changes),
        ("wait", changes or merge is not None),
    ):
        if name in given and not used:
            needed = "--query" if name in ("yes", "timeout") else "a change of tags or notes"
            raise click.UsageError(f"--{name} has no effect without {needed}.")


def _id_of(opened: Index, wanted: str) -> str:
    return article_named(opened, wanted).id if wanted.startswith(KEY_PREFIX) else wanted


def _articles_found(opened: Index, text: str, request: Request, timeout: float | None) -> list[str]:
    """Return the ids of the articles that a search finds. Raises :class:`NewssearchError` if there are none."""
    query = without_surrogates(text)
    if query.strip() and not request.literal:
        parsed = parse(query, fields=opened.own_fields)
        if isinstance(parsed.tree, Everything) and not request.filters:
            raise click.UsageError("The query matches every article, and would tag all of them.")
    found = opened.search(query, request.replace(limit=0, strict=True), timeout=timeout)
    print_diagnostics(found.diagnostics, query)
    ids = opened.find(query, request, timeout=timeout)
    if not ids:
        raise NewssearchError("nothing to tag: no article matches")
    return ids


def _note_tags_beside_link(folder: Path) -> None:
    """Say that tags beside a link to the index are not read, and how they get into the file of the archive."""
    archive = store_at("folder", folder).archive
    if (unread := archive.tags_beside_link) is not None:
        note = (
            f"{unread} is not read: this index is reached by a link, and its tags are in {archive.folder / TAGS_FILE};"
            " `newssearch tag --merge FILE` joins other tags to them"
        )
        click.echo(f"note: {escape.terminal(note)}", err=True)


def _print_tags(opened: Index, ids: Sequence[str], as_json: bool) -> int:
    """Print the tags and notes of the given articles; without any, a list of all tags."""
    if not ids:
        counts = opened.tags()
        if as_json:
            show_line(json_text(counts.to_dict()))
        elif counts.tags or counts.noted:
            if counts.tags:
                columns = TAG_COLUMNS if any(one.missing for one in counts) else TAG_COLUMNS[:2]
                rows = (one[: len(columns)] for one in counts)
                show_lines(table_lines("text", columns, rows, style()))
            click.echo(text_counts(counts), err=True)
        else:
            click.echo("no tags; `newssearch tag ID +TAG` gives an article one", err=True)
        return 0
    found = []
    for one in ids:
        wanted = _id_of(opened, one)
        found.append((opened.id_of_tagged(wanted), opened.tags_of(wanted)))
    if as_json:
        values = [{"id": article, **tags.to_dict()} for article, tags in found]
        show_line(json_text({"articles": values}))
    else:
        show_lines(text_tags(found, style()))
    return 0
