"""Public values can be pickled, copied, compared and converted, and have a repr of one line and HTML for notebooks."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import datetime as dt
import html.parser
import inspect
import io
import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import newssearch
from newssearch import Article, Provenance, QueryError, errors, query
from newssearch.system.frozen import FrozenDict
from support import THOROUGH, article, index_of
from test_output import OBEYED, SEVERAL, TEXTS

ZONE = dt.timezone(dt.timedelta(hours=3))
FIRST = "It rained on Baghdad for the third day, and the council closed two bridges to traffic until the water falls."
SECOND = "Then it stopped: farmers of the plain said that their fields would need a week of sun before anybody could sow."
RAIN = article(
    "Rain over Baghdad", FIRST, SECOND, "Heat came to the whole valley of the two rivers.", date=dt.datetime(2024, 7, 25, 10, tzinfo=ZONE),
    outlet="The Echo", source="Reuters", byline="Ana Silva", located="Baghdad", lang="en", section="World", url="https://e.org/1",
)  # fmt: skip
COPY = article("Rain", FIRST, SECOND, "Sun came.", outlet="The Sun", url="https://e.org/2")
TREE = query.parse(
    'rain ("heavy rain"~5 OR sto* OR strom~1 OR /x.z/ OR Qaddafi~name) -date:2023 outlet:x caps(US) atleast2(a) title:b c^2 "a"~exact d w/5 e f w/s g'
)


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Return one or more values of each public type."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "a.txt").write_bytes(b"")
    (folder / "newssearch.toml").write_text('[outlets]\n"Echo" = ["The Echo"]\n', "utf-8")
    progress: list[Any] = []
    with newssearch.create(folder / "index") as index:
        report = index.update(folder / "a.txt", progress=progress.append)
        index.add([RAIN, COPY])
        results = index.search(
            "baghdad ***", facets=["outlet", "year"], names=True, since="2023", explain=True
        )
        empty = index.search("nothing AND zzz")
        info, story, config = index.info(), index.story(RAIN.id), index.config
        ranks = index.rank("baghdad")
        near = index.collocates("rained", min_count=1, all_words=True)
        marking = index.keywords("heat", against="sun", min_count=1)
        words = index.words("ra")
        lines = index.kwic("rained")
        table = index.table(["rained", "sun"], by=["outlet", "month"])
        series = index.over_time("rained", unit="month")
        drawn = index.sample("rained OR sun", size=2, by="outlet")
        told = index.stories()
        covered = index.coverage(story=RAIN.id, outlets=["The Echo", "The Post"])
        beside = index.neighbours("rained", f"{RAIN.id}#1", group=False)
        receipt = index.receipt("rained", since="2024", where={})
        commit = index.commit
        exported = index.export("rained )", folder / "a.csv", since="2023")
        review = index.review("rained )", folder / "a.html", since="2023")
        everything = list(index)
        tagged = index.tag(RAIN.id, ["seen", "later"], note="By whom?")
        said, tags = index.tags_of(RAIN.id), index.tags()
        merged = index.merge_tags(folder / "tags.jsonl")
    search = newssearch.SavedSearch(name="rain", query="rained", start="all")
    newssearch.save_search(search, folder / "index")
    with contextlib.redirect_stdout(io.StringIO()):
        alerted = [search, *newssearch.run_alerts(folder / "index"), newssearch.Delivery("stdout", 1)]
    counted = [
        *lines,
        *table.queries,
        *table.by,
        *table.by[0].groups,
        series.total,
        covered[0].after,
        *series,
    ]
    counted += [*drawn, *drawn.strata, *told, *covered.outlets]
    counted += alerted
    counted += [tagged, *tagged.tags, said, *said.notes, tags, *tags, merged]
    counted += [
        table,
        series,
        lines,
        drawn,
        told,
        covered,
        beside,
        receipt,
        *receipt.searches,
        commit,
        exported,
        review,
    ]
    sound = newssearch.verify(folder / "index")
    problem = newssearch.Problem("a.seg", "it is cut")
    explained = [hit.explanation for hit in results if hit.explanation is not None]
    return [
        *everything, *RAIN.paragraphs, newssearch.Place("a.zip", "b.txt", 3),
        newssearch.EarlierVersion("0" * 24, dt.datetime(2024, 7, 25, tzinfo=dt.timezone.utc)), Provenance("inferred", "url"), newssearch.Rejected("a.zip", "no text", 3, "b.txt"),
        results, *results, *explained, *(term for one in explained for term in one.terms), results[0].snippet, *results[0].copies, *results.facets.values(), *results.facets["outlet"], newssearch.Facet("outlet", limit=5), *results.diagnostics, *results.clauses,
        empty, *empty.clauses, *ranks, info, info.contents, story, *story.versions, *(c for v in story.versions for c in v.changes),
        newssearch.Change("changed", 1, 1, "It rained.", (newssearch.Edit("cut", "rained"),)), newssearch.Edit("same", "It"),
        newssearch.PartialDate(2024, 8), newssearch.PartialDate(2024), results.dates, newssearch.DateCounts(1, 2, 3, 4),
        report, *progress[:1], newssearch.Progress(1, 2, 3), config, newssearch.Limits(), newssearch.LanguageAnalysis("lower", "1", term=str.lower), newssearch.Sharding(), newssearch.ReadOptions(), newssearch.Request(outlet="The Echo", limit=None), TREE, TREE.tree, *_nodes(TREE.tree),
        sound, problem, newssearch.Leftover("x", 1), newssearch.Removal("mail", 3, 5, "its files are gone", 1, ("a.eml",)), newssearch.Salvage(folder, folder, 1, 2, (problem,)), newssearch.CopyReport(folder, folder, 1, 2, 3, 4, 5, 6.0),
        dataclasses.replace(sound, problems=(problem,)), near, *near, near.corpus, marking, *marking, *words, *counted,
    ]  # fmt: skip


def _nodes(node: Any) -> list[Any]:
    below = [getattr(node, field.name) for field in dataclasses.fields(node)]
    inner = [
        one
        for value in below
        for one in (value if isinstance(value, tuple) else (value,))
        if isinstance(one, query.Node)
    ]
    return [*inner, *(one for each in inner for one in _nodes(each))]


def test_there_is_a_value_of_every_public_type(values: list[Any]) -> None:
    types = {
        value for name in newssearch.__all__ if isinstance(value := getattr(newssearch, name), type) and not issubclass(value, Exception)
    } - {newssearch.Index, newssearch.Scan}  # fmt: skip
    assert types <= {type(value) for value in values}


COPIES: list[Callable[[Any], Any]] = [
    *(
        lambda value, protocol=protocol: pickle.loads(pickle.dumps(value, protocol))
        for protocol in range(2, 6)
    ),
    copy.copy,
    copy.deepcopy,
]


@pytest.mark.parametrize("copied", COPIES)
def test_a_value_pickles_and_copies_and_is_the_same(values: list[Any], copied: Callable[[Any], Any]) -> None:
    for value in values:
        other = copied(value)
        assert type(other) is type(value)
        assert other == value
        assert hash(other) == hash(value)
        assert repr(other) == repr(value)
        if hasattr(value, "to_dict"):
            assert other.to_dict() == value.to_dict()


def test_a_value_converts(values: list[Any]) -> None:
    for value in values:
        if hasattr(value, "to_dict"):
            assert json.loads(json.dumps(value.to_dict())) == value.to_dict()
        if dataclasses.is_dataclass(value):
            fields = dataclasses.asdict(value)  # type: ignore[arg-type]
            assert list(fields) == [field.name for field in dataclasses.fields(value)]
            assert dataclasses.replace(value) == value  # type: ignore[type-var]


def test_a_value_cannot_be_changed(values: list[Any]) -> None:
    for value in values:
        if dataclasses.is_dataclass(value):
            for field in dataclasses.fields(value):
                with pytest.raises(dataclasses.FrozenInstanceError):
                    setattr(value, field.name, None)
                held = getattr(value, field.name)
                assert not isinstance(held, list | set)
                assert type(held) is not dict


def test_a_frozen_dict_is_a_dict_that_cannot_be_changed() -> None:
    frozen = FrozenDict({"a": 1})
    changes: list[Callable[[], object]] = [
        lambda: frozen.update(b=2), lambda: frozen.pop("a"), frozen.popitem, frozen.clear, lambda: frozen.setdefault("b", 2),
        lambda: frozen.__setitem__("a", 2), lambda: frozen.__delitem__("a"), lambda: frozen.__ior__({"b": 2}),
    ]  # fmt: skip
    for change in changes:
        with pytest.raises(TypeError, match="cannot be changed"):
            change()
    assert frozen == {"a": 1}
    assert {frozen: 1}[FrozenDict(a=1)] == 1
    changed = frozen.copy()
    changed["b"] = 2
    assert frozen | {"b": 2} == changed == {"a": 1, "b": 2}


def test_an_article_keeps_no_mapping_that_somebody_may_change() -> None:
    known = {"title": Provenance("stated")}
    for made in (Article.create(title="Rain", provenance=known), Article("x", "Rain", (), provenance=known)):
        known["title"] = Provenance("missing")
        assert made.provenance["title"] == Provenance("stated")
        assert hash(made)
        known["title"] = Provenance("stated")


ERRORS: list[errors.NewssearchError] = [
    errors.NewssearchError("x"), errors.ConfigError("x"), errors.ArticleNotFoundError("x"), errors.ArticleNotFoundError("x", ["a-x", "b-x"]), errors.ArticleNotFoundError("x", (), "key"), errors.ArticleConflictError(["a-x"]),
    QueryError("odd", query="a b", start=1, end=2, suggestion="try c"), errors.IndexFolderError("x", Path("f")),
    errors.IndexNotFoundError("x", Path("f")), errors.IndexExistsError("x", Path("f")), errors.IndexVersionError("x", Path("f"), 7),
    errors.IndexDamagedError("x", Path("f")), errors.IndexLockedError("x", Path("f"), "process 7"), errors.IndexWriteError("x", Path("f")), errors.IndexCopyError("x", Path("f")), errors.IndexUnreachableError("x", Path("f")), errors.OwnFieldError("x"),
    errors.SearchStoppedError("x", 1.5), errors.ReceiptError("x"), errors.SavedSearchError("x"), errors.AlertError("x"), errors.AnalyserError("x"), errors.TagError("x"), errors.NoteChangedError("a-x", "Seen."), errors.TagFileError("x"), errors.TagFileError("f/tags.jsonl: x", Path("f/tags.jsonl")), errors.HitNotFoundError("x#1"),
]  # fmt: skip


def test_errors_pickle_with_their_data() -> None:
    ours = {
        kind
        for kind in vars(errors).values()
        if inspect.isclass(kind) and issubclass(kind, errors.NewssearchError)
    }
    assert {type(error) for error in ERRORS} == ours
    for error in ERRORS:
        for other in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
            assert (type(other), str(other), vars(other)) == (type(error), str(error), vars(error))


# ---- shown


def all_shown(folder: Path, made: list[Article], asked: str) -> list[Any]:
    """Return all values with HTML for notebooks that these articles give."""
    with index_of(folder, *made) as index:
        results = index.search("rain", facets=["outlet", "byline", "section"], explain=True, since="2024")
        story, info = index.story(results[0].id), index.info()
        odd = []
        with contextlib.suppress(QueryError):
            odd.append(index.search(asked))
        return [
            results, *results, *(hit.snippet for hit in results), *results.facets.values(), *results.facets["byline"], *results.clauses, *odd, *(n for o in odd for n in o.diagnostics),
            story, *story.versions, *(change for version in story.versions for change in version.changes), info, info.contents, index, *made,
            *(paragraph for one in made for paragraph in one.paragraphs), newssearch.Rejected(made[0].path or "", made[0].title or "", 1, "x"),
            index.over_time("rain", unit="month"), index.table({asked: "rain"}, by=["outlet", "month"]), index.table(["rain", "sun"], by="month"),
            newssearch.Edit("cut", made[0].title or ""), newssearch.query.literal(asked), newssearch.Problem(asked, asked),
        ]  # fmt: skip


class Page(html.parser.HTMLParser):
    """The elements and attributes of a page, with a check that elements are closed in the right order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: set[tuple[str, str]] = set()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.shown = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.shown += data


TAGS = {
    "div",
    "style",
    "p",
    "strong",
    "code",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "small",
    "br",
    "span",
    "a",
    "mark",
    "details",
    "summary",
    "ins",
    "del",
    *("svg", "g", "text", "rect", "title", "line"),
}
ATTRIBUTES = {
    *(
        ("svg", name)
        for name in ("xmlns", "role", "aria-label", "viewbox", "style", "font-family", "font-size", "fill")
    ),
    *(("rect", name) for name in ("x", "y", "width", "height")),
    *(("text", name) for name in ("x", "y", "opacity", "text-anchor")),
    *(("line", name) for name in ("x1", "x2", "y1", "y2", "stroke", "stroke-opacity")),
    *(("g", name) for name in ("fill", "opacity", "stroke")),
    ("div", "class"),
    ("table", "class"),
    ("td", "class"),
    ("th", "class"),
    ("span", "dir"),
    ("a", "href"),
    ("a", "target"),
    ("a", "rel"),
}


@settings(max_examples=8 * THOROUGH)
@given(made=SEVERAL, asked=TEXTS)
def test_whatever_an_article_holds_it_shows_itself_harmlessly(
    tmp_path_factory: pytest.TempPathFactory, made: list[Article], asked: str
) -> None:
    for value in all_shown(tmp_path_factory.mktemp("index"), made, asked):
        line = repr(value)
        assert OBEYED.search(line) is None
        assert "\n" not in line
        assert len(line) < 200
        if hasattr(value, "_repr_html_"):
            page = Page()
            page.feed(value._repr_html_())
            page.close()
            assert page.open == []
            assert page.tags <= TAGS
            assert page.attributes <= ATTRIBUTES
            assert all(re.match("https?://", link, re.IGNORECASE) for link in page.links)
            assert (
                re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page.shown)
                is None
            )


def shown(value: Any) -> str:
    """Return the text that a notebook shows."""
    page = Page()
    page.feed(value._repr_html_())
    return page.shown


def test_results_in_a_notebook_tell_what_was_found_and_mark_it(tmp_path: Path) -> None:
    with index_of(tmp_path, RAIN, COPY, article("Sun", "No rain.", "Rain again.", outlet="AP")) as index:
        results = index.search("rain ***", facets="outlet", since="2024")
        page = results._repr_html_()
        assert "It <mark>rained</mark> on Baghdad for the third day" in page
        assert (
            f'<a href="https://e.org/1" target="_blank" rel="noopener noreferrer"><span dir="auto">{RAIN.title}</span></a>'
            in page
        )
        told = shown(results)
        for part in ("1 article, 1 matching paragraph", "for rain", "2 more articles without a date left out", "hits 1 to 1",
                     "*** has no letter or digit", "2024-07-25", "The Echo", "Reuters", f"{RAIN.id}#1", "outlet (1 value)"):  # fmt: skip
            assert part in told
        everything = shown(index.search("rain", group=True))
        assert "3 articles (2 stories)" in everything
        assert "and 1 more paragraph" in everything
        assert "also in 1 other article" in everything
        assert "0 articles, 0 matching paragraphs for zzz" in shown(index.search("zzz"))
        assert FIRST in shown(results[0])
        assert "Rain over Baghdad" in shown(index.article(RAIN.id))
        assert "inferred from outlet" in shown(index.article(COPY.id))
        assert "Heat came to" in shown(RAIN)
        assert "2 of 3" in shown(index.story(RAIN.id))
        assert "articles3" in shown(index.info())


def test_a_facet_in_a_notebook_tells_how_many_values_are_not_listed(tmp_path: Path) -> None:
    made = [
        article("Rain", f"Rain {n}.", outlet=name)
        for n, name in enumerate(["The Echo", "The Echo", "The Sun", None])
    ]
    with index_of(tmp_path, *made) as index:
        asked = newssearch.Facet("outlet", limit=1, disjunctive=True)
        results = index.search("rain", outlet="The Sun", facets=asked.name)
        assert "<strong>" not in results.facets["outlet"]._repr_html_()
        results = index.search("rain", outlet="the sun", facets=asked)
        values = results.facets["outlet"]
        assert repr(values) == "<FacetValues outlet: 'The Echo' 2, 'The Sun' 1, None 1>"
        assert repr(values[1]) == "<FacetValue 'The Sun' 1 article selected>"
        assert '<strong><span dir="auto">The Sun</span></strong>' in values._repr_html_()
        few = index.search("rain", facets=newssearch.Facet("outlet", limit=0))
        assert repr(few.facets["outlet"]) == "<FacetValues outlet: None 1 and 2 others>"
        for told in (shown(few), shown(few.facets["outlet"])):
            assert "(none)1and 2 others3" in told
        assert "outlet (2 values)" in shown(few)


def test_a_long_article_in_a_notebook_is_cut(tmp_path: Path) -> None:
    told = shown(Article.create(title="Rain", text=[f"Line {n}." for n in range(1, 61)]))
    assert "Line 50." in told
    assert "Line 51." not in told
    assert "and 10 more paragraphs" in told


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("<Paragraph 1 'It rained on Baghdad for the third day, and the council c…'>", RAIN.paragraphs[0]),
        (f"<Article '{RAIN.id}' 'Rain over Baghdad' 3 paragraphs>", RAIN),
        ("<Rejected 'a.zip!/b.txt:3' 'no text'>", newssearch.Rejected("a.zip", "no text", 3, "b.txt")),
        ("<Query 'rain sun' meaning '(rain AND sun)'>", query.parse("rain sun")),
        ("<IndexReport 1 added, 0 updated, 0 unchanged, 2 removed, 3 rejected>", newssearch.IndexReport(added=1, removed=2, rejections=3)),
        ("<FacetValue 'BBC' 1 article>", newssearch.FacetValue("BBC", 1)),
        ("<Edit cut 'x\\x1b[31m'>", newssearch.Edit("cut", "x\x1b[31m")),
        ("<Snippet 'x' with 0 highlights>", newssearch.Snippet("x")),
    ],
)  # fmt: skip
def test_a_value_is_a_line(line: str, value: object) -> None:
    assert repr(value) == line


def test_results_are_a_line_however_many_hits_they_have(tmp_path: Path) -> None:
    made = [article(f"Rain {n}", "Rain. " * 50, outlet="x" * 300, url=f"u{n}") for n in range(20)]
    with index_of(tmp_path, *made) as index:
        results = index.search("rain", limit=None)
        assert (
            repr(results) == "<Results for 'rain': 20 articles, 20 matching paragraphs, 20 hits on this page>"
        )
        assert repr(index) == f"<Index {str(tmp_path)!r}>"
        assert len(repr(results[0])) < 200
        small = dataclasses.replace(results[0], score=1.23456789e-07)
        assert repr(small).endswith("score=1.23456789e-07>")
        assert len(repr(index.info())) < 200
    assert repr(index) == f"<Index {str(tmp_path)!r} (closed)>"


def test_a_table_and_a_coverage_are_a_line(tmp_path: Path) -> None:
    made = [article(f"Rain {n}", "Rain came.", outlet=f"O{n}", date="2024-07-25", url=f"u{n}") for n in range(3)]  # fmt: skip
    with index_of(tmp_path, *made) as index:
        assert repr(index.table("rain", by=["outlet", "day"])) == "<Table of 'rain' by outlet (3) x day (1)>"
        assert repr(index.table("rain", by="outlet").by[0]) == "<TableDimension outlet: 3 groups>"
        coverage = [repr(one) for one in index.coverage("rain")]
    assert coverage == [f"<OutletCoverage 'O{n}': ran on the same day>" for n in range(3)]
