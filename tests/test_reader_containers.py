"""Compressed files, archives and web archives: their members are read in their own formats."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import newssearch
from newssearch import NewssearchError, ReadOptions, Rejected
from newssearch.limits import Limits
from newssearch.readers import Skipped, read_file
from newssearch.readers.containers import archives
from support import articles_in, command, read_bytes

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STORY = b"Rain in Basra\n\nThe river rose above its banks on Monday.\n"
LINES = b"".join(json.dumps({"title": f"Rain {n}", "text": "It rained."}).encode() + b"\n" for n in range(3))
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd.compress,
}  # fmt: skip


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(members: dict[str, bytes], format_: int = tarfile.PAX_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=format_) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return file.getvalue()


def titles(folder: Path, name: str, data: bytes) -> list[str | None]:
    return [article.title for article in articles_in(read_bytes(folder, name, data))]


def skipped(folder: Path, name: str, data: bytes) -> Counter[str]:
    (folder / name).write_bytes(data)
    items = read_file(folder / name, name, ReadOptions())
    return Counter(item.kind for item in items if isinstance(item, Skipped))


def reasons(folder: Path, name: str, data: bytes, **options: object) -> list[str]:
    return [str(item) for item in read_bytes(folder, name, data, **options) if isinstance(item, Rejected)]


# ---- compressed


@pytest.mark.parametrize("kind", PACKERS)
def test_a_compressed_file_is_read_as_its_content(tmp_path: Path, kind: str) -> None:
    (story,) = articles_in(read_bytes(tmp_path, f"a.txt.{kind}", PACKERS[kind](STORY)))
    assert (story.title, story.path, story.member) == ("Rain in Basra", f"a.txt.{kind}", "a.txt")
    assert titles(tmp_path, f"a.jsonl.{kind}", PACKERS[kind](LINES)) == ["Rain 0", "Rain 1", "Rain 2"]


@pytest.mark.parametrize("kind", PACKERS)
def test_the_name_does_not_matter(tmp_path: Path, kind: str) -> None:
    assert titles(tmp_path, "a.txt", PACKERS[kind](LINES)) == ["Rain 0", "Rain 1", "Rain 2"]


@pytest.mark.parametrize("kind", PACKERS)
def test_members_one_behind_the_other_are_one_stream(tmp_path: Path, kind: str) -> None:
    packed = PACKERS[kind](LINES[:40]) + PACKERS[kind](b"") + PACKERS[kind](LINES[40:])
    assert titles(tmp_path, f"a.jsonl.{kind}", packed) == ["Rain 0", "Rain 1", "Rain 2"]


def test_bytes_after_a_gzip_file_are_ignored(tmp_path: Path) -> None:
    assert titles(tmp_path, "a.txt.gz", gzip.compress(STORY) + b"\0" * 200_000) == ["Rain in Basra"]
    assert titles(tmp_path, "a.txt.gz", gzip.compress(STORY) + b"garbage") == ["Rain in Basra"]


@pytest.mark.parametrize("kind", PACKERS)
def test_articles_before_a_cut_are_kept(tmp_path: Path, kind: str) -> None:
    many = b"".join(
        json.dumps({"title": f"{n}", "text": f"{n * 7919 % 99991}" * 9}).encode() + b"\n"
        for n in range(9_000)
    )
    packed = PACKERS[kind](many)
    items = read_bytes(tmp_path, f"a.jsonl.{kind}", packed[: len(packed) * 3 // 4])
    *before, last = items
    if kind not in ("bz2", "zst"):  # whose blocks are larger
        assert len(before) > 1_000
    assert isinstance(last, Rejected)
    assert "cut off" in last.reason


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    low = Limits(unpacked=1_000_000)
    for name, data in (
        ("a.jsonl.gz", gzip.compress(b" \n" * 1_000_000)),
        ("a.jsonl.bz2", bz2.compress(b" \n" * 1_000_000)),
        ("a.jsonl.gz.gz", gzip.compress(gzip.compress(b"\n" * 5_000_000))),
        ("a.zip", zipped({"a.jsonl": b" \n" * 1_000_000})),
    ):
        assert "taken for a decompression bomb" in reasons(tmp_path, name, data, limits=low)[0]
    many = {f"{n}.jsonl": b'{"title": "x"}' + b"\n" * 600_000 for n in range(3)}
    items = read_bytes(tmp_path, "b.zip", zipped(many), limits=low)
    assert isinstance(items[-1], Rejected)  # together they are too much


def test_archives_within_archives_have_an_end(tmp_path: Path) -> None:
    data = STORY
    for _ in range(20):
        data = gzip.compress(data)
    assert "nested in more than 8 containers" in reasons(tmp_path, "a.gz", data)[0]


def test_zstandard_takes_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "backports", None)
    monkeypatch.setitem(sys.modules, "compression", None)
    assert "pip install 'newssearch[zst]'" in reasons(tmp_path, "a.zst", zstd.compress(STORY))[0]


# ---- archives

MEMBERS = {
    "news/a.txt": STORY,
    "news/b.jsonl": LINES,
    "news/photo.JPG": b"\xff\xd8\xff\xe0",
    "style.css": b"p {}",
    "__MACOSX/news/._a.txt": b"x",
    "news/empty.txt": b"",
    "inner.zip": zipped({"c.txt": STORY.replace(b"Basra", b"Mosul")}),
    "d.txt.gz": gzip.compress(STORY.replace(b"Basra", b"Erbil")),
}
TITLES = ["Rain in Basra", "Rain 0", "Rain 1", "Rain 2", "Rain in Mosul", "Rain in Erbil"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", zipped(MEMBERS)),
        ("a.tar", tarred(MEMBERS)),
        ("a.tar", tarred(MEMBERS, tarfile.GNU_FORMAT)),
        *((f"a.tar.{kind}", pack(tarred(MEMBERS))) for kind, pack in PACKERS.items()),
        ("a.tgz", gzip.compress(tarred(MEMBERS))),
        ("a", zipped(MEMBERS)),
    ],
)  # fmt: skip
def test_an_archive_is_read_member_by_member(tmp_path: Path, name: str, data: bytes) -> None:
    items = read_bytes(tmp_path, name, data)
    articles = [item for item in items if not isinstance(item, Rejected)]
    assert [article.title for article in articles] == TITLES
    assert len({article.id for article in articles}) == len(TITLES)
    assert (articles[0].member or "").endswith("news/a.txt")
    assert (articles[4].member or "").endswith("inner.zip!/c.txt")
    (empty,) = [item for item in items if isinstance(item, Rejected)]
    assert str(empty).endswith("news/empty.txt: empty file")
    assert {"images", "style sheets and scripts", "hidden files"} <= set(skipped(tmp_path, name, data))


def test_a_large_archive_within_another_goes_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_ZIP_IN_MEMORY", 10)
    assert titles(tmp_path, "a.zip", zipped({"inner.zip": zipped({"a.txt": STORY})})) == ["Rain in Basra"]


def test_where_no_temporary_file_can_be_made_reading_ends_instead_of_rejecting_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_ZIP_IN_MEMORY", 10)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(NewssearchError, match="no temporary file can be made"):
        titles(tmp_path, "a.zip", zipped({"inner.zip": zipped({"a.txt": STORY})}))


def test_names_that_lead_elsewhere_are_only_names(tmp_path: Path) -> None:
    articles = articles_in(read_bytes(tmp_path, "a.zip", zipped({"../../a.txt": STORY, "/etc/b.txt": STORY})))
    assert [article.member for article in articles] == ["../../a.txt", "/etc/b.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip"]


def test_an_encrypted_or_broken_member_is_rejected_and_the_others_are_read(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": STORY, "b.txt": STORY}))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1  # the flag of encryption, of the first
    items = read_bytes(tmp_path, "a.zip", bytes(data))
    assert [str(item) for item in items if isinstance(item, Rejected)] == ["a.zip!/a.txt: encrypted"]
    assert len(items) == 2
    data = bytearray(zipped({"a.txt": STORY * 50, "b.txt": STORY}))
    data[60] ^= 255
    first, second = read_bytes(tmp_path, "a.zip", bytes(data))
    assert isinstance(first, Rejected)
    assert not isinstance(second, Rejected)


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"[Content_Types].xml": b"<x/>", "visio/document.xml": b"<x/>"}, "an office document"),
        ({"mimetype": b"application/vnd.oasis.opendocument.graphics"}, "an OpenDocument file"),
        ({"META-INF/MANIFEST.MF": b"x"}, "a Java archive"),
    ],
)
def test_an_office_document_is_no_archive_of_articles(
    tmp_path: Path, members: dict[str, bytes], what: str
) -> None:
    (reason,) = reasons(tmp_path, "a.zip", zipped(members))
    assert reason.startswith(f"a.zip: looks like {what}")


@pytest.mark.parametrize("data", [zipped({}), tarred({})[:1024] * 0 + bytes(1024)])
def test_an_archive_with_nothing_in_it_is_rejected(tmp_path: Path, data: bytes) -> None:
    assert len(reasons(tmp_path, "a.zip", data)) == 1


# ---- web archives


def response(
    url: str,
    body: bytes,
    content_type: str = "text/plain; charset=utf-8",
    status: str = "200 OK",
    **headers: str,
) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    http = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n{more}\r\n".encode() + body
    return record("response", http, url, "application/http; msgtype=response")


def record(kind: str, content: bytes, url: str, content_type: str = "text/plain") -> bytes:
    number = zlib.crc32(content)
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-07-25T12:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012}>\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


LATIN = "Regen in Köln\n\nDer Fluss trat am Montag über die Ufer.\n".encode("latin-1")
CRAWL = [
    record("warcinfo", b"software: none", "urn:x"),
    record("request", b"GET / HTTP/1.1\r\n\r\n", "https://e.org/1"),
    response("https://e.org/1", STORY),
    response("https://e.org/2", gzip.compress(STORY.replace(b"Basra", b"Mosul")), Content_Encoding="gzip"),
    response("https://e.org/3", f"{len(STORY):x}\r\n".encode() + STORY + b"\r\n0\r\n\r\n", Transfer_Encoding="chunked"),
    response("https://e.org/4", LATIN, "text/plain; charset=iso-8859-1"),
    response("https://e.org/5", LINES, "application/json"),
    response("https://e.org/gone", b"Not here", status="404 Not Found"),
    response("https://e.org/moved", b"", status="301 Moved"),
    response("https://e.org/i.png", b"\x89PNG", "image/png"),
    response("https://e.org/s.css", b"p {}", "text/css"),
    response("https://e.org/robots.txt", b"User-agent: *"),
    record("revisit", b"", "https://e.org/1"),
]  # fmt: skip


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: b"".join(map(gzip.compress, CRAWL))])
def test_the_pages_of_a_crawl_are_read_and_the_rest_is_counted(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    data = pack(b"".join(CRAWL))
    articles = articles_in(read_bytes(tmp_path, "a.warc", data))
    assert [(article.title, article.url) for article in articles] == [
        ("Rain in Basra", "https://e.org/1"), ("Rain in Mosul", "https://e.org/2"), ("Rain in Basra", "https://e.org/3"),
        ("Regen in Köln", "https://e.org/4"), ("Rain 0", "https://e.org/5"), ("Rain 1", "https://e.org/5"),
        ("Rain 2", "https://e.org/5"),
    ]  # fmt: skip
    assert articles[0].date is None  # when it was fetched says nothing
    assert articles[0].outlet == "e.org"
    assert str(articles[0].provenance["url"]) == "stated, where it was fetched from"
    assert skipped(tmp_path, "a.warc", data) == {
        "records about a crawl": 2, "requests": 1, "error responses": 1, "redirects": 1, "images": 1,
        "style sheets and scripts": 1, "revisits": 1,
    }  # fmt: skip


def test_a_wacz_is_read_by_its_crawls_alone(tmp_path: Path) -> None:
    members = {
        "datapackage.json": b"{}", "pages/pages.jsonl": LINES, "indexes/index.cdx": b"x",
        "archive/a.warc.gz": gzip.compress(CRAWL[2]),
    }  # fmt: skip
    assert titles(tmp_path, "a.wacz", zipped(members)) == ["Rain in Basra"]
    assert skipped(tmp_path, "a.wacz", zipped(members)) == {"parts of web archives without pages": 3}


def test_an_arc_is_read_and_its_articles_keep_their_ids(tmp_path: Path) -> None:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + STORY
    version = b"1 0 x\nURL IP-address Archive-date Content-type Archive-length\n"
    arc = (
        f"filedesc://a.arc 0.0.0.0 20240725120000 text/plain {len(version)}\n".encode() + version + b"\n"
        + f"http://e.org/1 1.2.3.4 20240725120000 text/plain {len(http)}\n".encode() + http + b"\n"
    )  # fmt: skip
    (article,) = articles_in(read_bytes(tmp_path, "a.arc", arc))
    (again,) = articles_in(read_bytes(tmp_path, "a.arc", arc))
    assert (article.title, article.url, article.member) == (
        "Rain in Basra",
        "http://e.org/1",
        "http://e.org/1 record 2",
    )
    assert article == again


def test_a_crawl_that_is_broken_says_after_how_many_records(tmp_path: Path) -> None:
    items = read_bytes(tmp_path, "a.warc", CRAWL[2] + b"WARC/1.0\r\nWARC-Ty" + b"\0" * 99)
    assert not isinstance(items[0], Rejected)
    assert len(items) <= 2


# ---- in an index


def test_articles_of_an_archive_are_indexed_once_and_found_again(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(MEMBERS))
    with newssearch.create(tmp_path / "index") as index:
        report = index.update([tmp_path / "a.zip"])
        assert (report.added, report.rejections) == (6, 1)
        assert report.skipped == {"hidden files": 1, "images": 1, "style sheets and scripts": 1}
        again = index.update([tmp_path / "a.zip"])
        assert (again.unchanged, again.files_read, again.skipped) == (6, 0, report.skipped)
        assert (again.rejected_before, again.rejected) == (1, ())
        (hit,) = index.search("mosul")
        assert index.article(hit.id).member == "inner.zip!/c.txt"
        (tmp_path / "a.zip").write_bytes(zipped({"news/a.txt": STORY}))
        assert index.update([tmp_path / "a.zip"]).removed == 5


def test_the_command_reports_what_it_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.warc").write_bytes(b"".join(CRAWL))
    done = command(capsys, monkeypatch)("index", "a.warc")
    assert done.code == 0
    assert "skipped: 2 records about a crawl, 1 error response, 1 image" in done.out


PACKED = [gzip.compress(STORY), bz2.compress(STORY), lzma.compress(STORY), zstd.compress(STORY), zipped(MEMBERS),
          tarred({"a.txt": STORY}), b"".join(CRAWL), gzip.compress(CRAWL[2])]  # fmt: skip


@given(st.sampled_from(PACKED), st.data())
def test_nothing_that_is_broken_raises(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, draw: st.DataObject
) -> None:
    at = draw.draw(st.integers(0, len(data) - 1))
    change = draw.draw(st.sampled_from(["cut", "flip", "twice"]))
    broken = {
        "cut": data[:at],
        "flip": data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :],
        "twice": data[:at] + data,
    }[change]
    read_bytes(tmp_path_factory.mktemp("any"), "a.zip", broken)


def test_the_text_of_a_page_in_a_crawl_is_an_article_with_its_address(tmp_path: Path) -> None:
    pytest.importorskip("warcio", reason="the extra warc is not installed")
    text = b"Bridge to open\n\nThe minister stressed on Wednesday that the bridge would be open again before the winter."
    head = b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://courier.example/2024/07/25/bridge\r\nWARC-Date: 2024-07-26T00:00:00Z\r\n"
    head += (
        b"WARC-Record-ID: <urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e>\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
        % len(text)
    )
    (article,) = articles_in(read_bytes(tmp_path, "a.warc.wet", head + text + b"\r\n\r\n"))
    assert (article.title, article.url, article.outlet) == (
        "Bridge to open",
        "https://courier.example/2024/07/25/bridge",
        "courier.example",
    )
