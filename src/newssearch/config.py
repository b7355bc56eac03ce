"""The configuration of an archive: the settings for reading its files, with the origin of each setting.

The settings are in the file ``newssearch.toml`` in the folder that holds the index, or else in the table
``[tool.newssearch]`` of a ``pyproject.toml`` there. Command-line options override environment variables, which override
the file.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from newssearch.system.atomic_files import sealed, unsealed
from newssearch.system.frozen import FrozenDict
from newssearch.system.input_files import read_input_file
from newssearch.system.late_dataclass import dataclass
from newssearch.system.lazy_regex import Pattern

from . import arguments
from .errors import ConfigError, NewssearchError
from .fields import COLUMN_FIELDS, KeptField, kept_fields
from .limits import DEFAULT_LIMITS, Limits
from .outlets import Aliases, aliases_of
from .sharding import DEFAULT_SHARDING, Sharding
from .thesaurus import SynonymEntry, Thesaurus, synonym_entries

CONFIG_FILE = "newssearch.toml"
PROJECT_FILE = "pyproject.toml"
SEARCHES_SETTING = "searches"
"""The table of saved searches, which :mod:`newssearch.alerts` reads; it is no setting for reading files."""
STORED_CONFIG = "config.json"
"""The extra of an index that is elsewhere than its archive, with the settings of the last run of ``newssearch index``."""

ENVIRONMENT_VARIABLES = FrozenDict({"day_first": "NEWSSEARCH_DAY_FIRST", "lang": "NEWSSEARCH_LANG"})
"""The environment variables that can set a setting, by the name of the setting."""

Versions = Literal["replace", "keep"]
VERSIONS: tuple[Versions, ...] = get_args(Versions)
Feeds = Literal["keep", "replace"]
FEEDS: tuple[Feeds, ...] = get_args(Feeds)

NOT_SET = "default"
"""The origin that is shown for a setting with its default value."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of an archive.

    ``day_first`` reads 7-5-2024 as the 7th of May. ``lang`` is the language of articles that do not state theirs. Files
    that match a pattern of ``exclude`` are not read; a pattern is for names (``*.tmp``) or for paths relative to the
    archive's folder (``drafts/**``). ``columns`` are pairs of a field and the column or key that holds it. ``outlets``
    are names of outlets, each with its other names. ``folders`` are pairs of a folder and an outlet, which becomes the
    outlet of articles in that folder that do not name theirs. ``versions`` is ``"replace"`` if an article that was read
    again with other content replaces the one in the index, and ``"keep"`` if each version is an article of its own.
    ``feeds`` is ``"keep"`` if the articles that are no longer in their feeds stay in the index, and ``"replace"`` if they
    are removed.
    ``strict`` is whether searches that find few articles return no others: see :class:`Request`.
    ``synonyms`` are the words and phrases that have synonyms, with these. ``limits`` bound the size of inputs. ``opensearch`` says how a new index is spread over a cluster. ``fields`` are the columns and keys that are kept as own fields. With ``ocr``,
    scans in PDFs are read by the program ocrmypdf. ``origins`` maps each setting that is not a default to its origin, such as ``"command line"`` or the name of a file or
    environment variable.
    """

    day_first: bool = False
    lang: str | None = None
    exclude: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    outlets: Aliases = ()
    folders: tuple[tuple[str, str], ...] = ()
    versions: Versions = "replace"
    feeds: Feeds = "keep"
    strict: bool = False
    synonyms: tuple[SynonymEntry, ...] = ()
    limits: Limits = DEFAULT_LIMITS
    opensearch: Sharding = DEFAULT_SHARDING
    fields: tuple[KeptField, ...] = ()
    ocr: bool = False
    origins: Mapping[str, str] = field(default_factory=FrozenDict)

    def __post_init__(self) -> None:
        """Make a tuple of each sequence, and of a single value given instead.

        Raises TypeError for a wrong type, and ValueError for a wrong value.
        """
        arguments.check_settings(self, Limits)
        arguments.instance("opensearch", self.opensearch, Sharding, "Sharding")
        object.__setattr__(self, "fields", kept_fields(self.fields))
        object.__setattr__(self, "exclude", arguments.texts("exclude", self.exclude))
        arguments.choice("versions", self.versions, VERSIONS)
        arguments.choice("feeds", self.feeds, FEEDS)
        if self.lang is not None:
            object.__setattr__(self, "lang", _language_tag(self.lang, "lang"))
        arguments.flag("strict", self.strict)
        object.__setattr__(self, "synonyms", synonym_entries(self.synonyms))
        arguments.instance("origins", self.origins, Mapping, "a mapping")

    def with_given(self, **given: Any) -> Config:
        """Return a copy of the configuration with the options of the command line.

        Options that are None, False or empty change nothing. Given ``exclude`` patterns and ``columns`` are put before
        those of this configuration, and given ``fields`` join them; any other option replaces the setting.
        """
        chosen = {name: value for name, value in given.items() if value not in (None, False, ())}
        origins = {**self.origins, **dict.fromkeys(chosen, "command line")}
        for name in ("exclude", "columns"):
            if name in chosen and (before := getattr(self, name)):
                chosen[name] = (*chosen[name], *(value for value in before if value not in chosen[name]))
                origins[name] = f"command line, {self.origins[name]}"
        if "fields" in chosen and self.fields:
            names = {field.name for field in chosen["fields"]}
            chosen["fields"] = (*(one for one in self.fields if one.name not in names), *chosen["fields"])
            origins["fields"] = f"command line, {self.origins['fields']}"
        return replace(self, **chosen, origins=FrozenDict(origins))

    @property
    def thesaurus(self) -> Thesaurus:
        """The synonyms of the archive, to be looked up. It is made anew at each use."""
        return Thesaurus(self.synonyms, self.lang)

    def to_dict(self) -> dict[str, object]:
        """Return the settings and the origin of each as JSON values, for ``newssearch info --config --json``."""
        values: dict[str, object] = {
            "day-first": self.day_first,
            "lang": self.lang,
            "ocr": self.ocr,
            "exclude": list(self.exclude),
            "columns": dict(self.columns),
            "outlets": {name: list(others) for name, others in self.outlets},
            "folders": dict(self.folders),
            "fields": {one.name: {"column": one.column, "kind": one.kind} for one in self.fields},
            "versions": self.versions,
            "feeds": self.feeds,
            "strict": self.strict,
            "synonyms": {
                one.key: {"words": list(one.words), "both": one.both, "lang": one.lang}
                for one in self.synonyms
            },
            "limits": asdict(self.limits),
            "opensearch": asdict(self.opensearch),
        }
        return {
            name: {"value": value, "from": self.origins.get(name.replace("-", "_"), NOT_SET)}
            for name, value in values.items()
        }


def load_config(
    archive: Path,
    environ: Mapping[str, str] | None = None,
    stored: Callable[[], str | None] = lambda: None,
) -> Config:
    """Return the configuration of the archive in the folder ``archive``, from its file and the environment variables.

    ``environ`` replaces ``os.environ``. If the archive has no file, the settings are those that ``stored`` returns, as
    :func:`settings_to_store` has made them. Raises :class:`ConfigError` for an invalid setting.
    """
    found = _file_settings(archive)
    settings, name = found if found is not None else (_stored_settings(stored()), "the index")
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for key, value in settings.items():
        if key == SEARCHES_SETTING:
            searches_of(archive)
            continue
        setting = key.replace("-", "_")
        reader = _READERS.get(setting)
        if reader is None:
            from difflib import get_close_matches  # slow to import, and seldom needed

            near = get_close_matches(key, [name.replace("_", "-") for name in _READERS], 1)
            hint = (
                f": did you mean {near[0]}?"
                if near
                else f"; the settings are: {', '.join(_READERS).replace('_', '-')}"
            )
            raise ConfigError(f"{name}: no such setting: {key}{hint}")
        try:
            values[setting] = reader(value)
        except ValueError as error:
            raise ConfigError(f"{name}: {key}: {error}") from None
        origins[setting] = name
    for setting, variable in ENVIRONMENT_VARIABLES.items():
        text = (os.environ if environ is None else environ).get(variable, "").strip()
        if text:
            try:
                values[setting] = _flag(text) if setting == "day_first" else _language_tag(text)
            except ValueError as error:
                raise ConfigError(f"{variable}: {error}") from None
            origins[setting] = variable
    return Config(**values, origins=FrozenDict(origins))


def column(text: str) -> tuple[str, str]:
    """Return the field and the column that a command-line option ``FIELD=COLUMN`` names.

    Raises ValueError for another form or an unknown field.

    >>> column("title=Headline")
    ('title', 'Headline')
    """
    named, equals, name = text.partition("=")
    if not (equals and name.strip()):
        raise ValueError(f"{text} is not FIELD=COLUMN, as in title=Headline")
    return _field(named), name.strip()


def kept(text: str) -> KeptField:
    """Return the own field that a command-line option ``COLUMN`` or ``COLUMN=KIND`` names.

    Raises ValueError for an unknown kind, and for a column whose name gives none to a field.

    >>> kept("Word Count=number")
    KeptField(name='word_count', column='Word Count', kind='number')
    """
    column, _, kind = text.rpartition("=") if "=" in text else (text, "", "value")
    if not column.strip():
        raise ValueError(f"{text} is not COLUMN or COLUMN=KIND, as in Theme or Words=number")
    (field,) = kept_fields({column.strip(): kind.strip()})
    return field


def settings_to_store(archive: Path) -> str | None:
    """Return the settings in the configuration file of an archive as a text, for an index that is elsewhere.

    Returns None if there is no file. Saved searches are left out: their outputs may be commands, and an index in which
    others can write must not say what this machine runs. Raises :class:`ConfigError` if ``newssearch.toml`` is not valid
    TOML.
    """
    found = _file_settings(archive)
    if found is None:
        return None
    settings = {name: value for name, value in found[0].items() if name != SEARCHES_SETTING}
    return sealed(json.dumps({"settings": settings}, default=str))


def _stored_settings(content: str | None) -> Mapping[str, Any]:
    """Return the settings of a text that :func:`settings_to_store` has made; none if there is no text, or it is damaged."""
    try:
        settings = json.loads(unsealed(content or ""))["settings"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}
    if not isinstance(settings, dict):
        return {}
    return {
        name: value for name, value in settings.items() if name != SEARCHES_SETTING
    }  # never from an index


def searches_of(archive: Path) -> tuple[Mapping[str, Mapping[str, Any]], str]:
    """Return the settings of the saved searches in the configuration file of an archive, by name, and the file's name.

    Raises :class:`ConfigError` for invalid TOML, and for something else than tables.
    """
    settings, name = _file_settings(archive) or ({}, CONFIG_FILE)
    try:
        return _searches(settings.get(SEARCHES_SETTING, {})), name
    except ValueError as error:
        raise ConfigError(f"{name}: {SEARCHES_SETTING}: {error}") from None


def has_settings(archive: Path) -> bool:
    """Whether the archive in a folder has a configuration file, be it a wrong one."""
    try:
        return _file_settings(archive) is not None
    except (ConfigError, OSError):
        return True


def _file_settings(archive: Path) -> tuple[Mapping[str, Any], str] | None:
    """Return the settings in the configuration file of an archive, and the file's name; None if there is no such file.

    Raises :class:`ConfigError` if ``newssearch.toml`` is not valid TOML.
    """
    for name in (CONFIG_FILE, PROJECT_FILE):
        try:
            content = _read_toml(archive / name)
        except FileNotFoundError:
            continue
        except ValueError as error:
            if name == PROJECT_FILE:  # its syntax is for other tools to report
                continue
            raise ConfigError(f"{name} is not TOML: {error}") from None
        if name == CONFIG_FILE:
            return content, name
        tools = content.get("tool")
        own = tools.get("newssearch") if isinstance(tools, dict) else None
        if isinstance(own, dict):
            return own, f"{name} [tool.newssearch]"
    return None


def _read_toml(file: Path) -> dict[str, Any]:
    """Return the content of a TOML file. Raises OSError, and ValueError for invalid TOML."""
    return parse_toml(read_input_file(file).decode())


def parse_toml(text: str) -> dict[str, Any]:
    """Return the content of a TOML text. Raises ValueError for invalid TOML."""
    if sys.version_info >= (3, 11):
        import tomllib  # slow to import, and seldom needed
    else:
        import tomli as tomllib  # slow to import, and seldom needed
    return tomllib.loads(text)


# ---- one setting


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _flag(text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError(f"{text} is neither true nor false")


def _language_tag(value: object, name: str = "") -> str:
    from newssearch.text.language_tags import checked_language  # few archives state one

    return checked_language(value, name)


def _exclude_patterns(value: object) -> tuple[str, ...]:
    patterns = [value] if isinstance(value, str) else value
    if not (isinstance(patterns, list) and all(isinstance(item, str) and item.strip() for item in patterns)):
        raise ValueError('must be a pattern or a list of patterns, such as ["drafts/**", "*.tmp"]')
    return tuple(patterns)


def _column_pairs(value: object) -> tuple[tuple[str, str], ...]:
    if not (isinstance(value, dict) and all(isinstance(name, (str, int)) for name in value.values())):
        raise ValueError('must be a table of fields and columns, such as title = "Headline"')
    return tuple((_field(named), str(name)) for named, name in value.items())


def _field(name: str) -> str:
    named = name.strip().lower()
    if named not in COLUMN_FIELDS:
        raise ValueError(f"no such field: {name}; the fields are: {', '.join(COLUMN_FIELDS)}")
    return named


def _outlets(value: object) -> Aliases:
    if not isinstance(value, dict):
        raise ValueError(
            'must be a table of outlets with their other names, such as "The Echo" = ["echo.example.org"]'
        )
    lists = {name: [others] if isinstance(others, str) else others for name, others in value.items()}
    if not all(
        isinstance(others, list) and all(isinstance(o, str) for o in others) for others in lists.values()
    ):
        raise ValueError("the other names of an outlet must be a string or a list of strings")
    return aliases_of(lists)


def _folders(value: object) -> tuple[tuple[str, str], ...]:
    if not (isinstance(value, dict) and all(isinstance(outlet, str) and outlet for outlet in value.values())):
        raise ValueError('must be a table of folders and outlets, such as "wire/echo" = "The Echo"')
    return tuple(value.items())


def _kept_fields(value: object) -> tuple[KeptField, ...]:
    if not isinstance(value, dict):
        raise ValueError('it is a table of fields and kinds, as theme = "value"')
    return kept_fields(value)


def _versions(value: object) -> str:
    if value not in VERSIONS:
        raise ValueError('it is "replace" or "keep"')
    return str(value)


def _feeds(value: object) -> str:
    if value not in FEEDS:
        raise ValueError('it is "keep" or "replace"')
    return str(value)


def _synonyms(value: object) -> tuple[SynonymEntry, ...]:
    if not isinstance(value, dict):
        raise ValueError(
            'must be a table of words and their synonyms, such as "car" = ["automobile", "auto"]'
        )
    return synonym_entries(value)


def _searches(value: object) -> Mapping[str, Mapping[str, Any]]:
    """Return the tables of saved searches. What is in them is checked where they are used."""
    if not (isinstance(value, dict) and all(isinstance(search, dict) for search in value.values())):
        raise ValueError('must be tables, such as [searches.oil] with query = "oil price"')
    return value


def _sharding(value: object) -> Sharding:
    names = [setting.name for setting in fields(Sharding)]
    if not isinstance(value, dict):
        raise ValueError(f"must be a table, such as shards = 3; its settings are: {', '.join(names)}")
    for name in value:
        if name not in names:
            raise ValueError(f"no such setting: {name}; the settings are: {', '.join(names)}")
    try:
        return Sharding(**value)
    except (TypeError, ValueError, NewssearchError) as error:
        raise ValueError(str(error)) from None


_SIZE_FORM = Pattern(r"([0-9]{1,12})\s*(?:(k|M|G)(i?)B?|B|bytes)?", re.IGNORECASE)
_SIZE_UNITS = {"k": 1, "m": 2, "g": 3}


def _limits(value: object) -> Limits:
    names = [limit.name for limit in fields(Limits)]
    if not isinstance(value, dict):
        raise ValueError(
            f'must be a table of bounds, such as document = "256 MiB"; the limits are: {", ".join(names)}'
        )
    for name in value:
        if name not in names:
            raise ValueError(f"no such limit: {name}; the limits are: {', '.join(names)}")
    return Limits(**{name: _bound_of(name, given) for name, given in value.items()})


def _bound_of(name: str, value: object) -> int:
    """Return the value of a limit: a number as it is, or a size such as ``"64 MiB"`` in bytes.

    Raises ValueError, with the ``name`` of the limit, for another value or one that is not positive.
    """
    found = _SIZE_FORM.fullmatch(value.strip()) if isinstance(value, str) else None
    size = value if isinstance(value, int) and not isinstance(value, bool) else 0
    if found is not None:
        size = int(found[1]) * (1024 if found[3] else 1000) ** _SIZE_UNITS.get((found[2] or "").lower(), 0)
    if size <= 0:
        raise ValueError(f'{name} must be a number above 0 or a size such as "256 MiB"')
    return size


_READERS: Mapping[str, Any] = FrozenDict({
    "day_first": _boolean,
    "lang": _language_tag,
    "ocr": _boolean,
    "exclude": _exclude_patterns,
    "columns": _column_pairs,
    "outlets": _outlets,
    "folders": _folders,
    "fields": _kept_fields,
    "versions": _versions,
    "feeds": _feeds,
    "strict": _boolean,
    "synonyms": _synonyms,
    "limits": _limits,
    "opensearch": _sharding,
})  # fmt: skip
