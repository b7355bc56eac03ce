"""The identity of an article over time: versions, copies and moved files."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Article, Index
from newssearch.updating.files import reading_order
from support import THOROUGH, counts

NAMES = ("a.jsonl", "b.jsonl", "c/a.jsonl", "c/d/e.jsonl")
Archive = dict[str, list[tuple[int, int]]]
"""The identity and the content of each record, by file."""


@st.composite
def histories(draw: st.DrawFn) -> list[Archive]:
    """Draw the states of an archive, one after the other: files are written, moved, copied and removed."""
    record = st.tuples(st.integers(0, 2), st.integers(0, 2))
    state: Archive = {}
    states = []
    for _ in range(draw(st.integers(1, 5))):
        state = dict(state)
        for _ in range(draw(st.integers(1, 3))):
            name = draw(st.sampled_from(NAMES))
            action = draw(st.sampled_from(("write", "write", "move", "copy", "remove")))
            if action == "write":
                state[name] = draw(st.lists(record, min_size=1, max_size=3))
            elif name in state and action == "remove":
                del state[name]
            elif name in state:
                state[draw(st.sampled_from(NAMES))] = state.pop(name) if action == "move" else state[name]
        states.append(state)
    return states


def write(archive: Path, state: Archive) -> None:
    """Write the files of a state, and remove others; a file that stays as it is is not touched."""
    for name in NAMES:
        file = archive / name
        if name not in state:
            file.unlink(missing_ok=True)
            continue
        text = "".join(
            json.dumps({"url": f"https://e.org/{who}", "title": f"T{what}", "text": f"Text {what}."}) + "\n"
            for who, what in state[name]
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")


def expected(state: Archive) -> Mapping[int, int]:
    """The content of each identity: that of the last record in the order of reading."""
    return {who: what for name in sorted(state, key=reading_order) for who, what in state[name]}


def contents(index: Index) -> dict[int, Article]:
    """The articles of an index by the number in their addresses."""
    found = {int((article.url or "").rpartition("/")[2]): article for article in index}
    assert len(found) == len(index), "each identity is one article"
    return found


@settings(max_examples=400 if THOROUGH else 40, deadline=None)
@given(states=histories())
def test_the_index_depends_on_the_files_and_not_on_the_runs(states: list[Archive]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "news"
        archive.mkdir()
        index = newssearch.create(Path(folder) / "index")
        before: dict[int, Article] = {}
        for state in states:
            write(archive, state)
            report = index.update(archive, prune=True, confirm=lambda removal: True)
            found = contents(index)
            assert {who: found[who].title for who in found} == {
                who: f"T{what}" for who, what in expected(state).items()
            }
            for who, article in found.items():
                places = [article.place, *article.other_places]
                assert len(set(places)) == len(places)
                for place in places:
                    held = state[place.path.removeprefix("news/")][place.record - 1]
                    assert held == (who, int((article.title or "")[1:])), "each place holds this content"
                if who not in before:
                    continue
                old = before[who]
                assert article.id == old.id
                if article.digest == old.digest:
                    assert (article.added, article.version) == (old.added, old.version)
                else:
                    assert article.version > old.version
                    assert article.earlier[old.version - 1].digest == old.digest
                    assert article.added is not None
                    assert old.added is not None
                    assert article.added > old.added
                    event("a new version")
            if report.moved:
                event("moved")
            again = index.update(archive, prune=True, confirm=lambda removal: True)
            assert set(counts(again)) <= {"unchanged"}
            before = found
        newssearch.rebuild(index.folder, archive, confirm=lambda removal: True)
        if before:
            with newssearch.open(index.folder) as rebuilt:
                assert contents(rebuilt).keys() == before.keys()
                for who, article in contents(rebuilt).items():
                    assert article.state == before[who].state
                    assert (article.id, article.added, article.version, article.earlier) == (
                        before[who].id, before[who].added, before[who].version, before[who].earlier,
                    )  # fmt: skip
        index.close()
