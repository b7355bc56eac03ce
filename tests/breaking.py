"""Operations on an index that are interrupted at a chosen moment, and checks of the index afterwards.

:mod:`kills` interrupts runs at random times instead.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import newssearch
from newssearch import Article
from newssearch.engines.embedded import new_segments
from newssearch.errors import IndexNotFoundError
from newssearch.system import fault_points
from newssearch.system.workers import PROCESSES_VARIABLE
from newssearch.updating import indexer
from support import THOROUGH

WORDS = "rain storm baghdad talks oil price minister election river bridge strike".split()
ALL_WORDS = [*WORDS, "corrected"]
"""The words of all texts."""
PER_FILE = 2

State = dict[str, str]
"""The state of an index: the digest of each article, by its id."""
Operation = Callable[[Path], object]
"""An operation on the index of an archive; it takes the folder of the archive."""


@contextmanager
def small_batches() -> Iterator[None]:
    """Lower thresholds, so that a few articles make several segments, commits and merges, all in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexer, "MAX_PENDING_PARAGRAPHS", 12)
        patch.setattr(new_segments, "BATCH_TEXT_BYTES", 1500)
        patch.setenv(PROCESSES_VARIABLE, "1")
        yield


def write_news(archive: Path, version: int) -> None:
    """Write the files of an archive; in the second version, some are changed, some are gone, and some are new."""
    news = archive / "news"
    news.mkdir(exist_ok=True)
    for number in range(9):
        file = news / f"{number:02}.jsonl"
        gone = number in (2, 6)
        if (gone and version == 2) or (number >= 7 and version == 1):
            file.unlink(missing_ok=True)
            continue
        changed = version == 2 and number in (4, 5)
        records = [
            {
                "title": f"Report {number} {n}",
                "url": f"https://e.org/{number}/{n}",
                "lang": "en",
                "text": "\n\n".join(
                    " ".join(WORDS[(number * 7 + n * 3 + k * k + word) % len(WORDS)] for word in range(12))
                    + (" corrected." if changed and n == 1 else ".")
                    for k in range(3)
                ),
            }
            for n in range(PER_FILE)
        ]
        file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def index_in(archive: Path) -> Path:
    """Return the folder of the index of an archive."""
    return archive / "index"


def state_of(archive: Path) -> State | None:
    """Return the state of the index of an archive, or None if there is no index."""
    try:
        with newssearch.open(index_in(archive)) as index:
            return {one: index.article(one).digest for one in index.find("")}
    except IndexNotFoundError:
        return None


# ---- what is done


def update(archive: Path) -> None:
    """Index the files of the archive in several commits."""
    with newssearch.open_or_create(index_in(archive)) as index:
        index.update([archive / "news"], prune=True, confirm=lambda removal: True)


def create(archive: Path) -> None:
    """Create an empty index, unless there is one."""
    newssearch.open_or_create(index_in(archive)).close()


def add(archive: Path) -> None:
    """Add articles, to a new index if there is none."""
    with newssearch.open_or_create(index_in(archive), wait=0.0) as index:
        index.add([Article.create(title=f"Added {n}", text="Rain, and storm.") for n in range(2)], wait=0.0)


def clean(archive: Path) -> None:
    """Remove leftovers."""
    newssearch.verify(index_in(archive), clean=True, wait=0.0)


def remove(archive: Path) -> None:
    """Remove some articles."""
    with newssearch.open(index_in(archive)) as index:
        index.remove(index.find("title:(0 OR 3)"))


def rebuild(archive: Path) -> None:
    """Rebuild the index."""
    newssearch.rebuild(index_in(archive), [archive / "news"], wait=0.0)


@dataclass(frozen=True)
class Story:
    """An operation, the operations before it, and whether it is a single commit."""

    before: tuple[Operation, ...]
    operation: Operation
    one_commit: bool


def _first(archive: Path) -> None:
    write_news(archive, 1)


def _second(archive: Path) -> None:
    write_news(archive, 2)


STORIES: dict[str, Story] = {
    "create": Story((), create, one_commit=True),
    "index": Story((_first,), update, one_commit=False),
    "update": Story((_first, update, _second), update, one_commit=False),
    "remove": Story((_first, update), remove, one_commit=True),
    "rebuild": Story((_first, update, _second), rebuild, one_commit=True),
}


class World:
    """An archive before an operation, and its states before and after."""

    def __init__(self, folder: Path, story: Story) -> None:
        self.story = story
        self._folder = folder
        self._copies = self._checks = 0
        with small_batches():
            (folder / "before").mkdir(parents=True)
            for step in story.before:
                step(folder / "before")
            self.old = state_of(folder / "before")
            after = self.copy()
            self.moments = moments(story.operation, after)
            self.new = state_of(after)
        assert self.new is not None
        assert self.new != self.old

    def copy(self) -> Path:
        """Return a copy of the archive as it is before the operation."""
        self._copies += 1
        return Path(shutil.copytree(self._folder / "before", self._folder / f"copy {self._copies}"))

    def check(self, archive: Path) -> None:
        """Check what must hold after any interruption of the operation; then run it again, which must succeed."""
        assert self.new is not None
        found = checked_state(archive, self._some_words())
        self._check_state(found)
        if found is not None:
            assert newssearch.verify(index_in(archive), sample=2).problems == ()
        with small_batches():
            self.story.operation(archive)
        completed = checked_state(archive, self._some_words())
        if self.story.operation is not remove:  # which finds other articles when some are gone
            assert completed == self.new
        cleaned = newssearch.verify(index_in(archive), sample=1, clean=True)
        assert cleaned.problems == ()
        assert cleaned.leftovers == ()
        shutil.rmtree(archive)

    def _some_words(self) -> list[str]:
        """Return three words to search for, others each time; all of them in the long form."""
        self._checks += 1
        return (
            ALL_WORDS
            if THOROUGH > 1
            else [ALL_WORDS[(self._checks + 4 * n) % len(ALL_WORDS)] for n in range(3)]
        )

    def _check_state(self, found: State | None) -> None:
        old, new = self.old or {}, self.new or {}
        if found is None:
            assert self.old is None
            return
        if self.story.one_commit:
            assert found in (old, new)
            return
        for one, digest in found.items():
            assert digest in (old.get(one), new.get(one)), one
        missing = (old.keys() & new.keys()) - found.keys()
        assert not missing


def checked_state(archive: Path, words: Sequence[str]) -> State | None:
    """Return the state of the index of an archive, or None if there is no index, after :func:`check_searches`."""
    try:
        return check_searches(archive, words)
    except IndexNotFoundError:
        return None


def check_searches(archive: Path, words: Sequence[str] = ALL_WORDS) -> State:
    """Check that a search for each word finds exactly the articles that contain it, and return the state of the index."""
    with newssearch.open(index_in(archive)) as index:
        ids = index.find("")
        texts = {one: index.article(one) for one in ids}
        having: set[str] = set()
        for word in words:
            expected = sorted(
                one for one, article in texts.items() if any(word in p.text for p in article.paragraphs)
            )
            assert index.find(word) == expected, word
            having.update(expected)
        counted = index.search(" OR ".join(words), limit=0, group=False)
        assert counted.total_articles == len(having)
        assert index.info().contents.articles == len(ids)
        return {one: article.digest for one, article in texts.items()}


# ---- how it is broken off


def moments(operation: Operation, archive: Path) -> list[str]:
    """Return the names of the fault points that an operation passes, in order."""
    seen: list[str] = []
    fault_points.handler = seen.append
    try:
        operation(archive)
    finally:
        fault_points.handler = None
    return seen


class Broken(BaseException):
    """The exception that interrupts an operation."""


HOWS: dict[str, Callable[[], BaseException]] = {
    "exception": lambda: RuntimeError("broken off"),
    "interrupt": KeyboardInterrupt,
    "memory": MemoryError,
    "full disk": lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "no permission": lambda: PermissionError(errno.EACCES, os.strerror(errno.EACCES)),
}


@contextmanager
def broken_off_at(number: int, act: Callable[[], None]) -> Iterator[None]:
    """Call a function at the fault point with the given number, counted from 0."""
    left = number

    def handler(_: str) -> None:
        nonlocal left
        left -= 1
        if left == -1:
            act()

    fault_points.handler = handler
    try:
        with small_batches():
            yield
    finally:
        fault_points.handler = None


def raise_at(operation: Operation, archive: Path, number: int, how: str) -> BaseException | None:
    """Run an operation with an exception raised at the given moment, and return the outcome."""

    def act() -> None:
        raise HOWS[how]()

    with broken_off_at(number, act):
        try:
            operation(archive)
        except BaseException as error:
            return error
    return None


def kill_at(operation: Operation, archive: Path, number: int) -> bool:
    """Run an operation in a new process, kill it at the given moment, and return whether it was killed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with broken_off_at(number, lambda: os.kill(os.getpid(), signal.SIGKILL)):
                operation(archive)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)
