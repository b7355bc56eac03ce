"""Own fields: from the configuration and the columns of any format, through storage, to every output."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import pickle
import re
from pathlib import Path
from typing import Any

import pytest
import whoosh.index
from hypothesis import given
from hypothesis import strategies as st

import newssearch
from newssearch import (
    Article,
    Config,
    ConfigError,
    OwnFieldError,
    QueryError,
    ReadOptions,
    Rejected,
    Request,
    fields,
)
from newssearch.config import kept, load_config
from newssearch.engines.embedded.integrity.invariants import inconsistencies
from newssearch.engines.embedded.segment.own_fields import OwnValues
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Container
from newssearch.fields import (
    FACET_FIELDS,
    FIELD_ALIASES,
    FUNCTIONS,
    HIT_COLUMNS,
    MAX_OWN_FIELDS,
    NO_TAG,
    QUERY_FIELDS,
    KeptField,
    is_own_name,
    own_field,
    own_name,
)
from newssearch.text.numbers import NumberRange, number_key, parse_number, parse_number_range
from support import Command, articles_in, command, index_of, read_bytes

TABLE = """Nr,Headline,Body,Date,Theme,Word Count,Coded on
K-1,Rain,It rained on Baghdad.,2024-07-25,Economy,120,2024-08-01
K-2,Snow,It snowed in Baghdad.,2024-07-26,economy,640.5,2024-08-15T10:00:00+02:00
K-3,Sun,The sun shone on Baghdad.,2024-07-27,=Sport,1500,2024-09-01
K-4,Fog,Fog over Baghdad.,2024-07-28,,,
"""
SETTINGS = """
[columns]
key = "Nr"
[fields]
theme = "value"
"Word Count" = "number"
coded = { column = "Coded on", kind = "date" }
"""


@pytest.fixture
def newssearch_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line."""
    return command(capsys, monkeypatch)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder with a table, and an index of it."""
    (tmp_path / "a.csv").write_text(TABLE, "utf-8")
    (tmp_path / "newssearch.toml").write_text(SETTINGS, "utf-8")
    with newssearch.create(tmp_path / "index") as index:
        assert index.update(tmp_path / "a.csv").added == 4
    return tmp_path


# ---- the configuration


def test_the_configuration_names_own_fields_by_kind_or_by_column_and_kind(archive: Path) -> None:
    config = load_config(archive)
    assert config.fields == (
        ("theme", "theme", "value"), ("word_count", "Word Count", "number"), ("coded", "Coded on", "date"),
    )  # fmt: skip
    assert config.to_dict()["fields"] == {
        "value": {
            "theme": {"column": "theme", "kind": "value"},
            "word_count": {"column": "Word Count", "kind": "number"},
            "coded": {"column": "Coded on", "kind": "date"},
        },
        "from": "newssearch.toml",
    }
    given = config.with_given(fields=(KeptField("theme", "Thema", "words"),))
    assert [one.name for one in given.fields] == ["word_count", "coded", "theme"]
    assert given.origins["fields"] == "command line, newssearch.toml"
    assert ReadOptions(fields={"theme": "words"}).fields == (("theme", "theme", "words"),)  # type: ignore[arg-type]
    assert pickle.loads(pickle.dumps(config)) == config


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ('theme = "values"', "'values' is no kind of a field: did you mean value?"),
        ('theme = "xyz"', "there are: value, words, number, date"),
        ('theme = { column = "T", sort = "x" }', "theme has no sort"),
        ("theme = 5", "theme is a kind, or a table of column and kind"),
        ('theme = { column = " " }', "theme has a column without a name"),
        ('outlet = "value"', "'outlet' cannot be the name of a field: newssearch uses it itself"),
        ('month = "value"', "newssearch uses it itself"),
        ('"%" = "value"', "'%' cannot be the name of a field"),
        ('"1st" = "value"', "'1st' cannot be the name of a field"),
        ('"a b" = "value"\n"a_b" = "value"', "a_b is given twice"),
        ("\n".join(f'f{number} = "value"' for number in range(65)), "at most 64 fields of its own"),
    ],
)
def test_a_wrong_own_field_is_an_error_of_the_configuration(
    tmp_path: Path, settings: str, reason: str
) -> None:
    (tmp_path / "newssearch.toml").write_text(f"[fields]\n{settings}\n", "utf-8")
    with pytest.raises(ConfigError) as raised:
        load_config(tmp_path)
    assert str(raised.value).startswith("newssearch.toml: fields: ")
    assert reason in str(raised.value)
    (tmp_path / "newssearch.toml").write_text('fields = "theme"\n', "utf-8")
    with pytest.raises(ConfigError, match="it is a table of fields and kinds"):
        load_config(tmp_path)


@pytest.mark.parametrize("wrong", ["theme", 5, [5], [("theme",)], {5: "value"}])
def test_own_fields_of_a_wrong_type_are_a_type_error(wrong: Any) -> None:
    for settings in (Config, ReadOptions):
        with pytest.raises(TypeError, match="fields: wanted"):
            settings(fields=wrong)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Theme", ("theme", "Theme", "value")),
        ("Word Count=number", ("word_count", "Word Count", "number")),
        ("meta.wordCount = number", ("meta_word_count", "meta.wordCount", "number")),
        ("a=b=words", ("a_b", "a=b", "words")),
    ],
)
def test_an_option_names_a_column_and_its_kind(text: str, field: tuple[str, str, str]) -> None:
    assert kept(text) == field


@pytest.mark.parametrize("text", ["", "=number", "Theme=", "Theme=numbr", "日本", "Title"])
def test_an_option_without_column_or_with_a_wrong_kind_or_name_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"COLUMN=KIND|no kind|name of a field"):
        kept(text)


@given(st.text())
def test_a_name_is_folded_to_one_that_is_allowed_or_refused(column: str) -> None:
    name = own_name(column)
    assert own_name(name) == name
    if is_own_name(name):
        assert own_field(name, "value").name == name
    else:
        with pytest.raises(ValueError, match="cannot be the name of a field"):
            own_field(name, "value")


LANGUAGE = Path(__file__).parent.parent / "docs" / "query-language.md"
NO_FIELDS_IN_EXAMPLES = {"https"}
OWN_IN_EXAMPLES = {"theme", "words", "coded"}


def test_no_own_field_has_a_name_of_the_query_language_or_of_a_column() -> None:
    """Else ``[fields] syn = "value"`` would change what ``syn:car`` finds, without a word."""
    written = set(
        re.findall(
            r"\b([a-z]+)\d*[:(]", "".join(re.findall(r"(?m)^\| (`[^|]*`) \|", LANGUAGE.read_text("utf-8")))
        )
    )
    assert {"syn", "hlead", "caps", "atleast", "title", "tag"} <= written
    names = (
        {
            *FUNCTIONS,
            *FIELD_ALIASES,
            *QUERY_FIELDS,
            *FACET_FIELDS,
            *HIT_COLUMNS,
            NO_TAG,
            *written,
        }
        - OWN_IN_EXAMPLES
        - NO_FIELDS_IN_EXAMPLES
    )
    for name in sorted(names):
        with pytest.raises(
            ValueError, match=f"'{name}' cannot be the name of a field: newssearch uses it itself"
        ):
            own_field(name, "value")


# ---- numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("-12", -12), ("−12", -12), ("+1", 1), (" 1.50 ", 1.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("-0.0", 0.0),
        ("9007199254740993", 9007199254740993), ("1,234", None), ("1 234", None), ("nan", None), ("inf", None), ("1e999", None),
        ("0x10", None), ("1_000", None), ("", None), ("12 words", None), ("٣", None), ("9" * 101, None), ("-" + "9" * 100, -(10**100 - 1)),
    ],
)  # fmt: skip
def test_a_number_is_read_exactly_or_not_at_all(text: str, number: float | None) -> None:
    found = parse_number(text)
    assert (found, type(found)) == (number, type(number))
    assert found is None or math.copysign(1, found) == math.copysign(1, number or 0.0)


@given(st.integers(-(10**40), 10**40) | st.floats(allow_nan=False, allow_infinity=False))
def test_equal_numbers_have_one_key_which_reads_as_the_number(number: float) -> None:
    assert parse_number(number_key(number)) == number
    if number == int(number) and abs(number) < 10**100:
        assert number_key(number) == number_key(int(number))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5", NumberRange(5, 5)), (">5", NumberRange(low=5, with_low=False)), ("<=-1.5", NumberRange(high=-1.5)),
        ("1..2", NumberRange(1, 2)), ("..2", NumberRange(high=2)), ("1..", NumberRange(1)), ("1.5..2.5", NumberRange(1.5, 2.5)),
        ("..", None), ("", None), (">", None), ("1..x", None), ("1..2..3", None), ("<>5", None),
    ],
)  # fmt: skip
def test_ranges_of_numbers(text: str, found: NumberRange | None) -> None:
    assert parse_number_range(text) == found


# ---- the article


def test_an_article_keeps_its_own_fields_clean() -> None:
    article = Article.create(
        title="Rain",
        extra={
            "theme": ["  a\n b ", "", "a b", "c"],
            "one": ["x"],
            "nothing": None,
            "blank": "\u200b ",
            "size": -0.0,
        },
    )
    assert article.extra == {"theme": ("a b", "c"), "one": "x", "size": 0.0}
    assert math.copysign(1, article.extra["size"]) == 1  # type: ignore[arg-type]
    assert pickle.loads(pickle.dumps(article)) == article
    plain = Article.create(title="Rain")
    assert (article.digest, article.id) == (plain.digest, plain.id)
    assert article.state != plain.state
    assert article != plain
    assert "theme" in article._repr_html_()
    assert article.to_dict()["extra"] == {"one": "x", "size": 0.0, "theme": ["a b", "c"]}


@pytest.mark.parametrize(
    ("extra", "error"),
    [
        ({"size": float("nan")}, ValueError), ({"size": float("inf")}, ValueError), ({"size": 10**100}, ValueError),
        ({"Theme": "x"}, ValueError), ({"outlet": "x"}, ValueError), ({"a" * 32: "x"}, ValueError), ({"score": 1}, ValueError),
        ({"theme": True}, TypeError), ({"theme": {"a": 1}}, TypeError), ({"theme": [1]}, TypeError), ({5: "x"}, TypeError),
        ("theme", TypeError),
    ],
)  # fmt: skip
def test_a_wrong_own_field_of_an_article_is_an_error(extra: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"extra|name of a field"):
        Article.create(title="Rain", extra=extra)


# ---- reading

FIELDS = {
    "theme": "value",
    "keywords": "words",
    "size": {"column": "meta.wordCount", "kind": "number"},
    "coded": "date",
}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", json.dumps({
            "title": "Rain", "text": "It rained.", "Theme": ["Economy", {"name": "Sport"}], "keywords": "Foreign policy",
            "meta": {"WordCount": 120}, "coded": "2024-07-25",
        })),
        ("a.md", "---\ntitle: Rain\ntheme: [Economy, Sport]\nkeywords: Foreign policy\nmeta:\n  wordCount: 120\n"
                 "coded: 2024-07-25\n---\n\nIt rained.\n"),
        ("a.html", "<html><head><title>Rain</title><meta name=theme content=Economy><meta name=theme content=Sport>"
                   "<meta name=keywords content='Foreign policy'><meta name=meta.wordCount content=120>"
                   "<meta name=coded content=2024-07-25></head><body><article><h1>Rain</h1><p>It rained all day long, and it"
                   " rained all night long, too.</p></article></body></html>"),
    ],
)  # fmt: skip
def test_named_values_of_any_format_become_own_fields(tmp_path: Path, name: str, content: str) -> None:
    (article,) = articles_in(read_bytes(tmp_path, name, content, fields=FIELDS))
    assert article.extra == {
        "theme": ("Economy", "Sport"), "keywords": "Foreign policy", "size": 120, "coded": dt.date(2024, 7, 25),
    }  # fmt: skip


def test_the_categories_of_a_feed_become_an_own_field(tmp_path: Path) -> None:
    item = "<item><title>Rain</title><description>It rained.</description><category>Economy</category><category>Iraq</category></item>"
    feed = f"<rss version='2.0'><channel><title>E</title>{item}</channel></rss>"
    (article,) = articles_in(
        read_bytes(tmp_path, "a.rss", feed, fields={"theme": {"column": "category", "kind": "value"}})
    )
    assert article.extra == {"theme": ("Economy", "Iraq")}


def test_a_table_keeps_columns_by_name_or_number(tmp_path: Path) -> None:
    fields = {"theme": "value", "words": {"column": "6", "kind": "number"}}
    found = articles_in(read_bytes(tmp_path, "a.csv", TABLE, columns={"text": "Body"}, fields=fields))
    assert [one.extra for one in found] == [
        {"theme": "Economy", "words": 120}, {"theme": "economy", "words": 640.5}, {"theme": "=Sport", "words": 1500}, {},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("number", "1,234", "f: '1,234' is not a number"),
        ("number", "many", "f: 'many' is not a number"),
        ("number", True, "f: a boolean is not a number"),
        ("number", 10**100, "is not a number of at most 100 digits"),
        ("number", [1, 2], "f: a list is not a number"),
        ("number", {"n": 1}, "f: an object is not a number"),
        ("date", "soon", "f: 'soon' is not a date"),
        ("date", "2024-02", "f: '2024-02' is not a whole date"),
        ("date", "2024-02-30", "f: '2024-02-30' is not a date"),
        ("date", ["2024-01-01", "2024-01-02"], "f: a list is not a date"),
        ("value", {"n": 1}, "f: an object is not a value"),
        ("words", [["a"]], "f: a list inside a list is not a value"),
    ],
)
def test_a_wrong_value_is_rejected_with_its_place_and_the_article_is_read_without_it(
    tmp_path: Path, kind: str, value: Any, reason: str
) -> None:
    records = [{"title": "Rain", "f": None}, {"title": "Snow", "f": value}, {"title": "Sun", "f": ""}]
    lines = "\n".join(map(json.dumps, records))
    first, rejected, last = read_bytes(tmp_path, "a.jsonl", lines, fields={"f": kind})
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert isinstance(rejected, Rejected)
    assert (rejected.record, reason in rejected.reason) == (2, True), rejected.reason
    assert rejected.article is not None
    assert (rejected.article.title, rejected.article.extra) == ("Snow", {})


def test_a_field_that_is_kept_later_removes_no_article(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    records = [{"title": "Rain", "n": "12", "f": "x"}, {"title": "Snow", "n": "many", "f": "y"}]
    file.write_text("\n".join(map(json.dumps, records)), "utf-8")
    with newssearch.create(tmp_path / "index") as index:
        index.update(file)
        report = index.update(file, options=ReadOptions(fields={"n": "number", "f": "value"}))  # type: ignore[arg-type]
        assert (report.removed, report.rejections, report.rejected[0].record) == (0, 1, 2)
        assert [one.extra for one in index] == [{"n": 12, "f": "x"}, {"f": "y"}]


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("value", 5, "5"), ("value", True, "true"), ("value", " null ", "null"), ("value", "NaN", None), ("value", [], None),
        ("number", "NaN", None), ("number", [7], 7), ("number", "7", 7), ("date", 20240725, dt.date(2024, 7, 25)),
        ("date", "25 July 2024", dt.date(2024, 7, 25)), ("words", ["a", None, "a"], "a"),
    ],
)  # fmt: skip
def test_values_of_other_types_are_converted(tmp_path: Path, kind: str, value: Any, found: Any) -> None:
    record = json.dumps({"title": "Rain", "f": value})
    (article,) = articles_in(read_bytes(tmp_path, "a.jsonl", record, fields={"f": kind}))
    assert article.extra.get("f") == (None if value == " null " else found)


def test_files_are_read_again_when_the_own_fields_change(archive: Path) -> None:
    with newssearch.open(archive / "index") as index:
        before = index.article(key="K-1")
        assert index.update(archive / "a.csv").unchanged == 4
        config = load_config(archive)
        fewer = Config(columns=config.columns, fields=config.fields[:1])
        report = index.update(archive / "a.csv", config=fewer)
        assert (report.added, report.updated, report.unchanged) == (0, 3, 1)
        after = index.article(before.id)
        assert after.extra == {"theme": "Economy", "word_count": 120}, "remembered by the name of its column"
        assert (after.added, after.version) == (before.added, 1)
        wrong = Config(columns=config.columns, fields=[("theme", "theme", "words")])  # type: ignore[arg-type]
        with pytest.raises(OwnFieldError, match="keeps theme as value, not as words"):
            index.update(archive / "a.csv", config=wrong)
    report = newssearch.rebuild(archive / "index", archive / "a.csv", config=wrong)
    assert report.added == 4
    with newssearch.open(archive / "index") as index:
        assert [(one.name, one.kind) for one in index.own_fields] == [("theme", "words")]
        assert index.article(before.id).extra == {"theme": "Economy"}


# ---- on disk


def test_merges_checks_salvage_and_whoosh_keep_own_fields(archive: Path) -> None:
    with newssearch.open(archive / "index") as index:
        index.remove(index.find("theme:sport"))
        for number in range(12):
            extra: dict[str, Any] = {"theme": ["Economy", f"T{number}"], "word_count": number}
            index.add(Article.create(title=f"More {number}", url=f"u{number}", extra=extra))
        held = {one.id: one for one in index}
        assert len(list((archive / "index").glob("MAIN_*.nws"))) < 5
        assert index.count("theme:economy") == 14
        assert index.count("word_count:2..640.5") == 12
    checked = newssearch.verify(archive / "index")
    assert checked.sound, checked.problems
    newssearch.salvage(archive / "index", archive / "saved")
    with newssearch.open(archive / "saved") as saved:
        assert {one.id: one for one in saved} == held
        assert [(one.name, one.kind) for one in saved.own_fields] == [
            ("coded", "date"), ("theme", "value"), ("word_count", "number"),
        ]  # fmt: skip
    with whoosh.index.open_dir(str(archive / "index")).searcher() as searcher:
        headers = [
            json.loads(fields["header"])
            for fields in searcher.reader().all_stored_fields()
            if "header" in fields
        ]
    extras = {header["id"]: header.get("extra") for header in headers}
    (economy,) = (one for one in held.values() if one.key == "K-1")
    assert extras[economy.id] == {
        "coded": ["date", ["2024-08-01"]], "theme": ["value", ["Economy"]], "word_count": ["number", ["120"]],
    }  # fmt: skip


def test_salvage_keeps_the_kind_of_words(tmp_path: Path) -> None:
    (tmp_path / "newssearch.toml").write_text('[fields]\ntheme = "words"\n', "utf-8")
    index_of(tmp_path / "index", Article.create(title="Rain", extra={"theme": "Foreign policy"})).close()
    newssearch.salvage(tmp_path / "index", tmp_path / "saved")
    with newssearch.open(tmp_path / "saved") as saved:
        assert saved.count("theme:policy") == 1


def _sections(kind: Any, *values: str) -> dict[str, Any]:
    own = OwnValues(own_field("f", kind))
    own.add(0, values[:1])
    own.add(1, values[1:])
    return own.sections()


@pytest.mark.parametrize(
    ("kind", "section", "damage"),
    [
        ("value", "own.f.value", lambda array: array + 9),
        ("value", "own.f.value", lambda array: array * 0),
        ("value", "own.f.article", lambda array: array[::-1]),
        ("value", "own.f.article", lambda array: array + 5),
        ("value", "own.f.article", lambda array: array[1:]),
        ("value", "own.f.keys", lambda array: array[::-1]),
        ("words", "own.f.values", lambda array: array * 0 + 120),
        ("number", "own.f.values", lambda array: array * 0 + 120),
        ("number", "own.f.number", lambda array: array[::-1]),
        ("date", "own.f.local", lambda array: array + 1),
        ("date", "own.f.instant", lambda array: array[::-1]),
    ],
)
def test_a_check_finds_own_fields_that_newssearch_cannot_have_written(
    tmp_path: Path, kind: str, section: str, damage: Any
) -> None:
    values = {"number": ("2", "10"), "date": ("2024-07-25", "2024-08-01")}.get(kind, ("a", "b", "c"))
    index_of(tmp_path / "index", *(Article.create(title=f"Rain {n}", url=f"u{n}") for n in range(2))).close()
    (file,) = (tmp_path / "index").glob("MAIN_*.nws")
    sections = dict(Container(file).items()) | _sections(kind, *values)
    assert list(inconsistencies(Segment(Container(sections)))) == []
    sections[section] = damage(sections[section])
    if section == "own.f.number":
        sections["own.f.article"] = sections["own.f.article"] * 0
    assert list(inconsistencies(Segment(Container(sections)))) != []


def test_an_index_without_own_fields_has_no_sections_for_them(tmp_path: Path) -> None:
    index_of(tmp_path / "index", Article.create(title="Rain")).close()
    (file,) = (tmp_path / "index").glob("MAIN_*.nws")
    assert [name for name in Container(file).names() if name.startswith("own.")] == []


# ---- the request and the command line


def test_filters_on_own_fields_are_part_of_a_request() -> None:
    request = Request(where={"words": ">500", "theme": ["a", "b"]})
    assert request.own_filters == {"theme": ("a", "b"), "words": (">500",)}
    assert request == Request(where={"theme": ("a", "b"), "words": ">500"})
    assert hash(request) == hash(Request(where={"theme": ("a", "b"), "words": ">500"}))
    assert pickle.loads(pickle.dumps(request)) == request
    assert request.replace(where=None) == Request() == Request(where={})
    assert "where" in request.changed()


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("theme=x", TypeError), ({"theme": None}, TypeError), ({"theme": [b"x"]}, TypeError), ({"theme": []}, QueryError),
        ({"theme": " "}, QueryError), ({"outlet": "bbc"}, QueryError), ({"Bad name": "x"}, QueryError),
    ],
)  # fmt: skip
def test_a_wrong_filter_on_an_own_field_is_an_error(where: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Request(where=where)


def test_the_command_line_keeps_filters_counts_and_prints_own_fields(
    tmp_path: Path, newssearch_command: Command
) -> None:
    (tmp_path / "a.csv").write_text(TABLE, "utf-8")
    index = ("--index", str(tmp_path / "index"))
    kept_columns = (
        "--keep",
        "Theme",
        "--keep",
        "Word Count=number",
        "--keep",
        "Coded on=date",
        "--map",
        "key=Nr",
    )
    assert newssearch_command("index", str(tmp_path / "a.csv"), *index, *kept_columns).code == 0

    found = newssearch_command("query", "theme:economy", "--where", "word_count=100..200", *index, "--json")
    (hit,) = json.loads(found.out)["hits"]
    assert hit["extra"] == {"coded_on": "2024-08-01", "theme": "Economy", "word_count": 120}

    several = ("--where", "theme=economy", "--where", "theme==Sport", "--where", "word_count=>500")
    assert newssearch_command("query", *several, *index, "--count").out.startswith("2 articles")

    rows = list(
        csv.DictReader(newssearch_command("query", "baghdad", *index, "--format", "csv").out.splitlines())
    )
    by_key = {row["key"]: (row["coded_on"], row["theme"], row["word_count"]) for row in rows}
    assert by_key == {
        "K-1": ("2024-08-01", "Economy", "120"), "K-2": ("2024-08-15T10:00:00+02:00", "economy", "640.5"),
        "K-3": ("2024-09-01", "'=Sport", "1500"), "K-4": ("", "", ""),
    }  # fmt: skip

    facet = newssearch_command("query", "--facet", "theme", "--count", "--format", "csv", *index).out
    assert facet.splitlines() == ["field,value,articles", "theme,Economy,2", "theme,'=Sport,1", "theme,,1"]

    shown = newssearch_command("show", hit["id"], *index).out
    assert "    theme  Economy\n" in shown
    assert "word_count  120\n" in shown
    markdown = newssearch_command("query", "rained", *index, "--format", "md").out
    assert "theme: Economy · word\\_count: 120" in markdown or "theme: Economy · word_count: 120" in markdown
    assert "       2  Economy\n" in newssearch_command("info", *index).out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("query", "--where", "theme"), "theme is not FIELD=VALUE, as in theme=economy"),
        (("query", "--where", "thme=x"), "there is no field 'thme'; did you mean theme"),
        (("query", "--where", "word_count=x"), "'x' is not a number"),
        (("query", "--facet", "thme"), "there is no facet 'thme'; did you mean theme?"),
        (("query", "thme:x"), "there is no field 'thme'; did you mean theme:"),
        (("index", "a.csv", "--keep", "Theme=text"), "'text' is no kind of a field"),
        (("index", "a.csv", "--keep", "Date"), "'date' cannot be the name of a field"),
        (("index", "a.csv", "--keep", "Theme=words"), "the index keeps theme as value, not as words"),
    ],
)
def test_mistakes_on_the_command_line_are_named(
    archive: Path,
    monkeypatch: pytest.MonkeyPatch,
    newssearch_command: Command,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(archive)
    outcome = newssearch_command(*arguments)
    assert (outcome.code, message in outcome.err) == (2, True), outcome.err


def test_a_column_that_no_record_has_is_named(
    archive: Path, monkeypatch: pytest.MonkeyPatch, newssearch_command: Command
) -> None:
    monkeypatch.chdir(archive)
    outcome = newssearch_command("index", "a.csv", "--rebuild", "--keep", "Themes")
    assert outcome.code == 0
    assert outcome.err == "note: no article has a value of themes: no column or key Themes was found\n"


def test_articles_are_removed_and_marked_by_own_fields(
    archive: Path, monkeypatch: pytest.MonkeyPatch, newssearch_command: Command
) -> None:
    monkeypatch.chdir(archive)
    with newssearch.open("index") as index:
        article_id = index.find("word_count:120")[0]
    shown = newssearch_command("show", article_id, "--query", "theme:economy rained", "--json").out
    assert json.loads(shown)["paragraphs"][0]["highlights"] == [[3, 9]]
    assert newssearch_command("remove", "--query", "theme:economy", "--yes").out == "2 removed\n"
    assert newssearch_command("remove", "--where", "word_count=>1000", "--yes").out == "1 removed\n"


def test_a_query_without_an_index_knows_no_own_field() -> None:
    with pytest.raises(QueryError, match="there is no field 'theme'"):
        newssearch.parse("theme:economy")
    assert str(newssearch.parse("theme:economy", fields=[own_field("theme", "value")])) == 'theme:"economy"'


def test_the_largest_number_of_own_fields_is_64() -> None:
    assert MAX_OWN_FIELDS == 64


def test_an_index_with_a_field_whose_name_is_reserved_since_says_how_to_rebuild_it(
    archive: Path, monkeypatch: pytest.MonkeyPatch, newssearch_command: Command
) -> None:
    """A name that newssearch begins to use itself, as it did with ``tag``, is no damage."""
    monkeypatch.chdir(archive)
    monkeypatch.setattr(fields, "RESERVED_NAMES", fields.RESERVED_NAMES | {"theme"})
    (archive / "newssearch.toml").write_text('[fields]\nown_theme = { column = "Theme" }\n')
    for wanted in (("query", "rained"), ("index", "a.csv"), ("verify",)):
        outcome = newssearch_command(*wanted)
        assert outcome.code == 3
        assert "has an own field 'theme', a name that newssearch uses itself now" in outcome.err
        assert 'own_theme = { column = "theme" } under [fields]' in outcome.err
    rebuilt = newssearch_command("index", "a.csv", "--rebuild", "--yes")
    assert rebuilt.code == 0, rebuilt.err
    assert newssearch_command("query", "rained").code == 0
