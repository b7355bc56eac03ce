"""The files of an index that have the same bytes."""

from __future__ import annotations

from collections.abc import Callable

from newssearch.system.kept import cached_property

from .manifest import Manifest


class SameBytes:
    """The files of a manifest by their digests. ``is_gone`` returns whether the file with a path no longer exists."""

    def __init__(self, manifest: Manifest, is_gone: Callable[[str], bool]) -> None:
        self._manifest = manifest
        self._is_gone = is_gone

    @cached_property
    def _paths(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, entry in self._manifest.entries.items():
            found.setdefault(entry.digest, []).append(path)
        return found

    def as_in(self, path: str, digest: str) -> tuple[str, ...]:
        """Return the other files with the bytes of a file, those that no longer exist first, and record this file."""
        if not digest:
            return ()
        paths = self._paths.setdefault(digest, [])
        others = [one for one in paths if one != path]
        if path not in paths:
            paths.append(path)
        return tuple(sorted(others, key=lambda one: not self._is_gone(one)))
