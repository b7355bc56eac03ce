"""Files that are named as inputs: what a shell gives is read, and nothing is waited for that may never come."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import newssearch
from newssearch import Article, Index
from newssearch.system.input_files import read_input_file
from support import Command, command, index_of

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a named pipe and /dev/fd are of POSIX")

ARTICLE = Article.create(
    title="Rain",
    text="It rained on the town.",
    url="https://e.org/rain",
    date="2024-07-25",
    outlet="The Echo",
)
TAGS = f'{{"newssearch_tags": 1}}\n{{"article": "{ARTICLE.id}", "tag": "theirs", "at": "2024-01-01T00:00:00Z"}}\n'


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return index_of(tmp_path / "index", ARTICLE)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, index: Index) -> Command:
    monkeypatch.chdir(index.folder.parent)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    return command(capsys, monkeypatch)


@contextmanager
def named_pipe(path: Path) -> Iterator[None]:
    """Make a pipe whose writer writes nothing, and has gone as soon as somebody opens it to read."""
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.open("wb").close(), daemon=True)
    writer.start()
    try:
        yield
    finally:
        reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        writer.join(60)  # before that end is closed: the writer may open its own only now
        os.close(reading)
        assert not writer.is_alive()
        path.unlink()


@contextmanager
def substitution(content: str) -> Iterator[str]:
    """Yield the name that a shell gives to the output of a command: ``<(command)``."""
    reading, writing = os.pipe()
    os.write(writing, content.encode())
    os.close(writing)
    try:
        yield f"/dev/fd/{reading}"
    finally:
        os.close(reading)


READING = [
    ["tag", "--merge", "FILE"], ["receipt", "check", "FILE"], ["receipt", "text", "FILE"], ["count", "--queries", "FILE"], ["coverage", "rained", "--outlets", "FILE"],
    ["serve", "--token-file", "FILE"], ["serve", "--password-file", "FILE"],
]  # fmt: skip
"""Commands that read a file that is named to them."""


@pytest.mark.parametrize("arguments", READING, ids=lambda words: " ".join(words[:-1]))
def test_a_named_pipe_is_refused_at_once(cli: Command, tmp_path: Path, arguments: list[str]) -> None:
    with named_pipe(tmp_path / "pipe"):
        done = cli(*(one.replace("FILE", "pipe") for one in arguments))
    assert done.code in (1, 2)
    assert "not a regular file but a pipe" in done.err
    assert not (tmp_path / "tags.jsonl").exists()


@pytest.mark.parametrize("arguments", READING, ids=lambda words: " ".join(words[:-1]))
def test_a_device_is_refused(cli: Command, arguments: list[str]) -> None:
    done = cli(*(one.replace("FILE", "/dev/null") for one in arguments))
    assert done.code in (1, 2)
    assert "not a regular file but a device" in done.err or "there is no file /dev/null" in done.err


def test_what_a_shell_substitutes_is_read(cli: Command, index: Index) -> None:
    with substitution(TAGS) as name:
        assert cli("tag", "--merge", name).code == 0
    assert index.tags_of(ARTICLE.id).tags == ("theirs",)
    assert cli("query", "rained", "--receipt", "r.json").code == 0
    with substitution(Path("r.json").read_text("utf-8")) as name:
        assert cli("receipt", "check", name).out.startswith("the same")
    with substitution("rained\n") as name:
        assert "rained" in cli("count", "--queries", name).out
    with substitution("The Echo\nThe Post\n") as name:
        found = cli("coverage", "rained", "--outlets", name)
    assert (found.code, found.err) == (0, "")
    assert "The Post" in found.out


def test_standard_input_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read where it stands, also if it is a named pipe whose writer has gone."""
    os.mkfifo(tmp_path / "pipe")
    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    writing = os.open(tmp_path / "pipe", os.O_WRONLY)
    os.write(writing, b"rained")
    os.close(writing)
    os.set_blocking(reading, True)
    try:
        assert read_input_file(Path(f"/dev/fd/{reading}")) == b"rained"
        assert read_input_file(Path(f"/proc/self/fd/{reading}")) == b""
    finally:
        os.close(reading)
    with pytest.raises(OSError, match="Bad file descriptor"):
        read_input_file(Path(f"/dev/fd/{reading}"))


def test_a_pipe_in_the_place_of_a_file_of_the_archive_stops_nobody(
    cli: Command, index: Index, tmp_path: Path
) -> None:
    with named_pipe(tmp_path / "tags.jsonl"):
        assert "not a regular file but a pipe" in cli("query", "rained").err
        assert cli("tag").code == 1
    newssearch.save_search(newssearch.SavedSearch(name="rain", query="rained"), index.folder)
    (tmp_path / "searches" / "rain.toml").unlink()
    with named_pipe(tmp_path / "searches" / "rain.toml"):
        assert cli("alert", "run").code == 1
    with named_pipe(tmp_path / "newssearch.toml"):
        assert "not a regular file but a pipe" in cli("info", "--config").err
