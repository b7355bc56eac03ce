"""A small archive, and a client of the application that serves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from newssearch.web import create_app
from support import article, index_of

from .checked import CheckedClient

FLOOD = article(
    "Flood", "The river rose.", "Rain fell on <b>Sunday</b>.", date="2024-07-25", outlet="The Echo"
)
STORM = article("Storm", "Rain and wind.", "Nobody was hurt.", date="2024-07-26", outlet="The Post")
SUN = article("Sun", "It was hot.", outlet="The Post")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return the folder of an index of three articles."""
    index_of(tmp_path / "index", FLOOD, STORM, SUN).close()
    return tmp_path / "index"


@pytest.fixture
def client(archive: Path) -> Iterator[TestClient]:
    """Yield a client of the application that serves the archive."""
    with CheckedClient(create_app(archive)) as client:
        yield client
