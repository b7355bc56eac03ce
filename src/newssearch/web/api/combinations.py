"""Refuses parameters that other parameters leave without effect, as the command line does: none is silently ignored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from newssearch.fields import DATE_FACETS
from newssearch.web.parameters import Parameter, ParameterError

WORD_PARAMETERS = ("literal", "names", "synonyms", "match", "expand")
"""The parameters that decide how the words of a query are interpreted."""
_OF_HITS = ("offset", "sort", "all_paragraphs", "snippet", "group", "strict", "expand")
_OF_LINES = ("offset", "sort", "width", "sample", "seed")
_OF_ROWS_ALONE = ("strict", "facets", "explain")
_OF_WORDS = ("paragraphs", "sentences", "occurrences", "per_million")


def check_combination(name: str, parameters: Iterable[Parameter], values: Mapping[str, Any]) -> None:
    """Raise :class:`ParameterError` for a parameter of an endpoint that would have no effect.

    ``values`` are those that are given. A parameter that is given its default value is no mistake.
    """
    defaults = {one.name: one.default for one in parameters}
    given = {one for one, value in values.items() if value != defaults.get(one)}
    asked = bool(str(values.get("q", "")).strip()) or name == "related"
    story = name == "coverage" and "story" in given
    if not asked:
        _refuse_without_effect(given, WORD_PARAMETERS, "without q")
    if story:
        _refuse_without_effect(given, (*WORD_PARAMETERS, "novel"), "with story")
    if values.get("limit") == 0:
        _refuse_without_effect(
            given, _OF_LINES if name == "kwic" else _OF_HITS, "with limit=0, which asks for none"
        )
    if values.get("all_paragraphs"):
        _refuse_without_effect(
            given, ("group",), "with all_paragraphs, which lists the paragraphs of every copy"
        )
    if name in ("search", "related") and "format" in given:
        _refuse_without_effect(given, _OF_ROWS_ALONE, f"with format={values['format']}, which has only hits")
    if name == "count":
        _check_count(given, values, asked)
    if name == "kwic" and "sample" not in given:
        _refuse_without_effect(given, ("seed",), "without sample")


def _check_count(given: Iterable[str], values: Mapping[str, Any], asked: bool) -> None:
    if all(one in (*DATE_FACETS, "date") for one in values.get("by", ())):
        _refuse_without_effect(given, ("top",), "without a field in by: all periods are shown")
    for measure in _OF_WORDS:
        if measure in values.get("measure", ()) and not asked:
            raise ParameterError("measure", f"cannot be {measure!r} without q: no word is counted")


def _refuse_without_effect(given: Iterable[str], names: Iterable[str], when: str) -> None:
    for name in names:
        if name in given:
            raise ParameterError(name, f"has no effect {when}")
