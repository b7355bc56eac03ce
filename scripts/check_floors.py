"""Refuse floors of quality that are lower than in an earlier commit.

    python scripts/check_floors.py [BASE]

Compares each ``tests/floors/*.json`` with the same file in BASE, a commit (by default the previous one). A floor that is
lower or missing is refused, and so is a missing file. Floors that were measured on other data are reported as not
comparable. If BASE does not exist or does not have the file, nothing is compared. Ends with 1 if a floor was refused.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = "tests/floors"


def lowered(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield a message for each floor that is lower now, or missing."""
    for name, floor in before["floors"].items():
        found = now["floors"].get(name)
        if found is None:
            yield f"{name}: {floor} is gone"
        elif found < floor:
            yield f"{name}: {floor} is lowered to {found}"


def main(base: str = "HEAD~", repository: Path = REPOSITORY) -> int:
    """Compare the floors, print those that are refused, and return the exit code."""
    listed = _git(repository, "ls-tree", "-r", "--name-only", base, "--", FOLDER)
    if listed is None:
        print(f"no commit {base} to compare floors with")
        return 0
    refused = 0
    for path in listed.split():
        before = json.loads(_git(repository, "show", f"{base}:{path}") or "{}")
        file = repository / path
        if not file.exists():
            print(f"{path} is gone")
            refused += 1
            continue
        now = json.loads(file.read_text("utf-8"))
        if before["data"] != now["data"]:
            print(f"{path}: measured on other data than in {base}, which is not comparable")
            continue
        for what in lowered(before, now):
            print(f"{path}: {what}")
            refused += 1
    return 1 if refused else 0


def _git(repository: Path, *arguments: str) -> str | None:
    """Return the output of git, or None if it fails or is not installed."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=repository, capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
