"""The commit of an index in a folder: stored with the index, so that a copy has it and a swap is noticed."""

from __future__ import annotations

import datetime as dt
import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch import Commit, IndexDamagedError, IndexNotFoundError
from newssearch.engines.embedded import EmbeddedStore
from newssearch.engines.embedded.storage.toc import newest, read_toc, toc_bytes, toc_path
from support import Command, article, command, index_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index of two segments, one of which has a removed article."""
    folder = tmp_path / "index"
    mist = [article(f"Mist {n}", *["Damp air."] * 20, url=f"mist{n}") for n in range(20)]
    with index_of(
        folder, article("Rain", "It rained.", url="u1"), article("Sun", "Heat.", url="u2"), *mist
    ) as index:
        writer = EmbeddedStore(folder).writer(0.0)
        writer.remove(index.find("sun"))
        snow = article("Snow", "It froze.", url="u3")
        writer.add(snow, snow.state)
        writer.commit(last=False)
        writer.close()
    assert [len(entry.deleted) for entry in read_toc(folder).entries] == [1, 0]
    return folder


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    return command(capsys, monkeypatch)


def rewrite(folder: Path, **changed: Any) -> None:
    """Write the table of contents with some parts replaced."""
    toc = read_toc(folder)
    toc_path(folder, toc.generation).write_bytes(toc_bytes(toc._replace(**changed)))


def rewrite_sums(folder: Path, change: Callable[[Any], object]) -> None:
    """Write the table of contents with another sum of hashes of each segment."""
    segments = EmbeddedStore(folder).toc().segments
    for segment in segments:
        setattr(segment, "_hash_sum", change(segment.hash_sum))  # noqa: B010  (of any type)
    rewrite(folder, segments=pickle.dumps(segments, 2))


def test_a_copy_of_an_index_is_the_same_commit(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copyfile)
    for path in copy.iterdir():
        os.utime(path, (0, 0))
    with newssearch.open(folder) as index, newssearch.open(copy) as copied:
        assert copied.commit == index.commit


def test_info_tells_the_commit(folder: Path, cli: Command) -> None:
    with newssearch.open(folder) as index:
        commit = index.commit
    lines = cli("info").out.splitlines()
    assert f"   commit  2, {commit.time:%Y-%m-%d %H:%M:%S} UTC" in lines
    assert f"   digest  {commit.digest}" in lines
    assert json.loads(cli("info", "--json").out)["commit"] == commit.to_dict()
    assert json.loads(cli("query", "rain", "--json").out)["commit"] == commit.to_dict()


# ---- refresh


def test_another_index_with_the_same_number_is_noticed(folder: Path, tmp_path: Path) -> None:
    with index_of(tmp_path / "new", article("Fog", "Dim.", url="u1")) as new:
        new.add(article("Wind", "Cold.", url="u2"))
    assert newest(tmp_path / "new") == newest(folder) == 2
    with newssearch.open(folder) as reader:
        folder.rename(tmp_path / "old")
        (tmp_path / "new").rename(folder)
        assert reader.refresh()
        assert [one.title for one in reader] == ["Fog", "Wind"]
        assert not reader.refresh()


def test_another_index_whose_table_of_contents_has_the_same_size_is_noticed(tmp_path: Path) -> None:
    for name, place in {
        "index": "dam",
        "new": "bridge",
    }.items():  # whose digests are pickled in as many bytes
        writer = EmbeddedStore(tmp_path / name).create(0.0)
        fog = article("Fog", f"Dim over the {place}.", url="u1")
        writer.add(fog, fog.state)
        writer.commit()
        writer.close()
    assert len({len(toc_bytes(read_toc(tmp_path / name))) for name in ("index", "new")}) == 1
    with newssearch.open(tmp_path / "index") as reader:
        (tmp_path / "index").rename(tmp_path / "old")
        (tmp_path / "new").rename(tmp_path / "index")
        assert reader.refresh()
        assert [one.paragraphs[0].text for one in reader] == ["Dim over the bridge."]


def test_a_link_to_another_index_is_noticed(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "current"
    link.symlink_to(folder)
    with newssearch.open(link) as reader:
        shutil.copytree(folder, tmp_path / "next")
        with newssearch.open(tmp_path / "next") as other:
            other.add(article("Fog", "Dim.", url="u4"))
        (tmp_path / "link").symlink_to(tmp_path / "next")
        (tmp_path / "link").replace(link)
        assert reader.refresh()
        assert reader.count("title:fog") == 1


def test_an_index_made_again_with_the_same_content_is_noticed(tmp_path: Path) -> None:
    """Number and digest are equal, but not the places of its articles."""
    commits: list[Commit] = []
    for path in ("a", "b"):
        (tmp_path / path).mkdir()
        (tmp_path / path / "rain.jsonl").write_text('{"url": "u1", "title": "Rain"}\n', encoding="utf-8")
    reader = newssearch.create(tmp_path / "index")
    for path in ("a", "b"):
        if commits:
            shutil.rmtree(tmp_path / "index")
        with newssearch.open_or_create(tmp_path / "index") as index:
            index.update(tmp_path / path)
            assert reader.refresh()
        commits.append(reader.commit)
        (only,) = reader
        assert only.path == f"{path}/rain.jsonl"
    reader.close()
    assert (commits[0].number, commits[0].digest) == (commits[1].number, commits[1].digest)


def test_an_index_that_is_gone_is_an_error_as_at_opening(folder: Path, tmp_path: Path) -> None:
    with newssearch.open(folder) as reader:
        folder.rename(tmp_path / "old")
        with pytest.raises(IndexNotFoundError):
            reader.refresh()
        assert reader.count("title:rain") == 1
        (tmp_path / "old").rename(folder)
        assert not reader.refresh()


# ---- what is stored


def test_verify_compares_the_stored_digest_with_the_articles(folder: Path) -> None:
    assert newssearch.verify(folder).sound
    rewrite_sums(folder, lambda total: total ^ 1)
    problems = newssearch.verify(folder).problems
    assert [problem.file for problem in problems] == [entry.file_name for entry in read_toc(folder).entries]
    assert {problem.what for problem in problems} == {
        "its articles are not those of which the table of contents has the digest"
    }


@pytest.mark.parametrize("wrong", [-1, 2**256, 0.5, "0", None])
def test_a_sum_that_is_none_is_damage(folder: Path, wrong: object) -> None:
    rewrite_sums(folder, lambda total: wrong)
    with pytest.raises(IndexDamagedError, match="not to be trusted"):
        newssearch.open(folder)


def test_a_table_of_contents_without_sums_is_damage(folder: Path) -> None:
    segments = EmbeddedStore(folder).toc().segments
    for segment in segments:
        del segment._hash_sum
    rewrite(folder, segments=pickle.dumps(segments, 2))
    with pytest.raises(IndexDamagedError, match="not to be trusted"):
        newssearch.open(folder)


def test_the_time_of_a_commit_is_never_before_that_of_an_earlier_one(folder: Path, tmp_path: Path) -> None:
    """As if the clock had been right in 2124, and was set back then."""
    later = dt.datetime(2124, 7, 25, 12, 0, 0, 7, dt.timezone.utc)
    rewrite(folder, time=later)
    (tmp_path / "rain.jsonl").write_text('{"url": "u1", "title": "Rain"}\n', encoding="utf-8")
    with newssearch.open(folder) as index:
        times = [index.commit.time]
        for change in ("rebuild", "add", "rebuild"):
            if change == "add":
                index.add(article("Fog", "Dim.", url="u4"))
            else:
                newssearch.rebuild(folder, tmp_path / "rain.jsonl", confirm=lambda removal: True)
            index.refresh()
            times.append(index.commit.time)
    assert times[0] == later
    assert times == sorted(set(times))
    assert times[-1] < later + dt.timedelta(seconds=1)
