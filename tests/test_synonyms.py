"""Synonyms of an archive: which words of a query have them, and how settings, commands and receipts treat them."""

from __future__ import annotations

import itertools
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import newssearch
from newssearch import Article, Config, ConfigError, QueryError
from newssearch.config import load_config, settings_to_store
from newssearch.query import (
    MAX_CLAUSES,
    And,
    Near,
    Node,
    Or,
    Phrase,
    Query,
    Synonyms,
    Word,
    leaves,
    literal,
    parse,
    side_by_side,
    widened,
    words,
)
from newssearch.query.widening import MAX_PHRASES
from newssearch.text.analysis import analyser
from newssearch.thesaurus import SynonymEntry, Thesaurus, synonym_entries
from support import Command, article, command, index_of

TABLE: dict[str, object] = {
    "illegal alien": ["undocumented immigrant", "unauthorized immigrant"],
    "alien": "extraterrestrial",
    "car": {"words": ["automobile", "auto"], "both": True},
    "US": "United States",
    "police": ["cops"],
    "cops": ["officers"],
}
THESAURUS = Thesaurus(synonym_entries(TABLE))


def meaning(query: str) -> str:
    """Return the interpretation of a query of which all words and phrases get their synonyms."""
    return str(widened(parse(query).tree, THESAURUS, query).tree)


# ---- which words have synonyms


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("police", "syn(police OR cops)"),
        ("cops", "syn(cops OR officers)"),  # and not police: one way, and no synonyms of synonyms
        ("officers", "officers"),
        ("auto", "syn(auto OR car OR automobile)"),
        ("Cars", "syn(Cars OR automobile OR auto)"),
        ("US", 'syn(US OR "United States")'),
        ("U.S.", 'syn(U.S. OR "United States")'),
        ("us", "us"),
        (
            "illegal aliens",
            '((illegal AND aliens) OR syn("undocumented immigrant" OR "unauthorized immigrant"))',
        ),
        ("illegal AND aliens", "(illegal AND syn(aliens OR extraterrestrial))"),
        ("aliens illegal", "(syn(aliens OR extraterrestrial) AND illegal)"),
        ("illegal (alien)", "(illegal AND syn(alien OR extraterrestrial))"),
        ("illegal -alien", "(illegal AND NOT syn(alien OR extraterrestrial))"),
        (
            '"illegal aliens"',
            'syn("illegal aliens" OR "undocumented immigrant" OR "unauthorized immigrant")',
        ),
        ('"the police car"~5', 'syn("the police car"~5 OR "the police automobile"~5 OR "the police auto"~5 OR "the cops car"~5 OR "the cops automobile"~5 OR "the cops auto"~5)'),
        ('"US law"~1', 'syn("US law"~1 OR "United States law"~2)'),
        ("car w/5 rain", "(syn(car OR automobile OR auto) w/5 rain)"),
        ("title:(police OR rain)", "title:(syn(police OR cops) OR rain)"),
        ("atleast3(police)", "atleast3(syn(police OR cops))"),
        ("police^2", "syn(police OR cops)^2.0"),
        ("caps(police)", 'caps("police")'),
        ("police~exact police~name", '("police"~exact AND "police"~name)'),
        ("car* car~1 /car/", "(car* AND car~1 AND /car/)"),
        ('outlet:police "car crash*"', '(outlet:"police" AND "car crash*")'),
        ("syn(car OR rain)", "syn(car OR rain)"),
    ],
)  # fmt: skip
def test_words_and_phrases_get_their_synonyms(query: str, expected: str) -> None:
    assert meaning(query) == expected
    tree = widened(parse(query).tree, THESAURUS, query).tree
    assert parse(expected).tree == tree
    assert side_by_side(parse(expected).tree) == side_by_side(tree)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("syn:police -cops", "(syn(police OR cops) AND NOT cops)"),
        ("SYN:police", "syn(police OR cops)"),
        ("syn(police)", "syn(police OR cops)"),
        ("syn(police w/3 rain)", "(syn(police OR cops) w/3 rain)"),
        ("syn(police AND rain)", "(syn(police OR cops) AND rain)"),
        ("syn(police OR rain)", "syn(police OR rain)"),
        ("-syn:police", "NOT syn(police OR cops)"),
        ("title:syn:police", "title:(syn(police OR cops))"),
        ("syn:car w/3 cops", "(syn(car OR automobile OR auto) w/3 cops)"),
        ("syn:(police car) car", "(syn(police OR cops) AND syn(car OR automobile OR auto) AND car)"),
        ("syn:police^2", "syn(police OR cops)^2.0"),
    ],
)
def test_syn_widens_what_stands_after_it_and_nothing_else(query: str, expected: str) -> None:
    assert str(parse(query, thesaurus=THESAURUS)) == expected
    assert parse(expected, thesaurus=THESAURUS).tree == parse(query, thesaurus=THESAURUS).tree


def test_notes_say_which_words_have_which_synonyms_and_which_have_none() -> None:
    found = widened(parse("police car rain police").tree, THESAURUS, "police car rain police").notes
    assert [(note.kind, note.message) for note in found] == [
        ("synonyms", "'police' also finds its synonym 'cops'"),
        ("synonyms", "'car' also finds its synonyms 'automobile', 'auto'"),
    ]
    notes = parse("syn:pollice syn:xyzzy syn:car*", thesaurus=THESAURUS).diagnostics
    assert [(note.message, note.suggestion, note.span) for note in notes] == [
        ("'pollice' has no synonyms in newssearch.toml", "did you mean police?", (4, 11)),
        ("'xyzzy' has no synonyms in newssearch.toml", "", (16, 21)),
        ("syn: widens words and phrases, and there is none after it", "", (26, 30)),
    ]
    assert parse("syn:police").diagnostics == ()  # without a table, nothing is known


def test_a_set_that_a_query_states_must_have_matches_in_a_text() -> None:
    assert parse("syn(rain OR (storm w/3 hail))").tree == Synonyms(
        (Word("rain"), Near(Word("storm"), Word("hail"), 3))
    )
    with pytest.raises(QueryError, match="applies to the whole article"):
        parse("syn(rain OR outlet:bbc)")
    with pytest.raises(QueryError, match="AND says what"):
        parse("syn(rain OR (storm hail))")
    with pytest.raises(ValueError, match="two or more"):
        Synonyms((Word("rain"),))
    nested = Synonyms((Or((Word("a"), Word("b"))), Synonyms((Word("c"), Word("d")))))
    assert str(nested) == "syn(a OR b OR c OR d)"
    assert pickle.loads(pickle.dumps(nested)) == nested


def test_words_of_a_tree_are_adjacent_as_they_follow_each_other() -> None:
    expected = '((illegal AND alien) OR syn("undocumented immigrant" OR "unauthorized immigrant"))'
    assert str(widened(words("illegal alien"), THESAURUS).tree) == expected
    text = "illegal alien"
    assert str(widened(literal(text).tree, THESAURUS, text).tree) == expected


def test_an_entry_may_have_its_own_language() -> None:
    german = Thesaurus(synonym_entries({"Minister": {"words": "Ressortchef", "lang": "de"}}))
    assert german.find(["Ministern"]) is not None
    plural = {"Minister": "Ressortchef"}
    assert Thesaurus(synonym_entries(plural), "de").find(["Ministern"]) is not None
    assert Thesaurus(synonym_entries(plural)).find(["Ministern"]) is None


# ---- bounds


def test_a_query_with_very_many_synonyms_is_cut_with_a_note() -> None:
    many = Thesaurus(synonym_entries({f"key{n}": [f"s{n}x{m}" for m in range(100)] for n in range(30)}))
    query = " ".join(f"key{n}" for n in range(30))
    found = widened(parse(query).tree, many, query)
    assert (
        30 + found.added
        == sum(1 for use in leaves(found.tree) for _ in use.leaf.children or (1,))
        == MAX_CLAUSES
    )
    assert any("longer than 1,024 words" in note.message for note in found.notes)
    assert parse(str(found.tree)).tree == found.tree
    asked = parse(" ".join(f"syn:key{n}" for n in range(30)), thesaurus=many)
    assert parse(str(asked)).tree == asked.tree


def test_a_table_with_very_many_pairs_is_refused() -> None:
    whole = {"words": [f"s{n}" for n in range(100)], "both": True}
    assert len(synonym_entries({f"key{n}": whole for n in range(9)})) == 9
    with pytest.raises(ValueError, match="101,000 pairs"):
        synonym_entries({f"key{n}": whole for n in range(10)})
    with pytest.raises(ValueError, match="10,001 entries"):
        synonym_entries({f"key{n}": "rain" for n in range(10_001)})


def test_a_phrase_with_very_many_wordings_is_cut_with_a_note() -> None:
    phrase = '"car auto automobile car auto"'
    found = widened(parse(phrase).tree, THESAURUS, phrase)
    assert isinstance(found.tree, Synonyms)
    assert len(found.tree.operands) == 64
    assert found.notes[-1].message == "only 64 of 243 wordings of the phrase with synonyms are searched"


def test_a_query_that_would_be_nested_too_deeply_stays_as_it_is() -> None:
    query = f"{'-(' * 24}rain police{')' * 24}"
    found = widened(parse(query).tree, THESAURUS, query)
    assert str(parse(str(found.tree))) == str(found.tree)
    deep = f"{'NOT ' * 49}police"
    found = widened(parse(deep).tree, THESAURUS, deep)
    assert [note.message for note in found.notes] == [
        "the query is nested too deeply to be widened by synonyms"
    ]


# ---- the same by brute force

VOCABULARY = ("rain", "rains", "Storm", "hail", "São", "sao", "US", "us")
TEXTS = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3).map(" ".join)
TABLES = st.dictionaries(
    TEXTS,
    st.fixed_dictionaries(
        {"words": st.lists(TEXTS, min_size=1, max_size=3), "both": st.booleans()}
    ),
    max_size=4,
)  # fmt: skip
PIECES = st.lists(st.tuples(st.booleans(), TEXTS), min_size=1, max_size=4)
"""Phrases and plain words."""


def entries_of(table: dict[str, object]) -> tuple[SynonymEntry, ...]:
    """Return the entries of a table that have a synonym beside the key."""
    found: list[SynonymEntry] = []
    for key, value in table.items():
        try:
            found += synonym_entries({key: value})
        except ValueError:
            continue
    return tuple(found)


def synonyms_of(run: list[str], entries: tuple[SynonymEntry, ...]) -> set[str]:
    """Return the synonyms of adjacent words, folded, by a comparison with each key."""
    terms = analyser(None).terms
    own = analyser(None).forms(" ".join(run))
    return {
        " ".join(analyser(None).forms(synonym))
        for entry in entries
        for key, synonyms in entry.sets
        if terms(key) == terms(" ".join(run))
        for synonym in synonyms
    } - {" ".join(own)}


def longest(words: list[str], entries: tuple[SynonymEntry, ...]) -> tuple[int, set[str]]:
    """Return how many of the words are a key together, and its synonyms; 1 and none if there is none."""
    for size in range(len(words), 0, -1):
        if found := synonyms_of(words[:size], entries):
            return size, found
    return 1, set()


def wordings(words: list[str], entries: tuple[SynonymEntry, ...]) -> set[str]:
    """Return all wordings of a phrase, folded."""
    choices: list[set[str]] = []
    while words:
        size, found = longest(words, entries)
        choices.append(found | {" ".join(analyser(None).forms(" ".join(words[:size])))})
        words = words[size:]
    return {" ".join(chosen) for chosen in itertools.product(*choices)}


@given(TABLES, PIECES)
def test_phrases_have_the_wordings_that_brute_force_finds(
    table: dict[str, object], pieces: list[tuple[bool, str]]
) -> None:
    entries = entries_of(table)
    thesaurus = Thesaurus(entries)
    query = " OR ".join(f'"{text}"' for _, text in pieces)
    tree = widened(parse(query).tree, thesaurus, query).tree
    kept = tree.operands if isinstance(tree, Or) else (tree,)
    for (_, text), node in zip(pieces, kept, strict=True):
        expected = wordings(text.split(), entries)
        if len(expected) <= MAX_PHRASES:
            assert alternatives(node) == expected
    assert side_by_side(parse(str(tree)).tree) == side_by_side(tree)


@given(TABLES, st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=5))
def test_plain_words_have_the_synonyms_that_brute_force_finds(
    table: dict[str, object], typed: list[str]
) -> None:
    entries = entries_of(table)
    query = " ".join(typed)
    tree = widened(parse(query).tree, Thesaurus(entries), query).tree
    expected = []
    while typed:
        size, synonyms = longest(typed, entries)
        expected.append({"+".join(map(folded, typed[:size])), *synonyms})
        typed = typed[size:]
    operands = tree.operands if isinstance(tree, And) else (tree,)
    assert [alternatives(operand) for operand in operands] == expected
    assert side_by_side(parse(str(tree)).tree) == side_by_side(tree)


def alternatives(node: Node) -> set[str]:
    """Return what each of the alternatives of a node is: folded words, joined by a plus if they need not be adjacent."""
    if isinstance(node, Or | Synonyms):
        return set().union(*map(alternatives, node.operands))
    if isinstance(node, And):
        return {"+".join(text for one in node.operands for text in alternatives(one))}
    assert isinstance(node, Word | Phrase)
    return {folded(node.text)}


def folded(text: str) -> str:
    return " ".join(analyser(None).forms(text))


@given(st.text("synSYN:(OR) \"'policecar-^2~*", max_size=24))
def test_whatever_is_typed_has_a_meaning_or_a_reason(query: str) -> None:
    try:
        found = parse(query, thesaurus=THESAURUS)
    except QueryError:
        return
    assert side_by_side(parse(str(found)).tree) == side_by_side(found.tree) or not str(found)


# ---- settings


def test_the_table_is_read_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "newssearch.toml").write_text(
        'lang = "de"\n[synonyms]\nWagen = "Auto"\ncar = { words = ["auto"], both = true, lang = "en" }\n',
        "utf-8",
    )
    config = load_config(tmp_path, {})
    assert config.synonyms == (
        SynonymEntry("Wagen", ("Auto",)), SynonymEntry("car", ("auto",), both=True, lang="en"),
    )  # fmt: skip
    table: Any = {"Wagen": "Auto", "car": {"words": "auto", "both": True, "lang": "en"}}
    assert Config(synonyms=config.synonyms) == Config(synonyms=table)
    assert config.thesaurus.find(["Wagens"]) is not None  # by the rules of German
    stored = settings_to_store(tmp_path)
    (tmp_path / "newssearch.toml").unlink()
    again = load_config(tmp_path, {}, lambda: stored)
    assert (again.synonyms, again.origins["synonyms"]) == (config.synonyms, "the index")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('synonyms = "car"', "must be a table"),
        ("[synonyms]\ncar = 5", "car is a word, a list of words, or a table"),
        ("[synonyms]\ncar = []", "car has no synonym but itself"),
        ('[synonyms]\ncar = ["Car", "CAR"]', "car has no synonym but itself"),
        ('[synonyms]\ncar = ["auto*"]', "has a star or a quotation mark"),
        ('[synonyms]\n"!" = "auto"', "'!' is not a word or a phrase"),
        ('[synonyms]\ncar = { words = "auto", way = 1 }', "car has no setting way"),
        ('[synonyms]\ncar = { words = "auto", both = "yes" }', "both of car must be true or false"),
        ('[synonyms]\ncar = { words = "auto", lang = 1 }', "lang of car must be a language"),
        (
            '[synonyms]\ncar = { words = "auto", lang = "english" }',
            'lang of car must be a language tag, such as "en" or "pt-BR", and not \'english\': did you mean "en"?',
        ),
        ('[synonyms]\ncar = { words = "auto", lang = "xx-nonsense" }', "and not 'xx-nonsense'"),
        ('[synonyms]\ncar = { words = "auto", lang = "eng-GB" }', "and not 'eng-GB': did you mean \"en\"?"),
        ('[synonyms]\ncar = { words = "auto", lang = " " }', "and not ' '"),
        (f"[synonyms]\ncar = {json.dumps([f'w{n}' for n in range(101)])}", "101 synonyms; 100 are the most"),
    ],
)
def test_an_entry_that_cannot_be_meant_is_an_error_that_names_it(
    tmp_path: Path, table: str, message: str
) -> None:
    (tmp_path / "newssearch.toml").write_text(table, "utf-8")
    with pytest.raises(ConfigError, match=r"newssearch\.toml: synonyms: ") as caught:
        load_config(tmp_path, {})
    assert message in str(caught.value)


# ---- the command line


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an archive with synonyms, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    write(tmp_path, "police = ['cops']", "'illegal alien' = 'undocumented immigrant'")
    index_of(tmp_path / "index", *ARTICLES).close()
    return tmp_path


ARTICLES: list[Article] = [
    article("Raid", "The police came at dawn.", date="2024-01-01", outlet="The Echo"),
    article("Chase", "Two cops ran after an undocumented immigrant.", date="2024-02-01", outlet="The Echo"),
    article("Trial", "An illegal alien was sentenced.", date="2024-03-01", outlet="The Sun"),
]


def write(folder: Path, *entries: str) -> None:
    (folder / "newssearch.toml").write_text("\n".join(["[synonyms]", *entries]), "utf-8")


@pytest.fixture
def cli(archive: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return command(capsys, monkeypatch)


def test_a_query_says_which_synonyms_it_finds(cli: Command) -> None:
    assert cli("query", "police", "--count").out == "1 article, 1 paragraph\n"
    done = cli("query", "--synonyms", "police")
    assert done.err.startswith("note: 'police' also finds its synonym 'cops'\n")
    assert done.out.endswith("2 articles, 2 matching paragraphs for syn(police OR cops)\n")
    assert json.loads(cli("query", "syn:police", "--json").out)["interpretation"] == "syn(police OR cops)"
    done = cli("query", "--synonyms", "dawn")
    assert "note: no word of the query has synonyms in newssearch.toml\n" in done.err


@pytest.mark.parametrize(
    "command",
    [
        ["query", "--count"], ["count"], ["kwic"], ["collocates"], ["keywords"], ["sample"], ["stories"], ["coverage"],
        ["export", "--format", "csv"],
    ],
    ids=lambda command: command[0],
)  # fmt: skip
def test_every_command_with_a_query_takes_synonyms(cli: Command, command: list[str]) -> None:
    plain, wide = cli(*command, "police"), cli(*command, "police", "--synonyms")
    asked = cli(*command, "syn:police")
    assert (plain.code, wide.code, asked.code) == (0, 0, 0)
    assert wide.out.split() == asked.out.replace("syn:", "").split()
    assert wide.out != plain.out
    refused = cli(*command, "--synonyms")
    assert refused.code == 2


def test_a_change_of_the_table_needs_no_rebuild(archive: Path, cli: Command) -> None:
    write(archive, "police = ['alien']")
    assert cli("query", "--synonyms", "police", "--count").out == "2 articles, 2 paragraphs\n"
    (archive / "newssearch.toml").unlink()
    done = cli("query", "--synonyms", "police", "--count")
    assert (done.out, done.err.splitlines()[0]) == (
        "1 article, 1 paragraph\n",
        "note: newssearch.toml has no [synonyms]",
    )


def test_a_receipt_says_that_a_query_is_understood_otherwise(archive: Path, cli: Command) -> None:
    assert cli("query", "--synonyms", "police", "--receipt", "r.json").code == 0
    receipt = json.loads(Path("r.json").read_text("utf-8"))
    assert receipt["searches"][0]["options"] == {"synonyms": True}
    assert receipt["searches"][0]["interpretation"] == "syn(police OR cops)"
    assert cli("receipt", "check", "r.json").code == 0
    assert "the archive's synonyms of its words" in cli("receipt", "text", "r.json").out
    write(archive, "police = ['cops', 'officers']")
    done = cli("receipt", "check", "r.json")
    assert done.code == 1
    assert "syn(police OR cops OR officers)" in done.out


def test_a_saved_search_finds_synonyms_and_takes_a_changed_table_like_an_edit(
    archive: Path, cli: Command
) -> None:
    assert cli("save", "raids", "police", "--synonyms").code == 0
    (saved,) = newssearch.saved_searches(archive / "index")
    assert saved.request.synonyms
    assert "--synonyms" in cli("saved", "raids").out
    assert cli("alert", "run").code == 0
    write(archive, "police = ['cops', 'alien']")
    with newssearch.open(archive / "index") as index:
        index.add(article("Hunt", "Cops again.", date="2024-04-01"))
    done = cli("alert", "run", "--json")
    assert "Hunt" in done.out


def test_an_article_is_shown_with_its_synonyms_marked(archive: Path, cli: Command) -> None:
    with newssearch.open(archive / "index") as index:
        (found,) = index.find("cops")
        assert [
            snippet.highlights for snippet in index.highlights(found, "police", synonyms=True).values()
        ] == [(), ((4, 8),)]
        assert str(index.parse("police", synonyms=True)) == "syn(police OR cops)"
        assert isinstance(index.parse("police"), Query)
    shown = json.loads(cli("show", found, "--query", "syn:police", "--json").out)
    assert shown["paragraphs"][0]["highlights"] == [[4, 8]]


def test_info_shows_the_synonyms(archive: Path, cli: Command) -> None:
    write(archive, "car = { words = ['auto', \"a\\u001bb\"], both = true, lang = 'en' }", "police = 'cops'")
    lines = cli("info", "--config").out.splitlines()
    assert "           car = auto, a\ufffdb (both ways, en)" in lines
    assert "           police = cops" in lines
    assert json.loads(cli("info", "--config", "--json").out)["synonyms"]["value"]["police"] == {
        "words": ["cops"], "both": False, "lang": None,
    }  # fmt: skip
