"""The query language: the meaning of each form; and no text that a person can type raises an unexpected exception."""

from __future__ import annotations

import functools
import re
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newssearch import QueryError
from newssearch.fields import own_field
from newssearch.query import (
    MAX_CLAUSES,
    MAX_DEPTH,
    MAX_LENGTH,
    And,
    Everything,
    Node,
    Not,
    Or,
    Phrase,
    Query,
    Word,
    all_of,
    leaves,
    parse,
    words,
)
from support import THOROUGH

A, B, C, D = Word("a"), Word("b"), Word("c"), Word("d")

ODD = st.lists(
    st.sampled_from(
        ["a", "B", "AND", "OR", "NOT", "and", "(", ")", '"', "“", "”", "«", "-", "–", "−", " ", "\n", "\t", "🙂", "…",
         "w/5", "w/s", "pre/2", "~2", "~exact", "~name", "^3", "caps(", "atleast2(", "hlead(", "title:", "outlet:", "date:", "2024", "?", "\\",
         "[a-c]", "a*", "*\"", "~1", "\\*", "\u200e", "\u200f", "\ufeff", "\u202e", "\xa0", "\x1c", "'", "*", "~", ":", "/", "U.S.", "日本", "é", "\ud800"]
    ),
    max_size=12,
).map("".join)  # fmt: skip
TYPED = st.text() | ODD | st.lists(ODD, max_size=8).map(" ".join)
"""A strategy for texts that a person can type, or a cat on the keyboard."""


HALF = re.compile("[\ud800-\udfff]")


def tree(text: str) -> Node:
    return parse(text).tree


def kinds(text: str) -> list[str]:
    return [diagnostic.kind for diagnostic in parse(text).diagnostics]


# ---- forms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("NOT a", Not(A)),
        ("-a", Not(A)),
        ("–a", Not(A)),
        ("−a", Not(A)),
        ("a -b", And((A, Not(B)))),
        ("a AND NOT b", And((A, Not(B)))),
        ("NOT NOT a", Not(Not(A))),
        ("NOT -a", Not(Not(A))),
        ("(a)", A),
        ("((a) b)", And((A, B))),
        ("-(a b)", Not(And((A, B)))),
        ("(a)(b)", And((A, B))),
        ('"a b"', Phrase("a b")),
        ("“a b”", Phrase("a b")),
        ("«a b»", Phrase("a b")),
        ("„a b“", Phrase("a b")),
        ('"a b”', Phrase("a b")),
        ('-"a b"', Not(Phrase("a b"))),
        ('a"b c"d', And((A, Phrase("b c"), D))),
        ('"a"', A),
        ('" a  \n b "', Phrase("a b")),
        ("a\nb", And((A, B))),
        ("a\xa0b", And((A, B))),
    ],
)
def test_each_form_means_one_tree(text: str, expected: Node) -> None:
    assert tree(text) == expected
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a OR b c", Or((A, And((B, C))))),
        ("a b OR c d", Or((And((A, B)), And((C, D))))),
        ("a AND b OR c AND d", Or((And((A, B)), And((C, D))))),
        ("NOT a b", And((Not(A), B))),
        ("NOT a OR b", Or((Not(A), B))),
        ("a (b OR c)", And((A, Or((B, C))))),
        ("NOT (a OR b) c", And((Not(Or((A, B))), C))),
        ("a OR b OR c", Or((A, B, C))),
        ("a (b c)", And((A, B, C))),
        ("a OR (b OR c)", Or((A, B, C))),
    ],
)
def test_not_binds_tightest_then_and_then_or(text: str, expected: Node) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize("text", ["and", "or", "not", "And", "nOT"])
def test_operators_in_small_letters_are_words(text: str) -> None:
    assert tree(f"a {text} b") == And((A, Word(text), B))


@pytest.mark.parametrize(
    "text", ["well-known", "U.S.", "don't", "C++", "AT&T", "@bbc", "#iraq", "50%", "a:", "-", "a-"]
)
def test_punctuation_stays_in_its_word(text: str) -> None:
    assert tree(f"x {text} y") == all_of(words(word) for word in ("x", text, "y") if word != "-")


def test_quotes_take_all_as_it_is() -> None:
    assert tree('"AND"') == Word("AND")
    assert tree('"-a"') == Word("-a")
    assert tree('"a (b OR c)"') == Phrase("a (b OR c)")


def test_an_apostrophe_is_no_quotation_mark() -> None:
    assert tree("Iraq’s 'a") == And((Word("Iraq’s"), Word("'a")))


# ---- what is odd is answered, with a note


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AND", Word("AND")),
        ("OR", Word("OR")),
        ("NOT", Word("NOT")),
        ("a AND", And((A, Word("AND")))),
        ("a OR", And((A, Word("OR")))),
        ("a NOT", And((A, Word("NOT")))),
        ("AND a", And((Word("AND"), A))),
        ("OR a", And((Word("OR"), A))),
        ("(OR) a", And((Word("OR"), A))),
        ("a (NOT) b", And((A, Word("NOT"), B))),
        ("a OR OR b", Or((A, And((Word("OR"), B))))),
    ],
)
def test_an_operator_without_an_operand_is_a_word(text: str, expected: Node) -> None:
    assert tree(text) == expected
    assert kinds(text) == ["operator"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a b', And((A, B))),
        ('a b"', And((A, B))),
        ('"a" "b', And((A, B))),
        ("(a b", And((A, B))),
        ("a) b", And((A, B))),
        ("a OR b) c", And((Or((A, B)), C))),
        (")a(b", And((A, B))),
    ],
)
def test_what_has_no_partner_is_passed_over(text: str, expected: Node) -> None:
    assert tree(text) == expected
    assert set(kinds(text)) == {"unbalanced"}


def test_empty_parentheses_are_passed_over() -> None:
    assert tree("a () b") == And((A, B))
    assert kinds("a () b") == ["empty"]


@pytest.mark.parametrize("odd", ["🙂", "…", "***", '""', '" "', '"🙂 …"', "\ud800"])
def test_what_has_no_letter_or_digit_is_passed_over(odd: str) -> None:
    assert tree(f"a {odd} b") == And((A, B))
    assert kinds(f"a {odd} b") == ["no-word"]
    assert tree(odd) == Not(Everything())


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\ufeff"])
def test_direction_marks_pasted_along_change_nothing(mark: str) -> None:
    assert tree(f"{mark}a{mark} {mark}-b{mark}") == And((A, Not(B)))
    assert kinds(f"{mark}a{mark}") == []


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_an_empty_query_asks_for_everything(text: str) -> None:
    assert tree(text) == Everything()
    assert str(parse(text)) == ""


@pytest.mark.parametrize("text", ["()", "🙂", "((()))", "-()", "NOT ()", '"'])
def test_a_query_with_nothing_to_look_for_finds_nothing_and_says_so(text: str) -> None:
    assert tree(text) == Not(Everything())
    assert kinds(text)


def test_a_note_gives_position_and_reason() -> None:
    (note,) = parse("rain AND").diagnostics
    assert note.to_dict() == {
        "kind": "operator",
        "message": "AND lacks an operand and was taken as a word",
        "start": 5,
        "end": 8,
        "suggestion": "",
    }


def test_notes_are_in_the_order_of_the_query() -> None:
    starts = [note.span.start for note in parse('() a" … (b OR').diagnostics]
    assert starts == sorted(starts)
    assert len(starts) >= 4


# ---- what was understood


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("iraq coalition", "(iraq AND coalition)"),
        (
            'iraq (coalition OR "security forces") -syria',
            '(iraq AND (coalition OR "security forces") AND NOT syria)',
        ),
        ("a b OR c", "((a AND b) OR c)"),
        ('"AND"', '"AND"'),
        ("NOT (a b)", "NOT (a AND b)"),
        ("“a  b”", '"a b"'),
        ("()", "NOT *"),
        ("*", ""),
        ("* -iraq", "(* AND NOT iraq)"),
    ],
)
def test_the_interpretation_has_every_operator_and_parenthesis(text: str, shown: str) -> None:
    assert str(parse(text)) == shown


def understood(text: str) -> Query | None:
    """Return the parsed query, or None if the documented error says what is wrong and where."""
    try:
        return parse(text)
    except QueryError as error:
        refused = error
    assert refused.query == HALF.sub("\ufffd", text)
    assert refused.reason
    assert 0 <= refused.start < refused.end <= len(text)
    return None


@given(st.text(st.characters(max_codepoint=127)) | st.text('ab \\"()^~*?/-:.', max_size=12))
def test_a_query_in_ascii_means_the_same_among_other_characters(text: str) -> None:
    def outcome(query: str) -> object:
        try:
            return parse(query).tree
        except QueryError as error:
            return error.reason

    assert outcome(f"rain {text} ") == outcome(f"rain {text} \u200b")


@given(TYPED)
def test_anything_that_can_be_typed_parses_or_is_refused_with_a_position(text: str) -> None:
    understood(text)


NUMBERS = st.one_of(
    st.integers(-3, 12).map(str),
    st.integers(990, 1_010).map(str),
    st.integers().map(str),
    st.floats().map(str),
    st.integers(1, 400).map(lambda digits: "9" * digits),
    st.sampled_from(
        [
            "",
            "00",
            "007",
            "1e3",
            "1e999",
            "-0",
            "+1",
            "1.",
            ".5",
            "1,5",
            "٣",
            "²",
            "½",
            "0x1",
            "1_0",
            "9" * 5_000,
        ]
    ),
)
TAKING_NUMBERS = [
    "a~{}", "al-b~{}", "a*~{}", "a~{}~{}", "a~{}~exact", '"a b"~{}', '"a"~{}', '"a* b"~{}', '"a b"~{}~{}', "a w/{} b", "a pre/{} b",
    "atleast{}(a)", "ATLEAST{}(a b)", "a^{}", "a^{}^{}", "(a b)^{}", '"a"^{}', "/a{{{}}}/", "/a/~{}", "caps(A)~{}", "date:{}", "date:>={}",
    "date:{}-{}", "date:{}-{}-{}", "date:{}..{}", "date:-{}d", 'date:"last {} years"', 'date:"{} years ago"', "id:{}", "hlead(a)^{}",
    "outlet:a~{}", "title:a~{}", "a*{}", "a?{}", "[{}]*", "{}", "-{}",
]  # fmt: skip


@settings(max_examples=75 * THOROUGH)
@given(st.sampled_from(TAKING_NUMBERS), st.lists(NUMBERS, min_size=3, max_size=3))
def test_a_number_anywhere_is_understood_or_refused_with_a_position(form: str, numbers: list[str]) -> None:
    query = understood(form.format(*numbers))
    assert query is None or parse(str(query)).tree == query.tree


@pytest.mark.parametrize(
    ("text", "shown", "noted"),
    [
        ("word~0", "word", []),
        ("word~9", "word~2", ["fuzzy"]),
        ("word~10", "word~2", ["fuzzy"]),
        ("word~-1", "word", ["tilde"]),
        ("word~0.8", "word", ["tilde"]),
        ("word~1,", "word~1", []),
        ("word~1~exact", '"word"~exact', ["tilde"]),
        ('"a b"~0', '"a b"', []),
        ('"a b"~-1', '"a b"', ["tilde"]),
        ('"a b"~5~exact', '"a b"~5', ["tilde"]),
        ("caps(US)~exact", 'caps("US")', ["tilde"]),
        ("~", "NOT *", ["no-word"]),
        ("x^.5", "x^0.5", []),
        ("x^0", "x^0.0", []),
    ],
)
def test_numbers_behind_words_and_phrases(text: str, shown: str, noted: list[str]) -> None:
    assert (str(parse(text)), kinds(text)) == (shown, noted)


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("a w/0 b", "w/0"),
        ("a w/99999999999 b", "w/99999999999"),
        ("a pre/1001 b", "pre/1001"),
        ("b atleast0(a)", "atleast0"),
        ("b atleast999999999999(a)", "atleast999999999999"),
        ('b "a b"~99999999', '"a b"~99999999'),
        ("a x^-1", "^-1"),
        ("a x^nan", "^nan"),
        ("a x^1e999", "^1e999"),
        ("a (x y)^-1", "^-1"),
        ("a x^2^-1", "^-1"),
        ("a x^1000001", "^1000001"),
        ("a date:99999", "99999"),
    ],
)
def test_a_number_that_means_nothing_is_refused_at_its_position(text: str, excerpt: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert text[caught.value.start : caught.value.end] == excerpt


@given(TYPED)
def test_the_interpretation_is_a_query_that_means_the_same(text: str) -> None:
    query = understood(text)
    if query is None:
        return
    again = parse(str(query))
    assert again.tree == query.tree
    assert str(again) == str(query)


@pytest.mark.parametrize("text", ['"a\u200eb"', '"a\u200e"', '"\ufeffa"', '"a\x1cb"', '"a\ud800b"'])
def test_the_interpretation_of_a_quoted_word_with_unseen_characters_means_the_same(text: str) -> None:
    assert tree(str(parse(text))) == tree(text)


WORDS = st.text("abé1'.日-OR", min_size=1, max_size=5).filter(lambda text: any(map(str.isalnum, text)))
LEAVES: st.SearchStrategy[Node] = WORDS.map(Word) | st.lists(WORDS, min_size=2, max_size=3).map(
    lambda found: Phrase(" ".join(found))
)


def _larger(smaller: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def several(kind: type[And] | type[Or]) -> st.SearchStrategy[Node]:
        operands = smaller.filter(lambda node: not isinstance(node, kind))
        return st.lists(operands, min_size=2, max_size=3).map(lambda nodes: kind(tuple(nodes)))

    return smaller.map(Not) | several(And) | several(Or)


TREES = st.recursive(LEAVES, _larger, max_leaves=8)


@given(TREES)
def test_every_tree_can_be_written_as_a_query(node: Node) -> None:
    assert tree(str(node)) == node
    assert kinds(str(node)) == []


@given(TREES)
def test_a_leaf_is_negated_by_an_odd_number_of_nots(node: Node) -> None:
    def expected(here: Node, minus: bool) -> list[tuple[Node, bool]]:
        if isinstance(here, Not):
            return expected(here.operand, not minus)
        if isinstance(here, And | Or):
            return [leaf for operand in here.operands for leaf in expected(operand, minus)]
        return [(here, minus)]

    assert [(use.leaf, use.negated) for use in leaves(node)] == expected(node, False)


# ---- operators of other search engines


BORROWED = [
    # as typed, the excerpt that is marked, a part of the suggestion
    ("trump or biden", "or", "OR in capitals"),
    ("trump Or biden", "Or", "OR in capitals"),
    ("(trump or biden) iraq", "or", "OR in capitals"),
    ("not trump", "not", "NOT in capitals"),
    ("iraq not trump", "not", "NOT in capitals"),
    ("trump and biden", "and", "leave it out"),
    ("a XOR b", "XOR", "(a OR b) NOT (a b)"),
    ("a BUT NOT b", "BUT", "NOT alone"),
    ("a /s b", "/s", "w/s"),
    ("a /p b", "/p", "w/p"),
    ("a +s b", "+s", "w/s"),
    ("a /5 b", "/5", "w/5"),
    ("a +5 b", "+5", "pre/5"),
    ("a NEAR/5 b", "NEAR/5", "w/5"),
    ("a near/5 b", "near/5", "w/5"),
    ("a n/5 b", "n/5", "w/5"),
    ("a NEAR b", "NEAR", "w/5"),
    ("NEAR(a b, 5)", "NEAR", "w/5"),
    ("a ONEAR b", "ONEAR", "pre/5"),
    ("a ONEAR/3 b", "ONEAR/3", "pre/3"),
    ("a within 5 b", "within", "w/5"),
    ("a within/5 b", "within/5", "w/5"),
    ("a w/ 5 b", "w/", "without a space"),
    ("a ADJ b", "ADJ", "w/5"),
    ("a adj5 b", "adj5", "pre/5"),
    ("a BEFORE b", "BEFORE", "pre/5"),
    ("a SAME b", "SAME", "w/5"),
    ('"a b" ~2', "~2", "right after"),
    ("a ~exact", "~exact", "right after"),
    ("a ^2", "^2", "right after"),
    ("iraq outlet: bbc", "outlet:", "outlet:word, without a space"),
    ("date: >2024", "date:", "date:>=2024"),
    ("Outlet: bbc", "Outlet:", "outlet:word"),
    ("tax!", "tax!", "tax*"),
    ("tax! (reform OR cut)", "tax!", "tax*"),
    ("tax$", "tax$", "tax*"),
    ("tax% cut", "tax%", "tax*"),
    ("labo#r", "labo#r", "labo?r"),
    ("!trump", "!trump", "-trump"),
    ("+trump biden", "+trump", "all words are required"),
    ("a & b", "&", "leave it out"),
    ("a && b", "&&", "leave it out"),
    ("a | b", "|", "OR"),
    ("a || b", "||", "OR"),
    ("a|b", "a|b", "OR"),
    ("a||b c", "a||b", "OR"),
    ("atl5(x)", "atl5", "atleast3(word)"),
    ("hlp(x)", "hlp", "hlead(word)"),
    ("headline(x)", "headline", "title:word"),
    ("HEADLINE(x)", "HEADLINE", "title:word"),
    ("title(x)", "title", "title:word"),
    ("ti(x)", "ti", "title:word"),
    ("pub(x)", "pub", "outlet:word"),
    ("PUBLICATION(x)", "PUBLICATION", "outlet:word"),
    ("BODY(x)", "BODY", "the word alone"),
    ("DATE(=2024)", "DATE", "date:2024"),
    ("allcaps(x)", "allcaps", "caps(US)"),
    ("plural(x)", "plural", "~exact"),
    ("source=x", "source=x", "source:x"),
    ("rst=nyt", "rst=nyt", "outlet:nyt"),
    ("la=en", "la=en", "lang:en"),
    ("[a TO b]", "[a", "date:2024..2025"),
]


@pytest.mark.parametrize(("text", "excerpt", "suggestion"), BORROWED)
def test_an_operator_of_another_engine_is_a_word_and_a_note_names_ours(
    text: str, excerpt: str, suggestion: str
) -> None:
    notes = [note for note in parse(text).diagnostics if text[note.span.start : note.span.end] == excerpt]
    assert len(notes) == 1
    assert suggestion in notes[0].suggestion
    assert parse(str(parse(text))).tree == parse(text).tree


@pytest.mark.parametrize(
    "text",
    [
        '"to be or not to be"', "rain \\or snow", "and/or", "Q&A", "AT&T", "S&P 500", "C++", "C#", ".NET", "Yahoo!", "Jeopardy!", "$1.5bn",
        "50%", "#hashtag", "@handle", "1,000", "Disney+ (+video)", "Congress voted. Help!", "date(s) of birth", "within 5 years of Iraq",
        "near Baghdad", "the same day before dawn", "F-16 N95 w5 p53 911", "10:30 Luke 3:16", "AP source: Trump fires two of his men",
        "https://a.example/b?lang=en&source=x|y", "say 'yes or", "STOCKS SEEN NEAR 36 BILLION", "rock 'n' roll", "9/11 24/7 1/2", "or", "and", "not",
        "He said: “or not”", "a OR b AND c NOT d -e w/5 f", "a pre/5 b", "a PRE/5 b", "a w/s b",
    ],
)  # fmt: skip
def test_innocent_text_has_no_note_of_other_engines(text: str) -> None:
    assert "borrowed" not in kinds(text)


@pytest.mark.parametrize("text", ["C++", "C#", "F#"])
def test_a_name_that_its_marks_tell_from_a_letter_is_noted(text: str) -> None:
    (note,) = parse(f"x {text} y").diagnostics
    assert note.message == f"{text} finds what {text[0]} finds: marks are not part of a word"
    assert note.span == (2, 2 + len(text))


def test_an_operator_in_caps_is_a_word_and_noted_unless_it_is_quoted() -> None:
    (note,) = parse("caps(US OR UK AND EU)").diagnostics
    assert (note.message, note.suggestion) == (
        "OR is taken as a word in caps(…)",
        "write caps(US) OR caps(UK) AND caps(EU)",
    )
    assert parse('caps("LIVE OR DIE")').diagnostics == parse("caps(OR)").diagnostics == ()
    assert str(parse("caps(US OR UK)")) == 'caps("US OR UK")'


def test_the_same_is_noted_once() -> None:
    assert kinds("a or b or c or d /s e /s f") == ["borrowed", "borrowed"]


@pytest.mark.parametrize(
    ("text", "shown", "noted"),
    [
        (
            "BREAKING NEWS:Trump",
            '(BREAKING AND "NEWS:Trump")',
            "NEWS:Trump is taken as words: there is no field NEWS",
        ),
        ("RE:Trump", '"RE:Trump"', "RE:Trump is taken as words: there is no field RE"),
        (
            "mailto:a@b.example",
            '"mailto:a@b.example"',
            "mailto:a@b.example is taken as words: there is no field mailto",
        ),
        (
            "localhost:8080",
            '"localhost:8080"',
            "localhost:8080 is taken as words: there is no field localhost",
        ),
        ("Outlt:bbc", '"Outlt:bbc"', "Outlt:bbc is taken as words: there is no field Outlt"),
        ('News:"a b"', '("News:" AND "a b")', "News: is taken as words: there is no field News"),
        ("http://a.example:80/b", '"http://a.example:80/b"', None),
        ("10:30", '"10:30"', None),
        ("Luke 3:16", '(Luke AND "3:16")', None),
        ("a.example:8080", '"a.example:8080"', None),
        ("'a public:' x", '("\'a" AND "public:\'" AND x)', None),
        ("OUTLET:bbc", 'outlet:"bbc"', None),
        ("Title:bbc", "title:(bbc)", None),
        ("author:doe", 'byline:"doe"', None),
        ("Author:doe", 'byline:"doe"', None),
    ],
)
def test_a_colon_behind_a_word_in_capitals_makes_words(text: str, shown: str, noted: str | None) -> None:
    query = parse(text)
    assert str(query) == shown
    assert [note.message for note in query.diagnostics] == ([noted] if noted else [])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rain tag:x:y", '(rain AND tag:"x:y")'),
        ("tag:date:2024 a", '(tag:"date:2024" AND a)'),
        ("-tag:http://x.example", 'NOT tag:"http://x.example"'),
        ("tag:x:y*", 'tag:"x:y*"'),
        ("section:world:asia", 'section:"world:asia"'),
        ("theme:medtop:20000065", 'theme:"medtop:20000065"'),
        ("theme:title:x", 'theme:"title:x"'),
    ],
)
def test_a_value_may_have_colons(text: str, shown: str) -> None:
    query = parse(text, fields=[own_field("theme", "value")])
    assert (str(query), query.diagnostics) == (shown, ())
    assert parse(shown, fields=[own_field("theme", "value")]).tree == query.tree


def test_a_tag_with_marks_is_not_one_without() -> None:
    assert kinds("C#") == ["punctuation"]
    assert kinds("tag:C#") == []


@pytest.mark.parametrize(
    "value", ["€", '"€"', "(€)", "()", "(&)", '""', "(€ ☆)", "(€ OR ☆)", "-€", '"?"', "?", "\u200f"]
)
@pytest.mark.parametrize("name", ["tag", "outlet", "byline", "lang", "Section", "id", "theme"])
def test_a_value_that_no_article_can_have_never_widens_the_search(name: str, value: str) -> None:
    """If ``tag:€`` were ignored, ``rain tag:€`` would find all articles that ``rain`` finds."""
    for minus in ("", "-"):
        with suppress(QueryError):
            query = parse(f"rain {minus}{name}:{value}", fields=[own_field("theme", "value")])
            assert f'{name.lower()}:"{value.strip(chr(34))}"' in str(query), "a condition on this very value"
    if name != "theme":
        with pytest.raises(QueryError, match=rf"^{name.lower()}: needs a value with a letter or digit"):
            parse(f"rain {name}:{value}")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("rain key:€", "€ is not a key"),
        ('rain url:""', "an empty phrase is not an address"),
        ("rain title:€", "title: needs a value with a letter or digit, and € has none"),
        ("rain title:(€ ☆)", "title: needs a value with a letter or digit"),
        ("rain key:\u200f", "an empty phrase is not a key"),
        ("outlet:\u200f", "outlet: needs a value with a letter or digit"),
        ("-outlet:\u200f", "outlet: needs a value with a letter or digit"),
        ("(outlet:\u200f) rain", "outlet: needs a value with a letter or digit"),
        ("outlet:\u200f rain", "outlet: needs a value with a letter or digit"),
        ("theme:\u200f rain", "theme: needs a value with a letter or digit"),
        ("rain title:\u200f", "title: needs a value with a letter or digit"),
        ('rain outlet:"', "outlet: needs a value with a letter or digit"),
        ('rain theme:""', "theme: has an empty value; theme:\\* finds any value"),
    ],
)
def test_a_field_without_a_value_is_an_error(text: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason):
        parse(text, fields=[own_field("theme", "value")])


@pytest.mark.parametrize("value", ["bbc", '"bbc"', "(bbc)", "a:b"])
def test_invisible_characters_before_a_value_are_ignored(value: str) -> None:
    query = parse(f"outlet:\u200f{value}")
    assert (str(query), query.diagnostics) == (str(parse(f"outlet:{value}")), ())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tag:(x & y)", '(tag:"x" AND tag:"y")'),
        ("tag:(x - y)", '(tag:"x" AND tag:"y")'),
        ("byline:(Smith - Jones)", '(byline:"Smith" AND byline:"Jones")'),
        ("section:(A /)", 'section:"A"'),
        ("outlet:(A OR -)", 'outlet:"A"'),
        ("title:(rain €)", "title:(rain)"),
    ],
)
def test_a_mark_beside_the_values_of_a_group_is_ignored_with_a_note(text: str, shown: str) -> None:
    query = parse(text)
    assert str(query) == shown
    assert [note.kind for note in query.diagnostics] == ["no-word"]


@pytest.mark.parametrize("text", ['outlet:("A", "B")', "outlet:(A / B)", "lang:(en - de)"])
def test_two_values_with_a_mark_between_them_are_still_two_values(text: str) -> None:
    with pytest.raises(
        QueryError, match=r"has two values of .* put the whole name in quotation marks, .* or write OR"
    ):
        parse(text)


@pytest.mark.parametrize(
    ("text", "written", "whole"),
    [
        ('rain tag:project:"to cite"', 'project:"to cite"', 'tag:"project:to cite"'),
        ("section:a:b:“c d”", "a:b:“c d”", 'section:"a:b:c d"'),
        ('tag:a*:"b"', 'a*:"b"', 'tag:"a*:b"'),
        ('key:urn:"b c"', 'urn:"b c"', 'key:"urn:b c"'),
        ('theme:a:"b"', 'a:"b"', 'theme:"a:b"'),
        ("section:a:(b)", "a:(", 'section:"a:…"'),
        ('section:a:"b', 'a:"', 'section:"a:…"'),
    ],
)
def test_a_value_is_not_split_after_a_colon(text: str, written: str, whole: str) -> None:
    with pytest.raises(QueryError, match="only a part of the value of") as caught:
        parse(text, fields=[own_field("theme", "value")])
    assert text[caught.value.start : caught.value.end] == written
    assert caught.value.suggestion == f"put the whole value in quotation marks: {whole}"


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("outlt", "did you mean outlet: or the word in quotation marks?"),
        ("site", "write outlet:word"),
        ("intitle", "write title:word"),
        ("headline", "write title:word"),
        ("language", "write lang:word"),
        ("media_id", "write outlet:word"),
        ("publish_date", "write date:2024, date:2024-07..2024-09, date:>=2024 or date:<2024"),
        ("before", "write date:<2024-07-25"),
        ("after", "write date:>2024-07-25"),
        ("filetype", "the fields are title, outlet"),
    ],
)
def test_a_field_in_small_letters_that_is_none_is_an_error_with_the_nearest(
    name: str, suggestion: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(f"rain {name}:x")
    assert (caught.value.start, caught.value.end) == (5, 6 + len(name))
    assert caught.value.suggestion.startswith(suggestion)


# ---- positions


def _nodes(node: Node) -> list[Node]:
    below = [node.operand] if isinstance(node, Not) else getattr(node, "operands", ())
    return [node, *(found for operand in below for found in _nodes(operand))]


@given(TYPED)
def test_spans_point_at_the_text_that_they_came_from(text: str) -> None:
    query = understood(text)
    if query is None:
        return
    for note in query.diagnostics:
        assert 0 <= note.span.start < note.span.end <= len(text)
    for node in _nodes(query.tree):
        start, end = node.span
        assert 0 <= start <= end <= len(text)
        if isinstance(node, Phrase | Word) and not set("\\~*?").intersection(text):
            text = HALF.sub("\ufffd", text)
            seen = re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]", "", text[start:end])
            assert " ".join(seen.strip('"“”„‟«»＂').split()) == node.text
        for below in _nodes(node):
            assert start <= below.span.start <= below.span.end <= end


def test_equal_trees_are_equal_wherever_they_stand() -> None:
    assert tree("a   b") == tree("(a AND b)")
    assert hash(tree("a   b")) == hash(tree("(a AND b)"))


# ---- bounds


def test_a_query_may_be_as_long_as_the_bound_and_no_longer() -> None:
    parse("x" * MAX_LENGTH)
    with pytest.raises(QueryError, match="65,537 characters; 65,536 are the most") as caught:
        parse("x" * (MAX_LENGTH + 1))
    assert (caught.value.start, caught.value.end) == (MAX_LENGTH, MAX_LENGTH + 1)


@pytest.mark.parametrize("deeper", ["(", "NOT ", "(NOT ", "-("])
def test_a_query_may_be_as_deep_as_the_bound_and_no_deeper(deeper: str) -> None:
    levels = deeper.count("(") + deeper.count("NOT") + deeper.count("-")
    parse(deeper * (MAX_DEPTH // levels) + "a")
    with pytest.raises(QueryError, match=f"nested deeper than {MAX_DEPTH} levels") as caught:
        parse(deeper * (MAX_DEPTH // levels + 1) + "a")
    assert 0 < caught.value.start < caught.value.end


def test_a_query_may_have_as_many_words_as_the_bound_and_no_more() -> None:
    parse("a " * MAX_CLAUSES)
    with pytest.raises(QueryError, match="more than 1,024 words") as caught:
        parse("a " * (MAX_CLAUSES + 1))
    assert (caught.value.start, caught.value.end) == (2 * MAX_CLAUSES, 2 * MAX_CLAUSES + 1)


@pytest.mark.parametrize(
    "many",
    [
        "(",
        ")",
        "-",
        '"',
        "NOT ",
        "AND ",
        "OR ",
        "(a",
        "a)",
        "()",
        '"a',
        "🙂 ",
        "- ",
        "-\u200e",
        "\u200e",
        "a OR ",
    ],
)
def test_a_query_of_one_thing_over_and_over_is_answered_or_refused(many: str) -> None:
    text = (many * 20_000)[:20_000]
    query = error = None
    try:
        query = parse(text)
    except QueryError as raised:
        error = raised
    if error is not None:
        assert (error.query, error.start < error.end <= len(text)) == (text, True)
    else:
        assert query is not None
        assert len(query.diagnostics) <= len(text)


def test_each_token_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # One join for each group of operands, each of no more nodes than were typed: else the time is not linear.
    from newssearch.query import parser

    joined = 0
    join = parser._join_nodes

    @functools.wraps(join)
    def counting(kind: type[And] | type[Or], operands: list[Node]) -> Node | None:
        nonlocal joined
        node = join(kind, operands)
        joined += len(getattr(node, "operands", ()))
        return node

    monkeypatch.setattr(parser, "_join_nodes", counting)
    text = "a " * 1_000 + ")" * 1_000
    parser.parse(text)
    assert joined <= 10 * len(text)


@settings(max_examples=20)
@given(st.lists(TYPED, min_size=50, max_size=200))
def test_long_queries_parse_too(parts: list[str]) -> None:
    understood(" ".join(parts)[:MAX_LENGTH])


@pytest.mark.parametrize(
    ("begin", "piece", "end"),
    [("", "1,", "*"), ("a~", "1", ":x"), ("/", "~exact,", "*"), ("caps(", "?NOT", '"'), ('"', "a'*", '"~5'), ("x", "^1", ""),
     ("", "[a]*", ""), ("", "|a&", ""), ("outlet:", "a*", ""), ("url:", "/a", "*"), ("date:", "1-", "")],
)  # fmt: skip
def test_the_time_of_the_longest_query_is_linear_in_it(begin: str, piece: str, end: str) -> None:
    text = begin + piece * ((MAX_LENGTH - len(begin + end)) // len(piece)) + end
    started = time.process_time()
    with suppress(QueryError):
        parse(text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "mark", ["\u00ad", "\u200b", "\u200e", "\u2060", "\u202a", "\u2066", "\ufeff"], ids=ascii
)
@pytest.mark.parametrize(
    "text",
    ["iraq_", "_iraq", "ir_aq", "_iraq_ _OR_ _syria_", "_NOT_ iraq", "_-iraq", "iraq _w/5_ syria", "iraq_*", "ir_a*", "iraq_~1_",
     "iraq~exact_", "_iraq~name", '"iraq_ government"_', '"ir_aq* government"', "caps(_US_)", "outlet:_bbc_", "date:_2024_",
     "date:none_", "url:_bbc.co.uk", "iraq^2_", "/ira./_", '"iraq government"~5_', "hlead(_iraq_)"],
)  # fmt: skip
def test_an_invisible_character_makes_no_difference_to_a_query(text: str, mark: str) -> None:
    assert str(parse(text.replace("_", mark)).tree) == str(parse(text.replace("_", "")).tree)
