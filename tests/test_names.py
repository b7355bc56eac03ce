"""Names in other spellings: which words are the same name, and the output of the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch.query import Name, Word, parse
from newssearch.query.names import core, is_spelling
from support import article, command, index_of


@given(st.text("abcdefghijklmnopqrstuvwxyz’", min_size=4, max_size=12))
def test_a_name_is_a_spelling_of_itself_and_of_what_differs_by_a_doubled_consonant(name: str) -> None:
    folded = core(name)
    if folded is not None:
        assert is_spelling(name, folded)
        doubled = folded.replace("m", "mm").replace("r", "rr").replace("l", "ll")
        assert is_spelling(name, doubled)


@given(st.text(max_size=12), st.text(max_size=12))
def test_no_text_is_too_odd_to_be_compared(name: str, form: str) -> None:
    if core(name) is not None:
        assert is_spelling(name, form) in (True, False)


def test_patterns_and_what_is_asked_for_as_written_are_left_alone() -> None:
    with pytest.raises(ValueError, match="name"):
        Name("US")
    assert parse("qaddafi~NAME").tree == Name("qaddafi")
    assert parse("up~name").tree == Word("up")


def test_the_command_line_lists_the_spellings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    newssearch = command(capsys, monkeypatch)
    monkeypatch.chdir(tmp_path)
    index_of(tmp_path / "index", article("Tripoli", "Gadhafi spoke."), article("y", "Qaddafi.")).close()
    done = newssearch("query", "--names", "qaddafi")
    assert "spelled like qaddafi: Gadhafi 1, Qaddafi 1 (articles)\n" in done.err
    assert "  spelled: Gadhafi\n" in done.out
    assert json.loads(newssearch("query", "--names", "--json", "qaddafi").out)["total_articles"] == 2
