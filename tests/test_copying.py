"""The copying of an index: every article as it was, resumed and brought up to date, never over something else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import newssearch
from newssearch import Article, IndexCopyError, IndexExistsError, Progress
from newssearch.engines.address import store_at
from newssearch.engines.protocol import StoredArticle
from newssearch.updating.extras import EXTRAS
from support import Command, article, command

STORY = "{}\n\nBy Ana Silva\n\n25 July 2024\n\nThe river rose above its banks on Monday, and the council closed two bridges.\n"


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an archive with an index of four articles, which is the working folder. Two of them are in one file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    records = [{"title": f"Rain {n}", "text": f"It rained for {n} days.", "theme": "weather"} for n in (2, 1)]
    Path("wire.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    for name in ("a", "b"):
        Path(f"{name}.txt").write_text(STORY.format(f"Flood {name}"), "utf-8")
    Path("newssearch.toml").write_text('[fields]\ntheme = "value"\n', "utf-8")
    with newssearch.create("index") as index:
        index.update(["wire.jsonl", "a.txt"])
        index.update(["b.txt", "a.txt"])
    return tmp_path


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return the command line."""
    return command(capsys, monkeypatch)


def held(folder: str) -> list[StoredArticle]:
    """Return the articles of an index with their states, in the order in which they were indexed."""
    snapshot = store_at("folder", folder).snapshot()
    found = list(snapshot.stored())
    snapshot.close()
    return found


def extras(folder: str) -> dict[str, str | None]:
    return {name: store_at("folder", folder).read_extra(name) for name in EXTRAS if name != "copy.json"}


def test_a_copy_has_all_articles_as_they_are_in_their_order_and_the_record_of_their_files(
    archive: Path,
) -> None:
    report = newssearch.copy("index", "other/index")
    assert (report.copied, report.replaced, report.removed, report.unchanged, report.interrupted) == (
        4,
        0,
        0,
        0,
        False,
    )
    assert held("other/index") == held("index")
    assert [one.article.path for one in held("index")] == ["wire.jsonl", "wire.jsonl", "a.txt", "b.txt"]
    assert extras("other/index") == extras("index")
    with newssearch.open("index") as index, newssearch.open("other/index") as other:
        assert (other.commit.digest, other.info().contents) == (index.commit.digest, index.info().contents)
    assert store_at("folder", "other/index").config == newssearch.Config()  # of another archive


def test_a_run_on_a_copy_reads_only_what_has_changed(archive: Path) -> None:
    newssearch.copy("index", "copy")
    with newssearch.open("copy") as index:
        report = index.update(["wire.jsonl", "a.txt", "b.txt"])
    assert (report.files, report.files_read, report.unchanged) == (3, 0, 4)


def test_a_copy_that_was_stopped_goes_on_where_it_stood(archive: Path) -> None:
    seen: list[Progress] = []
    first = newssearch.copy("index", "copy", progress=seen.append, stop=lambda: len(seen) == 3)
    assert (first.copied, first.interrupted) == (3, True)
    assert seen == [Progress(n, 4, n) for n in (1, 2, 3)]
    assert len(held("copy")) == 3
    second = newssearch.copy("index", "copy")
    assert (second.copied, second.unchanged, second.interrupted) == (1, 3, False)
    assert held("copy") == held("index")


def test_a_copy_is_brought_up_to_date(archive: Path) -> None:
    newssearch.copy("index", "copy")
    with newssearch.open("index") as index:
        Path("a.txt").write_text(STORY.format("Flood a").replace("two", "three"), "utf-8")
        Path("b.txt").rename("c.txt")
        Path("wire.jsonl").unlink()
        index.update(["."], prune=True, confirm=lambda removal: True)
        index.add(Article.create(title="Sun", text="The sun shone."))
    report = newssearch.copy("index", "copy")
    assert (report.copied, report.replaced, report.removed, report.unchanged) == (1, 2, 2, 0)
    assert sorted(held("copy"), key=lambda one: one.article.id) == sorted(
        held("index"), key=lambda one: one.article.id
    )
    assert extras("copy") == extras("index")
    assert newssearch.copy("index", "copy").unchanged == 3


def test_a_place_that_only_a_copy_elsewhere_has_is_brought_up_to_date_too(archive: Path) -> None:
    newssearch.copy("index", "copy")
    Path("again.txt").write_bytes(Path("a.txt").read_bytes())
    with newssearch.open("index") as index:
        index.update(["again.txt"])
    assert held("copy") != held("index")
    newssearch.copy("index", "copy")
    assert sorted(held("copy"), key=lambda one: one.article.id) == sorted(
        held("index"), key=lambda one: one.article.id
    )


def test_nothing_is_copied_over_what_is_no_copy(archive: Path) -> None:
    with newssearch.create("full") as index:
        index.add(article("Sun", "The sun shone."))
    before = held("full")
    with pytest.raises(IndexExistsError, match="full holds an index that is no copy: copy into a new index"):
        newssearch.copy("index", "full")
    assert held("full") == before
    newssearch.create("empty").close()
    assert newssearch.copy("index", "empty").copied == 4
    with pytest.raises(IndexExistsError, match=r"empty holds a copy of .*index, not of full"):
        newssearch.copy("full", "empty")
    with newssearch.open("empty") as index:
        index.add(article("Snow", "It snowed."))
    with pytest.raises(
        IndexExistsError, match="empty holds a copy to which something else has been added since"
    ):
        newssearch.copy("index", "empty")
    assert len(held("empty")) == 5


def test_an_index_is_not_copied_into_itself(archive: Path) -> None:
    Path("link").symlink_to("index")
    for into in ("index", "./index", "link"):
        with pytest.raises(newssearch.NewssearchError, match="into: an index cannot be copied into itself"):
            newssearch.copy("index", into)
    with pytest.raises(newssearch.IndexNotFoundError):
        newssearch.copy("none", "new")
    assert not Path("new").exists()


def test_a_copy_that_is_not_as_its_source_is_an_error(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = type(store_at("folder", "index"))
    snapshot_of = store.snapshot

    def losing(self: object) -> object:
        found = snapshot_of(self)  # type: ignore[arg-type]
        kept = list(found.stored())[:-1]
        monkeypatch.setattr(found, "stored", lambda: iter(kept))
        return found

    monkeypatch.setattr(store, "snapshot", losing)
    with pytest.raises(
        IndexCopyError, match="copy is not as the index that it was copied from: the articles of both"
    ):
        newssearch.copy("index", "copy")


def test_the_command_says_what_was_copied_and_checked(cli: Command, archive: Path) -> None:
    ran = cli("copy", "index", "copy")
    assert ran.code == 0
    assert ran.out.splitlines()[:2] == [
        "articles: 4 copied, 0 replaced, 0 removed, 0 unchanged",
        "copy is as its source: the same articles, files and digest",
    ]
    again = json.loads(cli("copy", "index", "copy", "--json").out)
    assert (again["source"], again["into"], again["copied"], again["unchanged"]) == ("index", "copy", 0, 4)
    refused = cli("copy", "index", "./index")
    assert (refused.code, refused.err) == (1, "error: into: an index cannot be copied into itself: index\n")


def test_the_files_of_a_copy_are_no_articles(archive: Path) -> None:
    newssearch.copy("index", "deep/index")
    with newssearch.open("index") as index:
        report = index.update(["."])
    assert (report.rejections, report.unchanged) == (0, 4)


def test_versions_and_times_are_kept(archive: Path) -> None:
    Path("a.txt").write_text(STORY.format("Flood a").replace("two", "three"), "utf-8")
    with newssearch.open("index") as index:
        index.update(["a.txt"])
    newssearch.copy("index", "copy")
    (there,) = (one.article for one in held("copy") if one.article.path == "a.txt")
    assert there.version == 2
    assert len(there.earlier) == 1
