"""Output is harmless and JSON is valid, whatever an article, a file name or a query contains."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Article
from newssearch.cli import run
from newssearch.cli.rendering.articles import text_article, text_story
from newssearch.cli.rendering.formats import csv_results, json_text, markdown_results
from newssearch.cli.rendering.hits import text_clauses, text_names, text_results
from newssearch.cli.rendering.layout import Style
from newssearch.cli.rendering.summaries import text_info
from support import THOROUGH

NASTY = [
    "\x1b[31m", "\x1b]0;owned\x07", "\x9b2J", "\x00", "\x07", "\x08", "\r", "\n", "\t", "\x7f", "\x85", "\u2028", "\u202a", "\u202e", "\u2066", "\u2069",
    "\ud800", "\udfff", "\udc80", "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\uff1d1", "<script>alert(1)</script>", "<b>", "</mark>", "&lt;",
    "&", "\"", "'", "](javascript:x)", "`", "**", "rain", "Baghdad ", " ", "x" * 300, "日本", "🙂", "e\u0301", "javascript:alert(1)", "https://e.org/(a)",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(NASTY) | st.text(max_size=5), min_size=1, max_size=8).map("".join)
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Matches the characters that a terminal would obey, except the end of a line."""


@st.composite
def articles(draw: st.DrawFn) -> Article:
    fields: dict[str, Any] = {
        name: draw(st.none() | TEXTS)
        for name in ("outlet", "source", "byline", "section", "url", "dateline", "lang", "path")
    }
    return Article.create(
        title=draw(TEXTS), text=[f"rain {draw(TEXTS)}", *draw(st.lists(TEXTS, max_size=2))], date="2024-07-25", **fields
    )  # fmt: skip


SEVERAL = st.lists(articles(), min_size=5, max_size=8)


@settings(max_examples=8 * THOROUGH)
@given(made=SEVERAL, words=TEXTS)
def test_nothing_that_is_printed_is_obeyed(
    tmp_path_factory: pytest.TempPathFactory, made: list[Article], words: str
) -> None:
    folder = tmp_path_factory.mktemp("index")
    with pytest.MonkeyPatch.context() as patch, newssearch.create(folder) as index:
        patch.setenv("COLUMNS", "60")
        index.add(made)
        results = index.search("rain", facets=("outlet", "byline", "section"), explain=True)
        article = index.article(results[0].id)
        shown = {p.number: results[0].snippet for p in article.paragraphs}
        info, story = index.info(), index.story(article.id)
        try:
            odd = index.search(words).to_dict()
        except newssearch.QueryError as error:
            odd = {"error": str(error), "query": error.query}
    for style in (Style(60, False), Style(None, False), Style(20, False)):
        for lines in (
            text_results(results, style, took=True),
            text_names(results),
            text_clauses(results),
            text_article(article, shown, style),
            text_info(info, style),
            text_story(story, style, changes=True),
            markdown_results(results),
        ):
            for line in lines:
                assert OBEYED.search(line) is None
    for value in (results.to_dict(), article.to_dict(), info.to_dict(), story.to_dict(), odd):
        for indent in (None, 2):
            told = json_text(value, indent=indent)
            assert json.loads(told.encode("utf-8", "backslashreplace")) == json.loads(told)
            assert OBEYED.search(json.dumps(json.loads(told))) is None


@settings(max_examples=8 * THOROUGH)
@given(made=SEVERAL)
def test_no_cell_is_a_formula_and_no_snippet_is_markup(
    tmp_path_factory: pytest.TempPathFactory, made: list[Article]
) -> None:
    folder = tmp_path_factory.mktemp("index")
    with newssearch.create(folder) as index:
        index.add(made)
        results = index.search("rain")
    for row in csv.reader(io.StringIO(csv_results(results), newline="")):
        for cell in row:
            assert re.match("[\t\r\n ]*[=+@\uff1d\uff0b\uff20]|[\t\r\n ]*-(?![0-9.]+$)", cell) is None
            assert OBEYED.search(cell) is None
    for hit in results:
        marked = hit.snippet.html()
        bare = marked.replace("<mark>", "").replace("</mark>", "")
        assert not set("<>\"'") & set(bare)
        assert "&" not in re.sub("&(amp|lt|gt|quot|#x27);", "", bare)
        assert (
            OBEYED.search(
                bare.replace("\t", "")
                .replace("\r", "")
                .replace("\n", "")
                .replace("\u2028", "")
                .replace("\u2029", "")
            )
            is None
        )
        assert html.unescape(bare)


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text()), max_size=4))
def test_json_is_valid_for_every_text(value: dict[str, object]) -> None:
    odd = {"lone": "a\ud800b\udc80", **value}
    told = json_text(odd).encode("utf-8", "backslashreplace")
    assert json.loads(told) == odd


def test_json_with_half_a_surrogate_pair_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with newssearch.create(tmp_path / "index") as index:
        index.add([Article.create(title="Rain", text="It rained.")])
    assert run(["query", "rain \udc80", "--json", "--index", str(tmp_path / "index")]) == 0
    json.loads(capfd.readouterr().out)
