"""The circumstances of a run: the machine, the versions of packages, and the commit."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

PACKAGES = ("newssearch", "numpy", "PyStemmer", "whoosh", "click", "tantivy", "bm25s", "numba", "scipy")
REPOSITORY = Path(__file__).resolve().parent.parent


def facts() -> dict[str, object]:
    """Return the processor, the memory in bytes, and the operating system of this machine."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def versions(others: Iterable[str] = ()) -> dict[str, str]:
    """Return the versions of :data:`PACKAGES` and other packages that are installed, and of SQLite."""
    found = {"sqlite": sqlite3.sqlite_version}
    for package in (*PACKAGES, *others):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def commit() -> str:
    """Return the commit of the repository, with a plus sign if the work tree differs from it; "" outside of git."""
    head = _git("rev-parse", "HEAD")
    return f"{head}+" if head and _git("status", "--porcelain", "--untracked-files=no") else head


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _cpu() -> str:
    """Return the model of the processor, as far as the system states it."""
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
