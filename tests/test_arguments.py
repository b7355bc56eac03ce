"""Arguments of the public API: a single value for a sequence, and a TypeError that says which type was wanted."""

# mypy: disable-error-code="arg-type,list-item"

from __future__ import annotations

import datetime as dt
import inspect
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch import (
    Article,
    Config,
    Index,
    Limits,
    NewssearchError,
    ReadOptions,
    Request,
    Sharding,
    query,
    readers,
)
from newssearch.text.paragraphs import Block
from support import articles_in, index_of, read_bytes

RAIN = Article.create(title="Rain", text="It rained.", outlet="The Echo", url="https://e.org/1")
SUN = Article.create(title="Sun", text="It was hot.", outlet="The Sun", url="https://e.org/2")

NOT_TEXT: list[object] = [None, 5, b"x", ["x"], {}, True]
NOT_SEVERAL: list[object] = [
    5,
    1.5,
    True,
    b"x",
    bytearray(b"x"),
    {},
    {"x": 1},
    object,
    [None],
    [5],
    [b"x"],
    ["x", None],
]
NOT_PATHS: list[object] = [*NOT_SEVERAL, None]
NOT_FLAG: list[object] = [None, 0, 1, "yes", "no", [], [True]]
NOT_NUMBER: list[object] = ["10", 1.5, True, False, [1], b"1"]
NOT_SECONDS: list[object] = ["10", True, None, [1], dt.timedelta(seconds=1)]
NOT_DATE: list[object] = [5, 20240725, b"2024", True, ["2024"], {}]
NOT_FUNCTION: list[object] = [True, 5, "stop", []]

WRONG: dict[str, list[object]] = {
    "str": NOT_TEXT,
    "Receipt | None": [5, "x", {}],
    "float | None": ["1", b"x", ["x"], {}],
    "int | tuple[int, int]": [None, "x", b"x", {}],
    "str | Query | Node | None": [value for value in NOT_TEXT if value is not None],
    "HitContent": NOT_TEXT,
    "TagOrder": NOT_TEXT,
    "StorySort": NOT_TEXT,
    "AnyQuery": NOT_TEXT,
    "AnyQuery | Mapping[str, AnyQuery] | Iterable[AnyQuery]": [5, b"x"],
    "int | Sequence[int | None] | None": [],  # a wrong one is a QueryError
    "str | None": [value for value in NOT_TEXT if value is not None],
    "str | Query | Node": NOT_TEXT,
    "Iterable[ArticleField]": [None, 5, b"x", "x", ["x"], {}, True],
    "Mapping[str, object] | None": [5, b"x", "x", ["x"], [], True],
    "tuple[KeptField, ...]": [None, 5, b"x", "x", ["x"], True],
    "tuple[SynonymEntry, ...]": [None, 5, b"x", "x", ["x"], True],
    "Thesaurus | None": [5, b"x", "x", ["x"], {}, True],
    "Where | None": [5, b"x", "theme=x", ["x"], True],
    "str | Path | BinaryIO": [None, 5, b"x", ["x"], {}, True],
    "str | Path": [None, 5, b"x", ["x"], {}, True],
    "str | Path | Iterable[str | Path]": NOT_PATHS,
    "arguments.Paths": NOT_PATHS,
    "str | Iterable[str]": NOT_SEVERAL,
    "str | Iterable[str] | None": NOT_SEVERAL,
    "str | Block | Iterable[str | Block]": [None, *NOT_SEVERAL],
    "Names": NOT_SEVERAL,
    "Facets": NOT_SEVERAL,
    "Article | Iterable[Article]": [None, "x", *NOT_SEVERAL, [{}], [RAIN, "x"], {"article": RAIN}],
    "Node | Iterable[Node]": [None, "x", *NOT_SEVERAL],
    "Literal['replace', 'keep', 'error'] | None": [value for value in NOT_TEXT if value is not None],
    "Versions": NOT_TEXT,
    "Feeds": NOT_TEXT,
    "bool": NOT_FLAG,
    "bool | None": [value for value in NOT_FLAG if value is not None],
    "int": [None, *NOT_NUMBER],
    "int | None": NOT_NUMBER,
    "float": NOT_SECONDS,
    "When | None": NOT_DATE,
    "str | Date | None": NOT_DATE,
    "dt.datetime | None": [5, "2024-07-25", dt.date(2024, 7, 25), True],
    "ReadOptions | None": [5, True, {}, Config(), "x"],
    "Request | None": [5, True, {}, Config(), "x"],
    "Config | None": [5, True, {}, ReadOptions(), "x"],
    "BinaryIO | None": [5, True, b"{}", "x", []],
    "Callable[[], bool] | None": NOT_FUNCTION,
    "Callable[[Progress], None] | None": NOT_FUNCTION,
    "Callable[[Removal], bool] | None": NOT_FUNCTION,
    "Mapping[str, Provenance] | None": [5, "x", [], True],
    "Mapping[str, str]": [None, 5, "x", [], True],
    "tuple[str, ...]": NOT_SEVERAL,
    "tuple[tuple[str, str], ...]": [None, 5, "x", b"x", ["x"], [("x",)], [("x", 5)], {"x": None}],
    "Aliases": [None, 5, "x", b"x", ["x"], [("x",)], [("x", 5)], {"x": None}, {"x": b"y"}],
    "Limits": [None, 5, {}, "x"],
    "Sharding": [None, 5, {}, "x"],
    "Request": [None, 5, {}, "x"],
    "SavedSearch": [None, 5, {}, "x"],
    "str | tuple[str, ...]": NOT_SEVERAL,
    "Compression": [None, 5, {}],
}  # fmt: skip
WRONG["tuple[tuple[str, tuple[str, ...]], ...]"] = WRONG["Aliases"]
"""Values that the annotation of a parameter does not allow, by annotation. A missing annotation fails the tests."""


def public(folder: Path) -> dict[str, tuple[Callable[..., object], dict[str, object]]]:
    """Return every public function, method and class of settings, with valid arguments."""
    index = index_of(folder / "index", RAIN)
    made: dict[str, dict[str, object]] = {
        "article": {"article_id": RAIN.id}, "story": {"article_id": RAIN.id}, "related": {"article_id": RAIN.id}, "review": {"query": "x", "file": io.BytesIO(), "format": "html"}, "articles_of": {"path": "x"},
        "add": {"articles": RAIN}, "collocates": {"query": "x"}, "highlights": {"article_id": RAIN.id, "query": "x"}, "keywords": {"query": "x"}, "kwic": {"query": "x"}, "parse": {"query": "x"}, "neighbours": {"query": "x", "address": "x#1"}, "update": {"paths": []}, "export": {"query": "x", "file": io.BytesIO(), "format": "csv"}, "remove": {"ids": []},
        "tag": {"articles": RAIN.id, "add": "x"}, "tags_of": {"article_id": RAIN.id}, "id_of_tagged": {"article_id": RAIN.id}, "merge_tags": {"file": folder / "none.jsonl"},
    }  # fmt: skip
    found: dict[str, tuple[Callable[..., object], dict[str, object]]] = {}
    for name, _ in inspect.getmembers(Index, inspect.isfunction):
        if not name.startswith("_"):
            found[f"Index.{name}"] = getattr(index, name), made.get(name, {})
    functions: dict[str, dict[str, object]] = {
        "create": {"folder": folder / "new"}, "open": {"folder": folder / "index"},
        "open_or_create": {"folder": folder / "index"}, "parse": {"text": "x"},
        "rebuild": {"folder": folder / "other", "paths": []}, "verify": {"folder": folder / "index"},
        "salvage": {"folder": folder / "index", "into": folder / "saved"}, "copy": {"source": folder / "index", "into": folder / "copied"},
        "saved_searches": {"folder": folder / "index"}, "run_alerts": {"folder": folder / "index"},
        "save_search": {"search": newssearch.SavedSearch(name="x"), "folder": folder / "index"},
    }  # fmt: skip
    for name in newssearch.__all__:
        value = getattr(newssearch, name)
        if inspect.isfunction(value):
            found[name] = value, functions[name]
    found["Article.create"] = Article.create, {}
    found |= {kind.__name__: (kind, {}) for kind in (Config, ReadOptions, Limits, Sharding, Request)}
    found["Facet"] = newssearch.Facet, {"name": "outlet"}
    found["SavedSearch"] = newssearch.SavedSearch, {"name": "x"}
    text: dict[str, object] = {"text": "x"}
    nodes: dict[str, object] = {"operands": [query.Word("x")]}
    found |= {f"query.{name}": (getattr(query, name), text) for name in ("parse", "literal", "words")}
    return found | {f"query.{name}": (getattr(query, name), nodes) for name in ("all_of", "any_of")}


RESULTS = {
    "AlertReport", "Article", "Change", "Clause", "Contents", "Copy", "CopyReport", "DateCounts", "Delivery", "Diagnostic", "EarlierVersion", "Edit", "Explanation", "ExportReport", "FacetValue", "FacetValues", "Hit", "Index", "IndexInfo",
    "IndexReport", "Leftover", "Paragraph", "Place", "Problem", "Progress", "Provenance", "Query", "Rank", "Rejected", "Removal", "Results", "ReviewReport",
    "ArticleTags", "Note", "TagChange", "TagCount", "TagCounts", "TagMerge", "TagReport",
    "Salvage", "Snippet", "Story", "TermScore", "Verification", "Version",
    "Collocate", "Collocates", "Commit", "Concordance", "ConcordanceLine", "CorpusSize", "Coverage", "IndexWord", "Keyword", "Keywords", "ListedStory", "Neighbours", "OutletCoverage", "PeriodCount", "Receipt", "Sample", "SampledArticle", "Scan", "Series", "StoryList", "Stratum", "Table", "TableCell", "TableDimension", "TableGroup", "TableQuery", "TimeSpan",
}  # fmt: skip
"""The public classes whose objects users receive, but do not make."""


def test_every_public_class_is_made_by_users_or_for_them() -> None:
    classes = {name for name in newssearch.__all__ if inspect.isclass(getattr(newssearch, name))}
    errors = {name for name in classes if issubclass(getattr(newssearch, name), NewssearchError)}
    assert classes - errors - RESULTS == {
        "Config",
        "Facet",
        "LanguageAnalysis",
        "Limits",
        "PartialDate",
        "ReadOptions",
        "Request",
        "SavedSearch",
        "Sharding",
    }


def parameters(function: Callable[..., object]) -> Iterator[tuple[str, str]]:
    """Return the parameters of a function with their annotations."""
    for name, parameter in inspect.signature(function).parameters.items():
        yield name, parameter.annotation


def error_of(function: Callable[..., object], given: dict[str, object]) -> str:
    """Return the message of the TypeError that a call raises."""
    try:
        function(**given)
    except TypeError as error:
        return str(error)
    return "no error"


def test_an_argument_of_a_wrong_type_is_a_type_error_that_names_it(tmp_path: Path) -> None:
    tried = 0
    for called, (function, given) in public(tmp_path).items():
        for name, annotation in parameters(function):
            assert annotation in WRONG, f"{called}: {name}: {annotation} is not in the table"
            for value in WRONG[annotation]:
                said = error_of(function, {**given, name: value})
                assert re.match(rf"{name}: wanted .+; got ", said), f"{called}({name}={value!r}): {said}"
                tried += 1
    assert tried > 800
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "saved").exists()
    with newssearch.open(tmp_path / "index") as index:
        assert index.find() == [RAIN.id]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda index: index.add([{}]), "articles: wanted an Article; got a dict: {} in a list"),
        (lambda index: index.add("x"), "articles: wanted an Article, or several; got a str: 'x'"),
        (lambda index: index.search(None), "query: wanted a string, a Query or a node of a query; got None"),
        (lambda index: index.search("x", limit="10"), "limit: wanted a whole number; got a str: '10'"),
        (lambda index: index.search("x", outlet=[None]), "outlet: wanted a string; got None in a list"),
        (lambda index: index.update([b"a"]), "paths: wanted a path (str or Path); got a bytes: b'a' in a list"),
    ],
)  # fmt: skip
def test_the_message_says_what_was_wanted_and_what_was_given(
    tmp_path: Path, wrong: Callable[[Any], object], message: str
) -> None:
    with index_of(tmp_path / "i", RAIN) as index, pytest.raises(TypeError) as caught:
        wrong(index)
    assert str(caught.value) == message


def test_a_long_value_is_quoted_in_part(tmp_path: Path) -> None:
    with index_of(tmp_path / "i") as index, pytest.raises(TypeError) as caught:
        index.search(["x" * 100_000] * 1000)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("wrong", [
    lambda: query.Word(5), lambda: query.Phrase("a b", within="5"), lambda: query.Wildcard(5), lambda: query.Caps(None),
    lambda: query.Fuzzy("abc", edits="1"), lambda: query.Regex(b"a"), lambda: query.Near(query.Word("a"), query.Word("b"), "5"),
    lambda: query.And("ab"), lambda: query.And(("a", "b")), lambda: query.Or(5), lambda: query.Not("x"),
    lambda: query.AtLeast("3", query.Word("a")), lambda: query.Field(5, "x"), lambda: query.Field("outlet", 5),
    lambda: query.Boost(query.Word("a"), "2"), lambda: query.Region(5, query.Word("a")), lambda: query.Dated(2024),
])  # fmt: skip
def test_a_node_of_a_query_is_not_made_of_a_wrong_type(wrong: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match=r"wanted |not a node of a query"):
        wrong()


# ---- one, or several


def test_one_path_is_one_path(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "a.txt").write_text("Rain\n\nIt rained.\n", "utf-8")
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "other.txt").write_text("Sun\n\nIt was hot.\n", "utf-8")
    for paths in (str(archive), archive, [archive], (str(archive),), iter([archive]), {archive}):
        with newssearch.open_or_create(tmp_path / "index") as index:
            report = index.update(paths)
            assert (report.files, report.rejections) == (1, 0)
            assert [hit.title for hit in index.search()] == ["Rain"]
    assert newssearch.rebuild(tmp_path / "index", str(archive)).files == 1
    assert newssearch.rebuild(str(tmp_path / "index"), archive / "a.txt").files == 1


def test_one_article_is_one_article(tmp_path: Path) -> None:
    with newssearch.create(tmp_path / "i") as index:
        assert index.add(RAIN).added == 1
        assert index.add(article for article in (RAIN, SUN)).added == 1
        assert index.remove(RAIN.id) == 1
        assert index.remove(article_id for article_id in [SUN.id, SUN.id]) == 1


def test_nothing_of_a_batch_is_added_where_one_of_it_is_no_article(tmp_path: Path) -> None:
    with index_of(tmp_path / "i") as index:
        with pytest.raises(TypeError):
            index.add([RAIN, {}])
        assert index.find() == []


def test_no_paths_are_nothing_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("Rain\n\nIt rained.\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    with newssearch.create("i") as index:
        empty: list[Any] = [[], (), iter(())]
        for nothing in empty:
            assert index.update(nothing).files == 0
        assert index.add([]).added == 0
        assert index.remove([]) == 0
        assert index.update([], stream=io.BytesIO(b'{"title": "Sun"}')).added == 1


def test_one_filter_is_one_filter(tmp_path: Path) -> None:
    with index_of(tmp_path / "i", RAIN, SUN) as index:
        for outlet in ("The Echo", ["The Echo"], ("The Echo",), iter(["The Echo"]), {"The Echo"}):
            assert index.search(outlet=outlet)[0].id == RAIN.id
        assert index.find(outlet="The Sun") == [SUN.id]
        assert index.find(outlet=(name for name in ["The Echo", "The Sun"])) == sorted([RAIN.id, SUN.id])
        assert list(index.search(facets="outlet").facets) == ["outlet"]
        assert list(index.search(facets=(name for name in ["outlet", "year"])).facets) == ["outlet", "year"]


def test_settings_take_one_or_several_and_are_equal_then() -> None:
    assert Config(exclude="*.tmp") == Config(exclude=["*.tmp"]) == Config(exclude=("*.tmp",))
    for kind in (Config, ReadOptions):
        one = kind(
            columns={"title": "Headline"}, outlets={"The Echo": "echo.org"}, folders={"echo": "The Echo"}
        )
        assert one == kind(
            columns=[("title", "Headline")],
            outlets=[("The Echo", ["echo.org"])],
            folders=("echo", "The Echo"),
        )
    with pytest.raises(TypeError, match="document: wanted a whole number; got a str: '64 MiB'"):
        Limits(document="64 MiB")


def test_one_block_is_one_paragraph() -> None:
    assert [p.text for p in Article.create(text=Block("Rain", "heading")).paragraphs] == ["Rain"]
    assert [p.kind for p in Article.create(text=Block("Rain", "heading")).paragraphs] == ["heading"]
    assert [p.text for p in Article.create(text=(text for text in ["a", "b"])).paragraphs] == ["a", "b"]


def test_a_format_has_one_ending_or_several() -> None:
    def never(source: readers.Input) -> bool:
        return False

    def nothing(source: readers.Input) -> Iterator[readers.Item]:
        yield from ()

    one = readers.Format("a telegram", never, nothing, ".tg")
    assert one.suffixes == frozenset({".tg"})


def test_a_reader_takes_a_path_as_a_string(tmp_path: Path) -> None:
    (read,) = articles_in(read_bytes(tmp_path, "a.txt", "Rain\n\nIt rained.\n"))
    file = str(tmp_path / "a.txt")
    assert list(readers.read_file(file, "a.txt", ReadOptions())) == [read]
