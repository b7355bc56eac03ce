"""Checks that refuse an option if other options leave it without effect, so that no option is silently ignored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from click.core import ParameterSource

from newssearch.fields import DATE_FACETS, FILTER_FIELDS

HIT_OPTIONS = {
    "limit": "--limit", "offset": "--offset", "sort": "--sort", "all_paragraphs": "--all", "snippet": "--snippet", "group": "--no-group", "strict": "--strict", "expand": "--expand",
}  # fmt: skip
"""The options of ``query`` that choose hits or their form, by the names of their parameters."""
WORD_OPTIONS = {
    "literal": "--literal", "names": "--names", "synonyms": "--synonyms", "match": "--any", "expand": "--expand",
}  # fmt: skip
"""The options that decide how the words of QUERY are interpreted, by the names of their parameters."""


def check_index(files: bool, rebuilds: bool, *, prune: bool, retry: bool, exclude: bool, yes: bool) -> None:
    """Raise UsageError for an option of ``newssearch index`` that would have no effect.

    ``rebuilds`` is whether ``--rebuild`` is given, ``files`` whether PATHS include more than standard input.
    """
    if rebuilds and prune:
        raise click.UsageError(
            "--prune has no effect with --rebuild, whose index has only the articles that it reads."
        )
    if rebuilds and retry:
        raise click.UsageError("--retry has no effect with --rebuild, which reads every file.")
    if yes and not (rebuilds or prune):
        raise click.UsageError("--yes has no effect without --prune or --rebuild.")
    for option, given in (("--prune", prune), ("--retry", retry), ("--exclude", exclude)):
        if given and not files:
            raise click.UsageError(f"{option} has no effect on standard input alone: it applies to files.")


def check_query(context: click.Context) -> None:
    """Raise UsageError for an option of ``newssearch query`` that would have no effect."""
    given, values = _given(context), context.params
    check_hits(context)
    check_words(context)
    format_ = values["format_"]
    if values["all_paragraphs"] and "group" in given:
        raise click.UsageError(
            "--no-group has no effect with --all, which lists the paragraphs of every copy."
        )
    if values["expand"] and (values["all_paragraphs"] or values["sort"] != "relevance"):
        other = "--all" if values["all_paragraphs"] else f"--sort {values['sort']}"
        raise click.UsageError(f"--expand has no effect with {other}: it orders articles by relevance.")
    if values["strict"] and format_ in ("csv", "jsonl") and not values["as_json"]:
        raise click.UsageError(
            f"--strict has no effect with --format {format_}, which has only articles that match unless --no-strict is given."
        )
    if values["disjunctive"] and not any(_is_chosen(asked.name, values) for asked in values["facets"]):
        raise click.UsageError(
            "--disjunctive has no effect without a value chosen of the field of a --facet."
        )
    if values["facets"] and format_ in ("csv", "jsonl") and not (values["count"] or values["as_json"]):
        raise click.UsageError(
            f"--format {format_} has no place for facets beside hits: use --count --format {format_} for the facets"
            " alone, or --format json for both."
        )


def given_options(context: click.Context, options: Mapping[str, str]) -> str:
    """Return the given ones among some options, as text. ``options`` maps the names of parameters to those of options."""
    given = _given(context)
    return ", ".join(option for name, option in options.items() if name in given)


def check_words(context: click.Context) -> None:
    """Raise UsageError for an option that decides how QUERY is read, if there is no QUERY."""
    given = _given(context)
    for name, option in WORD_OPTIONS.items():
        if name in given and not any(word.strip() for word in context.params["words"]):
            raise click.UsageError(f"{option} has no effect without a QUERY.")


def check_hits(context: click.Context) -> None:
    """Raise UsageError for an option that chooses hits or their form if there are none, or for two forms."""
    given, values = _given(context), context.params
    without = "--count" if values.get("count") else "--limit 0" if values["limit"] == 0 else ""
    for name, option in HIT_OPTIONS.items():
        if without and name in given and not without.startswith(option):
            raise click.UsageError(f"{option} has no effect with {without}, which shows no hits.")
    check_one_format(context)


def check_one_format(context: click.Context) -> None:
    """Raise UsageError if ``--json`` and ``--format`` are given and contradict each other."""
    format_ = context.params["format_"]
    if context.params["as_json"] and "format_" in _given(context) and format_ != "json":
        raise click.UsageError(f"--json contradicts --format {format_}: leave out one of them.")


def check_count(context: click.Context) -> None:
    """Raise UsageError for an option of ``newssearch count`` that would have no effect."""
    given, values = _given(context), context.params
    asked = any(word.strip() for word in values["words"])
    several = values["queries_file"] is not None
    if asked and several:
        raise click.UsageError("--queries contradicts QUERY: leave out one of them.")
    for name, option in WORD_OPTIONS.items():
        if name in given and not (asked or several):
            raise click.UsageError(f"{option} has no effect without a QUERY.")
    if values["long"] and len(values["by"]) < (1 if several else 2):
        raise click.UsageError(
            "--long has no effect without a second --by, or --queries and one --by: other tables are long."
        )
    if values["top"] is not None and all(name in (*DATE_FACETS, "date") for name in values["by"]):
        raise click.UsageError("--top has no effect without a field: all periods are shown.")
    if values["queries_file"] is None:
        for name in ("paragraphs", "sentences", "occurrences", "per_million"):
            if values[name] and not asked:
                raise click.UsageError(
                    f"--{name.replace('_', '-')} has no effect without a QUERY, which has no words."
                )


def check_lines(context: click.Context) -> None:
    """Raise UsageError for an option of ``newssearch kwic`` that chooses lines or their form if there are none."""
    if context.params["limit"] == 0:
        for name in ("sort", "width", "offset", "sample", "seed"):
            if name in _given(context):
                raise click.UsageError(f"--{name} has no effect with --limit 0, which shows no lines.")


def check_verify(context: click.Context) -> None:
    """Raise UsageError for an option of ``newssearch verify`` that would have no effect."""
    if "wait" in _given(context) and not context.params["cleaned"]:
        raise click.UsageError(
            "--wait has no effect without --clean: a check alone does not wait for writers."
        )


def _is_chosen(facet: str, values: Mapping[str, Any]) -> bool:
    """Whether the options of a command choose values of a facet's field, which a disjunctive facet ignores."""
    if facet in DATE_FACETS:
        return any(values[name] for name in ("since", "until", "on"))
    if facet in FILTER_FIELDS:
        return bool(values[facet])
    return facet in values["where"]


def _given(context: click.Context) -> set[str]:
    """Return the names of the parameters that were given on the command line."""
    return {
        name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
