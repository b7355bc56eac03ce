"""Whose commands an alert runs: those of searches that the user or root has written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from newssearch.archive import SEARCH_SUFFIX, SEARCHES
from newssearch.config import CONFIG_FILE, PROJECT_FILE

from .delivery import DeliveryError


def check_owner(folder: Path, search: str) -> None:
    """Raise :class:`DeliveryError` if somebody else may have written a search of the archive in ``folder``.

    That is so if its file, or the folder of the files, belongs to neither the user nor root, or may be written by everyone.
    Windows has other rights, which are not looked at.
    """
    if os.name == "nt":
        return
    file = folder / SEARCHES / f"{search}{SEARCH_SUFFIX}"
    if file.exists():
        places = [file.parent, file]
    else:
        places = [one for one in (folder / CONFIG_FILE, folder / PROJECT_FILE) if one.exists()][:1]
    for place in places:
        found = place.stat()
        shown = place.relative_to(folder)
        if found.st_uid not in (0, os.geteuid()):
            raise DeliveryError(f"{shown} belongs to another user, so its commands are not run")
        if found.st_mode & stat.S_IWOTH:
            raise DeliveryError(f"everyone may write {shown}, so its commands are not run: chmod o-w {shown}")
