"""Which format an input is in; and formats that come from elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import newssearch
from newssearch import NewssearchError
from newssearch.readers import registry
from support import articles_in, read_bytes

MODULE = """
from newssearch.readers import Format, UnreadableError, whole
from newssearch.readers.draft import Draft

def parse(data, origin):
    lines = data.decode().splitlines()
    if len(lines) < 2:
        raise UnreadableError("a telegram without a text")
    draft = Draft(origin)
    draft.claim("title", lines[1])
    draft.text = lines[2:]
    yield draft.finish()

FORMAT = Format("a telegram", matches=lambda source: source.head.startswith(b"TELEGRAM\\n"), read=whole(parse))
"""


@pytest.fixture
def telegrams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package that reads telegrams is installed; the folder is where it is."""
    folder = tmp_path / "site"
    info = folder / "telegrams-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "telegrams_of_others.py").write_text(MODULE, "utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: telegrams\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(
        "[newssearch.formats]\ntelegram = telegrams_of_others:FORMAT\n", "utf-8"
    )
    monkeypatch.syspath_prepend(str(folder))
    sys.modules.pop("telegrams_of_others", None)
    registry.formats.cache_clear()
    registry.abilities.cache_clear()
    yield folder
    registry.formats.cache_clear()
    registry.abilities.cache_clear()


def test_a_package_of_others_adds_a_format(tmp_path: Path, telegrams: Path) -> None:
    (article,) = articles_in(read_bytes(tmp_path, "a.txt", "TELEGRAM\nRiver rising\nStop.\n"))
    assert (article.title, article.paragraphs[0].text) == ("River rising", "Stop.")
    (item,) = read_bytes(tmp_path, "b.txt", "TELEGRAM\n")
    assert str(item) == "b.txt: a telegram without a text"


def test_a_format_that_cannot_be_loaded_is_one_error(tmp_path: Path, telegrams: Path) -> None:
    (telegrams / "telegrams_of_others.py").write_text("import nothing_of_that_name", "utf-8")
    (tmp_path / "a.txt").write_text("Rain", "utf-8")
    with (
        newssearch.create(tmp_path / "index") as index,
        pytest.raises(NewssearchError, match="the format telegram"),
    ):
        index.update([tmp_path / "a.txt"])


def test_what_was_read_otherwise_before_it_was_installed_is_read_again(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "a.txt").write_text("TELEGRAM\nRiver rising\nStop.\n", "utf-8")
    with newssearch.create(tmp_path / "index") as index:
        index.update([tmp_path / "a.txt"])
        assert index.update([tmp_path / "a.txt"]).files_read == 0
        request.getfixturevalue("telegrams")
        assert index.update([tmp_path / "a.txt"]).files_read == 1
        assert [hit.title for hit in index.search("stop")] == ["River rising"]


def test_content_goes_before_the_name(tmp_path: Path) -> None:
    (article,) = articles_in(read_bytes(tmp_path, "a.csv", '{"title": "Rain", "text": "It rained."}'))
    assert article.title == "Rain"
    (article,) = articles_in(read_bytes(tmp_path, "a.txt", "---\ntitle: Rain\n---\nIt rained.\n"))
    assert article.title == "Rain"
