"""What the client of the engine promises, on real nodes that are well."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from newssearch import (
    IndexExistsError,
    IndexNotFoundError,
    IndexUnreachableError,
    IndexVersionError,
    IndexWriteError,
    QueryError,
)
from newssearch.engines.opensearch.address import cluster_address
from newssearch.engines.opensearch.bulk import Action
from newssearch.engines.opensearch.client import Client
from newssearch.engines.opensearch.failures import ConflictError, PointInTimeLostError

from .indices import BODY, COUNT, numbers, total
from .server import Cluster


def test_what_was_written_is_found_after_a_refresh(client: Client, name: str) -> None:
    assert client.bulk(numbers(3000), name, refresh=True).written == 3000
    assert total(client, name) == 3000
    assert client.stats(name).documents == 3000
    assert client.stats(name).size > 0
    assert client.version.startswith(("2.", "3."))


def test_a_document_is_read_as_it_was_written_last_before_any_refresh(client: Client, name: str) -> None:
    client.bulk(numbers(3), name)
    found = client.get(name, "1")
    assert found is not None
    assert (found.id, found.source, found.version) == ("1", {"number": 1}, 1)
    assert client.get(name, "7") is None
    many = client.get_many(name, ["2", "7", "0"])
    assert {key: one.source["number"] for key, one in many.items()} == {"2": 2, "0": 0}
    assert client.get_many(name, ["2"], source=False)["2"].source == {}
    assert client.get_many(name, []) == {}


def test_a_later_version_wins_whatever_the_order(client: Client, name: str) -> None:
    """So a run that was killed and run again, and a run that comes late, leave the same state."""
    assert client.bulk(numbers(5, version=7), name).written == 5
    assert client.bulk(numbers(5, version=7), name).written == 5
    late = client.bulk([Action("index", "1", {"number": 100}, 6), Action("delete", "2", None, 6)], name)
    assert (late.written, late.conflicts) == (0, ["1", "2"])
    gone = client.bulk([Action("delete", "3", None, 8), Action("delete", "none", None, 8), Action("index", "3", {"number": 0}, 7)], name)  # fmt: skip
    assert (gone.written, gone.missing, gone.conflicts) == (1, ["none"], ["3"])
    found = client.get_many(name, "12345")
    assert {key: one.source["number"] for key, one in found.items()} == {"1": 1, "2": 2, "4": 4}


def test_a_document_that_the_mapping_does_not_take_is_rejected_alone(client: Client, name: str) -> None:
    outcome = client.bulk([*numbers(2), Action("index", "x", {"number": "many"})], name)
    assert outcome.written == 2
    assert list(outcome.rejected) == ["x"]
    assert "integer" in outcome.rejected["x"]
    with pytest.raises(IndexVersionError, match="mapping set to strict"):
        client.bulk([Action("index", "x", {"colour": 1})], name)


def test_of_two_who_write_a_document_one_is_told_that_the_other_was_faster(client: Client, name: str) -> None:
    mine = client.put(name, "lock", {"number": 1}, create=True)
    with pytest.raises(ConflictError):
        client.put(name, "lock", {"number": 2}, create=True)
    renewed = client.put(name, "lock", {"number": 3}, over=mine)
    for late in (lambda: client.put(name, "lock", {"number": 4}, over=mine), lambda: client.delete(name, "lock", over=mine)):  # fmt: skip
        with pytest.raises(ConflictError):
            late()
    assert client.get(name, "lock") == renewed
    assert client.delete(name, "lock", over=renewed)
    assert not client.delete(name, "lock")


def test_a_point_in_time_does_not_see_what_comes_later(client: Client, name: str) -> None:
    client.bulk(numbers(10), name, refresh=True)
    pit = client.open_pit(name)
    client.bulk(numbers(20, 10), name, refresh=True)
    assert (total(client, pit), total(client, name)) == (10, 20)
    client.close_pit(pit)
    client.close_pit(pit)
    with pytest.raises(PointInTimeLostError):
        total(client, pit)


def test_a_point_in_time_whose_index_was_removed_is_gone(client: Client, name: str) -> None:
    client.create_index(f"{name}-old", BODY)
    pit = client.open_pit(f"{name}-old")
    assert client.delete_index(f"{name}-old")
    with pytest.raises(PointInTimeLostError):
        total(client, pit)
    client.close_pit(pit)


def test_an_alias_moves_to_another_index_in_one_step_under_searches(client: Client, name: str) -> None:
    alias, new = f"{name}-alias", f"{name}-new"
    assert client.indices_of(alias) == []
    client.bulk(numbers(10), name, refresh=True)
    client.create_index(new, BODY)
    client.bulk(numbers(25), new, refresh=True)
    client.update_aliases([{"add": {"index": name, "alias": alias}}])
    assert client.indices_of(alias) == [name]
    with pytest.raises(IndexNotFoundError):
        client.bulk(numbers(1), name, require_alias=True)
    with ThreadPoolExecutor(1) as pool:
        searches = [pool.submit(total, client, alias) for _ in range(40)]
        searches[5].result()
        client.update_aliases([{"remove": {"index": name, "alias": alias}}, {"add": {"index": new, "alias": alias}}])  # fmt: skip
        assert {search.result() for search in searches} <= {10, 25}
    assert total(client, alias) == 25
    assert client.matching_indices(f"{name}*") == {name: [], new: [alias]}
    assert client.delete_index(new)
    assert not client.delete_index(new)


def test_what_is_kept_with_a_mapping_and_the_settings_can_be_changed(client: Client, name: str) -> None:
    client.put_mapping(name, {"_meta": {"format": 3}, "properties": {"word": {"type": "keyword"}}})
    assert client.mapping(name)["_meta"] == {"format": 3}
    assert client.mapping(name)["properties"]["word"] == {"type": "keyword"}
    client.put_settings(name, {"index.refresh_interval": "-1"})
    assert client.settings(name)["index.refresh_interval"] == "-1"
    client.put_settings(name, {"index.refresh_interval": None})
    assert "index.refresh_interval" not in client.settings(name)


def test_an_index_that_is_there_is_not_made_again_and_one_that_is_not_is_missing(
    client: Client, name: str
) -> None:
    with pytest.raises(IndexExistsError):
        client.create_index(name, BODY)
    nowhere: list[Callable[[], object]] = [
        lambda: client.search(COUNT, index="none"), lambda: client.open_pit("none"), lambda: client.get("none", "1"),
        lambda: client.get_many("none", ["1"]), lambda: client.bulk(numbers(1), "none"), lambda: client.put("none", "1", {}),
        lambda: client.refresh("none"), lambda: client.mapping("none"), lambda: client.settings("none"), lambda: client.stats("none"),
    ]  # fmt: skip
    for reading in nowhere:
        with pytest.raises(IndexNotFoundError, match=r"no such index \[none\]"):
            reading()
    assert client.matching_indices("none*") == {}


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("index.blocks.write", "does not take changes now"),
        ("index.blocks.read_only_allow_delete", "the disk of a node is nearly full"),
    ],
)
def test_an_index_that_is_blocked_says_why_and_is_still_searched(
    client: Client, name: str, block: str, said: str
) -> None:
    """The second block is the one that the cluster itself sets if a disk is nearly full."""
    client.bulk(numbers(3), name, refresh=True)
    client.put_settings(name, {block: True})
    try:
        for writing in (lambda: client.bulk(numbers(4), name), lambda: client.put(name, "9", {"number": 9})):
            with pytest.raises(IndexWriteError, match=said):
                writing()
        assert total(client, name) == 3
    finally:
        client.put_settings(name, {block: None})
    assert client.bulk(numbers(4), name).written == 4


def test_a_query_of_too_many_clauses_is_an_error_of_the_query(client: Client, name: str) -> None:
    clauses = [{"term": {"number": number}} for number in range(2000)]
    with pytest.raises(QueryError, match="too large for the cluster"):
        client.search({"query": {"bool": {"should": clauses}}}, index=name)


def test_a_connection_by_tls_to_a_server_without_it_says_so(cluster: Cluster) -> None:
    client = Client(cluster_address(cluster.address("news").replace("+http", "")))
    with pytest.raises(IndexUnreachableError, match=r"does not speak TLS; .* opensearch\+http://"):
        _ = client.version


def test_threads_share_a_client(client: Client, name: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(client.bulk, numbers(n + 50, n), name) for n in range(0, 400, 50)]
        assert sum(one.result().written for one in writing) == 400
        client.refresh(name)
        assert {one.result() for one in [pool.submit(total, client, name) for _ in range(40)]} == {400}
