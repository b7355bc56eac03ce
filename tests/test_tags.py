"""Tags and notes: what people say of articles, how it is found, and where it is kept."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

import newssearch
from newssearch import (
    NONE,
    Article,
    ArticleNotFoundError,
    Index,
    NoteChangedError,
    QueryError,
    ReadOptions,
    Request,
    TagError,
    TagFileError,
)
from newssearch.query import And, Not, Or, Query, Tagged, Word, parse
from newssearch.system.file_lock import locked_file
from support import Command, command, index_of


def about(number: int, words: str = "It rained.") -> Article:
    return Article.create(
        title=f"Number {number}", text=words, url=f"https://e.org/{number}", date="2024-07-25"
    )


ARTICLES = [about(number, "It rained." if number % 2 else "The sun shone.") for number in range(6)]
IDS = [one.id for one in ARTICLES]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return index_of(tmp_path / "index", *ARTICLES)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, index: Index) -> Command:
    monkeypatch.chdir(index.folder.parent)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    monkeypatch.delenv("NEWSSEARCH_AUTHOR", raising=False)
    return command(capsys, monkeypatch)


def lines_of(index: Index) -> list[dict[str, object]]:
    file = index.folder.parent / "tags.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def numbers(ids: list[str]) -> list[int]:
    return sorted(IDS.index(one) for one in ids)


# ---- tags


def test_tags_are_given_and_taken_and_say_what_changed(index: Index) -> None:
    report = index.tag([*IDS[:3], IDS[0]], ["checked", "to cite"])
    assert (report.articles, report.of) == (3, 3)
    assert [(one.tag, one.articles, one.unchanged) for one in report.tags] == [
        ("checked", 3, 0),
        ("to cite", 3, 0),
    ]
    report = index.tag(IDS[2:4], "Checked", "TO CITE")
    assert (report.articles, report.of) == (2, 2)
    assert [one[:4] for one in report.tags] == [("Checked", False, 1, 1), ("TO CITE", True, 1, 1)]
    assert [index.tags_of(one).tags for one in IDS[:4]] == [
        ("checked", "to cite"), ("checked", "to cite"), ("checked",), ("Checked",),
    ]  # fmt: skip
    assert [tuple(one) for one in index.tags()] == [("checked", 4, 0), ("to cite", 2, 0)]
    assert not index.tags_of(IDS[5])


def test_tags_are_listed_in_pages_by_name_or_number_or_a_text_in_them(index: Index) -> None:
    for number, tag in enumerate(("Émigré", "to cite", "cited", "zero")):
        index.tag(IDS[: number + 1], tag)
    index.tag(IDS, "zero")
    everything = index.tags()
    assert ([one.tag for one in everything], everything.total) == (["cited", "Émigré", "to cite", "zero"], 4)
    by_number = index.tags(sort="articles", limit=2)
    assert ([(one.tag, one.articles) for one in by_number], by_number.total) == (
        [("zero", 6), ("cited", 3)],
        4,
    )
    assert [one.tag for one in index.tags(sort="articles", limit=2, offset=2)] == ["to cite", "Émigré"]
    assert [one.tag for one in index.tags("CITE")] == ["cited", "to cite"]
    found = index.tags("emi", offset=1)
    assert (len(found), found.total, found.articles) == (0, 1, 6)
    assert index.tags(limit=0).total == 4
    for wrong in ({"limit": -1}, {"offset": -1}):
        with pytest.raises(QueryError, match="cannot be negative"):
            index.tags(**wrong)  # type: ignore[arg-type]


def test_the_end_of_an_id_is_enough(index: Index) -> None:
    index.tag(IDS[1][-12:], "x")
    assert index.tags_of(IDS[1]).tags == ("x",)
    with pytest.raises(ArticleNotFoundError):
        index.tag("aaaaaaaaaaaa", "x")


@pytest.mark.parametrize(
    "tag",
    [
        "checked",
        "Überprüft",
        "审核",
        "נבדק",
        "می‌خواهم",
        "chapter 3",
        "a/b:c",
        "2024-07",
        "⭐ best",
        "R&D",
        "who's",
    ],
)
def test_a_tag_may_have_any_script_and_is_found_in_quotation_marks(index: Index, tag: str) -> None:
    index.tag(IDS[:2], tag)
    assert index.tags_of(IDS[0]).tags == (tag,)
    assert numbers(index.find(f'tag:"{tag}"')) == numbers(index.find(tag=tag)) == [0, 1]
    assert numbers(index.find(str(Tagged(tag)))) == [0, 1], "the canonical query"
    assert numbers(index.find(tag_not=tag)) == [2, 3, 4, 5]
    with newssearch.open(index.folder) as again:
        assert again.tags_of(IDS[1]).tags == (tag,)


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ("", "it is empty"), ("  ", "it is empty"), ("-x", "begins with a letter"), ("+x", "is in it"), ("--note", "begins with a letter"), ("a\nb\x00", "U\\+0000"),
        ("a*", "is in it"), ("wh?", "is in it"), ('a"b', "is in it"), ("a,b", "is in it"), ("a;b", "is in it"), ("(none)", "is in it"), ("none", "without a tag"), ("NONE", "without a tag"),
        ("x" * 65, "more than 64"), ("…", "is in it"), ("⭐", "no letter or digit"), ("a\u202eb", "U\\+202E"), ("a\ud800", "U\\+D800"), ("=1", "is in it"), ("@x", "begins with"), ("#1", "begins with"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_tag_is_refused(index: Index, tag: str, reason: str) -> None:
    with pytest.raises(TagError, match=reason):
        index.tag(IDS[0], tag)
    assert not (index.folder.parent / "tags.jsonl").exists()


def test_a_change_without_sense_is_refused(index: Index) -> None:
    with pytest.raises(TagError, match="both added and removed"):
        index.tag(IDS[0], "x", "X")
    with pytest.raises(TagError, match="no tag and no note"):
        index.tag(IDS[0])
    with pytest.raises(TagError, match="no article"):
        index.tag([], "x")
    with pytest.raises(TagError, match="more than 200 tags"):
        index.tag(IDS[0], [f"x{number}" for number in range(201)])
    index.tag(IDS[0], [f"x{number}" for number in range(200)])
    with pytest.raises(TagError, match="more than 200 tags"):
        index.tag(IDS[0], "y")
    index.tag(IDS[0], "y", "x0")


# ---- notes


def test_each_author_has_a_note_of_their_own(index: Index) -> None:
    index.tag(IDS[0], note="Second source?", author="Ada")
    index.tag(IDS[0], note="Seen.")
    report = index.tag(IDS[0], note=" Two\r\nlines ", author="Ada")
    assert [note.text for _, note in report.replaced] == ["Second source?"]
    assert [(note.text, note.by) for note in index.tags_of(IDS[0]).notes] == [
        ("Seen.", ""),
        ("Two\nlines", "Ada"),
    ]
    assert index.tag(IDS[0], note="Two\nlines", author="Ada").articles == 0, "nothing changes"
    report = index.tag(IDS[0], note="", author="Ada")
    assert (report.notes, report.articles, len(report.replaced)) == (0, 1, 1)
    assert [note.text for note in index.tags_of(IDS[0]).notes] == ["Seen."]
    assert "lines" not in (index.folder.parent / "tags.jsonl").read_text("utf-8"), "what is removed is gone"
    with pytest.raises(TagError, match="at most 20,000"):
        index.tag(IDS[0], note="x" * 20_001)
    with pytest.raises(TagError, match=r"U\+001B"):
        index.tag(IDS[0], note="\x1b[31m")
    with pytest.raises(TagError, match="100"):
        index.tag(IDS[0], note="x", author="y" * 101)


def test_a_note_replaces_only_the_one_that_is_stated(index: Index) -> None:
    index.tag(IDS[0], note="One.", replacing="")
    index.tag(IDS[0], note="Two.", replacing="One.")
    for stated in ("", "One."):
        with pytest.raises(NoteChangedError, match="somebody has changed the note") as raised:
            index.tag(IDS[0], note="Three.", replacing=stated)
        assert (raised.value.article, raised.value.present) == (IDS[0], "Two.")
    assert [note.text for note in index.tags_of(IDS[0]).notes] == ["Two."]
    index.tag(IDS[0], note="Cafe\u0301\r\nagain ", replacing="Two.")
    index.tag(IDS[0], note="Four.", replacing="Cafe\u0301\r\nagain ")
    with pytest.raises(TagError, match="no effect without a note"):
        index.tag(IDS[0], "x", replacing="Four.")
    with pytest.raises(NoteChangedError):
        index.tag(IDS[:2], "x", note="Five.", replacing="Four.")
    assert not index.find("tag:x"), "nothing is changed, or everything"


# ---- queries


def test_tags_join_all_operators_and_never_change_a_score(index: Index) -> None:
    index.tag(IDS[:4], "checked")
    index.tag(IDS[2:5], "later")
    plain = {hit.id: hit.score for hit in index.search("rained", limit=None)}
    for query, found in {
        "tag:checked": [0, 1, 2, 3], "TAG:Checked": [0, 1, 2, 3], "-tag:checked": [4, 5], "tag:(checked OR later)": [0, 1, 2, 3, 4], "tag:(checked later)": [2, 3],
        "tag:(checked -later)": [0, 1], "tag:c*": [0, 1, 2, 3], "tag:none": [5], "-tag:none": [0, 1, 2, 3, 4], "tag:*": [0, 1, 2, 3, 4], "tag:l?ter": [2, 3, 4],
        "rained tag:checked": [1, 3], "rained OR tag:later": [1, 2, 3, 4, 5], "tag:checked^3": [0, 1, 2, 3],
    }.items():  # fmt: skip
        assert numbers(index.find(query)) == found, query
        results = index.search(query, limit=None)
        assert results.total_articles == index.count(query) == len(found)
        assert all(
            hit.score == (plain[hit.id] if "rained" in query else 0) for hit in results if hit.id in plain
        )
        again = index.search(results.interpretation, limit=None)
        assert [hit.id for hit in again] == [hit.id for hit in results], results.interpretation
    assert index.search("rained tag:checked").interpretation == '(rained AND tag:"checked")'
    assert numbers(index.find("rained", tag=["checked", NONE])) == [1, 3, 5]
    assert numbers(index.find("rained", tag_not=["checked", "later"])) == [5]
    assert numbers(index.find(tag_not=NONE)) == [0, 1, 2, 3, 4]
    table = index.table({"all": "", "checked": "tag:checked"}, by="year")
    assert [table.total(query=number).articles for number in (0, 1)] == [6, 4]


def test_a_tree_finds_what_its_text_finds(index: Index) -> None:
    index.tag(IDS[:2], "checked")
    tree = And((Word("rained"), Not(Tagged("checked"))))
    assert numbers(index.find(tree)) == [3, 5]
    assert numbers(index.find(Query("x", Or((Tagged("che*", pattern=True), Tagged("other")))))) == [0, 1]
    assert parse("tag:none").tree == Not(Tagged("*", pattern=True))
    for text in ("tag:checked", 'tag:"to cite"', "tag:c*", "rain -tag:x", "tag:(a OR b)"):
        parsed = parse(text).tree
        assert parse(str(parsed)).tree == parsed
    for wrong in ("", " "):
        with pytest.raises(ValueError, match="no word"):
            Tagged(wrong)
    with pytest.raises(QueryError):
        parse("tag:(a w/3 b)")
    with pytest.raises(QueryError):
        Request(tag="x", tag_not="X")
    for odd in ("\x00", "…"):
        with pytest.raises(QueryError, match="is no tag"):
            index.find(tag=odd)


def test_a_tag_that_no_article_has_gets_a_note_with_similar_tags(index: Index) -> None:
    index.tag(IDS[:2], "checked")
    for results in (index.search("tag:chekced"), index.search("", tag="chekced")):
        (note,) = (one for one in results.diagnostics if one.kind == "unknown-value")
        assert note.message == "no article has the tag 'chekced'"
        assert note.suggestion == "did you mean checked?"
    (note,) = (one for one in index.search("tag:che*").diagnostics if one.kind == "values")
    assert "checked" in note.message
    assert not index.search("tag:checked").diagnostics


def test_a_changed_file_is_read_again_by_an_open_index(index: Index) -> None:
    assert index.count("tag:checked") == 0
    with newssearch.open(index.folder) as other:
        other.tag(IDS[:2], "checked")
    assert index.count("tag:checked") == 2
    (index.folder.parent / "tags.jsonl").unlink()
    assert index.count("tag:checked") == 0


# ---- kept apart from the index


def test_tags_stay_through_updates_rebuilds_and_new_indexes(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        json.dumps([{"id": "a", "title": "Rain", "text": "It rained.", "url": "https://e.org/a"}])
    )
    with newssearch.open_or_create(tmp_path / "index") as index:
        index.update(tmp_path)
        (article,) = index.find()
        index.tag(article, "checked", note="Seen.")
        (tmp_path / "a.json").write_text(
            json.dumps(
                [{"id": "a", "title": "Heavy rain", "text": "It rained a lot.", "url": "https://e.org/a"}]
            )
        )
        report = index.update(tmp_path)
        assert (report.added, report.updated) == (0, 1)
        assert not report.rejected, "the file of tags is not read as articles"
        assert index.count("tag:checked") == 1
        index.remove(article)
        assert (index.count("tag:checked"), tuple(index.tags()[0])) == (0, ("checked", 0, 1))
        assert index.tags_of(article).tags == ("checked",)
        index.tag(article, "gone")
        assert index.tags_of(article[-12:]).tags == ("checked", "gone")
    newssearch.rebuild(tmp_path / "index", tmp_path)
    with newssearch.open(tmp_path / "index") as index:
        assert index.find("tag:checked") == index.find()
        assert [note.text for note in index.tags_of(index.find()[0]).notes] == ["Seen."]
    with newssearch.create(tmp_path / "other") as index:
        index.update(tmp_path / "a.json")
        assert index.count("tag:gone") == 1


def test_each_version_has_tags_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "newssearch.toml").write_text('versions = "keep"\n')
    with newssearch.create(tmp_path / "index") as index:
        index.add(about(1, "It rained."))
        index.tag(index.find(), "first")
        index.add(about(1, "It rained a lot."))
        assert len(index.find()) == 2
        (tagged,) = index.find("tag:first")
        assert index.article(tagged).paragraphs[0].text == "It rained."


def test_a_copy_of_the_file_elsewhere_is_no_article_either(tmp_path: Path) -> None:
    with index_of(tmp_path / "index", *ARTICLES) as index:
        index.tag(IDS[0], "x", note="It rained on the valley and on the hills, and then it stopped.")
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "tags of Ada.jsonl").write_bytes((tmp_path / "tags.jsonl").read_bytes())
        report = index.update(tmp_path / "in", options=ReadOptions())
        assert (report.added, len(report.rejected), len(index)) == (0, 0, 6)


# ---- the file


def test_the_file_is_read_by_people_and_changes_little(index: Index) -> None:
    index.tag(IDS[:3], ["b", "a"], author="Ada")
    before = (index.folder.parent / "tags.jsonl").read_bytes().splitlines()
    assert before[0] == b'{"newssearch_tags": 1}'
    first = json.loads(before[1])
    assert list(first) == ["article", "tag", "at", "by"]
    assert [first[name] for name in ("article", "tag", "by")] == [min(IDS[:3]), "a", "Ada"]
    index.tag(IDS[1], "ü")
    after = (index.folder.parent / "tags.jsonl").read_bytes().splitlines()
    assert len(set(after) - set(before)) == 1
    assert [line for line in after if line in before] == before
    assert "ü" in after[-1].decode() or any("ü" in line.decode() for line in after)
    assert not (index.folder.parent / "tags.jsonl").read_bytes().count(b"\r")


def test_lines_may_be_in_any_order_and_twice(index: Index) -> None:
    index.tag(IDS[:3], ["b", "a"], note="x")
    index.tag(IDS[0], (), "a")
    file = index.folder.parent / "tags.jsonl"
    before = {one: index.tags_of(one) for one in IDS}
    header, *rest = file.read_text("utf-8").splitlines()
    file.write_text(
        "\ufeff" + "\r\n".join([header, *reversed(rest), "", header, *rest[:3]]), encoding="utf-8", newline=""
    )
    assert {one: index.tags_of(one) for one in IDS} == before


@pytest.mark.parametrize("char", "€$+=<^*")
def test_the_refusal_of_a_sign_names_the_signs_that_a_tag_may_have(index: Index, char: str) -> None:
    with pytest.raises(TagError) as refused:
        index.tag(IDS[0], f"a{char}b")
    reason, _, allowed = str(refused.value).partition("tags have ")
    assert reason.endswith(f"{char!r} is in it; ")
    symbol = allowed.partition("symbols such as ")[2][0]
    signs = allowed.rpartition("the signs ")[2].split()
    for one in (symbol, *signs):
        index.tag(IDS[0], f"a{one}b")
    assert index.tags_of(IDS[0]).tags


HEADER = '{"newssearch_tags": 1}\n'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe", "line 1: it is not UTF-8"),
        (HEADER.encode() + b'{"article": "a\xff"}', "line 2: it is not UTF-8"),
        ("[]\n", "line 1: a file of tags begins with"),
        ('{"id": 1}\n', "line 1: a file of tags begins with"),
        ('{"newssearch_tags": true}\n', "line 1: a file of tags begins with"),
        ('{"newssearch_tags": 2}\n', "newer version"),
        (HEADER + "\nrubbish\n", "line 3: it is no JSON"),
        (HEADER + "<<<<<<< HEAD\n", "line 2: it is a mark of git"),
        (HEADER + "7\n", "line 2: it is no JSON object"),
        (HEADER + "{}\n", "line 2: it has no article"),
        (HEADER + '{"article": "a", "tag": "x"}\n', "line 2: it has no at"),
        (HEADER + '{"article": "a", "tag": "x", "at": "2024-02-30T00:00:00Z"}\n', "line 2: '2024-02-30T00:00:00Z' is no moment"),
        (HEADER + '{"article": "a", "tag": "x", "at": "9999-12-30T00:00:00Z"}\n', "is no moment"),
        (HEADER + '{"article": "a", "tag": "-x", "at": "2024-02-20T00:00:00Z"}\n', "line 2: '-x' cannot be a tag"),
        (HEADER + '{"article": "a", "tag": "x", "at": "2024-02-20T00:00:00Z", "colour": 1}\n', "line 2: it has colour"),
        (HEADER + '{"article": "a", "tag": "x", "removed": 1, "at": "2024-02-20T00:00:00Z"}\n', "removed is true or false"),
        (HEADER + '{"article": "a\\n", "tag": "x", "at": "2024-02-20T00:00:00Z"}\n', "article is no id"),
        (HEADER + '{"article": "a", "note": " ", "at": "2024-02-20T00:00:00Z"}\n', "note is empty"),
        (HEADER + '{"article": "a", "note": "\\ud800", "at": "2024-02-20T00:00:00Z"}\n', "U\\+D800"),
        (HEADER + '{"article": "a", "removed_note": "x", "at": "2024-02-20T00:00:00Z"}\n', "no digest"),
        (HEADER + "[" * 100_000 + "\n", "line 2: it is"),
        (HEADER + "x" * 300_000 + "\n", "line 2: it has more than"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_an_error_with_its_line_and_stays_as_it_is(
    index: Index, content: str | bytes, reason: str
) -> None:
    file = index.folder.parent / "tags.jsonl"
    data = content if isinstance(content, bytes) else content.encode()
    file.write_bytes(data)
    for use in (
        lambda: index.tag(IDS[0], "y"),
        lambda: index.find("tag:x"),
        index.tags,
        lambda: index.tags_of(IDS[0]),
        lambda: index.merge_tags(file),
    ):
        with pytest.raises(TagFileError, match=reason):
            use()
    assert file.read_bytes() == data
    assert index.count("rained") == 3, "a search without tags needs no tags"


def test_a_change_that_no_file_could_have_is_refused(index: Index) -> None:
    file = index.folder.parent / "tags.jsonl"
    index.tag(IDS[0], add="checked")
    line = {"article": IDS[0], "tag": "later", "at": "8999-12-31T23:59:59.999999Z"}
    file.write_text(file.read_text("utf-8") + json.dumps(line) + "\n", "utf-8")
    with pytest.raises(TagError, match="no change can come after it"):
        index.tag(IDS[0], remove="later")
    assert index.tags_of(IDS[0]).tags == ("checked", "later")


def test_an_empty_file_has_no_tags(index: Index) -> None:
    (index.folder.parent / "tags.jsonl").write_text("\n")
    assert index.count("tag:*") == 0
    index.tag(IDS[0], "x")
    assert index.count("tag:*") == 1


def test_a_second_writer_waits_and_then_says_so(index: Index) -> None:
    with locked_file(index.folder.parent / ".tags.lock", 1) as taken:
        assert taken
        with pytest.raises(TagFileError, match="other processes were changing"):
            index.tag(IDS[0], "x", wait=0)
        assert index.count("tag:x") == 0, "reading waits for nobody"
    index.tag(IDS[0], "x", wait=0)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_to_a_file_elsewhere_stays_one(index: Index, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "tags.jsonl").symlink_to(tmp_path / "shared" / "ours.jsonl")
    (tmp_path / "shared" / "ours.jsonl").write_text(HEADER)
    index.tag(IDS[0], "x")
    assert (tmp_path / "tags.jsonl").is_symlink()
    assert '"x"' in (tmp_path / "shared" / "ours.jsonl").read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_an_error_of_the_system(index: Index, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            index.tag(IDS[0], "x")
    finally:
        tmp_path.chmod(0o700)


# ---- merging


def test_two_people_lose_nothing(index: Index, tmp_path: Path) -> None:
    index.tag(IDS[:2], ["checked", "todo"], note="First.", author="Ada")
    (tmp_path / "two").mkdir()
    with index_of(tmp_path / "two" / "index", *ARTICLES) as other:
        (tmp_path / "two" / "tags.jsonl").write_bytes((tmp_path / "tags.jsonl").read_bytes())
        other.tag(IDS[0], "theirs", "todo", note="Edited there.", author="Ada")
        other.tag(IDS[1], note="Bob was here.", author="Bob")
        index.tag(IDS[0], note="Edited here.", author="Ada")
        report = index.merge_tags(tmp_path / "two" / "tags.jsonl")
        assert report == (1, 1, 2, 0, 1)
        assert index.tags_of(IDS[0]).tags == ("checked", "theirs")
        assert {note.text for note in index.tags_of(IDS[0]).notes} == {"Edited here.", "Edited there."}
        assert {note.by for note in index.tags_of(IDS[1]).notes} == {"Ada", "Bob"}
        other.merge_tags(tmp_path / "tags.jsonl")
        assert (tmp_path / "two" / "tags.jsonl").read_bytes() == (tmp_path / "tags.jsonl").read_bytes()
        assert other.merge_tags(tmp_path / "tags.jsonl") == (0, 0, 0, 0, 0)
        index.tag(IDS[0], note="One again.", author="Ada")
        assert [note.text for note in index.tags_of(IDS[0]).notes] == ["One again."]
    with pytest.raises(FileNotFoundError):
        index.merge_tags(tmp_path / "none.jsonl")


# ---- the command line


def test_the_command_gives_takes_and_shows(cli: Command, index: Index) -> None:
    assert cli("tag").err == "no tags; `newssearch tag ID +TAG` gives an article one\n"
    done = cli(
        "tag", IDS[1][-12:], IDS[2], "+Checked", "-todo", "--note", "Second\nsource?", "--author", "Ada"
    )
    assert done.code == 0
    assert done.out == (
        "Checked: added to 2 articles\ntodo: removed from 0 articles, 2 without it\nnote: written on 2 articles\n"
    )
    shown = cli("tag", IDS[1][-12:]).out
    assert shown.splitlines()[:2] == [f"       id  {IDS[1]}", "     tags  Checked"]
    assert [line.strip() for line in shown.splitlines()[3:]] == ["Second", "source?"]
    assert cli("query", "tag:checked", "--count").out.startswith("2 articles")
    assert cli("query", "--not-tag", "checked", "--count").out.startswith("4 articles")
    listed = cli("tag")
    assert listed.out.split() == ["tag", "articles", "Checked", "2"]
    assert listed.err == "2 articles with a tag or a note, 2 with a note\n"
    done = cli("tag", IDS[1], "--note", "Other", "--author", "Ada")
    assert done.err == f"replaced on {IDS[1]}: Second source?\n"
    assert cli("tag", "--", IDS[1], "-checked").out == "checked: removed from 1 article\n"
    assert cli("tag", "-Checked", IDS[2], "--remove-note", "--author=Ada").code == 0
    assert cli("tag", IDS[2]).out.splitlines()[1] == "     tags  none"


def test_the_command_prints_json(cli: Command, index: Index) -> None:
    report = json.loads(cli("tag", IDS[0], "+x", "--json").out)
    assert report["tags"] == [{"tag": "x", "removed": False, "articles": 1, "unchanged": 0}]
    said = json.loads(cli("tag", IDS[0], "--json").out)
    assert said == {"articles": [{"id": IDS[0], "tags": ["x"], "notes": []}]}
    assert json.loads(cli("tag", "--json").out) == index.tags().to_dict()


def test_the_command_tags_what_a_search_finds_after_asking(
    cli: Command, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = cli("tag", "--query", "rained", "+wet")
    assert (done.code, index.count("tag:wet")) == (1, 0)
    assert "Change 3 articles?" in done.err
    assert "nothing was changed" in done.err
    assert cli("tag", "--query", "rained", "+wet", "--yes").out == "wet: added to 3 articles\n"
    assert numbers(index.find("tag:wet")) == [1, 3, 5]
    assert cli("tag", "--tag", "wet", "+2024", "-wet", "--yes").code == 0
    assert (index.count("tag:wet"), index.count("tag:2024")) == (0, 3)
    assert cli("tag", "--query", "snowed", "+x", "--yes").err.endswith("nothing to tag: no article matches\n")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["+x"], "which articles"), (["--note", "x"], "which articles"), (["ID", "--query", "rain", "+x"], "not by both"), (["--query", "rain"], "which tags"),
        (["--query", " ", "+x"], "is empty"), (["--query", "*", "+x"], "every article"), (["--yes", "ID", "+x"], "--yes has no effect"), (["--author", "x"], "--author has no effect"),
        (["ID", "--author", "x"], "--author has no effect"), (["--wait", "1"], "--wait has no effect"), (["ID", "+x", "--literal"], "--literal has no effect"), (["ID", "+x", "--any"], "--any has no effect"),
        (["ID", "--note", "x", "--remove-note"], "exclude each other"), (["--merge", "tags.jsonl", "ID"], "no such|does not exist|takes no"), (["ID", "+x", "-x"], "both added and removed"), (["ID", "+"], "is empty"),
    ],
)  # fmt: skip
def test_what_has_no_effect_is_refused(cli: Command, index: Index, arguments: list[str], reason: str) -> None:
    done = cli("tag", *(IDS[0] if one == "ID" else one for one in arguments))
    assert done.code == 2
    assert re.search(reason, done.err), done.err
    assert not (index.folder.parent / "tags.jsonl").exists()


def test_the_command_merges(cli: Command, index: Index, tmp_path: Path) -> None:
    cli("tag", IDS[0], "+x")
    moved = tmp_path / "theirs.jsonl"
    (tmp_path / "tags.jsonl").rename(moved)
    cli("tag", IDS[1], "+y")
    assert (
        cli("tag", "--merge", str(moved)).out == "merged: 1 tag added, 0 removed, 0 notes added, 0 removed\n"
    )
    assert [one.tag for one in index.tags()] == ["x", "y"]
    moved.write_text("rubbish")
    failed = cli("tag", "--merge", str(moved))
    assert (failed.code, "line 1" in failed.err) == (1, True)


def test_nothing_in_a_note_reaches_the_terminal_unescaped(cli: Command, index: Index, tmp_path: Path) -> None:
    line = {"article": IDS[0], "note": "a\u202eb\u009b31mc", "at": "2024-01-01T00:00:00Z", "by": "E\u202eve"}
    (tmp_path / "tags.jsonl").write_text(HEADER + json.dumps(line | {"note": "a\u202eb"}) + "\n")
    assert "\u202e" not in cli("tag", IDS[0]).out
    (tmp_path / "tags.jsonl").write_text(HEADER + json.dumps(line) + "\n")
    assert "U+009B" in cli("tag", IDS[0]).err


def test_the_author_may_be_in_the_environment(
    cli: Command, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSSEARCH_AUTHOR", "Ada")
    cli("tag", IDS[0], "--note", "x")
    assert index.tags_of(IDS[0]).notes[0].by == "Ada"
    assert cli("tag").code == 0


# ---- where tags are shown


def test_hits_articles_and_show_have_tags_and_notes(cli: Command, index: Index) -> None:
    index.tag(IDS[1], ["checked", "b"], note="Second source?", author="Ada")
    (hit,) = index.search("rained tag:checked")
    assert (hit.tags, [note.text for note in hit.notes]) == (("b", "checked"), ["Second source?"])
    shown = hit.to_dict()
    assert shown["tags"] == ["b", "checked"]
    assert shown["notes"] == [{"text": "Second source?", "at": shown["notes"][0]["at"], "by": "Ada"}]  # type: ignore[index]
    assert "  tags: b, checked; 1 note\n" in cli("query", "tag:checked").out
    assert "\ntags: b, checked; 1 note\n" in cli("query", "tag:checked", "--format", "md").out
    assert "tags:" not in cli("query", "-tag:checked", "--format", "md").out
    printed = cli("show", IDS[1]).out
    assert "     tags  b, checked\n" in printed
    assert "Second source?\n" in printed
    value = json.loads(cli("show", IDS[1], "--json").out)
    assert (value["tags"], value["notes"]) == (shown["tags"], shown["notes"])
    row = cli("query", "tag:checked", "--format", "csv").out.splitlines()
    assert row[0].endswith("copies,tags,notes")
    assert row[1].endswith(",b; checked,Second source?")
    assert index.neighbours("rained", f"{IDS[1]}#1").hit.tags == ("b", "checked")
    related = index.related(IDS[3])
    assert [one.tags for one in related if one.id == IDS[1]] in ([], [("b", "checked")])
    assert [hit.tags for hit in index.search("rained", sort="id") if hit.id != IDS[1]] == [(), ()]


def test_a_search_goes_on_without_tags_that_cannot_be_read(
    cli: Command, index: Index, tmp_path: Path
) -> None:
    (tmp_path / "tags.jsonl").write_text("rubbish")
    results = index.search("rained")
    assert len(results) == 3
    (note,) = (one for one in results.diagnostics if one.kind == "tags")
    assert "line 1" in note.message
    assert str(tmp_path) not in note.message
    shown = cli("show", IDS[0])
    assert (shown.code, "tags and notes are not shown" in shown.err) == (0, True)


def test_a_search_goes_on_without_a_file_of_tags_that_the_system_refuses(
    cli: Command, index: Index, tmp_path: Path
) -> None:
    (tmp_path / "tags.jsonl").mkdir()  # which no user can read as a file, root neither
    results = index.search("rained")
    assert len(results) == 3
    (note,) = (one for one in results.diagnostics if one.kind == "tags")
    assert "cannot be read" in note.message
    assert str(tmp_path) not in note.message
    assert index.related(IDS[1]).hits
    assert cli("show", IDS[0]).code == 0
    for use in (lambda: index.tags_of(IDS[0]), lambda: index.count("tag:x"), lambda: index.tag(IDS[0], "x")):
        with pytest.raises(TagFileError, match="cannot be read"):
            use()


def test_an_answer_has_the_tags_of_one_moment(index: Index, tmp_path: Path) -> None:
    def untagging() -> bool:
        """Take the tag from an article, as another person may during a search, which goes on."""
        if index.tags_of(IDS[1]).tags:
            index.tag(IDS[1], remove="todo")
        return False

    def given() -> None:
        index.tag([IDS[1], IDS[3]], "todo")

    given()
    results = index.search("tag:todo rained", facets="tag", sort="id", stop=untagging)
    assert index.tags_of(IDS[1]).tags == (), "it was untagged during the search"
    assert [(hit.id, hit.tags) for hit in results] == [(IDS[1], ("todo",)), (IDS[3], ("todo",))]
    assert [(one.value, one.articles) for one in results.facets["tag"]] == [("todo", 2)]
    given()
    with index.scan("tag:todo", sort="id", stop=untagging) as scan:
        assert [hit.tags for hit in scan] == [("todo",)] * 2
    given()
    assert index.neighbours("tag:todo", IDS[1], stop=untagging).hit.tags == ("todo",)
    given()
    index.export("tag:todo", tmp_path / "a.csv", columns=["tags"], stop=untagging)
    assert (tmp_path / "a.csv").read_text("utf-8-sig").split() == ["tags", "todo", "todo"]
    given()
    table = index.table({"one": "tag:todo", "other": "tag:todo rained"}, stop=untagging)
    assert [table.total(query=number).articles for number in (0, 1)] == [2, 2]


def test_exports_have_tags_as_columns_and_as_keywords(cli: Command, index: Index, tmp_path: Path) -> None:
    index.tag(IDS[1], ["R&D", "1/1", "to cite"], note="=HYPERLINK(1)")
    index.export("tag:*", tmp_path / "a.csv", columns=["id", "tags", "notes"])
    assert (tmp_path / "a.csv").read_text("utf-8").splitlines() == [
        "id,tags,notes",
        f"{IDS[1]},1/1; R&D; to cite,'=HYPERLINK(1)",
    ]
    index.export("tag:*", tmp_path / "a.jsonl", columns=["tags", "notes"])
    assert json.loads((tmp_path / "a.jsonl").read_text("utf-8")) == {
        "tags": ["1/1", "R&D", "to cite"],
        "notes": ["=HYPERLINK(1)"],
    }
    index.export("tag:*", tmp_path / "a.ris")
    assert (tmp_path / "a.ris").read_text("utf-8").count("KW  - ") == 3
    assert "KW  - to cite\n" in (tmp_path / "a.ris").read_text("utf-8").replace("\r", "")
    index.export("tag:*", tmp_path / "a.bib")
    assert "keywords = {1/1, R\\&D, to cite}" in (tmp_path / "a.bib").read_text("utf-8")
    index.export("tag:*", tmp_path / "a.json", format="csljson")
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))[0]["keyword"] == "1/1, R&D, to cite"
    assert "KW  - to cite" in cli("cite", IDS[1], "--style", "ris").out


def test_a_receipt_says_that_the_tags_have_changed(cli: Command, index: Index, tmp_path: Path) -> None:
    index.tag(IDS[1:4], "checked")
    for receipt, arguments in (("a", ["tag:checked"]), ("b", ["--not-tag", "checked"]), ("c", ["rained"])):
        assert cli("query", *arguments, "--count", "--receipt", f"{receipt}.json").code == 0
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["searches"][0]["tags"]
    assert json.loads((tmp_path / "c.json").read_text("utf-8"))["searches"][0]["tags"] == ""
    index.tag(IDS[0], "other", note="not asked for")
    assert [cli("receipt", "check", f"{name}.json").code for name in "abc"] == [0, 0, 0]
    index.tag(IDS[5], "checked")
    for name in "ab":
        checked = cli("receipt", "check", f"{name}.json")
        assert checked.code == 1
        assert CHANGED in checked.out
    assert cli("receipt", "check", "c.json").code == 0, "a search without tags"


CHANGED = "note: the tags or notes of articles have changed since then"
OTHERS_SHOWN = "different: the tags or notes shown with the results"


@pytest.mark.parametrize(
    "line",
    [
        "query rained", "query rained --json", "query rained --count --facet tag", "query rained -n 0 --facet outlet --facet tag:1",
        "export rained", "export rained --format ris", "export rained --columns id,tags", "export rained --format jsonl --columns tags,notes",
    ],
)  # fmt: skip
def test_a_receipt_of_what_shows_tags_says_only_that_they_have_changed(
    cli: Command, index: Index, line: str
) -> None:
    for tag in ("checked", "other"):  # the first one of the archive, and one more
        assert cli(*line.split(), "--receipt", "r.json").code == 0
        assert cli("receipt", "check", "r.json").code == 0
        index.tag(IDS[1], tag)
        checked = cli("receipt", "check", "r.json")
        assert checked.code == 1
        assert checked.out.splitlines() == [OTHERS_SHOWN, CHANGED]


@pytest.mark.parametrize(
    ("line", "code"),
    [("query rained", 1), ("export rained", 1), ("export rained --columns notes", 1), ("export rained --columns id,tags", 0)]
    + [(line, 0) for line in ("export rained --columns id,title", "export rained --format ris", "review rained", "kwic rained", "query rained --count --facet outlet")],
)  # fmt: skip
def test_a_receipt_has_notes_only_if_they_are_shown(cli: Command, index: Index, line: str, code: int) -> None:
    assert cli(*line.split(), "--receipt", "r.json").code == 0
    index.tag(IDS[1], note="Second source?")
    assert cli("receipt", "check", "r.json").code == code


def test_other_articles_with_tags_are_no_change_of_the_tags(cli: Command, index: Index) -> None:
    index.tag(IDS[1], "checked")
    assert cli("query", "rained", "--receipt", "r.json").code == 0
    index.remove(IDS[1])
    checked = cli("receipt", "check", "r.json")
    assert OTHERS_SHOWN in checked.out.splitlines()
    assert CHANGED not in checked.out


def test_an_alert_reports_an_article_when_it_is_tagged(index: Index) -> None:
    search = newssearch.SavedSearch(name="mine", query="tag:urgent", to="ndjson:out.jsonl")
    newssearch.save_search(search, index.folder)
    (report,) = newssearch.run_alerts(index.folder)
    assert report.new == 0
    index.tag(IDS[2], "urgent", note="Private.")
    (report,) = newssearch.run_alerts(index.folder)
    assert [entry["id"] for entry in report.entries] == [IDS[2]]
    assert list(report.entries[0]["tags"]) == ["urgent"]
    assert "Private." not in (index.folder.parent / "out.jsonl").read_text("utf-8"), "notes stay at home"
    index.tag(IDS[2], remove="urgent")
    index.tag(IDS[2], "urgent")
    (report,) = newssearch.run_alerts(index.folder)
    assert report.new == 0, "it was reported"
