"""Snippets: which words are marked, which part of a paragraph is shown, and how control characters are escaped."""

from __future__ import annotations

import html as html_module
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newssearch import Snippet
from newssearch.highlight.matcher import AnalysedText, find_matches
from newssearch.highlight.snippets import SNIPPET_LENGTH, Highlighter, _sentence_with, snippet
from newssearch.query import Node, Phrase, Word, any_of, parse
from newssearch.text.analysis import analyser
from newssearch.text.sentences import sentence_starts
from support import article, index_of, work_of


def marked(query: str, text: str, lang: str | None = None) -> list[str]:
    """Return the marked pieces of a whole paragraph."""
    shown = snippet(parse(query).tree, text, analyser(lang), 0)
    return [shown.text[start:end] for start, end in shown.highlights]


def window(query: str, text: str, length: int = SNIPPET_LENGTH, lang: str | None = None) -> Snippet:
    return snippet(parse(query).tree, text, analyser(lang), length)


# ---- what is marked


def test_the_words_of_the_query_are_marked_and_no_others() -> None:
    assert marked("iraq coalition", "The coalition left Iraq; Iran stayed.") == ["coalition", "Iraq"]


def test_inflections_are_marked_whole() -> None:
    assert marked("support", "Supporting Iraq’s supporters, they support it.") == [
        "Supporting",
        "supporters",
        "support",
    ]
    assert marked("governo", "Os governos e o Governo.", "pt") == ["governos", "Governo"]


def test_of_a_phrase_nothing_but_the_whole_phrase_is_marked() -> None:
    text = "Security forces: the forces of security, and the security forces."
    assert marked('"security forces"', text) == ["Security forces", "security forces"]
    assert marked('"security forces" security', text) == ["Security forces", "security", "security forces"]


def test_negated_words_are_never_marked() -> None:
    assert marked("rain -iraq NOT (syria OR sun)", "Rain in Iraq, sun in Syria.") == ["Rain"]
    assert marked("rain NOT NOT iraq", "Rain in Iraq.") == ["Rain", "Iraq"]
    assert marked("-iraq", "Rain in Iraq.") == []


def test_every_branch_of_an_or_is_marked() -> None:
    assert marked("iraq OR (rain sun)", "Rain in Iraq.") == ["Rain", "Iraq"]


def test_little_words_are_marked_only_where_nothing_else_was_asked() -> None:
    text = "The end of the war."
    assert marked("the war", text) == ["war"]
    assert marked("the", text) == ["The", "the"]
    assert marked("the of", text) == ["The", "of", "the"]
    assert marked('the "end of the"', text) == ["end of the"]
    assert marked("the zzz", text) == []


WRITTEN = [
    "Al-Abbasi",
    "AlAbbasi",
    "al",
    "Abbasi",
    "NGOs",
    "NGO",
    "km²",
    "#AlAbbasi",
    "cease-fire",
    "ceasefire",
    "the",
    "l'Iraq",
]
"""Words that are written in several ways, each of which matches some of the others."""


@given(
    st.lists(
        st.lists(st.sampled_from(WRITTEN), min_size=1, max_size=3).map(" ".join), min_size=1, max_size=3
    ),
    st.lists(st.sampled_from([*WRITTEN, "", "rain", "\u3000sun,"]), max_size=8).map(" ".join),
    st.sampled_from(["en", "fr"]),
)
@example(["ceasefire"], "the cease-fire", "en")
@example(["NGOs"], "an NGO", "en")
@example(["the NGO"], "the  NGO, the NGOs, the", "en")
@example(["al Abbasi"], "al-Abbasi and al (Abbasi) al", "en")
@example(["NGOs the"], "NGO the, NGOs the", "en")
def test_each_word_and_phrase_is_marked_where_it_alone_matches(
    wanted: list[str], text: str, lang: str
) -> None:
    leaves: list[Node] = [Phrase(words) if " " in words else Word(words) for words in wanted]
    parsed, of = AnalysedText(text, analyser(lang)), analyser(lang)
    content = [one for one in leaves if not (isinstance(one, Word) and of.is_function_word(one.text))]
    expected = {
        (*parsed.span(match), number)
        for number, leaf in enumerate(content or leaves)
        for match in find_matches(leaf, parsed)
    }
    assert Highlighter(any_of(leaves)).marks(text, of) == sorted(expected)


def test_phrases_that_share_words_are_one_highlight() -> None:
    assert marked('"a b" "b c"', "x a b c y") == ["a b c"]


def test_accents_case_and_possessives_are_marked_as_written() -> None:
    assert marked("sao iraq", "SÃO Paulo and Iraq’s cafe\u0301.") == ["SÃO", "Iraq’s"]
    assert marked("café", "the cafe\u0301s of") == ["cafe\u0301s"]


def test_characters_of_chinese_are_marked_side_by_side() -> None:
    assert marked("東京", "私は東京都の京東に") == ["東京"]


def test_nothing_is_marked_without_a_query() -> None:
    assert marked("", "Rain.") == []


# ---- what is shown

SENTENCES = [f"Sentence number {n} tells of nothing in particular." for n in range(30)]


def test_a_short_paragraph_is_shown_whole() -> None:
    shown = window("rain", "Rain fell. " * 20)
    assert (shown.text, shown.start, shown.cut_before, shown.cut_after) == (
        "Rain fell. " * 20,
        0,
        False,
        False,
    )


def test_a_window_begins_with_the_sentence_if_all_its_marks_fit() -> None:
    clauses = (
        "which nobody had expected of a town by the sea that has three harbours and no road to the north, "
    )
    sentence = f"The council, {clauses * 2}and which had no other choice, closed the bridge in the flood."
    text = " ".join([*SENTENCES[:9], sentence, *SENTENCES[9:18]])
    assert window("bridge", text).text.startswith("The council")
    assert window("bridge OR flood", text).text.startswith("The council")
    longer = text.replace("The council,", f"The council, {clauses * 2}")
    assert not window("bridge", longer).text.startswith("The council")


def test_a_long_one_is_shown_around_its_marks_from_a_sentence_on() -> None:
    text = " ".join([*SENTENCES[:15], "Rain fell on Baghdad.", *SENTENCES[15:]])
    shown = window("rain", text)
    assert "Rain fell on Baghdad." in shown.text
    assert shown.text.startswith("Sentence number")
    assert text[: shown.start].endswith(". ")
    assert text[shown.start + len(shown.text)] == " "
    assert shown.cut_before
    assert shown.cut_after


def test_it_shows_the_place_where_most_was_found() -> None:
    filler = " ".join(SENTENCES)
    text = f"Rain. {filler} Rain and sun. {filler} Rain, rain and rain. {filler}"
    assert "Rain and sun." in window("rain sun", text).text
    assert "Rain, rain and rain." in window("rain", text).text


def test_of_places_as_good_it_shows_the_first() -> None:
    filler = " ".join(SENTENCES)
    shown = window("rain", f"{filler} First rain. {filler} Second rain. {filler}")
    assert "First rain." in shown.text


def test_the_beginning_is_shown_where_nothing_is_marked() -> None:
    shown = window("", " ".join(SENTENCES))
    assert (shown.start, shown.cut_before, shown.cut_after) == (0, False, True)
    assert re.search(r"\w$|[.]$", shown.text)


def test_words_are_not_torn() -> None:
    words = [f"word{n:03}" for n in range(200)]
    for length in (20, 45, 100, 320):
        shown = window("word100", " ".join(words), length)
        assert set(shown.text.split()) <= set(words)
        assert "word100" in shown.text


@pytest.mark.parametrize("letter", ["คั", "นี้", "की", "ক্ষো", "e\u0301", "நு", "👩🏽‍🚀", "☎️"], ids=ascii)
@pytest.mark.parametrize("query", ["rain", ""])
def test_a_letter_and_the_marks_upon_it_are_not_torn(letter: str, query: str) -> None:
    text = f"{letter * 60}–rain–{letter * 60}"
    for length in range(20, 32):
        shown = window(query, text, length)
        for at in (shown.start, shown.start + len(shown.text)):
            assert not unicodedata.category(text[at : at + 1] or "x").startswith("M"), (length, at)
            assert "\u200d" not in text[max(at - 1, 0) : at + 1], (length, at)


@pytest.mark.parametrize("length", range(1, 12))
def test_a_word_as_long_as_the_snippet_is_shown(length: int) -> None:
    shown = window("rainfall", "the rainfall", length)
    assert shown.text
    assert len(shown.text) <= length


@given(
    st.lists(st.sampled_from(["rain", "sun", "raining", "of", "x", "a" * 30, "日本", "e\u0301", "end.", "…", "नमस्ते"]), max_size=60),
    st.sampled_from([" ", "", "  ", ". "]),
    st.sampled_from(["rain", "rain sun", '"rain sun" of', "日本", "-rain", "", "end OR x", "x " * 20]),
    st.integers(0, 90),
)  # fmt: skip
def test_laws_of_snippets(words: list[str], glue: str, query: str, length: int) -> None:
    text = glue.join(words)
    shown = window(query, text, length)
    assert shown.text == text[shown.start : shown.start + len(shown.text)]
    assert shown.cut_before == (shown.start > 0)
    assert shown.cut_after == (shown.start + len(shown.text) < len(text))
    assert not length or len(shown.text) <= length
    assert bool(shown.text) == bool(text)
    end = 0
    for low, high in shown.highlights:
        assert end <= low < high <= len(shown.text)
        end = high
    whole = marked(query, text)
    assert bool(shown.highlights) == bool(whole)
    plain = "".join(part for part, _ in shown.parts())
    assert plain == ("… " if shown.cut_before else "") + shown.text + (" …" if shown.cut_after else "")
    assert [part for part, on in shown.parts() if on] == [
        shown.text[low:high] for low, high in shown.highlights
    ]


def test_the_work_grows_with_the_number_of_sentences() -> None:
    def work(sentences: int) -> int:
        text = "Rain and sun. " * sentences
        return work_of(lambda: window("rain OR sun", text, len(text) // 2))

    work(1)
    assert work(160) < 5 * work(40)


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 25), st.integers(0, 2)), max_size=12),
    st.lists(st.integers(1, 7), max_size=10),
    st.integers(1, 40),
    st.integers(1, 3),
)
def test_the_best_sentence_is_the_best_of_all(
    marks: list[tuple[int, int, int]], lengths: list[int], length: int, leaves: int
) -> None:
    text = " ".join("A" + "b" * size + "." for size in lengths)
    found = sorted((start, start + size, leaf) for start, size, leaf in marks)
    worths = []
    for start in sorted({0, *sentence_starts(text, "en")}):
        behind = [mark for mark in found if mark[0] >= start]
        fits = [mark[1] <= start + length for mark in behind]
        shown = behind[: fits.index(False) if False in fits else None]
        if len({mark[2] for mark in shown}) >= leaves:
            first, last = shown[0][0], max(mark[1] for mark in shown)
            near = first - start <= (length - (last - first)) // 3
            worths.append(((len(shown), near, -start if near else start), start, last))
    best = max(worths)[1:] if worths else None
    assert _sentence_with(text, found, length, "en", leaves) == best


def test_the_length_can_be_chosen(tmp_path: Path) -> None:
    text = " ".join(SENTENCES)
    index = index_of(tmp_path / "index", article("Long", text))
    assert len(index.search("number")[0].snippet.text) <= SNIPPET_LENGTH
    assert len(index.search("number", snippet=60)[0].snippet.text) <= 60
    assert index.search("number", snippet=0)[0].snippet.text == text
    assert index.search("number")[0].text == text


def test_a_paragraph_is_marked_in_the_language_of_its_article(tmp_path: Path) -> None:
    index = index_of(
        tmp_path / "index", article("A", "Os governos.", lang="pt"), article("B", "O governo.", lang="en")
    )
    shown = {
        hit.title: [hit.snippet.text[a:b] for a, b in hit.snippet.highlights]
        for hit in index.search("governo")
    }
    assert shown == {"A": ["governos"], "B": ["governo"]}


# ---- how it is written

HOSTILE = "\x1b[31mred\x07 <script>alert('x')</script> **bold** [link](javascript:x) `code` \u202eevil\u202c a\nb\x9bc & \x00"


def test_a_terminal_gets_no_command_but_our_own() -> None:
    shown = Snippet(HOSTILE, ((5, 8),))
    assert "\x1b[1mred\x1b[22m" in shown.ansi()
    bare = shown.ansi().replace("\x1b[1m", "").replace("\x1b[22m", "")
    assert bare == shown.plain()
    assert all(unicodedata.category(char) != "Cc" for char in bare)
    assert "\u202e" not in bare
    assert "[31mred" in bare


def test_a_page_gets_no_markup_but_our_own() -> None:
    shown = Snippet(HOSTILE, ((5, 8),)).html()
    assert re.findall(r"<[^>]*>", shown) == ["<mark>", "</mark>"]
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in shown
    assert " &amp; " in shown
    assert "\x00" not in shown
    assert "\x1b" not in shown


def test_markdown_gets_no_markup_but_our_own() -> None:
    shown = Snippet(HOSTILE, ((5, 8),)).markdown()
    assert "**red**" in shown
    assert r"\*\*bold\*\*" in shown
    assert r"\[link\](javascript:x)" in shown
    assert r"\<script\>" in shown
    assert r"\`code\`" in shown
    assert "\n" not in shown


def test_a_cut_is_shown_as_an_ellipsis_in_every_form() -> None:
    shown = Snippet("rain", ((0, 4),), 3, cut_before=True, cut_after=True)
    assert shown.html() == "… <mark>rain</mark> …"
    assert shown.ansi() == "… \x1b[1mrain\x1b[22m …"
    assert shown.markdown() == "… **rain** …"
    assert shown.plain() == "… rain …"


@given(st.text(), st.data())
def test_nothing_is_lost_on_the_way_to_a_page(text: str, data: st.DataObject) -> None:
    ends = sorted(data.draw(st.lists(st.integers(0, len(text)), unique=True, max_size=6)))
    spans = tuple(zip(ends[::2], ends[1::2], strict=False))
    shown = Snippet(text, spans)
    visible = html_module.unescape(re.sub("</?mark>", "", shown.html()))
    expected = "".join(c for c in text if c.isprintable() or c == " ")
    assert "".join(c for c in visible if (c.isprintable() or c == " ") and c != "\ufffd") == expected.replace(
        "\ufffd", ""
    )
    assert shown.html().count("<mark>") == shown.html().count("</mark>") == len(spans)
    assert re.findall(r"<(?!/?mark>)", shown.html()) == []


@given(st.text())
def test_a_terminal_never_gets_a_control_character(text: str) -> None:
    assert all(unicodedata.category(char) not in ("Cc", "Zl", "Zp") for char in Snippet(text).plain())


# ---- in a whole article


def test_a_query_is_marked_in_the_headline_and_in_every_paragraph(tmp_path: Path) -> None:
    rain = article("Rain on Sunday", "It rained.", "It was dry.", "Snow and rain.", outlet="The Echo")
    with index_of(tmp_path / "index", rain) as index:
        found = index.highlights(rain.id, "rain -dry title:sunday")
        assert [found[number].markdown() for number in range(4)] == [
            "**Rain** on **Sunday**",
            "It **rained**.",
            "It was dry.",
            "Snow and **rain**.",
        ]
        assert index.highlights(f"{rain.id}#2", "rain OR snow", literal=True)[3].markdown() == (
            "**Snow** and **rain**."
        )
        assert not index.highlights(rain.id, "")[1].highlights


def test_only_the_lead_is_marked_for_words_of_the_lead(tmp_path: Path) -> None:
    rain = article("Sun", "It rained all day.", "Then it was dry again.", "More rain came.")
    with index_of(tmp_path / "index", rain) as index:
        found = index.highlights(rain.id, "hlead(rain)")
        assert [number for number, one in found.items() if one.highlights] == [1]
        assert index.highlights(article_id=rain.id, query="title:rain")[1].highlights == ()


def test_an_article_without_a_headline_has_an_empty_one(tmp_path: Path) -> None:
    rain = article(None, "It rained.")
    with index_of(tmp_path / "index", rain) as index:
        assert index.highlights(rain.id, "rain")[0] == Snippet("")
