"""Files of Outlook: single messages, and what else is in the container of old office programs."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import compound_file, docx, outlook_message, outlook_streams, para
from newssearch import Article, ReadOptions, Rejected, readers
from newssearch.readers import Skipped
from newssearch.readers.containers.outlook import unpacked_rtf
from support import articles_in, read_bytes

SUBJECT, BODY, HEADERS, SENDER, ADDRESS = 0x37, 0x1000, 0x7D, 0x0C1A, 0x0C1F
RIVER = "The river rose above its banks on Monday, and the council closed two bridges until the water falls."
HEAD = (
    "From: Bay Courier <news@e.org>\r\nDate: Mon, 06 May 2024 10:00:00 +0200\r\nMessage-ID: <1@e.org>\r\n\r\n"
)


def test_a_message_of_outlook_is_a_mail_with_its_attachments(tmp_path: Path) -> None:
    data = outlook_message(
        {SUBJECT: "Flood in Basra – today", BODY: f"{RIVER}\r\n\r\nMore soon.\r\n", HEADERS: HEAD},
        report__docx=docx(para("No ferry", style="Titel") + para(RIVER)),
    )
    mail, attached = articles_in(read_bytes(tmp_path, "a.msg", data))
    assert (mail.title, mail.outlet, str(mail.date)) == (
        "Flood in Basra – today",
        "Bay Courier",
        "2024-05-06 10:00:00+02:00",
    )
    assert [one.text for one in mail.paragraphs] == [RIVER, "More soon."]
    assert (attached.title, attached.member) == ("No ferry", "report.docx")


KIND = 0x1A


def inner_message(
    texts: dict[int, str], attached: dict[str, bytes | dict[str, bytes]] | None = None
) -> dict[str, bytes]:
    return outlook_streams(texts, None, dict(attached or {}), is_inner=True)


def test_a_message_inside_a_message_of_outlook_is_an_article_of_its_own(tmp_path: Path) -> None:
    deepest = inner_message({SUBJECT: "Ferry stops", BODY: "No ferry today, says the council."})
    flood = inner_message(
        {
            SUBJECT: "Flood in Basra",
            BODY: RIVER,
            SENDER: "Bay Courier",
            ADDRESS: "news@e.org",
            KIND: "IPM.Note",
        },
        {"ferry__msg": deepest, "report__docx": docx(para("No ferry", style="Titel") + para(RIVER))},
    )
    data = outlook_message({SUBJECT: "Fwd: Flood", BODY: "See below.", HEADERS: HEAD}, flood__msg=flood)
    outer, inner, ferry, report = articles_in(read_bytes(tmp_path, "a.msg", data))
    assert (outer.title, [one.text for one in outer.paragraphs]) == ("Fwd: Flood", ["See below."])
    assert (inner.title, inner.outlet, [one.text for one in inner.paragraphs]) == (
        "Flood in Basra",
        "Bay Courier",
        [RIVER],
    )
    assert (ferry.title, report.title) == ("Ferry stops", "No ferry")
    assert inner.date is None  # not that of the message around it


def test_an_appointment_in_a_message_is_counted(tmp_path: Path) -> None:
    meeting = inner_message({SUBJECT: "Meeting", BODY: RIVER, KIND: "IPM.Appointment"})
    data = outlook_message({SUBJECT: "Flood", BODY: RIVER, HEADERS: HEAD}, meeting__msg=meeting)
    (tmp_path / "a.msg").write_bytes(data)
    items = list(readers.read_file(tmp_path / "a.msg", "a.msg", ReadOptions()))
    assert [one.title for one in items if isinstance(one, Article)] == ["Flood"]
    assert [one.kind for one in items if isinstance(one, Skipped)] == ["unread attachments of Outlook"]


def test_attachments_that_are_not_read_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newssearch.readers.containers.outlook.MOST_ATTACHMENTS", 2)
    data = outlook_message(
        {SUBJECT: "Flood", BODY: RIVER, HEADERS: HEAD},
        a__msg=None,
        b__docx=docx(para(RIVER)),
        c__docx=docx(para(RIVER)),
    )
    (tmp_path / "a.msg").write_bytes(data)
    items = list(readers.read_file(tmp_path / "a.msg", "a.msg", ReadOptions()))
    assert sum(isinstance(one, Article) for one in items) == 2
    assert [one.kind for one in items if isinstance(one, Skipped)] == ["unread attachments of Outlook"] * 2


def test_a_message_without_headers_has_sender_and_the_page(tmp_path: Path) -> None:
    page = (
        f"<html><head><meta charset=utf-8></head><body><h2>Flood – in Basra</h2><p>{RIVER}</p></body></html>"
    )
    data = outlook_message(
        {SUBJECT: "Flood", SENDER: "Bay Courier", ADDRESS: "news@e.org"}, {0x1013: page.encode()}
    )
    (mail,) = articles_in(read_bytes(tmp_path, "a.msg", data))
    assert mail.outlet == "Bay Courier"
    assert [(one.kind, one.text) for one in mail.paragraphs] == [
        ("heading", "Flood – in Basra"),
        ("text", RIVER),
    ]


def test_a_message_in_compressed_rtf(tmp_path: Path) -> None:
    written = rb"{\rtf1\ansi\pard It rained.\par It rained.\par}"
    body = b"".join(b"\0" + written[at : at + 8] for at in range(0, len(written), 8))
    packed = struct.pack("<IIII", len(body) + 12, len(written), 0x75465A4C, 0) + body
    assert unpacked_rtf(packed) == written
    data = outlook_message({SUBJECT: "Flood"}, {0x1009: packed})
    (mail,) = articles_in(read_bytes(tmp_path, "a.msg", data))
    assert [one.text for one in mail.paragraphs] == ["It rained.", "It rained."]


def test_compressed_rtf_refers_back() -> None:
    # the example of the specification [MS-OXRTFCP]
    packed = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af86020776f726c6420")
    assert unpacked_rtf(packed).startswith(b"{\\rtf1\\ansi\\ansicpg1252\\pard")


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        ("WordDocument", "save it as .docx"),
        ("PowerPoint Document", "save it as .pptx"),
        ("EncryptedPackage", "an encrypted office document"),
        ("Other", "save it in a newer format"),
    ],
)
def test_an_old_office_document_says_what_to_do(tmp_path: Path, stream: str, reason: str) -> None:
    (item,) = read_bytes(tmp_path, "a.doc", compound_file({stream: b"x" * 100}))
    assert isinstance(item, Rejected)
    assert item.reason.endswith(reason)


WORKBOOK = Path(__file__).with_name("fixtures") / "proquest.xls"


def test_the_rows_of_an_old_workbook_are_articles(tmp_path: Path) -> None:
    pytest.importorskip("xlrd", reason="xlrd, of the extra office, is not installed")
    (tmp_path / "a.xls").write_bytes(WORKBOOK.read_bytes())
    items = list(readers.read_file(tmp_path / "a.xls", "a.xls", ReadOptions()))
    first, second = [one for one in items if isinstance(one, Article)]
    assert (first.title, first.outlet, str(first.date), first.key, first.url) == (
        "Council hears plea – again", "The Bay Courier", "2012-05-24", "1015000001", "https://www.proquest.com/docview/1015000001",
    )  # fmt: skip
    assert (second.title, second.lang, second.member) == ("Fähre fällt aus", "de", "ProQuest")
    assert [one.kind for one in items if isinstance(one, Skipped)] == ["hidden sheets"]


def test_a_broken_workbook_is_rejected(tmp_path: Path) -> None:
    pytest.importorskip("xlrd", reason="xlrd, of the extra office, is not installed")
    (item,) = read_bytes(tmp_path, "a.xls", compound_file({"Workbook": b"x" * 100}))
    assert isinstance(item, Rejected)
    assert item.reason.startswith("a broken spreadsheet")


@given(st.data())
def test_reading_a_damaged_workbook_never_raises(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    book = bytearray(WORKBOOK.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        book[data.draw(st.integers(8, len(book) - 1))] = data.draw(st.integers(0, 255))
    del book[data.draw(st.integers(600, len(book))) :]
    items = read_bytes(tmp_path_factory.mktemp("any"), "a.xls", bytes(book))
    assert all(isinstance(item, (Article, Rejected, Skipped)) for item in items)


def test_a_data_file_of_outlook_says_what_to_do(tmp_path: Path) -> None:
    (item,) = read_bytes(tmp_path, "a.pst", b"!BDN" + bytes(600))
    assert isinstance(item, Rejected)
    assert item.reason.endswith("save its messages as .msg, .eml or .mbox")


@given(st.data())
def test_reading_a_damaged_message_never_raises(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    message = bytearray(outlook_message({SUBJECT: "Flood", BODY: RIVER, HEADERS: HEAD}, a__txt=b"It rained."))
    for _ in range(data.draw(st.integers(1, 8))):
        message[data.draw(st.integers(8, len(message) - 1))] = data.draw(st.integers(0, 255))
    del message[data.draw(st.integers(200, len(message))) :]
    folder = tmp_path_factory.mktemp("any")
    assert all(isinstance(item, (Article, Rejected)) for item in read_bytes(folder, "a.msg", bytes(message)))
