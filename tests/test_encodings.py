"""Detection of encodings, and of files that are not text."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import support
from newssearch.article import Article, Rejected
from newssearch.readers import ReadOptions, read_file
from newssearch.readers.decoding.encoding import decode, wide_encoding

ENGLISH = "“We are ready,” the minister said. The coalition’s offer – made on Thursday – was refused. It isn’t clear why."
FRENCH = "Le Premier ministre a déclaré jeudi que le projet avait été approuvé. L’opposition votera contre, à l’Assemblée."
RUSSIAN = (
    "Президент заявил в четверг, что переговоры продолжатся в Москве. «Мы готовы к диалогу», — сказал он журналистам."
    " Ранее сообщалось, что встреча перенесена на осень."
)
ARABIC = (
    "قال وزير الدفاع يوم الخميس إن القوات ستبقى في مواقعها حتى نهاية العام، مؤكدا أهمية التعاون بين البلدين."
    " وأضاف أن المحادثات ستستمر في بغداد الأسبوع المقبل."
)
POLISH = (
    "Premier powiedział w czwartek, że rząd przyjął projekt ustawy o ochronie zdrowia. Według źródeł w ministerstwie"
    " prace będą trwać do końca września."
)
CHINESE = "联合国工业发展组织总干事在发言中高度评价全球发展倡议。中国代表表示，国际影响力持续提升，许多国家从中受益。"


def read(file: Path) -> list[Article | Rejected]:
    return support.read_file(file, "here")


def reason(file: Path) -> str:
    (item,) = read(file)
    assert isinstance(item, Rejected)
    assert (item.path, item.record) == ("here", 0)
    return item.reason


@pytest.mark.parametrize(
    "text", [ENGLISH, FRENCH, RUSSIAN, ARABIC, CHINESE], ids=["en", "fr", "ru", "ar", "zh"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_with_or_without_its_mark(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("text", [ENGLISH, FRENCH, RUSSIAN, ARABIC], ids=["en", "fr", "ru", "ar"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_recognised_by_its_zero_bytes(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH, "cp1252"), (FRENCH, "cp1252"), (FRENCH.replace("’", "'"), "latin-1"), (RUSSIAN, "cp1251"),
        (RUSSIAN.replace("—", "-").replace("«", '"').replace("»", '"'), "koi8-r"), (ARABIC, "cp1256"),
        ("\u200f" + ARABIC, "cp1256"), (POLISH, "cp1250"), (CHINESE, "gb18030"),
    ],
)  # fmt: skip
def test_a_few_sentences_in_an_older_encoding_come_out_right(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("text", [FRENCH * 3, RUSSIAN, ARABIC, CHINESE], ids=["fr", "ru", "ar", "zh"])
def test_a_few_broken_bytes_do_not_turn_utf_8_into_something_else(text: str) -> None:
    data = text.encode()
    middle = len(text[: len(text) // 2].encode())
    assert (
        decode(data[:middle] + b"\x92" + data[middle:])
        == text[: len(text) // 2] + "�" + text[len(text) // 2 :]
    )
    assert decode(data + "я".encode()[:1]) == text + "�"


@given(st.text().filter(lambda text: "\0" not in text))
def test_any_text_in_utf_8_comes_back_but_for_its_mark(text: str) -> None:
    assert decode(text.encode("utf-8", "replace")) == text.encode("utf-8", "replace").decode().removeprefix(
        "\ufeff"
    )


@given(st.binary() | st.binary().map(lambda data: b"\xff\xfe" + data))
def test_no_bytes_raise(data: bytes) -> None:
    decode(data)
    wide_encoding(data)


@given(
    st.binary(max_size=200)
    | st.builds(bytes.__add__, st.sampled_from([b"{", b"[", b"\xff\xfe", b"<"]), st.binary())
)
def test_no_file_raises(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "a.txt"
    file.write_bytes(data)
    assert all(isinstance(item, (Article, Rejected)) for item in read(file))


@pytest.mark.parametrize(
    "data", [b"", b" \n\t", b"\xef\xbb\xbf", "\ufeff \n".encode("utf-16-le"), b"\r\n" * 100]
)
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv"])
def test_a_file_with_nothing_in_it_is_empty(tmp_path: Path, data: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert reason(tmp_path / name) == "empty file"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n\x1a\n\x00", "a PNG image"),
        (b"\xff\xd8\xff\xe0", "a JPEG image"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    ],
)
def test_the_rejection_of_a_binary_file_says_what_it_looks_like(
    tmp_path: Path, data: bytes, name: str
) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    assert reason(tmp_path / "a.txt") == f"looks like {name}, which is not read"


def test_other_bytes_are_binary(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(bytes(range(256)) * 4)
    assert reason(tmp_path / "a.txt") == "looks like a binary file"
    (tmp_path / "b.txt").write_bytes(b"It rained.\n" * 10_000 + b"\0\0\0")
    assert reason(tmp_path / "b.txt") == "looks like a binary file"


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nIt rained on the hills.", "<ALOHA INC> BUYOUT COMPLETED\n\nIt is done.", "[Updated] Rain\n\nIt rained.",
        "{Rain}\n\nIt rained.", "From London with rain\n\nIt rained.", "Note: it rained\n\nAll day.",
    ],
)  # fmt: skip
def test_plain_text_that_begins_oddly_is_plain_text(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text, "utf-8")
    (item,) = read(tmp_path / "a.txt")
    assert isinstance(item, Article)


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    assert reason(tmp_path) == "not a regular file but a folder"
    os.mkfifo(tmp_path / "pipe")
    assert reason(tmp_path / "pipe") == "not a regular file but a pipe"
    assert reason(Path(os.devnull)) == "not a regular file but a device"
    with socket.socket(socket.AF_UNIX) as server:
        try:
            server.bind(str(tmp_path / "s"))
        except OSError:
            pytest.skip("the path is too long for a socket")
        assert reason(tmp_path / "s") == "not a regular file but a socket"


def test_a_file_that_the_system_refuses_says_why(tmp_path: Path) -> None:
    assert reason(tmp_path / "gone") == "cannot be read: No such file or directory"
    assert reason(tmp_path / "a\0b").startswith("cannot be read: ")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert reason(tmp_path / "loop").startswith("cannot be read: ")
    (tmp_path / "shut").write_text("It rained.", "utf-8")
    (tmp_path / "shut").chmod(0)
    if os.access(tmp_path / "shut", os.R_OK):
        pytest.skip("this user may read everything")
    assert reason(tmp_path / "shut") == "cannot be read: Permission denied"


@pytest.mark.parametrize("data", [b"Rain\n\nIt rained.", b"%PDF-1.7", b"", b'{"title": "Rain"}\n\n', b"[]"])
def test_progress_adds_up_to_the_size_of_the_file(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    counts: list[int] = []
    list(read_file(tmp_path / "a", "a", ReadOptions(), counts.append))
    assert sum(counts) == len(data)
