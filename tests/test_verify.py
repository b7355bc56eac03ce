"""Damage anywhere is found and never searched, and a salvage saves all whole articles."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Article, IndexDamagedError, IndexNotFoundError, IndexVersionError, Verification
from newssearch.engines.embedded import EmbeddedStore
from newssearch.engines.embedded.storage.container import Container, ContainerError, ContainerWriter
from newssearch.engines.embedded.storage.toc import newest, read_toc, toc_bytes, toc_path
from newssearch.updating.extras import EXTRAS
from support import THOROUGH, Command, article, command, index_of, made_by_another

WORDS = "rain storm Baghdad talks cease-fire oil price minister said the of a U.S. Zelensky election".split()
QUERIES = ("rain", '"oil price"', "ceasefire OR storm", "minister~names", "sto*", "talks -rain", "")


def articles(count: int, seed: int = 1) -> list[Article]:
    drawn = random.Random(seed)
    return [
        article(
            " ".join(drawn.choices(WORDS, k=5)).capitalize(),
            *(" ".join(drawn.choices(WORDS, k=drawn.randint(1, 60))) for _ in range(drawn.randint(0, 6))),
            date=f"20{drawn.randint(10, 24)}-0{drawn.randint(1, 9)}-11",
            outlet=drawn.choice(["www.example.org", "Example News", None]),
            lang=drawn.choice(["en", "de", None]),
            url=f"https://e.org/{seed}/{n}",
        )
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of several segments, with removed articles, and with articles that are copies of each other."""
    folder = tmp_path_factory.mktemp("whole") / "index"
    files = folder.parent / "news"
    files.mkdir()
    for n in range(3):
        (files / f"{n}.txt").write_text(f"Fog {n}\n\nDim light on the river.\n", encoding="utf-8")
    with newssearch.create(folder) as index:
        index.add(articles(30))
        index.update([files])
        index.add(articles(4, seed=2))
        index.remove(index.find("storm minister")[:3])
    assert len(list(folder.glob("MAIN_*.nws"))) > 1
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """Return a copy of the index, which a test may damage."""
    shutil.copytree(whole, tmp_path / "index")
    return tmp_path / "index"


def answers(folder: Path) -> list[Any]:
    """Return the results of several searches in an index."""
    with newssearch.open(folder) as index:
        found: list[Any] = []
        for query in QUERIES:
            results = index.search(query, facets=("outlet", "year"), limit=5)
            found.append(dataclasses.replace(results, took=0.0).to_dict())
        ids = index.find("")
        return [
            *found,
            ids,
            [index.article(one).to_dict() for one in ids[::7]],
            index.info().to_dict()["articles"],
        ]


def files_of(folder: Path) -> list[Path]:
    """Return the files of an index that are not empty."""
    return sorted(path for path in folder.iterdir() if path.is_file() and path.stat().st_size)


def test_an_index_that_is_as_it_was_written_is_sound(whole: Path) -> None:
    found = newssearch.verify(whole)
    with newssearch.open(whole) as index:
        info = index.info()
    assert found.sound
    assert (found.problems, found.leftovers, found.removed) == ((), (), ())
    assert (found.articles, found.paragraphs) == (info.contents.articles, info.contents.paragraphs)
    assert found.sampled == found.articles
    assert found.size == sum(path.stat().st_size for path in files_of(whole) if path.name not in EXTRAS)
    assert found.to_dict()["sound"] is True


def test_a_word_that_is_frequent_in_one_of_many_articles_is_no_damage(tmp_path: Path) -> None:
    """The few article blocks with many words are numbered in fewer bits than all blocks."""
    vocabulary = " ".join(f"word{number}" for number in range(300))
    index_of(
        tmp_path,
        article("Often", "aaa " * 12),
        *(article(f"No {n}", f"{vocabulary} zebra.") for n in range(3)),
    ).close()
    assert newssearch.verify(tmp_path).sound
    with newssearch.open(tmp_path) as index:
        assert [index.count(word) for word in ("zebra", "aaa", "word1 zebra")] == [3, 1, 3]
        assert [len(index.rank(word, limit=2, group=False)) for word in ("zebra", "aaa")] == [2, 1]


def test_there_must_be_an_index_to_look_at(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(IndexNotFoundError):
        newssearch.verify(tmp_path / "nowhere")
    made_by_another(folder, format=1)
    with pytest.raises(IndexVersionError):
        newssearch.verify(folder)


def damaged(folder: Path, path: Path, content: bytes) -> Iterator[tuple[Verification, list[Any] | None]]:
    """Return the problems that a check finds, and the results of searches (None for an error), with a changed file."""
    before = path.read_bytes()
    fresh = path.with_name("fresh.tmp")  # what is mapped stays as it is: this is what another disk gave back
    fresh.write_bytes(content)
    fresh.replace(path)
    try:
        try:
            found = answers(folder)
        except (IndexDamagedError, IndexVersionError, IndexNotFoundError):
            found = None
        try:
            yield newssearch.verify(folder, sample=1), found  # what was written is found by its checksums
        except (IndexVersionError, IndexNotFoundError) as error:  # a version, or a name, that is another one
            assert path.name in ("newssearch.json", toc_path(folder, newest(folder)).name)
            yield Verification(folder, (newssearch.Problem(path.name, str(error)),)), found
    finally:
        fresh.write_bytes(before)
        fresh.replace(path)


def places(path: Path, number: int) -> list[int]:
    """Return the given number of random positions in a file, and those of its first and last bytes."""
    size = path.stat().st_size
    drawn = random.Random(path.suffix)
    ends = {0, size - 1, max(size - 13, 0)}
    return sorted(ends | {*drawn.choices(range(size), k=number * THOROUGH)})


def test_any_byte_that_flips_is_found_and_never_makes_a_wrong_result(folder: Path) -> None:
    expected = answers(folder)
    for path in files_of(folder):
        content = path.read_bytes()
        for at in places(path, 1):
            bit = 1 << random.Random(at).randrange(8)
            flipped = content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :]
            for found, results in damaged(folder, path, flipped):
                assert not found.sound, (path.name, at)
                assert {problem.file for problem in found.problems} == {path.name}, (at, found.problems)
                assert results is None or results == expected, (path.name, at)


def test_a_file_that_is_cut_anywhere_is_found_and_never_makes_a_wrong_result(folder: Path) -> None:
    expected = answers(folder)
    for path in files_of(folder):
        content = path.read_bytes()
        for at in places(path, 1):
            for found, results in damaged(folder, path, content[:at]):
                assert not found.sound, (path.name, at)
                assert {problem.file for problem in found.problems} == {path.name}, (at, found.problems)
                assert results is None or results == expected, (path.name, at)


def test_a_file_that_is_gone_is_named(folder: Path) -> None:
    for path in files_of(folder):
        if path.name in EXTRAS:  # the manifest only saves work; the next run writes the other
            continue
        kept = path.read_bytes()
        path.unlink()
        with pytest.raises((IndexDamagedError, IndexVersionError, IndexNotFoundError)):
            newssearch.open(folder).close()
        if path.suffix == ".nws":
            assert [problem.file for problem in newssearch.verify(folder).problems] == [path.name]
        path.write_bytes(kept)
    assert newssearch.verify(folder).sound


def test_a_file_that_is_cut_while_it_is_open_is_noticed_by_the_next_search(folder: Path) -> None:
    with newssearch.open(folder) as index:
        assert index.search("rain").total_articles
        for path in folder.glob("MAIN_*.nws"):
            with path.open("r+b") as file:
                file.truncate(5000)
        with pytest.raises(IndexDamagedError, match="cut"):
            index.search("storm")


def rewritten(path: Path, name: str, change: Any) -> None:
    """Replace a section of a segment, and write the right checksums."""
    sections = dict(Container(path).items())
    sections[name] = change(sections[name].copy())
    fresh = path.with_name("fresh.tmp")
    writer = ContainerWriter(fresh)
    for known, array in sections.items():
        writer.add(known, array)
    writer.close()
    fresh.replace(path)


def added(array: Any) -> Any:
    middle = len(array) // 2
    array[middle : middle + 1] += 1
    return array


CHANGES: dict[str, Any] = {
    "more": added,
    "most": lambda array: np.full_like(
        array, np.iinfo(array.dtype).max if array.dtype.kind in "ui" else 1e300
    ),
    "zero": np.zeros_like,
    "less": lambda array: array[: len(array) // 2],
    "cut": lambda array: array[:0],
    "noise": lambda array: np.frombuffer(random.Random(1).randbytes(array.nbytes), array.dtype),
}


@pytest.mark.parametrize(
    "section",
    [
        "article.first", "article.id.order", "article.outlet", "article.id.offsets", "document.article", "text.terms.offsets", "text.tokens", "text.counts",
        "text.positions", "text.within", "text.sizes", "title.tokens", "title.positions", "title.sizes", "body.sizes",
        "article.shown", "article.local", "article.instant", "article.precision", "text.block.low", "text.block.impact", "text.offsets", "text.first", "text.block.sizes", "text.run.first", "header.sizes", "text.terms",
    ],
)  # fmt: skip
def test_words_that_are_not_those_of_the_text_are_found_whatever_the_checksums(
    folder: Path, section: str
) -> None:
    path = max(folder.glob("MAIN_*.nws"), key=lambda path: path.stat().st_size)
    rewritten(path, section, added)
    found = newssearch.verify(folder, sample=1000)
    assert not found.sound
    assert {problem.file for problem in found.problems} <= {path.name, f"stories-{newest(folder)}.nws"}


@settings(max_examples=12 * THOROUGH, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_arrays_that_do_not_fit_together_end_in_an_error_and_in_no_traceback(
    whole: Path, tmp_path: Path, data: st.DataObject
) -> None:
    """An index may come from a stranger, who can make valid checksums."""
    folder = tmp_path / f"index {len(list(tmp_path.iterdir()))}"
    shutil.copytree(whole, folder)
    path = max(folder.glob("MAIN_*.nws"), key=lambda path: path.stat().st_size)
    names = sorted(name for name, array in Container(path).items() if len(array))
    for name in data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)):
        how = data.draw(st.sampled_from(("more", "most", "zero", "less", "cut", "noise")))
        rewritten(path, name, CHANGES[how])
    assert isinstance(newssearch.verify(folder).problems, tuple)
    try:
        answers(folder)
    except (IndexDamagedError, newssearch.ArticleNotFoundError) as error:
        assert str(error)  # noqa: PT017  (most of it makes a wrong answer instead)


@pytest.mark.parametrize("how", ["most", "less", "cut", "noise"])
def test_names_that_filters_do_not_compare_end_in_an_error(folder: Path, how: str) -> None:
    path = max(folder.glob("MAIN_*.nws"), key=lambda path: path.stat().st_size)
    rewritten(path, "article.outlet.keys", CHANGES[how])
    assert not newssearch.verify(folder).sound
    with newssearch.open(folder) as index, contextlib.suppress(IndexDamagedError):
        index.search("", facets=("outlet",))


def test_a_container_without_a_section_says_so(tmp_path: Path) -> None:
    writer = ContainerWriter(tmp_path / "c")
    writer.close()
    with pytest.raises(ContainerError, match=r"has no article\.first"):
        Container(tmp_path / "c")["article.first"]


def test_an_article_that_is_there_twice_is_found(folder: Path, tmp_path: Path) -> None:
    writer = EmbeddedStore(folder).writer(0.0)
    with newssearch.open(folder) as index:
        there = index.article(index.find("title:fog")[0])
    writer.add(there, there.state)  # which nothing else does for one that is there
    writer.commit(last=False)
    writer.close()
    (problem,) = newssearch.verify(folder).problems
    assert there.id in problem.what


# ---- leftovers


def test_leftovers_are_reported_and_removed_when_that_is_asked_for(folder: Path) -> None:
    expected = answers(folder)
    left = {
        "MAIN_0123456789abcdef.nws": 10, "_MAIN_1.toc": 5, "_MAIN_99.toc.tmp": 3, "files.json.tmp": 7, "run.json.tmp": 8, "stories-1.nws": 9,
    }  # fmt: skip
    for name, size in left.items():
        (folder / name).write_bytes(b"x" * size)
    (folder / "rebuild.tmp").mkdir()
    (folder / "rebuild.tmp" / "MAIN_x.nws").write_bytes(b"12345")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")  # of somebody else
    found = newssearch.verify(folder)
    assert found.sound
    assert {one.name: one.size for one in found.leftovers} == {**left, "rebuild.tmp": 5}
    cleaned = newssearch.verify(folder, clean=True)
    assert (set(cleaned.removed), cleaned.leftovers) == ({*left, "rebuild.tmp"}, ())
    assert (folder / "notes.txt").exists()
    assert answers(folder) == expected


def test_nothing_of_a_run_that_goes_on_is_removed(folder: Path) -> None:
    def meanwhile() -> Iterator[Article]:
        yield article("A", "x")
        with pytest.raises(newssearch.IndexLockedError):
            newssearch.verify(folder, clean=True, wait=0.0)
        (folder / "MAIN_0123456789abcdef.nws").write_bytes(b"of the run")
        found = newssearch.verify(folder)
        assert found.sound
        assert found.leftovers == ()

    with newssearch.open(folder) as index:
        index.add(meanwhile())
        assert index.find("title:A")


@pytest.mark.parametrize("look", ["check", "salvage"])
def test_what_is_written_during_a_look_at_all_of_an_index_is_no_damage(folder: Path, look: str) -> None:
    """The first segment is damaged; when the check stops there, a rebuild removes the other segments."""
    first, *others = [entry.file_name for entry in read_toc(folder).entries]
    content = bytearray((folder / first).read_bytes())
    content[-20:] = bytes(20)
    (folder / first).unlink()
    (folder / first).write_bytes(content)
    store = EmbeddedStore(folder)
    problems = iter(store.check(100).problems() if look == "check" else store.salvage())
    assert getattr(next(problems), "file", "") == first
    news = folder.parent / "new.txt"
    news.write_text("Fog\n\nDim light on the river.\n", encoding="utf-8")
    newssearch.rebuild(folder, news, confirm=lambda _: True)
    assert not any((folder / other).exists() for other in others)
    assert [found for found in problems if not hasattr(found, "article")] == []


# ---- salvage


def saved(folder: Path, into: Path) -> dict[str, str]:
    """Return the digests of the articles in a salvaged index, by their ids."""
    newssearch.salvage(folder, into)
    assert newssearch.verify(into).sound
    with newssearch.open(into) as index:
        return {one: index.article(one).digest for one in index.find("")}


def test_a_whole_index_is_saved_whole(folder: Path, tmp_path: Path) -> None:
    with newssearch.open(folder) as index:
        expected = {one: index.article(one).digest for one in index.find("")}
    assert saved(folder, tmp_path / "new") == expected


def test_of_a_segment_only_what_the_damage_hits_is_lost(folder: Path, tmp_path: Path) -> None:
    with newssearch.open(folder) as index:
        expected = {one: index.article(one).digest for one in index.find("")}
    path = max(folder.glob("MAIN_*.nws"), key=lambda path: path.stat().st_size)
    mapped = Container(path).mapped
    assert mapped is not None
    _, offset, size = mapped.directory["body"]
    content = bytearray(path.read_bytes())
    content[offset + size // 2] ^= 0xFF  # in the middle of a text
    path.unlink()
    path.write_bytes(content)
    outcome = newssearch.salvage(folder, tmp_path / "new")
    with newssearch.open(tmp_path / "new") as index:
        found = {one: index.article(one).digest for one in index.find("")}
    assert outcome.saved == len(found)
    assert outcome.saved + outcome.lost == len(expected)
    assert 0 < outcome.lost < len(expected)
    assert found.items() <= expected.items()
    assert path.read_bytes() == content  # the old one is as it was


@settings(max_examples=25)
@given(st.data())
def test_nothing_that_is_not_whole_is_saved(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    with newssearch.open(whole) as index:
        expected = {one: index.article(one).digest for one in index.find("")}
    tmp_path = tmp_path_factory.mktemp("salvage")
    shutil.copytree(whole, tmp_path / "index")
    for path in sorted((tmp_path / "index").glob("MAIN_*.nws")):
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(0, 3))):
            at = data.draw(
                st.integers(0, len(content) - 40_000 if len(content) > 50_000 else len(content) // 2)
            )
            content[at : at + 500] = bytes(data.draw(st.integers(1, 500)))
        path.unlink()
        path.write_bytes(content)
    assert saved(tmp_path / "index", tmp_path / "new").items() <= expected.items()
    shutil.rmtree(tmp_path)


def test_without_a_table_of_contents_all_that_is_there_is_saved(folder: Path, tmp_path: Path) -> None:
    with newssearch.open(folder) as index:
        expected = {one: index.article(one).digest for one in index.find("")}
    toc_path(folder, newest(folder)).write_bytes(b"gone")
    outcome = newssearch.salvage(folder, tmp_path / "new")
    assert "may be back" in outcome.problems[0].what
    with newssearch.open(tmp_path / "new") as index:
        found = {one: index.article(one).digest for one in index.find("")}
    assert expected.items() <= found.items()


def test_what_was_saved_is_not_read_again_but_the_rest_is(tmp_path: Path) -> None:
    files = tmp_path / "news"
    files.mkdir()
    for n in range(5):
        (files / f"{n}.txt").write_text(f"Fog {n}\n\nDim light {n} on the river.\n", encoding="utf-8")
    with newssearch.create(tmp_path / "index") as index:
        index.update([files])
        lost = index.find("title:3")
        index.remove(lost)  # as if it could not be read
    newssearch.salvage(tmp_path / "index", tmp_path / "new")
    with newssearch.open(tmp_path / "new") as index:
        report = index.update([files])
    assert (report.added, report.unchanged) == (1, 4)


def test_an_index_is_not_saved_over_another(folder: Path) -> None:
    with pytest.raises(newssearch.IndexExistsError):
        newssearch.salvage(folder, folder)


# ---- the command line


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    return command(capsys, monkeypatch)


def test_the_command_line_tells_of_it(cli: Command, folder: Path) -> None:
    done = cli("verify")
    assert done.code == 0
    assert done.out.startswith("sound: ")
    (folder / "files.json.tmp").write_bytes(b"x")
    assert "leftover: files.json.tmp (1 B); --clean removes it" in cli("verify").out
    assert "removed: files.json.tmp" in cli("verify", "--clean").out
    path = max(folder.glob("MAIN_*.nws"), key=lambda path: path.stat().st_size)
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:5000] + b"?" + content[5001:])
    done = cli("verify")
    assert done.code == 3
    assert done.out.startswith(f"damaged: {path.name}: bytes 4,096 to 8,191 are not what was written (")
    found = json.loads(cli("verify", "--json").out)
    assert [problem["file"] for problem in found["problems"]] == [path.name]
    done = cli("salvage", "new")
    assert done.out.splitlines()[-1].startswith("3")
    assert done.out.endswith("lost\n")
    assert cli("verify", "--index", "new").code == 0
    assert json.loads(cli("salvage", "other", "--json").out)["into"] == "other"


def test_a_toc_that_another_program_cut_to_where_its_checksum_begins_is_damaged(folder: Path) -> None:
    path = toc_path(folder, newest(folder))
    path.write_bytes(toc_bytes(read_toc(folder))[:-12])
    with pytest.raises(IndexDamagedError, match="cut short"):
        newssearch.open(folder)
