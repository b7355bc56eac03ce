"""Feeds that are saved again and again: an article that is no longer in its feed stays in the index."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Article, Config, IndexReport
from newssearch.article import NO_RECORD
from newssearch.system.atomic_files import sealed, unsealed
from newssearch.updating import indexer
from support import THOROUGH, Command, command, counts

Items = Mapping[int, int]
"""The items of a feed: the number of each, with the number of its revision."""

REPLACE = Config(feeds="replace")
HEAD = "<rss version='2.0'><channel><title>The Echo</title>"
OTHER_TEXTS = ["", "The river rose by a metre.", "Bridges were closed at noon.", "Crowds went to the beach."]
ERROR_PAGE = "<!DOCTYPE html><html><head><title>Busy</title></head><body><h1>Busy</h1><p>The server is busy. Come back later.</p></body></html>"


def address_of(number: int) -> str:
    return f"https://echo.example.org/{number}"


def text_of(number: int, revision: int) -> str:
    return f"It rained for {number} days in the valley, says report {revision}."


def rss(items: Items, head: str = HEAD) -> str:
    return f"{head}{''.join(rss_item(*item) for item in items.items())}</channel></rss>"


def rss_item(number: int, revision: int, identity: str | None = None) -> str:
    stated = f"<link>{address_of(number)}</link>" if identity is None else identity
    return f"<item><title>Rain {number}</title>{stated}<description>{text_of(number, revision)}</description></item>"


def rss_1(items: Items) -> str:
    found = "".join(
        f"<item rdf:about='{address_of(n)}'><title>Rain {n}</title><link>{address_of(n)}</link><description>{text_of(n, r)}</description></item>"
        for n, r in items.items()
    )
    names = "xmlns='http://purl.org/rss/1.0/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
    return f"<rdf:RDF {names}><channel rdf:about='https://e.org/'><title>The Echo</title></channel>{found}</rdf:RDF>"


def atom(items: Items) -> str:
    found = "".join(
        f"<entry><id>tag:e.org,2024:{n}</id><title>Rain {n}</title><link href='{address_of(n)}'/>"
        f"<content type='text'>{escape(text_of(n, r))}</content></entry>"
        for n, r in items.items()
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>The Echo</title>{found}</feed>"


def json_feed(items: Items, indent: int | None = None) -> str:
    listed = [
        {"id": f"item {n}", "title": f"Rain {n}", "content_text": text_of(n, r)} for n, r in items.items()
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "The Echo", "items": listed}
    return json.dumps(feed, indent=indent)


FORMS: dict[str, tuple[str, Callable[[Items], str]]] = {
    "RSS 2.0": ("a.xml", rss),
    "RSS 0.91": ("a.rss", lambda items: rss(items).replace("version='2.0'", "version='0.91'")),
    "RSS 1.0": ("a.rdf", rss_1),
    "Atom": ("a.xml", atom),
    "JSON Feed": ("a.json", lambda items: json_feed(items, 1)),
    "JSON Feed on one line": ("a.json", json_feed),
    "without addresses": (
        "a.xml",
        lambda items: (
            HEAD
            + "".join(rss_item(n, r, f"<guid>x{n}</guid>") for n, r in items.items())
            + "</channel></rss>"
        ),
    ),
    "numbered within a feed without a title": (
        "a.xml",
        lambda items: (
            "<rss version='2.0'><channel>"
            + "".join(rss_item(n, r, f"<guid>{n}</guid>") for n, r in items.items())
            + "</channel></rss>"
        ),
    ),
}


newssearch_command = pytest.fixture(command)


class Archive:
    """An archive with a folder of feeds, in which each file that is written is newer than those before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.feeds = folder / "feeds"
        self.feeds.mkdir()
        self.index = newssearch.create(folder / "index")
        self._moment = 0

    def write(self, name: str, content: str | bytes) -> None:
        file = self.feeds / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        self._moment += 1
        os.utime(file, (self._moment, self._moment))

    def update(self, **options: object) -> IndexReport:
        return self.index.update(self.feeds, confirm=lambda _: True, **options)  # type: ignore[arg-type]

    def rebuild(self, **options: object) -> IndexReport:
        report = newssearch.rebuild(self.index.folder, [self.feeds], confirm=lambda _: True, **options)  # type: ignore[arg-type]
        self.index.refresh()
        return report

    def held(self) -> dict[str | None, str]:
        """Return the text of each article, by headline, after checking that no headline is there twice."""
        found = [(article.title, article.paragraphs[0].text) for article in self.index]
        assert len(found) == len(dict(found))
        return dict(found)

    def article(self, number: int) -> Article:
        (found,) = (one for one in self.index if one.title == f"Rain {number}")
        return found

    def place(self, number: int) -> str:
        return str(self.article(number).place)


@contextmanager
def new_archive() -> Iterator[Archive]:
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        with archive.index:
            yield archive


@pytest.fixture
def archive() -> Iterator[Archive]:
    with new_archive() as made:
        yield made


def texts(items: Items) -> dict[str | None, str]:
    return {f"Rain {n}": text_of(n, r) for n, r in items.items()}


def items(*numbers: int) -> dict[int, int]:
    return dict.fromkeys(numbers, 0)


# ---- one feed


@pytest.mark.parametrize("form", FORMS)
def test_an_item_that_leaves_its_feed_stays_in_the_index(archive: Archive, form: str) -> None:
    name, made = FORMS[form]
    archive.write(name, made(items(1, 2, 3)))
    archive.update()
    archive.write(name, made(items(4, 3)))
    report = archive.update()
    assert counts(report) == {"added": 1, "unchanged": 1, "left_feeds": 2, "files_read": 1}
    assert archive.held() == texts(items(1, 2, 3, 4))
    assert [archive.article(n).record for n in (1, 2, 3, 4)] == [NO_RECORD, NO_RECORD, 2, 1]
    assert counts(archive.update()) == {"unchanged": 2}
    before = list(archive.index)
    report = archive.rebuild()
    assert (report.added, report.left_feeds) == (4, 2)
    assert sorted(archive.index, key=lambda one: one.id) == sorted(before, key=lambda one: one.id)
    assert newssearch.verify(archive.index.folder).sound


def test_an_item_that_returns_is_the_same_article(archive: Archive) -> None:
    archive.write("a.xml", rss(items(1, 2)))
    archive.update()
    first = archive.article(1)
    archive.write("a.xml", rss(items(2)))
    archive.update()
    left = archive.article(1)
    assert (left.id, left.added, left.version) == (first.id, first.added, 1)
    archive.write("a.xml", rss(items(2, 1)))
    assert counts(archive.update()) == {"unchanged": 2, "files_read": 1}
    back = archive.article(1)
    assert (back.id, back.added, back.version, back.record) == (first.id, first.added, 1, 2)
    archive.write("a.xml", rss(items(2)))
    archive.update()
    archive.write("a.xml", rss({2: 0, 1: 5}))
    assert counts(archive.update()) == {"updated": 1, "unchanged": 1, "files_read": 1}
    assert (archive.article(1).version, archive.held()["Rain 1"]) == (2, text_of(1, 5))


def test_an_archive_that_replaces_feeds_removes_what_they_no_longer_have(archive: Archive) -> None:
    (archive.folder / "newssearch.toml").write_text('feeds = "replace"\n')
    archive.write("a.xml", rss(items(1, 2)))
    archive.update()
    archive.write("a.xml", rss(items(2)))
    assert counts(archive.update()) == {"removed": 1, "unchanged": 1, "files_read": 1}
    archive.write("a.xml", rss(items(3)))
    archive.update(config=Config())
    assert archive.held() == texts(items(2, 3))
    archive.write("a.xml", rss(items(3, 4)))
    assert counts(archive.update()) == {"added": 1, "removed": 1, "unchanged": 1, "files_read": 1}
    archive.write("a.xml", rss(items(5)))
    archive.rebuild()
    assert archive.held() == texts(items(5))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param("<rss version='2.0'><cha", id="cut off"),
        pytest.param(rss({}), id="without items"),
        pytest.param(json_feed({}), id="a JSON feed without items"),
        pytest.param(ERROR_PAGE, id="a page that says that the server is busy"),
        pytest.param(f"{HEAD}<item><guid>tag:1</guid></item></channel></rss>", id="an item without text"),
    ],
)
def test_whatever_comes_in_place_of_a_feed_its_articles_stay(archive: Archive, content: str) -> None:
    archive.write("a.xml", rss(items(1, 2)))
    archive.update()
    archive.write("a.xml", rss(items(2)))
    archive.update()
    for again in (content, f"{content} ", ERROR_PAGE):
        archive.write("a.xml", again)
        assert archive.update().removed == 0
        assert texts(items(1, 2)).items() <= archive.held().items()
    archive.rebuild()
    assert texts(items(1, 2)).items() <= archive.held().items()
    archive.write("a.xml", rss(items(3)))
    archive.update()
    assert texts(items(1, 2, 3)).items() <= archive.held().items()


def test_a_rebuild_keeps_the_articles_of_a_feed_that_cannot_be_read_now(archive: Archive) -> None:
    archive.write("a.xml", rss(items(1, 2)))
    archive.write("b.csv", "title,text,url\nSun,It shone.,https://e.org/s\n")
    archive.update()
    archive.write("a.xml", "")
    report = archive.rebuild()
    assert (report.added, report.left_feeds) == (3, 2)
    assert archive.held() == texts(items(1, 2)) | {"Sun": "It shone."}
    archive.write("a.xml", rss(items(2)))
    assert archive.rebuild().added == 3


def test_items_that_only_their_number_identifies_are_replaced_by_the_next(archive: Archive) -> None:
    def feed(*numbers: int) -> str:
        return HEAD + "".join(rss_item(n, 0, "") for n in numbers) + "</channel></rss>"

    archive.write("a.xml", feed(1, 2, 3))
    archive.update()
    archive.write("a.xml", feed(2, 3))
    assert counts(archive.update()) == {"updated": 2, "removed": 1, "files_read": 1}
    assert archive.held() == texts(items(2, 3))


def test_an_item_with_another_address_is_no_second_article(archive: Archive) -> None:
    def feed(address: str) -> str:
        return f"{HEAD}{rss_item(1, 0, f'<guid>x1</guid><link>{address}</link>')}</channel></rss>"

    archive.write("a.xml", feed("https://e.org/draft"))
    archive.update()
    archive.write("a.xml", feed("https://e.org/rain"))
    archive.update()
    assert archive.held() == texts(items(1))


def test_feeds_that_give_all_items_one_id_keep_those_with_other_addresses(archive: Archive) -> None:
    def feed(*numbers: int) -> str:
        stated = ((n, f"<guid>news</guid><link>{address_of(n)}</link>") for n in numbers)
        return HEAD + "".join(rss_item(n, 0, one) for n, one in stated) + "</channel></rss>"

    titles = {1: "Rain 1", 2: "Flood 2", 3: "Sun 3"}

    def written(*numbers: int) -> str:
        made = feed(*numbers)
        for number, title in titles.items():
            made = made.replace(f"<title>Rain {number}<", f"<title>{title}<")
            made = made.replace(text_of(number, 0), f"{title}: {OTHER_TEXTS[number]}")
        return made

    archive.write("a.xml", written(1, 2))
    archive.update()
    archive.write("a.xml", written(3))
    archive.update()
    assert set(archive.held()) == set(titles.values())


def test_an_error_page_with_an_address_is_no_item_of_the_feed(archive: Archive) -> None:
    archive.write("a.xml", rss(items(1, 2)))
    archive.update()
    named = "<link rel='canonical' href='https://e.org/busy'></head>"
    archive.write("a.xml", ERROR_PAGE.replace("</head>", named))
    assert counts(archive.update()) == {"added": 1, "left_feeds": 2, "files_read": 1}
    archive.write("a.xml", rss(items(3)))
    assert counts(archive.update()) == {"added": 1, "removed": 1, "files_read": 1}
    assert archive.held() == texts(items(1, 2, 3))
    archive.rebuild()
    assert archive.held() == texts(items(1, 2, 3))


def test_an_error_page_that_could_not_be_read_for_a_while_is_no_item_of_the_feed(archive: Archive) -> None:
    named = ERROR_PAGE.replace("</head>", "<link rel='canonical' href='https://e.org/busy'></head>")
    for content in (rss(items(1, 2)), named, "", rss(items(3))):
        archive.write("a.xml", content)
        archive.update()
    assert archive.held() == texts(items(1, 2, 3))


def test_a_rebuild_without_a_manifest_keeps_what_had_left_its_feed(archive: Archive) -> None:
    archive.write("a.xml", rss(items(1, 2)))
    archive.update()
    archive.write("a.xml", rss(items(2)))
    archive.update()
    (archive.index.folder / "files.json").unlink()
    archive.write("a.xml", ERROR_PAGE)
    archive.rebuild()
    assert texts(items(1)).items() <= archive.held().items()


def test_a_rebuild_after_the_manifest_was_lost_keeps_what_had_left_its_feed(archive: Archive) -> None:
    archive.write("a.xml", rss(items(1, 2, 3)))
    archive.write("z.xml", rss(items(7, 8, 9, 10)))
    archive.update()
    for content in (rss(items(3, 4)), ERROR_PAGE):
        archive.write("a.xml", content)
        archive.update()
    (archive.index.folder / "files.json").unlink()
    archive.update()
    archive.rebuild()
    kept = archive.held()
    assert kept.pop("Busy")
    assert kept == texts(items(1, 2, 3, 4, 7, 8, 9, 10))


def test_other_readers_keep_the_articles_of_a_feed_that_is_an_error_page_just_then(archive: Archive) -> None:
    archive.write("a.xml", rss(items(1, 2)))
    archive.write("b.zip", packed({"a.xml": rss(items(3, 4))}))
    archive.write("c.xml", rss(items(5, 6)))
    archive.write("d.csv", "title,text,url\nSun,It shone.,https://e.org/s\n")
    archive.update()
    archive.write("a.xml", ERROR_PAGE)
    archive.update()

    def from_other_readers() -> None:
        manifest = archive.index.folder / "files.json"
        content = json.loads(unsealed(manifest.read_text("utf-8")))
        manifest.write_text(sealed(json.dumps({**content, "version": content["version"] - 1})), "utf-8")

    from_other_readers()
    assert archive.update().files_read == 4
    archive.write("c.xml", ERROR_PAGE)
    archive.write("b.zip", b"")
    from_other_readers()
    assert archive.update().removed == 0
    assert texts(items(1, 2, 3, 4, 5, 6)).items() <= archive.held().items()
    from_other_readers()
    archive.rebuild()
    archive.write("b.zip", packed({"a.xml": rss(items(7))}))
    archive.update()
    assert texts(items(1, 2, 3, 4, 5, 6, 7)).items() <= archive.held().items()


@pytest.mark.parametrize("rebuilds", [False, True])
def test_the_manifest_is_lost_while_feeds_cannot_be_read(archive: Archive, rebuilds: bool) -> None:
    archive.write("a.xml", rss(items(1, 2)))
    archive.write("b.zip", packed({"a.xml": rss(items(3, 4))}))
    archive.write("c.zip", packed({"a.xml": rss(items(5, 6)), "b.xml": rss(items(7))}))
    archive.update()
    archive.write("a.xml", "")
    archive.write("b.zip", b"")
    archive.write("c.zip", packed({"a.xml": "<rss", "b.xml": rss(items(7))}))
    archive.update()
    (archive.index.folder / "files.json").unlink()
    archive.update()
    archive.write("a.xml", rss(items(2)))
    archive.write("b.zip", packed({"a.xml": rss(items(4))}))
    archive.write("c.zip", packed({"a.xml": rss(items(6)), "b.xml": rss(items(7))}))
    if rebuilds:
        archive.rebuild()
    else:
        archive.update()
    assert archive.held() == texts(items(1, 2, 3, 4, 5, 6, 7))


def test_a_run_that_is_stopped_in_a_feed_forgets_nothing(archive: Archive) -> None:
    archive.write("a.xml", rss(items(1, 2)))
    archive.update()
    archive.write("a.xml", rss(items(3, 4)))
    assert archive.update(stop=lambda: True).interrupted
    archive.write("a.xml", ERROR_PAGE)
    archive.update()
    assert texts(items(1, 2, 3)).items() <= archive.held().items()


def test_a_row_that_is_deleted_from_a_table_and_an_export_of_wordpress_are_removed(archive: Archive) -> None:
    wordpress = HEAD + "<wp:wxr_version xmlns:wp='http://wordpress.org/export/1.2/'>1.2</wp:wxr_version>"
    rows = [f"Snow {n},It snowed.,https://e.org/{n}\n" for n in (1, 2)]
    lines = [json.dumps({"title": f"Fog {n}", "text": "It was foggy.", "id": f"k{n}"}) + "\n" for n in (1, 2)]
    archive.write("a.csv", "title,text,url\n" + "".join(rows))
    archive.write("b.jsonl", "".join(lines))
    archive.write("c.xml", rss(items(1, 2), wordpress))
    archive.update()
    archive.write("a.csv", "title,text,url\n" + rows[0])
    archive.write("b.jsonl", lines[0])
    archive.write("c.xml", rss(items(1), wordpress))
    assert counts(archive.update()) == {"unchanged": 3, "removed": 3, "files_read": 3}


# ---- feeds inside other files


def packed(members: Mapping[str, str]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.zip")
        with zipfile.ZipFile(file, "w") as made:
            for name, content in members.items():
                made.writestr(name, content)
        return file.read_bytes()


def test_a_compressed_feed_is_a_feed(archive: Archive) -> None:
    archive.write("a.xml.gz", gzip.compress(rss(items(1, 2)).encode()))
    archive.update()
    archive.write("a.xml.gz", gzip.compress(rss(items(2, 3)).encode()))
    archive.update()
    assert archive.held() == texts(items(1, 2, 3))
    archive.rebuild()
    assert archive.held() == texts(items(1, 2, 3))


def test_a_feed_in_an_archive_keeps_its_articles_and_a_table_beside_it_does_not(archive: Archive) -> None:
    rows = "title,text,url\nSun,It shone.,https://e.org/s\n"
    archive.write(
        "a.zip", packed({"a.xml": rss(items(1, 2)), "b.csv": f"{rows}Fog,It was foggy.,https://e.org/f\n"})
    )
    archive.update()
    assert len(archive.held()) == 4
    for broken in ("<rss", "<rss version='2.0'>", "<rss"):
        archive.write("a.zip", packed({"a.xml": broken, "b.csv": rows}))
        archive.update()
        assert texts(items(1, 2)).items() <= archive.held().items()
    archive.write("a.zip", packed({"a.xml": rss(items(2)), "b.csv": rows}))
    archive.update()
    assert archive.held() == texts(items(1, 2)) | {"Sun": "It shone."}
    archive.rebuild()
    assert archive.held() == texts(items(1, 2)) | {"Sun": "It shone."}


def tarred(members: Mapping[str, bytes], mode: Literal["w", "w:gz"] = "w:gz") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return made.getvalue()


CONTAINERS: dict[str, Callable[[str], bytes]] = {
    "a.zip": lambda feed: packed({"a.xml": feed}),
    "a.xml.gz": lambda feed: gzip.compress(feed.encode()),
    "a.tgz": lambda feed: tarred({"a.xml": feed.encode()}),
}
BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda good: b"",
    "cut off": lambda good: good[: len(good) * 2 // 3],
    "a page": lambda good: ERROR_PAGE.encode(),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("name", CONTAINERS)
def test_a_feed_in_a_file_that_cannot_be_read_for_a_while_keeps_its_articles(
    archive: Archive, name: str, broken: str
) -> None:
    made = CONTAINERS[name]
    archive.write(name, made(rss(items(1, 2))))
    archive.write("z.csv", "title,text,url\nSun,It shone.,https://e.org/s\n")
    archive.update()
    for _ in range(2):
        archive.write(name, BROKEN[broken](made(rss(items(2, 3)))))
        archive.update()
        assert texts(items(1, 2)).items() <= archive.held().items()
        archive.rebuild()
        assert texts(items(1, 2)).items() <= archive.held().items()
    archive.write(name, made(rss(items(2, 3))))
    archive.update()
    assert archive.held() == texts(items(1, 2, 3)) | {"Sun": "It shone."}
    archive.rebuild()
    assert archive.held() == texts(items(1, 2, 3)) | {"Sun": "It shone."}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("name", CONTAINERS)
def test_a_feed_in_a_file_that_can_be_read_again_keeps_what_is_missing_from_it(
    archive: Archive, name: str, broken: str
) -> None:
    made = CONTAINERS[name]
    archive.write(name, made(rss(items(1, 2))))
    archive.update()
    archive.write(name, BROKEN[broken](made(rss(items(2, 3)))))
    archive.update()
    archive.write(name, made(rss(items(2, 3))))
    archive.update()
    assert archive.held() == texts(items(1, 2, 3))


def test_a_feed_in_a_file_inside_another_file_keeps_its_articles_while_either_cannot_be_read(
    archive: Archive,
) -> None:
    def nested(*numbers: int) -> bytes:
        return tarred({"a.xml": rss(items(*numbers)).encode()}, "w")

    archive.write("a.tar", tarred({"b.tar": nested(1, 2)}, "w"))
    archive.update()
    cut_off = (tarred({"b.tar": nested(1, 2)[:size]}, "w") for size in (700, 600))
    for content in (*cut_off, tarred({"b.tar": b""}, "w"), b""):
        archive.write("a.tar", content)
        archive.update()
        assert archive.held() == texts(items(1, 2))
    archive.write("a.tar", tarred({"b.tar": nested(2, 3)}, "w"))
    archive.update()
    assert archive.held() == texts(items(1, 2, 3))


# ---- several feeds


@pytest.mark.parametrize(("first", "second"), [("a.xml", "b.xml"), ("b.xml", "a.xml")])
def test_an_item_of_two_feeds_that_leaves_one_has_the_place_of_the_other(
    archive: Archive, first: str, second: str
) -> None:
    archive.write(first, rss(items(1, 2)))
    archive.write(second, rss(items(1, 3)))
    archive.update()
    archive.write(first, rss(items(2)))
    report = archive.update()
    assert (report.unchanged, report.removed, report.left_feeds) == (3, 0, 0)
    assert archive.place(1) == f"feeds/{second}:1"
    assert archive.article(1).other_places == ()
    archive.write(second, rss(items(3)))
    assert counts(archive.update()) == {"unchanged": 2, "left_feeds": 1, "files_read": 1}
    assert archive.place(1) == f"feeds/{second}"
    archive.write(first, rss(items(2, 1)))
    assert counts(archive.update()) == {"unchanged": 3, "files_read": 1}
    assert archive.place(1) == f"feeds/{first}:2"
    (archive.feeds / second).unlink()
    assert archive.update(prune=True).removed == 1
    assert archive.held() == texts(items(1, 2))


def test_the_newest_content_stays_though_another_feed_has_an_older_one(archive: Archive) -> None:
    archive.write("a.xml", rss(items(1, 2)))
    archive.write("b.xml", rss(items(1, 3)))
    archive.update()
    archive.write("a.xml", rss({1: 7, 2: 0}))
    archive.update()
    archive.write("a.xml", rss(items(2)))
    archive.update()
    for _ in range(2):
        assert archive.held() == texts({1: 7, 2: 0, 3: 0})
        archive.write("b.xml", rss(items(3, 1)))
        archive.update()
        assert archive.held() == texts({1: 7, 2: 0, 3: 0})
        archive.rebuild()


def test_a_feed_that_no_longer_has_an_article_does_not_lose_it_again_to_another_feed(
    archive: Archive,
) -> None:
    archive.write("a.xml", rss(items(1, 2)))
    archive.update()
    archive.write("a.xml", rss(items(2)))
    archive.update()
    archive.write("b.xml", rss({1: 5}))
    assert counts(archive.update()) == {"updated": 1, "unchanged": 1, "files_read": 1}
    assert counts(archive.update()) == {"unchanged": 2}


# ---- files that are moved and removed


def test_a_renamed_feed_takes_along_the_articles_that_have_left_it(archive: Archive) -> None:
    archive.write("a.xml", rss(items(1, 2, 3, 4)))
    archive.update()
    archive.write("a.xml", rss(items(2, 3, 4)))
    archive.update()
    (archive.feeds / "a.xml").unlink()
    archive.write("new.xml", rss(items(3, 4, 5)))
    report = archive.update(prune=True)
    assert (report.added, report.moved, report.removed, report.left_feeds, report.files_moved) == (
        1,
        3,
        0,
        1,
        1,
    )
    assert archive.held() == texts(items(1, 2, 3, 4, 5))
    assert {one.path for one in archive.index} == {"feeds/new.xml"}
    archive.write("new.xml", rss(items(5)))
    archive.update(prune=True)
    assert archive.held() == texts(items(1, 2, 3, 4, 5))


def test_a_rebuild_finds_the_feed_that_was_renamed(archive: Archive) -> None:
    archive.write("a.xml", rss(items(1, 2, 3, 4)))
    archive.update()
    archive.write("a.xml", rss(items(2, 3, 4)))
    archive.update()
    (archive.feeds / "a.xml").unlink()
    archive.write("new.xml", rss(items(3, 4, 5)))
    archive.rebuild()
    assert archive.held() == texts(items(1, 2, 3, 4, 5))
    assert {one.path for one in archive.index} == {"feeds/new.xml"}


def test_a_feed_that_shares_an_item_with_a_removed_one_does_not_take_over_the_others(
    archive: Archive,
) -> None:
    archive.write("a.xml", rss(items(1, 2, 3)))
    archive.update()
    archive.write("a.xml", rss(items(2, 3, 4)))
    archive.update()
    (archive.feeds / "a.xml").unlink()
    archive.write("b.xml", rss(items(3, 5, 6)))
    assert archive.update(prune=True).removed == 3
    assert archive.held() == texts(items(3, 5, 6))


def test_pruning_and_removing_a_feed_remove_what_has_left_it(
    archive: Archive, newssearch_command: Command
) -> None:
    for name, number in (("a.xml", 1), ("b.xml", 11)):
        archive.write(name, rss(items(number, number + 1)))
        archive.update()
        archive.write(name, rss(items(number + 1)))
        archive.update()
    (archive.feeds / "a.xml").unlink()
    assert counts(archive.update()) == {"unchanged": 1}
    assert counts(archive.update(prune=True)) == {"removed": 2, "unchanged": 1}
    name = str(archive.feeds / "b.xml")
    found = newssearch_command("remove", "--index", str(archive.index.folder), "--yes", "--path", name)
    assert found.code == 0, found.err
    archive.index.refresh()
    assert len(archive.index) == 0


def test_an_article_that_has_left_its_feed_can_be_removed_for_good(archive: Archive) -> None:
    archive.write("a.xml", rss(items(1, 2)))
    archive.update()
    archive.write("a.xml", rss(items(2)))
    archive.update()
    assert archive.index.remove(archive.article(1).id) == 1
    archive.write("a.xml", rss(items(2, 3)))
    archive.update()
    archive.rebuild()
    assert archive.held() == texts(items(2, 3))


def test_most_of_a_feed_is_not_pruned_unasked_though_it_has_left_it(archive: Archive) -> None:
    for numbers in ((1, 2), (3,)):
        archive.write("a.xml", rss(items(*numbers)))
        archive.write("b.xml", rss(items(9)))
        archive.update()
    (archive.feeds / "a.xml").unlink()
    report = archive.index.update(archive.feeds, prune=True)
    assert [(one.articles, one.known) for one in report.refused] == [(3, 4)]
    assert len(archive.index) == 4


def test_a_feed_that_cannot_be_read_in_part_does_not_count_its_past_as_unreadable(archive: Archive) -> None:
    archive.write("a.xml", rss(items(1, 2)))
    archive.update()
    archive.write("a.xml", f"{HEAD}{rss_item(2, 0)}<item><guid>tag:1</guid></item></channel></rss>")
    archive.update()
    report = archive.update()
    assert (report.unchanged, report.rejected_before, report.kept) == (1, 1, 0)


# ---- versions, salvage, what users see


def test_all_versions_of_an_item_that_has_left_its_feed_stay(archive: Archive) -> None:
    (archive.folder / "newssearch.toml").write_text('versions = "keep"\n')
    for feed in ({1: 0, 2: 0}, {1: 1, 2: 0}, {2: 0}):
        archive.write("a.xml", rss(feed))
        report = archive.update()
    assert (report.removed, report.left_feeds) == (0, 2)
    expected = [("Rain 1", 1, 0), ("Rain 1", 2, 0), ("Rain 2", 1, 1)]

    def found() -> list[tuple[str | None, int, int]]:
        return sorted((one.title or "", one.version, one.record) for one in archive.index)

    assert found() == expected
    assert archive.rebuild().added == 3
    assert found() == expected
    archive.write("a.xml", rss({1: 2, 2: 0}))
    archive.update()
    expected = [("Rain 1", 1, 0), ("Rain 1", 2, 0), ("Rain 1", 3, 1), ("Rain 2", 1, 2)]
    assert found() == expected
    archive.write("a.xml", rss({1: 3, 2: 0}))
    archive.update()
    expected.insert(3, ("Rain 1", 4, 1))
    assert archive.rebuild().left_feeds == 0, "the feed has the article, though other versions of it"
    assert found() == expected


def test_a_rebuild_that_no_longer_keeps_versions_keeps_the_last_one(archive: Archive) -> None:
    for feed in ({1: 0, 2: 0}, {1: 1, 2: 0}, {2: 0}):
        archive.write("a.xml", rss(feed))
        archive.update(config=Config(versions="keep"))
    archive.rebuild()
    assert archive.held() == texts({1: 1, 2: 0})
    archive.write("a.xml", rss({1: 1}))
    archive.update()
    assert archive.held() == texts({1: 1, 2: 0})
    archive.write("a.xml", rss({3: 0}))
    archive.update()
    archive.rebuild(config=Config(versions="keep"))
    assert archive.held() == texts({1: 1, 2: 0, 3: 0})


def test_a_salvaged_and_a_copied_index_keep_what_has_left_its_feed(archive: Archive) -> None:
    archive.write("a.xml", rss(items(1, 2)))
    archive.update()
    archive.write("a.xml", rss(items(2)))
    archive.update()
    newssearch.salvage(archive.index.folder, archive.folder / "saved")
    newssearch.copy(archive.index.folder, archive.folder / "copied")
    for name in ("saved", "copied"):
        with newssearch.open(archive.folder / name) as other:
            assert sorted(other, key=lambda one: one.id) == sorted(archive.index, key=lambda one: one.id)
            other.update(archive.feeds)
            newssearch.rebuild(other.folder, [archive.feeds])
            other.refresh()
            assert sorted(other, key=lambda one: one.id) == sorted(archive.index, key=lambda one: one.id)


def test_the_report_and_the_article_say_that_it_has_left_its_feed(
    archive: Archive, newssearch_command: Command
) -> None:
    index = ("--index", str(archive.index.folder))
    for numbers in ((1, 2, 3), (3,)):
        archive.write("a.xml", rss(items(*numbers)))
        printed = newssearch_command("index", *index, str(archive.feeds))
    assert "2 articles are no longer in their feeds, and were kept\n" in printed.out + printed.err
    archive.write("a.xml", rss(items(4)))
    assert (
        json.loads(newssearch_command("index", *index, str(archive.feeds), "--json").out)["left_feeds"] == 1
    )
    archive.index.refresh()
    shown = newssearch_command("show", *index, archive.article(1).id).out
    assert "feeds/a.xml (no longer in this feed)" in shown
    assert "feeds/a.xml (record 1)" in newssearch_command("show", *index, archive.article(4).id).out


# ---- any history

NAMES = ("a.xml", "b.xml", "c.json", "d.xml")
"""The names of feeds, in the order in which they are read."""

STEPS = st.one_of(
    st.tuples(
        st.just("write"),
        st.sampled_from(NAMES),
        st.lists(
            st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=4, unique_by=lambda one: one[0]
        ),
    ),
    st.tuples(st.just("break"), st.sampled_from(NAMES), st.sampled_from(["", "<rss", ERROR_PAGE])),
    st.tuples(st.just("remove"), st.sampled_from(NAMES), st.none()),
    st.tuples(st.just("rename"), st.sampled_from(NAMES), st.none()),
    st.tuples(st.just("update"), st.none(), st.none()),
    st.tuples(st.just("rebuild"), st.none(), st.none()),
)


class Model:
    """What the index has to hold: the newest revision of each item that was ever read and not removed with its files."""

    def __init__(self) -> None:
        self.files: dict[str, dict[int, int] | None] = {}  # on disk; None for what cannot be read
        self.read: dict[str, dict[int, int]] = {}  # as last read
        self.ever: dict[str, set[int]] = {}  # the items that each existing file ever had
        self.held: dict[int, int] = {}
        self.revisions: dict[int, int] = {}

    def take(self) -> None:
        for name, found in self.files.items():
            if found is not None:
                self.read[name] = dict(found)
                self.ever.setdefault(name, set()).update(found)
                for number, revision in found.items():
                    self.held[number] = max(revision, self.held.get(number, -1))

    def rename(self, old: str, new: str) -> None:
        self.files[new] = self.files.pop(old)
        self.read[new] = self.read.pop(old)
        self.ever[new] = self.ever.pop(old)


def form_of(name: str) -> Callable[[Items], str]:
    if name.endswith(".json"):
        return lambda items: json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "The Echo",
                "items": [
                    {
                        "id": address_of(n),
                        "url": address_of(n),
                        "title": f"Rain {n}",
                        "content_text": text_of(n, r),
                    }
                    for n, r in items.items()
                ],
            }
        )
    return rss


def run_history(steps: Iterable[tuple[str, str | None, object]]) -> None:
    with new_archive() as archive:
        model, renamed = Model(), 0
        for step, name, given_ in [*steps, ("update", None, None), ("rebuild", None, None)]:
            if step == "write":
                assert isinstance(name, str)
                assert isinstance(given_, list)
                if any(
                    is_revised for _, is_revised in given_
                ):  # of two revisions in one run, the last read counts
                    archive.update(prune=True)
                    model.take()
                    check(archive, model)
                found = {}
                for number, is_revised in given_:
                    model.revisions[number] = model.revisions.get(number, 0) + is_revised
                    found[number] = model.revisions[number]
                model.files[name] = found
                archive.write(name, form_of(name)(found))
            elif step == "break" and name in model.files:
                assert isinstance(given_, str)
                model.files[name] = None
                archive.write(name, given_)
            elif step == "rename" and name in model.files and model.files[name] is not None:
                archive.update()
                model.take()
                check(archive, model)
                renamed += 1
                new = f"{Path(name).stem}{renamed}{Path(name).suffix}"
                (archive.feeds / name).rename(archive.feeds / new)
                model.rename(name, new)
                assert archive.update(prune=True).removed == 0
                check(archive, model)
            elif step == "remove" and name in model.files:
                archive.update()
                model.take()
                check(archive, model)
                (archive.feeds / name).unlink()
                archive.update(prune=True)
                forget(archive, model, name)
            elif step == "update":
                archive.update(prune=True)
                model.take()
                check(archive, model)
            elif step == "rebuild" and model.held:
                archive.rebuild()
                model.take()
                check(archive, model)


def forget(archive: Archive, model: Model, name: str) -> None:
    """Remove a file from the model. An item that other feeds had before, but have no more, may go with the last feed that had it."""
    del model.files[name]
    model.read.pop(name, None)
    gone = model.ever.pop(name, set())
    now = {number for found in model.read.values() for number in found}
    past = {number for found in model.ever.values() for number in found}
    held = held_revisions(archive)
    assert gone - now - past - held.keys() == gone - now - past
    for number in gone:
        if number in now:
            assert number in held
        if number in held:
            model.held[number] = held[number]
        else:
            model.held.pop(number, None)
    check(archive, model)


def held_revisions(archive: Archive) -> dict[int, int]:
    found = {}
    for article in archive.index:
        if (article.title or "").startswith("Rain "):
            number = int((article.title or "").split()[1])
            assert number not in found, "an article is there twice"
            found[number] = int(article.paragraphs[0].text.rstrip(".").split()[-1])
    return found


def check(archive: Archive, model: Model) -> None:
    assert held_revisions(archive) == model.held
    for article in archive.index:
        if (article.title or "").startswith("Rain ") and article.record != NO_RECORD:
            name = Path(article.path or "").name
            number = int((article.title or "").split()[1])
            if model.files[name] is not None:
                assert [*model.read[name]][article.record - 1] == number, "the record is another article"


@settings(
    max_examples=25 * THOROUGH,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(STEPS, min_size=3, max_size=14), st.sampled_from([20_000, 1]))
def test_no_history_of_feeds_loses_an_item(steps: list[tuple[str, str | None, object]], batch: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexer, "MAX_PENDING_PARAGRAPHS", batch)
        run_history(steps)


@settings(
    max_examples=10 * THOROUGH,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(NAMES),
            st.dictionaries(st.integers(1, 5), st.integers(0, 2), min_size=1, max_size=4),
            min_size=1,
        ),
        min_size=2,
        max_size=5,
    )
)
def test_with_feeds_that_are_replaced_an_update_equals_a_rebuild(history: list[dict[str, Items]]) -> None:
    with new_archive() as archive:
        for files in history:
            for name in NAMES:
                if name in files:
                    archive.write(name, form_of(name)(files[name]))
                elif (archive.feeds / name).exists():
                    (archive.feeds / name).unlink()
            archive.update(prune=True, config=REPLACE)
            updated = {one.id: one.state for one in archive.index}
            archive.rebuild(config=REPLACE)
            assert {one.id: one.state for one in archive.index} == updated
