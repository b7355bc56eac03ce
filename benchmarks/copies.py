"""Measure how many copies of articles newssearch finds, and the time: ``python -m benchmarks.copies NEWS.jsonl.xz``.

For each of four kinds of change, 500 articles are drawn at random and copied: with one paragraph cut, with one edited
(every seventh word is replaced), with one added (from another article), or with another headline. A copy is found if its
story contains the original.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import newssearch
from newssearch import Article
from newssearch.engines import near_duplicates
from newssearch.engines.embedded import writer

from . import machine

EACH = 500
KINDS = ("cut", "edited", "added", "headline")


def changed(kind: str, texts: list[str], others: list[str], drawn: random.Random) -> list[str]:
    """Return the paragraphs of an article after a change of the given kind."""
    at = drawn.randrange(len(texts))
    if kind == "cut":
        return texts[:at] + texts[at + 1 :]
    if kind == "added":
        return [*texts[:at], drawn.choice(others), *texts[at:]]
    if kind == "edited":
        words = texts[at].split()
        strange = drawn.choice(others).split() or ["other"]
        words[::7] = [drawn.choice(strange) for _ in words[::7]]
        return [*texts[:at], " ".join(words), *texts[at + 1 :]]
    return texts


def planted(known: list[dict[str, Any]], drawn: random.Random) -> list[tuple[str, str, Article]]:
    """Return copies of random articles: the kind of change, the address of the original, and the copy."""
    found = []
    for kind in KINDS:
        for n, of in enumerate(drawn.sample([a for a in known if a["text"].count("\n\n") >= 2], EACH)):
            others = drawn.choice(known)["text"].split("\n\n")
            texts = changed(kind, of["text"].split("\n\n"), others, drawn)
            title = drawn.choice(known)["title"] if kind == "headline" else of["title"]
            copy = Article.create(
                title=title, text=texts, date=of["date"], outlet="copies.example", identity=f"{kind}{n}"
            )
            found.append((kind, of["url"], copy))
    return found


def main() -> None:
    """Index the news with the copies, and print as JSON how many copies were found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("news", type=Path)
    given = parser.parse_args()
    drawn = random.Random(6)
    with lzma.open(given.news, "rt", encoding="utf-8") as lines:
        known = [json.loads(line) for line in lines]
    copies = planted(known, drawn)
    seconds = 0.0
    update = near_duplicates.update_stories

    def timed(*arguments: Any) -> Any:
        nonlocal seconds
        started = time.perf_counter()
        try:
            return update(*arguments)
        finally:
            seconds += time.perf_counter() - started

    vars(writer)["update_stories"] = timed
    articles = [
        Article.create(
            title=a["title"], text=a["text"].split("\n\n"), date=a["date"], outlet=a["outlet"], url=a["url"]
        )
        for a in known
    ]
    with tempfile.TemporaryDirectory() as folder, newssearch.create(Path(folder) / "index") as index:
        started = time.perf_counter()
        report = index.add([*articles, *(copy for _, _, copy in copies)])
        total = time.perf_counter() - started
        by_url = {article.url: article.id for article in articles}
        found = dict.fromkeys(KINDS, 0)
        for kind, url, copy in copies:
            versions = {version.id for version in index.story(copy.id).versions}
            found[kind] += by_url[url] in versions
        held = index.search("", limit=0)
    json.dump(
        {
            "articles": report.added,
            "paragraphs": report.paragraphs,
            "stories": held.total_stories,
            "seconds": round(total, 1),
            "seconds for stories": round(seconds, 2),
            "planted each": EACH,
            "found": {kind: count / EACH for kind, count in found.items()},
            "machine": machine.facts(),
            "versions": machine.versions(),
        },
        sys.stdout,
        indent=2,
    )


if __name__ == "__main__":
    main()
