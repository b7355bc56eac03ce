"""The address of an index on a cluster, and who asks: what is wrong is refused before any request, and secrets stay secret."""

from __future__ import annotations

import re
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from newssearch import ConfigError, NewssearchError
from newssearch.cli.commands import run
from newssearch.engines.opensearch import transport
from newssearch.engines.opensearch.address import ClusterAddress, Host, cluster_address
from newssearch.engines.opensearch.client import Client
from newssearch.engines.opensearch.connection_settings import ConnectionSettings, connection_settings

SECRET = "hunter2-öäü:/@"
TLS = cluster_address("opensearch://search.example.org/news")
NOTHING = {"NETRC": "/nonexistent"}


@pytest.mark.parametrize(
    ("text", "hosts", "tls", "name"),
    [
        ("opensearch://a:9201/news", [("a", 9201)], True, "news"),
        ("opensearch://a,b:1/n", [("a", 9200), ("b", 1)], True, "n"),
        ("opensearch+http://127.0.0.1:9200/my-news_2.x", [("127.0.0.1", 9200)], False, "my-news_2.x"),
        ("opensearch://[::1]:9200,search.example.org/news/", [("::1", 9200), ("search.example.org", 9200)], True, "news"),
        (" opensearch://A.Example/news ", [("a.example", 9200)], True, "news"),
        ("opensearch:/a/news", [("a", 9200)], True, "news"),  # as pathlib writes it
        ("opensearch://a,a/news", [("a", 9200)], True, "news"),
    ],
)  # fmt: skip
def test_an_address_names_hosts_and_an_index(
    text: str, hosts: list[tuple[str, int]], tls: bool, name: str
) -> None:
    found = cluster_address(text)
    assert found == ClusterAddress(tuple(Host(*host) for host in hosts), tls, name)
    assert cluster_address(str(found)) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("opensearch://", "not a host of a cluster: ''"),
        ("opensearch://a", "lacks a host, or the name of the index"),
        ("opensearch://a/", "lacks a host, or the name of the index"),
        ("opensearch:///news", "lacks a host, or the name of the index"),
        ("opensearch://a,/news", "not a host of a cluster: ''"),
        ("opensearch://a:0/news", "not a host of a cluster: 'a:0'"),
        ("opensearch://a:70000/news", "not a host of a cluster: 'a:70000'"),
        ("opensearch://a b/news", "not a host of a cluster: 'a b'"),
        ("opensearch://[::g]/news", r"not a host of a cluster"),
        ("opensearch://[1::2::3]/news", "not an address of IPv6"),
        ("opensearch://a/News", "not a name of an index: 'News'"),
        ("opensearch://a/-news", "not a name of an index: '-news'"),
        ("opensearch://a/_all", "not a name of an index: '_all'"),
        ("opensearch://a/..", r"not a name of an index"),
        ("opensearch://a/b/c", "not a name of an index: 'b/c'"),
        ("opensearch://a/news*", r"not a name of an index: 'news\*'"),
        ("opensearch://a/a,b", "not a name of an index: 'a,b'"),
        ("opensearch://a/news?x=1", "not a name of an index"),
        ("opensearch://a/خبر", "not a name of an index"),
        ("opensearch://a/news\nX", "not a name of an index"),
        ("opensearch://a/" + "x" * 181, "at most 180 characters, and this one 181"),
        ("https://a/news", "not the address of an index on a cluster"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        cluster_address(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http://a:9200/b", r"no address with http://; write opensearch\+http://HOST:PORT/NAME"),
        ("HTTPS://a/b", "no address with https://; write opensearch://HOST:PORT/NAME"),
        ("opensearch+https://a/b", r"no address with opensearch\+https://; write opensearch://HOST"),
        ("elasticsearch://me:hunter2@a/b", "no engine knows elasticsearch://"),
        ("opensearch:b", "has two slashes: write it as opensearch://HOST"),
        ("OpenSearch+http:b/c", r"has two slashes: write it as opensearch\+http://HOST"),
    ],
)
def test_what_resembles_an_address_is_no_folder_and_the_message_says_what_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("Rain\n\nIt rained.", encoding="utf-8")
    for command in (["query", "rain"], ["index", "a.txt"], ["copy", "index"]):
        named = [text] if command[0] == "copy" else ["--index", text]
        assert run([*command, *named]) == 2
        err = capsys.readouterr().err
        assert re.search(said, err)
        assert "hunter2" not in err
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize(
    "text", ["opensearch://me:{}@a/news", "opensearch://{}@a/news", "opensearch+http://me:{}@127.0.0.1/n", "opensearch://a/n@{}"]
)  # fmt: skip
def test_a_password_in_an_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(
        ConfigError, match="NEWSSEARCH_OPENSEARCH_USER and NEWSSEARCH_OPENSEARCH_PASSWORD"
    ) as raised:
        cluster_address(text.format("hunter2"))
    assert "hunter2" not in str(raised.value)


def test_without_tls_only_this_machine_is_asked_unless_that_is_wanted() -> None:
    for near in ("127.0.0.1", "127.9.9.9", "localhost", "[::1]"):
        connection_settings(cluster_address(f"opensearch+http://{near}/news"), NOTHING)
    far = cluster_address("opensearch+http://localhost,10.0.0.7/news")
    with pytest.raises(ConfigError, match=r"unencrypted to 10\.0\.0\.7:9200: use opensearch://, or set NEWSSEARCH_OPENSEARCH_INSECURE=1"):  # fmt: skip
        connection_settings(far, NOTHING)
    with pytest.raises(ConfigError):
        connection_settings(far, {**NOTHING, "NEWSSEARCH_OPENSEARCH_INSECURE": "0"})
    with pytest.raises(ConfigError, match="wanted 1 or 0"):
        connection_settings(far, {**NOTHING, "NEWSSEARCH_OPENSEARCH_INSECURE": "perhaps"})
    connection_settings(far, {**NOTHING, "NEWSSEARCH_OPENSEARCH_INSECURE": "1"})


def settings(**variables: str) -> ConnectionSettings:
    return connection_settings(TLS, {**NOTHING, **{f"NEWSSEARCH_OPENSEARCH_{name}": value for name, value in variables.items()}})  # fmt: skip


def test_a_user_and_a_password_are_of_any_characters() -> None:
    found = settings(USER="me", PASSWORD=SECRET)
    assert found.authorization == "Basic bWU6aHVudGVyMi3DtsOkw7w6L0A="
    assert found.credentials_from == "NEWSSEARCH_OPENSEARCH_USER"
    assert settings().authorization is None


def test_a_token_is_a_bearer_token_unless_it_says_otherwise() -> None:
    assert settings(TOKEN="abc").authorization == "Bearer abc"
    assert settings(TOKEN="ApiKey abc").authorization == "ApiKey abc"
    assert settings(TOKEN="Bearer abc\n").authorization == "Bearer abc"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"USER": "me"}, "NEWSSEARCH_OPENSEARCH_PASSWORD is not set"),
        ({"PASSWORD": SECRET}, "NEWSSEARCH_OPENSEARCH_USER is not set"),
        ({"USER": f"a:{SECRET}", "PASSWORD": SECRET}, "must not contain a colon"),
        ({"USER": "me", "PASSWORD": SECRET, "TOKEN": "x"}, "set only one of them"),
        ({"TOKEN": f"{SECRET}\r\nHost: x"}, "printable ASCII characters"),
        ({"CA": "/nonexistent/ca.pem"}, "there is no file /nonexistent/ca.pem"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused_without_what_is_secret(
    variables: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as raised:
        settings(**variables)
    assert SECRET not in "".join(traceback.format_exception(raised.value))


def test_a_certificate_has_no_effect_without_tls() -> None:
    with pytest.raises(ConfigError, match="NEWSSEARCH_OPENSEARCH_CA has no effect"):
        connection_settings(
            cluster_address("opensearch+http://localhost/news"),
            {**NOTHING, "NEWSSEARCH_OPENSEARCH_CA": "ca.pem"},
        )


@pytest.fixture
def netrc(tmp_path: Path) -> Path:
    path = tmp_path / "netrc"
    path.touch(mode=0o600)
    return path


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 reads no such passwords from netrc files")
def test_a_netrc_file_has_the_user_of_a_host_but_none_for_any_host(netrc: Path) -> None:
    netrc.write_text(f'machine search.example.org login me password "{SECRET}"\ndefault login all password x\n', encoding="utf-8")  # fmt: skip
    found = connection_settings(TLS, {"NETRC": str(netrc)})
    assert found == ConnectionSettings("Basic bWU6aHVudGVyMi3DtsOkw7w6L0A=", str(netrc))
    other = cluster_address("opensearch://elsewhere.example.org/news")
    assert connection_settings(other, {"NETRC": str(netrc)}).authorization is None
    given = {"NETRC": str(netrc), "NEWSSEARCH_OPENSEARCH_TOKEN": "t"}
    assert connection_settings(TLS, given).authorization == "Bearer t"


def test_a_netrc_file_that_others_may_read_or_that_is_broken_is_refused(netrc: Path) -> None:
    netrc.write_text(f"machine search.example.org login me passwort {SECRET}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="line 1 is not valid in a netrc file") as raised:
        connection_settings(TLS, {"NETRC": str(netrc)})
    assert SECRET not in "".join(traceback.format_exception(raised.value))
    netrc.write_text("machine search.example.org login me password x\n")
    netrc.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        connection_settings(TLS, {"NETRC": str(netrc)})


def test_what_is_secret_is_in_no_text_of_a_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a repr nor a failed request shows user, password or token, in any form."""
    found = ConnectionSettings("Basic bWU6aHVudGVyMg==", "NEWSSEARCH_OPENSEARCH_USER")
    client = Client(cluster_address("opensearch+http://127.0.0.1:9,localhost:9/news"), found)
    with pytest.raises(NewssearchError, match=r"does not answer: Connection refused") as raised:
        client.search({}, index="news")
    texts = [
        repr(client),
        repr(client._transport),
        repr(found),
        "".join(traceback.format_exception(raised.value)),
    ]
    assert not [text for text in texts if "bWU6" in text]
    assert raised.value.exit_code == 3


def test_the_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "urllib3", None)
    with pytest.raises(NewssearchError, match=r"urllib3: pip install 'newssearch\[opensearch\]'") as raised:
        Client(TLS, ConnectionSettings())
    assert str(raised.value) == transport.URLLIB3_MISSING


def test_the_package_is_imported_only_by_a_client() -> None:
    code = "import sys, newssearch.engines.opensearch.client; assert 'urllib3' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
