"""An index is copied to a cluster and back, and is the same at each place."""

from __future__ import annotations

from pathlib import Path

import pytest

import newssearch
from newssearch.engines.address import store_at
from newssearch.engines.protocol import StoredArticle

from .compared import corpus


def held(address: str | Path) -> list[StoredArticle]:
    """Return the articles of an index with their states, in the order in which they were indexed."""
    snapshot = store_at("address", address).snapshot()
    found = list(snapshot.stored())
    snapshot.close()
    return found


def test_an_archive_goes_to_a_cluster_and_back_unchanged(
    writers_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = writers_address
    monkeypatch.chdir(tmp_path)
    Path("newssearch.toml").write_text('[outlets]\n"The Echo" = ["Echo Online"]\n', "utf-8")
    Path("a.txt").write_text("Flood\n\n25 July 2024\n\nThe river rose above its banks on Monday.\n", "utf-8")
    with newssearch.create("index") as index:
        index.add(corpus(60))
        index.update(["a.txt"])
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked == 40

    assert newssearch.copy("index", address, stop=stop).interrupted
    with newssearch.open(address) as there:
        assert len(there) == 40
    report = newssearch.copy("index", address)
    assert (report.copied, report.unchanged) == (21, 40)
    assert held(address) == held("index")
    with newssearch.open(address) as there:
        assert there.update(["a.txt"]).files_read == 0
    assert "The Echo" in str(store_at("address", address).read_extra("config.json"))

    newssearch.copy(address, tmp_path / "back/index")
    assert held("back/index") == held("index")
    with newssearch.open("index") as index:
        index.remove([one.article.id for one in held("index")[:5]])
    fresh = newssearch.copy("index", "second").copied
    assert fresh == 56
