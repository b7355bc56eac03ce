"""The beginnings of sentences in each language."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newssearch.engines.embedded.indexing.lexicon import Lexicon
from newssearch.text.analysis import analyser_named
from newssearch.text.languages import SNOWBALL_STEMMERS, analysis_of
from newssearch.text.sentences import ABBREVIATIONS_FOLDER, rules, sentence_starts
from support import THOROUGH


def cases() -> list[tuple[str | None, str]]:
    """Return the languages and texts of ``sentences.txt``."""
    lines = Path(__file__).with_name("sentences.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split(": ", 1) for line in lines if line and not line.startswith("#")]
    return [(None if lang == "-" else lang, text) for lang, text in pairs]


def split(text: str, lang: str | None) -> list[str]:
    bounds = [0, *sentence_starts(text, analysis_of(lang)), len(text)]
    return [text[start:end] for start, end in pairwise(bounds)]


@pytest.mark.parametrize(("lang", "marked"), cases())
def test_sentences_by_language(lang: str | None, marked: str) -> None:
    assert split(marked.replace("|", ""), lang) == marked.removesuffix("|").split("|")


TEXTS = st.sampled_from([(lang, marked.replace("|", "")) for lang, marked in cases()])
PIECES = st.lists(
    st.sampled_from(
        ["He", "he", "U.S.", "Mr.", "5.", "XI.", "No.", "!", "?!", "…", "...", "»", "«", "–", '"', "“Hi.”", "[3]", "no.[3]", "。", "a。B", "।", "@x", "_",
         "\u200b", "ـ", "\u0e83", "\U0002a6e0", "B.", "’s", "Yahoo!", ";", "τι;", ".", "(D-Calif.)", "ด.", "ő", "\u00a0", "\n", "\x1c"]
    ) | st.text(max_size=3),
    max_size=12,
).map(" ".join)  # fmt: skip
ANALYSES = st.sampled_from(["plain", *sorted(set(SNOWBALL_STEMMERS.values()))])


@given(PIECES, ANALYSES)
@settings(max_examples=100 * THOROUGH, deadline=None)
def test_each_sentence_begins_with_no_space_has_a_word_and_stands_inside(text: str, analysis: str) -> None:
    starts = sentence_starts(text, analysis)
    bounds = [0, *starts, len(text)]
    parts = [text[start:end] for start, end in pairwise(bounds)]
    assert starts == sorted(set(starts))
    assert "".join(parts) == text
    if starts:
        assert all(any(char.isalnum() or char > "\u0e80" for char in part) for part in parts)
        assert not any(part[0].isspace() for part in parts[1:])


@given(PIECES, ANALYSES, st.integers(0, 40))
@example("So ! B is", "english", 5)
def test_the_sentences_up_to_a_limit_are_the_same(text: str, analysis: str, limit: int) -> None:
    every, some = sentence_starts(text, analysis), sentence_starts(text, analysis, limit)
    assert [start for start in some if start <= limit] == [start for start in every if start <= limit]


@given(PIECES, ANALYSES)
@example("He saw\nMr. A", "english")  # not only spaces stand between words
@example("a。ـ b", "english")  # a stroke that is no word of its own stands behind the mark
@settings(max_examples=60 * THOROUGH, deadline=None)
def test_an_index_finds_the_sentences_of_the_text(text: str, analysis: str) -> None:
    compare_with_lexicon(text, analysis)


@pytest.mark.parametrize(("lang", "marked"), cases())
def test_an_index_finds_the_sentences_of_each_language(lang: str | None, marked: str) -> None:
    compare_with_lexicon(marked.replace("|", ""), analysis_of(lang))


def compare_with_lexicon(text: str, analysis: str) -> None:
    """Check that an index, which finds sentences by array operations, has each word of a text in the right sentence."""
    starts = np.array(sentence_starts(text, analysis), np.int64)
    of_text = np.searchsorted(
        starts, [token.start for token in analyser_named(analysis).tokens(text)], "right"
    )
    # A text before it and one behind it make no difference, and nothing is said of the first word of a text.
    texts = ["Ends.", text, "Begins"]
    tokens = Lexicon().tokens([each.encode() for each in texts], [analysis] * 3)
    first, size = tokens.sizes[0], tokens.sizes[1]
    assert first + size not in tokens.breaks
    of_index = np.searchsorted(tokens.breaks - first, np.arange(size), "right")
    assert (np.diff(of_text, prepend=of_text[:1]) > 0).tolist() == (
        np.diff(of_index, prepend=of_index[:1]) > 0
    ).tolist()


@given(TEXTS)
def test_a_text_without_marks_is_one_sentence(case: tuple[str | None, str]) -> None:
    lang, text = case
    bare = "".join(char if char.isalnum() or char == " " else "-" for char in text)
    assert sentence_starts(bare, analysis_of(lang)) == []


@given(TEXTS)
def test_a_sentence_in_front_shifts_all_others(case: tuple[str | None, str]) -> None:
    lang, text = case
    analysis, front = analysis_of(lang), "FRONT?! "
    starts = sentence_starts(text, analysis)
    shifted = [len(front) + start for start in starts]
    found = sentence_starts(front + text, analysis)
    begins = rules(analysis).begins(text.split()[0])
    assert found[-len(shifted) or len(found) :] == shifted
    assert len(found) == len(shifted) + (begins != 1), "it begins there, unless with a small letter"


@pytest.mark.parametrize(
    "piece",
    [
        ".",
        "[1]",
        ".)",
        "。",
        "。—",
        "a.",
        "A. ",
        "“",
        "« ",
        ".x",
        "’",
        "U.S.",
        "\u0301",
        "…,",
        "-.",
        "[1]x",
        "( ",
        ". ",
        "« ! ",
        "–. ",
    ],
)
def test_time_is_linear_in_whatever_text(piece: str) -> None:
    text = piece * (300_000 // len(piece)) + "x"
    begun = time.process_time()
    sentence_starts(text)
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("mark", ["\u200f", "\u202c", "\u200b", "\u00ad", "\u2069", "\ufeff"], ids=ascii)
def test_an_invisible_character_hides_no_end_of_a_sentence(mark: str) -> None:
    assert split(f"It rained.{mark} Then it stopped.", "en") == [f"It rained.{mark} ", "Then it stopped."]
    assert split(f"“It rained{mark}.”{mark} {mark}Then it stopped.", "en")[1] == f"{mark}Then it stopped."
    assert len(split(f"He met {mark}Mr.{mark} Austin, and Gen{mark}. Lee.", "en")) == 1


def test_each_file_of_abbreviations_is_of_an_analysis() -> None:
    names = {path.stem for path in ABBREVIATIONS_FOLDER.glob("*.txt")}
    assert {"any", "plain", "english", "german"} <= names
    assert names <= {"any", "plain", *SNOWBALL_STEMMERS.values()}


def test_what_a_file_says_holds_for_its_language_alone() -> None:
    assert split("Der 2. Weltkrieg.", "de") == ["Der 2. Weltkrieg."]
    assert split("Der 2. Weltkrieg.", "en") == ["Der 2. ", "Weltkrieg."]
    assert split("Τι; Δεν.", "el") == ["Τι; ", "Δεν."]
    assert split("Τι; Δεν.", "en") == ["Τι; Δεν."]
