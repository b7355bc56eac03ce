"""The README is true: its commands, screens and Python code work as shown."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import newssearch
from newssearch.readers import Document, Format, Input, Origin, parsed

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
WIDTH = 110


def module(path: str) -> ModuleType:
    """Return a module of the repository that is in no package."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def transcript() -> list[tuple[str, list[str]]]:
    """Return the commands of the console blocks, each with the lines of its output."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```", README, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def test_the_screens_in_the_readme_are_what_a_terminal_shows(tmp_path: Path) -> None:
    pytest.importorskip("pty", reason="needs a pseudo-terminal")
    terminal = module("scripts/draw_terminal.py")
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    terminal.printed("newssearch index", tmp_path)
    commands = transcript()
    assert commands
    for command, expected in commands:
        shown = "\n".join(terminal.printed(command, tmp_path, WIDTH, colours=False))
        assert terminal.without_times(shown) == terminal.without_times("\n".join(expected).strip()), command


def test_the_picture_of_a_terminal_is_what_a_terminal_shows() -> None:
    pytest.importorskip("pty", reason="needs a pseudo-terminal")
    terminal = module("scripts/draw_terminal.py")
    drawn, now = (
        re.sub(
            ' textLength="[^"]*"', "", terminal.without_times(picture)
        )  # which the digits of a time change
        for picture in (terminal.PICTURE.read_text("utf-8"), terminal.draw(terminal.screen()))
    )
    assert drawn == now, "run scripts/draw_terminal.py"
    assert "](docs/terminal.svg)" in README


def test_a_package_index_shows_the_readme_without_links_that_lead_nowhere() -> None:
    pytest.importorskip("hatchling", reason="it builds the package")
    shown = module("hatch_build.py").description(README)
    assert [link for link in re.findall(r"\]\(([^)]*)\)", shown) if "://" not in link] == []
    assert "The query language (docs/query-language.md)" in shown
    assert shown.count("\n#") == README.count("\n#")


def test_the_python_in_the_readme_runs_and_finds_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        if "export.csv" in block:  # tests/test_keys.py runs it
            continue
        names: dict[str, object] = {}
        exec(compile(block, "README.md", "exec"), names)
        if "joined" in names:
            assert_joins_own_fields(names)
            continue
        if "results" not in names:
            assert_reads_telegrams(names["TELEGRAMS"])
            continue
        results = names["results"]
        assert isinstance(results, newssearch.Results)
        assert (results.total_articles, results.total_paragraphs) == (1, 5)


def assert_joins_own_fields(names: dict[str, Any]) -> None:
    assert [one["Headline"] for one in names["joined"]] == ["Rain"]
    assert names["joined"][0]["extra"] == {"coded": "2024-08-01", "theme": "Economy", "words": 120}
    assert [(one.value, one.articles) for one in names["found"].facets["theme"]] == [("Economy", 1)]


def assert_reads_telegrams(telegrams: object) -> None:
    assert isinstance(telegrams, Format)
    source = Input.of(b"TELEGRAM\nRiver rising\nStop.\n", Origin("a.txt", newssearch.ReadOptions()))
    assert telegrams.matches(source)
    (document,) = telegrams.read(source)
    assert isinstance(document, Document)
    (article,) = parsed(document)
    assert isinstance(article, newssearch.Article)
    assert (article.title, article.paragraphs[0].text) == ("River rising", "Stop.")


def test_the_readme_has_the_two_commands_that_set_everything_up() -> None:
    for name, must in (("main", "newssearch query"), ("tests", "-m pytest")):
        block = re.search(rf"<!-- run: {name} -->\n```sh\n(.*?)\n```", README, re.DOTALL)
        assert block is not None
        assert "\n" not in block[1], "one command"
        assert must in block[1]
