"""The commit that was searched: its number, its time, and a digest that is equal for equal content, however it came about."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import pickle
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Article, Index
from newssearch.updating import indexer
from support import THOROUGH, article, index_of

from .conftest import Engine


@pytest.fixture
def index(address: str) -> Iterator[Index]:
    with newssearch.create(address) as opened:
        yield opened


def rain(text: str = "It rained on Baghdad.", title: str = "Rain") -> Article:
    return article(title, text, outlet="e.org", url="https://e.org/rain")


def sun() -> Article:
    return article("Sun", "It was hot in Basra.", url="https://e.org/sun")


def digest_by_definition(index: Index) -> str:
    """Return the digest of an index, computed from its articles as the documentation says."""
    total = 0
    for one in index:
        parts = (one.id.encode(), one.state.encode())
        hashed = b"".join(str(len(part)).encode() + b":" + part + b"," for part in parts)
        total += int(hashlib.sha256(hashed).hexdigest(), 16)
    return f"{total % 2**256:064x}"


def stream(*records: dict[str, str]) -> io.BytesIO:
    return io.BytesIO("".join(json.dumps(record) + "\n" for record in records).encode())


# ---- the digest


def record(story: int, version: int) -> dict[str, str]:
    return {
        "url": f"https://e.org/{story}",
        "title": f"Story {story}",
        "text": f"Rain, {version} times.\n\nSun.",
    }


def record_of(one: Article) -> dict[str, str]:
    """Return the record that an article was read from."""
    assert one.url is not None
    assert one.title is not None
    return {"url": one.url, "title": one.title, "text": "\n\n".join(p.text for p in one.paragraphs)}


STEPS = st.one_of(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=4).map(lambda several: ("add", several)),
    st.integers(0, 5).map(lambda story: ("remove", story)),
    st.just(("rebuild", 0)),
)  # fmt: skip


@settings(max_examples=8 * THOROUGH)
@given(steps=st.lists(STEPS, min_size=1, max_size=8))
@example(steps=[("add", [(0, 0), (1, 0)]), ("add", [(0, 1)]), ("remove", 0), ("remove", 1)])
@example(steps=[("add", [(n, 0)]) for n in range(6)] + [("rebuild", 0), ("remove", 3)])
def test_the_digest_is_that_of_the_articles_whatever_was_done_before(
    engine: Engine, steps: list[tuple[str, object]]
) -> None:
    with tempfile.TemporaryDirectory() as folder, engine.index() as index:
        news = Path(folder)
        for what, which in steps:
            if what == "add":
                assert isinstance(which, list)
                index.update([], stream=stream(*(record(*one) for one in which)))
            elif what == "remove":
                index.remove(index.find(f'title:"story {which}"'))
            else:
                lines = [json.dumps(record_of(one)) for one in index]
                (news / "all.jsonl").write_text("\n".join(reversed(lines)), encoding="utf-8")
                newssearch.rebuild(index.address, news)
                index.refresh()
            assert index.commit.digest == digest_by_definition(index)
        held = [record_of(one) for one in index]
        with engine.index() as other:
            other.update([], stream=stream(*reversed(held)))
            assert other.commit.digest == index.commit.digest


def test_another_text_or_another_article_has_another_digest(index: Index) -> None:
    seen = [index.commit.digest]
    for articles in (
        [rain()],
        [rain("It rained on Basra.")],
        [rain("It rained on Basra.", "Rains")],
        [sun()],
    ):
        index.add(articles)
        seen.append(index.commit.digest)
    assert len(set(seen)) == len(seen) == 5


def test_what_is_changed_and_changed_back_has_the_digest_of_before(index: Index) -> None:
    index.add([rain(), sun()])
    before = index.commit
    index.add(rain("It rained on Basra."))
    assert index.commit.digest != before.digest
    index.add(rain())
    index.remove(sun().id)
    index.add(sun())
    assert index.commit.digest == before.digest
    assert index.commit.number > before.number


def test_the_ids_count_too_so_that_an_earlier_headline_makes_a_difference(
    address: str, other_address: str
) -> None:
    """An article keeps the id with the headline of its first version, and what cites the id would differ."""
    with index_of(address, rain(title="Storm")) as first, index_of(other_address, rain()) as second:
        first.add(rain())
        assert [one.state for one in first] == [one.state for one in second]
        assert [one.id for one in first] != [one.id for one in second]
        assert first.commit.digest != second.commit.digest


def test_an_index_without_articles_has_the_digest_zero(index: Index) -> None:
    assert (index.commit.number, index.commit.digest) == (0, "0" * 64)
    index.add(rain())
    index.remove(rain().id)
    assert index.commit.digest == "0" * 64


def test_a_run_of_many_commits_has_the_digest_of_one_commit(
    address: str, other_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [record(n, 0) for n in range(9)]
    with newssearch.create(address) as whole, newssearch.create(other_address) as parts:
        whole.update([], stream=stream(*records))
        monkeypatch.setattr(indexer, "MAX_PENDING_PARAGRAPHS", 4)
        parts.update([], stream=stream(*records))
        assert (whole.commit.number, parts.commit.number > 4) == (1, True)
        assert whole.commit.digest == parts.commit.digest


def test_a_writer_may_commit_several_times(index: Index) -> None:
    several = [rain(), sun(), *(article(f"Fog {n}", url=f"https://e.org/{n}") for n in range(20))]
    index.add(several)
    writer = index._store.writer(10)
    for one in several[:3]:
        writer.remove([one.id])
        writer.commit(last=False)
    writer.close()
    index.refresh()
    assert len(index) == 19
    assert index.commit.digest == digest_by_definition(index)


def test_an_uncommitted_change_does_not_count(index: Index) -> None:
    index.add(rain())
    before = index.commit
    writer = index._store.writer(10)
    writer.remove([rain().id])
    writer.add(sun(), sun().state)
    writer.close()
    index.refresh()
    assert index.commit == before
    index.add(sun())
    assert index.commit.digest == digest_by_definition(index)


def test_the_place_of_an_article_does_not_count(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for archive in ("here", "there/deeper"):
        news = tmp_path / archive / "news"
        news.mkdir(parents=True)
        (news / "a.txt").write_text("Rain\n\nIt rained on Baghdad.\n", encoding="utf-8")
        (news / ("b.jsonl" if archive == "here" else "moved.jsonl")).write_text(json.dumps(record(1, 0)), encoding="utf-8")  # fmt: skip
        monkeypatch.chdir(tmp_path / archive)  # the archive of an index in no folder
        with newssearch.open_or_create(engine.address(tmp_path / archive / "index")) as index:
            index.update(news)
            made.append((len(index), index.commit.digest))
    assert made[0] == made[1]
    assert made[0][0] == 2


def test_a_rebuild_and_a_salvage_have_the_digest_of_the_index(
    address: str, other_address: str, tmp_path: Path
) -> None:
    news = tmp_path / "news"
    news.mkdir()
    for n in range(3):
        (news / f"{n}.jsonl").write_text(json.dumps(record(n, 0)), encoding="utf-8")
    with newssearch.create(address) as index:
        index.update(news)
        before = index.commit
        newssearch.rebuild(address, news)
        assert index.refresh()
        assert (index.commit.digest, index.commit.number) == (before.digest, before.number + 1)
        assert index.commit.time > before.time
    newssearch.salvage(address, other_address)
    with newssearch.open(other_address) as saved:
        assert saved.commit.digest == before.digest


# ---- number and time


def test_a_commit_has_a_number_and_a_time_that_grow(index: Index) -> None:
    began = dt.datetime.now(dt.timezone.utc)
    commits = [index.commit]
    for one in (rain(), sun()):
        index.add(one)
        commits.append(index.commit)
    assert [one.number for one in commits] == [0, 1, 2]
    assert commits[0].time < began < commits[1].time < commits[2].time <= dt.datetime.now(dt.timezone.utc)
    assert all(one.added is not None and one.added < commits[2].time for one in index)
    assert commits[2].time.utcoffset() == dt.timedelta(0)


def test_a_commit_is_a_plain_value(index: Index) -> None:
    index.add(rain())
    commit = index.commit
    assert pickle.loads(pickle.dumps(commit)) == commit
    assert commit.to_dict() == {
        "number": 1,
        "time": commit.time.replace(tzinfo=None).isoformat() + "Z",
        "digest": commit.digest,
    }
    assert repr(commit) == f"<Commit 1 of {commit.time:%Y-%m-%d %H:%M:%S} UTC, {commit.digest[:16]}…>"


# ---- what says it


def test_all_results_say_which_commit_was_searched(address: str, index: Index) -> None:
    index.add([rain(), sun(), article("Storm", "Rain on Baghdad and Basra.", url="https://e.org/storm")])
    searched = index.commit
    with newssearch.open(address) as reader:
        index.add(article("Fog", "Fog, and rain.", url="https://e.org/fog"))
        assert index.commit != searched == reader.commit
        results = reader.search("baghdad")
        assert results.commit == searched
        assert results.to_dict()["commit"] == searched.to_dict()
        misspelt = reader.search("baghdda")
        assert misspelt.corrected is not None
        assert (misspelt.commit, misspelt.corrected.commit) == (searched, searched)
        assert reader.related(rain().id).commit == searched
        assert reader.search("nowhere").commit == searched
        assert reader.info().commit == searched
        assert reader.info().to_dict()["commit"] == searched.to_dict()
        reader.refresh()
        assert reader.search("baghdad").commit == reader.info().commit == index.commit


# ---- refresh


def test_a_refresh_says_whether_anything_has_changed(address: str, index: Index, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(record(1, 0)), encoding="utf-8")
    with newssearch.open(address) as reader:
        assert not reader.refresh()
        for change in (
            lambda: index.add(rain()),
            lambda: index.remove(rain().id),
            lambda: index.update(tmp_path / "a.jsonl"),
            lambda: newssearch.rebuild(address, tmp_path / "a.jsonl"),
        ):
            change()
            assert reader.refresh()
            assert not reader.refresh()
        assert index.refresh()
        assert not index.refresh()
        assert reader.commit == index.commit
        assert titles_of(reader) == ["Story 1"]


def titles_of(index: Index) -> list[str | None]:
    return [one.title for one in index]


def test_a_refresh_without_a_change_keeps_what_is_open(index: Index) -> None:
    index.add(rain())
    with index._shared.reading() as before:
        index.refresh()
        with index._shared.reading() as after:
            assert after is before


def test_a_run_that_brings_nothing_is_a_change_because_it_is_the_last_run(address: str, index: Index) -> None:
    index.add(rain())
    with newssearch.open(address) as reader:
        assert reader.find("rain", since_run=True) == [rain().id]
        index.update([])
        assert index.commit == reader.commit
        assert reader.refresh()
        assert reader.find("rain", since_run=True) == []
        assert not reader.refresh()


def test_threads_may_refresh_at_once(address: str, index: Index) -> None:
    with newssearch.open(address) as reader:
        for n in range(5 * THOROUGH):
            index.add(article(f"Rain {n}", url=f"https://e.org/{n}"))
            together = threading.Barrier(6)
            seen: list[tuple[bool, bool]] = []

            def refresh(together: threading.Barrier = together, seen: list[tuple[bool, bool]] = seen) -> None:
                together.wait(60)
                seen.append((reader.refresh(), reader.commit == index.commit))

            threads = [threading.Thread(target=refresh) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert [newest for _, newest in seen] == [True] * 6
            assert any(changed for changed, _ in seen)
            assert not reader.refresh()
