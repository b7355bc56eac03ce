"""Words and terms: what is one word, and which words are the same."""

from __future__ import annotations

import random
import re
import sys
import threading
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newssearch.highlight.matcher import AnalysedText
from newssearch.text import compounds, spelling, tokenizer
from newssearch.text.analysis import analyser, key, name_words
from newssearch.text.built_in_analyser import ACRONYMS, Analyser
from newssearch.text.folding import MAX_TERM_CHARS, fold, spelled
from newssearch.text.languages import PLAIN_ANALYSIS, SNOWBALL_STEMMERS, analysis_of
from newssearch.text.tokenizer import word_matches
from support import RANDOMS, THOROUGH, article, index_of

TRICKY = st.text(
    st.sampled_from(
        "aAiIİıßéÉе́йœÆﬁＡ１10,..'’-_ \n日本ひカｶﾞ한नमस्ते\u0301\u0306\u3099\u200b\u200f\u00ad🙂ไทยعربيّة"
    )
)
"""A strategy for short texts that combine many special characters."""
TEXTS = st.text() | TRICKY


def term(word: str, lang: str | None = None) -> str:
    (only,) = analyser(lang).terms(word)
    return only


def plain(text: str) -> list[str]:
    return analyser("zxx").terms(text)


# ---- what is the same word


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Iraq", "IRAQ"),
        ("São", "sao"),
        ("Straße", "STRASSE"),
        ("cafe\u0301", "café"),
        ("ﬁre", "fire"),
        ("Ｉｒａｑ", "iraq"),
        ("Ørsted", "orsted"),
        ("Łódź", "lodz"),
        ("Æther", "aether"),
        ("İstanbul", "istanbul"),
        ("1,000", "1000"),
        ("1,000,000", "1000000"),
        ("１２", "12"),
        ("U.S.", "U.S"),
        ("بَغْدَاد", "بغداد"),
        ("בָּגְדָד", "בגדד"),
        ("co\u00adoperation", "cooperation"),
        ("gov\u2063ernment", "government"),
        ("US\u200b", "US"),
        ("Ħamrun", "hamrun"),
        ("Əliyev", "aliyev"),
        ("Hà Nội".split()[1], "noi"),
        ("ज़िला", "जिला"),
        ("हिन्दी", "हिंदी"),
        ("चाँद", "चांद"),
        ("मुम्बई", "मुंबई"),
        ("ג'נין", "ג׳נין"),
        ('צה"ל', "צה״ל"),
        ("Smith²³", "Smith"),
        ("H₂O", "H2O"),
        ("km²", "km2"),
        ("col·legi", "collegi"),
    ],
)
def test_case_accents_ligatures_and_widths_make_no_difference(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("мой", "мои"), ("U.S.", "us"), ("1.5", "15"), ("कि", "की"), ("जन्म", "जंम"), ("km²", "km")],
)
def test_what_is_another_word_stays_another_word(one: str, other: str) -> None:
    assert plain(one) != plain(other)


def test_a_possessive_is_found_with_its_noun() -> None:
    assert term("Iraq's") == term("Iraq’s") == term("Iraq")


def test_a_word_is_found_with_its_inflections_in_the_language_of_the_article() -> None:
    assert term("supporting", "en") == term("supports", "en-GB") == term("support", "en_US")
    assert term("governos", "pt-BR") == term("governo", "pt")
    assert term("supporting", "zxx") != term("support", "zxx")


def test_without_a_language_an_article_is_read_as_english() -> None:
    assert term("supporting", None) == term("supporting", "en")
    assert analysis_of("") == "english"


def test_every_language_of_the_table_has_a_stemmer_or_is_left_plain() -> None:
    for lang in SNOWBALL_STEMMERS:
        assert analyser(lang).name in (SNOWBALL_STEMMERS[lang], PLAIN_ANALYSIS)
    assert analyser("tlh").name == PLAIN_ANALYSIS


def test_every_word_is_a_term_the_little_ones_too() -> None:
    assert analyser("en").terms("To be, or not to be") == ["to", "be", "or", "not", "to", "be"]


def test_a_word_only_joins_others_in_its_own_language() -> None:
    assert analyser("en").is_function_word("The")
    assert not analyser("en").is_function_word("Iraq")
    assert not analyser("en").is_function_word("war")
    assert analyser("de").is_function_word("war")


# ---- what is one word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the U.S. and e.g. others", ["the", "u.s", "and", "eg", "others"]),
        ("U.S.-Iraq talks", ["u.s", "iraq", "talks"]),
        ("end of U.S.", ["end", "of", "u.s"]),
        ("It rained.Then stopped", ["it", "rained", "then", "stopped"]),
        ("1,000 of 3.5bn, or 2024-07-25", ["1000", "of", "3.5", "bn", "or", "2024", "07", "25"]),
        ("don't ’tis", ["don't", "tis"]),
        ("a_b c/d", ["a", "b", "c", "d"]),
        ("東京都", ["東", "京", "都"]),
        ("NATO東京2024", ["nato", "東", "京", "2024"]),
        ("ひらカタ", ["ひ", "ら", "カ", "タ"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("ภาษาไทย", list("ภาษาไทย")),
        ("대한민국 서울", list("대한민국서울")),
        ("🙂 … — !", []),
        ("", []),
    ],
)
def test_where_words_begin_and_end(text: str, expected: list[str]) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize("text", ["が", "プ", "ｶﾞ", "パリ"])
def test_a_character_of_japanese_is_one_word_however_it_is_encoded(text: str) -> None:
    composed = unicodedata.normalize("NFKC", text)
    assert plain(unicodedata.normalize("NFD", text)) == plain(text) == plain(composed) == list(composed)


@pytest.mark.parametrize("text", ["É.-U.", "Ö.B.", "А.Й"])
def test_accents_upon_initials_are_no_difference_however_they_are_encoded(text: str) -> None:
    assert plain(unicodedata.normalize("NFD", text)) == plain(unicodedata.normalize("NFC", text))


def test_punctuation_between_japanese_names_is_no_word() -> None:
    assert plain("ジョン・スミス") == list("ジョンスミス")


def test_an_overlong_word_is_cut_and_still_found() -> None:
    assert plain("x" * 10_000) == ["x" * MAX_TERM_CHARS]


# ---- laws


@given(TEXTS)
def test_terms_are_the_terms_of_the_tokens(text: str) -> None:
    for lang in ("en", "zxx"):
        assert analyser(lang).terms(text) == [token.term for token in analyser(lang).tokens(text)]


@given(
    TEXTS
    | st.lists(TEXTS, max_size=4).map(" ".join)
    | st.text("(“‘[\"abSs'’.,;:!?)]”#-", max_size=8)  # words in small letters between marks
)
@example("(abSab), NGOs")
@example("ab-a #ab")
@settings(deadline=None)
def test_a_text_by_remembered_chunks_has_the_same_words(text: str) -> None:
    for lang in ("en", "zxx"):
        tokens = analyser(lang).tokens(text)
        for _ in range(2):  # chunks as they are met, and as they are remembered
            found = AnalysedText(text, analyser(lang))
            assert found.terms == [token.term for token in tokens]
            spans = [found.span((n, n + 1)) for n in range(len(tokens))]
            assert spans == [(token.start, token.end) for token in tokens]
            assert found.pieces == [text[start:end] for start, end in spans]
            assert found.all_compounds.keys() == {
                one.key for piece in text.split(" ") for one in analyser(lang).compounds(piece)
            }


@given(TEXTS)
def test_offsets_say_where_a_word_stands(text: str) -> None:
    end = 0
    for token in analyser("en").tokens(text):
        assert end <= token.start < token.end <= len(text)
        assert analyser("en").term(token.word) == token.term
        assert token.word.lstrip("#") == text[token.start : token.end]
        end = token.end


@given(TEXTS)
def test_folding_a_folded_word_changes_nothing(text: str) -> None:
    for match in word_matches(text):
        assert fold(fold(match.group())) == fold(match.group())


def test_folding_a_folded_word_changes_nothing_where_it_was_cut() -> None:
    (initials,) = word_matches(".".join("a" * 200))
    assert fold(fold(initials.group())) == fold(initials.group())


@given(TEXTS)
def test_no_letter_or_digit_is_outside_a_word(text: str) -> None:
    inside = {at for match in word_matches(text) for at in range(*match.span())}
    assert all(at in inside for at, char in enumerate(text) if char.isalnum())


@given(TEXTS)
@example("#À0")
def test_composed_and_decomposed_text_give_the_same_terms(text: str) -> None:
    assert plain(unicodedata.normalize("NFC", text)) == plain(unicodedata.normalize("NFD", text))


@given(st.text(st.characters(categories=["Lu", "Ll"])))
def test_upper_and_lower_case_of_a_text_are_the_same_words(text: str) -> None:
    # what has no one partner (a Greek iota below a letter, a letter that is two) may differ, and an acronym must
    if text.upper().lower() == text.lower() and text.upper() not in ACRONYMS:
        assert plain(text.upper()) == plain(text.lower())


@given(st.text(), st.text())
def test_a_blank_separates_words(one: str, other: str) -> None:
    assert plain(f"{one} {other}") == plain(one) + plain(other)


@given(st.text())
def test_a_term_has_no_blank_and_a_bounded_length(text: str) -> None:
    for found in analyser("en").terms(text):
        assert found
        assert not any(char.isspace() for char in found)
        assert len(found) <= MAX_TERM_CHARS + 8  # a stemmer may add a letter


# ---- names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Guardian", "the  guardian"),
        ("www.nytimes.com", "NYTimes.com"),
        ("O Público", "o publico"),
        ("ＡＦＰ", "AFP"),
        ("www.", "WWW."),
    ],
)
def test_names_are_compared_without_case_accents_and_www(one: str, other: str) -> None:
    assert key(one) == key(other) != ""


def test_the_words_of_a_name_are_never_stemmed() -> None:
    assert name_words("José Reading") == ["jose", "reading"]


# ---- threads


@settings(max_examples=5)
@given(st.lists(st.text(st.sampled_from("abcdefghiklmnoprstuvwy"), min_size=3), min_size=20, unique=True))
def test_threads_may_share_an_analyser(vocabulary: list[str]) -> None:
    text = " ".join(vocabulary)
    expected = Analyser("english").terms(text)
    shared = Analyser("english")
    start = threading.Barrier(4)
    results: list[list[str]] = []

    def work() -> None:
        start.wait()
        results.append(shared.terms(text))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4


@given(st.text(max_size=8) | st.text(alphabet="0a \r.Ww\u00af\u00b4\u0301\u200f\u2019-", max_size=12))
def test_the_key_of_a_key_is_that_key(value: str) -> None:
    assert key(key(value)) == key(value)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Analyser, "MAX_CACHED_WORDS", 3)
    small = Analyser("english")
    assert small.terms("a b c d e f a b") == ["a", "b", "c", "d", "e", "f", "a", "b"]
    assert len(small._terms) <= 3


# ---- patterns that are made only where a text needs them


COMMON = list(tokenizer._UNCOMMON.sub("", "".join(map(chr, range(sys.maxunicode)))))


def test_the_common_characters_are_none_that_words_need_a_larger_pattern_for() -> None:
    special = re.compile(
        f"[{tokenizer.combining_marks()}{spelling.IGNORABLE}{tokenizer._HANGUL}{tokenizer._SPACELESS}]"
    )
    assert len(COMMON) > 1500
    assert [char for char in COMMON if special.match(char)] == []


UNTAGGED = sorted({*COMMON} - {*compounds.TAGS})
"""The common characters except those that begin a hashtag or a handle, whose parts are found in a later step."""


@given(st.text(st.sampled_from(UNTAGGED)) | st.text(st.sampled_from("aBé1,.'’_- ½²ß")))
@example("AA0")
@settings(max_examples=75 * THOROUGH)
def test_in_a_text_of_common_characters_both_patterns_find_the_same_words(text: str) -> None:
    def spans(pattern: re.Pattern[str]) -> list[tuple[int, int]]:
        return [match.span() for match in pattern.finditer(text)]

    assert (
        spans(tokenizer._COMMON_TOKEN)
        == spans(tokenizer._token_marked(elided=False))
        == [m.span() for m in word_matches(text)]
    )


# ---- one text, however it is encoded

ENCODED = st.lists(
    st.sampled_from(
        [*"aAéÉIñßøĦ1A0#@'-.lL’²·Ω", " ", "\u0301", "\u0323", "\u0302", "\u0328", "\u0345", "\u200d", "\u00ad", "\u034f", "각", "ᄀ", "ᅡ",
         "\u11a8", "ো", "ে", "া", "க", "ொ", "ज", "क़", "\u093c", "\u094d", "न", "द", "ầ", "Ộ", "ǖ", "\u212b", "\u212a", "\u2126", "שׁ", "ש",
         "ל", "״", "ׁ", "\u0344", "ᾳ", "`", "\u1fef", "\u0387", "日", "か", "\u3099", "\u0338", "≠", "ཀྵ"]
    ),
    max_size=9,
).map("".join)  # fmt: skip
"""A strategy for short texts that have several canonical equivalents."""


def parts_reordered(text: str, drawn: random.Random) -> str:
    """Return a canonically equivalent text, with marks in another order and some characters composed."""
    chars = list(unicodedata.normalize("NFD", text))
    for _ in range(2 * len(chars)):
        at = drawn.randrange(max(len(chars) - 1, 1))
        classes = [unicodedata.combining(char) for char in chars[at : at + 2]]
        if all(classes) and len(set(classes)) == 2:
            chars[at : at + 2] = reversed(chars[at : at + 2])
    other = "".join(chars)
    cut = drawn.randrange(len(other) + 1)
    composed = other[:cut] + unicodedata.normalize("NFC", other[cut:])
    return composed if unicodedata.normalize("NFD", composed) == unicodedata.normalize("NFD", text) else other


def seen(text: str, lang: str) -> list[object]:
    """Return the analysed words of a text, and the decomposed text before each word and at its end."""
    own = analyser(lang)
    return [
        *(
            (token.term, own.form(token.word), spelled(token.word), *(
                unicodedata.normalize("NFD", text[:end]) for end in (token.start, token.end)
            ))
            for token in own.tokens(text)
        ),
        *own.compounds(text),
    ]  # fmt: skip


@given(ENCODED, st.sampled_from(["en", "fr", "it", "hi", "zxx"]), RANDOMS)
@example("#1AÉté", "en", random.Random(1))
@example("caféNoir #ÉtatLaïc", "fr", random.Random(1))
@example("é@Ħ-ñ", "en", random.Random(1))
@settings(max_examples=75 * THOROUGH)
def test_canonical_equivalents_have_the_same_words_at_the_same_places(
    text: str, lang: str, drawn: random.Random
) -> None:
    expected = seen(unicodedata.normalize("NFC", text), lang)
    for other in (unicodedata.normalize("NFD", text), parts_reordered(text, drawn)):
        assert seen(other, lang) == expected


def test_a_letter_with_a_stroke_or_a_hook_is_folded_to_the_letter() -> None:
    named = re.compile("LATIN SMALL LETTER ([A-Z]) WITH (?:STROKE|HOOK|TAIL|BAR|TOPBAR)")
    letters = {chr(n): unicodedata.name(chr(n), "") for n in range(0x80, 0x1E00)}
    found = {char: match[1].lower() for char, name in letters.items() if (match := named.fullmatch(name))}
    assert len(found) > 30
    assert {char: fold(char) for char in found} == found


IGNORABLES = [chr(n) for n in (0xAD, 0x34F, 0x61C, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x202A, 0x2060, 0x2063, 0x2069, 0xFE0F, 0xFEFF, 0xE0100)]  # fmt: skip


@pytest.mark.parametrize("char", IGNORABLES, ids=lambda char: f"{ord(char):X}")
def test_an_invisible_character_makes_no_difference_in_a_word_and_behind_it(char: str) -> None:
    for word in ("government", "US", "U.S.", "Iraq's", "l'Ukraine", "F-35", "#NotUS", "2019"):
        for at in range(1, len(word) + 1):
            if word[at - 1 : at].isalnum():
                text = word[:at] + char + word[at:]
                for lang in ("en", "fr"):
                    own = analyser(lang)
                    assert own.terms(text) == own.terms(word), text
                    assert own.forms(text) == own.forms(word)
                    assert [spelled(t.word) for t in own.tokens(text)] == [
                        spelled(t.word) for t in own.tokens(word)
                    ]


@pytest.mark.parametrize(
    ("lang", "text", "query"),
    [
        ("en", "Two MPs left.", "MP"),
        ("en", "An MP left.", "MPs"),
        ("en", "The N\u00adGOs’ plan.", '"ngo plan"'),
        ("en", "An NGO’s plan.", '"NGOs plan"'),
        ("en", "Two ex-MPs left.", '"ex MP left"'),
        ("en", "Many PhDs.", "PhD"),
        ("en", "Two WHOs.", "WHO"),
        ("de", "Die LKWs stehen.", "LKW"),
        ("fr", "L’appel d’ÉÖs.", "ÉÖ"),
        ("it", "A Santʼegidio.", "Egidio"),
        ("it", "A Sant\u2060’Egidio.", "Egidio"),
    ],
)
def test_a_word_is_found_by_its_acronym_or_its_last_part_and_marked(
    tmp_path: Path, lang: str, text: str, query: str
) -> None:
    with index_of(tmp_path / "i", article("-", text, lang=lang)) as index:
        (hit,) = index.search(query)
        assert hit.snippet.highlights


@pytest.mark.parametrize(
    ("text", "query"), [("As Is Os.", "A OR I OR O"), ("ISIS left.", "ISI"), ("#SaveNGOs", "NGO")]
)
def test_an_s_behind_capitals_is_no_plural_of_a_letter_and_in_no_hashtag(
    tmp_path: Path, text: str, query: str
) -> None:
    with index_of(tmp_path / "i", article("-", text)) as index:
        assert not index.count(query)
