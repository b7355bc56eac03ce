"""The report of an update is the difference between the index before and after, by id."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Config, Index, IndexReport
from newssearch.updating import indexer
from support import THOROUGH, counts

Files = Mapping[str, list[tuple[int, int]]]
"""The articles of each file: the number of each, and of its version."""


@contextmanager
def archive() -> Iterator[tuple[Path, Index]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "wire")
        path.mkdir()
        with newssearch.create(Path(folder, "index")) as index:
            yield path, index


def write(folder: Path, files: Files, moment: int) -> None:
    """Make the folder have exactly these files; those that change are written at a moment in seconds."""
    for old in folder.iterdir():
        if old.name not in files:
            old.unlink()
    for name, articles in files.items():
        records = (
            {"url": f"https://e.org/{number}", "title": "Rain", "text": f"It rained. {version}", "lang": "en"}
            for number, version in articles
        )
        content = "".join(f"{json.dumps(record)}\n" for record in records)
        file = folder / name
        if not file.exists() or file.read_text("utf-8") != content:
            file.write_text(content, "utf-8")
            os.utime(file, (moment, moment))


def states(index: Index) -> dict[str, str]:
    return {article.id: article.state for article in index}


def update(index: Index, folder: Path, **options: Any) -> IndexReport:
    return index.update(folder, confirm=lambda removal: True, **options)


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[int, int, int]:
    """Return the numbers of added, updated and removed articles."""
    both = before.keys() & after.keys()
    return len(after.keys() - both), sum(before[one] != after[one] for one in both), len(before.keys() - both)


def articles(*numbers: int, version: int = 0) -> list[tuple[int, int]]:
    return [(number, version) for number in numbers]


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        pytest.param(
            [{"a": articles(0, 1, 2, 3, 4), "b": articles(3, 4, 5, 6, 7)}],
            {"b": articles(3, 4, 5, 6, 7)},
            {"removed": 3, "unchanged": 5},
            id="copies in another file",
        ),
        pytest.param(
            [{"b": articles(3, 4, 5)}, {"a": [(0, 0), (4, 1)], "b": articles(3, 4, 5)}],
            {"b": articles(3, 4, 5)},
            {"removed": 1, "updated": 1, "unchanged": 2},
            id="an older version in another file",
        ),
        pytest.param(
            [{"a": articles(4), "b": articles(4, 5)}],
            {"a": articles(9), "b": articles(4, 5)},
            {"added": 1, "unchanged": 2},
            id="a file with other articles",
        ),
        pytest.param(
            [{"b": articles(4, 5)}],
            {"a": articles(4), "b": articles(4, 5)},
            {"unchanged": 2, "duplicates": 1},
            id="an earlier copy",
        ),
        pytest.param(
            [{"a": articles(4), "b": articles(5)}],
            {"a": articles(4), "b": [(5, 0), (4, 1)]},
            {"updated": 1, "unchanged": 1},
            id="a newer version of an article that was counted",
        ),
    ],
)  # fmt: skip
def test_an_article_that_loses_its_place_is_counted_by_what_became_of_it(
    first: list[Files], then: Files, expected: dict[str, int]
) -> None:
    with archive() as (folder, index):
        for moment, files in enumerate(first):
            write(folder, {f"{name}.jsonl": found for name, found in files.items()}, moment)
            update(index, folder, prune=True)
        before = states(index)
        write(folder, {f"{name}.jsonl": found for name, found in then.items()}, 9)
        report = update(index, folder, prune=True)
        assert {name: number for name, number in counts(report).items() if name != "files_read"} == expected
        assert difference(before, states(index)) == (report.added, report.updated, report.removed)
        assert report.paragraphs == report.added + report.updated


def test_an_article_that_no_file_has_any_more_is_removed_whenever_the_run_commits() -> None:
    """A commit within a file rewrites the article, because a copy of it is gone, before the file turns out to have lost it."""
    first = {
        "a.jsonl": [(2, 1), (1, 0), (2, 2)],
        "b.jsonl": [(1, 0), (0, 1)],
        "c.jsonl": [(2, 0), (2, 0), (1, 0)],
    }
    then = {"a.jsonl": [(0, 2), (2, 0)], "b.jsonl": [(2, 0), (2, 0), (2, 2)]}
    with archive() as (folder, index), pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexer, "MAX_PENDING_PARAGRAPHS", 1)
        for moment, files in enumerate((first, then)):
            write(folder, files, moment)
            update(index, folder, prune=True)
        assert {article.url for article in index} == {"https://e.org/0", "https://e.org/2"}


FILES = st.dictionaries(
    st.sampled_from(["a.jsonl", "b.jsonl", "c.jsonl"]),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=3),
    max_size=3,
)
"""Files that are written, overwritten, lengthened, shortened, renamed and deleted from one state to the next."""


@settings(max_examples=12 * THOROUGH, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    history=st.lists(
        st.tuples(FILES, st.booleans(), st.sampled_from([(), ("b.*",)])), min_size=2, max_size=3
    ),
    batch=st.sampled_from([20_000, 2]),
)
def test_the_report_is_the_difference_between_the_index_before_and_after(
    history: list[tuple[Files, bool, tuple[str, ...]]], batch: int
) -> None:
    with archive() as (folder, index), pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexer, "MAX_PENDING_PARAGRAPHS", batch)
        before: dict[str, str] = {}
        for moment, (files, prune, exclude) in enumerate(history):
            write(folder, files, moment)
            report = update(index, folder, prune=prune, config=Config(exclude=exclude))
            after = states(index)
            assert (report.added, report.updated, report.removed) == difference(before, after)
            met = report.added + report.updated + report.unchanged + report.moved
            assert met <= len(after)
            if prune:
                assert met == len(after)
            before = after
