"""The page on the query language is true: each of its examples finds the articles that it lists."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

import newssearch
from newssearch import Index

PAGE = Path(__file__).parent.parent / "docs" / "query-language.md"
TEXT = PAGE.read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(.+?)` \| (.*?) \| ?((?:[A-F] ?)*)\|$", re.MULTILINE)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    corpus = re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert corpus is not None
    with newssearch.create(tmp_path_factory.mktemp("docs") / "index") as made:
        own = {"theme": "value", "words": "number", "coded": "date"}
        options = newssearch.ReadOptions(fields=own)  # type: ignore[arg-type]
        made.update([], stream=io.BytesIO(corpus[1].encode()), options=options)
        made.tag([*made.find('title:"austin sends"'), *made.find("title:rates")], "checked")
        made.tag(made.find("title:rates"), "to cite")
        yield made


def examples() -> list[tuple[str, list[str]]]:
    return [(match[1].replace("\\|", "|"), match[3].split()) for match in ROW.finditer(TEXT)]


def test_every_row_of_the_tables_is_an_example() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| `")]
    assert len(rows) == len(examples()) > 50


@pytest.mark.parametrize(("query", "expected"), examples())
def test_the_examples_find_what_the_page_says(index: Index, query: str, expected: list[str]) -> None:
    letters = {"Austin sends": "A", "Rates": "B", "Women": "C", "Not": "D", "Storm": "E", "Al-Abbasi": "F"}
    found = index.search(query, limit=None)
    titles = sorted(
        letter for hit in found for start, letter in letters.items() if (hit.title or "").startswith(start)
    )
    assert titles == expected
    assert found.total_articles == len(expected)


ROOT = PAGE.parent.parent


@pytest.mark.parametrize(
    "page",
    [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("benchmarks/**/*.md"))],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_every_row_of_a_table_is_shown_in_it(page: Path) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8"))
    outside = [
        line
        for token in tokens
        if token.type == "inline"
        for line in token.content.splitlines()
        if line.startswith("|")
    ]
    assert outside == []


def test_the_python_of_the_page_runs() -> None:
    for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
        exec(compile(block, str(PAGE), "exec"), {})
