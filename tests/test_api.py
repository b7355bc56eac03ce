"""The guarantees for other programs: public names, errors, keys of JSON, threads, and that the index is a Whoosh index."""

from __future__ import annotations

import copy
import datetime as dt
import fractions
import inspect
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from whoosh import index as whoosh_index
from whoosh.fields import ID, STORED, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.qparser import QueryParser

import newssearch
from newssearch import (
    Article,
    ArticleConflictError,
    ArticleNotFoundError,
    IndexCopyError,
    IndexDamagedError,
    IndexExistsError,
    IndexFolderError,
    IndexLockedError,
    IndexNotFoundError,
    IndexUnreachableError,
    IndexVersionError,
    IndexWriteError,
    NewssearchError,
    QueryError,
    Rejected,
    errors,
)
from newssearch.engines.embedded import EmbeddedStore
from newssearch.engines.embedded.storage.toc import SegmentEntry, newest, read_toc, toc_bytes, toc_path
from support import article, index_of, made_by_another

PUBLIC = [
    "AlertError",
    "AlertReport",
    "AnalyserError",
    "Article",
    "ArticleConflictError",
    "ArticleNotFoundError",
    "ArticleTags",
    "Change",
    "Clause",
    "Collocate",
    "Collocates",
    "Commit",
    "Concordance",
    "ConcordanceLine",
    "Config",
    "ConfigError",
    "Contents",
    "Copy",
    "CopyReport",
    "CorpusSize",
    "Coverage",
    "DateCounts",
    "Delivery",
    "Diagnostic",
    "EarlierVersion",
    "Edit",
    "Explanation",
    "ExportReport",
    "Facet",
    "FacetValue",
    "FacetValues",
    "Hit",
    "HitNotFoundError",
    "Index",
    "IndexCopyError",
    "IndexDamagedError",
    "IndexExistsError",
    "IndexFolderError",
    "IndexInfo",
    "IndexLockedError",
    "IndexNotFoundError",
    "IndexReport",
    "IndexUnreachableError",
    "IndexVersionError",
    "IndexWord",
    "IndexWriteError",
    "Keyword",
    "Keywords",
    "LanguageAnalysis",
    "Leftover",
    "Limits",
    "ListedStory",
    "NONE",
    "Neighbours",
    "NewssearchError",
    "Note",
    "NoteChangedError",
    "OutletCoverage",
    "OwnFieldError",
    "Paragraph",
    "PartialDate",
    "PeriodCount",
    "Place",
    "Problem",
    "Progress",
    "Provenance",
    "Query",
    "QueryError",
    "Rank",
    "ReadOptions",
    "Receipt",
    "ReceiptError",
    "Rejected",
    "Removal",
    "Request",
    "Results",
    "ReviewReport",
    "Salvage",
    "Sample",
    "SampledArticle",
    "SavedSearch",
    "SavedSearchError",
    "Scan",
    "SearchStoppedError",
    "Series",
    "Sharding",
    "Snippet",
    "Story",
    "StoryList",
    "Stratum",
    "Table",
    "TableCell",
    "TableDimension",
    "TableGroup",
    "TableQuery",
    "TagChange",
    "TagCount",
    "TagCounts",
    "TagError",
    "TagFileError",
    "TagMerge",
    "TagReport",
    "TermScore",
    "TimeSpan",
    "Verification",
    "Version",
    "__version__",
    "copy",
    "create",
    "open",
    "open_or_create",
    "parse",
    "query",
    "rebuild",
    "run_alerts",
    "salvage",
    "save_search",
    "saved_searches",
    "verify",
]


def storm() -> Article:
    return article(
        "Storm over Baghdad", "Rain fell on Baghdad.", "It stopped.", date="2024-07-25T10:00:00+03:00",
        outlet="www.Example.org", source="Reuters", byline="Ana Silva", located="Baghdad", lang="en", section="World",
        url="https://e.org/1",
    )  # fmt: skip


# ---- names


def test_the_public_names_are_these() -> None:
    assert newssearch.__all__ == PUBLIC
    assert all(hasattr(newssearch, name) for name in PUBLIC)


@pytest.mark.parametrize("name", [name for name in PUBLIC if name != "__version__"])
def test_every_public_name_is_documented_and_so_are_its_methods(name: str) -> None:
    public = getattr(newssearch, name)
    assert (public.__doc__ or "").strip()
    assert not (public.__doc__ or "").startswith(f"{name}("), "made up by dataclasses"
    if inspect.isclass(public):
        for attribute, value in vars(public).items():
            member = getattr(value, "__func__", getattr(value, "fget", value))
            if not attribute.startswith("_") and inspect.isfunction(member):
                assert (member.__doc__ or "").strip(), f"{name}.{attribute}"


@pytest.mark.parametrize("name", ["create", "open", "open_or_create", "parse", "rebuild"])
def test_public_functions_are_typed(name: str) -> None:
    signature = inspect.signature(getattr(newssearch, name))
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values())
    assert (Path(newssearch.__file__).parent / "py.typed").exists()


# ---- making and opening


def test_an_index_may_share_its_folder_with_other_files(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*\n", encoding="utf-8")
    with newssearch.create(tmp_path) as index:
        index.add([storm()])
    assert (tmp_path / ".gitignore").read_text("utf-8") == "*\n"


@pytest.mark.parametrize("name", ["nowhere", "file", "empty"])
def test_errors_on_opening_say_what_to_do(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    folder = tmp_path / name
    with pytest.raises(IndexNotFoundError) as caught:
        newssearch.open(folder)
    assert f"make an index with `newssearch index --index {folder} FILES…`" in str(caught.value)
    assert caught.value.folder == folder


@pytest.mark.parametrize("make", [newssearch.create, newssearch.open_or_create])
def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path: Path, make: object) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(IndexFolderError):
            make(folder)  # type: ignore[operator]


def test_an_index_of_a_newer_version_tells_its_number(tmp_path: Path) -> None:
    index_of(tmp_path / "i", storm()).close()
    made_by_another(tmp_path / "i", format=99)
    with pytest.raises(IndexVersionError, match="newer version of newssearch") as caught:
        newssearch.open(tmp_path / "i")
    assert caught.value.found == 99
    with pytest.raises(IndexExistsError):
        newssearch.create(tmp_path / "i")


def test_an_index_of_whoosh_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "i").mkdir()
    whoosh_index.create_in(str(tmp_path / "i"), Schema(text=STORED)).writer().commit()
    with pytest.raises(IndexVersionError, match="newssearch did not make"):
        newssearch.open(tmp_path / "i")
    with pytest.raises(IndexVersionError, match="newssearch did not make"):
        newssearch.salvage(tmp_path / "i", tmp_path / "new")


@pytest.mark.parametrize("toc", ["sound", "damaged"])
def test_an_index_that_has_lost_its_marker_is_damaged_and_can_be_salvaged(tmp_path: Path, toc: str) -> None:
    index_of(tmp_path / "i", storm()).close()
    (tmp_path / "i" / "newssearch.json").unlink()
    if toc == "damaged":
        toc_path(tmp_path / "i", newest(tmp_path / "i")).write_bytes(b"gone")
    for opening in (newssearch.open, newssearch.open_or_create):
        with pytest.raises(IndexDamagedError, match=r"newssearch\.json is missing"):
            opening(tmp_path / "i")
    assert "newssearch.json" in {problem.file for problem in newssearch.verify(tmp_path / "i").problems}
    assert newssearch.salvage(tmp_path / "i", tmp_path / "new").saved == 1


class Bomb:
    """An object that runs a command when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (Path.touch, (self.file,))


def test_opening_an_index_runs_no_code_that_somebody_put_there(tmp_path: Path) -> None:
    index_of(tmp_path / "i", storm()).close()
    (toc,) = (tmp_path / "i").glob("_MAIN_*.toc")
    bomb = pickle.dumps(Bomb(tmp_path / "gone off"), 2)
    toc.write_bytes(toc_bytes(read_toc(tmp_path / "i")._replace(schema=bomb)))
    done = subprocess.run(
        [sys.executable, "-m", "newssearch", "info", "--index", tmp_path / "i"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert not (tmp_path / "gone off").exists()
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("part", ["schema", "segments"])
def test_a_table_of_contents_that_names_what_it_should_not_is_refused(tmp_path: Path, part: str) -> None:
    index_of(tmp_path / "i", storm()).close()
    (toc,) = (tmp_path / "i").glob("_MAIN_*.toc")
    known = read_toc(tmp_path / "i")
    bomb = pickle.dumps([Bomb(tmp_path / "gone off")], 2)
    if part == "segments":
        toc.write_bytes(toc_bytes(known._replace(segments=bomb)))
    else:
        toc.write_bytes(toc_bytes(known._replace(schema=bomb)))
    with pytest.raises(IndexDamagedError, match=r"not to be trusted: it names"):
        newssearch.open(tmp_path / "i")
    with pytest.raises(IndexDamagedError, match=r"not to be trusted: it names"):
        EmbeddedStore(tmp_path / "i").toc()
    assert not (tmp_path / "gone off").exists()


@pytest.mark.parametrize("field", ["state", "header"])
def test_nothing_that_whoosh_stored_is_unpickled(tmp_path: Path, field: str) -> None:
    index_of(tmp_path / "i", storm()).close()
    with whoosh_index.open_dir(str(tmp_path / "i")).writer() as writer:
        writer.add_document(id="w", title="Whoosh", text="Wind.", **{field: Bomb(tmp_path / "gone off")})
    with pytest.raises(IndexDamagedError, match="Whoosh has changed the index"):
        newssearch.open(tmp_path / "i")
    assert not newssearch.verify(tmp_path / "i").sound
    assert newssearch.salvage(tmp_path / "i", tmp_path / "new").saved == 1
    assert not (tmp_path / "gone off").exists()


def test_whoosh_itself_reads_what_it_ever_did(tmp_path: Path) -> None:
    schema = Schema(id=ID(stored=True), thing=STORED())
    index = whoosh_index.create_in(str(tmp_path), schema)
    with index.writer() as writer:
        writer.add_document(id="x", thing=fractions.Fraction(1, 3))
    with newssearch.create(tmp_path / "i") as ours:
        ours.add([storm()])
    with index.searcher() as searcher:
        assert searcher.document(id="x")["thing"] == fractions.Fraction(1, 3)


def test_a_table_of_contents_is_read_as_whoosh_reads_it(tmp_path: Path) -> None:
    with index_of(tmp_path / "i", storm(), article("Sun", "Hot.", "Dry."), article("Fog", "Dim.")) as index:
        index.add([article(f"Wind {n}", *["Cold."] * 9) for n in range(9)])
        index.remove([index.search("sun")[0].id])
    read = read_toc(tmp_path / "i")
    toc = whoosh_index.TOC.read(FileStorage(str(tmp_path / "i")), "MAIN")
    assert read.generation == toc.generation == newest(tmp_path / "i")
    assert read.entries == tuple(
        SegmentEntry(
            segment.file_name, frozenset(segment.deleted_docs()), segment.doc_count_all(), segment.hash_sum
        )
        for segment in toc.segments
    )
    assert any(entry.deleted for entry in read.entries)


def test_an_index_can_be_opened_often_without_leaving_files_open(tmp_path: Path) -> None:
    index_of(tmp_path / "i", storm()).close()
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir())) if descriptors.is_dir() else 0
    for _ in range(20):
        with newssearch.open(tmp_path / "i") as index:
            index.search("rain")
            index.refresh()
    assert not descriptors.is_dir() or len(list(descriptors.iterdir())) <= before + 2


# ---- errors


def test_the_tree_of_errors_is_as_drawn() -> None:
    drawn = {
        "NewssearchError": 1, "OwnFieldError": 2, "IndexFolderError": 1, "IndexNotFoundError": 3, "IndexExistsError": 1,
        "IndexVersionError": 3, "IndexDamagedError": 3, "IndexLockedError": 1, "IndexWriteError": 1, "IndexCopyError": 1, "IndexUnreachableError": 3, "ArticleNotFoundError": 1,
        "ArticleConflictError": 1, "ConfigError": 2, "HitNotFoundError": 1, "SearchStoppedError": 5, "ReceiptError": 1,
        "QueryError": 2, "SavedSearchError": 2, "TagError": 2, "NoteChangedError": 2, "TagFileError": 1, "AlertError": 1, "AnalyserError": 3,
    }  # fmt: skip
    for name, code in drawn.items():
        error = getattr(errors, name)
        assert error.exit_code == code
        assert issubclass(error, NewssearchError)
        assert f"{name} " in (errors.__doc__ or "")
        (line,) = [line for line in (errors.__doc__ or "").splitlines() if f" {name} " in f" {line} "]
        assert f" {code} " in f"{line} "
    for error in (
        IndexNotFoundError,
        IndexExistsError,
        IndexVersionError,
        IndexDamagedError,
        IndexLockedError,
        IndexUnreachableError,
        IndexCopyError,
        IndexWriteError,
    ):
        assert error.__bases__ == (IndexFolderError,)
    for error in (IndexFolderError, ArticleNotFoundError, ArticleConflictError, QueryError):
        assert error.__bases__ == (NewssearchError,)
    classes = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert classes == set(drawn)


def test_errors_carry_data(tmp_path: Path) -> None:
    with index_of(tmp_path / "i", storm(), article("Sun", "Hot.")) as index:
        with pytest.raises(ArticleNotFoundError, match="no article has the id 'x'") as missing:
            index.article("x#3")
        assert (missing.value.wanted, missing.value.candidates) == ("x", ())
        with pytest.raises(QueryError) as query:
            index.search("rain", since="2024-13")
        assert (query.value.query, query.value.start, query.value.end) == ("2024-13", 0, 7)
        assert (query.value.reason, query.value.suggestion) == (
            "since: '2024-13' is not a date", "write 2024, 2024-07, 2024-W30, 2024-Q3, 2024-07-25, 2024-07-25T14:30, -7d or \"last month\"",
        )  # fmt: skip
        with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
            index.find("rain", colour="red")  # type: ignore[call-arg]


# ---- keys

HIT_KEYS = [
    "id", "paragraph", "score", "title", "date", "outlet", "source", "byline", "located", "lang", "section", "url",
    "key", "path", "member", "record", "added", "extra", "paragraphs", "matching", "story", "copies", "copies_total", "variants", "missing", "explanation", "tags", "notes", "text", "snippet",
]  # fmt: skip


def test_the_keys_of_results_are_these(tmp_path: Path) -> None:
    with index_of(tmp_path / "i", storm()) as index:
        results = index.search("baghdad OR", facets=["year"], outlet="example.org", byline="nobody")
        shown = index.search("baghdad OR", facets=["year"]).to_dict()
    assert list(shown) == [
        "version", "commit", "query", "interpretation", "diagnostics", "clauses", "names", "total_articles", "total_paragraphs",
        "total_stories", "undated", "imprecise", "dates", "grouped", "offset", "limit", "facets", "facet_totals", "hits",
        "more_articles", "more_stories", "more", "corrected", "expansion",
    ]  # fmt: skip
    assert shown["version"] == 1
    assert [list(note.to_dict()) for note in results.diagnostics] == [
        ["kind", "message", "start", "end", "suggestion"]
    ] * 3
    with newssearch.open(tmp_path / "i") as index:
        results = index.search("baghdad", facets=["year"])
    hit = json.loads(json.dumps(results.to_dict()))["hits"][0]
    assert list(hit) == HIT_KEYS
    assert hit["date"] == "2024-07-25T10:00:00+03:00"
    assert hit["snippet"] == {
        "text": "Rain fell on Baghdad.", "highlights": [[13, 20]], "start": 0, "cut_before": False, "cut_after": False,
    }  # fmt: skip
    assert results.to_dict()["facets"] == {"year": [{"value": "2024", "articles": 1, "selected": False}]}


def test_the_keys_of_an_article_are_these() -> None:
    shown = json.loads(json.dumps(storm().to_dict()))
    assert list(shown) == [
        "id", "title", "date", "outlet", "source", "byline", "dateline", "located", "lang", "section", "url", "key",
        "path", "member", "record", "added", "version", "version_of", "earlier", "other_places", "extra", "provenance", "paragraphs",
    ]  # fmt: skip
    assert shown["paragraphs"][0] == {"number": 1, "kind": "text", "text": "Rain fell on Baghdad."}


def test_the_keys_of_a_report_and_of_info_are_these(tmp_path: Path) -> None:
    with newssearch.create(tmp_path / "i") as index:
        report = index.add([storm(), Article.create(outlet="x")])
        info = index.info()
    assert list(report.to_dict()) == [
        "added", "updated", "unchanged", "removed", "moved", "kept", "left_feeds", "refused", "duplicates", "ignored", "shared_keys", "files",
        "files_read", "files_moved", "rejections", "rejected", "rejected_before",
        "skipped", "paragraphs", "seconds", "rate", "interrupted",
    ]  # fmt: skip
    assert report.rejected == (Rejected("-", "neither a title nor any text", 1),)
    shown = json.loads(json.dumps(info.to_dict()))
    assert list(shown) == [
        "folder", "articles", "paragraphs", "words", "first_date", "last_date", "dates", "files", "size", "format", "commit",
        "last_run", "analysers", "outlet", "source", "year", "month", "byline", "located", "lang", "section", "extra", "known",
    ]  # fmt: skip
    assert (shown["articles"], shown["paragraphs"], shown["words"]) == (1, 2, 6)
    assert (shown["first_date"], shown["last_date"]) == ("2024-07-25", "2024-07-25")
    assert (info.contents.first_date, info.contents.articles) == (dt.date(2024, 7, 25), 1)


def test_an_index_that_is_pickled_or_copied_says_what_to_do_instead(tmp_path: Path) -> None:
    with index_of(tmp_path, storm()) as index:
        for use in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match=r"call newssearch\.open\(.* in each process"):
                use(index)


def test_a_date_that_is_none_is_an_error_that_shows_one() -> None:
    with pytest.raises(
        ValueError, match="not a date: '24'; write 2024-07-25, 2024-07-25T14:30, 2024-07 or 2024"
    ):
        Article.create(title="Rain", date="24")


@pytest.mark.parametrize("wait", [-1, -0.5, float("nan")])
def test_a_wait_that_would_never_end_or_never_begin_is_refused(tmp_path: Path, wait: float) -> None:
    index = index_of(tmp_path / "i", storm())
    uses: list[Callable[[], object]] = [
        lambda: index.add([], wait=wait),
        lambda: index.update([], wait=wait),
        lambda: index.remove([], wait=wait),
        lambda: newssearch.open_or_create(tmp_path / "new", wait=wait),
        lambda: newssearch.rebuild(tmp_path / "i", [], wait=wait),
        lambda: newssearch.verify(tmp_path / "i", wait=wait),
        lambda: newssearch.salvage(tmp_path / "i", tmp_path / "new", wait=wait),
    ]
    for use in uses:
        with pytest.raises(NewssearchError, match="wait: wanted 0 seconds or more"):
            use()
    with pytest.raises(NewssearchError, match="sample: wanted 0"):
        newssearch.verify(tmp_path / "i", sample=-1)
    with pytest.raises(QueryError, match="snippet cannot be negative"):
        index.search("rain", snippet=-1)


# ---- threads


# ---- Whoosh


@pytest.mark.parametrize(
    ("field", "query"),
    [
        ("text", "rain"),
        ("text", "RAINS"),
        ("text", '"fell on baghdad"'),
        ("title", "storm"),
        ("text", "outlet:example.org rain"),
        ("text", "title:storm date:20240725"),
        ("text", "date:[20240701 TO 20240731]"),
        ("text", "byline:silva"),
        ("text", "source:reuters lang:en section:world located:baghdad"),
        ("text", "paragraph:1 rain"),
    ],
)
def test_whoosh_alone_finds_the_article(tmp_path: Path, field: str, query: str) -> None:
    index_of(
        tmp_path / "i", storm(), article("Sun", "It was hot.", outlet="other", date="2023-01-01")
    ).close()
    stock = whoosh_index.open_dir(str(tmp_path / "i"))
    with stock.searcher() as searcher:
        hits = searcher.search(QueryParser(field, stock.schema).parse(query))
        assert {hit["id"] for hit in hits} == {storm().id}
        assert hits[0]["title"] == "Storm over Baghdad"
        assert hits[0]["outlet"] == "www.Example.org"
        assert hits[0]["date"] == dt.datetime(2024, 7, 25, 10)
    stock.close()


def test_whoosh_alone_sees_neither_what_was_removed_nor_what_was_replaced(tmp_path: Path) -> None:
    with index_of(tmp_path / "i", storm(), article("Sun", "Hot.", url="u")) as index:
        index.remove(index.find("storm"))
        index.add([article("Sun", "Cold.", url="u")])
    stock = whoosh_index.open_dir(str(tmp_path / "i"))
    with stock.searcher() as searcher:
        assert [hit["text"] for hit in searcher.documents()] == ["Cold."]
        assert not searcher.search(QueryParser("text", stock.schema).parse("hot OR rain"))
    stock.close()
