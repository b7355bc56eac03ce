"""The table of fields: every place that lists fields, filters or facets has each row of the table."""

from __future__ import annotations

import csv
import dataclasses
import inspect
import json
import re
from pathlib import Path
from typing import Any, get_args

import click
import pytest

from newssearch import NONE, Article, Hit, Index, Request, create
from newssearch import open as open_index
from newssearch.config import load_config
from newssearch.fields import (
    ARTICLE_FIELDS,
    COLUMN_FIELDS,
    FACET_FIELDS,
    FIELD_NAMES,
    FILTER_FIELDS,
    QUERY_FIELDS,
    TAG,
    VALUE_FIELDS,
    ArticleField,
    ValueField,
)
from newssearch.query import Field, parse
from newssearch.readers.records.field_names import RECORD_KEYS
from newssearch.request import FilterOptions, MatchOptions
from support import Command, articles_in, command, every_command, read_bytes

ROOT = Path(__file__).resolve().parents[1]

VALUES = {"date": "2024-07-25", "lang": "de", "url": "https://e.org/1"}
"""The values of the fields that accept only certain forms."""

EACH = pytest.mark.parametrize("field", ARTICLE_FIELDS, ids=FIELD_NAMES)
EACH_FILTER = pytest.mark.parametrize(
    "field", [f for f in ARTICLE_FIELDS if f.filter], ids=FILTER_FIELDS[:-1]
)


def value_of(field: ArticleField) -> str:
    """Return a value for a field that no other field has."""
    return VALUES.get(field.name, f"Some {field.name}")


def written() -> Article:
    """Return an article with a value in each field."""
    values: dict[str, Any] = {field.name: value_of(field) for field in ARTICLE_FIELDS}
    return Article.create(text="It rained.", path="a.txt", **values)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fields") / "index"
    with create(folder) as index:
        index.add([written(), Article.create(title="Rain", text="It rained.")])
    return folder


@pytest.fixture
def index(folder: Path) -> Index:
    return open_index(folder)


@pytest.fixture
def newssearch(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return the command line."""
    return command(capsys, monkeypatch)


# ---- the article and its hits


@EACH
def test_an_article_has_each_field_and_says_how_it_is_known(index: Index, field: ArticleField) -> None:
    made = written()
    value = getattr(made, field.name)
    assert (value.isoformat() if field.kind == "date" else value) == value_of(field)
    assert made.to_dict()[field.name] == value_of(field)
    assert str(made.provenance[field.name]) == "stated"
    assert str(Article.create(text="x").provenance[field.name]) == "missing"
    other: dict[str, Any] = {field.name: None}
    assert dataclasses.replace(made, **other).state != made.state
    assert f">{field.name}<" in made._repr_html_() or field.name == "title"
    assert index.article(made.id) == made, "stored and read"
    (counted,) = (one for one in index.info().contents.known[field.name] if one.value == "stated")
    assert counted.articles == 1 + (field.name == "title")


@EACH
def test_a_hit_has_the_fields_that_the_table_gives_it(index: Index, field: ArticleField) -> None:
    names = {one.name for one in dataclasses.fields(Hit)}
    assert (field.name in names) == field.in_hits
    (hit,) = (one for one in index.search("rained") if one.id == written().id)
    assert hit.to_dict().get(field.name) == (value_of(field) if field.in_hits else None)


def test_the_csv_and_the_json_of_hits_have_their_fields(newssearch: Command, folder: Path) -> None:
    shown = {field.name: value_of(field) for field in ARTICLE_FIELDS if field.in_hits}
    rows = list(
        csv.DictReader(
            newssearch("query", "rained", "--index", str(folder), "--format", "csv").out.splitlines()
        )
    )
    assert shown.items() <= max(rows, key=lambda row: len(row["url"])).items()
    assert not {field.name for field in ARTICLE_FIELDS if not field.in_hits} & rows[0].keys()
    hits = json.loads(newssearch("query", "rained", "--index", str(folder), "--json").out)["hits"]
    assert any(shown.items() <= hit.items() for hit in hits)


def test_show_prints_all_fields(newssearch: Command, folder: Path) -> None:
    printed = newssearch("show", written().id, "--index", str(folder)).out.splitlines()
    assert printed[0] == value_of(ARTICLE_FIELDS[0])
    assert [line.split()[0] for line in printed[2 : len(ARTICLE_FIELDS) + 1]] == list(FIELD_NAMES[1:])


# ---- finding


@EACH_FILTER
def test_a_filter_is_an_option_of_a_request_and_of_the_command_line(
    newssearch: Command, folder: Path, index: Index, field: ArticleField
) -> None:
    assert field.name in MatchOptions.__annotations__
    assert field.filter in (Request.__doc__ or "")
    asked: dict[str, Any] = {field.name: value_of(field)}
    assert Request(**asked).filters == ((field.name, (value_of(field),)),)
    assert index.find("rained", **asked) == [written().id]
    assert index.find("rained", **{**asked, field.name: "zz"}) == []
    printed = newssearch(
        "query", "rained", f"--{field.name}", value_of(field), "--index", str(folder), "--json"
    ).out
    assert [hit["id"] for hit in json.loads(printed)["hits"]] == [written().id]
    (option,) = (one for one in every_command()["query"].params if one.name == field.name)
    assert isinstance(option, click.Option)
    assert option.help == f"{field.filter} Repeat to allow several; '(none)': without one."


@EACH_FILTER
def test_a_value_that_a_filter_leaves_out_is_an_option_of_a_request_and_of_the_command_line(
    newssearch: Command, folder: Path, index: Index, field: ArticleField
) -> None:
    assert f"{field.name}_not" in FilterOptions.__annotations__
    asked: dict[str, Any] = {f"{field.name}_not": value_of(field)}
    assert Request(**asked).exclusions == ((field.name, (value_of(field),)),)
    (other,) = set(index.find("rained")) - {written().id}
    assert index.find("rained", **asked) == [other], "an article without a value passes"
    for verb in ("query", "related"):
        (option,) = (one for one in every_command()[verb].params if one.name == f"{field.name}_not")
        assert isinstance(option, click.Option)
        assert option.opts == [f"--not-{field.name}"]
        assert (option.help or "").startswith("Leave out articles ")
    out = newssearch(
        "query", "rained", f"--not-{field.name}", value_of(field), "--index", str(folder), "--json"
    ).out
    assert [hit["id"] for hit in json.loads(out)["hits"]] == [other]


@EACH_FILTER
def test_articles_without_a_value_are_a_value_of_each_filter(
    newssearch: Command, folder: Path, index: Index, field: ArticleField
) -> None:
    (other,) = set(index.find("rained")) - {written().id}
    for wanted, found in ((NONE, {other}), ([NONE, value_of(field)], {other, written().id})):
        asked: dict[str, Any] = {field.name: wanted}
        assert set(index.find("rained", **asked)) == found
    without: dict[str, Any] = {f"{field.name}_not": NONE}
    assert index.find("rained", **without) == [written().id]
    assert index.find(f"rained -{field.name}:*") == [other]
    printed = {
        option: newssearch("query", "rained", option, "(none)", "--index", str(folder), "--json").out
        for option in (f"--{field.name}", f"--not-{field.name}")
    }
    assert [[hit["id"] for hit in json.loads(out)["hits"]] for out in printed.values()] == [
        [other],
        [written().id],
    ]


def test_only_these_are_filters() -> None:
    assert FILTER_FIELDS == ("outlet", "source", "byline", "located", "lang", "section", "tag")
    shown = [option for option in inspect.signature(Index.find).parameters if option in (*FIELD_NAMES, TAG)]
    assert tuple(shown) == FILTER_FIELDS


@pytest.mark.parametrize("facet", FACET_FIELDS)
def test_a_facet_counts_and_is_named_in_the_help(index: Index, facet: str) -> None:
    values = index.search("rained", facets=facet).facets[facet]
    assert sorted(one.articles for one in values) == [1, 1], "one article with a value, one without"
    assert index.info().contents.by_field.get(facet, values) == values
    (option,) = (one for one in every_command()["query"].params if one.name == "facets")
    assert isinstance(option, click.Option)
    assert facet in re.findall(r"\w+", option.help or "")


def test_facets_and_infos_keep_their_order(index: Index) -> None:
    assert FACET_FIELDS == (
        "outlet", "source", "year", "quarter", "month", "week", "day", "byline", "located", "lang", "section",
    )  # fmt: skip
    assert tuple(index.info().contents.by_field) == tuple(
        name for name in FACET_FIELDS if name not in ("quarter", "week", "day")
    )


@pytest.mark.parametrize("name", QUERY_FIELDS)
def test_a_query_takes_each_field_of_the_language(index: Index, name: str) -> None:
    if name == "added":
        time = index.article(written().id).added
        assert time is not None
        assert written().id in index.find(f'added:"{time:%Y-%m-%dT%H:%M:%S}"')
        assert index.find("added:<2024") == []
        return
    if name == TAG:
        index.tag(written().id, "Some tag")
    value = written().id if name == "id" else VALUES.get(name, f"Some {name}")
    assert index.find(f'{name}:"{value}"') == [written().id]


def test_the_fields_of_the_language_are_those_of_the_table() -> None:
    assert QUERY_FIELDS == (
        "title", "outlet", "source", "byline", "located", "lang", "section", "key", "id", "url", "tag", "date", "added",
    )  # fmt: skip
    assert get_args(ValueField) == VALUE_FIELDS, "those that a type checker reads"
    for name in VALUE_FIELDS:
        assert parse(f"{name}:x").tree == Field(name, "x")


# ---- reading


@EACH
def test_readers_find_each_field_under_a_name_of_a_key(tmp_path: Path, field: ArticleField) -> None:
    record = {name: VALUES.get(name, f"Some {name}") for name in FIELD_NAMES}
    (read,) = articles_in(read_bytes(tmp_path, "a.jsonl", json.dumps({**record, "text": "It rained."})))
    assert field.name in RECORD_KEYS[field.name]
    assert read.to_dict()[field.name] == record[field.name]


@pytest.mark.parametrize("name", COLUMN_FIELDS)
def test_a_column_can_be_mapped_to_each_field(tmp_path: Path, name: str) -> None:
    (tmp_path / "newssearch.toml").write_text(f'[columns]\n{name} = "X"\n', "utf-8")
    assert load_config(tmp_path).columns == ((name, "X"),)
    value = {"text": "It poured.", "date": "2024-07-25", "lang": "de", "byline": "Ann Lee"}.get(
        name, f"https://e.org/{name}"
    )
    record = json.dumps({"X": value, "title": "Rain" if name != "title" else None, "text": "It rained."})
    (read,) = articles_in(read_bytes(tmp_path, "a.jsonl", record, columns={name: "X"}))
    if name == "text":
        assert read.paragraphs[0].text == value
    elif name != "id":
        assert read.to_dict()[name] == value


# ---- the documentation


@EACH
def test_the_readme_says_what_each_field_means(field: ArticleField) -> None:
    assert f"| `{field.name}` | {field.meaning} |" in (ROOT / "README.md").read_text("utf-8")


def test_the_readme_lists_filters_facets_and_fields_of_the_language() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    *names, last = (*FACET_FIELDS, TAG)
    assert f"count articles by {', '.join(names)} or {last};" in readme
    (row,) = (line for line in readme.splitlines() if line.startswith("| `--outlet`"))
    assert [name for name in FILTER_FIELDS if f"`--{name}" not in row] == []
    (row,) = (line for line in readme.splitlines() if line.startswith("| `--not-outlet`"))
    assert [name for name in FILTER_FIELDS if f"`--not-{name}" not in row] == []
    (row,) = (line for line in readme.splitlines() if line.startswith("| `outlet:bbc`"))
    assert [name for name in VALUE_FIELDS if f"{name}:" not in row] == []


@pytest.mark.parametrize("name", QUERY_FIELDS)
def test_the_page_on_the_language_names_each_field(name: str) -> None:
    assert f"`{name}" in (ROOT / "docs" / "query-language.md").read_text("utf-8")
