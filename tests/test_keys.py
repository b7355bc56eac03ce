"""A record's own id: which keys identify across files, how strangers stay apart, and how hits lead back to their records."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch import Article, ArticleNotFoundError, Index
from newssearch.readers import Draft, Origin, ReadOptions, read_file
from support import Command, command

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
STORIES = [
    ("Rain in Basra", "It rained on the hills above Basra all night, and the river rose by a metre."),
    ("Ministers meet", "Four ministers met in Vienna to talk about grain prices, without a result."),
    ("Cup final tonight", "The last match of the season begins at eight, with both captains injured."),
    ("Museum reopens", "After ten years of work, visitors may see the halls of glass again."),
]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return newssearch.create(tmp_path / "index")


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    return command(capsys, monkeypatch)


def table(path: Path, heading: str, rows: Sequence[tuple[object, ...]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([heading.split(","), *rows])
    return path


def numbered(stories: list[tuple[str, str]], *more: object) -> list[tuple[object, ...]]:
    return [(number, *story, *more) for number, story in enumerate(stories, start=1)]


def counts(report: newssearch.IndexReport) -> dict[str, int]:
    names = ("added", "updated", "unchanged", "removed", "duplicates", "ignored", "shared_keys")
    return {name: count for name in names if (count := getattr(report, name))}


def id_at(path: str, **values: object) -> str:
    """The end of the id of a record, read from the file of that path."""
    data = json.dumps({"title": "Rain", "text": "It rained.", **values}).encode()
    (article,) = newssearch.readers.parsed(
        newssearch.readers.Document(newssearch.readers.records.json.parse, data, Origin(path, ReadOptions()))
    )
    assert isinstance(article, Article), article
    return article.id.rpartition("-")[2]


@pytest.mark.parametrize("values", [
    {"id": UUID}, {"id": "urn:newsml:afp.com:20240725:TX-1"}, {"id": "tag:example.org,2024:a1"}, {"id": "https://e.org/?p=7"},
    {"id": "a1b2c3d4e5f6a7b8"}, {"id": "NYTF000020240725ek7p0001x"}, {"id": {"$oid": "507f1f77bcf86cd799439011"}},
    {"AN": "J0000000202"}, {"Accession Number": "2W6123456"}, {"ProQuest ID": 2900123456}, {"stories_id": 1234567},
    {"guid": "bbc-17"}, {"guid": "17", "outlet": "BBC"}, {"uuid": "item-17"}, {"Message-ID": "<1@e.org>"},
    {"Lexis ID": "5W1M-1234"}, {"Gale Document Number": "A123456789"},
])  # fmt: skip
def test_a_key_that_is_global_by_form_or_name_identifies_in_all_files(values: dict[str, object]) -> None:
    assert id_at("a.json", **values) == id_at("b.json", **values)


@pytest.mark.parametrize("key", [
    "1", "12345", "row 7", "2024-07-25T14:30:00Z", "20240725T143000Z", "2024-07-25-rain-in-basra-3-dead", "1234567890123456789",
    "article0000000017", "abcdefghijklmnopqrst", "00000000-0000-0000-0000-000000000000", "urn:", "a1b2c3d4e5f6a7b",
])  # fmt: skip
def test_any_other_key_identifies_only_in_its_file(key: str) -> None:
    assert id_at("a.json", id=key) != id_at("b.json", id=key)
    assert id_at("a.json", id=key) == id_at("a.json", id=key, title="Rain, corrected")


@pytest.mark.parametrize("values", [{"AN": "7"}, {"ProQuest ID": 12}, {"guid": "3"}, {"stories_id": 9}])
def test_a_short_number_may_be_that_of_a_row_whatever_its_name(values: dict[str, object]) -> None:
    assert id_at("a.json", **values) != id_at("b.json", **values)


def test_spellings_of_one_key_are_one() -> None:
    assert (
        id_at("a.json", id=UUID.upper())
        == id_at("b.json", uuid=f"{{{UUID}}}")
        == id_at("c.json", id=f"urn:uuid:{UUID}")
    )
    assert id_at("a.json", **{"ProQuest ID": "2900123456.0"}) == id_at(
        "b.json", **{"ProQuest document ID": 2900123456}
    )
    first, second = "urn:newsml:afp.com:20240725:TX-1:1", "urn:newsml:afp.com:20240725:TX-1:2N"
    assert id_at("a.json", id=first) == id_at("b.json", id=second)


def test_keys_of_two_databases_or_outlets_are_not_one() -> None:
    assert id_at("a.json", AN="J00202") != id_at("a.json", **{"Gale ID": "J00202"})
    assert id_at("a.json", guid="17", outlet="BBC") != id_at("a.json", guid="17", outlet="CNN")


def test_the_id_of_a_database_goes_before_the_number_of_a_row() -> None:
    draft = Draft(Origin("a", ReadOptions()))
    draft.text = "It rained."
    draft.claim_key("  ")
    draft.claim_key("A-77", "an")
    draft.claim("key", "1")
    article = draft.build()
    assert isinstance(article, Article)
    assert article.key == "A-77"


def test_a_column_for_the_recipient_is_no_key(tmp_path: Path) -> None:
    (article,) = read_file(
        table(tmp_path / "a.csv", "an,title", [("Redaktion", "Rain")]), "a.csv", ReadOptions()
    )
    assert isinstance(article, Article)
    assert article.key is None


def test_two_files_that_number_their_rows_lose_no_article(tmp_path: Path, index: Index) -> None:
    table(tmp_path / "a.csv", "id,title,text", numbered(STORIES[:2]))
    table(tmp_path / "b.csv", "id,title,text", numbered(STORIES[2:]))
    assert counts(index.update(tmp_path)) == {"added": 4}


def test_exports_of_one_database_that_overlap_are_indexed_once(tmp_path: Path, index: Index) -> None:
    rows = [(f"J00000{number}", *story) for number, story in enumerate(STORIES)]
    table(tmp_path / "a.csv", "AN,title,text", rows[:3])
    table(
        tmp_path / "b.csv", "AN,title,text", [("J000001", "Ministers meet again", STORIES[1][1]), *rows[2:]]
    )
    assert counts(index.update(tmp_path)) == {"added": 4, "ignored": 1, "duplicates": 1}
    assert index.article(key="J000001").version == 2


def test_one_article_in_two_dialects_is_one(tmp_path: Path, index: Index) -> None:
    urn = "urn:newsml:afp.com:20240725:TX-1"
    ninjs = {
        "uri": urn,
        "type": "text",
        "headline": "Rain",
        "body_text": "It rained.",
        "versioncreated": "2024-07-25T10:00:00Z",
    }
    (tmp_path / "a.json").write_text(json.dumps(ninjs), "utf-8")
    table(tmp_path / "b.csv", "guid,title,text", [(urn, "Rain", "It rained.")])
    index.update(tmp_path)
    assert len(index) == 1


@pytest.mark.parametrize("field", ["key", "id"])
def test_a_mapped_key_identifies_in_its_outlet(tmp_path: Path, index: Index, field: str) -> None:
    options = ReadOptions(columns=((field, "nr"),))
    table(tmp_path / "a.csv", "nr,title,text,outlet", numbered(STORIES[:2], "BBC"))
    table(tmp_path / "b.csv", "nr,title,text,outlet", numbered(STORIES[:2], "BBC"))
    table(tmp_path / "c.csv", "nr,title,text,outlet", numbered(STORIES[2:], "CNN"))
    assert counts(index.update(tmp_path, options=options)) == {"added": 4, "duplicates": 2}


# ---- strangers


def test_a_column_that_is_no_id_loses_no_row(tmp_path: Path, index: Index, cli: Command) -> None:
    rows = [("World", f"Headline {number}", f"Text {number}.") for number in range(300)]
    table(tmp_path / "a.csv", "part,title,text", rows)
    done = cli("index", "a.csv", "--map", "key=part")
    assert "300 added" in done.out
    assert "299 articles with the key of another article, kept apart" in done.out
    index.refresh()
    assert len(index) == 300
    (tmp_path / "a.csv").write_bytes((tmp_path / "a.csv").read_bytes() + b"\r\n")
    again = index.update(tmp_path / "a.csv", options=ReadOptions(columns=(("key", "part"),)))
    assert counts(again) == {"unchanged": 300, "shared_keys": 299}
    shown = {str(article.provenance["key"]) for article in index}
    assert shown == {"stated", "stated, another article has it too"}


def test_after_a_stranger_other_headlines_are_other_articles_too(tmp_path: Path, index: Index) -> None:
    rows = [("World", *STORIES[0]), ("World", *STORIES[1]), ("World", STORIES[0][0], STORIES[3][1])]
    table(tmp_path / "a.csv", "id,title,text", rows)
    assert counts(index.update(tmp_path)) == {"added": 3, "shared_keys": 2}


@pytest.mark.parametrize("second", [
    (STORIES[0][0], STORIES[1][1]), (STORIES[1][0], STORIES[0][1]),
])  # fmt: skip
def test_a_record_with_the_same_headline_or_text_is_a_version(
    tmp_path: Path, index: Index, second: tuple[str, str]
) -> None:
    table(tmp_path / "a.csv", "id,title,text", [(1, *STORIES[0]), (1, *second)])
    assert counts(index.update(tmp_path)) == {"added": 1, "ignored": 1}
    (article,) = index
    assert (article.title, article.version) == (second[0], 2)


def test_files_whose_mapped_numbers_start_again_keep_all_articles(tmp_path: Path, index: Index) -> None:
    options = ReadOptions(columns=(("key", "nr"),))
    table(tmp_path / "a.csv", "nr,title,text,outlet", numbered(STORIES[:2], "BBC"))
    index.update(tmp_path, options=options)
    table(tmp_path / "b.csv", "nr,title,text,outlet", numbered(STORIES[2:], "BBC"))
    assert counts(index.update(tmp_path, options=options)) == {"unchanged": 2, "added": 2, "shared_keys": 2}
    ids = set(index.find())
    (tmp_path / "a.csv").unlink()
    (tmp_path / "b.csv").write_bytes((tmp_path / "b.csv").read_bytes() + b"\r\n")
    assert counts(index.update(tmp_path, options=options)) == {"unchanged": 2, "shared_keys": 2}
    assert set(index.find()) == ids


def test_both_of_two_new_files_with_the_same_numbers_are_kept(tmp_path: Path, index: Index) -> None:
    options = ReadOptions(columns=(("key", "nr"),))
    for name, stories in (("a.csv", STORIES[:2]), ("b.csv", STORIES[2:])):
        table(tmp_path / name, "nr,title,text,outlet", numbered(stories, "BBC"))
    assert counts(index.update(tmp_path, options=options)) == {"added": 4, "shared_keys": 2}


def test_a_corrected_headline_and_text_of_another_file_is_a_version(tmp_path: Path, index: Index) -> None:
    table(tmp_path / "a.csv", "AN,title,text", [("J000001", *STORIES[0])])
    title, text = STORIES[0]
    table(
        tmp_path / "b.csv", "AN,title,text", [("J000001", f"{title}, again", f"{text} Two bridges closed.")]
    )
    assert counts(index.update(tmp_path)) == {"added": 1, "ignored": 1}


def test_streams_that_number_their_records_lose_no_article(cli: Command, index: Index) -> None:
    for stories in (STORIES[:2], STORIES[2:]):
        lines = [json.dumps({"id": n, "title": title, "text": text}) for n, title, text in numbered(stories)]
        assert "2 added" in cli("index", "-", stdin="\n".join(lines).encode()).out


@pytest.mark.parametrize("key", ["", " ", "-", "null", "None"])
def test_an_empty_key_is_none(tmp_path: Path, index: Index, key: str) -> None:
    table(tmp_path / "a.csv", "id,title,text", [(key, *story) for story in STORIES])
    assert counts(index.update(tmp_path)) == {"added": 4}
    assert {article.key for article in index} == {None}


def test_a_key_may_be_long_or_odd(index: Index) -> None:
    keys = ["x" * 100_000, "\ud800a", "a\u0301b", "a  b\n c", "=1+1", 'a"b', "a*b", "a\\b", "(a)"]
    index.add(Article.create(title=f"Rain {number}", key=key) for number, key in enumerate(keys))
    assert [index.article(key=key).title for key in keys] == [f"Rain {n}" for n in range(len(keys))]
    assert index.article(key="áb").key == "áb"
    assert index.article(key="a b c").key == "a b c"


# ---- queries


@pytest.fixture
def keyed(index: Index) -> Index:
    keys = [
        "urn:newsml:afp.com:20240725:TX-1",
        "AbC-1",
        "abc-1",
        "abc def",
        "world/2024/jul/25/rain",
        "https://e.org/?p=7",
    ]
    index.add(Article.create(title=key, text="It rained.", key=key) for key in keys)
    return index


@pytest.mark.parametrize(("query", "keys"), [
    ("key:urn:newsml:afp.com:20240725:TX-1", ["urn:newsml:afp.com:20240725:TX-1"]), ("key:AbC-1", ["AbC-1"]),
    ("key:abC-1", []), ('key:"abc def"', ["abc def"]), ("key:abc*", ["abc def", "abc-1"]), ("key:Ab*", ["AbC-1"]),
    ("key:ABC*", []), ("key:urn:newsml:*", ["urn:newsml:afp.com:20240725:TX-1"]), ('key:"*def"', ["abc def"]),
    ("key:world/2024/jul/25/rain", ["world/2024/jul/25/rain"]), ("key:world/*", ["world/2024/jul/25/rain"]),
    ("key:https://e.org/?p=7", ["https://e.org/?p=7"]), ("key:https://e.org/?p=8", []), ("key:https://e.org/xp=7", []),
    ("key:https://e.org/?p=*", ["https://e.org/?p=7"]), ("key:(AbC-1 OR abc-1)", ["AbC-1", "abc-1"]), ("key:abc", []),
    ("-key:abc* rained", ["AbC-1", "https://e.org/?p=7", "urn:newsml:afp.com:20240725:TX-1", "world/2024/jul/25/rain"]),
])  # fmt: skip
def test_key_finds_the_whole_value_letter_by_letter(keyed: Index, query: str, keys: list[str]) -> None:
    results = keyed.search(query)
    assert sorted(hit.key or "" for hit in results) == keys
    assert not [note for note in results.diagnostics if note.kind in ("colon", "pattern")]
    again = keyed.search(results.interpretation)
    assert sorted(hit.key or "" for hit in again) == keys


def test_a_mistyped_key_gets_keys_that_differ_in_capitals_or_go_on(keyed: Index) -> None:
    assert keyed.search("key:abC-1").diagnostics[0].suggestion == "did you mean AbC-1 or abc-1?"
    assert keyed.search("key:abd-1").diagnostics[0].suggestion == ""


def test_an_article_is_found_by_its_key(keyed: Index) -> None:
    assert keyed.article(key="abc-1").title == "abc-1"
    for missing in ("abC-1", "abc", "---", ""):
        with pytest.raises(ArticleNotFoundError, match="no article has the key"):
            keyed.article(key=missing)
    keyed.add(Article.create(title="Snow", key="abc-1", url="https://e.org/snow"))
    with pytest.raises(ArticleNotFoundError) as caught:
        keyed.article(key="abc-1")
    assert sorted(caught.value.candidates) == sorted(keyed.find("key:abc-1"))


def test_the_commands_take_a_key_for_an_id(keyed: Index, cli: Command) -> None:
    assert cli("show", "key:abc def").out.startswith("abc def\n")
    assert "no article has the key 'abC'" in cli("show", "key:abC").err
    assert "abc def" in cli("story", "key:abc def").out
    assert cli("remove", "key:abc def", "--yes").out == "1 removed\n"


def test_an_article_as_json_comes_back_the_same(tmp_path: Path, cli: Command) -> None:
    record = {"id": 7, "title": "Rain", "text": "It rained.", "date": "2024-07-25", "outlet": "BBC"}
    (tmp_path / "a.jsonl").write_text(json.dumps(record), "utf-8")
    cli("index", "a.jsonl")
    shown = json.loads(cli("show", "key:7", "--json").out)
    assert "1 unchanged" in cli("index", "-", stdin=json.dumps(shown).encode()).out
    cli("index", "-", "--index", "other", stdin=json.dumps(shown).encode())
    again = json.loads(cli("show", "key:7", "--json", "--index", "other").out)
    differ = {name for name in shown if again[name] != shown[name]}
    assert differ == {"path", "added"}
    broken = {**shown, "paragraphs": [{"text": "It rained."}]}
    cli("index", "-", "--index", "third", stdin=json.dumps(broken).encode())
    assert "It rained." in cli("query", "rained", "--index", "third").out


# ---- back to the source


def test_hits_lead_back_to_the_rows_of_a_table(tmp_path: Path, index: Index) -> None:
    rows: list[tuple[object, ...]] = [
        ("J000001", "Rain", "It rained.\n\nThen it stopped."), ("", "", ""), ("J000002", "", ""), ("AN", "title", "text"),
        ("J000003", "Snow", "It snowed, and it rained."),
    ]  # fmt: skip
    file = table(tmp_path / "a.csv", "AN,title,text", rows)
    file.write_text(file.read_text("utf-8").replace("\n,,\n", "\n\n,,\n"), "utf-8")  # and a blank line
    index.update(file)

    def check(path: Path) -> None:
        with path.open(newline="", encoding="utf-8") as stream:
            records = list(csv.DictReader(stream))
        hits = list(index.search("rained"))
        assert len(hits) == 2
        for hit in hits:
            assert (hit.path, hit.member) == (path.name, None)
            assert records[hit.record - 1]["title"] == hit.title
            assert next(row for row in records if row["AN"] == hit.key)["title"] == hit.title

    check(file)
    table(file, "AN,title,text", [("J000009", "Fog", "It was foggy."), *rows])
    assert counts(index.update(file)) == {"added": 1, "unchanged": 2}
    check(file)


def test_hits_lead_back_to_lines_items_and_members(tmp_path: Path, index: Index) -> None:
    records: list[dict[str, Any]] = [
        {"id": n, "title": f"Rain {n}", "text": "It rained."} for n in range(1, 4)
    ]
    lines = [json.dumps(record) for record in records]
    (tmp_path / "lines.jsonl").write_text(f"{lines[0]}\n\n{{broken\n{lines[1]}\n{lines[2]}\n", "utf-8")
    (tmp_path / "list.json").write_text(json.dumps(records), "utf-8")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("in/a.json", json.dumps(records[:2]))
        archive.writestr("in/b.json", json.dumps(records[2:]))
    index.update([tmp_path / name for name in ("lines.jsonl", "list.json", "all.zip")])
    found = sorted(
        (hit.path, hit.member or "", hit.record, hit.key)
        for hit in index.search("rain", limit=20, group=False)
    )
    assert found == [
        ("all.zip", "in/a.json", 1, "1"), ("all.zip", "in/a.json", 2, "2"), ("all.zip", "in/b.json", 1, "3"),
        ("lines.jsonl", "", 1, "1"), ("lines.jsonl", "", 3, "2"), ("lines.jsonl", "", 4, "3"),
        ("list.json", "", 1, "1"), ("list.json", "", 2, "2"), ("list.json", "", 3, "3"),
    ]  # fmt: skip


def test_hits_lead_back_to_entries_and_messages(tmp_path: Path, index: Index) -> None:
    items = "".join(
        f"<item><guid isPermaLink='false'>n{n}</guid><title>Rain {n}</title></item>" for n in (1, 2)
    )
    (tmp_path / "feed.xml").write_text(
        f"<rss version='2.0'><channel><title>The Echo</title>{items}</channel></rss>", "utf-8"
    )
    mails = "".join(
        f"From a@e.org Thu Jul 25 10:00:00 2024\nMessage-ID: <{n}@e.org>\nFrom: a@e.org\nSubject: Snow {n}\n\nIt snowed.\n\n"
        for n in (1, 2)
    )
    (tmp_path / "box.mbox").write_text(mails, "utf-8")
    index.update([tmp_path / "feed.xml", tmp_path / "box.mbox"])
    found = sorted(
        (article.path or "", article.member or "", article.record, article.key) for article in index
    )
    assert found == [
        ("box.mbox", "message 1", 1, "<1@e.org>"), ("box.mbox", "message 2", 1, "<2@e.org>"),
        ("feed.xml", "", 1, "n1"), ("feed.xml", "", 2, "n2"),
    ]  # fmt: skip
    (tmp_path / "copy.mbox").write_text(mails, "utf-8")
    (tmp_path / "again.xml").write_text((tmp_path / "feed.xml").read_text("utf-8") + "\n", "utf-8")
    report = index.update([tmp_path / "copy.mbox", tmp_path / "again.xml"])
    assert counts(report) == {"unchanged": 2, "duplicates": 4}  # two have their first place there now


def test_the_example_in_the_readme_joins_hits_to_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    (example,) = (block for block in blocks if "export.csv" in block)
    rows = [("J000001", "Rain", "It rained.", "weather"), ("J000002", "Fog", "It was foggy.", "traffic")]
    table(
        tmp_path / "export.csv",
        "AN,title,text,theme",
        [*rows, ("J000003", "Snow", "It rained, too.", "sport")],
    )
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "README.md", "exec"), {})
    assert sorted(capsys.readouterr().out.splitlines()) == [
        "J000001 weather weather",
        "J000003 sport sport",
    ]
