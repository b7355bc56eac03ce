"""The saved searches of an archive: one TOML file for each in the folder ``searches/``, and those in ``newssearch.toml``."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from newssearch.archive import SEARCH_SUFFIX, SEARCHES
from newssearch.config import parse_toml, searches_of
from newssearch.errors import ConfigError, SavedSearchError
from newssearch.system import atomic_files
from newssearch.system.fault_points import fault_point
from newssearch.system.input_files import read_input_file

from .outputs import may_have_secret
from .saved import SavedSearch, checked_name
from .toml_text import toml_text

_OWNER_ALONE = stat.S_IRUSR | stat.S_IWUSR


class SearchOrigin(NamedTuple):
    """Where a saved search is defined: a file in ``searches/``, or None for a table of the archive's configuration.

    ``name`` names the place in messages.
    """

    name: str
    file: Path | None


class FoundSearches(NamedTuple):
    """Where each search is defined, by name in alphabetical order, and what is wrong with some of them, by name."""

    origins: dict[str, SearchOrigin]
    mistakes: dict[str, str]


class SavedSearches:
    """The saved searches of the archive in a folder. Each method reads the files anew."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive

    @property
    def folder(self) -> Path:
        """The folder of the files, which need not exist."""
        return self._archive / SEARCHES

    def found(self) -> FoundSearches:
        """Return where each search is defined, and what is wrong with the others, without reading the files."""
        table, name_of_table = searches_of(self._archive)
        origins = {name: SearchOrigin(f"{name_of_table} [searches.{name}]", None) for name in table}
        mistakes = {}
        for file in self._files():
            name = file.name.removesuffix(SEARCH_SUFFIX)
            if name in origins:
                mistakes[name] = (
                    f"the search {name} is in {SEARCHES}/{file.name} and in {origins[name].name}: remove one of them"
                )
            origins[name] = SearchOrigin(f"{SEARCHES}/{file.name}", file)
        for name, origin in origins.items():
            try:
                checked_name(name)
            except SavedSearchError as error:
                mistakes[name] = f"{origin.name}: {error}"
        return FoundSearches(dict(sorted(origins.items())), mistakes)

    def origins(self) -> dict[str, SearchOrigin]:
        """Return where each search is defined, by name in alphabetical order, without reading the files.

        Raises :class:`~newssearch.ConfigError` for a search that is in two places, and for a file with a name that no
        search can have.
        """
        origins, mistakes = self.found()
        for name in origins:
            _check_mistakes(mistakes, name)
        return origins

    def _files(self) -> Iterator[Path]:
        try:
            entries = sorted(self.folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return
        yield from (
            file for file in entries if file.suffix == SEARCH_SUFFIX and not file.name.startswith(".")
        )

    def all(self) -> list[SavedSearch]:
        """Return all searches, in the order of their names. Raises :class:`~newssearch.ConfigError`, QueryError."""
        return [self.get(name) for name in self.origins()]

    def get(self, name: str) -> SavedSearch:
        """Return the search with that name.

        Raises :class:`~newssearch.SavedSearchError` if there is none, and :class:`~newssearch.ConfigError` or
        :class:`~newssearch.QueryError` if its settings are wrong.
        """
        return self.read(name, self.origin(name))

    def read(self, name: str, origin: SearchOrigin) -> SavedSearch:
        """Return the search with that name, which is defined at a place that :meth:`found` has returned.

        Raises as :meth:`get` does.
        """
        if origin.file is None:
            table, _ = searches_of(self._archive)
            return SavedSearch.from_settings(name, table[name], origin.name)
        try:
            settings = parse_toml(read_input_file(origin.file).decode())
        except ValueError as error:
            raise ConfigError(f"{origin.name} is not TOML: {error}") from None
        return SavedSearch.from_settings(name, settings, origin.name)

    def origin(self, name: str) -> SearchOrigin:
        """Return where the search with that name is defined. Raises as :meth:`get` does."""
        origins, mistakes = self.found()
        _check_mistakes(mistakes, name)
        if name in origins:
            return origins[name]
        known = f"the saved searches are: {', '.join(origins)}" if origins else "there are none"
        raise SavedSearchError(f"there is no saved search {name!r}; {known}")

    def save(self, search: SavedSearch, *, replace: bool = False, plain: bool = False) -> Path:
        """Write a search into its file, which has it whole or not at all, and return the file.

        A file that is replaced keeps its permissions. If an output may have a secret in it, a new file is for its owner alone,
        and one that is replaced is not for others than owner and group.
        Raises :class:`~newssearch.SavedSearchError` if there is a search with that name, unless ``replace``; one in the
        archive's configuration is never replaced, nor with ``plain`` one that has outputs.
        """
        self.check_free(search.name, replace=replace)
        if plain and search.name in self.origins():
            self.check_plain(search.name)
        self.folder.mkdir(exist_ok=True)
        file = self.folder / f"{search.name}{SEARCH_SUFFIX}"
        mode = _mode(file, is_private=any(map(may_have_secret, search.outputs)))
        atomic_files.replace(file, toml_text(search.settings()).encode(), mode)
        atomic_files.sync_folder(self.folder)
        return file

    def check_free(self, name: str, *, replace: bool) -> None:
        """Raise :class:`~newssearch.SavedSearchError` if a search with that name cannot be saved: see :meth:`save`."""
        origins, mistakes = self.found()
        _check_mistakes(mistakes, name)
        origin = origins.get(name)
        if origin is not None and origin.file is None:
            raise SavedSearchError(f"the search {name} is in {origin.name}: edit it there")
        if origin is not None and not replace:
            raise SavedSearchError(f"there is a search {name} in {origin.name}; --replace changes it")

    def check_plain(self, name: str) -> None:
        """Raise :class:`~newssearch.SavedSearchError` for a search in the archive's configuration, and for one with outputs.

        Who may change searches, but not what an alert run writes, sends and executes, may change all others.
        """
        search, origin = self.get(name), self.origin(name)
        if origin.file is None:
            raise SavedSearchError(f"the search {name} is in {origin.name}: change it there")
        if search.to:
            raise SavedSearchError(
                f"the search {name} has outputs, which {origin.name} names: change it there"
            )

    def remove(self, name: str) -> None:
        """Remove the file of a search. Raises :class:`~newssearch.SavedSearchError` if there is none, or no file."""
        origin = self.origin(name)
        if origin.file is None:
            raise SavedSearchError(f"the search {name} is in {origin.name}: remove it there")
        origin.file.unlink()
        fault_point("toml: removed")
        atomic_files.sync_folder(self.folder)

    def chosen(self, names: tuple[str, ...]) -> list[str]:
        """Return the given names in order, each once, or all names, also those of searches with mistakes.

        Raises SavedSearchError for an unknown one.
        """
        if not names:
            return list(self.found().origins)
        known = self.found().origins
        for name in names:
            if name not in known:
                self.origin(name)  # raises SavedSearchError
        return list(dict.fromkeys(names))


def _mode(file: Path, *, is_private: bool) -> int | None:
    """Return the permission bits for the file of a search; None for those of any new file."""
    try:
        kept = stat.S_IMODE(file.stat().st_mode)
    except FileNotFoundError:
        return _OWNER_ALONE if is_private else None
    return kept & ~stat.S_IRWXO if is_private else kept


def _check_mistakes(mistakes: dict[str, str], name: str) -> None:
    if name in mistakes:
        raise ConfigError(mistakes[name])
