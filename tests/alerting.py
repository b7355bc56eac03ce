"""An archive with alerts for tests: articles come and go, alerts run, and what was reported is read back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import newssearch
from newssearch import AlertReport, Article, Request, SavedSearch
from newssearch.alerts.collection import SavedSearches

WORDS = "river bridge market council harvest school station border museum engine"


def text_of(topic: str, number: int, version: int = 1) -> str:
    """Return a text about a topic that is no near copy of another one."""
    words = WORDS.split()
    body = " ".join(f"{words[(number * 7 + n * 3) % 10]}{number}x{n}" for n in range(30))
    return f"There was {topic} in version {version}: {body}."


def about(topic: str, number: int, version: int = 1, *, copy_of: int | None = None, **fields: Any) -> Article:
    """Return an article about a topic, or a copy of one with the text of another number."""
    return Article.create(
        title=f"{topic.title()} {number}",
        text=text_of(topic, number if copy_of is None else copy_of, version),
        url=f"https://e.org/{number}",
        **{"outlet": f"Outlet {number}", "date": "2024-07-25", **fields},
    )


class AlertedArchive:
    """An archive in a folder, with an index and one saved search named ``rain``."""

    def __init__(self, folder: Path, *articles: Article) -> None:
        self.folder = folder
        self.index = folder / "index"
        with newssearch.create(self.index) as index:
            index.add(articles)

    def save(self, query: str = "rain", request: Request | None = None, **settings: Any) -> None:
        """Write the search into its file, without its first run."""
        search = SavedSearch(name="rain", query=query, request=request or Request(), **settings)
        SavedSearches(self.folder).save(search, replace=True)

    def add(self, *articles: Article) -> None:
        with newssearch.open(self.index) as index:
            index.add(articles)

    def replace(self, article: Article) -> None:
        """Put the next version of an article in the place of the one before."""
        (self.folder / "news").mkdir(exist_ok=True)
        record = {
            "title": article.title,
            "text": "\n\n".join(paragraph.text for paragraph in article.paragraphs),
            "url": article.url,
            "outlet": article.outlet,
            "date": str(article.date),
        }
        file = self.folder / "news" / f"{len(list((self.folder / 'news').iterdir()))}.jsonl"
        file.write_text(json.dumps(record) + "\n", "utf-8")
        with newssearch.open(self.index) as index:
            report = index.update(file)
            assert report.added + report.updated == 1, report

    def remove(self, *articles: Article) -> None:
        with newssearch.open(self.index) as index:
            assert index.remove([article.id for article in articles]) == len(articles)

    def run(self, **options: Any) -> AlertReport:
        (report,) = newssearch.run_alerts(self.index, **options)
        assert not report.error, report.error
        return report

    def new(self, **options: Any) -> list[str]:
        """Run the alert, and return the titles of what it reports."""
        return titles_of(self.run(**options).entries)

    def lines(self, name: str = "out.jsonl") -> list[dict[str, Any]]:
        """Return the entries in a file of lines of JSON."""
        file = self.folder / name
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def titles_of(entries: Iterable[Any]) -> list[str]:
    return [str(entry["title"]) for entry in entries]
