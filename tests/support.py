"""What several test modules share: articles in one line, and indexes of them."""

from __future__ import annotations

import datetime as dt
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import newssearch
from newssearch import Article, Index
from newssearch.cli import run


def article(
    title: str | None = None,
    *paragraphs: str,
    date: str | dt.date | dt.datetime | None = None,
    outlet: str | None = None,
    source: str | None = None,
    byline: str | None = None,
    located: str | None = None,
    lang: str | None = None,
    section: str | None = None,
    url: str | None = None,
) -> Article:
    """An article with these paragraphs."""
    return Article.create(
        title=title, text=paragraphs, date=date, outlet=outlet, source=source, byline=byline, located=located,
        lang=lang, section=section, url=url,
    )  # fmt: skip


def index_of(folder: Path, *articles: Article) -> Index:
    """A new index in ``folder`` with these articles."""
    index = newssearch.create(folder)
    index.add(articles)
    return index


def found(index: Index, query: str, **options: object) -> list[str | None]:
    """The titles of the hits, in their order."""
    return [hit.title for hit in index.search(query, limit=None, **options)]  # type: ignore[arg-type]


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """A function that runs the command line in this process: ``newssearch("query", "rain", stdin=b"")``."""

    def newssearch_command(*arguments: str, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = run(arguments)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return newssearch_command
