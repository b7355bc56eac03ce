"""Helpers of several test modules: they make articles and indexes in one line, and run the command line."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import os
import random
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from hypothesis import strategies as st

import newssearch
from newssearch import Article, Index, IndexReport, ReadOptions, Rejected, readers
from newssearch.article import Date
from newssearch.cli import cli, run
from newssearch.engines import near_duplicates
from newssearch.engines.embedded.storage.toc import read_toc, toc_bytes, toc_path
from newssearch.readers import Feed, Skipped

SHORT = os.environ.get("NEWSSEARCH_THOROUGH") == "0"
"""Whether the tests run in their short form, for a second Python: few examples, and only the files that depend on Python."""
THOROUGH = max(int(os.environ.get("NEWSSEARCH_THOROUGH", "1")), 1)
"""The factor by which the numbers of random examples, kills and damaged bytes exceed those that the tests state."""
EVERY = THOROUGH > 1 or os.environ.get("NEWSSEARCH_THOROUGH") == "1"
"""Whether a test goes through all of a list of which the parts are much alike, such as the steps of a commit. It does so if
``NEWSSEARCH_THOROUGH`` is 1 or more; otherwise it takes some of each kind."""
MAX_EXAMPLES = 10 if SHORT else None if EVERY else 25
"""The number of random examples that a property has at most; None if it has as many as its test states, which is so if
``NEWSSEARCH_THOROUGH`` is 1 or more."""


RANDOMS: st.SearchStrategy[random.Random] = st.integers(0, 1 << 32).map(random.Random)
"""Random generators from a drawn seed: ``st.randoms`` would draw each of their numbers, which takes longer than most tests."""


def article(
    title: str | None = None,
    *paragraphs: str,
    date: str | Date | None = None,
    outlet: str | None = None,
    source: str | None = None,
    byline: str | None = None,
    located: str | None = None,
    lang: str | None = None,
    section: str | None = None,
    url: str | None = None,
) -> Article:
    """Return an article with the given title, paragraphs and fields."""
    return Article.create(
        title=title, text=paragraphs, date=date, outlet=outlet, source=source, byline=byline, located=located,
        lang=lang, section=section, url=url,
    )  # fmt: skip


ADDED = [
    dt.datetime(2024, 7, 25, 23, 59, 59, 999_999, dt.timezone.utc),
    dt.datetime(2024, 7, 26, tzinfo=dt.timezone.utc),
    dt.datetime(2024, 7, 26, 1, 0, 0, 1, dt.timezone.utc),
    dt.datetime(2025, 1, 1, tzinfo=dt.timezone.utc),
]
"""Times at which articles came into an index, for :func:`set_added`."""


def work_of(task: Callable[[], object]) -> int:
    """Return the number of calls of functions during a task, which shows how its time grows without a clock."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event.endswith("call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        task()
    finally:
        sys.setprofile(before)
    return calls


def set_added(index: Index, held: dict[str, Article]) -> dict[str, Article]:
    """Give each article of an index one of the times :data:`ADDED`, and return the articles with their times.

    ``held`` are all articles of the index, by id. Equal ids get equal times.
    """
    timed = {
        name: dataclasses.replace(one, added=ADDED[zlib.crc32(name.encode()) % len(ADDED)])
        for name, one in held.items()
    }
    writer = index._store.writer(10)
    try:
        writer.remove(timed)
        for one in timed.values():
            writer.add(one, one.state)
        writer.commit()
    finally:
        index._end(writer)
    return timed


def index_of(address: str | Path, *articles: Article) -> Index:
    """Return a new index with the given articles; its address is a folder or another address."""
    index = newssearch.create(address)
    index.add(articles)
    return index


@pytest.fixture(scope="module", autouse=True)
def without_boilerplate() -> Iterator[None]:
    """Let no paragraph count as boilerplate, for comparisons with a search that has no boilerplate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_duplicates, "BOILERPLATE_ARTICLES_OF_OUTLET", 1 << 30)
        yield


def made_by_another(folder: Path, **versions: int) -> None:
    """Change an index so that it states another ``format`` or ``analysis``, as if another version had made it."""
    marker = folder / "newssearch.json"
    content = {**json.loads(marker.read_text("utf-8")), **versions, "made_by": "9.0"}
    marker.write_text(json.dumps(content), "utf-8")
    toc = read_toc(folder)
    assert toc.versions is not None
    known = dict(zip(("format", "analysis"), toc.versions, strict=True)) | versions
    toc_path(folder, toc.generation).write_bytes(
        toc_bytes(toc._replace(versions=(known["format"], known["analysis"])))
    )


def found(index: Index, query: str, **options: object) -> list[str | None]:
    """Return the titles of the hits of a search, in order."""
    return [hit.title for hit in index.search(query, limit=None, **options)]  # type: ignore[arg-type]


def counts(report: IndexReport) -> dict[str, int]:
    """Return the counts of a report that are not zero."""
    names = (
        "added",
        "updated",
        "unchanged",
        "moved",
        "removed",
        "duplicates",
        "ignored",
        "left_feeds",
        "files_read",
        "rejections",
    )
    return {name: value for name in names if (value := getattr(report, name))}


def titles(index: Index) -> list[str | None]:
    """Return the titles of all articles of an index, sorted."""
    return sorted(found(index, ""), key=str)


def read_file(file: Path, name: str | None = None, **options: object) -> list[Article | Rejected]:
    """Return the results of reading a file, without inputs that were skipped."""
    found = readers.read_file(file, name or file.name, ReadOptions(**options))  # type: ignore[arg-type]
    return [item for item in found if not isinstance(item, (Feed, Skipped))]


def read_bytes(folder: Path, name: str, data: bytes | str, **options: object) -> list[Article | Rejected]:
    """Write a file with the given name and content to ``folder``, and return the results of reading it."""
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_file(folder / name, None, **options)


def articles_in(items: Iterable[Article | Rejected]) -> list[Article]:
    """Return the articles among the results, after checking that nothing was rejected."""
    articles = []
    for item in items:
        assert isinstance(item, Article), str(item)
        articles.append(item)
    return articles


def every_command() -> dict[str, click.Command]:
    """Return the commands of the command line by name; each is imported, which the program itself does only when it is run."""
    context = click.Context(cli)
    found = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    assert found
    return {name: command for name, command in found.items() if command is not None}


@dataclass(frozen=True)
class Outcome:
    """The output and the exit code of a command."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Return a function that runs the command line in this process: ``newssearch("query", "rain", stdin=b"")``."""

    def newssearch_command(*arguments: str, stdin: bytes = b"", terminal: bool = False) -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        monkeypatch.setattr(sys.stdin, "isatty", lambda: terminal)
        capsys.readouterr()
        code = run(arguments)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return newssearch_command
