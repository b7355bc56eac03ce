"""A node with TLS and users: who may do what, and what is said to whom may not. The roles are those of docs/opensearch.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newssearch import IndexUnreachableError, IndexWriteError, NewssearchError
from newssearch.engines.opensearch.address import cluster_address
from newssearch.engines.opensearch.bulk import Action
from newssearch.engines.opensearch.client import Client
from newssearch.engines.opensearch.connection_settings import connection_settings

from .indices import BODY, COUNT, numbers, total
from .secured import ADMIN, PASSWORD, SecuredCluster, make_certificates

INDEX = "news-1"


@pytest.fixture(scope="module", autouse=True)
def _an_index_and_a_stranger(users: SecuredCluster) -> None:
    """Add somebody without a role, and an index that the writer made."""
    users.add_user("stranger", PASSWORD, "nothing", {"cluster_permissions": ["cluster:monitor/main"]})
    writer = client_of(users, "writer")
    if not writer.indices_of("news"):
        writer.create_index(INDEX, BODY)
        writer.bulk(numbers(30), INDEX, refresh=True)
        writer.update_aliases([{"add": {"index": INDEX, "alias": "news"}}])


def client_of(
    secured: SecuredCluster, user: str | None, password: str | None = None, **variables: str
) -> Client:
    """Return a client as a user has it who has set the variables of the environment."""
    environ = secured.environment_of(user or "", password or PASSWORD)
    if user is None:
        del environ["NEWSSEARCH_OPENSEARCH_USER"], environ["NEWSSEARCH_OPENSEARCH_PASSWORD"]
    environ |= variables
    address = cluster_address(secured.address("news"))
    return Client(address, connection_settings(address, environ))


def test_the_role_of_a_reader_is_enough_to_read_and_no_more(users: SecuredCluster) -> None:
    client = client_of(users, "reader")
    assert client.version.startswith(("2.", "3."))
    assert client.indices_of("news") == [INDEX]
    assert total(client, "news") == 30
    pit = client.open_pit("news")
    assert total(client, pit) == 30
    client.request("DELETE", "/_search/point_in_time", {"pit_id": [pit.id]})
    assert client.get("news", "7") is not None
    assert len(client.get_many("news", ["7", "8"])) == 2
    assert client.stats("news").documents == 30
    assert client.mapping("news")["dynamic"] == "strict"
    assert client.matching_indices(f"{INDEX}*") == {INDEX: ["news"]}
    writing: list[Callable[[], object]] = [
        lambda: client.bulk(numbers(1), INDEX), lambda: client.put(INDEX, "1", {"number": 5}), lambda: client.delete(INDEX, "1"),
        lambda: client.create_index("news-2", BODY), lambda: client.delete_index(INDEX), lambda: client.refresh(INDEX),
        lambda: client.put_settings(INDEX, {"index.refresh_interval": "1s"}), lambda: client.put_mapping(INDEX, {"_meta": {}}),
        lambda: client.update_aliases([{"remove": {"index": INDEX, "alias": "news"}}]),
    ]  # fmt: skip
    for change in writing:
        with pytest.raises(IndexWriteError, match="NEWSSEARCH_OPENSEARCH_USER may not write to news"):
            change()
    assert total(client, "news") == 30


def test_the_role_of_a_writer_is_enough_to_write(users: SecuredCluster) -> None:
    client = client_of(users, "writer")
    client.create_index("news-of-writer", BODY)
    client.put_mapping("news-of-writer", {"_meta": {"format": 1}})
    client.put_settings("news-of-writer", {"index.refresh_interval": "-1"})
    assert client.bulk([*numbers(5), Action("delete", "1")], "news-of-writer", refresh=True).written == 6
    lock = client.put("news-of-writer", "lock", {}, create=True)
    assert client.delete("news-of-writer", "lock", over=lock)
    client.update_aliases([{"add": {"index": "news-of-writer", "alias": "news-alias"}}])
    client.update_aliases([{"remove_index": {"index": "news-of-writer"}}])
    with pytest.raises(IndexWriteError, match="may not write"):
        client.create_index("other", BODY)
    with pytest.raises(IndexUnreachableError, match="may not search"):
        client.search(COUNT, index="other")


def test_somebody_without_a_role_may_not_search(users: SecuredCluster) -> None:
    with pytest.raises(IndexUnreachableError, match="NEWSSEARCH_OPENSEARCH_USER may not search news"):
        client_of(users, "stranger").search(COUNT, index="news")


@pytest.mark.parametrize(
    ("user", "password", "said"),
    [
        ("reader", "wrong-password", "does not accept the user and password, or the token, of NEWSSEARCH_OPENSEARCH_USER"),
        ("nobody", "wrong-password", "does not accept the user and password"),
        (None, None, "requires a user and a password: set NEWSSEARCH_OPENSEARCH_USER"),
    ],
)  # fmt: skip
def test_who_is_not_known_is_told_so(
    users: SecuredCluster, user: str | None, password: str | None, said: str
) -> None:
    client = client_of(users, user, password)
    for asking in (lambda: client.search(COUNT, index="news"), lambda: client.bulk(numbers(1), INDEX), lambda: client.version):  # fmt: skip
        with pytest.raises(IndexUnreachableError, match=said) as raised:
            asking()
        assert "wrong-password" not in str(raised.value)


def test_a_token_that_the_cluster_does_not_know_is_named(users: SecuredCluster) -> None:
    client = client_of(users, None, NEWSSEARCH_OPENSEARCH_TOKEN="abc")
    with pytest.raises(IndexUnreachableError, match="or the token, of NEWSSEARCH_OPENSEARCH_TOKEN"):
        client.search(COUNT, index="news")


def test_a_certificate_of_another_authority_is_not_believed(users: SecuredCluster, tmp_path: Path) -> None:
    make_certificates(tmp_path)
    for ca_file in ("", str(tmp_path / "ca.pem")):
        client = client_of(users, "reader", NEWSSEARCH_OPENSEARCH_CA=ca_file)
        with pytest.raises(IndexUnreachableError, match=r"the certificate of localhost:\d+ is not trusted \(.*\); set NEWSSEARCH_OPENSEARCH_CA"):  # fmt: skip
            client.search(COUNT, index="news")
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(NewssearchError, match=r"empty\.pem has no certificates"):
        client_of(users, "reader", NEWSSEARCH_OPENSEARCH_CA=str(tmp_path / "empty.pem"))


def test_a_certificate_for_another_name_is_not_believed(users: SecuredCluster) -> None:
    environ = {"NETRC": "/nonexistent", "NEWSSEARCH_OPENSEARCH_CA": str(users.ca_file)}
    address = cluster_address(users.address("news").replace("localhost", "127.0.0.1"))
    with pytest.raises(IndexUnreachableError, match=r"is not trusted \(IP address mismatch"):
        Client(address, connection_settings(address, environ)).search(COUNT, index="news")


def test_a_connection_without_tls_is_told_that_the_cluster_may_want_it(users: SecuredCluster) -> None:
    client = Client(cluster_address(users.address("news").replace("opensearch:", "opensearch+http:")))
    with pytest.raises(IndexUnreachableError, match="if it speaks TLS, write opensearch://"):
        client.search(COUNT, index="news")


def test_the_user_of_a_netrc_file_is_known(users: SecuredCluster, tmp_path: Path) -> None:
    path = tmp_path / "netrc"
    path.touch(mode=0o600)
    path.write_text(f"machine localhost login {ADMIN[0]} password {ADMIN[1]}\n")
    assert total(client_of(users, None, NETRC=str(path)), "news") == 30
