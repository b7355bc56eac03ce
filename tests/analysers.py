"""Packages that add analysers, as ``pip`` installs them: a module and its entry points in a folder of ``sys.path``."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from newssearch.engines import counted_words as counted_bytes
from newssearch.text import counted_words, language_analysis
from newssearch.text.analysis import analyser_named

PAIRS_AND_CUTS = """
from newssearch import LanguageAnalysis

def pairs(piece):
    "Words of two characters, and one of the character that may be left."
    return [(at, min(at + 2, len(piece))) for at in range(0, len(piece), 2)]

def cut(word):
    "The first three letters."
    return word[:3]

PAIRS = LanguageAnalysis("pairs", "1", words=pairs)
CUT = LanguageAnalysis("cut", "2.0-b", term=cut, function_words={"The", "of"})
BOTH = LanguageAnalysis("both", "1", words=pairs, term=lambda word: word[:1])
"""
"""A package that divides a language into pairs of letters, and stems another one by cutting words."""


def write_package(folder: Path, module: str, languages: Mapping[str, str]) -> None:
    """Write the package ``analysers-of-others`` 1.0 into a folder.

    ``module`` is the source of its only module; ``languages`` has the object of the module that is the analyser of each.
    """
    info = folder / "analysers_of_others-1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (folder / "analysers_of_others.py").write_text(module, "utf-8")
    # Bytecode of a module of the same size, written in the same second, would be taken for that of this one.
    shutil.rmtree(folder / "__pycache__", ignore_errors=True)
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: analysers-of-others\nVersion: 1.0\n", "utf-8"
    )
    points = "".join(f"{language} = analysers_of_others:{name}\n" for language, name in languages.items())
    (info / "entry_points.txt").write_text(f"[newssearch.analysers]\n{points}", "utf-8")


def forget() -> None:
    """Forget all packages that were looked up, as a new process would."""
    sys.modules.pop("analysers_of_others", None)
    language_analysis.forget_installed()
    analyser_named.cache_clear()
    counted_words.function_words.cache_clear()
    counted_bytes.function_word_bytes.cache_clear()


@contextmanager
def installed(folder: Path, module: str = PAIRS_AND_CUTS, **languages: str) -> Iterator[Path]:
    """Install a package for a while: see :func:`write_package`. Processes that are started meanwhile have it, too."""
    write_package(folder, module, languages)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        patch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
        forget()
        try:
            yield folder
        finally:
            patch.undo()
            forget()
