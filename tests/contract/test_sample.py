"""Random samples: everybody draws the same articles of the same content, and each stratum has its share."""

from __future__ import annotations

import copy
import csv
import dataclasses
import io
import json
import pickle
from collections import defaultdict
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Article, Index, QueryError, Request, SearchStoppedError
from newssearch.corpus.sample import allocated
from support import THOROUGH, Command, article, command, index_of

from .conftest import Engine


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return command(capsys, monkeypatch)


def numbered(*numbers: int, **fields: Any) -> list[Article]:
    """Return articles whose headlines are the given numbers."""
    return [article(str(n), f"Rain w{n}.", f"And x{n}.", url=f"u{n}", **fields) for n in numbers]


# ---- the twin


def draw(seed: int, one: Article) -> bytes:
    """Return the hash that decides whether an article is drawn, as ``b2sum -l 64`` computes it."""
    return blake2b(f"{seed}:{one.id[-12:]}".encode(), digest_size=8).digest()


def shares(sizes: list[int], size: int, equal: bool) -> list[int]:
    """Return how many of ``size`` articles each stratum gets, one after the other."""
    given = [0] * len(sizes)
    size = min(size, sum(sizes))
    if equal:
        while sum(given) < size:
            for number in sorted(range(len(sizes)), key=lambda number: -sizes[number]):
                if given[number] < sizes[number] and sum(given) < size:
                    given[number] += 1
        return given
    quotas = [Fraction(size * one, max(sum(sizes), 1)) for one in sizes]
    given = [int(quota) for quota in quotas]
    order = sorted(range(len(sizes)), key=lambda n: (-(quotas[n] - given[n]), -sizes[n], n))
    for number in order[: size - sum(given)]:
        given[number] += 1
    return given


def stratum(one: Article, by: str | None) -> str | None:
    """Return the stratum of an article."""
    if by == "month":
        day = one.date.isoformat() if one.date else ""
        return day[:7] if len(day) > 6 else None
    if by == "theme":
        values = one.extra.get("theme", ())
        several = values if isinstance(values, tuple) else (values,)
        return "; ".join(sorted({str(value).lower() for value in several})) or None
    return same_name(getattr(one, by) if by else None)


def same_name(value: str | None) -> str | None:
    """Return a value as all its spellings are compared."""
    return "the guardian" if value == "guardian.co.uk" else value and value.lower()


ARTICLES = st.builds(
    lambda number, words, theme, **fields: dataclasses.replace(
        article(f"N{number}", f"{words} rain.", url=f"u{number}", **fields), extra={"theme": theme} if theme else {}
    ),
    number=st.integers(0, 40),
    words=st.sampled_from(["Sun and", "Wind and"]),
    theme=st.sampled_from([None, "War", "war", ("war", "Peace"), ("Peace", "War"), ("peace",)]),
    outlet=st.sampled_from([None, "The Guardian", "guardian.co.uk", "Echo", "ECHO"]),
    byline=st.sampled_from([None, "Ana Silva", "ana silva", "Ana Silva and Jo Roe"]),
    date=st.sampled_from([None, "2024", "2024-06", "2024-07", "2024-07-25", "2024-07-26T10:00:00Z", "2023-01-01"]),
)  # fmt: skip


@settings(max_examples=12 * THOROUGH, deadline=None)
@given(
    st.lists(st.lists(ARTICLES, min_size=1, max_size=25), min_size=1, max_size=3),
    st.sampled_from(["rain", "sun", "", "none such"]),
    st.sampled_from([None, "outlet", "byline", "month", "theme"]),
    st.booleans(),
    st.integers(1, 30),
    st.integers(-3, 1 << 70),
)
def test_a_sample_has_the_smallest_draws_of_each_stratum(
    engine: Engine,
    commits: list[list[Article]],
    query: str,
    by: str | None,
    equal: bool,
    size: int,
    seed: int,
) -> None:
    with engine.index() as index:
        for articles in commits:
            index.add(articles)
        groups: dict[str | None, list[Article]] = defaultdict(list)
        for name in index.find(query):
            groups[stratum(index.article(name), by)].append(index.article(name))
        equal = equal and by is not None
        sample = index.sample(query, size=size, seed=seed, by=by, equal=equal)
        in_time = by == "month"
        keys = [
            (one.value is None, 0 if in_time else -one.articles, one.value or "") for one in sample.strata
        ]
        assert keys == sorted(keys)
        names = [same_name(one.value) for one in sample.strata]
        assert len(set(names)) == len(names)
        taken = shares([len(groups[name]) for name in names], size, equal)
        assert [(one.articles, one.sampled) for one in sample.strata] == [
            (len(groups[name]), number) for name, number in zip(names, taken, strict=True)
        ]
        assert groups.keys() <= {*names}
        chosen: list[Article] = []
        for value, number in zip(names, taken, strict=True):
            chosen += sorted(groups[value], key=lambda one: draw(seed, one))[:number]
        chosen.sort(key=lambda one: draw(seed, one))
        assert [one.id for one in sample] == [one.id for one in chosen]
        assert (sample.total, len(sample)) == (index.count(query), min(size, index.count(query)))
        for one, article in zip(sample, chosen, strict=True):
            assert same_name(one.stratum.value) == stratum(article, by)
            assert one.text == "\n\n".join(p.text for p in article.paragraphs)


@given(st.lists(st.integers(1, 40), max_size=8), st.integers(1, 120), st.booleans())
def test_the_shares_of_strata_are_those_of_the_twin(sizes: list[int], size: int, equal: bool) -> None:
    found = allocated(sizes, size, equal=equal)
    assert found == shares(sizes, size, equal)
    assert sum(found) == min(size, sum(sizes))
    assert all(given <= articles for given, articles in zip(found, sizes, strict=True))


# ---- the same for everybody


def test_a_sample_depends_on_the_content_alone_and_not_on_its_history(
    address: str, other_address: str
) -> None:
    articles = [*numbered(*range(30), outlet="Echo"), *numbered(*range(30, 50), outlet="Post")]
    once = index_of(address, *articles)
    often = newssearch.create(other_address)
    often.add([article("Another headline", "Old rain.", url="u7", outlet="Echo"), *numbered(90, 91)])
    for one in reversed(articles):
        often.add([one])
    often.remove(often.find("title:90 OR title:91"))
    for options in ({}, {"by": "outlet"}, {"by": "outlet", "equal": True}):
        drawn, again = (index.sample("rain", size=12, seed=3, **options) for index in (once, often))
        assert [a.title for a in drawn] == [a.title for a in again]
        assert [a.stratum for a in drawn] == [a.stratum for a in again]


def test_a_larger_sample_begins_with_the_smaller_one(address: str) -> None:
    index = index_of(address, *numbered(*range(40)))
    whole = [one.id for one in index.sample("rain", size=40, seed=5)]
    assert sorted(whole) == index.find("rain")
    for size in (1, 7, 39, 100):
        assert [one.id for one in index.sample("rain", size=size, seed=5)] == whole[:size]
    assert [one.id for one in index.sample("rain", size=40, seed=6)] != whole


def test_each_article_is_drawn_as_often_as_any_other(address: str) -> None:
    index = index_of(address, *numbered(*range(10)))
    times: dict[str, int] = defaultdict(int)
    for seed in range(300):
        for one in index.sample("rain", size=5, seed=seed, texts=False):
            times[one.id] += 1
    assert len(times) == 10
    assert all(110 < number < 190 for number in times.values())  # 150 expected, standard deviation 8.7


def test_an_id_made_by_hand_is_hashed_whole(address: str) -> None:
    by_hand = [dataclasses.replace(one, id=f"by-hand-{n}") for n, one in enumerate(numbered(*range(8)))]
    index = index_of(address, *by_hand)
    expected = sorted(
        (blake2b(f"1:by-hand-{n}".encode(), digest_size=8).digest(), f"by-hand-{n}") for n in range(8)
    )
    assert [one.id for one in index.sample(size=3, seed=1)] == [name for _, name in expected[:3]]


# ---- strata


def test_the_names_of_an_outlet_in_the_archive_are_one_stratum(address: str, tmp_path: Path) -> None:
    (tmp_path / "newssearch.toml").write_text('[outlets]\n"The Echo" = ["echo.example"]\n', "utf-8")
    articles = [*numbered(1, 2, outlet="echo.example"), *numbered(3, outlet="The Echo")]
    index = index_of(address, *articles)
    (only,) = index.sample(by="outlet", size=2).strata
    assert (only.articles, only.sampled, only.probability, only.weight) == (3, 2, 2 / 3, 1.5)


def test_a_stratum_without_an_article_in_the_sample_is_still_listed(address: str) -> None:
    index = index_of(address, *numbered(*range(9), outlet="Big"), *numbered(10, outlet="Small"))
    sample = index.sample(by="outlet", size=2)
    assert [(one.value, one.articles, one.sampled) for one in sample.strata] == [
        ("Big", 9, 2),
        ("Small", 1, 0),
    ]
    assert (sample.strata[1].weight, sample.strata[1].probability) == (None, 0)
    assert sample.summary == (
        "2 of 10 articles, drawn with seed 0, in proportion to 2 strata by outlet, 1 of them without an article"
    )
    assert {one.outlet for one in index.sample(by="outlet", size=2, equal=True)} == {"Big", "Small"}


def test_options_that_make_no_sense_are_refused(address: str) -> None:
    index = index_of(address, *numbered(1))
    for options, error, message in (
        ({"size": 0}, QueryError, "the size of a sample is at least 1"),
        ({"equal": True}, QueryError, "equal has no effect without by"),
        ({"by": "outlets"}, QueryError, "did you mean outlet"),
        ({"by": "title"}, QueryError, "there is no facet 'title'"),
        ({"by": "tag"}, QueryError, "a sample has no strata by tag"),
        ({"by": ("outlet", "year")}, TypeError, "by: wanted a string"),
        ({"seed": "x"}, TypeError, "seed: wanted a whole number"),
        ({"texts": 1}, TypeError, "texts: wanted True or False"),
        ({"limit": 5}, TypeError, r"Index\.sample\(\) takes no 'limit'"),
    ):
        with pytest.raises(error, match=message):
            index.sample("rain", **options)
    for end in ({"timeout": 0}, {"stop": lambda: True}):
        with pytest.raises(SearchStoppedError):
            index.sample("rain", **end)


def test_a_sample_takes_filters_and_says_what_dates_leave_out(address: str) -> None:
    index = index_of(
        address, *numbered(*range(5), date="2024-07-25"), *numbered(7, 8), *numbered(9, date="2024")
    )
    sample = index.sample("rain zzz OR rain", Request(since="2024-07"), size=3)
    assert (sample.total, len(sample), sample.undated, sample.imprecise) == (5, 3, 2, 1)
    assert [note.kind for note in sample.diagnostics] == ["unknown-word"]
    assert index.sample("rain", on="2023").articles == ()


def test_a_sample_is_a_value(address: str) -> None:
    held = [
        dataclasses.replace(one, extra={"weight": 5, "theme": ("war", "peace")}) for one in numbered(1, 2)
    ]
    index = index_of(address, *held)
    sample = index.sample("rain", by="theme", seed=1)
    assert (
        sample
        == copy.copy(sample)
        == pickle.loads(pickle.dumps(sample))
        == index.sample("rain", by="theme", seed=1)
    )
    assert (
        repr(sample)
        == "<Sample for 'rain': 2 of 2 articles, drawn with seed 1, in proportion to 1 stratum by theme>"
    )
    assert repr(sample.strata[0]) == "<Stratum 'peace; war': 2 of 2 articles>"
    assert sample[0] == sample[:1][0]
    row = json.loads(json.dumps(sample.to_dict()))["rows"][0]
    assert list(row) == list(sample.columns)
    assert (row["draw"], row["theme"], row["extra.weight"], row["weight"]) == (1, ["war", "peace"], 5, 1)
    assert "text" not in index.sample("rain", texts=False).columns
    assert "peace; war" in sample._repr_html_()


# ---- the command


@pytest.fixture
def folder(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSSEARCH_INDEX", address)
    return index_of(
        address,
        *numbered(*range(6), outlet="Big", date="2024-07-25"),
        *numbered(7, outlet="Small"),
        article("=1+1", "Rain “there”.", "=2+2", outlet="Small", url="u8"),
    )


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_each_format_has_the_same_rows(folder: Index, cli: Command) -> None:
    options = ("sample", "rain", "-n", "5", "--seed", "7", "--by", "outlet")
    sample = folder.sample("rain", size=5, seed=7, by="outlet")
    assert json.loads(cli(*options, "--format", "json").out) == sample.to_dict()
    lines = cli(*options, "--format", "jsonl").out.splitlines()
    assert list(map(json.loads, lines)) == list(sample.rows())
    rows = rows_of(cli(*options, "--format", "csv").out)
    assert [row["id"] for row in rows] == [one.id for one in sample]
    assert rows[0]["text"] == sample[0].text
    assert [float(row["weight"]) for row in rows] == [one.stratum.weight for one in sample]
    done = cli(*options, "-o", "coded.csv")
    assert (done.out, rows_of(Path("coded.csv").read_text("utf-8"))) == ("", rows)
    assert done.err == f"note: {sample.summary}\n"
    without = rows_of(cli(*options, "--format", "csv", "--no-text").out)
    assert without == [{name: value for name, value in row.items() if name != "text"} for row in rows]


def test_a_text_keeps_its_paragraphs_in_one_cell_and_is_no_formula(folder: Index, cli: Command) -> None:
    (row,) = (row for row in rows_of(cli("sample", "--format", "csv").out) if "u8" in row["url"])
    assert (row["title"], row["text"]) == ("'=1+1", "Rain “there”.\n\n=2+2")


def test_a_spreadsheet_has_the_whole_text_as_far_as_a_cell_can(folder: Index, cli: Command) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    folder.add([article("Long", *["word " * 5000, "end"], url="long", outlet="Long")])
    done = cli("sample", "-n", "50", "-o", "coded.xlsx")
    assert (
        "1 text cut after 32,767 characters, the most that a cell can have; --format csv has them whole"
        not in done.err
    )
    folder.add([article("Longer", *["word " * 5000, "word " * 5000], url="longer", outlet="Longer")])
    done = cli("sample", "-n", "50", "-o", "coded.xlsx")
    assert (
        "1 text cut after 32,767 characters, the most that a cell can have; --format csv has them whole"
        in done.err
    )
    head, *rows = openpyxl.load_workbook("coded.xlsx").active.iter_rows(values_only=True)
    texts = {row[head.index("title")]: row[head.index("text")] for row in rows}
    assert texts["=1+1"] == "Rain “there”.\n\n=2+2"
    assert len(texts["Longer"]) == 32_767


def test_people_see_a_list_and_how_it_was_drawn(folder: Index, cli: Command) -> None:
    done = cli("sample", "rain", "-n", "2", "--seed", "7", "--by", "outlet", "--equal")
    sample = folder.sample("rain", size=2, seed=7, by="outlet", equal=True)
    first, *rows, empty, last = done.out.splitlines()
    assert first.split() == ["draw", "stratum", "weight", "date", "title", "id"]
    assert [row.split()[:3] for row in rows] == [
        [str(n), one.outlet, f"{one.stratum.weight:.2f}"] for n, one in enumerate(sample, 1)
    ]
    assert [row.split()[-1] for row in rows] == [one.id[-12:] for one in sample]
    assert (empty, last) == ("", sample.summary)
    done = cli("sample", "--by", "month", "--since", "2024")
    assert done.out.endswith(
        "6 of 6 articles, drawn with seed 0, in proportion to 1 stratum by month; 2 more articles without a date left out\n"
    )
    assert "(none)" in cli("sample", "--by", "month").out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--equal"], "--equal has no effect without --by"),
        (["--no-text"], "--no-text has no effect with --format text"),
        (["--no-text", "-o", "a.md"], "--no-text has no effect with --format md"),
        (["--any"], "--any has no effect without a QUERY"),
        (["-n", "0"], "not in the range x>=1"),
        (["--by", "outlets"], "there is no facet 'outlets'; did you mean outlet"),
    ],
)
def test_the_command_refuses_what_has_no_effect(
    folder: Index, cli: Command, options: list[str], message: str
) -> None:
    done = cli("sample", *options)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_receipt_of_a_sample_is_confirmed_by_an_index_with_the_same_content(
    folder: Index, cli: Command, other_address: str
) -> None:
    assert (
        cli("sample", "rain", "-n", "4", "--by", "outlet", "--format", "csv", "--receipt", "r.json").code == 0
    )
    other = newssearch.create(other_address)
    for one in reversed(list(folder)):
        other.add([dataclasses.replace(one, added=None)])
    done = cli("receipt", "check", "r.json", "--index", other_address)
    assert (done.code, done.err) == (0, "")
