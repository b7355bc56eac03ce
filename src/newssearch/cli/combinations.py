"""Options of the command line that mean nothing beside others: they are refused, so that none is ignored in silence."""

from __future__ import annotations

import click
from click.core import ParameterSource

OF_HITS = {
    "limit": "--limit", "offset": "--offset", "sort": "--sort", "all_paragraphs": "--all", "snippet": "--snippet", "group": "--no-group",
}  # fmt: skip
"""The options of ``query`` that say which hits are shown, and how."""
OF_WORDS = {"literal": "--literal", "names": "--names"}
"""The options of ``query`` that say how the words of QUERY are read."""


def check_index(files: bool, anew: bool, *, prune: bool, retry: bool, exclude: bool, yes: bool) -> None:
    """Refuse options of ``newssearch index`` that have no effect: beside ``--rebuild``, alone, or without ``files``."""
    if anew and prune:
        raise click.UsageError("--rebuild reads only what there is: --prune has nothing to do with it.")
    if anew and retry:
        raise click.UsageError("--rebuild reads everything: --retry has nothing to add.")
    if yes and not (anew or prune):
        raise click.UsageError("--yes is for --prune and --rebuild: nothing else removes much.")
    for option, given in (("--prune", prune), ("--retry", retry), ("--exclude", exclude)):
        if given and not files:
            raise click.UsageError(f"{option} is for files, and there are none beside standard input.")


def check_query(context: click.Context) -> None:
    """Refuse the options of ``newssearch query`` that would have no effect."""
    given, values = _given(context), context.params
    without = "--count" if values["count"] else "--limit 0" if values["limit"] == 0 else ""
    for name, option in OF_HITS.items():
        if without and name in given and not without.startswith(option):
            raise click.UsageError(f"{option} has no effect with {without}, which shows no hits.")
    for name, option in OF_WORDS.items():
        if name in given and not any(word.strip() for word in values["words"]):
            raise click.UsageError(f"{option} has no effect without a QUERY.")
    format_ = values["format_"]
    if values["as_json"] and "format_" in given and format_ != "json":
        raise click.UsageError(f"--json is --format json: leave out one of --json and --format {format_}.")
    if values["all_paragraphs"] and "group" in given:
        raise click.UsageError(
            "--no-group has no effect with --all, which lists the paragraphs of every copy."
        )
    if values["facets"] and format_ in ("csv", "jsonl") and not (values["count"] or values["as_json"]):
        raise click.UsageError(
            f"--facet has no place among the hits of --format {format_}: write --count --format {format_} for the"
            " facets alone, or --format json for both."
        )


def check_verify(context: click.Context) -> None:
    """Refuse the options of ``newssearch verify`` that would have no effect."""
    if "wait" in _given(context) and not context.params["cleaned"]:
        raise click.UsageError(
            "--wait has no effect without --clean: only what removes something waits for a writer."
        )


def _given(context: click.Context) -> set[str]:
    """The parameters that were given on the command line."""
    return {
        name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
