"""The identity of an article over time: versions, copies and moved files."""

from __future__ import annotations

import json
import tempfile
from hashlib import blake2b
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from slugify import slugify

import newssearch
from newssearch import Article, ArticleConflictError, Index, IndexReport
from newssearch.identity import SLUG_LENGTH, id_number, make_id, with_digest
from support import THOROUGH, counts

NAMES = ("a.jsonl", "b.jsonl", "c/a.jsonl", "c/d/e.jsonl")
Archive = dict[str, list[tuple[int, int]]]
"""The identity and the content of each record, by file."""


@st.composite
def histories(draw: st.DrawFn) -> list[Archive]:
    """Draw the states of an archive, one after the other: files are written, moved, copied and removed."""
    record = st.tuples(st.integers(0, 2), st.integers(0, 2))
    state: Archive = {}
    states = []
    for _ in range(draw(st.integers(1, 5))):
        state = dict(state)
        for _ in range(draw(st.integers(1, 3))):
            name = draw(st.sampled_from(NAMES))
            action = draw(st.sampled_from(("write", "write", "move", "copy", "remove")))
            if action == "write":
                state[name] = draw(st.lists(record, min_size=1, max_size=3, unique_by=lambda one: one[0]))
            elif name in state and action == "remove":
                del state[name]
            elif name in state:
                state[draw(st.sampled_from(NAMES))] = state.pop(name) if action == "move" else state[name]
        states.append(state)
    return states


def write(archive: Path, state: Archive) -> None:
    """Write the files of a state, and remove others; a file that stays as it is is not touched."""
    for name in NAMES:
        file = archive / name
        if name not in state:
            file.unlink(missing_ok=True)
            continue
        text = "".join(
            json.dumps({"url": f"https://e.org/{who}", "title": f"T{what}", "text": f"Text {what}."}) + "\n"
            for who, what in state[name]
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")


def holders(state: Archive, who: int) -> dict[str, set[int]]:
    """The contents that each file has for an identity."""
    found = {name: {what for one, what in records if one == who} for name, records in state.items()}
    return {name: having for name, having in found.items() if having}


def contents(index: Index) -> dict[int, Article]:
    """The articles of an index by the number in their addresses."""
    found = {int((article.url or "").rpartition("/")[2]): article for article in index}
    assert len(found) == len(index), "each identity is one article"
    return found


@settings(max_examples=10 * THOROUGH, deadline=None)
@given(states=histories())
def test_the_newest_content_counts_and_each_place_holds_it(states: list[Archive]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "news"
        archive.mkdir()
        index = newssearch.create(Path(folder) / "index")
        before: dict[int, Article] = {}
        had: dict[int, set[int]] = {}
        for state in states:
            write(archive, state)
            report = index.update(archive, prune=True, confirm=lambda removal: True)
            found = contents(index)
            assert found.keys() == {who for records in state.values() for who, _ in records}
            had = {who: had.get(who, set()) for who in found}
            for who, article in found.items():
                content = int((article.title or "")[1:])
                holding = holders(state, who)
                never_had = set().union(*holding.values()) - had[who]
                if never_had:
                    assert content in never_had
                elif who in before:
                    old_content = int((before[who].title or "")[1:])
                    if old_content in holding.get(before[who].place.path.removeprefix("news/"), ()):
                        assert content == old_content, "nothing newer came"
                had[who] |= set().union(*holding.values())
                for place in (article.place, *article.other_places):
                    held = state[place.path.removeprefix("news/")][place.record - 1]
                    assert held == (who, content), "each place holds this content"
                if who not in before:
                    continue
                old = before[who]
                assert article.id == old.id
                if article.digest == old.digest:
                    assert (article.added, article.version) == (old.added, old.version)
                else:
                    assert article.version > old.version
                    assert article.earlier[old.version - 1].digest == old.digest
                    assert article.added is not None
                    assert old.added is not None
                    assert article.added > old.added
                    event("a new version")
            if report.moved:
                event("moved")
            again = index.update(archive, prune=True, confirm=lambda removal: True)
            assert set(counts(again)) <= {"unchanged"}
            before = found
        newssearch.rebuild(index.folder, archive, confirm=lambda removal: True)
        if before:
            with newssearch.open(index.folder) as rebuilt:
                assert contents(rebuilt).keys() == before.keys()
                for who, article in contents(rebuilt).items():
                    assert article.state == before[who].state
                    assert (article.id, article.added, article.version, article.earlier) == (
                        before[who].id, before[who].added, before[who].version, before[who].earlier,
                    )  # fmt: skip
        index.close()


@settings(max_examples=10 * THOROUGH, deadline=None)
@given(states=histories())
def test_no_file_without_an_address_is_lost_whatever_names_change(states: list[Archive]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "news"
        index = newssearch.create(Path(folder) / "index")
        for state in states:
            texts = {
                name.replace("jsonl", "txt"): f"Title {records[0]}\n\nText of {records[0]}.\n"
                for name, records in state.items()
            }
            for name in (name.replace("jsonl", "txt") for name in NAMES):
                (archive / name).parent.mkdir(parents=True, exist_ok=True)
                if name not in texts:
                    (archive / name).unlink(missing_ok=True)
                elif not (archive / name).exists() or (archive / name).read_text("utf-8") != texts[name]:
                    (archive / name).write_text(texts[name], "utf-8")
            index.update(archive, prune=True, confirm=lambda removal: True)
            titles = {text.partition("\n")[0] for text in texts.values()}
            assert {article.title for article in index} == titles
            for article in index:
                path = article.place.path.removeprefix("news/")
                assert texts[path].startswith(f"{article.title}\n"), "its place holds this content"
            assert set(counts(index.update(archive, prune=True))) <= {"unchanged"}
        assert newssearch.verify(index.folder).sound
        index.close()


# ---- what a person sees

SPELLINGS = (
    "https://www.example.org/2024/rain.html", "http://example.org/2024/rain.html",
    "https://m.example.org/2024/rain.html?utm_source=rss", "https://example.org:443/2024/rain.html#top",
    "HTTPS://EXAMPLE.ORG/2024/./rain.html?fbclid=abc",
    "https://web.archive.org/web/20240726/https://www.example.org/2024/rain.html",
)  # fmt: skip


def test_six_spellings_a_new_headline_and_a_moved_folder_are_one_article(tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()

    def written(title: str) -> None:
        for number, url in enumerate(SPELLINGS):
            record = {"url": url, "title": title, "text": "It rained.", "date": "2024-07-25"}
            (news / f"{number}.json").write_text(json.dumps(record), "utf-8")

    written("Rain closes bridges")
    with newssearch.create(tmp_path / "index") as index:
        assert counts(index.update(news)) == {"added": 1, "duplicates": 5, "files_read": 6}
        (first,) = index
        written("Rain closes two bridges")
        assert counts(index.update(news)) == {"updated": 1, "duplicates": 5, "files_read": 6}
        (second,) = index
        assert (second.id, second.version, second.title) == (first.id, 2, "Rain closes two bridges")
        assert [version.digest for version in second.earlier] == [first.digest]
        news.rename(tmp_path / "archive")
        report = index.update(tmp_path / "archive", prune=True)
        assert counts(report) == {"moved": 1, "duplicates": 5, "files_read": 6}
        (third,) = index
        assert third.place.path == "archive/0.json"
        assert [place.path for place in third.other_places] == [f"archive/{n}.json" for n in range(1, 6)]
        assert (third.id, third.added, third.version) == (first.id, second.added, 2)


def test_a_renamed_folder_is_no_removal_of_its_articles(tmp_path: Path) -> None:
    news = tmp_path / "news"
    (news / "old").mkdir(parents=True)
    for number in range(3):
        (news / "old" / f"{number}.txt").write_text(f"Title {number}\n\nText {number}.\n", "utf-8")
    with newssearch.create(tmp_path / "index") as index:
        index.update(news)
        before = {article.title: (article.id, article.added) for article in index}
        (news / "old").rename(news / "new")
        report = index.update(news, prune=True)  # nothing is asked, and nothing refused
        assert (report.moved, report.files_moved, report.removed, report.refused) == (3, 3, 0, ())
        assert {article.title: (article.id, article.added) for article in index} == before
        assert {article.path for article in index} == {f"news/new/{number}.txt" for number in range(3)}
        (news / "new").rename(news / "newer")
        assert index.update(news).moved == 3
        assert {article.title: (article.id, article.added) for article in index} == before
        newssearch.rebuild(index.folder, news)
        index.refresh()
        assert {article.title: (article.id, article.added) for article in index} == before


def test_a_copy_of_a_file_is_a_copy_of_its_articles_unless_something_differs(tmp_path: Path) -> None:
    for name in ("echo", "backup", "herald"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text("Rain\n\nIt rained.\n", "utf-8")
    (tmp_path / "newssearch.toml").write_text('[folders]\nherald = "The Herald"\n', "utf-8")
    with newssearch.create(tmp_path / "index") as index:
        names = ["backup", "echo", "herald"]
        report = index.update([tmp_path / name for name in names])
        assert counts(report) == {"added": 2, "duplicates": 1, "files_read": 3}
        assert {
            article.outlet: [article.path, *(p.path for p in article.other_places)] for article in index
        } == {
            None: ["backup/a.txt", "echo/a.txt"],
            "The Herald": ["herald/a.txt"],
        }
        (tmp_path / "echo" / "a.txt").write_text("Snow\n\nIt snowed.\n", "utf-8")
        index.update([tmp_path / name for name in names])
        assert sorted((article.title, article.path, article.other_places) for article in index) == [
            ("Rain", "backup/a.txt", ()), ("Rain", "herald/a.txt", ()), ("Snow", "echo/a.txt", ()),
        ]  # fmt: skip


@pytest.mark.parametrize("committed", [True, False])
def test_what_becomes_of_an_article_in_memory_that_the_index_has(tmp_path: Path, committed: bool) -> None:
    old = Article.create(title="Rain", text="It rained.", url="https://e.org/1", outlet="Echo")
    new = Article.create(title="Heavy rain", text="It rained.", url="http://www.e.org/1#x", outlet="Echo")
    with newssearch.create(tmp_path / "index") as index:

        def add(on_conflict: Literal["replace", "keep", "error"]) -> IndexReport:
            if committed:
                index.add(old)
            return index.add([new] if committed else [old, new], on_conflict=on_conflict)

        with pytest.raises(ArticleConflictError) as caught:
            add("error")
        assert caught.value.ids == (new.id,)
        assert len(index) == committed
        assert add("keep").ignored == 1
        assert [article.title for article in index] == ["Rain"]
        assert add("replace").updated == (1 if committed else 2) - (not committed)
        (found,) = index
        assert (found.title, found.id, found.version) == ("Heavy rain", old.id, 2)
        assert index.article(new.id) == found, "by its digest"
        assert new.id in index
        assert [hit.id for hit in index.search(f"id:{new.id}")] == [old.id]
        assert index.remove(new.id) == 1


def test_ids_of_one_digest_have_one_number() -> None:
    made = [make_id(None, None, title, "x") for title in ("Rain", "Snow", None)]
    assert len(set(made)) == 3
    assert len({id_number(one) for one in made}) == 1
    assert id_number(made[0]) == int.from_bytes(blake2b(b"x", digest_size=8).digest(), "big") >> 4
    by_hand = ("by-hand", "", "aaaaaaaaaaa", f"x{made[2]}", made[2].upper(), "rain-aaaaaaaaaaa1")
    assert len({id_number(one) for one in by_hand}) == len(by_hand)
    assert all(id_number(one) >> 60 == 1 for one in by_hand)


def test_articles_that_only_share_an_address_are_kept_apart(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    texts = {
        "Bridge closed after flood": "The river rose overnight and the council closed the old bridge to all traffic, while engineers looked for cracks under its four arches.",
        "Minister resigns": "She said on Tuesday that her health no longer allowed her to lead a department; nobody has been named yet to take over before autumn.",
        "Cup final ends in a draw": "Neither side scored during the second half although both had chances before the whistle blew, so that a replay follows next Saturday at noon.",
    }
    for number, (title, text) in enumerate(texts.items()):
        record = {"url": "https://e.org/news/", "title": title, "text": text}
        (pages / f"{number}.json").write_text(json.dumps(record), "utf-8")
    with newssearch.create(tmp_path / "index") as index:
        assert counts(index.update(pages)) == {"added": 3, "files_read": 3}
        assert {article.title for article in index} == texts.keys()
        before = {article.id for article in index}
        for file in pages.iterdir():
            file.write_text(file.read_text("utf-8") + "\n", "utf-8")
        assert counts(index.update(pages)) == {"unchanged": 3, "files_read": 3}
        assert {article.id for article in index} == before
        known = [str(article.provenance["url"]) for article in index if article.path != "pages/0.json"]
        assert known == ["stated, another article has it too"] * 2


def test_a_new_file_under_the_name_of_a_moved_one_is_another_article(tmp_path: Path) -> None:
    def table(*rows: tuple[int, str]) -> str:
        return "id,title,text\n" + "".join(f"{number},{title},Text of {title}.\n" for number, title in rows)

    latest, june = tmp_path / "news" / "latest.csv", tmp_path / "news" / "june.csv"
    latest.parent.mkdir()
    latest.write_text(table((1, "June one"), (2, "June two")), "utf-8")
    with newssearch.create(tmp_path / "index") as index:
        index.update(latest.parent)
        before = {article.title: article.id for article in index}
        latest.rename(june)
        assert index.update(latest.parent).moved == 2
        latest.write_text(table((1, "July one"), (2, "July two")), "utf-8")
        assert counts(index.update(latest.parent)) == {"added": 2, "unchanged": 2, "files_read": 1}
        ids = {article.title: article.id for article in index}
        assert before.items() <= ids.items()
        assert len({id_number(one) for one in ids.values()}) == 4
        newssearch.rebuild(index.folder, latest.parent)
        index.refresh()
        assert {article.title for article in index} == ids.keys()
        assert newssearch.verify(index.folder).sound


def test_a_rebuild_recognises_files_that_were_moved_since(tmp_path: Path) -> None:
    news = tmp_path / "news"
    (news / "2024").mkdir(parents=True)
    for name in ("rain", "snow"):
        (news / "2024" / f"{name}.txt").write_text(f"About {name}\n\nThere was {name}.\n", "utf-8")
    with newssearch.create(tmp_path / "index") as index:
        index.update(news)
        before = {article.title: (article.id, article.added) for article in index}
        (news / "2024").rename(news / "archive")
        newssearch.rebuild(index.folder, news, confirm=lambda removal: True)
        index.refresh()
        assert {article.title: (article.id, article.added) for article in index} == before
        assert {article.path for article in index} == {"news/archive/rain.txt", "news/archive/snow.txt"}


def test_a_key_of_an_article_without_a_file_is_one_of_its_outlet(tmp_path: Path) -> None:
    def made(outlet: str, text: str) -> Article:
        return Article.create(title="Rain", text=text, key="17", outlet=outlet)

    with newssearch.create(tmp_path / "index") as index:
        assert index.add([made("Echo", "It rained."), made("Herald", "It poured.")]).added == 2
        assert index.add(made("Echo", "It rained a little.")).updated == 1
        assert {(article.outlet, article.paragraphs[0].text) for article in index} == {
            ("Echo", "It rained a little."),
            ("Herald", "It poured."),
        }


def test_removing_a_folder_keeps_what_other_files_hold(tmp_path: Path) -> None:
    for folder, names in {"echo": ("rain", "snow"), "backup": ("rain",)}.items():
        (tmp_path / folder).mkdir()
        for name in names:
            record = {"url": f"https://e.org/{name}", "title": name.title(), "text": f"There was {name}."}
            (tmp_path / folder / f"{name}.json").write_text(json.dumps(record), "utf-8")
    with newssearch.create(tmp_path / "index") as index:
        index.update([tmp_path / "backup", tmp_path / "echo"])
        ids = {article.title: article.id for article in index}
        assert set(index.articles_of(tmp_path / "echo")) == set(ids.values())
        assert index.articles_of(tmp_path / "backup") == [ids["Rain"]]
        assert index.remove(index.articles_of(tmp_path / "echo"), paths=tmp_path / "echo") == 1
        (left,) = index
        assert (left.id, left.path, left.other_places) == (ids["Rain"], "backup/rain.json", ())
        assert index.articles_of(tmp_path / "echo") == []
        assert index.remove(index.articles_of(tmp_path / "backup"), paths=tmp_path / "backup") == 1
        assert len(index) == 0


@given(st.text("ab1 ,.-;'’‘“”–—…\u00a0é&#", max_size=14))
def test_the_slug_of_an_id_is_that_of_the_headline_as_it_is_written(title: str) -> None:
    slug = slugify(title, max_length=SLUG_LENGTH, word_boundary=True, save_order=True)
    made = make_id(None, None, title, "x")
    assert made == with_digest(f"{slug}-aaaaaaaaaaab" if slug else "aaaaaaaaaaab", "x")
