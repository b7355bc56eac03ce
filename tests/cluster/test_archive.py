"""An archive whose index is on a cluster: its folder, its settings, and the same commands as for an index in a folder."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch import Article, Index
from newssearch.engines.opensearch import (
    answer_sizes,
    article_limits,
    articles_by_id,
    page_ranking,
    ranking,
)
from newssearch.engines.opensearch.checkpoints import reached
from newssearch.engines.opensearch.client import Client
from newssearch.engines.opensearch.state import STATE, WORDS, read_state
from newssearch.engines.opensearch.store import OpenSearchStore
from newssearch.engines.opensearch.transport import Transport
from support import Command, command, index_of

STORY = "{}\n\nBy Ana Silva\n\n25 July 2024\n\nThe river {} above its banks on Monday, and the council closed two bridges.\n"


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an archive of two articles in two folders, which is the working folder."""
    for at, name in enumerate(("2023/a.txt", "2024/b.txt")):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(STORY.format(f"Rain {at}", "rose"), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, address: str) -> Command:
    """Return the command line for an index on the cluster."""
    monkeypatch.setenv("NEWSSEARCH_INDEX", address)
    return command(capsys, monkeypatch)


def test_an_archive_is_indexed_searched_changed_and_checked_by_the_same_commands(
    cli: Command, archive: Path, address: str
) -> None:
    assert cli("index", "2023", "2024").out.startswith("articles: 2 added")
    assert "2 articles (1 story), 2 matching paragraphs" in cli("query", "river bridges").out
    (archive / "2024/b.txt").write_text(STORY.format("Rain 1", "fell"), "utf-8")
    (archive / "2023/a.txt").unlink()
    ran = cli("index", "2023", "2024", "--prune", "--yes")
    assert ran.out.startswith("articles: 0 added, 1 updated, 0 unchanged, 1 removed"), ran
    assert "1 article, 1 matching paragraph" in cli("query", "fell").out
    assert cli("verify").out.startswith("sound: 1 article")
    assert cli("info").out.startswith(f"{address}: 1 article, ")
    assert json.loads(cli("info", "--json").out)["folder"] == address
    assert cli("remove", "--path", "2024", "--yes").out.startswith("1 removed")
    assert "0 articles" in cli("query", "river").out


def test_the_folder_with_the_settings_is_the_archive_wherever_below_it_a_person_works(
    cli: Command, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (archive / "newssearch.toml").write_text('lang = "fr"', "utf-8")
    monkeypatch.chdir(archive / "2024")
    cli("index", "b.txt", "../2023")
    assert [hit["path"] for hit in json.loads(cli("query", "river", "--json", "--sort", "id", "--no-group").out)["hits"]] == [
        "2023/a.txt", "2024/b.txt",
    ]  # fmt: skip
    monkeypatch.chdir(archive)
    assert cli("index", "2023", "2024").out.startswith("articles: 0 added, 0 updated, 2 unchanged")


def test_who_searches_from_elsewhere_has_the_settings_of_the_archive(
    cli: Command, archive: Path, address: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    (archive / "newssearch.toml").write_text(
        '[folders]\n"2024" = "The Echo"\n[outlets]\n"The Echo" = ["Echo Online"]', "utf-8"
    )
    cli("index", "2024")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert "1 article" in cli("query", "river", "--outlet", "Echo Online").out
    assert json.loads(cli("info", "--config", "--json").out)["outlets"] == {
        "value": {"The Echo": ["Echo Online"]}, "from": "the index",
    }  # fmt: skip
    with newssearch.open(address) as index:
        index.add(newssearch.Article.create(title="Sun", text="The sun shone."))
    assert "1 article" in cli("query", "river", "--outlet", "Echo Online").out  # still
    other = Path("other.txt")
    other.write_text(STORY.format("Snow", "froze"), "utf-8")
    assert cli("index", "--rebuild", "--yes", "other.txt").out.startswith("articles: 1 added")
    assert json.loads(cli("info", "--config", "--json").out)["outlets"]["from"] == "the index"


def test_the_settings_say_how_a_new_index_is_spread(cli: Command, archive: Path, address: str) -> None:
    (archive / "newssearch.toml").write_text("[opensearch]\nshards = 3\nreplicas = 0\n", "utf-8")
    cli("index", "2024")
    client = OpenSearchStore(address)._client
    (behind,) = client.indices_of(client.address.name)
    assert tuple(client.settings(behind)[f"index.number_of_{name}"] for name in ("shards", "replicas")) == (
        "3",
        "0",
    )
    (archive / "newssearch.toml").write_text("[opensearch]\nshards = 0\n", "utf-8")
    assert cli("index", "2024").err == (
        "error: newssearch.toml: opensearch: shards: wanted a number from 1 to 1024; got 0\n"
    )


def test_without_an_index_the_message_names_the_address(cli: Command, address: str, archive: Path) -> None:
    ran = cli("query", "rain")
    assert ran.code == 3
    assert address in ran.err


def test_how_copies_follow_is_not_left_to_a_template(address: str) -> None:
    """Each copy indexes all that is written itself."""
    client = OpenSearchStore(address)._client
    name = client.address.name
    for type_of_template in ("SEGMENT", "DOCUMENT"):
        settings = {"index.replication.type": type_of_template, "index.number_of_routing_shards": 24}
        template = {"index_patterns": [f"{name}*"], "template": {"settings": settings}}
        client.request("PUT", f"/_index_template/{name}", template, writing=True)
        try:
            newssearch.create(address).close()
            found = [client.settings(name + end)["index.replication.type"] for end in ("", WORDS, STATE)]
            assert found == ["DOCUMENT", "DOCUMENT", "DOCUMENT"]
        finally:
            client.request("DELETE", f"/_index_template/{name}", writing=True)
            for behind in client.matching_indices(f"{name}*"):
                client.delete_index(behind)


@pytest.mark.parametrize("shards", [1, 2, 5])
def test_a_commit_leaves_a_checkpoint_in_each_shard(archive: Path, address: str, shards: int) -> None:
    (archive / "newssearch.toml").write_text(f"[opensearch]\nshards = {shards}\n", "utf-8")
    store = OpenSearchStore(address)
    with newssearch.create(address) as index:
        for text in ("The river rose.", "It fell again."):
            index.add([Article.create(text=text)])
            state = read_state(store._client).state
            body = {"query": reached(state.checkpoint), "size": 0, "track_total_hits": True}
            held = [
                store._client.request(
                    "POST", f"/{state.base}/_search?preference=_shards:{shard}%7C_primary", body
                )["hits"]["total"]["value"]
                for shard in range(shards)
            ]
            assert held == [1] * shards
        assert len(index) == 2


def test_an_article_that_a_cluster_cannot_hold_is_rejected_and_the_rest_is_indexed(
    cli: Command, archive: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_limits, "MAX_NESTED", 50)
    paragraphs = [f"The river rose above bridge {n} on Monday, and people left." for n in range(51)]
    (archive / "many.txt").write_text("\n\n".join(["Flood", "25 July 2024", *paragraphs]), "utf-8")
    ran = cli("index", "2024", "many.txt")
    assert ran.code == 4
    assert "many.txt" in ran.err
    assert "51 paragraphs, and an index on a cluster takes articles of at most 50" in ran.err
    assert cli("query", "rain").code == 0
    with newssearch.open(address) as index:
        report = index.add([newssearch.Article.create(title="Sun", text="It shone."), replace(newssearch.Article.create(title="Odd"), id="x" * 40_000)])  # fmt: skip
        assert (report.added, report.rejections) == (1, 1)
        assert len(index.search("sun").hits) == 1


def test_no_answer_has_more_texts_than_fit(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The results are the same as with answers of any size."""
    articles = [
        newssearch.Article.create(title=f"Report {n}", text=[f"Rain fell on place {n}. " * (9 if n % 5 == 0 else 1)] * 2, lang="en")
        for n in range(30)
    ]  # fmt: skip
    with newssearch.create(address) as index:
        index.add(articles)

    def read() -> list[object]:
        with newssearch.open(address) as index:
            return [
                [hit.address for hit in index.search("rain", limit=None)], [hit.snippet for hit in index.search("report OR rain", limit=None, sort="newest")],
                [hit.text for hit in index.scan("rain /fel+/")], list(OpenSearchStore(address).snapshot().articles()), [hit.address for hit in index.search("rain", limit=7, all_paragraphs=True)],
                [(hit.address, hit.score) for hit in index.search("rain place report", limit=20)], whole_texts(index, "rain", rows="paragraphs"),
            ]  # fmt: skip

    expected = read()
    sizes: list[tuple[int, int]] = []
    whole = Client.search

    def recorded(self: Client, body: Mapping[str, object], **options: Any) -> Any:
        answer = whole(self, body, **options)
        texts = [
            hit["_source"]["texts"]["of"]
            for hit in answer["hits"].get("hits", ())
            if "texts" in hit.get("_source", ())
        ]
        sizes.append((len(texts), sum(len(text.split()) for one in texts for text in one)))
        return answer

    monkeypatch.setattr(Client, "search", recorded)
    monkeypatch.setattr(answer_sizes, "MAX_WORDS_OF_ANSWER", 100)
    for module in (ranking, page_ranking, articles_by_id):
        monkeypatch.setattr(module, "MAX_WORDS_OF_ANSWER", 100)
    for module in (ranking, page_ranking):
        monkeypatch.setattr(module, "KEPT_WORDS", 50)
    assert read() == expected
    monkeypatch.setattr(ranking, "MAX_SCORED_CONDITIONS", 2)  # bounds of scores are listed first
    assert read() == expected
    assert max(words for number, words in sizes if number > 1) <= 100
    assert max(number for number, _ in sizes) > 3


def whole_texts(index: Index, query: str, **options: Any) -> bytes:
    """Return an export of whole articles."""
    stream = io.BytesIO()
    index.export(query, stream, format="jsonl", text="full", columns=["id", "paragraph", "text"], **options)
    return stream.getvalue()


@pytest.mark.parametrize("rows", ["articles", "paragraphs"])
def test_an_export_of_whole_articles_reads_many_with_one_request(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str
) -> None:
    """Its bytes are those of an export from a folder."""
    articles = [
        Article.create(title=f"Report {n}", text=[f"Rain fell on place {n}. " * (n % 7 + 1)] * 2, lang="en", identity=str(n))
        for n in range(220)
    ]  # fmt: skip
    expected = whole_texts(index_of(str(tmp_path / "index"), *articles), "rain", rows=rows)
    sent: list[str] = []
    send = Transport.send

    def counted(self: Transport, method: str, path: str, *arguments: Any, **options: Any) -> Any:
        sent.append(path)
        return send(self, method, path, *arguments, **options)

    with index_of(address, *articles) as index:
        monkeypatch.setattr(Transport, "send", counted)
        assert whole_texts(index, "rain", rows=rows) == expected
    assert len(expected.splitlines()) == (220 if rows == "articles" else 440)
    assert len(sent) < 40, sent


def test_a_commit_that_marks_articles_again_reads_few_long_ones_at_once(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of each article comes, so that each is in a story then."""
    texts = [
        f"Rain fell on place {n} in the night, and the council of the town closed its bridges. "
        * (9 if n % 5 == 0 else 1)
        for n in range(30)
    ]
    read: list[list[int]] = []
    whole = Client.get_many

    def recorded(self: Client, index: str, ids: Iterable[str], *arguments: Any, **options: Any) -> Any:
        found = whole(self, index, ids, *arguments, **options)
        sources = [one.source for one in found.values()]
        read.append(
            [sum(len(text.split()) for text in one["texts"]["of"]) for one in sources if "texts" in one]
        )
        return found

    with newssearch.create(address) as index:
        index.add(
            newssearch.Article.create(title=f"Report {n}", text=text, identity=f"a{n}")
            for n, text in enumerate(texts)
        )
        monkeypatch.setattr(Client, "get_many", recorded)
        monkeypatch.setattr(answer_sizes, "MAX_WORDS_OF_ANSWER", 100)
        index.add(
            newssearch.Article.create(title=f"Report {n}", text=text, identity=f"b{n}")
            for n, text in enumerate(texts)
        )
    assert sum(map(len, read)) >= 20
    assert max(sum(words) for words in read if len(words) > 1) <= 100
    assert max(map(len, read)) > 3
