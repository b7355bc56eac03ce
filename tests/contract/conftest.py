"""The engines that the contract is tested with, and the fixtures for its tests.

To test another engine, add its name to :data:`ENGINES`, and let :func:`engine` yield it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import newssearch
from cluster.contract import ClusterIndexes, is_closed
from cluster.fixtures import WANTED
from newssearch import Article, Index
from newssearch.engines import near_duplicates


@dataclass(frozen=True)
class Engine:
    """An engine under test."""

    name: str
    address: Callable[[Path], str]
    """Return the address of an index, not yet created, whose archive is the folder above the given path."""
    damage: Callable[[Path], None]
    """Damage the only index below a folder, so that some of its articles cannot be read."""
    litter: Callable[[Path], str]
    """Put a leftover, as of an interrupted run, into the only index below a folder, and return its name."""
    without_boilerplate: Callable[[], AbstractContextManager[None]]
    """Let no paragraph count as boilerplate, for comparisons with a search that has no boilerplate."""
    is_closed: Callable[[Any], bool]
    """Return whether what a snapshot holds (files, or a point in time) was given back."""
    remove: Callable[[Path], None] = lambda _: None
    """Remove the indexes below a folder that is about to be removed, where that does not remove them."""

    @contextmanager
    def index(self, *articles: Article) -> Iterator[Index]:
        """Return a new index in a temporary place, with the given articles."""
        with tempfile.TemporaryDirectory() as archive:
            try:
                with newssearch.create(self.address(Path(archive) / "index")) as index:
                    if articles:
                        index.add(articles)
                    yield index
            finally:
                self.remove(Path(archive))


def _damage_embedded(folder: Path) -> None:
    segment = max(folder.rglob("MAIN_*.nws"), key=lambda path: path.stat().st_size)
    content = bytearray(segment.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    segment.unlink()  # not in place: a snapshot may have the file open
    segment.write_bytes(content)


def _litter_embedded(folder: Path) -> str:
    (toc,) = folder.rglob("_MAIN_*.toc")
    (toc.parent / "MAIN_0123456789abcdef.nws").write_bytes(b"12345")
    return "MAIN_0123456789abcdef.nws"


@contextmanager
def _without_boilerplate() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_duplicates, "BOILERPLATE_ARTICLES_OF_OUTLET", 1 << 30)
        yield


EMBEDDED = Engine(
    "embedded",
    str,
    _damage_embedded,
    _litter_embedded,
    _without_boilerplate,
    lambda snapshot: not len(snapshot),
)
ENGINES = ("embedded", "opensearch") if WANTED else ("embedded",)
"""The names of the engines under test. That for a cluster is tested with ``NEWSSEARCH_CLUSTER=1`` only, because it is slow."""


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Yield each engine under test."""
    if request.param == "embedded":
        yield EMBEDDED
        return
    indexes = ClusterIndexes(request.getfixturevalue("cluster"))
    yield Engine(
        "opensearch",
        indexes.address,
        indexes.damage,
        indexes.litter,
        _without_boilerplate,
        is_closed,
        indexes.remove,
    )


@pytest.fixture
def address(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the address of an index that does not exist yet. Its archive is ``tmp_path``."""
    if engine is not EMBEDDED:
        monkeypatch.chdir(tmp_path)  # the archive of an index in no folder is the working folder
    yield engine.address(tmp_path / "index")
    engine.remove(tmp_path)


@pytest.fixture
def other_address(engine: Engine, tmp_path: Path) -> str:
    """Return the address of another index that does not exist yet."""
    return engine.address(tmp_path / "other")


@pytest.fixture(scope="module")
def without_boilerplate(engine: Engine) -> Iterator[None]:
    """Let no paragraph count as boilerplate."""
    with engine.without_boilerplate():
        yield
