"""Make the index that later versions must open, or refuse with the command that rebuilds it.

``python tests/make_fixture.py`` writes ``tests/fixtures/index-FORMAT`` with the answers to some queries. It does not replace
an existing one, because the fixture of a released format never changes.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from pathlib import Path

import newssearch
from newssearch import Article
from newssearch.engines.embedded import FORMAT_VERSION, EmbeddedStore

FIXTURES = Path(__file__).resolve().parent / "fixtures"
QUERIES = (
    "", "river", '"two bridges"', "ceasefire", "Zelensky~name", "brücke", "洪水", "fluss OR river", "outlet:echo", "sto*", "harbour -storm",
    "bridges w/5 closed", "date:2024 flood", "title:flood", "theme:water",
    "size:100..200", "coded:2024-08",
)  # fmt: skip

TEXTS = [
    ("Flood closes two bridges", "2024-07-25", "The Echo", "en", ["The river rose on Monday.", "The council closed two bridges to traffic, it said."]),
    ("Flood closes two bridges in the harbour", "2024-07-26", "Harbour Post", "en",
     ["The river rose on Monday.", "The council closed two bridges to traffic, it said.", "Ships waited in the harbour."]),
    ("Cease-fire holds", "2023-01-02", "The Echo", "en", ["The cease-fire held, President Zelenskyy said in a speech.", "Stores opened again."]),
    ("Überflutung", "2024-03-01", "Das Echo", "de", ["Der Fluss trat über die Ufer, die Brücke ist gesperrt."]),
    ("Flood of the month", "2024-07", "The Echo", "en", ["A month of rain."]),
    ("洪水", "2022-05-05", None, "zh", ["洪水淹没了城市。"]),
    ("Storm warning", None, None, "en", ["A storm nears the harbour.", "Storms are frequent here."]),
    ("Only a headline", "2021-01-01", "The Echo", "en", []),
]  # fmt: skip


EXTRA = {0: {"theme": ["Water", "Traffic"], "size": 120}, 1: {"theme": "water", "coded": dt.date(2024, 8, 1)}}
"""The own fields of the articles with these numbers."""


def main() -> int:
    """Make the fixture of the current format."""
    folder = FIXTURES / f"index-{FORMAT_VERSION}"
    if folder.exists():
        print(f"{folder} is there already", file=sys.stderr)
        return 1
    articles = [
        Article.create(
            title=title,
            text=texts,
            date=date,
            outlet=outlet,
            lang=lang,
            url=f"https://example.org/{n}",
            extra=EXTRA.get(n),
        )
        for n, (title, date, outlet, lang, texts) in enumerate(TEXTS)
    ]
    with newssearch.create(folder) as index:
        gone = Article.create(title="Gone", text="It is to be removed.", url="https://example.org/gone")
        index.add([*articles[:5], gone])
    for added, removed in (
        (articles[5:7], []),
        (articles[7:], [gone.id]),
    ):  # as in the middle of a run: nothing is merged
        writer = EmbeddedStore(folder).writer(0.0)
        writer.remove(removed)
        for article in added:
            writer.add(article, article.state)
        writer.commit(last=False)
        writer.close()
    for lock in folder.glob("MAIN_[A-Z]*"):
        lock.unlink()
    (folder / "answers.json").write_text(
        json.dumps(answers(folder), indent=1, ensure_ascii=False) + "\n", "utf-8"
    )
    return 0


def answers(folder: Path) -> dict[str, object]:
    """Return what later versions must give the same: the articles, paragraphs and counts of queries, and the digest."""
    found: dict[str, object] = {}
    with newssearch.open(folder) as index:
        for query in QUERIES:
            results = dataclasses.replace(
                index.search(query, limit=None, facets=("outlet", "year")), took=0.0
            )
            found[query] = {
                "articles": results.total_articles,
                "stories": results.total_stories,
                "paragraphs": results.total_paragraphs,
                "hits": sorted([hit.id, hit.paragraph, hit.text] for hit in results),
                "outlets": [[value.value, value.articles] for value in results.facets["outlet"]],
            }
        found["digest"] = index.commit.digest
        found["articles"] = [index.article(one).to_dict() for one in index.find("")]
    return found


if __name__ == "__main__":
    sys.exit(main())
