"""Random damage to documents of every format, and random queries: nothing may raise, hang, or break an index.

``python -m fuzz 600`` in this folder is the long form: it runs the given number of seconds for each target, also with the
real documents if they are present. It prints each finding with the seed that reproduces it. A test runs the short form.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import signal
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import newssearch
from documents import docx, epub, open_document, outlook_message, para, pptx, rtf, shape
from newssearch import Article, QueryError, ReadOptions, Rejected, readers
from newssearch.cli.rendering.formats import json_text
from newssearch.display import escape
from newssearch.readers import Feed, Skipped
from test_reader_containers import CRAWL, PACKERS, zipped
from test_reader_databases import CODED, EUROPRESSE, PLAIN, PROQUEST, RIS, UNI, XML, counted, nexis
from test_reader_pdf import STORY as LINES
from test_reader_pdf import pdf
from test_reader_wire import g2, newsml1

TEXT = (
    "The river rose above its banks on Monday.\n\nThe council closed two bridges, said Ana Silva of Reuters."
)
PAGE = (
    "<!doctype html><html lang=en><head><title>Flood in Basra | Example</title>"
    '<meta property="og:title" content="Flood in Basra"><meta name=date content="2024-07-25">'
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Flood in Basra", "datePublished": "2024-07-25T12:00:00Z",'
    ' "author": [{"name": "Ana Silva"}]}</script></head><body><article><h1>Flood in Basra</h1><p class=byline>By Ana Silva</p>'
    f"<p>{TEXT[:42]}</p><blockquote>It was high.</blockquote><ul><li>one<li>two</ul><table><tr><td>a<td>b</table></article></body></html>"
)
RECORD = {
    "title": "Flood in Basra",
    "text": TEXT,
    "date": "2024-07-25",
    "outlet": "Example",
    "url": "https://e.org/1",
    "byline": "Ana",
}
FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title><item><title>Flood</title><link>https://e.org/1</link>'
    "<pubDate>Thu, 25 Jul 2024 12:00:00 GMT</pubDate><description>&lt;p&gt;The river rose.&lt;/p&gt;</description></item></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>E</title><entry><title>Flood</title><id>urn:1</id>'
    '<updated>2024-07-25T12:00:00Z</updated><content type="html">The river rose.</content></entry></feed>'
)
NITF = (
    "<nitf><head><title>Flood</title></head><body><body.head><hedline><hl1>Flood</hl1></hedline><dateline><location>BASRA</location>"
    "</dateline></body.head><body.content><p>The river rose.</p></body.content></body></nitf>"
)
MAIL = (
    "From: News <news@e.org>\nSubject: =?utf-8?q?Flood_in_Basra?=\nDate: Thu, 25 Jul 2024 12:00:00 +0000\nMIME-Version: 1.0\n"
    'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain; charset=utf-8\n\nThe river rose.\n--b\n'
    "Content-Type: text/html\n\n<p>The river rose.</p>\n--b--\n"
)
NINJS = {
    "uri": "urn:1",
    "headline": "Flood",
    "versioncreated": "2024-07-25T12:00:00Z",
    "body_html": "<p>The river rose.</p>",
}


def _tar() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in (("a.txt", TEXT), ("b/c.html", PAGE)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data.encode()))
    return packed.getvalue()


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", TEXT)
        archive.writestr("b/c.json", json.dumps(RECORD))
    return packed.getvalue()


def _arc() -> bytes:
    version = b"1 0 Example\nURL IP-address Archive-date Content-type Archive-length\n"
    page = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{PAGE}".encode()
    return (
        f"filedesc://a.arc 0.0.0.0 20240725120000 text/plain {len(version)}\n".encode() + version + b"\n"
        b"https://e.org/1 192.0.2.1 20240725120000 text/html %d\n" % len(page) + page + b"\n"
    )


SEEDS: dict[str, list[bytes]] = {
    "a.html": [PAGE.encode(), PAGE.encode("utf-16"), f"<p>{TEXT}".encode()],
    "export.txt": [counted(nexis(), nexis()).encode(), UNI.encode(), CODED.encode(), PLAIN.encode(), PROQUEST.encode()],
    "export.html": [EUROPRESSE.encode(), f"<DOCFULL>{counted(nexis())}".encode()],
    "export.xml": [XML.format(count=1).encode()],
    "a.ris": [RIS.encode()],
    "a.txt": [TEXT.encode(), f"Title: Flood\nDate: 25 July 2024\n\n{TEXT}".encode(), TEXT.encode("utf-16-le")],
    "a.md": [f"---\ntitle: Flood\ndate: 2024-07-25\n---\n# Flood\n\n{TEXT}\n\n> quote\n\n- a\n- b\n".encode()],
    "a.json": [json.dumps(RECORD).encode(), json.dumps([RECORD, RECORD]).encode(), json.dumps({"articles": [RECORD]}).encode(),
               json.dumps(NINJS).encode()],
    "a.jsonl": [(json.dumps(RECORD) + "\n").encode() * 3],
    "a.csv": [b"title,text,date,outlet\nFlood,The river rose,2024-07-25,Example\n\"A, \"\"b\"\"\",\"two\nlines\",7-5-2024,x\n"],
    "a.tsv": [b"title\ttext\tdate\nFlood\tThe river rose\t2024-07-25\n"],
    "a.xml": [FEED.encode(), ATOM.encode(), NITF.encode(), g2("<p>The river rose.</p>").encode(), newsml1("<p>The river rose.</p>").encode()],
    "a.eml": [MAIL.encode()],
    "a.mbox": [(f"From news@e.org Thu Jul 25 12:00:00 2024\n{MAIL}\n" * 2).encode()],
    "a.pdf": [pdf([LINES], "Flood")],
    "a.docx": [docx(para("Flood", style="Titel") + para("e.org, 5 May 2024") + para(TEXT))],
    "a.odt": [open_document(f'<text:h text:outline-level="1">Flood</text:h><text:p>{TEXT}</text:p>')],
    "a.epub": [epub({"a": f"<h1>Flood</h1><p>{TEXT}</p>"}, "<title>Flood</title>")],
    "a.pptx": [pptx(shape("Flood", place="title") + shape(TEXT))],
    "a.ods": [open_document("<table:table>" + "".join(f"<table:table-row><table:table-cell><text:p>{text}</text:p></table:table-cell></table:table-row>" for text in ("text", TEXT)) + "</table:table>", "spreadsheet")],
    "a.msg": [outlook_message({0x37: "Flood", 0x1000: TEXT})],
    "a.enex": [f"<en-export><note><title>Flood</title><content><![CDATA[<p>{TEXT}</p>]]></content></note></en-export>".encode()],
    "a.rtf": [rtf(rf"\pard\s9 Flood\par\pard {TEXT[:42]}\par\trowd\pard\intbl a\cell b\cell\row\pard {{\footnote b}}\par")],
    "a.warc": [b"".join(CRAWL)],
    "a.warc.gz": [b"".join(map(gzip.compress, CRAWL))],
    "a.gz": [gzip.compress(TEXT.encode())],
    "a.bz2": [bz2.compress(TEXT.encode())],
    "a.xz": [lzma.compress(TEXT.encode())],
    "a.zst": [PACKERS["zst"](TEXT.encode())],
    "a.arc": [_arc()],
    "a.wacz": [zipped({"archive/a.warc.gz": gzip.compress(CRAWL[2]), "datapackage.json": b"{}"})],
    "a.tar": [_tar()],
    "a.zip": [_zip()],
}  # fmt: skip
"""The name of the documents of each target, and some intact documents."""

TOKENS = [
    b"\0", b"\xff", b"\xed\xa0\x80", b"\\ud800", b"\xe2\x80\xae", b"\x1b[31m", b"\r", b"\n\n", b"<", b">", b"&", b"&#0;", b"&#xD800;", b"]]>",
    b"<!--", b"<![CDATA[", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"{", b"}", b"[", b"]", b'"', b"\\", b":", b",", b"=", b"%", b"1e999", b"-1",
    b"99999-01-01", b"0000-00-00", b"9" * 30, b"null", b"NaN", b"charset=utf-7", b"charset=x", b"../../etc/passwd", b"\xef\xbb\xbf", b"\xfe\xff",
    b"A" * 5000, b"<p>" * 300, b"[" * 300, b"Content-Length: 99999999999\r\n", b"PK\x03\x04", b"\x1f\x8b\x08",
]  # fmt: skip
"""Bytes that have broken parsers before."""


def spoilt(data: bytes, drawn: random.Random) -> bytes:
    """Return a document with some bytes changed, removed, moved, doubled or inserted."""
    content = bytearray(data)
    for _ in range(drawn.choice((1, 1, 2, 3, 8))):
        size = len(content)
        at = drawn.randrange(size + 1)
        end = min(size, at + drawn.choice((1, 2, 8, 40, 400)))
        match drawn.randrange(7):
            case 0:
                content[at:end] = bytes(drawn.randrange(256) for _ in range(end - at))
            case 1 if at < size:
                content[at] ^= 1 << drawn.randrange(8)
            case 2:
                del content[at:end]
            case 3:
                content[at:at] = content[at:end] * drawn.choice((1, 2, 50))
            case 4:
                content[at:at] = drawn.choice(TOKENS)
            case 5:
                del content[at:]
            case _:
                content[at:end] = drawn.choice(TOKENS)
    return bytes(content)


def read(folder: Path, name: str, data: bytes) -> list[Article]:
    """Read a document, and check the results."""
    file = folder / name
    file.write_bytes(data)
    articles = []
    items = [item for item in readers.read_file(file, name, ReadOptions()) if not isinstance(item, Feed)]
    assert items, "neither an article nor a rejection"
    for item in items:
        if isinstance(item, Rejected):
            assert item.reason
            check_shown(str(item))
        elif not isinstance(item, Skipped):
            check(item)
            articles.append(item)
    return articles


def check(article: Article) -> None:
    """Check what must hold for every article."""
    assert article.id
    printed = json_text(article.to_dict())
    assert json.loads(printed.encode("utf-8")) == json.loads(printed)
    assert article.digest
    assert [paragraph.number for paragraph in article.paragraphs] == list(
        range(1, len(article.paragraphs) + 1)
    )
    for text in (article.title or "", *(paragraph.text for paragraph in article.paragraphs)):
        check_shown(text)


def check_shown(text: str) -> None:
    """Check that the printed form of a text contains no control sequences."""
    shown = escape.terminal(text)
    assert not any(char < " " or "\x7f" <= char < "\xa0" or "\u202a" <= char <= "\u202e" for char in shown)


def fuzz(folder: Path, name: str, drawn: random.Random, seeds: list[bytes]) -> list[Article]:
    """Return one damaged document of a target."""
    return read(folder, name, spoilt(drawn.choice(seeds), drawn))


# ---- queries

PIECES = [
    "rain", "storm", '"', "(", ")", "AND", "OR", "NOT", "-", "+", "*", "?", "~", "~2", "~name", "~exact", "^", "^2", "w/5", "pre/3", "w/s", "w/p",
    "atleast3(", "hlead(", "caps(", "title:", "outlet:", "date:", "2024", "2024-13", "last week", "[", "]", "TO", "/", "/a.*/", "\\", ":", "!",
    "é", "日本", "\0", "\ud800", "\u202e", "'", "U.S.", "cease-fire", "#BlackLivesMatter", "@", "AND NOT", "&", "|", " ", "  ", "\n", "9" * 40,
]  # fmt: skip


def query(drawn: random.Random) -> str:
    """Return a random query."""
    glue = drawn.choice(("", " ", " "))
    pieces = [drawn.choice(PIECES) for _ in range(drawn.choice((1, 2, 4, 8, 30)))]
    if drawn.random() < 0.1:
        pieces.append(chr(drawn.randrange(sys.maxunicode)) * drawn.choice((1, 200)))
    if drawn.random() < 0.02:
        pieces = [drawn.choice(PIECES)] * 2000
    return glue.join(pieces)


def ask(index: newssearch.Index, text: str) -> None:
    """Search for a query, which may be rejected with a reason."""
    try:
        results = index.search(text, limit=5, names=text.endswith("e"), explain=True, facets=("year",))
    except QueryError as error:
        assert str(error)  # noqa: PT017  (most are not refused)
        assert 0 <= error.start <= error.end <= len(error.query)  # noqa: PT017
        return
    assert len(results.hits) <= results.total_stories <= results.total_articles
    printed = json_text(results.to_dict())
    json.loads(printed)


# ---- the long form


class Hang(Exception):  # noqa: N818  (it is named for what it is)
    """An input took longer than any input may."""


def targets(data: Path | None) -> Iterator[tuple[str, list[bytes]]]:
    """Return all targets, with real documents among their seeds if they are present."""
    real: dict[str, list[bytes]] = {}
    for file in sorted(data.rglob("*")) if data is not None else ():
        if file.is_file() and 0 < file.stat().st_size < 200_000:
            endings = (f"a{''.join(file.suffixes[-n:])}" for n in (2, 1))
            name = next((name for name in endings if name in SEEDS), "a.txt")
            real.setdefault(name, []).append(file.read_bytes())
    for name in sorted({*SEEDS, *real}):
        yield (
            name,
            SEEDS.get(name, [])
            + random.Random(name).sample(real.get(name, []), min(len(real.get(name, [])), 60)),
        )


def long_form(seconds: float, seed: int, data: Path | None) -> int:
    """Damage documents of each target for the given time. Return the number of findings."""
    findings = 0

    def hang(*_: object) -> None:
        raise Hang

    signal.signal(signal.SIGALRM, hang)

    def guarded(label: str, act: Callable[[], object]) -> None:
        nonlocal findings
        signal.alarm(60)
        try:
            act()
        except BaseException as error:
            findings += 1
            print(f"FOUND {label}: {error!r}", flush=True)
        finally:
            signal.alarm(0)

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with newssearch.create(folder / "index") as index:
            index.add([Article.create(title="Rain", text=TEXT)])
            for name, seeds in targets(data):
                until, runs, kept = time.monotonic() + seconds, 0, {}
                while time.monotonic() < until:
                    runs += 1
                    drawn = random.Random(f"{seed} {name} {runs}")
                    document = spoilt(drawn.choice(seeds), drawn)

                    def act() -> None:
                        for article in read(folder, name, document)[:20]:  # noqa: B023  (called at once)
                            kept[article.id] = article  # noqa: B023

                    guarded(f"{name}, seed {seed}, run {runs}", act)
                guarded(f"{name}: indexed", lambda: index.add(kept.values()))  # noqa: B023
                print(f"{name}: {runs:,} documents, {len(kept):,} articles indexed", flush=True)
            until, runs = time.monotonic() + seconds, 0
            while time.monotonic() < until:
                runs += 1
                text = query(random.Random(f"{seed} query {runs}"))
                guarded(f"query {text[:200]!r}", lambda: ask(index, text))  # noqa: B023
            print(f"queries: {runs:,}", flush=True)
        if not (sound := newssearch.verify(folder / "index")).sound:
            print(f"FOUND {sound.problems[:5]}")
            findings += 1
    print(f"{findings} findings")
    return findings


if __name__ == "__main__":
    given = sys.argv[1:]
    where = Path(given[2]) if len(given) > 2 else None
    sys.exit(1 if long_form(float(given[0]), int(given[1]) if len(given) > 1 else 1, where) else 0)
