"""Stories in the embedded engine and on the command line: copies of a text, whole, cut or edited."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Article, Index
from newssearch.story import Change, changes
from newssearch.text.analysis import analyser
from stories_sample import AGENCY, DAM, FOOTER, OTHER, PAPER, RADIO, VOTE, unlike
from stories_twin import Paragraph, StoriesAndRepeats, expected_stories
from support import THOROUGH, Command, command, index_of


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return index_of(tmp_path / "index", RADIO, OTHER, AGENCY, PAPER)


@settings(max_examples=20 * THOROUGH, deadline=None)
@given(
    old=st.lists(st.sampled_from([*DAM, *VOTE, "", "One word", "one word!"]), max_size=8),
    new=st.lists(st.sampled_from([*DAM, *VOTE, DAM[0][:60], "One word"]), max_size=8),
)
def test_every_paragraph_of_both_versions_is_told_of_once(old: list[str], new: list[str]) -> None:
    first, article = (Article.create(title="T", text=text, identity=str(text)) for text in (old, new))
    found = changes(first, article, analyser(None))
    assert sorted(c.first for c in found if c.first) == [p.number for p in first.paragraphs]
    assert [c.number for c in found if c.number] == [p.number for p in article.paragraphs]
    for change in found:
        assert change.kind == ("added" if not change.first else "cut" if not change.number else change.kind)
        if change.kind == "changed":
            before = " ".join(e.text for e in change.edits if e.kind != "added")
            after = " ".join(e.text for e in change.edits if e.kind != "cut")
            assert before == " ".join(first.paragraphs[(change.first or 0) - 1].text.split())
            assert after == " ".join(change.text.split())


# ---- exactness

WORDS = [" ".join(f"{chr(97 + which)}{n}" for n in range(12)) for which in range(6)]
POOL = st.one_of(
    st.sampled_from([*DAM, *VOTE, FOOTER, *WORDS, DAM[0].replace("Monday", "Sunday"), "Read more", "Photo"]),
    st.integers(0, 99).map(lambda n: unlike(n)[0]),
)
ARTICLES = st.builds(
    lambda text, outlet, day, title: Article.create(
        title=title, text=text, outlet=outlet, date=day, identity=f"{outlet}{day}{title}"
    ),
    st.lists(POOL, max_size=6),
    st.sampled_from(["a.example", "b.example", None]),
    st.one_of(st.none(), st.dates(dt.date(2024, 7, 1), dt.date(2024, 7, 4))),
    st.integers(0, 30).map(str),
)


def stories_in(index: Index) -> StoriesAndRepeats:
    """Return the stories of an index."""
    stories: dict[int, set[str]] = defaultdict(set)
    boilerplate: set[Paragraph] = set()
    redundant: set[Paragraph] = set()
    for segment in index._store.snapshot().segments:  # type: ignore[attr-defined]
        held = segment.live_articles()
        for article in range(segment.articles):
            if not held[article]:
                continue
            name = segment.id(article).decode()
            stories[segment.story(article)].add(name)
            for kind, documents in (
                (boilerplate, segment.stories.boilerplate),
                (redundant, segment.stories.redundant),
            ):
                for document in documents.tolist():
                    if segment.article[document] == article:
                        kind.add((name, document - int(segment.first[article]) + 1))
    return StoriesAndRepeats(
        {frozenset(names) for story, names in stories.items() if story and len(names) > 1},
        boilerplate,
        redundant,
    )


@settings(max_examples=12 * THOROUGH, deadline=None)
@given(
    batches=st.lists(
        st.lists(ARTICLES, min_size=1, max_size=20, unique_by=lambda a: a.id), min_size=1, max_size=4
    ),
    data=st.data(),
)
def test_stories_are_those_that_a_look_at_every_pair_finds(
    batches: list[list[Article]], data: st.DataObject
) -> None:
    held: dict[str, Article] = {}
    with tempfile.TemporaryDirectory() as folder, newssearch.create(Path(folder) / "i") as index:
        for batch in batches:
            index.add(batch)
            held |= {article.id: article for article in batch}
            assert stories_in(index) == expected_stories(list(held.values()))
            told = {(name, number) for name in held for number in index.boilerplate(name)}
            assert told == expected_stories(list(held.values())).boilerplate
            gone = data.draw(st.lists(st.sampled_from(sorted(held)), max_size=3))
            index.remove(gone)
            held = {name: article for name, article in held.items() if name not in gone}
            assert stories_in(index) == expected_stories(list(held.values()))


@pytest.mark.parametrize(("words", "kinds"), [(628, ["added", "same"]), (640, ["cut", "added"])])
def test_a_long_paragraph_that_repeats_few_words_is_not_compared_word_by_word(
    words: int, kinds: list[str]
) -> None:
    """Each word of the one could stand for a quarter of the words of the other: some such texts would take a minute."""
    old = " ".join(["rain", "sun", "wind", "snow"] * (words // 4))
    first, article = (Article.create(title="T", text=text) for text in (old, f"hail {old}"))
    (change,) = changes(first, article, analyser(None))
    assert [edit.kind for edit in change.edits] == kinds
    assert change.edits[-1].text == (f"hail {old}" if kinds[0] == "cut" else old)


def both(lang: str, old: str, new: str) -> list[Change]:
    """Return how a text of one paragraph has changed."""
    first, article = (Article.create(title="T", text=text, lang=lang) for text in (old, new))
    return changes(first, article, analyser(lang))


@pytest.mark.parametrize(
    ("lang", "old", "new", "kind"),
    [
        ("en", "The minister visits the city.", "The ministers visited the cities.", "changed"),
        ("en", "Iraq says the minister spoke.", "Iraq’s says the minister spoke.", "changed"),
        ("en", "U.S. troops, “all of them”, left.", "US troops, 'all of them' left", "kept"),
        (
            "en",
            "They said that inflation was 3.5 percent.",
            "They said that inflation was 35 percent.",
            "changed",
        ),
        ("fr", "Le sommet de l’Otan", "LE SOMMET DE L'OTAN.", "kept"),
        ("zh", "国家主席访问法国，会见总统。", "国家主席访问法国会见总统", "kept"),
    ],
)
def test_a_paragraph_with_another_form_of_a_word_is_not_the_same(
    lang: str, old: str, new: str, kind: str
) -> None:
    (change,) = both(lang, old, new)
    assert change.kind == kind


@pytest.mark.parametrize(
    ("lang", "old", "new", "cut", "added"),
    [
        ("zh", "国家主席访问法国，会见总统。", "国家主席访问德国，会见总统。", ["法"], ["德"]),
        ("zh", "北约在 NATO总部说：将增加开支。", "北约在 NATO峰会说：将增加开支。", ["总部"], ["峰会"]),
        ("ja", "東京で パリの会議が開かれた。", "東京で ロンドンの会議が開かれた。", ["パリ"], ["ロンドン"]),
        ("th", "นายกรัฐมนตรีเยือนประเทศไทย", "นายกรัฐมนตรีเยือนประเทศจีน", ["ไท", "ย"], ["จี", "น"]),
        ("ko", "서울에서 회의가 열렸다", "부산에서 회의가 열렸다", ["서울에서"], ["부산에서"]),
        ("en", "The cease-fire held on Monday.", "The cease-fire held on Sunday.", ["Monday."], ["Sunday."]),
    ],
)
def test_edits_are_words_also_in_scripts_without_spaces(
    lang: str, old: str, new: str, cut: list[str], added: list[str]
) -> None:
    (change,) = both(lang, old, new)
    assert "".join(edit.text for edit in change.edits if edit.kind == "cut") == "".join(cut)
    assert "".join(edit.text for edit in change.edits if edit.kind == "added") == "".join(added)


# ---- the command line


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return the command line."""
    return command(capsys, monkeypatch)


def test_query_and_story_on_the_command_line(index: Index, cli: Command) -> None:
    folder = str(index.folder)
    done = cli("query", "valley", "--sort", "oldest", "--index", folder)
    assert "  also in: paper.example 2024-07-23, radio.example 2024-07-24\n" in done.out
    assert "3 articles (1 story), 4 matching paragraphs for valley" in done.out
    assert cli("query", "valley", "--no-group", "--index", folder).out.count("Dam breaks") == 1
    assert cli("query", "valley", "--count", "--index", folder).out == "3 articles (1 story), 4 paragraphs\n"
    listed = cli("story", RADIO.id, "--list", "--index", folder).out
    assert [line.split()[2] for line in listed.splitlines() if line[:3].strip().isdigit()] == [
        "agency.example", "paper.example", "radio.example",
    ]  # fmt: skip
    shown = cli("story", RADIO.id, "--index", folder).out
    assert "     -  2   Engineers had warned" in shown
    assert "     ~  3   [-The governor said-] {+Governor Aziz told us+} that the road" in shown
    assert "     =  1 to 5 kept\n     +  6   Our reporter" in shown
    assert json.loads(cli("story", PAPER.id, "--json", "--index", folder).out)["articles"] == 3
    assert cli("query", "governor", "--novel", "--count", "--index", folder).out == "1 article, 1 paragraph\n"
