"""The limits of the expansion of patterns: the time of a query, and the number of words that a pattern matches."""

from __future__ import annotations

from pathlib import Path

import pytest

from newssearch import QueryError
from support import article, found, index_of


def test_all_regular_expressions_of_a_query_have_one_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newssearch.engines.embedded.search import term_expansion

    index = index_of(tmp_path / "index", article("A", "Some words."))
    assert found(index, "/w.*/") == ["A"]
    monkeypatch.setattr(term_expansion, "REGEX_SECONDS", -1.0)
    monkeypatch.setattr(term_expansion, "CHECK_SECONDS", 0.0)
    with pytest.raises(QueryError, match="takes too long for the words of the index"):
        index.search("/w.*/")


def test_a_pattern_for_too_many_words_is_cut_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newssearch.engines.embedded.search import term_expansion

    monkeypatch.setattr(term_expansion, "MAX_EXPANSION", 2)
    index = index_of(tmp_path / "index", article("A", "Raina.", "Rainb.", "Rainb."), article("B", "Rainc."))
    results = index.search("rain*")
    assert [hit.title for hit in results] == ["A"]
    (note,) = results.diagnostics
    assert (note.kind, note.span) == ("expansion", (0, 5))
    assert "rain* stands for 3 words" in note.message
    assert index.search("raina* OR rainb*").diagnostics == ()
