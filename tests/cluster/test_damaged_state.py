"""The state of an archive on a cluster says more or less than there is, or no alias stands for the archive."""

from __future__ import annotations

import logging
import re
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch import Article, IndexDamagedError, IndexUnreachableError, IndexVersionError, IndexWriteError
from newssearch.engines.opensearch import state, stored_articles
from newssearch.engines.opensearch.checkpoints import reached
from newssearch.engines.opensearch.client import Client
from newssearch.engines.opensearch.documents import document_id
from newssearch.engines.opensearch.extras import remove_extra
from newssearch.engines.opensearch.lock import ClusterLock
from newssearch.engines.opensearch.state import STATE, WORDS, State, read_state, write_state
from newssearch.engines.opensearch.store import OpenSearchStore
from newssearch.fields import own_field
from newssearch.integrity import verify
from newssearch.system import fault_points
from newssearch.system.frozen import FrozenDict
from support import command

from . import archives
from .archives import digest, news, put


@pytest.fixture
def store(writers_address: str, monkeypatch: pytest.MonkeyPatch) -> OpenSearchStore:
    """Return the store of an archive with five articles."""
    monkeypatch.setattr(stored_articles, "READ_PATIENCE", 0)
    with newssearch.create(writers_address) as index:
        index.add(news(1, 5))
    return OpenSearchStore(writers_address)


def change_state(store: OpenSearchStore, **parts: Any) -> None:
    found = read_state(store._client)
    write_state(store._client, found.state._replace(**parts), found.document)


def current(store: OpenSearchStore) -> State:
    return read_state(store._client).state


def lose(store: OpenSearchStore, *numbers: int) -> None:
    """Delete articles as an administrator of the cluster can."""
    base = current(store).base
    for number in numbers:
        (article,) = news(number, number)
        assert store._client.delete(base, document_id(article.id))
    store._client.refresh(base)


def remove_aliases(store: OpenSearchStore, *ends: str) -> None:
    name, base = store._client.address.name, current(store).base
    store._client.update_aliases(
        [{"remove": {"index": base + end, "alias": name + end}} for end in ends or ("", WORDS, STATE)]
    )


def sound(address: str) -> bool:
    return verify(
        address, sample=0
    ).sound  # the words of articles that an administrator writes are not indexed


# ---- the number of articles


@pytest.mark.parametrize("number", [3, 9])
def test_a_wrong_number_of_articles_is_put_right_by_the_next_run_if_their_digest_is_right(
    store: OpenSearchStore, number: int
) -> None:
    change_state(store, articles=number)
    (problem,) = store.check(5).problems()
    assert f"there are 5, and the commit states {number}; `newssearch verify --clean`" in problem.what
    store.writer(10).close()
    assert (current(store).articles, current(store).number) == (5, 1)
    assert sound(store.address)
    with newssearch.open(store.address) as index:
        index.add(news(6, 6))
        assert (len(index), current(store).articles) == (6, 6)


def test_lost_articles_are_damage_until_somebody_accepts_it(
    store: OpenSearchStore, caplog: pytest.LogCaptureFixture
) -> None:
    lose(store, 2, 4)
    for _ in range(2):
        with pytest.raises(IndexDamagedError, match=r"has 5 articles, and there are 3: .*--clean.*--rebuild"):
            store.writer(10)
        assert current(store).dead == ()  # what a refused writer would have brought
    with pytest.raises(IndexUnreachableError, match="commit has 5 articles, and a search finds 3"):
        store.snapshot()
    with caplog.at_level(logging.INFO, "newssearch"):
        found = verify(store.address, clean=True)
    assert "there are 3, and the commit states 5" in found.problems[0].what
    assert "stated 5 articles; now it states the 3 that are there" in caplog.text
    assert sound(store.address)
    with newssearch.open(store.address) as index:
        left = [one for one in news(1, 5) if one.title not in ("Report 2", "Report 4")]
        assert (index.commit.number, index.commit.digest, len(index)) == (2, digest(left), 3)
        index.add(news(2, 2))
        assert len(index) == 4


def test_a_shard_without_its_checkpoint_is_not_searched_until_somebody_has_it_written_again(
    store: OpenSearchStore,
) -> None:
    """An administrator has brought back an older copy of the index with the right articles."""
    base = current(store).base
    assert store._client.delete(base, "checkpoint-0")
    store._client.refresh(base)
    with pytest.raises(IndexUnreachableError, match="a copy of the index lags behind the last commit"):
        store.snapshot()
    (problem,) = store.check(0).problems()
    assert "does not have the checkpoint of the last commit" in problem.what
    store.clean(10, ())
    assert sound(store.address)
    with newssearch.open(store.address) as index:
        assert len(index) == 5


def test_articles_that_came_from_elsewhere_are_damage_until_somebody_accepts_it(
    store: OpenSearchStore,
) -> None:
    base = current(store).base
    (article,) = news(5, 5)
    found = store._client.get(base, document_id(article.id))
    assert found is not None
    with newssearch.open(store.address) as index:
        index.remove([article.id])
    store._client.put(base, document_id(article.id), found.source)
    store._client.refresh(base)
    with pytest.raises(IndexDamagedError, match="has 4 articles, and there are 5"):
        store.writer(10)
    store.clean(10, ())
    assert (current(store).articles, sound(store.address)) == (5, True)


def test_a_node_that_lacks_more_than_a_commit_removes_is_not_read_while_the_commit_is_made(
    store: OpenSearchStore,
) -> None:
    """Also after its run was killed, until the next one."""
    articles = news(1, 5)
    whole = store._client.get(current(store).base, document_id(articles[4].id))
    assert whole is not None
    kept = whole.source
    writer = store.writer(10)
    writer.remove([articles[0].id, articles[1].id])
    put(writer, [*news(3, 3, version=2)])
    seen = []

    def read(point: str) -> None:
        if point == "commit: changed":
            store._client.refresh(current(store).base)
            seen.append(current(store).least_articles)
            with newssearch.open(store.address) as index:
                seen.append(len(index))
            lose(store, 5)
            with pytest.raises(IndexUnreachableError):
                store.snapshot()
            store._client.put(current(store).base, document_id(articles[4].id), kept)
            raise KeyboardInterrupt

    fault_points.handler = read
    try:
        with pytest.raises(KeyboardInterrupt):
            writer.commit()
    finally:
        fault_points.handler = None
        writer.close()
    assert seen == [3, 3]
    assert current(store).changing
    store.writer(10).close()
    assert (current(store).articles, current(store).removing, current(store).changing) == (3, 0, False)
    assert sound(store.address)


def test_a_commit_that_is_made_is_reported_so_even_if_nothing_can_be_tidied_up_after_it(
    store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = store.writer(10)
    put(writer, news(6, 6))
    tidied = []

    def fail(client: Client, index: str, name: str) -> None:
        tidied.append(name)
        remove_extra(client, "no-index-of-this-name", name)

    monkeypatch.setattr("newssearch.engines.opensearch.story_keeper.remove_extra", fail)

    def no_answer(point: str) -> None:
        if point == "commit: done":
            writer._stories._stored = "outdated"
            monkeypatch.setattr(Client, "search", _no_node)

    monkeypatch.setattr(fault_points, "handler", no_answer)
    writer.commit()
    assert tidied == ["boilerplate-outdated"]
    monkeypatch.undo()
    put(writer, news(7, 7))
    writer.commit()
    writer.close()
    assert (current(store).number, current(store).articles) == (3, 7)


def _no_node(*_: object, **__: object) -> Any:
    raise IndexUnreachableError("no node answers", Path())


# ---- some of the indices are older than the others


def restore_state(store: OpenSearchStore, before: State) -> None:
    """Bring back the state of an earlier moment, as an administrator can, and leave the articles as they are."""
    found = read_state(store._client)
    write_state(store._client, before, found.document)


def later_commits(store: OpenSearchStore) -> list[Article]:
    """Replace, remove and add articles in two commits, and return those that are there then."""
    with newssearch.open(store.address) as index:
        index.add(news(3, 3, version=2))
        index.remove([news(1, 1)[0].id])
        index.add(news(6, 8))
    return [*news(2, 2), *news(3, 3, version=2), *news(4, 8)]


def test_a_state_that_is_older_than_its_articles_is_said_to_be_and_can_be_mended(
    store: OpenSearchStore,
) -> None:
    before = current(store)
    there = later_commits(store)
    restore_state(store, before)
    for _ in range(2):
        with pytest.raises(
            IndexDamagedError,
            match=r"last commit is older than its articles: restore all .*--clean.*--rebuild",
        ):
            store.writer(10)
    assert current(store) == before  # nothing is changed unasked
    assert "its last commit is older than its articles" in next(store.check(0).problems()).what
    store.clean(10, ())
    assert sound(store.address)
    with newssearch.open(store.address) as index:
        assert (index.commit.digest, len(index)) == (digest(there), 7)
        index.add(news(9, 9))
        assert len(index) == 8
    assert sound(store.address)


def test_own_fields_that_an_older_state_does_not_know_are_kept(store: OpenSearchStore) -> None:
    before = current(store)
    writer = store.writer(10)
    writer.keep([own_field("theme", "value")])
    (article,) = news(6, 6)
    article = replace(article, extra=FrozenDict({"theme": "flood"}))
    put(writer, [article])
    writer.commit()
    writer.close()
    restore_state(store, before)
    store.clean(10, ())
    with newssearch.open(store.address) as index:
        assert index.search("theme:flood").total_articles == 1
        index.add(
            [replace(article, title="Again", id="again-1")]
        )  # a copy, which lets the first one be written again
        assert index.search("theme:flood", group=False).total_articles == 2
    assert sound(store.address)


def test_a_state_that_is_older_than_a_killed_run_is_no_damage(store: OpenSearchStore) -> None:
    """Its articles are as the state says, beside what the run has left."""
    before = current(store)
    killed = archives.run("bring", store.address, 1, fault="commit: new articles sent")
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    restore_state(store, before)
    store.writer(10).close()
    assert sound(store.address)
    with newssearch.open(store.address) as index:
        assert (index.commit.digest, len(index)) == (digest(news(1, 5)), 5)


def test_articles_that_are_older_than_the_state_are_damage_even_if_there_are_as_many(
    store: OpenSearchStore,
) -> None:
    client, base = store._client, current(store).base
    (article,) = news(3, 3)
    old = client.get(base, document_id(article.id))
    checkpoint = client.search({"query": reached(0), "size": 1}, index=base)["hits"]["hits"][0]
    assert old is not None
    with newssearch.open(store.address) as index:
        index.add(news(3, 3, version=2))
    client.put(base, document_id(article.id), old.source)
    client.put(base, checkpoint["_id"], checkpoint["_source"])
    client.refresh(base)
    with pytest.raises(IndexDamagedError, match="its articles are older than its last commit"):
        store.writer(10)
    store.clean(10, ())
    assert sound(store.address)
    with newssearch.open(store.address) as index:
        assert index.commit.digest == digest(news(1, 5))


def test_a_missing_checkpoint_is_written_again_by_the_next_run_if_the_digest_is_right(
    store: OpenSearchStore,
) -> None:
    base = current(store).base
    assert store._client.delete(base, "checkpoint-0")
    store._client.refresh(base)
    store.writer(10).close()
    assert sound(store.address)
    assert len(list(store.snapshot().articles())) == 5


def test_what_verify_says_to_do_brings_all_articles_back(
    writers_address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last line, word for word: a rebuild alone is refused, because it would forget when articles came."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSSEARCH_INDEX", writers_address)
    monkeypatch.setattr(stored_articles, "READ_PATIENCE", 0)
    cli = command(capsys, monkeypatch)
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text(f"Report {number}\n\nIt rained on town{number}.\n", "utf-8")
    assert cli("index", ".").code == 0
    store = OpenSearchStore(writers_address)
    kept, lost = list(store.snapshot().articles())[:2]
    assert store._client.delete(current(store).base, document_id(lost.id))
    store._client.refresh(current(store).base)
    assert cli("index", "--rebuild", ".").code == 3
    said = cli("verify")
    assert said.code == 3
    advice = said.out.splitlines()[-1]
    steps = re.findall("`newssearch ([^`]*)`", advice)
    assert steps == ["verify --clean", "index --rebuild FILES…", "salvage"]
    cleaned = cli(*steps[0].split())
    assert "verify --clean" not in cleaned.out.splitlines()[-1]
    assert cli(*steps[1].replace("FILES…", ".").split()).code == 0
    sound = cli("verify")  # the indices of before are leftovers
    assert sound.code == 0
    assert sound.out.splitlines()[-1].startswith("sound: 4 articles")
    with newssearch.open(writers_address) as index:
        assert index.article(kept.id).added == kept.added
        assert index.search("town0 OR town1 OR town2 OR town3").total_articles == 4


# ---- aliases


def test_an_archive_without_aliases_is_damaged_and_not_made_anew(store: OpenSearchStore) -> None:
    base = current(store).base
    remove_aliases(store)
    for refused in (store.open, lambda: store.writer(0), lambda: store.create(10), store.snapshot):
        with pytest.raises(IndexDamagedError, match=f"no alias stands for {base}, which has 5 articles"):
            refused()
    begun = store.rebuild(10)
    writer = begun.begin()
    put(writer, news(1, 2))
    writer.commit()
    writer.close()
    begun.close()
    state.put_in_place(store._client, base)  # as an administrator would: nothing is lost yet
    with newssearch.open(store.address) as index:
        assert len(index) == 5


def test_a_rebuild_takes_the_place_of_an_archive_without_aliases(store: OpenSearchStore) -> None:
    base = current(store).base
    remove_aliases(store)
    begun = store.rebuild(10)
    writer = begun.begin()
    put(writer, news(1, 2))
    writer.commit()
    begun.finish()
    writer.close()
    begun.close()
    with newssearch.open(store.address) as index:
        assert len(index) == 2
    assert base not in state.archive_indices(store._client)


def test_what_a_broken_first_rebuild_leaves_does_not_hinder_a_new_archive(writers_address: str) -> None:
    store = OpenSearchStore(writers_address)
    begun = store.rebuild(10)
    writer = begun.begin()
    put(writer, news(1, 2))
    writer.commit()
    writer.close()
    begun._base = None  # it is killed
    begun.close()
    store.create(10).close()
    store.writer(10).close()
    assert len(state.archive_indices(store._client)) == 3


def test_no_index_of_an_archive_is_a_leftover_as_long_as_an_alias_stands_for_another(
    store: OpenSearchStore,
) -> None:
    remove_aliases(store, STATE)
    with pytest.raises(IndexDamagedError):
        store.open()
    begun = store.rebuild(10)
    begun.begin().close()
    begun.close()
    base = next(index for index, aliases in state.archive_indices(store._client).items() if aliases)
    name = store._client.address.name
    store._client.update_aliases(
        [{"add": {"index": base.removesuffix(WORDS) + STATE, "alias": name + STATE}}]
    )
    with newssearch.open(store.address) as index:
        assert len(index) == 5


@pytest.mark.parametrize("end", ["", STATE])
def test_an_alias_that_also_stands_for_a_foreign_index_is_refused(store: OpenSearchStore, end: str) -> None:
    name = store._client.address.name
    foreign = f"{name}-foreign"
    store._client.create_index(foreign, {})
    store._client.update_aliases([{"add": {"index": foreign, "alias": name + end}}])
    for refused in (store.open, lambda: store.writer(10)):
        with pytest.raises(IndexVersionError, match=f"{foreign} is not an index of newssearch"):
            refused()
    store._client.update_aliases([{"remove": {"index": foreign, "alias": name + end}}])
    store.open()


def test_a_rebuild_that_stood_still_does_not_replace_what_was_committed_meanwhile(
    store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = store.rebuild(10)
    writer = begun.begin()
    put(writer, news(1, 2))
    writer.commit()
    change = Client.update_aliases
    monkeypatch.setattr(ClusterLock, "check", lambda lock: None)  # it stands still after its last look

    def stand_still(client: Client, actions: list[dict[str, Any]]) -> None:
        if any("remove_index" in one or begun_base in str(one) for one in actions):
            monkeypatch.setattr(Client, "update_aliases", change)
            lock_index = store._client.address.name + state.LOCK
            store._client.delete(lock_index, "lock")
            with newssearch.open(store.address) as index:
                index.add(news(6, 7))
        change(client, actions)

    begun_base = str(begun._base)
    monkeypatch.setattr(Client, "update_aliases", stand_still)
    with pytest.raises(IndexWriteError, match="another run has taken over from this one"):
        begun.finish()
    writer.close()
    begun.close()
    with newssearch.open(store.address) as index:
        assert len(index) == 7
    store.writer(10).close()
    assert store.leftovers(()) == []
