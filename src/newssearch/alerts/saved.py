"""A saved search: a query with its options, under a name, and where its new articles are reported."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from difflib import get_close_matches
from typing import Any

from newssearch import arguments
from newssearch.display.brief import brief, quoted
from newssearch.errors import ConfigError, NewssearchError, QueryError, SavedSearchError
from newssearch.fields import FILTER_FIELDS
from newssearch.filters import NONE, NoValue
from newssearch.query import Dated
from newssearch.request import Request
from newssearch.system.frozen import FrozenDict
from newssearch.system.late_dataclass import dataclass
from newssearch.text.periods import parse_period

from .outputs import STDOUT, output_of, without_token

MAX_SEARCH_NAME = 64
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
"""Matches the name of a saved search, which is also that of its files."""
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)
"""Names that no file of Windows can have."""

DEFAULT_ALERT_LIMIT = 200
"""The largest number of articles of one run, unless the search states another one."""

NOW, ALL = "now", "all"
"""What the first run reports: nothing that is found already, or all of it. Otherwise it is a date."""

REQUEST_SETTINGS: Mapping[str, str] = FrozenDict({
    **{name: name for name in FILTER_FIELDS},
    "where": "where",
    **{f"not-{name}": f"{name}_not" for name in FILTER_FIELDS},
    "not-where": "where_not",
    **{name: name for name in ("since", "until", "on", "literal", "names", "synonyms", "match", "novel", "sort", "snippet")},
})  # fmt: skip
"""The settings that are options of a :class:`~newssearch.Request`, with the names of the options."""
_OWN_SETTINGS: Mapping[str, str] = FrozenDict({
    "query": "query", "label": "label", "to": "to", "from": "start", "limit": "limit", "changes": "changes", "each-copy": "each_copy",
})  # fmt: skip
"""The other settings, with the names of the attributes of :class:`SavedSearch`."""
SETTINGS = ("query", "label", *REQUEST_SETTINGS, "to", "from", "limit", "changes", "each-copy")
"""The names of all settings of a saved search, in the order in which a file has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A search under a name, and how the articles that it newly finds are reported.

    ``name`` consists of small letters from a to z, digits and single hyphens between them, at most 64. ``request`` has
    the options of the search: filters, dates, ``literal``, ``names``, ``synonyms``, ``match``, ``novel``, ``sort`` and ``snippet``. Relative
    dates count from each run. ``label`` is a title for people.

    ``to`` are the outputs: ``ndjson:FILE``, ``atom:FILE``, ``mail:ADDRESS``, ``exec:COMMAND``, ``shell:COMMAND``,
    ``webhook:URL``, ``stdout``. Without any, a run prints what is new. Paths are relative to the archive's folder.

    ``start`` is what the first run reports: ``"now"``, nothing that is found already; ``"all"``; or a date or period, from
    which on articles are new. At most ``limit`` articles are reported in one run, the best by ``sort``; the others come
    with the next runs. With ``changes``, articles are reported again when their content changes. With ``each_copy``,
    copies of a story that was reported are reported too.

    >>> SavedSearch(name="iraq", query="coalition w/10 iraq", request=Request(lang="en"), to="ndjson:out/iraq.jsonl").to
    ('ndjson:out/iraq.jsonl',)

    Raises :class:`SavedSearchError` for a name that is not allowed, :class:`ConfigError` for an output that is none, and
    :class:`QueryError` for a query that cannot be parsed and for an option without effect.
    """

    name: str
    query: str = ""
    request: Request = field(default_factory=Request)
    to: str | tuple[str, ...] = ()
    label: str = ""
    start: str = NOW
    limit: int = DEFAULT_ALERT_LIMIT
    changes: bool = False
    each_copy: bool = False

    def __post_init__(self) -> None:
        """Check the values, and make a tuple of the outputs."""
        checked_name(self.name)
        for name in ("query", "label", "start"):
            arguments.text(name, getattr(self, name))
        arguments.instance("request", self.request, Request, "a Request")
        for option in self.request.changed():
            if option not in _ALLOWED:
                raise QueryError(
                    f"a saved search has no option {option}", suggestion=_WHY_NOT.get(option, "")
                )
        object.__setattr__(self, "to", arguments.texts("to", self.to))
        for spec in self.outputs:
            output_of(spec)
        if len({*self.to}) < len(self.to):
            raise ConfigError("to: an output is there twice")
        if arguments.whole_number("limit", self.limit) < 1:
            raise QueryError("limit: an alert reports 1 article or more")
        arguments.flag("changes", self.changes)
        arguments.flag("each_copy", self.each_copy)
        if self.each_copy and self.request.novel:
            raise QueryError("each_copy has no effect with novel, which finds no copies")
        self.first_condition()

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs; standard output if none are stated."""
        return tuple(self.to) or (STDOUT,)

    @property
    def title(self) -> str:
        """The label; the name if there is none."""
        return self.label.strip() or self.name

    def first_condition(self, now: dt.datetime | None = None) -> Dated | None:
        """Return the condition on articles that are new in the first run; None if ``start`` is no date."""
        if self.start in (NOW, ALL):
            return None
        period = parse_period(self.start, now)
        if period is None:
            raise QueryError(
                f"from: {self.start!r} is not a date",
                suggestion=f"write {NOW}, {ALL}, or a date such as 2024-07",
            )
        return Dated(f">={period.start.date().isoformat()}")

    def settings(self) -> dict[str, object]:
        """Return the settings that differ from their defaults, as a file has them: see :data:`SETTINGS`."""
        changed = self.request.changed()
        found: dict[str, object] = {"query": self.query}
        for name in SETTINGS[1:]:
            if name in REQUEST_SETTINGS:
                if REQUEST_SETTINGS[name] in changed:
                    found[name] = _toml_value(changed[REQUEST_SETTINGS[name]])
                continue
            value = getattr(self, _OWN_SETTINGS[name])
            if value != _SETTING_DEFAULTS[_OWN_SETTINGS[name]]:
                found[name] = list(value) if isinstance(value, tuple) else value
        return found

    def to_dict(self) -> dict[str, object]:
        """Return the search as JSON types: its name, and its settings that differ from their defaults.

        Of the web addresses of outputs, it has only the hosts.
        """
        settings = self.settings()
        if self.to:
            settings["to"] = [without_token(spec) for spec in self.outputs]
        return {"name": self.name, **settings}

    @classmethod
    def from_settings(cls, name: str, settings: Mapping[str, Any], origin: str) -> SavedSearch:
        """Return the search with a name and the settings of a file, which ``origin`` names in messages.

        Raises :class:`ConfigError` for a setting that does not exist or has a wrong value, and for a name that is not
        allowed. A mistake in the query is a :class:`QueryError` with its place.
        """
        options: dict[str, Any] = {}
        given: dict[str, Any] = {}
        for key, value in settings.items():
            if key not in SETTINGS:
                near = get_close_matches(key.replace("_", "-"), SETTINGS, 1)
                hint = f"did you mean {near[0]}?" if near else f"the settings are: {', '.join(SETTINGS)}"
                raise ConfigError(f"{origin}: no such setting: {key}: {hint}")
            option = REQUEST_SETTINGS.get(key)
            try:
                if option is not None:
                    options[option] = _option_value(option, value)
                    Request(**{option: options[option]})
                else:
                    given[_OWN_SETTINGS[key]] = _setting_value(key, value)
            except (TypeError, ValueError, QueryError) as error:
                raise ConfigError(f"{origin}: {key}: {_reason(key, error)}") from None
        try:
            return cls(name=name, request=Request(**options), **given)
        except QueryError as error:
            if error.query and error.query == given.get("query"):
                raise
            raise ConfigError(f"{origin}: {error}") from None
        except (TypeError, NewssearchError) as error:
            raise ConfigError(f"{origin}: {error}") from None

    def __repr__(self) -> str:
        return brief(self, quoted(self.name), "for", quoted(self.query))


_ALLOWED = frozenset(REQUEST_SETTINGS.values())
_SETTING_DEFAULTS: Mapping[str, object] = FrozenDict({
    "label": "", "to": (), "start": NOW, "limit": DEFAULT_ALERT_LIMIT, "changes": False, "each_copy": False,
})  # fmt: skip
_WHY_NOT = {
    "since_run": "an alert reports what is new since its own last run",
    "now": "relative dates count from each run",
    "limit": "the limit of an alert is that of the search itself",
    "group": "each_copy reports each copy of a story",
}


def checked_name(name: str) -> str:
    """Return the name of a saved search. Raises :class:`SavedSearchError` if it is not allowed.

    >>> checked_name("oil-price-2024")
    'oil-price-2024'
    """
    text = arguments.text("name", name)
    if NAME.fullmatch(text) and len(text) <= MAX_SEARCH_NAME and text not in _DEVICES:
        return text
    from slugify import slugify  # slow to import, and only a mistake needs it

    near = slugify(text[: 4 * MAX_SEARCH_NAME], max_length=MAX_SEARCH_NAME)
    hint = f": write {near}" if near and near != text and near not in _DEVICES else ""
    raise SavedSearchError(
        f"{text!r} is not the name of a saved search, which has small letters a to z, digits, and single hyphens between"
        f" them, at most {MAX_SEARCH_NAME}{hint}"
    )


def _reason(key: str, error: Exception) -> str:
    """Return what is wrong with a setting, without its name in front, which the caller says."""
    return re.sub(rf"^{re.escape(key.replace('-', '_'))}: ", "", str(error))


def _setting_value(key: str, value: object) -> object:
    """Return the value of a setting that is no option of a request. Raises TypeError for a wrong type."""
    if key == "to":
        return arguments.texts(key, value)
    if key == "from" and isinstance(value, int | dt.date) and not isinstance(value, bool):
        return str(value)
    if key == "limit":
        return arguments.whole_number(key, value)
    return arguments.flag(key, value) if key in ("changes", "each-copy") else arguments.text(key, value)


def _option_value(option: str, value: object) -> object:
    """Return the value of an option of a request as TOML states it."""
    if option in ("where", "where_not"):
        mapping = arguments.instance(option, value, Mapping, "a table")
        return {name: _with_none(values) for name, values in mapping.items()}
    if option in ("since", "until", "on"):
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return _with_none(value) if option.removesuffix("_not") in FILTER_FIELDS else value


def _with_none(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_with_none(one) for one in value]
    return NONE if value == NONE.value else value


def _toml_value(value: object) -> object:
    """Return the value of an option of a request as JSON and TOML have it."""
    if isinstance(value, Mapping):
        return {name: _toml_value(values) for name, values in value.items()}
    if isinstance(value, tuple):
        return [_toml_value(one) for one in value]
    if isinstance(value, NoValue):
        return value.value
    return value if isinstance(value, str | int) else str(value)


def query_words(search: SavedSearch) -> list[str]:
    """Return the arguments of ``newssearch`` that run a saved search as a query, as ``newssearch saved NAME`` shows them.

    >>> query_words(SavedSearch(name="a", query="rain -sun", request=Request(outlet="The Echo", novel=True)))
    ['query', '--outlet', 'The Echo', '--novel', '--', 'rain -sun']
    """
    words = ["query"]
    for name in SETTINGS:
        option = REQUEST_SETTINGS.get(name)
        if option is not None and option in search.request.changed():
            words += (
                _FLAGS[option] if option in _FLAGS else _option_words(name, getattr(search.request, option))
            )
    if search.each_copy:
        words.append("--no-group")
    return [*words, "--", search.query] if search.query.strip() else words


_FLAGS = {
    "literal": ["--literal"],
    "names": ["--names"],
    "synonyms": ["--synonyms"],
    "novel": ["--novel"],
    "match": ["--any"],
}


def _option_words(name: str, value: object) -> Iterator[str]:
    """Yield an option of the command line with each of its values."""
    if isinstance(value, Mapping):
        for key, several in value.items():
            for one in several:
                yield from (f"--{name}", f"{key}={_toml_value(one)}")
        return
    for one in value if isinstance(value, tuple) else (value,):
        yield from (f"--{name}", str(_toml_value(one)))
