"""The saved searches of an archive: one TOML file for each in the folder ``searches/``, and those in ``newssearch.toml``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from newssearch.archive import SEARCH_SUFFIX, SEARCHES
from newssearch.config import parse_toml, searches_of
from newssearch.errors import ConfigError, SavedSearchError
from newssearch.system import atomic_files
from newssearch.system.fault_points import fault_point

from .saved import SavedSearch, checked_name
from .toml_text import toml_text


class SearchOrigin(NamedTuple):
    """Where a saved search is defined: a file in ``searches/``, or None for a table of the archive's configuration.

    ``name`` names the place in messages.
    """

    name: str
    file: Path | None


class SavedSearches:
    """The saved searches of the archive in a folder. Each method reads the files anew."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive

    @property
    def folder(self) -> Path:
        """The folder of the files, which need not exist."""
        return self._archive / SEARCHES

    def origins(self) -> dict[str, SearchOrigin]:
        """Return where each search is defined, by name in alphabetical order, without reading the files.

        Raises :class:`~newssearch.ConfigError` for a search that is in two places, and for a file with a name that no
        search can have.
        """
        table, name_of_table = searches_of(self._archive)
        found = {name: SearchOrigin(f"{name_of_table} [searches.{name}]", None) for name in table}
        for file in self._files():
            name = file.name.removesuffix(SEARCH_SUFFIX)
            if name in found:
                raise ConfigError(
                    f"the search {name} is in {SEARCHES}/{file.name} and in {found[name].name}: remove one of them"
                )
            found[name] = SearchOrigin(f"{SEARCHES}/{file.name}", file)
        for name, origin in found.items():
            try:
                checked_name(name)
            except SavedSearchError as error:
                raise ConfigError(f"{origin.name}: {error}") from None
        return dict(sorted(found.items()))

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
        origin = self.origin(name)
        if origin.file is None:
            table, _ = searches_of(self._archive)
            return SavedSearch.from_settings(name, table[name], origin.name)
        try:
            settings = parse_toml(origin.file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ConfigError(f"{origin.name} is not TOML: {error}") from None
        return SavedSearch.from_settings(name, settings, origin.name)

    def origin(self, name: str) -> SearchOrigin:
        """Return where the search with that name is defined. Raises as :meth:`get` does."""
        origins = self.origins()
        if name in origins:
            return origins[name]
        known = f"the saved searches are: {', '.join(origins)}" if origins else "there are none"
        raise SavedSearchError(f"there is no saved search {name!r}; {known}")

    def save(self, search: SavedSearch, *, replace: bool = False) -> Path:
        """Write a search into its file, which has it whole or not at all, and return the file.

        Raises :class:`~newssearch.SavedSearchError` if there is a search with that name, unless ``replace``; one in the
        archive's configuration is never replaced.
        """
        self.check_free(search.name, replace=replace)
        self.folder.mkdir(exist_ok=True)
        file = self.folder / f"{search.name}{SEARCH_SUFFIX}"
        atomic_files.replace(file, toml_text(search.settings()).encode())
        atomic_files.sync_folder(self.folder)
        return file

    def check_free(self, name: str, *, replace: bool) -> None:
        """Raise :class:`~newssearch.SavedSearchError` if a search with that name cannot be saved: see :meth:`save`."""
        origin = self.origins().get(name)
        if origin is not None and origin.file is None:
            raise SavedSearchError(f"the search {name} is in {origin.name}: edit it there")
        if origin is not None and not replace:
            raise SavedSearchError(f"there is a search {name} in {origin.name}; --replace changes it")

    def remove(self, name: str) -> None:
        """Remove the file of a search. Raises :class:`~newssearch.SavedSearchError` if there is none, or no file."""
        origin = self.origin(name)
        if origin.file is None:
            raise SavedSearchError(f"the search {name} is in {origin.name}: remove it there")
        origin.file.unlink()
        fault_point("toml: removed")
        atomic_files.sync_folder(self.folder)

    def chosen(self, names: tuple[str, ...]) -> list[str]:
        """Return the given names in order, each once, or all names. Raises SavedSearchError for an unknown one."""
        if not names:
            return list(self.origins())
        for name in names:
            self.origin(name)
        return list(dict.fromkeys(names))
