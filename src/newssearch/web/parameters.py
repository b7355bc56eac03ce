"""The parameters of an address: what each may be, and the values of a request."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from newssearch.asked_facet import asked_facet
from newssearch.errors import NewssearchError
from newssearch.filters import NONE, FilterValue

Kind = Literal["text", "filter", "where", "flag", "number", "decimal", "moment", "facets", "texts"]
MAX_PARAMETER_DIGITS = 18
"""The largest number of digits of a number."""
MAX_SHOWN_CHARS = 80
"""The largest number of characters of a value, or of an unknown name, that a message quotes."""
FLAG_TEXTS: Mapping[str, bool] = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}  # fmt: skip


class ParameterError(NewssearchError):
    """A request has an unknown parameter, or an invalid value for the ``parameter`` with this name."""

    def __init__(self, parameter: str, reason: str, suggestion: str = "") -> None:
        self.parameter = parameter
        self.reason = reason
        self.suggestion = suggestion
        super().__init__(f"{self.detail}{f'; {suggestion}' if suggestion else ''}")

    @property
    def detail(self) -> str:
        """The parameter and the reason, as a sentence."""
        return f"the parameter {self.parameter[:MAX_SHOWN_CHARS]} {self.reason}"

    def __reduce__(self) -> tuple[type[ParameterError], tuple[str, str, str]]:
        return type(self), (self.parameter, self.reason, self.suggestion)


class Parameter(NamedTuple):
    """A parameter of an address. ``text`` describes it for people, in Markdown.

    ``kind`` says how its values are read; those of ``filter``, ``where``, ``texts`` and ``facets`` may be given several
    times. A number is from ``least`` to ``most``.
    """

    name: str
    kind: Kind
    text: str
    default: object = None
    choices: Sequence[str] = ()
    least: int = 0
    most: int = 10**MAX_PARAMETER_DIGITS
    required: bool = False

    @property
    def repeats(self) -> bool:
        """Whether the parameter may be given several times."""
        return self.kind in ("filter", "where", "texts", "facets")


def read_parameters(
    parameters: Iterable[Parameter], given: Iterable[tuple[str, str]], *, ignore_others: bool = False
) -> dict[str, object]:
    """Return the values of the parameters that are given, by name. An empty value counts as not given.

    Raises :class:`ParameterError` for an invalid value, one that is missing, and for a name that no parameter has, unless
    these are to be ignored.
    """
    known = {parameter.name: parameter for parameter in parameters}
    texts: dict[str, list[str]] = {}
    for name, text in given:
        if name not in known:
            if ignore_others:
                continue
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
            raise ParameterError(name, "is not known here", hint)
        if text:
            texts.setdefault(name, []).append(text)
    for name, parameter in known.items():
        if parameter.required and name not in texts:
            raise ParameterError(name, "is missing")
    return {name: _read_value(known[name], values) for name, values in texts.items()}


def _read_value(parameter: Parameter, texts: list[str]) -> object:
    if len(texts) > 1 and not parameter.repeats:
        raise ParameterError(parameter.name, "is given more than once")
    return _READ_BY_KIND[parameter.kind](parameter, texts)


def _brief(text: str) -> str:
    return repr(text if len(text) <= MAX_SHOWN_CHARS else f"{text[:MAX_SHOWN_CHARS]}…")


def _read_text(parameter: Parameter, texts: list[str]) -> str:
    (text,) = texts
    if parameter.choices and text not in parameter.choices:
        hint = f"the choices are: {', '.join(parameter.choices)}"
        raise ParameterError(parameter.name, f"cannot be {_brief(text)}", hint)
    return text


def _read_texts(parameter: Parameter, texts: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for text in texts:
        found.append(_read_text(parameter, [text]))
    return tuple(found)


def _read_flag(parameter: Parameter, texts: list[str]) -> bool:
    (text,) = texts
    if text.lower() not in FLAG_TEXTS:
        raise ParameterError(parameter.name, f"is true or false, not {_brief(text)}")
    return FLAG_TEXTS[text.lower()]


def _read_number(parameter: Parameter, texts: list[str]) -> int:
    (text,) = texts
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_PARAMETER_DIGITS):
        raise ParameterError(parameter.name, f"is a whole number, not {_brief(text)}")
    number = int(text)
    if not parameter.least <= number <= parameter.most:
        bound = f"at least {parameter.least:,}" if number < parameter.least else f"at most {parameter.most:,}"
        raise ParameterError(parameter.name, f"is {bound}, not {number:,}")
    return number


def _read_decimal(parameter: Parameter, texts: list[str]) -> float:
    (text,) = texts
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= parameter.most:
        raise ParameterError(parameter.name, f"is a number from 0 to {parameter.most:,}, not {_brief(text)}")
    return number


def _read_moment(parameter: Parameter, texts: list[str]) -> dt.datetime:
    (text,) = texts
    try:
        return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        hint = "write it as in 2024-07-25T14:30"
        raise ParameterError(parameter.name, f"is a date with a time, not {_brief(text)}", hint) from None


def _read_filter(parameter: Parameter, texts: list[str]) -> tuple[FilterValue, ...]:
    return tuple(filter_value(text) for text in texts)


def filter_value(text: str) -> FilterValue:
    """Return the value of a filter that an address states: a text, or NONE if it reads ``(none)``."""
    return NONE if text.strip() == NONE.value else text


def _read_where(parameter: Parameter, texts: list[str]) -> dict[str, tuple[FilterValue, ...]]:
    found: dict[str, tuple[FilterValue, ...]] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (equals and name and value):
            raise ParameterError(parameter.name, f"is FIELD=VALUE, as in theme=economy, not {_brief(text)}")
        found[name] = (*found.get(name, ()), filter_value(value))
    return found


def _read_facets(parameter: Parameter, texts: list[str]) -> tuple[object, ...]:
    found = []
    for text in texts:
        asked = asked_facet(text)
        if asked is None:
            hint = "write FIELD, FIELD:N, FIELD:all or FIELD~TEXT, as in outlet:20"
            raise ParameterError(parameter.name, f"cannot be {_brief(text)}", hint)
        found.append(asked.facet(default_limit=None, disjunctive=False))
    return tuple(found)


_READ_BY_KIND: Mapping[Kind, Callable[[Parameter, list[str]], object]] = {
    "text": _read_text,
    "texts": _read_texts,
    "flag": _read_flag,
    "number": _read_number,
    "decimal": _read_decimal,
    "moment": _read_moment,
    "filter": _read_filter,
    "where": _read_where,
    "facets": _read_facets,
}
