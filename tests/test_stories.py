"""Copies of one story are found, whole, cut or edited; they show once; and nothing that only looks like one is."""

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
from newssearch.story import changes
from stories_twin import Paragraph, Told, tell
from support import THOROUGH, Command, command, index_of

DAM = [
    "The dam above the town of Halfaya broke on Monday after two weeks of rain, and water filled the valley.",
    "Engineers had warned the ministry in March that the spillway was cracked, according to letters seen by reporters.",
    "Some four thousand people were taken to schools on higher ground, and nobody was reported missing by the evening.",
    "The governor said that the road to the capital would stay closed until the bridge had been looked at by experts.",
    "Farmers fear for the harvest of the whole district, for most of the fields along the river lie under mud.",
]
VOTE = [
    "Parliament voted on Tuesday to lower the tax on bread, which had led to strikes in three cities of the north.",
    "The opposition left the hall before the count, and its leader called the law a gift to the owners of mills.",
    "Bakers said that prices would fall by a tenth at most, since flour and wages cost more than a year ago.",
]
FOOTER = "Sign up here for our daily letter with the best of our reporting, free of charge."


def made(
    text: list[str], outlet: str | None, date: str | None = "2024-07-25", title: str = "News"
) -> Article:
    """An article of an outlet."""
    return Article.create(
        title=title,
        text=text,
        outlet=outlet,
        date=date,
        identity=f"{outlet} {date} {title} {len(text)}",
    )


AGENCY = made(DAM, "agency.example", "2024-07-22", "Dam breaks above Halfaya")
PAPER = made([DAM[0], DAM[2], DAM[3].replace("The governor said", "Governor Aziz told us")], "paper.example", "2024-07-23", "Thousands flee")  # fmt: skip
RADIO = made([*DAM, "Our reporter is on the way to the valley and will tell more in the evening."], "radio.example", "2024-07-24", "Flood!")  # fmt: skip
OTHER = made(VOTE, "paper.example", "2024-07-23", "Cheaper bread")


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return index_of(tmp_path / "index", RADIO, OTHER, AGENCY, PAPER)


def ids(story: newssearch.Story) -> list[str]:
    return [version.id for version in story.versions]


# ---- results


def test_a_story_shows_once_with_where_else_it_stands(index: Index) -> None:
    results = index.search("valley OR bread")
    assert len(results) == 2
    assert (results.total_articles, results.total_stories, results.grouped) == (4, 2, True)
    hit = next(hit for hit in results if hit.title != "Cheaper bread")
    assert hit.story == AGENCY.id
    others = [copy for copy in (AGENCY, PAPER, RADIO) if copy.id != hit.id]
    assert [(copy.id, copy.outlet, copy.date) for copy in hit.copies] == [
        (o.id, o.outlet, o.date) for o in others
    ]
    alone = next(hit for hit in results if hit.title == "Cheaper bread")
    assert (alone.story, alone.copies, alone.copies_total) == (OTHER.id, (), 0)


def test_it_shows_by_its_best_member(index: Index) -> None:
    best = index.search("valley", group=False)[0]
    assert index.search("valley")[0].id == best.id
    assert [hit.id for hit in index.search("valley", sort="newest")] == [RADIO.id]
    assert [hit.id for hit in index.search("valley", sort="oldest")] == [AGENCY.id]


def test_all_copies_show_where_asked_for(index: Index) -> None:
    results = index.search("valley", group=False)
    assert {hit.id for hit in results} == {AGENCY.id, PAPER.id, RADIO.id}
    assert (results.total_articles, results.total_stories, results.grouped) == (3, 1, False)
    assert {hit.id for hit in index.search("valley", all_paragraphs=True)} == {AGENCY.id, PAPER.id, RADIO.id}


def test_a_copy_that_does_not_pass_a_filter_is_named_but_not_counted(index: Index) -> None:
    results = index.search("valley", outlet="paper.example")
    assert [hit.id for hit in results] == [PAPER.id]
    assert (results.total_articles, results.total_stories) == (1, 1)
    assert [copy.id for copy in results[0].copies] == [AGENCY.id, RADIO.id]


def test_facets_count_articles(index: Index) -> None:
    facet = index.search("valley OR bread", facets="outlet").facets["outlet"]
    assert [(value.value, value.articles) for value in facet] == [
        ("paper.example", 2), ("agency.example", 1), ("radio.example", 1),
    ]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_pages_of_stories_are_the_first_of_each_in_the_order_of_all(data: st.DataObject) -> None:
    drawn = data.draw(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), min_size=1, max_size=14))
    articles = [
        made(VARIANTS[which][: 3 + extra % 3], f"o{n}.example", f"2024-07-{10 + extra}", f"N{n}")
        for n, (which, extra) in enumerate(drawn)
    ]
    with tempfile.TemporaryDirectory() as folder, index_of(Path(folder) / "i", *articles) as index:
        for query, sort in (("valley OR bread OR ships", "relevance"), ("", "newest"), ("bread", "oldest")):
            everything = index.search(query, sort=sort, limit=None, group=False)
            first = {hit.story: hit.address for hit in reversed(everything)}
            expected = [hit.address for hit in everything if first[hit.story] == hit.address]
            assert [hit.address for hit in index.search(query, sort=sort, limit=None)] == expected
            assert index.search(query, sort=sort).total_stories == everything.total_stories == len(expected)
            for size in (1, 2, 5):
                pages = [
                    index.search(query, sort=sort, limit=size, offset=at)
                    for at in range(0, len(expected) + 1, size)
                ]
                assert [hit.address for page in pages for hit in page] == expected
                ranks = index.rank(query, sort=sort, limit=size)
                assert [f"{rank.id}#{rank.paragraph}" for rank in ranks] == expected[:size]


VARIANTS = {
    "a": [*DAM, *VOTE[:1]],
    "b": [*VOTE, *DAM[:1]],
    "c": [
        "Two ships with grain left the harbour on Friday for the first time since the war closed the strait.",
        "Insurers had asked for guards on board, and four soldiers went with each of the ships to the border.",
        "A third one waits for papers, and the owners hope that it will leave before the end of the month.",
        "The price of wheat fell on all markets when the news came, and rose again a little in the afternoon.",
    ],
}


# ---- one story


def test_a_story_lists_who_ran_it_when(index: Index) -> None:
    for article in (AGENCY, PAPER, RADIO):
        story = index.story(article.id)
        assert ids(story) == [AGENCY.id, PAPER.id, RADIO.id]
    assert ids(index.story(OTHER.id)) == [OTHER.id]
    assert ids(index.story(AGENCY.id.rpartition("-")[2])) == [AGENCY.id, PAPER.id, RADIO.id]
    with pytest.raises(newssearch.ArticleNotFoundError):
        index.story("nothing")


def test_it_tells_what_each_kept_changed_cut_and_added(index: Index) -> None:
    first, paper, radio = index.story(AGENCY.id).versions
    assert [(change.kind, change.first, change.number) for change in first.changes] == [
        ("kept", n, n) for n in range(1, 6)
    ]
    assert [(change.kind, change.first, change.number) for change in paper.changes] == [
        ("kept", 1, 1), ("cut", 2, None), ("kept", 3, 2), ("changed", 4, 3), ("cut", 5, None),
    ]  # fmt: skip
    assert paper.share == 3 / 5
    assert [tuple(edit) for edit in paper.changes[3].edits] == [
        ("cut", "The governor said"), ("added", "Governor Aziz told us"), ("same", DAM[3].removeprefix("The governor said ")),
    ]  # fmt: skip
    assert [change.kind for change in radio.changes] == ["kept"] * 5 + ["added"]
    assert json.loads(json.dumps(radio.to_dict()))["changes"][5] == {
        "kind": "added", "first": None, "number": 6, "text": RADIO.paragraphs[5].text,
    }  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    old=st.lists(st.sampled_from([*DAM, *VOTE, "", "One word", "one word!"]), max_size=8),
    new=st.lists(st.sampled_from([*DAM, *VOTE, DAM[0][:60], "One word"]), max_size=8),
)
def test_every_paragraph_of_both_versions_is_told_of_once(old: list[str], new: list[str]) -> None:
    first, article = (Article.create(title="T", text=text, identity=str(text)) for text in (old, new))
    found = changes(first, article)
    assert sorted(c.first for c in found if c.first) == [p.number for p in first.paragraphs]
    assert [c.number for c in found if c.number] == [p.number for p in article.paragraphs]
    for change in found:
        assert change.kind == ("added" if not change.first else "cut" if not change.number else change.kind)
        if change.kind == "changed":
            before = " ".join(e.text for e in change.edits if e.kind != "added")
            after = " ".join(e.text for e in change.edits if e.kind != "cut")
            assert before == " ".join(first.paragraphs[(change.first or 0) - 1].text.split())
            assert after == " ".join(change.text.split())


# ---- what is a copy


def test_a_quotation_makes_no_copy(tmp_path: Path) -> None:
    quoting = made([*VOTE, DAM[0]], "paper.example", title="Bread and water")
    with index_of(tmp_path / "i", AGENCY, quoting) as index:
        assert ids(index.story(AGENCY.id)) == [AGENCY.id]


def test_half_of_a_text_is_a_copy_of_it(tmp_path: Path) -> None:
    half = made(DAM[:3], "paper.example", title="Dam")
    with index_of(tmp_path / "i", AGENCY, half) as index:
        assert len(ids(index.story(AGENCY.id))) == 2


def test_case_punctuation_and_how_a_text_is_parted_make_no_difference(tmp_path: Path) -> None:
    glued = made([" ".join(DAM[:3]).upper(), " ".join(DAM[3:]).replace(",", " –")], "paper.example")
    with index_of(tmp_path / "i", AGENCY, glued) as index:
        assert len(ids(index.story(AGENCY.id))) == 2


def test_a_story_that_was_removed_is_told_no_more(index: Index) -> None:
    index.remove([AGENCY.id])
    assert ids(index.story(RADIO.id)) == [PAPER.id, RADIO.id]
    assert index.search("valley", group=False)[0].story == PAPER.id
    index.remove([PAPER.id])
    assert ids(index.story(RADIO.id)) == [RADIO.id]
    assert index.search("valley")[0].copies == ()
    index.add([AGENCY])
    assert ids(index.story(RADIO.id)) == [AGENCY.id, RADIO.id]


def test_many_copies_are_listed_in_part_and_counted(tmp_path: Path) -> None:
    copies = [made(DAM, f"o{n:03}.example", "2024-07-22", f"Dam {n}") for n in range(150)]
    with index_of(tmp_path / "i", *copies) as index:
        results = index.search("valley")
        assert (len(results), results.total_articles, results.total_stories) == (1, 150, 1)
        assert (len(results[0].copies), results[0].copies_total) == (100, 149)


# ---- boilerplate


def footers(outlet: str, number: int) -> list[Article]:
    """Articles of an outlet with one footer."""
    return [made([*unlike(n), FOOTER], outlet, f"2024-06-{n + 1:02}", f"Number {n}") for n in range(number)]


def unlike(number: int) -> list[str]:
    """Paragraphs that no other number has."""
    return [" ".join(f"w{number}x{part}x{word}" for word in range(20)) for part in range(2)]


def test_what_stands_in_many_articles_of_an_outlet_scores_nothing_and_is_not_shown(tmp_path: Path) -> None:
    news = made(["A letter with the best wishes came for the minister."], "other.example", title="Post")
    with index_of(tmp_path / "i", *footers("e.example", 12), news) as index:
        results = index.search("letter", limit=None)
        assert results[0].id == news.id
        assert results.total_articles == 13
        assert {hit.paragraph for hit in results[1:]} == {1}
        assert {hit.score for hit in results[1:]} == {0}
        assert {hit.matching for hit in results} == {1}
        everything = index.search("letter", limit=None, all_paragraphs=True)
        assert [hit.score > 0 for hit in everything] == [True] + [False] * 12
        assert {hit.paragraph for hit in everything[1:]} == {3}


def test_it_makes_no_story(tmp_path: Path) -> None:
    bare = [made([FOOTER], "e.example", f"2024-05-{n + 1:02}", f"Bare {n}") for n in range(3)]
    with index_of(tmp_path / "i", *footers("e.example", 12), *bare) as index:
        assert ids(index.story(bare[0].id)) == [bare[0].id]
    with index_of(tmp_path / "j", *footers("e.example", 4), *bare) as index:
        assert len(ids(index.story(bare[0].id))) == 3


def test_a_text_that_an_outlet_ran_many_times_is_no_boilerplate(tmp_path: Path) -> None:
    again = [
        made([*DAM, f"Updated at {n} o'clock."], "e.example", "2024-07-22", f"Live {n}") for n in range(20)
    ]
    with index_of(tmp_path / "i", *again) as index:
        results = index.search("engineers warned")
        assert (len(results), results.total_articles) == (1, 20)
        assert results[0].paragraph == 2
        assert results[0].score > 0


# ---- novel


def test_novel_finds_paragraphs_that_no_earlier_article_has(index: Index) -> None:
    found = index.search("valley", novel=True, group=False)
    assert [(hit.id, hit.paragraph) for hit in found] in (
        [(AGENCY.id, 1), (RADIO.id, 6)],
        [(RADIO.id, 6), (AGENCY.id, 1)],
    )
    assert (found.total_articles, found.total_paragraphs) == (2, 2)
    assert index.search("bridge", novel=True).total_articles == 1  # changed, it is still known
    assert [hit.id for hit in index.search("", novel=True, group=False)] == [RADIO.id, OTHER.id, AGENCY.id]
    assert [hit.paragraph for hit in index.search("", novel=True, group=False)] == [6, 1, 1]
    assert index.search("flee", novel=True).total_articles == 0  # only a headline has it


def test_an_earlier_article_that_comes_later_makes_paragraphs_known(index: Index) -> None:
    index.add([made(DAM[:2], "first.example", "2024-07-01", "Scoop")])
    assert [hit.outlet for hit in index.search("engineers", novel=True)] == ["first.example"]


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


def told(index: Index) -> Told:
    """The stories as the index has them."""
    stories: dict[int, set[str]] = defaultdict(set)
    repeated: set[Paragraph] = set()
    known: set[Paragraph] = set()
    for segment in index._store.snapshot().segments:  # type: ignore[attr-defined]
        held = segment.everything()
        for article in range(segment.articles):
            if not held[article]:
                continue
            name = segment.id(article).decode()
            stories[segment.story(article)].add(name)
            for kind, documents in ((repeated, segment.stories.repeated), (known, segment.stories.known)):
                for document in documents.tolist():
                    if segment.article[document] == article:
                        kind.add((name, document - int(segment.first[article]) + 1))
    return Told(
        {frozenset(names) for story, names in stories.items() if story and len(names) > 1}, repeated, known
    )


@settings(max_examples=30 * THOROUGH, deadline=None)
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
            assert told(index) == tell(list(held.values()))
            gone = data.draw(st.lists(st.sampled_from(sorted(held)), max_size=3))
            index.remove(gone)
            held = {name: article for name, article in held.items() if name not in gone}
            assert told(index) == tell(list(held.values()))


# ---- the command line


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line."""
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
