"""Mail: a message is an article, a mailbox contains several, and attachments are read in their own formats."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch import Article, ReadOptions, Rejected
from newssearch.readers import Skipped, read_file
from support import articles_in, read_bytes
from support import read_file as read_real_file

DAY = dt.datetime(2024, 7, 25, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=3)))
BODY = "The river rose above its banks on Monday.\n\nThe council closed two bridges.\n"
PAGE = "<h1>Flood</h1><p>The river rose above its banks on Monday, and the council closed two bridges.</p><ul><li>North<li>South</ul>"


def letter(body: str = BODY, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "The Echo <news@echo.example.org>"
    message["Subject"] = "Flood: “two bridges” closed"
    message["Date"] = format_datetime(DAY)
    message["Message-ID"] = "<1@echo.example.org>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        if value:
            message[name.replace("_", "-")] = value
    message.set_content(body)
    return message


def one(folder: Path, message: EmailMessage) -> Article:
    (article,) = articles_in(read_bytes(folder, "a.eml", bytes(message)))
    return article


def texts(article: Article) -> list[tuple[str, str]]:
    return [(paragraph.text, paragraph.kind) for paragraph in article.paragraphs]


def test_a_message_is_an_article(tmp_path: Path) -> None:
    article = one(tmp_path, letter())
    assert (article.title, article.date, article.outlet) == ("Flood: “two bridges” closed", DAY, "The Echo")
    assert str(article.provenance["outlet"]) == "inferred from who sent the mail"
    assert [text for text, _ in texts(article)] == [
        "The river rose above its banks on Monday.", "The council closed two bridges.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sender", "outlet"),
    [
        ("news@echo.example.org", "echo.example.org"),
        ("someone@gmail.com", None),
        ("", None),
        ("=?utf-8?q?=C3=89cho?= <a@b.org>", "Écho"),
    ],
)
def test_the_outlet_is_who_sent_it(tmp_path: Path, sender: str, outlet: str | None) -> None:
    data = bytes(letter(From="")).replace(b"Subject:", b"From: " + sender.encode() + b"\nSubject:", 1)
    (article,) = articles_in(read_bytes(tmp_path, "a.eml", data))
    assert article.outlet == outlet


def test_a_page_goes_before_the_plain_text_of_the_same(tmp_path: Path) -> None:
    message = letter()
    message.add_alternative(PAGE, subtype="html")
    assert texts(one(tmp_path, message)) == [
        ("Flood", "heading"), ("The river rose above its banks on Monday, and the council closed two bridges.", "text"), ("North; South", "list"),
    ]  # fmt: skip
    empty = letter()
    empty.add_alternative("<img src=x>", subtype="html")
    assert len(one(tmp_path, empty).paragraphs) == 2


def test_attachments_are_read_in_their_own_formats(tmp_path: Path) -> None:
    message = letter()
    message.add_attachment(
        b'{"title": "Sun", "text": "Hot."}', maintype="application", subtype="json", filename="a.json"
    )
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="map.png")
    message.add_attachment(b"BEGIN:VCARD", maintype="text", subtype="vcard", filename="me.vcf")
    (tmp_path / "a.eml").write_bytes(bytes(message))
    first, second, *others = read_file(tmp_path / "a.eml", "a.eml", ReadOptions())
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, second.title, second.member) == ("Flood: “two bridges” closed", "Sun", "a.json")
    assert [item.kind for item in others if isinstance(item, Skipped)] == [
        "images",
        "attachments of other kinds",
    ]


def test_encodings_are_those_stated_or_those_that_are_true(tmp_path: Path) -> None:
    for charset, data in (
        ("iso-8859-1", "Köln".encode("latin-1")),
        ("x-unknown", "Köln".encode()),
        ("ascii", "Köln".encode()),
    ):
        raw = (
            b"Message-ID: <1@e.org>\nSubject: x\nContent-Type: text/plain; charset="
            + charset.encode()
            + b"\n\n"
            + data
        )
        (article,) = articles_in(read_bytes(tmp_path, "a.eml", raw))
        assert article.paragraphs[0].text == "Köln"


def test_a_signature_is_left_out(tmp_path: Path) -> None:
    assert len(one(tmp_path, letter(BODY + "-- \nThe Echo\nUnsubscribe")).paragraphs) == 2
    assert len(one(tmp_path, letter("-- \n" + BODY * 30)).paragraphs) > 2


def test_an_encrypted_mail_is_rejected(tmp_path: Path) -> None:
    data = b"Message-ID: <1@e.org>\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n\nx\n--x--\n"
    assert [str(item) for item in read_bytes(tmp_path, "a.eml", data)] == ["a.eml: an encrypted mail"]


def test_a_mailbox_holds_several(tmp_path: Path) -> None:
    messages = [bytes(letter(Subject=f"Flood {n}", Message_ID=f"<{n}@e.org>")) for n in range(3)]
    messages[1] = messages[1].replace(b"The council", b">From here on the council")
    box = b"".join(
        b"From news@echo.example.org Thu Jul 25 08:30:00 2024\n" + message + b"\n" for message in messages
    )
    for name in ("a.mbox", "Inbox"):
        articles = articles_in(read_bytes(tmp_path, name, box))
        assert [(article.title, article.member) for article in articles] == [
            ("Flood 0", "message 1"), ("Flood 1", "message 2"), ("Flood 2", "message 3"),
        ]  # fmt: skip
        assert articles[1].paragraphs[1].text.startswith("From here on")
        assert len({article.id for article in articles}) == 3


@pytest.mark.parametrize("folded", [True, False])
def test_a_mailbox_may_have_short_or_folded_headers_and_unquoted_lines(tmp_path: Path, folded: bool) -> None:
    received = "Received: by mail.example.org in 2024\n\twith SMTP\n" if folded else ""
    box = "".join(
        f"From news@e.org Thu Jul 25 08:30:0{n} 2024\n{received}From: Me <me@e.org>\nSubject: Flood {n}\nMessage-ID: <{n}@e.org>\n"
        f"Date: Thu, 25 Jul 2024 08:30:00 +0000\n\nThe river {n} rose.\n\nFrom Basra to Mosul it rained in 2024\nfor many days.\n\n"
        for n in range(3)
    )  # fmt: skip
    articles = articles_in(read_bytes(tmp_path, "a.mbox", box))
    assert [article.title for article in articles] == ["Flood 0", "Flood 1", "Flood 2"]
    assert [article.paragraphs[-1].text for article in articles] == ["From Basra to Mosul it rained in 2024 for many days."] * 3  # fmt: skip


def test_prose_that_looks_a_little_like_mail_is_text(tmp_path: Path) -> None:
    text = "FOR RELEASE\nDate: July 25, 2024\nSubject: Floods\n\nThe river rose above its banks on Monday.\n"
    (article,) = articles_in(read_bytes(tmp_path, "a.txt", text))
    assert article.paragraphs[-1].text == "The river rose above its banks on Monday."
    (article,) = articles_in(
        read_bytes(tmp_path, "a.txt", "From Basra to Mosul in 2024\nit rained: a lot.\n")
    )
    assert article.outlet is None


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_mail_raises(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    message = letter()
    message.add_alternative(PAGE, subtype="html")
    whole = bytes(message)
    at = len(data) * 7 % len(whole)
    for name, content in (
        ("a.eml", data),
        ("b.eml", whole[:at] + data + whole[at:]),
        ("c.mbox", b"From a Thu 2024\n" + data),
    ):
        read_bytes(tmp_path_factory.mktemp("any"), name, content)


def test_real_newsletters(data_dir: Path) -> None:
    for file in sorted((data_dir / "formats" / "eml").iterdir()):
        items = read_real_file(file)
        assert not any(isinstance(item, Rejected) for item in items)
        assert all(item.date and item.outlet and item.paragraphs for item in articles_in(items))


def test_a_message_inside_a_message_is_an_article_of_its_own(tmp_path: Path) -> None:
    inner = letter(
        "The river rose above its banks on Monday.", Subject="The river", From="Courier <c@courier.example>"
    )
    outer = letter("See below.", Subject="Fwd: The river")
    outer.add_attachment(inner)
    first, second = articles_in(read_bytes(tmp_path, "a.eml", outer.as_bytes()))
    assert (first.title, [text for text, _ in texts(first)]) == ("Fwd: The river", ["See below."])
    assert (second.title, second.outlet, second.member) == ("The river", "Courier", "message 1.eml")
    assert "The river rose above its banks on Monday." in [text for text, _ in texts(second)]


def test_a_subject_in_bytes_without_an_encoding_has_that_of_the_text(tmp_path: Path) -> None:
    for charset in ("iso-8859-1", "utf-8", "iso-8859-2"):
        subject = "Zażółć" if charset == "iso-8859-2" else "Bericht für März"
        data = f"From: News <n@e.org>\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: text/plain; charset={charset}\n\nEs regnet.\n"
        (article,) = articles_in(read_bytes(tmp_path, "a.eml", data.encode(charset)))
        assert article.title == subject


@pytest.mark.parametrize("first", ["Status: RO\n", "", "X-Mozilla-Status: 0001\n"])
def test_a_mail_without_the_traces_of_its_way_is_a_mail_under_any_name(tmp_path: Path, first: str) -> None:
    data = f"{first}From: News <n@e.org>\nSubject: The river\nTo: you@e.org\nDate: Fri, 03 May 2024 09:30:00 +0000\n\nIt rose.\n"
    (article,) = articles_in(read_bytes(tmp_path, "a.txt", data))
    assert (article.title, article.date) == (
        "The river",
        dt.datetime(2024, 5, 3, 9, 30, tzinfo=dt.timezone.utc),
    )
    (text,) = articles_in(
        read_bytes(tmp_path, "a.txt", "From: Basra\nDate: 3 May\nSubject: rain\n\nIt rained.\n")
    )
    assert text.date is None


def test_a_page_in_a_mail_has_neither_its_hidden_preview_nor_its_subject_as_text(tmp_path: Path) -> None:
    page = '<div style="display:none;max-height:0">Preview of it</div><h1>Bridge closed</h1><p>The council met for three hours on Tuesday evening, and heard from residents of the harbour.</p>'
    data = f"From: Bay <news@bay.example>\r\nSubject: Bridge closed\r\nMessage-ID: <1@bay.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n{page}"
    (article,) = articles_in(read_bytes(tmp_path, "a.eml", data))
    assert [one.text[:11] for one in article.paragraphs] == ["The council"]
