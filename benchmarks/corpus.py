"""The stories that every engine indexes. They are read once and written to a work file, which each process reads."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypedDict


@dataclass(frozen=True, slots=True)
class Story:
    """An article in the form that all engines get. ``date`` is an ISO day; paragraphs have only single spaces."""

    id: str
    title: str
    outlet: str | None
    date: str | None
    paragraphs: tuple[str, ...]

    def addresses(self) -> Iterator[tuple[str, int, str]]:
        """Yield the address (``id#number``), the number (from 1) and the text of each paragraph."""
        for number, text in enumerate(self.paragraphs, start=1):
            yield f"{self.id}#{number}", number, text


class Size(TypedDict):
    """The size of a corpus. ``text_bytes`` is the size of the paragraphs in UTF-8, without headlines and other fields."""

    articles: int
    paragraphs: int
    text_bytes: int


def size_of(stories: Iterable[Story]) -> Size:
    """Return the size of a corpus with the given stories."""
    size = Size(articles=0, paragraphs=0, text_bytes=0)
    for story in stories:
        size["articles"] += 1
        size["paragraphs"] += len(story.paragraphs)
        size["text_bytes"] += sum(len(text.encode()) for text in story.paragraphs)
    return size


def read_jsonl(path: Path) -> Iterator[Story]:
    """Yield the stories of a JSON Lines file (``.xz`` or plain) with ``id``, ``title``, ``text``, ``date`` and ``outlet``.

    Paragraphs are separated by blank lines; stories without paragraphs are left out.
    """
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            blocks = (" ".join(block.split()) for block in record["text"].split("\n\n"))
            paragraphs = tuple(block for block in blocks if block)
            if paragraphs:
                yield Story(
                    id=str(record["id"]),
                    title=" ".join((record.get("title") or "").split()),
                    outlet=record.get("outlet") or None,
                    date=(record.get("date") or "")[:10] or None,
                    paragraphs=paragraphs,
                )


def first(stories: Iterable[Story], paragraphs: int) -> Iterator[Story]:
    """Yield the first stories until they have the given number of paragraphs; the last story is cut to fit."""
    left = paragraphs
    for story in stories:
        if len(story.paragraphs) >= left:
            yield replace(story, paragraphs=story.paragraphs[:left])
            return
        left -= len(story.paragraphs)
        yield story


def write(stories: Iterable[Story], path: Path) -> None:
    """Write stories to a work file, one a line, for :func:`read_work`."""
    with path.open("w", encoding="utf-8") as file:
        for story in stories:
            file.write(json.dumps(asdict(story), ensure_ascii=False) + "\n")


def read_work(path: Path) -> Iterator[Story]:
    """Yield the stories of a work file that :func:`write` wrote."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield Story(**{**record, "paragraphs": tuple(record["paragraphs"])})


def load(path: Path, paragraphs: int) -> list[Story]:
    """Return stories of a work file with the given number of paragraphs, repeated under other ids if it has fewer."""
    return list(first(endless(path), paragraphs))


def endless(path: Path) -> Iterator[Story]:
    """Yield the stories of a work file without end, each time under other ids."""
    once = []
    for story in read_work(path):
        once.append(story)
        yield story
    copy = 2
    while once:
        for story in once:
            yield replace(story, id=f"{story.id}-{copy}")
        copy += 1
