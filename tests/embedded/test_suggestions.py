"""Suggestions in large indexes: which words count as rare."""

from __future__ import annotations

from pathlib import Path

import pytest

from newssearch.engines import suggest
from support import article, index_of


def test_in_a_large_index_a_misspelling_of_more_articles_is_noted_but_not_corrected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [article(f"Mayor {n}", "Buttigieg, mayor of South Bend, spoke.") for n in range(120)]
    made += [article(f"Typo {n}", "Buttigeig spoke.") for n in range(6)]
    with index_of(tmp_path / "index", *made) as index:
        assert index.search("buttigeig bend").diagnostics == ()
        monkeypatch.setattr(suggest, "RARE_SHARE", 6 / 125)
        results = index.search("buttigeig bend")
        (note,) = results.diagnostics
        assert note.message == "only 6 articles have the word 'buttigeig'"
        assert note.suggestion == "did you mean buttigieg?"
        assert (results.corrected, results.total_articles) == (None, 0)
        assert index.search("buttigeig").diagnostics == (), (
            "six articles have the word: the user sees how it is used"
        )
        monkeypatch.setattr(suggest, "RARE_SHARE", 5 / 126)
        assert index.search("buttigeig bend").diagnostics == ()
