"""The quality of extraction does not fall: floors, the data that they were measured on, and the script that checks them."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path
from statistics import fmean
from types import ModuleType
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
FLOORS = REPOSITORY / "tests" / "floors" / "extraction.json"


def test_pages_are_read_no_worse_than_they_were(data_dir: Path) -> None:
    pytest.importorskip("trafilatura", reason="the extra html is not installed")
    from benchmarks import extraction

    formats = data_dir / "formats"
    known: dict[str, Any] = json.loads(FLOORS.read_text("utf-8"))
    pages = extraction.cases(formats)
    if not pages:
        pytest.skip(f"no pages in {formats}")
    for collection, digest in known["data"].items():
        assert extraction.digest(formats, collection) == digest, (
            f"{collection} is not the data that the floors were measured on: look at what has changed, and measure them "
            f"again (python -m benchmarks.extraction {formats} --alone --floors {FLOORS.relative_to(REPOSITORY)})"
        )
    measured = extraction.floors(formats, extraction.measure(pages, extraction.by_newssearch, titles=True))
    scores = measured["floors"]
    assert isinstance(scores, dict)
    lower = {
        name: (floor, scores.get(name))
        for name, floor in known["floors"].items()
        if scores.get(name, 0) < floor
    }
    assert not lower, (
        f"lower than the floors (measured with {known['versions']}, now {measured['versions']}): {lower}"
    )


# ---- the gate


def gate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_floors", REPOSITORY / "scripts" / "check_floors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commit(folder: Path, **floors: float) -> None:
    file = folder / "tests" / "floors" / "a.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"data": {"pages": "1"}, "floors": floors}))
    for arguments in (
        ("init", "-q"), ("add", "."),
        ("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-q", "--allow-empty", "-m", "x"),
    ):  # fmt: skip
        subprocess.run(["git", *arguments], cwd=folder, check=True)


@pytest.mark.parametrize(
    ("now", "code", "printed"),
    [
        ({"body": 0.9, "title": 0.8}, 0, ""),
        ({"body": 0.95, "title": 0.8, "date": 0.1}, 0, ""),
        ({"body": 0.85, "title": 0.8}, 1, "tests/floors/a.json: body: 0.9 is lowered to 0.85\n"),
        ({"body": 0.9}, 1, "tests/floors/a.json: title: 0.8 is gone\n"),
    ],
)
def test_a_lower_floor_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], now: dict[str, float], code: int, printed: str
) -> None:
    commit(tmp_path, body=0.9, title=0.8)
    commit(tmp_path, **now)
    assert (gate().main("HEAD~", tmp_path), capsys.readouterr().out) == (code, printed)


def test_floors_of_other_data_are_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(tmp_path, body=0.9)
    (tmp_path / "tests/floors/a.json").write_text(
        json.dumps({"data": {"pages": "2"}, "floors": {"body": 0.1}})
    )
    assert gate().main("HEAD", tmp_path) == 0
    assert "other data" in capsys.readouterr().out


def test_floors_that_are_gone_are_refused(tmp_path: Path) -> None:
    commit(tmp_path, body=0.9)
    (tmp_path / "tests/floors/a.json").unlink()
    assert gate().main("HEAD", tmp_path) == 1


def test_without_a_history_there_is_nothing_to_refuse(tmp_path: Path) -> None:
    assert gate().main("HEAD~", tmp_path) == 0
    commit(tmp_path, body=0.9)
    assert gate().main("HEAD~", tmp_path) == 0


def test_the_gate_passes_here() -> None:
    assert gate().main() == 0


RELEVANCE_FLOORS = REPOSITORY / "tests" / "floors" / "relevance.json"


@pytest.mark.parametrize("name", ["cran", "basil"])
def test_collections_are_ranked_no_worse_than_they_were(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from benchmarks import relevance

    known: dict[str, Any] = json.loads(RELEVANCE_FLOORS.read_text("utf-8"))
    folder = data_dir / "qrels" / name
    if not folder.is_dir():
        pytest.skip(f"no collection in {folder}")
    collection = relevance.Collection.load(folder)
    assert collection.digest == known["data"][name], "another collection: measure the floors again"
    monkeypatch.setattr(relevance, "DEPTH", 10)
    reached = fmean(
        relevance.ndcg(collection.gains.get(query, {}), ids, 10)
        for query, ids in relevance.ranked(collection, "newssearch").items()
    )
    assert reached >= known["floors"][name], f"measured by {known['command']}"
