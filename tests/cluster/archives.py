"""Archives on a cluster for tests, and runs on them as processes of their own, which a test can kill."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from newssearch import Article
from newssearch.commit import article_hash, digest_of_sum, sum_of_hashes
from newssearch.engines import near_duplicates
from newssearch.engines.opensearch import bulk
from newssearch.engines.opensearch.store import OpenSearchStore
from newssearch.engines.protocol import Writer
from newssearch.system import fault_points
from stories_sample import DAM, FOOTER, VOTE, unlike

TESTS = Path(__file__).parents[1]


def remove_archive(store: OpenSearchStore) -> None:
    """Remove all indices of an archive, those of broken rebuilds and that of the lock included, in one step of the cluster."""
    client = store._client
    indices = client.matching_indices(f"{client.address.name}*")
    if indices:
        client.request("DELETE", f"/{','.join(indices)}", writing=True)


def news(first: int, last: int, version: int = 1) -> list[Article]:
    """Return articles with numbers from ``first`` to ``last``. In version 2, every third one has another text."""
    return [
        Article.create(
            title=f"Report {number}",
            text=[
                f"Rain fell on place{number}.",
                "Then it stopped." if version == 1 or number % 3 else "It did not stop.",
            ],
            date="2024-07-25",
            url=f"https://e.org/{number}",
        )
        for number in range(first, last + 1)
    ]


def target(version: int) -> list[Article]:
    """Return all articles of a version of an archive. The second lacks ten of the first, has ten more, and others changed."""
    return news(1, 60) if version == 1 else news(11, 70, 2)


def digest(articles: Iterable[Article]) -> str:
    """Return the digest that a commit of articles has."""
    return digest_of_sum(sum_of_hashes(article_hash(one.id, one.state) for one in articles))


def put(writer: Writer, articles: Iterable[Article]) -> None:
    """Add articles, or replace those that are there with another state."""
    for one in articles:
        held = writer.find(one.id)
        if held is not None and held.state == one.state:
            continue
        if held is not None:
            writer.remove([one.id])
        writer.add(one, one.state)


def bring(address: str, version: int, kinds: str = "add remove", wait: float = 30) -> None:
    """Bring an archive to a version in two commits, as a run does."""
    wanted = target(version)
    half = len(wanted) // 2
    bulk.MAX_BULK_BODY = 15_000  # many requests
    writer = OpenSearchStore(address).writer(wait)
    try:
        put(writer, wanted[:half])
        writer.commit(last=False)
        if "remove" in kinds:
            writer.remove({one.id for one in target(3 - version)} - {one.id for one in wanted})
        put(writer, wanted[half:])
        writer.commit()
    finally:
        writer.close()


COPIED = [
    *DAM, *VOTE, FOOTER, DAM[0].replace("Monday", "Sunday"), DAM[3].replace("The governor said", "Governor Aziz told us"), "Read more",
    "Photo: dam", "News 3", *(unlike(n)[0] for n in range(12)),
]  # fmt: skip


def copied_article(draw: random.Random, name: int) -> Article:
    """Return an article with a name, of paragraphs that others have, too."""
    start = draw.randrange(len(COPIED))
    text = [COPIED[start : start + draw.randint(1, 5)], draw.choices(COPIED, k=draw.randint(0, 4))][name % 2]
    if draw.random() < 0.3:
        text = [*text, FOOTER]
    same = random.Random(name)  # the id has them
    return Article.create(
        title=f"News {name % 7}", text=text, outlet=same.choice(["a.example", "b.example", None]), identity=str(name), lang="en",
        date=same.choice([None, "2024-07-01", "2024-07-02", "2024-07-03"]),
    )  # fmt: skip


def copy_articles(address: str, step: int) -> None:
    """Add articles of which many are copies, replace some of an earlier step, and remove some, in one commit."""
    near_duplicates.BOILERPLATE_ARTICLES_OF_OUTLET = 4
    bulk.MAX_BULK_BODY = 15_000  # many requests
    draw = random.Random(step)
    writer = OpenSearchStore(address).writer(30)
    try:
        wanted = {one.id: one for one in (copied_article(draw, draw.randrange(60)) for _ in range(40))}
        gone = {copied_article(draw, draw.randrange(60)).id for _ in range(12)}
        put(writer, wanted.values())
        writer.remove(gone - wanted.keys())
        writer.commit()
    finally:
        writer.close()


def rebuild(address: str, version: int) -> None:
    """Rebuild an archive from the articles of a version."""
    begun = OpenSearchStore(address).rebuild(30)
    try:
        writer = begun.begin()
        try:
            for one in target(version):
                writer.add(one, one.state)
            writer.commit()
            begun.write_extra("files.json", str(version))
            begun.finish()
        finally:
            writer.close()
    finally:
        begun.close()


def add(address: str, first: int, last: int, wait: float = 60) -> None:
    """Add the articles with some numbers, three in a commit, each run with the lock of its own."""
    wanted = news(first, last)
    for start in range(0, len(wanted), 3):
        writer = OpenSearchStore(address).writer(wait)
        try:
            put(writer, wanted[start : start + 3])
            writer.commit()
        finally:
            writer.close()


def run(call: str, *arguments: object, fault: str = "", time: int = 1) -> subprocess.Popen[str]:
    """Start one of the functions above as a process. It is killed at the fault point ``fault`` when that comes the given ``time``."""
    code = f"from cluster import archives; archives.killed_at({fault!r}, {time}); archives.{call}(*{arguments!r})"
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=TESTS, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def killed_at(fault: str, time: int) -> None:
    """Let this process be killed at a fault point."""
    left = [time]

    def handler(name: str) -> None:
        left[0] -= name == fault
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    if fault:
        fault_points.handler = handler


def ended(processes: Sequence[subprocess.Popen[str]]) -> list[str]:
    """Wait until processes have ended, and return what those which failed have said."""
    said = [process.communicate(timeout=300)[1] for process in processes]
    return [one for one, process in zip(said, processes, strict=True) if process.returncode]
