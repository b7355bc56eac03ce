"""Stories as a list, and which outlets ran one: the numbers are those of a plain count over the articles."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import io
import json
import pickle
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newssearch import (
    Article,
    ArticleNotFoundError,
    Index,
    PartialDate,
    QueryError,
    Request,
    SearchStoppedError,
)
from newssearch.corpus.stories import STORY_SORTS
from newssearch.corpus.time_span import TimeSpan, span_between
from stories_sample import AGENCY, DAM, OTHER, PAPER, RADIO, VOTE
from support import THOROUGH, Command, article, command, index_of

from .conftest import Engine

SHIPS = [
    "Two ships with grain left the harbour on Friday for the first time since the war closed the strait.",
    "Insurers had asked for guards on board, and four soldiers went with each of the ships to the border.",
    "A third one waits for papers, and the owners hope that it will leave before the end of the month.",
]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return command(capsys, monkeypatch)


# ---- the twin

DATES = [
    None, "2024", "2024-07", "2024-07-22", "2024-07-23", "2024-07-23T01:00:00+03:00", "2024-07-22T23:00:00Z", "2024-07-22T20:30:00Z",
    "2024-07-24T10:00:00",
]  # fmt: skip
OUTLETS = [None, "Echo", "ECHO", "The Guardian", "guardian.co.uk", "Post"]
ARTICLES = st.builds(
    lambda number, which, size, title, extra, **fields: article(
        title, *{"dam": DAM, "vote": VOTE, "ships": SHIPS}[which][:size], *extra, url=f"u{number}", **fields
    ),
    number=st.integers(0, 25),
    which=st.sampled_from(["dam", "vote", "ships"]),
    size=st.integers(2, 5),
    title=st.sampled_from(["News", "Rain"]),
    extra=st.sampled_from([(), ("It rains and rains.",)]),
    date=st.sampled_from(DATES),
    outlet=st.sampled_from(OUTLETS),
)
COMMITS = st.lists(st.lists(ARTICLES, min_size=1, max_size=10), min_size=1, max_size=3)
ASKED = st.sampled_from(
    [
        ("", {}),
        ("rain", {}),
        ("bread OR ships", {}),
        ("", {"since": "2024-07-23"}),
        ("dam", {"outlet": "echo"}),
    ]
)


def outlet_of(one: Article) -> str | None:
    """Return the outlet of an article, the same for all of its names."""
    return "the guardian" if one.outlet == "guardian.co.uk" else one.outlet and one.outlet.lower()


def when(one: Article) -> tuple[int, float, str]:
    """Return the key of the order in which articles were published."""
    if one.date is None:
        return (2, 0.0, one.id)
    if isinstance(one.date, PartialDate):
        first = one.date.first_day
        return (1, dt.datetime(first.year, first.month, 1, tzinfo=dt.timezone.utc).timestamp(), one.id)
    moment = one.date if isinstance(one.date, dt.datetime) else dt.datetime.combine(one.date, dt.time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.timezone.utc)
    return (0, moment.timestamp(), one.id)


def span(first: Article, last: Article) -> TimeSpan:
    """Return the time between two articles."""
    one, other = first.date, last.date
    if not (isinstance(one, dt.date) and isinstance(other, dt.date)):
        return TimeSpan()
    days = (dt.date(other.year, other.month, other.day) - dt.date(one.year, one.month, one.day)).days
    both = isinstance(one, dt.datetime) and isinstance(other, dt.datetime)
    return TimeSpan(max(days, 0), (when(last)[1] - when(first)[1]) / 3600 if both else None)


def listed(index: Index, query: str, options: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all stories that matching articles tell."""
    found = []
    matching = {*index.find(query, **options)}
    told: dict[str, list[str]] = {}
    for name in matching:
        whole = [one.id for one in index.story(name).versions]
        if len(whole) > 1:
            told[whole[0]] = whole
    for story, whole in told.items():
        members = sorted((index.article(name) for name in whole if name in matching), key=when)
        latest = [one for one in members if when(one)[0] == when(members[0])[0]][-1]
        found.append(
            {
                "story": story, "articles": len(members), "of": len(whole),
                "outlets": len({outlet_of(one) for one in members} - {None}),
                "lead": members[0].id, "title": members[0].title, "outlet": members[0].outlet, "url": members[0].url,
                "first": members[0].date, "last": latest.date, "spread": span(members[0], latest),
                "begins": float("-inf") if members[0].date is None else when(members[0])[1], "lasts": when(latest)[1] - when(members[0])[1],
            }
        )  # fmt: skip
    return found


@settings(max_examples=8 * THOROUGH, deadline=None)
@given(COMMITS, ASKED, st.sampled_from(STORY_SORTS), st.integers(0, 3), st.integers(1, 3))
def test_the_stories_are_those_of_a_count_over_all_articles(
    engine: Engine,
    commits: list[list[Article]],
    asked: tuple[str, dict[str, Any]],
    sort: Any,
    least: int,
    size: int,
) -> None:
    query, options = asked
    with engine.index() as index:
        for articles in commits:
            index.add(articles)
        expected = [one for one in listed(index, query, options) if one["outlets"] >= least]
        main = {"size": "articles", "outlets": "outlets", "newest": "begins", "spread": "lasts"}[sort]
        expected.sort(key=lambda one: (-one[main], -one["articles"], -one["of"], -one["begins"], one["lead"]))
        found = index.stories(query, sort=sort, limit=None, min_outlets=least, **options)
        assert [
            {name: getattr(one, name) for name in expected[0].keys() - {"begins", "lasts"}} for one in found
        ] == [
            {name: value for name, value in one.items() if name not in ("begins", "lasts")}
            for one in expected
        ]
        assert found.total_stories == len(expected)
        assert found.story_articles == sum(one["articles"] for one in expected)
        assert found.total_articles == index.count(query, **options)
        pages = [
            one
            for offset in range(0, len(expected) + 1, size)
            for one in index.stories(
                query, sort=sort, limit=size, offset=offset, min_outlets=least, **options
            )
        ]
        assert pages == list(found)


@settings(max_examples=8 * THOROUGH, deadline=None)
@given(
    COMMITS,
    ASKED,
    st.lists(st.sampled_from(["Post", "echo", "theguardian.com", "Nowhere", "BBC"])),
    st.integers(0, 30),
)
def test_the_coverage_is_that_of_a_count_over_all_articles(
    engine: Engine,
    commits: list[list[Article]],
    asked: tuple[str, dict[str, Any]],
    names: list[str],
    number: int,
) -> None:
    query, options = asked
    with engine.index() as index:
        for articles in commits:
            index.add(articles)
        ids = index.find()
        matching = {*index.find(query, **options)}
        for story in (None, ids[number % len(ids)]):
            chosen = matching if story is None else matching & {one.id for one in index.story(story).versions}
            by_outlet: dict[str | None, list[Article]] = defaultdict(list)
            for one in sorted(map(index.article, chosen), key=when):
                by_outlet[outlet_of(one)].append(one)
            all_of = Counter(outlet_of(one) for one in index)
            keys = {
                "Post": "post",
                "echo": "echo",
                "theguardian.com": "the guardian",
                "Nowhere": "nowhere",
                "BBC": "bbc news",
            }
            wanted = list(dict.fromkeys(keys[name] for name in names))
            first = next(iter(by_outlet.values()))[0] if by_outlet else None
            expected: list[tuple[object, ...]] = [
                (
                    outlet,
                    len(held),
                    all_of[outlet],
                    outlet in wanted,
                    held[0].id,
                    held[0].date,
                    span(first, held[0]),
                )
                for outlet, held in by_outlet.items()
                if first is not None
            ]
            expected += [(name, 0, all_of[name], True, None, None, TimeSpan()) for name in wanted if name not in by_outlet]  # fmt: skip
            found = index.coverage(query, story=story, outlets=names, **options)
            shown = {"guardian.co.uk": "the guardian"}
            assert [
                (shown.get(str(one.outlet).lower(), one.outlet and one.outlet.lower()), one.articles, one.in_index, one.is_listed, one.id, one.date, one.after)
                for one in found
            ] == expected  # fmt: skip
            assert found.articles == len(chosen)
            assert found.story == (None if story is None else index.story(story).versions[0].id)
            assert [*found.ran, *found.missing] == list(found)


# ---- stories


@pytest.fixture
def index(address: str) -> Index:
    return index_of(address, RADIO, OTHER, AGENCY, PAPER)


def test_a_story_has_the_numbers_of_the_articles_that_match(index: Index) -> None:
    (story,) = index.stories()
    assert (story.story, story.articles, story.outlets, story.of, story.lead) == (
        AGENCY.id,
        3,
        3,
        3,
        AGENCY.id,
    )
    assert (story.first, story.last, story.spread) == (AGENCY.date, RADIO.date, TimeSpan(2))
    (part,) = index.stories(outlet=["paper.example", "radio.example"])
    assert (part.articles, part.of, part.lead, part.title) == (2, 3, PAPER.id, "Thousands flee")
    assert part.story == AGENCY.id, "the id of the story stays"
    assert len(index.stories("bread")) == 0
    assert index.stories(limit=0).total_stories == 1
    assert len(index.stories(min_outlets=4)) == 0


def test_an_article_that_tells_no_story_with_others_is_only_counted(index: Index) -> None:
    found = index.stories("valley OR bread")
    assert (found.total_stories, found.story_articles, found.total_articles) == (1, 3, 4)
    assert found.summary == "1 story of 3 articles; 4 articles match"


def test_equal_stories_are_ordered_by_all_of_their_articles_and_then_the_newest_is_first(
    address: str,
) -> None:
    ships = [
        article(
            f"Ships {n}", *SHIPS, "Storm." if n == 1 else "Sun.", outlet=f"{n}.example", date=f"2024-07-2{n}"
        )
        for n in (1, 2)
    ]
    vote = [
        article(
            f"Vote {n}", *VOTE, "Storm." if n == 1 else "Sun.", outlet=f"{n}.example", date=f"2024-07-1{n}"
        )
        for n in (1, 2, 3)
    ]
    later = [
        article(f"Dam {n}", *DAM, "Storm." if n == 1 else "Sun.", outlet=f"{n}.example", date=f"2024-08-0{n}")
        for n in (1, 2)
    ]
    index = index_of(address, *ships, *vote, *later)
    found = index.stories("storm")
    assert [(one.title, one.articles, one.of) for one in found] == [
        ("Vote 1", 1, 3), ("Dam 1", 1, 2), ("Ships 1", 1, 2),
    ]  # fmt: skip
    assert [one.title for one in index.stories("storm", sort="newest")] == ["Dam 1", "Ships 1", "Vote 1"]


def test_a_coarse_date_comes_after_days_and_no_date_comes_last(address: str) -> None:
    dates = {
        "Undated": None,
        "Year": "2020",
        "Month": "2019-05",
        "Day": "2024-07-22",
        "Hour": "2024-07-22T09:00:00Z",
    }
    copies = [
        article(title, *DAM, outlet=f"{title.lower()}.example", date=date) for title, date in dates.items()
    ]
    index = index_of(address, *copies)
    (story,) = index.stories()
    assert (story.title, str(story.first), str(story.last)) == (
        "Day",
        "2024-07-22",
        "2024-07-22 09:00:00+00:00",
    )
    found = index.coverage(story=story.lead, outlets=["Nowhere", "NOWHERE"])
    assert [(one.outlet, str(one.after)) for one in found] == [
        ("day.example", "same day"), ("hour.example", "same day"), ("month.example", ""), ("year.example", ""),
        ("undated.example", ""), ("Nowhere", ""),
    ]  # fmt: skip
    index.remove(index.find("title:day OR title:hour"))
    (story,) = index.stories()
    assert (story.title, str(story.last), story.spread) == ("Month", "2020", TimeSpan())


def test_a_time_of_the_day_before_by_the_clock_of_its_outlet_is_not_earlier() -> None:
    first, second = (
        dt.date(2024, 7, 26),
        dt.datetime(2024, 7, 25, 23, tzinfo=dt.timezone(dt.timedelta(hours=-5))),
    )
    assert span_between(first, second) == TimeSpan(0)
    assert span_between(second, second + dt.timedelta(hours=2, minutes=30)) == TimeSpan(1, 2.5)


def test_the_names_of_an_outlet_in_the_archive_count_once(address: str, tmp_path: Path) -> None:
    (tmp_path / "newssearch.toml").write_text(
        '[outlets]\n"Agency" = ["agency.example", "radio.example"]\n', "utf-8"
    )
    index = index_of(address, RADIO, AGENCY, PAPER)
    (story,) = index.stories()
    assert (story.articles, story.outlets) == (3, 2)
    found = index.coverage(story=story.lead, outlets=["Agency", "Paper"])
    assert [(one.outlet, one.articles, one.status) for one in found] == [
        ("agency.example", 2, "ran"), ("paper.example", 1, "ran"), ("Paper", 0, "not in the index"),
    ]  # fmt: skip


def test_what_is_wrong_is_refused(index: Index) -> None:
    for options, error, message in (
        ({"sort": "biggest"}, QueryError, "cannot sort stories by 'biggest'; the choices are: size, outlets"),
        ({"limit": -1}, QueryError, "limit cannot be negative"),
        ({"offset": "x"}, TypeError, "offset: wanted a whole number"),
        ({"group": False}, TypeError, r"Index\.stories\(\) takes no 'group'"),
    ):
        with pytest.raises(error, match=message):
            index.stories("valley", **options)
    with pytest.raises(QueryError, match="the name of an outlet is empty"):
        index.coverage("valley", outlets=["CNN", " "])
    with pytest.raises(ArticleNotFoundError):
        index.coverage(story="nothing")
    with pytest.raises(TypeError, match="story: wanted a string"):
        index.coverage(story=5)  # type: ignore[arg-type]
    with pytest.raises(SearchStoppedError):
        index.stories(timeout=0)
    with pytest.raises(SearchStoppedError):
        index.coverage(stop=lambda: True)


def test_notes_and_what_dates_leave_out_are_said(address: str) -> None:
    index = index_of(address, article("A", "Rain.", date="2024-07-25"), article("B", "Rain."))
    for found in (index.stories("rain OR zzz", since="2024"), index.coverage("rain OR zzz", since="2024")):
        assert (found.undated, found.imprecise, [note.kind for note in found.diagnostics]) == (
            1,
            0,
            ["unknown-word"],
        )


def test_of_a_story_only_its_own_articles_are_said_to_be_left_out(address: str) -> None:
    told = "The river rose by two metres in the night, and the bridge of the old town had to be closed."
    index = index_of(
        address,
        article("First", told, date="2024-07-25", outlet="The Echo"),
        article("Second", told, outlet="The Post"),
        article("Third", told, date=PartialDate(2024), outlet="The Sun"),
        article("Other", "Rain."),
        article("Year", "Rain.", date=PartialDate(2024)),
    )
    (first,) = index.find('outlet:"The Echo"')
    found = index.coverage(story=first, since="2024-07-25", until="2024-08")
    assert (len(found), found.undated, found.imprecise) == (1, 1, 1)


def test_stories_and_coverage_are_values(index: Index) -> None:
    request = Request(since="2024")
    for ask in (
        lambda: index.stories("valley", request),
        lambda: index.coverage("valley", request, outlets="CNN"),
    ):
        found: Any = ask()
        assert found == ask() == copy.copy(found) == pickle.loads(pickle.dumps(found))
        assert found[0] == found[:1][0]
        assert json.loads(json.dumps(found.to_dict()))["rows"][0] == found[0].to_dict()
        assert "Dam breaks" in found._repr_html_()
    assert repr(index.stories()[0]) == f"<ListedStory of {AGENCY.id!r}: 3 articles of 3 outlets>"
    assert (
        repr(index.stories("valley")) == "<StoryList for 'valley': 1 story of 3 articles; 3 articles match>"
    )
    found = index.coverage("valley", outlets="CNN")
    assert (
        repr(found)
        == "<Coverage for 'valley': 3 outlets ran it, in 3 articles; 1 of 1 listed outlet did not>"
    )
    assert [repr(one) for one in found[1:]] == [
        "<OutletCoverage 'paper.example': ran after 1 day>", "<OutletCoverage 'radio.example': ran after 2 days>", "<OutletCoverage 'CNN': not in the index>",
    ]  # fmt: skip


# ---- the commands


@pytest.fixture
def folder(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSSEARCH_INDEX", address)
    late = article("Late", *DAM, outlet="late.example", date="2024-07-25T10:00:00+03:00")
    return index_of(address, RADIO, OTHER, AGENCY, PAPER, late)


def test_people_see_stories_as_a_table(folder: Index, cli: Command) -> None:
    done = cli("stories", "valley")
    first, row, empty, last = done.out.splitlines()
    assert first.split() == ["articles", "of", "outlets", "first", "within", "outlet", "title", "id"]
    assert row.split() == [
        "4", "4", "4", "2024-07-22", "3", "days", "agency.example", "Dam", "breaks", "above", "Halfaya", AGENCY.id[-12:],
    ]  # fmt: skip
    assert (empty, last) == ("", folder.stories("valley").summary)
    assert cli("stories", "bread").out.endswith("0 stories of 0 articles; 1 article matches\n")
    table = json.loads(cli("stories", "--sort", "outlets", "--min-outlets", "4", "--format", "json").out)
    assert table == folder.stories(sort="outlets", min_outlets=4).to_dict()
    (line,) = cli("stories", "-n", "1", "--offset", "0", "--format", "jsonl").out.splitlines()
    assert json.loads(line) == folder.stories()[0].to_dict()
    assert cli("stories", "-n", "1", "--offset", "1", "--format", "jsonl").out == ""


def test_people_see_who_ran_a_story_and_who_did_not(folder: Index, cli: Command) -> None:
    Path("outlets.txt").write_text("# those that we follow\nCNN\n\nradio.example\n", "utf-8")
    done = cli("coverage", PAPER.id[-12:], "--outlets", "outlets.txt", "--outlets", "Echo")
    first, *rows, empty, last = done.out.splitlines()
    assert first.split() == ["outlet", "articles", "first", "after", "title", "id"]
    assert [row.split()[:5] for row in rows] == [
        ["agency.example", "1", "2024-07-22", "first", "Dam"],
        ["paper.example", "1", "2024-07-23", "1", "day"],
        ["radio.example", "1", "2024-07-24", "2", "days"],
        ["late.example", "1", "2024-07-25", "10:00+03:00", "3"],
        ["CNN", "0", "not", "in", "the"],
        ["Echo", "0", "not", "in", "the"],
    ]
    assert (empty, last) == (
        "",
        f"story {AGENCY.id}; 4 outlets ran it, in 4 articles; 2 of 3 listed outlets did not",
    )
    found = folder.coverage(story=PAPER.id, outlets=["CNN", "radio.example"])
    done = cli("coverage", PAPER.id, "--outlets", "outlets.txt", "--format", "json")
    assert json.loads(done.out) == found.to_dict()


def test_words_that_are_no_id_are_a_query(folder: Index, cli: Command) -> None:
    done = cli("coverage", "bread", "--outlets", "radio.example", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
    assert [(row["outlet"], row["status"], row["in_index"]) for row in rows] == [
        ("paper.example", "ran", "2"), ("radio.example", "did not run", "1"),
    ]  # fmt: skip
    assert done.err == "note: 1 outlet ran it, in 1 article; 1 of 1 listed outlet did not\n"
    assert cli("coverage", "--on", "2024-07-24").out.splitlines()[1].split()[0] == "radio.example"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["coverage", AGENCY.id, "--any"], "--any has no effect with the id of an article"),
        (["coverage", AGENCY.id, "--novel", "--literal"], "--literal, --novel has no effect with the id"),
        (["coverage", "--names"], "--names has no effect without a QUERY"),
        (["stories", "--literal"], "--literal has no effect without a QUERY"),
        (["stories", "--sort", "biggest"], "'biggest' is not one of"),
    ],
)
def test_the_commands_refuse_what_has_no_effect(
    folder: Index, cli: Command, arguments: list[str], message: str
) -> None:
    done = cli(*arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_receipt_of_stories_and_coverage_is_confirmed(folder: Index, cli: Command) -> None:
    Path("names").write_text("CNN\n", "utf-8")
    for arguments in (
        ["stories", "valley"],
        ["coverage", AGENCY.id, "--outlets", "names"],
        ["coverage", "valley"],
    ):
        assert cli(*arguments, "--receipt", "r.json").code == 0
        done = cli("receipt", "check", "r.json")
        assert (done.code, done.err) == (0, "")
