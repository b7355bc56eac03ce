"""Histories of tags: a dict of sets says the same, files merge in any order, and no kill loses what was said."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from collections.abc import Iterable
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

import breaking
import newssearch
from newssearch import Article
from newssearch.tags.entries import (
    NoteEntry,
    NoteRemoval,
    TagEntry,
    TagLine,
    later,
    read_line,
    read_usual_line,
    written_line,
)
from newssearch.tags.file import TagFile, read_entries, written
from newssearch.tags.names import tag_key
from newssearch.tags.state import TagState, TagWish
from support import index_of

ARTICLES = ("2024-07-25-rain-aaaaaaaaaaaa", "sun-aaaaaaaaaaab", "aaaaaaaaaaac", "made-by-hand")
TAGS = ("checked", "Checked", "Chécked", "to do", "審")
AUTHORS = ("", "Ada", "Bob")
NOON = dt.datetime(2026, 1, 1, 12)

articles = st.sampled_from(ARTICLES)
tags = st.sampled_from(TAGS)
authors = st.sampled_from(AUTHORS)
moments = st.integers(0, 3).map(lambda number: f"2026-01-01T00:00:0{number}.000000Z")
texts = st.sampled_from(["One.", "Two.", "Two\nlines"])


@st.composite
def entries(draw: st.DrawFn) -> TagLine:
    article, at, by = draw(articles), draw(moments), draw(authors)
    kind = draw(st.sampled_from("tnr"))
    if kind == "t":
        return TagEntry(article, draw(tags), at, by, draw(st.booleans()))
    note = NoteEntry(article, draw(texts), at, by)
    return note if kind == "n" else NoteRemoval(article, note.digest, draw(moments), draw(authors))


states = st.lists(entries(), max_size=12).map(TagState.of)


# ---- the law of merging


@given(states, states, states)
def test_a_merge_is_commutative_associative_and_idempotent(
    one: TagState, two: TagState, three: TagState
) -> None:
    assert one.merged(two) == two.merged(one)
    assert one.merged(two).merged(three) == one.merged(two.merged(three))
    assert one.merged(one) == one
    assert one.merged(two).merged(two) == one.merged(two)


@given(st.lists(entries(), max_size=5))
def test_the_order_of_lines_makes_no_difference(lines: list[TagLine]) -> None:
    wanted = written(TagState.of(lines))
    assert all(written(TagState.of(other)) == wanted for other in permutations(lines))


@given(st.lists(entries(), min_size=2, max_size=12))
def test_of_two_entries_about_one_thing_the_later_holds(lines: list[TagLine]) -> None:
    for one in lines:
        for other in lines:
            if one.key == other.key:
                assert later(one, other) == later(other, one)
                assert later(one, other) in (one, other)
                if isinstance(one, TagEntry) and one.at > other.at:
                    assert later(one, other) == one
                if isinstance(one, NoteRemoval) and isinstance(other, NoteEntry):
                    assert later(one, other) == one


@given(states)
def test_a_file_holds_its_state(state: TagState) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "tags.jsonl"
        file.write_bytes(written(state))
        assert TagState.of(read_entries(file)) == state
        assert written(TagState.of(read_entries(file))) == written(state)


@given(entries())
def test_an_entry_is_read_as_it_was_written(entry: TagLine) -> None:
    assert read_line(entry.to_dict()) == entry
    line = written_line(entry)
    assert line == json.dumps(entry.to_dict(), ensure_ascii=False)
    assert read_usual_line(line) == (entry if isinstance(entry, TagEntry) else None), (
        "most lines are read fast"
    )


@given(
    entries(),
    st.integers(0, 200),
    st.integers(0, 3),
    st.sampled_from(
        ["", '"', "\\", "\\u0061", " ", "-", "9", "\x01", "\x7f", "é", "e\u0301", ', "by": "Eve"', "x" * 70]
    ),
)
def test_the_fast_way_to_read_a_line_finds_what_the_slow_one_does(
    entry: TagLine, place: int, left_out: int, put_in: str
) -> None:
    written = written_line(entry)
    line = written[:place] + put_in + written[place + left_out :]
    found = read_usual_line(line)
    assert found is None or found == read_line(json.loads(line))


# ---- histories against a dict of sets


class Twin:
    """What one person's file should say: for each article its tags by key, and its notes by author."""

    def __init__(self) -> None:
        self.tags: dict[str, set[str]] = {}
        self.notes: dict[str, dict[str, str]] = {}

    def change(
        self, wanted: Iterable[str], add: Iterable[str], remove: Iterable[str], note: str | None, author: str
    ) -> None:
        for article in wanted:
            held = self.tags.setdefault(article, set())
            held |= {*map(tag_key, add)}
            held -= {*map(tag_key, remove)}
            if note is not None:
                notes = self.notes.setdefault(article, {})
                notes.pop(author, None)
                if note:
                    notes[author] = note

    def agrees(self, state: TagState) -> None:
        for article in ARTICLES:
            said = state.of_article(article)
            assert {*map(tag_key, said.tags)} == self.tags.get(article, set())
            assert len(said.tags) == len({*map(tag_key, said.tags)})
            assert {note.by: note.text for note in said.notes} == self.notes.get(article, {})
            assert len(said.notes) == len(self.notes.get(article, {}))
        for tag in {*map(tag_key, TAGS)}:
            having = {one for one in ARTICLES if tag in self.tags.get(one, set())}
            assert len(state.numbers([tag])) == len(having)
            assert list(state.numbers([tag])) == sorted(state.numbers_of_articles(having))


@st.composite
def changes(draw: st.DrawFn) -> tuple[list[str], set[str], set[str], str | None, str, int]:
    add = draw(st.sets(tags, max_size=2))
    remove = {one for one in draw(st.sets(tags, max_size=2)) if tag_key(one) not in {*map(tag_key, add)}}
    note = draw(st.one_of(st.none(), st.just(""), texts))
    if not (add or remove) and note is None:
        note = "x"
    wanted = draw(st.lists(articles, min_size=1, max_size=3))
    return wanted, add, remove, note, draw(authors), draw(st.integers(-5, 5))


@given(st.lists(changes(), max_size=12))
def test_any_history_says_what_a_dict_of_sets_says_whatever_the_clock(
    history: list[tuple[list[str], set[str], set[str], str | None, str, int]],
) -> None:
    twin, state = Twin(), TagState()
    for wanted, add, remove, note, author, seconds in history:
        wish = TagWish(add=tuple(sorted(add)), remove=tuple(sorted(remove)), note=note, author=author)
        before = state
        state, report = state.changed(wanted, wish, NOON + dt.timedelta(seconds=seconds))
        twin.change(wanted, add, remove, note, author)
        twin.agrees(state)
        assert report.articles == sum(
            state.of_article(one).to_dict() != before.of_article(one).to_dict() for one in {*wanted}
        )
        assert before.merged(state) == state, "an older copy undoes nothing"


@given(st.lists(changes(), max_size=6), st.lists(changes(), max_size=6), st.data())
def test_two_copies_that_merge_lose_no_note_that_nobody_removed(
    one: list[tuple[list[str], set[str], set[str], str | None, str, int]],
    two: list[tuple[list[str], set[str], set[str], str | None, str, int]],
    data: st.DataObject,
) -> None:
    sides = []
    for history in (one, two):
        state = TagState()
        for wanted, add, remove, note, author, seconds in history:
            wish = TagWish(add=tuple(add), remove=tuple(remove), note=note, author=author)
            state, _ = state.changed(wanted, wish, NOON + dt.timedelta(seconds=seconds))
        sides.append(state)
    left, right = sides
    both = left.merged(right)
    assert both == right.merged(left)
    for article in ARTICLES:
        for side in sides:
            removed = {
                entry.note
                for other in sides
                for entry in other.entries.values()
                if isinstance(entry, NoteRemoval)
            }
            notes = {entry for entry in side.entries.values() if isinstance(entry, NoteEntry)}
            kept = {(note.article, note.text) for note in notes if note.digest not in removed}
            said = {
                (note.article, note.text) for note in both.entries.values() if isinstance(note, NoteEntry)
            }
            assert kept <= said, article


# ---- crashes


def tagged(folder: Path) -> None:
    file = TagFile(folder)
    file.change(lambda state: list(ARTICLES[:2]), TagWish(add=("new",), remove=("old",), note="Changed."), 5)


@pytest.mark.skipif(sys.platform == "win32", reason="kills a forked process")
def test_a_change_that_is_killed_at_any_moment_is_whole_or_not_at_all(tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    TagFile(first).change(lambda state: list(ARTICLES), TagWish(add=("old", "kept"), note="Before."), 5)
    before = (first / "tags.jsonl").read_bytes()
    shutil.copytree(first, tmp_path / "counted")
    moments = breaking.moments(tagged, tmp_path / "counted")
    assert {"jsonl: begin", "jsonl: written", "jsonl: on disk", "jsonl: in place"} <= {*moments}
    for number, moment in enumerate(moments):
        folder = tmp_path / f"killed{number}"
        shutil.copytree(first, folder)
        assert breaking.kill_at(tagged, folder, number), moment
        after = (folder / "tags.jsonl").read_bytes()
        state = TagFile(folder).state()
        if after != before:
            assert moment == "jsonl: in place"
            assert [state.of_article(one).tags for one in ARTICLES[:3]] == [("kept", "new")] * 2 + [
                ("kept", "old")
            ]
        TagFile(folder).change(lambda state: [ARTICLES[0]], TagWish(add=("again",)), 0)
        assert "again" in TagFile(folder).state().of_article(ARTICLES[0]).tags
        names = sorted(file.name for file in folder.iterdir())
        assert names == [".tags.lock", "tags.jsonl"], "what the killed process left is removed"


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_processes_that_tag_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    import multiprocessing

    forked = multiprocessing.get_context("fork")
    processes = [forked.Process(target=_tag_often, args=(tmp_path, number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    said = TagFile(tmp_path).state().of_article(ARTICLES[0])
    assert {*said.tags} == {f"tag {number} {turn}" for number in range(3) for turn in range(5)}


def _tag_often(folder: Path, number: int) -> None:
    file = TagFile(folder)
    for turn in range(5):
        file.change(lambda state: [ARTICLES[0]], TagWish(add=(f"tag {number} {turn}",)), 60)


# ---- with an index that changes


@given(
    st.lists(st.sampled_from(["tag", "untag", "remove", "add", "rebuild", "merge"]), max_size=6), st.randoms()
)
def test_a_search_finds_the_tagged_articles_that_the_index_has(steps: list[str], random: object) -> None:
    choose = random.choice  # type: ignore[attr-defined]
    made = [Article.create(title=f"N{n}", text="It rained.", url=f"https://e.org/{n}") for n in range(4)]
    ids = [one.id for one in made]
    with TemporaryDirectory() as name:
        folder = Path(name)
        index_of(folder / "index", *made).close()
        there, having = {*ids}, set[str]()
        for step in steps:
            one = choose(ids)
            with newssearch.open(folder / "index") as index:
                if step == "tag" and one in there:
                    index.tag(one, "checked")
                    having.add(one)
                elif step == "untag" and one in there | having:
                    index.tag(one, remove="checked")
                    having.discard(one)
                elif step == "remove" and one in there:
                    index.remove(one)
                    there.discard(one)
                elif step == "add":
                    index.add(made[ids.index(one)])
                    there.add(one)
                elif step == "merge" and (folder / "tags.jsonl").exists():
                    shutil.copy(folder / "tags.jsonl", folder / "copy.jsonl")
                    assert index.merge_tags(folder / "copy.jsonl") == (0, 0, 0, 0, 0)
            if step == "rebuild":
                shutil.rmtree(folder / "index")
                index_of(folder / "index", *(one for one in made if one.id in there)).close()
            with newssearch.open(folder / "index") as index:
                assert {*index.find("tag:checked")} == having & there
                assert {*index.find("rained -tag:checked")} == there - having
                counted = {one.tag: one[1:] for one in index.tags()}
                assert counted == ({"checked": (len(having & there), len(having - there))} if having else {})
