"""The imports of a search: a query in a new process would wait for each module that it does not need."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

import newssearch
from support import article, index_of

NEEDED = ("numpy", "click", "Stemmer")
"""The third-party packages that a search needs."""

SLOW = {
    "asyncio", "concurrent", "csv", "decimal", "difflib", "email", "glob", "hashlib", "html", "http", "logging", "multiprocessing",
    "shutil", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "unittest", "urllib.request", "xml",
}  # fmt: skip
"""Modules of the standard library that a search must not import, because they are slow to import."""

WRITING = {
    "addresses", "asides", "lead", "tracking_parameters", "updating.files", "updating.indexer", "updating.manifest", "readers", "text.added_analyser", "text.language_analysis", "engines.analysis_choice", "system.entry_points", "engines.embedded.indexing", "engines.embedded.whoosh_compat", "engines.embedded.writer",
}  # fmt: skip
"""Packages and modules that bring an index up to date, show a whole article, look for analysers of other packages, or show
the index to Whoosh."""


def imported(code: str, *arguments: str) -> set[str]:
    """Return the modules that a new process has imported after running ``code``."""
    printing = "import sys; print(*sorted(sys.modules), sep='\\n', file=sys.stderr)"
    command = [sys.executable, "-c", f"{code}\n{printing}", *arguments]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    return set(done.stderr.decode().split())


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the modules that ``newssearch query`` has imported, without those that the needed packages import."""
    folder = tmp_path_factory.mktemp("index")
    rain = article(
        "Storm", "Rain fell on Basra’s “roofs”.", "It stopped.", date="2024-07-25", outlet="e.org", lang="en"
    )
    index_of(folder, rain, article("Sun", "Heat.")).close()
    code = "import sys; from newssearch.cli import run; assert run(sys.argv[1:]) == 0"
    held = imported(
        code, "query", "rain roofs", "--outlet", "e.org", "--since", "2024", "--index", str(folder)
    )
    return held - imported(f"import pathlib, {', '.join(NEEDED)}")  # pathlib imports glob in Python 3.13


def test_a_search_imports_no_package_but_those_it_needs(searched: set[str]) -> None:
    packages = {name.partition(".")[0] for name in searched}
    assert packages - sys.stdlib_module_names - {"newssearch", *NEEDED} == set()


def test_a_search_imports_nothing_slow_that_it_does_not_need(searched: set[str]) -> None:
    assert searched & SLOW == set()


def test_a_search_imports_nothing_that_only_writes(searched: set[str]) -> None:
    assert "newssearch.engines.embedded.snapshot" in searched
    assert not [
        name
        for name in sorted(searched)
        if name.startswith(tuple(f"newssearch.{package}" for package in WRITING))
    ]


def at_the_end(expression: str, *arguments: str) -> str:
    """Return the value of an expression at the end of the program ``newssearch``, run with these arguments."""
    code = f"""
import atexit, gc, os, sys
atexit.register(lambda: print({expression}, file=sys.stderr))
from newssearch.cli import main
main()
"""
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=True)
    return done.stderr.decode().splitlines()[-1]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the system does not list threads")
def test_a_search_starts_no_thread(tmp_path: Path) -> None:
    index_of(tmp_path, article("Storm", "Rain fell on Basra.")).close()
    assert at_the_end('len(os.listdir("/proc/self/task"))', "query", "rain", "--index", str(tmp_path)) == "1"


def test_only_a_short_run_looks_for_garbage_seldom(tmp_path: Path) -> None:
    index_of(tmp_path, article("Storm", "Rain fell on Basra.")).close()
    often, *_ = gc.get_threshold()
    assert int(at_the_end("gc.get_threshold()[0]", "query", "rain", "--index", str(tmp_path))) > often
    assert int(at_the_end("gc.get_threshold()[0]", "verify", "--index", str(tmp_path))) == often


def test_the_package_imports_a_module_when_a_name_of_it_is_asked_for() -> None:
    assert "newssearch.index" not in imported("import newssearch")
    assert "newssearch.index" in imported("import newssearch; newssearch.open")
    assert "numpy" not in imported("from newssearch import Article, parse")


def test_the_package_lists_its_names_and_has_no_others() -> None:
    assert set(newssearch.__all__) <= set(dir(newssearch))
    with pytest.raises(AttributeError, match="module 'newssearch' has no attribute 'opn'"):
        _ = newssearch.opn  # type: ignore[attr-defined]


def test_an_index_that_whoosh_has_changed_is_refused_without_importing_whoosh(tmp_path: Path) -> None:
    from whoosh import index as whoosh_index

    index_of(tmp_path, article("Storm", "Rain.")).close()
    with whoosh_index.open_dir(str(tmp_path)).writer() as writer:
        writer.add_document(id="sun", title="Sun", text="Heat after the rain.")
    code = """
import sys, newssearch
try:
    newssearch.open(sys.argv[1])
except newssearch.IndexDamagedError:
    pass
else:
    sys.exit("it was not refused")
"""
    assert "whoosh" not in imported(code, str(tmp_path))
