"""The paragraphs of a text."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch.text.paragraphs import split_lines, split_paragraphs, squeeze

PROSE = (
    "The river rose by two metres during the night and reached the lower part of the old town before dawn, the"
    " fire brigade said. Nobody was hurt, but some forty families had to leave their homes and were taken to the"
    " gymnasium of the school on the hill.",
    "By noon the water had begun to fall. The mayor said that the bridge would stay closed until engineers had"
    " looked at its pillars, which might take all week. Buses go round by the northern road until then.",
)

WHITE_SPACE = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\xa0\u3000"


def test_blank_lines_part_paragraphs_and_a_line_break_within_one_is_a_space() -> None:
    assert split_paragraphs("One,\nstill one.\n\n \t\n\nTwo.\n") == ["One, still one.", "Two."]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028"])
def test_every_line_end_is_one(end: str) -> None:
    assert split_paragraphs(f"One.{end}{end}Two,{end}still two.") == ["One.", "Two, still two."]


def test_a_paragraph_separator_ends_a_paragraph_by_itself() -> None:
    assert split_paragraphs("One,\u2029still\ntwo") == ["One,", "still two"]
    assert split_lines("a\u2029b") == ["a", "", "b"]


def test_lines_without_a_blank_one_among_them_are_paragraphs() -> None:
    assert split_paragraphs("One.\nTwo.\nThree") == ["One.", "Two.", "Three"]
    assert split_paragraphs("\n".join(PROSE)) == list(PROSE)
    assert split_paragraphs("apples\npears\nplums") == ["apples", "pears", "plums"]


def test_long_lines_are_paragraphs_also_within_a_block() -> None:
    assert split_paragraphs(f"Floods\n\n{PROSE[0]}\n{PROSE[1]}") == ["Floods", *PROSE]


@pytest.mark.parametrize("width", [50, 60, 72, 80, 100])
def test_lines_wrapped_to_one_width_are_joined(width: int) -> None:
    wrapped = "\n".join(textwrap.fill(paragraph, width) for paragraph in PROSE)
    assert split_paragraphs(wrapped) == list(PROSE)
    assert split_paragraphs(textwrap.fill(PROSE[0], width)) == [PROSE[0]]


@pytest.mark.parametrize("indent", ["  ", "\t", "\u3000"])
def test_an_indented_line_starts_a_paragraph(indent: str) -> None:
    wrapped = "\n".join(textwrap.fill(paragraph, 60, initial_indent=indent) for paragraph in PROSE)
    assert split_paragraphs(wrapped) == list(PROSE)


def test_a_text_indented_throughout_is_not_indented() -> None:
    assert split_paragraphs("  One.\n  Two.\n  Three.") == ["One.", "Two.", "Three."]


def test_lines_of_a_script_without_spaces_stay_apart_where_they_end_sentences() -> None:
    lines = [
        "联合国工业发展组织总干事穆勒在发言中高度评价全球发展倡议。" * 3,
        "中国代表表示，会议取得成功。" * 4,
    ]
    assert split_paragraphs("\n".join(lines)) == lines


@given(st.text(st.sampled_from("ab.,“”" + WHITE_SPACE), max_size=300) | st.text())
def test_no_word_is_lost_or_added(text: str) -> None:
    paragraphs = split_paragraphs(text)
    assert " ".join(paragraphs).split() == text.split()
    assert all(paragraph and paragraph == squeeze(paragraph) for paragraph in paragraphs)


@given(st.lists(st.text("ab c.", min_size=1).map(squeeze).filter(bool)))
def test_paragraphs_with_blank_lines_between_them_come_back(paragraphs: list[str]) -> None:
    assert split_paragraphs("\n\n".join(paragraphs)) == paragraphs


@pytest.mark.parametrize("filler", ["\n", " ", "\r\n", "\t\n", "\u2029", "\n \n", "\x0c"])
def test_a_million_blanks_are_no_paragraph(filler: str) -> None:
    # There is no regular expression in this module, hence nothing to backtrack: each character is looked at a fixed
    # number of times. A quadratic splitter would need hours here.
    assert split_paragraphs(filler * 1_000_000) == []
    assert split_paragraphs("a" + filler * 1_000_000 + "b") in (["a", "b"], ["a b"])


def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_is_its_character() -> None:
    assert squeeze("a \ud83d b") == "a \ufffd b"
    assert squeeze("a \ud83d\ude00") == "a 😀"
