"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import newssearch
from newssearch.readers import Document, Format, Input, Origin, parsed

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
WIDTH = 110


def transcript() -> list[tuple[str, list[str]]]:
    """The commands of the console blocks, each with the lines that follow it."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```", README, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def on_a_terminal(command: str, folder: Path) -> list[str]:
    """The lines that a command prints on a terminal, without colours and trailing spaces."""
    pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
    ours, theirs = pty.openpty()
    words = shlex.split(command)
    assert words[0] == "newssearch"
    environment = {**os.environ, "COLUMNS": str(WIDTH), "LINES": "40", "NO_COLOR": "1", "TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-m", "newssearch", *words[1:]],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
    ) as process:
        os.close(theirs)
        output = b""
        while True:
            try:
                block = os.read(ours, 65536)
            except OSError:  # Linux says so at the end
                break
            if not block:
                break
            output += block
    os.close(ours)
    assert process.returncode == 0
    return [line.rstrip() for line in output.decode().replace("\r\n", "\n").splitlines()]


def without_times(lines: list[str]) -> list[str]:
    text = "\n".join(lines).strip()
    return re.sub(r"\d+ ms|[\d.]+ s \([\d,]+ a second\)", "TIME", text).splitlines()


def test_the_screens_in_the_readme_are_what_a_terminal_shows(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    commands = transcript()
    assert commands
    for command, expected in commands:
        assert without_times(on_a_terminal(command, tmp_path)) == without_times(expected), command


def test_the_python_in_the_readme_runs_and_finds_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        names: dict[str, object] = {}
        exec(compile(block, "README.md", "exec"), names)
        if "results" not in names:
            assert_reads_telegrams(names["TELEGRAMS"])
            continue
        results = names["results"]
        assert isinstance(results, newssearch.Results)
        assert (results.total_articles, results.total_paragraphs) == (1, 5)


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
