"""Unusual files: each is indexed or rejected with a reason, without an effect on other files."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import fuzz
import newssearch
from newssearch import Article, Index, IndexReport, ReadOptions, Rejected, readers
from newssearch.limits import Limits
from newssearch.system import fault_points
from support import THOROUGH, read_bytes
from test_reader_wire import g2

posix = pytest.mark.skipif(sys.platform == "win32", reason="names and files of POSIX systems")
STORY = "Flood in Basra\n\nThe river rose above its banks.\n"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    (tmp_path / "archive" / "news").mkdir(parents=True)
    with newssearch.create(tmp_path / "archive" / "index") as made:
        yield made


@pytest.fixture
def news(tmp_path: Path, index: Index) -> Path:
    return tmp_path / "archive" / "news"


def reasons(report: IndexReport) -> list[str]:
    return [rejected.reason for rejected in report.rejected]


# ---- files


def test_empty_files_of_every_format_are_rejected_as_empty(index: Index, news: Path) -> None:
    for name in fuzz.SEEDS:
        (news / f"x{name}").write_bytes(b"")
    report = index.update([news])
    assert report.rejections == report.files == len(fuzz.SEEDS)
    assert set(reasons(report)) == {"empty file"}


def test_a_folder_of_many_files(index: Index, news: Path) -> None:
    """The long form has a hundred thousand files."""
    count = 1000 if THOROUGH == 1 else 100_000
    for number in range(count):
        folder = news / f"{number // 1000}"
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.txt").write_bytes(
            b"" if number % 10 else STORY.replace("Basra", f"Town {number}").encode()
        )
    report = index.update([news])
    assert (report.files, report.added, report.rejections) == (count, count // 10, count - count // 10)
    assert len(report.rejected) == min(report.rejections, 1000)
    again = index.update([news])
    assert (again.files_read, again.unchanged, again.rejected_before) == (0, count // 10, report.rejections)


@posix
@pytest.mark.parametrize(
    "name",
    [
        b"\xff\xfe.txt",
        b"a\nb.txt",
        b"a\x1b[31mb.txt",
        b" .txt",
        b"-rf.txt",
        b"\xe2\x80\xaeb.txt",
        b"*.txt",
        b"[a].txt",
    ],
)
def test_strange_names_of_files(index: Index, news: Path, name: bytes) -> None:
    try:
        (news / os.fsdecode(name)).write_text(STORY, encoding="utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    assert index.update([news]).added == 1
    (hit,) = index.search("river")
    json.dumps(hit.to_dict(), ensure_ascii=False).encode()
    assert index.articles_of(hit.path or "") == [hit.id]
    assert index.update([news]).unchanged == 1
    (news / os.fsdecode(name)).unlink()
    assert index.update([news], prune=True, confirm=lambda removal: True).removed == 1


GROWING = """
import sys
from pathlib import Path
import newssearch
with newssearch.create(sys.argv[1]) as index:
    report = index.update([sys.argv[2]])
status = Path("/proc/self/status")  # where there is one: the other number is also that of who started us
most = next((line.split()[1] for line in status.read_text().splitlines() if "VmHWM" in line), 0) if status.exists() else 0
print(report.added, report.rejected[0].reason, int(most) // 1024)
"""


ENDLESS = ["a.jsonl", "a.txt", "a.html", "a.csv", "a.json", "a.mbox", "a.xml"]


@posix
@pytest.mark.parametrize("name", ENDLESS if THOROUGH > 1 else ENDLESS[:3])
def test_an_endless_line_is_not_held(tmp_path: Path, name: str) -> None:
    """The long form has a line of a gigabyte."""
    size = 80_000_000 if THOROUGH == 1 else 1_000_000_000
    begins = {
        "a.jsonl": b'{"title": "',
        "a.json": b'[{"title": "',
        "a.csv": b'title,text\na,"',
        "a.html": b"<html><p>",
        "a.xml": b"<rss><a>",
    }
    with (tmp_path / name).open("wb") as file:
        file.write(
            begins.get(
                name, b"From a@b.org Thu Jul 25 12:00:00 2024\nSubject: x\n\n" if name == "a.mbox" else b"x"
            )
        )
        file.truncate(size)  # a hole, which reads as zeros
    done = subprocess.run(
        [sys.executable, "-c", GROWING, str(tmp_path / "index"), str(tmp_path / name)],
        env={**os.environ, "NEWSSEARCH_PROCESSES": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    added, *reason, megabytes = done.stdout.split()
    assert added == "0"
    assert reason
    assert int(megabytes) < 450


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16", "cp1256"])
def test_zero_bytes_and_mixed_encodings(tmp_path: Path, encoding: str) -> None:
    text = {"cp1256": "فيضان في البصرة"}.get(encoding, "Überflutung in Köln")
    mixed = text.encode(encoding) + b"\n\n" + "Ein Fluß, naïveté.".encode() + b"\n\nIt rose.\0\0 And fell.\n"
    (item,) = read_bytes(tmp_path, "a.txt", mixed)
    assert isinstance(item, Rejected) or all("\0" not in paragraph.text for paragraph in item.paragraphs)


def test_half_a_surrogate_pair_in_any_field_is_replaced(tmp_path: Path, index: Index) -> None:
    fields = ("title", "text", "outlet", "byline", "section", "url", "lang", "id", "dateline")
    for field in fields:
        record = {
            "title": "Flood",
            "text": STORY,
            "url": f"https://e.org/{field}",
            field: f"a \ud800 b {field}",
        }
        (item,) = read_bytes(tmp_path, "a.json", json.dumps(record))
        assert isinstance(item, Article)
        index.add([item])
        json.dumps(index.article(item.id).to_dict(), ensure_ascii=False).encode()
    assert index.info().contents.articles == len(fields)
    assert newssearch.verify(index.folder).sound


def test_articles_made_by_hand_may_hold_anything(index: Index) -> None:
    odd = "a \ud800 \0 \x1b[31m \u202e b"
    made = Article.create(
        title=odd, text=[odd, "", odd], outlet=odd, byline=odd, url=odd, section=odd, source=odd
    )
    index.add([made])
    (hit,) = index.search("a", limit=5)
    json.dumps(hit.to_dict(), ensure_ascii=False).encode()
    assert newssearch.verify(index.folder).sound


@pytest.mark.parametrize("opening", ['{"text": ', "["])
def test_json_nested_ten_thousand_deep(tmp_path: Path, opening: str) -> None:
    closing = "}" if opening[0] == "{" else "]"
    for name in ("a.json", "a.jsonl"):
        (item,) = read_bytes(tmp_path, name, opening * 10_000 + '"x"' + closing * 10_000)
        assert isinstance(item, Rejected)


@pytest.mark.parametrize("element", ["div", "p", "blockquote", "table", "ul", "b", "article"])
def test_html_nested_ten_thousand_deep(tmp_path: Path, element: str) -> None:
    page = f"<html><title>Flood</title><body>{f'<{element}>' * 10_000}The river rose above its banks.{f'</{element}>' * 10_000}"
    for item in read_bytes(tmp_path, "a.html", page):
        assert isinstance(item, Rejected) or item.title


@pytest.mark.parametrize("year", ["0000", "0001", "9999", "10000", "99999", "-0001"])
def test_years_that_there_are_not(tmp_path: Path, index: Index, year: str) -> None:
    for date in (
        f"{year}-01-01",
        f"{year}-12-31T23:59:59+14:00",
        f"{year}-01-01T00:00:00-14:00",
        f"1 January {year}",
    ):
        record = {"title": "Flood", "text": f"{STORY} {date}", "date": date, "url": f"https://e.org/{date}"}
        (item,) = read_bytes(tmp_path, "a.json", json.dumps(record))
        assert isinstance(item, Article)
        index.add([item])
    assert index.search("river", sort="newest", facets=("year", "month"), since="1990").total_articles >= 0
    assert len(index.find("river")) == 4
    assert newssearch.verify(index.folder).sound


def test_an_article_of_very_many_paragraphs(tmp_path: Path, index: Index, news: Path) -> None:
    """The long form has a million paragraphs."""
    count = 20_000 if THOROUGH == 1 else 1_000_000
    lines = (f"Number {n} of the river.\n\n" for n in range(count))
    (news / "a.jsonl").write_text(
        json.dumps({"title": "Long", "paragraphs": list(lines)}) + "\n", encoding="utf-8"
    )
    report = index.update([news])
    assert (report.added, report.paragraphs) == (1, count)
    results = index.search(f'"number {count - 7}"')
    assert (results.total_paragraphs, results[0].paragraph) == (1, count - 6)
    assert index.search("river").total_paragraphs == count
    assert len(index.article(results[0].id).paragraphs) == count
    options = ReadOptions(limits=Limits(paragraphs=count - 1))
    (item,) = readers.read_file(news / "a.jsonl", "a.jsonl", options)
    assert isinstance(item, Rejected)
    assert item.reason == f"more than {count - 1:,} paragraphs"


def test_raised_limits_read_again_the_files_that_lower_ones_rejected(index: Index, news: Path) -> None:
    (news / "a.txt").write_text(STORY * 10, encoding="utf-8")
    low, high = (ReadOptions(limits=Limits(document=size)) for size in (100, 10_000))
    assert reasons(index.update([news], options=low)) == ["larger than 100 bytes"]
    assert index.update([news], options=high).added == 1


def test_colliding_ids_are_distinguished_or_rejected(index: Index, news: Path) -> None:
    records = [{"id": "same", "title": f"Flood {n}", "text": f"River {n} rose."} for n in range(3)]
    for n, record in enumerate(records):
        (news / f"{n}.json").write_text(json.dumps(record), encoding="utf-8")
    report = index.update([news])
    assert report.added + report.rejections == 3
    assert len(index.find("river")) == report.added
    assert index.update([news]).unchanged == report.added
    assert newssearch.verify(index.folder).sound


# ---- what happens meanwhile


def test_a_file_that_changes_while_it_is_read_is_read_again(index: Index, news: Path) -> None:
    file = news / "a.jsonl"
    lines = "".join(
        json.dumps({"title": f"Flood {n}", "text": "x" * 200, "url": f"https://e.org/{n}"}) + "\n"
        for n in range(50)
    )
    file.write_text(lines, encoding="utf-8")
    changed = False

    def change() -> bool:
        nonlocal changed
        if not changed:
            with file.open("a", encoding="utf-8") as more:
                more.write(json.dumps({"title": "Late", "text": "y", "url": "https://e.org/late"}) + "\n")
            changed = True
        return False

    index.update([news], stop=change)
    index.update([news])
    assert len(index.find("")) == 51
    assert newssearch.verify(index.folder).sound


def test_a_file_that_vanishes_before_it_is_read_is_rejected_and_the_rest_read(
    index: Index, news: Path
) -> None:
    for name in "abc":
        (news / f"{name}.txt").write_text(STORY.replace("Basra", name * 3), encoding="utf-8")

    def vanish() -> bool:
        (news / "b.txt").unlink(missing_ok=True)
        (news / "c.txt").unlink(missing_ok=True)
        return False

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSSEARCH_PROCESSES", "1")
        report = index.update([news], stop=vanish)
    assert report.added + report.rejections == 3
    assert report.added >= 1


def test_a_file_cut_while_it_is_read_keeps_its_complete_articles(index: Index, news: Path) -> None:
    file = news / "a.jsonl"
    line = json.dumps({"title": "Flood", "text": "x" * 1000})
    file.write_text(
        "".join(line.replace("Flood", f"Flood {n}") + "\n" for n in range(2000)), encoding="utf-8"
    )

    def cut() -> bool:
        os.truncate(file, 500_500)
        return False

    index.update([news], stop=cut)
    report = index.update([news])
    assert report.rejections == 1  # the line that is cut
    assert len(index.find("")) == report.unchanged + report.added + report.updated


@posix
def test_pipes_devices_and_links_are_passed_over_or_followed_by_the_rule(
    index: Index, news: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "o.txt").write_text(STORY.replace("Basra", "Outside"), encoding="utf-8")
    os.mkfifo(news / "pipe.txt")
    (news / "null.txt").symlink_to("/dev/null")
    (news / "endless.txt").symlink_to("/dev/zero")
    (news / "gone.txt").symlink_to(tmp_path / "nothing")
    (news / "self.txt").symlink_to(news / "self.txt")
    (news / "file.txt").symlink_to(outside / "o.txt")
    (news / "folder").symlink_to(outside)
    (news / "circle").symlink_to(news)
    with socket.socket(socket.AF_UNIX) as listening:
        with contextlib.suppress(OSError):  # its path may be too long
            listening.bind(str(news / "s.txt"))
        report = index.update([news])
    assert report.added == 1
    assert {rejected.path.rpartition("/")[2] for rejected in report.rejected} >= {
        "pipe.txt", "null.txt", "endless.txt", "gone.txt", "self.txt",
    }  # fmt: skip


# ---- what a document asks for


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a document is not to be obeyed")

    monkeypatch.setenv("NEWSSEARCH_PROCESSES", "1")
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refused, raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


BOMB = (
    "<!DOCTYPE x [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]>"
)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("shape", ["nitf", "rss", "atom", "html", "newsml", "late", "utf-16"])
def test_no_entity_is_expanded_and_nothing_is_fetched(tmp_path: Path, shape: str) -> None:
    (tmp_path / "secret.txt").write_text("hunter2", encoding="utf-8")
    inner = (
        f'<!DOCTYPE x SYSTEM "http://e.org/x.dtd" [<!ENTITY s SYSTEM "{(tmp_path / "secret.txt").as_uri()}">'
        '<!ENTITY % p SYSTEM "http://e.org/p.dtd"> <!ENTITY n SYSTEM "http://e.org/n">]>'
    )
    bodies = {
        "nitf": "<nitf><body><body.head><hedline><hl1>Flood {}</hl1></hedline></body.head><body.content><p>{}</p></body.content></body></nitf>",
        "rss": "<rss version='2.0'><channel><title>{}</title><item><title>Flood</title><description>{}</description></item></channel></rss>",
        "atom": "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Flood {}</title><content>{}</content></entry></feed>",
        "html": "<html><head><title>Flood {}</title><link rel=stylesheet href='http://e.org/a.css'><script src='http://e.org/a.js'></script>"
                "</head><body><img src='http://e.org/a.png'><iframe src='http://e.org'></iframe><p>{}</p></body></html>",
        "newsml": g2("<p>{} {}</p>").partition("?>")[2],
    }  # fmt: skip
    bodies["late"] = bodies["utf-16"] = bodies["nitf"]
    for declared, entity in ((inner, "&s;&n;"), (BOMB, "&j;")):
        padding = f"<!--{'x' * 100_000}-->" if shape == "late" else ""
        document = '<?xml version="1.0"?>' + padding + declared + bodies[shape].replace("{}", entity)
        data = document.encode("utf-16" if shape == "utf-16" else "utf-8")
        for item in read_bytes(tmp_path, "a.html" if shape == "html" else "a.xml", data):
            shown = str(item) if isinstance(item, Rejected) else json.dumps(item.to_dict())
            assert "hunter2" not in shown
            assert "hahahaha" not in shown


@posix
def test_nothing_leaves_its_archive(tmp_path: Path, index: Index, news: Path) -> None:
    with zipfile.ZipFile(news / "a.zip", "w") as archive:
        for name in ("../../out.txt", "/out.txt", "a/../../../out.txt", "C:\\out.txt", "\\\\host\\out.txt"):
            archive.writestr(name, STORY.replace("Basra", name))
    before = {path for path in tmp_path.rglob("*") if path.parent != index.folder}
    assert index.update([news]).added == 5
    assert {path for path in tmp_path.rglob("*") if path.parent != index.folder} == before
    assert not Path("/out.txt").exists()


@posix
def test_links_in_an_index_from_a_stranger_lead_nowhere(tmp_path: Path, index: Index, news: Path) -> None:
    """No file is written through a link, neither directly nor under a temporary name."""
    (news / "a.txt").write_text(STORY, encoding="utf-8")
    index.update([news])
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letters.txt").write_text("dear", encoding="utf-8")
    commits = index.commit.number
    names = [f"{name}.tmp" for name in ("files.json", "run.json", "newssearch.json", "writer.json")]
    names += [f"stories-{commits + n}.nws" for n in (1, 2, 3)] + [
        f"_MAIN_{commits + n}.toc.tmp" for n in (1, 2, 3)
    ]
    for name in (*names, "writer.json"):
        (index.folder / name).symlink_to(mine / "letters.txt")
    (index.folder / "rebuild.tmp").symlink_to(mine)
    (news / "b.txt").write_text(STORY.replace("Basra", "Mosul"), encoding="utf-8")
    assert index.update([news]).added == 1
    assert newssearch.rebuild(index.folder, [news]).added == 2
    assert newssearch.verify(index.folder, clean=True).leftovers == ()
    assert [path.name for path in mine.iterdir()] == ["letters.txt"]
    assert (mine / "letters.txt").read_text("utf-8") == "dear"


def test_no_moment_is_looked_at_unless_a_test_does() -> None:
    assert fault_points.handler is None
