"""The notebooks in examples/ were run, show no errors and no traces of a machine, and search an archive that can be made again."""

from __future__ import annotations

import ast
import importlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import newssearch
from test_readme import ROOT, module

EXAMPLES = ROOT / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
NAMES = ["embedding", "investigation", "study"]


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    """Return the cells of a kind of a notebook."""
    return [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == kind]


def test_there_are_three_notebooks_and_the_readme_links_them() -> None:
    assert [path.stem for path in NOTEBOOKS] == NAMES
    for text in ((ROOT / "README.md").read_text("utf-8"), (EXAMPLES / "README.md").read_text("utf-8")):
        assert all(f"{name}.ipynb)" in text for name in NAMES)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_a_notebook_was_run_from_top_to_bottom_without_an_error(path: Path) -> None:
    code = cells(path, "code")
    assert [cell["execution_count"] for cell in code] == [*range(1, len(code) + 1)]
    outputs = [output for cell in code for output in cell["outputs"]]
    assert outputs
    assert {output["output_type"] for output in outputs} <= {"display_data", "execute_result", "stream"}
    assert all(output.get("name", "stdout") == "stdout" for output in outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_a_notebook_has_no_trace_of_the_machine_that_ran_it(path: Path) -> None:
    text = path.read_text("utf-8")
    for trace in (
        "/tmp",
        "/home/",
        "/root",
        "/dev/shm",
        "/var/",
        "site-packages",
        ":\\\\Users",
        "Traceback",
        "Warning",
    ):
        assert trace not in text, trace
    assert json.loads(text)["metadata"]["language_info"] == {"name": "python"}
    assert all(cell["metadata"] == {} for cell in json.loads(text)["cells"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_the_code_of_a_notebook_is_valid_for_the_oldest_python(path: Path) -> None:
    for cell in cells(path, "code"):
        ast.parse("".join(cell["source"]), feature_version=(3, 10))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_a_notebook_says_that_its_archive_is_invented_and_what_it_needs(path: Path) -> None:
    first = "".join(cells(path, "markdown")[0]["source"])
    assert "archive is invented" in first
    assert "newssearch[examples]" in first


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_a_notebook_links_only_pages_and_files_that_exist(path: Path) -> None:
    for cell in cells(path, "markdown"):
        for link in re.findall(r"\]\(([^)]*)\)", "".join(cell["source"])):
            assert link.startswith("https://") or (EXAMPLES / link).exists(), link


def test_the_archive_is_what_its_program_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    program = importlib.import_module("make_archive")
    made = program.archive_files()
    kept = {name: content for name, content in program.kept_files().items() if not name.startswith("coding/")}
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == [], "run examples/make_archive.py"
    assert sum(map(len, made.values())) < 1_000_000


def test_all_of_the_archive_is_read(tmp_path: Path) -> None:
    for extra in ("trafilatura", "feedparser", "markdown_it"):
        pytest.importorskip(extra, reason="the archive has web pages, a feed and Markdown")
    shutil.copytree(EXAMPLES / "archive", tmp_path / "archive")
    shutil.copy(EXAMPLES / "newssearch.toml", tmp_path)
    with newssearch.create(tmp_path / "index") as index:
        report = index.update(tmp_path / "archive")
        assert (report.added, report.rejected) == (406, ())
        outlets = index.table(by="outlet").by[0].groups
        assert len([one for one in outlets if one.value]) == 7
        assert {article.outlet for article in index if article.date is None} == {None}
        assert [story.of for story in index.stories("Kutrabi~name")] == [4, 2]


def notebook(*outputs: Any) -> Any:
    """Return a notebook with a cell that has the given outputs."""
    formats = pytest.importorskip("nbformat", reason="pip install newssearch[examples]").v4
    cell = formats.new_code_cell("1", id="one", outputs=[*outputs])
    return formats.new_notebook(cells=[cell])


def test_outputs_are_compared_without_what_no_two_runs_share() -> None:
    program = pytest.importorskip("nbclient", reason="pip install newssearch[examples]") and module(
        "scripts/run_notebooks.py"
    )
    formats = pytest.importorskip("nbformat").v4

    def shown(text: str) -> list[str]:
        return list(program.comparable(notebook(formats.new_output("stream", text=text))))

    assert shown("On 3 May 2026 we searched, 2026-05-03 07:00 UTC, http://127.0.0.1:4321/") == shown(
        "On 30 November 2027 we searched, 2027-11-30 18:00 UTC, http://127.0.0.1:99/"
    )
    assert shown("3 articles") != shown("4 articles")
    assert shown("published 2023-10-09") != shown("published 2023-10-10")


def test_pieces_of_one_stream_are_compared_as_one() -> None:
    pytest.importorskip("nbclient", reason="pip install newssearch[examples]")
    program, formats = module("scripts/run_notebooks.py"), pytest.importorskip("nbformat").v4
    pieces = [formats.new_output("stream", text=text) for text in ("a\n", "b\n")]
    merged = program.cleaned(notebook(*pieces))
    assert [output.text for output in merged.cells[0].outputs] == ["a\nb\n"]
