"""Pages as browsers and other programs save them: MHTML, Safari's archives, comments with addresses, folders, copies."""

from __future__ import annotations

import plistlib
import zipfile
from collections import Counter
from pathlib import Path

import pytest

import newssearch
from newssearch import Article, ReadOptions, Rejected
from newssearch.readers import Input, Origin, ReadOutcome, Skipped, read_file
from newssearch.readers.containers import saved_pages
from newssearch.readers.pages import html

pytest.importorskip("trafilatura", reason="the extra html is not installed")

FIRST = "The bridge over the river will be closed from Monday, the council said, because two of its pillars have cracks."
SECOND = "Engineers had found the cracks in spring, but nobody had told the mayor, who learned of them from a newspaper."
ADDRESS = "https://www.example.org/2024/07/25/bridge.html"
BODY = f"<h1>Bridge closed</h1><p>{FIRST}</p><p>{SECOND}</p>"


def page(head: str = "", body: str = BODY, attributes: str = "") -> str:
    return f"<!DOCTYPE html>\n<html lang=en {attributes}><head><title>Bridge closed</title>{head}</head><body>{body}</body></html>"


def read(text: str, url: str | None = None) -> Article:
    (found,) = html.parse(text.encode(), Origin("page.html", ReadOptions(), url=url))
    assert isinstance(found, Article), str(found)
    return found


def articles_in(items: list[ReadOutcome]) -> list[Article]:
    """Return the articles among results, after checking that nothing was rejected."""
    assert not [str(item) for item in items if isinstance(item, Rejected)]
    return [item for item in items if isinstance(item, Article)]


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


# ---- the address that a page was saved from


@pytest.mark.parametrize(
    "mark",
    [
        f"<!-- saved from url=(0046){ADDRESS} -->",
        f"<!--\n Page saved with SingleFile \n url: {ADDRESS} \n saved date: Fri Jul 26 2024 10:00:00 GMT+0200\n-->",
        f"<!-- Saved from {ADDRESS} at 2024-07-26T10:00:00Z using monolith v2.8 -->",
        f'<meta name="savepage-url" content="{ADDRESS}">',
        f'<script>__wm.wombat("{ADDRESS}","20240726100000","https://web.archive.org/","web","/_static/");</script>',
        f'<link rel="canonical" href="https://web.archive.org/web/20240726100000/{ADDRESS}">',
        f'<link rel="canonical" href="/web/20240726100000/{ADDRESS}">',
        f'<link rel="canonical" href="http://archive.today/2024.07.26-100000/{ADDRESS}"><meta property="og:url" content="http://archive.ph/AbCdE">',
    ],
)
def test_the_address_of_a_saved_page_is_that_of_the_original(mark: str) -> None:
    article = read(page(mark))
    assert (article.url, article.outlet, str(article.date)) == (ADDRESS, "example.org", "2024-07-25")


def test_the_provenance_says_where_a_page_was_saved_from() -> None:
    article = read(page(f"<!-- saved from url=(0046){ADDRESS} -->"))
    assert str(article.provenance["url"]) == "stated, where it was saved from"


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- saved from url=(0014)about:internet -->",
        "<!-- saved from url=(0020)file:///C:/page.html -->",
        "<!-- see https://other.org/a -->",
        "<!-- Icons archived from https://icons.example/set -->",
        "<!-- Mirrored from preview.theme.example/news.html by HTTrack Website Copier/3.x -->",
    ],
)
def test_a_comment_without_an_address_of_the_web_says_nothing(comment: str) -> None:
    assert read(page(comment)).url is None


def test_a_page_fetched_from_an_archive_has_the_address_of_the_original() -> None:
    assert read(page(), f"https://web.archive.org/web/20240726100000/{ADDRESS}").url == ADDRESS


def test_the_toolbar_of_the_wayback_machine_is_no_text() -> None:
    bar = f"<!-- BEGIN WAYBACK TOOLBAR INSERT --><p>{SECOND.replace('mayor', 'archive')}</p><!-- END WAYBACK TOOLBAR INSERT -->"
    assert texts(read(page(body=f"<h1>Bridge closed</h1><p>{FIRST}</p>{bar}<p>{SECOND}</p>"))) == [
        FIRST,
        SECOND,
    ]


# ---- pages in one file


def mhtml(headers: str, location: str = ADDRESS) -> bytes:
    parts = (
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Location: {location}\r\n\r\n{page()}\r\n"
        "--b\r\nContent-Type: text/css\r\nContent-Location: cid:a\r\n\r\np {}\r\n--b--\r\n"
    )
    return f'{headers}MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n{parts}'.encode()


@pytest.mark.parametrize(
    "headers",
    [
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {ADDRESS}\r\nSubject: Saved\r\nDate: Sat, 8 Nov 2025 10:00:00 -0000\r\n",
        'From: "Saved by Windows Internet Explorer 8"\r\nSubject: Saved\r\nDate: Sat, 8 Nov 2025 10:00:00 +0100\r\n',
        "Subject: Saved\r\n",
    ],
)
def test_a_page_in_mhtml_is_a_page_and_not_a_mail(tmp_path: Path, headers: str) -> None:
    (tmp_path / "a.mhtml").write_bytes(mhtml(headers))
    found = list(read_file(tmp_path / "a.mhtml", "a.mhtml", ReadOptions()))
    (article,) = articles_in(found)
    assert (article.title, article.url, str(article.date)) == ("Bridge closed", ADDRESS, "2024-07-25")
    assert texts(article) == [FIRST, SECOND]
    assert [item for item in found if not isinstance(item, Article)] == [
        Skipped("a.mhtml", "parts of saved pages")
    ]


def test_a_newsletter_that_was_sent_stays_a_mail() -> None:
    source = Input.of(mhtml("To: jane@example.org\r\nSubject: News\r\n"), Origin("a", ReadOptions()))
    assert not saved_pages.is_mhtml(source)


def test_mhtml_without_a_page_is_rejected(tmp_path: Path) -> None:
    data = mhtml("From: <Saved by Blink>\r\n").replace(b"text/html; charset=utf-8", b"image/png")
    (tmp_path / "a.mhtml").write_bytes(data)
    (found,) = read_file(tmp_path / "a.mhtml", "a.mhtml", ReadOptions())
    assert isinstance(found, Rejected)
    assert found.reason == "a saved web page without a page in it"


@pytest.mark.parametrize("form", [plistlib.FMT_BINARY, plistlib.FMT_XML])
def test_a_web_archive_of_safari_is_a_page(tmp_path: Path, form: plistlib.PlistFormat) -> None:
    main = {
        "WebResourceData": page().encode(),
        "WebResourceURL": ADDRESS,
        "WebResourceTextEncodingName": "UTF-8",
    }
    archive = {"WebMainResource": main, "WebSubresources": [{"WebResourceData": b"p {}"}]}
    (tmp_path / "a.webarchive").write_bytes(plistlib.dumps(archive, fmt=form))
    found = list(read_file(tmp_path / "a.webarchive", "a.webarchive", ReadOptions()))
    (article,) = articles_in(found)
    assert (article.url, texts(article), len(found)) == (ADDRESS, [FIRST, SECOND], 2)


# ---- folders beside pages


def save_complete(folder: Path, ending: str) -> None:
    beside = folder / f"Bridge{ending}"
    beside.mkdir(parents=True)
    shown = f'<img src="./Bridge{ending}/a.png"><iframe src="Bridge{ending}/frame.html"></iframe>'
    (folder / "Bridge.html").write_text(page(body=BODY + shown), "utf-8")
    (beside / "frame.html").write_text(page(body=f"<p>{FIRST.replace('bridge', 'tram')}</p>"), "utf-8")
    (beside / "style.css").write_text("p {}", "utf-8")
    (beside / "interview.txt").write_text("An interview\n\nThe mayor answers.\n", "utf-8")


@pytest.mark.parametrize("ending", ["_files", "-Dateien", "_fichiers", "_archivos", "_файлы", "-gegevens"])
def test_the_folder_of_a_page_is_counted_and_what_else_is_in_it_is_read(tmp_path: Path, ending: str) -> None:
    save_complete(tmp_path / "news", ending)
    index = newssearch.create(tmp_path / "index")
    report = index.update([tmp_path / "news"])
    assert (report.added, dict(report.skipped)) == (2, {"parts of saved pages": 2})
    assert sorted(article.title or "" for article in index) == ["An interview", "Bridge closed"]


def test_a_folder_of_that_name_without_a_page_is_read(tmp_path: Path) -> None:
    save_complete(tmp_path / "news", "_files")
    (tmp_path / "news" / "Bridge.html").unlink()
    (tmp_path / "news" / "Bridge_files" / "style.css").unlink()
    assert newssearch.create(tmp_path / "index").update([tmp_path / "news"]).added == 2


def test_pages_that_a_page_links_to_do_not_belong_to_it(tmp_path: Path) -> None:
    (tmp_path / "news" / "sport-archive").mkdir(parents=True)
    (tmp_path / "news" / "sport.html").write_text(
        page(body=BODY + '<a href="sport-archive/a.html">x</a>'), "utf-8"
    )
    (tmp_path / "news" / "sport-archive" / "a.html").write_text(page().replace("bridge", "tram"), "utf-8")
    assert newssearch.create(tmp_path / "index").update([tmp_path / "news"]).added == 2


def test_pages_that_a_page_does_not_show_are_read_in_its_folder_too(tmp_path: Path) -> None:
    save_complete(tmp_path / "news", "_files")
    beside = tmp_path / "news" / "Bridge_files"
    (beside / "my frame.html").write_text(
        page().replace("bridge", "tunnel"), "utf-8"
    )  # its name ends like that of a part
    (beside / "notes").write_text("Notes\n\nThe mayor answers again.\n", "utf-8")
    report = newssearch.create(tmp_path / "index").update([tmp_path / "news"])
    assert (report.added, dict(report.skipped)) == (4, {"parts of saved pages": 2})


def test_what_is_shown_by_a_part_of_a_page_belongs_to_it_under_any_spelling_of_its_name(
    tmp_path: Path,
) -> None:
    beside = tmp_path / "news" / "Bridge & tram_files"
    beside.mkdir(parents=True)
    frame = "<iframe src='Bridge%20&amp;%20tram_files/outer%20one.html?x=1#top'></iframe>"
    (tmp_path / "news" / "Bridge & tram.html").write_text(page(body=BODY + frame), "utf-8")
    (beside / "outer one.html").write_text(page(body=BODY + "<iframe src=inner.html></iframe>"), "utf-8")
    (beside / "inner.html").write_text(page(body=BODY.replace("bridge", "tram")), "utf-8")
    report = newssearch.create(tmp_path / "index").update([tmp_path / "news"])
    assert (report.added, dict(report.skipped)) == (1, {"parts of saved pages": 2})


def test_the_folder_of_a_page_in_a_zip_is_counted_too(tmp_path: Path) -> None:
    save_complete(tmp_path / "news", "-Dateien")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for file in sorted((tmp_path / "news").rglob("*.*")):
            archive.write(file, file.relative_to(tmp_path).as_posix())
    found = list(read_file(tmp_path / "a.zip", "a.zip", ReadOptions()))
    assert {article.title for article in articles_in(found)} == {"An interview", "Bridge closed"}
    assert Counter(item.kind for item in found if isinstance(item, Skipped)) == {"parts of saved pages": 2}
